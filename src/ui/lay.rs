//! Reference layers: what was asked for of the list is carried out; files are read on threads.

use super::app::App;
use super::dialog::Dialog;
use super::dialog::reference::{ReferenceDialog, ReferenceJob};
use super::jobs::Start;
use super::reference::{self, Change, Kept, State};
use crate::import::reference::read;
use crate::msg;
use crate::text::Text;

const READ: Text = Text::new("Đọc lớp tham chiếu", "Read a reference layer");

impl App {
    pub(super) fn change_references(&mut self, change: Change) {
        let Some(s) = &mut self.session else { return };
        let all = &mut s.references;
        match change {
            Change::Ask(None) => {
                let dialog = ReferenceDialog::new(all.free_colour());
                self.dialog = Some(Dialog::Reference(Box::new(dialog)));
            }
            Change::Ask(Some(id)) => {
                let dialog = all.get(id).map(|l| ReferenceDialog::of(id, &l.kept));
                self.dialog = dialog.map(|d| Dialog::Reference(Box::new(d)));
            }
            Change::Put(id, kept, reference, bad) => {
                let seen = s.views.map.view.bbox(0.0);
                let place = reference.bbox().filter(|b| !b.intersects(&seen));
                let state = State::Ready { reference, bad };
                match id.and_then(|id| all.get(id)) {
                    Some(layer) => (layer.kept, layer.state) = (kept, state),
                    None => drop(all.add(kept, state)),
                }
                // What was added is to be seen.
                place.into_iter().for_each(|b| s.views.map.show(b));
            }
            Change::Show(id, on) => all.get(id).into_iter().for_each(|l| l.kept.on = on),
            Change::Rename(id, name) => {
                if let Some(layer) = all.get(id) {
                    layer.kept.name = name;
                }
            }
            Change::Remove(id) => all.layers.retain(|l| l.id != id),
            Change::Zoom(id) => {
                let place = all.get(id).and_then(|l| match &l.state {
                    State::Ready { reference, .. } => reference.bbox(),
                    _ => None,
                });
                place.into_iter().for_each(|b| s.views.map.show(b));
            }
            Change::Again(id) => self.read_layer(id),
        }
        self.keep_references();
    }

    /// The list goes into the settings, by project.
    fn keep_references(&mut self) {
        let Some(s) = &self.session else { return };
        let kept: Vec<Kept> = s.references.layers.iter().map(|l| l.kept.clone()).collect();
        let key = key(s.project.path());
        match kept.is_empty() {
            true => drop(self.settings.references.remove(&key)),
            false => drop(self.settings.references.insert(key, kept)),
        }
    }

    /// A project was opened: its layers are read.
    pub(super) fn open_references(&mut self) {
        let Some(s) = &mut self.session else { return };
        let kept = self.settings.references.get(&key(s.project.path()));
        let kept = kept.cloned().unwrap_or_default();
        let ids: Vec<u64> = kept
            .into_iter()
            .map(|k| s.references.add(k, State::Reading))
            .collect();
        ids.into_iter().for_each(|id| self.read_layer(id));
    }

    fn read_layer(&mut self, id: u64) {
        let Some(s) = &mut self.session else { return };
        let Some(layer) = s.references.get(id) else { return };
        layer.state = State::Reading;
        let (path, name) = (layer.kept.path.clone(), layer.kept.name.clone());
        let options = reference::options(&s.project, layer.kept.crs, layer.kept.reproject);
        let of = s.project.path().to_owned();
        let start = Start {
            name: msg!("Đọc lớp tham chiếu {name}", "Read reference layer {name}"),
            writes: false,
            quiet: false,
        };
        self.jobs.start(
            &self.ctx.clone(),
            start,
            // What went wrong is told at the layer; the job itself did what it could.
            move |progress| Ok(read(&path, &options, progress)),
            move |app, result| {
                let session = app.session.as_mut().filter(|s| s.project.path() == of);
                if let Some(layer) = session.and_then(|s| s.references.get(id)) {
                    layer.state = reference::state_of(result.and_then(|r| r));
                }
            },
        );
    }

    /// Reads a file for the dialog.
    pub(super) fn read_reference(&mut self, job: ReferenceJob) {
        let Some(s) = &self.session else { return };
        let options = reference::options(&s.project, job.crs, job.reproject);
        let (path, serial) = (job.path, job.serial);
        let start = Start {
            name: READ.into(),
            writes: false,
            quiet: true,
        };
        self.jobs.start(
            &self.ctx.clone(),
            start,
            move |progress| read(&path, &options, progress),
            move |app, result| {
                if let Some(Dialog::Reference(dialog)) = &mut app.dialog {
                    dialog.read(serial, result);
                }
            },
        );
        if let (Some(Dialog::Reference(dialog)), Some(job)) = (&mut self.dialog, self.jobs.running.last()) {
            dialog.reading(job.progress.clone());
        }
    }
}

/// The project's name in the settings.
fn key(path: &std::path::Path) -> String {
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    path.display().to_string()
}
