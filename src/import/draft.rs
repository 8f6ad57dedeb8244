//! Reading everything by the plan: chunks on all cores, results in the order of the files.

use std::collections::HashSet;
use std::ops::Range;

use rayon::prelude::*;

use super::geometry::Placing;
use super::rows::{Recipe, Rows};
use super::{Duplicates, Existing, Field, FileReport, Inspection, Plan, snap};
use crate::domain::{
    Draft, DraftAction, DraftFile, DraftHasher, DraftParcel, DraftPiece, Failure, Finding, Severity,
    SourceRef, Unit, sort_findings,
};
use crate::formats::SourceField;
use crate::job::Progress;
use crate::text::Text;
use crate::text::doctor::CapitalFont;
use crate::topology::snap::Points;

/// A draft and what is told about each layer.
#[derive(Clone, Debug, Default)]
pub struct Drafted {
    pub draft: Draft,
    /// One per layer, in the order of `draft.files`.
    pub files: Vec<FileReport>,
}

const READING: Text = Text::new("Đọc và kiểm tra bản ghi", "Reading and checking records");
const READING_AND_WRITING: Text = Text::new(
    "Đọc, kiểm tra và ghi bản ghi",
    "Reading, checking and writing records",
);
const COMPARING: Text = Text::new(
    "So điểm ranh của các thửa kề nhau",
    "Comparing points of neighbours",
);

/// Records one thread reads at a time.
const CHUNK: u64 = 1024;
/// Chunks in memory twice while they are put in order.
const WAVE: usize = 8;

/// Reads all records of the inspected files by the plan.
///
/// Fails when the plan is undecided, a file can no longer be read, or the job was cancelled; nothing
/// has been changed then.
pub fn draft(
    inspection: &Inspection,
    plan: &Plan,
    existing: &Existing,
    progress: &Progress,
) -> Result<Drafted, Failure> {
    let mut run = Run::begin(inspection, plan, existing)?;
    progress.stage(READING, inspection.records())?;
    run.out.draft.parcels.reserve_exact(inspection.records() as usize);
    run.read_all(progress, &mut |_| Ok(()))?;
    progress.stage(COMPARING, 0)?;
    run.finish();
    run.compare();
    let draft = &mut run.out.draft;
    draft.hash = draft.content_hash();
    Ok(run.out)
}

/// As [`draft`], for who does not look at the parcels before they are written: hands them on while others are
/// read, so that never all of them are in memory. What it returns has none. Fails too when `give` does.
pub fn stream(
    inspection: &Inspection,
    plan: &Plan,
    existing: &Existing,
    progress: &Progress,
    give: &mut dyn FnMut(DraftPiece) -> Result<(), Failure>,
) -> Result<Drafted, Failure> {
    if plan.options.snap_mm > 0 {
        // Which points move is known when all are.
        let mut drafted = draft(inspection, plan, existing, progress)?;
        give(DraftPiece::Parcels(std::mem::take(&mut drafted.draft.parcels)))?;
        give(DraftPiece::Rest(rest(&mut drafted.draft)))?;
        return Ok(drafted);
    }
    let mut run = Run::begin(inspection, plan, existing)?;
    progress.stage(READING_AND_WRITING, inspection.records())?;
    let mut hasher = DraftHasher::default();
    run.read_all(progress, &mut |run| {
        let whole = DraftHasher::whole(run.out.draft.parcels.len());
        let later = run.out.draft.parcels.split_off(whole);
        let parcels = std::mem::replace(&mut run.out.draft.parcels, later);
        run.pass_on(parcels, &mut hasher, give)
    })?;
    run.finish();
    let parcels = std::mem::take(&mut run.out.draft.parcels);
    run.pass_on(parcels, &mut hasher, give)?;
    run.out.draft.hash = hasher.finish(&run.out.draft);
    give(DraftPiece::Rest(rest(&mut run.out.draft)))?;
    // Only told, so it need not be waited for.
    run.compare();
    Ok(run.out)
}

/// What is written of a draft besides its parcels.
fn rest(draft: &mut Draft) -> Draft {
    Draft {
        files: draft.files.clone(),
        quarantined: std::mem::take(&mut draft.quarantined),
        hash: draft.hash,
        ..Draft::default()
    }
}

/// A stretch of records of one layer.
struct Task {
    layer: usize,
    range: Range<u64>,
}

struct Run<'a> {
    inspection: &'a Inspection,
    plan: &'a Plan,
    existing: &'a Existing,
    /// Layers that were imported before as a whole.
    known: Vec<bool>,
    /// Parcels of the district that this run replaces already.
    updated: HashSet<i64>,
    totals: Vec<Rows>,
    points: Points,
    out: Drafted,
}

impl<'a> Run<'a> {
    fn begin(inspection: &'a Inspection, plan: &'a Plan, existing: &'a Existing) -> Result<Self, Failure> {
        match plan.undecided(inspection) {
            Some(failure) => Err(failure),
            None => Ok(Self::new(inspection, plan, existing)),
        }
    }

    fn new(inspection: &'a Inspection, plan: &'a Plan, existing: &'a Existing) -> Self {
        let mut seen = HashSet::new();
        let repeated = |l: &super::LayerInspection| {
            // A layer of a file with several has the file's hash.
            let again = !seen.insert((l.source.sha256.clone(), l.source.layer.clone()));
            again || existing.has_source(&l.source.sha256)
        };
        let known = inspection.layers.iter().map(repeated).collect();
        let layers = || inspection.layers.iter().zip(&plan.layers);
        Self {
            inspection,
            plan,
            existing,
            known,
            updated: HashSet::new(),
            points: Points::default(),
            totals: inspection
                .layers
                .iter()
                .map(|l| Rows::new(l.fields().len()))
                .collect(),
            out: Drafted {
                files: layers().map(|(l, p)| FileReport::new(l, p)).collect(),
                draft: Draft::default(),
            },
        }
    }

    fn recipes(&self) -> Vec<Recipe<'a>> {
        let layers = self.inspection.layers.iter().zip(&self.plan.layers).zip(0u32..);
        layers
            .map(|((l, p), i)| {
                Recipe::new(
                    i,
                    l.source.file_name(),
                    l.fields(),
                    p,
                    self.plan.options.multipart,
                )
            })
            .collect()
    }

    /// A file that is in the district already and shall be skipped is not read again.
    fn is_skipped(&self, layer: usize) -> bool {
        self.known[layer] && self.plan.options.duplicates == Duplicates::Skip
    }

    fn tasks(&self) -> Vec<Task> {
        let mut tasks = Vec::new();
        for (layer, l) in self
            .inspection
            .layers
            .iter()
            .enumerate()
            .filter(|(i, _)| !self.is_skipped(*i))
        {
            let records = l.source.records;
            let step = if l.source.is_parallel() {
                CHUNK
            } else {
                records.max(1)
            };
            let mut from = 0;
            while from < records {
                let to = records.min(from + step);
                tasks.push(Task {
                    layer,
                    range: from..to,
                });
                from = to;
            }
        }
        tasks
    }

    /// Reads everything in order; `after` is called now and then.
    fn read_all(
        &mut self,
        progress: &Progress,
        after: &mut dyn FnMut(&mut Self) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let recipes = self.recipes();
        for wave in self.tasks().chunks(WAVE) {
            let read: Vec<Rows> = wave
                .par_iter()
                .map(|t| self.read(t, &recipes[t.layer], progress))
                .collect::<Result<_, _>>()?;
            for (task, rows) in wave.iter().zip(read) {
                self.add(task.layer, rows);
            }
            after(self)?;
        }
        Ok(())
    }

    fn pass_on(
        &mut self,
        parcels: Vec<DraftParcel>,
        hasher: &mut DraftHasher,
        give: &mut dyn FnMut(DraftPiece) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        hasher.parcels(&parcels);
        parcels.iter().for_each(|p| self.points.add(&p.polygon));
        give(DraftPiece::Parcels(parcels))
    }

    fn read(&self, task: &Task, recipe: &Recipe<'_>, progress: &Progress) -> Result<Rows, Failure> {
        let placing: Placing = self.plan.layers[task.layer]
            .crs
            .placing(self.plan.options.project_epsg)?;
        let mut rows = recipe.rows();
        rows.parcels
            .reserve_exact((task.range.end - task.range.start).min(CHUNK) as usize);
        let mut since = 0;
        self.inspection.layers[task.layer]
            .source
            .read(task.range.clone(), &mut |record| {
                recipe.take(&record, &placing, &mut rows);
                since += 1;
                if since == CHUNK {
                    since = 0;
                    progress.step(CHUNK)?;
                }
                Ok(())
            })?;
        progress.step(since)?;
        Ok(rows)
    }

    /// Puts a chunk behind what is there, dropping what the district has already.
    fn add(&mut self, layer: usize, rows: Rows) {
        let report = &mut self.out.files[layer];
        report.records += rows.records;
        report.skipped += rows.deleted;
        report.quarantined += rows.quarantined.len() as u64;
        self.out.draft.quarantined.extend(rows.quarantined);
        self.out.draft.findings.extend(rows.findings);
        if self.existing.is_empty() || self.plan.options.duplicates == Duplicates::Keep {
            report.imported += rows.parcels.chunk_by(|a, b| a.record == b.record).count() as u64;
            self.out.draft.parcels.extend(rows.parcels);
        } else {
            self.add_beside_existing(layer, rows.parcels);
        }
        let totals = &mut self.totals[layer];
        totals.deleted += rows.deleted;
        totals.no_commune += rows.no_commune;
        totals.other_commune += rows.other_commune;
        totals.tally.add(rows.tally);
        totals.full.iter_mut().zip(&rows.full).for_each(|(t, n)| *t += n);
    }

    fn add_beside_existing(&mut self, layer: usize, parcels: Vec<DraftParcel>) {
        let mut parcels = parcels.into_iter().peekable();
        while let Some(first) = parcels.next() {
            let record = first.record;
            let mut parts = vec![first];
            while let Some(part) = parcels.next_if(|p| p.record == record) {
                parts.push(part);
            }
            self.add_record(layer, parts);
        }
    }

    /// All parcels of one record: the first may replace one of the district.
    fn add_record(&mut self, layer: usize, mut parts: Vec<DraftParcel>) {
        let mode = self.plan.options.duplicates;
        let same = self.same(&parts[0]);
        let report = &mut self.out.files[layer];
        match (same, mode) {
            (Some(_), Duplicates::Skip) => {
                report.skipped += 1;
                return;
            }
            // A second record with the same key would overwrite the first: it is kept beside it.
            (Some(fid), Duplicates::Update) if self.updated.insert(fid) => {
                parts[0].action = DraftAction::Update(fid);
                report.updated += 1;
            }
            _ => report.imported += 1,
        }
        self.out.draft.parcels.append(&mut parts);
    }

    fn same(&self, p: &DraftParcel) -> Option<i64> {
        self.existing.find(&p.commune, &p.sheet, &p.number, &p.polygon)
    }

    /// What is known of the layers once all is read.
    fn finish(&mut self) {
        for layer in 0..self.out.files.len() {
            self.finish_layer(layer);
        }
    }

    /// Nearly equal points, and the findings in their order.
    fn compare(&mut self) {
        let draft = &mut self.out.draft;
        match self.plan.options.snap_mm {
            1.. => snap::make_equal(&mut draft.parcels, self.plan.options.snap_mm, &mut draft.findings),
            _ => {
                let mut points = std::mem::take(&mut self.points);
                draft.parcels.iter().for_each(|p| points.add(&p.polygon));
                snap::measure(points, &mut draft.findings);
            }
        }
        sort_findings(&mut draft.findings);
    }

    fn finish_layer(&mut self, layer: usize) {
        let source = &self.inspection.layers[layer].source;
        if self.is_skipped(layer) {
            self.out.files[layer].records = source.records;
            self.out.files[layer].skipped = source.records;
        }
        let report = &mut self.out.files[layer];
        let tally = self.totals[layer].tally;
        report.max_shift_mm = (tally.max_shift_mm() * 1000.0).round() / 1000.0;
        report.removed_duplicate_points = tally.duplicates;
        self.out.draft.files.push(DraftFile {
            file: report.file.clone(),
            layer: report.layer.clone(),
            sha256: report.sha256.clone(),
            records: report.records,
            skipped: report.skipped,
            reading: Some(self.plan.layers[layer].crs.reading()),
        });
        let findings = self.layer_findings(layer);
        self.out.draft.findings.extend(findings);
    }

    /// What is said once per layer.
    fn layer_findings(&self, layer: usize) -> Vec<Finding> {
        let (source, plan) = (&self.inspection.layers[layer].source, &self.plan.layers[layer]);
        let (totals, report) = (&self.totals[layer], &self.out.files[layer]);
        let mut say = Say {
            file: &report.file,
            findings: source.findings.clone(),
        };
        let again = if self.known[layer] {
            report.records.max(1)
        } else {
            0
        };
        for (code, severity, count) in [
            ("IMPORT_FILE_AGAIN", Severity::Warning, again),
            ("IMPORT_RECORDS_DELETED", Severity::Info, totals.deleted),
            (
                "IMPORT_RECORDS_SKIPPED",
                Severity::Info,
                report.skipped - totals.deleted,
            ),
            ("IMPORT_DUPLICATE_POINTS", Severity::Info, totals.tally.duplicates),
            ("IMPORT_RINGS_CLOSED", Severity::Warning, totals.tally.unclosed),
            ("IMPORT_COMMUNE_MISSING", Severity::Warning, totals.no_commune),
        ] {
            if count > 0 {
                say.that(code, severity).count(count);
            }
        }
        if totals.other_commune > 0 {
            let commune = plan.commune.as_deref().unwrap_or_default();
            say.that("IMPORT_COMMUNE_DIFFERS", Severity::Warning)
                .count(totals.other_commune)
                .value("commune", commune);
        }
        plan.crs.say(&mut say);
        for field in [Field::Sheet, Field::Number]
            .into_iter()
            .filter(|f| !plan.mapping.contains_key(f))
        {
            say.that("IMPORT_COLUMN_MISSING", Severity::Warning)
                .value("field", field.name());
        }
        self.column_findings(layer, &mut say);
        say.findings
    }

    fn column_findings(&self, layer: usize, say: &mut Say<'_>) {
        let (inspected, plan) = (&self.inspection.layers[layer], &self.plan.layers[layer]);
        for (i, (field, column)) in inspected.fields().iter().zip(&plan.columns).enumerate() {
            let encoding = column.encoding.name();
            let full = self.totals[layer].full.get(i).copied().unwrap_or_default();
            if full > 0 {
                let width = field.width.to_string();
                say.of("IMPORT_TEXT_FULL", Severity::Info, field)
                    .count(full)
                    .value("width", &width);
            }
            if !column.certain {
                say.of("IMPORT_ENCODING_UNCERTAIN", Severity::Warning, field)
                    .value("encoding", encoding);
            }
            if let Some(declared) = inspected.contradicted(i, column) {
                let finding = say.of("IMPORT_ENCODING_DECLARED", Severity::Warning, field);
                finding
                    .value("declared", declared.name())
                    .value("encoding", encoding);
            }
            match column.capital_font {
                Some(CapitalFont::Mixed) => {
                    say.of("IMPORT_CAPITAL_FONT", Severity::Info, field);
                }
                Some(CapitalFont::AllSmall) => {
                    say.of("IMPORT_ALL_SMALL", Severity::Info, field);
                }
                None => {}
            }
        }
    }
}

/// Gathers the findings of one layer.
pub(super) struct Say<'a> {
    pub file: &'a str,
    pub findings: Vec<Finding>,
}

/// The finding just made, to be completed.
pub(super) struct Said<'a>(&'a mut Finding);

impl Say<'_> {
    pub(super) fn that(&mut self, code: &'static str, severity: Severity) -> Said<'_> {
        let mut finding = Finding::new(code, severity);
        finding.source = Some(SourceRef {
            file: self.file.to_owned(),
            record: None,
            field: None,
        });
        let at = self.findings.len();
        self.findings.push(finding);
        Said(&mut self.findings[at])
    }

    fn of(&mut self, code: &'static str, severity: Severity, field: &SourceField) -> Said<'_> {
        let said = self.that(code, severity);
        if let Some(source) = &mut said.0.source {
            source.field = Some(field.name.clone());
        }
        said
    }
}

impl Said<'_> {
    pub(super) fn count(self, n: u64) -> Self {
        (self.0.amount, self.0.unit) = (Some(n as f64), Some(Unit::Count));
        self
    }

    pub(super) fn value(self, name: &'static str, value: &str) -> Self {
        self.0.values.push((name, value.to_owned()));
        self
    }
}
