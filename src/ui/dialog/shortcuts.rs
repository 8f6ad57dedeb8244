//! Help: every command with its keys, by menu.

use egui::{Grid, RichText};

use super::{Cx, DONE, Flow, frame, hint};
use crate::text::Text;
use crate::ui::command::{Command, Menu};
use crate::ui::theme::{self, L, M, XS, tokens};
use crate::ui::widgets;

const TITLE: Text = Text::new("Phím tắt", "Keyboard shortcuts");
const MAP: Text = Text::new("Trên bản đồ", "On the map");
const TYPING: Text = Text::new(
    "Phím một chữ cái không có tác dụng khi đang gõ vào một ô; mọi lệnh cũng tìm được bằng Ctrl+K.",
    "Single letters do nothing while you type in a field; every command is also found with Ctrl+K.",
);

/// Menus in the left column; all others stand on the right.
const LEFT: [Menu; 3] = [Menu::File, Menu::Edit, Menu::Boundary];

/// What the mouse and the keys do over the map.
const GESTURES: [(Text, Text); 11] = [
    (
        Text::new("Lăn chuột", "Mouse wheel"),
        Text::new("Phóng to, thu nhỏ tại con trỏ", "Zoom at the pointer"),
    ),
    (
        Text::new(
            "Kéo chuột giữa; phím cách + kéo",
            "Drag the middle button; Space + drag",
        ),
        Text::new("Di chuyển bản đồ", "Pan"),
    ),
    (
        Text::new("Phím mũi tên", "Arrow keys"),
        Text::new("Di chuyển bản đồ", "Pan"),
    ),
    (
        Text::new("Bấm", "Click"),
        Text::new("Chọn thửa đất", "Select a parcel"),
    ),
    (
        Text::new("Shift + bấm", "Shift + click"),
        Text::new("Thêm hoặc bỏ một thửa", "Add or remove a parcel"),
    ),
    (
        Text::new("Kéo khung", "Drag a box"),
        Text::new("Chọn mọi thửa trong khung", "Select all parcels in the box"),
    ),
    (
        Text::new("Chữ số, @ hoặc < khi vẽ", "Digits, @ or < while drawing"),
        Text::new(
            "Nhập tọa độ, khoảng cách, phương vị",
            "Type coordinates, distance, azimuth",
        ),
    ),
    (
        Text::new("Backspace khi vẽ", "Backspace while drawing"),
        Text::new("Bỏ đỉnh vừa vẽ", "Take back the last point"),
    ),
    (
        Text::new("Giữ Shift khi vẽ", "Hold Shift while drawing"),
        Text::new("Vẽ vuông góc với cạnh trước", "Square to the line before"),
    ),
    (
        Text::new("Giữ Ctrl khi vẽ", "Hold Ctrl while drawing"),
        Text::new("Tạm tắt bắt điểm", "Let go of snapping"),
    ),
    (
        Text::new("Esc", "Esc"),
        Text::new(
            "Bỏ thao tác đang làm, rồi bỏ chọn",
            "Drop what the tool is doing, then the selection",
        ),
    ),
];

pub fn ui(cx: &mut Cx<'_>) -> Flow {
    let lang = cx.lang;
    let ctx = cx.ctx.clone();
    frame(
        (cx.ctx, lang),
        TITLE.get(lang),
        [760.0, 640.0],
        &mut (),
        |ui, ()| {
            hint(ui, TYPING.get(lang));
            ui.add_space(M);
            ui.columns(2, |columns| {
                for menu in Menu::ALL {
                    let left = LEFT.contains(&menu);
                    group(&mut columns[usize::from(!left)], menu, lang, &ctx);
                }
                gestures(&mut columns[1], lang);
            });
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

fn group(ui: &mut egui::Ui, menu: Menu, lang: crate::text::Lang, ctx: &egui::Context) {
    widgets::section(ui, menu.text().get(lang));
    Grid::new(("keys", menu.text().en))
        .num_columns(2)
        .min_col_width(136.0)
        .min_row_height(22.0)
        .spacing([L, XS])
        .show(ui, |ui| {
            for c in Command::ALL
                .into_iter()
                .filter(|c| c.menu() == menu && !c.keys().is_empty())
            {
                let keys: Vec<String> = c.keys().iter().map(|k| ctx.format_shortcut(k)).collect();
                ui.label(RichText::new(keys.join(", ")).color(tokens(ui).accent));
                ui.label(c.text().get(lang));
                ui.end_row();
            }
        });
    ui.add_space(theme::S);
}

fn gestures(ui: &mut egui::Ui, lang: crate::text::Lang) {
    widgets::section(ui, MAP.get(lang));
    for (keys, what) in GESTURES {
        ui.horizontal_wrapped(|ui| {
            ui.label(RichText::new(keys.get(lang)).color(tokens(ui).accent));
            ui.label(what.get(lang));
        });
    }
}
