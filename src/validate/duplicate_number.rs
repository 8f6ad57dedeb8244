//! ID-02: commune, sheet and number name one parcel in force.

use super::rule::{self, Check, Rule};
use crate::domain::{BBox, Finding, Parcel, Severity, Unit};
use crate::text::{Lang, Msg, Text, format};
use crate::topology::findings::about;

const DUPLICATE_NUMBER: &str = "DUPLICATE_NUMBER";

pub const RULE: Rule = Rule {
    code: DUPLICATE_NUMBER,
    title: Text::new("Trùng số thửa", "Duplicate parcel number"),
    severity: Severity::Error,
    moments: rule::ERROR,
    why: Text::new(
        "Mã xã, số tờ và số thửa phải chỉ đúng một thửa; hồ sơ và giấy chứng nhận dựa vào đó.",
        "Commune, sheet and number must name exactly one parcel; dossiers and certificates rely on it.",
    ),
    remedy: Text::new(
        "Đối chiếu sổ mục kê rồi sửa số thửa bị sai; không tự đánh số lại.",
        "Compare with the parcel register and correct the wrong number; do not renumber at will.",
    ),
    check: Check::SameNumber(check),
    message,
};

/// Parcels of one key. Land that is no parcel and unnumbered ones are not passed in.
fn check(same: &[&Parcel]) -> Option<Finding> {
    (same.len() > 1).then(|| {
        let first = same.iter().min_by_key(|p| p.uid);
        Finding {
            at: first.and_then(|p| rule::place(p)),
            bbox: Some(same.iter().map(|p| p.bbox).fold(BBox::EMPTY, BBox::union)),
            amount: Some(same.len() as f64),
            unit: Some(Unit::Count),
            tolerance: Some(1.0),
            ..about(DUPLICATE_NUMBER, Severity::Error, same)
        }
    })
}

fn message(f: &Finding) -> Msg {
    let key = f.refs.first().map_or("", String::as_str);
    rule::both(|lang| {
        let (at, n) = (
            rule::at(f, lang),
            format::count(f.amount.unwrap_or(0.0) as u64, lang),
        );
        match lang {
            Lang::Vi => format!("{n} thửa hiện hành cùng mang số {key} (mã xã/tờ/thửa); thửa đầu tiên{at}."),
            Lang::En => {
                format!("{n} parcels in force have the number {key} (commune/sheet/parcel); the first{at}.")
            }
        }
    })
}
