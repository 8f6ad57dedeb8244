//! Boxes in an R*-tree (crate `rstar`): loaded in bulk, then only read.
//!
//! Entries are 20 bytes, so that a district of half a million parcels stays small; a snapshot of a
//! coverage shares the tree. Edits do not change it; the coverage keeps what moved beside it and rebuilds
//! now and then.

use std::ops::ControlFlow;

use rayon::prelude::*;
use rstar::{AABB, RStarInsertionStrategy, RTree, RTreeObject, RTreeParams};

use crate::domain::{BBox, Pt};

/// A box relative to the tree's origin, mm.
type Small = AABB<[i32; 2]>;

/// Entry number and box.
#[derive(Clone, Copy, Debug)]
struct Entry {
    number: u32,
    min: [i32; 2],
    max: [i32; 2],
}

impl RTreeObject for Entry {
    type Envelope = Small;

    fn envelope(&self) -> Small {
        AABB::from_corners(self.min, self.max)
    }
}

/// Wide nodes: fewer steps for windows of some hundred parcels.
#[derive(Debug)]
struct Wide;

impl RTreeParams for Wide {
    const MIN_SIZE: usize = 6;
    const MAX_SIZE: usize = 16;
    const REINSERTION_COUNT: usize = 4;
    type DefaultInsertionStrategy = RStarInsertionStrategy;
}

/// The tree. Entry `i` is the `i`-th box given to [`Tree::build`].
#[derive(Debug, Default)]
pub struct Tree {
    origin: Pt,
    bounds: Option<BBox>,
    tree: RTree<Entry, Wide>,
}

impl Tree {
    /// Indexes the boxes; empty ones are left out.
    pub fn build(boxes: &[BBox]) -> Self {
        let all = union(boxes);
        if all.is_empty() {
            return Self::default();
        }
        let origin = all.centre();
        let entries = boxes.iter().zip(0..).filter(|(b, _)| !b.is_empty());
        let entries = entries.map(|(b, number)| {
            let small = small(origin, b);
            Entry {
                number,
                min: small.lower(),
                max: small.upper(),
            }
        });
        Self {
            origin,
            bounds: Some(all),
            tree: RTree::bulk_load_with_params(entries.collect()),
        }
    }

    /// Box of everything; `None` when empty.
    pub fn bounds(&self) -> Option<BBox> {
        self.bounds
    }

    /// Numbers the entries anew in the order of the tree, in which neighbours on the map are mostly near
    /// each other. Gives the former number of each.
    pub fn renumber(&mut self) -> Vec<u32> {
        let entries = self.tree.iter_mut().zip(0..);
        entries
            .map(|(e, new)| std::mem::replace(&mut e.number, new))
            .collect()
    }

    /// Calls `f` with every entry whose box shares a point with `window`.
    ///
    /// Exact for boxes within 2000 km of the centre; farther ones are only cut to that, so an entry
    /// out there may be reported too much, never too little.
    pub fn query(&self, window: &BBox, mut f: impl FnMut(u32)) {
        if window.is_empty() {
            return;
        }
        let window = small(self.origin, window);
        let _all: ControlFlow<()> = self.tree.locate_in_envelope_intersecting_int(&window, |e| {
            f(e.number);
            ControlFlow::Continue(())
        });
    }
}

/// A box around the origin. Cutting at the range keeps order, so boxes that meet still meet.
fn small(o: Pt, b: &BBox) -> Small {
    let cut = |v: i64| v.clamp(i32::MIN.into(), i32::MAX.into()) as i32;
    AABB::from_corners(
        [cut(b.min.e.saturating_sub(o.e)), cut(b.min.n.saturating_sub(o.n))],
        [cut(b.max.e.saturating_sub(o.e)), cut(b.max.n.saturating_sub(o.n))],
    )
}

fn union(boxes: &[BBox]) -> BBox {
    boxes
        .par_iter()
        .with_min_len(4096)
        .copied()
        .filter(|b| !b.is_empty())
        .reduce(|| BBox::EMPTY, BBox::union)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn found(tree: &Tree, w: &BBox) -> Vec<u32> {
        let mut v = Vec::new();
        tree.query(w, |e| v.push(e));
        v.sort_unstable();
        v
    }

    fn any_box() -> impl Strategy<Value = BBox> {
        (-5000i64..5000, -5000i64..5000, 0i64..900, 0i64..900).prop_map(|(e, n, w, h)| BBox {
            min: Pt::new(e, n),
            max: Pt::new(e + w, n + h),
        })
    }

    proptest! {
        #[test]
        fn same_as_looking_at_all(boxes in proptest::collection::vec(any_box(), 0..600), w in any_box()) {
            let tree = Tree::build(&boxes);
            for w in [w, w.grown(3000), w.grown(20_000)] {
                let want: Vec<u32> = (0..boxes.len() as u32).filter(|&i| boxes[i as usize].intersects(&w)).collect();
                prop_assert_eq!(found(&tree, &w), want);
            }
        }
    }

    #[test]
    fn far_apart_and_empty() {
        let m = crate::domain::MAX_COORDINATE;
        let at = |e, n| BBox::EMPTY.with(Pt::new(e, n));
        let tree = Tree::build(&[at(-m, -m), BBox::EMPTY, at(m, m), at(0, 0)]);
        assert_eq!(found(&tree, &at(0, 0)), [3]);
        assert_eq!(found(&tree, &at(m, m)), [2]);
        assert_eq!(found(&Tree::build(&[]), &at(0, 0)), Vec::<u32>::new());
    }

    #[test]
    fn renumbered_entries_are_where_they_were() {
        let boxes: Vec<BBox> = (0..500)
            .map(|i| BBox::EMPTY.with(Pt::new(i * 7919 % 1000, i * 104_729 % 1000)))
            .collect();
        let mut tree = Tree::build(&boxes);
        let was = tree.renumber();
        for (new, old) in was.iter().enumerate() {
            assert_eq!(found(&tree, &boxes[*old as usize]), [new as u32]);
        }
    }
}
