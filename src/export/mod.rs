//! Project → files: sync packages ([`package`]), tables of parcels for other programs ([`table`]), tables for Excel
//! ([`sheet`], [`readiness`], [`quality`]) and what the import could not place ([`quarantine`]).

pub mod package;
pub mod quality;
pub mod quarantine;
pub mod readiness;
pub mod sheet;
pub mod table;
