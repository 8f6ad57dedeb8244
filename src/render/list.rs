//! The display list: what is to be seen, in screen units, for any painter (image, tile, PDF).
//!
//! Coordinates are [`Fix`]: 1/256 device pixel right and down of the upper left corner. Fills lie
//! below strokes, strokes below texts; inside each, later covers earlier, except that fills are
//! *mixed* by the share of the pixel they cover (see `cover.rs`).

use std::fmt::Write;
use std::sync::Arc;

use super::style::{Rgb, Rgba};
use super::viewport::Fix;

/// A picture as data.
#[derive(Clone, Debug, PartialEq)]
pub struct DisplayList {
    /// Device pixels.
    pub width: u32,
    pub height: u32,
    pub background: Rgb,
    /// Points of all rings, end to end.
    pub points: Vec<Fix>,
    /// End of each ring in `points`.
    pub ring_ends: Vec<u32>,
    pub fills: Vec<Fill>,
    pub strokes: Vec<Stroke>,
    pub texts: Vec<TextRun>,
}

/// One filled polygon: consecutive rings, the shell first (counter-clockwise on the screen),
/// then its holes (clockwise).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fill {
    /// First ring and one past the last, in `ring_ends`.
    pub rings: (u32, u32),
    pub colour: Rgb,
    /// Smallest and largest y of its points.
    pub y: (i32, i32),
}

/// Straight lines of one colour and width, blended as one layer: where they cross or meet, nothing
/// gets darker.
#[derive(Clone, Debug, PartialEq)]
pub struct Stroke {
    pub colour: Rgba,
    /// Device pixels.
    pub width: f32,
    pub segments: Vec<[Fix; 2]>,
}

/// Where the anchor of a text lies horizontally; vertically it is always the middle of the digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Align {
    Left,
    Centre,
    Right,
}

/// One line of text.
#[derive(Clone, Debug, PartialEq)]
pub struct TextRun {
    pub text: Arc<str>,
    pub at: Fix,
    pub align: Align,
    /// Font size, device pixels.
    pub size: f32,
    pub bold: bool,
    pub colour: Rgb,
    /// Colour and width (device pixels) of the rim that lifts the text off the map.
    pub halo: Option<(Rgba, f32)>,
}

impl DisplayList {
    pub fn new(width: u32, height: u32, background: Rgb) -> Self {
        Self {
            width,
            height,
            background,
            points: Vec::new(),
            ring_ends: Vec::new(),
            fills: Vec::new(),
            strokes: Vec::new(),
            texts: Vec::new(),
        }
    }

    /// The points of ring `i`.
    pub fn ring(&self, i: u32) -> &[Fix] {
        let i = i as usize;
        let start = if i == 0 { 0 } else { self.ring_ends[i - 1] };
        &self.points[start as usize..self.ring_ends[i] as usize]
    }

    /// Adds a polygon; rings of fewer than three points are left out.
    pub fn fill<R: IntoIterator<Item = Fix>>(&mut self, rings: impl IntoIterator<Item = R>, colour: Rgb) {
        let first = self.ring_ends.len() as u32;
        let from = self.points.len();
        for ring in rings {
            let start = self.points.len();
            for p in ring {
                if self.points.len() == start || self.points.last() != Some(&p) {
                    self.points.push(p);
                }
            }
            while self.points.len() > start + 1 && self.points.last() == Some(&self.points[start]) {
                self.points.pop();
            }
            if self.points.len() < start + 3 {
                self.points.truncate(start);
            } else {
                self.ring_ends.push(self.points.len() as u32);
            }
        }
        if self.points.len() > from {
            let ys = self.points[from..].iter().map(|p| p[1]);
            let y = ys.fold((i32::MAX, i32::MIN), |(a, b), v| (a.min(v), b.max(v)));
            let rings = (first, self.ring_ends.len() as u32);
            self.fills.push(Fill { rings, colour, y });
        }
    }

    /// Appends the fills of another list of the same view.
    pub fn append_fills(&mut self, o: &Self) {
        let (points, rings) = (self.points.len() as u32, self.ring_ends.len() as u32);
        self.points.extend_from_slice(&o.points);
        self.ring_ends.extend(o.ring_ends.iter().map(|e| e + points));
        self.fills.extend(o.fills.iter().map(|f| Fill {
            rings: (f.rings.0 + rings, f.rings.1 + rings),
            ..*f
        }));
    }

    /// The list as text, one item a line, positions in pixels with two decimals: for tests and for
    /// people.
    pub fn describe(&self) -> String {
        let mut s = format!("{}×{} on {}\n", self.width, self.height, self.background);
        for f in &self.fills {
            let _ = write!(s, "fill {}", f.colour);
            for r in f.rings.0..f.rings.1 {
                s.push_str(" |");
                self.ring(r).iter().for_each(|p| position(&mut s, *p));
            }
            s.push('\n');
        }
        for k in &self.strokes {
            let _ = write!(s, "stroke {} {:.2}px", k.colour, k.width);
            for [a, b] in &k.segments {
                position(&mut s, *a);
                s.push('–');
                position(&mut s, *b);
                s.push(';');
            }
            s.push('\n');
        }
        for t in &self.texts {
            let _ = write!(s, "text {} {:.1}px", t.colour, t.size);
            position(&mut s, t.at);
            let _ = writeln!(s, " {:?} {}", t.align, t.text);
        }
        s
    }
}

fn position(s: &mut String, p: Fix) {
    let [x, y] = p.map(|v| f64::from(v) / 256.0);
    let _ = write!(s, " {x:.2},{y:.2}");
}
