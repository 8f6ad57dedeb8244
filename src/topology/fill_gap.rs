//! Filling a gap (khoảng hở) between parcels: to one of the neighbours, or as a parcel of its own.
//!
//! The gap at a point is found by its boundary: sides of parcels that have no parcel on their other side,
//! cut where they cross and where a corner lies on them (T-junction), followed round exactly. Only parcels
//! in a window are looked at; it grows until the gap lies wholly inside it, so that no parcel is missed.
//! What does not close within 2 km is the outside of the map or a street network, not a gap.

use std::collections::{BTreeMap, BTreeSet};

use super::index::Tree;
use super::noding::{Chains, Points, Side, side};
use super::ring::{Place, locate, locate_middle};
use super::sides;
use super::trace::{self, Directed};
use super::weave::{Web, Woven, followers, note_points, sides_of};
use super::{Coverage, NewShape, Plan, Refusal, UNMATCHED_MM, combine, findings, guard, segment};
use crate::domain::{BBox, Failure, Finding, Parcel, Polygon, Pt, Severity};
use crate::msg;
use crate::text::Text;

const WHAT: Text = Text::new("lấp khoảng hở", "fill the gap");

/// Half widths of the windows, mm.
const REACHES: [i64; 5] = [20_000, 80_000, 300_000, 1_000_000, 2_000_000];

/// Windows with more parcels are not looked at.
const MOST_PARCELS: usize = 20_000;

/// A gap and who lies along it.
#[derive(Clone, Debug)]
pub struct Gap {
    pub polygon: Polygon,
    /// Parcels with sides along the gap and the length of those, mm; the longest first.
    pub neighbours: Vec<(i64, f64)>,
    /// Points the neighbours' sides get.
    pub(super) woven: Woven,
}

/// Who gets the gap.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum To {
    /// The parcel of this fid.
    Parcel(i64),
    /// A new parcel.
    New,
}

/// Plans to fill the gap at a point. Codes of refusal: `NO_GAP`, `GAP_OPEN`, `GAP_BESIDE_FAULT`,
/// `GAP_NOT_NEIGHBOUR`, `NO_PARCEL`, `PARCEL_INVALID`, `LINES_TOO_TIGHT`, `WOULD_MAKE_FAULT`.
pub fn plan(coverage: &Coverage, at: Pt, to: To) -> Result<Plan, Refusal> {
    let gap = find(coverage, at)?;
    let mut plan = Plan::default();
    let mut apart = BTreeSet::new();
    match to {
        To::New => plan.created.push(NewShape {
            polygon: gap.polygon.clone(),
            parents: Vec::new(),
        }),
        To::Parcel(fid) => {
            let parcel = coverage.get(fid).ok_or_else(super::merge::unknown)?;
            super::merge::sound(coverage, &[parcel])?;
            plan.changed.push((fid, enlarged(coverage, parcel, &gap)?));
            apart.insert(fid);
        }
    }
    plan.changed.extend(followers(coverage, &gap.woven, &apart));
    note_points(coverage, &mut plan);
    guard::settled(coverage, plan, WHAT)
}

/// The parcel with the gap.
fn enlarged(coverage: &Coverage, parcel: &Parcel, gap: &Gap) -> Result<Polygon, Refusal> {
    let own = gap.woven.chains.polygon(&parcel.polygon);
    let against: BTreeSet<Directed> = gap.polygon.sides().map(|(a, b)| (b, a)).collect();
    if !own.sides().any(|s| against.contains(&s)) {
        return Err(not_neighbour(coverage, parcel, gap).into());
    }
    let joined = combine::together([&own, &gap.polygon]).and_then(|p| <[Polygon; 1]>::try_from(p).ok());
    let [mut polygon] = joined.ok_or_else(|| super::merge::broken(&[parcel]))?;
    trace::start_as(&mut polygon, &parcel.polygon);
    Ok(polygon)
}

/// The gap at a point, or at most 2 mm from it (a gap may be too thin to hold a point of the lattice).
/// Codes of refusal as in [`plan`].
pub fn find(coverage: &Coverage, at: Pt) -> Result<Gap, Refusal> {
    for reach in REACHES {
        let window = BBox::EMPTY.with(at).grown(reach);
        let parcels: Vec<&Parcel> = coverage
            .window(&window)
            .into_iter()
            .filter_map(|f| coverage.get(f))
            .collect();
        if parcels.len() > MOST_PARCELS {
            break;
        }
        if let Some(gap) = find_in(coverage, at, &window, &parcels)? {
            return Ok(gap);
        }
        let all = coverage
            .bbox()
            .is_none_or(|b| window.contains(b.min) && window.contains(b.max));
        if all || covering(coverage, at).is_some() {
            break;
        }
    }
    Err(none(coverage, at).into())
}

/// The parcel in which a point lies, not on its boundary.
fn covering(coverage: &Coverage, at: Pt) -> Option<&Parcel> {
    let first = coverage.get(*coverage.at(at).first()?)?;
    (locate(&first.polygon, at) == Place::Inside).then_some(first)
}

fn find_in(coverage: &Coverage, at: Pt, window: &BBox, parcels: &[&Parcel]) -> Result<Option<Gap>, Refusal> {
    let (sound, faulty): (Vec<&Parcel>, Vec<&Parcel>) = parcels
        .iter()
        .copied()
        .partition(|p| super::merge::unsound(&p.polygon).is_empty());
    let rim = Rim::new(coverage, &sound)?;
    let Some(gaps) = trace::enclosed(&rim.outside()) else {
        return Err(beside_fault(parcels, at));
    };
    let closed = gaps.into_iter().filter(|g| {
        let b = g.bbox();
        window.contains(b.min) && window.contains(b.max) && b.grown(UNMATCHED_MM).contains(at)
    });
    let near = closed
        .map(|g| (distance(&g, at), g))
        .filter(|(d, _)| *d <= UNMATCHED_MM as f64)
        .min_by(|(d, g), (e, h)| d.total_cmp(e).then(g.area2().cmp(&h.area2())));
    let Some((_, polygon)) = near else { return Ok(None) };
    if let Some(bad) = faulty.iter().find(|p| p.bbox.intersects(&polygon.bbox())) {
        return Err(beside_fault(&[bad], at));
    }
    Ok(Some(rim.gap(polygon)))
}

/// mm from a polygon, 0 inside.
fn distance(polygon: &Polygon, at: Pt) -> f64 {
    if locate(polygon, at) != Place::Outside {
        return 0.0;
    }
    let off = polygon.sides().map(|(a, b)| segment::distance(at, a, b));
    off.fold(f64::INFINITY, f64::min)
}

/// The sides of parcels that have no exact opposite, cut where they meet.
struct Rim<'a> {
    parcels: &'a [&'a Parcel],
    tree: Tree,
    /// Directed free sides.
    free: Vec<Directed>,
    corners: Points,
    woven: Woven,
}

impl<'a> Rim<'a> {
    fn new(coverage: &Coverage, parcels: &'a [&'a Parcel]) -> Result<Self, Failure> {
        let free: Vec<Directed> = sides::matched(parcels)
            .free
            .iter()
            .map(|s| sides::ends(&parcels[s.parcel as usize].polygon, s.side as usize))
            .collect();
        let web = Web::among(coverage, free.iter().map(|(a, b)| side(*a, *b)).collect());
        let boxes: Vec<BBox> = parcels.iter().map(|p| p.bbox).collect();
        Ok(Self {
            parcels,
            tree: Tree::build(&boxes),
            woven: web.weave(coverage)?,
            corners: web.corners,
            free,
        })
    }

    /// The pieces with no parcel on their right, turned round: the land outside on the left.
    fn outside(&self) -> Vec<Directed> {
        let mut pieces: BTreeSet<Directed> = BTreeSet::new();
        for (a, b) in &self.free {
            pieces.extend(self.pieces(*a, *b));
        }
        let mut cut: BTreeMap<u32, (Polygon, BTreeSet<Directed>)> = BTreeMap::new();
        let open = |&(a, b): &Directed| {
            let mut covered = pieces.contains(&(b, a));
            self.tree.query(&segment::bbox(a, b), |i| {
                let (polygon, sides) = cut.entry(i).or_insert_with(|| {
                    let polygon = self.woven.chains.polygon(&self.parcels[i as usize].polygon);
                    let sides = polygon.sides().collect();
                    (polygon, sides)
                });
                covered = covered
                    || sides.contains(&(b, a))
                    || (!sides.contains(&(a, b)) && locate_middle(polygon, a, b) == Place::Inside);
            });
            !covered
        };
        pieces.iter().copied().filter(open).map(|(a, b)| (b, a)).collect()
    }

    fn pieces(&self, a: Pt, b: Pt) -> Vec<Directed> {
        let mut ends = vec![a];
        ends.extend(self.woven.chains.between(a, b));
        ends.push(b);
        ends.windows(2).map(|w| (w[0], w[1])).collect()
    }

    /// The gap with the points its neighbours get: those of its own boundary, and corners that lie
    /// exactly on a side that one of them bends.
    fn gap(&self, polygon: Polygon) -> Gap {
        let around: BTreeSet<Side> = sides_of(&polygon).collect();
        let mut cuts: BTreeMap<Side, Vec<Pt>> = BTreeMap::new();
        for (a, b) in self.free.iter().map(|(a, b)| side(*a, *b)) {
            let nodes = self.woven.chains.between(a, b);
            let pieces = self.pieces(a, b);
            let used: BTreeSet<Pt> = pieces
                .iter()
                .filter(|(p, q)| around.contains(&side(*p, *q)))
                .flat_map(|(p, q)| [*p, *q])
                .collect();
            let bent = used.iter().any(|p| segment::side_of(a, b, *p) != 0);
            let corner = |p: &Pt| bent && self.corners.get(&(a, b)).is_some_and(|c| c.contains(p));
            let points: Vec<Pt> = nodes
                .into_iter()
                .filter(|p| used.contains(p) || corner(p))
                .collect();
            if !points.is_empty() {
                cuts.insert((a, b), points);
            }
        }
        let woven = Woven {
            cut: cuts.keys().copied().collect(),
            chains: Chains::flat(cuts),
        };
        let neighbours = self.neighbours(&polygon);
        Gap {
            polygon,
            neighbours,
            woven,
        }
    }

    fn neighbours(&self, gap: &Polygon) -> Vec<(i64, f64)> {
        let around: BTreeSet<Directed> = gap.sides().map(|(a, b)| (b, a)).collect();
        let mut found: Vec<(i64, f64)> = Vec::new();
        self.tree.query(&gap.bbox(), |i| {
            let parcel = self.parcels[i as usize];
            let polygon = self.woven.chains.polygon(&parcel.polygon);
            let along = polygon.sides().filter(|s| around.contains(s));
            let length: f64 = along.map(|(a, b)| a.dist(b)).sum();
            if length > 0.0 {
                found.push((parcel.fid, length));
            }
        });
        found.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        found
    }
}

fn none(coverage: &Coverage, at: Pt) -> Failure {
    let (e, n) = at.metres();
    let remedy = msg!(
        "Chọn một điểm nằm trong khoảng hở có thửa bao kín xung quanh.",
        "Choose a point in a gap that parcels enclose."
    );
    if let Some(parcel) = covering(coverage, at) {
        let parcel = parcel.reference();
        let message = msg!(
            "Tại X = {n:.3}, Y = {e:.3} không có khoảng hở: điểm nằm trong thửa {parcel}.",
            "There is no gap at X = {n:.3}, Y = {e:.3}: the point lies in parcel {parcel}."
        );
        return Failure::new("NO_GAP", message).remedy(remedy);
    }
    let message = msg!(
        "Vùng trống tại X = {n:.3}, Y = {e:.3} không khép kín trong phạm vi 2 km: đó là phần ngoài bản đồ hoặc mạng đường, không phải khoảng hở giữa các thửa.",
        "The empty land at X = {n:.3}, Y = {e:.3} does not close within 2 km: it is the outside of the map or a network of streets, not a gap between parcels."
    );
    Failure::new("GAP_OPEN", message).remedy(remedy)
}

fn beside_fault(parcels: &[&Parcel], at: Pt) -> Refusal {
    let bad = parcels
        .iter()
        .min_by(|p, q| off(p, at).total_cmp(&off(q, at)).then(p.fid.cmp(&q.fid)));
    let parcel = bad.map(|p| p.reference()).unwrap_or_default();
    let message = msg!(
        "Không lần được ranh khoảng hở vì ranh thửa {parcel} bên cạnh bị lỗi.",
        "The gap cannot be followed round: the boundary of parcel {parcel} beside it is faulty."
    );
    let remedy = msg!(
        "Sửa ranh thửa {parcel} trước, rồi lấp khoảng hở.",
        "Repair parcel {parcel} first, then fill the gap."
    );
    let about = bad.map(|p| Finding {
        at: p.polygon.points().next(),
        bbox: Some(p.bbox),
        ..findings::about(findings::RING_INVALID, Severity::Error, &[p])
    });
    Refusal {
        failure: Failure::new("GAP_BESIDE_FAULT", message).remedy(remedy),
        findings: about.into_iter().collect(),
    }
}

fn off(parcel: &Parcel, at: Pt) -> f64 {
    distance(&parcel.polygon, at)
}

fn not_neighbour(coverage: &Coverage, parcel: &Parcel, gap: &Gap) -> Failure {
    let (parcel, area) = (parcel.reference(), gap.polygon.area_m2());
    let names = gap
        .neighbours
        .iter()
        .take(8)
        .filter_map(|(f, _)| coverage.get(*f));
    let names = names.map(Parcel::reference).collect::<Vec<_>>().join(", ");
    Failure::new(
        "GAP_NOT_NEIGHBOUR",
        msg!(
            "Thửa {parcel} không có cạnh chung với khoảng hở {area:.2} m² này.",
            "Parcel {parcel} has no side along this gap of {area:.2} m²."
        ),
    )
    .remedy(msg!(
        "Giao khoảng hở cho một thửa liền kề: {names}; hoặc lập thửa mới.",
        "Give it to a parcel beside it: {names}; or make it a new parcel."
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::topology::testing::{apply, grid, parcels, planned, point};
    use proptest::prelude::*;

    fn fill(texts: &[&str], at: &str, to: To) -> String {
        let coverage = parcels(texts);
        planned(&coverage, plan(&coverage, point(at), to))
    }

    const LEFT: &str = "0 0, 5000 0, 5000 10000, 0 10000";

    #[test]
    fn table() {
        let c = "0 0, 9000 0, 9000 3000, 3000 3000, 3000 6000, 9000 6000, 9000 9000, 0 9000";
        let d = "9000 0, 12000 0, 12000 9000, 9000 9000";
        let holed = "0 0, 10000 0, 10000 10000, 0 10000 | 2000 2000, 2000 8000, 8000 8000, 8000 2000";
        let upper = "5000 10000, 5000 5000, 8000 5000, 8000 10000";
        let lower = "5000 0, 8000 0, 8000 5000, 5003 5000";
        let (new, one, two) = (To::New, To::Parcel(1), To::Parcel(2));
        let table: [(&[&str], &str, To, &str); 15] = [
            // T-junctions at both ends of the gap: the long side gets the points
            (
                &[c, d],
                "5000 5000",
                new,
                "2: 9000 0, 12000 0, 12000 9000, 9000 9000, 9000 6000, 9000 3000 / +: 3000 3000, 9000 3000, 9000 6000, 3000 6000",
            ),
            (
                &[c, d],
                "5000 5000",
                one,
                "1: 0 0, 9000 0, 9000 3000, 9000 6000, 9000 9000, 0 9000 / 2: 9000 0, 12000 0, 12000 9000, 9000 9000, 9000 6000, 9000 3000",
            ),
            (
                &[c, d],
                "5000 5000",
                two,
                "2: 9000 0, 12000 0, 12000 9000, 9000 9000, 9000 6000, 3000 6000, 3000 3000, 9000 3000",
            ),
            // a hole in which nothing lies, and one with an island
            (
                &[holed],
                "5000 5000",
                one,
                "1: 0 0, 10000 0, 10000 10000, 0 10000",
            ),
            (
                &[holed, "4000 4000, 6000 4000, 5000 6000"],
                "3000 3000",
                new,
                "+: 2000 2000, 8000 2000, 8000 8000, 2000 8000 | 4000 4000, 5000 6000, 6000 4000",
            ),
            (
                &[holed, "4000 4000, 6000 4000, 5000 6000"],
                "3000 3000",
                two,
                "2: 2000 2000, 8000 2000, 8000 8000, 2000 8000",
            ),
            // the island touches the rim in a point
            (
                &[holed, "2000 2000, 6000 4000, 5000 6000"],
                "3000 7000",
                new,
                "+: 2000 2000, 8000 2000, 8000 8000, 2000 8000 | 2000 2000, 5000 6000, 6000 4000",
            ),
            // a sliver of 3 mm at the one end and nothing at the other
            (
                &[LEFT, upper, lower, "0 -9, 5000 -9, 8000 -9, 8000 0, 5000 0, 0 0"],
                "5001 4000",
                one,
                "1: 0 0, 5000 0, 5003 5000, 5000 5000, 5000 10000, 0 10000 / 2: 5000 10000, 5000 5000, 5003 5000, 8000 5000, 8000 10000",
            ),
            // nothing there, outside, not enclosed
            (&[c, d], "1000 1000", new, "NO_GAP"),
            (&[c, d], "50000 1000", new, "GAP_OPEN"),
            (&[c], "5000 5000", new, "GAP_OPEN"),
            (&[], "0 0", new, "GAP_OPEN"),
            // to one that does not lie along it, and to none
            (
                &[c, d, "12000 0, 15000 0, 15000 9000, 12000 9000"],
                "5000 5000",
                To::Parcel(3),
                "GAP_NOT_NEIGHBOUR",
            ),
            (&[c, d], "5000 5000", To::Parcel(9), "NO_PARCEL"),
            // a bow-tie beside it
            (
                &[
                    "0 0, 9000 0, 9000 9000, 0 9000 | 2000 2000, 2000 7000, 7000 7000, 7000 2000",
                    "2500 2500, 4000 4000, 4000 2500, 2500 4000",
                ],
                "6000 6000",
                one,
                "GAP_BESIDE_FAULT",
            ),
        ];
        let mut all: Vec<(String, String)> = Vec::new();
        for (texts, at, to, want) in table {
            all.push((fill(texts, at, to), want.to_owned()));
        }
        let wrong: Vec<_> = all.iter().filter(|(got, want)| got != want).collect();
        assert!(wrong.is_empty(), "{wrong:#?}");
    }

    #[test]
    fn parcels_that_overlap_beside_a_gap_get_the_crossing() {
        // 2 and 3 overlap at the gap's rim; the rim goes through their crossing, rounded once.
        let texts = [
            "0 0, 9000 0, 9000 9000, 0 9000 | 1000 1000, 1000 8000, 8000 8000, 8000 1000",
            "1000 1000, 5000 1000, 4001 4000, 1000 4000",
            "4000 1000, 8000 1000, 8000 4000, 5000 4000",
            "1000 4000, 4001 4000, 5000 4000, 8000 4000, 8000 8000, 1000 8000",
        ];
        let got = fill(&texts, "4500 3900", To::New);
        assert_eq!(
            got,
            "2: 1000 1000, 5000 1000, 4500 2500, 4001 4000, 1000 4000 / 3: 4000 1000, 8000 1000, 8000 4000, 5000 4000, 4500 2500 / +: 4001 4000, 4500 2500, 5000 4000"
        );
    }

    #[test]
    fn neighbours_are_told_by_length() {
        let coverage = parcels(&[
            "0 0, 9000 0, 9000 3000, 3000 3000, 3000 6000, 9000 6000, 9000 9000, 0 9000",
            "9000 0, 12000 0, 12000 9000, 9000 9000",
        ]);
        let gap = find(&coverage, point("5000 5000")).unwrap();
        assert_eq!(gap.neighbours, [(1, 15_000.0), (2, 3000.0)]);
        assert_eq!(gap.polygon.area2(), 2 * 6000 * 3000);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(80))]

        /// Taking any inner cells out of a grid and filling the gap again, by any neighbour or as a parcel,
        /// gives a coverage without gaps: the areas add up exactly.
        #[test]
        fn gaps_are_filled_exactly(taken in proptest::collection::btree_set((1i64..5, 1i64..5), 1..6), which in 0usize..6) {
            let mut all = grid(6, 6, 2000);
            for p in &mut all {
                for v in &mut p.polygon.rings[0] {
                    *v = Pt::new(v.e + v.n / 7, v.n + v.e / 11);
                }
                p.bbox = p.polygon.bbox();
            }
            let whole: i128 = all.iter().map(|p| p.polygon.area2()).sum();
            let first = *taken.first().unwrap();
            let fids: BTreeSet<i64> = taken.iter().map(|(x, y)| y * 6 + x + 1).collect();
            let centre = all[(first.1 * 6 + first.0) as usize].bbox.centre();
            all.retain(|p| !fids.contains(&p.fid));
            let mut coverage = Coverage::build(all);
            let gap = find(&coverage, centre).unwrap();
            let to = match gap.neighbours.get(which) {
                Some((fid, _)) => To::Parcel(*fid),
                None => To::New,
            };
            let missing = whole - coverage.iter().map(|p| p.polygon.area2()).sum::<i128>();
            prop_assert!(gap.polygon.area2() <= missing);
            match plan(&coverage, centre, to) {
                Ok(p) => {
                    prop_assert!(p.inserted.iter().all(|q| !coverage.users_of(*q).is_empty()));
                    apply(&mut coverage, &p);
                    let now = coverage.iter().map(|p| p.polygon.area2()).sum::<i128>();
                    prop_assert_eq!(whole - now, missing - gap.polygon.area2());
                    prop_assert!(locate(&gap.polygon, centre) != Place::Outside);
                    prop_assert_eq!(find(&coverage, centre).unwrap_err().failure.code(), "NO_GAP");
                }
                // The neighbour would touch itself round a corner: that is no parcel.
                Err(r) => prop_assert_eq!(r.failure.code(), "WOULD_MAKE_FAULT"),
            }
        }
    }
}
