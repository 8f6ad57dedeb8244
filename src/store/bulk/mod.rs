//! Commits an import: one draft, one operation, one transaction.
//!
//! New rows go in with the triggers suspended (dropped and made again inside the transaction, so a
//! crash leaves them as they were), references known to hold, the R*Tree packed, and one row in
//! `change` per table in place of one per row. Parcels that are updated go through the ordinary,
//! journalled way. Whatever fails, also a cancel or a full disk, rolls everything back.

mod encode;
mod place;
pub mod table;
mod update;

use std::collections::BTreeSet;

use rusqlite::{Connection, params};
use serde_json::json;

use self::encode::{Context, Made, Source, TARGETS, Uids};
pub use self::encode::{INCOMPLETE, Pieces, incomplete};
pub use self::place::{complete, place};
use self::table::{Block, Cell, Inserter, Rows, Target, Written};
use super::error::Result;
use super::journal::{self, NewOperation, Operation};
use super::packed_rtree::{self, Entry};
use super::quarantine::{self, Waiting};
use super::{rows, schema};
use crate::domain::{Act, BBox, Draft, Failure, Quarantined};
use crate::job::Progress;
use crate::msg;
use crate::text::Text;

/// What a commit did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Committed {
    pub op: i64,
    /// Hash of the operation, the new head of the journal.
    pub hash: String,
    /// fid of the first parcel inserted; the others follow in the order of the draft.
    pub first_fid: i64,
    pub inserted: u64,
    /// fids of the parcels updated, in the order of the draft.
    pub updated: Vec<i64>,
    pub quarantined: u64,
    /// Records of earlier imports that waited in quarantine and are parcels now.
    pub resolved: u64,
}

const WRITING: Text = Text::new("Đang ghi vào tệp", "Writing to the file");
const INDEXING: Text = Text::new(
    "Đang lập chỉ mục và ghi xuống đĩa",
    "Indexing and making it durable",
);

const COMMUNE: Target = Target {
    table: "commune",
    columns: &["fid", "uid", "code", "name"],
};
/// The same in a district whose province was said.
const COMMUNE_OF_PROVINCE: Target = Target {
    table: "commune",
    columns: &["fid", "uid", "code", "name", "province"],
};
const SHEET: Target = Target {
    table: "sheet",
    columns: &["fid", "uid", "commune", "number"],
};
const SOURCE_FILE: Target = Target {
    table: "source_file",
    columns: &[
        "fid", "uid", "file", "layer", "sha256", "records", "skipped", "op",
    ],
};
const QUARANTINE: Target = Target {
    table: "quarantine",
    columns: &[
        "fid",
        "uid",
        "source_record",
        "attributes_p",
        "crs",
        "swap_xy",
        "shift_e",
        "shift_n",
    ],
};

/// Writes `draft` into the district file of `conn`. Fails with `DRAFT_CHANGED` when it is not the draft
/// that was hashed, `DRAFT_STALE` when a parcel to update is no longer there. Nothing is changed then.
pub fn commit(
    conn: &mut Connection,
    draft: &Draft,
    epsg: i32,
    act: &Act,
    progress: &Progress,
) -> Result<Committed> {
    if draft.content_hash() != draft.hash {
        return Err(changed().into());
    }
    let records = draft.parcels.len() + draft.quarantined.len();
    progress.stage(WRITING, records as u64)?;
    run(conn, Source::Whole(draft), epsg, act, progress)
}

/// Writes a draft while it is read. Fails with [`INCOMPLETE`] when the pieces break off.
pub fn commit_pieces(
    conn: &mut Connection,
    pieces: Pieces,
    epsg: i32,
    act: &Act,
    progress: &Progress,
) -> Result<Committed> {
    run(conn, Source::Pieces(pieces), epsg, act, progress)
}

fn run(
    conn: &mut Connection,
    source: Source<'_>,
    epsg: i32,
    act: &Act,
    progress: &Progress,
) -> Result<Committed> {
    // Every reference is made from numbers given here; checking each again costs a fifth of the time.
    conn.execute_batch("PRAGMA foreign_keys=OFF")?;
    let done = write(conn, source, epsg, act, progress);
    conn.execute_batch("PRAGMA foreign_keys=ON")?;
    done
}

fn changed() -> Failure {
    Failure::new(
        "DRAFT_CHANGED",
        msg!(
            "Dữ liệu sắp ghi khác với dữ liệu đã xem trước; không có gì được ghi.",
            "What would be written is not what was previewed; nothing was written."
        ),
    )
    .remedy(msg!(
        "Hãy đọc lại các tệp rồi xem trước lần nữa.",
        "Read the files again and preview once more."
    ))
}

fn write(
    conn: &mut Connection,
    source: Source<'_>,
    epsg: i32,
    act: &Act,
    progress: &Progress,
) -> Result<Committed> {
    let operation = journal::begin(conn, act, &new_operation())?;
    let op = operation.id();
    let first_file = Rows::after_the_last(&operation, &SOURCE_FILE)?.next();
    let context = Context { op, epsg, first_file };
    let waiting = Waiting::read(&operation)?;
    let Made {
        written: [parcels, .., records],
        rest,
        parcels: count,
        sheets,
        boxes,
        extent,
        met,
    } = mass(&operation, source, context, &waiting, progress)?;
    progress.stage(INDEXING, 0)?;
    let updated = update::run(&operation, &rest.parcels, epsg)?;
    let mut uids = Uids::new();
    communes_and_sheets(&operation, &sheets, &mut uids)?;
    source_files(&operation, &rest, op, &mut uids)?;
    let first = records.from + records.rows - rest.quarantined.len() as i64;
    quarantine(&operation, &rest, first, &mut uids)?;
    let resolved = waiting.settle(&operation, &met, &rest, first)?;
    index(&operation, "parcel", boxes, extent)?;
    describe(&operation, &rest, count)?;
    let hash = operation.commit()?;
    Ok(Committed {
        op,
        hash,
        first_fid: parcels.from,
        inserted: parcels.rows as u64,
        updated,
        quarantined: rest.quarantined.len() as u64,
        resolved,
    })
}

/// What it did is written into it at the end, by [`describe`].
fn new_operation() -> NewOperation<'static> {
    NewOperation {
        kind: "import",
        what: String::new(),
        label: msg!("Nhập dữ liệu", "Import"),
        undoes: None,
    }
}

fn describe(operation: &Operation<'_>, rest: &Draft, count: u64) -> Result<()> {
    let names: Vec<_> = rest.files.iter().map(|f| f.file.as_str()).collect();
    let files: Vec<_> = rest
        .files
        .iter()
        .map(|f| json!({"file": f.file, "layer": f.layer, "sha256": f.sha256, "records": f.records}))
        .collect();
    let updated = rest.parcels.len() as u64;
    let what = json!({
        "import": files, "inserted": count - updated, "updated": updated,
        "quarantined": rest.quarantined.len(), "draft": journal::hex(&rest.hash),
    });
    let first = names.first().copied().unwrap_or_default();
    let label = match names.len() {
        0 | 1 => msg!(
            "Nhập {count} thửa từ {first}",
            "Import {count} parcels from {first}"
        ),
        n => msg!(
            "Nhập {count} thửa từ {n} tệp",
            "Import {count} parcels from {n} files"
        ),
    };
    operation.execute(
        "UPDATE operation SET what=?2, label_vi=?3, label_en=?4 WHERE id=?1",
        params![operation.id(), what.to_string(), label.vi, label.en],
    )?;
    Ok(())
}

/// Inserts few or many finished rows of one table with its triggers suspended, and notes them.
fn small<'a, const N: usize>(
    operation: &Operation<'_>,
    target: &Target,
    all: impl Iterator<Item = [Cell<'a>; N]>,
) -> Result<()> {
    let mut rows = Rows::after_the_last(operation, target)?;
    all.for_each(|row| {
        rows.push(row);
    });
    let mut block = Block::default();
    rows.take(&mut block);
    let written = rows.finish();
    if written.rows > 0 {
        schema::suspend(operation, target.table)?;
        Inserter::new(operation, target)?.insert(&block)?;
        schema::resume(operation, target.table)?;
    }
    note(operation, target, &written)
}

fn note(operation: &Operation<'_>, target: &Target, w: &Written) -> Result<()> {
    if w.rows == 0 {
        return Ok(());
    }
    operation.note_bulk(target.table, w.from, w.from + w.rows - 1, w.rows, &w.sha256)
}

/// Rows for the communes and sheets the draft names and the file does not have. The files do not name
/// a commune; until somebody does, its code stands for the name.
fn communes_and_sheets(
    operation: &Operation<'_>,
    sheets: &BTreeSet<(String, String)>,
    uids: &mut Uids,
) -> Result<()> {
    let sheets = || sheets.iter().map(|(c, s)| (c.as_str(), s.as_str()));
    let communes: BTreeSet<&str> = sheets().map(|(commune, _)| commune).collect();
    let mut there = operation.prepare("SELECT 1 FROM commune WHERE code=?1")?;
    let mut new = Vec::new();
    for code in communes {
        if !code.is_empty() && !there.exists([code])? {
            new.push([Cell::Uid(uids.next()), Cell::Text(code), Cell::Text(code)]);
        }
    }
    drop(there);
    match rows::setting(operation, rows::PROVINCE)? {
        None => small(operation, &COMMUNE, new.into_iter())?,
        Some(province) => {
            let rows = new.into_iter();
            let rows = rows.map(|[uid, code, name]| [uid, code, name, Cell::Text(&province)]);
            small(operation, &COMMUNE_OF_PROVINCE, rows)?;
        }
    }
    let mut there = operation.prepare("SELECT 1 FROM sheet WHERE commune=?1 AND number=?2")?;
    let mut new = Vec::new();
    for (commune, number) in sheets() {
        if !number.is_empty() && !there.exists([commune, number])? {
            new.push([Cell::Uid(uids.next()), Cell::Text(commune), Cell::Text(number)]);
        }
    }
    drop(there);
    small(operation, &SHEET, new.into_iter())
}

/// One row per file and layer, in the order of the draft.
fn source_files(operation: &Operation<'_>, rest: &Draft, op: i64, uids: &mut Uids) -> Result<()> {
    let rows = rest.files.iter().map(|f| {
        [
            Cell::Uid(uids.next()),
            Cell::Text(&f.file),
            f.layer.as_deref().into(),
            Cell::Text(&f.sha256),
            Cell::Int(f.records as i64),
            Cell::Int(f.skipped as i64),
            Cell::Int(op),
        ]
    });
    small(operation, &SOURCE_FILE, rows)
}

/// What the records in quarantine would have been. Their rows in `source_record` begin at `first`, in the order of the
/// draft.
fn quarantine(operation: &Operation<'_>, rest: &Draft, first: i64, uids: &mut Uids) -> Result<()> {
    let sealed = |q: &Quarantined| q.parcel.as_deref().and_then(quarantine::sealed);
    let attributes: Vec<Option<Vec<u8>>> = rest.quarantined.iter().map(sealed).collect();
    let rows = rest
        .quarantined
        .iter()
        .zip(first..)
        .zip(&attributes)
        .map(|((q, record), attributes)| {
            let reading = rest.files.get(q.file as usize).and_then(|f| f.reading);
            [
                Cell::Uid(uids.next()),
                Cell::Int(record),
                attributes.as_deref().into(),
                reading.map_or(Cell::Null, |r| Cell::Int(r.epsg.into())),
                reading.map_or(Cell::Null, |r| Cell::Int(r.swap_xy.into())),
                reading.map(|r| r.shift[0]).into(),
                reading.map(|r| r.shift[1]).into(),
            ]
        });
    small(operation, &QUARANTINE, rows)
}

/// The rows that come by the hundred thousand.
fn mass(
    operation: &Operation<'_>,
    source: Source<'_>,
    context: Context,
    waiting: &Waiting,
    progress: &Progress,
) -> Result<Made> {
    for target in &TARGETS {
        schema::suspend(operation, target.table)?;
    }
    let made = encode::insert(operation, source, context, waiting, progress)?;
    for (target, written) in TARGETS.iter().zip(&made.written) {
        schema::resume(operation, target.table)?;
        note(operation, target, written)?;
    }
    Ok(made)
}

/// Adds boxes to the R*Tree of a feature table and widens its extent in gpkg_contents to hold `extent`.
pub fn index(operation: &Operation<'_>, table: &str, entries: Vec<Entry>, extent: BBox) -> Result<()> {
    packed_rtree::add(operation, &format!("rtree_{table}_geom"), entries)?;
    widen(operation, table, extent)
}

/// Widens the extent of a feature table in gpkg_contents to hold `extent`.
pub fn widen(operation: &Operation<'_>, table: &str, extent: BBox) -> Result<()> {
    if extent.is_empty() {
        return Ok(());
    }
    let ((e0, n0), (e1, n1)) = (extent.min.metres(), extent.max.metres());
    operation.execute(
        "UPDATE gpkg_contents SET min_x=min(coalesce(min_x,?1),?1), min_y=min(coalesce(min_y,?2),?2), \
         max_x=max(coalesce(max_x,?3),?3), max_y=max(coalesce(max_y,?4),?4) WHERE table_name=?5",
        params![e0, n0, e1, n1, table],
    )?;
    Ok(())
}

/// How many rows `from..=to` of `table` there are now and their hash, as a `change` row of a commit has
/// them: equal as long as none of them was touched since.
pub fn hash_of_rows(conn: &Connection, table: &str, from: i64, to: i64) -> Result<(i64, String)> {
    let all = TARGETS
        .iter()
        .chain([&COMMUNE, &SHEET, &SOURCE_FILE, &QUARANTINE]);
    let of_province = table == COMMUNE.table
        && conn
            .prepare("SELECT 1 FROM commune WHERE fid BETWEEN ?1 AND ?2 AND province IS NOT NULL")?
            .exists([from, to])?;
    if of_province {
        return COMMUNE_OF_PROVINCE.hash_of_rows(conn, from, to);
    }
    match all.into_iter().find(|t| t.table == table) {
        Some(target) => target.hash_of_rows(conn, from, to),
        None => Ok((0, String::new())),
    }
}
