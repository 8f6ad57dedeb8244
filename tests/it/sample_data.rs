//! `sample-data/` is what `sample` makes; `DIACHINH_UPDATE_SAMPLE=1` writes it anew.

use std::path::{Path, PathBuf};

use diachinh::domain::Failure;
use diachinh::formats::{self, Value};
use diachinh::job::Progress;
use diachinh::sample::{self, Options, TABLES, VARIANTS};

const PARCELS: usize = 5000;
const SEED: u64 = 8;

fn committed() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("sample-data")
}

fn make(dir: &Path) {
    let options = |dir: PathBuf| Options {
        dir,
        parcels: PARCELS,
        seed: SEED,
        dirty: None,
    };
    sample::generate(&options(dir.join("utf8")), &Progress::none()).unwrap();
    sample::write_variants(&options(dir.to_owned()), &Progress::none()).unwrap();
}

/// Every row as text: number, geometry, values.
fn content(folder: &Path) -> Vec<String> {
    let mut rows = Vec::new();
    for layer in formats::open(folder, None).unwrap() {
        let mut row = |r: formats::SourceRecord<'_>| -> Result<(), Failure> {
            let values: Vec<String> = r.values.iter().map(value).collect();
            let surface = match &r.geometry {
                formats::SourceGeometry::Polygon(s) => format!("{:?}", s.to_vec()),
                _ => "none".to_owned(),
            };
            rows.push(format!("{} {surface} {}", r.number, values.join("|")));
            Ok(())
        };
        layer.read(0..layer.records, &mut row).unwrap();
    }
    rows
}

fn value(v: &Value<'_>) -> String {
    match v {
        Value::Null => String::new(),
        Value::Bytes(b) => format!("{b:02x?}"),
        Value::Text(t) => (*t).to_owned(),
        Value::Int(i) => i.to_string(),
        Value::Real(x) => x.to_string(),
    }
}

fn files(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|e| e.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn committed_sample_is_what_the_generator_makes() {
    if std::env::var_os("DIACHINH_UPDATE_SAMPLE").is_some() {
        make(&committed());
    }
    let fresh = tempfile::tempdir().unwrap();
    make(fresh.path());
    for folder in std::iter::once("utf8").chain(VARIANTS.iter().map(|v| v.folder)) {
        let (a, b) = (committed().join(folder), fresh.path().join(folder));
        assert_eq!(files(&a), files(&b), "{folder}");
        for name in files(&a) {
            assert!(
                std::fs::read(a.join(&name)).unwrap() == std::fs::read(b.join(&name)).unwrap(),
                "{folder}/{name}"
            );
        }
    }
    for (folder, _) in TABLES {
        let (a, b) = (
            content(&committed().join(folder)),
            content(&fresh.path().join(folder)),
        );
        assert!(
            a == b && (100..=400).contains(&a.len()),
            "{folder}: {} and {} rows",
            a.len(),
            b.len()
        );
    }
}
