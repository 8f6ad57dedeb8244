//! Step 2, tab: the coordinate system: what the file declares, what its coordinates show, in words,
//! and what the person decides.

use egui::{ComboBox, RichText, Ui};

use super::Wizard;
use crate::crs;
use crate::crs::DeclaredCrs;
use crate::import::LayerInspection;
use crate::text::{Lang, Text};
use crate::ui::dialog::hint;
use crate::ui::theme::{self, M};
use crate::ui::widgets::{self, Tone, fact};

const CAPTION: f32 = 170.0;

const DECLARED: Text = Text::new("Tệp khai báo", "The file declares");
const NOTHING: Text = Text::new("không khai báo gì", "nothing");
const TAKEN: Text = Text::new("Đọc tọa độ theo", "Coordinates are read as");
const DISTRICT: Text = Text::new("Tệp huyện dùng", "The district file uses");
const CHOOSE: Text = Text::new("Hệ tọa độ của các tệp", "Coordinate system of the files");
const DOCTOR: Text = Text::new("Theo chẩn đoán của chương trình", "As the program diagnoses");
const REPROJECT: Text = Text::new(
    "Cho phép chuyển tọa độ sang hệ của tệp huyện",
    "Allow transforming coordinates into the system of the district file",
);
const ALL: Text = Text::new(
    "Lựa chọn áp dụng cho mọi tệp trong lần nhập này. Không tọa độ nào bị chuyển đổi khi bạn chưa cho phép.",
    "The choice holds for all files of this import. No coordinate is transformed unless you allow it.",
);

impl Wizard {
    pub(super) fn crs_ui(&mut self, ui: &mut Ui, layer: &LayerInspection, lang: Lang) {
        let Some(plan) = self.plan.as_ref().and_then(|p| p.layers.get(self.layer)) else {
            return;
        };
        let declared = layer.declared_crs().map(DeclaredCrs::shown);
        fact(
            ui,
            CAPTION,
            DECLARED.get(lang),
            declared.as_deref().unwrap_or(NOTHING.get(lang)),
        );
        fact(ui, CAPTION, TAKEN.get(lang), crs::name(plan.crs.epsg).get(lang));
        fact(
            ui,
            CAPTION,
            DISTRICT.get(lang),
            crs::name(self.options.project_epsg).get(lang),
        );
        ui.add_space(M);
        let tone = if plan.crs.certain {
            Tone::Info
        } else {
            Tone::Warning
        };
        let explanation = plan.crs.explanation.get(lang).to_owned();
        if !explanation.is_empty() {
            widgets::note(ui, tone, &explanation);
        }
        ui.add_space(M);
        ui.label(RichText::new(CHOOSE.get(lang)).text_style(theme::bold()));
        let changed = choice(ui, &mut self.options.crs, &mut self.options.reproject, lang);
        hint(ui, ALL.get(lang));
        if changed {
            self.propose();
        }
    }
}

/// What the person decides: the system, and whether coordinates may be transformed. True when changed.
pub fn choice(ui: &mut Ui, crs: &mut Option<u32>, reproject: &mut bool, lang: Lang) -> bool {
    let changed = zone(ui, crs, lang);
    ui.checkbox(reproject, REPROJECT.get(lang)).changed() || changed
}

fn zone(ui: &mut Ui, now: &mut Option<u32>, lang: Lang) -> bool {
    let before = *now;
    let text = |epsg: Option<u32>| match epsg {
        Some(epsg) => crs::name(epsg).get(lang).to_owned(),
        None => DOCTOR.get(lang).to_owned(),
    };
    let combo = ComboBox::from_id_salt("file crs")
        .width(440.0)
        .height(320.0)
        .selected_text(text(*now));
    let r = combo.show_ui(ui, |ui| {
        ui.selectable_value(now, None, text(None));
        let others = [crs::VN2000_GEOGRAPHIC, crs::WGS84];
        for epsg in crs::zones().iter().map(|z| z.epsg).chain(others) {
            ui.selectable_value(now, Some(epsg), text(Some(epsg)));
        }
    });
    widgets::named(r.response, egui::accesskit::Role::ComboBox, CHOOSE.get(lang));
    *now != before
}
