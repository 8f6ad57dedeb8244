//! What part of the map is looked at, and the way between map and screen.
//!
//! The map lies on a grid of device pixels that starts at easting 0, northing 0 and depends on the
//! zoom alone. A viewport shows a rectangle of whole pixels of that grid, so a tile, the whole
//! picture and what is drawn live on top agree to the last bit, and panning never blurs. Subtract
//! first, round to `f32` after.

use crate::domain::{BBox, Pt};

/// Metres on a screen of one point: 96 points are an inch (CSS and Windows convention).
pub const METRES_PER_POINT: f64 = 0.0254 / 96.0;

/// Scales offered by name (denominators), from large to small; the official ones of cadastral maps
/// (domain.md §5.4) among them.
pub const SCALES: [u32; 12] = [
    100, 200, 500, 1_000, 2_000, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000,
];

/// Limits of zoom, metres per device pixel: about 1:20 and 1:8,000,000.
const MIN_MPP: f64 = 0.005;
const MAX_MPP: f64 = 2_000.0;

/// One fixed-point screen position: 1/256 device pixel right and down of the viewport's corner.
pub type Fix = [i32; 2];

/// Fixed-point units in a device pixel.
pub const UNITS: i32 = 256;

/// A view of the map. Positions named `screen` are in points (egui's logical pixels) right and down
/// of the upper left corner; `width` and `height` are device pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Viewport {
    /// Easting and northing at the centre, metres.
    pub centre: [f64; 2],
    /// Ground metres of one device pixel.
    pub metres_per_pixel: f64,
    pub width: u32,
    pub height: u32,
    /// Device pixels of one point: 1.0 at 100 % scaling, 2.0 at 200 %.
    pub pixels_per_point: f32,
}

impl Viewport {
    /// A view of `width` × `height` device pixels around `centre` at 1:`scale`.
    pub fn at_scale(centre: Pt, scale: f64, width: u32, height: u32, ppp: f32) -> Self {
        let (e, n) = centre.metres();
        Self {
            centre: [e, n],
            metres_per_pixel: clamp(scale * METRES_PER_POINT / f64::from(ppp)),
            width,
            height,
            pixels_per_point: ppp,
        }
    }

    /// The largest view that shows all of `bbox` with `margin` points around it. An empty box gives
    /// a view of the zone's middle.
    pub fn fit(bbox: BBox, width: u32, height: u32, ppp: f32, margin: f32) -> Self {
        let mut view = Self::at_scale(Pt::new(500_000_000, 0), 1_000.0, width, height, ppp);
        view.show(bbox, margin);
        view
    }

    /// Moves and zooms so that all of `bbox` shows with `margin` points around it. A single point is
    /// shown at 1:500. Nothing happens for an empty box.
    pub fn show(&mut self, bbox: BBox, margin: f32) {
        if bbox.is_empty() {
            return;
        }
        let room = |px: u32| (f64::from(px) - 2.0 * f64::from(margin * self.pixels_per_point)).max(16.0);
        let (w, h) = (bbox.width() as f64 / 1e3, bbox.height() as f64 / 1e3);
        let mpp = (w / room(self.width)).max(h / room(self.height));
        let closest = 500.0 * METRES_PER_POINT / f64::from(self.pixels_per_point);
        self.metres_per_pixel = clamp(if mpp > 0.0 { mpp } else { closest });
        self.centre = [
            (bbox.min.e + bbox.max.e) as f64 / 2e3,
            (bbox.min.n + bbox.max.n) as f64 / 2e3,
        ];
    }

    /// Brings `p` to the centre at the present zoom.
    pub fn look_at(&mut self, p: Pt) {
        let (e, n) = p.metres();
        self.centre = [e, n];
    }

    /// Denominator of the scale: 2000.0 for 1:2000.
    pub fn scale(&self) -> f64 {
        self.metres_per_pixel * f64::from(self.pixels_per_point) / METRES_PER_POINT
    }

    /// Zooms to 1:`scale` around the centre.
    pub fn set_scale(&mut self, scale: f64) {
        self.metres_per_pixel = clamp(scale * METRES_PER_POINT / f64::from(self.pixels_per_point));
    }

    /// Zooms by `factor` (above 1 = closer); the ground under `screen` stays there.
    pub fn zoom_at(&mut self, screen: [f32; 2], factor: f64) {
        let before = self.ground(screen);
        self.metres_per_pixel = clamp(self.metres_per_pixel / factor);
        let after = self.ground(screen);
        for i in 0..2 {
            self.centre[i] += before[i] - after[i];
        }
    }

    /// Moves the map by (dx, dy) points, in whole device pixels; what is left over is returned in
    /// points, to be added to the next drag.
    pub fn pan(&mut self, by: [f32; 2]) -> [f32; 2] {
        let px = by.map(|v| f64::from(v * self.pixels_per_point));
        let whole = px.map(f64::round);
        self.centre[0] -= whole[0] * self.metres_per_pixel;
        self.centre[1] += whole[1] * self.metres_per_pixel;
        [0, 1].map(|i| (px[i] - whole[i]) as f32 / self.pixels_per_point)
    }

    /// The upper left corner on the pixel grid of this zoom: whole device pixels east of easting 0
    /// and south of northing 0.
    pub fn corner(&self) -> [i64; 2] {
        let left = self.centre[0] / self.metres_per_pixel - f64::from(self.width) / 2.0;
        let top = -self.centre[1] / self.metres_per_pixel - f64::from(self.height) / 2.0;
        [floor(left + 0.5), floor(top + 0.5)]
    }

    /// Device pixels right and down of the corner, exact enough for any zoom.
    pub fn pixel(&self, p: Pt) -> [f64; 2] {
        let [left, top] = self.corner();
        let (e, n) = p.metres();
        [
            e / self.metres_per_pixel - left as f64,
            -n / self.metres_per_pixel - top as f64,
        ]
    }

    /// Screen position in points.
    pub fn screen(&self, p: Pt) -> [f32; 2] {
        let ppp = f64::from(self.pixels_per_point);
        self.pixel(p).map(|v| (v / ppp) as f32)
    }

    /// Easting and northing in metres under a screen position in points.
    pub fn ground(&self, screen: [f32; 2]) -> [f64; 2] {
        let [left, top] = self.corner();
        let px = screen.map(|v| f64::from(v) * f64::from(self.pixels_per_point));
        [
            (left as f64 + px[0]) * self.metres_per_pixel,
            -(top as f64 + px[1]) * self.metres_per_pixel,
        ]
    }

    /// The lattice point under a screen position in points; `None` beyond the coordinates we accept.
    pub fn ground_pt(&self, screen: [f32; 2]) -> Option<Pt> {
        let [e, n] = self.ground(screen);
        Pt::from_metres(e, n)
    }

    /// Ground length of `points` on the screen, whole millimetres, at least 1: the reach of a click.
    pub fn reach(&self, points: f32) -> i64 {
        let m = f64::from(points * self.pixels_per_point) * self.metres_per_pixel;
        ((m * 1e3).ceil() as i64).max(1)
    }

    /// What is visible, grown by `margin` points on every side.
    pub fn bbox(&self, margin: f32) -> BBox {
        let m = f64::from(margin);
        let size = [self.width, self.height].map(|v| f64::from(v) / f64::from(self.pixels_per_point));
        let a = self.ground([-m as f32, (size[1] + m) as f32]);
        let b = self.ground([(size[0] + m) as f32, -m as f32]);
        let mm = |v: f64, up: bool| floor(v * 1e3) + i64::from(up);
        BBox {
            min: Pt::new(mm(a[0], false), mm(a[1], false)),
            max: Pt::new(mm(b[0], true), mm(b[1], true)),
        }
    }

    /// Device pixels of a length in points.
    pub fn px(&self, points: f32) -> f32 {
        points * self.pixels_per_point
    }

    /// Turns lattice points into fixed-point screen positions of this view.
    pub fn fixer(&self) -> Fixer {
        let units = i64::from(UNITS);
        Fixer {
            k: f64::from(UNITS) / (1e3 * self.metres_per_pixel),
            corner: self.corner().map(|v| v * units),
        }
    }
}

/// [`Viewport::fixer`]: the rounding is done on the grid of the zoom, before the corner is taken off,
/// so every view of one zoom rounds a point to the same place.
#[derive(Clone, Copy, Debug)]
pub struct Fixer {
    k: f64,
    corner: [i64; 2],
}

impl Fixer {
    pub fn fix(&self, p: Pt) -> Fix {
        let x = floor(p.e as f64 * self.k + 0.5) - self.corner[0];
        let y = -floor(p.n as f64 * self.k + 0.5) - self.corner[1];
        [saturate(x), saturate(y)]
    }
}

/// Far outside the screen the exact place does not matter; 2^29 units are two million pixels, and
/// differences stay inside `i32`.
fn saturate(v: i64) -> i32 {
    v.clamp(-(1 << 29), 1 << 29) as i32
}

/// `f64::floor` as an integer, without the library call the baseline instruction set needs.
pub(super) fn floor(v: f64) -> i64 {
    let t = v as i64;
    t - i64::from(t as f64 > v)
}

fn clamp(mpp: f64) -> f64 {
    if mpp.is_finite() {
        mpp.clamp(MIN_MPP, MAX_MPP)
    } else {
        MAX_MPP
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn view() -> Viewport {
        Viewport::at_scale(Pt::new(583_412_345, 2_318_765_432), 2_000.0, 1600, 900, 1.5)
    }

    #[test]
    fn scale_is_metres_on_paper() {
        let v = view();
        assert!((v.scale() - 2_000.0).abs() < 1e-9);
        // 1 cm on the screen is 20 m on the ground.
        let point = 0.01 / METRES_PER_POINT;
        assert!((v.reach(point as f32) - 20_000).abs() <= 1);
    }

    #[test]
    fn fit_shows_all_and_a_point_gives_1_500() {
        let b = BBox {
            min: Pt::new(0, 0),
            max: Pt::new(8_000_000, 1_000_000),
        };
        let v = Viewport::fit(b, 800, 600, 1.0, 20.0);
        let [x0, _] = v.screen(b.min);
        let [x1, _] = v.screen(b.max);
        assert!(
            (19.0..=21.0).contains(&x0) && (779.0..=781.0).contains(&x1),
            "{x0} {x1}"
        );
        let dot = Viewport::fit(BBox::of([Pt::new(7, 7)]), 800, 600, 2.0, 20.0);
        assert!((dot.scale() - 500.0).abs() < 1e-6);
    }

    proptest! {
        #[test]
        fn screen_and_ground_are_inverse(x in 0f32..1000.0, y in 0f32..600.0, z in 20f64..500_000.0) {
            let mut v = view();
            v.set_scale(z);
            let [e, n] = v.ground([x, y]);
            let p = Pt::from_metres(e, n).unwrap();
            let back = v.screen(p);
            let unit = (0.0015 / v.metres_per_pixel) as f32 + 0.002;
            prop_assert!((back[0] - x).abs() < unit && (back[1] - y).abs() < unit);
        }

        #[test]
        fn zoom_keeps_the_ground_under_the_cursor(x in 0f32..1000.0, y in 0f32..600.0, f in 0.2f64..5.0) {
            let mut v = view();
            let before = v.ground([x, y]);
            v.zoom_at([x, y], f);
            let after = v.ground([x, y]);
            // The view snaps to whole pixels: half a pixel may be left.
            for i in 0..2 {
                prop_assert!((before[i] - after[i]).abs() <= 1.01 * v.metres_per_pixel);
            }
        }

        #[test]
        fn pan_moves_whole_pixels(dx in -300f32..300.0, dy in -300f32..300.0) {
            let mut v = view();
            let (f, c) = (v.fixer(), v.corner());
            let rest = v.pan([dx, dy]);
            let p = Pt::new(583_412_999, 2_318_765_001);
            let (a, b) = (f.fix(p), v.fixer().fix(p));
            prop_assert_eq!((b[0] - a[0]) % UNITS, 0);
            prop_assert_eq!((b[1] - a[1]) % UNITS, 0);
            let moved = (c[0] - v.corner()[0]) as f32 / 1.5 + rest[0];
            prop_assert!((moved - dx).abs() < 1e-3);
        }
    }
}
