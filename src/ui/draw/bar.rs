//! The bar of a drawing tool: the field for typed coordinates with what was understood, and the buttons
//! that hold, copy, end and drop.

use egui::accesskit::Role;
use egui::{Button, Id, Key, RichText, TextEdit, Ui};
use egui_material_icons::{MaterialIcon, icons as i};

use super::{Draw, Mode, Wish, read};
use crate::domain::Failure;
use crate::text::{Lang, Text, format};
use crate::topology::snapping::SnapKind;
use crate::ui::theme::{M, S, tokens};
use crate::ui::widgets;

/// What stands in the field.
#[derive(Debug, Default)]
pub struct Bar {
    typed: String,
    error: Option<Failure>,
    /// The field wants the focus, its cursor at the end.
    focus: bool,
}

impl Bar {
    pub fn clear(&mut self) {
        self.typed.clear();
        self.error = None;
    }

    /// The first letters came while the map had the focus.
    pub fn begin(&mut self, typed: &str) {
        self.typed = typed.to_owned();
        self.error = None;
        self.focus = true;
    }

    /// A reason shown below the field.
    pub fn say(&mut self, why: Failure) {
        self.error = Some(why);
    }

    /// What was typed stays to be mended.
    pub fn refuse(&mut self, why: Failure) {
        self.error = Some(why);
        self.focus = true;
    }
}

pub const ENTRY: Text = Text::new("Nhập tọa độ hoặc khoảng cách", "Type coordinates or a distance");
const HINT: Text = Text::new("X Y   @dX dY   12,5<45   12,5", "X Y   @dX dY   12.5<45   12.5");
const HELP: Text = Text::new(
    "X (bắc) trước, Y (đông) sau · @ từ điểm cuối · dài<phương vị · <45 khóa góc · Enter nhận, Enter trống kết thúc",
    "X (north), then Y (east) · @ from the last point · length<azimuth · <45 keeps the angle · empty Enter ends",
);
const PARALLEL: Text = Text::new("Song song với một cạnh", "Parallel to a side");
const PERPENDICULAR: Text = Text::new("Vuông góc với một cạnh", "Perpendicular to a side");
const RIGHT_ANGLE: Text = Text::new("Luôn vẽ góc vuông", "Right angles only");
const COPY: Text = Text::new("Sao chép cách đều", "Offset copy");
const LOCK_ANGLE: Text = Text::new("Khóa góc", "Lock the angle");
const LOCK_DISTANCE: Text = Text::new("Khóa khoảng cách", "Lock the distance");
const BACK: Text = Text::new("Bỏ đỉnh vừa vẽ", "Take back the last point");
const END: Text = Text::new("Kết thúc nét vẽ", "End the drawing");
const DROP: Text = Text::new("Bỏ nét vẽ", "Drop the drawing");
const SNAP: Text = Text::new("Bắt điểm", "Snapping");
const SNAP_ON: Text = Text::new("Bật bắt điểm (giữ Ctrl để tạm tắt)", "Snap (hold Ctrl to let go)");
const PICK_SIDE: Text = Text::new(
    "Bấm vào cạnh làm chuẩn trên bản đồ · Esc để bỏ",
    "Click the side to go by on the map · Esc to drop",
);
const PICK_COPY: Text = Text::new(
    "Bấm vào cạnh cần sao chép · Esc để bỏ",
    "Click the side to copy · Esc to drop",
);
const GIVE_DISTANCE: Text = Text::new(
    "Bấm ở khoảng cách cần, hoặc nhập khoảng cách rồi Enter (về phía con trỏ)",
    "Click at the distance, or type it and press Enter (on the pointer's side)",
);

impl Draw {
    /// The bar, above the map while a drawing tool is in hand.
    pub fn bar(&mut self, ui: &mut Ui, lang: Lang) {
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = S;
            self.entry(ui, lang);
            ui.add_space(M);
            self.holds(ui, lang);
            ui.separator();
            self.snap_menu(ui, lang);
            ui.separator();
            self.ends(ui, lang);
        });
        let (text, wrong) = self.said(lang);
        let t = tokens(ui);
        let colour = if wrong { t.error } else { t.text_weak };
        let text = RichText::new(text).size(13.0).color(colour);
        // One line, always there: the map does not jump while a person types.
        widgets::fixed(ui, ui.available_width(), text);
    }

    fn entry(&mut self, ui: &mut Ui, lang: Lang) {
        let id = Id::unique("draw entry");
        let was_empty = self.bar.typed.is_empty();
        let edit = TextEdit::singleline(&mut self.bar.typed)
            .id(id)
            .desired_width(236.0)
            .hint_text(RichText::new(HINT.get(lang)).color(tokens(ui).text_weak));
        let out = edit.show(ui);
        let r = out.response.response;
        ui.ctx()
            .accesskit_node_builder(r.id, |n| n.set_label(ENTRY.get(lang)));
        if std::mem::take(&mut self.bar.focus) {
            r.request_focus();
            put_cursor_last(ui, r.id, &self.bar.typed, out.state);
        }
        if r.changed() {
            self.bar.error = None;
        }
        let (enter, back, escape) = ui.input(|i| {
            (
                i.key_pressed(Key::Enter),
                i.key_pressed(Key::Backspace),
                i.key_pressed(Key::Escape),
            )
        });
        if r.lost_focus() && enter {
            self.entered(lang);
            self.bar.focus = true;
        } else if r.lost_focus() && escape {
            self.bar.clear();
        } else if r.has_focus() && back && was_empty {
            self.sketch.pop();
        }
    }

    /// Where the point would be that stands typed in the field.
    pub(super) fn ghost(&self, lang: Lang) -> Option<crate::domain::Pt> {
        let entry = read(self.bar.typed.trim(), lang).ok()?;
        let direction = self.sketch.direction(self.pointer, self.square);
        entry.resolve(self.sketch.last(), direction).ok().flatten()
    }

    fn entered(&mut self, lang: Lang) {
        if self.bar.typed.trim().is_empty() {
            self.wish = Some(Wish::End);
            return;
        }
        match read(&self.bar.typed, lang) {
            Ok(e) => {
                self.wish = Some(Wish::Typed(e));
                self.bar.clear();
            }
            Err(why) => self.bar.refuse(why),
        }
    }

    /// The line below the field: what was understood, what is wrong, or what may be typed.
    fn said(&self, lang: Lang) -> (String, bool) {
        if let Some(why) = &self.bar.error {
            return (why.describe(lang), true);
        }
        if !self.bar.typed.trim().is_empty() {
            return match read(&self.bar.typed, lang) {
                Ok(e) => (format!("= {}", e.describe(lang)), false),
                Err(_) => (HELP.get(lang).to_owned(), false),
            };
        }
        let text = match self.mode {
            Mode::Point => return (self.held_text(lang), false),
            Mode::Along(_) => PICK_SIDE,
            Mode::Copy => PICK_COPY,
            Mode::Offset(_) => GIVE_DISTANCE,
        };
        (text.get(lang).to_owned(), false)
    }

    /// What the next point is held to, or the help.
    fn held_text(&self, lang: Lang) -> String {
        let mut held = Vec::new();
        if let Some(a) = self.sketch.azimuth {
            held.push(format!("{}: {}", LOCK_ANGLE.get(lang), format::angle(a)));
        }
        if let Some(mm) = self.sketch.distance {
            held.push(format!(
                "{}: {}",
                LOCK_DISTANCE.get(lang),
                format::length(mm / 1000.0, lang)
            ));
        }
        match held.is_empty() {
            true => HELP.get(lang).to_owned(),
            false => held.join(" · "),
        }
    }

    fn holds(&mut self, ui: &mut Ui, lang: Lang) {
        let along = |mode: &Mode, square| *mode == Mode::Along(square);
        if toggle(ui, i::ICON_EQUAL, PARALLEL.get(lang), along(&self.mode, false)) {
            self.choose(Mode::Along(false));
        }
        if toggle(
            ui,
            i::ICON_VERTICAL_ALIGN_BOTTOM,
            PERPENDICULAR.get(lang),
            along(&self.mode, true),
        ) {
            self.choose(Mode::Along(true));
        }
        if toggle(
            ui,
            i::ICON_SQUARE_FOOT,
            RIGHT_ANGLE.get(lang),
            self.sketch.right_angle,
        ) {
            self.sketch.right_angle ^= true;
        }
        if toggle(
            ui,
            i::ICON_EXPLORE,
            LOCK_ANGLE.get(lang),
            self.sketch.azimuth.is_some(),
        ) {
            self.sketch.azimuth = match self.sketch.azimuth {
                Some(_) => None,
                None => self.sketch.direction(self.cursor_or_before(), false),
            };
        }
        if toggle(
            ui,
            i::ICON_STRAIGHTEN,
            LOCK_DISTANCE.get(lang),
            self.sketch.distance.is_some(),
        ) {
            self.sketch.distance = match self.sketch.distance {
                Some(_) => None,
                None => self.last_length(),
            };
        }
        let copying = matches!(self.mode, Mode::Copy | Mode::Offset(_));
        if toggle(ui, i::ICON_CONTENT_COPY, COPY.get(lang), copying) {
            let own = self.sketch.points();
            self.choose(if own.len() >= 2 {
                Mode::Offset(own.to_vec())
            } else {
                Mode::Copy
            });
        }
    }

    /// Takes a mode, or puts it away when it is in hand already.
    fn choose(&mut self, mode: Mode) {
        self.mode = if self.mode == mode { Mode::Point } else { mode };
    }

    /// The direction of the last line goes on when the pointer is not on the map.
    fn cursor_or_before(&self) -> Option<crate::domain::Pt> {
        let ahead = || {
            let [.., a, b] = self.sketch.points() else {
                return None;
            };
            crate::topology::bearing::shifted(*b, (b.e - a.e) as f64, (b.n - a.n) as f64)
        };
        self.cursor.or_else(ahead)
    }

    /// Length (mm) of the line being drawn, or of the last one.
    fn last_length(&self) -> Option<f64> {
        let from = self.sketch.last()?;
        let to = self.cursor_or_before()?;
        Some(from.dist(to)).filter(|d| *d > 0.0)
    }

    fn snap_menu(&mut self, ui: &mut Ui, lang: Lang) {
        let button =
            Button::new((widgets::icon(i::ICON_FILTER_CENTER_FOCUS), SNAP.get(lang))).selected(self.snapping);
        let r = widgets::named(ui.add(button), Role::Button, SNAP.get(lang));
        egui::Popup::menu(&r)
            .close_behavior(egui::PopupCloseBehavior::CloseOnClickOutside)
            .show(|ui| {
                ui.set_min_width(230.0);
                ui.checkbox(&mut self.snapping, SNAP_ON.get(lang));
                ui.separator();
                for kind in SnapKind::ALL {
                    let mut on = self.kinds.has(kind);
                    if ui
                        .add_enabled(self.snapping, egui::Checkbox::new(&mut on, kind.name().get(lang)))
                        .changed()
                    {
                        self.kinds.set(kind, on);
                    }
                }
            });
    }

    fn ends(&mut self, ui: &mut Ui, lang: Lang) {
        let any = !self.sketch.is_empty();
        ui.add_enabled_ui(any, |ui| {
            if widgets::icon_button(ui, i::ICON_BACKSPACE, BACK.get(lang)) {
                self.sketch.pop();
            }
            if widgets::icon_button(ui, i::ICON_CHECK, END.get(lang)) {
                self.wish = Some(Wish::End);
            }
        });
        ui.add_enabled_ui(any || self.mode != Mode::Point, |ui| {
            if widgets::icon_button(ui, i::ICON_CLOSE, DROP.get(lang)) {
                self.drop_gesture();
            }
        });
    }
}

/// A frameless icon that is on or off.
fn toggle(ui: &mut Ui, glyph: MaterialIcon, name: &str, on: bool) -> bool {
    let button = Button::new(widgets::icon(glyph))
        .selected(on)
        .frame_when_inactive(on);
    let r = ui.add(button);
    r.widget_info(|| egui::WidgetInfo::selected(Role::Button, true, on, name));
    r.on_hover_text(name).clicked()
}

/// The cursor behind what stands in the field.
fn put_cursor_last(ui: &Ui, id: Id, typed: &str, mut state: egui::text_edit::TextEditState) {
    let end = egui::text::CCursor::new(typed.chars().count());
    state
        .cursor
        .set_char_range(Some(egui::text::CCursorRange::one(end)));
    state.store(ui.ctx(), id);
}
