//! Registered changes (biến động): what went in and out, before and after, and the papers they concern.

use rusqlite::{Connection, OptionalExtension, params};

use super::error::Result;
use super::journal::Operation;
use super::personal;
use super::tables::quoted;
use crate::domain::Uid;

/// The change of this code that the open operation has made for a dossier.
pub fn of_operation(op: &Operation<'_>, dossier: i64, code: &str) -> Result<Option<i64>> {
    Ok(op
        .prepare_cached(
            "SELECT e.fid FROM change_entry e JOIN change c ON c.op=?1 AND c.tbl='change_entry' AND c.row=e.fid AND c.act='insert' \
             WHERE e.dossier=?2 AND e.kind=?3 ORDER BY e.fid DESC LIMIT 1",
        )?
        .query_row(params![op.id(), dossier, code], |r| r.get(0))
        .optional()?)
}

/// Whether a parcel is among the items of a change.
pub fn has_parcel(conn: &Connection, entry: i64, parcel: i64) -> Result<bool> {
    Ok(conn
        .prepare_cached("SELECT 1 FROM change_entry_item WHERE change_entry=?1 AND parcel=?2")?
        .exists([entry, parcel])?)
}

/// A party or certificate (`column`) that went in or came out.
pub fn item(op: &Operation<'_>, entry: i64, direction: &str, column: &str, fid: i64) -> Result<()> {
    let sql = format!(
        "INSERT INTO change_entry_item(uid, change_entry, direction, {}) VALUES (?1, ?2, ?3, ?4)",
        quoted(column)
    );
    op.prepare_cached(&sql)?
        .execute(params![Uid::fresh().to_string(), entry, direction, fid])?;
    Ok(())
}

/// The sentence for the certificate, and the records before and after (JSON). All personal.
pub fn finish(op: &Operation<'_>, entry: i64, note: &str, before: &str, after: &str) -> Result<()> {
    let seal = |t: &str| personal::seal(Some(t));
    op.prepare_cached(
        "UPDATE change_entry SET content_p=coalesce(?2, content_p), before_p=?3, after_p=?4 WHERE fid=?1",
    )?
    .execute(params![entry, seal(note), seal(before), seal(after)])?;
    Ok(())
}

/// Records before and after a change, JSON; `None` where it was registered without.
pub fn snapshots(conn: &Connection, entry: i64) -> Result<(Option<String>, Option<String>)> {
    let (before, after): (Option<Vec<u8>>, Option<Vec<u8>>) = conn
        .prepare_cached("SELECT before_p, after_p FROM change_entry WHERE fid=?1")?
        .query_row([entry], |r| Ok((r.get(0)?, r.get(1)?)))?;
    Ok((
        personal::open(before.as_deref())?,
        personal::open(after.as_deref())?,
    ))
}

/// Adds a line to the notes of a certificate.
pub fn add_note(op: &Operation<'_>, certificate: i64, note: &str) -> Result<()> {
    let notes: Option<Vec<u8>> = op
        .prepare_cached("SELECT notes_p FROM certificate WHERE fid=?1")?
        .query_row([certificate], |r| r.get(0))?;
    let mut all = personal::open(notes.as_deref())?.unwrap_or_default();
    if !all.is_empty() {
        all.push('\n');
    }
    all.push_str(note);
    op.prepare_cached("UPDATE certificate SET notes_p=?2 WHERE fid=?1")?
        .execute(params![certificate, personal::seal(Some(&all))])?;
    Ok(())
}

/// Rights in force that stand on a certificate: rows.
pub fn rights_on(conn: &Connection, certificate: i64) -> Result<Vec<i64>> {
    let mut stmt = conn.prepare_cached(
        "SELECT fid FROM \"right\" WHERE certificate=?1 AND status='HIEN_HANH' ORDER BY fid",
    )?;
    let fids = stmt.query_map([certificate], |r| r.get(0))?;
    Ok(fids.collect::<rusqlite::Result<_>>()?)
}

/// Makes what is in force on a certificate (rights on a parcel, mortgages) stand on another.
pub fn move_to(op: &Operation<'_>, from: i64, to: i64, parcels: &[i64]) -> Result<()> {
    for parcel in parcels {
        for table in ["right", "mortgage"] {
            let sql = format!(
                "UPDATE {} SET certificate=?2 WHERE certificate=?1 AND status='HIEN_HANH' AND parcel=?3",
                quoted(table)
            );
            op.prepare_cached(&sql)?.execute([from, to, *parcel])?;
        }
    }
    Ok(())
}

/// The same of everything on it.
pub fn move_all(op: &Operation<'_>, from: i64, to: i64) -> Result<()> {
    for table in ["right", "mortgage"] {
        let sql = format!(
            "UPDATE {} SET certificate=?2 WHERE certificate=?1 AND status='HIEN_HANH'",
            quoted(table)
        );
        op.prepare_cached(&sql)?.execute([from, to])?;
    }
    Ok(())
}

/// Writes that one certificate came in place of another.
pub fn descend(op: &Operation<'_>, parent: i64, child: i64, entry: i64) -> Result<()> {
    op.prepare_cached(
        "INSERT INTO certificate_lineage(uid, parent, child, change_entry) VALUES (?1, ?2, ?3, ?4) \
         ON CONFLICT(parent, child) DO NOTHING",
    )?
    .execute(params![Uid::fresh().to_string(), parent, child, entry])?;
    Ok(())
}

/// Rank of the next mortgage on a parcel: after those in force.
pub fn next_rank(conn: &Connection, parcel: i64) -> Result<i64> {
    Ok(conn
        .prepare_cached(
            "SELECT 1+max(count(*), coalesce(max(\"rank\"),0)) FROM mortgage WHERE parcel=?1 AND status='HIEN_HANH'",
        )?
        .query_row([parcel], |r| r.get(0))?)
}

/// Houses and works in force on a parcel: rows.
pub fn assets_on(conn: &Connection, parcel: i64) -> Result<Vec<i64>> {
    let mut stmt =
        conn.prepare_cached("SELECT fid FROM asset WHERE parcel=?1 AND status='HIEN_HANH' ORDER BY fid")?;
    let fids = stmt.query_map([parcel], |r| r.get(0))?;
    Ok(fids.collect::<rusqlite::Result<_>>()?)
}
