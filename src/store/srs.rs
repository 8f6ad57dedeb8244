//! The coordinate system of the file, as gpkg_spatial_ref_sys wants it.

use crate::crs;
use crate::domain::Failure;
use crate::msg;

/// (name, WKT 1 definition) of a VN-2000 zone. Parameters: domain.md §5.1; names and codes: EPSG.
pub fn vn2000(epsg: i32) -> Result<(String, String), Failure> {
    let (name, meridian, scale) = zone(epsg).ok_or_else(|| {
        Failure::new(
            "UNKNOWN_CRS",
            msg!(
                "EPSG:{epsg} không phải múi chiếu VN-2000.",
                "EPSG:{epsg} is not a VN-2000 zone."
            ),
        )
        .remedy(msg!(
            "Hãy chọn múi của tỉnh, ví dụ EPSG:9210 (105°45').",
            "Choose the zone of the province, for example EPSG:9210 (105°45')."
        ))
    })?;
    let wkt = format!(
        "PROJCS[\"{name}\",{GEOGRAPHIC},PROJECTION[\"Transverse_Mercator\"],PARAMETER[\"latitude_of_origin\",0],\
         PARAMETER[\"central_meridian\",{meridian}],PARAMETER[\"scale_factor\",{scale}],\
         PARAMETER[\"false_easting\",500000],PARAMETER[\"false_northing\",0],\
         UNIT[\"metre\",1,AUTHORITY[\"EPSG\",\"9001\"]],AUTHORITY[\"EPSG\",\"{epsg}\"]]"
    );
    Ok((name, wkt))
}

const GEOGRAPHIC: &str = "GEOGCS[\"VN-2000\",DATUM[\"Vietnam_2000\",\
    SPHEROID[\"WGS 84\",6378137,298.257223563,AUTHORITY[\"EPSG\",\"7030\"]],AUTHORITY[\"EPSG\",\"6756\"]],\
    PRIMEM[\"Greenwich\",0,AUTHORITY[\"EPSG\",\"8901\"]],\
    UNIT[\"degree\",0.0174532925199433,AUTHORITY[\"EPSG\",\"9122\"]],AUTHORITY[\"EPSG\",\"4756\"]]";

/// WKT 1 of WGS 84, a row GeoPackage requires.
pub const WGS84: &str = "GEOGCS[\"WGS 84\",DATUM[\"WGS_1984\",\
    SPHEROID[\"WGS 84\",6378137,298.257223563,AUTHORITY[\"EPSG\",\"7030\"]],AUTHORITY[\"EPSG\",\"6326\"]],\
    PRIMEM[\"Greenwich\",0,AUTHORITY[\"EPSG\",\"8901\"]],\
    UNIT[\"degree\",0.0174532925199433,AUTHORITY[\"EPSG\",\"9122\"]],AUTHORITY[\"EPSG\",\"4326\"]]";

/// Name, central meridian and scale.
fn zone(epsg: i32) -> Option<(String, f64, f64)> {
    let special = match epsg {
        3405 => Some(("UTM zone 48N", 105.0, 0.9996)),
        3406 => Some(("UTM zone 49N", 111.0, 0.9996)),
        5896 => Some(("TM-3 zone 481", 102.0, 0.9999)),
        5897 => Some(("TM-3 zone 482", 105.0, 0.9999)),
        5898 => Some(("TM-3 zone 491", 108.0, 0.9999)),
        5899 => Some(("TM-3 107-45", 107.75, 0.9999)),
        _ => None,
    };
    if let Some((name, meridian, scale)) = special {
        return Some((format!("VN-2000 / {name}"), meridian, scale));
    }
    let meridian = crs::zone(u32::try_from(epsg).ok()?)?.meridian;
    let minutes = (meridian.fract() * 60.0).round();
    Some((
        format!("VN-2000 / TM-3 {}-{minutes:02}", meridian.trunc()),
        meridian,
        0.9999,
    ))
}
