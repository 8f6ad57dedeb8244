//! Faults as findings: codes, amounts and values, without sentences (those are in `validate`).

use super::faults::{Faults, Overlap};
use super::gaps::Gap;
use super::unmatched::Unmatched;
use super::validity::Fault;
use crate::domain::{Finding, Parcel, Polygon, Pt, Severity, Unit};

pub const RING_INVALID: &str = "RING_INVALID";
pub const PARCEL_OVERLAP: &str = "PARCEL_OVERLAP";
/// An overlap of two parcels with the very same rings.
pub const DUPLICATE_SHAPE: &str = "DUPLICATE_SHAPE";
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

/// What tells gaps apart, by width and area.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GapLimits {
    /// Narrower than this is a sliver, mm (domain.md T2).
    pub sliver_mm: f64,
    /// A sliver up to this area is told but no warning, m² (T2).
    pub least_m2: f64,
    /// At least as wide as this is open land: street, water, not yet surveyed; mm.
    pub open_mm: f64,
}

impl Default for GapLimits {
    /// Those of the rule file as it came with the program; what may not grow is decided by these alone, so that
    /// an edit is judged alike everywhere.
    fn default() -> Self {
        Self {
            sliver_mm: 500.0,
            least_m2: 0.05,
            open_mm: 2000.0,
        }
    }
}

/// The gaps that are `told` as findings. Large open land (streets and water that run through a quarter) is none.
pub fn gaps<'a>(
    faults: &Faults,
    limits: &GapLimits,
    told: impl Fn(&Gap) -> bool,
    parcel: impl Fn(i64) -> Option<&'a Parcel>,
) -> Vec<Finding> {
    let told = faults
        .gaps
        .iter()
        .filter(|g| (!g.large || g.width < limits.open_mm) && told(g));
    told.map(|g| {
        let parcels: Vec<&Parcel> = g.fids.iter().filter_map(|f| parcel(*f)).collect();
        gap(g, &parcels, limits)
    })
    .collect()
}

/// One gap as a finding.
pub(super) fn gap(g: &Gap, parcels: &[&Parcel], limits: &GapLimits) -> Finding {
    let kind = match g.width {
        w if w < limits.sliver_mm => "sliver",
        w if w < limits.open_mm => "gap",
        _ => "open",
    };
    let told_only = kind == "open" || (kind == "sliver" && g.area <= limits.least_m2);
    let severity = if told_only {
        Severity::Info
    } else {
        Severity::Warning
    };
    let mut values = vec![("width_mm", millimetres(g.width)), ("kind", kind.to_string())];
    if g.large {
        values.push(("large", "1".to_string()));
    }
    Finding {
        at: Some(g.at),
        bbox: Some(g.bbox),
        amount: Some(round6(g.area)),
        unit: Some(Unit::M2),
        tolerance: Some(super::contact::UNMATCHED as f64 / 1000.0),
        values,
        ..about(PARCEL_GAP, severity, parcels)
    }
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
    let same = parcels[0].bbox == parcels[1].bbox && same_shape(&parcels[0].polygon, &parcels[1].polygon);
    Finding {
        at: Some(o.common.at),
        bbox: Some(o.common.bbox),
        amount: Some(round6(o.common.area)),
        unit: Some(Unit::M2),
        tolerance: Some(tolerance_mm / 1000.0),
        values: vec![("width_mm", millimetres(o.common.width))],
        ..about(
            if same { DUPLICATE_SHAPE } else { PARCEL_OVERLAP },
            severity,
            &parcels,
        )
    }
}

/// Whether the sides of both are the same.
fn same_shape(a: &Polygon, b: &Polygon) -> bool {
    let sides = |p: &Polygon| {
        let mut all: Vec<(Pt, Pt)> = p.sides().collect();
        all.sort_unstable();
        all
    };
    a.point_count() == b.point_count() && sides(a) == sides(b)
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
