//! HS-03, as far as it goes without certificates of authorities: the signature of a signed PDF covers the whole file
//! (ISO 32000 `/ByteRange`), so nothing was added after it. Who signed is not checked here.

use super::register::{Entry, Facts, Said};
use super::rule::{self, Check, Rule};
use crate::domain::register::ScanState;
use crate::domain::{Finding, Severity};
use crate::msg;
use crate::text::{Lang, Msg, Text};

pub const RULE: Rule = Rule {
    code: "SCAN_SIGNATURE",
    title: Text::new("Tệp PDF bị sửa sau khi ký số", "Signed PDF changed after signing"),
    severity: Severity::Warning,
    moments: rule::WARNING,
    why: Text::new(
        "Chữ ký số chỉ bảo đảm phần tệp nó bao phủ.",
        "A signature vouches only for the part it covers.",
    ),
    remedy: Text::new(
        "Lấy lại tệp đã ký, hoặc ký lại.",
        "Get the signed file again, or sign again.",
    ),
    check: Check::Register(check),
    message,
};

fn check(entry: &Entry<'_>, _: &Facts<'_>) -> Option<Said> {
    let Entry::Scan(s) = entry else { return None };
    (s.state == ScanState::SignedAndChanged).then(|| Said::of(Severity::Warning))
}

fn message(f: &Finding) -> Msg {
    let (pv, pe) = (rule::whose(f, Lang::Vi), rule::whose(f, Lang::En));
    msg!(
        "Chữ ký số của bản quét{pv} không bao phủ toàn bộ tệp.",
        "The signature of a scan{pe} does not cover the whole file."
    )
}
