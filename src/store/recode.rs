//! New codes of communes, sheets and parcels, row by row through the journal; and the table of comparison.

use rusqlite::{Connection, params};

use super::error::Result;
use super::journal::Operation;
use super::write::{self, Value};
use super::{personal, rows};
use crate::domain::Uid;

/// Registers the change of administrative units (DH) that a decision makes.
pub fn entry(op: &Operation<'_>, decision: &str, day: &str) -> Result<i64> {
    op.prepare_cached(
        "INSERT INTO change_entry(uid, kind, number, registered_on, content_p) VALUES (?1, 'DH', ?2, ?3, ?4)",
    )?
    .execute(params![
        Uid::fresh().to_string(),
        decision,
        day,
        personal::seal(Some(decision))
    ])?;
    Ok(op.last_insert_rowid())
}

/// New codes of a parcel. What it had on its map becomes its old sheet and number where it has none from before.
pub fn parcel(op: &Operation<'_>, fid: i64, commune: &str, sheet: &str, number: &str) -> Result<()> {
    let text = |t: &str| Value::Text(t.to_owned());
    let old: (String, String, bool) = op
        .prepare_cached(
            "SELECT sheet, number, old_sheet IS NULL AND old_number IS NULL FROM parcel WHERE fid=?1",
        )?
        .query_row([fid], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?)))?;
    let mut columns = vec![
        ("commune", text(commune)),
        ("sheet", text(sheet)),
        ("number", text(number)),
    ];
    if old.2 && (old.0 != sheet || old.1 != number) {
        columns.push(("old_sheet", Value::Text(old.0)));
        columns.push(("old_number", Value::Text(old.1)));
    }
    write::set_parcel(op, fid, &columns)?;
    Ok(())
}

/// A commune of the list, in the province of another.
pub fn add_commune(op: &Operation<'_>, code: &str, name: &str, like: &str) -> Result<()> {
    op.execute(
        "INSERT INTO commune(uid, code, name, province) VALUES (?1, ?2, ?3, (SELECT province FROM commune WHERE code=?4))",
        params![Uid::fresh().to_string(), code, name, like],
    )?;
    Ok(())
}

/// A commune that has no parcel in force any more is no longer one.
pub fn close_commune(op: &Operation<'_>, code: &str, day: &str) -> Result<()> {
    op.execute(
        "UPDATE commune SET valid_to=?2 WHERE code=?1 AND valid_to IS NULL \
           AND NOT EXISTS (SELECT 1 FROM parcel WHERE commune=?1 AND status='HIEN_HANH')",
        params![code, day],
    )?;
    Ok(())
}

/// Sheets of a commune: row and number.
pub fn sheets(conn: &Connection, commune: &str) -> Result<Vec<(i64, String)>> {
    let mut stmt = conn.prepare_cached("SELECT fid, number FROM sheet WHERE commune=?1 ORDER BY fid")?;
    let all = stmt.query_map([commune], |r| Ok((r.get(0)?, r.get(1)?)))?;
    Ok(all.collect::<rusqlite::Result<_>>()?)
}

pub fn has_sheet(conn: &Connection, commune: &str, number: &str) -> Result<bool> {
    Ok(conn
        .prepare_cached("SELECT 1 FROM sheet WHERE commune=?1 AND number=?2")?
        .exists([commune, number])?)
}

pub fn sheet(op: &Operation<'_>, fid: i64, commune: &str, number: &str) -> Result<()> {
    op.prepare_cached("UPDATE sheet SET commune=?2, number=?3 WHERE fid=?1")?
        .execute(params![fid, commune, number])?;
    Ok(())
}

/// One line of the table of comparison: commune, sheet, number before and after.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Renumbered {
    pub uid: Uid,
    pub parcel_code: Option<String>,
    pub before: [String; 3],
    pub after: [String; 3],
}

/// What an operation made of the codes of parcels, by the codes before. After is what stands there now.
pub fn compared(conn: &Connection, op: i64) -> Result<Vec<Renumbered>> {
    let mut stmt = conn.prepare_cached(
        "SELECT p.uid, p.parcel_code, v.commune, v.sheet, v.number, p.commune, p.sheet, p.number \
         FROM parcel_version v JOIN parcel p ON p.fid=v.parcel WHERE v.to_op=?1 \
           AND (v.commune<>p.commune OR v.sheet<>p.sheet OR v.number<>p.number) \
         ORDER BY v.commune, v.sheet, length(v.number), v.number, p.fid",
    )?;
    let mut found = stmt.query([op])?;
    let mut out = Vec::new();
    while let Some(r) = found.next()? {
        out.push(Renumbered {
            uid: rows::uid(r, 0)?,
            parcel_code: r.get(1)?,
            before: [r.get(2)?, r.get(3)?, r.get(4)?],
            after: [r.get(5)?, r.get(6)?, r.get(7)?],
        });
    }
    Ok(out)
}

/// Parcels in force that had this key before: rows.
pub fn formerly(conn: &Connection, commune: &str, sheet: &str, number: &str) -> Result<Vec<i64>> {
    let mut stmt = conn.prepare_cached(
        "SELECT DISTINCT v.parcel FROM parcel_version v JOIN parcel p ON p.fid=v.parcel AND p.status='HIEN_HANH' \
         WHERE v.commune=?1 AND v.sheet=?2 AND v.number=?3 ORDER BY v.parcel",
    )?;
    let fids = stmt.query_map([commune, sheet, number], |r| r.get(0))?;
    Ok(fids.collect::<rusqlite::Result<_>>()?)
}
