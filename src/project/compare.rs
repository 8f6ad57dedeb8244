//! What a check of everything found, set against what was known: which findings are new, altered, gone. In a large
//! district that is more than a frame may take, so it can be done on a thread of its own and taken over at once.

use std::sync::Arc;

use super::quality::{Change, Checked, code};
use super::unwritten::Gone;
use super::{Act, Project, Reader};
use crate::domain::{Failure, Finding, Seen, day_of};
use crate::topology::Coverage;
use crate::validate::{Findings, Step};

/// A snapshot of everything that is needed. To be compared off the window's thread.
pub struct Comparison {
    found: Arc<Vec<Finding>>,
    live: Arc<Findings>,
    coverage: Arc<Coverage>,
    /// Changed since the check began.
    later: Change,
    gone: Gone,
    seen: Seen,
}

/// To be handed to [`Project::take_compared`].
pub struct Compared {
    live: Findings,
    /// In order.
    steps: Vec<Step>,
    /// Right for this state only.
    of: (u64, u64),
    seen: Seen,
}

impl Comparison {
    /// `reader` of the same file.
    pub fn run(mut self, reader: &Reader) -> Result<Compared, Failure> {
        let (conn, view) = (reader.conn(), reader.view());
        let of = (self.live.revision(), self.coverage.revision());
        let mut live = (*self.live).clone();
        let all = live.anew((*self.found).clone());
        let mut steps = vec![live.take(all, self.seen, &mut self.gone.of(conn, &code)?)?];
        if !self.later.is_empty() {
            // What came since is not in what the check found: it is gone and back.
            self.gone.add(&steps[0]);
            let (rows, places) = (self.later.rows(), &self.later.places);
            let checked = live.around(&self.coverage, Some(view), rows, places)?;
            steps.push(live.take(checked, self.seen, &mut self.gone.of(conn, &code)?)?);
        }
        Ok(Compared {
            live,
            steps,
            of,
            seen: self.seen,
        })
    }
}

impl Project {
    /// Takes over the findings of an unlimited run on the snapshot of coverage revision `revision`, and writes them. What
    /// changed since is followed; refused (false) when that is too much: run again.
    pub fn set_findings(&mut self, found: Vec<Finding>, revision: u64, act: &Act) -> Result<bool, Failure> {
        let Some(comparison) = self.compare(Arc::new(found), revision, act)? else {
            return Ok(false);
        };
        let compared = comparison.run(&self.reader)?;
        let taken = self.take_compared(compared);
        self.write_findings(usize::MAX)?;
        Ok(taken)
    }

    /// The same in steps, for a window: this, [`Comparison::run`] on a thread, [`Project::take_compared`], then
    /// [`Project::keep_findings`] until it says that all is written. `None`: too much has changed since `revision`.
    pub fn compare(
        &mut self,
        found: Arc<Vec<Finding>>,
        revision: u64,
        act: &Act,
    ) -> Result<Option<Comparison>, Failure> {
        self.set_today(day_of(act.at))?;
        let quality = &self.quality;
        let later = quality.since(revision, self.coverage.revision());
        Ok(later.map(|later| Comparison {
            found,
            live: quality.live.clone(),
            coverage: self.coverage.clone(),
            later,
            gone: quality.unwritten.gone(),
            seen: Seen {
                op: self.stacks.newest,
                at: act.at,
            },
        }))
    }

    /// False when something was done since the comparison began: compare again.
    pub fn take_compared(&mut self, compared: Compared) -> bool {
        let quality = &mut self.quality;
        let now = (quality.live.revision(), self.coverage.revision());
        let same_day = quality.live.today() == compared.live.today();
        if compared.of != now || !same_day || compared.seen.op != self.stacks.newest {
            return false;
        }
        quality.live = Arc::new(compared.live);
        for step in compared.steps {
            quality.unwritten.push_later(step, compared.seen);
        }
        quality.checked = Checked::Current;
        true
    }

    /// Whether findings wait to be written and somebody is there to write them.
    pub fn has_unwritten(&self) -> bool {
        self.writer.is_some() && !self.quality.unwritten.is_empty()
    }

    /// Writes some of the findings that wait, in a few milliseconds.
    pub fn keep_findings(&mut self) -> Result<(), Failure> {
        let kept = self.write_findings(0);
        if kept.is_err() {
            // Once is enough: the next check finds them again.
            self.quality.unwritten.clear();
            self.quality.checked = Checked::Stale;
        }
        kept
    }
}
