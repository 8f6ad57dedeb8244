//! Bottom tab: running jobs with progress, rate, time left and cancel; below them the finished ones.

use std::time::Duration;

use egui::{ProgressBar, RichText, ScrollArea, Ui};
use egui_material_icons::icons as i;

use crate::text::{Lang, Text, format};
use crate::ui::action::Action;
use crate::ui::jobs::{Job, Jobs, Past};
use crate::ui::theme::{self, M, S, tokens};
use crate::ui::widgets;

const NONE: Text = Text::new("Không có công việc nào đang chạy", "No job is running");
const NONE_BODY: Text = Text::new(
    "Nhập, kiểm tra và xuất dữ liệu chạy nền và hiện tiến độ ở đây.",
    "Import, validation and export run in the background and show here.",
);
const CANCEL: Text = Text::new("Hủy", "Cancel");
const DONE: Text = Text::new("xong", "done");

pub fn ui(ui: &mut Ui, lang: Lang, jobs: &Jobs, out: &mut Vec<Action>) {
    if jobs.shown().next().is_none() && jobs.past.is_empty() {
        return widgets::empty(ui, i::ICON_PENDING_ACTIONS, NONE.get(lang), NONE_BODY.get(lang));
    }
    ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
        for job in jobs.shown() {
            running(ui, lang, job, out);
            ui.add_space(M);
        }
        for past in &jobs.past {
            over(ui, lang, past);
        }
    });
}

fn running(ui: &mut Ui, lang: Lang, job: &Job, out: &mut Vec<Action>) {
    let look = job.progress.snapshot();
    ui.horizontal(|ui| {
        ui.label(RichText::new(job.name.get(lang)).text_style(theme::bold()));
        ui.weak(look.stage.get(lang));
        widgets::at_right(ui, |ui| {
            if widgets::button(ui, !job.progress.is_cancelled(), i::ICON_CANCEL, CANCEL.get(lang)) {
                out.push(Action::CancelJob(job.id));
            }
        });
    });
    ui.horizontal(|ui| {
        let bar = match look.total {
            0 => ProgressBar::new(0.0).animate(true),
            total => ProgressBar::new(look.done as f32 / total as f32).show_percentage(),
        };
        ui.add(bar.desired_width(360.0).desired_height(16.0));
        ui.weak(numbers(&look, lang));
    });
}

/// "12.000 / 115.000 · 40.000/giây · còn 3 giây".
fn numbers(look: &crate::job::Snapshot, lang: Lang) -> String {
    let mut s = format::count(look.done, lang);
    if look.total > 0 {
        s += &format!(" / {}", format::count(look.total, lang));
    }
    if look.done > 0 {
        let rate = format::count(look.rate() as u64, lang);
        s += &match lang {
            Lang::Vi => format!(" · {rate}/giây"),
            Lang::En => format!(" · {rate}/s"),
        };
    }
    if let Some(left) = look.left().filter(|_| look.total > look.done) {
        s += &match lang {
            Lang::Vi => format!(" · còn {}", span(left, lang)),
            Lang::En => format!(" · {} left", span(left, lang)),
        };
    }
    s
}

fn span(d: Duration, lang: Lang) -> String {
    let s = d.as_secs();
    match lang {
        _ if d < Duration::from_secs(1) => format!("{} ms", d.as_millis()),
        Lang::Vi if s < 60 => format!("{s} giây"),
        Lang::Vi => format!("{} phút {} giây", s / 60, s % 60),
        Lang::En if s < 60 => format!("{s} s"),
        Lang::En => format!("{} min {} s", s / 60, s % 60),
    }
}

fn over(ui: &mut Ui, lang: Lang, past: &Past) {
    let t = tokens(ui);
    ui.horizontal_top(|ui| {
        let (glyph, colour) = match past.failure {
            None => (i::ICON_CHECK_CIRCLE, t.ok),
            Some(_) => (i::ICON_ERROR, t.error),
        };
        ui.label(widgets::icon(glyph).color(colour));
        ui.vertical(|ui| {
            let took = span(past.took, lang);
            ui.label(format!("{} · {} {took}", past.name.get(lang), DONE.get(lang)));
            if let Some(f) = &past.failure {
                ui.add(egui::Label::new(RichText::new(f.describe(lang)).color(t.error)).wrap());
            }
        });
    });
    ui.add_space(S);
}
