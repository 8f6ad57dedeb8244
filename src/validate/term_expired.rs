//! LU-04: the term of a use has not run out.

use super::register::day;
use super::register::{Entry, Facts, Said};
use super::rule::{self, Check, Rule};
use crate::domain::register::UseEntry;
use crate::domain::{Finding, Severity};
use crate::msg;
use crate::text::{Lang, Msg, Text};

pub const RULE: Rule = Rule {
    code: "TERM_EXPIRED",
    title: Text::new("Thời hạn sử dụng đất đã hết", "Term has run out"),
    severity: Severity::Warning,
    moments: rule::WARNING,
    why: Text::new(
        "Hết thời hạn thì phải gia hạn hoặc xác nhận lại trước khi giao dịch.",
        "After its term land needs an extension or a confirmation before any transaction.",
    ),
    remedy: Text::new(
        "Làm thủ tục gia hạn hoặc xác nhận lại thời hạn sử dụng đất.",
        "Have the term extended or confirmed.",
    ),
    check: Check::Register(check),
    message,
};

fn check(entry: &Entry<'_>, facts: &Facts<'_>) -> Option<Said> {
    let Entry::Parcel { entry, .. } = entry else {
        return None;
    };
    let (ended, code) = entry
        .uses
        .iter()
        .filter_map(|u| Some((end_of_term(u)?, &u.code)))
        .find(|(end, _)| *end < facts.day)?;
    Some(
        Said::of(Severity::Warning)
            .value("code", code)
            .value("ended", &ended),
    )
}

/// yyyy-MM-dd of the last day: the parsed one, else that of "Đến ngày 15/10/2043" or of a bare year.
fn end_of_term(u: &UseEntry) -> Option<String> {
    if let Some(end) = u.term_ends.as_deref().filter(|d| day(d).is_some()) {
        return Some(end.to_owned());
    }
    let term = u.term.as_deref()?.trim();
    let last = term.rsplit(' ').next()?;
    let parts: Vec<&str> = last.split('/').collect();
    let iso = match parts[..] {
        [d, m, y] => format!("{y:0>4}-{m:0>2}-{d:0>2}"),
        [y] if y.len() == 4 && last == term => format!("{y}-12-31"),
        _ => return None,
    };
    day(&iso).map(|_| iso)
}

fn message(f: &Finding) -> Msg {
    let (pv, pe) = (rule::whose(f, Lang::Vi), rule::whose(f, Lang::En));
    let code = f.value("code");
    let d = rule::date(f.value("ended"));
    msg!(
        "Thời hạn sử dụng đất {code}{pv} đã hết ngày {d}.",
        "The term of use {code}{pe} ended on {d}."
    )
}
