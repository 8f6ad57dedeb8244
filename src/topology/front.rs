//! How much of a parcel faces roads.

use super::segment::{self, Meet};
use crate::domain::{Polygon, Pt, ring_sides};

/// Length of the longest stretch of the shell that lies along sides of `roads` without a break, mm. `None` where it
/// lies along none: what gives access there is not known.
pub fn front(parcel: &Polygon, roads: &[&Polygon]) -> Option<f64> {
    let mut along: Vec<(Pt, Pt)> = Vec::new();
    for (a, b) in ring_sides(parcel.shell()).filter(|(a, b)| a != b) {
        along.extend(pieces(a, b, roads));
    }
    let connects = |i: usize, j: usize| along[i].1 == along[j].0;
    let n = along.len();
    // Begin behind a break, so that a stretch over the first point of the ring counts as one.
    let first = (0..n).find(|&i| !connects((i + n - 1) % n, i)).unwrap_or(0);
    let (mut longest, mut run) = (None, 0.0);
    for k in 0..n {
        let i = (first + k) % n;
        if k > 0 && !connects((i + n - 1) % n, i) {
            run = 0.0;
        }
        run += along[i].0.dist(along[i].1);
        longest = Some(f64::max(longest.unwrap_or(0.0), run));
    }
    longest
}

/// The pieces of a side that lie along the roads, in its direction, those that touch joined.
fn pieces(a: Pt, b: Pt, roads: &[&Polygon]) -> Vec<(Pt, Pt)> {
    let reach = segment::bbox(a, b);
    let sides = roads.iter().flat_map(|r| r.sides());
    let near = sides.filter(|(c, d)| c != d && segment::bbox(*c, *d).intersects(&reach));
    let mut found: Vec<(Pt, Pt)> = near
        .filter_map(|(c, d)| match segment::meet(a, b, c, d) {
            Meet::Overlap(p, q) => Some((p, q)),
            _ => None,
        })
        .collect();
    found.sort_unstable_by_key(|(p, q)| (a.dist2(*p), a.dist2(*q)));
    let mut joined: Vec<(Pt, Pt)> = Vec::new();
    for (p, q) in found {
        match joined.last_mut() {
            Some(last) if a.dist2(p) <= a.dist2(last.1) => {
                if a.dist2(q) > a.dist2(last.1) {
                    last.1 = q;
                }
            }
            _ => joined.push((p, q)),
        }
    }
    joined
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::topology::testing::polygon;

    #[test]
    fn the_longest_stretch_along_roads() {
        let road = "0 -5000, 20000 -5000, 20000 0, 0 0";
        let square = "2000 0, 6000 0, 6000 9000, 2000 9000";
        let table: [(&str, &[&str], Option<f64>); 9] = [
            (square, &[road], Some(4000.0)),
            (square, &["0 -5000, 20000 -5000, 20000 -1, 0 -1"], None),
            (square, &[], None),
            // touching in a corner is no front
            (square, &["6000 9000, 9000 9000, 9000 12000, 6000 12000"], None),
            // two roads round a corner; over the first point of the ring
            (square, &[road, "0 0, 2000 0, 2000 9000, 0 9000"], Some(13000.0)),
            // two fronts apart: the longer
            (
                square,
                &[road, "2000 9000, 5000 9000, 5000 12000, 2000 12000"],
                Some(4000.0),
            ),
            // concave: two feet on the road
            (
                "2000 0, 4000 0, 4000 3000, 7000 3000, 7000 0, 10000 0, 10000 9000, 2000 9000",
                &[road],
                Some(3000.0),
            ),
            // holed; long and thin with its end on the road
            (
                "2000 0, 6000 0, 6000 9000, 2000 9000 | 3000 3000, 3000 6000, 5000 6000, 5000 3000",
                &[road],
                Some(4000.0),
            ),
            ("5000 0, 5400 0, 5400 90000, 5000 90000", &[road], Some(400.0)),
        ];
        for (parcel, roads, want) in table {
            let roads: Vec<Polygon> = roads.iter().map(|r| polygon(r)).collect();
            let roads: Vec<&Polygon> = roads.iter().collect();
            assert_eq!(front(&polygon(parcel), &roads), want, "{parcel} {roads:?}");
        }
    }
}
