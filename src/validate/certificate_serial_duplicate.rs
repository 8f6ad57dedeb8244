//! ID-04: a serial stands on one living certificate only.

use super::register::{Entry, Facts, Said};
use super::rule::{self, Check, Rule};
use crate::domain::{Finding, Severity};
use crate::msg;
use crate::text::{Lang, Msg, Text};

pub const RULE: Rule = Rule {
    code: "CERTIFICATE_SERIAL_DUPLICATE",
    title: Text::new("Số phát hành bị trùng", "Serial of several certificates"),
    severity: Severity::Warning,
    moments: rule::WARNING,
    why: Text::new(
        "Thường là đọc nhầm số, hoặc một giấy chung cho nhiều thửa bị nhập nhiều lần.",
        "Mostly a serial misread, or one certificate of several parcels entered several times.",
    ),
    remedy: Text::new(
        "Gộp thành một giấy chứng nhận, hoặc sửa số theo bản quét.",
        "Make them one certificate, or correct the serial from the scan.",
    ),
    check: Check::Register(check),
    message,
};

fn check(entry: &Entry<'_>, _: &Facts<'_>) -> Option<Said> {
    let Entry::SameSerial(all) = entry else {
        return None;
    };
    let serial = all.first()?.serial.as_deref().unwrap_or_default();
    Some(
        Said::of(Severity::Warning)
            .count(all.len())
            .value("serial", serial),
    )
}

fn message(f: &Finding) -> Msg {
    let (pv, pe) = (rule::whose(f, Lang::Vi), rule::whose(f, Lang::En));
    let serial = f.value("serial");
    let n = f.amount.unwrap_or_default();
    msg!(
        "{n} giấy chứng nhận còn hiệu lực cùng số phát hành {serial}{pv}.",
        "{n} living certificates have the serial {serial}{pe}."
    )
}
