//! The byte tables of the 8-bit Vietnamese encodings.

/// Marks a byte that the encoding leaves undefined.
pub const NONE: char = '\u{0}';

/// TCVN3 (ABC), bytes 0x80–0xFF; `.` is undefined. The fonts `.VnTime` and their kin; no toned capitals.
///
/// Source: the decodings on which glibc (TCVN5712-1), UniKey, OpenKey and vietnamese-conversion agree
/// (tests/fixtures/encodings/tcvn3_agreed_decode.tsv); 0xAD is the letter ư, not a soft hyphen.
pub const TCVN3: &str = "\
................\
................\
.ĂÂÊÔƠƯĐăâêôơưđ.\
.....àảãáạ.ằẳẵắ.\
......ặầẩẫấậè.ẻẽ\
éẹềểễếệìỉ...ĩíịò\
.ỏõóọồổỗốộờởỡớợù\
.ủũúụừửữứựỳỷỹýỵ.";

/// VISCII, bytes 0x80–0xFF. Source: RFC 1456, all 128 checked against glibc.
pub const VISCII: &str = "\
ẠẮẰẶẤẦẨẬẼẸẾỀỂỄỆỐ\
ỒỔỖỘỢỚỜỞỊỎỌỈỦŨỤỲ\
Õắằặấầẩậẽẹếềểễệố\
ồổỗỠƠộờởịỰỨỪỬơớƯ\
ÀÁÂÃẢĂẳẵÈÉÊẺÌÍĨỳ\
ĐứÒÓÔạỷừửÙÚỹỵÝỡư\
àáâãảăữẫèéêẻìíĩỉ\
đựòóôõỏọụùúũủýợỮ";

/// The six VISCII letters on control codes. Source: RFC 1456.
pub const VISCII_CONTROLS: [(u8, char); 6] = [
    (0x02, 'Ẳ'),
    (0x05, 'Ẵ'),
    (0x06, 'Ẫ'),
    (0x14, 'Ỷ'),
    (0x19, 'Ỹ'),
    (0x1E, 'Ỵ'),
];

/// VNI-Windows letters of one byte (lower case; the capital is 0x20 lower).
/// Source: tests/fixtures/encodings/vni_windows_agreed.tsv.
pub const VNI_SINGLE: [(u8, char); 9] = [
    (0xEC, 'ì'),
    (0xED, 'í'),
    (0xE6, 'ỉ'),
    (0xF3, 'ĩ'),
    (0xF2, 'ị'),
    (0xF4, 'ơ'),
    (0xF6, 'ư'),
    (0xEE, 'ỵ'),
    (0xF1, 'đ'),
];

/// VNI-Windows accent bytes (lower case; the capital is 0x20 lower) behind the base letters named in
/// the first member, with the letters they make, in the same order. Same source.
pub const VNI_ACCENTS: [(u8, &str, &str); 17] = [
    (0xF8, "aeouyơư", "àèòùỳờừ"),
    (0xF9, "aeouyơư", "áéóúýớứ"),
    (0xFB, "aeouyơư", "ảẻỏủỷởử"),
    (0xF5, "aeouyơư", "ãẽõũỹỡữ"),
    (0xEF, "aeouơư", "ạẹọụợự"),
    (0xE2, "aeo", "âêô"),
    (0xE1, "aeo", "ấếố"),
    (0xE0, "aeo", "ầềồ"),
    (0xE5, "aeo", "ẩểổ"),
    (0xE3, "aeo", "ẫễỗ"),
    (0xE4, "aeo", "ậệộ"),
    (0xEA, "a", "ă"),
    (0xE9, "a", "ắ"),
    (0xE8, "a", "ằ"),
    (0xFA, "a", "ẳ"),
    (0xFC, "a", "ẵ"),
    (0xEB, "a", "ặ"),
];
