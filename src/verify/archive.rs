//! The ZIP, read with suspicion.

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

use sha2::{Digest, Sha256};
use zip::ZipArchive;

use super::Faults;
use crate::domain::Failure;
use crate::msg;
use crate::text::Msg;

/// Most bytes of manifest and quality report.
pub const SMALL: u64 = 256 << 20;
/// Most bytes of one dossier.
pub const DOSSIER: u64 = 4 << 20;
/// Most bytes of one entry, unpacked.
pub const ENTRY: u64 = 8 << 30;
/// Most entries.
const ENTRIES: usize = 4_000_000;
/// No honest XML or GeoPackage packs better than this.
const RATIO: u64 = 400;

/// Size and SHA-256 (hex) of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Print {
    pub bytes: u64,
    pub sha256: String,
}

/// An opened package.
pub struct Archive {
    zip: ZipArchive<BufReader<File>>,
    names: Vec<String>,
    trouble: Vec<Msg>,
}

/// The failure for a file that is no package at all.
pub fn unreadable(path: &Path, why: &Msg) -> Failure {
    let message = Msg::new(
        format!("Không đọc được gói tin: {}.", why.vi),
        format!("Cannot read the package: {}.", why.en),
    );
    Failure::new("PACKAGE_UNREADABLE", message).file(path)
}

impl Archive {
    pub fn open(path: &Path) -> Result<Self, Failure> {
        let file = File::open(path).map_err(|e| unreadable(path, &msg!("{e}", "{e}")))?;
        let mut zip = ZipArchive::new(BufReader::new(file)).map_err(|e| {
            unreadable(
                path,
                &msg!(
                    "không phải tệp ZIP nguyên vẹn ({e})",
                    "not a sound ZIP file ({e})"
                ),
            )
        })?;
        let mut trouble = Vec::new();
        if zip.has_duplicate_names() {
            trouble.push(msg!(
                "hai tệp trùng tên trong ZIP",
                "two entries of the ZIP have the same name"
            ));
        }
        if zip.len() > ENTRIES {
            return Err(unreadable(path, &msg!("quá nhiều tệp", "too many entries")));
        }
        let mut names = Vec::with_capacity(zip.len());
        for i in 0..zip.len() {
            match zip.by_index_raw(i) {
                Ok(entry) => {
                    let name = entry.name().map(std::borrow::Cow::into_owned).unwrap_or_default();
                    if !is_plain(&name) {
                        let shown: String = name.chars().take(80).collect();
                        trouble.push(msg!(
                            "tên tệp không hợp lệ: {shown:?}",
                            "bad entry name: {shown:?}"
                        ));
                    }
                    if entry.encrypted() {
                        trouble.push(msg!("{name}: có mật khẩu", "{name}: encrypted"));
                    }
                    if entry.size() > ENTRY
                        || entry.size() > (1 << 20) + entry.compressed_size().saturating_mul(RATIO)
                    {
                        trouble.push(msg!("{name}: nở ra quá lớn", "{name}: unpacks to too much"));
                    }
                    names.push(name);
                }
                Err(e) => trouble.push(msg!("tệp thứ {i}: {e}", "entry {i}: {e}")),
            }
        }
        names.sort();
        Ok(Self { zip, names, trouble })
    }

    /// Names, sorted.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    pub fn check(&self, faults: &mut Faults) {
        for m in &self.trouble {
            faults.add(m.clone());
        }
    }

    /// A reader of one entry that ends with an error after `most` bytes.
    pub fn reader(&mut self, name: &str, most: u64) -> Result<impl Read + '_, Msg> {
        let entry = self
            .zip
            .by_name(name)
            .map_err(|e| msg!("{name}: {e}", "{name}: {e}"))?;
        Ok(Limited {
            inner: entry,
            left: most,
        })
    }

    pub fn read_small(&mut self, name: &str, most: u64) -> Result<Vec<u8>, Msg> {
        let mut bytes = Vec::new();
        self.reader(name, most)?
            .read_to_end(&mut bytes)
            .map_err(|e| msg!("{name}: {e}", "{name}: {e}"))?;
        Ok(bytes)
    }

    pub fn read_text(&mut self, name: &str, most: u64) -> Result<String, Msg> {
        String::from_utf8(self.read_small(name, most)?)
            .map_err(|_| msg!("{name}: không phải UTF-8", "{name}: not UTF-8"))
    }

    /// Size and hash of what an entry unpacks to; the CRC is checked on the way.
    pub fn hash(&mut self, name: &str) -> Result<Print, Msg> {
        let mut reader = self.reader(name, ENTRY)?;
        let (mut hash, mut buffer, mut bytes) = (Sha256::new(), vec![0; 1 << 16], 0);
        loop {
            let n = reader
                .read(&mut buffer)
                .map_err(|e| msg!("{name}: {e}", "{name}: {e}"))?;
            if n == 0 {
                return Ok(Print {
                    bytes,
                    sha256: hex(&hash.finalize()),
                });
            }
            hash.update(&buffer[..n]);
            bytes += n as u64;
        }
    }
}

/// A relative name with plain parts: it can mean only one thing.
fn is_plain(name: &str) -> bool {
    !name.is_empty()
        && name.len() < 200
        && !name.contains(['\\', ':', '\0'])
        && name
            .split('/')
            .all(|part| !part.is_empty() && part != "." && part != "..")
        && name.chars().all(|c| !c.is_control())
}

pub fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .flat_map(|b| [b >> 4, b & 15])
        .filter_map(|d| char::from_digit(u32::from(d), 16))
        .collect()
}

struct Limited<R> {
    inner: R,
    left: u64,
}

impl<R: Read> Read for Limited<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let n = self.inner.read(buffer)?;
        self.left = self
            .left
            .checked_sub(n as u64)
            .ok_or_else(|| std::io::Error::other("too large / quá lớn"))?;
        Ok(n)
    }
}
