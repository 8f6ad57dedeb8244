//! Random boundary edits of every kind on sample districts, clean and dirty: no new or larger fault, what one
//! parcel gains another loses, points stay shared, and everything can be taken back.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::LazyLock;

use diachinh::domain::{BBox, Parcel, ParcelRef, Polygon, Pt, Uid};
use diachinh::edit::{
    Align, Arc, Edit, InsertPoint, MatchEdge, MergePoints, MovePoints, RemovePoint, Reshape, parse,
};
use diachinh::job::Progress;
use diachinh::project::{Project, Undo};
use diachinh::store::journal::NewOperation;
use diachinh::store::{Writer, geometry};
use diachinh::text::Msg;
use diachinh::topology::faults::{self, Faults};
use diachinh::topology::match_edge::{Area, Mover};
use diachinh::topology::validity::FaultKind;
use diachinh::topology::{Coverage, Plan, Way};
use proptest::prelude::*;

use crate::district::{District, EPSG, act, content, corner};
use crate::quality::sample_parcels;
use crate::support::{diachinh, new_district, ok};

/// Kinds of edits [`edit`] makes.
const KINDS: u8 = 19;

/// Numbers an edit is made from, so that it can be made on whatever the map is by then.
type Seed = (u8, u32, u32, i64, i64);

fn seed() -> impl Strategy<Value = Seed> {
    (
        0u8..KINDS,
        any::<u32>(),
        any::<u32>(),
        -1000i64..1000,
        -1000i64..1000,
    )
}

/// A point of a ring, and the ring.
fn pick(c: &Coverage, which: u32, place: u32) -> (&Parcel, &[Pt], usize) {
    let parcels: Vec<&Parcel> = c.iter().collect();
    let p = parcels[which as usize % parcels.len()];
    let ring = &p.polygon.rings[place as usize / 7 % p.polygon.rings.len()];
    (p, ring, place as usize % ring.len())
}

fn shifted(p: Pt, de: i64, dn: i64) -> Pt {
    Pt::new(p.e + de, p.n + dn)
}

/// `p` moved toward `to` by `mm`.
fn toward(p: Pt, to: Pt, mm: i64) -> Pt {
    let by = |d: i64| (d as f64 * mm as f64 / p.dist(to).max(1.0)).round() as i64;
    shifted(p, by(to.e - p.e), by(to.n - p.n))
}

/// Steps of some mm to some metres.
fn step(of: u32, d: i64) -> i64 {
    d * [1, 10, 100, 1000, 5000][of as usize % 5] / 1000
}

fn edit(c: &Coverage, (kind, which, place, x, y): Seed) -> Edit {
    let (parcel, ring, i) = pick(c, which, place);
    let at = |k: usize| ring[(i + k) % ring.len()];
    let (dx, dy) = (step(place / 3, x), step(place / 3, y));
    let reference = Some(ParcelRef::Uid(parcel.uid));
    let span = 1 + place as usize % 4;
    let middle = Pt::new(
        i64::midpoint(at(0).e, at(span).e),
        i64::midpoint(at(0).n, at(span).n),
    );
    match kind {
        0 => Edit::MovePoint {
            from: at(0),
            to: shifted(at(0), dx, dy),
        },
        1 => {
            let (a, b, t) = (at(0), at(1), x.abs() as f64 / 1000.0);
            let on = |a: i64, b: i64| a + ((b - a) as f64 * t).round() as i64;
            Edit::InsertPoint(InsertPoint {
                parcel: ParcelRef::Uid(parcel.uid),
                at: Pt::new(on(a.e, b.e), on(a.n, b.n) + y / 100),
            })
        }
        2 => Edit::RemovePoint(RemovePoint { at: at(0) }),
        3 => Edit::MergePoints(MergePoints {
            points: vec![at(0), at(1)],
            to: if y > 0 { at(0) } else { middle },
        }),
        4 => Edit::MovePoints(MovePoints {
            points: (0..span).map(at).collect::<BTreeSet<Pt>>().into_iter().collect(),
            by: Some(Pt::new(dx, dy)),
            ..MovePoints::default()
        }),
        5 | 6 => {
            let line = [shifted(middle, dx, dy), shifted(at(span), -dy, dx)];
            Edit::Reshape(Reshape {
                parcel: reference.filter(|_| kind == 5),
                start: at(0),
                end: at(span),
                line: Some(line[..place as usize % 3].to_vec()),
                arc: None,
                way: Way::default(),
            })
        }
        7 => Edit::Reshape(Reshape {
            parcel: reference,
            start: at(0),
            end: at(1),
            line: None,
            arc: Some(Arc {
                through: shifted(middle, dx, dy),
                scale: 500,
            }),
            way: if y > 0 { Way::Ring } else { Way::Shorter },
        }),
        8 => Edit::Align(Align {
            parcel: reference,
            start: at(0),
            end: at(span),
            to: vec![
                shifted(at(0), dx, dy),
                shifted(middle, dy / 2, dx),
                shifted(at(span), -dx, dy),
            ],
            points: Vec::new(),
            tolerance: 0.5,
            way: Way::Shorter,
        }),
        9 => {
            // New land on a sheet of its own, where there is some; else a sheet beside this one.
            let new: Vec<&Parcel> = c.iter().filter(|p| &*p.sheet == "900").collect();
            let parcel = match new.get(which as usize % new.len().max(1)) {
                Some(new) if place % 3 > 0 => new,
                _ => parcel,
            };
            let near = c.window(&parcel.bbox.grown(20_000));
            let beside = near
                .iter()
                .filter_map(|f| c.get(*f))
                .find(|p| p.sheet != parcel.sheet);
            let other = beside.unwrap_or(pick(c, place, which).0);
            let area = |p: &Parcel| Area {
                commune: p.commune.to_string(),
                sheet: Some(p.sheet.to_string()),
            };
            Edit::MatchEdge(MatchEdge {
                a: area(parcel),
                b: area(other),
                tolerance: 0.003 + x.abs() as f64 / 5000.0,
                mover: [Mover::A, Mover::B, Mover::Both][place as usize % 3],
                fixed: vec![at(0)],
                skip: place % 2 == 0,
            })
        }
        _ => {
            let near = c.window(&parcel.bbox.grown(50));
            let other = near[place as usize % near.len()];
            region(c, parcel, c.get(other).unwrap(), (kind, at(0), at(1)), (x, y))
        }
    }
}

/// An edit that makes and ends parcels, as a line of a script.
fn region(c: &Coverage, p: &Parcel, other: &Parcel, (kind, a, b): (u8, Pt, Pt), (x, y): (i64, i64)) -> Edit {
    let (one, two) = (p.uid, other.uid);
    let (middle, reach) = (p.bbox.centre(), p.bbox.width().max(p.bbox.height()));
    let across = |turn: i64| {
        let ends = [-1, 1].map(|s| shifted(middle, s * reach * x / 500, s * reach * (y + turn) / 500));
        ends.map(metres).join(",")
    };
    let (side, line) = ([a, b].map(metres).join(","), across(1));
    let commune = &p.commune;
    let text = match kind {
        10 | 11 => {
            let all = c.neighbours(p.fid);
            let next = all
                .get(x.unsigned_abs() as usize % all.len().max(1))
                .and_then(|f| c.get(*f))
                .unwrap_or(other);
            let next = if kind == 10 { next.uid } else { two };
            format!(r#"{{"op":"merge","parcels":["{one}","{next}"]}}"#)
        }
        12 => format!(r#"{{"op":"split","parcel":"{one}","by":{{"line":[{line}]}}}}"#),
        13 => format!(
            r#"{{"op":"split","parcel":"{one}","by":{{"equal":{},"side":[{side}]}}}}"#,
            2 + x.abs() % 3
        ),
        14 => format!(
            r#"{{"op":"carve","parcels":["{one}","{two}"],"line":[{line}],"width":{}.25}}"#,
            y.abs() % 4
        ),
        15 => {
            let all = all_faults(c).overlaps;
            let there = all.get(x.unsigned_abs() as usize % all.len().max(1));
            let [one, two] = there.map_or([one, two], |o| o.fids.map(|f| c.get(f).unwrap().uid));
            let loser = if y > 0 { one } else { two };
            format!(r#"{{"op":"resolve_overlap","parcels":["{one}","{two}"],"from":"{loser}"}}"#)
        }
        16 => {
            let all = all_faults(c).gaps;
            let there = all.get(x.unsigned_abs() as usize % all.len().max(1));
            let at = metres(there.map_or(a, |g| g.at));
            let beside = there.map_or(one, |g| {
                let fid = g.fids[y.unsigned_abs() as usize % g.fids.len()];
                c.get(fid).unwrap().uid
            });
            if y % 3 == 0 {
                format!(
                    r#"{{"op":"fill_gap","at":{at},"as":{{"commune":"{commune}","sheet":"901","fields":{{}}}}}}"#
                )
            } else {
                format!(r#"{{"op":"fill_gap","at":{at},"into":"{beside}"}}"#)
            }
        }
        17 => {
            // Where no parcel is: exactly, or two centimetres in, so that the edge is one to match.
            let all = all_faults(c).gaps;
            let bare = all.get(x.unsigned_abs() as usize % all.len().max(1));
            if let Some(gap) = bare.filter(|_| y % 4 != 0) {
                let in_by = if y % 4 == 1 { 0 } else { 20 };
                let ring: Vec<Pt> = gap.rings[0].iter().map(|p| toward(*p, gap.at, in_by)).collect();
                let ring = ring.into_iter().map(metres).collect::<Vec<_>>().join(",");
                let text = format!(
                    r#"{{"op":"add_parcel","commune":"{commune}","sheet":"900","rings":[[{ring}]]}}"#
                );
                return parse(&text).unwrap_or_else(|e| panic!("{text}: {e:?}"));
            }
            // On the outer side of a–b.
            let out = Pt::new((b.n - a.n) / 3, (a.e - b.e) / 3);
            let tip = shifted(
                Pt::new(i64::midpoint(a.e, b.e), i64::midpoint(a.n, b.n)),
                out.e,
                out.n,
            );
            let ring = [a, tip, b].map(metres).join(",");
            format!(r#"{{"op":"add_parcel","commune":"{commune}","sheet":"900","rings":[[{ring}]]}}"#)
        }
        _ => format!(r#"{{"op":"retire","parcel":"{one}","reason":"thử"}}"#),
    };
    parse(&text).unwrap_or_else(|e| panic!("{text}: {e:?}"))
}

pub fn metres(p: Pt) -> String {
    format!("[{:.3},{:.3}]", p.e as f64 / 1000.0, p.n as f64 / 1000.0)
}

/// The coverage afterwards, and the fids of the parcels to come.
pub fn after(c: &Coverage, plan: &Plan) -> (Coverage, Vec<i64>) {
    let mut c = c.clone();
    let next = c.iter().map(|p| p.fid).max().unwrap_or(0) + 1;
    let changed = plan.changed.iter().map(|(fid, polygon)| Parcel {
        bbox: polygon.bbox(),
        polygon: polygon.clone(),
        ..c.get(*fid).unwrap().clone()
    });
    let any = c.iter().next().unwrap().clone();
    let created = plan.created.iter().zip(next..).map(|(shape, fid)| Parcel {
        fid,
        uid: Uid::fresh(),
        number: format!("m{fid}").into(),
        bbox: shape.polygon.bbox(),
        polygon: shape.polygon.clone(),
        ..shape
            .parents
            .first()
            .and_then(|f| c.get(*f))
            .unwrap_or(&any)
            .clone()
    });
    let all: Vec<Parcel> = changed.chain(created).collect();
    let come = (next..next + plan.created.len() as i64).collect();
    c.replace_all(all);
    c.remove_all(plan.retired.iter().copied());
    (c, come)
}

/// Parcels that count as one: those to come and what they are made of.
pub fn groups(plan: &Plan, come: &[i64]) -> impl Fn(i64) -> i64 {
    let mut of: BTreeMap<i64, i64> = BTreeMap::new();
    for (shape, fid) in plan.created.iter().zip(come) {
        let mut all: Vec<i64> = shape
            .parents
            .iter()
            .map(|f| of.get(f).copied().unwrap_or(*f))
            .collect();
        all.push(*fid);
        let first = all.iter().copied().min().unwrap_or(*fid);
        of.values_mut()
            .filter(|g| all.contains(g))
            .for_each(|g| *g = first);
        of.extend(shape.parents.iter().chain([fid]).map(|f| (*f, first)));
    }
    move |fid| of.get(&fid).copied().unwrap_or(fid)
}

pub fn all_faults(c: &Coverage) -> Faults {
    faults::all(c, &Progress::none()).unwrap()
}

/// Faults that are new or larger, by looking at everything.
pub fn worse(before: &Faults, after: &Faults, group: impl Fn(i64) -> i64) -> Vec<String> {
    let pair = |a: i64, b: i64| {
        let (a, b) = (group(a), group(b));
        [a.min(b), a.max(b)]
    };
    let kinds = |f: &Faults| {
        let mut count: BTreeMap<(i64, FaultKind), usize> = BTreeMap::new();
        let all = f
            .rings
            .iter()
            .flat_map(|(fid, list)| list.iter().map(|f| (*fid, f.kind)));
        all.for_each(|(fid, kind)| *count.entry((group(fid), kind)).or_default() += 1);
        count
    };
    let areas = |f: &Faults| {
        let mut sum: BTreeMap<[i64; 2], f64> = BTreeMap::new();
        f.overlaps
            .iter()
            .for_each(|o| *sum.entry(pair(o.fids[0], o.fids[1])).or_default() += o.common.area);
        sum
    };
    let (was, is) = (kinds(before), kinds(after));
    let mut found: Vec<String> = Vec::new();
    found.extend(
        is.iter()
            .filter(|(k, n)| was.get(k) < Some(n))
            .map(|k| format!("{k:?}")),
    );
    let (was, is) = (areas(before), areas(after));
    let larger = |(pair, area): &(&[i64; 2], &f64)| was.get(*pair).is_none_or(|old| **area > old + 1e-5);
    found.extend(
        is.iter()
            .filter(larger)
            .map(|k| format!("overlap {k:?}, was {:?}", was.get(k.0))),
    );
    // Points within 2 mm of a side: only where the same parcels nearly met before.
    let mut met: BTreeSet<[i64; 2]> = was.keys().copied().collect();
    for u in before.unmatched.iter().filter(|u| u.distance > 0.0) {
        for (i, a) in u.fids.iter().enumerate() {
            met.extend(u.fids[i + 1..].iter().map(|b| pair(*a, *b)));
        }
    }
    for u in after.unmatched.iter().filter(|u| u.distance > 0.0) {
        let known = |a: &i64| u.fids.iter().any(|b| a != b && met.contains(&pair(*a, *b)));
        if !u.fids.iter().all(known) {
            found.push(format!("{u:?}"));
        }
    }
    found
}

fn sides(p: &Polygon) -> BTreeSet<(Pt, Pt)> {
    p.sides().collect()
}

/// If every side that goes had its exact opposite, every side that comes has, and no area is gained or lost.
fn keeps_the_laws(old: &Coverage, new: &Coverage, plan: &Plan, come: &[i64]) -> Result<(), String> {
    // New land, and land that is given up, is another matter.
    let succeeded = |f: &i64| plan.created.iter().any(|s| s.parents.contains(f));
    if plan.created.iter().any(|s| s.parents.is_empty()) || !plan.retired.iter().all(succeeded) {
        return Ok(());
    }
    // Once each way: of copies over each other neither is anybody's opposite.
    let opposite = |c: &Coverage, (a, b): (Pt, Pt)| {
        let users = c.users_of(a);
        let with = |s: (Pt, Pt)| {
            let has = |f: &&i64| sides(&c.get(**f).unwrap().polygon).contains(&s);
            users.iter().filter(has).copied().collect::<Vec<i64>>()
        };
        let (mine, theirs) = (with((a, b)), with((b, a)));
        mine.len() == 1 && theirs.len() == 1 && mine != theirs
    };
    let fids = |more: &[i64]| -> Vec<i64> {
        plan.changed
            .iter()
            .map(|(f, _)| *f)
            .chain(more.iter().copied())
            .collect()
    };
    let (before, then) = (fids(&plan.retired), fids(come));
    let all = |c: &Coverage, fids: &[i64]| -> BTreeSet<(Pt, Pt)> {
        fids.iter()
            .flat_map(|f| sides(&c.get(*f).unwrap().polygon))
            .collect()
    };
    let (was, is) = (all(old, &before), all(new, &then));
    if !was.difference(&is).all(|s| opposite(old, *s)) {
        return Ok(());
    }
    if let Some(free) = is.difference(&was).find(|s| !opposite(new, **s)) {
        return Err(format!("{free:?} is not shared"));
    }
    let area = |c: &Coverage, fids: &[i64]| -> i128 {
        fids.iter().map(|f| c.get(*f).unwrap().polygon.area2()).sum()
    };
    let (was, is) = (area(old, &before), area(new, &then));
    if was == is {
        Ok(())
    } else {
        Err(format!("area {was} -> {is}"))
    }
}

/// What a plan says of itself is so.
fn tells_the_truth(old: &Coverage, new: &Coverage, plan: &Plan) -> Result<(), String> {
    for (from, to) in &plan.moved {
        let (was, is) = (old.users_of(*from), new.users_of(*to));
        if !was.iter().all(|f| is.contains(f)) {
            return Err(format!("{from:?} of {was:?} is now {to:?} of {is:?}"));
        }
    }
    let whole = |c: &Coverage, p: &Pt| !c.users_of(*p).is_empty();
    if let Some(p) = plan.inserted.iter().find(|p| !whole(new, p)) {
        return Err(format!("{p:?} was not inserted"));
    }
    let of_touched = |c: &Coverage, p: &Pt| {
        plan.changed
            .iter()
            .any(|(f, _)| c.get(*f).unwrap().polygon.points().any(|q| q == *p))
    };
    match plan.removed.iter().find(|p| of_touched(new, p)) {
        Some(p) => Err(format!("{p:?} was not removed")),
        None => Ok(()),
    }
}

fn run(start: &Coverage, seeds: &[Seed]) -> Result<(), TestCaseError> {
    let mut c = start.clone();
    let mut faults_now = all_faults(&c);
    for seed in seeds {
        let edit = edit(&c, *seed);
        let Ok(plan) = edit.plan(&c) else { continue };
        let (next, come) = after(&c, &plan);
        let faults_then = all_faults(&next);
        let worse = worse(&faults_now, &faults_then, groups(&plan, &come));
        prop_assert!(worse.is_empty(), "{:?}\nmakes {:#?}", edit, worse);
        prop_assert_eq!(keeps_the_laws(&c, &next, &plan, &come), Ok(()), "{:?}", edit);
        if plan.created.is_empty() && plan.retired.is_empty() {
            prop_assert_eq!(tells_the_truth(&c, &next, &plan), Ok(()), "{:?}", edit);
        }
        (c, faults_now) = (next, faults_then);
    }
    Ok(())
}

static CLEAN: LazyLock<Coverage> = LazyLock::new(|| Coverage::build(sample_parcels(None, 250, 7)));
static DIRTY: LazyLock<Coverage> = LazyLock::new(|| Coverage::build(sample_parcels(Some(0.15), 250, 7)));

proptest! {
    #![proptest_config(ProptestConfig { cases: 8, ..ProptestConfig::default() })]

    #[test]
    fn edits_of_every_kind_make_nothing_worse(clean in any::<bool>(), seeds in prop::collection::vec(seed(), 1..25)) {
        run(if clean { &CLEAN } else { &DIRTY }, &seeds)?;
    }
}

/// Not vacuous: of each kind some edits are done, on both districts.
#[test]
fn every_kind_is_done_somewhere() {
    for c in [&*CLEAN, &*DIRTY] {
        let mut done = BTreeMap::new();
        let mut x = 1u64;
        let mut next = || {
            x = x
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (x >> 33) as u32
        };
        for kind in 0..KINDS {
            for _ in 0..30 {
                let d = |v: u32| i64::from(v % 2000) - 1000;
                let seed = (kind, next(), next(), d(next()), d(next()));
                let edit = edit(c, seed);
                if let Ok(plan) = edit.plan(c) {
                    assert!(!plan.fids().is_empty() || !plan.created.is_empty());
                    *done.entry(edit.kind()).or_insert(0) += 1;
                }
            }
        }
        let kinds = [
            "align",
            "insert_point",
            "merge_points",
            "move_point",
            "move_points",
            "remove_point",
            "reshape",
            "merge",
            "split",
            "carve",
            "add_parcel",
            "retire",
        ];
        assert!(
            kinds.iter().all(|k| done.get(k).is_some_and(|n| *n >= 2)),
            "{done:?}"
        );
    }
}

/// What this history does of each operation.
const OPS: [&str; 15] = [
    "add_parcel",
    "align",
    "carve",
    "fill_gap",
    "insert_point",
    "match_edge",
    "merge",
    "merge_points",
    "move_point",
    "move_points",
    "remove_point",
    "reshape",
    "resolve_overlap",
    "retire",
    "split",
];

/// How often each is done, at least.
const TWICE: usize = 2;

/// A district file with the dirty sample in it.
fn imported(dir: &Path) -> std::path::PathBuf {
    let (path, source) = (dir.join("mẫu.gpkg"), dir.join("nguồn"));
    new_district(&path);
    let options = diachinh::sample::Options {
        dir: source.clone(),
        parcels: 120,
        seed: 11,
        dirty: Some(0.1),
    };
    diachinh::sample::generate(&options, &Progress::none()).unwrap();
    let args = ["--crs", "EPSG:9210"];
    ok(
        diachinh().arg("import").arg(&path).arg(&source).args(args),
        &[0, 1],
    );
    path
}

#[test]
fn all_can_be_taken_back() {
    let dir = tempfile::tempdir().unwrap();
    let path = imported(dir.path());
    let mut p = Project::open(&path, &act(2), &Progress::none()).unwrap();
    let mut states = vec![content(&path)];
    let mut x = 7u64;
    let mut next = || {
        x = x
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (x >> 33) as u32
    };
    // Rounds over all kinds, until each has been done twice: what overlaps and gaps there are comes first.
    let mut done: BTreeMap<&'static str, usize> = BTreeMap::new();
    for k in 0..50 * i32::from(KINDS) {
        let d = |v: u32| i64::from(v % 2000) - 1000;
        let kind = ((k + 15) % i32::from(KINDS)) as u8;
        let seed = (kind, next(), next(), d(next()), d(next()));
        let edit = edit(p.coverage(), seed);
        // Edges to match come with new land.
        let enough = if edit.kind() == "add_parcel" {
            4 * TWICE
        } else {
            TWICE
        };
        if done.get(edit.kind()).is_some_and(|n| *n >= enough) {
            continue;
        }
        match p.apply(&edit, &act(5)) {
            Ok(_) => {
                states.push(content(&path));
                *done.entry(edit.kind()).or_default() += 1;
            }
            Err(_) => assert_eq!(&content(&path), states.last().unwrap(), "{edit:?}"),
        }
    }
    assert!(
        OPS.iter().all(|k| done.get(k).is_some_and(|n| *n >= TWICE)),
        "{done:?}"
    );
    for state in states.iter().rev().skip(1) {
        p.undo(Undo::Last, &act(6)).unwrap();
        assert!(content(&path) == *state);
    }
    for state in &states[1..] {
        p.redo(&act(7)).unwrap();
        assert!(content(&path) == *state);
    }
    for q in p.coverage().iter() {
        assert_eq!(p.record(q.fid).unwrap().polygon.unwrap(), q.polygon);
        assert_eq!(q.bbox, BBox::of(q.polygon.points()));
    }
}

#[test]
fn edges_are_matched_and_survey_points_stay() {
    let d = District::new(2);
    let east = |e: i64, row: i64| shifted(corner(2, row), e, 0);
    let (a, b) = (corner(2, 0), corner(2, 2));
    {
        let mut writer = Writer::open(&d.path, &act(2)).unwrap();
        let new = NewOperation {
            kind: "import",
            what: "{}".into(),
            label: Msg::new("Nhập điểm", "Import points"),
            undoes: None,
        };
        let op = writer.begin(&act(2), &new).unwrap();
        op.execute(
            "INSERT INTO survey_point(uid, geom, label) VALUES ('00000000-0000-7000-8000-000000000001', ?1, 'M1')",
            [geometry::encode_point(a, EPSG)],
        )
        .unwrap();
        op.commit().unwrap();
    }
    let mut p = d.open();
    let ring = [east(40, 0), east(9000, 0), east(9000, 2), east(30, 2)]
        .map(metres)
        .join(",");
    let add = format!(
        r#"{{"op":"add_parcel","commune":"25747","sheet":"9","number":"1","rings":[[{ring}]],"fields":{{}}}}"#
    );
    p.apply(&parse(&add).unwrap(), &act(3)).unwrap();
    let edit = |mover: &str| {
        parse(&format!(
            r#"{{"op":"match_edge","a":{{"commune":"25747","sheet":"1"}},"b":{{"commune":"25747","sheet":"9"}},"tolerance":0.1,"move":"{mover}"}}"#
        ))
        .unwrap()
    };
    let done = p.apply(&edit("a"), &act(4)).unwrap();
    // Of the two pairs one may move; the corner between hangs at the other side, which gets it as a point.
    assert_eq!(done.fids, [2, 4, 5], "{done:?}");
    assert_eq!(
        (p.coverage().users_of(a).len(), p.coverage().users_of(b).len()),
        (1, 0)
    );
    p.undo(Undo::Last, &act(5)).unwrap();
    p.apply(&edit("both"), &act(6)).unwrap();
    assert_eq!(
        p.coverage().users_of(a).len(),
        2,
        "the other sheet came to the surveyed point"
    );
    let middle = Pt::new(b.e + 15, b.n);
    assert_eq!(p.coverage().users_of(middle).len(), 2);
}
