//! What is drawn on the map in every frame, over the tiles: selection, hover, findings, labels, scale
//! bar, hints.

use egui::{Align2, Color32, FontFamily, FontId, Mesh, Painter, Pos2, Rect, Shape, Stroke, Ui, pos2, vec2};
use egui_material_icons::icons as i;
use geo::TriangulateEarcut;

use super::look::Look;
use super::map_view::translucent;
use super::theme::Tokens;
use crate::domain::{BBox, Finding, FindingState, Polygon, Pt, Severity};
use crate::render::Viewport;
use crate::render::labels::{LabelKind, Placed};
use crate::render::style::{Rgb, Rgba};
use crate::text::{Lang, Text, format};
use crate::topology::linework::Linework;

/// Selected parcels beyond this are outlined but not filled; beyond [`MANY`] only their boxes show.
const FILLED: usize = 200;
const MANY: usize = 4_000;

/// Where to draw and how the ground lies there.
pub struct Canvas<'a> {
    pub painter: &'a Painter,
    pub rect: Rect,
    pub view: &'a Viewport,
}

impl Canvas<'_> {
    pub fn pos(&self, p: Pt) -> Pos2 {
        let [x, y] = self.view.screen(p);
        self.rect.min + vec2(x, y)
    }

    pub fn frame(&self, b: &BBox) -> Rect {
        Rect::from_two_pos(self.pos(b.min), self.pos(b.max))
    }

    pub fn outline(&self, polygon: &Polygon, stroke: Stroke) {
        for ring in &polygon.rings {
            let points: Vec<Pos2> = ring.iter().map(|p| self.pos(*p)).collect();
            if !has_needle(&points) {
                self.painter.add(Shape::closed_line(points, stroke));
                continue;
            }
            // A closed line would be mitred far beyond the tip.
            for (a, b) in points.iter().zip(points.iter().cycle().skip(1)) {
                self.painter.line_segment([*a, *b], stroke);
            }
        }
    }

    /// Fills a polygon with holes. What cannot be triangulated is left to its outline.
    pub fn fill(&self, polygon: &Polygon, colour: Color32) {
        let ring = |r: &[Pt]| {
            let points = r
                .iter()
                .map(|p| self.pos(*p))
                .map(|p| (f64::from(p.x), f64::from(p.y)));
            geo::LineString::from(points.collect::<Vec<_>>())
        };
        let holes = polygon.holes().iter().map(|h| ring(h)).collect();
        let raw = geo::Polygon::new(ring(polygon.shell()), holes).earcut_triangles_raw();
        let mut mesh = Mesh::default();
        for [x, y] in &raw.vertices {
            mesh.colored_vertex(pos2(*x as f32, *y as f32), colour);
        }
        for t in raw.triangle_indices.chunks_exact(3) {
            mesh.add_triangle(t[0] as u32, t[1] as u32, t[2] as u32);
        }
        self.painter.add(mesh);
    }

    /// An open line.
    pub fn line(&self, points: &[Pt], stroke: Stroke) {
        if points.len() > 1 {
            let points = points.iter().map(|p| self.pos(*p)).collect();
            self.painter.add(Shape::line(points, stroke));
        }
    }

    /// The same, dashed.
    pub fn dashed(&self, points: &[Pt], stroke: Stroke) {
        let points: Vec<Pos2> = points.iter().map(|p| self.pos(*p)).collect();
        self.painter.extend(Shape::dashed_line(&points, stroke, 6.0, 4.0));
    }

    /// Text beside a place (the pointer) on a ground of its own, kept inside the map.
    pub fn plate(&self, at: Pos2, text: &str, ground: Color32, ink: Color32) {
        let galley = self.text(text, ink);
        let size = galley.size() + vec2(16.0, 8.0);
        let mut frame = Align2::LEFT_TOP.anchor_size(at + vec2(16.0, 16.0), size);
        let over = (frame.max - self.rect.max).max(egui::Vec2::ZERO);
        frame = frame.translate(-over);
        self.painter.rect_filled(frame, 4.0, ground);
        self.painter.galley(frame.min + vec2(8.0, 4.0), galley, ink);
    }

    /// The same centred on a place.
    pub fn plate_at(&self, at: Pos2, text: &str, ground: Color32, ink: Color32) {
        let galley = self.text(text, ink);
        let frame = Rect::from_center_size(at, galley.size() + vec2(10.0, 4.0));
        self.painter.rect_filled(frame, 4.0, ground);
        self.painter.galley(frame.min + vec2(5.0, 2.0), galley, ink);
    }

    fn text(&self, text: &str, ink: Color32) -> std::sync::Arc<egui::Galley> {
        let font = FontId::proportional(13.0);
        self.painter.layout(text.to_owned(), font, ink, 320.0)
    }

    pub fn sees(&self, b: &BBox) -> bool {
        self.view.bbox(8.0).intersects(b)
    }
}

/// Whether a ring on the screen turns back on itself somewhere (less than about 15°).
fn has_needle(ring: &[Pos2]) -> bool {
    let n = ring.len();
    (0..n).any(|i| {
        let (before, at, after) = (ring[(i + n - 1) % n], ring[i], ring[(i + 1) % n]);
        let (u, v) = (before - at, after - at);
        u.dot(v) > 0.966 * u.length() * v.length()
    })
}

pub fn rgb(c: Rgb) -> Color32 {
    Color32::from_rgb(c.0, c.1, c.2)
}

pub fn rgba(c: Rgba) -> Color32 {
    translucent(rgb(c.0), c.1)
}

/// The parcel under the pointer.
pub fn hover(cx: &Canvas<'_>, look: &Look<'_>, fid: Option<i64>) {
    let Some(p) = fid.and_then(|f| look.coverage.get(f)) else {
        return;
    };
    if look.selection.contains(p.fid) {
        return;
    }
    cx.outline(&p.polygon, Stroke::new(2.0, rgba(look.style.palette().hover)));
}

/// What open dossiers propose: dashed, with the number to be and the dossier's code. Not in force.
pub fn proposals(cx: &Canvas<'_>, look: &Look<'_>) {
    if look.scene.is_past() {
        return;
    }
    let palette = look.style.palette();
    let line = Stroke::new(2.0, rgb(palette.warning));
    for p in &look.scene.proposals {
        let shape = p
            .polygon
            .as_ref()
            .or_else(|| Some(&look.coverage.get(p.parcel?)?.polygon));
        let Some(polygon) = shape.filter(|g| p.locks() || p.parcel.is_none() && cx.sees(&g.bbox())) else {
            continue;
        };
        for (a, b) in polygon.sides().take(2_000) {
            cx.painter
                .extend(Shape::dashed_line(&[cx.pos(a), cx.pos(b)], line, 7.0, 5.0));
        }
        let frame = cx.frame(&polygon.bbox());
        if frame.width() > 70.0 && p.parcel.is_none() && look.scene.dossier() != Some(&p.dossier_code) {
            let text = format!("{}/{} ({})", p.sheet, p.number, p.dossier_code);
            let font = FontId::proportional(12.0);
            cx.painter.text(
                frame.center(),
                Align2::CENTER_CENTER,
                text,
                font,
                rgb(palette.warning),
            );
        }
    }
}

/// The selected parcels: fill, a rim in the ground's colour, a strong line.
pub fn selection(cx: &Canvas<'_>, look: &Look<'_>) {
    let palette = look.style.palette();
    let seen: Vec<_> = look
        .selection
        .fids()
        .iter()
        .filter_map(|f| look.coverage.get(*f))
        .filter(|p| cx.sees(&p.bbox))
        .take(MANY)
        .collect();
    if seen.len() <= FILLED {
        for p in &seen {
            cx.fill(&p.polygon, rgba(palette.selection_fill).gamma_multiply(0.7));
        }
        for p in &seen {
            cx.outline(&p.polygon, Stroke::new(5.0, rgba(palette.halo)));
        }
    }
    for p in &seen {
        let width = if Some(p.fid) == look.selection.main() {
            3.0
        } else {
            2.0
        };
        cx.outline(&p.polygon, Stroke::new(width, rgba(palette.selection)));
    }
}

/// Places with findings: dots, and a ring with a frame around the one the person stands on.
pub fn findings(cx: &Canvas<'_>, look: &Look<'_>, linework: &Linework) {
    let window = cx.view.bbox(8.0);
    if look.show_findings {
        let seen = look
            .findings
            .iter()
            .filter(|f| f.state == FindingState::Open)
            .filter_map(|f| Some((f, f.at?)))
            .filter(|(_, at)| window.contains(*at));
        for (f, at) in seen.take(2_000) {
            let colour = severity(look, f.severity);
            cx.painter.circle(
                cx.pos(at),
                4.0,
                colour,
                Stroke::new(1.5, rgba(look.style.palette().halo)),
            );
        }
    }
    let Some(f) = look.finding.and_then(|n| look.findings.get(n)) else {
        return;
    };
    current(cx, look, f, linework);
}

/// Gaps that are right as they are: outlined, with their reason where there is room.
pub fn allowed_gaps(cx: &Canvas<'_>, look: &Look<'_>) {
    let palette = look.style.palette();
    let colour = rgb(palette.info);
    for g in look
        .coverage
        .allowed_gaps()
        .window(&cx.view.bbox(0.0))
        .into_iter()
        .take(MANY)
    {
        cx.fill(&g.polygon, translucent(colour, 36));
        cx.outline(&g.polygon, Stroke::new(1.5, translucent(colour, 190)));
        let frame = cx.frame(&g.bbox);
        if frame.width().min(frame.height()) > 60.0 {
            let font = FontId::proportional(12.0);
            let galley = cx.painter.layout(g.reason.clone(), font, colour, frame.width());
            cx.painter
                .galley(frame.center() - galley.size() / 2.0, galley, colour);
        }
    }
}

fn current(cx: &Canvas<'_>, look: &Look<'_>, f: &Finding, linework: &Linework) {
    let colour = severity(look, f.severity);
    for p in f.parcels.iter().take(50).filter_map(|u| look.coverage.by_uid(*u)) {
        cx.outline(&p.polygon, Stroke::new(1.5, translucent(colour, 170)));
    }
    let exact = Polygon {
        rings: linework.areas.clone(),
    };
    if !exact.rings.is_empty() {
        cx.fill(&exact, translucent(colour, 110));
        cx.outline(&exact, Stroke::new(2.5, colour));
    }
    for (a, b) in &linework.sides {
        cx.painter
            .line_segment([cx.pos(*a), cx.pos(*b)], Stroke::new(4.0, colour));
    }
    if let (Some(at), Some(amount)) = (f.at, f.amount) {
        let text = super::panel::finding_card::amount(amount, f.unit, look.lang);
        let t = super::theme::tokens_for(look.style.theme == crate::render::Theme::Dark);
        let font = FontId::proportional(13.0);
        let galley = cx.painter.layout_no_wrap(text, font, t.map_plate_text);
        let at = cx.pos(at) + vec2(18.0, -10.0 - galley.size().y);
        let plate = Rect::from_min_size(at, galley.size()).expand2(vec2(6.0, 3.0));
        cx.painter.rect_filled(plate, 4.0, t.map_plate);
        cx.painter.galley(at, galley, t.map_plate_text);
    }
    if let Some(b) = f.bbox.filter(|_| linework == &Linework::default()) {
        let frame = cx.frame(&b).expand(3.0);
        if frame.width() > 14.0 || frame.height() > 14.0 {
            let dash = |a: Pos2, b: Pos2| Shape::dashed_line(&[a, b], Stroke::new(1.5, colour), 5.0, 4.0);
            let c = [
                frame.left_top(),
                frame.right_top(),
                frame.right_bottom(),
                frame.left_bottom(),
            ];
            (0..4).for_each(|n| cx.painter.extend(dash(c[n], c[(n + 1) % 4])));
        }
    }
    if let Some(at) = f.at {
        let at = cx.pos(at);
        cx.painter
            .circle_stroke(at, 13.0, Stroke::new(5.0, rgba(look.style.palette().halo)));
        cx.painter.circle_stroke(at, 13.0, Stroke::new(2.5, colour));
        cx.painter.circle_filled(at, 3.5, colour);
    }
}

pub fn severity(look: &Look<'_>, s: Severity) -> Color32 {
    let palette = look.style.palette();
    rgb(match s {
        Severity::Error => palette.error,
        Severity::Warning => palette.warning,
        Severity::Info => palette.info,
    })
}

/// A bar of a round length, with its length over it.
pub fn scale_bar(cx: &Canvas<'_>, lang: Lang, t: &Tokens) {
    let metres_per_point = cx.view.metres_per_pixel * f64::from(cx.view.pixels_per_point);
    let (metres, width) = round_length(metres_per_point, 130.0);
    let text = match metres {
        m if m >= 1000.0 => format!("{} km", format::number(m / 1000.0, 0, lang)),
        m if m < 1.0 => format!("{} m", format::number(m, 1, lang)),
        m => format!("{} m", format::number(m, 0, lang)),
    };
    let plate = Rect::from_min_size(
        cx.rect.left_bottom() + vec2(10.0, -42.0),
        vec2(width as f32 + 20.0, 32.0),
    );
    cx.painter.rect_filled(plate, 4.0, t.map_plate);
    let (a, b) = (
        plate.left_bottom() + vec2(10.0, -8.0),
        plate.left_bottom() + vec2(10.0 + width as f32, -8.0),
    );
    let line = Stroke::new(2.0, t.map_plate_text);
    for s in [[a - vec2(0.0, 5.0), a], [a, b], [b, b - vec2(0.0, 5.0)]] {
        cx.painter.line_segment(s, line);
    }
    let font = FontId::proportional(12.0);
    cx.painter.text(
        plate.center_top() + vec2(0.0, 2.0),
        Align2::CENTER_TOP,
        text,
        font,
        t.map_plate_text,
    );
}

/// The longest of 1, 2, 5 × 10ⁿ metres that fits into `room` points, and its length there.
fn round_length(metres_per_point: f64, room: f64) -> (f64, f64) {
    let most = metres_per_point * room;
    let power = 10f64.powf(most.log10().floor());
    let metres = [5.0, 2.0, 1.0]
        .into_iter()
        .map(|k| k * power)
        .find(|m| *m <= most)
        .unwrap_or(power);
    (metres, metres / metres_per_point)
}

/// The arrow to the north, and what the tool waits for.
pub fn north_and_hint(painter: &Painter, rect: Rect, hint: Option<&str>, t: &Tokens) {
    let at = rect.right_top() + vec2(-28.0, 30.0);
    painter.circle_filled(at, 17.0, t.map_plate);
    let north = [
        at + vec2(0.0, -13.0),
        at + vec2(5.5, 5.0),
        at + vec2(0.0, 1.0),
        at + vec2(-5.5, 5.0),
    ];
    painter.add(Shape::convex_polygon(
        vec![north[0], north[1], north[2]],
        t.map_plate_text,
        Stroke::NONE,
    ));
    painter.add(Shape::closed_line(
        north.to_vec(),
        Stroke::new(1.0, t.map_plate_text),
    ));
    let Some(hint) = hint else { return };
    let galley = painter.layout(
        hint.to_owned(),
        FontId::proportional(13.5),
        t.map_plate_text,
        rect.width() - 120.0,
    );
    let plate = Rect::from_min_size(
        rect.left_top() + vec2(10.0, 10.0),
        galley.size() + vec2(20.0, 10.0),
    );
    painter.rect_filled(plate, 4.0, t.map_plate);
    painter.galley(plate.min + vec2(10.0, 5.0), galley, t.map_plate_text);
}

const EMPTY: Text = Text::new("Tệp này chưa có thửa đất", "This file has no parcels yet");
const EMPTY_BODY: Text = Text::new(
    "Chọn Tệp → Nhập dữ liệu (Ctrl+I) để đưa bản đồ của văn phòng vào.",
    "Choose File → Import (Ctrl+I) to bring in the office's maps.",
);

/// The empty state of the map.
pub fn nothing_here(ui: &mut Ui, rect: Rect, lang: Lang) {
    let area = Rect::from_center_size(rect.center(), vec2(420.0_f32.min(rect.width()), 160.0));
    ui.scope_builder(egui::UiBuilder::new().max_rect(area), |ui| {
        super::widgets::empty(ui, i::ICON_FILE_DOWNLOAD, EMPTY.get(lang), EMPTY_BODY.get(lang));
    });
}

/// Survey points at scales up to this; their labels at the nearer one, where they are not too many.
const SURVEY_SCALE: f64 = 10_000.0;
const SURVEY_LABELS: f64 = 1_200.0;
const SURVEY_LABELLED: usize = 300;
const SURVEY_MOST: usize = 5_000;

/// The survey points: a circle with a dot, and near by the number.
pub fn survey(cx: &Canvas<'_>, look: &Look<'_>, t: &Tokens) {
    if look.survey.points.is_empty() || cx.view.scale() > SURVEY_SCALE {
        return;
    }
    let mut seen = Vec::new();
    look.survey.window_for_each(&cx.view.bbox(16.0), |p| seen.push(p));
    seen.sort_by_key(|p| p.fid);
    let named = cx.view.scale() <= SURVEY_LABELS && seen.len() <= SURVEY_LABELLED;
    let halo = rgba(look.style.palette().halo);
    for p in seen.into_iter().take(SURVEY_MOST) {
        let at = cx.pos(p.at);
        cx.painter.circle(at, 4.5, halo, Stroke::new(1.5, t.accent));
        cx.painter.circle_filled(at, 1.5, t.accent);
        if named {
            let font = FontId::proportional(12.0);
            let galley = cx.painter.layout_no_wrap(p.label.clone(), font, t.accent);
            let min = at + vec2(6.0, -galley.size().y - 1.0);
            for d in [vec2(1.0, 0.0), vec2(-1.0, 0.0), vec2(0.0, 1.0), vec2(0.0, -1.0)] {
                cx.painter
                    .galley_with_override_text_color(min + d, galley.clone(), halo);
            }
            cx.painter.galley(min, galley, t.accent);
        }
    }
}

/// A place shown from a table.
pub fn spot(cx: &Canvas<'_>, at: Pt, t: &Tokens) {
    let at = cx.pos(at);
    cx.painter.circle_stroke(at, 13.0, Stroke::new(5.0, t.map_plate));
    cx.painter.circle_stroke(at, 13.0, Stroke::new(2.5, t.accent));
}

/// Labels of parcels and sheets, where they fit. The anchor of a line is the middle of its digits.
pub fn labels(cx: &Canvas<'_>, look: &Look<'_>, placed: &Placed) {
    let palette = look.style.palette();
    for label in &placed.labels {
        let at = cx.rect.min + vec2(label.at[0], label.at[1]);
        let parcel = matches!(label.kind, LabelKind::Parcel(_));
        let colour = rgb(if parcel {
            palette.label
        } else {
            palette.sheet_label
        });
        if let Some([a, b]) = label.layout.bar {
            cx.painter
                .line_segment([at + a.into(), at + b.into()], Stroke::new(1.0, colour));
        }
        for line in &label.layout.lines {
            let family = if parcel {
                FontFamily::Proportional
            } else {
                FontFamily::Name(super::fonts::BOLD.into())
            };
            let font = FontId::new(line.size, family);
            let galley = cx.painter.layout_no_wrap(line.text.to_string(), font, colour);
            let min = at + line.at.into() - vec2(galley.size().x / 2.0, digit_middle(&galley, line.size));
            if !parcel {
                for d in [vec2(1.0, 0.0), vec2(-1.0, 0.0), vec2(0.0, 1.0), vec2(0.0, -1.0)] {
                    cx.painter
                        .galley_with_override_text_color(min + d, galley.clone(), rgba(palette.halo));
                }
            }
            cx.painter.galley(min, galley, colour);
        }
    }
}

/// From the top of a line to the middle of its digits: Noto Sans, ascent 1.069, digits 0.714 high.
fn digit_middle(galley: &egui::Galley, size: f32) -> f32 {
    let row = galley.size().y;
    let spare = row - size * (1.069 + 0.293);
    spare / 2.0 + size * (1.069 - 0.714 / 2.0)
}

#[cfg(test)]
mod tests {
    use super::round_length;

    #[test]
    fn the_scale_bar_has_a_round_length_that_fits() {
        for mpp in [0.003, 0.1323, 0.5, 7.0, 264.6, 1999.0] {
            let (metres, width) = round_length(mpp, 130.0);
            assert!(
                (130.0 / 2.6..=130.0).contains(&width),
                "{mpp}: {metres} m, {width} points"
            );
            let lead = metres / 10f64.powf(metres.log10().floor());
            assert!(
                [1.0, 2.0, 5.0].iter().any(|k| (lead - k).abs() < 1e-9),
                "{metres}"
            );
        }
    }
}
