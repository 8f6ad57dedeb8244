//! LU-06: the origin of land stands in the list and fits holder and term: leased land (DT-…) has a term, land of a park
//! developer or for management (DT-KCN…, DG-QL) is no person's.

use super::register::is_for_good;
use super::register::{Entry, Facts, Said};
use super::rule::{self, Check, Rule};
use crate::codes;
use crate::domain::{Finding, Severity};
use crate::msg;
use crate::text::{Lang, Msg, Text};

pub const RULE: Rule = Rule {
    code: "LAND_USE_ORIGIN",
    title: Text::new("Nguồn gốc sử dụng đất không hợp", "Origin of land does not fit"),
    severity: Severity::Warning,
    moments: rule::WARNING,
    why: Text::new(
        "Nguồn gốc quyết định nghĩa vụ tài chính và quyền của người sử dụng đất.",
        "The origin decides on dues and rights of the land user.",
    ),
    remedy: Text::new(
        "Đối chiếu quyết định giao, cho thuê đất rồi ghi lại nguồn gốc.",
        "Compare with the decision of allocation or lease and correct the origin.",
    ),
    check: Check::Register(check),
    message,
};

fn check(entry: &Entry<'_>, _: &Facts<'_>) -> Option<Said> {
    let Entry::Parcel { entry, .. } = entry else {
        return None;
    };
    let persons = entry.rights.iter().any(|r| codes::is_persons(&r.holder));
    let (origin, reason) = entry.uses.iter().find_map(|u| {
        let origin = u.origin.as_deref().filter(|o| !o.is_empty())?;
        let reason = if !codes::is_origin(origin) {
            "unknown"
        } else if origin.starts_with("DT-") && u.term.as_deref().is_some_and(is_for_good) {
            "term"
        } else if persons && (origin.starts_with("DT-KCN") || origin == "DG-QL") {
            "holder"
        } else {
            return None;
        };
        Some((origin, reason))
    })?;
    Some(
        Said::of(Severity::Warning)
            .value("origin", origin)
            .value("reason", reason),
    )
}

fn message(f: &Finding) -> Msg {
    let (pv, pe) = (rule::whose(f, Lang::Vi), rule::whose(f, Lang::En));
    let origin = f.value("origin");
    let (rv, re) = match f.value("reason") {
        "term" => (
            "là đất thuê nhưng ghi thời hạn “Lâu dài”",
            "is a lease, but the term is for good",
        ),
        "holder" => (
            "không hợp với người sử dụng là cá nhân, hộ gia đình",
            "does not fit a person or household",
        ),
        _ => ("không có trong danh mục", "is not in the list"),
    };
    msg!("Nguồn gốc {origin}{pv} {rv}.", "Origin {origin}{pe} {re}.")
}
