//! A form: one record, the small tables that belong to it, and the edits that what is typed comes to.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::entry::Entry;
use crate::domain::{Failure, Uid};
use crate::edit::{self, AddRecord, ChangeRecord, Edit, EndRecord, RecordFields};
use crate::project::{OfParcel, Project, Record};
use crate::register::rules::{self, Draft};
use crate::register::{Field, FieldKind, Kind, Target, Value, habits};
use crate::text::{Lang, Msg, Text};
use crate::ui::record_text;

/// Where a field stands: the record itself, a row of a small table, or the act of ending.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Slot {
    /// Where the code of a card is scanned.
    Scan,
    Main(usize),
    Row {
        table: usize,
        row: usize,
        column: usize,
    },
    End(usize),
}

/// Records that belong to this one, entered with it.
pub struct Table {
    pub kind: Kind,
    pub columns: &'static [&'static str],
    /// The last one is blank: there a new one begins.
    pub rows: Vec<Row>,
}

pub struct Row {
    pub uid: Uid,
    pub new: bool,
    /// It ends when the form is saved.
    pub gone: bool,
    /// All its fields, in their order; those that are no column stay as they are.
    pub entries: Vec<Entry>,
}

/// The parcel a form was opened from.
#[derive(Clone)]
pub struct About {
    pub fid: i64,
    pub uid: Uid,
}

pub struct Form {
    pub kind: Kind,
    pub uid: Uid,
    pub new: bool,
    /// It has ended: only to look at.
    pub ended: Option<String>,
    pub about: Option<About>,
    /// Of a person: the code of a card, scanned or pasted.
    pub scan: Option<Entry>,
    pub main: Vec<Entry>,
    pub tables: Vec<Table>,
    /// Status, day and reason, while the record is being ended.
    pub ending: Option<Vec<Entry>>,
    /// Rights of the parcel without a paper, that get this certificate; whether they do.
    pub covers: Option<(Vec<Uid>, bool)>,
    /// The field of the form below that waits for this record.
    pub answers: Option<Slot>,
    /// Refused for a reason that is no field's.
    pub refusal: Option<Msg>,
}

const IDENTITY: &[&str] = &["kind", "number", "issued_on"];
const MEMBERS: &[&str] = &["member", "role"];

const STATUS: Field = Field {
    name: "status",
    title: Text::new("Tình trạng", "Status"),
    kind: FieldKind::Code("status"),
    required: true,
    help: Text::new("", ""),
};
const CERTIFICATE_STATUS: Field = Field {
    kind: FieldKind::Code("certificate_status"),
    ..STATUS
};
const ON: Field = Field {
    name: "on",
    title: Text::new("Từ ngày", "From"),
    kind: FieldKind::Date,
    required: true,
    help: Text::new("", ""),
};
const REASON: Field = Field {
    name: "reason",
    title: Text::new("Lý do", "Reason"),
    kind: FieldKind::Text { max: 500 },
    required: true,
    help: Text::new(
        "Vào lịch sử: không ghi dữ liệu cá nhân.",
        "Stands in the history: no personal values.",
    ),
};
static SCAN: Field = Field {
    name: "scan",
    title: Text::new("Mã QR căn cước", "QR code of a card"),
    kind: FieldKind::Personal { max: 2000 },
    required: false,
    help: Text::new("Quét hoặc dán mã QR của thẻ", "Scan or paste the code of a card"),
};
static ENDING: [Field; 3] = [STATUS, ON, REASON];
static ENDING_OF_PAPER: [Field; 3] = [CERTIFICATE_STATUS, ON, REASON];

/// What a member no longer being one is entered as.
const LEFT: Text = Text::new("Không còn là thành viên", "No longer a member");
const PAPER_GONE: Text = Text::new("Giấy tờ không còn dùng", "The paper is no longer in use");

impl Form {
    /// For a new record; what it is about is filled in.
    pub fn new(kind: Kind, about: Option<About>, project: &Project, lang: Lang) -> Self {
        let main = kind.fields().iter().map(Entry::new).collect();
        let mut form = Self::bare(kind, Uid::fresh(), about, main);
        form.new = true;
        for entry in &mut form.main {
            if let Some(value) = rules::default(kind, entry.field) {
                entry.put(&value, lang, &|_| String::new());
            }
        }
        if let Some(about) = form.about.clone() {
            let name = record_text::parcel(project, about.uid, lang);
            if let Some(entry) = form.entry_named("parcel") {
                entry.pick(&about.uid.to_string(), &name);
            }
            form.of_its_parcel(project, about.uid);
        }
        form.add_tables(&[], &[], project, lang);
        form
    }

    fn bare(kind: Kind, uid: Uid, about: Option<About>, main: Vec<Entry>) -> Self {
        Self {
            kind,
            uid,
            new: false,
            ended: None,
            about,
            scan: None,
            main,
            tables: Vec::new(),
            ending: None,
            covers: None,
            answers: None,
            refusal: None,
        }
    }

    /// What follows from the parcel: the next number of a row, the rights a paper is for.
    fn of_its_parcel(&mut self, project: &Project, parcel: Uid) {
        let all = project.of_parcel(parcel).unwrap_or_default();
        match self.kind {
            Kind::LandUseRow => {
                let used = all.land_uses.iter().filter_map(|r| match r.get("position") {
                    Value::Whole(n) => Some(*n),
                    _ => None,
                });
                let next = used.max().unwrap_or(0) + 1;
                if let Some(entry) = self.entry_named("position") {
                    entry.put(&Value::Whole(next), Lang::Vi, &|_| String::new());
                }
            }
            Kind::Certificate => {
                let bare = |r: &&Record| !r.has_ended() && *r.get("certificate") == Value::Empty;
                let rights: Vec<Uid> = all.rights.iter().filter(bare).map(|r| r.uid).collect();
                self.covers = (!rights.is_empty()).then_some((rights, true));
            }
            _ => (),
        }
    }

    /// For a record of the register.
    pub fn of(record: &Record, about: Option<About>, project: &Project, lang: Lang) -> Self {
        let kind = record.kind;
        let entry = |(field, value): (&'static Field, &Value)| {
            let mut entry = entry_of(field, value, kind, project, lang);
            entry.open = !edit::is_fixed(kind, field);
            entry
        };
        let main = record.fields().map(entry).collect();
        let mut form = Self::bare(kind, record.uid, about, main);
        let closed = record.has_ended() && kind != Kind::Certificate;
        form.ended = closed.then(|| record_text::state(record, lang));
        if closed {
            form.main.iter_mut().for_each(|e| e.open = false);
        }
        if kind == Kind::Party {
            let by = record.uid.to_string();
            let list = |kind| {
                let found = project.register_records(kind, Some(("party", &by)), false, 200);
                found.unwrap_or_default()
            };
            let (papers, members) = (list(Kind::IdentityDocument), list(Kind::PartyMember));
            form.add_tables(&papers, &members, project, lang);
        }
        form
    }

    fn add_tables(&mut self, papers: &[Record], members: &[Record], project: &Project, lang: Lang) {
        if self.kind != Kind::Party {
            return;
        }
        let row = |record: &Record| Row {
            uid: record.uid,
            new: false,
            gone: false,
            entries: record
                .fields()
                .map(|(field, value)| {
                    let mut entry = entry_of(field, value, record.kind, project, lang);
                    entry.open = self.ended.is_none() && !edit::is_fixed(record.kind, field);
                    entry
                })
                .collect(),
        };
        let table = |kind, columns, records: &[Record]| Table {
            kind,
            columns,
            rows: records.iter().map(row).collect(),
        };
        self.scan = self.ended.is_none().then(|| Entry::new(&SCAN));
        let mut tables = vec![
            table(Kind::IdentityDocument, IDENTITY, papers),
            table(Kind::PartyMember, MEMBERS, members),
        ];
        if self.ended.is_none() {
            tables.iter_mut().for_each(Table::grow);
        }
        self.tables = tables;
    }

    pub fn party_kind(&self) -> &str {
        let kind = self.main.iter().find(|e| e.field.name == "kind");
        kind.and_then(Entry::key).unwrap_or_default()
    }

    /// Whether a field of the record itself is shown.
    pub fn shows(&self, entry: &Entry) -> bool {
        self.kind != Kind::Party
            || !entry.is_blank()
            || entry.error.is_some()
            || habits::concerns(entry.field.name, self.party_kind())
    }

    /// Whether a small table is shown: members of those that have any, papers of the others.
    pub fn shows_table(&self, table: &Table) -> bool {
        let members = habits::has_members(self.party_kind());
        let kept = table.rows.iter().any(|r| !r.new || !r.is_blank());
        kept || (table.kind == Kind::PartyMember) == members
    }

    /// Every field one can be in, in the order of the form.
    pub fn slots(&self) -> Vec<Slot> {
        if let Some(ending) = &self.ending {
            return (0..ending.len()).map(Slot::End).collect();
        }
        let open = |e: &Entry| e.open && !e.masked;
        let main = self.main.iter().enumerate();
        let main = main.filter(|(_, e)| open(e) && self.shows(e));
        let mut out: Vec<Slot> = self.scan.iter().map(|_| Slot::Scan).collect();
        out.extend(main.map(|(i, _)| Slot::Main(i)));
        for (table, t) in self.tables.iter().enumerate() {
            if !self.shows_table(t) {
                continue;
            }
            for (row, r) in t.rows.iter().enumerate().filter(|(_, r)| !r.gone) {
                for name in t.columns {
                    let column = r.entries.iter().position(|e| e.field.name == *name && open(e));
                    out.extend(column.map(|column| Slot::Row { table, row, column }));
                }
            }
        }
        out
    }

    pub fn entry(&self, slot: Slot) -> Option<&Entry> {
        match slot {
            Slot::Scan => self.scan.as_ref(),
            Slot::Main(i) => self.main.get(i),
            Slot::Row { table, row, column } => self.tables.get(table)?.rows.get(row)?.entries.get(column),
            Slot::End(i) => self.ending.as_ref()?.get(i),
        }
    }

    pub fn entry_mut(&mut self, slot: Slot) -> Option<&mut Entry> {
        match slot {
            Slot::Scan => self.scan.as_mut(),
            Slot::Main(i) => self.main.get_mut(i),
            Slot::Row { table, row, column } => self
                .tables
                .get_mut(table)?
                .rows
                .get_mut(row)?
                .entries
                .get_mut(column),
            Slot::End(i) => self.ending.as_mut()?.get_mut(i),
        }
    }

    pub fn entry_named(&mut self, name: &str) -> Option<&mut Entry> {
        self.main.iter_mut().find(|e| e.field.name == name)
    }

    /// What a field says, where it fits.
    pub fn said(&self, name: &str) -> Option<String> {
        let entry = self.main.iter().find(|e| e.field.name == name)?;
        match entry.read().ok()? {
            Value::Text(t) | Value::Named(t) => Some(t),
            _ => None,
        }
    }

    /// What stands in it now is where the person begins.
    pub fn begin(&mut self) {
        let rows = self.tables.iter_mut().flat_map(|t| &mut t.rows);
        let entries = rows.flat_map(|r| &mut r.entries).chain(&mut self.main);
        entries.for_each(|e| e.start = e.typed.clone());
    }

    /// Whether anything was typed since.
    pub fn is_dirty(&self) -> bool {
        let rows = self.tables.iter().flat_map(|t| &t.rows);
        let gone = rows.clone().any(|r| r.gone);
        let mut entries = rows.flat_map(|r| &r.entries).chain(&self.main);
        gone || entries.any(|e| e.typed != e.start)
    }

    /// The field one begins in: the first that needs something, else the first.
    pub fn first(&self) -> Option<Slot> {
        let slots = self.slots();
        let needs = |s: &&Slot| self.entry(**s).is_some_and(Entry::is_missing);
        let found = slots.iter().find(needs);
        found
            .or_else(|| slots.iter().find(|s| **s != Slot::Scan))
            .copied()
    }

    /// Begins to end the record.
    pub fn begin_end(&mut self, today: Date, lang: Lang) {
        let fields = match self.kind {
            Kind::Certificate => &ENDING_OF_PAPER,
            _ => &ENDING,
        };
        let mut entries: Vec<Entry> = fields.iter().map(Entry::new).collect();
        entries[0].put(&Value::Text(self.kind.usual_end().to_owned()), lang, &|_| {
            String::new()
        });
        entries[1].put(&Value::Text(today.to_string()), lang, &|_| String::new());
        self.ending = Some(entries);
    }

    /// The edits this comes to; else the field that has to be mended.
    pub fn edits(&mut self) -> Result<Vec<Edit>, Option<Slot>> {
        self.refusal = None;
        if self.ending.is_some() {
            return self.end().map(|e| vec![e]).map_err(Some);
        }
        self.check().map_err(Some)?;
        let mut out = Vec::new();
        match self.new {
            true => out.push(add(self.kind, self.uid, fields_of(&self.main, true))),
            false => {
                let fields = fields_of(&self.main, false);
                if !fields.0.is_empty() {
                    out.push(change(self.kind, self.uid, fields));
                }
            }
        }
        let party = self.uid.to_string();
        for table in &self.tables {
            let mut position = 0;
            for row in &table.rows {
                position = position.max(row.position());
            }
            for row in table.rows.iter().filter(|r| !r.is_blank()) {
                match (row.new, row.gone) {
                    (true, false) => {
                        let mut fields = fields_of(&row.entries, true);
                        fields.0.insert("party".into(), Json::from(party.clone()));
                        if table.kind == Kind::PartyMember {
                            position += 1;
                            fields.0.insert("position".into(), Json::from(position));
                        }
                        out.push(add(table.kind, row.uid, fields));
                    }
                    (false, true) => out.push(gone(table.kind, row.uid)),
                    (false, false) => {
                        let fields = fields_of(&row.entries, false);
                        if !fields.0.is_empty() {
                            out.push(change(table.kind, row.uid, fields));
                        }
                    }
                    (true, true) => (),
                }
            }
        }
        if let (true, Some((rights, true))) = (self.new, &self.covers) {
            let fields = || [("certificate".to_owned(), Json::from(party.clone()))];
            out.extend(
                rights
                    .iter()
                    .map(|r| change(Kind::Right, *r, fields().into_iter().collect())),
            );
        }
        Ok(out)
    }

    fn end(&mut self) -> Result<Edit, Slot> {
        let entries = self.ending.as_deref_mut().unwrap_or_default();
        if let Some(i) = mend(entries) {
            return Err(Slot::End(i));
        }
        let text = |name: &str| {
            let entry = entries.iter().find(|e| e.field.name == name);
            match entry.and_then(|e| e.read().ok()) {
                Some(Value::Text(t)) => t,
                _ => String::new(),
            }
        };
        Ok(Edit::EndRecord(EndRecord {
            kind: self.kind.name().to_owned(),
            uid: self.uid,
            on: text("on").parse().ok(),
            status: Some(text("status")),
            reason: text("reason"),
        }))
    }

    /// Checks each field, then what they say together; gives the first field to mend.
    fn check(&mut self) -> Result<(), Slot> {
        let first = mend(&mut self.main).map(Slot::Main);
        let mut rows = None;
        let owner = Value::Named(self.uid.to_string());
        for (t, table) in self.tables.iter_mut().enumerate() {
            for (r, row) in table.rows.iter_mut().enumerate() {
                if row.gone || row.new && row.is_blank() {
                    continue;
                }
                let bad = row.check(table.kind, &owner);
                let slot = bad.map(|column| Slot::Row {
                    table: t,
                    row: r,
                    column,
                });
                rows = rows.or(slot);
            }
        }
        if let Some(slot) = first {
            return Err(slot);
        }
        if let Err(failure) = check(self.kind, &self.main) {
            let at = self.put_refusal(&failure);
            return Err(at.unwrap_or(Slot::Main(0)));
        }
        rows.map_or(Ok(()), Err)
    }

    /// What a field of the record says beside the others, as soon as it is left; what is blank may still come.
    pub fn check_at(&mut self, slot: Slot) {
        let Slot::Main(i) = slot else { return };
        let value = |e: &Entry| match e.read() {
            Ok(Value::Empty) | Err(_) if e.field.required => Value::Text(String::new()),
            Ok(value) => value,
            Err(_) => Value::Empty,
        };
        let mut values: Vec<Value> = self.main.iter().map(value).collect();
        if values[i] == Value::Empty || self.main[i].error.is_some() {
            return;
        }
        rules::tidy(self.kind, &mut values);
        let draft = Draft {
            kind: self.kind,
            values: &values,
        };
        if let Err(failure) = rules::check(&draft)
            && failure.at_field() == Some(self.main[i].field.name)
        {
            self.main[i].refuse(&failure);
        }
    }

    /// Says at its field why the register refused; where there is no such field, above all.
    pub fn put_refusal(&mut self, failure: &Failure) -> Option<Slot> {
        let at = failure.at_field();
        if let (Some(ending), Some(name)) = (&mut self.ending, at)
            && let Some(i) = ending.iter().position(|e| e.field.name == name)
        {
            ending[i].refuse(failure);
            return Some(Slot::End(i));
        }
        if self.ending.is_none()
            && let Some(i) = self.main.iter().position(|e| at == Some(e.field.name))
        {
            self.main[i].refuse(failure);
            return Some(Slot::Main(i));
        }
        let mut entry = Entry::new(&REASON);
        entry.refuse(failure);
        self.refusal = entry.error;
        None
    }
}

fn entry_of(field: &'static Field, value: &Value, kind: Kind, project: &Project, lang: Lang) -> Entry {
    let target = match field.kind {
        FieldKind::Ref(target) => target,
        _ => Target::Parcel,
    };
    Entry::new(field).stored(value, kind, lang, &|key| {
        record_text::referred(project, target, key, lang)
    })
}

/// Says at each field what is wrong with it; gives the first.
fn mend(entries: &mut [Entry]) -> Option<usize> {
    let mut first = None;
    for (i, entry) in entries.iter_mut().enumerate() {
        if entry.is_missing() {
            entry.say_missing();
        } else if let Err(failure) = entry.read() {
            entry.refuse(&failure);
        } else {
            entry.error = None;
            continue;
        }
        first = first.or(Some(i));
    }
    first
}

fn check(kind: Kind, entries: &[Entry]) -> Result<(), Failure> {
    let mut values: Vec<Value> = entries.iter().map(Entry::read).collect::<Result<_, _>>()?;
    rules::tidy(kind, &mut values);
    rules::check(&Draft {
        kind,
        values: &values,
    })
}

/// The fields to write: of a new record all that are said, else those that changed.
fn fields_of(entries: &[Entry], new: bool) -> RecordFields {
    let written = entries
        .iter()
        .filter(|e| if new { !e.is_blank() } else { e.is_changed() });
    let read = written.filter_map(|e| Some((e.field, e.read().ok()?)));
    read.map(|(field, value)| (field.name.to_owned(), field.json(&value)))
        .collect()
}

fn add(kind: Kind, uid: Uid, fields: RecordFields) -> Edit {
    Edit::AddRecord(AddRecord {
        kind: kind.name().to_owned(),
        uid: Some(uid),
        fields,
    })
}

fn change(kind: Kind, uid: Uid, fields: RecordFields) -> Edit {
    Edit::ChangeRecord(ChangeRecord {
        kind: kind.name().to_owned(),
        uid,
        fields,
    })
}

fn gone(kind: Kind, uid: Uid) -> Edit {
    let reason = match kind {
        Kind::PartyMember => LEFT,
        _ => PAPER_GONE,
    };
    Edit::EndRecord(EndRecord {
        kind: kind.name().to_owned(),
        uid,
        on: None,
        status: None,
        reason: reason.vi.to_owned(),
    })
}

impl Table {
    /// A blank row at the end.
    pub fn grow(&mut self) {
        if self.rows.last().is_none_or(|r| !r.is_blank() || !r.new) {
            self.rows.push(Row {
                uid: Uid::fresh(),
                new: true,
                gone: false,
                entries: self.kind.fields().iter().map(Entry::new).collect(),
            });
        }
    }
}

impl Row {
    pub fn is_blank(&self) -> bool {
        self.entries.iter().all(Entry::is_blank)
    }

    /// Blank again.
    pub fn clear(&mut self) {
        for entry in &mut self.entries {
            *entry = Entry::new(entry.field);
        }
    }

    pub fn entry_named(&mut self, name: &str) -> Option<&mut Entry> {
        self.entries.iter_mut().find(|e| e.field.name == name)
    }

    fn position(&self) -> i64 {
        let entry = self.entries.iter().find(|e| e.field.name == "position");
        match entry.map(|e| &e.stored) {
            Some(Value::Whole(n)) => *n,
            _ => 0,
        }
    }

    /// Checks the row as a record of its own; gives the column to mend.
    fn check(&mut self, kind: Kind, owner: &Value) -> Option<usize> {
        let given = |e: &Entry| matches!(e.field.name, "party" | "position");
        let mut first = None;
        for (i, entry) in self.entries.iter_mut().enumerate().filter(|(_, e)| !given(e)) {
            first = first.or(mend(std::slice::from_mut(entry)).map(|_| i));
        }
        if first.is_some() {
            return first;
        }
        let values = self.entries.iter().map(|e| match e.field.name {
            "party" => Ok(owner.clone()),
            "position" => Ok(Value::Whole(1)),
            _ => e.read(),
        });
        let mut values: Vec<Value> = values.collect::<Result<_, _>>().ok()?;
        rules::tidy(kind, &mut values);
        let failure = rules::check(&Draft {
            kind,
            values: &values,
        })
        .err()?;
        let i = self
            .entries
            .iter()
            .position(|e| failure.at_field() == Some(e.field.name))?;
        self.entries[i].refuse(&failure);
        Some(i)
    }
}

/// The register of the parcel a form is about.
pub fn register_of(about: Option<&About>, project: &Project) -> Option<OfParcel> {
    project.of_parcel(about?.uid).ok()
}
