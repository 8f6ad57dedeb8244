//! New points in a parcel's sides go into every other parcel that has the side, so that it stays shared.

use std::collections::BTreeMap;

use super::cut::SidePoint;
use crate::domain::{BBox, Parcel, Polygon, Pt, ring_sides};
use crate::topology::{Coverage, segment};

/// The parcel's polygon with those points of other parcels that lie exactly on its sides, and which they are. A cut
/// bends the side away from them otherwise.
pub fn with_guests(coverage: &Coverage, parcel: &Parcel) -> (Polygon, Vec<SidePoint>) {
    let mut on: BTreeMap<(Pt, Pt), Vec<Pt>> = BTreeMap::new();
    let own: std::collections::BTreeSet<Pt> = parcel.polygon.points().collect();
    coverage.window_for_each(&parcel.bbox, |other| {
        if other.fid == parcel.fid {
            return;
        }
        let near = other
            .polygon
            .points()
            .filter(|p| parcel.bbox.contains(*p) && !own.contains(p));
        for p in near {
            for (a, b) in parcel
                .polygon
                .sides()
                .filter(|(a, b)| segment::on_segment(p, *a, *b))
            {
                on.entry((a, b)).or_default().push(p);
            }
        }
    });
    let mut guests = Vec::new();
    let ring = |r: &Vec<Pt>| {
        let mut ring = Vec::with_capacity(r.len());
        for (from, to) in ring_sides(r) {
            ring.push(from);
            let mut points = on.get(&(from, to)).cloned().unwrap_or_default();
            points.sort_by_key(|p| (segment::dot(from, to, *p), *p));
            points.dedup();
            guests.extend(points.iter().map(|&at| SidePoint { from, to, at }));
            ring.extend(points);
        }
        ring
    };
    let rings = parcel.polygon.rings.iter().map(ring).collect();
    (Polygon { rings }, guests)
}

/// The other parcels that get the points, with their new polygons, by fid. `inserted` in the order in which they were
/// put in: a later one may lie in a piece of a side that an earlier one divided.
pub fn spread(coverage: &Coverage, fid: i64, inserted: &[SidePoint]) -> Vec<(i64, Polygon)> {
    let mut changed: BTreeMap<i64, Polygon> = BTreeMap::new();
    for new in inserted {
        let reach = BBox::of([new.from, new.to, new.at]);
        coverage.window_for_each(&reach, |other| {
            if other.fid == fid {
                return;
            }
            let now = changed.get(&other.fid).unwrap_or(&other.polygon);
            if let Some(polygon) = receive(now, new) {
                changed.insert(other.fid, polygon);
            }
        });
    }
    changed.into_iter().collect()
}

/// The polygon with the point, and the ends of the side it was put in, in each side that holds that side; none if none
/// does.
fn receive(polygon: &Polygon, new: &SidePoint) -> Option<Polygon> {
    let holds =
        |a: Pt, b: Pt| a != b && segment::on_segment(new.from, a, b) && segment::on_segment(new.to, a, b);
    if !polygon.sides().any(|(a, b)| holds(a, b)) {
        return None;
    }
    let ring = |r: &Vec<Pt>| {
        let mut ring = Vec::with_capacity(r.len() + 3);
        for (a, b) in ring_sides(r) {
            ring.push(a);
            if holds(a, b) {
                let forward = segment::dot(a, b, new.from) < segment::dot(a, b, new.to);
                let points = if forward {
                    [new.from, new.at, new.to]
                } else {
                    [new.to, new.at, new.from]
                };
                ring.extend(points.into_iter().filter(|p| *p != a && *p != b));
            }
        }
        ring
    };
    Some(Polygon {
        rings: polygon.rings.iter().map(ring).collect(),
    })
}
