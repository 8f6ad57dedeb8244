//! How reference layers are drawn over the parcels: lines of a colour of their own on a rim in the ground's
//! colour, single points as small crosses.

use super::list::Stroke;
use super::style::{Rgb, Rgba, Style, Theme};
use super::viewport::{Fix, UNITS, Viewport};
use crate::domain::{BBox, Pt};
use crate::topology::reference::Reference;

/// Colours of layers in turn, for light and dark ground: none of them is that of a boundary, of the selection or
/// of a preview.
const COLOURS: [(Rgb, Rgb); 5] = [
    (Rgb(0x6A, 0x1B, 0x9A), Rgb(0xCE, 0x93, 0xD8)),
    (Rgb(0x00, 0x69, 0x6F), Rgb(0x6F, 0xD6, 0xD2)),
    (Rgb(0x9A, 0x34, 0x12), Rgb(0xFF, 0xAB, 0x7A)),
    (Rgb(0x3F, 0x62, 0x12), Rgb(0xB8, 0xD9, 0x6B)),
    (Rgb(0x4E, 0x34, 0x2E), Rgb(0xD7, 0xBF, 0xA8)),
];

/// Width of a line, points.
const WIDTH: f32 = 2.0;
const RIM: f32 = 1.5;
/// Half the size of the cross of a point, points.
const CROSS: f32 = 4.0;
/// More segments than this are drawn coarser.
const MOST: usize = 20_000;

/// Colour of the `n`-th layer.
pub fn colour(n: usize, theme: Theme) -> Rgb {
    let (light, dark) = COLOURS[n % COLOURS.len()];
    match theme {
        Theme::Light => light,
        Theme::Dark => dark,
    }
}

/// What of a layer is to be seen: the rim, and the lines over it.
pub fn strokes(reference: &Reference, view: &Viewport, style: &Style, n: usize) -> [Stroke; 2] {
    // Coarser until the picture can be drawn between two frames.
    let mut step = 1.0;
    let mut segments = segments(reference, view, step);
    while segments.len() > MOST && step < 64.0 {
        step *= 2.0;
        segments = self::segments(reference, view, step);
    }
    let ppp = view.pixels_per_point;
    [
        Stroke {
            colour: style.palette().halo,
            width: (WIDTH + 2.0 * RIM) * ppp,
            segments: segments.clone(),
        },
        Stroke {
            colour: Rgba(colour(n, style.theme), 255),
            width: WIDTH * ppp,
            segments,
        },
    ]
}

/// Pieces in view, those ending within `step` pixels of the last point drawn left out.
fn segments(reference: &Reference, view: &Viewport, step: f64) -> Vec<[Fix; 2]> {
    let window = view.bbox(CROSS + WIDTH);
    let fixer = view.fixer();
    let near = step * 1000.0 * view.metres_per_pixel;
    let mut out = Vec::new();
    for line in reference.within(&window) {
        let points = reference.line(line);
        if let [one] = points {
            out.extend(cross(fixer.fix(*one), view.pixels_per_point));
            continue;
        }
        let mut from = points[0];
        for (i, to) in points.iter().enumerate().skip(1) {
            if i + 1 < points.len() && from.dist(*to) < near {
                continue;
            }
            out.extend(cut(from, *to, &window).map(|(a, b)| [fixer.fix(a), fixer.fix(b)]));
            from = *to;
        }
    }
    out.sort_unstable();
    out.dedup();
    out
}

fn cross([x, y]: Fix, ppp: f32) -> [[Fix; 2]; 2] {
    let r = (CROSS * ppp * UNITS as f32) as i32;
    let at = |dx: i32, dy: i32| [x.saturating_add(dx), y.saturating_add(dy)];
    [[at(-r, -r), at(r, r)], [at(-r, r), at(r, -r)]]
}

/// The part of a segment inside a box: a line across the whole country must not leave the fixed-point screen.
pub(super) fn cut(a: Pt, b: Pt, window: &BBox) -> Option<(Pt, Pt)> {
    if window.contains(a) && window.contains(b) {
        return Some((a, b));
    }
    let (mut low, mut high) = (0.0f64, 1.0f64);
    let (de, dn) = ((b.e - a.e) as f64, (b.n - a.n) as f64);
    for (p, q) in [
        (-de, a.e - window.min.e),
        (de, window.max.e - a.e),
        (-dn, a.n - window.min.n),
        (dn, window.max.n - a.n),
    ] {
        let q = q as f64;
        if p == 0.0 && q < 0.0 {
            return None;
        }
        if p < 0.0 {
            low = low.max(q / p);
        } else if p > 0.0 {
            high = high.min(q / p);
        }
    }
    let at = |t: f64| Pt::new(a.e + (de * t).round() as i64, a.n + (dn * t).round() as i64);
    (low <= high).then(|| (at(low), at(high)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::topology::reference::Lines;

    fn view() -> Viewport {
        Viewport::at_scale(Pt::new(500_000_000, 1_200_000_000), 1000.0, 400, 300, 1.0)
    }

    fn drawn(lines: &[Vec<Pt>]) -> Vec<[Fix; 2]> {
        let mut all = Lines::default();
        lines.iter().for_each(|l| all.push(1, l.iter().copied()));
        let [rim, line] = strokes(&Reference::build(all), &view(), &Style::default(), 0);
        assert_eq!(rim.segments, line.segments);
        assert!(rim.width > line.width);
        line.segments
    }

    #[test]
    fn what_is_far_outside_is_cut_and_what_is_small_is_one_piece() {
        let at = |e: i64, n: i64| Pt::new(500_000_000 + e, 1_200_000_000 + n);
        let all = drawn(&[vec![at(-90_000_000_000, 0), at(9_000_000_000, 0)]]);
        let [[a, b]] = all.as_slice() else {
            panic!("{all:?}")
        };
        assert!(a[0].abs() < 50 * UNITS && b[0].abs() < 450 * UNITS, "{all:?}");
        let middle = view().fixer().fix(at(0, 0))[1];
        assert_eq!((a[1], b[1]), (middle, middle));
        let wiggle: Vec<Pt> = (0..1000).map(|i| at(i, i % 2)).collect();
        assert!(drawn(&[wiggle]).len() < 8, "a metre at 1:1000 is a few pixels");
        assert_eq!(drawn(&[vec![at(0, 0)]]).len(), 2, "a point is a cross");
        assert!(drawn(&[vec![at(900_000_000, 0), at(900_000_000, 5)]]).is_empty());
        assert_eq!(
            drawn(&[vec![at(5, 5), at(9, 5)], vec![at(5, 5), at(9, 5)]]).len(),
            1
        );
    }

    #[test]
    fn a_crowd_is_drawn_coarser() {
        let zigzag = |row: i64| -> Vec<Pt> {
            let at = |i: i64| Pt::new(499_960_000 + i * 300, 1_199_970_000 + row * 200 + i % 2 * 400);
            (0..260).map(at).collect()
        };
        let lines: Vec<Vec<Pt>> = (0..280).map(zigzag).collect();
        let n = drawn(&lines).len();
        assert!((200..=MOST).contains(&n), "{n}");
    }
}
