//! Lines → points, by the plan.

use std::collections::{BTreeMap, HashMap};

use serde::Serialize;

use super::file::PointFile;
use super::plan::{PointField, PointPlan, number};
use crate::crs;
use crate::domain::{
    BBox, BadLine, DraftFile, Failure, Finding, PointDraft, Pt, Severity, SourceRef, SurveyPoint, Uid, Unit,
};

/// What holds for all lines of an import.
#[derive(Clone, Debug, Default)]
pub struct PointContext<'a> {
    pub project_epsg: u32,
    /// System of the file where it is another: a zone, or 4326 with latitude as X.
    pub from_epsg: Option<u32>,
    /// Box of the parcels; points far outside it are remarked.
    pub extent: Option<BBox>,
    /// Name of the survey; none: the name of the file.
    pub survey: Option<String>,
    /// yyyy-MM-dd.
    pub surveyed_on: Option<String>,
    /// Standard error, m, where no column says it.
    pub accuracy: Option<f64>,
    /// Points there are already.
    pub existing: &'a [SurveyPoint],
}

/// What became of one file. `records = imported + skipped + quarantined`, always.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PointReport {
    pub file: String,
    pub sha256: String,
    pub records: u64,
    pub imported: u64,
    pub skipped: u64,
    pub quarantined: u64,
    pub encoding: &'static str,
    pub separator: &'static str,
    pub decimal: String,
    pub header: bool,
    /// field → column.
    pub mapping: BTreeMap<&'static str, String>,
}

/// How far (mm) from the parcels a point is remarked.
const FAR: i64 = 20_000_000;

/// Heights and errors beyond these (m) are no heights and errors.
const HIGHEST: f64 = 9_000.0;
const WORST: f64 = 1_000.0;

/// Reads the files by their plans. Fails with `POINT_COLUMNS`, `CRS_UNKNOWN`.
pub fn draft(
    files: &[(&PointFile, &PointPlan)],
    cx: &PointContext<'_>,
) -> Result<(PointDraft, Vec<PointReport>), Failure> {
    for (file, plan) in files {
        plan.check(file)?;
    }
    let reading = Reading::new(cx)?;
    let mut out = PointDraft::default();
    let mut seen = Seen::of(cx.existing);
    let mut reports = Vec::new();
    for (i, (file, plan)) in files.iter().enumerate() {
        reports.push(one(i as u32, file, plan, &reading, &mut seen, &mut out));
    }
    crate::domain::sort_findings(&mut out.findings);
    Ok((out, reports))
}

/// Places and labels there are.
struct Seen {
    points: HashMap<(String, Pt), ()>,
    /// Label within a survey → place.
    labels: HashMap<(String, String), Pt>,
}

impl Seen {
    fn of(existing: &[SurveyPoint]) -> Self {
        let mut seen = Self {
            points: HashMap::new(),
            labels: HashMap::new(),
        };
        existing.iter().for_each(|p| seen.add(p));
        seen
    }

    fn has(&self, p: &SurveyPoint) -> bool {
        self.points.contains_key(&(p.label.clone(), p.at))
    }

    /// The other place of the same label in the same survey.
    fn elsewhere(&self, p: &SurveyPoint) -> Option<Pt> {
        self.labels.get(&key(p)).copied().filter(|at| *at != p.at)
    }

    fn add(&mut self, p: &SurveyPoint) {
        self.points.insert((p.label.clone(), p.at), ());
        self.labels.entry(key(p)).or_insert(p.at);
    }
}

fn key(p: &SurveyPoint) -> (String, String) {
    (p.survey.clone().unwrap_or_default(), p.label.clone())
}

struct Reading<'a> {
    cx: &'a PointContext<'a>,
    transform: Option<crs::Transform>,
    expected: Option<BBox>,
}

impl<'a> Reading<'a> {
    fn new(cx: &'a PointContext<'a>) -> Result<Self, Failure> {
        let from = cx.from_epsg.filter(|f| *f != cx.project_epsg);
        let transform = from
            .map(|f| crs::Transform::between(f, cx.project_epsg))
            .transpose()?;
        Ok(Self {
            cx,
            transform,
            expected: cx.extent.map(|b| b.grown(FAR)),
        })
    }

    /// The lattice point of X (north) and Y (east).
    fn place(&self, x: f64, y: f64) -> Option<Pt> {
        let [e, n] = match &self.transform {
            Some(t) => t.apply([y, x]).ok()?,
            None => [y, x],
        };
        Pt::from_metres(e, n)
    }

    /// A line as a point, or the code and the field of what is wrong.
    fn point(
        &self,
        line: u64,
        fields: &[String],
        plan: &PointPlan,
        file: &str,
    ) -> Result<SurveyPoint, Wrong> {
        let text = |f: PointField| {
            plan.columns
                .get(&f)
                .and_then(|i| fields.get(*i))
                .map(|s| s.trim())
                .filter(|s| !s.is_empty())
        };
        let coordinate = |f: PointField| -> Result<f64, Wrong> {
            let s = text(f).ok_or(Wrong::missing(f))?;
            number(s, plan.decimal).ok_or_else(|| Wrong::number(f, s))
        };
        let optional = |f: PointField, most: f64| -> Result<Option<f64>, Wrong> {
            let Some(s) = text(f) else { return Ok(None) };
            let value = number(s, plan.decimal).filter(|v| v.abs() < most);
            value.map(Some).ok_or_else(|| Wrong::number(f, s))
        };
        let (x, y) = (coordinate(PointField::X)?, coordinate(PointField::Y)?);
        let at = self.place(x, y).ok_or(Wrong::range())?;
        Ok(SurveyPoint {
            fid: 0,
            uid: Uid(uuid::Uuid::nil()),
            at,
            label: text(PointField::Label).map_or_else(|| line.to_string(), str::to_owned),
            code: text(PointField::Code).map(str::to_owned),
            survey: Some(self.cx.survey.clone().unwrap_or_else(|| file.to_owned())),
            height: optional(PointField::Height, HIGHEST)?,
            accuracy: optional(PointField::Accuracy, WORST)?.or(self.cx.accuracy),
            surveyed_on: self.cx.surveyed_on.clone(),
            source: Some(file.to_owned()),
        })
    }
}

/// What is wrong with a line.
struct Wrong {
    code: &'static str,
    field: Option<PointField>,
    value: String,
}

impl Wrong {
    fn missing(field: PointField) -> Self {
        Self {
            code: "POINT_LINE_SHORT",
            field: Some(field),
            value: String::new(),
        }
    }

    fn number(field: PointField, value: &str) -> Self {
        Self {
            code: "POINT_LINE_NUMBER",
            field: Some(field),
            value: value.chars().take(40).collect(),
        }
    }

    fn range() -> Self {
        Self {
            code: "POINT_LINE_RANGE",
            field: None,
            value: String::new(),
        }
    }
}

fn one(
    index: u32,
    file: &PointFile,
    plan: &PointPlan,
    reading: &Reading<'_>,
    seen: &mut Seen,
    out: &mut PointDraft,
) -> PointReport {
    let name = file.name();
    let lines = &file.lines[usize::from(plan.header).min(file.lines.len())..];
    let (points, bad, findings) = (out.points.len(), out.bad.len(), &mut out.findings);
    let (mut skipped, mut far) = (0u64, Vec::new());
    for (line, text) in lines {
        let at = |code: &'static str, severity| Finding {
            source: Some(source(&name, Some(*line))),
            ..Finding::new(code, severity)
        };
        match reading.point(*line, &plan.separator.split(text), plan, &name) {
            Err(wrong) => {
                findings.push(explained(at(wrong.code, Severity::Error), &wrong));
                out.bad.push(BadLine {
                    file: index,
                    line: *line,
                    code: wrong.code,
                    text: text.clone(),
                });
            }
            Ok(p) if seen.has(&p) => skipped += 1,
            Ok(p) => {
                if let Some(other) = seen.elsewhere(&p) {
                    findings.push(twice(at("POINT_LABEL_TWICE", Severity::Warning), &p, other));
                }
                if reading.expected.is_some_and(|b| !b.contains(p.at)) {
                    far.push(p.at);
                }
                seen.add(&p);
                out.points.push(p);
            }
        }
    }
    let about = |code, n: usize| counted(code, &name, n);
    findings.extend((skipped > 0).then(|| Finding {
        severity: Severity::Info,
        ..about("POINT_DUPLICATE", skipped as usize)
    }));
    findings.extend(far.first().map(|at| Finding {
        at: Some(*at),
        ..about("POINT_FAR", far.len())
    }));
    findings.extend(plan.turned.then(|| about("POINT_XY_TURNED", lines.len())));
    out.files.push(DraftFile {
        file: name.clone(),
        layer: None,
        sha256: file.sha256.clone(),
        records: lines.len() as u64,
        skipped,
        reading: None,
    });
    PointReport {
        file: name,
        sha256: file.sha256.clone(),
        records: lines.len() as u64,
        imported: (out.points.len() - points) as u64,
        skipped,
        quarantined: (out.bad.len() - bad) as u64,
        encoding: file.encoding.name(),
        separator: plan.separator.name(),
        decimal: plan.decimal.to_string(),
        header: plan.header,
        mapping: plan.mapping(),
    }
}

fn source(file: &str, record: Option<u64>) -> SourceRef {
    SourceRef {
        file: file.to_owned(),
        record,
        field: None,
    }
}

fn explained(mut f: Finding, wrong: &Wrong) -> Finding {
    if let (Some(field), Some(source)) = (wrong.field, &mut f.source) {
        source.field = Some(field.name().to_owned());
    }
    f.values = vec![("value", wrong.value.clone())];
    f
}

fn twice(mut f: Finding, p: &SurveyPoint, other: Pt) -> Finding {
    f.at = Some(p.at);
    f.amount = Some((p.at.dist(other) / 1000.0 * 1e3).round() / 1e3);
    f.unit = Some(Unit::M);
    f.values = vec![
        ("label", p.label.clone()),
        ("distance", format!("{:.3}", p.at.dist(other) / 1000.0)),
    ];
    f
}

fn counted(code: &'static str, file: &str, n: usize) -> Finding {
    Finding {
        source: Some(source(file, None)),
        amount: Some(n as f64),
        unit: Some(Unit::Count),
        ..Finding::new(code, Severity::Warning)
    }
}
