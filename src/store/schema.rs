//! Makes the tables, the rows GeoPackage wants, the R-trees and all triggers of a district file; knows which triggers
//! must be there.

use rusqlite::{Connection, params};

use super::error::Result;
use super::tables::{Kind, TABLES, Table, quoted};
use super::{journal, srs};
use crate::domain::Failure;
use crate::msg;

/// Number of the schema this version writes. Each older one has a step in migrate.rs.
pub const SCHEMA: i64 = 4;

/// The tables and indexes.
pub const DDL: &str = include_str!("schema.sql");

/// Our extension of GeoPackage: other programs may read everything and write nothing.
const EXTENSION: &str = "diachinh_register";
const EXTENSION_TEXT: &str = "District file of diachinh; schema number in table setting. Every write is journalled by triggers: \
     change it only through the program. Columns *_p hold personal values.";
const RTREE: &str = "http://www.geopackage.org/guidance/extensions/rtree_spatial_indexes.html";

/// One trigger as it must stand in the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trigger {
    pub name: String,
    pub sql: String,
}

/// Makes everything in an empty file. Call inside a transaction. `at`: RFC 3339 UTC, for gpkg_contents.
pub fn create(conn: &Connection, epsg: i32, at: &str) -> Result<()> {
    conn.execute_batch(DDL)?;
    reference_systems(conn, epsg)?;
    for table in TABLES {
        contents(conn, table, epsg, at)?;
    }
    conn.execute(
        "INSERT INTO gpkg_extensions VALUES (NULL, NULL, ?1, ?2, 'write-only')",
        [EXTENSION, EXTENSION_TEXT],
    )?;
    for trigger in triggers(conn)? {
        conn.execute_batch(&trigger.sql)?;
    }
    Ok(())
}

fn reference_systems(conn: &Connection, epsg: i32) -> Result<()> {
    let (name, wkt) = srs::vn2000(epsg)?;
    let mut add = conn.prepare("INSERT INTO gpkg_spatial_ref_sys VALUES (?1, ?2, ?3, ?4, ?5, ?6)")?;
    add.execute(params![
        "Undefined cartesian SRS",
        -1,
        "NONE",
        -1,
        "undefined",
        "undefined cartesian coordinate reference system"
    ])?;
    add.execute(params![
        "Undefined geographic SRS",
        0,
        "NONE",
        0,
        "undefined",
        "undefined geographic coordinate reference system"
    ])?;
    add.execute(params![
        "WGS 84 geodetic",
        4326,
        "EPSG",
        4326,
        srs::WGS84,
        "longitude/latitude coordinates in decimal degrees on the WGS 84 spheroid"
    ])?;
    add.execute(params![
        name,
        epsg,
        "EPSG",
        epsg,
        wkt,
        "VN-2000, easting and northing in metres"
    ])?;
    Ok(())
}

fn contents(conn: &Connection, table: &Table, epsg: i32, at: &str) -> Result<()> {
    let kind = match table.kind {
        Kind::Features(_) => "features",
        Kind::Attributes => "attributes",
        Kind::Internal => return Ok(()),
    };
    let srs = matches!(table.kind, Kind::Features(_)).then_some(epsg);
    conn.execute(
        "INSERT INTO gpkg_contents(table_name, data_type, identifier, last_change, srs_id) VALUES (?1, ?2, ?1, ?3, ?4)",
        params![table.name, kind, at, srs],
    )?;
    if let Kind::Features(geometry) = table.kind {
        conn.execute(
            "INSERT INTO gpkg_geometry_columns VALUES (?1, 'geom', ?2, ?3, 0, 0)",
            params![table.name, geometry, epsg],
        )?;
        conn.execute(
            "INSERT INTO gpkg_extensions VALUES (?1, 'geom', 'gpkg_rtree_index', ?2, 'write-only')",
            [table.name, RTREE],
        )?;
        conn.execute_batch(&format!(
            "CREATE VIRTUAL TABLE rtree_{}_geom USING rtree(id, minx, maxx, miny, maxy)",
            table.name
        ))?;
    }
    Ok(())
}

/// Every trigger the file must have: R-tree upkeep, journal, guards. Generated from the columns there are.
pub fn triggers(conn: &Connection) -> Result<Vec<Trigger>> {
    let mut all = journal::guards();
    for table in TABLES {
        if let Kind::Features(_) = table.kind {
            all.extend(rtree_triggers(table.name));
        }
        if table.journalled() {
            all.extend(journal::triggers(table.name, &columns(conn, table.name)?));
        }
    }
    Ok(all)
}

/// Columns of a table in order.
pub fn columns(conn: &Connection, table: &str) -> Result<Vec<String>> {
    let mut stmt = conn.prepare_cached("SELECT name FROM pragma_table_info(?1) ORDER BY cid")?;
    let names = stmt
        .query_map([table], |r| r.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    Ok(names)
}

/// Removes the journal and R-tree triggers of a table for bulk work; [`resume`] in the same transaction puts them back.
pub fn suspend(conn: &Connection, table: &str) -> Result<()> {
    for trigger in of_table(conn, table)? {
        conn.execute_batch(&format!("DROP TRIGGER {}", quoted(&trigger.name)))?;
    }
    Ok(())
}

/// Puts back what [`suspend`] removed.
pub fn resume(conn: &Connection, table: &str) -> Result<()> {
    for trigger in of_table(conn, table)? {
        conn.execute_batch(&trigger.sql)?;
    }
    Ok(())
}

fn of_table(conn: &Connection, table: &str) -> Result<Vec<Trigger>> {
    let mut own = journal::triggers(table, &columns(conn, table)?);
    if TABLES
        .iter()
        .any(|t| t.name == table && matches!(t.kind, Kind::Features(_)))
    {
        own.extend(rtree_triggers(table));
    }
    Ok(own)
}

/// Compares the triggers in the file with those that must be there: another program may have dropped or changed some,
/// and then the journal no longer tells the truth.
pub fn check_triggers(conn: &Connection) -> Result<()> {
    let mut stmt = conn.prepare("SELECT sql FROM sqlite_master WHERE type='trigger' AND name=?1")?;
    let mut wrong = Vec::new();
    for trigger in triggers(conn)? {
        let there: Option<String> = stmt.query_row([&trigger.name], |r| r.get(0)).ok();
        if there.as_deref() != Some(trigger.sql.as_str()) {
            wrong.push(trigger.name);
        }
    }
    let Some(first) = wrong.first() else { return Ok(()) };
    let n = wrong.len();
    Err(Failure::new(
        "TRIGGERS_ALTERED",
        msg!(
            "Một chương trình khác đã sửa phần bảo vệ nhật ký của tệp ({n} trigger, trước hết là {first}). Tệp chỉ được mở để xem.",
            "Another program changed what protects the journal of this file ({n} triggers, the first is {first}). It is open for reading only."
        ),
    )
    .remedy(msg!(
        "Hãy khôi phục bản sao lưu; hoặc kiểm tra dữ liệu rồi chuyển sang tệp mới bằng dump và load.",
        "Restore a backup; or check the data and move it to a new file with dump and load."
    ))
    .into())
}

/// The triggers of gpkg_rtree_index (OGC 12-128r17 annex F.3) for `geom` of one table.
fn rtree_triggers(t: &str) -> Vec<Trigger> {
    let insert = "(NEW.fid, ST_MinX(NEW.geom), ST_MaxX(NEW.geom), ST_MinY(NEW.geom), ST_MaxY(NEW.geom))";
    let full = "(NEW.geom NOTNULL AND NOT ST_IsEmpty(NEW.geom))";
    let empty = "(NEW.geom ISNULL OR ST_IsEmpty(NEW.geom))";
    let r = format!("rtree_{t}_geom");
    let parts = [
        (
            "insert",
            format!("AFTER INSERT ON {t} WHEN {full} BEGIN INSERT OR REPLACE INTO {r} VALUES {insert}; END"),
        ),
        (
            "update1",
            format!(
                "AFTER UPDATE OF geom ON {t} WHEN OLD.fid = NEW.fid AND {full} BEGIN INSERT OR REPLACE INTO {r} VALUES {insert}; END"
            ),
        ),
        (
            "update2",
            format!(
                "AFTER UPDATE OF geom ON {t} WHEN OLD.fid = NEW.fid AND {empty} BEGIN DELETE FROM {r} WHERE id = OLD.fid; END"
            ),
        ),
        (
            "update3",
            format!(
                "AFTER UPDATE ON {t} WHEN OLD.fid != NEW.fid AND {full} BEGIN DELETE FROM {r} WHERE id = OLD.fid; INSERT OR REPLACE INTO {r} VALUES {insert}; END"
            ),
        ),
        (
            "update4",
            format!(
                "AFTER UPDATE ON {t} WHEN OLD.fid != NEW.fid AND {empty} BEGIN DELETE FROM {r} WHERE id IN (OLD.fid, NEW.fid); END"
            ),
        ),
        (
            "delete",
            format!(
                "AFTER DELETE ON {t} WHEN OLD.geom NOTNULL BEGIN DELETE FROM {r} WHERE id = OLD.fid; END"
            ),
        ),
    ];
    parts
        .into_iter()
        .map(|(name, body)| Trigger {
            sql: format!("CREATE TRIGGER {r}_{name} {body}"),
            name: format!("{r}_{name}"),
        })
        .collect()
}
