use proptest::prelude::*;

use super::*;
use crate::domain::Polygon;
use crate::job::Progress;
use crate::topology::faults;
use crate::topology::testing::{grid, parcel, parcel_of, polygon};

fn text(gaps: &[Gap]) -> String {
    let one = |g: &Gap| {
        let fids: Vec<String> = g.fids.iter().map(i64::to_string).collect();
        format!("{} {:.3} {:.0}", fids.join("+"), g.area, g.width)
    };
    gaps.iter().map(one).collect::<Vec<_>>().join("; ")
}

fn whole(coverage: &Coverage) -> Vec<Gap> {
    faults::all(coverage, &Progress::none()).unwrap().gaps
}

fn found(parcels: &[&str]) -> String {
    let all: Vec<Parcel> = parcels.iter().zip(1..).map(|(t, i)| parcel(i, t)).collect();
    let coverage = Coverage::build(all);
    let gaps = whole(&coverage);
    for p in coverage.iter() {
        let mine: Vec<Gap> = gaps.iter().filter(|g| g.fids.contains(&p.fid)).cloned().collect();
        assert_eq!(
            text(&around(&coverage, &[p.fid])),
            text(&mine),
            "{parcels:?} at {}",
            p.fid
        );
    }
    text(&gaps)
}

/// A frame 30 m wide with a hole of 10 m, and what stands in the hole.
const FRAME: &str = "0 0, 30000 0, 30000 30000, 0 30000 | 10000 10000, 10000 20000, 20000 20000, 20000 10000";

#[test]
fn table() {
    let table: [(&[&str], &str); 22] = [
        // nothing, one parcel, neighbours, a corner touched
        (&[], ""),
        (&["0 0, 9000 0, 9000 9000, 0 9000"], ""),
        (
            &[
                "0 0, 9000 0, 9000 9000, 0 9000",
                "9000 9000, 18000 9000, 18000 18000",
            ],
            "",
        ),
        // a hole; filled; filled with a T-junction; half filled
        (&[FRAME], "1 100.000 10000"),
        (&[FRAME, "10000 10000, 20000 10000, 20000 20000, 10000 20000"], ""),
        (
            &[
                FRAME,
                "10000 10000, 15000 10000, 15000 20000, 10000 20000",
                "15000 10000, 20000 10000, 20000 20000, 15000 20000",
            ],
            "",
        ),
        (
            &[FRAME, "10000 10000, 16000 10000, 16000 20000, 10000 20000"],
            "1+2 40.000 4000",
        ),
        // an island in the hole; two of them; one that touches the rim in a point
        (
            &[FRAME, "12000 12000, 18000 12000, 18000 18000, 12000 18000"],
            "1+2 64.000 2342",
        ),
        (
            &[
                FRAME,
                "11000 11000, 14000 11000, 14000 19000, 11000 19000",
                "16000 11000, 19000 11000, 19000 19000, 16000 19000",
            ],
            "1+2+3 52.000 2000",
        ),
        (
            &[FRAME, "10000 15000, 15000 13000, 15000 17000"],
            "1+2 90.000 5000",
        ),
        // an island with a hole of its own, and an overlap on it
        (
            &[
                FRAME,
                "11000 11000, 19000 11000, 19000 19000, 11000 19000 | 14000 14000, 14000 16000, 16000 16000, 16000 14000",
                "12000 12000, 13000 12000, 13000 13000",
            ],
            "2 4.000 2000; 1+2 36.000 1172",
        ),
        // two lobes that touch in a point are two gaps
        (
            &[
                FRAME,
                "10000 10000, 15000 15000, 10000 20000",
                "20000 10000, 20000 20000, 15000 15000",
            ],
            "1+2+3 25.000 4102; 1+2+3 25.000 4102",
        ),
        // slivers in the hole: 1 mm and 2 mm are none, 3 mm is one
        (&[FRAME, "10000 10000, 19999 10000, 19999 20000, 10000 20000"], ""),
        (&[FRAME, "10000 10000, 19998 10000, 19998 20000, 10000 20000"], ""),
        (
            &[FRAME, "10000 10000, 19997 10000, 19997 20000, 10000 20000"],
            "1+2 0.030 3",
        ),
        // one point pulled back; the same off the neighbour's T-junction
        (
            &[
                FRAME,
                "10000 10000, 20000 10000, 19990 15000, 20000 20000, 10000 20000",
            ],
            "1+2 0.050 10",
        ),
        (
            &[
                FRAME,
                "10000 10000, 15000 10000, 15000 20000, 10000 20000",
                "15000 10000, 20000 10000, 19950 14000, 20000 20000, 15000 20000",
            ],
            "1+3 0.250 50",
        ),
        // an overlap beside a gap: the crossing is cut
        (
            &[FRAME, "10000 10000, 20020 10000, 19980 20000, 10000 20000"],
            "1+2 0.050 20",
        ),
        // contained, and identical: no gap
        (&[FRAME, FRAME], "1+2 100.000 10000"),
        (
            &[
                "0 0, 9000 0, 9000 9000, 0 9000",
                "2000 2000, 3000 2000, 3000 3000",
            ],
            "",
        ),
        // a bow-tie has no inside to speak of: first it is repaired
        (&[FRAME, "10000 10000, 20000 20000, 20000 10000, 10000 20000"], ""),
        // open to the outside
        (
            &[
                "0 0, 10000 0, 10000 10000, 0 10000",
                "10100 0, 20000 0, 20000 10000, 10100 10000",
                "0 10000, 20000 10000, 20000 20000, 0 20000",
            ],
            "",
        ),
    ];
    let wrong: Vec<String> = table
        .iter()
        .map(|(parcels, want)| (found(parcels), want, parcels))
        .filter(|(got, want, _)| got != *want)
        .map(|(got, want, parcels)| format!("{got}, wanted {want}: {parcels:?}"))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A street of 20 m between rows of plots is one gap when closed at its ends.
#[test]
fn long_and_thin_and_many_points() {
    let across = |x: i64, low: i64, high: i64| {
        format!(
            "{x} {low}, {} {low}, {} {high}, {x} {high}",
            x + 10_000,
            x + 10_000
        )
    };
    let mut plots: Vec<String> = (0..60)
        .flat_map(|i| [across(i * 10_000, 0, 9_000), across(i * 10_000, 9_030, 20_000)])
        .collect();
    plots.push("-5000 0, 0 0, 0 20000, -5000 20000".into());
    plots.push("600000 0, 605000 0, 605000 20000, 600000 20000".into());
    let texts: Vec<&str> = plots.iter().map(String::as_str).collect();
    let all = found(&texts);
    assert!(
        all.ends_with(" 18.000 30") && all.split('+').count() == 122,
        "{all}"
    );
}

/// A ring of ten thousand points in a hole two centimetres wider; a spiral between walls.
#[test]
fn round_and_winding() {
    let circle = |radius: f64, count: usize| -> Vec<Pt> {
        let at = |i: usize| {
            let t = i as f64 / count as f64 * std::f64::consts::TAU;
            Pt::new(
                (radius * t.cos()).round() as i64,
                (radius * t.sin()).round() as i64,
            )
        };
        (0..count).map(at).collect()
    };
    let mut outer = polygon("-90000 -90000, 90000 -90000, 90000 90000, -90000 90000");
    outer
        .rings
        .push(circle(60_020.0, 10_000).into_iter().rev().collect());
    let disc = Polygon {
        rings: vec![circle(60_000.0, 10_000)],
    };
    let coverage = Coverage::build(vec![parcel_of(1, outer), parcel_of(2, disc)]);
    let gaps = whole(&coverage);
    assert_eq!(gaps.len(), 1);
    assert!(
        (gaps[0].width - 20.0).abs() < 2.5 && (gaps[0].area - 7.54).abs() < 0.1,
        "{:?}",
        text(&gaps)
    );
    assert_eq!(text(&around(&coverage, &[2])), text(&gaps));

    // A spiral strip 40 mm wide left open inside a block.
    let spiral = "0 0, 50000 0, 50000 50000, 0 50000 | 10000 10000, 10000 40000, 40000 40000, 40000 20000, 20000 20000, 20000 30000, 30000 30000, 30000 29960, 20040 29960, 20040 20040, 39960 20040, 39960 39960, 10040 39960, 10040 10000";
    assert_eq!(found(&[spiral]), "1 4.792 47");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    /// A coverage with points pushed about: the gaps inside it are what is left of its box, and looking
    /// around one parcel tells the same as looking at all.
    #[test]
    fn covered_and_not_covered_make_the_whole(
        pushes in proptest::collection::vec((6usize..30, 0usize..4, -30i64..30, -30i64..30, 0u32..4), 0..14),
        removed in 0usize..49,
    ) {
        let mut all = grid(6, 6, 3000);
        for (i, corner, de, dn, scale) in pushes {
            if matches!(i % 6, 0 | 5) {
                continue;
            }
            let p = &mut all[i];
            let k = 10i64.pow(scale) / 10 + 1;
            let v = &mut p.polygon.rings[0][corner];
            *v = Pt::new(v.e + de * k, v.n + dn * k);
            p.bbox = p.polygon.bbox();
        }
        let hole = (removed < 36 && !matches!(removed % 6, 0 | 5) && (6..30).contains(&removed)).then(|| all.remove(removed).fid);
        let coverage = Coverage::build(all.clone());
        let gaps = whole(&coverage);
        for p in &all {
            let mine: Vec<Gap> = gaps.iter().filter(|g| g.fids.contains(&p.fid)).cloned().collect();
            prop_assert_eq!(text(&around(&coverage, &[p.fid])), text(&mine));
        }
        // A ring that crosses itself has no inside to speak of: it is repaired first.
        prop_assume!(all.iter().all(|p| crate::topology::validity::check(&p.polygon).is_empty()));
        prop_assert!(hole.is_none() || !gaps.is_empty() || all.iter().any(|p| p.polygon.area2() > 2 * 9_000_000));
        use geo::{Area, BooleanOps};
        let shape = |p: &Parcel| {
            let line = p.polygon.rings[0].iter().map(|v| (v.e as f64, v.n as f64)).collect::<Vec<_>>();
            geo::MultiPolygon(vec![geo::Polygon::new(line.into(), vec![])])
        };
        let covered = all.iter().map(shape).fold(geo::MultiPolygon(vec![]), |a, b| a.union(&b));
        let square = geo::Rect::new((0.0, 0.0), (18_000.0, 18_000.0)).to_polygon();
        let open = geo::MultiPolygon(vec![square]).difference(&covered).unsigned_area();
        let told: f64 = gaps.iter().map(|g| g.area).sum();
        // Slivers up to 2 mm wide are left out, and a crossing is bent by less than a millimetre.
        prop_assert!((told - open / 1e6).abs() < 0.02 * (1.0 + gaps.len() as f64), "{told} {open}: {}", text(&gaps));
    }
}
