//! Whether a polygon is valid by itself, with the place of each fault. Exact.
//!
//! OGC Simple Features (06-103r4, 6.1.11): rings are closed and simple, holes lie inside the shell and
//! outside each other, rings may touch in single points only, and the interior is connected. Beyond
//! that domain.md T3: no repeated points and no spikes under one degree.

use super::index::Tree;
use super::ring::{self, Place};
use super::segment::{self, Meet};
use crate::domain::{BBox, Polygon, Pt, Ring, ring_area2};
use crate::text::Text;

/// What is wrong with a polygon. Declared in the order of looking: a later kind is only looked for
/// where the earlier ones leave it a meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FaultKind {
    TooFewPoints,
    DuplicatePoint,
    NoArea,
    WrongOrientation,
    Spike,
    SelfCrossing,
    SelfOverlap,
    SelfTouch,
    RingsCross,
    RingsOverlap,
    HoleOutside,
    HoleNested,
    InteriorSplit,
}

impl FaultKind {
    pub const ALL: [Self; 13] = [
        Self::TooFewPoints,
        Self::DuplicatePoint,
        Self::NoArea,
        Self::WrongOrientation,
        Self::Spike,
        Self::SelfCrossing,
        Self::SelfOverlap,
        Self::SelfTouch,
        Self::RingsCross,
        Self::RingsOverlap,
        Self::HoleOutside,
        Self::HoleNested,
        Self::InteriorSplit,
    ];

    /// Stable name, as kept in findings.
    pub fn name(self) -> &'static str {
        self.entry().0
    }

    pub fn by_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|k| k.name() == name)
    }

    pub fn text(self) -> Text {
        self.entry().1
    }

    fn entry(self) -> (&'static str, Text) {
        match self {
            Self::TooFewPoints => (
                "too_few_points",
                Text::new(
                    "đường bao có ít hơn ba điểm khác nhau",
                    "a ring has fewer than three different points",
                ),
            ),
            Self::DuplicatePoint => (
                "duplicate_point",
                Text::new(
                    "hai điểm liên tiếp trùng nhau",
                    "two consecutive points are equal",
                ),
            ),
            Self::NoArea => (
                "no_area",
                Text::new("đường bao không có diện tích", "a ring encloses no area"),
            ),
            Self::WrongOrientation => (
                "wrong_orientation",
                Text::new(
                    "đường bao ngược chiều quy định",
                    "a ring runs the wrong way round",
                ),
            ),
            Self::Spike => (
                "spike",
                Text::new("có gai nhọn dưới 1°", "there is a spike under 1°"),
            ),
            Self::SelfCrossing => (
                "self_crossing",
                Text::new("đường bao tự cắt", "a ring crosses itself"),
            ),
            Self::SelfOverlap => (
                "self_overlap",
                Text::new("đường bao đi trùng lên chính nó", "a ring runs along itself"),
            ),
            Self::SelfTouch => (
                "self_touch",
                Text::new("đường bao tự chạm", "a ring touches itself"),
            ),
            Self::RingsCross => (
                "rings_cross",
                Text::new(
                    "đường bao trong cắt đường bao khác",
                    "a hole crosses another ring",
                ),
            ),
            Self::RingsOverlap => (
                "rings_overlap",
                Text::new(
                    "đường bao trong có đoạn trùng với đường bao khác",
                    "a hole shares a side with another ring",
                ),
            ),
            Self::HoleOutside => (
                "hole_outside",
                Text::new("đường bao trong nằm ngoài thửa", "a hole lies outside the shell"),
            ),
            Self::HoleNested => (
                "hole_nested",
                Text::new(
                    "đường bao trong nằm trong đường bao trong khác",
                    "a hole lies inside another hole",
                ),
            ),
            Self::InteriorSplit => (
                "interior_split",
                Text::new(
                    "các đường bao chạm nhau làm thửa bị chia thành nhiều phần",
                    "rings that touch cut the interior into parts",
                ),
            ),
        }
    }
}

/// One fault and where it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fault {
    pub kind: FaultKind,
    pub at: Pt,
}

/// tan 1°: the sharpest corner that is not a spike.
const TAN_SPIKE: f64 = 0.017_455_064_928_217_585;

/// Rings up to this many sides are compared side by side without an index.
const FEW: usize = 48;

/// One side with its ring and its place among the sides of that ring.
#[derive(Clone, Copy)]
struct Side {
    ring: u32,
    index: u32,
    a: Pt,
    b: Pt,
}

/// All faults of a polygon, sorted; empty when it is valid.
pub fn check(polygon: &Polygon) -> Vec<Fault> {
    let mut faults = Vec::new();
    if polygon.rings.is_empty() {
        faults.push(Fault {
            kind: FaultKind::TooFewPoints,
            at: Pt::default(),
        });
    }
    let mut sides = Vec::with_capacity(polygon.point_count());
    let mut counts = Vec::with_capacity(polygon.rings.len());
    for (i, ring) in polygon.rings.iter().enumerate() {
        let before = sides.len();
        check_ring(i, ring, &mut sides, &mut faults);
        counts.push((sides.len() - before) as u32);
    }
    let mut touches = Vec::new();
    for_near_pairs(&sides, |s, t| {
        meet_sides(s, t, &counts, &mut touches, &mut faults)
    });
    if polygon.rings.len() > 1 {
        let unclear = |f: &Fault| {
            matches!(
                f.kind,
                FaultKind::TooFewPoints | FaultKind::RingsCross | FaultKind::RingsOverlap
            )
        };
        if !faults.iter().any(unclear) {
            check_nesting(&polygon.rings, &mut faults);
            check_connected(polygon.rings.len(), &mut touches, &mut faults);
        }
    }
    forget_feet_of_spikes(polygon, &mut faults);
    forget_consequences(&mut faults);
    faults.sort_unstable();
    faults.dedup();
    faults
}

/// Faults of one ring that need no comparison of sides; collects its sides of positive length.
fn check_ring(number: usize, ring: &Ring, sides: &mut Vec<Side>, faults: &mut Vec<Fault>) {
    let first = sides.len();
    for (a, b) in crate::domain::ring_sides(ring) {
        if a == b {
            if ring.len() > 1 {
                faults.push(Fault {
                    kind: FaultKind::DuplicatePoint,
                    at: a,
                });
            }
        } else {
            sides.push(Side {
                ring: number as u32,
                index: (sides.len() - first) as u32,
                a,
                b,
            });
        }
    }
    let at = ring.first().copied().unwrap_or_default();
    let mine = &sides[first..];
    if mine.len() < 3 {
        faults.push(Fault {
            kind: FaultKind::TooFewPoints,
            at,
        });
        sides.truncate(first);
        return;
    }
    let area = ring_area2(ring);
    if area == 0 {
        faults.push(Fault {
            kind: FaultKind::NoArea,
            at,
        });
    } else if (area > 0) != (number == 0) {
        faults.push(Fault {
            kind: FaultKind::WrongOrientation,
            at,
        });
    }
    for (i, side) in mine.iter().enumerate() {
        let next = mine[(i + 1) % mine.len()];
        if is_spike(side.a, next.a, next.b) {
            faults.push(Fault {
                kind: FaultKind::Spike,
                at: next.a,
            });
        }
    }
}

/// Whether the corner at `v` is sharper than one degree.
pub(super) fn is_spike(before: Pt, v: Pt, after: Pt) -> bool {
    let dot = segment::dot(v, before, after);
    dot > 0 && (segment::cross(v, before, after).unsigned_abs() as f64) < dot as f64 * TAN_SPIKE
}

/// Calls `f` once for every two sides whose boxes meet.
fn for_near_pairs(sides: &[Side], mut f: impl FnMut(&Side, &Side)) {
    if sides.len() <= FEW {
        for (i, s) in sides.iter().enumerate() {
            let reach = segment::bbox(s.a, s.b);
            let near = sides[i + 1..]
                .iter()
                .filter(|t| segment::bbox(t.a, t.b).intersects(&reach));
            near.for_each(|t| f(s, t));
        }
        return;
    }
    let boxes: Vec<BBox> = sides.iter().map(|s| segment::bbox(s.a, s.b)).collect();
    let tree = Tree::build(&boxes);
    for (i, s) in sides.iter().enumerate() {
        tree.query(&boxes[i], |j| {
            if j as usize > i {
                f(s, &sides[j as usize]);
            }
        });
    }
}

/// What two sides have in common, as a fault or as a touch of two rings.
fn meet_sides(s: &Side, t: &Side, counts: &[u32], touches: &mut Vec<(u32, Pt)>, faults: &mut Vec<Fault>) {
    let met = segment::meet(s.a, s.b, t.a, t.b);
    if s.ring != t.ring {
        match met {
            Meet::Nothing => {}
            Meet::Touch(at) => touches.extend([(s.ring, at), (t.ring, at)]),
            Meet::Crossing => {
                faults.push(Fault {
                    kind: FaultKind::RingsCross,
                    at: segment::crossing_point(s.a, s.b, t.a, t.b),
                });
            }
            Meet::Overlap(p, q) => faults.push(Fault {
                kind: FaultKind::RingsOverlap,
                at: p.min(q),
            }),
        }
        return;
    }
    let count = counts.get(s.ring as usize).copied().unwrap_or(0);
    let follows = |x: u32, y: u32| x + 1 == y || (y == 0 && x + 1 == count);
    if follows(s.index, t.index) || follows(t.index, s.index) {
        return; // They share a corner; folding back on it is a spike.
    }
    match met {
        Meet::Nothing => {}
        Meet::Touch(at) => faults.push(Fault {
            kind: FaultKind::SelfTouch,
            at,
        }),
        Meet::Crossing => {
            faults.push(Fault {
                kind: FaultKind::SelfCrossing,
                at: segment::crossing_point(s.a, s.b, t.a, t.b),
            });
        }
        Meet::Overlap(p, q) => faults.push(Fault {
            kind: FaultKind::SelfOverlap,
            at: p.min(q),
        }),
    }
}

/// Holes outside the shell or inside another hole. Call when rings neither cross nor share sides.
fn check_nesting(rings: &[Ring], faults: &mut Vec<Fault>) {
    let boxes: Vec<BBox> = rings.iter().map(|r| ring::bbox(r)).collect();
    let holes = Tree::build(&boxes[1..]);
    for (i, hole) in rings.iter().enumerate().skip(1) {
        let at = hole[0];
        if place_of(hole, &rings[0]) == Place::Outside {
            faults.push(Fault {
                kind: FaultKind::HoleOutside,
                at,
            });
        }
        holes.query(&boxes[i], |j| {
            let other = j as usize + 1;
            if other != i && place_of(hole, &rings[other]) == Place::Inside {
                faults.push(Fault {
                    kind: FaultKind::HoleNested,
                    at,
                });
            }
        });
    }
}

/// Where `inner` lies in `outer`, by its first point or side that is not on the boundary.
fn place_of(inner: &Ring, outer: &Ring) -> Place {
    let by_point = inner.iter().map(|&p| ring::locate_in_ring(outer, p));
    if let Some(place) = by_point.into_iter().find(|p| *p != Place::Boundary) {
        return place;
    }
    let outer = Polygon {
        rings: vec![outer.clone()],
    };
    let mut by_side = crate::domain::ring_sides(inner).map(|(a, b)| ring::locate_middle(&outer, a, b));
    by_side.find(|p| *p != Place::Boundary).unwrap_or(Place::Boundary)
}

/// Rings that touch must not form a cycle: going round it would cut the interior off. Rings and
/// touching points are nodes; joining two that are already connected closes a cycle.
fn check_connected(rings: usize, touches: &mut Vec<(u32, Pt)>, faults: &mut Vec<Fault>) {
    touches.sort_unstable();
    touches.dedup();
    let mut points: Vec<Pt> = touches.iter().map(|t| t.1).collect();
    points.sort_unstable();
    points.dedup();
    let mut set = Sets::new(rings + points.len());
    for (ring, at) in touches.iter() {
        let node = rings + points.binary_search(at).unwrap_or_default();
        if !set.join(*ring as usize, node) {
            faults.push(Fault {
                kind: FaultKind::InteriorSplit,
                at: *at,
            });
        }
    }
}

/// An exact spike p–tip–p makes the ring touch itself in p as well: one fault is enough.
fn forget_feet_of_spikes(polygon: &Polygon, faults: &mut Vec<Fault>) {
    let tips: Vec<Pt> = faults
        .iter()
        .filter(|f| f.kind == FaultKind::Spike)
        .map(|f| f.at)
        .collect();
    if tips.is_empty() {
        return;
    }
    let on_spike = |p: Pt| {
        polygon.rings.iter().any(|r| {
            (0..r.len()).filter(|&i| tips.contains(&r[i])).any(|i| {
                let (before, after) = (r[(i + r.len() - 1) % r.len()], r[(i + 1) % r.len()]);
                segment::on_segment(p, r[i], before) && segment::on_segment(p, r[i], after)
            })
        })
    };
    faults.retain(|f| !matches!(f.kind, FaultKind::SelfTouch | FaultKind::SelfOverlap) || !on_spike(f.at));
}

/// Where a worse fault explains a lesser one, the worse one is enough.
fn forget_consequences(faults: &mut Vec<Fault>) {
    let has = |kind| faults.iter().any(|f| f.kind == kind);
    let (crosses, overlaps) = (has(FaultKind::SelfCrossing), has(FaultKind::SelfOverlap));
    faults.retain(|f| match f.kind {
        // The sign of the area says nothing of a ring that crosses itself.
        FaultKind::NoArea | FaultKind::WrongOrientation => !crosses,
        // The ends of a stretch run twice.
        FaultKind::SelfTouch => !overlaps,
        _ => true,
    });
}

/// Disjoint sets with path halving.
pub(crate) struct Sets(Vec<usize>);

impl Sets {
    pub(crate) fn new(n: usize) -> Self {
        Self((0..n).collect())
    }

    pub(crate) fn find(&mut self, mut i: usize) -> usize {
        while self.0[i] != i {
            self.0[i] = self.0[self.0[i]];
            i = self.0[i];
        }
        i
    }

    /// False when both were in one set already. The smaller root stays.
    pub(crate) fn join(&mut self, i: usize, j: usize) -> bool {
        let (i, j) = (self.find(i), self.find(j));
        self.0[i.max(j)] = i.min(j);
        i != j
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::topology::testing::polygon;

    fn found(text: &str) -> String {
        let list: Vec<String> = check(&polygon(text))
            .iter()
            .map(|f| format!("{} {} {}", f.kind.name(), f.at.e, f.at.n))
            .collect();
        list.join("; ")
    }

    #[test]
    fn table() {
        let table = [
            // valid
            ("0 0, 90 0, 90 90, 0 90", ""),
            ("0 0, 90 0, 90 90, 45 10, 0 90", ""),
            ("0 0, 90 0, 90 90, 0 90 | 20 20, 20 30, 30 30, 30 20", ""),
            // a hole touches the shell in one point; two holes touch in one point
            ("0 0, 90 0, 90 90, 0 90 | 0 40, 20 50, 20 30", ""),
            (
                "0 0, 90 0, 90 90, 0 90 | 20 20, 20 30, 30 30, 30 20 | 30 30, 30 40, 40 40, 40 30",
                "",
            ),
            // a point on a straight side; a long thin parcel
            ("0 0, 45 0, 90 0, 90 90, 0 90", ""),
            ("0 0, 1000000 0, 1000000 20000, 0 20000", ""),
            // faults of one ring
            ("0 0, 90 0", "too_few_points 0 0"),
            ("5 5", "too_few_points 5 5"),
            ("0 0, 90 0, 90 0, 90 90", "duplicate_point 90 0"),
            ("0 0, 90 0, 90 90, 0 0", "duplicate_point 0 0"),
            ("0 0, 0 90, 90 90, 90 0", "wrong_orientation 0 0"),
            ("0 0, 90 90, 90 0, 0 90", "self_crossing 45 45"),
            ("0 0, 90 90, 90 0, 0 95", "self_crossing 46 46"),
            ("0 0, 90 0, 90 90, 45 90, 45 190, 45 90, 0 90", "spike 45 190"),
            ("0 0, 90 0, 90 90, 50 90, 45 9000, 40 90, 0 90", "spike 45 9000"),
            ("0 0, 90 0, 90 90, 45 0, 0 90", "self_touch 45 0"),
            ("0 0, 90 0, 90 90, 60 0, 30 0, 0 90", "self_overlap 30 0"),
            (
                "0 0, 40 0, 40 40, 80 40, 80 80, 40 80, 40 40, 0 40",
                "self_touch 40 40",
            ),
            // faults between rings
            (
                "0 0, 90 0, 90 90, 0 90 | 200 200, 200 210, 210 210",
                "hole_outside 200 200",
            ),
            (
                "0 0, 90 0, 90 90, 0 90 | 80 20, 80 40, 110 30",
                "rings_cross 90 23; rings_cross 90 37",
            ),
            ("0 0, 90 0, 90 90, 0 90 | 0 20, 0 40, 20 30", "rings_overlap 0 20"),
            (
                "0 0, 90 0, 90 90, 0 90 | 10 10, 10 80, 80 80, 80 10 | 20 20, 20 30, 30 30",
                "hole_nested 20 20",
            ),
            // the hole touches the shell twice: the interior falls apart
            (
                "0 0, 90 0, 90 90, 0 90 | 0 45, 45 60, 90 45, 45 30",
                "interior_split 90 45",
            ),
            // three holes in a circle, each touching the next, enclose a piece
            (
                "0 0, 900 0, 900 900, 0 900 | 100 100, 150 150, 300 100, 150 50 | 300 100, 310 200, 200 300, 400 200 | 200 300, 190 200, 100 100, 180 200",
                "interior_split 200 300",
            ),
        ];
        for (text, want) in table {
            assert_eq!(found(text), want, "{text}");
        }
    }

    #[test]
    fn many_sides_use_the_index_and_agree() {
        // A comb of 400 teeth, valid; then one tooth pulled through its neighbour.
        let mut ring: Vec<String> = vec!["0 0".into(), "80000 0".into(), "80000 1000".into()];
        for i in (0..400).rev() {
            ring.push(format!("{} 5000, {} 1000", i * 200 + 50, i * 200));
        }
        let comb = ring.join(", ");
        assert_eq!(found(&comb), "");
        let broken = comb.replace("20050 5000", "20350 5000");
        assert!(
            found(&broken).starts_with("self_crossing 20"),
            "{}",
            found(&broken)
        );
    }
}
