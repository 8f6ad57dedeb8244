//! PE-02: digits 4 to 6 of a citizen's number agree with gender and year of birth (domain.md §4.4). Never refused: older
//! errors are frozen in the population database. Century digit 9 is a person of a test.

use super::register::{Entry, Facts, Said};
use super::register::{birth_year, masked};
use super::rule::{self, Check, Rule};
use crate::domain::{Finding, Severity};
use crate::msg;
use crate::text::fold::fold;
use crate::text::{Lang, Msg, Text};

pub const RULE: Rule = Rule {
    code: "IDENTITY_MISMATCH",
    title: Text::new(
        "CCCD không khớp giới tính hoặc năm sinh",
        "Citizen's number disagrees with gender or birth",
    ),
    severity: Severity::Warning,
    moments: rule::WARNING,
    why: Text::new(
        "Chữ số thứ tư là thế kỷ và giới tính, hai chữ số sau là năm sinh; lệch là nhập nhầm hoặc lấy số của người khác.",
        "Digit four is century and gender, the next two the year of birth; a slip, or another person's number.",
    ),
    remedy: Text::new(
        "Đối chiếu giấy tờ; nếu giấy in như vậy thì giữ nguyên.",
        "Compare with the paper; if it is printed so, leave it.",
    ),
    check: Check::Register(check),
    message,
};

fn check(entry: &Entry<'_>, facts: &Facts<'_>) -> Option<Said> {
    let Entry::Party(p) = entry else { return None };
    let number = p
        .identities
        .iter()
        .filter(|i| i.kind == "CCCD")
        .find_map(|i| i.number.as_deref())?;
    let digits: Vec<i32> = number
        .chars()
        .filter_map(|c| c.to_digit(10))
        .map(|d| d as i32)
        .collect();
    if digits.len() != 12 || number.len() != 12 {
        return None;
    }
    let (sign, two) = (digits[3], digits[4] * 10 + digits[5]);
    let tested = f64::from(sign) == facts.parameters.test_century;
    let gender = if sign % 2 == 0 { "nam" } else { "nu" };
    let wrong_gender = p
        .gender
        .as_deref()
        .map(fold)
        .is_some_and(|g| ["nam", "nu"].contains(&&*g) && g != gender);
    let year = p.birth.as_deref().and_then(birth_year);
    let wrong_year = year.is_some_and(|y| y % 100 != two || (!tested && y / 100 != 19 + sign / 2));
    let field = match (wrong_gender && !tested, wrong_year) {
        (false, false) => return None,
        (true, false) => "gender",
        (false, true) => "birth",
        (true, true) => "both",
    };
    Some(
        Said::of(Severity::Warning)
            .value("number", masked(number))
            .value("field", field),
    )
}

fn message(f: &Finding) -> Msg {
    let (pv, pe) = (rule::whose(f, Lang::Vi), rule::whose(f, Lang::En));
    let number = f.value("number");
    let (fv, fe) = match f.value("field") {
        "gender" => ("giới tính", "gender"),
        "birth" => ("năm sinh", "year of birth"),
        _ => ("giới tính và năm sinh", "gender and year of birth"),
    };
    msg!(
        "CCCD {number}{pv} không khớp {fv} đã ghi.",
        "CCCD {number}{pe} disagrees with the {fe} on record."
    )
}
