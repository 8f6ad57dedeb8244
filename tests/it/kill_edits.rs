//! Kill −9 in the middle of cutting and joining parcels: afterwards the file holds exactly what had been acknowledged,
//! or one operation more.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use diachinh::domain::Act;
use diachinh::edit::parse;
use diachinh::job::Progress;
use diachinh::project::{DumpOptions, LogFilter, Project};
use serde_json::{Value, json};

use crate::support::{diachinh, ok};

/// Parcels of the row that is cut and joined.
const PARCELS: usize = 12;

fn act() -> Act {
    Act::new("thu", "2026-11-23T01:00:00Z".parse().unwrap())
}

/// A row of parcels of 10 m × 20 m, each then cut in two, and the neighbours' halves joined.
fn script() -> (Vec<Value>, Vec<Value>) {
    let place = |i: usize, n: f64| [603_500.0 + 10.0 * i as f64, 1_191_500.0 + n];
    let make = |i: usize| {
        json!({"op": "add_parcel", "commune": "25747", "sheet": "1", "number": (i + 1).to_string(),
            "rings": [[place(i, 0.0), place(i + 1, 0.0), place(i + 1, 20.0), place(i, 20.0)]], "fields": {"area_legal": 200.1, "land_use": "ONT+CLN"}})
    };
    let cut = |i: usize| json!({"op": "split", "parcel": format!("25747/1/{}", i + 1), "by": {"areas": [70, "rest"], "parallel_to": [place(i, 0.0), place(i + 1, 0.0)]}});
    // The lower halves have the odd numbers from PARCELS + 1 on.
    let join = |i: usize| {
        let lower = |k: usize| format!("25747/1/{}", PARCELS + 1 + 2 * k);
        json!({"op": "merge", "parcels": [lower(i), lower(i + 1)]})
    };
    let edits = (0..PARCELS).map(cut).chain((0..PARCELS).step_by(2).map(join));
    ((0..PARCELS).map(make).collect(), edits.collect())
}

fn dump(path: &Path) -> String {
    let p = Project::open(path, &act(), &Progress::none()).unwrap();
    text(&p)
}

fn text(p: &Project) -> String {
    let mut out = Vec::new();
    let options = DumpOptions {
        personal: true,
        no_uid: true,
    };
    p.dump(options, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

/// Kills so many scripts. `random(n)`: a number below n.
pub fn trials(rounds: u32, mut random: impl FnMut(u64) -> u64) {
    let dir = tempfile::tempdir().unwrap();
    let base = dir.path().join("base.gpkg");
    let mut new = diachinh();
    new.arg("new").arg(&base);
    ok(
        new.args(["--crs", "EPSG:9210", "--name", "Huyện thử", "--commune", "25747"]),
        &[0],
    );
    let (make, edits) = script();
    let mut p = Project::open(&base, &act(), &Progress::none()).unwrap();
    for line in &make {
        p.apply(&parse(&line.to_string()).unwrap(), &act()).unwrap();
    }
    p.close().unwrap();
    // What the register says after each line.
    let reference = dir.path().join("reference.gpkg");
    std::fs::copy(&base, &reference).unwrap();
    let mut p = Project::open(&reference, &act(), &Progress::none()).unwrap();
    let before = p.log(&LogFilter::default()).unwrap().len();
    let mut expected = vec![text(&p)];
    for line in &edits {
        p.apply(&parse(&line.to_string()).unwrap(), &act()).unwrap();
        expected.push(text(&p));
    }
    drop(p);
    let lines: String = edits.iter().map(|l| format!("{l}\n")).collect();
    let mut cut = 0;
    for round in 0..rounds {
        let file = dir.path().join("killed.gpkg");
        for end in ["", "-wal", "-shm", ".lock", ".lock.held", ".intent", ".crashes"] {
            let _ = std::fs::remove_file(dir.path().join(format!("killed.gpkg{end}")));
        }
        std::fs::copy(&base, &file).unwrap();
        let mut child: Command = diachinh();
        child.arg("edit").arg(&file).args(["--script", "-"]);
        let mut child = child
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(lines.as_bytes()).unwrap();
        let mut answers = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut acknowledged = 0;
        for _ in 0..random(edits.len() as u64) {
            let answer: Value = serde_json::from_str(&answers.next().unwrap().unwrap()).unwrap();
            assert_eq!(answer["ok"], true, "{answer}");
            acknowledged += 1;
        }
        std::thread::sleep(Duration::from_micros(random(8000)));
        let _ = child.kill();
        acknowledged += answers.map_while(Result::ok).filter(|l| l.ends_with('}')).count();
        child.wait().unwrap();
        let there = dump(&file);
        let p = Project::open(&file, &act(), &Progress::none()).unwrap();
        let done = p.log(&LogFilter::default()).unwrap().len() - before;
        assert!(
            (acknowledged..=acknowledged + 1).contains(&done),
            "round {round}: {done} operations, {acknowledged} acknowledged"
        );
        assert!(
            there == expected[done],
            "round {round}: not the register after line {done}"
        );
        cut += u32::from(done < edits.len());
    }
    assert!(
        cut * 2 > rounds,
        "the kill came too late in most rounds ({cut} of {rounds})"
    );
}
