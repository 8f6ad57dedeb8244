//! Readiness as tables: the columns of domain.md §10.3, for XLSX and CSV, for the window and the command line.

use std::collections::BTreeMap;
use std::path::Path;

use crate::domain::Failure;
use crate::readiness::{
    self, Blocker, FLAGS, Group, Line, Quality, Readiness, Reason, Row, Tally, Trend, WORKLISTS, classify,
};
use crate::text::natural::natural;
use crate::text::{Lang, Text, terms};
use crate::topology::Coverage;

use super::sheet::{self, Cell, Column, Kind, Sheet};

/// What stands in a line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum By {
    #[default]
    Commune,
    Sheet,
    Parcel,
}

/// What the tables are made from.
pub struct Source<'a> {
    pub readiness: &'a Readiness,
    pub coverage: &'a Coverage,
    pub trend: &'a Trend,
    /// Names of communes by code.
    pub communes: &'a BTreeMap<String, String>,
    /// Only these communes (codes); empty = all.
    pub only: &'a [String],
    pub lang: Lang,
}

/// A counted column: title, what it counts, how it is shown.
struct Counted {
    title: Text,
    kind: Kind,
    of: fn(&Tally) -> f64,
}

const fn counted(title: Text, of: fn(&Tally) -> f64) -> Counted {
    Counted {
        title,
        kind: Kind::Count,
        of,
    }
}

/// The columns everybody knows, in their order, then ours.
const COUNTED: [Counted; 18] = [
    counted(Text::new("Tổng thửa", "Parcels"), |t| t.parcels.into()),
    counted(Text::new("Đã nhập", "Entered"), |t| t.entered.into()),
    Counted {
        title: Text::new("%", "%"),
        kind: Kind::Percent,
        of: |t| t.entered_percent(),
    },
    counted(Text::new("Nhóm 1", "Group 1"), |t| t.group(Group::One).into()),
    counted(Text::new("Nhóm 2", "Group 2"), |t| t.group(Group::Two).into()),
    counted(Text::new("Nhóm 3", "Group 3"), |t| t.group(Group::Three).into()),
    counted(Text::new("Thiếu không gian", "No geometry"), |t| {
        t.missing_shape.into()
    }),
    counted(Text::new("Thiếu thuộc tính", "Attributes missing"), |t| {
        t.missing_attributes.into()
    }),
    counted(Text::new("Thiếu quét", "Scans missing"), |t| {
        t.missing_scans.into()
    }),
    counted(Text::new("Đã ký", "Signed"), |t| t.signed.into()),
    counted(Text::new("Chưa phân loại", "Unclassified"), |t| {
        t.group(Group::Unclassified).into()
    }),
    counted(Text::new("Có giấy chứng nhận", "With certificate"), |t| {
        t.certificate.into()
    }),
    counted(Text::new("Thiếu CCCD", "No identity number"), |t| {
        t.reason(Reason::NoIdentity).into()
    }),
    counted(Text::new("Chưa có mã định danh", "No identifier"), |t| {
        t.reason(Reason::NoCode).into()
    }),
    counted(Text::new("Lỗi topology", "Topology errors"), |t| {
        t.topology.into()
    }),
    counted(Text::new("Chờ đối soát", "To compare"), |t| {
        t.worklist(6).into()
    }),
    counted(Text::new("Chờ ký số", "To sign"), |t| t.worklist(7).into()),
    counted(Text::new("Bị trả về", "Given back"), |t| {
        t.worklist(8).into()
    }),
];

const COMMUNE: Text = Text::new("Xã", "Commune");
const COMMUNE_NAME: Text = Text::new("Tên xã", "Name");
const TOTAL: Text = Text::new("Tổng cộng", "Total");
const DISTRICT: Text = Text::new("Tiến độ", "Readiness");
const BY_SHEET: Text = Text::new("Theo tờ", "By sheet");
const BY_PARCEL: Text = Text::new("Theo thửa", "By parcel");
const BLOCKERS: Text = Text::new("Vướng mắc", "Blockers");
const BY_DAY: Text = Text::new("Theo ngày", "By day");

impl<'a> Source<'a> {
    fn asked(&self, commune: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|c| c == commune)
    }

    /// The table by commune, sheet or parcel.
    pub fn table(&'a self, by: By) -> Sheet<'a> {
        match by {
            By::Commune => self.counts(DISTRICT, false, self.readiness.communes()),
            By::Sheet => self.counts(BY_SHEET, true, self.readiness.sheets()),
            By::Parcel => self.parcels(),
        }
    }

    fn counts(&'a self, name: Text, sheets: bool, mut lines: Vec<Line>) -> Sheet<'a> {
        let say = |t: Text| t.get(self.lang).to_owned();
        lines.retain(|l| self.asked(&l.commune));
        let mut columns = vec![
            Column::new(say(COMMUNE), Kind::Text, 10),
            Column::new(say(COMMUNE_NAME), Kind::Text, 24),
        ];
        if sheets {
            columns.push(Column::new(say(terms::SHEET), Kind::Text, 12));
        }
        columns.extend(COUNTED.iter().map(|c| Column::new(say(c.title), c.kind, 11)));
        let sum = lines.iter().fold(Tally::default(), |mut sum, l| {
            sum.join(&l.tally);
            sum
        });
        let cells = move |code: Cell, name: Cell, sheet: Cell, tally: &Tally| {
            let mut row = vec![code, name];
            if sheets {
                row.push(sheet);
            }
            row.extend(COUNTED.iter().map(|c| Cell::Number((c.of)(tally))));
            row
        };
        let total = cells(Cell::text(say(TOTAL)), Cell::Empty, Cell::Empty, &sum);
        let rows = lines.into_iter().map(move |l| {
            let name = self.communes.get(&*l.commune).map_or(Cell::Empty, Cell::text);
            let sheet = l.sheet.as_deref().map_or(Cell::Empty, Cell::text);
            cells(Cell::text(&*l.commune), name, sheet, &l.tally)
        });
        Sheet {
            name: say(name),
            columns,
            rows: Box::new(rows.chain(std::iter::once(total))),
            total: true,
        }
    }

    /// The parcels asked for, by commune, sheet and number.
    pub fn rows(&self) -> Vec<&'a Row> {
        let all = self.readiness.rows().iter();
        let mut rows: Vec<&Row> = all
            .filter(|r| self.asked(&self.readiness.place(r).commune))
            .collect();
        let number = |r: &Row| {
            self.coverage
                .get(r.fid)
                .map(|p| p.number.clone())
                .unwrap_or_default()
        };
        rows.sort_by_cached_key(|r| {
            let place = self.readiness.place(r);
            ByNumber([place.commune.clone(), place.sheet.clone(), number(r)], r.fid)
        });
        rows
    }

    fn parcels(&'a self) -> Sheet<'a> {
        let say = |t: Text| t.get(self.lang).to_owned();
        let mut columns = vec![
            Column::new(say(COMMUNE), Kind::Text, 8),
            Column::new(say(terms::SHEET_NUMBER), Kind::Text, 8),
            Column::new(say(terms::PARCEL_NUMBER), Kind::Text, 9),
            Column::new(say(Text::new("Nhóm", "Group")), Kind::Text, 14),
        ];
        columns.extend(Quality::ALL.map(|q| Column::new(say(q.name()), Kind::Text, 6)));
        columns.extend(FLAGS.map(|f| Column::new(f, Kind::Count, 11)));
        columns.push(Column::new(say(Text::new("Lý do", "Reasons")), Kind::Text, 60));
        columns.push(Column::new("uid", Kind::Text, 38));
        let rows = self.rows().into_iter().map(move |r| self.parcel(r));
        Sheet {
            name: say(BY_PARCEL),
            columns,
            rows: Box::new(rows),
            total: false,
        }
    }

    fn parcel(&self, row: &Row) -> Vec<Cell> {
        let (place, criteria) = (self.readiness.place(row), self.readiness.criteria());
        let parcel = self.coverage.get(row.fid);
        let text = |t: &str| if t.is_empty() { Cell::Empty } else { Cell::text(t) };
        let mut cells = vec![
            text(&place.commune),
            text(&place.sheet),
            text(parcel.map_or("", |p| &p.number)),
            text(self.readiness.group(row).name().get(self.lang)),
        ];
        let has = |q: Quality| !row.reasons.meets(criteria.of_quality(q));
        cells.extend(Quality::ALL.map(|q| if has(q) { Cell::text("x") } else { Cell::Empty }));
        let flag = |f: usize| classify::flag(f, row.reasons, row.verified, criteria);
        cells.extend((0..FLAGS.len()).map(|f| flag(f).map_or(Cell::Empty, Cell::count)));
        let why: Vec<&str> = row.reasons.iter().map(|r| r.name().get(self.lang)).collect();
        cells.push(text(&why.join("; ")));
        cells.push(parcel.map_or(Cell::Empty, |p| Cell::text(p.uid.to_string())));
        cells
    }

    /// What keeps the parcels asked for from being ready.
    pub fn blockers(&self) -> Vec<Blocker> {
        let total = self.readiness.total(self.only);
        readiness::blockers(&total, self.readiness.criteria())
    }

    fn blocker_table(&'a self) -> Sheet<'a> {
        let say = |t: Text| t.get(self.lang).to_owned();
        let columns = vec![
            Column::new(say(Text::new("Vướng mắc", "Blocker")), Kind::Text, 46),
            Column::new(say(Text::new("Thứ tự ưu tiên", "Priority")), Kind::Count, 9),
            Column::new(say(Text::new("Danh sách việc", "Worklist")), Kind::Text, 30),
            Column::new(say(Text::new("Số thửa", "Parcels")), Kind::Count, 11),
            Column::new(
                say(Text::new("Chỉ vướng việc này", "Nothing else")),
                Kind::Count,
                11,
            ),
            Column::new(
                say(Text::new("Phút mỗi thửa", "Minutes each")),
                Kind::Decimal(1),
                11,
            ),
            Column::new(
                say(Text::new("Công dự kiến (giờ)", "Effort (hours)")),
                Kind::Decimal(1),
                13,
            ),
            Column::new(say(Text::new("Việc cần làm", "What to do")), Kind::Text, 50),
        ];
        let rows = self.blockers().into_iter().map(move |b| {
            let worklist = WORKLISTS[usize::from(b.worklist) - 1];
            vec![
                Cell::text(b.reason.name().get(self.lang)),
                Cell::count(b.worklist),
                Cell::text(worklist.get(self.lang)),
                Cell::count(b.parcels),
                Cell::count(b.alone),
                Cell::Number(b.minutes_each),
                Cell::Number(b.hours),
                Cell::text(b.reason.remedy().get(self.lang)),
            ]
        });
        Sheet {
            name: say(BLOCKERS),
            columns,
            rows: Box::new(rows),
            total: false,
        }
    }

    fn day_table(&'a self) -> Sheet<'a> {
        let say = |t: Text| t.get(self.lang).to_owned();
        let columns = vec![
            Column::new(say(Text::new("Ngày", "Day")), Kind::Date, 12),
            Column::new(say(Text::new("Người thực hiện", "Person")), Kind::Text, 24),
            Column::new(
                say(Text::new("Số thửa đã xử lý", "Records done")),
                Kind::Count,
                12,
            ),
        ];
        let rows = self.trend.done.iter().map(|d| {
            let records = Cell::count(d.records);
            vec![Cell::Date(d.day), Cell::text(&d.person), records]
        });
        Sheet {
            name: say(BY_DAY),
            columns,
            rows: Box::new(rows),
            total: false,
        }
    }

    /// The table, and behind it blockers and work by day.
    pub fn xlsx(&self, path: &Path, by: By) -> Result<(), Failure> {
        let title = DISTRICT.get(self.lang);
        sheet::xlsx(
            path,
            title,
            vec![self.table(by), self.blocker_table(), self.day_table()],
        )
    }

    /// The table alone.
    pub fn csv(&self, path: &Path, by: By) -> Result<(), Failure> {
        sheet::csv(path, self.table(by))
    }
}

/// Commune, sheet, number as people count; then fid.
#[derive(PartialEq, Eq)]
struct ByNumber([std::sync::Arc<str>; 3], i64);

impl Ord for ByNumber {
    fn cmp(&self, o: &Self) -> std::cmp::Ordering {
        let texts = self.0.iter().zip(&o.0).map(|(a, b)| natural(a, b));
        texts
            .fold(std::cmp::Ordering::Equal, std::cmp::Ordering::then)
            .then(self.1.cmp(&o.1))
    }
}

impl PartialOrd for ByNumber {
    fn partial_cmp(&self, o: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(o))
    }
}
