//! Removing a boundary point: click it, or type which.

use super::entry::PointEntry;
use super::{Asks, Input, Tool, bar::Bar, marks};
use crate::domain::Pt;
use crate::edit::{Edit, RemovePoint as Remove};
use crate::text::Text;
use crate::ui::look::Look;
use crate::ui::map_live::Canvas;
use crate::ui::theme::Tokens;

const AT: Text = Text::new("Đỉnh", "Point");
const NEXT: Text = Text::new(
    "Bấm vào đỉnh cần bỏ (chỉ đỉnh của tối đa hai thửa); hoặc F2 và gõ số đỉnh",
    "Click the point to remove (one that at most two parcels share); or F2 and type its number",
);

#[derive(Default)]
pub struct RemovePoint {
    typed: PointEntry,
    hover: Option<Pt>,
}

impl Tool for RemovePoint {
    fn next(&self, _: &Look<'_>) -> Text {
        NEXT
    }

    fn edit(&self, _: &Look<'_>) -> Option<Edit> {
        let at = self.typed.at.or(self.hover)?;
        Some(Edit::RemovePoint(Remove { at }))
    }

    fn fields(&mut self, bar: &mut Bar<'_, '_, '_>) {
        bar.point(AT, &mut self.typed, None);
    }

    fn pointer(&mut self, input: &Input, look: &Look<'_>) -> Asks {
        self.hover = marks::nearest(look, input);
        match (input.clicked, self.hover, input.at) {
            (true, Some(_), _) => {
                self.typed.clear();
                Asks::Apply
            }
            (true, None, Some(at)) => Asks::Pick(at),
            _ => Asks::Nothing,
        }
    }

    fn paint(&self, cx: &Canvas<'_>, look: &Look<'_>, t: &Tokens) {
        marks::handles(cx, look, self.typed.at.or(self.hover), t);
    }

    fn back(&mut self) -> bool {
        self.typed.clear()
    }

    fn done(&mut self) {
        *self = Self::default();
    }
}
