//! `import P --boundaries commune|sheet FILE… [options]`: boundaries of communes and frames of sheets.

use std::path::PathBuf;

use serde_json::{Value, json};

use super::args;
use super::district::{reading, writing};
use super::import::options;
use super::out::{Done, Out, finding_line, findings, rounded};
use crate::domain::{Act, BoundaryDraft, BoundaryKind, BoundaryState, Failure, NewBoundary, Severity};
use crate::import::boundaries::{BoundaryReport, plan, read};
use crate::import::inspect;
use crate::msg;
use crate::text::{Lang, format};

pub fn run(a: &args::Import, kind: &str, act: &Act, out: &Out) -> Result<Done, Failure> {
    let progress = out.progress();
    let kind = BoundaryKind::ALL
        .into_iter()
        .find(|k| k.name() == kind)
        .unwrap_or_default();
    let mut project = if a.dry_run {
        reading(&a.project, out)?
    } else {
        writing(&a.project, act, out)?
    };
    let options = options(a, &project)?;
    let paths: Vec<PathBuf> = a.files.iter().map(PathBuf::from).collect();
    let inspection = inspect(&paths, &progress)?;
    let plan = plan(&inspection, kind, &options, project.coverage())?;
    let (draft, reports) = read(&inspection, &plan, kind, project.coverage(), &progress)?;
    let op = match a.dry_run || draft.is_empty() {
        true => None,
        false => Some(project.import_boundaries(&draft, act)?),
    };
    report(&draft, &reports, op, a.dry_run, out);
    project.close()?;
    let errors = draft.findings.iter().any(|f| f.severity == Severity::Error);
    Ok(if errors { Done::Findings } else { Done::Clean })
}

fn report(draft: &BoundaryDraft, reports: &[BoundaryReport], op: Option<i64>, dry_run: bool, out: &Out) {
    if out.json {
        let boundaries: Vec<Value> = draft.boundaries.iter().map(boundary).collect();
        let document = json!({
            "committed": op.is_some(), "op": op, "files": reports, "boundaries": boundaries,
            "findings": findings(&draft.findings),
        });
        return out.line(&document.to_string());
    }
    let mut lines: Vec<String> = draft.findings.iter().map(|f| finding_line(f, out.lang)).collect();
    lines.extend(draft.boundaries.iter().map(|b| line(b, out.lang)));
    lines.extend(reports.iter().map(|r| file_line(r, out.lang)));
    let said = match (op, dry_run) {
        (Some(op), _) => msg!(
            "Đã ghi, thao tác số {op}. Chạy validate để đối chiếu thửa đất với ranh giới.",
            "Committed as operation {op}. Run validate to hold the parcels against the boundaries."
        ),
        (None, true) => msg!(
            "Chỉ xem trước; không ghi gì.",
            "Preview only; nothing was written."
        ),
        (None, false) => msg!("Không có gì mới để ghi.", "Nothing new to write."),
    };
    lines.push(said.get(out.lang).to_owned());
    out.line(&lines.join("\n"));
}

fn boundary(b: &NewBoundary) -> Value {
    json!({
        "commune": b.commune, "sheet": b.sheet, "state": b.state.name(), "record": b.record, "scale": b.scale,
        "area_m2": rounded(b.polygon.area_m2()), "area_before_m2": b.area_before.map(rounded), "parcels": b.parcels,
    })
}

fn line(b: &NewBoundary, lang: Lang) -> String {
    let key = match &b.sheet {
        None => b.commune.clone(),
        Some(sheet) => format!("{}/{sheet}", b.commune),
    };
    let (area, parcels) = (
        format::area(b.polygon.area_m2(), lang),
        format::count(b.parcels, lang),
    );
    match b.state {
        BoundaryState::New => msg!(
            "{key}: mới, {area}, {parcels} thửa",
            "{key}: new, {area}, {parcels} parcels"
        ),
        BoundaryState::Replaced => {
            let before = format::area(b.area_before.unwrap_or_default(), lang);
            msg!(
                "{key}: thay thế, {before} → {area}, {parcels} thửa",
                "{key}: replaced, {before} → {area}, {parcels} parcels"
            )
        }
        BoundaryState::Unchanged => msg!(
            "{key}: không đổi, {area}, {parcels} thửa",
            "{key}: unchanged, {area}, {parcels} parcels"
        ),
    }
    .get(lang)
    .to_owned()
}

fn file_line(r: &BoundaryReport, lang: Lang) -> String {
    let BoundaryReport {
        file,
        records,
        imported,
        replaced,
        unchanged,
        skipped,
        refused,
        ..
    } = r;
    msg!(
        "{file}: {records} bản ghi = {imported} mới + {replaced} thay thế + {unchanged} không đổi + {skipped} bỏ qua + {refused} không ghi được",
        "{file}: {records} records = {imported} new + {replaced} replaced + {unchanged} unchanged + {skipped} skipped + {refused} refused"
    )
    .get(lang)
    .to_owned()
}
