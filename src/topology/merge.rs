//! Merging parcels (hợp thửa): several that share sides become one.
//!
//! Sides that run against each other vanish exactly, point by point; a corner of one that lies exactly
//! on a side of another is made a point of it first. All other points stay, those on straight sides too.
//!
//! Decided, and said where refused: parcels apart or touching in a point only cannot be one parcel (T4,
//! domain.md §5.8); parcels that overlap or miss each other by up to 2 mm are put right first; what the
//! merged parcels enclose becomes a hole when other parcels lie there, and is refused while nothing does.

use std::collections::{BTreeMap, BTreeSet};

use super::noding::{Chains, node};
use super::trace::Directed;
use super::validity::{Fault, FaultKind};
use super::weave::{note_points, sides_of};
use super::{Coverage, NewShape, Plan, Refusal, faults, findings, guard, segment, validity};
use crate::domain::{BBox, Failure, Finding, Parcel, Polygon, Pt, Ring, Severity, ring_area2, ring_sides};
use crate::msg;
use crate::text::Text;

/// Plans to make one parcel of these. Codes of refusal: `MERGE_ONE`, `PARCEL_INVALID`,
/// `PARCELS_OVERLAP`, `PARCELS_UNMATCHED`, `MERGE_APART`, `MERGE_POINT`, `MERGE_GAP`, `NO_PARCEL`.
pub fn plan(coverage: &Coverage, fids: &[i64]) -> Result<Plan, Refusal> {
    let parents = parents(coverage, fids)?;
    sound(coverage, &parents)?;
    fitting(coverage, &parents, None)?;
    let sides: BTreeSet<_> = parents.iter().flat_map(|p| sides_of(&p.polygon)).collect();
    let chains = node(sides, [], &[])?;
    connected(&parents, &chains)?;
    let noded: Vec<Polygon> = parents.iter().map(|p| chains.polygon(&p.polygon)).collect();
    let polygon = one(super::combine::together(&noded)).ok_or_else(|| broken(&parents))?;
    no_gap(coverage, &parents, &noded, &polygon)?;
    let parents: Vec<i64> = parents.iter().map(|p| p.fid).collect();
    let mut plan = Plan {
        created: vec![NewShape {
            polygon,
            parents: parents.clone(),
        }],
        retired: parents,
        ..Plan::default()
    };
    note_points(coverage, &mut plan);
    guard::settled(coverage, plan, WHAT)
}

const WHAT: Text = Text::new("hợp thửa", "merge the parcels");

fn one(polygons: Option<Vec<Polygon>>) -> Option<Polygon> {
    polygons
        .and_then(|p| <[Polygon; 1]>::try_from(p).ok())
        .map(|[p]| p)
}

/// The parcels, each once, in the order given.
fn parents<'a>(coverage: &'a Coverage, fids: &[i64]) -> Result<Vec<&'a Parcel>, Failure> {
    let mut seen = BTreeSet::new();
    let parents: Vec<&Parcel> = fids
        .iter()
        .filter(|f| seen.insert(**f))
        .filter_map(|f| coverage.get(*f))
        .collect();
    if parents.len() < seen.len() {
        return Err(unknown());
    }
    if parents.len() < 2 {
        let message = msg!(
            "Cần chọn ít nhất hai thửa khác nhau để hợp.",
            "Merging takes at least two different parcels."
        );
        return Err(Failure::new("MERGE_ONE", message));
    }
    Ok(parents)
}

pub(super) fn unknown() -> Failure {
    Failure::new(
        "NO_PARCEL",
        msg!(
            "Có thửa được chọn không còn hiệu lực.",
            "A parcel that was chosen is no longer in force."
        ),
    )
    .remedy(msg!(
        "Chọn lại các thửa trên bản đồ.",
        "Choose the parcels again on the map."
    ))
}

/// Faults that leave open what a polygon bounds; a spike does not.
pub(super) fn unsound(polygon: &Polygon) -> Vec<Fault> {
    let mut faults = validity::check(polygon);
    faults.retain(|f| f.kind != FaultKind::Spike);
    faults
}

/// Refuses parcels whose rings are not valid: their sides do not bound anything certain.
pub(super) fn sound(coverage: &Coverage, parcels: &[&Parcel]) -> Result<(), Refusal> {
    let faulty = |p: &&Parcel| Some((p.fid, unsound(&p.polygon))).filter(|(_, f)| !f.is_empty());
    let rings: Vec<_> = parcels.iter().filter_map(faulty).collect();
    let Some((first, _)) = rings.first() else {
        return Ok(());
    };
    let parcel = coverage.get(*first).map(Parcel::reference).unwrap_or_default();
    let found = faults::Faults {
        rings,
        ..faults::Faults::default()
    };
    let message = msg!(
        "Ranh thửa {parcel} bị lỗi (tự cắt hoặc tự chạm) nên không thể cắt hay hợp chính xác.",
        "The boundary of parcel {parcel} is faulty (crosses or touches itself): it cannot be cut or merged exactly."
    );
    let remedy = msg!(
        "Sửa ranh của thửa trước: dời, xóa hoặc gộp các điểm được liệt kê.",
        "Repair the boundary first: move, remove or merge the points listed."
    );
    Err(Refusal {
        failure: Failure::new("PARCEL_INVALID", message).remedy(remedy),
        findings: findings::findings(&found, findings::OVERLAP_TOLERANCE_MM, |f| coverage.get(f)),
    })
}

/// Refuses parcels that overlap or whose points nearly meet: their sides do not run against each other.
/// Only within `window` where one is given.
pub(super) fn fitting(coverage: &Coverage, parents: &[&Parcel], window: Option<BBox>) -> Result<(), Refusal> {
    let mut found = faults::among(parents, parents.len());
    let matters = |b: &BBox| window.is_none_or(|w| w.grown(super::UNMATCHED_MM).intersects(b));
    found.rings.clear();
    found.overlaps.retain(|o| matters(&o.common.bbox));
    found.unmatched.retain(|u| u.distance > 0.0 && matters(&u.bbox));
    let list =
        |f: &faults::Faults| findings::findings(f, findings::OVERLAP_TOLERANCE_MM, |f| coverage.get(f));
    if let Some(o) = found.overlaps.first() {
        let [a, b] = o
            .fids
            .map(|f| coverage.get(f).map(Parcel::reference).unwrap_or_default());
        let area = o.common.area;
        let message = msg!(
            "Thửa {a} và thửa {b} chồng lên nhau {area:.2} m²: phần chung không thể tính hai lần.",
            "Parcels {a} and {b} overlap by {area:.2} m²: what they share cannot count twice."
        );
        let remedy = msg!(
            "Dùng lệnh xử lý chồng lấn (resolve_overlap) để giao phần chung cho một thửa, rồi hợp lại.",
            "Give the common part to one of them first (resolve_overlap), then merge."
        );
        return Err(Refusal {
            failure: Failure::new("PARCELS_OVERLAP", message).remedy(remedy),
            findings: list(&found),
        });
    }
    let Some(u) = found.unmatched.first() else {
        return Ok(());
    };
    let ((e, n), off) = (u.at.metres(), u.distance);
    let message = msg!(
        "Ranh chung không khớp: tại X = {n:.3}, Y = {e:.3} hai thửa lệch nhau {off:.1} mm.",
        "The common boundary does not fit: at X = {n:.3}, Y = {e:.3} the parcels are {off:.1} mm apart."
    );
    let remedy = msg!(
        "Gộp hai điểm gần trùng nhau (merge_points) hoặc dời điểm về đúng ranh, rồi hợp lại.",
        "Merge the two nearly equal points (merge_points) or move the point onto the boundary, then merge."
    );
    Err(Refusal {
        failure: Failure::new("PARCELS_UNMATCHED", message).remedy(remedy),
        findings: list(&found),
    })
}

/// Refuses parcels that do not hang together by sides.
fn connected(parents: &[&Parcel], chains: &Chains) -> Result<(), Refusal> {
    let mut owner: BTreeMap<Directed, usize> = BTreeMap::new();
    let rings: Vec<Vec<Directed>> = parents
        .iter()
        .map(|p| chains.polygon(&p.polygon).sides().collect())
        .collect();
    for (i, sides) in rings.iter().enumerate() {
        owner.extend(sides.iter().map(|s| (*s, i)));
    }
    let mut reached = BTreeSet::from([0]);
    let mut next = vec![0];
    while let Some(i) = next.pop() {
        let across = rings[i].iter().filter_map(|(a, b)| owner.get(&(*b, *a)));
        next.extend(across.filter(|j| reached.insert(**j)).copied());
    }
    let Some(apart) = (0..parents.len()).find(|i| !reached.contains(i)) else {
        return Ok(());
    };
    let group: Vec<&Parcel> = reached.iter().map(|i| parents[*i]).collect();
    Err(unconnected(&group, parents[apart]))
}

fn unconnected(group: &[&Parcel], apart: &Parcel) -> Refusal {
    let corners: BTreeSet<Pt> = apart.polygon.points().collect();
    let touch = group
        .iter()
        .find_map(|p| p.polygon.points().find(|q| corners.contains(q)).map(|q| (*p, q)));
    let nearest = group.iter().min_by(|p, q| {
        let d = |p: &Parcel| gap_between(p, apart);
        d(p).total_cmp(&d(q)).then(p.fid.cmp(&q.fid))
    });
    let other = touch.map(|(p, _)| p).or(nearest.copied()).unwrap_or(apart);
    let (a, b) = (other.reference(), apart.reference());
    let failure = match touch {
        Some((_, at)) => {
            let (e, n) = at.metres();
            let message = msg!(
                "Thửa {a} và thửa {b} chỉ chạm nhau tại một điểm (X = {n:.3}, Y = {e:.3}), không có cạnh chung.",
                "Parcels {a} and {b} only touch in a point (X = {n:.3}, Y = {e:.3}) and share no side."
            );
            Failure::new("MERGE_POINT", message)
        }
        None => {
            let metres = gap_between(other, apart) / 1000.0;
            let message = msg!(
                "Thửa {a} và thửa {b} không liền kề: cách nhau {metres:.3} m.",
                "Parcels {a} and {b} are not adjacent: they are {metres:.3} m apart."
            );
            Failure::new("MERGE_APART", message)
        }
    };
    let remedy = msg!(
        "Chỉ hợp được các thửa có cạnh chung; hãy chọn thêm thửa nằm giữa, hoặc lấp khe hở (fill_gap) trước.",
        "Only parcels that share sides can be merged; add the parcel between them, or fill the gap (fill_gap) first."
    );
    let about = findings::about(findings::PARCEL_GAP, Severity::Error, &[other, apart]);
    Refusal {
        failure: failure.remedy(remedy),
        findings: vec![Finding {
            at: touch.map(|(_, at)| at),
            bbox: Some(other.bbox.union(apart.bbox)),
            ..about
        }],
    }
}

/// Distance between the boundaries of two parcels, mm.
fn gap_between(a: &Parcel, b: &Parcel) -> f64 {
    let off = |p: &Parcel, q: &Parcel| {
        let to = |v: Pt| {
            let sides = q.polygon.sides().map(move |(c, d)| segment::distance(v, c, d));
            sides.fold(f64::INFINITY, f64::min)
        };
        p.polygon.points().map(to).fold(f64::INFINITY, f64::min)
    };
    off(a, b).min(off(b, a))
}

pub(super) fn broken(parents: &[&Parcel]) -> Failure {
    let parcel = parents.first().map(|p| p.reference()).unwrap_or_default();
    let message = msg!(
        "Các cạnh của thửa {parcel} và các thửa cùng hợp không khép thành một hình.",
        "The sides of parcel {parcel} and the others do not close to one shape."
    );
    Failure::new("PARCEL_INVALID", message)
}

/// Refuses a new hole in which nothing lies: land that would belong to nobody.
fn no_gap(
    coverage: &Coverage,
    parents: &[&Parcel],
    noded: &[Polygon],
    merged: &Polygon,
) -> Result<(), Refusal> {
    let sides = |r: &Ring| ring_sides(r).collect::<BTreeSet<Directed>>();
    let old: Vec<BTreeSet<Directed>> = noded.iter().flat_map(|p| p.holes()).map(sides).collect();
    let apart: BTreeSet<i64> = parents.iter().map(|p| p.fid).collect();
    for hole in merged.holes().iter().filter(|h| !old.contains(&sides(h))) {
        let free = ring_sides(hole).find(|(a, b)| !is_covered(coverage, &apart, *a, *b));
        if let Some((a, b)) = free {
            return Err(gap(
                parents,
                hole,
                Pt::new(i64::midpoint(a.e, b.e), i64::midpoint(a.n, b.n)),
            ));
        }
    }
    Ok(())
}

/// Whether parcels not in `apart` have sides against all of a→b.
pub(super) fn is_covered(coverage: &Coverage, apart: &BTreeSet<i64>, a: Pt, b: Pt) -> bool {
    let mut stretches: Vec<(i128, i128)> = Vec::new();
    coverage.window_for_each(&segment::bbox(a, b), |p| {
        if apart.contains(&p.fid) {
            return;
        }
        for (c, d) in p.polygon.sides().filter(|(c, d)| c != d) {
            let against = segment::dot(a, b, Pt::new(a.e + d.e - c.e, a.n + d.n - c.n)) < 0;
            if let (true, segment::Meet::Overlap(from, to)) = (against, segment::meet(a, b, c, d)) {
                stretches.push((segment::dot(a, b, from), segment::dot(a, b, to)));
            }
        }
    });
    stretches.sort_unstable();
    let mut reached = 0;
    for (from, to) in stretches {
        if from > reached {
            return false;
        }
        reached = reached.max(to);
    }
    reached >= a.dist2(b)
}

fn gap(parents: &[&Parcel], hole: &Ring, at: Pt) -> Refusal {
    let (area, (e, n)) = (ring_area2(hole).abs() as f64 / 2e6, at.metres());
    let message = msg!(
        "Giữa các thửa có khoảng hở {area:.2} m² (cạnh X = {n:.3}, Y = {e:.3}) không thuộc thửa nào; hợp lại sẽ thành lỗ trống.",
        "Between the parcels lies a gap of {area:.2} m² (at X = {n:.3}, Y = {e:.3}) that belongs to no parcel; merging would make it a hole."
    );
    let remedy = msg!(
        "Lấp khoảng hở trước bằng lệnh fill_gap (giao cho một thửa hoặc lập thửa mới), rồi hợp.",
        "Fill the gap first with fill_gap (give it to a parcel or make it one), then merge."
    );
    let about = findings::about(findings::PARCEL_GAP, Severity::Error, parents);
    Refusal {
        failure: Failure::new("MERGE_GAP", message).remedy(remedy),
        findings: vec![Finding {
            at: Some(at),
            bbox: Some(BBox::of(hole.iter().copied())),
            amount: Some((area * 1e6).round() / 1e6),
            unit: Some(crate::domain::Unit::M2),
            ..about
        }],
    }
}

/// Compares rings as cycles: the same polygon wherever its rings start.
#[cfg(test)]
pub(super) fn same_shape(a: &Polygon, b: &Polygon) -> bool {
    let sides = |p: &Polygon| p.sides().collect::<BTreeSet<Directed>>();
    a.point_count() == b.point_count() && sides(a) == sides(b)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::topology::testing::{grid, parcel, polygon};
    use proptest::prelude::*;

    fn outcome(parcels: &[&str], which: &[i64]) -> String {
        let all: Vec<Parcel> = parcels
            .iter()
            .enumerate()
            .map(|(i, t)| parcel(i as i64 + 1, t))
            .collect();
        let coverage = Coverage::build(all);
        match plan(&coverage, which) {
            Ok(p) => {
                assert_eq!(p.retired, which);
                let [new] = p.created.as_slice() else {
                    panic!("{p:?}")
                };
                assert_eq!(unsound(&new.polygon), []);
                assert_eq!(new.parents, which);
                assert_eq!(p.area_before(&coverage), p.area_after());
                let ring = |r: &Ring| {
                    let points: Vec<String> = r.iter().map(|p| format!("{} {}", p.e, p.n)).collect();
                    points.join(", ")
                };
                let rings: Vec<String> = new.polygon.rings.iter().map(ring).collect();
                rings.join(" | ")
            }
            Err(r) => {
                assert!(
                    ["MERGE_ONE", "NO_PARCEL"].contains(&r.failure.code()) || !r.findings.is_empty(),
                    "{r:?}"
                );
                r.failure.code().to_owned()
            }
        }
    }

    const A: &str = "0 0, 10000 0, 10000 10000, 0 10000";
    const B: &str = "10000 0, 20000 0, 20000 10000, 10000 10000";

    #[test]
    fn table() {
        let c = "0 0, 9000 0, 9000 3000, 3000 3000, 3000 6000, 9000 6000, 9000 9000, 0 9000";
        let d = "9000 0, 12000 0, 12000 9000, 9000 9000, 9000 6000, 9000 3000";
        let plug = "3000 3000, 9000 3000, 9000 6000, 3000 6000";
        let holed = "0 0, 10000 0, 10000 10000, 0 10000 | 2000 2000, 2000 8000, 8000 8000, 8000 2000";
        let pond = "2000 2000, 8000 2000, 8000 8000, 2000 8000";
        let table: [(&[&str], &[i64], &str); 20] = [
            (
                &[A, B],
                &[1, 2],
                "0 0, 10000 0, 20000 0, 20000 10000, 10000 10000, 0 10000",
            ),
            (&[A, B], &[1, 1], "MERGE_ONE"),
            (&[A, B], &[1, 7], "NO_PARCEL"),
            // a T-junction: the corner of the small one is a point of the merged shape
            (
                &[A, "10000 2000, 20000 2000, 20000 10000, 10000 10000"],
                &[1, 2],
                "0 0, 10000 0, 10000 2000, 20000 2000, 20000 10000, 10000 10000, 0 10000",
            ),
            // legal points on straight sides stay
            (
                &["0 0, 5000 0, 10000 0, 10000 10000, 0 10000", B],
                &[2, 1],
                "0 0, 5000 0, 10000 0, 20000 0, 20000 10000, 10000 10000, 0 10000",
            ),
            // apart, in a point, 1 mm off, overlapping
            (
                &[A, "12000 0, 20000 0, 20000 10000, 12000 10000"],
                &[1, 2],
                "MERGE_APART",
            ),
            (
                &[A, "10000 10000, 20000 10000, 20000 20000"],
                &[1, 2],
                "MERGE_POINT",
            ),
            (
                &[A, "10001 0, 20000 0, 20000 10000, 10001 10000"],
                &[1, 2],
                "PARCELS_UNMATCHED",
            ),
            (
                &[A, "10000 0, 20000 0, 20000 10000, 10000 10000, 9999 5000"],
                &[1, 2],
                "PARCELS_UNMATCHED",
            ),
            (
                &[A, "9000 0, 20000 0, 20000 10000, 9000 10000"],
                &[1, 2],
                "PARCELS_OVERLAP",
            ),
            (&[A, A], &[1, 2], "PARCELS_OVERLAP"),
            // three in a row, named from the ends: the middle one joins them
            (
                &[A, "20000 0, 30000 0, 30000 10000, 20000 10000", B],
                &[1, 2, 3],
                "0 0, 10000 0, 20000 0, 30000 0, 30000 10000, 20000 10000, 10000 10000, 0 10000",
            ),
            // around a parcel: a ring; the same around nothing: refused; with the parcel in it
            (
                &[c, d, plug],
                &[1, 2],
                "0 0, 9000 0, 12000 0, 12000 9000, 9000 9000, 0 9000 | 3000 3000, 3000 6000, 9000 6000, 9000 3000",
            ),
            (&[c, d], &[1, 2], "MERGE_GAP"),
            (
                &[c, d, plug],
                &[1, 2, 3],
                "0 0, 9000 0, 12000 0, 12000 9000, 9000 9000, 0 9000",
            ),
            // half filled is a gap still
            (&[c, d, "3000 3000, 9000 3000, 3000 6000"], &[1, 2], "MERGE_GAP"),
            // the pond into its surroundings; an old empty hole stays a hole
            (&[holed, pond], &[1, 2], A),
            (
                &[holed, B],
                &[1, 2],
                "0 0, 10000 0, 20000 0, 20000 10000, 10000 10000, 0 10000 | 2000 2000, 2000 8000, 8000 8000, 8000 2000",
            ),
            // a needle may be merged, a bow-tie cannot
            (
                &[
                    "0 0, 10000 0, 10000 10000, 5050 10000, 5000 90000, 4950 10000, 0 10000",
                    B,
                ],
                &[1, 2],
                "0 0, 10000 0, 20000 0, 20000 10000, 10000 10000, 5050 10000, 5000 90000, 4950 10000, 0 10000",
            ),
            (
                &["0 0, 10000 10000, 10000 0, 0 9000", B],
                &[1, 2],
                "PARCEL_INVALID",
            ),
        ];
        for (parcels, which, want) in table {
            assert_eq!(outcome(parcels, which), want, "{parcels:?} {which:?}");
        }
    }

    #[test]
    fn slivers_and_long_thin_parcels() {
        // A ditch of 5 cm along a slanted kilometre, cut into two by a T-junction.
        let long = "0 0, 1000000 700000, 1000000 700050, 500000 350050, 0 50";
        let side = "0 50, 500000 350050, 1000000 700050, 0 700000";
        let merged = outcome(&[long, side], &[1, 2]);
        assert_eq!(merged, "0 0, 1000000 700000, 1000000 700050, 0 700000, 0 50");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]

        /// Any set of cells of a grid with a T-junction in every row: merged when they hang together,
        /// with the exact sum of areas, else refused; the points of the rest do not matter.
        #[test]
        fn cells(picked in proptest::collection::btree_set(1i64..=20, 2..12)) {
            let coverage = Coverage::build(grid(5, 4, 1000));
            let fids: Vec<i64> = picked.iter().copied().collect();
            let adjacent = |a: i64, b: i64| {
                let ((x, y), (u, v)) = (((a - 1) % 5, (a - 1) / 5), ((b - 1) % 5, (b - 1) / 5));
                (x - u).abs() + (y - v).abs() == 1
            };
            let mut reached = std::collections::BTreeSet::from([fids[0]]);
            while let Some(f) = fids.iter().find(|f| !reached.contains(f) && reached.iter().any(|g| adjacent(**f, *g))) {
                reached.insert(*f);
            }
            match plan(&coverage, &fids) {
                Ok(p) => {
                    prop_assert_eq!(reached.len(), fids.len());
                    prop_assert_eq!(p.created[0].polygon.area2(), 2_000_000 * fids.len() as i128);
                    prop_assert_eq!(validity::check(&p.created[0].polygon), vec![]);
                    prop_assert!(p.changed.is_empty() && p.inserted.is_empty());
                }
                Err(r) => {
                    prop_assert!(reached.len() < fids.len(), "{:?}", r);
                    prop_assert!(["MERGE_APART", "MERGE_POINT"].contains(&r.failure.code()));
                }
            }
        }
    }

    #[test]
    fn shapes_are_compared_as_cycles() {
        assert!(same_shape(
            &polygon(A),
            &polygon("10000 10000, 0 10000, 0 0, 10000 0")
        ));
        assert!(!same_shape(&polygon(A), &polygon(B)));
    }
}
