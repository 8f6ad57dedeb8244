//! A packed R-tree over boxes in Hilbert order: built at once, then only read.
//!
//! One flat array of 16-byte boxes per level instead of nodes: about 18 bytes an entry, a snapshot is a
//! pointer, and a view of five hundred parcels costs some microseconds. Edits do not change it; the
//! coverage keeps what moved beside it and rebuilds now and then.

use rayon::prelude::*;

use crate::domain::{BBox, Pt};

/// Children of a node.
const FAN: usize = 16;

/// A box relative to the tree's origin, [min e, min n, max e, max n] in mm.
type Small = [i32; 4];

/// The tree. Entry `i` is the `i`-th box given to [`Tree::build`].
#[derive(Debug, Default)]
pub struct Tree {
    origin: Pt,
    bounds: Option<BBox>,
    /// Level 0 = entries in Hilbert order, last = root.
    levels: Vec<Vec<Small>>,
    /// Entry at each position of level 0.
    entries: Vec<u32>,
}

impl Tree {
    /// Indexes the boxes; empty ones are left out.
    pub fn build(boxes: &[BBox]) -> Self {
        let all = union(boxes);
        if all.is_empty() {
            return Self::default();
        }
        let mut order: Vec<(u32, u32)> = (0..boxes.len() as u32)
            .into_par_iter()
            .with_min_len(4096)
            .filter(|&i| !boxes[i as usize].is_empty())
            .map(|i| (hilbert_in(&all, boxes[i as usize].centre()), i))
            .collect();
        order.par_sort_unstable();
        let mut tree = Self {
            origin: all.centre(),
            bounds: Some(all),
            levels: Vec::new(),
            entries: order.iter().map(|&(_, i)| i).collect(),
        };
        let mut level: Vec<Small> = tree
            .entries
            .iter()
            .map(|&i| tree.small(&boxes[i as usize]))
            .collect();
        while level.len() > 1 {
            let up = level.chunks(FAN).map(cover).collect();
            tree.levels.push(std::mem::replace(&mut level, up));
        }
        tree.levels.push(level);
        tree
    }

    /// Box of everything; `None` when empty.
    pub fn bounds(&self) -> Option<BBox> {
        self.bounds
    }

    /// Entries in Hilbert order: neighbours on the map are near each other here.
    pub fn order(&self) -> &[u32] {
        &self.entries
    }

    /// Calls `f` with every entry whose box shares a point with `window`.
    ///
    /// Exact for boxes within 2000 km of the centre; farther ones are only cut to that, so an entry
    /// out there may be reported too much, never too little.
    pub fn query(&self, window: &BBox, mut f: impl FnMut(u32)) {
        if self.levels.is_empty() || window.is_empty() {
            return;
        }
        let w = self.small(window);
        let top = self.levels.len() - 1;
        if meets(&self.levels[top][0], &w) {
            self.descend(top, 0, &w, &mut f);
        }
    }

    /// Below a node that meets the window.
    fn descend(&self, level: usize, node: usize, w: &Small, f: &mut impl FnMut(u32)) {
        if level == 0 {
            f(self.entries[node]);
            return;
        }
        let below = &self.levels[level - 1];
        let first = node * FAN;
        let last = (first + FAN).min(below.len());
        if inside(&self.levels[level][node], w) {
            let width = FAN.pow(level as u32);
            let end = ((node + 1) * width).min(self.entries.len());
            self.entries[node * width..end].iter().for_each(|&e| f(e));
        } else if level == 1 {
            for (b, &e) in below[first..last].iter().zip(&self.entries[first..last]) {
                if meets(b, w) {
                    f(e);
                }
            }
        } else {
            for (i, b) in below[first..last].iter().enumerate() {
                if meets(b, w) {
                    self.descend(level - 1, first + i, w, f);
                }
            }
        }
    }

    /// A box around the origin. Cutting at the range keeps order, so boxes that meet still meet.
    fn small(&self, b: &BBox) -> Small {
        let cut = |v: i64| v.clamp(i32::MIN.into(), i32::MAX.into()) as i32;
        let o = self.origin;
        [
            cut(b.min.e.saturating_sub(o.e)),
            cut(b.min.n.saturating_sub(o.n)),
            cut(b.max.e.saturating_sub(o.e)),
            cut(b.max.n.saturating_sub(o.n)),
        ]
    }
}

fn union(boxes: &[BBox]) -> BBox {
    boxes
        .par_iter()
        .with_min_len(4096)
        .copied()
        .filter(|b| !b.is_empty())
        .reduce(|| BBox::EMPTY, BBox::union)
}

fn meets(a: &Small, b: &Small) -> bool {
    a[0] <= b[2] && b[0] <= a[2] && a[1] <= b[3] && b[1] <= a[3]
}

fn inside(a: &Small, b: &Small) -> bool {
    b[0] <= a[0] && a[2] <= b[2] && b[1] <= a[1] && a[3] <= b[3]
}

fn cover(boxes: &[Small]) -> Small {
    boxes
        .iter()
        .fold([i32::MAX, i32::MAX, i32::MIN, i32::MIN], |c, b| {
            [c[0].min(b[0]), c[1].min(b[1]), c[2].max(b[2]), c[3].max(b[3])]
        })
}

/// Place of `p` on a Hilbert curve of order 16 over `all`.
fn hilbert_in(all: &BBox, p: Pt) -> u32 {
    let scale = |v: i64, min: i64, size: i64| ((v - min) as f64 / size.max(1) as f64 * 65535.0) as u32;
    hilbert(
        scale(p.e, all.min.e, all.width()),
        scale(p.n, all.min.n, all.height()),
    )
}

/// Distance along the Hilbert curve of a 65536 × 65536 grid (the usual rotate-and-flip form).
fn hilbert(mut x: u32, mut y: u32) -> u32 {
    let mut d = 0u32;
    let mut s = 1u32 << 15;
    while s > 0 {
        let (rx, ry) = (u32::from(x & s > 0), u32::from(y & s > 0));
        d += s * s * ((3 * rx) ^ ry);
        if ry == 0 {
            if rx == 1 {
                x = 65535 - x;
                y = 65535 - y;
            }
            std::mem::swap(&mut x, &mut y);
        }
        s >>= 1;
    }
    d
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
    fn hilbert_neighbours_are_one_step_apart() {
        let mut at = std::collections::HashMap::new();
        for x in 0..8u32 {
            for y in 0..8u32 {
                at.insert(hilbert(x << 13, y << 13) >> 26, (x, y));
            }
        }
        assert_eq!(at.len(), 64);
        for d in 0..63 {
            let ((x, y), (u, v)) = (at[&d], at[&(d + 1)]);
            assert_eq!(x.abs_diff(u) + y.abs_diff(v), 1);
        }
    }
}
