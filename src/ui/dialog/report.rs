//! The quality report for Excel: what stands in it, and where to.

use egui_material_icons::icons as i;

use super::{CANCEL, Cx, Flow, form_row, frame, hint};
use crate::text::Text;
use crate::ui::action::Action;
use crate::ui::pick::{Filter, Kind, PathField};
use crate::ui::theme::M;
use crate::ui::widgets;
use crate::ui::work::Work;

const TITLE: Text = Text::new("Xuất báo cáo chất lượng", "Export the quality report");
const PATH: Text = Text::new("Ghi vào tệp", "Write to file");
const PATH_HINT: Text = Text::new(
    "Đường dẫn tệp; đuôi .xlsx được thêm nếu thiếu",
    "Path; .xlsx is added if missing",
);
const WRITE: Text = Text::new("Ghi tệp", "Write");
const WHAT: Text = Text::new(
    "Mọi quy tắc được kiểm tra lại trên toàn bộ dữ liệu, rồi ghi ra Excel: danh mục kiểm tra, số lỗi theo quy tắc, theo xã và tờ bản đồ, từng lỗi kèm vị trí, lỗi đã chấp nhận, khe hở được phép và các tham số đang áp dụng. Không có tên hay số định danh của người sử dụng đất.",
    "Every rule runs over all data again; then Excel holds the checklist, counts by rule, by commune and sheet, each finding with its place, what was accepted, the gaps allowed and the parameters in force. No names or identity numbers of land users.",
);
const EXCEL: &[Filter] = &[(Text::new("Excel", "Excel"), &["xlsx"])];

/// Where the quality report goes.
pub struct ReportDialog {
    path: PathField,
    fresh: bool,
}

impl Default for ReportDialog {
    fn default() -> Self {
        Self {
            path: PathField::new(Kind::SaveFile, EXCEL),
            fresh: true,
        }
    }
}

impl ReportDialog {
    pub fn ui(&mut self, cx: &mut Cx<'_>) -> Flow {
        let lang = cx.lang;
        let mut state = (self, None);
        let flow = frame(
            (cx.ctx, lang),
            TITLE.get(lang),
            [620.0, 300.0],
            &mut state,
            |ui, (this, _)| {
                hint(ui, WHAT.get(lang));
                ui.add_space(M);
                let fresh = std::mem::take(&mut this.fresh);
                form_row(ui, PATH.get(lang), |ui| {
                    this.path.ui(ui, lang, PATH.get(lang), PATH_HINT.get(lang), fresh);
                });
            },
            |ui, (this, path)| {
                let ready = this.path.path();
                if widgets::primary(ui, ready.is_some(), Some(i::ICON_DOWNLOAD), WRITE.get(lang)) {
                    *path = ready;
                }
                if ui.button(CANCEL.get(lang)).clicked() {
                    Flow::Close
                } else {
                    Flow::Stay
                }
            },
        );
        let Some(mut path) = state.1 else { return flow };
        if path.extension().is_none() {
            path.set_extension("xlsx");
        }
        cx.out.push(Action::Work(Work::Report(path)));
        Flow::Close
    }
}
