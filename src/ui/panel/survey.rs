//! Bottom tab: the survey points, each a click away on the map.

use std::ops::Range;

use egui::Ui;
use egui_material_icons::icons as i;

use super::list::{self, Words, col};
use crate::codes;
use crate::domain::SurveyPoint;
use crate::text::{Lang, Text, format};
use crate::ui::action::Action;
use crate::ui::command::Command;
use crate::ui::look::Look;
use crate::ui::table::{self, Col, Rows, Table};
use crate::ui::widgets;

const NAME: Text = Text::new("Bảng điểm đo", "Table of survey points");
const FILTER: Text = Text::new("Lọc điểm đo", "Filter the survey points");
const HINT: Text = Text::new("Lọc: số hiệu, mã, đợt đo", "Filter: number, code, survey");
const EMPTY: Text = Text::new("Chưa có điểm đo", "No survey points yet");
const EMPTY_BODY: Text = Text::new(
    "Tệp → Nhập điểm đo… đọc tệp CSV, TXT của máy toàn đạc và GNSS. Điểm đo hiện trên bản đồ và bắt được khi vẽ.",
    "File → Import survey points… reads CSV and TXT of total stations and GNSS. The points show on the map and can be snapped to.",
);
const NONE: Text = Text::new("Không có điểm nào khớp", "No point matches");
const NONE_BODY: Text = Text::new("Sửa hoặc xóa ô lọc.", "Change or clear the filter.");

const COLS: [Col; 9] = [
    col(Text::new("Số hiệu", "Number"), 80.0, false),
    col(Text::new("X (bắc)", "X (north)"), 112.0, true),
    col(Text::new("Y (đông)", "Y (east)"), 104.0, true),
    col(Text::new("H (m)", "H (m)"), 72.0, true),
    col(Text::new("Mã", "Code"), 150.0, false),
    col(Text::new("Độ chính xác", "Accuracy"), 92.0, true),
    col(Text::new("Đợt đo", "Survey"), 150.0, false),
    col(Text::new("Ngày đo", "Date"), 92.0, false),
    col(Text::new("Nguồn", "Source"), 150.0, false),
];

#[derive(Default)]
pub struct SurveyTable {
    filter: String,
    /// Indices into the points, and what they answer: (revision, filter).
    rows: Vec<usize>,
    answers: Option<(u64, String)>,
    /// fid of the point the person stands on.
    at: Option<i64>,
}

impl SurveyTable {
    pub fn bar(&mut self, ui: &mut Ui, look: &Look<'_>, out: &mut Vec<Action>) {
        let lang = look.lang;
        list::filter(ui, &mut self.filter, 190.0, FILTER, HINT, lang);
        if widgets::command_button(
            ui,
            Command::ImportPoints,
            lang,
            look.have,
            widgets::Show::Icon,
            false,
        ) {
            out.push(Action::Run(Command::ImportPoints));
        }
    }

    pub fn ui(&mut self, ui: &mut Ui, look: &Look<'_>, out: &mut Vec<Action>) {
        let lang = look.lang;
        if look.survey.points.is_empty() {
            return widgets::empty(ui, i::ICON_ADD_LOCATION, EMPTY.get(lang), EMPTY_BODY.get(lang));
        }
        self.refresh(look);
        if self.rows.is_empty() {
            return widgets::empty(ui, i::ICON_FILTER_ALT, NONE.get(lang), NONE_BODY.get(lang));
        }
        let table = Table {
            id: "survey points",
            name: NAME.get(lang),
            lang,
            cols: &COLS,
            sort: None,
            scroll_to: None,
        };
        let points = &look.survey.points;
        let now = self
            .rows
            .iter()
            .position(|n| Some(points[*n].fid) == self.at)
            .map(|n| n as u64);
        let view = &mut View {
            points,
            rows: &self.rows,
            at: self.at,
            lang,
        };
        let event = table.ui(ui, view);
        let chosen = event.chosen(now, self.rows.len());
        if let Some(p) = chosen
            .and_then(|row| self.rows.get(row as usize))
            .map(|n| &points[*n])
        {
            self.at = Some(p.fid);
            out.push(Action::ShowPlace(p.at));
        }
    }

    fn refresh(&mut self, look: &Look<'_>) {
        let wish = (look.revision, self.filter.clone());
        if self.answers.as_ref() == Some(&wish) {
            return;
        }
        let words = Words::of(&self.filter);
        let text = |p: &SurveyPoint| {
            let parts = [
                Some(&p.label),
                p.code.as_ref(),
                p.survey.as_ref(),
                p.source.as_ref(),
            ];
            parts.into_iter().flatten().cloned().collect::<Vec<_>>().join(" ")
        };
        let points = &look.survey.points;
        self.rows = (0..points.len())
            .filter(|n| words.are_in(|| text(&points[*n])))
            .collect();
        self.answers = Some(wish);
    }
}

struct View<'a> {
    points: &'a [SurveyPoint],
    rows: &'a [usize],
    at: Option<i64>,
    lang: Lang,
}

impl Rows for View<'_> {
    fn count(&self) -> u64 {
        self.rows.len() as u64
    }

    fn prepare(&mut self, _: Range<u64>) {}

    fn cell(&mut self, ui: &mut Ui, row: u64, col: usize) {
        let Some(p) = self.rows.get(row as usize).map(|n| &self.points[*n]) else {
            return;
        };
        table::text(ui, text(p, col, self.lang));
    }

    fn is_selected(&self, row: u64) -> bool {
        self.rows
            .get(row as usize)
            .is_some_and(|n| Some(self.points[*n].fid) == self.at)
    }
}

fn text(p: &SurveyPoint, col: usize, lang: Lang) -> String {
    let metres = |v: Option<f64>, n| v.map(|v| format::number(v, n, lang)).unwrap_or_default();
    let own = |s: &Option<String>| s.clone().unwrap_or_default();
    match col {
        0 => p.label.clone(),
        1 => format::coordinate(p.at.n, lang),
        2 => format::coordinate(p.at.e, lang),
        3 => metres(p.height, 3),
        4 => code(p, lang),
        5 => metres(p.accuracy, 3),
        6 => own(&p.survey),
        7 => p.surveyed_on.as_deref().map(day).unwrap_or_default(),
        _ => own(&p.source),
    }
}

/// "R · Điểm ranh thửa".
pub fn code(p: &SurveyPoint, lang: Lang) -> String {
    let code = p.code.clone().unwrap_or_default();
    match codes::survey_code(&code) {
        Some(known) => format!("{code} · {}", known.name().get(lang)),
        None => code,
    }
}

/// "yyyy-MM-dd" as "dd/MM/yyyy"; anything else as it is.
fn day(stored: &str) -> String {
    stored.parse().map_or_else(|_| stored.to_owned(), format::date)
}
