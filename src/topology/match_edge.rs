//! The common edge of two sheets or communes: which points belong together, how far they are apart, and
//! one edit that brings them together.
//!
//! Edge points are the ends of sides without opposite inside their own area. Points of the two areas are
//! paired by distance, the nearest first, each at most once. A point left over that lies near a side of the
//! other area is paired with the side. Surveyed points never move; where both are surveyed the pair
//! stays as it is and keeps its residual.
//!
//! All is brought together or nothing ([`plan`]), or as much as makes no fault ([`plan_most`]).

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::index::Tree;
use super::path::{self, Path};
use super::revision::{Revision, along};
use super::sides::{self, ends};
use super::{Coverage, Plan, Refusal, guard, move_points, segment};
use crate::domain::{BBox, Failure, Finding, Parcel, Pt};
use crate::msg;
use crate::text::{Msg, Text};

const MATCH: Text = Text::new("tiếp biên", "match the edges");

/// A sheet, or a whole commune.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Area {
    pub commune: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sheet: Option<String>,
}

impl Area {
    fn holds(&self, p: &Parcel) -> bool {
        *p.commune == *self.commune && self.sheet.as_deref().is_none_or(|s| *p.sheet == *s)
    }

    pub fn name(&self) -> Msg {
        let commune = &self.commune;
        match &self.sheet {
            Some(sheet) => msg!("tờ {sheet} xã {commune}", "sheet {sheet} of commune {commune}"),
            None => msg!("xã {commune}", "commune {commune}"),
        }
    }
}

/// Which area gives way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mover {
    A,
    B,
    /// Each half way.
    Both,
}

/// A point of `a` and the point of `b` that belongs to it. The residual vector runs from `a` to `b`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pair {
    pub a: Pt,
    pub b: Pt,
    /// Surveyed.
    pub fixed: [bool; 2],
}

impl Pair {
    /// Length of the residual, mm.
    pub fn residual(&self) -> f64 {
        self.a.dist(self.b)
    }
}

/// A point of one area without partner, near a side of the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hanging {
    pub at: Pt,
    /// Whether the point is one of `a` (and the side one of `b`).
    pub of_a: bool,
    pub side: (Pt, Pt),
    pub fixed: bool,
}

impl Hanging {
    /// Distance from the side, mm.
    pub fn residual(&self) -> f64 {
        segment::distance(self.at, self.side.0, self.side.1)
    }
}

/// What belongs together along an edge, by place.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct EdgeMatch {
    pub pairs: Vec<Pair>,
    pub hanging: Vec<Hanging>,
    /// Points both areas have already.
    pub same: usize,
}

impl EdgeMatch {
    /// Largest residual and root mean square of all, mm.
    pub fn residuals(&self) -> (f64, f64) {
        let pairs = self.pairs.iter().map(Pair::residual);
        let all: Vec<f64> = pairs.chain(self.hanging.iter().map(Hanging::residual)).collect();
        let largest = all.iter().copied().fold(0.0, f64::max);
        let squares: f64 = all.iter().map(|r| r * r).sum();
        (largest, (squares / all.len().max(1) as f64).sqrt())
    }
}

/// Pairs the edge points of two areas at most `tolerance` mm apart. Changes nothing: for the preview and for
/// [`plan`]. Codes: `NO_AREA`, `SAME_AREA`.
pub fn pairs(
    coverage: &Coverage,
    a: &Area,
    b: &Area,
    tolerance: i64,
    fixed: &BTreeSet<Pt>,
) -> Result<EdgeMatch, Failure> {
    let edges = [Edge::of(coverage, a)?, Edge::of(coverage, b)?];
    if coverage.iter().any(|p| a.holds(p) && b.holds(p)) {
        return Err(same_area());
    }
    let alone = |mine: &Edge, other: &Edge| -> Vec<Pt> {
        mine.points
            .iter()
            .filter(|p| other.points.binary_search(p).is_err())
            .copied()
            .collect()
    };
    let left = [alone(&edges[0], &edges[1]), alone(&edges[1], &edges[0])];
    let paired = nearest_pairs(&left[0], &left[1], tolerance);
    let taken: BTreeSet<Pt> = paired.iter().flat_map(|(p, q)| [*p, *q]).collect();
    let mut found = EdgeMatch {
        same: edges[0].points.len() - left[0].len(),
        ..EdgeMatch::default()
    };
    found.pairs = paired
        .into_iter()
        .map(|(a, b)| Pair {
            a,
            b,
            fixed: [fixed.contains(&a), fixed.contains(&b)],
        })
        .collect();
    for (i, points) in left.iter().enumerate() {
        let rest = points.iter().filter(|p| !taken.contains(p));
        let near = rest.filter_map(|p| Some((*p, edges[1 - i].side_near(*p, tolerance)?)));
        found.hanging.extend(near.map(|(at, side)| Hanging {
            at,
            of_a: i == 0,
            side,
            fixed: fixed.contains(&at),
        }));
    }
    Ok(found)
}

/// Points and sides of an area that face outward.
struct Edge {
    points: Vec<Pt>,
    sides: Vec<(Pt, Pt)>,
    tree: Tree,
}

impl Edge {
    fn of(coverage: &Coverage, area: &Area) -> Result<Self, Failure> {
        let parcels: Vec<&Parcel> = coverage.iter().filter(|p| area.holds(p)).collect();
        if parcels.is_empty() {
            return Err(no_area(area));
        }
        let free = sides::matched(&parcels).free;
        let sides: Vec<(Pt, Pt)> = free
            .iter()
            .map(|s| ends(&parcels[s.parcel as usize].polygon, s.side as usize))
            .collect();
        let mut points: Vec<Pt> = sides.iter().flat_map(|(a, b)| [*a, *b]).collect();
        points.sort_unstable();
        points.dedup();
        let boxes: Vec<BBox> = sides.iter().map(|(a, b)| segment::bbox(*a, *b)).collect();
        Ok(Self {
            points,
            sides,
            tree: Tree::build(&boxes),
        })
    }

    /// The nearest side that `p` lies beside, off it but within the tolerance.
    fn side_near(&self, p: Pt, tolerance: i64) -> Option<(Pt, Pt)> {
        let mut best: Option<(f64, Pt, Pt)> = None;
        self.tree.query(&BBox::EMPTY.with(p).grown(tolerance), |i| {
            let (a, b) = self.sides[i as usize];
            let within = segment::dot(a, b, p) > 0 && segment::dot(b, a, p) > 0;
            let near = (segment::distance(p, a, b), a, b);
            if within && near.0 <= tolerance as f64 && best.is_none_or(|o| near < o) {
                best = Some(near);
            }
        });
        best.filter(|n| n.0 > 0.0).map(|(_, a, b)| (a, b))
    }
}

/// Pairs by distance, the nearest first, each point once; sorted.
fn nearest_pairs(a: &[Pt], b: &[Pt], tolerance: i64) -> Vec<(Pt, Pt)> {
    let boxes: Vec<BBox> = b.iter().map(|p| BBox::EMPTY.with(*p)).collect();
    let tree = Tree::build(&boxes);
    let limit = i128::from(tolerance) * i128::from(tolerance);
    let mut near: Vec<(i128, Pt, Pt)> = Vec::new();
    for p in a {
        tree.query(&BBox::EMPTY.with(*p).grown(tolerance), |i| {
            let q = b[i as usize];
            if p.dist2(q) <= limit {
                near.push((p.dist2(q), *p, q));
            }
        });
    }
    near.sort_unstable();
    let (mut of_a, mut of_b) = (BTreeSet::new(), BTreeSet::new());
    near.retain(|(_, p, q)| !of_a.contains(p) && !of_b.contains(q) && of_a.insert(*p) && of_b.insert(*q));
    let mut pairs: Vec<(Pt, Pt)> = near.into_iter().map(|(_, p, q)| (p, q)).collect();
    pairs.sort_unstable();
    pairs
}

/// Plans to bring the pairs together, all in one edit. Codes of refusal: `NO_EDGE`, `NOTHING_CHANGES` (all
/// that could move is surveyed), `WOULD_MAKE_FAULT`.
pub fn plan(coverage: &Coverage, found: &EdgeMatch, mover: Mover) -> Result<Plan, Refusal> {
    if found.pairs.is_empty() && found.hanging.is_empty() {
        return Err(no_edge().into());
    }
    let mut map: BTreeMap<Pt, Pt> = BTreeMap::new();
    for pair in &found.pairs {
        map.extend(together(pair, mover));
    }
    let target = |map: &BTreeMap<Pt, Pt>, p: Pt| map.get(&p).copied().unwrap_or(p);
    let mut to_side: Vec<Pt> = Vec::new();
    let mut onto: BTreeMap<(Pt, Pt), Vec<Pt>> = BTreeMap::new();
    for h in &found.hanging {
        let side = (target(&map, h.side.0), target(&map, h.side.1));
        let gives_way = mover == if h.of_a { Mover::A } else { Mover::B };
        if !gives_way || h.fixed {
            // The side bends to the point, unless only the point's area may move.
            if !gives_way {
                onto.entry(side).or_default().push(h.at);
            }
            continue;
        }
        let foot = segment::foot(h.at, side.0, side.1);
        to_side.push(foot);
        map.insert(h.at, foot);
    }
    map.retain(|from, to| from != to);
    let mut revision = Revision::new(coverage);
    move_points::carry(&mut revision, &map);
    for ((a, b), mut points) in onto {
        along(&mut points, a, b);
        for fid in Path::sharers(&revision, a, b) {
            revision.insert(fid, a, b, &points);
        }
    }
    to_side.iter().for_each(|p| path::weave(&mut revision, &[*p]));
    path::checked(coverage, revision, map.into_iter().collect(), MATCH)
}

/// A pair, or a point beside a side, that is left as it is: together with the others it would make a fault.
#[derive(Clone, Debug, PartialEq)]
pub struct Left {
    /// The point of `a`; of a hanging point the point itself.
    pub at: Pt,
    /// mm.
    pub residual: f64,
    /// The faults it would make.
    pub findings: Vec<Finding>,
}

/// Plans to bring together what can be without making a fault, and tells what stays as it is, by place. Codes of refusal:
/// those of [`plan`]; `WOULD_MAKE_FAULT` where nothing can.
pub fn plan_most(coverage: &Coverage, found: &EdgeMatch, mover: Mover) -> Result<(Plan, Vec<Left>), Refusal> {
    let refusal = match plan(coverage, found, mover) {
        Ok(plan) => return Ok((plan, Vec::new())),
        Err(r) if r.failure.code() != guard::WOULD_MAKE_FAULT => return Err(r),
        Err(r) => r,
    };
    let mut search = Search::new(coverage, found, mover);
    let suspects = search.suspects(&refusal);
    search.add(&suspects);
    search.try_again();
    search.taken.sort_unstable();
    match plan(coverage, &search.edge(&search.taken), mover) {
        Ok(plan) => {
            let mut left: Vec<Left> = search.left.into_iter().map(|(_, l)| l).collect();
            left.sort_by_key(|l| l.at);
            Ok((plan, left))
        }
        // What is left to do changes nothing: then the reason is the faults.
        Err(r) if r.failure.code() == guard::WOULD_MAKE_FAULT => Err(r),
        Err(_) => Err(refusal),
    }
}

/// Looks for those that make faults, by halves. An item is the number of a pair, or after these of a hanging point.
struct Search<'a> {
    coverage: &'a Coverage,
    found: &'a EdgeMatch,
    mover: Mover,
    /// fids of the parcels each item changes.
    parcels: Vec<BTreeSet<i64>>,
    taken: Vec<usize>,
    left: Vec<(usize, Left)>,
}

impl<'a> Search<'a> {
    fn new(coverage: &'a Coverage, found: &'a EdgeMatch, mover: Mover) -> Self {
        let users = |p: Pt| coverage.users_of(p).into_iter();
        let pairs = found.pairs.iter().map(|p| users(p.a).chain(users(p.b)).collect());
        let hanging = found.hanging.iter().map(|h| {
            let (a, b) = h.side;
            users(h.at).chain(users(a)).chain(users(b)).collect()
        });
        Self {
            coverage,
            found,
            mover,
            parcels: pairs.chain(hanging).collect(),
            taken: Vec::new(),
            left: Vec::new(),
        }
    }

    /// The edge with these items only.
    fn edge(&self, items: &[usize]) -> EdgeMatch {
        let pairs = self.found.pairs.len();
        let (of_pairs, others): (Vec<usize>, Vec<usize>) = items.iter().partition(|i| **i < pairs);
        EdgeMatch {
            pairs: of_pairs.iter().map(|i| self.found.pairs[*i]).collect(),
            hanging: others.iter().map(|i| self.found.hanging[*i - pairs]).collect(),
            same: self.found.same,
        }
    }

    /// The faults these items would make.
    fn refused(&self, items: &[usize]) -> Option<Refusal> {
        let mut items = items.to_vec();
        items.sort_unstable();
        let refused = plan(self.coverage, &self.edge(&items), self.mover).err();
        refused.filter(|r| r.failure.code() == guard::WOULD_MAKE_FAULT)
    }

    /// Takes out the items of the parcels that have faults until the others make none; gives those taken out.
    fn suspects(&mut self, refusal: &Refusal) -> Vec<usize> {
        let mut rest: Vec<usize> = (0..self.parcels.len()).collect();
        let (mut out, mut refusal) = (Vec::new(), Some(refusal.clone()));
        while let Some(r) = refusal {
            let uids = r.findings.iter().flat_map(|f| &f.parcels);
            let faulty: BTreeSet<i64> = uids
                .filter_map(|u| self.coverage.by_uid(*u))
                .map(|p| p.fid)
                .collect();
            let (bad, good): (Vec<usize>, Vec<usize>) =
                rest.iter().partition(|i| !self.parcels[**i].is_disjoint(&faulty));
            // A fault of parcels that no item names: any of them may be why.
            (rest, out) = match bad.is_empty() {
                true => (Vec::new(), [out, good].concat()),
                false => (good, [out, bad].concat()),
            };
            refusal = if rest.is_empty() {
                None
            } else {
                self.refused(&rest)
            };
        }
        self.taken = rest;
        out.sort_unstable();
        out
    }

    /// Takes as many of these as make no fault with those taken already.
    fn add(&mut self, items: &[usize]) {
        if items.is_empty() {
            return;
        }
        let mut all = self.near(items);
        all.extend(items);
        let Some(refusal) = self.refused(&all) else {
            self.taken.extend(items);
            return;
        };
        if let [one] = items {
            let left = self.left_over(*one, refusal);
            self.left.push((*one, left));
            return;
        }
        let (first, second) = items.split_at(items.len() / 2);
        self.add(first);
        self.add(second);
    }

    /// What was taken later may have made room for what was left before.
    fn try_again(&mut self) {
        loop {
            let before = self.left.len();
            for (item, _) in std::mem::take(&mut self.left) {
                self.add(&[item]);
            }
            if self.left.len() == before {
                return;
            }
        }
    }

    /// Those taken already that change a parcel near the parcels these change: no other can matter to them.
    fn near(&self, items: &[usize]) -> Vec<usize> {
        let fids = items.iter().flat_map(|i| &self.parcels[*i]);
        let boxes = fids
            .filter_map(|f| self.coverage.get(*f))
            .map(|p| p.bbox.grown(NEAR_MM));
        let near: BTreeSet<i64> = boxes.flat_map(|b| self.coverage.window(&b)).collect();
        let taken = self.taken.iter().copied();
        taken.filter(|i| !self.parcels[*i].is_disjoint(&near)).collect()
    }

    fn left_over(&self, item: usize, refusal: Refusal) -> Left {
        let (at, residual) = match self.found.pairs.get(item) {
            Some(pair) => (pair.a, pair.residual()),
            None => {
                let h = &self.found.hanging[item - self.found.pairs.len()];
                (h.at, h.residual())
            }
        };
        Left {
            at,
            residual,
            findings: refusal.findings,
        }
    }
}

/// Parcels so near may come to touch, mm.
const NEAR_MM: i64 = 1000;

/// The moves that bring a pair together.
fn together(pair: &Pair, mover: Mover) -> Vec<(Pt, Pt)> {
    let Pair { a, b, fixed } = *pair;
    match (mover, fixed) {
        (_, [true, true]) | (Mover::A, [true, _]) | (Mover::B, [_, true]) => Vec::new(),
        (Mover::A, _) | (Mover::Both, [_, true]) => vec![(a, b)],
        (Mover::B, _) | (Mover::Both, [true, _]) => vec![(b, a)],
        (Mover::Both, _) => {
            let middle = Pt::new(i64::midpoint(a.e, b.e), i64::midpoint(a.n, b.n));
            vec![(a, middle), (b, middle)]
        }
    }
}

fn no_area(area: &Area) -> Failure {
    let Msg { vi, en } = area.name();
    let message = msg!(
        "Không có thửa hiện hành nào của {vi}.",
        "There is no parcel in force of {en}."
    );
    let remedy = msg!(
        "Kiểm tra mã xã và số tờ.",
        "Check the commune code and the sheet."
    );
    Failure::new("NO_AREA", message).remedy(remedy)
}

fn same_area() -> Failure {
    let message = msg!(
        "Hai vùng cần tiếp biên có chung thửa đất.",
        "The two areas have parcels in common."
    );
    let remedy = msg!(
        "Chọn hai tờ hoặc hai xã khác nhau.",
        "Choose two different sheets or communes."
    );
    Failure::new("SAME_AREA", message).remedy(remedy)
}

fn no_edge() -> Failure {
    let message = msg!(
        "Không có điểm biên lệch nào của hai vùng nằm trong dung sai.",
        "The two areas have no differing edge points within the tolerance."
    );
    let remedy = msg!(
        "Biên đã khớp, hoặc lệch nhiều hơn dung sai: kiểm tra rồi tăng dung sai.",
        "The edges match, or differ by more than the tolerance: check, then allow more."
    );
    Failure::new("NO_EDGE", message).remedy(remedy)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::topology::testing::{outcome, parcel, point};

    fn area(sheet: &str) -> Area {
        Area {
            commune: "25747".into(),
            sheet: Some(sheet.into()),
        }
    }

    /// The parcels after the first `of_a` are on sheet 2.
    fn coverage(parcels: &[&str], of_a: usize) -> Coverage {
        let mut all: Vec<Parcel> = parcels.iter().zip(1..).map(|(t, i)| parcel(i, t)).collect();
        all[of_a..].iter_mut().for_each(|p| p.sheet = "2".into());
        Coverage::build(all)
    }

    #[test]
    fn table() {
        let a = "0 0, 10000 0, 10000 10000, 0 10000";
        let north = "0 10000, 10000 10000, 10000 20000, 0 20000";
        let b = "10060 0, 20000 0, 20000 10000, 10040 10030";
        let corner = "10060 0, 20000 0, 20000 10000, 10040 10030, 10050 4000";
        let far = "10500 0, 20000 0, 20000 10000, 10500 10000";
        type Row<'a> = (&'a [&'a str], usize, i64, Mover, &'a str, &'a str);
        let table: [Row<'_>; 11] = [
            (&[a, b], 1, 100, Mover::A, "", "p2 h0 60 | 1(+1301800) >2"),
            (&[a, b], 1, 100, Mover::B, "", "p2 h0 60 | 2(+701800) >2"),
            (
                &[a, b],
                1,
                100,
                Mover::Both,
                "",
                "p2 h0 60 | 1(+650450) 2(+351350) >4",
            ),
            // only one within the tolerance: half an edge would leave the other pair apart as it was
            (&[a, b], 1, 55, Mover::B, "", "p1 h0 50 | 2(+101800) >1"),
            (&[a, far], 1, 100, Mover::B, "", "p0 h0 0 | NO_EDGE"),
            // everything that has a moved point follows, on its own sheet too
            (
                &[a, north, b],
                2,
                100,
                Mover::A,
                "",
                "p2 h0 60 | 1(+1301800) 2(+100000) >2",
            ),
            // surveyed points stay
            (&[a, b], 1, 100, Mover::A, "10000 0", "p2 h0 60 | 1(+700000) >1"),
            (
                &[a, b],
                1,
                100,
                Mover::Both,
                "10000 0, 10040 10030",
                "p2 h0 60 | 1(+700000) 2(+601800) >2",
            ),
            (
                &[a, b],
                1,
                100,
                Mover::A,
                "10000 0, 10000 10000",
                "p2 h0 60 | NOTHING_CHANGES",
            ),
            // a point only one side has: the other side bends to it, or it goes to the side
            (
                &[a, corner],
                1,
                100,
                Mover::A,
                "",
                "p2 h1 60 | 1+1(+1281500) +1 >2",
            ),
            (&[a, corner], 1, 100, Mover::B, "", "p2 h1 60 | 1+1 2(+681500) >3"),
        ];
        let run = |parcels: &[&str], of_a: usize, tolerance: i64, mover: Mover, fixed: &str| {
            let fixed: BTreeSet<Pt> = fixed.split(',').filter(|t| !t.is_empty()).map(point).collect();
            let c = coverage(parcels, of_a);
            let found = pairs(&c, &area("1"), &area("2"), tolerance, &fixed).unwrap();
            let counts = format!(
                "p{} h{} {:.0}",
                found.pairs.len(),
                found.hanging.len(),
                found.residuals().0
            );
            format!("{counts} | {}", outcome(parcels, |_| plan(&c, &found, mover)))
        };
        let all = table.map(|(p, of_a, t, m, fixed, want)| (run(p, of_a, t, m, fixed), want, p, t, m));
        let wrong: Vec<_> = all.iter().filter(|(got, want, ..)| got != want).collect();
        assert!(wrong.is_empty(), "{wrong:#?}");
    }

    /// The plan for those whose place is wanted.
    fn plan_of(
        c: &Coverage,
        found: &EdgeMatch,
        wanted: impl Fn(Pt) -> bool,
        mover: Mover,
    ) -> Result<Plan, Refusal> {
        let mut some = found.clone();
        some.pairs.retain(|p| wanted(p.a));
        some.hanging.retain(|h| wanted(h.at));
        plan(c, &some, mover)
    }

    /// What is left, by place in mm; what becomes of the others.
    fn most(parcels: &[&str], of_a: usize, tolerance: i64, mover: Mover) -> String {
        let c = coverage(parcels, of_a);
        let found = pairs(&c, &area("1"), &area("2"), tolerance, &BTreeSet::new()).unwrap();
        let whole = plan(&c, &found, mover).is_ok();
        let left = std::cell::RefCell::new(Vec::new());
        let done = outcome(parcels, |_| {
            let (plan, rest) = plan_most(&c, &found, mover)?;
            assert_eq!(rest.is_empty(), whole, "nothing is left where all can be done");
            assert!(rest.iter().all(|l| !l.findings.is_empty() && l.residual > 0.0));
            let apart: Vec<Pt> = rest.iter().map(|l| l.at).collect();
            for one in &apart {
                let refused = plan_of(&c, &found, |p| p == *one || !apart.contains(&p), mover).unwrap_err();
                assert_eq!(
                    refused.failure.code(),
                    guard::WOULD_MAKE_FAULT,
                    "{one:?} could have come along"
                );
            }
            let places = rest.iter().map(|l| format!("{} {}", l.at.e, l.at.n));
            left.borrow_mut().extend(places);
            Ok(plan)
        });
        format!("{} | {done}", left.into_inner().join(", "))
    }

    #[test]
    fn hopeless_pairs_are_left() {
        let a = "0 0, 10000 0, 10000 10000, 0 10000";
        let b = "10060 0, 20000 0, 20000 10000, 10040 10000";
        // A parcel of sheet 1 stands in the way of the upper corner of b.
        let way = "10010 9000, 10030 9000, 10030 9900, 10010 9900";
        assert_eq!(
            most(&[a, b], 1, 100, Mover::B),
            " | 2(+1000000) >2",
            "all can be done"
        );
        // The upper corner of b would come over it, and its west side run through it; the others come.
        for mover in [Mover::A, Mover::B, Mover::Both] {
            let told = most(&[a, way, b], 2, 100, mover);
            let (left, done) = told.split_once(" | ").unwrap();
            assert!(left.contains("10000 10000"), "{mover:?} {told}");
            assert!(done.contains('>') && !done.contains("FAULT"), "{mover:?} {told}");
        }
    }

    /// Two rows of parcels 5 cm apart, and one of the first sheet standing between: the others come together.
    #[test]
    fn one_obstacle_does_not_stop_the_rest() {
        let row = |e: i64, w: i64, i: i64| {
            let (n, m) = (i * 5000, (i + 1) * 5000);
            format!("{e} {n}, {} {n}, {} {m}, {e} {m}", e + w, e + w)
        };
        let mut texts: Vec<String> = (0..12).map(|i| row(0, 9000, i)).collect();
        texts.push("9010 31000, 9040 31000, 9040 34000, 9010 34000".to_owned());
        texts.extend((0..12).map(|i| row(9050, 9000, i)));
        let parcels: Vec<&str> = texts.iter().map(String::as_str).collect();
        let c = coverage(&parcels, 13);
        for mover in [Mover::A, Mover::B, Mover::Both] {
            let found = pairs(&c, &area("1"), &area("2"), 60, &BTreeSet::new()).unwrap();
            let refused = plan(&c, &found, mover).unwrap_err();
            assert_eq!(refused.failure.code(), guard::WOULD_MAKE_FAULT);
            let (plan, left) = plan_most(&c, &found, mover).unwrap();
            let far = |p: &Pt| !(29_000..36_000).contains(&p.n);
            assert!(left.iter().all(|l| !far(&l.at)), "{left:?}");
            assert!(!left.is_empty() && left.len() < 6, "{left:?}");
            let moved: BTreeSet<Pt> = plan.moved.iter().map(|(p, _)| *p).filter(far).collect();
            let of_each = if mover == Mover::Both { 22 } else { 11 };
            assert_eq!(moved.len(), of_each, "{mover:?} {moved:?}");
            let mut after = c.clone();
            crate::topology::testing::apply(&mut after, &plan);
            assert!(guard::new_faults(&c, &plan).is_empty());
            let rest = pairs(&after, &area("1"), &area("2"), 60, &BTreeSet::new()).unwrap();
            assert!(rest.pairs.iter().all(|p| !far(&p.a)), "{rest:?}");
        }
    }

    #[test]
    fn areas() {
        let c = coverage(&["0 0, 9 0, 9 9", "20 0, 29 0, 29 9"], 1);
        let none = BTreeSet::new();
        let code = |a: &Area, b: &Area| pairs(&c, a, b, 50, &none).unwrap_err().code();
        let whole = Area {
            commune: "25747".into(),
            sheet: None,
        };
        assert_eq!(code(&area("1"), &area("3")), "NO_AREA");
        assert_eq!(code(&area("1"), &area("1")), "SAME_AREA");
        assert_eq!(code(&whole, &area("2")), "SAME_AREA");
    }
}
