//! BD-01: a registered change has a date, a dossier or number, and what was before and after.

use super::register::day;
use super::register::{Entry, Facts, Said};
use super::rule::{self, Check, Rule};
use crate::domain::{Finding, Severity};
use crate::msg;
use crate::text::{Lang, Msg, Text};

pub const RULE: Rule = Rule {
    code: "CHANGE_INCOMPLETE",
    title: Text::new("Biến động thiếu thông tin", "Incomplete registered change"),
    severity: Severity::Error,
    moments: rule::ERROR,
    why: Text::new(
        "Lịch sử thửa đất phải đọc lại được: ngày, hồ sơ, trước và sau biến động.",
        "A parcel's history must be readable: date, dossier, before and after.",
    ),
    remedy: Text::new(
        "Bổ sung ngày, hồ sơ và các thửa, giấy, người trước và sau.",
        "Add date, dossier, and what was before and after.",
    ),
    check: Check::Register(check),
    message,
};

fn check(entry: &Entry<'_>, _: &Facts<'_>) -> Option<Said> {
    let Entry::Change(c) = entry else { return None };
    let date = c.registered_on.as_deref().is_some_and(|d| day(d).is_some());
    let items = c.before > 0 && c.after > 0 || c.noted > 0;
    let lacking: Vec<&str> = [(date, "date"), (c.dossier.is_some(), "dossier"), (items, "items")]
        .into_iter()
        .filter(|(there, _)| !there)
        .map(|(_, what)| what)
        .collect();
    (!lacking.is_empty()).then(|| {
        Said::of(Severity::Error)
            .value("kind", &c.kind)
            .value("lacking", lacking.join(" "))
    })
}

fn message(f: &Finding) -> Msg {
    let (pv, pe) = (rule::whose(f, Lang::Vi), rule::whose(f, Lang::En));
    let kind = f.value("kind");
    let name = |lang: Lang| {
        rule::names(f.value("lacking"), lang, |what| match what {
            "date" => Text::new("ngày đăng ký", "the date"),
            "dossier" => Text::new("hồ sơ", "the dossier"),
            _ => Text::new("trước và sau biến động", "what was before and after"),
        })
    };
    let (lv, le) = (name(Lang::Vi), name(Lang::En));
    msg!(
        "Biến động {kind}{pv} thiếu {lv}.",
        "Change {kind}{pe} lacks {le}."
    )
}
