//! Cutting a strip off parcels: along a road line with a width, or by a drawn ring.
//!
//! What of the chosen parcels lies in the strip becomes a parcel of its own (one for each connected part);
//! what is left of a parcel stays that parcel when it is one piece, becomes children when it is several,
//! and a parcel wholly in the strip goes out of force. Areas add up exactly to the parcels with the cut
//! points put in; neighbours get the same points.

use std::collections::BTreeSet;

use super::add_parcel::{near, valid};
use super::merge::{broken, fitting, sound, unknown};
use super::offset::offset;
use super::ring::{Place, locate, locate_middle};
use super::weave::{Web, followers, note_points, settle, sides_of};
use super::{Coverage, NewShape, Plan, Refusal, combine, guard, trace};
use crate::domain::{Failure, Parcel, Polygon, Pt, Ring};
use crate::msg;
use crate::text::Text;

const WHAT: Text = Text::new("cắt dải đất", "cut off the strip");

/// Widest strip, mm (1 km): beyond that it is a slip of the decimal sign.
pub const MAX_WIDTH: i64 = 1_000_000;

/// A plan and how many of the created parcels are strips: those come first.
#[derive(Clone, Debug)]
pub struct Carved {
    pub plan: Plan,
    pub strips: usize,
}

/// Plans to cut what lies in `ring` off the parcels. Codes of
/// refusal: `NO_PARCEL`, `PARCEL_INVALID`, `SHAPE_INVALID`, `PARCELS_OVERLAP`, `PARCELS_UNMATCHED`,
/// `CARVE_MISSES`, `LINES_TOO_TIGHT`, `WOULD_MAKE_FAULT`.
pub fn plan(coverage: &Coverage, fids: &[i64], ring: &[Pt]) -> Result<Carved, Refusal> {
    let parcels = chosen(coverage, fids)?;
    sound(coverage, &parcels)?;
    let drawn = valid(&[ring.to_vec()])?;
    fitting(coverage, &parcels, Some(drawn.bbox()))?;
    let around = near(coverage, drawn.bbox());
    let (ring, feet) = settle(drawn.shell(), &around, &parcels);
    let settled = valid(&[ring])?;
    let web = Web {
        parcels: parcels.iter().flat_map(|p| sides_of(&p.polygon)).collect(),
        drawn: sides_of(&settled).collect(),
        feet,
        ..Web::default()
    };
    let woven = web.weave(coverage)?;
    let strip = woven.chains.polygon(&settled);
    let mut pieces = Vec::with_capacity(parcels.len());
    for parcel in &parcels {
        let whole = woven.chains.polygon(&parcel.polygon);
        let inside = combine::common(&whole, &strip).ok_or_else(|| broken(&[parcel]))?;
        let rest = combine::without(&whole, &strip).ok_or_else(|| broken(&[parcel]))?;
        if inside.is_empty() {
            return Err(misses(parcel).into());
        }
        pieces.push(Piece { parcel, inside, rest });
    }
    let Carved { mut plan, strips } = divided(&pieces)?;
    let apart: BTreeSet<i64> = parcels.iter().map(|p| p.fid).collect();
    plan.changed.extend(followers(coverage, &woven, &apart));
    note_points(coverage, &mut plan);
    let plan = guard::settled(coverage, plan, WHAT)?;
    Ok(Carved { plan, strips })
}

/// A parcel and what the strip makes of it.
struct Piece<'a> {
    parcel: &'a Parcel,
    inside: Vec<Polygon>,
    rest: Vec<Polygon>,
}

fn chosen<'a>(coverage: &'a Coverage, fids: &[i64]) -> Result<Vec<&'a Parcel>, Failure> {
    let mut seen = BTreeSet::new();
    let all: Option<Vec<&Parcel>> = fids
        .iter()
        .filter(|f| seen.insert(**f))
        .map(|f| coverage.get(*f))
        .collect();
    all.filter(|p| !p.is_empty()).ok_or_else(unknown)
}

/// Sorts the pieces into strips, parcels that stay, children and parcels that go.
fn divided(pieces: &[Piece<'_>]) -> Result<Carved, Refusal> {
    let inside = pieces.iter().flat_map(|p| &p.inside);
    let parcels: Vec<&Parcel> = pieces.iter().map(|p| p.parcel).collect();
    let strips = combine::together(inside).ok_or_else(|| broken(&parcels))?;
    let mut plan = Plan::default();
    for polygon in strips {
        let within = |p: &&Piece<'_>| p.inside.iter().any(|part| holds(&polygon, part));
        let parents = pieces.iter().filter(within).map(|p| p.parcel.fid).collect();
        plan.created.push(NewShape { polygon, parents });
    }
    let strips = plan.created.len();
    for piece in pieces {
        let fid = piece.parcel.fid;
        match piece.rest.as_slice() {
            [] => plan.retired.push(fid),
            [one] => {
                let mut polygon = one.clone();
                trace::start_as(&mut polygon, &piece.parcel.polygon);
                plan.changed.push((fid, polygon));
            }
            several => {
                plan.retired.push(fid);
                plan.created.extend(several.iter().map(|polygon| NewShape {
                    polygon: polygon.clone(),
                    parents: vec![fid],
                }));
            }
        }
    }
    Ok(Carved { plan, strips })
}

/// Whether a part belongs to the whole, of which it is one of the pieces.
fn holds(whole: &Polygon, part: &Polygon) -> bool {
    let (a, b) = (part.shell()[0], part.shell()[1]);
    whole.sides().any(|s| s == (a, b)) || locate_middle(whole, a, b) == Place::Inside
}

fn misses(parcel: &Parcel) -> Failure {
    let parcel = parcel.reference();
    Failure::new(
        "CARVE_MISSES",
        msg!(
            "Dải cắt không đi qua thửa {parcel}.",
            "The strip does not pass through parcel {parcel}."
        ),
    )
    .remedy(msg!(
        "Bỏ thửa {parcel} khỏi danh sách, hoặc vẽ dải cắt đi qua thửa đó.",
        "Leave {parcel} out, or draw the strip through it."
    ))
}

/// The ring at half of `width` mm to both sides of a line, rounded to the lattice. An end
/// that lies in none of the parcels is drawn out by the width, so that a slanted boundary there is cut
/// whole. Fails with `CARVE_LINE`.
pub fn strip(coverage: &Coverage, fids: &[i64], line: &[Pt], width: i64) -> Result<Ring, Failure> {
    let mut points: Vec<Pt> = line.to_vec();
    points.dedup();
    if points.len() < 2 || !(1..=MAX_WIDTH).contains(&width) {
        return Err(bad_line(width));
    }
    let inside = |p: Pt| {
        let mut parcels = fids.iter().filter_map(|f| coverage.get(*f));
        parcels.any(|parcel| locate(&parcel.polygon, p) == Place::Inside)
    };
    let drawn_out = |end: Pt, before: Pt| {
        let factor = width as f64 / before.dist(end);
        moved(
            end,
            (end.e - before.e) as f64 * factor,
            (end.n - before.n) as f64 * factor,
        )
    };
    let last = points.len() - 1;
    let (first_end, last_end) = (points[0], points[last]);
    if !inside(first_end) {
        points[0] = drawn_out(first_end, points[1]);
    }
    if !inside(last_end) {
        points[last] = drawn_out(last_end, if last == 1 { first_end } else { points[last - 1] });
    }
    let half = width as f64 / 2.0;
    let beside = |mm| offset(&points, mm, false).ok_or_else(|| bad_line(width));
    let (mut ring, mut left) = (beside(-half)?, beside(half)?);
    left.reverse();
    ring.extend(left);
    Ok(ring)
}

fn moved(p: Pt, de: f64, dn: f64) -> Pt {
    Pt::new(p.e + de.round() as i64, p.n + dn.round() as i64)
}

fn bad_line(width: i64) -> Failure {
    let (width, most) = (width as f64 / 1000.0, MAX_WIDTH / 1000);
    Failure::new(
        "CARVE_LINE",
        msg!(
            "Không lập được dải rộng {width:.3} m theo đường này.",
            "No strip {width:.3} m wide can be made along this line."
        ),
    )
    .remedy(msg!(
        "Đường cần ít nhất hai điểm khác nhau; bề rộng lớn hơn 0 và không quá {most} m.",
        "The line needs at least two different points; the width is more than 0 and at most {most} m."
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::job::Progress;
    use crate::topology::testing::{apply, grid, parcels, planned, point, polygon};
    use crate::topology::{faults, validity};
    use proptest::prelude::*;

    fn cut(texts: &[&str], fids: &[i64], ring: &str) -> String {
        let coverage = parcels(texts);
        let plan = plan(&coverage, fids, &polygon(ring).rings[0]);
        planned(&coverage, plan.map(|c| c.plan))
    }

    const A: &str = "0 0, 10000 0, 10000 10000, 0 10000";
    const B: &str = "10000 0, 20000 0, 20000 10000, 10000 10000";

    #[test]
    fn table() {
        let holed = "0 0, 10000 0, 10000 10000, 0 10000 | 2000 2000, 2000 8000, 8000 8000, 8000 2000";
        let band = "-5 4000, 30000 4000, 30000 6000, -5 6000";
        let edge = "-5 -5, 10005 -5, 10005 2000, -5 2000";
        let table: [(&[&str], &[i64], &str, &str); 11] = [
            // along the edge: the rest stays the parcel; the neighbour gets the point
            (
                &[A, B],
                &[1],
                edge,
                "1: 0 2000, 10000 2000, 10000 10000, 0 10000 / 2: 10000 0, 20000 0, 20000 10000, 10000 10000, 10000 2000 / +1: 0 0, 10000 0, 10000 2000, 0 2000",
            ),
            // across: two children
            (
                &[A],
                &[1],
                band,
                "+1: 0 4000, 10000 4000, 10000 6000, 0 6000 / +1: 0 0, 10000 0, 10000 4000, 0 4000 / +1: 0 6000, 10000 6000, 10000 10000, 0 10000 / -1",
            ),
            // two parcels: one strip of both
            (
                &[A, B],
                &[1, 2],
                "-5 -5, 30000 -5, 30000 2000, -5 2000",
                "1: 0 2000, 10000 2000, 10000 10000, 0 10000 / 2: 10000 2000, 20000 2000, 20000 10000, 10000 10000 / +1,2: 0 0, 10000 0, 20000 0, 20000 2000, 10000 2000, 0 2000",
            ),
            // a parcel wholly in the strip goes
            (
                &[A],
                &[1],
                "-5 -5, 10005 -5, 10005 10005, -5 10005",
                "+1: 0 0, 10000 0, 10000 10000, 0 10000 / -1",
            ),
            // inside: the parcel gets a hole
            (
                &[A],
                &[1],
                "4000 4000, 6000 4000, 6000 6000, 4000 6000",
                "1: 0 0, 10000 0, 10000 10000, 0 10000 | 4000 4000, 4000 6000, 6000 6000, 6000 4000 / +1: 4000 4000, 6000 4000, 6000 6000, 4000 6000",
            ),
            // across a hole: two strips, two children
            (
                &[holed],
                &[1],
                band,
                "+1: 0 4000, 2000 4000, 2000 6000, 0 6000 / +1: 8000 4000, 10000 4000, 10000 6000, 8000 6000 / +1: 0 0, 10000 0, 10000 4000, 8000 4000, 8000 2000, 2000 2000, 2000 4000, 0 4000 / +1: 0 6000, 2000 6000, 2000 8000, 8000 8000, 8000 6000, 10000 6000, 10000 10000, 0 10000 / -1",
            ),
            // one that is not chosen is not cut; one that is missed is told
            (
                &[A, B],
                &[1, 2],
                "-5 -5, 9000 -5, 9000 2000, -5 2000",
                "CARVE_MISSES",
            ),
            (&[A, B], &[1, 1], "50 50, 90 90, 90 50, 50 90", "SHAPE_INVALID"),
            (&[A, B], &[3], edge, "NO_PARCEL"),
            // 2 mm beside a corner means the corner
            (
                &[A],
                &[1],
                "-5 2, 10005 2, 10005 9999, -5 9999",
                "+1: 0 0, 10000 0, 10000 10000, 0 10000 / -1",
            ),
            (
                &[A, "9000 0, 20000 0, 20000 10000, 9000 10000"],
                &[1, 2],
                edge,
                "PARCELS_OVERLAP",
            ),
        ];
        let mut all: Vec<(String, String)> = Vec::new();
        for (texts, fids, ring, want) in table {
            all.push((cut(texts, fids, ring), want.to_owned()));
        }
        let wrong: Vec<_> = all.iter().filter(|(got, want)| got != want).collect();
        assert!(wrong.is_empty(), "{wrong:#?}");
    }

    fn road(line: &str, width: i64) -> String {
        let coverage = parcels(&[A, B]);
        let line: Vec<Pt> = line.split(',').map(point).collect();
        match strip(&coverage, &[1, 2], &line, width) {
            Ok(ring) => ring
                .iter()
                .map(|p| format!("{} {}", p.e, p.n))
                .collect::<Vec<_>>()
                .join(", "),
            Err(f) => f.code().to_owned(),
        }
    }

    #[test]
    fn strips_along_lines() {
        // drawn out beyond the parcels, not inside them
        assert_eq!(
            road("0 5000, 8000 5000", 2000),
            "-2000 4000, 8000 4000, 8000 6000, -2000 6000"
        );
        // mitred at a right angle
        assert_eq!(
            road("1000 1000, 5000 1000, 5000 5000", 1000),
            "1000 500, 5500 500, 5500 5000, 4500 5000, 4500 1500, 1000 1500"
        );
        assert_eq!(road("1000 1000, 1000 1000", 1000), "CARVE_LINE");
        assert_eq!(road("0 0, 1000 1000", 0), "CARVE_LINE");
        assert_eq!(road("0 0, 1000 1000", 2_000_000), "CARVE_LINE");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(80))]

        /// A road through a grid of slanted parcels: the coverage stays clean and every area stays with
        /// the land, exactly.
        #[test]
        fn roads(
            shear in -2i64..3,
            line in proptest::collection::vec((-2000i64..14_000, -2000i64..14_000), 2..4),
            width in 50i64..3000,
        ) {
            let mut all = grid(4, 4, 3000);
            for p in &mut all {
                for v in &mut p.polygon.rings[0] {
                    *v = Pt::new(v.e + v.n * shear / 7, v.n + v.e * shear / 11);
                }
                p.bbox = p.polygon.bbox();
            }
            let mut coverage = Coverage::build(all);
            let fids: Vec<i64> = (1..=16).collect();
            let line: Vec<Pt> = line.iter().map(|&(e, n)| Pt::new(e, n)).collect();
            let Ok(ring) = strip(&coverage, &fids, &line, width) else { return Ok(()) };
            let drawn = Polygon { rings: vec![ring.clone()] };
            if !validity::check(&drawn).is_empty() {
                return Ok(());
            }
            let touched: Vec<i64> = fids
                .iter()
                .copied()
                .filter(|f| crate::topology::measure::common(&coverage.get(*f).unwrap().polygon, &drawn).is_some_and(|c| c.width > 3.0))
                .collect();
            prop_assume!(!touched.is_empty());
            match plan(&coverage, &touched, &ring) {
                Ok(Carved { plan, .. }) => {
                    let before: i128 = coverage.iter().map(|p| p.polygon.area2()).sum();
                    let outline: i128 = 2 * 12_000 * 4 * 4;
                    apply(&mut coverage, &plan);
                    let after: i128 = coverage.iter().map(|p| p.polygon.area2()).sum();
                    // Only cuts on the outline change the sum: half the side times a rounding of 0.71 mm.
                    prop_assert!((after - before).abs() < outline, "{}", after - before);
                    let found = faults::all(&coverage, &Progress::none()).unwrap();
                    prop_assert!(found.rings.is_empty() && found.overlaps.is_empty(), "{:?}", found);
                    prop_assert!(found.unmatched.iter().all(|u| u.distance == 0.0), "{:?}", found.unmatched);
                }
                Err(r) => prop_assert!(["WOULD_MAKE_FAULT", "CARVE_MISSES", "SHAPE_INVALID"].contains(&r.failure.code()), "{:?}", r),
            }
        }
    }
}
