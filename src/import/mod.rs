//! Files of offices → a [`Draft`](crate::domain::Draft) and findings. Never sees the database.
//!
//! In two steps, the same for the wizard and the command line. [`inspect`] opens the files, reads a
//! sample and says what it thinks: mapping, encoding per column, coordinate system. From that and the
//! person's [`Options`] a [`Plan`] is proposed, shown and edited. [`draft`] reads everything by the
//! plan: the draft that is previewed is the draft that is committed. [`stream`] does the same for who does
//! not look: it hands the parcels on while it reads.
//!
//! A record that cannot become a parcel is quarantined with its original and a finding, and never
//! stops the rest: `records = imported + updated + skipped + quarantined`, always.

pub mod boundaries;
mod clean;
mod draft;
mod existing;
mod geometry;
mod inspect;
mod mapping;
mod place;
mod plan;
pub mod points;
mod profile;
pub mod reference;
mod repair;
mod report;
mod rows;
mod snap;

pub use draft::{Drafted, draft, stream};
pub use existing::Existing;
pub use inspect::{Inspection, LayerInspection, inspect};
pub use mapping::{Field, Mapping, find_column, parse_choice};
pub use place::CrsPlan;
pub use plan::{ColumnPlan, Duplicates, LayerPlan, Multipart, Options, Plan};
pub use profile::Profile;
pub use profile::{list as list_profiles, load as load_profile, save as save_profile};
pub use repair::{Here, Line, Mark, MarkKind, Method, Repair, Sketch, as_polygons, place, repairs, sketch};
pub use report::{CrsReport, EncodingReport, FileReport};
