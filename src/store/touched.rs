//! Which parcels an operation touched, and their shape before and after: read back from the journal.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use rusqlite::types::{Value, ValueRef};
use rusqlite::{Connection, OptionalExtension};

use super::error::Result;
use super::removed::Kept;
use super::revert::{Act, Change, changes};
use super::{geometry, rows};
use crate::domain::{Polygon, Status, Uid};
use crate::register::Kind;

/// One parcel an operation touched.
#[derive(Clone, Debug)]
pub struct Touched {
    pub fid: i64,
    pub uid: Uid,
    /// Shape in force before; `None`: it was not in force.
    pub before: Option<Polygon>,
    /// Shape in force afterwards; `None`: it no longer is.
    pub after: Option<Polygon>,
}

/// The parcels touched by the changes of `op` after change row `since` (0 = all), by fid.
pub fn touched(conn: &Connection, op: i64, since: i64) -> Result<Vec<Touched>> {
    let mut by_row: BTreeMap<i64, Vec<Change>> = BTreeMap::new();
    let mut out = Vec::new();
    for change in changes(conn, op, since, "parcel")? {
        match &change.act {
            Act::Bulk { to, .. } => created(conn, change.row..=*to, &mut out)?,
            Act::Removed { sha256, .. } => retired(conn, change.row, sha256, &mut out)?,
            _ => by_row.entry(change.row).or_default().push(change),
        }
    }
    for (fid, changes) in &by_row {
        out.extend(one(conn, *fid, changes)?);
    }
    out.sort_by_key(|t| t.fid);
    Ok(out)
}

/// Parcels written in bulk.
fn created(conn: &Connection, fids: RangeInclusive<i64>, out: &mut Vec<Touched>) -> Result<()> {
    out.extend(rows::range(conn, &fids)?.into_iter().map(|p| Touched {
        fid: p.fid,
        uid: p.uid,
        before: None,
        after: Some(p.polygon),
    }));
    Ok(())
}

/// Parcels taken away in bulk.
fn retired(conn: &Connection, from: i64, sha256: &str, out: &mut Vec<Touched>) -> Result<()> {
    let kept = Kept::read(conn, "parcel", from, sha256)?;
    let columns = ["fid", "uid", "status", "geom"].map(|c| kept.column(c));
    kept.for_each(|row| {
        let [fid, uid, status, geom] = columns.map(|c| c.map_or(ValueRef::Null, |i| row[i]));
        let state = State {
            uid: uid.into(),
            status: status.into(),
            geom: geom.into(),
        };
        if let (ValueRef::Integer(fid), Value::Text(uid)) = (fid, &state.uid)
            && let Ok(uid) = uid.parse()
            && let Some(before) = in_force(Some(state))?
        {
            out.push(Touched {
                fid,
                uid,
                before: Some(before),
                after: None,
            });
        }
        Ok(())
    })?;
    Ok(())
}

/// A record of the register, no parcel, that an operation wrote.
#[derive(Clone, Debug)]
pub struct TouchedRecord {
    pub kind: Kind,
    pub uid: Uid,
    pub created: bool,
}

/// Records written one by one by the changes of `op` after change row `since`, in the order of their first change; those
/// that are no longer there are left out.
pub fn records(conn: &Connection, op: i64, since: i64) -> Result<Vec<TouchedRecord>> {
    let mut stmt = conn.prepare_cached(
        "SELECT tbl, row, max(act='insert') FROM change WHERE op=?1 AND id>?2 AND row_to IS NULL \
         GROUP BY tbl, row ORDER BY min(id)",
    )?;
    let mut rows = stmt.query([op, since])?;
    let mut out = Vec::new();
    while let Some(r) = rows.next()? {
        let (table, row, created): (String, i64, bool) = (r.get(0)?, r.get(1)?, r.get(2)?);
        let Some(kind) = Kind::of(&table) else { continue };
        if let Some(uid) = super::records::uid_of(conn, &table, row)? {
            out.push(TouchedRecord { kind, uid, created });
        }
    }
    Ok(out)
}

/// The newest change row: what comes after it belongs to a later edit of the same operation.
pub fn last_change(conn: &Connection) -> Result<i64> {
    Ok(conn
        .prepare_cached("SELECT coalesce(max(id),0) FROM change")?
        .query_row([], |r| r.get(0))?)
}

/// Uid, status and geometry blob.
struct State {
    uid: Value,
    status: Value,
    geom: Value,
}

fn one(conn: &Connection, fid: i64, changes: &[Change]) -> Result<Option<Touched>> {
    let now = conn
        .prepare_cached("SELECT uid, status, geom FROM parcel WHERE fid=?1")?
        .query_row([fid], |r| {
            Ok(State {
                uid: r.get(0)?,
                status: r.get(1)?,
                geom: r.get(2)?,
            })
        })
        .optional()?;
    let was = if changes.first().is_some_and(|c| c.act == Act::Insert) {
        None
    } else {
        let before = |column: &str| {
            changes
                .iter()
                .find(|c| c.column.as_deref() == Some(column))
                .map(|c| c.before.clone())
        };
        // Gone now: everything it held is in the journal; what is not listed there was NULL.
        let or = |column: &str, now: Option<Value>| before(column).or(now).unwrap_or(Value::Null);
        let (uid, status, geom) = match &now {
            Some(n) => (Some(n.uid.clone()), Some(n.status.clone()), Some(n.geom.clone())),
            None => (None, None, None),
        };
        Some(State {
            uid: or("uid", uid),
            status: or("status", status),
            geom: or("geom", geom),
        })
    };
    let Some(Value::Text(uid)) = was.as_ref().or(now.as_ref()).map(|s| &s.uid) else {
        return Ok(None);
    };
    let Ok(uid) = uid.parse() else { return Ok(None) };
    Ok(Some(Touched {
        fid,
        uid,
        before: in_force(was)?,
        after: in_force(now)?,
    }))
}

fn in_force(state: Option<State>) -> Result<Option<Polygon>> {
    let Some(State {
        status: Value::Text(status),
        geom,
        ..
    }) = state
    else {
        return Ok(None);
    };
    if status != rows::status_text(Status::InForce) {
        return Ok(None);
    }
    match geom {
        Value::Blob(blob) => Ok(Some(geometry::decode(&blob)?)),
        _ => Ok(Some(Polygon::default())),
    }
}
