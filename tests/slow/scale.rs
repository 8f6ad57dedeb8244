//! The main job on an average district of 115,000 parcels.

use crate::support::{diachinh, new_district, ok};

#[test]
fn the_main_job_on_a_whole_district() {
    let dir = tempfile::tempdir().unwrap();
    let (files, file, packages) = (
        dir.path().join("files"),
        dir.path().join("d.gpkg"),
        dir.path().join("packages"),
    );
    ok(
        diachinh()
            .arg("sample")
            .arg(&files)
            .args(["--parcels", "115000", "--seed", "7"]),
        &[0],
    );
    new_district(&file);
    let report = ok(
        diachinh()
            .arg("import")
            .arg(&file)
            .arg(&files)
            .args(["--crs", "EPSG:9210"]),
        &[0, 1],
    );
    let sum = |k: &str| {
        report["files"]
            .as_array()
            .unwrap()
            .iter()
            .map(|f| f[k].as_u64().unwrap())
            .sum::<u64>()
    };
    assert_eq!(
        sum("records"),
        sum("imported") + sum("updated") + sum("skipped") + sum("quarantined")
    );
    assert!(sum("imported") >= 114_000, "{}", sum("imported"));
    ok(diachinh().arg("validate").arg(&file), &[0]);
    let made = ok(
        diachinh()
            .arg("export")
            .arg(&file)
            .arg("--package")
            .arg(&packages),
        &[0],
    );
    let list = made["packages"].as_array().unwrap();
    assert!(list.len() > 3, "{made}");
    for p in list {
        ok(diachinh().arg("verify").arg(p["path"].as_str().unwrap()), &[0]);
    }
}

#[test]
fn dump_and_load_of_a_large_district_agree() {
    let dir = tempfile::tempdir().unwrap();
    let (files, a, b, text) = (
        dir.path().join("files"),
        dir.path().join("a.gpkg"),
        dir.path().join("b.gpkg"),
        dir.path().join("a.txt"),
    );
    ok(
        diachinh()
            .arg("sample")
            .arg(&files)
            .args(["--parcels", "30000", "--seed", "9", "--dirty", "0.01"]),
        &[0],
    );
    new_district(&a);
    ok(
        diachinh()
            .arg("import")
            .arg(&a)
            .arg(&files)
            .args(["--crs", "EPSG:9210"]),
        &[0, 1],
    );
    let dump = |p: &std::path::Path| {
        diachinh()
            .arg("dump")
            .arg(p)
            .arg("--personal")
            .output()
            .unwrap()
            .stdout
    };
    let first = dump(&a);
    std::fs::write(&text, &first).unwrap();
    ok(diachinh().arg("load").arg(&b).arg(&text), &[0]);
    assert!(first == dump(&b), "dump(load(dump)) differs");
}
