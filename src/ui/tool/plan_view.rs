//! A plan drawn on the map, whatever edit it comes from: created parcels each in a tint of its own with
//! number and area, changed ones outlined, points that come, go and move. And a refusal: its findings.

use egui::{Align2, Color32, FontFamily, FontId, Shape, Stroke, vec2};

use super::preview::Shown;
use crate::domain::{Finding, Pt};
use crate::edit::EditError;
use crate::text::format;
use crate::ui::look::Look;
use crate::ui::map_live::{Canvas, rgb, rgba, severity};
use crate::ui::map_view::translucent;
use crate::ui::theme::Tokens;

/// Changed parcels beyond this are outlined but not filled.
const FILLED: usize = 60;
/// Points beyond this are not marked one by one.
const MARKED: usize = 2_000;

/// Grounds of created parcels, in turn; apart also for who does not see red and green alike
/// (Okabe & Ito 2008).
const TINTS: [(u8, u8, u8); 6] = [
    (0, 114, 178),
    (230, 159, 0),
    (0, 158, 115),
    (204, 121, 167),
    (86, 180, 233),
    (213, 94, 0),
];

/// Ground of the n-th created parcel.
pub fn tint(n: usize) -> Color32 {
    let (r, g, b) = TINTS[n % TINTS.len()];
    Color32::from_rgb(r, g, b)
}

pub fn plan(cx: &Canvas<'_>, look: &Look<'_>, shown: &Shown, t: &Tokens) {
    let plan = &shown.plan;
    for fid in &plan.retired {
        if let Some(p) = look.coverage.get(*fid).filter(|p| cx.sees(&p.bbox)) {
            dashed(cx, p, Stroke::new(2.0, t.text_weak));
        }
    }
    for (n, shape) in plan.created.iter().enumerate() {
        cx.fill(&shape.polygon, translucent(tint(n), 110));
        cx.outline(&shape.polygon, Stroke::new(2.0, tint(n)));
    }
    for (n, (fid, polygon)) in plan.changed.iter().enumerate() {
        let only = shown.receive.contains(fid);
        if n < FILLED && !only {
            cx.fill(polygon, t.map_preview_fill);
        }
        let width = if only { 1.0 } else { 2.0 };
        cx.outline(polygon, Stroke::new(width, t.map_preview));
    }
    points(cx, shown, t);
    names(cx, look, shown);
}

fn dashed(cx: &Canvas<'_>, p: &crate::domain::Parcel, stroke: Stroke) {
    for (a, b) in p.polygon.sides().take(MARKED) {
        cx.painter
            .extend(Shape::dashed_line(&[cx.pos(a), cx.pos(b)], stroke, 6.0, 4.0));
    }
}

fn points(cx: &Canvas<'_>, shown: &Shown, t: &Tokens) {
    let plan = &shown.plan;
    for (from, to) in plan.moved.iter().take(MARKED) {
        arrow(cx, *from, *to, t.map_preview);
    }
    for p in plan.inserted.iter().take(MARKED) {
        cx.painter
            .circle(cx.pos(*p), 4.5, t.surface, Stroke::new(2.0, t.map_preview));
    }
    for p in plan.removed.iter().take(MARKED) {
        cross(cx, *p, t.map_preview);
    }
}

fn cross(cx: &Canvas<'_>, p: Pt, colour: Color32) {
    let (c, s) = (cx.pos(p), Stroke::new(2.5, colour));
    cx.painter
        .line_segment([c - vec2(5.0, 5.0), c + vec2(5.0, 5.0)], s);
    cx.painter
        .line_segment([c - vec2(5.0, -5.0), c + vec2(5.0, -5.0)], s);
}

/// From the old place to the new one; a ring where it is too short to be seen.
pub fn arrow(cx: &Canvas<'_>, from: Pt, to: Pt, colour: Color32) {
    let (a, b) = (cx.pos(from), cx.pos(to));
    let stroke = Stroke::new(2.0, colour);
    if a.distance(b) > 12.0 {
        cx.painter.arrow(a, b - a, stroke);
    } else {
        cx.painter.line_segment([a, b], stroke);
    }
    cx.painter.circle_stroke(b, 5.0, stroke);
}

/// Number to be and area on each created parcel.
fn names(cx: &Canvas<'_>, look: &Look<'_>, shown: &Shown) {
    let palette = look.style.palette();
    let bold = FontId::new(13.0, FontFamily::Name(crate::ui::fonts::BOLD.into()));
    let created = shown.plan.created.iter().zip(&shown.poles);
    for (line, (shape, pole)) in shown.lines.iter().zip(created) {
        let room = cx.frame(&shape.polygon.bbox()).size();
        let area = format::area(line.after.unwrap_or_default(), look.lang);
        // Number and area, or the number alone, as far as there is room.
        for text in [format!("{}\n{area}", line.name), line.number().to_owned()] {
            let galley = cx.painter.layout_no_wrap(text, bold.clone(), rgb(palette.label));
            if galley.size().x > room.x || galley.size().y > room.y {
                continue;
            }
            let frame = Align2::CENTER_CENTER.anchor_size(cx.pos(*pole), galley.size());
            cx.painter
                .rect_filled(frame.expand2(vec2(4.0, 1.0)), 3.0, rgba(palette.halo));
            cx.painter.galley(frame.min, galley, rgb(palette.label));
            break;
        }
    }
}

/// The places where it would go wrong.
pub fn refusal(cx: &Canvas<'_>, look: &Look<'_>, e: &EditError) {
    for f in e.findings.iter().take(20) {
        let colour = severity(look, f.severity);
        for p in f.parcels.iter().take(10).filter_map(|u| look.coverage.by_uid(*u)) {
            cx.outline(&p.polygon, Stroke::new(2.0, colour));
        }
        mark(cx, f, colour);
    }
}

fn mark(cx: &Canvas<'_>, f: &Finding, colour: Color32) {
    if let Some(b) = f
        .bbox
        .map(|b| cx.frame(&b).expand(4.0))
        .filter(|b| b.width().max(b.height()) > 16.0)
    {
        cx.painter.rect(
            b,
            2.0,
            translucent(colour, 50),
            Stroke::new(1.5, colour),
            egui::StrokeKind::Middle,
        );
    }
    if let Some(at) = f.at {
        cx.painter
            .circle_stroke(cx.pos(at), 9.0, Stroke::new(2.5, colour));
    }
}
