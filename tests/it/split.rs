//! Dividing parcels: through the one way in, and over whole sample districts.

use std::collections::BTreeSet;

use diachinh::domain::{BBox, Parcel, Polygon, Pt, Status};
use diachinh::edit::{Edit, parse};
use diachinh::job::Progress;
use diachinh::project::{DumpOptions, Project, Undo};
use diachinh::sample;
use diachinh::topology::split::{Along, By, Part, divide, plan, with_guests};
use diachinh::topology::{Coverage, Plan, combine, segment};

use crate::district::{District, act};

fn split(number: &str, by: &str, more: &str) -> Edit {
    parse(&format!(
        r#"{{"op":"split","parcel":"25747/1/{number}","by":{by}{more}}}"#
    ))
    .unwrap()
}

fn dump(p: &Project) -> String {
    let mut out = Vec::new();
    p.dump(DumpOptions::default(), &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn fid(p: &Project, number: &str) -> i64 {
    p.resolve(&format!("25747/1/{number}").parse().unwrap()).unwrap()
}

#[test]
fn a_parcel_becomes_three_and_one_again() {
    let d = District::new(3);
    let mut p = d.open();
    let before = dump(&p);
    // Parcel 5 is the middle one.
    let by = r#"{"areas":[33.3,"rest",20],"parallel_to":[[500010,2300010],[500020,2300010]]}"#;
    let edit = split("5", by, r#","children":[{},{"fields":{"number":"77"}}]"#);
    let preview = edit.plan(p.coverage()).unwrap();
    let effects = p.apply(&edit, &act(3)).unwrap();
    assert_eq!(
        (
            effects.created.len(),
            effects.retired.len(),
            effects.changed.len()
        ),
        (3, 1, 2)
    );
    assert_eq!((effects.area_before, effects.area_after), (300.0, 300.0));
    let children: Vec<_> = ["10", "77", "78"]
        .iter()
        .map(|n| p.record(fid(&p, n)).unwrap())
        .collect();
    for (child, shape) in children.iter().zip(&preview.created) {
        assert_eq!(
            child.polygon.as_ref(),
            Some(&shape.polygon),
            "what is written is what was shown"
        );
        assert_eq!(child.status, Status::InForce);
    }
    let areas: Vec<f64> = children.iter().map(|c| c.area_measured.unwrap()).collect();
    assert_eq!(areas, [33.3, 46.7, 20.0]);
    let legal: f64 = children.iter().map(|c| c.area_legal.unwrap()).sum();
    assert!((legal - 100.1).abs() < 1e-9, "{legal}");
    assert!(p.resolve(&"25747/1/5".parse().unwrap()).is_err());
    let after = dump(&p);
    p.undo(Undo::Last, &act(4)).unwrap();
    assert_eq!(dump(&p), before);
    p.redo(&act(5)).unwrap();
    assert_eq!(dump(&p), after);
}

#[test]
fn a_split_that_cannot_be_changes_nothing() {
    let d = District::new(2);
    let mut p = d.open();
    let before = dump(&p);
    let side = r#""parallel_to":[[500000,2300000],[500010,2300000]]"#;
    for (by, more, code) in [
        (
            r#"{"line":[[499999,2300005],[500005,2300005]]}"#.to_owned(),
            "",
            "CUT_ENDS_INSIDE",
        ),
        (format!(r#"{{"areas":[90,20],{side}}}"#), "", "SPLIT_SUM"),
        (
            format!(r#"{{"areas":[90,"rest"],{side}}}"#),
            r#","children":[{},{},{}]"#,
            "SPLIT_CHILDREN",
        ),
        (r#"{"areas":[90,"rest"]}"#.to_owned(), "", "MISSING_KEY"),
        (
            r#"{"offset":15,"side":[[500000,2300000],[500010,2300000]]}"#.to_owned(),
            "",
            "SPLIT_TOO_MUCH",
        ),
    ] {
        let error = p.apply(&split("1", &by, more), &act(3)).unwrap_err();
        assert_eq!(error.failure.code(), code, "{by}");
        assert_eq!(
            error.failure.code() == "CUT_ENDS_INSIDE",
            error.findings.iter().any(|f| f.at.is_some())
        );
    }
    assert_eq!(dump(&p), before);
}

/// A small fixed sequence.
struct Random(u64);

impl Random {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % n
    }
}

fn random_by(r: &mut Random, parcel: &Parcel) -> By {
    let shell = parcel.polygon.shell();
    let side = |i: usize| (shell[i % shell.len()], shell[(i + 1) % shell.len()]);
    let (a, b) = side(r.below(shell.len()));
    let area = (parcel.polygon.area_m2() * (1 + r.below(8)) as f64) / 10.0;
    let parts = vec![Part::Area((area * 10.0).round() / 10.0), Part::Rest];
    match r.below(6) {
        0 => By::Areas {
            parts,
            along: Along::Parallel(a, b),
        },
        1 => By::Areas {
            parts,
            along: Along::Direction(r.below(360) as f64),
        },
        2 => By::Areas {
            parts,
            along: Along::Through(a, 0.0),
        },
        3 => By::Frontage {
            parts: 2 + r.below(2) as u32,
            side: (a, b),
            along: None,
        },
        4 => By::Offset {
            mm: 500 + r.below(8000) as i64,
            side: (a, b),
        },
        _ => {
            let (c, d) = side(r.below(shell.len()));
            let beyond =
                |p: Pt, q: Pt| Pt::new(q.e + (q.e - p.e) / 5 + r.0 as i64 % 7, q.n + (q.n - p.n) / 5);
            let middle = |p: Pt, q: Pt| Pt::new(i64::midpoint(p.e, q.e), i64::midpoint(p.n, q.n));
            let (m, n) = (middle(a, b), middle(c, d));
            By::Line(vec![beyond(n, m), beyond(m, n)])
        }
    }
}

/// A ring from its smallest point, so that rings compare as cycles.
fn cycles(p: &Polygon) -> BTreeSet<Vec<Pt>> {
    let turned = |r: &Vec<Pt>| {
        let mut r = r.clone();
        let first = (0..r.len()).min_by_key(|&i| r[i]).unwrap_or(0);
        r.rotate_left(first);
        r
    };
    p.rings.iter().map(turned).collect()
}

fn area2<'a>(polygons: impl Iterator<Item = &'a Polygon>) -> i128 {
    polygons.map(Polygon::area2).sum()
}

/// The laws of a split.
fn check(coverage: &Coverage, parent: &Parcel, by: &By, plan: &Plan) {
    assert_eq!(plan.retired, [parent.fid]);
    let children: Vec<&Polygon> = plan.created.iter().map(|c| &c.polygon).collect();
    // Together they are the parent with new points; without those they are the parent.
    let together = combine::together(children.iter().copied()).unwrap();
    assert_eq!(together.len(), 1);
    let old: BTreeSet<Pt> = parent.polygon.points().collect();
    let mut back = together[0].clone();
    back.rings.iter_mut().for_each(|r| r.retain(|p| old.contains(p)));
    assert_eq!(cycles(&back), cycles(&parent.polygon));
    assert_eq!(area2(children.iter().copied()), together[0].area2());
    let division = divide(&with_guests(coverage, parent).0, by).unwrap();
    let points: BTreeSet<Pt> = plan.created.iter().flat_map(|c| c.polygon.points()).collect();
    let elsewhere = division.inserted.iter().any(|i| !points.contains(&i.at));
    let off = if elsewhere { 1.0 } else { 0.7072 };
    for new in &division.inserted {
        // Every other parcel that had the side has the point.
        let reach = BBox::of([new.from, new.to]);
        coverage.window_for_each(&reach, |other| {
            let on = |p: Pt, (a, b): (Pt, Pt)| segment::on_segment(p, a, b);
            let had = other
                .polygon
                .sides()
                .any(|s| s.0 != s.1 && on(new.from, s) && on(new.to, s));
            if other.fid != parent.fid && had {
                let now = plan.changed.iter().find(|(f, _)| *f == other.fid).map(|(_, p)| p);
                // Beside an old fault another lattice point may have been taken.
                let near = |p: Pt| p == new.at || (elsewhere && p.dist2(new.at) <= 8);
                assert!(now.unwrap().points().any(near));
            }
        });
    }
    // What the neighbours gained the children lost, but for sides no one shares.
    let before = parent.polygon.area2()
        + area2(
            plan.changed
                .iter()
                .map(|(f, _)| &coverage.get(*f).unwrap().polygon),
        );
    let after = area2(children.into_iter()) + area2(plan.changed.iter().map(|(_, p)| p));
    let free = division
        .inserted
        .iter()
        .map(|i| i.from.dist(i.to) * off)
        .sum::<f64>();
    assert!(
        (after - before).abs() as f64 <= free,
        "{} of {free}",
        after - before
    );
}

fn over_a_district(dirty: Option<f64>) -> (usize, usize, Vec<&'static str>) {
    let dir = tempfile::tempdir().unwrap();
    let options = sample::Options {
        dir: dir.path().to_owned(),
        parcels: 400,
        seed: 11,
        dirty,
    };
    sample::generate(&options, &Progress::none()).unwrap();
    let (parcels, _) = crate::quality::read(dir.path());
    let coverage = Coverage::build(parcels);
    let mut r = Random(5);
    let (mut done, mut refused) = (0, Vec::new());
    let mut fids: Vec<i64> = coverage.iter().map(|p| p.fid).collect();
    fids.sort_unstable();
    for fid in &fids {
        let parcel = coverage.get(*fid).unwrap();
        let by = random_by(&mut r, parcel);
        match plan(&coverage, *fid, &by) {
            Ok(plan) => {
                check(&coverage, parcel, &by, &plan);
                done += 1;
            }
            Err(refusal) => {
                assert!(dirty.is_some() || refusal.failure.code() != "CUT_SHAPE_INVALID");
                refused.push(refusal.failure.code());
            }
        }
    }
    refused.sort_unstable();
    (done, fids.len(), refused)
}

#[test]
fn any_split_of_a_clean_district_keeps_the_laws() {
    let (done, of, refused) = over_a_district(None);
    assert!(done * 10 > of * 7, "{done} of {of}, refused: {refused:?}");
}

#[test]
fn any_split_of_a_dirty_district_keeps_the_laws() {
    let (done, of, refused) = over_a_district(Some(0.2));
    assert!(done * 10 > of * 6, "{done} of {of}, refused: {refused:?}");
}
