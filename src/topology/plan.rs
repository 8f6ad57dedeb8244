//! What an edit would do to the coverage: the pure answer that previews, checks and writing share.

use super::Coverage;
use crate::domain::{Failure, Finding, Polygon, Pt};

/// Everything one edit would change. Nothing has happened yet. mm in the coverage's own grid.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Plan {
    /// Parcels that stay, with their new polygon, by fid: those meant and the neighbours that follow.
    pub changed: Vec<(i64, Polygon)>,
    /// Parcels that come, in the order in which they are numbered.
    pub created: Vec<NewShape>,
    /// Parcels that go out of force, by fid.
    pub retired: Vec<i64>,
    /// Points that go elsewhere, from and to, in all parcels that use them.
    pub moved: Vec<(Pt, Pt)>,
    /// Points that were in no ring of the touched parcels.
    pub inserted: Vec<Pt>,
    /// Points that are in no ring of the touched parcels any more.
    pub removed: Vec<Pt>,
}

/// A parcel to come.
#[derive(Clone, Debug, PartialEq)]
pub struct NewShape {
    pub polygon: Polygon,
    /// Parcels it is made of, by fid; empty for new land.
    pub parents: Vec<i64>,
}

impl Plan {
    /// Fids of all parcels that are touched, sorted.
    pub fn fids(&self) -> Vec<i64> {
        let mut fids: Vec<i64> = self.changed.iter().map(|(f, _)| *f).collect();
        fids.extend(&self.retired);
        fids.sort_unstable();
        fids.dedup();
        fids
    }

    /// Area of the touched parcels as they are, m². Summed exactly.
    pub fn area_before(&self, coverage: &Coverage) -> f64 {
        let touched = self.fids().into_iter().filter_map(|f| coverage.get(f));
        touched.map(|p| p.polygon.area2()).sum::<i128>() as f64 / 2e6
    }

    /// Area of the touched and the new parcels afterwards, m². Summed exactly.
    pub fn area_after(&self) -> f64 {
        let stay = self.changed.iter().map(|(_, p)| p);
        let all = stay.chain(self.created.iter().map(|c| &c.polygon));
        all.map(Polygon::area2).sum::<i128>() as f64 / 2e6
    }
}

/// Why an edit may not be, with the faults it would make.
#[derive(Clone, Debug)]
pub struct Refusal {
    pub failure: Failure,
    pub findings: Vec<Finding>,
}

impl From<Failure> for Refusal {
    fn from(failure: Failure) -> Self {
        Self {
            failure,
            findings: Vec::new(),
        }
    }
}
