//! Nearly equal points of neighbours: measured always, made equal only by choice.

use crate::domain::{DraftParcel, Finding, Polygon, Severity, Unit};
use crate::topology::{ring, snap};

use super::geometry;

/// What is measured when nothing shall be snapped: the offer of the preview (cli.md).
const MEASURED_MM: i64 = 5;

/// Reports points that are apart by at most `tolerance_mm` (5 mm when that is 0) and, when it is not 0,
/// makes them equal. A parcel that would become invalid keeps its points, and a finding says so.
pub fn near_points(parcels: &mut [DraftParcel], tolerance_mm: i64, findings: &mut Vec<Finding>) {
    let polygons: Vec<Polygon> = parcels
        .iter_mut()
        .map(|p| std::mem::take(&mut p.polygon))
        .collect();
    let tolerance = if tolerance_mm > 0 {
        tolerance_mm
    } else {
        MEASURED_MM
    };
    let found = snap::plan(&polygons, tolerance);
    let mut refused = 0u64;
    for (parcel, polygon) in parcels.iter_mut().zip(polygons) {
        parcel.polygon = match tolerance_mm > 0 {
            true => snapped(polygon, &found, &mut refused),
            false => polygon,
        };
    }
    if found.moves.is_empty() {
        return;
    }
    let code = if tolerance_mm > 0 {
        "IMPORT_SNAPPED"
    } else {
        "IMPORT_NEAR_POINTS"
    };
    let mut finding = counted(code, Severity::Warning, found.moves.len() as u64);
    finding.tolerance = Some(tolerance as f64 / 1000.0);
    finding.at = found.moves.keys().next().copied();
    finding
        .values
        .push(("largest_mm", format!("{:.1}", found.largest)));
    findings.push(finding);
    if refused > 0 {
        findings.push(counted("IMPORT_SNAP_REFUSED", Severity::Warning, refused));
    }
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
