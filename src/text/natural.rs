//! The order of numbers that are texts: sheets, parcels, codes.

use std::cmp::Ordering;

/// Numbers by value ("9" before "12", "12" before "12a"), then text; nothing comes last.
pub fn natural(a: &str, b: &str) -> Ordering {
    let key = |s: &str| {
        let digits = s.bytes().take_while(u8::is_ascii_digit).count();
        let value = s.get(..digits).and_then(|d| d.parse::<u64>().ok());
        (s.is_empty(), value.is_none(), value)
    };
    key(a).cmp(&key(b)).then_with(|| a.cmp(b))
}

#[cfg(test)]
mod tests {
    use super::natural;

    #[test]
    fn numbers_by_value_then_text_then_nothing() {
        let mut all = ["", "TĐ 1-2019", "12", "9", "12a", "101"];
        all.sort_by(|a, b| natural(a, b));
        assert_eq!(all, ["9", "12", "12a", "101", "TĐ 1-2019", ""]);
    }
}
