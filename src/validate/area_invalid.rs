//! AR-01: a recorded area is positive and has one decimal.

use super::rule::{self, Check, Facts, Rule};
use crate::domain::{Finding, Parcel, Severity, Unit};
use crate::text::{Lang, Msg, Text, format};
use crate::topology::findings::about;

const AREA_INVALID: &str = "AREA_INVALID";

pub const RULE: Rule = Rule {
    code: AREA_INVALID,
    title: Text::new("Diện tích ghi không hợp lệ", "Invalid recorded area"),
    severity: Severity::Error,
    moments: rule::ERROR,
    why: Text::new(
        "Diện tích thửa đất phải lớn hơn 0 và ghi đến 0,1 m².",
        "The area of a parcel is positive and given to 0.1 m².",
    ),
    remedy: Text::new(
        "Ghi lại diện tích theo kết quả đo đạc hoặc giấy chứng nhận.",
        "Enter the area from the survey or the certificate again.",
    ),
    check: Check::Parcel(check),
    message,
};

fn check(parcel: &Parcel, _: &Facts<'_>) -> Option<Finding> {
    let areas = [("measured", parcel.area_measured), ("legal", parcel.area_legal)];
    let positive = |v: f64| v > 0.0 && v.is_finite();
    let one_decimal = |v: f64| ((v * 10.0).round() / 10.0 - v).abs() < 1e-9 * v.abs().max(1.0);
    let wrong = |test: &dyn Fn(f64) -> bool| {
        areas
            .into_iter()
            .find_map(|(n, v)| v.filter(|v| !test(*v)).map(|v| (n, v)))
    };
    let ((name, value), severity) = match wrong(&positive) {
        Some(w) => (w, Severity::Error),
        None => (wrong(&one_decimal)?, Severity::Warning),
    };
    Some(Finding {
        at: rule::place(parcel),
        bbox: Some(parcel.bbox),
        amount: value.is_finite().then_some(value),
        unit: Some(Unit::M2),
        values: vec![("which", name.to_string()), ("recorded", format!("{value}"))],
        ..about(AREA_INVALID, severity, &[parcel])
    })
}

fn message(f: &Finding) -> Msg {
    let legal = f.value("which") == "legal";
    let decimals = f.severity < Severity::Error;
    rule::both(|lang| {
        let (refs, at) = (rule::refs(f, lang), rule::at(f, lang));
        let value = f
            .amount
            .map_or_else(|| f.value("recorded").to_string(), |v| format::number(v, 3, lang));
        match lang {
            Lang::Vi => {
                let which = if legal {
                    "diện tích pháp lý"
                } else {
                    "diện tích đo"
                };
                let what = if decimals {
                    "nhiều hơn một chữ số thập phân"
                } else {
                    "không lớn hơn 0"
                };
                format!("Thửa {refs}{at}: {which} ghi {value} m², {what}.")
            }
            Lang::En => {
                let which = if legal { "legal" } else { "measured" };
                let what = if decimals {
                    "more than one decimal"
                } else {
                    "not positive"
                };
                format!("Parcel {refs}{at}: the {which} area is recorded as {value} m², {what}.")
            }
        }
    })
}
