//! Questionable data: work goes on. Findings store codes and values, never a sentence; the sentence
//! is made by `validate::message`.

use sha2::{Digest, Sha256};

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

    /// What stays the same while the thing is looked at again and again: the rule, the parcels and what [`MARKS`] say.
    /// `CODE-` and 16 hex digits. Several findings of one key (two gaps between the same parcels) are told apart by their
    /// place: see `validate::Findings`, which adds `~2` and so on.
    pub fn key(&self) -> String {
        finding_key(self.code, &self.parcels, &self.mark())
    }

    /// The values that tell findings of one rule about one parcel apart.
    pub fn mark(&self) -> String {
        let told = MARKS.map(|m| self.value(m));
        let told: Vec<&str> = told.into_iter().filter(|v| !v.is_empty()).collect();
        told.join(" ")
    }

    pub fn value(&self, name: &str) -> &str {
        self.values
            .iter()
            .find(|(n, _)| *n == name)
            .map_or("", |(_, v)| v)
    }
}

/// Names of values that belong to the identity of a finding: the kind of a ring's fault, which of several things of a
/// parcel is meant, and the row it is about where that is no parcel.
pub const MARKS: [&str; 3] = ["fault", "which", "subject"];

/// [`Finding::key`] of its parts; `parcels` sorted.
pub fn finding_key(code: &str, parcels: &[Uid], mark: &str) -> String {
    let mut sha = Sha256::new();
    for parcel in parcels {
        sha.update(parcel.0.as_bytes());
    }
    sha.update(mark.as_bytes());
    let digest = sha.finalize();
    let hex: String = digest[..8].iter().map(|b| format!("{b:02x}")).collect();
    format!("{code}-{hex}")
}

/// The order of findings everywhere: by code, parcels, place (cli.md).
pub fn sort_findings(findings: &mut [Finding]) {
    findings
        .sort_by(|a, b| (a.code, &a.parcels, a.at, &a.source).cmp(&(b.code, &b.parcels, b.at, &b.source)));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_is_about_the_rule_the_parcels_and_the_kind_of_fault_only() {
        let uid = |n| Uid(uuid::Uuid::from_u128(n));
        let mut a = Finding::new("PARCEL_GAP", Severity::Warning);
        a.parcels = vec![uid(1), uid(2)];
        let key = a.key();
        assert_eq!((key.len(), &key[..11]), (27, "PARCEL_GAP-"));
        let mut b = a.clone();
        (b.at, b.amount, b.severity) = (Some(Pt::new(1, 2)), Some(3.5), Severity::Info);
        b.values = vec![("width_mm", "4".into())];
        assert_eq!(a.key(), b.key());
        b.values.push(("fault", "spike".into()));
        assert_ne!(a.key(), b.key());
        b = a.clone();
        b.parcels.pop();
        assert_ne!(a.key(), b.key());
    }
}
