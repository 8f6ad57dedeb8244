//! A sync package checked by readers of its own: nothing here knows how `export` writes one.
//!
//! The layout is that of design.md §5, the schemas are `assets/schema/`. A hostile file gives a
//! message: names are compared, never used as paths; every size is limited before it is read; XML
//! with a DTD is refused; the GML is read as a stream.

mod archive;
mod gml;
mod manifest;
mod schema;
mod twin;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::domain::{Failure, Finding, Severity, Uid};
use crate::job::Progress;
use crate::msg;
use crate::text::{Msg, Text};
use archive::Archive;

/// What was found out about a package. Keys of cli.md.
#[derive(Clone, Debug)]
pub struct Report {
    pub ok: bool,
    pub draft: bool,
    pub id: String,
    pub commune: String,
    pub schema: u64,
    pub parcels: u64,
    pub dossiers: u64,
    pub scans: u64,
    /// "none": packages are not signed yet.
    pub signature: &'static str,
    pub checks: Vec<Check>,
    pub findings: Vec<Finding>,
}

/// One check: zip, manifest, hashes, schema, counts, geometry, references or twin.
#[derive(Clone, Debug)]
pub struct Check {
    pub name: &'static str,
    pub ok: bool,
    pub detail: Msg,
}

/// A place to collect what is wrong under one name.
struct Faults {
    name: &'static str,
    first: Option<Msg>,
    count: u64,
}

impl Faults {
    fn new(name: &'static str) -> Self {
        Self {
            name,
            first: None,
            count: 0,
        }
    }

    fn add(&mut self, message: impl Into<Msg>) {
        self.count += 1;
        self.first.get_or_insert_with(|| message.into());
    }

    fn check(self, fine: impl Into<Msg>) -> Check {
        let Some(first) = self.first else {
            return Check {
                name: self.name,
                ok: true,
                detail: fine.into(),
            };
        };
        let more = self.count - 1;
        let detail = if more == 0 {
            first
        } else {
            Msg::new(
                format!("{} (và {more} lỗi nữa)", first.vi),
                format!("{} (and {more} more)", first.en),
            )
        };
        Check {
            name: self.name,
            ok: false,
            detail,
        }
    }
}

const CHECKING: Text = Text::new("Đang kiểm tra gói tin", "Verifying the package");
const FINE: Text = Text::new("đạt", "passed");
const NOT_DONE: Text = Text::new(
    "không kiểm tra được vì lỗi trên",
    "not checked because of the above",
);

/// A folder of its own for what GDAL and the schema reader need as files; gone when dropped.
struct Work(PathBuf);

impl Work {
    fn new() -> Result<Self, Failure> {
        let path = std::env::temp_dir().join(format!("diachinh-verify-{}", Uid::fresh()));
        std::fs::create_dir(&path).map_err(|e| {
            Failure::new(
                "VERIFY_SCRATCH",
                msg!(
                    "Không tạo được thư mục tạm: {e}.",
                    "Cannot make a scratch folder: {e}."
                ),
            )
        })?;
        Ok(Self(path))
    }
}

impl Drop for Work {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Checks a package. Fails with PACKAGE_UNREADABLE when it is no ZIP or has no readable manifest.
pub fn verify(path: &Path, progress: &Progress) -> Result<Report, Failure> {
    let mut archive = Archive::open(path)?;
    let mut zip = Faults::new("zip");
    archive.check(&mut zip);
    let usable = zip.count == 0;
    let bytes = archive
        .read_small("manifest.json", archive::SMALL)
        .map_err(|m| archive::unreadable(path, &m))?;
    let mut wrong = Faults::new("manifest");
    let manifest = manifest::read(&bytes, &mut wrong).map_err(|m| archive::unreadable(path, &m))?;
    let mut report = Report {
        ok: false,
        draft: manifest.draft,
        id: manifest.id.clone(),
        commune: manifest.commune.clone(),
        schema: manifest.schema,
        parcels: manifest.parcels,
        dossiers: manifest.dossiers,
        scans: manifest.scans,
        signature: "none",
        checks: vec![zip.check(FINE), wrong.check(FINE)],
        findings: Vec::new(),
    };
    if usable {
        contents(&mut archive, &manifest, &mut report, progress)?;
    } else {
        let names = ["hashes", "schema", "counts", "geometry", "references", "twin"];
        report.checks.extend(names.map(|name| Check {
            name,
            ok: false,
            detail: NOT_DONE.into(),
        }));
    }
    report.ok = report.checks.iter().all(|c| c.ok);
    Ok(report)
}

fn contents(
    archive: &mut Archive,
    manifest: &manifest::Manifest,
    report: &mut Report,
    progress: &Progress,
) -> Result<(), Failure> {
    progress.stage(CHECKING, archive.names().len() as u64)?;
    let work = Work::new()?;
    let schemas = schema::Schemas::load(&work.0)?;
    let mut hashes = Faults::new("hashes");
    let mut invalid = Faults::new("schema");
    let mut geometry = Faults::new("geometry");
    let mut references = Faults::new("references");

    listed(archive, manifest, &mut hashes);
    let names: Vec<String> = archive.names().to_vec();
    for (i, name) in names.iter().enumerate() {
        if let Some(entry) = manifest.files.get(name) {
            match archive.hash(name) {
                Ok(found) if found == *entry => {}
                Ok(_) => hashes.add(msg!(
                    "{name}: nội dung khác với manifest.json",
                    "{name}: content differs from manifest.json"
                )),
                Err(m) => hashes.add(m),
            }
        }
        if i % 200 == 199 {
            progress.step(200)?;
        }
    }
    let map = gml::read(
        archive,
        &schemas,
        manifest,
        report.draft,
        &mut invalid,
        &mut geometry,
    );
    for f in &map.faults {
        report.findings.push(f.clone());
    }
    let dossiers = dossiers(
        archive,
        &names,
        &schemas,
        &map.parcels,
        &mut invalid,
        &mut references,
    );
    other_files(archive, &names, manifest, &schemas, &mut invalid);
    let counts = counts(manifest, map.parcels.len() as u64, dossiers, &names);
    let twin = twin::compare(archive, &work.0, manifest, &map.parcels);
    let (parcels, n) = (map.parcels.len(), names.len());
    report.checks.extend([
        hashes.check(msg!("{n} tệp khớp", "{n} files agree")),
        invalid.check(FINE),
        counts.check(FINE),
        geometry.check(msg!("{parcels} thửa", "{parcels} parcels")),
        references.check(FINE),
        twin.check(FINE),
    ]);
    Ok(())
}

/// The files of the manifest and of the archive are the same.
fn listed(archive: &Archive, manifest: &manifest::Manifest, hashes: &mut Faults) {
    let inside: BTreeSet<&str> = archive
        .names()
        .iter()
        .map(String::as_str)
        .filter(|n| *n != "manifest.json")
        .collect();
    for name in manifest.files.keys().filter(|n| !inside.contains(n.as_str())) {
        hashes.add(msg!("thiếu tệp {name}", "file {name} is missing"));
    }
    for name in inside
        .iter()
        .filter(|n| !manifest.files.contains_key(**n) && !n.starts_with("signature/"))
    {
        hashes.add(msg!(
            "tệp {name} không có trong manifest.json",
            "file {name} is not in manifest.json"
        ));
    }
}

/// Every hoso/{uid}.xml is valid and speaks of a parcel of the map; gives their number.
fn dossiers(
    archive: &mut Archive,
    names: &[String],
    schemas: &schema::Schemas,
    parcels: &BTreeMap<Uid, twin::Print>,
    invalid: &mut Faults,
    references: &mut Faults,
) -> u64 {
    let (mut seen, mut count) = (BTreeSet::new(), 0);
    for name in names.iter().filter(|n| n.starts_with("hoso/")) {
        let named: Option<Uid> = name
            .strip_prefix("hoso/")
            .and_then(|n| n.strip_suffix(".xml"))
            .and_then(|n| n.parse().ok());
        match named {
            Some(uid) if parcels.contains_key(&uid) => {
                seen.insert(uid);
            }
            _ => references.add(msg!(
                "{name}: không có thửa này trong thuadat.gml",
                "{name}: thuadat.gml has no such parcel"
            )),
        }
        count += 1;
        let text = match archive.read_text(name, archive::DOSSIER) {
            Ok(t) => t,
            Err(m) => {
                invalid.add(m);
                continue;
            }
        };
        match schemas.dossier(&text) {
            Err(m) => invalid.add(Msg::new(format!("{name}: {}", m.vi), format!("{name}: {}", m.en))),
            Ok(d) => {
                if named != Some(d.guid) || d.parcels.iter().any(|p| *p != d.guid) {
                    references.add(msg!(
                        "{name}: hoSoGuid hoặc thuaDatId không khớp tên tệp",
                        "{name}: hoSoGuid or thuaDatId do not match the name"
                    ));
                }
                if let Some(lost) = d.holders_of_rights.iter().find(|h| !d.holders.contains(h)) {
                    references.add(msg!(
                        "{name}: không có người mang chuId {lost}",
                        "{name}: no holder has chuId {lost}"
                    ));
                }
            }
        }
    }
    for uid in parcels.keys().filter(|u| !seen.contains(u)) {
        references.add(msg!(
            "thửa {uid} không có hồ sơ hoso/{uid}.xml",
            "parcel {uid} has no hoso/{uid}.xml"
        ));
    }
    count
}

/// Metadata and quality report.
fn other_files(
    archive: &mut Archive,
    names: &[String],
    manifest: &manifest::Manifest,
    schemas: &schema::Schemas,
    invalid: &mut Faults,
) {
    let metadata = format!("metadata/{}.xml", manifest.commune);
    match archive
        .read_text(&metadata, archive::DOSSIER)
        .and_then(|t| schemas.metadata(&t))
    {
        Ok(()) => {}
        Err(m) => invalid.add(Msg::new(
            format!("{metadata}: {}", m.vi),
            format!("{metadata}: {}", m.en),
        )),
    }
    let quality = archive.read_small("report/quality.json", archive::SMALL);
    if !quality.is_ok_and(|b| {
        serde_json::from_slice::<serde_json::Value>(&b)
            .is_ok_and(|v| v.get("findings").is_some_and(serde_json::Value::is_array))
    }) {
        invalid.add(msg!(
            "report/quality.json không đọc được",
            "report/quality.json cannot be read"
        ));
    }
    let known = |n: &str| {
        n == "manifest.json"
            || n == "report/quality.json"
            || n == metadata
            || ["spatial/thuadat.gml", "spatial/thuadat.gpkg"].contains(&n)
            || ["hoso/", "scan/", "signature/"].iter().any(|p| n.starts_with(p))
    };
    for name in names.iter().filter(|n| !known(n)) {
        invalid.add(msg!("tệp lạ {name}", "unexpected file {name}"));
    }
}

fn counts(manifest: &manifest::Manifest, parcels: u64, dossiers: u64, names: &[String]) -> Faults {
    let mut faults = Faults::new("counts");
    let scans = names.iter().filter(|n| n.starts_with("scan/")).count() as u64;
    for (what, stated, found) in [
        ("parcels", manifest.parcels, parcels),
        ("dossiers", manifest.dossiers, dossiers),
        ("scans", manifest.scans, scans),
    ] {
        if stated != found {
            faults.add(msg!(
                "{what}: manifest ghi {stated}, trong gói có {found}",
                "{what}: the manifest says {stated}, the package has {found}"
            ));
        }
    }
    faults
}

/// The finding of the rule on shapes about one parcel.
fn shape_finding(uid: Uid, reference: String, fault: &crate::topology::validity::Fault) -> Finding {
    Finding {
        parcels: vec![uid],
        refs: vec![reference],
        at: Some(fault.at),
        values: vec![("fault", fault.kind.name().to_owned())],
        ..Finding::new(crate::topology::findings::RING_INVALID, Severity::Error)
    }
}
