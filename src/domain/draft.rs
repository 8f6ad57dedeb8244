//! What an import is about to write: made by `import`, shown in the preview, committed by `store`.
//! The draft previewed is the draft committed.

use super::{Extra, Finding, Polygon, Uid};

/// Everything one import run read, ready to be written in one transaction.
#[derive(Clone, Debug, Default)]
pub struct Draft {
    pub files: Vec<DraftFile>,
    /// In order of file, then record.
    pub parcels: Vec<DraftParcel>,
    pub quarantined: Vec<Quarantined>,
    pub findings: Vec<Finding>,
    /// SHA-256 over all that would be written; compared again at commit.
    pub hash: [u8; 32],
}

/// A draft as it is read, for who does not look at it before it is written: its parcels in stretches, in their order,
/// and last the draft itself, its `parcels` empty.
#[derive(Debug)]
pub enum DraftPiece {
    Parcels(Vec<DraftParcel>),
    Rest(Draft),
}

/// One layer of one file in a draft.
#[derive(Clone, Debug, Default)]
pub struct DraftFile {
    /// File name without its folder.
    pub file: String,
    pub layer: Option<String>,
    /// SHA-256 of the bytes read (all files of a shapefile set), lower-case hex.
    pub sha256: String,
    pub records: u64,
    /// Records of the file that became no parcel because the same was there already.
    pub skipped: u64,
    /// How its coordinates were read; `None` where they are none of a map.
    pub reading: Option<Reading>,
}

/// How the coordinates of a file become those of the district: swapped, then shifted, then taken as `epsg`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reading {
    pub epsg: u32,
    /// The file has northing before easting.
    pub swap_xy: bool,
    /// Metres added to easting and northing after the swap.
    pub shift: [f64; 2],
}

/// What to do with a parcel of the draft that is already in the district.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DraftAction {
    Insert,
    /// Replace attributes and geometry of the parcel with this fid.
    Update(i64),
}

/// One record of a file, read and normalised.
#[derive(Clone, Debug)]
pub struct DraftParcel {
    pub uid: Uid,
    pub action: DraftAction,
    /// Index into [`Draft::files`].
    pub file: u32,
    /// Record number in the file, from 1. Parts of a split multipart share it.
    pub record: u64,
    pub commune: String,
    pub sheet: String,
    pub number: String,
    pub old_sheet: Option<String>,
    pub old_number: Option<String>,
    pub area_measured: Option<f64>,
    pub area_legal: Option<f64>,
    /// Label as in the file, e.g. "ONT+CLN".
    pub land_use: Option<String>,
    pub address: Option<String>,
    pub parcel_code: Option<String>,
    pub is_parcel: bool,
    /// Personal: name of the holder as in the file.
    pub owner: Option<String>,
    /// Personal: address of the holder where the file has one apart from the parcel's.
    pub owner_address: Option<String>,
    /// Kind of user (DTSD) as in the file.
    pub user_type: Option<String>,
    /// Unmapped columns as (column, value); personal until known otherwise.
    pub extra: Extra,
    pub polygon: Polygon,
}

/// A record whose geometry cannot be a parcel: kept with its original, never dropped.
#[derive(Clone, Debug)]
pub struct Quarantined {
    pub uid: Uid,
    /// Index into [`Draft::files`].
    pub file: u32,
    pub record: u64,
    /// Code of the finding that says why.
    pub code: &'static str,
    /// Original geometry as ISO WKB in the file's own coordinates; empty when there was none.
    pub wkb: Vec<u8>,
    /// All attributes as (column, value).
    pub attributes: Vec<(String, String)>,
    /// What the import would have made of these, by its mapping; without a polygon.
    pub parcel: Option<Box<DraftParcel>>,
}
