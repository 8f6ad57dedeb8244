//! Numbers, areas, dates and coordinates as a person reads and types them.
//!
//! Vietnamese: `1.234,5 m²`, `dd/MM/yyyy`, X (north) before Y (east); areas with one decimal,
//! lengths with two (domain.md §13). Never used for files, which keep the point.

use jiff::{Timestamp, civil, tz};

use super::{Lang, Msg, Text};
use crate::msg;
use crate::text::Failure;

/// (decimal sign, thousands sign).
fn signs(lang: Lang) -> (char, char) {
    match lang {
        Lang::Vi => (',', '.'),
        Lang::En => ('.', ','),
    }
}

/// `value` with exactly `decimals` decimals and grouped thousands: "1.234,50". "—" for NaN and infinities.
pub fn number(value: f64, decimals: usize, lang: Lang) -> String {
    grouped(value, decimals, lang, true)
}

/// An area in m², one decimal: "1.234,5 m²".
pub fn area(m2: f64, lang: Lang) -> String {
    number(m2, 1, lang) + " m²"
}

/// A length in m, two decimals: "12,34 m".
pub fn length(metres: f64, lang: Lang) -> String {
    number(metres, 2, lang) + " m"
}

/// A whole number with grouped thousands: "115.000".
pub fn count(n: u64, lang: Lang) -> String {
    group(&n.to_string(), signs(lang).1)
}

/// One coordinate of the lattice (mm) in metres, three decimals, thousands not grouped as in the
/// field's tables: "1191500,250".
pub fn coordinate(mm: i64, lang: Lang) -> String {
    let sign = if mm < 0 { "-" } else { "" };
    let mm = mm.unsigned_abs();
    format!("{sign}{}{}{:03}", mm / 1000, signs(lang).0, mm % 1000)
}

/// Latitude or longitude in degrees, eight decimals (about 1 mm): "10,77290981°".
pub fn degrees(value: f64, lang: Lang) -> String {
    grouped(value, 8, lang, false) + "°"
}

/// A direction in degrees, minutes and seconds: "45°30′15″".
pub fn angle(degrees: f64) -> String {
    let seconds = (degrees.rem_euclid(360.0) * 3600.0).round() as i64 % (360 * 3600);
    let (d, m, s) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    format!("{d}°{m:02}′{s:02}″")
}

/// A central meridian in degrees and minutes: "105°45′".
pub fn meridian(degrees: f64) -> String {
    let minutes = (degrees * 60.0).round() as i64;
    format!("{}°{:02}′", minutes / 60, minutes % 60)
}

/// A map scale: "1:2.000".
pub fn scale(denominator: u64, lang: Lang) -> String {
    format!("1:{}", count(denominator, lang))
}

/// "31/12/2026" in both languages.
pub fn date(d: civil::Date) -> String {
    format!("{:02}/{:02}/{:04}", d.day(), d.month(), d.year())
}

/// The clock of Vietnam: UTC+7 all year.
pub fn clock() -> tz::TimeZone {
    tz::TimeZone::fixed(tz::offset(7))
}

/// Day and time of day in Vietnam: "31/12/2026 23:59".
pub fn date_time(at: Timestamp) -> String {
    let local = at.to_zoned(clock()).datetime();
    format!("{} {:02}:{:02}", date(local.date()), local.hour(), local.minute())
}

/// Time of day in Vietnam: "23:59:07".
pub fn time(at: Timestamp) -> String {
    let local = at.to_zoned(clock()).datetime();
    format!("{:02}:{:02}:{:02}", local.hour(), local.minute(), local.second())
}

fn grouped(value: f64, decimals: usize, lang: Lang, thousands: bool) -> String {
    if !value.is_finite() {
        return "—".to_owned();
    }
    let (decimal_sign, thousands_sign) = signs(lang);
    let plain = format!("{:.decimals$}", value.abs());
    let (whole, fraction) = plain.split_once('.').unwrap_or((&plain, ""));
    let is_zero = plain.bytes().all(|b| matches!(b, b'0' | b'.'));
    let mut s = String::from(if value < 0.0 && !is_zero { "-" } else { "" });
    match thousands {
        true => s += &group(whole, thousands_sign),
        false => s += whole,
    }
    if !fraction.is_empty() {
        s.push(decimal_sign);
        s += fraction;
    }
    s
}

fn group(digits: &str, sign: char) -> String {
    let mut s = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, c) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            s.push(sign);
        }
        s.push(c);
    }
    s
}

const NOT_A_NUMBER_REMEDY: Text = Text::new(
    "Nhập số với dấu phẩy thập phân, ví dụ 1.234,5.",
    "Type a number with a decimal point, for example 1,234.5.",
);

/// Reads a number as typed.
///
/// Vietnamese: the comma is the decimal sign; dots that part groups of three are thousands signs, so
/// "1.234" is 1234; a single dot that cannot be one ("12.5", "0.125", "1234.567") is read as decimal
/// sign. English: comma and point change places, without that leniency for the comma. Spaces group
/// too; a unit (m², m2, m, ha is not) may follow. Refused with `NOT_A_NUMBER`: all else.
pub fn parse_number(typed: &str, lang: Lang) -> Result<f64, Failure> {
    read(typed, lang).ok_or_else(|| {
        Failure::new(
            "NOT_A_NUMBER",
            msg!("“{typed}” không phải là số.", "“{typed}” is not a number."),
        )
        .remedy(Msg::from(NOT_A_NUMBER_REMEDY))
    })
}

fn read(typed: &str, lang: Lang) -> Option<f64> {
    let s = typed.trim();
    let s = ["m²", "m2", "m"]
        .iter()
        .find_map(|u| s.strip_suffix(u))
        .unwrap_or(s)
        .trim_end();
    let (negative, s) = match s.strip_prefix(['-', '\u{2212}']) {
        Some(rest) => (true, rest.trim_start()),
        None => (false, s),
    };
    let (decimal, thousands) = signs(lang);
    let (whole, fraction) = match s.split_once(decimal) {
        Some((w, f)) => (w, f),
        None => match s.split_once(thousands) {
            // Vietnamese only: one dot that is no thousands sign.
            Some((w, f)) if lang == Lang::Vi && !f.contains(thousands) && !is_grouped(s, thousands) => (w, f),
            _ => (s, ""),
        },
    };
    let digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
    let whole = ungroup(whole, thousands)?;
    if whole.is_empty() && fraction.is_empty() || !digits(&whole) || !digits(fraction) || whole.len() > 15 {
        return None;
    }
    let value: f64 = format!("0{whole}.{fraction}0").parse().ok()?;
    Some(if negative { -value } else { value })
}

/// The digits without their thousands signs; `None` when the groups are not of three digits.
fn ungroup(whole: &str, sign: char) -> Option<String> {
    for separator in [sign, ' ', '\u{a0}', '\u{202f}'] {
        if whole.contains(separator) {
            return is_grouped(whole, separator).then(|| whole.replace(separator, ""));
        }
    }
    Some(whole.to_owned())
}

/// Whether `s` is 1–3 digits, not beginning with 0, and groups of three behind each `sign`.
fn is_grouped(s: &str, sign: char) -> bool {
    let mut groups = s.split(sign);
    let head = groups.next().unwrap_or("");
    (1..=3).contains(&head.len()) && !head.starts_with('0') && groups.all(|g| g.len() == 3)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn numbers_as_printed() {
        for (value, decimals, vi, en) in [
            (1234.5, 1, "1.234,5", "1,234.5"),
            (0.0, 1, "0,0", "0.0"),
            (-0.01, 1, "0,0", "0.0"),
            (-1234567.891, 2, "-1.234.567,89", "-1,234,567.89"),
            (999.0, 0, "999", "999"),
            (1000.0, 0, "1.000", "1,000"),
            (f64::NAN, 1, "—", "—"),
        ] {
            assert_eq!(number(value, decimals, Lang::Vi), vi);
            assert_eq!(number(value, decimals, Lang::En), en);
        }
        assert_eq!(area(1234.54, Lang::Vi), "1.234,5 m²");
        assert_eq!(length(12.345, Lang::En), "12.35 m");
        assert_eq!(count(115_000, Lang::Vi), "115.000");
        assert_eq!(coordinate(1_191_500_250, Lang::Vi), "1191500,250");
        assert_eq!(coordinate(-5, Lang::En), "-0.005");
        assert_eq!(meridian(105.75), "105°45′");
        assert_eq!(angle(45.504_166_7), "45°30′15″");
        assert_eq!(angle(359.999_95), "0°00′00″");
        assert_eq!(scale(2000, Lang::Vi), "1:2.000");
        assert_eq!(degrees(10.772909809, Lang::Vi), "10,77290981°");
    }

    #[test]
    fn dates_as_printed() {
        assert_eq!(date(civil::date(2026, 1, 9)), "09/01/2026");
        let evening: Timestamp = "2026-12-31T18:30:00Z".parse().unwrap();
        assert_eq!(date_time(evening), "01/01/2027 01:30");
    }

    #[test]
    fn numbers_as_typed() {
        for (typed, vi, en) in [
            ("1234,5", Some(1234.5), None),
            ("1.234,5", Some(1234.5), None),
            ("1.234", Some(1234.0), Some(1.234)),
            ("1.234.567", Some(1_234_567.0), None),
            ("12.5", Some(12.5), Some(12.5)),
            ("0.125", Some(0.125), Some(0.125)),
            ("1234.567", Some(1234.567), Some(1234.567)),
            ("1,234.5", None, Some(1234.5)),
            ("1,234", Some(1.234), Some(1234.0)),
            ("12 345,6", Some(12345.6), None),
            ("-3,5 m²", Some(-3.5), None),
            ("120,5 m2", Some(120.5), None),
            (",5", Some(0.5), None),
            ("1.23.456", None, None),
            ("12,3,4", None, None),
            ("", None, None),
            ("-", None, None),
            ("1e5", None, None),
            ("nan", None, None),
            ("#REF!", None, None),
        ] {
            assert_eq!(parse_number(typed, Lang::Vi).ok(), vi, "vi {typed:?}");
            assert_eq!(parse_number(typed, Lang::En).ok(), en, "en {typed:?}");
        }
        assert_eq!(parse_number("x", Lang::Vi).unwrap_err().code(), "NOT_A_NUMBER");
    }

    proptest! {
        #[test]
        fn what_is_shown_reads_back(mm in -1_000_000_000_000i64..1_000_000_000_000, vi: bool) {
            let lang = if vi { Lang::Vi } else { Lang::En };
            let value = mm as f64 / 1000.0;
            let read = parse_number(&number(value, 3, lang), lang).unwrap();
            prop_assert!((read - value).abs() < 5e-4);
        }

        #[test]
        fn typing_anything_never_panics(s in "\\PC{0,20}") {
            let _ = (parse_number(&s, Lang::Vi), parse_number(&s, Lang::En));
        }
    }
}
