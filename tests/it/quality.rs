//! The rules against the truth of the sample district, through the importer.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use diachinh::domain::{Finding, Parcel, Severity};
use diachinh::import::{self, Existing, Options, Plan};
use diachinh::job::Progress;
use diachinh::sample;
use diachinh::topology::Coverage;
use diachinh::validate;
use serde_json::Value;

/// A sample district as parcels, and its truth.
struct District {
    parcels: Vec<Parcel>,
    truth: Vec<Value>,
}

fn district(dirty: Option<f64>, parcels: usize) -> District {
    let dir = tempfile::tempdir().unwrap();
    let options = sample::Options {
        dir: dir.path().to_owned(),
        parcels,
        seed: 7,
        dirty,
    };
    sample::generate(&options, &Progress::none()).unwrap();
    let truth = std::fs::read_to_string(dir.path().join("truth.jsonl")).unwrap();
    District {
        parcels: read(dir.path()),
        truth: truth.lines().map(|l| serde_json::from_str(l).unwrap()).collect(),
    }
}

/// What the importer makes of the files, whatever their .prj says.
fn read(dir: &Path) -> Vec<Parcel> {
    let files = std::fs::read_dir(dir).unwrap().map(|e| e.unwrap().path());
    let mut files: Vec<PathBuf> = files
        .filter(|p| p.extension().is_some_and(|x| x == "shp"))
        .collect();
    files.sort();
    let inspection = import::inspect(&files, &Progress::none()).unwrap();
    let options = Options {
        project_epsg: 9210,
        crs: Some(9210),
        ..Options::default()
    };
    let plan = Plan::propose(&inspection, &options).unwrap();
    let drafted = import::draft(&inspection, &plan, &Existing::default(), &Progress::none()).unwrap();
    let parcels = drafted.draft.parcels.into_iter().zip(1..);
    parcels
        .map(|(p, fid)| Parcel {
            fid,
            uid: p.uid,
            commune: p.commune.into(),
            sheet: p.sheet.into(),
            number: p.number.into(),
            land_use: p.land_use.unwrap_or_default().into(),
            area_measured: p.area_measured,
            area_legal: p.area_legal,
            is_parcel: p.is_parcel,
            bbox: p.polygon.bbox(),
            polygon: p.polygon,
        })
        .collect()
}

fn check(parcels: &[Parcel]) -> Vec<Finding> {
    let coverage = Coverage::build(parcels.to_vec());
    validate::run(&coverage, &validate::Options::default(), &Progress::none()).unwrap()
}

fn refs(truth: &Value) -> BTreeSet<String> {
    truth["refs"]
        .as_array()
        .unwrap()
        .iter()
        .map(|r| r.as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn a_clean_district_has_no_errors_and_each_unmatched_point_is_known() {
    let d = district(None, 3000);
    let found = check(&d.parcels);
    let graver: Vec<&Finding> = found.iter().filter(|f| f.code != "UNMATCHED_VERTEX").collect();
    assert!(graver.is_empty(), "{graver:#?}");
    let known: BTreeSet<(i64, i64)> = d
        .truth
        .iter()
        .filter(|t| t["kind"] == "t_junction")
        .map(|t| (mm(&t["at"][0]), mm(&t["at"][1])))
        .collect();
    let told: BTreeSet<(i64, i64)> = found.iter().filter_map(|f| f.at).map(|p| (p.e, p.n)).collect();
    assert_eq!(told, known);
}

fn mm(metres: &Value) -> i64 {
    (metres.as_f64().unwrap() * 1000.0).round() as i64
}

#[test]
fn a_dirty_district_shows_what_was_put_in_and_nothing_else() {
    let d = district(Some(0.05), 3000);
    let found = check(&d.parcels);
    let wanted: BTreeMap<&str, &str> = BTreeMap::from([
        ("overlap", "PARCEL_OVERLAP"),
        ("sliver_overlap", "PARCEL_OVERLAP"),
        ("duplicate_parcel", "PARCEL_OVERLAP"),
        ("duplicate_number", "DUPLICATE_NUMBER"),
        ("wrong_area", "AREA_MISMATCH"),
        ("missing_land_use", "LAND_USE_MISSING"),
        ("unknown_land_use", "LAND_USE_UNKNOWN"),
    ]);
    let mut seen = BTreeSet::new();
    for t in &d.truth {
        let kind = t["kind"].as_str().unwrap();
        let Some(code) = wanted.get(kind) else { continue };
        let about = refs(t);
        let told = found
            .iter()
            .any(|f| f.code == *code && about.iter().all(|r| f.refs.contains(r)));
        assert!(told, "not found: {t}");
        seen.insert(kind);
    }
    assert_eq!(seen.len(), wanted.len(), "the sample lacks a kind: {seen:?}");
    // Every parcel with a finding was spoiled, or is the neighbour of a spoiled place.
    let spoiled: BTreeSet<String> = d.truth.iter().flat_map(refs).collect();
    for f in found.iter().filter(|f| f.severity > Severity::Info) {
        assert!(
            f.refs.iter().any(|r| spoiled.contains(r)),
            "not in the truth: {f:?}"
        );
    }
}

#[test]
fn order_and_threads_change_nothing() {
    let mut d = district(Some(0.05), 1500);
    let first = check(&d.parcels);
    d.parcels.reverse();
    let one = rayon_pool(1).install(|| check(&d.parcels));
    assert_eq!(first, one);
}

fn rayon_pool(threads: usize) -> rayon::ThreadPool {
    rayon::ThreadPoolBuilder::new()
        .num_threads(threads)
        .build()
        .unwrap()
}
