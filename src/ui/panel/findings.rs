//! Bottom tab: errors and warnings. A click zooms there and draws the place; F8 and Shift+F8 walk.

use std::ops::Range;

use egui::{ComboBox, RichText, TextEdit, Ui};
use egui_material_icons::icons as i;

use crate::domain::{Finding, Severity};
use crate::text::fold::fold;
use crate::text::{Lang, Text, format};
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
const CLEAN: Text = Text::new("Không có lỗi nào", "No findings");
const CLEAN_BODY: Text = Text::new(
    "Bấm “Kiểm tra dữ liệu” (F5) để chạy mọi quy tắc trên toàn huyện.",
    "Press “Validate” (F5) to run every rule over the district.",
);
const NONE: Text = Text::new("Không có lỗi nào khớp", "No finding matches");
const NONE_BODY: Text = Text::new(
    "Xóa hoặc đổi chữ trong ô lọc, hoặc chọn mọi mức độ.",
    "Clear the filter or show all severities.",
);

const COLS: [Col; 4] = [
    Col {
        name: SEVERITY,
        width: 104.0,
        right: false,
        sortable: false,
    },
    Col {
        name: PARCELS,
        width: 210.0,
        right: false,
        sortable: false,
    },
    Col {
        name: WHAT,
        width: 620.0,
        right: false,
        sortable: false,
    },
    Col {
        name: CODE,
        width: 190.0,
        right: false,
        sortable: false,
    },
];

#[derive(Default)]
pub struct FindingsTable {
    filter: String,
    only: Option<Severity>,
    /// Numbers of findings, and what they answer: (revision, filter, severity).
    rows: Vec<i64>,
    answers: Option<(u64, String, Option<Severity>)>,
    followed: Option<i64>,
}

pub fn severity_text(s: Severity) -> Text {
    match s {
        Severity::Error => Text::new("Lỗi", "Error"),
        Severity::Warning => Text::new("Cảnh báo", "Warning"),
        Severity::Info => Text::new("Lưu ý", "Note"),
    }
}

impl FindingsTable {
    pub fn bar(&mut self, ui: &mut Ui, look: &Look<'_>, out: &mut Vec<Action>) {
        let lang = look.lang;
        let hint = RichText::new(FILTER_HINT.get(lang)).color(tokens(ui).text_weak);
        let r = ui.add(
            TextEdit::singleline(&mut self.filter)
                .desired_width(150.0)
                .hint_text(hint),
        );
        ui.ctx()
            .accesskit_node_builder(r.id, |n| n.set_label(FILTER.get(lang)));
        let text = |only: Option<Severity>| only.map_or(ALL, severity_text).get(lang);
        let combo = ComboBox::from_id_salt("severity")
            .selected_text(text(self.only))
            .show_ui(ui, |ui| {
                for only in [
                    None,
                    Some(Severity::Error),
                    Some(Severity::Warning),
                    Some(Severity::Info),
                ] {
                    ui.selectable_value(&mut self.only, only, text(only));
                }
            });
        widgets::named(
            combo.response,
            egui::accesskit::Role::ComboBox,
            SEVERITY.get(lang),
        );
        if widgets::command_button(ui, Command::Validate, lang, look.have, widgets::Show::Icon, false) {
            out.push(Action::Run(Command::Validate));
        }
        // Only where there is room: the bar must not push the panel wider.
        if ui.available_width() > COUNTS {
            let n = |s| look.findings.iter().filter(|f| f.severity == s).count() as u64;
            let count = |s| {
                format!(
                    "{} {}",
                    format::count(n(s), lang),
                    severity_text(s).get(lang).to_lowercase()
                )
            };
            ui.label(RichText::new(count(Severity::Error)).color(tokens(ui).error));
            ui.label(RichText::new(count(Severity::Warning)).color(tokens(ui).warning));
        }
    }

    pub fn ui(&mut self, ui: &mut Ui, look: &Look<'_>, out: &mut Vec<Action>) {
        let lang = look.lang;
        if look.findings.is_empty() {
            return widgets::empty(ui, i::ICON_TASK_ALT, CLEAN.get(lang), CLEAN_BODY.get(lang));
        }
        self.refresh(look);
        if self.rows.is_empty() {
            return widgets::empty(ui, i::ICON_FILTER_ALT, NONE.get(lang), NONE_BODY.get(lang));
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
            },
        );
        let next = table::step(at, event.moved, self.rows.len() as u64);
        let chosen = event
            .clicked
            .map(|(row, _)| row)
            .or(event.double_clicked)
            .or(next);
        if let Some(index) = chosen.and_then(|row| self.rows.get(row as usize)) {
            self.followed = Some(*index);
            out.push(Action::ShowFinding(*index));
        }
    }

    fn refresh(&mut self, look: &Look<'_>) {
        let wish = (look.revision, fold(self.filter.trim()), self.only);
        if self.answers.as_ref() == Some(&wish) {
            return;
        }
        let words: Vec<&str> = wish.1.split_whitespace().collect();
        let hit = |f: &Finding| {
            let text = fold(&format!(
                "{} {} {}",
                f.code,
                f.refs.join(" "),
                validate::message(f).get(look.lang)
            ));
            words.iter().all(|w| text.contains(w))
        };
        self.rows = look
            .findings
            .iter()
            .filter(|t| self.only.is_none_or(|s| t.severity == s))
            .filter(|t| words.is_empty() || hit(t))
            .map(|t| t.id)
            .collect();
        self.answers = Some(wish);
    }
}

struct View<'a, 'b> {
    look: &'a Look<'b>,
    rows: &'a [i64],
}

impl View<'_, '_> {
    fn finding(&self, row: u64) -> Option<&Finding> {
        self.rows
            .get(row as usize)
            .and_then(|n| self.look.findings.get(*n))
            .map(|t| &t.finding)
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
            2 => table::text(ui, sentence(f, self.look.lang)),
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
    if let Some(source) = &f.source {
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
