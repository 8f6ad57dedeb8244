//! Coordinate systems: the published vectors, and every pair of zones there and back.

use diachinh::crs;
use diachinh::domain::Pt;

/// domain.md §4.2: (EPSG, E, N, latitude, longitude, GeoHash).
const VECTORS: [(u32, i64, i64, f64, f64, &str); 4] = [
    (
        5897,
        587_000_000,
        2_325_000_000,
        21.016425406,
        105.838817683,
        "w7er83vmx1wk",
    ),
    (
        9210,
        603_500_000,
        1_191_500_000,
        10.772909809,
        106.698169624,
        "w3gv7cphxxcw",
    ),
    (
        5899,
        548_300_000,
        1_777_400_000,
        16.070202716,
        108.203279741,
        "w6ugqjrpxnvj",
    ),
    (
        9207,
        570_000_000,
        1_014_000_000,
        9.168869221,
        105.138738974,
        "w3du0mpsw1jg",
    ),
];

#[test]
fn national_vectors_to_a_millimetre() {
    for (epsg, e, n, latitude, longitude, code) in VECTORS {
        let (lat, lon) = crs::to_wgs84(epsg, Pt::new(e, n)).unwrap();
        // 1e-9 degrees are 0.1 mm; the vectors have nine decimals.
        assert!(
            (lat - latitude).abs() < 1e-9 && (lon - longitude).abs() < 1e-9,
            "{epsg}: {lat} {lon}"
        );
        assert_eq!(crs::geohash(lat, lon, 12), code);
        // There and back is not exact to the lattice: both ways take the height as 0 (2D transformation).
        assert!(crs::from_wgs84(epsg, lat, lon).unwrap().dist(Pt::new(e, n)) < 1.5);
    }
}

#[test]
fn every_pair_of_systems_there_and_back() {
    let mut codes: Vec<u32> = crs::zones().iter().map(|z| z.epsg).collect();
    codes.extend([3405, 3406, 32648, 32649, 4756, 4326]);
    for &a in &codes {
        let start = crs::transform(crs::WGS84, a, [106.3, 15.2]).unwrap();
        for &b in &codes {
            let there = crs::transform(a, b, start).unwrap();
            let back = crs::transform(b, a, there).unwrap();
            let tolerance = if start[0].abs() < 200.0 { 1e-8 } else { 1e-3 };
            assert!(
                (0..2).all(|i| (back[i] - start[i]).abs() < tolerance),
                "{a} {b}: {start:?} {back:?}"
            );
        }
    }
}

#[test]
fn unknown_codes_and_impossible_points_are_refused() {
    assert_eq!(
        crs::transform(9210, 3857, [0.0, 0.0]).unwrap_err().code(),
        "CRS_UNKNOWN"
    );
    assert_eq!(
        crs::transform(9210, 4326, [f64::NAN, 0.0]).unwrap_err().code(),
        "CRS_TRANSFORM"
    );
    assert_eq!(
        crs::transform(9210, 4326, [1e300, -1e300]).unwrap_err().code(),
        "CRS_TRANSFORM"
    );
}

mod doctor {
    use diachinh::crs::doctor::{Context, Verdict, diagnose};
    use diachinh::crs::{self, DeclaredCrs};

    /// A village in the area of TP.HCM, in zone 9210.
    const PLACE: [f64; 2] = [603_500.0, 1_191_500.0];
    const EXTENT: [f64; 4] = [602_000.0, 1_190_000.0, 606_000.0, 1_194_000.0];

    fn around(place: [f64; 2], step: f64) -> Vec<[f64; 2]> {
        (0..50)
            .map(|i| {
                [
                    place[0] + step * f64::from(i % 7),
                    place[1] + step * f64::from(i / 7),
                ]
            })
            .collect()
    }

    fn prj(epsg: u32) -> Option<DeclaredCrs> {
        DeclaredCrs::from_wkt(&crs::wkt_prj(epsg).or(crs::wkt_ogc(epsg)).unwrap())
    }

    fn context<'a>(province: Option<&'a str>, extent: Option<[f64; 4]>) -> Context<'a> {
        Context {
            project_epsg: 9210,
            province,
            extent,
            area_ratio: None,
        }
    }

    /// "CODE epsg[ swap][ shift][!]": "!" when certain. The explanation is there in both languages.
    fn say(v: &Verdict) -> String {
        assert!(
            v.explanation.vi.len() > 20
                && v.explanation.en.len() > 20
                && v.explanation.vi != v.explanation.en
        );
        let mut out = v.code.to_owned();
        if let Some(p) = v.proposal {
            out += &format!(" {}", p.epsg);
            out += if p.swap_xy { " swap" } else { "" };
            out += if p.shift == [0.0; 2] { "" } else { " shift" };
        }
        out + if v.certain { "!" } else { "" }
    }

    #[expect(clippy::needless_pass_by_value, reason = "the cases below read better")]
    fn check(
        declared: Option<DeclaredCrs>,
        place: [f64; 2],
        province: Option<&str>,
        near: bool,
        expected: &str,
    ) {
        let context = context(province, near.then_some(EXTENT));
        let verdict = diagnose(declared.as_ref(), &around(place, 11.0), &context);
        assert_eq!(say(&verdict), expected, "{}", verdict.explanation.en);
        if let (true, Some(proposal)) = (near && verdict.certain, verdict.proposal) {
            let [e, n] = proposal.apply(place, 9210).unwrap();
            assert!(
                (e - PLACE[0]).abs() < 1000.0 && (n - PLACE[1]).abs() < 1000.0,
                "the proposal brings it home: {e} {n}"
            );
        }
    }

    fn place_in(epsg: u32) -> [f64; 2] {
        crs::transform(9210, epsg, PLACE).unwrap()
    }

    #[test]
    fn a_right_declaration_matches() {
        check(prj(9210), PLACE, None, false, "MATCH 9210!");
        check(prj(9210), PLACE, Some("79"), true, "MATCH 9210!");
        let verdict = diagnose(prj(9210).as_ref(), &around(PLACE, 1.0), &context(None, None));
        assert!(verdict.is_decided(9210) && !verdict.is_decided(5897));
        let far = [PLACE[0], PLACE[1] + 400_000.0];
        check(prj(9210), far, None, true, "MATCH 9210");
    }

    #[test]
    fn a_missing_declaration_is_guessed_by_place_then_province() {
        check(None, PLACE, None, true, "MISSING_PRJ 9210!");
        check(None, place_in(5897), None, true, "MISSING_PRJ 5897");
        check(None, PLACE, None, false, "MISSING_PRJ 9210");
        check(None, PLACE, Some("82"), false, "MISSING_PRJ 9210");
        check(None, PLACE, Some("31"), false, "MISSING_PRJ 9210");
        check(None, PLACE, Some("04"), false, "MISSING_PRJ 9210!");
        check(None, PLACE, Some("01"), false, "MISSING_PRJ 5897");
    }

    #[test]
    fn a_wrong_meridian_is_found_by_place_or_province() {
        // The file says the project's zone, the numbers are of another.
        check(prj(9210), place_in(9209), None, true, "WRONG_MERIDIAN 9209!");
        // UTM has that meridian too.
        check(prj(9210), place_in(5897), None, true, "WRONG_MERIDIAN 5897");
        check(prj(9210), place_in(5897), Some("01"), true, "WRONG_MERIDIAN 5897");
        // The file says another zone, the numbers are the project's.
        check(prj(5897), PLACE, None, true, "WRONG_MERIDIAN 9210!");
        check(prj(5897), PLACE, Some("04"), false, "WRONG_MERIDIAN 9210");
        // File and project agree, the province has another meridian.
        check(prj(9210), PLACE, Some("01"), false, "WRONG_MERIDIAN 5897");
    }

    #[test]
    fn another_zone_rightly_declared_is_told_apart() {
        check(prj(5897), place_in(5897), None, true, "OTHER_ZONE 5897!");
        check(prj(5897), place_in(5897), Some("01"), false, "OTHER_ZONE 5897!");
        check(prj(5897), place_in(5897), None, false, "OTHER_ZONE 5897");
    }

    #[test]
    fn swapped_axes_keep_the_inner_verdict() {
        let swap = |p: [f64; 2]| [p[1], p[0]];
        check(prj(9210), swap(PLACE), None, true, "SWAPPED_XY 9210 swap!");
        check(None, swap(PLACE), None, false, "SWAPPED_XY 9210 swap");
        check(
            prj(9210),
            swap(place_in(9209)),
            None,
            true,
            "SWAPPED_XY 9209 swap!",
        );
    }

    #[test]
    fn degrees_and_metres_that_are_not_what_is_declared() {
        let degrees = place_in(crs::WGS84);
        let sample = |declared: Option<DeclaredCrs>| {
            say(&diagnose(
                declared.as_ref(),
                &around(degrees, 1e-5),
                &context(None, None),
            ))
        };
        assert_eq!(sample(prj(9210)), "DEGREES_AS_METRES 4756");
        assert_eq!(sample(None), "MISSING_PRJ 4326");
        assert_eq!(sample(prj(crs::WGS84)), "GEOGRAPHIC 4326!");
        check(prj(crs::WGS84), PLACE, None, true, "METRES_AS_DEGREES 9210!");
    }

    #[test]
    fn utm_passed_off_as_a_3_degree_zone() {
        check(prj(9210), place_in(3405), Some("04"), true, "UTM_AS_TM3 3405");
        let by_areas = |area_ratio, place| {
            let context = Context {
                area_ratio: Some(area_ratio),
                ..context(None, Some(EXTENT))
            };
            say(&diagnose(prj(9210).as_ref(), &around(place, 9.0), &context))
        };
        assert_eq!(by_areas(0.9994, place_in(3405)), "UTM_AS_TM3 3405!");
        assert_eq!(by_areas(1.0, place_in(5897)), "WRONG_MERIDIAN 5897!");
        assert_eq!(by_areas(0.9994, PLACE), "MATCH 9210!");
        let ratio = Context {
            area_ratio: Some(0.9994),
            ..context(None, None)
        };
        assert_eq!(
            say(&diagnose(prj(9210).as_ref(), &around(PLACE, 9.0), &ratio)),
            "UTM_AS_TM3 3405"
        );
        let mixed = crs::wkt_prj(9210).unwrap().replace("0.9999", "0.9996");
        check(
            DeclaredCrs::from_wkt(&mixed),
            PLACE,
            None,
            false,
            "UTM_AS_TM3 9210",
        );
        let utm = crs::wkt_prj(5897).unwrap().replace("0.9999", "0.9996");
        check(
            DeclaredCrs::from_wkt(&utm),
            place_in(3405),
            None,
            true,
            "OTHER_ZONE 3405!",
        );
    }

    #[test]
    fn deprecated_codes_with_either_meaning() {
        let old = || DeclaredCrs::from_wkt("EPSG:6957");
        check(old(), place_in(5897), None, true, "DEPRECATED_EPSG 5897!");
        let [e, n] = place_in(5897);
        check(
            old(),
            [e - 5e5, n + 5e5],
            None,
            true,
            "DEPRECATED_EPSG 5897 shift!",
        );
        check(
            old(),
            [510_000.0, 2_325_000.0],
            None,
            false,
            "DEPRECATED_EPSG 5897!",
        );
        check(
            old(),
            [10_000.0, 2_825_000.0],
            None,
            false,
            "DEPRECATED_EPSG 5897 shift!",
        );
    }

    #[test]
    fn planes_old_systems_and_rubbish_get_no_proposal() {
        check(prj(9210), [1234.5, 987.6], None, true, "LOCAL_PLANE");
        check(None, [-7e6, 4e7], None, false, "UNKNOWN");
        let hn72 = "PROJCS[\"HN72\",GEOGCS[\"g\",DATUM[\"D\",SPHEROID[\"Krassovsky_1940\",6378245.0,298.3]]],PROJECTION[\"Gauss_Kruger\"]]";
        check(DeclaredCrs::from_wkt(hn72), PLACE, None, true, "HN72");
        check(
            DeclaredCrs::from_wkt("EPSG:3857"),
            PLACE,
            None,
            false,
            "UNKNOWN 9210",
        );
        let none = diagnose(None, &[[f64::NAN, 1.0]], &context(None, None));
        assert_eq!(say(&none), "EMPTY 9210!");
    }
}
