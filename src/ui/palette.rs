//! The command palette (Ctrl+K): type a few letters of a command, with or without marks, and Enter.

use egui::{Context, Key, Modal, Modifiers, RichText, ScrollArea, TextEdit, Ui};

use super::command::{self, Command, Have};
use super::theme::tokens;
use super::widgets;
use crate::text::{Lang, Text};

#[derive(Debug, Default)]
pub struct Palette {
    query: String,
    /// Row the arrows stand on.
    at: usize,
}

/// What the palette asks its owner to do.
pub enum Outcome {
    Stay,
    Close,
    Run(Command),
}

const HINT: Text = Text::new("Gõ tên lệnh…", "Type a command…");
const NAME: Text = Text::new("Tìm lệnh", "Find a command");
const NOTHING: Text = Text::new("Không có lệnh nào như vậy.", "No command like that.");

impl Palette {
    pub fn ui(&mut self, ctx: &Context, lang: Lang, have: &Have) -> Outcome {
        let found = command::find(&self.query, lang);
        let (down, up, enter) = ctx.input_mut(|i| {
            (
                i.consume_key(Modifiers::NONE, Key::ArrowDown),
                i.consume_key(Modifiers::NONE, Key::ArrowUp),
                i.consume_key(Modifiers::NONE, Key::Enter),
            )
        });
        self.at = (self.at + usize::from(down))
            .saturating_sub(usize::from(up))
            .min(found.len().saturating_sub(1));
        let area = egui::Area::new(egui::Id::unique("palette"))
            .kind(egui::UiKind::Modal)
            .order(egui::Order::Foreground)
            .anchor(egui::Align2::CENTER_TOP, [0.0, 72.0]);
        let modal = Modal::new(egui::Id::unique("palette"))
            .area(area)
            .show(ctx, |ui| {
                ui.set_width(560.0);
                self.field(ui, lang);
                ui.add_space(super::theme::S);
                list(ui, &found, self.at, down || up, lang, have)
            });
        let chosen = modal
            .inner
            .or(if enter { found.get(self.at).copied() } else { None });
        match chosen {
            Some(c) if c.check(have).is_ok() => Outcome::Run(c),
            _ if modal.should_close() => Outcome::Close,
            _ => Outcome::Stay,
        }
    }

    fn field(&mut self, ui: &mut Ui, lang: Lang) {
        let hint = RichText::new(HINT.get(lang)).color(tokens(ui).text_weak);
        let r = ui.add(
            TextEdit::singleline(&mut self.query)
                .desired_width(f32::INFINITY)
                .hint_text(hint),
        );
        ui.ctx()
            .accesskit_node_builder(r.id, |n| n.set_label(NAME.get(lang)));
        if r.changed() {
            self.at = 0;
        }
        r.request_focus();
    }
}

fn list(ui: &mut Ui, found: &[Command], at: usize, moved: bool, lang: Lang, have: &Have) -> Option<Command> {
    if found.is_empty() {
        ui.weak(NOTHING.get(lang));
    }
    let mut chosen = None;
    ScrollArea::vertical().max_height(380.0).show(ui, |ui| {
        for (n, c) in found.iter().enumerate() {
            let name = c.text().get(lang);
            let menu = RichText::new(c.menu().text().get(lang)).color(tokens(ui).text_weak);
            let button = egui::Button::new((widgets::icon(c.icon()), name, menu))
                .selected(n == at)
                .frame_when_inactive(n == at)
                .shortcut_text(c.keys_text(ui.ctx()))
                .min_size(egui::vec2(ui.available_width(), 28.0));
            let r = ui.add_enabled(c.check(have).is_ok(), button);
            let r = widgets::named(r, egui::accesskit::Role::MenuItem, name);
            if n == at && moved {
                r.scroll_to_me(None);
            }
            if r.clicked() {
                chosen = Some(*c);
            }
        }
    });
    chosen
}
