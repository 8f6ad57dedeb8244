//! VN-2000 zones and transforms; what a file declares against what its coordinates show.
//!
//! Coordinates here are `f64`: easting, northing in metres or longitude, latitude in degrees, x
//! before y as files have them; [`to_wgs84`] and [`from_wgs84`] speak latitude before longitude.

pub mod doctor;

mod declared;
mod geohash;
mod transform;
mod wkt;
mod zones;

pub use declared::DeclaredCrs;
pub use geohash::{geohash, geohash_place};
pub use transform::{Transform, from_wgs84, is_known, to_wgs84, transform};
pub use wkt::DeclaredKind;
pub use zones::{
    Province, VN2000_GEOGRAPHIC, WGS84, Zone, name, province, provinces, replacement, window, wkt_ogc,
    wkt_prj, zone, zone_at, zones, zones_of_province,
};
