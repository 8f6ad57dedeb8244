//! `export --format`: the parcels in force as shapefile, GeoPackage, GeoJSON, FlatGeobuf or CSV.

use std::path::Path;

use crate::domain::{Failure, ParcelRecord};
use crate::formats::write::{self, Cell, Column, ColumnKind, OutputFormat, OutputRow, Table, Written};
use crate::project::Project;

/// Columns of an export, named as in gCadas so that the import of others (and ours) knows them.
const COLUMNS: [(&str, ColumnKind); 14] = [
    ("UID", ColumnKind::Text { width: 36 }),
    ("XAID", ColumnKind::Text { width: 5 }),
    ("SHBANDO", ColumnKind::Text { width: 30 }),
    ("SHTHUA", ColumnKind::Text { width: 30 }),
    ("SOTOCU", ColumnKind::Text { width: 50 }),
    ("SOTHUACU", ColumnKind::Text { width: 50 }),
    ("MATHUADAT", ColumnKind::Text { width: 12 }),
    ("DIENTICH", ColumnKind::Real { decimals: 2 }),
    ("DIENTICHPL", ColumnKind::Real { decimals: 2 }),
    ("KHLOAIDAT", ColumnKind::Text { width: 30 }),
    ("DTSD", ColumnKind::Text { width: 30 }),
    ("TENCHU", ColumnKind::Text { width: 254 }),
    ("DIACHI", ColumnKind::Text { width: 254 }),
    ("LATHUA", ColumnKind::Integer),
];

/// What to write.
#[derive(Clone, Debug)]
pub struct Options {
    pub format: OutputFormat,
    /// Codes; empty = all.
    pub communes: Vec<String>,
    pub overwrite: bool,
    /// Longitude and latitude instead of the zone's metres.
    pub wgs84: bool,
    /// Time of the act.
    pub at: jiff::Timestamp,
}

/// Writes the parcels in force to `path`. Contains personal values (names of holders).
pub fn write(project: &Project, path: &Path, options: &Options) -> Result<Written, Failure> {
    let mut fids: Vec<_> = project
        .coverage()
        .iter()
        .filter(|p| options.communes.is_empty() || options.communes.iter().any(|c| **c == *p.commune))
        .map(|p| (p.key(), p.uid, p.fid))
        .collect();
    fids.sort();
    let columns = COLUMNS.map(|(name, kind)| Column {
        name: name.to_owned(),
        kind,
    });
    let table = Table {
        layer: "thua_dat",
        columns: &columns,
        epsg: project.epsg() as u32,
        wgs84: options.wgs84,
        at: options.at,
    };
    let mut rows = fids.iter().map(|(_, _, fid)| Ok(row(project.record(*fid)?)));
    write::write(options.format, path, &table, options.overwrite, &mut rows)
}

fn row(r: ParcelRecord) -> OutputRow {
    let text = |t: Option<String>| t.filter(|t| !t.is_empty()).map_or(Cell::Null, Cell::Text);
    let real = |x: Option<f64>| x.map_or(Cell::Null, Cell::Real);
    let joined = |all: Vec<&str>| text(Some(all.join("; ")));
    let cells = vec![
        Cell::Text(r.uid.to_string()),
        text(Some(r.commune)),
        text(Some(r.sheet)),
        text(Some(r.number)),
        text(r.old_sheet),
        text(r.old_number),
        text(r.parcel_code),
        real(r.area_measured),
        real(r.area_legal),
        text(r.land_use),
        joined(r.holders.iter().filter_map(|h| h.user_type.as_deref()).collect()),
        joined(r.holders.iter().map(|h| h.name.as_str()).collect()),
        text(r.address),
        Cell::Int(i64::from(r.is_parcel)),
    ];
    (r.polygon.unwrap_or_default(), cells)
}
