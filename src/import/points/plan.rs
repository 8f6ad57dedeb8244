//! How the lines of a file are read: separator, decimal sign, heading, columns.

use std::collections::BTreeMap;

use crate::codes;
use crate::domain::Failure;
use crate::msg;
use crate::text::encoding::Encoding;
use crate::text::{Lang, Text};

use super::file::PointFile;

/// Lines looked at for a proposal.
const SAMPLE: usize = 200;

/// m of X (north) and of Y (east) that occur in Viet Nam's VN-2000 zones, with room.
const NORTH: std::ops::Range<f64> = 850e3..2_650e3;
const EAST: std::ops::Range<f64> = 100e3..850e3;

/// What stands between the columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Separator {
    Tab,
    Semicolon,
    Comma,
    /// Any number of spaces.
    Space,
}

impl Separator {
    pub const ALL: [Self; 4] = [Self::Tab, Self::Semicolon, Self::Comma, Self::Space];

    /// As in cli.md.
    pub fn name(self) -> &'static str {
        match self {
            Self::Tab => "tab",
            Self::Semicolon => "semicolon",
            Self::Comma => "comma",
            Self::Space => "space",
        }
    }

    pub fn label(self) -> Text {
        match self {
            Self::Tab => Text::new("Tab", "Tab"),
            Self::Semicolon => Text::new("Chấm phẩy ;", "Semicolon ;"),
            Self::Comma => Text::new("Phẩy ,", "Comma ,"),
            Self::Space => Text::new("Dấu cách", "Spaces"),
        }
    }

    /// The fields of a line; quotes hold a separator inside a field.
    pub fn split(self, line: &str) -> Vec<String> {
        let sign = match self {
            Self::Space => return line.split_whitespace().map(unquoted).collect(),
            Self::Tab => '\t',
            Self::Semicolon => ';',
            Self::Comma => ',',
        };
        let (mut fields, mut field, mut inside) = (Vec::new(), String::new(), false);
        for c in line.chars() {
            match c {
                '"' => inside = !inside,
                c if c == sign && !inside => fields.push(std::mem::take(&mut field).trim().to_owned()),
                c => field.push(c),
            }
        }
        fields.push(field.trim().to_owned());
        fields
    }
}

fn unquoted(s: &str) -> String {
    s.trim_matches('"').to_owned()
}

/// What a column can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum PointField {
    Label,
    /// North, metres (latitude in degrees with WGS 84).
    X,
    /// East, metres.
    Y,
    Height,
    Code,
    /// Standard error, metres.
    Accuracy,
}

impl PointField {
    pub const ALL: [Self; 6] = [
        Self::Label,
        Self::X,
        Self::Y,
        Self::Height,
        Self::Code,
        Self::Accuracy,
    ];

    /// As in `--map`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Label => "label",
            Self::X => "x",
            Self::Y => "y",
            Self::Height => "h",
            Self::Code => "code",
            Self::Accuracy => "accuracy",
        }
    }

    pub fn label(self) -> Text {
        match self {
            Self::Label => Text::new("Số hiệu điểm", "Point number"),
            Self::X => Text::new("X (bắc)", "X (north)"),
            Self::Y => Text::new("Y (đông)", "Y (east)"),
            Self::Height => Text::new("Độ cao H", "Height H"),
            Self::Code => Text::new("Mã điểm", "Code"),
            Self::Accuracy => Text::new("Độ chính xác", "Accuracy"),
        }
    }
}

/// What the person says beforehand; everything else is proposed.
#[derive(Clone, Debug, Default)]
pub struct PointOptions {
    pub separator: Option<Separator>,
    pub decimal: Option<char>,
    /// Whether the first line names the columns.
    pub header: Option<bool>,
    /// (field, column: its name or its number from 1).
    pub map: Vec<(PointField, String)>,
    pub encoding: Option<Encoding>,
}

/// Parses one `--map f=COL`.
pub fn parse_point_choice(text: &str) -> Result<(PointField, String), Failure> {
    let bad = || {
        let known = PointField::ALL.map(PointField::name).join(", ");
        Failure::new(
            "BAD_MAP",
            msg!(
                "“{text}” không có dạng TRƯỜNG=CỘT.",
                "“{text}” is not of the form FIELD=COLUMN."
            ),
        )
        .remedy(msg!(
            "Trường: {known}; cột: tên cột hoặc số thứ tự từ 1.",
            "Fields: {known}; column: its name or its number from 1."
        ))
    };
    let (field, column) = text.split_once('=').ok_or_else(bad)?;
    let field = PointField::ALL
        .into_iter()
        .find(|f| f.name() == field.trim())
        .ok_or_else(bad)?;
    Ok((field, column.trim().to_owned()))
}

/// How a file is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PointPlan {
    pub separator: Separator,
    /// ',' or '.'.
    pub decimal: char,
    pub header: bool,
    /// Column (from 0) of each field.
    pub columns: BTreeMap<PointField, usize>,
    /// Names of the columns: of the heading, else "1", "2" …
    pub names: Vec<String>,
    /// The heading calls Y what by its size is X; the columns above follow the size.
    pub turned: bool,
}

impl PointPlan {
    /// What the file looks like, with the person's word over it. Fails with `NO_SUCH_COLUMN`.
    pub fn propose(file: &PointFile, options: &PointOptions) -> Result<Self, Failure> {
        let sample: Vec<&str> = file.lines.iter().take(SAMPLE).map(|(_, l)| l.as_str()).collect();
        let separator = options.separator.unwrap_or_else(|| separator(&sample));
        let rows: Vec<Vec<String>> = sample.iter().map(|l| separator.split(l)).collect();
        let decimal = options.decimal.unwrap_or_else(|| decimal(&rows, separator));
        let header = options.header.unwrap_or_else(|| has_header(&rows, decimal));
        let width = rows.iter().map(Vec::len).max().unwrap_or(0);
        let names: Vec<String> = (0..width)
            .map(|i| match rows.first().filter(|_| header).and_then(|r| r.get(i)) {
                Some(name) if !name.is_empty() => name.clone(),
                _ => (i + 1).to_string(),
            })
            .collect();
        let body = &rows[usize::from(header)..];
        let mut columns = if header { by_name(&names) } else { BTreeMap::new() };
        let ranges: Vec<Kind> = (0..width).map(|i| kind(body, i, decimal)).collect();
        let turned = by_size(&mut columns, &ranges);
        if !header {
            by_place(&mut columns, &ranges);
        }
        for (field, column) in &options.map {
            choose(&mut columns, *field, column, &names)?;
        }
        Ok(Self {
            separator,
            decimal,
            header,
            columns,
            names,
            turned,
        })
    }

    /// The same plan with another separator, decimal sign or heading: columns are proposed anew.
    pub fn again(&self, file: &PointFile) -> Self {
        let options = PointOptions {
            separator: Some(self.separator),
            decimal: Some(self.decimal),
            header: Some(self.header),
            ..PointOptions::default()
        };
        // Without a chosen column nothing can be refused.
        Self::propose(file, &options).unwrap_or_else(|_| self.clone())
    }

    /// Whether points can be read by it; why not. `POINT_COLUMNS`.
    pub fn check(&self, file: &PointFile) -> Result<(), Failure> {
        let there = |f| self.columns.contains_key(&f);
        if there(PointField::X) && there(PointField::Y) {
            return Ok(());
        }
        let names = self.names.join(", ");
        let message = msg!(
            "Chưa biết cột nào là X và Y.",
            "It is not known which columns are X and Y."
        );
        Err(Failure::new("POINT_COLUMNS", message)
            .file(&file.path)
            .remedy(msg!(
                "Hãy chỉ rõ cột, ví dụ --map x=2 --map y=3. Các cột: {names}.",
                "Name the columns, for example --map x=2 --map y=3. The columns are: {names}."
            )))
    }

    /// "x=2 y=3": the columns by name, for reports.
    pub fn mapping(&self) -> BTreeMap<&'static str, String> {
        let name = |i: &usize| self.names.get(*i).cloned().unwrap_or_default();
        self.columns.iter().map(|(f, i)| (f.name(), name(i))).collect()
    }
}

/// A number of a field book: digits with at most one decimal sign.
pub fn number(field: &str, decimal: char) -> Option<f64> {
    let s = field.trim().replace('\u{2212}', "-");
    let fits = |c: char| c.is_ascii_digit() || c == decimal || "+-eE".contains(c);
    if s.is_empty() || !s.chars().all(fits) || !s.contains(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let value: f64 = s.replace(decimal, ".").parse().ok()?;
    value.is_finite().then_some(value)
}

/// The separator by which most lines have the most numbers.
fn separator(sample: &[&str]) -> Separator {
    let any = |f: &String| number(f, '.').is_some() || number(f, ',').is_some();
    let score = |s: Separator| -> usize {
        let lines = sample
            .iter()
            .map(|l| s.split(l).iter().filter(|f| any(f)).count());
        lines.filter(|n| *n >= 2).map(|n| n.min(5)).sum()
    };
    // A comma may also be the decimal sign of numbers parted by something else: it comes last.
    let order = [
        Separator::Tab,
        Separator::Semicolon,
        Separator::Space,
        Separator::Comma,
    ];
    order
        .into_iter()
        .rev()
        .max_by_key(|s| score(*s))
        .unwrap_or(Separator::Comma)
}

fn decimal(rows: &[Vec<String>], separator: Separator) -> char {
    let with = |sign: char| {
        let fields = rows.iter().flatten();
        fields
            .filter(|f| f.contains(sign) && number(f, sign).is_some())
            .count()
    };
    if separator != Separator::Comma && with(',') > with('.') {
        ','
    } else {
        '.'
    }
}

/// The first line has no two numbers and later ones have.
fn has_header(rows: &[Vec<String>], decimal: char) -> bool {
    let numbers = |r: &Vec<String>| r.iter().filter(|f| number(f, decimal).is_some()).count();
    let later = rows.iter().skip(1).any(|r| numbers(r) >= 2);
    rows.first().is_some_and(|r| numbers(r) < 2) && (later || rows.len() == 1)
}

fn by_name(names: &[String]) -> BTreeMap<PointField, usize> {
    let mut columns = BTreeMap::new();
    for (i, name) in names.iter().enumerate() {
        let field =
            codes::survey_column(name).and_then(|n| PointField::ALL.into_iter().find(|f| f.name() == n));
        if let Some(field) = field {
            columns.entry(field).or_insert(i);
        }
    }
    columns
}

/// What the values of a column look like.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Kind {
    North,
    East,
    Number,
    Text,
    Empty,
}

fn kind(rows: &[Vec<String>], column: usize, decimal: char) -> Kind {
    let values: Vec<&String> = rows
        .iter()
        .filter_map(|r| r.get(column))
        .filter(|v| !v.is_empty())
        .collect();
    let numbers: Vec<f64> = values.iter().filter_map(|v| number(v, decimal)).collect();
    let most = |n: usize| n * 2 > values.len();
    let within = |range: &std::ops::Range<f64>| most(numbers.iter().filter(|v| range.contains(v)).count());
    match () {
        () if values.is_empty() => Kind::Empty,
        () if within(&NORTH) => Kind::North,
        () if within(&EAST) => Kind::East,
        () if most(numbers.len()) => Kind::Number,
        () => Kind::Text,
    }
}

/// X and Y by their size, which is sure in Viet Nam, against names too; true when the names said otherwise.
fn by_size(columns: &mut BTreeMap<PointField, usize>, kinds: &[Kind]) -> bool {
    let x = columns.get(&PointField::X).copied();
    let y = columns.get(&PointField::Y).copied();
    if let (Some(x), Some(y)) = (x, y) {
        let turned = kinds.get(x) == Some(&Kind::East) && kinds.get(y) == Some(&Kind::North);
        if turned {
            columns.insert(PointField::X, y);
            columns.insert(PointField::Y, x);
        }
        return turned;
    }
    let only = |k: Kind| {
        let mut at = kinds
            .iter()
            .enumerate()
            .filter(|(_, kind)| **kind == k)
            .map(|(i, _)| i);
        at.next().filter(|_| at.next().is_none())
    };
    if let (Some(x), Some(y)) = (only(Kind::North), only(Kind::East)) {
        columns.insert(PointField::X, x);
        columns.insert(PointField::Y, y);
    }
    false
}

/// Without a heading: number first, then X, Y, H, then the code.
fn by_place(columns: &mut BTreeMap<PointField, usize>, kinds: &[Kind]) {
    if !columns.contains_key(&PointField::X) {
        let numbers: Vec<usize> = (0..kinds.len())
            .filter(|i| matches!(kinds[*i], Kind::Number | Kind::North | Kind::East))
            .collect();
        // "no, x, y, h": the first of four is the point's number even when it is a number.
        let skip = usize::from(numbers.len() > 2 && numbers.first() == Some(&0));
        if let [x, y, ..] = numbers[skip.min(numbers.len())..] {
            columns.insert(PointField::X, x);
            columns.insert(PointField::Y, y);
        }
    }
    let (Some(x), Some(y)) = (
        columns.get(&PointField::X).copied(),
        columns.get(&PointField::Y).copied(),
    ) else {
        return;
    };
    let (first, last) = (x.min(y), x.max(y));
    if first > 0 {
        columns.entry(PointField::Label).or_insert(0);
    }
    let after = |k: Kind| (last + 1..kinds.len()).find(|i| kinds[*i] == k);
    if let Some(h) = after(Kind::Number) {
        columns.entry(PointField::Height).or_insert(h);
    }
    if let Some(code) = after(Kind::Text) {
        columns.entry(PointField::Code).or_insert(code);
    }
}

fn choose(
    columns: &mut BTreeMap<PointField, usize>,
    field: PointField,
    column: &str,
    names: &[String],
) -> Result<(), Failure> {
    if column.is_empty() {
        columns.remove(&field);
        return Ok(());
    }
    let by_name = names
        .iter()
        .position(|n| n.to_lowercase() == column.to_lowercase());
    let by_number = || {
        column
            .parse::<usize>()
            .ok()?
            .checked_sub(1)
            .filter(|i| *i < names.len())
    };
    let at = by_name
        .or_else(by_number)
        .ok_or_else(|| no_column(column, names))?;
    columns.retain(|_, c| *c != at);
    columns.insert(field, at);
    Ok(())
}

fn no_column(column: &str, names: &[String]) -> Failure {
    let names = names.join(", ");
    Failure::new(
        "NO_SUCH_COLUMN",
        msg!("Không có cột “{column}”.", "There is no column “{column}”."),
    )
    .remedy(msg!("Các cột: {names}.", "The columns are: {names}."))
}

/// "phẩy" / "comma" of a decimal sign.
pub fn decimal_label(sign: char, lang: Lang) -> &'static str {
    let text = if sign == ',' {
        Text::new("Dấu phẩy (12,5)", "Comma (12,5)")
    } else {
        Text::new("Dấu chấm (12.5)", "Point (12.5)")
    };
    text.get(lang)
}
