//! Bringing a stretch of boundary onto a given line, or onto points of a survey: the stretch by its two
//! ends, the line drawn, snapped to or typed, and a tolerance beyond which a point stays.

use super::entry::PointEntry;
use super::lists::{self, Points};
use super::{Asks, Input, Tool, bar::Bar, marks};
use crate::domain::Pt;
use crate::edit::{Align as Draw, Edit};
use crate::text::{Lang, Text, format};
use crate::topology::Way;
use crate::ui::draw::Wanted;
use crate::ui::look::Look;
use crate::ui::map_live::Canvas;
use crate::ui::theme::Tokens;

const START: Text = Text::new("Từ", "From");
const END: Text = Text::new("Đến", "To");
const ONTO: Text = Text::new("Theo", "Onto");
const TO: Text = Text::new("Các điểm đích", "Target points");
const TOLERANCE: Text = Text::new("Dung sai (m)", "Tolerance (m)");
const FIRST: Text = Text::new(
    "Bấm đỉnh đầu của đoạn ranh cần nắn; hoặc F2 và gõ số đỉnh",
    "Click the first point of the stretch to align; or F2 and type its number",
);
const SECOND: Text = Text::new(
    "Bấm đỉnh cuối của đoạn ranh",
    "Click the last point of the stretch",
);
const DRAW: Text = Text::new(
    "Vẽ đường đích, bắt vào điểm đo hoặc ranh có sẵn; Enter hoặc bấm đúp để kết thúc",
    "Draw the target, snapping to survey points or boundaries; Enter or double click ends",
);
const CHECK: Text = Text::new(
    "Xem kết quả rồi Enter để ghi · Esc để làm lại",
    "Look at the result, Enter writes it · Esc to go back",
);

const ONTOS: [(bool, Text); 2] = [
    (false, Text::new("đường", "line")),
    (true, Text::new("từng điểm đo", "single points")),
];

pub struct Align {
    start: PointEntry,
    end: PointEntry,
    to: Points,
    /// Onto single points instead of a line.
    points: bool,
    tolerance: String,
    live: Vec<Pt>,
    hot: Option<Pt>,
}

impl Default for Align {
    fn default() -> Self {
        Self {
            start: PointEntry::default(),
            end: PointEntry::default(),
            to: Points::default(),
            points: false,
            tolerance: "0,5".to_owned(),
            live: Vec::new(),
            hot: None,
        }
    }
}

impl Align {
    fn metres(&self, lang: Lang) -> Option<f64> {
        let m = format::parse_number(&self.tolerance, lang).ok()?;
        (m > 0.0).then_some((m * 1000.0).round() / 1000.0)
    }
}

impl Tool for Align {
    fn next(&self, look: &Look<'_>) -> Text {
        match (self.start.at, self.end.at) {
            (None, _) => FIRST,
            (_, None) => SECOND,
            _ if self.draws(look).is_some() => DRAW,
            _ => CHECK,
        }
    }

    fn edit(&self, look: &Look<'_>) -> Option<Edit> {
        let (start, end, tolerance) = (self.start.at?, self.end.at?, self.metres(look.lang)?);
        let target = match self.to.points.is_empty() {
            true => self.live.clone(),
            false => self.to.points.clone(),
        };
        let least = if self.points { 1 } else { 2 };
        let (to, points) = if self.points {
            (Vec::new(), target.clone())
        } else {
            (target.clone(), Vec::new())
        };
        (target.len() >= least && start != end).then_some(Edit::Align(Draw {
            parcel: look
                .selection
                .main()
                .and_then(|f| look.coverage.get(f))
                .map(lists::by_uid),
            start,
            end,
            to,
            points,
            tolerance,
            way: Way::Shorter,
        }))
    }

    fn fields(&mut self, bar: &mut Bar<'_, '_>) {
        bar.point(START, &mut self.start, None);
        bar.point(END, &mut self.end, self.start.at);
        bar.choice(ONTO, &ONTOS, &mut self.points);
        bar.points(TO, &mut self.to);
        bar.text(TOLERANCE, "0,5", 56.0, &mut self.tolerance, None);
    }

    fn pointer(&mut self, input: &Input, look: &Look<'_>) -> Asks {
        self.hot = marks::nearest(look, input);
        match (input.clicked, self.hot, input.at) {
            (true, Some(p), _) if self.start.at.is_none() => self.start.set(p, look.lang),
            (true, Some(p), _) => self.end.set(p, look.lang),
            (true, None, Some(at)) => return Asks::Pick(at),
            _ => (),
        }
        Asks::Nothing
    }

    fn draws(&self, _: &Look<'_>) -> Option<Wanted> {
        let ends = self.start.at.is_some() && self.end.at.is_some();
        let wanted = Wanted {
            least: if self.points { 1 } else { 2 },
            ..Wanted::LINE
        };
        (ends && self.to.text.is_empty()).then_some(wanted)
    }

    fn drawn(&mut self, points: Vec<Pt>, ended: bool, look: &Look<'_>) {
        self.live = points;
        if ended {
            self.to.set(std::mem::take(&mut self.live), look);
        }
    }

    fn paint(&self, cx: &Canvas<'_>, look: &Look<'_>, t: &Tokens) {
        marks::handles(cx, look, self.hot.filter(|_| self.end.at.is_none()), t);
        let ends: Vec<Pt> = [&self.start, &self.end].iter().filter_map(|p| p.at).collect();
        marks::chosen(cx, &ends, t);
        match self.points {
            true => marks::chosen(cx, &self.to.points, t),
            false => marks::line(cx, &self.to.points, t),
        }
    }

    fn back(&mut self) -> bool {
        self.live.clear();
        self.to.clear() || self.end.clear() || self.start.clear()
    }

    fn done(&mut self) {
        *self = Self {
            points: self.points,
            tolerance: std::mem::take(&mut self.tolerance),
            ..Self::default()
        };
    }
}
