//! Parcels written for other programs: shapefile, GeoPackage, GeoJSON, FlatGeobuf and MapInfo TAB
//! through GDAL, CSV without geometry. A file appears under its name only when it is complete.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use gdal::DriverManager;
use gdal::config;
use gdal::spatial_ref::{AxisMappingStrategy, SpatialRef};
use gdal::vector::{
    Feature, FieldDefn, Geometry, LayerAccess, LayerOptions, OGRFieldType, OGRwkbGeometryType,
};
use unicode_normalization::char::is_combining_mark;

use super::source::file_name;
use super::{gdal_setup, scratch::Scratch};
use crate::crs::{self, Transform};
use crate::domain::{Failure, Finding, Polygon, Pt, Severity, SourceRef};
use crate::msg;
use crate::text::Text;

/// A format written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OutputFormat {
    Shp,
    Gpkg,
    GeoJson,
    FlatGeobuf,
    Tab,
    /// Attributes only.
    Csv,
}

/// A column to write.
#[derive(Clone, Debug)]
pub struct Column {
    /// At most 10 bytes of it reach a shapefile.
    pub name: String,
    pub kind: ColumnKind,
}

/// Type of a column to write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColumnKind {
    /// Bytes of UTF-8 in formats of fixed width (shapefile at most 254); others are not cut.
    Text {
        width: u8,
    },
    Integer,
    Real {
        decimals: u8,
    },
}

/// A value to write.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    Null,
    Text(String),
    Int(i64),
    Real(f64),
}

/// What is written besides the rows.
#[derive(Clone, Debug)]
pub struct Table<'a> {
    /// Name of the layer, where the format has one.
    pub layer: &'a str,
    pub columns: &'a [Column],
    /// The zone the polygons are in.
    pub epsg: u32,
    /// Write longitude and latitude on WGS 84 instead of the zone's metres.
    pub wgs84: bool,
    /// Time of the act: goes where a format wants a date, so that the same call gives the same bytes.
    pub at: jiff::Timestamp,
}

/// A row: its surface and one value per column.
pub type OutputRow = (Polygon, Vec<Cell>);

/// What was written.
#[derive(Clone, Debug, Default)]
pub struct Written {
    pub features: u64,
    /// EXPORT_TEXT_CUT: texts that did not fit their column, each with record and field.
    pub findings: Vec<Finding>,
}

const EXISTS: Text = Text::new("tệp đã tồn tại", "the file exists already");
const USE_OVERWRITE: Text = Text::new(
    "Hãy chọn tên khác hoặc cho phép ghi đè.",
    "Choose another name or allow to overwrite.",
);
const ROW_WIDTH: Text = Text::new(
    "số giá trị khác số cột",
    "the number of values is not the number of columns",
);

/// Writes all rows to `path`, replacing a file there when `overwrite`. On failure nothing changed.
pub fn write(
    format: OutputFormat,
    path: &Path,
    table: &Table<'_>,
    overwrite: bool,
    rows: &mut dyn Iterator<Item = Result<OutputRow, Failure>>,
) -> Result<Written, Failure> {
    if path.exists() && !overwrite {
        return Err(Failure::new("EXPORT_EXISTS", EXISTS)
            .file(path)
            .remedy(USE_OVERWRITE));
    }
    let folder = path
        .parent()
        .filter(|p| !p.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    let scratch = Scratch::inside(folder).map_err(|e| failed(path, &e))?;
    let unfinished = scratch.path().join(file_name(path));
    let written = match format {
        OutputFormat::Csv => write_csv(&unfinished, table, rows),
        _ => write_gdal(format, &unfinished, table, rows),
    };
    let written = written.map_err(|f| if f.at_file().is_none() { f.file(path) } else { f })?;
    if format == OutputFormat::Shp && !table.wgs84 {
        let prj = crs::wkt_prj(table.epsg).unwrap_or_default();
        fs::write(unfinished.with_extension("prj"), prj).map_err(|e| failed(path, &e))?;
    }
    move_all(scratch.path(), folder, path).map_err(|e| failed(path, &e))?;
    Ok(written)
}

fn failed(path: &Path, cause: &io::Error) -> Failure {
    Failure::new(
        "EXPORT_WRITE",
        msg!("không ghi được: {cause}", "cannot be written: {cause}"),
    )
    .file(path)
}

/// Moves what was made to its place; the named file last, so that it stands for a complete set.
fn move_all(from: &Path, folder: &Path, last: &Path) -> io::Result<()> {
    let entries = fs::read_dir(from)?
        .map(|e| Ok(e?.path()))
        .collect::<io::Result<Vec<PathBuf>>>()?;
    let mut files: Vec<PathBuf> = entries.into_iter().filter(|p| p.is_file()).collect();
    files.sort_by_key(|p| (p.file_name() == last.file_name(), p.clone()));
    for file in files {
        fs::File::open(&file)?.sync_all()?;
        fs::rename(&file, folder.join(file_name(&file)))?;
    }
    Ok(())
}

fn write_csv(
    path: &Path,
    table: &Table<'_>,
    rows: &mut dyn Iterator<Item = Result<OutputRow, Failure>>,
) -> Result<Written, Failure> {
    let fail = |e: csv::Error| failed(path, &e.into());
    let mut file = fs::File::create(path).map_err(|e| failed(path, &e))?;
    // Without the mark, spreadsheets on Windows read Vietnamese as windows-1258.
    io::Write::write_all(&mut file, "\u{feff}".as_bytes()).map_err(|e| failed(path, &e))?;
    let mut out = csv::Writer::from_writer(file);
    out.write_record(table.columns.iter().map(|c| &c.name))
        .map_err(fail)?;
    let mut written = Written::default();
    for row in rows {
        let (_, cells) = row?;
        check_width(table, &cells)?;
        out.write_record(
            cells
                .iter()
                .zip(table.columns)
                .map(|(cell, column)| csv_text(cell, column.kind)),
        )
        .map_err(fail)?;
        written.features += 1;
    }
    out.flush().map_err(|e| failed(path, &e))?;
    Ok(written)
}

fn csv_text(cell: &Cell, kind: ColumnKind) -> String {
    match (cell, kind) {
        (Cell::Null, _) => String::new(),
        (Cell::Text(s), _) => s.clone(),
        (Cell::Int(i), _) => i.to_string(),
        (Cell::Real(x), ColumnKind::Real { decimals }) => format!("{x:.*}", usize::from(decimals)),
        (Cell::Real(x), _) => x.to_string(),
    }
}

fn check_width(table: &Table<'_>, cells: &[Cell]) -> Result<(), Failure> {
    if cells.len() == table.columns.len() {
        Ok(())
    } else {
        Err(Failure::new("EXPORT_WRITE", ROW_WIDTH))
    }
}

fn driver(format: OutputFormat) -> &'static str {
    match format {
        OutputFormat::Shp => "ESRI Shapefile",
        OutputFormat::Gpkg => "GPKG",
        OutputFormat::GeoJson => "GeoJSON",
        OutputFormat::FlatGeobuf => "FlatGeobuf",
        OutputFormat::Tab => "MapInfo File",
        OutputFormat::Csv => "CSV",
    }
}

fn layer_options(format: OutputFormat, table: &Table<'_>) -> Vec<String> {
    let date = table.at.strftime("%Y-%m-%d").to_string();
    let options: &[&str] = match format {
        OutputFormat::Shp => &["ENCODING=UTF-8", "DBF_DATE_LAST_UPDATE="],
        OutputFormat::Gpkg => &["GEOMETRY_NAME=geom", "FID=fid"],
        OutputFormat::GeoJson if table.wgs84 => &["RFC7946=YES", "COORDINATE_PRECISION=9"],
        OutputFormat::GeoJson => &["COORDINATE_PRECISION=3"],
        // TAB stores integers over a range of 2·10⁹: a box 2000 km wide gives whole millimetres, and this
        // one holds the country in any zone.
        OutputFormat::Tab if !table.wgs84 => &["BOUNDS=-500000,700000,1500000,2700000"],
        _ => &[],
    };
    options
        .iter()
        .map(|o| {
            if o.ends_with("UPDATE=") {
                format!("{o}{date}")
            } else {
                (*o).to_owned()
            }
        })
        .collect()
}

fn write_gdal(
    format: OutputFormat,
    path: &Path,
    table: &Table<'_>,
    rows: &mut dyn Iterator<Item = Result<OutputRow, Failure>>,
) -> Result<Written, Failure> {
    gdal_setup::ensure()?;
    let stamp = table.at.strftime("%Y-%m-%dT%H:%M:%S.000Z").to_string();
    config::set_thread_local_config_option("OGR_CURRENT_DATE", &stamp).map_err(|e| gdal_failed(&e))?;
    let written = write_dataset(format, path, table, rows);
    config::clear_thread_local_config_option("OGR_CURRENT_DATE").map_err(|e| gdal_failed(&e))?;
    written
}

fn write_dataset(
    format: OutputFormat,
    path: &Path,
    table: &Table<'_>,
    rows: &mut dyn Iterator<Item = Result<OutputRow, Failure>>,
) -> Result<Written, Failure> {
    let fail = |e: gdal::errors::GdalError| gdal_failed(&e);
    let driver = DriverManager::get_driver_by_name(driver(format)).map_err(fail)?;
    let mut dataset = driver.create_vector_only(path).map_err(fail)?;
    let srs = spatial_ref(if table.wgs84 { crs::WGS84 } else { table.epsg })?;
    let options = layer_options(format, table);
    let options: Vec<&str> = options.iter().map(String::as_str).collect();
    let mut written = Written::default();
    let mut inserts = |dataset: &mut gdal::Dataset, written: &mut Written| -> Result<(), Failure> {
        let layer = dataset.create_layer(LayerOptions {
            name: table.layer,
            srs: Some(&srs),
            ty: OGRwkbGeometryType::wkbPolygon,
            options: Some(&options),
        });
        let layer = layer.map_err(fail)?;
        add_columns(&layer, format, table)?;
        insert(&layer, format, table, rows, written)
    };
    if format == OutputFormat::Gpkg {
        let mut transaction = dataset.start_transaction().map_err(fail)?;
        inserts(&mut transaction, &mut written)?;
        transaction.commit().map_err(fail)?;
    } else {
        inserts(&mut dataset, &mut written)?;
    }
    dataset.close().map_err(fail)?;
    let errors = gdal_setup::take_errors();
    if errors.is_empty() {
        Ok(written)
    } else {
        Err(said(&errors.join("; ")))
    }
}

fn gdal_failed(error: &gdal::errors::GdalError) -> Failure {
    let mut errors = gdal_setup::take_errors();
    errors.push(error.to_string());
    said(&errors.join("; "))
}

fn said(text: &str) -> Failure {
    Failure::new(
        "EXPORT_WRITE",
        msg!("GDAL không ghi được: {text}", "GDAL cannot write: {text}"),
    )
}

/// From our own text, not by code: no `proj.db` is asked.
fn spatial_ref(epsg: u32) -> Result<SpatialRef, Failure> {
    let wkt = crs::wkt_ogc(epsg).ok_or_else(|| {
        Failure::new(
            "CRS_UNKNOWN",
            msg!("không biết hệ tọa độ EPSG:{epsg}", "EPSG:{epsg} is not known"),
        )
    })?;
    let mut srs = SpatialRef::from_wkt(&wkt).map_err(|e| gdal_failed(&e))?;
    srs.set_axis_mapping_strategy(AxisMappingStrategy::TraditionalGisOrder);
    Ok(srs)
}

fn add_columns(layer: &impl LayerAccess, format: OutputFormat, table: &Table<'_>) -> Result<(), Failure> {
    let fail = |e: gdal::errors::GdalError| gdal_failed(&e);
    for column in table.columns {
        let kind = match column.kind {
            ColumnKind::Text { .. } => OGRFieldType::OFTString,
            ColumnKind::Integer => OGRFieldType::OFTInteger64,
            ColumnKind::Real { .. } => OGRFieldType::OFTReal,
        };
        let field = FieldDefn::new(&column.name, kind).map_err(fail)?;
        if has_widths(format) {
            match column.kind {
                ColumnKind::Text { width } => field.set_width(i32::from(width)),
                ColumnKind::Integer => field.set_width(18),
                ColumnKind::Real { decimals } => {
                    field.set_width(20);
                    field.set_precision(i32::from(decimals));
                }
            }
        }
        field.add_to_layer(layer).map_err(fail)?;
    }
    Ok(())
}

fn has_widths(format: OutputFormat) -> bool {
    matches!(format, OutputFormat::Shp | OutputFormat::Tab)
}

fn insert(
    layer: &impl LayerAccess,
    format: OutputFormat,
    table: &Table<'_>,
    rows: &mut dyn Iterator<Item = Result<OutputRow, Failure>>,
    written: &mut Written,
) -> Result<(), Failure> {
    let fail = |e: gdal::errors::GdalError| gdal_failed(&e);
    let to = if table.wgs84 { crs::WGS84 } else { table.epsg };
    let transform = Transform::between(table.epsg, to)?;
    let mut wkb = Vec::new();
    for row in rows {
        let (polygon, cells) = row?;
        check_width(table, &cells)?;
        let record = written.features + 1;
        let mut feature = Feature::new(layer.defn()).map_err(fail)?;
        for (i, (cell, column)) in cells.iter().zip(table.columns).enumerate() {
            set_cell(&mut feature, i, cell, column, has_widths(format), || {
                cut_finding(record, column, written)
            })?;
        }
        if !polygon.rings.is_empty() {
            polygon_wkb(&polygon, &transform, &mut wkb)?;
            feature
                .set_geometry(Geometry::from_wkb(&wkb).map_err(fail)?)
                .map_err(fail)?;
        }
        feature.create(layer).map_err(fail)?;
        written.features += 1;
    }
    Ok(())
}

fn cut_finding(record: u64, column: &Column, written: &mut Written) {
    let mut finding = Finding::new("EXPORT_TEXT_CUT", Severity::Warning);
    finding.source = Some(SourceRef {
        file: String::new(),
        record: Some(record),
        field: Some(column.name.clone()),
    });
    written.findings.push(finding);
}

fn set_cell(
    feature: &mut Feature<'_>,
    i: usize,
    cell: &Cell,
    column: &Column,
    fixed_width: bool,
    was_cut: impl FnOnce(),
) -> Result<(), Failure> {
    let done = match cell {
        Cell::Null => feature.set_field_null(i),
        Cell::Int(x) => feature.set_field_integer64(i, *x),
        Cell::Real(x) => feature.set_field_double(i, *x),
        Cell::Text(s) => {
            // A text with NUL cannot pass through C; it can come from a raw DBF.
            let s = s.replace('\0', "");
            let kept = match column.kind {
                ColumnKind::Text { width } if fixed_width => cut(&s, usize::from(width)),
                _ => &s,
            };
            if kept.len() < s.len() {
                was_cut();
            }
            feature.set_field_string(i, kept)
        }
    };
    done.map_err(|e| gdal_failed(&e))
}

/// The longest beginning of at most `bytes` bytes that ends between letters: a letter keeps its marks.
fn cut(text: &str, bytes: usize) -> &str {
    if text.len() <= bytes {
        return text;
    }
    let ends_letter = |at: usize| !text[at..].chars().next().is_some_and(is_combining_mark);
    let at = (0..=bytes)
        .rev()
        .find(|&at| text.is_char_boundary(at) && ends_letter(at))
        .unwrap_or(0);
    &text[..at]
}

/// WKB of a lattice polygon, rings closed, after the transform.
fn polygon_wkb(polygon: &Polygon, transform: &Transform, out: &mut Vec<u8>) -> Result<(), Failure> {
    out.clear();
    out.push(1);
    out.extend(3u32.to_le_bytes());
    out.extend((polygon.rings.len() as u32).to_le_bytes());
    for ring in &polygon.rings {
        out.extend((ring.len() as u32 + 1).to_le_bytes());
        for &point in ring.iter().chain(ring.first()) {
            let [x, y] = transform.apply(metres(point))?;
            out.extend(x.to_le_bytes());
            out.extend(y.to_le_bytes());
        }
    }
    Ok(())
}

fn metres(point: Pt) -> [f64; 2] {
    let (e, n) = point.metres();
    [e, n]
}

#[cfg(test)]
mod tests {
    use super::cut;

    #[test]
    fn texts_are_cut_between_letters() {
        assert_eq!(cut("Nguyễn", 20), "Nguyễn");
        // "ễ" takes three bytes: 4 + 3.
        assert_eq!(cut("Nguyễn", 6), "Nguy");
        assert_eq!(cut("Nguyễn", 7), "Nguyễ");
        assert_eq!(cut("a\u{302}b", 2), "");
        assert_eq!(cut("a\u{302}b", 3), "a\u{302}");
        assert_eq!(cut("ễ", 1), "");
    }
}
