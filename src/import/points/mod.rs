//! Files of survey points (total station, GNSS): lines of text → a [`PointDraft`] and findings.
//!
//! As with parcels: [`open`] reads a file and its encoding, [`PointPlan::propose`] says what it thinks of
//! separator, decimal sign, heading and columns, the person changes it, [`draft`] reads by it. A line that is no
//! point is kept with its number and text and never stops the rest:
//! `records = imported + skipped + quarantined`, always.

mod draft;
mod file;
mod plan;

pub use draft::{PointContext, PointReport, draft};
pub use file::{PointFile, open};
pub use plan::{PointField, PointOptions, PointPlan, Separator, decimal_label, number, parse_point_choice};
