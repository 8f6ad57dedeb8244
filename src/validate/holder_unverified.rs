//! PE-06: whether the population database agreed to a holder is on record, with day and way.

use super::register::{Entry, Facts, Said};
use super::rule::{self, Check, Rule};
use crate::domain::{Finding, Severity};
use crate::msg;
use crate::text::{Lang, Msg, Text};

pub const RULE: Rule = Rule {
    code: "HOLDER_UNVERIFIED",
    title: Text::new("Chủ chưa được xác thực với dữ liệu dân cư", "Holder not verified"),
    severity: Severity::Warning,
    moments: rule::WARNING,
    why: Text::new(
        "Thửa chỉ đủ điều kiện Nhóm 1 khi người sử dụng đất đã được xác thực.",
        "A parcel is fit for group 1 only when its land user was verified.",
    ),
    remedy: Text::new(
        "Gửi xác thực, rồi ghi kết quả, ngày và hình thức xác thực.",
        "Have it verified and enter result, day and way.",
    ),
    check: Check::Register(check),
    message,
};

fn check(entry: &Entry<'_>, _: &Facts<'_>) -> Option<Said> {
    let Entry::Party(p) = entry else { return None };
    let citizen = p
        .identities
        .iter()
        .filter(|i| i.kind == "CCCD" && i.number.is_some());
    let lacking = citizen
        .map(|i| match (i.verified, &i.verified_on, &i.verified_how) {
            (None, ..) => "never",
            (Some(false), ..) => "refused",
            (Some(true), Some(_), Some(_)) => "",
            (Some(true), ..) => "how",
        })
        .find(|l| !l.is_empty())?;
    Some(Said::of(Severity::Warning).value("state", lacking))
}

fn message(f: &Finding) -> Msg {
    let (pv, pe) = (rule::whose(f, Lang::Vi), rule::whose(f, Lang::En));
    let (sv, se) = match f.value("state") {
        "refused" => (
            "không khớp cơ sở dữ liệu dân cư",
            "does not agree with the population database",
        ),
        "how" => (
            "đã xác thực nhưng thiếu ngày hoặc hình thức xác thực",
            "was verified, but day or way is not on record",
        ),
        _ => (
            "chưa được xác thực với cơ sở dữ liệu dân cư",
            "was not yet verified with the population database",
        ),
    };
    msg!("Người có quyền{pv} {sv}.", "A holder{pe} {se}.")
}
