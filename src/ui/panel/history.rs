//! Bottom tab: every operation, newest first; one undone alone, or back to any of them.

use std::ops::Range;

use egui::{RichText, Ui};
use egui_material_icons::icons as i;

use super::list::col;
use crate::project::{LogFilter, OperationSummary, Turn, Undo};
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
const ONLY: Text = Text::new("Chỉ hoàn tác cái này", "Undo only this");
const REDO: Text = Text::new("Làm lại", "Redo");
const HERE: Text = Text::new("Về đây", "Go here");
const HERE_TIP: Text = Text::new(
    "Hoàn tác hoặc làm lại từng thao tác, cho đến khi thao tác này là thao tác cuối có hiệu lực.",
    "Undo or redo one by one, until this operation is the last in force.",
);
const ONLY_TIP: Text = Text::new(
    "Hoàn tác riêng thao tác này. Nếu có thao tác sau dựa vào nó thì không làm, và liệt kê các thao tác đó.",
    "Take back this operation alone. Refused, with the list, when later ones build on it.",
);
const NOT_NOW: Text = Text::new(
    "Tệp chỉ mở để đọc, hoặc một công việc đang ghi dữ liệu.",
    "The file is open read-only, or a job is writing.",
);
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
    col(WHAT, 260.0, false),
    col(ACT, 256.0, false),
    col(PARCELS, 94.0, true),
    col(WHO, 150.0, false),
];

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
        ui.horizontal_wrapped(|ui| {
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

/// What can be done about an operation: take it back alone, do it again, or go to where it was the last.
fn undo(ui: &mut Ui, op: &OperationSummary, look: &Look<'_>, out: &mut Vec<Action>) {
    let (lang, n) = (look.lang, op.op);
    let mut ask = |ui: &mut Ui, glyph, text: Text, name: (String, String), tip: Text, turn| {
        let button = egui::Button::new((widgets::icon(glyph), text.get(lang))).small();
        let name = if lang == Lang::Vi { name.0 } else { name.1 };
        let r = widgets::named(
            ui.add_enabled(look.editable(), button),
            egui::accesskit::Role::Button,
            &name,
        )
        .on_hover_text(tip.get(lang))
        .on_disabled_hover_text(NOT_NOW.get(lang));
        if r.clicked() {
            out.push(Action::Turn(turn));
        }
    };
    if let Some(by) = op.undone_by {
        let name = (
            format!("Làm lại thao tác số {n}"),
            format!("Redo operation no. {n}"),
        );
        ask(ui, i::ICON_REDO, REDO, name, REDO, Turn::Undo(Undo::Op(by)));
    } else if op.kind != "new" {
        let name = (
            format!("Hoàn tác thao tác số {n}"),
            format!("Undo operation no. {n}"),
        );
        let newest = look.project.stands_at() == Some(n);
        let text = if newest { ACT } else { ONLY };
        ask(ui, i::ICON_UNDO, text, name, ONLY_TIP, Turn::Undo(Undo::Op(n)));
    }
    if look.project.leads_to(op) {
        let name = (format!("Về thao tác số {n}"), format!("Go to operation no. {n}"));
        ask(ui, i::ICON_HISTORY, HERE, name, HERE_TIP, Turn::To(n));
    }
    if let Some(by) = op.undone_by {
        let text = match lang {
            Lang::Vi => format!("bởi số {by}"),
            Lang::En => format!("by no. {by}"),
        };
        ui.label(RichText::new(text).small().color(tokens(ui).text_weak));
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

    /// Where the person stands.
    fn is_selected(&self, row: u64) -> bool {
        let here = self.look.project.stands_at();
        here.is_some() && self.log.get(row as usize).map(|o| o.op) == here
    }
}
