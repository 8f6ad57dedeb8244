//! Enters a plan in the register: new shapes, parcels that come and go, what passes from parent to child.
//!
//! Decisions (domain.md §5.5, §5.8, §11.4):
//! - A live hold or dispute blocks every change of a boundary; not a neighbour that only receives points.
//! - The measured area follows the shape where it agreed with it before (both to one decimal), else it stays.
//! - A parent that keeps a part is itself one of the heirs its areas are shared out among.
//! - Children inherit the numbers of the former map, the address and the rights; documents stay with the parent.

use super::distribute::rounded;
use super::heirs;
use super::records::{ChildFields, Records};
use super::{Context, EditError, Told, dossier, minimum, numbering, parcel_code, proposal, receive, set};
use crate::domain::{Failure, Parcel, ParcelKey, Polygon, Uid};
use crate::msg;
use crate::store::holds::{self, Hold};
use crate::store::proposal::{self as store, Dossier};
use crate::store::succession::{self, Columns};
use crate::store::write::{self, Value};
use crate::text::{Msg, Text};
use crate::topology::{Coverage, NewShape, Plan};

/// Writes exactly `plan`: into the register, or inside a dossier into what it proposes. The map follows from the journal.
pub(super) fn write(at: &Context<'_>, plan: &Plan, records: &Records) -> Result<Told, EditError> {
    match &at.dossier {
        Some(inside) => {
            check(at, plan, Some(inside.dossier))?;
            proposal::propose(at, inside.dossier, inside.in_force, plan, records)
        }
        None if at.operating => Err(dossier::needed().into()),
        None => enter(at, plan, records),
    }
}

/// What no look at shapes can tell: holds, disputes, other dossiers.
fn check(at: &Context<'_>, plan: &Plan, own: Option<&Dossier>) -> Result<(), EditError> {
    let date = succession::date(at.op)?;
    let targets = targets(at.coverage, plan);
    refuse_holds(at, &targets, &date)?;
    proposal::refuse_locked(at, own.map(|d| d.fid), &targets)
}

/// Writes a plan into the register.
pub(super) fn enter(at: &Context<'_>, plan: &Plan, records: &Records) -> Result<Told, EditError> {
    check(at, plan, records.dossier.as_ref())?;
    let date = succession::date(at.op)?;
    let keys = numbering::keys(at, plan, records)?;
    for (fid, polygon) in &plan.changed {
        change(at, *fid, polygon)?;
    }
    for fid in &plan.retired {
        write::supersede(at.op, *fid)?;
        succession::retire(at.op, *fid)?;
    }
    let mut children = Vec::with_capacity(plan.created.len());
    for (i, (shape, key)) in plan.created.iter().zip(&keys).enumerate() {
        let given = records.children.get(i).cloned().unwrap_or_default();
        children.push(create(at, shape, &given, key)?);
    }
    let entry = match &records.dossier {
        Some(dossier) => Some(register(at, dossier, plan, &children, &date)?),
        None => None,
    };
    descend(at, plan, &children, entry)?;
    succeed(at, plan, records, &children, &date)?;
    told(at, plan, records, &keys, |n| children[n])
}

/// What there is to say of a plan. `keys` and `fid`: names and rows of the parcels it creates.
pub(super) fn told(
    at: &Context<'_>,
    plan: &Plan,
    records: &Records,
    keys: &[ParcelKey],
    fid: impl Fn(usize) -> i64,
) -> Result<Told, EditError> {
    let found = minimum::below(at.coverage, plan, &records.children, &succession::date(at.op)?);
    Ok(Told {
        below_minimum: minimum::named(at.coverage, found, |n| (fid(n), keys[n].to_string())),
        ..Told::default()
    })
}

/// Registers the change of an approved dossier with what went in and came out.
fn register(
    at: &Context<'_>,
    dossier: &Dossier,
    plan: &Plan,
    children: &[i64],
    date: &str,
) -> Result<i64, EditError> {
    // Boundaries of a dossier about something else (a sale of a part) are a change of their own.
    let geometry =
        super::act::act_of(&dossier.kind).is_some_and(|a| a.effect == super::act::Effect::Geometry);
    let kind = if geometry { dossier.kind.as_str() } else { "TN" };
    let entry = store::change_entry(at.op, dossier, kind, date)?;
    for fid in targets(at.coverage, plan) {
        let direction = if plan.retired.contains(&fid) {
            "in"
        } else {
            "processed"
        };
        store::change_item(at.op, entry, direction, fid)?;
    }
    for fid in children {
        store::change_item(at.op, entry, "out", *fid)?;
    }
    Ok(entry)
}

fn descend(at: &Context<'_>, plan: &Plan, children: &[i64], entry: Option<i64>) -> Result<(), EditError> {
    for (fid, shape) in children.iter().zip(&plan.created) {
        for parent in &shape.parents {
            succession::descend(at.op, *parent, *fid, entry)?;
        }
    }
    Ok(())
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

/// The measured area of a parcel with a new shape, where it follows: see the module text.
pub fn followed(old: &Parcel, new: &Polygon) -> Option<f64> {
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

fn refuse_holds(at: &Context<'_>, targets: &[i64], date: &str) -> Result<(), EditError> {
    for fid in targets.iter().filter(|f| **f > 0) {
        if let Some(hold) = holds::blocking(at.op, *fid, date)? {
            let which = at.coverage.get(*fid).map(Parcel::reference).unwrap_or_default();
            return Err(on_hold(&which, &hold, &NO_CHANGE.into()).into());
        }
    }
    Ok(())
}

const NO_CHANGE: Text = Text::new("ranh giới không được thay đổi", "its boundary may not be changed");

/// Names the document, never a person. `so`: what may not be done.
pub(super) fn on_hold(parcel: &str, hold: &Hold, so: &Msg) -> Failure {
    let kind = &hold.kind;
    let (vi, en) = (&so.vi, &so.en);
    let number = hold.document_number.as_deref().unwrap_or("?");
    let date = hold.from_on.as_deref().unwrap_or("?");
    if kind == holds::DISPUTE {
        return Failure::new(
            "PARCEL_IN_DISPUTE",
            msg!(
                "Thửa {parcel} đang có tranh chấp (văn bản số {number}, từ ngày {date}); {vi}.",
                "Parcel {parcel} is in dispute (document {number}, since {date}); {en}."
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
            "Thửa {parcel} đang bị ngăn chặn ({kind}, văn bản số {number}, từ ngày {date}); {vi}.",
            "Parcel {parcel} is on hold ({kind}, document {number}, since {date}); {en}."
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
    shape: &NewShape,
    given: &ChildFields,
    key: &ParcelKey,
) -> Result<i64, EditError> {
    let own = set::values(&given.fields)?;
    succession::place(at.op, &key.commune, &key.sheet)?;
    let mut columns: Columns = vec![
        ("commune", Value::Text(key.commune.to_string())),
        ("sheet", Value::Text(key.sheet.to_string())),
        ("number", Value::Text(key.number.to_string())),
        ("area_measured", Value::Real(rounded(shape.polygon.area_m2()))),
    ];
    if let Some(p) = largest(at.coverage, &shape.parents) {
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
    let settled = |n: &str| ["land_use", "sheet", "number"].contains(&n);
    for (name, value) in own.into_iter().filter(|(n, _)| !settled(n)) {
        columns.retain(|(n, _)| *n != name);
        columns.push((name, value));
    }
    let uid = given.uid.unwrap_or_else(Uid::fresh);
    Ok(succession::add_parcel(
        at.op,
        uid,
        &shape.polygon,
        at.srs,
        &columns,
    )?)
}

fn optional(text: Option<String>) -> Value {
    text.map_or(Value::Null, Value::Text)
}

/// The largest of several parcels, by area, then fid.
pub(super) fn largest<'a>(coverage: &'a Coverage, fids: &[i64]) -> Option<&'a Parcel> {
    fids.iter()
        .filter_map(|f| coverage.get(*f))
        .max_by_key(|p| (p.polygon.area2(), std::cmp::Reverse(p.fid)))
}

/// Areas, land-use rows, rights: everything that passes from the parents to the children.
fn succeed(
    at: &Context<'_>,
    plan: &Plan,
    records: &Records,
    children: &[i64],
    date: &str,
) -> Result<(), EditError> {
    let heirs = heirs::of(at.coverage, plan, children);
    heirs::share_out(at, &heirs, children, records)?;
    for fid in &plan.retired {
        succession::end(at.op, *fid, date)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
