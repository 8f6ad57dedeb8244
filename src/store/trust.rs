//! What the register says of the reliability of a survey: sheets with scale and date.

use rusqlite::Connection;

use super::error::Result;

/// A sheet: commune, number, denominator of the scale, day of survey.
pub type SheetRow = (String, String, Option<i64>, Option<String>);

/// All sheets with a scale or a date, by commune and number.
pub fn sheets(conn: &Connection) -> Result<Vec<SheetRow>> {
    let mut stmt = conn.prepare_cached(
        "SELECT commune, number, scale, surveyed_on FROM sheet \
         WHERE scale IS NOT NULL OR surveyed_on IS NOT NULL ORDER BY commune, number",
    )?;
    let rows = stmt.query_map([], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?, r.get(3)?)))?;
    Ok(rows.collect::<std::result::Result<_, _>>()?)
}
