//! Bottom tab: every operation, newest first; undo from here.

use std::ops::Range;

use egui::{RichText, Ui};
use egui_material_icons::icons as i;

use crate::project::Undo;
use crate::project::{LogFilter, OperationSummary};
use crate::text::{Lang, Text, format};
use crate::ui::action::Action;
use crate::ui::look::Look;
use crate::ui::table::{self, Col, Rows, Table};
use crate::ui::theme::{S, tokens};
use crate::ui::widgets;

/// How many operations are listed.
const LIMIT: u32 = 5_000;

const NAME: Text = Text::new("Bảng nhật ký", "History table");
const NUMBER: Text = Text::new("Số", "No.");
const WHEN: Text = Text::new("Lúc", "When");
const WHO: Text = Text::new("Người làm", "Who");
const WHAT: Text = Text::new("Thao tác", "Operation");
const PARCELS: Text = Text::new("Số thửa đất", "Parcels");
const ACT: Text = Text::new("Hoàn tác", "Undo");
const NONE: Text = Text::new("Chưa có thao tác nào", "No operation yet");
const NONE_BODY: Text = Text::new(
    "Mọi thay đổi của dữ liệu được ghi ở đây, và hoàn tác được từ đây.",
    "Every change of the data is written here, and can be undone from here.",
);
const CLOCK: Text = Text::new(
    "Đồng hồ máy lúc đó chạy lùi; thứ tự vẫn đúng.",
    "The PC's clock had gone back; the order is right.",
);

const COLS: [Col; 6] = [
    col(NUMBER, 52.0, true),
    col(WHEN, 134.0, false),
    col(WHAT, 300.0, false),
    col(ACT, 150.0, false),
    col(PARCELS, 94.0, true),
    col(WHO, 150.0, false),
];

const fn col(name: Text, width: f32, right: bool) -> Col {
    Col {
        name,
        width,
        right,
        sortable: false,
    }
}

#[derive(Default)]
pub struct HistoryTable {
    read: Option<u64>,
    /// Newest first.
    log: Vec<OperationSummary>,
}

impl HistoryTable {
    pub fn ui(&mut self, ui: &mut Ui, look: &Look<'_>, out: &mut Vec<Action>) {
        if self.read != Some(look.revision) {
            let filter = LogFilter {
                limit: Some(LIMIT),
                ..Default::default()
            };
            self.log = look.project.log(&filter).unwrap_or_default();
            self.log.reverse();
            self.read = Some(look.revision);
        }
        if self.log.is_empty() {
            return widgets::empty(ui, i::ICON_HISTORY, NONE.get(look.lang), NONE_BODY.get(look.lang));
        }
        let table = Table {
            id: "history",
            name: NAME.get(look.lang),
            lang: look.lang,
            cols: &COLS,
            sort: None,
            scroll_to: None,
        };
        table.ui(
            ui,
            &mut View {
                look,
                log: &self.log,
                out,
            },
        );
    }
}

/// The operations of one parcel, newest first, for the inspector.
pub fn list(ui: &mut Ui, log: &[OperationSummary], look: &Look<'_>, out: &mut Vec<Action>) {
    if log.is_empty() {
        return widgets::empty(ui, i::ICON_HISTORY, NONE.get(look.lang), NONE_BODY.get(look.lang));
    }
    for op in log.iter().rev() {
        ui.add(egui::Label::new(label(ui, op, look.lang)).wrap());
        ui.horizontal(|ui| {
            ui.label(
                RichText::new(format!("{} · {}", when(op), op.actor))
                    .small()
                    .color(tokens(ui).text_weak),
            );
            undo(ui, op, look, out);
        });
        ui.add_space(S);
    }
}

fn when(op: &OperationSummary) -> String {
    format::date_time(op.at)
}

/// What was done; struck out when it is no longer in force.
fn label(ui: &Ui, op: &OperationSummary, lang: Lang) -> RichText {
    let text = RichText::new(op.label.get(lang));
    if op.undone_by.is_some() {
        text.strikethrough().color(tokens(ui).text_weak)
    } else {
        text
    }
}

/// The undo button of an operation, or what has become of it.
fn undo(ui: &mut Ui, op: &OperationSummary, look: &Look<'_>, out: &mut Vec<Action>) {
    let lang = look.lang;
    if let Some(by) = op.undone_by {
        let text = match lang {
            Lang::Vi => format!("đã hoàn tác ở số {by}"),
            Lang::En => format!("undone by no. {by}"),
        };
        ui.label(RichText::new(text).small().color(tokens(ui).text_weak));
        return;
    }
    if op.kind == "new" {
        return;
    }
    let name = match lang {
        Lang::Vi => format!("Hoàn tác thao tác số {}", op.op),
        Lang::En => format!("Undo operation no. {}", op.op),
    };
    let button = egui::Button::new((widgets::icon(i::ICON_UNDO), ACT.get(lang))).small();
    let r = widgets::named(
        ui.add_enabled(look.editable(), button),
        egui::accesskit::Role::Button,
        &name,
    );
    if r.clicked() {
        out.push(Action::Undo(Undo::Op(op.op)));
    }
}

struct View<'a, 'b> {
    look: &'a Look<'b>,
    log: &'a [OperationSummary],
    out: &'a mut Vec<Action>,
}

impl Rows for View<'_, '_> {
    fn count(&self) -> u64 {
        self.log.len() as u64
    }

    fn prepare(&mut self, _: Range<u64>) {}

    fn cell(&mut self, ui: &mut Ui, row: u64, col: usize) {
        let Some(op) = self.log.get(row as usize) else {
            return;
        };
        match col {
            0 => table::text(ui, op.op.to_string()),
            1 => {
                table::text(ui, when(op));
                if op.clock_back {
                    ui.label(widgets::icon(i::ICON_WARNING).size(14.0))
                        .on_hover_text(CLOCK.get(self.look.lang));
                }
            }
            2 => drop(
                ui.add(
                    egui::Label::new(label(ui, op, self.look.lang))
                        .truncate()
                        .selectable(false),
                ),
            ),
            3 => undo(ui, op, self.look, self.out),
            4 => table::text(ui, format::count(op.parcels, self.look.lang)),
            _ => table::text(ui, &*op.actor),
        }
    }

    fn is_selected(&self, _: u64) -> bool {
        false
    }
}
