//! Outlines and widths of the bundled fonts.
//!
//! The same file serves the window and the pictures, so a label that fits here fits there. Texts are
//! composed (NFC) first: Vietnamese letters then are single glyphs with their marks in place.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, RwLock};

use skrifa::instance::{LocationRef, Size};
use skrifa::outline::{DrawSettings, OutlinePen};
use skrifa::{FontRef, GlyphId, MetadataProvider};
use unicode_normalization::UnicodeNormalization;

/// Height of capitals and digits, em. Noto Sans: 714 of 1000.
pub const CAP: f32 = 0.714;
/// Room a line needs above its baseline for two marks on a capital (Ấ, Ỗ), em.
pub const ASCENT: f32 = 1.07;
/// Room below the baseline, em.
pub const DESCENT: f32 = 0.3;

static REGULAR: LazyLock<Face> =
    LazyLock::new(|| Face::new(include_bytes!("../../assets/fonts/NotoSans-Regular.ttf")));
static BOLD: LazyLock<Face> =
    LazyLock::new(|| Face::new(include_bytes!("../../assets/fonts/NotoSans-Bold.ttf")));

/// One glyph in em units, y down, baseline at 0.
pub struct Glyph {
    pub advance: f32,
    /// Closed outlines, curves flattened.
    pub rings: Vec<Vec<[f32; 2]>>,
}

/// A font and the glyphs used so far.
pub struct Face {
    font: FontRef<'static>,
    glyphs: RwLock<HashMap<char, Arc<Glyph>>>,
}

/// The bundled sans-serif.
pub fn face(bold: bool) -> &'static Face {
    if bold { &BOLD } else { &REGULAR }
}

/// Width of one line at `size` (same unit as `size`).
pub fn width(text: &str, size: f32, bold: bool) -> f32 {
    face(bold).glyphs(text).iter().map(|g| g.advance).sum::<f32>() * size
}

impl Face {
    fn new(bytes: &'static [u8]) -> Self {
        Self {
            font: FontRef::new(bytes).expect("the bundled font is parsed by a test"),
            glyphs: RwLock::default(),
        }
    }

    /// The glyphs of a line, in order; a character the font lacks gives its "missing" box.
    pub fn glyphs(&self, text: &str) -> Vec<Arc<Glyph>> {
        text.nfc().map(|c| self.glyph(c)).collect()
    }

    pub fn has(&self, c: char) -> bool {
        self.font.charmap().map(c).is_some()
    }

    fn glyph(&self, c: char) -> Arc<Glyph> {
        if let Some(g) = self.glyphs.read().unwrap_or_else(|e| e.into_inner()).get(&c) {
            return g.clone();
        }
        let g = Arc::new(self.load(c));
        self.glyphs
            .write()
            .unwrap_or_else(|e| e.into_inner())
            .insert(c, g.clone());
        g
    }

    fn load(&self, c: char) -> Glyph {
        let id = self.font.charmap().map(c).unwrap_or(GlyphId::NOTDEF);
        let em = Size::new(1.0);
        let at = LocationRef::default();
        let mut pen = Pen::default();
        if let Some(outline) = self.font.outline_glyphs().get(id) {
            // A damaged outline leaves a gap of the right width.
            let _ = outline.draw(DrawSettings::unhinted(em, at), &mut pen);
        }
        let advance = self.font.glyph_metrics(em, at).advance_width(id).unwrap_or(0.0);
        Glyph {
            advance,
            rings: pen.rings,
        }
    }
}

/// Pieces a curve is cut into: at 40 px a piece is under two pixels long.
const PIECES: u32 = 6;

#[derive(Default)]
struct Pen {
    rings: Vec<Vec<[f32; 2]>>,
}

impl Pen {
    fn add(&mut self, x: f32, y: f32) {
        if let Some(ring) = self.rings.last_mut() {
            ring.push([x, -y]);
        }
    }

    fn last(&self) -> [f32; 2] {
        let p = self
            .rings
            .last()
            .and_then(|r| r.last())
            .copied()
            .unwrap_or_default();
        [p[0], -p[1]]
    }
}

impl OutlinePen for Pen {
    fn move_to(&mut self, x: f32, y: f32) {
        self.rings.push(vec![[x, -y]]);
    }

    fn line_to(&mut self, x: f32, y: f32) {
        self.add(x, y);
    }

    fn quad_to(&mut self, cx: f32, cy: f32, x: f32, y: f32) {
        let [ax, ay] = self.last();
        for i in 1..=PIECES {
            let t = i as f32 / PIECES as f32;
            let (p, q, r) = ((1.0 - t) * (1.0 - t), 2.0 * t * (1.0 - t), t * t);
            self.add(p * ax + q * cx + r * x, p * ay + q * cy + r * y);
        }
    }

    fn curve_to(&mut self, bx: f32, by: f32, cx: f32, cy: f32, x: f32, y: f32) {
        let [ax, ay] = self.last();
        for i in 1..=PIECES {
            let t = i as f32 / PIECES as f32;
            let u = 1.0 - t;
            let k = [u * u * u, 3.0 * u * u * t, 3.0 * u * t * t, t * t * t];
            self.add(
                k[0] * ax + k[1] * bx + k[2] * cx + k[3] * x,
                k[0] * ay + k[1] * by + k[2] * cy + k[3] * y,
            );
        }
    }

    fn close(&mut self) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    const VIETNAMESE: &str = "aàảãáạăằẳẵắặâầẩẫấậeèẻẽéẹêềểễếệiìỉĩíịoòỏõóọôồổỗốộơờởỡớợuùủũúụưừửữứựyỳỷỹýỵđ\
        0123456789,./+-×²°–…()";

    #[test]
    fn every_vietnamese_letter_has_an_outline_inside_the_line() {
        for bold in [false, true] {
            let f = face(bold);
            for c in VIETNAMESE.chars().chain(VIETNAMESE.to_uppercase().chars()) {
                assert!(f.has(c), "{c}");
                let g = f.glyph(c);
                let ys = || g.rings.iter().flatten().map(|p| p[1]);
                assert!(ys().next().is_some(), "{c} is empty");
                let top = -ys().fold(f32::MAX, f32::min);
                let bottom = ys().fold(f32::MIN, f32::max);
                assert!(top <= ASCENT && bottom <= DESCENT, "{c}: {top} {bottom}");
            }
        }
    }

    #[test]
    fn a_decomposed_text_is_as_wide_as_a_composed_one() {
        let (nfc, nfd) = ("Thửa đất Ấp Bắc", "Thửa đất Ấp Bắc".nfd().collect::<String>());
        assert_eq!(width(nfc, 12.0, false), width(&nfd, 12.0, false));
        assert!(width("320,5", 10.0, false) < width("320,5", 10.0, true));
    }
}
