//! `import P --points FILE… [options]`: files of total stations and GNSS into survey points.

use std::path::Path;
use std::time::Instant;

use serde_json::json;

use super::args;
use super::district::{epsg, reading, writing};
use super::import::encoding;
use super::out::{Done, Out, finding_line, findings};
use crate::domain::{Act, Failure, PointDraft, Severity};
use crate::import::points::{
    PointContext, PointOptions, PointPlan, PointReport, Separator, draft, open, parse_point_choice,
};
use crate::msg;
use crate::project::Project;
use crate::text::Lang;

pub fn run(a: &args::Import, act: &Act, out: &Out) -> Result<Done, Failure> {
    let mut project = if a.dry_run {
        reading(&a.project, out)?
    } else {
        writing(&a.project, act, out)?
    };
    let started = Instant::now();
    let options = options(a)?;
    let mut files = Vec::new();
    for path in &a.files {
        let file = open(Path::new(path), options.encoding)?;
        let plan = PointPlan::propose(&file, &options).map_err(|e| e.file(path))?;
        files.push((file, plan));
    }
    let survey = project.survey().clone();
    let files: Vec<_> = files.iter().map(|(f, p)| (f, p)).collect();
    let (drafted, reports) = draft(&files, &context(a, &project, &survey.points)?)?;
    let op = match a.dry_run || drafted.is_empty() {
        true => None,
        false => Some(project.import_points(&drafted, act)?),
    };
    let seconds = started.elapsed().as_secs_f64().max(1e-6);
    let records: u64 = reports.iter().map(|r| r.records).sum();
    report(&drafted, &reports, op, records as f64 / seconds, a.dry_run, out);
    project.close()?;
    let errors = drafted.findings.iter().any(|f| f.severity == Severity::Error);
    Ok(if errors { Done::Findings } else { Done::Clean })
}

fn options(a: &args::Import) -> Result<PointOptions, Failure> {
    let separator = a
        .separator
        .as_deref()
        .and_then(|s| Separator::ALL.into_iter().find(|k| k.name() == s));
    Ok(PointOptions {
        separator,
        decimal: a.decimal.as_deref().map(|d| if d == "comma" { ',' } else { '.' }),
        header: a.header.as_deref().map(|h| h == "yes"),
        map: a
            .map
            .iter()
            .map(|m| parse_point_choice(m))
            .collect::<Result<_, _>>()?,
        encoding: a.encoding.as_deref().map(encoding).transpose()?,
    })
}

fn context<'a>(
    a: &args::Import,
    project: &Project,
    existing: &'a [crate::domain::SurveyPoint],
) -> Result<PointContext<'a>, Failure> {
    let project_epsg = u32::try_from(project.epsg()).unwrap_or(0);
    let from_epsg = a.crs.as_deref().map(epsg).transpose()?;
    if from_epsg.is_some_and(|f| f != project_epsg) && !a.reproject {
        return Err(other_system(project_epsg));
    }
    let surveyed_on = a.date.as_deref().map(date).transpose()?;
    if a.accuracy.is_some_and(|m| !(m > 0.0 && m < 1000.0)) {
        return Err(usage(msg!(
            "Độ chính xác phải là số mét lớn hơn 0.",
            "The accuracy must be metres above 0."
        )));
    }
    Ok(PointContext {
        project_epsg,
        from_epsg,
        extent: project.coverage().bbox(),
        survey: a.survey.clone(),
        surveyed_on,
        accuracy: a.accuracy,
        existing,
    })
}

fn date(typed: &str) -> Result<String, Failure> {
    let date: Result<jiff::civil::Date, _> = typed.parse();
    date.map(|d| d.to_string()).map_err(|_| {
        usage(msg!(
            "“{typed}” không phải là ngày yyyy-MM-dd.",
            "“{typed}” is no date yyyy-MM-dd."
        ))
    })
}

fn usage(message: crate::text::Msg) -> Failure {
    Failure::new("USAGE", message)
}

fn other_system(project: u32) -> Failure {
    let message = msg!(
        "Tệp ở hệ tọa độ khác với hồ sơ (EPSG:{project}).",
        "The file is in another system than the district (EPSG:{project})."
    );
    Failure::new("CRS_UNDECIDED", message).remedy(msg!(
        "Thêm --reproject để chuyển tọa độ; với EPSG:4326 cột x là vĩ độ, y là kinh độ.",
        "Add --reproject to transform; with EPSG:4326 column x is latitude, y longitude."
    ))
}

fn report(
    drafted: &PointDraft,
    reports: &[PointReport],
    op: Option<i64>,
    rate: f64,
    dry_run: bool,
    out: &Out,
) {
    if out.json {
        let document = json!({
            "committed": op.is_some(), "op": op, "rate": rate.round(), "files": reports,
            "findings": findings(&drafted.findings),
        });
        return out.line(&document.to_string());
    }
    let mut lines: Vec<String> = drafted
        .findings
        .iter()
        .map(|f| finding_line(f, out.lang))
        .collect();
    lines.extend(reports.iter().map(|r| file_line(r, out.lang)));
    let said = match (op, dry_run) {
        (Some(op), _) => msg!("Đã ghi, thao tác số {op}.", "Committed as operation {op}."),
        (None, true) => msg!(
            "Chỉ xem trước; không ghi gì.",
            "Preview only; nothing was written."
        ),
        (None, false) => msg!("Không có gì mới để ghi.", "Nothing new to write."),
    };
    lines.push(said.get(out.lang).to_owned());
    out.line(&lines.join("\n"));
}

fn file_line(r: &PointReport, lang: Lang) -> String {
    let PointReport {
        file,
        records,
        imported,
        skipped,
        quarantined,
        ..
    } = r;
    let columns: Vec<String> = r.mapping.iter().map(|(f, c)| format!("{f}={c}")).collect();
    let columns = columns.join(" ");
    msg!(
        "{file}: {records} dòng = {imported} nhập + {skipped} bỏ qua + {quarantined} để riêng; cột {columns}",
        "{file}: {records} lines = {imported} imported + {skipped} skipped + {quarantined} kept aside; columns {columns}"
    )
    .get(lang)
    .to_owned()
}
