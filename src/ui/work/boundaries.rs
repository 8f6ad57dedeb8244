//! Importing boundaries of communes and frames of sheets: the preview, writing them.

use std::sync::Arc;

use super::reads;
use crate::domain::BoundaryDraft;
use crate::text::Text;
use crate::ui::app::App;
use crate::ui::dialog::Dialog;
use crate::ui::dialog::boundaries::{BoundaryJob, read_boundaries};
use crate::ui::jobs::Start;
use crate::ui::widgets::Tone;

const READ: Text = Text::new("Đọc ranh giới", "Read boundaries");
const COMMIT: Text = Text::new("Ghi ranh giới", "Enter boundaries");

impl App {
    /// Reads by what stands in the dialog; what came of it goes there.
    pub(super) fn boundaries(&mut self, job: BoundaryJob) {
        let Some(session) = &self.session else { return };
        let (epsg, serial) = (session.project.epsg() as u32, job.serial);
        let coverage = session.project.coverage().clone();
        let start = Start {
            quiet: true,
            ..reads(READ)
        };
        self.jobs.start(
            &self.ctx.clone(),
            start,
            move |progress| read_boundaries(job, epsg, &coverage, progress),
            move |app, result| {
                if let Some(Dialog::Boundaries(dialog)) = &mut app.dialog {
                    dialog.read(serial, result);
                }
            },
        );
    }

    /// The rules run over everything once they are in.
    pub(super) fn commit_boundaries(&mut self, draft: Arc<BoundaryDraft>) {
        let act = self.act();
        self.write(
            COMMIT,
            move |writer, _| Ok(writer.import_boundaries(&draft, &act)?),
            |app, effects, result| match result {
                Ok(_) => {
                    if let Some(e) = effects.last() {
                        app.notices.say(&app.ctx, Tone::Ok, e.label.clone(), None);
                    }
                    app.validate();
                }
                Err(failure) => app.fail(&failure),
            },
        );
    }
}
