//! ID-03: a parcel code is issued to one parcel only.

use super::register::{Entry, Facts, Said};
use super::rule::{self, Check, Rule};
use crate::domain::{Finding, Severity};
use crate::msg;
use crate::text::{Lang, Msg, Text};

pub const RULE: Rule = Rule {
    code: "PARCEL_CODE_DUPLICATE",
    title: Text::new("Mã định danh thửa bị trùng", "Parcel code of several parcels"),
    severity: Severity::Error,
    moments: rule::ERROR,
    why: Text::new(
        "Mỗi thửa trong cả nước có một mã định danh riêng.",
        "Each parcel of the country has a code of its own.",
    ),
    remedy: Text::new(
        "Đối chiếu nơi cấp mã, sửa mã của thửa ghi nhầm.",
        "Compare with the issuer and correct the parcel that was written down wrongly.",
    ),
    check: Check::Register(check),
    message,
};

fn check(entry: &Entry<'_>, _: &Facts<'_>) -> Option<Said> {
    let Entry::SameCode { code, parcels } = entry else {
        return None;
    };
    Some(
        Said::of(Severity::Error)
            .count(parcels.len())
            .value("code", *code),
    )
}

fn message(f: &Finding) -> Msg {
    let (pv, pe) = (rule::whose(f, Lang::Vi), rule::whose(f, Lang::En));
    let code = f.value("code");
    let n = f.amount.unwrap_or_default();
    msg!(
        "{n} thửa hiện hành cùng mang mã định danh {code}{pv}.",
        "{n} parcels in force have the code {code}{pe}."
    )
}
