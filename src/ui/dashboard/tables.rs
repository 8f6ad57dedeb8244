//! The tables of the dashboard: communes or sheets, and what stands in the way.

use std::ops::Range;

use egui::{RichText, Ui};

use super::Scope;
use crate::readiness::{Blocker, Group, Line, Tally, WORKLISTS, What, blockers};
use crate::text::natural::natural;
use crate::text::{Lang, Msg, Text, format, terms};
use crate::ui::action::Action;
use crate::ui::look::Look;
use crate::ui::panel::list::col as fixed;
use crate::ui::readiness::{Ask, Ready};
use crate::ui::table::{self, Col, Rows, Sort, Table};
use crate::ui::theme::{S, tokens};
use crate::ui::widgets;

const BY_COMMUNE: Text = Text::new("Theo xã", "By commune");
const BY_SHEET: Text = Text::new("Theo tờ", "By sheet");
const NAME: Text = Text::new("Bảng tiến độ", "Progress table");
const HINT: Text = Text::new(
    "Bấm một dòng để lọc; bấm đúp hoặc Enter để xem trên bản đồ.",
    "Click a row to filter; double-click or Enter shows it on the map.",
);
const BLOCKERS: Text = Text::new(
    "Vướng mắc, ít công nhất trước",
    "What stands in the way, least work first",
);
const NOTHING: Text = Text::new("Không còn vướng mắc.", "Nothing stands in the way.");

const fn col(name: Text, width: f32, right: bool) -> Col {
    Col {
        name,
        width,
        right,
        sortable: true,
    }
}

const COLS: [Col; 13] = [
    col(terms::COMMUNE, 186.0, false),
    col(terms::SHEET_NUMBER, 56.0, true),
    col(Text::new("Tổng thửa", "Parcels"), 78.0, true),
    col(Text::new("Đã nhập", "Entered"), 68.0, true),
    col(Text::new("%", "%"), 52.0, true),
    col(Text::new("Nhóm 1", "Group 1"), 64.0, true),
    col(Text::new("Nhóm 2", "Group 2"), 64.0, true),
    col(Text::new("Nhóm 3", "Group 3"), 64.0, true),
    col(Text::new("Chưa PL", "Unclass."), 66.0, true),
    col(Text::new("Thiếu KG", "No geom."), 70.0, true),
    col(Text::new("Thiếu TT", "No attr."), 70.0, true),
    col(Text::new("Thiếu quét", "No scans"), 84.0, true),
    col(Text::new("Đã ký", "Signed"), 56.0, true),
];

/// The number in a column from the third on.
fn value(t: &Tally, col: usize) -> f64 {
    match col {
        2 => t.parcels.into(),
        3 => t.entered.into(),
        4 => t.entered_percent(),
        5 => t.group(Group::One).into(),
        6 => t.group(Group::Two).into(),
        7 => t.group(Group::Three).into(),
        8 => t.group(Group::Unclassified).into(),
        9 => t.missing_shape.into(),
        10 => t.missing_attributes.into(),
        11 => t.missing_scans.into(),
        _ => t.signed.into(),
    }
}

/// What the two tables remember.
#[derive(Default)]
pub struct Tables {
    by_sheet: bool,
    sort: Option<Sort>,
    blocker: Option<u64>,
}

impl Tables {
    /// Communes or sheets; the row clicked becomes the scope.
    pub fn lines(
        &mut self,
        ui: &mut Ui,
        look: &Look<'_>,
        ready: &Ready,
        scope: &mut Scope,
        out: &mut Vec<Action>,
    ) {
        let lang = look.lang;
        ui.horizontal(|ui| {
            let all = [(false, BY_COMMUNE), (true, BY_SHEET)].map(|(v, t)| (v, t.get(lang).to_owned()));
            if let Some(by_sheet) = widgets::tabs(ui, &all, self.by_sheet) {
                self.by_sheet = by_sheet;
            }
            let hint = RichText::new(HINT.get(lang))
                .size(12.5)
                .color(tokens(ui).text_weak);
            ui.add(egui::Label::new(hint).truncate());
        });
        ui.add_space(S);
        let lines = self.sorted(ready, scope);
        // A commune has no sheet.
        let shown: Vec<usize> = (0..COLS.len()).filter(|c| self.by_sheet || *c != 1).collect();
        let cols: Vec<Col> = shown.iter().map(|c| COLS[*c]).collect();
        let at = lines.iter().position(|l| is_scope(l, scope)).map(|n| n as u64);
        let sort = self.sort.and_then(|s| {
            let col = shown.iter().position(|c| *c == s.col)?;
            Some(Sort { col, down: s.down })
        });
        let table = Table {
            id: if self.by_sheet {
                "ready sheets"
            } else {
                "ready communes"
            },
            name: NAME.get(lang),
            lang,
            cols: &cols,
            sort,
            scroll_to: None,
        };
        let mut rows = Lines {
            look,
            lines: &lines,
            cols: &shown,
            at,
        };
        let event = table.ui(ui, &mut rows);
        let chosen = event.chosen(at, lines.len());
        if let Some(line) = chosen.and_then(|n| lines.get(n as usize)) {
            *scope = Scope {
                commune: Some(line.commune.to_string()),
                sheet: line.sheet.as_ref().map(ToString::to_string),
            };
        }
        if event.double_clicked.is_some() || (event.enter && at.is_some()) {
            out.push(Action::Readiness(Ask::Map(scope.wanted(What::All))));
        }
        if let Some(col) = event.header.and_then(|c| shown.get(c)).copied() {
            let down = self.sort.is_none_or(|s| s.col != col || !s.down);
            self.sort = Some(Sort { col, down });
        }
    }

    /// Sheets of the commune in scope, or all; in the order wished for.
    fn sorted(&self, ready: &Ready, scope: &Scope) -> Vec<Line> {
        let mut lines = match self.by_sheet {
            true => ready.readiness.sheets(),
            false => ready.readiness.communes(),
        };
        if let (true, Some(commune)) = (self.by_sheet, &scope.commune) {
            lines.retain(|l| *l.commune == **commune);
        }
        let Some(sort) = self.sort else { return lines };
        let sheet = |l: &Line| l.sheet.clone().unwrap_or_default();
        lines.sort_by(|a, b| {
            let by = match sort.col {
                0 => natural(&a.commune, &b.commune),
                1 => natural(&sheet(a), &sheet(b)),
                col => value(&a.tally, col).total_cmp(&value(&b.tally, col)),
            };
            if sort.down { by.reverse() } else { by }
        });
        lines
    }

    /// What stands in the way, least work first; a click lists the parcels.
    pub fn blockers(
        &mut self,
        ui: &mut Ui,
        look: &Look<'_>,
        ready: &Ready,
        tally: &Tally,
        scope: &Scope,
        out: &mut Vec<Action>,
    ) {
        let lang = look.lang;
        widgets::section(ui, BLOCKERS.get(lang));
        let all = blockers(tally, ready.readiness.criteria());
        if all.is_empty() {
            ui.label(NOTHING.get(lang));
            return;
        }
        const COLS: [Col; 6] = [
            fixed(Text::new("Vướng mắc", "What"), 258.0, false),
            fixed(Text::new("Số thửa", "Parcels"), 68.0, true),
            fixed(Text::new("Chỉ còn việc này", "Nothing else"), 116.0, true),
            fixed(Text::new("Giờ công", "Hours"), 76.0, true),
            fixed(Text::new("Danh sách việc", "Worklist"), 206.0, false),
            fixed(Text::new("Việc cần làm", "What to do"), 340.0, false),
        ];
        let table = Table {
            id: "blockers",
            name: BLOCKERS.get(lang),
            lang,
            cols: &COLS,
            sort: None,
            scroll_to: None,
        };
        let mut rows = Blockers {
            all: &all,
            lang,
            at: self.blocker,
        };
        let event = table.ui(ui, &mut rows);
        if let Some(next) = table::step(self.blocker, event.moved, all.len() as u64) {
            self.blocker = Some(next);
        }
        let entered = self.blocker.filter(|_| event.enter);
        let chosen = event.clicked.map(|c| c.0).or(event.double_clicked).or(entered);
        if let Some(b) = chosen.and_then(|n| all.get(n as usize)) {
            self.blocker = chosen;
            let wanted = scope.wanted(What::Reason(b.reason));
            out.push(Action::Readiness(Ask::List(wanted, Msg::from(b.reason.name()))));
        }
    }
}

fn is_scope(l: &Line, scope: &Scope) -> bool {
    scope.commune.as_deref() == Some(&*l.commune)
        && (l.sheet.is_none() || l.sheet.as_deref() == scope.sheet.as_deref())
}

struct Lines<'a, 'b> {
    look: &'a Look<'b>,
    lines: &'a [Line],
    /// The columns shown.
    cols: &'a [usize],
    at: Option<u64>,
}

impl Rows for Lines<'_, '_> {
    fn count(&self) -> u64 {
        self.lines.len() as u64
    }

    fn prepare(&mut self, _: Range<u64>) {}

    fn cell(&mut self, ui: &mut Ui, row: u64, col: usize) {
        let lang = self.look.lang;
        let (Some(l), Some(col)) = (self.lines.get(row as usize), self.cols.get(col).copied()) else {
            return;
        };
        match col {
            0 => table::text(ui, self.look.commune(&l.commune)),
            1 => table::text(ui, l.sheet.as_deref().unwrap_or_default()),
            4 => table::text(ui, format::number(value(&l.tally, 4), 1, lang)),
            _ => table::text(ui, format::number(value(&l.tally, col), 0, lang)),
        }
    }

    fn is_selected(&self, row: u64) -> bool {
        self.at == Some(row)
    }
}

struct Blockers<'a> {
    all: &'a [Blocker],
    lang: Lang,
    at: Option<u64>,
}

impl Rows for Blockers<'_> {
    fn count(&self) -> u64 {
        self.all.len() as u64
    }

    fn prepare(&mut self, _: Range<u64>) {}

    fn cell(&mut self, ui: &mut Ui, row: u64, col: usize) {
        let Some(b) = self.all.get(row as usize) else {
            return;
        };
        let lang = self.lang;
        match col {
            0 => table::text(ui, b.reason.name().get(lang)),
            4 => {
                let list = WORKLISTS[usize::from(b.worklist) - 1].get(lang);
                table::text(ui, format!("{}. {list}", b.worklist));
            }
            5 => table::text(ui, b.reason.remedy().get(lang)),
            1 => table::text(ui, format::count(b.parcels.into(), lang)),
            2 => table::text(ui, format::count(b.alone.into(), lang)),
            _ => table::text(ui, format::number(b.hours, 1, lang)),
        }
    }

    fn is_selected(&self, row: u64) -> bool {
        self.at == Some(row)
    }
}
