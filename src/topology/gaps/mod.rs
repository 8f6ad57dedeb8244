//! Land that no parcel covers although parcels lie all round it.
//!
//! A gap is bounded by free sides only (`sides`): each lies along it, the parcel on the other hand. Free
//! sides are cut where they meet ([`pieces`]) and walked round ([`faces`]); a region with the emptier land
//! inside that no parcel covers is a gap. What is open to the outside of the coverage is none. Lattice
//! integers decide; only the width is measured, and the middle of the widest place is asked for.
//!
//! Around an edit the free sides of a window are known; the window grows along walks that leave it, until
//! they close or the region is large.

mod faces;
mod pieces;

use std::collections::BTreeSet;

use rayon::prelude::*;

use super::Coverage;
use super::contact::{Shape, UNMATCHED};
use super::index::Tree;
use super::inscribed::{self, Circle};
use super::measure::SLACK;
use super::sides::{self, Matched};
use crate::domain::{BBox, Parcel, Pt, Ring, ring_area2};
use faces::{Graph, Region, Walk, regions};
use pieces::{Owned, pieces};

/// One gap wider than 2 mm.
#[derive(Clone, Debug, PartialEq)]
pub struct Gap {
    /// Middle of the widest place.
    pub at: Pt,
    /// m², without islands.
    pub area: f64,
    /// Diameter of the largest circle that fits in, mm.
    pub width: f64,
    pub bbox: BBox,
    /// Parcels along it, sorted.
    pub fids: Vec<i64>,
    /// Shell counter-clockwise, islands clockwise; starting at their smallest points.
    pub rings: Vec<Ring>,
    /// More than 200 parcels reach its box: not followed from edit to edit.
    pub large: bool,
}

/// A region is large when more parcels than this reach its box.
const LARGE: usize = 200;

/// Land this thick is no sliver; its width is measured roughly, mm.
const FAT: f64 = 1_000.0;

/// How far beyond a parcel one looks first, mm.
const NEAR: i64 = 5_000;

/// All gaps between these parcels, by place. `tree` has their boxes.
pub(super) fn all(shapes: &[Shape], tree: &Tree, matched: &Matched) -> Vec<Gap> {
    let free = matched.free.par_iter().map(|id| {
        let (from, to) = shapes[id.parcel as usize].side(id.side);
        Owned {
            from,
            to,
            owner: id.parcel,
        }
    });
    let pieces = pieces(free.collect::<Vec<_>>().into_iter());
    let walks = Graph::new(&pieces).walks(None);
    let found = regions(walks.closed).into_par_iter();
    let mut gaps: Vec<Gap> = found.filter_map(|r| gap(r, shapes, tree)).collect();
    sort(&mut gaps);
    gaps
}

fn sort(gaps: &mut Vec<Gap>) {
    gaps.sort_by(|a, b| (a.at, &a.rings).cmp(&(b.at, &b.rings)));
    gaps.dedup_by(|a, b| a.rings == b.rings);
}

/// Gaps along the parcels `fids`, as [`all`] tells of them; of large ones perhaps not all.
pub fn around(coverage: &Coverage, fids: &[i64]) -> Vec<Gap> {
    let focus: BTreeSet<i64> = fids.iter().copied().collect();
    let touched: Vec<&Parcel> = focus.iter().filter_map(|f| coverage.get(*f)).collect();
    let near = touched.par_iter().flat_map_iter(|p| along(coverage, p));
    let mut gaps: Vec<Gap> = near.collect();
    sort(&mut gaps);
    gaps
}

/// Gaps along one parcel.
fn along(coverage: &Coverage, parcel: &Parcel) -> Vec<Gap> {
    let mut window = parcel.bbox.grown(NEAR);
    let mut watched = BTreeSet::from([parcel.fid]);
    loop {
        let scene = Scene::new(coverage, window);
        match scene.look(coverage, &watched) {
            Look::Wider(more, others) => {
                window = window.union(more);
                watched.extend(others);
            }
            Look::Done(regions) => {
                let mine = regions
                    .into_iter()
                    .filter_map(|r| gap(r, &scene.shapes, &scene.tree));
                return mine.filter(|g| g.fids.contains(&parcel.fid)).collect();
            }
        }
    }
}

/// The parcels that reach a window.
struct Scene<'a> {
    window: BBox,
    parcels: Vec<&'a Parcel>,
    shapes: Vec<Shape<'a>>,
    tree: Tree,
}

enum Look {
    Done(Vec<Region>),
    /// Look in this too, and at the walks of these parcels.
    Wider(BBox, Vec<i64>),
}

impl<'a> Scene<'a> {
    fn new(coverage: &'a Coverage, window: BBox) -> Self {
        let fids = coverage.window(&window);
        let parcels: Vec<&Parcel> = fids.iter().filter_map(|f| coverage.get(*f)).collect();
        let boxes: Vec<BBox> = parcels.iter().map(|p| p.bbox).collect();
        Self {
            window,
            shapes: parcels.iter().map(|p| Shape::new(p)).collect(),
            tree: Tree::build(&boxes),
            parcels,
        }
    }

    fn look(&self, coverage: &Coverage, watched: &BTreeSet<i64>) -> Look {
        let near = |a: Pt, b: Pt| super::segment::bbox(a, b).intersects(&self.window);
        let matched = sides::matched_where(&self.parcels, near);
        let free = matched.free.iter().map(|id| {
            let (from, to) = self.shapes[id.parcel as usize].side(id.side);
            Owned {
                from,
                to,
                owner: id.parcel,
            }
        });
        let pieces = pieces(free);
        let mine = |owners: &BTreeSet<u32>| owners.iter().any(|o| watched.contains(&self.fid(*o)));
        let walks = Graph::new(&pieces).walks(Some(&self.window));
        let more = walks.cut.iter().filter(|(_, o)| mine(o)).map(|(bbox, _)| *bbox);
        if let Some(more) = more.filter(|b| !is_large(coverage, b)).reduce(BBox::union) {
            let more = more.grown(more.width().max(more.height()) / 4 + NEAR);
            return Look::Wider(more, Vec::new());
        }
        let islands: Vec<Walk> = walks
            .closed
            .iter()
            .filter(|w| w.area2 < 0 && mine(&w.owners))
            .cloned()
            .collect();
        let found = regions(walks.closed);
        let homeless = islands.into_iter().filter(|i| {
            !found
                .iter()
                .any(|r| r.rings[1..].iter().any(|ring| same_ring(ring, &i.ring)))
        });
        for island in homeless {
            if let Some((bbox, fids)) = beyond(coverage, &island)
                && !(within(&bbox, &self.window) && fids.iter().all(|f| watched.contains(f)))
                && !is_large(coverage, &bbox)
            {
                return Look::Wider(bbox.grown(NEAR), fids);
            }
        }
        Look::Done(found)
    }

    fn fid(&self, owner: u32) -> i64 {
        self.parcels[owner as usize].fid
    }
}

fn same_ring(a: &Ring, b: &Ring) -> bool {
    a.len() == b.len() && a.contains(&b[0]) && a.contains(&b[b.len() / 2])
}

fn within(inner: &BBox, outer: &BBox) -> bool {
    outer.contains(inner.min) && outer.contains(inner.max)
}

fn is_large(coverage: &Coverage, bbox: &BBox) -> bool {
    let mut count = 0;
    coverage.window_for_each(bbox, |_| count += 1);
    count > LARGE
}

/// What comes first to the east of an island: the place with the island, and the parcels there.
fn beyond(coverage: &Coverage, island: &Walk) -> Option<(BBox, Vec<i64>)> {
    let from = *island.ring.iter().max()?;
    let end = coverage.bbox()?.max.e;
    let strip = BBox {
        min: Pt::new(from.e + 1, from.n),
        max: Pt::new(end.max(from.e + 1), from.n),
    };
    let mut hits: Vec<(i64, i64)> = Vec::new();
    coverage.window_for_each(&strip, |p| {
        let reach = p.polygon.sides().filter_map(|(a, b)| east_of(from, a, b));
        hits.extend(reach.map(|e| (e, p.fid)));
    });
    let nearest = hits.iter().map(|h| h.0).min()?;
    let fids = hits.iter().filter(|h| h.0 == nearest).map(|h| h.1);
    let bbox = super::ring::bbox(&island.ring).with(Pt::new(nearest, from.n));
    Some((bbox, fids.collect()))
}

/// The easting, rounded, where a–b meets the line to the east of `from`.
fn east_of(from: Pt, a: Pt, b: Pt) -> Option<i64> {
    if a.n.min(b.n) > from.n || a.n.max(b.n) < from.n || a.e.max(b.e) <= from.e {
        return None;
    }
    let e = if a.n == b.n {
        a.e.min(b.e)
    } else {
        a.e + ((b.e - a.e) as i128 * (from.n - a.n) as i128 / (b.n - a.n) as i128) as i64
    };
    (e > from.e).then_some(e)
}

/// A region as a gap, when it is wider than 2 mm and no parcel covers it.
fn gap(region: Region, shapes: &[Shape], tree: &Tree) -> Option<Gap> {
    let bbox = super::ring::bbox(&region.rings[0]);
    if bbox.width().min(bbox.height()) <= UNMATCHED {
        return None;
    }
    let area2: i128 = region.rings.iter().map(|r| ring_area2(r)).sum();
    let circle = widest(&region.rings, bbox.min)?;
    let width = 2.0 * circle.radius;
    let (e, n) = (bbox.min.e as f64 + circle.x, bbox.min.n as f64 + circle.y);
    let at = Pt::new(e.round() as i64, n.round() as i64);
    if width <= UNMATCHED as f64 + SLACK || is_covered(e, n, at, shapes, tree) {
        return None;
    }
    let mut fids: Vec<i64> = region
        .owners
        .iter()
        .map(|o| shapes[*o as usize].parcel.fid)
        .collect();
    fids.sort_unstable();
    let mut reach = 0;
    tree.query(&bbox, |_| reach += 1);
    Some(Gap {
        at,
        area: area2 as f64 / 2e6,
        width,
        bbox,
        fids,
        rings: region.rings,
        large: reach > LARGE,
    })
}

/// Whether a parcel covers the place. It is off every side by more than 0.29 mm (see `pieces`).
fn is_covered(e: f64, n: f64, at: Pt, shapes: &[Shape], tree: &Tree) -> bool {
    let mut covered = false;
    tree.query(&BBox::EMPTY.with(at).grown(1), |k| {
        covered = covered || shapes[k as usize].holds(e, n)
    });
    covered
}

/// The largest circle in rings, relative to `origin`.
fn widest(rings: &[Ring], origin: Pt) -> Option<Circle> {
    let local = |p: &Pt| [(p.e - origin.e) as f64, (p.n - origin.n) as f64];
    let rings: Vec<Vec<[f64; 2]>> = rings.iter().map(|r| r.iter().map(local).collect()).collect();
    if inscribed::thickness(&rings) > FAT {
        return inscribed::roughly(&rings);
    }
    inscribed::largest(&rings)
}

#[cfg(test)]
mod tests;
