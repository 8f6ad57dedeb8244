//! Merging parcels (hợp thửa): the selected ones, or those typed; the new parcel takes the next number of
//! the sheet or keeps that of one of them.

use super::children::Children;
use super::lists::{self, Parcels};
use super::{Asks, Input, Tool, bar::Bar, preview};
use crate::edit::{ChildFields, Edit, Merge as Join};
use crate::text::Text;
use crate::ui::look::Look;
use crate::ui::map_live::Canvas;
use crate::ui::theme::Tokens;

const TITLE: Text = Text::new("Thửa sau khi hợp", "Parcel after the merge");
const WHICH: Text = Text::new("Các thửa", "Parcels");
const NUMBER: Text = Text::new("Số thửa", "Number");
const NEXT_NUMBER: Text = Text::new("số mới", "a new one");
const NEXT: Text = Text::new(
    "Bấm các thửa liền kề để thêm hoặc bớt, rồi Enter; hoặc F2 và gõ 12/45; 12/46",
    "Click adjacent parcels to add or drop them, then Enter; or F2 and type 12/45; 12/46",
);

#[derive(Default)]
pub struct Merge {
    which: Parcels,
    /// fid of the parcel whose number stays.
    keep: Option<i64>,
    children: Children,
}

impl Merge {
    /// What the table says; a number that is kept is not typed.
    fn given(&self, look: &Look<'_>) -> Vec<ChildFields> {
        let mut given = self.children.given(look.lang);
        if self.keep.is_some() {
            given.iter_mut().for_each(|c| c.fields.number = None);
        }
        given
    }
}

impl Tool for Merge {
    fn next(&self, _: &Look<'_>) -> Text {
        NEXT
    }

    fn edit(&self, look: &Look<'_>) -> Option<Edit> {
        let fids = self.which.fids(look);
        let keep = self
            .keep
            .filter(|k| fids.contains(k))
            .and_then(|f| look.coverage.get(f));
        (fids.len() > 1).then(|| {
            Edit::Merge(Join {
                parcels: self.which.refs(look),
                keep_number: keep.map(lists::by_uid),
                children: self.given(look),
            })
        })
    }

    fn fields(&mut self, bar: &mut Bar<'_, '_, '_>) {
        bar.parcels(WHICH, &mut self.which);
        let look = bar.look;
        let mut all = vec![(None, NEXT_NUMBER.get(look.lang).to_owned())];
        for p in self
            .which
            .fids(look)
            .iter()
            .take(40)
            .filter_map(|f| look.coverage.get(*f))
        {
            all.push((Some(p.fid), preview::short(&p.sheet, &p.number)));
        }
        if !all.iter().any(|(k, _)| *k == self.keep) {
            self.keep = None;
        }
        bar.choice_named(NUMBER, &all, &mut self.keep);
    }

    fn pointer(&mut self, input: &Input, _: &Look<'_>) -> Asks {
        match (input.clicked, input.at) {
            (true, Some(at)) => {
                self.which.clear();
                Asks::Toggle(at)
            }
            _ => Asks::Nothing,
        }
    }

    fn children(&mut self) -> Option<(Text, &mut Children)> {
        Some((TITLE, &mut self.children))
    }

    fn paint(&self, _: &Canvas<'_>, _: &Look<'_>, _: &Tokens) {}

    fn back(&mut self) -> bool {
        self.children.clear() || self.which.clear()
    }

    fn done(&mut self) {
        *self = Self::default();
    }
}
