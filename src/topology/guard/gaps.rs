//! What lay side by side and would come apart.
//!
//! A stretch of side is *followed* when another parcel's side passes within 2 mm of it or another parcel
//! lies over it. Two things count as a gap: a stretch of a side that stays was followed by a side that goes
//! and is not followed any more; and a side that comes is not followed although all sides it takes the place
//! of were. A free boundary may go anywhere, and what a parcel retired without successor leaves is open land.
//!
//! Stretches lie between the ends of all sides near and are judged by their middle; distances are measured
//! in floating point relative to the side's own start, with [`SLACK`] to spare.

use std::collections::{BTreeMap, BTreeSet};

use super::Scene;
use super::change::Side;
use crate::domain::{BBox, Finding, Parcel, Pt, Severity, Unit};
use crate::topology::contact::UNMATCHED;
use crate::topology::findings::{PARCEL_GAP, about};
use crate::topology::index::Tree;
use crate::topology::measure::SLACK;
use crate::topology::ring::{Place, locate};
use crate::topology::segment;

/// Farther than this is apart, mm.
const APART: f64 = UNMATCHED as f64 + SLACK;

/// Stretches shorter than this are no contact but a corner, mm.
const SHORT: f64 = 2.0 * UNMATCHED as f64;

/// One finding for each two parcels that come apart.
pub(super) fn opened(scene: &Scene<'_>) -> Vec<Finding> {
    let after = scene.all_after();
    let sides = Sides::new(&after, scene);
    let mut gaps = Gaps::default();
    left_alone(scene, &after, &sides, &mut gaps);
    if gaps.0.is_empty() {
        faces_nothing(scene, &after, &sides, &mut gaps);
    }
    gaps.findings(scene)
}

/// Widest place of a gap by the fids of its parcels (one of them from before).
#[derive(Default)]
struct Gaps(BTreeMap<BTreeSet<i64>, (f64, Pt)>);

impl Gaps {
    fn add(&mut self, fids: BTreeSet<i64>, width: f64, at: Pt) {
        let widest = self.0.entry(fids).or_insert((width, at));
        if (width, widest.1) > (widest.0, at) {
            *widest = (width, at);
        }
    }

    fn findings(self, scene: &Scene<'_>) -> Vec<Finding> {
        let finding = |(fids, (width, at)): (BTreeSet<i64>, (f64, Pt))| {
            let old = |f: i64| scene.old.iter().copied().find(|p| p.fid == f);
            let parcels: Vec<&Parcel> = fids
                .iter()
                .filter_map(|f| scene.after(*f).or_else(|| old(*f)))
                .collect();
            Finding {
                at: Some(at),
                bbox: Some(BBox::of([at])),
                amount: width.is_finite().then(|| (width * 1000.0).round() / 1e6),
                unit: width.is_finite().then_some(Unit::M),
                ..about(PARCEL_GAP, Severity::Error, &parcels)
            }
        };
        self.0.into_iter().map(finding).collect()
    }
}

/// Sides near the changed places, with an index.
struct Sides {
    all: Vec<(usize, Pt, Pt)>,
    tree: Tree,
}

impl Sides {
    fn new(parcels: &[&Parcel], scene: &Scene<'_>) -> Self {
        let whole = scene.change.boxes.iter().fold(BBox::EMPTY, |a, b| a.union(*b));
        let near = |a: Pt, b: Pt| {
            let reach = segment::bbox(a, b).grown(UNMATCHED);
            let mut found = false;
            if reach.intersects(&whole) {
                scene.change.places.query(&reach, |_| found = true);
            }
            found
        };
        let of = |(i, p): (usize, &&Parcel)| {
            let sides: Vec<_> = p
                .polygon
                .sides()
                .filter(|(a, b)| a != b && near(*a, *b))
                .collect();
            sides.into_iter().map(move |(a, b)| (i, a, b))
        };
        Self::of(parcels.iter().enumerate().flat_map(of).collect())
    }

    fn of(all: Vec<(usize, Pt, Pt)>) -> Self {
        let boxes: Vec<BBox> = all.iter().map(|(_, a, b)| segment::bbox(*a, *b)).collect();
        Self {
            tree: Tree::build(&boxes),
            all,
        }
    }

    /// Sides of other parcels than `own` near a–b.
    fn beside(&self, own: usize, a: Pt, b: Pt) -> Vec<(usize, Pt, Pt)> {
        let mut found = Vec::new();
        self.tree.query(&segment::bbox(a, b).grown(UNMATCHED + 1), |i| {
            let side = self.all[i as usize];
            if side.0 != own {
                found.push(side);
            }
        });
        found
    }
}

/// Stretches of sides that stay and were followed by a side that goes.
fn left_alone(scene: &Scene<'_>, after: &[&Parcel], sides: &Sides, gaps: &mut Gaps) {
    let lasting = |s: &&Side| !family(scene, scene.old[s.parcel].fid).is_empty();
    let gone: Vec<&Side> = scene.change.gone.iter().filter(lasting).collect();
    let gone_sides = Sides::of(gone.iter().map(|s| (s.parcel, s.from, s.to)).collect());
    let come: BTreeSet<(usize, Pt, Pt)> = scene
        .change
        .come
        .iter()
        .map(|s| (s.parcel, s.from, s.to))
        .collect();
    for &(i, a, b) in &sides.all {
        let mut was = gone_sides.beside(usize::MAX, a, b);
        was.retain(|s| scene.old[s.0].fid != after[i].fid);
        if was.is_empty() || come.contains(&(i, a, b)) {
            continue;
        }
        let is = sides.beside(i, a, b);
        for stretch in stretches(a, b, was.iter().chain(&is)) {
            let (distance, nearest) = nearest(&stretch, &was);
            if distance > APART || followed(&stretch, &is, i, after) {
                continue;
            }
            let Some(old) = nearest else { continue };
            let left = successor(scene, scene.old[old].fid);
            let (width, at) = widest(&stretch, &family(scene, left));
            gaps.add([after[i].fid, left].into(), width, at);
        }
    }
}

/// Sides that come and face nothing, where all that goes faced something.
fn faces_nothing(scene: &Scene<'_>, after: &[&Parcel], sides: &Sides, gaps: &mut Gaps) {
    let mut free: Vec<(&Side, Stretch)> = Vec::new();
    for s in &scene.change.come {
        let is = sides.beside(s.parcel, s.from, s.to);
        let alone = stretches(s.from, s.to, is.iter());
        let alone = alone.into_iter().find(|t| !followed(t, &is, s.parcel, after));
        if let Some(t) = alone {
            free.push((s, t));
        }
    }
    if free.is_empty() {
        return;
    }
    let before = scene.all_before();
    let sides_before = Sides::new(&before, scene);
    let faced = |s: &Side| {
        let was = sides_before.beside(s.parcel, s.from, s.to);
        let all = stretches(s.from, s.to, was.iter());
        all.iter().all(|t| followed(t, &was, s.parcel, &before))
    };
    for (s, stretch) in free {
        let there: Vec<&Side> = scene.change.gone.iter().filter(|g| g.place == s.place).collect();
        if !there.is_empty() && there.iter().all(|g| faced(g)) {
            let mut fids: BTreeSet<i64> = there
                .iter()
                .map(|g| successor(scene, scene.old[g.parcel].fid))
                .collect();
            let other = fids.iter().copied().find(|f| *f != after[s.parcel].fid);
            let (width, at) = widest(&stretch, &other.map_or(Vec::new(), |f| family(scene, f)));
            fids.insert(after[s.parcel].fid);
            gaps.add(fids, width, at);
        }
    }
}

/// What there is afterwards of the parcel's group, the parcel itself first.
fn family<'s>(scene: &'s Scene<'_>, fid: i64) -> Vec<&'s Parcel> {
    let group = scene.groups.of(fid);
    let mut all: Vec<&Parcel> = scene
        .new
        .iter()
        .filter(|p| scene.groups.of(p.fid) == group)
        .collect();
    all.sort_by_key(|p| p.fid != fid);
    all
}

/// The parcel itself, or the first that is made of it.
fn successor(scene: &Scene<'_>, fid: i64) -> i64 {
    family(scene, fid).first().map_or(fid, |p| p.fid)
}

/// A piece of a side, in mm from `origin`.
struct Stretch {
    origin: Pt,
    from: [f64; 2],
    to: [f64; 2],
}

impl Stretch {
    fn middle(&self) -> [f64; 2] {
        [0, 1].map(|i| f64::midpoint(self.from[i], self.to[i]))
    }

    fn lattice(&self, p: [f64; 2]) -> Pt {
        Pt::new(
            self.origin.e + p[0].round() as i64,
            self.origin.n + p[1].round() as i64,
        )
    }
}

/// Cuts a–b where the ends of the sides near project onto it.
fn stretches<'a>(a: Pt, b: Pt, near: impl Iterator<Item = &'a (usize, Pt, Pt)>) -> Vec<Stretch> {
    let (length, v) = (a.dist(b), [(b.e - a.e) as f64, (b.n - a.n) as f64]);
    let along = |p: Pt| segment::dot(a, b, p) as f64 / length;
    let mut cuts: Vec<f64> = near.flat_map(|(_, c, d)| [along(*c), along(*d)]).collect();
    cuts.extend([0.0, length]);
    cuts.retain(|t| (0.0..=length).contains(t));
    cuts.sort_unstable_by(f64::total_cmp);
    let at = |t: f64| v.map(|x| x * t / length);
    let pieces = cuts.windows(2).filter(|w| w[1] - w[0] > SHORT);
    pieces
        .map(|w| Stretch {
            origin: a,
            from: at(w[0]),
            to: at(w[1]),
        })
        .collect()
}

/// Distance from the middle to the nearest side, and whose it is.
fn nearest(stretch: &Stretch, sides: &[(usize, Pt, Pt)]) -> (f64, Option<usize>) {
    let of = |s: &(usize, Pt, Pt)| (distance(stretch, stretch.middle(), s), s.0);
    let best = sides
        .iter()
        .map(of)
        .min_by(|x, y| x.0.total_cmp(&y.0).then(x.1.cmp(&y.1)));
    best.map_or((f64::INFINITY, None), |(d, i)| (d, Some(i)))
}

/// Where the stretch is farthest from the parcels, among its ends and its middle.
fn widest(stretch: &Stretch, parcels: &[&Parcel]) -> (f64, Pt) {
    let sides: Vec<_> = parcels
        .iter()
        .flat_map(|p| p.polygon.sides())
        .map(|(a, b)| (0, a, b))
        .collect();
    let to_all = |p| {
        sides
            .iter()
            .map(|s| distance(stretch, p, s))
            .fold(f64::INFINITY, f64::min)
    };
    let places = [stretch.middle(), stretch.from, stretch.to].map(|p| (to_all(p), stretch.lattice(p)));
    places
        .into_iter()
        .fold((0.0, places[0].1), |w, p| if p.0 > w.0 { p } else { w })
}

fn followed(stretch: &Stretch, sides: &[(usize, Pt, Pt)], own: usize, parcels: &[&Parcel]) -> bool {
    if nearest(stretch, sides).0 <= APART {
        return true;
    }
    let at = stretch.lattice(stretch.middle());
    let over = |(i, p): (usize, &&Parcel)| {
        i != own && p.bbox.contains(at) && locate(&p.polygon, at) != Place::Outside
    };
    parcels.iter().enumerate().any(over)
}

/// Distance from `p` to a side, mm.
fn distance(stretch: &Stretch, p: [f64; 2], (_, a, b): &(usize, Pt, Pt)) -> f64 {
    let o = stretch.origin;
    let local = |q: &Pt| [(q.e - o.e) as f64, (q.n - o.n) as f64];
    let (a, b) = (local(a), local(b));
    let (v, w) = ([b[0] - a[0], b[1] - a[1]], [p[0] - a[0], p[1] - a[1]]);
    let t = ((v[0] * w[0] + v[1] * w[1]) / (v[0] * v[0] + v[1] * v[1])).clamp(0.0, 1.0);
    (w[0] - v[0] * t).hypot(w[1] - v[1] * t)
}
