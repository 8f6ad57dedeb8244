//! Moving a boundary point: drag a vertex of the selected parcel. Every parcel that uses the point is
//! drawn as it would become, with its change of area; a move that would create a fault is drawn red
//! with the reason. Releasing the button emits one edit.

use egui::{Stroke, vec2};

use crate::domain::{Finding, Polygon, Pt};
use crate::edit::Edit;
use crate::text::{Lang, Text, format};
use crate::topology::move_point;
use crate::ui::action::{Action, Select};
use crate::ui::look::Look;
use crate::ui::map_live::{Canvas, rgb, severity};
use crate::ui::theme::Tokens;
use crate::validate;

/// What the pointer does in this frame.
pub struct Input {
    /// Ground under the pointer.
    pub at: Option<Pt>,
    /// Ground length within which a vertex is meant, mm.
    pub reach: i64,
    pub pressed: bool,
    pub held: bool,
    pub released: bool,
    pub clicked: bool,
}

#[derive(Debug, Default)]
pub struct MovePoint {
    /// Where the dragged vertex was; `None` when nothing is dragged.
    from: Option<Pt>,
    /// The last plan and the coverage and places it was made for.
    plan: Option<((u64, Pt, Pt), Outcome)>,
}

#[derive(Clone, Debug)]
enum Outcome {
    /// (fid, how it becomes)
    Fits(Vec<(i64, Polygon)>),
    Refused(Vec<Finding>),
}

impl MovePoint {
    pub fn is_busy(&self) -> bool {
        self.from.is_some()
    }

    pub fn reset(&mut self) {
        *self = Self::default();
    }

    pub fn hint(&self, look: &Look<'_>) -> String {
        let text = if look.selection.is_empty() {
            Text::new(
                "Bấm vào thửa có đỉnh cần dời",
                "Click the parcel whose point is to move",
            )
        } else if self.from.is_some() {
            Text::new(
                "Thả chuột để dời đỉnh · Esc để bỏ",
                "Release to move the point · Esc to drop",
            )
        } else {
            Text::new(
                "Kéo một đỉnh của thửa đã chọn",
                "Drag a vertex of the selected parcel",
            )
        };
        text.get(look.lang).to_owned()
    }

    pub fn ui(&mut self, cx: &Canvas<'_>, input: &Input, look: &Look<'_>, t: &Tokens, out: &mut Vec<Action>) {
        let near = input.at.and_then(|p| nearest_vertex(look, p, input.reach));
        handles(cx, look, near.filter(|_| self.from.is_none()), t);
        if input.pressed && look.editable() {
            self.from = near;
        }
        if input.clicked
            && near.is_none()
            && let Some(at) = input.at
        {
            out.push(Action::Select(Select::Only(look.pick(at).into_iter().collect())));
        }
        let (Some(from), Some(to)) = (self.from, input.at) else {
            return;
        };
        if input.held || input.released {
            self.preview(cx, look, from, to, t);
        }
        if input.released {
            self.release(from, to, out);
        }
    }

    fn preview(&mut self, cx: &Canvas<'_>, look: &Look<'_>, from: Pt, to: Pt, t: &Tokens) {
        let key = (look.coverage.revision(), from, to);
        if self.plan.as_ref().is_none_or(|(k, _)| *k != key) {
            let outcome = match move_point::plan(look.coverage, from, to) {
                Ok(plan) => Outcome::Fits(plan.changed),
                Err(refusal) => Outcome::Refused(refusal.findings),
            };
            self.plan = Some((key, outcome));
        }
        match self.plan.as_ref().map(|(_, o)| o) {
            Some(Outcome::Fits(changed)) => draw_fit(cx, look, changed, from, to, t),
            Some(Outcome::Refused(findings)) => draw_refusal(cx, look, findings, from, to),
            None => (),
        }
    }

    fn release(&mut self, from: Pt, to: Pt, out: &mut Vec<Action>) {
        // A refused move is sent too: the refusal is then explained where refusals are explained.
        if from != to {
            out.push(Action::Apply(vec![Edit::MovePoint { from, to }]));
        }
        self.reset();
    }
}

/// The vertex of the selected parcels nearest to `p`.
fn nearest_vertex(look: &Look<'_>, p: Pt, reach: i64) -> Option<Pt> {
    let limit = i128::from(reach) * i128::from(reach);
    let selected = look
        .selection
        .fids()
        .iter()
        .take(50)
        .filter_map(|f| look.coverage.get(*f));
    let near = selected.flat_map(|s| s.polygon.points()).map(|v| (v.dist2(p), v));
    near.filter(|(d, _)| *d <= limit).min().map(|(_, v)| v)
}

/// Squares on the vertices of the selected parcels.
fn handles(cx: &Canvas<'_>, look: &Look<'_>, hot: Option<Pt>, t: &Tokens) {
    let line = rgb(look.style.palette().selection.0);
    for p in look
        .selection
        .fids()
        .iter()
        .take(50)
        .filter_map(|f| look.coverage.get(*f))
    {
        for v in p.polygon.points() {
            let (size, fill) = if Some(v) == hot {
                (11.0, t.map_preview)
            } else {
                (7.0, t.surface)
            };
            let square = egui::Rect::from_center_size(cx.pos(v), vec2(size, size));
            cx.painter.rect(
                square,
                1.0,
                fill,
                Stroke::new(1.5, line),
                egui::StrokeKind::Middle,
            );
        }
    }
}

fn draw_fit(cx: &Canvas<'_>, look: &Look<'_>, changed: &[(i64, Polygon)], from: Pt, to: Pt, t: &Tokens) {
    for (_, polygon) in changed {
        cx.fill(polygon, t.map_preview_fill);
    }
    let mut lines = Vec::new();
    for (fid, polygon) in changed {
        cx.outline(polygon, Stroke::new(2.0, t.map_preview));
        if let Some(old) = look.coverage.get(*fid) {
            let delta = polygon.area_m2() - old.polygon.area_m2();
            lines.push(format!(
                "{}/{}: {}",
                old.sheet,
                old.number,
                signed(delta, look.lang)
            ));
        }
    }
    lines.truncate(6);
    lines.insert(0, format::length(from.dist(to) / 1000.0, look.lang));
    mark(cx, from, to, Stroke::new(2.0, t.map_preview));
    cx.plate(cx.pos(to), &lines.join("\n"), t.map_plate, t.map_plate_text);
}

/// "+1,2 m²", "−0,3 m²".
pub fn signed(m2: f64, lang: Lang) -> String {
    let sign = if m2 < 0.0 { "−" } else { "+" };
    format!("{sign}{}", format::area(m2.abs(), lang))
}

fn draw_refusal(cx: &Canvas<'_>, look: &Look<'_>, findings: &[Finding], from: Pt, to: Pt) {
    let palette = look.style.palette();
    let red = rgb(palette.error);
    mark(cx, from, to, Stroke::new(2.0, red));
    for f in findings.iter().take(20) {
        let colour = severity(look, f.severity);
        if let Some(at) = f.at {
            cx.painter
                .circle_stroke(cx.pos(at), 9.0, Stroke::new(2.5, colour));
        }
        for p in f.parcels.iter().take(10).filter_map(|u| look.coverage.by_uid(*u)) {
            cx.outline(&p.polygon, Stroke::new(2.0, colour));
        }
    }
    let reasons: Vec<String> = findings
        .iter()
        .take(3)
        .map(|f| validate::message(f).get(look.lang).to_owned())
        .collect();
    cx.plate(cx.pos(to), &reasons.join("\n"), red, egui::Color32::WHITE);
}

fn mark(cx: &Canvas<'_>, from: Pt, to: Pt, stroke: Stroke) {
    let (a, b) = (cx.pos(from), cx.pos(to));
    cx.painter
        .add(egui::Shape::dashed_line(&[a, b], stroke, 4.0, 3.0));
    cx.painter.circle_stroke(b, 5.0, stroke);
}
