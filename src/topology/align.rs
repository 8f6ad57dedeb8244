//! Drawing a stretch of boundary to a given line, or to points of a survey.
//!
//! To a line: each boundary point of the stretch, its ends included, at most the tolerance from the line
//! goes to the nearest place on it (rounded to the lattice), and the line's own points between two such
//! come in between. To points: each given point takes the nearest boundary point within the tolerance, each
//! at most one; a given point left over that lies that near a side becomes a point of it. Points
//! farther off stay. All boundaries that end on the stretch follow.

use std::collections::{BTreeMap, BTreeSet};

use super::path::{self, Path};
use super::reshape::Stretch;
use super::revision::{Revision, along};
use super::{Coverage, Plan, Refusal, move_points, segment};
use crate::domain::{Failure, Pt};
use crate::msg;
use crate::text::Text;

const ALIGN: Text = Text::new("nắn ranh", "align the boundary");

/// What the boundary is drawn to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Target<'a> {
    /// At least two points.
    Line(&'a [Pt]),
    Points(&'a [Pt]),
}

/// Plans to draw a stretch to the target, within `tolerance` mm. Codes of refusal: those of the stretch
/// (`reshape::plan`), `POINT_OUT_OF_RANGE`, `NOTHING_IN_REACH`, `NOTHING_CHANGES`, `WOULD_MAKE_FAULT`.
pub fn plan(
    coverage: &Coverage,
    stretch: Stretch,
    target: Target<'_>,
    tolerance: i64,
) -> Result<Plan, Refusal> {
    let (Target::Line(given) | Target::Points(given)) = target;
    given.iter().try_for_each(|p| move_points::check_range(*p))?;
    let mut revision = Revision::new(coverage);
    let path = Path::find(
        &mut revision,
        stretch.fid,
        stretch.start,
        stretch.end,
        stretch.way,
    )?;
    let (moves, between) = match target {
        Target::Line(line) => to_line(&path.points, line, tolerance),
        Target::Points(given) => to_points(&path.points, given, tolerance),
    };
    if moves.is_empty() && between.is_empty() {
        return Err(nothing_in_reach(tolerance).into());
    }
    let map: BTreeMap<Pt, Pt> = moves.iter().copied().filter(|(from, to)| from != to).collect();
    move_points::carry(&mut revision, &map);
    let target = |p: Pt| map.get(&p).copied().unwrap_or(p);
    let mut line: Vec<Pt> = Vec::new();
    for (i, w) in path.points.windows(2).enumerate() {
        let (a, b) = (target(w[0]), target(w[1]));
        let mut new = between.get(&i).cloned().unwrap_or_default();
        new.retain(|p| *p != a && *p != b);
        line.push(a);
        line.extend(&new);
        for fid in Path::sharers(&revision, a, b) {
            revision.insert(fid, a, b, &new);
        }
        line.push(b);
    }
    line.dedup();
    path::weave(&mut revision, &line);
    path::checked(coverage, revision, map.into_iter().collect(), ALIGN)
}

/// Moves, and points to come between point i and the next, in order.
type Aligned = (Vec<(Pt, Pt)>, BTreeMap<usize, Vec<Pt>>);

fn to_line(path: &[Pt], line: &[Pt], tolerance: i64) -> Aligned {
    let placed: Vec<Option<Foot>> = path.iter().map(|p| foot(*p, line, tolerance)).collect();
    let moves = path
        .iter()
        .zip(&placed)
        .filter_map(|(p, f)| Some((*p, f.as_ref()?.at)));
    let mut between = BTreeMap::new();
    for (i, w) in placed.windows(2).enumerate() {
        if let [Some(a), Some(b)] = w {
            let points = passed(line, a, b);
            if !points.is_empty() {
                between.insert(i, points);
            }
        }
    }
    (moves.collect(), between)
}

/// A place on the line: side number and distance from its start, mm.
struct Foot {
    at: Pt,
    place: (usize, f64),
}

fn foot(p: Pt, line: &[Pt], tolerance: i64) -> Option<Foot> {
    let of = |(i, w): (usize, &[Pt])| (segment::distance(p, w[0], w[1]), i, w[0], w[1]);
    let sides = line.windows(2).enumerate().filter(|(_, w)| w[0] != w[1]);
    let nearest = sides.map(of).min_by(|x, y| x.0.total_cmp(&y.0));
    let (distance, i, a, b) = nearest.filter(|n| n.0 <= tolerance as f64)?;
    // A point on the line, to the lattice, stays where it is.
    let at = if distance <= 1.0 && p != a && p != b && segment::dot(a, b, p) > 0 && segment::dot(b, a, p) > 0
    {
        p
    } else {
        segment::foot(p, a, b)
    };
    Some(Foot {
        at,
        place: (i, a.dist(at)),
    })
}

/// The line's own points between two places, in order from the first to the second.
fn passed(line: &[Pt], from: &Foot, to: &Foot) -> Vec<Pt> {
    let (first, last, back) = if from.place <= to.place {
        (from.place.0 + 1, to.place.0, false)
    } else {
        (to.place.0 + 1, from.place.0, true)
    };
    let mut points: Vec<Pt> = line.get(first..=last).unwrap_or_default().to_vec();
    if back {
        points.reverse();
    }
    points.retain(|p| *p != from.at && *p != to.at);
    points.dedup();
    points
}

fn to_points(path: &[Pt], given: &[Pt], tolerance: i64) -> Aligned {
    let limit = i128::from(tolerance) * i128::from(tolerance);
    let mut pairs: Vec<(i128, usize, Pt)> = Vec::new();
    for (i, p) in path.iter().enumerate() {
        pairs.extend(
            given
                .iter()
                .map(|g| (p.dist2(*g), i, *g))
                .filter(|x| x.0 <= limit),
        );
    }
    pairs.sort_unstable();
    let (mut used, mut placed) = (BTreeSet::new(), BTreeMap::new());
    for (_, i, g) in pairs {
        if !used.contains(&g) && !placed.contains_key(&i) {
            used.insert(g);
            placed.insert(i, g);
        }
    }
    let mut between: BTreeMap<usize, Vec<Pt>> = BTreeMap::new();
    let near = |g: Pt, w: &[Pt]| {
        let within = segment::dot(w[0], w[1], g) > 0 && segment::dot(w[1], w[0], g) > 0;
        let distance = segment::distance(g, w[0], w[1]);
        (within && distance <= tolerance as f64).then_some(distance)
    };
    for g in given.iter().filter(|g| !used.contains(g)) {
        let sides = path
            .windows(2)
            .enumerate()
            .filter_map(|(i, w)| Some((near(*g, w)?, i)));
        if let Some((_, i)) = sides.min_by(|x, y| x.0.total_cmp(&y.0)) {
            between.entry(i).or_default().push(*g);
        }
    }
    for (i, points) in &mut between {
        along(points, path[*i], path[*i + 1]);
    }
    (placed.into_iter().map(|(i, g)| (path[i], g)).collect(), between)
}

fn nothing_in_reach(tolerance: i64) -> Failure {
    let metres = tolerance as f64 / 1000.0;
    let message = msg!(
        "Không có điểm ranh nào trong đoạn cách đường đã cho dưới {metres:.3} m.",
        "No point of the stretch is within {metres:.3} m of what it is aligned to."
    );
    let remedy = msg!(
        "Kiểm tra đường hoặc điểm đã cho, hoặc tăng dung sai.",
        "Check the given line or points, or allow a larger tolerance."
    );
    Failure::new("NOTHING_IN_REACH", message).remedy(remedy)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::topology::Way;
    use crate::topology::testing::{outcome, point};

    #[test]
    fn table() {
        let a = "0 0, 10000 0, 10050 5000, 10000 10000, 0 10000";
        let b = "10000 0, 20000 0, 20000 10000, 10000 10000, 10050 5000";
        let straight = "10000 0, 20000 0, 20000 10000, 10000 10000";
        let lower = "10000 0, 20000 0, 20000 5000, 10050 5000";
        let upper = "10050 5000, 20000 5000, 20000 10000, 10000 10000";
        let square = "0 0, 10000 0, 10000 10000, 0 10000";
        let (low, up) = (
            "10000 0, 20000 0, 20000 5000, 10000 5000",
            "10000 5000, 20000 5000, 20000 10000, 10000 10000",
        );
        let holed = "0 0, 10000 0, 10000 10000, 0 10000 | 2000 2000, 2000 8000, 8030 8000, 8010 2000";
        let pond = "2000 2000, 8010 2000, 8030 8000, 2000 8000";
        let table: [(&[&str], &str, &str, i64, &str); 12] = [
            // straight line: the bend goes; a bent one: its corner comes
            (
                &[a, b],
                "10000 0 > 10000 10000",
                "10000 -5000, 10000 15000",
                100,
                "1(-500000) 2(+500000) >1",
            ),
            (
                &[square, straight],
                "10000 0 > 10000 10000",
                "10000 0, 10080 4000, 10000 10000",
                100,
                "1+1(+800000) 2+1(-800000) +1",
            ),
            // the line given the other way round
            (
                &[square, straight],
                "10000 0 > 10000 10000",
                "10000 10000, 10080 4000, 10000 0",
                100,
                "1+1(+800000) 2+1(-800000) +1",
            ),
            // out of reach
            (
                &[a, b],
                "10000 0 > 10000 10000",
                "9000 0, 9000 10000",
                100,
                "NOTHING_IN_REACH",
            ),
            (&[square], "0 0 > 10000 0", "0 0, 10000 0", 100, "NOTHING_CHANGES"),
            // boundaries that end on the stretch follow, as point or T-junction
            (
                &[a, lower, upper],
                "10000 0 > 10000 10000",
                "10020 0, 10020 10000",
                100,
                "1(-100000) 2(+50000) 3(+50000) >3",
            ),
            (
                &[square, low, up],
                "10000 0 > 10000 10000",
                "10020 0, 10020 10000",
                100,
                "1+1(+400000) 2(-200000) 3(-200000) >3",
            ),
            // hole
            (
                &[holed, pond],
                "8010 2000 > 8030 8000",
                "8000 0, 8000 10000",
                50,
                "1(+240000) 2(-240000) >2",
            ),
            // points of a survey: one moves, one comes in, one is too far
            (
                &[a, b],
                "10000 0 > 10000 10000",
                "p 10040 5030, 10030 2500, 11000 7000",
                60,
                "1+1(-49100) 2+1(+49100) +1 >1",
            ),
            (
                &[a, b],
                "10000 0 > 10000 10000",
                "p 11000 7000",
                60,
                "NOTHING_IN_REACH",
            ),
            // long and thin
            (
                &[
                    "0 0, 1000000 0, 1000000 500, 0 500",
                    "0 0, 0 -500, 1000000 -500, 1000000 0",
                ],
                "0 0 > 1000000 0",
                "0 0, 500000 40, 1000000 0",
                50,
                "1+1(-40000000) 2+1(+40000000) +1",
            ),
            // a gap of 5 cm is closed: points of the neighbour's line come along
            (
                &[square, "10050 0, 20000 0, 20000 10000, 10050 10000, 10050 4000"],
                "10000 0 > 10000 10000",
                "10050 0, 10050 4000, 10050 10000",
                60,
                "1+1(+1000000) +1 >2",
            ),
        ];
        let run = |parcels: &[&str], ends: &str, to: &str, tolerance| {
            let (start, end) = ends.split_once('>').unwrap();
            let stretch = Stretch {
                fid: Some(1),
                start: point(start),
                end: point(end),
                way: Way::Shorter,
            };
            let points: Vec<Pt> = to.trim_start_matches('p').split(',').map(point).collect();
            let target = if to.starts_with('p') {
                Target::Points(&points)
            } else {
                Target::Line(&points)
            };
            outcome(parcels, |c| plan(c, stretch, target, tolerance))
        };
        let all =
            table.map(|(parcels, ends, to, t, want)| (run(parcels, ends, to, t), want, parcels, ends, to));
        let wrong: Vec<_> = all.iter().filter(|(got, want, ..)| got != want).collect();
        assert!(wrong.is_empty(), "{wrong:#?}");
    }

    #[test]
    fn lines_of_every_length() {
        let (a, b) = (
            "0 0, 10000 0, 10000 10000, 0 10000",
            "10000 0, 20000 0, 20000 10000, 10000 10000",
        );
        let table = [
            // across the stretch; beyond both its ends
            ("9950 0, 10050 10000", "1 2 >2"),
            ("10020 -50000, 10020 50000", "1(+400000) 2(-400000) >2"),
            // shorter: one end is in reach; none is, as ends of the line draw no side to them
            ("10030 0, 10030 6000", "1(+300000) 2(-300000) >1"),
            ("10030 4000, 10030 6000", "NOTHING_IN_REACH"),
            // far away; no line at all; farther than a coordinate can be
            ("900000 0, 900000 10000", "NOTHING_IN_REACH"),
            ("10000 5000, 10000 5000", "NOTHING_IN_REACH"),
            ("10000 5000", "NOTHING_IN_REACH"),
            ("10000 0, 900000000000000 5000, 10000 10000", "POINT_OUT_OF_RANGE"),
        ];
        let stretch = Stretch {
            fid: Some(1),
            start: point("10000 0"),
            end: point("10000 10000"),
            way: Way::Shorter,
        };
        for (to, want) in table {
            let line: Vec<Pt> = to.split(',').map(point).collect();
            let got = outcome(&[a, b], |c| plan(c, stretch, Target::Line(&line), 100));
            assert_eq!(got, want, "{to}");
        }
    }
}
