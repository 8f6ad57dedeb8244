//! Long work started from the window: each is one call of the library on a job's thread, and what the
//! window does when it is over.

use std::path::{Path, PathBuf};

use super::app::App;
use super::jobs::Start;
use super::panel::bottom::Tab;
use super::session::Session;
use super::widgets::Tone;
use crate::domain::{Failure, Finding, Severity};
use crate::msg;
use crate::project::{NewProject, Project};
use crate::text::{Lang, Msg, Text, format};

/// What a dialog has gathered.
#[derive(Debug)]
pub enum Work {
    Create { path: PathBuf, new: NewProject },
}

const BUSY: Text = Text::new(
    "Hãy chờ công việc đang ghi dữ liệu xong, hoặc hủy nó.",
    "Wait for the job that is writing to finish, or cancel it.",
);

impl App {
    pub(super) fn work(&mut self, work: Work) {
        match work {
            Work::Create { path, new } => self.create(path, new),
        }
    }

    /// Whether another project may take the place of this one; says why not.
    fn may_leave(&mut self) -> bool {
        let free = !self.jobs.writing();
        if !free {
            self.notices.say(&self.ctx, Tone::Warning, BUSY, None);
        }
        free
    }

    pub(super) fn open(&mut self, path: PathBuf) {
        if !self.may_leave() {
            return;
        }
        let act = self.act();
        let name = file_name(&path);
        let start = Start {
            name: msg!("Mở {name}", "Open {name}"),
            writes: false,
            quiet: false,
        };
        // The file may be the one that is open: it is let go first.
        self.close_project();
        self.jobs.start(
            &self.ctx.clone(),
            start,
            move |progress| Project::open(&path, &act, progress),
            |app, result| app.opened(result),
        );
    }

    fn create(&mut self, path: PathBuf, new: NewProject) {
        if !self.may_leave() {
            return;
        }
        let act = self.act();
        let name = file_name(&path);
        let start = Start {
            name: msg!("Tạo {name}", "Create {name}"),
            writes: false,
            quiet: false,
        };
        self.jobs.start(
            &self.ctx.clone(),
            start,
            move |_| Project::create(&path, &new, &act),
            |app, result| app.opened(result),
        );
    }

    fn opened(&mut self, result: Result<Project, Failure>) {
        match result {
            Ok(project) => {
                self.notices.clear();
                self.settings.remember(project.path());
                self.session = Some(Session::new(project, &self.settings));
            }
            Err(failure) => self.fail(&failure),
        }
    }

    pub(super) fn close_project(&mut self) {
        if self.may_leave() {
            self.session = None;
            self.notices.clear();
        }
    }

    pub(super) fn open_sample(&mut self) {}

    pub(super) fn validate(&mut self) {}
}

impl App {
    fn validated(&mut self, result: Result<Vec<Finding>, Failure>) {
        let findings = match result {
            Ok(findings) => findings,
            Err(failure) => return self.fail(&failure),
        };
        let text = outcome(&findings);
        let tone = match findings.iter().map(|f| f.severity).max() {
            Some(Severity::Error | Severity::Warning) => Tone::Warning,
            _ => Tone::Ok,
        };
        let Some(s) = &mut self.session else { return };
        s.set_findings(findings, &self.settings);
        s.views.bottom.tab = Tab::Findings;
        self.settings.bottom_open = true;
        self.notices.say(&self.ctx, tone, text, None);
    }
}

/// "12 lỗi, 3 cảnh báo".
fn outcome(findings: &[Finding]) -> Msg {
    let n = |s| findings.iter().filter(|f| f.severity == s).count() as u64;
    let (errors, warnings) = (n(Severity::Error), n(Severity::Warning));
    let (e, w) = (format::count(errors, Lang::Vi), format::count(warnings, Lang::Vi));
    let (e2, w2) = (format::count(errors, Lang::En), format::count(warnings, Lang::En));
    Msg::new(
        format!("Kiểm tra xong: {e} lỗi, {w} cảnh báo"),
        format!("Validated: {e2} errors, {w2} warnings"),
    )
}

const VALIDATE: Text = Text::new("Kiểm tra dữ liệu", "Validate");

fn file_name(path: &Path) -> String {
    path.file_name()
        .map(|n| n.to_string_lossy().into_owned())
        .unwrap_or_else(|| path.display().to_string())
}
