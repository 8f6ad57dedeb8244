//! PE-03: one citizen's number is one person; different names under it contradict each other.

use super::register::masked;
use super::register::{Entry, Facts, Said};
use super::rule::{self, Check, Rule};
use crate::domain::{Finding, Severity};
use crate::msg;
use crate::text::fold::fold;
use crate::text::{Lang, Msg, Text};

pub const RULE: Rule = Rule {
    code: "IDENTITY_SHARED",
    title: Text::new(
        "Một số CCCD của nhiều người",
        "Citizen's number of several people",
    ),
    severity: Severity::Warning,
    moments: rule::WARNING,
    why: Text::new(
        "Cùng một số định danh mà tên khác nhau: ít nhất một hồ sơ ghi sai người.",
        "Different names under one number: at least one record has the wrong person.",
    ),
    remedy: Text::new(
        "Đối chiếu giấy tờ của từng người; nếu là một người thì gộp lại.",
        "Compare the papers; if it is one person, merge the records.",
    ),
    check: Check::Register(check),
    message,
};

fn check(entry: &Entry<'_>, _: &Facts<'_>) -> Option<Said> {
    let Entry::SameIdentity(all) = entry else {
        return None;
    };
    let mut names: Vec<String> = all
        .iter()
        .map(|p| fold(p.name.as_deref().unwrap_or_default()))
        .collect();
    names.sort_unstable();
    names.dedup();
    let number = all
        .first()?
        .identities
        .iter()
        .find(|i| i.kind == "CCCD")?
        .number
        .as_deref()?;
    (names.len() > 1).then(|| {
        Said::of(Severity::Warning)
            .count(names.len())
            .value("number", masked(number))
    })
}

fn message(f: &Finding) -> Msg {
    let (pv, pe) = (rule::whose(f, Lang::Vi), rule::whose(f, Lang::En));
    let number = f.value("number");
    let n = f.amount.unwrap_or_default();
    msg!(
        "CCCD {number}{pv} đứng tên {n} người khác nhau.",
        "CCCD {number}{pe} belongs to {n} different names."
    )
}
