//! Bottom tab: errors and warnings. A click zooms there and draws the place; F8 and Shift+F8 walk.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Range;
use std::sync::Arc;

use egui::{RichText, Ui};
use egui_material_icons::icons as i;

use super::allowed_gaps::AllowedGapTable;
use super::finding_card::FindingCard;
use super::list::{self, Words, col};
use crate::domain::{Finding, FindingState, Severity, Tracked};
use crate::project::Checked;
use crate::text::{Lang, Msg, Text, format};
use crate::ui::action::Action;
use crate::ui::command::Command;
use crate::ui::look::Look;
use crate::ui::map_live::severity;
use crate::ui::table::{self, Col, Rows, Table};
use crate::ui::theme::tokens;
use crate::ui::widgets;
use crate::validate;

const NAME: Text = Text::new("Bảng lỗi", "Findings table");
const FILTER: Text = Text::new("Lọc bảng lỗi", "Filter the findings");
const FILTER_HINT: Text = Text::new("Lọc: mã lỗi, tờ/thửa", "Filter: code, sheet/parcel");
const SEVERITY: Text = Text::new("Mức độ", "Severity");
const CODE: Text = Text::new("Mã", "Code");
const PARCELS: Text = Text::new("Thửa đất", "Parcels");
const WHAT: Text = Text::new("Nội dung", "What");
const ALL: Text = Text::new("Mọi mức độ", "All severities");
/// Room the two counts take, points.
const COUNTS: f32 = 210.0;
/// Room of the filter field and of the button, points.
const FIELD: f32 = 120.0;
const BUTTON: f32 = 64.0;
const CLEAN: Text = Text::new("Không có lỗi nào", "No findings");
const CLEAN_BODY: Text = Text::new(
    "Bấm “Kiểm tra dữ liệu” (F5) để chạy mọi quy tắc trên toàn huyện.",
    "Press “Validate” (F5) to run every rule over the district.",
);
const NONE: Text = Text::new("Không có lỗi nào khớp", "No finding matches");
const NONE_BODY: Text = Text::new(
    "Xóa hoặc đổi chữ trong ô lọc, hoặc chọn tất cả quy tắc và mức độ.",
    "Clear the filter or show all rules and severities.",
);
const NEVER: Text = Text::new("Chưa kiểm tra", "Not checked yet");
const STALE: Text = Text::new(
    "Danh sách của lần kiểm tra trước; đang chờ kiểm tra lại.",
    "The list of the last check; it is being checked again.",
);
const STATE: Text = Text::new("Trạng thái", "State");
const RULE: Text = Text::new("Quy tắc", "Rule");
const ALL_RULES: Text = Text::new("Mọi quy tắc", "All rules");
const COMMUNE: Text = Text::new("Xã", "Commune");
const ALL_COMMUNES: Text = Text::new("Mọi xã", "All communes");
const ALL_AGAIN: Text = Text::new("Bỏ lọc, xem mọi lỗi", "Show all findings again");
const SHEET: Text = Text::new("Tờ", "Sheet");
const ALL_SHEETS: Text = Text::new("Mọi tờ", "All sheets");

const COLS: [Col; 5] = [
    col(SEVERITY, 104.0, false),
    col(PARCELS, 210.0, false),
    col(WHAT, 560.0, false),
    col(STATE, 110.0, false),
    col(CODE, 190.0, false),
];

/// What the list shows.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Filter {
    text: String,
    severity: Option<Severity>,
    rule: Option<&'static str>,
    commune: Option<String>,
    sheet: Option<String>,
    state: State,
    only: Option<Only>,
}

/// What the dashboard sent the person here for.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Only {
    label: Msg,
    /// Rules, and the severity from which on a finding of it is meant.
    rules: Vec<(&'static str, Severity)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Not accepted.
    Open,
    Accepted,
    Fixed,
    /// All that are there.
    There,
    /// No findings: the gaps that are right as they are.
    Gaps,
}

impl Default for Filter {
    fn default() -> Self {
        Self {
            text: String::new(),
            severity: None,
            rule: None,
            commune: None,
            sheet: None,
            state: State::Open,
            only: None,
        }
    }
}

/// Most fixed findings listed, the newest.
const MOST_FIXED: u32 = 20_000;

#[derive(Default)]
pub struct FindingsTable {
    filter: Filter,
    /// Numbers of findings, and what they answer.
    rows: Vec<i64>,
    answers: Option<(u64, Filter)>,
    /// How many of each rule the other filters leave, by code.
    by_rule: Vec<(&'static str, usize)>,
    communes: Vec<String>,
    sheets: Vec<String>,
    /// Those no longer there, where they are asked for.
    fixed: HashMap<i64, Arc<Tracked>>,
    followed: Option<i64>,
    gaps: AllowedGapTable,
    pub card: FindingCard,
}

pub fn severity_text(s: Severity) -> Text {
    match s {
        Severity::Error => Text::new("Lỗi", "Error"),
        Severity::Warning => Text::new("Cảnh báo", "Warning"),
        Severity::Info => Text::new("Lưu ý", "Note"),
    }
}

pub fn state_text(s: FindingState) -> Text {
    match s {
        FindingState::Open => Text::new("Còn", "Open"),
        FindingState::Accepted => Text::new("Đã chấp nhận", "Accepted"),
        FindingState::Fixed => Text::new("Đã sửa", "Fixed"),
    }
}

fn shown_text(s: State) -> Text {
    match s {
        State::Open => state_text(FindingState::Open),
        State::Accepted => state_text(FindingState::Accepted),
        State::Fixed => state_text(FindingState::Fixed),
        State::There => Text::new("Còn và đã chấp nhận", "Open and accepted"),
        State::Gaps => Text::new("Khoảng hở được công nhận", "Allowed gaps"),
    }
}

/// (commune, sheet) of "25747/12/45".
fn parts(reference: &str) -> Option<(&str, &str)> {
    let (commune, rest) = reference.split_once('/')?;
    Some((commune, rest.rsplit_once('/')?.0))
}

impl Filter {
    fn state(&self, t: &Tracked) -> bool {
        match self.state {
            State::Open => t.state == FindingState::Open,
            State::Accepted => t.state == FindingState::Accepted,
            State::Fixed => t.state == FindingState::Fixed,
            State::There => t.state != FindingState::Fixed,
            State::Gaps => false,
        }
    }

    /// All but the rule.
    fn takes(&self, t: &Tracked, words: &Words, lang: Lang) -> bool {
        let of = |wanted: &Option<String>, part: fn((&str, &str)) -> String| {
            wanted.as_ref().is_none_or(|w| {
                t.finding
                    .refs
                    .iter()
                    .filter_map(|r| parts(r))
                    .any(|p| part(p) == *w)
            })
        };
        let meant = |o: &Only| {
            let of = |r: &(&str, Severity)| r.0 == t.finding.code && t.finding.severity >= r.1;
            o.rules.iter().any(of)
        };
        self.state(t)
            && self.only.as_ref().is_none_or(meant)
            && self.severity.is_none_or(|s| t.finding.severity == s)
            && of(&self.commune, |p| p.0.to_owned())
            && of(&self.sheet, |p| p.1.to_owned())
            && words.are_in(|| {
                let f = &t.finding;
                let message = validate::message(f);
                format!("{} {} {}", f.code, f.refs.join(" "), message.get(lang))
            })
    }
}

impl FindingsTable {
    /// Room the bar wants, points.
    pub const BAR: f32 = 720.0;

    /// Shows the open findings of these rules, of a commune and sheet where they are given, until the person lets go of them.
    pub fn show_only(
        &mut self,
        label: Msg,
        rules: Vec<(&'static str, Severity)>,
        (commune, sheet): (Option<String>, Option<String>),
    ) {
        self.filter = Filter {
            only: Some(Only { label, rules }),
            commune,
            sheet,
            ..Filter::default()
        };
    }

    /// What the dashboard limited the list to, and the way out.
    fn only(&mut self, ui: &mut Ui, lang: Lang) {
        let Some(only) = &self.filter.only else { return };
        if widgets::chip(ui, only.label.get(lang), ALL_AGAIN.get(lang)) {
            self.filter.only = None;
        }
    }

    fn state(&mut self, ui: &mut Ui, width: f32, lang: Lang) {
        let states = [
            State::Open,
            State::Accepted,
            State::There,
            State::Fixed,
            State::Gaps,
        ];
        let states = states.map(|s| (s, shown_text(s)));
        list::choose(ui, width, STATE, &states, &mut self.filter.state, lang);
    }

    pub fn bar(&mut self, ui: &mut Ui, look: &Look<'_>, out: &mut Vec<Action>) {
        let lang = look.lang;
        if self.filter.state == State::Gaps {
            self.state(ui, 190.0, lang);
            return self.gaps.bar(ui, look, out);
        }
        self.only(ui, lang);
        self.refresh(look);
        // The choices share what the field and the button leave; a place to choose among is not always there.
        let several = |n: usize| usize::from(n > 1);
        let choices = 3 + several(self.communes.len()) + several(self.sheets.len());
        let gaps = (choices + 2) as f32 * ui.spacing().item_spacing.x;
        let room = ui.available_width() - FIELD - 2.0 * BUTTON - gaps;
        let width = (room / choices as f32).clamp(76.0, 150.0);
        list::filter(ui, &mut self.filter.text, FIELD, FILTER, FILTER_HINT, lang);
        let rules: Vec<_> = self
            .by_rule
            .iter()
            .map(|(c, n)| (*c, rule_text(c, *n, lang)))
            .collect();
        list::pick(ui, width, (RULE, ALL_RULES), &rules, &mut self.filter.rule, lang);
        let grades = [Severity::Error, Severity::Warning, Severity::Info];
        let grades = grades.map(|s| (s, severity_text(s).get(lang).to_owned()));
        list::pick(
            ui,
            width,
            (SEVERITY, ALL),
            &grades,
            &mut self.filter.severity,
            lang,
        );
        self.places(ui, look, width);
        self.state(ui, width, lang);
        if widgets::command_button(ui, Command::Validate, lang, look.have, widgets::Show::Icon, false) {
            out.push(Action::Run(Command::Validate));
        }
        let report = Command::ExportReport;
        if widgets::command_button(ui, report, lang, look.have, widgets::Show::Icon, false) {
            out.push(Action::Run(report));
        }
        // Only where there is room: the bar must not push the panel wider.
        if ui.available_size_before_wrap().x > COUNTS {
            let n = |s| format::count(look.findings.open(s) as u64, lang);
            let count = |s| format!("{} {}", n(s), severity_text(s).get(lang).to_lowercase());
            ui.label(RichText::new(count(Severity::Error)).color(tokens(ui).error));
            ui.label(RichText::new(count(Severity::Warning)).color(tokens(ui).warning));
        }
    }

    /// Commune and sheet, where there are several.
    fn places(&mut self, ui: &mut Ui, look: &Look<'_>, width: f32) {
        let lang = look.lang;
        let filter = &mut self.filter;
        if self.communes.len() > 1 {
            let all = self.communes.iter().map(|c| (c.clone(), look.commune(c)));
            let all: Vec<_> = all.collect();
            list::pick(
                ui,
                width,
                (COMMUNE, ALL_COMMUNES),
                &all,
                &mut filter.commune,
                lang,
            );
        }
        if self.sheets.len() > 1 {
            let text = |s: &String| format!("{} {s}", SHEET.get(lang));
            let all: Vec<_> = self.sheets.iter().map(|s| (s.clone(), text(s))).collect();
            list::pick(ui, width, (SHEET, ALL_SHEETS), &all, &mut filter.sheet, lang);
        }
    }

    pub fn ui(&mut self, ui: &mut Ui, look: &Look<'_>, out: &mut Vec<Action>) {
        let lang = look.lang;
        if self.filter.state == State::Gaps {
            return self.gaps.ui(ui, look, out);
        }
        match look.project.checked() {
            Checked::Never => {
                return widgets::empty(ui, i::ICON_RULE, NEVER.get(lang), CLEAN_BODY.get(lang));
            }
            Checked::Stale => {
                ui.label(RichText::new(STALE.get(lang)).color(tokens(ui).warning));
            }
            Checked::Current => {}
        }
        self.refresh(look);
        if self.rows.is_empty() {
            let plain = Filter::default() == self.filter;
            let (glyph, title, body) = if plain {
                (i::ICON_TASK_ALT, CLEAN, CLEAN_BODY)
            } else {
                (i::ICON_FILTER_ALT, NONE, NONE_BODY)
            };
            return widgets::empty(ui, glyph, title.get(lang), body.get(lang));
        }
        let at = look
            .finding
            .and_then(|f| self.rows.iter().position(|id| *id == f))
            .map(|n| n as u64);
        let moved = self.followed != look.finding;
        self.followed = look.finding;
        let table = Table {
            id: "findings",
            name: NAME.get(lang),
            lang,
            cols: &COLS,
            sort: None,
            scroll_to: at.filter(|_| moved),
        };
        let event = table.ui(
            ui,
            &mut View {
                look,
                rows: &self.rows,
                fixed: &self.fixed,
            },
        );
        let chosen = event.chosen(at, self.rows.len());
        if let Some(index) = chosen.and_then(|row| self.rows.get(row as usize)) {
            self.followed = Some(*index);
            out.push(Action::ShowFinding(*index));
        }
    }

    /// The findings the filter leaves, in order: what F8 walks through.
    pub fn listed(&mut self, look: &Look<'_>) -> &[i64] {
        self.refresh(look);
        &self.rows
    }

    fn refresh(&mut self, look: &Look<'_>) {
        let wish = (look.revision, self.filter.clone());
        if self.answers.as_ref() == Some(&wish) {
            return;
        }
        if self.filter.state == State::Fixed {
            let all = look.project.fixed_findings(MOST_FIXED).unwrap_or_default();
            self.fixed = all.into_iter().map(|t| (t.id, Arc::new(t))).collect();
        } else {
            self.fixed.clear();
        }
        let mut gone: Vec<&Arc<Tracked>> = self.fixed.values().collect();
        gone.sort_by_key(|t| std::cmp::Reverse((t.fixed.map(|s| s.op), t.id)));
        let words = Words::of(&self.filter.text);
        let all: Vec<&Arc<Tracked>> = match self.filter.state {
            State::Fixed => gone,
            _ => look.findings.iter().collect(),
        };
        let (mut communes, mut sheets) = (BTreeSet::new(), BTreeSet::new());
        let mut by_rule: BTreeMap<&'static str, usize> = BTreeMap::new();
        let mut rows = Vec::new();
        for t in all {
            for (commune, sheet) in t.finding.refs.iter().filter_map(|r| parts(r)) {
                if !communes.contains(commune) {
                    communes.insert(commune.to_owned());
                }
                if self.filter.commune.as_ref().is_none_or(|c| c == commune) && !sheets.contains(sheet) {
                    sheets.insert(sheet.to_owned());
                }
            }
            if self.filter.takes(t, &words, look.lang) {
                *by_rule.entry(t.finding.code).or_default() += 1;
                if self.filter.rule.is_none_or(|c| c == t.finding.code) {
                    rows.push(t.id);
                }
            }
        }
        self.rows = rows;
        self.by_rule = by_rule.into_iter().collect();
        self.by_rule.sort_by_key(|(_, n)| std::cmp::Reverse(*n));
        self.communes = communes.into_iter().collect();
        self.sheets = sheets.into_iter().collect();
        self.answers = Some(wish);
    }
}

fn rule_text(code: &str, n: usize, lang: Lang) -> String {
    let title = validate::rule(code).map_or(code, |r| r.title.get(lang));
    format!("{title} ({})", format::count(n as u64, lang))
}

struct View<'a, 'b> {
    look: &'a Look<'b>,
    rows: &'a [i64],
    fixed: &'a HashMap<i64, Arc<Tracked>>,
}

impl View<'_, '_> {
    fn finding(&self, row: u64) -> Option<&Arc<Tracked>> {
        let id = self.rows.get(row as usize)?;
        self.look.findings.get(*id).or_else(|| self.fixed.get(id))
    }
}

impl Rows for View<'_, '_> {
    fn count(&self) -> u64 {
        self.rows.len() as u64
    }

    fn prepare(&mut self, _: Range<u64>) {}

    fn cell(&mut self, ui: &mut Ui, row: u64, col: usize) {
        let Some(f) = self.finding(row) else { return };
        match col {
            0 => severity_cell(ui, self.look, f.severity, self.look.lang),
            1 => table::text(ui, f.refs.join(", ")),
            2 => table::text(ui, sentence(&f.finding, self.look.lang)),
            3 => table::text(ui, state_text(f.state).get(self.look.lang)),
            _ => table::text(ui, f.code),
        }
    }

    fn is_selected(&self, row: u64) -> bool {
        self.rows.get(row as usize) == self.look.finding.as_ref()
    }
}

/// What is wrong, in words, with its place in the source file where it came from one.
fn sentence(f: &Finding, lang: Lang) -> String {
    let mut s = validate::message(f).get(lang).to_owned();
    let unnamed = |source: &&crate::domain::SourceRef| !s.contains(&source.file);
    if let Some(source) = f.source.as_ref().filter(unnamed) {
        s += &format!(" ({}", source.file);
        if let Some(n) = source.record {
            s += &format!(" #{n}");
        }
        s.push(')');
    }
    s
}

fn severity_cell(ui: &mut Ui, look: &Look<'_>, s: Severity, lang: Lang) {
    let (rect, _) = ui.allocate_exact_size(egui::vec2(10.0, 10.0), egui::Sense::hover());
    ui.painter().circle_filled(rect.center(), 5.0, severity(look, s));
    table::text(ui, severity_text(s).get(lang));
}
