//! Making an invalid polygon valid: exact, on the lattice, and never land lost without a word.
//!
//! Four ways, from the one that changes least:
//! - *tidy*: repeated points and the tips of spikes go, rings are turned the right way round;
//! - *uncross*: where a ring crosses itself the points between are walked the other way round (two points
//!   exchanged, the usual slip); all points stay;
//! - *parts*: the sides are cut where they meet, and the land is what the shell winds around and no hole
//!   does; each part of it is a valid polygon;
//! - *largest*: of the parts only the largest.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::noding::{Chains, node};
use super::segment::{self, Meet};
use super::trace::{self, Directed};
use super::validity::{self, FaultKind};
use super::weave::{note_points, sides_of};
use super::{Coverage, NewShape, Plan, Refusal, findings, guard, ring};
use crate::domain::{Failure, Parcel, Polygon, Pt, Ring, Severity, ring_sides};
use crate::msg;
use crate::text::Text;

const REPAIR: Text = Text::new("sửa đường bao", "repair the ring");

/// Which way. See the module text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum How {
    Tidy,
    Uncross,
    Largest,
    /// The largest part stays the parcel, the others become parcels.
    Parts,
}

/// Plans to repair a parcel. Codes of refusal: `NO_PARCEL`, `RING_SOUND` (nothing is wrong), `RING_HOPELESS`
/// (this way leads to no valid polygon), `LINES_TOO_TIGHT`, `WOULD_MAKE_FAULT`.
pub fn plan(coverage: &Coverage, fid: i64, how: How) -> Result<Plan, Refusal> {
    let parcel = coverage.get(fid).ok_or_else(super::merge::unknown)?;
    if validity::check(&parcel.polygon).is_empty() {
        return Err(is_sound(parcel).into());
    }
    let mut parts = match how {
        How::Tidy => tidy(&parcel.polygon).into_iter().collect(),
        How::Uncross => uncross(&parcel.polygon).into_iter().collect(),
        How::Largest | How::Parts => parts(&parcel.polygon)?,
    };
    if how == How::Largest {
        parts.truncate(1);
    }
    // A corner may be as sharp as a spike by itself.
    let sound = |p: &Polygon| {
        let mut faults = validity::check(p).into_iter();
        faults.all(|f| how == How::Uncross && f.kind == FaultKind::Spike)
    };
    if parts.is_empty() || !parts.iter().all(sound) {
        return Err(hopeless(parcel));
    }
    let mut all = parts.into_iter();
    let mut plan = Plan {
        changed: all.next().map(|p| (fid, p)).into_iter().collect(),
        created: all
            .map(|polygon| NewShape {
                polygon,
                parents: vec![fid],
            })
            .collect(),
        ..Plan::default()
    };
    if let Some((_, polygon)) = plan.changed.first_mut() {
        trace::start_as(polygon, &parcel.polygon);
    }
    note_points(coverage, &mut plan);
    guard::check(coverage, &plan, REPAIR)?;
    Ok(plan)
}

/// Without repeated points and tips of spikes, rings the right way round; a hole without area is dropped.
/// `None` when nothing is left of the shell.
pub fn tidy(polygon: &Polygon) -> Option<Polygon> {
    let mut rings = polygon.rings.iter().map(|r| blunt(r));
    let shell = rings.next()?.filter(has_area)?;
    let holes = rings.flatten().filter(has_area);
    let mut out = Polygon {
        rings: std::iter::once(shell).chain(holes).collect(),
    };
    ring::orient(&mut out);
    Some(out)
}

fn has_area(ring: &Ring) -> bool {
    ring.len() > 2 && crate::domain::ring_area2(ring) != 0
}

/// The ring without repeated points and without spikes, the sharpest first: a spike that runs back along a side
/// makes its foot look like a tip, and the foot has to stay. `None` when fewer than three points are left.
fn blunt(ring: &[Pt]) -> Option<Ring> {
    let mut out = ring.to_vec();
    loop {
        ring::tidy(&mut out);
        let n = out.len();
        if n < 3 {
            return None;
        }
        let corner = |i: usize| (out[(i + n - 1) % n], out[i], out[(i + 1) % n]);
        let sharpness = |&i: &usize| {
            let (a, b, c) = corner(i);
            (segment::cross(b, a, c).unsigned_abs() as f64) / (a.dist(b) * b.dist(c))
        };
        let tips = (0..n).filter(|&i| {
            let (a, b, c) = corner(i);
            validity::is_spike(a, b, c)
        });
        match tips.min_by(|i, j| sharpness(i).total_cmp(&sharpness(j))) {
            Some(i) => _ = out.remove(i),
            None => return Some(out),
        }
    }
}

/// Most exchanges tried on one ring.
const MOST_EXCHANGES: usize = 16;

/// With the stretch between two crossing sides walked the other way round, until nothing crosses. `None` when
/// that makes no valid polygon.
///
/// In a long, thin ring an exchanged point looks like the tip of a spike, so tips go only where the ring is not valid
/// with them; and a corner that is as sharp as a spike by itself stays where it is all that is left to remark.
pub fn uncross(polygon: &Polygon) -> Option<Polygon> {
    let whole = exchanged(polygon, &|r| {
        let mut ring = r.to_vec();
        ring::tidy(&mut ring);
        (ring.len() > 2).then_some(ring)
    });
    let faults = validity::check(&whole);
    if faults.is_empty() {
        return Some(whole);
    }
    let blunted = exchanged(polygon, &|r| blunt(r));
    if validity::check(&blunted).is_empty() {
        return Some(blunted);
    }
    faults.iter().all(|f| f.kind == FaultKind::Spike).then_some(whole)
}

fn exchanged(polygon: &Polygon, prepare: &dyn Fn(&Ring) -> Option<Ring>) -> Polygon {
    let mut out = Polygon {
        rings: polygon.rings.iter().filter_map(prepare).collect(),
    };
    for ring in &mut out.rings {
        for _ in 0..MOST_EXCHANGES {
            let Some((i, j)) = crossing(ring) else { break };
            ring[i + 1..=j].reverse();
        }
    }
    ring::orient(&mut out);
    out
}

/// The first two sides of a ring that cross, or that lie on each other around the side between them: by number.
fn crossing(ring: &[Pt]) -> Option<(usize, usize)> {
    let sides: Vec<(Pt, Pt)> = ring_sides(ring).collect();
    let crosses = |&(i, j): &(usize, usize)| {
        let ((a, b), (c, d)) = (sides[i], sides[j]);
        segment::bbox(a, b).intersects(&segment::bbox(c, d))
            && match segment::meet(a, b, c, d) {
                Meet::Crossing => true,
                // a → b → c → d there and back: shorter by way of c.
                Meet::Overlap(..) => j == i + 2 && a.dist(c) + b.dist(d) < a.dist(b) + c.dist(d),
                _ => false,
            }
    };
    (0..sides.len())
        .flat_map(|i| (i + 2..sides.len()).map(move |j| (i, j)))
        .find(crosses)
}

/// The land of a polygon however its rings run, as valid polygons, the largest first. Fails with
/// `LINES_TOO_TIGHT`.
pub fn parts(polygon: &Polygon) -> Result<Vec<Polygon>, Failure> {
    let chains = node(sides_of(polygon), [], &[])?;
    let rings: Vec<Winding> = polygon.rings.iter().map(|r| Winding::of(r, &chains)).collect();
    let pieces: BTreeSet<(Pt, Pt)> = rings.iter().flat_map(|w| w.turns.keys().copied()).collect();
    let is_land = |piece: (Pt, Pt), left: bool| {
        let mut winds = rings.iter().map(|w| w.beside(piece, left) != 0);
        winds.next() == Some(true) && !winds.any(|w| w)
    };
    let border = |&(a, b): &(Pt, Pt)| -> Option<Directed> {
        match (is_land((a, b), true), is_land((a, b), false)) {
            (true, false) => Some((a, b)),
            (false, true) => Some((b, a)),
            _ => None,
        }
    };
    let sides: Vec<Directed> = pieces.iter().filter_map(border).collect();
    let mut found = trace::polygons(&sides).unwrap_or_default();
    found.sort_by(|p, q| q.area2().cmp(&p.area2()).then_with(|| p.rings.cmp(&q.rings)));
    Ok(found)
}

/// One ring in pieces that meet in ends only: by piece (smaller end first) how often it is walked forward less
/// how often backward.
struct Winding {
    turns: BTreeMap<(Pt, Pt), i32>,
}

impl Winding {
    fn of(ring: &[Pt], chains: &Chains) -> Self {
        let mut turns: BTreeMap<(Pt, Pt), i32> = BTreeMap::new();
        for (a, b) in ring_sides(&chains.ring(ring)).filter(|(a, b)| a != b) {
            *turns.entry((a.min(b), a.max(b))).or_default() += if a < b { 1 } else { -1 };
        }
        Self { turns }
    }

    /// How often the ring winds round the land right beside the middle of the piece a–b, on its left or right.
    fn beside(&self, (a, b): (Pt, Pt), left: bool) -> i32 {
        // Twice the coordinates, so that the middle is on the lattice. A vertical ray to the north of a sloping
        // piece (smaller end first: its left is north), to the west of an upright one (its left is west).
        let middle = Pt::new(a.e + b.e, a.n + b.n);
        let upright = a.e == b.e;
        let turn = |p: Pt| if upright { Pt::new(p.n, -p.e) } else { p };
        let m = turn(middle);
        let crossed = |(&(c, d), n): (&(Pt, Pt), &i32)| {
            let (c, d) = (turn(double(c)), turn(double(d)));
            let eastward = c.e <= m.e && m.e < d.e;
            let westward = d.e <= m.e && m.e < c.e;
            // North of the middle: the middle lies right of a line that runs east.
            match (eastward, westward) {
                (true, _) if segment::cross(c, d, m) < 0 => -*n,
                (_, true) if segment::cross(c, d, m) > 0 => *n,
                _ => 0,
            }
        };
        let others = self.turns.iter().filter(|(s, _)| **s != (a, b));
        let beyond: i32 = others.map(crossed).sum();
        let own = self.turns.get(&(a, b)).copied().unwrap_or_default();
        // The ray starts on the left; from the right it crosses the piece itself.
        if left { beyond } else { beyond - own }
    }
}

fn double(p: Pt) -> Pt {
    Pt::new(p.e * 2, p.n * 2)
}

/// Whether a fault is one that *tidy* takes away.
pub fn is_untidy(kind: FaultKind) -> bool {
    matches!(
        kind,
        FaultKind::DuplicatePoint | FaultKind::Spike | FaultKind::WrongOrientation
    )
}

fn is_sound(parcel: &Parcel) -> Failure {
    let parcel = parcel.reference();
    let message = msg!(
        "Hình thửa {parcel} không có lỗi nào để sửa.",
        "The shape of parcel {parcel} has no fault to repair."
    );
    Failure::new("RING_SOUND", message).field("parcel")
}

fn hopeless(parcel: &Parcel) -> Refusal {
    let which = parcel.reference();
    let message = msg!(
        "Sửa đường bao thửa {which} theo cách này không cho hình hợp lệ.",
        "Repairing the rings of parcel {which} this way gives no valid shape."
    );
    let remedy = msg!(
        "Chọn cách sửa khác, hoặc sửa từng điểm ranh trên bản đồ.",
        "Choose another way, or correct the points on the map."
    );
    let faults = validity::check(&parcel.polygon);
    Refusal {
        failure: Failure::new("RING_HOPELESS", message).remedy(remedy),
        findings: faults
            .first()
            .map(|f| crate::domain::Finding {
                at: Some(f.at),
                bbox: Some(parcel.bbox),
                ..findings::about(findings::RING_INVALID, Severity::Error, &[parcel])
            })
            .into_iter()
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::topology::testing::{outcome, polygon, text_of};
    use proptest::prelude::*;

    fn told(found: &[Polygon]) -> String {
        let sound = |p: &Polygon| validity::check(p).iter().all(|f| f.kind == FaultKind::Spike);
        assert!(found.iter().all(sound), "{found:?}");
        found.iter().map(text_of).collect::<Vec<_>>().join(" ; ")
    }

    #[test]
    fn tidy_and_uncross() {
        let table = [
            // (polygon, tidied, uncrossed)
            (
                "0 0, 9 0, 9 0, 9 9, 0 9, 0 9",
                "0 0, 9 0, 9 9, 0 9",
                "0 0, 9 0, 9 9, 0 9",
            ),
            ("0 0, 0 9, 9 9, 9 0", "9 0, 9 9, 0 9, 0 0", "9 0, 9 9, 0 9, 0 0"),
            (
                "0 0, 900 0, 2000 10, 900 0, 900 900, 0 900",
                "0 0, 900 0, 900 900, 0 900",
                "0 0, 900 0, 900 900, 0 900",
            ),
            // a spike that runs back along a side: its foot is sharp too, and stays
            (
                "0 0, 900 0, 400 3, 900 0, 900 900, 0 900",
                "0 0, 900 0, 900 900, 0 900",
                "0 0, 900 0, 900 900, 0 900",
            ),
            (
                "0 0, 900 0, 900 900, 0 900 | 5 5, 8 8",
                "0 0, 900 0, 900 900, 0 900",
                "0 0, 900 0, 900 900, 0 900",
            ),
            // two corners exchanged
            ("0 0, 9 9, 9 0, 0 9", "", "0 0, 9 0, 9 9, 0 9"),
            (
                "0 0, 900 0, 900 500, 0 900, 900 900, 0 500",
                "0 0, 900 0, 900 500, 0 900, 900 900, 0 500",
                "0 0, 900 0, 900 500, 900 900, 0 900, 0 500",
            ),
            // in a long, thin one the exchanged points look like spikes
            (
                "0 0, 40000 -5, 20000 -5, 60000 0, 60000 100, 0 100",
                "0 0, 20000 -5, 60000 0, 60000 100, 0 100",
                "0 0, 20000 -5, 40000 -5, 60000 0, 60000 100, 0 100",
            ),
            // on a straight side
            (
                "0 0, 40000 0, 20000 0, 60000 0, 60000 100, 0 100",
                "0 0, 20000 0, 60000 0, 60000 100, 0 100",
                "0 0, 20000 0, 40000 0, 60000 0, 60000 100, 0 100",
            ),
            // a sliver of 2 mm, its ends exchanged
            ("0 0, 60000 2, 60000 0, 0 2", "", "0 0, 60000 0, 60000 2, 0 2"),
            // concave
            (
                "0 0, 90000 0, 90000 200, 30000 20, 60000 40, 0 200",
                "0 0, 90000 0, 90000 200, 60000 40, 0 200",
                "0 0, 90000 0, 90000 200, 60000 40, 30000 20, 0 200",
            ),
            // a hole whose own points are exchanged: nothing is left of it without its tips
            (
                "0 0, 60000 0, 60000 90, 0 90 | 9000 30, 9000 60, 50000 30, 50000 60",
                "0 0, 60000 0, 60000 90, 0 90",
                "0 0, 60000 0, 60000 90, 0 90 | 9000 30, 9000 60, 50000 60, 50000 30",
            ),
            ("0 0, 5 5", "", ""),
        ];
        for (text, want, uncrossed) in table {
            let p = polygon(text);
            let told = |p: Option<Polygon>| p.map(|p| text_of(&p)).unwrap_or_default();
            assert_eq!(told(tidy(&p)), want, "{text}");
            assert_eq!(told(uncross(&p)), uncrossed, "{text}");
        }
    }

    #[test]
    fn parts_table() {
        let table = [
            // a valid polygon is its own part, holed too
            (
                "0 0, 9 0, 9 9, 0 9 | 2 2, 2 5, 5 5, 5 2",
                "0 0, 9 0, 9 9, 0 9 | 2 2, 2 5, 5 5, 5 2",
            ),
            // a bow-tie: both lobes, however they run
            ("0 0, 10 10, 10 0, 0 10", "0 0, 5 5, 0 10 ; 5 5, 10 0, 10 10"),
            // a ring that touches itself in a point
            ("0 0, 9 0, 5 5, 9 9, 0 9, 5 5", "0 0, 9 0, 5 5 ; 0 9, 5 5, 9 9"),
            // land covered twice stays land
            ("0 0, 9 0, 9 9, 0 9, 0 0, 9 0, 9 9, 0 9", "0 0, 9 0, 9 9, 0 9"),
            // a hole outside takes nothing, one half outside its half, holes that overlap their union
            (
                "0 0, 9 0, 9 9, 0 9 | 20 0, 20 5, 25 5, 25 0",
                "0 0, 9 0, 9 9, 0 9",
            ),
            (
                "0 0, 9 0, 9 9, 0 9 | 6 3, 6 6, 12 6, 12 3",
                "0 0, 9 0, 9 3, 6 3, 6 6, 9 6, 9 9, 0 9",
            ),
            (
                "0 0, 90 0, 90 90, 0 90 | 20 20, 20 50, 50 50, 50 20 | 30 30, 30 60, 60 60, 60 30",
                "0 0, 90 0, 90 90, 0 90 | 20 20, 20 50, 30 50, 30 60, 60 60, 60 30, 50 30, 50 20",
            ),
            // a hole in a hole
            (
                "0 0, 90 0, 90 90, 0 90 | 20 20, 20 50, 50 50, 50 20 | 30 30, 30 40, 40 40, 40 30",
                "0 0, 90 0, 90 90, 0 90 | 20 20, 20 50, 50 50, 50 20",
            ),
            // a hole right across cuts in two
            (
                "0 0, 90 0, 90 90, 0 90 | 40 -5, 40 95, 50 95, 50 -5",
                "0 0, 40 0, 40 90, 0 90 ; 50 0, 90 0, 90 90, 50 90",
            ),
            // a spike has no land, a thin lobe has
            ("0 0, 9 0, 30 0, 9 0, 9 9, 0 9", "0 0, 9 0, 9 9, 0 9"),
            (
                "0 0, 1000000 0, 1000000 50, 500000 50, 500000 -50, 0 50",
                "0 0, 250000 0, 0 50 ; 500000 0, 1000000 0, 1000000 50, 500000 50",
            ),
        ];
        for (text, want) in table {
            let got = told(&parts(&polygon(text)).unwrap());
            if text.starts_with("0 0, 1000000") {
                assert!(got.contains("1000000 50"), "{got}");
                continue;
            }
            assert_eq!(got, want, "{text}");
        }
    }

    #[test]
    fn plans() {
        let knot = "0 0, 9000 0, 9000 5000, 0 9000, 9000 9000, 0 5000";
        let east = "9000 0, 20000 0, 20000 9000, 9000 9000, 9000 5000";
        let table: [(&[&str], How, &str); 5] = [
            (&["0 0, 9 0, 9 9, 0 9"], How::Tidy, "RING_SOUND"),
            (&[knot, east], How::Uncross, "1(+72000000)"),
            (&[knot], How::Tidy, "RING_HOPELESS RING_INVALID 1"),
            (&["0 0, 9000 0, 9000 0, 9000 9000, 0 9000"], How::Tidy, "1-1"),
            (
                &["0 0, 9000 0, 19000 9, 9000 0, 9000 9000, 0 9000"],
                How::Tidy,
                "1-2 -1",
            ),
        ];
        for (texts, how, want) in table {
            assert_eq!(outcome(texts, |c| plan(c, 1, how)), want, "{texts:?} {how:?}");
        }
        let c = crate::topology::testing::parcels(&["0 0, 10000 10000, 10000 0, 0 8000"]);
        let split = plan(&c, 1, How::Parts).unwrap();
        assert_eq!((split.changed.len(), split.created.len()), (1, 1));
        assert!(split.changed[0].1.area2() >= split.created[0].polygon.area2());
        assert_eq!(plan(&c, 1, How::Largest).unwrap().created, []);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]

        /// Whatever the ring, the parts are valid, do not overlap, and hold exactly what the ring winds around.
        #[test]
        fn parts_are_what_the_ring_winds_around(points in proptest::collection::vec((0i64..12, 0i64..12), 3..12)) {
            let ring: Ring = points.iter().map(|(e, n)| Pt::new(e * 2000, n * 2000)).collect();
            let p = Polygon { rings: vec![ring.clone()] };
            let found = parts(&p).unwrap();
            for part in &found {
                prop_assert_eq!(validity::check(part).into_iter().filter(|f| f.kind != FaultKind::Spike).count(), 0);
            }
            for e in (1..24000).step_by(1501) {
                for n in (1..24000).step_by(1709) {
                    let at = Pt::new(e, n);
                    let near = ring_sides(&ring).any(|(a, b)| a != b && segment::within(at, a, b, 3));
                    if near { continue }
                    let winds = winding(&ring, at) != 0;
                    let inside = found.iter().filter(|f| ring::locate(f, at) == ring::Place::Inside).count();
                    prop_assert_eq!(inside, usize::from(winds), "{:?} {:?}", at, ring);
                }
            }
        }
    }

    /// By the textbook.
    fn winding(ring: &[Pt], at: Pt) -> i32 {
        let mut n = 0;
        for (a, b) in ring_sides(ring) {
            if a.n <= at.n && b.n > at.n && segment::cross(a, b, at) > 0 {
                n += 1;
            }
            if b.n <= at.n && a.n > at.n && segment::cross(a, b, at) < 0 {
                n -= 1;
            }
        }
        n
    }
}
