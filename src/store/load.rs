//! Makes a district file from a dump, as one operation. The text may come from anybody: whatever is wrong with it is
//! told with the number of its line.

use std::collections::HashMap;
use std::fs;
use std::path::Path;

use rusqlite::types::{ToSqlOutput, Value, ValueRef};
use rusqlite::{ErrorCode, params_from_iter};
use serde_json::json;
use sha2::{Digest, Sha256};

use super::dump::HEADER;
use super::dump::value::{self, Column, Kind, OPERATIONS, Token, Wrong};
use super::error::{Result, StoreError};
use super::files::{replace_file, with_suffix};
use super::journal::{NewOperation, Operation, hex};
use super::packed_rtree::Entry;
use super::tables::{journalled, quoted};
use super::{NewDistrict, Writer, bulk, geometry, personal, schema};
use crate::domain::{Act, BBox, Failure, Uid};
use crate::job::Progress;
use crate::msg;
use crate::text::Text;

const LOADING: Text = Text::new("Đang nạp dữ liệu", "Loading");
/// Lines between two looks at the progress.
const CHUNK: u64 = 4096;

/// Makes the new file `path` from the text of a dump. Nothing appears under its name before all is in it.
///
/// A record without a uid gets a fresh one; a reference may be a uid or a natural key that only one record has.
pub fn load(path: &Path, text: &str, act: &Act, progress: &Progress) -> Result<()> {
    if path.exists() {
        return Err(super::exists(path).into());
    }
    let (epsg, lines) = header(text)?;
    let part = with_suffix(path, ".part");
    super::remove(&part);
    let made = fill(&part, path, epsg, lines, act, progress)
        .and_then(|()| replace_file(&part, path).map_err(StoreError::from));
    super::remove(&part);
    made
}

fn header(text: &str) -> Result<(i32, &str)> {
    let (first, rest) = text.split_once('\n').unwrap_or((text, ""));
    let epsg = first
        .trim_end_matches('\r')
        .strip_prefix(HEADER)
        .and_then(|e| e.parse().ok());
    match epsg {
        Some(epsg) => Ok((epsg, rest)),
        None => Err(at_line(
            1,
            &msg!(
                "dòng đầu phải là “{HEADER}…”",
                "the first line must be “{HEADER}…”"
            ),
        )
        .into()),
    }
}

fn fill(part: &Path, path: &Path, epsg: i32, lines: &str, act: &Act, progress: &Progress) -> Result<()> {
    let name = path
        .file_stem()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    let what = json!({"op": "new", "epsg": epsg, "name": name}).to_string();
    let label = msg!("Tạo tệp {name}", "Create file {name}");
    let district = NewDistrict {
        epsg,
        name: &name,
        communes: &[],
        // The communes of the text say theirs.
        province: None,
        what,
        label,
    };
    let mut writer = Writer::create(part, &district, act)?;
    let hash = hex(&Sha256::digest(lines));
    let operation = writer.begin(
        act,
        &NewOperation {
            kind: "load",
            what: json!({"op": "load", "sha256": hash}).to_string(),
            label: msg!("Nạp từ văn bản", "Load from text"),
            undoes: None,
        },
    )?;
    let mut loader = Loader::new(&operation, epsg)?;
    progress.stage(LOADING, 2 * lines.lines().count() as u64)?;
    loader.number(lines, progress)?;
    loader.suspend()?;
    loader.insert(lines, progress)?;
    loader.finish()?;
    operation.commit()?;
    // The one file gets the name: nothing may stay behind in the log.
    writer.checkpoint()?;
    Ok(())
}

/// One table being filled.
struct Filling {
    columns: Vec<Column>,
    /// Columns that take the number of the operation.
    operations: Vec<&'static str>,
    features: bool,
    uids: HashMap<Uid, i64>,
    /// fid by natural key; `None`: several have it.
    keys: HashMap<String, Option<i64>>,
    rows: i64,
    next: i64,
    sha: Sha256,
    boxes: Vec<(i64, BBox)>,
}

struct Loader<'o> {
    operation: &'o Operation<'o>,
    epsg: i32,
    tables: HashMap<&'static str, Filling>,
}

/// A line taken apart.
struct Record<'t> {
    table: &'static str,
    key: String,
    uid: Option<Uid>,
    cells: &'t str,
}

impl<'o> Loader<'o> {
    fn new(operation: &'o Operation<'o>, epsg: i32) -> Result<Self> {
        let mut tables = HashMap::new();
        for table in journalled() {
            let names = schema::columns(operation, table.name)?;
            let filling = Filling {
                operations: OPERATIONS
                    .into_iter()
                    .filter(|o| names.iter().any(|n| n == o))
                    .collect(),
                columns: value::columns(operation, table.name)?,
                features: matches!(table.kind, super::tables::Kind::Features(_)),
                uids: HashMap::new(),
                keys: HashMap::new(),
                rows: 0,
                next: 1,
                sha: Sha256::new(),
                boxes: Vec::new(),
            };
            tables.insert(table.name, filling);
        }
        Ok(Self {
            operation,
            epsg,
            tables,
        })
    }

    /// First pass: every record gets its fid, so that references may point forward.
    fn number(&mut self, lines: &str, progress: &Progress) -> Result<()> {
        each(lines, progress, |line| {
            let record = split(line)?;
            let Some(table) = self.tables.get_mut(record.table) else {
                return Err(no_table(record.table).into());
            };
            table.rows += 1;
            let fid = table.rows;
            if let Some(uid) = record.uid
                && table.uids.insert(uid, fid).is_some()
            {
                return Err(msg!(
                    "uid {uid} đã có ở dòng khác",
                    "uid {uid} stands on another line too"
                )
                .into());
            }
            table
                .keys
                .entry(record.key)
                .and_modify(|f| *f = None)
                .or_insert(Some(fid));
            Ok(())
        })
    }

    fn suspend(&self) -> Result<()> {
        self.filled()
            .try_for_each(|(name, _)| schema::suspend(self.operation, name))
    }

    /// The tables that get rows, by name.
    fn filled(&self) -> impl Iterator<Item = (&'static str, &Filling)> {
        let mut all: Vec<_> = self
            .tables
            .iter()
            .filter(|(_, t)| t.rows > 0)
            .map(|(n, t)| (*n, t))
            .collect();
        all.sort_unstable_by_key(|(name, _)| *name);
        all.into_iter()
    }

    /// Second pass.
    fn insert(&mut self, lines: &str, progress: &Progress) -> Result<()> {
        let (operation, epsg) = (self.operation, self.epsg);
        each(lines, progress, |line| {
            let record = split(line)?;
            let row = self.row(&record, epsg)?;
            let columns: Vec<_> = row.iter().map(|(name, _)| quoted(name)).collect();
            let marks = vec!["?"; row.len()].join(",");
            let sql = format!(
                "INSERT INTO {} ({}) VALUES ({marks})",
                quoted(record.table),
                columns.join(",")
            );
            let values = row.iter().map(|(_, v)| ToSqlOutput::Borrowed(ValueRef::from(v)));
            operation
                .prepare_cached(&sql)
                .and_then(|mut s| s.execute(params_from_iter(values)))
                .map_err(|e| refused(&e))?;
            if let Some(table) = self.tables.get_mut(record.table) {
                table.sha.update(line);
                table.sha.update("\n");
            }
            Ok(())
        })
    }

    /// Columns and values of a record, fid and uid first.
    fn row(&mut self, record: &Record<'_>, epsg: i32) -> std::result::Result<Vec<(String, Value)>, Bad> {
        let Some(table) = self.tables.get_mut(record.table) else {
            return Err(no_table(record.table).into());
        };
        let fid = table.next;
        table.next += 1;
        let uid = record.uid.unwrap_or_else(Uid::fresh).to_string();
        let mut row = vec![
            ("fid".to_owned(), Value::Integer(fid)),
            ("uid".to_owned(), Value::Text(uid)),
        ];
        let table = &self.tables[record.table];
        let mut bbox = BBox::EMPTY;
        let mut rest = record.cells;
        while !rest.is_empty() {
            let (name, after) = rest.split_once('=').ok_or_else(|| expected_column(rest))?;
            let column = table
                .columns
                .iter()
                .find(|c| c.name == name)
                .ok_or_else(|| expected_column(name))?;
            if row.iter().any(|(n, _)| n == name) {
                return Err(msg!("cột {name} có hai lần", "column {name} stands twice").into());
            }
            let (token, after) = value::token(after)?;
            rest = next(after)?;
            if let Token::Point(p) = &token {
                bbox = BBox::of([*p]);
            }
            if let Token::Polygon(p) = &token {
                bbox = p.bbox();
            }
            row.push((column.name.clone(), self.value(column, token, epsg)?));
        }
        let op = Value::Integer(self.operation.id());
        row.extend(
            table
                .operations
                .iter()
                .map(|name| ((*name).to_owned(), op.clone())),
        );
        if !bbox.is_empty()
            && let Some(table) = self.tables.get_mut(record.table)
        {
            table.boxes.push((fid, bbox));
        }
        Ok(row)
    }

    /// The value a column of its kind takes.
    fn value(&self, column: &Column, token: Token, epsg: i32) -> std::result::Result<Value, Wrong> {
        let name = &column.name;
        match (&column.kind, token) {
            (Kind::Reference(to), Token::Word(w)) => self.fid(to, &w).map(Value::Integer),
            (Kind::Reference(to), Token::Value(Value::Text(w))) => self.fid(to, &w).map(Value::Integer),
            (Kind::Geometry, Token::Point(p)) => Ok(Value::Blob(geometry::encode_point(p, epsg))),
            (Kind::Geometry, Token::Polygon(p)) => geometry::encode(&p, epsg)
                .map(Value::Blob)
                .ok_or_else(|| msg!("hình học rỗng", "an empty geometry")),
            (Kind::Personal, Token::Value(Value::Text(t))) => {
                Ok(personal::seal(Some(&t)).map_or(Value::Null, Value::Blob))
            }
            (Kind::Text, Token::Value(v @ Value::Text(_))) => Ok(v),
            (Kind::Geometry | Kind::Blob, Token::Value(v @ Value::Blob(_))) => Ok(v),
            (Kind::Number | Kind::Text, Token::Word(w)) => value::number(&w).ok_or_else(|| {
                msg!(
                    "cột {name}: “{w}” không phải là số",
                    "column {name}: “{w}” is not a number"
                )
            }),
            _ => Err(msg!(
                "cột {name}: giá trị sai kiểu",
                "column {name}: a value of the wrong kind"
            )),
        }
    }

    fn fid(&self, table: &str, reference: &str) -> std::result::Result<i64, Wrong> {
        let filling = self.tables.get(table);
        if let Ok(uid) = reference.parse::<Uid>()
            && let Some(fid) = filling.and_then(|t| t.uids.get(&uid))
        {
            return Ok(*fid);
        }
        match filling.and_then(|t| t.keys.get(reference)) {
            Some(Some(fid)) => Ok(*fid),
            Some(None) => Err(msg!(
                "nhiều bản ghi {table} có khóa “{reference}”",
                "several records of {table} have the key “{reference}”"
            )),
            None => Err(msg!(
                "không có bản ghi {table} “{reference}”",
                "there is no record “{reference}” of {table}"
            )),
        }
    }

    /// Triggers back, R*Trees and extents, one row in the journal for each table.
    fn finish(self) -> Result<()> {
        let operation = self.operation;
        for (name, table) in self.filled() {
            schema::resume(operation, name)?;
            operation.note_bulk(
                name,
                1,
                table.rows,
                table.rows,
                &hex(&table.sha.clone().finalize()),
            )?;
            if table.features {
                let entries = table.boxes.iter().map(|(fid, b)| Entry::new(*fid, b)).collect();
                bulk::index(
                    operation,
                    name,
                    entries,
                    table.boxes.iter().fold(BBox::EMPTY, |a, (_, b)| a.union(*b)),
                )?;
            }
        }
        Ok(())
    }
}

/// Why a line is no good, or why it could not be stored.
enum Bad {
    Wrong(Wrong),
    Store(StoreError),
}

impl From<Wrong> for Bad {
    fn from(w: Wrong) -> Self {
        Self::Wrong(w)
    }
}

fn each(
    lines: &str,
    progress: &Progress,
    mut f: impl FnMut(&str) -> std::result::Result<(), Bad>,
) -> Result<()> {
    let mut n = 1;
    for line in lines.lines() {
        n += 1;
        if !line.is_empty() {
            f(line).map_err(|bad| match bad {
                Bad::Wrong(wrong) => at_line(n, &wrong).into(),
                Bad::Store(e) => e,
            })?;
        }
        if n % CHUNK == 0 {
            progress.step(CHUNK)?;
        }
    }
    Ok(())
}

/// `TABLE KEY [UID] column=value …`
fn split(line: &str) -> std::result::Result<Record<'_>, Bad> {
    let (table, rest) = line.split_once(' ').unwrap_or((line, ""));
    let table = journalled()
        .find(|t| t.name == table)
        .ok_or_else(|| no_table(table))?
        .name;
    let (key, rest) = match value::token(rest)? {
        (Token::Word(key), rest) if !key.is_empty() => (key, next(rest)?),
        (Token::Value(Value::Text(key)), rest) => (key, next(rest)?),
        _ => return Err(msg!("thiếu khóa của bản ghi", "the key of the record is missing").into()),
    };
    let (word, after) = rest.split_once(' ').unwrap_or((rest, ""));
    let (uid, cells) = match word.parse::<Uid>() {
        Ok(uid) => (Some(uid), after),
        Err(_) => (None, rest),
    };
    Ok(Record {
        table,
        key,
        uid,
        cells,
    })
}

/// What follows after the one space between two parts.
fn next(rest: &str) -> std::result::Result<&str, Wrong> {
    if rest.is_empty() {
        return Ok(rest);
    }
    rest.strip_prefix(' ').ok_or_else(|| {
        msg!(
            "thiếu dấu cách sau một giá trị",
            "a space is missing after a value"
        )
    })
}

fn no_table(name: &str) -> Wrong {
    let name: String = name.chars().take(40).collect();
    msg!("không có bảng “{name}”", "there is no table “{name}”")
}

fn expected_column(at: &str) -> Wrong {
    let at: String = at.chars().take(40).collect();
    msg!(
        "cần “cột=giá trị” tại “{at}”",
        "expected “column=value” at “{at}”"
    )
}

fn refused(e: &rusqlite::Error) -> Bad {
    match e.sqlite_error_code() {
        Some(ErrorCode::ConstraintViolation | ErrorCode::TypeMismatch | ErrorCode::TooBig) => msg!(
            "tệp không nhận bản ghi: {e}",
            "the file does not take the record: {e}"
        )
        .into(),
        _ => Bad::Store(super::error::failure(e).into()),
    }
}

fn at_line(n: u64, wrong: &Wrong) -> Failure {
    let (vi, en) = (&wrong.vi, &wrong.en);
    Failure::new("BAD_DUMP", msg!("Dòng {n}: {vi}.", "Line {n}: {en}."))
        .record(n)
        .remedy(msg!(
            "Hãy sửa văn bản rồi nạp lại; chưa có gì được tạo.",
            "Correct the text and load again; nothing was made."
        ))
}

/// The text of a dump read from a file or standard input; names the line when it is not UTF-8.
pub fn decode(bytes: &[u8]) -> std::result::Result<&str, Failure> {
    std::str::from_utf8(bytes).map_err(|e| {
        let line = 1 + bytes[..e.valid_up_to()].iter().filter(|b| **b == b'\n').count() as u64;
        at_line(line, &msg!("không phải UTF-8", "not UTF-8"))
    })
}

/// Reads and loads a dump file.
pub fn load_file(path: &Path, text: &Path, act: &Act, progress: &Progress) -> Result<()> {
    let bytes = fs::read(text).map_err(|e| super::files::io_failure(&e, text, super::files::READING))?;
    load(path, decode(&bytes)?, act, progress)
}
