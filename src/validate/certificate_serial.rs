//! ID-04: the serial of a certificate has one of the forms there were (domain.md §4.3).

use super::register::{Entry, Facts, Said};
use super::rule::{self, Check, Rule};
use crate::codes;
use crate::domain::{Finding, Severity};
use crate::msg;
use crate::text::{Lang, Msg, Text};

pub const RULE: Rule = Rule {
    code: "CERTIFICATE_SERIAL",
    title: Text::new(
        "Số phát hành giấy chứng nhận sai dạng",
        "Malformed certificate serial",
    ),
    severity: Severity::Warning,
    moments: rule::WARNING,
    why: Text::new(
        "Số phát hành sai thì không tra được giấy chứng nhận.",
        "With a wrong serial the certificate cannot be looked up.",
    ),
    remedy: Text::new(
        "Đọc lại số trên giấy: một hoặc hai chữ cái, cách, sáu hoặc tám chữ số.",
        "Read the paper again: one or two letters, a space, six or eight digits.",
    ),
    check: Check::Register(check),
    message,
};

fn check(entry: &Entry<'_>, _: &Facts<'_>) -> Option<Said> {
    let Entry::Certificate(c) = entry else { return None };
    let serial = c.serial.as_deref().filter(|s| !s.is_empty() && c.lives())?;
    let good = codes::serial_parts(serial).is_some() || codes::is_pseudo_serial(serial);
    (!good).then(|| Said::of(Severity::Warning).value("serial", serial))
}

fn message(f: &Finding) -> Msg {
    let (pv, pe) = (rule::whose(f, Lang::Vi), rule::whose(f, Lang::En));
    let serial = f.value("serial");
    msg!(
        "Số phát hành “{serial}”{pv} không đúng dạng nào của giấy chứng nhận.",
        "Serial “{serial}”{pe} has the form of no certificate."
    )
}
