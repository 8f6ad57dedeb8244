//! Enters a plan in the register: new shapes, parcels that come and go, what passes from parent to child.
//!
//! Decisions (domain.md §5.5, §5.8, §11.4):
//! - A live hold or dispute blocks every change of a boundary; not a neighbour that only receives points.
//! - The measured area follows the shape where it agreed with it before (both to one decimal), else it stays.
//! - A parent that keeps a part is itself one of the heirs its areas are shared out among.
//! - Children inherit the numbers of the former map, the address and the rights; documents stay with the parent.

use std::collections::BTreeMap;

use super::distribute::rounded;
use super::heirs::{self, Heir};
use super::records::{ChildFields, Numbering, Records};
use super::{Context, EditError, parcel_code, receive, set};
use crate::domain::{Failure, Parcel, Polygon};
use crate::msg;
use crate::store::holds::{self, Hold};
use crate::store::numbers;
use crate::store::succession::{self, Columns};
use crate::store::write::{self, Value};
use crate::topology::{Coverage, NewShape, Plan};

/// Writes exactly `plan`. The map follows from the journal.
pub(super) fn write(at: &Context<'_>, plan: &Plan, records: &Records) -> Result<(), EditError> {
    let date = succession::date(at.op)?;
    refuse_holds(at, plan, &date)?;
    for (fid, polygon) in &plan.changed {
        change(at, *fid, polygon)?;
    }
    for fid in &plan.retired {
        write::supersede(at.op, *fid)?;
        succession::retire(at.op, *fid)?;
    }
    let mut children = Vec::with_capacity(plan.created.len());
    for (i, shape) in plan.created.iter().enumerate() {
        let given = records.children.get(i).cloned().unwrap_or_default();
        let kept = match records.numbers {
            Numbering::Keep(fid) if i == 0 => at.coverage.get(fid),
            _ => None,
        };
        children.push(create(at, plan, shape, &given, kept)?);
    }
    succeed(at, plan, records, &children, &date)
}

/// A new shape for a parcel that stays; its measured area follows where it agreed with the shape.
fn change(at: &Context<'_>, fid: i64, polygon: &Polygon) -> Result<(), EditError> {
    write::supersede(at.op, fid)?;
    write::set_polygon(at.op, fid, polygon, at.srs)?;
    if let Some(area) = at.coverage.get(fid).and_then(|p| followed(p, polygon)) {
        write::set_parcel(at.op, fid, &[("area_measured", Value::Real(area))])?;
    }
    Ok(())
}

fn followed(old: &Parcel, new: &Polygon) -> Option<f64> {
    let (was, is) = (rounded(old.polygon.area_m2()), rounded(new.area_m2()));
    let measured = old.area_measured?;
    (rounded(measured) == was && was != is).then_some(is)
}

/// The parcels a plan changes beyond inserting points into their sides, and those it takes out of force.
pub(super) fn targets(coverage: &Coverage, plan: &Plan) -> Vec<i64> {
    let changed = plan
        .changed
        .iter()
        .filter(|(fid, new)| {
            coverage
                .get(*fid)
                .is_some_and(|p| !receive::only_receives(&p.polygon, new))
        })
        .map(|(fid, _)| *fid);
    changed.chain(plan.retired.iter().copied()).collect()
}

fn refuse_holds(at: &Context<'_>, plan: &Plan, date: &str) -> Result<(), EditError> {
    for fid in targets(at.coverage, plan) {
        if let Some(hold) = holds::blocking(at.op, fid, date)? {
            let which = at.coverage.get(fid).map(Parcel::reference).unwrap_or_default();
            return Err(on_hold(&which, &hold).into());
        }
    }
    Ok(())
}

/// Names the document, never a person.
fn on_hold(parcel: &str, hold: &Hold) -> Failure {
    let kind = &hold.kind;
    let number = hold.document_number.as_deref().unwrap_or("?");
    let date = hold.from_on.as_deref().unwrap_or("?");
    if kind == holds::DISPUTE {
        return Failure::new(
            "PARCEL_IN_DISPUTE",
            msg!(
                "Thửa {parcel} đang có tranh chấp (văn bản số {number}, từ ngày {date}); ranh giới không được thay đổi.",
                "Parcel {parcel} is in dispute (document {number}, since {date}); its boundary may not be changed."
            ),
        )
        .remedy(msg!(
            "Chờ giải quyết xong tranh chấp rồi kết thúc ghi nhận tranh chấp.",
            "Wait until the dispute is settled and its entry is ended."
        ));
    }
    Failure::new(
        "PARCEL_ON_HOLD",
        msg!(
            "Thửa {parcel} đang bị ngăn chặn ({kind}, văn bản số {number}, từ ngày {date}); ranh giới không được thay đổi.",
            "Parcel {parcel} is on hold ({kind}, document {number}, since {date}); its boundary may not be changed."
        ),
    )
    .remedy(msg!(
        "Cần văn bản giải tỏa ngăn chặn của cơ quan đã ban hành.",
        "The authority that issued the hold has to release it."
    ))
}

/// Puts a new parcel in force. Gives its fid.
fn create(
    at: &Context<'_>,
    plan: &Plan,
    shape: &NewShape,
    given: &ChildFields,
    kept: Option<&Parcel>,
) -> Result<i64, EditError> {
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
    let number = match text("number").or_else(|| kept.map(|p| p.number.to_string())) {
        Some(number) => {
            let keeps =
                kept.is_some_and(|p| *p.number == *number && *p.sheet == *sheet && *p.commune == *commune);
            free(at, plan, (&commune, &sheet, &number), keeps)?;
            number
        }
        None if sheet.is_empty() => String::new(),
        None => numbers::next(at.op, &commune, &sheet)?.to_string(),
    };
    succession::place(at.op, &commune, &sheet)?;
    let mut columns: Columns = vec![
        ("commune", Value::Text(commune)),
        ("sheet", Value::Text(sheet)),
        ("number", Value::Text(number)),
        ("area_measured", Value::Real(rounded(shape.polygon.area_m2()))),
    ];
    if let Some(p) = like {
        let from = succession::inherited(at.op, p.fid)?;
        columns.push(("old_sheet", optional(from.old_sheet)));
        columns.push(("old_number", optional(from.old_number)));
        columns.push(("address", optional(from.address)));
        columns.push(("is_parcel", Value::Integer(p.is_parcel.into())));
    }
    if let Some(code) = parcel_code::issue(&shape.polygon, at.srs)? {
        columns.push(("parcel_code", Value::Text(code.code)));
        columns.push((
            "parcel_code_state",
            Value::Text(parcel_code::PROVISIONAL.to_owned()),
        ));
        columns.push(("parcel_code_basis", Value::Text(code.basis)));
    }
    // The label comes after the rows it stands for.
    for (name, value) in own.into_iter().filter(|(n, _)| *n != "land_use") {
        columns.retain(|(n, _)| *n != name);
        columns.push((name, value));
    }
    Ok(succession::add_parcel(at.op, &shape.polygon, at.srs, &columns)?.0)
}

fn optional(text: Option<String>) -> Value {
    text.map_or(Value::Null, Value::Text)
}

/// The largest of several parcels, by area, then fid.
fn largest<'a>(coverage: &'a Coverage, fids: &[i64]) -> Option<&'a Parcel> {
    fids.iter()
        .filter_map(|f| coverage.get(*f))
        .max_by_key(|p| (p.polygon.area2(), std::cmp::Reverse(p.fid)))
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
fn free(at: &Context<'_>, plan: &Plan, key: (&str, &str, &str), keeps: bool) -> Result<(), EditError> {
    let (commune, sheet, number) = key;
    if number.is_empty() || sheet.is_empty() {
        return Ok(());
    }
    let key = crate::domain::ParcelKey {
        commune: commune.into(),
        sheet: sheet.into(),
        number: number.into(),
    };
    let others = at
        .coverage
        .by_key(&key)
        .into_iter()
        .filter(|f| !plan.retired.contains(f));
    let others: Vec<&Parcel> = others.filter_map(|f| at.coverage.get(f)).collect();
    if let [other, ..] = others.as_slice() {
        return Err(set::taken(&key, other, others.iter()));
    }
    if !keeps && numbers::ever_given(at.op, commune, sheet, number)? {
        return Err(used(&key.to_string()).into());
    }
    Ok(())
}

fn used(key: &str) -> Failure {
    Failure::new(
        "NUMBER_USED",
        msg!(
            "Số {key} đã cấp cho một thửa trước đây; số thửa không dùng lại.",
            "The number {key} was given to an earlier parcel; numbers are not given twice."
        ),
    )
    .field("number")
    .remedy(msg!(
        "Hãy bỏ trống để lấy số kế tiếp.",
        "Leave it empty to take the next free number."
    ))
}

/// Lineage, areas, land-use rows, rights: everything that passes from the parents to the children.
fn succeed(
    at: &Context<'_>,
    plan: &Plan,
    records: &Records,
    children: &[i64],
    date: &str,
) -> Result<(), EditError> {
    let mut heirs: BTreeMap<i64, Vec<Heir>> = plan.retired.iter().map(|f| (*f, Vec::new())).collect();
    for (fid, shape) in children.iter().zip(&plan.created) {
        for parent in &shape.parents {
            succession::descend(at.op, *parent, *fid, None)?;
            heirs
                .entry(*parent)
                .or_default()
                .push(Heir::child(at.coverage, *parent, *fid, shape));
        }
    }
    for (parent, list) in &mut heirs {
        if let Some((_, polygon)) = plan.changed.iter().find(|(f, _)| f == parent)
            && !list.is_empty()
        {
            list.push(Heir::itself(*parent, polygon));
        }
    }
    heirs::share_out(at, &heirs, children, records)?;
    for fid in &plan.retired {
        succession::end(at.op, *fid, date)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
