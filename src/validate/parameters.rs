//! Tolerances and legal bases by date, from `assets/codes/rules.json`.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use jiff::civil::Date;
use serde::Deserialize;

use crate::text::Msg;

#[derive(Deserialize)]
struct RuleFile {
    rules: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    code: String,
    sets: Vec<Set>,
}

/// What is in force for some time; both days included, written so that text order is order of time.
#[derive(Deserialize)]
struct Set {
    valid_from: Option<String>,
    valid_to: Option<String>,
    legal_basis: Msg,
    parameters: BTreeMap<String, f64>,
}

impl Set {
    fn holds_on(&self, date: Date) -> bool {
        let day = date.to_string();
        self.valid_from.as_ref().is_none_or(|f| *f <= day) && self.valid_to.as_ref().is_none_or(|t| day <= *t)
    }
}

static RULES: LazyLock<Vec<Entry>> = LazyLock::new(|| {
    let file: RuleFile = serde_json::from_str(include_str!("../../assets/codes/rules.json"))
        .expect("assets/codes/rules.json is checked by a test");
    file.rules
});

/// The set of a rule in force on `date`; without a date the newest.
fn in_force(code: &str, date: Option<Date>) -> Option<&'static Set> {
    let sets = &RULES.iter().find(|r| r.code == code)?.sets;
    match date {
        None => sets.iter().max_by_key(|s| s.valid_from.as_deref()),
        Some(d) => sets.iter().find(|s| s.holds_on(d)),
    }
}

/// What the rule stands on; `None` for unknown codes.
pub fn legal_basis(code: &str, date: Option<Date>) -> Option<&'static Msg> {
    in_force(code, date).map(|s| &s.legal_basis)
}

/// The tolerances in force on one day.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Parameters {
    /// An overlap nowhere wider than this is a warning, mm.
    pub overlap_tolerance_mm: f64,
    /// Recorded and computed area may differ by the larger of these, m² and share of the recorded.
    pub area_tolerance_m2: f64,
    pub area_tolerance_share: f64,
}

impl Parameters {
    /// Those in force on `date`; without a date the newest.
    pub fn on(date: Option<Date>) -> Self {
        let value = |code, name: &str, usual| {
            in_force(code, date)
                .and_then(|s| s.parameters.get(name).copied())
                .unwrap_or(usual)
        };
        Self {
            overlap_tolerance_mm: value(
                "PARCEL_OVERLAP",
                "tolerance_mm",
                crate::topology::findings::OVERLAP_TOLERANCE_MM,
            ),
            area_tolerance_m2: value("AREA_MISMATCH", "tolerance_m2", 0.1),
            area_tolerance_share: value("AREA_MISMATCH", "tolerance_share", 0.005),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_has_one_set_on_every_day() {
        for rule in crate::validate::RULES {
            for day in ["1990-01-01", "2024-07-31", "2024-08-01", "2026-11-23"] {
                let date: Date = day.parse().unwrap();
                let sets = &RULES.iter().find(|r| r.code == rule.code).unwrap().sets;
                assert_eq!(
                    sets.iter().filter(|s| s.holds_on(date)).count(),
                    1,
                    "{} on {day}",
                    rule.code
                );
            }
            assert!(legal_basis(rule.code, None).is_some_and(|m| !m.vi.is_empty() && !m.en.is_empty()));
        }
        assert_eq!(RULES.len(), crate::validate::RULES.len());
    }

    #[test]
    fn dates_choose() {
        let basis = |d: &str| {
            legal_basis("LAND_USE_UNKNOWN", Some(d.parse().unwrap()))
                .unwrap()
                .vi
                .clone()
        };
        assert!(basis("2024-07-31").contains("25/2014") && basis("2024-08-01").contains("08/2024"));
        assert_eq!(Parameters::on(None).overlap_tolerance_mm, 10.0);
    }

    #[test]
    fn what_the_geometry_builds_in_is_what_the_file_says() {
        let unmatched = |code| in_force(code, None).unwrap().parameters["unmatched_mm"];
        assert_eq!(
            unmatched("UNMATCHED_VERTEX"),
            crate::topology::UNMATCHED_MM as f64
        );
        assert_eq!(unmatched("PARCEL_OVERLAP"), crate::topology::UNMATCHED_MM as f64);
        assert_eq!(
            in_force("RING_INVALID", None).unwrap().parameters["spike_degrees"],
            1.0
        );
    }
}
