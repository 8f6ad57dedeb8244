//! From directed sides back to polygons: the end of every edit that makes a new shape.
//!
//! The sides bound a region on their left and cross nowhere but in common ends (`noding` sees to that).
//! At a point where the region touches itself each part of its interior is walked on its own; a walk is
//! then cut at points it passes twice, so that every ring is simple (OGC 06-103r4, 6.1.11): what a shell
//! pinches off becomes a hole that touches it, two parts that touch become two polygons. Exact.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use super::ring::{Place, locate_middle};
use super::segment::{cross, dot};
use crate::domain::{Polygon, Pt, Ring, ring_area2};

/// A side with the region on its left.
pub type Directed = (Pt, Pt);

/// What is left of the sides when every two that run against each other vanish.
pub fn cancelled(sides: impl IntoIterator<Item = Directed>) -> Vec<Directed> {
    let mut count: BTreeMap<Directed, usize> = BTreeMap::new();
    for (a, b) in sides {
        match count.get_mut(&(b, a)) {
            Some(1) => {
                count.remove(&(b, a));
            }
            Some(n) => *n -= 1,
            None => *count.entry((a, b)).or_default() += 1,
        }
    }
    count
        .into_iter()
        .flat_map(|(side, n)| std::iter::repeat_n(side, n))
        .collect()
}

/// The polygons these sides bound: one for each part of the interior, by the smallest point of the
/// shell; rings start at their smallest point. `None` when the sides do not close, a part has no shell,
/// or a side stands twice.
pub fn polygons(sides: &[Directed]) -> Option<Vec<Polygon>> {
    traced(sides, false)
}

/// As [`polygons`], for sides that bound an endless region too: that is left out.
pub fn enclosed(sides: &[Directed]) -> Option<Vec<Polygon>> {
    traced(sides, true)
}

fn traced(sides: &[Directed], endless: bool) -> Option<Vec<Polygon>> {
    let mut shells: Vec<Polygon> = Vec::new();
    let mut loose: Vec<Ring> = Vec::new();
    for walk in walks(sides)? {
        let rings = simple_rings(walk);
        let (outer, holes): (Vec<Ring>, Vec<Ring>) = rings.into_iter().partition(|r| ring_area2(r) > 0);
        match <[Ring; 1]>::try_from(outer) {
            Ok([shell]) => shells.push(Polygon {
                rings: std::iter::once(shell).chain(holes).collect(),
            }),
            Err(none) if none.is_empty() => loose.extend(holes),
            Err(_) => return None,
        }
    }
    for hole in loose {
        let home = shells
            .iter_mut()
            .filter(|s| holds(s.shell(), &hole))
            .min_by_key(|s| ring_area2(s.shell()));
        match home {
            Some(home) => home.rings.push(hole),
            None if endless => {}
            None => return None,
        }
    }
    for polygon in &mut shells {
        polygon.rings.iter_mut().for_each(start_at_smallest);
        polygon.rings[1..].sort_unstable();
    }
    shells.sort_unstable_by(|a, b| a.rings.cmp(&b.rings));
    Some(shells)
}

/// Whether the shell holds the hole, which nowhere crosses it.
fn holds(shell: &[Pt], hole: &Ring) -> bool {
    let shell = Polygon {
        rings: vec![shell.to_vec()],
    };
    hole.len() > 1 && locate_middle(&shell, hole[0], hole[1]) == Place::Inside
}

/// Turns a ring so that it starts at its smallest point.
fn start_at_smallest(ring: &mut Ring) {
    let first = (0..ring.len()).min_by_key(|i| ring[*i]).unwrap_or_default();
    ring.rotate_left(first);
}

/// Turns the rings of `new` that have the first point of a ring of `old` to start there too, and puts
/// them in the old order as far as they are the same: a parcel that stays keeps its first point.
pub fn start_as(new: &mut Polygon, old: &Polygon) {
    let starts: Vec<Pt> = old.rings.iter().filter_map(|r| r.first().copied()).collect();
    for ring in &mut new.rings {
        if let Some(first) = starts.iter().find_map(|s| ring.iter().position(|p| p == s)) {
            ring.rotate_left(first);
        }
    }
    if new.rings.len() > 2 {
        new.rings[1..].sort_by_key(|r| {
            let at = r.first().and_then(|p| starts.iter().position(|s| s == p));
            (at.unwrap_or(usize::MAX), r.first().copied())
        });
    }
}

/// Closed walks with the interior on the left, each side once.
fn walks(sides: &[Directed]) -> Option<Vec<Ring>> {
    let mut out: BTreeMap<Pt, Vec<Pt>> = BTreeMap::new();
    let mut left: BTreeSet<Directed> = BTreeSet::new();
    for &(a, b) in sides {
        if a == b || !left.insert((a, b)) {
            return None;
        }
        out.entry(a).or_default().push(b);
    }
    let mut walks = Vec::new();
    while let Some(&first) = left.first() {
        let mut walk = Vec::new();
        let mut side = first;
        while left.remove(&side) {
            walk.push(side.0);
            side = (side.1, next(side.0, side.1, out.get(&side.1)?)?);
        }
        if side != first {
            return None;
        }
        walks.push(walk);
    }
    Some(walks)
}

/// Where a walk from `u` to `v` goes on: the first side clockwise from the way back, so that the
/// interior between the two is one sector.
fn next(u: Pt, v: Pt, ways: &[Pt]) -> Option<Pt> {
    ways.iter().copied().min_by(|a, b| clockwise(v, u, *a, *b))
}

/// Order of the directions v→a and v→b clockwise from v→u; v→u itself comes last.
fn clockwise(v: Pt, u: Pt, a: Pt, b: Pt) -> Ordering {
    let half = |p: Pt| match (cross(v, u, p).signum(), dot(v, u, p) < 0) {
        (-1, _) => 0,
        (0, true) => 1,
        (1, _) => 2,
        _ => 3,
    };
    half(a).cmp(&half(b)).then_with(|| cross(v, a, b).cmp(&0))
}

/// Cuts a walk at the points it passes more than once.
fn simple_rings(walk: Ring) -> Vec<Ring> {
    let mut rings = Vec::new();
    let mut path: Vec<Pt> = Vec::new();
    let mut place: BTreeMap<Pt, usize> = BTreeMap::new();
    for p in walk {
        if let Some(&from) = place.get(&p) {
            let ring: Ring = path.drain(from..).collect();
            ring.iter().for_each(|q| {
                place.remove(q);
            });
            rings.push(ring);
        }
        place.insert(p, path.len());
        path.push(p);
    }
    rings.push(path);
    rings
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::topology::testing::polygon;
    use crate::topology::validity;

    fn union(parts: &[&str]) -> String {
        let sides: Vec<Directed> = parts
            .iter()
            .flat_map(|t| polygon(t).sides().collect::<Vec<_>>())
            .collect();
        let Some(found) = polygons(&cancelled(sides)) else {
            return "none".into();
        };
        for p in &found {
            assert_eq!(validity::check(p), [], "{parts:?}");
        }
        let ring = |r: &Ring| {
            let points: Vec<String> = r.iter().map(|p| format!("{} {}", p.e, p.n)).collect();
            points.join(", ")
        };
        let text = |p: &Polygon| p.rings.iter().map(ring).collect::<Vec<_>>().join(" | ");
        found.iter().map(text).collect::<Vec<_>>().join(" ; ")
    }

    #[test]
    fn table() {
        let a = "0 0, 9 0, 9 9, 0 9";
        let table: [(&[&str], &str); 11] = [
            (&[a], a),
            (&[a, "9 0, 18 0, 18 9, 9 9"], "0 0, 9 0, 18 0, 18 9, 9 9, 0 9"),
            // touching in a corner, and apart: two polygons
            (
                &[a, "9 9, 18 9, 18 18, 9 18"],
                "0 0, 9 0, 9 9, 0 9 ; 9 9, 18 9, 18 18, 9 18",
            ),
            (&[a, "20 0, 29 0, 29 9"], "0 0, 9 0, 9 9, 0 9 ; 20 0, 29 0, 29 9"),
            // a hole stays, a hole filled vanishes, half filled becomes smaller
            (
                &["0 0, 9 0, 9 9, 0 9 | 3 3, 3 6, 6 6, 6 3"],
                "0 0, 9 0, 9 9, 0 9 | 3 3, 3 6, 6 6, 6 3",
            ),
            (
                &["0 0, 9 0, 9 9, 0 9 | 3 3, 3 6, 6 6, 6 3", "3 3, 6 3, 6 6, 3 6"],
                a,
            ),
            (
                &["0 0, 9 0, 9 9, 0 9 | 3 3, 3 6, 6 6, 6 3", "3 3, 6 3, 3 6"],
                "0 0, 9 0, 9 9, 0 9 | 3 6, 6 6, 6 3",
            ),
            // a C closed by a fourth piece: ring with a hole
            (
                &[
                    "0 0, 9 0, 9 3, 3 3, 3 6, 9 6, 9 9, 0 9",
                    "9 3, 9 0, 12 0, 12 9, 9 9, 9 6",
                ],
                "0 0, 9 0, 12 0, 12 9, 9 9, 0 9 | 3 3, 3 6, 9 6, 9 3",
            ),
            // closed in a point: the hole touches the shell; in two points: two polygons
            (
                &["0 0, 9 0, 9 3, 3 3, 3 6, 9 6, 9 9, 0 9", "9 0, 12 0, 9 6, 9 3"],
                "0 0, 9 0, 12 0, 9 6, 9 9, 0 9 | 3 3, 3 6, 9 6, 9 3",
            ),
            (
                &["0 0, 9 0, 9 3, 3 3, 3 6, 9 6, 9 9, 0 9", "9 3, 12 4, 9 6"],
                "0 0, 9 0, 9 3, 3 3, 3 6, 9 6, 9 9, 0 9 ; 9 3, 12 4, 9 6",
            ),
            // an island in the hole that touches its rim
            (
                &["0 0, 9 0, 9 9, 0 9 | 2 2, 2 7, 7 7, 7 2", "2 2, 5 3, 5 5"],
                "0 0, 9 0, 9 9, 0 9 | 2 2, 2 7, 7 7, 7 2 ; 2 2, 5 3, 5 5",
            ),
        ];
        for (parts, want) in table {
            assert_eq!(union(parts), want, "{parts:?}");
        }
        assert_eq!(polygons(&[(Pt::new(0, 0), Pt::new(1, 0))]), None);
    }
}
