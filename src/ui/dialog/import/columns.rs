//! Step 2, tab: which column of the file is which of our fields; kept as a profile.

use std::path::Path;

use egui::{ComboBox, Grid, RichText, Ui};
use egui_material_icons::icons as i;

use crate::domain::Failure;
use crate::import::{Field, LayerInspection, LayerPlan, Profile, list_profiles, load_profile, save_profile};
use crate::text::{Lang, Text};
use crate::ui::dialog::{hint, new::field};
use crate::ui::theme::{L, M, tokens};
use crate::ui::widgets::{self, Tone};

const NONE: Text = Text::new("(không có)", "(none)");
const FIELD: Text = Text::new("Trường của ta", "Our field");
const COLUMN: Text = Text::new("Cột trong tệp", "Column of the file");
const SAMPLE: Text = Text::new("Vài giá trị đầu", "First values");
const UNMAPPED: Text = Text::new(
    "Cột không dùng đến vẫn được giữ lại kèm thửa:",
    "Columns not used are kept with the parcel:",
);
const PROFILE: Text = Text::new("Tên mẫu ánh xạ", "Name of the profile");
const SAVE: Text = Text::new("Lưu mẫu", "Save profile");
const LOAD: Text = Text::new("Dùng mẫu đã lưu", "Use a saved profile");

/// Saved mappings.
#[derive(Default)]
pub struct Profiles {
    name: String,
    failure: Option<Failure>,
    /// Names in the folder, read when the list is opened.
    known: Vec<String>,
}

pub fn ui(
    ui: &mut Ui,
    layer: &LayerInspection,
    plan: &mut LayerPlan,
    profiles: &mut Profiles,
    folder: Option<&Path>,
    lang: Lang,
) {
    let rows = layer.preview(plan);
    Grid::new("mapping")
        .num_columns(3)
        .min_row_height(30.0)
        .spacing([L, 4.0])
        .show(ui, |ui| {
            for name in [FIELD, COLUMN, SAMPLE] {
                ui.label(RichText::new(name.get(lang)).text_style(crate::ui::theme::bold()));
            }
            ui.end_row();
            for f in Field::ALL {
                ui.label(f.label().get(lang));
                column(ui, layer, plan, f, lang);
                ui.add(
                    egui::Label::new(
                        RichText::new(sample(layer, plan, f, &rows)).color(tokens(ui).text_weak),
                    )
                    .truncate(),
                );
                ui.end_row();
            }
        });
    ui.add_space(M);
    let unmapped: Vec<&str> = layer
        .fields()
        .iter()
        .map(|f| f.name.as_str())
        .filter(|n| !plan.mapping.values().any(|m| m == n))
        .collect();
    if !unmapped.is_empty() {
        hint(ui, &format!("{} {}", UNMAPPED.get(lang), unmapped.join(", ")));
    }
    if let Some(folder) = folder {
        profiles.ui(ui, plan, folder, lang);
    }
}

fn column(ui: &mut Ui, layer: &LayerInspection, plan: &mut LayerPlan, f: Field, lang: Lang) {
    let now = plan.mapping.get(&f).cloned();
    let shown = now.as_deref().unwrap_or(NONE.get(lang));
    let combo = ComboBox::from_id_salt(("column", f.name()))
        .width(220.0)
        .height(300.0)
        .selected_text(shown);
    let r = combo.show_ui(ui, |ui| {
        if ui.selectable_label(now.is_none(), NONE.get(lang)).clicked() {
            plan.mapping.remove(&f);
        }
        for source in layer.fields() {
            if ui
                .selectable_label(now.as_deref() == Some(&source.name), &source.name)
                .clicked()
            {
                plan.mapping.insert(f, source.name.clone());
            }
        }
    });
    widgets::named(r.response, egui::accesskit::Role::ComboBox, f.label().get(lang));
}

/// The first few values that are not blank.
fn sample(layer: &LayerInspection, plan: &LayerPlan, f: Field, rows: &[(u64, Vec<String>)]) -> String {
    let Some(at) = plan
        .mapping
        .get(&f)
        .and_then(|n| layer.fields().iter().position(|s| s.name == *n))
    else {
        return String::new();
    };
    let values = rows
        .iter()
        .filter_map(|(_, row)| row.get(at))
        .filter(|v| !v.is_empty());
    values.take(3).cloned().collect::<Vec<_>>().join("  ·  ")
}

impl Profiles {
    fn ui(&mut self, ui: &mut Ui, plan: &mut LayerPlan, folder: &Path, lang: Lang) {
        ui.add_space(M);
        ui.horizontal(|ui| {
            field(ui, &mut self.name, PROFILE.get(lang), PROFILE.get(lang), 220.0);
            if widgets::button(ui, !self.name.trim().is_empty(), i::ICON_SAVE, SAVE.get(lang)) {
                let profile = Profile {
                    name: self.name.trim().to_owned(),
                    mapping: plan.mapping.clone(),
                    ..Profile::default()
                };
                self.failure = save_profile(folder, &profile).err();
            }
            let r = widgets::named(
                ui.button(LOAD.get(lang)),
                egui::accesskit::Role::Button,
                LOAD.get(lang),
            );
            if r.clicked() {
                self.known = list_profiles(folder);
            }
            egui::Popup::menu(&r).show(|ui| self.saved(ui, plan, folder, lang));
        });
        if let Some(failure) = &self.failure {
            widgets::note(ui, Tone::Error, &failure.describe(lang));
        }
    }

    fn saved(&mut self, ui: &mut Ui, plan: &mut LayerPlan, folder: &Path, lang: Lang) {
        if self.known.is_empty() {
            ui.weak(NONE.get(lang));
        }
        for name in &self.known {
            if ui.button(name).clicked() {
                match load_profile(folder, name) {
                    Ok(profile) => plan.mapping = profile.mapping,
                    Err(failure) => self.failure = Some(failure),
                }
                ui.close();
            }
        }
    }
}
