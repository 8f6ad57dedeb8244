//! Moving one boundary point: `move_points` with one.

use super::{Coverage, Plan, Refusal, move_points};
use crate::domain::Pt;

/// Plans to move `from` to `to`. Codes of refusal: `POINT_NOT_MOVED`, `POINT_OUT_OF_RANGE`, `NO_POINT`,
/// `POINT_TAKEN`, `WOULD_MAKE_FAULT`.
pub fn plan(coverage: &Coverage, from: Pt, to: Pt) -> Result<Plan, Refusal> {
    move_points::plan(coverage, &[(from, to)])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::topology::faults;
    use crate::topology::testing::{grid, parcel, point};
    use proptest::prelude::*;

    fn outcome(parcels: &[&str], from: &str, to: &str) -> String {
        let all = parcels
            .iter()
            .enumerate()
            .map(|(i, t)| parcel(i as i64 + 1, t))
            .collect();
        let coverage = Coverage::build(all);
        match plan(&coverage, point(from), point(to)) {
            Ok(p) => {
                let fids: Vec<String> = p.changed.iter().map(|(f, _)| f.to_string()).collect();
                format!(
                    "moves {} x{} {:.3} -> {:.3}",
                    fids.join(","),
                    coverage
                        .iter()
                        .flat_map(|p| p.polygon.points())
                        .filter(|q| *q == point(from))
                        .count(),
                    p.area_before(&coverage),
                    p.area_after()
                )
            }
            Err(r) => {
                let codes: Vec<String> = r
                    .findings
                    .iter()
                    .map(|f| format!(" {} {}", f.code, f.refs.join("+")))
                    .collect();
                format!("{}{}", r.failure.code(), codes.concat())
            }
        }
    }

    #[test]
    fn table() {
        let a = "0 0, 10000 0, 10000 10000, 0 10000";
        let b = "10000 0, 20000 0, 20000 10000, 10000 10000";
        let c = "0 10000, 10000 10000, 20000 10000, 20000 20000, 0 20000";
        let lower = "10000 0, 20000 0, 20000 5000, 10000 5000";
        let upper = "10000 5000, 20000 5000, 20000 10000, 10000 10000";
        let holed = "0 0, 10000 0, 10000 10000, 0 10000 | 2000 2000, 2000 8000, 8000 8000, 8000 2000";
        let pond = "2000 2000, 8000 2000, 8000 8000, 2000 8000";
        let table: [(&[&str], &str, &str, &str); 18] = [
            (
                &[a, b, c],
                "10000 10000",
                "10500 9000",
                "moves 1,2,3 x3 400.000 -> 400.000",
            ),
            (&[a, b, c], "0 0", "-500 -500", "moves 1 x1 100.000 -> 105.000"),
            (&[a, b, c], "1 1", "2 2", "NO_POINT"),
            (&[a, b, c], "0 0", "0 0", "POINT_NOT_MOVED"),
            (&[a, b, c], "0 0", "100000000001 0", "POINT_OUT_OF_RANGE"),
            (&[a, b, c], "0 0", "10000 0", "POINT_TAKEN"),
            // over the opposite side: the ring crosses itself
            (
                &[a],
                "0 0",
                "11000 9000",
                "WOULD_MAKE_FAULT RING_INVALID 25747/1/1",
            ),
            // flat: no area left beside a spike
            (
                &["0 0, 10000 0, 0 10000"],
                "0 0",
                "5000 5000",
                "WOULD_MAKE_FAULT RING_INVALID 25747/1/1 RING_INVALID 25747/1/1",
            ),
            // into another parcel that does not have the point
            (
                &[a, "12000 0, 20000 0, 20000 10000, 12000 10000"],
                "10000 10000",
                "13000 9000",
                "WOULD_MAKE_FAULT PARCEL_OVERLAP 25747/1/1+25747/1/2",
            ),
            // an overlap that is there already: smaller is fine, larger is not
            (
                &[a, "9000 -1000, 20000 -1000, 20000 11000, 9000 11000"],
                "10000 0",
                "9500 0",
                "moves 1 x1 100.000 -> 97.500",
            ),
            (
                &[a, "9000 -1000, 20000 -1000, 20000 11000, 9000 11000"],
                "10000 0",
                "10500 0",
                "WOULD_MAKE_FAULT PARCEL_OVERLAP 25747/1/1+25747/1/2",
            ),
            // an old overlap elsewhere does not block
            (
                &[a, "9000 -1000, 20000 -1000, 20000 11000, 9000 11000"],
                "0 0",
                "-10 0",
                "moves 1 x1 100.000 -> 100.050",
            ),
            // a T-junction slides along the side, or takes it along
            (
                &[a, lower, upper],
                "10000 5000",
                "10000 6000",
                "moves 2,3 x2 100.000 -> 100.000",
            ),
            (
                &[a, lower, upper],
                "10000 5000",
                "10100 5000",
                "moves 1,2,3 x2 200.000 -> 200.000",
            ),
            (
                &[a, lower, upper],
                "10000 5000",
                "9900 5000",
                "moves 1,2,3 x2 200.000 -> 200.000",
            ),
            // the long side swings round the T-junction
            (
                &[a, lower, upper],
                "10000 10000",
                "10500 10000",
                "moves 1,3 x2 150.000 -> 150.000",
            ),
            // pond and hole move as one; not out of the parcel
            (
                &[holed, pond],
                "8000 8000",
                "9000 9000",
                "moves 1,2 x2 100.000 -> 100.000",
            ),
            (
                &[holed, pond],
                "8000 8000",
                "11000 11000",
                "WOULD_MAKE_FAULT PARCEL_OVERLAP 25747/1/1+25747/1/2 RING_INVALID 25747/1/1",
            ),
        ];
        for (parcels, from, to, want) in table {
            assert_eq!(outcome(parcels, from, to), want, "{parcels:?} {from} {to}");
        }
    }

    #[test]
    fn a_point_that_stands_twice_moves_twice() {
        // Two holes touch in (5000 5000).
        let holes = "0 0, 10000 0, 10000 10000, 0 10000 | 3000 3000, 3000 5000, 5000 5000, 5000 3000 | 5000 5000, 5000 7000, 7000 7000, 7000 5000";
        assert_eq!(
            outcome(&[holes], "5000 5000", "5100 4900"),
            "moves 1 x2 92.000 -> 92.000"
        );
        // The touching point may not be pulled through a hole.
        assert_eq!(
            outcome(&[holes], "5000 5000", "8000 8000"),
            "WOULD_MAKE_FAULT RING_INVALID 25747/1/1 RING_INVALID 25747/1/1"
        );
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(150))]

        /// Accepted moves keep a clean coverage clean and shared points shared; refused ones give findings.
        #[test]
        fn a_coverage_stays_one(moves in proptest::collection::vec((0usize..25, -2500i64..2500, -2500i64..2500), 1..25)) {
            let mut c = Coverage::build(grid(4, 4, 3000));
            let mut points: Vec<Pt> = (0..25).map(|i| Pt::new(i % 5 * 3000, i / 5 * 3000)).collect();
            for (i, de, dn) in moves {
                let from = points[i];
                let to = Pt::new(from.e + de, from.n + dn);
                let users = c.users_of(from);
                match plan(&c, from, to) {
                    Ok(p) => {
                        prop_assert_eq!(p.changed.iter().map(|x| x.0).collect::<Vec<_>>(), users.clone());
                        for (fid, polygon) in p.changed {
                            let mut parcel = c.get(fid).unwrap().clone();
                            parcel.bbox = polygon.bbox();
                            parcel.polygon = polygon;
                            c.replace(parcel);
                        }
                        points[i] = to;
                        prop_assert_eq!(c.users_of(to), users);
                    }
                    Err(r) => prop_assert!(r.failure.code() != "WOULD_MAKE_FAULT" || !r.findings.is_empty()),
                }
                let faults = faults::all(&c, &crate::job::Progress::none()).unwrap();
                prop_assert!(faults.rings.is_empty() && faults.overlaps.is_empty(), "{:?}", faults);
                prop_assert!(faults.unmatched.iter().all(|u| u.distance == 0.0), "{:?}", faults.unmatched);
            }
            // No gap either: what the parcels cover is what their outline encloses.
            let outline: Vec<Pt> = [0, 1, 2, 3, 4, 9, 14, 19, 24, 23, 22, 21, 20, 15, 10, 5].iter().map(|i| points[*i]).collect();
            let sum: i128 = c.iter().map(|p| p.polygon.area2()).sum();
            prop_assert_eq!(sum, crate::domain::ring_area2(&outline));
        }
    }
}
