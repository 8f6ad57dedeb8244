//! T2, as far as editing goes: a plan may not open a gap between neighbours. Gaps in the data are not
//! looked for here yet.

use super::rule::{self, Check, Moment, Rule};
use crate::domain::{Finding, Severity};
use crate::text::{Lang, Msg, Text, format};
use crate::topology::findings::PARCEL_GAP;

pub const RULE: Rule = Rule {
    code: PARCEL_GAP,
    title: Text::new("Khoảng hở giữa các thửa", "Gap between parcels"),
    severity: Severity::Error,
    moments: &[Moment::Editing],
    why: Text::new(
        "Ranh chung của hai thửa liền kề không được tách ra.",
        "The common boundary of two neighbours may not come apart.",
    ),
    remedy: Text::new(
        "Chèn điểm vào cạnh của thửa bên cạnh trước, để cả hai thửa cùng đi theo.",
        "First insert the point into the neighbour's side, so that both follow.",
    ),
    check: Check::Plan,
    message,
};

fn message(f: &Finding) -> Msg {
    rule::both(|lang| {
        let (refs, at) = (rule::refs(f, lang), rule::at(f, lang));
        let width = format::number(f.amount.unwrap_or(0.0), 3, lang);
        match lang {
            Lang::Vi => format!("Giữa thửa {refs} sẽ hở ra {width} m{at}."),
            Lang::En => format!("Parcels {refs} would come apart by {width} m{at}."),
        }
    })
}
