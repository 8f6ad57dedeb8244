//! T8: a parcel lies in its commune and may touch the line, to 0.2 mm at map scale. Where the file has no boundary the rule says
//! nothing.

use super::rule::{self, Check, Facts, Rule};
use crate::domain::{Finding, Parcel, Severity, Unit};
use crate::msg;
use crate::text::{Lang, Msg, Text, format};
use crate::topology::findings::about;

const CODE: &str = "OUTSIDE_COMMUNE";

pub const RULE: Rule = Rule {
    code: CODE,
    title: Text::new("Thửa vượt ra ngoài địa giới xã", "Parcel beyond its commune"),
    severity: Severity::Warning,
    moments: rule::WARNING,
    why: Text::new(
        "Thửa thuộc một xã; phần vượt địa giới thuộc xã khác.",
        "A parcel belongs to one commune; what lies beyond its boundary is another's.",
    ),
    remedy: Text::new(
        "Kiểm tra ranh thửa, mã xã và số tờ; hoặc sửa đường ranh giới đã nhập.",
        "Check the parcel's boundary, commune and sheet; or correct the boundary that was entered.",
    ),
    check: Check::Parcel(check),
    message,
};

fn check(parcel: &Parcel, facts: &Facts<'_>) -> Option<Finding> {
    let limit = facts.limits.commune(&parcel.commune)?;
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
        "Thửa {pv} vượt ra ngoài địa giới xã {mv} m{av}; cho phép {tv} m.",
        "Parcel {pe} lies {me} m beyond the boundary of its commune{ae}; {te} m is allowed."
    )
}
