//! The map: tiles under what is live (selection, hover, findings, the tool in hand), pan and zoom.

mod pointer;

use std::sync::Arc;

use egui::{Color32, Pos2, Rect, Sense, Ui};

use super::action::Action;
use super::draw::Draw;
use super::look::Look;
use super::map_live as live;
use super::map_record::{self, ShownRecord};
use super::reference;
use super::theme;
use super::tiles::Tiles;
use super::tool::{Hand, ToolKind, measure::Measure};
use crate::domain::{BBox, Pt};
use crate::render::Viewport;
use crate::render::labels::{FRAME_BUDGET, Labels};
use crate::text::{Lang, Text};
use crate::topology::linework::{self, Linework};

/// Largest scale a single parcel is shown at (denominator).
const CLOSEST: f64 = 500.0;

const NAME: Text = Text::new("Bản đồ", "Map");

pub struct MapView {
    pub view: Viewport,
    /// Where the map lay on the screen in the last frame.
    pub rect: Rect,
    /// Zoom to the whole district as soon as the size is known.
    fit_all: bool,
    pub hand: Hand,
    pub measure: Measure,
    /// Whether survey points are drawn.
    pub show_survey: bool,
    /// Whether boundaries of communes and frames of sheets are.
    pub show_boundaries: bool,
    /// A place shown from a table.
    spot: Option<Pt>,
    /// A record in quarantine.
    pub record: Option<Arc<ShownRecord>>,
    /// What is being drawn, by whichever tool draws.
    pub draw: Draw,
    id: Option<egui::Id>,
    /// Ground under the pointer.
    pub pointer: Option<Pt>,
    hover: Option<i64>,
    /// Start of the box being dragged.
    box_from: Option<Pos2>,
    /// What the last pan left over below a pixel.
    rest: [f32; 2],
    pub tiles: Tiles,
    labels: Labels,
    references: reference::Drawn,
    /// What is faulty about the finding the person stands on: (its number, revision), and the lines.
    linework: (Option<(i64, u64)>, Linework),
}

impl Default for MapView {
    fn default() -> Self {
        Self {
            view: Viewport::fit(BBox::EMPTY, 800, 600, 1.0, 0.0),
            rect: Rect::ZERO,
            fit_all: true,
            hand: Hand::default(),
            measure: Measure::default(),
            show_survey: true,
            show_boundaries: true,
            spot: None,
            record: None,
            draw: Draw::default(),
            id: None,
            pointer: None,
            hover: None,
            box_from: None,
            rest: [0.0; 2],
            tiles: Tiles::default(),
            labels: Labels::default(),
            references: reference::Drawn::default(),
            linework: (None, Linework::default()),
        }
    }
}

impl MapView {
    pub fn ui(&mut self, ui: &mut Ui, look: &Look<'_>, out: &mut Vec<Action>) {
        let rect = ui.available_rect_before_wrap();
        let r = ui.allocate_rect(rect, Sense::click_and_drag());
        self.id = Some(r.id);
        r.widget_info(|| egui::WidgetInfo::labeled(egui::accesskit::Role::Canvas, true, NAME.get(look.lang)));
        self.resize(ui, rect, look);
        self.navigate(ui, &r);
        self.keys(ui, &r, look, out);
        let painter = ui.painter_at(rect);
        let palette = look.style.palette();
        painter.rect_filled(rect, 0.0, live::rgb(palette.background));
        self.tiles.draw(ui, &painter, rect, &self.view, look);
        self.hover(&r, look);
        let cx = live::Canvas {
            painter: &painter,
            rect,
            view: &self.view,
        };
        live::hover(&cx, look, self.hover);
        live::proposals(&cx, look);
        live::selection(&cx, look);
        self.references.paint(&cx, look, self.show_boundaries);
        live::allowed_gaps(&cx, look);
        let wish = look.finding.map(|id| (id, look.coverage.revision()));
        if self.linework.0 != wish {
            let found = look.finding.and_then(|id| look.findings.get(id));
            let lines = found.map(|t| linework::of(look.coverage, &t.finding));
            self.linework = (wish, lines.unwrap_or_default());
        }
        live::findings(&cx, look, &self.linework.1);
        let placed = self
            .labels
            .place(look.coverage, &self.view, look.style, FRAME_BUDGET);
        if !placed.complete {
            ui.ctx().request_repaint();
        }
        live::labels(&cx, look, &placed);
        if self.show_survey {
            live::survey(&cx, look, theme::tokens(ui));
        }
        if let Some(at) = self.spot {
            live::spot(&cx, at, theme::tokens(ui));
        }
        if let Some(shown) = &self.record {
            map_record::paint(&cx, look, shown, theme::tokens(ui));
        }
        self.tool_ui(ui, &r, look, out);
        live::scale_bar(
            &live::Canvas {
                painter: &painter,
                rect,
                view: &self.view,
            },
            look.lang,
            theme::tokens(ui),
        );
        live::north_and_hint(&painter, rect, self.hint(look.lang).as_deref(), theme::tokens(ui));
        if look.coverage.is_empty() {
            live::nothing_here(ui, rect, look.lang);
        }
    }

    /// Other parcels come on the screen: nothing drawn of the ones before is kept.
    pub fn forget(&mut self) {
        self.tiles = Tiles::default();
        self.labels = Labels::default();
        self.hand.forget();
    }

    /// Asks for the whole district at the next frame.
    pub fn fit(&mut self) {
        self.fit_all = true;
    }

    pub fn show(&mut self, bbox: BBox) {
        self.view.show(bbox, 48.0);
        // A parcel is shown with its neighbours.
        self.view.set_scale(self.view.scale().max(CLOSEST));
    }

    /// Shows a place with the ground around it, and marks it.
    pub fn show_place(&mut self, at: Pt) {
        self.show(BBox::of([at]).grown(15_000));
        self.spot = Some(at);
    }

    /// Zooms around the centre.
    pub fn zoom(&mut self, factor: f64) {
        let size = self.rect.size();
        self.view.zoom_at([size.x / 2.0, size.y / 2.0], factor);
    }

    /// Drops what the tool is in the middle of; false when there was nothing.
    pub fn drop_gesture(&mut self) -> bool {
        let measured = !self.draw.is_busy() && self.measure.clear();
        let had = self.box_from.take().is_some() | self.draw.drop_gesture() | measured;
        had || self.hand.back()
    }

    fn resize(&mut self, ui: &Ui, rect: Rect, look: &Look<'_>) {
        let ppp = ui.pixels_per_point();
        let scale = self.view.scale();
        self.rect = rect;
        self.view.width = (rect.width() * ppp).round().max(1.0) as u32;
        self.view.height = (rect.height() * ppp).round().max(1.0) as u32;
        if self.view.pixels_per_point != ppp {
            self.view.pixels_per_point = ppp;
            self.view.set_scale(scale);
        }
        if self.fit_all {
            self.fit_all = false;
            self.view.show(look.coverage.bbox().unwrap_or(BBox::EMPTY), 24.0);
        }
    }

    /// Keys for what is being drawn, while no field has the focus.
    pub fn draw_keys(&mut self, ctx: &egui::Context) {
        if self.draws() {
            self.draw.keys(ctx, self.id);
        }
    }

    /// Whether the tool in hand draws: the bar for typed coordinates is shown.
    pub fn draws(&self) -> bool {
        self.hand.kind() == ToolKind::Measure || self.hand.draws()
    }

    /// What the tool in hand waits for, when it has no bar that says it.
    fn hint(&self, lang: Lang) -> Option<String> {
        if self.hand.kind() == ToolKind::Measure {
            return Some(self.measure.hint(lang));
        }
        self.hand.hint().map(|t| t.get(lang).to_owned())
    }
}

/// Colour of translucent fills, premultiplied as egui wants it.
pub fn translucent(c: Color32, alpha: u8) -> Color32 {
    Color32::from_rgba_unmultiplied(c.r(), c.g(), c.b(), alpha)
}
