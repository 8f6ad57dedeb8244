//! What blocks a change of a parcel or an act about it: a hold (ngăn chặn) or an open dispute (domain.md §5.8, §11.4).

use rusqlite::{Connection, params};

use super::error::Result;

/// Kind of `hold` that is a dispute: it blocks whatever its flags say.
pub const DISPUTE: &str = "TRANH_CHAP";

/// A live hold, without personal values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hold {
    pub kind: String,
    pub document_number: Option<String>,
    /// yyyy-MM-dd.
    pub from_on: Option<String>,
}

/// What a hold may stop: its flag.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stops {
    Issue,
    Transfer,
    Change,
}

/// The first hold that blocks a change of the parcel on `date` (yyyy-MM-dd): on itself, or on a certificate or a
/// party of a right on it in force.
pub fn blocking(conn: &Connection, parcel: i64, date: &str) -> Result<Option<Hold>> {
    Ok(all(conn, parcel, date, Stops::Change)?.into_iter().next())
}

/// All that stop acts of one kind, disputes too.
pub fn all(conn: &Connection, parcel: i64, date: &str, what: Stops) -> Result<Vec<Hold>> {
    let flag = match what {
        Stops::Issue => "blocks_issue",
        Stops::Transfer => "blocks_transfer",
        Stops::Change => "blocks_change",
    };
    let mut stmt = conn.prepare_cached(&format!(
        "SELECT kind, document_number, from_on FROM hold WHERE status='HIEN_HANH' AND ({flag} OR kind=?3) \
           AND (from_on IS NULL OR from_on<=?2) AND (to_on IS NULL OR to_on>=?2) \
           AND (parcel=?1 \
             OR certificate IN (SELECT certificate FROM \"right\" WHERE parcel=?1 AND status='HIEN_HANH') \
             OR party IN (SELECT party FROM \"right\" WHERE parcel=?1 AND status='HIEN_HANH')) \
         ORDER BY fid",
    ))?;
    let rows = stmt.query_map(params![parcel, date, DISPUTE], |row| {
        Ok(Hold {
            kind: row.get(0)?,
            document_number: row.get(1)?,
            from_on: row.get(2)?,
        })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}
