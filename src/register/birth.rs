//! A day of birth or death as papers give it: a day, or only a year.

use super::value::day;

/// Years anybody in the register can have been born or died in.
const YEARS: std::ops::RangeInclusive<i16> = 1850..=2200;

/// What was typed as it is stored: "1985-03-01", or "1985" where only the year is known. A year is never completed to
/// 1 January (domain.md §4.5).
pub fn birth(typed: &str) -> Option<String> {
    let typed = typed.trim();
    if typed.len() == 4 {
        let year = typed.parse::<i16>().ok()?;
        return YEARS.contains(&year).then(|| typed.to_owned());
    }
    let day = day(typed)?;
    YEARS.contains(&day.year()).then(|| day.to_string())
}

/// The year of what [`birth`] gives.
pub fn year_of(stored: &str) -> Option<i16> {
    stored.get(..4)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_or_a_year() {
        let of = |t: &str| birth(t).unwrap_or("-".to_owned());
        for (typed, stored) in [
            ("01/03/1985", "1985-03-01"),
            ("1/3/1985", "1985-03-01"),
            ("01031985", "1985-03-01"),
            ("1985-03-01", "1985-03-01"),
            (" 1985 ", "1985"),
        ] {
            assert_eq!(of(typed), stored);
        }
        for bad in [
            "",
            "85",
            "1017",
            "31/02/1985",
            "1985-13-01",
            "32031985",
            "tháng ba",
            "00001985",
            "01/03/0985",
        ] {
            assert_eq!(of(bad), "-", "{bad}");
        }
        assert_eq!(year_of("1985-03-01"), Some(1985));
        assert_eq!(year_of("Đ"), None);
    }
}
