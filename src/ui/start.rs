//! The start page: what one can begin with, and the files of the last days.

use std::path::{Path, PathBuf};

use egui::{Button, RichText, ScrollArea, Ui};
use egui_material_icons::icons as i;

use super::action::Action;
use super::command::{Command, Have};
use super::settings::Settings;
use super::theme::{self, L, M, S, XL, XXL, tokens};
use super::widgets;
use crate::text::{Lang, Text};

const TITLE: Text = Text::new("Địa Chính", "Địa Chính");
const SUBTITLE: Text = Text::new(
    "Từ tệp bản đồ của văn phòng đến gói dữ liệu đất đai đã kiểm tra.",
    "From the office's map files to a verified land-data package.",
);
const BEGIN: Text = Text::new("Bắt đầu", "Begin");
const RECENT: Text = Text::new("Tệp gần đây", "Recent files");
const NO_RECENT: Text = Text::new("Chưa mở tệp nào", "No file opened yet");
const NO_RECENT_BODY: Text = Text::new(
    "Tệp huyện đã mở sẽ hiện ở đây. Nếu mới dùng lần đầu, hãy mở dữ liệu mẫu.",
    "District files you open appear here. If this is your first time, open the sample.",
);
const GONE: Text = Text::new("không tìm thấy tệp", "file not found");

/// Recent files and whether each is still there; looked up once a second at most, not every frame.
#[derive(Default)]
pub struct StartPage {
    checked: Option<f64>,
    there: Vec<(PathBuf, bool)>,
}

impl StartPage {
    pub fn ui(&mut self, ui: &mut Ui, lang: Lang, have: &Have, settings: &Settings, out: &mut Vec<Action>) {
        let now = ui.input(|i| i.time);
        if self.checked.is_none_or(|t| now - t > 1.0) || self.there.len() != settings.recent.len() {
            self.there = settings.recent.iter().map(|p| (p.clone(), p.exists())).collect();
            self.checked = Some(now);
        }
        ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
            let width = 860.0_f32.min(ui.available_width() - 2.0 * XXL);
            let side = (ui.available_width() - width) / 2.0;
            ui.add_space((ui.available_height() * 0.10).min(80.0));
            ui.horizontal_top(|ui| {
                ui.add_space(side);
                ui.vertical(|ui| {
                    ui.set_width(width);
                    heading(ui, lang);
                    ui.columns(2, |columns| {
                        begin(&mut columns[0], lang, have, out);
                        self.recent(&mut columns[1], lang, out);
                    });
                });
            });
        });
    }

    fn recent(&self, ui: &mut Ui, lang: Lang, out: &mut Vec<Action>) {
        ui.label(RichText::new(RECENT.get(lang)).heading());
        ui.add_space(M);
        if self.there.is_empty() {
            widgets::empty(ui, i::ICON_HISTORY, NO_RECENT.get(lang), NO_RECENT_BODY.get(lang));
        }
        for (path, there) in &self.there {
            if file_row(ui, lang, path, *there) {
                out.push(Action::Open(path.clone()));
            }
        }
    }
}

fn heading(ui: &mut Ui, lang: Lang) {
    let t = tokens(ui);
    ui.horizontal(|ui| {
        ui.label(i::ICON_MAP.rich_text().size(40.0).color(t.accent));
        ui.label(RichText::new(TITLE.get(lang)).text_style(theme::title()));
    });
    ui.label(RichText::new(SUBTITLE.get(lang)).size(15.0).color(t.text_weak));
    ui.add_space(XXL);
}

fn begin(ui: &mut Ui, lang: Lang, have: &Have, out: &mut Vec<Action>) {
    ui.label(RichText::new(BEGIN.get(lang)).heading());
    ui.add_space(M);
    for c in [
        Command::Open,
        Command::New,
        Command::OpenSample,
        Command::VerifyPackage,
    ] {
        if card(ui, lang, c, have) {
            out.push(Action::Run(c));
        }
        ui.add_space(S);
    }
}

/// A large button: icon, name, one line of explanation.
fn card(ui: &mut Ui, lang: Lang, c: Command, have: &Have) -> bool {
    let t = tokens(ui);
    let name = c.text().get(lang);
    let mut job = egui::text::LayoutJob::default();
    let font = |style: egui::TextStyle| style.resolve(ui.style());
    let format = |font, color| egui::TextFormat {
        font_id: font,
        color,
        ..Default::default()
    };
    job.append(name, 0.0, format(font(theme::bold()), t.text));
    job.append("\n", 0.0, format(font(egui::TextStyle::Body), t.text));
    job.append(
        c.tip().get(lang),
        0.0,
        format(font(egui::TextStyle::Small), t.text_weak),
    );
    job.wrap.max_width = ui.available_width() - 72.0;
    let glyph = c.icon().rich_text().size(26.0).color(t.accent);
    ui.scope(|ui| {
        ui.spacing_mut().button_padding = egui::vec2(L, M);
        ui.spacing_mut().icon_spacing = XL;
        let button = Button::new((glyph, job, widgets::grow()))
            .min_size(egui::vec2(ui.available_width(), 56.0))
            .fill(t.surface);
        let r = widgets::named(
            ui.add_enabled(c.check(have).is_ok(), button),
            egui::accesskit::Role::Button,
            name,
        );
        r.clicked()
    })
    .inner
}

fn file_row(ui: &mut Ui, lang: Lang, path: &Path, there: bool) -> bool {
    let t = tokens(ui);
    let name = path
        .file_stem()
        .map(|s| s.to_string_lossy().into_owned())
        .unwrap_or_default();
    let folder = path.parent().map(|p| p.display().to_string()).unwrap_or_default();
    let mut job = egui::text::LayoutJob::default();
    let body = egui::TextStyle::Body.resolve(ui.style());
    let small = egui::TextStyle::Small.resolve(ui.style());
    let format = |font: &egui::FontId, color| egui::TextFormat {
        font_id: font.clone(),
        color,
        ..Default::default()
    };
    job.append(
        &name,
        0.0,
        format(&body, if there { t.text } else { t.text_weak }),
    );
    let second = if there {
        folder
    } else {
        format!("{folder} · {}", GONE.get(lang))
    };
    job.append(&format!("\n{second}"), 0.0, format(&small, t.text_weak));
    job.wrap.max_width = ui.available_width() - 56.0;
    job.wrap.max_rows = 3;
    let glyph = i::ICON_DRAFT.rich_text().size(22.0).color(t.text_weak);
    let button = Button::new((glyph, job, widgets::grow()))
        .frame_when_inactive(false)
        .min_size(egui::vec2(ui.available_width(), 44.0));
    let r = widgets::named(
        ui.add_enabled(there, button),
        egui::accesskit::Role::Button,
        &name,
    );
    r.on_hover_text(path.display().to_string()).clicked()
}
