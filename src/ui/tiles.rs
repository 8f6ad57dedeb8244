//! The painted part of the map: a picture of the view and its surroundings, made beside the window
//! and shown as a texture. While a new one is being made the old one is shown scaled, never a blank.

use std::sync::Arc;

use crossbeam_channel::{Receiver, TryRecvError, bounded};
use egui::{ColorImage, Painter, Rect, TextureHandle, TextureOptions, Ui, pos2, vec2};

use super::look::Look;
use crate::render::{Image, Style, Viewport, paint, scene};

/// What a picture shows.
#[derive(Clone, PartialEq)]
struct Key {
    revision: u64,
    view: Viewport,
    style: Style,
}

struct Picture {
    key: Key,
    texture: TextureHandle,
}

#[derive(Default)]
pub struct Tiles {
    shown: Option<Picture>,
    coming: Option<(Key, Receiver<Image>)>,
}

impl Tiles {
    pub fn draw(&mut self, ui: &Ui, painter: &Painter, rect: Rect, view: &Viewport, look: &Look<'_>) {
        self.receive(ui);
        if self.coming.is_none() && !self.is_good(view, look) {
            self.order(ui, view, look);
        }
        if let Some(p) = &self.shown {
            let uv = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
            painter.image(
                p.texture.id(),
                place(&p.key.view, view, rect),
                uv,
                egui::Color32::WHITE,
            );
        }
    }

    fn is_good(&self, view: &Viewport, look: &Look<'_>) -> bool {
        self.shown.as_ref().is_some_and(|p| {
            p.key.revision == look.coverage.revision()
                && p.key.style == *look.style
                && p.key.view.metres_per_pixel == view.metres_per_pixel
                && p.key.view.pixels_per_point == view.pixels_per_point
                && covers(&p.key.view, view)
        })
    }

    fn receive(&mut self, ui: &Ui) {
        let Some((key, image)) = self.coming.take() else {
            return;
        };
        match image.try_recv() {
            Ok(image) => {
                let size = [image.width as usize, image.height as usize];
                let pixels = ColorImage::from_rgba_unmultiplied(size, &image.rgba);
                let texture = ui.ctx().load_texture("map", pixels, TextureOptions::LINEAR);
                self.shown = Some(Picture { key, texture });
            }
            Err(TryRecvError::Empty) => self.coming = Some((key, image)),
            Err(TryRecvError::Disconnected) => (),
        }
    }

    fn order(&mut self, ui: &Ui, view: &Viewport, look: &Look<'_>) {
        // A quarter of the view more on each side, in whole pixels so that the grid stays the same.
        let mut wide = *view;
        wide.width += view.width / 4 * 2;
        wide.height += view.height / 4 * 2;
        let key = Key {
            revision: look.coverage.revision(),
            view: wide,
            style: look.style.clone(),
        };
        let (send, image) = bounded(1);
        let (coverage, style, ctx) = (Arc::clone(look.coverage), look.style.clone(), ui.ctx().clone());
        let work = move || {
            // The map may be gone; then nobody waits.
            let _gone = send.send(paint(&scene(&coverage, &wide, &style)));
            ctx.request_repaint();
        };
        if std::thread::Builder::new()
            .name("paint map".into())
            .spawn(work)
            .is_ok()
        {
            self.coming = Some((key, image));
        }
    }
}

/// Where a picture made for `from` lies in a view.
fn place(from: &Viewport, view: &Viewport, rect: Rect) -> Rect {
    let k = from.metres_per_pixel / view.metres_per_pixel;
    let (a, b) = (from.corner(), view.corner());
    let ppp = f64::from(view.pixels_per_point);
    let at = |i: usize| ((a[i] as f64 * k - b[i] as f64) / ppp) as f32;
    let size = |v: u32| (f64::from(v) * k / ppp) as f32;
    Rect::from_min_size(
        rect.min + vec2(at(0), at(1)),
        vec2(size(from.width), size(from.height)),
    )
}

/// Whether a picture of the same zoom covers a view.
fn covers(from: &Viewport, view: &Viewport) -> bool {
    let (a, b) = (from.corner(), view.corner());
    let size = [(from.width, view.width), (from.height, view.height)];
    (0..2).all(|i| a[i] <= b[i] && a[i] + i64::from(size[i].0) >= b[i] + i64::from(size[i].1))
}
