//! Small text for geometry in tests: `"0 0, 10 0, 10 10 | 2 2, 2 4, 4 4"` is a shell and a hole in mm.

use super::{Coverage, Plan, Refusal};
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

/// What a plan would do, as text: by fid the points more or fewer and the area gained in mm² doubled; then
/// points inserted, removed and moved; or why not.
pub fn outcome(parcels: &[&str], plan: impl Fn(&Coverage) -> Result<Plan, Refusal>) -> String {
    let all = parcels.iter().zip(1..).map(|(t, i)| parcel(i, t)).collect();
    let coverage = Coverage::build(all);
    match plan(&coverage) {
        Err(r) => refused(&r),
        Ok(p) => told(&coverage, &p),
    }
}

fn refused(r: &Refusal) -> String {
    let findings = r.findings.iter().map(|f| {
        let refs: Vec<&str> = f.refs.iter().filter_map(|r| r.rsplit('/').next()).collect();
        format!(" {} {}", f.code, refs.join("+"))
    });
    let findings: Vec<String> = findings.collect();
    format!("{}{}", r.failure.code(), findings.concat())
}

fn told(coverage: &Coverage, plan: &Plan) -> String {
    let mut words = Vec::new();
    for (fid, polygon) in &plan.changed {
        let old = &coverage.get(*fid).expect("a changed parcel is in force").polygon;
        let (points, area) = (
            polygon.point_count() as i64 - old.point_count() as i64,
            polygon.area2() - old.area2(),
        );
        let points = if points == 0 {
            String::new()
        } else {
            format!("{points:+}")
        };
        let area = if area == 0 {
            String::new()
        } else {
            format!("({area:+})")
        };
        words.push(format!("{fid}{points}{area}"));
    }
    let counts = [
        ("+", plan.inserted.len()),
        ("-", plan.removed.len()),
        (">", plan.moved.len()),
    ];
    words.extend(
        counts
            .iter()
            .filter(|c| c.1 > 0)
            .map(|(sign, n)| format!("{sign}{n}")),
    );
    words.join(" ")
}
