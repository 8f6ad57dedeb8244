//! Tables: how a parcel is divided, in areas (m²) of the parts; and plans over a coverage.

use super::*;
use crate::text::Lang;
use crate::topology::testing::{grid, parcel, point, polygon};
use crate::topology::validity;

fn pair(text: &str) -> (Pt, Pt) {
    let (a, b) = text.split_once(',').expect("two points");
    (point(a), point(b))
}

/// "120; còn lại / 0 0, 10 0", "120; còn lại @ 45" (azimuth), "120; còn lại * 5 5" (through), "= 3 / …" (equal),
/// "# 3 / …" (frontage), "> 5000 / …" (offset), "- 0 0, 5 5, 10 0" (line).
fn by(text: &str) -> By {
    let along = |text: &str| -> (String, Along) {
        if let Some((head, tail)) = text.split_once('@') {
            (
                head.trim().into(),
                Along::Direction(tail.trim().parse().expect("degrees")),
            )
        } else if let Some((head, tail)) = text.split_once('*') {
            (head.trim().into(), Along::Through(point(tail), 0.0))
        } else {
            let (head, tail) = text.split_once('/').expect("a way");
            let (a, b) = pair(tail);
            (head.trim().into(), Along::Parallel(a, b))
        }
    };
    if let Some(line) = text.strip_prefix('-') {
        return By::Line(line.split(',').map(point).collect());
    }
    if let Some(rest) = text.strip_prefix('>') {
        let (mm, side) = rest.split_once('/').expect("a side");
        return By::Offset {
            mm: mm.trim().parse().expect("mm"),
            side: pair(side),
        };
    }
    if let Some(rest) = text.strip_prefix('=') {
        let (n, along) = along(rest);
        return By::Equal {
            parts: n.parse().expect("a number"),
            along,
        };
    }
    if let Some(rest) = text.strip_prefix('#') {
        let (n, side) = rest.split_once('/').expect("a side");
        let (side, along) = match side.split_once('@') {
            Some((s, a)) => (s, Some(Along::Direction(a.trim().parse().expect("degrees")))),
            None => (side, None),
        };
        return By::Frontage {
            parts: n.trim().parse().expect("a number"),
            side: pair(side),
            along,
        };
    }
    let (list, along) = along(text);
    By::Areas {
        parts: parse(&list, Lang::Vi).expect("a list"),
        along,
    }
}

/// Areas of the parts with their holes, and where each begins (its smallest point); or the code of refusal.
fn outcome(shape: &str, how: &str) -> String {
    let shape = polygon(shape);
    match divide(&shape, &by(how)) {
        Err(r) => r.failure.code().to_owned(),
        Ok(d) => {
            sound(&shape, &d);
            let part = |p: &Polygon| {
                let at = p.points().min().expect("a point");
                format!(
                    "{:.3}{}@{} {}",
                    p.area_m2(),
                    "o".repeat(p.holes().len()),
                    at.e,
                    at.n
                )
            };
            d.parts.iter().map(part).collect::<Vec<_>>().join(", ")
        }
    }
}

fn sound(parent: &Polygon, d: &Division) {
    assert_eq!(
        d.parts.iter().map(Polygon::area2).sum::<i128>(),
        d.densified.area2()
    );
    for p in &d.parts {
        let faults = validity::check(p);
        assert!(
            faults.iter().all(|f| f.kind == validity::FaultKind::Spike),
            "{faults:?}"
        );
    }
    let came: BTreeSet<Pt> = d.inserted.iter().map(|i| i.at).collect();
    let mut back = d.densified.clone();
    back.rings
        .iter_mut()
        .for_each(|r| r.retain(|p| !came.contains(p)));
    assert_eq!(&back, parent);
}

#[test]
fn table() {
    let square = "0 0, 10000 0, 10000 10000, 0 10000";
    let holed = "0 0, 10000 0, 10000 10000, 0 10000 | 4000 4000, 4000 6000, 6000 6000, 6000 4000";
    let u = "0 0, 10000 0, 10000 10000, 6000 10000, 6000 4000, 4000 4000, 4000 10000, 0 10000";
    let trapezium = "0 0, 20000 0, 15000 10000, 5000 10000";
    let sliver = "0 0, 100000 10, 100000 50, 0 30";
    let thin = "0 0, 800000 600000, 797000 604000, -3000 4000";
    let table = [
        // lists, along a side, the other way, an azimuth, a line beside the parcel
        (
            square,
            "30; 20; còn lại / 0 0, 10000 0",
            "30.000@0 0, 20.000@0 3000, 50.000@0 5000",
        ),
        (
            square,
            "30; 20; còn lại / 10000 0, 0 0",
            "30.000@0 0, 20.000@0 3000, 50.000@0 5000",
        ),
        (
            square,
            "30; còn lại; 20 / 0 0, 10000 0",
            "30.000@0 0, 50.000@0 3000, 20.000@0 8000",
        ),
        (square, "còn lại; 20 / 0 0, 10000 0", "80.000@0 0, 20.000@0 8000"),
        (
            square,
            "30; 50; 20 / 0 0, 10000 0",
            "30.000@0 0, 50.000@0 3000, 20.000@0 8000",
        ),
        (square, "30; còn lại @ 0", "30.000@0 0, 70.000@3000 0"),
        (square, "30; còn lại @ 180", "30.000@7000 0, 70.000@0 0"),
        (square, "30; còn lại @ 90", "30.000@0 7000, 70.000@0 0"),
        (
            square,
            "30; còn lại / 0 -5000, 10000 -5000",
            "30.000@0 7000, 70.000@0 0",
        ),
        (square, "12,5; còn lại @ 45", "12.500@0 5000, 87.500@0 0"),
        (square, "50; còn lại @ 45", "50.000@0 0, 50.000@0 0"),
        (square, "100; còn lại @ 45", "SPLIT_SUM"),
        (square, "60; 50 @ 45", "SPLIT_SUM"),
        (square, "1; còn lại @ 400", "SPLIT_VALUE"),
        (square, "1; còn lại / 5 5, 5 5", "SPLIT_VALUE"),
        // in equal parts
        (
            square,
            "= 4 / 0 0, 10000 0",
            "25.000@0 0, 25.000@0 2500, 25.000@0 5000, 25.000@0 7500",
        ),
        (
            square,
            "= 3 / 0 0, 10000 0",
            "33.335@0 0, 33.335@0 3334, 33.330@0 6667",
        ),
        (square, "= 1 / 0 0, 10000 0", "SPLIT_VALUE"),
        (
            square,
            "# 4 / 0 0, 10000 0",
            "25.000@0 0, 25.000@2500 0, 25.000@5000 0, 25.000@7500 0",
        ),
        (square, "# 2 / 10000 0, 0 0 @ 45", "87.500@0 0, 12.500@5000 0"),
        (square, "# 2 / 10000 0, 5 5", "SPLIT_NO_SIDE"),
        (square, "# 2 / 0 10000, 10000 0", "50.000@0 0, 50.000@0 0"),
        // at a distance
        (square, "> 2500 / 0 0, 10000 0", "25.000@0 0, 75.000@0 2500"),
        (square, "> 2500 / 0 0, 0 10000", "25.000@0 0, 75.000@2500 0"),
        (square, "> 12500 / 0 0, 0 10000", "SPLIT_TOO_MUCH"),
        (square, "> 0 / 0 0, 0 10000", "SPLIT_VALUE"),
        (square, "> 5 / 0 0, 10000 10000", "SPLIT_NO_SIDE"),
        // through a corner, a point of a side, a point beside the parcel, a point inside
        (square, "25; còn lại * 0 0", "25.000@0 0, 75.000@0 0"),
        (
            square,
            "25; 50; còn lại * 0 0",
            "25.000@0 0, 50.000@0 0, 25.000@0 0",
        ),
        (square, "25; còn lại * 5000 0", "25.000@5000 0, 75.000@0 0"),
        (
            square,
            "40; 30; còn lại * 5000 -5000",
            "40.000@5500 0, 30.000@2000 10000, 30.000@0 0",
        ),
        (square, "50; còn lại * 5000 5000", "50.000@0 0, 50.000@5000 0"),
        (square, "45; còn lại * 5000 5000", "SPLIT_NOWHERE"),
        (square, "45; còn lại * 4000 5000", "45.000@0 3000, 55.000@0 0"),
        (square, "30; 30; còn lại * 5000 5000", "SPLIT_VALUE"),
        // holes: crossed, passed, through a point
        (holed, "50; còn lại / 0 0, 10000 0", "50.000@0 0, 46.000@0 5250"),
        (holed, "10; còn lại / 0 0, 10000 0", "10.000@0 0, 86.000o@0 1000"),
        (holed, "44; 8; còn lại / 0 0, 10000 0", "SPLIT_NOT_ONE_PIECE"),
        (holed, "30; còn lại * 0 0", "30.000@0 0, 66.000o@0 0"),
        (holed, "48; còn lại * 0 0", "48.000@0 0, 48.000@0 0"),
        (holed, "20; còn lại * 2000 5000", "20.000@0 0, 76.000o@2000 0"),
        // concave: base, tips, sideways
        (u, "30; còn lại / 0 0, 10000 0", "30.000@0 0, 58.000@0 3000"),
        (u, "50; còn lại / 0 0, 10000 0", "SPLIT_NOT_ONE_PIECE"),
        (u, "10; còn lại @ 90", "10.000@6000 7500, 78.000@0 0"),
        (u, "30; còn lại @ 90", "SPLIT_NOT_ONE_PIECE"),
        (u, "60; còn lại @ 90", "60.000@0 2800, 28.000@0 0"),
        (
            u,
            "20; 20; còn lại @ 0",
            "20.000@0 0, 20.000@2000 0, 48.000@4000 0",
        ),
        (u, "60; còn lại * 4000 4000", "60.001@0 0, 27.999@4000 4000"),
        (
            trapezium,
            "= 3 / 0 0, 20000 0",
            "49.999@0 0, 49.999@1340 2680, 49.996@2929 5857",
        ),
        (
            trapezium,
            "= 3 / 20000 0, 15000 10000",
            "50.000@10000 10000, 50.000@5000 10000, 50.000@0 0",
        ),
        // slivers and long thin ones
        (sliver, "0,5; còn lại @ 0", "0.503@0 0, 3.016@16226 1"),
        (
            sliver,
            "= 5 @ 0",
            "0.697@0 0, 0.696@22492 2, 0.695@43576 5, 0.694@63429 7, 0.694@82197 8",
        ),
        (
            thin,
            "= 5 / 0 0, -3000 4000",
            "1000.000@-3000 4000, 1000.000@157000 124000, 1000.000@317000 244000, 1000.000@477000 364000, 1000.000@637000 484000",
        ),
        (
            thin,
            "1000; 500; còn lại / -3000 4000, 0 0",
            "1000.000@-3000 4000, 500.000@157000 124000, 3500.000@237000 184000",
        ),
        (
            thin,
            "1000; còn lại / 0 0, 800000 600000",
            "1000.000@-600 800, 4000.000@-3000 4000",
        ),
    ];
    let mut wrong = Vec::new();
    for (shape, how, want) in table {
        let got = outcome(shape, how);
        if got != want {
            wrong.push(format!("{shape} by {how}:\n  got  {got}\n  want {want}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn neighbours_receive_the_points() {
    let coverage = Coverage::build(grid(3, 3, 10_001));
    let line = By::Line(vec![Pt::new(9_000, 14_000), Pt::new(21_000, 16_500)]);
    let plan = plan(&coverage, 5, &line).expect("a plan");
    assert_eq!(plan.retired, [5]);
    assert_eq!(plan.changed.iter().map(|(f, _)| *f).collect::<Vec<_>>(), [4, 6]);
    assert_eq!(plan.inserted.len(), 2);
    for p in &plan.inserted {
        let users = plan
            .changed
            .iter()
            .map(|(_, p)| p)
            .chain(plan.created.iter().map(|c| &c.polygon));
        assert_eq!(users.filter(|q| q.points().any(|x| x == *p)).count(), 3);
    }
    assert_eq!(plan.area_before(&coverage), plan.area_after());
}

#[test]
fn a_side_crossed_twice_stays_shared() {
    let (a, b) = (
        "0 0, 10000 3333, 10000 12000, 0 12000",
        "0 0, 0 -9000, 10000 -9000, 10000 3333",
    );
    let coverage = Coverage::build(vec![parcel(1, a), parcel(2, b)]);
    let line = [(2000, 0), (3000, 6000), (7001, 7000), (8000, 0)].map(|(e, n)| Pt::new(e, n));
    let plan = plan(&coverage, 1, &By::Line(line.to_vec())).expect("a plan");
    assert_eq!((plan.created.len(), plan.changed[0].1.point_count()), (2, 6));
    let children: i128 = plan.created.iter().map(|c| c.polygon.area2()).sum();
    assert_eq!(
        children + plan.changed[0].1.area2(),
        polygon(a).area2() + polygon(b).area2()
    );
}

#[test]
fn a_slanted_side_gives_to_its_neighbour_exactly() {
    let a = "0 0, 10000 0, 13333 7777, 0 10000";
    let b = "10000 0, 20000 0, 20000 10000, 13333 7777";
    let coverage = Coverage::build(vec![parcel(1, a), parcel(2, b)]);
    let plan = plan(
        &coverage,
        1,
        &By::Line(vec![Pt::new(-5, 3001), Pt::new(15_000, 3001)]),
    )
    .expect("a plan");
    let children: i128 = plan.created.iter().map(|c| c.polygon.area2()).sum();
    let given = children - polygon(a).area2();
    assert_ne!(given, 0);
    assert_eq!(plan.changed[0].1.area2(), polygon(b).area2() - given);
}

#[test]
fn corners_of_others_on_a_side_are_kept() {
    // The long side of 1 has the corner of 2 and 3 on it, which 1 does not have; the side of 4 is longer than that of 1.
    let all = vec![
        parcel(1, "0 0, 12000 3000, 12000 9000, 0 9000"),
        parcel(2, "0 0, 0 -9000, 4000 -9000, 4000 1000"),
        parcel(3, "4000 1000, 4000 -9000, 12000 -9000, 12000 3000"),
        parcel(4, "-4000 -1000, -4000 20000, 0 20000, 0 9000, 0 0"),
        parcel(
            5,
            "12000 12000, 12000 3000, 12000 -9000, 20000 -9000, 20000 12000",
        ),
    ];
    let coverage = Coverage::build(all);
    let cut = By::Line(vec![Pt::new(6001, -1), Pt::new(6001, 9500)]);
    let plan = plan(&coverage, 1, &cut).expect("a plan");
    assert_eq!(plan.changed.iter().map(|(f, _)| *f).collect::<Vec<_>>(), [3]);
    let has = |p: Pt| {
        plan.created
            .iter()
            .filter(|c| c.polygon.points().any(|q| q == p))
            .count()
    };
    assert_eq!((has(Pt::new(4000, 1000)), has(Pt::new(6001, 1500))), (1, 2));
    // Off the cut sides nothing comes in.
    let across = By::Line(vec![Pt::new(-1, 6000), Pt::new(12_001, 6000)]);
    let plan = super::plan(&coverage, 1, &across).expect("a plan");
    assert_eq!(plan.changed.iter().map(|(f, _)| *f).collect::<Vec<_>>(), [4, 5]);
    assert!(
        plan.created
            .iter()
            .all(|c| c.polygon.points().all(|p| p != Pt::new(4000, 1000)))
    );
    let five = &plan.changed[1].1;
    assert!(
        five.points().any(|p| p == Pt::new(12_000, 6000))
            && five.points().any(|p| p == Pt::new(12_000, 9000))
    );
}

#[test]
fn what_is_gone_or_faulty_is_not_divided() {
    let coverage = Coverage::build(vec![parcel(1, "0 0, 10000 10000, 10000 0, 0 9000")]);
    let code = |fid, how| {
        plan(&coverage, fid, &by(how))
            .expect_err("refused")
            .failure
            .code()
    };
    assert_eq!(code(9, "= 2 @ 0"), "NO_PARCEL");
    for how in [
        "= 2 @ 0",
        "- 0 5000, 10000 5000",
        "> 5 / 0 0, 10000 10000",
        "# 2 / 0 0, 10000 10000",
        "5; còn lại @ 0",
    ] {
        assert_eq!(code(1, how), "CUT_SHAPE_INVALID", "{how}");
    }
}
