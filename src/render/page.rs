//! A sheet of paper in points: the few shapes a map's margin is made of.

use super::font;
use super::list::{Align, DisplayList, Stroke, TextRun};
use super::style::{Rgb, Rgba};
use super::viewport::{Fix, UNITS};

/// A display list written in points.
pub struct Page {
    pub list: DisplayList,
    ppp: f32,
}

impl Page {
    /// `size` in device pixels.
    pub fn new(size: [u32; 2], ppp: f32, paper: Rgb) -> Self {
        Self {
            list: DisplayList::new(size[0], size[1], paper),
            ppp,
        }
    }

    fn fix(&self, p: [f32; 2]) -> Fix {
        p.map(|v| (v * self.ppp * UNITS as f32).round() as i32)
    }

    /// A filled polygon; its points counter-clockwise on the page.
    pub fn shape(&mut self, points: &[[f32; 2]], colour: Rgb) {
        let ring: Vec<Fix> = points.iter().map(|p| self.fix(*p)).collect();
        self.list.fill([ring], colour);
    }

    pub fn rect(&mut self, [x, y, w, h]: [f32; 4], colour: Rgb) {
        self.shape(&[[x, y], [x, y + h], [x + w, y + h], [x + w, y]], colour);
    }

    pub fn line(&mut self, points: &[[f32; 2]], width: f32, colour: Rgba) {
        let segments = points
            .windows(2)
            .map(|w| [self.fix(w[0]), self.fix(w[1])])
            .collect();
        self.list.strokes.push(Stroke {
            colour,
            width: width * self.ppp,
            segments,
        });
    }

    pub fn outline(&mut self, [x, y, w, h]: [f32; 4], width: f32, colour: Rgba) {
        self.line(
            &[[x, y], [x + w, y], [x + w, y + h], [x, y + h], [x, y]],
            width,
            colour,
        );
    }

    /// A line of text; `at` is the middle of its capitals.
    pub fn text(&mut self, text: &str, at: [f32; 2], align: Align, size: f32, bold: bool, colour: Rgb) {
        let at = self.fix(at);
        self.list.texts.push(TextRun {
            text: text.into(),
            at,
            align,
            size: size * self.ppp,
            bold,
            colour,
            halo: None,
        });
    }
}

/// Breaks a text at spaces into lines of at most `width` points; a longer word stands alone.
pub fn wrap(text: &str, width: f32, size: f32) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(l) if font::width(&format!("{l} {word}"), size, false) <= width => {
                l.push(' ');
                l.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

/// `text`, or as much of it as fits in `width` points with "…".
pub fn shorten(text: &str, width: f32, size: f32, bold: bool) -> String {
    if font::width(text, size, bold) <= width {
        return text.to_owned();
    }
    let mut s = text.to_owned();
    while s.pop().is_some() {
        let t = format!("{}…", s.trim_end());
        if font::width(&t, size, bold) <= width {
            return t;
        }
    }
    String::new()
}
