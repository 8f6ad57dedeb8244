//! All parcels in force, in memory: who lies where, who uses a point, who is whose neighbour.
//!
//! `Project` holds an `Arc<Coverage>` and changes it with `Arc::make_mut`; a reader keeps its own `Arc`
//! as a snapshot. Copying is cheap because everything large is itself shared and copied in small
//! pieces when written. Order of parcels is that of the tree and means nothing; results of
//! queries are sorted where they leave this module.

use std::collections::BTreeSet;
use std::hash::{BuildHasher, Hasher};
use std::sync::Arc;

use rayon::prelude::*;

use super::allowed::AllowedGaps;
use super::index::Tree;
use super::limits::Limits;
use super::ring::{Place, locate};
use super::segment;
use crate::domain::{BBox, Parcel, ParcelKey, Polygon, Pt, Territory, Uid};

/// Parcels per piece copied on write.
const CHUNK: usize = 256;

/// The parcels in force. See the module text.
#[derive(Clone, Debug, Default)]
pub struct Coverage {
    /// Slot `s` is `chunks[s / CHUNK][s % CHUNK]`; a slot is never given to another parcel.
    chunks: Vec<Arc<Vec<Arc<Parcel>>>>,
    slots: usize,
    /// Slots whose parcel is no longer in force.
    retired: BTreeSet<u32>,
    tree: Arc<Tree>,
    /// Slots that are not where `tree` has them, with their box now (empty when retired).
    moved: Vec<(u32, BBox)>,
    stale: BTreeSet<u32>,
    fids: Arc<Vec<i64>>,
    by_fid: Lookup<i64>,
    by_uid: Lookup<[u8; 16]>,
    by_key: Lookup<u64>,
    allowed: Arc<AllowedGaps>,
    revision: u64,
    territory: Arc<Territory>,
    limits: Arc<Limits>,
}

/// A point of a parcel near a place.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NearPoint {
    pub at: Pt,
    pub fid: i64,
    /// mm.
    pub distance: f64,
}

/// A side of a parcel near a place.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NearSide {
    pub from: Pt,
    pub to: Pt,
    /// Nearest point of the side, rounded to the lattice.
    pub at: Pt,
    pub fid: i64,
    /// mm.
    pub distance: f64,
}

impl Coverage {
    /// Indexes parcels of different fid, on all cores.
    pub fn build(parcels: Vec<Parcel>) -> Self {
        let boxes: Vec<BBox> = parcels.iter().map(|p| p.bbox).collect();
        let mut tree = Tree::build(&boxes);
        let mut sequence = tree.renumber();
        let mut seen = vec![false; parcels.len()];
        sequence.iter().for_each(|&i| seen[i as usize] = true);
        sequence.extend((0..parcels.len() as u32).filter(|&i| !seen[i as usize]));
        let mut waiting: Vec<Option<Arc<Parcel>>> =
            parcels.into_par_iter().map(|p| Some(Arc::new(p))).collect();
        let sorted: Vec<Arc<Parcel>> = sequence
            .iter()
            .filter_map(|&i| waiting[i as usize].take())
            .collect();
        Self {
            slots: sorted.len(),
            tree: Arc::new(tree),
            fids: Arc::new(sorted.iter().map(|p| p.fid).collect()),
            by_fid: Lookup::build(&sorted, |p| p.fid),
            by_uid: Lookup::build(&sorted, |p| p.uid.0.into_bytes()),
            by_key: Lookup::build(&sorted, key_hash),
            chunks: sorted.chunks(CHUNK).map(|c| Arc::new(c.to_vec())).collect(),
            ..Self::default()
        }
    }

    /// The same with a revision of its own after that of `old`, which it takes the place of.
    #[must_use]
    pub fn after(mut self, old: &Self) -> Self {
        self.revision = old.revision + 1;
        self.allowed = old.allowed.clone();
        self
    }

    /// The same on this land.
    #[must_use]
    pub fn on(mut self, territory: Arc<Territory>) -> Self {
        self.limits = Arc::new(Limits::of(&territory));
        self.territory = territory;
        self
    }

    /// Puts what is known of the land now in the place of what was.
    pub fn set_territory(&mut self, territory: Arc<Territory>) {
        self.limits = Arc::new(Limits::of(&territory));
        self.territory = territory;
        self.revision += 1;
    }

    /// Boundaries of communes and sheets.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Zone, communes and sheets; empty where nobody said.
    pub fn territory(&self) -> &Arc<Territory> {
        &self.territory
    }

    /// The gaps that are right as they are.
    pub fn allowed_gaps(&self) -> &Arc<AllowedGaps> {
        &self.allowed
    }

    /// Puts other allowed gaps in the place of those there were.
    pub fn set_allowed_gaps(&mut self, allowed: Arc<AllowedGaps>) {
        self.allowed = allowed;
        self.revision += 1;
    }

    /// Number of parcels in force.
    pub fn len(&self) -> usize {
        self.slots - self.retired.len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Changes with every write; equal revisions of one project mean equal content.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// Box of all parcels; `None` when there are none. After edits it may be larger than needed.
    pub fn bbox(&self) -> Option<BBox> {
        let moved = self.moved.iter().map(|(_, b)| *b).filter(|b| !b.is_empty());
        moved.chain(self.tree.bounds()).reduce(BBox::union)
    }

    /// All parcels, neighbours mostly near each other. The order is the same for the same content
    /// and history, and carries no meaning.
    pub fn iter(&self) -> impl Iterator<Item = &Parcel> {
        (0..self.slots as u32)
            .filter(|s| !self.retired.contains(s))
            .map(|s| self.slot(s))
    }

    pub fn get(&self, fid: i64) -> Option<&Parcel> {
        self.live_slot(fid).map(|s| self.slot(s))
    }

    /// The same, shared.
    pub fn get_shared(&self, fid: i64) -> Option<Arc<Parcel>> {
        self.live_slot(fid).map(|s| self.shared(s).clone())
    }

    pub fn by_uid(&self, uid: Uid) -> Option<&Parcel> {
        let live = self
            .by_uid
            .get(uid.0.into_bytes())
            .filter(|s| !self.retired.contains(s));
        live.map(|s| self.slot(s)).find(|p| p.uid == uid)
    }

    /// The last state of a parcel that was taken out of force since this coverage was built.
    pub fn retired(&self, uid: Uid) -> Option<&Parcel> {
        let gone = self.by_uid.get(uid.0.into_bytes());
        gone.filter(|s| self.retired.contains(s))
            .map(|s| self.slot(s))
            .find(|p| p.uid == uid)
    }

    /// Parcels with this commune, sheet and number, by fid. More than one is a fault, none is common.
    pub fn by_key(&self, key: &ParcelKey) -> Vec<i64> {
        let hash = hash_of(&key.commune, &key.sheet, &key.number);
        let live = self
            .by_key
            .get(hash)
            .filter(|s| !self.retired.contains(s))
            .map(|s| self.slot(s));
        let mut fids: Vec<i64> = live
            .filter(|p| p.commune == key.commune && p.sheet == key.sheet && p.number == key.number)
            .map(|p| p.fid)
            .collect();
        fids.sort_unstable();
        fids.dedup();
        fids
    }

    /// Calls `f` with every parcel whose box shares a point with `window`.
    pub fn window_for_each<'a>(&'a self, window: &BBox, mut f: impl FnMut(&'a Parcel)) {
        self.window_slots(window, |s| f(self.slot(s)));
    }

    /// Fids of the parcels whose box shares a point with `window`, sorted.
    pub fn window(&self, window: &BBox) -> Vec<i64> {
        let mut fids = self.window_unsorted(window);
        fids.sort_unstable();
        fids
    }

    /// As [`Coverage::window`] in the coverage's own order.
    pub fn window_unsorted(&self, window: &BBox) -> Vec<i64> {
        let mut fids = Vec::new();
        self.window_slots(window, |s| fids.push(self.fids[s as usize]));
        fids
    }

    /// Parcels that hold `p`: those with it inside first (small before large), then those with it on
    /// their boundary.
    pub fn at(&self, p: Pt) -> Vec<i64> {
        let mut found = Vec::new();
        self.window_for_each(&BBox::EMPTY.with(p), |parcel| match locate(&parcel.polygon, p) {
            Place::Outside => {}
            place => found.push((place == Place::Boundary, parcel)),
        });
        found.sort_by_cached_key(|(edge, p)| (*edge, p.polygon.area2().abs(), p.fid));
        found.iter().map(|(_, p)| p.fid).collect()
    }

    /// Parcels that have exactly this point in a ring, by fid.
    pub fn users_of(&self, p: Pt) -> Vec<i64> {
        let mut fids = Vec::new();
        self.window_for_each(&BBox::EMPTY.with(p), |parcel| {
            if parcel.polygon.points().any(|q| q == p) {
                fids.push(parcel.fid);
            }
        });
        fids.sort_unstable();
        fids
    }

    /// The boundary point nearest to `p`, at most `max_mm` away. Ties: smallest point, then fid.
    pub fn nearest_point(&self, p: Pt, max_mm: i64) -> Option<NearPoint> {
        self.nearest(p, max_mm, |parcel, reach, best: &mut Option<NearPoint>| {
            let near = parcel.polygon.points().filter(|q| reach.contains(*q));
            for at in near {
                let new = NearPoint {
                    at,
                    fid: parcel.fid,
                    distance: at.dist(p),
                };
                if best.is_none_or(|b| (new.distance, new.at, new.fid) < (b.distance, b.at, b.fid)) {
                    *best = Some(new);
                }
            }
            best.map(|b| b.distance)
        })
    }

    /// The side nearest to `p`, at most `max_mm` away. Ties: smallest ends, then fid.
    pub fn nearest_side(&self, p: Pt, max_mm: i64) -> Option<NearSide> {
        self.nearest(p, max_mm, |parcel, reach, best: &mut Option<NearSide>| {
            for (from, to) in parcel.polygon.sides() {
                if !segment::bbox(from, to).intersects(reach) {
                    continue;
                }
                let distance = segment::distance(p, from, to);
                let (a, b) = (from.min(to), from.max(to));
                let better = best.is_none_or(|o| {
                    (distance, a, b, parcel.fid) < (o.distance, o.from.min(o.to), o.from.max(o.to), o.fid)
                });
                if better {
                    let at = segment::foot(p, from, to);
                    *best = Some(NearSide {
                        from,
                        to,
                        at,
                        fid: parcel.fid,
                        distance,
                    });
                }
            }
            best.map(|b| b.distance)
        })
    }

    /// Looks in growing boxes until something nearer than the box's reach is found.
    fn nearest<T>(
        &self,
        p: Pt,
        max_mm: i64,
        mut look: impl FnMut(&Parcel, &BBox, &mut Option<T>) -> Option<f64>,
    ) -> Option<T> {
        let mut reach = max_mm.clamp(0, 2000);
        loop {
            let window = BBox::EMPTY.with(p).grown(reach);
            let (mut best, mut distance) = (None, f64::INFINITY);
            self.window_for_each(&window, |parcel| {
                if let Some(d) = look(parcel, &window, &mut best) {
                    distance = d;
                }
            });
            if distance <= reach as f64 {
                return best;
            }
            if reach >= max_mm {
                return None;
            }
            reach = (reach * 4).min(max_mm);
        }
    }

    /// Parcels that share a side or part of one with parcel `fid`, by fid.
    pub fn neighbours(&self, fid: i64) -> Vec<i64> {
        let Some(me) = self.get(fid) else {
            return Vec::new();
        };
        let mut fids = Vec::new();
        self.window_for_each(&me.bbox, |other| {
            if other.fid != fid && shares_side(&me.polygon, &other.polygon, &other.bbox) {
                fids.push(other.fid);
            }
        });
        fids.sort_unstable();
        fids
    }

    /// Puts a parcel in force: replaces the one of the same fid or adds it.
    pub fn replace(&mut self, parcel: Parcel) {
        self.replace_all([parcel]);
    }

    /// As [`Coverage::replace`] for many.
    pub fn replace_all(&mut self, parcels: impl IntoIterator<Item = Parcel>) {
        for parcel in parcels {
            let slot = self.by_fid.get(parcel.fid).next();
            match slot {
                Some(slot) => self.replace_slot(slot, parcel),
                None => self.add(parcel),
            }
        }
        self.after_write();
    }

    /// Takes parcels out of force; unknown fids are ignored.
    pub fn remove(&mut self, fid: i64) {
        self.remove_all([fid]);
    }

    /// As [`Coverage::remove`] for many.
    pub fn remove_all(&mut self, fids: impl IntoIterator<Item = i64>) {
        for fid in fids {
            if let Some(slot) = self.live_slot(fid) {
                self.retired.insert(slot);
                self.note_box(slot, BBox::EMPTY);
            }
        }
        self.after_write();
    }

    fn replace_slot(&mut self, slot: u32, parcel: Parcel) {
        let revived = self.retired.remove(&slot);
        let old = self.shared(slot).clone();
        if key_hash(&old) != key_hash(&parcel) {
            self.by_key.add(key_hash(&parcel), slot);
        }
        if old.uid != parcel.uid {
            self.by_uid.add(parcel.uid.0.into_bytes(), slot);
        }
        if revived || old.bbox != parcel.bbox {
            self.note_box(slot, parcel.bbox);
        }
        let chunk = Arc::make_mut(&mut self.chunks[slot as usize / CHUNK]);
        chunk[slot as usize % CHUNK] = Arc::new(parcel);
    }

    fn add(&mut self, parcel: Parcel) {
        let slot = self.slots as u32;
        self.slots += 1;
        self.by_fid.add(parcel.fid, slot);
        self.by_uid.add(parcel.uid.0.into_bytes(), slot);
        self.by_key.add(key_hash(&parcel), slot);
        Arc::make_mut(&mut self.fids).push(parcel.fid);
        self.note_box(slot, parcel.bbox);
        match self.chunks.last_mut().filter(|c| c.len() < CHUNK) {
            Some(chunk) => Arc::make_mut(chunk).push(Arc::new(parcel)),
            None => self.chunks.push(Arc::new(vec![Arc::new(parcel)])),
        }
    }

    /// Remembers that a slot is not (only) where the tree has it.
    fn note_box(&mut self, slot: u32, bbox: BBox) {
        if !self.stale.insert(slot) {
            self.moved.retain(|(s, _)| *s != slot);
        }
        if !bbox.is_empty() {
            self.moved.push((slot, bbox));
        }
    }

    fn after_write(&mut self) {
        self.revision += 1;
        if self.stale.len() > 512 + self.slots / 256 {
            self.rebuild_tree();
        }
    }

    fn rebuild_tree(&mut self) {
        let boxes: Vec<BBox> = (0..self.slots as u32)
            .map(|s| {
                if self.retired.contains(&s) {
                    BBox::EMPTY
                } else {
                    self.slot(s).bbox
                }
            })
            .collect();
        self.tree = Arc::new(Tree::build(&boxes));
        self.moved.clear();
        self.stale.clear();
    }

    fn window_slots(&self, window: &BBox, mut f: impl FnMut(u32)) {
        if self.stale.is_empty() {
            return self.tree.query(window, f);
        }
        self.tree.query(window, |s| {
            if !self.stale.contains(&s) {
                f(s);
            }
        });
        let moved = self.moved.iter().filter(|(_, b)| b.intersects(window));
        moved.for_each(|(s, _)| f(*s));
    }

    fn live_slot(&self, fid: i64) -> Option<u32> {
        self.by_fid.get(fid).find(|s| !self.retired.contains(s))
    }

    fn slot(&self, slot: u32) -> &Parcel {
        self.shared(slot)
    }

    fn shared(&self, slot: u32) -> &Arc<Parcel> {
        &self.chunks[slot as usize / CHUNK][slot as usize % CHUNK]
    }
}

/// Whether two polygons share a piece of side of positive length.
pub fn shares_side(a: &Polygon, b: &Polygon, b_box: &BBox) -> bool {
    let near = a
        .sides()
        .filter(|(p, q)| p != q && segment::bbox(*p, *q).intersects(b_box));
    near.into_iter().any(|(p, q)| {
        let reach = segment::bbox(p, q);
        b.sides().any(|(r, s)| {
            r != s
                && segment::bbox(r, s).intersects(&reach)
                && matches!(segment::meet(p, q, r, s), segment::Meet::Overlap(..))
        })
    })
}

fn key_hash(p: &Parcel) -> u64 {
    hash_of(&p.commune, &p.sheet, &p.number)
}

/// Hash of a parcel's key; equal in one process only, never shown.
fn hash_of(commune: &str, sheet: &str, number: &str) -> u64 {
    static STATE: std::sync::LazyLock<std::hash::RandomState> = std::sync::LazyLock::new(Default::default);
    let mut h = STATE.build_hasher();
    for part in [commune, sheet, number] {
        h.write(part.as_bytes());
        h.write_u8(0xff);
    }
    h.finish()
}

/// Slots by a key: a sorted list from the load and a short one of what came later. A slot found may
/// have another key by now; the caller compares.
#[derive(Clone, Debug)]
struct Lookup<K> {
    loaded: Arc<Vec<(K, u32)>>,
    later: Vec<(K, u32)>,
}

impl<K> Default for Lookup<K> {
    fn default() -> Self {
        Self {
            loaded: Arc::default(),
            later: Vec::new(),
        }
    }
}

impl<K: Ord + Copy + Send + Sync> Lookup<K> {
    fn build(parcels: &[Arc<Parcel>], key: impl Fn(&Parcel) -> K + Sync) -> Self {
        let mut loaded: Vec<(K, u32)> = parcels
            .par_iter()
            .enumerate()
            .map(|(s, p)| (key(p), s as u32))
            .collect();
        loaded.par_sort_unstable();
        Self {
            loaded: Arc::new(loaded),
            later: Vec::new(),
        }
    }

    fn get(&self, key: K) -> impl Iterator<Item = u32> {
        let first = self.loaded.partition_point(|(k, _)| *k < key);
        let loaded = self.loaded[first..].iter().take_while(move |(k, _)| *k == key);
        let later = self.later.iter().filter(move |(k, _)| *k == key);
        loaded.chain(later).map(|(_, s)| *s)
    }

    fn add(&mut self, key: K, slot: u32) {
        self.later.push((key, slot));
        if self.later.len() > 2048 {
            let mut all = self.loaded.as_ref().clone();
            all.append(&mut self.later);
            all.sort_unstable();
            all.dedup();
            self.loaded = Arc::new(all);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::topology::testing::{grid, parcel, polygon};
    use proptest::prelude::*;

    #[test]
    fn queries_on_four_squares() {
        // 3 4
        // 1 2   each 10 m; 5 is a pond in the middle of 1 with its own parcel.
        let mut all = grid(2, 2, 10_000);
        all[0].polygon =
            polygon("0 0, 10000 0, 10000 10000, 0 10000 | 4000 4000, 4000 6000, 6000 6000, 6000 4000");
        all.push(parcel(5, "4000 4000, 6000 4000, 6000 6000, 4000 6000"));
        let c = Coverage::build(all);
        assert_eq!(c.len(), 5);
        assert_eq!(c.at(Pt::new(5000, 5000)), [5]);
        assert_eq!(c.at(Pt::new(1, 1)), [1]);
        assert_eq!(c.at(Pt::new(4000, 5000)), [5, 1]);
        assert_eq!(c.at(Pt::new(10_000, 10_000)), [1, 2, 3, 4]);
        assert_eq!(c.at(Pt::new(30_000, 0)), Vec::<i64>::new());
        assert_eq!(c.users_of(Pt::new(10_000, 10_000)), [1, 2, 3, 4]);
        assert_eq!(c.users_of(Pt::new(4000, 4000)), [1, 5]);
        assert_eq!(c.users_of(Pt::new(4000, 4001)), Vec::<i64>::new());
        assert_eq!(c.neighbours(1), [2, 3, 5]);
        assert_eq!(c.neighbours(5), [1]);
        assert_eq!(
            c.window(&BBox {
                min: Pt::new(10_001, 0),
                max: Pt::new(11_000, 9999)
            }),
            [2]
        );
        assert_eq!(c.by_key(&c.get(3).unwrap().key()), [3]);
        let uid = c.get(4).unwrap().uid;
        assert_eq!(c.by_uid(uid).unwrap().fid, 4);
        assert_eq!(
            c.bbox(),
            Some(BBox {
                min: Pt::new(0, 0),
                max: Pt::new(20_000, 20_000)
            })
        );
    }

    #[test]
    fn nearest() {
        let c = Coverage::build(grid(3, 3, 10_000));
        let p = c.nearest_point(Pt::new(9_700, 10_400), 1000).unwrap();
        assert_eq!((p.at, p.distance), (Pt::new(10_000, 10_000), 500.0));
        assert_eq!(c.nearest_point(Pt::new(5_000, 5_000), 7_071), None);
        assert!(c.nearest_point(Pt::new(5_000, 5_000), 7_072).is_some());
        let s = c.nearest_side(Pt::new(15_000, 9_000), 5_000).unwrap();
        assert_eq!((s.at, s.distance), (Pt::new(15_000, 10_000), 1000.0));
        assert_eq!(c.nearest_side(Pt::new(-90_000, 0), 89_999), None);
        assert!(c.nearest_side(Pt::new(-90_000, 0), 90_000).is_some());
    }

    #[test]
    fn snapshots_do_not_see_later_writes() {
        let mut live = Arc::new(Coverage::build(grid(2, 1, 10_000)));
        let before = live.clone();
        let mut changed = live.get(2).unwrap().clone();
        changed.number = "77".into();
        changed.polygon = polygon("50000 0, 60000 0, 60000 9000");
        changed.bbox = changed.polygon.bbox();
        let writer = Arc::make_mut(&mut live);
        writer.replace(changed.clone());
        writer.remove(1);
        assert_ne!(before.revision(), live.revision());
        assert_eq!((before.len(), live.len()), (2, 1));
        assert_eq!(before.at(Pt::new(15_000, 5_000)), [2]);
        assert_eq!(live.at(Pt::new(15_000, 5_000)), Vec::<i64>::new());
        assert_eq!(live.at(Pt::new(59_000, 1_000)), [2]);
        assert!(live.get(1).is_none() && before.get(1).is_some());
        assert_eq!(live.by_key(&changed.key()), [2]);
        assert_eq!(live.by_key(&before.get(2).unwrap().key()), Vec::<i64>::new());
        let back = before.get(1).unwrap().clone();
        Arc::make_mut(&mut live).replace(back);
        assert_eq!(live.at(Pt::new(1, 1)), [1]);
    }

    proptest! {
        /// However it was edited, the coverage answers like one built afresh from the same parcels.
        #[test]
        fn edited_equals_rebuilt(edits in proptest::collection::vec((0i64..60, 0i64..40, 0i64..40, any::<bool>()), 0..700)) {
            let mut c = Coverage::build(grid(6, 6, 1000));
            for (i, (fid, e, n, keep)) in edits.into_iter().enumerate() {
                if keep {
                    let (e, n) = (e * 200, n * 200);
                    let mut p = parcel(fid, &format!("{e} {n}, {} {n}, {e} {}", e + 700, n + 700));
                    p.number = format!("{}", i % 50).into();
                    c.replace(p);
                } else {
                    c.remove(fid);
                }
            }
            let fresh = Coverage::build(c.iter().cloned().collect());
            prop_assert_eq!(fresh.len(), c.len());
            for e in (0..9000).step_by(1300) {
                for n in (0..9000).step_by(1700) {
                    let at = Pt::new(e, n);
                    let w = BBox::EMPTY.with(at).grown(1500);
                    prop_assert_eq!(c.window(&w), fresh.window(&w));
                    prop_assert_eq!(c.at(at), fresh.at(at));
                    prop_assert_eq!(c.users_of(at), fresh.users_of(at));
                    prop_assert_eq!(c.nearest_point(at, 3000), fresh.nearest_point(at, 3000));
                    prop_assert_eq!(c.nearest_side(at, 3000), fresh.nearest_side(at, 3000));
                }
            }
            for p in fresh.iter() {
                prop_assert_eq!(c.get(p.fid), Some(p));
                prop_assert_eq!(c.by_key(&p.key()), fresh.by_key(&p.key()));
            }
        }
    }
}
