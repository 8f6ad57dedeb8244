//! A text file of points: its bytes, its encoding, its lines.

use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::domain::Failure;
use crate::msg;
use crate::text::doctor::{self, Column};
use crate::text::encoding::{Encoding, decode};

/// Larger files are no field books.
const MOST: u64 = 256 << 20;

/// A file, read.
#[derive(Clone, Debug)]
pub struct PointFile {
    pub path: PathBuf,
    /// SHA-256 of its bytes, lower-case hex.
    pub sha256: String,
    pub encoding: Encoding,
    /// (number from 1, text) of every line with something on it.
    pub lines: Vec<(u64, String)>,
}

impl PointFile {
    /// Its name without the folder.
    pub fn name(&self) -> String {
        let name = self.path.file_name().unwrap_or_default();
        name.to_string_lossy().into_owned()
    }
}

/// Reads a file. `encoding`: what the person says; else UTF-8 or UTF-16 by its marks, then what reads best.
/// Fails with `FILE_NOT_FOUND`, `FILE_UNREADABLE`, `POINTS_BINARY`, `POINTS_TOO_LARGE`, `NOTHING_TO_IMPORT`.
pub fn open(path: &Path, encoding: Option<Encoding>) -> Result<PointFile, Failure> {
    let size = std::fs::metadata(path).map_err(|e| unreadable(path, &e))?.len();
    if size > MOST {
        return Err(too_large(path));
    }
    let bytes = std::fs::read(path).map_err(|e| unreadable(path, &e))?;
    let sha256 = Sha256::digest(&bytes)
        .iter()
        .map(|b| format!("{b:02x}"))
        .collect();
    let (encoding, lines) = match wide(&bytes) {
        Some(text) => (Encoding::Utf8, numbered(text.lines().map(str::to_owned))),
        None if bytes.iter().take(4096).any(|b| *b == 0) => return Err(binary(path)),
        None => narrow(&bytes, encoding),
    };
    if lines.is_empty() {
        return Err(empty(path));
    }
    Ok(PointFile {
        path: path.to_owned(),
        sha256,
        encoding,
        lines,
    })
}

/// UTF-16 with its mark at the beginning, as Windows programs write it.
fn wide(bytes: &[u8]) -> Option<String> {
    let (big, rest) = match bytes {
        [0xFF, 0xFE, rest @ ..] => (false, rest),
        [0xFE, 0xFF, rest @ ..] => (true, rest),
        _ => return None,
    };
    let unit = |pair: &[u8]| {
        let pair = [pair[0], pair[1]];
        if big {
            u16::from_be_bytes(pair)
        } else {
            u16::from_le_bytes(pair)
        }
    };
    let units: Vec<u16> = rest.chunks_exact(2).map(unit).collect();
    Some(String::from_utf16_lossy(&units))
}

fn narrow(bytes: &[u8], forced: Option<Encoding>) -> (Encoding, Vec<(u64, String)>) {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    // Line ends of DOS, Unix and of old instruments (CR alone).
    let lines: Vec<&[u8]> = match bytes.contains(&b'\n') {
        true => bytes.split(|b| *b == b'\n').collect(),
        false => bytes.split(|b| *b == b'\r').collect(),
    };
    let encoding = forced.unwrap_or_else(|| guess(bytes, &lines));
    (
        encoding,
        numbered(lines.into_iter().map(|l| decode(l, encoding).text)),
    )
}

fn guess(bytes: &[u8], lines: &[&[u8]]) -> Encoding {
    if std::str::from_utf8(bytes).is_ok() {
        return Encoding::Utf8;
    }
    let values: Vec<(u64, &[u8])> = (1..).zip(lines.iter().copied()).collect();
    let column = Column {
        values: &values,
        width: None,
        unicode: false,
        declared: None,
    };
    doctor::diagnose(&column).encoding
}

fn numbered(lines: impl Iterator<Item = String>) -> Vec<(u64, String)> {
    let all = (1..).zip(lines.map(|l| l.trim_end_matches(['\r', '\u{1a}']).to_owned()));
    all.filter(|(_, l)| !l.trim().is_empty()).collect()
}

fn unreadable(path: &Path, e: &std::io::Error) -> Failure {
    let failure = match e.kind() {
        std::io::ErrorKind::NotFound => Failure::new(
            "FILE_NOT_FOUND",
            msg!("Không có tệp này.", "There is no such file."),
        ),
        _ => Failure::new(
            "FILE_UNREADABLE",
            msg!("Không đọc được tệp: {e}.", "The file cannot be read: {e}."),
        ),
    };
    failure.file(path)
}

fn binary(path: &Path) -> Failure {
    let message = msg!("Tệp không phải là văn bản.", "The file is no text.");
    Failure::new("POINTS_BINARY", message).file(path).remedy(msg!(
        "Hãy xuất từ phần mềm máy đo ra CSV hoặc TXT, hoặc lưu bảng tính thành CSV.",
        "Export CSV or TXT from the instrument's program, or save the spreadsheet as CSV."
    ))
}

fn too_large(path: &Path) -> Failure {
    let message = msg!(
        "Tệp quá lớn đối với một sổ đo.",
        "The file is too large for a field book."
    );
    Failure::new("POINTS_TOO_LARGE", message).file(path)
}

fn empty(path: &Path) -> Failure {
    let message = msg!("Tệp không có dòng nào.", "The file has no lines.");
    Failure::new("NOTHING_TO_IMPORT", message).file(path)
}
