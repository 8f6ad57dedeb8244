//! The form on the screen: heading, fields, small tables, and the buttons below that never scroll away.

use egui::accesskit::Role;
use egui::{Button, Id, Panel, RichText, ScrollArea, Ui};
use egui_material_icons::icons as i;

use super::field::{self, CAPTION, Did};
use super::model::{Form, Slot};
use super::{Forms, View, capital, neighbours, title};
use crate::domain::Uid;
use crate::text::{Lang, Text, format};
use crate::ui::look::Look;
use crate::ui::record_text;
use crate::ui::theme::{self, M, S, tokens};
use crate::ui::widgets::{self, Tone};

const SAVE: Text = Text::new("Lưu", "Save");
const CANCEL: Text = Text::new("Bỏ", "Drop");
const CLOSE: Text = Text::new("Đóng", "Close");
const BACK: Text = Text::new("Quay lại", "Back");
const END: Text = Text::new("Kết thúc…", "End…");
const END_IT: Text = Text::new("Kết thúc", "End");
const ENDING: Text = Text::new(
    "Bản ghi vẫn được giữ, kèm tình trạng và ngày; hoàn tác được.",
    "The record stays, with status and day; it can be undone.",
);
const UNSAVED: Text = Text::new("Bỏ những gì đã nhập?", "Drop what was typed?");
const DROP: Text = Text::new("Bỏ", "Drop it");
const STAY: Text = Text::new("Nhập tiếp", "Go on");
const COPY: Text = Text::new("Chép từ thửa bên cạnh", "Copy from a neighbour");
const NOTHING: Text = Text::new(
    "Các thửa bên cạnh chưa có bản ghi loại này.",
    "The parcels beside have no record of this kind.",
);
const COVERS: Text = Text::new(
    "Ghi giấy này vào quyền của thửa",
    "Enter this paper in the rights of the parcel",
);
const REMOVE: Text = Text::new("Bỏ dòng này", "Remove this row");
const KEEP: Text = Text::new("Giữ lại", "Keep it");
const GONE: Text = Text::new("sẽ kết thúc khi lưu", "ends when saved");

/// Least room between the rows of the form.
const GAP: f32 = 4.0;

/// What was asked for by pointer, or by a button that has the cursor.
#[derive(Clone, Copy)]
pub(super) enum Asked {
    Save,
    Leave,
    Stay,
    End,
    /// This party instead of the one being typed.
    Use(Uid),
    /// Make it one with this party.
    Merge(Uid),
    /// Show what the neighbours have.
    Copy,
    CopyFrom(usize),
    /// A row of a small table ends, or stays after all.
    Remove {
        table: usize,
        row: usize,
    },
}

/// What drawing a form gathers.
struct Pen<'a, 'b> {
    view: &'a mut View,
    look: &'a Look<'b>,
    salt: Id,
    dids: Vec<(Slot, Did)>,
    asked: Option<Asked>,
}

impl Forms {
    /// Draws the top form; what happened in its fields and what was asked for.
    pub(super) fn draw(&mut self, ui: &mut Ui, look: &Look<'_>) -> (Vec<(Slot, Did)>, Option<Asked>) {
        let all: Vec<String> = self.stack.iter().map(|f| title(f, look.lang)).collect();
        let depth = self.stack.len();
        let Some(form) = self.stack.last_mut() else {
            return (Vec::new(), None);
        };
        let mut pen = Pen {
            salt: Id::unique(("form", form.uid.to_string(), form.ending.is_some())),
            view: &mut self.view,
            look,
            dids: Vec::new(),
            asked: None,
        };
        heading(ui, &all.join("  ›  "), form, look);
        Panel::bottom(Id::unique("form buttons"))
            .frame(egui::Frame::new())
            .resizable(false)
            .show_separator_line(false)
            .show(ui, |ui| {
                ui.separator();
                ui.add_space(S);
                pen.buttons(ui, form, depth);
            });
        ScrollArea::vertical()
            .id_salt(pen.salt)
            .auto_shrink([false, false])
            .show(ui, |ui| {
                ui.spacing_mut().item_spacing.y = GAP;
                // Room for the bar that floats over the right edge.
                ui.set_max_width(ui.available_width() - M);
                pen.notes(ui, form);
                match &form.ending {
                    Some(_) => pen.ending(ui, form),
                    None => pen.fields(ui, form),
                }
            });
        (pen.dids, pen.asked)
    }
}

fn heading(ui: &mut Ui, title: &str, form: &Form, look: &Look<'_>) {
    ui.label(RichText::new(title).heading());
    if let Some(about) = &form.about {
        let parcel = record_text::parcel(look.project, about.uid, look.lang);
        let commune = look.coverage.get(about.fid).map(|p| look.commune(&p.commune));
        ui.weak(format!("{parcel} · {}", commune.unwrap_or_default()));
    }
    ui.add_space(S);
}

impl Pen<'_, '_> {
    fn lang(&self) -> Lang {
        self.look.lang
    }

    fn fields(&mut self, ui: &mut Ui, form: &mut Form) {
        if form.scan.is_some() {
            self.field(ui, form, Slot::Scan, None);
            ui.add_space(S);
        }
        for i in 0..form.main.len() {
            if form.shows(&form.main[i]) {
                self.field(ui, form, Slot::Main(i), None);
            }
        }
        if let Some((rights, on)) = &mut form.covers {
            let n = format::count(rights.len() as u64, self.look.lang);
            let text = format!("{} ({n})", COVERS.get(self.look.lang));
            ui.add_space(S);
            ui.checkbox(on, text);
        }
        for table in 0..form.tables.len() {
            if form.shows_table(&form.tables[table]) {
                self.table(ui, form, table);
            }
        }
        ui.add_space(M);
    }

    fn ending(&mut self, ui: &mut Ui, form: &mut Form) {
        widgets::note(ui, Tone::Info, ENDING.get(self.lang()));
        ui.add_space(S);
        for i in 0..form.ending.as_ref().map_or(0, Vec::len) {
            self.field(ui, form, Slot::End(i), None);
        }
    }

    /// One row: caption and field. `nth`: which row of a small table, where there are several.
    fn field(&mut self, ui: &mut Ui, form: &mut Form, slot: Slot, nth: Option<usize>) {
        let (lang, salt) = (self.lang(), self.salt.with(format!("{slot:?}")));
        let list = self.view.list.as_ref().filter(|l| l.slot == slot);
        let focus = self.view.want == Some(slot);
        let Some(entry) = form.entry_mut(slot) else { return };
        let name = entry.field.title.get(lang);
        let spoken = match nth {
            Some(n) if n > 0 => format!("{name} {}", n + 1),
            _ => name.to_owned(),
        };
        let caption = match entry.field.required && entry.open {
            true => format!("{name} *"),
            false => name.to_owned(),
        };
        let shown = widgets::captioned(ui, CAPTION, &caption, |ui| {
            field::ui(ui, entry, &spoken, list, focus, lang, salt)
        });
        let Some(shown) = shown else { return };
        if focus {
            self.view.want = None;
        }
        self.view.ids.insert(slot, shown.id);
        if shown.focused {
            self.view.focused = Some(slot);
        }
        self.dids.extend(shown.did.map(|did| (slot, did)));
    }

    fn table(&mut self, ui: &mut Ui, form: &mut Form, table: usize) {
        let lang = self.lang();
        widgets::section(ui, &capital(form.tables[table].kind.title().get(lang)));
        let rows = form.tables[table].rows.len();
        for row in 0..rows {
            let t = tokens(ui);
            let frame = egui::Frame::new()
                .stroke(egui::Stroke::new(1.0, t.border))
                .corner_radius(4)
                .inner_margin(egui::Margin::symmetric(6, 4));
            frame.show(ui, |ui| self.row(ui, form, table, row));
        }
    }

    fn row(&mut self, ui: &mut Ui, form: &mut Form, table: usize, row: usize) {
        let (lang, columns) = (self.lang(), form.tables[table].columns);
        let kind = form.tables[table].kind;
        let r = &form.tables[table].rows[row];
        let (blank, gone) = (r.is_blank(), r.gone);
        if gone {
            ui.horizontal(|ui| {
                let said: Vec<String> = columns
                    .iter()
                    .filter_map(|c| r.entries.iter().find(|e| e.field.name == *c))
                    .map(|e| {
                        if e.masked {
                            e.masked_text()
                        } else {
                            e.typed.text.clone()
                        }
                    })
                    .collect();
                let text = RichText::new(said.join(" · ")).strikethrough();
                ui.label(text.color(tokens(ui).text_weak));
                ui.weak(GONE.get(lang));
                if ui.button(KEEP.get(lang)).clicked() {
                    self.asked = Some(Asked::Remove { table, row });
                }
            });
            return;
        }
        for name in columns {
            if let Some(column) = kind.fields().iter().position(|f| f.name == *name) {
                self.field(ui, form, Slot::Row { table, row, column }, Some(row));
            }
        }
        if !blank && form.ended.is_none() {
            let spoken = format!("{} {}", REMOVE.get(lang), row + 1);
            let r = ui.add(Button::new(widgets::icon(i::ICON_CLOSE)).small());
            if widgets::named(r, Role::Button, &spoken)
                .on_hover_text(REMOVE.get(lang))
                .clicked()
            {
                self.asked = Some(Asked::Remove { table, row });
            }
        }
    }

    /// Above the fields: why it was refused, that it has ended, who it may be, what a neighbour has.
    fn notes(&mut self, ui: &mut Ui, form: &Form) {
        let lang = self.lang();
        if let Some(ended) = &form.ended {
            widgets::note(ui, Tone::Info, ended);
        }
        if let Some(why) = &form.refusal {
            widgets::note(ui, Tone::Error, why.get(lang));
        }
        let new = form.new;
        self.asked = self.view.people.ui(ui, new, lang).or(self.asked.take());
        if let Some(beside) = &self.view.beside {
            if beside.is_empty() {
                widgets::note(ui, Tone::Info, NOTHING.get(lang));
            }
            for (n, from) in beside.iter().enumerate() {
                let text = format!("{}: {}", from.parcel, from.name);
                let button = Button::new((widgets::icon(i::ICON_CONTENT_COPY), text.clone())).truncate();
                if widgets::named(ui.add(button), Role::Button, &text).clicked() {
                    self.asked = Some(Asked::CopyFrom(n));
                }
            }
            ui.separator();
        }
    }

    fn buttons(&mut self, ui: &mut Ui, form: &mut Form, depth: usize) {
        let lang = self.lang();
        if self.view.leaving {
            ui.horizontal(|ui| {
                ui.label(RichText::new(UNSAVED.get(lang)).text_style(theme::bold()));
                widgets::at_right(ui, |ui| {
                    if widgets::primary(ui, true, None, STAY.get(lang)) {
                        self.asked = Some(Asked::Stay);
                    }
                    if ui.button(DROP.get(lang)).clicked() {
                        self.asked = Some(Asked::Leave);
                    }
                });
            });
            return;
        }
        ui.horizontal(|ui| {
            let open = form.ended.is_none() && self.look.editable();
            let ends = open && !form.new && form.kind.ends() && form.ending.is_none();
            if ends && widgets::button(ui, true, i::ICON_EVENT_BUSY, END.get(lang)) {
                self.asked = Some(Asked::End);
            }
            let copies = open && form.new && form.about.is_some() && neighbours::lends(form.kind);
            if copies && widgets::button(ui, true, i::ICON_CONTENT_COPY, COPY.get(lang)) {
                self.asked = Some(Asked::Copy);
            }
            widgets::at_right(ui, |ui| self.save_or_leave(ui, form, depth, open));
        });
    }

    fn save_or_leave(&mut self, ui: &mut Ui, form: &Form, depth: usize, open: bool) {
        let lang = self.lang();
        if open {
            let what = if form.ending.is_some() { END_IT } else { SAVE };
            let r = primary(ui, what.get(lang)).on_hover_text(KEYS);
            self.view.save = Some(r.id);
            if r.clicked() {
                self.asked = Some(Asked::Save);
            }
        }
        let leave = match (depth, form.is_dirty()) {
            (2.., _) => BACK,
            (_, true) => CANCEL,
            (_, false) => CLOSE,
        };
        if ui.button(leave.get(lang)).on_hover_text(ESC).clicked() {
            match form.is_dirty() {
                true => self.view.leaving = true,
                false => self.asked = Some(Asked::Leave),
            }
        }
    }
}

const KEYS: &str = "Ctrl+Enter";
const ESC: &str = "Esc";

/// As [`widgets::primary`], with its response: the cursor goes there from the last field.
fn primary(ui: &mut Ui, text: &str) -> egui::Response {
    let t = tokens(ui);
    ui.scope(|ui| {
        let w = &mut ui.visuals_mut().widgets;
        for state in [&mut w.inactive, &mut w.hovered, &mut w.active] {
            state.weak_bg_fill = t.accent;
            state.fg_stroke.color = t.on_accent;
        }
        w.inactive.bg_stroke.color = t.accent;
        w.active.bg_stroke = egui::Stroke::new(2.0, t.text);
        let label = RichText::new(text).text_style(theme::bold());
        let r = ui.add(Button::new((widgets::icon(i::ICON_CHECK), label)));
        widgets::named(r, Role::Button, text)
    })
    .inner
}
