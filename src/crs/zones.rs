//! The coordinate systems of Vietnamese land data, from `assets/codes/crs.json`.
//!
//! A cadastral sheet is in a TM-3 zone of VN-2000: transverse Mercator, k₀ = 0.9999, false easting
//! 500 000 m, false northing 0, the central meridian set per province (TT 973/2001, art. 4 and
//! appendix II.1c; domain.md §5.1–5.2).

use std::sync::LazyLock;

use serde::Deserialize;

use super::transform::Transform;
use crate::domain::{BBox, Pt};

/// A VN-2000 TM-3 zone.
#[derive(Clone, Debug, PartialEq)]
pub struct Zone {
    pub epsg: u32,
    /// Central meridian, degrees east.
    pub meridian: f64,
    /// Provinces on it as (code, name), old list valid to 2025-06-30, by code.
    pub provinces: Vec<(String, String)>,
    /// Latitude from, to and longitude from, to that hold its provinces, degrees; generous.
    extent: Option<[f64; 4]>,
}

impl Zone {
    /// "105°45′".
    pub fn meridian_text(&self) -> String {
        degrees_text(self.meridian)
    }
}

/// "105°45′" for 105.75.
pub(super) fn degrees_text(degrees: f64) -> String {
    let minutes = ((degrees - degrees.floor()) * 60.0).round();
    format!("{}°{minutes:02}′", degrees.floor())
}

#[derive(Deserialize)]
struct CodesFile {
    zones: Vec<ZoneRow>,
    provinces_to_2025_06: Vec<OldProvince>,
    provinces_from_2025_07: Vec<Province>,
}

/// A province of the list since 2025-07-01.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Province {
    /// Two digits. In the list before the same number may be another province.
    pub code: String,
    pub name: String,
}

#[derive(Deserialize)]
struct ZoneRow {
    meridian: f64,
    epsg: u32,
    extent: Option<[f64; 4]>,
}

#[derive(Deserialize)]
struct OldProvince {
    code: String,
    name: String,
    epsg: u32,
    /// Code of the province it is in since 2025-07-01.
    now: String,
}

static CODES: LazyLock<CodesFile> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../../assets/codes/crs.json"))
        .expect("assets/codes/crs.json is checked by a test")
});

static ZONES: LazyLock<Vec<Zone>> = LazyLock::new(|| {
    let on = |epsg| CODES.provinces_to_2025_06.iter().filter(move |p| p.epsg == epsg);
    let zone = |z: &ZoneRow| Zone {
        epsg: z.epsg,
        meridian: z.meridian,
        provinces: on(z.epsg).map(|p| (p.code.clone(), p.name.clone())).collect(),
        extent: z.extent,
    };
    CODES.zones.iter().map(zone).collect()
});

/// The provinces since 2025-07-01, by code.
pub fn provinces() -> &'static [Province] {
    &CODES.provinces_from_2025_07
}

/// The province with this code.
pub fn province(code: &str) -> Option<&'static Province> {
    provinces().iter().find(|p| p.code == code)
}

/// All TM-3 zones, by meridian from west to east.
pub fn zones() -> &'static [Zone] {
    &ZONES
}

/// The TM-3 zone with this EPSG code.
pub fn zone(epsg: u32) -> Option<&'static Zone> {
    ZONES.iter().find(|z| z.epsg == epsg)
}

/// The TM-3 zone with this central meridian (degrees, to about 1″).
pub fn zone_at(meridian: f64) -> Option<&'static Zone> {
    ZONES.iter().find(|z| (z.meridian - meridian).abs() < 3e-4)
}

/// The zones of a province, by meridian. A code of the list since 2025-07-01 may have several; the
/// same number names another province in the old list, so the zones of both readings are given.
pub fn zones_of_province(code: &str) -> Vec<&'static Zone> {
    let of = |p: &&OldProvince| p.code == code || p.now == code;
    let codes: Vec<u32> = CODES
        .provinces_to_2025_06
        .iter()
        .filter(of)
        .map(|p| p.epsg)
        .collect();
    ZONES.iter().filter(|z| codes.contains(&z.epsg)).collect()
}

/// Where land of the provinces on a zone has its coordinates. `None` for a zone no province is on.
pub fn window(epsg: u32) -> Option<BBox> {
    let [south, north, west, east] = zone(epsg)?.extent?;
    let there = Transform::between(VN2000_GEOGRAPHIC, epsg).ok()?;
    // Parallels and meridians are bent: their middles count too.
    let (middle, meridian) = (f64::midpoint(south, north), f64::midpoint(west, east));
    let mut window = BBox::EMPTY;
    for latitude in [south, middle, north] {
        for longitude in [west, meridian, east] {
            let [e, n] = there.apply([longitude, latitude]).ok()?;
            window = window.with(Pt::from_metres(e, n)?);
        }
    }
    Some(window)
}

/// What replaces the deprecated codes 6956–6959, whose false easting and northing are interchanged.
pub fn replacement(deprecated: u32) -> Option<u32> {
    match deprecated {
        6956..=6959 => Some(deprecated - 1060),
        _ => None,
    }
}

/// Geographic VN-2000 in degrees, longitude before latitude as in files.
pub const VN2000_GEOGRAPHIC: u32 = 4756;
/// Geographic WGS 84 in degrees, longitude before latitude as in files.
pub const WGS84: u32 = 4326;

/// UTM zones (6°, k₀ = 0.9996) met in forestry and land-use-map data: (EPSG, meridian, on VN-2000).
pub(super) const UTM: [(u32, f64, bool); 4] = [
    (3405, 105.0, true),
    (3406, 111.0, true),
    (32648, 105.0, false),
    (32649, 111.0, false),
];

/// The `.prj` text of a TM-3 zone in the ESRI form (domain.md §5.2); `None` for other codes.
pub fn wkt_prj(epsg: u32) -> Option<String> {
    let zone = zone(epsg)?;
    let (degrees, minutes) = (zone.meridian.floor(), (zone.meridian.fract() * 60.0).round());
    let meridian = decimal(zone.meridian);
    Some(format!(
        "PROJCS[\"VN-2000_TM-3_{degrees}-{minutes:02}\",GEOGCS[\"GCS_VN_2000\",DATUM[\"D_Vietnam_2000\",\
         SPHEROID[\"WGS_1984\",6378137.0,298.257223563]],PRIMEM[\"Greenwich\",0.0],\
         UNIT[\"Degree\",0.0174532925199433]],PROJECTION[\"Transverse_Mercator\"],\
         PARAMETER[\"False_Easting\",500000.0],PARAMETER[\"False_Northing\",0.0],\
         PARAMETER[\"Central_Meridian\",{meridian}],PARAMETER[\"Scale_Factor\",0.9999],\
         PARAMETER[\"Latitude_Of_Origin\",0.0],UNIT[\"Meter\",1.0]]"
    ))
}

/// WKT1 in the OGC form with EPSG codes, easting before northing, for files that state their system by code.
/// For the zones and [`WGS84`]; `None` for other codes.
pub fn wkt_ogc(epsg: u32) -> Option<String> {
    if epsg == WGS84 {
        return Some(geogcs("WGS 84", "WGS_1984", WGS84));
    }
    let zone = zone(epsg)?;
    let (base, meridian) = (
        geogcs("VN-2000", "Vietnam_2000", VN2000_GEOGRAPHIC),
        decimal(zone.meridian),
    );
    let name = format!("VN-2000 / TM-3 {}", zone.meridian_text());
    Some(format!(
        "PROJCS[\"{name}\",{base},PROJECTION[\"Transverse_Mercator\"],PARAMETER[\"latitude_of_origin\",0],\
         PARAMETER[\"central_meridian\",{meridian}],PARAMETER[\"scale_factor\",0.9999],\
         PARAMETER[\"false_easting\",500000],PARAMETER[\"false_northing\",0],\
         UNIT[\"metre\",1,AUTHORITY[\"EPSG\",\"9001\"]],AUTHORITY[\"EPSG\",\"{epsg}\"]]"
    ))
}

fn geogcs(name: &str, datum: &str, epsg: u32) -> String {
    let datum_code = if epsg == WGS84 { 6326 } else { 6756 };
    format!(
        "GEOGCS[\"{name}\",DATUM[\"{datum}\",SPHEROID[\"WGS 84\",6378137,298.257223563,AUTHORITY[\"EPSG\",\"7030\"]],\
         AUTHORITY[\"EPSG\",\"{datum_code}\"]],PRIMEM[\"Greenwich\",0,AUTHORITY[\"EPSG\",\"8901\"]],\
         UNIT[\"degree\",0.0174532925199433,AUTHORITY[\"EPSG\",\"9122\"]],AUTHORITY[\"EPSG\",\"{epsg}\"]]"
    )
}

/// 105.0, 105.75: always with a decimal point.
fn decimal(x: f64) -> String {
    format!("{x:?}")
}

/// Name of a system in words: "VN-2000, kinh tuyến trục 105°45′" … Falls back to "EPSG:n".
pub fn name(epsg: u32) -> crate::text::Msg {
    use crate::msg;
    if let Some(zone) = zone(epsg) {
        let m = zone.meridian_text();
        return msg!(
            "VN-2000 kinh tuyến trục {m} (EPSG:{epsg})",
            "VN-2000, central meridian {m} (EPSG:{epsg})"
        );
    }
    if let Some((_, meridian, vn2000)) = UTM.iter().find(|u| u.0 == epsg) {
        let (m, datum) = (
            degrees_text(*meridian),
            if *vn2000 { "VN-2000" } else { "WGS 84" },
        );
        return msg!(
            "{datum} UTM múi 6°, kinh tuyến trục {m} (EPSG:{epsg})",
            "{datum} UTM, 6° zone, central meridian {m} (EPSG:{epsg})"
        );
    }
    match epsg {
        VN2000_GEOGRAPHIC => msg!(
            "VN-2000 kinh độ/vĩ độ (EPSG:4756)",
            "VN-2000 longitude/latitude (EPSG:4756)"
        ),
        WGS84 => msg!(
            "WGS 84 kinh độ/vĩ độ (EPSG:4326)",
            "WGS 84 longitude/latitude (EPSG:4326)"
        ),
        _ => msg!("EPSG:{epsg}", "EPSG:{epsg}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_province_has_a_zone_and_every_zone_a_code() {
        assert_eq!(zones().len(), 18);
        assert!(zones().windows(2).all(|z| z[0].meridian < z[1].meridian));
        assert_eq!(zones().iter().map(|z| z.provinces.len()).sum::<usize>(), 63);
        let codes = |p| zones_of_province(p).iter().map(|z| z.epsg).collect::<Vec<_>>();
        assert_eq!(codes("01"), [5897]);
        assert_eq!(codes("79"), [9210, 5899]);
        assert_eq!(codes("999"), [0u32; 0]);
        assert_eq!(
            (6956..6960).map(replacement).collect::<Vec<_>>(),
            [5896, 5897, 5898, 5899].map(Some)
        );
        assert_eq!(zone(9210).unwrap().meridian_text(), "105°45′");
        assert_eq!(zone(5897).unwrap().meridian_text(), "105°00′");
    }

    #[test]
    fn prj_text_is_the_esri_form() {
        assert!(
            wkt_prj(9210)
                .unwrap()
                .starts_with("PROJCS[\"VN-2000_TM-3_105-45\",GEOGCS[\"GCS_VN_2000\",")
        );
        assert!(
            wkt_prj(5897)
                .unwrap()
                .contains("PARAMETER[\"Central_Meridian\",105.0]")
        );
        assert_eq!(wkt_prj(3405), None);
    }
}
