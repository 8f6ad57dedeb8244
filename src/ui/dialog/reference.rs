//! A reference layer is added, or its file and coordinates are looked at again: the file is read at once, what
//! its coordinates are taken for is shown, and nothing is transformed unasked.

use std::path::PathBuf;
use std::sync::Arc;

use egui::{ProgressBar, Ui};
use egui_material_icons::icons as i;

use super::import::crs;
use super::new::field;
use super::{Cx, Flow, form_row, frame};
use crate::crs::DeclaredCrs;
use crate::crs::name as system;
use crate::domain::Failure;
use crate::import::reference::{Outcome, Question};
use crate::job::Progress;
use crate::text::{Lang, Text, format};
use crate::topology::reference::Reference;
use crate::ui::action::Action;
use crate::ui::pick::{Filter, Kind, PathField};
use crate::ui::reference::{Change, Kept};
use crate::ui::theme::{M, S};
use crate::ui::widgets::{self, Tone, fact};
use crate::ui::work::Work;

const CAPTION: f32 = 170.0;

const FILES: &[Filter] = &[
    (
        Text::new("Tệp bản đồ và tệp điểm", "Map files and points"),
        &[
            "shp", "dxf", "dgn", "tab", "mif", "gpkg", "geojson", "json", "fgb", "csv", "txt",
        ],
    ),
    (Text::new("Mọi tệp", "All files"), &["*"]),
];
const TITLE: Text = Text::new("Lớp tham chiếu", "Reference layer");
const FILE: Text = Text::new("Tệp", "File");
const FILE_HINT: Text = Text::new(
    "SHP, DXF, DGN, TAB, GPKG, GeoJSON, CSV…; có thể kéo thả vào đây",
    "SHP, DXF, DGN, TAB, GPKG, GeoJSON, CSV…; can be dropped here",
);
const NAME: Text = Text::new("Tên lớp", "Name of the layer");
const NAME_HINT: Text = Text::new("Bỏ trống: tên tệp", "Empty: the file's name");
const ABOUT: Text = Text::new(
    "Lớp tham chiếu chỉ để xem, bắt điểm và nắn ranh theo; không thuộc tệp huyện; được nhớ trên máy này.",
    "A reference layer is to look at, to snap to and to align to; it is no part of the district file and is kept on this PC.",
);
const DECLARED: Text = Text::new("Tệp khai báo", "The file declares");
const NOTHING: Text = Text::new("không khai báo gì", "nothing");
const TAKEN: Text = Text::new("Đọc tọa độ theo", "Coordinates are read as");
const DISTRICT: Text = Text::new("Tệp huyện dùng", "The district file uses");
const STOP: Text = Text::new("Dừng đọc", "Stop reading");
const ADD: Text = Text::new("Thêm lớp", "Add the layer");
const KEEP: Text = Text::new("Dùng cách đọc này", "Read it so");
const DECIDE: Text = Text::new(
    "Hãy chọn hệ tọa độ của tệp, và cho phép chuyển tọa độ nếu khác hệ của tệp huyện.",
    "Choose what the file is in, and allow the transform where it is not the district's system.",
);

/// A file to be read for the dialog.
#[derive(Clone, Debug)]
pub struct ReferenceJob {
    /// Answers to older questions are dropped.
    pub serial: u64,
    pub path: PathBuf,
    pub crs: Option<u32>,
    pub reproject: bool,
}

struct Read {
    reference: Arc<Reference>,
    systems: Vec<Question>,
    bad: u64,
}

pub struct ReferenceDialog {
    /// The layer that is looked at again.
    layer: Option<u64>,
    path: PathField,
    name: String,
    crs: Option<u32>,
    reproject: bool,
    colour: usize,
    serial: u64,
    stale: bool,
    /// A job reads.
    progress: Option<Progress>,
    failure: Option<Failure>,
    question: Option<Question>,
    read: Option<Read>,
    fresh: bool,
}

impl ReferenceDialog {
    pub fn new(colour: usize) -> Self {
        Self {
            layer: None,
            path: PathField::new(Kind::OpenFile, FILES),
            name: String::new(),
            crs: None,
            reproject: false,
            colour,
            serial: 0,
            stale: false,
            progress: None,
            failure: None,
            question: None,
            read: None,
            fresh: true,
        }
    }

    /// For a layer of the list.
    pub fn of(id: u64, kept: &Kept) -> Self {
        let mut dialog = Self::new(kept.colour);
        dialog.layer = Some(id);
        dialog.path.text = kept.path.display().to_string();
        dialog.name.clone_from(&kept.name);
        (dialog.crs, dialog.reproject) = (kept.crs, kept.reproject);
        dialog.stale = true;
        dialog
    }

    /// A job reads for this question.
    pub fn reading(&mut self, progress: Progress) {
        self.progress = Some(progress);
    }

    /// What a job brought.
    pub fn read(&mut self, serial: u64, outcome: Result<Outcome, Failure>) {
        if serial != self.serial {
            return;
        }
        self.progress = None;
        match outcome {
            Ok(Outcome::Read(read)) => {
                self.read = Some(Read {
                    reference: Arc::new(read.reference),
                    systems: read.systems,
                    bad: read.bad,
                });
            }
            Ok(Outcome::Asks(question)) => self.question = Some(question),
            Err(failure) => self.failure = Some(failure),
        }
    }

    pub fn ui(&mut self, cx: &mut Cx<'_>) -> Flow {
        let Some(project) = cx.project else {
            return Flow::Close;
        };
        let (lang, epsg) = (cx.lang, project.epsg() as u32);
        self.dropped(cx.ctx);
        let mut state = (self, false);
        let flow = frame(
            (cx.ctx, lang),
            TITLE.get(lang),
            [760.0, 560.0],
            &mut state,
            |ui, (this, _)| this.body(ui, epsg, lang),
            |ui, (this, done)| {
                let text = if this.layer.is_some() { KEEP } else { ADD };
                let ready = this.read.is_some() && !this.stale;
                *done = widgets::primary(ui, ready, Some(i::ICON_LAYERS), text.get(lang));
                match ui.button(super::CANCEL.get(lang)).clicked() {
                    true => Flow::Close,
                    false => Flow::Stay,
                }
            },
        );
        let (this, done) = state;
        this.ask(cx.out);
        match this.path.path().filter(|_| done) {
            Some(path) => {
                this.put(path, cx.out);
                Flow::Close
            }
            None => flow,
        }
    }

    /// A file dropped on the dialog is the one that is meant.
    fn dropped(&mut self, ctx: &egui::Context) {
        let dropped = ctx.input(|i| i.raw.dropped_files.first().map(|f| f.path().to_owned()));
        if let Some(path) = dropped {
            self.path.text = path.display().to_string();
            self.stale = true;
        }
    }

    fn ask(&mut self, out: &mut Vec<Action>) {
        if !std::mem::take(&mut self.stale) {
            return;
        }
        self.stop();
        (self.failure, self.question, self.read) = (None, None, None);
        if let Some(path) = self
            .path
            .path()
            .filter(|p| p.is_file() || p.extension().is_some_and(|e| e == "gdb"))
        {
            self.serial += 1;
            out.push(Action::Work(Work::Reference(ReferenceJob {
                serial: self.serial,
                path,
                crs: self.crs,
                reproject: self.reproject,
            })));
        }
    }

    fn stop(&mut self) {
        if let Some(progress) = self.progress.take() {
            progress.cancel();
        }
    }

    fn put(&mut self, path: PathBuf, out: &mut Vec<Action>) {
        let Some(read) = self.read.take() else { return };
        let own = path
            .file_stem()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let name = Some(self.name.trim())
            .filter(|n| !n.is_empty())
            .map_or(own, str::to_owned);
        let kept = Kept {
            path: std::path::absolute(&path).unwrap_or(path),
            name,
            on: true,
            crs: self.crs,
            reproject: self.reproject,
            colour: self.colour,
        };
        out.push(Action::Reference(Change::Put(
            self.layer,
            kept,
            read.reference,
            read.bad,
        )));
    }

    fn body(&mut self, ui: &mut Ui, epsg: u32, lang: Lang) {
        super::hint(ui, ABOUT.get(lang));
        ui.add_space(M);
        let fresh = std::mem::take(&mut self.fresh);
        form_row(ui, FILE.get(lang), |ui| {
            self.stale |= self.path.ui(ui, lang, FILE.get(lang), FILE_HINT.get(lang), fresh);
        });
        form_row(ui, NAME.get(lang), |ui| {
            drop(field(
                ui,
                &mut self.name,
                NAME.get(lang),
                NAME_HINT.get(lang),
                320.0,
            ));
        });
        if let Some(progress) = &self.progress {
            let stopped = reading(ui, progress, lang);
            if stopped {
                self.stop();
                self.serial += 1;
            }
        }
        if let Some(failure) = &self.failure {
            widgets::note(ui, Tone::Error, &failure.describe(lang));
        }
        let asked = self.question.as_slice();
        let systems = self.read.as_ref().map_or(asked, |r| &r.systems);
        if let Some(q) = systems.first() {
            declared(ui, q, epsg, lang);
        }
        if !asked.is_empty() {
            widgets::note(ui, Tone::Warning, DECIDE.get(lang));
        }
        if !systems.is_empty() || self.crs.is_some() {
            ui.add_space(S);
            self.stale |= crs::choice(ui, &mut self.crs, &mut self.reproject, lang);
        }
        if let Some(read) = &self.read {
            ui.add_space(M);
            let tone = if read.bad > 0 { Tone::Warning } else { Tone::Ok };
            widgets::note(ui, tone, &counts(read, lang));
        }
    }
}

/// Progress and a button; true when reading is to stop.
fn reading(ui: &mut Ui, progress: &Progress, lang: Lang) -> bool {
    let look = progress.snapshot();
    ui.horizontal(|ui| {
        let bar = match look.total {
            0 => ProgressBar::new(0.0).animate(true),
            total => ProgressBar::new(look.done as f32 / total as f32).show_percentage(),
        };
        ui.add(bar.desired_width(360.0).desired_height(16.0));
        widgets::button(ui, true, i::ICON_CANCEL, STOP.get(lang))
    })
    .inner
}

fn declared(ui: &mut Ui, q: &Question, epsg: u32, lang: Lang) {
    let said = q.declared.as_ref().map(DeclaredCrs::shown);
    let said = said.as_deref().unwrap_or(NOTHING.get(lang));
    fact(ui, CAPTION, DECLARED.get(lang), said);
    fact(ui, CAPTION, TAKEN.get(lang), system(q.plan.epsg).get(lang));
    fact(ui, CAPTION, DISTRICT.get(lang), system(epsg).get(lang));
    let explanation = q.plan.explanation.get(lang);
    if !explanation.is_empty() {
        ui.add_space(S);
        let tone = if q.plan.certain { Tone::Info } else { Tone::Warning };
        widgets::note(ui, tone, explanation);
    }
}

fn counts(read: &Read, lang: Lang) -> String {
    let n = |n: u64| format::count(n, lang);
    let (lines, points, bad) = (
        n(read.reference.len() as u64),
        n(read.reference.point_count() as u64),
        n(read.bad),
    );
    let text = match read.bad {
        0 => crate::msg!(
            "Đã đọc {lines} đường và điểm, {points} đỉnh.",
            "{lines} lines and points with {points} vertices were read."
        ),
        _ => crate::msg!(
            "Đã đọc {lines} đường và điểm, {points} đỉnh; bỏ {bad} bản ghi không đọc được.",
            "{lines} lines and points with {points} vertices were read; {bad} records that cannot be read are left out."
        ),
    };
    text.get(lang).to_owned()
}

impl Drop for ReferenceDialog {
    /// Nobody waits for what is being read.
    fn drop(&mut self) {
        self.stop();
    }
}
