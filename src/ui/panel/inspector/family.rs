//! "Dòng đời thửa đất": where a parcel comes from and what became of it, as a graph with one row for each
//! generation, oldest on top, and the days they came and went.

use egui::accesskit::Role;
use egui::{Button, Pos2, Rect, RichText, Stroke, Ui, vec2};
use std::collections::BTreeMap;

use crate::project::{Lineage, Member};
use crate::text::{Lang, Text, format};
use crate::ui::action::Action;
use crate::ui::look::Look;
use crate::ui::theme::{S, tokens};
use crate::ui::widgets;

const TITLE: Text = Text::new("Dòng đời thửa đất", "Life of the parcel");
const ALONE: Text = Text::new(
    "Thửa này chưa qua tách, hợp lần nào.",
    "This parcel has not come from or gone into others.",
);

/// From the edge of a box to its text, points.
const INSET: f32 = 12.0;
/// Room of one member and between generations, points.
const BOX: egui::Vec2 = vec2(138.0, 62.0);
const DOWN: f32 = 22.0;

pub fn ui(ui: &mut Ui, lineage: &Lineage, fid: i64, look: &Look<'_>, out: &mut Vec<Action>) {
    widgets::section(ui, TITLE.get(look.lang));
    if lineage.members.len() < 2 {
        ui.label(RichText::new(ALONE.get(look.lang)).color(tokens(ui).text_weak));
        return;
    }
    let mut generations: BTreeMap<i32, Vec<&Member>> = BTreeMap::new();
    for m in &lineage.members {
        generations.entry(m.generation).or_default().push(m);
    }
    let widest = generations.values().map(Vec::len).max().unwrap_or(1);
    egui::ScrollArea::horizontal().id_salt("family").show(ui, |ui| {
        let room = (widest as f32 * (BOX.x + S)).max(ui.available_width());
        let size = vec2(room, generations.len() as f32 * (BOX.y + DOWN));
        let (all, _) = ui.allocate_exact_size(size, egui::Sense::hover());
        let places = places(all, &generations);
        let line = Stroke::new(1.5, tokens(ui).frame);
        for d in &lineage.descents {
            if let (Some(a), Some(b)) = (places.get(&d.parent), places.get(&d.child)) {
                link(ui, a.center_bottom(), b.center_top(), line);
            }
        }
        for m in &lineage.members {
            if let Some(place) = places.get(&m.fid) {
                member(ui, *place, m, m.fid == fid, look, out);
            }
        }
    });
    ui.add_space(S);
}

/// Each generation in a row, centred.
fn places(all: Rect, generations: &BTreeMap<i32, Vec<&Member>>) -> BTreeMap<i64, Rect> {
    let mut places = BTreeMap::new();
    for (row, members) in generations.values().enumerate() {
        let width = members.len() as f32 * (BOX.x + S) - S;
        let left = all.center().x - width / 2.0;
        for (n, m) in members.iter().enumerate() {
            let min = Pos2::new(
                left + n as f32 * (BOX.x + S),
                all.top() + row as f32 * (BOX.y + DOWN),
            );
            places.insert(m.fid, Rect::from_min_size(min, BOX));
        }
    }
    places
}

/// Down, across, down.
fn link(ui: &Ui, a: Pos2, b: Pos2, stroke: Stroke) {
    let middle = (a.y + b.y) / 2.0;
    let way = vec![a, Pos2::new(a.x, middle), Pos2::new(b.x, middle), b];
    ui.painter().add(egui::Shape::line(way, stroke));
}

/// Number, area, days. In force: a click selects it; historic: the map as it last was in force.
fn member(ui: &mut Ui, place: Rect, m: &Member, own: bool, look: &Look<'_>, out: &mut Vec<Action>) {
    let lang = look.lang;
    let t = tokens(ui);
    let name = m
        .reference
        .split_once('/')
        .map_or(m.reference.as_str(), |(_, r)| r);
    let area = m
        .polygon
        .as_ref()
        .map(|p| format::area(p.area_m2(), lang))
        .unwrap_or_default();
    let day = |at: jiff::Timestamp| {
        let whole = format::date_time(at);
        whole.split(' ').next().unwrap_or_default().to_owned()
    };
    let life = match &m.retired {
        Some(end) => format!("{}–{}", short(&day(m.created.at)), short(&day(end.at))),
        None => match lang {
            Lang::Vi => format!("từ {}", day(m.created.at)),
            Lang::En => format!("since {}", day(m.created.at)),
        },
    };
    let ink = if m.retired.is_some() { t.text_weak } else { t.text };
    let mut job = egui::text::LayoutJob::default();
    let text = |size: f32| egui::TextFormat::simple(egui::FontId::proportional(size), ink);
    job.append(&format!("{name}\n"), 0.0, text(14.0));
    job.append(&format!("{area}\n"), 0.0, text(12.0));
    job.append(&life, 0.0, text(11.0));
    let button = Button::new("").selected(own).min_size(BOX).stroke(Stroke::new(
        if own { 2.0 } else { 1.0 },
        if own { t.accent } else { t.frame },
    ));
    let spoken = format!("{name}, {area}, {life}");
    let r = widgets::named(ui.put(place, button), Role::Button, &spoken);
    let lines = ui.painter().layout_job(job);
    let at = place.left_center() + vec2(INSET, -lines.size().y / 2.0);
    ui.painter().galley(at, lines, ink);
    if r.clicked() && !own {
        out.push(Action::Show(m.fid));
    }
}

/// "24/11/26" of "24/11/2026": two days side by side in a narrow box.
fn short(day: &str) -> String {
    match day.rsplit_once('/') {
        Some((rest, year)) if year.len() == 4 => format!("{rest}/{}", &year[2..]),
        _ => day.to_owned(),
    }
}
