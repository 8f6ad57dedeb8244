//! Parcels of a draft that are in the district already: replaced by the ordinary, journalled way, the
//! state before kept in `parcel_version`.

use rusqlite::params;

use super::super::error::Result;
use super::super::journal::Operation;
use super::super::{geometry, personal, write};
use super::encode::{UNKNOWN_KIND, land_uses_of};
use crate::domain::{Draft, DraftAction, DraftParcel, Failure, Uid};
use crate::msg;

/// Replaces every parcel the draft wants updated; gives their fids in its order.
pub fn run(operation: &Operation<'_>, draft: &Draft, op: i64, epsg: i32) -> Result<Vec<i64>> {
    let mut fids = Vec::new();
    for p in &draft.parcels {
        if let DraftAction::Update(fid) = p.action {
            let survey = draft.files.get(p.file as usize).map(|f| f.file.as_str());
            keep_version(operation, fid, op)?;
            replace(operation, fid, p, survey, epsg)?;
            land_uses(operation, fid, p)?;
            holder(operation, fid, p)?;
            fids.push(fid);
        }
    }
    Ok(fids)
}

fn keep_version(operation: &Operation<'_>, fid: i64, op: i64) -> Result<()> {
    let in_force = operation
        .prepare_cached("SELECT 1 FROM parcel WHERE fid=?1 AND status='HIEN_HANH'")?
        .exists([fid])?;
    if in_force {
        return write::supersede(operation, fid, op);
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

/// Geometry and every attribute the draft has a place for. What the file does not say stays as it was.
fn replace(
    operation: &Operation<'_>,
    fid: i64,
    p: &DraftParcel,
    survey: Option<&str>,
    epsg: i32,
) -> Result<()> {
    operation
        .prepare_cached(
            "UPDATE parcel SET geom=coalesce(?2,geom), commune=?3, sheet=?4, number=?5, old_sheet=coalesce(?6,old_sheet), \
               old_number=coalesce(?7,old_number), parcel_code=coalesce(?8,parcel_code), area_measured=coalesce(?9,area_measured), \
               area_legal=coalesce(?10,area_legal), land_use=coalesce(?11,land_use), address=coalesce(?12,address), \
               is_parcel=?13, survey=coalesce(?14,survey) WHERE fid=?1",
        )?
        .execute(params![
            fid,
            geometry::encode(&p.polygon, epsg),
            p.commune,
            p.sheet,
            p.number,
            p.old_sheet,
            p.old_number,
            p.parcel_code,
            p.area_measured,
            p.area_legal,
            p.land_use,
            p.address,
            p.is_parcel,
            survey
        ])?;
    Ok(())
}

/// Makes the land-use rows say what the label says: rows in place are changed, missing ones added, further
/// ones removed unless a right stands on them.
fn land_uses(operation: &Operation<'_>, fid: i64, p: &DraftParcel) -> Result<()> {
    if p.land_use.is_none() {
        return Ok(());
    }
    let there: Vec<(i64, String)> = operation
        .prepare_cached("SELECT fid, code FROM land_use_row WHERE parcel=?1 ORDER BY position, fid")?
        .query_map([fid], |r| Ok((r.get(0)?, r.get(1)?)))?
        .collect::<rusqlite::Result<_>>()?;
    let mut there = there.into_iter();
    for new in land_uses_of(p) {
        match there.next() {
            Some((row, code)) if code == new.code => {
                operation
                    .prepare_cached("UPDATE land_use_row SET area=coalesce(?2,area) WHERE fid=?1")?
                    .execute(params![row, new.area])?;
            }
            Some((row, _)) => {
                operation
                    .prepare_cached("UPDATE land_use_row SET code=?2, list_version=?3, area=?4 WHERE fid=?1")?
                    .execute(params![row, new.code, new.list_version, new.area])?;
            }
            None => {
                operation
                    .prepare_cached(
                        "INSERT INTO land_use_row(uid, parcel, position, code, list_version, area) VALUES (?1,?2,?3,?4,?5,?6)",
                    )?
                    .execute(params![Uid::fresh().to_string(), fid, new.position, new.code, new.list_version, new.area])?;
            }
        }
    }
    for (row, _) in there {
        operation
            .prepare_cached(
                "DELETE FROM land_use_row WHERE fid=?1 AND NOT EXISTS (SELECT 1 FROM \"right\" WHERE land_use_row=?1)",
            )?
            .execute([row])?;
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
