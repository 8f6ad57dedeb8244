//! Dividing a parcel (tách thửa).

mod cut;

pub use cut::{Cut, SidePoint, cut};
