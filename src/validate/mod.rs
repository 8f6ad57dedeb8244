//! Every rule on the data, one file each: what it finds, how grave that is, and how it is said.
//!
//! Rules of geometry share one pass over the coverage (`topology::faults`); the others look at one
//! parcel or at one parcel number at a time. Findings hold codes and values; [`message`] makes the
//! sentence. Attribute rules look at entries of the register, read in bulk or around an edit ([`register`]). Parameters come from `assets/codes/rules.json` by the date of the act.

mod area_invalid;
mod area_legal;
mod area_mismatch;
mod birth_year;
mod blocks_disagree;
mod boundaries_meet;
pub mod catalogue;
mod certificate_date;
mod certificate_empty;
mod certificate_era;
mod certificate_serial;
mod certificate_serial_duplicate;
mod certificate_twice;
mod change_incomplete;
mod commune_code;
mod commune_unknown;
mod coordinate_window;
mod duplicate_number;
mod duplicate_shape;
mod gap;
mod grid;
mod holder_unverified;
mod household_members;
mod identity_mismatch;
mod identity_number;
mod identity_shared;
pub mod import_messages;
mod label_outside;
mod land_use;
mod land_use_commune;
mod land_use_list;
mod land_use_origin;
mod land_use_sum;
mod land_use_term;
mod metadata_incomplete;
mod live;
mod multipart;
mod narrow_neck;
mod near_points;
mod number_missing;
mod outside;
mod overlap;
mod parameters;
mod parcel_code;
mod parcel_code_duplicate;
mod parcel_code_outside;
mod refusals;
pub mod register;
mod quarantine_reasons;
pub mod report;
mod ring_invalid;
mod rule;
mod run;
mod scan_file;
mod scan_signature;
mod scan_unlinked;
mod sheet_edge;
mod sliver_parcel;
mod term_expired;
mod unmatched_vertex;

pub use live::{Checked, Findings, Remember, Step, pair};
pub use parameters::{InForce, Parameters, legal_basis, parameters_of};
pub use quarantine_reasons::quarantine_reason;
pub use register::{affected_all, run_all};
pub use rule::{Check, Moment, Rule};
pub use run::{Options, affected, counts, run};

use crate::domain::{Finding, Severity};
use crate::text::Msg;

/// All rules, in the order of the catalogue.
pub const RULES: [&Rule; 51] = [
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
    &outside::COMMUNE,
    &outside::SHEET,
    &label_outside::RULE,
    &commune_code::RULE,
    &commune_unknown::RULE,
    &number_missing::RULE,
    &duplicate_number::RULE,
    &parcel_code::RULE,
    &parcel_code_duplicate::RULE,
    &parcel_code_outside::RULE,
    &land_use::UNKNOWN,
    &land_use::MISSING,
    &land_use_list::RULE,
    &land_use_sum::RULE,
    &land_use_term::RULE,
    &term_expired::RULE,
    &land_use_commune::RULE,
    &land_use_origin::RULE,
    &area_invalid::RULE,
    &area_mismatch::RULE,
    &area_legal::RULE,
    &certificate_serial::RULE,
    &certificate_serial_duplicate::RULE,
    &certificate_era::RULE,
    &certificate_date::RULE,
    &certificate_empty::RULE,
    &certificate_twice::RULE,
    &identity_number::RULE,
    &identity_mismatch::RULE,
    &identity_shared::RULE,
    &birth_year::RULE,
    &household_members::RULE,
    &holder_unverified::RULE,
    &scan_file::RULE,
    &scan_unlinked::RULE,
    &scan_signature::RULE,
    &change_incomplete::RULE,
    &metadata_incomplete::RULE,
    &blocks_disagree::RULE,
];

/// The rule of this code; `None` for findings of import and verification.
pub fn rule(code: &str) -> Option<&'static Rule> {
    RULES.into_iter().find(|r| r.code == code)
}

/// The sentence of a finding, with place, parcels, amount and tolerance.
pub fn message(finding: &Finding) -> Msg {
    match rule(finding.code) {
        Some(rule) => (rule.message)(finding),
        None => import_messages::message(finding)
            .or_else(|| refusals::message(finding))
            .unwrap_or_else(|| Msg::new(finding.code, finding.code)),
    }
}

/// The same for a list that has a column for file and record.
pub fn message_in_its_place(finding: &Finding) -> Msg {
    import_messages::in_its_place(finding).unwrap_or_else(|| message(finding))
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

/// Whether a person may accept this finding as it is. Not where it is an error before sending: the receiving database
/// would refuse the record, so accepting it would only hide that; except an overlap, which may be land that two owners
/// dispute and that nobody may decide but a court.
pub fn may_be_accepted(finding: &Finding) -> bool {
    finding.code == crate::topology::findings::PARCEL_OVERLAP || !blocks_sending(finding)
}

#[cfg(test)]
mod live_tests;
#[cfg(test)]
mod register_tests;
#[cfg(test)]
mod tests;
