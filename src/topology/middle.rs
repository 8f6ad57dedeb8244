//! The middle line of the land between two boundaries, and what it divides: a gap between two parcels, or
//! what two parcels both claim.
//!
//! The land is a ring of two chains, one along each parcel, with common ends. A point of the middle line
//! belongs to each point of either chain: half way to the point of the other chain at the same share of
//! its length, rounded to the lattice. So the line depends on nothing but the points, and what one
//! parcel gains the other does not: areas add up exactly. Where the land is too thin or too crooked for such
//! a line to stay inside it, there is none and that is said.

use std::collections::BTreeSet;

use super::fill_gap::{self, Gap};
use super::merge::sound;
use super::ring::{Place, locate};
use super::segment::{self, Meet};
use super::trace::{self, Directed};
use super::weave::{Web, followers, note_points, sides_of};
use super::{Coverage, Plan, Refusal, combine, guard};
use crate::domain::{Failure, Parcel, Polygon, Pt, Ring, ring_sides};
use crate::msg;
use crate::text::Text;

const GAP: Text = Text::new("chia đôi khoảng hở", "divide the gap along its middle");
const OVERLAP: Text = Text::new("chia đôi phần chồng lấn", "divide the overlap along its middle");

/// Plans to give each of the two parcels along the gap at a point the half beside it. Codes of refusal: those of
/// [`fill_gap::find`], `NO_MIDDLE`, `PARCEL_INVALID`, `WOULD_MAKE_FAULT`.
pub fn split_gap(coverage: &Coverage, at: Pt) -> Result<Plan, Refusal> {
    let gap = fill_gap::find(coverage, at)?;
    let pair = two_neighbours(coverage, &gap)?;
    sound(coverage, &pair)?;
    let own = pair.map(|p| gap.woven.chains.polygon(&p.polygon));
    let against = |p: &Polygon| -> BTreeSet<Directed> { p.sides().map(|(a, b)| (b, a)).collect() };
    let halves = halves(&gap.polygon, &own.each_ref().map(against)).ok_or_else(|| no_middle(&pair))?;
    let mut plan = Plan::default();
    for ((parcel, own), half) in pair.iter().zip(&own).zip(&halves) {
        let joined = combine::together([own, half]).ok_or_else(|| no_middle(&pair))?;
        plan.changed.push((parcel.fid, one(joined, parcel, &pair)?));
    }
    let apart = pair.map(|p| p.fid).into();
    plan.changed.extend(followers(coverage, &gap.woven, &apart));
    note_points(coverage, &mut plan);
    guard::check(coverage, &plan, GAP)?;
    Ok(plan)
}

/// Plans to leave each of two parcels that overlap the half of the common land away from its own boundary in it.
/// Codes of refusal: `NO_PARCEL`, `OVERLAP_ITSELF`, `PARCEL_INVALID`, `NO_MIDDLE`, `LINES_TOO_TIGHT`,
/// `WOULD_MAKE_FAULT`.
pub fn split_overlap(coverage: &Coverage, a: i64, b: i64) -> Result<Plan, Refusal> {
    let (Some(p), Some(q)) = (coverage.get(a), coverage.get(b)) else {
        return Err(super::merge::unknown().into());
    };
    if a == b {
        return Err(super::overlap::itself().into());
    }
    let pair = [p, q];
    sound(coverage, &pair)?;
    let web = Web {
        parcels: pair.iter().flat_map(|p| sides_of(&p.polygon)).collect(),
        ..Web::default()
    };
    let woven = web.weave(coverage)?;
    let mut own = pair.map(|p| woven.chains.polygon(&p.polygon));
    let sides = own.each_ref().map(|p| p.sides().collect::<BTreeSet<Directed>>());
    let common = combine::common(&own[0], &own[1]).filter(|c| !c.is_empty());
    for land in common.ok_or_else(|| no_middle(&pair))? {
        let halves = halves(&land, &sides).ok_or_else(|| no_middle(&pair))?;
        for ((parcel, own), half) in pair.iter().zip(&mut own).zip(&halves) {
            let left = combine::without(own, half).ok_or_else(|| no_middle(&pair))?;
            *own = one(left, parcel, &pair)?;
        }
    }
    let mut plan = Plan {
        changed: pair.iter().map(|p| p.fid).zip(own).collect(),
        ..Plan::default()
    };
    plan.changed
        .extend(followers(coverage, &woven, &BTreeSet::from([a, b])));
    note_points(coverage, &mut plan);
    guard::check(coverage, &plan, OVERLAP)?;
    Ok(plan)
}

fn two_neighbours<'a>(coverage: &'a Coverage, gap: &Gap) -> Result<[&'a Parcel; 2], Refusal> {
    let mut fids: Vec<i64> = gap.neighbours.iter().map(|(f, _)| *f).collect();
    fids.sort_unstable();
    let all: Vec<&Parcel> = fids.iter().filter_map(|f| coverage.get(*f)).collect();
    <[&Parcel; 2]>::try_from(all).map_err(|all| no_middle(&all).into())
}

fn one(parts: Vec<Polygon>, parcel: &Parcel, pair: &[&Parcel]) -> Result<Polygon, Refusal> {
    let [mut polygon] = <[Polygon; 1]>::try_from(parts).map_err(|_| no_middle(pair))?;
    trace::start_as(&mut polygon, &parcel.polygon);
    Ok(polygon)
}

/// The land in two, the half along each of the two sets of sides. `None` when it is not a ring of one
/// chain of each, or the middle line leaves it.
fn halves(land: &Polygon, sides: &[BTreeSet<Directed>; 2]) -> Option<[Polygon; 2]> {
    let [ring] = land.rings.as_slice() else {
        return None;
    };
    let of_first: Vec<bool> = ring_sides(ring)
        .map(|s| match (sides[0].contains(&s), sides[1].contains(&s)) {
            (true, false) => Some(true),
            (false, true) => Some(false),
            _ => None,
        })
        .collect::<Option<_>>()?;
    let n = ring.len();
    let changes: Vec<usize> = (0..n)
        .filter(|&i| of_first[i] != of_first[(i + n - 1) % n])
        .collect();
    let [one, other] = changes.as_slice() else {
        return None;
    };
    let (start, end) = if of_first[*one] {
        (*one, *other)
    } else {
        (*other, *one)
    };
    let chain = |from: usize, to: usize| -> Ring {
        let count = (to + n - from) % n;
        (0..=count).map(|k| ring[(from + k) % n]).collect()
    };
    let (first, mut second) = (chain(start, end), chain(end, start));
    second.reverse();
    let line = line(&first, &second);
    stays_inside(land, &line).then_some(())?;
    let inner: Vec<Pt> = line[1..line.len() - 1].to_vec();
    let half = |rim: &[Pt], way: Vec<Pt>| Polygon {
        rings: vec![rim.iter().copied().chain(way).collect()],
    };
    second.reverse();
    Some([
        half(&first, inner.iter().rev().copied().collect()),
        half(&second, inner),
    ])
}

/// The middle line of two chains with common ends. See the module text.
fn line(one: &[Pt], other: &[Pt]) -> Vec<Pt> {
    let mut shares: Vec<f64> = shares(one).into_iter().chain(shares(other)).collect();
    shares.sort_by(f64::total_cmp);
    let middle = |t: &f64| {
        let (p, q) = (at(one, *t), at(other, *t));
        Pt::new(
            ((p.0 + q.0) / 2.0).round() as i64,
            ((p.1 + q.1) / 2.0).round() as i64,
        )
    };
    let inner = shares.iter().filter(|t| 0.0 < **t && **t < 1.0).map(middle);
    let mut out: Vec<Pt> = one
        .first()
        .copied()
        .into_iter()
        .chain(inner)
        .chain(one.last().copied())
        .collect();
    out.dedup();
    out
}

fn lengths(chain: &[Pt]) -> Vec<f64> {
    let mut sum = 0.0;
    let along = chain.windows(2).map(|w| {
        sum += w[0].dist(w[1]);
        sum
    });
    std::iter::once(0.0).chain(along).collect()
}

/// For each point the share of the chain's length up to it.
fn shares(chain: &[Pt]) -> Vec<f64> {
    let along = lengths(chain);
    let whole = along.last().copied().unwrap_or_default();
    along.into_iter().map(|l| l / whole).collect()
}

/// The point at a share of the chain's length, mm.
fn at(chain: &[Pt], share: f64) -> (f64, f64) {
    let along = lengths(chain);
    let want = share * along.last().copied().unwrap_or_default();
    let i = along.partition_point(|l| *l < want).clamp(1, chain.len() - 1);
    let (p, q) = (chain[i - 1], chain[i]);
    let part = ((want - along[i - 1]) / (along[i] - along[i - 1])).clamp(0.0, 1.0);
    (
        p.e as f64 + (q.e - p.e) as f64 * part,
        p.n as f64 + (q.n - p.n) as f64 * part,
    )
}

/// Whether the line runs inside the land, touching its border in its ends only, and is simple.
fn stays_inside(land: &Polygon, line: &[Pt]) -> bool {
    let [first, inner @ .., last] = line else {
        return false;
    };
    if inner.is_empty() || inner.iter().any(|p| locate(land, *p) != Place::Inside) {
        return false;
    }
    let pieces: Vec<(Pt, Pt)> = line.windows(2).map(|w| (w[0], w[1])).collect();
    let at_end = |p: Pt| p == *first || p == *last;
    let clear = |(a, b): (Pt, Pt)| {
        land.sides().all(|(c, d)| match segment::meet(a, b, c, d) {
            Meet::Nothing => true,
            Meet::Touch(p) => at_end(p) && (p == a || p == b),
            _ => false,
        })
    };
    let apart = |i: usize, j: usize| {
        let ((a, b), (c, d)) = (pieces[i], pieces[j]);
        match segment::meet(a, b, c, d) {
            Meet::Nothing => true,
            Meet::Touch(p) => i + 1 == j && p == b && p == c,
            _ => false,
        }
    };
    pieces.iter().all(|s| clear(*s)) && (0..pieces.len()).all(|i| (i + 1..pieces.len()).all(|j| apart(i, j)))
}

fn no_middle(parcels: &[&Parcel]) -> Failure {
    let list = parcels
        .iter()
        .map(|p| p.reference())
        .collect::<Vec<_>>()
        .join(", ");
    let message = msg!(
        "Không kẻ được đường giữa cho các thửa {list}: phần đất không nằm gọn giữa đúng hai thửa, hoặc hẹp hay cong đến mức đường giữa ra ngoài.",
        "There is no middle line for parcels {list}: the land does not lie between exactly two of them, or is so thin or crooked that the line would leave it."
    );
    let remedy = msg!(
        "Giao phần đất cho một thửa, hoặc kẻ ranh mới bằng tay.",
        "Give the land to one parcel, or draw the new boundary by hand."
    );
    Failure::new("NO_MIDDLE", message).remedy(remedy)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::topology::faults;
    use crate::topology::testing::{apply, area2, parcels, planned, point};
    use proptest::prelude::*;

    const A: &str = "0 0, 10000 0, 10000 10000, 0 10000";

    #[test]
    fn gaps() {
        let table: [(&[&str], &str, &str); 6] = [
            // a wedge
            (
                &[A, "10000 0, 20000 0, 20000 10000, 10000 10000, 10400 5000"],
                "10200 5000",
                "1: 0 0, 10000 0, 10200 5000, 10000 10000, 0 10000 / 2: 10000 0, 20000 0, 20000 10000, 10000 10000, 10200 5000",
            ),
            // open at the ends
            (
                &[A, "10400 0, 20000 0, 20000 10000, 10400 10000"],
                "10200 5000",
                "GAP_OPEN",
            ),
            // three along it
            (
                &[
                    A,
                    "10000 0, 20000 0, 20000 5000, 10400 5000",
                    "10400 5000, 20000 5000, 20000 10000, 10000 10000",
                ],
                "10200 5000",
                "NO_MIDDLE",
            ),
            // an island that fills its hole but for an angle
            (
                &[
                    "0 0, 10000 0, 10000 10000, 0 10000 | 2000 2000, 2000 8000, 8000 8000, 8000 2000",
                    "2400 2400, 8000 2400, 8000 8000, 2400 8000",
                ],
                "2200 5000",
                "1: 0 0, 10000 0, 10000 10000, 0 10000 | 2200 2200, 2200 7825, 2400 8000, 8000 8000, 8000 2400, 7825 2200 / 2: 2200 2200, 7825 2200, 8000 2400, 8000 8000, 2400 8000, 2200 7825",
            ),
            // 3 mm wide
            (
                &[A, "10000 0, 20000 0, 20000 10000, 10000 10000, 10003 5000"],
                "10001 5000",
                "1: 0 0, 10000 0, 10002 5000, 10000 10000, 0 10000 / 2: 10000 0, 20000 0, 20000 10000, 10000 10000, 10002 5000",
            ),
            (&[A], "5000 5000", "NO_GAP"),
        ];
        for (texts, at, want) in table {
            let c = parcels(texts);
            assert_eq!(planned(&c, split_gap(&c, point(at))), want, "{texts:?}");
        }
    }

    #[test]
    fn overlaps() {
        let table: [(&[&str], &str); 6] = [
            (
                &[A, "10000 0, 20000 0, 20000 10000, 10000 10000, 9600 5000"],
                "1: 0 0, 10000 0, 9800 5000, 10000 10000, 0 10000 / 2: 10000 0, 20000 0, 20000 10000, 10000 10000, 9800 5000",
            ),
            // crossing twice: corners of both lie inside the other
            (&[A, "9000 2000, 20000 2000, 20000 8000, 9000 8000"], ""),
            (&[A, "10000 0, 20000 0, 20000 10000, 10000 10000"], "NO_MIDDLE"),
            (&[A, "2000 2000, 4000 2000, 4000 4000, 2000 4000"], "NO_MIDDLE"),
            (&[A, A], "NO_MIDDLE"),
            // a long thin strip
            (
                &[
                    "0 0, 1000000 0, 1000000 2000, 500000 2040, 0 2000",
                    "0 2000, 1000000 2000, 1000000 9000, 0 9000",
                ],
                "1: 0 0, 1000000 0, 1000000 2000, 500000 2020, 0 2000 / 2: 0 2000, 500000 2020, 1000000 2000, 1000000 9000, 0 9000",
            ),
        ];
        for (texts, want) in table {
            let c = parcels(texts);
            let got = planned(&c, split_overlap(&c, 1, 2));
            if want.is_empty() {
                assert!(got.starts_with("1: "), "{got}");
                continue;
            }
            assert_eq!(got, want, "{texts:?}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(150))]

        /// A shared line of which each parcel has its own version: one line again afterwards, and the land
        /// between is what the two gain or lose, exactly.
        #[test]
        fn areas_add_up(mine in proptest::collection::vec(-60i64..60, 5), yours in proptest::collection::vec(-60i64..60, 5)) {
            let chain = |d: &[i64]| -> Vec<String> { (0..5).map(|i| format!("{} {}", (i + 1) * 4000, 5000 + d[i as usize] * 10)).collect() };
            let mut top = chain(&mine);
            top.reverse();
            let texts = [
                format!("0 0, 24000 0, 24000 5000, {}, 0 5000", top.join(", ")),
                format!("0 5000, {}, 24000 5000, 24000 9900, 0 9900", chain(&yours).join(", ")),
            ];
            let c = parcels(&[&texts[0], &texts[1]]);
            let before = area2(&c, 1) + area2(&c, 2);
            let found = faults::around(&c, &[1]);
            if let Some(g) = found.gaps.first()
                && let Ok(plan) = split_gap(&c, g.at)
            {
                let mut after = c.clone();
                apply(&mut after, &plan);
                let gap = fill_gap::find(&c, g.at).unwrap().polygon.area2();
                let woven: i128 = after.iter().map(|p| p.polygon.area2()).sum();
                // Rounded crossings bend sides that only one of the two has.
                prop_assert!((woven - before - gap).abs() <= 200_000, "{} {}", woven - before, gap);
                prop_assert!(faults::around(&after, &[1]).gaps.len() < found.gaps.len());
            }
            if !found.overlaps.is_empty() && let Ok(plan) = split_overlap(&c, 1, 2) {
                let mut after = c.clone();
                apply(&mut after, &plan);
                prop_assert!(faults::around(&after, &[1, 2]).overlaps.is_empty());
            }
        }
    }
}
