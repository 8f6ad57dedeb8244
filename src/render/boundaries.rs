//! How boundaries of communes and frames of sheets are drawn over the parcels: the commune's line in dashes and dots, as on
//! printed cadastral maps, stronger than the dashes of a sheet. What two share is drawn once.

use std::collections::HashSet;

use super::list::{DisplayList, Stroke};
use super::reference::cut;
use super::style::{Rgb, Style, Theme};
use super::viewport::{Fix, Viewport};
use crate::domain::{Polygon, Pt, Territory, ring_sides};
use crate::text::Text;
use crate::topology::reference::{Lines, Reference};

/// Which line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Line {
    Commune,
    Sheet,
}

/// Frames of sheets would be a grid of nothing else from this scale on.
const SHEETS_TO: f64 = 60_000.0;
/// More dashes than this are drawn as a plain line.
const MOST: usize = 30_000;
/// Rim in the ground's colour on both sides, points.
const RIM: f32 = 1.2;

impl Line {
    pub fn colour(self, style: &Style) -> Rgb {
        match (self, style.theme) {
            (Self::Commune, Theme::Light) => Rgb(0xA8, 0x12, 0x5A),
            (Self::Commune, Theme::Dark) => Rgb(0xFF, 0x9C, 0xC8),
            (Self::Sheet, _) => style.palette().sheet_label,
        }
    }

    pub fn name(self) -> Text {
        match self {
            Self::Commune => Text::new("Địa giới xã", "Boundary of a commune"),
            Self::Sheet => Text::new("Khung tờ bản đồ", "Frame of a map sheet"),
        }
    }

    /// Its dashes over a length, points, for a legend.
    pub fn sample(self, length: f32) -> Vec<[f32; 2]> {
        let pattern: Vec<f64> = self.dashes().iter().map(|d| f64::from(*d)).collect();
        let mut out = Vec::new();
        dashes(0.0, f64::from(length), &pattern, &mut |a, b| {
            out.push([a as f32, b as f32])
        });
        out
    }

    /// Width, points.
    pub fn width(self) -> f32 {
        match self {
            Self::Commune => 2.4,
            Self::Sheet => 1.1,
        }
    }

    /// Drawn and left out in turn, points.
    pub fn dashes(self) -> &'static [f32] {
        match self {
            Self::Commune => &[13.0, 4.0, 2.5, 4.0],
            Self::Sheet => &[7.0, 5.0],
        }
    }
}

/// The lines of a territory, once each.
#[derive(Debug, Default)]
pub struct Boundaries {
    communes: Reference,
    sheets: Reference,
}

impl Boundaries {
    pub fn of(territory: &Territory) -> Self {
        let mut drawn = HashSet::new();
        let communes = territory.communes.values();
        let communes = lines(communes.filter_map(|c| c.boundary.as_ref()), &mut drawn);
        let sheets = territory.sheets.values().flat_map(|s| s.values());
        let sheets = lines(sheets.filter_map(|s| s.frame.as_ref()), &mut drawn);
        Self {
            communes: Reference::build(communes),
            sheets: Reference::build(sheets),
        }
    }

    /// What is to be seen: sheets, then communes over them, each over its rim.
    pub fn strokes(&self, view: &Viewport, style: &Style) -> Vec<Stroke> {
        let mut out = Vec::new();
        for (line, of) in [(Line::Sheet, &self.sheets), (Line::Commune, &self.communes)] {
            if line == Line::Sheet && view.scale() > SHEETS_TO {
                continue;
            }
            let plain = dashed(of, view, &[f32::INFINITY]);
            let dashes = dashed(of, view, line.dashes());
            let rim = Stroke {
                colour: style.palette().halo,
                width: view.px(line.width() + 2.0 * RIM),
                segments: plain,
            };
            let ink = Stroke {
                colour: line.colour(style).alpha(255),
                width: view.px(line.width()),
                segments: dashes,
            };
            out.extend([rim, ink].into_iter().filter(|s| !s.segments.is_empty()));
        }
        out
    }

    /// Adds them to a printed map.
    pub fn add_to(&self, list: &mut DisplayList, view: &Viewport, style: &Style) {
        list.strokes.extend(self.strokes(view, style));
    }
}

/// The kinds there are, the stronger first.
pub fn kinds(territory: &Territory) -> Vec<Line> {
    let commune = territory.communes.values().any(|c| c.boundary.is_some());
    let mut sheets = territory.sheets.values().flat_map(|s| s.values());
    let there = [
        (Line::Commune, commune),
        (Line::Sheet, sheets.any(|s| s.frame.is_some())),
    ];
    there.into_iter().filter(|(_, is)| *is).map(|(l, _)| l).collect()
}

/// Rings as lines, without the sides that are drawn already.
fn lines<'a>(polygons: impl Iterator<Item = &'a Polygon>, drawn: &mut HashSet<(Pt, Pt)>) -> Lines {
    let mut lines = Lines::default();
    for (n, ring) in polygons.flat_map(|p| &p.rings).enumerate() {
        let mut line: Vec<Pt> = Vec::new();
        for (a, b) in ring_sides(ring) {
            if !drawn.insert((a.min(b), a.max(b))) {
                lines.push(n as u64 + 1, line.drain(..));
                continue;
            }
            if line.is_empty() {
                line.push(a);
            }
            line.push(b);
        }
        lines.push(n as u64 + 1, line);
    }
    lines
}

/// The dashes in view. They are counted from where a line begins, so that they stay on the ground while the map is panned.
fn dashed(of: &Reference, view: &Viewport, pattern: &[f32]) -> Vec<[Fix; 2]> {
    let window = view.bbox(8.0);
    let fixer = view.fixer();
    // Points of the screen to millimetres of the ground.
    let mm = view.metres_per_pixel * f64::from(view.pixels_per_point) * 1000.0;
    let pattern: Vec<f64> = pattern.iter().map(|p| f64::from(*p) * mm).collect();
    let mut out = Vec::new();
    for line in of.within(&window) {
        let mut gone = 0.0;
        for pair in of.line(line).windows(2) {
            let length = pair[0].dist(pair[1]);
            if let Some((a, b)) = cut(pair[0], pair[1], &window) {
                let start = gone + pair[0].dist(a);
                let mut put = |from: f64, to: f64| {
                    let part = |d: f64| between(a, b, d / a.dist(b).max(1.0));
                    out.push([fixer.fix(part(from)), fixer.fix(part(to))]);
                };
                if out_of_hand(a.dist(b), &pattern) {
                    put(0.0, a.dist(b));
                } else {
                    dashes(start, a.dist(b), &pattern, &mut put);
                }
            }
            gone += length;
        }
    }
    out
}

/// A pattern too fine for a stretch: it would be as many dashes as nobody can see.
fn out_of_hand(length: f64, pattern: &[f64]) -> bool {
    let period: f64 = pattern.iter().sum();
    !period.is_finite() || length / period * pattern.len() as f64 > MOST as f64
}

/// The drawn stretches of a side of `length` that begins `start` along its line.
fn dashes(start: f64, length: f64, pattern: &[f64], put: &mut impl FnMut(f64, f64)) {
    let period: f64 = pattern.iter().sum();
    let mut at = start.rem_euclid(period);
    let mut i = 0;
    while i + 1 < pattern.len() && at >= pattern[i] {
        at -= pattern[i];
        i += 1;
    }
    let mut done = 0.0;
    while done < length {
        let end = (done + (pattern[i] - at).max(1.0)).min(length);
        if i % 2 == 0 {
            put(done, end);
        }
        (done, at, i) = (end, 0.0, (i + 1) % pattern.len());
    }
}

fn between(a: Pt, b: Pt, t: f64) -> Pt {
    let part = |a: i64, b: i64| a + ((b - a) as f64 * t).round() as i64;
    Pt::new(part(a.e, b.e), part(a.n, b.n))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Commune, Sheet};
    use crate::topology::testing::polygon;

    fn territory() -> Territory {
        let commune = |s: &str| Commune {
            boundary: Some(polygon(s)),
            ..Commune::default()
        };
        let mut t = Territory::default();
        t.communes
            .insert("1".into(), commune("0 0, 100000 0, 100000 100000, 0 100000"));
        t.communes.insert(
            "2".into(),
            commune("100000 0, 200000 0, 200000 100000, 100000 100000"),
        );
        let sheet = Sheet {
            frame: Some(polygon("0 0, 100000 0, 100000 50000, 0 50000")),
            ..Sheet::default()
        };
        t.sheets.entry("1".into()).or_default().insert("1".into(), sheet);
        t
    }

    fn view(metres_per_pixel: f64) -> Viewport {
        Viewport {
            centre: [100.0, 50.0],
            metres_per_pixel,
            width: 400,
            height: 300,
            pixels_per_point: 1.0,
        }
    }

    #[test]
    fn what_two_share_is_drawn_once() {
        let all = Boundaries::of(&territory());
        assert_eq!(kinds(&territory()), [Line::Commune, Line::Sheet]);
        let sides = |r: &Reference| (0..r.len()).map(|i| r.line(i).len() - 1).sum::<usize>();
        assert_eq!(sides(&all.communes), 7);
        // Only its northern side, and the halves of those west and east.
        assert_eq!(sides(&all.sheets), 3);
        assert!(kinds(&Territory::default()).is_empty());
    }

    #[test]
    fn a_commune_is_stronger_and_dashes_stay_on_the_ground() {
        let all = Boundaries::of(&territory());
        for theme in [Theme::Light, Theme::Dark] {
            let style = Style {
                theme,
                ..Style::default()
            };
            let drawn = all.strokes(&view(1.0), &style);
            let [_, sheet, rim, commune] = drawn.as_slice() else {
                panic!("{drawn:?}")
            };
            assert!(commune.width > sheet.width && rim.width > commune.width);
            assert!(commune.segments.len() > 10 * rim.segments.len() / 4);
            assert_ne!(commune.colour, sheet.colour);
        }
        let ground = |view: &Viewport| {
            let style = Style::default();
            let drawn = all.strokes(view, &style);
            let fixer = view.fixer();
            let origin = fixer.fix(Pt::new(0, 0));
            let shift = |f: Fix| [f[0] - origin[0], f[1] - origin[1]];
            let ink = drawn.last().unwrap().segments.iter();
            ink.map(|s| s.map(shift)).collect::<Vec<_>>()
        };
        let panned = Viewport {
            centre: [110.0, 60.0],
            ..view(1.0)
        };
        assert_eq!(ground(&view(1.0)), ground(&panned));
        // From far away frames go, and a line across the country is no flood of dashes.
        assert_eq!(all.strokes(&view(1000.0), &Style::default()).len(), 2);
        let mut far = Vec::new();
        dashes(5.0, 100.0, &[13.0, 4.0, 2.5, 4.0], &mut |a, b| far.push((a, b)));
        assert_eq!(far[..2], [(0.0, 8.0), (12.0, 14.5)]);
        assert!(out_of_hand(1e9, &[1.0, 1.0]) && !out_of_hand(1e4, &[1.0, 1.0]));
    }
}
