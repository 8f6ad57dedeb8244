//! Hatching: parcels whose land use is in no list, groups of readiness. The lines lie on the pixel grid of the
//! zoom, not on the parcel, so they run on from one parcel and one tile to the next.

use super::list::DisplayList;
use super::style::Pattern;
use super::viewport::{Fix, UNITS, Viewport};

/// Distance of the lines along the axis they cross, points.
const SPACING: f32 = 9.0;
/// Level lines are as far apart as slanting ones look.
const LEVEL: f32 = 6.0;

/// A family of parallel lines: those on which `a·x + b·y` is a multiple of the spacing.
#[derive(Clone, Copy)]
struct Lines {
    a: i64,
    b: i64,
    spacing: f32,
}

const RISING: Lines = Lines {
    a: 1,
    b: 1,
    spacing: SPACING,
};
const FALLING: Lines = Lines {
    a: -1,
    b: 1,
    spacing: SPACING,
};
const FLAT: Lines = Lines {
    a: 0,
    b: 1,
    spacing: LEVEL,
};

/// Adds the hatch lines of fill `index`, cut to its rings (even-odd).
pub fn lines(list: &DisplayList, index: usize, view: &Viewport, pattern: Pattern, out: &mut Vec<[Fix; 2]>) {
    let families: &[Lines] = match pattern {
        Pattern::Diagonal => &[RISING],
        Pattern::Cross => &[RISING, FALLING],
        Pattern::Level => &[FLAT],
    };
    families.iter().for_each(|f| f.cut(list, index, view, out));
}

impl Lines {
    fn value(self, p: &Fix) -> i64 {
        self.a * i64::from(p[0]) + self.b * i64::from(p[1])
    }

    /// The y of line `c` at `x`.
    fn y(self, c: i64, x: i32) -> i32 {
        (c - self.a * i64::from(x)) as i32
    }

    fn cut(self, list: &DisplayList, index: usize, view: &Viewport, out: &mut Vec<[Fix; 2]>) {
        let fill = list.fills[index];
        let step = i64::from((view.px(self.spacing) * UNITS as f32) as i32).max(1);
        // c is a multiple of `step` on the grid of the zoom.
        let [east, south] = view.corner();
        let corner = (self.a * east + self.b * south) * i64::from(UNITS);
        let phase = (-corner).rem_euclid(step);
        let rings = || (fill.rings.0..fill.rings.1).map(|r| list.ring(r));
        let (w, h) = (view.width as i32 * UNITS, view.height as i32 * UNITS);
        let screen = [[0, 0], [w, 0], [0, h], [w, h]].map(|p| self.value(&p));
        let of_rings = || rings().flatten().map(|p| self.value(p));
        let low = of_rings()
            .min()
            .unwrap_or(0)
            .max(screen.into_iter().min().unwrap_or(0));
        let high = of_rings()
            .max()
            .unwrap_or(0)
            .min(screen.into_iter().max().unwrap_or(0));
        let mut c = (low - phase).div_euclid(step) * step + phase;
        let mut xs = Vec::new();
        while c <= high {
            xs.clear();
            rings().for_each(|ring| self.crossings(ring, c, &mut xs));
            xs.sort_unstable();
            for pair in xs.chunks_exact(2) {
                if pair[1] > pair[0] {
                    out.push([[pair[0], self.y(c, pair[0])], [pair[1], self.y(c, pair[1])]]);
                }
            }
            c += step;
        }
    }

    /// The x where the sides of a ring meet line `c`; a point on the line counts as beyond it.
    fn crossings(self, ring: &[Fix], c: i64, xs: &mut Vec<i32>) {
        for (a, b) in ring.iter().zip(ring.iter().cycle().skip(1)) {
            let (sa, sb) = (self.value(a), self.value(b));
            if (sa < c) != (sb < c) {
                let t = (c - sa) as f64 / (sb - sa) as f64;
                xs.push(a[0] + (f64::from(b[0] - a[0]) * t).round() as i32);
            }
        }
    }
}

/// The lines of a pattern in a box of `w` by `h`, for legends and charts; `apart` as far apart as here said.
pub fn swatch(pattern: Pattern, w: f32, h: f32, apart: f32) -> Vec<[[f32; 2]; 2]> {
    let mut lines = Vec::new();
    let count = ((w + h) / apart).ceil().max(1.0) as u32;
    for i in 0..count {
        let c = apart * (i as f32 + 0.5);
        // Where x + y = c meets the box.
        let (from, to) = ((c - h).max(0.0), c.min(w));
        if pattern != Pattern::Level && from < to {
            lines.push([[from, c - from], [to, c - to]]);
            if pattern == Pattern::Cross {
                lines.push([[from, h - (c - from)], [to, h - (c - to)]]);
            }
        }
        if pattern == Pattern::Level && c < h {
            lines.push([[0.0, c], [w, c]]);
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn swatches_stay_in_their_box() {
        for pattern in [Pattern::Diagonal, Pattern::Cross, Pattern::Level] {
            let lines = swatch(pattern, 24.0, 13.0, 5.0);
            assert!(lines.len() >= 2, "{pattern:?}");
            for [x, y] in lines.into_iter().flatten() {
                assert!(
                    (0.0..=24.0).contains(&x) && (0.0..=13.0).contains(&y),
                    "{pattern:?}: {x} {y}"
                );
            }
        }
    }
}
