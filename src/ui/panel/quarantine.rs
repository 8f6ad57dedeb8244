//! Bottom tab: records the import could not place. The one stood on is drawn on the map, its source row and the ways to
//! repair it stand at the right ([`super::record_card`]).

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;
use std::sync::Arc;

use egui::Ui;
use egui_material_icons::icons as i;

use super::list::{self, Words, col};
use super::record_card::{Asked, Card};
use crate::domain::{BBox, Failure, QuarantineFilter, QuarantinedRecord, RecordState};
use crate::text::{Lang, Text, format, terms};
use crate::ui::action::Action;
use crate::ui::look::Look;
use crate::ui::map_record::ShownRecord;
use crate::ui::table::{self, Col, Rows, Table};
use crate::ui::theme::tokens;
use crate::ui::widgets::{self, Tone};
use crate::validate::quarantine_reason;

const NAME: Text = Text::new("Bảng bản ghi cách ly", "Table of records in quarantine");
const FILTER: Text = Text::new("Lọc bản ghi cách ly", "Filter the records");
const HINT: Text = Text::new("Lọc: tệp, tờ/thửa", "Filter: file, sheet/parcel");
const STATE: Text = Text::new("Trạng thái bản ghi", "State of the records");
const REASON: Text = Text::new("Lý do cách ly", "Reason");
const ANY_STATE: Text = Text::new("Mọi trạng thái", "All states");
const ANY_REASON: Text = Text::new("Mọi lý do", "All reasons");
const EMPTY: Text = Text::new("Không có bản ghi cách ly", "Nothing in quarantine");
const EMPTY_BODY: Text = Text::new(
    "Bản ghi mà lần nhập dữ liệu không đặt được vào bản đồ (tự cắt, không có hình, tọa độ sai…) nằm ở đây, kèm hình gốc.",
    "Records an import could not place (crossing themselves, without a shape, wrong coordinates…) wait here with their original.",
);
const NONE: Text = Text::new("Không có bản ghi nào khớp", "No record matches");
const NONE_BODY: Text = Text::new(
    "Đổi ô lọc, lý do hoặc trạng thái.",
    "Change the filter, the reason or the state.",
);

const COLS: [Col; 5] = [
    col(Text::new("Tệp", "File"), 146.0, false),
    col(Text::new("Bản ghi", "Record"), 62.0, true),
    col(terms::PARCEL, 104.0, false),
    col(Text::new("Lý do", "Reason"), 206.0, false),
    col(Text::new("Trạng thái", "State"), 226.0, false),
];

/// What a state is called in lists.
pub fn state_text(name: &str) -> Text {
    match name {
        "placed" => Text::new("đã đặt", "placed"),
        "replaced" => Text::new("đã thay", "replaced"),
        "aside" => Text::new("để riêng", "set aside"),
        _ => Text::new("đang chờ", "waiting"),
    }
}

#[derive(Default)]
pub struct QuarantinePanel {
    filter: String,
    /// Code of the reason, name of the state.
    reason: Option<String>,
    state: Option<&'static str>,
    records: Vec<QuarantinedRecord>,
    /// Place of each in `records`, by its number.
    places: HashMap<i64, usize>,
    /// How many there are of each reason, and of each of [`RecordState::NAMES`].
    reasons: BTreeMap<String, u64>,
    states: Vec<u64>,
    failure: Option<Failure>,
    /// Revision of `records`.
    read: Option<u64>,
    /// How many wait, by revision: for the tab.
    waiting: Option<(u64, u64)>,
    /// Indices into `records`, ascending, and what they answer.
    rows: Vec<usize>,
    answers: Option<(u64, String, Option<String>, Option<&'static str>)>,
    /// The record stood on, and whether the table has gone there.
    at: Option<i64>,
    followed: Option<i64>,
    card: Card,
    /// What the map was told to show.
    told: Option<Arc<ShownRecord>>,
}

impl QuarantinePanel {
    /// How many records wait.
    pub fn waiting(&mut self, look: &Look<'_>) -> usize {
        let n = match self.waiting {
            Some((revision, n)) if revision == look.revision => n,
            _ => look.project.waiting_records().unwrap_or_default(),
        };
        self.waiting = Some((look.revision, n));
        n as usize
    }

    /// Another tab comes up: the map shows the record no longer.
    pub fn hide(&mut self) {
        self.told = None;
    }

    /// Whether the panel at the right is about a record.
    pub fn has_card(&self) -> bool {
        self.at.is_some()
    }

    /// Room the bar wants, points.
    pub const BAR: f32 = 480.0;

    pub fn bar(&mut self, ui: &mut Ui, look: &Look<'_>) {
        let lang = look.lang;
        self.refresh(look);
        list::filter(ui, &mut self.filter, 150.0, FILTER, HINT, lang);
        self.choose_reason(ui, lang);
        let text = |(state, n): (&'static str, &u64)| {
            let name = state_text(state).get(lang);
            (state, format!("{name} ({})", format::count(*n, lang)))
        };
        let states: Vec<_> = RecordState::NAMES
            .into_iter()
            .zip(&self.states)
            .map(text)
            .collect();
        list::pick(ui, 140.0, (STATE, ANY_STATE), &states, &mut self.state, lang);
    }

    fn choose_reason(&mut self, ui: &mut Ui, lang: Lang) {
        let text = |(code, n): (&String, &u64)| {
            let name = quarantine_reason(code).get(lang);
            (code.clone(), format!("{name} ({})", format::count(*n, lang)))
        };
        let all: Vec<_> = self.reasons.iter().map(text).collect();
        list::pick(ui, 160.0, (REASON, ANY_REASON), &all, &mut self.reason, lang);
    }

    pub fn ui(&mut self, ui: &mut Ui, look: &Look<'_>, out: &mut Vec<Action>) {
        let lang = look.lang;
        self.refresh(look);
        if self.rows.is_empty() {
            self.tell(look, out);
        }
        if let Some(failure) = &self.failure {
            return widgets::note(ui, Tone::Error, &failure.describe(lang));
        }
        if self.records.is_empty() {
            return widgets::empty(ui, i::ICON_TASK_ALT, EMPTY.get(lang), EMPTY_BODY.get(lang));
        }
        if self.rows.is_empty() {
            return widgets::empty(ui, i::ICON_FILTER_ALT, NONE.get(lang), NONE_BODY.get(lang));
        }
        let now = self.position();
        let moved = self.followed != self.at;
        self.followed = self.at;
        let table = Table {
            id: "quarantine",
            name: NAME.get(lang),
            lang,
            cols: &COLS,
            sort: None,
            scroll_to: now.filter(|_| moved),
        };
        let event = table.ui(
            ui,
            &mut View {
                records: &self.records,
                rows: &self.rows,
                at: self.at,
                lang,
            },
        );
        if let Some(row) = event.chosen(now, self.rows.len()) {
            self.stand_on(row);
        }
        self.tell(look, out);
    }

    /// The card at the right.
    pub fn card(&mut self, ui: &mut Ui, look: &Look<'_>, out: &mut Vec<Action>) {
        let Some(r) = self.current().cloned() else { return };
        match self.card.ui(ui, &r, look, out) {
            Some(Asked::Close) => self.at = None,
            Some(Asked::Step(by)) => self.step(by),
            None => (),
        }
    }

    fn current(&self) -> Option<&QuarantinedRecord> {
        self.records.get(*self.places.get(&self.at?)?)
    }

    fn position(&self) -> Option<u64> {
        let place = self.places.get(&self.at?)?;
        self.rows.binary_search(place).ok().map(|n| n as u64)
    }

    fn step(&mut self, by: i64) {
        let last = self.rows.len() as i64 - 1;
        let next = self
            .position()
            .map_or(0, |n| (n as i64 + by).clamp(0, last.max(0)));
        self.stand_on(next as u64);
    }

    fn stand_on(&mut self, row: u64) {
        if let Some(n) = self.rows.get(row as usize) {
            self.at = Some(self.records[*n].id);
        }
    }

    fn refresh(&mut self, look: &Look<'_>) {
        if self.read != Some(look.revision) {
            let was = self.current().map(|r| (r.id, r.is_waiting()));
            match look.project.quarantined(&QuarantineFilter::default()) {
                Ok(records) => {
                    (self.records, self.failure) = (records, None);
                    self.count();
                }
                Err(failure) => self.failure = Some(failure),
            }
            self.read = Some(look.revision);
            self.go_on(was);
        }
        let wish = (
            look.revision,
            self.filter.clone(),
            self.reason.clone(),
            self.state,
        );
        if self.answers.as_ref() == Some(&wish) {
            return;
        }
        let words = Words::of(&self.filter);
        let text = |r: &QuarantinedRecord| format!("{} {} {}", r.name(), r.reference(), r.code);
        let of = QuarantineFilter {
            file: None,
            code: self.reason.clone(),
            state: self.state.map(str::to_owned),
        };
        self.rows = (0..self.records.len())
            .filter(|n| of.takes(&self.records[*n]) && words.are_in(|| text(&self.records[*n])))
            .collect();
        self.answers = Some(wish);
    }

    /// Once for all frames until something changes.
    fn count(&mut self) {
        let all = self.records.iter();
        self.places = all.enumerate().map(|(n, r)| (r.id, n)).collect();
        self.reasons.clear();
        self.states = vec![0; RecordState::NAMES.len()];
        for r in &self.records {
            *self.reasons.entry(r.code.clone()).or_default() += 1;
            let state = RecordState::NAMES.iter().position(|n| *n == r.state.name());
            if let Some(n) = state.and_then(|s| self.states.get_mut(s)) {
                *n += 1;
            }
        }
    }

    /// A record that waited and is decided now gives way to the next that waits.
    fn go_on(&mut self, was: Option<(i64, bool)>) {
        let Some((id, waited)) = was else { return };
        let Some(&n) = self.places.get(&id) else {
            self.at = None;
            return;
        };
        if waited && !self.records[n].is_waiting() {
            let (before, after) = self.records.split_at(n);
            let next = after.iter().chain(before).find(|r| r.is_waiting());
            self.at = next.map(|r| r.id).or(self.at);
        }
    }

    /// The map draws what is looked at, and goes there when it is another.
    fn tell(&mut self, look: &Look<'_>, out: &mut Vec<Action>) {
        let current = self.current().cloned();
        let shown = current.and_then(|r| self.card.shown(&r, look));
        if self.told == shown {
            return;
        }
        let original = |s: &Option<Arc<ShownRecord>>| s.as_ref().map(|s| s.sketch.clone());
        if original(&self.told) != original(&shown)
            && let Some(b) = shown.as_ref().and_then(|s| s.bbox())
        {
            out.push(Action::Zoom(around(b)));
        }
        self.told.clone_from(&shown);
        out.push(Action::ShowRecord(shown));
    }
}

/// With some ground around it.
fn around(b: BBox) -> BBox {
    b.grown((b.width().max(b.height()) / 4).max(10_000))
}

struct View<'a> {
    records: &'a [QuarantinedRecord],
    rows: &'a [usize],
    at: Option<i64>,
    lang: Lang,
}

impl Rows for View<'_> {
    fn count(&self) -> u64 {
        self.rows.len() as u64
    }

    fn prepare(&mut self, _: Range<u64>) {}

    fn cell(&mut self, ui: &mut Ui, row: u64, col: usize) {
        let Some(r) = self.rows.get(row as usize).map(|n| &self.records[*n]) else {
            return;
        };
        let text = match col {
            0 => r.file.clone(),
            1 => format::count(r.record, self.lang),
            2 => r.reference(),
            3 => quarantine_reason(&r.code).get(self.lang).to_owned(),
            _ => state_cell(ui, r, self.lang),
        };
        table::text(ui, text);
    }

    fn is_selected(&self, row: u64) -> bool {
        self.rows
            .get(row as usize)
            .is_some_and(|n| Some(self.records[*n].id) == self.at)
    }
}

/// A dot in the colour of the state, and what to say beside it.
fn state_cell(ui: &mut Ui, r: &QuarantinedRecord, lang: Lang) -> String {
    let t = tokens(ui);
    let colour = match r.state {
        RecordState::Waiting => t.error,
        RecordState::Placed { .. } => t.ok,
        RecordState::Replaced { .. } | RecordState::Aside { .. } => t.text_weak,
    };
    let (rect, _) = ui.allocate_exact_size(egui::vec2(10.0, 10.0), egui::Sense::hover());
    ui.painter().circle_filled(rect.center(), 5.0, colour);
    state_sentence(r, lang)
}

/// "đã đặt: thửa 25747/12/45".
pub fn state_sentence(r: &QuarantinedRecord, lang: Lang) -> String {
    let name = state_text(r.state.name()).get(lang);
    match &r.state {
        RecordState::Waiting => name.to_owned(),
        RecordState::Placed { reference, .. } => match lang {
            Lang::Vi => format!("{name}: thửa {reference}"),
            Lang::En => format!("{name}: parcel {reference}"),
        },
        RecordState::Replaced { file, record, .. } => format!("{name}: {file}#{record}"),
        RecordState::Aside { reason, .. } => format!("{name}: {reason}"),
    }
}
