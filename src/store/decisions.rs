//! What people decided about findings: accepted ones (`decision`) and gaps that are right as they are (`allowed_gap`).
//! Journalled like the register.

use std::sync::Arc;

use jiff::civil::Date;
use rusqlite::{Connection, params};

use super::error::Result;
use super::journal::Operation;
use super::{geometry, rows, schema};
use crate::domain::{Acceptance, AllowedGap, Polygon, Pt, Uid};

/// Whether an operation changed anything of it.
pub fn touched_by(conn: &Connection, op: i64) -> Result<bool> {
    Ok(conn
        .prepare_cached("SELECT 1 FROM change WHERE op=?1 AND tbl IN ('decision','allowed_gap') LIMIT 1")?
        .exists([op])?)
}

/// All accepted findings, oldest first.
pub fn acceptances(conn: &Connection) -> Result<Vec<Acceptance>> {
    // A file of schema 1 that may not be written has no columns for kind and place.
    let placed = schema::columns(conn, "decision")?.iter().any(|c| c == "at_e");
    let place = if placed {
        "mark, at_e, at_n"
    } else {
        "NULL, NULL, NULL"
    };
    let mut stmt = conn.prepare_cached(&format!(
        "SELECT fid, code, parcels, {place}, amount, reason, decided_by, decided_at, until FROM decision ORDER BY fid"
    ))?;
    let mut rows = stmt.query([])?;
    let mut out = Vec::new();
    while let Some(r) = rows.next()? {
        let parcels: String = r.get(2)?;
        let at: (Option<i64>, Option<i64>) = (r.get(4)?, r.get(5)?);
        out.push(Acceptance {
            fid: r.get(0)?,
            code: r.get(1)?,
            parcels: parcels.split(' ').filter_map(|u| u.parse::<Uid>().ok()).collect(),
            mark: r.get::<_, Option<String>>(3)?.unwrap_or_default(),
            at: at.0.zip(at.1).map(|(e, n)| Pt::new(e, n)),
            amount: r.get(6)?,
            reason: r.get(7)?,
            by: r.get(8)?,
            when: time(r, 9)?,
            until: date(r, 10)?,
        });
    }
    Ok(out)
}

fn time(r: &rusqlite::Row<'_>, column: usize) -> Result<jiff::Timestamp> {
    let text: String = r.get(column)?;
    Ok(text.parse().unwrap_or(jiff::Timestamp::UNIX_EPOCH))
}

/// A day that cannot be read has passed long ago: what nobody can read is not in force.
fn date(r: &rusqlite::Row<'_>, column: usize) -> Result<Option<Date>> {
    let text: Option<String> = r.get(column)?;
    Ok(text.map(|t| t.parse().unwrap_or(Date::MIN)))
}

/// Writes one; its `fid` is given here.
pub fn accept(op: &Operation<'_>, a: &Acceptance) -> Result<()> {
    let parcels: Vec<String> = a.parcels.iter().map(ToString::to_string).collect();
    op.prepare_cached(
        "INSERT INTO decision(uid, code, parcels, mark, at_e, at_n, amount, reason, decided_by, decided_at, until) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
    )?
    .execute(params![
        Uid::fresh().to_string(),
        a.code,
        parcels.join(" "),
        (!a.mark.is_empty()).then_some(&a.mark),
        a.at.map(|p| p.e),
        a.at.map(|p| p.n),
        a.amount,
        a.reason,
        a.by,
        a.when.to_string(),
        a.until.map(|d| d.to_string()),
    ])?;
    Ok(())
}

/// Takes one away.
pub fn withdraw(op: &Operation<'_>, fid: i64) -> Result<()> {
    op.prepare_cached("DELETE FROM decision WHERE fid=?1")?
        .execute([fid])?;
    Ok(())
}

/// All allowed gaps, by fid.
pub fn allowed_gaps(conn: &Connection) -> Result<Vec<Arc<AllowedGap>>> {
    let mut stmt = conn.prepare_cached(
        "SELECT fid, uid, geom, commune, reason, decided_by, decided_at, until FROM allowed_gap \
         WHERE geom IS NOT NULL ORDER BY fid",
    )?;
    let mut rows = stmt.query([])?;
    let mut out = Vec::new();
    while let Some(r) = rows.next()? {
        let blob: Vec<u8> = r.get(2)?;
        let polygon: Polygon = geometry::decode(&blob)?;
        out.push(Arc::new(AllowedGap {
            fid: r.get(0)?,
            uid: rows::uid(r, 1)?,
            bbox: polygon.bbox(),
            polygon,
            commune: r.get(3)?,
            reason: r.get(4)?,
            by: r.get(5)?,
            when: time(r, 6)?,
            until: date(r, 7)?,
        }));
    }
    Ok(out)
}

/// Writes one; gives its fid.
pub fn allow_gap(op: &Operation<'_>, gap: &AllowedGap, srs: i32) -> Result<i64> {
    op.prepare_cached(
        "INSERT INTO allowed_gap(uid, geom, commune, reason, decided_by, decided_at, until) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?
    .execute(params![
        gap.uid.to_string(),
        geometry::encode(&gap.polygon, srs),
        gap.commune,
        gap.reason,
        gap.by,
        gap.when.to_string(),
        gap.until.map(|d| d.to_string()),
    ])?;
    Ok(op.last_insert_rowid())
}

/// Takes one away.
pub fn disallow_gap(op: &Operation<'_>, fid: i64) -> Result<()> {
    op.prepare_cached("DELETE FROM allowed_gap WHERE fid=?1")?
        .execute([fid])?;
    Ok(())
}

/// Who acts in the open operation, and when.
pub fn actor(op: &Operation<'_>) -> Result<(String, jiff::Timestamp)> {
    let (actor, at): (String, String) = op
        .prepare_cached("SELECT actor, at FROM operation WHERE id=?1")?
        .query_row([op.id()], |r| Ok((r.get(0)?, r.get(1)?)))?;
    Ok((actor, at.parse().unwrap_or(jiff::Timestamp::UNIX_EPOCH)))
}
