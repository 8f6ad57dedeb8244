//! The register as text, one record a line: for tests, for comparing two files, for moving to a new file.
//!
//! ```text
//! diachinh-dump 1 EPSG:9210
//! parcel 25747/12/45 019…-uid commune="25747" sheet="12" number="45" area_legal=120.5 geom=((1 2,3 2,3 4))
//! land_use_row 25747/12/45#1 019…-uid parcel=019…-uid position=1 code="ODT"
//! ```
//!
//! Table, natural key, uid, then columns in the order of the schema; sorted by the first three, as bytes. NULL is
//! left out, "" is the empty text. Texts are JSON strings; coordinates whole millimetres, easting before northing,
//! rings not closed; other blobs `x'…'`. A reference is the uid of the record it means. Registered and decision
//! tables only: no operations, nothing derived. Personal values only when asked for.
//!
//! `--no-uid` is for comparing two imports: uids are left out, references give the natural key, and what tells
//! where the records came from (`source_file`, `source_record`, `quarantine`) is left out.

mod keys;
pub mod value;

use std::io::Write;

use rusqlite::{Connection, Row};

use self::value::{Column, Kind};
use super::error::{Result, StoreError};
use super::files::{WRITING, io_failure};
use super::tables::{journalled, quoted};
use crate::domain::Failure;

/// What a dump holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DumpOptions {
    /// Personal values too.
    pub personal: bool,
    /// For comparing: natural keys in place of uids.
    pub no_uid: bool,
}

/// First words of the header.
pub const HEADER: &str = "diachinh-dump 1 EPSG:";
/// Where records came from, not what they say.
const PROVENANCE: [&str; 3] = ["source_file", "source_record", "quarantine"];

/// Writes the dump of a file in zone `epsg`.
pub fn dump(conn: &Connection, epsg: i32, options: DumpOptions, out: &mut dyn Write) -> Result<()> {
    conn.execute_batch("SAVEPOINT dump")?;
    let done = all(conn, epsg, options, out);
    conn.execute_batch("RELEASE dump")?;
    done
}

fn all(conn: &Connection, epsg: i32, options: DumpOptions, out: &mut dyn Write) -> Result<()> {
    put(out, &format!("{HEADER}{epsg}\n"))?;
    let mut tables: Vec<_> = journalled().map(|t| t.name).collect();
    tables.sort_unstable();
    for table in tables {
        if !(options.no_uid && PROVENANCE.contains(&table)) {
            one_table(conn, table, epsg, options, out)?;
        }
    }
    out.flush().map_err(|e| cannot_write(&e))
}

fn one_table(
    conn: &Connection,
    table: &str,
    epsg: i32,
    options: DumpOptions,
    out: &mut dyn Write,
) -> Result<()> {
    let mut columns = value::columns(conn, table)?;
    columns.retain(|c| options.personal || c.kind != Kind::Personal);
    let mut stmt = conn.prepare(&query(table, &columns, options))?;
    let mut rows = stmt.query([])?;
    // Records of one key stand together; without uids their lines decide the order.
    let (mut last, mut tied) = (String::new(), Vec::new());
    while let Some(row) = rows.next()? {
        let key: String = row.get(0)?;
        let line = line(conn, table, &key, row, &columns, epsg, options)?;
        if key != last || !options.no_uid {
            flush(out, &mut tied)?;
            last = key;
        }
        tied.push(line);
    }
    flush(out, &mut tied)
}

fn flush(out: &mut dyn Write, tied: &mut Vec<String>) -> Result<()> {
    tied.sort_unstable();
    tied.drain(..).try_for_each(|line| put(out, &line))
}

fn put(out: &mut dyn Write, text: &str) -> Result<()> {
    out.write_all(text.as_bytes()).map_err(|e| cannot_write(&e))
}

fn cannot_write(e: &std::io::Error) -> StoreError {
    let failure: Failure = io_failure(e, "dump".as_ref(), WRITING);
    failure.into()
}

fn query(table: &str, columns: &[Column], options: DumpOptions) -> String {
    let mut cells = vec![format!("{} AS k", keys::of(table, "t")), "t.uid".to_owned()];
    for column in columns {
        let name = quoted(&column.name);
        cells.push(match &column.kind {
            Kind::Reference(to) if options.no_uid => keys::through(to, &format!("t.{name}"), 0),
            Kind::Reference(to) => format!("(SELECT uid FROM {} WHERE fid=t.{name})", quoted(to)),
            _ => format!("t.{name}"),
        });
    }
    let cells = cells.join(", ");
    format!(
        "SELECT {cells} FROM {} t ORDER BY k COLLATE BINARY, t.uid COLLATE BINARY",
        quoted(table)
    )
}

fn line(
    conn: &Connection,
    table: &str,
    key: &str,
    row: &Row<'_>,
    columns: &[Column],
    epsg: i32,
    options: DumpOptions,
) -> Result<String> {
    let mut line = format!("{table} {}", value::word(key));
    if !options.no_uid {
        line.push(' ');
        line += &row.get::<_, String>(1)?;
    }
    for (i, column) in columns.iter().enumerate() {
        let cell = row.get_ref(i + 2)?;
        let text = match cell {
            rusqlite::types::ValueRef::Text(t)
                if options.no_uid && keys::MENTIONS.contains(&column.name.as_str()) =>
            {
                Some(value::text(&keys::without_uids(
                    conn,
                    &String::from_utf8_lossy(t),
                )?))
            }
            _ => value::write(column, cell, epsg)?,
        };
        if let Some(text) = text {
            line.push(' ');
            line += &column.name;
            line.push('=');
            line += &text;
        }
    }
    line.push('\n');
    Ok(line)
}
