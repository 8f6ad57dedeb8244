//! Least size of a parcel that a split leaves, by province and kind of land. Source and confidence:
//! `assets/codes/split_minimum.json`.

use std::sync::LazyLock;

use serde::Deserialize;

/// What one decision says of one kind of land.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SplitMinimum {
    /// Code of the province, list since 2025-07-01.
    pub province: String,
    /// Land-use codes it is about.
    pub land_use: Vec<String>,
    /// m².
    pub min_area: f64,
    /// m along roads.
    pub min_front: Option<f64>,
    /// "QĐ 18/2026".
    pub decision: String,
    /// Of the decision.
    year: i16,
    /// yyyy-MM-dd, both included.
    valid_from: Option<String>,
    valid_to: Option<String>,
    /// Key in domain.md §15.
    pub source: String,
    /// "high", "medium" or "low".
    pub confidence: String,
}

#[derive(Deserialize)]
struct File {
    rules: Vec<SplitMinimum>,
}

static RULES: LazyLock<Vec<SplitMinimum>> = LazyLock::new(|| {
    let file: File = serde_json::from_str(include_str!("../../assets/codes/split_minimum.json"))
        .expect("assets/codes/split_minimum.json is checked by a test");
    file.rules
});

impl SplitMinimum {
    /// Whether the text of the decision was not seen: it has to be looked up before anything rests on it.
    pub fn is_doubtful(&self) -> bool {
        self.confidence == "low"
    }

    fn in_force(&self, day: &str) -> bool {
        let year = format!("{:04}-01-01", self.year);
        let from = self.valid_from.as_deref().unwrap_or(&year);
        from <= day && self.valid_to.as_deref().is_none_or(|to| day <= to)
    }
}

/// The rules of a province in force on a day (yyyy-MM-dd) for land of these single codes, as they stand in the list.
pub fn split_minimums(province: &str, codes: &[&str], day: &str) -> Vec<&'static SplitMinimum> {
    let about = |r: &SplitMinimum| codes.iter().any(|c| r.land_use.iter().any(|l| l == c));
    let rules = RULES.iter().filter(|r| r.province == province);
    rules.filter(|r| about(r) && r.in_force(day)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rule_of_the_day_applies() {
        let of = |province: &str, codes: &[&str], day: &str| -> Vec<f64> {
            let all = split_minimums(province, codes, day);
            all.iter().map(|r| r.min_area).collect()
        };
        assert_eq!(of("38", &["ODT"], "2026-11-23"), [40.0]);
        assert_eq!(of("38", &["CLN", "ONT"], "2026-01-01"), [50.0]);
        assert_eq!(of("38", &["RSX"], "2030-01-01"), [3000.0]);
        assert_eq!(
            of("38", &["ODT"], "2025-12-31"),
            [] as [f64; 0],
            "not decided yet"
        );
        assert_eq!(of("38", &["LUC"], "2026-11-23"), [] as [f64; 0]);
        assert_eq!(of("79", &["ODT"], "2026-11-23"), [] as [f64; 0]);
    }

    #[test]
    fn days_are_included_and_the_list_makes_sense() {
        let rule = SplitMinimum {
            valid_from: Some("2026-03-01".into()),
            valid_to: Some("2026-09-30".into()),
            ..RULES[0].clone()
        };
        let days = ["2026-02-28", "2026-03-01", "2026-09-30", "2026-10-01"];
        assert_eq!(days.map(|d| rule.in_force(d)), [false, true, true, false]);
        for r in RULES.iter() {
            assert!(r.province.len() == 2 && r.year > 2000, "{r:?}");
            let known = |c: &String| crate::codes::land_use(c).is_some();
            assert!(!r.land_use.is_empty() && r.land_use.iter().all(known), "{r:?}");
            assert!(r.min_area > 0.0 && r.min_front.is_none_or(|f| f > 0.0), "{r:?}");
            assert!(
                ["high", "medium", "low"].contains(&r.confidence.as_str()),
                "{r:?}"
            );
        }
    }
}
