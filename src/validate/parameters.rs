//! Tolerances and legal bases by date, from `assets/codes/rules.json`.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use jiff::civil::Date;
use serde::Deserialize;

use crate::domain::{BBox, Pt};
use crate::text::Msg;
use crate::topology::findings::GapLimits;

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

/// Dates and tolerances of the set in force: for the catalogue.
pub struct InForce {
    pub valid_from: Option<&'static str>,
    pub valid_to: Option<&'static str>,
    pub legal_basis: &'static Msg,
    pub parameters: &'static BTreeMap<String, f64>,
}

/// The set of a rule in force on `date`; without a date the newest.
pub fn parameters_of(code: &str, date: Option<Date>) -> Option<InForce> {
    in_force(code, date).map(|s| InForce {
        valid_from: s.valid_from.as_deref(),
        valid_to: s.valid_to.as_deref(),
        legal_basis: &s.legal_basis,
        parameters: &s.parameters,
    })
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
    /// What tells gaps apart.
    pub gap: GapLimits,
    /// A parcel with land of more than `neck_least_m2` on both hands of a place narrower than this is pinched, mm.
    pub neck_mm: f64,
    pub neck_least_m2: f64,
    /// A parcel nowhere as wide as this is a sliver, mm.
    pub sliver_parcel_mm: f64,
    /// Consecutive points up to this far apart nearly coincide, mm.
    pub near_points_mm: f64,
    /// Where VN-2000 TM-3 coordinates of the country lie.
    pub window: BBox,
    /// Scale denominator M where the sheet's is not known.
    pub scale: f64,
    /// Paper error at sheet edges, mm.
    pub paper_mm: f64,
    /// ΔP = factor · M · √P.
    pub area_legal_factor: f64,
    /// The place of a parcel code may lie this far outside, mm.
    pub code_outside_mm: f64,
    /// The areas of uses may miss the legal area by this, m².
    pub use_sum_m2: f64,
    /// The first year of certificates, and of births of people who live.
    pub certificate_from_year: f64,
    pub birth_from_year: f64,
    /// Century digit of invented people in tests.
    pub test_century: f64,
}

impl Parameters {
    /// Those in force on `date`; without a date the newest.
    pub fn on(date: Option<Date>) -> Self {
        let value = |code, name: &str, usual| {
            in_force(code, date)
                .and_then(|s| s.parameters.get(name).copied())
                .unwrap_or(usual)
        };
        let mm = |name, usual| (value("COORDINATE_WINDOW", name, usual) * 1e6) as i64;
        let corner = |east, e, north, n| Pt::new(mm(east, e), mm(north, n));
        Self {
            overlap_tolerance_mm: value(
                "PARCEL_OVERLAP",
                "tolerance_mm",
                crate::topology::findings::OVERLAP_TOLERANCE_MM,
            ),
            area_tolerance_m2: value("AREA_MISMATCH", "tolerance_m2", 0.1),
            area_tolerance_share: value("AREA_MISMATCH", "tolerance_share", 0.005),
            gap: GapLimits {
                sliver_mm: value("PARCEL_GAP", "sliver_mm", 500.0),
                least_m2: value("PARCEL_GAP", "least_m2", 0.05),
                open_mm: value("PARCEL_GAP", "open_mm", 2000.0),
            },
            neck_mm: value("NARROW_NECK", "width_mm", 100.0),
            neck_least_m2: value("NARROW_NECK", "least_m2", 1.0),
            sliver_parcel_mm: value("SLIVER_PARCEL", "width_mm", 200.0),
            near_points_mm: value("NEAR_POINTS", "apart_mm", 5.0),
            window: BBox {
                min: corner("east_from_km", 170.0, "north_from_km", 700.0),
                max: corner("east_to_km", 830.0, "north_to_km", 2600.0),
            },
            scale: value("SHEET_EDGE", "scale", 1000.0),
            paper_mm: value("SHEET_EDGE", "paper_mm", 0.2),
            area_legal_factor: value("AREA_LEGAL", "factor", 0.0004),
            code_outside_mm: value("PARCEL_CODE_OUTSIDE", "outside_mm", 100.0),
            use_sum_m2: value("LAND_USE_SUM", "tolerance_m2", 0.5),
            certificate_from_year: value("CERTIFICATE_DATE", "from_year", 1988.0),
            birth_from_year: value("BIRTH_YEAR", "from_year", 1900.0),
            test_century: value("IDENTITY_MISMATCH", "test_century", 9.0),
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
