//! Step 1: which files, and what holds for all of them.

use egui::{ComboBox, Ui};

use super::{SNAP_MM, Wizard};
use crate::import::{Duplicates, Multipart};
use crate::text::{Lang, Text};
use crate::ui::dialog::{form_row, hint, new::field};
use crate::ui::theme::M;
use crate::ui::widgets;

const FILES: Text = Text::new("Tệp hoặc thư mục", "Files or a folder");
const HINT: Text = Text::new("Nhiều tệp cách nhau bằng dấu ;", "Several files, separated by ;");
const FORMATS: Text = Text::new(
    "Đọc được shapefile, MapInfo TAB/MIF, GeoPackage, GeoJSON, FlatGeobuf và FileGDB. Một thư mục được đọc cùng các thư mục con.",
    "Shapefile, MapInfo TAB/MIF, GeoPackage, GeoJSON, FlatGeobuf and FileGDB are read. A folder is read with its subfolders.",
);
const COMMUNE: Text = Text::new(
    "Mã xã (khi tệp không ghi)",
    "Commune code (where the file has none)",
);
const COMMUNE_HINT: Text = Text::new("5 chữ số, ví dụ 25747", "5 digits, for example 25747");
const DUPLICATES: Text = Text::new("Thửa đã có trong tệp huyện", "Parcels the district has already");
const MULTIPART: Text = Text::new("Bản ghi nhiều phần", "Records of several parts");
const SNAP: Text = Text::new(
    "Gộp đỉnh gần nhau của các thửa kề (≤ 5 mm)",
    "Join near points of neighbours (≤ 5 mm)",
);

fn duplicates(d: Duplicates) -> Text {
    match d {
        Duplicates::Skip => Text::new("Bỏ qua, giữ thửa đang có", "Skip, keep what is there"),
        Duplicates::Update => Text::new("Cập nhật thuộc tính và hình thể", "Update attributes and shape"),
        Duplicates::Keep => Text::new("Nhập thêm bên cạnh", "Import beside it"),
    }
}

fn multipart(m: Multipart) -> Text {
    match m {
        Multipart::Split => Text::new("Tách thành nhiều thửa", "Split into several parcels"),
        Multipart::Quarantine => Text::new("Để riêng chờ xử lý", "Set aside"),
    }
}

impl Wizard {
    pub(super) fn files_ui(&mut self, ui: &mut Ui, lang: Lang) {
        let fresh = std::mem::take(&mut self.fresh);
        form_row(ui, FILES.get(lang), |ui| {
            self.files.ui(ui, lang, FILES.get(lang), HINT.get(lang), fresh);
            hint(ui, FORMATS.get(lang));
        });
        form_row(ui, COMMUNE.get(lang), |ui| {
            field(
                ui,
                &mut self.commune,
                COMMUNE.get(lang),
                COMMUNE_HINT.get(lang),
                260.0,
            );
        });
        form_row(ui, DUPLICATES.get(lang), |ui| {
            let all = [Duplicates::Skip, Duplicates::Update, Duplicates::Keep];
            choice(
                ui,
                DUPLICATES.get(lang),
                &mut self.options.duplicates,
                &all,
                |d| duplicates(d).get(lang),
            );
        });
        form_row(ui, MULTIPART.get(lang), |ui| {
            let all = [Multipart::Split, Multipart::Quarantine];
            choice(ui, MULTIPART.get(lang), &mut self.options.multipart, &all, |m| {
                multipart(m).get(lang)
            });
        });
        ui.add_space(M);
        let mut snap = self.options.snap_mm > 0;
        if ui.checkbox(&mut snap, SNAP.get(lang)).changed() {
            self.options.snap_mm = if snap { SNAP_MM } else { 0 };
        }
    }
}

/// A drop-down of a few values.
pub fn choice<T: Copy + PartialEq>(
    ui: &mut Ui,
    name: &str,
    now: &mut T,
    all: &[T],
    text: impl Fn(T) -> &'static str,
) -> bool {
    choice_of(ui, (name, 320.0), now, all, text)
}

/// The same of another width.
pub fn choice_of<T: Copy + PartialEq>(
    ui: &mut Ui,
    (name, width): (&str, f32),
    now: &mut T,
    all: &[T],
    text: impl Fn(T) -> &'static str,
) -> bool {
    let before = *now;
    let combo = ComboBox::from_id_salt(name)
        .width(width)
        .selected_text(text(*now));
    let r = combo.show_ui(ui, |ui| {
        for value in all {
            ui.selectable_value(now, *value, text(*value));
        }
    });
    widgets::named(r.response, egui::accesskit::Role::ComboBox, name);
    *now != before
}
