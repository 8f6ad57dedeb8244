//! What the store does to whole files: names beside a district file, durable replacement. The one
//! place that knows how systems differ.
//!
//! Run on Linux only. On Windows `fs::rename` replaces an existing file too, and fails while another
//! program holds it open without sharing deletion; directories cannot be flushed there and need not be.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use crate::domain::Failure;
use crate::msg;
use crate::text::Text;

/// "huyen.gpkg.lock" of "huyen.gpkg": the whole name with `suffix` behind it.
pub fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(suffix);
    name.into()
}

/// Ends of the names of the files SQLite keeps beside an open database, or leaves there in a crash.
pub const SIDES: [&str; 3] = ["-wal", "-shm", "-journal"];

/// Folder of the scanned documents of a district file: "huyen.scans" beside "huyen.gpkg".
pub fn scans_folder(path: &Path) -> PathBuf {
    path.with_extension("scans")
}

/// Folder of its backups: "huyen.backups" beside "huyen.gpkg".
pub fn backups_folder(path: &Path) -> PathBuf {
    path.with_extension("backups")
}

/// Puts the finished file `from` in the place of `to`, at once and for good: the content is on disk
/// before the name changes, the name before this returns. Both in one folder.
pub fn replace_file(from: &Path, to: &Path) -> Result<(), Failure> {
    let durable = || {
        File::options().write(true).open(from)?.sync_all()?;
        fs::rename(from, to)?;
        sync_folder(to)
    };
    durable().map_err(|e| io_failure(&e, to, WRITING))
}

/// Writes a whole file beside its place and renames it over: a crash leaves the old file or the new one.
pub fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let part = with_suffix(path, ".part");
    fs::write(&part, bytes).map_err(|e| io_failure(&e, path, WRITING))?;
    replace_file(&part, path)
}

/// Makes the names in the folder of `path` durable.
pub fn sync_folder(path: &Path) -> io::Result<()> {
    let folder = match path.parent() {
        Some(p) if !p.as_os_str().is_empty() => p,
        _ => Path::new("."),
    };
    flush_folder(folder)
}

#[cfg(unix)]
fn flush_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// NTFS keeps names in its own journal. Not run on Windows.
#[cfg(not(unix))]
fn flush_folder(_: &Path) -> io::Result<()> {
    Ok(())
}

/// Copies the folder `from` with all in it to `to`, leaving files that are there already (scans are
/// named by their hash, so an equal name is an equal file). Durable. `from` may be missing.
pub fn copy_folder(from: &Path, to: &Path) -> Result<u64, Failure> {
    if !from.is_dir() {
        return Ok(0);
    }
    let mut copied = 0;
    fs::create_dir_all(to).map_err(|e| io_failure(&e, to, WRITING))?;
    for entry in fs::read_dir(from).map_err(|e| io_failure(&e, from, READING))? {
        let entry = entry.map_err(|e| io_failure(&e, from, READING))?;
        let (source, target) = (entry.path(), to.join(entry.file_name()));
        if source.is_dir() {
            copied += copy_folder(&source, &target)?;
        } else if !target.exists() {
            let part = with_suffix(&target, ".part");
            fs::copy(&source, &part).map_err(|e| io_failure(&e, &source, WRITING))?;
            replace_file(&part, &target)?;
            copied += 1;
        }
    }
    Ok(copied)
}

/// What was being done to a file when it failed.
pub const READING: Text = Text::new("Không đọc được tệp", "The file cannot be read");
pub const WRITING: Text = Text::new("Không ghi được tệp", "The file cannot be written");

/// A failure of the file system in words, with what to do about it.
pub fn io_failure(error: &io::Error, path: &Path, what: Text) -> Failure {
    use io::ErrorKind as K;
    let (code, remedy) = match error.kind() {
        K::NotFound => ("FILE_NOT_FOUND", NOT_FOUND),
        K::PermissionDenied | K::ReadOnlyFilesystem => ("FILE_DENIED", DENIED),
        K::StorageFull | K::QuotaExceeded | K::FileTooLarge => ("DISK_FULL", FULL),
        K::AlreadyExists => ("FILE_EXISTS", EXISTS),
        _ => ("FILE_IO", OTHER),
    };
    let Text { vi, en } = what;
    Failure::new(code, msg!("{vi}: {error}.", "{en}: {error}."))
        .file(path)
        .remedy(remedy)
}

const NOT_FOUND: Text = Text::new(
    "Hãy kiểm tra đường dẫn và tên tệp.",
    "Check the folder and the name of the file.",
);
const DENIED: Text = Text::new(
    "Hãy kiểm tra quyền ghi của tệp và thư mục.",
    "Check that you may write to the file and its folder.",
);
const FULL: Text = Text::new(
    "Hãy giải phóng dung lượng ổ đĩa rồi làm lại; dữ liệu cũ còn nguyên.",
    "Free some space on the disk and try again; the existing data is untouched.",
);
const EXISTS: Text = Text::new(
    "Hãy chọn tên khác hoặc dời tệp đang có.",
    "Choose another name or move the existing file away.",
);
const OTHER: Text = Text::new("Hãy kiểm tra ổ đĩa rồi làm lại.", "Check the disk and try again.");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_beside_the_file() {
        let p = Path::new("/d/huyện A.gpkg");
        assert_eq!(with_suffix(p, ".lock"), Path::new("/d/huyện A.gpkg.lock"));
        assert_eq!(scans_folder(p), Path::new("/d/huyện A.scans"));
        assert_eq!(backups_folder(p), Path::new("/d/huyện A.backups"));
    }

    #[test]
    fn replacing_and_copying_keep_content() {
        let dir = tempfile::tempdir().unwrap();
        let at = |n: &str| dir.path().join(n);
        fs::write(at("a"), "old").unwrap();
        fs::write(at("b"), "new").unwrap();
        replace_file(&at("b"), &at("a")).unwrap();
        assert_eq!(fs::read_to_string(at("a")).unwrap(), "new");
        assert_eq!(
            replace_file(&at("none"), &at("a")).unwrap_err().code(),
            "FILE_NOT_FOUND"
        );

        fs::create_dir_all(at("s/inner")).unwrap();
        fs::write(at("s/inner/x"), "scan").unwrap();
        assert_eq!(copy_folder(&at("s"), &at("t")).unwrap(), 1);
        assert_eq!(copy_folder(&at("s"), &at("t")).unwrap(), 0);
        assert_eq!(fs::read_to_string(at("t/inner/x")).unwrap(), "scan");
        assert_eq!(copy_folder(&at("missing"), &at("t")).unwrap(), 0);
    }
}
