//! Dossiers (hồ sơ) as far as boundaries are concerned: receive one, take one in hand, approve or revert
//! what it proposes; and the mode of the district.

use egui::{RichText, TextEdit, Ui};
use egui_material_icons::icons as i;

use super::{Cx, DONE, Flow, form_row, frame, hint};
use crate::edit::{Edit, OpenDossier};
use crate::project::{Dossier, Mode};
use crate::text::{Lang, Text, format};
use crate::ui::action::Action;
use crate::ui::theme::{self, M, S, tokens};
use crate::ui::viewing::Viewing;
use crate::ui::widgets;

#[derive(Default)]
pub struct DossierDialog {
    code: String,
    kind: String,
}

const TITLE: Text = Text::new("Hồ sơ và chế độ vận hành", "Dossiers and mode");
const MODE: Text = Text::new("Chế độ của cơ sở dữ liệu", "Mode of the district");
const BUILDING: Text = Text::new(
    "Đang xây dựng: ranh giới được sửa trực tiếp, mọi thao tác đều ghi nhật ký.",
    "Being built: boundaries are edited directly, every operation is journalled.",
);
const OPERATING: Text = Text::new(
    "Đang vận hành: ranh giới chỉ thay đổi trong một hồ sơ đang mở, và chỉ có hiệu lực khi phê duyệt.",
    "In operation: a boundary changes only inside an open dossier, and only by approval.",
);
const START: Text = Text::new("Đưa vào vận hành", "Put into operation");
const STOP: Text = Text::new("Trở lại xây dựng", "Back to building");
const OPEN: Text = Text::new("Hồ sơ đang xử lý", "Open dossiers");
const NONE: Text = Text::new("Chưa có hồ sơ nào đang xử lý.", "No dossier is open.");
const TAKE: Text = Text::new("Làm hồ sơ này", "Take it in hand");
const APPROVE: Text = Text::new("Phê duyệt", "Approve");
const REVERT: Text = Text::new("Hủy đề xuất", "Revert");
const NEW: Text = Text::new("Tiếp nhận hồ sơ mới", "Receive a new dossier");
const CODE: Text = Text::new("Mã hồ sơ", "Code");
const KIND: Text = Text::new("Mã loại biến động", "Code of the change");
const RECEIVE: Text = Text::new("Tiếp nhận", "Receive");

impl DossierDialog {
    pub fn ui(&mut self, cx: &mut Cx<'_>) -> Flow {
        let lang = cx.lang;
        let ctx = cx.ctx;
        let mut done = false;
        let flow = frame(
            (ctx, lang),
            TITLE.get(lang),
            [680.0, 520.0],
            &mut (self, cx, &mut done),
            |ui, (dialog, cx, done)| {
                mode(ui, cx);
                ui.add_space(M);
                **done |= list(ui, cx);
                ui.add_space(M);
                dialog.receive(ui, cx);
            },
            |ui, _| {
                if ui.button(DONE.get(lang)).clicked() {
                    Flow::Close
                } else {
                    Flow::Stay
                }
            },
        );
        if done { Flow::Close } else { flow }
    }

    fn receive(&mut self, ui: &mut Ui, cx: &mut Cx<'_>) {
        let lang = cx.lang;
        form_row(ui, NEW.get(lang), |ui| {
            ui.horizontal(|ui| {
                field(ui, CODE.get(lang), "HS-2026-001", 180.0, &mut self.code);
                field(ui, KIND.get(lang), "TN", 160.0, &mut self.kind);
                let ready = !self.code.trim().is_empty() && !self.kind.trim().is_empty();
                if widgets::button(ui, ready, i::ICON_ADD, RECEIVE.get(lang)) {
                    cx.out.push(Action::Apply(vec![Edit::OpenDossier(OpenDossier {
                        code: self.code.trim().to_owned(),
                        kind: self.kind.trim().to_owned(),
                        ..OpenDossier::default()
                    })]));
                    self.code.clear();
                }
            });
        });
    }
}

fn field(ui: &mut Ui, name: &str, hint: &str, width: f32, text: &mut String) {
    let weak = tokens(ui).text_weak;
    ui.label(RichText::new(name).size(13.0).color(weak));
    let edit = TextEdit::singleline(text)
        .id_salt(name)
        .desired_width(width)
        .hint_text(RichText::new(hint).color(weak));
    let r = ui.add(edit);
    ui.ctx().accesskit_node_builder(r.id, |n| n.set_label(name));
}

fn mode(ui: &mut Ui, cx: &mut Cx<'_>) {
    let lang = cx.lang;
    let Some(project) = cx.project else { return };
    let now = project.mode().unwrap_or(Mode::Building);
    form_row(ui, MODE.get(lang), |ui| {
        let (what, act, other) = match now {
            Mode::Building => (BUILDING, START, Mode::Operating),
            Mode::Operating => (OPERATING, STOP, Mode::Building),
        };
        hint(ui, what.get(lang));
        let can = project.read_only().is_none();
        if widgets::button(ui, can, i::ICON_SWAP_HORIZ, act.get(lang)) {
            cx.out.push(Action::Mode(other));
        }
    });
}

/// True when a dossier was taken in hand.
fn list(ui: &mut Ui, cx: &mut Cx<'_>) -> bool {
    let lang = cx.lang;
    let Some(project) = cx.project else { return false };
    let mut open = project.dossiers().unwrap_or_default();
    open.retain(Dossier::is_open);
    let proposals = project.proposals(None).unwrap_or_default();
    let mut taken = false;
    form_row(ui, OPEN.get(lang), |ui| {
        if open.is_empty() {
            hint(ui, NONE.get(lang));
        }
        for d in &open {
            let n = proposals.iter().filter(|p| p.dossier == d.fid).count();
            taken |= row(ui, d, n, cx);
        }
    });
    taken
}

fn row(ui: &mut Ui, d: &Dossier, proposals: usize, cx: &mut Cx<'_>) -> bool {
    let lang = cx.lang;
    let mut taken = false;
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = S;
        ui.label(RichText::new(&d.code).text_style(theme::bold()));
        let n = format::count(proposals as u64, lang);
        let text = match lang {
            Lang::Vi => format!("{} · {n} đề xuất", d.kind),
            Lang::En => format!("{} · {n} proposals", d.kind),
        };
        ui.label(RichText::new(text).color(tokens(ui).text_weak));
        widgets::at_right(ui, |ui| {
            let named = |what: Text| format!("{} {}", what.get(lang), d.code);
            let button = |ui: &mut Ui, what: Text, can: bool| {
                let r = ui.add_enabled(can, egui::Button::new(what.get(lang)));
                widgets::named(r, egui::accesskit::Role::Button, &named(what)).clicked()
            };
            if button(ui, REVERT, proposals > 0) {
                cx.out.push(Action::Apply(vec![Edit::Revert {
                    dossier: d.code.clone(),
                }]));
            }
            if button(ui, APPROVE, proposals > 0) {
                cx.out.push(Action::Apply(vec![Edit::Approve {
                    dossier: d.code.clone(),
                }]));
            }
            if button(ui, TAKE, true) {
                cx.out.push(Action::View(Viewing::Dossier(d.code.clone())));
                taken = true;
            }
        });
    });
    taken
}
