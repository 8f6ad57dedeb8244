//! Whether old faults grow: overlaps and gaps measured before and afterwards, where sides change.
//!
//! The area two sets of directed sides have in common is the sum over pairs of sides of what lies under
//! both, with the sign of their directions (every closed ring is the sum of the strips under its sides). The
//! sum is linear in each set, so what an edit adds to an overlap follows from the sides that go and come
//! alone: `common(ΔA, B') + common(A, ΔB)`. No overlay, no case for sides that run along each other. Heights
//! are integers with as many binary digits after the point as fit; growth of less than 1/64 mm² is none.
//! Sides that go and come and bound something together ([`blocks`]) are judged by themselves: what shrinks at one end of a
//! cut does not make up for what grows at the other, not even where only a corner lies between.
//!
//! One thing is no growth: a side two parcels share, bent by the rounding of a cut point, under a third parcel that
//! lies over both. The slim triangle passes from one to the other, so the land that is claimed more than once is the
//! same to the last square millimetre, and no lattice point could do better. See [`Growth::only_bends`].

use std::cell::LazyCell;
use std::collections::{BTreeMap, BTreeSet};

use super::Scene;
use super::blocks::blocks;
use crate::domain::{BBox, Finding, Parcel, Pt, Severity};
use crate::topology::findings::{self, GapLimits};
use crate::topology::gaps::{self, Gap};
use crate::topology::revision::beside;
use crate::topology::segment;
use crate::topology::validity::{self, FaultKind};

/// A directed side.
type Side = (Pt, Pt);

/// Four times the common area grows at least by this to count, mm²: 1/16.
const LEAST: i32 = 4;

/// Most binary digits after the point, and bits of a height with them.
const MOST_DIGITS: u32 = 40;
const HEIGHT_BITS: u32 = 60;

/// Sides by group of changes.
type Sides = BTreeMap<i64, Vec<Side>>;

/// What the groups gain (sides that come, and those that go turned round), in parts (see [`parts`]).
pub(super) struct Growth<'a> {
    scene: &'a Scene<'a>,
    parts: Vec<BTreeMap<i64, Vec<Side>>>,
    /// Sides of all parcels by group, before and afterwards. Beside clean parcels nobody asks for them.
    all: LazyCell<[Sides; 2], Box<dyn FnOnce() -> [Sides; 2] + 'a>>,
    digits: u32,
    origin: Pt,
}

impl<'a> Growth<'a> {
    pub fn new(scene: &'a Scene<'a>) -> Self {
        let group = |p: &Parcel| scene.groups.of(p.fid);
        let mut gain: BTreeMap<i64, Vec<Side>> = BTreeMap::new();
        for s in &scene.change.come {
            gain.entry(group(&scene.new[s.parcel]))
                .or_default()
                .push((s.from, s.to));
        }
        for s in &scene.change.gone {
            gain.entry(group(scene.old[s.parcel]))
                .or_default()
                .push((s.to, s.from));
        }
        gain.values_mut().for_each(without_opposites);
        let all = scene.all_before().into_iter().chain(scene.new.iter());
        let whole = all.fold(BBox::EMPTY, |b, p| b.union(p.bbox));
        let span = if whole.is_empty() {
            1
        } else {
            whole.width().max(whole.height()).max(1).unsigned_abs()
        };
        Self {
            scene,
            parts: parts(gain),
            all: LazyCell::new(Box::new(|| {
                [scene.all_before(), scene.all_after()].map(|all| scene.sides_by_group(&all))
            })),
            digits: HEIGHT_BITS
                .saturating_sub(u64::BITS - span.leading_zeros())
                .min(MOST_DIGITS),
            origin: whole.min,
        }
    }

    /// By how much the overlap of two groups grows in one part, four times mm² with `digits` after the point.
    fn overlap(&self, part: &BTreeMap<i64, Vec<Side>>, [g, h]: [i64; 2]) -> i128 {
        let of = |sides: &BTreeMap<i64, Vec<Side>>, k: i64| sides.get(&k).cloned().unwrap_or_default();
        let [before, after] = &*self.all;
        let first = self.common(&of(part, g), &of(after, h));
        first + self.common(&of(before, g), &of(part, h))
    }

    /// Whether the overlap of two different groups grows anywhere.
    pub fn enlarges(&self, pair: [i64; 2]) -> bool {
        let grows = |p: &&Sides| self.overlap(p, pair) >= self.least();
        self.parts.iter().filter(grows).any(|p| !self.only_bends(p))
    }

    /// Whether a part is nothing but sides bent by rounding in all parcels that have them: what the groups gain and
    /// lose cancels side by side, so that every place is covered as often as before, and all that is new are points
    /// at most 1 mm off the sides they came into.
    fn only_bends(&self, part: &Sides) -> bool {
        let mut sum: Vec<Side> = part.values().flatten().copied().collect();
        without_opposites(&mut sum);
        if !sum.is_empty() {
            return false;
        }
        let points: BTreeSet<Pt> = part.values().flatten().flat_map(|(a, b)| [*a, *b]).collect();
        let here = |s: &&super::change::Side| points.contains(&s.from) && points.contains(&s.to);
        let change = &self.scene.change;
        let gone: Vec<_> = change.gone.iter().filter(here).collect();
        let ends = |s: &&super::change::Side| [s.from, s.to];
        let old: BTreeSet<Pt> = gone.iter().flat_map(ends).collect();
        let new: BTreeSet<Pt> = change.come.iter().filter(here).flat_map(|s| ends(&s)).collect();
        let into_side = |p: &Pt| gone.iter().any(|s| beside(*p, s.from, s.to, 1));
        old.is_subset(&new) && new.difference(&old).all(into_side)
    }

    /// By how much overlaps between pairs grow, where they do, m².
    pub fn amount(&self, pairs: &BTreeSet<[i64; 2]>) -> f64 {
        let all = self
            .parts
            .iter()
            .flat_map(|p| pairs.iter().map(|q| self.overlap(p, *q)));
        self.square_metres(all.filter(|a| *a >= self.least()).sum())
    }

    /// The sum over all parts, m².
    #[cfg(test)]
    pub fn change(&self, pair: [i64; 2]) -> f64 {
        self.square_metres(self.parts.iter().map(|p| self.overlap(p, pair)).sum())
    }

    fn square_metres(&self, four: i128) -> f64 {
        four as f64 / 4e6 / 2f64.powi(self.digits as i32)
    }

    fn least(&self) -> i128 {
        1i128 << (self.digits as i32 - LEAST).max(0)
    }

    /// Four times the area two sets of closed rings have in common, with `digits` after the point.
    fn common(&self, a: &[Side], b: &[Side]) -> i128 {
        let pairs = a.iter().flat_map(|s| b.iter().map(move |t| (s, t)));
        pairs.map(|(s, t)| self.under(*s, *t)).sum()
    }

    /// Four times the area under both sides, down to the origin; negative when they run opposite ways.
    fn under(&self, s: Side, t: Side) -> i128 {
        let (from, to) = (
            s.0.e.min(s.1.e).max(t.0.e.min(t.1.e)),
            s.0.e.max(s.1.e).min(t.0.e.max(t.1.e)),
        );
        if from >= to {
            return 0;
        }
        let sign = if (s.0.e < s.1.e) == (t.0.e < t.1.e) { 1 } else { -1 };
        let [a0, a1] = [from, to].map(|e| self.height(s, e));
        let [b0, b1] = [from, to].map(|e| self.height(t, e));
        let (d0, d1) = (a0 - b0, a1 - b1);
        let size = d0.abs() + d1.abs();
        // ∫|d| of a line that crosses zero: w (d0² + d1²) / 2 (|d0| + |d1|).
        let apart = if d0.signum() * d1.signum() < 0 {
            (d0 * d0 + d1 * d1) / size
        } else {
            size
        };
        sign * i128::from(to - from) * (a0 + a1 + b0 + b1 - apart)
    }

    /// Height of a side over the origin at an easting, rounded.
    fn height(&self, (p, q): Side, e: i64) -> i128 {
        let (p, q) = (p.min(q), p.max(q));
        let (run, rise) = (i128::from(q.e - p.e), i128::from(q.n - p.n));
        let whole = i128::from(p.n - self.origin.n) << self.digits;
        let twice = (2 * rise * i128::from(e - p.e)) << self.digits;
        whole + (twice + run).div_euclid(2 * run)
    }

    /// Gaps that were there and grow. `clean`: nothing overlaps afterwards, not even by a hair.
    pub fn gaps(&self, clean: bool, doubtful: impl FnOnce() -> BTreeSet<i64>) -> Vec<Finding> {
        let scene = self.scene;
        let mut suspect = self.parts.iter().filter(|p| self.may_open(p, clean)).peekable();
        if suspect.peek().is_none() {
            return Vec::new();
        }
        let doubtful = doubtful();
        let mut found: Vec<Gap> = Vec::new();
        for part in suspect {
            if part.keys().any(|g| doubtful.contains(g)) || self.void(part) < self.least() {
                continue;
            }
            let lost: Vec<Side> = part.values().flatten().map(|(a, b)| (*b, *a)).collect();
            found.extend(
                scene
                    .gaps(part.keys())
                    .into_iter()
                    .filter(|g| runs_along(g, &lost)),
            );
        }
        found.sort_by(|a, b| (a.at, &a.rings).cmp(&(b.at, &b.rings)));
        found.dedup_by(|a, b| a.rings == b.rings);
        let told = found.iter().map(|g| {
            let parcels: Vec<&Parcel> = g.fids.iter().filter_map(|f| scene.before(*f)).collect();
            Finding {
                severity: Severity::Error,
                ..findings::gap(g, &parcels, &GapLimits::default())
            }
        });
        told.collect()
    }

    /// Whether a part may leave more land bare, asked without the neighbours: what parcels without successor leave
    /// is another matter; and where nothing overlaps afterwards no overlap has grown, so the land laid bare is at
    /// most the land the groups lose.
    fn may_open(&self, part: &BTreeMap<i64, Vec<Side>>, clean: bool) -> bool {
        let scene = self.scene;
        let stays = |g: &i64| scene.new.iter().any(|p| scene.groups.of(p.fid) == *g);
        part.keys().all(stays) && (!clean || self.lost(part) >= self.least())
    }

    /// How much less land the groups cover, as [`Self::overlap`] says it.
    fn lost(&self, part: &BTreeMap<i64, Vec<Side>>) -> i128 {
        let doubled = |(a, b): &Side| {
            let at = |p: &Pt| (i128::from(p.e - self.origin.e), i128::from(p.n - self.origin.n));
            let ((ae, an), (be, bn)) = (at(a), at(b));
            ae * bn - an * be
        };
        let more: i128 = part.values().flatten().map(doubled).sum();
        -((2 * more) << self.digits)
    }

    /// How much more land no parcel covers, as [`Self::overlap`] says it.
    fn void(&self, part: &BTreeMap<i64, Vec<Side>>) -> i128 {
        let all: BTreeSet<i64> = self.all.iter().flat_map(|m| m.keys()).copied().collect();
        let mut pairs: BTreeSet<[i64; 2]> = BTreeSet::new();
        for g in part.keys() {
            pairs.extend(all.iter().filter(|h| *h != g).map(|h| [*g.min(h), *g.max(h)]));
        }
        let grown: i128 = pairs.into_iter().map(|p| self.overlap(part, p)).sum();
        grown + self.lost(part)
    }
}

/// Whether a side of the gap runs along one of these, to the millimetre.
fn runs_along(gap: &Gap, sides: &[Side]) -> bool {
    let rim = gap.rings.iter().flat_map(|r| crate::domain::ring_sides(r));
    rim.into_iter().any(|(a, b)| {
        let along = |(c, d): &Side| segment::within(a, *c, *d, 1) && segment::within(b, *c, *d, 1);
        sides.iter().any(along)
    })
}

/// Sides that stand once each way bound nothing.
fn without_opposites(sides: &mut Vec<Side>) {
    let mut count: BTreeMap<Side, i64> = BTreeMap::new();
    for (a, b) in sides.drain(..) {
        *count.entry((a.min(b), a.max(b))).or_default() += if a < b { 1 } else { -1 };
    }
    for ((a, b), n) in count {
        let side = if n > 0 { (a, b) } else { (b, a) };
        sides.extend(std::iter::repeat_n(side, n.unsigned_abs() as usize));
    }
}

/// Sorts the sides into parts no cycle runs through both of. Each holds closed rings of its own: two sides cut beside
/// the corner between them are two parts, for the corner stays.
fn parts(gain: BTreeMap<i64, Vec<Side>>) -> Vec<BTreeMap<i64, Vec<Side>>> {
    let mut points: Vec<Pt> = gain.values().flatten().flat_map(|(a, b)| [*a, *b]).collect();
    points.sort_unstable();
    points.dedup();
    let number = |p: &Pt| points.binary_search(p).unwrap_or_default();
    let edges: Vec<(usize, usize)> = gain
        .values()
        .flatten()
        .map(|(a, b)| (number(a), number(b)))
        .collect();
    let mut block = blocks(points.len(), &edges).into_iter();
    let mut parts: BTreeMap<usize, BTreeMap<i64, Vec<Side>>> = BTreeMap::new();
    for (group, sides) in gain {
        for (side, block) in sides.into_iter().zip(&mut block) {
            let part = parts.entry(block).or_default();
            part.entry(group).or_default().push(side);
        }
    }
    parts.into_values().collect()
}

/// Whether winding numbers tell inside from outside: rings that cross themselves or each other do not.
pub(super) fn is_plain(parcel: &Parcel) -> bool {
    validity::check(&parcel.polygon)
        .iter()
        .all(|f| matches!(f.kind, FaultKind::Spike | FaultKind::DuplicatePoint))
}

impl Scene<'_> {
    fn sides_by_group(&self, parcels: &[&Parcel]) -> BTreeMap<i64, Vec<Side>> {
        let mut sides: BTreeMap<i64, Vec<Side>> = BTreeMap::new();
        for p in parcels {
            let group = self.groups.of(p.fid);
            sides.entry(group).or_default().extend(p.polygon.sides());
        }
        sides
    }

    /// Gaps (not streets and other open land) along the parcels of these groups as they are.
    fn gaps<'g>(&self, groups: impl Iterator<Item = &'g i64>) -> Vec<Gap> {
        let groups: BTreeSet<i64> = groups.copied().collect();
        let mine = self
            .old
            .iter()
            .filter(|p| groups.contains(&self.groups.of(p.fid)));
        let fids: Vec<i64> = mine.map(|p| p.fid).collect();
        let open = GapLimits::default().open_mm;
        let mut found = gaps::around(self.coverage, &fids);
        found.retain(|g| !g.large && g.width < open);
        found
    }

    fn before(&self, fid: i64) -> Option<&Parcel> {
        self.coverage.get(fid)
    }
}
