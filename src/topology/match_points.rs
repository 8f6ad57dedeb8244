//! The common boundary of a few parcels, drawn twice and not quite alike, made one: points that belong
//! together become one, points that only one parcel has come into the side of the other.
//!
//! Points are paired by distance, the nearest first; a pair that one parcel has both of is a short side of it, no
//! pair, unless they are as good as equal. Who gives way: the boundary of the parcels named; where nobody is, of two
//! points the one fewer parcels use (of equals the larger), and a side bends to a point. A surveyed point
//! never moves. Nothing moves or bends by more than the tolerance.

use std::collections::{BTreeMap, BTreeSet};

use super::revision::{Revision, beside};
use super::{Coverage, Plan, Refusal, insert_point, move_points, path, segment};
use crate::domain::{BBox, Failure, Pt};
use crate::msg;
use crate::text::Text;

/// A side up to this long is none, mm² (5 mm: rule `NEAR_POINTS`).
const NO_SIDE: i128 = 25;

const MATCH: Text = Text::new("tiếp ranh", "match the boundaries");

/// Whose boundaries, where, and how far anything may move.
#[derive(Clone, Debug)]
pub struct Among<'a> {
    pub fids: &'a [i64],
    /// Only points in this box.
    pub near: BBox,
    /// mm.
    pub tolerance: i64,
    /// Parcels whose boundary gives way; none: see the module text.
    pub yields: &'a [i64],
    /// Surveyed points.
    pub fixed: &'a BTreeSet<Pt>,
}

/// Plans it. Codes of refusal: `NO_PARCEL`, `MATCH_ONE`, `NOTHING_CHANGES`, `WOULD_MAKE_FAULT`.
pub fn plan(coverage: &Coverage, among: &Among<'_>) -> Result<Plan, Refusal> {
    if among.fids.iter().any(|f| coverage.get(*f).is_none()) {
        return Err(super::merge::unknown().into());
    }
    if among.fids.len() < 2 {
        return Err(one().into());
    }
    let points = Points::of(coverage, among);
    let mut map = points.pairs(among);
    let mut revision = Revision::new(coverage);
    move_points::carry(&mut revision, &map);
    let hanging: Vec<Pt> = points
        .users
        .keys()
        .copied()
        .filter(|p| !map.contains_key(p))
        .collect();
    for p in hanging {
        for &fid in among.fids {
            if let Some(moved) = hang(&mut revision, among, &points, p, fid) {
                map.insert(p, moved);
                break;
            }
        }
    }
    path::checked(coverage, revision, map.into_iter().collect(), MATCH)
}

/// The points in question and all parcels that use them.
struct Points {
    users: BTreeMap<Pt, Vec<i64>>,
}

impl Points {
    fn of(coverage: &Coverage, among: &Among<'_>) -> Self {
        let parcels = among.fids.iter().filter_map(|f| coverage.get(*f));
        let near = parcels
            .flat_map(|p| p.polygon.points())
            .filter(|p| among.near.contains(*p));
        let mut users: BTreeMap<Pt, Vec<i64>> = near.map(|p| (p, Vec::new())).collect();
        for (p, fids) in &mut users {
            *fids = coverage.users_of(*p);
        }
        Self { users }
    }

    /// Which point goes where so that those that belong together are one.
    fn pairs(&self, among: &Among<'_>) -> BTreeMap<Pt, Pt> {
        let limit = i128::from(among.tolerance) * i128::from(among.tolerance);
        let all: Vec<Pt> = self.users.keys().copied().collect();
        let mut near: Vec<(i128, Pt, Pt)> = Vec::new();
        for (i, p) in all.iter().enumerate() {
            for q in all[i + 1..].iter().take_while(|q| q.e - p.e <= among.tolerance) {
                let far = p.dist2(*q);
                if far <= limit && self.belong(*p, *q, far, among) {
                    near.push((far, *p, *q));
                }
            }
        }
        near.sort_unstable();
        let mut map: BTreeMap<Pt, Pt> = BTreeMap::new();
        let mut targets = BTreeSet::new();
        for (_, p, q) in near {
            if map.contains_key(&p) || map.contains_key(&q) {
                continue;
            }
            let way = match (targets.contains(&p), targets.contains(&q)) {
                (true, true) => None,
                (true, false) => self.may_move(q, among).then_some((q, p)),
                (false, true) => self.may_move(p, among).then_some((p, q)),
                (false, false) => self.way(p, q, among),
            };
            if let Some((from, to)) = way {
                targets.insert(to);
                map.insert(from, to);
            }
        }
        map
    }

    /// Whether two points are one corner: no parcel has both, or they are so near that the side between them is
    /// none; and some parcel has only one of them.
    fn belong(&self, p: Pt, q: Pt, far: i128, among: &Among<'_>) -> bool {
        let (mine, others) = (&self.users[&p], &self.users[&q]);
        let apart = !mine.iter().any(|f| others.contains(f));
        let lacks = |f: &&i64| mine.contains(f) != others.contains(f);
        apart || (far <= NO_SIDE && among.fids.iter().any(|f| lacks(&f)))
    }

    fn may_move(&self, p: Pt, among: &Among<'_>) -> bool {
        !among.fixed.contains(&p) && (among.yields.is_empty() || self.given(p, among))
    }

    /// From where to where the pair becomes one; `None` when neither may move.
    fn way(&self, p: Pt, q: Pt, among: &Among<'_>) -> Option<(Pt, Pt)> {
        match (self.may_move(p, among), self.may_move(q, among)) {
            (false, false) => None,
            (true, false) => Some((p, q)),
            (false, true) => Some((q, p)),
            (true, true) => {
                let count = |x: &Pt| self.users[x].len();
                Some(if count(&p) < count(&q) { (p, q) } else { (q, p) })
            }
        }
    }

    /// Whether only parcels that give way use the point.
    fn given(&self, p: Pt, among: &Among<'_>) -> bool {
        self.users
            .get(&p)
            .is_some_and(|u| u.iter().all(|f| among.yields.contains(f)))
    }
}

/// Brings a point and the side of `fid` it lies near together; gives the place the point went to, if it did.
fn hang(revision: &mut Revision<'_>, among: &Among<'_>, points: &Points, p: Pt, fid: i64) -> Option<Pt> {
    let polygon = revision.polygon(fid)?;
    if polygon.points().any(|q| q == p) {
        return None;
    }
    let sides = polygon
        .sides()
        .filter(|(a, b)| beside(p, *a, *b, among.tolerance));
    let near = sides.map(|(a, b)| (segment::distance(p, a, b), a, b));
    let (off, a, b) = near.min_by(|x, y| x.0.total_cmp(&y.0).then((x.1, x.2).cmp(&(y.1, y.2))))?;
    let moves = points.given(p, among) && !among.fixed.contains(&p) && off > 0.0;
    let foot = segment::foot(p, a, b);
    if moves && foot != a && foot != b && foot.dist(p) <= among.tolerance as f64 {
        move_points::carry(revision, &BTreeMap::from([(p, foot)]));
        path::weave(revision, &[foot]);
        return Some(foot);
    }
    insert_point::insert(revision, fid, a, b, p);
    None
}

fn one() -> Failure {
    let message = msg!(
        "Cần ít nhất hai thửa để tiếp ranh.",
        "Matching boundaries takes at least two parcels."
    );
    Failure::new("MATCH_ONE", message).field("parcels")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::topology::testing::{outcome, parcels, point, text_of};
    use proptest::prelude::*;

    fn run(texts: &[&str], tolerance: i64, yields: &[i64], fixed: &str) -> String {
        let fixed: BTreeSet<Pt> = fixed.split(',').filter(|t| !t.is_empty()).map(point).collect();
        outcome(texts, |c| {
            let fids: Vec<i64> = (1..=texts.len() as i64).collect();
            let near = BBox {
                min: Pt::new(-1 << 40, -1 << 40),
                max: Pt::new(1 << 40, 1 << 40),
            };
            plan(
                c,
                &Among {
                    fids: &fids,
                    near,
                    tolerance,
                    yields,
                    fixed: &fixed,
                },
            )
        })
    }

    #[test]
    fn table() {
        let a = "0 0, 10000 0, 10000 10000, 0 10000";
        let b = "10000 0, 20000 0, 20000 10000, 10000 10000";
        let off = "10004 3, 20000 0, 20000 10000, 10000 10000";
        let denser = "10000 0, 20000 0, 20000 10000, 10000 10000, 9999 5000";
        let bulge = "10000 0, 20000 0, 20000 10000, 10000 10000, 9992 5000";
        let south = "0 -9000, 10000 -9000, 10000 0, 0 0";
        let holed = "0 0, 10000 0, 10000 10000, 0 10000 | 2000 2000, 2000 8000, 8000 8000, 8000 2000";
        let island = "2000 2000, 8000 2003, 8000 8000, 2000 8000";
        let concave = "0 0, 9000 0, 9000 3000, 3000 3000, 3000 9000, 0 9000";
        let notch = "9000 3000, 9000 9000, 3000 9000, 3004 3001";
        let thin = "0 0, 1000000 0, 1000000 50, 0 50";
        let beside = "0 52, 500000 51, 1000000 50, 1000000 9000, 0 9000";
        type Row<'a> = (&'a [&'a str], i64, &'a [i64], &'a str, &'a str);
        let table: [Row<'_>; 14] = [
            (&[a, b], 10, &[], "", "NOTHING_CHANGES"),
            (&[a], 10, &[], "", "MATCH_ONE"),
            // two corners: the one that fewer parcels use moves, of equals the larger
            (&[a, off], 10, &[], "", "2(+70000) >1"),
            (&[a, off, south], 10, &[], "", "2(+70000) >1"),
            (&[a, off], 10, &[1], "", "1(+10000) >1"),
            (&[a, off], 10, &[2], "", "2(+70000) >1"),
            (&[a, off], 10, &[], "10004 3", "1(+10000) >1"),
            (&[a, off], 2, &[], "", "NOTHING_CHANGES"),
            // a point one parcel has alone comes into the side of the other, or goes to the side
            (&[a, denser], 2, &[], "", "1+1(-10000) +1"),
            (&[a, bulge], 10, &[], "", "1+1(-80000) +1"),
            (&[a, bulge], 10, &[2], "", "1+1 2(-80000) >1"),
            // holed, concave, thin
            (&[holed, island], 10, &[], "", "2(+18000) >1"),
            (&[concave, notch], 10, &[], "", "2(+30000) >1"),
            (&[thin, beside], 2, &[], "", "1+1(+1000000) 2(+1000000) >1"),
        ];
        let got = table.map(|(texts, tolerance, yields, fixed, _)| run(texts, tolerance, yields, fixed));
        assert_eq!(got, table.map(|row| row.4));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(120))]

        /// However a corner was copied, the boundary is one again, nothing moved beyond the tolerance.
        #[test]
        fn both_have_the_boundary(moves in proptest::collection::vec((0usize..8, -4i64..5, -4i64..5), 0..8)) {
            let line: Vec<Pt> = (0..8).map(|i| Pt::new(i * 900, (i % 3) * 400)).collect();
            let mut copy = line.clone();
            for (i, e, n) in moves {
                copy[i] = Pt::new(line[i].e + e, line[i].n + n);
            }
            let below = crate::domain::Polygon { rings: vec![[Pt::new(6300, -9000), line[7]].into_iter().chain(line[..7].iter().rev().copied()).chain([Pt::new(0, -9000)]).collect()] };
            let above = crate::domain::Polygon { rings: vec![copy.iter().copied().chain([Pt::new(6300, 9000), Pt::new(0, 9000)]).collect()] };
            let c = parcels(&[&text_of(&below), &text_of(&above)]);
            let near = BBox::of([Pt::new(-10, -10), Pt::new(7000, 1000)]);
            match plan(&c, &Among { fids: &[1, 2], near, tolerance: 6, yields: &[], fixed: &BTreeSet::new() }) {
                Ok(plan) => {
                    prop_assert!(plan.moved.iter().all(|(a, b)| a.dist(*b) <= 6.0));
                    let mut after = c.clone();
                    crate::topology::testing::apply(&mut after, &plan);
                    let free = crate::topology::faults::around(&after, &[1, 2]);
                    prop_assert!(free.overlaps.is_empty() && free.unmatched.is_empty(), "{free:?}");
                }
                // Corners 6 mm apart both ways may cross on the way: then the plan is refused, never done.
                Err(r) => prop_assert!(["NOTHING_CHANGES", "WOULD_MAKE_FAULT"].contains(&r.failure.code()), "{r:?}"),
            }
        }
    }
}
