//! T10: coordinates lie where the provinces on the file's zone have land (assets/codes/crs.json); where the zone is not
//! known, where any VN-2000 TM-3 zone has.

use super::rule::{self, Check, Facts, Rule};
use crate::domain::{Finding, Parcel, Pt, Severity};
use crate::text::{Lang, Msg, Text};
use crate::topology::findings::about;

const COORDINATE_WINDOW: &str = "COORDINATE_WINDOW";

pub const RULE: Rule = Rule {
    code: COORDINATE_WINDOW,
    title: Text::new(
        "Tọa độ ngoài phạm vi VN-2000",
        "Coordinates outside the VN-2000 window",
    ),
    severity: Severity::Error,
    moments: rule::ERROR,
    why: Text::new(
        "Tọa độ này không nằm trên đất liền hay đảo nào của Việt Nam: sai kinh tuyến trục, đảo X/Y hoặc tọa độ giả định.",
        "No land of Vietnam has these coordinates: wrong meridian, exchanged X/Y, or a local system.",
    ),
    remedy: Text::new(
        "Kiểm tra hệ tọa độ của tệp gốc rồi nhập lại.",
        "Check the coordinate system of the source file and import it again.",
    ),
    check: Check::Parcel(check),
    message,
};

fn check(parcel: &Parcel, facts: &Facts<'_>) -> Option<Finding> {
    let window = facts.territory.window.unwrap_or(facts.parameters.window);
    if parcel.bbox.is_empty() || (window.contains(parcel.bbox.min) && window.contains(parcel.bbox.max)) {
        return None;
    }
    let out: Option<Pt> = parcel.polygon.points().find(|p| !window.contains(*p));
    Some(Finding {
        at: out,
        bbox: Some(parcel.bbox),
        ..about(COORDINATE_WINDOW, Severity::Error, &[parcel])
    })
}

fn message(f: &Finding) -> Msg {
    rule::both(|lang| {
        let (refs, at) = (rule::refs(f, lang), rule::at(f, lang));
        match lang {
            Lang::Vi => format!("Thửa {refs} có điểm{at}, ngoài phạm vi tọa độ VN-2000 của Việt Nam."),
            Lang::En => format!("Parcel {refs} has a point{at}, outside all VN-2000 coordinates of Vietnam."),
        }
    })
}
