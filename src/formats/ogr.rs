//! Layers read through GDAL: MapInfo TAB/MIF, GeoPackage, GeoJSON, FlatGeobuf, FileGDB, and the
//! closed shapes of DGN and DXF.
//!
//! A dataset is opened anew for each reading call: GDAL's are not shared between threads.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use gdal::vector::{Feature, LayerAccess, OGRFieldType, OGRwkbGeometryType};
use gdal::{Dataset, DatasetOptions, GdalOpenFlags};

use super::source::{
    FieldKind, Reader, SourceField, SourceGeometry, SourceLayer, SourceRecord, TextKind, Value, file_name,
    unique_names,
};
use super::wkb::{self, WkbError};
use super::{DeclaredCrs, Shape, gdal_setup, scratch};
use crate::domain::{Failure, Finding, Severity, SourceRef, Unit};
use crate::msg;
use crate::text::{Msg, Text};

/// A format read through GDAL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    MapInfo,
    GeoPackage,
    GeoJson,
    FlatGeobuf,
    FileGdb,
    Dgn,
    Dxf,
    /// Lines and points only; polygons have a reader of our own.
    Shapefile,
}

impl Format {
    /// By extension, lower case.
    pub fn of(extension: &str) -> Option<Self> {
        Some(match extension {
            "tab" | "mif" => Self::MapInfo,
            "gpkg" => Self::GeoPackage,
            "geojson" | "json" => Self::GeoJson,
            "fgb" => Self::FlatGeobuf,
            "gdb" => Self::FileGdb,
            "dgn" => Self::Dgn,
            "dxf" => Self::Dxf,
            _ => return None,
        })
    }

    fn driver(self) -> &'static str {
        match self {
            Self::MapInfo => "MapInfo File",
            Self::GeoPackage => "GPKG",
            Self::GeoJson => "GeoJSON",
            Self::FlatGeobuf => "FlatGeobuf",
            Self::FileGdb => "OpenFileGDB",
            Self::Dgn => "DGN",
            Self::Dxf => "DXF",
            Self::Shapefile => "ESRI Shapefile",
        }
    }

    /// Whether text comes as bytes in an encoding nobody states reliably.
    fn has_raw_text(self) -> bool {
        matches!(self, Self::MapInfo | Self::Dgn | Self::Dxf)
    }

    /// Drawings hold lines and texts beside the shapes; only shapes are records.
    fn is_drawing(self) -> bool {
        matches!(self, Self::Dgn | Self::Dxf)
    }
}

/// The filter that keeps the shapes of a drawing (OGR SQL special field).
const SHAPES: &str =
    "OGR_GEOMETRY = 'POLYGON' OR OGR_GEOMETRY = 'MULTIPOLYGON' OR OGR_GEOMETRY = 'CURVEPOLYGON'";

/// What reading a layer again needs.
#[derive(Debug)]
pub(super) struct OgrLayer {
    format: Format,
    /// What the person named, for messages.
    file: PathBuf,
    /// What GDAL opens: `file`, or a copy with another charset line.
    opened: PathBuf,
    /// Keeps the copy alive.
    _copy: Option<Arc<scratch::Scratch>>,
    layer: usize,
    records: u64,
    kinds: Vec<FieldKind>,
    raw_text: bool,
}

pub(super) const UNREADABLE: Text = Text::new(
    "không đọc được tệp; tệp có thể đã hỏng",
    "the file cannot be read; it may be damaged",
);
const NOT_FINITE: Text = Text::new(
    "tọa độ không phải là số hữu hạn (NaN hoặc vô cực)",
    "a coordinate is not a finite number (NaN or infinite)",
);
const DAMAGED: Text = Text::new(
    "hình của bản ghi bị hỏng",
    "the geometry of the record is damaged",
);
const NO_POLYGONS: Text = Text::new(
    "tệp không có lớp dạng vùng (Polygon)",
    "the file has no layer of polygons",
);
const OTHER_FILE: Text = Text::new(
    "Hãy chọn tệp hoặc lớp chứa thửa đất dạng vùng.",
    "Choose the file or layer that holds the parcels as polygons.",
);

/// Opens the polygon layers of a file, or the one named.
///
/// Fails with SOURCE_UNREADABLE, SOURCE_NO_LAYER (naming those there are) or SOURCE_NO_POLYGONS.
pub(super) fn open(path: &Path, format: Format, wanted: Option<&str>) -> Result<Vec<SourceLayer>, Failure> {
    gdal_setup::ensure()?;
    let sha256 = scratch::sha256_of_set(path, format == Format::FileGdb).map_err(|e| {
        Failure::new(
            "SOURCE_UNREADABLE",
            msg!("không đọc được tệp: {e}", "the file cannot be read: {e}"),
        )
        .file(path)
    })?;
    let (opened, copy, charset) = match format {
        Format::MapInfo => {
            let copy = scratch::with_latin1_charset(path)?;
            (copy.path, Some(Arc::new(copy.folder)), copy.charset)
        }
        _ => (path.to_owned(), None, None),
    };
    let dataset = open_dataset(&opened, format).map_err(|f| f.file(path))?;
    let mut names = Vec::new();
    let mut layers = Vec::new();
    for (index, mut layer) in dataset.layers().enumerate() {
        let name = layer.name();
        let kind = gdal::vector::geometry_type_flatten(layer.defn().geometry_type());
        names.push(format!("{name} ({})", gdal::vector::geometry_type_to_name(kind)));
        if wanted.is_some_and(|w| w != name) || (wanted.is_none() && !may_hold_polygons(kind)) {
            continue;
        }
        if !may_hold_polygons(kind) {
            return Err(no_polygons(path, &names));
        }
        let all = layer.feature_count();
        if format.is_drawing() {
            layer
                .set_attribute_filter(SHAPES)
                .map_err(|_| gdal_failure(Msg::from(UNREADABLE)).file(path))?;
        }
        let fields = fields(&layer, format.has_raw_text());
        let records = layer.feature_count();
        layers.push(SourceLayer {
            file: path.to_owned(),
            layer: (format != Format::MapInfo).then_some(name),
            sha256: sha256.clone(),
            records,
            text: if format.has_raw_text() {
                TextKind::Bytes {
                    cpg: charset.clone(),
                    ldid: None,
                }
            } else {
                TextKind::Unicode
            },
            declared_crs: stated_in_head(path, format).or_else(|| declared(&layer)),
            findings: skipped(path, all - records.min(all)),
            reader: Reader::Ogr(OgrLayer {
                format,
                file: path.to_owned(),
                opened: opened.clone(),
                _copy: copy.clone(),
                layer: index,
                records,
                kinds: fields.iter().map(|f| f.kind).collect(),
                raw_text: format.has_raw_text(),
            }),
            fields,
        });
    }
    if layers.is_empty() {
        return Err(match wanted {
            Some(wanted) => no_layer(path, wanted, &names),
            None => no_polygons(path, &names),
        });
    }
    Ok(layers)
}

pub(super) fn open_dataset(path: &Path, format: Format) -> Result<Dataset, Failure> {
    gdal_setup::ensure()?;
    let drivers = [format.driver()];
    // Without the flag SQLite would leave -shm and -wal beside the file; with a -wal there, that holds data.
    let quiet = format == Format::GeoPackage && !scratch::with_suffix(path, "-wal").exists();
    let options: &[&str] = match format {
        Format::GeoPackage if quiet => &["IMMUTABLE=YES"],
        Format::Dgn => &["ENCODING=ISO-8859-1"],
        _ => &[],
    };
    Dataset::open_ex(
        path,
        DatasetOptions {
            open_flags: GdalOpenFlags::GDAL_OF_VECTOR | GdalOpenFlags::GDAL_OF_READONLY,
            allowed_drivers: Some(&drivers),
            open_options: Some(options),
            sibling_files: None,
        },
    )
    .map_err(|_| gdal_failure(Msg::from(UNREADABLE)))
}

/// A SOURCE_UNREADABLE with what GDAL said.
pub(super) fn gdal_failure(message: Msg) -> Failure {
    let said = gdal_setup::take_errors().join("; ");
    if said.is_empty() {
        return Failure::new("SOURCE_UNREADABLE", message);
    }
    let Msg { vi, en } = message;
    Failure::new("SOURCE_UNREADABLE", msg!("{vi} ({said})", "{en} ({said})"))
}

fn may_hold_polygons(kind: OGRwkbGeometryType::Type) -> bool {
    use OGRwkbGeometryType as G;
    matches!(
        kind,
        G::wkbPolygon
            | G::wkbMultiPolygon
            | G::wkbCurvePolygon
            | G::wkbMultiSurface
            | G::wkbSurface
            | G::wkbTriangle
            | G::wkbPolyhedralSurface
            | G::wkbTIN
            | G::wkbUnknown
            | G::wkbGeometryCollection
    )
}

fn no_polygons(path: &Path, names: &[String]) -> Failure {
    let Msg { vi, en } = NO_POLYGONS.into();
    let list = names.join(", ");
    Failure::new("SOURCE_NO_POLYGONS", msg!("{vi}: {list}", "{en}: {list}"))
        .file(path)
        .remedy(OTHER_FILE)
}

fn no_layer(path: &Path, wanted: &str, names: &[String]) -> Failure {
    let list = names.join(", ");
    Failure::new(
        "SOURCE_NO_LAYER",
        msg!(
            "tệp không có lớp {wanted}; có: {list}",
            "the file has no layer {wanted}; it has: {list}"
        ),
    )
    .file(path)
}

fn skipped(path: &Path, count: u64) -> Vec<Finding> {
    if count == 0 {
        return Vec::new();
    }
    let mut finding = Finding::new("SOURCE_NOT_SHAPES", Severity::Info);
    finding.amount = Some(count as f64);
    finding.unit = Some(Unit::Count);
    finding.source = Some(SourceRef {
        file: file_name(path),
        record: None,
        field: None,
    });
    vec![finding]
}

fn fields(layer: &impl LayerAccess, raw_text: bool) -> Vec<SourceField> {
    let mut fields: Vec<SourceField> = layer
        .defn()
        .fields()
        .map(|f| {
            let name = f.name();
            SourceField {
                name: if raw_text { utf8_of_latin1(&name) } else { name },
                kind: kind(f.field_type()),
                width: usize::try_from(f.width()).unwrap_or(0),
            }
        })
        .collect();
    unique_names(&mut fields);
    fields
}

fn kind(t: OGRFieldType::Type) -> FieldKind {
    use OGRFieldType as T;
    match t {
        T::OFTString => FieldKind::Text,
        T::OFTInteger | T::OFTInteger64 => FieldKind::Integer,
        T::OFTReal => FieldKind::Real,
        T::OFTDate => FieldKind::Date,
        _ => FieldKind::Other,
    }
}

/// A text GDAL made of bytes one by one: its UTF-8 reading when it is one.
fn utf8_of_latin1(text: &str) -> String {
    let bytes = latin1_bytes(text);
    String::from_utf8(bytes).unwrap_or_else(|_| text.to_owned())
}

/// ISO 8859-1 is the one charset in which every byte is the character of the same number.
fn latin1_bytes(text: &str) -> Vec<u8> {
    text.chars()
        .map(|c| u8::try_from(u32::from(c)).unwrap_or(b'?'))
        .collect()
}

pub(super) fn declared(layer: &impl LayerAccess) -> Option<DeclaredCrs> {
    let srs = layer.spatial_ref()?;
    let wkt = srs.to_wkt().ok()?;
    let name = srs.name().unwrap_or_default();
    // GeoPackage's srs_id -1 and 0: the file says that it does not say.
    if name.starts_with("Undefined") {
        return None;
    }
    let epsg = match (srs.auth_name().as_deref(), srs.auth_code()) {
        (Some("EPSG"), Ok(code)) => u32::try_from(code).ok(),
        _ => None,
    };
    Some(DeclaredCrs { wkt, epsg, name })
}

/// The system as GeoJSON and FlatGeobuf state it at their beginning. GDAL asks `proj.db` for it, and
/// silently says WGS 84 or nothing when a broken one lies in the current folder.
pub(super) fn stated_in_head(path: &Path, format: Format) -> Option<DeclaredCrs> {
    if !matches!(format, Format::GeoJson | Format::FlatGeobuf) {
        return None;
    }
    let mut head = Vec::new();
    File::open(path).ok()?.take(HEAD).read_to_end(&mut head).ok()?;
    let head = String::from_utf8_lossy(&head);
    if format == Format::GeoJson {
        let (_, member) = head.split_once("\"crs\"")?;
        let (_, name) = member.split_once("EPSG:")?;
        let code: String = name
            .trim_start_matches(':')
            .chars()
            .take_while(char::is_ascii_digit)
            .collect();
        return DeclaredCrs::from_wkt(&format!("EPSG:{code}")).filter(|d| d.epsg.is_some());
    }
    let start = ["PROJCRS[", "PROJCS[", "GEOGCRS[", "GEOGCS["]
        .iter()
        .find_map(|key| head.find(key))?;
    DeclaredCrs::from_wkt(head[start..].split('\0').next()?)
}

/// Both stand before the features.
const HEAD: u64 = 16 << 10;

impl OgrLayer {
    /// See [`SourceLayer::read`].
    pub fn read(
        &self,
        range: std::ops::Range<u64>,
        each: &mut dyn FnMut(SourceRecord<'_>) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        if range.is_empty() {
            return Ok(());
        }
        let place = |f: Failure| f.file(&self.file);
        let dataset = open_dataset(&self.opened, self.format).map_err(place)?;
        let mut layer = dataset
            .layer(self.layer)
            .map_err(|_| place(gdal_failure(UNREADABLE.into())))?;
        if self.format.is_drawing() {
            layer
                .set_attribute_filter(SHAPES)
                .map_err(|_| place(gdal_failure(UNREADABLE.into())))?;
        }
        let mut shape = Shape::default();
        let mut row = Row::default();
        let mut number = 0;
        let skip = usize::try_from(range.start).unwrap_or(usize::MAX);
        for feature in layer
            .features()
            .skip(skip)
            .take(usize::try_from(range.end - range.start).unwrap_or(usize::MAX))
        {
            number += 1;
            let record = range.start + number;
            let geometry = self.geometry(&feature, record, &mut shape);
            row.fill(&feature, &self.kinds, self.raw_text);
            each(SourceRecord {
                number: record,
                geometry,
                values: &row.values(),
                deleted: false,
                no_attributes: None,
            })?;
        }
        if range.start + number < range.end.min(self.records) {
            return Err(place(gdal_failure(UNREADABLE.into())).record(range.start + number + 1));
        }
        Ok(())
    }

    fn geometry<'a>(&self, feature: &Feature<'_>, record: u64, shape: &'a mut Shape) -> SourceGeometry<'a> {
        let Ok(geometry) = feature.geometry_by_index(0) else {
            return SourceGeometry::Null;
        };
        let Ok(bytes) = geometry.iso_wkb() else {
            let failure = Failure::new("SOURCE_GEOMETRY", DAMAGED)
                .file(&self.file)
                .record(record);
            return SourceGeometry::Bad {
                failure,
                wkb: Vec::new(),
            };
        };
        let failure = match wkb::parse(&bytes, shape) {
            Ok(()) if shape.is_empty() => return SourceGeometry::Null,
            Ok(()) => return SourceGeometry::Polygon(shape),
            Err(WkbError::Damaged) => Failure::new("SOURCE_GEOMETRY", DAMAGED),
            Err(WkbError::NotFinite) => Failure::new("SOURCE_COORDINATE", NOT_FINITE),
            Err(WkbError::NotPolygon(_)) => {
                let name = geometry.geometry_name();
                Failure::new(
                    "SOURCE_SHAPE_TYPE",
                    msg!(
                        "hình kiểu {name} không phải là vùng",
                        "a geometry of type {name} is not a polygon"
                    ),
                )
            }
        };
        SourceGeometry::Bad {
            failure: failure.file(&self.file).record(record),
            wkb: bytes,
        }
    }
}

/// The values of one feature, owned, because GDAL's texts end with the feature.
#[derive(Default)]
struct Row(Vec<Owned>);

enum Owned {
    Null,
    Bytes(Vec<u8>),
    Text(String),
    Int(i64),
    Real(f64),
}

impl Row {
    fn fill(&mut self, feature: &Feature<'_>, kinds: &[FieldKind], raw_text: bool) {
        self.0.clear();
        for (i, kind) in kinds.iter().enumerate() {
            let value = match kind {
                _ if !is_set(feature, i) => None,
                FieldKind::Integer => feature.field_as_integer64(i).ok().flatten().map(Owned::Int),
                FieldKind::Real => feature.field_as_double(i).ok().flatten().map(Owned::Real),
                _ => feature.field_as_string(i).ok().flatten().map(|s| match raw_text {
                    true => Owned::Bytes(trimmed(latin1_bytes(&s))),
                    false => Owned::Text(s),
                }),
            };
            self.0.push(value.unwrap_or(Owned::Null));
        }
    }

    fn values(&self) -> Vec<Value<'_>> {
        self.0
            .iter()
            .map(|v| match v {
                Owned::Null => Value::Null,
                Owned::Bytes(b) if b.is_empty() => Value::Null,
                Owned::Bytes(b) => Value::Bytes(b),
                Owned::Text(s) => Value::Text(s),
                Owned::Int(i) => Value::Int(*i),
                Owned::Real(x) => Value::Real(*x),
            })
            .collect()
    }
}

/// Whether the file has a value. The binding asks only for "null", and reads a property that a GeoJSON
/// or FlatGeobuf feature does not have at all as 0 or "".
#[allow(unsafe_code)]
fn is_set(feature: &Feature<'_>, field: usize) -> bool {
    let Ok(field) = i32::try_from(field) else {
        return false;
    };
    // SAFETY: the pointer is the feature's own, alive during the call, which only reads; GDAL checks the index.
    unsafe { gdal_sys::OGR_F_IsFieldSetAndNotNull(feature.c_feature(), field) != 0 }
}

/// MapInfo fields are filled like those of a DBF.
fn trimmed(mut bytes: Vec<u8>) -> Vec<u8> {
    let end = bytes
        .iter()
        .rposition(|&b| b != b' ' && b != 0)
        .map_or(0, |i| i + 1);
    bytes.truncate(end);
    bytes
}
