//! East and west exchanged: a sweep from the far end is a sweep from the start in a mirror.

use super::cut::SidePoint;
use super::fit::Fit;
use crate::domain::{Polygon, Pt};

pub(super) fn point(p: Pt) -> Pt {
    Pt::new(-p.e, p.n)
}

/// Rings are turned round, so that the interior stays on the left.
pub(super) fn polygon(polygon: &Polygon) -> Polygon {
    let ring = |r: &Vec<Pt>| r.iter().rev().map(|p| point(*p)).collect();
    Polygon {
        rings: polygon.rings.iter().map(ring).collect(),
    }
}

/// What was found in the mirror.
pub(super) fn fit(fit: &Fit) -> Fit {
    let side = |i: &SidePoint| SidePoint {
        from: point(i.to),
        to: point(i.from),
        at: point(i.at),
    };
    let path = |p: &Vec<Pt>| p.iter().rev().map(|p| point(*p)).collect();
    Fit {
        part: polygon(&fit.part),
        rest: polygon(&fit.rest),
        inserted: fit.inserted.iter().map(side).collect(),
        paths: fit.paths.iter().map(path).collect(),
        longest: (point(fit.longest.1), point(fit.longest.0)),
        length: fit.length,
    }
}
