//! Cuts found one after the other, and all of them made at once in the end.

use super::cut::{Cut, SidePoint, cut_at};
use super::divide::Division;
use super::fit::{Fit, part_left_of};
use super::homes::Homes;
use super::slabs::Stuck;
use super::trouble;
use crate::domain::{Polygon, Pt};
use crate::topology::Refusal;

/// Cuts found one after the other.
pub(super) struct Work {
    /// The polygon with the points so far.
    pub whole: Polygon,
    pub rest: Polygon,
    pub homes: Homes,
    inserted: Vec<SidePoint>,
    paths: Vec<Vec<Pt>>,
    /// The first leg of each cut, with its part on the left.
    first: Vec<[Pt; 2]>,
}

impl Work {
    pub fn new(polygon: &Polygon) -> Self {
        Self {
            whole: polygon.clone(),
            rest: polygon.clone(),
            homes: Homes::default(),
            inserted: Vec::new(),
            paths: Vec::new(),
            first: Vec::new(),
        }
    }

    /// Puts a point in a side of the whole, or in an earlier cut.
    pub fn insert(&mut self, new: SidePoint) {
        if put(&mut self.whole, &new) {
            self.inserted.push(new);
            self.homes.add(&new);
        }
        put(&mut self.rest, &new);
        for path in &mut self.paths {
            let at = (1..path.len()).find(|&i| {
                (path[i - 1], path[i]) == (new.from, new.to) || (path[i - 1], path[i]) == (new.to, new.from)
            });
            if let Some(i) = at {
                path.insert(i, new.at);
            }
        }
    }

    pub fn take(&mut self, fit: &Fit) {
        for new in &fit.inserted {
            self.insert(*new);
        }
        self.rest = fit.rest.clone();
        self.first.push([fit.paths[0][0], fit.paths[0][1]]);
        self.paths.extend(fit.paths.iter().cloned());
    }

    /// All cuts at once, so that every part has every point.
    pub fn finish(self) -> Result<Division, Refusal> {
        let Cut {
            densified,
            pieces,
            inserted,
        } = cut_at(&self.whole, &self.paths, &self.homes)?;
        let mut left: Vec<Option<Polygon>> = pieces.into_iter().map(Some).collect();
        let mut parts = Vec::with_capacity(left.len());
        for path in &self.first {
            let there: Vec<Polygon> = left.iter().map(|p| p.clone().unwrap_or_default()).collect();
            let i = part_left_of(&densified, &there, path).ok_or_else(|| trouble::stuck(Stuck::Nowhere))?;
            parts.extend(left[i].take());
        }
        let rest: Vec<Polygon> = left.into_iter().flatten().collect();
        if rest.len() != 1 || parts.len() != self.first.len() {
            parts.extend(rest);
            return Err(trouble::several(&parts));
        }
        parts.extend(rest);
        let mut all = self.inserted;
        all.extend(inserted);
        Ok(Division {
            densified,
            parts,
            inserted: all,
            asked: Vec::new(),
        })
    }
}

/// Puts a point in its side, if the polygon has it.
fn put(polygon: &mut Polygon, new: &SidePoint) -> bool {
    for ring in &mut polygon.rings {
        let at = (0..ring.len()).find(|&i| ring[i] == new.from && ring[(i + 1) % ring.len()] == new.to);
        if let Some(i) = at {
            ring.insert(i + 1, new.at);
            return true;
        }
    }
    false
}
