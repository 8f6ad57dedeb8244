//! Scanned papers as the rules see them: what the register says of each, and what lies in the folder of scans.
//!
//! Judging a scan reads it whole, so what was judged is remembered while the program runs. A check of everything reads
//! each file once, whatever was remembered; a check around an edit reads only those whose length or time changed.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, HashMap};
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use std::time::SystemTime;

use rusqlite::{Connection, Row};
use sha2::{Digest, Sha256};

use super::error::Result;
use super::files::scans_folder;
use super::journal::hex;
use crate::domain::register::{ScanEntry, ScanState};

/// A scan is read up to this length; a longer one counts as unreadable.
const MOST_BYTES: u64 = 256 << 20;

/// How old a remembered judgement may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Since(u64);

impl Since {
    /// Any age, while length and time of the file are the same.
    pub const EVER: Self = Self(0);

    /// Made after this call: the beginning of a check of everything.
    pub fn now() -> Self {
        Self(TURN.fetch_add(1, Ordering::Relaxed) + 1)
    }
}

static TURN: AtomicU64 = AtomicU64::new(0);

/// What was judged, by folder and hash.
static JUDGED: LazyLock<Mutex<HashMap<Key, Judged>>> = LazyLock::new(Mutex::default);
/// More are not remembered (about 120 MB); the rest is read again each time.
const MOST_JUDGED: usize = 1 << 20;

#[derive(Clone, PartialEq, Eq, Hash)]
struct Key(Arc<Path>, [u8; 32]);

#[derive(Clone, Copy)]
struct Judged {
    length: u64,
    modified: Option<SystemTime>,
    turn: u64,
    state: ScanState,
}

/// The scans whose SQL condition on `d.fid` is `holds`, by fid. `file`: the district file.
pub(super) fn entries(
    conn: &Connection,
    file: &Path,
    holds: &str,
    parameters: [rusqlite::types::Value; 2],
    since: Since,
) -> Result<Vec<ScanEntry>> {
    let sql = format!(
        "SELECT d.fid, d.uid, d.pages, d.sha256, d.dossier IS NOT NULL OR d.parcel IS NOT NULL OR d.certificate IS NOT NULL OR d.party IS NOT NULL, p.fid \
         FROM document d LEFT JOIN parcel p ON p.status='HIEN_HANH' AND (p.fid=d.parcel OR p.fid IN \
           (SELECT r.parcel FROM \"right\" r WHERE r.certificate=d.certificate AND r.status='HIEN_HANH')) \
         WHERE {holds} ORDER BY d.fid, p.fid"
    );
    let folder: Arc<Path> = scans_folder(file).into();
    let mut stmt = conn.prepare_cached(&sql)?;
    let mut rows = stmt.query(parameters)?;
    let mut all: BTreeMap<i64, ScanEntry> = BTreeMap::new();
    while let Some(row) = rows.next()? {
        let fid: i64 = row.get(0)?;
        let entry = match all.entry(fid) {
            Entry::Occupied(there) => there.into_mut(),
            Entry::Vacant(place) => place.insert(entry(row, &folder, since)?),
        };
        entry.parcels.extend(row.get::<_, Option<i64>>(5)?);
    }
    Ok(all.into_values().collect())
}

fn entry(row: &Row<'_>, folder: &Arc<Path>, since: Since) -> Result<ScanEntry> {
    let sha256: String = row.get(3)?;
    Ok(ScanEntry {
        fid: row.get(0)?,
        uid: row.get(1)?,
        pages: row.get(2)?,
        linked: row.get(4)?,
        state: state(folder, &sha256, since),
        parcels: Vec::new(),
    })
}

fn state(folder: &Arc<Path>, sha256: &str, since: Since) -> ScanState {
    // The name comes from the file: it may not lead out of the folder.
    let Some(hash) = bytes_of(sha256) else {
        return ScanState::Missing;
    };
    let Some(path) = find(folder, &sha256.to_ascii_lowercase()) else {
        return ScanState::Missing;
    };
    let Ok(mut file) = File::open(path) else {
        return ScanState::Unreadable;
    };
    let about = file.metadata().ok();
    let length = about.as_ref().map_or(u64::MAX, std::fs::Metadata::len);
    let modified = about.and_then(|m| m.modified().ok());
    let key = Key(folder.clone(), hash);
    if let Some(known) = remembered(&key, since, length, modified) {
        return known;
    }
    // Taken before the file is read: a check that begins meanwhile reads it again.
    let turn = TURN.load(Ordering::Relaxed);
    let mut bytes = Vec::new();
    if length > MOST_BYTES || file.read_to_end(&mut bytes).is_err() {
        return ScanState::Unreadable;
    }
    let state = judge(&bytes, sha256);
    let mut all = JUDGED.lock().unwrap_or_else(PoisonError::into_inner);
    if all.len() < MOST_JUDGED || all.contains_key(&key) {
        let judged = Judged {
            length,
            modified,
            turn,
            state,
        };
        all.insert(key, judged);
    }
    state
}

fn remembered(key: &Key, since: Since, length: u64, modified: Option<SystemTime>) -> Option<ScanState> {
    let all = JUDGED.lock().unwrap_or_else(PoisonError::into_inner);
    let same = |j: &&Judged| j.turn >= since.0 && j.length == length && j.modified == modified;
    // Without a time nothing tells of a change.
    let known = all.get(key).filter(same).filter(|j| j.modified.is_some());
    known.map(|j| j.state)
}

/// A SHA-256 in hex; `None` if it is none.
fn bytes_of(sha256: &str) -> Option<[u8; 32]> {
    let text = sha256.as_bytes();
    let mut out = [0; 32];
    if text.len() != 64 {
        return None;
    }
    for (byte, pair) in out.iter_mut().zip(text.chunks_exact(2)) {
        let digit = |c: u8| (c as char).to_digit(16);
        *byte = (digit(pair[0])? * 16 + digit(pair[1])?) as u8;
    }
    Some(out)
}

/// Under its hash, with or without the suffix of its kind.
fn find(folder: &Path, sha256: &str) -> Option<PathBuf> {
    let plain = folder.join(sha256);
    [plain.with_extension("pdf"), plain]
        .into_iter()
        .find(|p| p.is_file())
}

fn judge(bytes: &[u8], sha256: &str) -> ScanState {
    if !hex(&Sha256::digest(bytes)).eq_ignore_ascii_case(sha256) {
        return ScanState::Altered;
    }
    // ISO 32000: the header stands in the first 1024 bytes, the end mark in the last 1024.
    let head = &bytes[..bytes.len().min(1024)];
    let tail = &bytes[bytes.len().saturating_sub(1024)..];
    if !holds(head, b"%PDF-") {
        return ScanState::NotPdf;
    }
    if !holds(tail, b"%%EOF") {
        return ScanState::CutOff;
    }
    signature(bytes)
}

fn holds(bytes: &[u8], what: &[u8]) -> bool {
    bytes.windows(what.len()).any(|w| w == what)
}

/// Whether the last signature's `/ByteRange [a b c d]` reaches from the first byte to the last.
fn signature(bytes: &[u8]) -> ScanState {
    const NAME: &[u8] = b"/ByteRange";
    let Some(at) = bytes.windows(NAME.len()).rposition(|w| w == NAME) else {
        return ScanState::Whole;
    };
    let text = &bytes[at + NAME.len()..bytes.len().min(at + 200)];
    let text = String::from_utf8_lossy(text);
    let numbers = text.split_once('[').and_then(|t| t.1.split_once(']'));
    let numbers: Vec<u64> = numbers
        .map(|n| n.0.split_whitespace().filter_map(|w| w.parse().ok()).collect())
        .unwrap_or_default();
    match numbers[..] {
        [0, _, from, length] if from.checked_add(length) == Some(bytes.len() as u64) => ScanState::Signed,
        _ => ScanState::SignedAndChanged,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(content: &str) -> ScanState {
        judge(content.as_bytes(), &hex(&Sha256::digest(content)))
    }

    #[test]
    fn what_is_a_scan() {
        assert_eq!(judged("%PDF-1.7 … %%EOF\n"), ScanState::Whole);
        assert_eq!(judged("%PDF-1.7 …"), ScanState::CutOff);
        assert_eq!(judged("GIF89a"), ScanState::NotPdf);
        assert_eq!(judge(b"%PDF-1.7 %%EOF", &"0".repeat(64)), ScanState::Altered);
        let signed = "%PDF-1.7 /ByteRange [0 20 30 26] 1234567890 %%EOF\n";
        assert_eq!(signed.len(), 50);
        assert_eq!(judged(&signed.replace("30 26", "30 20")), ScanState::Signed);
        let added = signed.replace("30 26", "30 20") + "% thêm %%EOF\n";
        assert_eq!(judged(&added), ScanState::SignedAndChanged);
        assert_eq!(
            judged("%PDF-1.7 /ByteRange [x] %%EOF"),
            ScanState::SignedAndChanged
        );
    }

    #[test]
    fn a_name_does_not_lead_out_of_the_folder() {
        let root: Arc<Path> = Path::new("/").into();
        assert_eq!(state(&root, "../etc/passwd", Since::EVER), ScanState::Missing);
        assert_eq!(state(&root, &"0".repeat(64), Since::EVER), ScanState::Missing);
        assert_eq!(state(&root, &"é".repeat(32), Since::EVER), ScanState::Missing);
    }

    /// An edit does not read a scan again that is as it was; a check of everything does, and tells of what rotted.
    #[test]
    fn a_scan_is_read_once() {
        let dir = tempfile::tempdir().unwrap();
        let folder: Arc<Path> = dir.path().into();
        let content = "%PDF-1.7 … %%EOF\n";
        let hash = hex(&Sha256::digest(content));
        let path = dir.path().join(&hash);
        let write = |content: &str, at: u64| {
            std::fs::write(&path, content).unwrap();
            let time = SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(at);
            File::options()
                .write(true)
                .open(&path)
                .unwrap()
                .set_modified(time)
                .unwrap();
        };
        write(content, 1);
        assert_eq!(state(&folder, &hash, Since::EVER), ScanState::Whole);
        write(&content.replace('7', "8"), 1);
        assert_eq!(state(&folder, &hash, Since::EVER), ScanState::Whole);
        assert_eq!(state(&folder, &hash, Since::now()), ScanState::Altered);
        write(content, 2);
        assert_eq!(state(&folder, &hash, Since::EVER), ScanState::Whole);
        std::fs::remove_file(&path).unwrap();
        assert_eq!(state(&folder, &hash, Since::EVER), ScanState::Missing);
    }
}
