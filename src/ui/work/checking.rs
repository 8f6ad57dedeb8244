//! Running the rules over the district.

use std::sync::Arc;

use super::reads;
use crate::domain::{Failure, Finding, Severity};
use crate::project::Checked;
use crate::text::{Lang, Msg, Text, format};
use crate::ui::app::App;
use crate::ui::jobs::Start;
use crate::ui::panel::bottom::Tab;
use crate::ui::widgets::Tone;
use crate::validate;

const VALIDATE: Text = Text::new("Kiểm tra dữ liệu", "Validate");
const RECHECK: Text = Text::new("Kiểm tra lại dữ liệu", "Check again");

/// Who asked for a check of everything.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::ui) enum Asked {
    /// A person, or an act that changed so much: the list is shown and its sum told.
    Aloud,
    /// Nobody: what is known is looked at again beside the window.
    Quietly,
}

impl App {
    /// Runs every rule over a snapshot of the district.
    pub(in crate::ui) fn validate(&mut self) {
        self.check(VALIDATE, Asked::Aloud);
    }

    /// What the file says of findings is checked beside the window, also where it says nothing yet.
    pub(in crate::ui) fn recheck(&mut self) {
        let Some(project) = self.session.as_ref().map(|s| &s.project) else {
            return;
        };
        match project.checked() {
            Checked::Never if project.coverage().is_empty() => (),
            Checked::Never => self.check(VALIDATE, Asked::Quietly),
            _ => self.check(RECHECK, Asked::Quietly),
        }
    }

    fn check(&mut self, name: Text, asked: Asked) {
        let Some(session) = &self.session else { return };
        let coverage = session.project.coverage().clone();
        let revision = coverage.revision();
        let reader = session.project.reader();
        self.jobs.start(
            &self.ctx.clone(),
            reads(name),
            move |progress| validate::run_all(&coverage, &reader?, &validate::Options::default(), progress),
            move |app, result| match result {
                Ok(found) => app.compare(Arc::new(found), revision, asked),
                Err(failure) => app.not_checked(&failure, asked),
            },
        );
    }

    /// What the rules found is set against what was known: with many findings that takes longer than a frame.
    pub(in crate::ui) fn compare(&mut self, found: Arc<Vec<Finding>>, revision: u64, asked: Asked) {
        let act = self.act();
        let Some(session) = &mut self.session else { return };
        let comparison = match session.project.compare(found.clone(), revision, &act) {
            Ok(Some(comparison)) => comparison,
            // Much was edited meanwhile.
            Ok(None) if asked == Asked::Aloud => return self.validate(),
            // The list says that it is old.
            Ok(None) => return session.checked(&self.settings),
            Err(failure) => return self.fail(&failure),
        };
        let reader = session.project.reader();
        let start = Start {
            quiet: true,
            ..reads(VALIDATE)
        };
        self.jobs.start(
            &self.ctx.clone(),
            start,
            move |_| comparison.run(&reader?),
            move |app, result| {
                let Some(session) = &mut app.session else { return };
                match result.map(|compared| session.project.take_compared(compared)) {
                    Ok(true) => {
                        session.checked(&app.settings);
                        app.checked(&found, asked);
                    }
                    // Something was edited meanwhile.
                    Ok(false) => app.compare(found, revision, asked),
                    Err(failure) => app.not_checked(&failure, asked),
                }
            },
        );
    }

    /// A check that did not come to an end is told; one that somebody stopped is not.
    fn not_checked(&mut self, failure: &Failure, asked: Asked) {
        if asked == Asked::Aloud || failure.code() != "CANCELLED" {
            self.fail(failure);
        }
    }

    fn checked(&mut self, found: &[Finding], asked: Asked) {
        let (Asked::Aloud, Some(session)) = (asked, &mut self.session) else {
            return;
        };
        let grave = found.iter().any(|f| f.severity >= Severity::Warning);
        session.views.bottom.tab = Tab::Findings;
        self.settings.bottom_open = true;
        let tone = if grave { Tone::Warning } else { Tone::Ok };
        self.notices.say(&self.ctx, tone, outcome(found), None);
    }

    /// Findings that wait to be written, a few between two frames.
    pub(in crate::ui) fn keep_findings(&mut self) {
        let Some(session) = self.session.as_mut().filter(|s| s.project.has_unwritten()) else {
            return;
        };
        if let Err(failure) = session.project.keep_findings() {
            self.fail(&failure);
        }
        self.ctx.request_repaint();
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
