//! The parcel code (mã định danh thửa đất) of a new parcel: GeoHash-12 of its pole of inaccessibility in WGS 84
//! (TT 19/2026, annex I; domain.md §4.2). Issued once, provisional until a server accepts it, never computed again.

use serde_json::json;

use crate::crs;
use crate::domain::{Failure, Polygon};
use crate::topology::polylabel;

/// `parcel.parcel_code_state` of a code we computed.
pub const PROVISIONAL: &str = "TAM_TINH";
/// The annex does not publish a precision; a cell of the code is 37 mm × 19 mm.
const PRECISION_MM: f64 = 1.0;
const DIGITS: usize = 12;

/// A code and what it was computed from, as it is stored in `parcel_code` and `parcel_code_basis`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Code {
    pub code: String,
    pub basis: String,
}

/// Computes the code of a shape in zone `epsg`. `None` for a shape without an interior point.
pub fn issue(polygon: &Polygon, epsg: i32) -> Result<Option<Code>, Failure> {
    let Some(pole) = polylabel::pole(polygon, PRECISION_MM) else {
        return Ok(None);
    };
    let (latitude, longitude) = crs::to_wgs84(epsg.unsigned_abs(), pole.at)?;
    let (e, n) = pole.at.metres();
    let basis = json!({
        "point": "polylabel", "precision_mm": PRECISION_MM, "at": [e, n], "crs": format!("EPSG:{epsg}"),
        "to_wgs84": "EPSG:6960", "geohash": DIGITS,
    });
    Ok(Some(Code {
        code: crs::geohash(latitude, longitude, DIGITS),
        basis: basis.to_string(),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Pt;

    /// The vectors of domain.md §4.2: a square of 20 m around each place has its pole there.
    #[test]
    fn the_vectors_of_the_domain_document() {
        for (epsg, e, n, code) in [
            (5897, 587_000_000_i64, 2_325_000_000_i64, "w7er83vmx1wk"),
            (9210, 603_500_000, 1_191_500_000, "w3gv7cphxxcw"),
            (5899, 548_300_000, 1_777_400_000, "w6ugqjrpxnvj"),
            (9207, 570_000_000, 1_014_000_000, "w3du0mpsw1jg"),
        ] {
            let at = |de, dn| Pt::new(e + de, n + dn);
            let ring = vec![
                at(-10_000, -10_000),
                at(10_000, -10_000),
                at(10_000, 10_000),
                at(-10_000, 10_000),
            ];
            let issued = issue(&Polygon { rings: vec![ring] }, epsg).unwrap().unwrap();
            assert_eq!(issued.code, code);
            assert!(issued.basis.contains("EPSG:6960"));
        }
    }

    #[test]
    fn the_point_lies_in_the_parcel_and_not_in_its_hole() {
        let square = |a: i64, b: i64| vec![Pt::new(a, a), Pt::new(b, a), Pt::new(b, b), Pt::new(a, b)];
        let mut hole = square(10_000, 30_000);
        hole.reverse();
        let mut ring = square(0, 40_000);
        let shift = |p: &mut Pt| *p = Pt::new(p.e + 587_000_000, p.n + 2_325_000_000);
        ring.iter_mut().for_each(shift);
        hole.iter_mut().for_each(shift);
        let whole = issue(
            &Polygon {
                rings: vec![ring.clone()],
            },
            5897,
        )
        .unwrap()
        .unwrap();
        let holed = issue(
            &Polygon {
                rings: vec![ring, hole],
            },
            5897,
        )
        .unwrap()
        .unwrap();
        assert_ne!(whole.code, holed.code);
        assert_eq!(issue(&Polygon::default(), 5897).unwrap(), None);
    }
}
