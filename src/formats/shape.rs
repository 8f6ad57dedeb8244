//! The geometry of one record as read: polygons of rings in the file's own coordinates and axis
//! order, in flat buffers that are reused from record to record.

/// Polygons of rings of [x, y]. Each ring is as in the file: closing point kept, orientation kept;
/// `import` rounds, closes and orients. The first ring of a polygon is its shell.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Shape {
    points: Vec<[f64; 2]>,
    /// End of each ring in `points`.
    rings: Vec<usize>,
    /// End of each polygon in `rings`.
    polygons: Vec<usize>,
}

/// More rings than this in one record are refused: no parcel has them, and sorting holes into shells is quadratic.
pub(super) const MAX_RINGS: usize = 20_000;
/// Rings × points beyond which the sorting would take minutes.
const MAX_WORK: usize = 2_000_000_000;

impl Shape {
    pub fn clear(&mut self) {
        self.points.clear();
        self.rings.clear();
        self.polygons.clear();
    }

    pub fn is_empty(&self) -> bool {
        self.polygons.is_empty()
    }

    pub fn polygon_count(&self) -> usize {
        self.polygons.len()
    }

    pub fn point_count(&self) -> usize {
        self.points.len()
    }

    /// All points of all rings, in order.
    pub fn points(&self) -> &[[f64; 2]] {
        &self.points
    }

    /// Each polygon as its rings, shell first.
    pub fn polygons(&self) -> impl Iterator<Item = impl Iterator<Item = &[[f64; 2]]>> {
        (0..self.polygons.len()).map(move |p| {
            let first = if p == 0 { 0 } else { self.polygons[p - 1] };
            (first..self.polygons[p]).map(move |r| self.ring(r))
        })
    }

    /// Nested copy: polygons of rings of points.
    pub fn to_vec(&self) -> Vec<Vec<Vec<[f64; 2]>>> {
        self.polygons().map(|p| p.map(<[_]>::to_vec).collect()).collect()
    }

    pub(super) fn ring(&self, r: usize) -> &[[f64; 2]] {
        let from = if r == 0 { 0 } else { self.rings[r - 1] };
        &self.points[from..self.rings[r]]
    }

    pub(super) fn extend(&mut self, points: impl Iterator<Item = [f64; 2]>) {
        self.points.extend(points);
    }

    pub(super) fn end_ring(&mut self) {
        self.rings.push(self.points.len());
    }

    pub(super) fn end_polygon(&mut self) {
        self.polygons.push(self.rings.len());
    }

    pub(super) fn ring_count(&self) -> usize {
        self.rings.len()
    }

    pub(super) fn all_finite(&self) -> bool {
        self.points.iter().all(|[x, y]| x.is_finite() && y.is_finite())
    }

    /// Sorts loose rings into polygons by containment: a ring inside an even number of others is a
    /// shell, inside an odd number a hole of the smallest ring around it. Orientation is not asked,
    /// because programs get it wrong. False when there are too many rings to sort.
    pub(super) fn group_rings(&mut self) -> bool {
        self.polygons.clear();
        if self.rings.len() <= 1 {
            self.polygons.extend((!self.rings.is_empty()).then_some(1));
            return true;
        }
        if self.rings.len() > MAX_RINGS || self.rings.len().saturating_mul(self.points.len()) > MAX_WORK {
            return false;
        }
        let owner = self.owners();
        let order: Vec<Vec<usize>> = (0..owner.len())
            .filter(|&r| owner[r] == r)
            .map(|shell| {
                let mut rings = vec![shell];
                rings.extend((0..owner.len()).filter(|&r| r != shell && owner[r] == shell));
                rings
            })
            .collect();
        self.reorder(&order);
        true
    }

    /// For each ring the ring that is its shell: itself, or the one it is a hole of.
    fn owners(&self) -> Vec<usize> {
        let rings: Vec<_> = (0..self.rings.len()).map(|r| self.ring(r)).collect();
        let size: Vec<_> = rings.iter().map(|r| (bounds(r), area(r))).collect();
        let depth: Vec<(usize, Option<usize>)> = (0..rings.len())
            .map(|inner| {
                let around: Vec<usize> = (0..rings.len())
                    .filter(|&outer| {
                        size[inner].1 < size[outer].1
                            && box_inside(&size[inner].0, &size[outer].0)
                            && ring_inside(rings[inner], rings[outer])
                    })
                    .collect();
                (
                    around.len(),
                    around
                        .into_iter()
                        .min_by(|&a, &b| size[a].1.total_cmp(&size[b].1)),
                )
            })
            .collect();
        (0..depth.len())
            .map(|r| match depth[r] {
                (n, Some(shell)) if n % 2 == 1 && depth[shell].0.is_multiple_of(2) => shell,
                _ => r,
            })
            .collect()
    }

    fn reorder(&mut self, polygons: &[Vec<usize>]) {
        let old = std::mem::take(self);
        for rings in polygons {
            for &r in rings {
                self.points.extend_from_slice(old.ring(r));
                self.end_ring();
            }
            self.end_polygon();
        }
    }

    /// ISO WKB, little endian: POLYGON for one polygon, else MULTIPOLYGON.
    pub fn wkb(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(32 + self.points.len() * 16 + self.rings.len() * 4);
        if self.polygons.len() != 1 {
            wkb_head(&mut out, 6, self.polygons.len());
        }
        for polygon in self.polygons() {
            let rings: Vec<_> = polygon.collect();
            wkb_head(&mut out, 3, rings.len());
            for ring in rings {
                out.extend((ring.len() as u32).to_le_bytes());
                out.extend(ring.iter().flatten().flat_map(|v| v.to_le_bytes()));
            }
        }
        out
    }
}

fn wkb_head(out: &mut Vec<u8>, kind: u32, count: usize) {
    out.push(1);
    out.extend(kind.to_le_bytes());
    out.extend((count as u32).to_le_bytes());
}

/// [min x, min y, max x, max y].
fn bounds(ring: &[[f64; 2]]) -> [f64; 4] {
    let empty = [f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY];
    ring.iter().fold(empty, |b, p| {
        [b[0].min(p[0]), b[1].min(p[1]), b[2].max(p[0]), b[3].max(p[1])]
    })
}

/// Size of a ring, whatever its orientation.
fn area(ring: &[[f64; 2]]) -> f64 {
    let Some(&[x, y]) = ring.first() else { return 0.0 };
    let twice: f64 = ring
        .windows(2)
        .map(|w| (w[0][0] - x) * (w[1][1] - y) - (w[1][0] - x) * (w[0][1] - y))
        .sum();
    twice.abs() / 2.0
}

/// Whether box `a` lies in box `b`.
fn box_inside(a: &[f64; 4], b: &[f64; 4]) -> bool {
    a[0] >= b[0] && a[1] >= b[1] && a[2] <= b[2] && a[3] <= b[3]
}

/// Whether `inner` lies in `outer`, by the middles of a few sides: vertices may touch the outer ring.
fn ring_inside(inner: &[[f64; 2]], outer: &[[f64; 2]]) -> bool {
    let step = (inner.len() / 5).max(1);
    let middle = |w: &[[f64; 2]]| [f64::midpoint(w[0][0], w[1][0]), f64::midpoint(w[0][1], w[1][1])];
    let sides: Vec<_> = inner.windows(2).step_by(step).map(middle).collect();
    let inside = sides.iter().filter(|&&p| point_inside(p, outer)).count();
    2 * inside > sides.len()
}

/// Even-odd rule.
fn point_inside([x, y]: [f64; 2], ring: &[[f64; 2]]) -> bool {
    let Some(mut a) = ring.last() else { return false };
    let mut inside = false;
    for b in ring {
        if (a[1] > y) != (b[1] > y) && x < (b[0] - a[0]) * (y - a[1]) / (b[1] - a[1]) + a[0] {
            inside = !inside;
        }
        a = b;
    }
    inside
}

#[cfg(test)]
mod tests {
    use super::*;

    fn square(x: f64, y: f64, side: f64) -> Vec<[f64; 2]> {
        vec![[x, y], [x, y + side], [x + side, y + side], [x + side, y], [x, y]]
    }

    fn grouped(rings: &[Vec<[f64; 2]>]) -> Vec<usize> {
        let mut s = Shape::default();
        for r in rings {
            s.extend(r.iter().copied());
            s.end_ring();
        }
        assert!(s.group_rings());
        s.polygons().map(Iterator::count).collect()
    }

    #[test]
    fn rings_are_grouped_whatever_their_order_and_orientation() {
        let (shell, hole, island, far) = (
            square(0., 0., 10.),
            square(2., 2., 6.),
            square(4., 4., 2.),
            square(20., 0., 5.),
        );
        let mut reversed = hole.clone();
        reversed.reverse();
        assert_eq!(grouped(std::slice::from_ref(&shell)), [1]);
        assert_eq!(grouped(&[shell.clone(), reversed]), [2]);
        assert_eq!(grouped(&[hole.clone(), shell.clone()]), [2]);
        assert_eq!(grouped(&[far.clone(), island, shell.clone(), hole]), [1, 1, 2]);
        assert_eq!(grouped(&[shell, far]), [1, 1]);
    }

    #[test]
    fn a_hole_that_touches_the_shell_in_a_point_is_a_hole() {
        let shell = square(0., 0., 10.);
        let hole = vec![[0., 0.], [2., 4.], [4., 2.], [0., 0.]];
        assert_eq!(grouped(&[shell.clone(), hole]), [2]);
        let diamond = vec![[5., 0.], [10., 5.], [5., 10.], [0., 5.], [5., 0.]];
        assert_eq!(grouped(&[shell.clone(), diamond]), [2]);
        // The same ring twice is two shells: a fault for the rules to find, nothing is lost.
        assert_eq!(grouped(&[shell.clone(), shell]), [1, 1]);
    }
}
