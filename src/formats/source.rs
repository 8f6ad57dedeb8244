//! What `import` sees of a file: layers, fields, records.

use std::collections::BTreeSet;
use std::ops::Range;
use std::path::{Path, PathBuf};

use super::{DeclaredCrs, Shape, ogr, shp};
use crate::domain::{Failure, Finding};

/// Kind of a column as the file declares it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldKind {
    Text,
    Integer,
    Real,
    /// Text of the form YYYYMMDD in a DBF, ISO 8601 from other formats.
    Date,
    Logical,
    /// Something we hand over as text or raw bytes.
    Other,
}

/// A column of a layer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceField {
    /// Unique in its layer (a second "TEN" becomes "TEN_2").
    pub name: String,
    pub kind: FieldKind,
    /// Width in bytes where the format has one, else 0.
    pub width: usize,
}

/// How the text of a layer is encoded, as far as the file says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TextKind {
    /// Values come as [`Value::Bytes`]; what the file says about them may be wrong.
    Bytes {
        /// Content of the `.cpg`, or the charset named in a TAB or MIF header.
        cpg: Option<String>,
        /// Language driver id of a DBF (byte 29), when not 0.
        ldid: Option<u8>,
    },
    /// Values come as [`Value::Text`].
    Unicode,
}

/// One attribute value. Personal: never goes into a message.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Value<'a> {
    Null,
    /// Text in an unknown encoding, trailing spaces and NULs removed. Also a number field whose
    /// content is not a number.
    Bytes(&'a [u8]),
    Text(&'a str),
    Int(i64),
    Real(f64),
}

/// Geometry of a record.
#[derive(Clone, Debug)]
pub enum SourceGeometry<'a> {
    Null,
    /// At least one polygon; coordinates are finite.
    Polygon(&'a Shape),
    /// Cannot be a polygon: why, and the original as ISO WKB as far as it could be read (else empty).
    Bad {
        failure: Failure,
        wkb: Vec<u8>,
    },
}

impl SourceGeometry<'_> {
    /// The geometry as ISO WKB in the file's coordinates, for the quarantine; empty when there is none.
    pub fn wkb(&self) -> Vec<u8> {
        match self {
            Self::Null => Vec::new(),
            Self::Polygon(shape) => shape.wkb(),
            Self::Bad { wkb, .. } => wkb.clone(),
        }
    }
}

/// One record of a layer.
#[derive(Clone, Debug)]
pub struct SourceRecord<'a> {
    /// Position in the layer, from 1.
    pub number: u64,
    pub geometry: SourceGeometry<'a>,
    /// One per field of the layer.
    pub values: &'a [Value<'a>],
    /// Marked as deleted in the file (DBF); programs do not show such records.
    pub deleted: bool,
    /// Why `values` are all null although the layer has fields.
    pub no_attributes: Option<Failure>,
}

/// A layer of polygons, opened and checked but not yet read.
#[derive(Debug)]
pub struct SourceLayer {
    pub file: PathBuf,
    /// Name of the layer in formats that have several.
    pub layer: Option<String>,
    /// SHA-256 of all bytes this layer may be read from (with the sidecar files), lower-case hex.
    pub sha256: String,
    pub records: u64,
    pub fields: Vec<SourceField>,
    pub text: TextKind,
    pub declared_crs: Option<DeclaredCrs>,
    /// What is wrong with the file as a whole; the sentence is made by `validate::message`.
    pub findings: Vec<Finding>,
    pub(super) reader: Reader,
}

#[derive(Debug)]
pub(super) enum Reader {
    Shp(Box<shp::Shp>),
    Ogr(ogr::OgrLayer),
}

impl SourceLayer {
    /// Hands the records of `range` (0-based, cut to the layer) to `each`, in order.
    ///
    /// May be called from several threads at once for different ranges when [`Self::is_parallel`].
    /// Fails when the file can no longer be read or was changed since it was opened, or with what `each` returns.
    pub fn read(
        &self,
        range: Range<u64>,
        each: &mut dyn FnMut(SourceRecord<'_>) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let range = range.start.min(self.records)..range.end.min(self.records);
        match &self.reader {
            Reader::Shp(shp) => shp.read(range, each),
            Reader::Ogr(ogr) => ogr.read(range, each),
        }
    }

    /// Whether ranges are read independently. Other layers are best read in one call from 0.
    pub fn is_parallel(&self) -> bool {
        matches!(self.reader, Reader::Shp(_))
    }

    pub fn file_name(&self) -> String {
        file_name(&self.file)
    }
}

/// Name of a file without its folder.
pub(super) fn file_name(path: &Path) -> String {
    path.file_name().map_or_else(
        || path.display().to_string(),
        |n| n.to_string_lossy().into_owned(),
    )
}

/// Makes the names unique by a suffix, in order.
pub(super) fn unique_names(fields: &mut [SourceField]) {
    let mut taken = BTreeSet::new();
    for field in fields {
        let wanted = field.name.clone();
        let mut n = 2;
        while !taken.insert(field.name.clone()) {
            field.name = format!("{wanted}_{n}");
            n += 1;
        }
    }
}
