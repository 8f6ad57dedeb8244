//! Points inserted into the sides of a neighbour: recognised, repeated, and how far a boundary shifted.

use std::collections::HashSet;

use crate::domain::{Polygon, Pt, ring_sides};
use crate::topology::segment;

/// How far a point may lie from the side it is inserted into, mm: a cut rounded to the lattice (issue 3 §1), with room
/// for the next point on the side that this one bent.
const ROUNDED_MM: i64 = 1;

/// Whether `new` is `old` with points inserted into its sides, and nothing else.
pub fn only_receives(old: &Polygon, new: &Polygon) -> bool {
    old.rings.len() == new.rings.len() && old.rings.iter().zip(&new.rings).all(|(o, n)| receives(o, n))
}

fn receives(old: &[Pt], new: &[Pt]) -> bool {
    let Some(start) = old.first().and_then(|p| new.iter().position(|q| q == p)) else {
        return false;
    };
    let mut rest = new[start..].iter().chain(&new[..start]).skip(1).peekable();
    let sides = old.iter().zip(old.iter().cycle().skip(1)).enumerate();
    for (i, (a, b)) in sides {
        let closing = i + 1 == old.len();
        while let Some(p) = rest.next_if(|p| *p != b) {
            if !segment::within(*p, *a, *b, ROUNDED_MM) {
                return false;
            }
        }
        if rest.next().is_none() != closing {
            return false;
        }
    }
    true
}

/// How far the boundary shifted at most, mm: the points of `new` that `old` does not have, point by point where a ring
/// has as many as before, else to the nearest old side.
pub fn shift(old: &Polygon, new: &Polygon) -> f64 {
    let known: HashSet<Pt> = old.points().collect();
    let mut most: f64 = 0.0;
    for (i, ring) in new.rings.iter().enumerate() {
        let before = old.rings.get(i).filter(|o| o.len() == ring.len());
        for (j, p) in ring.iter().enumerate().filter(|(_, p)| !known.contains(p)) {
            let far = match before {
                Some(o) if !ring.contains(&o[j]) => o[j].dist(*p),
                _ => nearest_side(old, *p),
            };
            most = most.max(far);
        }
    }
    most
}

fn nearest_side(polygon: &Polygon, p: Pt) -> f64 {
    let all = polygon.sides().map(|(a, b)| segment::distance(p, a, b));
    all.fold(f64::INFINITY, f64::min)
}

/// `polygon` with those of `points` that it does not have inserted into the nearest of its sides. `None` when one lies
/// on no side: the polygon is another one by now.
pub fn receive(polygon: &Polygon, points: &[Pt]) -> Option<Polygon> {
    let mut out = polygon.clone();
    for p in points {
        if out.points().any(|q| q == *p) {
            continue;
        }
        let near = out.rings.iter().enumerate().flat_map(|(r, ring)| {
            ring_sides(ring)
                .enumerate()
                .filter(|(_, (a, b))| segment::within(*p, *a, *b, ROUNDED_MM))
                .map(move |(i, (a, b))| (segment::distance(*p, a, b), r, i))
        });
        let (_, ring, side) = near.min_by(|x, y| x.0.total_cmp(&y.0).then((x.1, x.2).cmp(&(y.1, y.2))))?;
        out.rings[ring].insert(side + 1, *p);
    }
    Some(out)
}

/// The points of `new` that are not in `old`.
pub fn inserted(old: &Polygon, new: &Polygon) -> Vec<Pt> {
    let known: HashSet<Pt> = old.points().collect();
    new.points().filter(|p| !known.contains(p)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::topology::testing::polygon;

    #[test]
    fn who_only_receives_points() {
        let old = "0 0, 10000 0, 10000 10000, 0 10000";
        for (new, want, far) in [
            (old, true, 0.0),
            ("10000 0, 10000 10000, 0 10000, 0 0", true, 0.0),
            ("0 0, 4000 0, 10000 0, 10000 10000, 0 10000", true, 0.0),
            ("0 0, 4000 1, 7000 1, 10000 0, 10000 10000, 0 10000", true, 1.0),
            ("0 0, 10000 0, 10000 10000, 0 10000, 0 3000", true, 0.0),
            ("0 0, 4000 2, 10000 0, 10000 10000, 0 10000", false, 2.0),
            ("0 0, 10000 0, 10000 10001, 0 10000", false, 1.0),
            ("0 0, 13000 4000, 10000 10000, 0 10000", false, 5000.0),
            ("0 0, 10000 0, 10000 10000", false, 0.0),
            ("0 0, 0 10000, 10000 10000, 10000 0", false, 0.0),
        ] {
            let (old, new) = (polygon(old), polygon(new));
            assert_eq!(
                (only_receives(&old, &new), shift(&old, &new)),
                (want, far),
                "{new:?}"
            );
            if want {
                let again = receive(&old, &inserted(&old, &new)).unwrap();
                assert!(only_receives(&new, &again) && again.point_count() == new.point_count());
            }
        }
        let square = polygon("0 0, 10000 0, 10000 10000, 0 10000");
        assert_eq!(receive(&square, &[Pt::new(5000, 5000)]), None);
        // Another point came in between: the side is a shorter one now, the place the same.
        let denser = polygon("0 0, 5000 0, 10000 0, 10000 10000, 0 10000");
        let both = receive(&denser, &[Pt::new(4000, 1), Pt::new(10_000, 0)]).unwrap();
        assert_eq!(
            both,
            polygon("0 0, 4000 1, 5000 0, 10000 0, 10000 10000, 0 10000")
        );
    }
}
