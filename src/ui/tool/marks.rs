//! Points of the map that can be meant: squares on the points of the selected parcels, with the numbers
//! by which they can be typed.

use egui::{Align2, FontId, Stroke, vec2};

use super::frame::Input;
use crate::domain::Pt;
use crate::ui::look::Look;
use crate::ui::map_live::{Canvas, rgb, rgba};
use crate::ui::theme::Tokens;

/// Selected parcels whose points are marked.
const PARCELS: usize = 50;
/// Numbers stand only where so many or fewer points are to be seen.
const NUMBERED: usize = 120;

/// The point of the selected parcels nearest to the pointer.
pub fn nearest_selected(look: &Look<'_>, p: Pt, reach: i64) -> Option<Pt> {
    let limit = i128::from(reach) * i128::from(reach);
    let points = selected(look).flat_map(|s| s.polygon.points());
    let near = points.map(|v| (v.dist2(p), v));
    near.filter(|(d, _)| *d <= limit).min().map(|(_, v)| v)
}

/// The point meant by the pointer: of the selected parcels, else of any.
pub fn nearest(look: &Look<'_>, input: &Input) -> Option<Pt> {
    let at = input.at?;
    nearest_selected(look, at, input.reach)
        .or_else(|| look.coverage.nearest_point(at, input.reach).map(|n| n.at))
}

/// The nearest point in reach that is not yet among `chosen`; when all are, the nearest of those. Points of
/// dirty maps lie closer together than a person can aim.
pub fn nearest_new(look: &Look<'_>, at: Pt, reach: i64, chosen: &[Pt]) -> Option<Pt> {
    let limit = i128::from(reach) * i128::from(reach);
    let mut near: Vec<(bool, i128, Pt)> = Vec::new();
    look.coverage
        .window_for_each(&crate::domain::BBox::of([at]).grown(reach), |p| {
            let points = p.polygon.points().filter(|q| q.dist2(at) <= limit);
            near.extend(points.map(|q| (chosen.contains(&q), q.dist2(at), q)));
        });
    near.into_iter().min().map(|(_, _, p)| p)
}

/// A line given to the tool, with its points.
pub fn line(cx: &Canvas<'_>, points: &[Pt], t: &Tokens) {
    cx.line(points, Stroke::new(2.5, t.map_preview));
    for p in points {
        cx.painter
            .circle(cx.pos(*p), 4.0, t.surface, Stroke::new(2.0, t.map_preview));
    }
}

/// Discs on the points chosen so far.
pub fn chosen(cx: &Canvas<'_>, points: &[Pt], t: &Tokens) {
    for p in points {
        cx.painter
            .circle(cx.pos(*p), 6.0, t.map_preview, Stroke::new(1.5, t.surface));
    }
}

fn selected<'a>(look: &'a Look<'_>) -> impl Iterator<Item = &'a crate::domain::Parcel> {
    let fids = look.selection.fids().iter().take(PARCELS);
    fids.filter_map(|f| look.coverage.get(*f))
}

/// Squares on the points of the selected parcels; numbers on those of the main one.
pub fn handles(cx: &Canvas<'_>, look: &Look<'_>, hot: Option<Pt>, t: &Tokens) {
    let line = rgb(look.style.palette().selection.0);
    for v in selected(look).flat_map(|p| p.polygon.points()) {
        let (size, fill) = match Some(v) == hot {
            true => (11.0, t.map_preview),
            false => (7.0, t.surface),
        };
        let square = egui::Rect::from_center_size(cx.pos(v), vec2(size, size));
        let stroke = Stroke::new(1.5, line);
        cx.painter
            .rect(square, 1.0, fill, stroke, egui::StrokeKind::Middle);
    }
    if let Some(v) = hot.filter(|v| !selected(look).any(|p| p.polygon.points().any(|q| q == *v))) {
        cx.painter
            .circle(cx.pos(v), 5.5, t.surface, Stroke::new(2.0, t.map_preview));
    }
    numbers(cx, look);
}

fn numbers(cx: &Canvas<'_>, look: &Look<'_>) {
    let points = super::entry::numbered(look);
    let seen = points
        .iter()
        .enumerate()
        .filter(|(_, p)| cx.rect.contains(cx.pos(**p)));
    let seen: Vec<(usize, Pt)> = seen.map(|(n, p)| (n + 1, *p)).collect();
    let Some(parcel) = look.selection.main().and_then(|f| look.coverage.get(f)) else {
        return;
    };
    if seen.len() > NUMBERED || cx.frame(&parcel.bbox).size().max_elem() < 60.0 {
        return;
    }
    let palette = look.style.palette();
    let centre = cx.pos(parcel.bbox.centre());
    for (n, p) in seen {
        let at = cx.pos(p);
        // Away from the middle, so that the number stands outside.
        let away = (at - centre).normalized() * 12.0;
        let galley = cx
            .painter
            .layout_no_wrap(n.to_string(), FontId::proportional(11.5), rgb(palette.label));
        let frame = Align2::CENTER_CENTER.anchor_size(at + away, galley.size());
        cx.painter
            .rect_filled(frame.expand2(vec2(2.0, 0.0)), 2.0, rgba(palette.halo));
        cx.painter.galley(frame.min, galley, rgb(palette.label));
    }
}
