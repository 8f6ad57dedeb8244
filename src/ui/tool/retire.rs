//! Taking a parcel out of force, with a reason; what was there becomes historic.

use super::lists::{self, Parcels};
use super::{Asks, Input, Tool, bar::Bar};
use crate::edit::Edit;
use crate::text::Text;
use crate::ui::look::Look;
use crate::ui::map_live::Canvas;
use crate::ui::theme::Tokens;

const WHICH: Text = Text::new("Thửa", "Parcel");
const REASON: Text = Text::new("Lý do", "Reason");
const HINT: Text = Text::new(
    "ví dụ: thu hồi theo Quyết định số …",
    "for example: recovered by decision no. …",
);
const NEXT: Text = Text::new(
    "Chọn thửa trên bản đồ, gõ lý do (F2) rồi Enter",
    "Select the parcel on the map, type the reason (F2), then Enter",
);

#[derive(Default)]
pub struct Retire {
    which: Parcels,
    reason: String,
}

impl Tool for Retire {
    fn next(&self, _: &Look<'_>) -> Text {
        NEXT
    }

    fn edit(&self, look: &Look<'_>) -> Option<Edit> {
        let reason = self.reason.trim();
        let parcel = lists::by_uid(self.which.one(look)?);
        (!reason.is_empty()).then(|| Edit::Retire {
            parcel,
            reason: reason.to_owned(),
        })
    }

    fn fields(&mut self, bar: &mut Bar<'_, '_, '_>) {
        bar.parcels(WHICH, &mut self.which);
        let hint = HINT.get(bar.look.lang);
        bar.text(REASON, hint, 300.0, &mut self.reason, None);
    }

    fn pointer(&mut self, input: &Input, _: &Look<'_>) -> Asks {
        match (input.clicked, input.at) {
            (true, Some(at)) => {
                self.which.clear();
                Asks::Pick(at)
            }
            _ => Asks::Nothing,
        }
    }

    fn paint(&self, _: &Canvas<'_>, _: &Look<'_>, _: &Tokens) {}

    fn back(&mut self) -> bool {
        !std::mem::take(&mut self.reason).is_empty() || self.which.clear()
    }

    fn done(&mut self) {
        *self = Self::default();
    }
}
