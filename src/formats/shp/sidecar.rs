//! The files that stand beside a `.shp`: found without regard to case, small texts, one hash over all.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

/// Texts longer than this are no `.prj` or `.cpg`.
const MAX_TEXT: u64 = 64 << 10;

/// A shapefile's files. `shp` need not exist.
#[derive(Clone, Debug)]
pub(super) struct Set {
    pub shp: PathBuf,
    pub shx: Option<PathBuf>,
    pub dbf: Option<PathBuf>,
    pub prj: Option<PathBuf>,
    pub cpg: Option<PathBuf>,
}

impl Set {
    pub fn of(shp: &Path) -> Self {
        let beside = siblings(shp);
        let find = |ext: &str| {
            let has = |p: &&PathBuf| p.extension().is_some_and(|e| e.eq_ignore_ascii_case(ext));
            beside.iter().find(has).cloned()
        };
        Self {
            shp: shp.to_owned(),
            shx: find("shx"),
            dbf: find("dbf"),
            prj: find("prj"),
            cpg: find("cpg"),
        }
    }

    /// SHA-256 over all files that are there, in fixed order.
    pub fn sha256(&self) -> io::Result<String> {
        let files = [
            ("shp", Some(&self.shp)),
            ("shx", self.shx.as_ref()),
            ("dbf", self.dbf.as_ref()),
            ("prj", self.prj.as_ref()),
            ("cpg", self.cpg.as_ref()),
        ];
        let present = files
            .into_iter()
            .filter_map(|(ext, path)| Some((ext.to_owned(), path?.as_path())));
        sha256_of_files(&present.collect::<Vec<_>>())
    }
}

/// Files with the same stem, the one spelled exactly like `shp` first, then sorted.
fn siblings(shp: &Path) -> Vec<PathBuf> {
    let Some(stem) = shp.file_stem() else {
        return Vec::new();
    };
    let folder = shp
        .parent()
        .filter(|p| !p.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    let Ok(entries) = std::fs::read_dir(folder) else {
        return Vec::new();
    };
    let same = |p: &PathBuf| {
        let other = p.file_stem().unwrap_or_default().to_string_lossy().to_lowercase();
        other == stem.to_string_lossy().to_lowercase() && p.is_file()
    };
    let mut found: Vec<PathBuf> = entries
        .flatten()
        .map(|e| folder.join(e.file_name()))
        .filter(same)
        .collect();
    found.sort_by_key(|p| (p.file_stem() != Some(stem), p.clone()));
    found
}

/// A small text file; what is not UTF-8 is read byte by byte.
pub(super) fn text(path: Option<&PathBuf>) -> Option<String> {
    let mut bytes = Vec::new();
    File::open(path?)
        .ok()?
        .take(MAX_TEXT)
        .read_to_end(&mut bytes)
        .ok()?;
    let text =
        String::from_utf8(bytes).unwrap_or_else(|e| e.as_bytes().iter().map(|&b| char::from(b)).collect());
    let text = text.trim_matches(|c: char| c.is_whitespace() || matches!(c, '\0' | '\u{feff}'));
    (!text.is_empty()).then(|| text.to_owned())
}

/// SHA-256 over name, length and SHA-256 of each file, lower-case hex. The name is what the caller
/// calls the file: renaming a set does not make it another one.
pub(in super::super) fn sha256_of_files(files: &[(String, &Path)]) -> io::Result<String> {
    let (first, others) = files.split_at(files.len().min(1));
    let digests = |part: &[(String, &Path)]| part.iter().map(|(_, path)| hash_file(path)).collect();
    let (a, b): (io::Result<Vec<_>>, io::Result<Vec<_>>) = rayon::join(|| digests(first), || digests(others));
    let mut all = Sha256::new();
    for ((name, _), (len, digest)) in files.iter().zip(a?.into_iter().chain(b?)) {
        all.update(name);
        all.update(len.to_le_bytes());
        all.update(digest);
    }
    Ok(hex(&all.finalize()))
}

/// Length and SHA-256 of a file.
fn hash_file(path: &Path) -> io::Result<(u64, [u8; 32])> {
    let mut file = File::open(path)?;
    let mut hash = Sha256::new();
    let mut buffer = vec![0; 1 << 18];
    let mut len = 0;
    loop {
        let n = file.read(&mut buffer)?;
        if n == 0 {
            return Ok((len, hash.finalize().into()));
        }
        len += n as u64;
        hash.update(&buffer[..n]);
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}
