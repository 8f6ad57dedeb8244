//! Reshaping a stretch of boundary: a new line in its place, on both sides in one gesture.
//!
//! The stretch runs between two points of one ring, outer or inner. Every parcel that shares it, or a part
//! of it, follows. Where another boundary ends on the stretch, or where the neighbour on the other side
//! changes, the point must stay: the new line has to pass through it (within 1 mm), else the edit is refused
//! with those points. Moving such a point, with all boundaries that end there, is an edit of its own.
//! Where the new line meets sides and points of others (within 1 mm) they become common points.

use super::findings::{self, BOUNDARIES_MEET};
use super::path::{self, Path, Way};
use super::revision::{Revision, beside};
use super::{Coverage, Plan, Refusal, move_points};
use crate::domain::{BBox, Failure, Finding, Parcel, Pt, Severity};
use crate::msg;
use crate::text::Text;

const RESHAPE: Text = Text::new("kẻ lại ranh", "reshape the boundary");

/// A stretch of boundary.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stretch {
    /// Whose boundary. Without it start and end must be boundary points, and the shortest stretch between
    /// them that any parcel has is meant.
    pub fid: Option<i64>,
    /// A boundary point, or a place on a side (at most 1 mm off) that becomes one.
    pub start: Pt,
    pub end: Pt,
    pub way: Way,
}

/// Plans to put `line` (with or without its ends; empty: straight) in the place of a stretch. Codes of
/// refusal: `NO_STRETCH`, `NO_POINT`, `NOT_ONE_RING`, `POINT_OUT_OF_RANGE`, `BOUNDARY_ENDS_HERE`,
/// `NOTHING_CHANGES`, `WOULD_MAKE_FAULT`.
pub fn plan(coverage: &Coverage, stretch: Stretch, line: &[Pt]) -> Result<Plan, Refusal> {
    line.iter().try_for_each(|p| move_points::check_range(*p))?;
    let mut revision = Revision::new(coverage);
    let path = Path::find(
        &mut revision,
        stretch.fid,
        stretch.start,
        stretch.end,
        stretch.way,
    )?;
    let nodes = path.nodes(&revision);
    let mut line = from_to(line, stretch.start, stretch.end);
    let kept: Vec<Pt> = nodes.iter().map(|i| path.points[*i]).collect();
    let places = thread(&mut line, &kept).map_err(|missed| in_the_way(coverage, &missed))?;
    let old_cuts = cuts(&nodes, path.points.len());
    for (old, new) in old_cuts.iter().zip(cuts(&places, line.len())) {
        let (old, new) = (&path.points[old.clone()], &line[new]);
        for fid in Path::sharers(&revision, old[0], old[1]) {
            if let Some(polygon) = revision.edit(fid) {
                path::exchange(polygon, old, new);
            }
        }
    }
    path::weave(&mut revision, &line);
    path::checked(coverage, revision, Vec::new(), RESHAPE)
}

/// The line with its ends, nothing twice in a row.
fn from_to(line: &[Pt], start: Pt, end: Pt) -> Vec<Pt> {
    let mut all = vec![start];
    all.extend(line);
    all.push(end);
    all.dedup();
    all
}

/// Finds the nodes along the line, in order, and makes points of it those that lie on its sides. Gives their
/// positions, or the nodes it misses.
fn thread(line: &mut Vec<Pt>, nodes: &[Pt]) -> Result<Vec<usize>, Vec<Pt>> {
    let (mut places, mut missed, mut from) = (Vec::new(), Vec::new(), 0);
    for node in nodes {
        let at = (from + 1..line.len()).find_map(|i| {
            if line[i] == *node {
                return Some((i, false));
            }
            beside(*node, line[i - 1], line[i], 1).then_some((i, true))
        });
        match at {
            Some((i, insert)) if i + 1 < line.len() || insert => {
                if insert {
                    line.insert(i, *node);
                }
                places.push(i);
                from = i;
            }
            _ => missed.push(*node),
        }
    }
    if missed.is_empty() {
        Ok(places)
    } else {
        Err(missed)
    }
}

/// Ranges between the cuts, each with both its ends.
fn cuts(at: &[usize], len: usize) -> Vec<std::ops::Range<usize>> {
    let ends: Vec<usize> = [0]
        .into_iter()
        .chain(at.iter().copied())
        .chain([len - 1])
        .collect();
    ends.windows(2).map(|w| w[0]..w[1] + 1).collect()
}

/// Nodes the new line does not pass through.
fn in_the_way(coverage: &Coverage, nodes: &[Pt]) -> Refusal {
    let finding = |p: &Pt| {
        let users: Vec<&Parcel> = coverage
            .users_of(*p)
            .iter()
            .filter_map(|f| coverage.get(*f))
            .collect();
        Finding {
            at: Some(*p),
            bbox: Some(BBox::of([*p])),
            ..findings::about(BOUNDARIES_MEET, Severity::Info, &users)
        }
    };
    let (e, n) = nodes.first().copied().unwrap_or_default().metres();
    let count = nodes.len();
    let message = msg!(
        "Đường mới bỏ qua {count} điểm mà ranh của thửa khác nối vào, điểm đầu tiên tại X = {n:.3}, Y = {e:.3}.",
        "The new line misses {count} point(s) where other boundaries end, the first at X = {n:.3}, Y = {e:.3}."
    );
    let remedy = msg!(
        "Kẻ đường mới đi qua các điểm đó, hoặc dời các điểm đó trước bằng lệnh dời điểm.",
        "Draw the new line through these points, or first move them with the point tool."
    );
    Refusal {
        failure: Failure::new("BOUNDARY_ENDS_HERE", message).remedy(remedy),
        findings: nodes.iter().map(finding).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::topology::testing::{outcome, point};

    #[test]
    fn table() {
        let a = "0 0, 10000 0, 10000 10000, 0 10000";
        let b = "10000 0, 20000 0, 20000 10000, 10000 10000";
        let bent = "0 0, 10000 0, 11000 4000, 9000 6000, 10000 10000, 0 10000";
        let facing = "10000 0, 20000 0, 20000 10000, 10000 10000, 9000 6000, 11000 4000";
        let lower = "10000 0, 20000 0, 20000 5000, 10000 5000";
        let upper = "10000 5000, 20000 5000, 20000 10000, 10000 10000";
        let holed = "0 0, 10000 0, 10000 10000, 0 10000 | 2000 2000, 2000 8000, 8000 8000, 8000 2000";
        let pond = "2000 2000, 8000 2000, 8000 8000, 2000 8000";
        let thin = "0 0, 1000000 0, 1000000 500, 0 500";
        let under = "0 0, 0 -500, 1000000 -500, 1000000 0";
        // parcels; start; end; r = in ring direction; line; what happens
        let table: [(&[&str], &str, &str, &str, &str); 20] = [
            (
                &[a, b],
                "10000 0 > 10000 10000",
                "",
                "11000 5000",
                "1+1(+10000000) 2+1(-10000000) +1",
            ),
            // the ends may be given again
            (
                &[a, b],
                "10000 0 > 10000 10000",
                "",
                "10000 0, 11000 5000, 10000 10000",
                "1+1(+10000000) 2+1(-10000000) +1",
            ),
            (&[bent, facing], "10000 0 > 10000 10000", "", "", "1-2 2-2 -2"),
            (
                &[bent, facing],
                "10000 10000 > 10000 0",
                "",
                "9500 5000",
                "1-1(-5000000) 2-1(+5000000) +1 -2",
            ),
            (&[a, b], "10000 0 > 10000 10000", "", "", "NOTHING_CHANGES"),
            (&[a, b], "10000 0 > 10000 0", "", "", "NO_STRETCH"),
            (&[a, b], "10000 0 > 10005 9990", "", "", "NO_POINT"),
            (&[a, b], "10000 0 > 20000 0", "", "15000 1000", "NO_POINT"),
            // ends on sides become points of both
            (
                &[a, b],
                "10000 2000 > 10000 8000",
                "",
                "11000 5000",
                "1+3(+6000000) 2+3(-6000000) +3",
            ),
            // a free boundary, the short way and the other one
            (&[a, b], "0 10000 > 0 0", "", "-1000 5000", "1+1(+10000000) +1"),
            (&[a], "0 0 > 10000 0", "r", "5000 -1000", "1+1(+10000000) +1"),
            (&[a], "10000 0 > 0 0", "r", "", "WOULD_MAKE_FAULT RING_INVALID 1"),
            (
                &[a],
                "10000 0 > 0 0",
                "r",
                "10000 5000, 0 5000",
                "1(-100000000) +2 -2",
            ),
            // a third boundary ends on the stretch
            (
                &[a, lower, upper],
                "10000 0 > 10000 10000",
                "",
                "11000 5000",
                "BOUNDARY_ENDS_HERE BOUNDARIES_MEET 2+3",
            ),
            (
                &[a, lower, upper],
                "10000 0 > 10000 10000",
                "",
                "10500 2500, 9500 7500",
                "1+3 2+1(-2500000) 3+1(+2500000) +2",
            ),
            // a part of a long side, as one of the two small ones has it
            (
                &[lower, a, upper],
                "10000 0 > 10000 5000",
                "",
                "10500 2500",
                "1+1(-2500000) 2+2(+2500000) +1",
            ),
            // a hole with what fills it; out of the parcel it does not go
            (
                &[holed, pond],
                "8000 2000 > 8000 8000",
                "",
                "9000 5000",
                "1+1(-6000000) 2+1(+6000000) +1",
            ),
            (
                &[holed, pond],
                "8000 2000 > 8000 8000",
                "",
                "11000 5000",
                "WOULD_MAKE_FAULT PARCEL_OVERLAP 1+2 RING_INVALID 1",
            ),
            (&[holed, pond], "0 0 > 2000 2000", "", "", "NOT_ONE_RING"),
            // long and thin
            (
                &[thin, under],
                "0 0 > 1000000 0",
                "",
                "500000 -100",
                "1+1(+100000000) 2+1(-100000000) +1",
            ),
        ];
        let run = |parcels: &[&str], ends: &str, way: &str, line: &str| {
            let (start, end) = ends.split_once('>').unwrap();
            let stretch = Stretch {
                fid: Some(1),
                start: point(start),
                end: point(end),
                way: if way == "r" { Way::Ring } else { Way::Shorter },
            };
            let line: Vec<Pt> = line.split(',').filter(|t| !t.is_empty()).map(point).collect();
            outcome(parcels, |c| plan(c, stretch, &line))
        };
        let all = table.map(|(parcels, ends, way, line, want)| {
            (run(parcels, ends, way, line), want, parcels, ends, line)
        });
        let wrong: Vec<_> = all.iter().filter(|(got, want, ..)| got != want).collect();
        assert!(wrong.is_empty(), "{wrong:#?}");
    }

    #[test]
    fn meets_what_it_runs_along() {
        // The new outer boundary of 1 runs along 2: points of each become points of the other.
        let a = "0 0, 10000 0, 10000 10000, 0 10000";
        let far = "12000 0, 20000 0, 20000 10000, 12000 10000, 12000 5000";
        let stretch = Stretch {
            fid: None,
            start: point("10000 0"),
            end: point("10000 10000"),
            way: Way::Shorter,
        };
        let line = ["12000 2000", "12000 8000"].map(point);
        let got = outcome(&[a, far], |c| plan(c, stretch, &line));
        assert_eq!(got, "1+3(+32000000) 2+2 +2");
    }
}
