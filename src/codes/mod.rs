//! Versioned code lists, loaded from `assets/codes/`. What the field changes from year to year lives
//! there, never in code.

mod lists;
mod procedures;
mod register;
mod split_minimum;
mod survey;

pub use lists::{CodeItem, CodeList, code, code_lists, code_title, meant};
pub use procedures::{
    Procedure, Requirement, Transition, closed_states, holidays_known, is_closed, is_stopped, is_working_day,
    procedure, proofs_of_payment, transitions, working_days_after, working_days_between,
};
pub use register::{
    SerialEra, is_for_a_term, is_origin, is_persons, is_pseudo_serial, serial_era, serial_parts, tidy_serial,
};
pub use split_minimum::{SplitMinimum, split_minimums};
pub use survey::{SurveyCode, survey_code, survey_column, traverse_allowed, traverse_seconds};

use std::collections::HashMap;
use std::sync::LazyLock;

use serde::Deserialize;

/// One land-use type (mã loại đất). Source and confidence: `assets/codes/land_use.json`.
#[derive(Clone, Debug, Deserialize)]
pub struct LandUse {
    pub code: String,
    pub vi: String,
    pub en: String,
    /// Group code: NNP agricultural, PNN non-agricultural, CSD unused …
    pub group: String,
    /// Map colour.
    pub rgb: [u8; 3],
    /// False where the colour is our own fall-back.
    pub rgb_official: bool,
    #[serde(default)]
    pub from_2014: Vec<String>,
}

/// A list of land-use types in force for some years.
#[derive(Clone, Debug, Deserialize)]
pub struct LandUseList {
    /// "2014" or "2024".
    pub version: String,
    pub valid_from: Option<String>,
    pub valid_to: Option<String>,
    pub legal_basis: String,
    pub items: Vec<LandUse>,
}

#[derive(Deserialize)]
struct LandUseFile {
    lists: Vec<LandUseList>,
}

static LAND_USE: LazyLock<Vec<LandUseList>> = LazyLock::new(|| {
    let file: LandUseFile = serde_json::from_str(include_str!("../../assets/codes/land_use.json"))
        .expect("assets/codes/land_use.json is checked by a test");
    file.lists
});

static BY_CODE: LazyLock<HashMap<&'static str, Vec<(&'static str, &'static LandUse)>>> =
    LazyLock::new(|| {
        let mut map: HashMap<_, Vec<_>> = HashMap::new();
        for list in LAND_USE.iter().rev() {
            for item in &list.items {
                map.entry(item.code.as_str())
                    .or_default()
                    .push((list.version.as_str(), item));
            }
        }
        map
    });

/// All lists, oldest first.
pub fn land_use_lists() -> &'static [LandUseList] {
    &LAND_USE
}

/// The newest list that has `code` (version, entry); `None` when no list has it.
pub fn land_use(code: &str) -> Option<(&'static str, &'static LandUse)> {
    BY_CODE.get(code)?.first().copied()
}

/// The single codes of a label as drawn on the map: "ONT+CLN" gives ONT, CLN.
pub fn land_use_codes(label: &str) -> impl Iterator<Item = &str> {
    label
        .split(|c: char| matches!(c, '+' | ',' | ';' | '/') || c.is_whitespace())
        .filter(|s| !s.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_load_and_newest_wins() {
        assert_eq!(land_use_lists().len(), 2);
        assert_eq!(land_use("ODT").map(|(v, _)| v), Some("2024"));
        assert_eq!(land_use("BHK").map(|(v, _)| v), Some("2014"));
        assert!(land_use("XYZ").is_none());
        assert_eq!(land_use_codes("ONT+CLN").collect::<Vec<_>>(), ["ONT", "CLN"]);
    }
}
