//! The map behind the window: tiles made on worker threads, never a blank place.
//!
//! A tile is a square of the pixel grid of one zoom (see `viewport`), so panning moves finished
//! pixels and nothing else. While a tile is being made, what is there of other zooms is shown
//! scaled. An edit makes the tiles it touches stale: they stay visible until their successors arrive.
//!
//! The window calls [`Tiles::frame`] once a frame, uploads the pixels of tiles new to it
//! ([`Tiles::take_pixels`]) and forgets textures of tiles that are gone ([`Tiles::is_alive`]).

use std::collections::HashMap;
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::thread::JoinHandle;

use super::raster::{Image, paint};
use super::scene::scene;
use super::style::{LabelMode, Style};
use super::viewport::Viewport;
use crate::domain::BBox;
use crate::text::Lang;
use crate::topology::Coverage;

/// Device pixels of a tile's side.
pub const TILE: u32 = 512;
/// Tiles kept around the visible ones, ready for panning.
const RING: i64 = 1;
/// Zooms drawn scaled while tiles are missing, besides the overview.
const STAND_INS: usize = 3;
/// Device pixels of the overview's longer side.
const OVERVIEW: u32 = 1536;

/// Names one picture for as long as it lives; never used again.
pub type Serial = u64;

/// One tile to be shown.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Draw {
    pub tile: Serial,
    /// Left, top, right, bottom in points of the view. May reach outside.
    pub rect: [f32; 4],
}

/// What to show now, from bottom to top.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Frame {
    pub draws: Vec<Draw>,
    /// All visible tiles are there, sharp and up to date.
    pub complete: bool,
    /// The zoom is still moving: ask for another frame soon. (Finished tiles call `wake`.)
    pub again: bool,
}

/// Zoom and place of a tile: bits of metres per pixel and of pixels per point, column, row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
struct Key {
    zoom: u64,
    ppp: u32,
    x: i64,
    y: i64,
}

/// A finished picture.
struct Tile {
    serial: Serial,
    view: Viewport,
    ground: BBox,
    pixels: Option<Image>,
    stale: bool,
    used: u64,
}

impl Tile {
    fn bytes(&self) -> usize {
        self.view.width as usize * self.view.height as usize * 4
    }
}

/// Work for the other thread.
#[derive(Clone)]
struct Job {
    key: Key,
    view: Viewport,
    epoch: u64,
}

struct Done {
    job: Job,
    image: Image,
}

/// Between the window and the worker.
#[derive(Default)]
struct Desk {
    /// Most urgent last.
    wanted: Vec<Job>,
    source: Option<(Arc<Coverage>, Style)>,
    working: Option<Key>,
    done: Vec<Done>,
    quit: bool,
}

struct Shared {
    desk: Mutex<Desk>,
    work: Condvar,
}

impl Shared {
    fn desk(&self) -> MutexGuard<'_, Desk> {
        self.desk.lock().unwrap_or_else(|e| e.into_inner())
    }
}

/// The tile cache. Dropping it ends its threads.
pub struct Tiles {
    shared: Arc<Shared>,
    worker: Option<JoinHandle<()>>,
    tiles: HashMap<Key, Tile>,
    next_serial: Serial,
    /// Bytes of pictures to keep, the visible ones in any case.
    budget: usize,
    frame: u64,
    epoch: u64,
    /// Places that changed, with the epoch that began then; for pictures still being made.
    changes: Vec<(u64, BBox)>,
    revision: Option<u64>,
    style: Option<Style>,
    last_zoom: u64,
}

const OVERVIEW_KEY: Key = Key {
    zoom: 0,
    ppp: 0,
    x: 0,
    y: 0,
};

impl Tiles {
    /// `wake` is called from the worker whenever a tile is ready: ask for a repaint there.
    pub fn new(budget: usize, wake: impl Fn() + Send + Sync + 'static) -> std::io::Result<Self> {
        let shared = Arc::new(Shared {
            desk: Mutex::default(),
            work: Condvar::new(),
        });
        let theirs = shared.clone();
        // A pool of its own: a long check on the common pool must not hold up the map.
        let pool = rayon::ThreadPoolBuilder::new()
            .thread_name(|i| format!("map-paint-{i}"))
            .build()
            .map_err(std::io::Error::other)?;
        let worker = std::thread::Builder::new()
            .name("map-tiles".into())
            .spawn(move || work(&theirs, &pool, &wake))?;
        Ok(Self {
            shared,
            worker: Some(worker),
            tiles: HashMap::new(),
            next_serial: 1,
            budget,
            frame: 0,
            epoch: 1,
            changes: Vec::new(),
            revision: None,
            style: None,
            last_zoom: 0,
        })
    }

    /// Tells what an edit changed: the tiles under the old and the new shape of these parcels are
    /// made anew. Without this call a new revision makes everything stale.
    pub fn edited(&mut self, before: &Coverage, after: &Coverage, fids: &[i64]) {
        let boxes = fids
            .iter()
            .flat_map(|f| [before.get(*f), after.get(*f)])
            .flatten();
        let boxes: Vec<BBox> = boxes.map(|p| p.bbox).filter(|b| !b.is_empty()).collect();
        for b in boxes {
            self.spoil(b);
        }
        if self.revision == Some(before.revision()) {
            self.revision = Some(after.revision());
        }
    }

    fn spoil(&mut self, place: BBox) {
        self.epoch += 1;
        for t in self.tiles.values_mut().filter(|t| t.ground.intersects(&place)) {
            t.stale = true;
        }
        self.changes.push((self.epoch, place));
    }

    /// What to show for `view`, and orders what is missing.
    pub fn frame(&mut self, coverage: &Arc<Coverage>, view: &Viewport, style: &Style) -> Frame {
        self.frame += 1;
        self.collect();
        self.notice(coverage, style);
        let bounds = coverage.bbox().filter(|b| !b.is_empty());
        let visible = bounds.map_or(Vec::new(), |b| around(view, b, 0));
        let near = bounds.map_or(Vec::new(), |b| around(view, b, self.ring(view)));
        let now = self.frame;
        let missing = |t: &HashMap<Key, Tile>, k: &Key| t.get(k).is_none_or(|t| t.stale);
        let complete = !visible.iter().any(|k| missing(&self.tiles, k));
        let mut draws = Vec::new();
        if visible.iter().any(|k| !self.tiles.contains_key(k)) {
            self.stand_ins(view, &mut draws);
        }
        for k in &near {
            if let Some(t) = self.tiles.get_mut(k) {
                t.used = now;
            }
        }
        for k in &visible {
            if let Some(t) = self.tiles.get(k) {
                draws.push(Draw {
                    tile: t.serial,
                    rect: rect(t, view),
                });
            }
        }
        let zoom = view.metres_per_pixel.to_bits();
        let moving = self.last_zoom != zoom && self.frame > 1;
        self.last_zoom = zoom;
        if moving {
            self.shared.desk().wanted.clear();
        } else if let Some(b) = bounds {
            self.order(coverage, view, &near, b);
        }
        self.evict();
        Frame {
            draws,
            complete,
            again: moving && !complete,
        }
    }

    /// Tiles to keep around the visible ones: none where the budget has no room for them, or they
    /// would be dropped and made again for ever.
    fn ring(&self, view: &Viewport) -> i64 {
        let across = |px: u32| (px / TILE + 2 + 2 * RING as u32) as usize;
        let bytes = across(view.width) * across(view.height) * (TILE * TILE * 4) as usize;
        if bytes <= self.budget { RING } else { 0 }
    }

    /// The pixels of a tile, handed out once: keep them as a texture while [`Tiles::is_alive`].
    pub fn take_pixels(&mut self, tile: Serial) -> Option<Image> {
        self.tiles.values_mut().find(|t| t.serial == tile)?.pixels.take()
    }

    /// Whether a tile may still be drawn in later frames.
    pub fn is_alive(&self, tile: Serial) -> bool {
        self.tiles.values().any(|t| t.serial == tile)
    }

    /// Serials of all living tiles, sorted: what textures to keep.
    pub fn alive(&self) -> Vec<Serial> {
        let mut all: Vec<Serial> = self.tiles.values().map(|t| t.serial).collect();
        all.sort_unstable();
        all
    }

    /// Forgets every picture, for example when the window lost its textures.
    pub fn clear(&mut self) {
        self.tiles.clear();
    }

    /// Pictures kept and their bytes.
    pub fn usage(&self) -> (usize, usize) {
        (self.tiles.len(), self.tiles.values().map(Tile::bytes).sum())
    }

    /// Takes over what the worker finished.
    fn collect(&mut self) {
        let (done, working) = {
            let mut desk = self.shared.desk();
            (std::mem::take(&mut desk.done), desk.working)
        };
        for Done { job, image } in done {
            let ground = job.view.bbox(0.0);
            let late = |(epoch, place): &(u64, BBox)| *epoch > job.epoch && place.intersects(&ground);
            let tile = Tile {
                serial: self.next_serial,
                ground,
                stale: self.changes.iter().any(late),
                view: job.view,
                pixels: Some(image),
                used: self.frame,
            };
            self.next_serial += 1;
            self.tiles.insert(job.key, tile);
        }
        if working.is_none() {
            self.changes.clear();
        }
    }

    /// Compares map and style with the last frame's.
    fn notice(&mut self, coverage: &Coverage, style: &Style) {
        let mine = for_tiles(style);
        let all = self.revision != Some(coverage.revision()) || self.style.as_ref() != Some(&mine);
        if all {
            let far = crate::domain::MAX_COORDINATE * 10;
            let (a, b) = (
                crate::domain::Pt::new(-far, -far),
                crate::domain::Pt::new(far, far),
            );
            self.spoil(BBox { min: a, max: b });
            self.revision = Some(coverage.revision());
            self.style = Some(mine);
        }
    }

    /// Writes the list of wanted tiles: visible from the middle outwards, the ring, the overview.
    fn order(&mut self, coverage: &Arc<Coverage>, view: &Viewport, near: &[Key], bounds: BBox) {
        let mut jobs: Vec<Job> = near
            .iter()
            .map(|key| Job {
                key: *key,
                view: tile_view(key, view),
                epoch: self.epoch,
            })
            .collect();
        jobs.push(Job {
            key: OVERVIEW_KEY,
            view: overview(bounds),
            epoch: self.epoch,
        });
        jobs.retain(|j| self.tiles.get(&j.key).is_none_or(|t| t.stale));
        let mut desk = self.shared.desk();
        jobs.retain(|j| desk.working != Some(j.key) || self.changes.last().is_some());
        jobs.reverse();
        let idle = jobs.is_empty();
        desk.wanted = jobs;
        let style = self.style.clone().unwrap_or_default();
        desk.source = (!idle).then(|| (coverage.clone(), style));
        drop(desk);
        if !idle {
            self.shared.work.notify_one();
        }
    }

    /// Pictures of other zooms that lie under the view, the least like it first.
    fn stand_ins(&mut self, view: &Viewport, draws: &mut Vec<Draw>) {
        let ground = view.bbox(0.0);
        let away = |t: &Tile| (t.view.metres_per_pixel / view.metres_per_pixel).log2().abs();
        let zoom = view.metres_per_pixel.to_bits();
        let mut found: Vec<(&Key, &mut Tile)> = self
            .tiles
            .iter_mut()
            .filter(|(k, t)| k.zoom != zoom && t.ground.intersects(&ground))
            .collect();
        found.sort_by(|(ka, a), (kb, b)| {
            (*ka != &OVERVIEW_KEY)
                .cmp(&(*kb != &OVERVIEW_KEY))
                .then(away(b).total_cmp(&away(a)))
                .then(ka.cmp(kb))
        });
        let mut zooms: Vec<u64> = found.iter().map(|(k, _)| k.zoom).collect();
        zooms.dedup();
        let near = zooms.split_off(zooms.len().saturating_sub(STAND_INS));
        for (k, t) in found {
            if near.contains(&k.zoom) || *k == OVERVIEW_KEY {
                t.used = self.frame;
                draws.push(Draw {
                    tile: t.serial,
                    rect: rect(t, view),
                });
            }
        }
    }

    /// Drops what was not used for longest until the rest is within the budget.
    fn evict(&mut self) {
        let mut total: usize = self.tiles.values().map(Tile::bytes).sum();
        if total <= self.budget {
            return;
        }
        let mut old: Vec<(u64, Key, usize)> = self
            .tiles
            .iter()
            .filter(|(k, t)| **k != OVERVIEW_KEY && t.used < self.frame)
            .map(|(k, t)| (t.used, *k, t.bytes()))
            .collect();
        old.sort_unstable();
        for (_, key, bytes) in old {
            if total <= self.budget {
                break;
            }
            self.tiles.remove(&key);
            total -= bytes;
        }
    }
}

impl Drop for Tiles {
    fn drop(&mut self) {
        self.shared.desk().quit = true;
        self.shared.work.notify_all();
        if let Some(worker) = self.worker.take() {
            // A panic there has been reported by the hook; nothing to add.
            let _ = worker.join();
        }
    }
}

/// The worker: the most urgent tile, again and again.
fn work(shared: &Shared, pool: &rayon::ThreadPool, wake: &dyn Fn()) {
    let mut desk = shared.desk();
    while !desk.quit {
        let Some(job) = desk.wanted.pop() else {
            desk.source = None;
            desk = shared.work.wait(desk).unwrap_or_else(|e| e.into_inner());
            continue;
        };
        let Some((coverage, style)) = desk.source.clone() else {
            continue;
        };
        desk.working = Some(job.key);
        drop(desk);
        let image = pool.install(|| paint(&scene(&coverage, &job.view, &style)));
        drop(coverage);
        desk = shared.desk();
        desk.working = None;
        desk.done.push(Done { job, image });
        wake();
    }
}

/// What of a style shows on tiles: labels are painted live.
fn for_tiles(style: &Style) -> Style {
    Style {
        labels: LabelMode::Off,
        lang: Lang::Vi,
        communes: Arc::default(),
        ..style.clone()
    }
}

/// The tiles of a view that hold parcels, nearest to the middle first, then the ring around.
fn around(view: &Viewport, bounds: BBox, ring: i64) -> Vec<Key> {
    let side = i64::from(TILE);
    let [left, top] = view.corner();
    let first = [left.div_euclid(side), top.div_euclid(side)];
    let last = [
        (left + i64::from(view.width) - 1).div_euclid(side),
        (top + i64::from(view.height) - 1).div_euclid(side),
    ];
    let middle = [2 * left + i64::from(view.width), 2 * top + i64::from(view.height)];
    let mut keys = Vec::new();
    for y in first[1] - ring..=last[1] + ring {
        for x in first[0] - ring..=last[0] + ring {
            let key = Key {
                zoom: view.metres_per_pixel.to_bits(),
                ppp: view.pixels_per_point.to_bits(),
                x,
                y,
            };
            if tile_view(&key, view).bbox(0.0).intersects(&bounds) {
                let outside = x < first[0] || x > last[0] || y < first[1] || y > last[1];
                let d = [(2 * x + 1) * side - middle[0], (2 * y + 1) * side - middle[1]];
                keys.push((outside, d[0] * d[0] + d[1] * d[1], key));
            }
        }
    }
    keys.sort_unstable();
    keys.into_iter().map(|k| k.2).collect()
}

/// The view that shows exactly one tile.
fn tile_view(key: &Key, view: &Viewport) -> Viewport {
    let middle = |i: i64| (i as f64 + 0.5) * f64::from(TILE) * view.metres_per_pixel;
    Viewport {
        centre: [middle(key.x), -middle(key.y)],
        width: TILE,
        height: TILE,
        ..*view
    }
}

fn overview(bounds: BBox) -> Viewport {
    let (w, h) = (bounds.width().max(1) as f64, bounds.height().max(1) as f64);
    let long = f64::from(OVERVIEW);
    let side = |v: f64| ((long * v / w.max(h)).ceil() as u32 + 4).min(OVERVIEW + 4);
    Viewport::fit(bounds, side(w), side(h), 1.0, 1.0)
}

/// Where a tile lies in a view, points.
fn rect(t: &Tile, view: &Viewport) -> [f32; 4] {
    let ratio = t.view.metres_per_pixel / view.metres_per_pixel;
    let (from, to) = (t.view.corner(), view.corner());
    let ppp = f64::from(view.pixels_per_point);
    let at = |i: usize, d: u32| {
        let px = (from[i] + i64::from(d)) as f64 * ratio - to[i] as f64;
        (px / ppp) as f32
    };
    [at(0, 0), at(1, 0), at(0, t.view.width), at(1, t.view.height)]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Parcel, Pt};
    use crate::readiness::Group;
    use crate::render::style::ColourBy;
    use crate::topology::testing;
    use std::time::Duration;

    /// A grid of `n` × `n` parcels of 20 m near the middle of a zone.
    fn town(n: i64) -> Vec<Parcel> {
        let mut all = testing::grid(n, n, 20_000);
        for p in &mut all {
            for q in p.polygon.rings.iter_mut().flatten() {
                *q = Pt::new(q.e + 583_000_123, q.n + 2_318_000_457);
            }
            p.bbox = p.polygon.bbox();
            p.land_use = ["ODT", "LUC", "CLN", "???"][(p.fid * p.fid % 4) as usize].into();
        }
        all
    }

    struct Window {
        tiles: Tiles,
        ready: crossbeam_channel::Receiver<()>,
        textures: HashMap<Serial, Image>,
    }

    impl Window {
        fn new(budget: usize) -> Self {
            let (send, ready) = crossbeam_channel::unbounded();
            let wake = move || {
                // The window may be closed already.
                let _gone = send.send(());
            };
            Self {
                tiles: Tiles::new(budget, wake).unwrap(),
                ready,
                textures: HashMap::new(),
            }
        }

        fn frame(&mut self, map: &Arc<Coverage>, view: &Viewport, style: &Style) -> Frame {
            let frame = self.tiles.frame(map, view, style);
            for d in &frame.draws {
                if let Some(image) = self.tiles.take_pixels(d.tile) {
                    self.textures.insert(d.tile, image);
                }
                assert!(
                    self.textures.contains_key(&d.tile),
                    "a tile without pixels is drawn"
                );
            }
            self.textures.retain(|s, _| self.tiles.is_alive(*s));
            frame
        }

        /// Frames until everything is sharp and the worker rests.
        fn settle(&mut self, map: &Arc<Coverage>, view: &Viewport, style: &Style) -> Frame {
            loop {
                let frame = self.frame(map, view, style);
                if frame.complete && !frame.again && self.resting() {
                    return frame;
                }
                if !frame.again {
                    self.ready
                        .recv_timeout(Duration::from_secs(20))
                        .expect("the worker stopped");
                }
            }
        }

        fn resting(&self) -> bool {
            let desk = self.tiles.shared.desk();
            desk.wanted.is_empty() && desk.working.is_none() && desk.done.is_empty()
        }

        /// What the frame looks like; tiles of the view's own zoom only.
        fn picture(&self, frame: &Frame, view: &Viewport) -> Image {
            let mut all = Image::new(view.width + 2 * TILE, view.height + 2 * TILE, BLANK);
            for d in &frame.draws {
                let at = [0, 1].map(|i| f64::from(d.rect[i] * view.pixels_per_point) + f64::from(TILE));
                assert!(
                    at.iter().all(|v| (v - v.round()).abs() < 1e-3),
                    "tiles lie on whole pixels"
                );
                all.blit(
                    &self.textures[&d.tile],
                    at[0].round() as u32,
                    at[1].round() as u32,
                );
            }
            let mut out = Image::new(view.width, view.height, BLANK);
            for y in 0..view.height {
                let from = ((y + TILE) * all.width + TILE) as usize * 4;
                let to = (y * view.width) as usize * 4;
                let n = view.width as usize * 4;
                out.rgba[to..to + n].copy_from_slice(&all.rgba[from..from + n]);
            }
            out
        }
    }

    const BLANK: crate::render::style::Rgb = crate::render::style::Rgb(1, 2, 3);

    fn view_of(map: &Coverage, scale: f64) -> Viewport {
        Viewport::at_scale(map.bbox().unwrap().centre(), scale, 900, 700, 1.25)
    }

    #[test]
    fn tiles_together_are_the_picture() {
        let map = Arc::new(Coverage::build(town(60)));
        // All patterns side by side: their lines run on over the edges of tiles.
        let group = |fid: i64| Group::ALL[fid as usize % 4];
        let by_group = Style {
            colour_by: ColourBy::Readiness,
            groups: Arc::new(map.iter().map(|p| (p.fid, group(p.fid))).collect()),
            ..Style::default()
        };
        for style in [Style::default(), by_group] {
            let mut w = Window::new(64 << 20);
            for scale in [900.0, 2_345.6] {
                let mut view = view_of(&map, scale);
                for by in [[0.0, 0.0], [-333.3, 77.7]] {
                    view.pan(by);
                    let frame = w.settle(&map, &view, &style);
                    let whole = paint(&scene(&map, &view, &style));
                    let colour = style.colour_by;
                    assert!(w.picture(&frame, &view) == whole, "1:{scale} {by:?} {colour:?}");
                }
            }
        }
    }

    #[test]
    fn a_new_zoom_shows_the_old_one_scaled_until_it_is_sharp() {
        let map = Arc::new(Coverage::build(town(60)));
        let style = Style::default();
        let mut w = Window::new(64 << 20);
        let mut view = view_of(&map, 2_000.0);
        w.settle(&map, &view, &style);
        for _ in 0..12 {
            view.zoom_at([100.0, 200.0], 1.3);
            let frame = w.frame(&map, &view, &style);
            assert!(frame.again && !frame.complete);
            // Every corner of the view and its middle lie on some picture.
            let (x, y) = (view.width as f32 / 1.25, view.height as f32 / 1.25);
            for p in [
                [1.0, 1.0],
                [x - 1.0, 1.0],
                [x / 2.0, y / 2.0],
                [1.0, y - 1.0],
                [x - 1.0, y - 1.0],
            ] {
                let on = |d: &Draw| {
                    d.rect[0] <= p[0] && p[0] <= d.rect[2] && d.rect[1] <= p[1] && p[1] <= d.rect[3]
                };
                assert!(frame.draws.iter().any(on), "blank at {p:?} in 1:{}", view.scale());
            }
        }
        assert!(w.settle(&map, &view, &style).complete);
    }

    #[test]
    fn an_edit_renews_the_tiles_it_touches_and_no_other() {
        let before = Coverage::build(town(80));
        let style = Style::default();
        let mut w = Window::new(64 << 20);
        let view = view_of(&before, 1_500.0);
        let map = Arc::new(before.clone());
        let old = w.settle(&map, &view, &style);
        let mut after = before.clone();
        let mut p = after.get(1).unwrap().clone();
        p.polygon = after.get(40 * 80 + 40).unwrap().polygon.clone();
        p.bbox = p.polygon.bbox();
        p.fid = 40 * 80 + 40;
        p.land_use = "NTS".into();
        after.replace(p.clone());
        w.tiles.edited(&before, &after, &[p.fid]);
        let map = Arc::new(after);
        let first = w.frame(&map, &view, &style);
        assert_eq!(first.draws.len(), old.draws.len(), "the old tiles stay visible");
        let new = w.settle(&map, &view, &style);
        let changed = new.draws.iter().filter(|d| !old.draws.contains(d)).count();
        assert!((1..=4).contains(&changed), "{changed} of {}", new.draws.len());
        assert!(w.picture(&new, &view) == paint(&scene(&map, &view, &style)));
    }

    #[test]
    fn memory_is_bounded_and_a_new_style_replaces_all() {
        let map = Arc::new(Coverage::build(town(120)));
        let mut style = Style::default();
        let mut w = Window::new(8 << 20);
        let mut view = view_of(&map, 1_000.0);
        for _ in 0..6 {
            view.pan([300.0, 100.0]);
            w.settle(&map, &view, &style);
        }
        let visible = 4 * 4 * (TILE * TILE * 4) as usize;
        assert!(
            w.tiles.usage().1 <= (8 << 20) + visible + 12_000_000,
            "{:?}",
            w.tiles.usage()
        );
        style.theme = crate::render::Theme::Dark;
        let frame = w.settle(&map, &view, &style);
        assert!(w.picture(&frame, &view) == paint(&scene(&map, &view, &style)));
    }
}
