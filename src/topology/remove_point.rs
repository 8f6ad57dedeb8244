//! Removing a boundary point: only where at most two parcels share it and both keep their shape's sense.
//!
//! Between two parcels the triangle that the point made passes exactly from one to the other.

use super::findings::{self, BOUNDARIES_MEET};
use super::revision::Revision;
use super::{Coverage, Plan, Refusal, guard};
use crate::domain::{BBox, Failure, Finding, Parcel, Pt, Severity};
use crate::msg;
use crate::text::{Msg, Text};

const REMOVE: Text = Text::new("xóa điểm ranh", "remove the boundary point");

/// Plans to remove the point at `at`. Codes of refusal: `NO_POINT`, `POINT_NEEDED` (several boundaries meet
/// here), `WOULD_MAKE_FAULT`.
pub fn plan(coverage: &Coverage, at: Pt) -> Result<Plan, Refusal> {
    let users: Vec<&Parcel> = coverage
        .users_of(at)
        .iter()
        .filter_map(|f| coverage.get(*f))
        .collect();
    if users.is_empty() {
        return Err(super::move_points::no_point(at).into());
    }
    if let Some(reason) = needed(&users, at) {
        return Err(refusal(&users, at, reason));
    }
    let mut revision = Revision::new(coverage);
    for user in &users {
        if let Some(polygon) = revision.edit(user.fid) {
            polygon
                .rings
                .iter_mut()
                .for_each(|ring| ring.retain(|p| *p != at));
        }
    }
    let plan = revision.into_plan(Vec::new());
    guard::check(coverage, &plan, REMOVE)?;
    Ok(plan)
}

/// Why the point must stay, if it must.
fn needed(users: &[&Parcel], at: Pt) -> Option<Msg> {
    let n = users.len();
    if n > 2 {
        return Some(msg!(
            "{n} thửa dùng chung điểm này; chỉ xóa được điểm của một hoặc hai thửa.",
            "{n} parcels share this point; only a point of one or two parcels can be removed."
        ));
    }
    let beside: Vec<Vec<[Pt; 2]>> = users.iter().map(|p| ends_beside(p, at)).collect();
    if beside.iter().any(|list| list.len() != 1) {
        return Some(msg!(
            "Đường ranh của thửa đi qua điểm này nhiều lần.",
            "The boundary of the parcel passes through this point more than once."
        ));
    }
    if let [one, other] = beside.as_slice()
        && one != other
    {
        return Some(msg!(
            "Tại điểm này ranh giữa hai thửa gặp một đường ranh thứ ba.",
            "Here the boundary between the two parcels meets a third line."
        ));
    }
    None
}

/// The points before and after each occurrence, the smaller first.
fn ends_beside(parcel: &Parcel, at: Pt) -> Vec<[Pt; 2]> {
    let of_ring = |ring: &Vec<Pt>| {
        let n = ring.len();
        let places: Vec<usize> = (0..n).filter(|i| ring[*i] == at).collect();
        let ends = places
            .into_iter()
            .map(|i| [ring[(i + n - 1) % n], ring[(i + 1) % n]]);
        ends.map(|[p, q]| [p.min(q), p.max(q)]).collect::<Vec<_>>()
    };
    parcel.polygon.rings.iter().flat_map(of_ring).collect()
}

fn refusal(users: &[&Parcel], at: Pt, reason: Msg) -> Refusal {
    let ((e, n), why) = (at.metres(), reason);
    let (vi, en) = (why.vi, why.en);
    let message = msg!(
        "Không xóa được điểm ranh X = {n:.3}, Y = {e:.3}. {vi}",
        "The boundary point X = {n:.3}, Y = {e:.3} cannot be removed. {en}"
    );
    let remedy = msg!(
        "Dời hoặc gộp điểm này, hoặc kẻ lại ranh đi qua nó.",
        "Move the point, merge it with another, or reshape the boundary through it."
    );
    let finding = Finding {
        at: Some(at),
        bbox: Some(BBox::of([at])),
        ..findings::about(BOUNDARIES_MEET, Severity::Info, users)
    };
    Refusal {
        failure: Failure::new("POINT_NEEDED", message).remedy(remedy),
        findings: vec![finding],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::topology::testing::{outcome, point};

    #[test]
    fn table() {
        let a = "0 0, 10000 0, 11000 5000, 10000 10000, 0 10000";
        let b = "10000 0, 20000 0, 20000 10000, 10000 10000, 11000 5000";
        let c = "0 10000, 10000 10000, 20000 10000, 20000 20000, 0 20000";
        let lower = "10000 0, 20000 0, 20000 5000, 11000 5000";
        let upper = "11000 5000, 20000 5000, 20000 10000, 10000 10000";
        let square = "0 0, 10000 0, 10000 10000, 0 10000";
        let (low, up) = (
            "10000 0, 20000 0, 20000 5000, 10000 5000",
            "10000 5000, 20000 5000, 20000 10000, 10000 10000",
        );
        let holed = "0 0, 10000 0, 10000 10000, 0 10000 | 2000 2000, 2000 8000, 8000 8000, 8000 2000";
        let pond = "2000 2000, 8000 2000, 8000 8000, 2000 8000";
        let touching = "0 0, 10000 0, 10000 10000, 0 10000 | 3000 3000, 3000 5000, 5000 5000, 5000 3000 | 5000 5000, 5000 7000, 7000 7000, 7000 5000";
        let table: [(&[&str], &str, &str); 14] = [
            (&[a, b], "11000 5000", "1-1(-10000000) 2-1(+10000000) -1"),
            (&[a, b], "1 1", "NO_POINT"),
            (&[a, b], "0 0", "1-1(-100000000) -1"),
            // the end of the shared line; a junction of three; of four boundaries
            (&[a, b], "10000 0", "POINT_NEEDED BOUNDARIES_MEET 1+2"),
            (&[a, b, c], "10000 10000", "POINT_NEEDED BOUNDARIES_MEET 1+2+3"),
            (
                &[a, lower, upper],
                "11000 5000",
                "POINT_NEEDED BOUNDARIES_MEET 1+2+3",
            ),
            // a T-junction: two share it, the third's side passes
            (
                &[square, low, up],
                "10000 5000",
                "POINT_NEEDED BOUNDARIES_MEET 2+3",
            ),
            // needless points on a straight line: of one, of both
            (
                &["0 0, 5000 0, 10000 0, 10000 10000, 0 10000"],
                "5000 0",
                "1-1 -1",
            ),
            // a triangle has none to spare
            (
                &["0 0, 10000 0, 0 10000"],
                "0 0",
                "WOULD_MAKE_FAULT RING_INVALID 1",
            ),
            // the hole and what fills it; through both of them it would not go
            (&[holed, pond], "8000 8000", "1-1(+36000000) 2-1(-36000000) -1"),
            (&[touching], "5000 5000", "POINT_NEEDED BOUNDARIES_MEET 1"),
            // the neighbour's point lies beside: a gap would open
            (
                &[a, "10000 0, 20000 0, 20000 10000, 10000 10000, 11001 5000"],
                "11000 5000",
                "WOULD_MAKE_FAULT PARCEL_GAP 1+2",
            ),
            // concave: the corner is on the far side of a neighbour
            (
                &[
                    "0 0, 10000 0, 10000 10000, 5000 2000, 0 10000",
                    "4000 8000, 6000 8000, 5000 3000",
                ],
                "5000 2000",
                "WOULD_MAKE_FAULT PARCEL_OVERLAP 1+2",
            ),
            // sliver: two points left apart by the line
            (
                &["0 0, 100000 0, 50000 1, 0 5000"],
                "50000 1",
                "1-1(+249900000) -1",
            ),
        ];
        let all =
            table.map(|(parcels, at, want)| (outcome(parcels, |c| plan(c, point(at))), want, parcels, at));
        let wrong: Vec<_> = all.iter().filter(|(got, want, ..)| got != want).collect();
        assert!(wrong.is_empty(), "{wrong:#?}");
    }
}
