//! A whole map sheet as a picture: title, frame with coordinates, legend, scale bar, north arrow.

use std::collections::BTreeSet;

use super::boundaries::{self, Boundaries, Line};
use super::labels::{Labels, add_to};
use super::list::Align;
use super::page::{Page, shorten, wrap};
use super::raster::{Image, paint};
use super::scene::{scene, shows_boundaries, visible};
use super::style::{ColourBy, Hatch, Paint, Rgb, Style, first_land_use};
use super::viewport::Viewport;
use super::{allowed, hatch};
use crate::codes;
use crate::domain::{BBox, Failure, Parcel};
use crate::msg;
use crate::readiness::Group;
use crate::text::{Text, format};
use crate::topology::Coverage;

/// What to draw.
#[derive(Clone, Debug)]
pub struct Picture {
    /// Device pixels of the whole sheet.
    pub width: u32,
    pub height: u32,
    /// 1.0 for the screen, 300/96 for print at 300 dpi.
    pub pixels_per_point: f32,
    pub title: String,
    /// Small lines under the title: district, reference system, date.
    pub notes: Vec<String>,
    /// What to show; all parcels when `None`.
    pub bbox: Option<BBox>,
    /// Scale denominator; the closest round one that shows the box when `None`.
    pub scale: Option<f64>,
    pub style: Style,
}

const LEGEND: Text = Text::new("Chú giải", "Legend");
const SCALE: Text = Text::new("Tỷ lệ", "Scale");
const NORTH: Text = Text::new("B", "N");
const STREET: Text = Text::new("Đường, đất không tạo thửa", "Roads, land without parcels");
const WATER: Text = Text::new("Kênh, rạch, mặt nước", "Canals and water");
const UNKNOWN: Text = Text::new("Chưa rõ loại đất", "Land use unknown");
const OTHERS: Text = Text::new("Loại đất khác", "Other land uses");
const ALLOWED: Text = Text::new("Khoảng hở được công nhận", "Allowed gap");
const BOUNDARY: Text = Text::new("Ranh giới thửa đất", "Parcel boundary");
const PARCELS: Text = Text::new("thửa đất", "parcels");

/// Margins of the sheet, points: room for coordinates left, for the legend right.
const LEFT: f32 = 58.0;
const RIGHT: f32 = 214.0;
const BOTTOM: f32 = 40.0;
/// Width of what stands in the legend's column.
const COLUMN: f32 = RIGHT - 38.0;

/// Paints the sheet. Too small a picture (under 480 × 320 points) gets the map alone.
pub fn picture(coverage: &Coverage, what: &Picture) -> Image {
    let size = [what.width, what.height].map(|v| v as f32 / what.pixels_per_point);
    let bbox = what.bbox.or(coverage.bbox()).unwrap_or(BBox::EMPTY);
    if size[0] < 480.0 || size[1] < 320.0 {
        let view = Viewport::fit(bbox, what.width, what.height, what.pixels_per_point, 8.0);
        return map(coverage, &view, &what.style);
    }
    let top = 58.0 + 14.0 * what.notes.len() as f32;
    // The frame lies on whole pixels, so the map inside is not shifted.
    let px = |v: f32| (v * what.pixels_per_point).round();
    let (x, y) = (px(LEFT), px(top));
    let (w, h) = (px(size[0] - RIGHT) - x, px(size[1] - BOTTOM) - y);
    let view = map_view(bbox, [w as u32, h as u32], what);
    let frame = [x, y, w, h].map(|v| v / what.pixels_per_point);
    let mut sheet = Sheet::new(what, view, frame, size);
    sheet.head();
    sheet.coordinates();
    sheet.legend(coverage);
    sheet.foot();
    let mut image = paint(&sheet.page.list);
    image.blit(&map(coverage, &view, &what.style), x as u32, y as u32);
    image
}

/// The picture as a PNG file.
pub fn png(image: Image) -> Result<Vec<u8>, Failure> {
    let failed = || {
        Failure::new(
            "IMAGE",
            msg!(
                "Không tạo được tệp ảnh PNG.",
                "The PNG picture could not be made."
            ),
        )
    };
    let size = tiny_skia::IntSize::from_wh(image.width, image.height).ok_or_else(failed)?;
    let pixmap = tiny_skia::Pixmap::from_vec(image.rgba, size).ok_or_else(failed)?;
    pixmap.encode_png().map_err(|_| failed())
}

/// The map of a view with its labels, boundaries of communes and sheets, and the gaps that are right as they are.
pub fn map(coverage: &Coverage, view: &Viewport, style: &Style) -> Image {
    let mut list = scene(coverage, view, style);
    allowed::add_to(&mut list, coverage, view, style);
    Boundaries::of(coverage.territory()).add_to(&mut list, view, style);
    let placed = Labels::default().place(coverage, view, style, usize::MAX);
    add_to(&mut list, &placed, view, style);
    paint(&list)
}

fn map_view(bbox: BBox, [w, h]: [u32; 2], what: &Picture) -> Viewport {
    let mut view = Viewport::fit(bbox, w, h, what.pixels_per_point, 10.0);
    view.set_scale(what.scale.unwrap_or_else(|| round_up(view.scale())));
    view
}

/// The next round number: 1, 1.5, 2, 2.5, 3, 4, 5, 6, 8 and their tenfolds.
fn round_up(v: f64) -> f64 {
    let ten = 10f64.powf(v.max(1.0).log10().floor());
    let steps = [1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0];
    steps
        .iter()
        .map(|s| s * ten)
        .find(|s| *s >= v * 0.999)
        .unwrap_or(10.0 * ten)
}

/// The sheet around the map.
struct Sheet<'a> {
    what: &'a Picture,
    view: Viewport,
    /// Left, top, width, height of the map, points.
    frame: [f32; 4],
    size: [f32; 2],
    page: Page,
    ink: Rgb,
    soft: Rgb,
}

impl<'a> Sheet<'a> {
    fn new(what: &'a Picture, view: Viewport, frame: [f32; 4], size: [f32; 2]) -> Self {
        let p = what.style.palette();
        let paper = match what.style.theme {
            super::Theme::Light => Rgb(255, 255, 255),
            super::Theme::Dark => Rgb(0x0f, 0x11, 0x14),
        };
        let page = Page::new([what.width, what.height], what.pixels_per_point, paper);
        Self {
            what,
            view,
            frame,
            size,
            page,
            ink: p.label,
            soft: p.label.mix(paper, 0.35),
        }
    }

    fn head(&mut self) {
        let width = self.size[0] - LEFT - 24.0;
        let title = shorten(&self.what.title, width, 21.0, true);
        self.page
            .text(&title, [LEFT, 30.0], Align::Left, 21.0, true, self.ink);
        for (i, note) in self.what.notes.iter().enumerate() {
            let at = [LEFT, 51.0 + 14.0 * i as f32];
            let note = shorten(note, width, 10.5, false);
            self.page.text(&note, at, Align::Left, 10.5, false, self.soft);
        }
    }

    /// Frame, ticks and coordinates in metres at round distances.
    fn coordinates(&mut self) {
        let [x, y, w, h] = self.frame;
        let ink = self.ink.alpha(255);
        self.page.outline([x - 0.5, y - 0.5, w + 1.0, h + 1.0], 1.0, ink);
        self.page
            .outline([x - 6.0, y - 6.0, w + 12.0, h + 12.0], 0.5, ink);
        let per_point = self.view.metres_per_pixel * f64::from(self.view.pixels_per_point);
        let step = round_up(per_point * 130.0);
        let [left, top] = self.view.ground([0.0, 0.0]);
        let lang = self.what.style.lang;
        let ticks = |from: f64, length: f32| {
            let first = (from / step).ceil() as i64;
            let last = ((from + f64::from(length) * per_point) / step).floor() as i64;
            (first..=last).map(move |i| i as f64 * step)
        };
        for e in ticks(left, w) {
            let at = x + ((e - left) / per_point) as f32;
            for (a, b) in [(y - 6.0, y), (y + h, y + h + 6.0)] {
                self.page.line(&[[at, a], [at, b]], 0.75, ink);
            }
            let text = format::number(e, 0, lang);
            self.page
                .text(&text, [at, y + h + 15.0], Align::Centre, 8.5, false, self.soft);
        }
        for n in ticks(top - f64::from(h) * per_point, h) {
            let at = y + ((top - n) / per_point) as f32;
            for (a, b) in [(x - 6.0, x), (x + w, x + w + 6.0)] {
                self.page.line(&[[a, at], [b, at]], 0.75, ink);
            }
            let text = format::number(n, 0, lang);
            self.page
                .text(&text, [x - 9.0, at], Align::Right, 8.5, false, self.soft);
        }
    }

    fn legend(&mut self, coverage: &Coverage) {
        let [x, y, w, h] = self.frame;
        let (x, mut y) = (x + w + 24.0, y + 4.0);
        let lang = self.what.style.lang;
        self.page
            .text(LEGEND.get(lang), [x, y + 4.0], Align::Left, 13.0, true, self.ink);
        y += 24.0;
        let seen = visible(coverage, &self.view.bbox(0.0));
        let mut rows = rows(&seen, &self.what.style);
        if allowed::is_seen(coverage, &self.view) {
            let (pattern, colour) = allowed::lines(&self.what.style);
            rows.push(Row {
                sign: Sign::Fill(Paint {
                    fill: allowed::ground(&self.what.style),
                    hatch: Some(Hatch(pattern, colour)),
                }),
                text: ALLOWED.get(lang).into(),
            });
        }
        if shows_boundaries(&self.view, &self.what.style) {
            rows.push(Row {
                sign: Sign::Boundary,
                text: BOUNDARY.get(lang).into(),
            });
        }
        for line in boundaries::kinds(coverage.territory()) {
            rows.push(Row {
                sign: Sign::Dashed(line),
                text: line.name().get(lang).into(),
            });
        }
        let end = self.frame[1] + h - 128.0;
        for (i, row) in rows.iter().enumerate() {
            let lines = wrap(&row.text, COLUMN - 32.0, 9.5);
            let last = i + 1 == rows.len();
            if y + 13.0 * lines.len() as f32 + if last { 0.0 } else { 18.0 } > end {
                self.page
                    .text(OTHERS.get(lang), [x, y + 5.0], Align::Left, 9.5, false, self.soft);
                break;
            }
            self.swatch([x, y], &row.sign);
            for (k, line) in lines.iter().enumerate() {
                let at = [x + 32.0, y + 6.5 + 12.0 * k as f32];
                self.page.text(line, at, Align::Left, 9.5, false, self.ink);
            }
            y += 7.0 + 12.0 * lines.len() as f32;
        }
        let count = seen.iter().filter(|p| p.is_parcel).count() as u64;
        let count = format!("{} {}", format::count(count, lang), PARCELS.get(lang));
        let at = [x, self.frame[1] + h - 100.0];
        self.page.text(&count, at, Align::Left, 9.5, false, self.soft);
    }

    fn swatch(&mut self, [x, y]: [f32; 2], sign: &Sign) {
        let p = self.what.style.palette();
        let (w, h) = (24.0, 13.0);
        let at = y + h / 2.0;
        let paint = match sign {
            Sign::Fill(paint) => *paint,
            Sign::Boundary => return self.page.line(&[[x, at], [x + w, at]], 1.0, p.boundary),
            Sign::Dashed(line) => {
                let colour = line.colour(&self.what.style).alpha(255);
                for [from, to] in line.sample(w) {
                    self.page
                        .line(&[[x + from, at], [x + to, at]], line.width(), colour);
                }
                return;
            }
        };
        self.page.rect([x, y, w, h], paint.fill);
        if let Some(Hatch(pattern, colour)) = paint.hatch {
            for line in hatch::swatch(pattern, w, h, 6.0) {
                self.page.line(&line.map(|[a, b]| [x + a, y + b]), 0.7, colour);
            }
        }
        self.page.outline([x, y, w, h], 0.75, p.boundary);
    }

    /// Scale, scale bar and north arrow under the legend.
    fn foot(&mut self) {
        let [x, y, w, h] = self.frame;
        let (x, y) = (x + w + 24.0, y + h);
        let lang = self.what.style.lang;
        let scale = format::scale(self.view.scale().round() as u64, lang);
        let text = format!("{} {scale}", SCALE.get(lang));
        self.page
            .text(&text, [x, y - 74.0], Align::Left, 13.0, true, self.ink);
        self.bar([x, y - 46.0]);
        self.arrow([x + COLUMN - 20.0, y - 84.0]);
    }

    /// Four fields of a round length, black and white.
    fn bar(&mut self, [x, y]: [f32; 2]) {
        let per_point = self.view.metres_per_pixel * f64::from(self.view.pixels_per_point);
        let field = round_down(per_point * f64::from(COLUMN - 50.0) / 4.0);
        let w = (field / per_point) as f32;
        let lang = self.what.style.lang;
        let paper = self.page.list.background;
        for i in 0..4 {
            let colour = if i % 2 == 0 { self.ink } else { paper };
            self.page.rect([x + w * i as f32, y, w, 6.0], colour);
        }
        self.page.outline([x, y, w * 4.0, 6.0], 0.75, self.ink.alpha(255));
        let (unit, by) = if field * 4.0 >= 4_000.0 {
            ("km", 1e3)
        } else {
            ("m", 1.0)
        };
        for i in [0, 2, 4] {
            let v = field * f64::from(i) / by;
            let decimals = usize::from(v.fract() != 0.0);
            let mut text = format::number(v, decimals, lang);
            if i == 4 {
                text = format!("{text} {unit}");
            }
            let at = [x + w * i as f32, y + 15.0];
            let align = if i == 0 { Align::Left } else { Align::Centre };
            self.page.text(&text, at, align, 8.5, false, self.soft);
        }
    }

    /// Grid north: up.
    fn arrow(&mut self, [x, y]: [f32; 2]) {
        let (tip, left, right, notch) = (
            [x, y - 20.0],
            [x - 8.0, y + 10.0],
            [x + 8.0, y + 10.0],
            [x, y + 4.0],
        );
        self.page.shape(&[tip, left, notch], self.ink);
        let ink = self.ink.alpha(255);
        self.page.line(&[tip, left, notch, right, tip, notch], 0.75, ink);
        let letter = NORTH.get(self.what.style.lang);
        self.page
            .text(letter, [x, y - 30.0], Align::Centre, 11.0, true, self.ink);
    }
}

/// The largest of 1, 2, 2.5, 5 and their tenfolds that is not above `v`.
fn round_down(v: f64) -> f64 {
    let ten = 10f64.powf(v.max(0.001).log10().floor());
    let steps = [5.0, 2.5, 2.0, 1.0];
    steps
        .iter()
        .map(|s| s * ten)
        .find(|s| *s <= v * 1.001)
        .unwrap_or(ten)
}

/// What stands before a line of the legend.
enum Sign {
    Fill(Paint),
    /// Of parcels.
    Boundary,
    Dashed(Line),
}

/// A line of the legend.
struct Row {
    sign: Sign,
    text: String,
}

/// "Nhóm 1: đúng – đủ – sạch – sống".
fn group_row(group: Group, style: &Style) -> Row {
    let (name, meaning) = (group.name().get(style.lang), group.meaning().get(style.lang));
    Row {
        sign: Sign::Fill(style.group(group)),
        text: format!("{name}: {meaning}"),
    }
}

/// What the fills of these parcels mean.
fn rows(parcels: &[&Parcel], style: &Style) -> Vec<Row> {
    let solid = |text: Text, fill: Rgb| Row {
        sign: Sign::Fill(Paint::solid(fill)),
        text: text.get(style.lang).into(),
    };
    let mut rows = match style.colour_by {
        ColourBy::LandUse => land_use_rows(parcels, style),
        ColourBy::Status => style.state_legend().map(|(t, c)| solid(t, c)).into(),
        ColourBy::Readiness => Group::ALL.map(|g| group_row(g, style)).into(),
        ColourBy::Sheet | ColourBy::Plain => Vec::new(),
    };
    let p = style.palette();
    let ground = |fill: Rgb| {
        parcels
            .iter()
            .any(|q| !q.is_parcel && style.paint(q).fill == fill)
    };
    for (text, fill) in [(STREET, p.street), (WATER, p.water)] {
        if ground(fill) {
            rows.push(solid(text, fill));
        }
    }
    rows
}

/// The land uses that occur, in the order of the official lists, newest first.
fn land_use_rows(parcels: &[&Parcel], style: &Style) -> Vec<Row> {
    let mut found = BTreeSet::new();
    let mut unknown = false;
    for p in parcels.iter().filter(|p| p.is_parcel) {
        match first_land_use(&p.land_use) {
            Some(item) => drop(found.insert(item.code.as_str())),
            None => unknown = true,
        }
    }
    let mut rows = Vec::new();
    for item in codes::land_use_lists().iter().rev().flat_map(|l| &l.items) {
        if found.remove(item.code.as_str()) {
            let name = Text::new(&item.vi, &item.en).get(style.lang);
            let text = format!("{}  {name}", item.code);
            rows.push(Row {
                sign: Sign::Fill(style.land_use(&item.code)),
                text,
            });
        }
    }
    if unknown {
        let text = UNKNOWN.get(style.lang).into();
        rows.push(Row {
            sign: Sign::Fill(style.land_use("")),
            text,
        });
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::{LabelMode, Theme};
    use crate::text::Lang;
    use crate::topology::testing::grid;

    fn sheet(width: u32, height: u32, style: Style) -> Picture {
        Picture {
            width,
            height,
            pixels_per_point: 1.0,
            title: "Bản đồ địa chính xã Ấp Bắc".into(),
            notes: vec!["VN-2000".into()],
            bbox: None,
            scale: None,
            style,
        }
    }

    fn town() -> Coverage {
        let mut all = grid(12, 8, 25_000);
        all.iter_mut()
            .for_each(|p| p.land_use = ["ODT", "LUC", "?"][(p.fid % 3) as usize].into());
        Coverage::build(all)
    }

    #[test]
    fn the_map_in_the_sheet_is_the_map_alone() {
        let map_of = |c: &Coverage, v: &Viewport, s: &Style| map(c, v, s);
        let (c, style) = (town(), Style::default());
        let what = sheet(900, 600, style.clone());
        let image = picture(&c, &what);
        let (w, h) = (900 - 58 - 214, 600 - 72 - 40);
        let view = map_view(c.bbox().unwrap(), [w, h], &what);
        let alone = map_of(&c, &view, &style);
        for (x, y) in [(0, 0), (w / 2, h / 2), (w - 1, h - 1), (133, 251)] {
            assert_eq!(image.pixel(58 + x, 72 + y), alone.pixel(x, y));
        }
        // Round scale, as large as the frame allows.
        assert!((view.scale() - 2_000.0).abs() < 1e-6, "{}", view.scale());
    }

    #[test]
    fn the_legend_names_what_occurs_and_nothing_else() {
        let c = town();
        let refs: Vec<&Parcel> = c.iter().collect();
        let texts = |colour_by, lang| {
            let style = Style {
                colour_by,
                lang,
                ..Style::default()
            };
            let all = rows(&refs, &style);
            all.iter().map(|r| r.text.clone()).collect::<Vec<_>>().join("; ")
        };
        assert_eq!(
            texts(ColourBy::LandUse, Lang::Vi),
            "LUC  Đất chuyên trồng lúa; ODT  Đất ở tại đô thị; Chưa rõ loại đất"
        );
        assert!(texts(ColourBy::Status, Lang::En).starts_with("Complete; Information missing"));
        assert_eq!(texts(ColourBy::Plain, Lang::En), "");
    }

    #[test]
    fn every_size_theme_and_colouring_gives_a_png() {
        let c = town();
        for (w, h) in [(1, 1), (300, 200), (480, 320), (1600, 500), (500, 1600)] {
            for (theme, colour_by) in [(Theme::Light, ColourBy::Status), (Theme::Dark, ColourBy::Sheet)] {
                let style = Style {
                    theme,
                    colour_by,
                    labels: LabelMode::Number,
                    ..Style::default()
                };
                let bytes = png(picture(&c, &sheet(w, h, style))).unwrap();
                assert!(bytes.starts_with(b"\x89PNG"));
            }
        }
        png(picture(
            &Coverage::build(Vec::new()),
            &sheet(600, 400, Style::default()),
        ))
        .unwrap();
    }

    #[test]
    fn scales_round_up_and_bars_round_down() {
        assert_eq!(
            [1.0, 1_010.0, 1_999.0, 8_100.0].map(round_up),
            [1.0, 1_500.0, 2_000.0, 10_000.0]
        );
        assert_eq!([9.9, 26.0, 100.0, 0.7].map(round_down), [5.0, 25.0, 100.0, 0.5]);
    }
}
