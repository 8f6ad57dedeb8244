//! What the district has already, as far as an import must know: given by the caller, so that import
//! never sees the database.

use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};

use crate::domain::Polygon;
use crate::topology::Coverage;

/// Known source files and parcels in force.
#[derive(Clone, Debug, Default)]
pub struct Existing {
    sources: HashSet<String>,
    /// "commune/sheet/number" → fid of the first such parcel.
    keys: HashMap<String, i64>,
    /// Parcels without a number (roads, canals) by commune and shape.
    shapes: HashMap<u64, i64>,
}

impl Existing {
    /// Parcels of the coverage and SHA-256 (hex) of the files imported before.
    pub fn of(coverage: &Coverage, sources: impl IntoIterator<Item = String>) -> Self {
        let mut this = Self {
            sources: sources.into_iter().collect(),
            ..Self::default()
        };
        for p in coverage.iter() {
            this.add(&p.commune, &p.sheet, &p.number, &p.polygon, p.fid);
        }
        this
    }

    fn add(&mut self, commune: &str, sheet: &str, number: &str, polygon: &Polygon, fid: i64) {
        if number.is_empty() {
            keep_least(self.shapes.entry(shape(commune, polygon)).or_insert(fid), fid);
        } else {
            keep_least(
                self.keys
                    .entry(format!("{commune}/{sheet}/{number}"))
                    .or_insert(fid),
                fid,
            );
        }
    }

    pub(super) fn has_source(&self, sha256: &str) -> bool {
        self.sources.contains(sha256)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.keys.is_empty() && self.shapes.is_empty()
    }

    /// The parcel in force that is the same: by commune, sheet and number; without a number by shape.
    pub(super) fn find(&self, commune: &str, sheet: &str, number: &str, polygon: &Polygon) -> Option<i64> {
        if number.is_empty() {
            self.shapes.get(&shape(commune, polygon)).copied()
        } else {
            self.keys.get(&format!("{commune}/{sheet}/{number}")).copied()
        }
    }
}

/// The coverage's order carries no meaning; the smallest fid does.
fn keep_least(slot: &mut i64, fid: i64) {
    *slot = fid.min(*slot);
}

/// Same for the same rings, wherever they begin.
fn shape(commune: &str, polygon: &Polygon) -> u64 {
    let mut hasher = DefaultHasher::new();
    commune.hash(&mut hasher);
    for ring in &polygon.rings {
        let first = (0..ring.len()).min_by_key(|i| ring[*i]).unwrap_or(0);
        ring.len().hash(&mut hasher);
        ring[first..]
            .iter()
            .chain(&ring[..first])
            .for_each(|p| p.hash(&mut hasher));
    }
    hasher.finish()
}
