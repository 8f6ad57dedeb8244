//! What is typed and not yet saved is kept beside the file, sealed as personal values are, and offered on the next start.

use std::collections::BTreeMap;
use std::time::Duration;

use egui::Context;
use serde::{Deserialize, Serialize};

use super::entry::{Entry, Typed};
use super::model::{About, Form, Slot};
use super::title;
use crate::domain::Uid;
use crate::project::Project;
use crate::register::Kind;
use crate::text::{Lang, format};

/// Open forms, the lowest first. Holds personal values: no `Debug`.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Kept {
    forms: Vec<KeptForm>,
}

#[derive(Clone, PartialEq, Serialize, Deserialize)]
struct KeptForm {
    kind: String,
    uid: String,
    new: bool,
    parcel: Option<String>,
    answers: Option<Slot>,
    /// Fields that were typed into.
    fields: BTreeMap<String, Typed>,
    rows: Vec<KeptRow>,
    covers: Option<bool>,
}

#[derive(Clone, PartialEq, Serialize, Deserialize)]
struct KeptRow {
    table: usize,
    uid: String,
    new: bool,
    gone: bool,
    fields: BTreeMap<String, Typed>,
}

/// Unsaved forms of the run before.
pub struct Offer {
    pub kept: Kept,
    pub at: jiff::Timestamp,
}

impl Offer {
    /// What the run before has left; what cannot be read is nothing.
    pub fn of(project: &Project) -> Option<Self> {
        let left = project.load_form()?;
        let kept: Kept = serde_json::from_value(left.state).ok()?;
        (!kept.forms.is_empty()).then_some(Self { kept, at: left.at })
    }

    pub fn text(&self, project: &Project, lang: Lang) -> String {
        let at = format::date_time(self.at);
        let forms = self.kept.restore(project, lang);
        let what: Vec<String> = forms.iter().map(|f| title(f, lang)).collect();
        let what = what.join(" › ");
        match lang {
            Lang::Vi => format!("Còn biểu mẫu chưa lưu từ {at}: {what}"),
            Lang::En => format!("An unsaved form of {at}: {what}"),
        }
    }
}

/// Keeps the forms as they are typed into.
#[derive(Default)]
pub struct Keeper {
    kept: Option<Kept>,
    focused: Option<Slot>,
    /// Time of the window's clock of the last writing.
    at: f64,
}

/// Seconds between two writings while one field is typed into.
const PAUSE: f64 = 1.0;

impl Keeper {
    /// Writes what has changed: when another field is gone to, and once a second while typing.
    pub fn keep(&mut self, stack: &[Form], focused: Option<Slot>, project: &Project, ctx: &Context) {
        if !stack.iter().any(Form::is_dirty) {
            if self.kept.is_some() {
                self.forget(project);
            }
            return;
        }
        let kept = Kept::of(stack);
        if self.kept.as_ref() == Some(&kept) {
            return;
        }
        let now = ctx.input(|i| i.time);
        if self.kept.is_some() && self.focused == focused && now - self.at < PAUSE {
            return ctx.request_repaint_after(Duration::from_secs_f64(PAUSE));
        }
        // Where it cannot be kept one types on; only a crash would show the difference.
        let _lost = serde_json::to_value(&kept).map(|v| project.save_form(&v, jiff::Timestamp::now()));
        (self.kept, self.focused, self.at) = (Some(kept), focused, now);
    }

    /// What lies beside the file stands in the form now.
    pub fn took_over(&mut self, kept: Kept) {
        self.kept = Some(kept);
    }

    /// It is saved, or dropped. What the run before has left stays until the person has chosen.
    pub fn forget(&mut self, project: &Project) {
        if self.kept.take().is_some() {
            project.clear_form();
        }
    }
}

fn typed(entries: &[Entry]) -> BTreeMap<String, Typed> {
    let typed = entries
        .iter()
        .filter(|e| e.open && !e.is_blank() || e.typed != e.start);
    typed
        .map(|e| (e.field.name.to_owned(), e.typed.clone()))
        .collect()
}

impl Kept {
    fn of(stack: &[Form]) -> Self {
        Self {
            forms: stack.iter().map(KeptForm::of).collect(),
        }
    }

    /// The forms as they were; those of a record that is no longer there are left out, with what stood on them.
    pub fn restore(&self, project: &Project, lang: Lang) -> Vec<Form> {
        let mut out = Vec::new();
        for kept in &self.forms {
            match kept.restore(project, lang) {
                Some(form) => out.push(form),
                None => break,
            }
        }
        out
    }
}

impl KeptForm {
    fn of(form: &Form) -> Self {
        let mut rows = Vec::new();
        for (table, t) in form.tables.iter().enumerate() {
            let touched = |e: &Entry| e.typed != e.start;
            for row in t.rows.iter().filter(|r| r.gone || r.entries.iter().any(touched)) {
                rows.push(KeptRow {
                    table,
                    uid: row.uid.to_string(),
                    new: row.new,
                    gone: row.gone,
                    fields: typed(&row.entries),
                });
            }
        }
        Self {
            kind: form.kind.name().to_owned(),
            uid: form.uid.to_string(),
            new: form.new,
            parcel: form.about.as_ref().map(|a| a.uid.to_string()),
            answers: form.answers,
            fields: typed(&form.main),
            rows,
            covers: form.covers.as_ref().map(|(_, on)| *on),
        }
    }

    fn restore(&self, project: &Project, lang: Lang) -> Option<Form> {
        let (kind, uid): (Kind, Uid) = (Kind::of(&self.kind)?, self.uid.parse().ok()?);
        let about = self.parcel.as_ref().and_then(|u| {
            let uid: Uid = u.parse().ok()?;
            let fid = project.coverage().by_uid(uid)?.fid;
            Some(About { fid, uid })
        });
        let mut form = match self.new {
            true => Form::new(kind, about, project, lang),
            false => Form::of(&project.register_record(kind, uid).ok()?, about, project, lang),
        };
        form.uid = uid;
        form.begin();
        form.answers = self.answers;
        overlay(&mut form.main, &self.fields);
        for kept in &self.rows {
            let Some(table) = form.tables.get_mut(kept.table) else {
                continue;
            };
            let uid: Uid = kept.uid.parse().ok()?;
            let at = table.rows.iter().position(|r| r.uid == uid);
            let at = at.or_else(|| {
                kept.new
                    .then(|| table.rows.iter().rposition(|r| r.new && r.is_blank()))?
            });
            let Some(row) = at.and_then(|i| table.rows.get_mut(i)) else {
                continue;
            };
            (row.uid, row.gone) = (uid, kept.gone);
            overlay(&mut row.entries, &kept.fields);
            table.grow();
        }
        if let (Some((_, on)), Some(kept)) = (&mut form.covers, self.covers) {
            *on = kept;
        }
        Some(form)
    }
}

fn overlay(entries: &mut [Entry], fields: &BTreeMap<String, Typed>) {
    for entry in entries.iter_mut().filter(|e| e.open) {
        if let Some(typed) = fields.get(entry.field.name) {
            entry.masked &= entry.typed == *typed;
            entry.typed = typed.clone();
        }
    }
}
