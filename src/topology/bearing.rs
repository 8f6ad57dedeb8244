//! Directions and distances on the grid: azimuth from grid north, clockwise, in degrees.
//!
//! Plane geometry in the zone (no reduction of distances): what the boundary tables of domain.md §5.7 do.

use crate::domain::Pt;

/// Grid azimuth from `a` to `b`, degrees in 0..360; `None` when they are one point.
pub fn azimuth(a: Pt, b: Pt) -> Option<f64> {
    let (de, dn) = ((b.e - a.e) as f64, (b.n - a.n) as f64);
    (a != b).then(|| normal(de.atan2(dn).to_degrees()))
}

/// The same direction in 0..360.
pub fn normal(degrees: f64) -> f64 {
    let d = degrees.rem_euclid(360.0);
    if d >= 360.0 { 0.0 } else { d }
}

/// Turn from direction `from` to `to`, degrees in −180..180, clockwise positive.
pub fn turn(from: f64, to: f64) -> f64 {
    let d = normal(to - from);
    if d > 180.0 { d - 360.0 } else { d }
}

/// (east, north) of the unit vector of an azimuth; exact for multiples of 90°.
pub fn unit(azimuth: f64) -> (f64, f64) {
    match normal(azimuth) {
        0.0 => (0.0, 1.0),
        90.0 => (1.0, 0.0),
        180.0 => (0.0, -1.0),
        270.0 => (-1.0, 0.0),
        a => a.to_radians().sin_cos(),
    }
}

/// The point at `mm` from `from` in a direction, rounded to the lattice; `None` out of range.
pub fn polar(from: Pt, mm: f64, azimuth: f64) -> Option<Pt> {
    let (e, n) = unit(azimuth);
    shifted(from, mm * e, mm * n)
}

/// `from` moved by a vector in mm, rounded to the lattice; `None` out of range or not finite.
pub fn shifted(from: Pt, de: f64, dn: f64) -> Option<Pt> {
    let limit = 2.0 * crate::domain::MAX_COORDINATE as f64;
    if !(de.abs() <= limit && dn.abs() <= limit) {
        return None;
    }
    let p = Pt::new(from.e + de.round() as i64, from.n + dn.round() as i64);
    let fits = [p.e, p.n]
        .iter()
        .all(|v| v.abs() <= crate::domain::MAX_COORDINATE);
    fits.then_some(p)
}

/// Signed distance (mm) of the foot of `p` on the line through `from` in a direction: positive ahead.
pub fn along(from: Pt, azimuth: f64, p: Pt) -> f64 {
    let (e, n) = unit(azimuth);
    (p.e - from.e) as f64 * e + (p.n - from.n) as f64 * n
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn azimuths_go_clockwise_from_north() {
        let o = Pt::new(500_000_000, 2_325_000_000);
        for (de, dn, want) in [
            (0, 1, 0.0),
            (1, 1, 45.0),
            (1, 0, 90.0),
            (0, -1, 180.0),
            (-1, 0, 270.0),
            (-1, 1, 315.0),
        ] {
            assert_eq!(azimuth(o, Pt::new(o.e + de, o.n + dn)), Some(want));
        }
        assert_eq!(azimuth(o, o), None);
        assert_eq!((turn(350.0, 10.0), turn(10.0, 350.0)), (20.0, -20.0));
        assert_eq!(polar(o, 12_500.0, 90.0), Some(Pt::new(o.e + 12_500, o.n)));
        assert_eq!(polar(o, f64::NAN, 0.0), None);
        assert_eq!(polar(o, 1e18, 0.0), None);
    }

    proptest! {
        #[test]
        fn polar_is_the_inverse(de in -1_000_000i64..1_000_000, dn in -1_000_000i64..1_000_000) {
            let (a, b) = (Pt::new(7, 9), Pt::new(7 + de, 9 + dn));
            if let Some(az) = azimuth(a, b) {
                prop_assert_eq!(polar(a, a.dist(b), az), Some(b));
                prop_assert!((along(a, az, b) - a.dist(b)).abs() < 1e-3);
            }
        }
    }
}
