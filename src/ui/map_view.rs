//! The map: tiles under what is live (selection, hover, findings, the tool in hand), pan and zoom.

use std::sync::Arc;

use egui::{Color32, CursorIcon, Key, PointerButton, Pos2, Rect, Response, Sense, Stroke, Ui, Vec2};

use super::action::{Action, Select};
use super::draw::{self, Draw};
use super::look::Look;
use super::map_live as live;
use super::map_record::{self, ShownRecord};
use super::reference;
use super::theme;
use super::tiles::Tiles;
use super::tool::{Hand, Input, ToolKind, measure::Measure};
use crate::domain::{BBox, Pt};
use crate::render::Viewport;
use crate::render::labels::{FRAME_BUDGET, Labels};
use crate::text::{Lang, Text};
use crate::topology::linework::{self, Linework};

/// How near the pointer must be to a point to mean it, in points.
const REACH: f32 = 9.0;

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
        self.references.paint(&cx, look);
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

    /// Pan and zoom: the same whatever tool is in hand.
    fn navigate(&mut self, ui: &Ui, r: &Response) {
        let space = r.hovered() && !ui.ctx().text_edit_focused() && ui.input(|i| i.key_down(Key::Space));
        let by_button = r.dragged_by(PointerButton::Middle)
            || (r.dragged_by(PointerButton::Primary) && (space || self.hand.kind() == ToolKind::Pan));
        if by_button {
            let d = r.drag_delta();
            self.pan(d);
            ui.ctx().set_cursor_icon(CursorIcon::Grabbing);
        } else if r.hovered() {
            ui.ctx().set_cursor_icon(match self.hand.kind() {
                _ if space => CursorIcon::Grab,
                ToolKind::Pan => CursorIcon::Grab,
                ToolKind::ZoomBox => CursorIcon::ZoomIn,
                ToolKind::Select => CursorIcon::Default,
                _ => CursorIcon::Crosshair,
            });
        }
        if let Some(at) = r.hover_pos() {
            let (scroll, pinch) = ui.input(|i| (i.smooth_scroll_delta().y, i.zoom_delta()));
            let factor = f64::from(pinch) * (f64::from(scroll) / 240.0).exp();
            if (factor - 1.0).abs() > 1e-6 {
                let local = at - r.rect.min;
                self.view.zoom_at([local.x, local.y], factor);
            }
        }
    }

    fn pan(&mut self, by: Vec2) {
        self.rest = self.view.pan([by.x + self.rest[0], by.y + self.rest[1]]);
    }

    /// Arrow keys pan while the map has the focus; a click gives it the focus.
    fn keys(&mut self, ui: &Ui, r: &Response, look: &Look<'_>, out: &mut Vec<Action>) {
        if r.clicked() || r.drag_started() {
            r.request_focus();
        }
        if !r.has_focus() {
            return;
        }
        let filter = egui::EventFilter {
            horizontal_arrows: true,
            vertical_arrows: true,
            ..Default::default()
        };
        ui.memory_mut(|m| m.set_focus_lock_filter(r.id, filter));
        let step = self.rect.size() * 0.12;
        let mut by = Vec2::ZERO;
        ui.input(|i| {
            for (key, d) in [
                (Key::ArrowLeft, Vec2::X),
                (Key::ArrowRight, -Vec2::X),
                (Key::ArrowUp, Vec2::Y),
                (Key::ArrowDown, -Vec2::Y),
            ] {
                if i.key_pressed(key) && i.modifiers.is_none() {
                    by += d * step;
                }
            }
            for (key, factor) in [(Key::Plus, 1.5), (Key::Equals, 1.5), (Key::Minus, 1.0 / 1.5)] {
                if i.key_pressed(key) && !i.modifiers.command {
                    self.zoom(factor);
                }
            }
        });
        self.pan(by);
        let enter = ui.input(|i| i.key_pressed(Key::Enter));
        if enter && self.hand.kind().is_boundary() {
            self.hand.enter();
        }
        if enter && self.hand.kind() == ToolKind::Select {
            // The parcel at the centre: selecting without a mouse.
            let middle = self.rect.size() / 2.0;
            if let Some(fid) = self
                .view
                .ground_pt([middle.x, middle.y])
                .and_then(|p| look.pick(p))
            {
                out.push(Action::Select(Select::Only(vec![fid])));
            }
        }
    }

    fn hover(&mut self, r: &Response, look: &Look<'_>) {
        self.pointer = r.hover_pos().and_then(|at| self.ground(at));
        self.hover = match (self.hand.kind(), self.pointer) {
            (ToolKind::Select, Some(p)) if self.box_from.is_none() => look.pick(p),
            _ => None,
        };
    }

    fn ground(&self, at: Pos2) -> Option<Pt> {
        let local = at - self.rect.min;
        self.view.ground_pt([local.x, local.y])
    }

    fn tool_ui(&mut self, ui: &Ui, r: &Response, look: &Look<'_>, out: &mut Vec<Action>) {
        let space = ui.input(|i| i.key_down(Key::Space));
        match self.hand.kind() {
            ToolKind::Pan => (),
            _ if space => (),
            ToolKind::Select | ToolKind::ZoomBox => self.select(ui, r, look, out),
            ToolKind::Measure => self.measure_ui(ui, r, look),
            _ => self.hand_ui(ui, r, look, out),
        }
    }

    fn hand_ui(&mut self, ui: &Ui, r: &Response, look: &Look<'_>, out: &mut Vec<Action>) {
        let pointer = r.interact_pointer_pos().or(r.hover_pos());
        // A drag begins where the button went down, not where it was first seen to move.
        let pressed = r.drag_started_by(PointerButton::Primary);
        let origin = ui.input(|i| i.pointer.press_origin()).filter(|_| pressed);
        let (shift, free) = ui.input(|i| (i.modifiers.shift, i.modifiers.command));
        let input = Input {
            at: origin.or(pointer).and_then(|p| self.ground(p)),
            reach: self.view.reach(REACH),
            pressed,
            held: r.dragged_by(PointerButton::Primary),
            released: r.drag_stopped_by(PointerButton::Primary),
            clicked: r.clicked(),
            double_clicked: r.double_clicked(),
            shift,
            free,
        };
        let painter = ui.painter_at(self.rect);
        let canvas = live::Canvas {
            painter: &painter,
            rect: self.rect,
            view: &self.view,
        };
        self.hand.map(ui, &canvas, &input, &mut self.draw, look, out);
    }

    fn measure_ui(&mut self, ui: &Ui, r: &Response, look: &Look<'_>) {
        let hand = self.pointer(ui, r);
        let painter = ui.painter_at(self.rect);
        let canvas = live::Canvas {
            painter: &painter,
            rect: self.rect,
            view: &self.view,
        };
        let t = theme::tokens(ui);
        self.measure.ui(&canvas, &mut self.draw, &hand, look, t);
        self.measure.panel(ui, self.rect, &self.draw, look.lang);
    }

    /// The pointer for a tool that draws.
    fn pointer(&self, ui: &Ui, r: &Response) -> draw::Hand {
        let at = r.interact_pointer_pos().or(r.hover_pos());
        let (square, free) = ui.input(|i| (i.modifiers.shift, i.modifiers.command));
        draw::Hand {
            at: at.and_then(|p| self.ground(p)),
            reach: self.view.reach(REACH),
            clicked: r.clicked(),
            double_clicked: r.double_clicked(),
            square,
            free,
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

    /// Click selects; a dragged box selects all it touches, or is zoomed into.
    fn select(&mut self, ui: &Ui, r: &Response, look: &Look<'_>, out: &mut Vec<Action>) {
        let add = ui.input(|i| i.modifiers.shift || i.modifiers.command);
        if r.drag_started_by(PointerButton::Primary) {
            self.box_from = ui.input(|i| i.pointer.press_origin());
        }
        let now = r.interact_pointer_pos();
        if let (Some(a), Some(b)) = (self.box_from, now) {
            let colour = theme::tokens(ui).accent;
            let frame = Rect::from_two_pos(a, b);
            let painter = ui.painter_at(self.rect);
            painter.rect(
                frame,
                0.0,
                colour.gamma_multiply(0.12),
                Stroke::new(1.5, colour),
                egui::StrokeKind::Middle,
            );
        }
        if r.drag_stopped_by(PointerButton::Primary)
            && let (Some(a), Some(b)) = (self.box_from.take(), now.or(ui.input(|i| i.pointer.latest_pos())))
        {
            self.boxed(Rect::from_two_pos(a, b), add, look, out);
        } else if r.double_clicked() {
            if let Some(b) = look
                .selection
                .main()
                .and_then(|f| look.coverage.get(f))
                .map(|p| p.bbox)
            {
                out.push(Action::Zoom(b));
            }
        } else if r.clicked() {
            let fid = r
                .interact_pointer_pos()
                .and_then(|at| self.ground(at))
                .and_then(|p| look.pick(p));
            out.push(Action::Select(match (fid, add) {
                (Some(f), true) => Select::Toggle(f),
                (Some(f), false) => Select::Only(vec![f]),
                (None, true) => Select::Add(vec![]),
                (None, false) => Select::Only(vec![]),
            }));
        }
    }

    fn boxed(&mut self, frame: Rect, add: bool, look: &Look<'_>, out: &mut Vec<Action>) {
        let corners = [frame.min, frame.max].map(|p| self.ground(p));
        let [Some(a), Some(b)] = corners else { return };
        let bbox = BBox::of([a, b]);
        if self.hand.kind() == ToolKind::ZoomBox {
            self.view.show(bbox, 0.0);
            self.hand.take(ToolKind::Select);
            return;
        }
        let fids = look.within(&bbox);
        out.push(Action::Select(if add {
            Select::Add(fids)
        } else {
            Select::Only(fids)
        }));
    }
}

/// Colour of translucent fills, premultiplied as egui wants it.
pub fn translucent(c: Color32, alpha: u8) -> Color32 {
    Color32::from_rgba_unmultiplied(c.r(), c.g(), c.b(), alpha)
}
