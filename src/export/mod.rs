//! Project → files: sync packages ([`package`]) and tables of parcels for other programs ([`table`]),
//! tables for Excel ([`sheet`], [`readiness`]).

pub mod package;
pub mod readiness;
pub mod sheet;
pub mod table;
