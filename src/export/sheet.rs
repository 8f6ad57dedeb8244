//! Tables for people who work in Excel: one function for XLSX, one for CSV, the same cells in both.
//!
//! XLSX: header in bold and frozen, filter, number formats of the columns, no formula, nothing of the clock: the same
//! table gives the same bytes. CSV: UTF-8 with a byte order mark (without it Excel on Windows reads Vietnamese as
//! windows-1258), comma, decimal point, dates as yyyy-MM-dd: for programs. A clerk takes the XLSX.

use std::path::Path;

use jiff::civil::Date;
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, FormatAlign, Workbook, Worksheet, XlsxError};

use crate::domain::Failure;
use crate::msg;
use crate::store::files;

/// What stands in a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Text,
    /// A whole number.
    Count,
    /// A number with so many decimals.
    Decimal(u8),
    /// 0–100, one decimal.
    Percent,
    Date,
}

/// One column.
#[derive(Clone, Debug)]
pub struct Column {
    pub title: String,
    pub kind: Kind,
    /// Characters.
    pub width: u8,
}

impl Column {
    pub fn new(title: impl Into<String>, kind: Kind, width: u8) -> Self {
        Self {
            title: title.into(),
            kind,
            width,
        }
    }
}

/// One value.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    Empty,
    Text(String),
    Number(f64),
    Date(Date),
}

impl Cell {
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    pub fn count(n: impl Into<f64>) -> Self {
        Self::Number(n.into())
    }
}

/// A table. The rows are made as they are written.
pub struct Sheet<'a> {
    /// Name of the tab.
    pub name: String,
    pub columns: Vec<Column>,
    pub rows: Box<dyn Iterator<Item = Vec<Cell>> + 'a>,
    /// The last row is the sum of those before: bold, and outside the filter.
    pub total: bool,
}

/// Rows Excel can hold, with the header.
const MOST_ROWS: u32 = 1_048_576;
/// Characters Excel can hold in a cell.
const MOST_TEXT: usize = 32_767;

/// Writes tables as one workbook, a tab each. A file appears under its name only when it is complete.
pub fn xlsx(path: &Path, title: &str, sheets: Vec<Sheet<'_>>) -> Result<(), Failure> {
    let bytes = workbook(title, sheets).map_err(|e| match e {
        Stop::Long => too_long(),
        Stop::Xlsx(e) => broken(&e.to_string()),
    })?;
    files::write_whole(path, &bytes)
}

enum Stop {
    Long,
    Xlsx(XlsxError),
}

impl From<XlsxError> for Stop {
    fn from(e: XlsxError) -> Self {
        Self::Xlsx(e)
    }
}

fn workbook(title: &str, sheets: Vec<Sheet<'_>>) -> Result<Vec<u8>, Stop> {
    let mut book = Workbook::new();
    // The clock of no PC: the same data give the same bytes.
    let made = ExcelDateTime::from_ymd(2026, 1, 1)?;
    book.set_properties(&DocProperties::new().set_title(title).set_creation_datetime(&made));
    for sheet in sheets {
        // Rows go to a temporary file as they come: half a million of them take no memory.
        let tab = book.add_worksheet_with_low_memory()?;
        tab.set_name(tab_name(&sheet.name))?;
        fill(tab, sheet)?;
    }
    Ok(book.save_to_buffer()?)
}

fn fill(tab: &mut Worksheet, sheet: Sheet<'_>) -> Result<(), Stop> {
    let head = Format::new()
        .set_bold()
        .set_text_wrap()
        .set_align(FormatAlign::VerticalCenter)
        .set_background_color("#E7EEF7");
    let formats: Vec<[Format; 2]> = sheet.columns.iter().map(|c| format(c.kind)).collect();
    tab.set_freeze_panes(1, 0)?;
    tab.set_repeat_rows(0, 0)?;
    tab.set_landscape();
    tab.set_paper_size(9);
    tab.set_print_fit_to_pages(1, 0);
    for (col, c) in (0u16..).zip(&sheet.columns) {
        tab.set_column_width(col, f64::from(c.width))?;
        tab.write_string_with_format(0, col, &c.title, &head)?;
    }
    let mut rows = sheet.rows.peekable();
    let mut at = 0u32;
    while let Some(cells) = rows.next() {
        at += 1;
        if at >= MOST_ROWS {
            return Err(Stop::Long);
        }
        let bold = usize::from(sheet.total && rows.peek().is_none());
        for ((col, cell), format) in (0u16..).zip(&cells).zip(&formats) {
            write(tab, at, col, cell, &format[bold])?;
        }
    }
    let last = at - u32::from(sheet.total && at > 0);
    if let (Some(cols), true) = (sheet.columns.len().checked_sub(1), last > 0) {
        tab.autofilter(0, 0, last, cols as u16)?;
    }
    Ok(())
}

fn write(tab: &mut Worksheet, row: u32, col: u16, cell: &Cell, format: &Format) -> Result<(), XlsxError> {
    match cell {
        Cell::Empty => return Ok(()),
        Cell::Text(text) => tab.write_string_with_format(row, col, cut(text), format)?,
        Cell::Number(n) => tab.write_number_with_format(row, col, *n, format)?,
        Cell::Date(d) => {
            let date = ExcelDateTime::from_ymd(d.year() as u16, d.month() as u8, d.day() as u8)?;
            tab.write_datetime_with_format(row, col, date, format)?
        }
    };
    Ok(())
}

/// The format of a column, and the same in bold.
fn format(kind: Kind) -> [Format; 2] {
    let f = match kind {
        Kind::Text => Format::new(),
        Kind::Count => Format::new().set_num_format("#,##0"),
        Kind::Decimal(n) => {
            Format::new().set_num_format(format!("#,##0.{}", "0".repeat(usize::from(n.max(1)))))
        }
        Kind::Percent => Format::new().set_num_format("0.0"),
        Kind::Date => Format::new().set_num_format("dd/mm/yyyy"),
    };
    [f.clone(), f.set_bold()]
}

/// What Excel allows as the name of a tab.
fn tab_name(name: &str) -> String {
    let allowed = |c: char| if "[]:*?/\\'".contains(c) { ' ' } else { c };
    name.chars().map(allowed).take(31).collect()
}

fn cut(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(MOST_TEXT).collect()
}

/// Writes one table as CSV. A file appears under its name only when it is complete.
pub fn csv(path: &Path, sheet: Sheet<'_>) -> Result<(), Failure> {
    let mut out = csv::Writer::from_writer("\u{feff}".as_bytes().to_vec());
    let failed = |e: csv::Error| broken(&e.to_string());
    out.write_record(sheet.columns.iter().map(|c| &c.title))
        .map_err(failed)?;
    for row in sheet.rows {
        let cells = row.iter().zip(&sheet.columns);
        out.write_record(cells.map(|(cell, column)| plain(cell, column.kind)))
            .map_err(failed)?;
    }
    let bytes = out.into_inner().map_err(|e| failed(e.into_error().into()))?;
    files::write_whole(path, &bytes)
}

/// A value as CSV has it. A text that a spreadsheet would take for a formula gets an apostrophe: sheet numbers come
/// from files of others.
fn plain(cell: &Cell, kind: Kind) -> String {
    match cell {
        Cell::Empty => String::new(),
        Cell::Text(t) if t.starts_with(['=', '+', '-', '@', '\t', '\r']) => format!("'{t}"),
        Cell::Text(t) => t.clone(),
        Cell::Number(n) => match kind {
            Kind::Decimal(decimals) => format!("{n:.*}", usize::from(decimals)),
            Kind::Percent => format!("{n:.1}"),
            _ => format!("{n}"),
        },
        Cell::Date(d) => d.to_string(),
    }
}

fn too_long() -> Failure {
    Failure::new(
        "TABLE_TOO_LONG",
        msg!(
            "Bảng có nhiều dòng hơn Excel chứa được (1.048.576).",
            "The table has more rows than Excel can hold (1,048,576)."
        ),
    )
    .remedy(msg!(
        "Xuất từng xã, hoặc xuất CSV.",
        "Export one commune at a time, or export CSV."
    ))
}

fn broken(why: &str) -> Failure {
    Failure::new(
        "OUTPUT",
        msg!("Không tạo được bảng: {why}.", "The table cannot be made: {why}."),
    )
}
