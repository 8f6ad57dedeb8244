//! The strip after an edit: what changed besides the click. Shown only for what is on the disk; each
//! parcel named in it can be clicked to go there. Stays until the next edit or until it is closed.

use egui::accesskit::Role;
use egui::{Align2, Area, Button, Context, Frame, Id, Margin, Order, Rect, RichText, Stroke, Ui, vec2};
use egui_material_icons::icons as i;

use super::theme::{self, S, tokens};
use super::tool::signed;
use super::widgets::{self, Tone};
use crate::domain::BBox;
use crate::edit::{Effects, ParcelEffect, Tolerance};
use crate::msg;
use crate::text::{Lang, Msg, Text, format};
use crate::topology::Coverage;
use crate::topology::match_edge::Left;

/// Parcels named; of more only the number is said.
const MOST: usize = 7;

/// Warnings told in full.
const MOST_WARNINGS: usize = 3;

const NAME: Text = Text::new("Đã thay đổi những gì", "What has changed");
const CLOSE: Text = Text::new("Đóng dải báo thay đổi", "Close the list of changes");
const NEW: Text = Text::new("mới", "new");
const HISTORIC: Text = Text::new("thành lịch sử", "now historic");
const ONLY_POINTS: Text = Text::new("chỉ nhận đỉnh", "received points only");
const LEFT: Text = Text::new("ra ngoài dung sai diện tích", "area now outside tolerance");
const REGAINED: Text = Text::new("trở lại trong dung sai", "area within tolerance again");

/// One parcel in the strip.
#[derive(Debug)]
struct Entry {
    name: String,
    what: Msg,
    tone: Tone,
    /// Where it lies, or lay.
    place: Option<BBox>,
}

#[derive(Debug)]
pub struct Strip {
    label: Msg,
    /// "16:54:04".
    saved: String,
    sums: Msg,
    entries: Vec<Entry>,
    more: usize,
    /// What the edit had to say besides: parts below the minimum, pairs left as they are.
    warnings: Vec<Msg>,
}

/// What the person asked of the strip.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Asked {
    Close,
    Zoom(BBox),
}

impl Strip {
    /// What a committed operation did; `None` when it changed no shape. `label`: what it is called here.
    pub fn of(
        label: Msg,
        all: &[Effects],
        before: &Coverage,
        after: &Coverage,
        saved: String,
    ) -> Option<Self> {
        if !all
            .iter()
            .any(|e| e.dossier.is_some() || e.parcels.iter().any(shape_changed))
        {
            return None;
        }
        let mut parcels: Vec<&ParcelEffect> = all.iter().flat_map(|e| &e.parcels).collect();
        // What matters most first: out of tolerance, then what came and went, then by change.
        parcels.sort_by(|a, b| weight(b).total_cmp(&weight(a)));
        let place = |p: &ParcelEffect| after.get(p.fid).or(before.get(p.fid)).map(|p| p.bbox);
        let touched = |e: &Effects| e.created.len() + e.changed.len() + e.retired.len();
        let touched: usize = all.iter().map(touched).sum();
        Some(Self {
            label,
            saved,
            sums: Msg::new(sums(all, Lang::Vi), sums(all, Lang::En)),
            entries: parcels.iter().take(MOST).map(|p| entry(p, place(p))).collect(),
            more: touched.saturating_sub(MOST),
            warnings: warnings(all),
        })
    }

    /// Draws it at the bottom of `map`; gives what was asked and the room it took.
    pub fn ui(&self, ctx: &Context, map: Rect, lang: Lang) -> (Option<Asked>, f32) {
        let area = Area::new(Id::unique("strip"))
            .order(Order::Middle)
            .pivot(Align2::CENTER_BOTTOM)
            .fixed_pos(map.center_bottom() - vec2(0.0, 8.0))
            .show(ctx, |ui| {
                ui.ctx()
                    .accesskit_node_builder(ui.unique_id(), |n| n.set_label(NAME.get(lang)));
                self.frame(ui, map, lang)
            });
        (area.inner, area.response.rect.height() + 8.0)
    }

    fn frame(&self, ui: &mut Ui, map: Rect, lang: Lang) -> Option<Asked> {
        let t = tokens(ui);
        Frame::new()
            .fill(t.panel)
            .stroke(Stroke::new(1.0, t.ok))
            .corner_radius(6)
            .inner_margin(Margin::symmetric(10, 5))
            .shadow(ui.visuals().popup_shadow)
            .show(ui, |ui| {
                ui.set_max_width((map.width() - 48.0).clamp(260.0, 720.0));
                ui.spacing_mut().item_spacing = vec2(S, S);
                let closed = self.head(ui, lang);
                let place = ui.horizontal_wrapped(|ui| self.list(ui, lang)).inner;
                self.warnings(ui, lang);
                match closed {
                    true => Some(Asked::Close),
                    false => place.map(Asked::Zoom),
                }
            })
            .inner
    }

    fn warnings(&self, ui: &mut Ui, lang: Lang) {
        let (ink, ground) = Tone::Warning.colours(ui);
        for warning in self.warnings.iter().take(MOST_WARNINGS) {
            Frame::new()
                .fill(ground)
                .corner_radius(4)
                .inner_margin(Margin::symmetric(6, 2))
                .show(ui, |ui| {
                    let text = RichText::new(warning.get(lang)).size(13.0).color(ink);
                    ui.add(egui::Label::new(text).wrap());
                });
        }
        if let Some(more) = self.warnings.len().checked_sub(MOST_WARNINGS).filter(|n| *n > 0) {
            let more = format::count(more as u64, lang);
            let text = msg!("và {more} cảnh báo nữa", "and {more} more warnings");
            ui.label(RichText::new(text.get(lang)).size(13.0).color(ink));
        }
    }

    fn head(&self, ui: &mut Ui, lang: Lang) -> bool {
        let t = tokens(ui);
        ui.horizontal(|ui| {
            ui.label(widgets::icon(i::ICON_CHECK_CIRCLE).color(t.ok));
            let label = RichText::new(self.label.get(lang)).text_style(theme::bold());
            ui.add(egui::Label::new(label).wrap());
            let saved = match lang {
                Lang::Vi => format!("đã ghi {}", self.saved),
                Lang::En => format!("saved {}", self.saved),
            };
            ui.add_space(theme::M);
            ui.label(RichText::new(saved).size(13.0).color(t.ok));
            ui.add_space(theme::M);
            widgets::icon_button(ui, i::ICON_CLOSE, CLOSE.get(lang))
        })
        .inner
    }

    /// The sums, then each parcel as a button.
    fn list(&self, ui: &mut Ui, lang: Lang) -> Option<BBox> {
        let t = tokens(ui);
        let weak = |text: String| RichText::new(text).size(13.0).color(t.text_weak);
        if !self.sums.get(lang).is_empty() {
            ui.label(RichText::new(self.sums.get(lang)).size(13.0));
        }
        let mut place = None;
        for e in &self.entries {
            let (ink, ground) = e.tone.colours(ui);
            let text = format!("{} {}", e.name, e.what.get(lang));
            let button = Button::new(RichText::new(text.trim()).size(13.0).color(ink)).fill(ground);
            let r = widgets::named(
                ui.add_enabled(e.place.is_some(), button),
                Role::Button,
                text.trim(),
            );
            if r.clicked() {
                place = e.place;
            }
        }
        if self.more > 0 {
            let n = format::count(self.more as u64, lang);
            ui.label(weak(match lang {
                Lang::Vi => format!("và {n} thửa nữa"),
                Lang::En => format!("and {n} more"),
            }));
        }
        place
    }
}

/// What the edits had to say, a sentence each.
fn warnings(all: &[Effects]) -> Vec<Msg> {
    let mut said = Vec::new();
    for e in all {
        said.extend(
            e.told
                .below_minimum
                .iter()
                .map(|b| b.below.sentence(short(&b.reference))),
        );
        said.extend(left_over(&e.told.left));
    }
    said
}

/// "Để lại 2 cặp đỉnh …"
fn left_over(left: &[Left]) -> Option<Msg> {
    let largest = left.iter().map(|l| l.residual).max_by(f64::total_cmp)?;
    let n = |lang| format::count(left.len() as u64, lang);
    let far = |lang| format::length(largest / 1000.0, lang);
    let ((nv, ne), (fv, fe)) = ((n(Lang::Vi), n(Lang::En)), (far(Lang::Vi), far(Lang::En)));
    Some(msg!(
        "Để lại {nv} cặp đỉnh vì ghép vào sẽ sinh lỗi; chênh lệch lớn nhất còn {fv}.",
        "{ne} pairs were left as they are, as they would make faults; the largest residual is {fe}."
    ))
}

/// "25747/12/45" is 12/45 here: the commune is the one on the screen.
fn short(reference: &str) -> &str {
    reference.split_once('/').map_or(reference, |(_, r)| r)
}

fn shape_changed(p: &ParcelEffect) -> bool {
    p.area_before != p.area_after || p.shift_mm > 0.0 || p.points_inserted > 0
}

fn weight(p: &ParcelEffect) -> f64 {
    let change = (p.area_after.unwrap_or(0.0) - p.area_before.unwrap_or(0.0)).abs();
    match (p.tolerance, p.area_before, p.area_after) {
        (Some(_), ..) => 3e12,
        (_, None, Some(_)) => 2e12 - p.fid as f64,
        (_, Some(_), None) => 1e12 - p.fid as f64,
        _ => change,
    }
}

fn entry(p: &ParcelEffect, place: Option<BBox>) -> Entry {
    let name = short(&p.reference);
    let (what, tone) = match (p.tolerance, p.area_before, p.area_after) {
        (Some(Tolerance::Left), ..) => (LEFT.into(), Tone::Warning),
        (Some(Tolerance::Regained), ..) => (REGAINED.into(), Tone::Ok),
        (_, None, Some(a)) => (with_area(NEW, a), Tone::Info),
        (_, Some(_), None) => (HISTORIC.into(), Tone::Info),
        _ if p.only_points => (ONLY_POINTS.into(), Tone::Info),
        (_, Some(b), Some(a)) => (
            Msg::new(signed(a - b, Lang::Vi), signed(a - b, Lang::En)),
            Tone::Info,
        ),
        _ => (Msg::default(), Tone::Info),
    };
    Entry {
        name: name.to_owned(),
        what,
        tone,
        place,
    }
}

fn with_area(what: Text, m2: f64) -> Msg {
    let say = |lang| format!("{} {}", what.get(lang), format::area(m2, lang));
    Msg::new(say(Lang::Vi), say(Lang::En))
}

/// "dời 1 đỉnh (0,35 m) · thêm 2 đỉnh · 2.350,0 → 2.349,7 m²".
fn sums(all: &[Effects], lang: Lang) -> String {
    let sum = |f: fn(&Effects) -> usize| all.iter().map(f).sum::<usize>();
    let n = |n: usize| format::count(n as u64, lang);
    let mut parts = Vec::new();
    let mut say = |m: Msg| parts.push(m.get(lang).to_owned());
    if let Some(dossier) = all.iter().find_map(|e| e.dossier.as_ref()) {
        say(msg!(
            "giữ trong hồ sơ {dossier}, chưa có hiệu lực",
            "kept in dossier {dossier}, not yet in force"
        ));
    }
    let shift = all.iter().map(|e| e.shift_mm).fold(0.0, f64::max) / 1000.0;
    let far = match shift {
        s if s < 0.01 => format!("{} mm", format::number(s * 1000.0, 0, lang)),
        s => format::length(s, lang),
    };
    match sum(|e| e.points_moved) {
        0 if shift >= 0.0005 => say(msg!("ranh lệch tới {far}", "boundary shifted by up to {far}")),
        0 => (),
        moved => {
            let moved = n(moved);
            say(msg!(
                "dời {moved} đỉnh, tới {far}",
                "{moved} points moved, up to {far}"
            ));
        }
    }
    let inserted = sum(|e| e.points_inserted);
    if inserted > 0 {
        let inserted = n(inserted);
        say(msg!("thêm {inserted} đỉnh", "{inserted} points inserted"));
    }
    let area = |f: fn(&Effects) -> f64| all.iter().map(f).sum::<f64>();
    let (before, after) = (area(|e| e.area_before), area(|e| e.area_after));
    if (after - before).abs() >= 0.05 {
        let change = format!(
            "{} → {}",
            format::number(before, 1, lang),
            format::area(after, lang)
        );
        say(Msg::new(change.clone(), change));
    }
    parts.join(" · ")
}
