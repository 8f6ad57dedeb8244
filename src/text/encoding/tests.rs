use super::*;
use crate::text::letters::{VOWELS, with_tone};
use crate::text::syllable;
use proptest::prelude::*;

fn fixture(name: &str) -> Vec<Vec<String>> {
    let path = format!("{}/tests/fixtures/encodings/{name}", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(path).unwrap();
    text.lines()
        .skip(1)
        .map(|l| l.split('\t').map(str::to_owned).collect())
        .collect()
}

fn hex(s: &str) -> Vec<u8> {
    (0..s.len())
        .step_by(2)
        .map(|i| u8::from_str_radix(&s[i..i + 2], 16).unwrap())
        .collect()
}

fn read(bytes: &[u8], encoding: Encoding) -> String {
    let d = decode(bytes, encoding);
    assert_eq!((d.truncated, d.replaced), (false, 0), "{encoding}: {bytes:02X?}");
    d.text
}

#[test]
fn tcvn3_is_the_table_of_four_sources() {
    let rows = fixture("tcvn3_agreed_decode.tsv");
    assert_eq!(rows.len(), 74);
    for row in rows {
        assert_eq!(read(&hex(&row[0]), Encoding::Tcvn3), row[1]);
        assert_eq!(encode(&row[1], Encoding::Tcvn3).unwrap(), hex(&row[0]));
    }
    for row in fixture("tcvn3_disagreements.tsv") {
        let refused = encode(&row[0], Encoding::Tcvn3).unwrap_err();
        assert_eq!(refused.code(), "TEXT_NOT_ENCODABLE", "{}", row[0]);
    }
}

#[test]
fn vni_is_the_table_of_four_sources() {
    let rows = fixture("vni_windows_agreed.tsv");
    assert_eq!(rows.len(), 134);
    for row in rows {
        assert_eq!(read(&hex(&row[2]), Encoding::Vni), row[0]);
        assert_eq!(encode(&row[0], Encoding::Vni).unwrap(), hex(&row[2]));
    }
}

#[test]
fn phrases_read_as_their_vectors_say() {
    for row in fixture("phrase_vectors.tsv") {
        let (text, tcvn3, vni) = (&row[0], hex(&row[1]), hex(&row[3]));
        assert_eq!(&read(&vni, Encoding::Vni), text);
        assert_eq!(encode(text, Encoding::Vni).unwrap(), vni);
        assert_eq!(&read(row[4].as_bytes(), Encoding::VniInUtf8), text);
        if !tcvn3.is_empty() {
            assert_eq!(&read(&tcvn3, Encoding::Tcvn3), text);
            assert_eq!(encode(text, Encoding::Tcvn3).unwrap(), tcvn3);
            assert_eq!(&read(row[2].as_bytes(), Encoding::Tcvn3InUtf8), text);
        }
    }
}

#[test]
fn known_spellings_read_right() {
    for (bytes, encoding, text) in [
        (&b"Nguy\xEA\xDEn"[..], Encoding::Cp1258, "Nguyễn"),
        (b"H\xE0 N\xF4\xF2i", Encoding::Cp1258, "Hà Nội"),
        (b"Nguy\xADn", Encoding::Tcvn3, "Nguyưn"),
        (b"\x02 \x05 \x06 \x14 \x19 \x1E", Encoding::Viscii, "Ẳ Ẵ Ẫ Ỷ Ỹ Ỵ"),
        ("Nguyá»…n VÄƒn".as_bytes(), Encoding::Utf8Double, "Nguyễn Văn"),
        ("Nguyễn, Hà".as_bytes(), Encoding::Utf8Double, "Nguyễn, Hà"),
        ("Nguye\u{302}\u{303}n".as_bytes(), Encoding::Utf8Nfd, "Nguyễn"),
        ("Nguyên\u{303}".as_bytes(), Encoding::Utf8, "Nguyêñ"),
        (b"A\xF9", Encoding::Vni, "Á"),
        (b"m\xB2 \x93x\x94", Encoding::Vni, "m² “x”"),
    ] {
        let d = decode(bytes, encoding);
        assert_eq!(d.text, text, "{encoding}");
    }
}

#[test]
fn fillers_of_fixed_width_fields_are_stripped() {
    for encoding in Encoding::ALL {
        assert_eq!(read(b"  12\0\0  ", encoding), "12", "{encoding}");
        assert_eq!(read(b"\0\0\0", encoding), "", "{encoding}");
        assert_eq!(read(b"a\r\nb", encoding), "a  b", "{encoding}");
    }
    assert_eq!(read(b"\xA7\xCAt\xA0\xA0", Encoding::Tcvn3), "Đất");
    assert_eq!(read("Đất\u{A0}".as_bytes(), Encoding::Utf8), "Đất");
}

#[test]
fn a_cut_character_is_flagged_and_the_rest_kept() {
    for (bytes, encoding, text) in [
        (&b"Nguy\xE1\xBB"[..], Encoding::Utf8, "Nguy"),
        (b"Nguy\xE1", Encoding::Utf8, "Nguy"),
        (b"\xC3\x84\xC2", Encoding::Utf8Double, ""),
        ("NguyÃ".as_bytes(), Encoding::Utf8Double, "Nguy"),
    ] {
        let d = decode(bytes, encoding);
        assert_eq!(
            (d.text.as_str(), d.truncated, d.replaced),
            (text, true, 0),
            "{bytes:02X?}"
        );
    }
}

#[test]
fn bytes_an_encoding_lacks_are_shown_and_counted() {
    let d = decode(b"Nguy\xD4n", Encoding::Utf8);
    assert_eq!((d.text.as_str(), d.truncated, d.replaced), ("NguyÔn", false, 1));
    let d = decode(b"\xC5x\x01", Encoding::Tcvn3);
    assert_eq!((d.text.as_str(), d.replaced), ("Åx", 2));
    let d = decode(b"\xE2", Encoding::Vni);
    assert_eq!((d.text.as_str(), d.replaced), ("â", 1));
}

#[test]
fn names_read_back() {
    for e in Encoding::ALL {
        assert_eq!(e.name().parse::<Encoding>().unwrap(), e);
    }
    assert_eq!("windows-1258".parse::<Encoding>().unwrap(), Encoding::Cp1258);
    assert_eq!("ISO 8859-1".parse::<Encoding>().unwrap(), Encoding::Cp1252);
    assert_eq!(
        "klingon".parse::<Encoding>().unwrap_err().code(),
        "UNKNOWN_ENCODING"
    );
}

/// Sentences of legal syllables, some capitalised, with digits and signs between.
fn sentence() -> impl Strategy<Value = String> {
    let tone = prop::sample::select(Tone::ALL.to_vec());
    let onset = prop::sample::select(syllable::ONSETS.to_vec());
    let rime = prop::sample::select(syllable::RIMES.to_vec());
    let word = (onset, rime, tone, 0..3u8).prop_map(|(onset, rime, tone, case)| {
        let vowel = |c: &char| VOWELS.iter().any(|v| v.starts_with(*c));
        let at = rime.chars().filter(vowel).count() - 1;
        let mut seen = 0;
        let toned: String = rime
            .chars()
            .map(|c| {
                let here = vowel(&c) && {
                    seen += 1;
                    seen - 1 == at
                };
                if here { with_tone(c, tone).unwrap() } else { c }
            })
            .collect();
        let word = format!("{onset}{toned}");
        match case {
            0 => word,
            1 => word.to_uppercase(),
            _ => {
                let mut c = word.chars();
                c.next()
                    .into_iter()
                    .flat_map(char::to_uppercase)
                    .chain(c)
                    .collect()
            }
        }
    });
    prop::collection::vec(word, 1..8).prop_map(|w| w.join(" "))
}

proptest! {
    #[test]
    fn encoding_and_decoding_are_inverse(text in sentence()) {
        for encoding in Encoding::ALL {
            match encode(&text, encoding) {
                Ok(bytes) => {
                    let d = decode(&bytes, encoding);
                    prop_assert_eq!(&d.text, &text, "{}", encoding);
                    prop_assert_eq!((d.truncated, d.replaced), (false, 0));
                }
                // TCVN3 lacks toned capitals, Windows-1252 most letters; the others lack none.
                Err(_) => prop_assert!(matches!(encoding, Encoding::Tcvn3 | Encoding::Tcvn3InUtf8 | Encoding::Cp1252)),
            }
        }
    }

    #[test]
    fn small_letters_always_fit_tcvn3(text in sentence()) {
        let small = text.to_lowercase();
        prop_assert_eq!(read(&encode(&small, Encoding::Tcvn3).unwrap(), Encoding::Tcvn3), small);
    }

    #[test]
    fn any_bytes_decode_to_clean_text(bytes in prop::collection::vec(any::<u8>(), 0..60)) {
        for encoding in Encoding::ALL {
            let d = decode(&bytes, encoding);
            let unclean = d.text.chars().any(|c| c.is_control() || c == '\u{A0}');
            prop_assert!(!unclean);
            prop_assert_eq!(d.text.trim(), d.text.as_str());
        }
    }

    #[test]
    fn cutting_utf8_anywhere_keeps_the_front(text in sentence(), at in 0usize..200) {
        let bytes = text.as_bytes();
        let cut = at.min(bytes.len());
        let d = decode(&bytes[..cut], Encoding::Utf8);
        prop_assert!(text.starts_with(d.text.as_str()));
        prop_assert_eq!(d.truncated, !text.is_char_boundary(cut));
    }
}
