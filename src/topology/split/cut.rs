//! Cutting a polygon by lines, exactly on the lattice.
//!
//! The pieces add up to the *densified* polygon to the last half square millimetre: that is the polygon with the ends of
//! the cuts put in its sides. Between the polygon and the densified one lies at most ½ · side · 0.71 mm for each point
//! that came in; it goes to or from whoever is on the other side of it (`spread`).

use std::collections::BTreeSet;

use super::homes::Homes;
use crate::domain::{BBox, Failure, Finding, MAX_COORDINATE, Polygon, Pt, Severity};
use crate::msg;
use crate::topology::noding::{self, Chains, Points, side};
use crate::topology::ring::{self, Place};
use crate::topology::segment;
use crate::topology::trace;
use crate::topology::validity::{self, Fault, FaultKind};
use crate::topology::{Refusal, UNMATCHED_MM};

/// What a cut gives.
#[derive(Clone, Debug, PartialEq)]
pub struct Cut {
    /// The polygon with the ends of the cuts in its sides.
    pub densified: Polygon,
    /// Two or more polygons, by their smallest point; they add up to `densified` exactly.
    pub pieces: Vec<Polygon>,
    /// Points that came into sides.
    pub inserted: Vec<SidePoint>,
}

/// A point that came into a side.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SidePoint {
    /// The side, in ring direction; of a second point in it what the first has left.
    pub from: Pt,
    pub to: Pt,
    /// At most 0.71 mm beside it, and beside the side as it was before the first of them.
    pub at: Pt,
}

/// Cuts `polygon` by all `lines` at once. Parts of lines outside it or along its sides do nothing; a line may be closed,
/// may cross itself and others, may pass through points and holes. mm.
///
/// Codes of refusal: `CUT_SHAPE_INVALID` (with the faults of the polygon), `CUT_LINE_SHORT`, `POINT_OUT_OF_RANGE`,
/// `CUT_ENDS_INSIDE`, `CUT_MISSES`, `CUT_DIVIDES_NOTHING`, `CUT_TOO_FINE`, `LINES_TOO_TIGHT`.
pub fn cut(polygon: &Polygon, lines: &[Vec<Pt>]) -> Result<Cut, Refusal> {
    cut_at(polygon, lines, &Homes::default())
}

/// The same of a polygon whose sides earlier cuts have bent.
pub(super) fn cut_at(polygon: &Polygon, lines: &[Vec<Pt>], homes: &Homes) -> Result<Cut, Refusal> {
    check_shape(polygon)?;
    check_lines(lines)?;
    let legs = || {
        lines
            .iter()
            .flat_map(|l| l.windows(2))
            .filter(|w| w[0] != w[1])
            .map(|w| (w[0], w[1]))
    };
    let sides = polygon.sides().filter(|(a, b)| a != b).map(|(a, b)| side(a, b));
    let chains = noding::node(
        legs().map(|(a, b)| side(a, b)),
        sides,
        &[given(polygon, lines, homes)],
    )?;
    let noded = chains.polygon(polygon);
    let inner = inner_edges(legs(), &chains, &noded);
    check_ends(&inner, &noded)?;
    let (densified, inserted) = densify(polygon, &chains, &inner);
    if densified != noded && !untouched(&densified, &inner) {
        return Err(too_fine(inner[0].0));
    }
    let all = densified
        .sides()
        .filter(|(a, b)| a != b)
        .chain(inner.iter().flat_map(|&(a, b)| [(a, b), (b, a)]));
    let pieces = trace::polygons(&all.collect::<Vec<_>>()).ok_or_else(|| too_fine(inner[0].0))?;
    check_pieces(&densified, &pieces, &inner)?;
    Ok(Cut {
        densified,
        pieces,
        inserted,
    })
}

/// What is put into sides and legs before they are compared:
/// - a point of a line that is the rounded foot on a side belongs to that side: it came from snapping to it;
/// - a crossing is rounded once; where that is at most 2 mm from an end of the side, it is the end: two points so close
///   could not be told from an unmatched vertex. The points of the line do not attract it, so that a side is never bent
///   by more than rounding.
fn given(polygon: &Polygon, lines: &[Vec<Pt>], homes: &Homes) -> Points {
    let own: BTreeSet<Pt> = polygon.points().collect();
    let mut given = Points::new();
    let mut put = |a: Pt, b: Pt, p: Pt| {
        if p != a && p != b {
            given.entry(side(a, b)).or_default().insert(p);
        }
    };
    for &p in lines.iter().flatten().filter(|p| !own.contains(p)) {
        let sides = polygon.sides().filter(|s| is_foot(p, *s, homes));
        sides.for_each(|(a, b)| put(a, b, p));
    }
    for w in lines.iter().flat_map(|l| l.windows(2)).filter(|w| w[0] != w[1]) {
        let reach = segment::bbox(w[0], w[1]);
        for (a, b) in polygon.sides().filter(|(a, b)| a != b) {
            let foot = || w.iter().any(|p| own.contains(p) || is_foot(*p, (a, b), homes));
            if segment::bbox(a, b).intersects(&reach)
                && segment::meet(w[0], w[1], a, b) == segment::Meet::Crossing
                && !foot()
            {
                let at = crossing((w[0], w[1]), (a, b), homes);
                put(a, b, at);
                put(w[0], w[1], at);
            }
        }
    }
    given
}

/// Where a leg crosses a side, the same whichever way they run.
fn crossing(leg: (Pt, Pt), piece: (Pt, Pt), homes: &Homes) -> Pt {
    let ((a, b), (c, d)) = (side(piece.0, piece.1), side(leg.0, leg.1));
    let at = beside(segment::crossing_point(a, b, c, d), piece, homes);
    let near = |q: Pt| q.dist2(at) <= (UNMATCHED_MM * UNMATCHED_MM) as i128;
    match (near(a), near(b)) {
        (true, true) if b.dist2(at) < a.dist2(at) => b,
        (true, _) => a,
        (false, true) => b,
        (false, false) => at,
    }
}

/// The point nearest to `at` that the side may get: a bent one is left by more than rounding otherwise.
fn beside(at: Pt, piece: (Pt, Pt), homes: &Homes) -> Pt {
    if homes.side(piece) == piece {
        return at;
    }
    let near = (-1..=1).flat_map(|e| (-1..=1).map(move |n| Pt::new(at.e + e, at.n + n)));
    let feet = near.filter(|p| is_foot(*p, piece, homes));
    feet.min_by_key(|p| (p.dist2(at), *p)).unwrap_or(at)
}

/// Whether `p` stands beside `piece` and may be a point, rounded, of the side that the piece was a part of.
pub(super) fn is_foot(p: Pt, piece: (Pt, Pt), homes: &Homes) -> bool {
    let (a, b) = homes.side(piece);
    let within = || segment::dot(piece.0, piece.1, p) > 0 && segment::dot(piece.1, piece.0, p) > 0;
    p != piece.0 && p != piece.1 && is_rounded_foot(p, a, b) && within()
}

/// Whether `p` is at most half a lattice diagonal from the inside of a–b, so that it may be a point of it, rounded. Exact.
pub(super) fn is_rounded_foot(p: Pt, a: Pt, b: Pt) -> bool {
    if p == a || p == b || !segment::bbox(a, b).grown(1).contains(p) {
        return false;
    }
    if segment::dot(a, b, p) <= 0 || segment::dot(b, a, p) <= 0 {
        return false;
    }
    // 2 cross² <= length²; the first test keeps the square inside i128.
    let area = segment::cross(a, b, p).abs();
    let reach = ((b.e - a.e).abs() + (b.n - a.n).abs()) as i128;
    area <= reach && 2 * area * area <= a.dist2(b)
}

/// The pieces of the lines inside, each once, none along a side.
fn inner_edges(legs: impl Iterator<Item = (Pt, Pt)>, chains: &Chains, noded: &Polygon) -> Vec<(Pt, Pt)> {
    let sides: BTreeSet<(Pt, Pt)> = noded.sides().map(|(a, b)| side(a, b)).collect();
    let mut seen = BTreeSet::new();
    let mut inner = Vec::new();
    for (a, b) in legs {
        let way: Vec<Pt> = [a].into_iter().chain(chains.between(a, b)).chain([b]).collect();
        inner.extend(way.windows(2).map(|w| (w[0], w[1])).filter(|&(a, b)| {
            a != b
                && !sides.contains(&side(a, b))
                && seen.insert(side(a, b))
                && ring::locate_middle(noded, a, b) == Place::Inside
        }));
    }
    inner
}

/// The polygon with those found points that an inner edge ends in.
fn densify(polygon: &Polygon, chains: &Chains, inner: &[(Pt, Pt)]) -> (Polygon, Vec<SidePoint>) {
    let ends: BTreeSet<Pt> = inner.iter().flat_map(|(a, b)| [*a, *b]).collect();
    let mut inserted = Vec::new();
    let mut rings = Vec::with_capacity(polygon.rings.len());
    for old in &polygon.rings {
        let mut ring = Vec::with_capacity(old.len() + 2);
        for (from, to) in crate::domain::ring_sides(old) {
            ring.push(from);
            let mut last = from;
            for at in chains.between(from, to).into_iter().filter(|p| ends.contains(p)) {
                ring.push(at);
                inserted.push(SidePoint { from: last, to, at });
                last = at;
            }
        }
        rings.push(ring);
    }
    (Polygon { rings }, inserted)
}

/// Whether no inner edge meets a side but in its ends, after points were left out again.
fn untouched(densified: &Polygon, inner: &[(Pt, Pt)]) -> bool {
    use segment::{Meet, bbox, meet};
    inner.iter().all(|&(a, b)| {
        let reach = bbox(a, b);
        let near = densified
            .sides()
            .filter(|(c, d)| c != d && bbox(*c, *d).intersects(&reach));
        near.into_iter().all(|(c, d)| match meet(a, b, c, d) {
            Meet::Nothing => true,
            Meet::Touch(p) => (p == a || p == b) && (p == c || p == d),
            Meet::Crossing | Meet::Overlap(..) => false,
        })
    })
}

/// A parcel that is not sound cannot be divided; a spike does not matter.
pub(super) fn check_shape(polygon: &Polygon) -> Result<(), Refusal> {
    let faults = faults_of(polygon);
    if faults.is_empty() {
        return Ok(());
    }
    let message = msg!(
        "Ranh giới của thửa có lỗi hình học nên chưa chia được.",
        "The boundary of the parcel is faulty, so it cannot be divided."
    );
    let remedy = msg!(
        "Sửa các lỗi được liệt kê trước, rồi chia lại.",
        "Repair the faults listed first, then divide again."
    );
    let places: Vec<Pt> = faults.iter().map(|f| f.at).collect();
    Err(refused(
        Failure::new("CUT_SHAPE_INVALID", message).remedy(remedy),
        &places,
    ))
}

fn faults_of(polygon: &Polygon) -> Vec<Fault> {
    let mut faults = validity::check(polygon);
    faults.retain(|f| !matches!(f.kind, FaultKind::Spike | FaultKind::DuplicatePoint));
    faults
}

fn check_lines(lines: &[Vec<Pt>]) -> Result<(), Refusal> {
    let long = |l: &Vec<Pt>| l.iter().any(|p| *p != l[0]);
    if lines.is_empty() || !lines.iter().all(long) {
        let message = msg!(
            "Đường cắt phải có ít nhất hai điểm khác nhau.",
            "A cutting line has at least two different points."
        );
        return Err(Failure::new("CUT_LINE_SHORT", message).into());
    }
    let far = |p: &Pt| p.e.abs() > MAX_COORDINATE || p.n.abs() > MAX_COORDINATE;
    if lines.iter().flatten().any(far) {
        let message = msg!(
            "Đường cắt có điểm nằm ngoài phạm vi cho phép.",
            "A point of the cutting line is out of range."
        );
        return Err(Failure::new("POINT_OUT_OF_RANGE", message).into());
    }
    Ok(())
}

/// No inner edge may end in the open.
fn check_ends(inner: &[(Pt, Pt)], noded: &Polygon) -> Result<(), Refusal> {
    if inner.is_empty() {
        let message = msg!(
            "Đường cắt không đi qua bên trong thửa.",
            "The cutting line does not run through the inside of the parcel."
        );
        let remedy = msg!(
            "Vẽ đường cắt từ ranh này sang ranh kia của thửa.",
            "Draw the line from one boundary of the parcel to another."
        );
        return Err(Failure::new("CUT_MISSES", message).remedy(remedy).into());
    }
    let mut ends: Vec<Pt> = inner.iter().flat_map(|(a, b)| [*a, *b]).collect();
    ends.sort_unstable();
    let boundary: BTreeSet<Pt> = noded.points().collect();
    let open: Vec<Pt> = ends
        .chunk_by(|a, b| a == b)
        .filter(|same| same.len() == 1 && !boundary.contains(&same[0]))
        .map(|same| same[0])
        .collect();
    let Some(first) = open.first() else { return Ok(()) };
    let (e, n) = first.metres();
    let message = msg!(
        "Đường cắt dừng bên trong thửa tại X = {n:.3}, Y = {e:.3}.",
        "The cutting line ends inside the parcel at X = {n:.3}, Y = {e:.3}."
    );
    let remedy = msg!(
        "Kéo dài đường cắt đến ranh thửa hoặc ra ngoài thửa.",
        "Draw the line on to the boundary of the parcel or beyond."
    );
    Err(refused(
        Failure::new("CUT_ENDS_INSIDE", message).remedy(remedy),
        &open,
    ))
}

fn check_pieces(densified: &Polygon, pieces: &[Polygon], inner: &[(Pt, Pt)]) -> Result<(), Refusal> {
    // A line into a hole and no farther is walked to and fro.
    if let Some(ring) = pieces.iter().flat_map(|p| &p.rings).find(|r| r.len() < 3) {
        return Err(divides_nothing(ring[0]));
    }
    let sum: i128 = pieces.iter().map(Polygon::area2).sum();
    if sum != densified.area2() {
        return Err(too_fine(densified.rings[0][0]));
    }
    if let Some(fault) = pieces.iter().flat_map(faults_of).next() {
        return Err(too_fine(fault.at));
    }
    if pieces.len() < 2 {
        return Err(divides_nothing(inner[0].0));
    }
    Ok(())
}

fn divides_nothing(at: Pt) -> Refusal {
    let (e, n) = at.metres();
    let message = msg!(
        "Đường cắt không chia được thửa: một đoạn tại X = {n:.3}, Y = {e:.3} có cùng một phần đất ở hai bên.",
        "The cutting line does not divide the parcel: a part of it at X = {n:.3}, Y = {e:.3} has the same land on both sides."
    );
    let remedy = msg!(
        "Đường cắt đi vào phần khoét phải đi tiếp ra ranh bên kia.",
        "A line that runs into a hole has to go on to the other boundary."
    );
    refused(Failure::new("CUT_DIVIDES_NOTHING", message).remedy(remedy), &[at])
}

fn too_fine(at: Pt) -> Refusal {
    let (e, n) = at.metres();
    let message = msg!(
        "Đường cắt đi quá sát ranh thửa tại X = {n:.3}, Y = {e:.3}: làm tròn đến mm sẽ làm hỏng hình.",
        "The cutting line runs too close to the boundary at X = {n:.3}, Y = {e:.3}: rounding to mm would spoil the shape."
    );
    let remedy = msg!(
        "Cho đường cắt đi đúng qua điểm ranh, hoặc cách xa ranh hơn.",
        "Draw the line exactly through the boundary point, or farther from the boundary."
    );
    refused(Failure::new("CUT_TOO_FINE", message).remedy(remedy), &[at])
}

/// A refusal with the places that show why.
pub(super) fn refused(failure: Failure, places: &[Pt]) -> Refusal {
    let finding = |p: &Pt| Finding {
        at: Some(*p),
        bbox: Some(BBox::of([*p])),
        ..Finding::new(failure.code(), Severity::Error)
    };
    Refusal {
        findings: places.iter().map(finding).collect(),
        failure,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::topology::testing::{point, polygon};
    use proptest::prelude::*;

    fn line(text: &str) -> Vec<Pt> {
        text.split(',').map(point).collect()
    }

    /// Areas in m² of the pieces with their number of holes, and the points that came in; or the code of refusal.
    fn outcome(shape: &str, lines: &[&str]) -> String {
        let lines: Vec<Vec<Pt>> = lines.iter().map(|l| line(l)).collect();
        match cut(&polygon(shape), &lines) {
            Err(r) => r.failure.code().to_owned(),
            Ok(c) => {
                sound(&polygon(shape), &c);
                let hole = |p: &Polygon| "o".repeat(p.holes().len());
                let pieces: Vec<String> = c
                    .pieces
                    .iter()
                    .map(|p| format!("{}{}", p.area_m2(), hole(p)))
                    .collect();
                let came: Vec<String> = c.inserted.iter().map(|i| format!("{:?}", i.at)).collect();
                format!("{} {}", pieces.join(" "), came.join(""))
                    .trim_end()
                    .to_owned()
            }
        }
    }

    /// What holds of every cut.
    fn sound(parent: &Polygon, c: &Cut) {
        let sum: i128 = c.pieces.iter().map(Polygon::area2).sum();
        assert_eq!(sum, c.densified.area2());
        for p in &c.pieces {
            assert_eq!(faults_of(p), [], "{p:?}");
        }
        let came: BTreeSet<Pt> = c.inserted.iter().map(|i| i.at).collect();
        let mut back = c.densified.clone();
        back.rings
            .iter_mut()
            .for_each(|r| r.retain(|p| !came.contains(p)));
        let mut old = parent.clone();
        old.rings.iter_mut().for_each(|r| r.retain(|p| !came.contains(p)));
        assert_eq!(back, old);
        // Inner edges stand in two pieces, once each way; the others are the sides of the densified polygon.
        let mut sides: Vec<(Pt, Pt)> = c.pieces.iter().flat_map(Polygon::sides).collect();
        sides.sort_unstable();
        let all = sides.clone();
        sides.retain(|(a, b)| all.binary_search(&(*b, *a)).is_err());
        let mut want: Vec<(Pt, Pt)> = c.densified.sides().collect();
        want.sort_unstable();
        assert_eq!(sides, want);
        for i in &c.inserted {
            // By rounding, from a side that another point of it may have bent by as much.
            assert!(segment::within(i.at, i.from, i.to, 2), "{i:?}");
        }
    }

    #[test]
    fn table() {
        let square = "0 0, 10000 0, 10000 10000, 0 10000";
        let holed = "0 0, 10000 0, 10000 10000, 0 10000 | 4000 4000, 4000 6000, 6000 6000, 6000 4000";
        let concave = "0 0, 10000 0, 10000 10000, 6000 10000, 6000 4000, 4000 4000, 4000 10000, 0 10000";
        let sliver = "0 0, 100000 1, 100000 5, 0 3";
        let thin = "0 0, 800000 600000, 799997 600004, -3 4";
        let table: &[(&str, &[&str], &str)] = &[
            (square, &["-1000 4000, 11000 4000"], "40 60 (10000 4000)(0 4000)"),
            (square, &["11000 4000, -1000 4000"], "40 60 (10000 4000)(0 4000)"),
            // bent; several crossings; through two points; from point to side
            (
                square,
                &["0 5000, 5000 7000, 10000 5000"],
                "60 40 (10000 5000)(0 5000)",
            ),
            (
                square,
                &["2000 -1000, 2000 11000, 8000 11000, 8000 -1000"],
                "20 60 20 (2000 0)(8000 0)(8000 10000)(2000 10000)",
            ),
            (square, &["0 0, 10000 10000"], "50 50"),
            (square, &["-5 -5, 10005 10005"], "50 50"),
            (square, &["0 0, 10000 5000"], "25 75 (10000 5000)"),
            // a crossing beside a point is that point
            (square, &["-1 -1, 10000 5000"], "25 75 (10000 5000)"),
            (square, &["1 -1000, 1 11000"], "CUT_MISSES"),
            (square, &["3 -1000, 3 11000"], "0.03 99.97 (3 0)(3 10000)"),
            // a slanted line: crossings rounded
            (
                square,
                &["-1000 3333, 11000 6666"],
                "49.995 50.005 (10000 6388)(0 3611)",
            ),
            // along a side, then in
            (square, &["0 0, 5000 0, 5000 10000"], "50 50 (5000 0)(5000 10000)"),
            (square, &["0 0, 0 10000"], "CUT_MISSES"),
            (square, &["0 0, 5000 0"], "CUT_MISSES"),
            (square, &["-1000 0, 11000 0"], "CUT_MISSES"),
            (square, &["20000 0, 20000 500"], "CUT_MISSES"),
            // not through
            (square, &["-1000 5000, 5000 5000"], "CUT_ENDS_INSIDE"),
            (square, &["2000 5000, 5000 5000"], "CUT_ENDS_INSIDE"),
            (square, &["5000 5000, 5000 5000"], "CUT_LINE_SHORT"),
            (square, &[], "CUT_LINE_SHORT"),
            (square, &["100000000001 0, 0 0"], "POINT_OUT_OF_RANGE"),
            // two lines that cross
            (
                square,
                &["0 5000, 10000 5000", "5000 0, 5000 10000"],
                "25 25 25 25 (5000 0)(10000 5000)(5000 10000)(0 5000)",
            ),
            // a closed line inside; one that touches a side; one that crosses itself
            (
                square,
                &["2000 2000, 8000 2000, 8000 8000, 2000 8000, 2000 2000"],
                "64o 36",
            ),
            (
                square,
                &["5000 0, 8000 4000, 2000 4000, 5000 0"],
                "88o 12 (5000 0)",
            ),
            (
                square,
                &["-1000 2000, 8000 2000, 8000 8000, 5000 8000, 5000 -1000"],
                "10 72o 18 (5000 0)(0 2000)",
            ),
            // holes: through, beside, into, along, through a corner
            (
                holed,
                &["-1000 5000, 11000 5000"],
                "48 48 (10000 5000)(0 5000)(4000 5000)(6000 5000)",
            ),
            (holed, &["-1000 2000, 11000 2000"], "20 76o (10000 2000)(0 2000)"),
            (holed, &["-1000 5000, 5000 5000"], "CUT_DIVIDES_NOTHING"),
            (holed, &["-1000 4000, 11000 4000"], "40 56 (10000 4000)(0 4000)"),
            (
                holed,
                &["-1000 3000, 4000 6000, 11000 6000"],
                "51.2 44.8 (10000 6000)(0 3600)",
            ),
            (holed, &["5000 4000, 5000 6000"], "CUT_MISSES"),
            (holed, &["4000 4000, 4000 2000, 6000 2000, 6000 4000"], "92o 4"),
            (
                holed,
                &["3000 3000, 7000 3000, 7000 7000, 3000 7000, 3000 3000"],
                "84o 12o",
            ),
            // concave: both arms, one arm, touching the inner corner from inside
            (
                concave,
                &["-1000 7000, 11000 7000"],
                "64 12 12 (10000 7000)(6000 7000)(4000 7000)(0 7000)",
            ),
            (concave, &["-1000 7000, 5000 7000"], "76 12 (4000 7000)(0 7000)"),
            (
                concave,
                &["-1000 4000, 11000 4000"],
                "40 24 24 (10000 4000)(0 4000)",
            ),
            (concave, &["5000 -1000, 5000 11000"], "44 44 (5000 0)(5000 4000)"),
            // slivers and long thin ones
            (sliver, &["50000 -10, 50000 10"], "0.15 0.175 (50000 1)(50000 4)"),
            (
                thin,
                &["400000 299000, 400000 301000"],
                "2.450009 2.449991 (400000 300000)(400000 300006)",
            ),
            // faulty
            (
                "0 0, 10000 10000, 10000 0, 0 10000",
                &["5000 -1, 5000 11000"],
                "CUT_SHAPE_INVALID",
            ),
            (
                "0 0, 10000 0, 20000 0",
                &["5000 -1, 5000 11000"],
                "CUT_SHAPE_INVALID",
            ),
            // between sides 1 mm apart
            (
                "0 0, 10000 0, 10000 1, 0 1",
                &["2000 -10, 2000 10"],
                "0.002 0.008 (2000 0)(2000 1)",
            ),
        ];
        let mut wrong = Vec::new();
        for (shape, lines, want) in table {
            let got = outcome(shape, lines);
            if got != *want {
                wrong.push(format!("{shape} by {lines:?}:\n  got  {got}\n  want {want}"));
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }

    /// A star round the origin with a star-shaped hole: concave, of any direction and size.
    fn star() -> impl Strategy<Value = Polygon> {
        let radius = proptest::collection::vec((2000i64..40_000, 0i64..1000), 3..14);
        (radius, any::<bool>()).prop_map(|(spokes, hole)| {
            let n = spokes.len() as f64;
            let at = |i: usize, r: f64, jitter: i64| {
                let angle = (i as f64 + jitter as f64 / 1500.0) / n * std::f64::consts::TAU;
                Pt::new((r * angle.cos()).round() as i64, (r * angle.sin()).round() as i64)
            };
            let ring = |scale: f64| -> Vec<Pt> {
                spokes
                    .iter()
                    .enumerate()
                    .map(|(i, (r, j))| at(i, *r as f64 * scale, *j))
                    .collect()
            };
            let mut rings = vec![ring(1.0)];
            if hole {
                rings.push(ring(0.3));
            }
            let mut p = Polygon { rings };
            ring::orient(&mut p);
            p
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(400))]

        /// Random bent lines over random shapes: what comes out is sound, what does not is refused for a reason.
        #[test]
        fn any_line_over_any_shape(
            shape in star(),
            points in proptest::collection::vec((-50_000i64..50_000, -50_000i64..50_000), 0..3),
            (a, b) in (0.0f64..6.3, 0.0f64..6.3),
        ) {
            let far = |t: f64| Pt::new((60_000.0 * t.cos()) as i64, (60_000.0 * t.sin()) as i64);
            let mut line = vec![far(a)];
            line.extend(points.iter().map(|(e, n)| Pt::new(*e, *n)));
            line.push(far(b));
            match cut(&shape, &[line]) {
                Ok(c) => sound(&shape, &c),
                Err(r) => {
                    let code = r.failure.code();
                    prop_assert!(["CUT_MISSES", "CUT_SHAPE_INVALID", "CUT_TOO_FINE", "CUT_LINE_SHORT"].contains(&code), "{code}");
                }
            }
        }
    }
}
