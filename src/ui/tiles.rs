//! The painted part of the map: tiles made on worker threads, shown as textures. While a tile is being
//! made an older one is shown scaled, never a blank.

use std::collections::BTreeMap;

use egui::{ColorImage, Painter, Rect, TextureHandle, TextureOptions, Ui, pos2};

use super::look::Look;
use crate::render::Viewport;
use crate::render::tiles::{self, Serial};
use crate::topology::Coverage;

/// Bytes of pixels kept.
const BUDGET: usize = 192 << 20;

#[derive(Default)]
pub struct Tiles {
    /// Made at the first frame; stays away when its threads cannot be started.
    cache: Option<tiles::Tiles>,
    textures: BTreeMap<Serial, TextureHandle>,
    /// Everything visible is there and sharp.
    pub complete: bool,
}

impl Tiles {
    pub fn draw(&mut self, ui: &Ui, painter: &Painter, rect: Rect, view: &Viewport, look: &Look<'_>) {
        if self.cache.is_none() {
            let ctx = ui.ctx().clone();
            self.cache = tiles::Tiles::new(BUDGET, move || ctx.request_repaint()).ok();
        }
        let Some(cache) = &mut self.cache else { return };
        let frame = cache.frame(look.coverage, view, look.style);
        self.complete = frame.complete;
        let uv = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
        for d in &frame.draws {
            if let Some(image) = cache.take_pixels(d.tile) {
                let size = [image.width as usize, image.height as usize];
                let pixels = ColorImage::from_rgba_unmultiplied(size, &image.rgba);
                let texture = ui.ctx().load_texture("tile", pixels, TextureOptions::LINEAR);
                self.textures.insert(d.tile, texture);
            }
            let Some(texture) = self.textures.get(&d.tile) else {
                continue;
            };
            let [left, top, right, bottom] = d.rect;
            let place =
                Rect::from_min_max(pos2(left, top), pos2(right, bottom)).translate(rect.min.to_vec2());
            painter.image(texture.id(), place, uv, egui::Color32::WHITE);
        }
        let alive = cache.alive();
        self.textures
            .retain(|serial, _| alive.binary_search(serial).is_ok());
        if frame.again {
            ui.ctx()
                .request_repaint_after(std::time::Duration::from_millis(20));
        }
    }

    /// An edit changed these parcels: only the tiles under them are made anew.
    pub fn edited(&mut self, before: &Coverage, after: &Coverage, fids: &[i64]) {
        if let Some(cache) = &mut self.cache {
            cache.edited(before, after, fids);
        }
    }
}
