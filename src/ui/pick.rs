//! Choosing files: a field one can type a path into, with the system's file dialog beside it. The
//! dialog runs on a thread of its own, because on some Linux desktops it hangs instead of failing.

use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use egui::{TextEdit, Ui};
use egui_material_icons::icons::ICON_FOLDER_OPEN;

use super::theme::tokens;
use super::widgets;
use crate::text::{Lang, Text};

/// What is to be chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    OpenFile,
    OpenFiles,
    Folder,
    SaveFile,
}

/// File name extensions and what they are called.
pub type Filter = (Text, &'static [&'static str]);

const BROWSE: Text = Text::new("Duyệt…", "Browse…");

/// One or more paths, typed or chosen. Several are parted by `;`.
pub struct PathField {
    kind: Kind,
    filters: &'static [Filter],
    pub text: String,
    /// What the file dialog brought, from its thread.
    chosen: Arc<Mutex<Option<Vec<PathBuf>>>>,
}

impl PathField {
    pub fn new(kind: Kind, filters: &'static [Filter]) -> Self {
        Self {
            kind,
            filters,
            text: String::new(),
            chosen: Arc::default(),
        }
    }

    /// The paths typed, blanks left out.
    pub fn paths(&self) -> Vec<PathBuf> {
        let parts = match self.kind {
            Kind::OpenFiles => self.text.split(';').collect(),
            _ => vec![self.text.as_str()],
        };
        parts
            .into_iter()
            .map(unquoted)
            .filter(|p| !p.is_empty())
            .map(PathBuf::from)
            .collect()
    }

    pub fn path(&self) -> Option<PathBuf> {
        self.paths().into_iter().next()
    }

    /// True when the text changed in this frame, by typing or by the dialog.
    pub fn ui(&mut self, ui: &mut Ui, lang: Lang, name: &str, hint: &str, focus: bool) -> bool {
        let brought = self.chosen.lock().map(|mut c| c.take()).unwrap_or_default();
        if let Some(paths) = &brought {
            self.text = paths
                .iter()
                .map(|p| p.display().to_string())
                .collect::<Vec<_>>()
                .join("; ");
        }
        let mut changed = brought.is_some();
        ui.horizontal(|ui| {
            let width = ui.available_width() - 110.0;
            let hint = egui::RichText::new(hint).color(tokens(ui).text_weak);
            let edit = TextEdit::singleline(&mut self.text)
                .desired_width(width)
                .hint_text(hint);
            let r = ui.add(edit);
            ui.ctx().accesskit_node_builder(r.id, |n| n.set_label(name));
            if focus {
                r.request_focus();
            }
            changed |= r.changed();
            if widgets::button(ui, true, ICON_FOLDER_OPEN, BROWSE.get(lang)) {
                self.browse(ui.ctx(), lang);
            }
        });
        changed
    }

    fn browse(&self, ctx: &egui::Context, lang: Lang) {
        let (chosen, ctx, kind) = (self.chosen.clone(), ctx.clone(), self.kind);
        let mut dialog = rfd::FileDialog::new();
        for (name, extensions) in self.filters {
            dialog = dialog.add_filter(name.get(lang), extensions);
        }
        if let Some(folder) = self
            .path()
            .as_deref()
            .and_then(|p| p.parent())
            .filter(|p| p.is_dir())
        {
            dialog = dialog.set_directory(folder);
        }
        let work = move || {
            let paths = match kind {
                Kind::OpenFile => dialog.pick_file().map(|p| vec![p]),
                Kind::OpenFiles => dialog.pick_files(),
                Kind::Folder => dialog.pick_folder().map(|p| vec![p]),
                Kind::SaveFile => dialog.save_file().map(|p| vec![p]),
            };
            if let (Some(paths), Ok(mut slot)) = (paths, chosen.lock()) {
                *slot = Some(paths);
            }
            ctx.request_repaint();
        };
        // Without a thread there is no dialog; the path can still be typed.
        let _none = std::thread::Builder::new().name("file dialog".into()).spawn(work);
    }
}

/// A pasted path may stand in quotes.
fn unquoted(s: &str) -> &str {
    s.trim().trim_matches(['"', '\'']).trim()
}

pub const DISTRICT: &[Filter] = &[(
    Text::new("Tệp huyện (GeoPackage)", "District file (GeoPackage)"),
    &["gpkg"],
)];

pub const SOURCES: &[Filter] = &[
    (
        Text::new("Tệp bản đồ", "Map files"),
        &[
            "shp", "tab", "mif", "gpkg", "geojson", "json", "fgb", "gdbtable", "zip",
        ],
    ),
    (Text::new("Mọi tệp", "All files"), &["*"]),
];

pub const PACKAGES: &[Filter] = &[(Text::new("Gói đồng bộ", "Sync package"), &["zip"])];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn typed_paths_are_split_and_unquoted() {
        let mut many = PathField::new(Kind::OpenFiles, SOURCES);
        many.text = r#" "/tmp/a b.shp"; /tmp/c.tab ;; "#.into();
        assert_eq!(
            many.paths(),
            [PathBuf::from("/tmp/a b.shp"), PathBuf::from("/tmp/c.tab")]
        );
        let mut one = PathField::new(Kind::OpenFile, DISTRICT);
        one.text = "/tmp/a;b.gpkg".into();
        assert_eq!(one.path(), Some(PathBuf::from("/tmp/a;b.gpkg")));
        one.text = "  ".into();
        assert_eq!(one.path(), None);
    }
}
