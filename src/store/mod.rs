//! The district file: a GeoPackage with a journal. The only place that knows SQL.
//!
//! [`tables`] says which tables there are, `schema.sql` what is in them, [`journal`] how a change is noted and
//! [`revert`] how it is taken back. [`Reader`] and [`Writer`] are what the rest of the program holds.

pub mod backup;
pub mod boundaries;
pub mod bulk;
pub mod connection;
pub mod decisions;
pub mod dependents;
pub mod dump;
pub mod entries;
pub mod error;
pub mod facts;
pub mod files;
pub mod findings;
pub mod geometry;
pub mod history;
pub mod holds;
pub mod intent;
pub mod journal;
pub mod lineage;
pub mod load;
pub mod lock;
pub mod migrate;
pub mod numbers;
pub mod packed_rtree;
pub mod personal;
pub mod proposal;
pub mod records;
pub mod register;
pub mod quarantine;
pub mod recode;
pub mod removed;
pub mod revert;
pub mod rows;
mod scans;
pub mod schema;
pub mod search;
mod srs;
pub mod succession;
pub mod survey;
pub mod tables;
pub mod touched;
pub mod trust;
pub mod write;

use std::path::{Path, PathBuf};

pub use rusqlite::Connection;

pub use bulk::{Committed, Pieces};
use lock::Lock;
pub use revert::TakeBack;

use crate::domain::{Act, Draft, Failure, ParcelRecord};
use crate::job::Progress;
use crate::text::Msg;
use error::Result;
use journal::{NewOperation, Operation};

/// A read-only connection; open as many as there are threads that read. `Send`, not `Sync`.
pub struct Reader {
    conn: Connection,
    path: PathBuf,
}

impl Reader {
    pub fn open(path: &Path) -> Result<Self> {
        if !path.is_file() {
            return Err(not_found(path).into());
        }
        let conn = connection::read(path)?;
        connection::schema_number(&conn)?;
        Ok(Self {
            conn,
            path: path.to_owned(),
        })
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// For the functions of [`rows`] and [`history`].
    pub fn conn(&self) -> &Connection {
        &self.conn
    }

    pub fn view(&self) -> View<'_> {
        View {
            conn: &self.conn,
            path: &self.path,
        }
    }

    /// All the register says of one parcel.
    pub fn record(&self, fid: i64) -> Result<ParcelRecord> {
        rows::record(&self.conn, fid)
    }

    /// The records in force of one commune (`None` = all), by commune, sheet, number, uid.
    pub fn for_each_record(
        &self,
        commune: Option<&str>,
        each: &mut dyn FnMut(ParcelRecord) -> std::result::Result<(), Failure>,
    ) -> Result<()> {
        rows::for_each_record(&self.conn, commune, false, each)
    }
}

/// What a rule reads the register through: a connection, perhaps inside an open operation, and where the file lies.
#[derive(Clone, Copy)]
pub struct View<'a> {
    pub conn: &'a Connection,
    pub path: &'a Path,
}

/// The one connection that may write. It can move to a worker thread for a long import.
pub struct Writer {
    // Closed before the lock is let go.
    conn: Connection,
    _lock: Lock,
    path: PathBuf,
    srs: i32,
}

impl Writer {
    /// Opens for writing, as the only one; migrates an older file after a backup. Every failure (locked, on a network
    /// share, newer, altered, write-protected) is a reason to open it read-only.
    pub fn open(path: &Path, act: &Act) -> Result<Self> {
        let lock = lock::acquire(path, &act.actor, act.at)?;
        let mut conn = connection::write(path)?;
        let schema = connection::schema_number(&conn)?;
        if schema > schema::SCHEMA {
            return Err(migrate::newer(schema).into());
        }
        if schema < schema::SCHEMA {
            backup::make(path, backup::Occasion::BeforeMigration, act.at, &Progress::none())?;
            migrate::run(&mut conn, migrate::STEPS, schema::SCHEMA)?;
        }
        schema::check_triggers(&conn)?;
        let srs = srs_of(&conn)?;
        Ok(Self {
            conn,
            _lock: lock,
            path: path.to_owned(),
            srs,
        })
    }

    /// Makes a new district file; refuses an existing one. The communes come with operation 1.
    pub fn create(path: &Path, district: &NewDistrict<'_>, act: &Act) -> Result<Self> {
        if path.exists() {
            return Err(exists(path).into());
        }
        lock::refuse_share(path)?;
        // Made beside its place and renamed: half a district file never appears under its name.
        let mut beside = path.as_os_str().to_owned();
        beside.push(".new");
        let beside = PathBuf::from(beside);
        remove(&beside);
        // What a file of this name left behind when it was deleted must not be taken for ours.
        remove_sides(path);
        let made = fill(&beside, district, act).and_then(|()| Ok(files::replace_file(&beside, path)?));
        remove(&beside);
        made?;
        Self::open(path, act)
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// EPSG code, as in geometry blobs.
    pub fn srs(&self) -> i32 {
        self.srs
    }

    pub fn conn(&self) -> &Connection {
        &self.conn
    }

    /// For bulk work, which opens its operation itself.
    pub fn conn_mut(&mut self) -> &mut Connection {
        &mut self.conn
    }

    /// Begins an operation.
    pub fn begin(&mut self, act: &Act, new: &NewOperation<'_>) -> Result<Operation<'_>> {
        journal::begin(&mut self.conn, act, new)
    }

    /// Commits an import: one draft, one operation. A district that holds something already is backed up before.
    pub fn import(&mut self, draft: &Draft, act: &Act, progress: &Progress) -> Result<Committed> {
        let srs = self.srs;
        self.bulk(act, progress, |conn| {
            bulk::commit(conn, draft, srs, act, progress)
        })
    }

    /// The same of a draft that is being read. `None` when it holds nothing: then there is no operation.
    pub fn import_pieces(
        &mut self,
        pieces: Pieces,
        act: &Act,
        progress: &Progress,
    ) -> Result<Option<Committed>> {
        let Some(pieces) = pieces.begun()? else {
            return Ok(None);
        };
        let srs = self.srs;
        self.bulk(act, progress, |conn| {
            bulk::commit_pieces(conn, pieces, srs, act, progress)
        })
        .map(Some)
    }

    fn bulk(
        &mut self,
        act: &Act,
        progress: &Progress,
        commit: impl FnOnce(&mut Connection) -> Result<Committed>,
    ) -> Result<Committed> {
        if rows::setting(&self.conn, "mode")?.as_deref() == Some("operating") {
            return Err(in_operation().into());
        }
        let filled = self
            .conn
            .prepare_cached("SELECT 1 FROM parcel LIMIT 1")?
            .exists([])?;
        if filled {
            backup::make(&self.path, backup::Occasion::BeforeImport, act.at, progress)?;
            return commit(&mut self.conn);
        }
        connection::alone(&mut self.conn, commit)
    }

    /// Takes an operation back, as one operation; gives its number. Whatever fails, also a cancel, leaves all as it was.
    pub fn take_back(&mut self, what: &TakeBack, act: &Act, progress: &Progress) -> Result<i64> {
        revert::take_back(&mut self.conn, what, act, progress)
    }

    /// Writes local tables, outside any operation. What is lost with the power is recomputed, so nothing is flushed.
    pub fn note(
        &mut self,
        write: impl FnOnce(&Connection) -> std::result::Result<(), Failure>,
    ) -> std::result::Result<(), Failure> {
        connection::unflushed(&mut self.conn, |conn| {
            let tx = conn.transaction().map_err(error::StoreError::from)?;
            write(&tx)?;
            Ok(tx.commit().map_err(error::StoreError::from)?)
        })
    }

    /// Brings the log file's content into the one file people copy. False when a reader was in the way.
    pub fn checkpoint(&self) -> Result<bool> {
        let busy: i64 = self
            .conn
            .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |r| r.get(0))?;
        Ok(busy == 0)
    }

    /// As much of that as is possible without waiting for anybody.
    pub fn checkpoint_passive(&self) -> Result<()> {
        self.conn
            .query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()))?;
        Ok(())
    }
}

/// What a new file is made from.
pub struct NewDistrict<'a> {
    pub epsg: i32,
    pub name: &'a str,
    /// (code, name).
    pub communes: &'a [(String, String)],
    /// Code of their province, and of the communes added later.
    pub province: Option<&'a str>,
    /// The request as JSON and its label, for operation 1.
    pub what: String,
    pub label: Msg,
}

fn fill(path: &Path, district: &NewDistrict<'_>, act: &Act) -> Result<()> {
    let mut conn = connection::create(path)?;
    let tx = conn.transaction()?;
    schema::create(&tx, district.epsg, &gpkg_time(act))?;
    for (key, value) in [
        ("schema", schema::SCHEMA.to_string()),
        ("epsg", district.epsg.to_string()),
        ("name", district.name.to_owned()),
        ("mode", "building".to_owned()),
    ] {
        rows::set_setting(&tx, key, &value)?;
    }
    if let Some(province) = district.province {
        rows::set_setting(&tx, rows::PROVINCE, province)?;
    }
    tx.commit()?;
    let new = NewOperation {
        kind: "new",
        what: district.what.clone(),
        label: district.label.clone(),
        undoes: None,
    };
    let op = journal::begin(&mut conn, act, &new)?;
    for (code, name) in district.communes {
        write::add_commune(&op, code, name)?;
    }
    op.commit()?;
    conn.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
    conn.close().map_err(|(_, e)| e)?;
    Ok(())
}

/// gpkg_contents wants exactly three decimals of a second.
pub fn gpkg_time(act: &Act) -> String {
    act.at.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
}

fn srs_of(conn: &Connection) -> Result<i32> {
    let epsg = rows::setting(conn, "epsg")?.and_then(|e| e.parse().ok());
    epsg.ok_or_else(|| error::not_a_district().into())
}

/// Removes a leftover of our own and its side files; there being none is fine.
fn remove(path: &Path) {
    let _ = std::fs::remove_file(path);
    remove_sides(path);
}

fn remove_sides(path: &Path) {
    for side in files::SIDES {
        let _ = std::fs::remove_file(files::with_suffix(path, side));
    }
}

/// Whole files come in while the database is being built.
pub fn in_operation() -> Failure {
    Failure::new(
        "OPERATING",
        crate::msg!(
            "Cơ sở dữ liệu đang vận hành: không nhập trực tiếp thửa đất từ tệp.",
            "The district is in operation: parcels are not imported from files."
        ),
    )
    .remedy(crate::msg!(
        "Thay đổi ranh giới qua hồ sơ, hoặc chuyển tệp về chế độ xây dựng.",
        "Change boundaries through dossiers, or set the file back to being built."
    ))
}

fn not_found(path: &Path) -> Failure {
    Failure::new(
        "FILE_NOT_FOUND",
        crate::msg!("Không tìm thấy tệp.", "The file was not found."),
    )
    .file(path)
}

fn exists(path: &Path) -> Failure {
    Failure::new(
        "FILE_EXISTS",
        crate::msg!("Tệp đã có sẵn.", "The file exists already."),
    )
    .file(path)
    .remedy(crate::msg!("Hãy chọn tên khác.", "Choose another name."))
}
