//! A traverse (đường chuyền): from a start point by directions and distances, closed on a known point, its
//! closure spread over the legs by the compass rule of Bowditch.
//!
//! With a closing sight the angles are adjusted first: what the carried azimuth misses there is spread evenly
//! over the angles measured, the closing one included (Ghilani & Wolf, 10.2); the closure follows from these.
//!
//! Compass rule: the correction of each point is the closure, reversed, in proportion to the length gone
//! so far (Ghilani & Wolf, Elementary Surveying, 10.7). Computed in mm as floating point; each point is
//! rounded to the lattice once and the last is the closing point itself, so the residual is zero.

use super::bearing;
use crate::domain::Pt;

/// Which way a leg goes, degrees.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Direction {
    /// Grid azimuth.
    Azimuth(f64),
    /// Clockwise from the sight back to the point before.
    Angle(f64),
}

/// One leg.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Leg {
    pub direction: Direction,
    /// mm.
    pub distance: f64,
}

/// What was measured.
#[derive(Clone, Debug, PartialEq)]
pub struct Traverse {
    pub start: Pt,
    /// Azimuth from the start to the point sighted back to; needed when the first leg has an angle.
    pub back: Option<f64>,
    pub legs: Vec<Leg>,
    /// Where it should end: a known point, or the start of a loop.
    pub close: Option<Pt>,
    /// The last sight, which checks the angles.
    pub sight: Option<ClosingSight>,
}

/// A sight from the last point in a known direction.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ClosingSight {
    /// As measured: clockwise from the sight back along the last leg, degrees.
    pub angle: f64,
    /// Known azimuth of it, degrees.
    pub azimuth: f64,
}

/// How far the azimuth carried through the angles misses the known one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AngularClosure {
    /// Degrees, as carried less as known, in −180..180.
    pub degrees: f64,
    /// Angles it is spread over.
    pub angles: usize,
}

impl AngularClosure {
    /// Added to each angle, degrees.
    pub fn each(&self) -> f64 {
        -self.degrees / self.angles as f64
    }

    /// The largest that is allowed, degrees: `seconds` · √angles.
    pub fn limit(&self, seconds: f64) -> f64 {
        seconds * (self.angles as f64).sqrt() / 3600.0
    }

    pub fn within(&self, seconds: f64) -> bool {
        // A ten-thousandth of a second for the binary fractions.
        self.degrees.abs() <= self.limit(seconds) + 1e-4 / 3600.0
    }
}

/// How far the last point misses the closing point.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Closure {
    /// mm to the east and to the north, as computed less as known.
    pub de: f64,
    pub dn: f64,
    /// Length of all legs, mm.
    pub length: f64,
}

impl Closure {
    /// mm.
    pub fn linear(&self) -> f64 {
        self.de.hypot(self.dn)
    }

    /// The denominator of 1 : n; `None` when it closes to less than a tenth of a millimetre.
    pub fn relative(&self) -> Option<f64> {
        (self.linear() >= 0.1).then(|| self.length / self.linear())
    }

    /// Whether it is no worse than 1 : `denominator`.
    pub fn within(&self, denominator: f64) -> bool {
        self.relative().is_none_or(|n| n >= denominator)
    }
}

/// The traverse, computed.
#[derive(Clone, Debug, PartialEq)]
pub struct Computed {
    /// Degrees, one for each leg, as measured.
    pub azimuths: Vec<f64>,
    /// The points, start first, not adjusted.
    pub measured: Vec<Pt>,
    /// The points adjusted; the same as `measured` without a closing point.
    pub adjusted: Vec<Pt>,
    /// After the adjustment of the angles.
    pub closure: Option<Closure>,
    pub angular: Option<AngularClosure>,
}

/// Why nothing can be computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    NoLegs,
    /// The first leg has an angle and there is no sight back.
    NoBack,
    /// A leg (from 1) leads out of range or has no length.
    Leg(usize),
}

impl Traverse {
    pub fn compute(&self) -> Result<Computed, Refused> {
        let azimuths = self.azimuths()?;
        let angular = self.angular(&azimuths);
        let (raw, balanced) = (self.run(&azimuths), self.run(&self.balanced(&azimuths, angular)));
        let (at, gone) = balanced.last().copied().unwrap_or_default();
        let closure = self.close.map(|c| Closure {
            de: at.0 - (c.e - self.start.e) as f64,
            dn: at.1 - (c.n - self.start.n) as f64,
            length: gone,
        });
        let measured = self.points(&raw, None)?;
        let mut adjusted = self.points(&balanced, closure)?;
        if let (Some(close), Some(last)) = (self.close, adjusted.last_mut()) {
            *last = close;
        }
        Ok(Computed {
            azimuths,
            measured,
            adjusted,
            closure,
            angular,
        })
    }

    /// Offsets of the points from the start in mm (east, north), and the length gone so far.
    fn run(&self, azimuths: &[f64]) -> Vec<((f64, f64), f64)> {
        let (mut at, mut gone) = ((0.0, 0.0), 0.0);
        let mut all = vec![(at, gone)];
        for (leg, azimuth) in self.legs.iter().zip(azimuths) {
            let (e, n) = bearing::unit(*azimuth);
            at = (at.0 + leg.distance * e, at.1 + leg.distance * n);
            gone += leg.distance;
            all.push((at, gone));
        }
        all
    }

    /// Legs up to the last with an azimuth: angles before it carry nothing on.
    fn settled(&self) -> usize {
        let last = self
            .legs
            .iter()
            .rposition(|l| matches!(l.direction, Direction::Azimuth(_)));
        last.map_or(0, |i| i + 1)
    }

    fn angular(&self, azimuths: &[f64]) -> Option<AngularClosure> {
        let (sight, last) = (self.sight?, azimuths.last()?);
        Some(AngularClosure {
            degrees: bearing::turn(sight.azimuth, last + 180.0 + sight.angle),
            angles: self.legs.len() - self.settled() + 1,
        })
    }

    /// The azimuths after each angle got its share.
    fn balanced(&self, azimuths: &[f64], angular: Option<AngularClosure>) -> Vec<f64> {
        let each = angular.map_or(0.0, |a| a.each());
        let shares = (0..azimuths.len()).map(|i| (i + 1).saturating_sub(self.settled()));
        azimuths
            .iter()
            .zip(shares)
            .map(|(a, k)| bearing::normal(a + each * k as f64))
            .collect()
    }

    fn azimuths(&self) -> Result<Vec<f64>, Refused> {
        let mut back = self.back;
        let mut all = Vec::with_capacity(self.legs.len());
        for (i, leg) in self.legs.iter().enumerate() {
            if !(leg.distance > 0.0 && leg.distance.is_finite()) {
                return Err(Refused::Leg(i + 1));
            }
            let azimuth = match leg.direction {
                Direction::Azimuth(a) => a,
                Direction::Angle(turn) => back.ok_or(Refused::NoBack)? + turn,
            };
            let azimuth = bearing::normal(azimuth);
            back = Some(bearing::normal(azimuth + 180.0));
            all.push(azimuth);
        }
        if all.is_empty() {
            Err(Refused::NoLegs)
        } else {
            Ok(all)
        }
    }

    fn points(&self, raw: &[((f64, f64), f64)], closure: Option<Closure>) -> Result<Vec<Pt>, Refused> {
        let point = |(i, ((e, n), gone)): (usize, &((f64, f64), f64))| {
            let part = |miss: f64, c: &Closure| miss * gone / c.length;
            let (ce, cn) = closure
                .as_ref()
                .map_or((0.0, 0.0), |c| (part(c.de, c), part(c.dn, c)));
            bearing::shifted(self.start, e - ce, n - cn).ok_or(Refused::Leg(i))
        };
        raw.iter().enumerate().map(point).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn dms(d: f64, m: f64, s: f64) -> f64 {
        d + m / 60.0 + s / 3600.0
    }

    fn loop_of(legs: &[(f64, f64)], start: Pt) -> Traverse {
        let leg = |(azimuth, metres): &(f64, f64)| Leg {
            direction: Direction::Azimuth(*azimuth),
            distance: metres * 1000.0,
        };
        Traverse {
            start,
            back: None,
            legs: legs.iter().map(leg).collect(),
            close: Some(start),
            sight: None,
        }
    }

    /// A square of 100 m by angles from a sight back to the south, closed on the same sight. By hand: angles
    /// 180°00′30″, 270°00′20″, 270°00′10″, 270°00′00″, closing 90°00′40″: the carried azimuths are
    /// 0°00′30″, 90°00′50″, 180°01′00″, 270°01′00″; at the end 270°01′00″ + 180° + 90°00′40″ = 180°01′40″ for
    /// 180°: w = +100″ over 5 angles, −20″ each. Balanced: 0°00′10″, 90°00′10″, 180°00′00″, 269°59′40″.
    /// Departures 100 m · sin: +0,00485, +100, 0, −100; latitudes +100, −0,00485, −100, −0,00970:
    /// fy = +0,005 m, fx = −0,015 m. Limit 60″ · √5 = 134,2″.
    #[test]
    fn angles_are_adjusted_before_the_points() {
        let turns = [
            180.0 + 30.0 / 3600.0,
            270.0 + 20.0 / 3600.0,
            270.0 + 10.0 / 3600.0,
            270.0,
        ];
        let leg = |turn: f64| Leg {
            direction: Direction::Angle(turn),
            distance: 100_000.0,
        };
        let start = Pt::new(587_000_000, 2_325_000_000);
        let t = Traverse {
            start,
            back: Some(180.0),
            legs: turns.map(leg).into(),
            close: Some(start),
            sight: Some(ClosingSight {
                angle: dms(90.0, 0.0, 40.0),
                azimuth: 180.0,
            }),
        };
        let c = t.compute().unwrap();
        let w = c.angular.unwrap();
        assert!(
            (w.degrees * 3600.0 - 100.0).abs() < 1e-6 && w.angles == 5,
            "{w:?}"
        );
        assert!((w.each() * 3600.0 + 20.0).abs() < 1e-6);
        assert!((w.limit(60.0) * 3600.0 - 134.164).abs() < 1e-3);
        assert!(w.within(60.0) && !w.within(44.0) && w.within(100.0 / 5f64.sqrt()));
        let f = c.closure.unwrap();
        assert!(
            (f.de - 4.848).abs() < 0.01 && (f.dn + 14.544).abs() < 0.01,
            "{f:?}"
        );
        assert_eq!((c.adjusted[0], c.adjusted[4]), (start, start));
        // Leg 1 at 0°00′10″: 4,8 mm east, a quarter of the closure taken off: 3,6; 100 m + 3,6 mm north.
        assert_eq!(c.adjusted[1], Pt::new(start.e + 4, start.n + 100_004));
        assert_eq!(
            c.measured[1],
            Pt::new(start.e + 15, start.n + 100_000),
            "0°00′30″ as measured"
        );
        // An azimuth in between stops the carrying: two angles and the closing one are left.
        let mut fixed = t.clone();
        fixed.legs[1].direction = Direction::Azimuth(90.0);
        assert_eq!(fixed.compute().unwrap().angular.unwrap().angles, 3);
        let open = Traverse { sight: None, ..t };
        assert_eq!(open.compute().unwrap().angular, None);
    }

    /// The five-sided traverse of Ghilani & Wolf, Elementary Surveying, tables 10.4 and 10.5 (feet there).
    #[test]
    fn the_textbook_traverse_closes_as_printed() {
        let start = Pt::new(10_000_000, 5_000_000);
        let t = loop_of(
            &[
                (dms(126.0, 55.0, 17.0), 647.25),
                (dms(178.0, 18.0, 58.0), 203.03),
                (dms(15.0, 31.0, 54.0), 720.35),
                (dms(284.0, 35.0, 20.0), 610.24),
                (dms(206.0, 9.0, 41.0), 285.13),
            ],
            start,
        );
        let c = t.compute().unwrap();
        let closure = c.closure.unwrap();
        assert!(
            (closure.de - 26.0).abs() < 2.0 && (closure.dn - 77.0).abs() < 2.0,
            "{closure:?}"
        );
        assert!((closure.length - 2_466_000.0).abs() < 1e-6);
        // 1 : 30 000 as printed.
        let n = closure.relative().unwrap();
        assert!(
            (29_000.0..32_000.0).contains(&n) && closure.within(2_000.0) && !closure.within(50_000.0),
            "{n}"
        );
        // Balanced departures and latitudes.
        let printed = [
            (517_444, -388_835),
            (5_964, -202_948),
            (192_881, 694_022),
            (-590_571, 153_689),
            (-125_718, -255_928),
        ];
        for (i, (de, dn)) in printed.into_iter().enumerate() {
            let (a, b) = (c.adjusted[i], c.adjusted[i + 1]);
            assert!(
                (b.e - a.e - de).abs() <= 2 && (b.n - a.n - dn).abs() <= 2,
                "leg {i}: {a:?} {b:?}"
            );
        }
        assert_eq!(c.adjusted.last(), Some(&start), "no residual");
        assert_eq!(c.measured[0], start);
    }

    #[test]
    fn angles_turn_clockwise_from_the_sight_back() {
        let right_angles = Traverse {
            start: Pt::new(0, 0),
            back: Some(180.0),
            legs: [(180.0, 100.0), (90.0, 50.0), (90.0, 100.0), (90.0, 50.0)]
                .map(|(a, m)| Leg {
                    direction: Direction::Angle(a),
                    distance: m * 1000.0,
                })
                .into(),
            close: Some(Pt::new(0, 0)),
            sight: None,
        };
        let c = right_angles.compute().unwrap();
        assert_eq!(c.azimuths, [0.0, 270.0, 180.0, 90.0]);
        assert_eq!(c.measured[2], Pt::new(-50_000, 100_000));
        assert_eq!(c.closure.unwrap().relative(), None);
        let no_back = Traverse {
            back: None,
            ..right_angles.clone()
        };
        assert_eq!(no_back.compute(), Err(Refused::NoBack));
        let no_legs = Traverse {
            legs: vec![],
            ..right_angles
        };
        assert_eq!(no_legs.compute(), Err(Refused::NoLegs));
        let mut far = right_angles;
        far.legs[1].distance = 1e15;
        assert_eq!(far.compute(), Err(Refused::Leg(2)));
        far.legs[1].distance = f64::NAN;
        assert_eq!(far.compute(), Err(Refused::Leg(2)));
    }

    proptest! {
        /// It begins at the start, ends at the closing point, and no point moves more than the closure.
        #[test]
        fn the_residual_is_zero(legs in proptest::collection::vec((0.0f64..360.0, 0.5f64..500.0), 1..20), e in -1000i64..1000, n in -1000i64..1000) {
            let start = Pt::new(587_000_000, 2_325_000_000);
            let mut t = loop_of(&legs, start);
            let end = *t.compute().unwrap().measured.last().unwrap();
            let close = Pt::new(end.e + e, end.n + n);
            t.close = Some(close);
            let c = t.compute().unwrap();
            prop_assert_eq!(c.adjusted[0], start);
            prop_assert_eq!(*c.adjusted.last().unwrap(), close);
            let miss = c.closure.unwrap().linear();
            for (a, b) in c.measured.iter().zip(&c.adjusted) {
                prop_assert!(a.dist(*b) <= miss + 2.0);
            }
        }
    }
}
