//! Splitting and merging back: the children joined, and the points that came in removed, are the old parcel to the
//! millimetre, and so are the neighbours.

use std::collections::{BTreeMap, BTreeSet};

use diachinh::domain::{Polygon, Pt};
use diachinh::edit::{Edit, parse};
use diachinh::topology::Coverage;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::district::{District, act, corner};

fn m(p: Pt) -> [f64; 2] {
    p.metres().into()
}

fn of(value: &Value) -> Edit {
    parse(&value.to_string()).unwrap_or_else(|e| panic!("{value}: {e:?}"))
}

fn cycles(p: &Polygon) -> BTreeSet<Vec<Pt>> {
    let turned = |r: &Vec<Pt>| {
        let mut r = r.clone();
        let first = (0..r.len()).min_by_key(|&i| r[i]).unwrap_or(0);
        r.rotate_left(first);
        r
    };
    p.rings.iter().map(turned).collect()
}

/// Rings of all parcels, by their smallest points: whatever they are called.
fn map(c: &Coverage) -> BTreeSet<BTreeSet<Vec<Pt>>> {
    c.iter().map(|p| cycles(&p.polygon)).collect()
}

fn points(c: &Coverage) -> BTreeSet<Pt> {
    c.iter().flat_map(|p| p.polygon.points()).collect()
}

/// Shapes of the middle parcel: as the grid gives it (slanted by the moves), with a bend, concave, a sliver.
fn bends(kind: u8) -> Vec<Value> {
    let (a, b, d) = (corner(1, 1), corner(2, 1), corner(1, 2));
    let to = |e: i64, n: i64| m(Pt::new(a.e + e, a.n + n));
    match kind {
        1 => vec![
            json!({"op": "reshape", "start": m(a), "end": m(b), "line": [to(3300, -900), to(7100, 500)]}),
        ],
        // a deep notch from the south
        2 => vec![
            json!({"op": "reshape", "start": m(a), "end": m(b), "line": [to(4000, 0), to(4700, 7000), to(5300, 7000), to(6000, 0)]}),
        ],
        // long and thin: the north side comes down
        3 => vec![json!({"op": "move_points", "points": [m(d), m(corner(2, 2))], "by": [0.031, -9.7]})],
        _ => Vec::new(),
    }
}

/// One way of dividing.
fn manner(kind: u8, c: &Coverage, parent: &Polygon, share: f64, turn: i64) -> Value {
    let _ = c;
    let shell = parent.shell();
    let k = turn.unsigned_abs() as usize % shell.len();
    let (a, b) = (shell[k], shell[(k + 1) % shell.len()]);
    let (bbox, area) = (parent.bbox(), parent.area_m2());
    let first = (area * (0.15 + 0.7 * share) * 10.0).round() / 10.0;
    match kind {
        0 => {
            json!({"line": [[bbox.min.e as f64 / 1e3 - 1.0, (bbox.min.n + turn * 7) as f64 / 1e3 + 3.0], [bbox.max.e as f64 / 1e3 + 1.0, bbox.centre().n as f64 / 1e3]]})
        }
        1 => json!({"areas": [first, "rest"], "parallel_to": [m(a), m(b)]}),
        2 => json!({"areas": [first, "rest"], "direction": (turn.rem_euclid(360)) as f64}),
        3 => json!({"areas": [first, "rest"], "through": m(a)}),
        4 => json!({"equal": 2 + turn.unsigned_abs() % 3, "parallel_to": [m(a), m(b)]}),
        5 => json!({"equal": 3, "equal_by": "frontage", "side": [m(a), m(b)]}),
        6 => {
            json!({"offset": (bbox.height().min(bbox.width()) / 2) as f64 / 1e3 * (0.1 + 0.8 * share), "side": [m(a), m(b)]})
        }
        // bent, through the middle
        _ => {
            json!({"line": [[bbox.min.e as f64 / 1e3 - 1.0, bbox.centre().n as f64 / 1e3 + 0.003], m(bbox.centre()), [bbox.centre().e as f64 / 1e3 + 0.217, bbox.max.n as f64 / 1e3 + 1.0]]})
        }
    }
}

/// Code of refusal, or the number of points that came in and went again.
fn there_and_back(shape: u8, kind: u8, moves: &[(i64, i64)], share: f64, turn: i64) -> Result<usize, String> {
    let d = District::new(3);
    let mut p = d.open();
    for edit in bends(shape) {
        p.apply(&of(&edit), &act(3)).unwrap();
    }
    for (i, (de, dn)) in moves.iter().enumerate() {
        let from = corner(1 + i as i64 % 2, 1 + i as i64 / 2);
        let edit = json!({"op": "move_point", "from": m(from), "to": m(Pt::new(from.e + de, from.n + dn))});
        let _ = p.apply(&of(&edit), &act(4));
    }
    let parent = p.coverage().iter().find(|q| &*q.number == "5").unwrap().clone();
    let (before, had) = (map(p.coverage()), points(p.coverage()));
    let areas: BTreeMap<String, i128> = p
        .coverage()
        .iter()
        .map(|q| (q.reference(), q.polygon.area2()))
        .collect();
    let how = manner(kind, p.coverage(), &parent.polygon, share, turn);
    let done = match p.apply(
        &of(&json!({"op": "split", "parcel": "25747/1/5", "by": how})),
        &act(5),
    ) {
        Ok(done) => done,
        Err(e) => return Err(e.failure.code().to_owned()),
    };
    let children: Vec<String> = done.created.iter().map(ToString::to_string).collect();
    // Exactly: what the children are together, the parent was, but for what the neighbours gained or lost.
    let sum = |uids: &[String]| -> i128 {
        let of = |u: &String| p.coverage().by_uid(u.parse().unwrap()).unwrap().polygon.area2();
        uids.iter().map(of).sum()
    };
    let gained: i128 = p
        .coverage()
        .iter()
        .filter_map(|q| Some(q.polygon.area2() - areas.get(&q.reference())?))
        .sum();
    assert_eq!(
        sum(&children) + gained,
        parent.polygon.area2(),
        "inside the grid every side is shared"
    );
    let all = sum(&children);
    let came: Vec<Pt> = points(p.coverage()).difference(&had).copied().collect();
    let joined = p
        .apply(&of(&json!({"op": "merge", "parcels": children})), &act(6))
        .unwrap();
    let one = p.coverage().by_uid(joined.created[0]).unwrap();
    assert_eq!(one.polygon.area2(), all, "merging neither gains nor loses");
    for q in came
        .iter()
        .filter(|q| !p.coverage().users_of(**q).is_empty())
        .collect::<Vec<_>>()
    {
        p.apply(&of(&json!({"op": "remove_point", "at": m(*q)})), &act(7))
            .unwrap_or_else(|e| panic!("{q:?} of {came:?}: {e:?}"));
    }
    assert_eq!(map(p.coverage()), before, "{how}");
    Ok(came.len())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, max_shrink_iters: 10, ..ProptestConfig::default() })]

    #[test]
    fn split_and_merged_back_it_is_the_old_parcel(
        shape in 0u8..4, kind in 0u8..8,
        moves in proptest::collection::vec((-900i64..900, -900i64..900), 4),
        share in 0.0f64..1.0, turn in -700i64..700,
    ) {
        let _ = there_and_back(shape, kind, &moves, share, turn);
    }
}

/// Not vacuous: every manner is done on every shape that it can be done on.
#[test]
fn every_manner_is_done_and_undone() {
    let mut done = BTreeMap::new();
    for kind in 0..8 {
        for shape in 0..4 {
            let moves = [(130, -270), (-310, 140), (90, 330), (170, -210)];
            let got = there_and_back(shape, kind, &moves, 0.4, 3 + i64::from(shape));
            *done.entry((kind, got.is_ok())).or_insert(0) += 1;
        }
    }
    for kind in 0..8 {
        assert!(
            done.get(&(kind, true)).is_some_and(|n| *n >= 2),
            "{kind}: {done:?}"
        );
    }
}
