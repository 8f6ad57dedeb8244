//! PE-01: a citizen's number (CCCD) has 12 digits, an old identity card (CMND) 9 or, from 2012 to 2015, 12.

use super::register::masked;
use super::register::{Entry, Facts, Said};
use super::rule::{self, Check, Rule};
use crate::domain::{Finding, Severity};
use crate::msg;
use crate::text::{Lang, Msg, Text};

pub const RULE: Rule = Rule {
    code: "IDENTITY_NUMBER",
    title: Text::new(
        "Số giấy tờ tùy thân sai số chữ số",
        "Wrong count of digits in an identity number",
    ),
    severity: Severity::Error,
    moments: rule::ERROR,
    why: Text::new(
        "Không đối chiếu được với cơ sở dữ liệu dân cư; bảng tính thường làm mất số 0 đầu.",
        "It cannot be compared with the population database; spreadsheets often lose the leading zero.",
    ),
    remedy: Text::new(
        "Ghi lại số theo giấy tờ; số CCCD thiếu một chữ số thường là mất số 0 ở đầu.",
        "Enter the number on the paper; a CCCD one digit short has mostly lost its leading zero.",
    ),
    check: Check::Register(check),
    message,
};

fn check(entry: &Entry<'_>, _: &Facts<'_>) -> Option<Said> {
    let Entry::Party(p) = entry else { return None };
    let bad = p.identities.iter().find_map(|i| {
        let number = i.number.as_deref()?;
        let count = number.chars().count();
        let right = match i.kind.as_str() {
            "CCCD" => count == 12,
            "CMND" => [9, 12].contains(&count),
            _ => return None,
        };
        (!right || !number.bytes().all(|b| b.is_ascii_digit())).then_some((&i.kind, count, number))
    });
    let (kind, count, number) = bad?;
    Some(
        Said::of(Severity::Error)
            .count(count)
            .value("kind", kind)
            .value("number", masked(number)),
    )
}

fn message(f: &Finding) -> Msg {
    let (pv, pe) = (rule::whose(f, Lang::Vi), rule::whose(f, Lang::En));
    let kind = f.value("kind");
    let number = f.value("number");
    let n = f.amount.unwrap_or_default();
    msg!(
        "{kind} {number}{pv} có {n} ký tự; CCCD phải là 12 chữ số, CMND 9 chữ số.",
        "{kind} {number}{pe} has {n} characters; a CCCD is 12 digits, a CMND 9."
    )
}
