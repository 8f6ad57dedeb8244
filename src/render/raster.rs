//! The painter: display list → image. The only one; tiles, pictures and tests all use it.

use std::sync::Arc;

use rayon::prelude::*;

use super::cover::{Cover, FULL};
use super::font::{self, Glyph};
use super::list::{Align, DisplayList, Fill, Stroke, TextRun};
use super::style::{Rgb, Rgba};
use super::viewport::{Fix, UNITS};

/// Opaque pixels, 4 bytes each (red, green, blue, 255), row by row from the top.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Image {
    pub width: u32,
    pub height: u32,
    pub rgba: Vec<u8>,
}

impl Image {
    pub fn new(width: u32, height: u32, colour: Rgb) -> Self {
        let one = [colour.0, colour.1, colour.2, 255];
        Self {
            width,
            height,
            rgba: one.repeat(width as usize * height as usize),
        }
    }

    /// The pixel in column `x`, row `y`.
    pub fn pixel(&self, x: u32, y: u32) -> Rgb {
        let i = (y as usize * self.width as usize + x as usize) * 4;
        Rgb(self.rgba[i], self.rgba[i + 1], self.rgba[i + 2])
    }

    /// Copies `o` in with its upper left corner at (x, y); what does not fit is cut off.
    pub fn blit(&mut self, o: &Self, x: u32, y: u32) {
        let w = o.width.min(self.width.saturating_sub(x)) as usize * 4;
        for row in 0..o.height.min(self.height.saturating_sub(y)) {
            let from = row as usize * o.width as usize * 4;
            let to = ((y + row) as usize * self.width as usize + x as usize) * 4;
            self.rgba[to..to + w].copy_from_slice(&o.rgba[from..from + w]);
        }
    }
}

/// Rows painted together: the sums of a band stay in the cache.
const BAND: usize = 32;

/// Paints a list, bands of rows in parallel. The same list gives the same bytes everywhere.
pub fn paint(list: &DisplayList) -> Image {
    let mut image = Image {
        width: list.width,
        height: list.height,
        rgba: vec![255; list.width as usize * list.height as usize * 4],
    };
    let glyphs: Vec<_> = list.texts.iter().map(Placed::new).collect();
    let bytes = list.width as usize * 4;
    if bytes == 0 {
        return image;
    }
    image
        .rgba
        .par_chunks_mut(bytes * BAND)
        .enumerate()
        .for_each(|(i, rows)| {
            let mut band = Band {
                rows,
                width: list.width,
                top: (i * BAND) as i32 * UNITS,
                one: Cover::new(list.width, BAND as u32),
            };
            band.fills(list);
            list.strokes.iter().for_each(|s| band.stroke(s));
            band.texts(&glyphs);
        });
    image
}

/// Some rows of the image being painted.
struct Band<'a> {
    rows: &'a mut [u8],
    width: u32,
    /// First row, in fixed-point units.
    top: i32,
    one: Cover<1>,
}

impl Band<'_> {
    fn sees(&self, y: (i32, i32)) -> bool {
        y.1 >= self.top && y.0 <= self.top + BAND as i32 * UNITS
    }

    fn fills(&mut self, list: &DisplayList) {
        let mut cover = Cover::<4>::new(self.width, BAND as u32);
        for f in list.fills.iter().filter(|f| self.sees(f.y)) {
            let Fill { rings, colour, .. } = *f;
            let value = [i32::from(colour.0), i32::from(colour.1), i32::from(colour.2), 1];
            for r in rings.0..rings.1 {
                cover.ring(list.ring(r), self.top, value);
            }
        }
        let bg = list.background;
        let bg = [bg.0, bg.1, bg.2].map(i32::from);
        let bytes = self.width as usize * 4;
        for (y, row) in self.rows.chunks_exact_mut(bytes).enumerate() {
            cover.take_row(y, |from, to, sum| {
                let [r, g, b] = mixed(sum, bg);
                for px in row[from * 4..to * 4].chunks_exact_mut(4) {
                    px.copy_from_slice(&[r, g, b, 255]);
                }
            });
        }
    }

    fn stroke(&mut self, s: &Stroke) {
        let half = s.width * UNITS as f32 / 2.0;
        let reach = half as i32 + UNITS;
        for [a, b] in &s.segments {
            if self.sees((a[1].min(b[1]) - reach, a[1].max(b[1]) + reach)) {
                self.line(*a, *b, half);
            }
        }
        self.blend(s.colour);
    }

    /// Collects a straight line of half width `half` units, its ends rounded off a little.
    fn line(&mut self, a: Fix, b: Fix, half: f32) {
        let d = [(b[0] - a[0]) as f32, (b[1] - a[1]) as f32];
        let len = (d[0] * d[0] + d[1] * d[1]).sqrt();
        if len == 0.0 {
            return;
        }
        let u = [d[0] / len * half, d[1] / len * half];
        let at = |p: Fix, along: f32, across: f32| {
            [
                p[0] + round(u[0] * along - u[1] * across),
                p[1] + round(u[1] * along + u[0] * across),
            ]
        };
        // Clockwise on the screen. The point at each end covers the gap at a bend.
        let ring = [
            at(a, -0.9, 0.0),
            at(a, -0.4, -1.0),
            at(b, 0.4, -1.0),
            at(b, 0.9, 0.0),
            at(b, 0.4, 1.0),
            at(a, -0.4, 1.0),
        ];
        self.one.ring(&ring, self.top, [-1]);
    }

    fn texts(&mut self, runs: &[Placed]) {
        for p in runs.iter().filter(|p| p.run.halo.is_some()) {
            self.halo(p);
        }
        // Runs of one colour share a layer: they never overlap.
        let mut open: Option<Rgb> = None;
        for p in runs {
            if !self.sees(p.y) {
                continue;
            }
            if let Some(c) = open.filter(|c| *c != p.run.colour) {
                self.blend(c.alpha(255));
            }
            open = Some(p.run.colour);
            // Outlines of the font are clockwise.
            p.rings(|ring| self.one.ring(ring, self.top, [-1]));
        }
        if let Some(c) = open {
            self.blend(c.alpha(255));
        }
    }

    fn halo(&mut self, p: &Placed) {
        let Some((colour, width)) = p.run.halo else { return };
        if !self.sees(p.y) {
            return;
        }
        p.rings(|ring| {
            for (a, b) in ring.iter().zip(ring.iter().cycle().skip(1)) {
                self.line(*a, *b, width * UNITS as f32);
            }
        });
        self.blend(colour);
    }

    /// Lays `colour` over the rows where something was collected.
    fn blend(&mut self, colour: Rgba) {
        let ink = [colour.0.0, colour.0.1, colour.0.2].map(i32::from);
        let alpha = i32::from(colour.1);
        let bytes = self.width as usize * 4;
        for (y, row) in self.rows.chunks_exact_mut(bytes).enumerate() {
            self.one.take_row(y, |from, to, [cover]| {
                if cover <= 0 {
                    return;
                }
                let a = (cover.min(FULL) >> 9) * alpha;
                for px in row[from * 4..to * 4].chunks_exact_mut(4) {
                    for (v, ink) in px.iter_mut().zip(ink) {
                        *v = over(i32::from(*v), ink, a);
                    }
                }
            });
        }
    }
}

/// `a` of 255 · 256.
fn over(under: i32, ink: i32, a: i32) -> u8 {
    const ONE: i32 = 255 * 256;
    ((under * (ONE - a) + ink * a + ONE / 2) / ONE) as u8
}

/// The colour of a pixel: the parcels by their shares, the background where none is. Where parcels
/// overlap, their mean.
fn mixed(sum: [i32; 4], bg: [i32; 3]) -> [u8; 3] {
    let cover = sum[3];
    if cover <= 0 {
        return bg.map(|v| v as u8);
    }
    let mut out = [0; 3];
    for i in 0..3 {
        let v = if cover > FULL {
            sum[i] / cover
        } else {
            (sum[i] + (FULL - cover) * bg[i] + FULL / 2) / FULL
        };
        out[i] = v.clamp(0, 255) as u8;
    }
    out
}

/// A text with its glyphs and the rows it may touch.
struct Placed<'a> {
    run: &'a TextRun,
    glyphs: Vec<Arc<Glyph>>,
    y: (i32, i32),
}

impl<'a> Placed<'a> {
    fn new(run: &'a TextRun) -> Self {
        let up = |em: f32| (em * run.size * UNITS as f32) as i32;
        let rim = run.halo.map_or(0.0, |h| h.1);
        let rim = (rim * UNITS as f32) as i32 + UNITS;
        Self {
            run,
            glyphs: font::face(run.bold).glyphs(&run.text),
            y: (
                run.at[1] - up(font::ASCENT) - rim,
                run.at[1] + up(font::CAP / 2.0 + font::DESCENT) + rim,
            ),
        }
    }

    fn rings(&self, mut f: impl FnMut(&[Fix])) {
        let em = self.run.size * UNITS as f32;
        let width: f32 = self.glyphs.iter().map(|g| g.advance).sum();
        let mut x = match self.run.align {
            Align::Left => 0.0,
            Align::Centre => -width / 2.0,
            Align::Right => -width,
        };
        let base = font::CAP / 2.0;
        let mut ring: Vec<Fix> = Vec::new();
        for g in &self.glyphs {
            for r in &g.rings {
                ring.clear();
                ring.extend(r.iter().map(|p| {
                    [
                        self.run.at[0] + round((p[0] + x) * em),
                        self.run.at[1] + round((p[1] + base) * em),
                    ]
                }));
                f(&ring);
            }
            x += g.advance;
        }
    }
}

fn round(v: f32) -> i32 {
    (v + if v < 0.0 { -0.5 } else { 0.5 }) as i32
}
