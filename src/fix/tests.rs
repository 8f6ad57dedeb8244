//! Each kind of finding with its fixes: what is offered (`!` = certain), and what each does: twice the area that each
//! parcel gains in mm², points moved, or why it may not be.

use proptest::prelude::*;

use super::*;
use crate::domain::{Parcel, Pt};
use crate::job::Progress;
use crate::topology::testing::{parcel, point};
use crate::validate;
use crate::validate::Options;

fn findings(coverage: &Coverage, code: &str) -> Vec<Finding> {
    let options = Options {
        rules: vec![code.to_owned()],
        ..Options::default()
    };
    validate::run(coverage, &options, &Progress::none()).unwrap()
}

fn parcels(texts: &[&str]) -> Vec<Parcel> {
    texts.iter().zip(1..).map(|(t, fid)| parcel(fid, t)).collect()
}

/// The fixes of the first finding of a rule, in one line each.
fn told(coverage: &Coverage, code: &str, known: &Known) -> Vec<String> {
    let Some(f) = findings(coverage, code).into_iter().next() else {
        return vec!["no finding".into()];
    };
    let one = |fix: Fix| {
        let sure = if fix.certain { "!" } else { "" };
        let outcome = match try_out(coverage, &f, &fix) {
            Err(e) => e.code().to_owned(),
            Ok(p) => {
                assert!(p.farthest_mm() <= fix.tolerance_mm as f64, "{fix:?}");
                let part = |c: &Change| {
                    let name = if c.before.is_none() {
                        "+".into()
                    } else {
                        c.fid.to_string()
                    };
                    match (&c.after, c.gained2()) {
                        (None, _) => format!("-{name}"),
                        (_, 0) => name,
                        (_, d) => format!("{name}({d:+})"),
                    }
                };
                let mut words: Vec<String> = p.changes.iter().map(part).collect();
                if !p.moved.is_empty() {
                    words.push(format!(">{}", p.moved.len()));
                }
                words.join(" ")
            }
        };
        assert!(names(code).contains(&fix.name), "{} of {code}", fix.name);
        format!("{}{sure}: {outcome}", fix.name)
    };
    repairs(coverage, &f, known).into_iter().map(one).collect()
}

fn check(rows: &[(&[&str], &str, &[&str])]) {
    let known = Known::default();
    let got: Vec<Vec<String>> = rows
        .iter()
        .map(|(texts, code, _)| told(&Coverage::build(parcels(texts)), code, &known))
        .collect();
    let want: Vec<Vec<String>> = rows
        .iter()
        .map(|r| r.2.iter().map(|s| s.to_string()).collect())
        .collect();
    assert_eq!(got, want);
}

const A: &str = "0 0, 10000 0, 10000 10000, 0 10000";
const HOLED: &str = "0 0, 10000 0, 10000 10000, 0 10000 | 2000 2000, 2000 8000, 8000 8000, 8000 2000";
const CONCAVE: &str = "0 0, 9000 0, 9000 3000, 3000 3000, 3000 9000, 0 9000";
const THIN: &str = "0 0, 1000000 0, 1000000 2000, 0 2000";

#[test]
fn shapes() {
    check(&[
        (
            &["0 0, 10000 0, 13000 5, 10000 0, 10000 10000, 0 10000"],
            RING_INVALID,
            &["tidy!: 1"],
        ),
        (
            &["0 0, 9000 0, 9000 5000, 0 9000, 9000 9000, 0 5000"],
            RING_INVALID,
            &[
                "uncross!: 1(+72000000)",
                "parts: +(+18000000) 1(+18000000)",
                "largest: 1(+18000000)",
            ],
        ),
        (
            &["0 0, 10000 10000, 10000 0, 0 8000"],
            RING_INVALID,
            &[
                "uncross!: 1(+200000000)",
                "parts: +(+35552000) 1(+75560000)",
                "largest: 1(+75560000)",
            ],
        ),
        (
            &[
                "0 0, 9000 0, 9000 9000, 0 9000 | 2000 2000, 2000 5000, 5000 5000, 5000 2000 | 3000 3000, 3000 4000, 4000 4000, 4000 3000",
            ],
            RING_INVALID,
            &["largest: 1(+2000000)"],
        ),
        (
            &["0 0, 9000 0, 5000 5000, 9000 9000, 0 9000, 5000 5000"],
            RING_INVALID,
            &["parts: +(+36000000) 1(-36000000)", "largest: 1(-36000000)"],
        ),
    ]);
}

#[test]
fn overlaps_of_all_kinds() {
    check(&[
        (
            &[A, "9500 0, 20000 0, 20000 10000, 9500 10000"],
            PARCEL_OVERLAP,
            &[
                "take_first: 1(-10000000) 2",
                "take_second: 1 2(-10000000)",
                "overlap_middle: NO_MIDDLE",
            ],
        ),
        // narrow: the corner goes to the corner
        (
            &[A, "9994 3, 20000 0, 20000 10000, 10000 10000"],
            PARCEL_OVERLAP,
            &[
                "match_points!: 1(-90000) >1",
                "take_first: FIX_WOULD_MAKE",
                "take_second: FIX_WOULD_MAKE",
                "overlap_middle: FIX_WOULD_MAKE",
            ],
        ),
        // wholly inside, identical
        (
            &[A, "2000 2000, 4000 2000, 4000 4000, 2000 4000"],
            PARCEL_OVERLAP,
            &[
                "take_first: 1(-8000000)",
                "take_second: OVERLAP_WHOLE",
                "overlap_middle: NO_MIDDLE",
            ],
        ),
        (&[A, A], DUPLICATE_SHAPE, &["retire_duplicate: -2"]),
        (
            &[HOLED, "1500 2000, 8000 2000, 8000 8000, 2000 8000"],
            PARCEL_OVERLAP,
            &[
                "take_first: 1(-3000000) 2",
                "take_second: 2(-3000000)",
                "overlap_middle: 1(-1500000) 2(-1500000)",
            ],
        ),
        (
            &[CONCAVE, "2500 3000, 9000 3000, 9000 9000, 3000 9000"],
            PARCEL_OVERLAP,
            &[
                "take_first: 1(-3000000) 2",
                "take_second: 2(-3000000)",
                "overlap_middle: 1(-1500000) 2(-1500000)",
            ],
        ),
        (
            &[THIN, "0 2000, 500000 1960, 1000000 2000, 1000000 9000, 0 9000"],
            PARCEL_OVERLAP,
            &[
                "take_first: 1(-40000000)",
                "take_second: 2(-40000000)",
                "overlap_middle: 1(-20000000) 2(-20000000)",
            ],
        ),
    ]);
}

#[test]
fn gaps_of_all_kinds() {
    check(&[
        (
            &[A, "10000 0, 20000 0, 20000 10000, 10000 10000, 10400 5000"],
            PARCEL_GAP,
            &[
                "gap_longest!: 2(+4000000)",
                "gap_neighbour: 1(+4000000)",
                "gap_middle: 1(+2000000) 2(+2000000)",
                "gap_parcel: +(+4000000)",
            ],
        ),
        (
            &[A, "10000 0, 20000 0, 20000 10000, 10000 10000, 11400 5000"],
            PARCEL_GAP,
            &[
                "gap_longest: 2(+14000000)",
                "gap_neighbour: 1(+14000000)",
                "gap_middle: 1(+7000000) 2(+7000000)",
                "gap_parcel: +(+14000000)",
            ],
        ),
        (
            &[
                A,
                "10004 0, 20000 0, 20000 10000, 10000 10000",
                "0 -5000, 20000 -5000, 20000 0, 10004 0, 10000 0, 0 0",
            ],
            PARCEL_GAP,
            &[
                "match_points!: 2(+40000) 3 >1",
                "gap_longest!: 2(+40000)",
                "gap_neighbour: 1(+40000)",
                "gap_parcel: WOULD_MAKE_FAULT",
            ],
        ),
        (
            &[HOLED, "2000 2000, 8000 2000, 8000 8000, 2300 7700"],
            PARCEL_GAP,
            &[
                "gap_longest!: 1(+3600000)",
                "gap_neighbour: 2(+3600000)",
                "gap_middle: 1(+1800000) 2(+1800000)",
                "gap_parcel: +(+3600000)",
            ],
        ),
        (
            &[CONCAVE, "9000 3000, 9000 9000, 3000 9000, 3200 3200"],
            PARCEL_GAP,
            &[
                "gap_longest!: 1(+2400000)",
                "gap_neighbour: 2(+2400000)",
                "gap_middle: 1(+1200000) 2(+1200000)",
                "gap_parcel: +(+2400000)",
            ],
        ),
        (
            &[THIN, "0 2000, 500000 2040, 1000000 2000, 1000000 9000, 0 9000"],
            PARCEL_GAP,
            &[
                "gap_longest!: 2(+40000000)",
                "gap_neighbour: 1(+40000000)",
                "gap_middle: 1(+20000000) 2(+20000000)",
                "gap_parcel: WOULD_MAKE_FAULT",
            ],
        ),
    ]);
}

#[test]
fn points_of_all_kinds() {
    check(&[
        (
            &[A, "10000 0, 20000 0, 20000 10000, 10000 10000, 9999 5000"],
            UNMATCHED_VERTEX,
            &["match_points!: 1(-10000)"],
        ),
        (
            &[A, "10000 0, 20000 0, 20000 10000, 10000 10000, 10000 5000"],
            UNMATCHED_VERTEX,
            &["match_points!: 1"],
        ),
        (
            &[HOLED, "2000 2000, 8000 2001, 8000 8000, 2000 8000"],
            UNMATCHED_VERTEX,
            &["match_points!: 2(+6000) >1"],
        ),
        (
            &[THIN, "0 2000, 500000 2001, 1000000 2000, 1000000 9000, 0 9000"],
            UNMATCHED_VERTEX,
            &["match_points!: 1(+1000000)"],
        ),
        (
            &["0 0, 10000 0, 10003 2, 10000 10000, 0 10000"],
            "NEAR_POINTS",
            &["merge_points!: 1(-30000) >1"],
        ),
        (
            &[A, "10000 0, 20000 0, 20000 10000, 10000 10000, 10000 9996"],
            "NEAR_POINTS",
            &["merge_points!: 2 >1"],
        ),
    ]);
}

#[test]
fn parcels_that_are_none() {
    check(&[
        (
            &[A, "10000 0, 10100 0, 10100 10000, 10000 10000"],
            "SLIVER_PARCEL",
            &["merge_sliver: +(+202000000) -1 -2"],
        ),
        (
            &[
                "0 0, 9000 0, 9000 4980, 4000 4980, 4000 5020, 9000 5020, 9000 9000, 0 9000, 0 5020, 3990 5010, 0 4980",
            ],
            "NARROW_NECK",
            &["split_neck: +(+89760300) +(+71680100) -1"],
        ),
    ]);
}

#[test]
fn sheet_edges() {
    let mut p = parcels(&[A, "10050 0, 20000 0, 20000 10000, 10040 10000"]);
    p.push(parcel(
        3,
        "0 10000, 10000 10000, 10040 10000, 20000 10000, 20000 19000, 0 19000",
    ));
    p.push(parcel(4, "0 -9000, 20000 -9000, 20000 0, 10050 0, 10000 0, 0 0"));
    p[1].sheet = "2".into();
    let c = Coverage::build(p);
    let got = told(&c, "SHEET_EDGE", &Known::default());
    let want = [
        "snap_edge!: 2(+900000)",
        "gap_longest: 2(+900000)",
        "gap_neighbour: 1(+900000)",
        // A sliver as a parcel is a fault itself.
        "gap_parcel: FIX_WOULD_MAKE",
    ];
    assert_eq!(got, want);
}

#[test]
fn attributes_only_where_certain() {
    let mut p = parcels(&[
        A,
        "20000 0, 30000 0, 30000 10000, 20000 10000",
        "40000 0, 50000 0, 50000 10000, 40000 10000",
        "60000 0, 70000 0, 70000 10000, 60000 10000",
    ]);
    p[0].number = "".into();
    p[1].land_use = "ont-cln".into();
    p[2].area_measured = Some(140.0);
    p[3].area_measured = Some(100.04);
    let c = Coverage::build(p);
    let mut known = Known::default();
    assert_eq!(told(&c, "NUMBER_MISSING", &known), Vec::<String>::new());
    known.next_numbers.insert(("25747".into(), "1".into()), 17);
    assert_eq!(told(&c, "NUMBER_MISSING", &known), ["next_number: 1"]);
    assert_eq!(told(&c, "LAND_USE_UNKNOWN", &known), ["set_value!: 2"]);
    assert_eq!(told(&c, "AREA_MISMATCH", &known), ["set_value: 3"]);
    assert_eq!(told(&c, "AREA_INVALID", &known), ["set_value!: 4"]);
    // A certified area is nobody's to correct.
    let mut legal = parcels(&[A]);
    legal[0].area_legal = Some(300.0);
    assert_eq!(
        told(&Coverage::build(legal), "AREA_MISMATCH", &known),
        Vec::<String>::new()
    );
}

#[test]
fn a_finding_that_is_gone_is_stale() {
    let texts = [A, "9500 0, 20000 0, 20000 10000, 9500 10000"];
    let c = Coverage::build(parcels(&texts));
    let f = findings(&c, PARCEL_OVERLAP).remove(0);
    let fix = options(&c, &f, &Known::default()).remove(0);
    let mut later = c.clone();
    later.remove(2);
    assert!(options(&later, &f, &Known::default()).is_empty());
    let clean = Coverage::build(parcels(&[A, "10000 0, 20000 0, 20000 10000, 10000 10000"]));
    assert!(try_out(&clean, &f, &fix).is_err());
    // Two fixes of one finding: the second finds nothing to do.
    let both = batch(
        &c,
        &[f.clone(), f],
        &Known::default(),
        &Request {
            choices: vec!["take_first".into()],
            ..Request::default()
        },
        &Progress::none(),
    )
    .unwrap();
    assert_eq!((both.made.len(), both.settled, both.left.len()), (1, 1, 0));
}

#[test]
fn a_decision_stands_last_needs_a_reason_and_changes_nothing() {
    let known = Known::default();
    let ditch = "10600 0, 20000 0, 20000 10000, 10000 10000";
    let c = Coverage::build(parcels(&[
        A,
        ditch,
        "0 -5000, 20000 -5000, 20000 0, 10600 0, 10000 0, 0 0",
    ]));
    let f = findings(&c, PARCEL_GAP).remove(0);
    let all = options(&c, &f, &known);
    let last: Vec<&str> = all
        .iter()
        .rev()
        .take_while(|x| x.needs_reason())
        .map(|x| x.name)
        .collect();
    assert_eq!(last, ["accept_finding", "allow_gap"]);
    assert!(
        all.iter()
            .filter(|x| x.needs_reason())
            .all(|x| !x.certain && DECISIONS.contains(&x.name))
    );
    for fix in all.iter().filter(|x| x.needs_reason()) {
        assert_eq!(try_out(&c, &f, fix).unwrap(), Preview::default());
    }
    let run = |reason: Option<&str>| {
        let request = Request {
            choices: vec!["allow_gap".into()],
            reason: reason.map(|r| (r.to_owned(), None)),
            dossier: Some("H1".into()),
            ..Request::default()
        };
        batch(&c, std::slice::from_ref(&f), &known, &request, &Progress::none()).unwrap()
    };
    // Without a reason it is not taken; with one it belongs to no dossier.
    assert!(run(None).edits.iter().all(|e| !e.is_decision()));
    let (at, reason) = (f.at.unwrap(), "Mương".to_owned());
    let until = None;
    assert_eq!(run(Some("Mương")).edits, [Edit::AllowGap { at, reason, until }]);
    // What blocks sending is not accepted; it is done by hand.
    let mut same = parcels(&[A, "30000 0, 40000 0, 40000 10000, 30000 10000"]);
    same[1].number = same[0].number.clone();
    let c = Coverage::build(same);
    let f = findings(&c, "DUPLICATE_NUMBER").remove(0);
    assert!(options(&c, &f, &known).is_empty());
    let left = batch(&c, &[f], &known, &Request::default(), &Progress::none())
        .unwrap()
        .left;
    assert_eq!(left[0].code, "BY_HAND");
    assert!(left[0].reason.vi.contains("sổ mục kê"), "{}", left[0].reason.vi);
}

#[test]
fn a_missing_label_comes_from_the_land_use_rows() {
    let mut one = parcels(&[A]);
    one[0].land_use = "".into();
    let uid = one[0].uid;
    let c = Coverage::build(one);
    assert!(told(&c, "LAND_USE_MISSING", &Known::default()).is_empty());
    let known = Known {
        uses: [(uid, "ONT+CLN".to_owned())].into(),
        ..Known::default()
    };
    assert_eq!(told(&c, "LAND_USE_MISSING", &known), ["set_value!: 1"]);
}

#[test]
fn surveyed_points_stay() {
    let texts = [A, "9994 3, 20000 0, 20000 10000, 10000 10000"];
    let c = Coverage::build(parcels(&texts));
    let f = findings(&c, PARCEL_OVERLAP).remove(0);
    for (fixed, want) in [("9994 3", Pt::new(10_000, 0)), ("10000 0", Pt::new(9_994, 3))] {
        let known = Known {
            fixed: [point(fixed)].into(),
            ..Known::default()
        };
        let fix = options(&c, &f, &known).remove(0);
        let p = try_out(&c, &f, &fix).unwrap();
        assert_eq!(p.moved.iter().map(|m| m.0).collect::<Vec<_>>(), [want]);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    /// However two parcels drew their common line: each fix that may be done takes its finding away, brings nothing as
    /// grave, moves no point too far, and land that a parcel gains is land that was the other's or nobody's.
    #[test]
    fn fixes_keep_their_word(mine in proptest::collection::vec(-80i64..80, 4), yours in proptest::collection::vec(-80i64..80, 4), scale in 1i64..20) {
        let line = |d: &[i64]| -> Vec<String> { (0..4).map(|i| format!("{} {}", (i + 1) * 4000, 5000 + d[i as usize] * scale)).collect() };
        let mut top = line(&mine);
        top.reverse();
        let texts = [
            format!("0 0, 20000 0, 20000 5000, {}, 0 5000", top.join(", ")),
            format!("0 5000, {}, 20000 5000, 20000 9900, 0 9900", line(&yours).join(", ")),
        ];
        let c = Coverage::build(parcels(&[&texts[0], &texts[1]]));
        for code in [PARCEL_OVERLAP, PARCEL_GAP, UNMATCHED_VERTEX] {
            for f in findings(&c, code) {
                for fix in repairs(&c, &f, &Known::default()) {
                    let Ok(p) = try_out(&c, &f, &fix) else { continue };
                    prop_assert!(p.farthest_mm() <= fix.tolerance_mm as f64);
                    let mut after = c.clone();
                    for x in &p.changes {
                        let Some(polygon) = x.after.clone() else { continue };
                        if let Some(old) = c.get(x.fid) {
                            after.replace(Parcel { bbox: polygon.bbox(), polygon, ..old.clone() });
                        }
                    }
                    // Exact in i128: land taken from an overlap is lost once, a gap filled is gained once, half or whole.
                    let sum: i128 = p.changes.iter().map(Change::gained2).sum();
                    let m2 = f.amount.unwrap_or_default();
                    if fix.name != "match_points" {
                        let sign = if code == PARCEL_OVERLAP { -1.0 } else { 1.0 };
                        prop_assert!((sum as f64 / 2e6 - sign * m2).abs() < 0.02, "{} {} {}", fix.name, sum, m2);
                    }
                }
            }
        }
    }
}
