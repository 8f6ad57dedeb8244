//! Exact predicates on points and segments in whole millimetres.
//!
//! Differences of coordinates are below 2^38 (`MAX_COORDINATE`), so products need `i128`; those of a
//! district fit 31 bits and take the `i64` path.

use crate::domain::{BBox, Pt};

/// Differences up to this have products and sums of two products inside `i64`.
const SMALL: i64 = 1 << 31;

/// Twice the signed area of the triangle a, b, c in mm²: positive when c lies left of a→b.
pub fn cross(a: Pt, b: Pt, c: Pt) -> i128 {
    let (ux, uy, vx, vy) = (b.e - a.e, b.n - a.n, c.e - a.e, c.n - a.n);
    if small(ux) && small(uy) && small(vx) && small(vy) {
        return i128::from(ux * vy - uy * vx);
    }
    ux as i128 * vy as i128 - uy as i128 * vx as i128
}

fn small(d: i64) -> bool {
    -SMALL < d && d < SMALL
}

/// The sign of [`cross`]: 1 left, 0 on the line, -1 right.
pub fn side_of(a: Pt, b: Pt, c: Pt) -> i32 {
    let (ux, uy, vx, vy) = (b.e - a.e, b.n - a.n, c.e - a.e, c.n - a.n);
    if small(ux) && small(uy) && small(vx) && small(vy) {
        return (ux * vy - uy * vx).signum() as i32;
    }
    (ux as i128 * vy as i128 - uy as i128 * vx as i128).signum() as i32
}

/// Scalar product of a→b and a→c, mm².
pub fn dot(a: Pt, b: Pt, c: Pt) -> i128 {
    (b.e - a.e) as i128 * (c.e - a.e) as i128 + (b.n - a.n) as i128 * (c.n - a.n) as i128
}

/// Smallest box of a segment.
pub fn bbox(a: Pt, b: Pt) -> BBox {
    BBox {
        min: Pt::new(a.e.min(b.e), a.n.min(b.n)),
        max: Pt::new(a.e.max(b.e), a.n.max(b.n)),
    }
}

/// Whether p lies on the closed segment a–b.
pub fn on_segment(p: Pt, a: Pt, b: Pt) -> bool {
    bbox(a, b).contains(p) && side_of(a, b, p) == 0
}

/// What two closed segments have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meet {
    Nothing,
    /// One point inside both.
    Crossing,
    /// One point that is an end of at least one of them.
    Touch(Pt),
    /// A piece of positive length, from..to in the direction of the first segment.
    Overlap(Pt, Pt),
}

/// How a–b and c–d meet. Neither may have length zero.
pub fn meet(a: Pt, b: Pt, c: Pt, d: Pt) -> Meet {
    if !bbox(a, b).intersects(&bbox(c, d)) {
        return Meet::Nothing;
    }
    let (sc, sd) = (side_of(a, b, c), side_of(a, b, d));
    if sc == 0 && sd == 0 {
        return collinear(a, b, c, d);
    }
    if sc * sd > 0 {
        return Meet::Nothing;
    }
    let (sa, sb) = (side_of(c, d, a), side_of(c, d, b));
    if sa * sb > 0 {
        Meet::Nothing
    } else if sa == 0 {
        Meet::Touch(a)
    } else if sb == 0 {
        Meet::Touch(b)
    } else if sc == 0 {
        Meet::Touch(c)
    } else if sd == 0 {
        Meet::Touch(d)
    } else {
        Meet::Crossing
    }
}

/// Common part of two segments on one line.
fn collinear(a: Pt, b: Pt, c: Pt, d: Pt) -> Meet {
    let forward = a <= b;
    let (a0, b0) = if forward { (a, b) } else { (b, a) };
    let (lo, hi) = (a0.max(c.min(d)), b0.min(c.max(d)));
    match lo.cmp(&hi) {
        std::cmp::Ordering::Greater => Meet::Nothing,
        std::cmp::Ordering::Equal => Meet::Touch(lo),
        std::cmp::Ordering::Less if forward => Meet::Overlap(lo, hi),
        std::cmp::Ordering::Less => Meet::Overlap(hi, lo),
    }
}

/// Whether p is at most `mm` from the closed segment a–b. Exact.
pub fn within(p: Pt, a: Pt, b: Pt, mm: i64) -> bool {
    if !bbox(a, b).grown(mm).contains(p) {
        return false;
    }
    let m2 = mm as i128 * mm as i128;
    if a == b || dot(a, b, p) <= 0 {
        return p.dist2(a) <= m2;
    }
    if dot(b, a, p) <= 0 {
        return p.dist2(b) <= m2;
    }
    let area = cross(a, b, p).abs();
    // The length is at most the sum of its components; past this test the squares fit i128.
    let reach = ((b.e - a.e).abs() + (b.n - a.n).abs()) as i128;
    area <= mm as i128 * reach && area * area <= m2 * a.dist2(b)
}

/// Distance from p to the closed segment a–b, mm.
pub fn distance(p: Pt, a: Pt, b: Pt) -> f64 {
    if a == b || dot(a, b, p) <= 0 {
        p.dist(a)
    } else if dot(b, a, p) <= 0 {
        p.dist(b)
    } else {
        cross(a, b, p).unsigned_abs() as f64 / a.dist(b)
    }
}

/// The point of the closed segment a–b nearest to p, rounded to the lattice (so at most 0.71 mm off the line).
pub fn foot(p: Pt, a: Pt, b: Pt) -> Pt {
    let len2 = a.dist2(b);
    if len2 == 0 {
        return a;
    }
    let t = (dot(a, b, p) as f64 / len2 as f64).clamp(0.0, 1.0);
    Pt::new(
        a.e + ((b.e - a.e) as f64 * t).round() as i64,
        a.n + ((b.n - a.n) as f64 * t).round() as i64,
    )
}

/// Where two properly crossing segments cross, rounded to the lattice: once, in integers, the same for
/// any order and direction of the two.
pub fn crossing_point(a: Pt, b: Pt, c: Pt, d: Pt) -> Pt {
    let (to_a, to_b) = (cross(c, d, a), cross(c, d, b));
    let (part, whole) = match to_a - to_b {
        0 => (1, 2),
        w if w < 0 => (-to_a, -w),
        w => (to_a, w),
    };
    let along = |from: i64, to: i64| {
        let twice = 2 * (to - from) as i128 * part + whole;
        from + twice.div_euclid(2 * whole) as i64
    };
    Pt::new(along(a.e, b.e), along(a.n, b.n))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn p(e: i64, n: i64) -> Pt {
        Pt::new(e, n)
    }

    #[test]
    fn meets() {
        let table = [
            ((0, 0, 10, 10), (0, 10, 10, 0), Meet::Crossing),
            ((0, 0, 10, 0), (5, 0, 5, 9), Meet::Touch(p(5, 0))),
            ((0, 0, 10, 0), (10, 0, 15, 3), Meet::Touch(p(10, 0))),
            ((0, 0, 10, 0), (10, 0, 20, 0), Meet::Touch(p(10, 0))),
            ((0, 0, 10, 0), (15, 0, 5, 0), Meet::Overlap(p(5, 0), p(10, 0))),
            ((10, 0, 0, 0), (15, 0, 5, 0), Meet::Overlap(p(10, 0), p(5, 0))),
            ((0, 0, 10, 0), (11, 0, 20, 0), Meet::Nothing),
            ((0, 0, 10, 0), (0, 1, 10, 1), Meet::Nothing),
            ((0, 0, 0, 10), (0, 2, 0, 4), Meet::Overlap(p(0, 2), p(0, 4))),
            ((0, 0, 1000, 1), (500, 0, 500, 1), Meet::Crossing),
        ];
        for ((a, b, c, d), (e, f, g, h), want) in table {
            assert_eq!(meet(p(a, b), p(c, d), p(e, f), p(g, h)), want, "{a} {b} {c} {d}");
        }
    }

    #[test]
    fn far_coordinates_stay_exact() {
        let m = crate::domain::MAX_COORDINATE;
        assert_eq!(side_of(p(-m, -m), p(m, m), p(m, m - 1)), -1);
        assert_eq!(side_of(p(-m, -m), p(m, m), p(1, 1)), 0);
        assert!(on_segment(p(0, 0), p(-m, -m), p(m, m)));
        assert!(!within(p(2, 0), p(-m, -m), p(m, m), 1));
        assert!(within(p(1, 0), p(-m, -m), p(m, m), 1));
    }

    #[test]
    fn two_millimetres_are_decided_exactly() {
        // 3-4-5: (2500, 0) is 2000 mm from the line through the origin and (3000, 4000).
        assert!(within(p(2500, 0), p(-3000, -4000), p(3000, 4000), 2000));
        assert!(!within(p(2501, 0), p(-3000, -4000), p(3000, 4000), 2000));
        assert!((distance(p(2500, 0), p(-3000, -4000), p(3000, 4000)) - 2000.0).abs() < 1e-9);
        assert!((distance(p(-5, 0), p(0, 0), p(10, 0)) - 5.0).abs() < 1e-12);
    }
}
