//! Small parts used all over the window: buttons with icon and name, fields that are checked where
//! they stand, empty states, plates.

use egui::accesskit::Role;
use egui::{Align, Atom, Button, Key, Layout, Response, RichText, Sense, TextEdit, Ui, WidgetInfo};
use egui_material_icons::{MaterialIcon, icons as i};
use unicode_normalization::UnicodeNormalization;

use super::command::{Command, Have};
use super::theme::{self, M, S, XS, tokens};
use crate::render::boundaries::Line;
use crate::render::style::{Hatch, Paint, Style};
use crate::text::{Lang, Msg, Text};

/// How a button shows its command.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Show {
    Icon,
    IconText,
}

/// An icon beside body text: a button with it is as high as one without.
pub fn icon(icon: MaterialIcon) -> RichText {
    icon.rich_text().size(16.0)
}

/// Names a widget for screen readers and tests, whatever glyphs it shows.
pub fn named(response: Response, role: Role, name: &str) -> Response {
    response.widget_info(|| WidgetInfo::labeled(role, response.enabled(), name));
    response
}

/// A toolbar button for a command; greyed with the reason as its tooltip when it cannot run.
pub fn command_button(ui: &mut Ui, c: Command, lang: Lang, have: &Have, show: Show, on: bool) -> bool {
    let name = short(c).get(lang);
    let check = c.check(have);
    let button = match show {
        Show::Icon => Button::new(icon(c.icon()).size(18.0)),
        Show::IconText => Button::new((icon(c.icon()).size(18.0), name)),
    };
    let button = button.selected(on).frame_when_inactive(on);
    let r = named(
        ui.add_enabled(check.is_ok(), button),
        Role::Button,
        c.text().get(lang),
    );
    let keys = c.keys_text(ui.ctx());
    let keys = if keys.is_empty() {
        keys
    } else {
        format!("  ({keys})")
    };
    let r = r.on_hover_text(format!("{}{keys}\n{}", c.text().get(lang), c.tip().get(lang)));
    if let Err(why) = check {
        r.on_disabled_hover_text(format!("{}{keys}\n{}", c.text().get(lang), why.get(lang)));
        return false;
    }
    r.clicked()
}

/// The name on the toolbar: shorter than in the menu.
fn short(c: Command) -> Text {
    match c {
        Command::Open => Text::new("Mở", "Open"),
        Command::Import => Text::new("Nhập", "Import"),
        Command::Validate => Text::new("Kiểm tra", "Validate"),
        Command::ExportPackage => Text::new("Xuất gói", "Package"),
        Command::ToolSelect => Text::new("Chọn", "Select"),
        Command::ToolPan => Text::new("Di chuyển", "Pan"),
        Command::ToolMovePoint => Text::new("Dời đỉnh", "Move point"),
        Command::ToolMeasure => Text::new("Đo", "Measure"),
        Command::Palette => Text::new("Tìm lệnh", "Commands"),
        other => other.text(),
    }
}

/// A menu entry for a command.
pub fn command_entry(ui: &mut Ui, c: Command, lang: Lang, have: &Have) -> bool {
    let check = c.check(have);
    let button = Button::new((icon(c.icon()), c.text().get(lang))).shortcut_text(c.keys_text(ui.ctx()));
    let r = named(
        ui.add_enabled(check.is_ok(), button),
        Role::MenuItem,
        c.text().get(lang),
    );
    match check {
        Ok(()) => r.on_hover_text(c.tip().get(lang)).clicked(),
        Err(why) => {
            r.on_disabled_hover_text(why.get(lang));
            false
        }
    }
}

/// A frameless icon that does something; `name` is its tooltip and its accessible name.
pub fn icon_button(ui: &mut Ui, glyph: MaterialIcon, name: &str) -> bool {
    named(
        ui.add(Button::new(icon(glyph)).frame_when_inactive(false)),
        Role::Button,
        name,
    )
    .on_hover_text(name)
    .clicked()
}

/// The one button a dialog or page is about.
pub fn primary(ui: &mut Ui, enabled: bool, glyph: Option<MaterialIcon>, text: &str) -> bool {
    let t = tokens(ui);
    ui.scope(|ui| {
        let w = &mut ui.visuals_mut().widgets;
        for state in [&mut w.inactive, &mut w.hovered, &mut w.active] {
            state.weak_bg_fill = t.accent;
            state.fg_stroke.color = t.on_accent;
        }
        w.inactive.bg_stroke.color = t.accent;
        w.hovered.weak_bg_fill = t.accent.gamma_multiply(0.88);
        w.active.bg_stroke = egui::Stroke::new(2.0, t.text);
        let label = RichText::new(text).text_style(theme::bold());
        let button = match glyph {
            Some(g) => Button::new((icon(g), label)),
            None => Button::new(label),
        };
        named(ui.add_enabled(enabled, button), Role::Button, text).clicked()
    })
    .inner
}

/// A plain button with an icon.
pub fn button(ui: &mut Ui, enabled: bool, glyph: MaterialIcon, text: &str) -> bool {
    named(
        ui.add_enabled(enabled, Button::new((icon(glyph), text))),
        Role::Button,
        text,
    )
    .clicked()
}

/// What a list is limited to: pressed, it goes. `way_out` says so.
pub fn chip(ui: &mut Ui, label: &str, way_out: &str) -> bool {
    let text = RichText::new(label).color(tokens(ui).on_accent_soft);
    let chip = egui::Button::new((icon(i::ICON_CLOSE), text)).fill(tokens(ui).accent_soft);
    let r = named(ui.add(chip), Role::Button, &format!("{way_out}: {label}"));
    r.on_hover_text(way_out).clicked()
}

/// What to show where there is nothing yet: what this place is for and what to do.
pub fn empty(ui: &mut Ui, glyph: MaterialIcon, title: &str, body: &str) {
    let t = tokens(ui);
    ui.add_space(theme::L);
    ui.vertical_centered(|ui| {
        ui.add(egui::Label::new(glyph.rich_text().size(36.0).color(t.text_weak)).selectable(false));
        ui.label(RichText::new(title).text_style(theme::bold()));
        ui.add(egui::Label::new(RichText::new(body).color(t.text_weak)).wrap());
    });
}

/// The heading of a group inside a panel.
pub fn section(ui: &mut Ui, text: &str) {
    ui.add_space(S);
    ui.label(
        RichText::new(text)
            .text_style(theme::bold())
            .color(tokens(ui).text_weak)
            .size(13.0),
    );
}

/// What a note is about; decides colour and icon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    Info,
    Ok,
    Warning,
    Error,
}

impl Tone {
    pub fn glyph(self) -> MaterialIcon {
        use egui_material_icons::icons as i;
        match self {
            Self::Info => i::ICON_INFO,
            Self::Ok => i::ICON_CHECK_CIRCLE,
            Self::Warning => i::ICON_WARNING,
            Self::Error => i::ICON_ERROR,
        }
    }

    /// (line and text, ground)
    pub fn colours(self, ui: &Ui) -> (egui::Color32, egui::Color32) {
        let t = tokens(ui);
        match self {
            Self::Info => (t.on_accent_soft, t.accent_soft),
            Self::Ok => (t.ok, t.ok_soft),
            Self::Warning => (t.warning, t.warning_soft),
            Self::Error => (t.error, t.error_soft),
        }
    }
}

/// A coloured box with an icon and wrapped text.
pub fn note(ui: &mut Ui, tone: Tone, text: &str) {
    let (line, ground) = tone.colours(ui);
    egui::Frame::new()
        .fill(ground)
        .corner_radius(4)
        .inner_margin(egui::Margin::symmetric(10, 6))
        .show(ui, |ui| {
            ui.horizontal_top(|ui| {
                ui.label(icon(tone.glyph()).color(line));
                ui.add(egui::Label::new(RichText::new(text).color(tokens(ui).text)).wrap());
            });
        });
}

/// A text field with its caption above, checked by the caller, its reason shown below it.
///
/// The text is left exactly as typed while the field has the focus (input methods compose by
/// Backspace bursts); Enter or leaving the field hands out the text in NFC, Esc takes it back.
#[derive(Debug, Default)]
pub struct Field {
    typed: Option<String>,
    pub error: Option<Msg>,
}

impl Field {
    /// Whether something stands in it that was not accepted or not yet handed out.
    pub fn is_dirty(&self) -> bool {
        self.typed.is_some()
    }

    /// Shows `value`, or what is being typed. `Some(text)` once, when the person is done.
    pub fn ui(&mut self, ui: &mut Ui, style: &FieldStyle<'_>, value: &str) -> Option<String> {
        let mut text = self.typed.clone().unwrap_or_else(|| value.to_owned());
        let edit = TextEdit::singleline(&mut text)
            .id_salt(style.caption)
            .desired_width(f32::INFINITY)
            .interactive(style.enabled)
            .hint_text(RichText::new(style.hint).color(tokens(ui).text_weak));
        let edit = match style.enabled {
            true => edit,
            false => edit.background_color(tokens(ui).panel),
        };
        let edit = if style.right {
            edit.align(egui::Align2::RIGHT_CENTER)
        } else {
            edit
        };
        let r = ui.add(edit);
        let name = style.caption.to_owned();
        ui.ctx().accesskit_node_builder(r.id, |n| n.set_label(name));
        if let Some(error) = &self.error {
            ui.label(
                RichText::new(error.get(style.lang))
                    .small()
                    .color(tokens(ui).error),
            );
        }
        if r.changed() {
            self.typed = Some(text.clone());
            self.error = None;
        }
        if r.lost_focus() {
            return self.leave(ui.input(|i| i.key_pressed(Key::Escape)), value);
        }
        None
    }

    fn leave(&mut self, escaped: bool, value: &str) -> Option<String> {
        let typed = self.typed.take()?;
        let text: String = typed.nfc().collect::<String>().trim().to_owned();
        if escaped {
            self.error = None;
            return None;
        }
        (text != value).then_some(text)
    }

    /// The text was refused: it stays in the field with the reason.
    pub fn refuse(&mut self, text: String, why: Msg) {
        self.typed = Some(text);
        self.error = Some(why);
    }
}

/// How a [`Field`] looks.
pub struct FieldStyle<'a> {
    pub lang: Lang,
    /// Its accessible name; the visible caption is drawn by [`captioned`].
    pub caption: &'a str,
    pub hint: &'a str,
    pub enabled: bool,
    /// Numbers stand right.
    pub right: bool,
}

/// A caption in front of a value, in one column of a form.
pub fn captioned<R>(ui: &mut Ui, width: f32, caption: &str, add: impl FnOnce(&mut Ui) -> R) -> R {
    ui.horizontal_top(|ui| {
        let (rect, _) =
            ui.allocate_exact_size(egui::vec2(width, ui.spacing().interact_size.y), Sense::hover());
        let mut cell = ui.new_child(
            egui::UiBuilder::new()
                .max_rect(rect)
                .layout(Layout::left_to_right(Align::Center)),
        );
        cell.add(egui::Label::new(RichText::new(caption).color(tokens(&cell).text_weak)).truncate());
        ui.vertical(|ui| add(ui)).inner
    })
    .inner
}

/// A caption and a value that can be read and copied.
pub fn fact(ui: &mut Ui, width: f32, caption: &str, value: &str) {
    captioned(ui, width, caption, |ui| {
        ui.add_space(S);
        let value = if value.is_empty() { "—" } else { value };
        ui.add(egui::Label::new(value).wrap());
    });
}

/// Text in a place of fixed width, so that nothing beside it jumps when it changes.
pub fn fixed(ui: &mut Ui, width: f32, text: RichText) {
    let size = egui::vec2(width, ui.spacing().interact_size.y);
    ui.allocate_ui_with_layout(size, Layout::left_to_right(Align::Center), |ui| {
        ui.set_min_size(size);
        ui.add(egui::Label::new(text).truncate());
    });
}

/// A choice of a few things in a row; returns the new choice.
pub fn tabs<T: Copy + PartialEq>(ui: &mut Ui, all: &[(T, String)], now: T) -> Option<T> {
    let t = tokens(ui);
    let mut chosen = None;
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = egui::vec2(XS, XS);
        ui.spacing_mut().button_padding.x = 6.0;
        for (value, name) in all {
            let on = *value == now;
            let text = RichText::new(name)
                .size(13.5)
                .color(if on { t.on_accent_soft } else { t.text });
            let r = ui.add(Button::selectable(on, text));
            r.widget_info(|| WidgetInfo::selected(Role::Tab, true, on, name));
            if r.clicked() {
                chosen = Some(*value);
            }
        }
    });
    chosen
}

/// A filled box of the width of an icon, for legends.
pub fn swatch(ui: &mut Ui, colour: egui::Color32) {
    let (rect, _) = ui.allocate_exact_size(egui::vec2(18.0, 12.0), Sense::hover());
    ui.painter().rect(
        rect,
        2.0,
        colour,
        egui::Stroke::new(1.0, tokens(ui).frame),
        egui::StrokeKind::Inside,
    );
}

/// The same with the pattern of a fill.
pub fn patterned(ui: &mut Ui, paint: Paint) {
    let (rect, _) = ui.allocate_exact_size(egui::vec2(24.0, 14.0), Sense::hover());
    fill(ui.painter(), rect, paint);
    let frame = egui::Stroke::new(1.0, tokens(ui).frame);
    ui.painter()
        .rect_stroke(rect, 2.0, frame, egui::StrokeKind::Inside);
}

/// A line of the map, as long as a swatch.
pub fn dashed(ui: &mut Ui, line: Line, style: &Style) {
    let (rect, _) = ui.allocate_exact_size(egui::vec2(26.0, 12.0), Sense::hover());
    let stroke = egui::Stroke::new(line.width(), super::map_live::rgb(line.colour(style)));
    for [from, to] in line.sample(rect.width()) {
        let x = rect.left() + from..=rect.left() + to;
        ui.painter().hline(x, rect.center().y, stroke);
    }
}

/// Fills a box as the map fills a parcel.
pub fn fill(painter: &egui::Painter, rect: egui::Rect, paint: Paint) {
    painter.rect_filled(rect, 2.0, super::map_live::rgb(paint.fill));
    if let Some(Hatch(pattern, colour)) = paint.hatch {
        let stroke = egui::Stroke::new(1.0, super::map_live::rgba(colour));
        for line in crate::render::swatch(pattern, rect.width(), rect.height(), 6.0) {
            painter.line_segment(line.map(|[x, y]| rect.min + egui::vec2(x, y)), stroke);
        }
    }
}

/// Puts what follows at the right end of the row.
pub fn at_right<R>(ui: &mut Ui, add: impl FnOnce(&mut Ui) -> R) -> R {
    ui.with_layout(Layout::right_to_left(Align::Center), add).inner
}

/// A flexible gap inside a button.
pub fn grow() -> Atom<'static> {
    Atom::grow()
}

/// The frame of the panels at the sides and the bottom.
pub fn panel_frame(ui: &Ui) -> egui::Frame {
    egui::Frame::new()
        .fill(tokens(ui).panel)
        .inner_margin(egui::Margin::same(M as i8))
}
