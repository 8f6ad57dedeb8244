//! The attribute rules against the truth of a sample register, loaded as a dump and checked by the program.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::support::{diachinh, ok};

/// Every error put into a register is told by its rule, and nothing else is told of it. Gives a line of figures.
pub fn register_shows_what_was_put_in(parcels: usize, rate: f64) -> String {
    let dir = tempfile::tempdir().unwrap();
    let (n, r) = (parcels.to_string(), rate.to_string());
    let mut sample = diachinh();
    sample
        .arg("sample")
        .arg(dir.path())
        .args(["--register", "--seed", "7", "--parcels", &n]);
    if rate > 0.0 {
        sample.args(["--dirty", &r]);
    }
    ok(&mut sample, &[0]);
    // Beside the folder of scans, under its name.
    let file = dir.path().join("register.gpkg");
    let mut load = diachinh();
    ok(
        load.arg("load").arg(&file).arg(dir.path().join("register.txt")),
        &[0],
    );
    let report = dir.path().join("report.json");
    let checked = ok(
        diachinh().arg("validate").arg(&file).arg("--report").arg(&report),
        &[0, 1],
    );
    let text = std::fs::read_to_string(dir.path().join("register-truth.jsonl")).unwrap();
    let truth: Vec<Value> = text.lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    let found: Vec<&Value> = checked["findings"]
        .as_array()
        .unwrap()
        .iter()
        // Points a neighbour lacks are in every sample, by the millimetre of the lattice.
        .filter(|f| f["code"] != "UNMATCHED_VERTEX")
        .collect();
    let words = |v: &Value| -> BTreeSet<String> {
        let all = v.as_array().unwrap().iter();
        all.map(|w| w.as_str().unwrap().to_owned()).collect()
    };
    let mut told: BTreeMap<(String, String), usize> = BTreeMap::new();
    for f in &found {
        for r in words(&f["refs"]) {
            *told
                .entry((f["code"].as_str().unwrap().to_owned(), r))
                .or_default() += 1;
        }
    }
    let loose = ["CERTIFICATE_EMPTY", "SCAN_UNLINKED", "METADATA_INCOMPLETE"];
    let count = |code: &str| found.iter().filter(|f| f["code"] == code).count();
    for t in &truth {
        let (rule, refs) = (t["rules"][0].as_str().unwrap(), words(&t["refs"]));
        if !loose.contains(&rule) {
            let there = refs
                .iter()
                .any(|r| told.contains_key(&(rule.to_owned(), r.clone())));
            assert!(there, "not found: {t}");
        }
    }
    for rule in loose {
        assert_eq!(
            count(rule),
            truth.iter().filter(|t| t["rules"][0] == rule).count(),
            "{rule}"
        );
    }
    let caused: BTreeSet<(String, String)> = truth
        .iter()
        .flat_map(|t| {
            words(&t["rules"])
                .into_iter()
                .flat_map(|c| words(&t["refs"]).into_iter().map(move |r| (c.clone(), r)))
        })
        .collect();
    let stray = found.iter().filter(|f| {
        let code = f["code"].as_str().unwrap();
        !loose.contains(&code)
            && !words(&f["refs"])
                .iter()
                .any(|r| caused.contains(&(code.to_owned(), r.clone())))
    });
    let stray: Vec<_> = stray.collect();
    assert!(
        stray.is_empty(),
        "{} neither put in nor caused: {:#?}",
        stray.len(),
        &stray[..stray.len().min(4)]
    );
    let report: Value = serde_json::from_str(&std::fs::read_to_string(&report).unwrap()).unwrap();
    let added = truth.iter().filter(|t| t["kind"] == "far_away").count();
    assert_eq!(
        report["checked"]["parcels"].as_u64().unwrap(),
        (parcels + added) as u64
    );
    let kinds: BTreeSet<&str> = truth.iter().map(|t| t["kind"].as_str().unwrap()).collect();
    assert!(
        rate == 0.0 || kinds.len() == 34,
        "{} kinds: {kinds:?}",
        kinds.len()
    );
    format!(
        "register of {parcels}: {} put in, {} findings, none missed, none stray",
        truth.len(),
        found.len()
    )
}

#[test]
fn a_dirty_register_shows_what_was_put_in() {
    register_shows_what_was_put_in(2500, 0.06);
}

#[test]
fn a_clean_register_shows_nothing() {
    register_shows_what_was_put_in(2500, 0.0);
}
