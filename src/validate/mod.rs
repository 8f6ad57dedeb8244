//! Every rule on the data, one file each: what it finds, how grave that is, and how it is said.
//!
//! Rules of geometry share one pass over the coverage (`topology::faults`); the others look at one
//! parcel or at one parcel number at a time. Findings hold codes and values; [`message`] makes the
//! sentence. Parameters come from `assets/codes/rules.json` by the date of the act.

mod area_invalid;
mod area_legal;
mod area_mismatch;
mod boundaries_meet;
pub mod catalogue;
mod commune_code;
mod coordinate_window;
mod duplicate_number;
mod duplicate_shape;
mod gap;
pub mod import_messages;
mod land_use;
mod multipart;
mod narrow_neck;
mod near_points;
mod number_missing;
mod overlap;
mod parameters;
mod ring_invalid;
mod rule;
mod run;
mod sheet_edge;
mod sliver_parcel;
mod unmatched_vertex;

pub use parameters::{InForce, Parameters, legal_basis, parameters_of};
pub use rule::{Check, Moment, Rule};
pub use run::{Options, affected, counts, refresh, run};

use crate::domain::{Finding, Severity};
use crate::text::Msg;

/// All rules, in the order of the catalogue.
pub const RULES: [&Rule; 20] = [
    &ring_invalid::RULE,
    &overlap::RULE,
    &duplicate_shape::RULE,
    &unmatched_vertex::RULE,
    &gap::RULE,
    &boundaries_meet::RULE,
    &sheet_edge::RULE,
    &near_points::RULE,
    &narrow_neck::RULE,
    &sliver_parcel::RULE,
    &multipart::RULE,
    &coordinate_window::RULE,
    &commune_code::RULE,
    &number_missing::RULE,
    &duplicate_number::RULE,
    &land_use::UNKNOWN,
    &land_use::MISSING,
    &area_invalid::RULE,
    &area_mismatch::RULE,
    &area_legal::RULE,
];

/// The rule of this code; `None` for findings of import and verification.
pub fn rule(code: &str) -> Option<&'static Rule> {
    RULES.into_iter().find(|r| r.code == code)
}

/// The sentence of a finding, with place, parcels, amount and tolerance.
pub fn message(finding: &Finding) -> Msg {
    match rule(finding.code) {
        Some(rule) => (rule.message)(finding),
        None => import_messages::message(finding).unwrap_or_else(|| Msg::new(finding.code, finding.code)),
    }
}

/// Whether a sync package may not be sent while this finding stands.
pub fn blocks_sending(finding: &Finding) -> bool {
    blocks(finding, Moment::Sending)
}

/// Whether the work stops at this moment while the finding stands: it is an error, and its rule one then.
pub fn blocks(finding: &Finding, moment: Moment) -> bool {
    let grade = |r: &Rule| r.moments.iter().find(|m| m.0 == moment).map(|m| m.1);
    let is_error = rule(finding.code).map_or(Some(Severity::Error), grade) == Some(Severity::Error);
    is_error && finding.severity == Severity::Error
}

#[cfg(test)]
mod tests;
