//! ID-01, the form of it: a commune code has five digits. (The national list is not part of the program.)

use super::rule::{self, Check, Facts, Rule};
use crate::domain::{Finding, Parcel, Severity};
use crate::text::{Lang, Msg, Text};
use crate::topology::findings::about;

const COMMUNE_CODE: &str = "COMMUNE_CODE";

pub const RULE: Rule = Rule {
    code: COMMUNE_CODE,
    title: Text::new("Mã xã sai dạng", "Malformed commune code"),
    severity: Severity::Error,
    moments: rule::ERROR,
    why: Text::new(
        "Mã đơn vị hành chính cấp xã có đúng năm chữ số; cơ sở dữ liệu quốc gia từ chối mã khác.",
        "The code of a commune has exactly five digits; the national database refuses others.",
    ),
    remedy: Text::new(
        "Ghi mã xã theo danh mục đơn vị hành chính hiện hành.",
        "Enter the code from the list of administrative units in force.",
    ),
    check: Check::Parcel(check),
    message,
};

fn check(parcel: &Parcel, _: &Facts<'_>) -> Option<Finding> {
    let code = parcel.commune.as_bytes();
    let is_code = code.len() == 5 && code.iter().all(u8::is_ascii_digit);
    (!is_code).then(|| Finding {
        at: rule::place(parcel),
        bbox: Some(parcel.bbox),
        ..about(COMMUNE_CODE, Severity::Error, &[parcel])
    })
}

fn message(f: &Finding) -> Msg {
    rule::both(|lang| {
        let (refs, at) = (rule::refs(f, lang), rule::at(f, lang));
        match lang {
            Lang::Vi => format!("Thửa {refs}{at}: mã xã không phải năm chữ số."),
            Lang::En => format!("Parcel {refs}{at}: the commune code is not five digits."),
        }
    })
}
