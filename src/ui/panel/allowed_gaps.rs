//! The gaps that are right as they are, in the place of the findings: why, by whose decision, until when. A row goes to its
//! place on the map; a decision can be withdrawn.

use std::ops::Range;
use std::sync::Arc;

use egui::Ui;
use egui_material_icons::icons as i;
use jiff::civil::Date;

use crate::domain::{AllowedGap, day_of};
use crate::edit::Edit;
use crate::text::{Text, format, terms};
use crate::topology::allowed::inside;
use crate::ui::action::Action;
use crate::ui::look::Look;
use crate::ui::table::{self, Col, Rows, Table};
use crate::ui::widgets;

const NAME: Text = Text::new("Bảng khoảng hở được công nhận", "Table of allowed gaps");
const WITHDRAW: Text = Text::new("Thôi công nhận", "No longer allow");
const NONE: Text = Text::new("Chưa công nhận khoảng hở nào", "No gap is allowed");
const NONE_BODY: Text = Text::new(
    "Đến một khoảng hở (F8), bấm F9 rồi chọn “Công nhận là đường, mương…” và ghi lý do.",
    "Go to a gap (F8), press F9, choose “Allow as street, ditch…” and say why.",
);
const ENDED: Text = Text::new("đã hết hạn", "has run out");
const ALWAYS: Text = Text::new("không thời hạn", "without end");

const fn col(name: Text, width: f32, right: bool) -> Col {
    Col {
        name,
        width,
        right,
        sortable: false,
    }
}

const COLS: [Col; 6] = [
    col(Text::new("Lý do", "Reason"), 186.0, false),
    col(terms::COMMUNE, 150.0, false),
    col(Text::new("Diện tích", "Area"), 90.0, true),
    col(Text::new("Người", "By"), 96.0, false),
    col(Text::new("Ngày", "Day"), 96.0, false),
    col(Text::new("Đến hết ngày", "Until"), 134.0, false),
];

#[derive(Default)]
pub struct AllowedGapTable {
    read: Option<(u64, Vec<Arc<AllowedGap>>)>,
    at: Option<u64>,
}

impl AllowedGapTable {
    fn follow(&mut self, look: &Look<'_>) {
        if self.read.as_ref().is_none_or(|r| r.0 != look.revision) {
            let all = look.project.allowed_gaps().unwrap_or_default();
            self.at = self.at.filter(|n| *n < all.len() as u64);
            self.read = Some((look.revision, all));
        }
    }

    fn chosen(&self) -> Option<&Arc<AllowedGap>> {
        self.read.as_ref()?.1.get(self.at? as usize)
    }

    /// What can be done with the row chosen.
    pub fn bar(&mut self, ui: &mut Ui, look: &Look<'_>, out: &mut Vec<Action>) {
        self.follow(look);
        let place = self.chosen().and_then(|g| inside(g));
        let enabled = place.is_some() && look.editable();
        if widgets::button(ui, enabled, i::ICON_UNDO, WITHDRAW.get(look.lang))
            && let Some(at) = place
        {
            out.push(Action::Apply(vec![Edit::DisallowGap { at }]));
        }
    }

    pub fn ui(&mut self, ui: &mut Ui, look: &Look<'_>, out: &mut Vec<Action>) {
        self.follow(look);
        let lang = look.lang;
        let gaps = self.read.as_ref().map_or(&[][..], |r| &r.1);
        if gaps.is_empty() {
            return widgets::empty(ui, i::ICON_ADD_ROAD, NONE.get(lang), NONE_BODY.get(lang));
        }
        let table = Table {
            id: "allowed gaps",
            name: NAME.get(lang),
            lang,
            cols: &COLS,
            sort: None,
            scroll_to: None,
        };
        let today = look.findings.today();
        let mut rows = View {
            look,
            gaps,
            at: self.at,
            today,
        };
        let event = table.ui(ui, &mut rows);
        let next = event.clicked.map(|c| c.0).or(event.double_clicked);
        let next = next.or_else(|| table::step(self.at, event.moved, gaps.len() as u64));
        if let Some(gap) = next.and_then(|n| gaps.get(n as usize)) {
            out.push(Action::Zoom(gap.bbox.grown(10_000)));
            self.at = next;
        }
    }
}

struct View<'a, 'b> {
    look: &'a Look<'b>,
    gaps: &'a [Arc<AllowedGap>],
    at: Option<u64>,
    today: Date,
}

impl Rows for View<'_, '_> {
    fn count(&self) -> u64 {
        self.gaps.len() as u64
    }

    fn prepare(&mut self, _: Range<u64>) {}

    fn cell(&mut self, ui: &mut Ui, row: u64, col: usize) {
        let Some(g) = self.gaps.get(row as usize) else {
            return;
        };
        let lang = self.look.lang;
        match col {
            0 => table::text(ui, &g.reason),
            1 => table::text(
                ui,
                g.commune
                    .as_deref()
                    .map_or(String::new(), |c| self.look.commune(c)),
            ),
            2 => table::text(ui, format::area(g.polygon.area_m2(), lang)),
            3 => table::text(ui, &g.by),
            4 => table::text(ui, format::date(day_of(g.when))),
            _ => table::text(
                ui,
                match g.until {
                    None => ALWAYS.get(lang).to_owned(),
                    Some(day) if g.holds_on(self.today) => format::date(day),
                    Some(day) => format!("{} · {}", format::date(day), ENDED.get(lang)),
                },
            ),
        }
    }

    fn is_selected(&self, row: u64) -> bool {
        self.at == Some(row)
    }
}
