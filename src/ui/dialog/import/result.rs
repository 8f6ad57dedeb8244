//! Step 3: what the files became, file by file, and every finding, before anything is written.

use std::collections::BTreeMap;

use egui::{Grid, RichText, ScrollArea, Ui};

use crate::domain::{Finding, Severity};
use crate::import::{Drafted, FileReport};
use crate::text::{Lang, Text, format};
use crate::ui::dialog::hint;
use crate::ui::panel::findings::severity_text;
use crate::ui::theme::{self, L, M, tokens};
use crate::ui::widgets::{self, Tone};
use crate::validate;

const HEADS: [Text; 8] = [
    Text::new("Tệp", "File"),
    Text::new("Bản ghi", "Records"),
    Text::new("Nhập mới", "Imported"),
    Text::new("Cập nhật", "Updated"),
    Text::new("Bỏ qua", "Skipped"),
    Text::new("Để riêng", "Set aside"),
    Text::new("Lệch lớn nhất", "Largest shift"),
    Text::new("Đỉnh trùng đã bỏ", "Duplicate points"),
];
const CLEAN: Text = Text::new("Không có gì cần lưu ý.", "Nothing to note.");
const FINDINGS: Text = Text::new("Điều cần lưu ý", "Findings");
const ALL: Text = Text::new("Tất cả", "All");
const NOTHING: Text = Text::new(
    "Không có gì để ghi: mọi bản ghi đã có trong tệp huyện hoặc bị để riêng.",
    "There is nothing to write: every record is in the district already or set aside.",
);

/// Rows of findings shown at once; the rest is counted.
const MOST: usize = 300;

/// Whether a commit would write anything.
pub fn has_work(drafted: &Drafted) -> bool {
    !drafted.draft.parcels.is_empty() || !drafted.draft.quarantined.is_empty()
}

/// Which findings are looked at.
#[derive(Default)]
pub struct ResultView {
    code: Option<&'static str>,
}

impl ResultView {
    pub fn ui(&mut self, ui: &mut Ui, drafted: &Drafted, lang: Lang) {
        if !has_work(drafted) {
            widgets::note(ui, Tone::Warning, NOTHING.get(lang));
            ui.add_space(M);
        }
        ScrollArea::both()
            .id_salt("files")
            .max_height(200.0)
            .auto_shrink([false, true])
            .show(ui, |ui| {
                files(ui, &drafted.files, lang);
            });
        ui.add_space(M);
        widgets::section(ui, FINDINGS.get(lang));
        let findings = &drafted.draft.findings;
        if findings.is_empty() {
            return hint(ui, CLEAN.get(lang));
        }
        self.codes(ui, findings, lang);
        let chosen: Vec<&Finding> = findings
            .iter()
            .filter(|f| self.code.is_none_or(|c| f.code == c))
            .collect();
        for f in chosen.iter().take(MOST) {
            finding(ui, f, lang);
        }
        if chosen.len() > MOST {
            let more = format::count((chosen.len() - MOST) as u64, lang);
            hint(
                ui,
                &if lang == Lang::Vi {
                    format!("… và {more} mục nữa")
                } else {
                    format!("… and {more} more")
                },
            );
        }
    }

    fn codes(&mut self, ui: &mut Ui, findings: &[Finding], lang: Lang) {
        let mut by_code: BTreeMap<&'static str, u64> = BTreeMap::new();
        for f in findings {
            *by_code.entry(f.code).or_default() += 1;
        }
        let mut all = vec![(
            None,
            format!(
                "{} ({})",
                ALL.get(lang),
                format::count(findings.len() as u64, lang)
            ),
        )];
        all.extend(
            by_code
                .into_iter()
                .map(|(code, n)| (Some(code), format!("{code} ({})", format::count(n, lang)))),
        );
        if let Some(code) = widgets::tabs(ui, &all, self.code) {
            self.code = code;
        }
        ui.add_space(theme::S);
    }
}

fn files(ui: &mut Ui, files: &[FileReport], lang: Lang) {
    Grid::new("result")
        .num_columns(HEADS.len() + 1)
        .striped(true)
        .spacing([L + 4.0, 4.0])
        .show(ui, |ui| {
            for head in HEADS {
                ui.label(RichText::new(head.get(lang)).text_style(theme::bold()));
            }
            ui.end_row();
            for f in files {
                let layer = f.layer.as_ref().filter(|l| !f.file.starts_with(l.as_str()));
                ui.label(layer.map_or_else(|| f.file.clone(), |l| format!("{}#{l}", f.file)));
                for n in [f.records, f.imported, f.updated, f.skipped, f.quarantined] {
                    number(ui, format::count(n, lang));
                }
                number(ui, format!("{} mm", format::number(f.max_shift_mm, 2, lang)));
                number(ui, format::count(f.removed_duplicate_points, lang));
                // The last column takes what is left: it is an empty one.
                ui.label("");
                ui.end_row();
            }
        });
}

fn number(ui: &mut Ui, text: String) {
    ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
        ui.label(text)
    });
}

fn finding(ui: &mut Ui, f: &Finding, lang: Lang) {
    let t = tokens(ui);
    let colour = match f.severity {
        Severity::Error => t.error,
        Severity::Warning => t.warning,
        Severity::Info => t.text_weak,
    };
    ui.horizontal_top(|ui| {
        widgets::fixed(
            ui,
            76.0,
            RichText::new(severity_text(f.severity).get(lang)).color(colour),
        );
        let place = f.source.as_ref().map(|s| match s.record {
            Some(n) => format!("{} #{n}", s.file),
            None => s.file.clone(),
        });
        widgets::fixed(
            ui,
            190.0,
            RichText::new(place.unwrap_or_default()).color(t.text_weak),
        );
        ui.vertical(|ui| {
            // Its first line stands where the cells before it have theirs.
            let line = ui.text_style_height(&egui::TextStyle::Body);
            ui.add_space(((ui.spacing().interact_size.y - line) / 2.0).max(0.0));
            ui.add(egui::Label::new(validate::message_in_its_place(f).get(lang)).wrap());
        });
    });
}
