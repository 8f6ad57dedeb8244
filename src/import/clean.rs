//! Values as files have them, made into values as the register has them. Nothing is guessed: what
//! cannot be read is kept aside by the caller.

use std::fmt::Write;

use crate::formats::Value;
use crate::text::encoding::{Decoded, Encoding, decode};

/// A value as text: numbers without a needless ".0", text decoded and trimmed.
pub fn text(value: &Value<'_>, encoding: Encoding) -> Decoded {
    match value {
        Value::Null => Decoded::default(),
        Value::Bytes(b) => decode(b, encoding),
        Value::Text(s) => decode(s.as_bytes(), encoding),
        Value::Int(i) => plain(i.to_string()),
        Value::Real(x) => plain(real(*x)),
    }
}

fn plain(text: String) -> Decoded {
    Decoded {
        text,
        ..Decoded::default()
    }
}

/// Shortest form that reads back; whole numbers without decimals.
fn real(x: f64) -> String {
    if x.fract() == 0.0 && x.abs() < 1e15 {
        format!("{x:.0}")
    } else {
        x.to_string()
    }
}

/// A sheet or parcel number: "12.0" and "0012" become "12"; text such as "TĐ 12-2019" stays.
/// Zero is "none": numbers begin with 1 (domain.md §4.1), and formats without nulls (TAB) write 0.
pub fn label(mut text: String) -> String {
    if let Some((whole, zeros)) = text.split_once(['.', ','])
        && !whole.is_empty()
        && is_digits(whole)
        && zeros.bytes().all(|b| b == b'0')
    {
        text.truncate(whole.len());
    }
    if text.starts_with('0') && is_digits(&text) {
        text = text.trim_start_matches('0').to_owned();
    }
    text
}

fn is_digits(s: &str) -> bool {
    s.bytes().all(|b| b.is_ascii_digit())
}

/// A commune code: five digits, zeros restored that a number column lost (domain.md §4.1). `None` when
/// it is no such code.
pub fn commune(text: &str) -> Option<String> {
    let digits = text.split_once('.').map_or(text, |(whole, zeros)| {
        if zeros.bytes().all(|b| b == b'0') {
            whole
        } else {
            text
        }
    });
    let fits = (1..=5).contains(&digits.len()) && is_digits(digits) && digits.bytes().any(|b| b != b'0');
    fits.then(|| format!("{digits:0>5}"))
}

/// A commune code standing alone in a file's name: `DC_25747_2026.shp` gives 25747.
pub fn commune_in_name(name: &str) -> Option<String> {
    let mut codes = name
        .split(|c: char| !c.is_ascii_digit())
        .filter(|run| run.len() == 5);
    let first = codes.next()?;
    codes.all(|c| c == first).then(|| first.to_owned())
}

/// What a number column says.
#[derive(Clone, Debug, PartialEq)]
pub enum Number {
    Missing,
    Is(f64),
    Unreadable,
}

/// An area in m²; zero stands for "not known" in these files.
pub fn area(value: &Value<'_>, encoding: Encoding) -> Number {
    let x = match value {
        Value::Null => return Number::Missing,
        Value::Int(i) => *i as f64,
        Value::Real(x) => *x,
        Value::Bytes(_) | Value::Text(_) => {
            let text = text(value, encoding).text;
            if text.is_empty() {
                return Number::Missing;
            }
            match number(&text) {
                Some(x) => x,
                None => return Number::Unreadable,
            }
        }
    };
    // Beyond 10^12 m² no district lies; rounding to six decimals is the register's form (cli.md).
    if x == 0.0 {
        Number::Missing
    } else if x.is_finite() && x > 0.0 && x < 1e12 {
        Number::Is((x * 1e6).round() / 1e6)
    } else {
        Number::Unreadable
    }
}

/// A number in a text column of a file: the last sign of two kinds is the decimal one; a single sign
/// is always decimal, because files do not group; several equal ones group.
fn number(text: &str) -> Option<f64> {
    let text = text.strip_suffix("m2").unwrap_or(text).trim_end();
    let signs = text.matches(['.', ',']).count();
    let last = text.rfind(['.', ',']);
    let groups = signs > 1 && last.is_some_and(|at| text.matches(&text[at..=at]).count() > 1);
    let mut plain = String::with_capacity(text.len());
    for (at, c) in text.char_indices() {
        match c {
            '.' | ',' if Some(at) == last && !groups => plain.push('.'),
            '.' | ',' | ' ' => {}
            '0'..='9' => plain.push(c),
            '-' if at == 0 => plain.push('-'),
            _ => return None,
        }
    }
    plain.parse().ok()
}

/// All attributes of a record as (column, value), empty ones left out: for the quarantine.
pub fn attributes<'a>(
    columns: impl Iterator<Item = (&'a str, Encoding)>,
    values: &[Value<'_>],
) -> Vec<(String, String)> {
    columns
        .zip(values)
        .map(|((name, encoding), value)| (name.to_owned(), text(value, encoding).text))
        .filter(|(_, text)| !text.is_empty())
        .collect()
}

/// "TENCHU, DIACHI".
pub fn list<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let mut s = String::new();
    for name in names {
        let comma = if s.is_empty() { "" } else { ", " };
        let _ = write!(s, "{comma}{name}");
    }
    s
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels() {
        for (raw, clean) in [
            ("12.0", "12"),
            ("12,00", "12"),
            ("0012", "12"),
            ("000", ""),
            ("12", "12"),
            ("12.5", "12.5"),
            ("TĐ 12-2019", "TĐ 12-2019"),
            ("299-3", "299-3"),
            (".0", ".0"),
            ("", ""),
        ] {
            assert_eq!(label(raw.to_owned()), clean, "{raw:?}");
        }
        assert_eq!(text(&Value::Real(12.0), Encoding::Utf8).text, "12");
        assert_eq!(text(&Value::Real(120.55), Encoding::Utf8).text, "120.55");
        assert_eq!(text(&Value::Bytes(b"\xA7\xCAt \0"), Encoding::Tcvn3).text, "Đất");
    }

    #[test]
    fn communes() {
        for (raw, code) in [
            ("25747", Some("25747")),
            ("7954", Some("07954")),
            ("7954.0", Some("07954")),
            ("00000", None),
            ("123456", None),
            ("Xã Bịa", None),
            ("", None),
        ] {
            assert_eq!(commune(raw).as_deref(), code, "{raw:?}");
        }
        assert_eq!(commune_in_name("DC_25747_2026.shp").as_deref(), Some("25747"));
        assert_eq!(commune_in_name("25747"), Some("25747".into()));
        assert_eq!(commune_in_name("thua_123456.shp"), None);
        assert_eq!(commune_in_name("25747_25750.shp"), None);
    }

    #[test]
    fn areas() {
        for (value, expected) in [
            (Value::Null, Number::Missing),
            (Value::Int(0), Number::Missing),
            (Value::Real(120.5), Number::Is(120.5)),
            (Value::Real(-1.0), Number::Unreadable),
            (Value::Real(f64::NAN), Number::Unreadable),
            (Value::Bytes(b"120,5"), Number::Is(120.5)),
            (Value::Bytes(b"120.500"), Number::Is(120.5)),
            (Value::Bytes(b"1.234,5"), Number::Is(1234.5)),
            (Value::Bytes(b"1,234.5"), Number::Is(1234.5)),
            (Value::Bytes(b"1.234.567"), Number::Is(1_234_567.0)),
            (Value::Text("85 m2"), Number::Is(85.0)),
            (Value::Bytes(b"   "), Number::Missing),
            (Value::Bytes(b"#REF!"), Number::Unreadable),
            (Value::Bytes(b"."), Number::Unreadable),
        ] {
            assert_eq!(area(&value, Encoding::Utf8), expected, "{value:?}");
        }
    }
}
