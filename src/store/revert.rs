//! Taking an operation back: its cells must still hold what it left there, then they get their earlier values.
//!
//! Rows written in bulk go in bulk: triggers suspended, content packed away (removed.rs), R*Tree rebuilt, a few rows in
//! the journal. Everything else is changed row by row and journalled by the triggers.

use std::collections::BTreeMap;

use rusqlite::types::Value;
use rusqlite::{Connection, ErrorCode, params, params_from_iter};
use serde_json::json;

use super::dependents::{self, Ranges};
use super::error::{Result, StoreError};
use super::journal::{self, NewOperation, Operation, REMOVED};
use super::tables::{self, Kind, TABLES, quoted};
use super::{packed_rtree, removed, schema};
use crate::domain::{self, Failure};
use crate::job::Progress;
use crate::msg;
use crate::text::{Msg, Text};

/// What one `change` row says, in the order written.
#[derive(Clone, Debug)]
pub struct Change {
    pub table: String,
    pub row: i64,
    pub act: Act,
    pub column: Option<String>,
    pub before: Value,
}

/// Kind of a change row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Act {
    Insert,
    Update,
    Delete,
    /// `rows` rows among `row..=to`, written in bulk.
    Bulk {
        to: i64,
        rows: i64,
    },
    /// The same taken away; their content is kept under `sha256`.
    Removed {
        to: i64,
        rows: i64,
        sha256: String,
    },
}

impl Act {
    fn is_bulk(&self) -> bool {
        matches!(self, Self::Bulk { .. } | Self::Removed { .. })
    }
}

/// The changes an operation made to one table after change row `after` (0 = all), oldest first.
pub fn changes(conn: &Connection, op: i64, after: i64, table: &str) -> Result<Vec<Change>> {
    let mut stmt = conn.prepare_cached(
        "SELECT tbl, row, act, col, before, row_to, rows, sha256 FROM change WHERE op=?1 AND id>?2 AND tbl=?3 ORDER BY id",
    )?;
    let mut rows = stmt.query(params![op, after, table])?;
    let mut out = Vec::new();
    while let Some(row) = rows.next()? {
        let (act, column): (String, Option<String>) = (row.get(2)?, row.get(3)?);
        let bulk_removed = column.as_deref() == Some(REMOVED);
        out.push(Change {
            table: row.get(0)?,
            row: row.get(1)?,
            act: match act.as_str() {
                "insert" => Act::Insert,
                "update" => Act::Update,
                "delete" => Act::Delete,
                _ if bulk_removed => Act::Removed {
                    to: row.get(5)?,
                    rows: row.get(6)?,
                    sha256: row.get(7)?,
                },
                _ => Act::Bulk {
                    to: row.get(5)?,
                    rows: row.get(6)?,
                },
            },
            column,
            before: row.get(4)?,
        });
    }
    Ok(out)
}

/// An operation to be taken back, and as what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TakeBack {
    pub target: i64,
    /// "undo" or "redo".
    pub kind: &'static str,
    pub label: Msg,
}

const UNDOING: Text = Text::new("Đang lấy lại dữ liệu trước đó", "Restoring the earlier data");
const CHECKING: Text = Text::new(
    "Đang kiểm tra các thao tác sau đó",
    "Checking the operations after it",
);
const FLUSHING: Text = Text::new("Đang ghi xuống đĩa", "Making it durable");

/// How often rows changed one by one are reported.
const STEP: u64 = 256;

/// One operation and one transaction. Gives its number.
pub fn take_back(
    conn: &mut Connection,
    what: &TakeBack,
    by: &domain::Act,
    progress: &Progress,
) -> Result<i64> {
    // What a bulk change made is referred to by a hundred thousand rows of its own: looked at once, at the end.
    let bulk = conn
        .prepare_cached("SELECT 1 FROM change WHERE op=?1 AND act='bulk'")?
        .exists([what.target])?;
    if bulk {
        conn.execute_batch("PRAGMA foreign_keys=OFF")?;
    }
    let done = run(conn, what, by, progress);
    if bulk {
        conn.execute_batch("PRAGMA foreign_keys=ON")?;
    }
    done
}

fn run(conn: &mut Connection, what: &TakeBack, by: &domain::Act, progress: &Progress) -> Result<i64> {
    let new = NewOperation {
        kind: what.kind,
        what: json!({"op": what.kind, "of": what.target}).to_string(),
        label: what.label.clone(),
        undoes: Some(what.target),
    };
    let operation = journal::begin(conn, by, &new)?;
    revert(&operation, what.target, progress)?;
    progress.stage(FLUSHING, 0)?;
    let id = operation.id();
    operation.commit()?;
    Ok(id)
}

/// About how many rows of the journal and of the tables taking `op` back goes through, counted up to `enough`.
pub fn weight(conn: &Connection, op: i64, enough: u64) -> Result<u64> {
    let (rows, bulk): (u64, u64) = conn
        .prepare_cached(
            "SELECT count(*), coalesce(sum(rows),0) FROM (SELECT rows FROM change WHERE op=?1 LIMIT ?2)",
        )?
        .query_row(params![op, enough], |r| Ok((r.get(0)?, r.get(1)?)))?;
    Ok(rows + bulk)
}

/// Restores, inside the open operation `op`, what `target` changed. Refuses, listing them, when later operations build on
/// it. One table at a time: references are looked at in the end.
pub fn revert(op: &Operation<'_>, target: i64, progress: &Progress) -> Result<()> {
    progress.stage(CHECKING, 0)?;
    let tables = tables_of(op, target)?;
    let in_the_way = dependents::on_cells(op, target, &tables)?;
    if !in_the_way.is_empty() {
        return Err(dependents::refusal(op, target, in_the_way)?.into());
    }
    progress.stage(UNDOING, weight(op, target, u64::MAX >> 1)?)?;
    let mut done = Done::default();
    for table in &tables {
        restore_table(op, target, table, &mut done, progress).or_else(|e| taken(op, target, table, e))?;
    }
    let in_the_way = dependents::on_rows(op, target, &done.gone, &done.back, &done.keys)?;
    if !in_the_way.is_empty() {
        return Err(dependents::refusal(op, target, in_the_way)?.into());
    }
    Ok(())
}

/// The tables an operation changed, by name.
pub fn tables_of(conn: &Connection, op: i64) -> Result<Vec<String>> {
    let tables: Vec<String> = conn
        .prepare_cached("SELECT DISTINCT tbl FROM change WHERE op=?1 ORDER BY tbl")?
        .query_map([op], |r| r.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    match tables
        .iter()
        .find(|t| !tables::journalled().any(|j| j.name == *t))
    {
        None => Ok(tables),
        Some(table) => Err(Failure::new(
            "STORE",
            msg!(
                "Bảng lạ trong nhật ký: {table}",
                "Unknown table in the journal: {table}"
            ),
        )
        .into()),
    }
}

/// A unique value that a later operation gave to another row is in the way of a row that had it.
fn taken(conn: &Connection, target: i64, table: &str, e: StoreError) -> Result<()> {
    let StoreError::Sql(sql) = &e else { return Err(e) };
    if sql.sqlite_error_code() != Some(ErrorCode::ConstraintViolation) {
        return Err(e);
    }
    let later = dependents::on_table(conn, target, table)?;
    if later.is_empty() {
        return Err(e);
    }
    Err(dependents::refusal(conn, target, later)?.into())
}

/// What was restored so far, for the look at references.
#[derive(Default)]
struct Done {
    /// Rows that are no longer there.
    gone: BTreeMap<String, Ranges>,
    /// Rows that are there again or hold other values.
    back: BTreeMap<String, Ranges>,
    /// Communes and sheets that are no longer there, (commune, sheet).
    keys: Vec<dependents::Key>,
}

impl Done {
    /// Call before.
    fn goes(&mut self, conn: &Connection, table: &str, from: i64, to: i64) -> Result<()> {
        self.keys.extend(dependents::keys(conn, table, from, to)?);
        self.gone.entry(table.to_owned()).or_default().add(from, to);
        Ok(())
    }

    fn comes_back(&mut self, table: &str, from: i64, to: i64) {
        self.back.entry(table.to_owned()).or_default().add(from, to);
    }
}

fn restore_table(
    op: &Operation<'_>,
    target: i64,
    table: &str,
    done: &mut Done,
    progress: &Progress,
) -> Result<()> {
    let all = changes(op, target, 0, table)?;
    let mut rest = all.as_slice();
    let mut single = 0;
    while let Some(last) = rest.last() {
        // Rows of one statement on one record stand together, and so do the pieces of one bulk change.
        let same = |c: &Change| match &last.act {
            Act::Bulk { .. } => matches!(c.act, Act::Bulk { .. }),
            Act::Removed { .. } => matches!(c.act, Act::Removed { .. }),
            _ => c.row == last.row && c.act == last.act,
        };
        let start = rest.iter().rposition(|c| !same(c)).map_or(0, |i| i + 1);
        let group = &rest[start..];
        if last.act.is_bulk() {
            restore_bulk(op, table, group, done, progress)?;
        } else {
            if last.act == Act::Insert {
                done.goes(op, table, last.row, last.row)?;
            } else {
                done.comes_back(table, last.row, last.row);
            }
            restore(op, last, group)?;
            single += group.len() as u64;
            if single >= STEP {
                progress.step(std::mem::take(&mut single))?;
            }
        }
        rest = &rest[..start];
    }
    progress.step(single)?;
    Ok(())
}

/// Takes away or puts back the rows of a bulk change, then brings the R*Tree up to it.
fn restore_bulk(
    op: &Operation<'_>,
    table: &str,
    group: &[Change],
    done: &mut Done,
    progress: &Progress,
) -> Result<()> {
    let features = TABLES
        .iter()
        .any(|t| t.name == table && matches!(t.kind, Kind::Features(_)));
    let rtree = format!("rtree_{table}_geom");
    let (mut gone, mut boxes) = (Vec::new(), Vec::new());
    schema::suspend(op, table)?;
    for change in group {
        let from = change.row;
        match &change.act {
            Act::Removed { to, rows, sha256 } => {
                removed::put_back(op, table, (from, *to, *rows), sha256, &mut boxes)?;
                progress.step(*rows as u64)?;
                done.comes_back(table, from, *to);
            }
            Act::Bulk { to, rows } => {
                done.goes(op, table, from, *to)?;
                if removed::take_away(op, table, from, *to, progress)? != *rows {
                    return Err(not_all_there(table).into());
                }
                gone.push((from, *to));
            }
            _ => {}
        }
    }
    gone.sort_unstable();
    if features && !gone.is_empty() {
        packed_rtree::remove(op, &rtree, &gone)?;
    }
    if features && !boxes.is_empty() {
        packed_rtree::add(op, &rtree, boxes)?;
    }
    schema::resume(op, table)
}

fn not_all_there(table: &str) -> Failure {
    Failure::new(
        "JOURNAL_BROKEN",
        msg!(
            "Bảng {table} không còn đủ các bản ghi mà nhật ký nói đến.",
            "Table {table} no longer has all the records the journal speaks of."
        ),
    )
    .remedy(msg!("Hãy khôi phục bản sao lưu.", "Restore a backup."))
}

fn restore(conn: &Connection, of: &Change, cells: &[Change]) -> Result<()> {
    let table = quoted(&of.table);
    // The same column twice in one operation: the earliest value counts.
    let mut earliest: Vec<(&str, &Value)> = Vec::new();
    for cell in cells {
        if let Some(column) = cell.column.as_deref()
            && !earliest.iter().any(|(c, _)| *c == column)
        {
            earliest.push((column, &cell.before));
        }
    }
    let values = earliest.iter().map(|(_, v)| *v).chain([&Value::Null; 0]);
    let fid = Value::Integer(of.row);
    match of.act {
        Act::Insert => {
            conn.prepare_cached(&format!("DELETE FROM {table} WHERE fid=?1"))?
                .execute([of.row])?;
        }
        Act::Update => {
            let set: Vec<_> = earliest.iter().map(|(c, _)| format!("{}=?", quoted(c))).collect();
            conn.prepare_cached(&format!("UPDATE {table} SET {} WHERE fid=?", set.join(", ")))?
                .execute(params_from_iter(values.chain([&fid])))?;
        }
        Act::Delete => {
            let names: Vec<_> = earliest.iter().map(|(c, _)| quoted(c)).collect();
            let marks = "?, ".repeat(names.len()) + "?";
            conn.prepare_cached(&format!(
                "INSERT INTO {table}({}, fid) VALUES ({marks})",
                names.join(", ")
            ))?
            .execute(params_from_iter(values.chain([&fid])))?;
        }
        Act::Bulk { .. } | Act::Removed { .. } => {}
    }
    Ok(())
}
