//! Rows ↔ domain: reading parcels for the map and records for the register.

use std::collections::HashSet;
use std::ops::RangeInclusive;
use std::path::Path;
use std::sync::Arc;

use rusqlite::{Connection, OptionalExtension, Row, params};

use super::error::{Result, StoreError};
use super::{connection, geometry, history, personal};
use crate::domain::{BBox, Failure, Holder, LandUseRow, Parcel, ParcelRecord, Polygon, Status, Uid};
use crate::job::Progress;
use crate::msg;
use crate::text::Text;

const LOADING: Text = Text::new("Đang đọc thửa đất", "Reading parcels");
/// Rows between two looks at the cancel flag.
const CHUNK: u64 = 8192;

/// Status as stored.
pub fn status_text(status: Status) -> &'static str {
    match status {
        Status::InForce => "HIEN_HANH",
        Status::Historic => "LICH_SU",
    }
}

/// Texts that occur often, each kept once.
#[derive(Default)]
pub struct Interner(HashSet<Arc<str>>);

impl Interner {
    pub fn get(&mut self, text: &str) -> Arc<str> {
        if let Some(known) = self.0.get(text) {
            return known.clone();
        }
        let new: Arc<str> = text.into();
        self.0.insert(new.clone());
        new
    }
}

const MAP_COLUMNS: &str =
    "fid, uid, geom, commune, sheet, number, land_use, area_measured, area_legal, is_parcel";

/// All parcels in force, read by several connections at once; by fid.
pub fn load(path: &Path, progress: &Progress) -> Result<Vec<Parcel>> {
    let first = connection::read(path)?;
    let (total, low, high): (u64, i64, i64) = first.query_row(
        "SELECT count(*), coalesce(min(fid),0), coalesce(max(fid),-1) FROM parcel",
        [],
        |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?)),
    )?;
    progress.stage(LOADING, total)?;
    if total == 0 {
        return Ok(Vec::new());
    }
    let workers = std::thread::available_parallelism()
        .map_or(1, usize::from)
        .clamp(1, 8) as i64;
    let step = (high - low) / workers + 1;
    let ranges: Vec<_> = (0..workers)
        .map(|w| (low + w * step, low + (w + 1) * step - 1))
        .collect();
    let parts: Vec<Result<Vec<Parcel>>> = std::thread::scope(|scope| {
        let jobs: Vec<_> = ranges
            .iter()
            .map(|&range| scope.spawn(move || load_range(&connection::read(path)?, range, progress)))
            .collect();
        jobs.into_iter()
            .map(|j| j.join().unwrap_or_else(|p| std::panic::resume_unwind(p)))
            .collect()
    });
    let mut all = Vec::with_capacity(total as usize);
    for part in parts {
        all.append(&mut part?);
    }
    Ok(all)
}

/// The parcels in force with a fid in `range`.
pub fn range(conn: &Connection, range: &RangeInclusive<i64>) -> Result<Vec<Parcel>> {
    load_range(conn, (*range.start(), *range.end()), &Progress::none())
}

fn load_range(conn: &Connection, (low, high): (i64, i64), progress: &Progress) -> Result<Vec<Parcel>> {
    let mut stmt = conn.prepare(&format!(
        "SELECT {MAP_COLUMNS} FROM parcel WHERE fid BETWEEN ?1 AND ?2 AND status='HIEN_HANH'"
    ))?;
    let mut rows = stmt.query([low, high])?;
    let (mut out, mut texts, mut n) = (Vec::new(), Interner::default(), 0);
    while let Some(row) = rows.next()? {
        out.push(parcel(row, &mut texts)?);
        n += 1;
        if n % CHUNK == 0 {
            progress.step(CHUNK)?;
        }
    }
    progress.step(n % CHUNK)?;
    Ok(out)
}

/// Those of `fids` that are in force.
pub fn parcels(conn: &Connection, fids: &[i64]) -> Result<Vec<Parcel>> {
    let mut stmt = conn.prepare_cached(&format!(
        "SELECT {MAP_COLUMNS} FROM parcel WHERE fid=?1 AND status='HIEN_HANH'"
    ))?;
    let (mut out, mut texts) = (Vec::with_capacity(fids.len()), Interner::default());
    for fid in fids {
        let mut rows = stmt.query([fid])?;
        if let Some(row) = rows.next()? {
            out.push(parcel(row, &mut texts)?);
        }
    }
    Ok(out)
}

/// A row of the columns the map needs, in the order of the query above.
pub(super) fn parcel(row: &Row<'_>, texts: &mut Interner) -> Result<Parcel> {
    let fid = row.get(0)?;
    let mut text = |i: usize| -> Result<Arc<str>> {
        Ok(texts.get(row.get_ref(i)?.as_str_or_null().map_err(sql)?.unwrap_or("")))
    };
    let polygon = polygon(row, 2).map_err(|e| in_row(e, fid))?.unwrap_or_default();
    Ok(Parcel {
        fid,
        uid: uid(row, 1).map_err(|e| in_row(e, fid))?,
        commune: text(3)?,
        sheet: text(4)?,
        number: text(5)?,
        land_use: text(6)?,
        area_measured: row.get(7)?,
        area_legal: row.get(8)?,
        is_parcel: row.get(9)?,
        bbox: if polygon.rings.is_empty() {
            BBox::EMPTY
        } else {
            polygon.bbox()
        },
        polygon,
    })
}

fn sql(e: rusqlite::types::FromSqlError) -> StoreError {
    rusqlite::Error::from(e).into()
}

fn in_row(e: StoreError, fid: i64) -> StoreError {
    match e {
        StoreError::Failure(f) => f.field(format!("parcel fid={fid}")).into(),
        other => other,
    }
}

/// A uid column.
pub fn uid(row: &Row<'_>, column: usize) -> Result<Uid> {
    let text = row.get_ref(column)?.as_str().map_err(sql)?;
    text.parse().map_err(|_| {
        Failure::new(
            "BAD_UID",
            msg!("Mã uid trong tệp bị hỏng.", "A uid in the file is damaged."),
        )
        .into()
    })
}

fn polygon(row: &Row<'_>, column: usize) -> Result<Option<Polygon>> {
    let blob = row.get_ref(column)?.as_blob_or_null().map_err(sql)?;
    Ok(blob.map(geometry::decode).transpose()?)
}

const RECORD: &str = "SELECT fid, uid, version, status, commune, sheet, number, old_sheet, old_number, parcel_code, \
    area_measured, area_legal, land_use, address, is_parcel, survey, geom FROM parcel";

/// Everything the register says of one parcel.
pub fn record(conn: &Connection, fid: i64) -> Result<ParcelRecord> {
    let mut stmt = conn.prepare_cached(&format!("{RECORD} WHERE fid=?1"))?;
    let mut rows = stmt.query([fid])?;
    match rows.next()? {
        Some(row) => full(conn, row),
        None => Err(no_parcel().into()),
    }
}

/// What the register said of a parcel in force after operation `op`: all of it, but names and addresses of holders
/// are those of today. Fails with `NO_PARCEL` when it was not in force then.
pub fn record_at(conn: &Connection, fid: i64, op: i64) -> Result<ParcelRecord> {
    let mut now = record(conn, fid)?;
    let newest: i64 = conn
        .prepare_cached("SELECT op FROM parcel WHERE fid=?1")?
        .query_row([fid], |r| r.get(0))?;
    if newest > op {
        let mut stmt = conn.prepare_cached(VERSION)?;
        let mut rows = stmt.query(params![fid, op])?;
        let row = rows.next()?.ok_or_else(no_parcel)?;
        let uses: Option<String> = row.get(17)?;
        let of_now = full(conn, row)?;
        now = ParcelRecord {
            fid,
            uid: now.uid,
            land_uses: earlier_uses(&uses.unwrap_or_default())?,
            ..of_now
        };
    }
    now.holders = holders_at(conn, fid, op)?;
    match now.status {
        Status::InForce => Ok(now),
        Status::Historic => Err(no_parcel().into()),
    }
}

/// The columns of [`RECORD`], of an earlier state, and its land-use rows.
const VERSION: &str = "SELECT parcel, uid, version, status, commune, sheet, number, old_sheet, old_number, parcel_code, \
    area_measured, area_legal, land_use, address, is_parcel, survey, geom, land_use_rows FROM parcel_version \
    WHERE parcel=?1 AND from_op<=?2 AND to_op>?2 ORDER BY version LIMIT 1";

/// Land-use rows as [`super::write::supersede`] kept them.
fn earlier_uses(json: &str) -> Result<Vec<LandUseRow>> {
    #[derive(serde::Deserialize)]
    struct Kept {
        uid: String,
        code: String,
        list_version: Option<String>,
        area: Option<f64>,
        term: Option<String>,
        origin: Option<String>,
    }
    let damaged = || {
        let message = msg!(
            "Dòng loại đất của trạng thái cũ trong tệp bị hỏng.",
            "The land-use rows of an earlier state in the file are damaged."
        );
        Failure::new("BAD_JSON", message)
    };
    let kept: Vec<Kept> = match json {
        "" => Vec::new(),
        json => serde_json::from_str(json).map_err(|_| damaged())?,
    };
    let one = |(row, position): (Kept, i64)| {
        Ok(LandUseRow {
            uid: row.uid.parse().map_err(|_| damaged())?,
            position,
            code: row.code,
            list_version: row.list_version,
            area: row.area,
            term: row.term,
            origin: row.origin,
        })
    };
    kept.into_iter().zip(1..).map(one).collect()
}

/// "There is no such parcel."
pub fn no_parcel() -> Failure {
    Failure::new(
        "NO_PARCEL",
        msg!("Không có thửa đất này.", "There is no such parcel."),
    )
}

/// The records of a commune (`None` = all) in the order of sheet and number as text, then uid. With `history`, superseded ones too.
pub fn for_each_record(
    conn: &Connection,
    commune: Option<&str>,
    history: bool,
    each: &mut dyn FnMut(ParcelRecord) -> std::result::Result<(), Failure>,
) -> Result<()> {
    let sql = format!(
        "{RECORD} WHERE (?1 IS NULL OR commune=?1) AND (?2 OR status='HIEN_HANH') ORDER BY commune, sheet, number, uid"
    );
    let mut stmt = conn.prepare_cached(&sql)?;
    let mut rows = stmt.query(params![commune, history])?;
    while let Some(row) = rows.next()? {
        each(full(conn, row)?)?;
    }
    Ok(())
}

fn full(conn: &Connection, row: &Row<'_>) -> Result<ParcelRecord> {
    let fid = row.get(0)?;
    let status: String = row.get(3)?;
    Ok(ParcelRecord {
        fid,
        uid: uid(row, 1)?,
        version: row.get(2)?,
        status: if status == status_text(Status::InForce) {
            Status::InForce
        } else {
            Status::Historic
        },
        commune: row.get(4)?,
        sheet: row.get(5)?,
        number: row.get(6)?,
        old_sheet: row.get(7)?,
        old_number: row.get(8)?,
        parcel_code: row.get(9)?,
        area_measured: row.get(10)?,
        area_legal: row.get(11)?,
        land_use: row.get(12)?,
        address: row.get(13)?,
        is_parcel: row.get(14)?,
        survey: row.get(15)?,
        land_uses: land_uses(conn, fid)?,
        holders: holders(conn, fid)?,
        polygon: polygon(row, 16).map_err(|e| in_row(e, fid))?,
    })
}

fn land_uses(conn: &Connection, parcel: i64) -> Result<Vec<LandUseRow>> {
    let mut stmt = conn.prepare_cached(
        "SELECT uid, position, code, list_version, area, term, origin FROM land_use_row WHERE parcel=?1 ORDER BY position, uid",
    )?;
    let mut rows = stmt.query([parcel])?;
    let mut out = Vec::new();
    while let Some(row) = rows.next()? {
        out.push(LandUseRow {
            uid: uid(row, 0)?,
            position: row.get(1)?,
            code: row.get(2)?,
            list_version: row.get(3)?,
            area: row.get(4)?,
            term: row.get(5)?,
            origin: row.get(6)?,
        });
    }
    Ok(out)
}

fn holders(conn: &Connection, parcel: i64) -> Result<Vec<Holder>> {
    let all = rights(conn, parcel)?.into_iter();
    Ok(all.filter(|r| r.status == IN_FORCE).map(|r| r.holder).collect())
}

/// Who held rights on a parcel after operation `op`, by the journal without what was undone since; names and
/// addresses are those of today.
fn holders_at(conn: &Connection, parcel: i64, op: i64) -> Result<Vec<Holder>> {
    let undone = history::undone_by(conn)?;
    let mut stmt = conn.prepare_cached(
        "SELECT c.op, c.act, c.before FROM change c JOIN operation o ON o.id=c.op WHERE c.tbl='right' AND c.op>?2 AND o.undoes IS NULL \
         AND (c.row=?1 OR c.row_to IS NOT NULL AND ?1 BETWEEN c.row AND c.row_to) AND (c.act<>'update' OR c.col='status') ORDER BY c.id",
    )?;
    let mut out = Vec::new();
    for right in rights(conn, parcel)? {
        let mut status = Some(right.status);
        let mut changes = stmt.query(params![right.fid, op])?;
        while let Some(row) = changes.next()? {
            if undone.contains_key(&row.get(0)?) {
                continue;
            }
            let act: String = row.get(1)?;
            status = if act == "update" { row.get(2)? } else { None };
            break;
        }
        out.extend((status.as_deref() == Some(IN_FORCE)).then_some(right.holder));
    }
    Ok(out)
}

const IN_FORCE: &str = "HIEN_HANH";

/// A right as it is now.
struct Right {
    fid: i64,
    status: String,
    holder: Holder,
}

fn rights(conn: &Connection, parcel: i64) -> Result<Vec<Right>> {
    let mut stmt = conn.prepare_cached(
        "SELECT r.uid, p.uid, p.kind, p.name_p, p.address_p, p.user_type, r.fid, r.status FROM \"right\" r JOIN party p ON p.fid = r.party \
         WHERE r.parcel=?1 ORDER BY r.fid",
    )?;
    let mut rows = stmt.query([parcel])?;
    let mut out = Vec::new();
    while let Some(row) = rows.next()? {
        let open = |i: usize| -> Result<Option<String>> {
            Ok(personal::open(row.get_ref(i)?.as_blob_or_null().map_err(sql)?)?)
        };
        let holder = Holder {
            right_uid: uid(row, 0)?,
            party_uid: uid(row, 1)?,
            kind: row.get(2)?,
            name: open(3)?.unwrap_or_default(),
            address: open(4)?,
            user_type: row.get(5)?,
        };
        out.push(Right {
            fid: row.get(6)?,
            status: row.get(7)?,
            holder,
        });
    }
    Ok(out)
}

/// SHA-256 (hex) of the imported files, sorted.
pub fn source_hashes(conn: &Connection) -> Result<Vec<String>> {
    let mut stmt = conn.prepare_cached("SELECT DISTINCT sha256 FROM source_file ORDER BY 1")?;
    let hashes = stmt
        .query_map([], |r| r.get(0))?
        .collect::<std::result::Result<_, _>>()?;
    Ok(hashes)
}

/// Setting: code of the province a person said the district is in.
pub const PROVINCE: &str = "province";

/// One setting.
pub fn setting(conn: &Connection, key: &str) -> Result<Option<String>> {
    Ok(conn
        .prepare_cached("SELECT value FROM setting WHERE key=?1")?
        .query_row([key], |r| r.get(0))
        .optional()?)
}

/// Writes one setting (local to the file, not journalled).
pub fn set_setting(conn: &Connection, key: &str, value: &str) -> Result<()> {
    conn.prepare_cached("INSERT OR REPLACE INTO setting VALUES (?1, ?2)")?
        .execute([key, value])?;
    Ok(())
}

/// (code, name) of the communes, by code.
pub fn communes(conn: &Connection) -> Result<Vec<(String, String)>> {
    let mut stmt = conn.prepare_cached("SELECT code, name FROM commune ORDER BY code")?;
    let all = stmt
        .query_map([], |r| Ok((r.get(0)?, r.get(1)?)))?
        .collect::<rusqlite::Result<_>>()?;
    Ok(all)
}

/// Rows of each journalled table, by table.
pub fn counts(conn: &Connection) -> Result<Vec<(&'static str, u64)>> {
    let mut out = Vec::new();
    for table in super::tables::journalled() {
        let sql = format!("SELECT count(*) FROM {}", super::tables::quoted(table.name));
        out.push((table.name, conn.query_row(&sql, [], |r| r.get(0))?));
    }
    out.sort_unstable();
    Ok(out)
}

/// fid of a parcel by uid, in force or historic.
pub fn fid_of(conn: &Connection, uid: Uid) -> Result<Option<i64>> {
    Ok(conn
        .prepare_cached("SELECT fid FROM parcel WHERE uid=?1")?
        .query_row([uid.to_string()], |r| r.get(0))
        .optional()?)
}
