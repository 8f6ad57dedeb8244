//! Kill −9 at random moments: the file opens and holds exactly what was acknowledged.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use serde_json::{Value, json};

use crate::Random;
use crate::support::{diachinh, new_district, ok, root};

fn import(file: &Path) -> Command {
    let mut c = diachinh();
    c.arg("import")
        .arg(file)
        .arg(root().join("sample-data/utf8"))
        .args(["--crs", "EPSG:9210"]);
    c
}

fn dump(file: &Path) -> String {
    let out = diachinh().arg("dump").arg(file).output().unwrap();
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    String::from_utf8(out.stdout).unwrap()
}

#[test]
fn a_killed_import_leaves_the_file_before_or_after() {
    let dir = tempfile::tempdir().unwrap();
    let (empty, whole) = (dir.path().join("empty.gpkg"), dir.path().join("whole.gpkg"));
    new_district(&empty);
    std::fs::copy(&empty, &whole).unwrap();
    let started = std::time::Instant::now();
    ok(&mut import(&whole), &[0, 1]);
    let full = started.elapsed();
    let before = dump(&empty);
    let parcels = ok(diachinh().arg("info").arg(&whole), &[0])["counts"]["parcel"].clone();
    let mut random = Random(1);
    let mut seen = [0u32; 2];
    for round in 0..40 {
        let file = dir.path().join(format!("k{round}.gpkg"));
        std::fs::copy(&empty, &file).unwrap();
        let mut child = import(&file)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(Duration::from_micros(
            random.below(full.as_micros() as u64 * 11 / 10),
        ));
        let _ = child.kill();
        child.wait().unwrap();
        let after = dump(&file);
        if after == before {
            seen[0] += 1;
        } else {
            seen[1] += 1;
            let info = ok(diachinh().arg("info").arg(&file), &[0]);
            assert_eq!(info["counts"]["parcel"], parcels, "round {round}: half an import");
        }
    }
    assert!(seen[0] > 0, "no kill came in time: {seen:?}");
}

#[test]
fn a_killed_script_keeps_exactly_the_acknowledged_lines() {
    let dir = tempfile::tempdir().unwrap();
    let base = dir.path().join("base.gpkg");
    new_district(&base);
    ok(&mut import(&base), &[0, 1]);
    let found = ok(
        diachinh()
            .arg("search")
            .arg(&base)
            .args(["tờ 1", "--limit", "200"]),
        &[0],
    );
    let uids: Vec<&str> = found
        .as_array()
        .unwrap()
        .iter()
        .filter(|h| h["kind"] == "parcel")
        .filter_map(|h| h["uid"].as_str())
        .collect();
    assert!(uids.len() > 20, "{found}");
    let script: String = (0..200)
        .map(|i| json!({"op": "set", "parcel": uids[i % uids.len()], "fields": {"address": format!("Thôn Thử {i}")}}).to_string() + "\n")
        .collect();
    let mut random = Random(2);
    let mut cut = 0;
    for round in 0..40 {
        let file = dir.path().join(format!("s{round}.gpkg"));
        std::fs::copy(&base, &file).unwrap();
        let mut child = diachinh()
            .arg("edit")
            .arg(&file)
            .args(["--script", "-"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(script.as_bytes()).unwrap();
        let mut answers = BufReader::new(child.stdout.take().unwrap()).lines();
        let stop_after = random.below(200);
        let mut acknowledged: Vec<Value> = Vec::new();
        while (acknowledged.len() as u64) < stop_after {
            acknowledged.push(serde_json::from_str(&answers.next().unwrap().unwrap()).unwrap());
        }
        std::thread::sleep(Duration::from_micros(random.below(3000)));
        let _ = child.kill();
        // What had been printed before the kill is acknowledged as well.
        acknowledged.extend(
            answers
                .map_while(Result::ok)
                .filter_map(|l| serde_json::from_str(&l).ok()),
        );
        child.wait().unwrap();
        assert!(acknowledged.iter().all(|a| a["ok"] == true));
        let log = ok(diachinh().arg("log").arg(&file), &[0]);
        let ops: Vec<i64> = log
            .as_array()
            .unwrap()
            .iter()
            .filter(|o| o["kind"] == "set")
            .filter_map(|o| o["op"].as_i64())
            .collect();
        let last = acknowledged
            .iter()
            .filter_map(|a| a["op"].as_i64())
            .collect::<Vec<_>>();
        assert!(
            ops.starts_with(&last),
            "round {round}: an acknowledged line is missing: {last:?} {ops:?}"
        );
        // One line may have been committed and not yet printed.
        assert!(
            ops.len() <= last.len() + 1,
            "round {round}: {} operations, {} acknowledged",
            ops.len(),
            last.len()
        );
        cut += u32::from(ops.len() < 200);
    }
    assert!(cut > 10, "the kill came too late in almost every round ({cut})");
}

#[test]
fn a_thousand_kills_while_cutting_and_joining() {
    let mut random = Random(5);
    crate::kill_edits::trials(1000, |n| random.below(n));
}
