//! Records of the register, field by field as `register` says: read, written, ended. The one place where a field becomes
//! columns; personal values are sealed and opened here.

use std::collections::BTreeMap;

use rusqlite::types::Value as Cell;
use rusqlite::{Connection, OptionalExtension, Row, params, params_from_iter};

use super::error::Result;
use super::journal::Operation;
use super::tables::quoted;
use super::{personal, rows};
use crate::domain::Uid;
use crate::register::duplicates::Person;
use crate::register::{Field, FieldKind, Kind, Share, Target, Value};

/// Status of what is in force.
pub const IN_FORCE: &str = "HIEN_HANH";

/// One record. Holds personal values: no `Debug`.
#[derive(Clone, PartialEq)]
pub struct Record {
    pub kind: Kind,
    pub fid: i64,
    pub uid: Uid,
    /// Of the kinds that end.
    pub status: Option<String>,
    /// yyyy-MM-dd.
    pub ended_on: Option<String>,
    /// The party it was merged into.
    pub merged_into: Option<Uid>,
    /// In the order of the fields of its kind.
    pub values: Vec<Value>,
}

impl Record {
    pub fn get(&self, name: &str) -> &Value {
        let at = self.kind.fields().iter().position(|f| f.name == name);
        at.and_then(|i| self.values.get(i)).unwrap_or(&Value::Empty)
    }

    pub fn fields(&self) -> impl Iterator<Item = (&'static Field, &Value)> {
        self.kind.fields().iter().zip(&self.values)
    }

    /// Whether it has ended: by its date, or by a status that is an end.
    pub fn has_ended(&self) -> bool {
        let ends = |s: &String| {
            crate::codes::code(self.kind.status_list(), s)
                .is_some_and(|c| ["ended", "merged"].contains(&c.group.as_str()))
        };
        self.ended_on.is_some() || self.status.as_ref().is_some_and(ends)
    }
}

/// How references are read.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum References {
    /// As uids.
    Uids,
    /// As rows.
    Rows,
}

/// Tables whose uid has no index (schema.sql).
const WITHOUT_INDEX: [&str; 3] = ["party", "right", "land_use_row"];

/// The row with a uid. Where there is no index the rows are mostly in the order of their uids (they grow with time), so
/// it is sought by halves first; what came in another order is found by reading all.
pub fn find(conn: &Connection, table: &str, uid: Uid) -> Result<Option<i64>> {
    let wanted = uid.to_string();
    let t = quoted(table);
    if WITHOUT_INDEX.contains(&table)
        && let Some(fid) = by_halves(conn, &t, &wanted)?
    {
        return Ok(Some(fid));
    }
    Ok(conn
        .prepare_cached(&format!("SELECT fid FROM {t} WHERE uid=?1"))?
        .query_row([wanted], |r| r.get(0))
        .optional()?)
}

fn by_halves(conn: &Connection, t: &str, wanted: &str) -> Result<Option<i64>> {
    let mut next = conn.prepare_cached(&format!(
        "SELECT fid, uid FROM {t} WHERE fid>=?1 ORDER BY fid LIMIT 1"
    ))?;
    let span = format!("SELECT coalesce(min(fid),0), coalesce(max(fid),-1) FROM {t}");
    let (mut low, mut high): (i64, i64) = conn
        .prepare_cached(&span)?
        .query_row([], |r| Ok((r.get(0)?, r.get(1)?)))?;
    while low <= high {
        let middle = low + (high - low) / 2;
        let found: Option<(i64, String)> = next
            .query_row([middle], |r| Ok((r.get(0)?, r.get(1)?)))
            .optional()?;
        let Some((fid, uid)) = found else { return Ok(None) };
        match uid.as_str().cmp(wanted) {
            std::cmp::Ordering::Equal => return Ok(Some(fid)),
            std::cmp::Ordering::Less => low = fid + 1,
            std::cmp::Ordering::Greater => high = middle - 1,
        }
    }
    Ok(None)
}

/// The uid of a row.
pub fn uid_of(conn: &Connection, table: &str, fid: i64) -> Result<Option<Uid>> {
    let sql = format!("SELECT uid FROM {} WHERE fid=?1", quoted(table));
    let mut stmt = conn.prepare_cached(&sql)?;
    let mut rows = stmt.query([fid])?;
    rows.next()?.map(|r| rows::uid(r, 0)).transpose()
}

/// Which records.
#[derive(Clone, Copy)]
pub enum Of {
    All,
    /// One row.
    Fid(i64),
    /// Those whose field refers to a row.
    Field(&'static Field, i64),
}

/// Records of a kind, by fid; at most `limit`.
pub fn list(
    conn: &Connection,
    kind: Kind,
    of: Of,
    how: References,
    limit: Option<usize>,
) -> Result<Vec<Record>> {
    let mut columns = vec!["t.fid".to_owned(), "t.uid".to_owned()];
    columns.push(if kind.ends() { "t.status" } else { "NULL" }.to_owned());
    columns.push(if kind.ends() { "t.ended_on" } else { "NULL" }.to_owned());
    columns.push(match kind {
        Kind::Party => "(SELECT m.uid FROM party m WHERE m.fid=t.merged_into)".to_owned(),
        _ => "NULL".to_owned(),
    });
    for field in kind.fields() {
        for column in field.columns() {
            columns.push(match (field.kind, how) {
                (FieldKind::Ref(target), References::Uids) => {
                    let to = quoted(target.table());
                    format!("(SELECT x.uid FROM {to} x WHERE x.fid=t.{})", quoted(&column))
                }
                _ => format!("t.{}", quoted(&column)),
            });
        }
    }
    let (holds, value) = match of {
        Of::All => ("?1 IS NOT NULL".to_owned(), 0),
        Of::Fid(fid) => ("t.fid=?1".to_owned(), fid),
        Of::Field(field, fid) => (format!("t.{}=?1", quoted(field.name)), fid),
    };
    let sql = format!(
        "SELECT {} FROM {} t WHERE {holds} ORDER BY t.fid LIMIT ?2",
        columns.join(", "),
        quoted(kind.name())
    );
    let limit = limit.map_or(-1, |n| i64::try_from(n).unwrap_or(i64::MAX));
    let mut stmt = conn.prepare_cached(&sql)?;
    let mut rows = stmt.query(params![value, limit])?;
    let mut out = Vec::new();
    while let Some(row) = rows.next()? {
        out.push(record(row, kind, how)?);
    }
    Ok(out)
}

/// One record.
pub fn read(conn: &Connection, kind: Kind, fid: i64, how: References) -> Result<Option<Record>> {
    Ok(list(conn, kind, Of::Fid(fid), how, None)?.pop())
}

fn record(row: &Row<'_>, kind: Kind, how: References) -> Result<Record> {
    let mut at = 5;
    let mut values = Vec::with_capacity(kind.fields().len());
    for field in kind.fields() {
        values.push(value(row, at, field, how)?);
        at += field.columns().len();
    }
    let merged: Option<String> = row.get(4)?;
    Ok(Record {
        kind,
        fid: row.get(0)?,
        uid: rows::uid(row, 1)?,
        status: row.get(2)?,
        ended_on: row.get(3)?,
        merged_into: merged.and_then(|u| u.parse().ok()),
        values,
    })
}

fn value(row: &Row<'_>, at: usize, field: &Field, how: References) -> Result<Value> {
    if field.kind.is_personal() {
        let blob: Option<Vec<u8>> = row.get(at)?;
        return Ok(personal::open(blob.as_deref())?.map_or(Value::Empty, Value::Text));
    }
    Ok(match field.kind {
        FieldKind::Share => {
            let parts: (Option<i64>, Option<i64>) = (row.get(at)?, row.get(at + 1)?);
            let share = parts.0.zip(parts.1).and_then(|(n, d)| Share::new(n, d));
            share.map_or(Value::Empty, Value::Share)
        }
        FieldKind::Ref(_) => match how {
            References::Rows => row.get::<_, Option<i64>>(at)?.map_or(Value::Empty, Value::Row),
            References::Uids => row
                .get::<_, Option<String>>(at)?
                .map_or(Value::Empty, Value::Named),
        },
        FieldKind::Flag => row.get::<_, Option<bool>>(at)?.map_or(Value::Empty, Value::Flag),
        kind => match (row.get::<_, Cell>(at)?, kind) {
            (Cell::Null, _) => Value::Empty,
            (Cell::Integer(n), FieldKind::Whole { .. }) => Value::Whole(n),
            (Cell::Integer(n), FieldKind::Area) => Value::Real(n as f64),
            (Cell::Real(x), _) => Value::Real(x),
            (Cell::Integer(n), _) => Value::Text(n.to_string()),
            (Cell::Text(t), _) => Value::Text(t),
            (Cell::Blob(_), _) => Value::Empty,
        },
    })
}

/// Column and cell of a value; references must have been looked up.
fn cells(field: &Field, value: &Value) -> Vec<(String, Cell)> {
    let columns = field.columns();
    if let FieldKind::Share = field.kind {
        let (n, d) = match value {
            Value::Share(s) => (Cell::Integer(s.parts().0), Cell::Integer(s.parts().1)),
            _ => (Cell::Null, Cell::Null),
        };
        return columns.into_iter().zip([n, d]).collect();
    }
    let cell = match value {
        Value::Text(t) if field.kind.is_personal() => personal::seal(Some(t)).map_or(Cell::Null, Cell::Blob),
        // house_kind is a number in the table.
        Value::Text(t) if field.name == "house_kind" => t.parse().map_or(Cell::Null, Cell::Integer),
        Value::Text(t) => Cell::Text(t.clone()),
        Value::Whole(n) | Value::Row(n) => Cell::Integer(*n),
        Value::Real(x) => Cell::Real(*x),
        Value::Flag(b) => Cell::Integer(i64::from(*b)),
        Value::Empty | Value::Named(_) | Value::Share(_) => Cell::Null,
    };
    columns.into_iter().map(|c| (c, cell.clone())).collect()
}

/// A new record; `more`: columns that are no fields. Gives its row. What is empty is left to the table.
pub fn insert(
    op: &Operation<'_>,
    kind: Kind,
    uid: Uid,
    values: &[Value],
    more: &[(&str, &str)],
) -> Result<i64> {
    let mut names = vec![quoted("uid")];
    let mut all = vec![Cell::Text(uid.to_string())];
    for (field, value) in kind
        .fields()
        .iter()
        .zip(values)
        .filter(|(_, v)| **v != Value::Empty)
    {
        for (name, cell) in cells(field, value) {
            names.push(quoted(&name));
            all.push(cell);
        }
    }
    for (name, text) in more {
        names.push(quoted(name));
        all.push(Cell::Text((*text).to_owned()));
    }
    let marks = vec!["?"; all.len()].join(", ");
    let sql = format!(
        "INSERT INTO {}({}) VALUES ({marks})",
        quoted(kind.name()),
        names.join(", ")
    );
    op.prepare_cached(&sql)?.execute(params_from_iter(all))?;
    Ok(op.last_insert_rowid())
}

/// Writes fields of a record; gives the names of those that changed. Only columns that change are written.
pub fn update(
    op: &Operation<'_>,
    kind: Kind,
    fid: i64,
    values: &[(&'static Field, Value)],
) -> Result<Vec<&'static str>> {
    let table = quoted(kind.name());
    let mut changed = Vec::new();
    for (field, value) in values {
        for (name, cell) in cells(field, value) {
            let column = quoted(&name);
            let sql = format!("UPDATE {table} SET {column}=?2 WHERE fid=?1 AND {column} IS NOT ?2");
            if op.prepare_cached(&sql)?.execute(params![fid, cell])? > 0
                && changed.last() != Some(&field.name)
            {
                changed.push(field.name);
            }
        }
    }
    Ok(changed)
}

/// Ends a record.
pub fn end(op: &Operation<'_>, kind: Kind, fid: i64, status: &str, on: &str) -> Result<()> {
    let sql = format!(
        "UPDATE {} SET status=?2, ended_on=?3 WHERE fid=?1",
        quoted(kind.name())
    );
    op.prepare_cached(&sql)?.execute(params![fid, status, on])?;
    Ok(())
}

/// Says which party another was merged into.
pub fn merged(op: &Operation<'_>, other: i64, keep: i64) -> Result<()> {
    op.prepare_cached("UPDATE party SET merged_into=?2 WHERE fid=?1")?
        .execute([other, keep])?;
    Ok(())
}

/// Every field of every kind that refers to a kind.
pub fn references_to(kind: Kind) -> impl Iterator<Item = (Kind, &'static Field)> {
    Kind::ALL.into_iter().flat_map(move |k| {
        let fields = k.fields().iter();
        fields
            .filter(move |f| f.kind == FieldKind::Ref(Target::Record(kind)))
            .map(move |f| (k, f))
    })
}

/// The first record in force that refers to a row, as (kind, uid). Identity papers go with their party.
pub fn used_by(conn: &Connection, kind: Kind, fid: i64) -> Result<Option<(Kind, Uid)>> {
    for (from, field) in references_to(kind).filter(|(k, _)| k.ends() && *k != Kind::IdentityDocument) {
        let sql = format!(
            "SELECT uid FROM {} WHERE {}=?1 AND ended_on IS NULL AND status NOT IN ('LICH_SU','DA_XOA','NHAM','DA_GOP') ORDER BY fid LIMIT 1",
            quoted(from.name()),
            quoted(field.name)
        );
        let mut stmt = conn.prepare_cached(&sql)?;
        let mut found = stmt.query([fid])?;
        if let Some(row) = found.next()? {
            return Ok(Some((from, rows::uid(row, 0)?)));
        }
    }
    Ok(None)
}

/// Makes every record that refers to `from` refer to `to`.
pub fn repoint(op: &Operation<'_>, kind: Kind, from: i64, to: i64) -> Result<()> {
    for (of, field) in references_to(kind) {
        let (table, column) = (quoted(of.name()), quoted(field.name));
        op.prepare_cached(&format!("UPDATE {table} SET {column}=?2 WHERE {column}=?1"))?
            .execute([from, to])?;
    }
    Ok(())
}

/// The parcels a record is about, by its fields: ascending.
pub fn parcel_of(record: &Record) -> Option<i64> {
    match record.get("parcel") {
        Value::Row(fid) => Some(*fid),
        _ => None,
    }
}

/// The dossier of a code.
pub fn dossier_coded(conn: &Connection, code: &str) -> Result<Option<i64>> {
    Ok(conn
        .prepare_cached("SELECT fid FROM dossier WHERE code=?1")?
        .query_row([code], |r| r.get(0))
        .optional()?)
}

/// The codes of the land-use rows of a parcel, in their order: what its label says.
pub fn land_use_codes(conn: &Connection, parcel: i64) -> Result<Vec<String>> {
    let mut stmt =
        conn.prepare_cached("SELECT code FROM land_use_row WHERE parcel=?1 ORDER BY position, uid")?;
    let codes = stmt.query_map([parcel], |r| r.get(0))?;
    Ok(codes.collect::<rusqlite::Result<_>>()?)
}

/// Every person and organisation in force, as far as it tells who is who.
pub fn people(conn: &Connection) -> Result<Vec<Person>> {
    let mut all: BTreeMap<i64, Person> = BTreeMap::new();
    let mut stmt = conn.prepare(
        "SELECT fid, kind, name_p, birth_p, address_p, personal_code_p, tax_code_p FROM party WHERE status=?1 ORDER BY fid",
    )?;
    let mut rows = stmt.query([IN_FORCE])?;
    while let Some(r) = rows.next()? {
        let mut person = Person {
            fid: r.get(0)?,
            kind: r.get(1)?,
            name: opened(r, 2)?.unwrap_or_default(),
            birth: opened(r, 3)?,
            address: opened(r, 4)?,
            numbers: Vec::new(),
        };
        for (column, kind) in [(5, "CCCD"), (6, "MST")] {
            person
                .numbers
                .extend(opened(r, column)?.map(|n| (kind.to_owned(), n)));
        }
        all.insert(person.fid, person);
    }
    let mut stmt = conn.prepare(
        "SELECT party, kind, number_p FROM identity_document WHERE status=?1 AND number_p IS NOT NULL ORDER BY fid",
    )?;
    let mut rows = stmt.query([IN_FORCE])?;
    while let Some(r) = rows.next()? {
        let (party, kind): (i64, String) = (r.get(0)?, r.get(1)?);
        if let (Some(person), Some(number)) = (all.get_mut(&party), opened(r, 2)?) {
            person.numbers.push((kind, number));
        }
    }
    Ok(all.into_values().collect())
}

fn opened(row: &Row<'_>, column: usize) -> Result<Option<String>> {
    let blob: Option<Vec<u8>> = row.get(column)?;
    Ok(personal::open(blob.as_deref())?)
}
