//! A field on the screen: caption, what stands in it, its list, why it cannot stay so.

use egui::accesskit::Role;
use egui::text::{CCursor, CCursorRange};
use egui::{
    EventFilter, Id, Key, KeyboardShortcut, Modifiers, Popup, PopupCloseBehavior, RichText, ScrollArea,
    TextEdit, Ui,
};
use egui_material_icons::icons as i;

use super::choices::{self, Choice};
use super::entry::Entry;
use super::model::Slot;
use crate::register::FieldKind;
use crate::text::{Lang, Text};
use crate::ui::theme::{S, tokens};
use crate::ui::widgets;

/// Width of the captions, points.
pub const CAPTION: f32 = 168.0;

/// The form itself takes Tab and Esc: egui would go to the arrows beside the fields too.
const OWN_KEYS: EventFilter = EventFilter {
    horizontal_arrows: true,
    vertical_arrows: true,
    tab: true,
    escape: true,
};
/// Room for the arrow beside a field with a list, points.
const ARROW: f32 = 32.0;
/// Within a field, at each side.
const MARGIN: f32 = 6.0;

/// The list of the field one is in.
pub struct List {
    pub slot: Slot,
    pub items: Vec<Choice>,
    pub at: usize,
    /// The arrows were used: what stands there is meant.
    pub moved: bool,
}

/// What happened in a field in this frame.
pub enum Did {
    Changed,
    /// The cursor is elsewhere now.
    Left,
    Picked(Choice),
    Reveal,
    /// The arrow beside it was pressed.
    OpenList,
}

/// What a field has on the screen.
pub struct Shown {
    pub id: Id,
    pub focused: bool,
    pub did: Option<Did>,
}

const DAY: Text = Text::new("dd/MM/yyyy", "dd/MM/yyyy");
const REVEAL: Text = Text::new("Hiện số", "Show the number");
const LIST: Text = Text::new("Mở danh sách", "Open the list");
const CHOICES: Text = Text::new("Danh sách", "List");

/// Draws a field. `name`: its accessible name; `focus`: it gets the cursor.
pub fn ui(
    ui: &mut Ui,
    entry: &mut Entry,
    name: &str,
    list: Option<&List>,
    focus: bool,
    lang: Lang,
    salt: Id,
) -> Option<Shown> {
    if entry.masked {
        return masked(ui, entry, name, lang);
    }
    if entry.field.kind == FieldKind::Flag {
        return Some(flag(ui, entry, name, focus));
    }
    let before = entry.typed.text.clone();
    let r = ui
        .horizontal(|ui| {
            let r = text(ui, entry, lang, salt);
            let arrow = choices::has_list(entry.field) && entry.open;
            let arrow = arrow && small_button(ui, &format!("{}: {name}", LIST.get(lang)));
            (r, arrow)
        })
        .inner;
    let (r, arrow) = r;
    let spoken = name.to_owned();
    ui.ctx().accesskit_node_builder(r.id, |n| n.set_label(spoken));
    if focus {
        r.request_focus();
        r.scroll_to_me(None);
    }
    if r.gained_focus() && !ui.input(|i| i.pointer.any_pressed()) {
        select_all(ui, r.id, &entry.typed.text);
        r.scroll_to_me(None);
    }
    let mut did = None;
    if let Some(list) = list {
        did = popup(&r, list, lang).map(Did::Picked);
    }
    why(ui, entry, lang);
    if did.is_none() {
        if r.changed() && entry.typed.text != before {
            entry.error = None;
            did = Some(Did::Changed);
        } else if r.lost_focus() {
            did = Some(Did::Left);
        } else if arrow {
            r.request_focus();
            did = Some(Did::OpenList);
        }
    }
    Some(Shown {
        id: r.id,
        focused: r.has_focus(),
        did,
    })
}

fn text(ui: &mut Ui, entry: &mut Entry, lang: Lang, salt: Id) -> egui::Response {
    let weak = tokens(ui).text_weak;
    let long = matches!(entry.field.kind, FieldKind::Text { max } | FieldKind::Personal { max } if max >= 2000 && entry.field.name != "scan");
    let hint = match (entry.field.kind, width(entry.field.kind)) {
        (FieldKind::Date | FieldKind::PersonalDate | FieldKind::Birth, _) => DAY.get(lang),
        (FieldKind::Share, _) => "1/2",
        (_, Some(_)) => "",
        (_, None) => entry.field.help.get(lang),
    };
    let hint = RichText::new(hint).color(weak);
    // Without what stands beside it.
    let beside = if choices::has_list(entry.field) && entry.open {
        ARROW
    } else {
        0.0
    };
    let room = ui.available_width() - beside - 2.0 * MARGIN;
    let width = width(entry.field.kind).unwrap_or(room).min(room);
    let edit = match long {
        true => TextEdit::multiline(&mut entry.typed.text)
            .desired_rows(2)
            .return_key(KeyboardShortcut::new(Modifiers::SHIFT, Key::Enter)),
        false => TextEdit::singleline(&mut entry.typed.text),
    };
    let edit = edit
        .id_salt(salt)
        .desired_width(width)
        .margin(egui::Margin::symmetric(MARGIN as i8, 4))
        .interactive(entry.open)
        .hint_text(hint)
        .event_filter(OWN_KEYS);
    let edit = match (entry.open, &entry.error) {
        (false, _) => edit.background_color(tokens(ui).panel),
        (true, Some(_)) => edit.background_color(tokens(ui).error_soft),
        (true, None) => edit,
    };
    let r = ui.add(edit);
    let help = entry.field.help.get(lang);
    match help.is_empty() {
        true => r,
        false => r.on_hover_text(help),
    }
}

/// What a value of the kind needs at most; text takes what there is.
fn width(kind: FieldKind) -> Option<f32> {
    Some(match kind {
        FieldKind::Date | FieldKind::PersonalDate | FieldKind::Birth => 112.0,
        FieldKind::Area | FieldKind::Whole { .. } | FieldKind::Share | FieldKind::Commune => 112.0,
        FieldKind::Serial | FieldKind::PersonalMoney => 160.0,
        _ => return None,
    })
}

fn small_button(ui: &mut Ui, name: &str) -> bool {
    let glyph = widgets::icon(i::ICON_ARROW_DROP_DOWN).color(tokens(ui).text_weak);
    let r = ui.add(egui::Button::new(glyph).frame_when_inactive(false).small());
    // The keyboard has the down arrow for it.
    ui.memory_mut(|m| m.ignore_focus(r.id));
    widgets::named(r, Role::Button, name).clicked()
}

fn select_all(ui: &Ui, id: Id, text: &str) {
    if let Some(mut state) = TextEdit::load_state(ui.ctx(), id) {
        let all = CCursorRange::two(CCursor::new(0), CCursor::new(text.chars().count()));
        state.cursor.set_char_range(Some(all));
        TextEdit::store_state(ui.ctx(), id, state);
    }
}

fn why(ui: &mut Ui, entry: &Entry, lang: Lang) {
    if let Some(error) = &entry.error {
        let text = RichText::new(error.get(lang)).small().color(tokens(ui).error);
        ui.add(egui::Label::new(text).wrap());
    }
}

fn masked(ui: &mut Ui, entry: &Entry, name: &str, lang: Lang) -> Option<Shown> {
    ui.horizontal(|ui| {
        ui.add(egui::Label::new(entry.masked_text()));
        let spoken = format!("{}: {name}", REVEAL.get(lang));
        let r = ui.add(egui::Button::new(widgets::icon(i::ICON_VISIBILITY)).small());
        let r = widgets::named(r, Role::Button, &spoken).on_hover_text(REVEAL.get(lang));
        r.clicked().then_some(Shown {
            id: r.id,
            focused: false,
            did: Some(Did::Reveal),
        })
    })
    .inner
}

fn flag(ui: &mut Ui, entry: &mut Entry, name: &str, focus: bool) -> Shown {
    let mut on = entry.typed.flag.unwrap_or(false);
    let r = ui.add_enabled(entry.open, egui::Checkbox::new(&mut on, ()));
    r.widget_info(|| egui::WidgetInfo::selected(Role::CheckBox, true, on, name));
    if focus {
        r.request_focus();
        r.scroll_to_me(None);
    }
    ui.memory_mut(|m| m.set_focus_lock_filter(r.id, OWN_KEYS));
    let changed = r.changed();
    if changed {
        entry.typed.flag = Some(on);
    }
    Shown {
        id: r.id,
        focused: r.has_focus(),
        did: changed.then_some(Did::Changed),
    }
}

fn popup(r: &egui::Response, list: &List, lang: Lang) -> Option<Choice> {
    if list.items.is_empty() {
        return None;
    }
    let popup = Popup::from_response(r)
        .id(r.id.with("list"))
        .open(true)
        .close_behavior(PopupCloseBehavior::IgnoreClicks)
        .accessible_name(CHOICES.get(lang))
        .width(r.rect.width().max(240.0));
    let shown = popup.show(|ui| {
        let mut chosen = None;
        ScrollArea::vertical().max_height(260.0).show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            for (n, choice) in list.items.iter().enumerate() {
                if item(ui, choice, n == list.at) {
                    chosen = Some(choice.clone());
                }
            }
        });
        chosen
    });
    shown.and_then(|s| s.inner)
}

fn item(ui: &mut Ui, choice: &Choice, on: bool) -> bool {
    let t = tokens(ui);
    let glyph = choice.new.map(|_| widgets::icon(i::ICON_ADD));
    let mut job = egui::text::LayoutJob::default();
    let font = |s: egui::TextStyle| s.resolve(ui.style());
    let format = |font_id, color| egui::TextFormat {
        font_id,
        color,
        ..Default::default()
    };
    let main = if on { t.on_accent_soft } else { t.text };
    job.append(&choice.label, 0.0, format(font(egui::TextStyle::Body), main));
    if !choice.detail.is_empty() {
        job.append(
            &choice.detail,
            S * 2.0,
            format(font(egui::TextStyle::Small), t.text_weak),
        );
    }
    job.wrap = egui::text::TextWrapping::truncate_at_width(ui.available_width() - 40.0);
    let size = egui::vec2(ui.available_width(), 26.0);
    let button = match glyph {
        Some(glyph) => egui::Button::new((glyph, job, widgets::grow())),
        None => egui::Button::new((job, widgets::grow())),
    };
    let r = ui.add(button.selected(on).frame_when_inactive(on).min_size(size));
    ui.memory_mut(|m| m.ignore_focus(r.id));
    let r = widgets::named(r, Role::ListBoxOption, &choice.label);
    if on {
        r.scroll_to_me(None);
    }
    // The press already takes the focus from the field.
    r.clicked() || r.is_pointer_button_down_on()
}
