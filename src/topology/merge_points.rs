//! Merging boundary points into one: closes narrow gaps and drops doubled points.
//!
//! All parcels that have one of the points get the target in its place; a parcel that had several in a row
//! keeps one. Points of a parcel that do not follow each other would pinch it off and are refused.

use std::collections::BTreeMap;

use super::revision::Revision;
use super::{Coverage, Plan, Refusal, guard, move_points};
use crate::domain::{Failure, Pt};
use crate::msg;
use crate::text::Text;

const MERGE: Text = Text::new("gộp điểm ranh", "merge the boundary points");

/// Plans to bring `points` together at `to`, which may be one of them. Codes of refusal: `NO_POINT`,
/// `POINT_NOT_MOVED`, `POINT_OUT_OF_RANGE`, `WOULD_MAKE_FAULT`.
pub fn plan(coverage: &Coverage, points: &[Pt], to: Pt) -> Result<Plan, Refusal> {
    move_points::check_range(to)?;
    if let Some(p) = points.iter().find(|p| coverage.users_of(**p).is_empty()) {
        return Err(move_points::no_point(*p).into());
    }
    let map: BTreeMap<Pt, Pt> = points.iter().filter(|p| **p != to).map(|p| (*p, to)).collect();
    if map.is_empty() || (map.len() == 1 && coverage.users_of(to).is_empty()) {
        return Err(nothing_to_merge().into());
    }
    let mut revision = Revision::new(coverage);
    move_points::carry(&mut revision, &map);
    let plan = revision.into_plan(map.into_iter().collect());
    guard::check(coverage, &plan, MERGE)?;
    Ok(plan)
}

fn nothing_to_merge() -> Failure {
    let message = msg!(
        "Cần ít nhất hai điểm khác nhau để gộp.",
        "It takes two different points to merge."
    );
    let remedy = msg!(
        "Chọn thêm một điểm; muốn dời một điểm, dùng lệnh dời điểm.",
        "Choose one more; to bring one point elsewhere, move it."
    );
    Failure::new("POINT_NOT_MOVED", message).remedy(remedy)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::topology::testing::{outcome, point};

    #[test]
    fn table() {
        let a = "0 0, 10000 0, 10000 10000, 0 10000";
        let b = "10000 0, 20000 0, 20000 10000, 10000 10000";
        let apart = "10050 0, 20000 0, 20000 10000, 10030 10000";
        let bent = "0 0, 10000 0, 10000 5000, 10020 5010, 10000 10000, 0 10000";
        let facing = "10000 0, 20000 0, 20000 10000, 10000 10000, 10020 5010, 10000 5000";
        let holed = "0 0, 10000 0, 10000 10000, 0 10000 | 2000 2000, 2000 8000, 8000 8000, 8000 2000";
        let thin = "0 0, 1000000 0, 1000000 50, 0 50";
        let table: [(&[&str], &str, &str, &str); 11] = [
            // a gap is closed from one side, then from the middle
            (&[a, apart], "10000 0, 10050 0", "10000 0", "2(+500000) >1"),
            (
                &[a, apart],
                "10000 0, 10050 0",
                "10025 0",
                "1(+250000) 2(+250000) >2",
            ),
            // two points of one line become one in both parcels
            (
                &[bent, facing],
                "10000 5000, 10020 5010",
                "10000 5000",
                "1-1(-100000) 2-1(+100000) >1",
            ),
            (
                &[bent, facing],
                "10000 5000, 10020 5010",
                "10010 5005",
                "1-1 2-1 >2",
            ),
            // one point into another that is there
            (
                &[bent, facing],
                "10020 5010",
                "10000 5000",
                "1-1(-100000) 2-1(+100000) >1",
            ),
            (&[bent, facing], "10020 5010", "10030 5010", "POINT_NOT_MOVED"),
            (&[a, b], "10000 0", "10000 0", "POINT_NOT_MOVED"),
            (&[a, b], "10000 0, 1 1", "10000 0", "NO_POINT"),
            // opposite corners: the parcel would be pinched off
            (
                &[a, b],
                "0 0, 10000 10000",
                "5000 5000",
                "WOULD_MAKE_FAULT RING_INVALID 1 RING_INVALID 1",
            ),
            // a hole into the shell; a long thin parcel to a triangle
            (&[holed], "2000 2000, 0 0", "0 0", "1(-24000000) >1"),
            (
                &[thin],
                "1000000 0, 1000000 50",
                "1000000 0",
                "WOULD_MAKE_FAULT RING_INVALID 1",
            ),
        ];
        let list = |text: &str| -> Vec<Pt> { text.split(',').map(point).collect() };
        let all = table.map(|(parcels, m, to, want)| {
            (
                outcome(parcels, |c| plan(c, &list(m), point(to))),
                want,
                parcels,
                m,
                to,
            )
        });
        let wrong: Vec<_> = all.iter().filter(|(got, want, ..)| got != want).collect();
        assert!(wrong.is_empty(), "{wrong:#?}");
    }
}
