//! The largest circle inside a small region: how wide an overlap is.
//!
//! Convex regions (most overlaps) are solved exactly: the circle touches three sides. Others by halving
//! on the radius: a circle of radius r fits exactly when some point at distance r from two parts of the
//! boundary is no nearer to any other. Large fat regions take the quadtree of `polylabel`, to one per cent.

use super::polylabel;

/// A circle inside a region; local mm.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Circle {
    pub x: f64,
    pub y: f64,
    pub radius: f64,
}

type P = [f64; 2];

/// Twice halved: signed area of a ring, mm².
pub fn ring_area(ring: &[P]) -> f64 {
    let Some(&[ox, oy]) = ring.first() else { return 0.0 };
    sides(ring)
        .map(|(a, b)| (a[0] - ox) * (b[1] - oy) - (b[0] - ox) * (a[1] - oy))
        .sum::<f64>()
        / 2.0
}

fn sides(ring: &[P]) -> impl Iterator<Item = (P, P)> + '_ {
    ring.iter().copied().zip(ring.iter().copied().cycle().skip(1))
}

/// The largest circle in a region of a shell and holes; `None` when the region has no area.
pub fn largest(rings: &[Vec<P>]) -> Option<Circle> {
    let region = Region::new(rings)?;
    let few = region.lines.len() <= 24;
    if few && region.convex() {
        return region.touching_three();
    }
    let thickness = 2.0 * region.area / region.perimeter;
    if region.lines.len() <= 64 || (thickness < 50.0 && region.lines.len() <= 256) {
        return region.halving();
    }
    let searched = polylabel::in_rings(rings, thickness / 100.0);
    let probed = region.probed(thickness);
    searched
        .into_iter()
        .chain(probed)
        .max_by(|a, b| a.radius.total_cmp(&b.radius))
}

/// The same to two per cent of the region's thickness (twice area by perimeter), for wide land.
pub fn roughly(rings: &[Vec<P>]) -> Option<Circle> {
    let region = Region::new(rings)?;
    polylabel::in_rings(rings, region.area / region.perimeter / 25.0)
}

/// Twice area by perimeter, mm: the width of a strip, and of no region more than its widest place.
pub fn thickness(rings: &[Vec<P>]) -> f64 {
    Region::new(rings).map_or(0.0, |r| 2.0 * r.area / r.perimeter)
}

/// One side as a line with its inward unit normal.
struct Line {
    a: P,
    b: P,
    normal: P,
    length: f64,
}

struct Region {
    lines: Vec<Line>,
    /// Corners that point inward.
    reflex: Vec<P>,
    area: f64,
    perimeter: f64,
    size: P,
}

impl Region {
    fn new(rings: &[Vec<P>]) -> Option<Self> {
        let (mut lines, mut reflex, mut area) = (Vec::new(), Vec::new(), 0.0);
        for (i, ring) in rings.iter().enumerate() {
            let mut ring = ring.clone();
            let signed = ring_area(&ring);
            if (signed < 0.0) == (i == 0) {
                ring.reverse();
            }
            area += if i == 0 { signed.abs() } else { -signed.abs() };
            let first = lines.len();
            lines.extend(sides(&ring).filter_map(|(a, b)| Line::new(a, b)));
            let mine = &lines[first..];
            for (k, line) in mine.iter().enumerate() {
                let next = &mine[(k + 1) % mine.len()];
                if turn(line, next) < -1e-9 {
                    reflex.push(next.a);
                }
            }
        }
        let perimeter = lines.iter().map(|l| l.length).sum();
        let extent = |axis: usize| {
            let values = lines.iter().map(|l| l.a[axis]);
            values.clone().fold(f64::MIN, f64::max) - values.fold(f64::MAX, f64::min)
        };
        let size = [extent(0), extent(1)];
        (area > 0.0 && lines.len() >= 3).then_some(Self {
            lines,
            reflex,
            area,
            perimeter,
            size,
        })
    }

    fn convex(&self) -> bool {
        self.reflex.is_empty()
    }

    /// Distance of (x, y) to the boundary, negative outside.
    fn depth(&self, [x, y]: P) -> f64 {
        let (mut inside, mut nearest) = (false, f64::INFINITY);
        for l in &self.lines {
            if (l.a[1] > y) != (l.b[1] > y)
                && x < (l.b[0] - l.a[0]) * (y - l.a[1]) / (l.b[1] - l.a[1]) + l.a[0]
            {
                inside = !inside;
            }
            let (dx, dy) = (x - l.a[0], y - l.a[1]);
            let (ux, uy) = (l.normal[1], -l.normal[0]);
            let along = (dx * ux + dy * uy).clamp(0.0, l.length);
            let (px, py) = (dx - along * ux, dy - along * uy);
            nearest = nearest.min(px * px + py * py);
        }
        if inside { nearest.sqrt() } else { -nearest.sqrt() }
    }

    /// Convex: the best of the circles that touch three sides, of those that stay inside all.
    fn touching_three(&self) -> Option<Circle> {
        let n = self.lines.len();
        let mut best: Option<Circle> = None;
        for i in 0..n {
            for j in i + 1..n {
                for k in j + 1..n {
                    let Some(c) = tangent(&self.lines[i], &self.lines[j], &self.lines[k]) else {
                        continue;
                    };
                    if best.is_some_and(|b| c.radius <= b.radius) {
                        continue;
                    }
                    let fits = self
                        .lines
                        .iter()
                        .all(|l| l.signed([c.x, c.y]) >= c.radius - 1e-7 * (1.0 + c.radius));
                    if fits {
                        best = Some(c);
                    }
                }
            }
        }
        best
    }

    /// Any region: halves the interval of radii until it is known to 0.002 mm or one per cent.
    fn halving(&self) -> Option<Circle> {
        // A circle is not larger than the area, nor wider than the region's box.
        let mut high = (self.area / std::f64::consts::PI)
            .sqrt()
            .min(self.size[0].min(self.size[1]) / 2.0);
        let mut low = 0.0;
        let mut best = None;
        while high - low > (high / 100.0).clamp(0.002, 0.02) {
            let middle = f64::midpoint(low, high);
            match self.fit(middle) {
                Some(at) => {
                    best = Some(Circle {
                        x: at[0],
                        y: at[1],
                        radius: middle,
                    });
                    low = middle;
                }
                None => high = middle,
            }
        }
        best.or_else(|| {
            self.lines.first().map(|l| Circle {
                x: l.a[0],
                y: l.a[1],
                radius: low,
            })
        })
    }

    /// The best of the places beside the middles of the longest sides: the quadtree does not get to the
    /// bottom of a strip that is thousands of times as long as wide.
    fn probed(&self, thickness: f64) -> Option<Circle> {
        let mut longest: Vec<&Line> = self.lines.iter().collect();
        longest.sort_by(|a, b| b.length.total_cmp(&a.length));
        longest.truncate(256);
        let places = longest.iter().flat_map(|l| {
            let off = [0.25, 0.5, 1.0].map(|share| share * thickness);
            off.map(|t| [0, 1].map(|x| f64::midpoint(l.a[x], l.b[x]) + l.normal[x] * t))
        });
        let circles = places.map(|p| Circle {
            x: p[0],
            y: p[1],
            radius: self.depth(p),
        });
        let best = circles.max_by(|a, b| a.radius.total_cmp(&b.radius));
        best.filter(|c| c.radius > 0.0)
    }

    /// A place where a circle of radius `r` fits, if there is one.
    fn fit(&self, r: f64) -> Option<P> {
        let n = self.lines.len();
        let ok = |p: P| (self.depth(p) >= r - 1e-6).then_some(p);
        for i in 0..n {
            for j in i + 1..n {
                if self.lines[i].near(&self.lines[j], 2.0 * r) {
                    let p = meeting(&self.lines[i], &self.lines[j], r).and_then(ok);
                    if p.is_some() {
                        return p;
                    }
                }
            }
            for c in &self.reflex {
                let p = line_circle(&self.lines[i], *c, r)
                    .into_iter()
                    .flatten()
                    .find_map(ok);
                if p.is_some() {
                    return p;
                }
            }
        }
        let pairs = self
            .reflex
            .iter()
            .enumerate()
            .flat_map(|(i, c)| self.reflex[i + 1..].iter().map(move |d| (*c, *d)));
        pairs
            .flat_map(|(c, d)| circle_circle(c, d, r).into_iter().flatten())
            .find_map(ok)
    }
}

impl Line {
    fn new(a: P, b: P) -> Option<Self> {
        let (dx, dy) = (b[0] - a[0], b[1] - a[1]);
        let length = dx.hypot(dy);
        (length > 1e-9).then(|| Self {
            a,
            b,
            normal: [-dy / length, dx / length],
            length,
        })
    }

    /// Distance to the line, positive on the inner side.
    fn signed(&self, p: P) -> f64 {
        (p[0] - self.a[0]) * self.normal[0] + (p[1] - self.a[1]) * self.normal[1]
    }

    /// Whether the boxes of two sides are at most `d` apart.
    fn near(&self, o: &Self, d: f64) -> bool {
        (0..2).all(|x| {
            self.a[x].min(self.b[x]) <= o.a[x].max(o.b[x]) + d
                && o.a[x].min(o.b[x]) <= self.a[x].max(self.b[x]) + d
        })
    }
}

/// Sine of the turn from one side to the next.
fn turn(a: &Line, b: &Line) -> f64 {
    a.normal[0] * b.normal[1] - a.normal[1] * b.normal[0]
}

/// The circle at equal inner distance from three lines.
fn tangent(a: &Line, b: &Line, c: &Line) -> Option<Circle> {
    // n·p - r = n·q for each line through q: two differences leave x and y, then r follows.
    let row = |l: &Line| (l.normal, l.normal[0] * l.a[0] + l.normal[1] * l.a[1]);
    let ((na, da), (nb, db), (nc, dc)) = (row(a), row(b), row(c));
    let (ux, uy, u) = (na[0] - nb[0], na[1] - nb[1], da - db);
    let (vx, vy, v) = (na[0] - nc[0], na[1] - nc[1], da - dc);
    let det = ux * vy - uy * vx;
    if det.abs() < 1e-12 {
        return None;
    }
    let (x, y) = ((u * vy - uy * v) / det, (ux * v - u * vx) / det);
    let radius = na[0] * x + na[1] * y - da;
    (radius > 0.0).then_some(Circle { x, y, radius })
}

/// Where two sides, moved inward by `r`, meet.
fn meeting(a: &Line, b: &Line, r: f64) -> Option<P> {
    let det = turn(a, b);
    let da = a.normal[0] * a.a[0] + a.normal[1] * a.a[1] + r;
    let db = b.normal[0] * b.a[0] + b.normal[1] * b.a[1] + r;
    if det.abs() < 1e-9 {
        // Parallel at distance 2r: any place along them; the middle of the common stretch serves.
        let p = [
            (a.a[0] + a.b[0]) / 2.0 + a.normal[0] * r,
            (a.a[1] + a.b[1]) / 2.0 + a.normal[1] * r,
        ];
        return Some(p);
    }
    Some([
        (da * b.normal[1] - db * a.normal[1]) / det,
        (a.normal[0] * db - b.normal[0] * da) / det,
    ])
}

/// Where a side moved inward by `r` is at `r` from a corner.
fn line_circle(l: &Line, c: P, r: f64) -> [Option<P>; 2] {
    let off = l.signed(c) - r;
    let half = r * r - off * off;
    if half < 0.0 {
        return [None, None];
    }
    let foot = [c[0] - off * l.normal[0], c[1] - off * l.normal[1]];
    let (dx, dy) = (l.normal[1] * half.sqrt(), -l.normal[0] * half.sqrt());
    [
        Some([foot[0] + dx, foot[1] + dy]),
        Some([foot[0] - dx, foot[1] - dy]),
    ]
}

/// Where two circles of radius `r` meet.
fn circle_circle(c: P, d: P, r: f64) -> [Option<P>; 2] {
    let (dx, dy) = (d[0] - c[0], d[1] - c[1]);
    let apart = dx.hypot(dy);
    if apart < 1e-9 || apart > 2.0 * r {
        return [None, None];
    }
    let h = (r * r - apart * apart / 4.0).max(0.0).sqrt();
    let (mx, my) = (f64::midpoint(c[0], d[0]), f64::midpoint(c[1], d[1]));
    let (nx, ny) = (-dy / apart * h, dx / apart * h);
    [Some([mx + nx, my + ny]), Some([mx - nx, my - ny])]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn circles() {
        let table: [(&[&[P]], f64); 6] = [
            (&[&[[0.0, 0.0], [100.0, 0.0], [100.0, 2.0], [0.0, 2.0]]], 1.0),
            (&[&[[0.0, 0.0], [300.0, 0.0], [0.0, 400.0]]], 100.0),
            // L of two arms 10 wide: the circle sits in the corner
            (
                &[&[
                    [0.0, 0.0],
                    [50.0, 0.0],
                    [50.0, 10.0],
                    [10.0, 10.0],
                    [10.0, 50.0],
                    [0.0, 50.0],
                ]],
                5.8579,
            ),
            // a bent strip, 4 wide, given clockwise
            (
                &[&[
                    [0.0, 4.0],
                    [48.0, 4.0],
                    [48.0, 50.0],
                    [52.0, 50.0],
                    [52.0, 0.0],
                    [0.0, 0.0],
                ]],
                2.3431,
            ),
            // a square frame 20 wide
            (
                &[
                    &[[0.0, 0.0], [100.0, 0.0], [100.0, 100.0], [0.0, 100.0]],
                    &[[20.0, 20.0], [20.0, 80.0], [80.0, 80.0], [80.0, 20.0]],
                ],
                11.7157,
            ),
            // an hourglass: two lobes joined by a neck
            (
                &[&[
                    [0.0, 0.0],
                    [60.0, 0.0],
                    [31.0, 30.0],
                    [60.0, 60.0],
                    [0.0, 60.0],
                    [29.0, 30.0],
                ]],
                12.8,
            ),
        ];
        for (rings, want) in table {
            let rings: Vec<Vec<P>> = rings.iter().map(|r| r.to_vec()).collect();
            let c = largest(&rings).unwrap();
            assert!(
                (c.radius - want).abs() < 0.03 + want * 0.005,
                "{rings:?}: {c:?}, wanted {want}"
            );
            let again = Region::new(&rings).unwrap().halving().unwrap();
            assert!((again.radius - c.radius).abs() < 0.03, "{again:?} {c:?}");
        }
    }
}
