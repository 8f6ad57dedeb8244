//! Measuring: draw a line; its lengths, azimuths, and the area it closes stay on the map until the next
//! line, and can be copied as a table.

use egui::{Frame, Grid, RichText, ScrollArea, Stroke, Ui, vec2};
use egui_material_icons::icons as i;

use crate::domain::{Polygon, Pt, ring_area2};
use crate::text::{Lang, Text, format};
use crate::topology::bearing;
use crate::ui::draw::{Draw, Hand, Wanted};
use crate::ui::look::Look;
use crate::ui::map_live::Canvas;
use crate::ui::theme::{M, S, Tokens, tokens};
use crate::ui::widgets;

#[derive(Debug, Default)]
pub struct Measure {
    /// The last line measured.
    done: Vec<Pt>,
}

const HINT: Text = Text::new(
    "Bấm các điểm cần đo · Enter hoặc bấm đúp để xong · Backspace bỏ đỉnh cuối",
    "Click the points to measure · Enter or double click ends · Backspace takes one back",
);
const RESULT: Text = Text::new("Kết quả đo", "Measured");
const COPY: Text = Text::new("Chép bảng số đo", "Copy the measures");
const CLEAR: Text = Text::new("Xóa số đo", "Clear the measures");
const LENGTH: Text = Text::new("Chiều dài", "Length");
const AZIMUTH: Text = Text::new("Phương vị", "Azimuth");
const LINE: Text = Text::new("Cạnh", "Line");
const TOTAL: Text = Text::new("Tổng chiều dài", "Total length");
const AREA: Text = Text::new("Diện tích", "Area");
const PERIMETER: Text = Text::new("Chu vi", "Perimeter");

impl Measure {
    pub fn hint(&self, lang: Lang) -> String {
        HINT.get(lang).to_owned()
    }

    /// Whether something measured is shown; it is put away.
    pub fn clear(&mut self) -> bool {
        !std::mem::take(&mut self.done).is_empty()
    }

    pub fn ui(&mut self, cx: &Canvas<'_>, draw: &mut Draw, hand: &Hand, look: &Look<'_>, t: &Tokens) {
        draw.begin(Wanted::LINE);
        if let Some(points) = draw.ui(cx, hand, look, t) {
            self.done = points;
        } else if !draw.sketch.is_empty() {
            self.done.clear();
        }
        if self.done.len() > 2 {
            cx.fill(
                &Polygon {
                    rings: vec![self.done.clone()],
                },
                t.map_preview_fill,
            );
        }
        cx.line(&self.done, Stroke::new(2.5, t.map_preview));
        for p in &self.done {
            cx.painter
                .circle(cx.pos(*p), 4.0, t.surface, Stroke::new(2.0, t.map_preview));
        }
        for (a, b) in self.done.iter().zip(self.done.iter().skip(1)) {
            let middle = cx.pos(*a).lerp(cx.pos(*b), 0.5);
            if cx.pos(*a).distance(cx.pos(*b)) > 60.0 {
                let text = format::length(a.dist(*b) / 1000.0, look.lang);
                cx.plate_at(middle, &text, t.map_plate, t.map_plate_text);
            }
        }
    }

    /// The table of what is measured, at the right edge of the map.
    pub fn panel(&mut self, ui: &Ui, map: egui::Rect, draw: &Draw, lang: Lang) {
        let drawn = draw.sketch.points();
        let points = if self.done.is_empty() { drawn } else { &self.done };
        if points.len() < 2 {
            return;
        }
        let points = points.to_vec();
        let area = egui::Area::new(egui::Id::unique("measured"))
            .pivot(egui::Align2::RIGHT_TOP)
            .fixed_pos(map.right_top() + vec2(-10.0, 60.0))
            .constrain_to(map);
        area.show(ui.ctx(), |ui| {
            Frame::window(ui.style()).inner_margin(M as i8).show(ui, |ui| {
                ui.set_width(236.0);
                let drawing = self.done.is_empty();
                self.head(ui, &points, drawing, lang);
                legs(ui, &points, lang, map.height() - 260.0);
                ui.add_space(S);
                sums(ui, &points, lang);
            });
        });
    }

    fn head(&mut self, ui: &mut Ui, points: &[Pt], drawing: bool, lang: Lang) {
        ui.horizontal(|ui| {
            ui.label(RichText::new(RESULT.get(lang)).text_style(crate::ui::theme::bold()));
            widgets::at_right(ui, |ui| {
                if !drawing && widgets::icon_button(ui, i::ICON_CLOSE, CLEAR.get(lang)) {
                    self.done.clear();
                }
                if widgets::icon_button(ui, i::ICON_CONTENT_COPY, COPY.get(lang)) {
                    ui.ctx().copy_text(table(points, lang));
                }
            });
        });
    }
}

/// Each line: number, length, azimuth.
fn legs(ui: &mut Ui, points: &[Pt], lang: Lang, height: f32) {
    let weak = tokens(ui).text_weak;
    ScrollArea::vertical()
        .max_height(height.max(60.0))
        .show(ui, |ui| {
            Grid::new("legs")
                .num_columns(3)
                .spacing([14.0, 2.0])
                .show(ui, |ui| {
                    for caption in [LINE, LENGTH, AZIMUTH] {
                        ui.label(RichText::new(caption.get(lang)).small().color(weak));
                    }
                    ui.end_row();
                    for (n, (length, azimuth)) in lines(points).enumerate() {
                        ui.label((n + 1).to_string());
                        ui.label(format::length(length, lang));
                        ui.label(format::angle(azimuth));
                        ui.end_row();
                    }
                });
        });
}

fn sums(ui: &mut Ui, points: &[Pt], lang: Lang) {
    for (caption, value) in totals(points, lang) {
        ui.horizontal(|ui| {
            ui.label(RichText::new(caption.get(lang)).color(tokens(ui).text_weak));
            widgets::at_right(ui, |ui| {
                ui.label(RichText::new(value).text_style(crate::ui::theme::bold()))
            });
        });
    }
}

/// Length (m) and azimuth (degrees) of each line.
fn lines(points: &[Pt]) -> impl Iterator<Item = (f64, f64)> + '_ {
    let pairs = points.iter().zip(points.iter().skip(1));
    pairs.filter_map(|(a, b)| Some((a.dist(*b) / 1000.0, bearing::azimuth(*a, *b)?)))
}

fn totals(points: &[Pt], lang: Lang) -> Vec<(Text, String)> {
    let length: f64 = lines(points).map(|(l, _)| l).sum();
    let mut all = vec![(TOTAL, format::length(length, lang))];
    if let (true, [first, .., last]) = (points.len() > 2, points) {
        let area = ring_area2(points).unsigned_abs() as f64 / 2e6;
        all.push((
            PERIMETER,
            format::length(length + first.dist(*last) / 1000.0, lang),
        ));
        all.push((AREA, format::area(area, lang)));
    }
    all
}

/// The measures as text with tabs: points with X first, lines, sums.
fn table(points: &[Pt], lang: Lang) -> String {
    let mut text = format!("X\tY\t{}\t{}\n", LENGTH.get(lang), AZIMUTH.get(lang));
    let mut lines = lines(points);
    for p in points {
        let (x, y) = (format::coordinate(p.n, lang), format::coordinate(p.e, lang));
        let (length, azimuth) = lines.next().map_or_else(Default::default, |(l, a)| {
            (format::number(l, 3, lang), format::angle(a))
        });
        text += &format!("{x}\t{y}\t{length}\t{azimuth}\n");
    }
    for (caption, value) in totals(points, lang) {
        text += &format!("{}\t{value}\n", caption.get(lang));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_copied_table_has_points_lines_and_sums() {
        let points = [Pt::new(0, 0), Pt::new(3_000, 4_000), Pt::new(3_000, 0)];
        assert_eq!(
            table(&points, Lang::Vi),
            "X\tY\tChiều dài\tPhương vị\n0,000\t0,000\t5,000\t36°52′12″\n4,000\t3,000\t4,000\t180°00′00″\n0,000\t3,000\t\t\n\
             Tổng chiều dài\t9,00 m\nChu vi\t12,00 m\nDiện tích\t6,0 m²\n"
        );
    }
}
