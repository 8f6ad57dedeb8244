//! The API boundary: a district file with its coverage in memory. The window and the command line call nothing below it
//! to change the register.
//!
//! A `Project` lives on one thread. Its snapshot [`Project::coverage`] may go anywhere; a [`Reader`] of its own may go
//! to a worker; for a long import the [`Writer`] is detached and comes back with the news.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread::JoinHandle;

use serde_json::json;

pub use crate::domain::Act;
pub use crate::edit::{Edit, EditError, Effects};
pub use crate::store::backup::Backup;
pub use crate::store::history::{LogFilter, OperationSummary};
pub use crate::store::search::{Hit, HitKind};
pub use crate::store::{Committed, Reader, Writer};

use crate::domain::{BBox, Draft, Failure, Parcel, ParcelRecord, ParcelRef, Uid};
use crate::edit::{self, Context};
use crate::job::Progress;
use crate::msg;
use crate::store::history::{self, Stacks};
use crate::store::journal::{NewOperation, Operation};
use crate::store::search::Index;
use crate::store::{NewDistrict, backup, connection, error, migrate, rows, schema, touched};
use crate::text::Msg;
use crate::topology::Coverage;

/// What a new district file is made from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewProject {
    /// VN-2000 zone of everything in it.
    pub epsg: i32,
    pub name: String,
    /// (code, name).
    pub communes: Vec<(String, String)>,
}

/// Which operation to take back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Undo {
    /// The newest in force.
    Last,
    /// This one.
    Op(i64),
}

/// What `info` tells (cli.md).
#[derive(Clone, Debug, PartialEq)]
pub struct Info {
    pub path: PathBuf,
    pub schema: i64,
    pub epsg: i32,
    pub name: String,
    /// "building" or "operating".
    pub mode: String,
    /// By code; communes of parcels that are not in the list come without a name.
    pub communes: Vec<CommuneInfo>,
    /// Rows by table.
    pub counts: Vec<(&'static str, u64)>,
    pub bbox: Option<BBox>,
    pub area_m2: f64,
    pub operations: u64,
    /// Newest operation and its hash.
    pub head: Option<(i64, String)>,
    pub read_only: bool,
}

/// One commune of the district.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommuneInfo {
    pub code: String,
    pub name: Option<String>,
    /// In force.
    pub parcels: u64,
}

/// A district file, open.
pub struct Project {
    // Readers close before the writer: the last to close moves the log into the file.
    reader: Reader,
    writer: Option<Writer>,
    read_only: Option<Failure>,
    epsg: i32,
    name: String,
    coverage: Arc<Coverage>,
    search: Mutex<Search>,
    stacks: Stacks,
    /// Newest operation when it was opened: what came later is "mine since open".
    opened_after: i64,
}

impl Project {
    /// Makes a new district file and opens it. Refuses an existing file.
    pub fn create(path: &Path, new: &NewProject, act: &Act) -> Result<Self, Failure> {
        let communes: Vec<_> = new.communes.iter().map(|(code, _)| code.as_str()).collect();
        let what = json!({"op": "new", "epsg": new.epsg, "name": new.name, "communes": communes});
        let name = &new.name;
        let district = NewDistrict {
            epsg: new.epsg,
            name,
            communes: &new.communes,
            what: what.to_string(),
            label: msg!("Tạo tệp {name}", "Create file {name}"),
        };
        let writer = Writer::create(path, &district, act)?;
        Self::with(path, Some(writer), None, &Progress::none())
    }

    /// Opens a file; read-only with the reason where it may not be written.
    pub fn open(path: &Path, act: &Act, progress: &Progress) -> Result<Self, Failure> {
        let schema = Reader::open(path)
            .and_then(|r| connection::schema_number(r.conn()))
            .map_err(|e| Failure::from(e).file(path))?;
        if schema > schema::SCHEMA {
            return Self::with(path, None, Some(migrate::newer(schema)), progress);
        }
        match Writer::open(path, act).map_err(Failure::from) {
            Ok(writer) => Self::with(path, Some(writer), None, progress),
            Err(reason) => Self::with(path, None, Some(reason.file(path)), progress),
        }
    }

    /// Opens a file only to look at it.
    pub fn open_read_only(path: &Path, progress: &Progress) -> Result<Self, Failure> {
        Self::with(path, None, Some(on_request()), progress)
    }

    fn with(
        path: &Path,
        writer: Option<Writer>,
        read_only: Option<Failure>,
        progress: &Progress,
    ) -> Result<Self, Failure> {
        let reader = Reader::open(path).map_err(|e| Failure::from(e).file(path))?;
        let epsg = rows::setting(reader.conn(), "epsg")?
            .and_then(|e| e.parse().ok())
            .ok_or_else(error::not_a_district)?;
        let name = rows::setting(reader.conn(), "name")?.unwrap_or_default();
        let stacks = Stacks::read(reader.conn())?;
        let head = history::head(reader.conn())?;
        let coverage = Coverage::build(rows::load(path, progress)?);
        Ok(Self {
            reader,
            writer,
            read_only,
            epsg,
            name,
            coverage: Arc::new(coverage),
            search: Mutex::new(Search::Cold),
            stacks,
            opened_after: head.map_or(0, |(op, _)| op),
        })
    }

    /// Why it may not be written; `None` when it may.
    pub fn read_only(&self) -> Option<&Failure> {
        self.read_only.as_ref()
    }

    pub fn path(&self) -> &Path {
        self.reader.path()
    }

    pub fn epsg(&self) -> i32 {
        self.epsg
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    /// The parcels in force. Clone the `Arc` to keep a snapshot.
    pub fn coverage(&self) -> &Arc<Coverage> {
        &self.coverage
    }

    /// A second reading connection, for a worker thread.
    pub fn reader(&self) -> Result<Reader, Failure> {
        Ok(Reader::open(self.path())?)
    }

    pub fn info(&self) -> Result<Info, Failure> {
        let conn = self.reader.conn();
        let head = history::head(conn)?;
        Ok(Info {
            path: self.path().to_owned(),
            schema: connection::schema_number(conn)?,
            epsg: self.epsg,
            name: self.name.clone(),
            mode: rows::setting(conn, "mode")?.unwrap_or_default(),
            communes: self.communes()?,
            counts: rows::counts(conn)?,
            bbox: self.coverage.bbox(),
            area_m2: self.coverage.iter().map(|p| p.polygon.area2()).sum::<i128>() as f64 / 2e6,
            operations: history::count(conn)?,
            head,
            read_only: self.read_only.is_some(),
        })
    }

    /// The communes of the file, by code, with their parcels in force.
    pub fn communes(&self) -> Result<Vec<CommuneInfo>, Failure> {
        let mut all: BTreeMap<String, (Option<String>, u64)> = BTreeMap::new();
        for (code, name) in rows::communes(self.reader.conn())? {
            all.insert(code, (Some(name), 0));
        }
        for parcel in self.coverage.iter() {
            match all.get_mut(&*parcel.commune) {
                Some(commune) => commune.1 += 1,
                None => {
                    all.insert(parcel.commune.to_string(), (None, 1));
                }
            }
        }
        Ok(all
            .into_iter()
            .map(|(code, (name, parcels))| CommuneInfo { code, name, parcels })
            .collect())
    }

    /// fid of the parcel a reference means: in force, or by uid also historic.
    pub fn resolve(&self, reference: &ParcelRef) -> Result<i64, Failure> {
        match edit::find(&self.coverage, reference) {
            Ok(parcel) => Ok(parcel.fid),
            Err(failure) => match reference {
                ParcelRef::Uid(uid) => rows::fid_of(self.reader.conn(), *uid)?.ok_or(failure),
                ParcelRef::Key(_) => Err(failure),
            },
        }
    }

    /// fid of a parcel in force or historic.
    pub fn fid_of(&self, uid: Uid) -> Result<Option<i64>, Failure> {
        Ok(rows::fid_of(self.reader.conn(), uid)?)
    }

    /// All the register says of one parcel.
    pub fn record(&self, fid: i64) -> Result<ParcelRecord, Failure> {
        Ok(self.reader.record(fid)?)
    }

    /// The same of several, in the order asked.
    pub fn records(&self, fids: &[i64]) -> Result<Vec<ParcelRecord>, Failure> {
        fids.iter().map(|fid| self.record(*fid)).collect()
    }

    /// The records in force of one commune (`None` = all), by commune, sheet, number, uid.
    pub fn for_each_record(
        &self,
        commune: Option<&str>,
        each: &mut dyn FnMut(ParcelRecord) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        Ok(self.reader.for_each_record(commune, each)?)
    }

    /// Begins to read the words for [`Project::search`] on a thread of its own; otherwise the first search does it.
    pub fn warm_search(&self) {
        let mut search = lock(&self.search);
        if matches!(*search, Search::Cold) {
            let path = self.path().to_owned();
            let build = move || Index::build(&path);
            if let Ok(job) = std::thread::Builder::new()
                .name("search index".to_owned())
                .spawn(build)
            {
                *search = Search::Warming(job, Vec::new());
            }
        }
    }

    /// Whether a search answers at once.
    pub fn search_is_ready(&self) -> bool {
        match &*lock(&self.search) {
            Search::Cold => false,
            Search::Warming(job, _) => job.is_finished(),
            Search::Ready(_) => true,
        }
    }

    /// The best hits for what was typed: `12/45`, `tờ 12 thửa 45`, a name, an address, an old number, without tone marks
    /// too. Labels may hold personal values.
    pub fn search(&self, text: &str, limit: usize) -> Result<Vec<Hit>, Failure> {
        let mut search = lock(&self.search);
        let index = search.ready(self.path())?;
        Ok(index.search(self.reader.conn(), self.path(), &self.coverage, text, limit)?)
    }

    /// SHA-256 (hex) of the files whose import is in force, sorted: an import recognises them.
    pub fn source_hashes(&self) -> Result<Vec<String>, Failure> {
        Ok(rows::source_hashes(self.reader.conn())?)
    }

    /// The history, oldest first.
    pub fn log(&self, filter: &LogFilter) -> Result<Vec<OperationSummary>, Failure> {
        Ok(history::log(self.reader.conn(), filter)?)
    }

    // ------------------------------------------------------------------ change

    /// Does one edit as one operation. Returns once it is on the disk.
    pub fn apply(&mut self, edit: &Edit, act: &Act) -> Result<Effects, EditError> {
        let mut effects = self.apply_all(std::slice::from_ref(edit), act)?;
        effects
            .pop()
            .ok_or_else(|| Failure::new("NOTHING_DONE", NOTHING).into())
    }

    /// Does several edits as one operation: all or none. One `Effects` for each.
    pub fn apply_all(&mut self, edits: &[Edit], act: &Act) -> Result<Vec<Effects>, EditError> {
        self.gesture(edits, act, false)
    }

    /// As [`Project::apply_all`], then takes everything back: what would happen.
    pub fn rehearse(&mut self, edits: &[Edit], act: &Act) -> Result<Vec<Effects>, EditError> {
        self.gesture(edits, act, true)
    }

    fn gesture(&mut self, edits: &[Edit], act: &Act, rehearsal: bool) -> Result<Vec<Effects>, EditError> {
        let Some(first) = edits.first() else {
            return Ok(Vec::new());
        };
        let new = match edits {
            [one] => NewOperation {
                kind: one.kind(),
                what: edit::to_json(one),
                label: one.label(&self.coverage),
                undoes: None,
            },
            many => NewOperation {
                kind: "gesture",
                what: json!({"op": "gesture", "edits": many}).to_string(),
                label: and_more(first.label(&self.coverage), many.len() - 1),
                undoes: None,
            },
        };
        self.operate(act, &new, rehearsal, |op, coverage, srs, done| {
            for (i, edit) in edits.iter().enumerate() {
                let label = edit.label(coverage);
                edit.run(&Context { op, srs, coverage }).map_err(|e| placed(e, i, edits.len()))?;
                done.note(op, coverage, label)?;
            }
            Ok(())
        })
    }

    /// Takes an operation back by a new one. Refused, naming it, when a later one changed the same data.
    pub fn undo(&mut self, which: Undo, act: &Act) -> Result<Effects, EditError> {
        let target = match which {
            Undo::Op(op) => op,
            Undo::Last => *self.stacks.undo.last().ok_or_else(nothing_to_undo)?,
        };
        self.take_back(target, act)
    }

    /// Takes the newest undo back.
    pub fn redo(&mut self, act: &Act) -> Result<Effects, EditError> {
        let target = *self.stacks.redo.last().ok_or_else(nothing_to_redo)?;
        self.take_back(target, act)
    }

    fn take_back(&mut self, target: i64, act: &Act) -> Result<Effects, EditError> {
        let mut of = history::operation(self.reader.conn(), target)?;
        if of.kind == "redo" {
            // It put an act in force again; that act is what is taken back.
            of = self.root(target)?;
        }
        let target = of.op;
        if let Some(by) = of.undone_by {
            return Err(already_undone(target, by).into());
        }
        if of.kind == "new" {
            return Err(not_undoable(target).into());
        }
        let (kind, label) = match of.undoes {
            None => ("undo", prefixed("Hoàn tác", "Undo", &of.label)),
            Some(root) => ("redo", prefixed("Làm lại", "Redo", &self.root(root)?.label)),
        };
        let what = json!({"op": kind, "of": target}).to_string();
        let new = NewOperation {
            kind,
            what,
            label: label.clone(),
            undoes: Some(target),
        };
        let mut effects = self.operate(act, &new, false, |op, coverage, _, done| {
            history::revert(op, target)?;
            done.note(op, coverage, label)
        })?;
        effects
            .pop()
            .ok_or_else(|| Failure::new("NOTHING_DONE", NOTHING).into())
    }

    /// The act at the start of a chain of undo and redo.
    fn root(&self, op: i64) -> Result<OperationSummary, Failure> {
        let mut of = history::operation(self.reader.conn(), op)?;
        while let Some(earlier) = of.undoes {
            of = history::operation(self.reader.conn(), earlier)?;
        }
        Ok(of)
    }

    /// Runs `work` in a new operation, keeping the coverage in step; on any failure both are as before.
    fn operate(
        &mut self,
        act: &Act,
        new: &NewOperation<'_>,
        rehearsal: bool,
        work: impl FnOnce(&Operation<'_>, &mut Arc<Coverage>, i32, &mut Done) -> Result<(), EditError>,
    ) -> Result<Vec<Effects>, EditError> {
        if let Some(reason) = &self.read_only {
            return Err(read_only(reason).into());
        }
        let writer = self.writer.as_mut().ok_or_else(writer_away)?;
        let srs = writer.srs();
        let mut done = Done::default();
        let coverage = &mut self.coverage;
        let run = || -> Result<Option<i64>, EditError> {
            let op = writer.begin(act, new)?;
            done.since = touched::last_change(&op)?;
            work(&op, coverage, srs, &mut done)?;
            let id = op.id();
            if rehearsal {
                return Ok(None);
            }
            op.commit()?;
            Ok(Some(id))
        };
        let result = run();
        if let Ok(Some(id)) = result {
            self.stacks.push(id, new.undoes, new.kind);
            lock(&self.search).touch(&done.fids);
            return Ok(done.effects);
        }
        // Rolled back: the map goes back to what the file says.
        refresh(
            &mut self.coverage,
            rows::parcels(self.reader.conn(), &done.fids)?,
            &done.fids,
        );
        result.map(|_| done.effects)
    }

    /// The operation Ctrl+Z would take back: the newest in force, if done since this file was opened.
    pub fn can_undo(&self) -> Option<OperationSummary> {
        self.mine(self.stacks.undo.last())
    }

    /// The undo Ctrl+Y would take back.
    pub fn can_redo(&self) -> Option<OperationSummary> {
        self.mine(self.stacks.redo.last())
    }

    fn mine(&self, op: Option<&i64>) -> Option<OperationSummary> {
        let op = *op.filter(|op| **op > self.opened_after)?;
        self.writer.as_ref()?;
        history::operation(self.reader.conn(), op).ok()
    }

    /// Hands out the writer for work on another thread; until [`Project::attach_writer`] this project only reads.
    pub fn detach_writer(&mut self) -> Result<Writer, Failure> {
        match (&self.read_only, self.writer.take()) {
            (Some(reason), _) => Err(read_only(reason)),
            (None, Some(writer)) => Ok(writer),
            (None, None) => Err(writer_away()),
        }
    }

    /// Takes the writer back and reads what it did meanwhile. One `Effects` for each operation.
    pub fn attach_writer(&mut self, writer: Writer) -> Result<Vec<Effects>, Failure> {
        self.writer = Some(writer);
        let conn = self.reader.conn();
        let seen = self.stacks.newest;
        let mut all = Vec::new();
        for op in history::log(
            conn,
            &LogFilter {
                since: Some(seen),
                ..LogFilter::default()
            },
        )? {
            let touched = touched::touched(conn, op.op, 0)?;
            all.push(Effects::of(op.op, op.label, &touched));
            self.stacks.push(op.op, op.undoes, &op.kind);
        }
        let mut fids: Vec<i64> = all.iter().flat_map(|e| e.fids.iter().copied()).collect();
        fids.sort_unstable();
        fids.dedup();
        lock(&self.search).touch(&fids);
        if fids.len() > self.coverage.len() / 4 + 1000 {
            self.coverage = Arc::new(Coverage::build(rows::load(self.path(), &Progress::none())?));
        } else {
            let parcels = rows::parcels(conn, &fids)?;
            refresh(&mut self.coverage, parcels, &fids);
        }
        Ok(all)
    }

    /// Commits an import as one operation. For a long one off this thread: [`Project::detach_writer`], [`Writer::import`],
    /// [`Project::attach_writer`].
    pub fn import(&mut self, draft: &Draft, act: &Act, progress: &Progress) -> Result<Committed, Failure> {
        let mut writer = self.detach_writer()?;
        let done = writer.import(draft, act, progress);
        self.attach_writer(writer)?;
        Ok(done?)
    }

    /// Makes today's backup on a thread of its own, if there is none yet.
    pub fn back_up_daily(
        &self,
        act: &Act,
        progress: Progress,
    ) -> Option<JoinHandle<Result<Backup, Failure>>> {
        self.writer.as_ref()?;
        backup::daily_in_background(self.path(), act.at, progress)
    }

    /// When nothing else is to do: brings the log file's content into the one file people copy. Never waits for readers.
    pub fn idle(&self) -> Result<(), Failure> {
        if let Some(writer) = &self.writer {
            writer.checkpoint_passive()?;
        }
        Ok(())
    }

    /// Closes with everything in the one file.
    pub fn close(self) -> Result<(), Failure> {
        let Self { reader, writer, .. } = self;
        drop(reader);
        if let Some(writer) = writer {
            writer.checkpoint()?;
        }
        Ok(())
    }
}

/// The search index on its way.
enum Search {
    Cold,
    /// With the parcels touched meanwhile.
    Warming(JoinHandle<error::Result<Index>>, Vec<i64>),
    Ready(Index),
}

impl Search {
    fn ready(&mut self, path: &Path) -> Result<&mut Index, Failure> {
        let index = match std::mem::replace(self, Self::Cold) {
            Self::Ready(index) => index,
            Self::Warming(job, touched) => {
                let mut index = job.join().unwrap_or_else(|p| std::panic::resume_unwind(p))?;
                index.touch(&touched);
                index
            }
            Self::Cold => Index::build(path)?,
        };
        *self = Self::Ready(index);
        let Self::Ready(index) = self else {
            unreachable!("set on the line before")
        };
        Ok(index)
    }

    fn touch(&mut self, fids: &[i64]) {
        match self {
            Self::Cold => {}
            Self::Warming(_, touched) => touched.extend(fids),
            Self::Ready(index) => index.touch(fids),
        }
    }
}

fn lock(search: &Mutex<Search>) -> MutexGuard<'_, Search> {
    search.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

/// What the edits of one operation did so far.
#[derive(Default)]
struct Done {
    effects: Vec<Effects>,
    fids: Vec<i64>,
    since: i64,
}

impl Done {
    /// Reads back the newest edit and brings the coverage up to it.
    fn note(
        &mut self,
        op: &Operation<'_>,
        coverage: &mut Arc<Coverage>,
        label: Msg,
    ) -> Result<(), EditError> {
        let touched = touched::touched(op, op.id(), self.since)?;
        self.since = touched::last_change(op)?;
        let effects = Effects::of(op.id(), label, &touched);
        refresh(coverage, rows::parcels(op, &effects.fids)?, &effects.fids);
        self.fids.extend(&effects.fids);
        self.effects.push(effects);
        Ok(())
    }
}

/// Makes the coverage hold `parcels` and, of `fids`, nothing else.
fn refresh(coverage: &mut Arc<Coverage>, parcels: Vec<Parcel>, fids: &[i64]) {
    if fids.is_empty() {
        return;
    }
    let coverage = Arc::make_mut(coverage);
    let there: std::collections::HashSet<i64> = parcels.iter().map(|p| p.fid).collect();
    coverage.remove_all(fids.iter().copied().filter(|f| !there.contains(f)));
    coverage.replace_all(parcels);
}

const NOTHING: crate::text::Text = crate::text::Text::new("Không có gì để làm.", "There is nothing to do.");

/// Among several edits the failure says which one it was, from 1.
fn placed(e: EditError, i: usize, of: usize) -> EditError {
    if of < 2 {
        return e;
    }
    EditError { failure: e.failure.record(i as u64 + 1), findings: e.findings }
}

fn prefixed(vi: &str, en: &str, label: &Msg) -> Msg {
    Msg::new(format!("{vi}: {}", label.vi), format!("{en}: {}", label.en))
}

fn and_more(label: Msg, n: usize) -> Msg {
    let Msg { vi, en } = label;
    msg!("{vi} và {n} việc nữa", "{en} and {n} more")
}

fn on_request() -> Failure {
    Failure::new(
        "READ_ONLY",
        msg!(
            "Tệp được mở để xem theo yêu cầu.",
            "The file was opened for reading as asked."
        ),
    )
}

fn read_only(reason: &Failure) -> Failure {
    let (vi, en) = (reason.message().vi.clone(), reason.message().en.clone());
    let failure = Failure::new(
        "READ_ONLY",
        msg!(
            "Tệp chỉ mở để xem. {vi}",
            "The file is open for reading only. {en}"
        ),
    );
    match reason.remedy_text() {
        Some(remedy) => failure.remedy(remedy.clone()),
        None => failure,
    }
}

fn writer_away() -> Failure {
    Failure::new(
        "WRITER_BUSY",
        msg!("Đang có việc ghi khác chạy.", "Another job is writing."),
    )
    .remedy(msg!(
        "Hãy đợi việc đó xong hoặc hủy nó.",
        "Wait until it is done, or cancel it."
    ))
}

fn nothing_to_undo() -> Failure {
    Failure::new(
        "NOTHING_TO_UNDO",
        msg!("Không có thao tác nào để hoàn tác.", "There is nothing to undo."),
    )
}

fn nothing_to_redo() -> Failure {
    Failure::new(
        "NOTHING_TO_REDO",
        msg!("Không có thao tác nào để làm lại.", "There is nothing to redo."),
    )
}

fn already_undone(op: i64, by: i64) -> Failure {
    Failure::new(
        "ALREADY_UNDONE",
        msg!(
            "Thao tác số {op} đã được hoàn tác bởi thao tác số {by}.",
            "Operation {op} was undone already, by operation {by}."
        ),
    )
}

fn not_undoable(op: i64) -> Failure {
    Failure::new(
        "NOT_UNDOABLE",
        msg!(
            "Thao tác số {op} tạo ra tệp này, không hoàn tác được.",
            "Operation {op} made this file and cannot be undone."
        ),
    )
}
