//! Running the rules over the district.

use super::reads;
use crate::domain::{Failure, Finding, Severity};
use crate::project::Checked;
use crate::text::{Lang, Msg, Text, format};
use crate::topology::Coverage;
use crate::ui::app::App;
use crate::ui::panel::bottom::Tab;
use crate::ui::widgets::Tone;
use crate::validate;

const VALIDATE: Text = Text::new("Kiểm tra dữ liệu", "Validate");
const RECHECK: Text = Text::new("Kiểm tra lại dữ liệu", "Check again");

impl App {
    /// Runs every rule over a snapshot of the district.
    pub(in crate::ui) fn validate(&mut self) {
        let Some(session) = &self.session else { return };
        let coverage = session.project.coverage().clone();
        let checked = coverage.clone();
        let reader = session.project.reader();
        self.jobs.start(
            &self.ctx.clone(),
            reads(VALIDATE),
            move |progress| validate::run_all(&coverage, &reader?, &validate::Options::default(), progress),
            move |app, result| app.validated(&checked, result),
        );
    }

    /// What the file remembers of findings is checked beside the window.
    pub(super) fn recheck(&mut self) {
        let Some(session) = &self.session else { return };
        if session.project.checked() == Checked::Never {
            return;
        }
        let coverage = session.project.coverage().clone();
        let checked = coverage.revision();
        let reader = session.project.reader();
        self.jobs.start(
            &self.ctx.clone(),
            reads(RECHECK),
            move |progress| validate::run_all(&coverage, &reader?, &validate::Options::default(), progress),
            move |app, result| {
                let act = app.act();
                let Some(session) = &mut app.session else { return };
                // Much was edited meanwhile, or it was cancelled: the list says that it is old.
                let taken = result.and_then(|found| session.project.set_findings(found, checked, &act));
                match taken {
                    Ok(_) => session.checked(&app.settings),
                    Err(failure) if failure.code() == "CANCELLED" => (),
                    Err(failure) => app.fail(&failure),
                }
            },
        );
    }

    fn validated(&mut self, checked: &Coverage, result: Result<Vec<Finding>, Failure>) {
        let findings = match result {
            Ok(findings) => findings,
            Err(failure) => return self.fail(&failure),
        };
        let act = self.act();
        let Some(session) = &mut self.session else { return };
        let grave = findings.iter().any(|f| f.severity >= Severity::Warning);
        let text = outcome(&findings);
        match session.project.set_findings(findings, checked.revision(), &act) {
            Ok(true) => session.checked(&self.settings),
            // Much was edited meanwhile.
            Ok(false) => return self.validate(),
            Err(failure) => return self.fail(&failure),
        }
        session.views.bottom.tab = Tab::Findings;
        self.settings.bottom_open = true;
        let tone = if grave { Tone::Warning } else { Tone::Ok };
        self.notices.say(&self.ctx, tone, text, None);
    }
}

/// "Kiểm tra xong: 12 lỗi, 3 cảnh báo".
fn outcome(findings: &[Finding]) -> Msg {
    let n = |s| findings.iter().filter(|f| f.severity == s).count() as u64;
    let say = |lang: Lang| {
        let (errors, warnings) = (
            format::count(n(Severity::Error), lang),
            format::count(n(Severity::Warning), lang),
        );
        match lang {
            Lang::Vi => format!("Kiểm tra xong: {errors} lỗi, {warnings} cảnh báo"),
            Lang::En => format!("Validated: {errors} errors, {warnings} warnings"),
        }
    };
    Msg::new(say(Lang::Vi), say(Lang::En))
}
