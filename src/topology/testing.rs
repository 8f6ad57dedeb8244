//! Small text for geometry in tests: `"0 0, 10 0, 10 10 | 2 2, 2 4, 4 4"` is a shell and a hole in mm.

use crate::domain::{Parcel, Polygon, Pt, Uid};

pub fn polygon(text: &str) -> Polygon {
    let ring = |r: &str| r.split(',').map(point).collect();
    Polygon {
        rings: text.split('|').map(ring).collect(),
    }
}

pub fn point(text: &str) -> Pt {
    let mut numbers = text
        .split_whitespace()
        .map(|v| v.parse().expect("a number of mm"));
    Pt::new(
        numbers.next().expect("easting"),
        numbers.next().expect("northing"),
    )
}

/// A parcel of commune 25747, sheet 1, numbered by its fid.
pub fn parcel(fid: i64, text: &str) -> Parcel {
    parcel_of(fid, polygon(text))
}

pub fn parcel_of(fid: i64, polygon: Polygon) -> Parcel {
    Parcel {
        fid,
        uid: Uid(uuid::Uuid::from_u128(fid as u128)),
        commune: "25747".into(),
        sheet: "1".into(),
        number: fid.to_string().into(),
        land_use: "ODT".into(),
        area_measured: None,
        area_legal: None,
        is_parcel: true,
        bbox: polygon.bbox(),
        polygon,
    }
}

/// Squares of `size` mm, row by row from the origin, fids from 1.
pub fn grid(columns: i64, rows: i64, size: i64) -> Vec<Parcel> {
    (0..rows * columns)
        .map(|i| {
            let (e, n) = (i % columns * size, i / columns * size);
            let (f, m) = (e + size, n + size);
            parcel(i + 1, &format!("{e} {n}, {f} {n}, {f} {m}, {e} {m}"))
        })
        .collect()
}
