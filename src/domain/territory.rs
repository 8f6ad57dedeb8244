//! The land of a district file as a whole: its zone, and what is known of its communes and sheets.

use std::collections::BTreeMap;

use super::{BBox, Polygon};

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

    /// M of the sheet's scale, where it is known.
    pub fn scale(&self, commune: &str, sheet: &str) -> Option<f64> {
        self.sheet(commune, sheet)?.scale
    }
}
