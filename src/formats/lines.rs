//! Geometries of any kind as lines, for reference layers: points, lines, outlines of polygons; no attributes.
//! Through GDAL, shapefiles too: ours reads polygons only.

use std::path::{Path, PathBuf};

use gdal::vector::{LayerAccess, OGRwkbGeometryType};

use super::ogr::{self, Format};
use super::shp;
use super::{DeclaredCrs, wkb};
use crate::domain::Failure;
use crate::job::Progress;
use crate::msg;
use crate::text::Text;

/// Larger files are no reference for one district.
const MOST_BYTES: u64 = 2 << 30;
/// Records read between two looks at the progress.
const CHUNK: u64 = 2_000;

const READING: Text = Text::new("Đọc hình", "Reading geometries");
const KINDS: Text = Text::new(
    "Đọc được: SHP, TAB, MIF, GPKG, GeoJSON, FGB, GDB, DGN V7, DXF, và CSV, TXT có tọa độ.",
    "Readable are SHP, TAB, MIF, GPKG, GeoJSON, FGB, GDB, DGN V7, DXF, and CSV or TXT with coordinates.",
);

/// Gets the number of a record (from 1) and a line of it.
pub type Each<'a> = dyn FnMut(u64, &[[f64; 2]]) -> Result<(), Failure> + 'a;

/// A layer of a file, opened.
#[derive(Debug)]
pub struct LineLayer {
    pub declared_crs: Option<DeclaredCrs>,
    pub records: u64,
    file: PathBuf,
    format: Format,
    index: usize,
}

/// Opens all layers with geometries. `SOURCE_NOT_FOUND`, `SOURCE_KIND`, `SOURCE_UNREADABLE`, `REFERENCE_TOO_LARGE`,
/// `SOURCE_NO_LAYER`.
pub fn open(path: &Path) -> Result<Vec<LineLayer>, Failure> {
    let path = &super::open::whole(path)?;
    let format = format_of(path)?;
    let size = std::fs::metadata(path).map_or(0, |m| m.len());
    if size > MOST_BYTES {
        return Err(too_large().file(path));
    }
    let prj = match format {
        Format::Shapefile => shp::declared(path),
        _ => None,
    };
    let dataset = ogr::open_dataset(path, format).map_err(|f| f.file(path))?;
    let mut layers = Vec::new();
    for (index, layer) in dataset.layers().enumerate() {
        if layer.defn().geometry_type() == OGRwkbGeometryType::wkbNone {
            continue;
        }
        let stated = || ogr::stated_in_head(path, format).or_else(|| ogr::declared(&layer));
        layers.push(LineLayer {
            declared_crs: prj.clone().or_else(stated),
            records: layer.feature_count(),
            file: path.to_owned(),
            format,
            index,
        });
    }
    if layers.is_empty() {
        let message = msg!(
            "tệp không có lớp nào có hình",
            "the file has no layer with geometries"
        );
        return Err(Failure::new("SOURCE_NO_LAYER", message).file(path));
    }
    Ok(layers)
}

fn format_of(path: &Path) -> Result<Format, Failure> {
    let extension = super::open::extension(path);
    let format = match extension.as_str() {
        "shp" => Some(Format::Shapefile),
        other => Format::of(other),
    };
    format.ok_or_else(|| {
        let message = msg!(
            "không đọc được loại tệp “.{extension}”",
            "files of kind “.{extension}” cannot be read"
        );
        Failure::new("SOURCE_KIND", message).file(path).remedy(KINDS)
    })
}

/// The file or what is read of it is too large to lie over the map.
pub fn too_large() -> Failure {
    let message = msg!(
        "tệp quá lớn để làm lớp tham chiếu",
        "the file is too large for a reference layer"
    );
    Failure::new("REFERENCE_TOO_LARGE", message).remedy(msg!(
        "Hãy cắt lấy phần của địa bàn rồi thêm lại.",
        "Cut out the part of the district and add that."
    ))
}

impl LineLayer {
    /// Hands over the number of each record (from 1) and each line of it, in the file's axis order, curves
    /// made straight; a line of one point is a point. The number of records that cannot be read is given back.
    /// Fails when the file can no longer be read, with `CANCELLED`, or with what `each` returns.
    pub fn read(&self, progress: &Progress, each: &mut Each<'_>) -> Result<u64, Failure> {
        let dataset = ogr::open_dataset(&self.file, self.format).map_err(|f| f.file(&self.file))?;
        let mut layer = dataset.layer(self.index).map_err(|_| self.gone())?;
        progress.stage(READING, self.records)?;
        let (mut number, mut bad) = (0, 0);
        for feature in layer.features() {
            number += 1;
            if number % CHUNK == 0 {
                progress.step(CHUNK)?;
            }
            // A record without a geometry is no fault.
            let Ok(geometry) = feature.geometry_by_index(0) else {
                continue;
            };
            let mut lines = Vec::new();
            let read = geometry
                .iso_wkb()
                .ok()
                .map(|bytes| wkb::lines(&bytes, &mut lines));
            bad += u64::from(!matches!(read, Some(Ok(()))));
            if matches!(read, Some(Ok(()))) {
                lines.iter().try_for_each(|line| each(number, line))?;
            }
        }
        if number < self.records {
            return Err(self.gone().record(number + 1));
        }
        Ok(bad)
    }

    fn gone(&self) -> Failure {
        ogr::gdal_failure(ogr::UNREADABLE.into()).file(&self.file)
    }
}
