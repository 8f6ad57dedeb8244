//! The grammar of the Vietnamese syllable: onset × rime × tone.
//!
//! Every word of the language is one syllable between spaces, and only about 7,000 of the millions of
//! letter strings are legal. That makes a decoder's reading checkable without a word list. Rules:
//! the onsets and rimes of the school grammar (quốc ngữ), with the k-codas of highland place names
//! (Đắk Lắk); a syllable closed by c, ch, p, t (k) takes only sắc or nặng; the tone stands on the
//! vowel that carries a quality mark, on the last if there are two.

use std::collections::HashSet;
use std::sync::LazyLock;

use super::letters::{Tone, letter};

/// What may stand before the rime.
pub const ONSETS: &[&str] = &[
    "", "b", "c", "ch", "d", "đ", "g", "gh", "gi", "h", "k", "kh", "kr", "l", "m", "n", "ng", "ngh", "nh",
    "p", "ph", "qu", "r", "s", "t", "th", "tr", "v", "x",
];

/// Nucleus and coda, without tone.
pub const RIMES: &[&str] = &[
    "a", "ac", "ach", "ai", "ak", "am", "an", "ang", "anh", "ao", "ap", "at", "au", "ay", //
    "ăc", "ăk", "ăm", "ăn", "ăng", "ăp", "ăt", //
    "â", "âc", "âm", "ân", "âng", "âp", "ât", "âu", "ây", //
    "e", "ec", "em", "en", "eng", "eo", "ep", "et", //
    "ê", "êch", "êm", "ên", "êng", "ênh", "êp", "êt", "êu", //
    "i", "ia", "ich", "im", "in", "inh", "ip", "it", "iu", //
    "iêc", "iêm", "iên", "iêng", "iêp", "iêt", "iêu", //
    "o", "oc", "oi", "ok", "om", "on", "ong", "oong", "ooc", "op", "ot", //
    "oa", "oac", "oach", "oai", "oam", "oan", "oang", "oanh", "oao", "oap", "oat", "oay", //
    "oăc", "oăm", "oăn", "oăng", "oăt", "oe", "oen", "oeo", "oet", //
    "ô", "ôc", "ôi", "ôk", "ôm", "ôn", "ông", "ôp", "ôt", //
    "ơ", "ơi", "ơm", "ơn", "ơp", "ơt", //
    "u", "ua", "uc", "ui", "um", "un", "ung", "up", "ut", //
    "uân", "uâng", "uât", "uây", "uê", "uêch", "uênh", "uơ", //
    "uôc", "uôi", "uôm", "uôn", "uông", "uôt", //
    "uy", "uya", "uych", "uyn", "uynh", "uyp", "uyt", "uyu", "uyên", "uyêt", //
    "ư", "ưa", "ưc", "ưi", "ưm", "ưn", "ưng", "ưt", "ưu", //
    "ươc", "ươi", "ươm", "ươn", "ương", "ươp", "ươt", "ươu", //
    "y", "yêm", "yên", "yêng", "yêt", "yêu", //
    "ych", "ynh", "yt", "êc", "âk", "ưk",
];

/// Onset and rime written together, as small bytes (see [`code`]).
static BODIES: LazyLock<HashSet<Vec<u8>>> = LazyLock::new(|| {
    let codes = |s: &str| s.chars().filter_map(code).collect::<Vec<u8>>();
    let mut bodies = HashSet::new();
    for onset in ONSETS {
        for rime in RIMES {
            if may_follow(onset, rime) {
                bodies.insert([codes(onset), codes(rime)].concat());
            }
        }
    }
    // gì, gìn, giếng: the i of gi is also the rime's.
    for rest in ["i", "in", "iêng", "iêc", "iêm", "iêt"] {
        bodies.insert([codes("g"), codes(rest)].concat());
    }
    bodies
});

/// Spelling of the velar onsets and of qu.
fn may_follow(onset: &str, rime: &str) -> bool {
    let front = rime.starts_with(['e', 'ê', 'i', 'y']);
    match onset {
        "gh" | "ngh" => front,
        "k" => front || rime.ends_with('k'),
        "c" => !front,
        "g" | "ng" => !front,
        "qu" => !rime.starts_with(['u', 'ư', 'o', 'i']) || rime == "ôc",
        _ => true,
    }
}

/// A letter without tone as a byte: ASCII itself, the marked ones below 0x20.
fn code(base: char) -> Option<u8> {
    Some(match base {
        'a'..='z' => base as u8,
        'ă' => 1,
        'â' => 2,
        'ê' => 3,
        'ô' => 4,
        'ơ' => 5,
        'ư' => 6,
        'đ' => 7,
        _ => return None,
    })
}

/// How a word reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading {
    /// A legal syllable.
    Legal,
    /// Consonants only: an abbreviation (Đ/c, ĐT), which says nothing.
    Abbreviation,
    Illegal,
}

/// Reads one word: letters only, NFC, any case.
pub fn read(word: &str) -> Reading {
    let mut body = [0u8; 8];
    let mut length = 0;
    let mut tone: Option<(Tone, usize)> = None;
    for c in word.chars() {
        let (Some(l), true) = (letter(c), length < body.len()) else {
            return Reading::Illegal;
        };
        let Some(byte) = code(l.base) else {
            return Reading::Illegal;
        };
        if l.tone != Tone::Level && tone.replace((l.tone, length)).is_some() {
            return Reading::Illegal;
        }
        body[length] = byte;
        length += 1;
    }
    let body = &body[..length];
    if !body.iter().any(|b| is_vowel(*b)) {
        return if length <= 4 {
            Reading::Abbreviation
        } else {
            Reading::Illegal
        };
    }
    if BODIES.contains(body) && tone_fits(body, tone) {
        Reading::Legal
    } else {
        Reading::Illegal
    }
}

fn is_vowel(byte: u8) -> bool {
    matches!(byte, 1..=6 | b'a' | b'e' | b'i' | b'o' | b'u' | b'y')
}

fn tone_fits(body: &[u8], tone: Option<(Tone, usize)>) -> bool {
    let closed = matches!(body, [.., b'c' | b'p' | b't' | b'k'] | [.., b'c', b'h']);
    let marked = body.iter().rposition(|b| matches!(b, 1..=6));
    match tone {
        // A closed syllable without a tone is how people type in a hurry or foreign: not legal.
        None => !closed || body.ends_with(b"k"),
        Some((tone, at)) => {
            (!closed || matches!(tone, Tone::Sharp | Tone::Heavy)) && marked.is_none_or(|m| m == at)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_the_field_are_legal() {
        let words = "Nguyễn Thị Ngọc Ưỡng Đặng Văn Kỷ Trần Lê Phạm Huỳnh Hoàng Phan Vũ Võ Đỗ Hồ Ngô Dương Lý \
            Quốc Quyền Quỳnh Quý Thuý Thúy Hòa Hoà Khuê Tuyết Nghĩa Nghiêm Giang Giếng gì Gìn Huyện xã phường \
            Đắk Lắk Thuở thửa đất trồng lúa nước chuyên dùng Ủy Uỷ ban nhân dân đường ngõ ngách hẻm tổ ấp khoảnh \
            xoáy khuỷu ngoẹo loắt choắt Đuống quạt quắt quặng buýt sổ hộ ông bà ỷ ý yếu yên chuối ruộng rượu";
        for word in words.split_whitespace() {
            assert_eq!(read(word), Reading::Legal, "{word}");
            assert_eq!(read(&word.to_uppercase()), Reading::Legal, "{word}");
        }
    }

    #[test]
    fn misread_words_are_not() {
        for word in
            "Nguyeãn Vaên Ñaát NguyÔn nguyeón Êt ®Êt đấtt bàt mạc̀ thúọ cề kà ngế qừa wờ tếu̱ nguyễtn ôế"
                .split_whitespace()
        {
            assert_eq!(read(word), Reading::Illegal, "{word}");
        }
        assert_eq!(read("ĐT"), Reading::Abbreviation);
        assert_eq!(read("đ"), Reading::Abbreviation);
    }
}
