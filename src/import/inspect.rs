//! The first look at files: a sample of each layer and what the doctors make of it.

use std::ops::Range;
use std::path::PathBuf;

use rayon::prelude::*;

use super::Field;
use super::clean::{self, Number};
use super::mapping::{self, Mapping};
use super::place::{self, Evidence};
use super::plan::LayerPlan;
use crate::crs::DeclaredCrs;
use crate::domain::Failure;
use crate::formats::{self, SourceField, SourceGeometry, SourceLayer, SourceRecord, TextKind, Value};
use crate::job::Progress;
use crate::text::Text;
use crate::text::doctor::{self, Column, Diagnosis, Source};
use crate::text::encoding::Encoding;

/// Everything known about the files before they are read in full.
#[derive(Debug)]
pub struct Inspection {
    /// In the order of the paths, then as the files have them.
    pub layers: Vec<LayerInspection>,
}

/// One layer, opened and sampled.
#[derive(Debug)]
pub struct LayerInspection {
    pub source: SourceLayer,
    /// One per field of the layer.
    pub columns: Vec<Diagnosis>,
    /// Proposed from the names of the columns.
    pub mapping: Mapping,
    /// Points of the sample in file order (x, y), for the CRS doctor.
    pub points: Vec<[f64; 2]>,
    /// A commune code in the file's name.
    pub commune: Option<String>,
    rows: Vec<SampleRow>,
}

/// The first rows, raw, so that the preview follows the person's choice of encoding.
#[derive(Debug)]
struct SampleRow {
    record: u64,
    /// Computed from the file's coordinates as they are, in their unit squared; 0 when there is no polygon.
    area: f64,
    values: Vec<Owned>,
}

#[derive(Debug)]
enum Owned {
    Null,
    Bytes(Vec<u8>),
    Text(String),
    Int(i64),
    Real(f64),
}

/// Rows of the preview.
const PREVIEW_ROWS: usize = 50;
/// Rows kept of a sample: enough for a median of areas.
const KEPT_ROWS: usize = 300;
/// A parallel layer is sampled in so many places of so many records each.
const BLOCKS: u64 = 24;
const BLOCK: u64 = 96;
/// Other layers: from the front.
const FRONT: u64 = 3000;
/// Values that speak, per column.
const MAX_VALUES: usize = 1200;
/// Points for the CRS doctor.
const MAX_POINTS: usize = 4000;

const INSPECTING: Text = Text::new("Xem trước tệp", "Looking at the files");

/// Opens the files (a path may be a folder or FILE#LAYER) and samples every layer.
///
/// Fails when nothing readable is there or one of the files cannot be opened; the failure names it.
pub fn inspect(paths: &[PathBuf], progress: &Progress) -> Result<Inspection, Failure> {
    progress.stage(INSPECTING, 0)?;
    let mut sources = Vec::new();
    for path in paths {
        sources.extend(formats::open(path, None)?);
        progress.step(1)?;
    }
    if sources.is_empty() {
        return Err(Failure::new(
            "NOTHING_TO_IMPORT",
            Text::new("Không có tệp nào đọc được.", "There is no file that can be read."),
        ));
    }
    progress.stage(INSPECTING, sources.len() as u64)?;
    let look = |source: SourceLayer| {
        let layer = LayerInspection::new(source)?;
        progress.step(1)?;
        Ok(layer)
    };
    let layers = sources
        .into_par_iter()
        .map(look)
        .collect::<Result<Vec<_>, Failure>>()?;
    Ok(Inspection { layers })
}

impl LayerInspection {
    fn new(source: SourceLayer) -> Result<Self, Failure> {
        let mut sample = Sample::new(source.fields.len());
        for range in sample_ranges(&source) {
            source.read(range, &mut |record| {
                sample.take(&record);
                Ok(())
            })?;
        }
        let declared = declared_encoding(&source.text);
        let unicode = source.text == TextKind::Unicode;
        let columns = source
            .fields
            .par_iter()
            .zip(&sample.speaking)
            .map(|(field, values)| {
                let values: Vec<(u64, &[u8])> = values.iter().map(|(r, v)| (*r, v.as_slice())).collect();
                let width = (field.width > 0 && !unicode).then_some(field.width);
                doctor::diagnose(&Column {
                    values: &values,
                    width,
                    unicode,
                    declared,
                })
            })
            .collect();
        Ok(Self {
            mapping: mapping::propose(&source.fields),
            commune: clean::commune_in_name(&source.file_name()),
            columns,
            points: sample.points,
            rows: sample.rows,
            source,
        })
    }

    pub fn declared_crs(&self) -> Option<&DeclaredCrs> {
        self.source.declared_crs.as_ref()
    }

    /// The first rows as the plan reads them: (record number, one text per field). Personal values.
    pub fn preview(&self, plan: &LayerPlan) -> Vec<(u64, Vec<String>)> {
        let cell = |(value, column): (&Owned, &super::ColumnPlan)| {
            clean::text(&value.borrow(), column.encoding).text
        };
        let row = |row: &SampleRow| {
            (
                row.record,
                row.values.iter().zip(&plan.columns).map(cell).collect(),
            )
        };
        self.rows.iter().take(PREVIEW_ROWS).map(row).collect()
    }
}

/// Where to look: everything when the layer is small.
fn sample_ranges(source: &SourceLayer) -> Vec<Range<u64>> {
    let records = source.records;
    let front = if source.is_parallel() {
        BLOCKS * BLOCK
    } else {
        FRONT
    };
    if records <= front || !source.is_parallel() {
        return std::iter::once(0..records.min(front)).collect();
    }
    (0..BLOCKS)
        .map(|i| i * (records - BLOCK) / (BLOCKS - 1))
        .map(|from| from..from + BLOCK)
        .collect()
}

/// What a sample gathers.
struct Sample {
    rows: Vec<SampleRow>,
    /// Per column, the values that can tell encodings apart.
    speaking: Vec<Vec<(u64, Vec<u8>)>>,
    points: Vec<[f64; 2]>,
}

impl Sample {
    fn new(fields: usize) -> Self {
        Self {
            rows: Vec::new(),
            speaking: vec![Vec::new(); fields],
            points: Vec::new(),
        }
    }

    fn take(&mut self, record: &SourceRecord<'_>) {
        if record.deleted {
            return;
        }
        if self.rows.len() < KEPT_ROWS {
            let values = record.values.iter().map(Owned::of).collect();
            self.rows.push(SampleRow {
                record: record.number,
                area: area(&record.geometry),
                values,
            });
        }
        for (value, kept) in record.values.iter().zip(&mut self.speaking) {
            let bytes = match value {
                Value::Bytes(b) => *b,
                Value::Text(s) => s.as_bytes(),
                _ => continue,
            };
            if kept.len() < MAX_VALUES && doctor::speaks(bytes) {
                kept.push((record.number, bytes.to_vec()));
            }
        }
        if let SourceGeometry::Polygon(shape) = &record.geometry
            && self.points.len() < MAX_POINTS
        {
            self.points.extend(shape.points().iter().take(8));
        }
    }
}

/// Area of a record's polygons, holes taken off: the first ring of each is its shell.
fn area(geometry: &SourceGeometry<'_>) -> f64 {
    let SourceGeometry::Polygon(shape) = geometry else {
        return 0.0;
    };
    let ring = |r: &[[f64; 2]]| {
        let [x, y] = r.first().copied().unwrap_or_default();
        let twice: f64 = r
            .windows(2)
            .map(|w| (w[0][0] - x) * (w[1][1] - y) - (w[1][0] - x) * (w[0][1] - y))
            .sum();
        twice.abs() / 2.0
    };
    let polygon = |sizes: Vec<f64>| sizes.iter().skip(1).fold(sizes[0], |all, hole| all - hole);
    shape
        .polygons()
        .map(|rings| rings.map(ring).collect::<Vec<f64>>())
        .filter(|s| !s.is_empty())
        .map(polygon)
        .sum()
}

impl Owned {
    fn of(value: &Value<'_>) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Bytes(b) => Self::Bytes(b.to_vec()),
            Value::Text(s) => Self::Text((*s).to_owned()),
            Value::Int(i) => Self::Int(*i),
            Value::Real(x) => Self::Real(*x),
        }
    }

    fn borrow(&self) -> Value<'_> {
        match self {
            Self::Null => Value::Null,
            Self::Bytes(b) => Value::Bytes(b),
            Self::Text(s) => Value::Text(s),
            Self::Int(i) => Value::Int(*i),
            Self::Real(x) => Value::Real(*x),
        }
    }
}

/// What the file says of its text; a `.cpg` weighs more than the DBF's driver byte.
fn declared_encoding(text: &TextKind) -> Option<(Encoding, Source)> {
    let TextKind::Bytes { cpg, ldid } = text else {
        return None;
    };
    let cpg = cpg
        .as_deref()
        .and_then(|name| name.parse().ok())
        .map(|e| (e, Source::Cpg));
    // 0x03 Windows ANSI, 0x57 "the system's ANSI": both are read as Windows-1252 by everyone. There is
    // no driver byte for any Vietnamese encoding.
    cpg.or_else(|| matches!(ldid, Some(0x03 | 0x57..=0x59)).then_some((Encoding::Cp1252, Source::Ldid)))
}

impl Inspection {
    /// All records of all layers, for progress.
    pub fn records(&self) -> u64 {
        self.layers.iter().map(|l| l.source.records).sum()
    }
}

impl LayerInspection {
    /// What the `.cpg` says, when the column was found to be something else.
    pub(super) fn contradicted(&self, i: usize, column: &super::ColumnPlan) -> Option<Encoding> {
        let TextKind::Bytes { cpg, .. } = &self.source.text else {
            return None;
        };
        let declared: Encoding = cpg.as_deref()?.parse().ok()?;
        let judged = self.columns.get(i).is_some_and(|d| d.words > 0) && column.source == Source::Scored;
        let same =
            declared == column.encoding || (declared, column.encoding) == (Encoding::Utf8, Encoding::Utf8Nfd);
        (judged && !same).then_some(declared)
    }

    pub fn fields(&self) -> &[SourceField] {
        &self.source.fields
    }

    /// What the sample tells the CRS doctor.
    pub(super) fn evidence(&self, mapping: &Mapping) -> Evidence<'_> {
        Evidence {
            points: &self.points,
            area_ratio: self.area_ratio(mapping),
        }
    }

    /// Median of computed over recorded area.
    fn area_ratio(&self, mapping: &Mapping) -> Option<f64> {
        let name = mapping.get(&Field::AreaMeasured)?;
        let at = self.source.fields.iter().position(|f| f.name == *name)?;
        let ratio = |row: &SampleRow| match clean::area(&row.values.get(at)?.borrow(), Encoding::Utf8) {
            Number::Is(recorded) if row.area > 0.0 => Some(row.area / recorded),
            _ => None,
        };
        place::median(self.rows.iter().filter_map(ratio).collect())
    }
}
