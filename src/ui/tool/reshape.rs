//! Redrawing a stretch of boundary: draw the new line from a place on the boundary to another, or type
//! start, end and the points between. Both sides change in one edit.

use super::entry::PointEntry;
use super::lists::{self, Points};
use super::{Asks, Input, Tool, bar::Bar, marks};
use crate::domain::Pt;
use crate::edit::{Edit, Reshape as Redraw};
use crate::text::Text;
use crate::topology::Way;
use crate::ui::draw::Wanted;
use crate::ui::look::Look;
use crate::ui::map_live::Canvas;
use crate::ui::theme::Tokens;

const START: Text = Text::new("Từ", "From");
const END: Text = Text::new("Đến", "To");
const VIA: Text = Text::new("Qua các điểm", "Through");
const STRETCH: Text = Text::new("Thay đoạn", "Replaces");
const DRAW: Text = Text::new(
    "Vẽ ranh mới: bắt đầu và kết thúc trên ranh cũ, bấm đúp hoặc Enter để kết thúc; hoặc F2 và gõ số đỉnh",
    "Draw the new boundary: begin and end on the old one, double click or Enter ends; or F2 and type point numbers",
);
const CHECK: Text = Text::new(
    "Xem kết quả rồi Enter để ghi · Esc để vẽ lại",
    "Look at the result, Enter writes it · Esc to draw again",
);

/// The stretch between the two ends that is replaced.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Stretch {
    #[default]
    Shorter,
    Ring,
    Against,
}

pub const STRETCHES: [(Stretch, Text); 3] = [
    (Stretch::Shorter, Text::new("ngắn hơn", "shorter")),
    (Stretch::Ring, Text::new("ngược kim đồng hồ", "counter-clockwise")),
    (Stretch::Against, Text::new("thuận kim đồng hồ", "clockwise")),
];

#[derive(Default)]
pub struct Reshape {
    start: PointEntry,
    end: PointEntry,
    via: Points,
    stretch: Stretch,
    /// Being drawn, with the pointer as its last point.
    live: Vec<Pt>,
}

impl Tool for Reshape {
    fn next(&self, look: &Look<'_>) -> Text {
        if self.draws(look).is_some() { DRAW } else { CHECK }
    }

    fn edit(&self, look: &Look<'_>) -> Option<Edit> {
        let (start, end, line) = match (self.start.at, self.end.at, self.live.as_slice()) {
            (Some(start), Some(end), _) => (start, end, self.via.points.clone()),
            (None, None, [start, via @ .., end]) => (*start, *end, via.to_vec()),
            _ => return None,
        };
        let (start, end, way, line) = match self.stretch {
            Stretch::Shorter => (start, end, Way::Shorter, line),
            Stretch::Ring => (start, end, Way::Ring, line),
            Stretch::Against => (end, start, Way::Ring, line.into_iter().rev().collect()),
        };
        let parcel = look
            .selection
            .main()
            .and_then(|f| look.coverage.get(f))
            .map(lists::by_uid);
        (start != end).then_some(Edit::Reshape(Redraw {
            parcel,
            start,
            end,
            line: Some(line),
            arc: None,
            way,
        }))
    }

    fn fields(&mut self, bar: &mut Bar<'_, '_, '_>) {
        bar.point(START, &mut self.start, None);
        bar.point(END, &mut self.end, self.start.at);
        bar.points(VIA, &mut self.via);
        bar.choice(STRETCH, &STRETCHES, &mut self.stretch);
    }

    fn pointer(&mut self, input: &Input, _: &Look<'_>) -> Asks {
        match (input.clicked, input.at) {
            (true, Some(at)) => Asks::Pick(at),
            _ => Asks::Nothing,
        }
    }

    fn draws(&self, _: &Look<'_>) -> Option<Wanted> {
        (self.start.text.is_empty() && self.end.text.is_empty()).then_some(Wanted::LINE)
    }

    fn drawn(&mut self, points: Vec<Pt>, ended: bool, look: &Look<'_>) {
        self.live = points;
        if let (true, [start, via @ .., end]) = (ended, self.live.as_slice()) {
            self.start.set(*start, look.lang);
            self.end.set(*end, look.lang);
            self.via.set(via.to_vec(), look);
            self.live.clear();
        }
    }

    fn paint(&self, cx: &Canvas<'_>, look: &Look<'_>, t: &Tokens) {
        marks::handles(cx, look, None, t);
        if let (Some(a), Some(b)) = (self.start.at, self.end.at) {
            let mut line = vec![a];
            line.extend(&self.via.points);
            line.push(b);
            marks::line(cx, &line, t);
        }
    }

    fn back(&mut self) -> bool {
        self.live.clear();
        self.via.clear() | self.start.clear() | self.end.clear()
    }

    fn done(&mut self) {
        *self = Self {
            stretch: self.stretch,
            ..Self::default()
        };
    }
}
