//! A plane subdivision that stays a coverage by construction: faces are loops of directed sides,
//! a side is shared by the faces left and right of it, and cutting a face cuts the shared sides,
//! so that the neighbour gains the same points.
//!
//! Coordinates are metres in a flat frame of the district; `shape` turns them into lattice points.

use std::collections::BTreeMap;

/// A point or a direction, metres: [east, north].
pub type V = [f64; 2];

/// A directed side: an edge, walked from a to b or back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Side(u32);

impl Side {
    fn new(edge: u32, back: bool) -> Self {
        Self(edge << 1 | u32::from(back))
    }

    fn edge(self) -> u32 {
        self.0 >> 1
    }

    fn back(self) -> bool {
        self.0 & 1 == 1
    }

    /// The same side seen from the other face.
    pub fn flip(self) -> Self {
        Self(self.0 ^ 1)
    }
}

/// A closed loop of sides; the face lies on the left.
pub type Loop = Vec<Side>;

#[derive(Clone, Copy, Debug)]
struct Edge {
    a: u32,
    b: u32,
    /// First of two children once the edge was cut; `NONE` before.
    first: u32,
    /// Part of a street's border: houses may open to it.
    road: bool,
}

const NONE: u32 = u32::MAX;

/// Points and edges of the whole district.
#[derive(Debug, Default)]
pub struct Mesh {
    pub points: Vec<V>,
    edges: Vec<Edge>,
}

/// A line across the district as the graph of a function over direction `d` through `o`:
/// straight, or winding with a knot every `step` metres.
#[derive(Clone, Copy, Debug)]
pub struct Cut {
    pub o: V,
    /// Unit vector.
    pub d: V,
    /// Shift to the left of `d`, m.
    pub shift: f64,
    pub winding: Option<Winding>,
}

/// How a line winds.
#[derive(Clone, Copy, Debug)]
pub struct Winding {
    pub noise: super::random::Noise,
    pub amplitude: f64,
    pub length: f64,
    pub step: f64,
}

impl Cut {
    pub fn straight(o: V, d: V) -> Self {
        Self {
            o,
            d,
            shift: 0.0,
            winding: None,
        }
    }

    /// The same line moved to the left by `by` metres.
    #[must_use]
    pub fn shifted(self, by: f64) -> Self {
        Self {
            shift: self.shift + by,
            ..self
        }
    }

    fn local(&self, p: V) -> V {
        let (x, y) = (p[0] - self.o[0], p[1] - self.o[1]);
        [x * self.d[0] + y * self.d[1], y * self.d[0] - x * self.d[1]]
    }

    /// The point of the line at `x` metres along it.
    pub fn point(&self, x: f64) -> V {
        let y = self.height(x);
        [
            self.o[0] + x * self.d[0] - y * self.d[1],
            self.o[1] + x * self.d[1] + y * self.d[0],
        ]
    }

    fn height(&self, x: f64) -> f64 {
        let Some(w) = self.winding else { return self.shift };
        let knot = |k: f64| {
            let x = k * w.step / w.length;
            w.amplitude * (0.8 * w.noise.at1(x) + 0.2 * w.noise.at1(x * 2.7 + 31.5)) + self.shift
        };
        let k = (x / w.step).floor();
        let t = x / w.step - k;
        knot(k) * (1.0 - t) + knot(k + 1.0) * t
    }

    /// Signed distance across the line, positive on its left.
    fn across(&self, p: V) -> f64 {
        let [x, y] = self.local(p);
        y - self.height(x)
    }
}

/// Where a cut meets a loop: at the start of side `i`, or inside it.
#[derive(Clone, Copy, Debug)]
enum Meet {
    Vertex(usize),
    Inside(usize, V),
}

impl Mesh {
    pub fn add_point(&mut self, p: V) -> u32 {
        self.points.push(p);
        self.points.len() as u32 - 1
    }

    fn add_edge(&mut self, a: u32, b: u32, road: bool) -> u32 {
        self.edges.push(Edge {
            a,
            b,
            first: NONE,
            road,
        });
        self.edges.len() as u32 - 1
    }

    /// A closed loop through new points.
    pub fn add_loop(&mut self, points: &[V]) -> Loop {
        let ids: Vec<u32> = points.iter().map(|&p| self.add_point(p)).collect();
        self.close(&ids)
    }

    /// A closed loop through known points.
    pub fn close(&mut self, ids: &[u32]) -> Loop {
        (0..ids.len())
            .map(|i| Side::new(self.add_edge(ids[i], ids[(i + 1) % ids.len()], false), false))
            .collect()
    }

    pub fn start(&self, s: Side) -> u32 {
        let e = &self.edges[s.edge() as usize];
        if s.back() { e.b } else { e.a }
    }

    pub fn end(&self, s: Side) -> u32 {
        self.start(s.flip())
    }

    pub fn is_road(&self, s: Side) -> bool {
        self.edges[s.edge() as usize].road
    }

    pub fn mark_road(&mut self, l: &Loop) {
        for s in l {
            self.edges[s.edge() as usize].road = true;
        }
    }

    pub fn at(&self, s: Side) -> V {
        self.points[self.start(s) as usize]
    }

    pub fn outline(&self, l: &Loop) -> Vec<V> {
        l.iter().map(|&s| self.at(s)).collect()
    }

    /// Replaces sides that were cut meanwhile (by a neighbour) with their parts.
    pub fn refresh(&self, l: &mut Loop) {
        if l.iter().all(|s| self.edges[s.edge() as usize].first == NONE) {
            return;
        }
        let mut out = Vec::with_capacity(l.len() + 8);
        let mut todo: Vec<Side> = l.iter().rev().copied().collect();
        while let Some(s) = todo.pop() {
            let first = self.edges[s.edge() as usize].first;
            if first == NONE {
                out.push(s);
                continue;
            }
            let (near, far) = if s.back() {
                (first + 1, first)
            } else {
                (first, first + 1)
            };
            todo.push(Side::new(far, s.back()));
            todo.push(Side::new(near, s.back()));
        }
        *l = out;
    }

    fn split_side(&mut self, s: Side, at: V) -> u32 {
        let p = self.add_point(at);
        let Edge { a, b, road, .. } = self.edges[s.edge() as usize];
        let first = self.add_edge(a, p, road);
        self.add_edge(p, b, road);
        self.edges[s.edge() as usize].first = first;
        p
    }

    /// Cuts a face by a line that meets its border exactly twice. Gives (left of the line, right
    /// of it); `None`, and nothing changed, when the line does not cut it cleanly into two parts of
    /// at least `least` m², or leaves one with a needle. Points of the border within `snap` metres of the line are used as they are.
    pub fn cut(&mut self, l: &Loop, cut: &Cut, snap: f64, least: f64) -> Option<(Loop, Loop)> {
        let mut l = l.clone();
        self.refresh(&mut l);
        let outline = self.outline(&l);
        let (first, second) = meets(&outline, cut, snap)?;
        let inner = inner_knots(
            cut,
            &outline,
            meet_point(&outline, first),
            meet_point(&outline, second),
        )?;
        let (start, end) = (meet_point(&outline, first), meet_point(&outline, second));
        let (to, back) = (inner.first().unwrap_or(&end), inner.last().unwrap_or(&start));
        if grazes(&outline, first, *to) || grazes(&outline, second, *back) {
            return None;
        }
        let part = |from: Meet, to: Meet, back: bool| {
            let mut ring = walk(&outline, from, to);
            let knots: Box<dyn Iterator<Item = &V>> = if back {
                Box::new(inner.iter())
            } else {
                Box::new(inner.iter().rev())
            };
            ring.extend(knots);
            area(&ring)
        };
        if part(first, second, false) < least || part(second, first, true) < least {
            return None;
        }
        Some(self.divide(&l, first, second, &inner, cut))
    }

    fn divide(&mut self, l: &Loop, first: Meet, second: Meet, inner: &[V], cut: &Cut) -> (Loop, Loop) {
        // The later meet first, so that indices stay right.
        let mut l = l.clone();
        let mut place = |mesh: &mut Self, meet: Meet| match meet {
            Meet::Vertex(i) => (i, 0),
            Meet::Inside(i, at) => {
                let side = l[i];
                mesh.split_side(side, at);
                let mut parts = vec![side];
                mesh.refresh(&mut parts);
                l.splice(i..=i, parts);
                (i + 1, 1)
            }
        };
        let (k2, _) = place(self, second);
        let (k1, shift) = place(self, first);
        let k2 = k2 + shift;
        let mut ids = vec![self.start(l[k1])];
        for &p in inner {
            let id = self.add_point(p);
            ids.push(id);
        }
        ids.push(self.start(l[k2]));
        let chain: Vec<Side> = ids
            .windows(2)
            .map(|w| Side::new(self.add_edge(w[0], w[1], false), false))
            .collect();
        let mut a: Loop = l[k1..k2].to_vec();
        let probe = a
            .iter()
            .skip(1)
            .map(|&s| cut.across(self.at(s)))
            .fold(0.0, larger);
        let forward = if probe == 0.0 {
            cut.across(midpoint(self.at(a[0]), self.points[self.end(a[0]) as usize]))
        } else {
            probe
        };
        a.extend(chain.iter().rev().map(|s| s.flip()));
        let mut b: Loop = l[k2..].to_vec();
        b.extend(&l[..k1]);
        b.extend(&chain);
        if forward > 0.0 { (a, b) } else { (b, a) }
    }

    /// The union of faces that share sides, as loops: shells counter-clockwise, holes clockwise, none
    /// of them visiting a point twice.
    pub fn union<'a>(&self, faces: impl IntoIterator<Item = &'a Loop>) -> Vec<Loop> {
        let mut sides: Vec<Side> = Vec::new();
        for l in faces {
            let mut l = l.clone();
            self.refresh(&mut l);
            sides.extend(l);
        }
        sides.sort_unstable();
        let border: Vec<Side> = sides
            .iter()
            .copied()
            .filter(|s| sides.binary_search(&s.flip()).is_err())
            .collect();
        let mut from: BTreeMap<u32, Vec<Side>> = BTreeMap::new();
        for &s in &border {
            from.entry(self.start(s)).or_default().push(s);
        }
        let mut loops = Vec::new();
        while let Some((_, first)) = from.iter().find_map(|(p, v)| v.first().map(|s| (*p, *s))) {
            self.trace(first, &mut from, &mut loops);
            from.retain(|_, v| !v.is_empty());
        }
        loops
    }

    /// Walks from `first` until the walk closes, giving a loop whenever a point comes up again.
    fn trace(&self, first: Side, from: &mut BTreeMap<u32, Vec<Side>>, loops: &mut Vec<Loop>) {
        let mut path: Loop = Vec::new();
        let mut seen: BTreeMap<u32, usize> = BTreeMap::new();
        let mut next = Some(first);
        while let Some(s) = next {
            if let Some(v) = from.get_mut(&self.start(s)) {
                v.retain(|&x| x != s);
            }
            seen.insert(self.start(s), path.len());
            path.push(s);
            let end = self.end(s);
            if let Some(&i) = seen.get(&end) {
                let closed = path.split_off(i);
                for c in &closed {
                    seen.remove(&self.start(*c));
                }
                loops.push(closed);
            }
            next = match path.last() {
                None => None,
                Some(_) => from.get(&end).and_then(|v| v.first().copied()),
            };
        }
    }
}

fn larger(a: f64, b: f64) -> f64 {
    if b.abs() > a.abs() { b } else { a }
}

fn midpoint(a: V, b: V) -> V {
    [(a[0] + b[0]) / 2.0, (a[1] + b[1]) / 2.0]
}

fn meet_point(outline: &[V], meet: Meet) -> V {
    match meet {
        Meet::Vertex(i) => outline[i],
        Meet::Inside(_, p) => p,
    }
}

/// Whether a cut that goes from a meet to `next` leaves less than about 1.1° to a side there: the
/// later bend of the district could make that a spike.
fn grazes(outline: &[V], meet: Meet, next: V) -> bool {
    let n = outline.len();
    let at = meet_point(outline, meet);
    let ends = match meet {
        Meet::Vertex(i) => [outline[(i + n - 1) % n], outline[(i + 1) % n]],
        Meet::Inside(i, _) => [outline[i], outline[(i + 1) % n]],
    };
    ends.into_iter().any(|end| {
        let dot = (end[0] - at[0]) * (next[0] - at[0]) + (end[1] - at[1]) * (next[1] - at[1]);
        dot > 0.0 && turn(at, end, next).abs() < 0.019 * dot
    })
}

/// The two places where a line crosses an outline, in outline order; `None` unless exactly two.
fn meets(outline: &[V], cut: &Cut, snap: f64) -> Option<(Meet, Meet)> {
    let n = outline.len();
    let mut side: Vec<f64> = outline
        .iter()
        .map(|&p| cut.across(p))
        .map(|v| if v.abs() < snap { 0.0 } else { v })
        .collect();
    // A crossing very near an end of its side takes that end.
    for i in 0..n {
        let j = (i + 1) % n;
        if side[i] * side[j] < 0.0 {
            let t = side[i] / (side[i] - side[j]);
            let length = distance(outline[i], outline[j]);
            if t * length < snap {
                side[i] = 0.0;
            } else if (1.0 - t) * length < snap {
                side[j] = 0.0;
            }
        }
    }
    let mut found = Vec::new();
    for i in 0..n {
        let (before, here, after) = (side[(i + n - 1) % n], side[i], side[(i + 1) % n]);
        if here == 0.0 {
            // Running along a side or grazing a corner is no clean cut.
            if before * after >= 0.0 {
                return None;
            }
            found.push(Meet::Vertex(i));
        } else if here * after < 0.0 {
            found.push(Meet::Inside(i, crossing(cut, outline[i], outline[(i + 1) % n])));
        }
        if found.len() > 2 {
            return None;
        }
    }
    match found[..] {
        [a, b] => Some((a, b)),
        _ => None,
    }
}

/// The point of segment `a`–`b` on the line, whose ends lie on different sides of it.
fn crossing(cut: &Cut, a: V, b: V) -> V {
    let (va, vb) = (cut.across(a), cut.across(b));
    let along = |t: f64| [a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t];
    if cut.winding.is_none() {
        return along(va / (va - vb));
    }
    let (mut low, mut high) = (0.0, 1.0);
    for _ in 0..40 {
        let mid = (low + high) / 2.0;
        if cut.across(along(mid)) * va > 0.0 {
            low = mid
        } else {
            high = mid
        }
    }
    along(low)
}

/// The line's knots between two points on it, from `a` to `b`; `None` when the line leaves the
/// outline between them.
fn inner_knots(cut: &Cut, outline: &[V], a: V, b: V) -> Option<Vec<V>> {
    let Some(w) = cut.winding else {
        return Some(Vec::new());
    };
    let (xa, xb) = (cut.local(a)[0], cut.local(b)[0]);
    let (low, high) = (xa.min(xb) + 0.3 * w.step, xa.max(xb) - 0.3 * w.step);
    let mut knots = Vec::new();
    let mut k = (low / w.step).ceil();
    while k * w.step <= high {
        knots.push(cut.point(k * w.step));
        k += 1.0;
    }
    if xa > xb {
        knots.reverse();
    }
    let clear = std::iter::once(&a)
        .chain(&knots)
        .zip(knots.iter().chain([&b]))
        .all(|(&p, &q)| {
            let (p, q) = (toward(p, q), toward(q, p));
            (0..outline.len()).all(|i| !crosses(p, q, outline[i], outline[(i + 1) % outline.len()]))
        });
    clear.then_some(knots)
}

/// `p` moved a hair towards `q`, so that ends on the border do not count.
fn toward(p: V, q: V) -> V {
    [p[0] + (q[0] - p[0]) * 1e-4, p[1] + (q[1] - p[1]) * 1e-4]
}

fn crosses(p: V, q: V, a: V, b: V) -> bool {
    turn(p, q, a) * turn(p, q, b) < 0.0 && turn(a, b, p) * turn(a, b, q) < 0.0
}

/// Twice the signed area of the triangle.
pub fn turn(a: V, b: V, c: V) -> f64 {
    (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
}

/// The outline's points from one meet to another.
fn walk(outline: &[V], from: Meet, to: Meet) -> Vec<V> {
    let n = outline.len();
    let mut ring = vec![meet_point(outline, from)];
    let mut i = match from {
        Meet::Vertex(i) | Meet::Inside(i, _) => (i + 1) % n,
    };
    let stop = match to {
        Meet::Vertex(j) => j,
        Meet::Inside(j, _) => (j + 1) % n,
    };
    while i != stop {
        ring.push(outline[i]);
        i = (i + 1) % n;
    }
    ring.push(meet_point(outline, to));
    ring
}

pub fn distance(a: V, b: V) -> f64 {
    let (x, y) = (a[0] - b[0], a[1] - b[1]);
    (x * x + y * y).sqrt()
}

/// Signed area, m².
pub fn area(ring: &[V]) -> f64 {
    let Some(&o) = ring.first() else { return 0.0 };
    ring.windows(2).map(|w| turn(o, w[0], w[1])).sum::<f64>() / 2.0
}

/// Centre of gravity of a ring.
pub fn centroid(ring: &[V]) -> V {
    let Some(&o) = ring.first() else { return [0.0, 0.0] };
    let (mut x, mut y, mut sum) = (0.0, 0.0, 0.0);
    for w in ring.windows(2) {
        let t = turn(o, w[0], w[1]);
        x += t * (w[0][0] + w[1][0] - 2.0 * o[0]);
        y += t * (w[0][1] + w[1][1] - 2.0 * o[1]);
        sum += t;
    }
    if sum == 0.0 {
        return o;
    }
    [o[0] + x / (3.0 * sum), o[1] + y / (3.0 * sum)]
}

/// Whether `p` lies inside a ring (crossing number).
pub fn inside(ring: &[V], p: V) -> bool {
    (0..ring.len()).fold(false, |odd, i| {
        let (a, b) = (ring[i], ring[(i + 1) % ring.len()]);
        let hit =
            (a[1] > p[1]) != (b[1] > p[1]) && p[0] < a[0] + (p[1] - a[1]) / (b[1] - a[1]) * (b[0] - a[0]);
        odd != hit
    })
}

/// Distance from `p` to the nearest side of a ring, m.
pub fn clearance(ring: &[V], p: V) -> f64 {
    (0..ring.len())
        .map(|i| segment_distance(ring[i], ring[(i + 1) % ring.len()], p))
        .fold(f64::INFINITY, f64::min)
}

/// Distance from `p` to the segment `a`–`b`, m.
pub fn segment_distance(a: V, b: V, p: V) -> f64 {
    let (dx, dy) = (b[0] - a[0], b[1] - a[1]);
    let len2 = dx * dx + dy * dy;
    let t = if len2 == 0.0 {
        0.0
    } else {
        (((p[0] - a[0]) * dx + (p[1] - a[1]) * dy) / len2).clamp(0.0, 1.0)
    };
    distance([a[0] + t * dx, a[1] + t * dy], p)
}

/// The direction (unit vector) most of a ring's length runs in: the long way of a block.
pub fn long_direction(ring: &[V]) -> V {
    // Doubled angles, so that there and back are the same direction.
    let (mut c, mut s) = (0.0, 0.0);
    let mut longest = ([1.0, 0.0], 0.0);
    let mut total = 0.0;
    for i in 0..ring.len() {
        let (a, b) = (ring[i], ring[(i + 1) % ring.len()]);
        let (x, y, l) = (b[0] - a[0], b[1] - a[1], distance(a, b));
        if l > 0.0 {
            c += (x * x - y * y) / l;
            s += 2.0 * x * y / l;
            total += l;
            if l > longest.1 {
                longest = ([x / l, y / l], l);
            }
        }
    }
    let norm = (c * c + s * s).sqrt();
    if norm < 0.06 * total {
        return longest.0;
    }
    let (c, s) = (c / norm, s / norm);
    let x = ((1.0 + c) / 2.0).max(0.0).sqrt();
    let y = ((1.0 - c) / 2.0).max(0.0).sqrt();
    if s < 0.0 { [x, -y] } else { [x, y] }
}

/// Least and largest distance of a ring's points along `d`.
pub fn extent(ring: &[V], d: V) -> (f64, f64) {
    ring.iter()
        .map(|p| p[0] * d[0] + p[1] * d[1])
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(lo, hi), x| {
            (lo.min(x), hi.max(x))
        })
}

/// Turned a quarter to the left.
pub fn left(d: V) -> V {
    [-d[1], d[0]]
}

/// `d` turned by a small slope (tangent of the angle).
pub fn skew(d: V, slope: f64) -> V {
    let (x, y) = (d[0] - slope * d[1], d[1] + slope * d[0]);
    let l = (x * x + y * y).sqrt();
    [x / l, y / l]
}
