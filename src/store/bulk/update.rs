//! Parcels of a draft that are in the district already: replaced by the ordinary, journalled way, the
//! state before kept in `parcel_version`.

use rusqlite::params;

use super::super::error::Result;
use super::super::journal::Operation;
use super::super::write::{self, Value};
use super::super::{geometry, personal};
use super::encode::UNKNOWN_KIND;
use crate::domain::{DraftAction, DraftParcel, Failure, Uid};
use crate::msg;

/// Replaces every parcel that is to be updated; gives their fids in order.
pub fn run(operation: &Operation<'_>, parcels: &[DraftParcel], epsg: i32) -> Result<Vec<i64>> {
    let mut fids = Vec::new();
    for p in parcels {
        if let DraftAction::Update(fid) = p.action {
            must_be_in_force(operation, fid)?;
            write::set_parcel(operation, fid, &columns(p))?;
            shape(operation, fid, p, epsg)?;
            holder(operation, fid, p)?;
            fids.push(fid);
        }
    }
    Ok(fids)
}

fn must_be_in_force(operation: &Operation<'_>, fid: i64) -> Result<()> {
    let in_force = operation
        .prepare_cached("SELECT 1 FROM parcel WHERE fid=?1 AND status='HIEN_HANH'")?
        .exists([fid])?;
    if in_force {
        return Ok(());
    }
    Err(Failure::new(
        "DRAFT_STALE",
        msg!(
            "Thửa sẽ cập nhật (fid {fid}) không còn hiện hành; không có gì được ghi.",
            "A parcel to update (fid {fid}) is no longer in force; nothing was written."
        ),
    )
    .remedy(msg!("Hãy xem trước lại rồi ghi.", "Preview again, then commit."))
    .into())
}

/// Every attribute the draft has a value for. What the file does not say stays as it was.
fn columns(p: &DraftParcel) -> Vec<(&'static str, Value)> {
    let text = |s: &str| Some(Value::Text(s.to_owned()));
    let optional = |s: &Option<String>| s.clone().map(Value::Text);
    let all = [
        ("commune", text(&p.commune)),
        ("sheet", text(&p.sheet)),
        ("number", text(&p.number)),
        ("old_sheet", optional(&p.old_sheet)),
        ("old_number", optional(&p.old_number)),
        ("parcel_code", optional(&p.parcel_code)),
        ("area_measured", p.area_measured.map(Value::Real)),
        ("area_legal", p.area_legal.map(Value::Real)),
        ("land_use", optional(&p.land_use)),
        ("address", optional(&p.address)),
        ("is_parcel", Some(Value::Integer(p.is_parcel.into()))),
    ];
    all.into_iter()
        .filter_map(|(name, value)| Some((name, value?)))
        .collect()
}

fn shape(operation: &Operation<'_>, fid: i64, p: &DraftParcel, epsg: i32) -> Result<()> {
    let Some(new) = geometry::encode(&p.polygon, epsg) else {
        return Ok(());
    };
    let same = operation
        .prepare_cached("SELECT 1 FROM parcel WHERE fid=?1 AND geom IS ?2")?
        .exists(params![fid, new])?;
    if !same {
        write::supersede(operation, fid)?;
        write::set_polygon(operation, fid, &p.polygon, epsg)?;
    }
    Ok(())
}

/// A holder of another name than those in force takes their place; their rights become historic.
fn holder(operation: &Operation<'_>, fid: i64, p: &DraftParcel) -> Result<()> {
    let Some(name) = personal::seal(p.owner.as_deref()) else {
        return Ok(());
    };
    let known = operation
        .prepare_cached(
            "SELECT 1 FROM \"right\" r JOIN party ON party.fid=r.party \
             WHERE r.parcel=?1 AND r.status='HIEN_HANH' AND party.name_p=?2",
        )?
        .exists(params![fid, name])?;
    if known {
        return Ok(());
    }
    operation
        .prepare_cached("UPDATE \"right\" SET status='LICH_SU' WHERE parcel=?1 AND status='HIEN_HANH'")?
        .execute([fid])?;
    operation
        .prepare_cached("INSERT INTO party(uid, kind, user_type, name_p, address_p) VALUES (?1,?2,?3,?4,?5)")?
        .execute(params![
            Uid::fresh().to_string(),
            UNKNOWN_KIND,
            p.user_type,
            name,
            personal::seal(p.owner_address.as_deref())
        ])?;
    operation
        .prepare_cached("INSERT INTO \"right\"(uid, party, parcel) VALUES (?1,?2,?3)")?
        .execute(params![
            Uid::fresh().to_string(),
            operation.last_insert_rowid(),
            fid
        ])?;
    Ok(())
}
