//! What pointer and keys do on the map: pan, zoom, select, and the tool in hand.

use egui::{CursorIcon, Key, PointerButton, Pos2, Rect, Response, Stroke, Ui, Vec2};

use super::MapView;
use crate::domain::{BBox, Pt};
use crate::ui::action::{Action, Select};
use crate::ui::draw;
use crate::ui::look::Look;
use crate::ui::map_live as live;
use crate::ui::theme;
use crate::ui::tool::{Input, ToolKind};

/// How near the pointer must be to a point to mean it, in points.
const REACH: f32 = 9.0;

impl MapView {
    /// Pan and zoom: the same whatever tool is in hand.
    pub(super) fn navigate(&mut self, ui: &Ui, r: &Response) {
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
    pub(super) fn keys(&mut self, ui: &Ui, r: &Response, look: &Look<'_>, out: &mut Vec<Action>) {
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

    pub(super) fn hover(&mut self, r: &Response, look: &Look<'_>) {
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

    pub(super) fn tool_ui(&mut self, ui: &Ui, r: &Response, look: &Look<'_>, out: &mut Vec<Action>) {
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
