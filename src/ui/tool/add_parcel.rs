//! A new parcel: its outline drawn with snapping or typed, and where it is entered.

use super::land::Land;
use super::lists::Points;
use super::{Asks, Input, Tool, bar::Bar, marks};
use crate::domain::Pt;
use crate::edit::{Edit, NewLand, NewParcel, PlaceRecord};
use crate::text::Text;
use crate::ui::draw::Wanted;
use crate::ui::look::Look;
use crate::ui::map_live::Canvas;
use crate::ui::panel::record_card::ForRecord;
use crate::ui::theme::Tokens;

const OUTLINE: Text = Text::new("Đường bao", "Outline");
const DRAW: Text = Text::new(
    "Vẽ đường bao, bấm điểm đầu hoặc Enter để khép; hoặc F2 và gõ các đỉnh",
    "Draw the outline, click the first point or Enter to close; or F2 and type the points",
);
const CHECK: Text = Text::new(
    "Kiểm tra tờ, loại đất rồi Enter để ghi · Esc để vẽ lại",
    "Check sheet and use, Enter writes it · Esc to draw again",
);

#[derive(Default)]
pub struct AddParcel {
    /// The record in quarantine it is drawn for.
    record: Option<ForRecord>,
    outline: Points,
    land: Land,
    live: Vec<Pt>,
}

impl AddParcel {
    /// For a record in quarantine, entered as that says.
    pub fn of(record: ForRecord) -> Self {
        Self {
            land: Land::of(&record),
            record: Some(record),
            ..Self::default()
        }
    }

    fn placed(record: &ForRecord, land: NewLand, ring: Vec<Pt>) -> Edit {
        let mut fields = land.fields;
        fields.sheet = Some(Some(land.sheet));
        fields.number = land.number.map(Some);
        Edit::PlaceRecord(PlaceRecord {
            record: record.name.clone(),
            polygons: vec![vec![ring]],
            parcel: None,
            commune: Some(land.commune),
            fields,
        })
    }
}

impl Tool for AddParcel {
    fn next(&self, look: &Look<'_>) -> Text {
        if self.draws(look).is_some() { DRAW } else { CHECK }
    }

    fn edit(&self, look: &Look<'_>) -> Option<Edit> {
        let ring = match self.outline.points.is_empty() {
            true => self.live.clone(),
            false => self.outline.points.clone(),
        };
        if ring.len() < 3 {
            return None;
        }
        let land = self.land.given(look)?;
        if let Some(record) = &self.record {
            return Some(Self::placed(record, land, ring));
        }
        Some(Edit::AddParcel(NewParcel {
            commune: land.commune,
            sheet: land.sheet,
            number: land.number,
            rings: vec![ring],
            fields: land.fields,
        }))
    }

    fn fields(&mut self, bar: &mut Bar<'_, '_, '_>) {
        bar.points(OUTLINE, &mut self.outline);
        self.land.fields(bar);
    }

    fn pointer(&mut self, _: &Input, _: &Look<'_>) -> Asks {
        Asks::Nothing
    }

    fn draws(&self, _: &Look<'_>) -> Option<Wanted> {
        self.outline.text.is_empty().then_some(Wanted::RING)
    }

    fn drawn(&mut self, points: Vec<Pt>, ended: bool, look: &Look<'_>) {
        self.live = points;
        if ended {
            self.outline.set(std::mem::take(&mut self.live), look);
        }
    }

    fn paint(&self, cx: &Canvas<'_>, _: &Look<'_>, t: &Tokens) {
        marks::line(cx, &self.outline.points, t);
    }

    fn back(&mut self) -> bool {
        self.live.clear();
        self.outline.clear()
    }

    fn done(&mut self) {
        self.outline.clear();
        self.live.clear();
        self.land.again();
        if self.record.take().is_some() {
            self.land = Land::default();
        }
    }
}
