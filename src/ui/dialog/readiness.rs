//! Exporting readiness for Excel: what stands in a line, and where to.

use egui_material_icons::icons as i;

use super::import::files::choice;
use super::{CANCEL, Cx, Flow, form_row, frame, hint};
use crate::export::readiness::By;
use crate::text::Text;
use crate::ui::action::Action;
use crate::ui::pick::{Kind, PathField};
use crate::ui::readiness::Ask;
use crate::ui::theme::M;
use crate::ui::widgets;

const TITLE: Text = Text::new("Xuất bảng sẵn sàng", "Export readiness");
const FORMAT: Text = Text::new("Định dạng", "Format");
const LINES: Text = Text::new("Mỗi dòng là", "A line is");
const PATH: Text = Text::new("Ghi vào tệp", "Write to file");
const PATH_HINT: Text = Text::new(
    "Đường dẫn tệp; đuôi tệp được thêm nếu thiếu",
    "Path; the extension is added if missing",
);
const WRITE: Text = Text::new("Ghi tệp", "Write");
const WHAT: Text = Text::new(
    "Excel: bảng, vướng mắc và số thửa mỗi ngày, mỗi phần một trang tính. CSV (UTF-8, dấu phẩy): chỉ bảng, cho phần mềm khác. Không có tên hay số định danh của người sử dụng đất.",
    "Excel: the table, blockers and work by day, a tab each. CSV (UTF-8, comma): the table alone, for other programs. No names or identity numbers of land users.",
);

/// Exporting readiness.
pub struct ReadinessDialog {
    path: PathField,
    fresh: bool,
    by: By,
    xlsx: bool,
    /// Only these; empty = all.
    communes: Vec<String>,
}

impl ReadinessDialog {
    /// `communes`: those the dashboard is about.
    pub fn new(communes: Vec<String>) -> Self {
        Self {
            path: PathField::new(Kind::SaveFile, &[]),
            fresh: true,
            by: By::Commune,
            xlsx: true,
            communes,
        }
    }

    pub fn ui(&mut self, cx: &mut Cx<'_>) -> Flow {
        let lang = cx.lang;
        let mut state = (self, None);
        let flow = frame(
            (cx.ctx, lang),
            TITLE.get(lang),
            [620.0, 340.0],
            &mut state,
            |ui, (this, _)| {
                hint(ui, WHAT.get(lang));
                ui.add_space(M);
                form_row(ui, FORMAT.get(lang), |ui| {
                    let name = |xlsx: bool| if xlsx { "Excel (.xlsx)" } else { "CSV (.csv)" };
                    choice(ui, FORMAT.get(lang), &mut this.xlsx, &[true, false], name);
                });
                form_row(ui, LINES.get(lang), |ui| {
                    let name = |by: By| {
                        match by {
                            By::Commune => Text::new("Xã", "Commune"),
                            By::Sheet => Text::new("Tờ bản đồ", "Map sheet"),
                            By::Parcel => Text::new("Thửa đất", "Parcel"),
                        }
                        .get(lang)
                    };
                    choice(
                        ui,
                        LINES.get(lang),
                        &mut this.by,
                        &[By::Commune, By::Sheet, By::Parcel],
                        name,
                    );
                });
                let fresh = std::mem::take(&mut this.fresh);
                form_row(ui, PATH.get(lang), |ui| {
                    this.path.ui(ui, lang, PATH.get(lang), PATH_HINT.get(lang), fresh);
                });
            },
            |ui, (this, ask)| {
                let ready = this.ask();
                if widgets::primary(ui, ready.is_some(), Some(i::ICON_DOWNLOAD), WRITE.get(lang)) {
                    *ask = ready;
                }
                if ui.button(CANCEL.get(lang)).clicked() {
                    Flow::Close
                } else {
                    Flow::Stay
                }
            },
        );
        match state.1 {
            Some(ask) => {
                cx.out.push(Action::Readiness(ask));
                Flow::Close
            }
            None => flow,
        }
    }

    fn ask(&self) -> Option<Ask> {
        let mut path = self.path.path()?;
        if path.extension().is_none() {
            path.set_extension(if self.xlsx { "xlsx" } else { "csv" });
        }
        Some(Ask::Export {
            path,
            by: self.by,
            xlsx: self.xlsx,
            communes: self.communes.clone(),
        })
    }
}
