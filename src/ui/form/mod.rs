//! Forms of the register, beside the map: one row per field as the tables of `register` say, for the keyboard alone.
//!
//! Enter goes to the next field, Ctrl+Enter saves, Esc goes back; a record that is missing is entered in a form on top,
//! which then gives it to the field that waits. Errors stand at their field. Saving is an ordinary edit.

mod choices;
mod draft;
mod entry;
mod field;
mod model;
mod neighbours;
mod people;
mod typing;
mod view;

use std::collections::BTreeMap;

use egui::{Id, Key, Modifiers, Ui};

pub use draft::{Kept, Offer};
pub use model::About;
pub use typing::one_key_a_frame;

use choices::{Choice, Near};
use entry::{Entry, Typed};
use field::{Did, List};
use model::{Form, Slot};
use view::Asked;

use super::action::Action;
use super::look::Look;
use super::record_text;
use crate::domain::{Failure, Uid};
use crate::project::{OfParcel, Project};
use crate::register::{FieldKind, Kind, Target, habits};
use crate::text::{Lang, Text};

/// What is asked of the forms from elsewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ask {
    /// A new record about a parcel (fid), or about none.
    New { kind: Kind, parcel: Option<i64> },
    /// A new holder of a parcel: the right, and on top of it the person.
    NewHolder { parcel: i64 },
    /// A record of the register.
    Open {
        kind: Kind,
        uid: Uid,
        parcel: Option<i64>,
    },
}

/// The forms that are open, one on the other. Holds personal values: no `Debug`.
#[derive(Default)]
pub struct Forms {
    stack: Vec<Form>,
    view: View,
    /// The edits of the top form are on their way.
    sent: bool,
    /// What the last record saved of a kind said in the fields that repeat.
    last: BTreeMap<Kind, Vec<(&'static str, Typed)>>,
    draft: draft::Keeper,
}

/// How the top form stands on the screen.
#[derive(Default)]
struct View {
    /// Where each field was drawn last.
    ids: BTreeMap<Slot, Id>,
    save: Option<Id>,
    focused: Option<Slot>,
    /// Gets the cursor in the next frame.
    want: Option<Slot>,
    list: Option<List>,
    /// The person was asked whether what was typed is to be dropped.
    leaving: bool,
    register: Option<(u64, Option<OfParcel>)>,
    people: people::Like,
    beside: Option<Vec<neighbours::Beside>>,
}

const UNSAVED: Text = Text::new(
    "Hãy lưu hoặc bỏ biểu mẫu đang mở trước.",
    "Save or drop the form that is open first.",
);
const ONLY_LOOK: Text = Text::new("Chỉ xem, không lưu được lúc này.", "Only to look at now.");

/// Keys that are the form's and not the field's.
#[derive(Clone, Copy, Default)]
struct Keys {
    enter: bool,
    save: bool,
    escape: bool,
    tab: bool,
    /// Shift+Tab.
    back: bool,
    down: bool,
    up: bool,
}

impl Forms {
    pub fn is_open(&self) -> bool {
        !self.stack.is_empty()
    }

    /// Opens what is asked for, unless something unsaved stands open.
    pub fn ask(&mut self, ask: &Ask, project: &Project, lang: Lang) {
        if let Some(top) = self.stack.last_mut()
            && top.is_dirty()
        {
            top.refusal = Some(UNSAVED.into());
            return;
        }
        self.close_all(project);
        let about = |parcel: &Option<i64>| {
            let fid = (*parcel)?;
            let uid = project.coverage().get(fid).map(|p| p.uid)?;
            Some(About { fid, uid })
        };
        match ask {
            Ask::New { kind, parcel } => self.push_new(*kind, about(parcel), project, lang),
            Ask::NewHolder { parcel } => {
                let about = about(&Some(*parcel));
                self.push_new(Kind::Right, about.clone(), project, lang);
                let waits = Kind::Right.fields().iter().position(|f| f.name == "party");
                self.push_new(Kind::Party, about, project, lang);
                if let Some(top) = self.stack.last_mut() {
                    top.answers = waits.map(Slot::Main);
                }
            }
            Ask::Open { kind, uid, parcel } => {
                if let Ok(record) = project.register_record(*kind, *uid) {
                    self.push(Form::of(&record, about(parcel), project, lang));
                }
            }
        }
    }

    fn push_new(&mut self, kind: Kind, about: Option<About>, project: &Project, lang: Lang) {
        let mut form = Form::new(kind, about, project, lang);
        for (name, typed) in self.last.get(&kind).into_iter().flatten() {
            if let Some(entry) = form.entry_named(name).filter(|e| e.field.name != "parcel") {
                entry.typed = typed.clone();
            }
        }
        self.push(form);
    }

    fn push(&mut self, mut form: Form) {
        form.begin();
        self.view = View {
            want: form.first(),
            ..View::default()
        };
        self.stack.push(form);
    }

    /// The top form goes; the one below stands where its cursor waits.
    fn pop(&mut self) -> Option<Form> {
        let form = self.stack.pop()?;
        self.view = View {
            want: form.answers.or_else(|| self.stack.last().and_then(Form::first)),
            ..View::default()
        };
        Some(form)
    }

    fn close_all(&mut self, project: &Project) {
        self.stack.clear();
        self.view = View::default();
        self.draft.forget(project);
    }

    /// What was sent is on the disk.
    pub fn applied(&mut self, project: &Project, lang: Lang) {
        if !std::mem::take(&mut self.sent) {
            return;
        }
        let Some(form) = self.pop() else { return };
        self.remember(&form);
        if let (Some(slot), Some(below)) = (form.answers, self.stack.last_mut())
            && let Some(entry) = below.entry_mut(slot)
        {
            let key = form.uid.to_string();
            let name = record_text::referred(project, Target::Record(form.kind), &key, lang);
            entry.pick(&key, &name);
            self.view.want = after(&below.slots(), slot).or(Some(slot));
        }
        if self.stack.is_empty() {
            self.draft.forget(project);
        }
    }

    fn remember(&mut self, form: &Form) {
        let of = |kind: Kind, entries: &[Entry]| {
            let kept = entries.iter().filter(|e| habits::repeats(kind, e.field.name));
            kept.map(|e| (e.field.name, e.typed.clone())).collect::<Vec<_>>()
        };
        if form.new && form.ending.is_none() {
            self.last.insert(form.kind, of(form.kind, &form.main));
        }
    }

    /// What was sent was refused: said at the field. False when it was not from here.
    pub fn refused(&mut self, failure: &Failure) -> bool {
        if !std::mem::take(&mut self.sent) {
            return false;
        }
        let Some(form) = self.stack.last_mut() else {
            return false;
        };
        self.view.want = form.put_refusal(failure);
        true
    }

    /// Draws the top form.
    pub fn ui(&mut self, ui: &mut Ui, look: &Look<'_>, out: &mut Vec<Action>) {
        // What was sent in the last frame has been done or refused by now.
        self.sent = false;
        let keys = self.take_keys(ui);
        let (dids, asked) = self.draw(ui, look);
        for (slot, did) in dids {
            self.did(slot, did, look);
        }
        if let Some(asked) = asked {
            self.asked(asked, look, out);
        }
        self.act(keys, ui, look, out);
        if let Some(form) = self.stack.last() {
            self.view.people.look_for(form, look, ui);
        }
    }

    fn take_keys(&mut self, ui: &Ui) -> Keys {
        let long = |e: &Entry| matches!(e.field.kind, FieldKind::Text { max } | FieldKind::Personal { max } if max >= 2000);
        let focused = self.view.focused.filter(|s| {
            let id = self.view.ids.get(s);
            id.is_some() && ui.memory(|m| m.focused()) == id.copied()
        });
        self.view.focused = focused;
        let entry = focused.and_then(|s| self.stack.last()?.entry(s));
        let listed = entry.is_some_and(|e| choices::has_list(e.field));
        let in_long = entry.is_some_and(long);
        ui.input_mut(|i| {
            let save = i.consume_key(Modifiers::COMMAND, Key::Enter);
            Keys {
                save,
                enter: focused.is_some() && i.consume_key(Modifiers::NONE, Key::Enter),
                escape: i.consume_key(Modifiers::NONE, Key::Escape),
                back: focused.is_some() && i.consume_key(Modifiers::SHIFT, Key::Tab),
                tab: focused.is_some() && i.consume_key(Modifiers::NONE, Key::Tab),
                down: listed && !in_long && i.consume_key(Modifiers::NONE, Key::ArrowDown),
                up: listed && !in_long && i.consume_key(Modifiers::NONE, Key::ArrowUp),
            }
        })
    }

    /// What the keys ask for, after the fields have taken in what was typed.
    fn act(&mut self, keys: Keys, ui: &Ui, look: &Look<'_>, out: &mut Vec<Action>) {
        if keys.down || keys.up {
            self.move_in_list(keys.down, look);
        }
        if keys.escape {
            self.escape(look);
        }
        let focused = self.view.focused;
        if keys.save {
            if let Some(slot) = focused {
                self.commit(slot, true, false, look);
            }
            self.save(look, out);
        } else if let (true, Some(slot)) = (keys.enter, focused) {
            let depth = self.stack.len();
            self.commit(slot, true, true, look);
            if self.stack.len() == depth {
                self.go(slot, true, ui);
            }
        } else if let (true, Some(slot)) = (keys.tab || keys.back, focused) {
            self.commit(slot, true, false, look);
            self.go(slot, keys.tab, ui);
        }
        let Keys {
            enter,
            save,
            escape,
            tab,
            back,
            down,
            up,
        } = keys;
        if [enter, save, escape, tab, back, down, up].contains(&true) {
            ui.ctx().request_repaint();
        }
    }

    /// The cursor goes to the next field or the one before, from the end to the button that saves.
    fn go(&mut self, slot: Slot, on: bool, ui: &Ui) {
        let Some(form) = self.stack.last() else { return };
        let slots = form.slots();
        let to = match on {
            true => after(&slots, slot),
            false => slots.iter().rfind(|s| **s < slot).copied(),
        };
        match to {
            Some(next) => match self.view.ids.get(&next) {
                // At once: what is typed in the next frame belongs there.
                Some(id) => ui.memory_mut(|m| m.request_focus(*id)),
                None => self.view.want = Some(next),
            },
            None => {
                if let Some(id) = self.view.save {
                    ui.memory_mut(|m| m.request_focus(id));
                }
            }
        }
    }

    fn escape(&mut self, look: &Look<'_>) {
        if self.view.list.take().is_some() {
            return;
        }
        let Some(form) = self.stack.last_mut() else { return };
        if form.ending.take().is_some() {
            self.view.want = form.first();
            return;
        }
        if form.is_dirty() && !self.view.leaving {
            self.view.leaving = true;
            return;
        }
        self.leave(look);
    }

    /// The top form goes, unsaved.
    fn leave(&mut self, look: &Look<'_>) {
        self.pop();
        if self.stack.is_empty() {
            self.draft.forget(look.project);
        }
    }

    fn asked(&mut self, asked: Asked, look: &Look<'_>, out: &mut Vec<Action>) {
        match asked {
            Asked::Save => self.save(look, out),
            Asked::Leave => self.leave(look),
            Asked::Stay => {
                self.view.leaving = false;
                self.view.want = self.stack.last().and_then(Form::first);
            }
            Asked::End => {
                if let Some(form) = self.stack.last_mut() {
                    form.begin_end(look.today, look.lang);
                    self.view.want = Some(Slot::End(2));
                }
            }
            Asked::Use(uid) => self.use_party(uid, look),
            Asked::Merge(uid) => {
                let own = self.stack.last().map(|f| f.uid);
                out.extend(own.map(|own| Action::Merge(vec![own, uid])));
            }
            Asked::Copy => {
                self.view.beside = self.stack.last().map(|f| neighbours::of(f, look));
            }
            Asked::CopyFrom(n) => {
                if let (Some(beside), Some(form)) = (self.view.beside.take(), self.stack.last_mut()) {
                    if let Some(from) = beside.get(n) {
                        neighbours::copy(form, from, look);
                    }
                    self.view.want = form.first();
                }
            }
            Asked::Remove { table, row } => {
                let rows = self.stack.last_mut().and_then(|f| f.tables.get_mut(table));
                if let Some(r) = rows.and_then(|t| t.rows.get_mut(row)) {
                    match r.new {
                        true => r.clear(),
                        false => r.gone ^= true,
                    }
                }
            }
        }
    }

    fn did(&mut self, slot: Slot, did: Did, look: &Look<'_>) {
        self.view.leaving &= !matches!(did, Did::Changed);
        match did {
            Did::Changed => {
                if let Slot::Row { table, .. } = slot
                    && let Some(table) = self.stack.last_mut().and_then(|f| f.tables.get_mut(table))
                {
                    table.grow();
                }
                self.open_list(slot, look);
            }
            Did::OpenList => self.open_list(slot, look),
            Did::Left => {
                self.commit(slot, false, false, look);
                if self.view.list.as_ref().is_some_and(|l| l.slot == slot) {
                    self.view.list = None;
                }
            }
            Did::Picked(choice) => {
                self.view.list = None;
                let depth = self.stack.len();
                self.choose(slot, &choice, look);
                if self.stack.len() == depth {
                    self.view.want = Some(slot);
                }
            }
            Did::Reveal => self.reveal(slot),
        }
    }

    fn reveal(&mut self, slot: Slot) {
        let Some(form) = self.stack.last_mut() else { return };
        let about = match slot {
            Slot::Row { table, row, .. } => form
                .tables
                .get(table)
                .and_then(|t| Some((t.kind, t.rows.get(row)?.uid))),
            _ => Some((form.kind, form.uid)),
        };
        if let (Some(about), Some(entry)) = (about, form.entry_mut(slot)) {
            entry.typed.text = record_text::reveal(about, entry.field.name, &entry.typed.text);
            entry.masked = false;
            self.view.want = Some(slot);
        }
    }

    /// What the person means in a field when leaving it: the line of its list, the value written out.
    /// `take`: the line that stands out is meant; `new`: also when it is a record still to be entered.
    fn commit(&mut self, slot: Slot, take: bool, new: bool, look: &Look<'_>) {
        if slot == Slot::Scan || self.holds_a_card(slot) {
            return self.scan(slot, look.lang);
        }
        let list = self.view.list.take_if(|l| l.slot == slot);
        let Some(entry) = self.stack.last_mut().and_then(|f| f.entry_mut(slot)) else {
            return;
        };
        if let Some(list) = list.filter(|_| take && entry.key().is_none()) {
            let typed = !entry.is_blank() && !choices::is_suggested(entry.field);
            let choice = list.items.get(list.at).filter(|_| list.moved || typed);
            if let Some(choice) = choice.filter(|c| new || c.new.is_none()).cloned() {
                return self.choose(slot, &choice, look);
            }
        }
        entry.settle(look.lang);
        if let Some(form) = self.stack.last_mut() {
            form.check_at(slot);
        }
    }

    fn choose(&mut self, slot: Slot, choice: &Choice, look: &Look<'_>) {
        let Some(form) = self.stack.last_mut() else { return };
        let about = form.about.clone();
        let Some(entry) = form.entry_mut(slot) else { return };
        let Some(kind) = choice.new else {
            match choices::is_suggested(entry.field) {
                true => entry.typed.text = choice.key.clone(),
                false => entry.pick(&choice.key, &choice.shown),
            }
            if let (Slot::Row { table, .. }, Some(form)) = (slot, self.stack.last_mut()) {
                form.tables[table].grow();
            }
            return;
        };
        self.push_new(kind, about, look.project, look.lang);
        let Some(form) = self.stack.last_mut() else { return };
        form.answers = Some(slot);
        let named = match kind {
            Kind::Party => "name",
            Kind::Certificate => "serial",
            _ => "code",
        };
        if let Some(entry) = form.entry_named(named) {
            entry.typed.text = choice.key.clone();
        }
        self.view.want = form.first();
    }

    fn open_list(&mut self, slot: Slot, look: &Look<'_>) {
        let Some(form) = self.stack.last() else { return };
        let Some(entry) = form.entry(slot).filter(|e| choices::has_list(e.field)) else {
            return;
        };
        // Where something is chosen already all are shown.
        let typed = if entry.key().is_some() {
            ""
        } else {
            entry.typed.text.as_str()
        };
        let register = self
            .view
            .register
            .take()
            .filter(|(revision, _)| *revision == look.revision);
        let register = register.unwrap_or_else(|| {
            (
                look.revision,
                model::register_of(form.about.as_ref(), look.project),
            )
        });
        let near = Near {
            register: register.1.as_ref(),
            ending: matches!(slot, Slot::End(_)),
        };
        let items = choices::of(entry.field, typed, &near, look);
        let at = items
            .iter()
            .position(|c| Some(c.key.as_str()) == entry.key())
            .unwrap_or(0);
        self.view.register = Some(register);
        self.view.list = Some(List {
            slot,
            items,
            at,
            moved: false,
        });
    }

    fn move_in_list(&mut self, down: bool, look: &Look<'_>) {
        let Some(slot) = self.view.focused else { return };
        let Some(list) = self.view.list.as_mut().filter(|l| l.slot == slot) else {
            self.open_list(slot, look);
            if let Some(list) = &mut self.view.list {
                list.moved = true;
            }
            return;
        };
        list.moved = true;
        let last = list.items.len().saturating_sub(1);
        list.at = match down {
            true => (list.at + 1).min(last),
            false => list.at.saturating_sub(1),
        };
        // What stood there was another line.
        let choice = list.items.get(list.at).cloned();
        if let (Some(choice), Some(entry)) = (choice, self.stack.last_mut().and_then(|f| f.entry_mut(slot)))
            && choice.new.is_none()
            && entry.key().is_some()
        {
            entry.pick(&choice.key, &choice.shown);
        }
    }

    fn save(&mut self, look: &Look<'_>, out: &mut Vec<Action>) {
        let Some(form) = self.stack.last_mut() else { return };
        if !look.editable() || form.ended.is_some() {
            form.refusal = Some(ONLY_LOOK.into());
            return;
        }
        match form.edits() {
            Err(slot) => {
                let slot = slot.or_else(|| form.first());
                self.view.want = slot;
            }
            Ok(edits) if edits.is_empty() => self.leave(look),
            Ok(edits) => {
                self.sent = true;
                out.push(Action::Apply(edits));
            }
        }
    }

    /// A party that is there already takes the place of the one being typed.
    fn use_party(&mut self, uid: Uid, look: &Look<'_>) {
        let Some(form) = self.stack.last() else { return };
        let (answers, about) = (form.answers, form.about.clone());
        let Ok(record) = look.project.register_record(Kind::Party, uid) else {
            return;
        };
        match answers {
            Some(slot) => {
                self.pop();
                let name = record_text::name(&record, look.lang);
                if let Some(below) = self.stack.last_mut()
                    && let Some(entry) = below.entry_mut(slot)
                {
                    entry.pick(&uid.to_string(), &name);
                    self.view.want = after(&below.slots(), slot);
                }
            }
            None => {
                self.stack.pop();
                self.push(Form::of(&record, about, look.project, look.lang));
            }
        }
    }

    /// What is unsaved is kept beside the file.
    pub fn keep(&mut self, project: &Project, ctx: &egui::Context) {
        self.draft.keep(&self.stack, self.view.focused, project, ctx);
    }

    /// Goes on with what was left by the run before.
    pub fn resume(&mut self, kept: Kept, project: &Project, lang: Lang) {
        self.stack = kept.restore(project, lang);
        self.draft.took_over(kept);
        self.view = View {
            want: self.stack.last().and_then(Form::first),
            ..View::default()
        };
    }
}

/// The field after one, in the order of the form.
fn after(slots: &[Slot], slot: Slot) -> Option<Slot> {
    slots.iter().find(|s| **s > slot).copied()
}

/// The first letter large: a title.
fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters
        .next()
        .map_or_else(String::new, |c| c.to_uppercase().chain(letters).collect())
}

fn title(form: &Form, lang: Lang) -> String {
    let what = form.kind.title().get(lang);
    match (form.new, lang) {
        (true, Lang::Vi) => format!("Thêm {what}"),
        (true, Lang::En) => format!("Add {what}"),
        (false, _) => capital(what),
    }
}
