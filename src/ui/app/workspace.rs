//! The panels around the map, and the page of readiness in its place.

use egui::{CentralPanel, Panel, Ui};

use super::App;
use crate::ui::command::Have;
use crate::ui::panel::bottom::Tab;
use crate::ui::panel::layers::Drawn;
use crate::ui::viewing;
use crate::ui::widgets::{self, panel_frame};

/// Width of a form, points.
const FORM: f32 = 492.0;

impl App {
    /// The panels around the map; returns where the map is.
    pub(super) fn workspace(&mut self, ui: &mut Ui, have: &Have) -> egui::Rect {
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
            let chosen = banner
                .show(ui, |ui| session.drafts.ui(ui, &session.project, settings.lang))
                .inner;
            if let Some(chosen) = chosen {
                session.choose_draft(chosen, settings.lang, out);
            }
        }
        let (look, views, show_findings) = session.split(have, settings.lang);
        if let Some(failure) = look.project.read_only() {
            Panel::top("read only")
                .frame(frame)
                .resizable(false)
                .show(ui, |ui| {
                    widgets::note(ui, widgets::Tone::Warning, &failure.describe(look.lang));
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
                    let mut drawn = Drawn {
                        findings: show_findings,
                        survey: &mut views.map.show_survey,
                        boundaries: &mut views.map.show_boundaries,
                    };
                    views.layers.ui(ui, &look, &mut drawn, out);
                }
            });
            settings.left_width = r.response.rect.width();
        }
        if views.forms.is_open() {
            Panel::right("form")
                .frame(frame)
                .size_range(420.0..=720.0)
                .default_size(FORM)
                .show(ui, |ui| views.forms.ui(ui, &look, out));
        } else if settings.right_open {
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
    pub(super) fn dashboard(&mut self, ui: &mut Ui, have: &Have) -> egui::Rect {
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
}
