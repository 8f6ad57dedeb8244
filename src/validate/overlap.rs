//! T1: parcels do not overlap. Nowhere wider than 2 mm is an unmatched vertex, up to the tolerance a
//! warning, beyond it an error.

use super::rule::{self, Check, Rule};
use crate::domain::{Finding, Severity};
use crate::text::{Lang, Msg, Text, format};
use crate::topology::findings::PARCEL_OVERLAP;

pub const RULE: Rule = Rule {
    code: PARCEL_OVERLAP,
    title: Text::new("Thửa chồng lên nhau", "Overlapping parcels"),
    severity: Severity::Error,
    moments: rule::ALWAYS_ERROR,
    why: Text::new(
        "Phần đất chồng nhau thuộc về hai thửa cùng lúc, dễ dẫn đến tranh chấp và cấp trùng.",
        "The common land belongs to two parcels at once: a source of disputes and double certificates.",
    ),
    remedy: Text::new(
        "Đối chiếu hồ sơ đo đạc rồi đưa ranh của hai thửa về cùng một đường.",
        "Compare the survey records and bring both boundaries to one line.",
    ),
    check: Check::Geometry,
    message,
};

fn message(f: &Finding) -> Msg {
    let mm = f.value("width_mm").parse().unwrap_or(0.0_f64);
    rule::both(|lang| {
        let (refs, at) = (rule::refs(f, lang), rule::at(f, lang));
        let area = rule::small_area(f.amount.unwrap_or(0.0), lang);
        let width = format::number(mm / 1000.0, if mm < 10.0 { 4 } else { 3 }, lang);
        let tolerance = format::number(f.tolerance.unwrap_or(0.0), 3, lang);
        match lang {
            Lang::Vi => format!(
                "Thửa {refs} chồng lên nhau {area}, chỗ rộng nhất {width} m{at}; cho phép rộng đến {tolerance} m."
            ),
            Lang::En => format!(
                "Parcels {refs} overlap by {area}, at most {width} m wide{at}; up to {tolerance} m wide is allowed."
            ),
        }
    })
}
