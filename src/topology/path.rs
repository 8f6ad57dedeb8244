//! A stretch of boundary between two points of one ring, and who shares it.

use serde::{Deserialize, Serialize};

use super::revision::{Revision, along, beside};
use super::segment::{self, Meet};
use super::{Coverage, Plan, Refusal, insert_point, move_points};
use crate::domain::{Failure, Polygon, Pt};
use crate::msg;

/// Which of the two ways round the ring.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    /// The one of less length; of equals the one in ring direction.
    #[default]
    Shorter,
    /// In the direction of the ring, from start to end with the parcel on the left: round a shell
    /// counter-clockwise, round a hole clockwise. Exchange start and end for the other.
    Ring,
}

/// Points from start to end, both included, at least two.
pub(super) struct Path {
    pub points: Vec<Pt>,
}

impl Path {
    /// The stretch of a ring of parcel `fid` from `start` to `end`. Either may lie on a side (at most 1 mm off)
    /// and becomes a point. Without `fid` both must be points, and the parcel is the one with the shortest
    /// stretch. Afterwards every parcel that shares a part has the same points there.
    pub fn find(
        revision: &mut Revision<'_>,
        fid: Option<i64>,
        start: Pt,
        end: Pt,
        way: Way,
    ) -> Result<Self, Failure> {
        if start == end {
            return Err(no_stretch());
        }
        let fids = match fid {
            Some(fid) => vec![fid],
            None => common(revision, start, end)?,
        };
        for (fid, p) in fids.iter().flat_map(|f| [(*f, start), (*f, end)]) {
            make_point(revision, fid, p)?;
        }
        let ways = fids
            .iter()
            .filter_map(|f| stretch(revision.polygon(*f)?, start, end, way));
        let best = ways.min_by(|x, y| x.0.total_cmp(&y.0));
        let (_, points) = best.ok_or_else(not_one_ring)?;
        let mut path = Self { points };
        path.agree(revision);
        Ok(path)
    }

    /// Gives all parcels along the stretch the same points. Everything is exactly on the line: no shape changes.
    fn agree(&mut self, revision: &mut Revision<'_>) {
        let mut points = vec![self.points[0]];
        for w in self.points.windows(2) {
            let (a, b) = (w[0], w[1]);
            let on = revision.points_on(a, b, 0);
            for (fid, c, d) in revision.sides_near(a, b, 0) {
                if matches!(segment::meet(a, b, c, d), Meet::Overlap(..)) {
                    let all = on.iter().copied().chain([a, b]);
                    let mut mine: Vec<Pt> = all.filter(|p| beside(*p, c, d, 0)).collect();
                    along(&mut mine, c, d);
                    revision.insert(fid, c, d, &mine);
                }
            }
            points.extend(on);
            points.push(b);
        }
        self.points = points;
    }

    /// Parcels that have the side a–b, by fid.
    pub fn sharers(revision: &Revision<'_>, a: Pt, b: Pt) -> Vec<i64> {
        let sides = revision.sides_near(a, b, 0).into_iter();
        let same = sides.filter(|(_, c, d)| (*c, *d) == (a, b) || (*c, *d) == (b, a));
        let mut fids: Vec<i64> = same.map(|(f, ..)| f).collect();
        fids.dedup();
        fids
    }

    /// Positions of the points, without the ends, where another boundary begins or the sharers change.
    pub fn nodes(&self, revision: &Revision<'_>) -> Vec<usize> {
        let of: Vec<Vec<i64>> = self
            .points
            .windows(2)
            .map(|w| Self::sharers(revision, w[0], w[1]))
            .collect();
        let is_node = |i: &usize| {
            let users = revision.users_of(self.points[*i]);
            of[i - 1] != of[*i] || users.iter().any(|f| !of[*i].contains(f))
        };
        (1..self.points.len() - 1).filter(is_node).collect()
    }
}

/// Parcels that have both points in one ring.
fn common(revision: &Revision<'_>, start: Pt, end: Pt) -> Result<Vec<i64>, Failure> {
    let users = [start, end].map(|p| (p, revision.users_of(p)));
    if let Some((p, _)) = users.iter().find(|(_, fids)| fids.is_empty()) {
        return Err(move_points::no_point(*p));
    }
    let mut fids = users[0].1.clone();
    fids.retain(|f| users[1].1.contains(f));
    if fids.is_empty() {
        return Err(not_one_ring());
    }
    Ok(fids)
}

/// Makes `p` a point of the parcel if it lies on one of its sides.
fn make_point(revision: &mut Revision<'_>, fid: i64, p: Pt) -> Result<(), Failure> {
    let Some(polygon) = revision.polygon(fid) else {
        return Err(insert_point::gone());
    };
    if polygon.points().any(|q| q == p) {
        return Ok(());
    }
    let side = polygon.sides().find(|(a, b)| beside(p, *a, *b, 1));
    let Some((a, b)) = side else {
        return Err(move_points::no_point(p));
    };
    insert_point::insert(revision, fid, a, b, p);
    Ok(())
}

/// Length and points of the way from start to end.
fn stretch(polygon: &Polygon, start: Pt, end: Pt, way: Way) -> Option<(f64, Vec<Pt>)> {
    let ring = polygon
        .rings
        .iter()
        .find(|r| r.contains(&start) && r.contains(&end))?;
    let at = |p: Pt| ring.iter().position(|q| *q == p);
    let (i, j) = (at(start)?, at(end)?);
    let walk = |from: usize, to: usize| -> Vec<Pt> {
        let steps = (to + ring.len() - from) % ring.len();
        (0..=steps).map(|k| ring[(from + k) % ring.len()]).collect()
    };
    let length = |points: &[Pt]| points.windows(2).map(|w| w[0].dist(w[1])).sum::<f64>();
    let forward = walk(i, j);
    let mut back = walk(j, i);
    back.reverse();
    let (f, b) = (length(&forward), length(&back));
    Some(if way == Way::Ring || f <= b {
        (f, forward)
    } else {
        (b, back)
    })
}

/// Puts `new` in the place of `old` (both with the same ends) in the rings of the parcel.
pub(super) fn exchange(polygon: &mut Polygon, old: &[Pt], new: &[Pt]) {
    let turned = |points: &[Pt]| points.iter().rev().copied().collect::<Vec<_>>();
    for (old, new) in [(old.to_vec(), new.to_vec()), (turned(old), turned(new))] {
        for ring in &mut polygon.rings {
            let n = ring.len();
            let runs =
                |i: &usize| n >= old.len() && old.iter().enumerate().all(|(k, p)| ring[(i + k) % n] == *p);
            let Some(i) = (0..n).find(runs) else { continue };
            let first = ring[0];
            let rest = (i + old.len()..i + n).map(|k| ring[k % n]);
            let mut all: Vec<Pt> = new.iter().copied().chain(rest).collect();
            if let Some(k) = all.iter().position(|p| *p == first) {
                all.rotate_left(k);
            }
            *ring = all;
        }
    }
}

/// Where new points come to lie on others' sides, and others' points on new sides (at most 1 mm off), both
/// become one: the parcels there get the points.
pub(super) fn weave(revision: &mut Revision<'_>, line: &[Pt]) {
    for p in line {
        for (fid, a, b) in revision.sides_near(*p, *p, 1) {
            let has = revision.polygon(fid).is_some_and(|g| g.points().any(|q| q == *p));
            if !has && beside(*p, a, b, 1) {
                insert_point::insert(revision, fid, a, b, *p);
            }
        }
    }
    for w in line.windows(2) {
        let on = revision.points_on(w[0], w[1], 1);
        for fid in Path::sharers(revision, w[0], w[1]) {
            revision.insert(fid, w[0], w[1], &on);
        }
    }
}

/// The plan of a revision, checked.
pub(super) fn checked(
    coverage: &Coverage,
    revision: Revision<'_>,
    moved: Vec<(Pt, Pt)>,
    what: crate::text::Text,
) -> Result<Plan, Refusal> {
    let plan = revision.into_plan(moved);
    if plan.changed.is_empty() {
        return Err(nothing_changes().into());
    }
    super::guard::check(coverage, &plan, what)?;
    Ok(plan)
}

fn no_stretch() -> Failure {
    let message = msg!(
        "Điểm đầu và điểm cuối trùng nhau.",
        "Start and end are the same point."
    );
    let remedy = msg!(
        "Chọn hai điểm ranh khác nhau.",
        "Choose two different boundary points."
    );
    Failure::new("NO_STRETCH", message).remedy(remedy)
}

fn not_one_ring() -> Failure {
    let message = msg!(
        "Điểm đầu và điểm cuối không nằm trên cùng một đường bao của thửa.",
        "Start and end are not on one ring of the parcel."
    );
    let remedy = msg!(
        "Chọn hai điểm trên cùng đường bao ngoài, hoặc trên cùng một đường bao trong.",
        "Choose two points of the outer ring, or two of one hole."
    );
    Failure::new("NOT_ONE_RING", message).remedy(remedy)
}

fn nothing_changes() -> Failure {
    let message = msg!("Đường ranh không thay đổi.", "The boundary does not change.");
    let remedy = msg!(
        "Vẽ một đường khác với ranh hiện có.",
        "Draw a line other than the boundary."
    );
    Failure::new("NOTHING_CHANGES", message).remedy(remedy)
}
