//! MT-01: what is told of a commune as a whole is complete. Says nothing before anything is told: a commune imported today has
//! no metadata yet, which is no error (the readiness dashboard counts it).

use super::register::{Entry, Facts, Said};
use super::rule::{self, Check, Rule};
use crate::domain::{Finding, Severity};
use crate::msg;
use crate::text::{Lang, Msg, Text};

pub const RULE: Rule = Rule {
    code: "METADATA_INCOMPLETE",
    title: Text::new("Siêu dữ liệu của xã chưa đủ", "Incomplete metadata of a commune"),
    severity: Severity::Warning,
    moments: rule::WARNING,
    why: Text::new(
        "Phụ lục II của TT 19/2026 kiểm tra siêu dữ liệu từng xã.",
        "Annex II of Circular 19/2026 checks the metadata of each commune.",
    ),
    remedy: Text::new(
        "Bổ sung tỉnh, thời hạn hiệu lực, ranh giới xã và thông tin đo đạc của các tờ bản đồ.",
        "Add province, days of validity, boundary, and the survey of each sheet.",
    ),
    check: Check::Register(check),
    message,
};

fn check(entry: &Entry<'_>, _: &Facts<'_>) -> Option<Said> {
    let Entry::Commune(c) = entry else { return None };
    let has = |v: &Option<String>| v.as_deref().is_some_and(|v| !v.is_empty());
    let begun = has(&c.province) || has(&c.valid_from) || c.has_boundary || c.sheets > 0;
    let lacking: Vec<&str> = [
        (!c.name.is_empty(), "name"),
        (has(&c.province), "province"),
        (has(&c.valid_from), "valid_from"),
        (c.has_boundary, "boundary"),
        (c.sheets > 0, "sheets"),
        (c.sheets_incomplete == 0, "surveys"),
    ]
    .into_iter()
    .filter(|(there, _)| !there)
    .map(|(_, what)| what)
    .collect();
    (begun && !lacking.is_empty()).then(|| {
        Said::of(Severity::Warning)
            .value("commune", &c.code)
            .value("lacking", lacking.join(" "))
    })
}

fn message(f: &Finding) -> Msg {
    let (pv, pe) = (rule::whose(f, Lang::Vi), rule::whose(f, Lang::En));
    let commune = f.value("commune");
    let name = |lang: Lang| {
        rule::names(f.value("lacking"), lang, |what| match what {
            "name" => Text::new("tên", "the name"),
            "province" => Text::new("tỉnh", "the province"),
            "valid_from" => Text::new("ngày có hiệu lực", "the first day of validity"),
            "boundary" => Text::new("ranh giới", "the boundary"),
            "sheets" => Text::new("danh mục tờ bản đồ", "the list of sheets"),
            _ => Text::new("thông tin đo đạc của tờ bản đồ", "the survey of sheets"),
        })
    };
    let (lv, le) = (name(Lang::Vi), name(Lang::En));
    msg!(
        "Siêu dữ liệu của xã {commune} thiếu {lv}{pv}.",
        "Metadata of commune {commune} lack {le}{pe}."
    )
}
