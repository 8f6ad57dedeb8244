//! Exact area coverage: how much of each pixel a set of polygons covers.
//!
//! Every edge adds, to the pixel it passes and to the one right of it, the change of coverage it
//! causes; a running sum along the row gives the coverage. Nothing is sampled, so a coverage of
//! parcels is mixed without holes, seams or moiré at any zoom: the shares of the parcels in a pixel
//! add up to one, and a parcel of a tenth of a pixel gives a tenth of its colour. All is integer
//! arithmetic on a 1/256 pixel grid: the order of polygons does not matter, an edge and the
//! neighbour's copy of it cancel exactly, and a tile equals the same part of a larger picture.
//! (Signed-area accumulation as in the FreeType smooth rasteriser, colour carried along.)

use super::viewport::{Fix, UNITS, floor};

/// Coverage of a full pixel: 2 · 256².
pub const FULL: i32 = 2 * UNITS * UNITS;

const SHIFT: u32 = UNITS.trailing_zeros();

/// A band of pixels that collects `N` values weighted by coverage. Sums wrap: what counts is the
/// final value, which fits.
pub struct Cover<const N: usize> {
    width: i32,
    height: i32,
    stride: usize,
    cells: Vec<[i32; N]>,
    /// Rows that hold anything.
    touched: Vec<bool>,
}

impl<const N: usize> Cover<N> {
    pub fn new(width: u32, height: u32) -> Self {
        // Two spare cells: the change right of the last pixel has a place to go.
        let stride = width as usize + 2;
        Self {
            width: width as i32,
            height: height as i32,
            stride,
            cells: vec![[0; N]; stride * height as usize],
            touched: vec![false; height as usize],
        }
    }

    /// Adds a closed ring, moved up by `top` units; `value` counts positive inside a ring that is
    /// counter-clockwise on the screen.
    pub fn ring(&mut self, ring: &[Fix], top: i32, value: [i32; N]) {
        let Some(&last) = ring.last() else { return };
        let mut a = [last[0], last[1] - top];
        for p in ring {
            let b = [p[0], p[1] - top];
            self.edge(a, b, value);
            a = b;
        }
    }

    /// The sums of row `y` from left to right: `f` gets each run of pixels with one sum as its
    /// first column and the one past its last. The row is cleared for the next layer.
    pub fn take_row(&mut self, y: usize, mut f: impl FnMut(usize, usize, [i32; N])) {
        if !std::mem::take(&mut self.touched[y]) {
            return f(0, self.width as usize, [0; N]);
        }
        let row = &mut self.cells[y * self.stride..(y + 1) * self.stride];
        let (mut sum, mut from) = ([0i32; N], 0);
        for (x, cell) in row[..self.width as usize].iter_mut().enumerate() {
            if *cell == [0; N] {
                continue;
            }
            if x > from {
                f(from, x, sum);
            }
            for (s, v) in sum.iter_mut().zip(cell.iter()) {
                *s = s.wrapping_add(*v);
            }
            (*cell, from) = ([0; N], x);
        }
        f(from, self.width as usize, sum);
        row[self.width as usize..].fill([0; N]);
    }

    fn edge(&mut self, a: Fix, b: Fix, value: [i32; N]) {
        if a[1] == b[1] {
            return;
        }
        // Counter-clockwise on the screen means the inside lies right of a downward edge.
        let (from, to, value) = if a[1] < b[1] {
            (a, b, value)
        } else {
            (b, a, value.map(|v| -v))
        };
        let bottom = self.height << SHIFT;
        let right = self.width << SHIFT;
        if to[1] <= 0 || from[1] >= bottom || from[0].min(to[0]) >= right {
            return;
        }
        let slope = f64::from(to[0] - from[0]) / f64::from(to[1] - from[1]);
        let x_at = |y: i32| from[0] + floor(f64::from(y - from[1]) * slope + 0.5) as i32;
        let (mut x, mut y) = if from[1] < 0 {
            (x_at(0), 0)
        } else {
            (from[0], from[1])
        };
        let end = to[1].min(bottom);
        while y < end {
            let next = ((y >> SHIFT) + 1) << SHIFT;
            let (nx, ny) = if next >= to[1] {
                (to[0], to[1])
            } else {
                (x_at(next), next)
            };
            self.piece((y >> SHIFT) as usize, [x, nx], ny - y, value);
            (x, y) = (nx, ny);
        }
    }

    /// The part of an edge inside one row: from `x[0]` to `x[1]`, `dy` units high.
    fn piece(&mut self, row: usize, x: [i32; 2], dy: i32, value: [i32; N]) {
        let (l, r) = (x[0].min(x[1]), x[0].max(x[1]));
        if l >= self.width << SHIFT {
            return;
        }
        if r < 0 {
            return self.put(row, 0, dy, 0, value);
        }
        if l >= 0 && l >> SHIFT == r >> SHIFT {
            let area = dy * ((l & (UNITS - 1)) + (r & (UNITS - 1)));
            return self.put(row, (l >> SHIFT) as usize, dy, area, value);
        }
        self.long_piece(row, l, r, dy, value);
    }

    /// A piece that passes several pixels: its height is shared out at the pixel limits.
    fn long_piece(&mut self, row: usize, l: i32, r: i32, dy: i32, value: [i32; N]) {
        let part = |x: i32| (i64::from(x - l) * i64::from(dy) / i64::from(r - l)) as i32;
        let (mut from, mut done) = (l, 0);
        if l < 0 {
            done = part(0);
            self.put(row, 0, done, 0, value);
            from = 0;
        }
        let mut column = from >> SHIFT;
        while column < self.width {
            let limit = (column + 1) << SHIFT;
            let (to, upto) = if limit >= r { (r, dy) } else { (limit, part(limit)) };
            let base = column << SHIFT;
            let area = (upto - done) * (from - base + to - base);
            self.put(row, column as usize, upto - done, area, value);
            if limit >= r {
                break;
            }
            (from, done, column) = (to, upto, column + 1);
        }
    }

    /// `dy` units of height at `column`; `area` is twice what lies left of the edge in that pixel.
    fn put(&mut self, row: usize, column: usize, dy: i32, area: i32, value: [i32; N]) {
        let i = row * self.stride + column;
        self.touched[row] = true;
        let here = 2 * UNITS * dy - area;
        for (k, v) in value.iter().enumerate() {
            self.cells[i][k] = self.cells[i][k].wrapping_add(v.wrapping_mul(here));
            self.cells[i + 1][k] = self.cells[i + 1][k].wrapping_add(v.wrapping_mul(area));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn grid(ring: &[Fix], w: u32, h: u32) -> Vec<i32> {
        let mut c = Cover::<1>::new(w, h);
        c.ring(ring, 0, [-1]);
        let mut out = Vec::new();
        (0..h as usize).for_each(|y| c.take_row(y, |a, b, [v]| out.extend((a..b).map(|_| v))));
        out
    }

    fn px(points: &[[f64; 2]]) -> Vec<Fix> {
        points.iter().map(|p| p.map(|v| (v * 256.0) as i32)).collect()
    }

    #[test]
    fn a_rectangle_covers_its_share_of_each_pixel() {
        let r = px(&[[0.5, 0.5], [2.25, 0.5], [2.25, 2.0], [0.5, 2.0]]);
        let q = |v: f64| (v * f64::from(FULL)) as i32;
        assert_eq!(
            grid(&r, 4, 3),
            [
                q(0.25),
                q(0.5),
                q(0.125),
                0, //
                q(0.5),
                q(1.0),
                q(0.25),
                0, //
                0,
                0,
                0,
                0,
            ]
        );
    }

    #[test]
    fn a_triangle_reaching_out_on_all_sides_is_clipped() {
        let r = px(&[[-50.0, -10.0], [90.0, 3.0], [-60.0, 40.0]]);
        let all = grid(&r, 4, 4);
        assert!(all.iter().all(|&v| v == FULL), "{all:?}");
    }

    proptest! {
        /// The sum over all pixels is the area, whatever the shape (shoelace formula, exact).
        #[test]
        fn total_is_the_area(points in prop::collection::vec([0i32..20 * 256, 0i32..20 * 256], 3..9)) {
            let total: i64 = grid(&points, 20, 20).iter().map(|&v| i64::from(v)).sum();
            let twice: i64 = points.iter().zip(points.iter().cycle().skip(1))
                .map(|(a, b)| i64::from(a[0]) * i64::from(b[1]) - i64::from(b[0]) * i64::from(a[1]))
                .sum();
            // Crossings are rounded to 1/256 pixel: at most one unit of width a row and edge.
            prop_assert!((total - twice).abs() <= 256 * 20 * points.len() as i64, "{} {}", total, twice);
        }

        /// A window onto the shape shows what the whole picture shows there.
        #[test]
        fn a_tile_equals_the_picture(points in prop::collection::vec([-4000i32..9000, -4000i32..9000], 3..9)) {
            let all = grid(&points, 24, 24);
            let moved: Vec<Fix> = points.iter().map(|p| [p[0] - 8 * 256, p[1] - 8 * 256]).collect();
            let tile = grid(&moved, 8, 8);
            for y in 0..8 {
                for x in 0..8 {
                    prop_assert_eq!(tile[y * 8 + x], all[(y + 8) * 24 + x + 8]);
                }
            }
        }
    }
}
