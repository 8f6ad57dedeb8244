//! The bar of the tool in hand, under the toolbar: its name, what to do next, fields for typed values,
//! what would come of it, and the buttons. Its height never changes, so that the map does not move
//! under the pointer.

use egui::accesskit::Role;
use egui::{Align, Key, Label, Layout, Response, RichText, TextEdit, Ui, vec2};
use egui_material_icons::icons as i;

use super::entry::PointEntry;
use super::frame::Values;
use super::lists::{Parcels, Points};
use super::preview::{self, Preview};
use super::side::SideEntry;
use super::{Tool, ToolKind};
use crate::domain::Pt;
use crate::text::{Lang, Msg, Text};
use crate::ui::look::Look;
use crate::ui::theme::{self, M, S, tokens};
use crate::ui::widgets;

/// Height of the two rows with their gap.
pub const HEIGHT: f32 = 58.0;

const APPLY: Text = Text::new("Áp dụng", "Apply");
const CANCEL: Text = Text::new("Thôi", "Cancel");

/// What the person asked of the bar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    Nothing,
    Apply,
    Cancel,
}

/// What a tool's fields are made with.
pub struct Bar<'a, 'b, 'k> {
    pub ui: &'a mut Ui,
    pub look: &'a Look<'b>,
    /// The first field takes the cursor.
    focus: bool,
    /// Enter was pressed in a field.
    enter: bool,
    /// Why the first field that cannot be read cannot.
    error: Option<String>,
    kept: &'a mut Kept<'k>,
    /// What stands in the next fields comes by itself: nothing a person typed.
    pub by_itself: bool,
}

/// What is kept of the fields for a start after a crash.
pub struct Kept<'a> {
    pub values: Values,
    /// Values of an earlier run, taken as the fields are shown.
    pub restore: &'a mut Values,
    /// One of the fields or choices has the focus.
    pub focused: bool,
}

/// Marks the name of a choice among the values.
const CHOICE: &str = "= ";

pub fn is_choice(name: &str) -> bool {
    name.starts_with(CHOICE)
}

pub fn ui(
    ui: &mut Ui,
    kind: ToolKind,
    tool: &mut dyn Tool,
    preview: &Preview,
    focus: bool,
    kept: &mut Kept<'_>,
    look: &Look<'_>,
) -> Asked {
    ui.set_height(HEIGHT);
    ui.spacing_mut().item_spacing.y = S;
    let mut asked = Asked::Nothing;
    let row = vec2(ui.available_width(), 27.0);
    ui.allocate_ui_with_layout(row, Layout::left_to_right(Align::Center), |ui| {
        title(ui, kind, look.lang);
        asked = buttons(ui, tool.next(look), preview, look);
    });
    ui.allocate_ui_with_layout(row, Layout::left_to_right(Align::Center), |ui| {
        ui.spacing_mut().item_spacing.x = S;
        let mut bar = Bar {
            ui,
            look,
            focus,
            enter: false,
            error: None,
            kept,
            by_itself: false,
        };
        tool.fields(&mut bar);
        if bar.enter {
            asked = Asked::Apply;
        }
        let error = bar.error.take();
        result(ui, preview, error, look);
    });
    asked
}

fn title(ui: &mut Ui, kind: ToolKind, lang: Lang) {
    let Some(c) = kind.command() else { return };
    let t = tokens(ui);
    ui.label(widgets::icon(c.icon()).size(18.0).color(t.accent));
    ui.label(RichText::new(c.text().get(lang)).text_style(theme::bold()));
    ui.add_space(S);
}

/// What to do next fills the room between the name and the buttons.
fn buttons(ui: &mut Ui, next: Text, preview: &Preview, look: &Look<'_>) -> Asked {
    let lang = look.lang;
    let mut asked = Asked::Nothing;
    widgets::at_right(ui, |ui| {
        let cancel = widgets::button(ui, true, i::ICON_CLOSE, CANCEL.get(lang));
        let ready = preview.ready().is_some() && look.editable();
        if widgets::primary(ui, ready, Some(i::ICON_CHECK), APPLY.get(lang)) {
            asked = Asked::Apply;
        }
        ui.add_space(M);
        if cancel {
            asked = Asked::Cancel;
        }
        ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
            let text = RichText::new(next.get(lang)).color(tokens(ui).text_weak);
            ui.add(Label::new(text).truncate());
        });
    });
    asked
}

/// What would come of it, in the rest of the row; all of it to be read on the map and by a screen reader.
fn result(ui: &mut Ui, preview: &Preview, error: Option<String>, look: &Look<'_>) {
    let t = tokens(ui);
    let (glyph, colour, text) = if let Some(shown) = preview.fits() {
        let summary = shown.summary(look.coverage, look.lang);
        match shown.warned(look.lang) {
            None => (i::ICON_CHECK_CIRCLE, t.ok, summary),
            Some(warned) => {
                let warned = warned.replace('\n', " ");
                (i::ICON_WARNING, t.warning, format!("{warned} · {summary}"))
            }
        }
    } else if let Some(e) = preview.refusal() {
        (
            i::ICON_BLOCK,
            t.error,
            preview::reason(e, look.lang).replace('\n', " "),
        )
    } else if let Some(error) = error {
        (i::ICON_ERROR, t.error, error)
    } else {
        return;
    };
    ui.add_space(M);
    ui.label(widgets::icon(glyph).color(colour));
    ui.add(Label::new(RichText::new(&text).color(colour)).truncate())
        .on_hover_text(text);
}

impl Bar<'_, '_, '_> {
    /// A caption in front of what follows.
    pub fn caption(&mut self, text: Text) {
        let weak = tokens(self.ui).text_weak;
        self.ui
            .label(RichText::new(text.get(self.look.lang)).size(13.0).color(weak));
    }

    /// A one-line field; true when its text was changed in this frame.
    pub fn text(
        &mut self,
        name: Text,
        hint: &str,
        width: f32,
        text: &mut String,
        error: Option<&Msg>,
    ) -> bool {
        let lang = self.look.lang;
        let restored = self.kept.restore.remove(name.en);
        let again = restored.is_some();
        if let Some(value) = restored {
            *text = value;
        }
        self.caption(name);
        let weak = tokens(self.ui).text_weak;
        let edit = TextEdit::singleline(text)
            .id_salt(("tool", name.en))
            .desired_width(width)
            .hint_text(RichText::new(hint).color(weak));
        let edit = match error {
            Some(_) => edit.text_color(tokens(self.ui).error),
            None => edit,
        };
        let r = self.ui.add(edit);
        self.field(&r, name.get(lang));
        let changed = r.changed() || again;
        if !self.by_itself || changed {
            self.kept.values.insert(name.en.to_owned(), text.clone());
        }
        if let Some(e) = error {
            self.error.get_or_insert_with(|| e.get(lang).to_owned());
            r.on_hover_text(e.get(lang));
        }
        self.ui.add_space(S);
        changed
    }

    fn field(&mut self, r: &Response, name: &str) {
        let name = name.to_owned();
        self.ui.ctx().accesskit_node_builder(r.id, |n| n.set_label(name));
        if std::mem::take(&mut self.focus) {
            r.request_focus();
        }
        self.kept.focused |= r.has_focus();
        self.enter |= r.lost_focus() && self.ui.input(|i| i.key_pressed(Key::Enter));
    }

    /// A field for a point; read while it is typed.
    pub fn point(&mut self, name: Text, at: &mut PointEntry, base: Option<Pt>) {
        let hint = POINT_HINT.get(self.look.lang);
        let error = at.error.clone();
        if self.text(name, hint, 168.0, &mut at.text, error.as_ref()) {
            at.read(self.look, base);
        }
    }

    /// A field for several points.
    pub fn points(&mut self, name: Text, points: &mut Points) {
        let error = points.error.clone();
        if self.text(
            name,
            POINTS_HINT.get(self.look.lang),
            168.0,
            &mut points.text,
            error.as_ref(),
        ) {
            points.read(self.look);
        }
    }

    /// A field for a side.
    pub fn side(&mut self, name: Text, hint: Text, side: &mut SideEntry) {
        let error = side.error.clone();
        if self.text(
            name,
            hint.get(self.look.lang),
            130.0,
            &mut side.text,
            error.as_ref(),
        ) {
            side.read(self.look);
        }
    }

    /// A field for parcels; empty it stands for the selected ones.
    pub fn parcels(&mut self, name: Text, parcels: &mut Parcels) {
        let (error, hint) = (parcels.error.clone(), Parcels::hint(self.look));
        if self.text(name, &hint, 150.0, &mut parcels.text, error.as_ref()) {
            parcels.read(self.look);
        }
    }

    /// A live result among the fields.
    pub fn say(&mut self, text: &str) {
        self.ui.label(RichText::new(text).size(13.0));
        self.ui.add_space(S);
    }

    /// A longer sentence in the rest of the row; all of it under the pointer and for a screen reader.
    pub fn tell(&mut self, text: &str) {
        let label = Label::new(RichText::new(text).size(13.0)).truncate();
        self.ui.add(label).on_hover_text(text);
    }

    /// One of a few things.
    pub fn choice<T: Copy + PartialEq>(&mut self, name: Text, all: &[(T, Text)], now: &mut T) {
        let lang = self.look.lang;
        let all: Vec<(T, String)> = all.iter().map(|(v, t)| (*v, t.get(lang).to_owned())).collect();
        self.choice_named(name, &all, now);
    }

    /// Enter on a closed choice means what it means in a field; Space opens the choice.
    fn enter_on_choice(&mut self, name: Text) {
        let here = self.ui.data(|d| d.get_temp::<bool>(choice_id(name))) == Some(true);
        self.enter |= here
            && self
                .ui
                .input_mut(|i| i.consume_key(egui::Modifiers::NONE, Key::Enter));
    }

    /// One of a few things whose names come from the data.
    pub fn choice_named<T: Copy + PartialEq>(&mut self, name: Text, all: &[(T, String)], now: &mut T) {
        let key = format!("{CHOICE}{}", name.en);
        if let Some(n) = self
            .kept
            .restore
            .remove(&key)
            .and_then(|n| n.parse::<usize>().ok())
            && let Some((value, _)) = all.get(n)
        {
            *now = *value;
        }
        self.caption(name);
        let shown = all.iter().find(|(v, _)| v == now).map_or("", |(_, t)| t.as_str());
        self.enter_on_choice(name);
        let combo = egui::ComboBox::from_id_salt(("tool", name.en)).selected_text(shown);
        let r = combo.show_ui(self.ui, |ui| {
            for (value, text) in all {
                ui.selectable_value(now, *value, text);
            }
        });
        let chosen = shown.to_owned();
        self.ui
            .ctx()
            .accesskit_node_builder(r.response.id, |n| n.set_value(chosen));
        let has_focus = r.response.has_focus();
        self.ui
            .data_mut(|d| d.insert_temp(choice_id(name), has_focus && r.inner.is_none()));
        if has_focus {
            self.kept.focused = true;
            step(self.ui, r.response.id, all, now);
        }
        if let Some(n) = all.iter().position(|(v, _)| v == now) {
            self.kept.values.insert(key, n.to_string());
        }
        widgets::named(r.response, Role::ComboBox, name.get(self.look.lang));
        self.ui.add_space(S);
    }
}

/// Where it is remembered that a closed choice has the focus.
fn choice_id(name: Text) -> egui::Id {
    egui::Id::unique(("tool choice", name.en))
}

/// While a closed combo box has the focus, the arrows go through its entries.
fn step<T: Copy + PartialEq>(ui: &Ui, id: egui::Id, all: &[(T, String)], now: &mut T) {
    let filter = egui::EventFilter {
        vertical_arrows: true,
        ..Default::default()
    };
    ui.memory_mut(|m| m.set_focus_lock_filter(id, filter));
    let (down, up) = ui.input(|i| (i.key_pressed(Key::ArrowDown), i.key_pressed(Key::ArrowUp)));
    let at = all.iter().position(|(v, _)| v == now).unwrap_or(0);
    let next = (at + usize::from(down)).saturating_sub(usize::from(up));
    if let Some((value, _)) = all.get(next).filter(|_| down != up) {
        *now = *value;
        ui.ctx().request_repaint();
    }
}

const POINTS_HINT: Text = Text::new("1; 2; 5 hoặc X Y; X Y", "1; 2; 5 or X Y; X Y");
const POINT_HINT: Text = Text::new("số đỉnh hoặc X Y", "point no. or X Y");
