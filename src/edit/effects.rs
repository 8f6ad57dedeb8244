//! What an edit did, read back from the journal: drives the map, the findings and the strip after an edit.

use std::collections::BTreeSet;

use crate::domain::{Polygon, Pt, Uid};
use crate::store::touched::Touched;
use crate::text::Msg;

/// What an operation (or one edit of a gesture) did.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Effects {
    /// Number of the operation.
    pub op: i64,
    pub label: Msg,
    /// Came in force; sorted, as are the next two.
    pub created: Vec<Uid>,
    /// Were and are in force.
    pub changed: Vec<Uid>,
    /// No longer in force.
    pub retired: Vec<Uid>,
    /// Row numbers of all of them.
    pub fids: Vec<i64>,
    /// Boundary points that moved: as many old places as were replaced by new ones.
    pub points_moved: usize,
    /// Boundary points that came in addition.
    pub points_inserted: usize,
    /// Area of the shapes of all touched parcels, m².
    pub area_before: f64,
    pub area_after: f64,
}

impl Effects {
    /// Sums up the touched parcels.
    pub fn of(op: i64, label: Msg, touched: &[Touched]) -> Self {
        let mut out = Self {
            op,
            label,
            fids: touched.iter().map(|t| t.fid).collect(),
            ..Self::default()
        };
        for t in touched {
            let list = match (&t.before, &t.after) {
                (None, Some(_)) => &mut out.created,
                (Some(_), None) => &mut out.retired,
                // Neither before nor after: a historic parcel whose details changed.
                _ => &mut out.changed,
            };
            list.push(t.uid);
        }
        for list in [&mut out.created, &mut out.changed, &mut out.retired] {
            list.sort_unstable();
        }
        (out.points_moved, out.points_inserted) = points(touched);
        out.area_before = area(touched.iter().filter_map(|t| t.before.as_ref()));
        out.area_after = area(touched.iter().filter_map(|t| t.after.as_ref()));
        out
    }
}

fn points(touched: &[Touched]) -> (usize, usize) {
    let moved = || touched.iter().filter(|t| t.before != t.after);
    if moved().all(|t| t.before.is_none()) || moved().all(|t| t.after.is_none()) {
        return (0, 0);
    }
    let set = |of: fn(&Touched) -> Option<&Polygon>| -> BTreeSet<Pt> {
        moved().filter_map(of).flat_map(Polygon::points).collect()
    };
    let (before, after) = (set(|t| t.before.as_ref()), set(|t| t.after.as_ref()));
    if before.is_empty() || after.is_empty() {
        return (0, 0);
    }
    let gone = before.difference(&after).count();
    let new = after.difference(&before).count();
    (gone.min(new), new.saturating_sub(gone))
}

/// Exact sum of doubled mm², then m².
fn area<'a>(polygons: impl Iterator<Item = &'a Polygon>) -> f64 {
    polygons.map(Polygon::area2).sum::<i128>() as f64 / 2e6
}
