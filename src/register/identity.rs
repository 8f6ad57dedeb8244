//! Identity numbers: what is refused at the field, what is only doubtful (domain.md §4.4, §4.1).

use super::year_of;

/// What is wrong with a number for the kind of its paper.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// A CCCD has 12 digits.
    Cccd,
    /// It has 11, as a spreadsheet leaves it that took the leading zero: 12 with a zero put before.
    LeadingZero,
    /// A CMND has 9 digits, some of 2012 to 2015 have 12.
    Cmnd,
    /// Letters and digits.
    Passport,
}

/// The number as it is kept: without the spaces and dots people group digits with.
pub fn tidy(kind: &str, number: &str) -> String {
    match kind {
        "CCCD" | "CMND" | "HC" => {
            let kept = number.chars().filter(|c| !c.is_whitespace() && *c != '.');
            kept.flat_map(char::to_uppercase).collect()
        }
        _ => number.trim().to_owned(),
    }
}

/// Checks a tidy number.
pub fn check(kind: &str, number: &str) -> Result<(), Fault> {
    let digits = number.bytes().all(|b| b.is_ascii_digit());
    match (kind, number.len()) {
        ("CCCD", 12) if digits => Ok(()),
        ("CCCD", 11) if digits => Err(Fault::LeadingZero),
        ("CCCD", _) => Err(Fault::Cccd),
        ("CMND", 9 | 12) if digits => Ok(()),
        ("CMND", _) => Err(Fault::Cmnd),
        ("HC", 6..=12) if number.bytes().all(|b| b.is_ascii_alphanumeric()) => Ok(()),
        ("HC", _) => Err(Fault::Passport),
        _ => Ok(()),
    }
}

/// What a CCCD of 12 digits says of a person: gender and year of birth. Digit 4 is century and gender (0, 1: 20th
/// century, male, female; 2, 3: 21st …), 5 and 6 the year.
pub fn told(cccd: &str) -> Option<(&'static str, i16)> {
    let digits = cccd.as_bytes();
    if digits.len() != 12 || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let digit = |i: usize| i16::from(digits[i] - b'0');
    let gender = if digit(3) % 2 == 0 { "Nam" } else { "Nữ" };
    Some((gender, 1900 + 100 * (digit(3) / 2) + 10 * digit(4) + digit(5)))
}

/// Where number and person disagree: gender, year. Never refused: older errors are frozen in the population database.
pub fn disagrees(cccd: &str, gender: Option<&str>, birth: Option<&str>) -> (bool, bool) {
    let Some((told_gender, told_year)) = told(cccd) else {
        return (false, false);
    };
    let year = birth.and_then(year_of);
    (
        gender.is_some_and(|g| g != told_gender),
        year.is_some_and(|y| y != told_year),
    )
}

/// Tax code or number of an enterprise: 10 digits, the last a check digit (weights 31 29 23 19 17 13 7 5 3, modulo 11,
/// 10 − rest), perhaps with a branch of three (domain.md §4.1). Numbers of persons since 2025 are those of their CCCD.
pub fn is_tax_code(text: &str) -> bool {
    const WEIGHTS: [u32; 9] = [31, 29, 23, 19, 17, 13, 7, 5, 3];
    let (number, branch) = text.split_once('-').unwrap_or((text, "000"));
    let digits = |s: &str, n: usize| s.len() == n && s.bytes().all(|b| b.is_ascii_digit());
    if digits(text, 12) {
        return true;
    }
    if !digits(number, 10) || !digits(branch, 3) {
        return false;
    }
    let digit = |b: u8| u32::from(b - b'0');
    let sum: u32 = number.bytes().zip(WEIGHTS).map(|(b, w)| digit(b) * w).sum();
    number
        .bytes()
        .last()
        .is_some_and(|last| 10 - sum % 11 == digit(last))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_of_digits() {
        let of = |kind, n: &str| check(kind, &tidy(kind, n));
        assert_eq!(of("CCCD", "025 993 000 001"), Ok(()));
        assert_eq!(of("CCCD", "25993000001"), Err(Fault::LeadingZero));
        for bad in ["", "0259930000011", "02599300000l", "０25993000001"] {
            assert_eq!(of("CCCD", bad), Err(Fault::Cccd), "{bad}");
        }
        assert_eq!(of("CMND", "993.000.001"), Ok(()));
        assert_eq!(of("CMND", "993000001000"), Ok(()));
        assert_eq!(of("CMND", "99300000"), Err(Fault::Cmnd));
        assert_eq!(of("HC", "b9930001"), Ok(()));
        assert_eq!(of("HC", "B-9930001"), Err(Fault::Passport));
        assert_eq!(of("K", "N/A-17"), Ok(()));
    }

    #[test]
    fn what_a_number_tells() {
        // Century digit 9: nobody alive.
        assert_eq!(told("025993000001"), Some(("Nữ", 2393)));
        assert_eq!(told("025885000001"), Some(("Nam", 2385)));
        assert_eq!(told("25993000001"), None);
        assert_eq!(
            disagrees("025993000001", Some("Nữ"), Some("2393-04-05")),
            (false, false)
        );
        assert_eq!(disagrees("025993000001", Some("Nam"), Some("1993")), (true, true));
        assert_eq!(disagrees("025993000001", None, None), (false, false));
    }

    #[test]
    fn tax_codes() {
        // 31·1+29·2+23·3+19·4+17·5+13·6+7·7+5·8+3·9 = 513 = 46·11+7: check digit 3.
        assert!(is_tax_code("1234567893") && is_tax_code("1234567893-001"));
        for bad in [
            "1234567890",
            "123456789",
            "1234567893-01",
            "1234567893-0a1",
            "",
            "-",
        ] {
            assert!(!is_tax_code(bad), "{bad}");
        }
    }
}
