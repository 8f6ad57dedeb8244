//! How one parcel's sides lie to another parcel: apart, along it, or into its interior; and which
//! points nearly but not exactly meet.
//!
//! Whether interiors meet is decided exactly. Whether an overlap is thin (nowhere wider than 2 mm) is
//! decided here only in the plain case, where every piece of side inside the other parcel is followed by
//! one side of it at most 2 mm to the left; all else is measured.

use super::index::Tree;
use super::ring::{Place, ray};
use super::segment::{self, Meet};
use super::sides;
use crate::domain::{BBox, Parcel, Polygon, Pt};

/// Nowhere wider than this is an unmatched vertex, no overlap (issue 2 §7, domain.md T1/T5), mm.
pub const UNMATCHED: i64 = 2;

/// Polygons with more sides than this get an index of their own.
const MANY: usize = 64;

/// A parcel prepared for questions about its sides.
pub struct Shape<'a> {
    pub parcel: &'a Parcel,
    index: Option<(Tree, Vec<(Pt, Pt)>)>,
}

impl<'a> Shape<'a> {
    pub fn new(parcel: &'a Parcel) -> Self {
        let many = parcel.polygon.point_count() > MANY;
        let index = many.then(|| {
            let sides: Vec<(Pt, Pt)> = parcel.polygon.sides().collect();
            let boxes: Vec<BBox> = sides.iter().map(|(a, b)| segment::bbox(*a, *b)).collect();
            (Tree::build(&boxes), sides)
        });
        Self { parcel, index }
    }

    pub fn polygon(&self) -> &'a Polygon {
        &self.parcel.polygon
    }

    pub fn side(&self, k: u32) -> (Pt, Pt) {
        match &self.index {
            Some((_, sides)) => sides[k as usize],
            None => sides::ends(self.polygon(), k as usize),
        }
    }

    /// Calls `f` with every side whose box meets `window`.
    pub fn sides_near(&self, window: &BBox, mut f: impl FnMut(u32, Pt, Pt)) {
        match &self.index {
            Some((tree, sides)) => tree.query(window, |k| {
                let (a, b) = sides[k as usize];
                f(k, a, b);
            }),
            None => {
                for (k, (a, b)) in self.polygon().sides().enumerate() {
                    if segment::bbox(a, b).intersects(window) {
                        f(k as u32, a, b);
                    }
                }
            }
        }
    }

    /// Where the middle between two lattice points lies. Exact.
    fn locate_middle(&self, a: Pt, b: Pt) -> Place {
        let twice = |p: Pt| Pt::new(2 * p.e, 2 * p.n);
        let middle = Pt::new(a.e + b.e, a.n + b.n);
        let (mut inside, mut on) = (false, false);
        let strip = BBox {
            min: Pt::new(middle.e.div_euclid(2), middle.n.div_euclid(2)),
            max: Pt::new(
                self.parcel.bbox.max.e.max(middle.e.div_euclid(2)),
                middle.n.div_euclid(2) + 1,
            ),
        };
        self.sides_near(&strip, |_, p, q| match ray(twice(p), twice(q), middle) {
            None => on = true,
            Some(crossed) => inside ^= crossed,
        });
        match (on, inside) {
            (true, _) => Place::Boundary,
            (_, true) => Place::Inside,
            _ => Place::Outside,
        }
    }

    /// Even-odd in floating point; only asked for places off every side by more than a micrometre.
    pub(super) fn holds(&self, x: f64, y: f64) -> bool {
        let at = Pt::new(x.floor() as i64, y.floor() as i64);
        let strip = BBox {
            min: at,
            max: Pt::new(self.parcel.bbox.max.e.max(at.e), at.n + 1),
        };
        let mut inside = false;
        self.sides_near(&strip, |_, a, b| {
            let (ax, ay, bx, by) = (a.e as f64, a.n as f64, b.e as f64, b.n as f64);
            if (ay > y) != (by > y) && x < (bx - ax) * (y - ay) / (by - ay) + ax {
                inside = !inside;
            }
        });
        inside
    }

    pub fn has_point(&self, p: Pt) -> bool {
        let mut found = false;
        self.sides_near(&BBox::EMPTY.with(p), |_, a, b| found |= a == p || b == p);
        found
    }
}

/// How deep sides go into another parcel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Entry {
    /// Not at all: interiors do not meet here.
    None,
    /// Only as a strip of at most 2 mm along the other's sides.
    Thin,
    /// Deeper, or not plainly thin: to be measured.
    Deep,
}

/// A point of one parcel within 2 mm of a side of another that does not have it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NearMiss {
    pub at: Pt,
    /// Whose point it is, whose side; indices of the parcels.
    pub owner: u32,
    pub other: u32,
    pub side: (Pt, Pt),
    /// 1 when the point lies on the inner side of the other's side (overlap), -1 outer (gap), 0 on it.
    pub sense: i32,
    /// mm.
    pub distance: f64,
}

/// How the sides of `a` that come near `b` enter it.
pub fn enters(a: &Shape, b: &Shape) -> Entry {
    let reach = b.parcel.bbox;
    let mut deepest = Entry::None;
    a.sides_near(&reach, |_, p, q| {
        if p != q && deepest < Entry::Deep {
            deepest = deepest.max(side_enters(p, q, b));
        }
    });
    deepest
}

/// How the side p→q enters `b`.
pub fn side_enters(p: Pt, q: Pt, b: &Shape) -> Entry {
    let reach = segment::bbox(p, q);
    if !b.parcel.bbox.intersects(&reach) {
        return Entry::None;
    }
    let mut cut = Cut::default();
    b.sides_near(&reach, |_, c, d| {
        if c != d {
            cut.meet(p, q, c, d);
        }
    });
    if cut.same_way {
        return Entry::Deep;
    }
    if !cut.crossed && !cut.inside_between(p, q, b) {
        return Entry::None;
    }
    if is_thin(p, q, b) {
        Entry::Thin
    } else {
        Entry::Deep
    }
}

/// Contacts along one side.
#[derive(Default)]
struct Cut {
    crossed: bool,
    same_way: bool,
    points: Vec<Pt>,
    /// Stretches run by an opposite side.
    covered: Vec<(Pt, Pt)>,
}

impl Cut {
    fn meet(&mut self, p: Pt, q: Pt, c: Pt, d: Pt) {
        match segment::meet(p, q, c, d) {
            Meet::Nothing => {}
            Meet::Crossing => self.crossed = true,
            Meet::Touch(at) => self.points.push(at),
            Meet::Overlap(from, to) => {
                if segment::dot(p, q, Pt::new(p.e + d.e - c.e, p.n + d.n - c.n)) > 0 {
                    self.same_way = true;
                }
                self.points.extend([from, to]);
                self.covered.push((from.min(to), from.max(to)));
            }
        }
    }

    /// Whether a piece between contacts lies inside `b`. All contacts are lattice points here.
    fn inside_between(&mut self, p: Pt, q: Pt, b: &Shape) -> bool {
        self.points.extend([p, q]);
        self.points.sort_unstable();
        self.points.dedup();
        self.points.windows(2).any(|w| {
            let covered = self.covered.iter().any(|(from, to)| *from <= w[0] && w[1] <= *to);
            !covered && b.locate_middle(w[0], w[1]) == Place::Inside
        })
    }
}

/// Whether every piece of p→q inside `b` is at most 2 mm long or has one side of `b` running against it
/// at most 2 mm to its left.
fn is_thin(p: Pt, q: Pt, b: &Shape) -> bool {
    let line = Local::new(p, q);
    let limit = UNMATCHED as f64;
    let mut cuts = vec![0.0, line.length];
    let mut along: Vec<Beside> = Vec::new();
    b.sides_near(&segment::bbox(p, q).grown(UNMATCHED), |_, c, d| {
        if c == d {
            return;
        }
        let (c, d) = (line.to_local(c), line.to_local(d));
        for (near, far) in [(c, d), (d, c)] {
            if near.1.abs() <= limit {
                cuts.push(near.0);
            }
            if (near.1 > 0.0) != (far.1 > 0.0) {
                cuts.push(near.0 + (far.0 - near.0) * near.1 / (near.1 - far.1));
            }
        }
        if d.0 < c.0 {
            along.push(Beside { from: d, to: c });
        }
    });
    cuts.retain(|t| (0.0..=line.length).contains(t));
    cuts.sort_unstable_by(f64::total_cmp);
    cuts.windows(2).all(|w| {
        let (from, to) = (w[0], w[1]);
        // A long side that dips in by 2 mm or less and leaves again: its end at a T-junction.
        let dip = to - from < 0.01 || (to - from <= limit && line.length > 2.0 * limit);
        let followed = along.iter().any(|s| s.beside(from, limit) && s.beside(to, limit));
        dip || followed || {
            let (x, y) = line.to_map(f64::midpoint(from, to));
            !b.holds(x, y)
        }
    })
}

/// A side seen along another: ends as (along, off to the left), `from` the smaller along.
struct Beside {
    from: (f64, f64),
    to: (f64, f64),
}

impl Beside {
    /// Whether this side passes the place `t` at most `limit` to the left.
    fn beside(&self, t: f64, limit: f64) -> bool {
        let ((x0, y0), (x1, y1)) = (self.from, self.to);
        if t < x0 - limit || t > x1 + limit {
            return false;
        }
        let off = y0 + (y1 - y0) * ((t - x0) / (x1 - x0)).clamp(0.0, 1.0);
        (-1e-6..=limit + 1e-6).contains(&off)
    }
}

/// Coordinates along a side and off it, in mm.
struct Local {
    origin: Pt,
    u: (f64, f64),
    length: f64,
}

impl Local {
    fn new(p: Pt, q: Pt) -> Self {
        let length = p.dist(q);
        let u = ((q.e - p.e) as f64 / length, (q.n - p.n) as f64 / length);
        Self { origin: p, u, length }
    }

    fn to_local(&self, p: Pt) -> (f64, f64) {
        let (x, y) = ((p.e - self.origin.e) as f64, (p.n - self.origin.n) as f64);
        (x * self.u.0 + y * self.u.1, y * self.u.0 - x * self.u.1)
    }

    fn to_map(&self, t: f64) -> (f64, f64) {
        (
            self.origin.e as f64 + t * self.u.0,
            self.origin.n as f64 + t * self.u.1,
        )
    }
}

/// Points of `owner` within 2 mm of the side p→q of `other`, which does not have them.
pub fn near_misses(p: Pt, q: Pt, other: (u32, &Shape), owner: (u32, &Shape), out: &mut Vec<NearMiss>) {
    let reach = segment::bbox(p, q).grown(UNMATCHED);
    owner.1.sides_near(&reach, |_, at, _| {
        if at != p && at != q && segment::within(at, p, q, UNMATCHED) && !other.1.has_point(at) {
            out.push(NearMiss {
                at,
                owner: owner.0,
                other: other.0,
                side: (p, q),
                sense: segment::side_of(p, q, at),
                distance: segment::distance(at, p, q),
            });
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::topology::testing::parcel;

    fn entry(a: &str, b: &str) -> Entry {
        let (a, b) = (parcel(1, a), parcel(2, b));
        let (a, b) = (Shape::new(&a), Shape::new(&b));
        enters(&a, &b).max(enters(&b, &a))
    }

    #[test]
    fn entries() {
        use Entry::{Deep, None, Thin};
        let square = "0 0, 10000 0, 10000 10000, 0 10000";
        let holed = "0 0, 10000 0, 10000 10000, 0 10000 | 2000 2000, 2000 8000, 8000 8000, 8000 2000";
        let table = [
            (square, "10000 0, 20000 0, 20000 10000, 10000 10000", None),
            // T-junction exactly on the side
            (square, "10000 3000, 20000 0, 20000 10000, 10000 7000", None),
            (square, "10000 10000, 20000 10000, 20000 20000", None),
            (square, "9000 0, 20000 0, 20000 10000, 9000 10000", Deep),
            (square, square, Deep),
            (square, "3000 3000, 7000 3000, 7000 7000, 3000 7000", Deep),
            // contained, along the side
            (square, "0 0, 5000 0, 5000 5000, 0 5000", Deep),
            (holed, "2000 2000, 8000 2000, 8000 8000, 2000 8000", None),
            (holed, "3000 3000, 7000 3000, 7000 7000, 3000 7000", None),
            (holed, "1000 1000, 9000 1000, 9000 9000, 1000 9000", Deep),
            // one point pushed in by 1, 2, 3 mm
            (square, "9999 5000, 20000 0, 20000 10000", Thin),
            (
                square,
                "10000 0, 20000 0, 20000 10000, 10000 10000, 9999 5000",
                Thin,
            ),
            (
                square,
                "10000 0, 20000 0, 20000 10000, 10000 10000, 9998 5000",
                Thin,
            ),
            (
                square,
                "10000 0, 20000 0, 20000 10000, 10000 10000, 9997 5000",
                Deep,
            ),
            // pulled out by 1 mm: a gap
            (
                square,
                "10000 0, 20000 0, 20000 10000, 10000 10000, 10001 5000",
                None,
            ),
            // strip of 1 mm and of 3 mm; ends run the same way for a bit, so the first is measured too
            (square, "9999 0, 20000 0, 20000 10000, 9999 10000", Deep),
            (square, "9999 -5, 20000 -5, 20000 10005, 9999 10005", Thin),
            (square, "9997 0, 20000 0, 20000 10000, 9997 10000", Deep),
            // long and slanted, one lattice step off
            (
                "0 0, 1000000 700000, 0 700000",
                "0 0, 1000000 0, 1000000 700000, 500001 350000",
                None,
            ),
            (
                "0 0, 1000000 700000, 0 700000",
                "0 0, 1000000 0, 1000000 700000, 499999 350000",
                Thin,
            ),
            // a plus: no corner lies inside the other
            (
                "0 4000, 10000 4000, 10000 6000, 0 6000",
                "4000 0, 6000 0, 6000 10000, 4000 10000",
                Deep,
            ),
            // a small square 1 mm inside all round
            (square, "1 1, 9999 1, 9999 9999, 1 9999", Deep),
        ];
        for (a, b, want) in table {
            assert_eq!(entry(a, b), want, "{a} / {b}");
        }
    }
}
