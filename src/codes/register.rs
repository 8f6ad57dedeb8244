//! Code lists the attribute rules look at: forms of certificates, origins, terms. Source and confidence:
//! `assets/codes/register.json`.

use std::sync::LazyLock;

use serde::Deserialize;

/// A form of certificate, told by its serial, and when it was issued.
#[derive(Clone, Debug, Deserialize)]
pub struct SerialEra {
    letters: usize,
    /// First letters it has; empty: any.
    first: String,
    digits: usize,
    /// yyyy-MM-dd, both included.
    pub from: Option<String>,
    pub to: Option<String>,
    pub vi: String,
    pub en: String,
}

#[derive(Deserialize)]
struct File {
    serial_eras: Vec<SerialEra>,
    origins: Vec<String>,
    not_long_term: Vec<String>,
    persons: Vec<String>,
}

static FILE: LazyLock<File> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../../assets/codes/register.json"))
        .expect("assets/codes/register.json is checked by a test")
});

/// Letters and digits of a normal certificate serial, "CX 123456" (domain.md §4.3); `None` for anything else.
pub fn serial_parts(serial: &str) -> Option<(&str, &str)> {
    let (letters, digits) = serial.split_once(' ')?;
    let letter = |c: char| c.is_ascii_uppercase() || c == 'Đ';
    let good = matches!((letters.chars().count(), digits.len()), (1 | 2, 6) | (2, 8));
    (good && letters.chars().all(letter) && digits.bytes().all(|b| b.is_ascii_digit()))
        .then_some((letters, digits))
}

/// A serial as it is kept: upper case, single spaces, no dots, one space between letters and digits (domain.md §4.3).
/// What is no normal serial is only trimmed.
pub fn tidy_serial(typed: &str) -> String {
    let plain: String = typed
        .to_uppercase()
        .chars()
        .filter(|c| !c.is_whitespace() && *c != '.')
        .collect();
    let digits = plain.find(|c: char| c.is_ascii_digit()).unwrap_or(0);
    let spaced = format!("{} {}", &plain[..digits], &plain[digits..]);
    match serial_parts(&spaced) {
        Some(_) => spaced,
        None => typed.split_whitespace().collect::<Vec<_>>().join(" "),
    }
}

/// Whether a serial stands for "no certificate yet": `CHUACOGIAY_<xã>_<tờ>_<thửa>`.
pub fn is_pseudo_serial(serial: &str) -> bool {
    let mut parts = serial.split('_');
    parts.next() == Some("CHUACOGIAY")
        && parts
            .next()
            .is_some_and(|c| c.len() == 5 && c.bytes().all(|b| b.is_ascii_digit()))
        && parts.clone().count() == 2
        && parts.all(|p| !p.is_empty())
}

/// The form a normal serial belongs to.
pub fn serial_era(serial: &str) -> Option<&'static SerialEra> {
    let (letters, digits) = serial_parts(serial)?;
    let first = letters.chars().next()?;
    FILE.serial_eras.iter().find(|e| {
        letters.chars().count() == e.letters
            && digits.len() == e.digits
            && (e.first.is_empty() || e.first.contains(first))
    })
}

/// Whether a code stands in the list of origins (nguồn gốc), alone or after a change code ("CN-CNQ-CTT").
pub fn is_origin(code: &str) -> bool {
    let known = |c: &str| FILE.origins.iter().any(|o| o == c);
    known(code) || code.split_once('-').is_some_and(|(_, rest)| known(rest))
}

/// Whether land of this use is normally for a term of years.
pub fn is_for_a_term(land_use: &str) -> bool {
    FILE.not_long_term.iter().any(|c| c == land_use)
}

/// Whether a kind of holder is a person, a couple or a household.
pub fn is_persons(holder_kind: &str) -> bool {
    FILE.persons.iter().any(|k| k == holder_kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn serials() {
        let era = |s: &str| serial_era(s).map_or("-", |e| e.en.as_str());
        assert_eq!(era("K 123456"), "form of the Land Law of 1993");
        assert_eq!(era("AB 123456"), "form of the Land Law of 2003");
        assert_eq!(era("CX 123456"), "form of Decree 43/2014");
        assert_eq!(era("AA 01234567"), "form with a QR code (Circular 10/2024)");
        for bad in [
            "CX123456",
            "cx 123456",
            "CX 12345",
            "CXY 123456",
            "A 01234567",
            "",
        ] {
            assert_eq!(era(bad), "-", "{bad}");
        }
        let tidied = ["cx123456", " đ  123456 ", "AA.01234567", "0312 / QSDĐ"].map(tidy_serial);
        assert_eq!(tidied, ["CX 123456", "Đ 123456", "AA 01234567", "0312 / QSDĐ"]);
        assert!(is_pseudo_serial("CHUACOGIAY_25747_12_45") && !is_pseudo_serial("CHUACOGIAY_257_12_45"));
        assert!(is_origin("CNQ-CTT") && is_origin("CN-CNQ-CTT") && !is_origin("XYZ"));
    }
}
