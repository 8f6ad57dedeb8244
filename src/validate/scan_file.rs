//! HS-01: a scan is there, is what was registered, and is a PDF with pages.

use super::register::{Entry, Facts, Said};
use super::rule::{self, Check, Rule};
use crate::domain::register::ScanState;
use crate::domain::{Finding, Severity};
use crate::msg;
use crate::text::{Lang, Msg, Text};

pub const RULE: Rule = Rule {
    code: "SCAN_FILE",
    title: Text::new("Tệp quét thiếu hoặc hỏng", "Scan missing or damaged"),
    severity: Severity::Error,
    moments: rule::ERROR,
    why: Text::new(
        "Bản quét là khối dữ liệu phi cấu trúc; thiếu hoặc hỏng thì hồ sơ không đủ.",
        "Scans are one of the three blocks; without them a record is not complete.",
    ),
    remedy: Text::new(
        "Quét lại, hoặc chép tệp từ bản sao lưu.",
        "Scan it again, or bring the file back from a backup.",
    ),
    check: Check::Register(check),
    message,
};

fn check(entry: &Entry<'_>, _: &Facts<'_>) -> Option<Said> {
    let Entry::Scan(s) = entry else { return None };
    let fault = match s.state {
        ScanState::Missing => "missing",
        ScanState::Unreadable => "unreadable",
        ScanState::Altered => "altered",
        ScanState::NotPdf => "not_pdf",
        ScanState::CutOff => "cut_off",
        _ if s.pages.is_none_or(|p| p < 1) => "pages",
        ScanState::Whole | ScanState::Signed | ScanState::SignedAndChanged => return None,
    };
    Some(Said::of(Severity::Error).value("fault", fault))
}

fn message(f: &Finding) -> Msg {
    let (pv, pe) = (rule::whose(f, Lang::Vi), rule::whose(f, Lang::En));
    let (wv, we) = match f.value("fault") {
        "unreadable" => ("không đọc được", "cannot be read"),
        "altered" => (
            "đã bị sửa sau khi đăng ký (SHA-256 khác)",
            "was changed after it was registered (other SHA-256)",
        ),
        "not_pdf" => ("không phải PDF", "is no PDF"),
        "cut_off" => (
            "bị cụt: thiếu phần cuối tệp PDF",
            "is cut off: the end of the PDF is missing",
        ),
        "pages" => ("không ghi số trang", "has no pages on record"),
        _ => (
            "không có trong thư mục hồ sơ quét",
            "is not in the folder of scans",
        ),
    };
    msg!("Bản quét{pv} {wv}.", "A scan{pe} {we}.")
}
