//! A draft as rows of the tables it fills, made on a thread of their own ahead of the one that inserts.

use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use rayon::prelude::*;
use rusqlite::Connection;

use super::super::error::Result;
use super::super::{geometry, personal};
use super::table::{Cell, Inserter, Rows, Target, Written};
use crate::codes;
use crate::domain::{Draft, DraftAction, DraftParcel, Failure, Quarantined, Uid};
use crate::job::Progress;
use crate::msg;

/// Parcels to a chunk: what is made ahead stays under a few megabytes.
const CHUNK: usize = 2048;

pub const PARCEL: Target = Target {
    table: "parcel",
    columns: &[
        "fid",
        "uid",
        "geom",
        "commune",
        "sheet",
        "number",
        "old_sheet",
        "old_number",
        "parcel_code",
        "area_measured",
        "area_legal",
        "land_use",
        "address",
        "is_parcel",
        "op",
    ],
};
pub const LAND_USE_ROW: Target = Target {
    table: "land_use_row",
    columns: &["fid", "uid", "parcel", "position", "code", "list_version", "area"],
};
pub const PARTY: Target = Target {
    table: "party",
    columns: &["fid", "uid", "kind", "user_type", "name_p", "address_p"],
};
pub const RIGHT: Target = Target {
    table: "right",
    columns: &["fid", "uid", "party", "parcel"],
};
pub const SOURCE_RECORD: Target = Target {
    table: "source_record",
    columns: &[
        "fid",
        "uid",
        "source_file",
        "record",
        "parcel",
        "values_p",
        "quarantine",
        "wkb",
    ],
};

/// The tables a draft fills by the hundred thousand.
pub const TARGETS: [Target; 5] = [PARCEL, LAND_USE_ROW, PARTY, RIGHT, SOURCE_RECORD];

/// Kind of a holder of whom the file gives a name only (`holder_kinds`).
pub const UNKNOWN_KIND: &str = "KHONG_RO";

/// What the rows of a draft refer to.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    pub op: i64,
    pub epsg: i32,
    /// fid in `source_file` of each [`Draft::files`].
    pub files: &'a [i64],
}

/// A fresh uid for each row: one random UUIDv7, counted up. Ascending, so that their index only grows at
/// its end.
#[derive(Debug)]
pub struct Uids {
    high: u64,
    low: u64,
}

impl Uids {
    pub fn new() -> Self {
        let (high, low) = Uid::fresh().0.as_u64_pair();
        // Room to count without touching the variant bits: the random part keeps 72 bits.
        Self {
            high,
            low: low & !(1 << 61),
        }
    }

    pub fn next(&mut self) -> Uid {
        self.low += 1;
        Uid(uuid::Uuid::from_u64_pair(self.high, self.low))
    }
}

/// One chunk of finished rows, in the order of [`TARGETS`].
struct Chunk<'a> {
    records: u64,
    cells: [Vec<Cell<'a>>; 5],
}

/// What is costly about a parcel's rows and depends on nothing else.
struct Encoded {
    geom: Option<Vec<u8>>,
    values: Option<Vec<u8>>,
    name: Option<Vec<u8>>,
    address: Option<Vec<u8>>,
}

/// Inserts all rows of `draft` but those of parcels that are updated; of those only the source record.
/// Gives what was written into each of [`TARGETS`].
pub fn insert(
    conn: &Connection,
    draft: &Draft,
    context: Context<'_>,
    progress: &Progress,
) -> Result<[Written; 5]> {
    let mut inserters = Vec::new();
    let mut rows = Vec::new();
    for target in &TARGETS {
        inserters.push(Inserter::new(conn, target)?);
        rows.push(Rows::after_the_last(conn, target)?);
    }
    let Ok(rows) = <[Rows<'_>; 5]>::try_from(rows) else {
        unreachable!("five targets")
    };
    let (send, receive) = sync_channel(2);
    thread::scope(|s| {
        let maker = thread::Builder::new()
            .name("bulk rows".to_owned())
            .spawn_scoped(s, move || make(draft, context, rows, &send))
            .map_err(|e| no_thread(&e))?;
        let inserted = drain(conn, receive, &mut inserters, progress);
        let made = maker
            .join()
            .map_err(|_| no_thread(&std::io::ErrorKind::Other.into()))?;
        inserted.map(|()| made)
    })
}

fn no_thread(e: &std::io::Error) -> Failure {
    Failure::new(
        "THREAD",
        msg!(
            "Không chạy được luồng ghi: {e}",
            "A writing thread could not run: {e}"
        ),
    )
}

/// Takes the receiver with it: when inserting fails the maker's next `send` fails and it stops.
#[allow(clippy::needless_pass_by_value)]
fn drain(
    conn: &Connection,
    chunks: Receiver<Chunk<'_>>,
    inserters: &mut [Inserter<'_>],
    progress: &Progress,
) -> Result<()> {
    for chunk in chunks.iter() {
        for (inserter, cells) in inserters.iter_mut().zip(&chunk.cells) {
            inserter.insert(cells)?;
        }
        touch(conn)?;
        progress.step(chunk.records)?;
    }
    Ok(())
}

/// Reads the pages that are written at both ends of the operation (the schema, for its triggers, and the journal), so
/// that they are the last to leave the cache. In WAL mode a page that left it and is written once more makes SQLite
/// sum up the log again from there at commit, which took a fifth of the time of an import.
fn touch(conn: &Connection) -> Result<()> {
    let read = |sql: &str, of: &[&str]| {
        conn.prepare_cached(sql)?
            .query_row(rusqlite::params_from_iter(of), |_| Ok(()))
    };
    read("SELECT sum(length(sql || name)) FROM sqlite_master", &[])?;
    read("SELECT max(id), max(uid) FROM operation WHERE hash IS NULL", &[])?;
    read("SELECT max(id) FROM change", &[])?;
    read("SELECT max(op) FROM change", &[])?;
    for target in &TARGETS {
        read("SELECT max(row) FROM change WHERE tbl=?1", &[target.table])?;
    }
    Ok(())
}

fn make<'a>(
    draft: &'a Draft,
    context: Context<'a>,
    mut rows: [Rows<'a>; 5],
    send: &SyncSender<Chunk<'a>>,
) -> [Written; 5] {
    let mut uids = Uids::new();
    for parcels in draft.parcels.chunks(CHUNK) {
        let encoded: Vec<Encoded> = parcels
            .par_iter()
            .with_min_len(64)
            .map(|p| encode(p, context.epsg))
            .collect();
        for (p, e) in parcels.iter().zip(encoded) {
            parcel_rows(context, p, e, &mut rows, &mut uids);
        }
        if !pass_on(send, parcels.len(), &mut rows) {
            return rows.map(Rows::finish);
        }
    }
    for records in draft.quarantined.chunks(CHUNK) {
        for q in records {
            quarantined_row(context, q, &mut rows[4]);
        }
        if !pass_on(send, records.len(), &mut rows) {
            break;
        }
    }
    rows.map(Rows::finish)
}

fn pass_on<'a>(send: &SyncSender<Chunk<'a>>, records: usize, rows: &mut [Rows<'a>; 5]) -> bool {
    let cells = rows.each_mut().map(Rows::take);
    send.send(Chunk {
        records: records as u64,
        cells,
    })
    .is_ok()
}

fn encode(p: &DraftParcel, epsg: i32) -> Encoded {
    let inserted = p.action == DraftAction::Insert;
    Encoded {
        geom: inserted.then(|| geometry::encode(&p.polygon, epsg)).flatten(),
        values: p.extra.json().and_then(|json| personal::seal(Some(json))),
        name: personal::seal(p.owner.as_deref()),
        address: personal::seal(p.owner_address.as_deref()),
    }
}

/// Columns without a place of their own as a JSON array of [column, value].
pub fn sealed_values(values: &[(String, String)]) -> Option<Vec<u8>> {
    if values.is_empty() {
        return None;
    }
    personal::seal(serde_json::to_string(values).ok().as_deref())
}

fn parcel_rows<'a>(
    context: Context<'a>,
    p: &'a DraftParcel,
    e: Encoded,
    rows: &mut [Rows<'a>; 5],
    uids: &mut Uids,
) {
    let [parcels, land_uses, parties, rights, records] = rows;
    let fid = match p.action {
        DraftAction::Update(fid) => fid,
        DraftAction::Insert => {
            let fid = parcels.push([
                Cell::Uid(p.uid),
                e.geom.into(),
                Cell::Text(&p.commune),
                Cell::Text(&p.sheet),
                Cell::Text(&p.number),
                p.old_sheet.as_deref().into(),
                p.old_number.as_deref().into(),
                p.parcel_code.as_deref().into(),
                p.area_measured.into(),
                p.area_legal.into(),
                p.land_use.as_deref().into(),
                p.address.as_deref().into(),
                Cell::Int(p.is_parcel.into()),
                Cell::Int(context.op),
            ]);
            for use_row in land_uses_of(p) {
                land_uses.push([
                    Cell::Uid(uids.next()),
                    Cell::Int(fid),
                    Cell::Int(use_row.position),
                    Cell::Text(use_row.code),
                    use_row.list_version.into(),
                    use_row.area.into(),
                ]);
            }
            if e.name.is_some() {
                let kind = Cell::Text(UNKNOWN_KIND);
                let user_type = p.user_type.as_deref().into();
                let party = parties.push([
                    Cell::Uid(uids.next()),
                    kind,
                    user_type,
                    e.name.into(),
                    e.address.into(),
                ]);
                rights.push([Cell::Uid(uids.next()), Cell::Int(party), Cell::Int(fid)]);
            }
            fid
        }
    };
    let file = context.files.get(p.file as usize).copied().unwrap_or_default();
    records.push([
        Cell::Uid(uids.next()),
        Cell::Int(file),
        Cell::Int(p.record as i64),
        Cell::Int(fid),
        e.values.into(),
        Cell::Null,
        Cell::Null,
    ]);
}

fn quarantined_row<'a>(context: Context<'a>, q: &'a Quarantined, records: &mut Rows<'a>) {
    let file = context.files.get(q.file as usize).copied().unwrap_or_default();
    records.push([
        Cell::Uid(q.uid),
        Cell::Int(file),
        Cell::Int(q.record as i64),
        Cell::Null,
        sealed_values(&q.attributes).into(),
        Cell::Text(q.code),
        (!q.wkb.is_empty()).then(|| q.wkb.clone()).into(),
    ]);
}

/// One code of a parcel's label.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LandUse<'a> {
    pub position: i64,
    pub code: &'a str,
    pub list_version: Option<&'static str>,
    pub area: Option<f64>,
}

/// The land-use rows a label stands for. A single code has the whole area, the legal one where known;
/// how several share it the file does not say.
pub fn land_uses_of(p: &DraftParcel) -> impl Iterator<Item = LandUse<'_>> {
    let label = p.land_use.as_deref().unwrap_or_default();
    let single = codes::land_use_codes(label).nth(1).is_none();
    let area = if single {
        p.area_legal.or(p.area_measured)
    } else {
        None
    };
    codes::land_use_codes(label)
        .zip(1_i64..)
        .map(move |(code, position)| {
            let list_version = codes::land_use(code).map(|(version, _)| version);
            LandUse {
                position,
                code,
                list_version,
                area,
            }
        })
}
