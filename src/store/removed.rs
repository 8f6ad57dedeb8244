//! Rows that the undo of a bulk change takes away, packed into blobs so that a redo writes exactly them again.
//!
//! A blob holds some thousand rows, column by column as `removed_rows.columns` names them. One value is one byte for its
//! type (0 NULL, 1 integer, 2 real, 3 text, 4 blob), then nothing, eight bytes little endian, or the length as LEB128 and
//! the bytes. Undone and redone twice, the same rows give the same blob, which is kept once.

use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, OptionalExtension, Statement, params};
use sha2::{Digest, Sha256};

use super::error::Result;
use super::journal::{Operation, hex};
use super::packed_rtree::Entry;
use super::tables::quoted;
use super::{geometry, schema};
use crate::domain::Failure;
use crate::job::Progress;
use crate::msg;

/// Rows and bytes to a blob, at most; a single row may be larger.
const ROWS: i64 = 2048;
const BYTES: usize = 4 << 20;

/// Rows to an INSERT, as bulk/table.rs has it.
const GROUP: usize = 64;

/// Takes the rows `from..=to` of `table`, whose triggers are suspended, away and keeps them. Gives how many there were.
pub fn take_away(op: &Operation<'_>, table: &str, from: i64, to: i64, progress: &Progress) -> Result<i64> {
    let names = schema::columns(op, table)?;
    let columns = serde_json::to_string(&names).unwrap_or_default();
    let listed: Vec<_> = names.iter().map(|n| quoted(n)).collect();
    let t = quoted(table);
    let mut select = op.prepare(&format!(
        "SELECT fid, {} FROM {t} WHERE fid BETWEEN ?1 AND ?2 ORDER BY fid",
        listed.join(",")
    ))?;
    let mut delete = op.prepare(&format!("DELETE FROM {t} WHERE fid BETWEEN ?1 AND ?2"))?;
    let (mut next, mut all, mut packed) = (from, 0, Packed::default());
    loop {
        packed.fill(&mut select, next, to)?;
        if packed.rows == 0 {
            return Ok(all);
        }
        let sha256 = hash(&columns, &packed.bytes);
        op.prepare_cached(
            "INSERT OR IGNORE INTO removed_rows(tbl, row, sha256, columns, content) VALUES (?1, ?2, ?3, ?4, ?5)",
        )?
        .execute(params![table, packed.from, sha256, columns, packed.bytes])?;
        delete.execute([packed.from, packed.to])?;
        op.note_removed(table, packed.from, packed.to, packed.rows, &sha256)?;
        progress.step(packed.rows as u64)?;
        all += packed.rows;
        next = packed.to + 1;
    }
}

/// Writes rows taken away before again, noted as a bulk change; the boxes of those with a geometry go to `boxes`.
pub fn put_back(
    op: &Operation<'_>,
    table: &str,
    (from, to, count): (i64, i64, i64),
    sha256: &str,
    boxes: &mut Vec<Entry>,
) -> Result<()> {
    let kept = Kept::read(op, table, from, sha256)?;
    let (fid, geom) = (kept.column("fid"), kept.column("geom"));
    let mut inserter = Inserter::new(op, table, &kept.names)?;
    let mut group = Vec::new();
    let rows = kept.for_each(|row| {
        let at = |column: Option<usize>| column.map(|i| row[i]);
        if let (Some(ValueRef::Integer(fid)), Some(ValueRef::Blob(geom))) = (at(fid), at(geom)) {
            boxes.extend(geometry::envelope(geom).map(|b| Entry::of_envelope(fid, b)));
        }
        group.extend_from_slice(row);
        inserter.insert(&mut group, false)
    })?;
    inserter.insert(&mut group, true)?;
    if rows != count {
        return Err(damaged(table).into());
    }
    op.note_bulk(table, from, to, rows, sha256)
}

/// Rows taken away, read again.
pub struct Kept {
    table: String,
    names: Vec<String>,
    content: Vec<u8>,
}

impl Kept {
    /// Those of `table` from fid `from` on with this hash. Fails when they are no longer what was kept.
    pub fn read(conn: &Connection, table: &str, from: i64, sha256: &str) -> Result<Self> {
        let (columns, content): (String, Vec<u8>) = conn
            .prepare_cached(
                "SELECT columns, content FROM removed_rows WHERE tbl=?1 AND row=?2 AND sha256=?3",
            )?
            .query_row(params![table, from, sha256], |r| Ok((r.get(0)?, r.get(1)?)))
            .optional()?
            .ok_or_else(|| damaged(table))?;
        if hash(&columns, &content) != sha256 {
            return Err(damaged(table).into());
        }
        let names: Vec<String> = serde_json::from_str(&columns).map_err(|_| damaged(table))?;
        Ok(Self {
            table: table.to_owned(),
            names,
            content,
        })
    }

    /// Where a column stands in a row.
    pub fn column(&self, name: &str) -> Option<usize> {
        self.names.iter().position(|n| n == name)
    }

    /// Calls `each` with every row; gives how many there are.
    pub fn for_each<'a>(&'a self, mut each: impl FnMut(&[ValueRef<'a>]) -> Result<()>) -> Result<i64> {
        let (mut rest, mut rows) = (self.content.as_slice(), 0);
        let mut row = Vec::with_capacity(self.names.len());
        while !rest.is_empty() && !self.names.is_empty() {
            row.clear();
            for _ in &self.names {
                row.push(read(&mut rest).ok_or_else(|| damaged(&self.table))?);
            }
            each(&row)?;
            rows += 1;
        }
        Ok(rows)
    }
}

fn damaged(table: &str) -> Failure {
    Failure::new(
        "JOURNAL_BROKEN",
        msg!(
            "Dữ liệu giữ lại để làm lại (bảng {table}) đã bị sửa bên ngoài chương trình.",
            "What was kept for redo (table {table}) was changed outside the program."
        ),
    )
    .remedy(msg!("Hãy khôi phục bản sao lưu.", "Restore a backup."))
}

fn hash(columns: &str, content: &[u8]) -> String {
    let mut sha = Sha256::new();
    sha.update((columns.len() as u64).to_le_bytes());
    sha.update(columns);
    sha.update(content);
    hex(&sha.finalize())
}

/// Some rows, one after the other.
#[derive(Default)]
struct Packed {
    from: i64,
    to: i64,
    rows: i64,
    bytes: Vec<u8>,
}

impl Packed {
    /// The first rows of `from..=to` that fit.
    fn fill(&mut self, select: &mut Statement<'_>, from: i64, to: i64) -> Result<()> {
        self.rows = 0;
        self.bytes.clear();
        let columns = select.column_count();
        let mut rows = select.query([from, to])?;
        while let Some(row) = rows.next()? {
            let fid = row.get(0)?;
            if self.rows == 0 {
                self.from = fid;
            }
            self.to = fid;
            self.rows += 1;
            for i in 1..columns {
                write(&mut self.bytes, row.get_ref(i)?);
            }
            if self.rows == ROWS || self.bytes.len() >= BYTES {
                break;
            }
        }
        Ok(())
    }
}

fn write(out: &mut Vec<u8>, value: ValueRef<'_>) {
    let mut sized = |tag: u8, bytes: &[u8]| {
        out.push(tag);
        let mut n = bytes.len();
        while n >= 0x80 {
            out.push(n as u8 | 0x80);
            n >>= 7;
        }
        out.push(n as u8);
        out.extend(bytes);
    };
    match value {
        ValueRef::Null => out.push(0),
        ValueRef::Integer(i) => {
            out.push(1);
            out.extend(i.to_le_bytes());
        }
        ValueRef::Real(x) => {
            out.push(2);
            out.extend(x.to_bits().to_le_bytes());
        }
        ValueRef::Text(t) => sized(3, t),
        ValueRef::Blob(b) => sized(4, b),
    }
}

/// The next value; `None` when the bytes are none.
fn read<'a>(rest: &mut &'a [u8]) -> Option<ValueRef<'a>> {
    let (tag, after) = rest.split_first()?;
    *rest = after;
    Some(match tag {
        0 => ValueRef::Null,
        1 => ValueRef::Integer(i64::from_le_bytes(eight(rest)?)),
        2 => ValueRef::Real(f64::from_bits(u64::from_le_bytes(eight(rest)?))),
        3 => ValueRef::Text(sized(rest)?),
        4 => ValueRef::Blob(sized(rest)?),
        _ => return None,
    })
}

fn eight(rest: &mut &[u8]) -> Option<[u8; 8]> {
    let (bytes, after) = rest.split_first_chunk::<8>()?;
    *rest = after;
    Some(*bytes)
}

fn sized<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    let mut n = 0_usize;
    for shift in (0..35).step_by(7) {
        let (byte, after) = rest.split_first()?;
        *rest = after;
        n |= usize::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            let (bytes, after) = rest.split_at_checked(n)?;
            *rest = after;
            return Some(bytes);
        }
    }
    None
}

/// Many rows to a statement.
struct Inserter<'c> {
    width: usize,
    many: Statement<'c>,
    one: Statement<'c>,
}

impl<'c> Inserter<'c> {
    fn new(conn: &'c Connection, table: &str, names: &[String]) -> Result<Self> {
        let columns: Vec<_> = names.iter().map(|n| quoted(n)).collect();
        let row = format!("({})", vec!["?"; columns.len()].join(","));
        let sql = |rows: usize| {
            let (t, columns) = (quoted(table), columns.join(","));
            let rows = vec![row.as_str(); rows].join(",");
            format!("INSERT OR ROLLBACK INTO {t} ({columns}) VALUES {rows}")
        };
        Ok(Self {
            width: columns.len(),
            many: conn.prepare(&sql(GROUP))?,
            one: conn.prepare(&sql(1))?,
        })
    }

    /// Inserts the rows in `values` once they fill a statement, or at the `end`; then there are none in it.
    fn insert(&mut self, values: &mut Vec<ValueRef<'_>>, end: bool) -> Result<()> {
        if values.len() == self.width * GROUP {
            run(&mut self.many, values)?;
        } else if end {
            for row in values.chunks_exact(self.width) {
                run(&mut self.one, row)?;
            }
        } else {
            return Ok(());
        }
        values.clear();
        Ok(())
    }
}

fn run(statement: &mut Statement<'_>, values: &[ValueRef<'_>]) -> Result<()> {
    for (i, value) in values.iter().enumerate() {
        statement.raw_bind_parameter(i + 1, ToSqlOutput::Borrowed(*value))?;
    }
    statement.raw_execute()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rusqlite::types::Value;

    use super::*;

    fn value() -> impl Strategy<Value = Value> {
        prop_oneof![
            Just(Value::Null),
            any::<i64>().prop_map(Value::Integer),
            any::<f64>()
                .prop_filter("no NaN in SQLite", |x| !x.is_nan())
                .prop_map(Value::Real),
            ".{0,200}".prop_map(Value::Text),
            prop::collection::vec(any::<u8>(), 0..300).prop_map(Value::Blob),
        ]
    }

    proptest! {
        #[test]
        fn what_is_packed_comes_out_again(values in prop::collection::vec(value(), 0..40)) {
            let mut bytes = Vec::new();
            values.iter().for_each(|v| write(&mut bytes, v.into()));
            let mut rest = bytes.as_slice();
            for v in &values {
                prop_assert_eq!(read(&mut rest), Some(v.into()));
            }
            prop_assert!(rest.is_empty());
        }

        #[test]
        fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..60)) {
            let mut rest = bytes.as_slice();
            while read(&mut rest).is_some() {}
        }
    }
}
