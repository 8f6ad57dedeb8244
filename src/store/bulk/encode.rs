//! A draft as rows of the tables it fills, made on a thread of their own ahead of the one that inserts.

use std::collections::BTreeSet;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use rusqlite::Connection;

use super::super::error::StoreError;
use super::super::packed_rtree::Entry;
use super::super::quarantine::{Met, Waiting};
use super::super::{geometry, personal};
use super::table::{Block, Cell, Inserter, Rows, Target, Written};
use crate::codes;
use crate::domain::{BBox, Draft, DraftAction, DraftParcel, DraftPiece, Failure, Quarantined, Uid};
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

/// Where the draft comes from.
pub enum Source<'a> {
    Whole(&'a Draft),
    Pieces(Pieces),
}

/// A draft as it is read.
pub struct Pieces {
    first: Option<DraftPiece>,
    others: Receiver<DraftPiece>,
}

impl Pieces {
    /// Without a [`DraftPiece::Rest`] at the end something went wrong where they come from.
    pub fn new(others: Receiver<DraftPiece>) -> Self {
        Self { first: None, others }
    }

    /// Waits for something to write; `None` when all there is to come is nothing.
    pub fn begun(mut self) -> Result<Option<Self>, Failure> {
        loop {
            match self.next().ok_or_else(incomplete)? {
                DraftPiece::Parcels(parcels) if parcels.is_empty() => {}
                DraftPiece::Rest(rest) if rest.quarantined.is_empty() => return Ok(None),
                some => {
                    self.first = Some(some);
                    return Ok(Some(self));
                }
            }
        }
    }

    fn next(&mut self) -> Option<DraftPiece> {
        self.first.take().or_else(|| self.others.recv().ok())
    }
}

/// What the rows of a draft refer to.
#[derive(Clone, Copy, Debug)]
pub struct Context {
    pub op: i64,
    pub epsg: i32,
    /// fid in `source_file` of the first of [`Draft::files`]; the others follow.
    pub first_file: i64,
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
struct Chunk {
    records: u64,
    blocks: Blocks,
}

type Blocks = [Block; 5];

/// Chunks made ahead of the one that is inserted.
const AHEAD: usize = 2;

/// What was written, and what of the draft is yet to be.
pub struct Made {
    /// Into each of [`TARGETS`].
    pub written: [Written; 5],
    /// The draft but for parcels that were inserted.
    pub rest: Draft,
    /// Of inserted and updated parcels.
    pub parcels: u64,
    /// (commune, sheet) of all parcels.
    pub sheets: BTreeSet<(String, String)>,
    /// Boxes of the inserted parcels.
    pub boxes: Vec<Entry>,
    pub extent: BBox,
    /// Records in quarantine that the draft brought as parcels.
    pub met: Vec<Met>,
}

/// Inserts all rows of the draft but those of parcels that are updated; of those only the source record.
pub fn insert(
    conn: &Connection,
    source: Source<'_>,
    context: Context,
    waiting: &Waiting,
    progress: &Progress,
) -> Result<Made, StoreError> {
    let mut inserters = Vec::new();
    let mut rows = Vec::new();
    for target in &TARGETS {
        inserters.push(Inserter::new(conn, target)?);
        rows.push(Rows::after_the_last(conn, target)?);
    }
    let Ok(rows) = <[Rows; 5]>::try_from(rows) else {
        unreachable!("five targets")
    };
    let counted = matches!(source, Source::Whole(_));
    let (send, receive) = sync_channel(AHEAD);
    let (give_back, spare) = sync_channel(AHEAD + 2);
    thread::scope(|s| {
        let maker = thread::Builder::new()
            .name("bulk rows".to_owned())
            .spawn_scoped(s, move || {
                Maker::new(context, waiting, rows, send, spare).make(source)
            })
            .map_err(|e| no_thread(&e))?;
        let inserted = drain(conn, receive, &give_back, &mut inserters, counted, progress);
        let made = maker
            .join()
            .map_err(|_| no_thread(&std::io::ErrorKind::Other.into()))?;
        inserted?;
        made.ok_or_else(|| incomplete().into())
    })
}

/// The pieces broke off, or nobody takes them any more: the other side knows why and tells it.
pub fn incomplete() -> Failure {
    Failure::new(
        "DRAFT_INCOMPLETE",
        msg!(
            "Đọc tệp chưa xong; không có gì được ghi.",
            "Reading did not come to its end; nothing was written."
        ),
    )
}

/// Code of the failure when the pieces of a draft ended without their end.
pub const INCOMPLETE: &str = "DRAFT_INCOMPLETE";

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
    chunks: Receiver<Chunk>,
    give_back: &SyncSender<Blocks>,
    inserters: &mut [Inserter<'_>],
    counted: bool,
    progress: &Progress,
) -> Result<(), StoreError> {
    for chunk in chunks.iter() {
        for (inserter, block) in inserters.iter_mut().zip(&chunk.blocks) {
            inserter.insert(block)?;
        }
        touch(conn)?;
        progress.step(if counted { chunk.records } else { 0 })?;
        // Used again: fresh memory costs a page fault for each 4 KB.
        let _ = give_back.try_send(chunk.blocks);
    }
    Ok(())
}

/// Reads the pages that are written at both ends of the operation (the schema, for its triggers, and the journal), so
/// that they are the last to leave the cache. In WAL mode a page that left it and is written once more makes SQLite
/// sum up the log again from there at commit, which took a fifth of the time of an import.
fn touch(conn: &Connection) -> Result<(), StoreError> {
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

/// Makes rows of parcels, on a thread of its own.
struct Maker<'w> {
    context: Context,
    waiting: &'w Waiting,
    rows: [Rows; 5],
    send: SyncSender<Chunk>,
    spare: Receiver<Blocks>,
    uids: Uids,
    count: u64,
    updated: Vec<DraftParcel>,
    sheets: BTreeSet<(String, String)>,
    boxes: Vec<Entry>,
    extent: BBox,
    met: Vec<Met>,
}

impl<'w> Maker<'w> {
    fn new(
        context: Context,
        waiting: &'w Waiting,
        rows: [Rows; 5],
        send: SyncSender<Chunk>,
        spare: Receiver<Blocks>,
    ) -> Self {
        Self {
            context,
            waiting,
            rows,
            send,
            spare,
            uids: Uids::new(),
            count: 0,
            updated: Vec::new(),
            sheets: BTreeSet::new(),
            boxes: Vec::new(),
            extent: BBox::EMPTY,
            met: Vec::new(),
        }
    }

    /// `None` when the source broke off or nobody takes the rows any more.
    fn make(mut self, source: Source<'_>) -> Option<Made> {
        let rest = match source {
            Source::Whole(draft) => {
                self.parcels(&draft.parcels)?;
                Draft {
                    files: draft.files.clone(),
                    quarantined: draft.quarantined.clone(),
                    hash: draft.hash,
                    ..Draft::default()
                }
            }
            Source::Pieces(pieces) => self.pieces(pieces)?,
        };
        for records in rest.quarantined.chunks(CHUNK) {
            for q in records {
                quarantined_row(self.context, q, &mut self.rows[4]);
            }
            self.pass_on(records.len())?;
        }
        Some(Made {
            written: self.rows.map(Rows::finish),
            rest: Draft {
                parcels: self.updated,
                ..rest
            },
            parcels: self.count,
            sheets: self.sheets,
            boxes: self.boxes,
            extent: self.extent,
            met: self.met,
        })
    }

    fn pieces(&mut self, mut pieces: Pieces) -> Option<Draft> {
        loop {
            match pieces.next()? {
                DraftPiece::Parcels(parcels) => self.parcels(&parcels)?,
                DraftPiece::Rest(rest) => return Some(rest),
            }
        }
    }

    fn parcels(&mut self, parcels: &[DraftParcel]) -> Option<()> {
        for chunk in parcels.chunks(CHUNK) {
            for p in chunk {
                self.parcel(p);
            }
            self.pass_on(chunk.len())?;
        }
        Some(())
    }

    fn parcel(&mut self, p: &DraftParcel) {
        self.count += 1;
        let bbox = p.polygon.bbox();
        self.extent = self.extent.union(bbox);
        let fid = match p.action {
            DraftAction::Update(fid) => {
                self.updated.push(p.clone());
                fid
            }
            DraftAction::Insert => {
                let fid = parcel_rows(self.context, p, &mut self.rows, &mut self.uids);
                if !bbox.is_empty() {
                    self.boxes.push(Entry::new(fid, &bbox));
                }
                fid
            }
        };
        record_row(self.context, p, fid, &mut self.rows[4], &mut self.uids);
        self.waiting.meet(p, fid, &mut self.met);
        let known = |(c, s): &(String, String)| *c == p.commune && *s == p.sheet;
        if !self.sheets.last().is_some_and(known) {
            self.sheets.insert((p.commune.clone(), p.sheet.clone()));
        }
    }

    fn pass_on(&mut self, records: usize) -> Option<()> {
        let mut blocks = self.spare.try_recv().unwrap_or_default();
        for (rows, block) in self.rows.iter_mut().zip(&mut blocks) {
            rows.take(block);
        }
        self.send
            .send(Chunk {
                records: records as u64,
                blocks,
            })
            .ok()
    }
}

/// Columns without a place of their own as a JSON array of [column, value].
pub fn sealed_values(values: &[(String, String)]) -> Option<Vec<u8>> {
    if values.is_empty() {
        return None;
    }
    personal::seal(serde_json::to_string(values).ok().as_deref())
}

/// The rows of a new parcel; gives its fid.
pub(super) fn parcel_rows(context: Context, p: &DraftParcel, rows: &mut [Rows; 5], uids: &mut Uids) -> i64 {
    let [parcels, land_uses, parties, rights, _] = rows;
    let fid = parcels.push([
        Cell::Uid(p.uid),
        geometry::encode(&p.polygon, context.epsg).as_deref().into(),
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
    if let Some(name) = personal::seal(p.owner.as_deref()) {
        let party = parties.push([
            Cell::Uid(uids.next()),
            Cell::Text(UNKNOWN_KIND),
            p.user_type.as_deref().into(),
            Cell::Blob(&name),
            personal::seal(p.owner_address.as_deref()).as_deref().into(),
        ]);
        rights.push([Cell::Uid(uids.next()), Cell::Int(party), Cell::Int(fid)]);
    }
    fid
}

/// Where a parcel came from, and what else the file says of it.
pub(super) fn record_row(context: Context, p: &DraftParcel, fid: i64, records: &mut Rows, uids: &mut Uids) {
    records.push([
        Cell::Uid(uids.next()),
        Cell::Int(context.first_file + i64::from(p.file)),
        Cell::Int(p.record as i64),
        Cell::Int(fid),
        personal::seal(p.extra.json()).as_deref().into(),
        Cell::Null,
        Cell::Null,
    ]);
}

fn quarantined_row(context: Context, q: &Quarantined, records: &mut Rows) {
    records.push([
        Cell::Uid(q.uid),
        Cell::Int(context.first_file + i64::from(q.file)),
        Cell::Int(q.record as i64),
        Cell::Null,
        sealed_values(&q.attributes).as_deref().into(),
        Cell::Text(q.code),
        Some(q.wkb.as_slice()).filter(|w| !w.is_empty()).into(),
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
