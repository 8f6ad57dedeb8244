//! Moving a boundary point: every parcel that has the point follows.
//!
//! The plan may not create or enlarge a fault (design.md §2.3): among the parcels that follow and those
//! in reach, the faults afterwards are a subset of those before, by pair and by area. Faults that are
//! there already do not block. Nothing is changed; the caller applies the plan.

use std::collections::{BTreeMap, BTreeSet};

use super::contact::NearMiss;
use super::faults::{self, Faults};
use super::findings::{self, OVERLAP_TOLERANCE_MM, PARCEL_GAP};
use super::ring::{Place, locate};
use super::validity::FaultKind;
use super::{Coverage, Plan, Refusal, segment};
use crate::domain::{BBox, Failure, Finding, MAX_COORDINATE, Parcel, Pt, Severity, Unit};
use crate::msg;

/// Areas measured before and after may differ by this without being larger, m²: what the overlay's
/// grid is worth on a parcel of a kilometre.
const SAME_AREA: f64 = 1e-6;

/// Plans to move `from` to `to`. Codes of refusal: `POINT_NOT_MOVED`, `POINT_OUT_OF_RANGE`,
/// `NO_POINT`, `POINT_TAKEN`, `WOULD_MAKE_FAULT`.
pub fn plan(coverage: &Coverage, from: Pt, to: Pt) -> Result<Plan, Refusal> {
    check_target(from, to)?;
    let old: Vec<&Parcel> = coverage
        .users_of(from)
        .iter()
        .filter_map(|f| coverage.get(*f))
        .collect();
    if old.is_empty() {
        return Err(not_found(from).into());
    }
    if let Some(p) = old.iter().find(|p| p.polygon.points().any(|q| q == to)) {
        return Err(taken(p, to).into());
    }
    let new: Vec<Parcel> = old.iter().map(|p| moved(p, from, to)).collect();
    let around = surroundings(coverage, &old, from, to);
    let before: Vec<&Parcel> = old.iter().copied().chain(around.iter().copied()).collect();
    let after: Vec<&Parcel> = new.iter().chain(around.iter().copied()).collect();
    let (faults_before, misses_before) = faults::among_with_misses(&before, old.len());
    let (faults_after, misses_after) = faults::among_with_misses(&after, old.len());
    let worse = worsened(&faults_before, faults_after);
    let mut found = findings::findings(&worse, OVERLAP_TOLERANCE_MM, |f| coverage.get(f));
    found.extend(opened_gaps(
        &misses_before,
        &misses_after,
        &after,
        old.len(),
        (from, to),
    ));
    if !found.is_empty() {
        crate::domain::sort_findings(&mut found);
        return Err(Refusal {
            failure: would_make_fault(found.len()),
            findings: found,
        });
    }
    Ok(Plan {
        changed: new.into_iter().map(|p| (p.fid, p.polygon)).collect(),
        moved: vec![(from, to)],
        ..Plan::default()
    })
}

fn check_target(from: Pt, to: Pt) -> Result<(), Failure> {
    if from == to {
        let message = msg!("Điểm mới trùng với điểm cũ.", "The new place is the old place.");
        return Err(Failure::new("POINT_NOT_MOVED", message));
    }
    if [to.e, to.n].iter().any(|v| v.abs() > MAX_COORDINATE) {
        let message = msg!(
            "Tọa độ mới nằm ngoài phạm vi cho phép.",
            "The new coordinates are out of range."
        );
        return Err(Failure::new("POINT_OUT_OF_RANGE", message));
    }
    Ok(())
}

fn not_found(from: Pt) -> Failure {
    let (e, n) = from.metres();
    let message = msg!(
        "Không có thửa nào có điểm ranh tại X = {n:.3}, Y = {e:.3}.",
        "No parcel has a boundary point at X = {n:.3}, Y = {e:.3}."
    );
    let remedy = msg!(
        "Chọn đúng một điểm ranh có trên bản đồ (tọa độ chính xác đến mm).",
        "Choose a boundary point of the map (coordinates exact to the mm)."
    );
    Failure::new("NO_POINT", message).remedy(remedy)
}

fn taken(parcel: &Parcel, to: Pt) -> Failure {
    let ((e, n), parcel) = (to.metres(), parcel.reference());
    let message = msg!(
        "Thửa {parcel} đã có điểm ranh tại X = {n:.3}, Y = {e:.3}; hai điểm của một thửa không được trùng nhau.",
        "Parcel {parcel} already has a boundary point at X = {n:.3}, Y = {e:.3}; two points of one parcel may not coincide."
    );
    let remedy = msg!(
        "Chọn vị trí khác; để bỏ một điểm thừa, dùng lệnh gộp điểm hoặc xóa điểm.",
        "Choose another place; to drop a needless point, merge or remove points."
    );
    Failure::new("POINT_TAKEN", message).remedy(remedy)
}

fn would_make_fault(n: usize) -> Failure {
    let message = msg!(
        "Không thể di chuyển điểm: việc này tạo ra hoặc làm nặng thêm {n} lỗi.",
        "The point cannot be moved: this would make or worsen {n} fault(s)."
    );
    let remedy = msg!(
        "Chọn vị trí không làm thửa chồng lên, hở ra hoặc tự cắt; xem các lỗi được liệt kê.",
        "Choose a place where no parcel overlaps, comes apart or crosses itself; see the faults listed."
    );
    Failure::new("WOULD_MAKE_FAULT", message).remedy(remedy)
}

fn moved(parcel: &Parcel, from: Pt, to: Pt) -> Parcel {
    let mut new = parcel.clone();
    let points = new.polygon.rings.iter_mut().flatten();
    points.filter(|p| **p == from).for_each(|p| *p = to);
    new.bbox = new.polygon.bbox();
    new
}

/// Parcels beside the ones that follow whose boxes meet the area where sides change.
fn surroundings<'a>(coverage: &'a Coverage, old: &[&Parcel], from: Pt, to: Pt) -> Vec<&'a Parcel> {
    let mut change = BBox::of([from, to]);
    for (a, b) in old.iter().flat_map(|p| p.polygon.sides()) {
        if a == from || b == from {
            change = change.with(a).with(b);
        }
    }
    let follows: BTreeSet<i64> = old.iter().map(|p| p.fid).collect();
    let near = faults::reach(coverage, [change]);
    near.iter()
        .filter(|f| !follows.contains(f))
        .filter_map(|f| coverage.get(*f))
        .collect()
}

/// The faults of `after` that were not there before, or were smaller.
fn worsened(before: &Faults, after: Faults) -> Faults {
    let kinds = |f: &Faults| {
        let mut count: BTreeMap<(i64, FaultKind), usize> = BTreeMap::new();
        let all = f
            .rings
            .iter()
            .flat_map(|(fid, list)| list.iter().map(|f| (*fid, f.kind)));
        all.for_each(|k| *count.entry(k).or_default() += 1);
        count
    };
    let (rings_before, rings_after) = (kinds(before), kinds(&after));
    let more = |fid: i64, kind| rings_after.get(&(fid, kind)) > rings_before.get(&(fid, kind));
    let areas: BTreeMap<[i64; 2], f64> = before.overlaps.iter().map(|o| (o.fids, o.common.area)).collect();
    let mut rings = after.rings;
    rings
        .iter_mut()
        .for_each(|(fid, list)| list.retain(|f| more(*fid, f.kind)));
    rings.retain(|(_, list)| !list.is_empty());
    let larger = |fids: &[i64; 2], area: f64| areas.get(fids).is_none_or(|old| area > old + SAME_AREA);
    let parties: Vec<BTreeSet<i64>> = before
        .unmatched
        .iter()
        .map(|u| u.fids.iter().copied().collect())
        .collect();
    // An exact point on a side is tolerated; and between the same parcels one may slide along it.
    let known = |fids: &[i64]| {
        parties.iter().any(|p| fids.iter().all(|f| p.contains(f)))
            || areas.keys().any(|k| fids.iter().all(|f| k.contains(f)))
    };
    Faults {
        rings,
        overlaps: after
            .overlaps
            .into_iter()
            .filter(|o| larger(&o.fids, o.common.area))
            .collect(),
        unmatched: after
            .unmatched
            .into_iter()
            .filter(|u| u.distance > 0.0 && !known(&u.fids))
            .collect(),
    }
}

/// Points that lay at a neighbour's side and would lie apart from it.
fn opened_gaps(
    before: &[NearMiss],
    after: &[NearMiss],
    now: &[&Parcel],
    follow: usize,
    way: (Pt, Pt),
) -> Vec<Finding> {
    let still: BTreeSet<(Pt, u32, u32)> = after.iter().map(|m| (m.at, m.owner, m.other)).collect();
    let mut gaps: BTreeMap<(Pt, u32, u32), f64> = BTreeMap::new();
    for m in before {
        let follows = (m.owner as usize) < follow && m.at == way.0;
        let at = if follows { way.1 } else { m.at };
        let other = &now[m.other as usize].polygon;
        if still.contains(&(at, m.owner, m.other)) || locate(other, at) != Place::Outside {
            continue;
        }
        let distance = other
            .sides()
            .map(|(a, b)| segment::distance(at, a, b))
            .fold(f64::INFINITY, f64::min);
        gaps.insert((at, m.owner, m.other), distance);
    }
    let finding = |((at, owner, other), distance): ((Pt, u32, u32), f64)| Finding {
        at: Some(at),
        bbox: Some(BBox::of([at])),
        amount: Some((distance * 1000.0).round() / 1e6),
        unit: Some(Unit::M),
        ..findings::about(
            PARCEL_GAP,
            Severity::Error,
            &[now[owner as usize], now[other as usize]],
        )
    };
    gaps.into_iter().map(finding).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
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
            // a T-junction may slide along the side, not leave it
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
                "WOULD_MAKE_FAULT PARCEL_GAP 25747/1/1+25747/1/2 PARCEL_GAP 25747/1/1+25747/1/3",
            ),
            (
                &[a, lower, upper],
                "10000 5000",
                "9900 5000",
                "WOULD_MAKE_FAULT PARCEL_OVERLAP 25747/1/1+25747/1/2 PARCEL_OVERLAP 25747/1/1+25747/1/3",
            ),
            // the long side leaves the T-junction
            (
                &[a, lower, upper],
                "10000 10000",
                "10500 10000",
                "WOULD_MAKE_FAULT PARCEL_OVERLAP 25747/1/1+25747/1/2 PARCEL_OVERLAP 25747/1/1+25747/1/3",
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
