//! Left, below the search: what the map shows, how it is coloured, and the legend.

use std::collections::BTreeMap;

use egui::{ComboBox, RichText, ScrollArea, Ui};

use super::references::ReferencePanel;
use crate::codes;
use crate::readiness::Group;
use crate::render::boundaries;
use crate::render::style::{Rgb, first_land_use};
use crate::render::{ColourBy, LabelMode};
use crate::text::{Lang, Text, format};
use crate::ui::action::Action;
use crate::ui::look::Look;
use crate::ui::map_live::rgb;
use crate::ui::theme::{S, tokens};
use crate::ui::widgets;

const LAYERS: Text = Text::new("Lớp bản đồ", "Layers");
const LABELS: Text = Text::new("Nhãn thửa đất", "Parcel labels");
const FINDINGS: Text = Text::new("Vị trí lỗi", "Places of findings");
const SURVEY: Text = Text::new("Điểm đo", "Survey points");
const BOUNDARIES: Text = Text::new("Địa giới xã, khung tờ", "Communes and sheets");
const COLOUR: Text = Text::new("Tô màu thửa đất", "Colour parcels");
const LEGEND: Text = Text::new("Chú giải", "Legend");
const UNKNOWN: Text = Text::new("Mã lạ hoặc trống", "Unknown or empty code");
const BY_SHEET: Text = Text::new(
    "Mỗi tờ bản đồ một màu nhạt riêng.",
    "Each map sheet has a pale colour of its own.",
);
const PLAIN: Text = Text::new("Chỉ vẽ ranh giới thửa.", "Boundaries only.");

/// What is drawn besides the parcels.
pub struct Drawn<'a> {
    /// Places of findings.
    pub findings: &'a mut bool,
    /// Survey points.
    pub survey: &'a mut bool,
    /// Boundaries of communes and frames of sheets, where there are any.
    pub boundaries: &'a mut bool,
}

/// The legend of land uses, counted once per state of the coverage.
#[derive(Default)]
pub struct LayersPanel {
    counted: Option<u64>,
    /// First code of the label → parcels; "" for unknown.
    uses: Vec<(String, u64)>,
    references: ReferencePanel,
}

impl LayersPanel {
    pub fn ui(&mut self, ui: &mut Ui, look: &Look<'_>, drawn: &mut Drawn<'_>, out: &mut Vec<Action>) {
        let lang = look.lang;
        widgets::section(ui, LAYERS.get(lang));
        let mut labels = look.style.labels != LabelMode::Off;
        if ui.checkbox(&mut labels, LABELS.get(lang)).changed() {
            out.push(Action::Labels(labels));
        }
        ui.checkbox(drawn.findings, FINDINGS.get(lang));
        ui.checkbox(drawn.survey, SURVEY.get(lang));
        let lines = boundaries::kinds(look.coverage.territory());
        if !lines.is_empty() {
            ui.checkbox(drawn.boundaries, BOUNDARIES.get(lang));
        }
        self.references.ui(ui, look, out);
        widgets::section(ui, COLOUR.get(lang));
        let now = look.style.colour_by;
        let combo = ComboBox::from_id_salt("colour")
            .width(ui.available_width())
            .selected_text(now.label().get(lang));
        let r = combo.show_ui(ui, |ui| {
            for by in ColourBy::ALL {
                if ui.selectable_label(by == now, by.label().get(lang)).clicked() {
                    out.push(Action::ColourBy(by));
                }
            }
        });
        widgets::named(r.response, egui::accesskit::Role::ComboBox, COLOUR.get(lang));
        widgets::section(ui, LEGEND.get(lang));
        ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
            self.legend(ui, look);
            for line in lines.into_iter().filter(|_| *drawn.boundaries) {
                ui.horizontal(|ui| {
                    widgets::dashed(ui, line, look.style);
                    ui.label(RichText::new(line.name().get(lang)).size(13.0));
                });
            }
        });
    }

    fn legend(&mut self, ui: &mut Ui, look: &Look<'_>) {
        let lang = look.lang;
        ui.spacing_mut().item_spacing.y = S;
        match look.style.colour_by {
            ColourBy::LandUse => self.land_uses(ui, look),
            ColourBy::Status => {
                for (name, colour) in look.style.state_legend() {
                    entry(ui, colour, name.get(lang), None, lang);
                }
            }
            ColourBy::Readiness => {
                for group in Group::ALL {
                    let (name, meaning) = (group.name().get(lang), group.meaning().get(lang));
                    let paint = look.style.group(group);
                    ui.horizontal(|ui| {
                        widgets::patterned(ui, paint);
                        ui.add(egui::Label::new(RichText::new(name).size(13.0)))
                            .on_hover_text(meaning);
                    });
                    ui.label(RichText::new(meaning).small().color(tokens(ui).text_weak));
                }
            }
            ColourBy::Sheet => drop(ui.weak(BY_SHEET.get(lang))),
            ColourBy::Plain => drop(ui.weak(PLAIN.get(lang))),
        }
    }

    /// Other parcels came on the screen.
    pub fn forget(&mut self) {
        self.counted = None;
    }

    fn land_uses(&mut self, ui: &mut Ui, look: &Look<'_>) {
        if self.counted != Some(look.coverage.revision()) {
            self.count(look);
        }
        for (code, n) in &self.uses {
            let name = match codes::land_use(code) {
                Some((_, item)) => format!(
                    "{code} · {}",
                    if look.lang == Lang::Vi { &item.vi } else { &item.en }
                ),
                None => UNKNOWN.get(look.lang).to_owned(),
            };
            entry(ui, look.style.land_use(code).fill, &name, Some(*n), look.lang);
        }
    }

    fn count(&mut self, look: &Look<'_>) {
        let mut by_label: std::collections::HashMap<&str, u64> = std::collections::HashMap::new();
        for p in look.coverage.iter().filter(|p| p.is_parcel) {
            *by_label.entry(&p.land_use).or_default() += 1;
        }
        let mut by_code: BTreeMap<String, u64> = BTreeMap::new();
        for (label, n) in by_label {
            let code = first_land_use(label).map(|u| u.code.clone()).unwrap_or_default();
            *by_code.entry(code).or_default() += n;
        }
        self.uses = by_code.into_iter().collect();
        self.uses
            .sort_by_key(|(code, n)| (std::cmp::Reverse(*n), code.clone()));
        self.counted = Some(look.coverage.revision());
    }
}

fn entry(ui: &mut Ui, colour: Rgb, name: &str, count: Option<u64>, lang: Lang) {
    ui.horizontal(|ui| {
        widgets::swatch(ui, rgb(colour));
        let number = count.map(|n| format::count(n, lang)).unwrap_or_default();
        widgets::at_right(ui, |ui| {
            ui.label(RichText::new(number).small().color(tokens(ui).text_weak));
            ui.with_layout(egui::Layout::left_to_right(egui::Align::Center), |ui| {
                ui.add(egui::Label::new(RichText::new(name).size(13.0)).truncate())
                    .on_hover_text(name);
            });
        });
    });
}
