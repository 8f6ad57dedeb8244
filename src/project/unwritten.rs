//! Findings that are known and not yet in the file: the writer was away, or there are too many to write between two frames.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::Arc;

use crate::domain::{Failure, Seen, Tracked};
use crate::store::{Connection, findings};
use crate::validate::Step;

/// So many rows are written in a few milliseconds.
pub(super) const SLICE: usize = 400;

/// Rows in the order they came to be known: a later one about the same finding replaces the earlier.
#[derive(Default)]
pub(super) struct Unwritten {
    parts: VecDeque<Part>,
    rows: usize,
    /// Of them, those that belong to what is being done now.
    fresh: usize,
}

struct Part {
    rows: VecDeque<Arc<Tracked>>,
    turned: bool,
    seen: Seen,
}

impl Unwritten {
    /// What an act changed: it is written with the act.
    pub fn push(&mut self, step: Step, seen: Seen) {
        let before = self.rows;
        self.push_later(step, seen);
        self.fresh += self.rows - before;
    }

    /// What a check of everything changed: written as there is time.
    pub fn push_later(&mut self, step: Step, seen: Seen) {
        let parts = [(step.turned, true), (step.altered, false), (step.fixed, true)];
        for (rows, turned) in parts.into_iter().filter(|(rows, _)| !rows.is_empty()) {
            self.rows += rows.len();
            let rows = rows.into();
            self.parts.push_back(Part { rows, turned, seen });
        }
    }

    pub fn is_empty(&self) -> bool {
        self.rows == 0
    }

    pub fn clear(&mut self) {
        *self = Self::default();
    }

    /// Writes what is being done now, a slice of what waited before it, and all of `also`.
    pub fn write(&mut self, conn: &Connection, also: usize) -> Result<(), Failure> {
        let mut left = self.fresh.saturating_add(SLICE).max(also);
        while let (Some(part), true) = (self.parts.front_mut(), left > 0) {
            let rows: Vec<_> = part.rows.drain(..part.rows.len().min(left)).collect();
            findings::save(conn, &rows, part.turned, part.seen)?;
            left -= rows.len();
            self.rows -= rows.len();
            if part.rows.is_empty() {
                self.parts.pop_front();
            }
        }
        self.fresh = 0;
        Ok(())
    }

    /// What the file does not say yet of findings that are gone.
    pub fn gone(&self) -> Gone {
        let mut newest: HashMap<i64, &Arc<Tracked>> = HashMap::new();
        for t in self.parts.iter().flat_map(|p| &p.rows) {
            newest.insert(t.id, t);
        }
        let mut gone = Gone {
            known: newest.keys().copied().collect(),
            fixed: HashMap::new(),
        };
        for t in newest.into_values().filter(|t| t.fixed.is_some()) {
            let of_key = gone.fixed.entry(t.base().to_owned()).or_default();
            of_key.push((**t).clone());
        }
        gone
    }
}

/// Fixed findings by their key, those of the file and those it does not have yet.
pub(super) struct Gone {
    /// The file may say something older of these.
    known: HashSet<i64>,
    fixed: HashMap<String, Vec<Tracked>>,
}

impl Gone {
    /// Those that a step makes gone.
    pub fn add(&mut self, step: &Step) {
        for t in &step.fixed {
            self.known.insert(t.id);
            let of_key = self.fixed.entry(t.base().to_owned()).or_default();
            of_key.push((**t).clone());
        }
    }

    /// Gives the fixed findings of a key, by identity, for [`validate::Findings::take`](crate::validate::Findings::take).
    pub fn of<'a>(
        &'a self,
        conn: &'a Connection,
        code: findings::Codes<'a>,
    ) -> Result<impl FnMut(&str) -> Result<Vec<Tracked>, Failure> + 'a, Failure> {
        let stored = findings::any_fixed(conn)?;
        Ok(move |key: &str| {
            let mut all = match stored {
                true => findings::gone(conn, key, code)?,
                false => Vec::new(),
            };
            all.retain(|t| !self.known.contains(&t.id));
            all.extend(self.fixed.get(key).into_iter().flatten().cloned());
            all.sort_by_key(|t| t.id);
            Ok(all)
        })
    }
}
