//! SY-01: the three blocks of a parcel agree: shape, attributes, scans. A parcel with a living certificate claims all of
//! them; one without claims nothing yet, unless scans came before its right.

use super::register::{Entry, Facts, Said};
use super::rule::{self, Check, Rule};
use crate::domain::{Finding, Severity};
use crate::msg;
use crate::text::{Lang, Msg, Text};

pub const RULE: Rule = Rule {
    code: "BLOCKS_DISAGREE",
    title: Text::new(
        "Ba khối dữ liệu của thửa không đồng bộ",
        "The three blocks of a parcel disagree",
    ),
    severity: Severity::Error,
    moments: rule::SENDING_ERROR,
    why: Text::new(
        "Thửa chỉ đạt Nhóm 1 khi không gian, thuộc tính và hồ sơ quét khớp nhau.",
        "A parcel reaches group 1 only when shape, attributes and scans agree.",
    ),
    remedy: Text::new("Bổ sung khối còn thiếu.", "Add the block that is missing."),
    check: Check::Register(check),
    message,
};

fn check(entry: &Entry<'_>, _: &Facts<'_>) -> Option<Said> {
    let Entry::Parcel { entry, parcel } = entry else {
        return None;
    };
    let certified = entry.rights.iter().any(|r| r.certificate_lives);
    let area = parcel.area_legal.is_some() || parcel.area_measured.is_some();
    let lacking: Vec<&str> = if certified {
        [
            (!parcel.polygon.rings.is_empty(), "shape"),
            (!entry.uses.is_empty(), "uses"),
            (area, "area"),
            (entry.scans > 0, "scans"),
        ]
        .into_iter()
        .filter(|(there, _)| !there)
        .map(|(_, what)| what)
        .collect()
    } else if entry.scans > 0 && entry.rights.is_empty() {
        vec!["rights"]
    } else {
        Vec::new()
    };
    (!lacking.is_empty()).then(|| Said::of(Severity::Error).value("lacking", lacking.join(" ")))
}

fn message(f: &Finding) -> Msg {
    let (pv, pe) = (rule::whose(f, Lang::Vi), rule::whose(f, Lang::En));
    let name = |lang: Lang| {
        rule::names(f.value("lacking"), lang, |what| match what {
            "shape" => Text::new("hình thửa", "the shape"),
            "uses" => Text::new("mục đích sử dụng", "the uses"),
            "area" => Text::new("diện tích", "the area"),
            "scans" => Text::new("bản quét", "scans"),
            _ => Text::new("quyền sử dụng đất", "rights"),
        })
    };
    let (lv, le) = (name(Lang::Vi), name(Lang::En));
    msg!(
        "Ba khối dữ liệu không đồng bộ{pv}: thiếu {lv}.",
        "The three blocks disagree{pe}: {le} missing."
    )
}
