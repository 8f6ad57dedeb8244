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

/// Parcels with fids from 1.
pub fn parcels(texts: &[&str]) -> Coverage {
    let all = texts.iter().zip(1..).map(|(t, fid)| parcel(fid, t));
    Coverage::build(all.collect())
}

/// The form [`polygon`] reads.
pub fn text_of(polygon: &Polygon) -> String {
    let ring = |r: &Vec<Pt>| {
        let points: Vec<String> = r.iter().map(|p| format!("{} {}", p.e, p.n)).collect();
        points.join(", ")
    };
    polygon.rings.iter().map(ring).collect::<Vec<_>>().join(" | ")
}

/// "1: changed / +1,2: created / -2" or the code of refusal, after checks that hold for every plan.
pub fn planned(coverage: &Coverage, plan: Result<Plan, Refusal>) -> String {
    let plan = match plan {
        Ok(plan) => plan,
        Err(refusal) => return refusal.failure.code().to_owned(),
    };
    let before: Vec<i64> = coverage.iter().map(|p| p.fid).collect();
    assert!(plan.fids().iter().all(|f| before.contains(f)), "{plan:?}");
    let mut parts: Vec<String> = Vec::new();
    for (fid, polygon) in &plan.changed {
        assert_ne!(
            coverage.get(*fid).map(|p| &p.polygon),
            Some(polygon),
            "{fid} does not change"
        );
        parts.push(format!("{fid}: {}", text_of(polygon)));
    }
    for new in &plan.created {
        let parents: Vec<String> = new.parents.iter().map(i64::to_string).collect();
        parts.push(format!("+{}: {}", parents.join(","), text_of(&new.polygon)));
    }
    parts.extend(plan.retired.iter().map(|f| format!("-{f}")));
    parts.join(" / ")
}

/// Does what the plan says; created parcels get the next fids.
pub fn apply(coverage: &mut Coverage, plan: &Plan) {
    let mut next = coverage.iter().map(|p| p.fid).max().unwrap_or_default() + 1;
    for (fid, polygon) in &plan.changed {
        let old = coverage.get(*fid).expect("a parcel in force").clone();
        coverage.replace(Parcel {
            bbox: polygon.bbox(),
            polygon: polygon.clone(),
            ..old
        });
    }
    coverage.remove_all(plan.retired.iter().copied());
    for new in &plan.created {
        coverage.replace(parcel_of(next, new.polygon.clone()));
        next += 1;
    }
}

/// Twice the area of a parcel, mm².
pub fn area2(coverage: &Coverage, fid: i64) -> i128 {
    coverage.get(fid).map_or(0, |p| p.polygon.area2())
}
