//! Moving many boundary points by the same amount: drag a box around them, or type which; then drag one
//! of them, or type how far.

use egui::{Stroke, StrokeKind};

use super::lists::Points;
use super::{Asks, Input, Tool, bar::Bar, marks};
use crate::domain::{BBox, Pt};
use crate::edit::{Edit, MovePoints as Move};
use crate::text::{Msg, Text};
use crate::topology::entry;
use crate::ui::look::Look;
use crate::ui::map_live::Canvas;
use crate::ui::theme::Tokens;

/// A box with more points is refused: it was not meant for that many.
const MOST: usize = 5_000;

const WHICH: Text = Text::new("Các đỉnh", "Points");
const BY: Text = Text::new("Dời", "By");
const BY_HINT: Text = Text::new("@dX dY, m<°", "@dX dY, m<°");
const BOX: Text = Text::new(
    "Kéo khung quanh các đỉnh; hoặc F2 và gõ 1; 2; 5 (* là mọi đỉnh của thửa đã chọn)",
    "Drag a box around the points; or F2 and type 1; 2; 5 (* for all of the selected parcel)",
);
const DRAG: Text = Text::new(
    "Kéo một trong các đỉnh đã chọn, hoặc gõ @dX dY, hay khoảng cách<phương vị",
    "Drag one of the points, or type @dX dY, or distance<azimuth",
);

#[derive(Default)]
pub struct MovePoints {
    which: Points,
    by: String,
    offset: Option<Pt>,
    error: Option<Msg>,
    /// Corner where the box began.
    corner: Option<Pt>,
    frame: Option<BBox>,
    /// The chosen point being dragged.
    dragged: Option<Pt>,
}

impl MovePoints {
    fn read_offset(&mut self, look: &Look<'_>) {
        let base = Pt::new(0, 0);
        let read = |s: &str| entry::parse(s, look.lang).and_then(|e| e.resolve(Some(base), None));
        (self.offset, self.error) = match self.by.trim() {
            "" => (None, None),
            typed => match read(typed) {
                Ok(at) => (at, None),
                Err(f) => (None, Some(f.message().clone())),
            },
        };
    }

    fn boxed(&mut self, frame: &BBox, look: &Look<'_>) {
        let mut points = std::collections::BTreeSet::new();
        let only = look.selection.fids();
        look.coverage.window_for_each(frame, |p| {
            if (only.is_empty() || look.selection.contains(p.fid)) && points.len() < MOST {
                points.extend(p.polygon.points().filter(|q| frame.contains(*q)));
            }
        });
        self.which.set(points.into_iter().collect(), look);
    }
}

impl Tool for MovePoints {
    fn next(&self, _: &Look<'_>) -> Text {
        if self.which.points.is_empty() { BOX } else { DRAG }
    }

    fn edit(&self, _: &Look<'_>) -> Option<Edit> {
        let by = self.offset.filter(|p| *p != Pt::new(0, 0))?;
        let points = self.which.points.clone();
        (!points.is_empty()).then(|| {
            Edit::MovePoints(Move {
                points,
                by: Some(by),
                moves: Vec::new(),
            })
        })
    }

    fn fields(&mut self, bar: &mut Bar<'_, '_, '_>) {
        bar.points(WHICH, &mut self.which);
        let error = self.error.clone();
        if bar.text(
            BY,
            BY_HINT.get(bar.look.lang),
            130.0,
            &mut self.by,
            error.as_ref(),
        ) {
            self.read_offset(bar.look);
        }
    }

    fn pointer(&mut self, input: &Input, look: &Look<'_>) -> Asks {
        let Some(at) = input.at else { return Asks::Nothing };
        if input.pressed {
            let limit = i128::from(input.reach) * i128::from(input.reach);
            let near = self.which.points.iter().map(|p| (p.dist2(at), *p)).min();
            self.dragged = near.filter(|(d, _)| *d <= limit).map(|(_, p)| p);
            self.corner = self.dragged.is_none().then_some(at);
        }
        if let Some(from) = self.dragged
            && let Some(to) = input.target(look, Some(from))
            && (input.held || input.released)
        {
            let by = Pt::new(to.e - from.e, to.n - from.n);
            self.by = format!("@{}", super::entry::coordinates(by, look.lang));
            self.offset = Some(by);
            self.error = None;
        }
        self.frame = self.corner.map(|c| BBox::of([c, at]));
        if !input.released {
            return if input.clicked {
                Asks::Pick(at)
            } else {
                Asks::Nothing
            };
        }
        if let (Some(frame), Some(_)) = (self.frame.take(), self.corner.take()) {
            self.boxed(&frame, look);
        }
        match self.dragged.take() {
            Some(_) => Asks::Apply,
            None => Asks::Nothing,
        }
    }

    fn paint(&self, cx: &Canvas<'_>, look: &Look<'_>, t: &Tokens) {
        marks::handles(cx, look, None, t);
        marks::chosen(cx, &self.which.points, t);
        if let Some(frame) = &self.frame {
            let fill = t.accent.gamma_multiply(0.12);
            cx.painter.rect(
                cx.frame(frame),
                0.0,
                fill,
                Stroke::new(1.5, t.accent),
                StrokeKind::Middle,
            );
        }
    }

    fn back(&mut self) -> bool {
        let had = !self.by.is_empty() || self.corner.is_some();
        self.by.clear();
        (self.offset, self.error, self.corner, self.frame, self.dragged) = (None, None, None, None, None);
        had || self.which.clear()
    }

    fn done(&mut self) {
        *self = Self::default();
    }
}
