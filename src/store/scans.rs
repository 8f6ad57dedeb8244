//! Scanned papers as the rules see them: what the register says of each, and what lies in the folder of scans.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::fs::File;
use std::io::Read;
use std::path::Path;

use rusqlite::{Connection, Row};
use sha2::{Digest, Sha256};

use super::error::Result;
use super::files::scans_folder;
use super::journal::hex;
use crate::domain::register::{ScanEntry, ScanState};

/// A scan is read up to this length; a longer one counts as unreadable.
const MOST_BYTES: u64 = 256 << 20;

/// The scans whose SQL condition on `d.fid` is `holds`, by fid. `file`: the district file.
pub(super) fn entries(
    conn: &Connection,
    file: &Path,
    holds: &str,
    parameters: [rusqlite::types::Value; 2],
) -> Result<Vec<ScanEntry>> {
    let sql = format!(
        "SELECT d.fid, d.uid, d.pages, d.sha256, d.dossier IS NOT NULL OR d.parcel IS NOT NULL OR d.certificate IS NOT NULL OR d.party IS NOT NULL, p.fid \
         FROM document d LEFT JOIN parcel p ON p.status='HIEN_HANH' AND (p.fid=d.parcel OR p.fid IN \
           (SELECT r.parcel FROM \"right\" r WHERE r.certificate=d.certificate AND r.status='HIEN_HANH')) \
         WHERE {holds} ORDER BY d.fid, p.fid"
    );
    let folder = scans_folder(file);
    let mut stmt = conn.prepare_cached(&sql)?;
    let mut rows = stmt.query(parameters)?;
    let mut all: BTreeMap<i64, ScanEntry> = BTreeMap::new();
    while let Some(row) = rows.next()? {
        let fid: i64 = row.get(0)?;
        let entry = match all.entry(fid) {
            Entry::Occupied(there) => there.into_mut(),
            Entry::Vacant(place) => place.insert(entry(row, &folder)?),
        };
        entry.parcels.extend(row.get::<_, Option<i64>>(5)?);
    }
    Ok(all.into_values().collect())
}

fn entry(row: &Row<'_>, folder: &Path) -> Result<ScanEntry> {
    let sha256: String = row.get(3)?;
    Ok(ScanEntry {
        fid: row.get(0)?,
        uid: row.get(1)?,
        pages: row.get(2)?,
        linked: row.get(4)?,
        state: state(folder, &sha256),
        parcels: Vec::new(),
    })
}

fn state(folder: &Path, sha256: &str) -> ScanState {
    // The name comes from the file: it may not lead out of the folder.
    if sha256.len() != 64 || !sha256.bytes().all(|b| b.is_ascii_hexdigit()) {
        return ScanState::Missing;
    }
    let Some(path) = find(folder, &sha256.to_ascii_lowercase()) else {
        return ScanState::Missing;
    };
    let Ok(mut file) = File::open(path) else {
        return ScanState::Unreadable;
    };
    let length = file.metadata().map_or(u64::MAX, |m| m.len());
    let mut bytes = Vec::new();
    if length > MOST_BYTES || file.read_to_end(&mut bytes).is_err() {
        return ScanState::Unreadable;
    }
    judge(&bytes, sha256)
}

/// Under its hash, with or without the suffix of its kind.
fn find(folder: &Path, sha256: &str) -> Option<std::path::PathBuf> {
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
        assert_eq!(state(Path::new("/"), "../etc/passwd"), ScanState::Missing);
        assert_eq!(state(Path::new("/"), &"0".repeat(64)), ScanState::Missing);
    }
}
