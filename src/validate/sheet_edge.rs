//! T7: the edges of two sheets or communes match. Up to 0.2 mm at map scale an overlap or gap between parcels
//! of different sheets is a mismatch of edges, no dispute of neighbours; beyond that it is one of T1 and T2.

use super::Parameters;
use super::rule::{self, Check, Rule};
use crate::domain::{Finding, Severity, Territory};
use crate::text::{Lang, Msg, Text, format};
use crate::topology::findings::{PARCEL_GAP, PARCEL_OVERLAP};

const SHEET_EDGE: &str = "SHEET_EDGE";

pub const RULE: Rule = Rule {
    code: SHEET_EDGE,
    title: Text::new(
        "Tiếp biên giữa hai tờ bản đồ không khớp",
        "Sheet edges do not match",
    ),
    severity: Severity::Warning,
    moments: rule::WARNING,
    why: Text::new(
        "Hai tờ bản đồ đo riêng, ranh chung bị vẽ hai lần; dữ liệu toàn xã phải liền nhau.",
        "Two sheets were surveyed apart and the common boundary drawn twice; the commune's data must join.",
    ),
    remedy: Text::new(
        "Tiếp biên: đưa cạnh của tờ ít tin cậy hơn về tờ kia trong hạn sai.",
        "Match the edge: bring the less trusted sheet to the other, within the tolerance.",
    ),
    check: Check::Geometry,
    message,
};

/// The finding as one about sheet edges, when it is.
pub(super) fn taken(f: Finding, parameters: &Parameters, territory: &Territory) -> Finding {
    let kind = match f.code {
        PARCEL_OVERLAP => "overlap",
        PARCEL_GAP => "gap",
        _ => return f,
    };
    let width: f64 = f.value("width_mm").parse().unwrap_or(f64::MAX);
    let mut sheets = f.refs.iter().filter_map(|r| r.rsplit_once('/')).map(|r| r.0);
    let first = sheets.next();
    if sheets.all(|s| Some(s) == first) {
        return f;
    }
    // The coarser of the sheets decides; where no scale is known, that of the rule file.
    let known = |r: &String| {
        let mut parts = r.splitn(3, '/');
        territory.scale(parts.next()?, parts.next()?)
    };
    let scale = f
        .refs
        .iter()
        .filter_map(known)
        .reduce(f64::max)
        .unwrap_or(parameters.scale);
    let tolerance = parameters.paper_mm * scale;
    if width > tolerance {
        return f;
    }
    let mut values = f.values.clone();
    values.retain(|v| v.0 != "kind");
    values.extend([("kind", kind.to_string()), ("scale", format!("{scale}"))]);
    Finding {
        code: SHEET_EDGE,
        severity: Severity::Warning,
        tolerance: Some(tolerance / 1000.0),
        values,
        ..f
    }
}

fn message(f: &Finding) -> Msg {
    let mm = f.value("width_mm").parse().unwrap_or(0.0_f64);
    let gap = f.value("kind") == "gap";
    rule::both(|lang| {
        let (refs, at) = (rule::few_refs(f, lang), rule::at(f, lang));
        let area = rule::small_area(f.amount.unwrap_or(0.0), lang);
        let width = format::number(mm / 1000.0, if mm < 10.0 { 4 } else { 3 }, lang);
        let limit = format::number(f.tolerance.unwrap_or(0.0), 3, lang);
        let scale = rule::number(f, "scale", 0, lang);
        match lang {
            Lang::Vi => {
                let what = if gap { "hở" } else { "chồng nhau" };
                format!(
                    "Tiếp biên giữa thửa {refs}: {what} {area}, chỗ rộng nhất {width} m{at}; trong hạn {limit} m (0,2 mm ở tỷ lệ 1:{scale})."
                )
            }
            Lang::En => {
                let what = if gap { "gap" } else { "overlap" };
                format!(
                    "Sheet edge between {refs}: {what} of {area}, at most {width} m wide{at}; within {limit} m (0.2 mm at 1:{scale})."
                )
            }
        }
    })
}
