//! AR-02: measured and legal area differ by no more than the tolerance of old surveys, ΔP = 0.0004·M·√P.

use super::rule::{self, Check, Facts, Rule};
use crate::domain::{Finding, Parcel, Severity, Unit};
use crate::text::{Lang, Msg, Text};
use crate::topology::findings::about;

const AREA_LEGAL: &str = "AREA_LEGAL";

pub const RULE: Rule = Rule {
    code: AREA_LEGAL,
    title: Text::new(
        "Diện tích đo khác diện tích pháp lý",
        "Measured area differs from legal area",
    ),
    severity: Severity::Warning,
    moments: rule::WARNING,
    why: Text::new(
        "Chênh lệch vượt hạn sai: ranh giới có thể đã thay đổi so với giấy chứng nhận.",
        "The difference is beyond the tolerance: the boundary may have changed since the certificate.",
    ),
    remedy: Text::new(
        "Xác định ranh có thay đổi không; phần mềm không tự quyết định diện tích nào đúng.",
        "See whether the boundary changed; the program does not decide which area is right.",
    ),
    check: Check::Parcel(check),
    message,
};

fn check(parcel: &Parcel, facts: &Facts<'_>) -> Option<Finding> {
    let (measured, legal) = (parcel.area_measured?, parcel.area_legal?);
    let difference = measured - legal;
    let tolerance = facts.parameters.area_legal_factor * facts.scale(parcel) * legal.max(0.0).sqrt();
    (difference.abs() > tolerance + 0.05).then(|| Finding {
        at: rule::place(parcel),
        bbox: Some(parcel.bbox),
        amount: Some((difference * 10.0).round() / 10.0),
        unit: Some(Unit::M2),
        tolerance: Some((tolerance * 10.0).round() / 10.0),
        values: vec![
            ("measured", format!("{measured}")),
            ("legal", format!("{legal}")),
            ("scale", format!("{}", facts.scale(parcel))),
        ],
        ..about(AREA_LEGAL, Severity::Warning, &[parcel])
    })
}

fn message(f: &Finding) -> Msg {
    rule::both(|lang| {
        let (refs, at) = (rule::refs(f, lang), rule::at(f, lang));
        let value = |name| rule::number(f, name, 1, lang);
        let (measured, legal, scale) = (
            value("measured"),
            value("legal"),
            rule::number(f, "scale", 0, lang),
        );
        let area = |v: Option<f64>| rule::small_area(v.unwrap_or(0.0), lang);
        let (difference, tolerance) = (area(f.amount), area(f.tolerance));
        match lang {
            Lang::Vi => format!(
                "Thửa {refs}{at}: diện tích đo {measured} m², pháp lý {legal} m², lệch {difference}; hạn sai ở tỷ lệ 1:{scale} là {tolerance}."
            ),
            Lang::En => format!(
                "Parcel {refs}{at}: measured {measured} m², legal {legal} m², difference {difference}; at 1:{scale} {tolerance} is allowed."
            ),
        }
    })
}
