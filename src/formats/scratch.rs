//! Temporary copies for GDAL, and hashes over sets of files.

use std::fs;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use super::shp::sha256_of_files;
use crate::domain::Failure;
use crate::msg;

/// A folder of our own in the system's temporary folder; removed when dropped.
#[derive(Debug)]
pub(super) struct Scratch(PathBuf);

impl Scratch {
    pub fn new() -> io::Result<Self> {
        Self::inside(&std::env::temp_dir())
    }

    /// Inside this folder: what is made there can be renamed to its place.
    pub fn inside(folder: &Path) -> io::Result<Self> {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        loop {
            let n = NEXT.fetch_add(1, Relaxed);
            let path = folder.join(format!(".diachinh-{}-{n}.part", std::process::id()));
            match fs::create_dir(&path) {
                Ok(()) => return Ok(Self(path)),
                Err(e) if e.kind() == io::ErrorKind::AlreadyExists => {}
                Err(e) => return Err(e),
            }
        }
    }
}

impl Scratch {
    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // What cannot be removed now is in the temporary folder, where the system removes it.
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// A MapInfo file copied so that GDAL hands out its bytes.
pub(super) struct Copy {
    pub path: PathBuf,
    pub folder: Scratch,
    /// The charset the original names.
    pub charset: Option<String>,
}

/// GDAL ignores `ENCODING` for MapInfo and cannot decode `WindowsVietnamese` without iconv, and with
/// `Neutral` its Rust binding loses bytes. In a copy whose header says ISO 8859-1 every byte arrives
/// as the character of the same number.
pub(super) fn with_latin1_charset(path: &Path) -> Result<Copy, Failure> {
    copy_set(path).map_err(|e| {
        Failure::new(
            "SOURCE_UNREADABLE",
            msg!("không đọc được tệp: {e}", "the file cannot be read: {e}"),
        )
        .file(path)
    })
}

fn copy_set(path: &Path) -> io::Result<Copy> {
    let folder = Scratch::new()?;
    let mut charset = None;
    for file in set_of(path) {
        let extension = file
            .extension()
            .unwrap_or_default()
            .to_string_lossy()
            .to_lowercase();
        // One spelling for all, as the system may tell cases apart.
        let target = folder.0.join("copy").with_extension(&extension);
        if matches!(extension.as_str(), "tab" | "mif") {
            charset = copy_header(&file, &target, &extension)?.or(charset);
        } else if fs::hard_link(&file, &target).is_err() {
            fs::copy(&file, &target)?;
        }
    }
    let extension = path
        .extension()
        .unwrap_or_default()
        .to_string_lossy()
        .to_lowercase();
    Ok(Copy {
        path: folder.0.join("copy").with_extension(extension),
        folder,
        charset,
    })
}

/// Bytes in which the charset line must stand.
const HEADER: u64 = 16 << 10;
const LATIN1: &str = "ISO8859_1";

/// Copies a `.tab` or `.mif` with another charset; returns the one it named.
fn copy_header(from: &Path, to: &Path, extension: &str) -> io::Result<Option<String>> {
    let mut source = fs::File::open(from)?;
    let mut head = Vec::new();
    (&source).take(HEADER).read_to_end(&mut head)?;
    let (patched, charset) = if extension == "tab" {
        patch_tab(&head)
    } else {
        patch_mif(&head)
    };
    let mut target = fs::File::create(to)?;
    target.write_all(&patched)?;
    io::copy(&mut source, &mut target)?;
    Ok(charset)
}

/// `!charset X` in the first lines; the definition's own `Charset "X"` is not read by GDAL.
fn patch_tab(head: &[u8]) -> (Vec<u8>, Option<String>) {
    patch_line(head, b"!charset", &format!("!charset {LATIN1}"), b"!version")
}

/// `Charset "X"`, second line.
fn patch_mif(head: &[u8]) -> (Vec<u8>, Option<String>) {
    patch_line(head, b"charset", &format!("Charset \"{LATIN1}\""), b"version")
}

/// Replaces the line that begins with `key`, or adds it behind the one that begins with `after`.
fn patch_line(head: &[u8], key: &[u8], line: &str, after: &[u8]) -> (Vec<u8>, Option<String>) {
    let begins = |l: &[u8], key: &[u8]| {
        let l = l.trim_ascii_start();
        l.len() >= key.len() && l[..key.len()].eq_ignore_ascii_case(key)
    };
    let lines: Vec<&[u8]> = head.split_inclusive(|&b| b == b'\n').collect();
    let found = lines.iter().position(|l| begins(l, key));
    let version = lines.iter().position(|l| begins(l, after));
    let mut out = Vec::with_capacity(head.len() + 32);
    for (i, l) in lines.iter().enumerate() {
        if Some(i) == found {
            out.extend(format!("{line}\r\n").into_bytes());
            continue;
        }
        out.extend(*l);
        if found.is_none() && Some(i) == version {
            out.extend(format!("{line}\r\n").into_bytes());
        }
    }
    let charset = found.map(|i| {
        let value = &lines[i].trim_ascii()[key.len()..];
        String::from_utf8_lossy(value).trim().trim_matches('"').to_owned()
    });
    (out, charset)
}

/// The files with the same stem, in order of extension; `path` alone when it is the only one.
fn set_of(path: &Path) -> Vec<PathBuf> {
    let folder = path
        .parent()
        .filter(|p| !p.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    let stem = path
        .file_stem()
        .unwrap_or_default()
        .to_string_lossy()
        .to_lowercase();
    let known = ["tab", "dat", "map", "id", "ind", "dbf", "mif", "mid"];
    let part = |p: &PathBuf| {
        let extension = p.extension().unwrap_or_default().to_string_lossy().to_lowercase();
        known.contains(&extension.as_str())
            && p.file_stem().unwrap_or_default().to_string_lossy().to_lowercase() == stem
            && p.is_file()
    };
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut files: Vec<PathBuf> = entries.map(|e| folder.join(e.file_name())).filter(part).collect();
    files.sort();
    files
}

/// `name.gpkg` → `name.gpkg-wal`.
pub(super) fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

/// SHA-256 over a file with those it is read with, or over all files of a folder.
pub(super) fn sha256_of_set(path: &Path, is_folder: bool) -> io::Result<String> {
    let mut files: Vec<PathBuf> = if is_folder {
        let entries = fs::read_dir(path)?.flatten();
        entries
            .map(|e| path.join(e.file_name()))
            .filter(|p| p.is_file())
            .collect()
    } else {
        let extension = path
            .extension()
            .unwrap_or_default()
            .to_string_lossy()
            .to_lowercase();
        match extension.as_str() {
            "tab" | "mif" => set_of(path),
            _ => [path.to_owned(), with_suffix(path, "-wal")]
                .into_iter()
                .filter(|p| p.is_file())
                .collect(),
        }
    };
    files.sort();
    if files.is_empty() {
        return Err(io::ErrorKind::NotFound.into());
    }
    let named: Vec<(String, &Path)> = files
        .iter()
        .map(|p| (super::source::file_name(p), p.as_path()))
        .collect();
    sha256_of_files(&named)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_charset_line_is_replaced_or_added() {
        let (out, charset) =
            patch_tab(b"!table\r\n!version 300\r\n!charset WindowsVietnamese\r\n\r\nDefinition Table\r\n");
        assert_eq!(charset.as_deref(), Some("WindowsVietnamese"));
        assert_eq!(
            out,
            b"!table\r\n!version 300\r\n!charset ISO8859_1\r\n\r\nDefinition Table\r\n"
        );
        let (out, charset) = patch_mif(b"Version 300\nDelimiter \",\"\n");
        assert_eq!(
            (charset, out.as_slice()),
            (
                None,
                &b"Version 300\nCharset \"ISO8859_1\"\r\nDelimiter \",\"\n"[..]
            )
        );
        let (_, charset) = patch_mif(b"Version 300\nCHARSET \"Neutral\"\n");
        assert_eq!(charset.as_deref(), Some("Neutral"));
    }
}
