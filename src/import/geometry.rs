//! From a file's rings to a polygon on the lattice: placed, rounded once, closed, oriented, without
//! consecutive duplicates; refused when it is no valid polygon.

use crate::crs::Transform;
use crate::domain::{Failure, Polygon, Pt, Ring};
use crate::topology::ring;
use crate::topology::validity::{self, FaultKind};

/// How the file's coordinates become those of the district.
pub struct Placing {
    /// The file has northing before easting.
    pub swap_xy: bool,
    /// Metres added to easting and northing after the swap.
    pub shift: [f64; 2],
    /// From the file's system to the district's, when they differ.
    pub transform: Option<Transform>,
}

impl Placing {
    pub fn apply(&self, [x, y]: [f64; 2]) -> Result<[f64; 2], Failure> {
        let [x, y] = if self.swap_xy { [y, x] } else { [x, y] };
        let point = [x + self.shift[0], y + self.shift[1]];
        self.transform.as_ref().map_or(Ok(point), |t| t.apply(point))
    }
}

impl Placing {
    /// The lattice point of a file's point; `None` beyond all coordinates.
    pub fn point(&self, p: [f64; 2]) -> Option<Pt> {
        let [e, n] = self.apply(p).ok()?;
        Pt::from_metres(e, n)
    }
}

/// What rounding and tidying did, over many records.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Tally {
    /// Square of the largest distance from a file's point to its lattice point, mm².
    pub shift2: f64,
    /// Consecutive equal points removed (the closing point of a ring is not counted).
    pub duplicates: u64,
    /// Rings whose last point was not the first.
    pub unclosed: u64,
}

impl Tally {
    pub fn add(&mut self, o: Self) {
        self.shift2 = self.shift2.max(o.shift2);
        self.duplicates += o.duplicates;
        self.unclosed += o.unclosed;
    }

    /// Largest shift by rounding, mm.
    pub fn max_shift_mm(&self) -> f64 {
        self.shift2.sqrt()
    }
}

/// Why a polygon is not taken.
#[derive(Clone, Debug, PartialEq)]
pub struct Refused {
    /// Code of the finding.
    pub code: &'static str,
    pub at: Option<Pt>,
    /// Name of the [`FaultKind`], empty when none.
    pub fault: &'static str,
}

/// Makes one polygon; the first ring is the shell.
pub fn polygon<'a>(
    rings: impl Iterator<Item = &'a [[f64; 2]]>,
    placing: &Placing,
    tally: &mut Tally,
) -> Result<Polygon, Refused> {
    check(unchecked(rings, placing, tally)?)
}

/// The same without asking whether it is valid.
pub fn unchecked<'a>(
    rings: impl Iterator<Item = &'a [[f64; 2]]>,
    placing: &Placing,
    tally: &mut Tally,
) -> Result<Polygon, Refused> {
    let mut polygon = Polygon {
        rings: Vec::with_capacity(1),
    };
    for source in rings {
        polygon.rings.push(one_ring(source, placing, tally)?);
    }
    ring::orient(&mut polygon);
    Ok(polygon)
}

/// Refuses what no parcel can be. A spike is valid and left to the rules.
pub fn check(polygon: Polygon) -> Result<Polygon, Refused> {
    let fault = validity::check(&polygon)
        .into_iter()
        .find(|f| f.kind != FaultKind::Spike);
    let Some(fault) = fault else { return Ok(polygon) };
    Err(Refused {
        code: code_of(fault.kind),
        at: Some(fault.at),
        fault: fault.kind.name(),
    })
}

fn code_of(kind: FaultKind) -> &'static str {
    match kind {
        FaultKind::TooFewPoints | FaultKind::NoArea => "IMPORT_TOO_FEW_POINTS",
        FaultKind::RingsCross
        | FaultKind::RingsOverlap
        | FaultKind::HoleOutside
        | FaultKind::HoleNested
        | FaultKind::InteriorSplit => "IMPORT_RINGS",
        _ => "IMPORT_SELF_INTERSECTION",
    }
}

fn one_ring(source: &[[f64; 2]], placing: &Placing, tally: &mut Tally) -> Result<Ring, Refused> {
    let out_of_reach = || Refused {
        code: "IMPORT_COORDINATE",
        at: None,
        fault: "",
    };
    let mut points = Ring::with_capacity(source.len());
    for p in source {
        let [e, n] = placing.apply(*p).map_err(|_| out_of_reach())?;
        let point = Pt::from_metres(e, n).ok_or_else(out_of_reach)?;
        let (de, dn) = (e * 1000.0 - point.e as f64, n * 1000.0 - point.n as f64);
        tally.shift2 = tally.shift2.max(de * de + dn * dn);
        points.push(point);
    }
    tally.unclosed += u64::from(points.first() != points.last());
    tally.duplicates += ring::tidy(&mut points) as u64;
    points.shrink_to_fit();
    Ok(points)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ring_area2;
    use proptest::prelude::*;

    const AS_IS: Placing = Placing {
        swap_xy: false,
        shift: [0.0; 2],
        transform: None,
    };

    fn made(rings: &[&[[f64; 2]]]) -> (Result<Polygon, Refused>, Tally) {
        let mut tally = Tally::default();
        (polygon(rings.iter().copied(), &AS_IS, &mut tally), tally)
    }

    fn code(rings: &[&[[f64; 2]]]) -> &'static str {
        made(rings).0.err().map_or("", |r| r.code)
    }

    #[test]
    fn rings_are_rounded_closed_oriented_and_tidied() {
        let clockwise = [[0., 0.], [0., 10.0004], [10., 10.], [10., 10.0003], [10., 0.]];
        let (result, tally) = made(&[&clockwise]);
        let p = result.unwrap();
        assert_eq!(p.rings[0].len(), 4);
        assert!(ring_area2(&p.rings[0]) > 0);
        assert_eq!((tally.duplicates, tally.unclosed), (1, 1));
        assert!((tally.max_shift_mm() - 0.4).abs() < 1e-6);
    }

    #[test]
    fn swapped_axes_are_put_right() {
        let placing = Placing {
            swap_xy: true,
            shift: [0.0; 2],
            transform: None,
        };
        let ring = [[2_000.0, 1.0], [2_000.0, 2.0], [2_001.0, 2.0], [2_000.0, 1.0]];
        let p = polygon([&ring[..]].into_iter(), &placing, &mut Tally::default()).unwrap();
        assert!(p.points().all(|q| q.e <= 2_000 && q.n >= 2_000_000));
    }

    #[test]
    fn what_is_no_polygon_is_refused_with_its_place() {
        let square = [[0., 0.], [10., 0.], [10., 10.], [0., 10.], [0., 0.]];
        let bow_tie = [[0., 0.], [10., 10.], [10., 0.], [0., 8.], [0., 0.]];
        let concave_bow = [[0., 0.], [10., 0.], [10., 10.], [5., -2.], [0., 10.], [0., 0.]];
        let sliver = [[0., 0.], [100., 0.0004], [200., 0.], [0., 0.]];
        let thin = [[0., 0.], [100., 0.], [100., 0.001], [0., 0.001], [0., 0.]];
        let outside = [[20., 20.], [21., 20.], [21., 21.], [20., 20.]];
        assert_eq!(code(&[&square]), "");
        assert_eq!(code(&[&thin]), "");
        assert_eq!(code(&[&bow_tie]), "IMPORT_SELF_INTERSECTION");
        assert_eq!(code(&[&concave_bow]), "IMPORT_SELF_INTERSECTION");
        assert_eq!(code(&[&square, &bow_tie]), "IMPORT_SELF_INTERSECTION");
        assert_eq!(code(&[&sliver]), "IMPORT_TOO_FEW_POINTS");
        assert_eq!(code(&[&[[0., 0.], [5., 5.], [0., 0.]]]), "IMPORT_TOO_FEW_POINTS");
        assert_eq!(code(&[&square, &outside]), "IMPORT_RINGS");
        assert_eq!(
            code(&[&[[f64::NAN, 0.], [1., 0.], [1., 1.]]]),
            "IMPORT_COORDINATE"
        );
        assert_eq!(code(&[&[[1e30, 0.], [1., 0.], [1., 1.]]]), "IMPORT_COORDINATE");
        assert_eq!(made(&[&bow_tie]).0.unwrap_err().at.map(|p| p.e / 1000), Some(4));
    }

    proptest! {
        #[test]
        fn rounding_never_moves_a_point_more_than_half_a_diagonal(
            ring in prop::collection::vec([4e5..6e5f64, 1e6..2.4e6f64], 3..12)
        ) {
            let (_, tally) = made(&[&ring]);
            // Half the diagonal of a lattice cell, and the rounding of metres times 1000.
            prop_assert!(tally.max_shift_mm() <= 0.5f64.sqrt() + 1e-3);
        }
    }
}
