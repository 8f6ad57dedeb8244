//! Writes many rows into one table: many to a statement, numbered without gaps, hashed on the way.

use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, Statement};
use sha2::{Digest, Sha256};

use super::super::error::Result;
use super::super::journal::hex;
use super::super::tables::quoted;
use crate::domain::Uid;

/// One value of a row.
#[derive(Clone, Copy, Debug)]
pub enum Cell<'a> {
    Null,
    Int(i64),
    Real(f64),
    Text(&'a str),
    Uid(Uid),
    Blob(&'a [u8]),
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

impl<'a> From<Option<&'a [u8]>> for Cell<'a> {
    fn from(b: Option<&'a [u8]>) -> Self {
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

/// The rows of one table in making, and their hash, kept up on the thread that makes them.
pub struct Rows {
    width: usize,
    next: i64,
    from: i64,
    sha: Sha256,
    block: Block,
}

/// Finished rows, one after the other, each value as in the hash: one allocation for thousands of rows.
#[derive(Debug, Default)]
pub struct Block {
    rows: usize,
    bytes: Vec<u8>,
}

/// What was written into one table, for its row in `change`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    pub from: i64,
    pub rows: i64,
    pub sha256: String,
}

impl Rows {
    /// Numbers follow the highest `fid` the table ever had.
    pub fn after_the_last(conn: &Connection, target: &Target) -> Result<Self> {
        let last: i64 = conn.query_row(
            "SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name=?1), 0)",
            [target.table],
            |r| r.get(0),
        )?;
        let next = last + 1;
        Ok(Self {
            width: target.columns.len(),
            next,
            from: next,
            sha: Sha256::new(),
            block: Block::default(),
        })
    }

    /// The fid the next row gets.
    pub fn next(&self) -> i64 {
        self.next
    }

    /// Adds a row (without its fid); gives the fid.
    pub fn push<const N: usize>(&mut self, row: [Cell<'_>; N]) -> i64 {
        debug_assert_eq!(N + 1, self.width);
        let fid = self.next;
        self.next += 1;
        self.block.rows += 1;
        let out = &mut self.block.bytes;
        canonical(out, ValueRef::Integer(fid));
        for cell in row {
            put(out, cell);
        }
        fid
    }

    /// Gives the rows since the last call in `block`, whose room is used for the next.
    pub fn take(&mut self, block: &mut Block) {
        self.sha.update(&self.block.bytes);
        block.rows = 0;
        block.bytes.clear();
        std::mem::swap(&mut self.block, block);
    }

    /// Call after the last [`Rows::take`].
    pub fn finish(self) -> Written {
        debug_assert_eq!(self.block.rows, 0);
        Written {
            from: self.from,
            rows: self.next - self.from,
            sha256: hex(&self.sha.finalize()),
        }
    }
}

fn put(out: &mut Vec<u8>, cell: Cell<'_>) {
    let mut buffer = [0; uuid::fmt::Hyphenated::LENGTH];
    canonical(
        out,
        match cell {
            Cell::Null => ValueRef::Null,
            Cell::Int(i) => ValueRef::Integer(i),
            Cell::Real(x) => ValueRef::Real(x),
            Cell::Text(t) => ValueRef::Text(t.as_bytes()),
            Cell::Uid(u) => ValueRef::Text(u.0.as_hyphenated().encode_lower(&mut buffer).as_bytes()),
            Cell::Blob(b) => ValueRef::Blob(b),
        },
    );
}

/// A value with its type and, of text and blobs, its length: the hash of a bulk row in `change` is SHA-256
/// over all columns of all its rows in order of `fid`.
pub fn canonical(out: &mut Vec<u8>, v: ValueRef<'_>) {
    match v {
        ValueRef::Null => out.push(0),
        ValueRef::Integer(i) => {
            out.push(1);
            out.extend(i.to_le_bytes());
        }
        ValueRef::Real(x) => {
            out.push(2);
            out.extend(x.to_bits().to_le_bytes());
        }
        ValueRef::Text(t) => sized(out, 3, t),
        ValueRef::Blob(b) => sized(out, 4, b),
    }
}

/// SQLite holds no value of 4 GB.
fn sized(out: &mut Vec<u8>, tag: u8, bytes: &[u8]) {
    out.push(tag);
    out.extend((bytes.len() as u32).to_le_bytes());
    out.extend(bytes);
}

/// Takes the next value that [`canonical`] put there.
fn value<'a>(bytes: &mut &'a [u8]) -> Option<ValueRef<'a>> {
    let (tag, rest) = bytes.split_first()?;
    *bytes = rest;
    Some(match tag {
        0 => ValueRef::Null,
        1 => ValueRef::Integer(i64::from_le_bytes(fixed(bytes)?)),
        2 => ValueRef::Real(f64::from_le_bytes(fixed(bytes)?)),
        _ => {
            let len = u32::from_le_bytes(fixed(bytes)?);
            let (content, rest) = bytes.split_at_checked(len as usize)?;
            *bytes = rest;
            if *tag == 3 {
                ValueRef::Text(content)
            } else {
                ValueRef::Blob(content)
            }
        }
    })
}

fn fixed<const N: usize>(bytes: &mut &[u8]) -> Option<[u8; N]> {
    let (head, rest) = bytes.split_first_chunk::<N>()?;
    *bytes = rest;
    Some(*head)
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

    pub fn insert(&mut self, block: &Block) -> Result<()> {
        let mut bytes = block.bytes.as_slice();
        for _ in 0..block.rows / GROUP {
            run(&mut self.many, GROUP * self.width, &mut bytes)?;
        }
        for _ in 0..block.rows % GROUP {
            run(&mut self.one, self.width, &mut bytes)?;
        }
        Ok(())
    }
}

fn run(statement: &mut Statement<'_>, values: usize, bytes: &mut &[u8]) -> Result<()> {
    for i in 1..=values {
        let value = value(bytes).expect("as many values were put there");
        statement.raw_bind_parameter(i, ToSqlOutput::Borrowed(value))?;
    }
    statement.raw_execute()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_come_back_as_they_were_put() {
        let uid = Uid::fresh();
        let text = uid.to_string();
        let mut bytes = Vec::new();
        let cells = [
            Cell::Null,
            Cell::Int(-7),
            Cell::Real(-0.5),
            Cell::Text("tờ"),
            Cell::Text(""),
            Cell::Uid(uid),
            Cell::Blob(&[0, 255]),
        ];
        cells.into_iter().for_each(|c| put(&mut bytes, c));
        let mut rest = bytes.as_slice();
        let back: Vec<_> = std::iter::from_fn(|| value(&mut rest)).collect();
        let expected = [
            ValueRef::Null,
            ValueRef::Integer(-7),
            ValueRef::Real(-0.5),
            ValueRef::Text("tờ".as_bytes()),
            ValueRef::Text(b""),
            ValueRef::Text(text.as_bytes()),
            ValueRef::Blob(&[0, 255]),
        ];
        assert_eq!(back, expected);
        assert!(rest.is_empty());
        let cut = &bytes[..bytes.len() - 1];
        assert_eq!(value(&mut &cut[cut.len() - 6..]), None);
    }
}
