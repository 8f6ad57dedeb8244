//! The frame of the window: keys and dropped files, bars, the page in the middle, dialogs over it.

use std::path::PathBuf;

use egui::{CentralPanel, Context, Frame, Panel, Ui};

use super::App;
use crate::text::Lang;
use crate::ui::action::Action;
use crate::ui::command::{Command, Have};
use crate::ui::dialog::{self, Cx, Dialog, Flow};
use crate::ui::palette::Outcome;
use crate::ui::status::Shown;
use crate::ui::theme::{M, S, tokens};
use crate::ui::{menu, strip};

impl App {
    pub(super) fn frame(&mut self, ui: &mut Ui) {
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
            && !session.views.forms.is_open()
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
}
