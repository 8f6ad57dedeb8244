//! Where the records of a `.shp` begin: from the `.shx` where it is right, else by walking the records.
//!
//! Layout: ESRI Shapefile Technical Description (July 1998), pp. 4–5 and 23.

use std::io;

use super::window::Window;

/// Bytes of the header of `.shp` and `.shx`.
pub(super) const HEADER: u64 = 100;

/// Offsets of the record headers, in 16-bit words; a record that cannot be found has [`Index::LOST`].
#[derive(Debug, Default)]
pub(super) struct Index {
    pub offsets: Vec<u32>,
    pub state: IndexState,
    /// Bytes after the last record that are no record.
    pub trailing: u64,
}

/// What the `.shx` was worth.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum IndexState {
    #[default]
    Good,
    Missing,
    /// Disagrees with the records; repaired from them.
    Damaged,
}

impl Index {
    pub const LOST: u32 = u32::MAX;

    /// `declared` is the length the header of the `.shp` states, in bytes.
    pub fn build(shp: &mut Window, shx: Option<&mut Window>, declared: u64) -> io::Result<Self> {
        let walked = walk(shp, declared)?;
        let listed = match shx {
            None => {
                return Ok(Self {
                    state: IndexState::Missing,
                    ..walked
                });
            }
            Some(shx) => listed(shx)?,
        };
        if listed == walked.offsets {
            return Ok(walked);
        }
        if listed.is_empty() && !walked.offsets.is_empty() {
            return Ok(Self {
                state: IndexState::Damaged,
                ..walked
            });
        }
        merge(shp, &listed, &walked)
    }
}

/// Record by record, trusting each one's length while it stays inside the file. The record at which
/// this ends is kept, so that it is reported when read.
fn walk(shp: &mut Window, declared: u64) -> io::Result<Index> {
    let mut index = Index::default();
    let mut at = HEADER;
    while at < shp.len {
        let Ok(word) = u32::try_from(at / 2) else { break };
        let expected = index.offsets.len() as u64 + 1;
        let head = if at + 8 <= shp.len {
            Some(record_head(shp, at)?)
        } else {
            None
        };
        let fits = head.is_some_and(|h| h.end(at) <= shp.len && h.words >= 2);
        // Behind the end the header states, only what is plainly the next record counts.
        let beyond = at >= declared && !head.is_some_and(|h| fits && u64::from(h.number) == expected);
        if beyond {
            index.trailing = shp.len - at;
            break;
        }
        index.offsets.push(word);
        match head {
            Some(head) if fits => at = head.end(at),
            _ => break,
        }
    }
    Ok(index)
}

#[derive(Clone, Copy)]
pub(super) struct RecordHead {
    pub number: u32,
    /// Length of the content in 16-bit words.
    pub words: u32,
}

impl RecordHead {
    fn end(self, at: u64) -> u64 {
        at + 8 + u64::from(self.words) * 2
    }
}

pub(super) fn record_head(shp: &mut Window, at: u64) -> io::Result<RecordHead> {
    let b = shp.get(at, 8)?;
    Ok(RecordHead {
        number: u32::from_be_bytes([b[0], b[1], b[2], b[3]]),
        words: u32::from_be_bytes([b[4], b[5], b[6], b[7]]),
    })
}

/// The offsets the `.shx` lists; its own count is what its size holds. Empty when it is no index.
fn listed(shx: &mut Window) -> io::Result<Vec<u32>> {
    if shx.len < HEADER || shx.get(0, 4)? != 9994u32.to_be_bytes() {
        return Ok(Vec::new());
    }
    let count = (shx.len - HEADER) / 8;
    let mut offsets = Vec::with_capacity(count as usize);
    for i in 0..count {
        let b = shx.get(HEADER + i * 8, 4)?;
        offsets.push(u32::from_be_bytes([b[0], b[1], b[2], b[3]]));
    }
    Ok(offsets)
}

/// Record by record the listed place where a record of that number begins, else the walked one.
/// Gaps between records are legal (programs leave them when editing in place).
fn merge(shp: &mut Window, listed: &[u32], walked: &Index) -> io::Result<Index> {
    let count = listed.len().max(walked.offsets.len());
    let mut merged = Index {
        offsets: Vec::with_capacity(count),
        state: walked.state,
        trailing: walked.trailing,
    };
    for i in 0..count {
        let (x, w) = (listed.get(i).copied(), walked.offsets.get(i).copied());
        let trusted = x == w || matches!(x, Some(x) if begins(shp, x, i as u64 + 1)?);
        if !trusted {
            merged.state = IndexState::Damaged;
        }
        let at = if trusted { x } else { w.or(x) };
        merged.offsets.push(at.unwrap_or(Index::LOST));
    }
    Ok(merged)
}

/// Whether record `number` begins at this word and fits. Some programs count from 0.
fn begins(shp: &mut Window, word: u32, number: u64) -> io::Result<bool> {
    let at = u64::from(word) * 2;
    if at < HEADER || at + 8 > shp.len {
        return Ok(false);
    }
    let head = record_head(shp, at)?;
    let n = u64::from(head.number);
    Ok((n == number || n + 1 == number) && head.words >= 2 && head.end(at) <= shp.len)
}
