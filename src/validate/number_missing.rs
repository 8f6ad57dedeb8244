//! ID-02, first half: a parcel has a sheet and a number in the form the key allows.

use super::rule::{self, Check, Facts, Rule};
use crate::domain::{Finding, Parcel, Severity};
use crate::text::{Lang, Msg, Text};
use crate::topology::findings::about;

const NUMBER_MISSING: &str = "NUMBER_MISSING";

pub const RULE: Rule = Rule {
    code: NUMBER_MISSING,
    title: Text::new(
        "Thiếu hoặc sai số tờ, số thửa",
        "Sheet or parcel number missing or wrong",
    ),
    severity: Severity::Warning,
    moments: rule::WARNING,
    why: Text::new(
        "Mã xã, số tờ, số thửa là khóa của thửa đất trong mọi sổ và giấy chứng nhận.",
        "Commune, sheet and number are the key of the parcel in every register and certificate.",
    ),
    remedy: Text::new(
        "Ghi số tờ, số thửa theo bản đồ địa chính; số thửa là số nguyên từ 1.",
        "Enter sheet and number from the cadastral map; the number is a whole number from 1.",
    ),
    check: Check::Parcel(check),
    message,
};

fn check(parcel: &Parcel, _: &Facts<'_>) -> Option<Finding> {
    if !parcel.is_parcel {
        return None;
    }
    let what = if parcel.number.is_empty() {
        "number"
    } else if parcel.sheet.is_empty() {
        "sheet"
    } else if !is_number(&parcel.number) {
        "form"
    } else {
        return None;
    };
    Some(Finding {
        at: rule::place(parcel),
        bbox: Some(parcel.bbox),
        values: vec![("what", what.to_string())],
        ..about(NUMBER_MISSING, Severity::Warning, &[parcel])
    })
}

/// A whole number from 1 without leading zeros.
fn is_number(text: &str) -> bool {
    !text.starts_with('0') && !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

fn message(f: &Finding) -> Msg {
    rule::both(|lang| {
        let (refs, at) = (rule::refs(f, lang), rule::at(f, lang));
        let what = match (f.value("what"), lang) {
            ("number", Lang::Vi) => "chưa có số thửa",
            ("number", Lang::En) => "has no parcel number",
            ("sheet", Lang::Vi) => "chưa có số tờ bản đồ",
            ("sheet", Lang::En) => "has no sheet number",
            (_, Lang::Vi) => "có số thửa không phải số nguyên từ 1",
            (_, Lang::En) => "has a number that is no whole number from 1",
        };
        match lang {
            Lang::Vi => format!("Thửa {refs}{at} {what}."),
            Lang::En => format!("Parcel {refs}{at} {what}."),
        }
    })
}
