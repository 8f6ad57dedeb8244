//! Loose points in memory with an index: survey points, asked for by window.

use super::index::Tree;
use crate::domain::{BBox, Pt};

/// Points with an index. Point `i` is the `i`-th given to [`PointIndex::build`].
#[derive(Debug, Default)]
pub struct PointIndex {
    points: Vec<Pt>,
    tree: Tree,
}

impl PointIndex {
    pub fn build(points: Vec<Pt>) -> Self {
        let boxes: Vec<BBox> = points.iter().map(|p| BBox::of([*p])).collect();
        Self {
            tree: Tree::build(&boxes),
            points,
        }
    }

    pub fn len(&self) -> usize {
        self.points.len()
    }

    pub fn is_empty(&self) -> bool {
        self.points.is_empty()
    }

    /// Calls `f` with number and place of every point in the closed window.
    pub fn window_for_each(&self, window: &BBox, mut f: impl FnMut(usize, Pt)) {
        self.tree.query(window, |i| {
            let at = self.points[i as usize];
            if window.contains(at) {
                f(i as usize, at);
            }
        });
    }

    /// The nearest point at most `mm` away; ties: smallest number.
    pub fn nearest(&self, p: Pt, mm: i64) -> Option<(usize, Pt)> {
        let limit = i128::from(mm) * i128::from(mm);
        let mut best: Option<(i128, usize, Pt)> = None;
        self.window_for_each(&BBox::of([p]).grown(mm), |i, at| {
            let d = at.dist2(p);
            if d <= limit && best.is_none_or(|b| (d, i) < (b.0, b.1)) {
                best = Some((d, i, at));
            }
        });
        best.map(|(_, i, at)| (i, at))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_within_reach() {
        let at = |e, n| Pt::new(e, n);
        let index = PointIndex::build(vec![at(0, 0), at(100, 0), at(100, 0), at(0, 100)]);
        assert_eq!(index.nearest(at(90, 3), 20), Some((1, at(100, 0))));
        assert_eq!(index.nearest(at(50, 50), 20), None);
        assert_eq!(index.nearest(at(0, 100), 0), Some((3, at(0, 100))));
        assert_eq!(PointIndex::default().nearest(at(0, 0), 1000), None);
    }
}
