//! The district is a coverage, complete, reproducible, and the truth knows every fault in it.

use std::collections::{HashMap, HashSet};

use super::*;
use crate::domain::{Parcel, Pt, Uid, ring_area2};
use crate::topology::Coverage;
use crate::topology::segment::{Meet, meet, within};
use crate::validate;

fn options(dir: &Path, parcels: usize, seed: u64, dirty: Option<f64>) -> Options {
    Options {
        dir: dir.to_owned(),
        parcels,
        seed,
        dirty,
    }
}

fn made(parcels: usize, seed: u64, dirty: Option<f64>) -> District {
    district(&options(Path::new(""), parcels, seed, dirty), &Progress::none()).unwrap()
}

/// Every side is matched by a neighbour's, or lies on the outer border, or at a listed T-junction.
#[test]
fn district_is_a_coverage() {
    for (parcels, seed) in [(60, 3), (700, 1), (3000, 2), (9000, 7)] {
        let d = made(parcels, seed, None);
        assert_eq!(d.records.len(), parcels);
        let mut sides: HashMap<(Pt, Pt), usize> = HashMap::new();
        for (i, r) in d.records.iter().enumerate() {
            for s in r.polygon.sides() {
                assert!(sides.insert(s, i).is_none(), "side used twice");
            }
        }
        let junctions: HashSet<Pt> = d.truth.iter().map(|t| t.at).collect();
        let free: Vec<(Pt, Pt)> = sides
            .keys()
            .copied()
            .filter(|&(a, b)| !sides.contains_key(&(b, a)))
            .collect();
        let (inner, outer): (Vec<_>, Vec<_>) = free
            .into_iter()
            .partition(|&(a, b)| junctions.iter().any(|&j| j == a || j == b || within(j, a, b, 1)));
        assert_eq!(
            inner.len(),
            3 * d.truth.len(),
            "one long side and two short ones at each junction"
        );
        // What is left is one closed border around everything, and the areas add up to it.
        let next: HashMap<Pt, Pt> = outer.iter().copied().collect();
        assert_eq!(next.len(), outer.len());
        let mut ring = vec![outer[0].0];
        while let Some(&p) = next.get(ring.last().unwrap()).filter(|&&p| p != ring[0]) {
            ring.push(p);
        }
        assert_eq!(ring.len(), outer.len());
        let total: i128 = d.records.iter().map(|r| r.polygon.area2()).sum();
        let unmatched: i128 = ring_area2(&ring) - total;
        // Each junction is off the straight side by at most 1 mm.
        let slack: f64 = d.truth.len() as f64 * 200_000.0 * 2.0;
        assert!(
            (unmatched as f64).abs() <= slack,
            "{unmatched} mm² of overlap or gap"
        );
    }
}

#[test]
fn polygons_are_valid() {
    let d = made(4000, 11, None);
    for r in &d.records {
        assert!(
            r.polygon
                .rings
                .iter()
                .enumerate()
                .all(|(i, ring)| (ring_area2(ring) > 0) == (i == 0))
        );
        assert!(r.area > 10.0, "{} is tiny", r.reference());
        let sides: Vec<_> = r.polygon.sides().collect();
        if sides.len() > 400 {
            continue;
        }
        for (i, &(a, b)) in sides.iter().enumerate() {
            for &(c, e) in &sides[i + 1..] {
                let shared = |t: Pt| (t == a || t == b) && (t == c || t == e);
                assert!(
                    match meet(a, b, c, e) {
                        Meet::Nothing => true,
                        Meet::Touch(t) => shared(t),
                        Meet::Crossing | Meet::Overlap(..) => false,
                    },
                    "{} crosses itself",
                    r.reference()
                );
            }
        }
    }
}

#[test]
fn district_has_what_it_should_have() {
    let d = made(6000, 7, None);
    let count = |f: &dyn Fn(&Record) -> bool| d.records.iter().filter(|r| f(r)).count();
    assert!(d.communes().len() >= 4);
    assert!(count(&|r| !r.class.is_parcel()) > 40);
    assert!(count(&|r| r.polygon.rings.len() > 1) > 50);
    assert!(count(&|r| r.polygon.point_count() > 200) >= 2);
    assert!(
        count(&|r| !r.class.is_parcel() && r.polygon.rings.len() > 2) >= 1,
        "streets with holes"
    );
    assert!(
        count(&|r| {
            let holes = r.polygon.holes();
            (0..holes.len()).any(|i| holes[i + 1..].iter().flatten().any(|p| holes[i].contains(p)))
        }) >= 1,
        "two holes touching in a point"
    );
    assert!(d.truth.len() > 60);
    let mut keys = HashSet::new();
    for r in d.records.iter().filter(|r| r.number.is_some()) {
        assert!(keys.insert(r.reference()));
        assert!(crate::codes::land_use_codes(&r.land_use).all(|c| crate::codes::land_use(c).is_some()));
        assert!((r.area - r.polygon.area_m2()).abs() <= 0.05 + 1e-9);
    }
}

#[test]
fn same_arguments_same_bytes() {
    let (a, b) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let one = generate(&options(a.path(), 1500, 5, Some(0.02)), &Progress::none()).unwrap();
    generate(&options(b.path(), 1500, 5, Some(0.02)), &Progress::none()).unwrap();
    let mut names: Vec<_> = std::fs::read_dir(a.path())
        .unwrap()
        .map(|e| e.unwrap().file_name())
        .collect();
    names.sort();
    assert!(names.len() > one.files.len() * 3);
    for n in names {
        assert!(
            std::fs::read(a.path().join(&n)).unwrap() == std::fs::read(b.path().join(&n)).unwrap(),
            "{n:?}"
        );
    }
}

#[test]
fn every_injected_error_is_in_the_truth() {
    let (clean, dirty) = (made(5000, 9, None), made(5000, 9, Some(0.02)));
    let kinds: HashSet<&str> = dirty.truth.iter().map(|t| t.kind).collect();
    assert_eq!(kinds.len(), 25, "{kinds:?}");
    let known: HashSet<usize> = dirty.truth.iter().flat_map(|t| t.records.clone()).collect();
    for (i, r) in dirty.records.iter().enumerate() {
        let same = clean.records.get(i).is_some_and(|c| {
            c.polygon == r.polygon
                && c.number == r.number
                && c.area.to_bits() == r.area.to_bits()
                && c.land_use == r.land_use
                && c.area_legal == r.area_legal
                && !r.unclosed
        });
        assert!(same || known.contains(&i), "{} differs", r.reference());
    }
    for t in dirty.truth.iter().filter(|t| t.kind != "t_junction") {
        let i = t.records[0];
        // A record that was not there before is its own trace.
        let (Some(c), r) = (clean.records.get(i), &dirty.records[i]) else {
            continue;
        };
        let changed = c.polygon != r.polygon
            || c.number != r.number
            || c.area.to_bits() != r.area.to_bits()
            || c.land_use != r.land_use
            || c.area_legal != r.area_legal
            || r.unclosed;
        assert!(
            changed || t.kind == "duplicate_parcel",
            "{} of {} left no trace",
            t.kind,
            r.reference()
        );
    }
}

#[test]
fn marked_rows_read_as_the_truth_says() {
    let d = made(5000, 7, None);
    let cut: Vec<&Record> = d
        .records
        .iter()
        .filter(|r| r.mark == Some(records::Mark::Truncated))
        .collect();
    let capitals: Vec<&Record> = d
        .records
        .iter()
        .filter(|r| r.mark == Some(records::Mark::Capitals))
        .collect();
    assert!(!cut.is_empty() && !capitals.is_empty());
    for r in cut {
        let (_, read) = files::expected_owner(r, Encoding::Tcvn3).unwrap().unwrap();
        assert_eq!(read, r.owner.chars().take(50).collect::<String>().trim_end());
        let (_, read) = files::expected_owner(r, Encoding::Utf8).unwrap().unwrap();
        assert!(r.owner.starts_with(&read) && read.len() > 40);
    }
    for r in capitals {
        let (_, read) = files::expected_owner(r, Encoding::Tcvn3).unwrap().unwrap();
        assert_eq!(read.to_uppercase(), r.owner);
        assert_eq!(
            files::expected_owner(r, Encoding::Vni).unwrap().unwrap().1,
            r.owner
        );
    }
}

/// As the importer reads it: positions as fids.
fn coverage(d: &District) -> Coverage {
    let parcels = d.records.iter().zip(1..).map(|(r, fid)| Parcel {
        fid,
        uid: Uid(uuid::Uuid::from_u128(fid as u128)),
        commune: names::COMMUNES[r.commune].0.into(),
        sheet: r.sheet.to_string().into(),
        number: r.number.map(|n| n.to_string()).unwrap_or_default().into(),
        land_use: r.land_use.as_str().into(),
        area_measured: Some(r.area),
        area_legal: r.area_legal,
        is_parcel: r.class.is_parcel(),
        bbox: r.polygon.bbox(),
        polygon: r.polygon.clone(),
    });
    Coverage::build(parcels.collect())
}

/// Clean means: the check finds no error, whatever the size and the seed, and only the known unmatched points.
#[test]
fn a_clean_district_has_no_errors() {
    let districts = (1..=6)
        .map(|seed| (20_000, seed))
        .chain([(450, 1), (3_333, 2), (40_000, 9)]);
    for (parcels, seed) in districts {
        let d = made(parcels, seed, None);
        let found = validate::run(&coverage(&d), &Default::default(), &Progress::none()).unwrap();
        let errors: Vec<_> = found.iter().filter(|f| f.code != "UNMATCHED_VERTEX").collect();
        assert!(errors.is_empty(), "{parcels} parcels, seed {seed}: {errors:#?}");
        assert_eq!(found.len(), d.truth.len(), "{parcels} parcels, seed {seed}");
    }
}
