//! Moving boundary points, one or many at once: every parcel that has one of them follows.
//!
//! A neighbour follows too where only the line holds it: a point that lies on its side without being a
//! point of it (T-junction, or up to 2 mm off in old data) becomes one before it moves, unless the new
//! place is on that side as well. So does a neighbour's point on a side that swings away. Both show in the
//! preview as points of the parcel that got them.

use std::collections::{BTreeMap, BTreeSet};

use super::revision::{Revision, beside};
use super::{Coverage, Plan, Refusal, UNMATCHED_MM, guard, segment};
use crate::domain::{Failure, MAX_COORDINATE, Parcel, Pt};
use crate::msg;
use crate::text::Text;

const MOVE: Text = Text::new("dời điểm ranh", "move the boundary point");

/// Plans to move points from their old places to new ones, all at once. Codes of refusal:
/// `POINT_NOT_MOVED`, `POINT_OUT_OF_RANGE`, `POINT_MOVED_TWICE`, `NO_POINT`, `POINT_TAKEN`,
/// `WOULD_MAKE_FAULT`.
pub fn plan(coverage: &Coverage, moves: &[(Pt, Pt)]) -> Result<Plan, Refusal> {
    let map = checked(moves)?;
    for (from, to) in &map {
        let users: Vec<&Parcel> = coverage
            .users_of(*from)
            .iter()
            .filter_map(|f| coverage.get(*f))
            .collect();
        if users.is_empty() {
            return Err(no_point(*from).into());
        }
        let stays = |p: &&&Parcel| p.polygon.points().any(|q| q == *to) && !map.contains_key(to);
        if let Some(p) = users.iter().find(stays) {
            return Err(taken(p, *to).into());
        }
    }
    let mut revision = Revision::new(coverage);
    carry(&mut revision, &map);
    let plan = revision.into_plan(map.into_iter().collect());
    guard::check(coverage, &plan, MOVE)?;
    Ok(plan)
}

/// Moves points with everything that hangs on them; see the module text.
pub(super) fn carry(revision: &mut Revision<'_>, map: &BTreeMap<Pt, Pt>) {
    let target = |p: Pt| map.get(&p).copied().unwrap_or(p);
    for from in map.keys() {
        hold_on(revision, *from, target);
        for (_, a, b) in revision.sides_near(*from, *from, 0) {
            if a == *from || b == *from {
                let on = revision.points_on(a, b, 0);
                let left: Vec<Pt> = on
                    .into_iter()
                    .filter(|p| !lies_on(target(*p), target(a), target(b)))
                    .collect();
                revision.insert_on_sides(&left);
            }
        }
    }
    revision.replace(map);
}

/// Makes `from` a point of every side it lies at, unless it stays at it.
fn hold_on(revision: &mut Revision<'_>, from: Pt, target: impl Fn(Pt) -> Pt) {
    for (fid, a, b) in revision.sides_near(from, from, UNMATCHED_MM) {
        let has = revision
            .polygon(fid)
            .is_some_and(|p| p.points().any(|q| q == from));
        if has || !beside(from, a, b, UNMATCHED_MM) {
            continue;
        }
        let exact = segment::side_of(a, b, from) == 0;
        let stays = beside(
            target(from),
            target(a),
            target(b),
            if exact { 0 } else { UNMATCHED_MM },
        );
        if !stays {
            revision.insert(fid, a, b, &[from]);
        }
    }
}

fn lies_on(p: Pt, a: Pt, b: Pt) -> bool {
    a != b && segment::on_segment(p, a, b)
}

/// The moves that change something, without contradiction.
fn checked(moves: &[(Pt, Pt)]) -> Result<BTreeMap<Pt, Pt>, Failure> {
    let mut map = BTreeMap::new();
    let mut targets = BTreeSet::new();
    for (from, to) in moves {
        check_range(*to)?;
        if map.insert(*from, *to).is_some_and(|other| other != *to) || !targets.insert(*to) {
            return Err(twice(*from));
        }
    }
    map.retain(|from, to| from != to);
    if map.is_empty() {
        let message = msg!("Điểm mới trùng với điểm cũ.", "The new place is the old place.");
        return Err(Failure::new("POINT_NOT_MOVED", message));
    }
    Ok(map)
}

/// Refuses coordinates beyond what the lattice holds.
pub(super) fn check_range(p: Pt) -> Result<(), Failure> {
    if [p.e, p.n].iter().all(|v| v.abs() <= MAX_COORDINATE) {
        return Ok(());
    }
    let message = msg!(
        "Tọa độ mới nằm ngoài phạm vi cho phép.",
        "The new coordinates are out of range."
    );
    Err(Failure::new("POINT_OUT_OF_RANGE", message))
}

fn twice(from: Pt) -> Failure {
    let (e, n) = from.metres();
    let message = msg!(
        "Điểm X = {n:.3}, Y = {e:.3} có hai nơi đến, hoặc trùng nơi đến với điểm khác.",
        "The point X = {n:.3}, Y = {e:.3} has two new places, or shares its new place with another."
    );
    let remedy = msg!(
        "Mỗi điểm một nơi đến riêng; muốn nhập hai điểm làm một, dùng lệnh gộp điểm.",
        "Give each point one place of its own; to make two points one, merge them."
    );
    Failure::new("POINT_MOVED_TWICE", message).remedy(remedy)
}

/// No parcel has a boundary point there.
pub(super) fn no_point(from: Pt) -> Failure {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::topology::testing::{outcome, point};

    #[test]
    fn table() {
        let a = "0 0, 10000 0, 10000 10000, 0 10000";
        let b = "10000 0, 20000 0, 20000 10000, 10000 10000";
        let lower = "10000 0, 20000 0, 20000 5000, 10000 5000";
        let upper = "10000 5000, 20000 5000, 20000 10000, 10000 10000";
        let holed = "0 0, 10000 0, 10000 10000, 0 10000 | 2000 2000, 2000 8000, 8000 8000, 8000 2000";
        let pond = "2000 2000, 8000 2000, 8000 8000, 2000 8000";
        let table: [(&[&str], &str, &str); 14] = [
            // the shared side as a whole
            (
                &[a, b],
                "10000 0 > 11000 0, 10000 10000 > 11000 10000",
                "1(+20000000) 2(-20000000) >2",
            ),
            // a ring of moves: each to the next one's place
            (
                &[a],
                "0 0 > 10000 0, 10000 0 > 10000 10000, 10000 10000 > 0 10000, 0 10000 > 0 0",
                "1 >4",
            ),
            (&[a], "0 0 > 10000 0", "POINT_TAKEN"),
            (&[a], "0 0 > 5 5, 0 0 > 6 6", "POINT_MOVED_TWICE"),
            (&[a], "0 0 > 5 5, 10000 0 > 5 5", "POINT_MOVED_TWICE"),
            (&[a], "0 0 > 0 0", "POINT_NOT_MOVED"),
            (&[a], "", "POINT_NOT_MOVED"),
            (&[a], "7 7 > 8 8", "NO_POINT"),
            // the whole pond with its hole, and out of it
            (
                &[holed, pond],
                "2000 2000 > 1000 2000, 8000 2000 > 7000 2000, 8000 8000 > 7000 8000, 2000 8000 > 1000 8000",
                "1 2 >4",
            ),
            (
                &[holed, pond],
                "2000 2000 > -1000 2000, 8000 2000 > 5000 2000, 8000 8000 > 5000 8000, 2000 8000 > -1000 8000",
                "WOULD_MAKE_FAULT PARCEL_OVERLAP 1+2 RING_INVALID 1",
            ),
            // T-junction: slides, or takes the long side with it
            (
                &[a, lower, upper],
                "10000 5000 > 10000 6000",
                "2(+10000000) 3(-10000000) >1",
            ),
            (
                &[a, lower, upper],
                "10000 5000 > 10100 5000",
                "1+1(+1000000) 2(-500000) 3(-500000) >1",
            ),
            // the long side swings round the T-junction
            (
                &[a, lower, upper],
                "10000 10000 > 10500 10000",
                "1+1(+2500000) 3(-2500000) >1",
            ),
            // 2 mm off: it comes along all the same
            (
                &[a, "10002 5000, 20000 0, 20000 10000"],
                "10002 5000 > 10500 5000",
                "1+1(+5000000) 2(-4980000) >1",
            ),
        ];
        let moves = |text: &str| -> Vec<(Pt, Pt)> {
            let pairs = text.split(',').filter_map(|m| m.split_once('>'));
            pairs.map(|(from, to)| (point(from), point(to))).collect()
        };
        let all =
            table.map(|(parcels, m, want)| (outcome(parcels, |c| plan(c, &moves(m))), want, parcels, m));
        let wrong: Vec<_> = all.iter().filter(|(got, want, ..)| got != want).collect();
        assert!(wrong.is_empty(), "{wrong:#?}");
    }
}
