//! Where new land is entered: commune, sheet and land use, as fields in the bar.

use super::bar::Bar;
use crate::edit::{Fields, NewLand};
use crate::text::{Text, terms};
use crate::ui::look::Look;
use crate::ui::panel::record_card::ForRecord;

const COMMUNE: Text = Text::new("Xã", "Commune");
const SHEET: Text = Text::new("Tờ", "Sheet");
const NUMBER: Text = Text::new("Số thửa", "Number");
const NEXT: Text = Text::new("kế tiếp", "next");

#[derive(Clone, Debug, Default)]
pub struct Land {
    /// Index into the communes of the district.
    commune: usize,
    sheet: String,
    number: String,
    land_use: String,
    /// Somebody has typed here: it no longer follows the selected parcel.
    touched: bool,
    /// The commune to begin with, until the list is there.
    wanted: Option<String>,
}

impl Land {
    /// As a record in quarantine says.
    pub fn of(record: &ForRecord) -> Self {
        Self {
            commune: 0,
            sheet: record.sheet.clone(),
            number: record.number.clone(),
            land_use: record.land_use.clone(),
            touched: true,
            wanted: Some(record.commune.clone()),
        }
    }

    /// As the selected parcel, until something is typed.
    fn follow(&mut self, look: &Look<'_>) {
        let Some(p) = look
            .selection
            .main()
            .and_then(|f| look.coverage.get(f))
            .filter(|_| !self.touched)
        else {
            return;
        };
        self.sheet = p.sheet.to_string();
        let at = look.scene.communes.iter().position(|(c, _)| **c == *p.commune);
        self.commune = at.unwrap_or(self.commune);
    }

    pub fn fields(&mut self, bar: &mut Bar<'_, '_, '_>) {
        self.follow(bar.look);
        let list = &bar.look.scene.communes;
        if let Some(at) = self
            .wanted
            .take()
            .and_then(|w| list.iter().position(|(c, _)| *c == w))
        {
            self.commune = at;
        }
        let names = bar.look.scene.communes.iter().map(|(_, name)| name).enumerate();
        let all: Vec<(usize, String)> = names.map(|(n, name)| (n, name.clone())).collect();
        let before = self.commune;
        bar.choice_named(COMMUNE, &all, &mut self.commune);
        self.touched |= before != self.commune;
        bar.by_itself = !self.touched;
        self.touched |= bar.text(SHEET, "", 44.0, &mut self.sheet, None);
        bar.by_itself = false;
        let next = NEXT.get(bar.look.lang);
        bar.text(NUMBER, next, 64.0, &mut self.number, None);
        bar.text(terms::LAND_USE, "ONT", 72.0, &mut self.land_use, None);
    }

    /// What was given; `None` without a commune or a sheet.
    pub fn given(&self, look: &Look<'_>) -> Option<NewLand> {
        let some = |s: &str| (!s.trim().is_empty()).then(|| s.trim().to_owned());
        let land_use = some(&self.land_use).map(|u| u.to_uppercase());
        Some(NewLand {
            commune: look.scene.communes.get(self.commune)?.0.clone(),
            sheet: some(&self.sheet)?,
            number: some(&self.number),
            fields: Fields {
                land_use: land_use.map(Some),
                ..Fields::default()
            },
        })
    }

    /// After an edit: the same commune, sheet and use, the next number.
    pub fn again(&mut self) {
        self.number.clear();
    }
}
