//! A file of others → a reference layer on the district's lattice. The coordinate system is decided as for an
//! import: nothing is guessed and no coordinate moves unasked.

use std::path::Path;

use super::Options;
use super::place::{CrsPlan, Evidence, check_choice};
use super::points::{self, PointField, PointOptions, PointPlan};
use crate::crs::DeclaredCrs;
use crate::domain::{Failure, Pt};
use crate::formats::lines::{self, too_large};
use crate::job::Progress;
use crate::text::Text;
use crate::topology::reference::{Lines, Reference};

/// Points a layer may have: some 100 MB with the index.
pub const MOST_POINTS: usize = 2_000_000;
/// Points the CRS doctor looks at.
const SAMPLE: usize = 2_000;

const PLACING: Text = Text::new("Lập chỉ mục", "Indexing");

/// What came of a file.
#[derive(Debug)]
pub enum Outcome {
    Read(Read),
    /// The person must say first what the coordinates are.
    Asks(Question),
}

/// A layer that was read, and how.
#[derive(Debug)]
pub struct Read {
    pub reference: Reference,
    /// What each layer of the file says of its coordinates, and what was taken.
    pub systems: Vec<Question>,
    /// Records that cannot be read or lie beyond all coordinates; left out.
    pub bad: u64,
}

/// What the file declares and what the doctor says of it.
#[derive(Clone, Debug)]
pub struct Question {
    pub declared: Option<DeclaredCrs>,
    pub plan: CrsPlan,
}

/// Lines of one layer in the file's coordinates.
struct Raw {
    declared: Option<DeclaredCrs>,
    points: Vec<[f64; 2]>,
    /// (record, end in `points`) of each line.
    ends: Vec<(u64, usize)>,
    bad: u64,
}

/// Reads a file. Of `options` those about coordinates are asked. Fails as [`lines::open`] and [`points::open`] do,
/// with `CRS_UNKNOWN`, `REFERENCE_EMPTY`, `REFERENCE_TOO_LARGE`, `CANCELLED`.
pub fn read(path: &Path, options: &Options, progress: &Progress) -> Result<Outcome, Failure> {
    check_choice(options)?;
    let raws = match is_field_book(path) {
        true => vec![field_book(path)?],
        false => layers(path, progress)?,
    };
    if raws.iter().all(|r| r.ends.is_empty()) {
        return Err(nothing(path));
    }
    let mut systems = Vec::new();
    for raw in &raws {
        let plan = propose(raw, options);
        let question = Question {
            declared: raw.declared.clone(),
            plan,
        };
        if !raw.ends.is_empty() && question.plan.undecided(path, options).is_some() {
            return Ok(Outcome::Asks(question));
        }
        systems.push(question);
    }
    progress.stage(PLACING, 0)?;
    let mut lines = Lines::default();
    let mut bad = 0;
    for (raw, system) in raws.iter().zip(&systems) {
        bad += raw.bad + place(raw, &system.plan, options, &mut lines)?;
        progress.step(0)?;
    }
    Ok(Outcome::Read(Read {
        reference: Reference::build(lines),
        systems,
        bad,
    }))
}

fn is_field_book(path: &Path) -> bool {
    let extension = path.extension().unwrap_or_default().to_ascii_lowercase();
    ["csv", "txt", "asc", "pts", "xyz"]
        .iter()
        .any(|e| extension == *e)
}

fn layers(path: &Path, progress: &Progress) -> Result<Vec<Raw>, Failure> {
    let mut all = 0;
    let mut raws = Vec::new();
    for layer in lines::open(path)? {
        let mut raw = Raw {
            declared: layer.declared_crs.clone(),
            points: Vec::new(),
            ends: Vec::new(),
            bad: 0,
        };
        raw.bad = layer.read(progress, &mut |record, line| {
            all += line.len();
            if all > MOST_POINTS {
                return Err(too_large().file(path));
            }
            raw.points.extend(line);
            raw.ends.push((record, raw.points.len()));
            Ok(())
        })?;
        raws.push(raw);
    }
    Ok(raws)
}

/// Points of a text file, by the columns its heading or its numbers show.
fn field_book(path: &Path) -> Result<Raw, Failure> {
    let file = points::open(path, None)?;
    let plan = PointPlan::propose(&file, &PointOptions::default())?;
    plan.check(&file)?;
    if file.lines.len() > MOST_POINTS {
        return Err(too_large().file(path));
    }
    let mut raw = Raw {
        declared: None,
        points: Vec::new(),
        ends: Vec::new(),
        bad: 0,
    };
    for (number, line) in file.lines.iter().skip(usize::from(plan.header)) {
        match place_of(line, &plan) {
            Some(point) => {
                raw.points.push(point);
                raw.ends.push((*number, raw.points.len()));
            }
            None => raw.bad += 1,
        }
    }
    Ok(raw)
}

/// [Y, X]: east before north, as in files of maps.
fn place_of(line: &str, plan: &PointPlan) -> Option<[f64; 2]> {
    let cells = plan.separator.split(line);
    let value = |f: PointField| {
        let cell = cells.get(*plan.columns.get(&f)?)?;
        points::number(cell, plan.decimal)
    };
    Some([value(PointField::Y)?, value(PointField::X)?])
}

fn propose(raw: &Raw, options: &Options) -> CrsPlan {
    let step = (raw.points.len() / SAMPLE).max(1);
    let sample: Vec<[f64; 2]> = raw.points.iter().step_by(step).copied().collect();
    let evidence = Evidence {
        points: &sample,
        area_ratio: None,
    };
    CrsPlan::propose(raw.declared.as_ref(), &evidence, options)
}

/// Onto the lattice; the number of records with a line that cannot be placed.
fn place(raw: &Raw, plan: &CrsPlan, options: &Options, lines: &mut Lines) -> Result<u64, Failure> {
    let placing = plan.placing(options.project_epsg)?;
    let (mut start, mut bad, mut worst) = (0, 0, 0);
    for (record, end) in &raw.ends {
        let points = raw.points[start..*end].iter();
        start = *end;
        let placed: Option<Vec<Pt>> = points.map(|p| placing.point(*p)).collect();
        match placed {
            Some(points) => lines.push(*record, points),
            None if worst != *record => (bad, worst) = (bad + 1, *record),
            None => (),
        }
    }
    Ok(bad)
}

fn nothing(path: &Path) -> Failure {
    let message = crate::msg!(
        "tệp không có điểm hoặc đường nào đọc được",
        "the file has no point or line that can be read"
    );
    Failure::new("REFERENCE_EMPTY", message).file(path)
}
