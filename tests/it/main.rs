mod shp_hostile;
