//! Merging, carving, filling and resolving through the one way in: what is written, and back again.

use diachinh::domain::{BBox, ParcelRef, Polygon, Pt, Status};
use diachinh::edit::{Edit, EditError, Effects, parse};
use diachinh::job::Progress;
use diachinh::project::{DumpOptions, Project, Undo};
use diachinh::store::geometry;
use diachinh::topology::faults;
use proptest::prelude::*;

use crate::district::{District, EPSG, act, corner};

fn edit(line: &str) -> Edit {
    parse(line).unwrap_or_else(|f| panic!("{line}: {f}"))
}

fn apply(p: &mut Project, line: &str) -> Result<Effects, EditError> {
    p.apply(&edit(line), &act(5))
}

fn done(p: &mut Project, line: &str) -> Effects {
    apply(p, line).unwrap_or_else(|e| panic!("{line}: {}", e.failure))
}

fn refused(p: &mut Project, line: &str) -> &'static str {
    apply(p, line).unwrap_err().failure.code()
}

fn dump(p: &Project) -> String {
    let mut out = Vec::new();
    let all = DumpOptions {
        personal: true,
        no_uid: false,
    };
    p.dump(all, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn fid(p: &Project, reference: &str) -> i64 {
    p.resolve(&reference.parse::<ParcelRef>().unwrap()).unwrap()
}

/// A corner of the district's grid moved by mm, as JSON.
fn at(i: i64, j: i64, de: i64, dn: i64) -> String {
    let p = corner(i, j);
    let (e, n) = ((p.e + de) as f64 / 1000.0, (p.n + dn) as f64 / 1000.0);
    format!("[{e:.3},{n:.3}]")
}

fn refs(numbers: &[i64]) -> String {
    let list: Vec<String> = numbers.iter().map(|n| format!("\"25747/1/{n}\"")).collect();
    format!("[{}]", list.join(","))
}

/// Takes everything back and does it again: byte-identical both times.
fn there_and_back(p: &mut Project, before: &str) {
    let after = dump(p);
    let mut n = 0;
    while p.can_undo().is_some() {
        p.undo(Undo::Last, &act(50)).unwrap();
        n += 1;
    }
    assert_eq!(dump(p), before);
    for _ in 0..n {
        p.redo(&act(60)).unwrap();
    }
    assert_eq!(dump(p), after);
}

#[test]
fn merged_parcels_become_history_and_the_new_one_the_next_number() {
    let d = District::new(3);
    let mut p = d.open();
    let before = dump(&p);
    assert_eq!(
        refused(&mut p, r#"{"op":"merge","parcels":["25747/1/1","25747/1/3"]}"#),
        "MERGE_APART"
    );
    assert_eq!(
        refused(&mut p, r#"{"op":"merge","parcels":["25747/1/1","25747/1/5"]}"#),
        "MERGE_POINT"
    );
    assert_eq!(
        refused(
            &mut p,
            r#"{"op":"merge","parcels":["25747/1/1","25747/1/2"],"keep_number":"25747/1/3"}"#
        ),
        "KEEP_NOT_MERGED"
    );
    let parents: Vec<i64> = [1, 2].map(|n| fid(&p, &format!("25747/1/{n}"))).to_vec();
    let effects = done(&mut p, r#"{"op":"merge","parcels":["25747/1/1","25747/1/2"]}"#);
    assert_eq!(
        (
            effects.created.len(),
            effects.changed.len(),
            effects.retired.len()
        ),
        (1, 0, 2)
    );
    assert_eq!((effects.area_before, effects.area_after), (200.0, 200.0));
    let r = p.record(fid(&p, "25747/1/10")).unwrap();
    assert_eq!((r.area_measured, r.area_legal), (Some(200.0), Some(200.2)));
    assert_eq!(r.polygon.unwrap().point_count(), 6);
    for parent in parents {
        assert_eq!(p.record(parent).unwrap().status, Status::Historic);
    }
    let kept = done(
        &mut p,
        r#"{"op":"merge","parcels":["25747/1/8","25747/1/9"],"keep_number":"25747/1/9","children":[{"fields":{"address":"Thôn Mới"}}]}"#,
    );
    assert_eq!(kept.created.len(), 1);
    let r = p.record(fid(&p, "25747/1/9")).unwrap();
    assert_eq!((r.uid, r.address.as_deref()), (kept.created[0], Some("Thôn Mới")));
    there_and_back(&mut p, &before);
}

#[test]
fn a_road_is_carved_out_of_a_row() {
    let d = District::new(3);
    let mut p = d.open();
    let before = dump(&p);
    let line = format!("[{},{}]", at(0, 1, -500, 5000), at(3, 1, 500, 5000));
    let effects = done(
        &mut p,
        &format!(
            r#"{{"op":"carve","parcels":{},"line":{line},"width":2.0,"fields":{{"land_use":"DGT","is_parcel":false}}}}"#,
            refs(&[4, 5, 6])
        ),
    );
    // The three of the row fall into two pieces each; the road is one.
    assert_eq!(
        (
            effects.created.len(),
            effects.changed.len(),
            effects.retired.len()
        ),
        (7, 0, 3)
    );
    assert_eq!((effects.area_before, effects.area_after), (300.0, 300.0));
    let road = p.record(fid(&p, "25747/1/10")).unwrap();
    assert_eq!(
        (road.land_use.as_deref(), road.is_parcel, road.area_measured),
        (Some("DGT"), false, Some(60.0))
    );
    // Along the edge of a row: each stays itself.
    let ring = format!(
        "[{},{},{},{}]",
        at(0, 0, -5, -5),
        at(3, 0, 5, -5),
        at(3, 0, 5, 1500),
        at(0, 0, -5, 1500)
    );
    let effects = done(
        &mut p,
        &format!(r#"{{"op":"carve","parcels":{},"ring":{ring}}}"#, refs(&[1, 2, 3])),
    );
    assert_eq!(
        (
            effects.created.len(),
            effects.changed.len(),
            effects.retired.len()
        ),
        (1, 3, 0)
    );
    assert_eq!(
        p.coverage().get(fid(&p, "25747/1/2")).unwrap().polygon.area_m2(),
        85.0
    );
    for (form, code) in [
        (format!(r#""ring":{ring},"width":2"#), "CARVE_RING_OR_LINE"),
        (r#""fields":{}"#.to_owned(), "CARVE_RING_OR_LINE"),
        (format!(r#""line":{line},"width":0"#), "CARVE_LINE"),
        (format!(r#""line":{line},"width":2"#), "CARVE_MISSES"),
    ] {
        let line = format!(r#"{{"op":"carve","parcels":{},{form}}}"#, refs(&[7]));
        assert_eq!(refused(&mut p, &line), code, "{line}");
    }
    there_and_back(&mut p, &before);
}

#[test]
fn land_goes_out_of_force_and_is_filled_again() {
    let d = District::new(3);
    let mut p = d.open();
    let before = dump(&p);
    assert_eq!(
        refused(&mut p, r#"{"op":"retire","parcel":"25747/1/5","reason":" "}"#),
        "REASON_NEEDED"
    );
    let middle = at(1, 1, 5000, 5000);
    let fill = |to: &str| format!(r#"{{"op":"fill_gap","at":{middle},{to}}}"#);
    assert_eq!(refused(&mut p, &fill(r#""into":"25747/1/4""#)), "NO_GAP");
    let effects = done(
        &mut p,
        r#"{"op":"retire","parcel":"25747/1/5","reason":"nhập trùng"}"#,
    );
    assert_eq!((effects.retired.len(), effects.area_after), (1, 0.0));
    assert_eq!(
        refused(&mut p, &fill(r#""into":"25747/1/1""#)),
        "GAP_NOT_NEIGHBOUR"
    );
    assert_eq!(refused(&mut p, &fill(r#""into":"25747/1/5""#)), "NO_PARCEL");
    assert_eq!(
        refused(&mut p, &format!(r#"{{"op":"fill_gap","at":{middle}}}"#)),
        "FILL_INTO_OR_AS"
    );
    assert_eq!(
        refused(
            &mut p,
            &format!(
                r#"{{"op":"fill_gap","at":{},"into":"25747/1/4"}}"#,
                at(9, 9, 0, 0)
            )
        ),
        "GAP_OPEN"
    );
    let effects = done(&mut p, &fill(r#""into":"25747/1/4""#));
    assert_eq!(
        (effects.changed.len(), effects.area_before, effects.area_after),
        (1, 100.0, 200.0)
    );
    p.undo(Undo::Last, &act(6)).unwrap();
    assert_eq!(
        refused(&mut p, &fill(r#""as":{"commune":"99999","sheet":1,"fields":{}}"#)),
        "NO_COMMUNE"
    );
    assert_eq!(
        refused(
            &mut p,
            &fill(r#""as":{"commune":"25747","sheet":1,"fields":{"number":7}}"#)
        ),
        "SAID_TWICE"
    );
    done(
        &mut p,
        &fill(r#""as":{"commune":"25747","sheet":1,"fields":{"land_use":"CLN"}}"#),
    );
    // The number of the retired parcel is not given again.
    let r = p.record(fid(&p, "25747/1/10")).unwrap();
    assert_eq!(
        (r.area_measured, r.land_use.as_deref()),
        (Some(100.0), Some("CLN"))
    );
    assert_eq!(refused(&mut p, &fill(r#""into":"25747/1/4""#)), "NO_GAP");
    there_and_back(&mut p, &before);
}

#[test]
fn new_land_fits_beside_what_is_there() {
    let d = District::new(2);
    let mut p = d.open();
    let before = dump(&p);
    let add = |number: &str, west: i64| {
        let ring = format!(
            "[{},{},{},{}]",
            at(2, 0, west, 3000),
            at(3, 0, 0, 3000),
            at(3, 1, 0, 4000),
            at(2, 1, west, 4000)
        );
        format!(
            r#"{{"op":"add_parcel","commune":"25747","sheet":1{number},"rings":[{ring}],"fields":{{"land_use":"LUC"}}}}"#
        )
    };
    let e = apply(&mut p, &add("", -500)).unwrap_err();
    assert_eq!(e.failure.code(), "WOULD_MAKE_FAULT");
    assert!(
        e.findings
            .iter()
            .any(|f| f.code == "PARCEL_OVERLAP" && f.at.is_some()),
        "{:?}",
        e.findings
    );
    assert_eq!(refused(&mut p, &add(r#","number":2"#, 0)), "DUPLICATE_KEY");
    let effects = done(&mut p, &add(r#","number":"77""#, 2));
    // Both neighbours get a point; the new parcel is settled onto their sides and their common corner.
    assert_eq!((effects.created.len(), effects.changed.len()), (1, 2));
    let new = p.coverage().get(fid(&p, "25747/1/77")).unwrap().polygon.clone();
    assert_eq!((new.point_count(), new.area_m2()), (5, 110.0));
    there_and_back(&mut p, &before);
}

/// Writes a shape as dirty data has it, below the edits that would refuse it.
fn spoil(p: &mut Project, number: &str, ring: Vec<Pt>) {
    let mut writer = p.detach_writer().unwrap();
    let new = diachinh::store::journal::NewOperation {
        kind: "import",
        what: "{}".into(),
        label: Default::default(),
        undoes: None,
    };
    let op = writer.begin(&act(3), &new).unwrap();
    let blob = geometry::encode(&Polygon { rings: vec![ring] }, EPSG).unwrap();
    op.execute(
        "UPDATE parcel SET geom=?2 WHERE number=?1",
        rusqlite::params![number, blob],
    )
    .unwrap();
    op.commit().unwrap();
    p.attach_writer(writer).unwrap();
}

#[test]
fn an_overlap_goes_to_one_of_the_two() {
    let d = District::new(2);
    let mut p = d.open();
    let moved = |i, j, de, dn| Pt::new(corner(i, j).e + de, corner(i, j).n + dn);
    // 2 reaches a metre into 1, with a slanted side.
    spoil(
        &mut p,
        "2",
        vec![
            moved(1, 0, -1000, 0),
            corner(2, 0),
            corner(2, 1),
            moved(1, 1, -500, 0),
        ],
    );
    let before = dump(&p);
    let resolve = |from: &str| {
        format!(r#"{{"op":"resolve_overlap","parcels":["25747/1/1","25747/1/2"],"from":"25747/1/{from}"}}"#)
    };
    assert_eq!(refused(&mut p, &resolve("3")), "OVERLAP_ITSELF");
    for (from, area) in [("1", 92.5), ("2", 107.5 - 7.5)] {
        let effects = done(&mut p, &resolve(from));
        assert!(effects.retired.is_empty() && effects.created.is_empty());
        let left = p
            .coverage()
            .get(fid(&p, &format!("25747/1/{from}")))
            .unwrap()
            .polygon
            .area_m2();
        assert_eq!(left, area);
        let found = faults::all(p.coverage(), &Progress::none()).unwrap();
        assert!(
            found.overlaps.is_empty() && found.unmatched.iter().all(|u| u.distance == 0.0),
            "{found:?}"
        );
        assert_eq!(refused(&mut p, &resolve(from)), "NO_OVERLAP");
        p.undo(Undo::Last, &act(7)).unwrap();
        assert_eq!(dump(&p), before);
    }
}

/// What a person could draw on: the parcels in force ("1/5": sheet and number), and the land where some were with
/// the parcels around it.
struct Land {
    numbers: Vec<String>,
    /// Those with land all round.
    inner: Vec<String>,
    bare: Vec<(Vec<Pt>, Vec<String>)>,
}

impl Land {
    fn of(p: &Project, bare: &[Vec<Pt>]) -> Self {
        let name = |q: &diachinh::domain::Parcel| format!("{}/{}", q.sheet, q.number);
        let mut numbers: Vec<String> = p.coverage().iter().map(name).collect();
        numbers.sort();
        let whole = BBox::of([corner(0, 0), corner(SIDE, SIDE)]).grown(-1);
        let inside = |q: &&diachinh::domain::Parcel| whole.contains(q.bbox.min) && whole.contains(q.bbox.max);
        let mut inner: Vec<String> = p.coverage().iter().filter(inside).map(name).collect();
        inner.sort();
        let around = |ring: &Vec<Pt>| {
            let near = p.coverage().window(&BBox::of(ring.iter().copied()));
            near.iter()
                .filter_map(|f| p.coverage().get(*f))
                .map(name)
                .collect()
        };
        let bare = bare.iter().map(|ring| (ring.clone(), around(ring))).collect();
        Self { numbers, inner, bare }
    }

    /// Land where a parcel was, for the dice.
    fn bare(&self, a: i64) -> Option<&(Vec<Pt>, Vec<String>)> {
        self.bare.get(a as usize % self.bare.len().max(1))
    }

    /// Sheet and ring for new land: where a parcel was, else on another sheet around the grid, 2 to 6 cm off it.
    fn new_land(&self, a: i64, b: i64, c: i64) -> (i64, String) {
        if let Some((ring, _)) = self.bare(a).filter(|_| b % 3 == 0) {
            let ring = ring.iter().map(|p| metres(*p)).collect::<Vec<_>>();
            return (1, ring.join(","));
        }
        let (k, off) = (a / 4 % SIDE, 20 + c % 3 * 20);
        let corners = match a % 4 {
            0 => [
                (SIDE, k, off, 0),
                (SIDE, k, 9000, 0),
                (SIDE, k + 1, 9000, 0),
                (SIDE, k + 1, off, 0),
            ],
            1 => [
                (0, k, -off, 0),
                (0, k + 1, -off, 0),
                (0, k + 1, -9000, 0),
                (0, k, -9000, 0),
            ],
            2 => [
                (k, SIDE, 0, off),
                (k + 1, SIDE, 0, off),
                (k + 1, SIDE, 0, 9000),
                (k, SIDE, 0, 9000),
            ],
            _ => [
                (k, 0, 0, -off),
                (k, 0, 0, -9000),
                (k + 1, 0, 0, -9000),
                (k + 1, 0, 0, -off),
            ],
        };
        (2, corners.map(|(i, j, de, dn)| at(i, j, de, dn)).join(","))
    }
}

fn metres(p: Pt) -> String {
    format!("[{:.3},{:.3}]", p.e as f64 / 1000.0, p.n as f64 / 1000.0)
}

/// Parcels along a side of the grid.
const SIDE: i64 = 4;

/// Kinds of [`random_edit`].
const KINDS: usize = 8;

/// One edit of a random sequence, in metres and numbers that may or may not fit.
fn random_edit(kind: usize, a: i64, b: i64, c: i64, land: &Land) -> String {
    let pick = |k: i64| &land.numbers[k as usize % land.numbers.len()];
    let place = |k: i64| at(k % 4, k / 4 % 4, k * 37 % 10_000, k * 101 % 10_000);
    match kind {
        0 => format!(
            r#"{{"op":"merge","parcels":["25747/{}","25747/{}"]}}"#,
            pick(a),
            pick(b)
        ),
        1 => format!(
            r#"{{"op":"retire","parcel":"25747/{}","reason":"thử"}}"#,
            land.inner
                .get(a as usize % land.inner.len().max(1))
                .filter(|_| b % 2 == 0)
                .unwrap_or(pick(a))
        ),
        2 => {
            let there = land.bare(a).filter(|(_, around)| c % 3 > 0 && !around.is_empty());
            let (at, into) = match there {
                Some((ring, around)) => (
                    metres(BBox::of(ring.iter().copied()).centre()),
                    &around[b as usize % around.len()],
                ),
                None => (place(a), pick(b)),
            };
            format!(r#"{{"op":"fill_gap","at":{at},"into":"25747/{into}"}}"#)
        }
        3 => {
            let there = land.bare(a).filter(|_| c % 3 > 0);
            let at = there.map_or(place(a), |(ring, _)| {
                metres(BBox::of(ring.iter().copied()).centre())
            });
            format!(r#"{{"op":"fill_gap","at":{at},"as":{{"commune":"25747","sheet":1}}}}"#)
        }
        4 => format!(
            r#"{{"op":"carve","parcels":["25747/{}","25747/{}"],"line":[{},{}],"width":{}}}"#,
            pick(a),
            pick(b),
            place(c),
            place(a + b + c),
            0.5 + (c % 40) as f64 / 10.0
        ),
        5 => format!(
            r#"{{"op":"carve","parcels":["25747/{}"],"ring":[{},{},{}]}}"#,
            pick(a),
            place(a),
            place(b),
            place(c)
        ),
        6 => {
            let (sheet, ring) = land.new_land(a, b, c);
            format!(r#"{{"op":"add_parcel","commune":"25747","sheet":{sheet},"rings":[[{ring}]]}}"#)
        }
        _ => format!(
            r#"{{"op":"match_edge","a":{{"commune":"25747","sheet":"1"}},"b":{{"commune":"25747","sheet":"2"}},"tolerance":{},"move":"{}","skip":{}}}"#,
            0.05 + (a % 3) as f64 / 50.0,
            ["a", "b", "both"][b as usize % 3],
            c % 2 == 0
        ),
    }
}

/// Tries one edit; what it did to `bare`, and whether it was done. A district that was clean stays so.
fn step(
    p: &mut Project,
    bare: &mut Vec<Vec<Pt>>,
    (kind, a, b, c): (usize, i64, i64, i64),
) -> Result<bool, TestCaseError> {
    let land = Land::of(p, bare);
    if land.numbers.is_empty() {
        return Ok(false);
    }
    let line = random_edit(kind, a, b, c, &land);
    let was = p.coverage().clone();
    match apply(p, &line) {
        Ok(effects) => {
            let gone = effects
                .fids
                .iter()
                .filter(|_| kind == 1)
                .filter_map(|f| was.get(*f));
            bare.extend(gone.map(|q| q.polygon.rings[0].clone()));
            let found = faults::all(p.coverage(), &Progress::none()).unwrap();
            prop_assert!(
                found.rings.is_empty() && found.overlaps.is_empty(),
                "{line} {found:?}"
            );
            prop_assert!(
                found.unmatched.iter().all(|u| u.distance == 0.0),
                "{line} {:?}",
                found.unmatched
            );
            Ok(true)
        }
        Err(_) => {
            prop_assert!(p.coverage().revision() - was.revision() <= 1);
            Ok(false)
        }
    }
}

/// How often each kind is done in the history below, at least.
const TIMES: [(&str, usize); KINDS] = [
    ("merge", 3),
    ("retire", 6),
    ("fill_gap into", 2),
    ("fill_gap as", 2),
    ("carve along a line", 3),
    ("carve by a ring", 3),
    ("add_parcel", 6),
    ("match_edge", 2),
];

/// Not vacuous: one history in which every kind of edit is done, and all of it taken back.
#[test]
fn every_kind_is_accepted() {
    let d = District::new(SIDE);
    let mut p = d.open();
    let before = dump(&p);
    let (mut bare, mut done, mut x) = (Vec::new(), [0usize; KINDS], 5u64);
    let mut roll = || {
        x = x
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (x >> 33) as i64 % 1000
    };
    for round in 0..100 * KINDS {
        let kind = round * 5 % KINDS;
        let dice = (kind, roll(), roll(), roll());
        if done[kind] < TIMES[kind].1 && step(&mut p, &mut bare, dice).unwrap() {
            done[kind] += 1;
        }
    }
    for (kind, (name, least)) in TIMES.iter().enumerate() {
        assert!(done[kind] >= *least, "{name}: {done:?}");
    }
    there_and_back(&mut p, &before);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(8))]

    /// Random edits of every kind on a clean district: it stays clean, refusals change nothing, and taking
    /// all back gives the same bytes.
    #[test]
    fn random_sequences(edits in proptest::collection::vec((0usize..KINDS, 0i64..1000, 0i64..1000, 0i64..1000), 6..14)) {
        let d = District::new(SIDE);
        let mut p = d.open();
        let before = dump(&p);
        let mut bare = Vec::new();
        for dice in edits {
            step(&mut p, &mut bare, dice)?;
        }
        there_and_back(&mut p, &before);
    }
}
