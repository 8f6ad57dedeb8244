//! T5: neighbours share identical points. An overlap or gap nowhere wider than 2 mm is one finding.

use super::rule::{self, Check, Rule};
use crate::domain::{Finding, Severity};
use crate::text::{Lang, Msg, Text, format};
use crate::topology::findings::UNMATCHED_VERTEX;

pub const RULE: Rule = Rule {
    code: UNMATCHED_VERTEX,
    title: Text::new(
        "Điểm ranh chưa khớp với thửa bên cạnh",
        "Boundary point not shared with the neighbour",
    ),
    severity: Severity::Warning,
    moments: rule::EDITS_REFUSED,
    why: Text::new(
        "Khi di chuyển điểm này, thửa bên cạnh không đi theo và ranh sẽ hở ra hoặc chồng lên nhau.",
        "When this point moves the neighbour does not follow, and the boundary will gape or overlap.",
    ),
    remedy: Text::new(
        "Chèn điểm này vào cạnh của thửa bên cạnh.",
        "Insert the point into the neighbour's side.",
    ),
    check: Check::Geometry,
    message,
};

fn message(f: &Finding) -> Msg {
    let metres = f.amount.unwrap_or(0.0);
    let points: u32 = f.value("points").parse().unwrap_or(1).max(1);
    rule::both(|lang| {
        let (refs, at) = (rule::refs(f, lang), rule::at(f, lang));
        let off = format::number(metres * 1000.0, 1, lang);
        let tolerance = format::number(f.tolerance.unwrap_or(0.0) * 1000.0, 0, lang);
        match lang {
            Lang::Vi if metres == 0.0 => {
                format!("Thửa {refs}: điểm ranh{at} nằm trên cạnh thửa bên cạnh nhưng không phải đỉnh chung.")
            }
            Lang::En if metres == 0.0 => format!(
                "Parcels {refs}: the boundary point{at} lies on the neighbour's side but is not shared by it."
            ),
            Lang::Vi => format!(
                "Thửa {refs}: {points} điểm ranh chưa khớp, lệch nhiều nhất {off} mm{at} (không quá {tolerance} mm nên không tính là chồng hay hở)."
            ),
            Lang::En => format!(
                "Parcels {refs}: {points} boundary point(s) not shared, off by at most {off} mm{at} (up to {tolerance} mm counts neither as overlap nor as gap)."
            ),
        }
    })
}
