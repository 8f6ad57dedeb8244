//! One value of one field: from what was typed or stands in JSON, checked, and back.

use jiff::civil::Date;
use serde_json::{Value as Json, json};
use unicode_normalization::UnicodeNormalization;

use super::{Field, FieldKind, Share, Target, birth};
use crate::codes;
use crate::domain::Failure;
use crate::msg;
use crate::text::{Lang, Msg, format};

/// A value that fits its field. Holds personal values: no `Debug`.
#[derive(Clone, PartialEq)]
pub enum Value {
    /// Nothing is said.
    Empty,
    /// Words, codes; days as yyyy-MM-dd.
    Text(String),
    Whole(i64),
    Real(f64),
    Flag(bool),
    Share(Share),
    /// Another record as it was named: uid, COMMUNE/SHEET/NUMBER, code of a dossier.
    Named(String),
    /// The row of that record, once it has been looked up.
    Row(i64),
}

/// Largest area, m²: 1000 km².
const MAX_AREA: f64 = 1e9;
/// Largest amount, đồng.
const MAX_MONEY: f64 = 1e15;

/// A value that does not fit its field. `message` must not repeat a personal value.
pub fn bad(field: &str, message: Msg) -> Failure {
    Failure::new("BAD_VALUE", message).field(field)
}

/// A day as typed or stored: yyyy-MM-dd, dd/MM/yyyy (also with dots or dashes), ddMMyyyy.
pub fn day(typed: &str) -> Option<Date> {
    let typed = typed.trim();
    if let Ok(date) = typed.parse::<Date>() {
        return Some(date);
    }
    let of = |d: &str, m: &str, y: &str| {
        let short = |s: &str| (1..=2).contains(&s.len()) && s.bytes().all(|b| b.is_ascii_digit());
        let year = y.len() == 4 && y.bytes().all(|b| b.is_ascii_digit());
        let fits = short(d) && short(m) && year;
        fits.then(|| Date::new(y.parse().ok()?, m.parse().ok()?, d.parse().ok()?).ok())?
    };
    if typed.len() == 8 && typed.bytes().all(|b| b.is_ascii_digit()) {
        return of(&typed[..2], &typed[2..4], &typed[4..]);
    }
    let parts: Vec<&str> = typed.split(['/', '.', '-']).collect();
    match parts.as_slice() {
        [d, m, y] => of(d, m, y),
        _ => None,
    }
}

/// "025•••••0001": enough to recognise a number by, for one who has the paper; of short ones and of words less.
pub fn mask(value: &str) -> String {
    let chars: Vec<char> = value.chars().collect();
    let number = chars.len() >= 9 && chars.iter().filter(|c| c.is_ascii_digit()).count() * 2 > chars.len();
    let (head, tail) = match (number, chars.len()) {
        (true, 11..) => (3, 4),
        (true, _) => (0, 3),
        (false, 0..=2) => (0, 0),
        (false, _) => (1, 0),
    };
    let shown = |part: &[char]| part.iter().collect::<String>();
    format!(
        "{}•••••{}",
        shown(&chars[..head]),
        shown(&chars[chars.len() - tail..])
    )
}

impl Field {
    /// What JSON or a person says of this field. `null` and "" are nothing. A failure names the field and never repeats a
    /// personal value.
    pub fn read(&self, json: &Json) -> Result<Value, Failure> {
        if json.is_null() || json.as_str().is_some_and(|s| s.trim().is_empty()) {
            return Ok(Value::Empty);
        }
        match self.kind {
            FieldKind::Text { max } | FieldKind::Personal { max } => self.words(json, max),
            FieldKind::Date | FieldKind::PersonalDate => self.date(json),
            FieldKind::Birth => self.birth(json),
            FieldKind::Code(list) | FieldKind::PersonalCode(list) => self.code(list, json),
            FieldKind::LandUse => self.land_use(json),
            FieldKind::Commune => self.commune(json),
            FieldKind::Serial => self.serial(json),
            FieldKind::Area => self.area(json),
            FieldKind::Whole { from, to } => self.whole(json, from, to),
            FieldKind::PersonalMoney => self.money(json),
            FieldKind::Flag => self.flag(json),
            FieldKind::Share => self.share(json),
            FieldKind::Hash => self.hash(json),
            FieldKind::Ref(target) => self.named(json, target),
        }
    }

    fn words(&self, json: &Json, max: usize) -> Result<Value, Failure> {
        let text: String = match json {
            Json::String(s) => s.trim().nfc().collect(),
            Json::Number(n) => n.to_string(),
            _ => return Err(self.wrong(msg!("Phải là chữ.", "It must be a text."))),
        };
        if text.chars().count() > max || text.chars().any(|c| c.is_control() && c != '\n') {
            return Err(self.wrong(msg!(
                "Dài quá {max} ký tự, hoặc có ký tự điều khiển.",
                "More than {max} characters, or control characters."
            )));
        }
        Ok(Value::Text(text))
    }

    fn text<'a>(&self, json: &'a Json, what: impl FnOnce() -> Msg) -> Result<&'a str, Failure> {
        json.as_str().map(str::trim).ok_or_else(|| self.wrong(what()))
    }

    fn date(&self, json: &Json) -> Result<Value, Failure> {
        let no_day = || {
            msg!(
                "Không phải ngày: nhập dd/MM/yyyy, ví dụ 01/03/1985 hoặc 01031985.",
                "This is no day: type dd/MM/yyyy, for example 01/03/1985 or 01031985."
            )
        };
        let found = day(self.text(json, no_day)?).filter(|d| (1800..=2200).contains(&d.year()));
        let date = found.ok_or_else(|| self.wrong(no_day()))?;
        Ok(Value::Text(date.to_string()))
    }

    fn birth(&self, json: &Json) -> Result<Value, Failure> {
        let text = json.as_i64().map(|y| y.to_string());
        let text = text.as_deref().or(json.as_str()).unwrap_or_default();
        birth(text).map(Value::Text).ok_or_else(|| {
            self.wrong(msg!(
                "Không phải ngày hay năm: nhập dd/MM/yyyy, hoặc chỉ năm, từ 1850.",
                "Neither a day nor a year: type dd/MM/yyyy, or only the year, from 1850."
            ))
        })
    }

    fn code(&self, list: &str, json: &Json) -> Result<Value, Failure> {
        let typed = json.as_i64().map(|n| n.to_string());
        let typed = typed.as_deref().or(json.as_str()).unwrap_or_default();
        match codes::meant(list, typed) {
            Some(item) => Ok(Value::Text(item.code.clone())),
            None => {
                let all: Vec<&str> = codes::code_lists(list)
                    .flat_map(|l| &l.items)
                    .map(|i| i.code.as_str())
                    .collect();
                let all = all.join(", ");
                let failure = self.wrong(msg!(
                    "Mã không có trong danh mục.",
                    "The code is not in the list."
                ));
                Err(failure.remedy(msg!("Chọn một trong: {all}.", "Choose one of: {all}.")))
            }
        }
    }

    fn land_use(&self, json: &Json) -> Result<Value, Failure> {
        let no_code = || msg!("Không phải mã loại đất.", "This is no land-use code.");
        let code = self.text(json, no_code)?.to_uppercase();
        codes::land_use(&code).ok_or_else(|| self.wrong(no_code()))?;
        Ok(Value::Text(code))
    }

    fn commune(&self, json: &Json) -> Result<Value, Failure> {
        let no_code = || msg!("Mã xã phải có 5 chữ số.", "A commune code has 5 digits.");
        let code = self.text(json, no_code)?;
        if code.len() == 5 && code.bytes().all(|b| b.is_ascii_digit()) {
            return Ok(Value::Text(code.to_owned()));
        }
        Err(self.wrong(no_code()))
    }

    fn serial(&self, json: &Json) -> Result<Value, Failure> {
        let Value::Text(text) = self.words(json, 60)? else {
            return Ok(Value::Empty);
        };
        Ok(Value::Text(codes::tidy_serial(&text)))
    }

    fn number(&self, json: &Json) -> Option<f64> {
        let number = match json {
            Json::String(s) => format::parse_number(s, Lang::Vi).ok(),
            other => other.as_f64(),
        };
        number.filter(|n| n.is_finite())
    }

    fn area(&self, json: &Json) -> Result<Value, Failure> {
        let no_area = || {
            self.wrong(msg!(
                "Diện tích phải lớn hơn 0, tối đa hai chữ số thập phân, ví dụ 120,5.",
                "An area is more than 0, with at most two decimals, for example 120.5."
            ))
        };
        let x = self.number(json).ok_or_else(no_area)?;
        let two = (x * 100.0).round() / 100.0;
        if x > 0.0 && x <= MAX_AREA && (x - two).abs() < 1e-9 * x.max(1.0) {
            return Ok(Value::Real(two));
        }
        Err(no_area())
    }

    fn whole(&self, json: &Json, from: i64, to: i64) -> Result<Value, Failure> {
        let n = match json {
            Json::String(s) => s.trim().parse().ok(),
            other => other.as_i64(),
        };
        n.filter(|n| (from..=to).contains(n))
            .map(Value::Whole)
            .ok_or_else(|| {
                self.wrong(msg!(
                    "Phải là số nguyên từ {from} đến {to}.",
                    "It must be a whole number from {from} to {to}."
                ))
            })
    }

    fn money(&self, json: &Json) -> Result<Value, Failure> {
        let amount = self
            .number(json)
            .filter(|x| *x >= 0.0 && *x <= MAX_MONEY && x.fract() == 0.0);
        let amount = amount.ok_or_else(|| {
            self.wrong(msg!(
                "Phải là số đồng tròn, ví dụ 1.250.000.000.",
                "It must be a whole number of đồng, for example 1.250.000.000."
            ))
        })?;
        Ok(Value::Text(format!("{amount:.0}")))
    }

    fn flag(&self, json: &Json) -> Result<Value, Failure> {
        let said = match json {
            Json::Bool(b) => Some(*b),
            Json::String(s) => match crate::text::fold::fold(s.trim()).as_str() {
                "co" | "yes" | "true" | "1" | "x" => Some(true),
                "khong" | "no" | "false" | "0" => Some(false),
                _ => None,
            },
            _ => None,
        };
        said.map(Value::Flag)
            .ok_or_else(|| self.wrong(msg!("Phải là “có” hoặc “không”.", "It must be yes or no.")))
    }

    fn share(&self, json: &Json) -> Result<Value, Failure> {
        let text = json.as_i64().map(|n| n.to_string());
        let text = text.as_deref().or(json.as_str()).unwrap_or_default();
        Share::parse(text).map(Value::Share).ok_or_else(|| {
            self.wrong(msg!(
                "Phần quyền phải là phân số lớn hơn 0, không quá 1, ví dụ 1/3.",
                "A share is a fraction more than 0 and at most 1, for example 1/3."
            ))
        })
    }

    fn hash(&self, json: &Json) -> Result<Value, Failure> {
        let no_hash = || {
            msg!(
                "SHA-256 phải có 64 chữ số thập lục phân.",
                "A SHA-256 has 64 hex digits."
            )
        };
        let text = self.text(json, no_hash)?.to_lowercase();
        if text.len() == 64 && text.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Ok(Value::Text(text));
        }
        Err(self.wrong(no_hash()))
    }

    fn named(&self, json: &Json, target: Target) -> Result<Value, Failure> {
        let name = match target {
            Target::Parcel => msg!(
                "Ghi uid hoặc XÃ/TỜ/THỬA của thửa.",
                "Name the parcel by uid or COMMUNE/SHEET/NUMBER."
            ),
            Target::Record(kind) => {
                let Msg { vi, en } = kind.title().into();
                msg!("Ghi uid của {vi}.", "Give the uid of the {en}.")
            }
        };
        Ok(Value::Named(self.text(json, || name)?.to_owned()))
    }

    fn wrong(&self, message: Msg) -> Failure {
        bad(self.name, message)
    }

    /// The value as JSON: what [`Field::read`] takes.
    pub fn json(&self, value: &Value) -> Json {
        match value {
            Value::Empty => Json::Null,
            Value::Text(t) | Value::Named(t) => json!(t),
            Value::Whole(n) => json!(n),
            Value::Real(x) => json!(x),
            Value::Flag(b) => json!(b),
            Value::Share(s) => json!(s.to_string()),
            Value::Row(fid) => json!(fid),
        }
    }

    /// The value as a person reads it; codes by name. Personal values as they are: the caller masks.
    pub fn shown(&self, value: &Value, lang: Lang) -> String {
        match (value, self.kind) {
            (Value::Empty, _) => String::new(),
            (Value::Text(t), FieldKind::Code(list) | FieldKind::PersonalCode(list)) => {
                codes::code_title(list, t, lang).to_owned()
            }
            (Value::Text(t), FieldKind::Date | FieldKind::PersonalDate | FieldKind::Birth) => {
                t.parse::<Date>().map_or_else(|_| t.clone(), format::date)
            }
            (Value::Text(t), FieldKind::PersonalMoney) => match t.parse::<u64>() {
                Ok(n) => format::count(n, lang),
                Err(_) => t.clone(),
            },
            (Value::Text(t) | Value::Named(t), _) => t.clone(),
            (Value::Whole(n), _) | (Value::Row(n), _) => n.to_string(),
            (Value::Real(x), _) => format::number(*x, if (x * 10.0).fract() == 0.0 { 1 } else { 2 }, lang),
            (Value::Flag(b), _) => match (b, lang) {
                (true, Lang::Vi) => "có",
                (false, Lang::Vi) => "không",
                (true, Lang::En) => "yes",
                (false, Lang::En) => "no",
            }
            .to_owned(),
            (Value::Share(s), _) => s.to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Kind;
    use super::*;

    fn read(kind: Kind, field: &str, json: &Json) -> String {
        let field = kind.field(field).unwrap();
        match field.read(json) {
            Ok(value) => field.json(&value).to_string(),
            Err(f) => {
                assert_eq!((f.code(), f.at_field()), ("BAD_VALUE", Some(field.name)));
                format!("! {}", f.message().vi)
            }
        }
    }

    #[test]
    fn typed_as_a_clerk_types() {
        use Kind::{Certificate, Dossier, IdentityDocument, LandUseRow, Mortgage, Party, Right};
        for (kind, field, typed, stored) in [
            (Party, "kind", json!("ho gia dinh"), json!("HO_GIA_DINH")),
            (
                Party,
                "name",
                json!(" Tra\u{302}\u{300}n Thử "),
                json!("Trần Thử"),
            ),
            (Party, "birth", json!(1985), json!("1985")),
            (Party, "birth", json!("01031985"), json!("1985-03-01")),
            (Party, "gender", json!("nu"), json!("Nữ")),
            (Party, "decision_on", json!("1/3/2020"), json!("2020-03-01")),
            (Party, "email", json!("  "), json!(null)),
            (IdentityDocument, "verified", json!("có"), json!(true)),
            (LandUseRow, "code", json!("ont"), json!("ONT")),
            (LandUseRow, "area", json!("1.234,5"), json!(1234.5)),
            (LandUseRow, "area", json!(0.1), json!(0.1)),
            (Certificate, "serial", json!("cx.123456"), json!("CX 123456")),
            (Certificate, "kind", json!(98), json!("98")),
            (Right, "share", json!("2/6"), json!("1/3")),
            (Right, "share", json!(1), json!("1")),
            (Mortgage, "amount", json!("1.250.000.000"), json!("1250000000")),
            (Dossier, "commune", json!("07954"), json!("07954")),
        ] {
            assert_eq!(read(kind, field, &typed), stored.to_string(), "{field}");
        }
    }

    #[test]
    fn what_does_not_fit_is_refused_at_its_field_without_repeating_it() {
        use Kind::{
            Asset, Certificate, Document, Dossier, IdentityDocument, LandUseRow, Mortgage, Party, Right,
        };
        for (kind, field, typed) in [
            (Party, "kind", json!("QQ")),
            (Party, "kind", json!(["CA_NHAN"])),
            (Party, "name", json!("Bí\u{7}Mật")),
            (Party, "name", json!({"a": "BíMật"})),
            (Party, "phone", json!("BíMật".repeat(20))),
            (Party, "birth", json!("BíMật")),
            (Party, "birth", json!(17)),
            (Party, "gender", json!("BíMật")),
            (IdentityDocument, "issued_on", json!("30/02/2020 BíMật")),
            (IdentityDocument, "verified", json!("BíMật")),
            (LandUseRow, "code", json!("XYZ")),
            (LandUseRow, "area", json!(0)),
            (LandUseRow, "area", json!("1,234")),
            (LandUseRow, "area", json!(1e300)),
            (LandUseRow, "position", json!(0)),
            (Right, "share", json!("4/3")),
            (Right, "share", json!(0.5)),
            (Mortgage, "amount", json!("BíMật")),
            (Mortgage, "amount", json!(-1)),
            (Dossier, "commune", json!("7954")),
            (Document, "sha256", json!("abc")),
            (Asset, "floors", json!(1.5)),
            (Certificate, "serial", json!(true)),
        ] {
            let said = read(kind, field, &typed);
            assert!(said.starts_with("! "), "{field} {typed}: {said}");
            assert!(!said.contains("Mật"), "{said}");
        }
    }

    #[test]
    fn masks_keep_little() {
        for (value, masked) in [
            ("025993000001", "025•••••0001"),
            ("993000001", "•••••001"),
            ("Trần Thị Thử", "T•••••"),
            ("17", "•••••"),
            ("", "•••••"),
        ] {
            assert_eq!(mask(value), masked);
        }
    }

    #[test]
    fn every_code_list_a_field_names_is_there() {
        for kind in Kind::ALL {
            for field in kind.fields() {
                if let FieldKind::Code(list) | FieldKind::PersonalCode(list) = field.kind {
                    assert!(codes::code_lists(list).next().is_some(), "{list}");
                }
            }
            assert!(codes::code(kind.status_list(), kind.usual_end()).is_some_and(|c| c.group == "ended"));
        }
    }
}
