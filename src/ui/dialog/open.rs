//! Opening a district file: type its path, browse, or take a recent one.

use egui::RichText;
use egui_material_icons::icons::ICON_FOLDER_OPEN;

use super::{Cx, Flow, frame};
use crate::text::Text;
use crate::ui::action::Action;
use crate::ui::pick::{DISTRICT, Kind, PathField};
use crate::ui::theme::{self, M};
use crate::ui::widgets;

pub struct OpenDialog {
    field: PathField,
    fresh: bool,
}

const TITLE: Text = Text::new("Mở tệp huyện", "Open a district file");
const PATH: Text = Text::new("Đường dẫn tệp .gpkg", "Path of the .gpkg file");
const HINT: Text = Text::new("Ví dụ: D:\\dulieu\\huyen.gpkg", "For example: D:\\data\\district.gpkg");
const RECENT: Text = Text::new("Tệp gần đây", "Recent files");
const OPEN: Text = Text::new("Mở", "Open");

impl Default for OpenDialog {
    fn default() -> Self {
        Self { field: PathField::new(Kind::OpenFile, DISTRICT), fresh: true }
    }
}

impl OpenDialog {
    pub fn ui(&mut self, cx: &mut Cx<'_>) -> Flow {
        let mut chosen = None;
        let enter = cx.ctx.input(|i| i.key_pressed(egui::Key::Enter));
        let fresh = std::mem::take(&mut self.fresh);
        let flow = frame(
            cx.ctx,
            cx.lang,
            TITLE.get(cx.lang),
            [620.0, 420.0],
            |ui| {
                ui.label(RichText::new(PATH.get(cx.lang)).text_style(theme::bold()));
                self.field.ui(ui, cx.lang, PATH.get(cx.lang), HINT.get(cx.lang), fresh);
                ui.add_space(M);
                if !cx.settings.recent.is_empty() {
                    ui.label(RichText::new(RECENT.get(cx.lang)).text_style(theme::bold()));
                }
                for path in &cx.settings.recent {
                    if ui.button(path.display().to_string()).clicked() {
                        chosen = Some(path.clone());
                    }
                }
            },
            |ui| {
                let typed = self.field.path();
                if widgets::primary(ui, typed.is_some(), Some(ICON_FOLDER_OPEN), OPEN.get(cx.lang)) || enter {
                    chosen = typed;
                }
                if ui.button(super::CANCEL.get(cx.lang)).clicked() { Flow::Close } else { Flow::Stay }
            },
        );
        match chosen {
            Some(path) => {
                cx.out.push(Action::Open(path));
                Flow::Close
            }
            None => flow,
        }
    }
}
