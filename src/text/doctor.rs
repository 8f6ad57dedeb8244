//! The encoding doctor: which encoding a column of text is in, with the evidence.
//!
//! Every encoding that could be meant is tried on a sample of the column; a reading is as good as the
//! share of its non-ASCII words that are legal syllables ([`super::syllable`]). Offices mix encodings
//! in one file (TENCHU in TCVN3, codes in ASCII), so each column is judged by itself. What the file
//! declares (`.cpg`, LDID) is preferred when it reads as well as the best.

use std::hash::{DefaultHasher, Hash, Hasher};

use super::encoding::{Decoded, Encoding, decode};
use super::letters::letter;
use super::syllable::{self, Reading};

/// Why an encoding was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// The `.cpg` file beside the shapefile.
    Cpg,
    /// The language driver byte of the DBF.
    Ldid,
    /// The doctor's own reading.
    Scored,
    /// The person chose it.
    Forced,
}

impl Source {
    /// As in cli.md.
    pub fn name(self) -> &'static str {
        match self {
            Self::Cpg => "cpg",
            Self::Ldid => "ldid",
            Self::Scored => "scored",
            Self::Forced => "forced",
        }
    }
}

/// A sample of one column as the file holds it.
#[derive(Clone, Copy, Debug)]
pub struct Column<'a> {
    /// (record number from 1, raw bytes); values of pure ASCII may be left out.
    pub values: &'a [(u64, &'a [u8])],
    /// Bytes a value can have; the last word of a full field may be cut and is not judged.
    pub width: Option<usize>,
    /// The file hands out Unicode: only encodings inside UTF-8 come into question.
    pub unicode: bool,
    /// What the file declares.
    pub declared: Option<(Encoding, Source)>,
}

/// One encoding tried on a column.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Candidate {
    pub encoding: Encoding,
    /// Share of the non-ASCII words that are legal, 0..1.
    pub score: f64,
    /// Bytes of the sample that the encoding does not define.
    pub undefined: u64,
}

/// A row that speaks against the best candidate, as each candidate reads it. Holds personal values.
#[derive(Clone, Debug, PartialEq)]
pub struct WorstRow {
    pub record: u64,
    /// In the order of [`Diagnosis::candidates`].
    pub readings: Vec<String>,
}

/// How a TCVN3 column with capital text was typed. Its fonts show small letters as capitals
/// (.VnTimeH), so the case in the file says nothing (domain.md §8.3a).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CapitalFont {
    /// Capital ASCII with small toned letters: "NGUYễN".
    Mixed,
    /// No capital anywhere.
    AllSmall,
}

/// The doctor's opinion of one column.
#[derive(Clone, Debug)]
pub struct Diagnosis {
    /// The chosen one; equal to the first candidate unless the file's declaration was kept.
    pub encoding: Encoding,
    pub score: f64,
    pub source: Source,
    /// Whether the choice may stand without asking.
    pub certain: bool,
    /// Score of the chosen one less that of the best that reads differently, 0..1.
    pub margin: f64,
    /// Non-ASCII words judged; 0 when the sample is pure ASCII and any encoding would do.
    pub words: u32,
    /// Best first; encodings with the same reading of the sample stand once.
    pub candidates: Vec<Candidate>,
    /// At most [`WORST_ROWS`], worst first.
    pub worst: Vec<WorstRow>,
    pub capital_font: Option<CapitalFont>,
}

pub const WORST_ROWS: usize = 20;
/// Below this a reading is not believed.
const MIN_SCORE: f64 = 0.75;
/// Valid UTF-8 of many bytes is itself evidence; names of minorities may spoil its score.
const MIN_SCORE_UTF8: f64 = 0.4;
/// What the best must be ahead of the next reading.
const MIN_MARGIN: f64 = 0.2;
/// A declaration is kept when it reads nearly as well as the best.
const DECLARED_BONUS: f64 = 0.05;
/// Fewer judged words than this decide nothing by themselves.
const MIN_WORDS: u32 = 3;
/// Values judged in the first round, which drops the hopeless candidates.
const FIRST_ROUND: usize = 96;

const FOR_BYTES: [Encoding; 9] = [
    Encoding::Utf8,
    Encoding::Tcvn3,
    Encoding::Vni,
    Encoding::Cp1258,
    Encoding::Viscii,
    Encoding::Utf8Double,
    Encoding::Tcvn3InUtf8,
    Encoding::VniInUtf8,
    Encoding::Cp1252,
];
const FOR_UNICODE: [Encoding; 4] = [
    Encoding::Utf8,
    Encoding::Utf8Double,
    Encoding::Tcvn3InUtf8,
    Encoding::VniInUtf8,
];

/// Judges a column.
pub fn diagnose(column: &Column<'_>) -> Diagnosis {
    let values: Vec<(u64, &[u8])> = column.values.iter().filter(|(_, v)| speaks(v)).copied().collect();
    let order = candidates_in_order(column);
    let mut tried = first_round(&order, &values, column.width);
    for t in &mut tried {
        *t = try_on(t.encoding, &values, column.width);
    }
    tried.sort_by(|a, b| b.score().total_cmp(&a.score())); // stable: ties keep the order of preference
    let kept = tried
        .iter()
        .position(|t| Some(t.encoding) == column.declared.map(|(e, _)| e))
        .filter(|at| tried[*at].score() + DECLARED_BONUS >= tried[0].score());
    let at = kept.unwrap_or(0);
    let (chosen, others) = (&tried[at], tried.iter().enumerate().filter(|(i, _)| *i != at));
    let margin = chosen.score() - others.map(|(_, t)| t.score()).fold(0.0, f64::max);
    let words = tried.iter().map(Trial::words).max().unwrap_or(0);
    Diagnosis {
        encoding: chosen.final_encoding(),
        score: chosen.score(),
        source: column
            .declared
            .filter(|_| kept.is_some())
            .map_or(Source::Scored, |(_, s)| s),
        certain: is_certain(chosen, margin, words, kept.is_some()),
        margin,
        words,
        worst: worst_rows(&tried, at, &values, column.width),
        capital_font: capital_font(chosen.encoding, &values),
        candidates: tried.iter().map(Trial::candidate).collect(),
    }
}

/// Whether a value can tell encodings apart: it has a byte that is no printable ASCII, filler or space.
pub fn speaks(value: &[u8]) -> bool {
    value
        .iter()
        .any(|b| *b >= 0x80 || (*b < 0x20 && !matches!(*b, 0 | b'\t' | b'\n' | b'\r')))
}

fn is_certain(chosen: &Trial, margin: f64, words: u32, declared: bool) -> bool {
    let least = match chosen.encoding {
        Encoding::Utf8 if chosen.undefined == 0 => MIN_SCORE_UTF8,
        _ => MIN_SCORE,
    };
    let enough = words == 0 || declared || chosen.words() >= MIN_WORDS;
    enough && chosen.score() >= least && (margin >= MIN_MARGIN || words == 0 || declared)
}

fn candidates_in_order(column: &Column<'_>) -> Vec<Encoding> {
    let known: &[Encoding] = if column.unicode { &FOR_UNICODE } else { &FOR_BYTES };
    let declared = column.declared.map(|(e, _)| e);
    declared
        .into_iter()
        .chain(known.iter().copied().filter(|e| Some(*e) != declared))
        .collect()
}

/// Tries all on a few values, drops those that read like an earlier one or far worse than the best.
fn first_round(order: &[Encoding], values: &[(u64, &[u8])], width: Option<usize>) -> Vec<Trial> {
    let step = values.len().div_ceil(FIRST_ROUND).max(1);
    let few: Vec<(u64, &[u8])> = values.iter().step_by(step).copied().collect();
    let mut tried: Vec<Trial> = Vec::new();
    for encoding in order {
        let t = try_on(*encoding, &few, width);
        // On part of a sample two readings may agree by chance only when the sample is tiny.
        if !tried.iter().any(|other| other.reading == t.reading) {
            tried.push(t);
        }
    }
    let best = tried.iter().map(Trial::score).fold(0.0, f64::max);
    tried.retain(|t| t.score() >= best - 0.5 || Some(&t.encoding) == order.first());
    tried
}

/// What came of reading a sample in one encoding.
#[derive(Clone, Debug)]
struct Trial {
    encoding: Encoding,
    tally: Tally,
    undefined: u64,
    /// Values with decomposed letters.
    decomposed: u32,
    values: u32,
    /// Hash of all that was read.
    reading: u64,
}

/// Words of one value or of a sample.
#[derive(Clone, Copy, Debug, Default)]
struct Tally {
    legal: u32,
    abbreviations: u32,
    illegal: u32,
}

impl Tally {
    /// An abbreviation counts half: it is no proof, but misread text has none.
    fn score(self) -> f64 {
        let good = f64::from(self.legal) + 0.5 * f64::from(self.abbreviations);
        let all = good + f64::from(self.illegal);
        if all == 0.0 { 1.0 } else { good / all }
    }
}

impl Trial {
    fn score(&self) -> f64 {
        self.tally.score()
    }

    fn words(&self) -> u32 {
        self.tally.legal + self.tally.abbreviations + self.tally.illegal
    }

    fn final_encoding(&self) -> Encoding {
        match self.encoding {
            Encoding::Utf8 if self.decomposed * 2 > self.values => Encoding::Utf8Nfd,
            e => e,
        }
    }

    fn candidate(&self) -> Candidate {
        Candidate {
            encoding: self.final_encoding(),
            score: self.score(),
            undefined: self.undefined,
        }
    }
}

fn try_on(encoding: Encoding, values: &[(u64, &[u8])], width: Option<usize>) -> Trial {
    let mut trial = Trial {
        encoding,
        tally: Tally::default(),
        undefined: 0,
        decomposed: 0,
        values: values.len() as u32,
        reading: 0,
    };
    let mut hasher = DefaultHasher::new();
    for (_, value) in values {
        let decoded = decode(value, encoding);
        judge(&decoded, encoding, is_full(value, width), &mut trial.tally);
        trial.undefined += u64::from(decoded.replaced);
        trial.decomposed += u32::from(has_combining_marks(value));
        decoded.text.hash(&mut hasher);
    }
    trial.reading = hasher.finish();
    trial
}

fn is_full(value: &[u8], width: Option<usize>) -> bool {
    width.is_some_and(|w| value.trim_ascii_end().len() >= w)
}

/// UTF-8 of U+0300–U+033F, where the Vietnamese marks lie.
fn has_combining_marks(value: &[u8]) -> bool {
    value
        .windows(2)
        .any(|w| w[0] == 0xCC && (0x80..0xC0).contains(&w[1]))
}

/// Counts the non-ASCII words of a reading; each undefined byte is an illegal word.
fn judge(decoded: &Decoded, encoding: Encoding, is_full: bool, tally: &mut Tally) {
    tally.illegal += decoded.replaced;
    let text = &decoded.text;
    let cut = decoded.truncated || is_full;
    let mut words = words(text).peekable();
    while let Some(word) = words.next() {
        let is_cut = cut && words.peek().is_none() && text.ends_with(word);
        if word.is_ascii() || is_cut {
            continue;
        }
        match syllable::read(word) {
            Reading::Abbreviation => tally.abbreviations += 1,
            Reading::Legal if case_fits(word, encoding) => tally.legal += 1,
            _ => tally.illegal += 1,
        }
    }
}

/// Splits at spaces, digits, and the punctuation people use; other signs stay in their word.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| {
        c.is_whitespace()
            || c.is_ascii() && !c.is_ascii_alphabetic()
            || matches!(c, '“' | '”' | '‘' | '’' | '–' | '—' | '…' | '²' | '°')
    })
    .filter(|w| !w.is_empty())
}

/// Small, Capital or ALL CAPITALS. TCVN3 has no toned capitals, so there capital ASCII may stand
/// beside small toned letters.
fn case_fits(word: &str, encoding: Encoding) -> bool {
    let (mut upper, mut lower_after_first, mut upper_after_first, mut ascii_lower) = (0, 0, 0, 0);
    for (i, c) in word.chars().enumerate() {
        let is_upper = letter(c).is_some_and(|l| l.upper);
        upper += u32::from(is_upper);
        upper_after_first += u32::from(is_upper && i > 0);
        lower_after_first += u32::from(!is_upper && i > 0);
        ascii_lower += u32::from(c.is_ascii_lowercase());
    }
    let tcvn3 = matches!(encoding, Encoding::Tcvn3 | Encoding::Tcvn3InUtf8);
    upper == 0
        || upper_after_first == 0
        || lower_after_first == 0
            && word
                .chars()
                .next()
                .is_some_and(|c| letter(c).is_some_and(|l| l.upper))
        || tcvn3 && ascii_lower == 0
}

fn worst_rows(tried: &[Trial], at: usize, values: &[(u64, &[u8])], width: Option<usize>) -> Vec<WorstRow> {
    let encoding = tried[at].encoding;
    let mut rows: Vec<(f64, u64, &[u8])> = values
        .iter()
        .map(|(record, value)| {
            let mut tally = Tally::default();
            judge(
                &decode(value, encoding),
                encoding,
                is_full(value, width),
                &mut tally,
            );
            (tally.score(), *record, *value)
        })
        .collect();
    rows.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    rows.truncate(WORST_ROWS);
    let readings = |value: &[u8]| tried.iter().map(|t| decode(value, t.encoding).text).collect();
    rows.into_iter()
        .map(|(_, record, value)| WorstRow {
            record,
            readings: readings(value),
        })
        .collect()
}

fn capital_font(encoding: Encoding, values: &[(u64, &[u8])]) -> Option<CapitalFont> {
    if !matches!(encoding, Encoding::Tcvn3 | Encoding::Tcvn3InUtf8) {
        return None;
    }
    let (mut long, mut mixed, mut with_capitals) = (0u32, 0u32, 0u32);
    for (_, value) in values {
        let text = decode(value, encoding).text;
        with_capitals += u32::from(text.chars().any(|c| letter(c).is_some_and(|l| l.upper)));
        for word in words(&text).filter(|w| !w.is_ascii()) {
            let upper = word.chars().filter(char::is_ascii_uppercase).count();
            let lower = word.chars().filter(char::is_ascii_lowercase).count();
            long += u32::from(upper + lower >= 2);
            mixed += u32::from(upper >= 2 && lower == 0);
        }
    }
    if long > 0 && mixed * 2 > long {
        Some(CapitalFont::Mixed)
    } else {
        (with_capitals == 0 && values.len() >= 20).then_some(CapitalFont::AllSmall)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::encoding::encode;

    const NAMES: &[&str] = &[
        "Nguyễn Văn Mẫu",
        "Trần Thị Thử Nghiệm",
        "Lê Hoàng Giả Định",
        "Hộ ông Phạm Đức Ví Dụ",
        "Đặng Ngọc Ưỡng",
        "Bà Huỳnh Thị Quỳnh",
        "UBND xã Bịa Đặt",
        "Vũ Mạnh Hư Cấu",
        "Thôn Tưởng Tượng, xã Hà Ảo",
        "Số 12, đường Nguyễn Không Thật",
    ];

    fn column<'a>(values: &'a [(u64, &'a [u8])]) -> Column<'a> {
        Column {
            values,
            width: None,
            unicode: false,
            declared: None,
        }
    }

    fn encoded(encoding: Encoding, texts: &[&str]) -> Vec<Vec<u8>> {
        texts.iter().map(|t| encode(t, encoding).unwrap()).collect()
    }

    fn numbered(values: &[Vec<u8>]) -> Vec<(u64, &[u8])> {
        (1..).zip(values.iter().map(Vec::as_slice)).collect()
    }

    #[test]
    fn every_encoding_is_recognised() {
        for encoding in Encoding::ALL.into_iter().filter(|e| *e != Encoding::Cp1252) {
            let texts: Vec<String> = NAMES
                .iter()
                .map(|n| n.replace('Ư', "ư").replace("Ả", "ả"))
                .collect();
            let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
            let bytes = encoded(encoding, &texts);
            let d = diagnose(&column(&numbered(&bytes)));
            assert_eq!((d.encoding, d.certain), (encoding, true), "{d:?}");
            assert!(
                d.score > 0.9 && d.margin > 0.5,
                "{encoding} {} {}",
                d.score,
                d.margin
            );
            let best = d.candidates.iter().position(|c| c.encoding == encoding).unwrap();
            assert!(d.worst.iter().all(|w| texts.contains(&w.readings[best].as_str())));
        }
    }

    #[test]
    fn unicode_columns_are_examined_too() {
        for (encoding, found) in [
            (Encoding::Utf8, Encoding::Utf8),
            (Encoding::Utf8Nfd, Encoding::Utf8Nfd),
            (Encoding::Utf8Double, Encoding::Utf8Double),
            (Encoding::VniInUtf8, Encoding::VniInUtf8),
        ] {
            let bytes = encoded(encoding, NAMES);
            let d = diagnose(&Column {
                unicode: true,
                ..column(&numbered(&bytes))
            });
            assert_eq!((d.encoding, d.certain), (found, true));
        }
    }

    #[test]
    fn a_declaration_is_kept_when_it_reads_well_and_dropped_when_it_lies() {
        let utf8 = encoded(Encoding::Utf8, NAMES);
        let declared = Some((Encoding::Utf8, Source::Cpg));
        let d = diagnose(&Column {
            declared,
            ..column(&numbered(&utf8))
        });
        assert_eq!(
            (d.encoding, d.source, d.certain),
            (Encoding::Utf8, Source::Cpg, true)
        );

        let vni = encoded(Encoding::Vni, NAMES);
        for declared in [
            Some((Encoding::Utf8, Source::Cpg)),
            Some((Encoding::Cp1252, Source::Ldid)),
        ] {
            let d = diagnose(&Column {
                declared,
                ..column(&numbered(&vni))
            });
            assert_eq!(
                (d.encoding, d.source, d.certain),
                (Encoding::Vni, Source::Scored, true)
            );
        }
    }

    #[test]
    fn ascii_takes_the_declaration_or_utf8() {
        let ascii = [(1, &b"ONT"[..]), (2, b"12 "), (3, b"\0\0")];
        let d = diagnose(&column(&ascii));
        assert_eq!(
            (d.encoding, d.words, d.certain, d.score),
            (Encoding::Utf8, 0, true, 1.0)
        );
        let d = diagnose(&Column {
            declared: Some((Encoding::Cp1258, Source::Cpg)),
            ..column(&ascii)
        });
        assert_eq!((d.encoding, d.source), (Encoding::Cp1258, Source::Cpg));
    }

    #[test]
    fn noise_and_scant_evidence_decide_nothing() {
        let noise: Vec<Vec<u8>> = (0u8..40)
            .map(|i| vec![b'a', 0xB0 ^ i, 0xFE ^ (i * 3), b'q', 0x81 + i])
            .collect();
        assert!(!diagnose(&column(&numbered(&noise))).certain);
        assert!(!diagnose(&column(&[(1, b"H\xB5")])).certain);
    }

    #[test]
    fn a_cut_last_word_does_not_count() {
        let cut: Vec<Vec<u8>> = NAMES
            .iter()
            .map(|n| n.as_bytes()[..n.len() - 3].to_vec())
            .collect();
        let d = diagnose(&column(&numbered(&cut)));
        assert_eq!((d.encoding, d.certain), (Encoding::Utf8, true));
        let full = vec![b"Nguy\xD4n V\xA8n Nguy\xD4".to_vec(); 4];
        let d = diagnose(&Column {
            width: Some(16),
            ..column(&numbered(&full))
        });
        assert_eq!((d.encoding, d.score), (Encoding::Tcvn3, 1.0));
    }

    #[test]
    fn columns_in_capital_fonts_are_noticed() {
        let mixed: Vec<Vec<u8>> = [b"NGUY\xD4N V\xA8N".to_vec(), b"TR\xC7N TH\xDE H\xB5".to_vec()].to_vec();
        let d = diagnose(&column(&numbered(&mixed)));
        assert_eq!(
            (d.encoding, d.capital_font),
            (Encoding::Tcvn3, Some(CapitalFont::Mixed))
        );
        let small: Vec<Vec<u8>> = (0..30).map(|_| b"nguy\xD4n v\xA8n".to_vec()).collect();
        assert_eq!(
            diagnose(&column(&numbered(&small))).capital_font,
            Some(CapitalFont::AllSmall)
        );
        let usual = encoded(Encoding::Tcvn3, &["Nguyễn Văn", "Trần Thị"]);
        assert_eq!(diagnose(&column(&numbered(&usual))).capital_font, None);
    }

    #[test]
    fn the_worst_rows_come_first_and_only_twenty() {
        let mut rows = encoded(
            Encoding::Tcvn3,
            &NAMES
                .repeat(5)
                .iter()
                .copied()
                .filter(|n| encode(n, Encoding::Tcvn3).is_ok())
                .collect::<Vec<_>>(),
        );
        rows[17] = b"\xC0\xC1\xC2 xyz".to_vec();
        let d = diagnose(&column(&numbered(&rows)));
        assert_eq!((d.worst.len(), d.worst[0].record), (WORST_ROWS, 18));
        assert_eq!(d.worst[0].readings.len(), d.candidates.len());
    }
}
