mod crs;
mod shp_hostile;
