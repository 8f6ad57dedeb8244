//! Where a parcel is nearly pinched off.
//!
//! Two places of a boundary are nearest to each other in a corner of one of them (sides do not cross), so
//! corners are compared with sides. Within one ring the chord between them must leave land on both hands,
//! else it is a notch or the blunt tip of a wedge; between two rings what lies between is land anyway.

use super::index::Tree;
use super::segment;
use crate::domain::{BBox, Polygon, Pt, Ring};

/// The narrowest place of a parcel.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Neck {
    /// Middle of the chord.
    pub at: Pt,
    /// mm.
    pub width: f64,
    /// A corner and the foot of it on the side across.
    pub chord: (Pt, Pt),
}

/// Rings up to this many sides are compared without an index.
const FEW: usize = 48;

struct Side {
    ring: usize,
    index: usize,
    a: Pt,
    b: Pt,
}

/// The narrowest place under `limit` mm with more than `least` m² on both hands; `None` when there is none.
/// For valid polygons.
pub fn narrowest(polygon: &Polygon, limit: i64, least: f64) -> Option<Neck> {
    // A parcel with no two corners' boxes so close is the rule: no list is made for it.
    let mut sides = Vec::with_capacity(polygon.point_count());
    for (r, ring) in polygon.rings.iter().enumerate() {
        let of = |(i, (a, b))| Side {
            ring: r,
            index: i,
            a,
            b,
        };
        sides.extend(crate::domain::ring_sides(ring).enumerate().map(of));
    }
    let mut best: Option<(f64, Pt, Pt)> = None;
    near(&sides, limit, |corner, side| {
        let (p, q) = (corner.a, segment::foot(corner.a, side.a, side.b));
        let width = segment::distance(p, side.a, side.b);
        let found = (width, p.min(q), p.max(q));
        let is_better = width < limit as f64 && width > 0.0 && best.is_none_or(|b| found < b);
        if is_better && parts(polygon, corner, side, q, least) {
            best = Some(found);
        }
    });
    best.map(|(width, p, q)| Neck {
        at: Pt::new(i64::midpoint(p.e, q.e), i64::midpoint(p.n, q.n)),
        width,
        chord: (p, q),
    })
}

/// Calls `f` with each corner (the start of its side) and each side near it that does not end there.
fn near(sides: &[Side], limit: i64, mut f: impl FnMut(&Side, &Side)) {
    let mut look = |c: &Side, s: &Side| {
        if c.a != s.a && c.a != s.b && segment::bbox(s.a, s.b).grown(limit).contains(c.a) {
            f(c, s);
        }
    };
    if sides.len() <= FEW {
        for c in sides {
            sides.iter().for_each(|s| look(c, s));
        }
        return;
    }
    let boxes: Vec<BBox> = sides.iter().map(|s| segment::bbox(s.a, s.b)).collect();
    let tree = Tree::build(&boxes);
    for c in sides {
        tree.query(&BBox::EMPTY.with(c.a).grown(limit), |k| {
            look(c, &sides[k as usize])
        });
    }
}

/// Whether the chord from the corner to `foot` on the side has land of more than `least` m² on both hands.
fn parts(polygon: &Polygon, corner: &Side, side: &Side, foot: Pt, least: f64) -> bool {
    if corner.ring != side.ring {
        return true;
    }
    // Inside a hole's own bends there is no land of this kind worth telling.
    if corner.ring > 0 {
        return false;
    }
    let ring = &polygon.rings[0];
    let [one, other] =
        [(corner.index, side.index + 1), (side.index + 1, corner.index + 1)].map(|(from, to)| {
            let mut loop_: Ring = between(ring, from, to);
            loop_.push(foot);
            crate::domain::ring_area2(&loop_) as f64 / 2e6
        });
    one > least && other > least
}

/// Points from `from` up to, without, `to`, round the ring.
fn between(ring: &[Pt], from: usize, to: usize) -> Ring {
    let n = ring.len();
    let count = (to + n - from % n) % n;
    (0..if count == 0 { n } else { count })
        .map(|k| ring[(from + k) % n])
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::topology::testing::polygon;

    #[test]
    fn table() {
        let table = [
            // a square; a long strip of 60 mm is no neck but narrow all along
            ("0 0, 9000 0, 9000 9000, 0 9000", None),
            // an hourglass of 50 mm
            ("0 0, 9000 0, 4525 4500, 9000 9000, 0 9000, 4475 4500", Some(50.0)),
            // the same of 200 mm
            ("0 0, 9000 0, 4600 4500, 9000 9000, 0 9000, 4400 4500", None),
            // a corner against the middle of a side
            (
                "0 0, 9000 0, 9000 4000, 5000 4000, 5000 30, 4000 30, 4000 4000, 0 4000",
                Some(30.0),
            ),
            // a notch of 40 mm is no neck, nor is the blunt tip of a wedge
            (
                "0 0, 9000 0, 9000 9000, 5020 9000, 5020 4000, 4980 4000, 4980 9000, 0 9000",
                None,
            ),
            ("0 0, 9000 4480, 9000 4520, 0 9000", None),
            // a hole 60 mm from the shell
            (
                "0 0, 9000 0, 9000 9000, 0 9000 | 60 3000, 60 6000, 4000 6000, 4000 3000",
                Some(60.0),
            ),
            // long and thin
            ("0 0, 100000 0, 100000 5000, 0 5000", None),
        ];
        for (text, want) in table {
            let p = polygon(text);
            assert_eq!(narrowest(&p, 100, 1.0).map(|n| n.width), want, "{text}");
        }
        // A corner of it turned to be the first point changes nothing.
        let mut p = polygon(table[1].0);
        for _ in 0..6 {
            p.rings[0].rotate_left(1);
            assert_eq!(
                narrowest(&p, 100, 1.0).map(|n| (n.at, n.width)),
                Some((Pt::new(4500, 4500), 50.0))
            );
        }
    }

    #[test]
    fn a_ring_of_ten_thousand_points() {
        let at = |i: usize| {
            let t = i as f64 / 5000.0 * std::f64::consts::TAU;
            Pt::new(
                (60_000.0 * t.cos()).round() as i64,
                (60_000.0 * t.sin()).round() as i64,
            )
        };
        let mut ring: Vec<Pt> = (0..5000).map(at).collect();
        // A second lobe hung on by 80 mm.
        ring.splice(
            0..1,
            [
                Pt::new(60_000, -40),
                Pt::new(90_000, -20_000),
                Pt::new(90_000, 20_000),
                Pt::new(60_000, 40),
            ],
        );
        ring.rotate_left(1);
        let neck = narrowest(&Polygon { rings: vec![ring] }, 100, 1.0).unwrap();
        assert!((neck.width - 80.0).abs() < 0.5, "{neck:?}");
    }
}
