//! Dividing a parcel (tách thửa).

mod cut;
mod faces;
mod nodes;

pub use cut::{Cut, SidePoint, cut};
