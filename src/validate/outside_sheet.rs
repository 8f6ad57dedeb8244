//! T8: a parcel lies in its sheet and may touch the line, to 0.2 mm at map scale. Where the file has no boundary the rule says
//! nothing.

use super::rule::{self, Check, Facts, Rule};
use crate::domain::{Finding, Parcel, Severity, Unit};
use crate::msg;
use crate::text::{Lang, Msg, Text, format};
use crate::topology::findings::about;

const CODE: &str = "OUTSIDE_SHEET";

pub const RULE: Rule = Rule {
    code: CODE,
    title: Text::new("Thửa vượt ra ngoài khung tờ bản đồ", "Parcel beyond its sheet"),
    severity: Severity::Warning,
    moments: rule::WARNING,
    why: Text::new(
        "Thửa ghi số tờ này phải nằm trong khung của tờ đó.",
        "A parcel of this sheet number lies in the frame of that sheet.",
    ),
    remedy: Text::new(
        "Kiểm tra ranh thửa, mã xã và số tờ; hoặc sửa đường ranh giới đã nhập.",
        "Check the parcel's boundary, commune and sheet; or correct the boundary that was entered.",
    ),
    check: Check::Parcel(check),
    message,
};

fn check(parcel: &Parcel, facts: &Facts<'_>) -> Option<Finding> {
    let limit = facts.limits.sheet(&parcel.commune, &parcel.sheet)?;
    let tolerance = facts.parameters.paper_mm * facts.scale(parcel);
    let (at, far) = limit.beyond(&parcel.polygon, tolerance)?;
    Some(Finding {
        at: Some(at),
        bbox: Some(parcel.bbox),
        amount: Some(far.round() / 1000.0),
        unit: Some(Unit::M),
        tolerance: Some(tolerance / 1000.0),
        ..about(CODE, Severity::Warning, &[parcel])
    })
}

fn message(f: &Finding) -> Msg {
    let (pv, pe) = (rule::refs(f, Lang::Vi), rule::refs(f, Lang::En));
    let (av, ae) = (rule::at(f, Lang::Vi), rule::at(f, Lang::En));
    let number = |v: Option<f64>, lang| format::number(v.unwrap_or_default(), 3, lang);
    let (mv, me) = (number(f.amount, Lang::Vi), number(f.amount, Lang::En));
    let (tv, te) = (number(f.tolerance, Lang::Vi), number(f.tolerance, Lang::En));
    msg!(
        "Thửa {pv} vượt ra ngoài khung tờ bản đồ {mv} m{av}; cho phép {tv} m.",
        "Parcel {pe} lies {me} m beyond the frame of its sheet{ae}; {te} m is allowed."
    )
}
