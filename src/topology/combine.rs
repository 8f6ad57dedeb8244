//! What two polygons have in common, what is left of one without the other, what several are together.
//!
//! The polygons are noded: their sides meet in common ends only. So each side lies wholly inside,
//! outside or along the other polygon, and the result is a choice of sides, not a computation:
//! no point is made here, and areas add up exactly.

use std::collections::BTreeSet;

use super::ring::{Place, locate_middle};
use super::trace::{self, Directed};
use crate::domain::{BBox, Polygon};

/// A polygon prepared for the question on which side of it a piece lies.
struct Ground<'a> {
    polygon: &'a Polygon,
    bbox: BBox,
    /// Without those that run against each other: a corner that rounding has made a spike has no area.
    sides: BTreeSet<Directed>,
}

/// How a directed side lies to a polygon.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Lies {
    Outside,
    Inside,
    /// Along its boundary with the polygon on the left as well.
    Along,
    /// Against its boundary: the polygon is on the right.
    Against,
}

impl<'a> Ground<'a> {
    fn new(polygon: &'a Polygon) -> Self {
        Self {
            polygon,
            bbox: polygon.bbox(),
            sides: trace::cancelled(polygon.sides()).into_iter().collect(),
        }
    }

    fn lies(&self, (a, b): Directed) -> Lies {
        if self.sides.contains(&(a, b)) {
            return Lies::Along;
        }
        if self.sides.contains(&(b, a)) {
            return Lies::Against;
        }
        if !super::segment::bbox(a, b).intersects(&self.bbox) {
            return Lies::Outside;
        }
        match locate_middle(self.polygon, a, b) {
            Place::Inside => Lies::Inside,
            _ => Lies::Outside,
        }
    }
}

/// Sides of `a` without `b`, to be traced.
fn without_sides(a: &Polygon, b: &Polygon) -> Vec<Directed> {
    let (ground_a, ground_b) = (Ground::new(a), Ground::new(b));
    let own = ground_a.sides.iter().copied();
    let own = own.filter(|s| matches!(ground_b.lies(*s), Lies::Outside | Lies::Against));
    let cut = ground_b
        .sides
        .iter()
        .filter(|s| ground_a.lies(**s) == Lies::Inside);
    own.chain(cut.map(|(p, q)| (*q, *p))).collect()
}

/// Sides of what `a` and `b` have in common, to be traced.
pub fn common_sides(a: &Polygon, b: &Polygon) -> Vec<Directed> {
    let (ground_a, ground_b) = (Ground::new(a), Ground::new(b));
    let own = ground_a.sides.iter().copied();
    let own = own.filter(|s| matches!(ground_b.lies(*s), Lies::Inside | Lies::Along));
    let other = ground_b.sides.iter().copied();
    own.chain(other.filter(|s| ground_a.lies(*s) == Lies::Inside))
        .collect()
}

/// The parts of `a` that do not belong to `b`. `None` when the polygons were not noded or are not valid.
pub fn without(a: &Polygon, b: &Polygon) -> Option<Vec<Polygon>> {
    trace::polygons(&without_sides(a, b))
}

/// The parts `a` and `b` have in common.
pub fn common(a: &Polygon, b: &Polygon) -> Option<Vec<Polygon>> {
    trace::polygons(&common_sides(a, b))
}

/// Polygons that do not overlap as one region: sides that run against each other vanish.
pub fn together<'a>(polygons: impl IntoIterator<Item = &'a Polygon>) -> Option<Vec<Polygon>> {
    let sides = polygons.into_iter().flat_map(Polygon::sides);
    trace::polygons(&trace::cancelled(sides))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Pt;
    use crate::topology::noding::{node, side};
    use crate::topology::testing::polygon;
    use crate::topology::validity;
    use proptest::prelude::*;

    fn noded(a: &Polygon, b: &Polygon) -> [Polygon; 2] {
        let sides = |p: &Polygon| p.sides().map(|(a, b)| side(a, b)).collect::<Vec<_>>();
        let chains = node(sides(a), sides(b), &[]).unwrap();
        [chains.polygon(a), chains.polygon(b)]
    }

    fn area(parts: &[Polygon]) -> i128 {
        parts.iter().map(Polygon::area2).sum()
    }

    #[test]
    fn table() {
        let square = "0 0, 100 0, 100 100, 0 100";
        let holed = "0 0, 100 0, 100 100, 0 100 | 20 20, 20 80, 80 80, 80 20";
        // (a, b, parts and area of a without b, of both)
        let table = [
            (square, "50 0, 150 0, 150 100, 50 100", "1 5000", "1 5000"),
            (square, "40 -10, 60 -10, 60 110, 40 110", "2 8000", "1 2000"),
            (square, "40 40, 60 40, 60 60, 40 60", "1 9600", "1 400"),
            (square, square, "0 0", "1 10000"),
            (square, "100 0, 200 0, 200 100, 100 100", "1 10000", "0 0"),
            (square, "100 100, 200 100, 200 200", "1 10000", "0 0"),
            (square, "0 0, 50 0, 50 100, 0 100", "1 5000", "1 5000"),
            // a hole, cut across and filled
            (holed, "40 -10, 60 -10, 60 110, 40 110", "2 5600", "2 800"),
            (holed, "20 20, 80 20, 80 80, 20 80", "1 6400", "0 0"),
            (holed, "0 0, 100 0, 100 100, 0 100", "0 0", "1 6400"),
            // a concave one bites twice
            (
                square,
                "90 10, 200 10, 200 90, 90 90, 90 60, 120 60, 120 40, 90 40",
                "1 9400",
                "2 600",
            ),
            // a long thin one, slanted: the sum is that of the densified square
            (square, "-50 10, 150 12, 150 14, -50 12", "2 9800", "1 200"),
        ];
        for (a, b, less, both) in table {
            let [p, q] = noded(&polygon(a), &polygon(b));
            let text = |parts: &[Polygon]| format!("{} {}", parts.len(), area(parts) / 2);
            let (left, shared) = (without(&p, &q).unwrap(), common(&p, &q).unwrap());
            assert_eq!(
                (text(&left).as_str(), text(&shared).as_str()),
                (less, both),
                "{a} / {b}"
            );
            assert_eq!(area(&left) + area(&shared), p.area2(), "{a} / {b}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(300))]

        /// Any two triangles or quadrilaterals: parts are valid, areas add up exactly, and putting the
        /// parts together gives the densified polygon.
        #[test]
        fn parts_add_up(points in proptest::collection::vec((-3000i64..3000, -3000i64..3000), 8)) {
            let make = |p: &[(i64, i64)]| {
                let mut polygon = Polygon { rings: vec![p.iter().map(|&(e, n)| Pt::new(e, n)).collect()] };
                crate::topology::ring::orient(&mut polygon);
                polygon
            };
            let (a, b) = (make(&points[..4]), make(&points[4..]));
            prop_assume!(validity::check(&a).is_empty() && validity::check(&b).is_empty());
            let [p, q] = noded(&a, &b);
            let (left, shared, right) =
                (without(&p, &q).unwrap(), common(&p, &q).unwrap(), without(&q, &p).unwrap());
            prop_assert_eq!(area(&left) + area(&shared), p.area2());
            prop_assert_eq!(area(&right) + area(&shared), q.area2());
            for part in left.iter().chain(&shared).chain(&right) {
                let bad: Vec<_> = validity::check(part).into_iter().filter(|f| f.kind != validity::FaultKind::Spike).collect();
                prop_assert_eq!(bad, vec![]);
            }
            let again = together(left.iter().chain(&shared)).unwrap();
            let mut sides: Vec<_> = again.iter().flat_map(Polygon::sides).collect();
            let mut want = trace::cancelled(p.sides());
            sides.sort_unstable();
            want.sort_unstable();
            prop_assert_eq!(sides, want);
        }
    }
}
