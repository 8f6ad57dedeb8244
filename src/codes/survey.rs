//! Names of columns and feature codes in files of survey points. Source and confidence: `assets/codes/survey.json`.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use crate::text::{Msg, fold::fold};

#[derive(Deserialize)]
struct File {
    traverse: TraverseRule,
    columns: BTreeMap<String, Vec<String>>,
    codes: Vec<SurveyCode>,
}

#[derive(Deserialize)]
struct TraverseRule {
    allowed: u32,
    angle_seconds: u32,
}

/// What a feature code of a field book means.
#[derive(Clone, Debug, Deserialize)]
pub struct SurveyCode {
    pub codes: Vec<String>,
    pub vi: String,
    pub en: String,
}

impl SurveyCode {
    pub fn name(&self) -> Msg {
        Msg::new(self.vi.clone(), self.en.clone())
    }
}

static FILE: LazyLock<File> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../../assets/codes/survey.json"))
        .expect("assets/codes/survey.json is checked by a test")
});

/// The denominator n of the largest relative closure 1 : n of a traverse, unless the person says another.
pub fn traverse_allowed() -> u32 {
    FILE.traverse.allowed
}

/// The t of the largest angular closure t · √n of a traverse, seconds.
pub fn traverse_seconds() -> u32 {
    FILE.traverse.angle_seconds
}

/// Letters and digits only, no marks, lower case.
fn plain(s: &str) -> String {
    fold(s).chars().filter(|c| c.is_alphanumeric()).collect()
}

/// The field ("label", "x", "y", "h", "code", "accuracy") a column of this name holds.
pub fn survey_column(name: &str) -> Option<&'static str> {
    let name = plain(name);
    let known = |names: &Vec<String>| names.contains(&name);
    FILE.columns
        .iter()
        .find(|(_, names)| known(names))
        .map(|(field, _)| field.as_str())
}

/// What a code means; digits at its end do not count.
pub fn survey_code(code: &str) -> Option<&'static SurveyCode> {
    let code = plain(code).to_uppercase();
    let code = code.trim_end_matches(|c: char| c.is_ascii_digit());
    FILE.codes.iter().find(|c| c.codes.iter().any(|k| k == code))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_codes_are_known_as_people_write_them() {
        for (name, field) in [
            ("STT", Some("label")),
            ("Tên điểm", Some("label")),
            ("X (Bắc)", Some("x")),
            ("Northing", Some("x")),
            ("Y(đông)", Some("y")),
            ("Độ cao", Some("h")),
            ("Ghi chú", Some("code")),
            ("2D CQ", Some("accuracy")),
            ("màu", None),
        ] {
            assert_eq!(survey_column(name), field, "{name}");
        }
        assert_eq!(survey_code("r12").map(|c| c.vi.as_str()), Some("Điểm ranh thửa"));
        assert_eq!(survey_code("Nhà").map(|c| c.en.as_str()), Some("Building corner"));
        assert!(survey_code("").is_none() && survey_code("???").is_none());
        let mut seen = std::collections::BTreeSet::new();
        assert!(
            FILE.codes
                .iter()
                .flat_map(|c| &c.codes)
                .all(|c| seen.insert(c.clone())),
            "no code twice"
        );
    }
}
