//! The parcel (thửa đất) as the map holds it and as the register describes it. Fields: domain.md §2.4.

use std::fmt;
use std::sync::Arc;

use super::{BBox, Polygon, Uid};

/// What the map keeps in memory of every parcel in force: enough to draw, label, colour, pick and
/// check it without asking the file. Strings are shared (interned by the loader).
#[derive(Clone, Debug, PartialEq)]
pub struct Parcel {
    /// Row number in table `parcel`; lives as long as the file.
    pub fid: i64,
    pub uid: Uid,
    /// Commune code (mã xã), five digits.
    pub commune: Arc<str>,
    /// Sheet number (số hiệu tờ bản đồ) as text: "12", or "TĐ 12-2019" for extract surveys. Empty when unknown.
    pub sheet: Arc<str>,
    /// Parcel number (số thứ tự thửa) as text. Empty when unknown or not a parcel.
    pub number: Arc<str>,
    /// Land-use label as drawn, e.g. "ONT+CLN". Empty when unknown.
    pub land_use: Arc<str>,
    /// Area in the register as measured (diện tích), m².
    pub area_measured: Option<f64>,
    /// Area on the certificate (diện tích pháp lý), m².
    pub area_legal: Option<f64>,
    /// False for land that is no parcel: road, canal (đối tượng chiếm đất không tạo thành thửa đất).
    pub is_parcel: bool,
    pub polygon: Polygon,
    pub bbox: BBox,
}

impl Parcel {
    pub fn key(&self) -> ParcelKey {
        ParcelKey {
            commune: self.commune.clone(),
            sheet: self.sheet.clone(),
            number: self.number.clone(),
        }
    }

    /// "25747/12/45".
    pub fn reference(&self) -> String {
        self.key().to_string()
    }
}

/// The official key of a parcel: unique among parcels in force (domain.md, fact 4).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ParcelKey {
    pub commune: Arc<str>,
    pub sheet: Arc<str>,
    pub number: Arc<str>,
}

impl fmt::Display for ParcelKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}", self.commune, self.sheet, self.number)
    }
}

/// A PARCEL reference as typed (cli.md): a uid, or "COMMUNE/SHEET/NUMBER".
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ParcelRef {
    Uid(Uid),
    Key(ParcelKey),
}

impl std::str::FromStr for ParcelRef {
    type Err = ();
    fn from_str(s: &str) -> Result<Self, ()> {
        let s = s.trim();
        if let Ok(uid) = s.parse() {
            return Ok(Self::Uid(uid));
        }
        // A sheet name may itself hold a slash only in free text; the official key has exactly two.
        let mut parts = s.split('/').map(str::trim);
        match (parts.next(), parts.next(), parts.next(), parts.next()) {
            (Some(c), Some(sh), Some(n), None) if !c.is_empty() => Ok(Self::Key(ParcelKey {
                commune: c.into(),
                sheet: sh.into(),
                number: n.into(),
            })),
            _ => Err(()),
        }
    }
}

/// Whether a parcel is in force or superseded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Status {
    /// `HIEN_HANH`: in force; it has a geometry.
    InForce,
    /// `LICH_SU`: superseded; its geometry stands in `parcel_version`.
    Historic,
}

/// Everything the register says of one parcel, read on demand for the inspector, exports and packages.
#[derive(Clone, Debug, PartialEq)]
pub struct ParcelRecord {
    pub fid: i64,
    pub uid: Uid,
    pub version: i64,
    pub status: Status,
    pub commune: String,
    pub sheet: String,
    pub number: String,
    pub old_sheet: Option<String>,
    pub old_number: Option<String>,
    /// National parcel identifier (mã định danh thửa đất), 12 geohash characters; never recomputed.
    pub parcel_code: Option<String>,
    pub area_measured: Option<f64>,
    pub area_legal: Option<f64>,
    pub land_use: Option<String>,
    pub address: Option<String>,
    pub is_parcel: bool,
    /// Where the shape comes from, e.g. the file's name.
    pub survey: Option<String>,
    pub land_uses: Vec<LandUseRow>,
    pub holders: Vec<Holder>,
    /// `None` for a historic parcel.
    pub polygon: Option<Polygon>,
}

/// One land-use row of a parcel (DC_MucDichSuDung).
#[derive(Clone, Debug, PartialEq)]
pub struct LandUseRow {
    pub uid: Uid,
    /// Position on the certificate, from 1.
    pub position: i64,
    pub code: String,
    /// "2014" or "2024"; `None` when the code is in neither list.
    pub list_version: Option<String>,
    /// m².
    pub area: Option<f64>,
    pub term: Option<String>,
    pub origin: Option<String>,
}

/// A party that holds a right on a parcel, as far as the import brought it.
#[derive(Clone, Debug, PartialEq)]
pub struct Holder {
    pub right_uid: Uid,
    pub party_uid: Uid,
    /// Kind as in holder_kinds: "CA_NHAN", "VO_CHONG", "HO_GIA_DINH", "TO_CHUC", "CONG_DONG"; "KHONG_RO" when unknown.
    pub kind: String,
    /// Name exactly as on the paper or in the file (personal value).
    pub name: String,
    /// Address of the holder (personal value).
    pub address: Option<String>,
    /// Kind of user from the file (DTSD), unmapped code kept as text.
    pub user_type: Option<String>,
}
