//! Pure geometry on the 1 mm lattice: exact predicates, rings, the coverage in memory and its index,
//! faults between parcels, plans for edits. No I/O, no clock.
//!
//! A predicate never guesses: orientation, position in a polygon and contact of sides are decided in
//! integers. Floating point appears only where something is *measured* (area of an overlap, width).

pub mod add_parcel;
pub mod allowed;
pub mod bearing;
pub mod align;
mod contact;
pub mod carve;
pub mod combine;
pub mod coverage;
pub mod entry;
pub mod curve;
pub mod faults;
pub mod fill_gap;
pub mod front;
pub mod gaps;
pub mod guard;
pub mod index;
pub mod findings;
mod inscribed;
pub mod limits;
pub mod insert_point;
pub mod linework;
pub mod match_edge;
pub mod match_points;
pub mod measure;
pub mod middle;
pub mod merge_points;
pub mod merge;
pub mod move_point;
pub mod move_points;
pub mod neck;
pub mod noding;
pub mod offset;
mod path;
pub mod overlap;
pub mod plan;
pub mod points;
pub mod polylabel;
pub mod reference;
pub mod remove_point;
pub mod repair_ring;
pub mod reshape;
mod revision;
pub mod ring;
pub mod segment;
mod sides;
pub mod snap;
pub mod split;
pub mod trace;
pub mod snapping;
pub mod traverse;
mod unmatched;
pub mod validity;
pub mod weave;

pub use allowed::AllowedGaps;
pub use contact::UNMATCHED as UNMATCHED_MM;
pub use coverage::Coverage;
pub use path::Way;
pub use plan::{NewShape, Plan, Refusal};

#[cfg(test)]
pub(crate) mod testing;
