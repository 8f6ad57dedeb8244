//! What blocks a change of a parcel's boundary: a hold (ngăn chặn) or an open dispute (domain.md §5.8, §11.4).

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

/// The first hold that blocks a change of the parcel on `date` (yyyy-MM-dd): on itself, or on a certificate or a
/// party of a right on it in force.
pub fn blocking(conn: &Connection, parcel: i64, date: &str) -> Result<Option<Hold>> {
    let mut stmt = conn.prepare_cached(
        "SELECT kind, document_number, from_on FROM hold WHERE status='HIEN_HANH' AND (blocks_change OR kind=?3) \
           AND (from_on IS NULL OR from_on<=?2) AND (to_on IS NULL OR to_on>=?2) \
           AND (parcel=?1 \
             OR certificate IN (SELECT certificate FROM \"right\" WHERE parcel=?1 AND status='HIEN_HANH') \
             OR party IN (SELECT party FROM \"right\" WHERE parcel=?1 AND status='HIEN_HANH')) \
         ORDER BY fid LIMIT 1",
    )?;
    let mut rows = stmt.query(params![parcel, date, DISPUTE])?;
    Ok(match rows.next()? {
        Some(row) => Some(Hold {
            kind: row.get(0)?,
            document_number: row.get(1)?,
            from_on: row.get(2)?,
        }),
        None => None,
    })
}
