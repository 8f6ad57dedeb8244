//! What stands in the way of taking one operation back: later operations in force that changed the same cells, refer to
//! rows it made, or build on those in turn. Taking it back is allowed exactly when there are none.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, params};

use super::error::Result;
use super::history::{operation, undone_by};
use super::revert::{Act, Change, changes, tables_of};
use super::tables::{self, quoted};
use crate::domain::Failure;
use crate::msg;
use crate::text::Msg;

/// A commune, or a sheet of it.
pub type Key = (String, Option<String>);

/// Row numbers as ranges from..=to.
#[derive(Clone, Debug, Default)]
pub struct Ranges(Vec<(i64, i64)>);

impl Ranges {
    /// Adds a range; one that continues the last, upwards or downwards, becomes part of it.
    pub fn add(&mut self, from: i64, to: i64) {
        match self.0.last_mut() {
            Some(last) if last.0 == to + 1 => last.0 = from,
            Some(last) if last.1 + 1 == from => last.1 = to,
            _ => self.0.push((from, to)),
        }
    }
}

/// How many rows that refer to one range are looked at: enough to name the operations.
const LOOK: i64 = 200;
/// How many operations the sentence names.
const NAMED: usize = 8;

/// Operations, as whoever must take them back first would name them.
pub type Operations = BTreeSet<i64>;

/// The later operations because of which the cells that `target` changed do not hold what it left there.
pub fn on_cells(conn: &Connection, target: i64, tables: &[String]) -> Result<Operations> {
    let force = Force::read(conn, target)?;
    let mut found = Operations::new();
    for table in tables {
        let changes = changes(conn, target, 0, table)?;
        let mut rows: BTreeMap<i64, Vec<&Change>> = BTreeMap::new();
        for change in &changes {
            match &change.act {
                Act::Bulk { to, .. } => range(conn, &force, table, change.row, *to, Act::Insert, &mut found)?,
                Act::Removed { to, .. } => {
                    range(conn, &force, table, change.row, *to, Act::Delete, &mut found)?
                }
                _ => rows.entry(change.row).or_default().push(change),
            }
        }
        for (row, own) in rows {
            cells(conn, &force, table, row, &own, &mut found)?;
        }
    }
    Ok(found)
}

/// Rows written or taken away in bulk: each that was touched since must again be as it was.
fn range(
    conn: &Connection,
    force: &Force,
    table: &str,
    from: i64,
    to: i64,
    act: Act,
    found: &mut Operations,
) -> Result<()> {
    let mut stmt = conn.prepare_cached(
        "SELECT DISTINCT row FROM change WHERE tbl=?1 AND row BETWEEN ?2 AND ?3 AND op>?4 ORDER BY row",
    )?;
    let touched: Vec<i64> = stmt
        .query_map(params![table, from, to, force.target], |r| r.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    let own = Change {
        table: table.into(),
        row: from,
        act,
        column: None,
        before: Value::Null,
    };
    for row in touched {
        cells(conn, force, table, row, &[&own], found)?;
    }
    Ok(())
}

/// A later change of one row.
struct Later {
    op: i64,
    act: String,
    column: Option<String>,
    before: Value,
}

fn cells(
    conn: &Connection,
    force: &Force,
    table: &str,
    row: i64,
    own: &[&Change],
    found: &mut Operations,
) -> Result<()> {
    let later = later_changes(conn, table, row, force.target)?;
    if later.is_empty() {
        return Ok(());
    }
    let now = current(conn, table, row)?;
    let left_it = own.last().is_some_and(|c| c.act != Act::Delete);
    if now.is_some() != left_it {
        force.note(found, later.iter().map(|l| l.op));
        return Ok(());
    }
    let Some(now) = now else { return Ok(()) };
    let whole = own.iter().any(|c| c.act != Act::Update);
    for (column, value) in &now {
        let mine = whole || own.iter().any(|c| c.column.as_deref() == Some(column));
        if mine && value_after(&later, column).is_some_and(|after| after != value) {
            let of_it = |l: &&Later| l.act != "update" || l.column.as_deref() == Some(column);
            force.note(found, later.iter().filter(of_it).map(|l| l.op));
        }
    }
    Ok(())
}

/// What later operations did to a row, oldest first; a bulk change is told by the rows it covers.
fn later_changes(conn: &Connection, table: &str, row: i64, after: i64) -> Result<Vec<Later>> {
    let mut stmt = conn.prepare_cached(
        "SELECT id, op, act, col, before FROM change WHERE tbl=?1 AND row=?2 AND op>?3 AND row_to IS NULL \
         UNION ALL SELECT id, op, act, NULL, NULL FROM change INDEXED BY change_bulk \
         WHERE tbl=?1 AND row<=?2 AND op>?3 AND row_to IS NOT NULL AND row_to>=?2 ORDER BY id",
    )?;
    let rows = stmt.query_map(params![table, row, after], |r| {
        Ok(Later {
            op: r.get(1)?,
            act: r.get(2)?,
            column: r.get(3)?,
            before: r.get(4)?,
        })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// What the target left in a column: the earlier value of the first later change of it. `None`: never changed since. Bulk
/// changes say nothing of it: rows are taken away as their operation left them and come back the same.
fn value_after<'a>(later: &'a [Later], column: &str) -> Option<&'a Value> {
    for (i, change) in later.iter().enumerate() {
        if change.column.as_deref() == Some(column) {
            return Some(&change.before);
        }
        // A deleted row lists what it held; a column it does not list held nothing.
        let ends = later.get(i + 1).is_none_or(|next| next.act != "delete");
        if change.act == "delete" && ends {
            return Some(&Value::Null);
        }
    }
    None
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

/// Which operations after the target are in force.
struct Force {
    target: i64,
    /// Undo or redo → what it took back.
    undoes: HashMap<i64, i64>,
    undone: HashMap<i64, i64>,
}

impl Force {
    fn read(conn: &Connection, target: i64) -> Result<Self> {
        let mut stmt = conn.prepare_cached("SELECT id, undoes FROM operation WHERE undoes IS NOT NULL")?;
        let undoes = stmt
            .query_map([], |r| Ok((r.get(0)?, r.get(1)?)))?
            .collect::<rusqlite::Result<_>>()?;
        Ok(Self {
            target,
            undoes,
            undone: undone_by(conn)?,
        })
    }

    /// The act at the start of a chain of undo and redo.
    fn root(&self, mut op: i64) -> i64 {
        while let Some(of) = self.undoes.get(&op) {
            op = *of;
        }
        op
    }

    /// The operation a person has to take back to be rid of what `later` did; `None` when it is out of force or is part of
    /// the target's own coming and going.
    fn in_the_way(&self, later: i64) -> Option<i64> {
        let root = self.root(later);
        if root == self.root(self.target) || self.undone.contains_key(&root) {
            return None;
        }
        Some(if root > self.target { root } else { later })
    }

    /// Notes those of `ops` that stand in the way; when none does and yet the cells differ, the newest.
    fn note(&self, found: &mut Operations, ops: impl Iterator<Item = i64>) {
        let ops: Operations = ops.collect();
        let named: Vec<i64> = ops.iter().filter_map(|op| self.in_the_way(*op)).collect();
        found.extend(if named.is_empty() { ops.last() } else { None });
        found.extend(named);
    }
}

/// The communes and sheets among the rows `from..=to` of a table; ask before they are taken away.
pub fn keys(conn: &Connection, table: &str, from: i64, to: i64) -> Result<Vec<Key>> {
    let columns = match table {
        "commune" => "code, NULL",
        "sheet" => "commune, number",
        _ => return Ok(Vec::new()),
    };
    let mut stmt = conn.prepare_cached(&format!(
        "SELECT {columns} FROM {table} WHERE fid BETWEEN ?1 AND ?2"
    ))?;
    let keys = stmt.query_map([from, to], |r| Ok((r.get(0)?, r.get(1)?)))?;
    Ok(keys.collect::<rusqlite::Result<_>>()?)
}

/// When the place of a row of `table` is taken: the later operations in force that changed that table.
pub fn on_table(conn: &Connection, target: i64, table: &str) -> Result<Operations> {
    let force = Force::read(conn, target)?;
    let mut stmt = conn.prepare_cached("SELECT DISTINCT op FROM change WHERE op>?1 AND tbl=?2")?;
    let ops = stmt.query_map(params![target, table], |r| r.get(0))?;
    let ops: Vec<i64> = ops.collect::<rusqlite::Result<_>>()?;
    Ok(ops.into_iter().filter_map(|op| force.in_the_way(op)).collect())
}

/// Once everything is restored: the later operations whose rows refer to rows that are `gone`, and those that took away
/// what rows that are `back` refer to. Parcels name their commune and sheet by `keys`.
pub fn on_rows(
    conn: &Connection,
    target: i64,
    gone: &BTreeMap<String, Ranges>,
    back: &BTreeMap<String, Ranges>,
    keys: &[Key],
) -> Result<Operations> {
    let force = Force::read(conn, target)?;
    let mut found = Operations::new();
    for child in tables::journalled().map(|t| t.name) {
        for (parent, column) in references(conn, child)? {
            for (from, to) in gone.get(&parent).into_iter().flat_map(|r| &r.0) {
                for row in referring(conn, child, &column, *from, *to)? {
                    force.maker(conn, child, row, &mut found)?;
                }
            }
            for (from, to) in back.get(child).into_iter().flat_map(|r| &r.0) {
                for row in missing(conn, child, &column, &parent, *from, *to)? {
                    force.maker(conn, &parent, row, &mut found)?;
                }
            }
        }
    }
    for (commune, sheet) in keys {
        let mut stmt = conn.prepare_cached(
            "SELECT fid FROM parcel p WHERE commune=?1 AND (?2 IS NULL OR sheet=?2) AND NOT EXISTS (\
             SELECT 1 FROM sheet s WHERE ?2 IS NOT NULL AND s.commune=?1 AND s.number=?2) LIMIT ?3",
        )?;
        let parcels = stmt.query_map(params![commune, sheet, LOOK], |r| r.get(0))?;
        for parcel in parcels.collect::<rusqlite::Result<Vec<i64>>>()? {
            force.later_maker(conn, "parcel", parcel, &mut found)?;
        }
    }
    Ok(found)
}

/// (table referred to, column) of each reference of a table; all are to fid.
fn references(conn: &Connection, table: &str) -> Result<Vec<(String, String)>> {
    let mut stmt = conn.prepare_cached("SELECT \"table\", \"from\" FROM pragma_foreign_key_list(?1)")?;
    let all = stmt.query_map([table], |r| Ok((r.get(0)?, r.get(1)?)))?;
    Ok(all.collect::<rusqlite::Result<_>>()?)
}

/// Rows of `child` that refer to a row in `from..=to`, some of them.
fn referring(conn: &Connection, child: &str, column: &str, from: i64, to: i64) -> Result<Vec<i64>> {
    let mut stmt = conn.prepare_cached(&format!(
        "SELECT fid FROM {} WHERE {} BETWEEN ?1 AND ?2 LIMIT ?3",
        quoted(child),
        quoted(column)
    ))?;
    let rows = stmt.query_map([from, to, LOOK], |r| r.get(0))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Rows that those of `child` in `from..=to` refer to and that are not there, some of them.
fn missing(
    conn: &Connection,
    child: &str,
    column: &str,
    parent: &str,
    from: i64,
    to: i64,
) -> Result<Vec<i64>> {
    let column = quoted(column);
    let mut stmt = conn.prepare_cached(&format!(
        "SELECT {column} FROM {} c WHERE c.fid BETWEEN ?1 AND ?2 AND {column} IS NOT NULL \
         AND NOT EXISTS (SELECT 1 FROM {} p WHERE p.fid=c.{column}) LIMIT ?3",
        quoted(child),
        quoted(parent)
    ))?;
    let rows = stmt.query_map([from, to, LOOK], |r| r.get(0))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

impl Force {
    /// Notes who made or took away a row; it is always in the way.
    fn maker(&self, conn: &Connection, table: &str, row: i64, found: &mut Operations) -> Result<()> {
        let ops: Vec<i64> = later_changes(conn, table, row, self.target)?
            .iter()
            .map(|l| l.op)
            .collect();
        if ops.is_empty() {
            // Nobody after the target: a file damaged from outside. Nothing can be named but the target itself.
            found.insert(self.target);
        }
        self.note(found, ops.into_iter());
        Ok(())
    }

    /// Notes who brought a row to its commune and sheet after the target and is in force; who changed something else of it, or
    /// a row older than the target, is in nobody's way.
    fn later_maker(&self, conn: &Connection, table: &str, row: i64, found: &mut Operations) -> Result<()> {
        let later = later_changes(conn, table, row, self.target)?;
        let placed =
            |l: &&Later| l.act != "update" || matches!(l.column.as_deref(), Some("commune" | "sheet"));
        found.extend(later.iter().filter(placed).filter_map(|l| self.in_the_way(l.op)));
        Ok(())
    }
}

/// Why `target` cannot be taken back by itself: the operations `direct` in its way and all that build on those, newest
/// first, which is the order to take them back in.
pub fn refusal(conn: &Connection, target: i64, direct: Operations) -> Result<Failure> {
    let mut all = Operations::new();
    let mut open = direct;
    while let Some(op) = open.pop_last() {
        if all.insert(op) && op != target {
            open.extend(on_cells(conn, op, &tables_of(conn, op)?)?.difference(&all));
        }
    }
    let (mut vi, mut en) = (Vec::new(), Vec::new());
    for op in all.iter().rev().take(NAMED) {
        let label = operation(conn, *op)?.label;
        vi.push(format!("số {op} ({})", label.vi));
        en.push(format!("{op} ({})", label.en));
    }
    let more = all.len().saturating_sub(NAMED);
    if more > 0 {
        vi.push(format!("và {more} thao tác nữa"));
        en.push(format!("and {more} more"));
    }
    let (vi, en) = (vi.join(", "), en.join(", "));
    let order: Vec<String> = all.iter().rev().take(NAMED).map(ToString::to_string).collect();
    let order = Msg::new(order.join(", "), order.join(", "));
    let (order_vi, order_en) = (order.vi, order.en);
    Ok(Failure::new(
        "CHANGED_SINCE",
        msg!(
            "Không hoàn tác riêng được thao tác số {target}: thao tác sau đó dựa vào nó: {vi}.",
            "Operation {target} cannot be undone by itself: later operations build on it: {en}."
        ),
    )
    .remedy(msg!(
        "Hãy hoàn tác trước, lần lượt: {order_vi}.",
        "Undo these first, in this order: {order_en}."
    )))
}
