//! T3, further: two points of one boundary do not nearly coincide. (Points of two parcels that nearly do
//! are an unmatched vertex, or an overlap or gap.)

use super::rule::{self, Check, Facts, Rule};
use crate::domain::{BBox, Finding, Parcel, Pt, Severity, Unit};
use crate::text::{Lang, Msg, Text, format};
use crate::topology::findings::about;

const NEAR_POINTS: &str = "NEAR_POINTS";

pub const RULE: Rule = Rule {
    code: NEAR_POINTS,
    title: Text::new("Hai điểm ranh gần trùng nhau", "Points that nearly coincide"),
    severity: Severity::Warning,
    moments: rule::WARNING,
    why: Text::new(
        "Hai điểm cách nhau vài milimét thường là một mốc được đo hai lần; khi biên tập dễ sót một điểm.",
        "Two points a few millimetres apart are mostly one corner measured twice; edits easily forget one.",
    ),
    remedy: Text::new(
        "Gộp hai điểm thành một; các thửa dùng chung điểm cùng thay đổi.",
        "Merge the two points; all parcels that share them follow.",
    ),
    check: Check::Parcel(check),
    message,
};

/// The shortest side under the tolerance; the count tells of the others.
fn check(parcel: &Parcel, facts: &Facts<'_>) -> Option<Finding> {
    let limit = facts.parameters.near_points_mm as i64;
    let short = |(a, b): &(Pt, Pt)| (a.e - b.e).abs() <= limit && (a.n - b.n).abs() <= limit && a != b;
    let within = |(a, b): &(Pt, Pt)| a.dist2(*b) <= i128::from(limit * limit);
    let mut sides = parcel.polygon.sides().filter(short).filter(within).peekable();
    sides.peek()?;
    let mut sides: Vec<(Pt, Pt)> = sides.map(|(a, b)| (a.min(b), a.max(b))).collect();
    sides.sort_by_key(|(a, b)| (a.dist2(*b), *a));
    let (a, b) = sides[0];
    Some(Finding {
        at: Some(a),
        bbox: Some(BBox::of(sides.iter().flat_map(|s| [s.0, s.1]))),
        amount: Some(a.dist(b).round() / 1000.0),
        unit: Some(Unit::M),
        tolerance: Some(facts.parameters.near_points_mm / 1000.0),
        values: vec![("sides", sides.len().to_string())],
        ..about(NEAR_POINTS, Severity::Warning, &[parcel])
    })
}

fn message(f: &Finding) -> Msg {
    rule::both(|lang| {
        let (refs, at) = (rule::refs(f, lang), rule::at(f, lang));
        let mm = |v: Option<f64>| format::number(v.unwrap_or(0.0) * 1000.0, 0, lang);
        let (apart, limit, sides) = (mm(f.amount), mm(f.tolerance), f.value("sides"));
        match lang {
            Lang::Vi => format!(
                "Thửa {refs}: hai điểm liên tiếp chỉ cách nhau {apart} mm{at}; {sides} cạnh không dài quá {limit} mm."
            ),
            Lang::En => format!(
                "Parcel {refs}: two consecutive points are only {apart} mm apart{at}; {sides} side(s) of at most {limit} mm."
            ),
        }
    })
}
