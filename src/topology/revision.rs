//! Polygons under work: a copy of those an edit changes, over the coverage as it is.
//!
//! Everything that looks for neighbours here looks at the state reached so far, so one edit can insert
//! points first and move them next. Nothing is checked; that is the guard's part at the end.

use std::collections::{BTreeMap, BTreeSet};

use super::{Coverage, Plan, segment};
use crate::domain::{BBox, Polygon, Pt, ring_sides};

/// See the module text.
pub(super) struct Revision<'a> {
    base: &'a Coverage,
    now: BTreeMap<i64, Polygon>,
}

impl<'a> Revision<'a> {
    pub fn new(base: &'a Coverage) -> Self {
        Self {
            base,
            now: BTreeMap::new(),
        }
    }

    /// The polygon as it is by now.
    pub fn polygon(&self, fid: i64) -> Option<&Polygon> {
        self.now
            .get(&fid)
            .or_else(|| self.base.get(fid).map(|p| &p.polygon))
    }

    /// The same, to be changed. `None` for a parcel not in force.
    pub fn edit(&mut self, fid: i64) -> Option<&mut Polygon> {
        if !self.now.contains_key(&fid) {
            let polygon = self.base.get(fid)?.polygon.clone();
            self.now.insert(fid, polygon);
        }
        self.now.get_mut(&fid)
    }

    /// Parcels whose box shares a point with `window`, by fid.
    pub fn near(&self, window: &BBox) -> Vec<i64> {
        let mut fids = self.base.window_unsorted(window);
        fids.retain(|f| !self.now.contains_key(f));
        let mine = self.now.iter().filter(|(_, p)| p.bbox().intersects(window));
        fids.extend(mine.map(|(f, _)| *f));
        fids.sort_unstable();
        fids
    }

    /// Parcels that have exactly this point, by fid.
    pub fn users_of(&self, p: Pt) -> Vec<i64> {
        let mut fids = self.near(&BBox::EMPTY.with(p));
        fids.retain(|f| self.polygon(*f).is_some_and(|g| g.points().any(|q| q == p)));
        fids
    }

    /// Sides of any parcel that come within `mm` of the box of a–b: parcel, ends.
    pub fn sides_near(&self, a: Pt, b: Pt, mm: i64) -> Vec<(i64, Pt, Pt)> {
        let window = segment::bbox(a, b).grown(mm);
        let mut found = Vec::new();
        for fid in self.near(&window) {
            let sides = self.polygon(fid).into_iter().flat_map(Polygon::sides);
            let near = sides.filter(|(c, d)| c != d && segment::bbox(*c, *d).intersects(&window));
            found.extend(near.map(|(c, d)| (fid, c, d)));
        }
        found
    }

    /// Points of any parcel within `mm` of a–b, without its ends, in the order from a to b.
    pub fn points_on(&self, a: Pt, b: Pt, mm: i64) -> Vec<Pt> {
        let window = segment::bbox(a, b).grown(mm);
        let mut found: Vec<Pt> = Vec::new();
        for fid in self.near(&window) {
            let points = self.polygon(fid).into_iter().flat_map(Polygon::points);
            found.extend(points.filter(|p| window.contains(*p) && beside(*p, a, b, mm)));
        }
        along(&mut found, a, b);
        found
    }

    /// Inserts points (in the order from a to b) into every side of the parcel that has these ends, in
    /// either direction.
    pub fn insert(&mut self, fid: i64, a: Pt, b: Pt, points: &[Pt]) {
        if points.is_empty() {
            return;
        }
        let Some(polygon) = self.edit(fid) else { return };
        for ring in &mut polygon.rings {
            if !ring_sides(ring).any(|(p, q)| (p, q) == (a, b) || (p, q) == (b, a)) {
                continue;
            }
            let mut new = Vec::with_capacity(ring.len() + points.len());
            for (p, q) in ring_sides(ring) {
                new.push(p);
                if (p, q) == (a, b) {
                    new.extend(points);
                } else if (p, q) == (b, a) {
                    new.extend(points.iter().rev());
                }
            }
            *ring = new;
        }
    }

    /// Inserts `points` wherever a side of any parcel passes exactly through them. Shapes stay the same.
    pub fn insert_on_sides(&mut self, points: &[Pt]) {
        for &p in points {
            for (fid, a, b) in self.sides_near(p, p, 0) {
                if beside(p, a, b, 0) {
                    self.insert(fid, a, b, &[p]);
                }
            }
        }
    }

    /// Puts points in other places, all at once, and drops what then stands twice in a row.
    pub fn replace(&mut self, to: &BTreeMap<Pt, Pt>) {
        let mut fids: Vec<i64> = to.keys().flat_map(|p| self.users_of(*p)).collect();
        fids.sort_unstable();
        fids.dedup();
        for fid in fids {
            let Some(polygon) = self.edit(fid) else { continue };
            for ring in &mut polygon.rings {
                let before = ring.clone();
                ring.iter_mut()
                    .for_each(|p| *p = to.get(p).copied().unwrap_or(*p));
                if *ring != before {
                    super::ring::tidy(ring);
                }
            }
        }
    }

    /// The parcels that are not as they were, with the points that came and went beside those `moved`.
    pub fn into_plan(self, moved: Vec<(Pt, Pt)>) -> Plan {
        let base = self.base;
        let differs = |(fid, polygon): &(i64, Polygon)| base.get(*fid).is_some_and(|p| p.polygon != *polygon);
        let changed: Vec<(i64, Polygon)> = self.now.into_iter().filter(differs).collect();
        let old = changed.iter().filter_map(|(fid, _)| base.get(*fid));
        let mut before: BTreeSet<Pt> = old.flat_map(|p| p.polygon.points()).collect();
        let mut after: BTreeSet<Pt> = changed.iter().flat_map(|(_, p)| p.points()).collect();
        // A moved point is gone from its old place and known in its new one.
        moved.iter().for_each(|(from, _)| _ = before.remove(from));
        before.extend(moved.iter().map(|(_, to)| *to));
        after.extend(moved.iter().map(|(_, to)| *to));
        Plan {
            inserted: after.difference(&before).copied().collect(),
            removed: before.difference(&after).copied().collect(),
            changed,
            moved,
            ..Plan::default()
        }
    }
}

/// Whether p lies within `mm` of a–b and neither is an end nor projects beyond one.
pub(super) fn beside(p: Pt, a: Pt, b: Pt, mm: i64) -> bool {
    p != a && p != b && segment::within(p, a, b, mm) && segment::dot(a, b, p) > 0 && segment::dot(b, a, p) > 0
}

/// Orders points from a to b, each once.
pub(super) fn along(points: &mut Vec<Pt>, a: Pt, b: Pt) {
    points.sort_by_key(|p| (segment::dot(a, b, *p), *p));
    points.dedup();
}
