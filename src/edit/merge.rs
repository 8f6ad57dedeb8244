//! `merge` (hợp thửa): several parcels that share sides become one new parcel.
//!
//! The new parcel takes the next free number of the sheet, as the field does (domain.md §5.5), or keeps
//! that of one of the merged when the clerk says so. Parcels of different communes, and parcels with land
//! that is no parcel (road, canal), are not merged.

use serde::{Deserialize, Serialize};

use super::{ChildFields, Context, EditError, Numbering, Records, Told, find, forms, short_list, write_plan};
use crate::domain::{Failure, Parcel, ParcelRef};
use crate::msg;
use crate::text::Msg;
use crate::topology::{Coverage, Plan, merge};

/// Which parcels become one.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Merge {
    #[serde(with = "forms::parcels")]
    pub parcels: Vec<ParcelRef>,
    /// One of them, whose number the new parcel keeps; else the next free one.
    #[serde(default, with = "forms::some_parcel", skip_serializing_if = "Option::is_none")]
    pub keep_number: Option<ParcelRef>,
    /// What the register says of the new parcel (at most one).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub children: Vec<ChildFields>,
}

impl Merge {
    pub(super) fn label(&self, coverage: &Coverage) -> Msg {
        let list = short_list(coverage, &self.parcels);
        msg!("Hợp thửa {list}", "Merge parcels {list}")
    }

    pub(super) fn plan(&self, coverage: &Coverage) -> Result<Plan, EditError> {
        let found = self.found(coverage)?;
        alike(&found)?;
        self.records(coverage, &found)?;
        let fids: Vec<i64> = found.iter().map(|p| p.fid).collect();
        Ok(merge::plan(coverage, &fids)?)
    }

    pub(super) fn run(&self, at: &Context<'_>) -> Result<Told, EditError> {
        let plan = self.plan(at.coverage)?;
        let records = self.records(at.coverage, &self.found(at.coverage)?)?;
        write_plan::write(at, &plan, &records)
    }

    fn found<'a>(&self, coverage: &'a Coverage) -> Result<Vec<&'a Parcel>, Failure> {
        self.parcels.iter().map(|r| find(coverage, r)).collect()
    }

    fn records(&self, coverage: &Coverage, found: &[&Parcel]) -> Result<Records, Failure> {
        let mut records = Records {
            children: self.children.clone(),
            ..Records::default()
        };
        if let Some(keep) = &self.keep_number {
            keep_number(find(coverage, keep)?, found, &mut records)?;
        }
        Ok(records)
    }
}

/// The number of `kept` passes to the new parcel, with its sheet.
fn keep_number(kept: &Parcel, merged: &[&Parcel], records: &mut Records) -> Result<(), Failure> {
    if !merged.iter().any(|p| p.fid == kept.fid) {
        let parcel = kept.reference();
        let message = msg!(
            "Thửa {parcel} không nằm trong các thửa được hợp nên không thể giữ số của thửa đó.",
            "Parcel {parcel} is none of those merged: its number cannot be kept."
        );
        return Err(Failure::new("KEEP_NOT_MERGED", message).field("keep_number"));
    }
    if records.children.is_empty() {
        records.children.push(ChildFields::default());
    }
    let sheet = &mut records.children[0].fields.sheet;
    sheet.get_or_insert_with(|| Some(kept.sheet.to_string()));
    records.numbers = Numbering::Keep(kept.fid);
    Ok(())
}

fn alike(parcels: &[&Parcel]) -> Result<(), Failure> {
    let Some((first, others)) = parcels.split_first() else {
        return Ok(());
    };
    if let Some(other) = others.iter().find(|p| p.commune != first.commune) {
        let (a, b) = (first.reference(), other.reference());
        let message = msg!(
            "Thửa {a} và thửa {b} thuộc hai xã khác nhau; địa giới không bị xóa khi hợp thửa.",
            "Parcels {a} and {b} lie in different communes; merging does not remove a commune's boundary."
        );
        let remedy = msg!(
            "Chỉ hợp các thửa của cùng một xã.",
            "Merge parcels of one commune only."
        );
        return Err(Failure::new("MERGE_COMMUNES", message).remedy(remedy));
    }
    if let Some(other) = others.iter().find(|p| p.is_parcel != first.is_parcel) {
        let not = if first.is_parcel { other } else { first };
        let parcel = not.reference();
        let message = msg!(
            "{parcel} là đất không tạo thành thửa (đường, kênh …), không hợp được với thửa đất.",
            "{parcel} is land that is no parcel (road, canal …) and cannot be merged with a parcel."
        );
        let remedy = msg!(
            "Đổi thuộc tính \"Là thửa đất\" trước nếu phân loại đó sai.",
            "Change \"Is a parcel\" first if that is a mistake."
        );
        return Err(Failure::new("MERGE_KIND", message).remedy(remedy));
    }
    Ok(())
}
