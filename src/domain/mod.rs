//! What a cadastre is: plain structs, ids and enums. No I/O, no SQL, no egui.

mod act;
mod draft;
mod draft_hash;
mod extra;
mod finding;
mod geometry;
mod parcel;
pub mod register;
mod quarantine;
mod survey_point;
mod territory;
mod tracking;
mod uid;

pub use act::*;
pub use draft::*;
pub use draft_hash::DraftHasher;
pub use extra::*;
pub use finding::*;
pub use geometry::*;
pub use parcel::*;
pub use quarantine::*;
pub use survey_point::*;
pub use territory::*;
pub use tracking::*;
pub use uid::*;

pub use crate::text::Failure;
