//! Writes many rows into one table: many to a statement, numbered without gaps, hashed on the way.

use rusqlite::types::ValueRef;
use rusqlite::{Connection, Statement};
use sha2::{Digest, Sha256};

use super::super::error::Result;
use super::super::journal::hex;
use super::super::tables::quoted;
use crate::domain::Uid;

/// One value of a row.
#[derive(Clone, Debug)]
pub enum Cell<'a> {
    Null,
    Int(i64),
    Real(f64),
    Text(&'a str),
    Uid(Uid),
    Blob(Vec<u8>),
}

impl<'a> From<Option<&'a str>> for Cell<'a> {
    fn from(s: Option<&'a str>) -> Self {
        s.map_or(Self::Null, Self::Text)
    }
}

impl From<Option<f64>> for Cell<'_> {
    fn from(x: Option<f64>) -> Self {
        x.map_or(Self::Null, Self::Real)
    }
}

impl From<Option<Vec<u8>>> for Cell<'_> {
    fn from(b: Option<Vec<u8>>) -> Self {
        b.map_or(Self::Null, Self::Blob)
    }
}

/// A table and the columns bulk work fills, `fid` first.
#[derive(Debug)]
pub struct Target {
    pub table: &'static str,
    pub columns: &'static [&'static str],
}

impl Target {
    fn insert(&self, rows: usize) -> String {
        let columns: Vec<_> = self.columns.iter().map(|c| quoted(c)).collect();
        let row = format!("({})", vec!["?"; columns.len()].join(","));
        let rows = vec![row.as_str(); rows].join(",");
        format!(
            "INSERT OR ROLLBACK INTO {} ({}) VALUES {rows}",
            quoted(self.table),
            columns.join(",")
        )
    }
}

impl Target {
    /// Count and hash of the rows `from..=to` as they stand in the file.
    pub fn hash_of_rows(&self, conn: &Connection, from: i64, to: i64) -> Result<(i64, String)> {
        let columns: Vec<_> = self.columns.iter().map(|c| quoted(c)).collect();
        let sql = format!(
            "SELECT {} FROM {} WHERE fid BETWEEN ?1 AND ?2 ORDER BY fid",
            columns.join(","),
            quoted(self.table)
        );
        let mut stmt = conn.prepare(&sql)?;
        let mut rows = stmt.query([from, to])?;
        let (mut sha, mut bytes, mut count) = (Sha256::new(), Vec::new(), 0);
        while let Some(row) = rows.next()? {
            bytes.clear();
            for i in 0..columns.len() {
                canonical(&mut bytes, row.get_ref(i)?);
            }
            sha.update(&bytes);
            count += 1;
        }
        Ok((count, hex(&sha.finalize())))
    }
}

/// The rows of one table in making: whole rows, one after the other; and their hash, kept up on the
/// thread that makes them.
pub struct Rows<'a> {
    width: usize,
    next: i64,
    from: i64,
    sha: Sha256,
    bytes: Vec<u8>,
    cells: Vec<Cell<'a>>,
}

/// What was written into one table, for its row in `change`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    pub from: i64,
    pub rows: i64,
    pub sha256: String,
}

impl<'a> Rows<'a> {
    /// Numbers follow the highest `fid` the table ever had.
    pub fn after_the_last(conn: &Connection, target: &Target) -> Result<Self> {
        let last: i64 = conn.query_row(
            "SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name=?1), 0)",
            [target.table],
            |r| r.get(0),
        )?;
        let width = target.columns.len();
        let next = last + 1;
        Ok(Self {
            width,
            next,
            from: next,
            sha: Sha256::new(),
            bytes: Vec::new(),
            cells: Vec::new(),
        })
    }

    /// Adds a row (without its fid); gives the fid.
    pub fn push<const N: usize>(&mut self, row: [Cell<'a>; N]) -> i64 {
        debug_assert_eq!(N + 1, self.width);
        let fid = self.next;
        self.next += 1;
        self.bytes.clear();
        let start = self.cells.len();
        self.cells.push(Cell::Int(fid));
        self.cells.extend(row);
        for cell in &self.cells[start..] {
            with_value(cell, |v| canonical(&mut self.bytes, v));
        }
        self.sha.update(&self.bytes);
        fid
    }

    /// The rows since the last call.
    pub fn take(&mut self) -> Vec<Cell<'a>> {
        let room = self.cells.len();
        std::mem::replace(&mut self.cells, Vec::with_capacity(room))
    }

    pub fn finish(self) -> Written {
        Written {
            from: self.from,
            rows: self.next - self.from,
            sha256: hex(&self.sha.finalize()),
        }
    }
}

/// Runs `f` on the value as SQLite will hold it.
fn with_value<R>(cell: &Cell<'_>, f: impl FnOnce(ValueRef<'_>) -> R) -> R {
    let mut buffer = [0; uuid::fmt::Hyphenated::LENGTH];
    f(match cell {
        Cell::Null => ValueRef::Null,
        Cell::Int(i) => ValueRef::Integer(*i),
        Cell::Real(x) => ValueRef::Real(*x),
        Cell::Text(t) => ValueRef::Text(t.as_bytes()),
        Cell::Uid(u) => ValueRef::Text(u.0.as_hyphenated().encode_lower(&mut buffer).as_bytes()),
        Cell::Blob(b) => ValueRef::Blob(b),
    })
}

/// A value with its type and length, as in the hash chain of the journal: the hash of a bulk row in
/// `change` is SHA-256 over all columns of all its rows in order of `fid`.
pub fn canonical(out: &mut Vec<u8>, v: ValueRef<'_>) {
    let (integer, real);
    let (tag, bytes): (u8, &[u8]) = match v {
        ValueRef::Null => (0, &[]),
        ValueRef::Integer(i) => {
            integer = i.to_le_bytes();
            (1, &integer)
        }
        ValueRef::Real(x) => {
            real = x.to_bits().to_le_bytes();
            (2, &real)
        }
        ValueRef::Text(t) => (3, t),
        ValueRef::Blob(b) => (4, b),
    };
    out.push(tag);
    out.extend((bytes.len() as u64).to_le_bytes());
    out.extend(bytes);
}

/// Rows to a statement: 8 cost a tenth more time, 128 save nothing (measured).
const GROUP: usize = 64;

/// The prepared statements of one table.
pub struct Inserter<'c> {
    width: usize,
    many: Statement<'c>,
    one: Statement<'c>,
}

impl<'c> Inserter<'c> {
    pub fn new(conn: &'c Connection, target: &Target) -> Result<Self> {
        Ok(Self {
            width: target.columns.len(),
            many: conn.prepare(&target.insert(GROUP))?,
            one: conn.prepare(&target.insert(1))?,
        })
    }

    /// Inserts whole rows.
    pub fn insert(&mut self, cells: &[Cell<'_>]) -> Result<()> {
        let groups = cells.chunks_exact(self.width * GROUP);
        let rest = groups.remainder();
        for group in groups {
            run(&mut self.many, group)?;
        }
        for row in rest.chunks_exact(self.width) {
            run(&mut self.one, row)?;
        }
        Ok(())
    }
}

fn run(statement: &mut Statement<'_>, cells: &[Cell<'_>]) -> Result<()> {
    for (i, cell) in cells.iter().enumerate() {
        with_value(cell, |v| {
            statement.raw_bind_parameter(i + 1, rusqlite::types::ToSqlOutput::Borrowed(v))
        })?;
    }
    statement.raw_execute()?;
    Ok(())
}
