//! What this program is, which version, and where it keeps its settings.

use egui::RichText;
use egui_material_icons::icons::ICON_MAP;

use super::{Cx, DONE, Flow, frame, hint};
use crate::text::Text;
use crate::ui::settings::Settings;
use crate::ui::theme::{self, M, tokens};
use crate::ui::widgets::fact;

const TITLE: Text = Text::new("Giới thiệu", "About");
const WHAT: Text = Text::new(
    "Phần mềm địa chính cho Văn phòng Đăng ký đất đai: nhập, sửa, kiểm tra thửa đất và tạo gói đồng bộ cho cơ sở dữ liệu đất đai quốc gia. Chạy trên một máy, không cần mạng.",
    "Cadastral software for land registration offices: import, repair and check parcels, and make sync packages for the national land database. Runs on one PC, without a network.",
);
const VERSION: Text = Text::new("Phiên bản", "Version");
const LICENCE: Text = Text::new("Giấy phép", "Licence");
const FONTS: Text = Text::new("Phông chữ", "Fonts");
const FOLDER: Text = Text::new("Thư mục thiết lập", "Settings folder");

pub fn ui(cx: &mut Cx<'_>) -> Flow {
    let lang = cx.lang;
    frame(
        (cx.ctx, lang),
        TITLE.get(lang),
        [560.0, 340.0],
        &mut (),
        |ui, ()| {
            ui.horizontal(|ui| {
                ui.label(ICON_MAP.rich_text().size(40.0).color(tokens(ui).accent));
                ui.label(RichText::new("Địa Chính").text_style(theme::title()));
            });
            hint(ui, WHAT.get(lang));
            ui.add_space(M);
            fact(ui, 150.0, VERSION.get(lang), env!("CARGO_PKG_VERSION"));
            fact(ui, 150.0, LICENCE.get(lang), env!("CARGO_PKG_LICENSE"));
            fact(
                ui,
                150.0,
                FONTS.get(lang),
                "Noto Sans (OFL 1.1), Material Symbols (Apache 2.0)",
            );
            let folder = Settings::folder()
                .map(|f| f.display().to_string())
                .unwrap_or_default();
            fact(ui, 150.0, FOLDER.get(lang), &folder);
        },
        |ui, ()| {
            if ui.button(DONE.get(lang)).clicked() {
                Flow::Close
            } else {
                Flow::Stay
            }
        },
    )
}
