//! Plans as text: which faults they would make.

use super::*;
use crate::topology::NewShape;
use crate::topology::testing::{grid, parcel, polygon};

const WHAT: Text = Text::new("thử", "try");

/// "1: ring" changes, "-2" retires, "+1,2: ring" creates from 1 and 2.
fn plan_of(lines: &[&str]) -> Plan {
    let mut plan = Plan::default();
    for line in lines {
        match line.split_once(':') {
            None => plan.retired.push(-line.parse::<i64>().unwrap()),
            Some((left, shape)) if left.starts_with('+') => {
                let parents = left[1..].split(',').filter_map(|f| f.parse().ok()).collect();
                plan.created.push(NewShape {
                    polygon: polygon(shape),
                    parents,
                });
            }
            Some((fid, shape)) => plan.changed.push((fid.parse().unwrap(), polygon(shape))),
        }
    }
    plan
}

fn outcome(parcels: &[&str], plan: &[&str]) -> String {
    let all = parcels.iter().zip(1..).map(|(t, i)| parcel(i, t)).collect();
    let coverage = Coverage::build(all);
    let Err(r) = check(&coverage, &plan_of(plan), WHAT) else {
        return "ok".into();
    };
    assert_eq!(r.failure.code(), "WOULD_MAKE_FAULT");
    let of = |f: &Finding| {
        let refs: Vec<&str> = f.refs.iter().map(|r| r.rsplit('/').next().unwrap()).collect();
        format!("{} {} {}", f.code, refs.join("+"), f.amount.unwrap_or(-1.0))
    };
    r.findings.iter().map(of).collect::<Vec<_>>().join("; ")
}

#[test]
fn table() {
    let a = "0 0, 10000 0, 10000 10000, 0 10000";
    let b = "10000 0, 20000 0, 20000 10000, 10000 10000";
    let over = "9000 0, 20000 0, 20000 10000, 9000 10000";
    let west = "+1: 0 0, 5000 0, 5000 10000, 0 10000";
    let east = "+1: 5000 0, 10000 0, 10000 10000, 5000 10000";
    let holed = "0 0, 10000 0, 10000 10000, 0 10000 | 2000 2000, 2000 8000, 8000 8000, 8000 2000";
    let pond = "2000 2000, 8000 2000, 8000 8000, 2000 8000";
    let thin = "0 0, 1000000 0, 1000000 1000, 0 1000";
    let table: &[(&[&str], &[&str], &str)] = &[
        // nothing; a retired parcel leaves open land
        (&[a, b], &[], "ok"),
        (&[a, b], &["-1"], "ok"),
        (&[holed, pond], &["-2"], "ok"),
        // split: children cover the parent, overlap, leave a gap inside, or stick out
        (&[a, b], &["-1", west, east], "ok"),
        (
            &[a, b],
            &["-1", west, "+1: 4000 0, 10000 0, 10000 10000, 4000 10000"],
            "PARCEL_OVERLAP 1 10",
        ),
        (
            &[a, b],
            &["-1", west, "+1: 6000 0, 10000 0, 10000 10000, 6000 10000"],
            "ok",
        ),
        (
            &[a, b],
            &["-1", west, "+1: 5000 0, 9000 0, 9000 10000, 5000 10000"],
            "PARCEL_GAP 1+2 1",
        ),
        (
            &[a, b],
            &["-1", west, "+1: 5000 0, 11000 0, 11000 10000, 5000 10000"],
            "PARCEL_OVERLAP 1+2 10",
        ),
        // the old overlap passes to the child, whole or in parts; not enlarged
        (&[a, over], &["-1", west, east], "ok"),
        (
            &[a, over],
            &[
                "-1",
                "+1: 0 0, 10000 0, 10000 5000, 0 5000",
                "+1: 0 5000, 10000 5000, 10000 10000, 0 10000",
            ],
            "ok",
        ),
        (
            &[a, over],
            &["-1", west, "+1: 5000 0, 10001 0, 10001 10000, 5000 10000"],
            "PARCEL_OVERLAP 1+2 10.01",
        ),
        // merge: the overlap between the two goes, those with a third add up
        (
            &[a, over],
            &["-1", "-2", "+1,2: 0 0, 20000 0, 20000 10000, 0 10000"],
            "ok",
        ),
        (
            &[a, b, "8000 2000, 12000 2000, 12000 4000, 8000 4000"],
            &["-1", "-2", "+1,2: 0 0, 20000 0, 20000 10000, 0 10000"],
            "ok",
        ),
        (
            &[a, b, "8000 -2000, 12000 -2000, 12000 4000, 8000 4000"],
            &["-1", "-2", "+1,2: 0 -1, 20000 -1, 20000 10000, 0 10000"],
            "PARCEL_OVERLAP 1+3 16.004",
        ),
        // one may stay and take the other in
        (&[a, b], &["-2", "1: 0 0, 20000 0, 20000 10000, 0 10000"], "ok"),
        // new land: beside, over, in the hole
        (&[a], &["+: 10000 0, 20000 0, 20000 10000, 10000 10000"], "ok"),
        (
            &[a],
            &["+: 9999 0, 20000 0, 20000 10000, 9999 10000"],
            "UNMATCHED_VERTEX 1 0.001",
        ),
        (
            &[a],
            &["+: 9000 0, 20000 0, 20000 10000, 9000 10000"],
            "PARCEL_OVERLAP 1 10",
        ),
        (&[holed], &["+: 2000 2000, 8000 2000, 8000 8000, 2000 8000"], "ok"),
        // a free side goes anywhere, a shared one only together
        (&[a, b], &["1: -500 0, 10000 0, 10000 10000, -500 10000"], "ok"),
        (
            &[a, b],
            &["1: 0 0, 9000 0, 9000 10000, 0 10000"],
            "PARCEL_GAP 1+2 1",
        ),
        (
            &[a, b],
            &[
                "1: 0 0, 9000 0, 9000 10000, 0 10000",
                "2: 9000 0, 20000 0, 20000 10000, 9000 10000",
            ],
            "ok",
        ),
        (
            &[a, b],
            &[
                "1: 0 0, 10000 0, 9000 5000, 10000 10000, 0 10000",
                "2: 10000 0, 20000 0, 20000 10000, 10000 10000, 9500 5000",
            ],
            "PARCEL_GAP 1+2 0.5",
        ),
        // a bend of 1 mm on one side only is an unmatched point; a needless point exactly on the side is none
        (
            &[a, b],
            &["1: 0 0, 10000 0, 10001 5000, 10000 10000, 0 10000"],
            "UNMATCHED_VERTEX 1+2 0.001",
        ),
        (
            &[a, b],
            &["1: 0 0, 10000 0, 10000 5000, 10000 10000, 0 10000"],
            "ok",
        ),
        // rings: of hole, of a long thin parcel; an old fault stays with the child
        (
            &[holed],
            &["1: 0 0, 10000 0, 10000 10000, 0 10000 | 2000 2000, 2000 8000, 12000 8000, 8000 2000"],
            "RING_INVALID 1 2",
        ),
        (
            &[thin],
            &["1: 0 0, 500000 1001, 1000000 0, 1000000 1000, 0 1000"],
            "RING_INVALID 1 2",
        ),
        (
            &["0 0, 10000 0, 10000 10000, 5000 10000, 5000 20000, 5000 10000, 0 10000"],
            &[
                "-1",
                west,
                "+1: 5000 0, 10000 0, 10000 10000, 5000 10000, 5000 20000, 5000 10000",
            ],
            "ok",
        ),
        // the hole's rim and the pond move together only
        (
            &[holed, pond],
            &["2: 2000 2000, 7000 2000, 7000 8000, 2000 8000"],
            "PARCEL_GAP 1+2 1",
        ),
    ];
    let all = table
        .iter()
        .map(|(parcels, plan, want)| (outcome(parcels, plan), *want, parcels, plan));
    let wrong: Vec<_> = all.filter(|(got, want, ..)| got != want).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn only_the_changed_places_are_looked_at() {
    // Faults of the same parcel elsewhere are not even seen: a spike is, as its ring changes.
    let far = "0 0, 100000 0, 100000 100000, 0 100000";
    let over = "90000 90000, 110000 90000, 110000 110000, 90000 110000";
    assert_eq!(
        outcome(
            &[far, over],
            &["1: 0 0, 5000 100, 100000 0, 100000 100000, 0 100000"]
        ),
        "ok"
    );
    assert_eq!(
        outcome(&[far, over], &["1: 0 0, 100000 0, 100000 100001, 0 100000"]),
        "PARCEL_OVERLAP 1+2 100.0095"
    );
}

#[test]
fn beside_a_road_of_many_points() {
    // A road of 2,000 points between two rows of plots; one plot's corner moves with the road.
    let mut all = grid(1000, 1, 5000);
    let road = all.iter().map(|p| p.polygon.rings[0][2]);
    let mut ring: Vec<crate::domain::Pt> = road.collect();
    ring.insert(0, crate::domain::Pt::new(0, 5000));
    let back: Vec<_> = ring
        .iter()
        .rev()
        .map(|p| crate::domain::Pt::new(p.e, 9000))
        .collect();
    ring.extend(back);
    all.push(crate::topology::testing::parcel_of(
        5000,
        crate::domain::Polygon { rings: vec![ring] },
    ));
    let coverage = Coverage::build(all);
    let from = crate::domain::Pt::new(2_500_000, 5000);
    let plan =
        crate::topology::move_point::plan(&coverage, from, crate::domain::Pt::new(2_500_100, 5100)).unwrap();
    assert_eq!(plan.changed.len(), 3);
}

/// Four times the common area by whole numbers, for rings whose sides are parallel to the axes or not.
fn common(a: &str, b: &str) -> f64 {
    let all: Vec<crate::domain::Parcel> = [a, b].iter().zip(1..).map(|(t, i)| parcel(i, t)).collect();
    let coverage = Coverage::build(all);
    // Everything is taken away: the overlap shrinks by all it has.
    let plan = plan_of(&["1: 900000 900000, 900001 900000, 900001 900001"]);
    let scene = Scene::new(&coverage, &plan);
    let growth = growth::Growth::new(&scene);
    -growth.change([1, 2])
}

#[test]
fn the_sum_under_sides_is_the_area_in_common() {
    let square = "0 0, 10000 0, 10000 10000, 0 10000";
    let holed = "0 0, 10000 0, 10000 10000, 0 10000 | 2000 2000, 2000 8000, 8000 8000, 8000 2000";
    let concave = "0 0, 10000 0, 10000 10000, 6000 10000, 6000 2000, 4000 2000, 4000 10000, 0 10000";
    let thin = "-5000 4000, 300000 4001, 300000 4003, -5000 4002";
    for (a, b, want) in [
        (square, square, 100.0),
        (square, "5000 5000, 15000 5000, 15000 15000, 5000 15000", 25.0),
        (square, "10000 0, 20000 0, 20000 10000, 10000 10000", 0.0),
        (square, "0 0, 10000 10000, 0 20000", 50.0),
        (holed, square, 64.0),
        (holed, "2000 2000, 8000 2000, 8000 8000, 2000 8000", 0.0),
        (concave, "4000 2000, 6000 2000, 6000 10000, 4000 10000", 0.0),
        (concave, "3000 9000, 7000 9000, 7000 11000, 3000 11000", 2.0),
        (square, "-2000 5000, 5000 -2000, 12000 5000, 5000 12000", 82.0),
    ] {
        assert_eq!(common(a, b), want, "{a} x {b}");
        assert_eq!(common(b, a), want, "{b} x {a}");
    }
    let (got, measured) = (
        common(square, thin),
        crate::topology::measure::common(&polygon(square), &polygon(thin))
            .unwrap()
            .area,
    );
    assert!((got - measured).abs() < 1e-8, "{got} {measured}");
}

/// Parcels; the cut of parcel 1; what becomes of it: the points that came in, or the refusal.
fn cut(parcels: &[&str], line: &str) -> String {
    let all = parcels.iter().zip(1..).map(|(t, i)| parcel(i, t)).collect();
    let coverage = Coverage::build(all);
    let line = line.split(',').map(crate::topology::testing::point).collect();
    match crate::topology::split::plan(&coverage, 1, &crate::topology::split::By::Line(line)) {
        Err(r) => format!(
            "{} {}",
            r.failure.code(),
            r.findings
                .iter()
                .map(|f| f.code.to_string())
                .collect::<Vec<_>>()
                .join(" ")
        ),
        Ok(plan) => {
            assert!(new_faults(&coverage, &plan).is_empty());
            let points: Vec<String> = plan.inserted.iter().map(|p| format!("{} {}", p.e, p.n)).collect();
            points.join(", ")
        }
    }
}

#[test]
fn a_cut_beside_an_old_fault_takes_another_lattice_point() {
    // At e = 4000 the lower side is at n = 1334.22, rounded down: outside. The upper one is at 11334.22, inside.
    let parcel = "0 0, 12001 4003, 12001 14003, 0 10000";
    let line = "4000 -5000, 4000 20000";
    // Below lies a parcel that overlaps this one, or only the part beyond the side: the point has to lie inside.
    let over = "-3000 -5000, 15000 -5000, 15000 6000, -3000 500";
    let beyond = "1000 0, 7000 -5000, 7000 3500, 3900 2500";
    // A gap of about 1 m below, closed all round: the point has to lie outside, where it is; of the other slope
    // it moves.
    let rim = "0 0, -500 0, -500 -2000, 12501 -2000, 12501 4003, 12001 4003, 12001 3000, 300 -1000";
    let steep = "0 0, 12001 8003, 12001 18003, 0 10000";
    let below = "0 0, -500 0, -500 -2000, 12501 -2000, 12501 8003, 12001 8003, 12001 7000, 300 -1000";
    // A neighbour has the side and a third lies over both: what one gains there the other loses.
    let neighbour = "0 0, 12001 -6000, 12001 4003";
    let both = "3000 0, 5000 0, 5000 4000, 3000 4000";
    let table: [(&[&str], &str, &str); 9] = [
        (&[parcel], line, "4000 1334, 4000 11334"),
        (&[parcel, over], line, "3999 1334, 4000 11334"),
        (&[parcel, beyond], line, "3999 1334, 4000 11334"),
        (&[parcel, rim], line, "4000 1334, 4000 11334"),
        (&[steep], line, "4000 2667, 4000 12667"),
        (&[steep, below], line, "4000 2667, 4000 12667"),
        (&[parcel, neighbour, both], line, "4000 1334, 4000 11334"),
        // anywhere on the side, as the bend reaches from end to end
        (
            &[parcel, neighbour, both],
            "9000 -9000, 9000 20000",
            "9000 3002, 9000 13002",
        ),
        // a cut from corner to corner rounds nothing
        (&[parcel, neighbour, both], "0 0, 12001 14003", ""),
    ];
    let all = table.map(|(parcels, line, want)| (cut(parcels, line), want));
    let wrong: Vec<_> = all.iter().filter(|(got, want)| got != want).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// A third parcel over both sides of a shared side does not stop a cut: the land it claims of the two together stays
/// exactly the same. A boundary that moves under it does.
#[test]
fn a_bend_under_a_third_parcel_only_passes_land_on() {
    let (a, b) = (
        "0 0, 12001 4003, 12001 14003, 0 10000",
        "0 0, 12001 -6000, 12001 4003",
    );
    let third = "3000 0, 5000 0, 5000 4000, 3000 4000";
    let holed = "1000 -1000, 9000 -1000, 9000 6000, 1000 6000 | 3000 500, 3000 2000, 5000 2000, 5000 500";
    let concave = "2000 -1000, 8000 -1000, 8000 5000, 6000 5000, 6000 0, 4000 0, 4000 5000, 2000 5000";
    let thin = "3997 -2000, 4003 -2000, 4003 9000, 3997 9000";
    for over in [third, holed, concave, thin] {
        let parcels: Vec<Parcel> = [a, b, over].iter().zip(1..).map(|(t, i)| parcel(i, t)).collect();
        let coverage = Coverage::build(parcels);
        let line = ["4000 -9000", "4000 20000"].map(crate::topology::testing::point);
        let by = crate::topology::split::By::Line(line.to_vec());
        let plan = crate::topology::split::plan(&coverage, 1, &by).unwrap();
        assert!(!plan.inserted.is_empty());
        let scene = Scene::new(&coverage, &plan);
        let growth = Growth::new(&scene);
        let changes = [[1, 3], [2, 3]].map(|pair| growth.change(pair));
        assert!(changes[0] != 0.0 && changes[0].abs() < 0.01, "{over} {changes:?}");
        assert!((changes[0] + changes[1]).abs() < 1e-8, "{over} {changes:?}");
        // Two millimetres are no rounding: the boundary was moved, and the overlap with one of the two is larger.
        for to in ["4000 1336", "4000 1332"] {
            let bent = |shape: &str, at: &str| shape.replacen(at, &format!("{at}, {to}"), 1);
            let plan = plan_of(&[
                &format!("1: {}", bent(a, "0 0")),
                &format!("2: 0 0, 12001 -6000, 12001 4003, {to}"),
            ]);
            let found = new_faults(&coverage, &plan);
            assert!(
                found.iter().any(|f| f.code == "PARCEL_OVERLAP"),
                "{over} {to} {found:?}"
            );
        }
    }
    // Without the neighbour nobody loses what the parcel gains: there another lattice point is taken.
    assert_eq!(
        cut(&[a, third], "4000 -5000, 4000 20000"),
        "3999 1334, 4000 11334"
    );
}
