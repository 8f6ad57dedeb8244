//! ID-01: the commune of a parcel stands in the list of the file, and was in force on the day.

use super::register::{Entry, Facts, Said};
use super::rule::{self, Check, Rule};
use crate::domain::{Finding, Severity};
use crate::msg;
use crate::text::{Lang, Msg, Text};

pub const RULE: Rule = Rule {
    code: "COMMUNE_UNKNOWN",
    title: Text::new(
        "Xã không có trong danh mục của tệp",
        "Commune not in the list of the file",
    ),
    severity: Severity::Error,
    moments: rule::ERROR,
    why: Text::new(
        "Mã xã đã dùng lại hoặc hết hiệu lực thì thửa bị gắn vào đơn vị khác.",
        "A code that ended or was used again ties the parcel to another unit.",
    ),
    remedy: Text::new(
        "Bổ sung xã vào danh mục, hoặc ghi lại mã xã theo danh mục tại ngày đó.",
        "Add the commune to the list, or enter the code in force on that day.",
    ),
    check: Check::Register(check),
    message,
};

fn check(entry: &Entry<'_>, facts: &Facts<'_>) -> Option<Said> {
    let (Entry::Parcel { parcel, .. }, false) = (entry, facts.territory.communes.is_empty()) else {
        return None;
    };
    let day = &facts.day;
    let reason = match facts.territory.communes.get(&*parcel.commune) {
        None => "unknown",
        Some(c) if c.valid_from.as_ref().is_some_and(|f| f > day) => "early",
        Some(c) if c.valid_to.as_ref().is_some_and(|t| t < day) => "late",
        Some(_) => return None,
    };
    Some(
        Said::of(Severity::Error)
            .value("commune", &*parcel.commune)
            .value("reason", reason),
    )
}

fn message(f: &Finding) -> Msg {
    let (pv, pe) = (rule::whose(f, Lang::Vi), rule::whose(f, Lang::En));
    let commune = f.value("commune");
    let (rv, re) = match f.value("reason") {
        "early" => ("chưa có hiệu lực", "is not yet in force"),
        "late" => ("đã hết hiệu lực", "is no longer in force"),
        _ => ("không có trong danh mục", "is not in the list"),
    };
    msg!("Mã xã {commune} {rv}{pv}.", "Commune code {commune} {re}{pe}.")
}
