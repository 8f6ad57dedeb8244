//! Sync packages: export, verify, tampering.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::Command;

use diachinh::domain::{
    Act, Draft, DraftAction, DraftFile, DraftParcel, Finding, Polygon, Pt, Severity, Uid,
};
use diachinh::export::package::{self, Options, Outcome, Package};
use diachinh::job::Progress;
use diachinh::project::{NewProject, Project};
use diachinh::verify::{self, Report};
use zip::write::SimpleFileOptions;

/// Name → bytes of every entry of a ZIP.
type Entries = BTreeMap<String, Vec<u8>>;

fn act() -> Act {
    Act {
        actor: "thu".to_owned(),
        at: "2026-11-23T08:00:00Z".parse().unwrap(),
    }
}

fn square(e: i64, n: i64, size: i64) -> Vec<Pt> {
    vec![
        Pt::new(e, n),
        Pt::new(e + size, n),
        Pt::new(e + size, n + size),
        Pt::new(e, n + size),
    ]
}

/// Twelve parcels; the last has a hole.
fn project(dir: &Path) -> Project {
    let communes = vec![("25747".to_owned(), "Phường Bến Mẫu".to_owned())];
    let new = NewProject {
        epsg: 9210,
        name: "Huyện Thử".to_owned(),
        communes,
        province: None,
    };
    let mut project = Project::create(&dir.join("p.gpkg"), &new, &act()).unwrap();
    let parcels = (0..12i64).map(|i| {
        let shell = square(593_000_000 + i * 10_000, 1_221_000_000, 10_000);
        let mut rings = vec![shell];
        if i == 11 {
            let mut hole = square(593_000_000 + i * 10_000 + 2_000, 1_221_002_000, 3_000);
            hole.reverse();
            rings.push(hole);
        }
        DraftParcel {
            uid: Uid::fresh(),
            action: DraftAction::Insert,
            file: 0,
            record: i as u64 + 1,
            commune: "25747".to_owned(),
            sheet: "3".to_owned(),
            number: (i + 1).to_string(),
            old_sheet: None,
            old_number: (i == 2).then(|| "7, 8".to_owned()),
            area_measured: Some(100.0),
            area_legal: (i % 2 == 0).then_some(99.5),
            land_use: Some(if i == 1 { "ONT+CLN" } else { "ODT" }.to_owned()),
            address: Some("tổ 1, khu phố <Mẫu> & Thử".to_owned()),
            parcel_code: None,
            is_parcel: i != 5,
            owner: (i != 5).then(|| format!("Nguyễn Văn Thử {i}")),
            owner_address: None,
            user_type: Some("GDC".to_owned()),
            extra: Default::default(),
            polygon: Polygon { rings },
        }
    });
    let mut draft = Draft {
        files: vec![DraftFile {
            file: "a.shp".to_owned(),
            sha256: "0".repeat(64),
            records: 12,
            ..DraftFile::default()
        }],
        parcels: parcels.collect(),
        ..Draft::default()
    };
    draft.hash = draft.content_hash();
    project.import(&draft, &act(), &Progress::none()).unwrap();
    project
}

fn options(dir: &Path) -> Options {
    Options {
        dir: dir.to_owned(),
        communes: Vec::new(),
        allow_findings: false,
        date: "20261123".to_owned(),
        sequence: 1,
    }
}

fn export(project: &Project, dir: &Path) -> Package {
    match package::export(project, &[], &options(dir), &Progress::none()).unwrap() {
        Outcome::Written(mut all) => all.pop().unwrap(),
        Outcome::Blocked(f) => panic!("{f:?}"),
    }
}

fn verified(path: &Path) -> Report {
    verify::verify(path, &Progress::none()).unwrap()
}

fn failed(report: &Report) -> Vec<&'static str> {
    report.checks.iter().filter(|c| !c.ok).map(|c| c.name).collect()
}

fn entries(path: &Path) -> Entries {
    let mut zip = zip::ZipArchive::new(std::fs::File::open(path).unwrap()).unwrap();
    (0..zip.len())
        .map(|i| {
            let mut entry = zip.by_index(i).unwrap();
            let mut bytes = Vec::new();
            entry.read_to_end(&mut bytes).unwrap();
            (entry.name().unwrap().into_owned(), bytes)
        })
        .collect()
}

fn pack(path: &Path, entries: &Entries) -> PathBuf {
    let mut zip = zip::ZipWriter::new(std::fs::File::create(path).unwrap());
    for (name, bytes) in entries {
        zip.start_file(name, SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap();
    path.to_owned()
}

#[test]
fn package_verifies_and_is_the_same_twice() {
    let dir = tempfile::tempdir().unwrap();
    let project = project(dir.path());
    let (one, two) = (
        export(&project, &dir.path().join("a")),
        export(&project, &dir.path().join("b")),
    );
    assert_eq!(one.path.file_name().unwrap(), "GT-25747-20261123-0001.zip");
    assert_eq!((one.parcels, one.draft, &one.id), (12, false, &two.id));
    assert!(
        std::fs::read(&one.path).unwrap() == std::fs::read(&two.path).unwrap(),
        "same register, same bytes"
    );
    let report = verified(&one.path);
    assert!(report.ok, "{:?}", report.checks);
    let names: Vec<&str> = report.checks.iter().map(|c| c.name).collect();
    assert_eq!(
        names,
        [
            "zip",
            "manifest",
            "hashes",
            "schema",
            "counts",
            "geometry",
            "references",
            "twin"
        ]
    );
    assert_eq!(
        (
            report.parcels,
            report.dossiers,
            report.scans,
            report.commune.as_str()
        ),
        (12, 12, 0, "25747")
    );
    assert_eq!(
        std::fs::read_dir(dir.path().join("a")).unwrap().count(),
        1,
        "nothing else is left"
    );
}

#[test]
fn xmllint_accepts_the_xml() {
    if Command::new("xmllint").arg("--version").output().is_err() {
        eprintln!("xmllint is not installed: not run");
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let package = export(&project(dir.path()), &dir.path().join("a"));
    let schemas = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/schema");
    for (i, (name, bytes)) in entries(&package.path)
        .into_iter()
        .filter(|(n, _)| n.ends_with("ml"))
        .enumerate()
    {
        let schema = match name.split('/').next().unwrap() {
            "hoso" => "hoso.xsd",
            "metadata" => "metadata.xsd",
            _ => "thuadat.xsd",
        };
        let file = dir.path().join(format!("{i}.xml"));
        std::fs::write(&file, bytes).unwrap();
        let out = Command::new("xmllint")
            .args(["--nonet", "--noout", "--schema"])
            .arg(schemas.join(schema))
            .arg(&file)
            .output()
            .unwrap();
        assert!(
            out.status.success(),
            "{name}: {}",
            String::from_utf8_lossy(&out.stderr)
        );
    }
}

#[test]
fn findings_block_or_make_a_draft() {
    let dir = tempfile::tempdir().unwrap();
    let project = project(dir.path());
    let mut finding = Finding::new("OVERLAP", Severity::Error);
    finding.refs = vec!["25747/3/1".to_owned()];
    let to = dir.path().join("a");
    let blocked = package::export(
        &project,
        std::slice::from_ref(&finding),
        &options(&to),
        &Progress::none(),
    )
    .unwrap();
    assert!(matches!(blocked, Outcome::Blocked(f) if f.len() == 1) && !to.exists());
    let allowed = Options {
        allow_findings: true,
        ..options(&to)
    };
    let Outcome::Written(all) = package::export(&project, &[finding], &allowed, &Progress::none()).unwrap()
    else {
        panic!()
    };
    let report = verified(&all[0].path);
    assert!(all[0].draft && report.draft && report.ok, "{:?}", report.checks);
}

/// Changes one file, and makes the manifest agree again when asked.
fn tampered(from: &Path, to: &Path, resign: bool, change: impl FnOnce(&mut Entries)) -> Report {
    let mut all = entries(from);
    change(&mut all);
    if resign {
        sign(&mut all);
    }
    verified(&pack(to, &all))
}

fn hex(bytes: &[u8]) -> String {
    use sha2::Digest;
    sha2::Sha256::digest(bytes)
        .iter()
        .map(|b| format!("{b:02x}"))
        .collect()
}

fn sign(all: &mut Entries) {
    let mut manifest: serde_json::Value = serde_json::from_slice(&all["manifest.json"]).unwrap();
    let files: Vec<_> = all
        .iter()
        .filter(|(n, _)| *n != "manifest.json")
        .map(|(n, b)| serde_json::json!({"bytes": b.len(), "name": n, "sha256": hex(b)}))
        .collect();
    manifest["files"] = files.into();
    manifest.as_object_mut().unwrap().remove("id");
    manifest.sort_all_objects();
    manifest["id"] = hex(manifest.to_string().as_bytes()).into();
    all.insert("manifest.json".to_owned(), manifest.to_string().into_bytes());
}

fn replace(all: &mut Entries, name: &str, from: &str, to: &str) {
    let text = String::from_utf8(all[name].clone()).unwrap();
    assert!(text.contains(from), "{name} has no {from}");
    all.insert(name.to_owned(), text.replacen(from, to, 1).into_bytes());
}

#[test]
fn each_kind_of_tampering_is_recognised_by_name() {
    let dir = tempfile::tempdir().unwrap();
    let package = export(&project(dir.path()), &dir.path().join("a"));
    let gml = "spatial/thuadat.gml";
    let dossier = entries(&package.path)
        .keys()
        .find(|n| n.starts_with("hoso/"))
        .unwrap()
        .clone();
    let check = |resign: bool, expected: &[&str], change: &dyn Fn(&mut Entries)| {
        let report = tampered(&package.path, &dir.path().join("t.zip"), resign, change);
        assert_eq!(failed(&report), expected, "{:?}", report.checks);
        assert!(!report.ok);
    };
    check(false, &["hashes"], &|all| {
        replace(all, &dossier, "Nguyễn", "Trần")
    });
    check(false, &["manifest"], &|all| {
        replace(all, "manifest.json", "\"draft\": false", "\"draft\": true")
    });
    check(false, &["hashes", "counts", "references"], &|all| {
        all.remove(&dossier);
    });
    check(false, &["hashes", "schema"], &|all| {
        all.insert("them.txt".to_owned(), b"x".to_vec());
    });
    check(true, &["schema"], &|all| {
        replace(all, &dossier, "<coQuyenSuDung>true", "<coQuyenSuDung>co")
    });
    check(true, &["twin"], &|all| {
        replace(all, gml, "<gt:soThuTuThua>4<", "<gt:soThuTuThua>44<")
    });
    check(true, &["geometry", "twin"], &|all| {
        replace(
            all,
            gml,
            "593000.000 1221000.000 593010.000",
            "593000.0001 1221000.000 593010.000",
        )
    });
    check(true, &["references"], &|all| {
        let other = all
            .keys()
            .filter(|n| n.starts_with("hoso/"))
            .nth(1)
            .unwrap()
            .clone();
        let uid = |n: &str| n["hoso/".len()..n.len() - 4].to_owned();
        replace(
            all,
            &dossier,
            &format!("<hoSoGuid>{}", uid(&dossier)),
            &format!("<hoSoGuid>{}", uid(&other)),
        );
    });
}

#[test]
fn hostile_archives_give_messages() {
    let dir = tempfile::tempdir().unwrap();
    let package = export(&project(dir.path()), &dir.path().join("a"));
    let whole = std::fs::read(&package.path).unwrap();
    let file = dir.path().join("h.zip");
    for cut in [0, 3, whole.len() / 2, whole.len() - 5] {
        std::fs::write(&file, &whole[..cut]).unwrap();
        assert_eq!(
            verify::verify(&file, &Progress::none()).unwrap_err().code(),
            "PACKAGE_UNREADABLE"
        );
    }
    for name in ["../escape.xml", "/etc/x", "a/./b", "c:\\x"] {
        let report = tampered(&package.path, &file, false, |all| {
            all.insert(name.to_owned(), b"x".to_vec());
        });
        assert!(failed(&report).contains(&"zip"), "{name}: {:?}", report.checks);
    }
    let bomb = tampered(&package.path, &file, false, |all| {
        all.insert("hoso/bomb.xml".to_owned(), vec![b' '; 20 << 20]);
    });
    assert!(failed(&bomb).contains(&"zip"));
    let laughs = tampered(&package.path, &file, true, |all| {
        replace(
            all,
            "spatial/thuadat.gml",
            "<gt:Du",
            "<!DOCTYPE x [<!ENTITY a \"b\">]><gt:Du",
        );
    });
    assert!(failed(&laughs).contains(&"schema"));
    // One byte anywhere: never a panic, and passed only where it changes nothing that is read
    // (a time or a version in the ZIP's own headers).
    let (said, mut refused) = (entries(&package.path), 0);
    for at in (0..whole.len()).step_by(whole.len() / 97 + 1) {
        let mut bytes = whole.clone();
        bytes[at] ^= 0x55;
        std::fs::write(&file, &bytes).unwrap();
        if verify::verify(&file, &Progress::none()).is_ok_and(|r| r.ok) {
            assert_eq!(entries(&file), said, "byte {at}");
        } else {
            refused += 1;
        }
    }
    assert!(refused > 60, "{refused}");
}
