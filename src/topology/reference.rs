//! Lines and points of other files laid over the map (a planning line, a new survey, an old sheet): to be
//! looked at, snapped to and aligned to. They are no part of the register.

use super::index::Tree;
use super::segment;
use crate::domain::{BBox, Pt};

/// Lines on the lattice, end to end, while they are read. A line of one point is a point.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Lines {
    points: Vec<Pt>,
    /// End of each line in `points`.
    ends: Vec<u32>,
    /// Number of the record in the file each line came from, from 1.
    records: Vec<u64>,
}

impl Lines {
    /// Adds a line; points that repeat the one before are left out. Without any point it is no line.
    pub fn push(&mut self, record: u64, points: impl IntoIterator<Item = Pt>) {
        let start = self.points.len();
        for p in points {
            if self.points.len() == start || self.points.last() != Some(&p) {
                self.points.push(p);
            }
        }
        if self.points.len() > start {
            self.ends.push(self.points.len() as u32);
            self.records.push(record);
        }
    }

    pub fn point_count(&self) -> usize {
        self.points.len()
    }
}

/// Lines with an index of their pieces. A closed line repeats its first point.
#[derive(Debug, Default)]
pub struct Reference {
    lines: Lines,
    /// Entry `i`: the piece from point `i` to the next of its line, or the point itself where it is alone.
    tree: Tree,
}

/// A piece of a line; a point alone has both ends the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Piece {
    pub line: usize,
    pub from: Pt,
    pub to: Pt,
}

impl Reference {
    pub fn build(lines: Lines) -> Self {
        let mut boxes = vec![BBox::EMPTY; lines.points.len()];
        let mut start = 0;
        for end in lines.ends.iter().map(|e| *e as usize) {
            match &lines.points[start..end] {
                [one] => boxes[start] = BBox::of([*one]),
                many => {
                    for (i, w) in many.windows(2).enumerate() {
                        boxes[start + i] = segment::bbox(w[0], w[1]);
                    }
                }
            }
            start = end;
        }
        Self {
            tree: Tree::build(&boxes),
            lines,
        }
    }

    /// Lines and single points.
    pub fn len(&self) -> usize {
        self.lines.ends.len()
    }

    pub fn is_empty(&self) -> bool {
        self.lines.ends.is_empty()
    }

    pub fn point_count(&self) -> usize {
        self.lines.points.len()
    }

    pub fn bbox(&self) -> Option<BBox> {
        self.tree.bounds()
    }

    /// Points of a line.
    pub fn line(&self, i: usize) -> &[Pt] {
        let start = i.checked_sub(1).map_or(0, |b| self.lines.ends[b] as usize);
        &self.lines.points[start..self.lines.ends[i] as usize]
    }

    /// Record of the file a line came from, from 1.
    pub fn record(&self, i: usize) -> u64 {
        self.lines.records[i]
    }

    /// Calls `f` with every piece whose box shares a point with the window.
    pub fn window_for_each(&self, window: &BBox, mut f: impl FnMut(Piece)) {
        self.tree.query(window, |i| {
            let line = self.lines.ends.partition_point(|end| *end <= i);
            let from = self.lines.points[i as usize];
            let last = self.lines.ends[line] == i + 1;
            let to = if last {
                from
            } else {
                self.lines.points[i as usize + 1]
            };
            f(Piece { line, from, to });
        });
    }

    /// The lines that reach into the window, ascending.
    pub fn within(&self, window: &BBox) -> Vec<usize> {
        let mut found = Vec::new();
        self.window_for_each(window, |p| {
            if found.last() != Some(&p.line) {
                found.push(p.line);
            }
        });
        found.sort_unstable();
        found.dedup();
        found
    }

    /// The line nearest to a place, at most `mm` away, and its distance (mm); points alone are none. Ties: the
    /// first of the file.
    pub fn nearest_line(&self, p: Pt, mm: i64) -> Option<(usize, f64)> {
        let mut best: Option<(f64, usize)> = None;
        self.window_for_each(&BBox::of([p]).grown(mm), |piece| {
            if piece.from == piece.to || !segment::within(p, piece.from, piece.to, mm) {
                return;
            }
            let d = segment::distance(p, piece.from, piece.to);
            if best.is_none_or(|b| (d, piece.line) < b) {
                best = Some((d, piece.line));
            }
        });
        best.map(|(d, line)| (line, d))
    }

    /// The part of a line between the places nearest to `from` and `to`, with one point more at either
    /// end; of a closed line the shorter way round. All of it where the two places are the same.
    pub fn part(&self, line: usize, from: Pt, to: Pt) -> Vec<Pt> {
        let points = self.line(line);
        let last = points.len() - 1;
        let (Some(a), Some(b)) = (nearest_piece(points, from), nearest_piece(points, to)) else {
            return points.to_vec();
        };
        let (low, high) = (a.min(b), a.max(b));
        let inner = &points[low..=(high + 1).min(last)];
        let closed = points.len() > 3 && points.first() == points.last();
        if !closed {
            return points[low.saturating_sub(1)..=(high + 2).min(last)].to_vec();
        }
        let around: Vec<Pt> = points[high..last]
            .iter()
            .chain(&points[..=low + 1])
            .copied()
            .collect();
        match length(inner) <= length(&around) {
            true => inner.to_vec(),
            false => around,
        }
    }
}

fn nearest_piece(points: &[Pt], p: Pt) -> Option<usize> {
    let pieces = points.windows(2).enumerate();
    let near = pieces.map(|(i, w)| (segment::distance(p, w[0], w[1]), i));
    near.min_by(|x, y| x.0.total_cmp(&y.0)).map(|(_, i)| i)
}

fn length(points: &[Pt]) -> f64 {
    points.windows(2).map(|w| w[0].dist(w[1])).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn pt(e: i64, n: i64) -> Pt {
        Pt::new(e, n)
    }

    fn sample() -> Reference {
        let mut lines = Lines::default();
        lines.push(
            3,
            [pt(0, 0), pt(0, 0), pt(100, 0), pt(200, 0), pt(300, 0), pt(400, 0)],
        );
        lines.push(4, [pt(50, 50)]);
        lines.push(4, []);
        lines.push(
            7,
            [pt(0, 100), pt(100, 100), pt(100, 200), pt(0, 200), pt(0, 100)],
        );
        Reference::build(lines)
    }

    #[test]
    fn lines_points_and_records() {
        let r = sample();
        assert_eq!((r.len(), r.point_count()), (3, 11));
        assert_eq!(r.line(1), [pt(50, 50)]);
        assert_eq!((r.record(0), r.record(1), r.record(2)), (3, 4, 7));
        assert_eq!(r.within(&BBox::of([pt(40, 40), pt(60, 120)])), [1, 2]);
        assert_eq!(
            r.nearest_line(pt(55, 40), 45),
            Some((0, 40.0)),
            "a point alone is no line"
        );
        assert_eq!(r.nearest_line(pt(55, 46), 45), None);
        assert_eq!(r.bbox(), Some(BBox::of([pt(0, 0), pt(400, 200)])));
        assert!(Reference::build(Lines::default()).is_empty());
    }

    #[test]
    fn a_part_of_a_line_and_the_shorter_way_round_a_ring() {
        let r = sample();
        assert_eq!(
            r.part(0, pt(210, 5), pt(290, 5)),
            [pt(100, 0), pt(200, 0), pt(300, 0), pt(400, 0)]
        );
        assert_eq!(
            r.part(0, pt(390, 5), pt(110, 5)).first(),
            Some(&pt(0, 0)),
            "either order"
        );
        assert_eq!(
            r.part(2, pt(10, 101), pt(99, 110)),
            [pt(0, 100), pt(100, 100), pt(100, 200)]
        );
        // Over the point the ring begins and ends with.
        assert_eq!(
            r.part(2, pt(10, 101), pt(1, 110)),
            [pt(0, 200), pt(0, 100), pt(100, 100)]
        );
    }

    proptest! {
        #[test]
        fn the_index_finds_what_looking_at_all_finds(
            lines in proptest::collection::vec(proptest::collection::vec((0i64..2000, 0i64..2000), 0..9), 0..40),
            e in 0i64..2000, n in 0i64..2000, reach in 1i64..600,
        ) {
            let mut all = Lines::default();
            for (i, l) in lines.iter().enumerate() {
                all.push(i as u64 + 1, l.iter().map(|(e, n)| pt(*e, *n)));
            }
            let r = Reference::build(all);
            let p = pt(e, n);
            let best = (0..r.len())
                .flat_map(|i| r.line(i).windows(2).map(move |w| (segment::distance(p, w[0], w[1]), i)))
                .min_by(|x, y| x.partial_cmp(y).unwrap());
            let want = best.filter(|b| b.0 <= reach as f64).map(|(d, i)| (i, d));
            prop_assert_eq!(r.nearest_line(p, reach), want);
            for i in 0..r.len() {
                let part = r.part(i, p, pt(n, e));
                prop_assert!(!part.is_empty() && part.iter().all(|q| r.line(i).contains(q)));
            }
        }
    }
}
