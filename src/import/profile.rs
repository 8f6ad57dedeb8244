//! Mapping profiles: the choices for files of one kind, by name, as JSON files in a folder that the
//! caller gives (the settings folder of the user).

use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::Mapping;
use crate::domain::Failure;
use crate::msg;

/// A saved set of choices.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    pub name: String,
    pub mapping: Mapping,
    /// Name of an encoding for all text columns; absent = let the doctor decide.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub encoding: Option<String>,
}

/// Writes the profile, replacing one of the same name.
pub fn save(folder: &Path, profile: &Profile) -> Result<(), Failure> {
    let path = path_of(folder, &profile.name)?;
    let json = serde_json::to_string_pretty(profile).map_err(|e| unusable(&path, &e.to_string()))?;
    fs::create_dir_all(folder)
        .and_then(|()| fs::write(&path, json + "\n"))
        .map_err(|e| unusable(&path, &e.to_string()))
}

/// Reads a profile by name.
pub fn load(folder: &Path, name: &str) -> Result<Profile, Failure> {
    let path = path_of(folder, name)?;
    let text = fs::read_to_string(&path).map_err(|e| {
        let known = list(folder).join(", ");
        unusable(&path, &e.to_string()).remedy(msg!("Các mẫu đang có: {known}.", "Known profiles: {known}."))
    })?;
    serde_json::from_str(&text).map_err(|e| unusable(&path, &e.to_string()))
}

/// The names of all profiles, sorted. An unreadable folder has none.
pub fn list(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut names: Vec<String> = entries
        .filter_map(|e| Some(e.file_name().to_str()?.strip_suffix(".json")?.to_owned()))
        .collect();
    names.sort();
    names
}

fn path_of(folder: &Path, name: &str) -> Result<PathBuf, Failure> {
    let fine = |c: char| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_');
    if name.trim().is_empty() || name.len() > 100 || !name.chars().all(fine) {
        let message = msg!(
            "“{name}” không dùng làm tên mẫu được.",
            "“{name}” cannot be the name of a profile."
        );
        return Err(Failure::new("PROFILE_NAME", message).remedy(msg!(
            "Chỉ dùng chữ, số, dấu cách, “-” và “_”.",
            "Use only letters, digits, spaces, “-” and “_”."
        )));
    }
    Ok(folder.join(format!("{name}.json")))
}

fn unusable(path: &Path, cause: &str) -> Failure {
    Failure::new(
        "PROFILE_UNUSABLE",
        msg!(
            "Không dùng được mẫu ánh xạ: {cause}",
            "The mapping profile cannot be used: {cause}"
        ),
    )
    .file(path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::Field;

    #[test]
    fn what_is_saved_is_loaded_and_listed() {
        let folder = tempfile::tempdir().unwrap();
        let mut profile = Profile {
            name: "gCadas cũ".into(),
            ..Profile::default()
        };
        profile.mapping.insert(Field::Sheet, "TO_SO".into());
        save(folder.path(), &profile).unwrap();
        assert_eq!(load(folder.path(), "gCadas cũ").unwrap(), profile);
        assert_eq!(list(folder.path()), ["gCadas cũ"]);
        assert_eq!(list(&folder.path().join("none")), Vec::<String>::new());
    }

    #[test]
    fn bad_names_and_files_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["", "../x", "a/b", "a\\b"] {
            assert_eq!(load(folder.path(), name).unwrap_err().code(), "PROFILE_NAME");
        }
        assert_eq!(
            load(folder.path(), "none").unwrap_err().code(),
            "PROFILE_UNUSABLE"
        );
        fs::write(
            folder.path().join("x.json"),
            r#"{"name":"x","mapping":{"nope":"A"}}"#,
        )
        .unwrap();
        assert_eq!(load(folder.path(), "x").unwrap_err().code(), "PROFILE_UNUSABLE");
    }
}
