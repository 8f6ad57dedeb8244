//! Opening a district file: type its path, browse, or take a recent one.

use std::path::PathBuf;

use egui::{RichText, Ui};
use egui_material_icons::icons::ICON_FOLDER_OPEN;

use super::{Cx, Flow, frame};
use crate::text::{Lang, Text};
use crate::ui::action::Action;
use crate::ui::pick::{DISTRICT, Kind, PathField};
use crate::ui::settings::Settings;
use crate::ui::theme::{self, M};
use crate::ui::widgets;

pub struct OpenDialog {
    field: PathField,
    fresh: bool,
}

const TITLE: Text = Text::new("Mở tệp huyện", "Open a district file");
const PATH: Text = Text::new("Đường dẫn tệp .gpkg", "Path of the .gpkg file");
const HINT: Text = Text::new(
    "Ví dụ: D:\\dulieu\\huyen.gpkg",
    "For example: D:\\data\\district.gpkg",
);
const RECENT: Text = Text::new("Tệp gần đây", "Recent files");
const OPEN: Text = Text::new("Mở", "Open");

impl Default for OpenDialog {
    fn default() -> Self {
        Self {
            field: PathField::new(Kind::OpenFile, DISTRICT),
            fresh: true,
        }
    }
}

impl OpenDialog {
    pub fn ui(&mut self, cx: &mut Cx<'_>) -> Flow {
        let lang = cx.lang;
        let enter = cx.ctx.input(|i| i.key_pressed(egui::Key::Enter));
        let mut state = (self, None);
        let flow = frame(
            (cx.ctx, lang),
            TITLE.get(lang),
            [620.0, 420.0],
            &mut state,
            |ui, (this, chosen)| *chosen = this.body(ui, cx.settings, lang),
            |ui, (this, chosen)| {
                let typed = this.field.path();
                if widgets::primary(ui, typed.is_some(), Some(ICON_FOLDER_OPEN), OPEN.get(lang)) || enter {
                    *chosen = chosen.take().or(typed);
                }
                if ui.button(super::CANCEL.get(lang)).clicked() {
                    Flow::Close
                } else {
                    Flow::Stay
                }
            },
        );
        match state.1 {
            Some(path) => {
                cx.out.push(Action::Open(path));
                Flow::Close
            }
            None => flow,
        }
    }

    fn body(&mut self, ui: &mut Ui, settings: &Settings, lang: Lang) -> Option<PathBuf> {
        ui.label(RichText::new(PATH.get(lang)).text_style(theme::bold()));
        let fresh = std::mem::take(&mut self.fresh);
        self.field.ui(ui, lang, PATH.get(lang), HINT.get(lang), fresh);
        ui.add_space(M);
        if !settings.recent.is_empty() {
            ui.label(RichText::new(RECENT.get(lang)).text_style(theme::bold()));
        }
        let recent = settings.recent.iter();
        recent
            .filter(|p| ui.button(p.display().to_string()).clicked())
            .last()
            .cloned()
    }
}
