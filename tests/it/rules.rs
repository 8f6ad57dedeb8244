//! The catalogue of rules: the command, and the table in README.md.

use std::process::Command;

use diachinh::validate::{RULES, catalogue};
use serde_json::Value;

const OPEN: &str = "<!-- rules -->\n";
const CLOSE: &str = "<!-- /rules -->";

#[test]
fn readme_has_the_table_of_the_rules() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/README.md");
    let text = std::fs::read_to_string(path).unwrap();
    let (before, rest) = text.split_once(OPEN).unwrap();
    let (table, after) = rest.split_once(CLOSE).unwrap();
    let want = catalogue::markdown();
    if std::env::var_os("DIACHINH_BLESS").is_some() {
        std::fs::write(path, format!("{before}{OPEN}{want}{CLOSE}{after}")).unwrap();
        return;
    }
    assert_eq!(table, want);
}

fn rules(args: &[&str]) -> std::process::Output {
    Command::new(env!("CARGO_BIN_EXE_diachinh"))
        .arg("rules")
        .args(args)
        .output()
        .unwrap()
}

#[test]
fn the_command_prints_the_catalogue() {
    let out = rules(&["--json"]);
    let all: Vec<Value> = serde_json::from_slice(&out.stdout).unwrap();
    let codes: Vec<&str> = all.iter().map(|r| r["code"].as_str().unwrap()).collect();
    assert_eq!(codes, RULES.map(|r| r.code));
    let gap = all.iter().find(|r| r["code"] == "PARCEL_GAP").unwrap();
    assert_eq!(gap["parameters"]["sliver_mm"], 500.0);
    assert_eq!(gap["moments"]["editing"], "error");
    for r in &all {
        for text in ["title", "why", "remedy", "legal_basis"] {
            assert!(r[text]["vi"] != r[text]["en"], "{}: {text}", r["code"]);
        }
    }
    let text = String::from_utf8(rules(&[]).stdout).unwrap();
    assert!(
        text.contains("PARCEL_GAP (cảnh báo): Khoảng hở giữa các thửa"),
        "{text}"
    );
}

#[test]
fn the_day_chooses_the_rules_in_force() {
    let basis = |day: &str| {
        let out = rules(&["--json", "--date", day]);
        let all: Vec<Value> = serde_json::from_slice(&out.stdout).unwrap();
        let of = all.iter().find(|r| r["code"] == "LAND_USE_UNKNOWN").unwrap();
        (of["valid_from"].clone(), of["valid_to"].clone())
    };
    assert_eq!(basis("2024-07-31"), (Value::Null, "2024-07-31".into()));
    assert_eq!(basis("2026-11-23"), ("2024-08-01".into(), Value::Null));
    assert_eq!(rules(&["--date", "soon"]).status.code(), Some(2));
}
