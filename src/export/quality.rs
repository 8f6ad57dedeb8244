//! The quality report for Excel: what was checked, counts by item, rule, commune and sheet; every finding; what was accepted
//! and which gaps are allowed; the parameters in force on the day.

use std::path::Path;

use jiff::civil::Date;
use serde_json::Value;

use super::sheet::{self, Cell, Column, Kind, Sheet};
use crate::domain::{
    Acceptance, AllowedGap, Failure, Finding, FindingState, Pt, Seen, Tracked, Unit, day_of,
};
use crate::fix;
use crate::text::{Lang, Text, terms};
use crate::topology::Coverage;
use crate::topology::allowed::inside;
use crate::validate::{self, Findings, catalogue};

/// A finding with what is remembered of it.
#[derive(Clone, Debug)]
pub struct Told {
    pub finding: Finding,
    pub state: FindingState,
    /// As tracked where it is remembered, else [`Finding::key`].
    pub key: String,
    /// `None` where nothing is remembered.
    pub first: Option<Seen>,
}

impl Told {
    pub fn of(t: &Tracked) -> Self {
        Self {
            finding: t.finding.clone(),
            state: t.state,
            key: t.key.to_string(),
            first: Some(t.first),
        }
    }

    /// What a run found, with what `live` remembers of it.
    pub fn found(finding: Finding, live: &Findings) -> Self {
        let like = live.like(&finding);
        if let Some(t) = like.filter(|t| t.finding == finding) {
            return Self::of(t);
        }
        Self {
            state: if live.accepts(&finding) {
                FindingState::Accepted
            } else {
                FindingState::Open
            },
            key: like.map_or_else(|| finding.key(), |t| t.key.to_string()),
            first: like.map(|t| t.first),
            finding,
        }
    }
}

/// "còn", "đã chấp nhận", "đã sửa".
pub fn state_text(state: FindingState) -> Text {
    match state {
        FindingState::Open => Text::new("còn", "open"),
        FindingState::Accepted => Text::new("đã chấp nhận", "accepted"),
        FindingState::Fixed => Text::new("đã sửa", "fixed"),
    }
}

/// What the workbook is made from.
pub struct Source<'a> {
    /// [`validate::report::report`].
    pub report: &'a Value,
    pub found: &'a [Told],
    pub acceptances: &'a [Acceptance],
    pub gaps: &'a [std::sync::Arc<AllowedGap>],
    /// What is there, to say what each acceptance still does; `None` where nothing is remembered.
    pub live: Option<&'a Findings>,
    pub coverage: &'a Coverage,
    /// The rules in force on this day; `None`: the newest.
    pub date: Option<Date>,
    /// Whether decisions still hold is as on this day.
    pub today: Date,
    pub lang: Lang,
}

const TITLE: Text = Text::new("Báo cáo chất lượng dữ liệu", "Data quality report");
const ERRORS: Text = Text::new("Lỗi", "Errors");
const WARNINGS: Text = Text::new("Cảnh báo", "Warnings");
const NOTES: Text = Text::new("Lưu ý", "Notes");
const FAULTY: Text = Text::new("Thửa có lỗi, cảnh báo", "Parcels with faults");
const CODE: Text = Text::new("Mã quy tắc", "Rule");
const NAME: Text = Text::new("Quy tắc", "Name of the rule");
const SEVERITY: Text = Text::new("Mức độ", "Severity");
const STATE: Text = Text::new("Trạng thái", "State");
const PARCELS: Text = Text::new("Thửa đất", "Parcels");
const AMOUNT: Text = Text::new("Mức độ lệch", "Amount");
const UNIT: Text = Text::new("Đơn vị", "Unit");
const BASIS: Text = Text::new("Căn cứ", "Basis");
const NORTH: Text = Text::new("X (bắc)", "X (north)");
const EAST: Text = Text::new("Y (đông)", "Y (east)");
const COMMUNE: Text = Text::new("Xã", "Commune");

/// Keys of counts in the report, with their columns.
const COUNTS: [(&str, Text); 4] = [
    ("errors", ERRORS),
    ("warnings", WARNINGS),
    ("info", NOTES),
    ("parcels_with_faults", FAULTY),
];

impl<'a> Source<'a> {
    /// Writes the workbook. The same data give the same bytes.
    pub fn xlsx(&'a self, path: &Path) -> Result<(), Failure> {
        let tabs = vec![
            self.checklist(),
            self.rules(),
            self.places(),
            self.findings(),
            self.accepted(),
            self.parameters(),
        ];
        sheet::xlsx(path, self.say(TITLE), tabs)
    }

    fn say(&self, t: Text) -> &'static str {
        t.get(self.lang)
    }

    fn column(&self, title: Text, kind: Kind, width: u8) -> Column {
        Column::new(self.say(title), kind, width)
    }

    fn counted(&self, mut columns: Vec<Column>) -> Vec<Column> {
        columns.extend(COUNTS.map(|(_, title)| self.column(title, Kind::Count, 12)));
        columns
    }

    /// A value of the report in both languages.
    fn both(&self, v: &Value) -> Cell {
        let key = match self.lang {
            Lang::Vi => "vi",
            Lang::En => "en",
        };
        text(&v[key])
    }

    /// By the items of the official checklist.
    fn checklist(&'a self) -> Sheet<'a> {
        const NOBODY: Text = Text::new("người kiểm tra", "a person");
        const PROGRAM: Text = Text::new("phần mềm", "the program");
        let columns = self.counted(vec![
            self.column(Text::new("Mục", "Item"), Kind::Count, 6),
            self.column(Text::new("Nội dung kiểm tra", "What is checked"), Kind::Text, 44),
            self.column(UNIT, Kind::Text, 10),
            self.column(Text::new("Đã kiểm tra", "Checked"), Kind::Count, 12),
            self.column(Text::new("Bởi", "By"), Kind::Text, 16),
        ]);
        let row = |item: &Value| {
            let by = if item["by_hand"] == true { NOBODY } else { PROGRAM };
            let mut cells = vec![
                number(&item["item"]),
                self.both(&item["title"]),
                self.both(&item["unit"]),
                number(&item["checked"]),
                Cell::text(self.say(by)),
            ];
            cells.extend(counts(item));
            cells
        };
        self.tab(
            Text::new("Tổng hợp", "Summary"),
            columns,
            &self.report["checklist"],
            row,
        )
    }

    fn rules(&'a self) -> Sheet<'a> {
        let columns = self.counted(vec![
            self.column(CODE, Kind::Text, 30),
            self.column(NAME, Kind::Text, 44),
            self.column(Text::new("Mục", "Item"), Kind::Count, 6),
            self.column(
                Text::new("Trong đó đã chấp nhận", "Of these accepted"),
                Kind::Count,
                14,
            ),
        ]);
        let row = |rule: &Value| {
            let code = rule["code"].as_str().unwrap_or_default();
            let accepted = |t: &&Told| t.finding.code == code && t.state == FindingState::Accepted;
            let mut cells = vec![
                text(&rule["code"]),
                self.both(&rule["title"]),
                number(&rule["item"]),
                Cell::Number(self.found.iter().filter(accepted).count() as f64),
            ];
            cells.extend(counts(rule));
            cells
        };
        self.tab(
            Text::new("Theo quy tắc", "By rule"),
            columns,
            &self.report["rules"],
            row,
        )
    }

    /// By commune and sheet; the line of a commune has no sheet.
    fn places(&'a self) -> Sheet<'a> {
        let columns = self.counted(vec![
            self.column(COMMUNE, Kind::Text, 10),
            self.column(Text::new("Tên xã", "Name"), Kind::Text, 24),
            self.column(terms::SHEET_NUMBER, Kind::Text, 10),
            self.column(Text::new("Số thửa", "Parcels"), Kind::Count, 10),
        ]);
        let line = |commune: &Value, sheet: Option<&Value>| {
            let of = sheet.unwrap_or(commune);
            let mut cells = vec![
                text(&commune["commune"]),
                text(&commune["name"]),
                sheet.map_or(Cell::Empty, |s| text(&s["sheet"])),
                number(&of["parcels"]),
            ];
            cells.extend(counts(of));
            cells
        };
        let communes = self.report["communes"].as_array().into_iter().flatten();
        let rows = communes.flat_map(move |c| {
            let sheets = c["sheets"].as_array().into_iter().flatten();
            std::iter::once(line(c, None)).chain(sheets.map(move |s| line(c, Some(s))))
        });
        Sheet {
            name: self.say(Text::new("Theo xã, tờ", "By commune, sheet")).to_owned(),
            columns,
            rows: Box::new(rows),
            total: false,
        }
    }

    fn findings(&'a self) -> Sheet<'a> {
        let columns = vec![
            self.column(CODE, Kind::Text, 26),
            self.column(NAME, Kind::Text, 34),
            self.column(SEVERITY, Kind::Text, 11),
            self.column(STATE, Kind::Text, 14),
            self.column(PARCELS, Kind::Text, 30),
            self.column(NORTH, Kind::Decimal(3), 15),
            self.column(EAST, Kind::Decimal(3), 14),
            self.column(AMOUNT, Kind::Decimal(4), 12),
            self.column(UNIT, Kind::Text, 8),
            self.column(Text::new("Cho phép", "Tolerance"), Kind::Decimal(4), 11),
            self.column(Text::new("Nội dung", "What"), Kind::Text, 70),
            self.column(Text::new("Cách xử lý", "What to do"), Kind::Text, 70),
            self.column(Text::new("Phát hiện ngày", "First seen"), Kind::Date, 13),
            self.column(Text::new("Khóa", "Key"), Kind::Text, 34),
        ];
        Sheet {
            name: self.say(Text::new("Danh sách lỗi", "Findings")).to_owned(),
            columns,
            rows: Box::new(self.found.iter().map(|t| self.finding(t))),
            total: false,
        }
    }

    fn finding(&self, t: &Told) -> Vec<Cell> {
        let f = &t.finding;
        let [north, east] = place(f.at);
        vec![
            Cell::text(f.code),
            self.title(f.code),
            Cell::text(self.say(catalogue::severity_text(f.severity))),
            Cell::text(self.say(state_text(t.state))),
            Cell::text(f.refs.join("; ")),
            north,
            east,
            f.amount.map_or(Cell::Empty, Cell::Number),
            unit(f.unit),
            f.tolerance.map_or(Cell::Empty, Cell::Number),
            Cell::text(validate::message(f).get(self.lang)),
            fix::by_hand(f).map_or(Cell::Empty, |t| Cell::text(self.say(t))),
            t.first.map_or(Cell::Empty, |s| Cell::Date(day_of(s.at))),
            Cell::text(&t.key),
        ]
    }

    fn title(&self, code: &str) -> Cell {
        validate::rule(code).map_or(Cell::Empty, |r| Cell::text(self.say(r.title)))
    }

    /// Accepted findings and allowed gaps, with who, why and until when.
    fn accepted(&'a self) -> Sheet<'a> {
        let columns = vec![
            self.column(CODE, Kind::Text, 26),
            self.column(NAME, Kind::Text, 34),
            self.column(PARCELS, Kind::Text, 30),
            self.column(NORTH, Kind::Decimal(3), 15),
            self.column(EAST, Kind::Decimal(3), 14),
            self.column(AMOUNT, Kind::Decimal(4), 12),
            self.column(Text::new("Lý do", "Reason"), Kind::Text, 50),
            self.column(Text::new("Người quyết định", "By"), Kind::Text, 20),
            self.column(Text::new("Ngày", "Day"), Kind::Date, 12),
            self.column(Text::new("Đến hết ngày", "Until"), Kind::Date, 13),
            self.column(STATE, Kind::Text, 30),
        ];
        let findings = self.acceptances.iter().map(|a| self.acceptance(a));
        let gaps = self.gaps.iter().map(|g| self.gap(g));
        Sheet {
            name: self.say(Text::new("Đã chấp nhận", "Accepted")).to_owned(),
            columns,
            rows: Box::new(findings.chain(gaps)),
            total: false,
        }
    }

    fn acceptance(&self, a: &Acceptance) -> Vec<Cell> {
        let known = a.parcels.iter().filter_map(|u| self.coverage.by_uid(*u));
        let refs: Vec<String> = known.map(crate::domain::Parcel::reference).collect();
        let [north, east] = place(a.at);
        vec![
            Cell::text(&a.code),
            self.title(&a.code),
            Cell::text(refs.join("; ")),
            north,
            east,
            a.amount.map_or(Cell::Empty, Cell::Number),
            Cell::text(&a.reason),
            Cell::text(&a.by),
            Cell::Date(day_of(a.when)),
            a.until.map_or(Cell::Empty, Cell::Date),
            Cell::text(self.say(self.standing(a))),
        ]
    }

    /// What an acceptance still does.
    fn standing(&self, a: &Acceptance) -> Text {
        let past = |day: Date| day < self.today;
        if a.until.is_some_and(past) {
            return ENDED;
        }
        let Some(live) = self.live else { return HOLDS };
        let key = a.key();
        let mut there = live.of_key(&key).filter(|t| a.concerns(&t.finding)).peekable();
        if there.peek().is_none() {
            return Text::new("lỗi không còn", "the finding is gone");
        }
        if there.any(|t| a.covers(&t.finding, self.today)) {
            return HOLDS;
        }
        Text::new("lỗi đã lớn hơn mức chấp nhận", "the finding has grown")
    }

    fn gap(&self, g: &AllowedGap) -> Vec<Cell> {
        const GAP: Text = Text::new("Khoảng hở được công nhận", "Allowed gap");
        let [north, east] = place(inside(g));
        let holds = if g.holds_on(self.today) { HOLDS } else { ENDED };
        vec![
            Cell::text("PARCEL_GAP"),
            Cell::text(self.say(GAP)),
            g.commune.as_ref().map_or(Cell::Empty, Cell::text),
            north,
            east,
            Cell::Number(g.polygon.area_m2()),
            Cell::text(&g.reason),
            Cell::text(&g.by),
            Cell::Date(day_of(g.when)),
            g.until.map_or(Cell::Empty, Cell::Date),
            Cell::text(self.say(holds)),
        ]
    }

    /// Every rule with the parameters in force, a line each.
    fn parameters(&'a self) -> Sheet<'a> {
        let columns = vec![
            self.column(CODE, Kind::Text, 30),
            self.column(NAME, Kind::Text, 44),
            self.column(SEVERITY, Kind::Text, 11),
            self.column(Text::new("Tham số", "Parameter"), Kind::Text, 20),
            self.column(Text::new("Giá trị", "Value"), Kind::Decimal(4), 14),
            self.column(Text::new("Hiệu lực từ", "Valid from"), Kind::Text, 13),
            self.column(Text::new("Đến", "To"), Kind::Text, 13),
            self.column(BASIS, Kind::Text, 80),
        ];
        let rows = validate::RULES.into_iter().flat_map(move |rule| {
            let set = validate::parameters_of(rule.code, self.date);
            let mut values: Vec<Option<(&String, &f64)>> =
                set.iter().flat_map(|s| s.parameters).map(Some).collect();
            if values.is_empty() {
                values.push(None);
            }
            let day = |d: Option<&str>| d.map_or(Cell::Empty, Cell::text);
            let from = set.as_ref().and_then(|s| s.valid_from);
            let to = set.as_ref().and_then(|s| s.valid_to);
            let basis = set.as_ref().map_or("", |s| s.legal_basis.get(self.lang));
            values.into_iter().map(move |v| {
                vec![
                    Cell::text(rule.code),
                    Cell::text(self.say(rule.title)),
                    Cell::text(self.say(catalogue::severity_text(rule.severity))),
                    v.map_or(Cell::Empty, |v| Cell::text(v.0)),
                    v.map_or(Cell::Empty, |v| Cell::Number(*v.1)),
                    day(from),
                    day(to),
                    Cell::text(basis),
                ]
            })
        });
        Sheet {
            name: self.say(Text::new("Tham số", "Parameters")).to_owned(),
            columns,
            rows: Box::new(rows),
            total: false,
        }
    }

    fn tab(
        &'a self,
        name: Text,
        columns: Vec<Column>,
        list: &'a Value,
        row: impl Fn(&'a Value) -> Vec<Cell> + 'a,
    ) -> Sheet<'a> {
        Sheet {
            name: self.say(name).to_owned(),
            columns,
            rows: Box::new(list.as_array().into_iter().flatten().map(row)),
            total: false,
        }
    }
}

const HOLDS: Text = Text::new("đang có hiệu lực", "in force");
const ENDED: Text = Text::new("đã hết hạn", "has run out");

fn counts(of: &Value) -> impl Iterator<Item = Cell> {
    COUNTS.map(|(key, _)| number(&of[key])).into_iter()
}

fn text(v: &Value) -> Cell {
    v.as_str().map_or(Cell::Empty, Cell::text)
}

fn number(v: &Value) -> Cell {
    v.as_f64().map_or(Cell::Empty, Cell::Number)
}

/// X (north) and Y (east) in metres.
fn place(at: Option<Pt>) -> [Cell; 2] {
    let metres = |mm: i64| Cell::Number(mm as f64 / 1000.0);
    at.map_or([Cell::Empty, Cell::Empty], |p| [metres(p.n), metres(p.e)])
}

fn unit(unit: Option<Unit>) -> Cell {
    unit.map_or(Cell::Empty, |u| {
        Cell::text(match u {
            Unit::M2 => "m²",
            Unit::M => "m",
            Unit::Count => "",
        })
    })
}
