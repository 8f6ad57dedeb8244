//! What the register says after parcels came and went: numbers, descent, history, and all of it taken back.

use std::collections::BTreeMap;
use std::path::Path;

use diachinh::domain::{Parcel, Pt, Severity};
use diachinh::edit::{Edit, Tolerance, parse};
use diachinh::project::{DumpOptions, Project, Undo, When};
use diachinh::topology::Coverage;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::district::{District, act, corner};
use crate::operating::{command, edit, metres};
use crate::support::{diachinh, new_district, ok};

fn dump(p: &Project) -> String {
    let mut out = Vec::new();
    let options = DumpOptions {
        personal: true,
        no_uid: false,
    };
    p.dump(options, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

/// Cuts a parcel of the grid into equal parts, from its south side on.
fn cut(parcel: &str, column: i64, row: i64, parts: u32) -> Value {
    json!({"op": "split", "parcel": parcel, "by": {"equal": parts, "parallel_to": [metres(column, row), metres(column + 1, row)]}})
}

fn of(value: &Value) -> Edit {
    parse(&value.to_string()).unwrap()
}

/// What the descent of a parcel tells: `generation ref status`, and parent>child.
fn family(path: &Path, reference: &str) -> (Vec<String>, Vec<String>) {
    let (code, answer) = command(path, &["lineage", reference]);
    assert_eq!(code, 0, "{answer}");
    let text = |v: &Value| v.as_str().unwrap_or_default().to_owned();
    let all = answer["parcels"].as_array().unwrap();
    let name = |uid: &Value| {
        let found = all.iter().find(|m| m["uid"] == *uid).unwrap();
        text(&found["ref"])
    };
    let members = all
        .iter()
        .map(|m| {
            format!(
                "{} {} {} {}",
                m["generation"],
                text(&m["ref"]),
                text(&m["status"]),
                m["area_m2"]
            )
        })
        .collect();
    let descents = answer["descents"].as_array().unwrap();
    let descents = descents
        .iter()
        .map(|d| format!("{}>{}", name(&d["parent"]), name(&d["child"])));
    (members, descents.collect())
}

#[test]
fn the_life_of_a_parcel() {
    let d = District::new(3);
    let p = &d.path;
    // Parcel 5 is the middle one, sheet 1 has numbers up to 9.
    let (code, answers) = edit(p, &[cut("25747/1/5", 1, 1, 2)]);
    assert_eq!(code, 0, "{answers:?}");
    assert_eq!(
        (
            answers[0]["created"].as_array().unwrap().len(),
            answers[0]["retired"].as_array().unwrap().len()
        ),
        (2, 1)
    );
    let (code, answers) = edit(
        p,
        &[json!({"op": "merge", "parcels": ["25747/1/11", "25747/1/8"]})],
    );
    assert_eq!(code, 0, "{answers:?}");
    let (members, descents) = family(p, "25747/1/5");
    assert_eq!(
        members,
        [
            "0 25747/1/5 LICH_SU 100.0",
            "1 25747/1/10 HIEN_HANH 50.0",
            "1 25747/1/11 LICH_SU 50.0",
            "2 25747/1/12 HIEN_HANH 150.0"
        ]
    );
    assert_eq!(
        descents,
        [
            "25747/1/5>25747/1/10",
            "25747/1/5>25747/1/11",
            "25747/1/11>25747/1/12"
        ]
    );
    let (members, _) = family(p, "25747/1/12");
    assert_eq!(
        members,
        [
            "-2 25747/1/5 LICH_SU 100.0",
            "-1 25747/1/8 LICH_SU 100.0",
            "-1 25747/1/11 LICH_SU 50.0",
            "0 25747/1/12 HIEN_HANH 150.0"
        ]
    );
    assert_eq!(
        command(p, &["lineage", "25747/1/99"]).1["error"]["code"],
        "NO_PARCEL"
    );
    // Old numbers are found and say that they are old; so is the number a parcel had before it was renumbered.
    edit(
        p,
        &[json!({"op": "set", "parcel": "25747/1/1", "fields": {"number": "77"}})],
    );
    let found = |text: &str| -> Vec<String> {
        let hits = command(p, &["search", text]).1;
        let told = |h: &Value| format!("{} {}", h["ref"].as_str().unwrap(), h["historic"]);
        hits.as_array().unwrap().iter().map(told).collect()
    };
    assert_eq!(found("1/5"), ["25747/1/5 true"]);
    assert_eq!(found("1/12"), ["25747/1/12 false"]);
    assert_eq!(found("1/1")[0], "25747/1/77 false");
    // The map before, by operation and by clock.
    let project = d.open();
    let uids = |when: When| -> Vec<String> {
        let map = project.map_at(when).unwrap();
        let mut all: Vec<String> = map.iter().map(|p| p.reference()).collect();
        all.sort();
        all
    };
    assert_eq!(uids(When::Op(2)).len(), 9);
    assert!(uids(When::Op(2)).contains(&"25747/1/5".to_owned()));
    assert!(uids(When::Op(2)).contains(&"25747/1/1".to_owned()));
    assert_eq!(uids(When::Op(3)).len(), 10);
    assert_eq!(uids(When::Op(4)).len(), 9);
    let five = project.map_at(When::Op(2)).unwrap();
    let five = five.by_key(&"25747/1/5".parse().map(key).unwrap());
    let historic = project.record(five[0]).unwrap();
    assert_eq!((historic.parcel_code, historic.polygon), (None, None));
    let ten = project.coverage().by_key(&"25747/1/10".parse().map(key).unwrap());
    let code = project.record(ten[0]).unwrap().parcel_code.unwrap();
    assert_eq!(code.len(), 12);
    drop(project);
    // The code stays whatever becomes of the shape.
    let [e, n] = metres(1, 1);
    edit(
        p,
        &[json!({"op": "move_point", "from": [e, n], "to": [e + 1.0, n + 1.0]})],
    );
    let project = d.open();
    assert_eq!(project.record(ten[0]).unwrap().parcel_code, Some(code));
}

fn key(r: diachinh::domain::ParcelRef) -> diachinh::domain::ParcelKey {
    match r {
        diachinh::domain::ParcelRef::Key(key) => key,
        diachinh::domain::ParcelRef::Uid(_) => unreachable!("written as a key"),
    }
}

#[test]
fn what_else_changed_is_told() {
    let d = District::new(3);
    let mut p = d.open();
    // A cut between neighbours: those at its ends only receive a point each.
    let done = p.apply(&of(&cut("25747/1/5", 1, 1, 2)), &act(5)).unwrap();
    let only: Vec<&str> = done
        .parcels
        .iter()
        .filter(|e| e.only_points)
        .map(|e| e.reference.as_str())
        .collect();
    assert_eq!(only, ["25747/1/4", "25747/1/6"]);
    assert!(
        done.parcels
            .iter()
            .filter(|e| e.only_points)
            .all(|e| e.points_inserted == 1 && e.shift_mm <= 1.0)
    );
    let areas = |reference: &str| {
        let e = done.parcels.iter().find(|e| e.reference == reference).unwrap();
        (e.area_before, e.area_after)
    };
    assert_eq!(areas("25747/1/5"), (Some(100.0), None));
    assert_eq!(areas("25747/1/10"), (None, Some(50.0)));
    // 100.1 m² certified: a metre more of the shape is out of tolerance, going back is in again.
    let (from, to) = (corner(0, 0), Pt::new(corner(0, 0).e - 1000, corner(0, 0).n));
    let out = p.apply(&Edit::MovePoint { from, to }, &act(6)).unwrap();
    assert_eq!(
        (out.shift_mm, out.parcels[0].tolerance),
        (1000.0, Some(Tolerance::Left))
    );
    let back = p.undo(Undo::Last, &act(7)).unwrap();
    assert_eq!(back.parcels[0].tolerance, Some(Tolerance::Regained));
}

/// A parcel's shape, told alike wherever its rings begin.
pub fn place(p: &Parcel) -> Vec<Vec<(i64, i64)>> {
    let ring = |r: &Vec<Pt>| {
        let mut all: Vec<_> = r.iter().map(|q| (q.e, q.n)).collect();
        let first = (0..all.len()).min_by_key(|i| all[*i]).unwrap_or(0);
        all.rotate_left(first);
        all
    };
    p.polygon.rings.iter().map(ring).collect()
}

/// A person who does one thing after the other, by dice.
pub fn random_edit(coverage: &Coverage, dice: (u8, usize, usize, i64)) -> Option<Edit> {
    let mut all: Vec<_> = coverage.iter().collect();
    // By place: the same on every map of the same shapes.
    all.sort_by_key(|x| place(x));
    let one = all[dice.1 % all.len()];
    let shell = &place(one)[0];
    let at = |i: usize| Pt::new(shell[i % shell.len()].0, shell[i % shell.len()].1);
    let (a, b) = (at(dice.2), at(dice.2 + 1));
    let m = |q: Pt| <[f64; 2]>::from(q.metres());
    let uid = one.uid.to_string();
    let value = match dice.0 % 9 {
        0 | 1 => {
            json!({"op": "split", "parcel": uid, "by": {"equal": 2 + dice.3.unsigned_abs() % 2, "parallel_to": [m(a), m(b)]}})
        }
        2 => {
            let mut beside: Vec<_> = coverage
                .neighbours(one.fid)
                .into_iter()
                .filter_map(|f| coverage.get(f))
                .collect();
            beside.sort_by_key(|x| place(x));
            let other = beside.get(dice.2 % beside.len().max(1))?;
            json!({"op": "merge", "parcels": [uid, other.uid.to_string()]})
        }
        3 => {
            json!({"op": "move_point", "from": m(a), "to": m(Pt::new(a.e + dice.3, a.n - dice.3))})
        }
        4 => {
            json!({"op": "set", "parcel": uid, "fields": {"area_legal": 10.0 + dice.3.unsigned_abs() as f64, "land_use": "ODT"}})
        }
        5 => json!({"op": "remove_point", "at": m(a)}),
        6 => {
            let bent = Pt::new(i64::midpoint(a.e, b.e) + dice.3, i64::midpoint(a.n, b.n) - dice.3);
            json!({"op": "reshape", "start": m(a), "end": m(b), "line": [m(bent)]})
        }
        7 => json!({"op": "retire", "parcel": uid, "reason": "thử"}),
        _ => {
            json!({"op": "insert_point", "parcel": uid, "at": m(Pt::new(i64::midpoint(a.e, b.e), i64::midpoint(a.n, b.n)))})
        }
    };
    Some(of(&value))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 8, max_shrink_iters: 20, ..ProptestConfig::default() })]

    /// Whatever was done, undo-all gives the register byte for byte, redo-all what it became; no number is given twice,
    /// every parcel that went has heirs, certified areas are conserved by cutting and joining.
    #[test]
    fn all_of_it_can_be_taken_back(dice in proptest::collection::vec((any::<u8>(), 0usize..50, 0usize..8, -900i64..900), 4..14)) {
        let d = District::new(3);
        let mut p = d.open();
        let before = dump(&p);
        let mut done = 0;
        for (i, roll) in dice.into_iter().enumerate() {
            let Some(edit) = random_edit(p.coverage(), roll).filter(|e| e.kind() != "retire") else { continue };
            let legal = |p: &Project| p.coverage().iter().filter_map(|x| x.area_legal).map(|a| (a * 10.0).round() as i64).sum::<i64>();
            let was = legal(&p);
            if p.apply(&edit, &act(10 + i as i64)).is_ok() {
                done += 1;
                if matches!(edit.kind(), "split" | "merge") {
                    prop_assert_eq!(legal(&p), was, "{:?}", edit);
                }
            }
        }
        let after = dump(&p);
        let twice: i64 = d.raw().query_row("SELECT count(*) FROM (SELECT 1 FROM parcel GROUP BY commune, sheet, number HAVING count(*)>1)", [], |r| r.get(0)).unwrap();
        let heirless: i64 = d.raw().query_row("SELECT count(*) FROM parcel WHERE status='LICH_SU' AND fid NOT IN (SELECT parent FROM parcel_lineage)", [], |r| r.get(0)).unwrap();
        prop_assert_eq!((twice, heirless), (0, 0));
        for k in 0..done {
            p.undo(Undo::Last, &act(50 + k)).unwrap();
        }
        prop_assert_eq!(dump(&p), before);
        for k in 0..done {
            p.redo(&act(90 + k)).unwrap();
        }
        prop_assert_eq!(dump(&p), after);
        let mut map: Vec<_> = p.coverage().iter().cloned().collect();
        drop(p);
        let mut again: Vec<_> = d.open().coverage().iter().cloned().collect();
        again.sort_by_key(|x| x.fid);
        map.sort_by_key(|x| x.fid);
        prop_assert_eq!(map, again);
    }
}

/// What the rules call errors.
fn errors(p: &Project) -> usize {
    let options = diachinh::validate::Options::default();
    let all = diachinh::validate::run(p.coverage(), &options, &diachinh::job::Progress::none()).unwrap();
    all.iter().filter(|f| f.severity == Severity::Error).count()
}

/// Imported districts, clean and dirty: no more errors than before, undo-all and redo-all to the byte.
#[test]
fn a_sample_district_is_edited_and_taken_back() {
    for (seed, dirty) in [("1", None), ("2", Some("0.2"))] {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("h.gpkg");
        new_district(&path);
        let mut sample = diachinh();
        sample
            .arg("sample")
            .arg(dir.path().join("s"))
            .args(["--parcels", "150", "--seed", seed]);
        if let Some(rate) = dirty {
            sample.args(["--dirty", rate]);
        }
        ok(&mut sample, &[0]);
        let mut import = diachinh();
        import.arg("import").arg(&path).arg(dir.path().join("s"));
        ok(import.args(["--crs", "EPSG:9210"]), &[0, 1]);
        let mut p = Project::open(&path, &act(2), &diachinh::job::Progress::none()).unwrap();
        assert!(p.coverage().len() > 100);
        let (before, faults) = (dump(&p), errors(&p));
        let mut state = 7_u64;
        let mut die = |n: u64| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % n
        };
        let mut done: BTreeMap<&str, usize> = BTreeMap::new();
        for i in 0..60 {
            let dice = (
                die(9) as u8,
                die(500) as usize,
                die(20) as usize,
                die(1800) as i64 - 900,
            );
            let Some(edit) = random_edit(p.coverage(), dice) else {
                continue;
            };
            if p.apply(&edit, &act(10 + i)).is_ok() {
                *done.entry(edit.kind()).or_default() += 1;
            }
        }
        assert!(done.len() >= 6, "few kinds were accepted: {done:?}");
        assert!(
            errors(&p) <= faults,
            "seed {seed}: {} errors, {faults} before",
            errors(&p)
        );
        let (after, n) = (dump(&p), done.values().sum::<usize>());
        for k in 0..n {
            p.undo(Undo::Last, &act(100 + k as i64)).unwrap();
        }
        assert!(dump(&p) == before, "seed {seed}: undo-all");
        for k in 0..n {
            p.redo(&act(200 + k as i64)).unwrap();
        }
        assert!(dump(&p) == after, "seed {seed}: redo-all");
    }
}

/// The record of a parcel at each moment is what it was then; after undoing, what was undone never was.
#[test]
fn records_are_read_as_they_were() {
    let d = District::new(4);
    let mut p = d.open();
    let all = |p: &Project| -> BTreeMap<i64, diachinh::domain::ParcelRecord> {
        p.coverage()
            .iter()
            .map(|q| (q.fid, p.record(q.fid).unwrap()))
            .collect()
    };
    let head = |p: &Project| p.operation_at(When::At(jiff::Timestamp::MAX)).unwrap();
    let mut states = vec![(head(&p), all(&p))];
    let (a, b, c) = ("25747/1/1", "25747/1/2", "25747/1/6");
    let edits = [
        json!({"op": "set", "parcel": a, "fields": {"address": "ấp 9", "land_use": "CLN"}}),
        cut(c, 1, 1, 2),
        json!({"op": "set", "parcel": b, "fields": {"area_legal": 321.5}}),
        json!({"op": "merge", "parcels": [a, b]}),
    ];
    for (i, e) in edits.iter().enumerate() {
        p.apply(&of(e), &act(10 + i as i64)).unwrap();
        states.push((head(&p), all(&p)));
    }
    let same = |p: &Project, states: &[(i64, BTreeMap<i64, diachinh::domain::ParcelRecord>)]| {
        for (op, records) in states {
            for (fid, then) in records {
                assert_eq!(
                    &p.record_at(*fid, When::Op(*op)).unwrap(),
                    then,
                    "op {op}, fid {fid}"
                );
            }
        }
    };
    same(&p, &states);
    let child = *states[4].1.keys().max().unwrap();
    assert_eq!(
        p.record_at(child, When::Op(states[1].0)).unwrap_err().code(),
        "NO_PARCEL"
    );
    let gone = parcel_fid(&states[0].1, "1");
    assert_eq!(
        p.record_at(gone, When::Op(states[4].0)).unwrap_err().code(),
        "NO_PARCEL"
    );
    p.undo(Undo::Last, &act(50)).unwrap();
    same(&p, &states[..4]);
}

fn parcel_fid(records: &BTreeMap<i64, diachinh::domain::ParcelRecord>, number: &str) -> i64 {
    *records.iter().find(|(_, r)| r.number == number).unwrap().0
}
