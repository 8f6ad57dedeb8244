//! Diagonal hatching of parcels whose land use is in no list. The lines lie on the pixel grid of the
//! zoom, not on the parcel, so they run on from one parcel and one tile to the next.

use super::list::DisplayList;
use super::viewport::{Fix, UNITS, Viewport};

/// Distance of the lines along the x axis, points.
const SPACING: f32 = 9.0;

/// Adds the hatch lines of fill `index`, cut to its rings (even-odd).
pub fn lines(list: &DisplayList, index: usize, view: &Viewport, out: &mut Vec<[Fix; 2]>) {
    let fill = list.fills[index];
    let step = i64::from((view.px(SPACING) * UNITS as f32) as i32).max(1);
    // Lines are x + y = c with c a multiple of `step` on the grid of the zoom.
    let corner: i64 = view.corner().iter().map(|v| v * i64::from(UNITS)).sum();
    let phase = (-corner).rem_euclid(step);
    let rings = || (fill.rings.0..fill.rings.1).map(|r| list.ring(r));
    let sum = |p: &Fix| i64::from(p[0]) + i64::from(p[1]);
    let screen = i64::from(view.width + view.height) * i64::from(UNITS);
    let low = rings().flatten().map(sum).min().unwrap_or(0).max(0);
    let high = rings().flatten().map(sum).max().unwrap_or(0).min(screen);
    let mut c = (low - phase).div_euclid(step) * step + phase;
    let mut xs = Vec::new();
    while c <= high {
        xs.clear();
        rings().for_each(|ring| crossings(ring, c, &mut xs));
        xs.sort_unstable();
        for pair in xs.chunks_exact(2) {
            if pair[1] > pair[0] {
                out.push([
                    [pair[0], (c - i64::from(pair[0])) as i32],
                    [pair[1], (c - i64::from(pair[1])) as i32],
                ]);
            }
        }
        c += step;
    }
}

/// The x where the sides of a ring meet the line x + y = c; a point on the line counts as beyond it.
fn crossings(ring: &[Fix], c: i64, xs: &mut Vec<i32>) {
    let sum = |p: &Fix| i64::from(p[0]) + i64::from(p[1]);
    for (a, b) in ring.iter().zip(ring.iter().cycle().skip(1)) {
        let (sa, sb) = (sum(a), sum(b));
        if (sa < c) != (sb < c) {
            let t = (c - sa) as f64 / (sb - sa) as f64;
            xs.push(a[0] + (f64::from(b[0] - a[0]) * t).round() as i32);
        }
    }
}
