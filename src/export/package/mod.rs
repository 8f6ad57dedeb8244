//! The sync package (gói tin) of one commune: a ZIP whose bytes depend on the state of the register
//! only (design.md §5). The layout is ours, not official.
//!
//! `manifest.json`, `spatial/thuadat.gml` and `.gpkg`, `hoso/{uid}.xml`, `metadata/{commune}.xml`,
//! `report/quality.json`. Entries are sorted by name, times fixed; date and sequence stand in the
//! file name alone. Schemas of all XML and of the manifest: `assets/schema/`.

mod parts;
mod xml;

use std::fs::File;
use std::io::{self, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use crate::domain::{BBox, Failure, Finding, Uid};
use crate::formats::write::{self, Cell, Column, ColumnKind, OutputFormat, Table};
use crate::job::Progress;
use crate::msg;
use crate::project::Project;
use crate::text::Text;
use crate::validate;

/// Version of the layout.
const SCHEMA: u32 = 1;

/// What to export.
#[derive(Clone, Debug)]
pub struct Options {
    /// Folder for the packages; made when missing.
    pub dir: PathBuf,
    /// Codes; empty = every commune that has parcels.
    pub communes: Vec<String>,
    /// Write despite findings that forbid sending; the packages are marked as drafts.
    pub allow_findings: bool,
    /// yyyyMMdd in the names.
    pub date: String,
    /// In the names; the same for all communes of one export.
    pub sequence: u32,
}

/// One package written. Keys of cli.md.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Package {
    pub path: PathBuf,
    pub id: String,
    pub sha256: String,
    pub commune: String,
    pub parcels: u64,
    pub bytes: u64,
    pub draft: bool,
}

/// What came of an export.
#[derive(Clone, Debug)]
pub enum Outcome {
    Written(Vec<Package>),
    /// Nothing was written: these findings forbid sending.
    Blocked(Vec<Finding>),
}

const PACKING: Text = Text::new("Đang đóng gói", "Packing");

/// Writes one package per commune, all or none. `findings` are those of the register as it is now.
pub fn export(
    project: &Project,
    findings: &[Finding],
    options: &Options,
    progress: &Progress,
) -> Result<Outcome, Failure> {
    check_date(&options.date)?;
    let communes = wanted(project, &options.communes)?;
    let concerned = |f: &&Finding| {
        f.refs.is_empty()
            || f.refs
                .iter()
                .any(|r| communes.iter().any(|c| r.split('/').next() == Some(&c.0)))
    };
    let findings: Vec<&Finding> = findings.iter().filter(concerned).collect();
    let blocking: Vec<Finding> = findings
        .iter()
        .filter(|f| validate::blocks_sending(f))
        .map(|f| (*f).clone())
        .collect();
    if !blocking.is_empty() && !options.allow_findings {
        return Ok(Outcome::Blocked(blocking));
    }
    std::fs::create_dir_all(&options.dir).map_err(|e| failed(&options.dir, &e))?;
    let work = Work::new(&options.dir)?;
    let mut packages = Vec::new();
    for (code, name) in &communes {
        let own =
            |f: &&&Finding| f.refs.is_empty() || f.refs.iter().any(|r| r.split('/').next() == Some(code));
        let own: Vec<&Finding> = findings.iter().filter(own).copied().collect();
        packages.push(one(
            project,
            (code, name.as_deref()),
            &own,
            options,
            &work,
            progress,
        )?);
    }
    for p in &mut packages {
        let to = options.dir.join(p.path.file_name().unwrap_or_default());
        std::fs::rename(&p.path, &to).map_err(|e| failed(&to, &e))?;
        p.path = to;
    }
    Ok(Outcome::Written(packages))
}

fn check_date(date: &str) -> Result<(), Failure> {
    if date.len() == 8 && date.bytes().all(|b| b.is_ascii_digit()) {
        return Ok(());
    }
    Err(Failure::new(
        "USAGE",
        msg!(
            "Ngày của gói phải có dạng yyyyMMdd.",
            "The date of a package is written yyyyMMdd."
        ),
    ))
}

/// Communes to export: (code, name).
fn wanted(project: &Project, codes: &[String]) -> Result<Vec<(String, Option<String>)>, Failure> {
    let all = project.communes()?;
    if let Some(unknown) = codes
        .iter()
        .find(|c| all.iter().all(|a| a.code != **c || a.parcels == 0))
    {
        return Err(Failure::new(
            "COMMUNE_EMPTY",
            msg!(
                "Xã {unknown} không có thửa nào trong tệp.",
                "Commune {unknown} has no parcels in the file."
            ),
        ));
    }
    Ok(all
        .into_iter()
        .filter(|c| c.parcels > 0 && (codes.is_empty() || codes.contains(&c.code)))
        .map(|c| (c.code, c.name))
        .collect())
}

fn failed(path: &Path, e: &impl std::fmt::Display) -> Failure {
    Failure::new(
        "EXPORT_WRITE",
        msg!("không ghi được: {e}", "cannot be written: {e}"),
    )
    .file(path)
}

/// A folder for unfinished files inside the target folder; gone when dropped.
struct Work(PathBuf);

impl Work {
    fn new(dir: &Path) -> Result<Self, Failure> {
        let path = dir.join(format!(".goi-tin-{}", Uid::fresh()));
        std::fs::create_dir(&path).map_err(|e| failed(&path, &e))?;
        Ok(Self(path))
    }
}

impl Drop for Work {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A file of the package: name, size, hash.
struct Entry {
    name: String,
    bytes: u64,
    sha256: String,
}

fn one(
    project: &Project,
    (code, name): (&str, Option<&str>),
    findings: &[&Finding],
    options: &Options,
    work: &Work,
    progress: &Progress,
) -> Result<Package, Failure> {
    let mut parcels: Vec<(Uid, i64)> = project
        .coverage()
        .iter()
        .filter(|p| &*p.commune == code)
        .map(|p| (p.uid, p.fid))
        .collect();
    parcels.sort_unstable();
    progress.stage(PACKING, 2 * parcels.len() as u64)?;
    let bbox = project
        .coverage()
        .iter()
        .filter(|p| &*p.commune == code)
        .fold(BBox::EMPTY, |b, p| b.union(p.bbox));
    let draft = findings.iter().any(|f| validate::blocks_sending(f));
    let (gml, gpkg) = (work.0.join("thuadat.gml"), work.0.join("thuadat.gpkg"));
    write_gml(project, code, &bbox, &gml, progress)?;
    write_gpkg(project, code, &gpkg)?;
    let metadata = parts::metadata(
        code,
        name,
        project.name(),
        project.epsg(),
        parcels.len() as u64,
        &bbox,
    );
    let quality = pretty(&quality(parcels.len(), findings));

    let file_name = format!("GT-{code}-{}-{:04}.zip", options.date, options.sequence);
    let path = work.0.join(&file_name);
    let fail = |e: zip::result::ZipError| failed(&path, &e);
    let mut zip = ZipWriter::new(BufWriter::new(
        File::create(&path).map_err(|e| failed(&path, &e))?,
    ));
    let mut entries = Vec::with_capacity(parcels.len() + 4);
    for (uid, fid) in &parcels {
        let text = parts::dossier(&project.record(*fid)?);
        let name = format!("hoso/{uid}.xml");
        entries.push(described(&name, text.as_bytes()));
        put(&mut zip, &name, text.as_bytes()).map_err(fail)?;
        if entries.len() % 1000 == 0 {
            progress.step(1000)?;
        }
    }
    let metadata_name = format!("metadata/{code}.xml");
    entries.push(described(&metadata_name, metadata.as_bytes()));
    entries.push(described("report/quality.json", quality.as_bytes()));
    entries.push(hashed("spatial/thuadat.gml", &gml)?);
    entries.push(hashed("spatial/thuadat.gpkg", &gpkg)?);
    let (id, manifest) = manifest(project, (code, name), draft, parcels.len(), &entries)?;
    put(&mut zip, "manifest.json", manifest.as_bytes()).map_err(fail)?;
    put(&mut zip, &metadata_name, metadata.as_bytes()).map_err(fail)?;
    put(&mut zip, "report/quality.json", quality.as_bytes()).map_err(fail)?;
    for (name, file) in [("spatial/thuadat.gml", &gml), ("spatial/thuadat.gpkg", &gpkg)] {
        zip.start_file(name, entry_options()).map_err(fail)?;
        let mut from = File::open(file).map_err(|e| failed(file, &e))?;
        io::copy(&mut from, &mut zip).map_err(|e| failed(&path, &e))?;
    }
    let mut out = zip.finish().map_err(fail)?;
    out.flush()
        .and_then(|()| out.get_ref().sync_all())
        .map_err(|e| failed(&path, &e))?;
    drop(out);
    let whole = hashed(&file_name, &path)?;
    Ok(Package {
        path,
        id,
        sha256: whole.sha256,
        commune: code.to_owned(),
        parcels: parcels.len() as u64,
        bytes: whole.bytes,
        draft,
    })
}

fn entry_options() -> SimpleFileOptions {
    SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(DateTime::DEFAULT)
        .unix_permissions(0o644)
        .large_file(true)
}

fn put(zip: &mut ZipWriter<BufWriter<File>>, name: &str, bytes: &[u8]) -> Result<(), zip::result::ZipError> {
    zip.start_file(name, entry_options().large_file(false))?;
    Ok(zip.write_all(bytes)?)
}

fn described(name: &str, bytes: &[u8]) -> Entry {
    Entry {
        name: name.to_owned(),
        bytes: bytes.len() as u64,
        sha256: hex(&Sha256::digest(bytes)),
    }
}

fn hashed(name: &str, path: &Path) -> Result<Entry, Failure> {
    let mut file = File::open(path).map_err(|e| failed(path, &e))?;
    let (mut hash, mut buffer, mut bytes) = (Sha256::new(), vec![0; 1 << 16], 0);
    loop {
        let n = file.read(&mut buffer).map_err(|e| failed(path, &e))?;
        if n == 0 {
            return Ok(Entry {
                name: name.to_owned(),
                bytes,
                sha256: hex(&hash.finalize()),
            });
        }
        hash.update(&buffer[..n]);
        bytes += n as u64;
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .flat_map(|b| [b >> 4, b & 15])
        .map(|d| char::from_digit(u32::from(d), 16).unwrap_or('0'))
        .collect()
}

fn write_gml(
    project: &Project,
    code: &str,
    bbox: &BBox,
    path: &Path,
    progress: &Progress,
) -> Result<(), Failure> {
    let mut out = BufWriter::new(File::create(path).map_err(|e| failed(path, &e))?);
    let mut x = parts::gml_head(code, project.epsg(), bbox);
    let mut n = 0;
    project.for_each_record(Some(code), &mut |r| {
        parts::gml_member(&mut x, &r, project.epsg());
        out.write_all(x.text.as_bytes()).map_err(|e| failed(path, &e))?;
        x.text.clear();
        n += 1;
        if n % 1000 == 0 {
            progress.step(1000)
        } else {
            Ok(())
        }
    })?;
    x.close();
    out.write_all(x.text.as_bytes())
        .and_then(|()| out.flush())
        .map_err(|e| failed(path, &e))
}

/// The same parcels as a GeoPackage. Times in it are fixed, so that the same register gives the same bytes.
fn write_gpkg(project: &Project, code: &str, path: &Path) -> Result<(), Failure> {
    let text = |name: &str| Column {
        name: name.to_owned(),
        kind: ColumnKind::Text { width: 254 },
    };
    let real = |name: &str| Column {
        name: name.to_owned(),
        kind: ColumnKind::Real { decimals: 6 },
    };
    let whole = |name: &str| Column {
        name: name.to_owned(),
        kind: ColumnKind::Integer,
    };
    let columns = [
        text("thuaDatId"),
        whole("phienBan"),
        text("maXa"),
        text("soHieuToBanDo"),
        text("soThuTuThua"),
        real("dienTich"),
        real("dienTichPhapLy"),
        text("loaiDat"),
        whole("laDoiTuongChiemDat"),
    ];
    let table = Table {
        layer: "thuadat",
        columns: &columns,
        epsg: project.epsg() as u32,
        wgs84: false,
        at: jiff::Timestamp::UNIX_EPOCH,
    };
    let mut keys: Vec<_> = project
        .coverage()
        .iter()
        .filter(|p| &*p.commune == code)
        .map(|p| (p.key(), p.uid, p.fid))
        .collect();
    keys.sort();
    let mut rows = keys.iter().map(|(_, _, fid)| {
        let r = project.record(*fid)?;
        let real = |x: Option<f64>| x.map_or(Cell::Null, Cell::Real);
        let cells = vec![
            Cell::Text(r.uid.to_string()),
            Cell::Int(r.version),
            Cell::Text(r.commune),
            Cell::Text(r.sheet),
            Cell::Text(r.number),
            real(r.area_measured),
            real(r.area_legal),
            r.land_use
                .filter(|u| !u.is_empty())
                .map_or(Cell::Null, Cell::Text),
            Cell::Int(i64::from(!r.is_parcel)),
        ];
        Ok((r.polygon.unwrap_or_default(), cells))
    });
    write::write(OutputFormat::Gpkg, path, &table, true, &mut rows).map(|_| ())
}

fn quality(checked: usize, findings: &[&Finding]) -> Value {
    let mut counts = std::collections::BTreeMap::new();
    for f in findings {
        *counts.entry(f.code).or_insert(0u64) += 1;
    }
    let list: Vec<Value> = findings
        .iter()
        .map(|f| {
            let uids: Vec<String> = f.parcels.iter().map(ToString::to_string).collect();
            let at = f.at.map(|p| [p.metres().0, p.metres().1]);
            json!({"code": f.code, "severity": f.severity.name(), "parcels": uids, "refs": f.refs, "at": at,
                "amount": f.amount, "unit": f.unit.map(crate::domain::Unit::name), "tolerance": f.tolerance})
        })
        .collect();
    json!({"checked": checked, "counts": counts, "findings": list})
}

fn pretty(v: &Value) -> String {
    format!("{v:#}\n")
}

/// Identity and text of manifest.json.
fn manifest(
    project: &Project,
    (code, name): (&str, Option<&str>),
    draft: bool,
    parcels: usize,
    entries: &[Entry],
) -> Result<(String, String), Failure> {
    let files: Vec<Value> = entries
        .iter()
        .map(|e| json!({"bytes": e.bytes, "name": e.name, "sha256": e.sha256}))
        .collect();
    let journal = project
        .info()?
        .head
        .map(|(op, hash)| json!({"hash": hash, "op": op}));
    // Keys in alphabetical order: without blanks this is the canonical form that is hashed.
    let mut manifest = json!({
        "base": null,
        "commune": {"code": code, "name": name},
        "counts": {"dossiers": parcels, "parcels": parcels, "scans": 0},
        "crs": format!("EPSG:{}", project.epsg()),
        "draft": draft,
        "files": files,
        "format": "diachinh-goi-tin",
        "journal": journal,
        "kind": "full",
        "schema": SCHEMA,
    });
    let id = hex(&Sha256::digest(manifest.to_string().as_bytes()));
    if let Some(map) = manifest.as_object_mut() {
        map.insert("id".to_owned(), id.clone().into());
    }
    Ok((id, pretty(&manifest)))
}
