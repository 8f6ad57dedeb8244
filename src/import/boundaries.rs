//! Files of administrative units or sheet divisions → boundaries of communes and frames of sheets. As an import of
//! parcels in what concerns coordinates and encodings; a record is known by its commune code, and a frame by its sheet
//! number besides.
//!
//! Of each layer `records = imported + replaced + unchanged + skipped + refused`, always.

use std::collections::BTreeMap;

use serde::Serialize;

use super::draft::Say;
use super::geometry::{self, Placing, Tally};
use super::report::CrsReport;
use super::rows::column_of;
use super::{Field, Inspection, LayerInspection, LayerPlan, Mapping, Options, Plan, clean};
use crate::domain::{
    BoundaryDraft, BoundaryKind, BoundaryState, DraftFile, Failure, Finding, NewBoundary, Polygon, Severity,
    SourceRef, sort_findings,
};
use crate::formats::{SourceGeometry, SourceRecord};
use crate::job::Progress;
use crate::msg;
use crate::text::{Msg, Text};
use crate::topology::Coverage;

const READING: Text = Text::new("Đọc ranh giới", "Reading boundaries");

/// Names of a column with M of 1:M.
const SCALE: [&str; 5] = ["TYLE", "TY_LE", "tyLeBanDo", "MAUSOTYLE", "SCALE"];
/// M of a cadastral map: 1:200 to 1:10,000, and of the survey of large forest land.
const SCALES: std::ops::RangeInclusive<i64> = 100..=100_000;

/// What became of one layer.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct BoundaryReport {
    pub file: String,
    pub layer: Option<String>,
    pub sha256: String,
    pub records: u64,
    /// Where there was none.
    pub imported: u64,
    pub replaced: u64,
    pub unchanged: u64,
    /// Of another district, or marked as deleted in the file.
    pub skipped: u64,
    /// With a finding that says why.
    pub refused: u64,
    pub crs: CrsReport,
    pub mapping: Mapping,
}

/// How the files are read: as [`Plan::propose`], with the key columns only. Where no name of a column is known, the one
/// whose values are codes of communes of the district is taken.
pub fn plan(
    inspection: &Inspection,
    kind: BoundaryKind,
    options: &Options,
    coverage: &Coverage,
) -> Result<Plan, Failure> {
    let mut plan = Plan::propose(inspection, options)?;
    let unmapped = options
        .map
        .iter()
        .any(|(f, c)| *f == Field::Commune && c.is_empty());
    for (layer, plan) in inspection.layers.iter().zip(&mut plan.layers) {
        let keys = |f: &Field| *f == Field::Commune || (*f == Field::Sheet && kind == BoundaryKind::Sheet);
        plan.mapping.retain(|f, _| keys(f));
        if !plan.mapping.contains_key(&Field::Commune) && options.commune.is_none() && !unmapped {
            let column = by_values(layer, plan, coverage);
            plan.mapping.extend(column.map(|c| (Field::Commune, c)));
        }
        // Digits are the same in every encoding.
        let code = column_of(&plan.mapping, Field::Commune, layer.fields());
        if let Some(column) = code.and_then(|i| plan.columns.get_mut(i)) {
            column.certain = true;
        }
        if kind == BoundaryKind::Sheet && !plan.mapping.contains_key(&Field::Sheet) {
            return Err(no_sheet_column(layer));
        }
    }
    Ok(plan)
}

/// The column that names communes of the district most often; of equal ones the first.
fn by_values(layer: &LayerInspection, plan: &LayerPlan, coverage: &Coverage) -> Option<String> {
    let rows = layer.preview(plan);
    let known = &coverage.territory().communes;
    let hits = |i: usize| {
        let values = rows.iter().filter_map(|(_, r)| clean::commune(r.get(i)?));
        values.filter(|code| known.contains_key(code)).count()
    };
    let columns = layer.fields().iter().enumerate().rev();
    let best = columns.map(|(i, f)| (hits(i), &f.name)).max_by_key(|(n, _)| *n)?;
    (best.0 > 0).then(|| best.1.clone())
}

/// Reads all records by the plan. Fails when the plan is undecided, a file can no longer be read, or cancelled.
pub fn read(
    inspection: &Inspection,
    plan: &Plan,
    kind: BoundaryKind,
    coverage: &Coverage,
    progress: &Progress,
) -> Result<(BoundaryDraft, Vec<BoundaryReport>), Failure> {
    if let Some(failure) = plan.undecided(inspection) {
        return Err(failure);
    }
    progress.stage(READING, inspection.records())?;
    let mut run = Run {
        kind,
        coverage,
        parcels: parcels(coverage, kind),
        found: BTreeMap::new(),
        findings: Vec::new(),
    };
    let (mut files, mut reports) = (Vec::new(), Vec::new());
    for (layer, plan_of) in inspection.layers.iter().zip(&plan.layers) {
        let placing = plan_of.crs.placing(plan.options.project_epsg)?;
        let report = run.layer(layer, plan_of, &placing, progress)?;
        files.push(DraftFile {
            file: report.file.clone(),
            layer: report.layer.clone(),
            sha256: report.sha256.clone(),
            records: report.records,
            skipped: report.skipped,
            reading: Some(plan_of.crs.reading()),
        });
        reports.push(report);
    }
    sort_findings(&mut run.findings);
    let draft = BoundaryDraft {
        kind,
        files,
        boundaries: run.found.into_values().collect(),
        findings: run.findings,
    };
    Ok((draft, reports))
}

/// Commune, and the sheet of a frame.
type Key = (String, Option<String>);

/// Parcels in force of each commune or sheet.
fn parcels(coverage: &Coverage, kind: BoundaryKind) -> BTreeMap<Key, u64> {
    let mut count = BTreeMap::new();
    for p in coverage.iter() {
        let sheet = (kind == BoundaryKind::Sheet).then(|| p.sheet.to_string());
        *count.entry((p.commune.to_string(), sheet)).or_insert(0) += 1;
    }
    count
}

struct Run<'a> {
    kind: BoundaryKind,
    coverage: &'a Coverage,
    parcels: BTreeMap<Key, u64>,
    found: BTreeMap<Key, NewBoundary>,
    findings: Vec<Finding>,
}

/// Where a record comes from and how it is read.
struct Source<'a> {
    layer: &'a LayerInspection,
    plan: &'a LayerPlan,
    placing: &'a Placing,
    file: &'a str,
    commune: Option<usize>,
    sheet: Option<usize>,
    scale: Option<usize>,
}

/// Why a record is no boundary.
enum Not {
    /// Of another district.
    Elsewhere,
    Refused(Box<Finding>),
}

impl Run<'_> {
    fn layer(
        &mut self,
        layer: &LayerInspection,
        plan: &LayerPlan,
        placing: &Placing,
        progress: &Progress,
    ) -> Result<BoundaryReport, Failure> {
        let (file, fields) = (layer.source.file_name(), layer.fields());
        let scale = |f: &crate::formats::SourceField| SCALE.iter().any(|n| f.name.eq_ignore_ascii_case(n));
        let source = Source {
            layer,
            plan,
            placing,
            file: &file,
            commune: column_of(&plan.mapping, Field::Commune, fields),
            sheet: column_of(&plan.mapping, Field::Sheet, fields),
            scale: fields
                .iter()
                .position(scale)
                .filter(|_| self.kind == BoundaryKind::Sheet),
        };
        let mut report = BoundaryReport {
            file: file.clone(),
            layer: layer.source.layer.clone(),
            sha256: layer.source.sha256.clone(),
            records: 0,
            imported: 0,
            replaced: 0,
            unchanged: 0,
            skipped: 0,
            refused: 0,
            crs: CrsReport::new(layer, plan),
            mapping: plan.mapping.clone(),
        };
        let mut elsewhere = 0;
        layer.source.read(0..layer.source.records, &mut |record| {
            progress.step(1)?;
            report.records += 1;
            match self.record(&record, &source) {
                _ if record.deleted => report.skipped += 1,
                Ok(state) => *report.counter(state) += 1,
                Err(Not::Elsewhere) => (report.skipped, elsewhere) = (report.skipped + 1, elsewhere + 1),
                Err(Not::Refused(finding)) => {
                    report.refused += 1;
                    self.findings.push(*finding);
                }
            }
            Ok(())
        })?;
        let mut say = Say {
            file: &file,
            findings: layer.source.findings.clone(),
        };
        plan.crs.say(&mut say);
        if elsewhere > 0 {
            say.that("BOUNDARY_ELSEWHERE", Severity::Info).count(elsewhere);
        }
        if report.imported + report.replaced + report.unchanged + report.refused == 0 {
            say.that("BOUNDARY_NONE", Severity::Warning);
        }
        self.findings.extend(say.findings);
        Ok(report)
    }

    fn record(&mut self, record: &SourceRecord<'_>, source: &Source<'_>) -> Result<BoundaryState, Not> {
        if record.deleted {
            return Err(Not::Elsewhere);
        }
        let key = self.key(record, source)?;
        if let Some(first) = self.found.get(&key) {
            let finding = source.finding("BOUNDARY_TWICE", record, source.key_column(self.kind));
            let values = vec![("first", first.record.to_string()), ("key", name_of(&key))];
            return Err(Not::refused(Finding { values, ..finding }));
        }
        let polygon = source.polygon(record)?;
        let (commune, sheet) = key.clone();
        let territory = self.coverage.territory();
        let there = territory.boundary(&commune, sheet.as_deref());
        let scale = source.scale(record);
        let known = sheet.as_deref().and_then(|s| territory.scale(&commune, s));
        let state = match there {
            None => BoundaryState::New,
            Some(old) if same(old, &polygon) && scale.is_none_or(|m| Some(m as f64) == known) => {
                BoundaryState::Unchanged
            }
            Some(_) => BoundaryState::Replaced,
        };
        let boundary = NewBoundary {
            area_before: there.map(Polygon::area_m2),
            parcels: self.parcels.get(&key).copied().unwrap_or(0),
            commune,
            sheet,
            scale,
            polygon,
            record: record.number,
            state,
        };
        self.found.insert(key, boundary);
        Ok(state)
    }

    /// What the record is the boundary of.
    fn key(&self, record: &SourceRecord<'_>, source: &Source<'_>) -> Result<Key, Not> {
        let bad = |column| Not::refused(source.finding("BOUNDARY_KEY", record, column));
        let commune = match source.commune {
            Some(i) => clean::commune(&source.text(record, i)).ok_or_else(|| bad(source.commune))?,
            None => source.plan.commune.clone().ok_or_else(|| bad(None))?,
        };
        let has_parcels = || {
            let first = self.parcels.range((commune.clone(), None)..).next();
            first.is_some_and(|((c, _), _)| *c == commune)
        };
        if !self.coverage.territory().communes.contains_key(&commune) && !has_parcels() {
            return Err(Not::Elsewhere);
        }
        if self.kind == BoundaryKind::Commune {
            return Ok((commune, None));
        }
        let sheet = source.sheet.map(|i| clean::label(source.text(record, i)));
        match sheet.filter(|s| !s.is_empty()) {
            Some(sheet) => Ok((commune, Some(sheet))),
            None => Err(bad(source.sheet)),
        }
    }
}

impl BoundaryReport {
    fn counter(&mut self, state: BoundaryState) -> &mut u64 {
        match state {
            BoundaryState::New => &mut self.imported,
            BoundaryState::Replaced => &mut self.replaced,
            BoundaryState::Unchanged => &mut self.unchanged,
        }
    }
}

impl Not {
    fn refused(finding: Finding) -> Self {
        Self::Refused(Box::new(finding))
    }
}

impl Source<'_> {
    fn text(&self, record: &SourceRecord<'_>, i: usize) -> String {
        let value = record.values.get(i).zip(self.plan.columns.get(i));
        let text = value.map(|(v, column)| clean::text(v, column.encoding).text);
        text.unwrap_or_default().trim().to_owned()
    }

    /// A number of a plausible map scale; what is none is as if nothing was said.
    fn scale(&self, record: &SourceRecord<'_>) -> Option<i64> {
        let text = self.text(record, self.scale?);
        let text = text
            .strip_prefix("1:")
            .or(text.strip_prefix("1/"))
            .unwrap_or(&text);
        let m = clean::label(text.trim().replace(['.', ' '], "")).parse().ok()?;
        SCALES.contains(&m).then_some(m)
    }

    fn key_column(&self, kind: BoundaryKind) -> Option<usize> {
        match kind {
            BoundaryKind::Commune => self.commune,
            BoundaryKind::Sheet => self.sheet,
        }
    }

    fn finding(&self, code: &'static str, record: &SourceRecord<'_>, column: Option<usize>) -> Finding {
        let field = column.and_then(|i| self.layer.fields().get(i));
        Finding {
            source: Some(SourceRef {
                file: self.file.to_owned(),
                record: Some(record.number),
                field: field.map(|f| f.name.clone()),
            }),
            ..Finding::new(code, Severity::Error)
        }
    }

    fn polygon(&self, record: &SourceRecord<'_>) -> Result<Polygon, Not> {
        let unreadable = |why: Msg| {
            let values = vec![("explanation_vi", why.vi), ("explanation_en", why.en)];
            let finding = self.finding("BOUNDARY_UNREADABLE", record, None);
            Not::refused(Finding { values, ..finding })
        };
        let shape = match &record.geometry {
            SourceGeometry::Null => return Err(unreadable(NO_SHAPE.into())),
            SourceGeometry::Bad { failure, .. } => return Err(unreadable(failure.message().clone())),
            SourceGeometry::Polygon(shape) => shape,
        };
        if shape.polygon_count() > 1 {
            let mut finding = self.finding("BOUNDARY_PARTS", record, None);
            finding.amount = Some(shape.polygon_count() as f64);
            finding.unit = Some(crate::domain::Unit::Count);
            return Err(Not::refused(finding));
        }
        let rings = shape
            .polygons()
            .next()
            .ok_or_else(|| unreadable(NO_SHAPE.into()))?;
        geometry::polygon(rings, self.placing, &mut Tally::default()).map_err(|refused| {
            if refused.fault.is_empty() {
                return unreadable(NO_COORDINATE.into());
            }
            let mut finding = self.finding("BOUNDARY_INVALID", record, None);
            finding.at = refused.at;
            finding.values.push(("fault", refused.fault.to_owned()));
            Not::refused(finding)
        })
    }
}

const NO_SHAPE: Text = Text::new("không có hình", "there is no shape");
const NO_COORDINATE: Text = Text::new(
    "có tọa độ không hợp lệ hoặc nằm ngoài phạm vi",
    "a coordinate is invalid or out of range",
);

/// Whether two boundaries are the same but for where their rings begin and in which order they stand.
fn same(a: &Polygon, b: &Polygon) -> bool {
    let sides = |p: &Polygon| {
        let mut all: Vec<_> = p.sides().collect();
        all.sort_unstable();
        all
    };
    a == b || sides(a) == sides(b)
}

/// "25747" or "25747/12".
fn name_of((commune, sheet): &Key) -> String {
    match sheet {
        None => commune.clone(),
        Some(sheet) => format!("{commune}/{sheet}"),
    }
}

fn no_sheet_column(layer: &LayerInspection) -> Failure {
    let known = clean::list(layer.fields().iter().map(|f| f.name.as_str()));
    Failure::new(
        "NO_SUCH_COLUMN",
        Text::new(
            "Không biết cột nào ghi số tờ bản đồ.",
            "It is not known which column holds the sheet number.",
        ),
    )
    .file(&layer.source.file)
    .field(Field::Sheet.name())
    .remedy(msg!(
        "Chỉ rõ cột (--map so_to=CỘT). Các cột có trong tệp: {known}.",
        "Say which (--map so_to=COLUMN). Columns of the file: {known}."
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::topology::testing::polygon;

    #[test]
    fn the_same_boundary_may_begin_elsewhere() {
        let holed = polygon("0 0, 9000 0, 9000 9000, 0 9000 | 1000 1000, 1000 2000, 2000 2000");
        let turned = polygon("9000 9000, 0 9000, 0 0, 9000 0 | 2000 2000, 1000 1000, 1000 2000");
        assert!(same(&holed, &turned));
        assert!(!same(&holed, &polygon("0 0, 9000 0, 9000 9000, 0 9000")));
        assert!(!same(
            &holed,
            &polygon("0 0, 9000 0, 9000 9000, 1 9000 | 1000 1000, 1000 2000, 2000 2000")
        ));
    }
}
