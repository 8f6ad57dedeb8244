//! Making several boundary points one: click them one by one, or type which; the first one stays unless
//! another place is given.

use super::entry::PointEntry;
use super::lists::Points;
use super::{Asks, Input, Tool, bar::Bar, marks};
use crate::domain::Pt;
use crate::edit::{Edit, MergePoints as Merge};
use crate::text::Text;
use crate::ui::look::Look;
use crate::ui::map_live::Canvas;
use crate::ui::theme::Tokens;

const WHICH: Text = Text::new("Các đỉnh", "Points");
const TO: Text = Text::new("Về", "Into");
const NEXT: Text = Text::new(
    "Bấm các đỉnh cần gộp (đỉnh đầu tiên giữ nguyên chỗ), rồi Enter; hoặc F2 và gõ 3; 4",
    "Click the points to merge (the first one stays), then Enter; or F2 and type 3; 4",
);

#[derive(Default)]
pub struct MergePoints {
    which: Points,
    to: PointEntry,
    hot: Option<Pt>,
}

impl Tool for MergePoints {
    fn next(&self, _: &Look<'_>) -> Text {
        NEXT
    }

    fn edit(&self, _: &Look<'_>) -> Option<Edit> {
        let to = self.to.at.or(self.which.points.first().copied())?;
        let points = self.which.points.clone();
        let enough = points.len() + usize::from(!points.contains(&to)) > 1;
        enough.then_some(Edit::MergePoints(Merge { points, to }))
    }

    fn fields(&mut self, bar: &mut Bar<'_, '_, '_>) {
        bar.points(WHICH, &mut self.which);
        bar.point(TO, &mut self.to, None);
    }

    fn pointer(&mut self, input: &Input, look: &Look<'_>) -> Asks {
        self.hot = input
            .at
            .and_then(|at| marks::nearest_new(look, at, input.reach, &self.which.points));
        match (input.clicked, self.hot, input.at) {
            (true, Some(p), _) => self.which.toggle(p, look),
            (true, None, Some(at)) => return Asks::Pick(at),
            _ => (),
        }
        Asks::Nothing
    }

    fn paint(&self, cx: &Canvas<'_>, look: &Look<'_>, t: &Tokens) {
        marks::handles(cx, look, self.hot, t);
        marks::chosen(cx, &self.which.points, t);
    }

    fn back(&mut self) -> bool {
        self.to.clear() || self.which.clear()
    }

    fn done(&mut self) {
        *self = Self::default();
    }
}
