//! Shapefiles, read by ourselves: fast, raw text kept, and every count, offset and length checked
//! against the files, because offices' files are cut, edited by hand and copied from failing disks.
//!
//! `index` finds the records, `record` reads one geometry, `dbf` the attributes, `write` makes files.

use std::io;
use std::ops::Range;
use std::path::Path;

use super::source::{Reader, SourceGeometry, SourceLayer, SourceRecord, TextKind, Value, file_name};
use super::{DeclaredCrs, Shape};
use crate::domain::{Failure, Finding, Severity, SourceRef, Unit};
use crate::msg;
use crate::text::Text;

mod dbf;
mod index;
mod record;
mod sidecar;
mod window;
mod write;

use dbf::Dbf;
use index::{HEADER, Index, IndexState};
use sidecar::Set;
pub(super) use sidecar::sha256_of_files;
use window::{Stamp, Window};
pub use write::{DbfField, DbfKind, DbfValue, ShpWriter};

/// The parts of an opened shapefile that reading needs.
#[derive(Debug)]
pub(super) struct Shp {
    set: Set,
    index: Index,
    dbf: Option<Dbf>,
    stamps: [Option<Stamp>; 2],
}

const NOT_FOUND: Text = Text::new(
    "không tìm thấy hoặc không mở được tệp",
    "the file does not exist or cannot be opened",
);
const EMPTY: Text = Text::new("tệp rỗng (0 byte)", "the file is empty (0 bytes)");
const NO_MAGIC: Text = Text::new(
    "tệp không phải là shapefile (sai số hiệu 9994)",
    "the file is no shapefile (its magic number is not 9994)",
);
const SHORT_HEADER: Text = Text::new(
    "tệp bị cắt trong phần đầu 100 byte",
    "the file is cut within its header of 100 bytes",
);
const COPY_AGAIN: Text = Text::new(
    "Hãy chép lại tệp từ nơi gốc.",
    "Copy the file again from where it came.",
);
const CHANGED: Text = Text::new(
    "tệp đã bị chương trình khác thay đổi trong khi đọc",
    "another program changed the file while it was read",
);
const TRY_AGAIN: Text = Text::new(
    "Hãy đóng chương trình đang dùng tệp rồi nhập lại.",
    "Close the program that uses the file and import again.",
);
const CUT: Text = Text::new(
    "tệp kết thúc giữa bản ghi này",
    "the file ends in the middle of this record",
);
const LOST: Text = Text::new(
    "không tìm thấy hình của bản ghi trong tệp",
    "the geometry of the record cannot be found in the file",
);

/// Opens the shapefile `path` with the files beside it.
///
/// Missing `.shx` and `.dbf`, wrong lengths and the like become findings. Fails on what leaves
/// nothing to read: SOURCE_NOT_FOUND, SHP_EMPTY, SHP_TRUNCATED, SHP_BAD_MAGIC, SHP_SHAPE_TYPE.
pub fn open(path: &Path) -> Result<SourceLayer, Failure> {
    let set = Set::of(path);
    let ((opened, sha256), dbf) = rayon::join(
        || rayon::join(|| open_geometry(&set), || set.sha256()),
        || set.dbf.as_deref().map(Dbf::open).transpose(),
    );
    let (index, mut findings) = opened?;
    let sha256 = sha256.map_err(|e| unreadable(path, &e))?;
    let mut dbf = dbf.unwrap_or_else(|finding| {
        findings.push(*finding);
        None
    });
    if set.dbf.is_none() {
        findings.push(Finding::new("DBF_MISSING", Severity::Error));
    }
    let geometries = index.offsets.len() as u64;
    if let Some(dbf) = &mut dbf {
        dbf.compare(geometries);
        findings.append(&mut dbf.findings);
    }
    for finding in &mut findings {
        finding.source = Some(SourceRef {
            file: source_name(finding.code, &set),
            record: None,
            field: None,
        });
    }
    Ok(SourceLayer {
        file: path.to_owned(),
        layer: None,
        sha256,
        records: geometries.max(dbf.as_ref().map_or(0, |d| d.rows)),
        fields: dbf.as_ref().map(|d| d.fields.clone()).unwrap_or_default(),
        text: TextKind::Bytes {
            cpg: sidecar::text(set.cpg.as_ref()),
            ldid: dbf.as_ref().and_then(|d| d.ldid),
        },
        declared_crs: sidecar::text(set.prj.as_ref()).and_then(|wkt| DeclaredCrs::from_wkt(&wkt)),
        findings,
        reader: Reader::Shp(Box::new(Shp {
            stamps: [
                Stamp::of(path).ok(),
                set.dbf.as_deref().and_then(|p| Stamp::of(p).ok()),
            ],
            set,
            index,
            dbf,
        })),
    })
}

/// The name of the file a finding is about.
fn source_name(code: &str, set: &Set) -> String {
    let path = match code.split('_').next() {
        Some("DBF") => set.dbf.clone().unwrap_or_else(|| set.shp.with_extension("dbf")),
        _ => set.shp.clone(),
    };
    file_name(&path)
}

fn unreadable(path: &Path, cause: &io::Error) -> Failure {
    if cause.kind() == io::ErrorKind::NotFound {
        return Failure::new("SOURCE_NOT_FOUND", NOT_FOUND).file(path);
    }
    Failure::new(
        "SHP_UNREADABLE",
        msg!("không đọc được tệp: {cause}", "the file cannot be read: {cause}"),
    )
    .file(path)
    .remedy(COPY_AGAIN)
}

/// Checks the header and finds the records.
fn open_geometry(set: &Set) -> Result<(Index, Vec<Finding>), Failure> {
    let fail = |e: io::Error| unreadable(&set.shp, &e);
    let mut shp = Window::open(&set.shp).map_err(fail)?;
    let declared = check_header(&mut shp, &set.shp)?;
    let mut shx = set.shx.as_deref().and_then(|p| Window::open(p).ok());
    let index = Index::build(&mut shp, shx.as_mut(), declared).map_err(fail)?;
    let findings = geometry_findings(&index, shp.len, declared);
    Ok((index, findings))
}

/// Returns the length the header states, in bytes.
fn check_header(shp: &mut Window, path: &Path) -> Result<u64, Failure> {
    if shp.len == 0 {
        return Err(Failure::new("SHP_EMPTY", EMPTY).file(path).remedy(COPY_AGAIN));
    }
    let magic = shp
        .get(0, shp.len.min(4) as usize)
        .map_err(|e| unreadable(path, &e))?;
    if magic != &9994u32.to_be_bytes()[..magic.len()] {
        return Err(Failure::new("SHP_BAD_MAGIC", NO_MAGIC)
            .file(path)
            .remedy(COPY_AGAIN));
    }
    if shp.len < HEADER {
        return Err(Failure::new("SHP_TRUNCATED", SHORT_HEADER)
            .file(path)
            .remedy(COPY_AGAIN));
    }
    let head = shp.get(0, HEADER as usize).map_err(|e| unreadable(path, &e))?;
    let kind = u32::from_le_bytes([head[32], head[33], head[34], head[35]]);
    // A damaged type is no reason to refuse: each record states its own.
    if kind != 0 && !record::is_polygon(kind) && record::shape_type_name(kind) != "?" {
        return Err(record::wrong_type(kind).file(path));
    }
    Ok(u64::from(u32::from_be_bytes([head[24], head[25], head[26], head[27]])) * 2)
}

fn geometry_findings(index: &Index, len: u64, declared: u64) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut note = |code, severity, bytes: u64| {
        let mut finding = Finding::new(code, severity);
        if bytes > 0 {
            finding.amount = Some(bytes as f64);
            finding.unit = Some(Unit::Count);
        }
        findings.push(finding);
    };
    match index.state {
        IndexState::Good => {}
        IndexState::Missing => note("SHP_INDEX_MISSING", Severity::Info, 0),
        IndexState::Damaged => note("SHP_INDEX_DAMAGED", Severity::Warning, 0),
    }
    if declared > len {
        note("SHP_LENGTH", Severity::Warning, declared - len);
    }
    if index.trailing > 0 {
        note("SHP_TRAILING", Severity::Warning, index.trailing);
    }
    findings
}

impl Shp {
    /// See [`SourceLayer::read`]. Each call opens the files anew, so threads do not share a position.
    pub fn read(
        &self,
        range: Range<u64>,
        each: &mut dyn FnMut(SourceRecord<'_>) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let mut shp = Window::open(&self.set.shp).map_err(|e| unreadable(&self.set.shp, &e))?;
        let mut dbf = self
            .dbf
            .as_ref()
            .map(|d| Window::open(&d.path).map_err(|e| unreadable(&d.path, &e)))
            .transpose()?;
        self.check_unchanged()?;
        let mut shape = Shape::default();
        for i in range {
            let geometry = self.geometry(&mut shp, i, &mut shape)?;
            let mut values = Vec::new();
            let (deleted, no_attributes) = self.attributes(dbf.as_mut(), i, &mut values)?;
            each(SourceRecord {
                number: i + 1,
                geometry,
                values: &values,
                deleted,
                no_attributes,
            })?;
        }
        self.check_unchanged()
    }

    fn geometry<'a>(
        &self,
        shp: &mut Window,
        i: u64,
        shape: &'a mut Shape,
    ) -> Result<SourceGeometry<'a>, Failure> {
        let offset = self.index.offsets.get(i as usize).copied().unwrap_or(Index::LOST);
        let place = |f: Failure| f.file(&self.set.shp).record(i + 1);
        let content = match content(shp, offset) {
            Ok(content) => content,
            Err(Content::Bad(failure)) => {
                return Ok(SourceGeometry::Bad {
                    failure: place(failure),
                    wkb: Vec::new(),
                });
            }
            Err(Content::Changed) => return Err(changed(&self.set.shp)),
        };
        Ok(match record::parse(content, shape) {
            Ok(true) => SourceGeometry::Polygon(shape),
            Ok(false) => SourceGeometry::Null,
            Err(failure) => SourceGeometry::Bad {
                failure: place(failure),
                wkb: if shape.ring_count() > 0 {
                    shape.wkb()
                } else {
                    Vec::new()
                },
            },
        })
    }

    /// Fills `values`; returns whether the row is marked as deleted and why there is none.
    fn attributes<'a>(
        &'a self,
        file: Option<&'a mut Window>,
        i: u64,
        values: &mut Vec<Value<'a>>,
    ) -> Result<(bool, Option<Failure>), Failure> {
        let (Some(dbf), Some(file)) = (&self.dbf, file) else {
            return Ok((false, None));
        };
        if i >= dbf.rows {
            values.resize(dbf.fields.len(), Value::Null);
            return Ok((false, Some(dbf::no_row(&dbf.path, i + 1))));
        }
        let row = dbf.row(file, i).map_err(|_| changed(&dbf.path))?;
        dbf.values(row, values);
        Ok((row[0] == b'*', None))
    }

    fn check_unchanged(&self) -> Result<(), Failure> {
        let paths = [Some(&self.set.shp), self.dbf.as_ref().map(|d| &d.path)];
        for (path, stamp) in paths.into_iter().zip(self.stamps) {
            if let (Some(path), Some(stamp)) = (path, stamp)
                && Stamp::of(path).ok() != Some(stamp)
            {
                return Err(changed(path));
            }
        }
        Ok(())
    }
}

fn changed(path: &Path) -> Failure {
    Failure::new("SOURCE_CHANGED", CHANGED)
        .file(path)
        .remedy(TRY_AGAIN)
}

enum Content {
    Bad(Failure),
    Changed,
}

/// The content of the record that begins at a word offset, checked to lie in the file.
fn content(shp: &mut Window, offset: u32) -> Result<&[u8], Content> {
    if offset == Index::LOST {
        return Err(Content::Bad(Failure::new("SHP_RECORD_LOST", LOST)));
    }
    let at = u64::from(offset) * 2;
    let len = shp.len;
    if at < HEADER || at > len {
        return Err(Content::Bad(Failure::new("SHP_RECORD_LOST", LOST)));
    }
    if at + 8 > len {
        return Err(Content::Bad(
            Failure::new("SHP_TRUNCATED", CUT).remedy(COPY_AGAIN),
        ));
    }
    let head = index::record_head(shp, at).map_err(|_| Content::Changed)?;
    let bytes = u64::from(head.words) * 2;
    let left = len - at - 8;
    if bytes > left {
        return Err(Content::Bad(too_long(bytes, left)));
    }
    shp.get(at + 8, bytes as usize).map_err(|_| Content::Changed)
}

fn too_long(bytes: u64, left: u64) -> Failure {
    Failure::new(
        "SHP_TRUNCATED",
        msg!(
            "bản ghi khai dài {bytes} byte nhưng tệp chỉ còn {left} byte",
            "the record states a length of {bytes} bytes but only {left} are left in the file"
        ),
    )
    .remedy(COPY_AGAIN)
}

/// What the `.prj` beside a `.shp` says.
pub(super) fn declared(shp: &Path) -> Option<DeclaredCrs> {
    let set = sidecar::Set::of(shp);
    sidecar::text(set.prj.as_ref()).and_then(|wkt| DeclaredCrs::from_wkt(&wkt))
}
