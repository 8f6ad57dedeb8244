//! Records in quarantine: the worklist, the originals, what was decided, and how a later import recognises them.

use std::collections::{BTreeSet, HashMap};

use rusqlite::{Connection, OptionalExtension, Params, Row, params};
use serde::{Deserialize, Serialize};

use super::error::Result;
use super::journal::Operation;
use super::{personal, rows};
use crate::domain::{
    Draft, DraftAction, DraftParcel, Extra, Failure, Polygon, QuarantinedRecord, Reading, RecordRef,
    RecordState, Uid,
};
use crate::msg;

/// A parcel to be, without its shape, as it is stored.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct Stored {
    commune: String,
    sheet: String,
    number: String,
    old_sheet: Option<String>,
    old_number: Option<String>,
    area_measured: Option<f64>,
    area_legal: Option<f64>,
    land_use: Option<String>,
    address: Option<String>,
    parcel_code: Option<String>,
    is_parcel: bool,
    owner: Option<String>,
    owner_address: Option<String>,
    user_type: Option<String>,
    extra: Vec<(String, String)>,
}

/// What `p` says but for its shape, to be stored.
pub fn sealed(p: &DraftParcel) -> Option<Vec<u8>> {
    let p = p.clone();
    let stored = Stored {
        commune: p.commune,
        sheet: p.sheet,
        number: p.number,
        old_sheet: p.old_sheet,
        old_number: p.old_number,
        area_measured: p.area_measured,
        area_legal: p.area_legal,
        land_use: p.land_use,
        address: p.address,
        parcel_code: p.parcel_code,
        is_parcel: p.is_parcel,
        owner: p.owner,
        owner_address: p.owner_address,
        user_type: p.user_type,
        extra: p.extra.pairs(),
    };
    personal::seal(serde_json::to_string(&stored).ok().as_deref())
}

fn stored(blob: Option<&[u8]>) -> Result<Option<Stored>> {
    let text = personal::open(blob)?;
    Ok(text.and_then(|t| serde_json::from_str(&t).ok()))
}

fn parcel(s: Stored, record: u64) -> DraftParcel {
    DraftParcel {
        uid: Uid::fresh(),
        action: DraftAction::Insert,
        file: 0,
        record,
        commune: s.commune,
        sheet: s.sheet,
        number: s.number,
        old_sheet: s.old_sheet,
        old_number: s.old_number,
        area_measured: s.area_measured,
        area_legal: s.area_legal,
        land_use: s.land_use,
        address: s.address,
        parcel_code: s.parcel_code,
        is_parcel: s.is_parcel,
        owner: s.owner,
        owner_address: s.owner_address,
        user_type: s.user_type,
        extra: s.extra.into_iter().collect::<Extra>(),
        polygon: Polygon::default(),
    }
}

/// Where the row of a record says it comes from.
#[derive(Clone, Copy, Debug)]
pub struct Source {
    /// fid in `source_file`.
    pub file: i64,
}

/// One record with its original.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Without its place.
    pub record: QuarantinedRecord,
    pub reading: Option<Reading>,
    /// ISO WKB in the file's own coordinates, empty when there was none.
    pub wkb: Vec<u8>,
}

const ENTRY: &str = "SELECT r.fid, r.uid, f.file, f.layer, r.record, r.quarantine, f.op, r.wkb, \
    q.attributes_p, q.crs, q.swap_xy, q.shift_e, q.shift_n, q.op, q.aside, \
    p.uid, p.commune||'/'||p.sheet||'/'||p.number, g.file, s.record \
    FROM source_record r CROSS JOIN source_file f ON f.fid=r.source_file \
    LEFT JOIN quarantine q ON q.source_record=r.fid LEFT JOIN parcel p ON p.fid=q.parcel \
    LEFT JOIN source_record s ON s.fid=q.replaced_by LEFT JOIN source_file g ON g.fid=s.source_file \
    WHERE r.quarantine IS NOT NULL";

/// All records in quarantine, by file and record.
pub fn for_each(conn: &Connection, each: &mut dyn FnMut(Entry) -> Result<()>) -> Result<()> {
    let mut stmt = conn.prepare_cached(&format!("{ENTRY} ORDER BY f.fid, r.record, r.fid"))?;
    let mut rows = stmt.query([])?;
    while let Some(row) = rows.next()? {
        each(entry(row)?)?;
    }
    Ok(())
}

/// How many wait.
pub fn waiting(conn: &Connection) -> Result<u64> {
    let sql = "SELECT count(*) FROM source_record r LEFT JOIN quarantine q ON q.source_record=r.fid \
        WHERE r.quarantine IS NOT NULL AND coalesce(q.parcel, q.replaced_by, q.aside) IS NULL";
    Ok(conn.prepare_cached(sql)?.query_row([], |r| r.get::<_, i64>(0))? as u64)
}

/// The one a reference means. Of several of one name the one that waits.
pub fn find(conn: &Connection, reference: &RecordRef) -> Result<Entry> {
    let sql = |condition: &str| format!("{ENTRY} AND {condition} ORDER BY r.fid");
    let mut found = match reference {
        RecordRef::Uid(uid) => list(conn, &sql("r.uid=?1"), params![uid.to_string()])?,
        RecordRef::Name { file, record } => list(
            conn,
            &sql("f.file=?1 AND r.record=?2"),
            params![file, *record as i64],
        )?,
    };
    if found.iter().filter(|e| e.record.is_waiting()).count() == 1 {
        found.retain(|e| e.record.is_waiting());
    }
    match (found.len(), found.pop()) {
        (1, Some(one)) => Ok(one),
        (0, _) | (_, None) => Err(unknown(reference).into()),
        (_, Some(last)) => {
            found.push(last);
            Err(ambiguous(reference, &found).into())
        }
    }
}

fn list(conn: &Connection, sql: &str, params: impl Params) -> Result<Vec<Entry>> {
    let mut stmt = conn.prepare_cached(sql)?;
    let mut rows = stmt.query(params)?;
    let mut out = Vec::new();
    while let Some(row) = rows.next()? {
        out.push(entry(row)?);
    }
    Ok(out)
}

fn entry(row: &Row<'_>) -> Result<Entry> {
    let says = stored(blob(row, 8)?)?.unwrap_or_default();
    let reading = match (row.get(9)?, row.get(10)?, row.get(11)?, row.get(12)?) {
        (Some(epsg), Some(swap_xy), Some(e), Some(n)) => Some(Reading {
            epsg,
            swap_xy,
            shift: [e, n],
        }),
        _ => None,
    };
    let op: i64 = row.get::<_, Option<i64>>(13)?.unwrap_or_default();
    let (aside, placed, by): (Option<String>, Option<String>, Option<String>) =
        (row.get(14)?, row.get(15)?, row.get(17)?);
    let state = match (placed, by, aside) {
        (Some(_), ..) => RecordState::Placed {
            op,
            parcel: rows::uid(row, 15)?,
            reference: row.get(16)?,
        },
        (_, Some(file), _) => RecordState::Replaced {
            op,
            file,
            record: row.get::<_, i64>(18)? as u64,
        },
        (.., Some(reason)) => RecordState::Aside { op, reason },
        _ => RecordState::Waiting,
    };
    Ok(Entry {
        record: QuarantinedRecord {
            id: row.get(0)?,
            uid: rows::uid(row, 1)?,
            file: row.get(2)?,
            layer: row.get(3)?,
            record: row.get::<_, i64>(4)? as u64,
            code: row.get(5)?,
            import: row.get(6)?,
            commune: says.commune,
            sheet: says.sheet,
            number: says.number,
            place: None,
            state,
        },
        reading,
        wkb: blob(row, 7)?.unwrap_or_default().to_vec(),
    })
}

fn blob<'r>(row: &'r Row<'_>, column: usize) -> Result<Option<&'r [u8]>> {
    Ok(row
        .get_ref(column)?
        .as_blob_or_null()
        .map_err(rusqlite::Error::from)?)
}

/// Personal: every column of the source row as (column, value), in the order of the file.
pub fn values(conn: &Connection, id: i64) -> Result<Vec<(String, String)>> {
    let sealed: Option<Vec<u8>> = conn
        .prepare_cached("SELECT values_p FROM source_record WHERE fid=?1")?
        .query_row([id], |r| r.get(0))
        .optional()?
        .flatten();
    let text = personal::open(sealed.as_deref())?.unwrap_or_default();
    Ok(serde_json::from_str(&text).unwrap_or_default())
}

/// Personal: the parcel the import would have made, without a shape, and its source. `None` for a record of an import
/// that did not keep it.
pub fn attributes(conn: &Connection, id: i64) -> Result<(Option<DraftParcel>, u64, Source)> {
    let (sealed, record, file): (Option<Vec<u8>>, i64, i64) = conn
        .prepare_cached(
            "SELECT q.attributes_p, r.record, r.source_file FROM source_record r \
             LEFT JOIN quarantine q ON q.source_record=r.fid WHERE r.fid=?1",
        )?
        .query_row([id], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?)))?;
    let record = record as u64;
    let made = stored(sealed.as_deref())?.map(|s| parcel(s, record));
    Ok((made, record, Source { file }))
}

/// What is decided about a record.
#[derive(Clone, Copy, Debug)]
pub enum Decision<'a> {
    /// fid of the parcel.
    Placed(i64),
    /// Row of the record of a later import.
    Replaced(i64),
    Aside(&'a str),
    Waiting,
}

/// Writes a decision.
pub fn decide(op: &Operation<'_>, id: i64, decision: Decision<'_>) -> Result<()> {
    let (parcel, by, aside) = match decision {
        Decision::Placed(fid) => (Some(fid), None, None),
        Decision::Replaced(by) => (None, Some(by), None),
        Decision::Aside(reason) => (None, None, Some(reason)),
        Decision::Waiting => (None, None, None),
    };
    let there = op
        .prepare_cached(
            "UPDATE quarantine SET parcel=?2, replaced_by=?3, aside=?4, op=?5 WHERE source_record=?1",
        )?
        .execute(params![id, parcel, by, aside, op.id()])?;
    if there == 0 {
        op.prepare_cached(
            "INSERT INTO quarantine(uid, source_record, parcel, replaced_by, aside, op) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )?
        .execute(params![Uid::fresh().to_string(), id, parcel, by, aside, op.id()])?;
    }
    Ok(())
}

fn unknown(reference: &RecordRef) -> Failure {
    Failure::new(
        "NO_RECORD",
        msg!(
            "Không có bản ghi cách ly {reference}.",
            "There is no record in quarantine {reference}."
        ),
    )
    .field("record")
    .remedy(msg!(
        "Ghi TỆP#SỐ, ví dụ xa.shp#12, hoặc uid; lệnh quarantine liệt kê các bản ghi.",
        "Write FILE#NUMBER, for example xa.shp#12, or the uid; the command quarantine lists them."
    ))
}

fn ambiguous(reference: &RecordRef, found: &[Entry]) -> Failure {
    let n = found.len();
    let uids: Vec<String> = found.iter().map(|e| e.record.uid.to_string()).collect();
    let list = uids.join(", ");
    Failure::new(
        "AMBIGUOUS_RECORD",
        msg!(
            "Có {n} bản ghi cách ly tên {reference}: {list}.",
            "{n} records in quarantine are called {reference}: {list}."
        ),
    )
    .field("record")
    .remedy(msg!(
        "Hãy chỉ rõ bản ghi bằng uid.",
        "Name the record by its uid."
    ))
}

/// A record that waits was met again in an import, as this parcel.
#[derive(Clone, Copy, Debug)]
pub struct Met {
    id: i64,
    file: u32,
    parcel: i64,
}

/// The records that wait, to be recognised among those of an import: by commune, sheet and number; those without a number by
/// file, layer and position, among records without a number.
#[derive(Debug, Default)]
pub struct Waiting {
    by_key: HashMap<String, Vec<i64>>,
    by_position: HashMap<u64, Vec<i64>>,
    /// File and layer of those without a number.
    files: HashMap<i64, (String, Option<String>)>,
}

impl Waiting {
    pub fn read(conn: &Connection) -> Result<Self> {
        let mut this = Self::default();
        for_each(conn, &mut |Entry { record: r, .. }| {
            if !r.is_waiting() || r.is_point() {
            } else if r.number.is_empty() {
                this.by_position.entry(r.record).or_default().push(r.id);
                this.files.insert(r.id, (r.file, r.layer));
            } else {
                this.by_key.entry(r.reference()).or_default().push(r.id);
            }
            Ok(())
        })?;
        Ok(this)
    }

    fn same(&self, p: &DraftParcel) -> &[i64] {
        if self.by_key.is_empty() && self.by_position.is_empty() {
            return &[];
        }
        let found = match p.number.is_empty() {
            true => self.by_position.get(&p.record),
            false => self
                .by_key
                .get(&format!("{}/{}/{}", p.commune, p.sheet, p.number)),
        };
        found.map_or(&[], Vec::as_slice)
    }

    /// Notes the records that `p`, which is or becomes the parcel `fid`, may be.
    pub fn meet(&self, p: &DraftParcel, fid: i64, met: &mut Vec<Met>) {
        met.extend(self.same(p).iter().map(|id| Met {
            id: *id,
            file: p.file,
            parcel: fid,
        }));
    }

    fn is_of(&self, id: i64, file: u32, draft: &Draft) -> bool {
        let Some((name, layer)) = self.files.get(&id) else {
            return true;
        };
        let file = draft.files.get(file as usize);
        file.is_some_and(|f| f.file == *name && f.layer == *layer)
    }

    /// Writes what the import did to those that waited: in the map, or once more in quarantine (the rows of these begin at
    /// `first`). Gives how many are in the map now.
    pub fn settle(&self, op: &Operation<'_>, met: &[Met], draft: &Draft, first: i64) -> Result<u64> {
        let (mut done, mut placed) = (BTreeSet::new(), 0);
        for m in met {
            if self.is_of(m.id, m.file, draft) && done.insert(m.id) {
                decide(op, m.id, Decision::Placed(m.parcel))?;
                placed += 1;
            }
        }
        for (q, by) in draft.quarantined.iter().zip(first..) {
            for id in q.parcel.as_deref().map_or(&[][..], |p| self.same(p)) {
                if self.is_of(*id, q.file, draft) && done.insert(*id) {
                    decide(op, *id, Decision::Replaced(by))?;
                }
            }
        }
        Ok(placed)
    }
}
