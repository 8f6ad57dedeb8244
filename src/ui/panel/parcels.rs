//! Bottom tab: every parcel of the district, sorted and filtered as the person likes, in step with
//! the map. Half a million rows cost what twenty cost: only visible ones are drawn and read.

use std::cmp::Ordering;
use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use crossbeam_channel::{Receiver, bounded};
use egui::{RichText, Ui};
use egui_material_icons::icons as i;

use super::list;
use crate::domain::{Parcel, ParcelRecord};
use crate::project::{Project, When};
use crate::readiness::Wanted;
use crate::text::fold::fold;
use crate::text::natural::natural;
use crate::text::{Lang, Msg, Text, format, terms};
use crate::topology::Coverage;
use crate::ui::action::{Action, Select};
use crate::ui::look::Look;
use crate::ui::table::{self, Col, Rows, Sort, Table};
use crate::ui::theme::tokens;
use crate::ui::viewing::Viewing;
use crate::ui::widgets;

/// Above this, sorting and filtering run beside the window.
const INLINE: usize = 20_000;
/// Room of "1.234 trên 4.998", points.
const COUNT: f32 = 98.0;
/// Rows read from the file in one go.
const PAGE: u64 = 128;

const COMPUTED: Text = Text::new("Diện tích theo tọa độ", "Area by coordinates");
const NAME: Text = Text::new("Bảng thửa đất", "Parcel table");
const FILTER: Text = Text::new("Lọc bảng thửa đất", "Filter the parcel table");
const FILTER_HINT: Text = Text::new(
    "Lọc: tờ/thửa, loại đất, xã",
    "Filter: sheet/parcel, land use, commune",
);
const OF: Text = Text::new("trên", "of");
const ALL_AGAIN: Text = Text::new("Bỏ lọc, xem mọi thửa", "Show all parcels again");
const SORTING: Text = Text::new("đang sắp xếp…", "sorting…");
const NONE: Text = Text::new("Không có thửa nào khớp", "No parcel matches");
const NONE_BODY: Text = Text::new("Xóa hoặc đổi chữ trong ô lọc.", "Clear or change the filter.");

const COLS: [Col; 9] = [
    col(terms::COMMUNE, 96.0, false),
    col(terms::SHEET_NUMBER, 64.0, true),
    col(terms::PARCEL_NUMBER, 76.0, true),
    col(terms::LAND_USE, 88.0, false),
    col(terms::AREA_MEASURED, 132.0, true),
    col(terms::AREA_LEGAL, 136.0, true),
    unsorted(col(terms::LAND_USER, 210.0, false)),
    unsorted(col(terms::ADDRESS, 260.0, false)),
    col(COMPUTED, 164.0, true),
];

/// What is only in the file cannot be sorted by.
const fn unsorted(mut c: Col) -> Col {
    c.sortable = false;
    c
}

const fn col(name: Text, width: f32, right: bool) -> Col {
    Col {
        name,
        width,
        right,
        sortable: true,
    }
}

/// Only some parcels, whatever the filter says: those behind a number of the dashboard.
pub struct Only {
    wanted: Wanted,
    label: Msg,
    /// Ascending.
    fids: Arc<Vec<i64>>,
}

impl Only {
    pub fn new(wanted: Wanted, label: Msg, fids: Vec<i64>) -> Self {
        Self {
            wanted,
            label,
            fids: Arc::new(fids),
        }
    }
}

/// What decides the list of rows.
#[derive(Clone, Debug, PartialEq)]
struct Wish {
    /// Only these.
    only: Option<Arc<Vec<i64>>>,
    coverage: u64,
    sort: Sort,
    filter: String,
}

#[derive(Default)]
pub struct ParcelTable {
    only: Option<Only>,
    filter: String,
    sort: Option<Sort>,
    /// The rows shown, and what they answer.
    rows: Arc<Vec<i64>>,
    answers: Option<Wish>,
    coming: Option<(Wish, Receiver<Vec<i64>>)>,
    pages: Pages,
    /// The main parcel the table has scrolled to.
    followed: Option<i64>,
}

impl ParcelTable {
    /// Shows these parcels and no others, until the person lets go of them.
    pub fn show_only(&mut self, only: Only) {
        self.filter.clear();
        self.only = Some(only);
    }

    /// Something changed: which parcels answer now.
    pub fn only_again(&mut self, select: impl Fn(&Wanted) -> Vec<i64>) {
        if let Some(only) = &mut self.only {
            let fids = select(&only.wanted);
            if fids != *only.fids {
                only.fids = Arc::new(fids);
            }
        }
    }

    /// What the table is limited to, and the way out.
    fn only(&mut self, ui: &mut Ui, lang: Lang) {
        let Some(only) = &self.only else { return };
        let label = only.label.get(lang);
        if widgets::chip(ui, label, ALL_AGAIN.get(lang)) {
            self.only = None;
        }
    }

    /// Room the bar wants, points: the field, and what it leaves.
    pub fn bar_room(&self) -> f32 {
        if self.only.is_some() { 560.0 } else { 110.0 + COUNT }
    }

    /// The filter box, beside the tabs.
    pub fn bar(&mut self, ui: &mut Ui, look: &Look<'_>) {
        self.only(ui, look.lang);
        let width = (ui.available_width() - COUNT).clamp(110.0, 240.0);
        list::filter(ui, &mut self.filter, width, FILTER, FILTER_HINT, look.lang);
        if self.coming.is_some() {
            weak(ui, SORTING.get(look.lang));
        } else if self.only.is_some() || !self.filter.trim().is_empty() {
            let (n, all) = (self.rows.len() as u64, look.coverage.len() as u64);
            let count = |n| format::count(n, look.lang);
            weak(ui, &format!("{} {} {}", count(n), OF.get(look.lang), count(all)));
        }
    }

    pub fn ui(&mut self, ui: &mut Ui, look: &Look<'_>, out: &mut Vec<Action>) {
        self.refresh(ui.ctx(), look);
        if self.rows.is_empty()
            && self.coming.is_none()
            && (self.only.is_some() || !self.filter.trim().is_empty())
        {
            return widgets::empty(
                ui,
                i::ICON_FILTER_ALT,
                NONE.get(look.lang),
                NONE_BODY.get(look.lang),
            );
        }
        let sort = self.sort();
        let at = self.cursor(look);
        let table = Table {
            id: "parcels",
            name: NAME.get(look.lang),
            lang: look.lang,
            cols: &COLS,
            sort: Some(sort),
            scroll_to: self.follow(look, at),
        };
        let mut rows = View {
            look,
            rows: &self.rows,
            pages: &mut self.pages,
        };
        let event = table.ui(ui, &mut rows);
        self.answer(&event, at, look, out);
    }

    fn answer(&mut self, event: &table::Event, at: Option<u64>, look: &Look<'_>, out: &mut Vec<Action>) {
        let fid = |row: u64| self.rows.get(row as usize).copied();
        if let Some((row, keys)) = event.clicked {
            let change = fid(row).map(|f| {
                if keys.command || keys.shift {
                    Select::Toggle(f)
                } else {
                    Select::Only(vec![f])
                }
            });
            self.followed = fid(row);
            out.extend(change.map(Action::Select));
        }
        if let Some(f) = table::step(at, event.moved, self.rows.len() as u64).and_then(fid) {
            out.push(Action::Select(Select::Only(vec![f])));
        }
        let zoom = event
            .double_clicked
            .and_then(fid)
            .or(look.selection.main().filter(|_| event.enter));
        out.extend(
            zoom.and_then(|f| look.coverage.get(f))
                .map(|p| Action::Zoom(p.bbox)),
        );
        if let Some(col) = event.header {
            let now = self.sort();
            self.sort = Some(Sort {
                col,
                down: now.col == col && !now.down,
            });
        }
    }

    fn sort(&self) -> Sort {
        self.sort.unwrap_or(Sort { col: 0, down: false })
    }

    /// Row of the main parcel. Looked up only when it changed.
    fn cursor(&self, look: &Look<'_>) -> Option<u64> {
        let main = look.selection.main()?;
        self.rows.iter().position(|f| *f == main).map(|n| n as u64)
    }

    /// The row to scroll to when the selection changed elsewhere.
    fn follow(&mut self, look: &Look<'_>, at: Option<u64>) -> Option<u64> {
        let main = look.selection.main();
        let moved = self.followed != main && self.coming.is_none();
        if moved {
            self.followed = main;
        }
        at.filter(|_| moved)
    }

    /// Other parcels came on the screen.
    pub fn forget(&mut self) {
        self.answers = None;
        self.coming = None;
    }

    fn refresh(&mut self, ctx: &egui::Context, look: &Look<'_>) {
        let wish = Wish {
            only: self.only.as_ref().map(|o| o.fids.clone()),
            coverage: look.coverage.revision(),
            sort: self.sort(),
            filter: fold(self.filter.trim()),
        };
        if let Some((wanted, rows)) = self.coming.take() {
            match rows.try_recv() {
                Ok(rows) => (self.rows, self.answers) = (Arc::new(rows), Some(wanted)),
                Err(crossbeam_channel::TryRecvError::Empty) if wanted == wish => {
                    self.coming = Some((wanted, rows))
                }
                Err(_) => (),
            }
        }
        if self.answers.as_ref() == Some(&wish) || self.coming.is_some() {
            return;
        }
        if look.coverage.len() <= INLINE {
            self.rows = Arc::new(order(look.coverage, &wish));
            self.answers = Some(wish);
            return;
        }
        let (send, receive) = bounded(1);
        let (coverage, ctx, job) = (look.coverage.clone(), ctx.clone(), wish.clone());
        let work = move || {
            // The table may be gone; then nobody waits.
            let _gone = send.send(order(&coverage, &job));
            ctx.request_repaint();
        };
        if std::thread::Builder::new()
            .name("sort parcels".into())
            .spawn(work)
            .is_ok()
        {
            self.coming = Some((wish, receive));
        }
    }
}

/// The fids that pass the filter, in the order wished for.
fn order(coverage: &Coverage, wish: &Wish) -> Vec<i64> {
    let words: Vec<&str> = wish.filter.split_whitespace().collect();
    let mut found: Vec<&Parcel> = coverage
        .iter()
        .filter(|p| wish.only.as_ref().is_none_or(|o| o.binary_search(&p.fid).is_ok()))
        .filter(|p| words.is_empty() || matches(p, &words))
        .collect();
    found.sort_by(|a, b| {
        let by = compare(a, b, wish.sort.col);
        let by = if wish.sort.down { by.reverse() } else { by };
        by.then_with(|| by_number(a, b)).then(a.fid.cmp(&b.fid))
    });
    found.into_iter().map(|p| p.fid).collect()
}

fn matches(p: &Parcel, words: &[&str]) -> bool {
    let text = fold(&format!("{} {}/{} {}", p.commune, p.sheet, p.number, p.land_use));
    words.iter().all(|w| text.contains(w))
}

fn compare(a: &Parcel, b: &Parcel, col: usize) -> Ordering {
    let number = |x: Option<f64>, y: Option<f64>| x.unwrap_or(-1.0).total_cmp(&y.unwrap_or(-1.0));
    match col {
        0 => natural(&a.commune, &b.commune),
        1 => natural(&a.sheet, &b.sheet),
        2 => natural(&a.number, &b.number),
        3 => a.land_use.cmp(&b.land_use),
        4 => number(a.area_measured, b.area_measured),
        5 => number(a.area_legal, b.area_legal),
        _ => a.polygon.area2().cmp(&b.polygon.area2()),
    }
}

fn by_number(a: &Parcel, b: &Parcel) -> Ordering {
    natural(&a.commune, &b.commune)
        .then(natural(&a.sheet, &b.sheet))
        .then(natural(&a.number, &b.number))
}

/// What only the file knows of the visible rows, read in pages and kept until the data change.
#[derive(Default)]
struct Pages {
    revision: u64,
    read: HashMap<i64, Option<Box<Extra>>>,
}

struct Extra {
    holder: String,
    address: String,
}

impl Pages {
    fn want(&mut self, project: &Project, viewing: &Viewing, revision: u64, fids: &[i64]) {
        if self.revision != revision || self.read.len() > 20_000 {
            *self = Self {
                revision,
                read: HashMap::new(),
            };
        }
        let missing: Vec<i64> = fids
            .iter()
            .copied()
            .filter(|f| !self.read.contains_key(f))
            .collect();
        if missing.is_empty() {
            return;
        }
        // A row that cannot be read shows blanks; opening the parcel says why.
        let records = match viewing {
            Viewing::Past(op) => {
                let then = |f: &i64| project.record_at(*f, When::Op(*op)).ok();
                missing.iter().filter_map(then).collect()
            }
            _ => project.records(&missing).unwrap_or_default(),
        };
        self.read.extend(missing.into_iter().map(|f| (f, None)));
        self.read
            .extend(records.into_iter().map(|r| (r.fid, Some(Box::new(extra(&r))))));
    }
}

fn extra(r: &ParcelRecord) -> Extra {
    let holder = r
        .holders
        .iter()
        .map(|h| h.name.as_str())
        .collect::<Vec<_>>()
        .join(", ");
    Extra {
        holder,
        address: r.address.clone().unwrap_or_default(),
    }
}

fn weak(ui: &mut Ui, text: &str) {
    let text = RichText::new(text).color(tokens(ui).text_weak);
    ui.add(egui::Label::new(text).truncate());
}

struct View<'a, 'b> {
    look: &'a Look<'b>,
    rows: &'a [i64],
    pages: &'a mut Pages,
}

impl Rows for View<'_, '_> {
    fn count(&self) -> u64 {
        self.rows.len() as u64
    }

    fn prepare(&mut self, rows: Range<u64>) {
        let start = rows.start / PAGE * PAGE;
        let end = (rows.end.div_ceil(PAGE) * PAGE).min(self.count());
        let fids = &self.rows[start.min(end) as usize..end as usize];
        let (project, viewing) = (self.look.project, &self.look.scene.viewing);
        self.pages.want(project, viewing, self.look.revision, fids);
    }

    fn cell(&mut self, ui: &mut Ui, row: u64, col: usize) {
        let Some(p) = self
            .rows
            .get(row as usize)
            .and_then(|f| self.look.coverage.get(*f))
        else {
            return;
        };
        let extra = self.pages.read.get(&p.fid).and_then(|e| e.as_deref());
        table::text(ui, cell(p, extra, col, self.look.lang));
    }

    fn is_selected(&self, row: u64) -> bool {
        self.rows
            .get(row as usize)
            .is_some_and(|f| self.look.selection.contains(*f))
    }
}

fn cell(p: &Parcel, extra: Option<&Extra>, col: usize, lang: Lang) -> String {
    let area = |a: Option<f64>| a.map(|a| format::number(a, 1, lang)).unwrap_or_default();
    match col {
        0 => p.commune.to_string(),
        1 => p.sheet.to_string(),
        2 => p.number.to_string(),
        3 => p.land_use.to_string(),
        4 => area(p.area_measured),
        5 => area(p.area_legal),
        6 => extra.map(|e| e.holder.clone()).unwrap_or_default(),
        7 => extra.map(|e| e.address.clone()).unwrap_or_default(),
        _ => area(Some(p.polygon.area_m2())),
    }
}
