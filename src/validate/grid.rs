//! Boxes by the squares they touch: finds those near a place without a look at the others.

use std::collections::{BTreeSet, HashMap};

use crate::domain::{BBox, Pt};

/// Side of a square, mm.
const SQUARE: i64 = 256_000;
/// A box over more squares than this is kept apart and always looked at.
const MOST: i64 = 64;

/// Numbers of boxes by place. Insert and remove with the same box.
#[derive(Clone, Debug, Default)]
pub struct Grid {
    squares: HashMap<(i64, i64), Vec<i64>>,
    wide: BTreeSet<i64>,
}

impl Grid {
    pub fn insert(&mut self, bbox: &BBox, id: i64) {
        match squares(bbox) {
            Some(all) => all.for_each(|s| self.squares.entry(s).or_default().push(id)),
            None => {
                self.wide.insert(id);
            }
        }
    }

    /// Nothing happens when it is not there.
    pub fn remove(&mut self, bbox: &BBox, id: i64) {
        let Some(all) = squares(bbox) else {
            self.wide.remove(&id);
            return;
        };
        for square in all {
            if let Some(ids) = self.squares.get_mut(&square) {
                ids.retain(|i| *i != id);
                if ids.is_empty() {
                    self.squares.remove(&square);
                }
            }
        }
    }

    /// Numbers of the boxes that may meet `place`, sorted.
    pub fn near(&self, place: &BBox) -> Vec<i64> {
        let mut found: Vec<i64> = self.wide.iter().copied().collect();
        match squares(place) {
            Some(all) => found.extend(all.filter_map(|s| self.squares.get(&s)).flatten()),
            None => found.extend(self.squares.values().flatten()),
        }
        found.sort_unstable();
        found.dedup();
        found
    }
}

/// The squares a box touches; `None` when they are many.
fn squares(bbox: &BBox) -> Option<impl Iterator<Item = (i64, i64)>> {
    let square = |p: Pt| (p.e.div_euclid(SQUARE), p.n.div_euclid(SQUARE));
    let (low, high) = (square(bbox.min), square(bbox.max));
    let count = (high.0 - low.0 + 1).checked_mul(high.1 - low.1 + 1)?;
    (count <= MOST).then(|| (low.0..=high.0).flat_map(move |e| (low.1..=high.1).map(move |n| (e, n))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// What a look at every box finds, the grid finds; what was removed it does not.
        #[test]
        fn finds_what_meets(
            boxes in proptest::collection::vec((-3_000i64..3_000, -3_000i64..3_000, 0i64..4_000, 0i64..800), 1..30),
            place in (-3_000i64..3_000, -3_000i64..3_000, 0i64..5_000),
        ) {
            let bbox = |e: i64, n: i64, w: i64, h: i64| BBox {
                min: Pt::new(e * 1000, n * 1000),
                max: Pt::new((e + w) * 1000, (n + h) * 1000),
            };
            let boxes: Vec<BBox> = boxes.into_iter().map(|(e, n, w, h)| bbox(e, n, w, h)).collect();
            let place = bbox(place.0, place.1, place.2, place.2);
            let mut grid = Grid::default();
            boxes.iter().zip(0..).for_each(|(b, i)| grid.insert(b, i));
            boxes.iter().zip(0..).step_by(3).for_each(|(b, i)| grid.remove(b, i));
            let near = grid.near(&place);
            for (i, b) in boxes.iter().enumerate() {
                let there = near.contains(&(i as i64));
                prop_assert!(there || i % 3 == 0 || !b.intersects(&place));
                prop_assert!(!there || i % 3 != 0);
            }
        }
    }
}
