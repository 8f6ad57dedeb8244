//! Every place where cutting lines and sides meet, on the lattice.
//!
//! A crossing is rounded once, to the nearest lattice point, and put in both lines; where that is at most 2 mm from an end
//! of the side, the end is taken: two points so close could not be told from an unmatched vertex. A side with a rounded point runs up
//! to 0.71 mm beside where it ran and may so touch what it did not: all bent pieces are compared again until nothing new
//! turns up. What does not settle is refused by the caller.

use crate::domain::{BBox, Polygon, Pt};
use crate::topology::UNMATCHED_MM;
use crate::topology::segment::{self, Meet};

/// Rounds of comparing before giving up: two are usual, each further one is a meeting made by rounding.
const ROUNDS: usize = 12;

/// A side or one leg of a cutting line with the points that came into it, in order.
#[derive(Clone, Debug)]
pub(super) struct Chain {
    pub a: Pt,
    pub b: Pt,
    /// Between `a` and `b`, along the way.
    pub points: Vec<Pt>,
    fresh: bool,
}

impl Chain {
    fn new(a: Pt, b: Pt, fresh: bool) -> Self {
        Self {
            a,
            b,
            points: Vec::new(),
            fresh,
        }
    }

    /// From `a` over all points to `b`.
    pub fn way(&self) -> impl Iterator<Item = Pt> + '_ {
        [self.a]
            .into_iter()
            .chain(self.points.iter().copied())
            .chain([self.b])
    }

    /// Its pieces as (from, to).
    pub fn pieces(&self) -> impl Iterator<Item = (Pt, Pt)> + '_ {
        self.way().zip(self.way().skip(1))
    }

    fn add(&mut self, p: Pt) -> bool {
        if p == self.a || p == self.b || self.points.contains(&p) {
            return false;
        }
        let (a, b) = (self.a, self.b);
        self.points.push(p);
        self.points.sort_by_key(|q| (segment::dot(a, b, *q), *q));
        self.fresh = true;
        true
    }
}

/// The sides of a polygon and the legs of the lines, each with the points where they meet.
pub(super) struct Nodes {
    /// By ring, then in ring order.
    pub sides: Vec<Vec<Chain>>,
    pub legs: Vec<Chain>,
}

/// Finds all meetings. `None` when rounding makes new ones again and again.
pub(super) fn find(polygon: &Polygon, lines: &[Vec<Pt>]) -> Option<Nodes> {
    let side = |(a, b)| Chain::new(a, b, false);
    let rings = polygon.rings.iter();
    let mut nodes = Nodes {
        sides: rings
            .map(|r| {
                crate::domain::ring_sides(r)
                    .filter(|(a, b)| a != b)
                    .map(side)
                    .collect()
            })
            .collect(),
        legs: lines
            .iter()
            .flat_map(|l| l.windows(2))
            .filter(|w| w[0] != w[1])
            .map(|w| Chain::new(w[0], w[1], true))
            .collect(),
    };
    nodes.take_near_points(lines);
    nodes.settle().then_some(nodes)
}

impl Nodes {
    /// A point of a line that is the rounded foot on a side belongs to that side: it came from snapping to it.
    fn take_near_points(&mut self, lines: &[Vec<Pt>]) {
        let own: Vec<Pt> = self.sides.iter().flatten().map(|c| c.a).collect();
        let own: std::collections::BTreeSet<Pt> = own.into_iter().collect();
        for p in lines.iter().flatten().filter(|p| !own.contains(p)) {
            for side in self.sides.iter_mut().flatten() {
                if is_rounded_foot(*p, side.a, side.b) {
                    side.add(*p);
                }
            }
        }
    }

    fn settle(&mut self) -> bool {
        for _ in 0..ROUNDS {
            let found = self.meetings();
            if found.is_empty() {
                return true;
            }
            let mut any = false;
            for (chain, p) in found {
                any |= self.chain(chain).add(p);
            }
            if !any {
                return true;
            }
        }
        false
    }

    /// Meetings of fresh pieces with all pieces, as (chain, point) to put in. Nothing is fresh afterwards.
    fn meetings(&mut self) -> Vec<(usize, Pt)> {
        let mut pieces: Vec<(usize, Pt, Pt, BBox)> = Vec::new();
        let mut fresh = Vec::new();
        for (i, chain) in self.sides.iter_mut().flatten().chain(&mut self.legs).enumerate() {
            for (a, b) in chain.pieces() {
                if chain.fresh {
                    fresh.push(pieces.len());
                }
                pieces.push((i, a, b, segment::bbox(a, b)));
            }
            chain.fresh = false;
        }
        let sides: usize = self.sides.iter().map(Vec::len).sum();
        let mut found = Vec::new();
        for &f in &fresh {
            let (i, a, b, reach) = pieces[f];
            for (g, &(j, c, d, other)) in pieces.iter().enumerate() {
                if g == f || !reach.intersects(&other) {
                    continue;
                }
                // Of a side and a leg, the piece of the side.
                let side = match (i < sides, j < sides) {
                    (true, false) => Some((a, b)),
                    (false, true) => Some((c, d)),
                    _ => None,
                };
                for p in common(a, b, c, d, side) {
                    found.extend([(i, p), (j, p)]);
                }
            }
        }
        found.retain(|(i, p)| !self.chain(*i).way().any(|q| q == *p));
        found.sort_unstable();
        found.dedup();
        found
    }

    fn chain(&mut self, mut i: usize) -> &mut Chain {
        for ring in &mut self.sides {
            if i < ring.len() {
                return &mut ring[i];
            }
            i -= ring.len();
        }
        &mut self.legs[i]
    }
}

/// Whether `p` is at most half a lattice diagonal from the inside of a–b, so that it may be a point of it, rounded. Exact.
pub(super) fn is_rounded_foot(p: Pt, a: Pt, b: Pt) -> bool {
    if p == a || p == b || !segment::bbox(a, b).grown(1).contains(p) {
        return false;
    }
    if segment::dot(a, b, p) <= 0 || segment::dot(b, a, p) <= 0 {
        return false;
    }
    // 2 cross² <= length²; the first test keeps the square inside i128.
    let area = segment::cross(a, b, p).abs();
    let reach = ((b.e - a.e).abs() + (b.n - a.n).abs()) as i128;
    area <= reach && 2 * area * area <= a.dist2(b)
}

/// The end of a–b that is at most 2 mm from `p`, else `p`.
fn end_nearby(p: Pt, a: Pt, b: Pt) -> Pt {
    let near = |q: Pt| q.dist2(p) <= (UNMATCHED_MM * UNMATCHED_MM) as i128;
    match (near(a), near(b)) {
        (true, true) if b.dist2(p) < a.dist2(p) => b,
        (true, _) => a,
        (false, true) => b,
        (false, false) => p,
    }
}

/// Lattice points two pieces have in common; a crossing rounded. The same whichever way they run.
fn common(a: Pt, b: Pt, c: Pt, d: Pt, side: Option<(Pt, Pt)>) -> Vec<Pt> {
    match segment::meet(a, b, c, d) {
        Meet::Nothing => Vec::new(),
        Meet::Touch(p) => vec![p],
        Meet::Overlap(p, q) => vec![p, q],
        Meet::Crossing => {
            let (s, t) = ((a.min(b), a.max(b)), (c.min(d), c.max(d)));
            let (s, t) = (s.min(t), s.max(t));
            let p = segment::crossing_point(s.0, s.1, t.0, t.1);
            vec![side.map_or(p, |(a, b)| end_nearby(p, a, b))]
        }
    }
}
