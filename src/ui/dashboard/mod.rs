//! The dashboard a clerk recognises (domain.md §10.3): cards, table per commune and sheet, groups, work by day, and
//! what stands in the way. It takes the place of the map; a click on a number leads back there, to those parcels.

mod cards;
mod charts;
mod tables;

use egui::{CentralPanel, Frame, Margin, Panel, RichText, Ui};
use egui_material_icons::icons as i;

use crate::readiness::{Tally, Wanted};
use crate::text::{Lang, Text};
use crate::ui::action::Action;
use crate::ui::command::Command;
use crate::ui::look::Look;
use crate::ui::readiness::{Ask, Ready, State};
use crate::ui::theme::{self, L, M, S, tokens};
use crate::ui::widgets::{self, Field};
use tables::Tables;

const TITLE: Text = Text::new("Mức sẵn sàng của dữ liệu", "Readiness of the data");
const WHOLE: Text = Text::new("Toàn huyện", "Whole district");
const BACK: Text = Text::new("Về bản đồ", "Back to the map");
const MAP: Text = Text::new("Xem trên bản đồ", "Show on the map");
const EXPORT: Text = Text::new("Xuất Excel/CSV…", "Export…");
const CLEAR: Text = Text::new("Bỏ lọc, xem toàn huyện", "Clear the filter, whole district");
const COUNTING: Text = Text::new("Đang tính…", "Counting…");
const COUNTING_BODY: Text = Text::new(
    "Kiểm tra bản đồ và đọc hồ sơ của mọi thửa.",
    "Checking the map and reading the register of every parcel.",
);
const EMPTY: Text = Text::new("Chưa có thửa đất nào", "No parcels yet");
const EMPTY_BODY: Text = Text::new(
    "Nhập dữ liệu (Ctrl+I) để biết xã nào đã “đúng, đủ, sạch, sống”.",
    "Import data (Ctrl+I) to see which communes are right, complete, clean and alive.",
);
const FAILED: Text = Text::new("Chưa tính được", "It could not be counted");

/// Width of the column of charts.
const RIGHT: f32 = 384.0;
/// Height of the table of blockers.
const BELOW: f32 = 236.0;

/// The commune or sheet everything is about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scope {
    pub commune: Option<String>,
    pub sheet: Option<String>,
}

impl Scope {
    /// Parcels of the scope.
    pub fn wanted(&self, what: crate::readiness::What) -> Wanted {
        Wanted {
            commune: self.commune.clone(),
            sheet: self.sheet.clone(),
            what,
        }
    }

    /// "Xã Vĩnh An (25747), tờ 12".
    pub fn name(&self, look: &Look<'_>) -> String {
        let Some(commune) = &self.commune else {
            return WHOLE.get(look.lang).to_owned();
        };
        let commune = look.commune(commune);
        match (&self.sheet, look.lang) {
            (None, _) => commune,
            (Some(s), Lang::Vi) => format!("{commune}, tờ {s}"),
            (Some(s), Lang::En) => format!("{commune}, sheet {s}"),
        }
    }
}

/// What the dashboard remembers.
#[derive(Default)]
pub struct Dashboard {
    /// It takes the place of the map.
    pub open: bool,
    scope: Scope,
    tables: Tables,
    target: Field,
    until: Field,
}

impl Dashboard {
    /// The communes it is about, for the export; empty = all.
    pub fn communes(&self) -> Vec<String> {
        self.scope.commune.iter().cloned().collect()
    }

    pub fn ui(&mut self, ui: &mut Ui, look: &Look<'_>, state: &State, out: &mut Vec<Action>) {
        let frame = Frame::new()
            .fill(tokens(ui).panel)
            .inner_margin(Margin::symmetric(L as i8, M as i8));
        match state {
            State::Known(ready) if !ready.readiness.rows().is_empty() => {
                self.known(ui, frame, look, ready, out)
            }
            _ => {
                CentralPanel::default().frame(frame).show(ui, |ui| {
                    self.header(ui, look, false, out);
                    let lang = look.lang;
                    match state {
                        State::Failed(f) => {
                            widgets::empty(ui, i::ICON_ERROR, FAILED.get(lang), &f.describe(lang))
                        }
                        State::Known(_) => {
                            widgets::empty(ui, i::ICON_BAR_CHART, EMPTY.get(lang), EMPTY_BODY.get(lang))
                        }
                        _ => {
                            widgets::empty(
                                ui,
                                i::ICON_BAR_CHART,
                                COUNTING.get(lang),
                                COUNTING_BODY.get(lang),
                            );
                            ui.ctx()
                                .request_repaint_after(std::time::Duration::from_millis(100));
                        }
                    }
                });
            }
        }
    }

    fn known(&mut self, ui: &mut Ui, frame: Frame, look: &Look<'_>, ready: &Ready, out: &mut Vec<Action>) {
        let tally = self.tally(ready);
        Panel::top("ready head")
            .frame(frame)
            .resizable(false)
            .show_separator_line(false)
            .show(ui, |ui| {
                self.header(ui, look, true, out);
                ui.add_space(S);
                cards::ui(ui, look, &tally, &self.scope, ready, out);
            });
        Panel::right("ready right")
            .frame(frame)
            .resizable(false)
            .exact_size(RIGHT)
            .show(ui, |ui| {
                charts::groups(ui, look, &tally, &self.scope, out);
                ui.add_space(M);
                charts::days(ui, look, ready, &tally);
                self.campaign(ui, look, ready, out);
            });
        let below = Panel::bottom("ready blockers")
            .frame(frame)
            .size_range(110.0..=420.0);
        below.default_size(BELOW).show(ui, |ui| {
            self.tables.blockers(ui, look, ready, &tally, &self.scope, out);
        });
        CentralPanel::default().frame(frame).show(ui, |ui| {
            self.tables.lines(ui, look, ready, &mut self.scope, out);
        });
    }

    /// Counts over the scope.
    fn tally(&self, ready: &Ready) -> Tally {
        match (&self.scope.commune, &self.scope.sheet) {
            (Some(commune), Some(sheet)) => {
                let sheets = ready.readiness.sheets();
                let is = |l: &&crate::readiness::Line| {
                    *l.commune == **commune && l.sheet.as_deref() == Some(sheet.as_str())
                };
                sheets.iter().find(is).map(|l| l.tally).unwrap_or_default()
            }
            (Some(commune), None) => ready.readiness.total(std::slice::from_ref(commune)),
            _ => ready.readiness.total(&[]),
        }
    }

    fn header(&mut self, ui: &mut Ui, look: &Look<'_>, known: bool, out: &mut Vec<Action>) {
        let lang = look.lang;
        ui.horizontal(|ui| {
            ui.label(RichText::new(TITLE.get(lang)).text_style(theme::title()));
            ui.add_space(M);
            ui.label(
                RichText::new(self.scope.name(look))
                    .text_style(theme::bold())
                    .color(tokens(ui).accent),
            );
            if self.scope != Scope::default() && widgets::icon_button(ui, i::ICON_CLOSE, CLEAR.get(lang)) {
                self.scope = Scope::default();
            }
            widgets::at_right(ui, |ui| {
                if widgets::primary(ui, true, Some(i::ICON_MAP), BACK.get(lang)) {
                    out.push(Action::Readiness(Ask::Close));
                }
                if widgets::button(ui, known, i::ICON_DOWNLOAD, EXPORT.get(lang)) {
                    out.push(Action::Run(Command::ExportReadiness));
                }
                if widgets::button(ui, known, i::ICON_PALETTE, MAP.get(lang)) {
                    let all = self.scope.wanted(crate::readiness::What::All);
                    out.push(Action::Readiness(Ask::Map(all)));
                }
            });
        });
    }

    /// The two fields of the campaign.
    fn campaign(&mut self, ui: &mut Ui, look: &Look<'_>, ready: &Ready, out: &mut Vec<Action>) {
        let changed = charts::campaign(ui, look, ready, &mut self.target, &mut self.until);
        out.extend(changed.map(|c| Action::Readiness(Ask::Campaign(c))));
    }
}
