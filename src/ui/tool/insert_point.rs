//! Inserting a boundary point: click a side, or type where. All parcels that share the side get it.

use egui::Stroke;

use super::entry::PointEntry;
use super::{Asks, Input, Tool, bar::Bar, lists, marks};
use crate::domain::Pt;
use crate::edit::{Edit, InsertPoint as Insert};
use crate::text::Text;
use crate::ui::look::Look;
use crate::ui::map_live::Canvas;
use crate::ui::theme::Tokens;

const AT: Text = Text::new("Vị trí", "Place");
const NEXT: Text = Text::new(
    "Bấm vào một cạnh; hoặc F2 và gõ 5-6 (giữa cạnh), 5-6 12,5 (cách đỉnh 5), hay X Y",
    "Click a side; or F2 and type 5-6 (its middle), 5-6 12.5 (from point 5), or X Y",
);
/// A typed place may lie so far (mm) from the side it is meant on.
const NEAR: i64 = 1_000;

#[derive(Default)]
pub struct InsertPoint {
    typed: PointEntry,
    /// Under the pointer: the place on the side and whose it is.
    hover: Option<(Pt, i64)>,
}

impl InsertPoint {
    fn place(&self, look: &Look<'_>) -> Option<(Pt, i64)> {
        let Some(at) = self.typed.at else {
            return self.hover;
        };
        let main = look.selection.main();
        let near = look.coverage.nearest_side(at, NEAR)?;
        let of_main = main.filter(|m| look.coverage.neighbours(near.fid).contains(m));
        Some((at, of_main.filter(|_| near.distance <= 1.0).unwrap_or(near.fid)))
    }
}

impl Tool for InsertPoint {
    fn next(&self, _: &Look<'_>) -> Text {
        NEXT
    }

    fn edit(&self, look: &Look<'_>) -> Option<Edit> {
        let (at, fid) = self.place(look)?;
        let parcel = lists::by_uid(look.coverage.get(fid)?);
        Some(Edit::InsertPoint(Insert { parcel, at }))
    }

    fn fields(&mut self, bar: &mut Bar<'_, '_, '_>) {
        bar.point(AT, &mut self.typed, None);
    }

    fn pointer(&mut self, input: &Input, look: &Look<'_>) -> Asks {
        let near = input.at.and_then(|p| look.coverage.nearest_side(p, input.reach));
        self.hover = near.map(|s| (s.at, s.fid));
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
        marks::handles(cx, look, None, t);
        if let Some((at, _)) = self.place(look) {
            cx.painter
                .circle(cx.pos(at), 5.5, t.surface, Stroke::new(2.0, t.map_preview));
        }
    }

    fn back(&mut self) -> bool {
        self.typed.clear()
    }

    fn done(&mut self) {
        *self = Self::default();
    }
}
