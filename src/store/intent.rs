//! Which operation was under way when the program died: a small file beside the district file, written before an
//! operation and removed after it. What is still there at the next open was a crash; the same operation twice is not
//! tried again by itself.
//!
//! Local, not journalled, best effort: where it cannot be written, editing goes on without it.

use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::files::with_suffix;
use super::journal::hex;
use crate::text::Msg;

/// After so many crashes an operation is refused.
pub const MOST: u32 = 2;

/// An operation the program died in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Crash {
    /// SHA-256 of the operation's JSON.
    pub hash: String,
    /// "split", "gesture" ….
    pub kind: String,
    pub label_vi: String,
    pub label_en: String,
    /// How often, without having succeeded since.
    pub count: u32,
}

impl Crash {
    pub fn label(&self) -> Msg {
        Msg::new(self.label_vi.clone(), self.label_en.clone())
    }
}

/// What is known of crashes of one file, and the marker of the operation under way.
#[derive(Debug)]
pub struct Watch {
    pending: PathBuf,
    list: PathBuf,
    crashes: Vec<Crash>,
}

impl Watch {
    /// Of the file that has just been opened for writing: an operation still marked was a crash.
    pub fn open(path: &Path) -> Self {
        let mut watch = Self {
            pending: with_suffix(path, ".intent"),
            list: with_suffix(path, ".crashes"),
            crashes: Vec::new(),
        };
        watch.crashes = read(&watch.list).unwrap_or_default();
        watch.count_pending();
        watch
    }

    /// Operations that are no longer tried: the program died in them twice.
    pub fn refused(&self) -> impl Iterator<Item = &Crash> {
        self.crashes.iter().filter(|c| c.count >= MOST)
    }

    /// Whether this operation (its JSON) is one of them.
    pub fn refuses(&self, what: &str) -> Option<&Crash> {
        let hash = self.refused().next().map(|_| hash(what))?;
        self.refused().find(|c| c.hash == hash)
    }

    /// Marks an operation as under way.
    pub fn begin(&mut self, kind: &str, what: &str, label: &Msg) {
        // Left by an operation of this run that never came back.
        self.count_pending();
        let crash = Crash {
            hash: hash(what),
            kind: kind.to_owned(),
            label_vi: label.vi.clone(),
            label_en: label.en.clone(),
            count: 1,
        };
        if let Ok(text) = serde_json::to_vec(&crash) {
            let _ = fs::write(&self.pending, text);
        }
    }

    /// It came back, done or refused.
    pub fn end(&mut self, what: &str) {
        let _ = fs::remove_file(&self.pending);
        if !self.crashes.is_empty() {
            let hash = hash(what);
            let known = self.crashes.len();
            self.crashes.retain(|c| c.hash != hash);
            if self.crashes.len() != known {
                self.keep();
            }
        }
    }

    /// Forgets all crashes: a person wants to try again.
    pub fn forget(&mut self) {
        self.crashes.clear();
        self.keep();
    }

    /// Adds the operation still marked to the crashes. A marker cut short by the crash itself counts for nothing.
    fn count_pending(&mut self) {
        let Some(found) = read::<Crash>(&self.pending) else {
            let _ = fs::remove_file(&self.pending);
            return;
        };
        match self.crashes.iter_mut().find(|c| c.hash == found.hash) {
            Some(known) => known.count = known.count.saturating_add(1),
            None => self.crashes.push(found),
        }
        self.keep();
        let _ = fs::remove_file(&self.pending);
    }

    fn keep(&self) {
        if self.crashes.is_empty() {
            let _ = fs::remove_file(&self.list);
        } else if let Ok(text) = serde_json::to_vec(&self.crashes) {
            let _ = fs::write(&self.list, text);
        }
    }
}

fn read<T: for<'de> Deserialize<'de>>(path: &Path) -> Option<T> {
    serde_json::from_slice(&fs::read(path).ok()?).ok()
}

fn hash(what: &str) -> String {
    hex(&Sha256::digest(what))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn twice_is_refused_and_success_forgets() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("h.gpkg");
        let label = Msg::new("Tách thửa", "Split parcel");
        let files = || fs::read_dir(dir.path()).unwrap().count();
        let die = |what: &str| Watch::open(&path).begin("split", what, &label);
        let mut watch = Watch::open(&path);
        watch.begin("split", "a", &label);
        watch.end("a");
        assert_eq!(files(), 0);
        die("a");
        die("b");
        let mut watch = Watch::open(&path);
        assert!(watch.refuses("a").is_none() && watch.refuses("b").is_none());
        watch.begin("split", "b", &label);
        watch.end("b");
        drop(watch);
        die("b");
        die("a");
        let mut watch = Watch::open(&path);
        assert_eq!(watch.refuses("a").map(Crash::label), Some(label.clone()));
        assert!(watch.refuses("b").is_none());
        // Within one run, too: an operation that never came back.
        watch.begin("split", "b", &label);
        watch.begin("split", "c", &label);
        assert!(watch.refuses("b").is_some());
        watch.end("c");
        watch.forget();
        assert_eq!((watch.refused().count(), files()), (0, 0));
        fs::write(with_suffix(&path, ".intent"), "{\"hash\":").unwrap();
        fs::write(with_suffix(&path, ".crashes"), "[{]").unwrap();
        assert_eq!(Watch::open(&path).refused().count(), 0);
    }
}
