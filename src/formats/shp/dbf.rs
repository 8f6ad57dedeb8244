//! The attribute table of a shapefile: dBASE III/IV with raw text. Numbers are read, text stays bytes.
//!
//! A damaged header never stops the geometry: what is wrong becomes a finding.

use std::path::{Path, PathBuf};

use super::super::source::{FieldKind, SourceField, Value, unique_names};
use super::window::Window;
use crate::domain::{Failure, Finding, Severity, Unit};

const HEADER: u64 = 32;
const DESCRIPTOR: usize = 32;

/// An opened table: where its rows and fields lie.
#[derive(Debug)]
pub(super) struct Dbf {
    pub path: PathBuf,
    pub fields: Vec<SourceField>,
    columns: Vec<Column>,
    /// Whole rows that are in the file.
    pub rows: u64,
    /// Rows the header states.
    pub stated: u64,
    header_len: u64,
    row_len: usize,
    pub ldid: Option<u8>,
    pub findings: Vec<Finding>,
}

/// Where a field lies in a row.
#[derive(Clone, Copy, Debug)]
struct Column {
    at: usize,
    width: usize,
    kind: u8,
}

impl Dbf {
    /// Reads the header. `Err` carries the finding when nothing can be read.
    pub fn open(path: &Path) -> Result<Self, Box<Finding>> {
        let unreadable = || Box::new(Finding::new("DBF_UNREADABLE", Severity::Error));
        let mut file = Window::open(path).map_err(|_| unreadable())?;
        if file.len == 0 {
            return Err(Box::new(Finding::new("DBF_EMPTY", Severity::Error)));
        }
        let head = file.get(0, HEADER as usize).map_err(|_| unreadable())?;
        let stated = u64::from(u32::from_le_bytes([head[4], head[5], head[6], head[7]]));
        let header_len = u64::from(u16::from_le_bytes([head[8], head[9]]));
        let row_len = usize::from(u16::from_le_bytes([head[10], head[11]]));
        let (version, ldid) = (head[0], head[29]);
        // The low three bits are the dBASE version: 3 (III, IV with memo bits); 0x30 and 0x31 are FoxPro.
        let known = version & 7 == 3 || matches!(version, 0x02 | 0x04 | 0x30 | 0x31 | 0x32 | 0xF5 | 0xFB);
        if !known || header_len < HEADER || header_len > file.len || row_len < 2 {
            return Err(unreadable());
        }
        let described = file
            .get(HEADER, (header_len - HEADER) as usize)
            .map_err(|_| unreadable())?;
        let (fields, columns, findings) = read_fields(described, row_len);
        if fields.is_empty() {
            return Err(unreadable());
        }
        Ok(Self {
            path: path.to_owned(),
            fields,
            columns,
            rows: (file.len - header_len) / row_len as u64,
            stated,
            header_len,
            row_len,
            ldid: (ldid != 0).then_some(ldid),
            findings,
        })
    }

    /// The bytes of row `i` (from 0, `i < rows`), deletion mark first.
    pub fn row<'a>(&self, file: &'a mut Window, i: u64) -> std::io::Result<&'a [u8]> {
        file.get(self.header_len + i * self.row_len as u64, self.row_len)
    }

    /// The values of a row.
    pub fn values<'a>(&self, row: &'a [u8], out: &mut Vec<Value<'a>>) {
        out.clear();
        out.extend(
            self.columns
                .iter()
                .map(|c| value(&row[c.at..c.at + c.width], c.kind)),
        );
    }

    /// Findings that need the number of geometries.
    pub fn compare(&mut self, geometries: u64) {
        let mut note = |code, severity, amount: u64| {
            let mut finding = Finding::new(code, severity);
            finding.amount = Some(amount as f64);
            finding.unit = Some(Unit::Count);
            self.findings.push(finding);
        };
        if self.stated > self.rows {
            note("DBF_TRUNCATED", Severity::Error, self.stated - self.rows);
        }
        // Rows behind the stated number count when there are geometries for them.
        self.rows = self.rows.min(self.stated.max(geometries));
        if self.rows < geometries {
            note("DBF_SHORTER", Severity::Error, geometries - self.rows);
        } else if self.rows > geometries {
            note("DBF_LONGER", Severity::Error, self.rows - geometries);
        }
    }
}

/// The field descriptors up to the terminator 0x0D, as far as they fit into the row.
fn read_fields(described: &[u8], row_len: usize) -> (Vec<SourceField>, Vec<Column>, Vec<Finding>) {
    let descriptors: Vec<&[u8]> = described
        .chunks_exact(DESCRIPTOR)
        .take_while(|d| d[0] != 0x0D && d[0] != 0)
        .collect();
    let plain: usize = descriptors.iter().map(|d| usize::from(d[16])).sum();
    let (mut fields, mut columns, mut findings) = (Vec::new(), Vec::new(), Vec::new());
    let mut at = 1;
    for (i, d) in descriptors.iter().enumerate() {
        let width = width(d, plain + 1 == row_len);
        if at + width > row_len {
            break;
        }
        columns.push(Column {
            at,
            width,
            kind: d[11].to_ascii_uppercase(),
        });
        fields.push(SourceField {
            name: name(&d[..11], i),
            kind: kind(d),
            width,
        });
        at += width;
    }
    if at != row_len || fields.len() != descriptors.len() {
        let mut finding = Finding::new("DBF_FIELDS", Severity::Warning);
        finding.amount = Some(row_len.abs_diff(at) as f64);
        finding.values.push(("fields", fields.len().to_string()));
        findings.push(finding);
    }
    let memos = columns
        .iter()
        .filter(|c| matches!(c.kind, b'M' | b'G' | b'P'))
        .count();
    if memos > 0 {
        let mut finding = Finding::new("DBF_MEMO", Severity::Warning);
        finding.amount = Some(memos as f64);
        findings.push(finding);
    }
    unique_names(&mut fields);
    (fields, columns, findings)
}

/// Clipper and FoxPro write text wider than 255 bytes with the high byte in the place of the decimals.
fn width(descriptor: &[u8], plain_widths_fit: bool) -> usize {
    let low = usize::from(descriptor[16]);
    if descriptor[11] == b'C' && !plain_widths_fit {
        low + 256 * usize::from(descriptor[17])
    } else {
        low
    }
}

/// UTF-8 where it is, else one character per byte.
fn name(raw: &[u8], i: usize) -> String {
    let end = raw.iter().position(|&b| b == 0).unwrap_or(raw.len());
    let name = match std::str::from_utf8(&raw[..end]) {
        Ok(s) => s.to_owned(),
        Err(_) => raw[..end].iter().map(|&b| char::from(b)).collect(),
    };
    let name = name.trim();
    if name.is_empty() {
        format!("FIELD_{}", i + 1)
    } else {
        name.to_owned()
    }
}

fn kind(descriptor: &[u8]) -> FieldKind {
    match descriptor[11].to_ascii_uppercase() {
        b'C' => FieldKind::Text,
        b'N' if descriptor[17] == 0 => FieldKind::Integer,
        b'I' | b'+' => FieldKind::Integer,
        b'N' | b'F' | b'O' => FieldKind::Real,
        b'B' if descriptor[16] == 8 => FieldKind::Real,
        b'D' => FieldKind::Date,
        b'L' => FieldKind::Logical,
        _ => FieldKind::Other,
    }
}

fn value(raw: &[u8], kind: u8) -> Value<'_> {
    match (kind, raw.len()) {
        (b'N' | b'F', _) => number(raw),
        (b'I' | b'+', 4) => Value::Int(i64::from(i32::from_le_bytes([raw[0], raw[1], raw[2], raw[3]]))),
        (b'B' | b'O', 8) => match raw.try_into().map(f64::from_le_bytes) {
            Ok(x) if x.is_finite() => Value::Real(x),
            _ => Value::Null,
        },
        (b'L', 1) if matches!(raw[0], b'?' | b' ' | 0) => Value::Null,
        _ => text(raw),
    }
}

/// Without trailing fill; a field of fill only is null. DBF has no other way to say "nothing".
fn text(raw: &[u8]) -> Value<'_> {
    let end = raw
        .iter()
        .rposition(|&b| b != b' ' && b != 0)
        .map_or(0, |i| i + 1);
    if end == 0 {
        Value::Null
    } else {
        Value::Bytes(&raw[..end])
    }
}

/// A number as text. What is not one stays bytes. A field of asterisks holds none: GDAL (so QGIS too) fills it so for
/// NULL (shapelib, `DBFIsValueNULL`), dBASE for a number that did not fit, which is lost there as well.
fn number(raw: &[u8]) -> Value<'_> {
    let trimmed = raw.trim_ascii().split(|&b| b == 0).next().unwrap_or(&[]);
    if trimmed.iter().all(|&b| b == b'*') {
        return Value::Null;
    }
    let Ok(s) = std::str::from_utf8(trimmed) else {
        return text(raw);
    };
    if let Ok(i) = s.parse::<i64>() {
        return Value::Int(i);
    }
    match s.parse::<f64>() {
        Ok(x) if x.is_finite() => Value::Real(x),
        _ => text(raw),
    }
}

/// The reason a record has no attributes.
pub(super) fn no_row(path: &Path, record: u64) -> Failure {
    Failure::new("DBF_NO_ROW", NO_ROW).file(path).record(record)
}

const NO_ROW: crate::text::Text = crate::text::Text::new(
    "bảng thuộc tính không có dòng cho bản ghi này",
    "the attribute table has no row for this record",
);
