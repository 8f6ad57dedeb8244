//! Who a person typed into a form may be already, and what a scanned card says.

use egui::{RichText, Ui};
use egui_material_icons::icons as i;

use super::Forms;
use super::entry::Entry;
use super::model::{Form, Slot};
use super::view::Asked;
use crate::domain::Failure;
use crate::project::Record;
use crate::register::cccd::{self, Card};
use crate::register::duplicates::{Person, Reason};
use crate::register::{Kind, Value};
use crate::text::{Lang, Text};
use crate::ui::look::Look;
use crate::ui::record_text;
use crate::ui::theme::{self, S, tokens};
use crate::ui::widgets::{self, Tone};

/// Parties that may be the one in the form.
#[derive(Default)]
pub struct Like {
    /// What was asked about.
    asked: Option<Person>,
    found: Vec<(Record, Reason)>,
}

/// More are not shown: who types on narrows it down.
const MOST: usize = 3;

const SAME: Text = Text::new("Có thể đã có trong sổ", "May be in the register already");
const USE: Text = Text::new("Dùng người này", "Use this one");
const MERGE: Text = Text::new("Gộp…", "Merge…");

fn because(reason: Reason) -> Text {
    match reason {
        Reason::Number => Text::new("cùng số giấy tờ", "same number"),
        Reason::NameAndBirth => Text::new("cùng tên và ngày sinh", "same name and day of birth"),
        Reason::NameAndYear => Text::new("cùng tên và năm sinh", "same name and year of birth"),
        Reason::NameAndAddress => Text::new("cùng tên và địa chỉ", "same name and address"),
    }
}

fn same(a: &Person, b: &Person) -> bool {
    (&a.kind, &a.name, &a.birth, &a.address, &a.numbers)
        == (&b.kind, &b.name, &b.birth, &b.address, &b.numbers)
}

impl Like {
    /// Looks for the person in the form when something about it has changed.
    pub fn look_for(&mut self, form: &Form, look: &Look<'_>, ui: &Ui) {
        if form.kind != Kind::Party || form.ended.is_some() {
            return self.found.clear();
        }
        let person = described(form);
        if self.asked.as_ref().is_some_and(|a| same(a, &person)) {
            return;
        }
        // Not between two keys of a word.
        if ui.input(|i| i.events.iter().any(|e| matches!(e, egui::Event::Text(_)))) {
            return ui.ctx().request_repaint();
        }
        let found = look.project.parties_like(&person, Some(form.uid));
        self.found = found.unwrap_or_default();
        self.asked = Some(person);
        if !self.found.is_empty() {
            ui.ctx().request_repaint();
        }
    }

    /// Says who it may be. `new`: the one in the form is not yet in the register.
    pub fn ui(&self, ui: &mut Ui, new: bool, lang: Lang) -> Option<Asked> {
        if self.found.is_empty() {
            return None;
        }
        let (line, ground) = Tone::Warning.colours(ui);
        let frame = egui::Frame::new()
            .fill(ground)
            .corner_radius(4)
            .inner_margin(egui::Margin::symmetric(8, 6));
        let shown = frame.show(ui, |ui| {
            ui.horizontal(|ui| {
                ui.label(widgets::icon(i::ICON_GROUP).color(line));
                ui.label(RichText::new(SAME.get(lang)).text_style(theme::bold()));
            });
            let mut asked = None;
            for (record, reason) in self.found.iter().take(MOST) {
                asked = one(ui, record, *reason, new, lang).or(asked);
            }
            asked
        });
        ui.add_space(S);
        shown.inner
    }
}

fn one(ui: &mut Ui, record: &Record, reason: Reason, new: bool, lang: Lang) -> Option<Asked> {
    let name = record_text::name(record, lang);
    let details = record_text::details(record, None, lang);
    let mut asked = None;
    ui.horizontal(|ui| {
        let button = if new { USE } else { MERGE };
        widgets::at_right(ui, |ui| {
            let spoken = format!("{}: {name}", button.get(lang));
            let r = ui.button(button.get(lang));
            if widgets::named(r, egui::accesskit::Role::Button, &spoken).clicked() {
                asked = Some(match new {
                    true => Asked::Use(record.uid),
                    false => Asked::Merge(record.uid),
                });
            }
            ui.with_layout(egui::Layout::top_down(egui::Align::Min), |ui| {
                let text = format!("{name} ({})", because(reason).get(lang));
                ui.add(egui::Label::new(text).truncate());
                let weak = RichText::new(details).small().color(tokens(ui).text_weak);
                ui.add(egui::Label::new(weak).truncate());
            });
        });
    });
    asked
}

/// The party in the form, as far as it says who it is.
fn described(form: &Form) -> Person {
    let mut numbers: Vec<(String, String)> = Vec::new();
    for (field, kind) in [("personal_code", "CCCD"), ("tax_code", "MST")] {
        numbers.extend(form.said(field).map(|n| (kind.to_owned(), n)));
    }
    let papers = form.tables.iter().filter(|t| t.kind == Kind::IdentityDocument);
    for row in papers.flat_map(|t| &t.rows).filter(|r| !r.gone) {
        let said = |name: &str| {
            let entry = row.entries.iter().find(|e| e.field.name == name)?;
            match entry.read().ok()? {
                Value::Text(t) => Some(t),
                _ => None,
            }
        };
        numbers.extend(said("kind").zip(said("number")));
    }
    Person {
        fid: 0,
        kind: form.said("kind").unwrap_or_default(),
        name: form.said("name").unwrap_or_default(),
        birth: form.said("birth"),
        address: form.said("address"),
        numbers,
    }
}

/// Fields of a code, parted by `|`.
const BARS: usize = 6;

impl Forms {
    /// Whether a card was read into a field that is for something else.
    pub(super) fn holds_a_card(&self, slot: Slot) -> bool {
        let Some(form) = self.stack.last().filter(|f| f.scan.is_some()) else {
            return false;
        };
        form.entry(slot)
            .is_some_and(|e| e.typed.text.matches('|').count() >= BARS)
    }

    /// What was scanned fills the form; what cannot be read says why and stays.
    pub(super) fn scan(&mut self, slot: Slot, lang: Lang) {
        let Some(form) = self.stack.last_mut() else { return };
        let Some(entry) = form.entry_mut(slot).filter(|e| !e.is_blank()) else {
            return;
        };
        match cccd::parse(&entry.typed.text) {
            Err(failure) => entry.refuse(&failure),
            Ok(card) => {
                entry.typed = Default::default();
                entry.error = None;
                fill(form, &card, lang);
            }
        }
    }
}

/// The card says it: what stood there gives way.
fn fill(form: &mut Form, card: &Card, lang: Lang) {
    let put = |entry: &mut Entry, json: &serde_json::Value| -> Result<(), Failure> {
        let value = entry.field.read(json)?;
        entry.put(&value, lang, &|_| String::new());
        Ok(())
    };
    for (name, json) in &card.party {
        if let Some(entry) = form.entry_named(name)
            && let Err(failure) = put(entry, json)
        {
            entry.refuse(&failure);
        }
    }
    let Some(table) = form.tables.iter_mut().find(|t| t.kind == Kind::IdentityDocument) else {
        return;
    };
    for paper in &card.documents {
        let number = paper.get("number").and_then(|n| n.as_str()).unwrap_or_default();
        let has = |r: &&mut super::model::Row| {
            r.entries
                .iter()
                .any(|e| e.field.name == "number" && e.typed.text == number)
        };
        let at = match table.rows.iter_mut().find(has) {
            Some(row) => Some(row),
            None => table.rows.iter_mut().rfind(|r| r.new && r.is_blank()),
        };
        let Some(row) = at else { continue };
        for (name, json) in paper {
            if let Some(entry) = row.entry_named(name).filter(|e| !e.masked)
                && let Err(failure) = put(entry, json)
            {
                entry.refuse(&failure);
            }
        }
        table.grow();
    }
}
