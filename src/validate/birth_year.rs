//! PE-04: a year of birth lies from 1900 to today; the year alone is enough.

use super::register::birth_year;
use super::register::{Entry, Facts, Said};
use super::rule::{self, Check, Rule};
use crate::domain::{Finding, Severity};
use crate::msg;
use crate::text::{Lang, Msg, Text};

pub const RULE: Rule = Rule {
    code: "BIRTH_YEAR",
    title: Text::new("Năm sinh không hợp lệ", "Impossible year of birth"),
    severity: Severity::Error,
    moments: rule::ERROR,
    why: Text::new(
        "Năm sinh ngoài khoảng này là gõ nhầm.",
        "A year outside is a slip.",
    ),
    remedy: Text::new(
        "Ghi lại ngày hoặc năm sinh theo giấy tờ.",
        "Enter day or year of birth from the paper.",
    ),
    check: Check::Register(check),
    message,
};

fn check(entry: &Entry<'_>, facts: &Facts<'_>) -> Option<Said> {
    let Entry::Party(p) = entry else { return None };
    let birth = p.birth.as_deref()?;
    let least = facts.parameters.birth_from_year as i32;
    let good = birth_year(birth).is_some_and(|y| (least..=i32::from(facts.today.year())).contains(&y));
    (!good).then(|| Said::of(Severity::Error).value("least", least.to_string()))
}

fn message(f: &Finding) -> Msg {
    let (pv, pe) = (rule::whose(f, Lang::Vi), rule::whose(f, Lang::En));
    let least = f.value("least");
    msg!(
        "Năm sinh của người có quyền{pv} không nằm từ {least} đến nay.",
        "The year of birth of a holder{pe} is not from {least} to today."
    )
}
