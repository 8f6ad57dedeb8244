//! The window's state and its frame: jobs are collected, panels drawn, then what they asked for is
//! carried out, all in one place.

mod frame;
mod workspace;

use std::path::PathBuf;
use std::time::Duration;

use egui::{Context, Ui, ViewportCommand};
use jiff::Timestamp;

use super::action::Action;
use super::command::Have;
use super::dialog::Dialog;
use super::jobs::Jobs;
use super::notice::Notices;
use super::palette::Palette;
use super::session::Session;
use super::settings::Settings;
use super::start::StartPage;
use super::status::StatusBar;
use super::tool::ToolKind;
use super::trace::Trace;
use super::{fonts, theme};
use crate::domain::{Act, Pt};
use crate::project::Project;
use crate::text::{Text, format};

/// How the window starts.
#[derive(Clone, Debug, Default)]
pub struct Setup {
    /// Folder of the settings file; none: settings are not kept.
    pub config: Option<PathBuf>,
    /// Open this at once.
    pub open: Option<PathBuf>,
    /// Where the sample district is made; none: the system's folder for data.
    pub sample: Option<PathBuf>,
}

pub struct App {
    pub(super) ctx: Context,
    pub(super) setup: Setup,
    pub(super) settings: Settings,
    /// Settings as last written.
    kept: Settings,
    pub(super) session: Option<Session>,
    pub(super) jobs: Jobs,
    pub(super) dialog: Option<Dialog>,
    palette: Option<Palette>,
    pub(super) notices: Notices,
    start: StartPage,
    status: StatusBar,
    /// Asked for in this frame.
    pub(super) actions: Vec<Action>,
    title: String,
    /// Close as soon as no job writes.
    pub(super) closing: bool,
    /// A text field had the focus at the end of the last frame.
    typing: bool,
    /// Keys for the frames to come.
    waiting: Vec<egui::Event>,
    /// Close without asking again.
    close_now: bool,
    trace: Trace,
    /// Time of the window's clock at which the file may be put in order.
    settle_at: Option<f64>,
}

/// Seconds without a change after which the file is put in order.
const QUIET: f64 = 5.0;

const NAME: Text = Text::new("Địa Chính", "Địa Chính");

impl App {
    /// Fonts and themes, before the first frame.
    pub fn install(ctx: &Context) {
        fonts::install(ctx);
        theme::install(ctx);
        ctx.options_mut(|o| o.quit_shortcuts.clear());
    }

    /// The window's state, in a context that [`App::install`] has prepared.
    pub fn new(ctx: &Context, setup: Setup) -> Self {
        let settings = setup.config.as_deref().map(Settings::load).unwrap_or_default();
        ctx.set_theme(settings.theme.egui());
        let mut app = Self {
            ctx: ctx.clone(),
            kept: settings.clone(),
            settings,
            session: None,
            jobs: Jobs::default(),
            dialog: None,
            palette: None,
            notices: Notices::default(),
            start: StartPage::default(),
            status: StatusBar::default(),
            actions: Vec::new(),
            title: String::new(),
            closing: false,
            close_now: false,
            trace: Trace::from_environment(),
            typing: false,
            waiting: Vec::new(),
            settle_at: None,
            setup,
        };
        app.actions.extend(app.setup.open.take().map(Action::Open));
        app
    }

    /// Who acts now, and when by the clock of this PC.
    pub(super) fn act(&self) -> Act {
        Act::new(self.settings.actor(), Timestamp::now())
    }

    pub(super) fn have(&self) -> Have {
        let writing = self.jobs.writing();
        match &self.session {
            Some(s) => s.have(writing),
            None => Have {
                writing,
                ..Have::default()
            },
        }
    }

    /// Something stored changed, by a write of ours when `wrote`.
    pub(super) fn changed(&mut self, wrote: bool) {
        let Some(session) = &mut self.session else { return };
        session.changed(&self.settings);
        if wrote {
            session.saved = Some(format::time(Timestamp::now()));
            self.settle_at = Some(self.ctx.input(|i| i.time) + QUIET);
            self.ctx
                .request_repaint_after(Duration::from_secs_f64(QUIET + 0.1));
        }
    }

    /// Whether everything asked for has been done: no job runs, nothing waits.
    pub fn is_idle(&self) -> bool {
        let unwritten = self.session.as_ref().is_some_and(|s| s.project.has_unwritten());
        self.jobs.running.is_empty() && self.actions.is_empty() && !unwritten
    }

    /// The open project.
    pub fn project(&self) -> Option<&Project> {
        self.session.as_ref().map(|s| &s.project)
    }

    /// The selected parcels, by fid.
    pub fn selected(&self) -> &[i64] {
        self.session.as_ref().map_or(&[], |s| s.selection.fids())
    }

    /// The finding the person stands on.
    pub fn finding(&self) -> Option<&crate::domain::Finding> {
        let s = self.session.as_ref()?;
        s.findings().get(s.finding?).map(|t| &t.finding)
    }

    /// The tool in hand.
    pub fn tool(&self) -> ToolKind {
        self.session
            .as_ref()
            .map(|s| s.views.map.hand.kind())
            .unwrap_or_default()
    }

    /// Where a point of the ground is on the screen.
    pub fn on_screen(&self, p: Pt) -> Option<egui::Pos2> {
        let map = &self.session.as_ref()?.views.map;
        let [x, y] = map.view.screen(p);
        Some(map.rect.min + egui::vec2(x, y))
    }

    /// Whether the picture of the map is sharp and whole.
    pub fn map_is_complete(&self) -> bool {
        self.session.as_ref().is_none_or(|s| s.views.map.tiles.complete)
    }

    /// Denominator of the map's scale.
    pub fn scale(&self) -> Option<f64> {
        self.session.as_ref().map(|s| s.views.map.view.scale())
    }

    fn collect_jobs(&mut self) {
        for then in self.jobs.finished() {
            then(self);
        }
    }

    /// A wish to close while a job writes is held back until the person has chosen.
    fn closing(&mut self, ctx: &Context) {
        let asked = ctx.input(|i| i.viewport().close_requested());
        if self.closing && !self.jobs.writing() {
            self.close_now = true;
            ctx.send_viewport_cmd(ViewportCommand::Close);
        } else if asked && !self.close_now && self.jobs.writing() {
            ctx.send_viewport_cmd(ViewportCommand::CancelClose);
            self.dialog = Some(Dialog::Closing);
        }
    }

    fn keep_settings(&mut self) {
        if self.kept == self.settings || self.ctx.input(|i| i.pointer.any_down()) {
            return;
        }
        self.kept = self.settings.clone();
        if let Some(folder) = &self.setup.config {
            // Settings that cannot be written are lost at exit, nothing else.
            let _lost = self.settings.save(folder);
        }
    }

    /// When nobody has done anything for a while, the log file's content goes into the one file that
    /// people copy.
    fn rest(&mut self) {
        let now = self.ctx.input(|i| i.time);
        if self.settle_at.is_none_or(|t| now < t) || self.jobs.writing() {
            return;
        }
        self.settle_at = None;
        if let Some(failure) = self.session.as_ref().and_then(|s| s.project.idle().err()) {
            self.fail(&failure);
        }
    }

    fn retitle(&mut self) {
        let name = NAME.get(self.settings.lang);
        let title = match &self.session {
            Some(s) => format!("{} — {name}", s.project.name()),
            None => name.to_owned(),
        };
        if title != self.title {
            self.ctx.send_viewport_cmd(ViewportCommand::Title(title.clone()));
            self.title = title;
        }
    }

    pub(super) fn open_palette(&mut self) {
        self.palette = Some(Palette::default());
    }

    fn carry_out(&mut self) {
        let actions = std::mem::take(&mut self.actions);
        if !actions.is_empty() {
            self.ctx.request_repaint();
        }
        for action in actions {
            self.perform(action);
        }
    }
}

impl App {
    /// What happens between frames, also while the window is hidden.
    pub fn tick(&mut self, ctx: &Context) {
        self.collect_jobs();
        self.keep_findings();
        self.closing(ctx);
        self.retitle();
        self.rest();
    }

    /// One frame: drawn, then what was asked for is carried out.
    pub fn show(&mut self, ui: &mut Ui) {
        self.frame(ui);
        self.typing = ui.ctx().text_edit_focused();
        self.carry_out();
        if let Some(session) = &mut self.session {
            session.keep_drawing(Timestamp::now());
            session.views.forms.keep(&session.project, ui.ctx());
        }
        self.keep_settings();
        if self.jobs.shown().next().is_some() {
            ui.ctx().request_repaint_after(Duration::from_millis(100));
        }
    }
}

impl eframe::App for App {
    fn raw_input_hook(&mut self, ctx: &Context, raw: &mut egui::RawInput) {
        let form = self.session.as_ref().is_some_and(|s| s.views.forms.is_open());
        if form || !self.waiting.is_empty() {
            super::form::one_key_a_frame(&mut raw.events, &mut self.waiting);
        }
        if !self.waiting.is_empty() {
            ctx.request_repaint();
        }
    }

    fn logic(&mut self, ctx: &Context, _: &mut eframe::Frame) {
        self.tick(ctx);
    }

    fn ui(&mut self, ui: &mut Ui, frame: &mut eframe::Frame) {
        self.show(ui);
        let complete = self.session.is_some() && self.map_is_complete();
        let scale = self.scale();
        self.trace.frame(frame.info().cpu_usage, complete, scale);
    }

    #[cfg(not(feature = "glow"))]
    fn on_exit(&mut self) {
        self.leave();
    }

    #[cfg(feature = "glow")]
    fn on_exit(&mut self, _: Option<&eframe::glow::Context>) {
        self.leave();
    }

    fn persist_egui_memory(&self) -> bool {
        false
    }
}

impl App {
    fn leave(&mut self) {
        self.jobs.cancel_all();
        self.session = None;
        self.kept = self.settings.clone();
        if let Some(folder) = &self.setup.config {
            let _lost = self.settings.save(folder);
        }
    }
}
