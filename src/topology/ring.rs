//! Rings and polygons: where a point lies, and how a ring is tidied.

use crate::domain::{BBox, Polygon, Pt, ring_area2, ring_sides};

/// Where a point lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    Outside,
    Boundary,
    Inside,
}

/// Where `p` lies in `polygon`, by the even-odd rule over all rings: exact.
pub fn locate(polygon: &Polygon, p: Pt) -> Place {
    locate_sides(polygon.sides(), p)
}

/// Where `p` lies in one ring.
pub fn locate_in_ring(ring: &[Pt], p: Pt) -> Place {
    locate_sides(ring_sides(ring), p)
}

/// Even-odd test against any closed set of sides: counts those crossed by the ray from `p` to the east.
pub fn locate_sides(sides: impl Iterator<Item = (Pt, Pt)>, p: Pt) -> Place {
    let mut inside = false;
    for (a, b) in sides {
        match ray(a, b, p) {
            None => return Place::Boundary,
            Some(crossed) => inside ^= crossed,
        }
    }
    if inside { Place::Inside } else { Place::Outside }
}

/// Whether the ray from `p` to the east crosses a–b; `None` when `p` lies on a–b.
pub(super) fn ray(a: Pt, b: Pt, p: Pt) -> Option<bool> {
    if (a.n > p.n && b.n > p.n) || (a.n < p.n && b.n < p.n) || (a.e < p.e && b.e < p.e) {
        return Some(false);
    }
    if a.n == b.n {
        return (a.e.min(b.e) > p.e || a.e.max(b.e) < p.e).then_some(false);
    }
    let side = super::segment::side_of(a, b, p);
    if side == 0 {
        return None;
    }
    // A side counts with its lower end and without its upper, so a vertex on the ray counts once.
    let spans = (a.n <= p.n) != (b.n <= p.n);
    Some(spans && (side > 0) == (b.n > a.n))
}

/// How far outside of `polygon` a point lies, mm; 0 inside and on the boundary.
pub fn distance_outside(polygon: &Polygon, p: Pt) -> f64 {
    if locate(polygon, p) != Place::Outside {
        return 0.0;
    }
    let far = polygon.sides().map(|(a, b)| super::segment::distance(p, a, b));
    far.fold(f64::MAX, f64::min)
}

/// Where the middle of a–b lies in `polygon`. The middle need not be a lattice point: all is doubled.
pub fn locate_middle(polygon: &Polygon, a: Pt, b: Pt) -> Place {
    let twice = |p: Pt| Pt::new(2 * p.e, 2 * p.n);
    let middle = Pt::new(a.e + b.e, a.n + b.n);
    locate_sides(polygon.sides().map(|(p, q)| (twice(p), twice(q))), middle)
}

/// Turns rings to the house form: shell counter-clockwise, holes clockwise.
pub fn orient(polygon: &mut Polygon) {
    for (i, ring) in polygon.rings.iter_mut().enumerate() {
        if (ring_area2(ring) < 0) == (i == 0) {
            ring.reverse();
        }
    }
}

/// Removes the repeated closing point and consecutive equal points; returns how many consecutive
/// duplicates went (the closing point is not counted).
pub fn tidy(ring: &mut Vec<Pt>) -> usize {
    if ring.len() > 1 && ring.first() == ring.last() {
        ring.pop();
    }
    let before = ring.len();
    ring.dedup();
    while ring.len() > 1 && ring.first() == ring.last() {
        ring.pop();
    }
    before - ring.len()
}

/// Box of a ring.
pub fn bbox(ring: &[Pt]) -> BBox {
    BBox::of(ring.iter().copied())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ring(points: &[(i64, i64)]) -> Vec<Pt> {
        points.iter().map(|&(e, n)| Pt::new(e, n)).collect()
    }

    fn polygon(rings: &[&[(i64, i64)]]) -> Polygon {
        Polygon {
            rings: rings.iter().map(|r| ring(r)).collect(),
        }
    }

    #[test]
    fn places() {
        use Place::{Boundary, Inside, Outside};
        let holed = polygon(&[
            &[(0, 0), (10, 0), (10, 10), (0, 10)],
            &[(4, 4), (4, 6), (6, 6), (6, 4)],
        ]);
        let concave = polygon(&[&[(0, 0), (10, 0), (10, 10), (5, 2), (0, 10)]]);
        let sliver = polygon(&[&[(0, 0), (100_000, 1), (100_000, 2)]]);
        let thin = polygon(&[&[(0, 0), (1_000_000, 1_000_000), (999_999, 1_000_000), (-1, 0)]]);
        let table = [
            (&holed, (5, 5), Outside),
            (&holed, (4, 5), Boundary),
            (&holed, (2, 4), Inside),
            (&holed, (-1, 0), Outside),
            (&holed, (0, 10), Boundary),
            (&concave, (5, 1), Inside),
            (&concave, (5, 2), Boundary),
            (&concave, (5, 3), Outside),
            (&concave, (-3, 2), Outside),
            (&sliver, (50_000, 1), Boundary),
            (&sliver, (50_000, 0), Outside),
            (&sliver, (75_000, 1), Inside),
            (&thin, (500_000, 500_000), Boundary),
            (&thin, (499_999, 500_000), Boundary),
            (&thin, (500_001, 500_000), Outside),
        ];
        for (poly, (e, n), want) in table {
            assert_eq!(locate(poly, Pt::new(e, n)), want, "{e} {n}");
        }
    }

    #[test]
    fn middle_between_lattice_points() {
        let p = polygon(&[&[(0, 0), (1, 0), (1, 1), (0, 1)]]);
        assert_eq!(locate_middle(&p, Pt::new(0, 0), Pt::new(1, 1)), Place::Inside);
        assert_eq!(locate_middle(&p, Pt::new(0, 0), Pt::new(1, 0)), Place::Boundary);
        assert_eq!(locate_middle(&p, Pt::new(1, 0), Pt::new(2, 0)), Place::Outside);
    }

    #[test]
    fn tidying() {
        let mut r = ring(&[(0, 0), (0, 0), (5, 0), (5, 5), (5, 5), (0, 0), (0, 0)]);
        assert_eq!(tidy(&mut r), 3);
        assert_eq!(r, ring(&[(0, 0), (5, 0), (5, 5)]));
        let mut point = ring(&[(1, 1), (1, 1), (1, 1), (1, 1)]);
        tidy(&mut point);
        assert_eq!(point, ring(&[(1, 1)]));
        let mut p = polygon(&[&[(0, 0), (0, 9), (9, 9), (9, 0)], &[(1, 1), (2, 1), (2, 2)]]);
        orient(&mut p);
        assert!(ring_area2(&p.rings[0]) > 0 && ring_area2(&p.rings[1]) < 0);
    }
}
