//! The originals of records in quarantine as a file, to be repaired with another program and imported again. The columns
//! are those the import knows, so that the corrected file finds its records by itself.

use std::path::Path;

use crate::domain::{DraftParcel, Failure, QuarantinedRecord, RecordRef};
use crate::formats::write::{self, Cell, Column, ColumnKind, OutputFormat, OutputRow, Table, Written};
use crate::project::Project;

const TEXT: ColumnKind = ColumnKind::Text { width: 254 };
const AREA: ColumnKind = ColumnKind::Real { decimals: 2 };

/// Where it comes from, why it is here, and what it is called.
const COLUMNS: [(&str, ColumnKind); 6] = [
    ("TEP", TEXT),
    ("BANGHI", ColumnKind::Integer),
    ("LYDO", TEXT),
    ("XAID", TEXT),
    ("SHBANDO", TEXT),
    ("SHTHUA", TEXT),
];

/// What else the file said; personal.
const PERSONAL: [(&str, ColumnKind); 10] = [
    ("SOTOCU", TEXT),
    ("SOTHUACU", TEXT),
    ("DIENTICH", AREA),
    ("DIENTICHPL", AREA),
    ("KHLOAIDAT", TEXT),
    ("DIACHI", TEXT),
    ("TENCHU", TEXT),
    ("DIACHICHU", TEXT),
    ("DTSD", TEXT),
    ("MADINHDANH", TEXT),
];

/// What to write.
#[derive(Clone, Debug)]
pub struct Options {
    pub format: OutputFormat,
    /// Names, addresses and what else the file said, too.
    pub personal: bool,
    pub overwrite: bool,
    /// Time of the act.
    pub at: jiff::Timestamp,
}

/// Writes these records in the district's coordinate system, a row for each polygon, valid or not; a record whose place
/// cannot be computed comes without a shape.
pub fn write(
    project: &Project,
    records: &[QuarantinedRecord],
    path: &Path,
    options: &Options,
) -> Result<Written, Failure> {
    let mut all = COLUMNS.to_vec();
    all.extend(options.personal.then_some(PERSONAL).into_iter().flatten());
    let columns: Vec<Column> = all
        .into_iter()
        .map(|(name, kind)| Column {
            name: name.to_owned(),
            kind,
        })
        .collect();
    let table = Table {
        layer: "cach_ly",
        columns: &columns,
        epsg: project.epsg() as u32,
        wgs84: false,
        at: options.at,
    };
    let mut rows = records
        .iter()
        .flat_map(|r| match rows(project, r, options.personal) {
            Ok(rows) => rows.into_iter().map(Ok).collect(),
            Err(failure) => vec![Err(failure)],
        });
    write::write(options.format, path, &table, options.overwrite, &mut rows)
}

fn rows(project: &Project, r: &QuarantinedRecord, personal: bool) -> Result<Vec<OutputRow>, Failure> {
    let detail = project.quarantined_record(&RecordRef::Uid(r.uid))?;
    let mut cells = vec![
        Cell::Text(r.file.clone()),
        Cell::Int(r.record as i64),
        Cell::Text(r.code.clone()),
        text(Some(&r.commune)),
        text(Some(&r.sheet)),
        text(Some(&r.number)),
    ];
    if personal {
        let says = project.record_attributes(r.id)?;
        cells.extend(says.as_ref().map_or(vec![Cell::Null; PERSONAL.len()], said));
    }
    let mut shapes = project.original_polygons(&detail);
    if shapes.is_empty() {
        shapes.push(Default::default());
    }
    Ok(shapes.into_iter().map(|s| (s, cells.clone())).collect())
}

fn text(t: Option<&String>) -> Cell {
    t.filter(|t| !t.is_empty())
        .map_or(Cell::Null, |t| Cell::Text(t.clone()))
}

fn said(p: &DraftParcel) -> Vec<Cell> {
    let real = |x: Option<f64>| x.map_or(Cell::Null, Cell::Real);
    vec![
        text(p.old_sheet.as_ref()),
        text(p.old_number.as_ref()),
        real(p.area_measured),
        real(p.area_legal),
        text(p.land_use.as_ref()),
        text(p.address.as_ref()),
        text(p.owner.as_ref()),
        text(p.owner_address.as_ref()),
        text(p.user_type.as_ref()),
        text(p.parcel_code.as_ref()),
    ]
}
