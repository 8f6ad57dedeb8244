//! The rules against the truth of the sample district, through the importer.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use diachinh::domain::{BBox, Finding, Parcel, Pt, Severity};
use diachinh::import::{self, Existing, Multipart, Options, Plan};
use diachinh::job::Progress;
use diachinh::sample;
use diachinh::topology::{Coverage, measure};
use diachinh::validate;
use serde_json::Value;

/// A sample district as parcels, and its truth.
struct District {
    parcels: Vec<Parcel>,
    /// Findings of the import.
    import: Vec<Finding>,
    truth: Vec<Value>,
}

fn district(dirty: Option<f64>, parcels: usize) -> District {
    district_of(dirty, parcels, 7)
}

fn district_of(dirty: Option<f64>, parcels: usize, seed: u64) -> District {
    let dir = tempfile::tempdir().unwrap();
    let options = sample::Options {
        dir: dir.path().to_owned(),
        parcels,
        seed,
        dirty,
    };
    sample::generate(&options, &Progress::none()).unwrap();
    let truth = std::fs::read_to_string(dir.path().join("truth.jsonl")).unwrap();
    let (parcels, import) = read(dir.path());
    District {
        parcels,
        import,
        truth: truth.lines().map(|l| serde_json::from_str(l).unwrap()).collect(),
    }
}

/// A sample district as the importer reads it, whole parcels only.
pub fn sample_parcels(dirty: Option<f64>, parcels: usize, seed: u64) -> Vec<Parcel> {
    district_of(dirty, parcels, seed).parcels
}

/// What the importer makes of the files, whatever their .prj says.
pub fn read(dir: &Path) -> (Vec<Parcel>, Vec<Finding>) {
    read_with(dir, Multipart::default())
}

fn read_with(dir: &Path, multipart: Multipart) -> (Vec<Parcel>, Vec<Finding>) {
    let files = std::fs::read_dir(dir).unwrap().map(|e| e.unwrap().path());
    let mut files: Vec<PathBuf> = files
        .filter(|p| p.extension().is_some_and(|x| x == "shp"))
        .collect();
    files.sort();
    let inspection = import::inspect(&files, &Progress::none()).unwrap();
    let options = Options {
        project_epsg: 9210,
        crs: Some(9210),
        multipart,
        ..Options::default()
    };
    let plan = Plan::propose(&inspection, &options).unwrap();
    let drafted = import::draft(&inspection, &plan, &Existing::default(), &Progress::none()).unwrap();
    let findings = drafted.draft.findings;
    let parcels = drafted.draft.parcels.into_iter().zip(1..);
    let parcels = parcels
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
        .collect();
    (parcels, findings)
}

fn reference(p: &Parcel) -> String {
    format!("{}/{}/{}", p.commune, p.sheet, p.number)
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
    clean_is_clean(3000);
}

/// Nothing is told of a clean district but the points a neighbour lacks by the millimetre of the lattice, which its truth
/// lists. Gives a line of figures.
pub fn clean_is_clean(parcels: usize) -> String {
    let d = district(None, parcels);
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
    format!(
        "{parcels} clean parcels: {} unmatched points, all known, nothing else",
        told.len()
    )
}

fn mm(metres: &Value) -> i64 {
    (metres.as_f64().unwrap() * 1000.0).round() as i64
}

/// What tells of an injected error: findings of the rules by code, findings of the import by code and
/// record. `duplicate_vertex`, `unclosed_ring` are repaired by the import, which counts them by file.
/// `near_miss`: see the tests.
const RULES: [(&str, &str); 18] = [
    ("gap", "PARCEL_GAP"),
    ("sliver_gap", "PARCEL_GAP"),
    ("overlap", "PARCEL_OVERLAP"),
    ("sliver_overlap", "PARCEL_OVERLAP"),
    ("duplicate_parcel", "DUPLICATE_SHAPE"),
    ("spike", "RING_INVALID"),
    ("t_junction", "UNMATCHED_VERTEX"),
    ("duplicate_number", "DUPLICATE_NUMBER"),
    ("wrong_area", "AREA_MISMATCH"),
    ("missing_land_use", "LAND_USE_MISSING"),
    ("unknown_land_use", "LAND_USE_UNKNOWN"),
    ("contained", "PARCEL_OVERLAP"),
    ("half_filled_hole", "PARCEL_GAP"),
    ("island_sliver", "SLIVER_PARCEL"),
    ("narrow_neck", "NARROW_NECK"),
    ("near_points", "NEAR_POINTS"),
    ("missing_number", "NUMBER_MISSING"),
    ("wrong_legal_area", "AREA_LEGAL"),
];
const IMPORT: [(&str, &str); 4] = [
    ("self_intersection", "IMPORT_SELF_INTERSECTION"),
    ("short_ring", "IMPORT_TOO_FEW_POINTS"),
    ("null_geometry", "IMPORT_NO_GEOMETRY"),
    ("multipart", "IMPORT_MULTIPART_SPLIT"),
];
const COUNTED: [(&str, &str); 2] = [
    ("duplicate_vertex", "IMPORT_DUPLICATE_POINTS"),
    ("unclosed_ring", "IMPORT_RINGS_CLOSED"),
];

fn of_kind<'a>(truth: &'a [Value], kind: &'a str) -> impl Iterator<Item = &'a Value> {
    truth.iter().filter(move |t| t["kind"] == kind)
}

/// Whether this finding is what the rules should say of this truth.
fn tells(f: &Finding, t: &Value) -> bool {
    let about = refs(t);
    let same = f.refs.iter().all(|r| about.contains(r));
    match t["kind"].as_str().unwrap() {
        // The truth names the parcel that lacks the point, not those that have it.
        "t_junction" => {
            f.code == "UNMATCHED_VERTEX"
                && f.at
                    .is_some_and(|p| (p.e, p.n) == (mm(&t["at"][0]), mm(&t["at"][1])))
        }
        // Moved by 3 to 9 mm into a neighbour or out of it, or along a side by up to 2 mm.
        "near_miss" if f.code == "PARCEL_GAP" => touches(f, t) && about.iter().any(|r| f.refs.contains(r)),
        "near_miss" if f.code == "SHEET_EDGE" && f.value("kind") == "gap" => touches(f, t),
        "near_miss" => same && ["PARCEL_OVERLAP", "UNMATCHED_VERTEX", "SHEET_EDGE"].contains(&f.code),
        // The record went into quarantine: its land lies open.
        "null_geometry" | "self_intersection" | "short_ring" => f.code == "PARCEL_GAP" && touches(f, t),
        // Two parcels of one number, neither as large as the record says.
        "multipart" => same && ["DUPLICATE_NUMBER", "AREA_MISMATCH", "AREA_LEGAL"].contains(&f.code),
        // The file has the middle of the closing side for a last point: the neighbour there lacks it.
        "unclosed_ring" => f.code == "UNMATCHED_VERTEX" && f.refs.iter().any(|r| about.contains(r)),
        // The measured area follows the shape, the legal one does not.
        "overlap" | "sliver_overlap" | "gap" | "sliver_gap" | "wrong_area" if f.code == "AREA_LEGAL" => same,
        // Between sheets what is no wider than the edge's tolerance is a mismatch of edges.
        "overlap" | "sliver_overlap" | "gap" | "sliver_gap" if f.code == "SHEET_EDGE" => same,
        // Where the island ends, the hole's side goes on.
        "half_filled_hole" if f.code == "UNMATCHED_VERTEX" => same,
        kind => same && RULES.contains(&(kind, f.code)),
    }
}

/// The truth of a district, to look up what may tell of a finding.
struct Known<'a> {
    truth: &'a [Value],
    by_ref: BTreeMap<String, Vec<usize>>,
    /// By square of [`CELL`] mm.
    by_place: BTreeMap<(i64, i64), Vec<usize>>,
}

const CELL: i64 = 50_000;

impl<'a> Known<'a> {
    fn new(truth: &'a [Value]) -> Self {
        let (mut by_ref, mut by_place): (BTreeMap<_, Vec<_>>, BTreeMap<_, Vec<_>>) = Default::default();
        for (i, t) in truth.iter().enumerate() {
            refs(t)
                .into_iter()
                .for_each(|r| by_ref.entry(r).or_default().push(i));
            let p = place(t);
            by_place
                .entry((p.e.div_euclid(CELL), p.n.div_euclid(CELL)))
                .or_default()
                .push(i);
        }
        Self {
            truth,
            by_ref,
            by_place,
        }
    }

    /// Whether a line of the truth accounts for the finding: it was put in, or comes of what was.
    fn accounts_for(&self, f: &Finding) -> bool {
        let named = f.refs.iter().filter_map(|r| self.by_ref.get(r)).flatten();
        if named.into_iter().any(|i| tells(f, &self.truth[*i])) {
            return true;
        }
        let Some(b) = f.bbox.map(|b| b.grown(10)) else {
            return false;
        };
        let near = |k: i64| k.div_euclid(CELL);
        (near(b.min.e)..=near(b.max.e))
            .flat_map(|e| (near(b.min.n)..=near(b.max.n)).map(move |n| (e, n)))
            .filter_map(|cell| self.by_place.get(&cell))
            .flatten()
            .any(|i| tells(f, &self.truth[*i]))
    }
}

/// Every error put into a district is told, error by error, and hardly anything else. Gives a line of figures.
pub fn shows_what_was_put_in(parcels: usize, rate: f64, least: usize) -> String {
    let d = district(Some(rate), parcels);
    let found = check(&d.parcels);
    let mut by_ref: BTreeMap<&str, Vec<&Finding>> = BTreeMap::new();
    let mut by_place: BTreeMap<(i64, i64), Vec<&Finding>> = BTreeMap::new();
    for f in &found {
        f.refs.iter().for_each(|r| by_ref.entry(r).or_default().push(f));
        f.at.iter()
            .for_each(|p| by_place.entry((p.e, p.n)).or_default().push(f));
    }
    let mut missed = Vec::new();
    for (kind, code) in RULES {
        assert!(
            of_kind(&d.truth, kind).count() >= least,
            "the sample lacks {kind}"
        );
        for t in of_kind(&d.truth, kind) {
            let named: Vec<&Finding> = refs(t)
                .iter()
                .filter_map(|r| by_ref.get(r.as_str()))
                .flatten()
                .copied()
                .collect();
            let at = by_place.get(&(mm(&t["at"][0]), mm(&t["at"][1])));
            let mut candidates = named.into_iter().chain(at.into_iter().flatten().copied());
            if !candidates.any(|f| [code, "SHEET_EDGE"].contains(&f.code) && tells(f, t)) {
                missed.push(t);
            }
        }
    }
    assert!(
        missed.is_empty(),
        "{} not found: {:?}",
        missed.len(),
        &missed[..missed.len().min(5)]
    );
    let known = Known::new(&d.truth);
    let stray: Vec<&Finding> = found.iter().filter(|f| !known.accounts_for(f)).collect();
    let share = stray.len() as f64 / found.len().max(1) as f64;
    assert!(
        share <= 0.001,
        "{} of {} were not put in, nor come of it: {:#?}",
        stray.len(),
        found.len(),
        &stray[..stray.len().min(5)]
    );
    let (n, all, put) = (d.parcels.len(), found.len(), d.truth.len());
    format!(
        "{n} parcels: {put} known, {all} findings, none missed, {} stray",
        stray.len()
    )
}

fn place(t: &Value) -> Pt {
    Pt::new(mm(&t["at"][0]), mm(&t["at"][1]))
}

/// Whether the finding's box comes within a centimetre of the truth's place.
fn touches(f: &Finding, t: &Value) -> bool {
    f.bbox.is_some_and(|b| b.grown(10).contains(place(t)))
}

/// Recall 100 % and precision 100 %, error by error.
#[test]
fn a_dirty_district_shows_what_was_put_in_and_nothing_else() {
    shows_what_was_put_in(12_000, 0.02, 4);
}

/// Every point moved is told; those that are not lie on the rim of the district and were moved along it.
#[test]
fn every_near_miss_is_told() {
    let d = district(Some(0.02), 12_000);
    let found = check(&d.parcels);
    let all: Vec<&Value> = of_kind(&d.truth, "near_miss").collect();
    let untold: Vec<&&Value> = all
        .iter()
        .filter(|t| !found.iter().any(|f| tells(f, t)))
        .collect();
    let coverage = Coverage::build(d.parcels.clone());
    let on_the_rim = |t: &Value| {
        let place = BBox::EMPTY.with(place(t)).grown(50);
        let steps = || (-2..=2).map(|k| k * 25);
        let mut round = steps().flat_map(|k| [(k, -50), (k, 50), (-50, k), (50, k)]);
        let middle = place.centre();
        round.any(|(de, dn)| coverage.at(Pt::new(middle.e + de, middle.n + dn)).is_empty())
    };
    assert!(all.len() > 15 && untold.len() < 4, "{untold:?}");
    assert!(untold.iter().all(|t| on_the_rim(t)), "{untold:?}");
}

/// A hole is as wide as what was pushed in, and its kind goes by the width.
#[test]
fn gaps_are_told_apart_by_width() {
    let d = district(Some(0.02), 12_000);
    let found = check(&d.parcels);
    let mut kinds = BTreeMap::<(&str, &str), usize>::new();
    let gaps = d
        .truth
        .iter()
        .filter(|t| t["kind"].as_str().unwrap().ends_with("gap"));
    for t in gaps {
        let of = |code: &str| found.iter().find(|f| f.code == code && tells(f, t));
        let Some(f) = of("PARCEL_GAP") else {
            assert!(of("SHEET_EDGE").is_some(), "{t}");
            continue;
        };
        *kinds
            .entry((t["kind"].as_str().unwrap(), f.value("kind")))
            .or_default() += 1;
        assert!(f.bbox.unwrap().contains(f.at.unwrap()));
    }
    assert!(
        kinds.keys().all(|(t, k)| *t != "sliver_gap" || *k == "sliver"),
        "{kinds:?}"
    );
    assert!(kinds[&("gap", "gap")] > 3, "{kinds:?}");
    assert!(
        found
            .iter()
            .all(|f| f.code != "PARCEL_GAP" || f.severity < Severity::Error)
    );
}

/// A point moved into a neighbour by more than 2 mm makes an overlap as wide.
#[test]
fn a_near_miss_is_an_overlap_where_it_is_wide() {
    let d = district(Some(0.02), 12_000);
    let found = check(&d.parcels);
    let by_ref: BTreeMap<String, &Parcel> = d.parcels.iter().map(|p| (reference(p), p)).collect();
    let (mut wide, mut others) = (0, 0);
    for t in of_kind(&d.truth, "near_miss") {
        // Streets and water have no number to tell them by.
        let about: Vec<String> = refs(t).into_iter().filter(|r| !r.ends_with('/')).collect();
        for (i, a) in about.iter().enumerate() {
            for b in &about[i + 1..] {
                let overlap = measure::common(&by_ref[a].polygon, &by_ref[b].polygon);
                let told = found
                    .iter()
                    .filter(|f| f.code == "PARCEL_OVERLAP" || f.value("kind") == "overlap")
                    .any(|f| f.refs.contains(a) && f.refs.contains(b));
                let is_wide = overlap.is_some_and(|o| o.width > 2.0 + measure::SLACK);
                assert_eq!(told, is_wide, "{a} and {b}: {overlap:?}");
                *(if is_wide { &mut wide } else { &mut others }) += 1;
            }
        }
    }
    assert!(wide > 3 && others > 3, "{wide} wide, {others} others");
}

#[test]
fn the_import_names_each_broken_record() {
    let d = district(Some(0.02), 12_000);
    let place = |file: &str, record: u64| (file.to_owned(), record);
    for (kind, code) in IMPORT {
        let known: BTreeSet<(String, u64)> = of_kind(&d.truth, kind)
            .map(|t| place(t["file"].as_str().unwrap(), t["record"].as_u64().unwrap()))
            .collect();
        let told: BTreeSet<(String, u64)> = d
            .import
            .iter()
            .filter(|f| f.code == code)
            .map(|f| f.source.as_ref().unwrap())
            .map(|s| place(&s.file, s.record.unwrap()))
            .collect();
        assert!(!known.is_empty());
        assert_eq!(told, known, "{kind}");
    }
    for (kind, code) in COUNTED {
        let told = d
            .import
            .iter()
            .filter(|f| f.code == code)
            .filter_map(|f| f.amount);
        assert_eq!(
            told.sum::<f64>(),
            of_kind(&d.truth, kind).count() as f64,
            "{kind}"
        );
    }
}

/// Where parts are not to become parcels, each such record waits.
#[test]
fn records_in_parts_are_quarantined_where_that_is_wished() {
    let dir = tempfile::tempdir().unwrap();
    let options = sample::Options {
        dir: dir.path().to_owned(),
        parcels: 3000,
        seed: 7,
        dirty: Some(0.05),
    };
    sample::generate(&options, &Progress::none()).unwrap();
    let truth = std::fs::read_to_string(dir.path().join("truth.jsonl")).unwrap();
    let truth: Vec<Value> = truth.lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    let put = of_kind(&truth, "multipart").count();
    let told = |multipart| {
        let (_, found) = read_with(dir.path(), multipart);
        let of = |code: &str| found.iter().filter(|f| f.code == code).count();
        (of("IMPORT_MULTIPART"), of("IMPORT_MULTIPART_SPLIT"))
    };
    assert!(put > 1);
    assert_eq!(told(Multipart::Quarantine), (put, 0));
    assert_eq!(told(Multipart::Split), (0, put));
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
