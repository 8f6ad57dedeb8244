//! LU-02: the areas of the land-use rows add up to the legal area, to 0.5 m².

use super::register::{Entry, Facts, Said};
use super::rule::{self, Check, Rule};
use crate::domain::{Finding, Severity};
use crate::msg;
use crate::text::{Lang, Msg, Text};

pub const RULE: Rule = Rule {
    code: "LAND_USE_SUM",
    title: Text::new(
        "Tổng diện tích theo mục đích khác diện tích pháp lý",
        "Areas of uses do not add up",
    ),
    severity: Severity::Warning,
    moments: rule::WARNING,
    why: Text::new(
        "Giấy chứng nhận ghi diện tích từng mục đích; cộng lại phải bằng diện tích thửa.",
        "A certificate gives the area of each use; together they are the parcel.",
    ),
    remedy: Text::new(
        "Sửa diện tích từng mục đích theo giấy chứng nhận.",
        "Correct the area of each use from the certificate.",
    ),
    check: Check::Register(check),
    message,
};

fn check(entry: &Entry<'_>, facts: &Facts<'_>) -> Option<Said> {
    let Entry::Parcel { entry, .. } = entry else {
        return None;
    };
    let legal = entry.area_legal?;
    let areas: Option<Vec<f64>> = entry.uses.iter().map(|u| u.area).collect();
    let sum: f64 = areas.filter(|a| !a.is_empty())?.iter().sum();
    let off = ((sum - legal) * 1e6).round() / 1e6;
    let tolerance = facts.parameters.use_sum_m2;
    (off.abs() > tolerance).then(|| {
        Said::of(Severity::Warning)
            .square_metres(off, tolerance)
            .value("sum", format!("{sum:.2}"))
            .value("legal", format!("{legal}"))
    })
}

fn message(f: &Finding) -> Msg {
    let (pv, pe) = (rule::whose(f, Lang::Vi), rule::whose(f, Lang::En));
    let of = |name, lang| rule::number(f, name, 1, lang);
    let (sv, se) = (of("sum", Lang::Vi), of("sum", Lang::En));
    let (lv, le) = (of("legal", Lang::Vi), of("legal", Lang::En));
    let allowed = |lang| rule::small_area(f.tolerance.unwrap_or_default(), lang);
    let (tv, te) = (allowed(Lang::Vi), allowed(Lang::En));
    msg!(
        "Tổng diện tích theo mục đích{pv} là {sv} m², diện tích pháp lý {lv} m²; được lệch {tv}.",
        "The uses{pe} add up to {se} m², the legal area is {le} m²; {te} is allowed."
    )
}
