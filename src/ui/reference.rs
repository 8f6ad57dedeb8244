//! The reference layers of a project: a list of files in the settings, read anew when the project is opened,
//! drawn over the parcels. The register does not know them.

use std::path::PathBuf;
use std::sync::Arc;

use egui::{Color32, Rect, Shape, Stroke, vec2};
use serde::{Deserialize, Serialize};

use super::look::Look;
use super::map_live::{Canvas, rgba};
use crate::domain::{Failure, Pt};
use crate::import::Options;
use crate::import::reference::Outcome;
use crate::render::boundaries::Boundaries;
use crate::render::{Theme, Viewport, reference as drawing, viewport};
use crate::topology::reference::Reference;

/// A layer as it is kept in the settings.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Kept {
    pub path: PathBuf,
    pub name: String,
    pub on: bool,
    /// What the person said the file is in; none: as the doctor found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub crs: Option<u32>,
    /// The person allowed the coordinates to be transformed.
    #[serde(default)]
    pub reproject: bool,
    /// Number of its colour.
    #[serde(default)]
    pub colour: usize,
}

/// What has become of the file.
#[derive(Debug)]
pub enum State {
    Reading,
    Ready {
        reference: Arc<Reference>,
        bad: u64,
    },
    /// It no longer says by itself what its coordinates are.
    Asks,
    Failed(Failure),
}

#[derive(Debug)]
pub struct Layer {
    /// Never used twice while the window is open.
    pub id: u64,
    pub kept: Kept,
    pub state: State,
}

impl Layer {
    /// What is drawn and snapped to.
    pub fn shown(&self) -> Option<&Arc<Reference>> {
        match &self.state {
            State::Ready { reference, .. } if self.kept.on => Some(reference),
            _ => None,
        }
    }
}

#[derive(Debug, Default)]
pub struct References {
    pub layers: Vec<Layer>,
    next: u64,
}

/// What the person does with the list.
#[derive(Debug)]
pub enum Change {
    /// The dialog for a new layer, or for the layer of this id.
    Ask(Option<u64>),
    /// The dialog is done: a new layer, or other settings of one.
    Put(Option<u64>, Kept, Arc<Reference>, u64),
    Show(u64, bool),
    Rename(u64, String),
    Remove(u64),
    Zoom(u64),
    /// Read the file again.
    Again(u64),
}

impl References {
    pub fn add(&mut self, kept: Kept, state: State) -> u64 {
        self.next += 1;
        let id = self.next;
        self.layers.push(Layer { id, kept, state });
        id
    }

    pub fn get(&mut self, id: u64) -> Option<&mut Layer> {
        self.layers.iter_mut().find(|l| l.id == id)
    }

    /// A colour that no layer has yet, while there is one.
    pub fn free_colour(&self) -> usize {
        let taken = |n: &usize| self.layers.iter().any(|l| l.kept.colour == *n);
        (0..).find(|n| !taken(n)).unwrap_or(0)
    }
}

/// What a job brought for a layer.
pub fn state_of(outcome: Result<Outcome, Failure>) -> State {
    match outcome {
        Ok(Outcome::Read(read)) => State::Ready {
            reference: Arc::new(read.reference),
            bad: read.bad,
        },
        Ok(Outcome::Asks(_)) => State::Asks,
        Err(failure) => State::Failed(failure),
    }
}

/// How a file is to be read for this district.
pub fn options(look: &crate::project::Project, crs: Option<u32>, reproject: bool) -> Options {
    Options {
        project_epsg: look.epsg() as u32,
        extent: Options::extent_of(look.coverage()),
        crs,
        reproject,
        ..Options::default()
    }
}

impl<'a> Look<'a> {
    /// The layers that are drawn, in their order: what is snapped to.
    pub fn layers(&self) -> Vec<&'a Reference> {
        self.references
            .iter()
            .filter_map(|l| l.shown())
            .map(|r| &**r)
            .collect()
    }

    /// Name of the `n`-th of [`Look::layers`].
    pub fn layer_name(&self, n: usize) -> &'a str {
        let mut shown = self.references.iter().filter(|l| l.shown().is_some());
        shown.nth(n).map_or("", |l| l.kept.name.as_str())
    }

    /// The line of a layer at a place: number of the layer and of the line.
    pub fn reference_line(&self, p: Pt, reach: i64) -> Option<(usize, usize)> {
        let layers = self.layers().into_iter().enumerate();
        let near = layers.filter_map(|(n, r)| r.nearest_line(p, reach).map(|(line, d)| (d, n, line)));
        near.min_by(|a, b| a.0.total_cmp(&b.0))
            .map(|(_, n, line)| (n, line))
    }
}

/// What was drawn in the last frame, while it stays the same.
#[derive(Default)]
pub struct Drawn {
    key: Option<Key>,
    shapes: Vec<Shape>,
    /// Of the territory at this address.
    boundaries: (usize, Boundaries),
}

#[derive(PartialEq)]
struct Key {
    view: Viewport,
    rect: Rect,
    theme: Theme,
    /// Address and colour of each layer.
    layers: Vec<(usize, usize)>,
    /// Address of the territory whose boundaries are drawn.
    territory: Option<usize>,
}

impl Drawn {
    /// `boundaries`: of communes and sheets, under the layers.
    pub fn paint(&mut self, cx: &Canvas<'_>, look: &Look<'_>, boundaries: bool) {
        let territory = look.coverage.territory();
        let at = Arc::as_ptr(territory) as usize;
        if boundaries && self.boundaries.0 != at {
            self.boundaries = (at, Boundaries::of(territory));
        }
        let shown = || {
            look.references
                .iter()
                .filter_map(|l| Some((l.shown()?, l.kept.colour)))
        };
        let key = Key {
            view: *cx.view,
            rect: cx.rect,
            theme: look.style.theme,
            layers: shown().map(|(r, c)| (Arc::as_ptr(r) as usize, c)).collect(),
            territory: boundaries.then_some(at),
        };
        if self.key.as_ref() != Some(&key) {
            self.shapes.clear();
            if boundaries {
                let lines = self.boundaries.1.strokes(cx.view, look.style);
                self.shapes.extend(lines.iter().flat_map(|s| shapes(s, cx)));
            }
            for (reference, colour) in shown() {
                for stroke in drawing::strokes(reference, cx.view, look.style, colour) {
                    self.shapes.extend(shapes(&stroke, cx));
                }
            }
            self.key = Some(key);
        }
        cx.painter.extend(self.shapes.iter().cloned());
    }
}

fn shapes(stroke: &crate::render::list::Stroke, cx: &Canvas<'_>) -> Vec<Shape> {
    let ppp = cx.view.pixels_per_point;
    let pos = |[x, y]: viewport::Fix| {
        let scale = viewport::UNITS as f32 * ppp;
        cx.rect.min + vec2(x as f32 / scale, y as f32 / scale)
    };
    let line = Stroke::new(stroke.width / ppp, rgba(stroke.colour));
    let segment = |s: &[viewport::Fix; 2]| Shape::line_segment([pos(s[0]), pos(s[1])], line);
    stroke.segments.iter().map(segment).collect()
}

/// Colour of a layer on the screen.
pub fn colour(layer: &Layer, theme: Theme) -> Color32 {
    super::map_live::rgb(drawing::colour(layer.kept.colour, theme))
}
