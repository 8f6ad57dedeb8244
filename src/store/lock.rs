//! One writer per district file, and none on a network share.
//!
//! The operating system holds the lock on `FILE.lock.held`; `FILE.lock` beside it says in JSON who has
//! it. Two files because Windows lets nobody read a locked one. After a crash the system has let go of
//! the lock, so a stale `FILE.lock` stops nobody. SQLite's own locks lie to it on network shares.

use std::fs::{self, File, TryLockError};
use std::path::{Component, Path, PathBuf, Prefix};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::files::{WRITING, io_failure, with_suffix};
use crate::domain::Failure;
use crate::msg;
use crate::text::Text;

/// Who holds a district file open for writing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    pub who: String,
    pub host: String,
    pub pid: u32,
    /// RFC 3339, UTC.
    pub since: String,
}

/// The right to write to one district file, until dropped.
#[derive(Debug)]
pub struct Lock {
    held: Option<File>,
    path: PathBuf,
}

/// Takes the lock on `project` for `who`. Every failure is a reason to open it read-only: `LOCKED`
/// names who has it, `NETWORK_SHARE` says why not there, `FILE_DENIED` when folder or file may not
/// be written.
pub fn acquire(project: &Path, who: &str, now: Timestamp) -> Result<Lock, Failure> {
    refuse_share(project)?;
    refuse_read_only(project)?;
    let held = take(project)?;
    let lock = Lock {
        held: Some(held),
        path: project.to_owned(),
    };
    let holder = Holder {
        who: who.to_owned(),
        host: host_name(),
        pid: std::process::id(),
        since: now.to_string(),
    };
    let note = with_suffix(project, ".lock");
    let json = serde_json::to_string(&holder).unwrap_or_default();
    fs::write(&note, json + "\n").map_err(|e| io_failure(&e, &note, WRITING))?;
    Ok(lock)
}

/// Who has the file open for writing, as far as `FILE.lock` says.
pub fn holder(project: &Path) -> Option<Holder> {
    let text = fs::read_to_string(with_suffix(project, ".lock")).ok()?;
    serde_json::from_str(&text).ok()
}

fn take(project: &Path) -> Result<File, Failure> {
    let path = with_suffix(project, ".lock.held");
    // A holder that is just leaving removes the file under our hands: try again with the new one.
    for _ in 0..100 {
        let file = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&path)
            .map_err(|e| io_failure(&e, &path, WRITING))?;
        match file.try_lock() {
            Ok(()) if is_at(&file, &path) => return Ok(file),
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(locked(project)),
            Err(TryLockError::Error(e)) => return Err(io_failure(&e, &path, WRITING)),
        }
    }
    Err(locked(project))
}

impl Drop for Lock {
    fn drop(&mut self) {
        // In this order: nobody else can have written a note yet. A failure leaves two small files
        // behind, which stop nobody.
        let _ = fs::remove_file(with_suffix(&self.path, ".lock"));
        let held = with_suffix(&self.path, ".lock.held");
        if cfg!(unix) {
            let _ = fs::remove_file(held);
            self.held = None;
        } else {
            // Windows removes no open file. Not run there.
            self.held = None;
            let _ = fs::remove_file(held);
        }
    }
}

/// Whether `path` still names the open `file`.
#[cfg(unix)]
fn is_at(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let place = |m: fs::Metadata| (m.dev(), m.ino());
    let (ours, named) = (file.metadata().map(place), fs::metadata(path).map(place));
    matches!((ours, named), (Ok(a), Ok(b)) if a == b)
}

/// A file that is open cannot lose its name there. Not run on Windows.
#[cfg(not(unix))]
fn is_at(_: &File, _: &Path) -> bool {
    true
}

fn locked(project: &Path) -> Failure {
    let message = match holder(project) {
        Some(Holder {
            who,
            host,
            pid,
            since,
        }) => {
            let since = vietnam_time(&since);
            msg!(
                "Tệp đang được {who} mở để ghi trên máy {host} từ {since} (tiến trình {pid}).",
                "The file is open for writing by {who} on {host} since {since} (process {pid})."
            )
        }
        None => msg!(
            "Tệp đang được một cửa sổ khác mở để ghi.",
            "The file is open for writing in another window."
        ),
    };
    Failure::new("LOCKED", message)
        .file(project)
        .remedy(LOCKED_REMEDY)
}

/// A time as people here write it (UTC+7 the whole year); as it is when it cannot be read.
fn vietnam_time(rfc3339: &str) -> String {
    match rfc3339.parse::<Timestamp>() {
        Ok(t) => {
            let local = t.to_zoned(jiff::tz::Offset::constant(7).to_time_zone());
            local.strftime("%H:%M %d/%m/%Y").to_string()
        }
        Err(_) => rfc3339.to_owned(),
    }
}

const LOCKED_REMEDY: Text = Text::new(
    "Hãy đóng tệp ở nơi đó, hoặc chỉ xem dữ liệu ở đây.",
    "Close it there, or only view it here.",
);

fn refuse_read_only(project: &Path) -> Result<(), Failure> {
    match File::options().write(true).open(project) {
        Ok(_) => Ok(()),
        // A file that is yet to be made.
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(()),
        Err(e) => Err(io_failure(&e, project, WRITING)),
    }
}

/// Fails with `NETWORK_SHARE` when `project` lies on one.
pub fn refuse_share(project: &Path) -> Result<(), Failure> {
    let Some(share) = network_share(project) else {
        return Ok(());
    };
    Err(Failure::new(
        "NETWORK_SHARE",
        msg!(
            "Tệp nằm trên thư mục mạng ({share}), nơi không thể ghi an toàn khi hai máy cùng mở.",
            "The file lies on a network share ({share}), where two PCs writing at once would damage it."
        ),
    )
    .file(project)
    .remedy(SHARE_REMEDY))
}

const SHARE_REMEDY: Text = Text::new(
    "Hãy sao chép tệp về ổ đĩa của máy này rồi mở bản sao; ở đây chỉ xem được.",
    "Copy it to a disk of this PC and open the copy; here it can only be viewed.",
);

/// The kind of network file system a path lies on; `None` for a local disk.
fn network_share(project: &Path) -> Option<String> {
    // The file may not exist yet; its folder does.
    let real = fs::canonicalize(project)
        .or_else(|_| {
            fs::canonicalize(
                project
                    .parent()
                    .filter(|p| *p != Path::new(""))
                    .unwrap_or(Path::new(".")),
            )
        })
        .ok()?;
    // Windows: \\server\share, which canonicalize also gives for a drive letter mapped to one. Not run there.
    if let Some(Component::Prefix(p)) = real.components().next()
        && matches!(p.kind(), Prefix::UNC(..) | Prefix::VerbatimUNC(..))
    {
        return Some("UNC".to_owned());
    }
    let mounts = fs::read_to_string("/proc/self/mountinfo").ok()?;
    let kind = mount_kind(&mounts, &real)?;
    NETWORK_KINDS.contains(&kind).then(|| kind.to_owned())
}

/// Types of Linux file systems that live on another machine.
const NETWORK_KINDS: &[&str] = &[
    "afs",
    "ceph",
    "cifs",
    "coda",
    "davfs",
    "fuse.davfs2",
    "fuse.glusterfs",
    "fuse.gvfsd-fuse",
    "fuse.rclone",
    "fuse.s3fs",
    "fuse.smbnetfs",
    "fuse.sshfs",
    "gfs2",
    "glusterfs",
    "lustre",
    "ncpfs",
    "nfs",
    "nfs4",
    "ocfs2",
    "smb2",
    "smb3",
    "smbfs",
];

/// Type of the file system that holds `path`, from the text of `/proc/self/mountinfo` (proc(5)): the
/// last of the longest mount points above it, since a later mount hides an earlier one.
fn mount_kind<'a>(mountinfo: &'a str, path: &Path) -> Option<&'a str> {
    let mut best: Option<(usize, &str)> = None;
    for line in mountinfo.lines() {
        let Some((mount, kind)) = line.split_once(" - ") else {
            continue;
        };
        let (Some(point), Some(kind)) = (mount.split(' ').nth(4), kind.split(' ').next()) else {
            continue;
        };
        let point = unescape(point);
        if path.starts_with(&point) && best.is_none_or(|(len, _)| point.len() >= len) {
            best = Some((point.len(), kind));
        }
    }
    best.map(|(_, kind)| kind)
}

/// Undoes the octal escapes of mountinfo: `\040` space, `\011` tab, `\012` newline, `\134` backslash.
fn unescape(point: &str) -> String {
    [("\\040", " "), ("\\011", "\t"), ("\\012", "\n"), ("\\134", "\\")]
        .iter()
        .fold(point.to_owned(), |s, (code, c)| s.replace(code, c))
}

/// Name of this PC.
fn host_name() -> String {
    let named = std::env::var("COMPUTERNAME").ok();
    named
        .or_else(|| fs::read_to_string("/proc/sys/kernel/hostname").ok())
        .or_else(|| fs::read_to_string("/etc/hostname").ok())
        .map(|h| h.trim().to_owned())
        .filter(|h| !h.is_empty())
        .unwrap_or_else(|| "?".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Lang;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_795_000_000 + second).unwrap()
    }

    #[test]
    fn the_second_is_told_who_where_and_since_when() {
        let dir = tempfile::tempdir().unwrap();
        let p = dir.path().join("h.gpkg");
        let first = acquire(&p, "Lan Thử", at(0)).unwrap();
        let told = acquire(&p, "Minh Thử", at(5)).unwrap_err();
        assert_eq!(told.code(), "LOCKED");
        let text = told.describe(Lang::Vi);
        for part in [
            "Lan Thử",
            &host_name(),
            "18/11/2026",
            &std::process::id().to_string(),
        ] {
            assert!(text.contains(part), "{part} in {text}");
        }
        assert_eq!(holder(&p).unwrap().who, "Lan Thử");
        drop(first);
        assert_eq!(
            fs::read_dir(dir.path()).unwrap().count(),
            0,
            "nothing is left lying about"
        );
        acquire(&p, "Minh Thử", at(6)).unwrap();
    }

    #[test]
    fn notes_left_by_a_crash_stop_nobody() {
        let dir = tempfile::tempdir().unwrap();
        let p = dir.path().join("h.gpkg");
        fs::write(
            with_suffix(&p, ".lock"),
            r#"{"who":"Cũ","host":"x","pid":1,"since":"2026-01-01T00:00:00Z"}"#,
        )
        .unwrap();
        fs::write(with_suffix(&p, ".lock.held"), "").unwrap();
        let _lock = acquire(&p, "Lan Thử", at(0)).unwrap();
        assert_eq!(holder(&p).unwrap().who, "Lan Thử");
    }

    #[test]
    fn many_at_once_never_hold_it_together() {
        let dir = tempfile::tempdir().unwrap();
        let p = dir.path().join("h.gpkg");
        let inside = std::sync::atomic::AtomicU32::new(0);
        let got = std::sync::atomic::AtomicU32::new(0);
        let relaxed = std::sync::atomic::Ordering::SeqCst;
        std::thread::scope(|s| {
            for _ in 0..4 {
                s.spawn(|| {
                    for _ in 0..300 {
                        if let Ok(lock) = acquire(&p, "x", at(0)) {
                            assert_eq!(inside.fetch_add(1, relaxed), 0);
                            got.fetch_add(1, relaxed);
                            inside.fetch_sub(1, relaxed);
                            drop(lock);
                        }
                    }
                });
            }
        });
        assert!(got.load(relaxed) > 0);
    }

    #[test]
    fn the_mount_that_holds_a_file_decides() {
        let table = "\
            27 1 254:0 / / rw,relatime - ext4 /dev/vda rw\n\
            40 27 0:50 / /mnt/van\\040phong rw shared:5 - cifs //may-chu/du-lieu rw\n\
            41 27 0:51 / /mnt rw - nfs4 server:/x rw\n\
            42 27 0:52 / /home rw - nfs srv:/home rw\n\
            43 42 0:53 / /home rw - ext4 /dev/vdb rw\n\
            broken line\n";
        let kind = |p: &str| mount_kind(table, Path::new(p));
        assert_eq!(kind("/srv/h.gpkg"), Some("ext4"));
        assert_eq!(kind("/mnt/van phong/a/h.gpkg"), Some("cifs"));
        assert_eq!(kind("/mnt/van/h.gpkg"), Some("nfs4"));
        assert_eq!(
            kind("/home/x/h.gpkg"),
            Some("ext4"),
            "a later mount hides an earlier one"
        );
        assert_eq!(mount_kind("", Path::new("/x")), None);
    }

    #[cfg(unix)]
    #[test]
    fn a_read_only_file_is_refused() {
        use std::os::unix::fs::PermissionsExt;
        let dir = tempfile::tempdir().unwrap();
        let p = dir.path().join("h.gpkg");
        fs::write(&p, "").unwrap();
        fs::set_permissions(&p, fs::Permissions::from_mode(0o444)).unwrap();
        // The administrator may write everywhere; everybody else is refused.
        if File::options().write(true).open(&p).is_err() {
            assert_eq!(acquire(&p, "x", at(0)).unwrap_err().code(), "FILE_DENIED");
        }
    }
}
