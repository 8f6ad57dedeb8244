//! The panel at the bottom: parcels, findings, history, jobs.

use egui::Ui;

use super::{
    findings::FindingsTable, history::HistoryTable, parcels::ParcelTable, quarantine::QuarantinePanel,
    survey::SurveyTable,
};
use crate::text::{Text, format};
use crate::ui::action::Action;
use crate::ui::jobs::Jobs;
use crate::ui::look::Look;
use crate::ui::theme::S;
use crate::ui::widgets;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tab {
    #[default]
    Parcels,
    Survey,
    Findings,
    Quarantine,
    History,
    Jobs,
}

#[derive(Default)]
pub struct Bottom {
    pub tab: Tab,
    pub parcels: ParcelTable,
    pub survey: SurveyTable,
    pub findings: FindingsTable,
    pub quarantine: QuarantinePanel,
    pub history: HistoryTable,
}

const PARCELS: Text = Text::new("Thửa đất", "Parcels");
const SURVEY: Text = Text::new("Điểm đo", "Survey points");
const FINDINGS: Text = Text::new("Lỗi", "Findings");
const QUARANTINE: Text = Text::new("Cách ly", "Quarantine");
const HISTORY: Text = Text::new("Nhật ký", "History");
const JOBS: Text = Text::new("Công việc", "Jobs");

impl Bottom {
    pub fn ui(&mut self, ui: &mut Ui, look: &Look<'_>, jobs: &Jobs, out: &mut Vec<Action>) {
        let lang = look.lang;
        let numbered = |t: Text, n: usize| match n {
            0 => t.get(lang).to_owned(),
            n => format!("{} ({})", t.get(lang), format::count(n as u64, lang)),
        };
        let all = [
            (Tab::Parcels, numbered(PARCELS, look.coverage.len())),
            (Tab::Survey, numbered(SURVEY, look.survey.points.len())),
            (Tab::Findings, numbered(FINDINGS, look.findings.len())),
            (
                Tab::Quarantine,
                numbered(QUARANTINE, self.quarantine.waiting(look)),
            ),
            (Tab::History, HISTORY.get(lang).to_owned()),
            (Tab::Jobs, numbered(JOBS, jobs.shown().count())),
        ];
        let mut beside = false;
        ui.horizontal(|ui| {
            if let Some(tab) = widgets::tabs(ui, &all, self.tab) {
                out.push(Action::Bottom(tab));
            }
            beside = ui.available_width() > self.bar_room();
            if beside && self.bar_room() > 0.0 {
                ui.separator();
                self.bar(ui, look, out);
            }
        });
        // A bar that would push the panel wider stands in a row of its own, or in several.
        if !beside {
            ui.horizontal_wrapped(|ui| self.bar(ui, look, out));
        }
        ui.add_space(S);
        match self.tab {
            Tab::Parcels => self.parcels.ui(ui, look, out),
            Tab::Survey => self.survey.ui(ui, look, out),
            Tab::Findings => self.findings.ui(ui, look, out),
            Tab::Quarantine => self.quarantine.ui(ui, look, out),
            Tab::History => self.history.ui(ui, look, out),
            Tab::Jobs => super::jobs::ui(ui, lang, jobs, out),
        }
    }

    /// Room the bar of the tab wants beside the tabs, points.
    fn bar_room(&self) -> f32 {
        match self.tab {
            Tab::Parcels => self.parcels.bar_room(),
            Tab::Survey => 260.0,
            Tab::Findings => FindingsTable::BAR,
            Tab::Quarantine => QuarantinePanel::BAR,
            Tab::History | Tab::Jobs => 0.0,
        }
    }

    fn bar(&mut self, ui: &mut Ui, look: &Look<'_>, out: &mut Vec<Action>) {
        match self.tab {
            Tab::Parcels => self.parcels.bar(ui, look),
            Tab::Survey => self.survey.bar(ui, look, out),
            Tab::Findings => self.findings.bar(ui, look, out),
            Tab::Quarantine => self.quarantine.bar(ui, look),
            Tab::History | Tab::Jobs => (),
        }
    }
}
