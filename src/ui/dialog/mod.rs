//! Dialogs: for decisions and for what must be gathered before work starts. Everything else happens
//! in the panels.

pub mod about;
pub mod boundaries;
pub mod closing;
pub mod dossiers;
pub mod export;
pub mod fix_batch;
pub mod import;
pub mod merge;
pub mod new;
pub mod open;
pub mod points;
pub mod readiness;
pub mod reference;
pub mod report;
pub mod shortcuts;
pub mod traverse;
pub mod verify;

use egui::{Area, Id, Modal, RichText, ScrollArea, Ui, UiKind};
use egui_material_icons::icons::ICON_CLOSE;

use super::action::Action;
use super::theme::{M, S, XL, tokens};
use super::widgets;
use crate::text::{Lang, Text};

/// The dialog that is open, if any.
pub enum Dialog {
    New(new::NewDialog),
    Open(open::OpenDialog),
    Import(Box<import::Wizard>),
    Points(Box<points::PointsDialog>),
    Boundaries(Box<boundaries::BoundaryDialog>),
    Reference(Box<reference::ReferenceDialog>),
    Traverse(Box<traverse::TraverseDialog>),
    Package(export::PackageDialog),
    File(export::FileDialog),
    Verify(verify::VerifyDialog),
    Readiness(readiness::ReadinessDialog),
    Report(report::ReportDialog),
    Dossiers(dossiers::DossierDialog),
    Fixes(Box<fix_batch::FixDialog>),
    Merge(Box<merge::MergeDialog>),
    Shortcuts,
    About,
    /// The window is to be closed while a job writes.
    Closing,
}

/// Draws the open dialog.
pub fn ui(dialog: &mut Dialog, cx: &mut Cx<'_>) -> Flow {
    match dialog {
        Dialog::New(d) => d.ui(cx),
        Dialog::Open(d) => d.ui(cx),
        Dialog::Import(d) => d.ui(cx),
        Dialog::Points(d) => d.ui(cx),
        Dialog::Boundaries(d) => d.ui(cx),
        Dialog::Reference(d) => d.ui(cx),
        Dialog::Traverse(d) => d.ui(cx),
        Dialog::Package(d) => d.ui(cx),
        Dialog::File(d) => d.ui(cx),
        Dialog::Verify(d) => d.ui(cx),
        Dialog::Readiness(d) => d.ui(cx),
        Dialog::Report(d) => d.ui(cx),
        Dialog::Dossiers(d) => d.ui(cx),
        Dialog::Fixes(d) => d.ui(cx),
        Dialog::Merge(d) => d.ui(cx),
        Dialog::Shortcuts => shortcuts::ui(cx),
        Dialog::About => about::ui(cx),
        Dialog::Closing => closing::ui(cx),
    }
}

/// What a dialog may see and ask for.
pub struct Cx<'a> {
    pub lang: Lang,
    pub project: Option<&'a crate::project::Project>,
    pub settings: &'a super::settings::Settings,
    /// Folder of the settings.
    pub config: Option<&'a std::path::Path>,
    pub out: &'a mut Vec<Action>,
    pub ctx: &'a egui::Context,
}

/// Whether a dialog stays open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flow {
    Stay,
    Close,
}

const CLOSE: Text = Text::new("Đóng hộp thoại", "Close the dialog");
pub const CANCEL: Text = Text::new("Hủy bỏ", "Cancel");
pub const DONE: Text = Text::new("Đóng", "Close");

/// A dialog: title, body, and a row of buttons at the bottom that never scrolls away. Both parts get
/// `state`.
pub fn frame<S>(
    (ctx, lang): (&egui::Context, Lang),
    title: &str,
    size: [f32; 2],
    state: &mut S,
    body: impl FnOnce(&mut Ui, &mut S),
    buttons: impl FnOnce(&mut Ui, &mut S) -> Flow,
) -> Flow {
    let screen = ctx.content_rect().size();
    let (width, height) = (size[0].min(screen.x - 48.0), size[1].min(screen.y - 64.0));
    let id = Id::unique(("dialog", title));
    let area = Area::new(id)
        .kind(UiKind::Modal)
        .order(egui::Order::Foreground)
        .anchor(egui::Align2::CENTER_CENTER, [0.0, 0.0])
        .sense(egui::Sense::hover());
    let modal = Modal::new(id)
        .area(area)
        .frame(egui::Frame::window(&ctx.global_style()))
        .show(ctx, |ui| {
            ui.set_width(width);
            let closed = heading(ui, lang, title);
            let room = height - 110.0;
            ScrollArea::vertical()
                .id_salt(("dialog", title))
                .max_height(room)
                .min_scrolled_height(room)
                .show(ui, |ui| {
                    ui.set_min_height(room);
                    body(ui, state);
                });
            ui.add_space(M);
            ui.separator();
            ui.add_space(S);
            let flow = ui
                .horizontal(|ui| widgets::at_right(ui, |ui| buttons(ui, state)))
                .inner;
            if closed { Flow::Close } else { flow }
        });
    if modal.inner == Flow::Close || escaped(&modal) {
        Flow::Close
    } else {
        Flow::Stay
    }
}

/// Esc closes, a click beside the dialog does not: what was gathered is not lost by a slip.
fn escaped<T>(modal: &egui::ModalResponse<T>) -> bool {
    let ctx = &modal.response.ctx;
    modal.is_top_modal
        && !modal.any_popup_open
        && ctx.input_mut(|i| i.consume_key(egui::Modifiers::NONE, egui::Key::Escape))
}

fn heading(ui: &mut Ui, lang: Lang, title: &str) -> bool {
    let mut closed = false;
    ui.horizontal(|ui| {
        ui.label(RichText::new(title).heading());
        widgets::at_right(ui, |ui| {
            closed = widgets::icon_button(ui, ICON_CLOSE, CLOSE.get(lang))
        });
    });
    ui.add_space(XL / 2.0);
    closed
}

/// A caption above a control, with an optional hint below.
pub fn form_row(ui: &mut Ui, caption: &str, add: impl FnOnce(&mut Ui)) {
    ui.label(RichText::new(caption).text_style(super::theme::bold()));
    add(ui);
    ui.add_space(M);
}

/// A line of secondary text.
pub fn hint(ui: &mut Ui, text: &str) {
    ui.add(egui::Label::new(RichText::new(text).color(tokens(ui).text_weak)).wrap());
}
