//! A share in a right as an exact fraction.

use std::fmt;

/// Numerator over denominator, in lowest terms, more than 0 and at most 1.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Share {
    numerator: i64,
    denominator: i64,
}

/// Largest denominator: nobody has a smaller part than that.
const MOST: i64 = 1_000_000;

impl Share {
    /// `None` when it is not more than 0 and at most 1, or finer than a millionth.
    pub fn new(numerator: i64, denominator: i64) -> Option<Self> {
        if !(1..=MOST).contains(&denominator) || !(1..=denominator).contains(&numerator) {
            return None;
        }
        let g = gcd(numerator, denominator);
        Some(Self {
            numerator: numerator / g,
            denominator: denominator / g,
        })
    }

    /// "1/3", "1"; "50%" too, since one may be told so.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let whole = |s: &str| s.trim().parse::<i64>().ok();
        if let Some(percent) = text.strip_suffix('%') {
            return Self::new(whole(percent)?, 100);
        }
        match text.split_once('/') {
            Some((n, d)) => Self::new(whole(n)?, whole(d)?),
            None => Self::new(whole(text)?, 1),
        }
    }

    pub fn parts(self) -> (i64, i64) {
        (self.numerator, self.denominator)
    }

    /// All of it.
    pub const WHOLE: Self = Self {
        numerator: 1,
        denominator: 1,
    };

    /// The share of a share; `None` where it is finer than a millionth.
    pub fn times(self, other: Self) -> Option<Self> {
        let n = i128::from(self.numerator) * i128::from(other.numerator);
        let d = i128::from(self.denominator) * i128::from(other.denominator);
        Self::exact(n, d)
    }

    /// What is left of the share when `part` of it goes; `None` when nothing is left, or where it is finer than a
    /// millionth.
    pub fn without(self, part: Self) -> Option<Self> {
        let (n, d) = (i128::from(self.numerator), i128::from(self.denominator));
        let (pn, pd) = (i128::from(part.numerator), i128::from(part.denominator));
        Self::exact(n * (pd - pn), d * pd)
    }

    /// A sum of shares as a share.
    pub fn of_sum((n, d): (i128, i128)) -> Option<Self> {
        Self::exact(n, d)
    }

    fn exact(n: i128, d: i128) -> Option<Self> {
        let g = gcd128(n, d);
        Self::new(i64::try_from(n / g).ok()?, i64::try_from(d / g).ok()?)
    }

    /// The exact sum as (numerator, denominator) in lowest terms; `None` where it no longer fits: then it is no sum of
    /// shares anybody registered.
    pub fn sum(shares: impl IntoIterator<Item = Self>) -> Option<(i128, i128)> {
        let (mut n, mut d) = (0_i128, 1_i128);
        for s in shares {
            let (sn, sd) = (i128::from(s.numerator), i128::from(s.denominator));
            n = n.checked_mul(sd)?.checked_add(sn.checked_mul(d)?)?;
            d = d.checked_mul(sd)?;
            let g = gcd128(n, d);
            (n, d) = (n / g, d / g);
        }
        Some((n, d))
    }
}

fn gcd(a: i64, b: i64) -> i64 {
    if b == 0 { a } else { gcd(b, a % b) }
}

fn gcd128(a: i128, b: i128) -> i128 {
    if b == 0 { a.max(1) } else { gcd128(b, a % b) }
}

impl fmt::Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.denominator {
            1 => write!(f, "{}", self.numerator),
            d => write!(f, "{}/{d}", self.numerator),
        }
    }
}

impl fmt::Debug for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_a_share_is() {
        let of = |t: &str| Share::parse(t).map_or("-".to_owned(), |s| s.to_string());
        for (typed, read) in [
            ("1/3", "1/3"),
            (" 2 / 4 ", "1/2"),
            ("1", "1"),
            ("50%", "1/2"),
            ("7/7", "1"),
        ] {
            assert_eq!(of(typed), read);
        }
        for bad in [
            "",
            "0",
            "0/3",
            "4/3",
            "-1/3",
            "1/0",
            "1/2/3",
            "0.5",
            "một",
            "1/1000001",
            "9223372036854775808/2",
        ] {
            assert_eq!(of(bad), "-", "{bad}");
        }
    }

    #[test]
    fn shares_of_shares() {
        let s = |t| Share::parse(t).unwrap();
        assert_eq!(s("2/3").times(s("1/2")), Some(s("1/3")));
        assert_eq!(s("1/1000").times(s("1/1001")), None);
        assert_eq!(s("2/3").without(s("1/4")), Some(s("1/2")));
        assert_eq!(s("2/3").without(Share::WHOLE), None);
        assert_eq!(Share::of_sum((4, 6)), Some(s("2/3")));
    }

    proptest! {
        #[test]
        fn equal_parts_make_the_whole(n in 1_i64..300) {
            let parts = std::iter::repeat_n(Share::new(1, n).unwrap(), n as usize);
            prop_assert_eq!(Share::sum(parts), Some((1, 1)));
        }

        #[test]
        fn the_sum_is_exact(d in 2_i64..1000, n in 1_i64..999) {
            let n = n % d;
            prop_assume!(n > 0);
            let (a, b) = (Share::new(n, d).unwrap(), Share::new(d - n, d).unwrap());
            prop_assert_eq!(Share::sum([a, b]), Some((1, 1)));
        }
    }
}
