//! Taking an operation back: its cells must still hold what it left there, then they get their earlier values.

use std::collections::HashMap;

use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, params, params_from_iter};

use super::error::Result;
use super::history::operation;
use super::tables::{journalled, quoted};
use crate::domain::Failure;
use crate::msg;

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
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    Insert,
    Update,
    Delete,
    /// Rows `row..=to` written in bulk.
    Bulk {
        to: i64,
    },
}

/// The changes an operation made to one table after change row `after` (0 = all), oldest first.
pub fn changes(conn: &Connection, op: i64, after: i64, table: &str) -> Result<Vec<Change>> {
    let mut stmt = conn.prepare_cached(
        "SELECT tbl, row, act, col, before, row_to FROM change WHERE op=?1 AND id>?2 AND tbl=?3 ORDER BY id",
    )?;
    let mut rows = stmt.query(params![op, after, table])?;
    let mut out = Vec::new();
    while let Some(row) = rows.next()? {
        let act: String = row.get(2)?;
        out.push(Change {
            table: row.get(0)?,
            row: row.get(1)?,
            act: match act.as_str() {
                "insert" => Act::Insert,
                "update" => Act::Update,
                "delete" => Act::Delete,
                _ => Act::Bulk { to: row.get(5)? },
            },
            column: row.get(3)?,
            before: row.get(4)?,
        });
    }
    Ok(out)
}

/// Restores, inside the open operation on `conn`, what `target` changed. Refuses, naming the later operation, when the
/// cells no longer hold what `target` left in them. One table at a time: references are deferred, and an import taken
/// back fills millions of change rows.
pub fn revert(conn: &Connection, target: i64) -> Result<()> {
    let tables: Vec<String> = conn
        .prepare_cached("SELECT DISTINCT tbl FROM change WHERE op=?1 ORDER BY tbl")?
        .query_map([target], |r| r.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    for table in &tables {
        if !journalled().any(|t| t.name == table) {
            return Err(Failure::new(
                "STORE",
                msg!(
                    "Bảng lạ trong nhật ký: {table}",
                    "Unknown table in the journal: {table}"
                ),
            )
            .into());
        }
        check_untouched(conn, target, &changes(conn, target, 0, table)?)?;
    }
    for table in &tables {
        let all = changes(conn, target, 0, table)?;
        let mut rest = all.as_slice();
        while let Some(last) = rest.last() {
            // Rows of one statement on one record stand together.
            let same = |c: &Change| c.row == last.row && c.act == last.act;
            let start = rest.iter().rposition(|c| !same(c)).map_or(0, |i| i + 1);
            restore(conn, last, &rest[start..])?;
            rest = &rest[..start];
        }
    }
    Ok(())
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
        Act::Bulk { to } => {
            conn.prepare_cached(&format!("DELETE FROM {table} WHERE fid BETWEEN ?1 AND ?2"))?
                .execute([of.row, to])?;
        }
    }
    Ok(())
}

/// Every cell the target wrote must hold what it left there.
fn check_untouched(conn: &Connection, target: i64, changes: &[Change]) -> Result<()> {
    let mut rows: HashMap<(&str, i64), Vec<&Change>> = HashMap::new();
    for change in changes {
        if let Act::Bulk { to } = change.act {
            check_range(conn, target, &change.table, change.row, to)?;
        } else {
            rows.entry((&change.table, change.row)).or_default().push(change);
        }
    }
    let mut keys: Vec<_> = rows.keys().copied().collect();
    keys.sort_unstable();
    keys.into_iter()
        .try_for_each(|key| check_row(conn, target, key.0, key.1, &rows[&key]))
}

/// Rows written in bulk: each later touched row must again be as it was.
fn check_range(conn: &Connection, target: i64, table: &str, from: i64, to: i64) -> Result<()> {
    let mut stmt = conn.prepare_cached(
        "SELECT DISTINCT row FROM change WHERE tbl=?1 AND row BETWEEN ?2 AND ?3 AND op>?4 ORDER BY row",
    )?;
    let touched: Vec<i64> = stmt
        .query_map(params![table, from, to, target], |r| r.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    for row in touched {
        let insert = Change {
            table: table.into(),
            row,
            act: Act::Insert,
            column: None,
            before: Value::Null,
        };
        check_row(conn, target, table, row, &[&insert])?;
    }
    Ok(())
}

fn check_row(conn: &Connection, target: i64, table: &str, row: i64, own: &[&Change]) -> Result<()> {
    let mut stmt = conn.prepare_cached(
        "SELECT op, act, col, before FROM change WHERE tbl=?1 AND row=?2 AND op>?3 ORDER BY id",
    )?;
    let later: Vec<(i64, String, Option<String>, Value)> = stmt
        .query_map(params![table, row, target], |r| {
            Ok((r.get(0)?, r.get(1)?, r.get(2)?, r.get(3)?))
        })?
        .collect::<rusqlite::Result<_>>()?;
    let Some(last) = later.last() else { return Ok(()) };
    let now = current(conn, table, row)?;
    let left_it = own.last().is_some_and(|c| c.act != Act::Delete);
    if now.is_some() != left_it {
        return Err(changed_since(conn, target, last.0)?);
    }
    let Some(now) = now else { return Ok(()) };
    let whole = own.iter().any(|c| c.act != Act::Update);
    for (column, value) in &now {
        if !(whole || own.iter().any(|c| c.column.as_deref() == Some(column))) {
            continue;
        }
        if let Some(after) = value_after(&later, column)
            && after != value
        {
            return Err(changed_since(conn, target, culprit(&later, column))?);
        }
    }
    Ok(())
}

/// What the target left in a column: the earlier value of the first later change of it. `None`: never changed since.
fn value_after<'a>(later: &'a [(i64, String, Option<String>, Value)], column: &str) -> Option<&'a Value> {
    for (i, (_, act, col, before)) in later.iter().enumerate() {
        if col.as_deref() == Some(column) {
            return Some(before);
        }
        // A deleted row lists what it held; a column it does not list held nothing.
        let ends = later.get(i + 1).is_none_or(|next| next.1 != "delete");
        if act == "delete" && ends {
            return Some(&Value::Null);
        }
    }
    None
}

fn culprit(later: &[(i64, String, Option<String>, Value)], column: &str) -> i64 {
    let named = later
        .iter()
        .rev()
        .find(|(_, act, col, _)| act != "update" || col.as_deref() == Some(column));
    named.or(later.last()).map_or(0, |l| l.0)
}

fn current(conn: &Connection, table: &str, row: i64) -> Result<Option<Vec<(String, Value)>>> {
    let mut stmt = conn.prepare_cached(&format!("SELECT * FROM {} WHERE fid=?1", quoted(table)))?;
    let names: Vec<String> = stmt.column_names().into_iter().map(str::to_owned).collect();
    let values = stmt
        .query_row([row], |r| {
            (0..names.len())
                .map(|i| r.get(i))
                .collect::<rusqlite::Result<Vec<Value>>>()
        })
        .optional()?;
    Ok(values.map(|v| names.into_iter().zip(v).filter(|(n, _)| n != "fid").collect()))
}

fn changed_since(conn: &Connection, target: i64, later: i64) -> Result<super::error::StoreError> {
    let by = operation(conn, later)?;
    let (vi, en) = (by.label.vi, by.label.en);
    Ok(Failure::new(
        "CHANGED_SINCE",
        msg!(
            "Không hoàn tác được thao tác số {target}: thao tác sau đó, số {later} ({vi}), đã sửa cùng dữ liệu.",
            "Operation {target} cannot be undone: the later operation {later} ({en}) changed the same data."
        ),
    )
    .remedy(msg!("Hãy hoàn tác thao tác số {later} trước.", "Undo operation {later} first."))
    .into())
}
