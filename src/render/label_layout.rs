//! The shape of a parcel's label: number over area with a bar, land use beside or below it
//! (domain.md §5.5), and which of these has room inside the parcel.

use std::sync::Arc;

use super::font;
use crate::domain::{Polygon, Pt};

/// One line of a label, relative to the label's middle: points right and down.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    pub text: Arc<str>,
    pub at: [f32; 2],
    /// Font size, points.
    pub size: f32,
}

/// A label ready to be put somewhere.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Layout {
    pub lines: Vec<Line>,
    /// Ends of the fraction bar.
    pub bar: Option<[[f32; 2]; 2]>,
    /// Half the width and height it takes, points.
    pub half: [f32; 2],
}

/// What a parcel's label says.
#[derive(Clone, Debug, PartialEq)]
pub struct Words {
    pub number: Arc<str>,
    /// With one decimal, no unit.
    pub area: Option<Arc<str>>,
    pub land_use: Option<Arc<str>>,
}

/// Free room to the parcel's sides, points.
const ROOM: f32 = 1.5;
/// From the bar to the digits above and below, share of the font size.
const LIFT: f32 = 0.63;

/// The layouts to try, the most telling first.
pub fn candidates(words: &Words, full: bool, size: f32) -> Vec<Layout> {
    let mut all = Vec::new();
    for size in [size, size * 0.86] {
        if let (Some(area), true) = (&words.area, full) {
            let fraction = fraction(words, area, size);
            if let Some(code) = &words.land_use {
                all.push(beside(code, &fraction, size));
                all.push(below(code, &fraction, size));
            }
            all.push(fraction);
        }
    }
    for size in [size, size * 0.86] {
        all.push(single(&words.number, size));
    }
    all
}

fn line(text: &Arc<str>, x: f32, y: f32, size: f32) -> Line {
    Line {
        text: text.clone(),
        at: [x, y],
        size,
    }
}

fn single(text: &Arc<str>, size: f32) -> Layout {
    let half = [font::width(text, size, false) / 2.0, size * font::CAP / 2.0];
    Layout {
        lines: vec![line(text, 0.0, 0.0, size)],
        bar: None,
        half,
    }
}

fn fraction(words: &Words, area: &Arc<str>, size: f32) -> Layout {
    let widest = font::width(&words.number, size, false).max(font::width(area, size, false));
    let bar = widest / 2.0 + 1.0;
    let lift = size * LIFT;
    Layout {
        lines: vec![line(&words.number, 0.0, -lift, size), line(area, 0.0, lift, size)],
        bar: Some([[-bar, 0.0], [bar, 0.0]]),
        half: [bar, lift + size * font::CAP / 2.0],
    }
}

/// The land use left of the bar, as on printed sheets.
fn beside(code: &Arc<str>, fraction: &Layout, size: f32) -> Layout {
    let gap = size * 0.35;
    let width = font::width(code, size, false);
    let mut all = moved(fraction, (width + gap) / 2.0, 0.0);
    all.lines
        .push(line(code, -(fraction.half[0] + gap / 2.0), 0.0, size));
    all.half[0] = fraction.half[0] + (width + gap) / 2.0;
    all
}

fn below(code: &Arc<str>, fraction: &Layout, size: f32) -> Layout {
    let step = size * LIFT;
    let mut all = moved(fraction, 0.0, -step);
    all.lines
        .push(line(code, 0.0, fraction.half[1] + step * 0.25, size));
    all.half = [
        fraction.half[0].max(font::width(code, size, false) / 2.0),
        fraction.half[1] + step,
    ];
    all
}

fn moved(layout: &Layout, x: f32, y: f32) -> Layout {
    let by = |p: [f32; 2]| [p[0] + x, p[1] + y];
    Layout {
        lines: layout
            .lines
            .iter()
            .map(|l| Line {
                at: by(l.at),
                ..l.clone()
            })
            .collect(),
        bar: layout.bar.map(|b| b.map(by)),
        half: layout.half,
    }
}

/// Whether a label of this half size (points) around `at` stays off all sides, given the ground
/// millimetres of a point. `at` lies inside, `radius` (mm) away from the nearest side.
pub fn fits(polygon: &Polygon, at: Pt, radius: f64, half: [f32; 2], mm: f64) -> bool {
    let [w, h] = half.map(|v| f64::from(v + ROOM) * mm);
    if radius * radius >= w * w + h * h {
        return true;
    }
    if radius < w.min(h) {
        return false;
    }
    let local = |p: Pt| [(p.e - at.e) as f64, (p.n - at.n) as f64];
    !polygon.sides().any(|(a, b)| touches(local(a), local(b), w, h))
}

/// Whether a side passes through the box from (-w, -h) to (w, h): separating axes.
fn touches(a: [f64; 2], b: [f64; 2], w: f64, h: f64) -> bool {
    let apart = |a: f64, b: f64, r: f64| a.min(b) > r || a.max(b) < -r;
    if apart(a[0], b[0], w) || apart(a[1], b[1], h) {
        return false;
    }
    let d = [b[0] - a[0], b[1] - a[1]];
    (d[0] * a[1] - d[1] * a[0]).abs() <= d[0].abs() * h + d[1].abs() * w
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::topology::testing::{point, polygon};

    fn words(number: &str, area: &str, code: &str) -> Words {
        Words {
            number: number.into(),
            area: Some(area.into()),
            land_use: Some(code.into()),
        }
    }

    /// The text of the layout that fits first, lines from the top, "/" for the bar.
    fn chosen(shape: &str, at: &str, mm: f64) -> String {
        let (p, at) = (polygon(shape), point(at));
        let radius = p
            .sides()
            .map(|(a, b)| crate::topology::segment::distance(at, a, b))
            .fold(f64::MAX, f64::min);
        let all = candidates(&words("145", "320,5", "ONT+CLN"), true, 10.0);
        let found = all.iter().find(|l| fits(&p, at, radius, l.half, mm));
        found.map_or("nothing".into(), |l| {
            let t: Vec<&str> = l.lines.iter().map(|l| &*l.text).collect();
            t.join(if l.bar.is_some() { "/" } else { " " })
        })
    }

    #[test]
    fn the_room_decides_what_is_written() {
        let square = "0 0, 20000 0, 20000 20000, 0 20000";
        assert_eq!(chosen(square, "10000 10000", 100.0), "145/320,5/ONT+CLN");
        assert_eq!(chosen(square, "10000 10000", 450.0), "145/320,5");
        assert_eq!(chosen(square, "10000 10000", 800.0), "145");
        assert_eq!(chosen(square, "10000 10000", 2000.0), "nothing");
        // Long and thin: wide enough for digits only.
        assert_eq!(
            chosen("0 0, 90000 0, 90000 4000, 0 4000", "45000 2000", 300.0),
            "145"
        );
        // Concave: the arm left of the place ends before the label would.
        let l = "0 0, 40000 0, 40000 10000, 10000 10000, 10000 40000, 0 40000";
        assert_eq!(chosen(l, "5500 5500", 300.0), "145/320,5");
    }

    #[test]
    fn a_pond_in_the_parcel_is_kept_free() {
        let ring = "0 0, 20000 0, 20000 20000, 0 20000 | 9000 3000, 9000 5000, 11000 5000, 11000 3000";
        assert_eq!(chosen(ring, "10000 12000", 200.0), "145/320,5/ONT+CLN");
        let p = polygon(ring);
        assert_eq!(p.rings.len(), 2);
        assert!(!fits(&p, point("10000 12000"), 7000.0, [40.0, 30.0], 300.0));
    }
}
