//! A record in quarantine on the map: its original (dashed) with what is wrong with it, and the repair that is looked at.

use egui::{Shape, Stroke, vec2};

use super::look::Look;
use super::map_live::{Canvas, rgb, rgba};
use super::theme::Tokens;
use crate::domain::{BBox, Polygon};
use crate::import::Sketch;

/// What of a record is on the map.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ShownRecord {
    pub sketch: Sketch,
    /// The repair that is looked at.
    pub preview: Vec<Polygon>,
    /// The original is read wrongly: only the repair is where it belongs.
    pub elsewhere: bool,
}

impl ShownRecord {
    /// Where to look.
    pub fn bbox(&self) -> Option<BBox> {
        let shapes = self.preview.iter().map(Polygon::bbox).reduce(BBox::union);
        let original = self.sketch.bbox().filter(|_| !self.elsewhere || shapes.is_none());
        match (original, shapes) {
            (Some(a), Some(b)) => Some(a.union(b)),
            (a, b) => a.or(b),
        }
    }
}

/// Marks with words at most; the others are only marked.
const WORDED: usize = 3;
/// Sides of an original drawn at most.
const MOST: usize = 20_000;

pub fn paint(cx: &Canvas<'_>, look: &Look<'_>, shown: &ShownRecord, t: &Tokens) {
    for polygon in &shown.preview {
        cx.fill(polygon, t.map_preview_fill);
        cx.outline(polygon, Stroke::new(2.5, t.map_preview));
    }
    let palette = look.style.palette();
    let (red, amber, halo) = (rgb(palette.error), rgb(palette.warning), rgba(palette.halo));
    let mut left = MOST;
    for line in &shown.sketch.lines {
        let mut points: Vec<_> = line.points.iter().take(left).map(|p| cx.pos(*p)).collect();
        left -= points.len();
        if line.closed {
            points.extend(points.first().copied());
        }
        if points.len() < 2 {
            points
                .iter()
                .for_each(|p| _ = cx.painter.circle_filled(*p, 4.0, amber));
            continue;
        }
        cx.painter
            .add(Shape::line(points.clone(), Stroke::new(4.5, halo)));
        cx.painter
            .extend(Shape::dashed_line(&points, Stroke::new(2.5, amber), 8.0, 5.0));
    }
    for (n, mark) in shown.sketch.marks.iter().enumerate() {
        let at = cx.pos(mark.at);
        if !cx.rect.contains(at) {
            continue;
        }
        cx.painter.circle_stroke(at, 11.0, Stroke::new(5.0, halo));
        cx.painter.circle_stroke(at, 11.0, Stroke::new(2.5, red));
        for d in [vec2(4.0, 4.0), vec2(4.0, -4.0)] {
            cx.painter.line_segment([at - d, at + d], Stroke::new(2.0, red));
        }
        if n < WORDED {
            cx.plate(at, mark.kind.text().get(look.lang), t.map_plate, t.map_plate_text);
        }
    }
}
