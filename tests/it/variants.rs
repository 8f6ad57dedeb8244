//! One commune in every encoding and format that offices have: the same register comes out, but for the
//! rows the truth marks, and those read as the truth says.

use std::collections::BTreeMap;
use std::fs;

use serde_json::Value;

use super::support::{diachinh, new_district, ok, root};

const VARIANTS: [&str; 5] = ["gpkg", "nfd", "tab", "tcvn3", "vni"];

/// The dump of a district into which this variant was imported.
fn dump_of(variant: &str) -> String {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("d.gpkg");
    new_district(&file);
    ok(
        diachinh()
            .arg("import")
            .arg(&file)
            .arg(root().join("sample-data").join(variant))
            .args(["--crs", "EPSG:9210"]),
        &[0],
    );
    let out = diachinh()
        .arg("dump")
        .arg(&file)
        .args(["--no-uid", "--personal"])
        .output()
        .unwrap();
    assert!(out.status.success());
    String::from_utf8(out.stdout).unwrap()
}

/// Expected reading of each marked row, by parcel.
fn truth_of(variant: &str) -> BTreeMap<String, String> {
    let text = fs::read_to_string(root().join("sample-data").join(variant).join("truth.jsonl")).unwrap();
    text.lines()
        .map(|l| serde_json::from_str::<Value>(l).unwrap())
        .filter_map(|v| {
            Some((
                v["refs"][0].as_str()?.to_owned(),
                v["expected"].as_str()?.to_owned(),
            ))
        })
        .collect()
}

/// The party line of a parcel's holder: "party 25756/1/48 … name_p="…"".
fn party<'a>(dump: &'a str, reference: &str) -> &'a str {
    let start = format!("party {reference} ");
    dump.lines()
        .find(|l| l.starts_with(&start))
        .unwrap_or_else(|| panic!("no {start}"))
}

/// Both kinds of marked rows are there, so that the test below has something to say of each.
#[test]
fn the_commune_has_truncated_and_capital_rows() {
    for variant in VARIANTS {
        let truth = fs::read_to_string(root().join("sample-data").join(variant).join("truth.jsonl")).unwrap();
        for kind in ["truncated_text", "capital_text"] {
            assert!(
                truth.contains(&format!("\"kind\":\"{kind}\"")),
                "{variant}: no {kind}"
            );
        }
    }
}

#[test]
fn the_same_commune_in_every_encoding_and_format_gives_one_register() {
    let reference = dump_of(VARIANTS[0]);
    let marked: Vec<String> = VARIANTS.iter().flat_map(|v| truth_of(v).into_keys()).collect();
    let unmarked = |dump: &str| -> Vec<String> {
        let of_marked = |l: &str| marked.iter().any(|r| l.starts_with(&format!("party {r} ")));
        dump.lines()
            .filter(|l| !of_marked(l))
            .map(str::to_owned)
            .collect()
    };
    let expected = unmarked(&reference);
    assert!(expected.len() > 1200, "{} lines", expected.len());
    for variant in VARIANTS {
        let dump = dump_of(variant);
        for (ours, theirs) in unmarked(&dump).iter().zip(&expected) {
            assert_eq!(ours, theirs, "{variant} differs from {}", VARIANTS[0]);
        }
        assert_eq!(unmarked(&dump).len(), expected.len(), "{variant}");
        let truth = truth_of(variant);
        assert!(!truth.is_empty(), "{variant} has no marked rows");
        for (parcel, reading) in truth {
            let line = party(&dump, &parcel);
            assert!(
                line.contains(&format!("name_p=\"{reading}\"")),
                "{variant}: expected {reading:?} in {line}"
            );
        }
    }
}
