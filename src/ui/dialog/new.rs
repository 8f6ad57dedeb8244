//! A new, empty district file: where, in which zone, for which communes.

use egui::{ComboBox, RichText, TextEdit, Ui};
use egui_material_icons::icons as i;
use unicode_normalization::UnicodeNormalization;

use super::{Cx, Flow, form_row, frame, hint};
use crate::crs;
use crate::project::NewProject;
use crate::text::{Lang, Text};
use crate::ui::action::Action;
use crate::ui::pick::{DISTRICT, Kind, PathField};
use crate::ui::theme::tokens;
use crate::ui::widgets;
use crate::ui::work::Work;

pub struct NewDialog {
    path: PathField,
    name: String,
    zone: Option<u32>,
    /// Typed into the list of zones to narrow it.
    province: String,
    /// Code of the province the communes are in.
    within: Option<String>,
    /// (code, name) as typed.
    communes: Vec<(String, String)>,
    fresh: bool,
}

const TITLE: Text = Text::new("Tạo tệp huyện mới", "New district file");
const NAME: Text = Text::new("Tên địa bàn", "Name of the district");
const NAME_HINT: Text = Text::new("Ví dụ: Huyện Phú Xuyên", "For example: Phú Xuyên district");
const PATH: Text = Text::new("Ghi vào tệp", "Write to file");
const PATH_HINT: Text = Text::new(
    "Trên ổ đĩa của máy này, đuôi .gpkg",
    "On a disk of this PC, ending in .gpkg",
);
const ZONE: Text = Text::new("Kinh tuyến trục VN-2000", "VN-2000 central meridian");
const CHOOSE: Text = Text::new("Chọn kinh tuyến trục…", "Choose a meridian…");
const PROVINCE: Text = Text::new("Lọc theo tỉnh", "Filter by province");
const ZONE_HINT: Text = Text::new(
    "Gõ tên tỉnh (theo danh sách trước 01/07/2025) để thu hẹp. Mọi tọa độ trong tệp dùng một kinh tuyến trục.",
    "Type a province (list before 2025-07-01) to narrow it down. All coordinates of a file use one meridian.",
);
const WITHIN: Text = Text::new("Tỉnh, thành phố", "Province");
const UNKNOWN: Text = Text::new("Chưa xác định", "Not said");
const WITHIN_HINT: Text = Text::new(
    "Theo danh mục từ 01/07/2025; quyết định diện tích tối thiểu khi tách thửa, ghi cho mọi xã của tệp.",
    "List since 2025-07-01; decides the least area of a split, entered for every commune of the file.",
);
const COMMUNES: Text = Text::new(
    "Xã/phường (có thể bỏ trống, nhập dữ liệu sẽ tự thêm)",
    "Communes (may be left out; an import adds them)",
);
const CODE: Text = Text::new("Mã xã", "Commune code");
const COMMUNE_NAME: Text = Text::new("Tên xã", "Commune name");
const ADD: Text = Text::new("Thêm xã", "Add a commune");
const REMOVE: Text = Text::new("Bỏ xã này", "Remove this commune");
const CREATE: Text = Text::new("Tạo tệp", "Create");

impl Default for NewDialog {
    fn default() -> Self {
        Self {
            path: PathField::new(Kind::SaveFile, DISTRICT),
            name: String::new(),
            zone: None,
            province: String::new(),
            within: None,
            communes: vec![(String::new(), String::new())],
            fresh: true,
        }
    }
}

impl NewDialog {
    pub fn ui(&mut self, cx: &mut Cx<'_>) -> Flow {
        let lang = cx.lang;
        let ready = self.ready();
        let mut state = (self, false);
        let flow = frame(
            (cx.ctx, lang),
            TITLE.get(lang),
            [640.0, 620.0],
            &mut state,
            |ui, (this, _)| this.body(ui, lang),
            |ui, (_, create)| {
                *create = widgets::primary(ui, ready.is_some(), Some(i::ICON_NOTE_ADD), CREATE.get(lang));
                if ui.button(super::CANCEL.get(lang)).clicked() {
                    Flow::Close
                } else {
                    Flow::Stay
                }
            },
        );
        let create = state.1;
        match ready.filter(|_| create) {
            Some(work) => {
                cx.out.push(Action::Work(work));
                Flow::Close
            }
            None => flow,
        }
    }

    fn body(&mut self, ui: &mut Ui, lang: Lang) {
        let fresh = std::mem::take(&mut self.fresh);
        form_row(ui, NAME.get(lang), |ui| {
            let r = field(
                ui,
                &mut self.name,
                NAME.get(lang),
                NAME_HINT.get(lang),
                f32::INFINITY,
            );
            if fresh {
                r.request_focus();
            }
        });
        form_row(ui, PATH.get(lang), |ui| {
            self.path.ui(ui, lang, PATH.get(lang), PATH_HINT.get(lang), false);
        });
        form_row(ui, ZONE.get(lang), |ui| {
            self.zones(ui, lang);
            hint(ui, ZONE_HINT.get(lang));
        });
        form_row(ui, WITHIN.get(lang), |ui| {
            self.provinces(ui, lang);
            hint(ui, WITHIN_HINT.get(lang));
        });
        form_row(ui, COMMUNES.get(lang), |ui| self.communes(ui, lang));
    }

    fn zones(&mut self, ui: &mut Ui, lang: Lang) {
        ui.horizontal(|ui| {
            field(
                ui,
                &mut self.province,
                PROVINCE.get(lang),
                PROVINCE.get(lang),
                170.0,
            );
            let shown = self
                .zone
                .and_then(crs::zone)
                .map_or_else(|| CHOOSE.get(lang).to_owned(), zone_text);
            let combo = ComboBox::from_id_salt("zone")
                .width(ui.available_width())
                .truncate()
                .selected_text(shown);
            let wanted = crate::text::fold::fold(&self.province);
            let r = combo.height(320.0).show_ui(ui, |ui| {
                let fits = |z: &&crs::Zone| crate::text::fold::fold(&zone_text(z)).contains(wanted.trim());
                for zone in crs::zones().iter().filter(fits) {
                    ui.selectable_value(&mut self.zone, Some(zone.epsg), zone_text(zone));
                }
            });
            widgets::named(r.response, egui::accesskit::Role::ComboBox, ZONE.get(lang));
        });
    }

    fn provinces(&mut self, ui: &mut Ui, lang: Lang) {
        let text = |p: &crs::Province| format!("{} · {}", p.code, p.name);
        let shown = self.within.as_deref().and_then(crs::province);
        let combo = ComboBox::from_id_salt("within")
            .width(ui.available_width())
            .truncate()
            .selected_text(shown.map_or_else(|| UNKNOWN.get(lang).to_owned(), text));
        let r = combo.height(320.0).show_ui(ui, |ui| {
            ui.selectable_value(&mut self.within, None, UNKNOWN.get(lang));
            for p in crs::provinces() {
                ui.selectable_value(&mut self.within, Some(p.code.clone()), text(p));
            }
        });
        widgets::named(r.response, egui::accesskit::Role::ComboBox, WITHIN.get(lang));
    }

    fn communes(&mut self, ui: &mut Ui, lang: Lang) {
        let mut gone = None;
        for (n, (code, name)) in self.communes.iter_mut().enumerate() {
            ui.horizontal(|ui| {
                let numbered = |t: Text| format!("{} {}", t.get(lang), n + 1);
                field(ui, code, &numbered(CODE), CODE.get(lang), 110.0);
                field(ui, name, &numbered(COMMUNE_NAME), COMMUNE_NAME.get(lang), 340.0);
                if widgets::icon_button(ui, i::ICON_CLOSE, &numbered(REMOVE)) {
                    gone = Some(n);
                }
            });
        }
        gone.map(|n| self.communes.remove(n));
        if widgets::button(ui, true, i::ICON_ADD, ADD.get(lang)) {
            self.communes.push((String::new(), String::new()));
        }
    }

    /// The work, once all that is needed is there.
    fn ready(&self) -> Option<Work> {
        let mut path = self.path.path()?;
        if path.extension().is_none() {
            path.set_extension("gpkg");
        }
        let name: String = self.name.trim().nfc().collect();
        let epsg = self.zone?;
        if name.is_empty() {
            return None;
        }
        let clean = |s: &str| s.trim().nfc().collect::<String>();
        let communes = self
            .communes
            .iter()
            .map(|(c, n)| (clean(c), clean(n)))
            .filter(|(c, _)| !c.is_empty());
        Some(Work::Create {
            path,
            new: NewProject {
                epsg: epsg as i32,
                name,
                communes: communes.collect(),
                province: self.within.clone(),
            },
        })
    }
}

fn zone_text(zone: &crs::Zone) -> String {
    let names: Vec<&str> = zone.provinces.iter().map(|(_, name)| name.as_str()).collect();
    format!("{} · {}", zone.meridian_text(), names.join(", "))
}

/// A named text field.
pub fn field(ui: &mut Ui, text: &mut String, name: &str, hint: &str, width: f32) -> egui::Response {
    let hint = RichText::new(hint).color(tokens(ui).text_weak);
    let r = ui.add(TextEdit::singleline(text).desired_width(width).hint_text(hint));
    ui.ctx().accesskit_node_builder(r.id, |n| n.set_label(name));
    r
}
