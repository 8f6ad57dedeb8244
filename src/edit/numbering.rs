//! Commune, sheet and number of parcels to come.

use super::records::{ChildFields, Numbering, Records};
use super::write_plan::largest;
use super::{Context, EditError, set};
use crate::domain::{Failure, Parcel, ParcelKey};
use crate::msg;
use crate::store::numbers;
use crate::store::write::Value;
use crate::topology::{NewShape, Plan};

/// The keys of all parcels a plan creates, in its order: as given, else of the largest parent's sheet and the next free
/// number. Refuses a number that another parcel has or had.
pub fn keys(at: &Context<'_>, plan: &Plan, records: &Records) -> Result<Vec<ParcelKey>, EditError> {
    let mut all: Vec<ParcelKey> = Vec::new();
    for (i, shape) in plan.created.iter().enumerate() {
        let given = records.children.get(i).cloned().unwrap_or_default();
        let kept = match records.numbers {
            Numbering::Keep(fid) if i == 0 => at.coverage.get(fid),
            _ => None,
        };
        let key = key(at, plan, shape, &given, kept, &all)?;
        all.push(key);
    }
    Ok(all)
}

fn key(
    at: &Context<'_>,
    plan: &Plan,
    shape: &NewShape,
    given: &ChildFields,
    kept: Option<&Parcel>,
    taken: &[ParcelKey],
) -> Result<ParcelKey, EditError> {
    let own = set::values(&given.fields)?;
    let like = largest(at.coverage, &shape.parents);
    let text = |name: &str| {
        own.iter().find_map(|(n, v)| match v {
            Value::Text(t) if *n == name => Some(t.clone()),
            _ => None,
        })
    };
    let commune = given
        .commune
        .clone()
        .or_else(|| like.map(|p| p.commune.to_string()));
    let commune = commune
        .filter(|c| !c.trim().is_empty())
        .ok_or_else(|| missing("commune"))?;
    let sheet = text("sheet")
        .or_else(|| like.map(|p| p.sheet.to_string()))
        .unwrap_or_default();
    let wanted = text("number").or_else(|| kept.map(|p| p.number.to_string()));
    let mut key = ParcelKey {
        commune: commune.into(),
        sheet: sheet.into(),
        number: wanted.as_deref().unwrap_or_default().into(),
    };
    if wanted.is_some() {
        let goes = |fid: &i64| at.coverage.get(*fid).is_some_and(|p| p.key() == key);
        let keeps = (kept.is_some() || given.keeps_number) && plan.retired.iter().any(goes);
        free(at, plan, &key, keeps, taken)?;
    } else if !key.sheet.is_empty() {
        let same = |k: &&ParcelKey| k.commune == key.commune && k.sheet == key.sheet;
        let here = taken.iter().filter(same).filter_map(|k| k.number.parse().ok());
        let next = numbers::next(at.op, &key.commune, &key.sheet)?;
        let next = here.map(|n: i64| n.saturating_add(1)).fold(next, i64::max);
        key.number = next.to_string().into();
    }
    Ok(key)
}

fn missing(field: &'static str) -> Failure {
    Failure::new(
        "MISSING_FIELD",
        msg!("Thiếu mã xã của thửa mới.", "The new parcel needs a commune."),
    )
    .field(field)
    .remedy(msg!("Hãy ghi mã xã.", "Give the commune's code."))
}

/// Refuses a number that a parcel in force has, or that any ever had.
fn free(
    at: &Context<'_>,
    plan: &Plan,
    key: &ParcelKey,
    keeps: bool,
    taken: &[ParcelKey],
) -> Result<(), EditError> {
    if key.number.is_empty() || key.sheet.is_empty() {
        return Ok(());
    }
    let others = at
        .coverage
        .by_key(key)
        .into_iter()
        .filter(|f| !plan.retired.contains(f));
    let others: Vec<&Parcel> = others.filter_map(|f| at.coverage.get(f)).collect();
    if let [other, ..] = others.as_slice() {
        return Err(set::taken(key, other, others.iter()));
    }
    let before = !keeps && numbers::ever_given(at.op, &key.commune, &key.sheet, &key.number)?;
    if before || taken.contains(key) {
        return Err(used(&key.to_string()).into());
    }
    Ok(())
}

fn used(key: &str) -> Failure {
    Failure::new(
        "NUMBER_USED",
        msg!(
            "Số {key} đã cấp cho một thửa khác; số thửa không dùng lại.",
            "The number {key} was given to another parcel; numbers are not given twice."
        ),
    )
    .field("number")
    .remedy(msg!(
        "Hãy bỏ trống để lấy số kế tiếp.",
        "Leave it empty to take the next free number."
    ))
}
