//! Parcel numbers of a sheet: once given, never given again (domain.md §5.5).

use rusqlite::Connection;

use super::error::Result;

/// Numbers with more digits are not counted on: a slip of the pen, not the last number of a sheet.
const MOST_DIGITS: i64 = 7;

/// The number after the highest that the sheet ever had: in force, historic, in an earlier version or proposed.
/// "12a" counts as 12.
pub fn next(conn: &Connection, commune: &str, sheet: &str) -> Result<i64> {
    let highest: i64 = conn
        .prepare_cached(
            "SELECT coalesce(max(CAST(number AS INTEGER)), 0) FROM (\
               SELECT number FROM parcel WHERE commune=?1 AND sheet=?2 \
               UNION ALL SELECT number FROM parcel_version WHERE commune=?1 AND sheet=?2 \
               UNION ALL SELECT number FROM parcel_proposal WHERE commune=?1 AND sheet=?2) \
             WHERE length(CAST(CAST(number AS INTEGER) AS TEXT)) <= ?3",
        )?
        .query_row(rusqlite::params![commune, sheet, MOST_DIGITS], |r| r.get(0))?;
    Ok(highest + 1)
}

/// Whether a parcel, in force, historic or proposed, has or had this number.
pub fn ever_given(conn: &Connection, commune: &str, sheet: &str, number: &str) -> Result<bool> {
    Ok(conn
        .prepare_cached(
            "SELECT 1 FROM parcel WHERE commune=?1 AND sheet=?2 AND number=?3 \
             UNION ALL SELECT 1 FROM parcel_version WHERE commune=?1 AND sheet=?2 AND number=?3 \
             UNION ALL SELECT 1 FROM parcel_proposal WHERE commune=?1 AND sheet=?2 AND number=?3 AND parcel IS NULL",
        )?
        .exists([commune, sheet, number])?)
}
