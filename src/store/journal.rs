//! The journal: one row in `operation` for each act, and in `change` the earlier value of every column that changed.
//!
//! Generated triggers write `change` and refuse a write outside an operation. They are plain SQL, so that another
//! program gets our sentence and not "no such function". Operations are chained by SHA-256.

use rusqlite::types::ValueRef;
use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior, params};
use sha2::{Digest, Sha256};

use super::error::{OUTSIDE, Result};
use super::schema::Trigger;
use super::tables::quoted;
use crate::domain::{Act, Failure, Uid};
use crate::msg;
use crate::text::Msg;

/// Column `col` of a bulk change that took rows away; NULL where it wrote them.
pub const REMOVED: &str = "removed";

/// What an operation is, before it has a number.
#[derive(Clone, Debug)]
pub struct NewOperation<'a> {
    /// "new", "set", "move_point", "import", "gesture", "undo", "redo".
    pub kind: &'a str,
    /// The edit as JSON, without personal values.
    pub what: String,
    pub label: Msg,
    /// The operation this one takes back.
    pub undoes: Option<i64>,
}

/// An open operation: the one transaction in which registered tables can be written. Dropped, it never happened.
pub struct Operation<'c> {
    tx: Transaction<'c>,
    id: i64,
}

impl std::ops::Deref for Operation<'_> {
    type Target = Connection;
    fn deref(&self) -> &Connection {
        &self.tx
    }
}

/// Begins an operation.
pub fn begin<'c>(conn: &'c mut Connection, act: &Act, new: &NewOperation<'_>) -> Result<Operation<'c>> {
    let tx = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let before: Option<String> = tx
        .prepare_cached("SELECT at FROM operation ORDER BY id DESC LIMIT 1")?
        .query_row([], |r| r.get(0))
        .optional()?;
    let back = before
        .and_then(|b| b.parse().ok())
        .is_some_and(|b: jiff::Timestamp| act.at < b);
    tx.prepare_cached(
        "INSERT INTO operation(uid, at, actor, kind, what, label_vi, label_en, undoes, clock_back) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
    )?
    .execute(params![
        Uid::fresh().to_string(),
        act.at.to_string(),
        act.actor,
        new.kind,
        new.what,
        new.label.vi,
        new.label.en,
        new.undoes,
        back
    ])?;
    let id = tx.last_insert_rowid();
    Ok(Operation { tx, id })
}

impl Operation<'_> {
    /// Its number; the next operation has a higher one.
    pub fn id(&self) -> i64 {
        self.id
    }

    /// Notes rows written in bulk with the triggers suspended: fids `from..=to`, how many, SHA-256 of what was written.
    pub fn note_bulk(&self, table: &str, from: i64, to: i64, rows: i64, sha256: &str) -> Result<()> {
        self.tx.execute(
            "INSERT INTO change(op, tbl, row, act, row_to, rows, sha256) VALUES (?1, ?2, ?3, 'bulk', ?4, ?5, ?6)",
            params![self.id, table, from, to, rows, sha256],
        )?;
        Ok(())
    }

    /// Notes rows taken away in bulk with the triggers suspended; `sha256`: under which their content is kept.
    pub fn note_removed(&self, table: &str, from: i64, to: i64, rows: i64, sha256: &str) -> Result<()> {
        self.tx
            .prepare_cached(
                "INSERT INTO change(op, tbl, row, act, col, row_to, rows, sha256) \
                 VALUES (?1, ?2, ?3, 'bulk', ?4, ?5, ?6, ?7)",
            )?
            .execute(params![self.id, table, from, REMOVED, to, rows, sha256])?;
        Ok(())
    }

    /// Seals the operation (counts, hash chain) and makes it durable. Gives its hash.
    pub fn commit(self) -> Result<String> {
        let hash = self.seal()?;
        self.tx.commit()?;
        Ok(hash)
    }

    fn seal(&self) -> Result<String> {
        self.tx
            .prepare_cached(
                "UPDATE operation SET parcels = \
                   (SELECT count(DISTINCT row) FROM change WHERE op=?1 AND tbl='parcel' AND act<>'bulk') + \
                   (SELECT coalesce(sum(rows),0) FROM change WHERE op=?1 AND tbl='parcel' AND act='bulk') WHERE id=?1",
            )?
            .execute([self.id])?;
        let hash = hash(&self.tx, self.id)?;
        self.tx
            .prepare_cached("UPDATE operation SET hash=?2 WHERE id=?1")?
            .execute(params![self.id, hash])?;
        Ok(hash)
    }
}

/// The hash an operation must have: over the hash of the one before, its row and its changes.
pub fn hash(conn: &Connection, op: i64) -> Result<String> {
    let mut sha = Sha256::new();
    let previous: Option<Option<String>> = conn
        .prepare_cached("SELECT hash FROM operation WHERE id < ?1 ORDER BY id DESC LIMIT 1")?
        .query_row([op], |r| r.get(0))
        .optional()?;
    field(
        &mut sha,
        &ValueRef::Text(previous.flatten().unwrap_or_default().as_bytes()),
    );
    feed(
        conn,
        &mut sha,
        "SELECT id, uid, at, actor, kind, what, label_vi, label_en, dossier, undoes, parcels, clock_back FROM operation WHERE id=?1",
        op,
    )?;
    feed(
        conn,
        &mut sha,
        "SELECT tbl, row, act, col, before, row_to, rows, sha256 FROM change WHERE op=?1 ORDER BY id",
        op,
    )?;
    Ok(hex(&sha.finalize()))
}

fn feed(conn: &Connection, sha: &mut Sha256, sql: &str, op: i64) -> Result<()> {
    let mut stmt = conn.prepare_cached(sql)?;
    let n = stmt.column_count();
    let mut rows = stmt.query([op])?;
    while let Some(row) = rows.next()? {
        for i in 0..n {
            field(sha, &row.get_ref(i)?);
        }
    }
    Ok(())
}

/// One value, with its type and length, so that no two rows give the same bytes.
fn field(sha: &mut Sha256, v: &ValueRef<'_>) {
    let (tag, bytes): (u8, &[u8]) = match v {
        ValueRef::Null => (0, &[]),
        ValueRef::Integer(i) => (1, &i.to_le_bytes()),
        ValueRef::Real(x) => (2, &x.to_bits().to_le_bytes()),
        ValueRef::Text(t) => (3, t),
        ValueRef::Blob(b) => (4, b),
    };
    sha.update([tag]);
    sha.update((bytes.len() as u64).to_le_bytes());
    sha.update(bytes);
}

/// Lower-case hex.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

/// Recomputes the chain from operation `from` on; names the first that does not fit.
pub fn verify_chain(conn: &Connection, from: i64) -> Result<()> {
    let ids: Vec<(i64, Option<String>)> = conn
        .prepare("SELECT id, hash FROM operation WHERE id >= ?1 ORDER BY id")?
        .query_map([from], |r| Ok((r.get(0)?, r.get(1)?)))?
        .collect::<rusqlite::Result<_>>()?;
    for (id, stored) in ids {
        if stored != Some(hash(conn, id)?) {
            return Err(Failure::new(
                "JOURNAL_BROKEN",
                msg!(
                    "Nhật ký bị sửa bên ngoài chương trình, bắt đầu từ thao tác số {id}.",
                    "The journal was changed outside the program, from operation {id} on."
                ),
            )
            .remedy(msg!("Hãy khôi phục bản sao lưu.", "Restore a backup."))
            .into());
        }
    }
    Ok(())
}

/// Our refusal inside SQL: "vi / en" after a mark by which error.rs knows it.
fn refuse(vi: &str, en: &str) -> String {
    format!("RAISE(ABORT, '{OUTSIDE} {vi} / {en}')")
}

/// The three journal triggers of one table.
pub fn triggers(table: &str, columns: &[String]) -> Vec<Trigger> {
    let q = quoted(table);
    let guard = format!(
        "SELECT {} WHERE NOT EXISTS (SELECT 1 FROM current_op);",
        refuse(
            &format!("bảng {table} chỉ được sửa trong chương trình Địa Chính, để nhật ký ghi lại được."),
            &format!("table {table} can only be changed inside diachinh, so that its journal records it.")
        )
    );
    let renumbered = format!(
        "SELECT {} WHERE NEW.fid IS NOT OLD.fid;",
        refuse("số fid không được đổi.", "a fid never changes.")
    );
    let into = format!(
        "INSERT INTO change(op, tbl, row, act, col, before) SELECT (SELECT id FROM current_op), '{table}'"
    );
    let values: Vec<&String> = columns.iter().filter(|c| *c != "fid").collect();
    let cells = |condition: &dyn Fn(&str) -> String| -> String {
        let each = values
            .iter()
            .map(|c| format!("SELECT '{c}', OLD.{} WHERE {}", quoted(c), condition(&quoted(c))));
        each.collect::<Vec<_>>().join(" UNION ALL ")
    };
    let changed = cells(&|c| format!("OLD.{c} IS NOT NEW.{c}"));
    let held = cells(&|c| format!("OLD.{c} IS NOT NULL"));
    let make = |what: &str, body: String| Trigger {
        name: format!("journal_{table}_{what}"),
        sql: format!(
            "CREATE TRIGGER journal_{table}_{what} AFTER {} ON {q} BEGIN {guard} {body} END",
            what.to_uppercase()
        ),
    };
    vec![
        make("insert", format!("{into}, NEW.fid, 'insert', NULL, NULL;")),
        make(
            "update",
            format!("{renumbered} {into}, OLD.fid, 'update', * FROM ({changed});"),
        ),
        make("delete", format!("{into}, OLD.fid, 'delete', * FROM ({held});")),
    ]
}

/// Triggers that keep the journal itself as it was written.
pub fn guards() -> Vec<Trigger> {
    let sealed = refuse("nhật ký không được sửa.", "the journal is never changed.");
    let guard = |name: &str, when: &str| Trigger {
        name: format!("journal_{name}"),
        sql: format!("CREATE TRIGGER journal_{name} {when} BEGIN SELECT {sealed}; END"),
    };
    vec![
        guard(
            "operation_sealed",
            "BEFORE UPDATE ON operation WHEN OLD.hash IS NOT NULL",
        ),
        guard("operation_kept", "BEFORE DELETE ON operation"),
        guard("change_kept", "BEFORE DELETE ON change"),
        guard("change_sealed", "BEFORE UPDATE ON change"),
        guard(
            "change_only_now",
            "BEFORE INSERT ON change WHEN NEW.op IS NOT (SELECT id FROM current_op)",
        ),
        guard("removed_kept", "BEFORE DELETE ON removed_rows"),
        guard("removed_sealed", "BEFORE UPDATE ON removed_rows"),
        guard(
            "removed_only_now",
            "BEFORE INSERT ON removed_rows WHEN NOT EXISTS (SELECT 1 FROM current_op)",
        ),
    ]
}
