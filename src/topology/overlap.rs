//! Taking an overlap from one of two parcels: what both claim stays with the other.
//!
//! The sides of the two are cut where they cross, rounded once and in every parcel that has them; then the
//! loser is what lies outside the winner, and both have the new boundary point for point.

use std::collections::BTreeSet;

use super::merge::sound;
use super::weave::{Web, followers, note_points, sides_of};
use super::{Coverage, Plan, Refusal, combine, findings, guard, trace};
use crate::domain::{Failure, Finding, Parcel, Polygon, Severity, Unit};
use crate::msg;
use crate::text::Text;

const WHAT: Text = Text::new("xử lý phần chồng lấn", "resolve the overlap");

/// Plans to take what `from` and `other` have in common away from `from`. Codes of refusal: `NO_PARCEL`,
/// `OVERLAP_ITSELF`, `PARCEL_INVALID`, `NO_OVERLAP`, `OVERLAP_WHOLE`, `OVERLAP_APART`, `LINES_TOO_TIGHT`,
/// `WOULD_MAKE_FAULT`.
pub fn plan(coverage: &Coverage, from: i64, other: i64) -> Result<Plan, Refusal> {
    let (Some(loser), Some(winner)) = (coverage.get(from), coverage.get(other)) else {
        return Err(super::merge::unknown().into());
    };
    if from == other {
        return Err(itself().into());
    }
    sound(coverage, &[loser, winner])?;
    let web = Web {
        parcels: sides_of(&loser.polygon)
            .chain(sides_of(&winner.polygon))
            .collect(),
        ..Web::default()
    };
    let woven = web.weave(coverage)?;
    let [lost, won] = [loser, winner].map(|p| woven.chains.polygon(&p.polygon));
    let broken = || super::merge::broken(&[loser, winner]);
    let common = combine::common(&lost, &won).ok_or_else(broken)?;
    let left = combine::without(&lost, &won).ok_or_else(broken)?;
    let mut rest = remainder(loser, winner, &common, left)?;
    trace::start_as(&mut rest, &loser.polygon);
    let mut plan = Plan {
        changed: vec![(from, rest)],
        ..Plan::default()
    };
    if won != winner.polygon {
        plan.changed.push((other, won));
    }
    plan.changed
        .extend(followers(coverage, &woven, &BTreeSet::from([from, other])));
    note_points(coverage, &mut plan);
    guard::settled(coverage, plan, WHAT)
}

/// A parcel does not overlap itself.
pub(super) fn itself() -> Failure {
    let message = msg!(
        "Cần hai thửa khác nhau để xử lý phần chồng lấn.",
        "Resolving an overlap takes two different parcels."
    );
    Failure::new("OVERLAP_ITSELF", message)
}

/// The one piece that is left of the loser.
fn remainder(
    loser: &Parcel,
    winner: &Parcel,
    common: &[Polygon],
    left: Vec<Polygon>,
) -> Result<Polygon, Refusal> {
    let (a, b) = (loser.reference(), winner.reference());
    let area = common.iter().map(Polygon::area_m2).sum::<f64>();
    if common.is_empty() {
        let message = msg!(
            "Thửa {a} và thửa {b} không chồng lên nhau.",
            "Parcels {a} and {b} do not overlap."
        );
        let remedy = msg!(
            "Chọn hai thửa của một lỗi chồng lấn trong danh sách lỗi.",
            "Choose the two parcels of an overlap in the list of findings."
        );
        return Err(Failure::new("NO_OVERLAP", message).remedy(remedy).into());
    }
    let one: Result<[Polygon; 1], Vec<Polygon>> = left.try_into();
    let parts = match one {
        Ok([rest]) => return Ok(rest),
        Err(parts) => parts,
    };
    let failure = if parts.is_empty() {
        let message = msg!(
            "Thửa {a} nằm trọn trong thửa {b} ({area:.2} m²): bỏ phần chung thì thửa {a} không còn gì.",
            "Parcel {a} lies wholly in parcel {b} ({area:.2} m²): without the common part nothing is left of {a}."
        );
        let remedy = msg!(
            "Lấy phần chung khỏi thửa {b}, hoặc hủy thửa {a} (retire) nếu thửa bị trùng.",
            "Take the common part from {b} instead, or retire {a} if it is a duplicate."
        );
        Failure::new("OVERLAP_WHOLE", message).remedy(remedy)
    } else {
        apart(&a, &b, &parts)
    };
    let finding = Finding {
        at: common[0].rings[0].first().copied(),
        bbox: common
            .iter()
            .map(Polygon::bbox)
            .reduce(crate::domain::BBox::union),
        amount: Some((area * 1e6).round() / 1e6),
        unit: Some(Unit::M2),
        ..findings::about(findings::PARCEL_OVERLAP, Severity::Error, &[loser, winner])
    };
    Err(Refusal {
        failure,
        findings: vec![finding],
    })
}

fn apart(a: &str, b: &str, parts: &[Polygon]) -> Failure {
    let n = parts.len();
    let mut areas: Vec<f64> = parts.iter().map(Polygon::area_m2).collect();
    areas.sort_by(|x, y| y.total_cmp(x));
    let list = areas
        .iter()
        .take(5)
        .map(|x| format!("{x:.2} m²"))
        .collect::<Vec<_>>();
    let list = list.join("; ");
    let message = msg!(
        "Bỏ phần chung với thửa {b} thì thửa {a} bị chia thành {n} phần rời nhau ({list}).",
        "Without what it shares with {b}, parcel {a} falls into {n} parts ({list})."
    );
    let remedy = msg!(
        "Lấy phần chung khỏi thửa {b}, hoặc tách thửa {a} trước rồi xử lý từng phần.",
        "Take the common part from {b} instead, or split {a} first and resolve part by part."
    );
    Failure::new("OVERLAP_APART", message).remedy(remedy)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::job::Progress;
    use crate::topology::faults;
    use crate::topology::testing::{apply, area2, grid, parcels, planned};
    use proptest::prelude::*;

    const A: &str = "0 0, 10000 0, 10000 10000, 0 10000";

    #[test]
    fn table() {
        let holed = "0 0, 10000 0, 10000 10000, 0 10000 | 2000 2000, 2000 8000, 8000 8000, 8000 2000";
        let table: [(&[&str], &str); 12] = [
            // a strip along the boundary: the other's points come in
            (
                &[A, "9000 0, 20000 0, 20000 10000, 9000 10000"],
                "1: 0 0, 9000 0, 9000 10000, 0 10000 / 2: 9000 0, 10000 0, 20000 0, 20000 10000, 10000 10000, 9000 10000",
            ),
            // a corner pushed in: crossings rounded once and in both
            (
                &[A, "7000 5000, 20000 -1001, 20000 9000"],
                "1: 0 0, 10000 0, 10000 3615, 7000 5000, 10000 5923, 10000 10000, 0 10000 / 2: 7000 5000, 10000 3615, 20000 -1001, 20000 9000, 10000 5923",
            ),
            // the neighbour beyond gets the crossing too
            (
                &[
                    A,
                    "7000 5000, 20000 4000, 20000 6000",
                    "10000 0, 15000 0, 10000 4000",
                ],
                "1: 0 0, 10000 0, 10000 4000, 10000 4769, 7000 5000, 10000 5231, 10000 10000, 0 10000 / 2: 7000 5000, 10000 4769, 20000 4000, 20000 6000, 10000 5231",
            ),
            (&[A, "10000 0, 20000 0, 20000 10000, 10000 10000"], "NO_OVERLAP"),
            (&[A, "30000 0, 40000 0, 40000 10000"], "NO_OVERLAP"),
            (&[A, A], "OVERLAP_WHOLE"),
            (
                &[A, "-10 -10, 10010 -10, 10010 10010, -10 10010"],
                "OVERLAP_WHOLE",
            ),
            // across the middle: two parts
            (
                &[A, "-1000 4000, 20000 4000, 20000 6000, -1000 6000"],
                "OVERLAP_APART",
            ),
            // inside: a hole, filled
            (
                &[A, "4000 4000, 6000 4000, 6000 6000, 4000 6000"],
                "1: 0 0, 10000 0, 10000 10000, 0 10000 | 4000 4000, 4000 6000, 6000 6000, 6000 4000",
            ),
            // over the rim of a hole, concave
            (
                &[holed, "4000 1000, 6000 1000, 6000 9000, 4000 9000"],
                "1: 0 0, 10000 0, 10000 10000, 0 10000 | 2000 2000, 2000 8000, 4000 8000, 4000 9000, 6000 9000, 6000 8000, 8000 8000, 8000 2000, 6000 2000, 6000 1000, 4000 1000, 4000 2000 / 2: 4000 1000, 6000 1000, 6000 2000, 6000 8000, 6000 9000, 4000 9000, 4000 8000, 4000 2000",
            ),
            // 1 mm thin and a kilometre long
            (
                &[
                    "0 0, 1000000 0, 1000000 9000, 0 9000",
                    "0 -9000, 1000000 -9000, 1000000 1, 0 1",
                ],
                "1: 0 1, 1000000 1, 1000000 9000, 0 9000 / 2: 0 -9000, 1000000 -9000, 1000000 0, 1000000 1, 0 1, 0 0",
            ),
            (&["0 0, 10000 10000, 10000 0, 0 9000", A], "PARCEL_INVALID"),
        ];
        let mut all: Vec<(String, String)> = Vec::new();
        for (texts, want) in table {
            let coverage = parcels(texts);
            all.push((planned(&coverage, plan(&coverage, 1, 2)), want.to_owned()));
        }
        let wrong: Vec<_> = all.iter().filter(|(got, want)| got != want).collect();
        assert!(wrong.is_empty(), "{wrong:#?}");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(60))]

        /// A grid with corners pushed about: overlap by overlap is resolved or refused with a reason; the
        /// winner loses nothing but roundings, and what both had is with the winner afterwards.
        #[test]
        fn dirty_grids_become_cleaner(pushes in proptest::collection::vec((0usize..16, 0usize..4, -900i64..900, -900i64..900), 1..8)) {
            let mut all = grid(4, 4, 3000);
            for (parcel, corner, de, dn) in pushes {
                let p = &mut all[parcel];
                let v = &mut p.polygon.rings[0][corner];
                *v = crate::domain::Pt::new(v.e + de, v.n + dn);
                p.bbox = p.polygon.bbox();
            }
            let mut coverage = Coverage::build(all);
            let found = faults::all(&coverage, &Progress::none()).unwrap();
            for o in &found.overlaps {
                let before = area2(&coverage, o.fids[1]);
                match plan(&coverage, o.fids[0], o.fids[1]) {
                    Ok(p) => {
                        apply(&mut coverage, &p);
                        let grown = (area2(&coverage, o.fids[1]) - before).abs();
                        prop_assert!(grown < 4 * 12_000, "{grown}");
                        prop_assert!(crate::topology::measure::common(
                            &coverage.get(o.fids[0]).unwrap().polygon,
                            &coverage.get(o.fids[1]).unwrap().polygon,
                        ).is_none());
                    }
                    Err(r) => prop_assert!(
                        ["NO_OVERLAP", "OVERLAP_APART", "PARCEL_INVALID", "WOULD_MAKE_FAULT"].contains(&r.failure.code()),
                        "{:?}", r
                    ),
                }
            }
        }
    }
}
