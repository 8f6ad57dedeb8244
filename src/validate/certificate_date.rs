//! ID-06: the date of issue is a day from 1988 to today.

use super::register::day;
use super::register::{Entry, Facts, Said};
use super::rule::{self, Check, Rule};
use crate::domain::{Finding, Severity};
use crate::msg;
use crate::text::{Lang, Msg, Text};

pub const RULE: Rule = Rule {
    code: "CERTIFICATE_DATE",
    title: Text::new(
        "Ngày cấp giấy chứng nhận không hợp lệ",
        "Impossible date of issue",
    ),
    severity: Severity::Error,
    moments: rule::ERROR,
    why: Text::new(
        "Giấy chứng nhận theo Luật Đất đai có từ năm 1988; ngày trong tương lai là nhập sai.",
        "Certificates of the Land Law exist since 1988; a day to come is a slip.",
    ),
    remedy: Text::new(
        "Ghi ngày theo giấy hoặc bản quét.",
        "Enter the date on the paper or its scan.",
    ),
    check: Check::Register(check),
    message,
};

fn check(entry: &Entry<'_>, facts: &Facts<'_>) -> Option<Said> {
    let Entry::Certificate(c) = entry else { return None };
    let issued = c.issued_on.as_deref().filter(|d| !d.is_empty())?;
    let first = format!("{:04.0}-01-01", facts.parameters.certificate_from_year);
    let good = day(issued).is_some() && *issued >= *first && *issued <= *facts.day;
    (!good).then(|| {
        Said::of(Severity::Error)
            .value("serial", c.serial.as_deref().unwrap_or_default())
            .value("issued", issued)
            .value("first", &first)
    })
}

fn message(f: &Finding) -> Msg {
    let (pv, pe) = (rule::whose(f, Lang::Vi), rule::whose(f, Lang::En));
    let serial = f.value("serial");
    let d = rule::date(f.value("issued"));
    let first = rule::date(f.value("first"));
    msg!(
        "Giấy chứng nhận {serial}{pv}: ngày cấp {d} không nằm từ {first} đến nay.",
        "Certificate {serial}{pe}: the date of issue {d} is not from {first} to today."
    )
}
