mod district;
mod edit_flow;
mod store;
mod crs;
mod formats;
mod shp_hostile;
