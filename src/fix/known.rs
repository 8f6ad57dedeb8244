//! What fixes need to know beside the map.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::{Pt, Uid};
use crate::validate::Parameters;

/// What is known of a sheet's survey.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sheet {
    /// Denominator: 1000 for 1:1000.
    pub scale: Option<i64>,
    /// yyyy-MM-dd.
    pub surveyed_on: Option<String>,
}

/// Surveys, numbers and tolerances. The default knows of nothing.
#[derive(Clone, Debug)]
pub struct Known {
    /// The tolerances in force on the day of the act.
    pub parameters: Parameters,
    /// Surveyed points: they never move.
    pub fixed: BTreeSet<Pt>,
    /// By commune and sheet.
    pub sheets: BTreeMap<(String, String), Sheet>,
    /// The next free number of a sheet, where one was asked for.
    pub next_numbers: BTreeMap<(String, String), i64>,
    /// Parcels (the smaller uid first) of which the register says the same but for the number.
    pub twins: BTreeSet<(Uid, Uid)>,
    /// Land use by the rows of the register ("ONT+CLN"), of parcels without a label.
    pub uses: BTreeMap<Uid, String>,
}

impl Default for Known {
    fn default() -> Self {
        Self {
            parameters: Parameters::on(None),
            fixed: BTreeSet::new(),
            sheets: BTreeMap::new(),
            next_numbers: BTreeMap::new(),
            twins: BTreeSet::new(),
            uses: BTreeMap::new(),
        }
    }
}

impl Known {
    /// Surveyed points in a box.
    pub(super) fn fixed_in(&self, near: &crate::domain::BBox) -> Vec<Pt> {
        let (from, to) = (near.min, near.max);
        let wide = self
            .fixed
            .range(Pt::new(from.e, i64::MIN)..=Pt::new(to.e, i64::MAX));
        wide.copied().filter(|p| near.contains(*p)).collect()
    }
}
