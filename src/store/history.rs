//! Reading the journal: the log, what can be undone and redone, and taking operations back.

use std::collections::HashMap;

use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, Row, params, params_from_iter};

use super::error::Result;
use super::tables::{journalled, quoted};
use crate::domain::Failure;
use crate::msg;
use crate::text::Msg;

/// One line of the log (cli.md).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OperationSummary {
    pub op: i64,
    /// As claimed by the clock then.
    pub at: jiff::Timestamp,
    pub actor: String,
    pub kind: String,
    pub label: Msg,
    /// The operation it took back.
    pub undoes: Option<i64>,
    /// The operation in force that took it back.
    pub undone_by: Option<i64>,
    /// How many parcels it created, changed or retired.
    pub parcels: u64,
    pub hash: String,
    /// The clock stood before that of the operation before: `at` is not to be trusted, the order is.
    pub clock_back: bool,
}

/// Which operations the log shows.
#[derive(Clone, Copy, Debug, Default)]
pub struct LogFilter {
    /// Only those that touched this parcel (fid).
    pub parcel: Option<i64>,
    /// Only those after this one.
    pub since: Option<i64>,
    /// At most so many, the newest.
    pub limit: Option<u32>,
}

/// The log, oldest first.
pub fn log(conn: &Connection, filter: &LogFilter) -> Result<Vec<OperationSummary>> {
    let undone = undone_by(conn)?;
    let mut stmt = conn.prepare_cached(
        "SELECT id, at, actor, kind, label_vi, label_en, undoes, parcels, hash, clock_back FROM operation o \
         WHERE id > ?1 AND (?2 IS NULL OR id IN (\
             SELECT op FROM change WHERE tbl='parcel' AND (row=?2 OR (act='bulk' AND ?2 BETWEEN row AND row_to)) \
             UNION SELECT c.op FROM change c JOIN land_use_row l ON l.fid=c.row WHERE c.tbl='land_use_row' AND l.parcel=?2)) \
         ORDER BY id DESC LIMIT ?3",
    )?;
    let limit = filter.limit.map_or(-1, i64::from);
    let mut rows = stmt.query(params![filter.since.unwrap_or(0), filter.parcel, limit])?;
    let mut out = Vec::new();
    while let Some(row) = rows.next()? {
        out.push(summary(row, &undone)?);
    }
    out.reverse();
    Ok(out)
}

/// One operation.
pub fn operation(conn: &Connection, op: i64) -> Result<OperationSummary> {
    let undone = undone_by(conn)?;
    let mut stmt = conn.prepare_cached(
        "SELECT id, at, actor, kind, label_vi, label_en, undoes, parcels, hash, clock_back FROM operation WHERE id=?1",
    )?;
    let mut rows = stmt.query([op])?;
    match rows.next()? {
        Some(row) => summary(row, &undone),
        None => Err(Failure::new(
            "NO_OPERATION",
            msg!("Không có thao tác số {op}.", "There is no operation {op}."),
        )
        .into()),
    }
}

fn summary(row: &Row<'_>, undone: &HashMap<i64, i64>) -> Result<OperationSummary> {
    let op = row.get(0)?;
    let at: String = row.get(1)?;
    Ok(OperationSummary {
        op,
        at: at.parse().unwrap_or(jiff::Timestamp::UNIX_EPOCH),
        actor: row.get(2)?,
        kind: row.get(3)?,
        label: Msg::new(row.get::<_, String>(4)?, row.get::<_, String>(5)?),
        undoes: row.get(6)?,
        undone_by: undone.get(&op).copied(),
        parcels: row.get(7)?,
        hash: row.get::<_, Option<String>>(8)?.unwrap_or_default(),
        clock_back: row.get(9)?,
    })
}

/// Operation → the one in force that takes it back. Newest first, an undo counts unless it was itself taken back.
fn undone_by(conn: &Connection) -> Result<HashMap<i64, i64>> {
    let mut stmt =
        conn.prepare_cached("SELECT id, undoes FROM operation WHERE undoes IS NOT NULL ORDER BY id DESC")?;
    let pairs = stmt.query_map([], |r| Ok((r.get(0)?, r.get(1)?)))?;
    let mut undone = HashMap::new();
    for pair in pairs {
        let (by, of): (i64, i64) = pair?;
        if !undone.contains_key(&by) {
            undone.entry(of).or_insert(by);
        }
    }
    Ok(undone)
}

/// Newest operation and its hash.
pub fn head(conn: &Connection) -> Result<Option<(i64, String)>> {
    Ok(conn
        .prepare_cached("SELECT id, coalesce(hash,'') FROM operation ORDER BY id DESC LIMIT 1")?
        .query_row([], |r| Ok((r.get(0)?, r.get(1)?)))
        .optional()?)
}

/// How many operations there are.
pub fn count(conn: &Connection) -> Result<u64> {
    Ok(conn
        .prepare_cached("SELECT count(*) FROM operation")?
        .query_row([], |r| r.get(0))?)
}

/// What can be undone and redone now, newest last.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stacks {
    pub undo: Vec<i64>,
    /// Undo operations that a redo would take back.
    pub redo: Vec<i64>,
    roots: HashMap<i64, i64>,
    /// The newest operation played.
    pub newest: i64,
}

impl Stacks {
    /// Plays the whole journal through.
    pub fn read(conn: &Connection) -> Result<Self> {
        let mut stacks = Self::default();
        let mut stmt = conn.prepare_cached("SELECT id, undoes, kind FROM operation ORDER BY id")?;
        let mut rows = stmt.query([])?;
        while let Some(row) = rows.next()? {
            let kind: String = row.get(2)?;
            stacks.push(row.get(0)?, row.get(1)?, &kind);
        }
        Ok(stacks)
    }

    /// Takes note of one more operation. A new act ends what could be redone.
    pub fn push(&mut self, op: i64, undoes: Option<i64>, kind: &str) {
        self.newest = op;
        match undoes {
            None if kind == "new" => {}
            None => {
                self.undo.push(op);
                self.redo.clear();
            }
            Some(of) => match self.roots.get(&of).copied() {
                // Undo of an undo: the act it had taken back is in force again.
                Some(root) => {
                    self.redo.retain(|x| *x != of);
                    self.undo.push(root);
                }
                None => {
                    self.undo.retain(|x| *x != of);
                    self.redo.push(op);
                    self.roots.insert(op, of);
                }
            },
        }
    }
}

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
