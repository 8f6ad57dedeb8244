//! A shapefile writer that takes raw DBF bytes and any `.cpg` and `.prj` text: for the sample
//! district, which must look like the files of offices, and for tests. Export goes through GDAL.
//!
//! The same calls give the same bytes: the date in the DBF header is fixed.

use std::fs::File;
use std::io::{self, BufWriter, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use crate::domain::Failure;
use crate::msg;

/// Type of a DBF column to write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DbfKind {
    /// `C`: text of this many bytes (1–254).
    Text,
    /// `N` with this many decimals.
    Number { decimals: u8 },
    /// `D`: YYYYMMDD.
    Date,
}

/// A DBF column to write. Only the first 10 bytes of the name are kept.
#[derive(Clone, Debug)]
pub struct DbfField {
    pub name: String,
    pub kind: DbfKind,
    pub width: u8,
}

impl DbfField {
    pub fn text(name: &str, width: u8) -> Self {
        Self {
            name: name.to_owned(),
            kind: DbfKind::Text,
            width,
        }
    }

    pub fn number(name: &str, width: u8, decimals: u8) -> Self {
        Self {
            name: name.to_owned(),
            kind: DbfKind::Number { decimals },
            width,
        }
    }
}

/// A value to write.
#[derive(Clone, Debug)]
pub enum DbfValue {
    Null,
    /// Bytes as they shall stand in the file; must fit the width.
    Bytes(Vec<u8>),
    Int(i64),
    Real(f64),
}

/// Writes `.shp`, `.shx` and `.dbf` record by record; call [`ShpWriter::finish`] at the end.
pub struct ShpWriter {
    path: PathBuf,
    shp: BufWriter<File>,
    shx: BufWriter<File>,
    dbf: BufWriter<File>,
    fields: Vec<DbfField>,
    count: u32,
    /// Length of the `.shp` so far, in 16-bit words.
    words: u32,
    bounds: [f64; 4],
    row: Vec<u8>,
    record: Vec<u8>,
}

impl ShpWriter {
    /// Creates or replaces `path` (ending in `.shp`) and its `.shx` and `.dbf`. `ldid` goes into byte
    /// 29 of the DBF header (0 = not stated).
    pub fn create(path: &Path, fields: &[DbfField], ldid: u8) -> Result<Self, Failure> {
        let open = |ext: &str| {
            let target = path.with_extension(ext);
            File::create(&target)
                .map(BufWriter::new)
                .map_err(|e| failed(&target, &e))
        };
        let mut writer = Self {
            path: path.to_owned(),
            shp: open("shp")?,
            shx: open("shx")?,
            dbf: open("dbf")?,
            fields: fields.to_vec(),
            count: 0,
            words: 50,
            bounds: EMPTY,
            row: Vec::new(),
            record: Vec::new(),
        };
        writer.begin(ldid).map_err(|e| failed(path, &e))?;
        Ok(writer)
    }

    /// Writes the text beside the shapefile under this extension, e.g. ("cpg", b"UTF-8").
    pub fn sidecar(&self, extension: &str, text: &[u8]) -> Result<(), Failure> {
        let target = self.path.with_extension(extension);
        std::fs::write(&target, text).map_err(|e| failed(&target, &e))
    }

    /// Appends a record. Rings as in the ESRI description: shells clockwise, holes counter-clockwise;
    /// rings not closed are closed. No ring at all is a record without geometry.
    pub fn push(&mut self, rings: &[Vec<[f64; 2]>], values: &[DbfValue]) -> Result<(), Failure> {
        self.row(values)?;
        self.geometry(rings);
        self.append().map_err(|e| failed(&self.path, &e))
    }

    /// Completes the headers and flushes all files.
    pub fn finish(mut self) -> Result<(), Failure> {
        self.end().map_err(|e| failed(&self.path, &e))
    }

    fn begin(&mut self, ldid: u8) -> io::Result<()> {
        self.shp.write_all(&[0; 100])?;
        self.shx.write_all(&[0; 100])?;
        let mut head = self.dbf_head();
        head[29] = ldid;
        for field in &self.fields {
            head.extend(descriptor(field));
        }
        head.push(0x0D);
        self.dbf.write_all(&head)
    }

    fn dbf_head(&self) -> Vec<u8> {
        let header = 33 + 32 * self.fields.len() as u16;
        let row: u16 = 1 + self.fields.iter().map(|f| u16::from(f.width)).sum::<u16>();
        // Version dBASE III; the date of the last change is fixed: 2025-07-01.
        let mut head = vec![3, 125, 7, 1];
        head.extend(self.count.to_le_bytes());
        head.extend(header.to_le_bytes());
        head.extend(row.to_le_bytes());
        head.resize(32, 0);
        head
    }

    fn row(&mut self, values: &[DbfValue]) -> Result<(), Failure> {
        if values.len() != self.fields.len() {
            let (have, want) = (values.len(), self.fields.len());
            return Err(self.refused(msg!(
                "có {have} giá trị cho {want} cột",
                "{have} values for {want} fields"
            )));
        }
        self.row.clear();
        self.row.push(b' ');
        for (value, i) in values.iter().zip(0..) {
            let field = &self.fields[i];
            let width = usize::from(field.width);
            let (bytes, to_the_right) = field_bytes(value, field.kind);
            if bytes.len() > width {
                let name = field.name.clone();
                let refused = self.refused(msg!(
                    "giá trị dài hơn {width} byte",
                    "the value is longer than {width} bytes"
                ));
                return Err(refused.field(name));
            }
            let fill = std::iter::repeat_n(b' ', width - bytes.len());
            if to_the_right {
                self.row.extend(fill.chain(bytes));
            } else {
                self.row.extend(bytes.into_iter().chain(fill));
            }
        }
        Ok(())
    }

    fn refused(&self, message: crate::text::Msg) -> Failure {
        Failure::new("SHP_WRITE", message)
            .file(&self.path)
            .record(u64::from(self.count) + 1)
    }

    fn geometry(&mut self, rings: &[Vec<[f64; 2]>]) {
        self.record.clear();
        let closed: Vec<Vec<[f64; 2]>> = rings.iter().map(|r| close(r)).collect();
        if closed.is_empty() {
            self.record.extend(0u32.to_le_bytes());
            return;
        }
        let bounds = grow(EMPTY, closed.iter().flatten());
        self.bounds = grow(self.bounds, closed.iter().flatten());
        self.record.extend(5u32.to_le_bytes());
        self.record.extend(bounds.iter().flat_map(|v| v.to_le_bytes()));
        self.record.extend((closed.len() as u32).to_le_bytes());
        self.record
            .extend((closed.iter().map(Vec::len).sum::<usize>() as u32).to_le_bytes());
        let mut start = 0u32;
        for ring in &closed {
            self.record.extend(start.to_le_bytes());
            start += ring.len() as u32;
        }
        self.record
            .extend(closed.iter().flatten().flatten().flat_map(|v| v.to_le_bytes()));
    }

    fn append(&mut self) -> io::Result<()> {
        let len = (self.record.len() / 2) as u32;
        self.count += 1;
        self.shx.write_all(&self.words.to_be_bytes())?;
        self.shx.write_all(&len.to_be_bytes())?;
        self.shp.write_all(&self.count.to_be_bytes())?;
        self.shp.write_all(&len.to_be_bytes())?;
        self.shp.write_all(&self.record)?;
        self.words = self
            .words
            .checked_add(4 + len)
            .ok_or_else(|| io::Error::new(io::ErrorKind::FileTooLarge, "a shapefile holds at most 8 GB"))?;
        self.dbf.write_all(&self.row)
    }

    fn end(&mut self) -> io::Result<()> {
        self.dbf.write_all(&[0x1A])?;
        // Behind byte 12 stands what is not known only now.
        let head = self.dbf_head();
        patch(&mut self.dbf, &head[..12])?;
        let shp_head = self.shp_head(self.words);
        patch(&mut self.shp, &shp_head)?;
        let shx_head = self.shp_head(50 + 4 * self.count);
        patch(&mut self.shx, &shx_head)
    }

    fn shp_head(&self, words: u32) -> Vec<u8> {
        let mut head = Vec::with_capacity(100);
        head.extend(9994u32.to_be_bytes());
        head.resize(24, 0);
        head.extend(words.to_be_bytes());
        head.extend(1000u32.to_le_bytes());
        head.extend(5u32.to_le_bytes());
        let bounds = if self.bounds[0] <= self.bounds[2] {
            self.bounds
        } else {
            [0.0; 4]
        };
        head.extend(bounds.iter().flat_map(|v| v.to_le_bytes()));
        head.resize(100, 0);
        head
    }
}

const EMPTY: [f64; 4] = [f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY];

fn grow<'a>(bounds: [f64; 4], points: impl Iterator<Item = &'a [f64; 2]>) -> [f64; 4] {
    points.fold(bounds, |b, p| {
        [b[0].min(p[0]), b[1].min(p[1]), b[2].max(p[0]), b[3].max(p[1])]
    })
}

fn close(ring: &[[f64; 2]]) -> Vec<[f64; 2]> {
    let mut ring = ring.to_vec();
    if let (Some(&first), Some(&last)) = (ring.first(), ring.last())
        && first != last
    {
        ring.push(first);
    }
    ring
}

/// The bytes of a value, and whether it stands at the right of its field.
fn field_bytes(value: &DbfValue, kind: DbfKind) -> (Vec<u8>, bool) {
    let decimals = match kind {
        DbfKind::Number { decimals } => usize::from(decimals),
        _ => 0,
    };
    match value {
        DbfValue::Null => (Vec::new(), false),
        DbfValue::Bytes(bytes) => (bytes.clone(), matches!(kind, DbfKind::Number { .. })),
        DbfValue::Int(i) => (i.to_string().into_bytes(), true),
        DbfValue::Real(x) => (format!("{x:.decimals$}").into_bytes(), true),
    }
}

fn descriptor(field: &DbfField) -> [u8; 32] {
    let mut d = [0; 32];
    for (to, &from) in d[..10].iter_mut().zip(field.name.as_bytes()) {
        *to = from;
    }
    let (letter, decimals) = match field.kind {
        DbfKind::Text => (b'C', 0),
        DbfKind::Number { decimals } => (b'N', decimals),
        DbfKind::Date => (b'D', 0),
    };
    (d[11], d[16], d[17]) = (letter, field.width, decimals);
    d
}

fn patch(file: &mut BufWriter<File>, head: &[u8]) -> io::Result<()> {
    file.seek(SeekFrom::Start(0))?;
    file.write_all(head)?;
    file.flush()
}

fn failed(path: &Path, cause: &io::Error) -> Failure {
    Failure::new(
        "SHP_WRITE",
        msg!(
            "không ghi được tệp: {cause}",
            "the file cannot be written: {cause}"
        ),
    )
    .file(path)
}
