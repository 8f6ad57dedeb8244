//! Cutting a strip off parcels: along a centre line with a width, or by an outline; the strip becomes a
//! parcel of its own.

use super::children::Children;
use super::lists::{Parcels, Points};
use super::{Asks, Input, Tool, bar::Bar, marks};
use crate::domain::Pt;
use crate::edit::{Carve as Cut, Edit, Fields};
use crate::text::{Text, format, terms};
use crate::ui::draw::Wanted;
use crate::ui::look::Look;
use crate::ui::map_live::Canvas;
use crate::ui::theme::Tokens;

const TITLE: Text = Text::new("Dải cắt ra và phần tách ra", "The strip and parts cut apart");
const WHICH: Text = Text::new("Từ các thửa", "From parcels");
const BY: Text = Text::new("Theo", "By");
const WIDTH: Text = Text::new("Rộng (m)", "Width (m)");
const POINTS: Text = Text::new("Các điểm", "Points");
const SELECT: Text = Text::new(
    "Bấm (các) thửa bị cắt, giữ Shift để thêm; hoặc F2 và gõ tờ/thửa",
    "Click the parcels to cut, Shift adds; or F2 and type sheet/number",
);
const DRAW: Text = Text::new(
    "Vẽ tim đường hoặc đường bao; Enter hoặc bấm đúp để kết thúc",
    "Draw the centre line or the outline; Enter or double click ends",
);
const CHECK: Text = Text::new(
    "Xem dải được cắt rồi Enter để ghi · Esc để vẽ lại",
    "Look at the strip, Enter writes it · Esc to draw again",
);
const WAYS: [(bool, Text); 2] = [
    (false, Text::new("tim đường", "centre line")),
    (true, Text::new("đường bao", "outline")),
];

pub struct Carve {
    which: Parcels,
    ring: bool,
    points: Points,
    width: String,
    land_use: String,
    live: Vec<Pt>,
    children: Children,
}

impl Default for Carve {
    fn default() -> Self {
        Self {
            which: Parcels::default(),
            ring: false,
            points: Points::default(),
            width: "4".to_owned(),
            land_use: "DGT".to_owned(),
            live: Vec::new(),
            children: Children::default(),
        }
    }
}

impl Tool for Carve {
    fn next(&self, look: &Look<'_>) -> Text {
        match (self.which.fids(look).is_empty(), self.draws(look)) {
            (true, _) => SELECT,
            (_, Some(_)) => DRAW,
            _ => CHECK,
        }
    }

    fn edit(&self, look: &Look<'_>) -> Option<Edit> {
        let points = match self.points.points.is_empty() {
            true => self.live.clone(),
            false => self.points.points.clone(),
        };
        let parcels = self.which.refs(look);
        if points.len() < if self.ring { 3 } else { 2 } || parcels.is_empty() {
            return None;
        }
        let width = format::parse_number(&self.width, look.lang)
            .ok()
            .map(|m| (m * 1000.0).round() as i64);
        let land_use = self.land_use.trim().to_uppercase();
        let fields = Fields {
            land_use: (!land_use.is_empty()).then_some(Some(land_use)),
            ..Fields::default()
        };
        let (ring, line, width) = match self.ring {
            true => (Some(points), None, None),
            false => (None, Some(points), Some(width.filter(|w| *w > 0)?)),
        };
        Some(Edit::Carve(Cut {
            parcels,
            ring,
            line,
            width,
            fields,
            children: self.children.given(look.lang),
        }))
    }

    fn fields(&mut self, bar: &mut Bar<'_, '_, '_>) {
        bar.parcels(WHICH, &mut self.which);
        bar.choice(BY, &WAYS, &mut self.ring);
        if !self.ring {
            bar.text(WIDTH, "4", 52.0, &mut self.width, None);
        }
        bar.points(POINTS, &mut self.points);
        bar.text(terms::LAND_USE, "DGT", 60.0, &mut self.land_use, None);
    }

    fn pointer(&mut self, input: &Input, _: &Look<'_>) -> Asks {
        match (input.clicked, input.at) {
            (true, Some(at)) => Asks::Pick(at),
            _ => Asks::Nothing,
        }
    }

    fn draws(&self, look: &Look<'_>) -> Option<Wanted> {
        if self.which.fids(look).is_empty() {
            return None;
        }
        let wanted = if self.ring { Wanted::RING } else { Wanted::LINE };
        self.points.text.is_empty().then_some(wanted)
    }

    fn drawn(&mut self, points: Vec<Pt>, ended: bool, look: &Look<'_>) {
        self.live = points;
        if ended {
            self.points.set(std::mem::take(&mut self.live), look);
        }
    }

    fn children(&mut self) -> Option<(Text, &mut Children)> {
        Some((TITLE, &mut self.children))
    }

    fn paint(&self, cx: &Canvas<'_>, _: &Look<'_>, t: &Tokens) {
        marks::line(cx, &self.points.points, t);
    }

    fn back(&mut self) -> bool {
        self.live.clear();
        self.children.clear() || self.points.clear() || self.which.clear()
    }

    fn done(&mut self) {
        *self = Self {
            ring: self.ring,
            width: std::mem::take(&mut self.width),
            land_use: std::mem::take(&mut self.land_use),
            ..Self::default()
        };
    }
}
