//! Which labels are shown and where: placed in the parcel, never over a side or another label, and
//! decided by parcel and zoom alone, so that nothing jumps while panning.
//!
//! The window paints what [`Labels::place`] returns, the painter takes the same through
//! [`add_to`]. Poles of inaccessibility are kept per parcel and shape.

use std::collections::{BTreeMap, HashMap};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use super::font;
use super::label_layout::{Layout, Line, Words, candidates, fits};
use super::list::{Align, DisplayList, Stroke, TextRun};
use super::scene::visible;
use super::style::{LabelMode, Style};
use super::viewport::{UNITS, Viewport};
use crate::domain::{Parcel, Polygon, Pt, ring_sides};
use crate::text::{Lang, format};
use crate::topology::Coverage;
use crate::topology::polylabel::{self, Pole};
use crate::topology::ring::{self, Place};
use crate::topology::segment;

/// From this scale on out parcels have no labels, sheets and communes have.
const PARCELS_UNTIL: f64 = 6_000.0;
const COMMUNES_FROM: f64 = 15_000.0;
/// Poles searched for one picture of the window: a fast pan spreads the work over some frames.
pub const FRAME_BUDGET: usize = 400;
/// Parcels remembered; beyond that the memory starts anew.
const REMEMBERED: usize = 200_000;

/// What a label belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LabelKind {
    /// By fid.
    Parcel(i64),
    Sheet,
    Commune,
}

/// One label on the screen.
#[derive(Clone, Debug, PartialEq)]
pub struct Label {
    pub kind: LabelKind,
    /// Middle of the label in points, right and down of the view's corner. Lines and bar of
    /// `layout` are relative to it; a line's place is the middle of its digits.
    pub at: [f32; 2],
    pub layout: Arc<Layout>,
}

/// The labels of a view.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Placed {
    pub labels: Vec<Label>,
    /// False when the budget ran out: place again on the next frame.
    pub complete: bool,
}

/// Memory between frames.
#[derive(Default)]
pub struct Labels {
    parcels: HashMap<i64, Known>,
    areas: Areas,
    last: Option<(Key, Arc<Placed>)>,
}

/// What decides all labels of a view.
#[derive(Clone, PartialEq)]
struct Key {
    revision: u64,
    view: Viewport,
    style: Style,
}

/// What is remembered of a parcel.
struct Known {
    /// Hash of shape and words.
    print: u64,
    pole: Option<Pole>,
    /// Zoom and mode the layout was chosen for.
    chosen_for: (u64, u32, LabelMode, Lang),
    chosen: Option<Arc<Layout>>,
}

impl Labels {
    /// The labels of a view. At most `budget` parcels not seen before are worked on.
    pub fn place(
        &mut self,
        coverage: &Coverage,
        view: &Viewport,
        style: &Style,
        budget: usize,
    ) -> Arc<Placed> {
        let key = Key {
            revision: coverage.revision(),
            view: *view,
            style: style.clone(),
        };
        if let Some((k, placed)) = &self.last
            && *k == key
            && placed.complete
        {
            return placed.clone();
        }
        if self.parcels.len() > REMEMBERED {
            self.parcels.clear();
        }
        let mut placed = Placed {
            labels: Vec::new(),
            complete: true,
        };
        if style.labels != LabelMode::Off {
            if view.scale() < PARCELS_UNTIL {
                self.parcel_labels(coverage, view, style, budget, &mut placed);
            } else {
                self.areas.labels(coverage, view, style, &mut placed.labels);
            }
        }
        let placed = Arc::new(placed);
        self.last = Some((key, placed.clone()));
        placed
    }

    fn parcel_labels(
        &mut self,
        coverage: &Coverage,
        view: &Viewport,
        style: &Style,
        mut budget: usize,
        out: &mut Placed,
    ) {
        let smallest = view.reach(7.0);
        let mut taken = Taken::default();
        for p in visible(coverage, &view.bbox(0.0)) {
            let room = p.bbox.width().min(p.bbox.height());
            if !p.is_parcel || p.number.is_empty() || room < smallest {
                continue;
            }
            let print = print_of(p, style.lang);
            let known = self.parcels.get(&p.fid).is_some_and(|k| k.print == print);
            if !known {
                if budget == 0 {
                    out.complete = false;
                    continue;
                }
                budget -= 1;
                self.parcels.insert(p.fid, Known::new(p, print));
            }
            let Some(known) = self.parcels.get_mut(&p.fid) else {
                continue;
            };
            if let Some((at, layout)) = known.layout(p, view, style) {
                let at = view.screen(at);
                if taken.take(at, layout.half) {
                    out.labels.push(Label {
                        kind: LabelKind::Parcel(p.fid),
                        at,
                        layout,
                    });
                }
            }
        }
    }
}

impl Known {
    fn new(p: &Parcel, print: u64) -> Self {
        // A sixtieth of the size is about a pixel whenever a label fits.
        let precision = p.bbox.width().min(p.bbox.height()) as f64 / 60.0;
        let pole = polylabel::pole(&p.polygon, precision.max(1.0));
        Self {
            print,
            pole: pole.map(|pole| calm(&p.polygon, pole)),
            chosen_for: (0, 0, LabelMode::Off, Lang::default()),
            chosen: None,
        }
    }

    /// Where and how the label is written at this zoom.
    fn layout(&mut self, p: &Parcel, view: &Viewport, style: &Style) -> Option<(Pt, Arc<Layout>)> {
        let pole = self.pole?;
        let zoom = view.metres_per_pixel.to_bits();
        let wanted = (zoom, view.pixels_per_point.to_bits(), style.labels, style.lang);
        if self.chosen_for != wanted {
            let mm = view.metres_per_pixel * f64::from(view.pixels_per_point) * 1e3;
            let all = candidates(&words(p, style), style.labels == LabelMode::Full, size(view));
            let fit = |l: &Layout| fits(&p.polygon, pole.at, pole.radius, l.half, mm);
            self.chosen = all.into_iter().find(fit).map(Arc::new);
            self.chosen_for = wanted;
        }
        self.chosen.clone().map(|l| (pole.at, l))
    }
}

/// The centre of gravity where it is nearly as good as the pole: in strips and rectangles the pole
/// may lie anywhere along the middle, and a row of plots should have a row of labels.
fn calm(polygon: &Polygon, pole: Pole) -> Pole {
    let Some(at) = centroid(polygon.shell()) else {
        return pole;
    };
    if ring::locate(polygon, at) != Place::Inside {
        return pole;
    }
    let radius = polygon
        .sides()
        .map(|(a, b)| segment::distance(at, a, b))
        .fold(f64::MAX, f64::min);
    if radius >= 0.75 * pole.radius {
        Pole { at, radius }
    } else {
        pole
    }
}

/// Centre of gravity of a ring's surface; `None` when it has none.
fn centroid(ring: &[Pt]) -> Option<Pt> {
    let o = *ring.first()?;
    let (mut area, mut e, mut n) = (0.0, 0.0, 0.0);
    for (a, b) in ring_sides(ring) {
        let [ax, ay] = [(a.e - o.e) as f64, (a.n - o.n) as f64];
        let [bx, by] = [(b.e - o.e) as f64, (b.n - o.n) as f64];
        let cross = ax * by - bx * ay;
        area += cross;
        e += (ax + bx) * cross;
        n += (ay + by) * cross;
    }
    (area != 0.0).then(|| Pt::new(o.e + (e / area / 3.0) as i64, o.n + (n / area / 3.0) as i64))
}

/// Font size of parcel labels, points: a little larger close up.
fn size(view: &Viewport) -> f32 {
    if view.scale() < 750.0 { 12.5 } else { 11.0 }
}

fn words(p: &Parcel, style: &Style) -> Words {
    let area = p.area_measured.or(p.area_legal);
    Words {
        number: p.number.clone(),
        area: area.map(|a| format::number(a, 1, style.lang).into()),
        land_use: Some(p.land_use.clone()).filter(|l| !l.is_empty()),
    }
}

/// Changes whenever place or words of the label may.
fn print_of(p: &Parcel, lang: Lang) -> u64 {
    let mut h = DefaultHasher::new();
    (&p.number, &p.land_use, lang).hash(&mut h);
    p.area_measured.or(p.area_legal).map(f64::to_bits).hash(&mut h);
    p.polygon.hash(&mut h);
    h.finish()
}

/// Screen boxes in use, by cells of 64 points.
#[derive(Default)]
struct Taken {
    cells: HashMap<(i32, i32), Vec<[f32; 4]>>,
}

impl Taken {
    /// Books the box around `at` unless something is there.
    fn take(&mut self, at: [f32; 2], half: [f32; 2]) -> bool {
        let b = [at[0] - half[0], at[1] - half[1], at[0] + half[0], at[1] + half[1]];
        let cell = |v: f32| (v / 64.0).floor() as i32;
        let cells = || (cell(b[0])..=cell(b[2])).flat_map(|x| (cell(b[1])..=cell(b[3])).map(move |y| (x, y)));
        let meets = |o: &[f32; 4]| o[0] < b[2] && b[0] < o[2] && o[1] < b[3] && b[1] < o[3];
        if cells().any(|c| self.cells.get(&c).is_some_and(|l| l.iter().any(meets))) {
            return false;
        }
        cells().for_each(|c| self.cells.entry(c).or_default().push(b));
        true
    }
}

/// Names of sheets and communes with the middle of their parcels.
#[derive(Default)]
struct Areas {
    revision: Option<u64>,
    /// By commune and sheet; parcels of unknown sheet have an empty one.
    sheets: BTreeMap<(Arc<str>, Arc<str>), Spread>,
    communes: BTreeMap<Arc<str>, Spread>,
}

/// Where the parcels of a group lie.
#[derive(Clone, Copy, Default)]
struct Spread {
    /// Middles of the parcels' boxes, mm, weighted by the boxes' areas, mm².
    e: f64,
    n: f64,
    /// Sum of the boxes' areas.
    area: f64,
}

impl Spread {
    fn add(&mut self, p: &Parcel) {
        let (c, area) = (p.bbox.centre(), p.bbox.width() as f64 * p.bbox.height() as f64);
        self.e += c.e as f64 * area;
        self.n += c.n as f64 * area;
        self.area += area;
    }

    fn join(&mut self, o: &Self) {
        self.e += o.e;
        self.n += o.n;
        self.area += o.area;
    }

    fn middle(&self) -> Pt {
        let area = self.area.max(1.0);
        Pt::new((self.e / area) as i64, (self.n / area) as i64)
    }
}

impl Areas {
    fn update(&mut self, coverage: &Coverage) {
        if self.revision == Some(coverage.revision()) {
            return;
        }
        self.sheets.clear();
        self.communes.clear();
        // Neighbours come one after another: look up a sheet once a run, not once a parcel.
        let mut run: Option<(&Parcel, Spread)> = None;
        for p in coverage.iter().filter(|p| p.is_parcel && !p.bbox.is_empty()) {
            match &mut run {
                Some((q, s)) if q.sheet == p.sheet && q.commune == p.commune => s.add(p),
                _ => {
                    self.note(run.take());
                    let mut s = Spread::default();
                    s.add(p);
                    run = Some((p, s));
                }
            }
        }
        self.note(run);
        self.revision = Some(coverage.revision());
    }

    fn note(&mut self, run: Option<(&Parcel, Spread)>) {
        if let Some((p, s)) = run {
            self.communes.entry(p.commune.clone()).or_default().join(&s);
            let key = (p.commune.clone(), p.sheet.clone());
            self.sheets.entry(key).or_default().join(&s);
        }
    }

    fn labels(&mut self, coverage: &Coverage, view: &Viewport, style: &Style, out: &mut Vec<Label>) {
        self.update(coverage);
        let mut taken = Taken::default();
        let mm = view.metres_per_pixel * f64::from(view.pixels_per_point) * 1e3;
        let mut add = |kind, text: String, size: f32, s: &Spread| {
            let text: Arc<str> = text.into();
            let half = [
                font::width(&text, size, true) / 2.0,
                size * (font::ASCENT + font::DESCENT) / 2.0,
            ];
            // The name has room when the group is wider than it on the screen.
            if s.area.sqrt() / mm < f64::from(half[0]) * 2.2 {
                return;
            }
            let at = view.screen(s.middle());
            if taken.take(at, [half[0] + 6.0, half[1] + 3.0]) {
                let lines = vec![Line {
                    text,
                    at: [0.0, 0.0],
                    size,
                }];
                out.push(Label {
                    kind,
                    at,
                    layout: Arc::new(Layout {
                        lines,
                        bar: None,
                        half,
                    }),
                });
            }
        };
        if view.scale() > COMMUNES_FROM {
            for (code, s) in &self.communes {
                if let Some(name) = style.communes.get(&**code) {
                    add(LabelKind::Commune, name.clone(), 16.0, s);
                }
            }
        }
        for ((_, sheet), s) in self.sheets.iter().filter(|((_, sheet), _)| !sheet.is_empty()) {
            add(LabelKind::Sheet, sheet_name(sheet, style.lang), 12.0, s);
        }
        let size = [view.width, view.height].map(|v| v as f32 / view.pixels_per_point);
        out.retain(|l| (0..2).all(|i| l.at[i].abs() < size[i] + 200.0 && l.at[i] > -200.0));
    }
}

/// "Tờ 12"; names that are more than a number stand for themselves.
fn sheet_name(sheet: &str, lang: Lang) -> String {
    match (sheet.bytes().all(|b| b.is_ascii_digit()), lang) {
        (true, Lang::Vi) => format!("Tờ {sheet}"),
        (true, Lang::En) => format!("Sheet {sheet}"),
        _ => sheet.to_owned(),
    }
}

/// Adds placed labels to a display list of the same view.
pub fn add_to(list: &mut DisplayList, placed: &Placed, view: &Viewport, style: &Style) {
    let palette = style.palette();
    let unit = view.pixels_per_point * UNITS as f32;
    let mut bars = Vec::new();
    for l in &placed.labels {
        let fix = |p: [f32; 2]| [0, 1].map(|i| ((l.at[i] + p[i]) * unit).round() as i32);
        let parcel = matches!(l.kind, LabelKind::Parcel(_));
        bars.extend(l.layout.bar.map(|b| b.map(fix)));
        list.texts.extend(l.layout.lines.iter().map(|line| TextRun {
            text: line.text.clone(),
            at: fix(line.at),
            align: Align::Centre,
            size: view.px(line.size),
            bold: !parcel,
            colour: if parcel {
                palette.label
            } else {
                palette.sheet_label
            },
            halo: (!parcel).then(|| (palette.halo, view.px(2.0))),
        }));
    }
    if !bars.is_empty() {
        let colour = palette.label.alpha(255);
        list.strokes.push(Stroke {
            colour,
            width: view.px(1.0),
            segments: bars,
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::BBox;
    use crate::topology::testing::{grid, parcel};

    /// Every label as "kind at x,y: lines", by line.
    fn text(placed: &Placed) -> String {
        let line = |l: &Label| {
            let lines: Vec<&str> = l.layout.lines.iter().map(|l| &*l.text).collect();
            format!("{:?} {:.0},{:.0}: {}", l.kind, l.at[0], l.at[1], lines.join("/"))
        };
        placed.labels.iter().map(line).collect::<Vec<_>>().join("\n")
    }

    fn view(scale: f64) -> Viewport {
        Viewport::at_scale(Pt::new(20_000, 20_000), scale, 400, 300, 1.0)
    }

    fn map() -> Coverage {
        let mut a = parcel(1, "0 0, 30000 0, 30000 20000, 0 20000");
        (a.area_measured, a.land_use) = (Some(1_320.46), "ONT+CLN".into());
        let mut road = parcel(2, "0 20000, 30000 20000, 30000 40000, 0 40000");
        road.is_parcel = false;
        // Two copies of one parcel: the second label would lie on the first.
        let square = "30000 0, 50000 0, 50000 20000, 30000 20000";
        let mut all = vec![a, road, parcel(3, square), parcel(4, square)];
        all.iter_mut().for_each(|p| p.sheet = "7".into());
        Coverage::build(all)
    }

    #[test]
    fn labels_say_number_area_and_use_once_and_not_on_roads() {
        let mut l = Labels::default();
        let placed = l.place(&map(), &view(500.0), &Style::default(), usize::MAX);
        assert_eq!(
            text(&placed),
            "Parcel(1) 162,225: 1/1.320,5/ONT+CLN\nParcel(3) 351,225: 3"
        );
        let style = Style {
            lang: Lang::En,
            ..Style::default()
        };
        let placed = l.place(&map(), &view(500.0), &style, usize::MAX);
        assert!(text(&placed).contains("1/1,320.5/ONT+CLN"));
        let style = Style {
            labels: LabelMode::Number,
            ..Style::default()
        };
        let placed = l.place(&map(), &view(500.0), &style, usize::MAX);
        assert_eq!(text(&placed), "Parcel(1) 162,225: 1\nParcel(3) 351,225: 3");
    }

    #[test]
    fn further_out_sheets_and_communes_are_named() {
        let communes = [("25747".to_owned(), "Phường Ấp Bắc".to_owned())];
        let style = Style {
            communes: Arc::new(communes.into()),
            ..Style::default()
        };
        let mut map: Vec<_> = grid(40, 40, 100_000);
        map.iter_mut()
            .for_each(|p| p.sheet = (1 + (p.fid - 1) / 800).to_string().into());
        let map = Coverage::build(map);
        let mut v = view(25_000.0);
        v.show(map.bbox().unwrap(), 10.0);
        assert_eq!(
            text(&Labels::default().place(&map, &v, &style, 0)),
            "Commune 200,150: Phường Ấp Bắc\nSheet 200,220: Tờ 1\nSheet 200,80: Tờ 2"
        );
    }

    /// Panning moves labels by exactly the pan and never changes, adds or drops one in the middle.
    #[test]
    fn labels_are_stable_while_panning() {
        let map = Coverage::build(grid(30, 30, 14_000));
        let style = Style::default();
        let mut l = Labels::default();
        let mut v = Viewport::at_scale(map.bbox().unwrap().centre(), 1_000.0, 400, 300, 1.0);
        let inner = |p: &Placed| -> HashMap<LabelKind, Label> {
            let near = |l: &&Label| (60.0..340.0).contains(&l.at[0]) && (60.0..240.0).contains(&l.at[1]);
            p.labels
                .iter()
                .filter(near)
                .map(|l| (l.kind, l.clone()))
                .collect()
        };
        let first = inner(&l.place(&map, &v, &style, usize::MAX));
        assert!(first.len() > 10);
        v.pan([17.0, -9.0]);
        let placed = l.place(&map, &v, &style, usize::MAX);
        let second: HashMap<_, _> = placed.labels.iter().map(|l| (l.kind, l)).collect();
        for (kind, a) in first {
            let b = second[&kind];
            assert_eq!(a.layout, b.layout);
            assert!((b.at[0] - a.at[0] - 17.0).abs() < 0.01 && (b.at[1] - a.at[1] + 9.0).abs() < 0.01);
        }
    }

    #[test]
    fn a_small_budget_fills_up_over_frames_and_an_edit_is_seen() {
        let mut map = Coverage::build(grid(6, 6, 14_000));
        let (style, mut l) = (Style::default(), Labels::default());
        let v = Viewport::fit(
            BBox::of([Pt::new(0, 0), Pt::new(84_000, 84_000)]),
            600,
            600,
            1.0,
            0.0,
        );
        let mut frames = 1;
        while !l.place(&map, &v, &style, 10).complete {
            frames += 1;
        }
        assert_eq!(frames, 4);
        assert_eq!(l.place(&map, &v, &style, 0).labels.len(), 36);
        let mut p = map.get(8).unwrap().clone();
        p.number = "999".into();
        map.replace(p);
        assert!(text(&l.place(&map, &v, &style, 1)).contains(": 999"));
    }
}
