//! PE-05: a household has exactly one head, a couple two different people. Where nobody is listed nothing is said: members
//! are listed only if the paper names them.

use super::register::{Entry, Facts, Said};
use super::rule::{self, Check, Rule};
use crate::domain::{Finding, Severity};
use crate::msg;
use crate::text::{Lang, Msg, Text};

pub const RULE: Rule = Rule {
    code: "HOUSEHOLD_MEMBERS",
    title: Text::new(
        "Thành viên hộ hoặc vợ chồng không đúng",
        "Members of a household or couple",
    ),
    severity: Severity::Warning,
    moments: rule::WARNING,
    why: Text::new(
        "Không rõ ai đại diện, ai cùng đứng tên.",
        "It is not clear who represents, and who holds together.",
    ),
    remedy: Text::new(
        "Ghi đúng một chủ hộ; vợ và chồng là hai người khác nhau.",
        "Enter exactly one head; husband and wife are two people.",
    ),
    check: Check::Register(check),
    message,
};

fn check(entry: &Entry<'_>, _: &Facts<'_>) -> Option<Said> {
    let Entry::Party(p) = entry else { return None };
    if p.members.is_empty() {
        return None;
    }
    let heads = p.members.iter().filter(|m| m.1 == "CHU_HO").count();
    let mut people: Vec<i64> = p.members.iter().map(|m| m.0).collect();
    people.sort_unstable();
    people.dedup();
    let (good, count) = match p.kind.as_str() {
        "HO_GIA_DINH" => (heads == 1, heads),
        "VO_CHONG" => (people.len() == 2 && p.members.len() == 2, people.len()),
        _ => return None,
    };
    (!good).then(|| Said::of(Severity::Warning).count(count).value("kind", &p.kind))
}

fn message(f: &Finding) -> Msg {
    let (pv, pe) = (rule::whose(f, Lang::Vi), rule::whose(f, Lang::En));
    let n = f.amount.unwrap_or_default();
    let (tv, te) = if f.value("kind") == "VO_CHONG" {
        (
            format!("Vợ chồng gồm {n} người khác nhau"),
            format!("A couple of {n} different people"),
        )
    } else {
        (
            format!("Hộ gia đình có {n} chủ hộ"),
            format!("A household with {n} heads"),
        )
    };
    msg!("{tv}{pv}.", "{te}{pe}.")
}
