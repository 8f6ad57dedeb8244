//! What the person chose, kept between starts as one small JSON file. A file that cannot be read is
//! as if there were none: settings are never worth a failed start.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::reference::Kept;
use super::theme;
use crate::render::ColourBy;
use crate::text::Lang;
use crate::topology::snapping::Kinds;

/// How many recent files the start page offers.
const RECENT: usize = 8;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    pub lang: Lang,
    pub theme: theme::Choice,
    /// Newest first.
    pub recent: Vec<PathBuf>,
    pub left_open: bool,
    pub right_open: bool,
    pub bottom_open: bool,
    /// Sizes in points.
    pub left_width: f32,
    pub right_width: f32,
    pub bottom_height: f32,
    /// One of [`COLOURS`].
    pub colour_by: String,
    pub labels: bool,
    /// What drawing snaps to, and whether it does.
    pub snap: Kinds,
    pub snapping: bool,
    /// Reference layers by the project's path.
    pub references: BTreeMap<String, Vec<Kept>>,
    /// Whose name goes into the history; empty: the name of the account on this PC.
    pub actor: String,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            lang: Lang::Vi,
            theme: theme::Choice::Light,
            recent: Vec::new(),
            left_open: true,
            right_open: true,
            bottom_open: true,
            left_width: 264.0,
            right_width: 336.0,
            bottom_height: 216.0,
            colour_by: COLOURS[0].0.into(),
            labels: true,
            snap: Kinds::default(),
            snapping: true,
            references: BTreeMap::new(),
            actor: String::new(),
        }
    }
}

/// Name in the file of each way to colour the map.
const COLOURS: [(&str, ColourBy); 5] = [
    ("land_use", ColourBy::LandUse),
    ("status", ColourBy::Status),
    ("readiness", ColourBy::Readiness),
    ("sheet", ColourBy::Sheet),
    ("plain", ColourBy::Plain),
];

impl Settings {
    pub fn colour_by(&self) -> ColourBy {
        COLOURS
            .iter()
            .find(|(name, _)| *name == self.colour_by)
            .map_or(ColourBy::LandUse, |(_, c)| *c)
    }

    pub fn set_colour_by(&mut self, by: ColourBy) {
        if let Some((name, _)) = COLOURS.iter().find(|(_, c)| *c == by) {
            self.colour_by = (*name).into();
        }
    }

    /// Where settings live: `DIACHINH_CONFIG_DIR`, else the system's place for them.
    pub fn folder() -> Option<PathBuf> {
        if let Some(dir) = std::env::var_os("DIACHINH_CONFIG_DIR").filter(|d| !d.is_empty()) {
            return Some(dir.into());
        }
        directories::ProjectDirs::from("vn", "", "diachinh").map(|d| d.config_dir().to_owned())
    }

    pub fn load(folder: &Path) -> Self {
        std::fs::read(folder.join(FILE))
            .ok()
            .and_then(|bytes| serde_json::from_slice(&bytes).ok())
            .unwrap_or_default()
    }

    /// Writes beside and renames over, so that a crash leaves the old file or the new one.
    pub fn save(&self, folder: &Path) -> std::io::Result<()> {
        std::fs::create_dir_all(folder)?;
        let part = folder.join("settings.part");
        std::fs::write(&part, serde_json::to_vec_pretty(self)?)?;
        std::fs::rename(part, folder.join(FILE))
    }

    /// Puts `path` at the top of the recent files.
    pub fn remember(&mut self, path: &Path) {
        let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        self.recent.retain(|p| *p != path);
        self.recent.insert(0, path);
        self.recent.truncate(RECENT);
    }

    /// The name written into the history.
    pub fn actor(&self) -> String {
        let account = || {
            ["USERNAME", "USER", "LOGNAME"]
                .iter()
                .find_map(|k| std::env::var(k).ok().filter(|v| !v.is_empty()))
        };
        let own = Some(self.actor.trim())
            .filter(|a| !a.is_empty())
            .map(str::to_owned);
        own.or_else(account).unwrap_or_else(|| "local".into())
    }
}

const FILE: &str = "settings.json";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn round_trip_recent_files_and_broken_file() {
        let dir = tempfile::tempdir().unwrap();
        let mut s = Settings {
            lang: Lang::En,
            ..Settings::default()
        };
        for i in 0..12 {
            s.remember(&dir.path().join(format!("{i}.gpkg")));
        }
        s.remember(&dir.path().join("5.gpkg"));
        assert_eq!(s.recent.len(), RECENT);
        assert!(s.recent[0].ends_with("5.gpkg") && s.recent[1].ends_with("11.gpkg"));
        s.save(dir.path()).unwrap();
        assert_eq!(Settings::load(dir.path()), s);
        std::fs::write(dir.path().join(FILE), b"{ \"lang\": 7").unwrap();
        assert_eq!(Settings::load(dir.path()), Settings::default());
        std::fs::write(dir.path().join(FILE), br#"{"theme":"dark","unknown":1}"#).unwrap();
        assert_eq!(Settings::load(dir.path()).theme, theme::Choice::Dark);
    }
}
