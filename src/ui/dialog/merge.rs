//! Two parties that may be one, side by side: which stays, what it takes over and from whom, what hangs on the other.

use egui::{Grid, RichText, Ui};
use egui_material_icons::icons as i;

use super::{CANCEL, Cx, Flow, frame, hint};
use crate::domain::{Failure, Uid};
use crate::edit::{Edit, MergeParties};
use crate::project::{Project, Record};
use crate::register::{Kind, Value, duplicates};
use crate::text::{Lang, Text, format};
use crate::ui::action::Action;
use crate::ui::record_text;
use crate::ui::theme::{self, M, tokens};
use crate::ui::widgets;

/// Holds personal values: no `Debug`.
pub struct MergeDialog {
    parties: Vec<Record>,
    /// How many parcels each holds a right in.
    parcels: Vec<usize>,
    /// The one that stays.
    keep: usize,
}

const TITLE: Text = Text::new("Gộp người sử dụng", "Merge parties");
const WHAT: Text = Text::new(
    "Quyền, giấy tờ và thửa của người kia chuyển sang người được giữ; bản ghi kia vẫn còn, ghi rõ đã gộp vào đâu. Hoàn tác được.",
    "Rights, papers and parcels of the other go to the one kept; the other record stays and says into whom it went. It can be undone.",
);
const KEEP: Text = Text::new("Giữ bản ghi này", "Keep this one");
const RESULT: Text = Text::new("Sau khi gộp", "Merged");
const PARCELS: Text = Text::new("Số thửa", "Parcels");
const MERGE: Text = Text::new("Gộp", "Merge");
const TAKEN: Text = Text::new("lấy từ bản ghi kia", "from the other");

impl MergeDialog {
    /// Of two parties; fails when one is not there.
    pub fn new(project: &Project, parties: &[Uid]) -> Result<Self, Failure> {
        let records = parties.iter().map(|p| project.register_record(Kind::Party, *p));
        let parcels = parties
            .iter()
            .map(|p| project.parcels_of(*p).map(|all| all.len()));
        Ok(Self {
            parties: records.collect::<Result<_, _>>()?,
            parcels: parcels.collect::<Result<_, _>>()?,
            keep: 0,
        })
    }

    pub fn ui(&mut self, cx: &mut Cx<'_>) -> Flow {
        let (lang, ctx) = (cx.lang, cx.ctx);
        frame(
            (ctx, lang),
            TITLE.get(lang),
            [820.0, 560.0],
            &mut (self, cx),
            |ui, (dialog, _)| {
                hint(ui, WHAT.get(lang));
                ui.add_space(M);
                dialog.table(ui, lang);
            },
            |ui, (dialog, cx)| {
                let merge = widgets::primary(ui, true, Some(i::ICON_GROUP), MERGE.get(lang));
                if merge {
                    cx.out.push(Action::Apply(vec![dialog.edit()]));
                }
                match merge || ui.button(CANCEL.get(lang)).clicked() {
                    true => Flow::Close,
                    false => Flow::Stay,
                }
            },
        )
    }

    fn edit(&self) -> Edit {
        let others = self.parties.iter().enumerate().filter(|(i, _)| *i != self.keep);
        Edit::MergeParties(MergeParties {
            keep: self.parties[self.keep].uid,
            others: others.map(|(_, p)| p.uid).collect(),
        })
    }

    fn table(&mut self, ui: &mut Ui, lang: Lang) {
        let strong = |text: &str| RichText::new(text).text_style(theme::bold());
        let width = 200.0;
        Grid::new("merge")
            .num_columns(self.parties.len() + 2)
            .striped(true)
            .spacing([M * 2.0, M])
            .max_col_width(width)
            .show(ui, |ui| {
                ui.label("");
                for n in 0..self.parties.len() {
                    let name = format!("{} {}", KEEP.get(lang), n + 1);
                    ui.radio_value(&mut self.keep, n, name);
                }
                ui.label(strong(RESULT.get(lang)));
                ui.end_row();
                for (at, field) in Kind::Party.fields().iter().enumerate() {
                    if self.parties.iter().any(|p| p.values[at] != Value::Empty) {
                        ui.weak(field.title.get(lang));
                        self.row(ui, at, field.name, lang);
                        ui.end_row();
                    }
                }
                ui.weak(PARCELS.get(lang));
                for n in &self.parcels {
                    ui.label(format::count(*n as u64, lang));
                }
                ui.end_row();
            });
    }

    fn row(&self, ui: &mut Ui, at: usize, name: &str, lang: Lang) {
        for party in &self.parties {
            ui.add(egui::Label::new(record_text::said(party, name, lang)).wrap());
        }
        let (mut from, mut value) = (&self.parties[self.keep], &self.parties[self.keep].values[at]);
        for other in &self.parties {
            if duplicates::gives_way(name, value, &other.values[at]) {
                (from, value) = (other, &other.values[at]);
            }
        }
        ui.vertical(|ui| {
            let said = record_text::said(from, name, lang);
            ui.add(egui::Label::new(RichText::new(said).text_style(theme::bold())).wrap());
            if from.uid != self.parties[self.keep].uid {
                ui.label(RichText::new(TAKEN.get(lang)).small().color(tokens(ui).text_weak));
            }
        });
    }
}
