//! One integration binary: every flow through the public surface.

#![allow(clippy::unwrap_used, reason = "a test may panic: that is how it fails")]
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test may say what it did"
)]

mod acts;
mod beside_faults;
mod boundaries;
mod boundary;
mod bulk;
mod checking;
mod crs;
mod crs_env;
mod district;
mod drafts;
mod dossiers;
mod draw;
mod dump;
mod edit_flow;
mod first_import;
mod fixes;
mod formats;
mod hostile;
mod import;
mod kill;
mod kill_edits;
mod licences;
mod operating;
mod package;
mod points;
mod quality;
mod readiness;
mod quarantine;
mod records;
mod safety;
mod rules;
mod sample_data;
mod reference;
mod region;
mod register;
mod register_truth;
mod region_dirty;
mod shp_hostile;
mod shp_memory;
mod split;
mod split_minimum;
mod split_merge;
mod split_areas;
mod store;
mod support;
mod tidy;
mod tracking;
mod ui;
mod ui_edit;
mod ui_form;
mod ui_keys;
mod ui_quality;
mod ui_quarantine;
mod ui_fix;
mod ui_readiness;
mod undo;
mod variants;
