//! The register around parcels as the rules look at it: one entry per parcel, party, certificate, scan, change and
//! commune, with what hangs on it. Read in bulk or around an edit by `store::register`; never kept, never shown.
//! Holds personal values: no `Debug`, and nothing of it but masked digits enters a finding.

use super::Pt;

/// A parcel in force and what rests on it.
#[derive(Clone, Default)]
pub struct ParcelEntry {
    pub fid: i64,
    /// Mã định danh thửa đất.
    pub code: Option<String>,
    /// The point the code was computed from: the only label point a district file holds.
    pub label: Option<Pt>,
    pub area_legal: Option<f64>,
    pub uses: Vec<UseEntry>,
    /// Rights in force.
    pub rights: Vec<RightEntry>,
    /// Scans of the parcel or of a certificate of a right on it.
    pub scans: u32,
}

/// One land-use row.
#[derive(Clone, Default)]
pub struct UseEntry {
    pub fid: i64,
    pub code: String,
    pub list_version: Option<String>,
    /// m².
    pub area: Option<f64>,
    pub term: Option<String>,
    /// yyyy-MM-dd.
    pub term_ends: Option<String>,
    pub origin: Option<String>,
}

/// A right in force, with what matters of its holder and its certificate.
#[derive(Clone, Default)]
pub struct RightEntry {
    pub party: i64,
    /// Kind of the holder, as in holder_kinds.
    pub holder: String,
    /// Kind of user (DTSD) of the holder.
    pub user_type: Option<String>,
    pub land_use_row: Option<i64>,
    pub certificate: Option<i64>,
    /// Whether that certificate stands for something: neither draft nor taken back.
    pub certificate_lives: bool,
    pub origin: Option<String>,
}

/// A party that holds rights, alone or through a household or couple.
#[derive(Clone, Default)]
pub struct PartyEntry {
    pub fid: i64,
    pub uid: String,
    pub kind: String,
    /// Personal.
    pub name: Option<String>,
    /// Personal; "Nam", "Nữ".
    pub gender: Option<String>,
    /// Personal; a year, or a day.
    pub birth: Option<String>,
    pub identities: Vec<IdentityEntry>,
    /// (fid of the member, role).
    pub members: Vec<(i64, String)>,
    /// Parcels it has a right on, ascending.
    pub parcels: Vec<i64>,
}

/// A paper that says who somebody is.
#[derive(Clone, Default)]
pub struct IdentityEntry {
    /// CCCD, CMND, HC …
    pub kind: String,
    /// Personal.
    pub number: Option<String>,
    /// Whether the population database agreed; `None`: nobody asked.
    pub verified: Option<bool>,
    /// yyyy-MM-dd.
    pub verified_on: Option<String>,
    pub verified_how: Option<String>,
}

#[derive(Clone, Default)]
pub struct CertificateEntry {
    pub fid: i64,
    pub uid: String,
    pub serial: Option<String>,
    /// yyyy-MM-dd.
    pub issued_on: Option<String>,
    /// As in domain.md §3.8.
    pub status: String,
    /// Rights in force under it.
    pub rights: u32,
    /// Assets those rights are on.
    pub assets: u32,
    /// Parcels those rights are on, ascending.
    pub parcels: Vec<i64>,
}

impl CertificateEntry {
    /// Neither draft nor taken back, lost or replaced. What is not known counts as alive.
    pub fn lives(&self) -> bool {
        lives(&self.status)
    }
}

/// Whether a certificate of this status stands for something.
pub fn lives(status: &str) -> bool {
    !["DU_THAO", "DA_THU_HOI", "DA_HUY", "MAT", "BI_THAY_THE"].contains(&status)
}

/// A scanned paper.
#[derive(Clone, Default)]
pub struct ScanEntry {
    pub fid: i64,
    pub uid: String,
    pub pages: Option<i64>,
    /// A parcel, a certificate, a party or a dossier is named.
    pub linked: bool,
    pub state: ScanState,
    /// Parcels it is about, ascending.
    pub parcels: Vec<i64>,
}

/// What lies in the folder of scans.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ScanState {
    #[default]
    Missing,
    /// It cannot be read.
    Unreadable,
    /// Its SHA-256 is not its name.
    Altered,
    NotPdf,
    /// The end of the PDF is not there.
    CutOff,
    Whole,
    /// Signed, and the signature covers the whole file.
    Signed,
    /// Signed, but something was added or changed after the signature.
    SignedAndChanged,
}

/// A registered change (biến động).
#[derive(Clone, Default)]
pub struct ChangeEntry {
    pub fid: i64,
    pub uid: String,
    pub kind: String,
    /// yyyy-MM-dd.
    pub registered_on: Option<String>,
    /// Number or code of the dossier.
    pub dossier: Option<String>,
    /// Parcels, certificates and parties: before, after, and noted only.
    pub before: u32,
    pub after: u32,
    pub noted: u32,
    /// Parcels in force among them, ascending.
    pub parcels: Vec<i64>,
}

/// What is told of a commune as a whole.
#[derive(Clone, Default)]
pub struct CommuneEntry {
    pub uid: String,
    pub code: String,
    pub name: String,
    pub province: Option<String>,
    pub valid_from: Option<String>,
    pub valid_to: Option<String>,
    pub has_boundary: bool,
    /// Sheets described, and how many of them lack scale, kind, day, unit or method of the survey.
    pub sheets: u32,
    pub sheets_incomplete: u32,
}
