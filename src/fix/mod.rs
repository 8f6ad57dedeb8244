//! Repairs of findings: what could be done about one, best first, as plain [`Edit`]s; what each would do;
//! and many at once.
//!
//! [`options`] proposes and changes nothing: a fix is a name, a sentence and edits, so that preview, undo,
//! dossiers and the journal are those of every edit. [`try_out`] does it on a copy and refuses what is out of
//! date, does not help, moves a point too far or would bring something as grave as what it takes away.
//! [`batch`] does that for a list of findings, one after another, each on what the last left.
//!
//! A fix is *certain* when a batch may take it unasked: the data leave no other reading (a point that is missing
//! on one side), or the trust in two surveys decides. Everything else is taken by a person, or by name. A decision to
//! leave something as it is ([`Fix::needs_reason`]) stands last among the ways and is never taken without a reason.

mod attributes;
mod batch;
mod by_hand;
mod decide;
mod edges;
mod gaps;
mod known;
mod overlaps;
mod points;
mod rings;
mod slivers;
mod trust;
mod try_out;
mod work;

pub use batch::{Batch, Left, Made, Request, TRYING, batch};
pub use by_hand::by_hand;
pub use known::{Known, Sheet};
pub use try_out::{Change, Preview, try_out};

use crate::domain::{Finding, Parcel, ParcelRef};
use crate::edit::Edit;
use crate::text::{Lang, Msg, Text, format};
use crate::topology::Coverage;
use crate::topology::findings::{
    DUPLICATE_SHAPE, PARCEL_GAP, PARCEL_OVERLAP, RING_INVALID, UNMATCHED_VERTEX,
};

/// One way to take a finding away.
#[derive(Clone, Debug, PartialEq)]
pub struct Fix {
    /// Stable: `fix --choice NAME`.
    pub name: &'static str,
    pub title: Text,
    /// What it does, in one sentence, with the parcels.
    pub what: Msg,
    pub edits: Vec<Edit>,
    /// A batch may take it unasked.
    pub certain: bool,
    /// No point goes further, mm. 0: none goes elsewhere (land may change hands).
    pub tolerance_mm: i64,
}

/// Names and titles of all ways there are, in the order of the catalogue.
pub const KINDS: [(&str, Text); 22] = [
    rings::TIDY,
    rings::UNCROSS,
    rings::PARTS,
    rings::LARGEST,
    overlaps::TRUSTED,
    overlaps::TAKE_FIRST,
    overlaps::TAKE_SECOND,
    overlaps::MIDDLE,
    overlaps::RETIRE,
    points::MATCH,
    points::MERGE,
    gaps::LONGEST,
    gaps::NEIGHBOUR,
    gaps::MIDDLE,
    gaps::PARCEL,
    edges::SNAP,
    slivers::SPLIT_NECK,
    slivers::MERGE,
    attributes::NEXT_NUMBER,
    attributes::VALUE,
    decide::ALLOW,
    decide::ACCEPT,
];

/// Names of the fixes that are decisions.
pub const DECISIONS: [&str; 2] = [decide::ALLOW.0, decide::ACCEPT.0];

/// What could be done about a finding, the best first; decisions to leave it last. None of another kind: by hand only, see
/// [`by_hand`].
pub fn options(coverage: &Coverage, finding: &Finding, known: &Known) -> Vec<Fix> {
    let there = |u: &crate::domain::Uid| coverage.by_uid(*u).is_some();
    if !finding.parcels.iter().all(there) {
        return Vec::new();
    }
    let mut all = repairs(coverage, finding, known);
    all.extend(decide::options(finding));
    all
}

fn repairs(coverage: &Coverage, finding: &Finding, known: &Known) -> Vec<Fix> {
    let Some(about) = About::new(coverage, finding, known) else {
        return Vec::new();
    };
    match finding.code {
        RING_INVALID => rings::options(&about),
        PARCEL_OVERLAP => overlaps::options(&about),
        DUPLICATE_SHAPE => overlaps::duplicates(&about),
        UNMATCHED_VERTEX => points::unmatched(&about),
        "NEAR_POINTS" => points::near(&about),
        PARCEL_GAP => gaps::options(&about),
        "SHEET_EDGE" => edges::options(&about),
        "NARROW_NECK" => slivers::neck(&about),
        "SLIVER_PARCEL" => slivers::sliver(&about),
        "NUMBER_MISSING" => attributes::number(&about),
        "LAND_USE_UNKNOWN" => attributes::land_use(&about),
        "LAND_USE_MISSING" => attributes::registered(&about),
        "AREA_MISMATCH" => attributes::area(&about),
        "AREA_INVALID" => attributes::decimals(&about),
        _ => Vec::new(),
    }
}

/// Rules with fixes, in the order in which a batch goes through them: shapes before what lies between them,
/// parcels that go before land that changes hands, land before attributes.
pub const ORDER: [&str; 14] = [
    RING_INVALID,
    DUPLICATE_SHAPE,
    "NEAR_POINTS",
    UNMATCHED_VERTEX,
    "SHEET_EDGE",
    PARCEL_OVERLAP,
    PARCEL_GAP,
    "NARROW_NECK",
    "SLIVER_PARCEL",
    "NUMBER_MISSING",
    "LAND_USE_MISSING",
    "LAND_USE_UNKNOWN",
    "AREA_INVALID",
    "AREA_MISMATCH",
];

/// Names of the repairs that findings of a rule may have, in the order of [`KINDS`].
pub fn names(code: &str) -> &'static [&'static str] {
    match code {
        RING_INVALID => &["tidy", "uncross", "parts", "largest"],
        DUPLICATE_SHAPE => &["retire_duplicate"],
        "NEAR_POINTS" => &["merge_points"],
        UNMATCHED_VERTEX => &["match_points"],
        "SHEET_EDGE" => &[
            "snap_edge",
            "take_less_trusted",
            "take_first",
            "take_second",
            "overlap_middle",
            "gap_longest",
            "gap_neighbour",
            "gap_middle",
            "gap_parcel",
        ],
        PARCEL_OVERLAP => &[
            "match_points",
            "take_less_trusted",
            "take_first",
            "take_second",
            "overlap_middle",
        ],
        PARCEL_GAP => &[
            "match_points",
            "gap_longest",
            "gap_neighbour",
            "gap_middle",
            "gap_parcel",
        ],
        "NARROW_NECK" => &["split_neck"],
        "SLIVER_PARCEL" => &["merge_sliver"],
        "NUMBER_MISSING" => &["next_number"],
        "LAND_USE_MISSING" | "LAND_USE_UNKNOWN" | "AREA_INVALID" | "AREA_MISMATCH" => &["set_value"],
        _ => &[],
    }
}

/// A finding with its parcels.
struct About<'a> {
    coverage: &'a Coverage,
    finding: &'a Finding,
    known: &'a Known,
    /// In the order of the finding.
    parcels: Vec<&'a Parcel>,
}

impl<'a> About<'a> {
    /// `None` when one of its parcels is no longer in force.
    fn new(coverage: &'a Coverage, finding: &'a Finding, known: &'a Known) -> Option<Self> {
        let parcels: Option<Vec<&Parcel>> = finding.parcels.iter().map(|u| coverage.by_uid(*u)).collect();
        Some(Self {
            coverage,
            finding,
            known,
            parcels: parcels.filter(|p| !p.is_empty())?,
        })
    }

    fn references(&self) -> Vec<ParcelRef> {
        self.parcels.iter().map(|p| ParcelRef::Uid(p.uid)).collect()
    }
}

/// A number in the forms of both languages.
struct Both {
    vi: String,
    en: String,
}

/// "12,3" and "12.3".
fn number(v: f64, decimals: usize) -> Both {
    let form = |lang| format::number(v, decimals, lang);
    Both {
        vi: form(Lang::Vi),
        en: form(Lang::En),
    }
}

/// "12/45": sheet and number, or "?" for what is missing.
fn short(parcel: &Parcel) -> String {
    let or = |s: &str| {
        if s.is_empty() {
            "?".to_owned()
        } else {
            s.to_owned()
        }
    };
    format!("{}/{}", or(&parcel.sheet), or(&parcel.number))
}

#[cfg(test)]
mod tests;
