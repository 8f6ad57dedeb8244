//! The plate in the corner of the map that says what the edit in hand would do, or why it may not be.

use egui::{Color32, FontFamily, FontId, Galley, Pos2, Rect, vec2};
use std::sync::Arc;

use super::preview::{self, Line, Shown};
use crate::edit::EditError;
use crate::text::{Lang, Text, format};
use crate::ui::map_live::{Canvas, rgb};
use crate::ui::theme::Tokens;

/// Parcels listed; of more only the number is said.
const MOST: usize = 8;
const PAD: f32 = 8.0;

const PARCEL: Text = Text::new("Thửa", "Parcel");
const BEFORE: Text = Text::new("Trước (m²)", "Before (m²)");
const AFTER: Text = Text::new("Sau (m²)", "After (m²)");
const CHANGE: Text = Text::new("Chênh", "Change");

/// What to be warned of, under the table of areas.
fn warning(cx: &Canvas<'_>, text: String, top: f32, t: &Tokens) {
    let room = 420.0_f32.min(cx.rect.width() - 80.0);
    let galley = cx
        .painter
        .layout(text, FontId::proportional(13.0), t.warning, room);
    let min = Pos2::new(cx.rect.left() + 10.0, top);
    let frame = Rect::from_min_size(min, galley.size() + vec2(2.0 * PAD, 2.0 * PAD));
    cx.painter.rect_filled(frame, 4.0, t.warning_soft);
    cx.painter.galley(min + vec2(PAD, PAD), galley, t.warning);
}

/// Areas before and after, parcel by parcel.
pub fn plan(cx: &Canvas<'_>, look: &crate::ui::look::Look<'_>, shown: &Shown, t: &Tokens) {
    let lang = look.lang;
    let mut rows: Vec<[String; 4]> = vec![[PARCEL, BEFORE, AFTER, CHANGE].map(|t| t.get(lang).to_owned())];
    rows.extend(shown.lines.iter().take(MOST).map(|l| row(l, lang)));
    if rows.len() < 2 {
        return;
    }
    let font = FontId::proportional(13.0);
    let head = FontId::new(12.0, FontFamily::Name(crate::ui::fonts::BOLD.into()));
    let cells: Vec<[Arc<Galley>; 4]> = rows
        .into_iter()
        .enumerate()
        .map(|(n, r)| {
            let font = if n == 0 { &head } else { &font };
            r.map(|s| cx.painter.layout_no_wrap(s, font.clone(), t.map_plate_text))
        })
        .collect();
    let width = |c: usize| cells.iter().map(|r| r[c].size().x).fold(0.0, f32::max);
    let widths = [width(0), width(1), width(2), width(3)];
    let more = shown.lines.len().saturating_sub(MOST);
    let lines = cells.len() + usize::from(more > 0);
    let size = vec2(widths.iter().sum::<f32>() + 3.0 * 14.0, lines as f32 * 19.0);
    let origin = ground(cx, size, t.map_plate);
    for (n, row) in cells.iter().enumerate() {
        let mut x = origin.x;
        for (c, cell) in row.iter().enumerate() {
            let left = if c == 0 { x } else { x + widths[c] - cell.size().x };
            let at = Pos2::new(left, origin.y + n as f32 * 19.0);
            cx.painter.galley(at, cell.clone(), t.map_plate_text);
            x += widths[c] + 14.0;
        }
    }
    if more > 0 {
        let text = match lang {
            Lang::Vi => format!("và {more} thửa nữa"),
            Lang::En => format!("and {more} more"),
        };
        let at = origin + vec2(0.0, cells.len() as f32 * 19.0);
        cx.painter
            .text(at, egui::Align2::LEFT_TOP, text, font, t.map_plate_text);
    }
    if let Some(text) = shown.warned(lang) {
        warning(cx, text, origin.y + size.y + PAD + 4.0, t);
    }
}

fn row(l: &Line, lang: Lang) -> [String; 4] {
    let area = |a: Option<f64>| a.map_or_else(|| "—".to_owned(), |a| format::number(a, 1, lang));
    let change = preview::signed(l.change(), lang).replace(" m²", "");
    [l.name.clone(), area(l.before), area(l.after), change]
}

/// The reason in white on red.
pub fn refusal(cx: &Canvas<'_>, look: &crate::ui::look::Look<'_>, e: &EditError) {
    let text = preview::reason(e, look.lang);
    let room = 420.0_f32.min(cx.rect.width() - 80.0);
    let galley = cx
        .painter
        .layout(text, FontId::proportional(13.5), Color32::WHITE, room);
    let red = rgb(crate::render::style::Style::default().palette().error);
    let origin = ground(cx, galley.size(), red);
    cx.painter.galley(origin, galley, Color32::WHITE);
}

/// A plate of this inner size in the corner; gives where its content begins.
fn ground(cx: &Canvas<'_>, size: egui::Vec2, colour: Color32) -> Pos2 {
    let min = cx.rect.left_top() + vec2(10.0, 10.0);
    let frame = Rect::from_min_size(min, size + vec2(2.0 * PAD, 2.0 * PAD));
    cx.painter.rect_filled(frame, 4.0, colour);
    min + vec2(PAD, PAD)
}
