//! No fault: the place where a third boundary ends, in the way of an edit.

use super::rule::{self, Check, Moment, Rule};
use crate::domain::{Finding, Severity};
use crate::text::{Lang, Msg, Text};
use crate::topology::findings::BOUNDARIES_MEET;

pub const RULE: Rule = Rule {
    code: BOUNDARIES_MEET,
    title: Text::new("Nơi các đường ranh gặp nhau", "Where boundaries meet"),
    severity: Severity::Info,
    moments: &[(Moment::Editing, Severity::Info)],
    why: Text::new(
        "Đường ranh của thửa khác kết thúc ở điểm này; bỏ điểm đi thì ranh đó bị hở.",
        "The boundary of another parcel ends in this point; without it that boundary would hang loose.",
    ),
    remedy: Text::new(
        "Kẻ đường mới đi qua điểm này, hoặc dời điểm này trước.",
        "Draw the new line through the point, or move the point first.",
    ),
    check: Check::Plan,
    message,
};

fn message(f: &Finding) -> Msg {
    rule::both(|lang| {
        let (refs, at) = (rule::refs(f, lang), rule::at(f, lang));
        match lang {
            Lang::Vi => format!("Ranh các thửa {refs} gặp nhau{at}."),
            Lang::En => format!("The boundaries of {refs} meet{at}."),
        }
    })
}
