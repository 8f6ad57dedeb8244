//! Which state of the register is on the screen: what is in force, what a dossier would make of it, or what
//! was in force at an earlier moment. Everything is drawn and asked from one coverage, [`Scene::shown`].

use std::sync::Arc;

use egui::{RichText, Slider, Ui};
use egui_material_icons::icons as i;

use super::action::Action;
use super::command::Command;
use super::look::Look;
use super::theme::{self, M, S, tokens};
use super::widgets::{self, Tone};
use crate::edit::Edit;
use crate::project::{Dossier, LogFilter, Mode, OperationSummary, Project, Proposal, When};
use crate::text::{Lang, Msg, Text, format};
use crate::topology::Coverage;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Viewing {
    /// The parcels in force.
    #[default]
    Now,
    /// In force − targets + proposals of this dossier; edits are made inside it.
    Dossier(String),
    /// After this operation; only to look at.
    Past(i64),
}

/// What is on the screen and why.
pub struct Scene {
    pub viewing: Viewing,
    pub shown: Arc<Coverage>,
    pub mode: Mode,
    /// Communes of the district: code, and name or code.
    pub communes: Vec<(String, String)>,
    /// Open dossiers, by code.
    pub dossiers: Vec<Dossier>,
    /// What all open dossiers propose.
    pub proposals: Vec<Proposal>,
    /// Operations for the slider, oldest first; read when the past is first shown.
    pub moments: Vec<OperationSummary>,
}

impl Scene {
    pub fn new(project: &Project) -> Self {
        let mut scene = Self {
            viewing: Viewing::Now,
            shown: project.coverage().clone(),
            mode: Mode::Building,
            communes: Vec::new(),
            dossiers: Vec::new(),
            proposals: Vec::new(),
            moments: Vec::new(),
        };
        scene.read(project);
        scene
    }

    /// Something stored changed: everything is read again. A view that no longer is gives way to the present.
    pub fn read(&mut self, project: &Project) {
        self.mode = project.mode().unwrap_or(Mode::Building);
        let communes = project.communes().unwrap_or_default().into_iter();
        self.communes = communes
            .map(|c| (c.code.clone(), c.name.unwrap_or(c.code)))
            .collect();
        self.dossiers = project.dossiers().unwrap_or_default();
        self.dossiers.retain(Dossier::is_open);
        self.proposals = match self.dossiers.is_empty() {
            true => Vec::new(),
            false => project.proposals(None).unwrap_or_default(),
        };
        let gone = |code: &String| !self.dossiers.iter().any(|d| d.code == *code);
        if matches!(&self.viewing, Viewing::Dossier(code) if gone(code)) {
            self.viewing = Viewing::Now;
        }
        self.moments = match self.viewing {
            Viewing::Past(_) => project.log(&LogFilter::default()).unwrap_or_default(),
            _ => Vec::new(),
        };
        let made = match &self.viewing {
            Viewing::Now => None,
            Viewing::Dossier(code) => project.view(code).ok(),
            Viewing::Past(op) => project.map_at(When::Op(*op)).ok(),
        };
        self.shown = match made {
            // A view is made anew each time: its revision has to differ from the one before.
            Some(view) => Arc::new(Arc::unwrap_or_clone(view).after(&self.shown)),
            None => {
                self.viewing = Viewing::Now;
                project.coverage().clone()
            }
        };
    }

    /// Only to look at.
    pub fn is_past(&self) -> bool {
        matches!(self.viewing, Viewing::Past(_))
    }

    /// When the earlier moment on the screen was.
    pub fn moment(&self) -> Option<jiff::Timestamp> {
        let Viewing::Past(op) = self.viewing else {
            return None;
        };
        self.moments.iter().rfind(|o| o.op <= op).map(|o| o.at)
    }

    /// Code of the dossier in hand.
    pub fn dossier(&self) -> Option<&str> {
        match &self.viewing {
            Viewing::Dossier(code) => Some(code),
            _ => None,
        }
    }

    /// An edit of a boundary belongs to the dossier in hand.
    pub fn within(&self, edit: Edit) -> Edit {
        let direct = edit.is_decision()
            || matches!(
                edit,
                Edit::Set { .. }
                    | Edit::OpenDossier(_)
                    | Edit::AdvanceDossier(_)
                    | Edit::Approve { .. }
                    | Edit::Revert { .. }
                    | Edit::PlaceRecord(_)
                    | Edit::SetRecordAside { .. }
                    | Edit::TakeRecordBack { .. }
                    | Edit::Within { .. }
            );
        match self.dossier().filter(|_| !direct) {
            Some(code) => Edit::Within {
                dossier: code.to_owned(),
                edit: Box::new(edit),
            },
            None => edit,
        }
    }
}

const BACK: Text = Text::new("Về hiện tại", "Back to the present");
const AWAY: Text = Text::new("Cất hồ sơ", "Put the dossier away");
const APPROVE: Text = Text::new("Phê duyệt", "Approve");
const REVERT: Text = Text::new("Hủy đề xuất", "Revert");
const MOMENT: Text = Text::new("Thời điểm", "Moment");
const DAY: Text = Text::new("Xem ngày (dd/MM/yyyy)", "Day (dd/MM/yyyy)");

const DAY_HINT: Text = Text::new("ngày/tháng/năm", "day/month/year");
const NO_DAY: Text = Text::new(
    "Không phải là ngày: ghi như 31/12/2026.",
    "Not a day: write it as 31/12/2026.",
);

/// What the banner remembers: the day being typed, and why it leads nowhere.
#[derive(Default)]
pub struct Banner {
    day: String,
    error: Option<Msg>,
}

impl Banner {
    /// Whether something other than the present is shown.
    pub fn is_needed(look: &Look<'_>) -> bool {
        look.scene.viewing != Viewing::Now
    }

    /// The banner above the map while something other than the present is shown.
    pub fn ui(&mut self, ui: &mut Ui, look: &Look<'_>, out: &mut Vec<Action>) {
        ui.horizontal(|ui| match &look.scene.viewing {
            Viewing::Now => (),
            Viewing::Dossier(code) => dossier(ui, code, look, out),
            Viewing::Past(op) => self.past(ui, *op, look, out),
        });
    }

    fn past(&mut self, ui: &mut Ui, op: i64, look: &Look<'_>, out: &mut Vec<Action>) {
        let (lang, all) = (look.lang, &look.scene.moments);
        let at = all.iter().rposition(|o| o.op <= op).unwrap_or(0);
        let when = all.get(at).map(|o| format::date_time(o.at)).unwrap_or_default();
        let (line, _) = Tone::Warning.colours(ui);
        ui.label(widgets::icon(i::ICON_HISTORY).color(line));
        let text = match lang {
            Lang::Vi => format!("Bản đồ lúc {when}, chỉ để xem"),
            Lang::En => format!("The map at {when}, only to look at"),
        };
        ui.label(RichText::new(text).text_style(theme::bold()).color(line));
        ui.add_space(M);
        let mut slot = at;
        ui.spacing_mut().slider_width = 220.0;
        let last = all.len().saturating_sub(1);
        let r = ui.add(Slider::new(&mut slot, 0..=last).show_value(false));
        let r = widgets::named(r, egui::accesskit::Role::Slider, MOMENT.get(lang));
        let label = all
            .get(slot)
            .map(|o| o.label.get(lang).to_owned())
            .unwrap_or_default();
        r.on_hover_text(&label);
        if let Some(o) = all.get(slot).filter(|_| slot != at) {
            out.push(Action::View(Viewing::Past(o.op)));
        }
        self.day(ui, look, out);
        if widgets::button(ui, true, i::ICON_TODAY, BACK.get(lang)) {
            out.push(Action::View(Viewing::Now));
        }
        let t = tokens(ui);
        let (text, colour) = match &self.error {
            Some(error) => (error.get(lang), t.error),
            None => (label.as_str(), t.text_weak),
        };
        ui.add(egui::Label::new(RichText::new(text).color(colour)).truncate());
    }

    /// A day typed: the map at its end.
    fn day(&mut self, ui: &mut Ui, look: &Look<'_>, out: &mut Vec<Action>) {
        let hint = RichText::new(DAY_HINT.get(look.lang)).color(tokens(ui).text_weak);
        let edit = egui::TextEdit::singleline(&mut self.day).desired_width(134.0);
        let edit = match self.error {
            Some(_) => edit.text_color(tokens(ui).error),
            None => edit,
        };
        let r = ui.add(edit.hint_text(hint));
        let name = DAY.get(look.lang);
        ui.ctx().accesskit_node_builder(r.id, |n| n.set_label(name));
        if r.changed() {
            self.error = None;
        }
        if r.lost_focus() && ui.input(|i| i.key_pressed(egui::Key::Enter)) && !self.day.trim().is_empty() {
            let op = match end_of_day(&self.day) {
                Some(at) => look
                    .project
                    .operation_at(When::At(at))
                    .map_err(|f| f.message().clone()),
                None => Err(NO_DAY.into()),
            };
            match op {
                Ok(op) => out.push(Action::View(Viewing::Past(op))),
                Err(why) => self.error = Some(why),
            }
        }
        r.on_hover_text(name);
        ui.add_space(S);
    }
}

/// The last moment of a day typed as dd/MM/yyyy, by the clock of Vietnam.
fn end_of_day(typed: &str) -> Option<jiff::Timestamp> {
    let mut parts = typed
        .trim()
        .split(['/', '-', '.'])
        .map(|p| p.trim().parse::<i16>().ok());
    let (day, month, year) = (parts.next()??, parts.next()??, parts.next()??);
    let date = jiff::civil::Date::new(year, month.try_into().ok()?, day.try_into().ok()?).ok()?;
    let zoned = date.at(23, 59, 59, 999_999_999).to_zoned(format::clock());
    zoned.ok().map(|z| z.timestamp())
}

fn dossier(ui: &mut Ui, code: &str, look: &Look<'_>, out: &mut Vec<Action>) {
    let lang = look.lang;
    let t = tokens(ui);
    let n = look
        .scene
        .proposals
        .iter()
        .filter(|p| p.dossier_code == code)
        .count();
    let n = format::count(n as u64, lang);
    let text = match lang {
        Lang::Vi => format!("Đang làm hồ sơ {code}: {n} đề xuất, chưa có hiệu lực"),
        Lang::En => format!("Dossier {code} in hand: {n} proposals, not in force"),
    };
    ui.label(widgets::icon(i::ICON_FOLDER_OPEN).color(t.accent));
    ui.label(RichText::new(text).text_style(theme::bold()).color(t.accent));
    ui.add_space(M);
    let can = look.editable() && n != "0";
    let dossier = || code.to_owned();
    if widgets::primary(ui, can, Some(i::ICON_APPROVAL), APPROVE.get(lang)) {
        out.push(Action::Apply(vec![Edit::Approve { dossier: dossier() }]));
    }
    if widgets::button(ui, can, i::ICON_UNDO, REVERT.get(lang)) {
        out.push(Action::Apply(vec![Edit::Revert { dossier: dossier() }]));
    }
    if widgets::button(ui, true, i::ICON_CLOSE, AWAY.get(lang)) {
        out.push(Action::View(Viewing::Now));
    }
}

/// The button of the status bar: mode and dossier in hand.
pub fn mode_button(ui: &mut Ui, mode: Mode, dossier: Option<&str>, lang: Lang, out: &mut Vec<Action>) {
    let text = match (mode, dossier, lang) {
        (_, Some(code), Lang::Vi) => format!("Hồ sơ {code}"),
        (_, Some(code), Lang::En) => format!("Dossier {code}"),
        (mode, None, Lang::Vi) => format!("CSDL {}", mode.title().vi),
        (mode, None, Lang::En) => format!("District {}", mode.title().en),
    };
    let glyph = widgets::icon(i::ICON_FOLDER_OPEN).size(14.0);
    let button = egui::Button::new((glyph, RichText::new(&text).size(13.0))).frame_when_inactive(false);
    let r = widgets::named(ui.add(button), egui::accesskit::Role::Button, &text);
    if r.clicked() {
        out.push(Action::Run(Command::Dossiers));
    }
}

#[cfg(test)]
mod tests {
    use super::end_of_day;

    #[test]
    fn a_day_is_read_as_people_write_it() {
        assert!(end_of_day("23/11/2026").is_some());
        assert!(end_of_day(" 3-1-2026 ").is_some());
        for bad in ["", "31/02/2026", "11/2026", "x/y/z", "1/13/2026"] {
            assert!(end_of_day(bad).is_none(), "{bad}");
        }
    }
}
