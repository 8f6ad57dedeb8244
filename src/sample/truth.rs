//! What is known about the sample: every unmatched point, marked row and injected error, one JSON line each.

use serde_json::{Value, json};

use super::records::Record;
use crate::domain::Pt;

/// One known thing. Written as {"kind","refs","at","file","record"}, for an injected error with the
/// "rule" that tells of it and, where it is about a text or a value, "field" and "expected".
#[derive(Clone, Debug)]
pub struct Truth {
    pub kind: &'static str,
    /// Records it is about, as indices; the first is the one that carries it.
    pub records: Vec<usize>,
    pub at: Pt,
    pub field: Option<&'static str>,
    /// What a careful reader makes of the bytes in the file.
    pub expected: Option<String>,
}

impl Truth {
    pub fn new(kind: &'static str, records: Vec<usize>, at: Pt) -> Self {
        Self {
            kind,
            records,
            at,
            field: None,
            expected: None,
        }
    }

    /// The line of truth.jsonl. `place` gives file name and record number (from 1) of a record.
    pub fn line(&self, records: &[Record], place: impl Fn(usize) -> (String, u64)) -> Value {
        let mut refs: Vec<String> = self.records.iter().map(|&i| records[i].reference()).collect();
        refs.dedup();
        let (file, record) = place(self.records[0]);
        let (e, n) = self.at.metres();
        let mut line = json!({"kind": self.kind, "refs": refs, "at": [e, n], "file": file, "record": record});
        if let (Some(rule), Some(map)) = (rule(self.kind), line.as_object_mut()) {
            map.insert("rule".to_owned(), rule.into());
        }
        if let (Some(field), Some(map)) = (self.field, line.as_object_mut()) {
            map.insert("field".to_owned(), field.into());
        }
        if let (Some(expected), Some(map)) = (&self.expected, line.as_object_mut()) {
            map.insert("expected".to_owned(), expected.as_str().into());
        }
        line
    }
}

/// The rule, or the code of the import, that tells of a kind of injected error.
fn rule(kind: &str) -> Option<&'static str> {
    Some(match kind {
        "overlap" | "sliver_overlap" | "contained" => "PARCEL_OVERLAP",
        "gap" | "sliver_gap" | "half_filled_hole" => "PARCEL_GAP",
        "duplicate_parcel" => "DUPLICATE_SHAPE",
        "self_intersection" => "IMPORT_SELF_INTERSECTION",
        "spike" => "RING_INVALID",
        "unclosed_ring" => "IMPORT_RINGS_CLOSED",
        "short_ring" => "IMPORT_TOO_FEW_POINTS",
        "null_geometry" => "IMPORT_NO_GEOMETRY",
        "duplicate_vertex" => "IMPORT_DUPLICATE_POINTS",
        // Wider than 2 mm it is an overlap or a gap.
        "near_miss" => "UNMATCHED_VERTEX",
        "duplicate_number" => "DUPLICATE_NUMBER",
        "wrong_area" => "AREA_MISMATCH",
        "missing_land_use" => "LAND_USE_MISSING",
        "unknown_land_use" => "LAND_USE_UNKNOWN",
        "island_sliver" => "SLIVER_PARCEL",
        "narrow_neck" => "NARROW_NECK",
        "near_points" => "NEAR_POINTS",
        "missing_number" => "NUMBER_MISSING",
        "wrong_legal_area" => "AREA_LEGAL",
        // Or IMPORT_MULTIPART, where such records are to be quarantined.
        "multipart" => "IMPORT_MULTIPART_SPLIT",
        _ => return None,
    })
}
