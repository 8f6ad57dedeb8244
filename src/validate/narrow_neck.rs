//! T3, further: a parcel is nowhere nearly pinched off.

use super::rule::{self, Check, Facts, Rule};
use crate::domain::{BBox, Finding, Parcel, Severity, Unit};
use crate::text::{Lang, Msg, Text, format};
use crate::topology::findings::about;
use crate::topology::neck;

const NARROW_NECK: &str = "NARROW_NECK";

pub const RULE: Rule = Rule {
    code: NARROW_NECK,
    title: Text::new("Thửa bị thắt hẹp", "Narrow neck"),
    severity: Severity::Warning,
    moments: rule::WARNING,
    why: Text::new(
        "Chỗ thắt hẹp thường là điểm ranh đặt nhầm hoặc hai thửa bị nối thành một.",
        "A narrow neck is mostly a misplaced point, or two parcels that were joined into one.",
    ),
    remedy: Text::new(
        "Di chuyển điểm ranh về đúng vị trí, hoặc tách thửa tại chỗ thắt.",
        "Move the point to its place, or split the parcel at the neck.",
    ),
    check: Check::Parcel(check),
    message,
};

fn check(parcel: &Parcel, facts: &Facts<'_>) -> Option<Finding> {
    let limit = facts.parameters.neck_mm;
    let found = neck::narrowest(&parcel.polygon, limit as i64, facts.parameters.neck_least_m2)?;
    Some(Finding {
        at: Some(found.at),
        bbox: Some(BBox::EMPTY.with(found.at).grown(found.width.ceil() as i64)),
        amount: Some((found.width * 1000.0).round() / 1e6),
        unit: Some(Unit::M),
        tolerance: Some(limit / 1000.0),
        ..about(NARROW_NECK, Severity::Warning, &[parcel])
    })
}

fn message(f: &Finding) -> Msg {
    rule::both(|lang| {
        let (refs, at) = (rule::refs(f, lang), rule::at(f, lang));
        let metres = |v: Option<f64>| format::number(v.unwrap_or(0.0), 3, lang);
        let (width, least) = (metres(f.amount), metres(f.tolerance));
        match lang {
            Lang::Vi => format!("Thửa {refs} bị thắt còn {width} m{at}; hẹp dưới {least} m là đáng ngờ."),
            Lang::En => {
                format!("Parcel {refs} is only {width} m wide{at}; under {least} m is questionable.")
            }
        }
    })
}
