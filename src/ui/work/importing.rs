//! Importing parcels: the first look, the draft, writing it.

use std::path::PathBuf;
use std::sync::Arc;

use super::reads;
use crate::domain::Failure;
use crate::import::{self, Drafted, Existing, Inspection, Plan};
use crate::project::Committed;
use crate::text::{Lang, Msg, Text, format};
use crate::ui::app::App;
use crate::ui::dialog::Dialog;
use crate::ui::widgets::Tone;

const INSPECT: Text = Text::new("Xem trước các tệp", "Look at the files");
const DRAFT: Text = Text::new("Đọc các tệp", "Read the files");
const COMMIT: Text = Text::new("Ghi dữ liệu đã nhập", "Commit the import");

impl App {
    pub(super) fn inspect(&mut self, paths: Vec<PathBuf>) {
        self.jobs.start(
            &self.ctx.clone(),
            reads(INSPECT),
            move |progress| import::inspect(&paths, progress),
            |app, result| match &mut app.dialog {
                Some(Dialog::Import(wizard)) => wizard.inspected(result),
                _ => result.err().iter().for_each(|f| app.fail(f)),
            },
        );
    }

    pub(super) fn draft(&mut self, inspection: Arc<Inspection>, plan: Plan) {
        let Some(session) = &self.session else { return };
        let coverage = session.project.coverage().clone();
        let sources = match session.project.source_hashes() {
            Ok(sources) => sources,
            Err(failure) => return self.fail(&failure),
        };
        self.jobs.start(
            &self.ctx.clone(),
            reads(DRAFT),
            move |progress| import::draft(&inspection, &plan, &Existing::of(&coverage, sources), progress),
            |app, result| match &mut app.dialog {
                Some(Dialog::Import(wizard)) => wizard.drafted(result),
                _ => result.err().iter().for_each(|f| app.fail(f)),
            },
        );
    }

    pub(super) fn commit(&mut self, drafted: Arc<Drafted>) {
        let act = self.act();
        self.write(
            COMMIT,
            move |writer, progress| Ok(writer.import(&drafted.draft, &act, progress)?),
            |app, _, result| app.committed(result),
        );
    }

    fn committed(&mut self, done: Result<Committed, Failure>) {
        let Some(session) = &mut self.session else { return };
        session.views.map.fit();
        match done {
            Ok(done) => {
                self.notices.say(&self.ctx, Tone::Ok, imported(&done), None);
                self.validate();
            }
            Err(failure) => self.fail(&failure),
        }
    }
}

/// "Đã nhập 4.912 thửa, cập nhật 12, để riêng 3".
fn imported(done: &Committed) -> Msg {
    let n = |n: u64, lang| format::count(n, lang);
    let resolved = |lang: Lang| match (done.resolved, lang) {
        (0, _) => String::new(),
        (m, Lang::Vi) => format!("; {} bản ghi cách ly trước đây đã vào bản đồ", n(m, lang)),
        (m, Lang::En) => format!("; {} records quarantined before are in the map now", n(m, lang)),
    };
    let say = |lang: Lang| {
        let (new, updated) = (n(done.inserted, lang), n(done.updated.len() as u64, lang));
        let aside = n(done.quarantined, lang);
        match lang {
            Lang::Vi => format!(
                "Đã nhập {new} thửa, cập nhật {updated}, để riêng {aside}{}",
                resolved(lang)
            ),
            Lang::En => format!(
                "Imported {new} parcels, updated {updated}, set aside {aside}{}",
                resolved(lang)
            ),
        }
    };
    Msg::new(say(Lang::Vi), say(Lang::En))
}
