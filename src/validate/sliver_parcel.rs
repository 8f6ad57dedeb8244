//! T3, further: a parcel is land one can stand on, no leftover of an overlay.

use super::rule::{self, Check, Facts, Rule};
use crate::domain::{Finding, Parcel, Severity, Unit};
use crate::text::{Lang, Msg, Text, format};
use crate::topology::findings::about;
use crate::topology::measure;

const SLIVER_PARCEL: &str = "SLIVER_PARCEL";

pub const RULE: Rule = Rule {
    code: SLIVER_PARCEL,
    title: Text::new("Thửa quá hẹp", "Sliver parcel"),
    severity: Severity::Warning,
    moments: rule::WARNING,
    why: Text::new(
        "Dải hẹp như vậy thường là phần thừa khi chồng ghép bản đồ, không phải thửa đất.",
        "So narrow a strip is mostly a leftover of overlaid maps, no parcel.",
    ),
    remedy: Text::new(
        "Gộp vào thửa bên cạnh, hoặc vẽ lại ranh theo kết quả đo.",
        "Merge it into a neighbour, or redraw the boundary from the survey.",
    ),
    check: Check::Parcel(check),
    message,
};

fn check(parcel: &Parcel, facts: &Facts<'_>) -> Option<Finding> {
    let limit = facts.parameters.sliver_parcel_mm;
    let width = measure::narrower_than(&parcel.polygon, limit)?;
    parcel.is_parcel.then(|| Finding {
        at: rule::place(parcel),
        bbox: Some(parcel.bbox),
        amount: Some((width * 1000.0).round() / 1e6),
        unit: Some(Unit::M),
        tolerance: Some(limit / 1000.0),
        ..about(SLIVER_PARCEL, Severity::Warning, &[parcel])
    })
}

fn message(f: &Finding) -> Msg {
    rule::both(|lang| {
        let (refs, at) = (rule::refs(f, lang), rule::at(f, lang));
        let metres = |v: Option<f64>| format::number(v.unwrap_or(0.0), 3, lang);
        let (width, least) = (metres(f.amount), metres(f.tolerance));
        match lang {
            Lang::Vi => format!("Thửa {refs}{at}: chỗ rộng nhất chỉ {width} m, dưới {least} m."),
            Lang::En => format!("Parcel {refs}{at} is at most {width} m wide, under {least} m."),
        }
    })
}
