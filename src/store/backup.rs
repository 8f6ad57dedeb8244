//! Backups, copies and restoring of a district file, while it stays in use.
//!
//! A backup is one SQLite file without side files in `NAME.backups/`, taken through SQLite's online
//! backup from one snapshot; it gets its name only after `quick_check` found it sound and it is on
//! disk. Scans are in `copy` and `restore`, not in the daily backups: they are never changed, only added.

use std::fs;
use std::path::{Path, PathBuf};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::{Offset, TimeZone};
use rusqlite::backup::{Backup as Online, StepResult};
use rusqlite::{Connection, OptionalExtension, params};
use serde_json::json;

use super::files::{
    READING, SIDES, WRITING, backups_folder, copy_folder, io_failure, replace_file, scans_folder, with_suffix,
};
use super::{connection, error, lock};
use crate::domain::{Act, Failure};
use crate::job::Progress;
use crate::msg;
use crate::text::Text;

/// At most so many backups are kept …
const KEEP: usize = 10;
/// … and at most so many bytes, the newest always.
const KEEP_BYTES: u64 = 2 << 30;
/// Pages copied between two looks at the progress (8 MB).
const PAGES: i32 = 2000;

/// What a backup was made for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Occasion {
    Daily,
    BeforeImport,
    BeforeMigration,
    BeforeRestore,
}

impl Occasion {
    const ALL: [Self; 4] = [
        Self::Daily,
        Self::BeforeImport,
        Self::BeforeMigration,
        Self::BeforeRestore,
    ];

    /// Its word in file names.
    pub fn name(self) -> &'static str {
        match self {
            Self::Daily => "daily",
            Self::BeforeImport => "import",
            Self::BeforeMigration => "migrate",
            Self::BeforeRestore => "restore",
        }
    }
}

/// One finished backup. Ordered by time.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Backup {
    pub at: Timestamp,
    /// Counts those of one second, from 1.
    pub turn: u32,
    pub occasion: Occasion,
    pub path: PathBuf,
    pub bytes: u64,
}

const COPYING: Text = Text::new("Đang sao lưu", "Backing up");
const CHECKING: Text = Text::new("Đang kiểm tra bản sao lưu", "Checking the backup");

/// The backups of `project`, oldest first.
pub fn list(project: &Path) -> Vec<Backup> {
    let mut found: Vec<_> = fs::read_dir(backups_folder(project))
        .into_iter()
        .flatten()
        .filter_map(|entry| parse(project, &entry.ok()?.path()))
        .collect();
    found.sort();
    found
}

/// Reads "huyen-20261123T132146Z-import.gpkg" or "…-import-2.gpkg".
fn parse(project: &Path, path: &Path) -> Option<Backup> {
    let stem = project.file_stem()?.to_str()?;
    let rest = path
        .file_name()?
        .to_str()?
        .strip_prefix(stem)?
        .strip_prefix('-')?;
    let mut parts = rest.strip_suffix(".gpkg")?.split('-');
    let at = DateTime::strptime(TIME, parts.next()?)
        .ok()?
        .to_zoned(TimeZone::UTC)
        .ok()?
        .timestamp();
    let word = parts.next()?;
    let occasion = Occasion::ALL.into_iter().find(|o| o.name() == word)?;
    let turn = parts.next().map_or(Some(1), |t| t.parse().ok())?;
    let bytes = fs::metadata(path).ok()?.len();
    Some(Backup {
        at,
        turn,
        occasion,
        path: path.to_owned(),
        bytes,
    })
}

const TIME: &str = "%Y%m%dT%H%M%SZ";

/// A free name for a backup made now.
fn free_name(project: &Path, occasion: Occasion, now: Timestamp) -> PathBuf {
    let stem = project
        .file_stem()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    let (time, word) = (now.strftime(TIME), occasion.name());
    let name = |turn: String| backups_folder(project).join(format!("{stem}-{time}-{word}{turn}.gpkg"));
    let first = name(String::new());
    if !first.exists() {
        return first;
    }
    (2_u32..)
        .map(|n| name(format!("-{n}")))
        .find(|p| !p.exists())
        .unwrap_or(first)
}

/// Whether `project` has no backup of this day (Vietnamese time) yet.
pub fn due(project: &Path, now: Timestamp) -> bool {
    let day = |t: Timestamp| t.to_zoned(Offset::constant(7).to_time_zone()).date();
    list(project).iter().all(|b| day(b.at) != day(now))
}

/// Makes a backup of `project`, which may be in use, and drops the oldest beyond what is kept.
pub fn make(
    project: &Path,
    occasion: Occasion,
    now: Timestamp,
    progress: &Progress,
) -> Result<Backup, Failure> {
    let folder = backups_folder(project);
    fs::create_dir_all(&folder).map_err(|e| io_failure(&e, &folder, WRITING))?;
    remove_unfinished(&folder);
    let path = free_name(project, occasion, now);
    write_checked(project, &path, progress)?;
    prune(project, KEEP, KEEP_BYTES);
    parse(project, &path).ok_or_else(|| io_failure(&std::io::ErrorKind::NotFound.into(), &path, READING))
}

/// Makes the daily backup on a thread of its own if it is due.
pub fn daily_in_background(
    project: &Path,
    now: Timestamp,
    progress: Progress,
) -> Option<JoinHandle<Result<Backup, Failure>>> {
    if !due(project, now) {
        return None;
    }
    let project = project.to_owned();
    thread::Builder::new()
        .name("backup".to_owned())
        .spawn(move || make(&project, Occasion::Daily, now, &progress))
        .ok()
}

/// What a crash left half written.
fn remove_unfinished(folder: &Path) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        if entry.path().extension().is_some_and(|e| e == "part") {
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// Removes the oldest beyond `keep` backups or `keep_bytes`, whichever is smaller; never the newest.
fn prune(project: &Path, keep: usize, keep_bytes: u64) {
    let mut bytes = 0_u64;
    for (i, b) in list(project).iter().rev().enumerate() {
        bytes = bytes.saturating_add(b.bytes);
        if i > 0 && (i >= keep || bytes > keep_bytes) {
            let _ = fs::remove_file(&b.path);
        }
    }
}

/// Copies `source` to the new file `target` with its scans. `target` may be a folder.
pub fn copy(source: &Path, target: &Path, progress: &Progress) -> Result<PathBuf, Failure> {
    let target = match source.file_name() {
        Some(name) if target.is_dir() => target.join(name),
        _ => target.to_owned(),
    };
    if target.exists() {
        return Err(io_failure(
            &std::io::ErrorKind::AlreadyExists.into(),
            &target,
            WRITING,
        ));
    }
    copy_folder(&scans_folder(source), &scans_folder(&target))?;
    write_checked(source, &target, progress)?;
    Ok(target)
}

/// Puts `backup` in the place of `project`: what stands there now becomes a backup first (or, if it is
/// too damaged for that, a file `….damaged-TIME` beside it), scans are added. A row `epoch.N` in
/// `setting` says from which point of history the file goes on.
pub fn restore(backup: &Path, project: &Path, act: &Act, progress: &Progress) -> Result<(), Failure> {
    check(backup)?;
    let _lock = lock::acquire(project, &act.actor, act.at)?;
    let part = with_suffix(project, ".part");
    write_part(backup, &part, progress)?;
    let done = begin_epoch(&part, backup, act)
        .map_err(Failure::from)
        .and_then(|()| copy_folder(&scans_of(backup), &scans_folder(project)))
        .and_then(|_| put_in_place(&part, project, act, progress));
    let _ = fs::remove_file(&part);
    done
}

/// The scans that belong to a copy, or to the district a backup was made of.
fn scans_of(backup: &Path) -> PathBuf {
    match backup.parent() {
        Some(folder) if folder.extension().is_some_and(|e| e == "backups") => folder.with_extension("scans"),
        _ => scans_folder(backup),
    }
}

fn put_in_place(part: &Path, project: &Path, act: &Act, progress: &Progress) -> Result<(), Failure> {
    if !project.exists() {
        return replace_file(part, project);
    }
    match make(project, Occasion::BeforeRestore, act.at, progress) {
        // Through SQLite, so that windows that only read the file go on reading.
        Ok(_) => overwrite(part, project).map_err(Failure::from),
        Err(f) if ["FILE_DAMAGED", "NOT_A_DISTRICT", "BACKUP_UNSOUND"].contains(&f.code()) => {
            set_aside(project, act.at)?;
            replace_file(part, project)
        }
        Err(f) => Err(f),
    }
}

/// Writes the content of `part` over that of `project` in one transaction.
fn overwrite(part: &Path, project: &Path) -> error::Result<()> {
    let from = connection::read(part)?;
    let mut to = connection::write(project)?;
    run(&from, &mut to, &Progress::none())?;
    to.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
    Ok(())
}

fn set_aside(project: &Path, now: Timestamp) -> Result<(), Failure> {
    let to = format!(".damaged-{}", now.strftime(TIME));
    for side in SIDES.into_iter().chain([""]) {
        let from = with_suffix(project, side);
        if from.exists() {
            let to = with_suffix(&from, &to);
            fs::rename(&from, &to).map_err(|e| io_failure(&e, &from, WRITING))?;
        }
    }
    Ok(())
}

/// Notes in the restored file which backup it is and where its history stood.
fn begin_epoch(part: &Path, backup: &Path, act: &Act) -> error::Result<()> {
    let conn = Connection::open(part)?;
    let head: Option<(i64, Option<String>)> = conn
        .query_row(
            "SELECT id, hash FROM operation ORDER BY id DESC LIMIT 1",
            [],
            |r| Ok((r.get(0)?, r.get(1)?)),
        )
        .optional()?;
    let (op, hash) = head.unwrap_or_default();
    let note = json!({
        "at": act.at.to_string(), "actor": act.actor, "op": op, "hash": hash,
        "restored": backup.file_name().map(|n| n.to_string_lossy()),
    });
    conn.execute(
        "INSERT INTO setting (key, value) SELECT 'epoch.' || (1 + count(*)), ?1 FROM setting WHERE key GLOB 'epoch.*'",
        params![note.to_string()],
    )?;
    Ok(())
}

/// Writes a sound copy of `source` to `target`, which gets its name last.
fn write_checked(source: &Path, target: &Path, progress: &Progress) -> Result<(), Failure> {
    let part = with_suffix(target, ".part");
    let done = write_part(source, &part, progress).and_then(|()| replace_file(&part, target));
    if done.is_err() {
        let _ = fs::remove_file(&part);
    }
    done
}

fn write_part(source: &Path, part: &Path, progress: &Progress) -> Result<(), Failure> {
    let _ = fs::remove_file(part);
    snapshot(source, part, progress)?;
    progress.stage(CHECKING, 0)?;
    check(part)
}

/// Copies one snapshot of `source` to the new file `target`: one file, no side files.
fn snapshot(source: &Path, target: &Path, progress: &Progress) -> error::Result<()> {
    let from = connection::read(source)?;
    // A read transaction held open: writers go on, and the copy never has to start again.
    from.execute_batch("BEGIN; SELECT count(*) FROM sqlite_master;")?;
    let mut to = Connection::open(target)?;
    // Nobody reads the copy before it is whole and flushed.
    to.execute_batch("PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;")?;
    run(&from, &mut to, progress)?;
    to.query_row("PRAGMA journal_mode=DELETE", [], |_| Ok(()))?;
    Ok(())
}

fn run(from: &Connection, to: &mut Connection, progress: &Progress) -> error::Result<()> {
    let online = Online::new(from, to)?;
    progress.stage(COPYING, 0)?;
    loop {
        match online.step(PAGES)? {
            StepResult::Done => return Ok(()),
            StepResult::Busy | StepResult::Locked => thread::sleep(Duration::from_millis(20)),
            _ => {}
        }
        progress.step(PAGES as u64)?;
    }
}

/// Fails unless `path` is a sound district file.
pub fn check(path: &Path) -> Result<(), Failure> {
    if !path.is_file() {
        return Err(io_failure(&std::io::ErrorKind::NotFound.into(), path, READING));
    }
    let look = || -> error::Result<String> {
        let conn = connection::read(path)?;
        connection::schema_number(&conn)?;
        Ok(conn.query_row("PRAGMA quick_check(1)", [], |r| r.get(0))?)
    };
    match look().map_err(|e| Failure::from(e).file(path))?.as_str() {
        "ok" => Ok(()),
        said => Err(unsound(path, said)),
    }
}

fn unsound(path: &Path, said: &str) -> Failure {
    Failure::new(
        "BACKUP_UNSOUND",
        msg!("Tệp không lành lặn: {said}", "The file is not sound: {said}"),
    )
    .file(path)
    .remedy(UNSOUND_REMEDY)
}

const UNSOUND_REMEDY: Text = Text::new(
    "Hãy dùng một bản sao lưu khác và kiểm tra ổ đĩa.",
    "Use another backup and check the disk.",
);

#[cfg(test)]
mod tests {
    use super::*;

    /// A little district file with `rows` rows of padding, still open in WAL mode.
    fn district(path: &Path, rows: u32) -> Connection {
        let conn = connection::create(path).unwrap();
        conn.execute_batch(
            "CREATE TABLE setting (key TEXT PRIMARY KEY, value TEXT NOT NULL);
             CREATE TABLE operation (id INTEGER PRIMARY KEY, hash TEXT);
             INSERT INTO setting VALUES ('schema', '1'); INSERT INTO operation VALUES (1, 'h1');
             CREATE TABLE t (x, pad);",
        )
        .unwrap();
        fill(&conn, rows);
        conn
    }

    fn fill(conn: &Connection, rows: u32) {
        conn.execute(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i<?1) INSERT INTO t SELECT i, zeroblob(500) FROM n",
            [rows],
        )
        .unwrap();
    }

    fn rows(path: &Path) -> i64 {
        connection::read(path)
            .unwrap()
            .query_row("SELECT count(*) FROM t", [], |r| r.get(0))
            .unwrap()
    }

    fn at(hours: i64) -> Timestamp {
        Timestamp::from_second(1_795_000_000 + 3600 * hours).unwrap()
    }

    fn act(hours: i64) -> Act {
        Act::new("Lan Thử", at(hours))
    }

    #[test]
    fn a_backup_is_one_sound_file_of_what_was_committed() {
        let dir = tempfile::tempdir().unwrap();
        let p = dir.path().join("huyện.gpkg");
        let conn = district(&p, 5000);
        conn.execute_batch("BEGIN; DELETE FROM t;").unwrap(); // somebody is at work
        let b = make(&p, Occasion::BeforeImport, at(0), &Progress::none()).unwrap();
        assert_eq!(rows(&b.path), 5000);
        assert_eq!(
            fs::read_dir(backups_folder(&p)).unwrap().count(),
            1,
            "no side files"
        );
        assert_eq!(list(&p), std::slice::from_ref(&b));
        assert_eq!(
            &fs::read(&b.path).unwrap()[18..20],
            [1, 1],
            "rollback journal, so one file"
        );
        let second = make(&p, Occasion::BeforeImport, at(0), &Progress::none()).unwrap();
        assert_eq!((second.turn, list(&p).len()), (2, 2));
    }

    #[test]
    fn daily_means_once_a_day() {
        let dir = tempfile::tempdir().unwrap();
        let p = dir.path().join("h.gpkg");
        let _conn = district(&p, 10);
        let start = |hours| daily_in_background(&p, at(hours), Progress::none());
        start(0).unwrap().join().unwrap().unwrap();
        assert!(start(1).is_none());
        assert!(start(25).is_some());
    }

    #[test]
    fn the_oldest_go_first_and_the_newest_always_stays() {
        let dir = tempfile::tempdir().unwrap();
        let p = dir.path().join("h.gpkg");
        let _conn = district(&p, 10);
        for hour in 0..13 {
            make(&p, Occasion::Daily, at(hour), &Progress::none()).unwrap();
        }
        let kept = list(&p);
        assert_eq!((kept.len(), kept[0].at), (KEEP, at(3)));
        prune(&p, KEEP, kept[0].bytes * 3);
        assert_eq!(list(&p).len(), 3);
        prune(&p, KEEP, 1);
        assert_eq!(list(&p)[0].at, at(12));
    }

    #[test]
    fn a_damaged_file_gives_no_backup() {
        let dir = tempfile::tempdir().unwrap();
        let p = dir.path().join("h.gpkg");
        drop(district(&p, 5000));
        let mut bytes = fs::read(&p).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle..middle + 20_000].fill(0xEE);
        fs::write(&p, bytes).unwrap();
        let f = make(&p, Occasion::Daily, at(0), &Progress::none()).unwrap_err();
        assert!(["BACKUP_UNSOUND", "FILE_DAMAGED"].contains(&f.code()), "{f}");
        assert_eq!(fs::read_dir(backups_folder(&p)).unwrap().count(), 0);
    }

    #[test]
    fn cancelling_leaves_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let p = dir.path().join("h.gpkg");
        let _conn = district(&p, 10);
        let progress = Progress::none();
        progress.cancel();
        assert_eq!(
            make(&p, Occasion::Daily, at(0), &progress).unwrap_err().code(),
            "CANCELLED"
        );
        assert_eq!(fs::read_dir(backups_folder(&p)).unwrap().count(), 0);
    }

    #[test]
    fn copies_carry_their_scans() {
        let dir = tempfile::tempdir().unwrap();
        let (p, q) = (dir.path().join("h.gpkg"), dir.path().join("usb/k.gpkg"));
        let _conn = district(&p, 10);
        fs::create_dir_all(scans_folder(&p)).unwrap();
        fs::write(scans_folder(&p).join("ab12.pdf"), "scan").unwrap();
        fs::create_dir(dir.path().join("usb")).unwrap();
        copy(&p, &q, &Progress::none()).unwrap();
        assert_eq!(rows(&q), 10);
        assert_eq!(
            fs::read_to_string(scans_folder(&q).join("ab12.pdf")).unwrap(),
            "scan"
        );
        assert_eq!(copy(&p, &q, &Progress::none()).unwrap_err().code(), "FILE_EXISTS");
    }

    #[test]
    fn restoring_brings_back_the_state_keeps_the_present_one_and_starts_an_epoch() {
        let dir = tempfile::tempdir().unwrap();
        let p = dir.path().join("h.gpkg");
        let conn = district(&p, 10);
        let b = make(&p, Occasion::Daily, at(0), &Progress::none()).unwrap();
        fill(&conn, 7);
        let viewer = connection::read(&p).unwrap();
        restore(&b.path, &p, &act(1), &Progress::none()).unwrap();
        assert_eq!(rows(&p), 10);
        let seen: i64 = viewer
            .query_row("SELECT count(*) FROM t", [], |r| r.get(0))
            .unwrap();
        assert_eq!(seen, 10, "an open window goes on");
        let kept = list(&p);
        assert_eq!((kept.len(), rows(&kept[1].path)), (2, 17));
        let note: String = viewer
            .query_row("SELECT value FROM setting WHERE key='epoch.1'", [], |r| r.get(0))
            .unwrap();
        assert!(note.contains(r#""op":1,"hash":"h1""#), "{note}");
        restore(&b.path, &p, &act(2), &Progress::none()).unwrap();
        assert!(!with_suffix(&p, ".part").exists());
    }

    #[test]
    fn restoring_over_a_wreck_or_nothing_works_and_keeps_the_wreck() {
        let dir = tempfile::tempdir().unwrap();
        let (p, q) = (dir.path().join("h.gpkg"), dir.path().join("wreck.gpkg"));
        let _conn = district(&p, 10);
        let b = make(&p, Occasion::Daily, at(0), &Progress::none()).unwrap();
        fs::create_dir_all(scans_folder(&p)).unwrap();
        fs::write(scans_folder(&p).join("ab12.pdf"), "scan").unwrap();
        fs::write(&q, "not a database at all").unwrap();
        restore(&b.path, &q, &act(0), &Progress::none()).unwrap();
        assert_eq!(rows(&q), 10);
        assert!(
            scans_folder(&q).join("ab12.pdf").exists(),
            "scans of the district the backup was made of"
        );
        let kept = fs::read_dir(dir.path()).unwrap().flatten();
        assert!(
            kept.into_iter()
                .any(|e| e.file_name().to_string_lossy().contains("wreck.gpkg.damaged-"))
        );
        restore(&b.path, &dir.path().join("new.gpkg"), &act(0), &Progress::none()).unwrap();
        assert_eq!(rows(&dir.path().join("new.gpkg")), 10);
    }

    #[test]
    fn restoring_refuses_what_is_open_for_writing_or_no_backup() {
        let dir = tempfile::tempdir().unwrap();
        let p = dir.path().join("h.gpkg");
        let _conn = district(&p, 10);
        let b = make(&p, Occasion::Daily, at(0), &Progress::none()).unwrap();
        let _lock = lock::acquire(&p, "Minh Thử", at(0)).unwrap();
        assert_eq!(
            restore(&b.path, &p, &act(0), &Progress::none())
                .unwrap_err()
                .code(),
            "LOCKED"
        );
        let none = dir.path().join("none.gpkg");
        assert_eq!(
            restore(&none, &p, &act(0), &Progress::none()).unwrap_err().code(),
            "FILE_NOT_FOUND"
        );
        fs::write(&none, "text").unwrap();
        assert_eq!(
            restore(&none, &p, &act(0), &Progress::none()).unwrap_err().code(),
            "NOT_A_DISTRICT"
        );
    }
}
