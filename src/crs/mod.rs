//! VN-2000 zones and transforms; what a file declares against what its coordinates show.

mod declared;

pub use declared::DeclaredCrs;
