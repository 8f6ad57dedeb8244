//! What panels, tools and dialogs ask for. They push these; [`super::app::App`] carries them out in
//! one place, after the frame is drawn.

use std::path::PathBuf;
use std::sync::Arc;

use super::command::Command;
use super::map_record::ShownRecord;
use super::panel::{bottom, record_card::ForRecord};
use super::viewing::Viewing;
use crate::domain::{BBox, Pt, Uid};
use crate::edit::Edit;
use crate::project::{Mode, Turn};
use crate::register::Kind;
use crate::render::ColourBy;

#[derive(Debug)]
pub enum Action {
    Run(Command),
    Open(PathBuf),
    Select(Select),
    /// Show this parcel (fid): in force on the map of today, else on the map where it last was.
    Show(i64),
    /// Show another state of the register.
    View(Viewing),
    /// Change the mode of the district.
    Mode(Mode),
    Zoom(BBox),
    /// These points become what is being drawn.
    Sketch(Vec<Pt>),
    /// Go to a place and mark it.
    ShowPlace(Pt),
    /// Show this finding of the list on the map.
    ShowFinding(i64),
    /// A record in quarantine on the map; none.
    ShowRecord(Option<Arc<ShownRecord>>),
    /// Draw the boundary of a record in quarantine.
    DrawRecord(Box<ForRecord>),
    /// Of the forms of the register.
    Form(super::form::Ask),
    /// Select all parcels of a party or under a certificate, and go there.
    ShowParcelsOf(Kind, Uid),
    /// Compare these parties and make them one.
    Merge(Vec<Uid>),
    /// One gesture, applied as one.
    Apply(Vec<Edit>),
    Turn(Turn),
    Bottom(bottom::Tab),
    ColourBy(ColourBy),
    Labels(bool),
    /// Of the list of reference layers.
    Reference(super::reference::Change),
    /// What the dashboard asks for.
    Readiness(super::readiness::Ask),
    CancelJob(u64),
    /// Close the window once no job writes; cancel them first, or wait.
    CloseAfterJobs {
        cancel: bool,
    },
    /// Start something a dialog has gathered.
    Work(super::work::Work),
}

/// How the selection changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Select {
    /// These parcels (fids) and no others.
    Only(Vec<i64>),
    /// These as well.
    Add(Vec<i64>),
    /// In if out, out if in.
    Toggle(i64),
}

/// The selected parcels, by fid.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    /// Ascending, each once.
    fids: Vec<i64>,
    /// The one the inspector shows: the last one chosen.
    main: Option<i64>,
}

impl Selection {
    pub fn fids(&self) -> &[i64] {
        &self.fids
    }

    pub fn main(&self) -> Option<i64> {
        self.main
    }

    pub fn is_empty(&self) -> bool {
        self.fids.is_empty()
    }

    pub fn contains(&self, fid: i64) -> bool {
        self.fids.binary_search(&fid).is_ok()
    }

    pub fn change(&mut self, by: Select) {
        match by {
            Select::Only(fids) => {
                self.main = fids.last().copied();
                self.fids = fids;
            }
            Select::Add(fids) => {
                self.main = fids.last().copied().or(self.main);
                self.fids.extend(fids);
            }
            Select::Toggle(fid) => match self.fids.binary_search(&fid) {
                Ok(at) => {
                    self.fids.remove(at);
                    self.main = self.fids.last().copied();
                }
                Err(_) => {
                    self.main = Some(fid);
                    self.fids.push(fid);
                }
            },
        }
        self.fids.sort_unstable();
        self.fids.dedup();
    }

    /// Forgets what is no longer there.
    pub fn keep(&mut self, there: impl Fn(i64) -> bool) {
        self.fids.retain(|f| there(*f));
        self.main = self.main.filter(|f| there(*f)).or(self.fids.last().copied());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn selection_is_sorted_unique_and_keeps_a_main_parcel() {
        let mut s = Selection::default();
        s.change(Select::Only(vec![7, 3]));
        assert_eq!((s.fids(), s.main()), (&[3, 7][..], Some(3)));
        s.change(Select::Add(vec![5, 7]));
        assert_eq!((s.fids(), s.main()), (&[3, 5, 7][..], Some(7)));
        s.change(Select::Toggle(7));
        assert_eq!((s.fids(), s.main()), (&[3, 5][..], Some(5)));
        s.change(Select::Toggle(9));
        assert_eq!(s.main(), Some(9));
        s.keep(|f| f != 9);
        assert_eq!((s.fids(), s.main()), (&[3, 5][..], Some(5)));
        s.change(Select::Only(vec![]));
        assert!(s.is_empty() && s.main().is_none());
    }
}
