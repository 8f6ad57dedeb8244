//! LU-03: only land of some uses is held for good (“Lâu dài”).

use super::register::is_for_good;
use super::register::{Entry, Facts, Said};
use super::rule::{self, Check, Rule};
use crate::codes;
use crate::domain::{Finding, Severity};
use crate::msg;
use crate::text::{Lang, Msg, Text};

pub const RULE: Rule = Rule {
    code: "LAND_USE_TERM",
    title: Text::new(
        "Thời hạn “Lâu dài” với loại đất có thời hạn",
        "“Lâu dài” for land that has a term",
    ),
    severity: Severity::Info,
    moments: rule::INFO,
    why: Text::new(
        "Đất trồng lúa, cây hằng năm, nuôi trồng thủy sản, rừng sản xuất thường được giao có thời hạn.",
        "Paddies, annual crops, fish ponds and production forest are mostly allocated for years.",
    ),
    remedy: Text::new(
        "Xem lại thời hạn trên giấy chứng nhận.",
        "See the term on the certificate.",
    ),
    check: Check::Register(check),
    message,
};

fn check(entry: &Entry<'_>, _: &Facts<'_>) -> Option<Said> {
    let Entry::Parcel { entry, .. } = entry else {
        return None;
    };
    let odd = entry
        .uses
        .iter()
        .find(|u| codes::is_for_a_term(&u.code) && u.term.as_deref().is_some_and(is_for_good))?;
    Some(Said::of(Severity::Info).value("code", &odd.code))
}

fn message(f: &Finding) -> Msg {
    let (pv, pe) = (rule::whose(f, Lang::Vi), rule::whose(f, Lang::En));
    let code = f.value("code");
    msg!(
        "Đất {code}{pv} ghi thời hạn “Lâu dài”; loại đất này thường có thời hạn.",
        "Land {code}{pe} is held for good; this use mostly has a term."
    )
}
