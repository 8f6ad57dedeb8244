//! Faults as findings: codes, amounts and values, without sentences (those are in `validate`).

use super::faults::{Faults, Overlap};
use super::unmatched::Unmatched;
use super::validity::Fault;
use crate::domain::{Finding, Parcel, Severity, Unit};

pub const RING_INVALID: &str = "RING_INVALID";
pub const PARCEL_OVERLAP: &str = "PARCEL_OVERLAP";
pub const UNMATCHED_VERTEX: &str = "UNMATCHED_VERTEX";
/// Here a boundary between others begins: the place of a refusal, no fault.
pub const BOUNDARIES_MEET: &str = "BOUNDARIES_MEET";
pub const PARCEL_GAP: &str = "PARCEL_GAP";

/// An overlap nowhere wider than this is a warning only, mm (domain.md T1). The rule file may say otherwise.
pub const OVERLAP_TOLERANCE_MM: f64 = 10.0;

/// All findings of the faults. `parcel` gives the parcel of a fid; faults of unknown parcels are left out.
pub fn findings<'a>(
    faults: &Faults,
    overlap_tolerance_mm: f64,
    parcel: impl Fn(i64) -> Option<&'a Parcel>,
) -> Vec<Finding> {
    let mut all = Vec::new();
    for (fid, list) in &faults.rings {
        if let Some(p) = parcel(*fid) {
            all.extend(
                list.chunk_by(|a, b| a.kind == b.kind)
                    .map(|same| ring_invalid(p, same)),
            );
        }
    }
    for o in &faults.overlaps {
        if let [Some(a), Some(b)] = o.fids.map(&parcel) {
            all.push(overlap(o, [a, b], overlap_tolerance_mm));
        }
    }
    for u in &faults.unmatched {
        let parcels: Vec<&Parcel> = u.fids.iter().filter_map(|f| parcel(*f)).collect();
        all.push(unmatched(u, &parcels));
    }
    all
}

/// A finding about these parcels, with their uids in order and their references beside.
pub fn about(code: &'static str, severity: Severity, parcels: &[&Parcel]) -> Finding {
    let mut sorted = parcels.to_vec();
    sorted.sort_by_key(|p| p.uid);
    Finding {
        parcels: sorted.iter().map(|p| p.uid).collect(),
        refs: sorted.iter().map(|p| p.reference()).collect(),
        ..Finding::new(code, severity)
    }
}

/// One kind of fault of one parcel; `same` holds its places.
fn ring_invalid(parcel: &Parcel, same: &[Fault]) -> Finding {
    Finding {
        at: same.first().map(|f| f.at),
        bbox: Some(crate::domain::BBox::of(same.iter().map(|f| f.at))),
        amount: Some(same.len() as f64),
        unit: Some(Unit::Count),
        values: same
            .first()
            .map(|f| ("fault", f.kind.name().to_string()))
            .into_iter()
            .collect(),
        ..about(RING_INVALID, Severity::Error, &[parcel])
    }
}

fn overlap(o: &Overlap, parcels: [&Parcel; 2], tolerance_mm: f64) -> Finding {
    let wide = o.common.width > tolerance_mm + super::measure::SLACK;
    let severity = if wide { Severity::Error } else { Severity::Warning };
    Finding {
        at: Some(o.common.at),
        bbox: Some(o.common.bbox),
        amount: Some(round6(o.common.area)),
        unit: Some(Unit::M2),
        tolerance: Some(tolerance_mm / 1000.0),
        values: vec![("width_mm", millimetres(o.common.width))],
        ..about(PARCEL_OVERLAP, severity, &parcels)
    }
}

fn unmatched(u: &Unmatched, parcels: &[&Parcel]) -> Finding {
    // Exactly on the side there is neither overlap nor gap: only the point is missing.
    let severity = if u.distance > 0.0 {
        Severity::Warning
    } else {
        Severity::Info
    };
    Finding {
        at: Some(u.at),
        bbox: Some(u.bbox),
        amount: Some(round6(u.distance / 1000.0)),
        unit: Some(Unit::M),
        tolerance: Some(super::contact::UNMATCHED as f64 / 1000.0),
        values: vec![("points", u.points.to_string())],
        ..about(UNMATCHED_VERTEX, severity, parcels)
    }
}

fn round6(v: f64) -> f64 {
    (v * 1e6).round() / 1e6
}

/// Whole millimetres, or one decimal below ten.
fn millimetres(mm: f64) -> String {
    if mm < 9.95 {
        format!("{mm:.1}")
    } else {
        format!("{mm:.0}")
    }
}
