//! Cutting sides where they meet, so that afterwards sides have nothing but ends in common.
//!
//! A crossing is rounded once to the lattice and becomes a point of both sides; an end that lies on
//! another side becomes a point of that side. Rounding bends a side by at most 0.71 mm, which may bring
//! it into contact with another: rounds go on until nothing meets (iterated snap rounding; J. D. Hobby,
//! "Practical segment intersection with finite precision output", 1999). A side is named by its ends, so
//! every parcel that has it is bent the same way and neighbours stay neighbours. Integers only.

use std::collections::{BTreeMap, BTreeSet};

use super::index::Tree;
use super::segment::{self, Meet};
use crate::domain::{BBox, Failure, Polygon, Pt, Ring, ring_sides};
use crate::msg;

/// A side without direction: the smaller end first.
pub type Side = (Pt, Pt);

/// The name of the side between two points.
pub fn side(a: Pt, b: Pt) -> Side {
    (a.min(b), a.max(b))
}

/// Points to put into sides; those of one side in any order.
pub type Points = BTreeMap<Side, BTreeSet<Pt>>;

/// A crossing this near to an end of one of the two sides is that end, mm² (1.41 mm): no side shorter
/// than two lattice steps arises.
const AT_END: i128 = 2;

/// Rounds before we give up. Real data needs two or three.
const ROUNDS: usize = 48;

/// How sides were cut.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Chains {
    /// Points inside a piece, from its smaller to its larger end.
    cuts: BTreeMap<Side, Vec<Pt>>,
}

impl Chains {
    /// Points strictly between `a` and `b` in order from `a`; empty when the side was not cut.
    pub fn between(&self, a: Pt, b: Pt) -> Vec<Pt> {
        let mut out = Vec::new();
        self.collect(side(a, b), &mut out);
        if a > b {
            out.reverse();
        }
        out
    }

    fn collect(&self, (a, b): Side, out: &mut Vec<Pt>) {
        let Some(points) = self.cuts.get(&(a, b)) else {
            return;
        };
        let mut from = a;
        for &p in points.iter().chain([&b]) {
            if from < p {
                self.collect((from, p), out);
            } else {
                let at = out.len();
                self.collect((p, from), out);
                out[at..].reverse();
            }
            if p != b {
                out.push(p);
            }
            from = p;
        }
    }

    /// A side's points put in by hand; nothing else is cut.
    pub fn flat(cuts: BTreeMap<Side, Vec<Pt>>) -> Self {
        Self { cuts }
    }

    /// Whether a side was cut.
    pub fn cuts(&self, a: Pt, b: Pt) -> bool {
        self.cuts.contains_key(&side(a, b))
    }

    /// The ring with all points in.
    pub fn ring(&self, ring: &[Pt]) -> Ring {
        let mut out = Vec::with_capacity(ring.len());
        for (a, b) in ring_sides(ring) {
            out.push(a);
            out.extend(self.between(a, b));
        }
        out
    }

    /// The polygon with all points in; rings keep their first point.
    pub fn polygon(&self, polygon: &Polygon) -> Polygon {
        Polygon {
            rings: polygon.rings.iter().map(|r| self.ring(r)).collect(),
        }
    }
}

/// Cuts `active` sides where they meet each other and the `other` ones, and those where they meet them;
/// two others are compared only where a cut has bent one. `given` points are put in first, list by list:
/// a later one may name pieces an earlier one makes.
/// Fails with `LINES_TOO_TIGHT` when it finds no end.
pub fn node(
    active: impl IntoIterator<Item = Side>,
    other: impl IntoIterator<Item = Side>,
    given: &[Points],
) -> Result<Chains, Failure> {
    let mut chains = Chains::default();
    let mut fresh: BTreeSet<Side> = active.into_iter().filter(|(a, b)| a != b).collect();
    let mut all: BTreeSet<Side> = other.into_iter().filter(|(a, b)| a != b).collect();
    all.extend(&fresh);
    for points in given {
        let there = points.iter().filter(|(s, _)| all.contains(*s));
        let cuts: Points = there.map(|(s, p)| (*s, p.clone())).collect();
        apply(&cuts, &mut all, &mut fresh, &mut chains)?;
    }
    let mut last = Pt::default();
    for _ in 0..ROUNDS {
        let cuts = meetings(&fresh, &all);
        let Some(first) = cuts.keys().next().copied() else {
            return Ok(chains);
        };
        last = first.0;
        fresh.clear();
        apply(&cuts, &mut all, &mut fresh, &mut chains)?;
    }
    Err(too_tight(last))
}

/// Replaces sides by their pieces, which are to be looked at.
fn apply(
    cuts: &Points,
    all: &mut BTreeSet<Side>,
    fresh: &mut BTreeSet<Side>,
    chains: &mut Chains,
) -> Result<(), Failure> {
    for (&(a, b), points) in cuts {
        let mut points: Vec<Pt> = points.iter().copied().filter(|p| *p != a && *p != b).collect();
        if points.is_empty() {
            continue;
        }
        points.sort_by_key(|p| segment::dot(a, b, *p));
        all.remove(&(a, b));
        fresh.remove(&(a, b));
        let ends: Vec<Pt> = std::iter::once(a)
            .chain(points.iter().copied())
            .chain([b])
            .collect();
        for w in ends.windows(2) {
            let piece = side(w[0], w[1]);
            // Pieces grow shorter, so that there is an end.
            if w[0].dist2(w[1]) >= a.dist2(b) {
                return Err(too_tight(a));
            }
            // A piece that was cut before is known by its name.
            if !chains.cuts.contains_key(&piece) && all.insert(piece) {
                fresh.insert(piece);
            }
        }
        chains.cuts.insert((a, b), points);
    }
    Ok(())
}

/// Where fresh pieces meet others other than in common ends.
fn meetings(fresh: &BTreeSet<Side>, all: &BTreeSet<Side>) -> Points {
    let pieces: Vec<Side> = all.iter().copied().collect();
    let boxes: Vec<BBox> = pieces.iter().map(|s| segment::bbox(s.0, s.1)).collect();
    let tree = Tree::build(&boxes);
    let mut cuts = Points::new();
    for &s in fresh {
        tree.query(&segment::bbox(s.0, s.1), |i| {
            let t = pieces[i as usize];
            if s != t {
                meet(s, t, &mut cuts);
            }
        });
    }
    cuts
}

fn meet(s: Side, t: Side, cuts: &mut Points) {
    for at in contacts(s, t).into_iter().flatten() {
        for side in [s, t] {
            if at != side.0 && at != side.1 {
                cuts.entry(side).or_default().insert(at);
            }
        }
    }
}

/// The lattice points where two sides meet; a crossing is rounded.
pub(super) fn contacts(s: Side, t: Side) -> [Option<Pt>; 2] {
    match segment::meet(s.0, s.1, t.0, t.1) {
        Meet::Nothing => [None, None],
        Meet::Touch(at) => [Some(at), None],
        Meet::Overlap(from, to) => [Some(from), Some(to)],
        Meet::Crossing => {
            let at = settled(segment::crossing_point(s.0, s.1, t.0, t.1), s, t);
            [Some(at), None]
        }
    }
}

/// The nearest end of the two sides when it is as good as the crossing.
fn settled(at: Pt, s: Side, t: Side) -> Pt {
    let ends = [s.0, s.1, t.0, t.1];
    let near = ends.into_iter().min_by_key(|p| (p.dist2(at), *p));
    near.filter(|p| p.dist2(at) <= AT_END).unwrap_or(at)
}

fn too_tight(at: Pt) -> Failure {
    let (e, n) = at.metres();
    Failure::new(
        "LINES_TOO_TIGHT",
        msg!(
            "Các đường gần X = {n:.3}, Y = {e:.3} nằm sát nhau đến mức không cắt được chính xác đến mm.",
            "The lines near X = {n:.3}, Y = {e:.3} lie so close together that they cannot be cut to the millimetre."
        ),
    )
    .remedy(msg!(
        "Gộp các điểm gần trùng nhau ở đó, hoặc vẽ đường cắt đi đúng qua một điểm.",
        "Merge the nearly equal points there, or draw the line right through one of them."
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::topology::testing::point;
    use proptest::prelude::*;

    fn sides(text: &str) -> Vec<Side> {
        let one = |t: &str| {
            let (a, b) = t.split_once(',').unwrap();
            side(point(a), point(b))
        };
        text.split(';').map(one).collect()
    }

    fn noded(active: &str, other: &str) -> String {
        let chains = node(sides(active), sides(other), &[]).unwrap();
        let cut = |s: &Side| {
            let points = chains.between(s.0, s.1);
            let list: Vec<String> = points.iter().map(|p| format!("{} {}", p.e, p.n)).collect();
            list.join(", ")
        };
        let all: Vec<String> = sides(active).iter().chain(&sides(other)).map(cut).collect();
        all.join(" / ")
    }

    #[test]
    fn table() {
        let table = [
            ("0 0,10 10", "0 10,10 0", "5 5 / 5 5"),
            // rounded once, the same on both
            ("0 0,100 33", "50 -50,51 50", "51 17 / 51 17"),
            // an end on a side, a piece along a side, nothing
            ("0 0,10 0", "5 0,5 9", "5 0 / "),
            ("0 0,10 0", "5 0,20 0", "5 0 / 10 0"),
            ("0 0,10 0", "0 1,10 1", " / "),
            // a crossing 1 mm from an end is the end
            ("0 0,1000 0", "999 -5,999 5", " / 1000 0"),
            // others are not compared with each other
            ("90 0,91 0", "0 0,10 10; 0 10,10 0", " /  / "),
        ];
        for (active, other, want) in table {
            let got = noded(active, other);
            assert_eq!(got, want, "{active} x {other}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(300))]

        /// Afterwards nothing meets but in ends, every side still runs from end to end, and no point is
        /// further than 3 mm off its side, however tightly the lines are packed.
        #[test]
        fn nothing_meets_afterwards(
            lines in proptest::collection::vec((0i64..60, 0i64..60, 0i64..60, 0i64..60), 1..14),
            scale in 1i64..200,
        ) {
            let all: Vec<Side> = lines
                .iter()
                .map(|&(a, b, c, d)| side(Pt::new(a * scale, b * scale), Pt::new(c * scale, d * scale)))
                .filter(|s| s.0 != s.1)
                .collect();
            // Lines of a few millimetres may be packed too tightly; it must be said, not missed.
            let chains = match node(all.clone(), [], &[]) {
                Err(f) if scale < 20 => {
                    prop_assert_eq!(f.code(), "LINES_TOO_TIGHT");
                    return Ok(());
                }
                other => other.unwrap(),
            };
            let mut pieces = BTreeSet::new();
            for s in &all {
                let points = chains.between(s.0, s.1);
                let ends: Vec<Pt> = std::iter::once(s.0).chain(points).chain([s.1]).collect();
                for p in &ends {
                    prop_assert!(segment::distance(*p, s.0, s.1) <= 3.0, "{s:?} {p:?}");
                }
                pieces.extend(ends.windows(2).map(|w| side(w[0], w[1])));
            }
            let pieces: Vec<Side> = pieces.into_iter().filter(|s| s.0 != s.1).collect();
            for (i, s) in pieces.iter().enumerate() {
                for t in &pieces[i + 1..] {
                    match segment::meet(s.0, s.1, t.0, t.1) {
                        Meet::Nothing => {}
                        Meet::Touch(p) => prop_assert!(
                            [s.0, s.1].contains(&p) && [t.0, t.1].contains(&p), "{s:?} {t:?}"),
                        met => prop_assert!(false, "{s:?} {t:?} {met:?}"),
                    }
                }
            }
        }
    }
}
