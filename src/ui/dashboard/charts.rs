//! Charts drawn with the painter: the groups as one bar, the work of the last days as columns against the target.

use egui::accesskit::Role;
use egui::{Align2, FontId, Rect, RichText, Sense, Stroke, Ui, pos2, vec2};
use jiff::ToSpan;
use jiff::civil::Date;

use super::Scope;
use crate::msg;
use crate::readiness::{Campaign, Group, Tally, What};
use crate::render::style::{Hatch, Paint, group_colour, group_pattern};
use crate::text::{Msg, Text, format};
use crate::ui::action::Action;
use crate::ui::look::Look;
use crate::ui::readiness::{Ask, Ready};
use crate::ui::theme::{M, S, tokens};
use crate::ui::widgets::{self, Field, FieldStyle};

const GROUPS: Text = Text::new("Phân loại thửa", "Groups of parcels");
const DAYS: Text = Text::new("Thửa đã xử lý mỗi ngày", "Records done by day");
const NO_WORK: Text = Text::new(
    "Chưa có thao tác nào ngoài nhập dữ liệu.",
    "Nothing has been done yet besides importing.",
);
const TARGET: Text = Text::new("Chỉ tiêu mỗi người/ngày", "Target per person and day");
const UNTIL: Text = Text::new("Hoàn thành trước ngày", "To be done by");
const DAY_HINT: Text = Text::new("31/12/2026", "31/12/2026");

/// Days shown.
const SHOWN: i32 = 21;
const BAR: f32 = 26.0;
/// Width of the captions of the two fields.
const CAPTION: f32 = 190.0;
const CHART: f32 = 150.0;

/// The fill of a group in a chart: full colour, white pattern.
fn paint(group: Group) -> Paint {
    let white = crate::render::style::Rgb(0xff, 0xff, 0xff);
    Paint {
        fill: group_colour(group),
        hatch: group_pattern(group).map(|p| Hatch(p, white.alpha(0x90))),
    }
}

/// All parcels as one bar, cut by group; a click lists the parcels of a group.
pub fn groups(ui: &mut Ui, look: &Look<'_>, t: &Tally, scope: &Scope, out: &mut Vec<Action>) {
    let lang = look.lang;
    widgets::section(ui, GROUPS.get(lang));
    let (area, _) = ui.allocate_exact_size(vec2(ui.available_width(), BAR), Sense::hover());
    let share = |g: Group| match t.parcels {
        0 => 0.0,
        all => t.group(g) as f32 / all as f32,
    };
    let mut x = area.min.x;
    for g in Group::ALL {
        let n = t.group(g);
        if n == 0 {
            continue;
        }
        // What is there is seen, however little it is.
        let width = (share(g) * area.width()).max(3.0).min(area.max.x - x);
        let rect = Rect::from_min_size(pos2(x, area.min.y), vec2(width, BAR));
        x += width;
        widgets::fill(&ui.painter().with_clip_rect(rect), rect, paint(g));
        let name = format!("{} {}", g.name().get(lang), format::count(n.into(), lang));
        let r = ui.interact(rect, ui.scope_id().with(("group", g.code())), Sense::click());
        let r = widgets::named(r, Role::Button, &name);
        if r.has_focus() {
            let ring = Stroke::new(2.0, tokens(ui).accent);
            ui.painter()
                .rect_stroke(rect, 2.0, ring, egui::StrokeKind::Inside);
        }
        let r = r.on_hover_text(format!("{name}: {}", g.meaning().get(lang)));
        if r.clicked() {
            let wanted = scope.wanted(What::Group(g));
            out.push(Action::Readiness(Ask::List(wanted, Msg::from(g.name()))));
        }
    }
    egui::Grid::new("group legend")
        .num_columns(2)
        .spacing(vec2(M * 2.0, S))
        .show(ui, |ui| {
            for (i, g) in Group::ALL.into_iter().enumerate() {
                ui.horizontal(|ui| {
                    let (rect, _) = ui.allocate_exact_size(vec2(18.0, 12.0), Sense::hover());
                    widgets::fill(&ui.painter().with_clip_rect(rect), rect, paint(g));
                    let percent = format::number(f64::from(share(g)) * 100.0, 1, lang);
                    ui.label(RichText::new(format!("{} {percent} %", g.name().get(lang))).size(12.5))
                        .on_hover_text(g.meaning().get(lang));
                });
                if i % 2 == 1 {
                    ui.end_row();
                }
            }
        });
}

/// The last days: a column each, and over it what the people of that day were to do.
pub fn days(ui: &mut Ui, look: &Look<'_>, ready: &Ready, t: &Tally) {
    let lang = look.lang;
    ui.horizontal(|ui| {
        widgets::section(ui, DAYS.get(lang));
        let left = t.parcels - t.group(Group::One);
        if let Some(n) = ready.campaign.needed(left, ready.today) {
            let n = format::count(n.into(), lang);
            let text = msg!("cần {n} thửa/ngày", "{n} a day needed");
            widgets::at_right(ui, |ui| ui.label(RichText::new(text.get(lang)).size(12.5)));
        }
    });
    let first = ready.today.saturating_sub((SHOWN - 1).days());
    let columns: Vec<(Date, u32, u32)> = first
        .series(1.day())
        .take(SHOWN as usize)
        .map(|d| {
            let (records, people) = ready.trend.of_day(d);
            (d, records, people)
        })
        .collect();
    if columns.iter().all(|c| c.1 == 0) {
        ui.label(RichText::new(NO_WORK.get(lang)).color(tokens(ui).text_weak));
        return;
    }
    chart(ui, look, &columns, ready.campaign.target);
    people(ui, look, ready, first);
}

fn chart(ui: &mut Ui, look: &Look<'_>, columns: &[(Date, u32, u32)], target: Option<u32>) {
    let (lang, t) = (look.lang, tokens(ui));
    let (area, r) = ui.allocate_exact_size(vec2(ui.available_width(), CHART), Sense::hover());
    let all: u32 = columns.iter().map(|c| c.1).sum();
    let told = msg!(
        "Biểu đồ {SHOWN} ngày: {all} thửa đã xử lý",
        "Chart of {SHOWN} days: {all} records done"
    );
    let r = widgets::named(r, Role::Image, told.get(lang));
    let plot = Rect::from_min_max(area.min + vec2(34.0, 6.0), area.max - vec2(0.0, 16.0));
    let wanted = |people: u32| target.unwrap_or(0).saturating_mul(people);
    let most = columns
        .iter()
        .map(|c| c.1.max(wanted(c.2)))
        .max()
        .unwrap_or(1)
        .max(1);
    let y = |n: u32| plot.max.y - plot.height() * (n as f32 / most as f32);
    let p = ui.painter();
    let small = FontId::proportional(11.0);
    for n in [0, most] {
        p.hline(plot.x_range(), y(n), Stroke::new(1.0, t.border));
        let text = format::count(n.into(), lang);
        p.text(
            pos2(plot.min.x - 4.0, y(n)),
            Align2::RIGHT_CENTER,
            text,
            small.clone(),
            t.text_weak,
        );
    }
    let step = plot.width() / columns.len() as f32;
    let mut tip = None;
    for (i, (day, records, people)) in columns.iter().enumerate() {
        let x = plot.min.x + step * i as f32;
        let column = Rect::from_min_max(pos2(x + 2.0, y(*records)), pos2(x + step - 2.0, plot.max.y));
        p.rect_filled(column, 1.0, t.accent);
        if *people > 0 && target.is_some() {
            p.hline(x..=x + step, y(wanted(*people)), Stroke::new(2.0, t.warning));
        }
        if (i % 5 == 0 && i + 3 < columns.len()) || i + 1 == columns.len() {
            let text = format!("{:02}/{:02}", day.day(), day.month());
            let (at, align) = match i + 1 == columns.len() {
                true => (plot.max.x, Align2::RIGHT_CENTER),
                false => (x + step / 2.0, Align2::CENTER_CENTER),
            };
            p.text(
                pos2(at, plot.max.y + 9.0),
                align,
                text,
                small.clone(),
                t.text_weak,
            );
        }
        let over = Rect::from_min_max(pos2(x, area.min.y), pos2(x + step, area.max.y));
        if r.hover_pos().is_some_and(|h| over.contains(h)) {
            tip = Some((*day, *records, *people));
        }
    }
    if let Some((day, n, people)) = tip {
        let day = format::date(day);
        let text = msg!(
            "{day}: {n} thửa, {people} người",
            "{day}: {n} records, {people} people"
        );
        r.on_hover_text(text.get(lang));
    }
}

/// Who did how much, most first.
fn people(ui: &mut Ui, look: &Look<'_>, ready: &Ready, first: Date) {
    let lang = look.lang;
    let all = ready.trend.people(first, ready.today);
    let told: Vec<String> = all
        .iter()
        .take(3)
        .map(|p| {
            let (name, n) = (&p.name, format::count(p.records.into(), lang));
            let each = format::number(f64::from(p.records) / f64::from(p.days.max(1)), 1, lang);
            msg!("{name} {n} ({each}/ngày)", "{name} {n} ({each} a day)")
                .get(lang)
                .to_owned()
        })
        .collect();
    let text = RichText::new(told.join(" · "))
        .size(12.5)
        .color(tokens(ui).text_weak);
    ui.add(egui::Label::new(text).truncate());
}

/// The campaign's two numbers; what came of them when the person is done.
pub fn campaign(
    ui: &mut Ui,
    look: &Look<'_>,
    ready: &Ready,
    target: &mut Field,
    until: &mut Field,
) -> Option<Campaign> {
    let lang = look.lang;
    let now = ready.campaign;
    let mut new = None;
    let style = |caption: &'static str, hint: &'static str, right: bool| FieldStyle {
        lang,
        caption,
        hint,
        enabled: !look.have.read_only && !look.have.writing,
        right,
    };
    widgets::captioned(ui, CAPTION, TARGET.get(lang), |ui| {
        let shown = now.target.map(|t| t.to_string()).unwrap_or_default();
        if let Some(text) = target.ui(ui, &style(TARGET.get(lang), "40", true), &shown) {
            match text.parse::<u32>() {
                Ok(n) => {
                    new = Some(Campaign {
                        target: Some(n),
                        ..now
                    })
                }
                Err(_) if text.is_empty() => new = Some(Campaign { target: None, ..now }),
                Err(_) => target.refuse(text, msg!("Nhập một số nguyên.", "Type a whole number.")),
            }
        }
    });
    widgets::captioned(ui, CAPTION, UNTIL.get(lang), |ui| {
        let shown = now.to.map(format::date).unwrap_or_default();
        if let Some(text) = until.ui(ui, &style(UNTIL.get(lang), DAY_HINT.get(lang), false), &shown) {
            match day_typed(&text) {
                Some(to) => new = Some(Campaign { to: Some(to), ..now }),
                None if text.is_empty() => new = Some(Campaign { to: None, ..now }),
                None => until.refuse(text, msg!("Nhập ngày/tháng/năm.", "Type day/month/year.")),
            }
        }
    });
    new
}

/// A day as people write it: dd/MM/yyyy.
fn day_typed(text: &str) -> Option<Date> {
    let mut parts = text
        .trim()
        .split(['/', '-', '.'])
        .map(|p| p.trim().parse::<i16>().ok());
    let (day, month, year) = (parts.next()??, parts.next()??, parts.next()??);
    Date::new(year, month.try_into().ok()?, day.try_into().ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_read_as_people_write_them() {
        assert_eq!(day_typed("31/12/2026"), Some(jiff::civil::date(2026, 12, 31)));
        assert!(day_typed("31/02/2026").is_none() && day_typed("mai").is_none());
    }
}
