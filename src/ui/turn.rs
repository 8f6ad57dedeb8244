//! Undo, redo and going back to a point of the history: what is quick is done at once, what takes long in a job with the
//! writer, as an import.

use std::sync::Arc;

use super::app::App;
use super::widgets::Tone;
use crate::domain::Failure;
use crate::job::Progress;
use crate::msg;
use crate::project::{Effects, Turn, Turned, take_back};
use crate::text::{Lang, Msg, format};
use crate::topology::Coverage;

/// Up to so many parcels the tiles under each are painted anew and the rules run around each; beyond, everywhere.
const FOLLOWED: usize = 2000;

impl App {
    pub(super) fn turn(&mut self, turn: Turn) {
        if self.jobs.writing() {
            return self.refuse_writing();
        }
        let act = self.act();
        let Some(s) = &mut self.session else { return };
        let before = s.project.coverage().clone();
        let steps = match s.project.steps(turn) {
            Ok(steps) => steps,
            Err(failure) => return self.refused(&failure.into()),
        };
        let name = name(turn, &steps.first().map(|s| s.label.clone()).unwrap_or_default());
        match s.project.is_long(&steps) {
            Ok(true) => self.write(
                name.clone(),
                move |writer, progress| take_back(writer, &steps, &act, progress),
                move |app, effects, done| {
                    let stopped = done.err();
                    app.turned(&name, &before, Turned { effects, stopped });
                },
            ),
            Ok(false) => match s.project.take_back(&steps, &act, &Progress::none()) {
                Ok(turned) => {
                    self.changed(!turned.effects.is_empty());
                    self.turned(&name, &before, turned);
                }
                Err(failure) => self.refused(&failure.into()),
            },
            Err(failure) => self.refused(&failure.into()),
        }
    }

    fn turned(&mut self, name: &Msg, before: &Arc<Coverage>, turned: Turned) {
        let Turned { effects, stopped } = turned;
        let Some(s) = &mut self.session else { return };
        let many = effects.iter().map(|e| e.fids.len()).sum::<usize>() > FOLLOWED;
        if !many {
            s.redraw(before, &effects);
        }
        s.restyle(&self.settings);
        // Other boundaries of communes or sheets: every parcel is asked anew.
        let other_land = !Arc::ptr_eq(before.territory(), s.project.coverage().territory());
        let validate = (many || other_land) && s.is_validated();
        match stopped {
            Some(failure) => self.stopped(&effects, &failure),
            None => self.tell(name.clone(), &effects, before),
        }
        if validate {
            self.recheck();
        }
    }

    /// Part of the way may lie behind: each step is an operation of its own.
    fn stopped(&mut self, done: &[Effects], failure: &Failure) {
        self.refused(&failure.clone().into());
        if let Some(last) = done.last() {
            let (vi, en) = (&last.label.vi, &last.label.en);
            let n = |lang| format::count(done.len() as u64, lang);
            let (n_vi, n_en) = (n(Lang::Vi), n(Lang::En));
            let text = msg!(
                "Đã xong {n_vi} bước trước đó, bước cuối: {vi}",
                "{n_en} steps before it are done, the last: {en}"
            );
            self.notices.say(&self.ctx, Tone::Info, text, None);
        }
    }
}

/// What the person asked for.
fn name(turn: Turn, label: &Msg) -> Msg {
    match turn {
        Turn::To(op) => msg!("Trở về thao tác số {op}", "Go to operation no. {op}"),
        Turn::Undo(_) | Turn::Redo => label.clone(),
    }
}
