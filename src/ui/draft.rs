//! What a crash must not take: the drawing under way and the form being filled in are kept beside the file and offered
//! on the next start; operations the program died in twice are named.

use egui::{RichText, Ui};
use egui_material_icons::icons as i;
use serde::{Deserialize, Serialize};

use super::action::{Action, Select};
use super::command::Command;
use super::draw::Sketch;
use super::form;
use super::session::Session;
use super::theme::{self, M};
use super::tool::{ToolKind, Values};
use super::widgets::{self, Tone};
use crate::domain::{BBox, Uid};
use crate::project::{Crash, Project};
use crate::text::{Lang, Text, format};

/// The drawing of a tool.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct State {
    /// The tool's own name.
    tool: String,
    sketch: Sketch,
    /// Selected parcels.
    parcels: Vec<String>,
    /// What was typed into the fields of the tool.
    #[serde(default)]
    values: Values,
}

/// The drawing of the run before, until the person has chosen.
struct Offer {
    state: State,
    at: jiff::Timestamp,
}

#[derive(Default)]
pub struct Drafts {
    offer: Option<Offer>,
    form: Option<form::Offer>,
    /// As last kept.
    kept: Option<State>,
    crashes: Vec<Crash>,
}

/// What the person chose in the banner.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Chosen {
    Resume,
    Drop,
    ResumeForm,
    DropForm,
    /// Let the operations that crashed be tried again.
    TryAgain,
    /// The notice of safe mode was read.
    Read,
}

const RESUME: Text = Text::new("Vẽ tiếp", "Go on drawing");
const GO_ON: Text = Text::new("Làm tiếp", "Go on");
const DROP: Text = Text::new("Bỏ nét vẽ dở", "Drop it");
const FORGET: Text = Text::new("Bỏ số liệu dở", "Drop them");
const FILL_IN: Text = Text::new("Nhập tiếp", "Go on filling in");
const DROP_FORM: Text = Text::new("Bỏ biểu mẫu dở", "Drop the form");
const TRY: Text = Text::new("Cho phép thử lại", "Allow another try");
const READ: Text = Text::new("Đã biết", "Understood");

impl Drafts {
    /// What the run before has left.
    pub fn of(project: &Project) -> Self {
        let left = project.load_draft();
        let offer = left.and_then(|d| {
            let state: State = serde_json::from_value(d.state).ok()?;
            (!state.sketch.is_empty() || !state.values.is_empty()).then_some(Offer { state, at: d.at })
        });
        Self {
            offer,
            form: form::Offer::of(project),
            kept: None,
            crashes: project.crashed_twice(),
        }
    }

    pub fn is_needed(&self) -> bool {
        self.offer.is_some() || self.form.is_some() || !self.crashes.is_empty()
    }

    /// The banner that offers the drawing and names what crashed.
    pub fn ui(&self, ui: &mut Ui, project: &Project, lang: Lang) -> Option<Chosen> {
        let mut chosen = None;
        for crash in &self.crashes {
            ui.horizontal(|ui| {
                title(ui, i::ICON_HEALTH_AND_SAFETY, &safe_mode(crash, lang));
                if widgets::button(ui, true, i::ICON_CHECK, READ.get(lang)) {
                    chosen = Some(Chosen::Read);
                }
                if widgets::button(ui, true, i::ICON_REFRESH, TRY.get(lang)) {
                    chosen = Some(Chosen::TryAgain);
                }
            });
        }
        if let Some(offer) = &self.offer {
            ui.horizontal(|ui| {
                title(ui, i::ICON_DRAW, &left(offer, lang));
                let (go_on, drop) = match offer.state.sketch.is_empty() {
                    true => (GO_ON, FORGET),
                    false => (RESUME, DROP),
                };
                if widgets::primary(ui, true, Some(i::ICON_DRAW), go_on.get(lang)) {
                    chosen = Some(Chosen::Resume);
                }
                if widgets::button(ui, true, i::ICON_CLOSE, drop.get(lang)) {
                    chosen = Some(Chosen::Drop);
                }
            });
        }
        if let Some(offer) = &self.form {
            ui.horizontal(|ui| {
                title(ui, i::ICON_EDIT_NOTE, &offer.text(project, lang));
                if widgets::primary(ui, true, Some(i::ICON_EDIT_NOTE), FILL_IN.get(lang)) {
                    chosen = Some(Chosen::ResumeForm);
                }
                if widgets::button(ui, true, i::ICON_CLOSE, DROP_FORM.get(lang)) {
                    chosen = Some(Chosen::DropForm);
                }
            });
        }
        chosen
    }
}

fn title(ui: &mut Ui, glyph: egui_material_icons::MaterialIcon, text: &str) {
    let (line, _) = Tone::Warning.colours(ui);
    ui.label(widgets::icon(glyph).color(line));
    ui.label(RichText::new(text).text_style(theme::bold()).color(line));
    ui.add_space(M);
}

fn left(offer: &Offer, lang: Lang) -> String {
    let tool = kind(&offer.state.tool).and_then(ToolKind::command);
    let tool = tool.map_or("", |c: Command| c.text().get(lang));
    let (n, at) = (offer.state.sketch.points().len(), format::date_time(offer.at));
    match lang {
        Lang::Vi if n == 0 => format!("Còn số liệu nhập dở từ {at}: {tool}"),
        Lang::En if n == 0 => format!("Unfinished entries of {at}: {tool}"),
        Lang::Vi => format!("Còn nét vẽ dở từ {at}: {tool}, {n} điểm"),
        Lang::En => format!("An unfinished drawing of {at}: {tool}, {n} points"),
    }
}

fn safe_mode(crash: &Crash, lang: Lang) -> String {
    let (label, n) = (crash.label(), crash.count);
    match lang {
        Lang::Vi => format!(
            "Chế độ an toàn: “{}” đã làm chương trình dừng {n} lần, nay bị chặn",
            label.vi
        ),
        Lang::En => format!(
            "Safe mode: “{}” stopped the program {n} times and is blocked",
            label.en
        ),
    }
}

fn kind(name: &str) -> Option<ToolKind> {
    let tools = Command::ALL.into_iter().filter_map(Command::tool);
    tools.into_iter().find(|k| format!("{k:?}") == name)
}

impl Session {
    /// Keeps the drawing under way as it is now, or forgets it when it is done with.
    pub fn keep_drawing(&mut self, at: jiff::Timestamp) {
        let map = &self.views.map;
        let typed = map.hand.typed();
        let drawing = map.hand.draws() && !map.draw.sketch.is_empty() || typed.is_some();
        if !drawing && (map.hand.is_planning() || self.drafts.kept.is_none()) {
            return;
        }
        if !drawing {
            self.drafts.kept = None;
            return self.project.clear_draft();
        }
        if self
            .drafts
            .kept
            .as_ref()
            .is_some_and(|k| k.sketch == map.draw.sketch && Some(&k.values) == typed.or(Some(&Values::new())))
        {
            return;
        }
        let uids = self
            .selection
            .fids()
            .iter()
            .filter_map(|f| self.scene.shown.get(*f));
        let state = State {
            tool: format!("{:?}", map.hand.kind()),
            sketch: map.draw.sketch.clone(),
            parcels: uids.map(|p| p.uid.to_string()).collect(),
            values: typed.cloned().unwrap_or_default(),
        };
        // Where it cannot be kept the drawing goes on; only a crash would show the difference.
        let _lost = serde_json::to_value(&state).map(|v| self.project.save_draft(&v, at));
        self.drafts.kept = Some(state);
        self.drafts.offer = None;
    }

    pub fn choose_draft(&mut self, chosen: Chosen, lang: Lang, out: &mut Vec<Action>) {
        match chosen {
            Chosen::Resume => self.resume(out),
            Chosen::Drop => {
                self.drafts.offer = None;
                self.project.clear_draft();
            }
            Chosen::ResumeForm => {
                if let Some(offer) = self.drafts.form.take() {
                    self.views.forms.resume(offer.kept, &self.project, lang);
                }
            }
            Chosen::DropForm => {
                self.drafts.form = None;
                self.project.clear_form();
            }
            Chosen::TryAgain => {
                self.project.try_again();
                self.drafts.crashes.clear();
            }
            Chosen::Read => self.drafts.crashes.clear(),
        }
    }

    fn resume(&mut self, out: &mut Vec<Action>) {
        let Some(Offer { state, .. }) = self.drafts.offer.take() else {
            return;
        };
        let Some(kind) = kind(&state.tool) else { return };
        let uids = state.parcels.iter().filter_map(|u| u.parse::<Uid>().ok());
        let fids = uids.filter_map(|u| self.scene.shown.by_uid(u)).map(|p| p.fid);
        let fids: Vec<i64> = fids.collect();
        self.selection.change(Select::Only(fids));
        self.views.map.hand.take(kind);
        self.views.map.hand.restore(state.values);
        let selected = self
            .selection
            .fids()
            .iter()
            .filter_map(|f| self.scene.shown.get(*f));
        let place = match state.sketch.is_empty() {
            true => selected.map(|p| p.bbox).reduce(BBox::union),
            false => Some(BBox::of(state.sketch.points().iter().copied()).grown(10_000)),
        };
        out.extend(place.map(Action::Zoom));
        self.views.map.draw.sketch = state.sketch;
    }
}
