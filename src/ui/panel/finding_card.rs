//! Right: the finding the person stands on. What, where, how much, why it matters, what to do; accept it or withdraw that;
//! its history.

use egui::{RichText, ScrollArea, TextEdit, Ui};
use egui_material_icons::icons as i;
use jiff::civil::Date;

use super::findings::{severity_text, state_text};
use crate::domain::{FindingEvent, FindingState, Seen, Severity, Tracked, Unit};
use crate::edit::{AcceptFinding, Edit, FindingRef};
use crate::fix;
use crate::text::{Lang, Text, format};
use crate::ui::action::Action;
use crate::ui::command::Command;
use crate::ui::look::Look;
use crate::ui::theme::{self, S, tokens};
use crate::ui::widgets::{self, Tone};
use crate::validate;

const CODE: Text = Text::new("Mã", "Code");
const STATE: Text = Text::new("Trạng thái", "State");
const PARCELS: Text = Text::new("Thửa đất", "Parcels");
const PLACE: Text = Text::new("Vị trí", "Place");
const AMOUNT: Text = Text::new("Mức độ lệch", "Amount");
const ALLOWED: Text = Text::new("Cho phép", "Tolerance");
const WHY: Text = Text::new("Vì sao quan trọng", "Why it matters");
const WHAT_TO_DO: Text = Text::new("Cách xử lý", "What to do");
const BASIS: Text = Text::new("Căn cứ", "Basis");
const ACCEPT: Text = Text::new("Chấp nhận", "Accept");
const ACCEPTING: Text = Text::new("Chấp nhận lỗi này", "Live with this finding");
pub const REASON: Text = Text::new("Lý do", "Reason");
pub const REASON_HINT: Text = Text::new(
    "ví dụ: chờ đo lại năm 2027",
    "for example: surveyed again in 2027",
);
pub const UNTIL: Text = Text::new("Đến hết ngày", "Until");
pub const UNTIL_HINT: Text = Text::new("để trống: không thời hạn", "empty: without end");
pub const BAD_DAY: Text = Text::new("Ghi ngày dạng 31/12/2027.", "Write the day as 31/12/2027.");
const WITHDRAW: Text = Text::new("Thôi chấp nhận", "No longer accept");
const ALLOW: Text = Text::new("Công nhận là đường, mương…", "Allow as street, ditch…");
const MUST: Text = Text::new(
    "Lỗi này phải sửa, không chấp nhận được: cơ sở dữ liệu quốc gia sẽ từ chối bản ghi.",
    "This must be repaired, it cannot be accepted: the national database would refuse the record.",
);
const HISTORY: Text = Text::new("Diễn biến", "History");
const FOUND: Text = Text::new("phát hiện", "found");
const GROWN: Text = Text::new(
    "Đã được chấp nhận, nhưng nay lớn hơn mức chấp nhận hoặc đã hết hạn.",
    "It was accepted, but has grown beyond that or the time has run out.",
);
const CAPTION: f32 = 92.0;

#[derive(Default)]
pub struct FindingCard {
    /// What was read of the finding shown: (id, revision).
    read: Option<(i64, u64, Vec<FindingEvent>)>,
    accepting: Option<i64>,
    reason: String,
    until: String,
}

impl FindingCard {
    pub fn ui(&mut self, ui: &mut Ui, look: &Look<'_>, out: &mut Vec<Action>) {
        let Some(t) = look.finding.and_then(|id| look.findings.get(id)) else {
            return;
        };
        if self
            .read
            .as_ref()
            .is_none_or(|r| (r.0, r.1) != (t.id, look.revision))
        {
            let history = look.project.finding_history(t.id).unwrap_or_default();
            self.read = Some((t.id, look.revision, history));
        }
        head(ui, look, t, out);
        ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
            facts(ui, look.lang, t);
            // The ways to repair it, with preview: the tool of F9.
            fixes(ui, look, out);
            self.decision(ui, look, t, out);
            why(ui, look.lang, t);
            self.history(ui, look.lang, t);
        });
    }

    fn decision(&mut self, ui: &mut Ui, look: &Look<'_>, t: &Tracked, out: &mut Vec<Action>) {
        let lang = look.lang;
        widgets::section(ui, ACCEPT.get(lang));
        if let Some(a) = &t.acceptance {
            let until = a.until.map_or(String::new(), |d| {
                format!(" · {} {}", UNTIL.get(lang).to_lowercase(), format::date(d))
            });
            ui.label(format!("{}: “{}”{until}", a.by, a.reason));
            if t.state == FindingState::Open {
                widgets::note(ui, Tone::Warning, GROWN.get(lang));
            }
            if widgets::button(ui, look.editable(), i::ICON_UNDO, WITHDRAW.get(lang)) {
                out.push(Action::Apply(vec![Edit::WithdrawAcceptance(FindingRef::of(
                    &t.finding,
                ))]));
            }
            if t.state == FindingState::Accepted {
                return;
            }
        }
        if !validate::may_be_accepted(&t.finding) {
            ui.label(RichText::new(MUST.get(lang)).color(tokens(ui).text_weak));
            return;
        }
        if self.accepting != Some(t.id) {
            if widgets::button(ui, look.editable(), i::ICON_CHECK, ACCEPTING.get(lang)) {
                (self.accepting, self.reason, self.until) = (Some(t.id), String::new(), String::new());
            }
            return;
        }
        self.form(ui, look, t, out);
    }

    fn form(&mut self, ui: &mut Ui, look: &Look<'_>, t: &Tracked, out: &mut Vec<Action>) {
        let lang = look.lang;
        let field = |ui: &mut Ui, name: Text, hint: Text, text: &mut String| {
            widgets::captioned(ui, CAPTION, name.get(lang), |ui| {
                let r = ui.add(
                    TextEdit::singleline(text)
                        .hint_text(hint.get(lang))
                        .desired_width(f32::INFINITY),
                );
                ui.ctx()
                    .accesskit_node_builder(r.id, |n| n.set_label(name.get(lang)));
            });
        };
        field(ui, REASON, REASON_HINT, &mut self.reason);
        field(ui, UNTIL, UNTIL_HINT, &mut self.until);
        let until = self.until.trim();
        let parsed = last_day(until);
        if parsed.is_none() {
            ui.label(RichText::new(BAD_DAY.get(lang)).color(tokens(ui).error));
        }
        let ready = parsed.is_some() && !self.reason.trim().is_empty() && look.editable();
        ui.horizontal_wrapped(|ui| {
            if widgets::primary(ui, ready, Some(i::ICON_CHECK), ACCEPT.get(lang)) {
                let accept = AcceptFinding::new(&t.finding, self.reason.trim(), parsed.flatten());
                out.push(Action::Apply(vec![Edit::AcceptFinding(accept)]));
                self.accepting = None;
            }
            let gap = t.finding.code == "PARCEL_GAP";
            if let (true, Some(at)) = (gap, t.finding.at)
                && widgets::button(ui, ready, i::ICON_ADD_ROAD, ALLOW.get(lang))
            {
                let reason = self.reason.trim().to_owned();
                let until = parsed.flatten();
                out.push(Action::Apply(vec![Edit::AllowGap { at, reason, until }]));
                self.accepting = None;
            }
        });
    }

    fn history(&self, ui: &mut Ui, lang: Lang, t: &Tracked) {
        widgets::section(ui, HISTORY.get(lang));
        let line = |ui: &mut Ui, seen: Seen, what: &str| {
            let day = format::date(crate::domain::day_of(seen.at));
            let op = match lang {
                Lang::Vi => format!("{day} · thao tác {}", seen.op),
                Lang::En => format!("{day} · operation {}", seen.op),
            };
            widgets::fact(ui, CAPTION + 60.0, &op, what);
        };
        line(ui, t.first, FOUND.get(lang));
        for e in self.read.iter().flat_map(|r| &r.2) {
            line(ui, e.seen, &state_text(e.state).get(lang).to_lowercase());
        }
    }
}

/// The slot of the repairs.
fn fixes(ui: &mut Ui, look: &Look<'_>, out: &mut Vec<Action>) {
    if widgets::command_button(
        ui,
        Command::ToolFix,
        look.lang,
        look.have,
        widgets::Show::IconText,
        false,
    ) {
        out.push(Action::Run(Command::ToolFix));
    }
}

fn head(ui: &mut Ui, look: &Look<'_>, t: &Tracked, out: &mut Vec<Action>) {
    let lang = look.lang;
    let title = validate::rule(t.finding.code).map_or(t.finding.code, |r| r.title.get(lang));
    ui.horizontal(|ui| {
        let (rect, _) = ui.allocate_exact_size(egui::vec2(12.0, 12.0), egui::Sense::hover());
        let colour = crate::ui::map_live::severity(look, t.finding.severity);
        ui.painter().circle_filled(rect.center(), 6.0, colour);
        ui.add(egui::Label::new(RichText::new(title).text_style(theme::bold())).wrap());
    });
    ui.horizontal(|ui| {
        for c in [Command::PreviousFinding, Command::NextFinding] {
            if widgets::command_button(ui, c, lang, look.have, widgets::Show::Icon, false) {
                out.push(Action::Run(c));
            }
        }
        ui.label(
            RichText::new(severity_text(t.finding.severity).get(lang)).color(tone(ui, t.finding.severity)),
        );
        ui.label(RichText::new(state_text(t.state).get(lang)).color(tokens(ui).text_weak));
    });
    ui.add_space(S);
}

fn tone(ui: &Ui, s: Severity) -> egui::Color32 {
    match s {
        Severity::Error => tokens(ui).error,
        Severity::Warning => tokens(ui).warning,
        Severity::Info => tokens(ui).text_weak,
    }
}

fn facts(ui: &mut Ui, lang: Lang, t: &Tracked) {
    let f = &t.finding;
    ui.add(egui::Label::new(validate::message(f).get(lang)).wrap());
    ui.add_space(S);
    widgets::fact(ui, CAPTION, CODE.get(lang), f.code);
    widgets::fact(ui, CAPTION, STATE.get(lang), state_text(t.state).get(lang));
    widgets::fact(ui, CAPTION, PARCELS.get(lang), &few(&f.refs));
    if let Some(p) = f.at {
        let (x, y) = (format::coordinate(p.n, lang), format::coordinate(p.e, lang));
        widgets::fact(ui, CAPTION, PLACE.get(lang), &format!("X {x}  Y {y}"));
    }
    if let Some(a) = f.amount {
        widgets::fact(ui, CAPTION, AMOUNT.get(lang), &amount(a, f.unit, lang));
    }
    if let Some(a) = f.tolerance {
        let unit = f
            .unit
            .filter(|u| *u != Unit::M2 || f.value("width_mm").is_empty());
        widgets::fact(
            ui,
            CAPTION,
            ALLOWED.get(lang),
            &amount(a, unit.or(Some(Unit::M)), lang),
        );
    }
}

/// "1,5 m²".
pub fn amount(a: f64, unit: Option<Unit>, lang: Lang) -> String {
    match unit {
        Some(Unit::M2) => format!(
            "{} m²",
            format::number(a, if a.abs() >= 1.0 { 1 } else { 4 }, lang)
        ),
        Some(Unit::M) => format!(
            "{} m",
            format::number(a, if a.abs() >= 0.01 { 3 } else { 4 }, lang)
        ),
        _ => format::number(a, 0, lang),
    }
}

fn few(refs: &[String]) -> String {
    const MOST: usize = 8;
    let mut text = refs.iter().take(MOST).cloned().collect::<Vec<_>>().join(", ");
    if refs.len() > MOST {
        text += &format!(" … +{}", refs.len() - MOST);
    }
    text
}

fn why(ui: &mut Ui, lang: Lang, t: &Tracked) {
    let Some(rule) = validate::rule(t.finding.code) else {
        return;
    };
    let what_to_do = fix::by_hand(&t.finding).unwrap_or(rule.remedy);
    for (title, text) in [(WHY, rule.why), (WHAT_TO_DO, what_to_do)] {
        widgets::section(ui, title.get(lang));
        ui.add(egui::Label::new(text.get(lang)).wrap());
    }
    if let Some(basis) = validate::legal_basis(rule.code, None) {
        widgets::section(ui, BASIS.get(lang));
        ui.add(egui::Label::new(RichText::new(basis.get(lang)).color(tokens(ui).text_weak)).wrap());
    }
}

/// The last day of a decision: none where nothing is written; `None` for what is no day.
pub fn last_day(text: &str) -> Option<Option<Date>> {
    match text.trim() {
        "" => Some(None),
        day => parse_day(day).map(Some),
    }
}

/// "31/12/2027" or "2027-12-31".
fn parse_day(text: &str) -> Option<Date> {
    text.parse()
        .ok()
        .or_else(|| Date::strptime("%d/%m/%Y", text).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_as_people_write_them() {
        let want = jiff::civil::date(2027, 12, 31);
        assert_eq!(parse_day("31/12/2027"), Some(want));
        assert_eq!(parse_day("2027-12-31"), Some(want));
        assert_eq!(parse_day("31-12"), None);
    }
}
