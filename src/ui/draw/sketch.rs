//! What is being drawn: points and what the next one is held to. Knows nothing of the window, so that it
//! can be kept as a draft and tested as data.

use serde::{Deserialize, Serialize};

use crate::domain::Pt;
use crate::topology::bearing;

/// A line or ring in the making.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Sketch {
    #[serde(with = "lattice")]
    points: Vec<Pt>,
    /// Degrees the next point is held to.
    pub azimuth: Option<f64>,
    /// mm from the last point the next one is held to.
    pub distance: Option<f64>,
    /// Every line at a right angle to the one before (the first along or across the grid).
    pub right_angle: bool,
}

impl Sketch {
    pub fn points(&self) -> &[Pt] {
        &self.points
    }

    pub fn last(&self) -> Option<Pt> {
        self.points.last().copied()
    }

    pub fn is_empty(&self) -> bool {
        self.points.is_empty()
    }

    /// Adds a point and lets go of what held it; false for the same place twice.
    pub fn push(&mut self, at: Pt) -> bool {
        if self.last() == Some(at) {
            return false;
        }
        // What is chosen before the first point is for the first line.
        if !self.points.is_empty() {
            self.release();
        }
        self.points.push(at);
        true
    }

    /// Takes the last point back.
    pub fn pop(&mut self) -> Option<Pt> {
        self.points.pop()
    }

    pub fn clear(&mut self) {
        self.points.clear();
        self.release();
    }

    /// Puts other points in place of all.
    pub fn replace(&mut self, points: Vec<Pt>) {
        self.points = points;
        self.points.dedup();
        self.release();
    }

    /// Lets go of angle and distance; the right-angle mode stays.
    pub fn release(&mut self) {
        self.azimuth = None;
        self.distance = None;
    }

    /// The direction the next point is held to when the cursor is at `p`: of several the nearest.
    pub fn held(&self, p: Pt, square: bool) -> Option<f64> {
        let from = self.last()?;
        if let Some(a) = self.azimuth {
            return Some(a);
        }
        if !self.right_angle && !square {
            return None;
        }
        let before = self.points.len().checked_sub(2).map(|i| self.points[i]);
        let base = before.and_then(|b| bearing::azimuth(b, from)).unwrap_or(0.0);
        let wanted = bearing::azimuth(from, p)?;
        let quarter = (bearing::turn(base, wanted) / 90.0).round();
        Some(bearing::normal(base + quarter * 90.0))
    }

    /// The line the next point is held to, as two points; `None` when only free or held by distance.
    pub fn line(&self, p: Pt, square: bool) -> Option<(Pt, Pt)> {
        let (from, azimuth) = (self.last()?, self.held(p, square)?);
        // A kilometre away the direction is right to a milliard's part.
        Some((from, bearing::polar(from, 1e6, azimuth)?))
    }

    /// Where the next point would be with the cursor at `p`. `snapped`: `p` is meant exactly and is on
    /// the held line already.
    pub fn constrain(&self, p: Pt, snapped: bool, square: bool) -> Pt {
        let Some(from) = self.last() else { return p };
        let held = self.held(p, square);
        let there = match (held, self.distance) {
            (None, None) => Some(p),
            (Some(_), None) if snapped => Some(p),
            (Some(a), None) => bearing::polar(from, bearing::along(from, a, p), a),
            (None, Some(mm)) => bearing::azimuth(from, p).and_then(|a| bearing::polar(from, mm, a)),
            (Some(a), Some(mm)) => {
                let ahead = bearing::along(from, a, p) >= 0.0;
                bearing::polar(from, if ahead { mm } else { -mm }, a)
            }
        };
        there.unwrap_or(p)
    }

    /// Direction in which a typed distance goes with the cursor at `p`.
    pub fn direction(&self, p: Option<Pt>, square: bool) -> Option<f64> {
        let from = self.last()?;
        let Some(p) = p else { return self.azimuth };
        match self.held(p, square) {
            Some(a) if bearing::along(from, a, p) < 0.0 => Some(bearing::normal(a + 180.0)),
            Some(a) => Some(a),
            None => bearing::azimuth(from, p),
        }
    }
}

/// Points as [[E, N] …] in mm.
mod lattice {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use crate::domain::{MAX_COORDINATE, Pt};

    pub fn serialize<S: Serializer>(points: &[Pt], s: S) -> Result<S::Ok, S::Error> {
        let all: Vec<[i64; 2]> = points.iter().map(|p| [p.e, p.n]).collect();
        all.serialize(s)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<Vec<Pt>, D::Error> {
        let all = Vec::<[i64; 2]>::deserialize(d)?;
        let fits = |v: i64| (-MAX_COORDINATE..=MAX_COORDINATE).contains(&v);
        let points = all.into_iter().filter(|[e, n]| fits(*e) && fits(*n));
        Ok(points.map(|[e, n]| Pt::new(e, n)).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn p(e: i64, n: i64) -> Pt {
        Pt::new(e, n)
    }

    fn drawn(points: &[(i64, i64)]) -> Sketch {
        let mut s = Sketch::default();
        points.iter().for_each(|(e, n)| assert!(s.push(p(*e, *n))));
        s
    }

    #[test]
    fn points_come_and_go() {
        let mut s = drawn(&[(0, 0), (10, 0)]);
        assert!(!s.push(p(10, 0)), "the same place twice");
        assert_eq!(s.pop(), Some(p(10, 0)));
        assert_eq!(s.points(), [p(0, 0)]);
        s.azimuth = Some(45.0);
        s.push(p(5, 5));
        assert_eq!(s.azimuth, None, "a kept angle holds one point");
        s.clear();
        assert!(s.is_empty() && s.pop().is_none());
    }

    #[test]
    fn the_next_point_is_held() {
        let mut s = drawn(&[(0, 0), (10_000, 0)]);
        assert_eq!(s.constrain(p(13_000, 4_000), false, false), p(13_000, 4_000));
        // Shift: square to the side before.
        assert_eq!(s.constrain(p(10_500, 4_000), false, true), p(10_000, 4_000));
        assert_eq!(s.constrain(p(14_000, 500), false, true), p(14_000, 0));
        s.right_angle = true;
        assert_eq!(s.constrain(p(9_000, -4_000), false, false), p(10_000, -4_000));
        s.right_angle = false;
        s.distance = Some(5_000.0);
        assert_eq!(s.constrain(p(13_000, 4_000), false, false), p(13_000, 4_000));
        assert_eq!(s.constrain(p(16_000, 8_000), false, false), p(13_000, 4_000));
        s.azimuth = Some(0.0);
        assert_eq!(s.constrain(p(16_000, 8_000), false, false), p(10_000, 5_000));
        assert_eq!(s.constrain(p(16_000, -8_000), false, false), p(10_000, -5_000));
        s.distance = None;
        assert_eq!(s.constrain(p(16_000, 8_000), false, false), p(10_000, 8_000));
        assert_eq!(s.direction(Some(p(0, -1)), false), Some(180.0));
        assert_eq!(s.direction(None, false), Some(0.0));
    }

    #[test]
    fn a_draft_comes_back_as_it_was() {
        let mut s = drawn(&[(587_000_120, 2_325_000_500), (587_010_000, 2_325_000_000)]);
        s.azimuth = Some(12.5);
        let json = serde_json::to_string(&s).unwrap();
        let back: Sketch = serde_json::from_str(&json).unwrap();
        assert_eq!((back.points(), back.azimuth), (s.points(), s.azimuth));
        let broken: Sketch =
            serde_json::from_str(r#"{"points":[[9223372036854775807,0],[1,2]],"new":1}"#).unwrap();
        assert_eq!(broken.points(), [p(1, 2)]);
    }
}
