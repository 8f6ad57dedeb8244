//! Reading the journal: the log, and what can be undone and redone.

use std::collections::HashMap;

use rusqlite::{Connection, OptionalExtension, Row, params};

use super::error::Result;
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
             SELECT op FROM change WHERE tbl='parcel' AND row=?2 AND row_to IS NULL \
             UNION SELECT op FROM change WHERE tbl='parcel' AND row<=?2 AND row_to IS NOT NULL AND row_to>=?2 \
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
pub(super) fn undone_by(conn: &Connection) -> Result<HashMap<i64, i64>> {
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

/// When the newest operation was, as claimed then.
pub fn newest_time(conn: &Connection) -> Result<Option<jiff::Timestamp>> {
    let mut stmt = conn.prepare_cached("SELECT at FROM operation ORDER BY id DESC LIMIT 1")?;
    let at: Option<String> = stmt.query_row([], |r| r.get(0)).optional()?;
    Ok(at.and_then(|a| a.parse().ok()))
}

/// The newest operation of a kind; 0 when there is none.
pub fn newest_of(conn: &Connection, kind: &str) -> Result<i64> {
    Ok(conn
        .prepare_cached("SELECT coalesce(max(id), 0) FROM operation WHERE kind=?1")?
        .query_row([kind], |r| r.get(0))?)
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

    /// What to take back, in this order, so that `op` is the newest in force: later acts are undone, or acts undone up to
    /// it redone. `None` when neither leads there.
    pub fn way_to(&self, op: i64) -> Option<Vec<i64>> {
        let back = |list: &[i64], keep: usize| list[keep..].iter().rev().copied().collect();
        if let Some(at) = self.undo.iter().position(|o| *o == op) {
            return Some(back(&self.undo, at + 1));
        }
        let undone = |undo: &i64| self.roots.get(undo) == Some(&op);
        let at = self.redo.iter().position(undone)?;
        Some(back(&self.redo, at))
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
