//! A line copied at a distance: every piece moved square to itself, neighbours met at their crossing.

use super::bearing;
use crate::domain::Pt;

/// Joints farther out than this many distances are cut straight across instead of pointed.
const MITRE: f64 = 8.0;

/// The line at `mm` to the left of its direction (negative: to the right), rounded to the lattice.
/// `ring` joins the end to the beginning. `None` for fewer than two different points or out of range.
pub fn offset(points: &[Pt], mm: f64, ring: bool) -> Option<Vec<Pt>> {
    let mut line: Vec<Pt> = points.to_vec();
    line.dedup();
    if ring && line.len() > 1 && line.first() == line.last() {
        line.pop();
    }
    if line.len() < 2 {
        return None;
    }
    let n = line.len();
    let closed = ring && n > 2;
    let mut out = Vec::with_capacity(n + 4);
    for i in 0..n {
        let before = (i > 0 || closed).then(|| direction(line[(i + n - 1) % n], line[i]));
        let after = (i + 1 < n || closed).then(|| direction(line[i], line[(i + 1) % n]));
        for (de, dn) in joint(before, after, mm) {
            out.push(bearing::shifted(line[i], de, dn)?);
        }
    }
    out.dedup();
    (out.len() > 1).then_some(out)
}

/// Unit vector from `a` to `b`.
fn direction(a: Pt, b: Pt) -> [f64; 2] {
    let length = a.dist(b);
    [(b.e - a.e) as f64 / length, (b.n - a.n) as f64 / length]
}

/// How a point moves: one way, or two where the line turns too sharply for a pointed joint.
fn joint(before: Option<[f64; 2]>, after: Option<[f64; 2]>, mm: f64) -> Vec<(f64, f64)> {
    let left = |[e, n]: [f64; 2]| (-n * mm, e * mm);
    let (Some(u), Some(v)) = (before, after) else {
        return before.or(after).map(left).into_iter().collect();
    };
    let cos = u[0] * v[0] + u[1] * v[1];
    // Mitre: the sum of the two moves, stretched by 1 / (1 + cos).
    if 1.0 + cos < 2.0 / (MITRE * MITRE) {
        return vec![left(u), left(v)];
    }
    let (a, b) = (left(u), left(v));
    vec![((a.0 + b.0) / (1.0 + cos), (a.1 + b.1) / (1.0 + cos))]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::topology::testing::point;

    fn moved(text: &str, mm: f64, ring: bool) -> String {
        let points: Vec<Pt> = text.split(',').map(point).collect();
        format!("{:?}", offset(&points, mm, ring).unwrap_or_default())
    }

    #[test]
    fn table() {
        for (line, mm, ring, want) in [
            ("0 0, 100 0", 10.0, false, "[(0 10), (100 10)]"),
            ("0 0, 100 0", -10.0, false, "[(0 -10), (100 -10)]"),
            ("0 0, 100 0, 100 100", 10.0, false, "[(0 10), (90 10), (90 100)]"),
            (
                "0 0, 100 0, 100 100",
                -10.0,
                false,
                "[(0 -10), (110 -10), (110 100)]",
            ),
            ("0 0, 50 0, 100 0", 10.0, false, "[(0 10), (50 10), (100 10)]"),
            // back on itself: no point out at infinity
            (
                "0 0, 100 0, 0 0",
                10.0,
                false,
                "[(0 10), (100 10), (100 -10), (0 -10)]",
            ),
            // a ring shrinks inwards
            (
                "0 0, 100 0, 100 100, 0 100",
                10.0,
                true,
                "[(10 10), (90 10), (90 90), (10 90)]",
            ),
            ("0 0, 0 0", 10.0, false, "[]"),
            ("0 0, 100 0", 1e18, false, "[]"),
        ] {
            assert_eq!(moved(line, mm, ring), want, "{line} {mm}");
        }
    }
}
