//! One integration binary: every flow through the public surface.

mod crs;
mod district;
mod edit_flow;
mod formats;
mod import;
mod licences;
mod shp_hostile;
mod store;
mod support;
mod tidy;
