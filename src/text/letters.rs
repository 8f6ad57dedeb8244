//! The letters of Vietnamese (quốc ngữ) taken apart: base letter with its quality mark, and tone.

use std::sync::LazyLock;

/// Tone of a syllable (thanh điệu), in dictionary order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Tone {
    /// ngang: no mark.
    Level,
    /// huyền: grave.
    Falling,
    /// hỏi: hook above.
    Dipping,
    /// ngã: tilde.
    Rising,
    /// sắc: acute.
    Sharp,
    /// nặng: dot below.
    Heavy,
}

impl Tone {
    pub const ALL: [Self; 6] = [
        Self::Level,
        Self::Falling,
        Self::Dipping,
        Self::Rising,
        Self::Sharp,
        Self::Heavy,
    ];

    /// The combining mark of the tone; `None` for the level tone.
    pub const fn mark(self) -> Option<char> {
        match self {
            Self::Level => None,
            Self::Falling => Some('\u{300}'),
            Self::Dipping => Some('\u{309}'),
            Self::Rising => Some('\u{303}'),
            Self::Sharp => Some('\u{301}'),
            Self::Heavy => Some('\u{323}'),
        }
    }
}

/// Each vowel in the six tones of [`Tone::ALL`], lower case.
pub const VOWELS: [&str; 12] = [
    "aàảãáạ",
    "ăằẳẵắặ",
    "âầẩẫấậ",
    "eèẻẽéẹ",
    "êềểễếệ",
    "iìỉĩíị",
    "oòỏõóọ",
    "ôồổỗốộ",
    "ơờởỡớợ",
    "uùủũúụ",
    "ưừửữứự",
    "yỳỷỹýỵ",
];

/// A letter taken apart. ASCII consonants and đ carry the level tone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Letter {
    /// Lower case, with quality mark (ă â ê ô ơ ư đ), without tone.
    pub base: char,
    pub tone: Tone,
    pub upper: bool,
}

/// All letters outside ASCII, by code point: U+00C0–U+01B0 and U+1EA0–U+1EF9.
static TABLE: LazyLock<[Vec<Option<Letter>>; 2]> = LazyLock::new(|| {
    let mut table = [vec![None; 0x1B1 - 0xC0], vec![None; 0x1EFA - 0x1EA0]];
    let mut put = |c: char, letter: Letter| {
        if let Some(slot) = slot(c) {
            table[slot.0][slot.1] = Some(letter);
        }
    };
    let rows = VOWELS.iter().map(|row| (row.chars().next().unwrap_or('a'), *row));
    for (base, row) in rows.chain([('đ', "đ")]) {
        for (c, tone) in row.chars().zip(Tone::ALL) {
            put(
                c,
                Letter {
                    base,
                    tone,
                    upper: false,
                },
            );
            for capital in c.to_uppercase() {
                put(
                    capital,
                    Letter {
                        base,
                        tone,
                        upper: true,
                    },
                );
            }
        }
    }
    table
});

fn slot(c: char) -> Option<(usize, usize)> {
    match c as u32 {
        n @ 0xC0..=0x1B0 => Some((0, n as usize - 0xC0)),
        n @ 0x1EA0..=0x1EF9 => Some((1, n as usize - 0x1EA0)),
        _ => None,
    }
}

/// Takes a precomposed letter apart; `None` for what is no letter of Vietnamese or basic Latin.
pub fn letter(c: char) -> Option<Letter> {
    if c.is_ascii_alphabetic() {
        return Some(Letter {
            base: c.to_ascii_lowercase(),
            tone: Tone::Level,
            upper: c.is_ascii_uppercase(),
        });
    }
    let (part, at) = slot(c)?;
    TABLE[part][at]
}

/// Puts a vowel together again; `None` when `base` is no lower-case vowel.
pub fn with_tone(base: char, tone: Tone) -> Option<char> {
    let row = VOWELS.iter().find(|row| row.starts_with(base))?;
    row.chars().nth(tone as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_letter_comes_apart_and_together() {
        let mut seen = 0;
        for row in VOWELS {
            for c in row.chars() {
                let l = letter(c).unwrap();
                assert_eq!(with_tone(l.base, l.tone), Some(c));
                let upper = c.to_uppercase().next().unwrap();
                assert_eq!(letter(upper), Some(Letter { upper: true, ..l }));
                seen += 1;
            }
        }
        assert_eq!(seen, 72);
        assert_eq!(letter('Đ').map(|l| l.base), Some('đ'));
        assert_eq!(letter('ß'), None);
        assert_eq!(letter('7'), None);
    }
}
