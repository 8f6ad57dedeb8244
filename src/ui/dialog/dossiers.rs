//! Dossiers (hồ sơ): receive one, the work list by state and day of result, papers ticked, the next step; take one in
//! hand, approve or revert what it proposes; and the mode of the district.

use egui::{RichText, TextEdit, Ui};
use egui_material_icons::icons as i;

use super::{Cx, DONE, Flow, form_row, frame, hint};
use crate::codes;
use crate::domain::day_of;
use crate::edit::{AdvanceDossier, ChangeRecord, Edit, OpenDossier};
use crate::msg;
use crate::project::{Dossier, Mode, Work, WorkFilter, WorkItem};
use crate::register::{Kind, day};
use crate::text::{Lang, Text, format};
use crate::ui::action::Action;
use crate::ui::theme::{self, M, S, tokens};
use crate::ui::viewing::Viewing;
use crate::ui::widgets;

#[derive(Default)]
pub struct DossierDialog {
    code: String,
    /// Code of the list `change_kind`.
    kind: String,
    chosen: Chosen,
}

/// What the work list is narrowed to.
#[derive(Default)]
struct Chosen {
    state: Option<String>,
    overdue: bool,
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
const KIND: Text = Text::new("Loại biến động", "Kind of change");
const NEXT: Text = Text::new("Bước kế tiếp", "Next step");
const ALL: Text = Text::new("Tất cả", "All");
const OVERDUE: Text = Text::new("Chỉ hồ sơ quá hạn", "Overdue only");
const PAPERS: Text = Text::new("Giấy tờ đã nhận", "Papers received");
const RECEIVE: Text = Text::new("Tiếp nhận", "Receive");

impl DossierDialog {
    pub fn ui(&mut self, cx: &mut Cx<'_>) -> Flow {
        let lang = cx.lang;
        let ctx = cx.ctx;
        let mut done = false;
        let flow = frame(
            (ctx, lang),
            TITLE.get(lang),
            [860.0, 600.0],
            &mut (self, cx, &mut done),
            |ui, (dialog, cx, done)| {
                mode(ui, cx);
                ui.add_space(M);
                **done |= list(ui, &mut dialog.chosen, cx);
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
                self.kinds(ui, lang);
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

impl DossierDialog {
    fn kinds(&mut self, ui: &mut Ui, lang: Lang) {
        ui.label(
            RichText::new(KIND.get(lang))
                .size(13.0)
                .color(tokens(ui).text_weak),
        );
        let title = |c: &str| codes::code_title("change_kind", c, lang).to_owned();
        let r = egui::ComboBox::from_id_salt("change_kind")
            .width(260.0)
            .height(320.0)
            .selected_text(title(&self.kind))
            .show_ui(ui, |ui| {
                for item in codes::code_lists("change_kind").flat_map(|l| &l.items) {
                    let text = format!("{} · {}", item.code, item.title(lang));
                    ui.selectable_value(&mut self.kind, item.code.clone(), text);
                }
            });
        widgets::named(r.response, egui::accesskit::Role::ComboBox, KIND.get(lang));
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

/// Work list, the most urgent first. True when a dossier was taken in hand.
fn list(ui: &mut Ui, chosen: &mut Chosen, cx: &mut Cx<'_>) -> bool {
    let lang = cx.lang;
    let Some(project) = cx.project else { return false };
    let today = day_of(jiff::Timestamp::now());
    let filter = WorkFilter {
        overdue: chosen.overdue,
        ..WorkFilter::default()
    };
    let work = project.work_list(&filter, today).unwrap_or_default();
    let proposals = project.proposals(None).unwrap_or_default();
    let edits = project.proposed_edits(None).unwrap_or_default();
    let mut taken = false;
    form_row(ui, OPEN.get(lang), |ui| {
        states(ui, chosen, &work, lang);
        let mut shown = work
            .items
            .iter()
            .filter(|w| chosen.state.as_ref().is_none_or(|s| *s == w.dossier.state))
            .peekable();
        if shown.peek().is_none() {
            hint(ui, NONE.get(lang));
        }
        for w in shown {
            let code = &w.dossier.code;
            let boundaries = proposals.iter().filter(|p| p.dossier == w.dossier.fid).count();
            let n = boundaries + edits.iter().filter(|e| e.dossier_code == *code).count();
            taken |= row(ui, w, n, cx);
            papers(ui, w, cx);
            ui.separator();
        }
    });
    taken
}

/// How many there are of each state; a click leaves only these.
fn states(ui: &mut Ui, chosen: &mut Chosen, work: &Work, lang: Lang) {
    ui.horizontal_wrapped(|ui| {
        let all = format!("{} {}", ALL.get(lang), work.items.len());
        if ui.selectable_label(chosen.state.is_none(), all).clicked() {
            chosen.state = None;
        }
        for (state, n) in &work.by_state {
            let text = format!("{} {n}", codes::code_title("dossier_state", state, lang));
            if ui
                .selectable_label(chosen.state.as_ref() == Some(state), text)
                .clicked()
            {
                chosen.state = Some(state.clone());
            }
        }
        ui.checkbox(&mut chosen.overdue, OVERDUE.get(lang));
    });
}

fn row(ui: &mut Ui, w: &WorkItem, proposals: usize, cx: &mut Cx<'_>) -> bool {
    let (lang, d) = (cx.lang, &w.dossier);
    let weak = tokens(ui).text_weak;
    let mut taken = false;
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = S;
        ui.label(RichText::new(&d.code).text_style(theme::bold()));
        let n = format::count(proposals as u64, lang);
        let kind = codes::code_title("change_kind", &d.kind, lang);
        let text = match lang {
            Lang::Vi => format!("{kind} · {n} đề xuất"),
            Lang::En => format!("{kind} · {n} proposals"),
        };
        ui.label(RichText::new(text).color(weak));
        widgets::at_right(ui, |ui| taken = acts(ui, d, proposals > 0, cx));
    });
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = S;
        ui.label(codes::code_title("dossier_state", &d.state, lang));
        ui.label(due(ui, w, lang));
        let of = [d.commune.as_deref(), w.person.as_deref()];
        let of = of.into_iter().flatten().collect::<Vec<_>>().join(" · ");
        ui.label(RichText::new(of).color(weak));
    });
    taken
}

/// "hẹn 12/03/2026, còn 5 ngày làm việc".
fn due(ui: &Ui, w: &WorkItem, lang: Lang) -> RichText {
    let Some(on) = w.dossier.due_on.as_deref().and_then(day).map(format::date) else {
        return RichText::new("");
    };
    let left = w.days_left.unwrap_or_default();
    let n = format::count(left.unsigned_abs(), lang);
    let text = match (w.days_left, w.overdue) {
        (None, _) => msg!("hẹn {on}, đang dừng", "due {on}, standing still"),
        (_, true) => msg!(
            "hẹn {on}, quá hạn {n} ngày làm việc",
            "due {on}, {n} working days late"
        ),
        _ => msg!(
            "hẹn {on}, còn {n} ngày làm việc",
            "due {on}, {n} working days left"
        ),
    };
    let colour = match w.overdue {
        true => tokens(ui).error,
        false => tokens(ui).text_weak,
    };
    RichText::new(text.get(lang)).color(colour)
}

/// The buttons of a dossier. True when it was taken in hand.
fn acts(ui: &mut Ui, d: &Dossier, proposes: bool, cx: &mut Cx<'_>) -> bool {
    let lang = cx.lang;
    let mut taken = false;
    let named = |what: Text| format!("{} {}", what.get(lang), d.code);
    let button = |ui: &mut Ui, what: Text, can: bool| {
        let r = ui.add_enabled(can, egui::Button::new(what.get(lang)));
        widgets::named(r, egui::accesskit::Role::Button, &named(what)).clicked()
    };
    let dossier = || d.code.clone();
    if button(ui, REVERT, proposes) {
        cx.out
            .push(Action::Apply(vec![Edit::Revert { dossier: dossier() }]));
    }
    if button(ui, APPROVE, proposes) {
        cx.out
            .push(Action::Apply(vec![Edit::Approve { dossier: dossier() }]));
    }
    if button(ui, NEXT, d.state != "KY_SO") {
        cx.out
            .push(Action::Apply(vec![Edit::AdvanceDossier(AdvanceDossier {
                dossier: dossier(),
                to: None,
                reason: None,
            })]));
    }
    if button(ui, TAKE, true) {
        cx.out.push(Action::View(Viewing::Dossier(dossier())));
        taken = true;
    }
    taken
}

/// The papers of the procedure, ticked as received; those scanned are there already.
fn papers(ui: &mut Ui, w: &WorkItem, cx: &mut Cx<'_>) {
    let (lang, d) = (cx.lang, &w.dossier);
    let received = d.received_on.as_deref().unwrap_or_default();
    let Some(procedure) = codes::procedure(&d.kind, received) else {
        return;
    };
    let mut all: Vec<&String> = procedure.papers.iter().flatten().collect();
    if procedure.tax {
        all.extend(codes::proofs_of_payment());
    }
    let title = format!("{} ({})", PAPERS.get(lang), d.papers.len());
    egui::CollapsingHeader::new(title)
        .id_salt(("papers", &d.code))
        .show(ui, |ui| {
            for paper in all {
                let mut there = d.papers.contains(paper);
                let name = codes::code_title("document_kind", paper, lang);
                if ui.checkbox(&mut there, name).changed() {
                    tick(d, paper, there, cx);
                }
            }
        });
}

fn tick(d: &Dossier, paper: &str, there: bool, cx: &mut Cx<'_>) {
    let today = day_of(jiff::Timestamp::now());
    let Some(Ok(card)) = cx.project.map(|p| p.dossier_card(&d.code, today)) else {
        return;
    };
    let mut all: Vec<&str> = d
        .papers
        .iter()
        .map(String::as_str)
        .filter(|p| *p != paper)
        .collect();
    if there {
        all.push(paper);
    }
    let fields = [("papers".to_owned(), all.join(" ").into())];
    cx.out.push(Action::Apply(vec![Edit::ChangeRecord(ChangeRecord {
        kind: Kind::Dossier.name().to_owned(),
        uid: card.record.uid,
        fields: fields.into_iter().collect(),
    })]));
}
