//! The lines of a sweep: all parallel to one, or all rays from one point.

use std::cmp::Ordering;

use super::slabs::Cell;
use crate::domain::{Polygon, Pt};

/// A direction in whole mm, east and north.
pub(super) type Way = (i64, i64);

pub(super) enum Pencil {
    Parallel(Parallel),
    Fan(Fan),
}

/// Lines along `way`, moving to its left.
pub(super) struct Parallel {
    origin: Pt,
    way: Way,
    length: f64,
    /// Heights (times `length`) of the events, ascending.
    levels: Vec<i128>,
}

/// Rays from a point, turning counter-clockwise from a start; never more than 45° from one event to the next.
pub(super) struct Fan {
    apex: Pt,
    /// Directions of the events; the last is the first again.
    levels: Vec<Way>,
}

fn cross(a: Way, b: Way) -> i128 {
    a.0 as i128 * b.1 as i128 - a.1 as i128 * b.0 as i128
}

fn dot(a: Way, b: Way) -> i128 {
    a.0 as i128 * b.0 as i128 + a.1 as i128 * b.1 as i128
}

pub(super) fn way(a: Pt, b: Pt) -> Way {
    (b.e - a.e, b.n - a.n)
}

/// Which direction comes first counter-clockwise from `start`.
fn turn(start: Way, a: Way, b: Way) -> Ordering {
    let half = |d: Way| {
        let c = cross(start, d);
        c < 0 || (c == 0 && dot(start, d) < 0)
    };
    half(a).cmp(&half(b)).then(0.cmp(&cross(a, b)))
}

impl Pencil {
    /// Lines along `way` over `polygon`, heights counted from `origin`.
    pub fn parallel(polygon: &Polygon, origin: Pt, along: Way) -> Self {
        let mut levels: Vec<i128> = polygon.points().map(|p| cross(along, way(origin, p))).collect();
        levels.sort_unstable();
        levels.dedup();
        let length = (dot(along, along) as f64).sqrt();
        Self::Parallel(Parallel {
            origin,
            way: along,
            length,
            levels,
        })
    }

    /// Rays from `apex` over `polygon`, from `start` on.
    pub fn fan(polygon: &Polygon, apex: Pt, start: Way) -> Self {
        let levels = polygon
            .points()
            .filter(|p| *p != apex)
            .map(|p| way(apex, p))
            .collect();
        Self::turning(apex, start, levels)
    }

    fn turning(apex: Pt, start: Way, mut levels: Vec<Way>) -> Self {
        let mut eighth = start;
        for _ in 0..8 {
            levels.push(eighth);
            eighth = (eighth.0 - eighth.1, eighth.0 + eighth.1);
        }
        levels.sort_by(|a, b| turn(start, *a, *b));
        levels.dedup_by(|a, b| turn(start, *a, *b).is_eq());
        levels.push(start);
        Self::Fan(Fan { apex, levels })
    }

    /// As [`Pencil::fan`] with every event also in the opposite direction, half a turn of slabs on.
    pub fn around(polygon: &Polygon, apex: Pt, start: Way) -> Self {
        let mut levels = vec![start];
        for p in polygon.points().filter(|p| *p != apex) {
            let (e, n) = way(apex, p);
            levels.extend([(e, n), (-e, -n)]);
        }
        Self::turning(apex, start, levels)
    }

    /// The turn in slab `k` after which the far wedge ahead has outgrown the one behind by `want` mm²; none if it never does.
    pub fn turn_to(
        &self,
        k: usize,
        back: usize,
        ahead: (Pt, Pt),
        behind: (Pt, Pt),
        want: f64,
    ) -> Option<f64> {
        let Self::Fan(f) = self else { return None };
        let (far, near) = (f.wedge(k, ahead), f.wedge(back, behind));
        let x = between(far, near, want, f.width(k));
        let error = (far.area(x) - near.area(x) - want).abs();
        (error <= 1.0 + 1e-9 * want.abs()).then_some(x)
    }

    /// Half the turn of slab `k`.
    pub fn middle(&self, k: usize) -> f64 {
        match self {
            Self::Parallel(_) => 0.0,
            Self::Fan(f) => f.width(k) / 2.0,
        }
    }

    /// How far a ray of slab `k` lies from a direction, as 1 - cosine.
    pub fn angle_from(&self, direction: Way, k: usize, x: f64) -> f64 {
        let Self::Fan(f) = self else { return 0.0 };
        let ([e, n], [de, dn]) = (unit(f.levels[k]), unit(direction));
        let (re, rn) = (e - x * n, n + x * e);
        1.0 - (re * de + rn * dn) / re.hypot(rn)
    }

    pub fn slabs(&self) -> usize {
        match self {
            Self::Parallel(p) => p.levels.len().saturating_sub(1),
            Self::Fan(f) => f.levels.len() - 1,
        }
    }

    pub fn apex(&self) -> Pt {
        match self {
            Self::Parallel(p) => p.origin,
            Self::Fan(f) => f.apex,
        }
    }

    /// The ray of an event.
    pub fn direction(&self, level: usize) -> Option<Way> {
        match self {
            Self::Parallel(_) => None,
            Self::Fan(f) => f.levels.get(level).copied(),
        }
    }

    /// Number of the event of a point of the polygon; none for the apex.
    pub fn level(&self, p: Pt) -> Option<usize> {
        match self {
            Self::Parallel(l) => Some(l.levels.partition_point(|h| *h < cross(l.way, way(l.origin, p)))),
            Self::Fan(f) if p == f.apex => None,
            Self::Fan(f) => {
                let (d, turns) = (way(f.apex, p), &f.levels[..f.levels.len() - 1]);
                Some(turns.partition_point(|l| turn(f.levels[0], *l, d).is_lt()))
            }
        }
    }

    /// The slabs a side spans, from..to; a fan's may run over the end to the start again. None along a line.
    pub fn span(&self, (a, b): (Pt, Pt)) -> Option<(usize, usize)> {
        let (i, j) = (self.level(a)?, self.level(b)?);
        if i == j {
            return None;
        }
        match self {
            Self::Parallel(_) => Some((i.min(j), i.max(j))),
            Self::Fan(f) => {
                let left = cross(way(f.apex, a), way(f.apex, b)) > 0;
                Some(if left { (i, j) } else { (j, i) })
            }
        }
    }

    /// Heights of slab `k` from the origin, mm; of a fan zero.
    pub fn heights(&self, k: usize) -> (f64, f64) {
        match self {
            Self::Parallel(p) => (p.height(k), p.height(k + 1)),
            Self::Fan(_) => (0.0, 0.0),
        }
    }

    /// Place of a point along its line, mm.
    pub fn along(&self, p: Pt) -> f64 {
        match self {
            Self::Parallel(l) => dot(l.way, way(l.origin, p)) as f64 / l.length,
            Self::Fan(f) => p.dist(f.apex),
        }
    }

    /// Where the line at the lower or upper event of slab `k` crosses a side that spans the slab, mm along the line.
    pub fn position(&self, k: usize, upper: bool, side: (Pt, Pt)) -> f64 {
        let level = k + usize::from(upper);
        let ends = [side.0, side.1];
        let last = self.slabs();
        let at = |p: &&Pt| {
            self.level(**p)
                .is_some_and(|l| l == level || (l == 0 && level == last && self.is_fan()))
        };
        if let Some(p) = ends.iter().find(at) {
            return self.along(*p);
        }
        match self {
            Self::Parallel(l) => {
                let [e, n] = l.crossing(l.height(level), side);
                (e * l.way.0 as f64 + n * l.way.1 as f64) / l.length
            }
            Self::Fan(f) => {
                let [e, n] = f.crossing(unit(f.levels[level]), side);
                e.hypot(n)
            }
        }
    }

    fn is_fan(&self) -> bool {
        matches!(self, Self::Fan(_))
    }

    /// Where the line `x` above the lower event of slab `k` crosses a side, mm in the plane.
    pub fn crossing(&self, k: usize, x: f64, side: (Pt, Pt)) -> [f64; 2] {
        let (o, [e, n]) = match self {
            Self::Parallel(l) => (l.origin, l.crossing(l.height(k) + x, side)),
            Self::Fan(f) => {
                let [e, n] = unit(f.levels[k]);
                (f.apex, f.crossing([e - x * n, n + x * e], side))
            }
        };
        [o.e as f64 + e, o.n as f64 + n]
    }

    /// Area of a cell, mm².
    pub fn area(&self, k: usize, cell: &Cell, sides: &[(Pt, Pt)]) -> f64 {
        match self {
            Self::Parallel(l) => {
                let (low, high) = cell.widths();
                (low + high) / 2.0 * (l.height(k + 1) - l.height(k))
            }
            Self::Fan(f) => {
                let part = |side: Option<usize>| side.map_or(0.0, |i| f.wedge(k, sides[i]).area(f.width(k)));
                part(cell.leave) - part(cell.enter)
            }
        }
    }

    /// How far above the lower event of slab `k` the cells have `want` mm² together.
    pub fn solve(&self, k: usize, cells: &[&Cell], sides: &[(Pt, Pt)], want: f64) -> f64 {
        match self {
            Self::Parallel(l) => {
                let height = l.height(k + 1) - l.height(k);
                let (low, high) = cells
                    .iter()
                    .map(|c| c.widths())
                    .fold((0.0, 0.0), |s, w| (s.0 + w.0, s.1 + w.1));
                // low x + (high - low) x² / 2h = want, in the form that loses no digits for either sign.
                let root = (low * low + 2.0 * (high - low) * want / height).max(0.0).sqrt();
                if want <= 0.0 {
                    0.0
                } else {
                    (2.0 * want / (low + root)).clamp(0.0, height)
                }
            }
            Self::Fan(f) => f.solve(k, cells, sides, want),
        }
    }
}

impl Parallel {
    fn height(&self, level: usize) -> f64 {
        self.levels[level] as f64 / self.length
    }

    /// Relative to the origin.
    fn crossing(&self, height: f64, (a, b): (Pt, Pt)) -> [f64; 2] {
        let of = |p: Pt| cross(self.way, way(self.origin, p)) as f64 / self.length;
        let (ha, hb) = (of(a), of(b));
        let t = ((height - ha) / (hb - ha)).clamp(0.0, 1.0);
        let ([ae, an], [be, bn]) = (relative(self.origin, a), relative(self.origin, b));
        [ae + t * (be - ae), an + t * (bn - an)]
    }
}

fn relative(o: Pt, p: Pt) -> [f64; 2] {
    [(p.e - o.e) as f64, (p.n - o.n) as f64]
}

fn unit(w: Way) -> [f64; 2] {
    let (e, n) = (w.0 as f64, w.1 as f64);
    let length = e.hypot(n);
    [e / length, n / length]
}

/// The triangle between the apex, the lower ray and a ray `x` (tangent of the angle) after it, up to one side:
/// `c² x / (2 p (p + q x))` mm², where a ray w meets the side at the distance c / (p + q x).
#[derive(Clone, Copy)]
struct Wedge {
    c: f64,
    p: f64,
    q: f64,
}

impl Wedge {
    /// For the apex itself.
    const NOTHING: Self = Self {
        c: 0.0,
        p: 1.0,
        q: 0.0,
    };

    fn area(self, x: f64) -> f64 {
        self.c * self.c * x / (2.0 * self.p * (self.p + self.q * x))
    }
}

impl Fan {
    /// Tangent of the angle of slab `k`.
    fn width(&self, k: usize) -> f64 {
        let (a, b) = (self.levels[k], self.levels[k + 1]);
        cross(a, b) as f64 / dot(a, b) as f64
    }

    /// Relative to the apex.
    fn crossing(&self, [e, n]: [f64; 2], (a, b): (Pt, Pt)) -> [f64; 2] {
        let ([ae, an], [be, bn]) = (relative(self.apex, a), relative(self.apex, b));
        let (va, vb) = (e * an - n * ae, e * bn - n * be);
        let t = (va / (va - vb)).clamp(0.0, 1.0);
        [ae + t * (be - ae), an + t * (bn - an)]
    }

    fn wedge(&self, k: usize, (a, b): (Pt, Pt)) -> Wedge {
        let ([ae, an], [be, bn]) = (relative(self.apex, a), relative(self.apex, b));
        let [we, wn] = unit(self.levels[k]);
        let (e, n) = (bn - an, ae - be);
        // By whole numbers: the apex may be far away.
        let c = cross(way(self.apex, a), way(self.apex, b)) as f64;
        Wedge {
            c,
            p: e * we + n * wn,
            q: n * we - e * wn,
        }
    }

    fn solve(&self, k: usize, cells: &[&Cell], sides: &[(Pt, Pt)], want: f64) -> f64 {
        let wedge = |side: Option<usize>| side.map_or(Wedge::NOTHING, |i| self.wedge(k, sides[i]));
        let width = self.width(k);
        let pairs: Vec<(Wedge, Wedge)> = cells.iter().map(|c| (wedge(c.leave), wedge(c.enter))).collect();
        match pairs.as_slice() {
            [(far, near)] => between(*far, *near, want, width),
            _ => {
                let area = |x: f64| pairs.iter().map(|(f, n)| f.area(x) - n.area(x)).sum::<f64>();
                halve(area, want, width)
            }
        }
    }
}

/// far(x) - near(x) = want, a quadratic equation after multiplying out.
fn between(far: Wedge, near: Wedge, want: f64, width: f64) -> f64 {
    let (f, n) = (far.c * far.c / (2.0 * far.p), near.c * near.c / (2.0 * near.p));
    let a = f * near.q - n * far.q - want * far.q * near.q;
    let b = f * near.p - n * far.p - want * (far.p * near.q + near.p * far.q);
    let c = -want * far.p * near.p;
    let root = (b * b - 4.0 * a * c).max(0.0).sqrt();
    let big = -(b + if b < 0.0 { -root } else { root }) / 2.0;
    let fits = |x: f64| (-1e-9..=width + 1e-9).contains(&x);
    let error = |x: f64| (far.area(x) - near.area(x) - want).abs();
    let roots = [c / big, big / a]
        .into_iter()
        .filter(|x| x.is_finite() && fits(*x));
    roots
        .min_by(|x, y| error(*x).total_cmp(&error(*y)))
        .unwrap_or(0.0)
        .clamp(0.0, width)
}

/// Several cells at once make an equation of the fourth degree or more: halved down to neighbouring numbers of the
/// machine, which leaves no error of iteration either.
fn halve(area: impl Fn(f64) -> f64, want: f64, width: f64) -> f64 {
    let (mut low, mut high) = (0.0, width);
    loop {
        let middle = f64::midpoint(low, high);
        if middle <= low || middle >= high {
            return low;
        }
        if area(middle) < want {
            low = middle;
        } else {
            high = middle;
        }
    }
}
