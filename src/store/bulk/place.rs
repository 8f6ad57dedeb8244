//! One record as the import would have entered it, inside any operation: the same rows, written one by one through the
//! journal.

use rusqlite::params;

use super::super::error::Result;
use super::super::journal::Operation;
use super::super::quarantine::Source;
use super::encode::{Context, TARGETS, Uids, parcel_rows, record_row};
use super::table::{Block, Inserter, Rows};
use super::{communes_and_sheets, update, widen};
use crate::domain::{DraftParcel, Uid};

/// Puts parcels in force that are parts of one record of `source`. Gives their fids.
pub fn place(op: &Operation<'_>, parcels: &[DraftParcel], source: Source, epsg: i32) -> Result<Vec<i64>> {
    let context = Context {
        op: op.id(),
        epsg,
        first_file: source.file,
    };
    let mut rows = Vec::new();
    for target in &TARGETS {
        rows.push(Rows::after_the_last(op, target)?);
    }
    let Ok(mut rows) = <[Rows; 5]>::try_from(rows) else {
        unreachable!("five targets")
    };
    let (mut uids, mut fids) = (Uids::new(), Vec::new());
    for p in parcels {
        let fid = parcel_rows(context, p, &mut rows, &mut uids);
        record_row(context, p, fid, &mut rows[4], &mut uids);
        widen(op, "parcel", p.polygon.bbox())?;
        fids.push(fid);
    }
    for (target, mut rows) in TARGETS.iter().zip(rows) {
        let mut block = Block::default();
        rows.take(&mut block);
        Inserter::new(op, target)?.insert(&block)?;
    }
    let sheets = parcels
        .iter()
        .map(|p| (p.commune.clone(), p.sheet.clone()))
        .collect();
    communes_and_sheets(op, &sheets, &mut uids)?;
    Ok(fids)
}

/// Enters what a record says with a parcel in force (`parcel.action`), which keeps its shape: as an import that updates.
pub fn complete(op: &Operation<'_>, parcel: &DraftParcel, fid: i64, source: Source, epsg: i32) -> Result<()> {
    // An empty polygon changes none.
    update::run(op, std::slice::from_ref(parcel), epsg)?;
    op.prepare_cached(
        "INSERT INTO source_record(uid, source_file, record, parcel, values_p) VALUES (?1, ?2, ?3, ?4, ?5)",
    )?
    .execute(params![
        Uid::fresh().to_string(),
        source.file,
        parcel.record as i64,
        fid,
        super::super::personal::seal(parcel.extra.json())
    ])?;
    let sheets = [(parcel.commune.clone(), parcel.sheet.clone())].into();
    communes_and_sheets(op, &sheets, &mut Uids::new())
}
