//! The district file: a GeoPackage with a journal. The only place that knows SQL.

pub mod connection;
pub mod error;
pub mod geometry;
pub mod journal;
pub mod personal;
pub mod schema;
mod srs;
pub mod tables;
