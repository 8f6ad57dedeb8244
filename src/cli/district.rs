//! `new`, `info`, `search`, `copy`, `restore`.

use std::path::Path;

use serde_json::{Map, Value, json};

use super::args;
use super::out::{Done, Out, bbox, rounded};
use crate::domain::{Act, Failure, Severity};
use crate::job::Progress;
use crate::msg;
use crate::project::{CommuneInfo, NewProject, Project};
use crate::store::backup;
use crate::text::{Lang, format};
use crate::validate;

/// "EPSG:9210" → 9210.
pub fn epsg(text: &str) -> Result<u32, Failure> {
    let digits = text.trim();
    let digits = digits
        .strip_prefix("EPSG:")
        .or_else(|| digits.strip_prefix("epsg:"))
        .unwrap_or(digits);
    digits.parse().map_err(|_| {
        Failure::new(
            "USAGE",
            msg!(
                "{text:?} không phải mã hệ tọa độ.",
                "{text:?} is not a coordinate system code."
            ),
        )
        .remedy(msg!("Ví dụ: --crs EPSG:9210", "Example: --crs EPSG:9210"))
    })
}

/// Opens for reading: takes no lock, so that a window may be open on the same file.
pub fn reading(path: &Path, out: &Out) -> Result<Project, Failure> {
    Project::open_read_only(path, &out.progress())
}

/// Opens for writing; fails with `READ_ONLY` and the reason where that cannot be.
pub fn writing(path: &Path, act: &Act, out: &Out) -> Result<Project, Failure> {
    let project = Project::open(path, act, &out.progress())?;
    match project.read_only() {
        None => Ok(project),
        Some(reason) => Err(read_only(reason, path)),
    }
}

fn read_only(reason: &Failure, path: &Path) -> Failure {
    let (vi, en) = (&reason.message().vi, &reason.message().en);
    let failure = Failure::new(
        "READ_ONLY",
        msg!("Tệp chỉ mở được để đọc: {vi}", "The file can only be read: {en}"),
    )
    .file(path);
    match reason.remedy_text() {
        Some(remedy) => failure.remedy(remedy.clone()),
        None => failure,
    }
}

pub fn new(a: &args::New, act: &Act, out: &Out) -> Result<Done, Failure> {
    let epsg = epsg(&a.crs)?;
    let new = NewProject {
        epsg: i32::try_from(epsg).unwrap_or(0),
        name: a.name.clone(),
        communes: a.commune.iter().map(|c| (c.clone(), c.clone())).collect(),
        province: a.province.clone(),
    };
    Project::create(&a.project, &new, act)?.close()?;
    let path = a.project.display().to_string();
    out.result(
        &json!({"path": path, "crs": format!("EPSG:{epsg}"), "name": a.name, "province": a.province}),
        || match out.lang {
            Lang::Vi => format!("Đã tạo {path}"),
            Lang::En => format!("Created {path}"),
        },
    );
    Ok(Done::Clean)
}

fn commune(c: &CommuneInfo) -> Value {
    json!({"code": c.code, "name": c.name, "parcels": c.parcels})
}

pub fn info(a: &args::Path1, act: &Act, out: &Out) -> Result<Done, Failure> {
    // Opened as a writer would, to tell whether it may be written; nothing is.
    let project = Project::open(&a.project, act, &out.progress())?;
    let i = project.info()?;
    let found = project.check(&validate::Options::default(), &out.progress())?;
    let count = |s: Severity| found.iter().filter(|f| f.severity == s).count();
    let counts: Map<String, Value> = i
        .counts
        .iter()
        .map(|(t, n)| ((*t).to_owned(), json!(n)))
        .collect();
    let document = json!({
        "path": i.path.display().to_string(),
        "schema": i.schema,
        "crs": format!("EPSG:{}", i.epsg),
        "name": i.name,
        "mode": i.mode,
        "communes": i.communes.iter().map(commune).collect::<Vec<_>>(),
        "counts": counts,
        "bbox": bbox(i.bbox),
        "area_m2": rounded(i.area_m2),
        "findings": {"error": count(Severity::Error), "warning": count(Severity::Warning), "info": count(Severity::Info)},
        "operations": i.operations,
        "head": i.head.as_ref().map(|(op, hash)| json!({"op": op, "hash": hash})),
        "read_only": i.read_only,
    });
    out.result(&document, || {
        let mut s = format!("{} · {} · EPSG:{}\n", i.path.display(), i.name, i.epsg);
        for c in &i.communes {
            let name = c.name.as_deref().unwrap_or("");
            let n = format::count(c.parcels, out.lang);
            s += &match out.lang {
                Lang::Vi => format!("  xã {} {name}: {n} thửa\n", c.code),
                Lang::En => format!("  commune {} {name}: {n} parcels\n", c.code),
            };
        }
        let area = format::area(i.area_m2, out.lang);
        s + &match out.lang {
            Lang::Vi => format!("  {area}; {} thao tác", i.operations),
            Lang::En => format!("  {area}; {} operations", i.operations),
        }
    });
    Ok(Done::Clean)
}

pub fn search(a: &args::Search, _act: &Act, out: &Out) -> Result<Done, Failure> {
    let hits = reading(&a.project, out)?.search(&a.text, a.limit)?;
    let document: Vec<Value> = hits
        .iter()
        .map(|h| json!({"kind": h.kind.name(), "uid": h.uid.to_string(), "ref": h.reference, "label": h.label, "score": h.score, "historic": h.historic}))
        .collect();
    out.result(&Value::Array(document), || {
        let lines: Vec<_> = hits
            .iter()
            .map(|h| format!("{:18} {}", h.reference, h.label))
            .collect();
        lines.join("\n")
    });
    Ok(Done::Clean)
}

pub fn copy(a: &args::Copy, _act: &Act, out: &Out) -> Result<Done, Failure> {
    let made = backup::copy(&a.project, &a.to, &Progress::none())?;
    let path = made.display().to_string();
    out.result(&json!({"path": path}), || path.clone());
    Ok(Done::Clean)
}

pub fn restore(a: &args::Restore, act: &Act, out: &Out) -> Result<Done, Failure> {
    backup::restore(&a.backup, &a.to, act, &Progress::none())?;
    let path = a.to.display().to_string();
    out.result(&json!({"path": path}), || path.clone());
    Ok(Done::Clean)
}
