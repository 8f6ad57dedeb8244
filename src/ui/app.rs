//! The window's state and its frame: jobs are collected, panels drawn, then what they asked for is
//! carried out, all in one place.

use std::path::PathBuf;
use std::time::Duration;

use egui::{CentralPanel, Context, Frame, Panel, Ui, ViewportCommand};
use jiff::{Timestamp, Zoned};

use super::action::Action;
use super::command::{Command, Have};
use super::dialog::{self, Cx, Dialog, Flow};
use super::jobs::Jobs;
use super::notice::Notices;
use super::palette::{Outcome, Palette};
use super::panel::bottom::Tab;
use super::session::Session;
use super::settings::Settings;
use super::start::StartPage;
use super::status::{Shown, StatusBar};
use super::strip;
use super::theme::{self, M, S, tokens};
use super::tool::ToolKind;
use super::trace::Trace;
use super::widgets::panel_frame;
use super::{fonts, menu, viewing};
use crate::domain::{Act, Pt};
use crate::project::Project;
use crate::text::{Lang, Text};

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
            session.saved = Some(Zoned::now().strftime("%H:%M:%S").to_string());
            self.settle_at = Some(self.ctx.input(|i| i.time) + QUIET);
            self.ctx
                .request_repaint_after(Duration::from_secs_f64(QUIET + 0.1));
        }
    }

    /// Whether everything asked for has been done: no job runs, nothing waits.
    pub fn is_idle(&self) -> bool {
        self.jobs.running.is_empty() && self.actions.is_empty()
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

    fn frame(&mut self, ui: &mut Ui) {
        let have = self.have();
        let lang = self.settings.lang;
        if self.dialog.is_none() && self.palette.is_none() {
            self.keys(ui, &have);
            self.dropped(ui.ctx(), &have);
        }
        self.keep_readiness();
        self.bars(ui, &have);
        let map = match self.session.is_some() {
            true if self.on_dashboard() => self.dashboard(ui, &have),
            true => self.workspace(ui, &have),
            false => self.start_page(ui, &have),
        };
        self.dialogs(ui.ctx(), &have);
        let free = self.strip(ui.ctx(), map, lang);
        self.notices.ui(ui.ctx(), free, lang);
    }

    /// The strip after an edit; gives the part of the map it leaves free.
    fn strip(&mut self, ctx: &Context, map: egui::Rect, lang: Lang) -> egui::Rect {
        let Some(session) = &mut self.session else {
            return map;
        };
        let Some(strip) = &session.strip else { return map };
        let (asked, height) = strip.ui(ctx, map, lang);
        match asked {
            Some(strip::Asked::Close) => session.strip = None,
            Some(strip::Asked::Zoom(place)) => self.actions.push(Action::Zoom(place)),
            None => (),
        }
        map.with_max_y((map.max.y - height).max(map.min.y))
    }

    /// Files dropped on the window: a district is opened, anything else is imported into the open one.
    fn dropped(&mut self, ctx: &Context, have: &Have) {
        let paths: Vec<PathBuf> =
            ctx.input(|i| i.raw.dropped_files.iter().map(|f| f.path().to_owned()).collect());
        let district = |p: &PathBuf| p.extension().is_some_and(|e| e.eq_ignore_ascii_case("gpkg"));
        match paths.as_slice() {
            [] => (),
            [one] if !have.project && district(one) => self.actions.push(Action::Open(one.clone())),
            all if Command::Import.check(have).is_ok() => {
                self.dialog = Some(Dialog::Import(Box::new(dialog::import::Wizard::with_files(all))));
            }
            _ => self.actions.push(Action::Run(Command::Import)),
        }
    }

    fn keys(&mut self, ui: &Ui, have: &Have) {
        // A slow frame may bring several: the second may be possible only after the first.
        let mut first = true;
        while let Some(c) = Command::pressed(ui.ctx()) {
            if !first || c.check(have).is_ok() {
                self.actions.push(Action::Run(c));
            }
            first = false;
        }
        if let Some(session) = &mut self.session {
            session.views.map.draw_keys(ui.ctx());
        }
        // A field gives its focus up at Esc before the frame begins; that Esc was for the field.
        let escape = ui.input(|i| i.key_pressed(egui::Key::Escape)) && !self.typing;
        if escape
            && let Some(session) = &mut self.session
            && !session.views.map.drop_gesture()
            && !egui::Popup::is_any_open(ui.ctx())
        {
            self.actions.push(Action::Run(Command::ClearSelection));
        }
    }

    fn bars(&mut self, ui: &mut Ui, have: &Have) {
        let lang = self.settings.lang;
        let tool = self.tool();
        let title = self
            .session
            .as_ref()
            .map(|s| s.project.path().display().to_string())
            .unwrap_or_default();
        let bar = |ui: &Ui| {
            let frame = Frame::new().fill(tokens(ui).panel);
            frame.inner_margin(egui::Margin::symmetric(M as i8, S as i8))
        };
        let frame = bar(ui);
        Panel::top("menu")
            .frame(frame)
            .show_separator_line(false)
            .resizable(false)
            .show(ui, |ui| {
                self.actions
                    .extend(menu::bar(ui, lang, have, &title).map(Action::Run));
            });
        if self.session.is_some() {
            Panel::top("toolbar")
                .frame(frame)
                .resizable(false)
                .show(ui, |ui| {
                    self.actions
                        .extend(menu::toolbar(ui, lang, have, tool).map(Action::Run));
                });
        }
        Panel::bottom("status")
            .frame(frame)
            .exact_size(36.0)
            .resizable(false)
            .show(ui, |ui| {
                let shown = self.status_shown();
                if let Some(scale) = self.status.ui(ui, &shown, &self.jobs, &mut self.actions)
                    && let Some(session) = &mut self.session
                {
                    session.views.map.view.set_scale(scale);
                }
            });
    }

    fn status_shown(&self) -> Shown {
        let lang = self.settings.lang;
        let Some(s) = &self.session else {
            return Shown {
                lang,
                at: None,
                wgs84: None,
                scale: None,
                crs: String::new(),
                saved: None,
                read_only: false,
                selected: 0,
                mode: None,
            };
        };
        let at = s.views.map.pointer;
        let epsg = s.project.epsg() as u32;
        Shown {
            lang,
            at,
            wgs84: at.and_then(|p| crate::crs::to_wgs84(epsg, p).ok()),
            scale: Some(s.views.map.view.scale()),
            crs: crate::crs::zone(epsg).map_or_else(
                || format!("EPSG:{epsg}"),
                |z| format!("VN-2000 {}", z.meridian_text()),
            ),
            saved: s.saved.clone(),
            read_only: s.project.read_only().is_some(),
            selected: s.selection.fids().len(),
            mode: Some((s.scene.mode, s.scene.dossier().map(str::to_owned))),
        }
    }

    /// The panels around the map; returns where the map is.
    fn workspace(&mut self, ui: &mut Ui, have: &Have) -> egui::Rect {
        let Self {
            session,
            settings,
            jobs,
            actions: out,
            ..
        } = self;
        let Some(session) = session else {
            return egui::Rect::ZERO;
        };
        let frame = panel_frame(ui);
        if session.drafts.is_needed() {
            let banner = Panel::top("draft").frame(frame).resizable(false);
            let chosen = banner.show(ui, |ui| session.drafts.ui(ui, settings.lang)).inner;
            if let Some(chosen) = chosen {
                session.choose_draft(chosen, out);
            }
        }
        let (look, views, show_findings) = session.split(have, settings.lang);
        if let Some(failure) = look.project.read_only() {
            Panel::top("read only")
                .frame(frame)
                .resizable(false)
                .show(ui, |ui| {
                    super::widgets::note(ui, super::widgets::Tone::Warning, &failure.describe(look.lang));
                });
        }
        if viewing::Banner::is_needed(&look) {
            Panel::top("viewing")
                .frame(frame)
                .resizable(false)
                .show(ui, |ui| views.banner.ui(ui, &look, out));
        }
        if views.map.hand.kind().is_boundary() {
            Panel::top("tool bar")
                .frame(frame)
                .resizable(false)
                .show(ui, |ui| views.map.hand.bar(ui, &look, out));
        }
        if settings.left_open {
            let r = Panel::left("left")
                .frame(frame)
                .size_range(210.0..=420.0)
                .default_size(settings.left_width);
            let r = r.show(ui, |ui| {
                views.search.ui(ui, &look, out);
                if !views.search.is_active() {
                    let survey = &mut views.map.show_survey;
                    views.layers.ui(ui, &look, show_findings, survey, out);
                }
            });
            settings.left_width = r.response.rect.width();
        }
        if settings.right_open {
            let r = Panel::right("right")
                .frame(frame)
                .size_range(280.0..=560.0)
                .default_size(settings.right_width);
            let r = r.show(ui, |ui| {
                if views.map.hand.has_table() {
                    views.map.hand.table(ui, &look, out);
                    ui.separator();
                }
                if views.bottom.tab == Tab::Quarantine && views.bottom.quarantine.has_card() {
                    views.bottom.quarantine.card(ui, &look, out);
                } else if views.bottom.tab == Tab::Findings && look.finding.is_some() {
                    views.bottom.findings.card.ui(ui, &look, out);
                } else {
                    views.inspector.ui(ui, &look, out);
                }
            });
            settings.right_width = r.response.rect.width();
        }
        if settings.bottom_open {
            let r = Panel::bottom("bottom")
                .frame(frame)
                .size_range(120.0..=520.0)
                .default_size(settings.bottom_height);
            let r = r.show(ui, |ui| views.bottom.ui(ui, &look, jobs, out));
            settings.bottom_height = r.response.rect.height();
        }
        if views.map.draws() {
            let draw = &mut views.map.draw;
            Panel::top("draw")
                .frame(frame)
                .resizable(false)
                .show(ui, |ui| draw.bar(ui, look.lang));
            settings.snapping = draw.snapping;
            if settings.snap != draw.kinds {
                settings.snap = draw.kinds.clone();
            }
        }
        CentralPanel::no_frame().show(ui, |ui| views.map.ui(ui, &look, out));
        views.map.rect
    }

    /// Readiness in the place of the map.
    fn dashboard(&mut self, ui: &mut Ui, have: &Have) -> egui::Rect {
        let Some(session) = &mut self.session else {
            return egui::Rect::ZERO;
        };
        let place = ui.available_rect_before_wrap();
        let mut dashboard = std::mem::take(&mut session.views.dashboard);
        let ready = std::mem::take(&mut session.ready);
        let (look, ..) = session.split(have, self.settings.lang);
        dashboard.ui(ui, &look, &ready, &mut self.actions);
        session.views.dashboard = dashboard;
        session.ready = ready;
        place
    }

    fn start_page(&mut self, ui: &mut Ui, have: &Have) -> egui::Rect {
        let lang = self.settings.lang;
        CentralPanel::no_frame()
            .frame(Frame::new().fill(tokens(ui).panel))
            .show(ui, |ui| {
                self.start.ui(ui, lang, have, &self.settings, &mut self.actions);
            })
            .response
            .rect
    }

    fn dialogs(&mut self, ctx: &Context, have: &Have) {
        let lang = self.settings.lang;
        if let Some(palette) = &mut self.palette {
            match palette.ui(ctx, lang, have) {
                Outcome::Stay => (),
                Outcome::Close => self.palette = None,
                Outcome::Run(c) => {
                    self.palette = None;
                    self.actions.push(Action::Run(c));
                }
            }
        }
        let Some(mut dialog) = self.dialog.take() else {
            return;
        };
        let project = self.session.as_ref().map(|s| &s.project);
        let config = self.setup.config.as_deref();
        let mut cx = Cx {
            lang,
            project,
            settings: &self.settings,
            config,
            out: &mut self.actions,
            ctx,
        };
        if dialog::ui(&mut dialog, &mut cx) == Flow::Stay && self.dialog.is_none() {
            self.dialog = Some(dialog);
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
        }
        self.keep_settings();
        if self.jobs.shown().next().is_some() {
            ui.ctx().request_repaint_after(Duration::from_millis(100));
        }
    }
}

impl eframe::App for App {
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
