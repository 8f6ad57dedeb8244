//! Project → files: sync packages ([`package`]) and tables of parcels for other programs ([`table`]).

pub mod package;
pub mod table;
