//! Curved boundaries as chords: an arc is drawn so that no chord leaves it by more than 0.2 mm at map scale
//! (domain.md §5.5), with its points on the lattice.

use std::f64::consts::{PI, TAU};

use super::segment;
use crate::domain::{Failure, Pt};
use crate::msg;
use crate::text::Text;

/// Largest distance of a chord from its arc at map scale, mm (domain.md §5.5).
pub const CHORD_OFFSET_MM: f64 = 0.2;

/// No chord spans more than this, so that a small circle is still round.
const WIDEST: f64 = PI / 4.0;

/// More points than this are no boundary.
const MOST_POINTS: f64 = 5000.0;

/// The arc from `from` over `through` to `to`, both ends and `through` included, for a map of scale
/// 1:`scale`. Codes: `ARC_SCALE`, `ARC_STRAIGHT`, `ARC_TOO_LONG`.
pub fn arc(from: Pt, through: Pt, to: Pt, scale: u32) -> Result<Vec<Pt>, Failure> {
    let offset = largest_offset(scale)?;
    let (centre, radius) = circle(from, through, to)?;
    let circle = Circle {
        origin: from,
        centre,
        radius,
    };
    // Turning to the right on the way over `through` means that the centre lies to the right.
    let left = segment::cross(from, through, to) > 0;
    let mut points = circle.chords(from, through, left, offset)?;
    points.pop();
    points.extend(circle.chords(through, to, left, offset)?);
    Ok(points)
}

/// The arc from `from` to `to` about `centre`, to the left (counter-clockwise) or to the right, both ends
/// included. Code `ARC_CENTRE` when the ends are not equally far from the centre, to the chord offset.
pub fn arc_about(centre: Pt, from: Pt, to: Pt, left: bool, scale: u32) -> Result<Vec<Pt>, Failure> {
    let offset = largest_offset(scale)?;
    let (r, s) = (centre.dist(from), centre.dist(to));
    if (r - s).abs() > offset.max(2.0) || r.min(s) < 1.0 {
        let (r, s) = (r / 1000.0, s / 1000.0);
        return Err(failure(
            "ARC_CENTRE",
            Text::new(
                "Điểm đầu và điểm cuối không cách đều tâm",
                "The ends of the arc are not equally far from its centre",
            ),
            &format!(": {r:.3} m, {s:.3} m."),
        ));
    }
    let circle = Circle {
        origin: centre,
        centre: [0.0, 0.0],
        radius: f64::midpoint(r, s),
    };
    circle.chords(from, to, left, offset)
}

fn largest_offset(scale: u32) -> Result<f64, Failure> {
    if (100..=100_000).contains(&scale) {
        return Ok(CHORD_OFFSET_MM * f64::from(scale));
    }
    Err(failure(
        "ARC_SCALE",
        Text::new(
            "Tỷ lệ bản đồ phải từ 1:100 đến 1:100 000",
            "The map scale must be between 1:100 and 1:100 000",
        ),
        ".",
    ))
}

/// Centre relative to `a`, and radius, of the circle through three points, mm.
fn circle(a: Pt, b: Pt, c: Pt) -> Result<([f64; 2], f64), Failure> {
    let double = segment::cross(a, b, c);
    if double == 0 {
        return Err(failure(
            "ARC_STRAIGHT",
            Text::new(
                "Ba điểm của cung tròn thẳng hàng hoặc trùng nhau",
                "The three points of the arc are on one line, or coincide",
            ),
            ".",
        ));
    }
    let [bx, by, cx, cy] = [b.e - a.e, b.n - a.n, c.e - a.e, c.n - a.n].map(|v| v as f64);
    let (bb, cc, d) = (bx * bx + by * by, cx * cx + cy * cy, 2.0 * double as f64);
    let centre = [(cy * bb - by * cc) / d, (bx * cc - cx * bb) / d];
    Ok((centre, centre[0].hypot(centre[1])))
}

/// A circle seen from a lattice point, so that floating point holds it to a micrometre.
struct Circle {
    origin: Pt,
    centre: [f64; 2],
    radius: f64,
}

impl Circle {
    fn angle(&self, p: Pt) -> f64 {
        let [x, y] = [p.e - self.origin.e, p.n - self.origin.n].map(|v| v as f64);
        (y - self.centre[1]).atan2(x - self.centre[0])
    }

    fn point(&self, angle: f64) -> Pt {
        let (sin, cos) = angle.sin_cos();
        let [x, y] = [
            self.centre[0] + self.radius * cos,
            self.centre[1] + self.radius * sin,
        ];
        Pt::new(self.origin.e + x.round() as i64, self.origin.n + y.round() as i64)
    }

    /// Chords of equal span from one point to another, both included.
    fn chords(&self, from: Pt, to: Pt, left: bool, offset: f64) -> Result<Vec<Pt>, Failure> {
        let (start, end) = (self.angle(from), self.angle(to));
        let sweep = if left { end - start } else { start - end }.rem_euclid(TAU);
        let sweep = if from == to { TAU } else { sweep };
        // The middle of a chord over the angle t is R (1 - cos t/2) off the arc.
        let span = (2.0 * (1.0 - (offset / self.radius).min(1.0)).acos()).min(WIDEST);
        let count = (sweep / span - 1e-9).ceil().max(1.0);
        if count > MOST_POINTS {
            return Err(failure(
                "ARC_TOO_LONG",
                Text::new(
                    "Cung tròn quá dài so với tỷ lệ bản đồ",
                    "The arc is too long for the map scale",
                ),
                ".",
            ));
        }
        let turn = if left { sweep } else { -sweep };
        let mut points: Vec<Pt> = (0..=count as u32)
            .map(|k| self.point(start + turn * f64::from(k) / count))
            .collect();
        points[0] = from;
        if let Some(last) = points.last_mut() {
            *last = to;
        }
        points.dedup();
        Ok(points)
    }
}

fn failure(code: &'static str, what: Text, rest: &str) -> Failure {
    let Text { vi, en } = what;
    let remedy = msg!(
        "Kiểm tra lại các điểm của cung tròn và tỷ lệ bản đồ.",
        "Check the points of the arc and the map scale."
    );
    Failure::new(code, msg!("{vi}{rest}", "{en}{rest}")).remedy(remedy)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn code(result: Result<Vec<Pt>, Failure>) -> &'static str {
        result.unwrap_err().code()
    }

    #[test]
    fn table() {
        let p = Pt::new;
        // a half circle of 10 m at 1:500 (offset 10 cm: 16.2° a chord), through its top
        let half = arc(p(0, 0), p(10_000, 10_000), p(20_000, 0), 500).unwrap();
        assert_eq!(half.len(), 13);
        assert_eq!(
            (half[0], half[6], half[12]),
            (p(0, 0), p(10_000, 10_000), p(20_000, 0))
        );
        // the same to the left, below
        let below = arc(p(0, 0), p(10_000, -10_000), p(20_000, 0), 500).unwrap();
        assert_eq!(below, half.iter().map(|q| p(q.e, -q.n)).collect::<Vec<_>>());
        // coarser on a small scale, never less than 45° a chord
        assert_eq!(
            arc(p(0, 0), p(10_000, 10_000), p(20_000, 0), 100_000)
                .unwrap()
                .len(),
            5
        );
        assert_eq!(
            arc_about(p(10_000, 0), p(0, 0), p(20_000, 0), false, 500)
                .unwrap()
                .len(),
            13
        );
        assert_eq!(
            arc_about(p(10_000, 0), p(0, 0), p(0, 0), false, 500)
                .unwrap()
                .len(),
            24
        );
        assert_eq!(code(arc(p(0, 0), p(5, 5), p(10, 10), 500)), "ARC_STRAIGHT");
        assert_eq!(code(arc(p(0, 0), p(5, 5), p(0, 0), 500)), "ARC_STRAIGHT");
        assert_eq!(code(arc(p(0, 0), p(5, 5), p(10, 0), 5)), "ARC_SCALE");
        assert_eq!(
            code(arc_about(p(0, 0), p(10_000, 0), p(0, 11_000), true, 500)),
            "ARC_CENTRE"
        );
    }

    proptest! {
        /// No chord's middle is farther off the arc than the rule allows, beside the rounding of its ends;
        /// every point is on the circle to the lattice.
        #[test]
        fn chords_keep_to_the_arc(
            radius in 500.0f64..2_000_000.0, start in 0.0f64..6.3, sweep in 0.1f64..6.0, left: bool, scale in 200u32..5000,
        ) {
            let at = |t: f64| Pt::new((radius * t.cos()).round() as i64, (radius * t.sin()).round() as i64);
            let turn = if left { sweep } else { -sweep };
            let (from, mid, to) = (at(start), at(start + turn / 2.0), at(start + turn));
            let points = arc(from, mid, to, scale).unwrap();
            prop_assert_eq!((points[0], points[points.len() - 1]), (from, to));
            prop_assert!(points.contains(&mid));
            let (c, r) = circle(from, mid, to).unwrap();
            let off = |x: f64, y: f64| ((x - c[0]).hypot(y - c[1]) - r).abs();
            let local = |p: Pt| ((p.e - from.e) as f64, (p.n - from.n) as f64);
            for w in points.windows(2) {
                let ((ax, ay), (bx, by)) = (local(w[0]), local(w[1]));
                prop_assert!(off(ax, ay) < 0.72, "{} off by {}", w[0].e, off(ax, ay));
                let bound = 0.2 * f64::from(scale) + 0.72;
                let middle = off(f64::midpoint(ax, bx), f64::midpoint(ay, by));
                prop_assert!(middle <= bound, "{middle} over {bound}");
            }
        }
    }
}
