//! Opening connections: what every one of them has, and what a writing one must have.

use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags, ffi};

use super::error::{Result, StoreError, not_a_district};
use super::geometry;
use crate::domain::Failure;
use crate::msg;

/// "GPKG": every GeoPackage from 1.2 on.
pub const APPLICATION_ID: i32 = 0x4750_4B47;
/// GeoPackage 1.3.0.
pub const GPKG_VERSION: i32 = 10300;
/// Bytes of a page of a new file: an import takes 2 to 12 % less time than with SQLite's 4096, and 16384 saves no more.
const PAGE_SIZE: i32 = 8192;
const CACHE_KB: i32 = 32_768;
/// All an import adds is added at the end of a table or index: more cache saves nothing (measured).
const BULK_CACHE_KB: i32 = 4096;
/// How long to wait for another program's write.
const BUSY: Duration = Duration::from_secs(5);

/// A connection that may write: WAL, synchronous=FULL (an acknowledged operation is on the disk), secure_delete.
pub fn write(path: &Path) -> Result<Connection> {
    let conn = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE | common())?;
    prepare(&conn)?;
    conn.execute_batch(&format!(
        "PRAGMA secure_delete=ON; PRAGMA synchronous=FULL; PRAGMA cache_size=-{CACHE_KB}; PRAGMA wal_autocheckpoint=1000;",
    ))?;
    journal_mode(&conn, "wal")?;
    assert_durable(&conn)?;
    Ok(conn)
}

/// A new file at `path`, which must not exist; GeoPackage header, WAL, durable.
pub fn create(path: &Path) -> Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | common();
    let conn = Connection::open_with_flags(path, flags)?;
    conn.execute_batch(&format!(
        "PRAGMA page_size={PAGE_SIZE}; PRAGMA application_id={APPLICATION_ID}; PRAGMA user_version={GPKG_VERSION};"
    ))?;
    drop(conn);
    write(path)
}

/// Runs `work`, which writes much into a file that holds next to nothing, with a rollback journal in place of the log
/// where nobody else has the file open. Pages behind the old end of the file are then written once and need no journal:
/// going back is cutting them off, which the next to open the file does by itself after a crash. Others wait meanwhile.
pub fn alone<T>(conn: &mut Connection, work: impl FnOnce(&mut Connection) -> Result<T>) -> Result<T> {
    if !leave_log(conn)? {
        return work(conn);
    }
    let done = work(conn);
    // What was done is on the disk. All that is left is a mark in the head of the file, either way of which is sound, so
    // that four flushes can be saved. Somebody looking at the file just now keeps it from being set: then the next
    // opening does, and the journal is as safe.
    conn.execute_batch("PRAGMA synchronous=OFF")?;
    let _ = journal_mode(conn, "wal");
    conn.execute_batch(&format!("PRAGMA synchronous=FULL; PRAGMA cache_size=-{CACHE_KB}"))?;
    done
}

/// Runs `work` without flushing what it commits; with the log, the file stays whole whatever happens, and the next
/// operation flushes this with it.
pub fn unflushed<T, E: From<StoreError>>(
    conn: &mut Connection,
    work: impl FnOnce(&mut Connection) -> std::result::Result<T, E>,
) -> std::result::Result<T, E> {
    let set = |conn: &Connection, how: &str| {
        conn.pragma_update(None, "synchronous", how)
            .map_err(StoreError::from)
    };
    set(conn, "NORMAL")?;
    let done = work(conn);
    set(conn, "FULL")?;
    done
}

/// False when somebody else has the file open.
fn leave_log(conn: &Connection) -> Result<bool> {
    conn.busy_timeout(Duration::ZERO)?;
    // TRUNCATE, not DELETE: with synchronous=FULL only its end of a journal is flushed.
    let left = journal_mode(conn, "truncate");
    conn.busy_timeout(BUSY)?;
    if left.is_err() {
        return Ok(false);
    }
    assert_safe(conn, "truncate")?;
    conn.pragma_update(None, "cache_size", -BULK_CACHE_KB)?;
    Ok(true)
}

fn journal_mode(conn: &Connection, mode: &str) -> rusqlite::Result<()> {
    conn.pragma_update_and_check(None, "journal_mode", mode, |_| Ok(()))
}

/// A connection that only reads. On a medium where SQLite cannot even make its side files, the file is read as frozen.
pub fn read(path: &Path) -> Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | common();
    let conn = Connection::open_with_flags(path, flags)?;
    let looked = look(&conn);
    if looked.is_ok() || wal_of(path).exists() {
        prepare(&conn)?;
        return Ok(conn);
    }
    if let Err(e) = looked
        && e.sqlite_error()
            .is_some_and(|e| e.extended_code == ffi::SQLITE_READONLY_ROLLBACK)
    {
        // A crash left half an import, which only who may write takes back.
        drop(conn);
        look(&Connection::open_with_flags(
            path,
            OpenFlags::SQLITE_OPEN_READ_WRITE | common(),
        )?)?;
        let conn = Connection::open_with_flags(path, flags)?;
        prepare(&conn)?;
        return Ok(conn);
    }
    let frozen = Connection::open_with_flags(frozen_uri(path), flags | OpenFlags::SQLITE_OPEN_URI)?;
    prepare(&frozen)?;
    Ok(frozen)
}

fn look(conn: &Connection) -> rusqlite::Result<()> {
    conn.query_row("SELECT count(*) FROM sqlite_master", [], |_| Ok(()))
}

fn wal_of(path: &Path) -> std::path::PathBuf {
    let mut wal = path.as_os_str().to_owned();
    wal.push("-wal");
    wal.into()
}

/// Every byte outside the safe set percent-encoded, so that `?` and `#` in a name stay in the name.
fn frozen_uri(path: &Path) -> String {
    let mut uri = String::from("file:");
    let text = path.to_string_lossy().replace('\\', "/");
    if text.as_bytes().get(1) == Some(&b':') {
        uri.push('/');
    }
    for b in text.bytes() {
        if b.is_ascii_alphanumeric() || b"/._-:".contains(&b) {
            uri.push(char::from(b));
        } else {
            uri += &format!("%{b:02X}");
        }
    }
    uri + "?immutable=1"
}

fn common() -> OpenFlags {
    OpenFlags::SQLITE_OPEN_NO_MUTEX
}

fn prepare(conn: &Connection) -> Result<()> {
    conn.busy_timeout(BUSY)?;
    conn.set_prepared_statement_cache_capacity(128);
    conn.execute_batch(
        "PRAGMA foreign_keys=ON; PRAGMA recursive_triggers=ON; PRAGMA trusted_schema=OFF; PRAGMA temp_store=MEMORY;",
    )?;
    geometry::register(conn)?;
    Ok(())
}

/// Both pragmas that make an acknowledgement true, asserted.
pub fn assert_durable(conn: &Connection) -> Result<()> {
    assert_safe(conn, "wal")
}

fn assert_safe(conn: &Connection, journal: &str) -> Result<()> {
    let mode: String = conn.pragma_query_value(None, "journal_mode", |r| r.get(0))?;
    let sync: i64 = conn.pragma_query_value(None, "synchronous", |r| r.get(0))?;
    if mode == journal && sync == 2 {
        return Ok(());
    }
    Err(Failure::new(
        "NOT_DURABLE",
        msg!(
            "Không bật được chế độ ghi an toàn (journal_mode={mode}, synchronous={sync}).",
            "Safe writing could not be switched on (journal_mode={mode}, synchronous={sync})."
        ),
    )
    .remedy(msg!(
        "Hãy đặt tệp trên đĩa của máy này.",
        "Put the file on a disk of this PC."
    ))
    .into())
}

/// Fails unless the file is a GeoPackage with our schema; gives its schema number.
pub fn schema_number(conn: &Connection) -> Result<i64> {
    let id: i32 = conn.pragma_query_value(None, "application_id", |r| r.get(0))?;
    let ours: bool = conn
        .prepare("SELECT 1 FROM sqlite_master WHERE type='table' AND name='setting'")?
        .exists([])?;
    if id != APPLICATION_ID || !ours {
        return Err(not_a_district().into());
    }
    let schema: Option<String> = conn
        .prepare("SELECT value FROM setting WHERE key='schema'")?
        .query_row([], |r| r.get(0))
        .ok();
    schema
        .and_then(|s| s.parse().ok())
        .ok_or_else(|| not_a_district().into())
}
