//! `import P FILE… [options]`: the same inspection, plan and draft as the wizard in the window.

use std::path::PathBuf;
use std::time::Instant;

use serde_json::json;

use super::args;
use super::district::{epsg, reading, writing};
use super::out::{Done, Out, finding_line, findings, rounded};
use crate::domain::{Act, DraftPiece, Failure, Severity};
use crate::import::{
    Drafted, Duplicates, Existing, FileReport, Multipart, Options, Plan, draft, inspect, load_profile,
    parse_choice, stream,
};
use crate::msg;
use crate::project::{Committed, Project};
use crate::text::Lang;
use crate::text::encoding::Encoding;

pub fn run(a: &args::Import, act: &Act, out: &Out) -> Result<Done, Failure> {
    if a.points {
        return super::import_points::run(a, act, out);
    }
    if let Some(kind) = &a.boundaries {
        return super::import_boundaries::run(a, kind, act, out);
    }
    let progress = out.progress();
    let project = if a.dry_run {
        reading(&a.project, out)?
    } else {
        writing(&a.project, act, out)?
    };
    let options = options(a, &project)?;
    let paths: Vec<PathBuf> = a.files.iter().map(PathBuf::from).collect();
    let started = Instant::now();
    let inspection = inspect(&paths, &progress)?;
    let plan = Plan::propose(&inspection, &options)?;
    let existing = Existing::of(project.coverage(), project.source_hashes()?);
    let (drafted, done) = if a.dry_run {
        (draft(&inspection, &plan, &existing, &progress)?, None)
    } else {
        let read = |give: &mut dyn FnMut(DraftPiece) -> Result<(), Failure>| {
            stream(&inspection, &plan, &existing, &progress, give)
        };
        project.import_and_close(read, act, &progress)?
    };
    let rate = inspection.records() as f64 / started.elapsed().as_secs_f64().max(1e-6);
    report(&drafted, done.as_ref(), rate, a.dry_run, out);
    let errors = drafted
        .draft
        .findings
        .iter()
        .any(|f| f.severity == Severity::Error);
    // Millions of small pieces: they go with the process, at once.
    std::mem::forget((inspection, existing, drafted));
    Ok(if errors { Done::Findings } else { Done::Clean })
}

pub(super) fn options(a: &args::Import, project: &Project) -> Result<Options, Failure> {
    let map = a.map.iter().map(|m| parse_choice(m)).collect::<Result<_, _>>()?;
    let profile = match &a.profile {
        None => None,
        Some(name) => Some(load_profile(&profiles()?, name)?),
    };
    Ok(Options {
        project_epsg: u32::try_from(project.epsg()).unwrap_or(0),
        extent: Options::extent_of(project.coverage()),
        province: None,
        map,
        profile,
        encoding: a.encoding.as_deref().map(encoding).transpose()?,
        crs: a.crs.as_deref().map(epsg).transpose()?,
        commune: a.commune.clone(),
        multipart: if a.multipart == "split" {
            Multipart::Split
        } else {
            Multipart::Quarantine
        },
        snap_mm: i64::from(a.snap),
        duplicates: match a.duplicates.as_str() {
            "update" => Duplicates::Update,
            "keep" => Duplicates::Keep,
            _ => Duplicates::Skip,
        },
        reproject: a.reproject,
    })
}

/// The wizard in the window saves them here.
fn profiles() -> Result<PathBuf, Failure> {
    let folder = crate::ui::Settings::folder().ok_or_else(|| {
        Failure::new(
            "NO_SETTINGS",
            msg!(
                "Không có thư mục cài đặt của người dùng.",
                "This user has no settings folder."
            ),
        )
        .remedy(msg!("Đặt biến DIACHINH_CONFIG_DIR.", "Set DIACHINH_CONFIG_DIR."))
    })?;
    Ok(folder.join("profiles"))
}

pub(super) fn encoding(name: &str) -> Result<Encoding, Failure> {
    name.parse().map_err(|_| {
        let known = Encoding::ALL
            .iter()
            .map(|e| e.name())
            .collect::<Vec<_>>()
            .join(", ");
        Failure::new(
            "USAGE",
            msg!("Không có bảng mã {name:?}.", "There is no encoding {name:?}."),
        )
        .remedy(msg!("Các bảng mã: {known}", "The encodings are: {known}"))
    })
}

fn report(drafted: &Drafted, done: Option<&Committed>, rate: f64, dry_run: bool, out: &Out) {
    let (op, resolved) = (done.map(|d| d.op), done.map_or(0, |d| d.resolved));
    if out.json {
        let document = json!({
            "committed": op.is_some(), "op": op, "rate": rate.round(), "files": drafted.files,
            "resolved": resolved, "findings": findings(&drafted.draft.findings),
        });
        out.line(&document.to_string());
        return;
    }
    out.line(&{
        let mut lines: Vec<String> = drafted
            .draft
            .findings
            .iter()
            .map(|f| finding_line(f, out.lang))
            .collect();
        lines.extend(drafted.files.iter().map(|f| file_line(f, out.lang)));
        if resolved > 0 {
            let text = msg!(
                "{resolved} bản ghi cách ly của lần nhập trước nay đã vào bản đồ.",
                "{resolved} records quarantined by earlier imports are in the map now."
            );
            lines.push(text.get(out.lang).to_owned());
        }
        lines.push(
            match (op, dry_run) {
                (Some(op), _) => msg!(
                    "Đã ghi, thao tác số {op} ({rate:.0} bản ghi/giây).",
                    "Committed as operation {op} ({rate:.0} records/s)."
                ),
                (None, true) => msg!(
                    "Chỉ xem trước; không ghi gì.",
                    "Preview only; nothing was written."
                ),
                (None, false) => msg!("Không có gì mới để ghi.", "Nothing new to write."),
            }
            .get(out.lang)
            .to_owned(),
        );
        lines.join("\n")
    });
}

fn file_line(f: &FileReport, lang: Lang) -> String {
    let (file, n, i, u, s, q) = (
        &f.file,
        f.records,
        f.imported,
        f.updated,
        f.skipped,
        f.quarantined,
    );
    let shift = rounded(f.max_shift_mm);
    msg!(
        "{file}: {n} bản ghi = {i} nhập + {u} cập nhật + {s} bỏ qua + {q} cách ly; lệch làm tròn lớn nhất {shift} mm",
        "{file}: {n} records = {i} imported + {u} updated + {s} skipped + {q} quarantined; largest rounding shift {shift} mm"
    )
    .get(lang)
    .to_owned()
}
