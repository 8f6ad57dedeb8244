//! HS-02: a scan belongs to a parcel, a certificate, a party or a dossier.

use super::register::{Entry, Facts, Said};
use super::rule::{self, Check, Rule};
use crate::domain::{Finding, Severity};
use crate::msg;
use crate::text::{Lang, Msg, Text};

pub const RULE: Rule = Rule {
    code: "SCAN_UNLINKED",
    title: Text::new(
        "Bản quét chưa gắn với thửa hoặc giấy",
        "Scan that belongs to nothing",
    ),
    severity: Severity::Error,
    moments: rule::ERROR,
    why: Text::new(
        "Bản quét không gắn vào đâu thì không ai tìm thấy.",
        "A scan that belongs to nothing is found by nobody.",
    ),
    remedy: Text::new(
        "Gắn bản quét với thửa, giấy chứng nhận hoặc hồ sơ.",
        "Tie it to a parcel, a certificate or a dossier.",
    ),
    check: Check::Register(check),
    message,
};

fn check(entry: &Entry<'_>, _: &Facts<'_>) -> Option<Said> {
    let Entry::Scan(s) = entry else { return None };
    (!s.linked).then(|| Said::of(Severity::Error))
}

fn message(f: &Finding) -> Msg {
    let (pv, pe) = (rule::whose(f, Lang::Vi), rule::whose(f, Lang::En));
    msg!(
        "Một bản quét không gắn với thửa, giấy chứng nhận, người hay hồ sơ nào{pv}.",
        "A scan belongs to no parcel, certificate, party or dossier{pe}."
    )
}
