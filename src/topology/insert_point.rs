//! Inserting a boundary point on a side: every parcel that has the side gets it.
//!
//! On a slanted side the point is not exactly on the line but on the lattice, at most 1 mm off. The parcels
//! on both sides get the same point, so what one gains the other loses, to the square millimetre. Where
//! other boundaries end on the side near the new point, those ends become points of the side too.

use super::revision::{Revision, along, beside};
use super::{Coverage, Plan, Refusal, UNMATCHED_MM, guard, segment};
use crate::domain::{Failure, Parcel, Pt};
use crate::msg;
use crate::text::Text;

const INSERT: Text = Text::new("thêm điểm ranh", "insert the boundary point");

/// A place farther than this from the side is not meant to be on it, mm.
const REACH: i64 = 100;

/// Plans to insert a point at `at` on a side of parcel `fid`. `at` itself when it is within 1 mm of the side
/// (or within 2 mm and already a neighbour's point: then the two meet); else, up to 10 cm away, the
/// lattice point nearest to its foot. Codes of refusal: `NO_PARCEL`, `NOT_ON_SIDE`, `POINT_EXISTS`,
/// `WOULD_MAKE_FAULT`.
pub fn plan(coverage: &Coverage, fid: i64, at: Pt) -> Result<Plan, Refusal> {
    let parcel = coverage.get(fid).ok_or_else(gone)?;
    if parcel.polygon.points().any(|p| p == at) {
        return Err(exists(parcel, at).into());
    }
    let (a, b) = nearest_side(parcel, at)?;
    let mut refused = None;
    for x in candidates(coverage, parcel, at, a, b)? {
        let mut revision = Revision::new(coverage);
        insert(&mut revision, fid, a, b, x);
        let plan = revision.into_plan(Vec::new());
        match guard::check(coverage, &plan, INSERT) {
            Ok(()) => return Ok(plan),
            Err(r) => refused = refused.or(Some(r)),
        }
    }
    Err(refused.unwrap_or_else(|| exists(parcel, at).into()))
}

/// Inserts `x`, at most some mm off a–b, into the side a–b of the parcel and of all that share it there.
pub(super) fn insert(revision: &mut Revision<'_>, fid: i64, a: Pt, b: Pt, x: Pt) {
    if segment::side_of(a, b, x) == 0 {
        for (other, c, d) in revision.sides_near(a, b, 0) {
            let same_line = segment::side_of(a, b, c) == 0 && segment::side_of(a, b, d) == 0;
            if same_line && beside(x, c, d, 0) {
                revision.insert(other, c, d, &[x]);
            }
        }
        return;
    }
    // The shortest stretch around x between points of any parcel on the side: there all sharers agree.
    let on = revision.points_on(a, b, 0);
    let t = segment::dot(a, b, x);
    let u = on
        .iter()
        .copied()
        .rfind(|p| segment::dot(a, b, *p) <= t)
        .unwrap_or(a);
    let v = on
        .iter()
        .copied()
        .find(|p| segment::dot(a, b, *p) > t)
        .unwrap_or(b);
    let sharers: Vec<_> = revision
        .sides_near(u, v, 0)
        .into_iter()
        .filter(|(_, c, d)| matches!(segment::meet(u, v, *c, *d), segment::Meet::Overlap(p, q) if (p, q) == (u, v)))
        .collect();
    for (other, c, d) in sharers {
        let mut points: Vec<Pt> = [u, v]
            .into_iter()
            .filter(|p| *p != c && *p != d)
            .chain([x])
            .collect();
        along(&mut points, c, d);
        revision.insert(other, c, d, &points);
    }
    debug_assert!(revision.polygon(fid).is_some_and(|p| p.points().any(|q| q == x)));
}

/// The parcel's side nearest to `at`.
fn nearest_side(parcel: &Parcel, at: Pt) -> Result<(Pt, Pt), Failure> {
    let sides = parcel.polygon.sides().filter(|(a, b)| a != b);
    let near = sides.map(|(a, b)| (segment::distance(at, a, b), a, b));
    let best = near.min_by(|x, y| x.0.total_cmp(&y.0).then((x.1, x.2).cmp(&(y.1, y.2))));
    match best {
        Some((d, a, b)) if d <= REACH as f64 => Ok((a, b)),
        Some((d, a, b)) => Err(not_on_side(parcel, at, Some((d, segment::foot(at, a, b))))),
        None => Err(not_on_side(parcel, at, None)),
    }
}

/// Lattice points for the new point, the best first.
fn candidates(coverage: &Coverage, parcel: &Parcel, at: Pt, a: Pt, b: Pt) -> Result<Vec<Pt>, Failure> {
    let meets = beside(at, a, b, UNMATCHED_MM) && !coverage.users_of(at).is_empty();
    if meets || beside(at, a, b, 1) {
        return Ok(vec![at]);
    }
    let foot = segment::foot(at, a, b);
    if foot == a || foot == b {
        return Err(exists(parcel, foot));
    }
    Ok(lattice_near(foot, a, b))
}

/// Lattice points at most 1 mm off a–b around `p`, the nearest to the line first. Of a free side either may
/// be the one that makes no fault.
pub fn lattice_near(p: Pt, a: Pt, b: Pt) -> Vec<Pt> {
    let around = (-1..=1).flat_map(|de| (-1..=1).map(move |dn| Pt::new(p.e + de, p.n + dn)));
    let mut found: Vec<Pt> = around.filter(|q| beside(*q, a, b, 1)).collect();
    found.sort_by_key(|q| (segment::cross(a, b, *q).abs(), q.dist2(p), *q));
    found.truncate(4);
    found
}

pub(super) fn gone() -> Failure {
    Failure::new(
        "NO_PARCEL",
        msg!("Thửa đất không còn hiện hành.", "The parcel is not in force."),
    )
}

fn exists(parcel: &Parcel, at: Pt) -> Failure {
    let ((e, n), parcel) = (at.metres(), parcel.reference());
    let message = msg!(
        "Thửa {parcel} đã có điểm ranh tại X = {n:.3}, Y = {e:.3}.",
        "Parcel {parcel} has a boundary point at X = {n:.3}, Y = {e:.3} already."
    );
    let remedy = msg!(
        "Chọn vị trí giữa hai điểm ranh; để dời điểm đã có, dùng lệnh dời điểm.",
        "Choose a place between two boundary points; to change the one there, move it."
    );
    Failure::new("POINT_EXISTS", message).remedy(remedy)
}

fn not_on_side(parcel: &Parcel, at: Pt, nearest: Option<(f64, Pt)>) -> Failure {
    let ((e, n), parcel) = (at.metres(), parcel.reference());
    let message = msg!(
        "Vị trí X = {n:.3}, Y = {e:.3} không nằm trên cạnh nào của thửa {parcel}.",
        "X = {n:.3}, Y = {e:.3} is on no side of parcel {parcel}."
    );
    let failure = Failure::new("NOT_ON_SIDE", message);
    let Some((distance, foot)) = nearest else {
        return failure;
    };
    let ((e, n), m) = (foot.metres(), distance / 1000.0);
    failure.remedy(msg!(
        "Cạnh gần nhất cách {m:.3} m; thêm điểm tại X = {n:.3}, Y = {e:.3}, rồi dời nếu cần.",
        "The nearest side is {m:.3} m away; insert the point at X = {n:.3}, Y = {e:.3}, then move it if need be."
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::topology::testing::{outcome, point};

    fn insert(parcels: &[&str], at: &str) -> String {
        outcome(parcels, |c| plan(c, 1, point(at)))
    }

    #[test]
    fn table() {
        let a = "0 0, 10000 0, 10000 10000, 0 10000";
        let b = "10000 0, 20000 0, 20000 10000, 10000 10000";
        let lower = "10000 0, 20000 0, 20000 5000, 10000 5000";
        let upper = "10000 5000, 20000 5000, 20000 10000, 10000 10000";
        // slanted: 7001 : 3000
        let west = "0 0, 7001 3000, 0 3000";
        let east = "0 0, 7001 0, 7001 3000";
        let holed = "0 0, 10000 0, 10000 10000, 0 10000 | 2000 2000, 2000 8000, 8000 8000, 8000 2000";
        let pond = "2000 2000, 8000 2000, 8000 8000, 2000 8000";
        let thin = "0 0, 1000000 1, 1000000 1001";
        let table: [(&[&str], &str, &str); 16] = [
            (&[a, b], "10000 4000", "1+1 2+1 +1"),
            (&[a, b], "10099 4000", "1+1 2+1 +1"),
            (&[a, b], "10101 4000", "NOT_ON_SIDE"),
            (&[a, b], "10000 0", "POINT_EXISTS"),
            (&[a, b], "10040 -30", "POINT_EXISTS"),
            // free
            (&[a, b], "0 4000", "1+1 +1"),
            // the neighbours have the point already, or share only a part of the side
            (&[a, lower, upper], "10000 5000", "1+1 +1"),
            (&[a, lower, upper], "10000 4000", "1+1 2+1 +1"),
            (&[lower, a, upper], "10000 4000", "1+1 2+1 +1"),
            // slanted: what one gains the other loses
            (&[west, east], "3500 1500", "1+1(-1500) 2+1(+1500) +1"),
            (&[west, east], "3520 1450", "1+1(-499) 2+1(+499) +1"),
            // over a T-junction on a slanted side: its end comes along
            (
                &[
                    "0 0, 9000 3000, 0 3000",
                    "0 0, 3000 0, 3000 1000",
                    "3000 1000, 3000 0, 9000 0, 9000 3000",
                ],
                "5000 1667",
                "1+2(-2000) 3+1(+2000) +1",
            ),
            // hole and what is in it; long and thin
            (&[holed, pond], "2000 5000", "1+1 2+1 +1"),
            (&[thin], "500000 1", "1+1(-500000) +1"),
            // a copy over it gets it as well
            (&[a, a], "10000 4000", "1+1 2+1 +1"),
            // a neighbour's point 2 mm off: the two meet
            (
                &[a, "10002 5000, 20000 0, 20000 10000"],
                "10002 5000",
                "1+1(+20000) +1",
            ),
        ];
        let all = table.map(|(parcels, at, want)| (insert(parcels, at), want, parcels, at));
        let wrong: Vec<_> = all.iter().filter(|(got, want, ..)| got != want).collect();
        assert!(wrong.is_empty(), "{wrong:#?}");
    }
}
