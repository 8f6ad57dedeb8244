//! The one table widget: virtual rows, sortable header, a row cursor for the keyboard.
//!
//! Only visible rows are asked for. Cells are drawn by the owner; clicks, the header's sort sign, the
//! stripe and the arrow keys are dealt with here.

use std::ops::Range;

use egui::{Align, Key, Layout, Modifiers, RichText, Sense, Ui};
use egui_material_icons::icons as i;
use egui_table::{CellInfo, Column, HeaderCellInfo, HeaderRow, PrefetchInfo, TableDelegate};

use super::theme::{ROW, S, tokens};
use super::widgets;

/// A column of a table.
#[derive(Clone, Copy)]
pub struct Col {
    pub name: crate::text::Text,
    pub width: f32,
    /// Numbers stand right.
    pub right: bool,
    pub sortable: bool,
}

/// How the rows are ordered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sort {
    pub col: usize,
    pub down: bool,
}

/// What the owner of a table provides.
pub trait Rows {
    fn count(&self) -> u64;
    /// Rows about to be drawn: read what they need in one go.
    fn prepare(&mut self, rows: Range<u64>);
    fn cell(&mut self, ui: &mut Ui, row: u64, col: usize);
    fn is_selected(&self, row: u64) -> bool;
}

/// What happened to a table in this frame.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Event {
    pub clicked: Option<(u64, Modifiers)>,
    pub double_clicked: Option<u64>,
    /// The header of this column was clicked.
    pub header: Option<usize>,
    /// Arrow keys moved the cursor by this many rows.
    pub moved: i64,
    pub enter: bool,
}

impl Event {
    /// The row gone to, by a click or by the arrows; `at`: the row stood on, of `count`.
    pub fn chosen(&self, at: Option<u64>, count: usize) -> Option<u64> {
        let clicked = self.clicked.map(|(row, _)| row).or(self.double_clicked);
        clicked.or_else(|| step(at, self.moved, count as u64))
    }
}

/// How a table is shown in this frame.
pub struct Table<'a> {
    pub id: &'static str,
    pub name: &'a str,
    pub lang: crate::text::Lang,
    pub cols: &'a [Col],
    pub sort: Option<Sort>,
    /// Bring this row into view.
    pub scroll_to: Option<u64>,
}

impl Table<'_> {
    /// Columns begin at their own widths; egui_table would otherwise shrink them to their contents.
    fn first_widths(&self, ui: &Ui, table: &egui_table::Table) {
        let id = table.get_id(ui);
        if egui_table::TableState::load(ui.ctx(), id).is_none() {
            let widths = self
                .cols
                .iter()
                .enumerate()
                .map(|(n, c)| (egui::Id::unique(n), c.width));
            let state = egui_table::TableState {
                col_widths: widths.collect(),
                parent_width: None,
            };
            state.store(ui.ctx(), id);
        }
    }

    pub fn ui(&self, ui: &mut Ui, rows: &mut dyn Rows) -> Event {
        let rect = ui.available_rect_before_wrap();
        let id = ui.scope_id().with(self.id).with("focus");
        let focus = ui.interact(rect, id, Sense::focusable_noninteractive());
        let name = self.name;
        ui.ctx().accesskit_node_builder(id, |n| {
            n.set_role(egui::accesskit::Role::Table);
            n.set_label(name);
        });
        let t = tokens(ui);
        ui.painter().rect_filled(rect, 0.0, t.surface);
        let mut event = Event::default();
        let columns: Vec<Column> = self
            .cols
            .iter()
            .map(|c| Column::new(c.width).range(40.0..=900.0).resizable(true))
            .collect();
        let mut table = egui_table::Table::new()
            .id_salt(self.id)
            .num_rows(rows.count())
            .columns(columns)
            .headers([HeaderRow::new(ROW + 2.0)]);
        if let Some(row) = self.scroll_to {
            table = table.scroll_to_row(row, None);
        }
        self.first_widths(ui, &table);
        let mut delegate = Delegate {
            table: self,
            rows,
            event: &mut event,
        };
        table.show(ui, &mut delegate);
        if focus.has_focus() {
            keys(ui, id, &mut event);
            ui.painter().rect_stroke(
                rect,
                2.0,
                egui::Stroke::new(2.0, t.accent),
                egui::StrokeKind::Inside,
            );
        }
        if event.clicked.is_some() {
            focus.request_focus();
        }
        event
    }
}

fn keys(ui: &Ui, id: egui::Id, event: &mut Event) {
    let filter = egui::EventFilter {
        vertical_arrows: true,
        ..Default::default()
    };
    ui.memory_mut(|m| m.set_focus_lock_filter(id, filter));
    ui.input(|i| {
        for (key, by) in [
            (Key::ArrowDown, 1),
            (Key::ArrowUp, -1),
            (Key::PageDown, 10),
            (Key::PageUp, -10),
        ] {
            if i.modifiers.is_none() {
                event.moved += by * i.num_presses(key) as i64;
            }
        }
        event.enter |= i.key_pressed(Key::Enter);
    });
}

struct Delegate<'a> {
    table: &'a Table<'a>,
    rows: &'a mut dyn Rows,
    event: &'a mut Event,
}

impl TableDelegate for Delegate<'_> {
    fn prepare(&mut self, info: &PrefetchInfo) {
        let count = self.rows.count();
        self.rows
            .prepare(info.visible_rows.start.min(count)..info.visible_rows.end.min(count));
    }

    fn header_cell_ui(&mut self, ui: &mut Ui, cell: &HeaderCellInfo) {
        let col = cell.col_range.start;
        let Some(c) = self.table.cols.get(col) else { return };
        let t = tokens(ui);
        ui.painter().rect_filled(ui.max_rect(), 0.0, t.raised);
        ui.add_space(S);
        let name = c.name.get(self.table.lang);
        let text = RichText::new(name).text_style(super::theme::bold()).size(13.0);
        if !c.sortable {
            ui.add(egui::Label::new(text).truncate());
            return;
        }
        let layout = if c.right {
            Layout::right_to_left(Align::Center)
        } else {
            Layout::left_to_right(Align::Center)
        };
        let clicked = ui
            .with_layout(layout, |ui| {
                if c.right {
                    ui.add_space(6.0);
                }
                let r = ui.add(
                    egui::Label::new(text)
                        .truncate()
                        .sense(Sense::click())
                        .selectable(false),
                );
                let r = widgets::named(r, egui::accesskit::Role::ColumnHeader, name);
                if let Some(sort) = self.table.sort.filter(|s| s.col == col) {
                    let glyph = if sort.down {
                        i::ICON_ARROW_DOWNWARD
                    } else {
                        i::ICON_ARROW_UPWARD
                    };
                    ui.label(glyph.rich_text().size(14.0).color(t.accent));
                }
                r.on_hover_cursor(egui::CursorIcon::PointingHand).clicked()
            })
            .inner;
        if clicked {
            self.event.header = Some(col);
        }
    }

    fn row_ui(&mut self, ui: &mut Ui, row: u64) {
        let rect = ui.max_rect();
        let t = tokens(ui);
        let r = ui.interact(rect, ui.scope_id().with(("row", row)), Sense::click());
        let fill = if self.rows.is_selected(row) {
            t.accent_soft
        } else if r.hovered() {
            t.raised
        } else if row % 2 == 1 {
            t.stripe
        } else {
            t.surface
        };
        ui.painter().rect_filled(rect, 0.0, fill);
        if r.double_clicked() {
            self.event.double_clicked = Some(row);
        } else if r.clicked() {
            self.event.clicked = Some((row, ui.input(|i| i.modifiers)));
        }
    }

    fn cell_ui(&mut self, ui: &mut Ui, cell: &CellInfo) {
        let right = self.table.cols.get(cell.col_nr).is_some_and(|c| c.right);
        let layout = if right {
            Layout::right_to_left(Align::Center)
        } else {
            Layout::left_to_right(Align::Center)
        };
        let mut room = ui.max_rect();
        room = room.shrink2(egui::vec2(6.0, 0.0));
        ui.scope_builder(egui::UiBuilder::new().max_rect(room).layout(layout), |ui| {
            self.rows.cell(ui, cell.row_nr, cell.col_nr);
        });
    }

    fn default_row_height(&self) -> f32 {
        ROW
    }
}

/// Text in a cell: one line, cut with "…", not selectable (a click selects the row).
pub fn text(ui: &mut Ui, text: impl Into<String>) {
    let label = egui::Label::new(RichText::new(text)).selectable(false);
    // While a column is fitted to its contents they show in full.
    ui.add(if ui.is_sizing_pass() {
        label.extend()
    } else {
        label.truncate()
    });
}

/// Where the cursor goes: `moved` rows from `at`, within `count`.
pub fn step(at: Option<u64>, moved: i64, count: u64) -> Option<u64> {
    if count == 0 || moved == 0 {
        return None;
    }
    let next = match at {
        Some(at) => at.saturating_add_signed(moved),
        None if moved > 0 => 0,
        None => count - 1,
    };
    Some(next.min(count - 1))
}

#[cfg(test)]
mod tests {
    use super::step;

    #[test]
    fn the_cursor_stays_inside_the_table() {
        assert_eq!(step(None, 1, 0), None);
        assert_eq!(step(None, 1, 5), Some(0));
        assert_eq!(step(None, -1, 5), Some(4));
        assert_eq!(step(Some(3), 10, 5), Some(4));
        assert_eq!(step(Some(3), -10, 5), Some(0));
        assert_eq!(step(Some(3), 0, 5), None);
    }
}
