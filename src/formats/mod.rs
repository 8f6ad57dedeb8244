//! Files of others, in and out. One source abstraction for `import`: a [`SourceLayer`] is a table of
//! polygons read record by record, geometry in the file's own axis order, text as raw bytes where the
//! format does not say its encoding. Shapefiles have a reader of our own (`shp`); the rest is GDAL (`ogr`).
//!
//! Nothing here decides anything: encodings, coordinate systems and mappings are `import`'s business.
//! A record that cannot be read is handed over as [`SourceGeometry::Bad`] and reading goes on; a file
//! that cannot be read at all is a [`Failure`](crate::domain::Failure).

pub mod lines;
pub mod shp;
pub mod write;

mod gdal_setup;
mod ogr;
mod open;
mod original;
mod scratch;
mod shape;
mod source;
mod wkb;

pub use crate::crs::DeclaredCrs;
pub use open::open;
pub use original::Original;
pub use shape::Shape;
pub use source::*;
