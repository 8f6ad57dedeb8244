//! A file read through a sliding window.
//!
//! Not a memory mapping: when another program (or a USB stick pulled out) shortens a mapped file,
//! touching the lost pages kills the process, and no check before the access closes that gap. A
//! read gives an error instead, needs no `unsafe`, and costs one copy out of the page cache.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;
use std::time::SystemTime;

/// Bytes read at once: about what a thread's share of records takes, so that neighbours read little twice.
const WINDOW: usize = 1 << 18;

/// A file opened for reading, with its last window in memory.
pub(super) struct Window {
    file: File,
    /// Size when opened.
    pub len: u64,
    bytes: Vec<u8>,
    /// Position of `bytes` in the file, and how many of them are read from there.
    start: u64,
    filled: usize,
}

impl Window {
    pub fn open(path: &Path) -> io::Result<Self> {
        let file = File::open(path)?;
        let len = file.metadata()?.len();
        Ok(Self {
            file,
            len,
            bytes: Vec::new(),
            start: 0,
            filled: 0,
        })
    }

    /// The bytes at `at`. The range must lie inside the file, so that nothing is allocated by a
    /// length the file does not hold; an error of kind `UnexpectedEof` otherwise.
    pub fn get(&mut self, at: u64, len: usize) -> io::Result<&[u8]> {
        let end = at.checked_add(len as u64).filter(|&end| end <= self.len);
        let Some(end) = end else {
            return Err(io::ErrorKind::UnexpectedEof.into());
        };
        if at < self.start || end > self.start + self.filled as u64 {
            let size = (WINDOW as u64).max(len as u64).min(self.len - at);
            self.fill(at, size as usize)?;
        }
        let from = (at - self.start) as usize;
        Ok(&self.bytes[from..from + len])
    }

    fn fill(&mut self, at: u64, size: usize) -> io::Result<()> {
        // Grown once and kept: filling a window with zeros before each read took a third of all time.
        if self.bytes.len() < size {
            self.bytes.resize(size, 0);
        }
        self.filled = 0;
        self.file.seek(SeekFrom::Start(at))?;
        self.file.read_exact(&mut self.bytes[..size])?;
        (self.start, self.filled) = (at, size);
        Ok(())
    }
}

/// What tells that a file is still the one that was opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stamp {
    pub len: u64,
    modified: Option<SystemTime>,
}

impl Stamp {
    pub fn of(path: &Path) -> io::Result<Self> {
        let meta = std::fs::metadata(path)?;
        Ok(Self {
            len: meta.len(),
            modified: meta.modified().ok(),
        })
    }
}
