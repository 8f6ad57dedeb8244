//! Where new lines meet the parcels there are: cutting sides so that every parcel that has one is cut
//! alike, and settling what is drawn onto the points and sides it means.
//!
//! A side that is cut at a rounded point bends by at most 0.71 mm. A corner of a third parcel that lies
//! exactly on it (T-junction) would come to lie beside it; so such corners become points of the side
//! first, and each piece is bent in all parcels that run along it.

use std::collections::{BTreeMap, BTreeSet};

use super::contact::{Shape, UNMATCHED};
use super::noding::{self, Chains, Points, Side, node, side};
use super::segment::{self, Meet};
use super::{Coverage, Plan};
use crate::domain::{BBox, Failure, Parcel, Polygon, Pt, Ring, ring_sides};

/// Sides of parcels and of drawn lines that are to be cut where they meet.
#[derive(Clone, Debug, Default)]
pub struct Web {
    /// Sides of parcels that may be cut.
    pub parcels: BTreeSet<Side>,
    /// Sides that were drawn; without any, the parcels' sides are cut by each other.
    pub drawn: BTreeSet<Side>,
    /// Points that belong into sides of parcels though they may be 0.71 mm off them.
    pub feet: Points,
    /// Corners of parcels exactly on sides, where they are known already.
    pub corners: Points,
}

/// The cut sides.
#[derive(Clone, Debug, Default)]
pub struct Woven {
    pub chains: Chains,
    /// Sides of parcels that were cut.
    pub cut: BTreeSet<Side>,
}

impl Web {
    /// Sides of parcels to be cut by each other and by every corner that lies on them.
    pub fn among(coverage: &Coverage, parcels: BTreeSet<Side>) -> Self {
        Self {
            corners: parcels.iter().map(|s| (*s, corners_on(coverage, *s))).collect(),
            parcels,
            ..Self::default()
        }
    }

    /// Cuts. Fails with `LINES_TOO_TIGHT`.
    pub fn weave(&self, coverage: &Coverage) -> Result<Woven, Failure> {
        let mut corners = self.corners.clone();
        let mut seen: BTreeSet<Side> = corners.keys().copied().collect();
        let mut cut: BTreeSet<Side> = self.feet.keys().copied().collect();
        loop {
            for s in self.along(cut.difference(&seen).copied().collect()) {
                if seen.insert(s) {
                    let on = corners_on(coverage, s);
                    corners.entry(s).or_default().extend(on);
                }
            }
            let given = [corners.clone(), in_pieces(&corners, &self.feet)];
            let active = if self.drawn.is_empty() {
                &self.parcels
            } else {
                &self.drawn
            };
            let chains = node(active.iter().copied(), self.parcels.iter().copied(), &given)?;
            let parcels = self.parcels.iter().chain(self.feet.keys()).copied();
            cut = parcels.filter(|s| chains.cuts(s.0, s.1)).collect();
            if cut.is_subset(&seen) {
                return Ok(Woven { chains, cut });
            }
        }
    }

    /// The sides and those of parcels that run along them.
    fn along(&self, mut sides: Vec<Side>) -> Vec<Side> {
        for i in 0..sides.len() {
            let s = sides[i];
            sides.extend(self.parcels.iter().filter(|t| overlap(s, **t)));
        }
        sides
    }
}

fn overlap(s: Side, t: Side) -> bool {
    s.0 != s.1 && t.0 != t.1 && matches!(segment::meet(s.0, s.1, t.0, t.1), Meet::Overlap(..))
}

/// Points of parcels that lie exactly on the side, its ends left out.
fn corners_on(coverage: &Coverage, (a, b): Side) -> BTreeSet<Pt> {
    let mut found = BTreeSet::new();
    coverage.window_for_each(&segment::bbox(a, b), |parcel| {
        let points = parcel.polygon.points().filter(|p| *p != a && *p != b);
        found.extend(points.filter(|p| segment::on_segment(*p, a, b)));
    });
    found
}

/// A foot goes into the piece between the corners beside it, which is what other parcels call their side.
fn in_pieces(corners: &Points, feet: &Points) -> Points {
    let mut given = Points::new();
    for (&(a, b), points) in feet {
        let mut ends: Vec<Pt> = vec![a, b];
        ends.extend(corners.get(&(a, b)).into_iter().flatten());
        ends.sort_by_key(|p| segment::dot(a, b, *p));
        for &foot in points.iter().filter(|p| !ends.contains(p)) {
            let at = ends.partition_point(|p| segment::dot(a, b, *p) <= segment::dot(a, b, foot));
            let at = at.clamp(1, ends.len() - 1);
            given
                .entry(side(ends[at - 1], ends[at]))
                .or_default()
                .insert(foot);
        }
    }
    given
}

/// A parcel whose side passes a new point this near gets the point too, mm: its side was meant to be the
/// one that was cut, but one of the two was rounded before.
const BESIDE: i64 = 1;

/// Parcels not in `apart` that run along cut sides, with the points in.
pub fn followers(coverage: &Coverage, woven: &Woven, apart: &BTreeSet<i64>) -> Vec<(i64, Polygon)> {
    let mut new: BTreeMap<i64, BTreeMap<Side, Vec<(i128, Pt)>>> = BTreeMap::new();
    for &(a, b) in &woven.cut {
        let mut chain = vec![a];
        chain.extend(woven.chains.between(a, b));
        chain.push(b);
        coverage.window_for_each(&segment::bbox(a, b), |parcel| {
            if apart.contains(&parcel.fid) {
                return;
            }
            let along = parcel.polygon.sides().map(|(c, d)| side(c, d));
            for (c, d) in along.filter(|s| overlap(*s, (a, b))) {
                let reach = c.dist2(d);
                let inside = chain
                    .iter()
                    .map(|p| (segment::dot(c, d, *p), *p))
                    .filter(|(t, p)| 0 < *t && *t < reach && *p != c && *p != d);
                let points = new.entry(parcel.fid).or_default().entry((c, d)).or_default();
                points.extend(inside);
            }
        });
        for &p in chain.iter().filter(|p| **p != a && **p != b) {
            for (fid, (c, d)) in beside(coverage, p, apart) {
                let points = new.entry(fid).or_default().entry((c, d)).or_default();
                points.push((segment::dot(c, d, p), p));
            }
        }
    }
    let mut out = Vec::new();
    for (fid, sides) in new {
        let Some(parcel) = coverage.get(fid) else { continue };
        let polygon = with_points(&parcel.polygon, &sides);
        if polygon != parcel.polygon {
            out.push((fid, polygon));
        }
    }
    out
}

/// Parcels that do not have the point but a side that passes it at most 1 mm away, with the nearest such.
fn beside(coverage: &Coverage, p: Pt, apart: &BTreeSet<i64>) -> Vec<(i64, Side)> {
    let mut found = Vec::new();
    coverage.window_for_each(&BBox::EMPTY.with(p).grown(BESIDE), |parcel| {
        if apart.contains(&parcel.fid) || parcel.polygon.points().any(|q| q == p) {
            return;
        }
        let near = sides_of(&parcel.polygon)
            .filter(|(c, d)| segment::within(p, *c, *d, BESIDE))
            .map(|(c, d)| (segment::distance(p, c, d), (c, d)))
            .min_by(|x, y| x.0.total_cmp(&y.0).then(x.1.cmp(&y.1)));
        if let Some((_, (c, d))) = near {
            let along = segment::dot(c, d, p);
            if 0 < along && along < c.dist2(d) {
                found.push((parcel.fid, (c, d)));
            }
        }
    });
    found.sort_unstable();
    found
}

/// The polygon with points put into its sides, in order along them.
fn with_points(polygon: &Polygon, sides: &BTreeMap<Side, Vec<(i128, Pt)>>) -> Polygon {
    let ring = |ring: &Ring| {
        let mut out = Vec::with_capacity(ring.len() + 4);
        for (a, b) in ring_sides(ring) {
            out.push(a);
            if let Some(points) = sides.get(&side(a, b)) {
                let mut points = points.clone();
                points.sort_unstable();
                points.dedup();
                if a > b {
                    points.reverse();
                }
                out.extend(points.into_iter().map(|(_, p)| p));
            }
        }
        out
    };
    Polygon {
        rings: polygon.rings.iter().map(ring).collect(),
    }
}

/// Writes down which points come and go, by comparing the touched parcels before and after.
pub fn note_points(coverage: &Coverage, plan: &mut Plan) {
    let touched = plan.fids();
    let before: BTreeSet<Pt> = touched
        .iter()
        .filter_map(|f| coverage.get(*f))
        .flat_map(|p| p.polygon.points())
        .collect();
    let stay = plan.changed.iter().map(|(_, p)| p);
    let after: BTreeSet<Pt> = stay
        .chain(plan.created.iter().map(|c| &c.polygon))
        .flat_map(Polygon::points)
        .collect();
    plan.inserted = after.difference(&before).copied().collect();
    plan.removed = before.difference(&after).copied().collect();
}

/// A drawn ring as it is meant: its points on the points and sides of parcels at most 2 mm away, and
/// through the points its sides pass at most 2 mm away; with the points that belong into sides.
///
/// `corners`: parcels whose points count; `sides`: those whose sides count.
pub fn settle(ring: &[Pt], corners: &[&Parcel], sides: &[&Parcel]) -> (Ring, Points) {
    let corners: Vec<Shape> = corners.iter().map(|p| Shape::new(p)).collect();
    let sides: Vec<Shape> = sides.iter().map(|p| Shape::new(p)).collect();
    let mut feet = Points::new();
    let mut on: Ring = ring
        .iter()
        .map(|p| match nearest_corner(&corners, *p) {
            Some(corner) => corner,
            None => match nearest_side(&sides, *p) {
                Some((s, foot)) => nearest_corner(&corners, foot).unwrap_or_else(|| {
                    feet.entry(s).or_default().insert(foot);
                    foot
                }),
                None => *p,
            },
        })
        .collect();
    super::ring::tidy(&mut on);
    let mut out = Vec::with_capacity(on.len());
    for (a, b) in ring_sides(&on) {
        out.push(a);
        out.extend(corners_along(&corners, a, b));
    }
    super::ring::tidy(&mut out);
    (out, feet)
}

fn nearest_corner(shapes: &[Shape], p: Pt) -> Option<Pt> {
    let mut best: Option<(i128, Pt)> = None;
    for shape in shapes {
        shape.sides_near(&BBox::EMPTY.with(p).grown(UNMATCHED), |_, a, b| {
            for q in [a, b] {
                let new = (q.dist2(p), q);
                if new.0 <= i128::from(UNMATCHED * UNMATCHED) && best.is_none_or(|old| new < old) {
                    best = Some(new);
                }
            }
        });
    }
    best.map(|(_, q)| q)
}

fn nearest_side(shapes: &[Shape], p: Pt) -> Option<(Side, Pt)> {
    let mut best: Option<(f64, Side)> = None;
    for shape in shapes {
        shape.sides_near(&BBox::EMPTY.with(p).grown(UNMATCHED), |_, a, b| {
            if a != b && segment::within(p, a, b, UNMATCHED) {
                let new = (segment::distance(p, a, b), side(a, b));
                if best.is_none_or(|old| new.0.total_cmp(&old.0).then(new.1.cmp(&old.1)).is_lt()) {
                    best = Some(new);
                }
            }
        });
    }
    best.map(|(_, s)| (s, segment::foot(p, s.0, s.1)))
}

/// Points at most 2 mm off a–b, in order from `a`.
fn corners_along(shapes: &[Shape], a: Pt, b: Pt) -> Vec<Pt> {
    let mut found = BTreeSet::new();
    for shape in shapes {
        shape.sides_near(&segment::bbox(a, b).grown(UNMATCHED), |_, p, q| {
            let near = [p, q]
                .into_iter()
                .filter(|v| segment::within(*v, a, b, UNMATCHED));
            found.extend(near.map(|v| (segment::dot(a, b, v), v)));
        });
    }
    let reach = a.dist2(b);
    let between = found
        .into_iter()
        .filter(|(t, p)| 0 < *t && *t < reach && *p != a && *p != b);
    between.map(|(_, p)| p).collect()
}

/// Names of all sides of a polygon.
pub fn sides_of(polygon: &Polygon) -> impl Iterator<Item = Side> + '_ {
    polygon
        .sides()
        .filter(|(a, b)| a != b)
        .map(|(a, b)| noding::side(a, b))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::topology::testing::{parcel, polygon};

    fn text(polygon: &Polygon) -> String {
        let ring = |r: &Ring| {
            let points: Vec<String> = r.iter().map(|p| format!("{} {}", p.e, p.n)).collect();
            points.join(", ")
        };
        polygon.rings.iter().map(ring).collect::<Vec<_>>().join(" | ")
    }

    #[test]
    fn a_bent_side_is_bent_in_every_parcel_beside_it() {
        // 1 lies left of a slanted side; 2 and 3 on its right meet it in a T; 3 reaches beyond it.
        let all = vec![
            parcel(1, "0 0, 3000 1000, 0 1000"),
            parcel(2, "0 0, 1500 -500, 1500 500"),
            parcel(3, "1500 500, 1500 -500, 6000 2000"),
        ];
        let coverage = Coverage::build(all);
        let line = polygon("-100 301, 5000 302, 5000 4000, -100 4000");
        let web = Web {
            parcels: sides_of(&coverage.get(1).unwrap().polygon).collect(),
            drawn: sides_of(&line).collect(),
            ..Web::default()
        };
        let woven = web.weave(&coverage).unwrap();
        assert_eq!(
            text(&woven.chains.polygon(&coverage.get(1).unwrap().polygon)),
            "0 0, 904 301, 1500 500, 3000 1000, 0 1000, 0 301"
        );
        let follow = followers(&coverage, &woven, &BTreeSet::from([1]));
        let list: Vec<String> = follow.iter().map(|(f, p)| format!("{f}: {}", text(p))).collect();
        assert_eq!(
            list,
            [
                "2: 0 0, 1500 -500, 1500 500, 904 301",
                "3: 1500 500, 1500 -500, 6000 2000, 3000 1000"
            ]
        );
    }

    #[test]
    fn drawn_points_settle() {
        let p = parcel(1, "0 0, 3000 1000, 0 1000");
        let (ring, feet) = settle(
            &polygon("1 1, 904 300, 1502 502, 3001 999, 5000 -9").rings[0],
            &[&p],
            &[&p],
        );
        let points: Vec<String> = ring.iter().map(|p| format!("{} {}", p.e, p.n)).collect();
        assert_eq!(points.join(", "), "0 0, 904 301, 1502 501, 3000 1000, 5000 -9");
        assert_eq!(feet.len(), 1);
        // A side that passes a corner at 2 mm goes through it, one at 3 mm does not.
        for (n, want) in [(1002, 4), (1003, 3)] {
            let ring = [Pt::new(-5000, n), Pt::new(5000, n), Pt::new(0, 9000)];
            assert_eq!(settle(&ring, &[&p], &[&p]).0.len() - usize::from(n == 1002), want);
        }
    }
}
