//! `export P --package DIR …` and `export P --format F PATH …`.

use serde_json::{Value, json};

use super::args;
use super::district::reading;
use super::out::{Done, Out, finding_line, findings};
use crate::domain::{Act, Failure};
use crate::export::package::{self, Outcome, Package};
use crate::export::table;
use crate::formats::write::OutputFormat;
use crate::msg;
use crate::project::Project;
use crate::text::{Lang, Text, format};
use crate::validate;

const NO_PATH: Text = Text::new(
    "Cần --package THƯ_MỤC, hoặc --format và tệp ghi ra.",
    "Give --package DIR, or --format and an output file.",
);

pub fn run(a: &args::Export, act: &Act, out: &Out) -> Result<Done, Failure> {
    let project = reading(&a.project, out)?;
    match (&a.package, &a.format, &a.path) {
        (Some(dir), _, _) => packages(a, dir, &project, act, out),
        (None, Some(format), Some(path)) => {
            let options = table::Options {
                format: format_named(format),
                communes: a.commune.clone(),
                overwrite: a.overwrite,
                wgs84: a.wgs84,
                at: act.at,
            };
            let written = table::write(&project, path, &options)?;
            let (path, n) = (path.display().to_string(), written.features);
            out.result(&json!({"path": path, "features": n}), || {
                msg!("{path}: {n} thửa", "{path}: {n} parcels")
                    .get(out.lang)
                    .to_owned()
            });
            Ok(Done::Clean)
        }
        _ => Err(Failure::new("USAGE", NO_PATH)),
    }
}

/// clap has checked the name.
fn format_named(name: &str) -> OutputFormat {
    match name {
        "shp" => OutputFormat::Shp,
        "gpkg" => OutputFormat::Gpkg,
        "fgb" => OutputFormat::FlatGeobuf,
        "csv" => OutputFormat::Csv,
        _ => OutputFormat::GeoJson,
    }
}

fn packages(
    a: &args::Export,
    dir: &std::path::Path,
    project: &Project,
    act: &Act,
    out: &Out,
) -> Result<Done, Failure> {
    let scope = validate::Options {
        communes: a.commune.clone(),
        ..validate::Options::default()
    };
    let mut found = project.check(&scope, &out.progress())?;
    found.retain(|f| !project.accepts(f));
    let options = package::Options {
        dir: dir.to_owned(),
        communes: a.commune.clone(),
        allow_findings: a.allow_findings,
        date: a
            .date
            .as_deref()
            .map_or_else(|| act.at.strftime("%Y%m%d").to_string(), |d| d.replace('-', "")),
        sequence: a.seq.unwrap_or(1),
    };
    match package::export(project, &found, &options, &out.progress())? {
        Outcome::Written(packages) => {
            let list: Vec<Value> = packages.iter().map(described).collect();
            out.result(&json!({"packages": list, "blocking": []}), || {
                packages
                    .iter()
                    .map(|p| line(p, out.lang))
                    .collect::<Vec<_>>()
                    .join("\n")
            });
            Ok(Done::Clean)
        }
        Outcome::Blocked(blocking) => {
            out.result(&json!({"packages": [], "blocking": findings(&blocking)}), || {
                let mut lines: Vec<String> = blocking.iter().map(|f| finding_line(f, out.lang)).collect();
                let n = blocking.len();
                let last = msg!(
                    "Chưa ghi gói nào: {n} lỗi chặn việc gửi.",
                    "No package was written: {n} findings forbid sending."
                );
                lines.push(last.get(out.lang).to_owned());
                lines.join("\n")
            });
            Ok(Done::Findings)
        }
    }
}

fn described(p: &Package) -> Value {
    json!({"path": p.path.display().to_string(), "id": p.id, "sha256": p.sha256, "commune": p.commune,
        "parcels": p.parcels, "bytes": p.bytes, "draft": p.draft})
}

fn line(p: &Package, lang: Lang) -> String {
    let (path, n) = (p.path.display(), format::count(p.parcels, lang));
    let m = if p.draft {
        msg!("{path}: {n} thửa (bản nháp)", "{path}: {n} parcels (draft)")
    } else {
        msg!("{path}: {n} thửa", "{path}: {n} parcels")
    };
    m.get(lang).to_owned()
}
