//! Step 2, tab: the encoding of each text column: what the doctor thinks, how sure, and the rows that
//! speak most against it as every candidate reads them.

use egui::{Button, ComboBox, Grid, RichText, ScrollArea, Ui};

use crate::formats::FieldKind;
use crate::import::{LayerInspection, LayerPlan};
use crate::text::doctor::{Diagnosis, Source};
use crate::text::encoding::Encoding;
use crate::text::{Lang, Text};
use crate::ui::dialog::hint;
use crate::ui::theme::{self, L, M, tokens};
use crate::ui::widgets;

const COLUMN: Text = Text::new("Cột", "Column");
const READ_AS: Text = Text::new("Đọc theo bảng mã", "Read as");
const SURE: Text = Text::new("Mức tin", "Confidence");
const FROM: Text = Text::new("Căn cứ", "Because of");
const WORST: Text = Text::new(
    "Những dòng đáng ngờ nhất của cột",
    "The most doubtful rows of column",
);
const NO_WORST: Text = Text::new("Không có dòng nào đáng ngờ.", "No doubtful rows.");
const RECORD: Text = Text::new("Bản ghi", "Record");
const PLAIN: Text = Text::new("chỉ có chữ không dấu", "plain letters only");
const CHOOSE: Text = Text::new("cần chọn", "to be chosen");

fn because(s: Source) -> Text {
    match s {
        Source::Cpg => Text::new("tệp .cpg", ".cpg file"),
        Source::Ldid => Text::new("mã trong DBF", "DBF language byte"),
        Source::Scored => Text::new("chấm điểm âm tiết", "syllable score"),
        Source::Forced => Text::new("bạn chọn", "your choice"),
    }
}

pub fn ui(ui: &mut Ui, layer: &LayerInspection, plan: &mut LayerPlan, at: &mut usize, lang: Lang) {
    let text = |k: FieldKind| matches!(k, FieldKind::Text | FieldKind::Other);
    let columns: Vec<usize> = (0..layer.fields().len())
        .filter(|n| text(layer.fields()[*n].kind))
        .collect();
    if !columns.contains(at) {
        *at = columns.first().copied().unwrap_or(0);
    }
    Grid::new("encodings")
        .num_columns(4)
        .min_row_height(28.0)
        .spacing([L, 2.0])
        .show(ui, |ui| {
            for name in [COLUMN, READ_AS, SURE, FROM] {
                ui.label(RichText::new(name.get(lang)).text_style(theme::bold()));
            }
            ui.end_row();
            for n in columns {
                row(ui, layer, plan, n, at, lang);
                ui.end_row();
            }
        });
    ui.add_space(M);
    if let Some(d) = layer.columns.get(*at) {
        worst(ui, &layer.fields()[*at].name, d, lang);
    }
}

fn row(ui: &mut Ui, layer: &LayerInspection, plan: &mut LayerPlan, n: usize, at: &mut usize, lang: Lang) {
    let (name, d) = (&layer.fields()[n].name, &layer.columns[n]);
    let Some(column) = plan.columns.get_mut(n) else {
        return;
    };
    let mapped = plan.mapping.values().any(|m| m == name);
    let text = if mapped {
        RichText::new(name).text_style(theme::bold())
    } else {
        RichText::new(name)
    };
    if ui.add(Button::selectable(*at == n, text)).clicked() {
        *at = n;
    }
    let combo = ComboBox::from_id_salt(("encoding", n))
        .width(250.0)
        .selected_text(column.encoding.label().get(lang));
    let r = combo.show_ui(ui, |ui| {
        for c in &d.candidates {
            let text = format!("{}   {}", c.encoding.label().get(lang), percent(c.score));
            if ui.selectable_label(column.encoding == c.encoding, text).clicked() {
                (column.encoding, column.score) = (c.encoding, c.score);
                (column.source, column.certain) = (Source::Forced, true);
            }
        }
    });
    let label = format!("{} {name}", READ_AS.get(lang));
    widgets::named(r.response, egui::accesskit::Role::ComboBox, &label);
    let t = tokens(ui);
    let sure = if d.words == 0 {
        PLAIN.get(lang).to_owned()
    } else {
        percent(column.score)
    };
    if column.certain {
        ui.label(RichText::new(sure).color(t.text));
    } else {
        ui.label(
            RichText::new(format!("{sure} · {}", CHOOSE.get(lang))).color(if mapped {
                t.warning
            } else {
                t.text_weak
            }),
        );
    }
    ui.label(RichText::new(because(column.source).get(lang)).color(t.text_weak));
}

fn percent(score: f64) -> String {
    format!("{:.0} %", score * 100.0)
}

fn worst(ui: &mut Ui, name: &str, d: &Diagnosis, lang: Lang) {
    widgets::section(ui, &format!("{} {name}", WORST.get(lang)));
    if d.worst.is_empty() {
        return hint(ui, NO_WORST.get(lang));
    }
    let shown: Vec<Encoding> = d.candidates.iter().take(4).map(|c| c.encoding).collect();
    ScrollArea::horizontal().id_salt("worst").show(ui, |ui| {
        Grid::new("worst")
            .num_columns(shown.len() + 1)
            .striped(true)
            .spacing([L, 2.0])
            .show(ui, |ui| {
                ui.label(RichText::new(RECORD.get(lang)).text_style(theme::bold()));
                for e in &shown {
                    ui.label(RichText::new(e.label().get(lang)).text_style(theme::bold()));
                }
                ui.end_row();
                for w in &d.worst {
                    ui.label(RichText::new(w.record.to_string()).color(tokens(ui).text_weak));
                    for reading in w.readings.iter().take(shown.len()) {
                        ui.label(reading);
                    }
                    ui.end_row();
                }
            });
    });
}
