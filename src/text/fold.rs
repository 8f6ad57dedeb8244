//! Folding for search, and the order of Vietnamese words.

use std::cmp::Ordering;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::letters::letter;

/// `text` as it is searched: without tone and quality marks, đ as d, in lower case.
///
/// `fold("Nguyễn Đình Ưng")` is `"nguyen dinh ung"`; the same for composed and decomposed text.
pub fn fold(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let plain = text.nfd().filter(|c| !is_combining_mark(*c));
    plain
        .flat_map(char::to_lowercase)
        .map(|c| if c == 'đ' { 'd' } else { c })
        .collect()
}

/// Compares in the order of a Vietnamese dictionary: a ă â b c d đ e ê …, tone as last key; digits
/// by value, so that sheet 9 stands before sheet 12. Source: domain.md §13.
pub fn compare(a: &str, b: &str) -> Ordering {
    let key = |s: &str| -> (Vec<(u32, u64)>, Vec<u32>) {
        let mut letters: Vec<(u32, u64)> = Vec::with_capacity(s.len());
        let mut tones = Vec::new();
        let mut in_number = false;
        for c in s.nfc() {
            let digit = c.to_digit(10).map(u64::from);
            match (digit, letters.last_mut()) {
                (Some(d), Some(last)) if in_number => last.1 = last.1.saturating_mul(10).saturating_add(d),
                (Some(d), _) => letters.push((1, d)),
                (None, _) => {
                    let (base, tone) = letter(c).map_or((c, 0), |l| (l.base, l.tone as u32));
                    letters.push((rank(base), 0));
                    tones.push(tone);
                }
            }
            in_number = digit.is_some();
        }
        (letters, tones)
    };
    key(a).cmp(&key(b)).then_with(|| a.cmp(b))
}

const ALPHABET: &str = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz";

/// Signs, then digits (rank 1), then the alphabet, then the rest.
fn rank(base: char) -> u32 {
    match ALPHABET.chars().position(|c| c == base) {
        Some(i) => 2 + i as u32,
        None if base.is_alphabetic() => 100 + base as u32,
        None => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folding_drops_marks_in_either_form() {
        for (text, folded) in [
            ("Đường Nguyễn Đình Chiểu", "duong nguyen dinh chieu"),
            ("ƯỠNG Ỹ", "uong y"),
            ("Ngu\u{79}e\u{302}\u{303}n", "nguyen"),
            ("TĐ 12-2019", "td 12-2019"),
            ("", ""),
        ] {
            assert_eq!(fold(text), folded);
        }
    }

    #[test]
    fn words_stand_in_dictionary_order() {
        let order = [
            "9", "12", "TĐ 2", "TĐ 10", "âm", "ba", "bà", "bả", "bạ", "bac", "dê", "đa", "ơ", "ưa",
        ];
        let mut sorted = order;
        sorted.reverse();
        sorted.sort_by(|a, b| compare(a, b));
        let letters: Vec<&str> = sorted.into_iter().filter(|w| !w.starts_with('T')).collect();
        let expected: Vec<&str> = order.into_iter().filter(|w| !w.starts_with('T')).collect();
        assert_eq!(letters, expected);
        assert_eq!(compare("TĐ 2", "TĐ 10"), Ordering::Less);
        assert_eq!(compare("Hoà", "hoà"), "Hoà".cmp("hoà"));
    }
}
