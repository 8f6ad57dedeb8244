//! Every rule on the data, one file each: what it finds, how grave that is, and how it is said.
//!
//! Rules of geometry share one pass over the coverage (`topology::faults`); the others look at one
//! parcel or at one parcel number at a time. Findings hold codes and values; [`message`] makes the
//! sentence. Parameters come from `assets/codes/rules.json` by the date of the act.

mod area_mismatch;
mod boundaries_meet;
mod duplicate_number;
mod gap;
pub mod import_messages;
mod land_use;
mod overlap;
mod parameters;
mod ring_invalid;
mod rule;
mod run;
mod unmatched_vertex;

pub use parameters::{Parameters, legal_basis};
pub use rule::{Check, Moment, Rule};
pub use run::{Options, affected, counts, refresh, run};

use crate::domain::{Finding, Severity};
use crate::text::Msg;

/// All rules, in the order of the catalogue.
pub const RULES: [&Rule; 9] = [
    &ring_invalid::RULE,
    &overlap::RULE,
    &unmatched_vertex::RULE,
    &gap::RULE,
    &boundaries_meet::RULE,
    &duplicate_number::RULE,
    &land_use::UNKNOWN,
    &land_use::MISSING,
    &area_mismatch::RULE,
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
    finding.severity == Severity::Error
}
