//! The land of a district file as a whole: its zone, what is known of its communes and sheets, and boundaries of them
//! about to be entered.

use std::collections::BTreeMap;

use super::{BBox, DraftFile, Finding, Polygon};

/// Zone, communes and sheets of a district file. Where nothing is known rules about it say nothing.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Territory {
    /// EPSG code of the file's TM-3 zone.
    pub zone: Option<u32>,
    /// Where land of the provinces on that zone has its coordinates.
    pub window: Option<BBox>,
    pub communes: BTreeMap<String, Commune>,
    /// By commune, then sheet.
    pub sheets: BTreeMap<String, BTreeMap<String, Sheet>>,
}

/// A commune of the list.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Commune {
    pub name: String,
    /// Code of the list since 2025-07-01; `None`: nobody has said.
    pub province: Option<String>,
    /// yyyy-MM-dd, both included.
    pub valid_from: Option<String>,
    pub valid_to: Option<String>,
    pub boundary: Option<Polygon>,
}

/// A map sheet.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sheet {
    /// M of 1:M.
    pub scale: Option<f64>,
    pub frame: Option<Polygon>,
}

impl Territory {
    pub fn sheet(&self, commune: &str, sheet: &str) -> Option<&Sheet> {
        self.sheets.get(commune)?.get(sheet)
    }

    /// The boundary of a commune, or the frame of a sheet of it.
    pub fn boundary(&self, commune: &str, sheet: Option<&str>) -> Option<&Polygon> {
        match sheet {
            None => self.communes.get(commune)?.boundary.as_ref(),
            Some(sheet) => self.sheet(commune, sheet)?.frame.as_ref(),
        }
    }

    /// Whether parcels are held against the same boundaries and scales.
    pub fn bounds_alike(&self, other: &Self) -> bool {
        let communes = |t: &'_ Self| -> Vec<(String, Polygon)> {
            let all = t.communes.iter();
            all.filter_map(|(code, c)| Some((code.clone(), c.boundary.clone()?)))
                .collect()
        };
        let sheets = |t: &'_ Self| -> Vec<(String, String, Sheet)> {
            let all = t.sheets.iter().flat_map(|(c, s)| s.iter().map(move |s| (c, s)));
            all.filter(|(_, (_, s))| **s != Sheet::default())
                .map(|(c, (n, s))| (c.clone(), n.clone(), s.clone()))
                .collect()
        };
        communes(self) == communes(other) && sheets(self) == sheets(other)
    }

    /// M of the sheet's scale, where it is known.
    pub fn scale(&self, commune: &str, sheet: &str) -> Option<f64> {
        self.sheet(commune, sheet)?.scale
    }
}

/// What a boundary bounds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum BoundaryKind {
    /// Địa giới xã.
    #[default]
    Commune,
    /// Khung tờ bản đồ.
    Sheet,
}

impl BoundaryKind {
    pub const ALL: [Self; 2] = [Self::Commune, Self::Sheet];

    /// As in cli.md.
    pub fn name(self) -> &'static str {
        match self {
            Self::Commune => "commune",
            Self::Sheet => "sheet",
        }
    }
}

/// What entering a boundary does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BoundaryState {
    /// There was none.
    New,
    /// Takes the place of another one.
    Replaced,
    /// The same is there: nothing is written.
    Unchanged,
}

impl BoundaryState {
    /// As in cli.md.
    pub fn name(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Replaced => "replaced",
            Self::Unchanged => "unchanged",
        }
    }
}

/// One boundary that was read.
#[derive(Clone, Debug, PartialEq)]
pub struct NewBoundary {
    pub commune: String,
    /// `None`: the commune itself.
    pub sheet: Option<String>,
    /// M of 1:M, where the file says it. Of a sheet only.
    pub scale: Option<i64>,
    pub polygon: Polygon,
    /// Record number in its file, from 1.
    pub record: u64,
    pub state: BoundaryState,
    /// m²; of the boundary there is.
    pub area_before: Option<f64>,
    /// Parcels in force of that commune or sheet.
    pub parcels: u64,
}

/// What an import of boundaries is about to write: the draft previewed is the draft committed.
#[derive(Clone, Debug, Default)]
pub struct BoundaryDraft {
    pub kind: BoundaryKind,
    pub files: Vec<DraftFile>,
    /// By commune, then sheet; each once.
    pub boundaries: Vec<NewBoundary>,
    pub findings: Vec<Finding>,
}

impl BoundaryDraft {
    /// What is written.
    pub fn changes(&self) -> impl Iterator<Item = &NewBoundary> {
        let changes = |b: &&NewBoundary| b.state != BoundaryState::Unchanged;
        self.boundaries.iter().filter(changes)
    }

    /// Whether there is nothing to write.
    pub fn is_empty(&self) -> bool {
        self.changes().next().is_none()
    }
}
