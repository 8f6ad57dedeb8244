//! Commits an import: one draft, one operation, one transaction.
//!
//! New rows go in with the triggers suspended (dropped and made again inside the transaction, so a
//! crash leaves them as they were), references known to hold, the R*Tree packed, and one row in
//! `change` per table in place of one per row. Parcels that are updated go through the ordinary,
//! journalled way. Whatever fails, also a cancel or a full disk, rolls everything back.

mod encode;
pub mod table;
mod update;

use std::collections::BTreeSet;

use rusqlite::{Connection, params};
use serde_json::json;

use self::encode::{Context, TARGETS, Uids};
use self::table::{Cell, Inserter, Rows, Target, Written};
use super::error::Result;
use super::journal::{self, NewOperation, Operation};
use super::packed_rtree::{self, Entry};
use super::schema;
use crate::domain::{Act, BBox, Draft, DraftAction, Failure};
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
    // Every reference is made from numbers given here; checking each again costs a fifth of the time.
    conn.execute_batch("PRAGMA foreign_keys=OFF")?;
    let done = write(conn, draft, epsg, act, progress);
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
    draft: &Draft,
    epsg: i32,
    act: &Act,
    progress: &Progress,
) -> Result<Committed> {
    let quarantined = draft.quarantined.len() as u64;
    progress.stage(WRITING, draft.parcels.len() as u64 + quarantined)?;
    let operation = journal::begin(conn, act, &new_operation(draft))?;
    let op = operation.id();
    let updated = update::run(&operation, draft, epsg)?;
    let mut uids = Uids::new();
    communes_and_sheets(&operation, draft, &mut uids)?;
    let files = source_files(&operation, draft, op, &mut uids)?;
    let parcels = mass(
        &operation,
        draft,
        Context {
            op,
            epsg,
            files: &files,
        },
        progress,
    )?;
    progress.stage(INDEXING, 0)?;
    index_parcels(&operation, draft, parcels.from)?;
    let hash = operation.commit()?;
    Ok(Committed {
        op,
        hash,
        first_fid: parcels.from,
        inserted: parcels.rows as u64,
        updated,
        quarantined,
    })
}

fn new_operation(draft: &Draft) -> NewOperation<'static> {
    let names: Vec<_> = draft.files.iter().map(|f| f.file.as_str()).collect();
    let files: Vec<_> = draft
        .files
        .iter()
        .map(|f| json!({"file": f.file, "layer": f.layer, "sha256": f.sha256, "records": f.records}))
        .collect();
    let updated = draft
        .parcels
        .iter()
        .filter(|p| p.action != DraftAction::Insert)
        .count();
    let what = json!({
        "import": files, "inserted": draft.parcels.len() - updated, "updated": updated,
        "quarantined": draft.quarantined.len(), "draft": journal::hex(&draft.hash),
    });
    let (count, first) = (draft.parcels.len(), names.first().copied().unwrap_or_default());
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
    NewOperation {
        kind: "import",
        what: what.to_string(),
        label,
        undoes: None,
    }
}

/// Inserts few or many finished rows of one table with its triggers suspended, and notes them.
fn small<'a, const N: usize>(
    operation: &Operation<'_>,
    target: &Target,
    all: impl Iterator<Item = [Cell<'a>; N]>,
) -> Result<Vec<i64>> {
    let mut rows = Rows::after_the_last(operation, target)?;
    let fids: Vec<i64> = all.map(|row| rows.push(row)).collect();
    if fids.is_empty() {
        return Ok(fids);
    }
    schema::suspend(operation, target.table)?;
    Inserter::new(operation, target)?.insert(&rows.take())?;
    schema::resume(operation, target.table)?;
    note(operation, target, &rows.finish())?;
    Ok(fids)
}

fn note(operation: &Operation<'_>, target: &Target, w: &Written) -> Result<()> {
    if w.rows == 0 {
        return Ok(());
    }
    operation.note_bulk(target.table, w.from, w.from + w.rows - 1, w.rows, &w.sha256)
}

/// Rows for the communes and sheets the draft names and the file does not have. The files do not name
/// a commune; until somebody does, its code stands for the name.
fn communes_and_sheets(operation: &Operation<'_>, draft: &Draft, uids: &mut Uids) -> Result<()> {
    let sheets: BTreeSet<(&str, &str)> = draft
        .parcels
        .iter()
        .map(|p| (p.commune.as_str(), p.sheet.as_str()))
        .collect();
    let communes: BTreeSet<&str> = sheets.iter().map(|(commune, _)| *commune).collect();
    let mut there = operation.prepare("SELECT 1 FROM commune WHERE code=?1")?;
    let mut new = Vec::new();
    for code in communes {
        if !code.is_empty() && !there.exists([code])? {
            new.push([Cell::Uid(uids.next()), Cell::Text(code), Cell::Text(code)]);
        }
    }
    drop(there);
    small(operation, &COMMUNE, new.into_iter())?;
    let mut there = operation.prepare("SELECT 1 FROM sheet WHERE commune=?1 AND number=?2")?;
    let mut new = Vec::new();
    for (commune, number) in sheets {
        if !number.is_empty() && !there.exists([commune, number])? {
            new.push([Cell::Uid(uids.next()), Cell::Text(commune), Cell::Text(number)]);
        }
    }
    drop(there);
    small(operation, &SHEET, new.into_iter())?;
    Ok(())
}

/// One row per file and layer; their fids in the order of the draft.
fn source_files(operation: &Operation<'_>, draft: &Draft, op: i64, uids: &mut Uids) -> Result<Vec<i64>> {
    let rows = draft.files.iter().map(|f| {
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

/// The rows that come by the hundred thousand. Gives what was written into `parcel`.
fn mass(
    operation: &Operation<'_>,
    draft: &Draft,
    context: Context<'_>,
    progress: &Progress,
) -> Result<Written> {
    for target in &TARGETS {
        schema::suspend(operation, target.table)?;
    }
    let written = encode::insert(operation, draft, context, progress)?;
    for (target, written) in TARGETS.iter().zip(&written) {
        schema::resume(operation, target.table)?;
        note(operation, target, written)?;
    }
    let [parcels, ..] = written;
    Ok(parcels)
}

/// Fills the R*Tree of `parcel` and widens its extent.
fn index_parcels(operation: &Operation<'_>, draft: &Draft, first_fid: i64) -> Result<()> {
    let inserted = draft.parcels.iter().filter(|p| p.action == DraftAction::Insert);
    let boxes = (first_fid..)
        .zip(inserted)
        .map(|(fid, p)| (fid, p.polygon.bbox()));
    let entries = boxes
        .filter(|(_, b)| !b.is_empty())
        .map(|(fid, b)| Entry::new(fid, &b))
        .collect();
    let extent = draft
        .parcels
        .iter()
        .fold(BBox::EMPTY, |b, p| b.union(p.polygon.bbox()));
    index(operation, "parcel", entries, extent)
}

/// Adds boxes to the R*Tree of a feature table and widens its extent in gpkg_contents to hold `extent`.
pub fn index(operation: &Operation<'_>, table: &str, entries: Vec<Entry>, extent: BBox) -> Result<()> {
    packed_rtree::add(operation, &format!("rtree_{table}_geom"), entries)?;
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
    let all = TARGETS.iter().chain([&COMMUNE, &SHEET, &SOURCE_FILE]);
    match all.into_iter().find(|t| t.table == table) {
        Some(target) => target.hash_of_rows(conn, from, to),
        None => Ok((0, String::new())),
    }
}
