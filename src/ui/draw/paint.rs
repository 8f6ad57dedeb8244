//! How a drawing shows on the map: lines, points, what is snapped to with its name, lengths and areas.

use egui::{Color32, Pos2, Rect, Shape, Stroke, pos2, vec2};

use super::{Draw, Mode, from_line};
use crate::domain::{Polygon, Pt, ring_area2};
use crate::text::{Lang, Text, format};
use crate::topology::snapping::{Snap, SnapKind};
use crate::topology::{bearing, offset};
use crate::ui::look::Look;
use crate::ui::map_live::Canvas;
use crate::ui::theme::Tokens;

const TOTAL: Text = Text::new("Tổng", "Total");
const VERTEX: Text = Text::new("Đỉnh", "Vertex");
const AREA: Text = Text::new("Diện tích", "Area");

pub fn sketch(cx: &Canvas<'_>, draw: &Draw, look: &Look<'_>, t: &Tokens) {
    let all = draw.preview();
    let ring = draw.wanted.ring;
    if ring && all.len() > 2 {
        cx.fill(
            &Polygon {
                rings: vec![all.clone()],
            },
            t.map_preview_fill,
        );
    }
    let line = Stroke::new(2.0, t.map_preview);
    cx.line(draw.sketch.points(), line);
    if let (Some(a), Some(b)) = (draw.sketch.last(), draw.cursor()) {
        held_line(cx, draw, a, t);
        cx.dashed(&[a, b], line);
    }
    if let (true, [first, .., last]) = (ring && all.len() > 2, all.as_slice()) {
        cx.dashed(&[*last, *first], Stroke::new(1.0, t.map_preview));
    }
    if let Some(at) = draw.ghost(look.lang) {
        let faint = Stroke::new(1.5, t.map_preview.gamma_multiply(0.7));
        if let Some(from) = draw.sketch.last() {
            cx.dashed(&[from, at], faint);
        }
        cx.painter.circle_stroke(cx.pos(at), 6.0, faint);
    }
    for p in draw.sketch.points() {
        let dot = Rect::from_center_size(cx.pos(*p), vec2(7.0, 7.0));
        cx.painter
            .rect(dot, 0.0, t.surface, line, egui::StrokeKind::Middle);
    }
    match &draw.mode {
        Mode::Point => cursor(cx, draw, &all, look, t),
        Mode::Along(_) | Mode::Copy => hovered_side(cx, draw, look, t),
        Mode::Offset(base) => copy(cx, draw, base, look.lang, t),
    }
}

/// The line the next point is held to, from edge to edge.
fn held_line(cx: &Canvas<'_>, draw: &Draw, from: Pt, t: &Tokens) {
    let Some((a, b)) = draw.pointer.and_then(|p| draw.sketch.line(p, draw.square)) else {
        return;
    };
    let (a, b) = (cx.pos(a), cx.pos(b));
    let way = (b - a).normalized() * 4000.0;
    let at = cx.pos(from);
    let faint = Stroke::new(1.0, t.map_preview.gamma_multiply(0.45));
    cx.painter.line_segment([at - way, at + way], faint);
}

/// Glyph and plate at the cursor.
fn cursor(cx: &Canvas<'_>, draw: &Draw, all: &[Pt], look: &Look<'_>, t: &Tokens) {
    let Some(at) = draw.cursor() else { return };
    let mut lines = Vec::new();
    if let Some(s) = draw.snapped() {
        glyph(cx, s, t);
        lines.push(meant(s, look));
    } else {
        cross(cx, cx.pos(at), t.map_preview);
    }
    lines.extend(measures(all, draw.wanted.ring, look.lang));
    if !lines.is_empty() {
        cx.plate(cx.pos(at), &lines.join("\n"), t.map_plate, t.map_plate_text);
    }
}

/// "Trung điểm", of a reference layer with its name: "Trung điểm · ranh-qh".
fn meant(s: &Snap, look: &Look<'_>) -> String {
    let name = match (s.kind, s.layer) {
        (SnapKind::Point, Some(_)) => VERTEX,
        (kind, _) => kind.name(),
    };
    let name = name.get(look.lang);
    match s.layer {
        Some(n) => format!("{name} · {}", look.layer_name(n)),
        None => name.to_owned(),
    }
}

/// Length and azimuth of the last line; total, or area of a ring.
pub fn measures(all: &[Pt], ring: bool, lang: Lang) -> Vec<String> {
    let mut lines = Vec::new();
    if let [.., a, b] = all
        && let Some(azimuth) = bearing::azimuth(*a, *b)
    {
        let length = format::length(a.dist(*b) / 1000.0, lang);
        lines.push(format!("{length} · {}", format::angle(azimuth)));
    }
    if ring && all.len() > 2 {
        let area = format::area(ring_area2(all).unsigned_abs() as f64 / 2e6, lang);
        lines.push(format!("{} {area}", AREA.get(lang)));
    } else if all.len() > 2 {
        lines.push(format!(
            "{} {}",
            TOTAL.get(lang),
            format::length(length(all) / 1000.0, lang)
        ));
    }
    lines
}

/// Length of a line, mm.
pub fn length(points: &[Pt]) -> f64 {
    points
        .iter()
        .zip(points.iter().skip(1))
        .map(|(a, b)| a.dist(*b))
        .sum()
}

/// The side under the pointer while one is to be chosen.
fn hovered_side(cx: &Canvas<'_>, draw: &Draw, look: &Look<'_>, t: &Tokens) {
    let reach = cx.view.reach(18.0);
    let side = draw.pointer.and_then(|p| look.coverage.nearest_side(p, reach));
    if let Some(s) = side {
        cx.line(&[s.from, s.to], Stroke::new(4.0, t.map_preview));
    }
}

/// The copy at the pointer's distance.
fn copy(cx: &Canvas<'_>, draw: &Draw, base: &[Pt], lang: Lang, t: &Tokens) {
    cx.line(base, Stroke::new(3.0, t.map_preview.gamma_multiply(0.5)));
    let Some(p) = draw.pointer else { return };
    let mm = from_line(base, p);
    if let Some(line) = offset::offset(base, mm, draw.wanted.ring && base.len() > 2) {
        cx.dashed(&line, Stroke::new(2.0, t.map_preview));
    }
    cx.plate(
        cx.pos(p),
        &format::length(mm.abs() / 1000.0, lang),
        t.map_plate,
        t.map_plate_text,
    );
}

fn cross(cx: &Canvas<'_>, at: Pos2, colour: Color32) {
    let line = Stroke::new(1.5, colour);
    for d in [vec2(6.0, 0.0), vec2(0.0, 6.0)] {
        cx.painter.line_segment([at - d, at + d], line);
    }
}

/// The sign of a kind of snap, with a rim that shows on any ground.
fn glyph(cx: &Canvas<'_>, s: &Snap, t: &Tokens) {
    let at = cx.pos(s.at);
    if let (SnapKind::Extension, Some((from, end))) = (s.kind, s.side) {
        cx.dashed(&[end, s.at], Stroke::new(1.5, t.map_preview));
        cx.line(&[from, end], Stroke::new(3.0, t.map_preview.gamma_multiply(0.5)));
    }
    for stroke in [Stroke::new(5.0, t.map_plate), Stroke::new(2.0, t.map_preview)] {
        for shape in sign(s.kind, at, stroke) {
            cx.painter.add(shape);
        }
    }
}

fn sign(kind: SnapKind, at: Pos2, stroke: Stroke) -> Vec<Shape> {
    let r = 7.0;
    let p = |x: f32, y: f32| pos2(at.x + x * r, at.y + y * r);
    let line = |a: (f32, f32), b: (f32, f32)| Shape::line_segment([p(a.0, a.1), p(b.0, b.1)], stroke);
    let closed = |c: &[(f32, f32)]| Shape::closed_line(c.iter().map(|(x, y)| p(*x, *y)).collect(), stroke);
    match kind {
        SnapKind::Survey => vec![
            Shape::circle_stroke(at, r, stroke),
            line((-1.4, 0.0), (1.4, 0.0)),
            line((0.0, -1.4), (0.0, 1.4)),
        ],
        SnapKind::Point => vec![closed(&[(-1.0, -1.0), (1.0, -1.0), (1.0, 1.0), (-1.0, 1.0)])],
        SnapKind::Sketch => vec![closed(&[(0.0, -1.2), (1.2, 0.0), (0.0, 1.2), (-1.2, 0.0)])],
        SnapKind::Crossing => vec![line((-1.0, -1.0), (1.0, 1.0)), line((-1.0, 1.0), (1.0, -1.0))],
        SnapKind::Midpoint => vec![closed(&[(0.0, -1.1), (1.1, 0.9), (-1.1, 0.9)])],
        SnapKind::Perpendicular => vec![
            line((-1.0, -1.1), (-1.0, 1.0)),
            line((-1.0, 1.0), (1.1, 1.0)),
            line((-1.0, 0.0), (0.0, 0.0)),
            line((0.0, 0.0), (0.0, 1.0)),
        ],
        SnapKind::Side => vec![closed(&[(-1.0, -1.0), (1.0, -1.0), (-1.0, 1.0), (1.0, 1.0)])],
        SnapKind::Extension => vec![
            line((-1.2, 0.0), (-0.5, 0.0)),
            line((-0.25, 0.0), (0.25, 0.0)),
            line((0.5, 0.0), (1.2, 0.0)),
            Shape::circle_stroke(at, 2.0, stroke),
        ],
    }
}
