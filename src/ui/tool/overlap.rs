//! Resolving an overlap: which two parcels (the finding's, the two selected, or a click where they overlap)
//! and which of them gives way.

use super::lists::{self, Parcels};
use super::{Asks, Input, Tool, bar::Bar, preview};
use crate::edit::Edit;
use crate::text::Text;
use crate::ui::look::Look;
use crate::ui::map_live::Canvas;
use crate::ui::theme::Tokens;

const WHICH: Text = Text::new("Hai thửa", "Two parcels");
const FROM: Text = Text::new("Thửa nhường", "Gives way");
const NEXT: Text = Text::new(
    "Bấm vào chỗ chồng lấn, đến lỗi chồng lấn bằng F8, hoặc F2 và gõ 12/45; 12/46",
    "Click where they overlap, go to the finding with F8, or F2 and type 12/45; 12/46",
);
const CHECK: Text = Text::new(
    "Chọn thửa nhường phần chồng lấn rồi Enter",
    "Choose which one gives way, then Enter",
);

#[derive(Default)]
pub struct Overlap {
    which: Parcels,
    /// Clicked pair, by fid.
    clicked: Vec<i64>,
    /// fid of the one that gives way.
    from: Option<i64>,
}

impl Overlap {
    fn pair(&self, look: &Look<'_>) -> Option<[i64; 2]> {
        let list = match (self.which.text.trim().is_empty(), self.clicked.len()) {
            (true, 2) => self.clicked.clone(),
            _ => self.which.fids(look),
        };
        list.try_into().ok()
    }
}

impl Tool for Overlap {
    fn next(&self, look: &Look<'_>) -> Text {
        if self.pair(look).is_some() { CHECK } else { NEXT }
    }

    fn edit(&self, look: &Look<'_>) -> Option<Edit> {
        let pair = self.pair(look)?;
        let [a, b] = [look.coverage.get(pair[0])?, look.coverage.get(pair[1])?];
        // The one whose certified area is exceeded more gives way, until the clerk says otherwise.
        let from = self.from.filter(|f| pair.contains(f)).unwrap_or(surplus(a, b));
        Some(Edit::ResolveOverlap {
            parcels: vec![lists::by_uid(a), lists::by_uid(b)],
            from: lists::by_uid(look.coverage.get(from)?),
        })
    }

    fn fields(&mut self, bar: &mut Bar<'_, '_, '_>) {
        bar.parcels(WHICH, &mut self.which);
        let look = bar.look;
        let Some(pair) = self.pair(look) else { return };
        let [Some(a), Some(b)] = pair.map(|f| look.coverage.get(f)) else {
            return;
        };
        let mut from = self.from.filter(|f| pair.contains(f)).unwrap_or(surplus(a, b));
        let all = [a, b].map(|p| (p.fid, preview::short(&p.sheet, &p.number)));
        bar.choice_named(FROM, &all, &mut from);
        self.from = Some(from);
    }

    fn pointer(&mut self, input: &Input, look: &Look<'_>) -> Asks {
        let Some(at) = input.at.filter(|_| input.clicked) else {
            return Asks::Nothing;
        };
        let there = look.coverage.at(at);
        if there.len() == 2 {
            self.clicked = there;
            self.from = None;
            return Asks::Nothing;
        }
        match self
            .pair(look)
            .filter(|p| there.len() == 1 && p.contains(&there[0]))
        {
            // A click into one of the two: that one gives way.
            Some(_) => {
                self.from = there.first().copied();
                Asks::Nothing
            }
            None => Asks::Pick(at),
        }
    }

    fn paint(&self, cx: &Canvas<'_>, look: &Look<'_>, t: &Tokens) {
        for p in self
            .pair(look)
            .into_iter()
            .flatten()
            .filter_map(|f| look.coverage.get(f))
        {
            cx.outline(&p.polygon, egui::Stroke::new(1.5, t.map_preview));
        }
    }

    fn back(&mut self) -> bool {
        let had = !self.clicked.is_empty();
        self.clicked.clear();
        self.from = None;
        had | self.which.clear()
    }

    fn done(&mut self) {
        *self = Self::default();
    }
}

/// fid of the parcel that is larger than its certificate says, by more; without certificates the larger one.
fn surplus(a: &crate::domain::Parcel, b: &crate::domain::Parcel) -> i64 {
    let over = |p: &crate::domain::Parcel| p.polygon.area_m2() - p.area_legal.unwrap_or(0.0);
    if over(a) >= over(b) { a.fid } else { b.fid }
}
