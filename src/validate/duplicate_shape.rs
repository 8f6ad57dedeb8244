//! T1, the plainest case: two parcels in force with exactly one shape.

use super::rule::{self, Check, Rule};
use crate::domain::{Finding, Severity};
use crate::text::{Lang, Msg, Text};
use crate::topology::findings::DUPLICATE_SHAPE;

pub const RULE: Rule = Rule {
    code: DUPLICATE_SHAPE,
    title: Text::new("Hai thửa trùng hình", "Two parcels of one shape"),
    severity: Severity::Error,
    moments: rule::ALWAYS_ERROR,
    why: Text::new(
        "Một mảnh đất được ghi hai lần; hồ sơ và giấy chứng nhận dễ bị cấp trùng.",
        "One piece of land is recorded twice: dossiers and certificates may be issued twice.",
    ),
    remedy: Text::new(
        "Đối chiếu hồ sơ của hai thửa rồi bỏ thửa ghi thừa.",
        "Compare the records of both and retire the superfluous one.",
    ),
    check: Check::Geometry,
    message,
};

fn message(f: &Finding) -> Msg {
    rule::both(|lang| {
        let (refs, at) = (rule::refs(f, lang), rule::at(f, lang));
        let area = rule::small_area(f.amount.unwrap_or(0.0), lang);
        match lang {
            Lang::Vi => format!("Thửa {refs} có cùng một hình{at}, {area}."),
            Lang::En => format!("Parcels {refs} have one and the same shape{at}, {area}."),
        }
    })
}
