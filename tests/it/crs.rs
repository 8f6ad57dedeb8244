//! Coordinate systems: the published vectors, and every pair of zones there and back.

use diachinh::crs;
use diachinh::domain::Pt;

/// domain.md §4.2: (EPSG, E, N, latitude, longitude, GeoHash).
const VECTORS: [(u32, i64, i64, f64, f64, &str); 4] = [
    (
        5897,
        587_000_000,
        2_325_000_000,
        21.016425406,
        105.838817683,
        "w7er83vmx1wk",
    ),
    (
        9210,
        603_500_000,
        1_191_500_000,
        10.772909809,
        106.698169624,
        "w3gv7cphxxcw",
    ),
    (
        5899,
        548_300_000,
        1_777_400_000,
        16.070202716,
        108.203279741,
        "w6ugqjrpxnvj",
    ),
    (
        9207,
        570_000_000,
        1_014_000_000,
        9.168869221,
        105.138738974,
        "w3du0mpsw1jg",
    ),
];

#[test]
fn national_vectors_to_a_millimetre() {
    for (epsg, e, n, latitude, longitude, code) in VECTORS {
        let (lat, lon) = crs::to_wgs84(epsg, Pt::new(e, n)).unwrap();
        // 1e-9 degrees are 0.1 mm; the vectors have nine decimals.
        assert!(
            (lat - latitude).abs() < 1e-9 && (lon - longitude).abs() < 1e-9,
            "{epsg}: {lat} {lon}"
        );
        assert_eq!(crs::geohash(lat, lon, 12), code);
        // There and back is not exact to the lattice: both ways take the height as 0 (2D transformation).
        assert!(crs::from_wgs84(epsg, lat, lon).unwrap().dist(Pt::new(e, n)) < 1.5);
    }
}

#[test]
fn every_pair_of_systems_there_and_back() {
    let mut codes: Vec<u32> = crs::zones().iter().map(|z| z.epsg).collect();
    codes.extend([3405, 3406, 32648, 32649, 4756, 4326]);
    for &a in &codes {
        let start = crs::transform(crs::WGS84, a, [106.3, 15.2]).unwrap();
        for &b in &codes {
            let there = crs::transform(a, b, start).unwrap();
            let back = crs::transform(b, a, there).unwrap();
            let tolerance = if start[0].abs() < 200.0 { 1e-8 } else { 1e-3 };
            assert!(
                (0..2).all(|i| (back[i] - start[i]).abs() < tolerance),
                "{a} {b}: {start:?} {back:?}"
            );
        }
    }
}

#[test]
fn unknown_codes_and_impossible_points_are_refused() {
    assert_eq!(
        crs::transform(9210, 3857, [0.0, 0.0]).unwrap_err().code(),
        "CRS_UNKNOWN"
    );
    assert_eq!(
        crs::transform(9210, 4326, [f64::NAN, 0.0]).unwrap_err().code(),
        "CRS_TRANSFORM"
    );
    assert_eq!(
        crs::transform(9210, 4326, [1e300, -1e300]).unwrap_err().code(),
        "CRS_TRANSFORM"
    );
}
