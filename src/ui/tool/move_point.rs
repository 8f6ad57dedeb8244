//! Moving a boundary point: drag a vertex, or type which one and where to. Every parcel that uses the
//! point follows.

use egui::Stroke;

use super::entry::PointEntry;
use super::{Asks, Input, Tool, bar::Bar, marks};
use crate::domain::Pt;
use crate::edit::Edit;
use crate::text::Text;
use crate::ui::look::Look;
use crate::ui::map_live::Canvas;
use crate::ui::theme::Tokens;

const FROM: Text = Text::new("Đỉnh", "Point");
const TO: Text = Text::new("Đến", "To");
const PICK: Text = Text::new(
    "Chọn thửa, rồi kéo một đỉnh; hoặc F2 và gõ số đỉnh",
    "Select a parcel, then drag a point; or F2 and type its number",
);
const DRAG: Text = Text::new(
    "Kéo một đỉnh của thửa đã chọn; hoặc F2 và gõ số đỉnh",
    "Drag a point of the selected parcel; or F2 and type its number",
);
const WHERE: Text = Text::new(
    "Kéo đến chỗ mới, hoặc gõ X Y, hay @dX dY, @khoảng cách<phương vị",
    "Drag to the new place, or type X Y, or @dX dY, @distance<azimuth",
);
const RELEASE: Text = Text::new(
    "Thả chuột để dời đỉnh · Esc để bỏ",
    "Release to move the point · Esc to drop",
);

#[derive(Default)]
pub struct MovePoint {
    from: PointEntry,
    to: PointEntry,
    dragging: bool,
    hot: Option<Pt>,
}

impl Tool for MovePoint {
    fn next(&self, look: &Look<'_>) -> Text {
        match (self.dragging, self.from.at) {
            (true, _) => RELEASE,
            (_, Some(_)) => WHERE,
            _ if look.selection.is_empty() => PICK,
            _ => DRAG,
        }
    }

    fn edit(&self, _: &Look<'_>) -> Option<Edit> {
        let (from, to) = (self.from.at?, self.to.at?);
        (from != to).then_some(Edit::MovePoint { from, to })
    }

    fn fields(&mut self, bar: &mut Bar<'_, '_, '_>) {
        bar.point(FROM, &mut self.from, None);
        bar.point(TO, &mut self.to, self.from.at);
    }

    fn pointer(&mut self, input: &Input, look: &Look<'_>) -> Asks {
        self.hot = (!self.dragging)
            .then(|| {
                input
                    .at
                    .and_then(|p| marks::nearest_selected(look, p, input.reach))
            })
            .flatten();
        if input.pressed
            && let Some(p) = self.hot.take()
            && look.editable()
        {
            self.from.set(p, look.lang);
            self.dragging = true;
        }
        if self.dragging
            && (input.held || input.released)
            && let Some(to) = input.target(look, self.from.at)
        {
            self.to.set(to, look.lang);
        }
        if input.released && std::mem::take(&mut self.dragging) {
            return Asks::Apply;
        }
        match (input.clicked, self.hot, input.at) {
            (true, Some(p), _) => self.from.set(p, look.lang),
            (true, None, Some(at)) => return Asks::Pick(at),
            _ => (),
        }
        Asks::Nothing
    }

    fn paint(&self, cx: &Canvas<'_>, look: &Look<'_>, t: &Tokens) {
        marks::handles(cx, look, self.hot.or(self.from.at), t);
        if let (Some(from), Some(to)) = (self.from.at, self.to.at) {
            let (a, b) = (cx.pos(from), cx.pos(to));
            let line = Stroke::new(1.5, t.map_preview);
            cx.painter.add(egui::Shape::dashed_line(&[a, b], line, 4.0, 3.0));
        }
    }

    fn back(&mut self) -> bool {
        self.dragging = false;
        self.to.clear() || self.from.clear()
    }

    fn done(&mut self) {
        *self = Self::default();
    }
}
