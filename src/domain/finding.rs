//! Questionable data: work goes on. Findings store codes and values, never a sentence; the sentence
//! is made by `validate::message`.

use super::{BBox, Pt, Uid};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    Info,
    Warning,
    Error,
}

impl Severity {
    /// As in cli.md.
    pub fn name(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// Unit of [`Finding::amount`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Unit {
    M2,
    M,
    Count,
}

impl Unit {
    pub fn name(self) -> &'static str {
        match self {
            Self::M2 => "m2",
            Self::M => "m",
            Self::Count => "count",
        }
    }
}

/// Where in an imported file a finding comes from.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceRef {
    /// File name without its folder.
    pub file: String,
    /// Record number from 1.
    pub record: Option<u64>,
    pub field: Option<String>,
}

/// One questionable thing. Keys and order as in cli.md.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    pub code: &'static str,
    pub severity: Severity,
    /// Sorted.
    pub parcels: Vec<Uid>,
    /// "25747/12/45" of each parcel, in the order of `parcels`.
    pub refs: Vec<String>,
    pub at: Option<Pt>,
    pub bbox: Option<BBox>,
    pub amount: Option<f64>,
    pub unit: Option<Unit>,
    pub tolerance: Option<f64>,
    pub source: Option<SourceRef>,
    /// Further values the sentence needs, by name, e.g. ("value", "ABC"). No personal values.
    pub values: Vec<(&'static str, String)>,
}

impl Finding {
    pub fn new(code: &'static str, severity: Severity) -> Self {
        Self {
            code,
            severity,
            parcels: Vec::new(),
            refs: Vec::new(),
            at: None,
            bbox: None,
            amount: None,
            unit: None,
            tolerance: None,
            source: None,
            values: Vec::new(),
        }
    }

    pub fn value(&self, name: &str) -> &str {
        self.values
            .iter()
            .find(|(n, _)| *n == name)
            .map_or("", |(_, v)| v)
    }
}

/// The order of findings everywhere: by code, parcels, place (cli.md).
pub fn sort_findings(findings: &mut [Finding]) {
    findings
        .sort_by(|a, b| (a.code, &a.parcels, a.at, &a.source).cmp(&(b.code, &b.parcels, b.at, &b.source)));
}
