//! ID-05: a certificate was issued while its form was in use (domain.md §3.7).

use super::register::day;
use super::register::{Entry, Facts, Said};
use super::rule::{self, Check, Rule};
use crate::codes;
use crate::domain::{Finding, Severity};
use crate::msg;
use crate::text::{Lang, Msg, Text};

pub const RULE: Rule = Rule {
    code: "CERTIFICATE_ERA",
    title: Text::new("Ngày cấp không hợp với mẫu giấy", "Date does not fit the form"),
    severity: Severity::Warning,
    moments: rule::WARNING,
    why: Text::new(
        "Mỗi mẫu phôi dùng trong một thời kỳ; lệch nhau thì số phát hành hoặc ngày cấp bị nhập sai.",
        "Each form was used for some years; serial or date was entered wrongly.",
    ),
    remedy: Text::new(
        "Đối chiếu số phát hành và ngày cấp với bản quét.",
        "Compare serial and date with the scan.",
    ),
    check: Check::Register(check),
    message,
};

fn check(entry: &Entry<'_>, _: &Facts<'_>) -> Option<Said> {
    let Entry::Certificate(c) = entry else { return None };
    let issued = c.issued_on.as_deref().filter(|_| c.lives())?;
    day(issued)?;
    let era = codes::serial_era(c.serial.as_deref()?)?;
    let fits =
        era.from.as_deref().is_none_or(|f| f <= issued) && era.to.as_deref().is_none_or(|t| issued <= t);
    (!fits).then(|| {
        Said::of(Severity::Warning)
            .value("serial", c.serial.as_deref().unwrap_or_default())
            .value("issued", issued)
            .value("form_vi", &era.vi)
            .value("form_en", &era.en)
    })
}

fn message(f: &Finding) -> Msg {
    let (pv, pe) = (rule::whose(f, Lang::Vi), rule::whose(f, Lang::En));
    let serial = f.value("serial");
    let form_vi = f.value("form_vi");
    let form_en = f.value("form_en");
    let d = rule::date(f.value("issued"));
    msg!(
        "Giấy chứng nhận {serial}{pv}: ngày cấp {d} không thuộc thời kỳ của {form_vi}.",
        "Certificate {serial}{pe}: the date {d} is outside the years of the {form_en}."
    )
}
