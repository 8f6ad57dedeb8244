//! Points that nearly meet a neighbour's side, gathered: one overlap or gap nowhere wider than 2 mm is
//! one finding, however many points bound it.

use std::collections::BTreeSet;

use super::contact::{NearMiss, Shape, UNMATCHED};
use super::validity::Sets;
use crate::domain::{BBox, Pt};

/// Points near a side of a neighbour that has no such point, all round one thin overlap or gap.
#[derive(Clone, Debug, PartialEq)]
pub struct Unmatched {
    /// The point farthest off; the smallest of equals.
    pub at: Pt,
    /// Parcels on both sides, sorted.
    pub fids: Vec<i64>,
    /// Largest distance of a point to the side, mm. Zero: the points lie exactly on it.
    pub distance: f64,
    /// Number of points.
    pub points: usize,
    pub bbox: BBox,
}

/// (point, owner, other, sense) of near misses, for looking up.
type Seen = BTreeSet<(Pt, u32, u32, i32)>;

/// Groups near misses that bound one thin overlap or gap: equal points; points 2 mm apart; two ends of
/// one side that are off to the same side of the same neighbour; a point and the ends of the side it
/// is near, when those are off the same way.
pub fn gather(misses: &[NearMiss], shapes: &[Shape]) -> Vec<Unmatched> {
    let mut points: Vec<Pt> = misses.iter().map(|m| m.at).collect();
    points.sort_unstable();
    points.dedup();
    let number = |p: Pt| points.binary_search(&p).ok();
    let seen: Seen = misses.iter().map(|m| (m.at, m.owner, m.other, m.sense)).collect();
    let mut sets = Sets::new(points.len());
    for (i, p) in points.iter().enumerate() {
        let close = points[i + 1..].iter().take_while(|q| q.e - p.e <= UNMATCHED);
        for (j, _) in close
            .enumerate()
            .filter(|(_, q)| p.dist2(**q) <= i128::from(UNMATCHED * UNMATCHED))
        {
            sets.join(i, i + 1 + j);
        }
    }
    for m in misses.iter().filter(|m| m.sense != 0) {
        let mut link = |to: Pt| {
            if let (Some(i), Some(j)) = (number(m.at), number(to)) {
                sets.join(i, j);
            }
        };
        for end in [m.side.0, m.side.1] {
            if seen.contains(&(end, m.other, m.owner, m.sense)) {
                link(end);
            }
        }
        shapes[m.owner as usize].sides_near(&BBox::EMPTY.with(m.at), |_, a, b| {
            if a == m.at && seen.contains(&(b, m.owner, m.other, m.sense)) {
                link(b);
            }
        });
    }
    let mut groups: Vec<(usize, &NearMiss)> = misses
        .iter()
        .map(|m| (number(m.at).map_or(0, |i| sets.find(i)), m))
        .collect();
    groups.sort_by_key(|(set, m)| (*set, m.at, m.owner, m.other));
    groups
        .chunk_by(|a, b| a.0 == b.0)
        .map(|g| finding(g, shapes))
        .collect()
}

fn finding(group: &[(usize, &NearMiss)], shapes: &[Shape]) -> Unmatched {
    let misses = || group.iter().map(|(_, m)| *m);
    let fid = |i: u32| shapes[i as usize].parcel.fid;
    let farthest = misses().max_by(|a, b| a.distance.total_cmp(&b.distance).then(b.at.cmp(&a.at)));
    let fids: BTreeSet<i64> = misses().flat_map(|m| [fid(m.owner), fid(m.other)]).collect();
    let points: BTreeSet<Pt> = misses().map(|m| m.at).collect();
    Unmatched {
        at: farthest.map(|m| m.at).unwrap_or_default(),
        fids: fids.into_iter().collect(),
        distance: farthest.map_or(0.0, |m| m.distance),
        bbox: BBox::of(points.iter().copied()),
        points: points.len(),
    }
}
