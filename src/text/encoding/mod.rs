//! The encodings of Vietnamese text met in offices' files: bytes to NFC text and back.
//!
//! Decoding never fails and loses no byte that stands for something: what an encoding leaves
//! undefined is shown as its Windows-1252 sign and counted; what was cut in the middle of a character
//! is kept up to there and flagged. Which encoding a column has is the business of [`super::doctor`].

mod tables;

use std::fmt;
use std::str::FromStr;
use std::sync::LazyLock;

use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

use super::letters::{Tone, letter};
use super::{Msg, Text};
use crate::msg;
use crate::text::Failure;

/// An encoding of text as found in a column of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Encoding {
    Utf8,
    /// UTF-8 with letters decomposed (base and combining marks apart), as written by macOS and some exports.
    Utf8Nfd,
    /// UTF-8 that was taken for Windows-1252 and encoded again: `Nguyá»…n`.
    Utf8Double,
    /// TCVN3 (ABC), the fonts .VnTime: `NguyÔn V¨n`. Without toned capitals.
    Tcvn3,
    /// VNI-Windows, the fonts VNI-Times: `Nguyeãn Vaên`.
    Vni,
    /// VISCII, RFC 1456.
    Viscii,
    /// Windows-1258: base letter and combining tone.
    Cp1258,
    /// Windows-1252, of which Latin-1 is the printable part.
    Cp1252,
    /// TCVN3 bytes taken for Windows-1252 and saved as UTF-8: the text reads `NguyÔn V¨n`.
    Tcvn3InUtf8,
    /// VNI bytes taken for Windows-1252 and saved as UTF-8.
    VniInUtf8,
}

/// A decoded value.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Decoded {
    /// NFC, without the fillers of fixed-width fields, trimmed.
    pub text: String,
    /// The value ends in the middle of a character; `text` holds what stands before it.
    pub truncated: bool,
    /// Bytes the encoding does not define, shown as their Windows-1252 signs (control codes are left out).
    pub replaced: u32,
}

impl Encoding {
    pub const ALL: [Self; 10] = [
        Self::Utf8,
        Self::Utf8Nfd,
        Self::Utf8Double,
        Self::Tcvn3,
        Self::Vni,
        Self::Viscii,
        Self::Cp1258,
        Self::Cp1252,
        Self::Tcvn3InUtf8,
        Self::VniInUtf8,
    ];

    /// The name in reports and of `--encoding`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Utf8 => "UTF-8",
            Self::Utf8Nfd => "UTF-8-NFD",
            Self::Utf8Double => "UTF-8-DOUBLE",
            Self::Tcvn3 => "TCVN3",
            Self::Vni => "VNI",
            Self::Viscii => "VISCII",
            Self::Cp1258 => "CP1258",
            Self::Cp1252 => "CP1252",
            Self::Tcvn3InUtf8 => "TCVN3-IN-UTF-8",
            Self::VniInUtf8 => "VNI-IN-UTF-8",
        }
    }

    /// What a person knows it by.
    pub fn label(self) -> Text {
        match self {
            Self::Utf8 => Text::new("Unicode dựng sẵn (UTF-8)", "Unicode, composed (UTF-8)"),
            Self::Utf8Nfd => Text::new("Unicode tổ hợp (UTF-8)", "Unicode, decomposed (UTF-8)"),
            Self::Utf8Double => Text::new("UTF-8 bị mã hóa hai lần", "UTF-8 encoded twice"),
            Self::Tcvn3 => Text::new("TCVN3 (ABC, phông .VnTime)", "TCVN3 (ABC, .VnTime fonts)"),
            Self::Vni => Text::new("VNI Windows (phông VNI-Times)", "VNI Windows (VNI-Times fonts)"),
            Self::Viscii => Text::new("VISCII", "VISCII"),
            Self::Cp1258 => Text::new("Windows 1258", "Windows 1258"),
            Self::Cp1252 => Text::new("Windows 1252 / Latin-1", "Windows 1252 / Latin-1"),
            Self::Tcvn3InUtf8 => Text::new("TCVN3 lưu nhầm thành UTF-8", "TCVN3 saved as UTF-8 by mistake"),
            Self::VniInUtf8 => Text::new("VNI lưu nhầm thành UTF-8", "VNI saved as UTF-8 by mistake"),
        }
    }

    /// The same encoding where the file hands out Unicode text instead of bytes.
    #[must_use]
    pub fn in_unicode(self) -> Self {
        match self {
            Self::Tcvn3 => Self::Tcvn3InUtf8,
            Self::Vni => Self::VniInUtf8,
            Self::Viscii | Self::Cp1258 | Self::Cp1252 => Self::Utf8,
            other => other,
        }
    }
}

impl fmt::Display for Encoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Encoding {
    type Err = Failure;

    /// Reads a name of `--encoding` or of a `.cpg` file; case, `-`, `_` and spaces do not matter.
    fn from_str(s: &str) -> Result<Self, Failure> {
        let key: String = s
            .chars()
            .filter(|c| c.is_alphanumeric())
            .collect::<String>()
            .to_lowercase();
        Ok(match key.as_str() {
            "utf8" | "65001" | "cp65001" | "unicode" => Self::Utf8,
            "utf8nfd" | "nfd" => Self::Utf8Nfd,
            "utf8double" | "double" => Self::Utf8Double,
            "tcvn3" | "tcvn" | "abc" | "tcvn57121" => Self::Tcvn3,
            "vni" | "vniwindows" | "vniwin" => Self::Vni,
            "viscii" => Self::Viscii,
            "1258" | "cp1258" | "windows1258" | "ansi1258" => Self::Cp1258,
            "1252" | "cp1252" | "windows1252" | "ansi1252" | "latin1" | "iso88591" | "88591" => Self::Cp1252,
            "tcvn3inutf8" => Self::Tcvn3InUtf8,
            "vniinutf8" => Self::VniInUtf8,
            _ => return Err(unknown(s)),
        })
    }
}

fn unknown(name: &str) -> Failure {
    let names = Encoding::ALL.map(Encoding::name).join(", ");
    Failure::new(
        "UNKNOWN_ENCODING",
        msg!("Không biết bảng mã “{name}”.", "Unknown encoding “{name}”."),
    )
    .remedy(msg!("Chọn một trong: {names}.", "Choose one of: {names}."))
}

/// Decodes a value of a column.
pub fn decode(bytes: &[u8], encoding: Encoding) -> Decoded {
    let bytes = bytes.trim_ascii();
    let mut out = Out::default();
    if encoding != Encoding::Viscii && is_plain(bytes) {
        // The common case: digits, codes, unaccented words. ASCII is UTF-8.
        return Decoded {
            text: String::from_utf8_lossy(bytes).into_owned(),
            ..Decoded::default()
        };
    }
    if matches!(encoding, Encoding::Utf8 | Encoding::Utf8Nfd)
        && is_composed(bytes)
        && let Ok(text) = std::str::from_utf8(bytes)
    {
        return Decoded {
            text: text.to_owned(),
            ..Decoded::default()
        };
    }
    match encoding {
        Encoding::Utf8 | Encoding::Utf8Nfd => utf8(bytes, &mut out),
        Encoding::Utf8Double => wrapped(bytes, &mut out, utf8),
        Encoding::Tcvn3 => tcvn3(bytes, &mut out),
        Encoding::Tcvn3InUtf8 => wrapped(bytes, &mut out, tcvn3),
        Encoding::Vni => vni(bytes, &mut out),
        Encoding::VniInUtf8 => wrapped(bytes, &mut out, vni),
        Encoding::Viscii => viscii(bytes, &mut out),
        Encoding::Cp1258 => cp1258(bytes, &mut out),
        Encoding::Cp1252 => bytes.iter().for_each(|b| out.push(cp1252_sign(*b))),
    }
    out.finish()
}

fn is_plain(bytes: &[u8]) -> bool {
    bytes.iter().all(|b| (0x20..0x7F).contains(b))
}

/// Whether valid UTF-8 of these bytes needs no care: printable ASCII and the blocks of precomposed
/// letters, U+00C0–U+01BF and U+1E80–U+1EFF, all of them NFC.
fn is_composed(bytes: &[u8]) -> bool {
    let mut lead = 0;
    bytes.iter().all(|b| {
        let fine = match (lead, b) {
            (0xE1, 0xBA | 0xBB) => true,
            (0xE1, _) => false,
            (_, 0x20..=0x7E | 0x80..=0xBF | 0xC3..=0xC6 | 0xE1) => true,
            _ => false,
        };
        lead = *b;
        fine
    })
}

#[derive(Default)]
struct Out {
    text: String,
    truncated: bool,
    replaced: u32,
}

impl Out {
    /// Appends a character; fillers and control codes become nothing or a space.
    fn push(&mut self, c: char) {
        match c {
            '\0' | '\u{FEFF}' => {}
            '\u{A0}' | '\t' | '\n' | '\r' => self.text.push(' '),
            c if c.is_control() => self.replaced += 1,
            c => self.text.push(c),
        }
    }

    /// Appends a byte the encoding does not define.
    fn push_undefined(&mut self, byte: u8) {
        self.replaced += 1;
        self.push(cp1252_sign(byte));
    }

    fn finish(self) -> Decoded {
        let composed = match is_nfc_quick(self.text.chars()) {
            IsNormalized::Yes => None,
            _ => Some(self.text.nfc().collect::<String>()),
        };
        let text = composed.unwrap_or(self.text);
        let trimmed = text.trim();
        Decoded {
            text: if trimmed.len() == text.len() {
                text
            } else {
                trimmed.to_owned()
            },
            truncated: self.truncated,
            replaced: self.replaced,
        }
    }
}

fn utf8(mut bytes: &[u8], out: &mut Out) {
    loop {
        let error = match std::str::from_utf8(bytes) {
            Ok(s) => return s.chars().for_each(|c| out.push(c)),
            Err(e) => e,
        };
        let (good, rest) = bytes.split_at(error.valid_up_to());
        String::from_utf8_lossy(good).chars().for_each(|c| out.push(c));
        let Some(length) = error.error_len() else {
            out.truncated = true;
            return;
        };
        let (bad, rest) = rest.split_at(length);
        bad.iter().for_each(|b| out.push_undefined(*b));
        bytes = rest;
    }
}

/// UTF-8 whose characters are really bytes of another encoding. A value that cannot be such (it has a
/// letter beyond Windows-1252, or the inner bytes make no sense) is plain text and stays as it is:
/// columns are often mixed.
fn wrapped(bytes: &[u8], out: &mut Out, inner: fn(&[u8], &mut Out)) {
    let outer = match std::str::from_utf8(bytes) {
        Ok(s) => Some((s, false)),
        Err(e) if e.error_len().is_none() => std::str::from_utf8(&bytes[..e.valid_up_to()])
            .ok()
            .map(|s| (s, true)),
        Err(_) => None,
    };
    if let Some((text, truncated)) = outer
        && let Some(raw) = text.chars().map(cp1252_byte).collect::<Option<Vec<u8>>>()
    {
        let mut unwrapped = Out::default();
        inner(&raw, &mut unwrapped);
        if unwrapped.replaced == 0 {
            unwrapped.truncated |= truncated;
            *out = unwrapped;
            return;
        }
    }
    utf8(bytes, out);
}

static TCVN3: LazyLock<[char; 128]> = LazyLock::new(|| upper_half(tables::TCVN3));
static VISCII: LazyLock<[char; 128]> = LazyLock::new(|| upper_half(tables::VISCII));

fn upper_half(table: &str) -> [char; 128] {
    let mut half = [tables::NONE; 128];
    for (slot, c) in half.iter_mut().zip(table.chars()) {
        *slot = if c == '.' { tables::NONE } else { c };
    }
    half
}

fn tcvn3(bytes: &[u8], out: &mut Out) {
    for &b in bytes {
        match b {
            0..0x80 => out.push(b as char),
            _ => match TCVN3[b as usize - 0x80] {
                tables::NONE if b <= 0xA0 => out.push(cp1252_sign(b)),
                tables::NONE => out.push_undefined(b),
                c => out.push(c),
            },
        }
    }
}

fn viscii(bytes: &[u8], out: &mut Out) {
    for &b in bytes {
        match b {
            0..0x80 => {
                let letter = tables::VISCII_CONTROLS.iter().find(|(code, _)| *code == b);
                out.push(letter.map_or(b as char, |(_, c)| *c));
            }
            _ => out.push(VISCII[b as usize - 0x80]),
        }
    }
}

/// VNI pairs as `base byte << 8 | accent byte`, sorted, with their letters.
static VNI_PAIRS: LazyLock<Vec<(u16, char)>> = LazyLock::new(|| {
    let mut pairs = Vec::new();
    for (accent, bases, letters) in tables::VNI_ACCENTS {
        for (base, c) in bases.chars().zip(letters.chars()) {
            let Some(lower) = vni_single(base) else { continue };
            let upper = if lower < 0x80 {
                lower.to_ascii_uppercase()
            } else {
                lower - 0x20
            };
            let capital = c.to_uppercase().next().unwrap_or(c);
            // A capital with a small accent byte occurs in typed data and means the capital.
            for (first, c) in [(lower, c), (upper, capital)] {
                for accent in [accent, accent - 0x20] {
                    pairs.push((u16::from_be_bytes([first, accent]), c));
                }
            }
        }
    }
    pairs.sort_unstable();
    pairs
});

fn vni_single(c: char) -> Option<u8> {
    if c.is_ascii() {
        return Some(c as u8);
    }
    let lower = c.to_lowercase().next()?;
    let (byte, _) = tables::VNI_SINGLE.iter().find(|(_, l)| *l == lower)?;
    Some(if lower == c { *byte } else { byte - 0x20 })
}

fn vni(bytes: &[u8], out: &mut Out) {
    let mut rest = bytes;
    while let [first, tail @ ..] = rest {
        let pair = tail.first().filter(|second| **second >= 0xC0).and_then(|second| {
            let key = u16::from_be_bytes([*first, *second]);
            let at = VNI_PAIRS.binary_search_by_key(&key, |(k, _)| *k).ok()?;
            Some(VNI_PAIRS[at].1)
        });
        match (pair, *first) {
            (Some(c), _) => out.push(c),
            (None, b @ 0..0x80) => out.push(b as char),
            (None, b @ 0x80..0xC0) => out.push(cp1252_sign(b)),
            (None, b) => match tables::VNI_SINGLE.iter().find(|(code, _)| *code == b | 0x20) {
                Some((code, c)) if *code == b => out.push(*c),
                Some((_, c)) => c.to_uppercase().for_each(|u| out.push(u)),
                None => out.push_undefined(b),
            },
        }
        rest = if pair.is_some() { &tail[1..] } else { tail };
    }
}

fn cp1258(bytes: &[u8], out: &mut Out) {
    let (text, _) = encoding_rs::WINDOWS_1258.decode_without_bom_handling(bytes);
    text.chars().for_each(|c| out.push(c));
}

/// The Windows-1252 signs of the bytes 0x80–0x9F; the five undefined ones are C1 control codes.
static CP1252: LazyLock<[char; 32]> = LazyLock::new(|| {
    let bytes: Vec<u8> = (0x80..0xA0).collect();
    let (text, _) = encoding_rs::WINDOWS_1252.decode_without_bom_handling(&bytes);
    let mut signs = ['\u{FFFD}'; 32];
    signs.iter_mut().zip(text.chars()).for_each(|(slot, c)| *slot = c);
    signs
});

fn cp1252_sign(byte: u8) -> char {
    match byte {
        0x80..0xA0 => CP1252[byte as usize - 0x80],
        _ => byte as char,
    }
}

/// The byte behind a character that came from Windows-1252 or Latin-1.
fn cp1252_byte(c: char) -> Option<u8> {
    if let Ok(byte) = u8::try_from(c) {
        return Some(byte);
    }
    CP1252.iter().position(|s| *s == c).map(|at| 0x80 + at as u8)
}

/// Encodes NFC text as an office's file would hold it.
///
/// Fails with `TEXT_NOT_ENCODABLE` naming the first character the encoding lacks; TCVN3 has no
/// capitals with a tone (its .VnTimeH fonts show small letters as capitals).
pub fn encode(text: &str, encoding: Encoding) -> Result<Vec<u8>, Failure> {
    let by_char = |one: fn(char, &mut Vec<u8>) -> Option<()>| {
        let mut bytes = Vec::with_capacity(text.len());
        text.nfc()
            .try_for_each(|c| one(c, &mut bytes).ok_or_else(|| lacking(c, encoding)))
            .map(|()| bytes)
    };
    match encoding {
        Encoding::Utf8 => Ok(text.nfc().collect::<String>().into_bytes()),
        Encoding::Utf8Nfd => Ok(text.nfd().collect::<String>().into_bytes()),
        Encoding::Utf8Double => Ok(wrap(text.as_bytes())),
        Encoding::Tcvn3 => by_char(tcvn3_encode),
        Encoding::Tcvn3InUtf8 => by_char(tcvn3_encode).map(|b| wrap(&b)),
        Encoding::Vni => by_char(vni_encode),
        Encoding::VniInUtf8 => by_char(vni_encode).map(|b| wrap(&b)),
        Encoding::Viscii => by_char(viscii_encode),
        Encoding::Cp1258 => by_char(cp1258_encode),
        Encoding::Cp1252 => by_char(|c, bytes| cp1252_byte(c).map(|b| bytes.push(b))),
    }
}

fn lacking(c: char, encoding: Encoding) -> Failure {
    let message: Msg = msg!(
        "Bảng mã {encoding} không có ký tự “{c}”.",
        "{encoding} has no character “{c}”."
    );
    Failure::new("TEXT_NOT_ENCODABLE", message)
}

fn wrap(bytes: &[u8]) -> Vec<u8> {
    bytes
        .iter()
        .map(|b| cp1252_sign(*b))
        .collect::<String>()
        .into_bytes()
}

fn tcvn3_encode(c: char, bytes: &mut Vec<u8>) -> Option<()> {
    let byte = match c {
        c if c.is_ascii() => c as u8,
        c => match TCVN3.iter().position(|l| *l == c) {
            Some(at) => 0x80 + at as u8,
            None => cp1252_byte(c).filter(|b| (0x80..0xA0).contains(b))?,
        },
    };
    bytes.push(byte);
    Some(())
}

fn viscii_encode(c: char, bytes: &mut Vec<u8>) -> Option<()> {
    let control = tables::VISCII_CONTROLS
        .iter()
        .find(|(_, l)| *l == c)
        .map(|(code, _)| *code);
    let high = || VISCII.iter().position(|l| *l == c).map(|at| 0x80 + at as u8);
    let ascii = c.is_ascii().then_some(c as u8);
    bytes.push(ascii.or(control).or_else(high)?);
    Some(())
}

fn vni_encode(c: char, bytes: &mut Vec<u8>) -> Option<()> {
    if let Some(byte) = vni_single(c) {
        bytes.push(byte);
        return Some(());
    }
    let lower = c.to_lowercase().next()?;
    for (accent, bases, letters) in tables::VNI_ACCENTS {
        if let Some(at) = letters.chars().position(|l| l == lower) {
            let base = vni_single(bases.chars().nth(at)?)?;
            let capital = lower != c;
            bytes.push(match (capital, base) {
                (true, 0..0x80) => base.to_ascii_uppercase(),
                (true, _) => base - 0x20,
                (false, _) => base,
            });
            bytes.push(if capital { accent - 0x20 } else { accent });
            return Some(());
        }
    }
    bytes.push(cp1252_byte(c).filter(|b| (0x80..0xC0).contains(b))?);
    Some(())
}

fn cp1258_encode(c: char, bytes: &mut Vec<u8>) -> Option<()> {
    let mut text = String::new();
    match letter(c).filter(|l| l.tone != Tone::Level) {
        Some(l) => {
            text.extend(if l.upper {
                l.base.to_uppercase().next()
            } else {
                Some(l.base)
            });
            text.extend(l.tone.mark());
        }
        None => text.push(c),
    }
    let (encoded, _, lacking) = encoding_rs::WINDOWS_1258.encode(&text);
    bytes.extend_from_slice(&encoded);
    (!lacking).then_some(())
}

#[cfg(test)]
mod tests;
