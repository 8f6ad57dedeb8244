//! One integration binary: every flow through the public surface.

mod bulk;
mod crs;
mod drafts;
mod dump;
mod district;
mod edit_flow;
mod store;
mod crs;
mod crs_env;
mod formats;
mod import;
mod kill;
mod licences;
mod shp_hostile;
mod store;
mod support;
mod tidy;
mod ui;
