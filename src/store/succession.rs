//! Rows of parcels that come and go: the new parcel, its descent, and what passes from parent to child.

use rusqlite::types::Value;
use rusqlite::{Connection, params, params_from_iter};

use super::error::Result;
use super::journal::Operation;
use super::tables::quoted;
use super::{geometry, schema, write};
use crate::codes;
use crate::domain::{Polygon, Uid};

/// Column and value of a row to be written.
pub type Columns = Vec<(&'static str, Value)>;

/// Puts a new parcel in force. Gives its fid.
pub fn add_parcel(
    op: &Operation<'_>,
    uid: Uid,
    polygon: &Polygon,
    srs: i32,
    columns: &Columns,
) -> Result<i64> {
    let mut all: Vec<(&str, Value)> = vec![
        ("uid", Value::Text(uid.to_string())),
        (
            "geom",
            geometry::encode(polygon, srs).map_or(Value::Null, Value::Blob),
        ),
        ("op", Value::Integer(op.id())),
    ];
    all.extend(columns.iter().map(|(n, v)| (*n, v.clone())));
    insert(op, "parcel", &all)
}

fn insert(op: &Operation<'_>, table: &str, cells: &[(&str, Value)]) -> Result<i64> {
    let names: Vec<_> = cells.iter().map(|(n, _)| quoted(n)).collect();
    let marks = vec!["?"; cells.len()].join(", ");
    op.prepare_cached(&format!(
        "INSERT INTO {}({}) VALUES ({marks})",
        quoted(table),
        names.join(", ")
    ))?
    .execute(params_from_iter(cells.iter().map(|(_, v)| v)))?;
    Ok(op.last_insert_rowid())
}

/// Copies a row, with other values in some columns and a fresh uid. Sealed personal values are copied sealed.
fn copy(op: &Operation<'_>, table: &str, fid: i64, other: &[(&str, Value)]) -> Result<i64> {
    let columns: Vec<String> = schema::columns(op, table)?
        .into_iter()
        .filter(|c| c != "fid")
        .collect();
    let uid = Value::Text(Uid::fresh().to_string());
    let mut values = Vec::new();
    let cells: Vec<String> = columns
        .iter()
        .map(|c| {
            let given = other.iter().find(|(n, _)| n == c).map(|(_, v)| v);
            match given.or((c == "uid").then_some(&uid)) {
                Some(v) => {
                    values.push(v.clone());
                    "?".to_owned()
                }
                None => quoted(c),
            }
        })
        .collect();
    values.push(Value::Integer(fid));
    let names: Vec<_> = columns.iter().map(|c| quoted(c)).collect();
    let t = quoted(table);
    op.prepare_cached(&format!(
        "INSERT INTO {t}({}) SELECT {} FROM {t} WHERE fid=?",
        names.join(", "),
        cells.join(", ")
    ))?
    .execute(params_from_iter(values))?;
    Ok(op.last_insert_rowid())
}

/// Takes a parcel out of force; after [`super::write::supersede`]. Its shape stands in `parcel_version`.
pub fn retire(op: &Operation<'_>, fid: i64) -> Result<()> {
    op.prepare_cached("UPDATE parcel SET status='LICH_SU', geom=NULL WHERE fid=?1")?
        .execute([fid])?;
    Ok(())
}

/// Writes that `child` comes from `parent`.
pub fn descend(op: &Operation<'_>, parent: i64, child: i64, change_entry: Option<i64>) -> Result<()> {
    op.prepare_cached(
        "INSERT INTO parcel_lineage(uid, parent, child, change_entry) VALUES (?1, ?2, ?3, ?4)",
    )?
    .execute(params![Uid::fresh().to_string(), parent, child, change_entry])?;
    Ok(())
}

/// Makes sure the commune and the sheet of a new parcel are in their lists.
pub fn place(op: &Operation<'_>, commune: &str, sheet: &str) -> Result<()> {
    let uid = || Uid::fresh().to_string();
    if !commune.is_empty()
        && !op
            .prepare_cached("SELECT 1 FROM commune WHERE code=?1")?
            .exists([commune])?
    {
        write::add_commune(op, commune, commune)?;
    }
    let known = op
        .prepare_cached("SELECT 1 FROM sheet WHERE commune=?1 AND number=?2")?
        .exists([commune, sheet])?;
    if !sheet.is_empty() && !known {
        op.execute(
            "INSERT INTO sheet(uid, commune, number) VALUES (?1, ?2, ?3)",
            params![uid(), commune, sheet],
        )?;
    }
    Ok(())
}

/// Whether a commune is in the district's list.
pub fn has_commune(conn: &Connection, code: &str) -> Result<bool> {
    Ok(conn
        .prepare_cached("SELECT 1 FROM commune WHERE code=?1")?
        .exists([code])?)
}

/// The day of the operation in Vietnam, yyyy-MM-dd.
pub fn date(op: &Operation<'_>) -> Result<String> {
    let at: String = op
        .prepare_cached("SELECT at FROM operation WHERE id=?1")?
        .query_row([op.id()], |r| r.get(0))?;
    let at: jiff::Timestamp = at.parse().unwrap_or(jiff::Timestamp::UNIX_EPOCH);
    let local = at.to_zoned(jiff::tz::Offset::constant(7).to_time_zone());
    Ok(local.date().to_string())
}

/// Writes the land-use label alone; its rows are made by themselves.
pub fn set_label(op: &Operation<'_>, parcel: i64, label: &str) -> Result<()> {
    op.prepare_cached("UPDATE parcel SET land_use=?2 WHERE fid=?1")?
        .execute(params![parcel, label])?;
    Ok(())
}

/// What a child takes over from its parent besides what the map holds.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Inherited {
    pub old_sheet: Option<String>,
    pub old_number: Option<String>,
    pub address: Option<String>,
}

pub fn inherited(conn: &Connection, fid: i64) -> Result<Inherited> {
    Ok(conn
        .prepare_cached("SELECT old_sheet, old_number, address FROM parcel WHERE fid=?1")?
        .query_row([fid], |r| {
            Ok(Inherited {
                old_sheet: r.get(0)?,
                old_number: r.get(1)?,
                address: r.get(2)?,
            })
        })?)
}

/// A land-use row of a parent.
#[derive(Clone, Debug, PartialEq)]
pub struct Use {
    pub fid: i64,
    pub code: String,
    /// m².
    pub area: Option<f64>,
    /// All that must agree for two rows to become one: code, list, term, origin ….
    pub kind: Vec<Value>,
}

pub fn uses(conn: &Connection, parcel: i64) -> Result<Vec<Use>> {
    let mut stmt = conn.prepare_cached(
        "SELECT fid, code, area, list_version, secondary_code, planned_code, term, term_ends, origin, origin_acquired, shared \
         FROM land_use_row WHERE parcel=?1 ORDER BY position, fid",
    )?;
    let rows = stmt.query_map([parcel], |r| {
        let code: String = r.get(1)?;
        let mut kind = vec![Value::Text(code.clone())];
        for i in 3..=10 {
            kind.push(r.get(i)?);
        }
        Ok(Use {
            fid: r.get(0)?,
            code,
            area: r.get(2)?,
            kind,
        })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Copies a land-use row to `child`.
pub fn copy_use(op: &Operation<'_>, row: i64, child: i64, position: usize, area: Option<f64>) -> Result<i64> {
    copy(
        op,
        "land_use_row",
        row,
        &[
            ("parcel", Value::Integer(child)),
            ("position", Value::Integer(position as i64)),
            ("area", real(area)),
        ],
    )
}

/// A land-use row a person gave, of which no parent has the like.
pub fn add_use(
    op: &Operation<'_>,
    child: i64,
    position: usize,
    code: &str,
    area: Option<f64>,
) -> Result<i64> {
    let version = codes::land_use(code).map(|(v, _)| v);
    op.prepare_cached(
        "INSERT INTO land_use_row(uid, parcel, position, code, list_version, area) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?
    .execute(params![Uid::fresh().to_string(), child, position as i64, code, version, area])?;
    Ok(op.last_insert_rowid())
}

pub fn set_use_area(op: &Operation<'_>, row: i64, area: Option<f64>) -> Result<()> {
    op.prepare_cached("UPDATE land_use_row SET area=?2 WHERE fid=?1 AND area IS NOT ?2")?
        .execute(params![row, area])?;
    Ok(())
}

fn real(x: Option<f64>) -> Value {
    x.map_or(Value::Null, Value::Real)
}

/// Tables whose live rows on a parent pass to each child as they are.
const CARRIED: [&str; 3] = ["mortgage", "restriction", "hold"];

/// Copies live mortgages, restrictions and such holds as do not block to `child`. A copied mortgage names the one it
/// continues. `goes`: whether a row (table, fid) goes to this child.
pub fn carry(op: &Operation<'_>, parent: i64, child: i64, goes: &dyn Fn(&str, i64) -> bool) -> Result<()> {
    for table in CARRIED {
        for fid in live(op, table, parent)?.into_iter().filter(|f| goes(table, *f)) {
            let mut other = vec![("parcel", Value::Integer(child))];
            if table == "mortgage" {
                other.push(("parent", Value::Integer(fid)));
            }
            copy(op, table, fid, &other)?;
        }
    }
    Ok(())
}

fn live(conn: &Connection, table: &str, parcel: i64) -> Result<Vec<i64>> {
    let mut stmt = conn.prepare_cached(&format!(
        "SELECT fid FROM {} WHERE parcel=?1 AND status='HIEN_HANH' ORDER BY fid",
        quoted(table)
    ))?;
    let fids = stmt.query_map([parcel], |r| r.get(0))?;
    Ok(fids.collect::<rusqlite::Result<_>>()?)
}

/// A live right on a parent.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Right {
    pub fid: i64,
    pub land_use_row: Option<i64>,
    /// m².
    pub area: Option<f64>,
}

pub fn rights(conn: &Connection, parcel: i64) -> Result<Vec<Right>> {
    let mut stmt = conn.prepare_cached(
        "SELECT fid, land_use_row, area FROM \"right\" WHERE parcel=?1 AND status='HIEN_HANH' ORDER BY fid",
    )?;
    let rows = stmt.query_map([parcel], |r| {
        Ok(Right {
            fid: r.get(0)?,
            land_use_row: r.get(1)?,
            area: r.get(2)?,
        })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Gives `child` the right of a parent. One it has already from another parent (same party, share, certificate, row)
/// only grows.
pub fn copy_right(
    op: &Operation<'_>,
    right: Right,
    child: i64,
    land_use_row: Option<i64>,
    area: Option<f64>,
) -> Result<()> {
    let same: Option<i64> = op
        .prepare_cached(
            "SELECT c.fid FROM \"right\" c JOIN \"right\" p ON p.fid=?1 WHERE c.parcel=?2 AND c.land_use_row IS ?3 \
               AND c.kind=p.kind AND c.party=p.party AND c.asset IS p.asset AND c.certificate IS p.certificate \
               AND c.share_numerator IS p.share_numerator AND c.share_denominator IS p.share_denominator \
               AND c.shared IS p.shared AND c.origin IS p.origin AND c.term IS p.term AND c.status=p.status LIMIT 1",
        )?
        .query_map(params![right.fid, child, land_use_row], |r| r.get(0))?
        .next()
        .transpose()?;
    match same {
        Some(fid) => {
            op.prepare_cached("UPDATE \"right\" SET area=area+?2 WHERE fid=?1")?
                .execute(params![fid, area])?;
        }
        None => {
            let row = land_use_row.map_or(Value::Null, Value::Integer);
            let other = [
                ("parcel", Value::Integer(child)),
                ("land_use_row", row),
                ("area", real(area)),
            ];
            copy(op, "right", right.fid, &other)?;
        }
    }
    Ok(())
}

pub fn set_right_area(op: &Operation<'_>, right: i64, area: Option<f64>) -> Result<()> {
    op.prepare_cached("UPDATE \"right\" SET area=?2 WHERE fid=?1 AND area IS NOT ?2")?
        .execute(params![right, area])?;
    Ok(())
}

/// Ends what rests on a parcel that went out of force, on `date` (yyyy-MM-dd).
pub fn end(op: &Operation<'_>, parent: i64, date: &str) -> Result<()> {
    op.prepare_cached(
        "UPDATE \"right\" SET status='LICH_SU', ended_on=?2 WHERE parcel=?1 AND status='HIEN_HANH'",
    )?
    .execute(params![parent, date])?;
    for table in CARRIED {
        op.prepare_cached(&format!(
            "UPDATE {} SET status='LICH_SU' WHERE parcel=?1 AND status='HIEN_HANH'",
            quoted(table)
        ))?
        .execute([parent])?;
    }
    Ok(())
}

/// Houses and works on a parcel, with their shape where there is one.
pub fn assets(conn: &Connection, parcel: i64) -> Result<Vec<(i64, Option<Polygon>)>> {
    let mut stmt = conn
        .prepare_cached("SELECT fid, geom FROM asset WHERE parcel=?1 AND status='HIEN_HANH' ORDER BY fid")?;
    let mut rows = stmt.query([parcel])?;
    let mut out = Vec::new();
    while let Some(row) = rows.next()? {
        let blob: Option<Vec<u8>> = row.get(1)?;
        out.push((row.get(0)?, blob.map(|b| geometry::decode(&b)).transpose()?));
    }
    Ok(out)
}

/// The shape of one, where there is one.
pub fn asset_shape(conn: &Connection, asset: i64) -> Result<Option<Polygon>> {
    let blob: Option<Vec<u8>> = conn
        .prepare_cached("SELECT geom FROM asset WHERE fid=?1")?
        .query_row([asset], |r| r.get(0))?;
    Ok(blob.map(|b| geometry::decode(&b)).transpose()?)
}

pub fn move_asset(op: &Operation<'_>, asset: i64, parcel: i64) -> Result<()> {
    op.prepare_cached("UPDATE asset SET parcel=?2 WHERE fid=?1")?
        .execute([asset, parcel])?;
    Ok(())
}
