//! Parts with equal lengths along a stretch of boundary.

use super::by::Along;
use super::cut::{SidePoint, cut_at};
use super::divide::Division;
use super::fit::{Fit, divided};
use super::homes::Homes;
use super::pencil::{Way, way};
use super::slabs::Stuck;
use super::sweep::heading;
use super::trouble;
use super::work::Work;
use crate::domain::{Polygon, Pt, ring_sides};
use crate::msg;
use crate::topology::ring::{Place, locate_middle};
use crate::topology::{Refusal, UNMATCHED_MM, segment};

/// Cuts from points at equal distances along the boundary between two of its points.
pub(super) fn divide(
    polygon: &Polygon,
    parts: u32,
    (a, b): (Pt, Pt),
    along: Option<&Along>,
) -> Result<Division, Refusal> {
    let front = stretch(polygon, a, b)?;
    let (first, last) = (front[0], front[front.len() - 1]);
    let into = match along {
        None => {
            let (e, n) = way(first, last);
            (-n, e)
        }
        Some(Along::Parallel(p, q)) => way(*p, *q),
        Some(Along::Direction(azimuth)) => heading(*azimuth)?,
        Some(Along::Through(..)) => {
            let message = msg!(
                "Chia đều theo mặt tiền không đi qua một điểm.",
                "Equal frontages do not go through a point."
            );
            return Err(trouble::bad("through", message));
        }
    };
    let mut work = Work::new(polygon);
    let points = division_points(&front, parts);
    points
        .iter()
        .filter_map(|(_, new)| *new)
        .for_each(|new| work.insert(new));
    for (at, _) in points {
        let fit = from_point(&work.rest, &work.homes, at, into)?;
        work.take(&fit);
    }
    work.finish()
}

/// The shorter way along one ring between two of its points, in ring direction.
pub fn stretch(polygon: &Polygon, a: Pt, b: Pt) -> Result<Vec<Pt>, Refusal> {
    let missing = [a, b].into_iter().find(|p| !polygon.points().any(|q| q == *p));
    let ring = polygon.rings.iter().find(|r| r.contains(&a) && r.contains(&b));
    let Some(ring) = ring.filter(|_| a != b) else {
        return Err(trouble::no_side(missing.unwrap_or(b)));
    };
    let along = |from: Pt, to: Pt| -> Vec<Pt> {
        let start = ring.iter().position(|p| *p == from).unwrap_or_default();
        let mut way: Vec<Pt> = ring
            .iter()
            .cycle()
            .skip(start)
            .take(ring.len())
            .copied()
            .collect();
        way.truncate(way.iter().position(|p| *p == to).unwrap_or_default() + 1);
        way
    };
    let (there, back) = (along(a, b), along(b, a));
    Ok(if length(&there) <= length(&back) {
        there
    } else {
        back
    })
}

/// Length of a line, mm.
pub fn length(line: &[Pt]) -> f64 {
    line.windows(2).map(|w| w[0].dist(w[1])).sum()
}

/// The points that part a line into equal lengths, on the lattice, with how they come into its sides; a point of the line
/// less than 2 mm away serves.
fn division_points(front: &[Pt], parts: u32) -> Vec<(Pt, Option<SidePoint>)> {
    let all = length(front);
    let mut points = Vec::new();
    let (mut leg, mut done) = (0, 0.0);
    let mut from = front[0];
    for k in 1..parts {
        let wanted = all * f64::from(k) / f64::from(parts);
        while leg + 2 < front.len() && done + front[leg].dist(front[leg + 1]) <= wanted {
            done += front[leg].dist(front[leg + 1]);
            leg += 1;
            from = front[leg];
        }
        let (a, b) = (front[leg], front[leg + 1]);
        let t = (wanted - done) / a.dist(b);
        let along = |a: i64, b: i64| a + ((b - a) as f64 * t).round() as i64;
        let at = Pt::new(along(a.e, b.e), along(a.n, b.n));
        let near = [a, b].into_iter().find(|p| p.dist(at) <= UNMATCHED_MM as f64);
        if let Some(p) = near {
            points.push((p, None));
        } else {
            points.push((at, Some(SidePoint { from, to: b, at })));
            from = at;
        }
    }
    points
}

/// Cuts from a boundary point along a direction, as far as it takes to part the polygon in two; the part is on the left.
fn from_point(polygon: &Polygon, homes: &Homes, at: Pt, into: Way) -> Result<Fit, Refusal> {
    let inward = [into, (-into.0, -into.1)]
        .into_iter()
        .find(|w| points_inward(polygon, at, *w));
    let (e, n) = inward.ok_or_else(|| trouble::stuck(Stuck::Nowhere))?;
    let reach = polygon.bbox().with(at);
    let times = (reach.width() + reach.height()) / e.abs().max(n.abs()).max(1) + 1;
    let far = Pt::new(at.e + e * times, at.n + n * times);
    let whole = cut_at(polygon, &[vec![at, far]], homes)?.densified;
    let mut hits: Vec<Pt> = whole
        .points()
        .filter(|p| segment::within(*p, at, far, 1))
        .collect();
    hits.sort_by_key(|p| (segment::dot(at, far, *p), *p));
    hits.dedup();
    let inside = |w: &[Pt]| (locate_middle(&whole, w[0], w[1]) == Place::Inside).then(|| [w[0], w[1]]);
    let stretches: Vec<[Pt; 2]> = hits.windows(2).filter_map(inside).collect();
    let mut last = trouble::stuck(Stuck::Nowhere);
    for n in 1..=stretches.len() {
        match divided(polygon, homes, &stretches[..n], None) {
            Ok(fit) => return Ok(fit),
            Err(refusal) => last = refusal,
        }
    }
    Err(last)
}

/// Whether a direction leads from a boundary point into the polygon.
fn points_inward(polygon: &Polygon, at: Pt, (e, n): Way) -> bool {
    let to = Pt::new(at.e + e, at.n + n);
    polygon.rings.iter().any(|r| {
        let before = ring_sides(r).find(|(a, b)| *b == at && a != b);
        let after = ring_sides(r).find(|(a, b)| *a == at && a != b);
        let (Some((p, _)), Some((_, q))) = (before, after) else {
            return false;
        };
        let (left_of_in, left_of_out) = (segment::side_of(p, at, to) > 0, segment::side_of(at, q, to) > 0);
        if segment::side_of(p, at, q) >= 0 {
            left_of_in && left_of_out
        } else {
            left_of_in || left_of_out
        }
    })
}
