//! What is wrong between parcels and inside them: overlaps, gaps, unmatched vertices, invalid rings.
//!
//! Over a whole district only free sides (`sides`) are looked at; where one enters a parcel, both
//! parcels are suspicious and compared with all they reach, and so on until nothing new turns up. That
//! finds every overlapping pair: the number of parcels over a place changes only across free sides, so
//! each doubly covered area is bounded by some, and one walks from pair to pair inside it.
//! Around an edit all pairs of the touched parcels are compared. Both ways classify a pair the same.

use std::collections::BTreeSet;

use rayon::prelude::*;

use super::Coverage;
use super::contact::{Entry, NearMiss, Shape, UNMATCHED, enters, near_misses, side_enters};
use super::gaps::{self, Gap};
use super::index::Tree;
use super::measure::{self, Common, SLACK};
use super::sides::{self, Matched};
use super::unmatched;
pub use super::unmatched::Unmatched;
use super::validity::{self, Fault};
use crate::domain::{BBox, Failure, Parcel};
use crate::job::Progress;
use crate::text::Text;

/// Two parcels with a common interior wider than 2 mm somewhere.
#[derive(Clone, Debug, PartialEq)]
pub struct Overlap {
    /// fids, the smaller first.
    pub fids: [i64; 2],
    pub common: Common,
}

/// All faults of a set of parcels. The order depends on nothing but the parcels.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Faults {
    /// By fid.
    pub rings: Vec<(i64, Vec<Fault>)>,
    /// By fids.
    pub overlaps: Vec<Overlap>,
    /// By place.
    pub unmatched: Vec<Unmatched>,
    /// By place; only where they were asked for ([`all`], [`around`]).
    pub gaps: Vec<Gap>,
}

const CHECKING: Text = Text::new("Đang kiểm tra hình thửa", "Checking shapes");

/// A parcel is compared with at most this many others that overlap it, so that a thousand copies of
/// one parcel do not make half a million findings.
const MOST_OVERLAPS: usize = 64;

/// Faults of the whole coverage, on all cores. Fails only when cancelled.
pub fn all(coverage: &Coverage, progress: &Progress) -> Result<Faults, Failure> {
    let parcels: Vec<&Parcel> = coverage.iter().collect();
    progress.stage(CHECKING, parcels.len() as u64 * 2)?;
    let rings = ring_faults(&parcels, progress)?;
    let field = Field::new(&parcels);
    let matched = sides::matched(&parcels);
    let (seeds, misses) = field.along_free_sides(&matched, true, progress)?;
    let gaps = gaps::all(&field.shapes, &field.tree, &matched);
    progress.step(0)?;
    let pairs = field.flood(seeds.into_iter().chain(matched.same_way), progress)?;
    let faults = field.finish(rings, pairs, misses);
    Ok(Faults { gaps, ..faults })
}

/// Faults in which one of the parcels `fids` takes part.
pub fn around(coverage: &Coverage, fids: &[i64]) -> Faults {
    let focus: BTreeSet<i64> = fids.iter().copied().collect();
    let touched: Vec<&Parcel> = focus.iter().filter_map(|f| coverage.get(*f)).collect();
    let reach = reach(coverage, touched.iter().map(|p| p.bbox));
    let others = reach
        .iter()
        .filter(|f| !focus.contains(f))
        .filter_map(|f| coverage.get(*f));
    let parcels: Vec<&Parcel> = touched.iter().copied().chain(others).collect();
    Faults {
        gaps: gaps::around(coverage, fids),
        ..among(&parcels, touched.len())
    }
}

/// Parcels whose boxes come within reach of one of the boxes, by fid.
pub fn reach(coverage: &Coverage, boxes: impl IntoIterator<Item = BBox>) -> BTreeSet<i64> {
    let near = boxes.into_iter().filter(|b| !b.is_empty());
    near.flat_map(|b| coverage.window_unsorted(&b.grown(2 * UNMATCHED)))
        .collect()
}

/// Faults in which one of the first `focus` parcels takes part; the others are all that lie within
/// reach of them.
pub fn among(parcels: &[&Parcel], focus: usize) -> Faults {
    let rings = ring_faults(&parcels[..focus], &Progress::none()).unwrap_or_default();
    let all = |_, _| true;
    let (faults, _) = between(parcels, focus, &sides::matched(parcels), all);
    Faults { rings, ..faults }
}

/// Faults between one of the first `focus` parcels and another, and every near miss there is, as far as sides
/// near the boxes of `places` show them; `local`: only pairs that reach one common box are compared.
/// Owners and others of near misses are positions in `parcels`. Rings are not looked at.
pub(super) fn beside(
    parcels: &[&Parcel],
    focus: usize,
    places: &Tree,
    local: bool,
) -> (Faults, Vec<NearMiss>) {
    let near = |reach: &BBox| {
        let mut found = Vec::new();
        places.query(&reach.grown(2 * UNMATCHED), |k| found.push(k));
        found
    };
    let matched = sides::matched_where(parcels, |a, b| !near(&super::segment::bbox(a, b)).is_empty());
    let reached: Vec<Vec<u32>> = parcels.iter().map(|p| near(&p.bbox)).collect();
    let compare = |i: u32, j: u32| {
        let mine = &reached[i as usize];
        !local || reached[j as usize].iter().any(|k| mine.contains(k))
    };
    between(parcels, focus, &matched, compare)
}

fn between(
    parcels: &[&Parcel],
    focus: usize,
    matched: &Matched,
    compare: impl Fn(u32, u32) -> bool,
) -> (Faults, Vec<NearMiss>) {
    let none = Progress::none();
    let field = Field::new(parcels);
    let misses = field
        .along_free_sides(matched, false, &none)
        .map(|(_, m)| m)
        .unwrap_or_default();
    // Overlaps between others count too where their points come near: they decide what is unmatched.
    let mut pairs: BTreeSet<(u32, u32)> = misses.iter().map(|m| ordered(m.owner, m.other)).collect();
    for i in 0..focus as u32 {
        let others = field.candidates(i).into_iter().filter(|j| compare(i, *j));
        pairs.extend(others.map(|j| ordered(i, j)));
    }
    let pairs = pairs.into_iter().filter_map(|(a, b)| field.pair(a, b)).collect();
    let mut faults = field.finish(Vec::new(), pairs, misses.clone());
    let touched: BTreeSet<i64> = parcels[..focus].iter().map(|p| p.fid).collect();
    faults
        .unmatched
        .retain(|u| u.fids.iter().any(|f| touched.contains(f)));
    faults
        .overlaps
        .retain(|o| o.fids.iter().any(|f| touched.contains(f)));
    (faults, misses)
}

fn ordered(a: u32, b: u32) -> (u32, u32) {
    (a.min(b), a.max(b))
}

/// Faults of one parcel's rings, by fid.
type RingFaults = Vec<(i64, Vec<Fault>)>;

fn ring_faults(parcels: &[&Parcel], progress: &Progress) -> Result<RingFaults, Failure> {
    let checked: Result<Vec<RingFaults>, Failure> = parcels
        .par_chunks(1024)
        .map(|chunk| {
            progress.step(chunk.len() as u64)?;
            let faulty = chunk.iter().map(|p| (p.fid, validity::check(&p.polygon)));
            Ok(faulty.filter(|(_, f)| !f.is_empty()).collect())
        })
        .collect();
    let mut rings: Vec<(i64, Vec<Fault>)> = checked?.into_iter().flatten().collect();
    rings.sort_by_key(|(fid, _)| *fid);
    Ok(rings)
}

/// A pair of parcels whose interiors meet; measured when not plainly thin.
#[derive(Clone, Copy, Debug)]
struct Pair {
    a: u32,
    b: u32,
    common: Option<Common>,
}

impl Pair {
    fn is_wide(&self) -> bool {
        self.common.is_some_and(|c| c.width > UNMATCHED as f64 + SLACK)
    }
}

/// The parcels under comparison and where they are.
struct Field<'a> {
    shapes: Vec<Shape<'a>>,
    tree: Tree,
}

impl<'a> Field<'a> {
    fn new(parcels: &[&'a Parcel]) -> Self {
        let shapes: Vec<Shape<'a>> = parcels
            .par_iter()
            .with_min_len(1024)
            .map(|p| Shape::new(p))
            .collect();
        let boxes: Vec<BBox> = parcels.iter().map(|p| p.bbox).collect();
        Self {
            shapes,
            tree: Tree::build(&boxes),
        }
    }

    /// Parcels other than `i` whose boxes meet its box.
    fn candidates(&self, i: u32) -> Vec<u32> {
        let mut found = Vec::new();
        self.tree.query(&self.shapes[i as usize].parcel.bbox, |j| {
            if j != i {
                found.push(j);
            }
        });
        found
    }

    /// Follows the free sides: near misses, and if wanted the pairs that one of them shows to overlap.
    #[allow(clippy::type_complexity)] // A pair of lists, named where it is taken apart.
    fn along_free_sides(
        &self,
        matched: &Matched,
        pairs: bool,
        progress: &Progress,
    ) -> Result<(BTreeSet<(u32, u32)>, Vec<NearMiss>), Failure> {
        let parts: Result<Vec<_>, Failure> = matched
            .free
            .par_chunks(2048)
            .map(|chunk| {
                let (mut seeds, mut misses) = (Vec::new(), Vec::new());
                for free in chunk {
                    let i = free.parcel;
                    let me = &self.shapes[i as usize];
                    let (p, q) = me.side(free.side);
                    self.tree
                        .query(&super::segment::bbox(p, q).grown(UNMATCHED), |j| {
                            if j == i {
                                return;
                            }
                            let other = &self.shapes[j as usize];
                            near_misses(p, q, (i, me), (j, other), &mut misses);
                            if pairs && side_enters(p, q, other) != Entry::None {
                                seeds.push(ordered(i, j));
                            }
                        });
                }
                progress.step(0)?;
                Ok((seeds, misses))
            })
            .collect();
        let (mut seeds, mut misses) = (BTreeSet::new(), Vec::new());
        for (s, m) in parts? {
            seeds.extend(s);
            misses.extend(m);
        }
        progress.step(self.shapes.len() as u64)?;
        Ok((seeds, misses))
    }

    /// Compares a pair; `None` when their interiors do not meet.
    fn pair(&self, a: u32, b: u32) -> Option<Pair> {
        let (x, y) = (&self.shapes[a as usize], &self.shapes[b as usize]);
        let entry = enters(x, y).max(enters(y, x));
        match entry {
            Entry::None => None,
            Entry::Thin => Some(Pair { a, b, common: None }),
            Entry::Deep => measure::common(x.polygon(), y.polygon()).map(|c| Pair {
                a,
                b,
                common: Some(c),
            }),
        }
    }

    /// Compares the seeds, then everything that parcels of measured pairs reach.
    fn flood(
        &self,
        seeds: impl Iterator<Item = (u32, u32)>,
        progress: &Progress,
    ) -> Result<Vec<Pair>, Failure> {
        let mut next: BTreeSet<(u32, u32)> = seeds.collect();
        let mut known = BTreeSet::new();
        let mut suspicious = BTreeSet::new();
        let mut count = vec![0usize; self.shapes.len()];
        let mut found = Vec::new();
        while !next.is_empty() {
            progress.step(0)?;
            let batch: Vec<(u32, u32)> = std::mem::take(&mut next).into_iter().collect();
            let compared: Vec<Option<Pair>> = batch.par_iter().map(|&(a, b)| self.pair(a, b)).collect();
            known.extend(batch);
            let mut fresh = Vec::new();
            for pair in compared.into_iter().flatten() {
                if pair.common.is_some() {
                    fresh.extend([pair.a, pair.b].into_iter().filter(|p| suspicious.insert(*p)));
                }
                count[pair.a as usize] += 1;
                count[pair.b as usize] += 1;
                found.push(pair);
            }
            for i in fresh {
                for j in self.candidates(i) {
                    let pair = ordered(i, j);
                    let many = count[i as usize].min(count[j as usize]) >= MOST_OVERLAPS;
                    if !many && !known.contains(&pair) {
                        next.insert(pair);
                    }
                }
            }
        }
        Ok(found)
    }

    /// Sorts what was found into overlaps and unmatched vertices.
    fn finish(&self, rings: Vec<(i64, Vec<Fault>)>, pairs: Vec<Pair>, mut misses: Vec<NearMiss>) -> Faults {
        let mut wide: Vec<(u32, u32, BBox)> = Vec::new();
        let (mut overlaps, mut thin) = (Vec::new(), Vec::new());
        for pair in pairs {
            match pair.common.filter(|_| pair.is_wide()) {
                Some(common) => {
                    wide.push((pair.a, pair.b, common.bbox.grown(UNMATCHED)));
                    overlaps.push(Overlap {
                        fids: self.fids(pair),
                        common,
                    });
                }
                None => thin.push(pair),
            }
        }
        wide.sort_unstable_by_key(|w| (w.0, w.1));
        // Points at the rim of an overlap belong to it.
        misses.retain(|m| {
            let key = ordered(m.owner, m.other);
            let at = wide.binary_search_by_key(&key, |w| (w.0, w.1));
            at.map_or(true, |i| !wide[i].2.contains(m.at))
        });
        let told: BTreeSet<(u32, u32)> = misses.iter().map(|m| ordered(m.owner, m.other)).collect();
        let mut unmatched = unmatched::gather(&misses, &self.shapes);
        thin.retain(|p| !told.contains(&(p.a, p.b)) || !self.widened(*p, &mut unmatched));
        unmatched.extend(thin.into_iter().filter_map(|p| self.thin_alone(p)));
        overlaps.sort_by_key(|o| o.fids);
        unmatched.sort_by(|a, b| (a.at, &a.fids).cmp(&(b.at, &b.fids)));
        Faults {
            rings,
            overlaps,
            unmatched,
            gaps: Vec::new(),
        }
    }

    /// A needle may stand with its foot exactly on the side: the finding that tells of the pair gets
    /// the needle's width. False when none does.
    fn widened(&self, pair: Pair, unmatched: &mut [Unmatched]) -> bool {
        let fids = self.fids(pair);
        let mut tells = unmatched
            .iter_mut()
            .filter(|u| fids.iter().all(|f| u.fids.contains(f)));
        let Some(first) = tells.next() else { return false };
        if let Some(common) = pair.common {
            first.distance = first.distance.max(common.width.min(UNMATCHED as f64));
        }
        true
    }

    /// A thin overlap without a point near a side: two needles, or a needle in a side.
    fn thin_alone(&self, pair: Pair) -> Option<Unmatched> {
        let [a, b] = [pair.a, pair.b].map(|i| self.shapes[i as usize].polygon());
        let common = pair.common.or_else(|| measure::common(a, b))?;
        Some(Unmatched {
            at: common.at,
            fids: self.fids(pair).to_vec(),
            distance: common.width,
            points: 0,
            bbox: common.bbox,
        })
    }

    fn fids(&self, pair: Pair) -> [i64; 2] {
        let mut fids = [pair.a, pair.b].map(|i| self.shapes[i as usize].parcel.fid);
        fids.sort_unstable();
        fids
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Pt;
    use crate::topology::testing::{grid, parcel, parcel_of};
    use proptest::prelude::*;

    fn text(f: &Faults) -> String {
        let rings = f
            .rings
            .iter()
            .map(|(fid, l)| format!("ring {fid} {}", l[0].kind.name()));
        let overlaps = f.overlaps.iter().map(|o| {
            format!(
                "overlap {}-{} {:.3} {:.0}",
                o.fids[0], o.fids[1], o.common.area, o.common.width
            )
        });
        let unmatched = f
            .unmatched
            .iter()
            .map(|u| format!("unmatched {:?} {:.1} x{}", u.fids, u.distance, u.points));
        rings
            .chain(overlaps)
            .chain(unmatched)
            .collect::<Vec<_>>()
            .join("; ")
    }

    fn found(parcels: &[&str]) -> String {
        let all: Vec<Parcel> = parcels
            .iter()
            .enumerate()
            .map(|(i, t)| parcel(i as i64 + 1, t))
            .collect();
        let coverage = Coverage::build(all.clone());
        let whole = super::all(&coverage, &Progress::none()).unwrap();
        let fids: Vec<i64> = all.iter().map(|p| p.fid).collect();
        assert_eq!(
            text(&around(&coverage, &fids)),
            text(&whole),
            "around = all: {parcels:?}"
        );
        text(&whole)
    }

    #[test]
    fn table() {
        let a = "0 0, 10000 0, 10000 10000, 0 10000";
        let b = "10000 0, 20000 0, 20000 10000, 10000 10000";
        let holed = "0 0, 10000 0, 10000 10000, 0 10000 | 2000 2000, 2000 8000, 8000 8000, 8000 2000";
        let table: [(&[&str], &str); 20] = [
            (&[a, b], ""),
            // a T-junction exactly on the side
            (
                &[
                    a,
                    "10000 0, 20000 0, 20000 5000, 10000 5000",
                    "10000 5000, 20000 5000, 20000 10000, 10000 10000",
                ],
                "unmatched [1, 2, 3] 0.0 x1",
            ),
            // the same 1 mm inside, 1 mm outside
            (
                &[
                    a,
                    "10000 0, 20000 0, 20000 5000, 9999 5000",
                    "9999 5000, 20000 5000, 20000 10000, 10000 10000",
                ],
                "unmatched [1, 2, 3] 1.0 x1",
            ),
            (
                &[
                    a,
                    "10000 0, 20000 0, 20000 5000, 10001 5000",
                    "10001 5000, 20000 5000, 20000 10000, 10000 10000",
                ],
                "unmatched [1, 2, 3] 1.0 x1",
            ),
            // strips nowhere wider than 2 mm: one finding each
            (
                &[a, "9999 0, 20000 0, 20000 10000, 9999 10000"],
                "unmatched [1, 2] 1.0 x4",
            ),
            (
                &[a, "9998 0, 20000 0, 20000 10000, 9998 10000"],
                "unmatched [1, 2] 2.0 x4",
            ),
            (
                &[a, "10002 0, 20000 0, 20000 10000, 10002 10000"],
                "unmatched [1, 2] 2.0 x4",
            ),
            (
                &[a, "9999 -5000, 20000 -5000, 20000 15000, 9999 15000"],
                "unmatched [1, 2] 1.0 x2",
            ),
            (
                &[a, "10001 -5000, 20000 -5000, 20000 15000, 10001 15000"],
                "unmatched [1, 2] 1.0 x2",
            ),
            // a strip of 3 mm open to the outside is no gap; overlaps of 3 mm, 1 cm, 1 m
            (&[a, "10003 0, 20000 0, 20000 10000, 10003 10000"], ""),
            (
                &[a, "9997 0, 20000 0, 20000 10000, 9997 10000"],
                "overlap 1-2 0.030 3",
            ),
            (
                &[a, "9990 0, 20000 0, 20000 10000, 9990 10000"],
                "overlap 1-2 0.100 10",
            ),
            (
                &[a, "9000 0, 20000 0, 20000 10000, 9000 10000"],
                "overlap 1-2 10.000 1000",
            ),
            // contained, identical, in a hole, over a hole's rim
            (
                &[a, "2000 2000, 8000 2000, 8000 8000, 2000 8000"],
                "overlap 1-2 36.000 6000",
            ),
            (&[a, a], "overlap 1-2 100.000 10000"),
            (&[holed, "2000 2000, 8000 2000, 8000 8000, 2000 8000"], ""),
            (
                &[holed, "1000 1000, 9000 1000, 9000 9000, 1000 9000"],
                "overlap 1-2 28.000 1172",
            ),
            // only a corner in common; nothing in common
            (&[a, "10000 10000, 20000 10000, 20000 20000"], ""),
            // a bow-tie over its neighbour
            (&["0 0, 10000 10000, 10000 0, 0 9000", b], "ring 1 self_crossing"),
            // a needle 1 mm thick reaching deep into the neighbour
            (
                &[
                    "0 0, 10000 0, 10000 4999, 19000 5000, 10000 5001, 10000 10000, 0 10000",
                    b,
                ],
                "ring 1 spike; unmatched [1, 2] 2.0 x2",
            ),
        ];
        for (parcels, want) in table {
            assert_eq!(found(parcels), want, "{parcels:?}");
        }
    }

    #[test]
    fn two_layers_deep() {
        // Two coverages of different mesh over each other: every pair must be found, not only those at the rim.
        let mut all = grid(6, 6, 10_000);
        for p in grid(4, 4, 9_000) {
            let mut q = p.polygon.clone();
            q.rings[0]
                .iter_mut()
                .for_each(|v| *v = Pt::new(v.e + 10_500, v.n + 10_500));
            all.push(parcel_of(p.fid + 100, q));
        }
        let coverage = Coverage::build(all.clone());
        let faults = super::all(&coverage, &Progress::none()).unwrap();
        assert_eq!(
            faults.overlaps.iter().map(|o| o.fids).collect::<Vec<_>>(),
            by_brute_force(&all)
        );
        let total: f64 = faults.overlaps.iter().map(|o| o.common.area).sum();
        assert!((total - 36.0 * 36.0).abs() < 1e-6, "{total}");
    }

    fn by_brute_force(all: &[Parcel]) -> Vec<[i64; 2]> {
        let mut pairs = Vec::new();
        for (i, a) in all.iter().enumerate() {
            for b in &all[i + 1..] {
                let wide = measure::common(&a.polygon, &b.polygon).is_some_and(|c| c.width > 2.0 + SLACK);
                if wide {
                    pairs.push([a.fid.min(b.fid), a.fid.max(b.fid)]);
                }
            }
        }
        pairs.sort_unstable();
        pairs
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]

        /// A coverage with some of its points pushed about: overlaps are those that overlay finds for all
        /// pairs, whatever the order of the parcels, and looking around one parcel tells the same of it.
        #[test]
        fn same_pairs_as_overlay(
            pushes in proptest::collection::vec((0usize..36, 0usize..4, -30i64..30, -30i64..30, 0u32..4), 0..14),
            turn in 0usize..36,
        ) {
            let mut all = grid(6, 6, 3000);
            for (parcel, corner, de, dn, scale) in pushes {
                let p = &mut all[parcel];
                let v = &mut p.polygon.rings[0][corner];
                let k = 10i64.pow(scale) / 10 + 1;
                *v = Pt::new(v.e + de * k, v.n + dn * k);
                p.bbox = p.polygon.bbox();
            }
            let want = by_brute_force(&all);
            let faults = super::all(&Coverage::build(all.clone()), &Progress::none()).unwrap();
            prop_assert_eq!(faults.overlaps.iter().map(|o| o.fids).collect::<Vec<_>>(), want);
            let one = all[turn].fid;
            all.rotate_left(turn);
            all.reverse();
            let coverage = Coverage::build(all);
            let again = super::all(&coverage, &Progress::none()).unwrap();
            prop_assert_eq!(text(&again), text(&faults));
            let near = around(&coverage, &[one]);
            let mine: Vec<_> = faults.overlaps.iter().filter(|o| o.fids.contains(&one)).cloned().collect();
            prop_assert_eq!(near.overlaps, mine);
        }
    }
}
