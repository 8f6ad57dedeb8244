//! The report per file, with exactly the keys of cli.md.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{LayerInspection, LayerPlan, Mapping};

/// `encoding` of one column.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct EncodingReport {
    pub name: &'static str,
    /// 0..1, two decimals.
    pub score: f64,
    pub source: &'static str,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CrsReport {
    /// As the file declares it; `None` when it does not.
    pub declared: Option<String>,
    /// System the coordinates were taken to be in, e.g. "EPSG:9210".
    pub used: String,
    /// Code of the CRS doctor's verdict.
    pub verdict: String,
}

/// One layer of one file. `records = imported + updated + skipped + quarantined`, always.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FileReport {
    pub file: String,
    pub layer: Option<String>,
    pub sha256: String,
    pub records: u64,
    pub imported: u64,
    pub updated: u64,
    /// Already in the district, or marked as deleted in the file.
    pub skipped: u64,
    pub quarantined: u64,
    /// Text columns only.
    pub encoding: BTreeMap<String, EncodingReport>,
    pub crs: CrsReport,
    /// Largest shift by rounding to the lattice, mm.
    pub max_shift_mm: f64,
    pub removed_duplicate_points: u64,
    pub mapping: Mapping,
}

impl FileReport {
    pub(super) fn new(layer: &LayerInspection, plan: &LayerPlan) -> Self {
        let text = layer
            .fields()
            .iter()
            .zip(&plan.columns)
            .filter(|(f, _)| is_text(f.kind));
        let encoding = text.map(|(f, c)| {
            let score = (c.score * 100.0).round() / 100.0;
            (
                f.name.clone(),
                EncodingReport {
                    name: c.encoding.name(),
                    score,
                    source: c.source.name(),
                },
            )
        });
        Self {
            file: layer.source.file_name(),
            layer: layer.source.layer.clone(),
            sha256: layer.source.sha256.clone(),
            records: 0,
            imported: 0,
            updated: 0,
            skipped: 0,
            quarantined: 0,
            encoding: encoding.collect(),
            crs: CrsReport::new(layer, plan),
            max_shift_mm: 0.0,
            removed_duplicate_points: 0,
            mapping: plan.mapping.clone(),
        }
    }
}

impl CrsReport {
    pub(super) fn new(layer: &LayerInspection, plan: &LayerPlan) -> Self {
        Self {
            declared: layer.declared_crs().map(declared),
            used: format!("EPSG:{}", plan.crs.epsg),
            verdict: plan.crs.verdict.to_owned(),
        }
    }
}

fn is_text(kind: crate::formats::FieldKind) -> bool {
    matches!(
        kind,
        crate::formats::FieldKind::Text | crate::formats::FieldKind::Other
    )
}

fn declared(crs: &crate::crs::DeclaredCrs) -> String {
    crs.epsg
        .map_or_else(|| crs.name.clone(), |code| format!("EPSG:{code}"))
}
