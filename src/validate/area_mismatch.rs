//! T9, AR-03: the recorded area agrees with the one computed from the shape. The measured area is
//! compared; where there is none, the legal one.

use super::rule::{self, Check, Facts, Rule};
use crate::domain::{Finding, Parcel, Severity, Unit};
use crate::text::{Lang, Msg, Text};
use crate::topology::findings::about;

const AREA_MISMATCH: &str = "AREA_MISMATCH";

pub const RULE: Rule = Rule {
    code: AREA_MISMATCH,
    title: Text::new(
        "Diện tích ghi khác diện tích tính",
        "Recorded area differs from computed area",
    ),
    severity: Severity::Warning,
    moments: rule::WARNING,
    why: Text::new(
        "Diện tích trong sổ và hình trên bản đồ mâu thuẫn nhau; một trong hai đã cũ hoặc sai.",
        "Register and map contradict each other; one of them is old or wrong.",
    ),
    remedy: Text::new(
        "Kiểm tra ranh có thay đổi không: không đổi thì lấy diện tích đo lại, có đổi thì làm thủ tục biến động.",
        "See whether the boundary changed: if not, take the new measured area; if so, register the change.",
    ),
    check: Check::Parcel(check),
    message,
};

fn check(parcel: &Parcel, facts: &Facts<'_>) -> Option<Finding> {
    let recorded = parcel.area_measured.or(parcel.area_legal)?;
    let computed = parcel.polygon.area_m2();
    let tolerance = facts
        .parameters
        .area_tolerance_m2
        .max(facts.parameters.area_tolerance_share * recorded.abs());
    let difference = computed - recorded;
    // Recorded areas have one decimal: half a unit of it is no difference. NaN does not pass as equal.
    let agrees = difference.abs() <= tolerance + 1e-9;
    (!agrees).then(|| Finding {
        at: rule::place(parcel),
        bbox: Some(parcel.bbox),
        amount: Some((difference * 1e6).round() / 1e6),
        unit: Some(Unit::M2),
        tolerance: Some((tolerance * 1e6).round() / 1e6),
        values: vec![
            ("recorded", format!("{recorded}")),
            ("computed", format!("{computed:.2}")),
        ],
        ..about(AREA_MISMATCH, Severity::Warning, &[parcel])
    })
}

fn message(f: &Finding) -> Msg {
    rule::both(|lang| {
        let (refs, at) = (rule::refs(f, lang), rule::at(f, lang));
        let area = |v: f64| rule::small_area(v, lang);
        let (recorded, computed) = (
            rule::number(f, "recorded", 1, lang),
            rule::number(f, "computed", 1, lang),
        );
        let (difference, tolerance) = (area(f.amount.unwrap_or(0.0)), area(f.tolerance.unwrap_or(0.0)));
        match lang {
            Lang::Vi => format!(
                "Thửa {refs}{at}: diện tích ghi {recorded} m², tính từ hình {computed} m², lệch {difference}; cho phép {tolerance}."
            ),
            Lang::En => format!(
                "Parcel {refs}{at}: recorded area {recorded} m², computed {computed} m², difference {difference}; {tolerance} is allowed."
            ),
        }
    })
}
