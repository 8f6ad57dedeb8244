//! The QR code of a citizen's card as a keyboard-wedge reader types it: fields parted by `|`.
//!
//! `number | old CMND or empty | name | birth ddMMyyyy | gender | residence | issued ddMMyyyy [| …]`. Cards of 2024 have
//! more fields behind (parents, spouse); they are not read. Layout: known, medium.

use serde_json::{Map, Value as Json, json};

use super::{birth, day, identity};
use crate::domain::Failure;
use crate::msg;
use crate::text::Text;
use crate::text::fold::fold;

/// Longest text taken for a code, bytes.
const MAX: usize = 2000;

/// What a card says, as fields of records: the person, and the papers of the person without `party`.
#[derive(Clone, PartialEq)]
pub struct Card {
    pub party: Map<String, Json>,
    /// The card itself; the CMND it replaced, where it names one.
    pub documents: Vec<Map<String, Json>>,
}

/// Reads a scanned code. Fails with `BAD_QR`, naming the field, never repeating what it holds.
pub fn parse(scanned: &str) -> Result<Card, Failure> {
    let scanned = scanned.trim();
    if scanned.len() > MAX {
        return Err(refuse("qr", Text::new("Chuỗi quá dài.", "The text is too long.")));
    }
    let parts: Vec<&str> = scanned.split('|').map(str::trim).collect();
    let [number, old, name, born, gender, address, issued, ..] = parts.as_slice() else {
        return Err(refuse("qr", LAYOUT));
    };
    if identity::check("CCCD", number).is_err() {
        return Err(refuse(
            "number",
            Text::new(
                "Số CCCD phải có 12 chữ số.",
                "The number of the card has 12 digits.",
            ),
        ));
    }
    if !old.is_empty() && identity::check("CMND", old).is_err() {
        return Err(refuse(
            "old_number",
            Text::new("Số CMND cũ phải có 9 chữ số.", "The old CMND has 9 digits."),
        ));
    }
    if name.is_empty() || name.chars().any(|c| c.is_ascii_digit() || c.is_control()) {
        return Err(refuse(
            "name",
            Text::new("Không đọc được họ tên.", "The name cannot be read."),
        ));
    }
    let born = birth(born).ok_or_else(|| {
        refuse(
            "birth",
            Text::new("Ngày sinh không hợp lệ.", "The day of birth is not valid."),
        )
    })?;
    let gender = match fold(gender).as_str() {
        "nam" => "Nam",
        "nu" => "Nữ",
        _ => {
            return Err(refuse(
                "gender",
                Text::new("Giới tính phải là Nam hoặc Nữ.", "The gender is Nam or Nữ."),
            ));
        }
    };
    let issued = match *issued {
        "" => None,
        text => Some(day(text).ok_or_else(|| {
            refuse(
                "issued_on",
                Text::new("Ngày cấp không hợp lệ.", "The day of issue is not valid."),
            )
        })?),
    };
    let mut documents = vec![map(
        json!({"kind": "CCCD", "number": number, "issued_on": issued.map(|d| d.to_string())}),
    )];
    if !old.is_empty() {
        documents.push(map(json!({"kind": "CMND", "number": old})));
    }
    Ok(Card {
        party: map(json!({
            "kind": "CA_NHAN", "user_type": "CNV", "name": name, "birth": born, "gender": gender,
            "personal_code": number, "address": address,
        })),
        documents,
    })
}

const LAYOUT: Text = Text::new(
    "Không phải mã QR của thẻ căn cước: cần 7 trường ngăn bằng dấu |.",
    "This is not the QR code of a citizen's card: it has 7 fields parted by |.",
);

/// Without the fields that say nothing.
fn map(fields: Json) -> Map<String, Json> {
    let Json::Object(all) = fields else {
        return Map::new();
    };
    all.into_iter().filter(|(_, v)| !v.is_null() && v != "").collect()
}

fn refuse(field: &str, text: Text) -> Failure {
    Failure::new("BAD_QR", text).field(field).remedy(msg!(
        "Quét lại, tắt bộ gõ tiếng Việt khi quét; hoặc nhập tay theo thẻ.",
        "Scan again, with the Vietnamese keyboard off; or type what the card says."
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    const CARD: &str =
        "025993000001|993000001|Trần Thị Thử Nghiệm|05041993|Nữ|Thôn Thử, Xã Mẫu, Tỉnh Mẫu|10052022";

    #[test]
    fn a_card_fills_person_and_papers() {
        let card = parse(&format!("  {CARD}\r\n")).unwrap_or_else(|f| panic!("{f}"));
        assert_eq!(
            Json::from(card.party),
            json!({"kind": "CA_NHAN", "user_type": "CNV", "name": "Trần Thị Thử Nghiệm", "birth": "1993-04-05", "gender": "Nữ",
                "personal_code": "025993000001", "address": "Thôn Thử, Xã Mẫu, Tỉnh Mẫu"})
        );
        let papers: Vec<Json> = card.documents.into_iter().map(Json::from).collect();
        assert_eq!(
            papers,
            [
                json!({"kind": "CCCD", "number": "025993000001", "issued_on": "2022-05-10"}),
                json!({"kind": "CMND", "number": "993000001"})
            ]
        );
    }

    #[test]
    fn no_old_number_more_fields_and_only_a_year() {
        let card = parse("025993000001||TRẦN THỬ|1993|nam||||Cha|Mẹ||").unwrap_or_else(|f| panic!("{f}"));
        assert_eq!(card.documents.len(), 1);
        assert_eq!(
            (&card.party["birth"], &card.party["gender"]),
            (&json!("1993"), &json!("Nam"))
        );
        assert!(!card.party.contains_key("address"));
    }

    #[test]
    fn bad_input_is_refused_by_field_and_never_repeated() {
        let with = |i: usize, text: &str| {
            let mut parts: Vec<&str> = CARD.split('|').collect();
            parts[i] = text;
            parts.join("|")
        };
        for (scanned, field) in [
            (String::new(), "qr"),
            ("|".repeat(5), "qr"),
            ("x".repeat(3000), "qr"),
            ("https://example.invalid/BíMật".to_owned(), "qr"),
            (with(0, "25993000001"), "number"),
            (with(0, "０25993000001"), "number"),
            (with(1, "BíMật"), "old_number"),
            (with(2, ""), "name"),
            (with(2, "BíMật 7"), "name"),
            (with(3, "31021993"), "birth"),
            (with(3, "BíMật"), "birth"),
            (with(4, "BíMật"), "gender"),
            (with(6, "99999999"), "issued_on"),
        ] {
            let failure = parse(&scanned).err().unwrap_or_else(|| panic!("{scanned}"));
            assert_eq!((failure.code(), failure.at_field()), ("BAD_QR", Some(field)));
            assert!(!failure.to_string().contains("Mật"));
        }
    }
}
