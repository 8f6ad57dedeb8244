//! Pole of inaccessibility: the point of a polygon farthest from its boundary. Labels stand there.
//!
//! Quadtree search, best cell first: the method published by V. Agafonkin (Mapbox, 2016), written anew.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

use super::inscribed::Circle;
use super::ring::{Place, locate};
use crate::domain::{BBox, Polygon, Pt};

/// The point farthest from the boundary.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pole {
    pub at: Pt,
    /// Distance to the boundary, mm.
    pub radius: f64,
}

/// Cells looked at, at most. A strip of even width has a whole line of equally good points; the search
/// would follow all of it to no use.
const MOST_CELLS: usize = 3000;

/// The pole to `precision` mm (or as near as 3000 cells come). `None` when no lattice point lies inside.
pub fn pole(polygon: &Polygon, precision: f64) -> Option<Pole> {
    let bbox = polygon.bbox();
    if bbox.is_empty() {
        return None;
    }
    let local = |p: Pt| [(p.e - bbox.min.e) as f64, (p.n - bbox.min.n) as f64];
    let field = Field::new(polygon.sides().map(|(a, b)| (local(a), local(b))));
    let best = field.search([bbox.width() as f64, bbox.height() as f64], precision);
    let at = on_lattice(polygon, bbox, &best)?;
    let [x, y] = local(at);
    Some(Pole {
        at,
        radius: field.distance(x, y),
    })
}

/// The same for rings in local millimetres, nothing rounded.
pub(super) fn in_rings(rings: &[Vec<[f64; 2]>], precision: f64) -> Option<Circle> {
    let points = || rings.iter().flatten();
    let low = |axis: usize| points().map(|p| p[axis]).fold(f64::MAX, f64::min);
    let high = |axis: usize| points().map(|p| p[axis]).fold(f64::MIN, f64::max);
    let (x0, y0) = (low(0), low(1));
    let local = move |p: [f64; 2]| [p[0] - x0, p[1] - y0];
    let sides = rings.iter().flat_map(|r| r.iter().zip(r.iter().cycle().skip(1)));
    let field = Field::new(sides.map(|(a, b)| (local(*a), local(*b))));
    let best = field.search([high(0) - x0, high(1) - y0], precision);
    (best.distance > 0.0).then_some(Circle {
        x: best.x + x0,
        y: best.y + y0,
        radius: best.distance,
    })
}

/// A lattice point inside, at or next to the best place found; else inside anywhere near the box's middle.
fn on_lattice(polygon: &Polygon, bbox: BBox, best: &Cell) -> Option<Pt> {
    let (e, n) = (
        bbox.min.e + best.x.floor() as i64,
        bbox.min.n + best.y.floor() as i64,
    );
    let around = [(0, 0), (1, 0), (0, 1), (1, 1), (-1, 0), (0, -1), (2, 0), (0, 2)];
    let mut near = around.iter().map(|(de, dn)| Pt::new(e + de, n + dn));
    near.find(|p| locate(polygon, *p) == Place::Inside)
}

/// Sides relative to a local origin, as `f64`: distances need no more than a micrometre.
struct Field {
    sides: Vec<[f64; 4]>,
}

impl Field {
    fn new(sides: impl Iterator<Item = ([f64; 2], [f64; 2])>) -> Self {
        Self {
            sides: sides.map(|([ax, ay], [bx, by])| [ax, ay, bx, by]).collect(),
        }
    }

    /// The best cell of a region that lies in `size` from the origin.
    fn search(&self, [w, h]: [f64; 2], precision: f64) -> Cell {
        let size = w.min(h).max(w.max(h) / 64.0).max(1.0);
        let mut heap = BinaryHeap::new();
        let mut best = self.cell(w / 2.0, h / 2.0, 0.0);
        for i in 0..(w / size).ceil().max(1.0) as u32 {
            for j in 0..(h / size).ceil().max(1.0) as u32 {
                let half = size / 2.0;
                heap.push(self.cell(f64::from(i) * size + half, f64::from(j) * size + half, half));
            }
        }
        let mut seen = heap.len();
        while let Some(cell) = heap.pop() {
            if cell.distance > best.distance {
                best = cell;
            }
            if cell.potential() - best.distance <= precision || seen > MOST_CELLS {
                break;
            }
            let q = cell.half / 2.0;
            for (dx, dy) in [(-q, -q), (q, -q), (-q, q), (q, q)] {
                heap.push(self.cell(cell.x + dx, cell.y + dy, q));
            }
            seen += 4;
        }
        best
    }

    fn cell(&self, x: f64, y: f64, half: f64) -> Cell {
        Cell {
            x,
            y,
            half,
            distance: self.distance(x, y),
        }
    }

    /// Distance to the boundary, negative outside.
    fn distance(&self, x: f64, y: f64) -> f64 {
        let (mut inside, mut d2) = (false, f64::INFINITY);
        for &[ax, ay, bx, by] in &self.sides {
            if (ay > y) != (by > y) && x < (bx - ax) * (y - ay) / (by - ay) + ax {
                inside = !inside;
            }
            let (ux, uy) = (bx - ax, by - ay);
            let len2 = ux * ux + uy * uy;
            let t = if len2 > 0.0 {
                (((x - ax) * ux + (y - ay) * uy) / len2).clamp(0.0, 1.0)
            } else {
                0.0
            };
            let (dx, dy) = (x - ax - t * ux, y - ay - t * uy);
            d2 = d2.min(dx * dx + dy * dy);
        }
        if inside { d2.sqrt() } else { -d2.sqrt() }
    }
}

/// A square of the search.
#[derive(Clone, Copy)]
struct Cell {
    x: f64,
    y: f64,
    half: f64,
    distance: f64,
}

impl Cell {
    /// No point of the square is farther from the boundary.
    fn potential(&self) -> f64 {
        self.distance + self.half * std::f64::consts::SQRT_2
    }
}

impl Ord for Cell {
    fn cmp(&self, o: &Self) -> Ordering {
        // Ties by place keep the result the same on every run.
        (self.potential().total_cmp(&o.potential()))
            .then_with(|| o.x.total_cmp(&self.x))
            .then_with(|| o.y.total_cmp(&self.y))
    }
}

impl PartialOrd for Cell {
    fn partial_cmp(&self, o: &Self) -> Option<Ordering> {
        Some(self.cmp(o))
    }
}

impl PartialEq for Cell {
    fn eq(&self, o: &Self) -> bool {
        self.cmp(o) == Ordering::Equal
    }
}

impl Eq for Cell {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::topology::testing::polygon;

    #[test]
    fn poles() {
        let table = [
            ("0 0, 10000 0, 10000 10000, 0 10000", 5000.0, 2.0),
            // holed: the pond takes the middle
            (
                "0 0, 10000 0, 10000 10000, 0 10000 | 4000 4000, 4000 6000, 6000 6000, 6000 4000",
                2343.1,
                2.0,
            ),
            // concave: an L
            (
                "0 0, 20000 0, 20000 10000, 10000 10000, 10000 20000, 0 20000",
                5857.9,
                2.0,
            ),
            // long and thin, slanted
            ("0 0, 1000000 500000, 1000000 504000, 0 4000", 1788.9, 60.0),
            // sliver 3 mm wide
            ("0 0, 100000 0, 100000 3, 0 3", 1.0, 0.5),
        ];
        for (text, radius, off) in table {
            let p = polygon(text);
            let pole = pole(&p, 1.0).unwrap();
            assert_eq!(locate(&p, pole.at), Place::Inside, "{text}");
            assert!((pole.radius - radius).abs() <= off, "{text}: {pole:?}");
        }
        assert_eq!(pole(&polygon("0 0, 1 0, 1 1, 0 1"), 1.0), None);
        assert_eq!(pole(&Polygon::default(), 1.0), None);
    }
}
