//! Repairs in a batch on the dirty district: what is left is a valid coverage, no point goes further than its tolerance,
//! one undo restores every byte.

use std::path::Path;
use std::time::Instant;

use diachinh::domain::{Act, Finding, Uid};
use diachinh::fix::{self, Batch, Left, Request};
use diachinh::job::Progress;
use diachinh::project::{DumpOptions, Project, Undo};
use diachinh::topology::faults;
use diachinh::validate::{self, Options};
use serde_json::Value;

use crate::support::{diachinh, new_district, ok};

fn act() -> Act {
    Act::new("thử", "2026-11-23T01:00:00Z".parse().unwrap())
}

fn dump(p: &Project) -> String {
    let mut out = Vec::new();
    let options = DumpOptions {
        personal: true,
        ..DumpOptions::default()
    };
    p.dump(options, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

/// A dirty district of so many parcels, imported.
fn dirty(dir: &Path, parcels: u64, rate: &str) -> Project {
    let (sample, path) = (dir.join("mau"), dir.join("mau.gpkg"));
    let n = parcels.to_string();
    ok(
        diachinh()
            .arg("sample")
            .arg(&sample)
            .args(["--parcels", &n, "--seed", "5", "--dirty", rate]),
        &[0],
    );
    new_district(&path);
    ok(
        diachinh()
            .arg("import")
            .arg(&path)
            .arg(&sample)
            .args(["--crs", "EPSG:9210"]),
        &[0, 1],
    );
    Project::open(&path, &act(), &Progress::none()).unwrap()
}

fn findings(p: &Project) -> Vec<Finding> {
    validate::run(p.coverage(), &Options::default(), &Progress::none()).unwrap()
}

fn tried(p: &Project, found: &[Finding], request: &Request) -> Batch {
    let known = p.known(found).unwrap();
    fix::batch(p.coverage(), found, &known, request, &Progress::none()).unwrap()
}

/// Every choice a person could make for the whole district.
fn everything() -> Request {
    let choices = [
        "tidy",
        "retire_duplicate",
        "merge_points",
        "match_points",
        "snap_edge",
        "take_less_trusted",
        "take_first",
        "take_second",
        "gap_longest",
        "gap_neighbour",
        "set_value",
        "next_number",
    ];
    Request {
        choices: choices.map(str::to_owned).to_vec(),
        ..Request::default()
    }
}

#[test]
fn all_fixable_findings_in_one_batch() {
    println!("{}", fix_everything(1000, "0.06"));
}

/// Fixes all that can be fixed in a dirty district of so many parcels; gives what it took.
pub fn fix_everything(parcels: u64, rate: &str) -> String {
    let dir = tempfile::tempdir().unwrap();
    let mut p = dirty(dir.path(), parcels, rate);
    let before = dump(&p);
    let old = findings(&p);
    let start = Instant::now();
    let batch = tried(&p, &old, &everything());
    let trying = start.elapsed();
    assert_eq!(dump(&p), before, "trying changes nothing");
    for m in &batch.made {
        let limit = match m.name {
            "snap_edge" => 200.0,
            "match_points" if m.finding.code == "UNMATCHED_VERTEX" => 2.0,
            "match_points" => 10.0,
            "merge_points" => 5.0,
            _ => 0.0,
        };
        assert!(
            m.farthest_mm <= limit,
            "{} {} {}",
            m.finding.code,
            m.name,
            m.farthest_mm
        );
    }
    let start = Instant::now();
    let effects = p.enter_fixes(&batch, &act(), &Progress::none()).unwrap().unwrap();
    let entering = start.elapsed();
    assert!(effects.changed.len() + effects.retired.len() >= batch.parcels.len());
    let new = findings(&p);
    let count = |list: &[Finding], code: &str| list.iter().filter(|f| f.code == code).count();
    // A valid coverage: no overlap, no invalid ring, no boundary that does not match; what may be left is said.
    let faults = faults::all(p.coverage(), &Progress::none()).unwrap();
    let of = |l: &&Left| {
        let bad = |f: &i64| faults.rings.iter().any(|r| r.0 == *f);
        let fid = |u: &Uid| p.coverage().by_uid(*u).map(|q| q.fid);
        l.finding.parcels.iter().filter_map(fid).any(|f| bad(&f))
    };
    let why: Vec<_> = batch.left.iter().filter(of).collect();
    assert!(faults.rings.is_empty(), "{:#?} {why:#?}", faults.rings);
    let left = |code: &str| batch.left.iter().filter(|l| l.finding.code == code).count();
    assert_eq!(
        faults.overlaps.len(),
        0,
        "{:?} {:?}",
        faults.overlaps,
        batch.left_by()
    );
    assert!(
        faults.unmatched.len() <= left("UNMATCHED_VERTEX"),
        "{:?}",
        faults.unmatched
    );
    assert!(
        batch.made.len() * 10 > old.len() * 7,
        "{} of {}",
        batch.made.len(),
        old.len()
    );
    for f in &new {
        assert!(count(&old, f.code) >= count(&new, f.code), "{f:?}");
    }
    let start = Instant::now();
    p.undo(Undo::Last, &act()).unwrap();
    let undoing = start.elapsed();
    assert!(dump(&p) == before, "one undo restores every byte");
    format!(
        "{parcels} parcels, {} findings: tried {trying:.1?}, entered {entering:.1?}, undone {undoing:.1?}; made {:?}; left {:?}",
        old.len(),
        batch.made_by(),
        batch.left_by()
    )
}

#[test]
fn the_same_map_gives_the_same_batch() {
    let dir = tempfile::tempdir().unwrap();
    let p = dirty(dir.path(), 400, "0.06");
    let (a, b) = (
        tried(&p, &findings(&p), &Request::default()),
        tried(&p, &findings(&p), &Request::default()),
    );
    assert_eq!(a.edits, b.edits);
    assert!(
        a.made
            .iter()
            .all(|m| m.name != "set_value" && m.name != "next_number")
    );
    let cancelled = Progress::none();
    cancelled.cancel();
    let found = findings(&p);
    let known = p.known(&found).unwrap();
    let e = fix::batch(p.coverage(), &found, &known, &Request::default(), &cancelled).unwrap_err();
    assert_eq!(e.code(), "CANCELLED");
}

#[test]
fn a_cancelled_batch_changes_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let mut p = dirty(dir.path(), 400, "0.06");
    let before = dump(&p);
    let batch = tried(&p, &findings(&p), &Request::default());
    let progress = Progress::none();
    progress.cancel();
    assert_eq!(
        p.enter_fixes(&batch, &act(), &progress)
            .unwrap_err()
            .failure
            .code(),
        "CANCELLED"
    );
    assert_eq!(dump(&p), before);
    assert!(p.can_undo().is_none());
}

#[test]
fn from_the_command_line() {
    let dir = tempfile::tempdir().unwrap();
    let p = dirty(dir.path(), 400, "0.06");
    let path = p.path().to_owned();
    p.close().unwrap();
    let fix =
        |args: &[&str], exits: &[i32]| -> Value { ok(diachinh().arg("fix").arg(&path).args(args), exits) };
    let text = || ok(diachinh().arg("dump").arg(&path), &[0]);
    let before = text();
    let dry = fix(&["--rule", "PARCEL_OVERLAP", "--dry-run"], &[0, 1]);
    assert_eq!(
        (&dry["committed"], &dry["op"]),
        (&Value::Bool(false), &Value::Null)
    );
    assert_eq!(text(), before);
    let all = dry["findings"].as_u64().unwrap();
    let parts = ["fixed", "settled", "left"].map(|k| dry[k].as_u64().unwrap());
    assert_eq!(parts.iter().sum::<u64>(), all);
    // The same with the undecided ones divided along the middle.
    let done = fix(
        &[
            "--rule",
            "PARCEL_OVERLAP",
            "--choice",
            "take_less_trusted",
            "--choice",
            "overlap_middle",
        ],
        &[0, 1],
    );
    assert_eq!(done["committed"], Value::Bool(true));
    assert!(done["fixed"].as_u64() >= dry["fixed"].as_u64());
    assert_ne!(text(), before);
    ok(diachinh().arg("undo").arg(&path), &[0]);
    assert_eq!(text(), before);
    let e = fix(&["--choice", "magic"], &[2]);
    assert_eq!(e["error"]["code"], "UNKNOWN_FIX");
    let e = fix(&["--rule", "MAGIC"], &[2]);
    assert_eq!(e["error"]["code"], "UNKNOWN_RULE");
}
