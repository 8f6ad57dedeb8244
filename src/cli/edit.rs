//! `edit P --script FILE.jsonl [--atomic] [--dry-run]`: one answer line for each input line, printed after
//! the durable commit: the line is the acknowledgement.

use std::io::{BufRead, BufReader, Read};

use serde_json::{Value, json};

use super::args;
use super::district::writing;
use super::out::{Done, Out, error, findings, point, rounded};
use crate::domain::{Act, Failure};
use crate::edit::{Measure, RecordEffect, parse};
use crate::msg;
use crate::project::{BelowMinimum, Edit, EditError, Effects, Project};
use crate::text::Msg;
use crate::topology::match_edge::Left;

/// Longest line of a script: a shape of some hundred thousand points.
const MAX_LINE: u64 = 16 << 20;

/// The answer to a line that was done.
pub fn acknowledged(line: u64, e: &Effects, out: &Out) -> String {
    if !out.json {
        let mut text = format!("{:>5}  {}", e.op, e.label.get(out.lang));
        for b in &e.told.below_minimum {
            text += &format!("\n       ! {}", b.below.sentence(&b.reference).get(out.lang));
        }
        for l in &e.told.left {
            text += &format!("\n       ! {}", left_over(l).get(out.lang));
        }
        return text;
    }
    let uids = |list: &[crate::domain::Uid]| list.iter().map(ToString::to_string).collect::<Vec<_>>();
    let mut answer = json!({
        "line": line, "ok": true, "op": e.op,
        "created": uids(&e.created), "changed": uids(&e.changed), "retired": uids(&e.retired),
        "points_moved": e.points_moved, "points_inserted": e.points_inserted,
        "area_before": rounded(e.area_before), "area_after": rounded(e.area_after),
    });
    if !e.records.is_empty() {
        let record =
            |r: &RecordEffect| json!({"kind": r.kind.name(), "uid": r.uid.to_string(), "created": r.created});
        answer["records"] = e.records.iter().map(record).collect();
    }
    if let Some(code) = &e.dossier {
        answer["dossier"] = code.as_str().into();
    }
    let warnings: Vec<_> = e.told.below_minimum.iter().map(below_minimum).collect();
    if !warnings.is_empty() {
        answer["warnings"] = warnings.into();
    }
    let left: Vec<_> = e.told.left.iter().map(left).collect();
    if !left.is_empty() {
        answer["left"] = left.into();
    }
    answer.to_string()
}

/// A part smaller than a split may leave it.
fn below_minimum(b: &BelowMinimum) -> Value {
    let (below, message) = (&b.below, b.below.sentence(&b.reference));
    let (code, unit) = match below.measure {
        Measure::Area => ("SPLIT_MIN_AREA", "m2"),
        Measure::Front => ("SPLIT_MIN_FRONT", "m"),
    };
    json!({
        "code": code, "ref": b.reference, "amount": rounded(below.is), "least": below.least, "unit": unit,
        "land_use": below.rule.land_use, "province": below.rule.province, "decision": below.rule.decision,
        "confidence": below.rule.confidence, "message": {"vi": message.vi, "en": message.en},
    })
}

/// A pair of an edge that stays as it is.
fn left(l: &Left) -> Value {
    json!({"at": point(l.at), "residual": rounded(l.residual / 1000.0), "findings": findings(&l.findings)})
}

fn left_over(l: &Left) -> Msg {
    let ((e, n), far) = (l.at.metres(), l.residual / 1000.0);
    msg!(
        "Để lại cặp tại X = {n:.3}, Y = {e:.3}, lệch {far:.3} m: ghép vào sẽ sinh lỗi.",
        "Left the pair at X = {n:.3}, Y = {e:.3}, {far:.3} m apart: it would make a fault."
    )
}

/// Prints the answer to a refused line. The failure that comes back only sets the exit code: see [`is_answered`].
pub fn refused(line: u64, e: EditError, out: &Out) -> Failure {
    if out.json {
        let answer = json!({"line": line, "ok": false, "error": error(&e.failure, out.lang), "findings": findings(&e.findings)});
        out.line(&answer.to_string());
        return Failure::new(ANSWERED, msg!("", ""));
    }
    for f in &e.findings {
        out.note(&super::out::finding_line(f, out.lang));
    }
    e.failure.record(line)
}

/// Code of a failure whose JSON has already been printed as the answer to its line.
const ANSWERED: &str = "ANSWERED";

pub fn is_answered(f: &Failure) -> bool {
    f.code() == ANSWERED
}

pub fn run(a: &args::Edit, act: &Act, out: &Out) -> Result<Done, Failure> {
    let mut project = writing(&a.project, act, out)?;
    let mut script = Script::open(&a.script)?;
    if a.atomic || a.dry_run {
        all_at_once(&mut project, &mut script, a, act, out)?;
    } else {
        while let Some((line, edit)) = script.next().map_err(|(l, f)| refused(l, f.into(), out))? {
            match project.apply(&edit, act) {
                Ok(effects) => out.line(&acknowledged(line, &effects, out)),
                Err(e) => return Err(refused(line, e, out)),
            }
        }
    }
    project.close()?;
    Ok(Done::Clean)
}

/// One operation for the whole script, or none of it.
fn all_at_once(
    project: &mut Project,
    script: &mut Script,
    a: &args::Edit,
    act: &Act,
    out: &Out,
) -> Result<(), Failure> {
    let (mut lines, mut edits): (Vec<u64>, Vec<Edit>) = (Vec::new(), Vec::new());
    while let Some((line, edit)) = script.next().map_err(|(l, f)| refused(l, f.into(), out))? {
        lines.push(line);
        edits.push(edit);
    }
    let done = if a.dry_run {
        project.rehearse(&edits, act)
    } else {
        project.apply_all(&edits, act)
    };
    match done {
        Ok(all) => {
            for (line, effects) in lines.iter().zip(&all) {
                out.line(&acknowledged(*line, effects, out));
            }
            Ok(())
        }
        Err(e) => {
            // The failure names its edit by position; without one the first line answers for all.
            let at = e
                .failure
                .at_record()
                .and_then(|n| usize::try_from(n).ok())
                .unwrap_or(1)
                .max(1);
            Err(refused(lines.get(at - 1).copied().unwrap_or(1), e, out))
        }
    }
}

/// The lines of a script, empty ones skipped.
struct Script {
    input: Box<dyn BufRead>,
    line: u64,
}

impl Script {
    fn open(path: &str) -> Result<Self, Failure> {
        let input: Box<dyn BufRead> = if path == "-" {
            Box::new(BufReader::new(std::io::stdin()))
        } else {
            let file = std::fs::File::open(path).map_err(|e| {
                Failure::new(
                    "FILE_UNREADABLE",
                    msg!("Không đọc được kịch bản: {e}", "Cannot read the script: {e}"),
                )
                .file(path)
                .remedy(msg!(
                    "Kiểm tra đường dẫn và quyền đọc.",
                    "Check the path and the permission to read."
                ))
            })?;
            Box::new(BufReader::new(file))
        };
        Ok(Self { input, line: 0 })
    }

    /// The next edit with its line number; on an error the number of the line at fault.
    fn next(&mut self) -> Result<Option<(u64, Edit)>, (u64, Failure)> {
        loop {
            let mut text = String::new();
            self.line += 1;
            let read = self
                .input
                .by_ref()
                .take(MAX_LINE)
                .read_line(&mut text)
                .map_err(|e| {
                    (
                        self.line,
                        Failure::new(
                            "SCRIPT_LINE",
                            msg!("Không đọc được dòng: {e}", "Cannot read the line: {e}"),
                        ),
                    )
                })?;
            if read == 0 {
                return Ok(None);
            }
            if read as u64 == MAX_LINE {
                return Err((
                    self.line,
                    Failure::new(
                        "SCRIPT_LINE",
                        msg!("Dòng dài quá 16 MB.", "The line is longer than 16 MB."),
                    ),
                ));
            }
            if !text.trim().is_empty() {
                return parse(text.trim())
                    .map(|e| Some((self.line, e)))
                    .map_err(|f| (self.line, f));
            }
        }
    }
}
