//! Short messages over the map: what an action did, what went wrong. Good news leaves by itself,
//! errors stay until they are closed.

use egui::{Align2, Area, Context, Id, Order, RichText};
use egui_material_icons::icons::ICON_CLOSE;

use super::theme::{self, tokens};
use super::widgets::{self, Tone};
use crate::domain::Failure;
use crate::text::{Lang, Msg, Text};

/// Seconds good news stays.
const STAY: f64 = 7.0;

#[derive(Clone, Debug)]
struct Notice {
    tone: Tone,
    text: Msg,
    /// Second line: the way out, or what else changed.
    detail: Option<Msg>,
    /// Time of the window's clock at which it leaves.
    until: Option<f64>,
}

#[derive(Default)]
pub struct Notices(Vec<Notice>);

const CLOSE: Text = Text::new("Đóng thông báo", "Close the message");
const NAME: Text = Text::new("Thông báo", "Messages");

impl Notices {
    pub fn say(&mut self, ctx: &Context, tone: Tone, text: impl Into<Msg>, detail: Option<Msg>) {
        let until = matches!(tone, Tone::Ok | Tone::Info).then(|| ctx.input(|i| i.time) + STAY);
        // Good news replaces older good news; an error shown twice is one error.
        let now = ctx.input(|i| i.time);
        let fresh = |n: &Notice| n.until.is_none_or(|t| t > now + STAY - 1.0);
        let text = text.into();
        self.0.retain(|n| fresh(n) && n.text != text);
        self.0.push(Notice {
            tone,
            text,
            detail,
            until,
        });
        if self.0.len() > 4 {
            self.0.remove(0);
        }
    }

    pub fn failure(&mut self, ctx: &Context, failure: &Failure) {
        if failure.code() == "CANCELLED" {
            return self.say(ctx, Tone::Info, failure.message().clone(), None);
        }
        let text = Msg::new(place(failure, Lang::Vi), place(failure, Lang::En));
        self.say(ctx, Tone::Error, text, failure.remedy_text().cloned());
    }

    /// Good news is overtaken by something that tells more.
    pub fn good_news_leaves(&mut self) {
        self.0.retain(|n| n.until.is_none());
    }

    pub fn clear(&mut self) {
        self.0.clear();
    }

    /// Draws them at the bottom of `map`.
    pub fn ui(&mut self, ctx: &Context, map: egui::Rect, lang: Lang) {
        let now = ctx.input(|i| i.time);
        self.0.retain(|n| n.until.is_none_or(|t| t > now));
        if self.0.is_empty() {
            return;
        }
        if let Some(next) = self.0.iter().filter_map(|n| n.until).reduce(f64::min) {
            ctx.request_repaint_after(std::time::Duration::from_secs_f64((next - now).max(0.05)));
        }
        let mut closed = None;
        Area::new(Id::unique("notices"))
            .order(Order::Middle)
            .pivot(Align2::CENTER_BOTTOM)
            .fixed_pos(map.center_bottom() - egui::vec2(0.0, 44.0))
            .show(ctx, |ui| {
                ui.ctx()
                    .accesskit_node_builder(ui.unique_id(), |n| n.set_label(NAME.get(lang)));
                ui.set_max_width((map.width() - 32.0).clamp(240.0, 560.0));
                for (n, notice) in self.0.iter().enumerate() {
                    if notice.ui(ui, lang) {
                        closed = Some(n);
                    }
                }
            });
        closed.map(|n| self.0.remove(n));
    }
}

/// Message with its place, without the remedy.
fn place(f: &Failure, lang: Lang) -> String {
    let whole = f.describe(lang);
    match f.remedy_text() {
        Some(r) => whole.trim_end_matches(r.get(lang)).trim_end().to_owned(),
        None => whole,
    }
}

impl Notice {
    /// Whether it was closed.
    fn ui(&self, ui: &mut egui::Ui, lang: Lang) -> bool {
        let (line, ground) = self.tone.colours(ui);
        let t = tokens(ui);
        egui::Frame::new()
            .fill(ground)
            .stroke(egui::Stroke::new(1.0, line))
            .corner_radius(6)
            .inner_margin(egui::Margin::symmetric(12, 8))
            .shadow(ui.visuals().popup_shadow)
            .show(ui, |ui| {
                ui.horizontal_top(|ui| {
                    ui.label(widgets::icon(self.tone.glyph()).color(line));
                    ui.vertical(|ui| {
                        ui.set_max_width(ui.available_width() - 36.0);
                        let text = RichText::new(self.text.get(lang))
                            .text_style(theme::bold())
                            .color(t.text);
                        ui.add(egui::Label::new(text).wrap());
                        if let Some(d) = &self.detail {
                            ui.add(egui::Label::new(RichText::new(d.get(lang)).color(t.text)).wrap());
                        }
                    });
                    widgets::icon_button(ui, ICON_CLOSE, CLOSE.get(lang))
                })
                .inner
            })
            .inner
    }
}
