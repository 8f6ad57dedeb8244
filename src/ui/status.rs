//! The status bar: where the pointer is, the scale, what runs, when the last change was written.

use egui::{ProgressBar, RichText, TextEdit, Ui};
use egui_material_icons::icons as i;

use super::action::Action;
use super::command::Command;
use super::jobs::Jobs;
use super::theme::{M, S, tokens};
use super::{viewing, widgets};
use crate::domain::Pt;
use crate::project::Mode;
use crate::text::{Lang, Text, format};

/// The scale box and what is typed in it.
#[derive(Default)]
pub struct StatusBar {
    typed: Option<String>,
}

/// What the bar shows.
pub struct Shown {
    pub lang: Lang,
    /// Under the pointer, when it is over the map.
    pub at: Option<Pt>,
    /// Latitude and longitude of it, degrees.
    pub wgs84: Option<(f64, f64)>,
    /// Denominator; `None` without a project.
    pub scale: Option<f64>,
    /// "VN-2000 105°45′".
    pub crs: String,
    /// Wall-clock time of the last write, "hh:mm:ss".
    pub saved: Option<String>,
    pub read_only: bool,
    pub selected: usize,
    /// Mode of the district and the dossier in hand; `None` without a project.
    pub mode: Option<(Mode, Option<String>)>,
}

const SCALE: Text = Text::new("Tỷ lệ bản đồ", "Map scale");
const SCALES: Text = Text::new("Chọn tỷ lệ", "Choose a scale");
const CANCEL: Text = Text::new("Hủy công việc", "Cancel the job");
const READ_ONLY: Text = Text::new("Chỉ đọc", "Read-only");
const READY: Text = Text::new("Sẵn sàng", "Ready");
const NO_POINTER: Text = Text::new("X (bắc) —   Y (đông) —", "X (north) —   Y (east) —");

impl StatusBar {
    /// The scale denominator chosen in this frame, if any.
    pub fn ui(&mut self, ui: &mut Ui, shown: &Shown, jobs: &Jobs, out: &mut Vec<Action>) -> Option<f64> {
        let mut chosen = None;
        ui.horizontal_centered(|ui| {
            ui.spacing_mut().item_spacing.x = M;
            if shown.scale.is_some() {
                coordinates(ui, shown);
                ui.separator();
                chosen = self.scale_box(ui, shown);
                ui.separator();
                ui.label(RichText::new(&shown.crs).size(13.0).color(tokens(ui).text_weak));
            } else {
                ui.label(
                    RichText::new(READY.get(shown.lang))
                        .size(13.0)
                        .color(tokens(ui).text_weak),
                );
            }
            widgets::at_right(ui, |ui| {
                saved(ui, shown);
                if let Some((mode, dossier)) = &shown.mode {
                    viewing::mode_button(ui, *mode, dossier.as_deref(), shown.lang, out);
                }
                job(ui, shown.lang, jobs, out);
                if shown.selected > 0 {
                    ui.label(
                        RichText::new(selected(shown))
                            .size(13.0)
                            .color(tokens(ui).text_weak),
                    );
                }
            });
        });
        chosen
    }

    fn scale_box(&mut self, ui: &mut Ui, shown: &Shown) -> Option<f64> {
        let now = format::scale(shown.scale.unwrap_or_default().round() as u64, shown.lang);
        let mut text = self.typed.clone().unwrap_or(now);
        let r = ui.add(
            TextEdit::singleline(&mut text)
                .desired_width(92.0)
                .id_salt("scale"),
        );
        ui.ctx()
            .accesskit_node_builder(r.id, |n| n.set_label(SCALE.get(shown.lang)));
        if r.changed() {
            self.typed = Some(text.clone());
        }
        let mut chosen = None;
        if r.lost_focus() {
            let escaped = ui.input(|i| i.key_pressed(egui::Key::Escape));
            chosen = self
                .typed
                .take()
                .filter(|_| !escaped)
                .and_then(|t| denominator(&t));
        }
        let arrow = widgets::icon(i::ICON_ARROW_DROP_DOWN);
        let button = ui.add(egui::Button::new(arrow).frame_when_inactive(false));
        let button = widgets::named(button, egui::accesskit::Role::Button, SCALES.get(shown.lang));
        egui::Popup::menu(&button).show(|ui| {
            for scale in crate::render::viewport::SCALES {
                if ui.button(format::scale(u64::from(scale), shown.lang)).clicked() {
                    chosen = Some(f64::from(scale));
                    ui.close();
                }
            }
        });
        chosen
    }
}

/// "1:2.000", "2000", "1 : 2 000": the denominator. Dots and commas group thousands here.
fn denominator(typed: &str) -> Option<f64> {
    let right = typed.rsplit(':').next().unwrap_or(typed);
    let digits: String = right
        .chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '.' | ','))
        .collect();
    let n: f64 = digits.parse().ok()?;
    (20.0..=5_000_000.0).contains(&n).then_some(n)
}

fn coordinates(ui: &mut Ui, shown: &Shown) {
    let text = match shown.at {
        Some(p) => {
            let (x, y) = (
                format::coordinate(p.n, shown.lang),
                format::coordinate(p.e, shown.lang),
            );
            match shown.lang {
                Lang::Vi => format!("X (bắc) {x}   Y (đông) {y}"),
                Lang::En => format!("X (north) {x}   Y (east) {y}"),
            }
        }
        None => NO_POINTER.get(shown.lang).to_owned(),
    };
    // A fixed width, so that nothing jumps when the pointer leaves the map.
    widgets::fixed(ui, 304.0, RichText::new(text).size(13.0));
    let wgs = match shown.wgs84 {
        Some((lat, lon)) => format!("WGS84 {lat:.6}°, {lon:.6}°"),
        None => "WGS84 —".to_owned(),
    };
    widgets::fixed(
        ui,
        216.0,
        RichText::new(wgs).size(13.0).color(tokens(ui).text_weak),
    );
}

fn selected(shown: &Shown) -> String {
    let n = format::count(shown.selected as u64, shown.lang);
    match shown.lang {
        Lang::Vi => format!("{n} thửa được chọn"),
        Lang::En => format!("{n} selected"),
    }
}

fn saved(ui: &mut Ui, shown: &Shown) {
    let t = tokens(ui);
    if shown.read_only {
        ui.label(RichText::new(READ_ONLY.get(shown.lang)).color(t.warning));
        ui.label(widgets::icon(i::ICON_LOCK).color(t.warning));
    } else if let Some(at) = &shown.saved {
        let text = match shown.lang {
            Lang::Vi => format!("đã ghi {at}"),
            Lang::En => format!("saved {at}"),
        };
        ui.label(RichText::new(text).color(t.text_weak));
        ui.label(widgets::icon(i::ICON_CHECK).color(t.ok));
    }
}

/// The oldest running job: name, bar, cancel; a click on the name opens the list.
fn job(ui: &mut Ui, lang: Lang, jobs: &Jobs, out: &mut Vec<Action>) {
    let Some(job) = jobs.shown().next() else { return };
    let look = job.progress.snapshot();
    if widgets::icon_button(ui, i::ICON_CANCEL, CANCEL.get(lang)) {
        out.push(Action::CancelJob(job.id));
    }
    let bar = match look.total {
        0 => ProgressBar::new(0.0).animate(true),
        total => ProgressBar::new(look.done as f32 / total as f32).show_percentage(),
    };
    ui.add(bar.desired_width(120.0).desired_height(14.0));
    let more = jobs.shown().count() - 1;
    let name = if more > 0 {
        format!("{} (+{more})", job.name.get(lang))
    } else {
        job.name.get(lang).to_owned()
    };
    if ui
        .add(egui::Button::new(name).frame_when_inactive(false))
        .clicked()
    {
        out.push(Action::Run(Command::ShowJobs));
    }
    ui.add_space(S);
}

#[cfg(test)]
mod tests {
    use super::denominator;

    #[test]
    fn scales_are_read_as_people_write_them() {
        for (typed, want) in [
            ("1:500", Some(500.0)),
            ("2000", Some(2000.0)),
            ("1:2.000", Some(2000.0)),
            ("1 : 25 000", Some(25_000.0)),
            ("1:2,000", Some(2000.0)),
            ("abc", None),
            ("1:", None),
            ("1:0", None),
            ("1:99999999999", None),
        ] {
            assert_eq!(denominator(typed), want, "{typed}");
        }
    }
}
