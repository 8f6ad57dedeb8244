//! Agreement with an independent engine: GEOS, through Python's shapely. The same pairs overlap, by the same areas to
//! 0.01 m², on dirty parcels of several seeds. Every difference is adjudicated in `geos.jsonl` beside this file, with its
//! reason; one that is not fails the test, and so does one that is there no more.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use diachinh::domain::Parcel;
use diachinh::job::Progress;
use diachinh::topology::{Coverage, faults, validity};
use serde_json::{Value, json};

use crate::quality::sample_parcels;
use crate::support::root;

/// Seeds and sizes: a good 10,000 dirty parcels in all.
const DISTRICTS: [(u64, usize); 4] = [(11, 2600), (12, 2600), (13, 2600), (14, 2600)];

/// A Python with shapely; it is fetched once from PyPI.
pub fn shapely() -> PathBuf {
    let venv = std::env::temp_dir().join("diachinh-shapely-2.1");
    let python = venv.join("bin/python");
    let run = |program: &Path, args: &[&str]| {
        let out = Command::new(program).args(args).output().expect("python3 runs");
        assert!(
            out.status.success(),
            "shapely cannot be had (is PyPI reachable?): {program:?} {args:?}\n{}",
            String::from_utf8_lossy(&out.stderr)
        );
    };
    let there = Command::new(&python).args(["-c", "import shapely"]).output();
    if !there.is_ok_and(|o| o.status.success()) {
        run(
            Path::new("python3"),
            &["-m", "venv", venv.to_str().expect("a path in UTF-8")],
        );
        run(&python, &["-m", "pip", "install", "-q", "shapely>=2.1", "numpy"]);
    }
    python
}

type Pairs = BTreeMap<(i64, i64), f64>;

/// What GEOS says, and what it calls invalid.
fn theirs(parcels: &[Parcel], python: &Path) -> (Pairs, BTreeSet<i64>) {
    let origin = parcels.iter().map(|p| p.bbox.min).min().unwrap();
    let mut lines = String::new();
    for p in parcels {
        let ring = |r: &Vec<diachinh::domain::Pt>| -> Vec<[i64; 2]> {
            r.iter().map(|q| [q.e - origin.e, q.n - origin.n]).collect()
        };
        let rings: Vec<_> = p.polygon.rings.iter().map(ring).collect();
        let _ = writeln!(lines, "{}", json!({"id": p.fid, "rings": rings}));
    }
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("parcels.jsonl");
    std::fs::write(&file, lines).unwrap();
    let out = Command::new(python)
        .arg(root().join("tests/slow/geos_pairs.py"))
        .arg(&file)
        .output()
        .unwrap();
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    let (mut pairs, mut invalid) = (Pairs::new(), BTreeSet::new());
    for line in String::from_utf8(out.stdout).unwrap().lines() {
        let v: Value = serde_json::from_str(line).unwrap();
        match v["invalid"].as_array() {
            Some(all) => invalid.extend(all.iter().map(|i| i.as_i64().unwrap())),
            None => {
                let fid = |k: &str| v[k].as_i64().unwrap();
                pairs.insert((fid("a"), fid("b")), v["m2"].as_f64().unwrap());
            }
        }
    }
    (pairs, invalid)
}

fn ours(parcels: &[Parcel]) -> Pairs {
    let coverage = Coverage::build(parcels.to_vec());
    let faults = faults::all(&coverage, &Progress::none()).unwrap();
    let pair = |o: &faults::Overlap| {
        (
            (o.fids[0].min(o.fids[1]), o.fids[0].max(o.fids[1])),
            o.common.area,
        )
    };
    faults.overlaps.iter().map(pair).collect()
}

/// Differences of one district, each a line as it stands in the list: seed, both references, what differs.
fn differences(seed: u64, parcels: &[Parcel], python: &Path) -> (usize, Vec<Value>) {
    let (theirs, invalid) = theirs(parcels, python);
    let own_invalid: BTreeSet<i64> = parcels
        .iter()
        .filter(|p| !validity::check(&p.polygon).is_empty())
        .map(|p| p.fid)
        .collect();
    let ours = ours(parcels);
    let name: BTreeMap<i64, String> = parcels.iter().map(|p| (p.fid, p.reference())).collect();
    let mut all = Vec::new();
    let mut agreed = 0;
    let pairs: BTreeSet<(i64, i64)> = ours.keys().chain(theirs.keys()).copied().collect();
    for pair in pairs {
        let skip = [pair.0, pair.1]
            .iter()
            .any(|f| invalid.contains(f) || own_invalid.contains(f));
        let (a, b) = (ours.get(&pair).copied(), theirs.get(&pair).copied());
        // What is nowhere wider than 2 mm is an unmatched vertex here, no overlap: GEOS's area is then tiny.
        let same = match (a, b) {
            (Some(x), Some(y)) => (x - y).abs() <= 0.01,
            (None, Some(y)) => y <= 0.01 && !ours.contains_key(&pair) && thin(parcels, pair),
            (Some(_), None) => false,
            (None, None) => true,
        };
        if skip || same {
            agreed += usize::from(same && a.is_some());
            continue;
        }
        all.push(json!({"seed": seed, "refs": [name[&pair.0], name[&pair.1]], "ours": a.map(round), "geos": b.map(round)}));
    }
    (agreed, all)
}

fn round(m2: f64) -> f64 {
    (m2 * 1e4).round() / 1e4
}

/// Whether the common land is nowhere wider than 2 mm, by our measure.
fn thin(parcels: &[Parcel], pair: (i64, i64)) -> bool {
    let of = |fid: i64| &parcels.iter().find(|p| p.fid == fid).unwrap().polygon;
    diachinh::topology::measure::common(of(pair.0), of(pair.1)).is_none_or(|c| c.width <= 2.1)
}

#[test]
fn geos_finds_the_same_overlaps() {
    let python = shapely();
    let (mut found, mut parcels, mut agreed) = (Vec::new(), 0, 0);
    for (seed, n) in DISTRICTS {
        let all = sample_parcels(Some(0.15), n, seed);
        parcels += all.len();
        let (same, mut differ) = differences(seed, &all, &python);
        agreed += same;
        found.append(&mut differ);
    }
    assert!(parcels >= 10_000, "{parcels} parcels");
    assert!(agreed > 300, "only {agreed} overlaps compared");
    let list = root().join("tests/slow/geos.jsonl");
    let text = std::fs::read_to_string(list).unwrap();
    let adjudicated: Vec<Value> = text.lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    assert!(
        adjudicated
            .iter()
            .all(|v| v["reason"].as_str().is_some_and(|r| r.len() > 20))
    );
    let key = |v: &Value| (v["seed"].to_string(), v["refs"].to_string());
    let known: BTreeSet<_> = adjudicated.iter().map(key).collect();
    let now: BTreeSet<_> = found.iter().map(key).collect();
    let new: Vec<&Value> = found.iter().filter(|v| !known.contains(&key(v))).collect();
    assert!(
        new.is_empty(),
        "not adjudicated:\n{}",
        new.iter().map(|v| format!("{v}\n")).collect::<String>()
    );
    let gone: Vec<_> = known.difference(&now).collect();
    assert!(gone.is_empty(), "no longer there: {gone:?}");
    println!(
        "{parcels} dirty parcels, {agreed} overlaps alike to 0.01 m², {} differences adjudicated",
        found.len()
    );
}
