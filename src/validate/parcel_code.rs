//! ID-03: a parcel code (mã định danh) is 12 characters of GeoHash (TT 19/2026, annex I).

use super::register::{Entry, Facts, Said};
use super::rule::{self, Check, Rule};
use crate::domain::{Finding, Severity};
use crate::msg;
use crate::text::{Lang, Msg, Text};

pub const RULE: Rule = Rule {
    code: "PARCEL_CODE",
    title: Text::new("Mã định danh thửa sai dạng", "Malformed parcel code"),
    severity: Severity::Error,
    moments: rule::ERROR,
    why: Text::new(
        "Cơ sở dữ liệu quốc gia nhận thửa theo mã định danh 12 ký tự GeoHash.",
        "The national database knows a parcel by its code of 12 GeoHash characters.",
    ),
    remedy: Text::new(
        "Chép lại mã từ nơi cấp; không tự tính lại mã đã có.",
        "Copy the code again from where it was issued; never compute it anew.",
    ),
    check: Check::Register(check),
    message,
};

fn check(entry: &Entry<'_>, _: &Facts<'_>) -> Option<Said> {
    let Entry::Parcel { entry, .. } = entry else {
        return None;
    };
    let code = entry.code.as_deref()?;
    let digit = |b: u8| b"0123456789bcdefghjkmnpqrstuvwxyz".contains(&b);
    let good = code.len() == 12 && code.bytes().all(digit);
    (!good).then(|| Said::of(Severity::Error).value("code", code))
}

fn message(f: &Finding) -> Msg {
    let (pv, pe) = (rule::whose(f, Lang::Vi), rule::whose(f, Lang::En));
    let code = f.value("code");
    msg!(
        "Mã định danh “{code}”{pv} không phải 12 ký tự GeoHash.",
        "Parcel code “{code}”{pe} is not 12 characters of GeoHash."
    )
}
