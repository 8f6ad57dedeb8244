//! What is visible, as a display list: culled, simplified to what the zoom can show, every shared
//! side once. The order is fixed by fid and place, never by a hash map.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::hatch;
use super::list::{DisplayList, Stroke};
use super::style::{ColourBy, Hatch, Paint, Rgba, Style};
use super::viewport::{Fix, Fixer, UNITS, Viewport};
use crate::domain::{BBox, Parcel, ring_sides};
use crate::topology::Coverage;

/// Points kept around the view so that lines at its rim are whole.
const MARGIN: f32 = 2.0;

/// A parcel narrower than this (points) does not draw its sides: they would be a grey mass. A wider
/// neighbour still draws the side they share.
const NARROW: f64 = 3.0;

/// Parcels and boundaries of a view, without labels.
pub fn scene(coverage: &Coverage, view: &Viewport, style: &Style) -> DisplayList {
    of_parcels(&visible(coverage, &view.bbox(MARGIN)), view, style)
}

/// Whether boundaries are drawn at this zoom, or too fine for it.
pub fn shows_boundaries(view: &Viewport, style: &Style) -> bool {
    Detail::of(view, style).boundary.1 > 0
}

/// The parcels that touch `window`, by fid.
pub(super) fn visible<'a>(coverage: &'a Coverage, window: &BBox) -> Vec<&'a Parcel> {
    let mut found = Vec::new();
    coverage.window_for_each(window, |p| found.push(p));
    found.par_sort_unstable_by_key(|p| p.fid);
    found
}

/// The scene of given parcels.
pub fn of_parcels(parcels: &[&Parcel], view: &Viewport, style: &Style) -> DisplayList {
    let detail = Detail::of(view, style);
    let parts: Vec<Part> = parcels
        .par_chunks(2048)
        .map(|chunk| part(chunk, view, style, &detail))
        .collect();
    let mut list = DisplayList::new(view.width, view.height, style.palette().background);
    let (mut sides, mut hatch) = (Vec::new(), Hatches::new());
    for p in parts {
        list.append_fills(&p.list);
        sides.extend(p.sides);
        for (look, lines) in p.hatch {
            hatch.entry(look).or_default().extend(lines);
        }
    }
    sides.par_sort_unstable();
    sides.dedup();
    let mut stroke = |colour: Rgba, points: f32, segments: Vec<[Fix; 2]>| {
        if !segments.is_empty() && colour.1 > 0 {
            list.strokes.push(Stroke {
                colour,
                width: view.px(points),
                segments,
            });
        }
    };
    for (Hatch(_, colour), lines) in hatch {
        stroke(colour, 0.7, lines);
    }
    stroke(detail.boundary, detail.width, sides);
    list
}

/// What a zoom can show. Depends on the zoom and style alone, so tiles agree with each other.
struct Detail {
    fixer: Fixer,
    boundary: Rgba,
    /// Points.
    width: f32,
    /// Parcels below this size, mm, draw no sides.
    narrow: i64,
    /// Vertices go to multiples of this many units (a power of two).
    grid: i32,
    /// Share of the boundary's colour that fills take on where boundaries are too fine to draw.
    shade: f32,
    /// Screen, units, with a margin.
    window: [Fix; 2],
}

impl Detail {
    fn of(view: &Viewport, style: &Style) -> Self {
        // 1 at 1:5,000 and closer, 0 from 1:20,000: a common parcel is then 5 points wide.
        let near = smooth(((20_000.0 / view.scale()).log2() / 2.0) as f32);
        let Rgba(ink, alpha) = style.palette().boundary;
        let edge = (MARGIN * view.pixels_per_point) as i32 * UNITS + UNITS;
        Self {
            fixer: view.fixer(),
            boundary: ink.alpha((f32::from(alpha) * near + 0.5) as u8),
            width: 0.5 + 0.45 * near,
            narrow: view.reach(NARROW as f32),
            grid: if near < 0.5 { UNITS / 16 } else { 1 },
            shade: if style.colour_by == ColourBy::Plain {
                0.16 * (1.0 - near)
            } else {
                0.0
            },
            window: [
                [-edge, -edge],
                [
                    view.width as i32 * UNITS + edge,
                    view.height as i32 * UNITS + edge,
                ],
            ],
        }
    }

    fn fix(&self, p: crate::domain::Pt) -> Fix {
        let half = self.grid / 2;
        self.fixer.fix(p).map(|v| (v + half) & -self.grid)
    }

    fn sees(&self, a: Fix, b: Fix) -> bool {
        let [lo, hi] = self.window;
        (0..2).all(|i| a[i].max(b[i]) >= lo[i] && a[i].min(b[i]) <= hi[i])
    }
}

fn smooth(t: f32) -> f32 {
    let t = t.clamp(0.0, 1.0);
    t * t * (3.0 - 2.0 * t)
}

/// The share of some parcels in a scene.
struct Part {
    list: DisplayList,
    /// Canonical direction, not yet unique.
    sides: Vec<[Fix; 2]>,
    hatch: Hatches,
}

/// The lines of each kind of hatch.
type Hatches = BTreeMap<Hatch, Vec<[Fix; 2]>>;

fn part(parcels: &[&Parcel], view: &Viewport, style: &Style, detail: &Detail) -> Part {
    let mut out = Part {
        list: DisplayList::new(view.width, view.height, style.palette().background),
        sides: Vec::new(),
        hatch: Hatches::new(),
    };
    let shade = detail.boundary.0;
    let mut last: Option<(&Parcel, Paint)> = None;
    for p in parcels.iter().filter(|p| !p.bbox.is_empty()) {
        // Neighbours in the file mostly share their paint: look it up once.
        let paint = match last {
            Some((q, paint)) if same_look(p, q, style) => paint,
            _ => style.paint(p),
        };
        last = Some((p, paint));
        let first = out.list.fills.len();
        let rings = p.polygon.rings.iter().map(|r| r.iter().map(|q| detail.fix(*q)));
        let fill = if detail.shade > 0.0 {
            paint.fill.mix(shade, detail.shade)
        } else {
            paint.fill
        };
        out.list.fill(rings, fill);
        if p.bbox.width().min(p.bbox.height()) < detail.narrow || detail.boundary.1 == 0 {
            continue;
        }
        sides(p, detail, &mut out.sides);
        if let Some(hatch) = paint.hatch
            && out.list.fills.len() > first
        {
            let lines = out.hatch.entry(hatch).or_default();
            hatch::lines(&out.list, first, view, hatch.0, lines);
        }
    }
    out
}

fn same_look(p: &Parcel, q: &Parcel, style: &Style) -> bool {
    p.is_parcel == q.is_parcel && p.land_use == q.land_use && style.colour_by == ColourBy::LandUse
}

fn sides(p: &Parcel, detail: &Detail, out: &mut Vec<[Fix; 2]>) {
    for ring in &p.polygon.rings {
        for (a, b) in ring_sides(ring) {
            let (a, b) = (detail.fix(a), detail.fix(b));
            if a != b && detail.sees(a, b) {
                out.push(if a < b { [a, b] } else { [b, a] });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Polygon, Pt};
    use crate::render::raster::paint;
    use crate::render::style::{Rgb, Theme};
    use crate::topology::testing::{grid, parcel};

    /// 40 × 40 pixels, one pixel a metre, the map's origin in the lower left corner.
    fn view() -> Viewport {
        Viewport {
            centre: [20.0, 20.0],
            metres_per_pixel: 1.0,
            width: 40,
            height: 40,
            pixels_per_point: 1.0,
        }
    }

    #[test]
    fn a_list_says_what_is_seen_each_shared_side_once() {
        let map = Coverage::build(vec![
            parcel(2, "20000 0, 40000 0, 40000 20000, 20000 20000"),
            parcel(
                1,
                "0 0, 20000 0, 20000 20000, 0 20000 | 5000 5000, 5000 9000, 9000 5000",
            ),
            parcel(3, "90000 90000, 99000 90000, 99000 99000"),
        ]);
        let list = scene(&map, &view(), &Style::default()).describe();
        assert_eq!(
            list,
            "40×40 on #f6f5f1\n\
             fill #ffa0ff | 0.00,40.00 20.00,40.00 20.00,20.00 0.00,20.00 | 5.00,35.00 5.00,31.00 9.00,35.00\n\
             fill #ffa0ff | 20.00,40.00 40.00,40.00 40.00,20.00 20.00,20.00\n\
             stroke #4a4540e6 0.95px 0.00,20.00– 0.00,40.00; 0.00,20.00– 20.00,20.00; 0.00,40.00– 20.00,40.00; \
             5.00,31.00– 5.00,35.00; 5.00,31.00– 9.00,35.00; 5.00,35.00– 9.00,35.00; 20.00,20.00– 20.00,40.00; \
             20.00,20.00– 40.00,20.00; 20.00,40.00– 40.00,40.00; 40.00,20.00– 40.00,40.00;\n"
        );
    }

    #[test]
    fn pixels_inside_are_the_colour_a_hole_is_open_and_an_unknown_use_is_hatched() {
        let mut ring = parcel(
            1,
            "2000 2000, 38000 2000, 38000 38000, 2000 38000 \
            | 12000 12000, 12000 28000, 28000 28000, 28000 12000",
        );
        let style = Style::default();
        let image = |p: &Parcel| paint(&of_parcels(&[p], &view(), &style));
        let background = style.palette().background;
        let i = image(&ring);
        assert_eq!(i.pixel(6, 6), Rgb(255, 160, 255));
        assert_eq!((i.pixel(20, 20), i.pixel(0, 20)), (background, background));
        ring.land_use = "??".into();
        let i = image(&ring);
        let tones: std::collections::BTreeSet<_> = (4..11).map(|x| i.pixel(x, 6)).collect();
        assert!(
            tones.contains(&style.palette().unknown) && tones.len() > 2,
            "{tones:?}"
        );
    }

    /// From far away every pixel of a gapless coverage is the mean of what lies there: no
    /// background shines through, nothing is counted twice.
    #[test]
    fn far_away_a_coverage_has_no_holes_and_no_moire() {
        let mut all = grid(300, 300, 7_300);
        all.iter_mut()
            .for_each(|p| p.land_use = if p.fid % 2 == 0 { "ODT" } else { "LUC" }.into());
        let map = Coverage::build(all);
        let view = Viewport {
            centre: [1095.0, 1095.0],
            metres_per_pixel: 27.13,
            width: 60,
            height: 60,
            pixels_per_point: 1.0,
        };
        let image = paint(&scene(&map, &view, &Style::default()));
        // 255,160,255 and 255,252,140 alternate; a pixel holds 3.7 columns, so either may be 7 % ahead.
        for y in 0..60 {
            for x in 0..60 {
                let Rgb(r, g, b) = image.pixel(x, y);
                assert!(r >= 254, "background at {x},{y}");
                assert!(
                    (190..=222).contains(&g) && (178..=217).contains(&b),
                    "{x},{y}: {g} {b}"
                );
            }
        }
    }

    #[test]
    fn the_picture_does_not_depend_on_the_order_of_the_parcels() {
        let mut all = grid(20, 20, 4_000);
        let refs: Vec<&Parcel> = all.iter().collect();
        let style = Style {
            theme: Theme::Dark,
            ..Style::default()
        };
        let a = paint(&of_parcels(&refs, &view(), &style));
        all.reverse();
        let b = paint(&scene(&Coverage::build(all), &view(), &style));
        assert!(a == b);
    }

    #[test]
    fn far_outside_coordinates_and_degenerate_shapes_do_no_harm() {
        let far = crate::domain::MAX_COORDINATE;
        let shapes = [
            Polygon::default(),
            Polygon {
                rings: vec![vec![Pt::new(1, 1); 4]],
            },
            Polygon {
                rings: vec![vec![Pt::new(-far, -far), Pt::new(far, -far), Pt::new(0, far)]],
            },
        ];
        let parcels: Vec<Parcel> = shapes
            .into_iter()
            .enumerate()
            .map(|(i, s)| crate::topology::testing::parcel_of(i as i64, s))
            .collect();
        for scale in [20.0, 1_000.0, 8e6] {
            let mut v = view();
            v.set_scale(scale);
            let image = paint(&of_parcels(
                &parcels.iter().collect::<Vec<_>>(),
                &v,
                &Style::default(),
            ));
            assert_eq!(image.rgba.len(), 40 * 40 * 4);
        }
    }
}
