//! Nearly equal points of neighbours: measured always, made equal only by choice.

use crate::domain::{DraftParcel, Finding, Polygon, Severity, Unit};
use crate::topology::{ring, snap};

use super::geometry;

/// What is measured when nothing shall be snapped: the offer of the preview (cli.md).
const MEASURED_MM: i64 = 5;

/// Reports points that are apart by at most `tolerance_mm` and makes them equal. A parcel that would
/// become invalid keeps its points, and a finding says so.
pub fn make_equal(parcels: &mut [DraftParcel], tolerance_mm: i64, findings: &mut Vec<Finding>) {
    let mut points = snap::Points::default();
    parcels.iter().for_each(|p| points.add(&p.polygon));
    let found = points.plan(tolerance_mm);
    let mut refused = 0u64;
    for parcel in parcels {
        let polygon = std::mem::take(&mut parcel.polygon);
        parcel.polygon = snapped(polygon, &found, &mut refused);
    }
    say("IMPORT_SNAPPED", &found, tolerance_mm, findings);
    if refused > 0 {
        findings.push(counted("IMPORT_SNAP_REFUSED", Severity::Warning, refused));
    }
}

/// Reports points that could be made equal.
pub fn measure(points: snap::Points, findings: &mut Vec<Finding>) {
    say(
        "IMPORT_NEAR_POINTS",
        &points.plan(MEASURED_MM),
        MEASURED_MM,
        findings,
    );
}

fn say(code: &'static str, found: &snap::Snap, tolerance_mm: i64, findings: &mut Vec<Finding>) {
    if found.moves.is_empty() {
        return;
    }
    let mut finding = counted(code, Severity::Warning, found.moves.len() as u64);
    finding.tolerance = Some(tolerance_mm as f64 / 1000.0);
    finding.at = found.moves.keys().next().copied();
    finding
        .values
        .push(("largest_mm", format!("{:.1}", found.largest)));
    findings.push(finding);
}

fn snapped(polygon: Polygon, found: &snap::Snap, refused: &mut u64) -> Polygon {
    let mut moved = polygon.clone();
    if !found.apply(&mut moved) {
        return polygon;
    }
    for ring in &mut moved.rings {
        ring::tidy(ring);
    }
    ring::orient(&mut moved);
    geometry::check(moved).unwrap_or_else(|_| {
        *refused += 1;
        polygon
    })
}

fn counted(code: &'static str, severity: Severity, n: u64) -> Finding {
    let mut finding = Finding::new(code, severity);
    finding.amount = Some(n as f64);
    finding.unit = Some(Unit::Count);
    finding
}
