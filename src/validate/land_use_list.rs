//! LU-01: the code of each land-use row stands in the list it names. (Codes of the label: `LAND_USE_UNKNOWN`.)

use super::register::{Entry, Facts, Said};
use super::rule::{self, Check, Rule};
use crate::codes;
use crate::domain::register::UseEntry;
use crate::domain::{Finding, Severity};
use crate::msg;
use crate::text::{Lang, Msg, Text};

pub const RULE: Rule = Rule {
    code: "LAND_USE_LIST",
    title: Text::new(
        "Mã loại đất không thuộc danh mục đã ghi",
        "Land-use code not in its list",
    ),
    severity: Severity::Error,
    moments: rule::ERROR,
    why: Text::new(
        "Mã của danh mục 2014 và 2024 khác nghĩa nhau; ghi nhầm danh mục là ghi nhầm loại đất.",
        "Codes of the lists of 2014 and 2024 differ in meaning; the wrong list is the wrong use.",
    ),
    remedy: Text::new(
        "Ghi lại mã, hoặc danh mục mà mã thuộc về.",
        "Correct the code, or the list it belongs to.",
    ),
    check: Check::Register(check),
    message,
};

fn check(entry: &Entry<'_>, _: &Facts<'_>) -> Option<Said> {
    let Entry::Parcel { entry, parcel } = entry else {
        return None;
    };
    let wrong = |u: &&UseEntry| match u.list_version.as_deref() {
        Some(version) => !codes::land_use_lists()
            .iter()
            .any(|l| l.version == version && l.items.iter().any(|i| i.code == u.code)),
        None => {
            codes::land_use(&u.code).is_none()
                && !codes::land_use_codes(&parcel.land_use).any(|c| c == u.code)
        }
    };
    let bad = entry.uses.iter().find(wrong)?;
    Some(
        Said::of(Severity::Error)
            .value("code", &bad.code)
            .value("list", bad.list_version.as_deref().unwrap_or("-")),
    )
}

fn message(f: &Finding) -> Msg {
    let (pv, pe) = (rule::whose(f, Lang::Vi), rule::whose(f, Lang::En));
    let code = f.value("code");
    let list = f.value("list");
    msg!(
        "Mã loại đất {code}{pv} không có trong danh mục {list}.",
        "Land-use code {code}{pe} is not in list {list}."
    )
}
