//! Gaps that are right as they are: streets, canals, land not yet surveyed. What lies in one of them is not reported.

use std::sync::Arc;

use super::coverage::Coverage;
use super::gaps::{self, Gap};
use super::index::Tree;
use super::ring::{Place, locate};
use super::{UNMATCHED_MM, measure, polylabel, segment};
use crate::domain::{AllowedGap, BBox, Failure, Polygon, Pt};
use crate::msg;

/// The allowed gaps in force, indexed.
#[derive(Debug, Default)]
pub struct AllowedGaps {
    list: Vec<Arc<AllowedGap>>,
    tree: Tree,
}

impl AllowedGaps {
    /// In the order given.
    pub fn new(list: Vec<Arc<AllowedGap>>) -> Self {
        let boxes: Vec<BBox> = list.iter().map(|g| g.bbox).collect();
        Self {
            tree: Tree::build(&boxes),
            list,
        }
    }

    pub fn iter(&self) -> impl Iterator<Item = &Arc<AllowedGap>> {
        self.list.iter()
    }

    pub fn len(&self) -> usize {
        self.list.len()
    }

    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Those whose box meets a window, in the order of the list.
    pub fn window(&self, window: &BBox) -> Vec<&Arc<AllowedGap>> {
        let mut found = Vec::new();
        self.tree.query(window, |i| found.push(i));
        found.sort_unstable();
        found
            .into_iter()
            .filter_map(|i| self.list.get(i as usize))
            .collect()
    }

    /// The allowed gap in which a place lies, or on whose boundary.
    pub fn at(&self, p: Pt) -> Option<&Arc<AllowedGap>> {
        self.window(&BBox::EMPTY.with(p))
            .into_iter()
            .find(|g| locate(&g.polygon, p) != Place::Outside)
    }

    /// Whether a gap lies in an allowed one. The same rings do, exactly; one that an edit has narrowed, or whose boundary
    /// has got points rounded to the lattice, does while nowhere more than 2 mm of it lie outside (what is not wider is no
    /// gap).
    pub fn covers(&self, gap: &Gap) -> bool {
        self.window(&gap.bbox).into_iter().any(|a| covers(a, gap))
    }
}

fn covers(allowed: &AllowedGap, gap: &Gap) -> bool {
    if allowed.polygon.rings == gap.rings {
        return true;
    }
    let (outer, inner) = (allowed.bbox.grown(UNMATCHED_MM), gap.bbox);
    if !(outer.contains(inner.min) && outer.contains(inner.max)) {
        return false;
    }
    let rings = Polygon {
        rings: gap.rings.clone(),
    };
    measure::beyond(&rings, &allowed.polygon).is_none_or(|c| c.width <= UNMATCHED_MM as f64 + measure::SLACK)
}

/// A place in an allowed gap: the middle of its largest circle, else a point of its boundary.
pub fn inside(gap: &AllowedGap) -> Option<Pt> {
    let pole = polylabel::pole(&gap.polygon, 50.0).map(|p| p.at);
    pole.filter(|p| locate(&gap.polygon, *p) != Place::Outside)
        .or_else(|| gap.polygon.points().next())
}

/// How far from a place the parcels round its gap are looked for, mm.
const FAR: i64 = 2_000_000;

/// The gap at a place, or at most 2 mm from it, as the rules see it. Fails with `NO_GAP`.
pub fn gap_at(coverage: &Coverage, at: Pt) -> Result<Gap, Failure> {
    // The side nearest to a place in a gap bounds that gap.
    let beside = coverage.nearest_side(at, FAR).ok_or_else(|| no_gap(at))?;
    let mut around = vec![beside.fid];
    if beside.distance <= UNMATCHED_MM as f64 {
        around = coverage.window(&BBox::EMPTY.with(at).grown(UNMATCHED_MM));
    }
    let found = gaps::around(coverage, &around).into_iter();
    let near = found.filter_map(|g| Some((distance(&g, at)?, g)));
    near.min_by(|(d, g), (e, h)| d.total_cmp(e).then(g.area.total_cmp(&h.area)))
        .map(|(_, g)| g)
        .ok_or_else(|| no_gap(at))
}

/// 0 inside; `None` when more than 2 mm away.
fn distance(gap: &Gap, at: Pt) -> Option<f64> {
    if !gap.bbox.grown(UNMATCHED_MM).contains(at) {
        return None;
    }
    let polygon = Polygon {
        rings: gap.rings.clone(),
    };
    if locate(&polygon, at) != Place::Outside {
        return Some(0.0);
    }
    let sides = polygon.sides().map(|(a, b)| segment::distance(at, a, b));
    let least = sides.fold(f64::INFINITY, f64::min);
    (least <= UNMATCHED_MM as f64).then_some(least)
}

fn no_gap(at: Pt) -> Failure {
    let (e, n) = at.metres();
    Failure::new(
        "NO_GAP",
        msg!(
            "Tại điểm đông {e:.3}, bắc {n:.3} không có khoảng hở khép kín giữa các thửa.",
            "At east {e:.3}, north {n:.3} there is no gap enclosed by parcels."
        ),
    )
    .field("at")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Uid;
    use crate::topology::testing::parcel;

    /// Four parcels round a gap from 10 to 20 m (holed: an island in it), the gap's west side at `west`.
    fn coverage(west: i64, island: bool) -> Coverage {
        let mut all = vec![
            parcel(1, "0 0, 30000 0, 30000 10000, 0 10000"),
            parcel(2, "0 20000, 30000 20000, 30000 30000, 0 30000"),
            parcel(3, &format!("0 10000, {west} 10000, {west} 20000, 0 20000")),
            parcel(4, "20000 10000, 30000 10000, 30000 20000, 20000 20000"),
        ];
        if island {
            all.push(parcel(5, "14000 14000, 16000 14000, 16000 16000, 14000 16000"));
        }
        Coverage::build(all)
    }

    fn allowed(gap: &Gap) -> AllowedGaps {
        AllowedGaps::new(vec![Arc::new(AllowedGap {
            fid: 1,
            uid: Uid(uuid::Uuid::from_u128(1)),
            polygon: Polygon {
                rings: gap.rings.clone(),
            },
            bbox: gap.bbox,
            commune: None,
            reason: "mương".into(),
            by: "thử".into(),
            when: jiff::Timestamp::UNIX_EPOCH,
            until: None,
        })])
    }

    fn gap(west: i64, island: bool) -> Gap {
        gap_at(&coverage(west, island), Pt::new(19_000, 15_000)).unwrap()
    }

    #[test]
    fn what_lies_in_an_allowed_gap_is_covered_and_nothing_else() {
        let whole = allowed(&gap(10_000, false));
        assert!(whole.covers(&gap(10_000, false)));
        // Narrower, with an island, a lattice step wider: still inside.
        assert!(whole.covers(&gap(12_000, false)));
        assert!(whole.covers(&gap(10_000, true)));
        assert!(whole.covers(&gap(9_999, false)) && whole.covers(&gap(9_998, false)));
        // 3 mm wider over the whole side.
        assert!(!whole.covers(&gap(9_997, false)));
        assert!(!whole.covers(&gap(5_000, false)));
        // The island's land was never allowed.
        let holed = allowed(&gap(10_000, true));
        assert!(holed.covers(&gap(10_000, true)) && holed.covers(&gap(11_000, true)));
        assert!(!holed.covers(&gap(10_000, false)));
    }

    #[test]
    fn a_place_finds_its_gap() {
        let c = coverage(10_000, false);
        let find = |e, n| gap_at(&c, Pt::new(e, n)).map(|g| g.fids).map_err(|f| f.code());
        assert_eq!(find(15_000, 15_000), Ok(vec![1, 2, 3, 4]));
        assert_eq!(find(10_000, 20_000), Ok(vec![1, 2, 3, 4]));
        assert_eq!(find(9_998, 15_000), Ok(vec![1, 2, 3, 4]));
        assert_eq!(find(9_000, 15_000), Err("NO_GAP"));
        assert_eq!(find(50_000, 15_000), Err("NO_GAP"));
        assert!(Coverage::build(Vec::new()).is_empty());
        assert!(gap_at(&Coverage::build(Vec::new()), Pt::new(0, 0)).is_err());
    }
}
