mod district;
mod edit_flow;
mod store;
mod crs;
mod shp_hostile;
