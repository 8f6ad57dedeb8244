//! Search, its index read on a thread of its own and kept up with every edit.

use std::path::Path;
use std::sync::{Mutex, MutexGuard};
use std::thread::JoinHandle;

use super::Project;
use crate::domain::{Failure, Uid};
use crate::edit::Effects;
use crate::register::Kind;
use crate::store::error;
use crate::store::search::{Hit, HitKind, Index};

impl Project {
    /// Begins to read the words for [`Project::search`] on a thread of its own; otherwise the first search does it.
    pub fn warm_search(&self) {
        let mut search = lock(&self.search);
        if matches!(*search, Search::Cold) {
            let path = self.path().to_owned();
            let build = move || Index::build(&path);
            if let Ok(job) = std::thread::Builder::new()
                .name("search index".to_owned())
                .spawn(build)
            {
                *search = Search::Warming(job, Vec::new(), Vec::new());
            }
        }
    }

    /// Whether a search answers at once.
    pub fn search_is_ready(&self) -> bool {
        match &*lock(&self.search) {
            Search::Cold => false,
            Search::Warming(job, ..) => job.is_finished(),
            Search::Ready(_) => true,
        }
    }

    /// The best hits for what was typed: `12/45`, `tờ 12 thửa 45`, a name, an address, an old number, without tone marks
    /// too. Labels may hold personal values.
    pub fn search(&self, text: &str, limit: usize) -> Result<Vec<Hit>, Failure> {
        self.search_of(None, text, limit)
    }

    /// The same among one kind of thing.
    pub fn search_of(&self, only: Option<HitKind>, text: &str, limit: usize) -> Result<Vec<Hit>, Failure> {
        let mut search = lock(&self.search);
        let index = search.ready(self.path())?;
        Ok(index.search(self.reader.conn(), self.path(), &self.coverage, text, only, limit)?)
    }

    /// Brings search and survey points up to what was done.
    pub(super) fn follow(&mut self, done: &[Effects]) {
        // What cannot be read now is read at the next opening; the edit itself is safe.
        let _shown_later = self.follow_survey(done);
        for effects in done {
            let about: Vec<i64> = effects.about.iter().map(|(fid, _)| *fid).collect();
            let records: Vec<(Kind, Uid)> = effects.records.iter().map(|r| (r.kind, r.uid)).collect();
            let mut search = lock(&self.search);
            search.touch(&effects.fids, &[]);
            search.touch(&about, &records);
        }
    }
}

/// The search index on its way.
pub(super) enum Search {
    Cold,
    /// With the parcels touched and the records written meanwhile.
    Warming(JoinHandle<error::Result<Index>>, Vec<i64>, Vec<(Kind, Uid)>),
    Ready(Box<Index>),
}

impl Search {
    fn ready(&mut self, path: &Path) -> Result<&mut Index, Failure> {
        let index = match std::mem::replace(self, Self::Cold) {
            Self::Ready(index) => index,
            Self::Warming(job, touched, written) => {
                let mut index = Box::new(job.join().unwrap_or_else(|p| std::panic::resume_unwind(p))?);
                index.touch(&touched);
                index.touch_records(&written);
                index
            }
            Self::Cold => Box::new(Index::build(path)?),
        };
        *self = Self::Ready(index);
        let Self::Ready(index) = self else {
            unreachable!("set on the line before")
        };
        Ok(index)
    }

    fn touch(&mut self, fids: &[i64], records: &[(Kind, Uid)]) {
        match self {
            Self::Cold => {}
            Self::Warming(_, touched, written) => {
                touched.extend(fids);
                written.extend(records);
            }
            Self::Ready(index) => {
                index.touch(fids);
                index.touch_records(records);
            }
        }
    }
}

fn lock(search: &Mutex<Search>) -> MutexGuard<'_, Search> {
    search.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}
