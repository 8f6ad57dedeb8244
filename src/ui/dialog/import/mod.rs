//! The import wizard: files → how they are read → findings → commit. It calls the same functions as
//! `diachinh import`; the draft that is shown is the draft that is committed.

mod columns;
pub mod crs;
mod encodings;
pub mod files;
mod result;
mod rows;

use std::path::PathBuf;
use std::sync::Arc;

use egui::{RichText, Ui};
use egui_material_icons::icons as i;

use super::{Cx, Flow, frame};
use crate::domain::Failure;
use crate::import::{Drafted, Inspection, Options, Plan};
use crate::text::{Lang, Text};
use crate::ui::action::Action;
use crate::ui::pick::{Kind, PathField, SOURCES};
use crate::ui::theme::{M, tokens};
use crate::ui::widgets::{self, Tone};
use crate::ui::work::Work;

/// Points of neighbours this near, mm, become one: what the window offers (cli.md).
const SNAP_MM: i64 = 5;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Files,
    Plan,
    Result,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Tab {
    Columns,
    Encodings,
    Crs,
    Rows,
}

pub struct Wizard {
    files: PathField,
    fresh: bool,
    options: Options,
    /// As typed.
    commune: String,
    step: Step,
    tab: Tab,
    /// Layer and column looked at.
    layer: usize,
    column: usize,
    inspection: Option<Arc<Inspection>>,
    plan: Option<Plan>,
    drafted: Option<Arc<Drafted>>,
    result: result::ResultView,
    /// A job works for the wizard.
    busy: bool,
    failure: Option<Failure>,
    profiles: columns::Profiles,
}

const TITLE: Text = Text::new("Nhập dữ liệu", "Import");
const STEPS: [(Step, Text); 3] = [
    (Step::Files, Text::new("1. Chọn tệp", "1. Files")),
    (
        Step::Plan,
        Text::new("2. Xem trước và ánh xạ", "2. Preview and mapping"),
    ),
    (
        Step::Result,
        Text::new("3. Kết quả và ghi", "3. Findings and commit"),
    ),
];
const NEXT: Text = Text::new("Tiếp tục", "Next");
const BACK: Text = Text::new("Quay lại", "Back");
const COMMIT: Text = Text::new("Ghi vào tệp huyện", "Commit to the district file");
const BUSY: Text = Text::new("Đang làm…", "Working…");

impl Default for Wizard {
    fn default() -> Self {
        Self {
            files: PathField::new(Kind::OpenFiles, SOURCES),
            fresh: true,
            options: Options {
                snap_mm: SNAP_MM,
                ..Options::default()
            },
            commune: String::new(),
            step: Step::Files,
            tab: Tab::Columns,
            layer: 0,
            column: 0,
            inspection: None,
            plan: None,
            drafted: None,
            result: result::ResultView::default(),
            busy: false,
            failure: None,
            profiles: columns::Profiles::default(),
        }
    }
}

impl Wizard {
    /// Begins with these files.
    pub fn with_files(paths: &[PathBuf]) -> Self {
        let mut wizard = Self::default();
        wizard.files.text = paths
            .iter()
            .map(|p| p.display().to_string())
            .collect::<Vec<_>>()
            .join("; ");
        wizard
    }

    /// The first look at the files is there.
    pub fn inspected(&mut self, result: Result<Inspection, Failure>) {
        self.busy = false;
        match result {
            Ok(inspection) => {
                self.inspection = Some(Arc::new(inspection));
                self.plan = None;
                (self.layer, self.column) = (0, 0);
                self.step = Step::Plan;
                self.propose();
            }
            Err(failure) => self.failure = Some(failure),
        }
    }

    /// Everything was read.
    pub fn drafted(&mut self, result: Result<Drafted, Failure>) {
        self.busy = false;
        match result {
            Ok(drafted) => {
                self.drafted = Some(Arc::new(drafted));
                self.result = result::ResultView::default();
                self.step = Step::Result;
            }
            Err(failure) => self.failure = Some(failure),
        }
    }

    /// A plan for the options as they are now; what was edited in the old one stays.
    fn propose(&mut self) {
        let Some(inspection) = &self.inspection else {
            return;
        };
        self.options.commune = Some(self.commune.trim().to_owned()).filter(|c| !c.is_empty());
        match Plan::propose(inspection, &self.options) {
            Ok(mut plan) => {
                if let Some(old) = self.plan.take() {
                    for (new, old) in plan.layers.iter_mut().zip(old.layers) {
                        (new.mapping, new.columns) = (old.mapping, old.columns);
                    }
                }
                self.plan = Some(plan);
                self.failure = None;
            }
            Err(failure) => self.failure = Some(failure),
        }
    }

    pub fn ui(&mut self, cx: &mut Cx<'_>) -> Flow {
        let Some(project) = cx.project else {
            return Flow::Close;
        };
        self.options.project_epsg = project.epsg() as u32;
        self.options.extent = Options::extent_of(project.coverage());
        let lang = cx.lang;
        let folder = cx.config.map(|c| c.join("profiles"));
        let mut state = (self, Vec::new());
        let flow = frame(
            (cx.ctx, lang),
            TITLE.get(lang),
            [1120.0, 660.0],
            &mut state,
            |ui, (this, _)| this.body(ui, lang, folder.as_deref()),
            |ui, (this, out)| this.buttons(ui, lang, out),
        );
        cx.out.extend(state.1);
        flow
    }

    fn body(&mut self, ui: &mut Ui, lang: Lang, profiles: Option<&std::path::Path>) {
        steps(ui, self.step, lang);
        if let Some(failure) = &self.failure {
            widgets::note(ui, Tone::Error, &failure.describe(lang));
            ui.add_space(M);
        }
        match self.step {
            Step::Files => self.files_ui(ui, lang),
            Step::Plan => self.plan_ui(ui, lang, profiles),
            Step::Result => {
                if let Some(drafted) = &self.drafted {
                    self.result.ui(ui, drafted, lang);
                }
            }
        }
    }

    fn buttons(&mut self, ui: &mut Ui, lang: Lang, out: &mut Vec<Action>) -> Flow {
        let mut flow = Flow::Stay;
        let (ready, text) = match self.step {
            Step::Files => (!self.files.paths().is_empty(), NEXT),
            Step::Plan => (self.undecided().is_none() && self.plan.is_some(), NEXT),
            Step::Result => (self.drafted.as_ref().is_some_and(|d| result::has_work(d)), COMMIT),
        };
        if widgets::primary(
            ui,
            ready && !self.busy,
            Some(i::ICON_ARROW_FORWARD),
            text.get(lang),
        ) {
            flow = self.next(out);
        }
        let back = self.step != Step::Files && !self.busy;
        if widgets::button(ui, back, i::ICON_ARROW_BACK, BACK.get(lang)) {
            self.step = if self.step == Step::Result {
                Step::Plan
            } else {
                Step::Files
            };
            self.failure = None;
        }
        if ui.button(super::CANCEL.get(lang)).clicked() {
            flow = Flow::Close;
        }
        if self.busy {
            ui.weak(BUSY.get(lang));
        }
        flow
    }

    fn next(&mut self, out: &mut Vec<Action>) -> Flow {
        self.failure = None;
        match self.step {
            Step::Files => {
                out.push(Action::Work(Work::Inspect(self.files.paths())));
                self.busy = true;
            }
            Step::Plan => {
                if let (Some(inspection), Some(plan)) = (&self.inspection, &self.plan) {
                    out.push(Action::Work(Work::Draft(
                        inspection.clone(),
                        Box::new(plan.clone()),
                    )));
                    self.busy = true;
                }
            }
            Step::Result => {
                if let Some(drafted) = &self.drafted {
                    out.push(Action::Work(Work::Commit(drafted.clone())));
                    return Flow::Close;
                }
            }
        }
        Flow::Stay
    }

    /// What must still be decided before the files can be read.
    fn undecided(&self) -> Option<Failure> {
        self.plan.as_ref()?.undecided(self.inspection.as_deref()?)
    }

    fn plan_ui(&mut self, ui: &mut Ui, lang: Lang, profiles: Option<&std::path::Path>) {
        match self.undecided() {
            Some(failure) => widgets::note(ui, Tone::Warning, &failure.describe(lang)),
            None => widgets::note(ui, Tone::Ok, DECIDED.get(lang)),
        }
        ui.add_space(M);
        let height = ui.available_height().max(360.0);
        ui.horizontal_top(|ui| {
            ui.vertical(|ui| {
                ui.set_width(250.0);
                ui.set_min_height(height);
                self.layer_list(ui, lang);
            });
            ui.separator();
            ui.vertical(|ui| {
                let tabs = [
                    (Tab::Columns, COLUMNS.get(lang).to_owned()),
                    (Tab::Encodings, ENCODINGS.get(lang).to_owned()),
                    (Tab::Crs, CRS.get(lang).to_owned()),
                    (Tab::Rows, ROWS.get(lang).to_owned()),
                ];
                self.tab = widgets::tabs(ui, &tabs, self.tab).unwrap_or(self.tab);
                ui.separator();
                self.tab_ui(ui, lang, profiles);
            });
        });
    }

    fn tab_ui(&mut self, ui: &mut Ui, lang: Lang, profiles: Option<&std::path::Path>) {
        let Some(inspection) = self.inspection.clone() else {
            return;
        };
        let Some(layer) = inspection.layers.get(self.layer) else {
            return;
        };
        if self.tab == Tab::Crs {
            return self.crs_ui(ui, layer, lang);
        }
        let Some(plan) = self.plan.as_mut().and_then(|p| p.layers.get_mut(self.layer)) else {
            return;
        };
        match self.tab {
            Tab::Columns => columns::ui(ui, layer, plan, &mut self.profiles, profiles, lang),
            Tab::Encodings => encodings::ui(ui, layer, plan, &mut self.column, lang),
            Tab::Crs => (),
            Tab::Rows => rows::ui(ui, layer, plan, lang),
        }
    }

    fn layer_list(&mut self, ui: &mut Ui, lang: Lang) {
        let Some(inspection) = self.inspection.clone() else {
            return;
        };
        for (n, layer) in inspection.layers.iter().enumerate() {
            let name = layer.source.file_name();
            let count = crate::text::format::count(layer.source.records, lang);
            let records = match lang {
                Lang::Vi => format!("{count} bản ghi"),
                Lang::En => format!("{count} records"),
            };
            let on = n == self.layer;
            let second = RichText::new(records).small().color(tokens(ui).text_weak);
            let button = egui::Button::new((RichText::new(&name), widgets::grow(), second))
                .selected(on)
                .frame_when_inactive(on)
                .truncate()
                .min_size(egui::vec2(ui.available_width(), 28.0));
            if widgets::named(ui.add(button), egui::accesskit::Role::Button, &name).clicked() {
                (self.layer, self.column) = (n, 0);
            }
        }
    }
}

const DECIDED: Text = Text::new(
    "Mọi điều đã rõ. Hãy xem qua các thẻ bên dưới rồi bấm “Tiếp tục”.",
    "Everything is decided. Look through the tabs below, then press “Next”.",
);
const COLUMNS: Text = Text::new("Ánh xạ cột", "Columns");
const ENCODINGS: Text = Text::new("Bảng mã", "Encodings");
const CRS: Text = Text::new("Hệ tọa độ", "Coordinate system");
const ROWS: Text = Text::new("Xem dữ liệu", "Rows");

fn steps(ui: &mut Ui, now: Step, lang: Lang) {
    let t = tokens(ui);
    ui.horizontal(|ui| {
        for (n, (step, name)) in STEPS.iter().enumerate() {
            if n > 0 {
                ui.label(widgets::icon(i::ICON_CHEVRON_RIGHT).color(t.text_weak));
            }
            let text = RichText::new(name.get(lang));
            let on = *step == now;
            ui.label(if on {
                text.text_style(crate::ui::theme::bold()).color(t.accent)
            } else {
                text.color(t.text_weak)
            });
        }
    });
    ui.add_space(M);
}
