//! A curved boundary: from, to and a point on the arc; its chords leave the arc by at most 0.2 mm at map
//! scale (domain.md §5.5).

use super::entry::PointEntry;
use super::reshape::{STRETCHES, Stretch};
use super::{Asks, Input, Tool, bar::Bar, lists, marks};
use crate::edit::{Arc, Edit, Reshape};
use crate::text::Text;
use crate::topology::{Way, curve};
use crate::ui::look::Look;
use crate::ui::map_live::Canvas;
use crate::ui::theme::Tokens;

const START: Text = Text::new("Từ", "From");
const END: Text = Text::new("Đến", "To");
const THROUGH: Text = Text::new("Qua", "Through");
const SCALE: Text = Text::new("Tỷ lệ bản đồ 1:", "Map scale 1:");
const STRETCH: Text = Text::new("Thay đoạn", "Replaces");
const FIRST: Text = Text::new(
    "Bấm điểm đầu của cung trên ranh; hoặc F2 và gõ số đỉnh",
    "Click the start of the arc on the boundary; or F2 and type a point number",
);
const SECOND: Text = Text::new(
    "Bấm điểm cuối của cung trên ranh",
    "Click the end of the arc on the boundary",
);
const THIRD: Text = Text::new("Bấm một điểm nằm trên cung", "Click a point on the arc");
const CHECK: Text = Text::new(
    "Xem kết quả rồi Enter để ghi · Esc để chọn lại",
    "Look at the result, Enter writes it · Esc to choose again",
);

pub struct Curve {
    start: PointEntry,
    end: PointEntry,
    through: PointEntry,
    scale: String,
    stretch: Stretch,
    hover: Option<crate::domain::Pt>,
}

impl Default for Curve {
    fn default() -> Self {
        Self {
            start: PointEntry::default(),
            end: PointEntry::default(),
            through: PointEntry::default(),
            scale: "500".to_owned(),
            stretch: Stretch::default(),
            hover: None,
        }
    }
}

impl Curve {
    fn scale(&self) -> Option<u32> {
        self.scale.trim().replace('.', "").parse().ok()
    }
}

impl Tool for Curve {
    fn next(&self, _: &Look<'_>) -> Text {
        match (self.start.at, self.end.at, self.through.at) {
            (None, ..) => FIRST,
            (_, None, _) => SECOND,
            (.., None) => THIRD,
            _ => CHECK,
        }
    }

    fn edit(&self, look: &Look<'_>) -> Option<Edit> {
        let (start, end) = (self.start.at?, self.end.at?);
        let through = self.through.at.or(self.hover)?;
        let (start, end, way) = match self.stretch {
            Stretch::Shorter => (start, end, Way::Shorter),
            Stretch::Ring => (start, end, Way::Ring),
            Stretch::Against => (end, start, Way::Ring),
        };
        Some(Edit::Reshape(Reshape {
            parcel: look
                .selection
                .main()
                .and_then(|f| look.coverage.get(f))
                .map(lists::by_uid),
            start,
            end,
            line: None,
            arc: Some(Arc {
                through,
                scale: self.scale()?,
            }),
            way,
        }))
    }

    fn fields(&mut self, bar: &mut Bar<'_, '_, '_>) {
        bar.point(START, &mut self.start, None);
        bar.point(END, &mut self.end, self.start.at);
        bar.point(THROUGH, &mut self.through, self.start.at);
        bar.text(SCALE, "500", 56.0, &mut self.scale, None);
        bar.choice(STRETCH, &STRETCHES, &mut self.stretch);
    }

    fn pointer(&mut self, input: &Input, look: &Look<'_>) -> Asks {
        let on_boundary = input.on_boundary(look);
        self.hover = on_boundary.or(input.at);
        let Some(at) = self.hover.filter(|_| input.clicked) else {
            return Asks::Nothing;
        };
        match (self.start.at, self.end.at) {
            (None, _) if on_boundary.is_none() => return Asks::Pick(at),
            (None, _) => self.start.set(at, look.lang),
            (_, None) => self.end.set(at, look.lang),
            _ => self.through.set(at, look.lang),
        }
        Asks::Nothing
    }

    fn paint(&self, cx: &Canvas<'_>, look: &Look<'_>, t: &Tokens) {
        marks::handles(cx, look, self.hover.filter(|_| self.end.at.is_none()), t);
        let given: Vec<_> = [&self.start, &self.end, &self.through]
            .iter()
            .filter_map(|p| p.at)
            .collect();
        marks::chosen(cx, &given, t);
        if let (Some(a), Some(b), Some(over), Some(scale)) = (
            self.start.at,
            self.end.at,
            self.through.at.or(self.hover),
            self.scale(),
        ) && let Ok(arc) = curve::arc(a, over, b, scale)
        {
            marks::line(cx, &arc, t);
        }
    }

    fn back(&mut self) -> bool {
        self.through.clear() || self.end.clear() || self.start.clear()
    }

    fn done(&mut self) {
        *self = Self {
            scale: std::mem::take(&mut self.scale),
            ..Self::default()
        };
    }
}
