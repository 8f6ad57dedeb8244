//! The reference layers in the list on the left: on and off, name, what is wrong with the file, and what can
//! be done with it.

use egui::{RichText, TextEdit, Ui};
use egui_material_icons::icons as i;

use crate::text::{Lang, Text, format};
use crate::ui::action::Action;
use crate::ui::command::Command;
use crate::ui::look::Look;
use crate::ui::reference::{Change, Layer, State, colour};
use crate::ui::theme::{self, tokens};
use crate::ui::widgets;

const TITLE: Text = Text::new("Lớp tham chiếu", "Reference layers");
const ADD: Text = Text::new("Thêm lớp tham chiếu", "Add a reference layer");
const ZOOM: Text = Text::new("Phóng tới lớp", "Zoom to the layer");
const RENAME: Text = Text::new("Đổi tên", "Rename");
const SYSTEM: Text = Text::new("Tệp và hệ tọa độ…", "File and coordinates…");
const AGAIN: Text = Text::new("Đọc lại tệp", "Read the file again");
const REMOVE: Text = Text::new("Bỏ khỏi danh sách", "Remove from the list");
const NEW_NAME: Text = Text::new("Tên lớp tham chiếu", "Name of the reference layer");
const READING: Text = Text::new("đang đọc…", "reading…");
const MISSING: Text = Text::new(
    "không thấy tệp; lớp vẫn được giữ trong danh sách",
    "the file is not there; the layer stays in the list",
);
const ASKS: Text = Text::new("cần chọn hệ tọa độ", "its coordinates need a choice");

/// What the list remembers: the name being typed.
#[derive(Default)]
pub struct ReferencePanel {
    naming: Option<(u64, String)>,
}

impl ReferencePanel {
    pub fn ui(&mut self, ui: &mut Ui, look: &Look<'_>, out: &mut Vec<Action>) {
        let lang = look.lang;
        ui.horizontal(|ui| {
            let title = RichText::new(TITLE.get(lang))
                .text_style(theme::bold())
                .size(13.0);
            ui.label(title.color(tokens(ui).text_weak));
            widgets::at_right(ui, |ui| {
                if widgets::icon_button(ui, i::ICON_ADD, ADD.get(lang)) {
                    out.push(Action::Run(Command::AddReference));
                }
            });
        });
        for layer in look.references {
            let naming = self.naming.as_ref().is_some_and(|(id, _)| *id == layer.id);
            if naming {
                self.name(ui, layer, lang, out);
            } else {
                self.row(ui, layer, look, out);
            }
            if let Some((text, wrong)) = remark(layer, lang) {
                let t = tokens(ui);
                let colour = if wrong { t.warning } else { t.text_weak };
                ui.horizontal(|ui| {
                    ui.add_space(24.0);
                    let text = RichText::new(text).small().color(colour);
                    ui.add(egui::Label::new(text).wrap())
                        .on_hover_text(layer.kept.path.display().to_string());
                });
            }
        }
    }

    fn row(&mut self, ui: &mut Ui, layer: &Layer, look: &Look<'_>, out: &mut Vec<Action>) {
        let lang = look.lang;
        ui.horizontal(|ui| {
            let mut on = layer.kept.on;
            let r = ui.add(egui::Checkbox::without_text(&mut on));
            let r = widgets::named(r, egui::accesskit::Role::CheckBox, &layer.kept.name);
            if r.changed() {
                out.push(Action::Reference(Change::Show(layer.id, on)));
            }
            widgets::swatch(ui, colour(layer, look.style.theme));
            widgets::at_right(ui, |ui| {
                let more = egui::Button::new(widgets::icon(i::ICON_MORE_VERT)).frame_when_inactive(false);
                let name = more_name(layer, lang);
                let more = widgets::named(ui.add(more), egui::accesskit::Role::Button, &name);
                egui::Popup::menu(&more).show(|ui| self.menu(ui, layer, lang, out));
                ui.with_layout(egui::Layout::left_to_right(egui::Align::Center), |ui| {
                    ui.add(egui::Label::new(RichText::new(&layer.kept.name).size(13.0)).truncate())
                        .on_hover_text(layer.kept.path.display().to_string());
                });
            });
        });
    }

    fn menu(&mut self, ui: &mut Ui, layer: &Layer, lang: Lang, out: &mut Vec<Action>) {
        let ready = matches!(layer.state, State::Ready { .. });
        let id = layer.id;
        for (glyph, text, enabled, change) in [
            (i::ICON_CENTER_FOCUS_STRONG, ZOOM, ready, Some(Change::Zoom(id))),
            (i::ICON_EDIT, RENAME, true, None),
            (i::ICON_PUBLIC, SYSTEM, true, Some(Change::Ask(Some(id)))),
            (i::ICON_REFRESH, AGAIN, true, Some(Change::Again(id))),
            (i::ICON_DELETE, REMOVE, true, Some(Change::Remove(id))),
        ] {
            if !widgets::button(ui, enabled, glyph, text.get(lang)) {
                continue;
            }
            match change {
                Some(change) => out.push(Action::Reference(change)),
                None => self.naming = Some((id, layer.kept.name.clone())),
            }
            ui.close();
        }
    }

    /// The name as a field: Enter or leaving it keeps, Esc drops.
    fn name(&mut self, ui: &mut Ui, layer: &Layer, lang: Lang, out: &mut Vec<Action>) {
        let Some((_, text)) = &mut self.naming else { return };
        let r = ui.add(TextEdit::singleline(text).desired_width(f32::INFINITY));
        ui.ctx()
            .accesskit_node_builder(r.id, |n| n.set_label(NEW_NAME.get(lang)));
        if r.lost_focus() {
            let dropped = ui.input(|i| i.key_pressed(egui::Key::Escape));
            let name = text.trim().to_owned();
            if !dropped && !name.is_empty() {
                out.push(Action::Reference(Change::Rename(layer.id, name)));
            }
            self.naming = None;
        } else if !r.has_focus() {
            r.request_focus();
        }
    }
}

/// "Tùy chọn lớp ranh-qh".
fn more_name(layer: &Layer, lang: Lang) -> String {
    let name = &layer.kept.name;
    match lang {
        Lang::Vi => format!("Tùy chọn lớp {name}"),
        Lang::En => format!("Options of layer {name}"),
    }
}

/// What is to be said of a layer, and whether it is in the way.
fn remark(layer: &Layer, lang: Lang) -> Option<(String, bool)> {
    match &layer.state {
        State::Reading => Some((READING.get(lang).to_owned(), false)),
        State::Ready { bad: 0, .. } => None,
        State::Ready { bad, .. } => {
            let n = format::count(*bad, lang);
            let text = crate::msg!("{n} bản ghi không đọc được", "{n} records cannot be read");
            Some((text.get(lang).to_owned(), true))
        }
        State::Asks => Some((ASKS.get(lang).to_owned(), true)),
        State::Failed(f) if matches!(f.code(), "SOURCE_NOT_FOUND" | "FILE_NOT_FOUND") => {
            Some((MISSING.get(lang).to_owned(), true))
        }
        State::Failed(f) => Some((f.message().get(lang).to_owned(), true)),
    }
}
