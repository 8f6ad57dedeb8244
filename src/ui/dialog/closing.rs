//! The window is to be closed while a job writes: wait for it, cancel it, or stay.

use egui_material_icons::icons::ICON_CANCEL;

use super::{Cx, Flow, frame, hint};
use crate::text::Text;
use crate::ui::action::Action;
use crate::ui::widgets;

const TITLE: Text = Text::new("Đang ghi dữ liệu", "Data is being written");
const BODY: Text = Text::new(
    "Một công việc đang ghi vào tệp huyện. Hủy giữa chừng thì tệp trở lại như trước khi bắt đầu; không có gì bị ghi dở.",
    "A job is writing the district file. If it is cancelled the file is as it was before the job began; nothing is left half written.",
);
const WAIT: Text = Text::new("Chờ xong rồi đóng", "Close when done");
const CANCEL: Text = Text::new("Hủy công việc và đóng", "Cancel the job and close");
const STAY: Text = Text::new("Ở lại", "Stay");

pub fn ui(cx: &mut Cx<'_>) -> Flow {
    let lang = cx.lang;
    let ctx = cx.ctx;
    frame(
        (ctx, lang),
        TITLE.get(lang),
        [540.0, 200.0],
        &mut (),
        |ui, ()| hint(ui, BODY.get(lang)),
        |ui, ()| {
            let wait = widgets::primary(ui, true, None, WAIT.get(lang));
            let cancel = widgets::button(ui, true, ICON_CANCEL, CANCEL.get(lang));
            if wait || cancel {
                cx.out.push(Action::CloseAfterJobs { cancel });
            }
            if wait || cancel || ui.button(STAY.get(lang)).clicked() {
                Flow::Close
            } else {
                Flow::Stay
            }
        },
    )
}
