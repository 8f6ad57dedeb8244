//! The API boundary: a district file with its coverage in memory. The window and the command line call nothing below it
//! to change the register.
//!
//! A `Project` lives on one thread. Its snapshot [`Project::coverage`] may go anywhere; a [`Reader`] of its own may go
//! to a worker; for a long import the [`Writer`] is detached and comes back with the news.

mod boundaries;
mod change;
mod compare;
mod dossiers;
mod fix;
mod info;
mod quality;
mod readiness;
mod parcel_register;
mod records;
mod quarantine;
mod safety;
mod search;
mod survey;
mod timeline;
mod undo;
mod unwritten;
mod work;

use std::path::Path;
use std::sync::mpsc::sync_channel;
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

use serde_json::json;

pub use crate::domain::Act;
pub use crate::edit::{BelowMinimum, Edit, EditError, Effects, ParcelEffect, Told, Tolerance};
pub use crate::store::backup::Backup;
pub use crate::store::dump::DumpOptions;
pub use crate::store::history::{LogFilter, OperationSummary};
pub use crate::store::lineage::{Descent, Lineage, Member, Moment};
pub use crate::store::proposal::{Dossier, Proposal, ProposedEdit, Role, Step};
pub use crate::store::recode::Renumbered;
pub use crate::store::records::Record;
pub use crate::store::search::{Hit, HitKind};
pub use crate::store::{Committed, Reader, TakeBack, Writer};
pub use compare::{Compared, Comparison};
pub use dossiers::Mode;
pub use fix::{enter as enter_fixes, known};
pub use info::{CommuneInfo, Info};
pub use parcel_register::OfParcel;
pub use quality::{Checked, quality_report};
pub use quarantine::RecordDetail;
pub use records::Duplicates;
pub use safety::{Crash, UnfinishedDrawing};
pub use survey::SurveyPoints;
pub use timeline::When;
pub use undo::{Lookout, News, Turn, Turned, Undo, nothing_to_undo, take_back};
pub use work::{Account, DossierCard, Goes, Work, WorkFilter, WorkItem};

use crate::domain::{Draft, DraftPiece, Failure, ParcelKey, ParcelRecord, ParcelRef, Uid, day_of};
use crate::edit;
use crate::job::Progress;
use crate::msg;
use crate::store::bulk;
use crate::store::history::{self, Stacks};
use crate::store::intent::Watch;
use crate::store::{
    NewDistrict, Pieces, backup, connection, dump, error, load, migrate, recode, register, rows, schema,
};
use crate::topology::Coverage;
use quality::Quality;
use search::Search;

/// What a new district file is made from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewProject {
    /// VN-2000 zone of everything in it.
    pub epsg: i32,
    pub name: String,
    /// (code, name).
    pub communes: Vec<(String, String)>,
    /// Code of the province (list since 2025-07-01) of these communes and of those an import adds. `None`: not known.
    pub province: Option<String>,
}

/// A district file, open.
pub struct Project {
    // Readers close before the writer: the last to close moves the log into the file.
    reader: Reader,
    writer: Option<Writer>,
    /// Of a file open for writing.
    watch: Option<Watch>,
    read_only: Option<Failure>,
    epsg: i32,
    name: String,
    coverage: Arc<Coverage>,
    survey: Arc<SurveyPoints>,
    search: Mutex<Search>,
    quality: Quality,
    stacks: Stacks,
    /// Newest operation when it was opened: what came later is "mine since open".
    opened_after: i64,
}

impl Project {
    /// Makes a new district file and opens it. Refuses an existing file.
    pub fn create(path: &Path, new: &NewProject, act: &Act) -> Result<Self, Failure> {
        let province = new.province.as_deref();
        if let Some(code) = province.filter(|c| crate::crs::province(c).is_none()) {
            return Err(no_province(code));
        }
        let communes: Vec<_> = new.communes.iter().map(|(code, _)| code.as_str()).collect();
        let mut what = json!({"op": "new", "epsg": new.epsg, "name": new.name, "communes": communes});
        if let Some(code) = province {
            what["province"] = code.into();
        }
        let name = &new.name;
        let district = NewDistrict {
            epsg: new.epsg,
            name,
            communes: &new.communes,
            province,
            what: what.to_string(),
            label: msg!("Tạo tệp {name}", "Create file {name}"),
        };
        let writer = Writer::create(path, &district, act)?;
        Self::with(read(path)?, Some(writer), None, &Progress::none())
    }

    /// Makes a new file from the text of a dump. Refuses an existing file.
    pub fn load(path: &Path, text: &str, act: &Act, progress: &Progress) -> Result<(), Failure> {
        Ok(load::load(path, text, act, progress)?)
    }

    /// Opens a file; read-only with the reason where it may not be written.
    pub fn open(path: &Path, act: &Act, progress: &Progress) -> Result<Self, Failure> {
        let reader = read(path)?;
        let schema = connection::schema_number(reader.conn()).map_err(|e| Failure::from(e).file(path))?;
        if schema > schema::SCHEMA {
            return Self::with(reader, None, Some(migrate::newer(schema)), progress);
        }
        let mut project = match Writer::open(path, act).map_err(Failure::from) {
            Ok(writer) => Self::with(reader, Some(writer), None, progress),
            Err(reason) => Self::with(reader, None, Some(reason.file(path)), progress),
        }?;
        project.set_today(day_of(act.at))?;
        Ok(project)
    }

    /// Opens a file only to look at it.
    pub fn open_read_only(path: &Path, progress: &Progress) -> Result<Self, Failure> {
        Self::with(read(path)?, None, Some(on_request()), progress)
    }

    fn with(
        reader: Reader,
        writer: Option<Writer>,
        read_only: Option<Failure>,
        progress: &Progress,
    ) -> Result<Self, Failure> {
        let epsg = rows::setting(reader.conn(), "epsg")?
            .and_then(|e| e.parse().ok())
            .ok_or_else(error::not_a_district)?;
        let name = rows::setting(reader.conn(), "name")?.unwrap_or_default();
        let stacks = Stacks::read(reader.conn())?;
        let head = history::head(reader.conn())?;
        let survey = SurveyPoints::of(crate::store::survey::load(reader.conn())?);
        let territory = register::territory(reader.conn(), epsg)?;
        let coverage = Coverage::build(rows::load(reader.path(), progress)?).on(Arc::new(territory));
        let today = history::newest_time(reader.conn())?.map_or(jiff::civil::Date::MIN, day_of);
        let mut project = Self {
            quality: Quality::read(&reader, today)?,
            watch: writer.as_ref().map(|w| Watch::open(w.path())),
            reader,
            writer,
            read_only,
            epsg,
            name,
            coverage: Arc::new(coverage),
            survey: Arc::new(survey),
            search: Mutex::new(Search::Cold),
            stacks,
            opened_after: head.map_or(0, |(op, _)| op),
        };
        project.read_allowed_gaps()?;
        Ok(project)
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

    /// fid of the parcel a reference means: in force, by a key it had before, or by uid also historic.
    pub fn resolve(&self, reference: &ParcelRef) -> Result<i64, Failure> {
        match edit::find(&self.coverage, reference) {
            Ok(parcel) => Ok(parcel.fid),
            Err(failure) => match reference {
                ParcelRef::Uid(uid) => rows::fid_of(self.reader.conn(), *uid)?.ok_or(failure),
                ParcelRef::Key(key) => self.formerly(key)?.ok_or(failure),
            },
        }
    }

    /// The only parcel in force that had this key before a change of codes.
    fn formerly(&self, key: &ParcelKey) -> Result<Option<i64>, Failure> {
        if !self.coverage.by_key(key).is_empty() {
            return Ok(None);
        }
        let all = recode::formerly(self.reader.conn(), &key.commune, &key.sheet, &key.number)?;
        Ok(match all.as_slice() {
            [fid] => Some(*fid),
            _ => None,
        })
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

    /// Writes the register as text (cli.md, `dump`).
    pub fn dump(&self, options: DumpOptions, out: &mut dyn std::io::Write) -> Result<(), Failure> {
        Ok(dump::dump(self.reader.conn(), self.epsg, options, out)?)
    }

    /// SHA-256 (hex) of the files whose import is in force, sorted: an import recognises them.
    pub fn source_hashes(&self) -> Result<Vec<String>, Failure> {
        Ok(rows::source_hashes(self.reader.conn())?)
    }

    /// The history, oldest first.
    pub fn log(&self, filter: &LogFilter) -> Result<Vec<OperationSummary>, Failure> {
        Ok(history::log(self.reader.conn(), filter)?)
    }

    /// Hands out the writer for work on another thread; until [`Project::attach_writer`] this project only reads.
    pub fn detach_writer(&mut self) -> Result<Writer, Failure> {
        match (&self.read_only, self.writer.take()) {
            (Some(reason), _) => Err(read_only(reason)),
            (None, Some(writer)) => Ok(writer),
            (None, None) => Err(writer_away()),
        }
    }

    /// Commits an import as one operation. For a long one off this thread: [`Project::detach_writer`], [`Writer::import`],
    /// [`Project::attach_writer`].
    pub fn import(&mut self, draft: &Draft, act: &Act, progress: &Progress) -> Result<Committed, Failure> {
        let mut writer = self.detach_writer()?;
        let done = writer.import(draft, act, progress);
        self.attach_writer(writer)?;
        Ok(done?)
    }

    /// Imports what `read` reads and hands on, while it reads, as one operation, and closes: for who does nothing else.
    /// The map is let go before, instead of brought up to date after. Nothing to write is no operation.
    pub fn import_and_close<T: Send>(
        mut self,
        read: impl FnOnce(&mut dyn FnMut(DraftPiece) -> Result<(), Failure>) -> Result<T, Failure> + Send,
        act: &Act,
        progress: &Progress,
    ) -> Result<(T, Option<Committed>), Failure> {
        let mut writer = self.detach_writer()?;
        drop(self);
        let (send, pieces) = sync_channel(1);
        let (read, done) = std::thread::scope(|s| {
            let reader = s.spawn(move || read(&mut |piece| send.send(piece).map_err(|_| bulk::incomplete())));
            let done = writer.import_pieces(Pieces::new(pieces), act, progress);
            let read = reader.join().unwrap_or_else(|p| std::panic::resume_unwind(p));
            (read, done.map_err(Failure::from))
        });
        let done = match done {
            // Then the reason is with the reader; else the reader, when it failed, did because nobody took its pieces.
            Err(failure) if failure.code() == bulk::INCOMPLETE => return Err(read.err().unwrap_or(failure)),
            done => done?,
        };
        writer.checkpoint()?;
        Ok((read?, done))
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

fn read(path: &Path) -> Result<Reader, Failure> {
    Reader::open(path).map_err(|e| Failure::from(e).file(path))
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

fn no_province(code: &str) -> Failure {
    Failure::new(
        "NO_PROVINCE",
        msg!(
            "Không có tỉnh, thành phố nào mang mã {code}.",
            "There is no province with the code {code}."
        ),
    )
    .field("province")
    .remedy(msg!(
        "Dùng mã hai chữ số theo danh mục từ 01/07/2025, ví dụ 38 (Thanh Hóa).",
        "Use the two digits of the list since 2025-07-01, for example 38 (Thanh Hóa)."
    ))
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
