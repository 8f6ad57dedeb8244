//! Gaps that are right as they are (streets, ditches, land not yet surveyed) on a printed map: tinted, hatched and outlined in
//! the colour of notes, with their reason where there is room.

use super::hatch;
use super::list::{Align, DisplayList, Stroke, TextRun};
use super::page::shorten;
use super::style::{Pattern, Rgb, Rgba, Style};
use super::viewport::{Fix, Viewport};
use crate::domain::AllowedGap;
use crate::topology::{Coverage, polylabel};

/// Share of the colour of notes in the ground.
const TINT: f32 = 0.14;
/// Line and letters, points.
const LINE: f32 = 1.4;
const LETTERS: f32 = 10.5;
/// Narrower than this on the page, points, a gap says no reason.
const ROOM: f32 = 26.0;
/// Letters of a reason are that wide at most, points.
const WIDEST: f32 = 220.0;

/// Fill of an allowed gap.
pub fn ground(style: &Style) -> Rgb {
    let p = style.palette();
    p.background.mix(p.info, TINT)
}

/// Its hatch.
pub fn lines(style: &Style) -> (Pattern, Rgba) {
    (Pattern::Diagonal, style.palette().info.alpha(120))
}

/// Whether one is to be seen.
pub fn is_seen(coverage: &Coverage, view: &Viewport) -> bool {
    !coverage.allowed_gaps().window(&view.bbox(0.0)).is_empty()
}

/// Adds the allowed gaps in force that are to be seen.
pub fn add_to(list: &mut DisplayList, coverage: &Coverage, view: &Viewport, style: &Style) {
    let gaps = coverage.allowed_gaps().window(&view.bbox(0.0));
    let (mut sides, mut hatched) = (Vec::new(), Vec::new());
    let fixer = view.fixer();
    for gap in &gaps {
        let at = list.fills.len();
        let rings = &gap.polygon.rings;
        list.fill(
            rings.iter().map(|r| r.iter().map(|p| fixer.fix(*p))),
            ground(style),
        );
        if list.fills.len() > at {
            hatch::lines(list, at, view, lines(style).0, &mut hatched);
        }
        sides.extend(gap.polygon.sides().map(|(a, b)| [fixer.fix(a), fixer.fix(b)]));
    }
    let ink = style.palette().info;
    stroke(list, lines(style).1, view.px(0.8), hatched);
    stroke(list, ink.alpha(255), view.px(LINE), sides);
    let said = gaps.iter().filter_map(|g| reason(g, view, style, ink));
    list.texts.extend(said);
}

fn stroke(list: &mut DisplayList, colour: Rgba, width: f32, segments: Vec<[Fix; 2]>) {
    if !segments.is_empty() {
        list.strokes.push(Stroke {
            colour,
            width,
            segments,
        });
    }
}

/// Its reason at its widest place, as much of it as has room.
fn reason(gap: &AllowedGap, view: &Viewport, style: &Style, ink: Rgb) -> Option<TextRun> {
    let per_point = view.metres_per_pixel * f64::from(view.pixels_per_point) * 1000.0;
    let points = |mm: i64| (mm as f64 / per_point) as f32;
    let (wide, high) = (points(gap.bbox.width()), points(gap.bbox.height()));
    let pole = polylabel::pole(&gap.polygon, per_point.max(50.0))?;
    if wide < ROOM || high < LETTERS || points(2 * pole.radius as i64) < LETTERS {
        return None;
    }
    let text = shorten(&gap.reason, wide.min(WIDEST), LETTERS, false);
    (!text.is_empty()).then(|| TextRun {
        text: text.into(),
        at: view.fixer().fix(pole.at),
        align: Align::Centre,
        size: LETTERS * view.pixels_per_point,
        bold: false,
        colour: ink,
        halo: Some((style.palette().halo, 2.0 * view.pixels_per_point)),
    })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::domain::{Pt, Uid};
    use crate::render::Theme;
    use crate::render::picture::map;
    use crate::topology::AllowedGaps;
    use crate::topology::allowed::gap_at;
    use crate::topology::testing::parcel;

    /// Two parcels either side of a ditch of 6 m, closed at both ends.
    fn town(allowed: bool) -> Coverage {
        let mut c = Coverage::build(vec![
            parcel(
                1,
                "0 0, 60000 0, 60000 20000, 50000 20000, 50000 14000, 10000 14000, 10000 20000, 0 20000",
            ),
            parcel(
                2,
                "0 20000, 10000 20000, 50000 20000, 60000 20000, 60000 40000, 0 40000",
            ),
        ]);
        if allowed {
            let gap = gap_at(&c, Pt::new(30_000, 17_000)).unwrap();
            let gap = AllowedGap {
                fid: 1,
                uid: Uid(uuid::Uuid::from_u128(1)),
                polygon: crate::domain::Polygon { rings: gap.rings },
                bbox: gap.bbox,
                commune: None,
                reason: "Mương nội đồng".into(),
                by: "thử".into(),
                when: jiff::Timestamp::UNIX_EPOCH,
                until: None,
            };
            c.set_allowed_gaps(Arc::new(AllowedGaps::new(vec![Arc::new(gap)])));
        }
        c
    }

    #[test]
    fn an_allowed_gap_is_tinted_outlined_and_says_why() {
        for theme in [Theme::Light, Theme::Dark] {
            let style = Style {
                theme,
                ..Style::default()
            };
            let (with, without) = (town(true), town(false));
            let view = Viewport::fit(with.bbox().unwrap(), 600, 400, 1.0, 8.0);
            let mut list = DisplayList::new(600, 400, style.palette().background);
            add_to(&mut list, &with, &view, &style);
            assert_eq!(
                (list.fills.len(), list.texts.len(), list.strokes.len()),
                (1, 1, 2)
            );
            assert_eq!(&*list.texts[0].text, "Mương nội đồng");
            assert_eq!(list.strokes[1].segments.len(), 4);
            // What the picture shows there, and beside it.
            let (shown, plain) = (map(&with, &view, &style), map(&without, &view, &style));
            let pixel = |e, n| view.fixer().fix(Pt::new(e, n)).map(|v| (v / 256) as u32);
            let at = |[x, y]: [u32; 2]| (shown.pixel(x, y), plain.pixel(x, y));
            let tinted = (0..40).filter(|k| {
                let (a, b) = at(pixel(12_000 + k * 100, 15_000));
                a != b
            });
            assert!(tinted.count() > 35);
            let (a, b) = at(pixel(5_000, 30_000));
            assert_eq!(a, b);
            // Far away it says nothing, and nowhere is it drawn that is not seen.
            let far = Viewport::fit(with.bbox().unwrap().grown(3_000_000), 600, 400, 1.0, 8.0);
            let mut list = DisplayList::new(600, 400, style.palette().background);
            add_to(&mut list, &with, &far, &style);
            assert!(list.texts.is_empty());
            assert!(is_seen(&with, &view) && !is_seen(&without, &view));
        }
    }
}
