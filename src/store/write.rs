//! Writing single rows inside an open operation. Bulk work is in bulk/.

use rusqlite::params;

use super::error::Result;
use super::geometry;
use super::journal::Operation;
use super::rows;
use crate::codes;
use crate::domain::{Polygon, Uid};

pub use rusqlite::types::Value;

/// Adds to the commune list, in the province that was said of the district.
pub fn add_commune(op: &Operation<'_>, code: &str, name: &str) -> Result<()> {
    let province = rows::setting(op, rows::PROVINCE)?;
    op.execute(
        "INSERT INTO commune(uid, code, name, province) VALUES (?1, ?2, ?3, ?4)",
        params![Uid::fresh().to_string(), code, name, province],
    )?;
    Ok(())
}

/// Keeps the present state of a parcel in `parcel_version` and counts its version up, before it
/// is changed. Once per operation and parcel: a second call does nothing.
pub fn supersede(op: &Operation<'_>, fid: i64) -> Result<()> {
    let since: i64 = op
        .prepare_cached("SELECT op FROM parcel WHERE fid=?1")?
        .query_row([fid], |r| r.get(0))?;
    if since == op.id() {
        return Ok(());
    }
    op.prepare_cached(
        "INSERT INTO parcel_version(uid, geom, parcel, version, from_op, to_op, commune, sheet, number, old_sheet, old_number, \
           parcel_code, area_measured, area_legal, land_use, address, is_parcel, survey, status, land_use_rows) \
         SELECT ?3, geom, fid, version, op, ?2, commune, sheet, number, old_sheet, old_number, \
           parcel_code, area_measured, area_legal, land_use, address, is_parcel, survey, status, \
           (SELECT json_group_array(json_object('uid', uid, 'code', code, 'list_version', list_version, 'area', area, 'term', term, 'origin', origin)) \
            FROM (SELECT * FROM land_use_row WHERE parcel=?1 ORDER BY position, uid)) \
         FROM parcel WHERE fid=?1",
    )?
    .execute(params![fid, op.id(), Uid::fresh().to_string()])?;
    op.prepare_cached("UPDATE parcel SET version=version+1, op=?2 WHERE fid=?1")?
        .execute([fid, op.id()])?;
    Ok(())
}

/// Writes a new shape for a parcel; after [`supersede`].
pub fn set_polygon(op: &Operation<'_>, fid: i64, polygon: &Polygon, srs: i32) -> Result<()> {
    op.prepare_cached("UPDATE parcel SET geom=?2 WHERE fid=?1")?
        .execute(params![fid, geometry::encode(polygon, srs)])?;
    Ok(())
}

/// Sets columns of a parcel (names from our own code); those that would not change are left out. Gives the names set.
/// A change of the land-use label carries over to the land-use rows.
pub fn set_parcel(
    op: &Operation<'_>,
    fid: i64,
    columns: &[(&'static str, Value)],
) -> Result<Vec<&'static str>> {
    let mut changed = Vec::new();
    for (name, value) in columns {
        let sql = format!("SELECT 1 FROM parcel WHERE fid=?1 AND {name} IS NOT ?2");
        if op.prepare_cached(&sql)?.exists(params![fid, value])? {
            changed.push((*name, value));
        }
    }
    if !changed.is_empty() {
        supersede(op, fid)?;
    }
    for (name, value) in &changed {
        op.prepare_cached(&format!("UPDATE parcel SET {name}=?2 WHERE fid=?1"))?
            .execute(params![fid, value])?;
        if *name == "land_use" {
            match_land_use_rows(op, fid, if let Value::Text(label) = value { label } else { "" })?;
        }
    }
    Ok(changed.into_iter().map(|(name, _)| name).collect())
}

/// Makes the land-use rows of a parcel say what its label says. A row whose code stays keeps everything; another row is
/// given a new code before one is made or removed, so that area, term and origin of the usual single row survive.
fn match_land_use_rows(op: &Operation<'_>, parcel: i64, label: &str) -> Result<()> {
    let mut rows: Vec<(i64, String)> = op
        .prepare_cached("SELECT fid, code FROM land_use_row WHERE parcel=?1 ORDER BY position, fid")?
        .query_map([parcel], |r| Ok((r.get(0)?, r.get(1)?)))?
        .collect::<rusqlite::Result<_>>()?;
    let wanted: Vec<&str> = codes::land_use_codes(label).collect();
    let mut taken: Vec<Option<i64>> = wanted
        .iter()
        .map(|code| rows.iter().position(|(_, c)| c == code).map(|i| rows.remove(i).0))
        .collect();
    for slot in taken.iter_mut().filter(|s| s.is_none()) {
        *slot = (!rows.is_empty()).then(|| rows.remove(0).0);
    }
    for (position, (code, fid)) in wanted.iter().zip(&taken).enumerate() {
        let version = codes::land_use(code).map(|(v, _)| v);
        match fid {
            Some(fid) => op
                .prepare_cached("UPDATE land_use_row SET position=?2, code=?3, list_version=?4 WHERE fid=?1")?
                .execute(params![fid, position + 1, code, version])?,
            None => op
                .prepare_cached("INSERT INTO land_use_row(uid, parcel, position, code, list_version) VALUES (?1, ?2, ?3, ?4, ?5)")?
                .execute(params![Uid::fresh().to_string(), parcel, position + 1, code, version])?,
        };
    }
    for (fid, _) in rows {
        op.prepare_cached("UPDATE \"right\" SET land_use_row=NULL WHERE land_use_row=?1")?
            .execute([fid])?;
        op.prepare_cached("DELETE FROM land_use_row WHERE fid=?1")?
            .execute([fid])?;
    }
    Ok(())
}
