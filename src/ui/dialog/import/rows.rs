//! Step 2, tab: the first rows as they will be read.

use egui::Ui;

use crate::import::{LayerInspection, LayerPlan};
use crate::text::{Lang, Text};
use crate::ui::table;
use crate::ui::theme::{self, ROW};

const RECORD: Text = Text::new("Bản ghi", "Record");

/// Height of the table inside the wizard, points.
const HEIGHT: f32 = 380.0;

pub fn ui(ui: &mut Ui, layer: &LayerInspection, plan: &LayerPlan, lang: Lang) {
    let rows = layer.preview(plan);
    let mut columns = vec![egui_table::Column::new(70.0)];
    columns.extend(
        layer
            .fields()
            .iter()
            .map(|_| egui_table::Column::new(130.0).range(40.0..=600.0)),
    );
    ui.allocate_ui(egui::vec2(ui.available_width(), HEIGHT), |ui| {
        let table = egui_table::Table::new()
            .id_salt(("rows", layer.source.file_name()))
            .num_rows(rows.len() as u64)
            .num_sticky_cols(1)
            .columns(columns)
            .headers([egui_table::HeaderRow::new(ROW)]);
        table.show(
            ui,
            &mut Preview {
                layer,
                rows: &rows,
                lang,
            },
        );
    });
}

struct Preview<'a> {
    layer: &'a LayerInspection,
    rows: &'a [(u64, Vec<String>)],
    lang: Lang,
}

impl egui_table::TableDelegate for Preview<'_> {
    fn prepare(&mut self, _: &egui_table::PrefetchInfo) {}

    fn header_cell_ui(&mut self, ui: &mut Ui, cell: &egui_table::HeaderCellInfo) {
        let name = match cell.col_range.start {
            0 => RECORD.get(self.lang),
            n => self.layer.fields().get(n - 1).map_or("", |f| f.name.as_str()),
        };
        ui.painter()
            .rect_filled(ui.max_rect(), 0.0, theme::tokens(ui).raised);
        ui.add_space(theme::S);
        ui.label(egui::RichText::new(name).text_style(theme::bold()).size(13.0));
    }

    fn cell_ui(&mut self, ui: &mut Ui, cell: &egui_table::CellInfo) {
        let Some((record, values)) = self.rows.get(cell.row_nr as usize) else {
            return;
        };
        ui.add_space(theme::S);
        match cell.col_nr {
            0 => table::text(ui, record.to_string()),
            n => table::text(ui, values.get(n - 1).cloned().unwrap_or_default()),
        }
    }

    fn default_row_height(&self) -> f32 {
        ROW
    }
}
