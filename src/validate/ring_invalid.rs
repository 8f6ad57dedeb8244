//! T3: rings are closed, simple and nested as they should be.

use super::rule::{self, Check, Rule};
use crate::domain::{Finding, Severity};
use crate::text::{Lang, Msg, Text};
use crate::topology::findings::RING_INVALID;
use crate::topology::validity::FaultKind;

pub const RULE: Rule = Rule {
    code: RING_INVALID,
    title: Text::new("Hình thửa không hợp lệ", "Invalid shape"),
    severity: Severity::Error,
    moments: rule::ALWAYS_ERROR,
    why: Text::new(
        "Hình không hợp lệ thì diện tích và ranh giới không xác định được, cơ sở dữ liệu quốc gia từ chối.",
        "An invalid shape has no definite area or boundary; the national database refuses it.",
    ),
    remedy: Text::new(
        "Sửa lại đường bao tại vị trí lỗi: di chuyển điểm, bỏ gai nhọn hoặc điểm trùng.",
        "Correct the boundary at the fault: move the point, remove the spike or the repeated point.",
    ),
    check: Check::Geometry,
    message,
};

fn message(f: &Finding) -> Msg {
    let fault = FaultKind::by_name(f.value("fault"));
    rule::both(|lang| {
        let (refs, at) = (rule::refs(f, lang), rule::at(f, lang));
        let what = fault.map_or_else(
            || f.value("fault").to_string(),
            |k| k.text().get(lang).to_string(),
        );
        let places = f.amount.unwrap_or(1.0);
        let more = match (lang, places > 1.0) {
            (_, false) => String::new(),
            (Lang::Vi, _) => format!(" (tất cả {places} vị trí)"),
            (Lang::En, _) => format!(" ({places} places in all)"),
        };
        match lang {
            Lang::Vi => format!("Thửa {refs}: {what}{at}{more}."),
            Lang::En => format!("Parcel {refs}: {what}{at}{more}."),
        }
    })
}
