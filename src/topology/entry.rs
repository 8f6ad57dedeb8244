//! What a person types while drawing: a point, an offset, distance and azimuth, a distance alone.
//!
//! ```text
//! 2325000,5 587000,12    a point, X (north) first; spaces or ; between the two
//! 587000,12 2325000,5    the same: in Viet Nam X is 850–2650 km and Y is 100–850 km, so the order shows
//! X=… Y=…                each with its letter, in any order (also N=, E=)
//! @12,5<45               12,5 m from the last point at azimuth 45°; the @ may be left out
//! @3 -4,5   @3;-4,5      dX (north) 3 m, dY (east) −4,5 m from the last point
//! 12,5                   12,5 m from the last point in the direction shown
//! <45°30'15"             keep the azimuth        12,5<   keep the distance
//! ```
//! Decimal comma or point as in [`format::parse_number`]. Azimuths are grid azimuths, clockwise from
//! north: decimal degrees, `45°30'15"`, `45-30-15` or `45d30m15s`.

use super::bearing;
use crate::domain::{Failure, Pt};
use crate::msg;
use crate::text::{Lang, Msg, format};

/// What was typed, understood.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Entry {
    /// A point; `turned` when Y stood first and the size of the numbers says so.
    Point { at: Pt, turned: bool },
    /// mm to the east and to the north of the last point.
    Offset { de: i64, dn: i64 },
    /// mm and degrees from the last point.
    Polar { distance: f64, azimuth: f64 },
    /// mm from the last point in the direction shown.
    Distance(f64),
    /// Keep this azimuth for the next point.
    LockAzimuth(f64),
    /// Keep this distance (mm) for the next point.
    LockDistance(f64),
}

/// mm of X (north) and of Y (east) that occur in Viet Nam's VN-2000 zones of 3° and 6°, with room.
const NORTH: std::ops::Range<f64> = 850e3..2_650e3;
const EAST: std::ops::Range<f64> = 100e3..850e3;

/// Longest distance taken, metres.
const FAR: f64 = 1e6;

/// Reads what was typed. Fails with `ENTRY_UNREADABLE`, `BAD_AZIMUTH`, `NOT_A_NUMBER`, `POINT_OUT_OF_RANGE`.
pub fn parse(typed: &str, lang: Lang) -> Result<Entry, Failure> {
    let s = typed.trim().replace(['\u{a0}', '\u{202f}', '\t'], " ");
    if let Some((distance, azimuth)) = s.split_once('<') {
        return polar(
            distance.trim().trim_start_matches('@').trim(),
            azimuth.trim(),
            typed,
            lang,
        );
    }
    if let Some(offset) = s.strip_prefix('@') {
        let (dx, dy) = pair(offset, lang).ok_or_else(|| unreadable(typed))?;
        return offset_of(number(&dx, lang)?, number(&dy, lang)?);
    }
    if let Some((x, y)) = lettered(&s) {
        return point(number(&x, lang)?, number(&y, lang)?, false);
    }
    match far_pair(&s, lang) {
        Some((a, b)) => ordered(number(&a, lang)?, number(&b, lang)?),
        None if s.is_empty() => Err(unreadable(typed)),
        None => Ok(Entry::Distance(length(&s, lang)?)),
    }
}

fn polar(distance: &str, azimuth: &str, typed: &str, lang: Lang) -> Result<Entry, Failure> {
    match (distance.is_empty(), azimuth.is_empty()) {
        (true, true) => Err(unreadable(typed)),
        (true, false) => Ok(Entry::LockAzimuth(angle(azimuth, lang)?)),
        (false, true) => Ok(Entry::LockDistance(length(distance, lang)?)),
        (false, false) => Ok(Entry::Polar {
            distance: length(distance, lang)?,
            azimuth: angle(azimuth, lang)?,
        }),
    }
}

/// A length in metres as typed → mm.
fn length(s: &str, lang: Lang) -> Result<f64, Failure> {
    let metres = number(s, lang)?;
    if metres.abs() > FAR {
        return Err(out_of_range());
    }
    Ok(metres * 1000.0)
}

fn number(s: &str, lang: Lang) -> Result<f64, Failure> {
    // Both signs are read as decimal sign where only one reading is a number.
    format::parse_number(s, lang)
}

fn offset_of(dx: f64, dy: f64) -> Result<Entry, Failure> {
    let at = Pt::from_metres(dy, dx).ok_or_else(out_of_range)?;
    Ok(Entry::Offset { de: at.e, dn: at.n })
}

fn point(x: f64, y: f64, turned: bool) -> Result<Entry, Failure> {
    let at = Pt::from_metres(y, x).ok_or_else(out_of_range)?;
    Ok(Entry::Point { at, turned })
}

/// X first, unless only the other order lies in Viet Nam.
fn ordered(a: f64, b: f64) -> Result<Entry, Failure> {
    match EAST.contains(&a) && NORTH.contains(&b) {
        true => point(b, a, true),
        false => point(a, b, false),
    }
}

/// "X=… Y=…" in any order, also N and E: (x, y).
fn lettered(s: &str) -> Option<(String, String)> {
    let upper = s.to_uppercase().replace(['=', ':'], " ");
    let at = |letters: [char; 2]| upper.find(letters);
    let (x, y) = (at(['X', 'N'])?, at(['Y', 'E'])?);
    let clean = |part: &str| part.trim_matches([' ', ';', ',']).to_owned();
    let (first, second) = (x.min(y), x.max(y));
    if !upper[..first].trim().is_empty() {
        return None;
    }
    let parts = (clean(&upper[first + 1..second]), clean(&upper[second + 1..]));
    Some(if x < y { parts } else { (parts.1, parts.0) })
}

/// Two numbers of a point: parted by space or ;, or by one comma between numbers too long to be one.
fn far_pair(s: &str, lang: Lang) -> Option<(String, String)> {
    if let Some((a, b)) = s.split_once(',').filter(|_| s.matches(',').count() == 1) {
        let whole = |t: &str| t.len() >= 5 && t.bytes().all(|c| c.is_ascii_digit());
        if whole(a) && whole(b) {
            return Some((a.to_owned(), b.to_owned()));
        }
    }
    let single = format::parse_number(s, lang).is_ok() && !s.trim_end_matches('m').trim_end().contains(' ');
    (!single).then(|| pair(s, lang)).flatten()
}

/// Two numbers: parted by ; or space, else by the comma that leaves a number on both sides.
fn pair(s: &str, lang: Lang) -> Option<(String, String)> {
    let s = s.trim();
    if let Some((a, b)) = s.split_once(';') {
        return Some((a.trim().to_owned(), b.trim().to_owned()));
    }
    let words: Vec<&str> = s.split_whitespace().collect();
    if let [a, b] = words.as_slice() {
        return Some((a.trim_end_matches(',').to_owned(), (*b).to_owned()));
    }
    if words.len() != 1 {
        return None;
    }
    let reads = |t: &str| format::parse_number(t, lang).is_ok();
    let mut ways = s
        .match_indices(',')
        .map(|(i, _)| (&s[..i], &s[i + 1..]))
        .filter(|(a, b)| reads(a) && reads(b));
    let way = ways.next()?;
    ways.next()
        .is_none()
        .then(|| (way.0.to_owned(), way.1.to_owned()))
}

/// Degrees as typed: decimal, or degrees, minutes and seconds. In 0..360.
pub fn angle(typed: &str, lang: Lang) -> Result<f64, Failure> {
    let bad = || bad_azimuth(typed);
    let s = typed.trim();
    let (negative, s) = match s.strip_prefix(['-', '\u{2212}']) {
        Some(rest) => (true, rest),
        None => (false, s),
    };
    let signs = [
        '°', 'º', 'd', 'D', '\'', '′', '’', 'm', '"', '″', '”', 's', '-', ' ',
    ];
    let mut parts: Vec<&str> = s.split(signs).map(str::trim).filter(|p| !p.is_empty()).collect();
    if parts.is_empty() || parts.len() > 3 || s.starts_with(signs) {
        return Err(bad());
    }
    let last = parts.pop().ok_or_else(bad)?;
    let mut value = number(last, lang).map_err(|_| bad())?;
    if !parts.is_empty() && !(0.0..60.0).contains(&value) {
        return Err(bad());
    }
    while let Some(part) = parts.pop() {
        let whole: u32 = part.parse().map_err(|_| bad())?;
        if !parts.is_empty() && whole >= 60 {
            return Err(bad());
        }
        value = f64::from(whole) + value / 60.0;
    }
    if value > 3600.0 {
        return Err(bad());
    }
    Ok(bearing::normal(if negative { -value } else { value }))
}

impl Entry {
    /// The point it means, from the last point and the direction shown (degrees). `None` for what only
    /// locks. Fails with `NO_LAST_POINT`, `NO_DIRECTION`, `POINT_OUT_OF_RANGE`.
    pub fn resolve(self, last: Option<Pt>, direction: Option<f64>) -> Result<Option<Pt>, Failure> {
        let from = || last.ok_or_else(no_last_point);
        let there = match self {
            Self::Point { at, .. } => Some(at),
            Self::Offset { de, dn } => bearing::shifted(from()?, de as f64, dn as f64),
            Self::Polar { distance, azimuth } => bearing::polar(from()?, distance, azimuth),
            Self::Distance(mm) => bearing::polar(from()?, mm, direction.ok_or_else(no_direction)?),
            Self::LockAzimuth(_) | Self::LockDistance(_) => return from().map(|_| None),
        };
        there.map(Some).ok_or_else(out_of_range)
    }

    /// What was understood, to be shown back.
    pub fn describe(self, lang: Lang) -> String {
        let say = |m: Msg| m.get(lang).to_owned();
        let metres = |mm: f64| format::number(mm / 1000.0, 3, lang) + " m";
        let both = |p: Pt| (format::coordinate(p.n, lang), format::coordinate(p.e, lang));
        match self {
            Self::Point { at, turned } => {
                let (x, y) = both(at);
                say(match turned {
                    true => msg!(
                        "X = {x} · Y = {y} (đã đổi thứ tự)",
                        "X = {x} · Y = {y} (order turned)"
                    ),
                    false => msg!("X = {x} · Y = {y}", "X = {x} · Y = {y}"),
                })
            }
            Self::Offset { de, dn } => {
                let (x, y) = both(Pt::new(de, dn));
                say(msg!(
                    "dX (bắc) = {x} m · dY (đông) = {y} m",
                    "dX (north) = {x} m · dY (east) = {y} m"
                ))
            }
            Self::Polar { distance, azimuth } => {
                let (d, a) = (metres(distance), format::angle(azimuth));
                say(msg!("{d} · phương vị {a}", "{d} · azimuth {a}"))
            }
            Self::Distance(mm) => {
                let d = metres(mm);
                say(msg!("{d} theo hướng đang vẽ", "{d} in the direction shown"))
            }
            Self::LockAzimuth(a) => {
                let a = format::angle(a);
                say(msg!("giữ phương vị {a}", "keep azimuth {a}"))
            }
            Self::LockDistance(mm) => {
                let d = metres(mm);
                say(msg!("giữ khoảng cách {d}", "keep distance {d}"))
            }
        }
    }
}

fn unreadable(typed: &str) -> Failure {
    let message = msg!("Không hiểu “{typed}”.", "“{typed}” is not understood.");
    Failure::new("ENTRY_UNREADABLE", message).remedy(msg!(
        "Nhập X Y (2325000,5 587000,12), @dX dY (@3 -4,5), khoảng cách<phương vị (@12,5<45), khoảng cách (12,5), <45 hoặc 12,5< để khóa.",
        "Type X Y (2325000.5 587000.12), @dX dY (@3 -4.5), distance<azimuth (@12.5<45), a distance (12.5), <45 or 12.5< to lock."
    ))
}

fn bad_azimuth(typed: &str) -> Failure {
    let message = msg!("“{typed}” không phải là góc.", "“{typed}” is not an angle.");
    Failure::new("BAD_AZIMUTH", message).remedy(msg!(
        "Nhập độ (45,5) hoặc độ phút giây (45°30'15\" hay 45-30-15); phút và giây nhỏ hơn 60.",
        "Type degrees (45.5) or degrees, minutes, seconds (45°30'15\" or 45-30-15); minutes and seconds below 60."
    ))
}

fn no_last_point() -> Failure {
    let message = msg!("Chưa có điểm đầu.", "There is no first point yet.");
    Failure::new("NO_LAST_POINT", message).remedy(msg!(
        "Bấm trên bản đồ hoặc nhập X Y của điểm đầu trước.",
        "Click on the map or type X Y of the first point before."
    ))
}

fn no_direction() -> Failure {
    let message = msg!("Chưa có hướng.", "There is no direction yet.");
    Failure::new("NO_DIRECTION", message).remedy(msg!(
        "Đưa con trỏ về phía cần vẽ, hoặc nhập khoảng cách<phương vị, ví dụ 12,5<45.",
        "Point the way with the mouse, or type distance<azimuth, for example 12.5<45."
    ))
}

fn out_of_range() -> Failure {
    let message = msg!(
        "Tọa độ hoặc khoảng cách nằm ngoài phạm vi cho phép.",
        "The coordinates or the distance are out of range."
    );
    Failure::new("POINT_OUT_OF_RANGE", message).remedy(msg!(
        "Kiểm tra dấu thập phân và thứ tự X (bắc), Y (đông), đơn vị mét.",
        "Check the decimal sign and the order X (north), Y (east), in metres."
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(typed: &str, lang: Lang) -> String {
        match parse(typed, lang) {
            Ok(Entry::Point { at, turned }) => format!("point {at:?}{}", if turned { " turned" } else { "" }),
            Ok(Entry::Offset { de, dn }) => format!("offset e{de} n{dn}"),
            Ok(Entry::Polar { distance, azimuth }) => format!("polar {distance} {azimuth:.6}"),
            Ok(Entry::Distance(mm)) => format!("distance {mm}"),
            Ok(Entry::LockAzimuth(a)) => format!("azimuth {a:.6}"),
            Ok(Entry::LockDistance(mm)) => format!("lock {mm}"),
            Err(e) => e.code().to_owned(),
        }
    }

    #[test]
    fn as_typed_in_vietnamese() {
        for (typed, want) in [
            ("@12,5<45", "polar 12500 45.000000"),
            ("12,5<45", "polar 12500 45.000000"),
            ("@ 12,5 < 45°30'", "polar 12500 45.500000"),
            ("@12.5<45-30-36", "polar 12500 45.510000"),
            ("@1.234<0", "polar 1234000 0.000000"),
            ("10<-90", "polar 10000 270.000000"),
            ("10<405", "polar 10000 45.000000"),
            ("587000,12 2325000,5", "point (587000120 2325000500) turned"),
            ("2325000,5 587000,12", "point (587000120 2325000500)"),
            ("2325000,5;587000,12", "point (587000120 2325000500)"),
            ("2325000.5 587000.12", "point (587000120 2325000500)"),
            ("2.325.000,5 587.000,12", "point (587000120 2325000500)"),
            ("2325000,587000", "point (587000000 2325000000)"),
            ("X=2325000,5 Y=587000,12", "point (587000120 2325000500)"),
            ("y = 587000,12; x = 2325000,5", "point (587000120 2325000500)"),
            ("N 2325000,5 E 587000,12", "point (587000120 2325000500)"),
            // small numbers: X first
            ("10 20", "point (20000 10000)"),
            ("@3 -4,5", "offset e-4500 n3000"),
            ("@3;-4,5", "offset e-4500 n3000"),
            ("@3,-4", "offset e-4000 n3000"),
            ("@12,5", "offset e5000 n12000"),
            ("@12.5,3.2", "offset e3200 n12500"),
            ("@12,5,3,2", "offset e3200 n12500"),
            ("@12,5,3", "ENTRY_UNREADABLE"),
            ("@12", "ENTRY_UNREADABLE"),
            ("@", "ENTRY_UNREADABLE"),
            ("", "ENTRY_UNREADABLE"),
            ("<", "ENTRY_UNREADABLE"),
            ("12,5", "distance 12500"),
            ("12,5 m", "distance 12500"),
            ("-3", "distance -3000"),
            ("1.234", "distance 1234000"),
            ("<45,5", "azimuth 45.500000"),
            ("<45°30′15″", "azimuth 45.504167"),
            ("<45d30m36s", "azimuth 45.510000"),
            ("12,5<", "lock 12500"),
            ("<45°75'", "BAD_AZIMUTH"),
            ("<abc", "BAD_AZIMUTH"),
            ("<1-2-3-4", "BAD_AZIMUTH"),
            ("abc", "NOT_A_NUMBER"),
            ("1 2 3", "NOT_A_NUMBER"),
            ("999999999999 1", "POINT_OUT_OF_RANGE"),
            ("9999999", "POINT_OUT_OF_RANGE"),
        ] {
            assert_eq!(read(typed, Lang::Vi), want, "{typed:?}");
        }
    }

    #[test]
    fn as_typed_in_english() {
        for (typed, want) in [
            ("@12.5<45", "polar 12500 45.000000"),
            ("@12.5,3.2", "offset e3200 n12500"),
            ("@12,5", "offset e5000 n12000"),
            ("2325000.5 587000.12", "point (587000120 2325000500)"),
            ("587000.12 2325000.5", "point (587000120 2325000500) turned"),
            ("2,325,000.5 587,000.12", "point (587000120 2325000500)"),
            ("2325000.5, 587000.12", "point (587000120 2325000500)"),
            ("2325000.5,587000.12", "point (587000120 2325000500)"),
            ("12.5", "distance 12500"),
        ] {
            assert_eq!(read(typed, Lang::En), want, "{typed:?}");
        }
    }

    #[test]
    fn entries_become_points() {
        let last = Some(Pt::new(1_000, 2_000));
        let there =
            |typed: &str, last, direction| match parse(typed, Lang::Vi).unwrap().resolve(last, direction) {
                Ok(p) => format!("{p:?}"),
                Err(e) => e.code().to_owned(),
            };
        for (typed, from, direction, want) in [
            ("@12,5<90", last, None, "Some((13500 2000))"),
            ("@3 4", last, None, "Some((5000 5000))"),
            ("10", last, Some(180.0), "Some((1000 -8000))"),
            ("10", last, None, "NO_DIRECTION"),
            ("@3 4", None, None, "NO_LAST_POINT"),
            ("10<45", None, None, "NO_LAST_POINT"),
            ("<45", None, None, "NO_LAST_POINT"),
            ("<45", last, None, "None"),
            ("3 4", None, None, "Some((4000 3000))"),
        ] {
            assert_eq!(there(typed, from, direction), want, "{typed}");
        }
    }

    #[test]
    fn what_was_understood_is_shown_back() {
        for (typed, vi) in [
            (
                "587000,12 2325000,5",
                "X = 2325000,500 · Y = 587000,120 (đã đổi thứ tự)",
            ),
            ("@12,5<45", "12,500 m · phương vị 45°00′00″"),
            ("@12,5", "dX (bắc) = 12,000 m · dY (đông) = 5,000 m"),
            ("1.234", "1.234,000 m theo hướng đang vẽ"),
        ] {
            assert_eq!(parse(typed, Lang::Vi).unwrap().describe(Lang::Vi), vi);
        }
    }

    proptest! {
        #[test]
        fn typing_anything_never_panics(s in "[@<xyXYNE0-9,.;°' -]{0,24}|\\PC{0,16}") {
            for lang in [Lang::Vi, Lang::En] {
                if let Ok(e) = parse(&s, lang) {
                    let _ = (e.describe(lang), e.resolve(Some(Pt::new(0, 0)), Some(1.0)));
                }
            }
        }

        #[test]
        fn what_the_status_bar_shows_reads_back(e in 100_000_000i64..840_000_000, n in 860_000_000i64..2_640_000_000) {
            let typed = format!("{} {}", format::coordinate(n, Lang::Vi), format::coordinate(e, Lang::Vi));
            prop_assert_eq!(parse(&typed, Lang::Vi).unwrap(), Entry::Point { at: Pt::new(e, n), turned: false });
        }
    }
}
