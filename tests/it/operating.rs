//! A district in operation: boundaries change through dossiers, on the command line and in the library.

use std::path::Path;

use diachinh::project::{Project, Undo, When};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::district::{COMMUNE, District, act, content, corner};
use crate::records::{place, random_edit};
use crate::support::{diachinh, ok, run};

pub fn metres(c: i64, r: i64) -> [f64; 2] {
    corner(c, r).metres().into()
}

/// Moves the inner corner of a grid of 3 by 1 m to the east.
fn shift(c: i64, r: i64, dossier: Option<&str>) -> Value {
    let [e, n] = metres(c, r);
    let mut line = json!({"op": "move_point", "from": [e, n], "to": [e + 1.0, n]});
    if let Some(code) = dossier {
        line["dossier"] = code.into();
    }
    line
}

/// A script: exit code and its answers.
pub fn edit(path: &Path, lines: &[Value]) -> (i32, Vec<Value>) {
    let script = path.with_extension("jsonl");
    let text: Vec<String> = lines.iter().map(ToString::to_string).collect();
    std::fs::write(&script, text.join("\n")).unwrap();
    let out = diachinh()
        .arg("edit")
        .arg(path)
        .arg("--script")
        .arg(&script)
        .output()
        .unwrap();
    let answers = String::from_utf8(out.stdout).unwrap();
    let answers = answers
        .lines()
        .map(|l| serde_json::from_str(l).unwrap())
        .collect();
    (out.status.code().unwrap(), answers)
}

/// One command: exit code and answer.
pub fn command(path: &Path, args: &[&str]) -> (i32, Value) {
    let mut c = diachinh();
    c.arg(args[0]).arg(path).args(&args[1..]);
    let (code, answer, _) = run(&mut c);
    (code, answer)
}

fn open(code: &str) -> Value {
    json!({"op": "open_dossier", "code": code, "kind": "TN", "commune": COMMUNE, "papers": ["DKTD", "GCN", "BVDS"]})
}

#[test]
fn from_building_to_approval() {
    let d = District::new(3);
    let p = &d.path;
    assert_eq!(command(p, &["mode"]).1["mode"], "building");
    assert_eq!(edit(p, &[shift(1, 1, None)]).0, 0);
    let change = command(p, &["mode", "operating"]).1;
    assert!(change["op"].is_i64(), "{change}");
    assert_eq!(command(p, &["mode", "operating"]).1["op"], Value::Null);
    let (code, answers) = edit(p, &[shift(1, 2, None)]);
    assert_eq!(
        (code, &answers[0]["error"]["code"]),
        (2, &json!("DOSSIER_NEEDED"))
    );
    // Neither the change of mode nor what was before it is undone now.
    assert_eq!(command(p, &["undo"]).1["error"]["code"], "FINAL");
    assert_eq!(command(p, &["undo", "--op", "3"]).1["error"]["code"], "FINAL");
    let in_force = content(p);
    let (code, answers) = edit(p, &[open("H1"), open("H2"), shift(2, 2, Some("H1"))]);
    assert_eq!(code, 0, "{answers:?}");
    assert_eq!(
        (
            answers[2]["changed"].as_array().unwrap().len(),
            &answers[2]["points_moved"]
        ),
        (4, &json!(1))
    );
    assert_eq!(answers[2]["dossier"], "H1");
    assert!(content(p) != in_force, "the proposals are in the register");
    let proposals = command(p, &["proposals", "H1"]).1;
    assert_eq!(proposals.as_array().unwrap().len(), 4);
    // Another dossier is named, one that does not exist is refused, one that proposes nothing too.
    let (_, answers) = edit(p, &[shift(1, 2, Some("H2"))]);
    assert_eq!(answers[0]["error"]["code"], "PARCEL_IN_DOSSIER");
    assert!(answers[0]["error"]["message"].as_str().unwrap().contains("H1"));
    assert_eq!(
        edit(p, &[shift(1, 2, Some("H9"))]).1[0]["error"]["code"],
        "NO_DOSSIER"
    );
    assert_eq!(command(p, &["approve", "H2"]).1["error"]["code"], "NO_PROPOSALS");
    assert_eq!(
        command(p, &["mode", "building"]).1["error"]["code"],
        "PROPOSALS_OPEN"
    );
    // A second edit sees the first, the map in force does not; what is proposed can be undone.
    {
        let project = Project::open(p, &act(9), &diachinh::job::Progress::none()).unwrap();
        let moved = diachinh::domain::Pt::new(corner(2, 2).e + 1000, corner(2, 2).n);
        assert_eq!(project.view("H1").unwrap().users_of(moved).len(), 4);
        assert!(project.coverage().users_of(moved).is_empty());
        assert_eq!(project.proposals(None).unwrap().len(), 4);
    }
    let [e, n] = metres(2, 2);
    let on = json!({"op": "move_point", "from": [e + 1.0, n], "to": [e + 2.0, n], "dossier": "H1"});
    assert_eq!(edit(p, &[on]).0, 0);
    assert_eq!(command(p, &["undo"]).0, 0);
    let approved = command(p, &["approve", "H1"]).1;
    assert_eq!(
        (
            approved["ok"].as_bool(),
            approved["changed"].as_array().unwrap().len()
        ),
        (Some(true), 4),
        "{approved}"
    );
    assert_eq!(command(p, &["undo"]).1["error"]["code"], "FINAL");
    assert_eq!(
        command(p, &["approve", "H1"]).1["error"]["code"],
        "DOSSIER_CLOSED"
    );
    let project = Project::open(p, &act(10), &diachinh::job::Progress::none()).unwrap();
    let moved = diachinh::domain::Pt::new(corner(2, 2).e + 1000, corner(2, 2).n);
    assert_eq!(project.coverage().users_of(moved).len(), 4);
    assert_eq!(project.proposals(None).unwrap().len(), 0);
    assert_eq!(
        ok(diachinh().arg("dump").arg(p).arg("--no-uid"), &[0])
            .as_str()
            .unwrap()
            .matches("change_entry_item")
            .count(),
        4
    );
}

#[test]
fn reverted_and_undone_proposals_leave_nothing() {
    let d = District::new(3);
    let p = &d.path;
    edit(p, &[open("H1")]);
    let before = content(p);
    let (code, answers) = edit(
        p,
        &[
            shift(1, 1, Some("H1")),
            json!({"op": "insert_point", "parcel": format!("{COMMUNE}/1/1"), "at": [metres(0, 0)[0] + 5.0, metres(0, 0)[1]], "dossier": "H1"}),
        ],
    );
    assert_eq!(code, 0, "{answers:?}");
    command(p, &["undo"]);
    command(p, &["undo"]);
    assert_eq!(content(p), before);
    edit(p, &[shift(1, 1, Some("H1"))]);
    assert_eq!(command(p, &["revert", "H1"]).0, 0);
    assert_eq!(content(p), before);
    // What was reverted comes back by undo, as everything that was never approved.
    command(p, &["undo"]);
    assert_eq!(command(p, &["proposals"]).1.as_array().unwrap().len(), 4);
}

#[test]
fn a_gesture_may_be_inside_and_outside_and_is_atomic() {
    let d = District::new(3);
    let mut p = d.open();
    let parse = |v: &Value| diachinh::edit::parse(&v.to_string()).unwrap();
    let edits = [
        parse(&open("H1")),
        parse(&shift(1, 1, Some("H1"))),
        parse(&shift(2, 2, None)),
    ];
    let e = p.apply_all(&edits, &act(5)).unwrap_err();
    assert_eq!(
        (e.failure.code(), e.failure.at_record()),
        ("PARCEL_IN_DOSSIER", Some(3))
    );
    assert!(p.dossiers().unwrap().is_empty());
    let done = p.apply_all(&edits[..2], &act(5)).unwrap();
    assert_eq!(
        (
            done[1].dossier.as_deref(),
            done[1].parcels.len(),
            done[1].shift_mm
        ),
        (Some("H1"), 4, 1000.0)
    );
    assert_eq!(
        done[1].label.en,
        "Move boundary point by 1.00 m (4 parcels) (dossier H1)"
    );
    let what = p.log(&Default::default()).unwrap();
    assert_eq!(what.last().unwrap().kind, "gesture");
    p.undo(Undo::Last, &act(6)).unwrap();
    assert!(p.dossiers().unwrap().is_empty());
}

#[test]
fn the_map_at_a_moment() {
    let d = District::new(2);
    let mut p = d.open();
    let from = corner(1, 1);
    let at = |k: i64| diachinh::domain::Pt::new(from.e + k * 500, from.n);
    let parse = |a: i64, b: i64| diachinh::edit::Edit::MovePoint {
        from: at(a),
        to: at(b),
    };
    let mut ops = vec![];
    for k in 0..3 {
        ops.push(p.apply(&parse(k, k + 1), &act(10 + k)).unwrap().op);
    }
    for (k, op) in ops.iter().enumerate() {
        let then = p.map_at(When::Op(*op)).unwrap();
        assert_eq!(then.users_of(at(k as i64 + 1)).len(), 4);
        assert_eq!(p.operation_at(When::At(act(10 + k as i64).at)).unwrap(), *op);
    }
    assert_eq!(p.map_at(When::Op(2)).unwrap().users_of(at(0)).len(), 4);
    assert_eq!(p.map_at(When::At(act(0).at)).unwrap().len(), 0);
    assert_eq!(p.map_at(When::Op(1)).unwrap().len(), 0);
    // What was undone never was.
    p.undo(Undo::Last, &act(20)).unwrap();
    assert_eq!(p.map_at(When::Op(ops[2])).unwrap().users_of(at(2)).len(), 4);
    assert_eq!(p.map_at(When::Op(ops[0])).unwrap().users_of(at(1)).len(), 4);
}

#[test]
fn an_import_waits_until_the_district_is_being_built() {
    let d = District::new(2);
    command(&d.path, &["mode", "operating"]);
    let mut import = diachinh();
    import
        .arg("import")
        .arg(&d.path)
        .arg(crate::support::root().join("sample-data/utf8"))
        .args(["--crs", "EPSG:9210"]);
    let (code, answer, _) = run(&mut import);
    assert_eq!((code, &answer["error"]["code"]), (2, &json!("OPERATING")));
    command(&d.path, &["mode", "building"]);
    assert_eq!(command(&d.path, &["info"]).1["mode"], "building");
}

fn shapes(c: &diachinh::topology::Coverage) -> Vec<Vec<Vec<(i64, i64)>>> {
    let mut all: Vec<_> = c.iter().map(place).collect();
    all.sort();
    all
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 8, max_shrink_iters: 20, ..ProptestConfig::default() })]

    /// A dossier sees at each step what direct edits would give, approval gives it to all, and certified areas are
    /// conserved; until then nothing in force changes, and undo leaves nothing.
    #[test]
    fn an_approved_dossier_is_as_done_directly(dice in proptest::collection::vec((any::<u8>(), 0usize..50, 0usize..8, -900i64..900), 3..10)) {
        let (direct, inside) = (District::of_one_holder(3), District::of_one_holder(3));
        let (mut a, mut b) = (direct.open(), inside.open());
        b.set_mode(diachinh::project::Mode::Operating, &act(3)).unwrap();
        let parse = |v: &Value| diachinh::edit::parse(&v.to_string()).unwrap();
        b.apply(&parse(&open("H1")), &act(4)).unwrap();
        let (empty, in_force) = (content(&inside.path), shapes(b.coverage()));
        let mut done = 0;
        for roll in dice {
            let view = b.view("H1").unwrap();
            let (Some(here), Some(there)) = (random_edit(a.coverage(), roll), random_edit(&view, roll)) else { continue };
            if here.kind() == "set" { continue; }
            let other = b.apply(&there.within("H1"), &act(5));
            let codes = |r: &Result<_, diachinh::project::EditError>| r.as_ref().err().map(|e| e.failure.code());
            if codes(&other) == Some("PROPOSED_ONLY") { continue; }
            let one = a.apply(&here, &act(5));
            prop_assert_eq!(codes(&one), codes(&other), "{:?}", here);
            done += i32::from(other.is_ok());
            prop_assert_eq!(shapes(&b.view("H1").unwrap()), shapes(a.coverage()));
            prop_assert_eq!(shapes(b.coverage()), in_force.clone());
        }
        if done > 0 && !b.proposals(None).unwrap().is_empty() {
            for _ in 0..done { b.undo(Undo::Last, &act(6)).unwrap(); }
            prop_assert_eq!(content(&inside.path), empty);
            for _ in 0..done { b.redo(&act(7)).unwrap(); }
            let legal = |p: &Project| p.coverage().iter().filter_map(|x| x.area_legal).map(|a| (a * 10.0).round() as i64).sum::<i64>();
            b.apply(&parse(&json!({"op": "approve", "dossier": "H1"})), &act(8)).unwrap();
            prop_assert_eq!(shapes(b.coverage()), shapes(a.coverage()));
            prop_assert_eq!(legal(&b), legal(&a));
            prop_assert!(b.proposals(None).unwrap().is_empty());
        }
    }
}
