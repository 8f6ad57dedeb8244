//! T8: a parcel lies in its commune and on its sheet and may touch the line, to 0.2 mm at map scale. Where the file has no
//! boundary the rules say nothing.

use super::rule::{self, Check, Facts, Rule};
use crate::domain::{Finding, Parcel, Severity, Unit};
use crate::msg;
use crate::text::{Lang, Msg, Text, format};
use crate::topology::findings::about;
use crate::topology::limits::Limit;

const REMEDY: Text = Text::new(
    "Kiểm tra ranh thửa, mã xã và số tờ; hoặc sửa đường ranh giới đã nhập.",
    "Check the parcel's boundary, commune and sheet; or correct the boundary that was entered.",
);

pub const COMMUNE: Rule = Rule {
    code: "OUTSIDE_COMMUNE",
    title: Text::new("Thửa vượt ra ngoài địa giới xã", "Parcel beyond its commune"),
    severity: Severity::Warning,
    moments: rule::WARNING,
    why: Text::new(
        "Thửa thuộc một xã; phần vượt địa giới thuộc xã khác.",
        "A parcel belongs to one commune; what lies beyond its boundary is another's.",
    ),
    remedy: REMEDY,
    check: Check::Parcel(commune),
    message: |f| message(f, Text::new("địa giới xã", "the boundary of its commune")),
};

pub const SHEET: Rule = Rule {
    code: "OUTSIDE_SHEET",
    title: Text::new("Thửa vượt ra ngoài khung tờ bản đồ", "Parcel beyond its sheet"),
    severity: Severity::Warning,
    moments: rule::WARNING,
    why: Text::new(
        "Thửa ghi số tờ này phải nằm trong khung của tờ đó.",
        "A parcel of this sheet number lies in the frame of that sheet.",
    ),
    remedy: REMEDY,
    check: Check::Parcel(sheet),
    message: |f| message(f, Text::new("khung tờ bản đồ", "the frame of its sheet")),
};

fn commune(parcel: &Parcel, facts: &Facts<'_>) -> Option<Finding> {
    beyond(
        COMMUNE.code,
        facts.limits.commune(&parcel.commune)?,
        parcel,
        facts,
    )
}

fn sheet(parcel: &Parcel, facts: &Facts<'_>) -> Option<Finding> {
    let limit = facts.limits.sheet(&parcel.commune, &parcel.sheet)?;
    beyond(SHEET.code, limit, parcel, facts)
}

fn beyond(code: &'static str, limit: &Limit, parcel: &Parcel, facts: &Facts<'_>) -> Option<Finding> {
    let tolerance = facts.parameters.paper_mm * facts.scale(parcel);
    let (at, far) = limit.beyond(&parcel.polygon, tolerance)?;
    Some(Finding {
        at: Some(at),
        bbox: Some(parcel.bbox),
        amount: Some(far.round() / 1000.0),
        unit: Some(Unit::M),
        tolerance: Some(tolerance / 1000.0),
        ..about(code, Severity::Warning, &[parcel])
    })
}

fn message(f: &Finding, line: Text) -> Msg {
    let (pv, pe) = (rule::refs(f, Lang::Vi), rule::refs(f, Lang::En));
    let (av, ae) = (rule::at(f, Lang::Vi), rule::at(f, Lang::En));
    let number = |v: Option<f64>, lang| format::number(v.unwrap_or_default(), 3, lang);
    let (mv, me) = (number(f.amount, Lang::Vi), number(f.amount, Lang::En));
    let (tv, te) = (number(f.tolerance, Lang::Vi), number(f.tolerance, Lang::En));
    let Text { vi, en } = line;
    msg!(
        "Thửa {pv} vượt ra ngoài {vi} {mv} m{av}; cho phép {tv} m.",
        "Parcel {pe} lies {me} m beyond {en}{ae}; {te} m is allowed."
    )
}
