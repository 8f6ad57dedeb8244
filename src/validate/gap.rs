//! T2: no unexplained gap between neighbours. By the width of the largest circle in it a gap is a sliver, a
//! gap, or open land (street, water, land not yet surveyed), which is told only. Nowhere wider than 2 mm is
//! an unmatched vertex. What is open to the outside of all parcels is no gap, and neither is open land that
//! more than 200 parcels reach: the streets and canals of a quarter. Edits may not part neighbours.

use super::rule::{self, Check, Rule};
use crate::domain::{Finding, Severity, Unit};
use crate::text::{Lang, Msg, Text, format};
use crate::topology::findings::PARCEL_GAP;

pub const RULE: Rule = Rule {
    code: PARCEL_GAP,
    title: Text::new("Khoảng hở giữa các thửa", "Gap between parcels"),
    severity: Severity::Warning,
    moments: rule::EDITS_REFUSED,
    why: Text::new(
        "Phần đất hở không thuộc thửa nào; hai thửa liền kề phải có chung một đường ranh.",
        "The land in the gap belongs to no parcel; two neighbours must have one common boundary.",
    ),
    remedy: Text::new(
        "Đưa ranh của các thửa về cùng một đường, hoặc giao phần hở cho một thửa; đường, mương thì lập thành đối tượng riêng.",
        "Bring the boundaries to one line, or give the land to a parcel; make streets and ditches objects of their own.",
    ),
    check: Check::Geometry,
    message,
};

fn message(f: &Finding) -> Msg {
    match f.unit {
        Some(Unit::M2) => found(f),
        _ => opened(f),
    }
}

/// A gap that is there.
fn found(f: &Finding) -> Msg {
    let mm = f.value("width_mm").parse().unwrap_or(0.0_f64);
    let open = f.value("kind") == "open";
    rule::both(|lang| {
        let (refs, at) = (rule::few_refs(f, lang), rule::at(f, lang));
        let area = rule::small_area(f.amount.unwrap_or(0.0), lang);
        let width = format::number(mm / 1000.0, if mm < 10.0 { 4 } else { 3 }, lang);
        match (lang, open) {
            (Lang::Vi, false) => format!("Giữa thửa {refs} hở {area}, chỗ rộng nhất {width} m{at}."),
            (Lang::En, false) => {
                format!("Between {refs} {area} are in no parcel, at most {width} m wide{at}.")
            }
            (Lang::Vi, true) => format!(
                "Khoảng trống {area}, chỗ rộng nhất {width} m{at}, nằm giữa thửa {refs}: có thể là đường, mương hoặc đất chưa đo."
            ),
            (Lang::En, true) => format!(
                "Open land of {area}, at most {width} m wide{at}, between {refs}: perhaps a street, water or land not yet surveyed."
            ),
        }
    })
}

/// A gap that an edit would open.
fn opened(f: &Finding) -> Msg {
    rule::both(|lang| {
        let (refs, at) = (rule::refs(f, lang), rule::at(f, lang));
        let width = format::number(f.amount.unwrap_or(0.0), 3, lang);
        match lang {
            Lang::Vi => format!("Giữa thửa {refs} sẽ hở ra {width} m{at}."),
            Lang::En => format!("Parcels {refs} would come apart by {width} m{at}."),
        }
    })
}
