//! Repairs in a batch: tried on a job's thread, entered on another; what the window does when they are over.

use std::sync::Arc;

use super::app::App;
use super::dialog::Dialog;
use super::dialog::fix_batch::FixDialog;
use super::jobs::Start;
use crate::domain::Failure;
use crate::fix::{self, Batch, Request};
use crate::project::{self, Mode};
use crate::text::{Msg, Text};

const TRY: Text = Text::new("Thử sửa hàng loạt", "Try a batch of fixes");
const ENTER: Text = Text::new("Sửa hàng loạt", "Fix in a batch");

impl App {
    pub(super) fn open_fixes(&mut self) {
        let Some(s) = &self.session else { return };
        let at = s.finding.and_then(|n| s.findings().get(n)).map(|t| &t.finding);
        let chosen = s.selection.fids().iter().filter_map(|f| s.scene.shown.get(*f));
        let selected = chosen.map(|p| p.uid).collect();
        let dossier = s.scene.dossier().map(str::to_owned);
        let dialog = FixDialog::new(&s.open_findings(), at, selected, dossier);
        self.dialog = Some(Dialog::Fixes(Box::new(dialog)));
    }

    pub(super) fn try_fixes(&mut self, request: Request) {
        let Some(s) = &self.session else { return };
        let (coverage, survey) = (s.scene.shown.clone(), s.project.survey().clone());
        let findings = s.open_findings();
        let reader = match s.project.reader() {
            Ok(reader) => reader,
            Err(failure) => return self.fail(&failure),
        };
        let start = Start {
            name: TRY.into(),
            writes: false,
            quiet: false,
        };
        self.jobs.start(
            &self.ctx.clone(),
            start,
            move |progress| {
                let known = project::known(&reader, &coverage, &survey, &findings)?;
                fix::batch(&coverage, &findings, &known, &request, progress)
            },
            |app, result| match &mut app.dialog {
                Some(Dialog::Fixes(dialog)) => dialog.tried(result),
                _ => result.err().iter().for_each(|f| app.fail(f)),
            },
        );
    }

    pub(super) fn enter_fixes(&mut self, batch: Arc<Batch>) {
        if self.jobs.writing() {
            return self.refuse_writing();
        }
        let act = self.act();
        let Some(s) = &self.session else { return };
        let (before, validated) = (s.project.coverage().clone(), s.is_validated());
        let operating = s.project.mode().is_ok_and(|m| m == Mode::Operating);
        let coverage = before.clone();
        let name = Msg::from(ENTER);
        self.write(
            name.clone(),
            move |writer, progress| {
                project::enter_fixes(writer, coverage, operating, &batch, &act, progress)
                    .map_err(Failure::from)
            },
            move |app, effects, done| match done {
                Ok(_) => {
                    if let Some(s) = &mut app.session {
                        s.restyle(&app.settings);
                    }
                    app.tell(
                        effects.first().map_or(name, |e| e.label.clone()),
                        &effects,
                        &before,
                    );
                    if validated {
                        app.validate();
                    }
                }
                Err(failure) => app.refused(&failure.into()),
            },
        );
    }
}
