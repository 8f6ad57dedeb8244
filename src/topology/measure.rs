//! How much two polygons have in common and how wide it is. Measures only: nothing here becomes a parcel.
//!
//! The region comes from `geo`'s overlay in coordinates local to the two polygons, exact to about a
//! micrometre for parcels of a kilometre (it works on a grid of 2^-31 of the region's size). Widths are
//! compared with thresholds of whole millimetres with [`SLACK`] to spare.

use geo::{BooleanOps, Coord, LineString};

use super::inscribed;
use crate::domain::{BBox, Polygon, Pt, Ring};

/// A width counts as "not wider than x" up to x + this many mm: what overlay and search may be off.
pub const SLACK: f64 = 0.01;

/// What two polygons have in common.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Common {
    /// m².
    pub area: f64,
    /// Diameter of the largest circle that fits in, mm.
    pub width: f64,
    /// Middle of that circle.
    pub at: Pt,
    /// Box of all of it.
    pub bbox: BBox,
}

/// The common interior of `a` and `b` by the even-odd rule; `None` when they have none.
pub fn common(a: &Polygon, b: &Polygon) -> Option<Common> {
    let (box_a, box_b) = (a.bbox(), b.bbox());
    if !box_a.intersects(&box_b) {
        return None;
    }
    let window = BBox {
        min: Pt::new(box_a.min.e.max(box_b.min.e), box_a.min.n.max(box_b.min.n)),
        max: Pt::new(box_a.max.e.min(box_b.max.e), box_a.max.n.min(box_b.max.n)),
    };
    together(&local(a, &window).intersection(&local(b, &window)), window.min)
}

/// What of `a` lies outside `b`, by the even-odd rule; `None` when nothing.
pub fn beyond(a: &Polygon, b: &Polygon) -> Option<Common> {
    let window = a.bbox();
    together(&local(a, &window).difference(&local(b, &window)), window.min)
}

/// The common surface of two polygons, rounded to the lattice, to be drawn.
pub fn shared(a: &Polygon, b: &Polygon) -> Vec<Ring> {
    let (box_a, box_b) = (a.bbox(), b.bbox());
    if !box_a.intersects(&box_b) {
        return Vec::new();
    }
    let o = box_a.min;
    let near = box_a.union(box_b);
    let window = BBox {
        min: o,
        max: near.max,
    };
    let lattice = |c: &Coord| Pt::new(o.e + c.x.round() as i64, o.n + c.y.round() as i64);
    let regions = local(a, &window).intersection(&local(b, &window));
    let rings = regions
        .iter()
        .flat_map(|r| std::iter::once(r.exterior()).chain(r.interiors()));
    rings
        .map(|r| {
            r.0.iter()
                .take(r.0.len().saturating_sub(1))
                .map(lattice)
                .collect()
        })
        .collect()
}

/// All regions as one.
fn together(regions: &geo::MultiPolygon, origin: Pt) -> Option<Common> {
    let mut all: Option<Common> = None;
    for region in regions {
        let rings: Vec<Vec<[f64; 2]>> = std::iter::once(region.exterior())
            .chain(region.interiors())
            .map(|r| {
                r.0.iter()
                    .take(r.0.len().saturating_sub(1))
                    .map(|c| [c.x, c.y])
                    .collect()
            })
            .collect();
        if let Some(part) = measured(&rings, origin) {
            all = Some(match all {
                None => part,
                Some(sum) => joined(sum, part),
            });
        }
    }
    all
}

/// The width of a polygon when it is nowhere as wide as `limit`, mm.
pub fn narrower_than(polygon: &Polygon, limit: f64) -> Option<f64> {
    // A region is somewhere at least as wide as twice its area by its perimeter.
    let perimeter: f64 = polygon.sides().map(|(a, b)| a.dist(b)).sum();
    let doubled = polygon.area2().unsigned_abs() as f64;
    if perimeter <= 0.0 || doubled / perimeter >= limit {
        return None;
    }
    let origin = polygon.bbox().min;
    let local = |p: &Pt| [(p.e - origin.e) as f64, (p.n - origin.n) as f64];
    let rings: Vec<Vec<[f64; 2]>> = polygon
        .rings
        .iter()
        .map(|r| r.iter().map(local).collect())
        .collect();
    let width = 2.0 * inscribed::largest(&rings)?.radius;
    (width < limit).then_some(width)
}

fn joined(sum: Common, part: Common) -> Common {
    let wider = if (part.width, sum.at) > (sum.width, part.at) {
        part
    } else {
        sum
    };
    Common {
        area: sum.area + part.area,
        bbox: sum.bbox.union(part.bbox),
        ..wider
    }
}

fn measured(rings: &[Vec<[f64; 2]>], origin: Pt) -> Option<Common> {
    let area: f64 = rings
        .iter()
        .map(|r| inscribed::ring_area(r))
        .map(f64::abs)
        .enumerate()
        .map(|(i, a)| if i == 0 { a } else { -a })
        .sum();
    // Below this the overlay's own grid speaks: a thousandth of a square millimetre.
    if area <= 1e-3 {
        return None;
    }
    let circle = inscribed::largest(rings)?;
    let lattice = |x: f64, y: f64| Pt::new(origin.e + x.round() as i64, origin.n + y.round() as i64);
    let mut bbox = BBox::EMPTY;
    for &[x, y] in &rings[0] {
        bbox = bbox.with(lattice(x, y));
    }
    Some(Common {
        area: area / 1e6,
        width: 2.0 * circle.radius,
        at: lattice(circle.x, circle.y),
        bbox,
    })
}

/// The part of a polygon that matters inside `window`, relative to its corner.
fn local(polygon: &Polygon, window: &BBox) -> geo::Polygon {
    let o = window.min;
    let limits = [
        -1000.0,
        -1000.0,
        (window.width() + 1000) as f64,
        (window.height() + 1000) as f64,
    ];
    let many = polygon.point_count() > 64;
    let mut rings = polygon.rings.iter().map(|r| {
        let points: Vec<[f64; 2]> = r
            .iter()
            .map(|p| [(p.e - o.e) as f64, (p.n - o.n) as f64])
            .collect();
        let cut = if many { clip(points, limits) } else { points };
        LineString(cut.into_iter().map(|[x, y]| Coord { x, y }).collect())
    });
    let shell = rings.next().unwrap_or_else(|| LineString(Vec::new()));
    geo::Polygon::new(shell, rings.filter(|r| !r.0.is_empty()).collect())
}

/// Cuts a ring to a rectangle (Sutherland and Hodgman, 1974). What runs along the rectangle's sides may
/// be doubled; even-odd counting cancels it.
fn clip(mut ring: Vec<[f64; 2]>, limits: [f64; 4]) -> Vec<[f64; 2]> {
    for (edge, &limit) in limits.iter().enumerate() {
        let axis = edge % 2;
        let sign = if edge < 2 { 1.0 } else { -1.0 };
        let depth = |p: &[f64; 2]| sign * (p[axis] - limit);
        let mut out = Vec::with_capacity(ring.len());
        for (i, b) in ring.iter().enumerate() {
            let a = &ring[(i + ring.len() - 1) % ring.len()];
            let (da, db) = (depth(a), depth(b));
            if (da < 0.0) != (db < 0.0) {
                let t = da / (da - db);
                let mut cut = [a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1])];
                cut[axis] = limit;
                out.push(cut);
            }
            if db >= 0.0 {
                out.push(*b);
            }
        }
        ring = out;
    }
    ring
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::topology::testing::polygon;

    #[test]
    fn areas_and_widths() {
        let square = "0 0, 10000 0, 10000 10000, 0 10000";
        let holed = "0 0, 10000 0, 10000 10000, 0 10000 | 2000 2000, 2000 8000, 8000 8000, 8000 2000";
        let table = [
            // strip of 1 m; strip of 2 mm; strip of 3 mm
            (
                square,
                "9000 0, 20000 0, 20000 10000, 9000 10000",
                Some((10.0, 1000.0)),
            ),
            (
                square,
                "9998 0, 20000 0, 20000 10000, 9998 10000",
                Some((0.02, 2.0)),
            ),
            (
                square,
                "9997 0, 20000 0, 20000 10000, 9997 10000",
                Some((0.03, 3.0)),
            ),
            // contained, identical, touching, apart
            (
                square,
                "3000 3000, 7000 3000, 7000 7000, 3000 7000",
                Some((16.0, 4000.0)),
            ),
            (square, square, Some((100.0, 10_000.0))),
            (square, "10000 0, 20000 0, 20000 10000, 10000 10000", None),
            (square, "10000 10000, 20000 10000, 20000 20000", None),
            (square, "30000 0, 40000 0, 40000 10000", None),
            // in the hole: nothing; over the hole's rim
            (holed, "2000 2000, 8000 2000, 8000 8000, 2000 8000", None),
            (
                holed,
                "1000 1000, 9000 1000, 9000 9000, 1000 9000",
                Some((28.0, 1171.6)),
            ),
            // slanted long sliver, 5 mm across
            (
                "0 0, 40000 30000, 37000 34000, -3000 4000",
                "-3 4, 39997 30004, 43000 26000, 3000 -4000",
                Some((0.25, 5.0)),
            ),
            // a concave one bites twice
            (
                square,
                "9000 1000, 20000 1000, 20000 9000, 9000 9000, 9000 6000, 12000 6000, 12000 4000, 9000 4000",
                Some((6.0, 1000.0)),
            ),
        ];
        for (a, b, want) in table {
            for (a, b) in [(a, b), (b, a)] {
                let got = common(&polygon(a), &polygon(b));
                match (got, want) {
                    (None, None) => {}
                    (Some(c), Some((area, width))) => {
                        assert!((c.area - area).abs() < 1e-6, "{a} / {b}: {c:?}");
                        assert!((c.width - width).abs() < 0.1 + width * 0.01, "{a} / {b}: {c:?}");
                    }
                    _ => panic!("{a} / {b}: {got:?}, wanted {want:?}"),
                }
            }
        }
    }

    #[test]
    fn many_points_are_cut_to_the_window() {
        // A road of 400 points with a plot standing 1 m in it.
        let mut road: Vec<String> = (0..200).map(|i| format!("{} {}", i * 10_000, i % 2)).collect();
        road.extend((0..200).rev().map(|i| format!("{} {}", i * 10_000, 8000 + i % 2)));
        let plot = "1000000 7000, 1005000 7000, 1005000 20000, 1000000 20000";
        let c = common(&polygon(&road.join(", ")), &polygon(plot)).unwrap();
        assert!(
            (c.area - 5.0).abs() < 0.01 && (c.width - 1000.0).abs() < 2.0,
            "{c:?}"
        );
    }
}
