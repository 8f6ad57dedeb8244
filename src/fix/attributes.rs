//! Attributes: only what the data themselves leave no doubt about is done unasked. A certified area is never
//! touched.

use super::{About, Fix, number as numeral, short};
use crate::codes;
use crate::domain::{Parcel, ParcelRef};
use crate::edit::{Edit, Fields};
use crate::msg;
use crate::text::{Msg, Text, fold};

pub(super) const NEXT_NUMBER: (&str, Text) = (
    "next_number",
    Text::new("Lấy số thửa trống tiếp theo", "Take the next free number"),
);
pub(super) const VALUE: (&str, Text) = ("set_value", Text::new("Sửa giá trị", "Correct the value"));

fn set(
    parcel: &Parcel,
    (name, title): (&'static str, Text),
    fields: Fields,
    what: Msg,
    certain: bool,
) -> Vec<Fix> {
    vec![Fix {
        name,
        title,
        what,
        edits: vec![Edit::Set {
            parcel: ParcelRef::Uid(parcel.uid),
            fields,
        }],
        certain,
        tolerance_mm: 0,
    }]
}

/// The next free number where the sheet is known. What stands in the register is looked up first by a person.
pub(super) fn number(about: &About<'_>) -> Vec<Fix> {
    let ([parcel], "number") = (about.parcels.as_slice(), about.finding.value("what")) else {
        return Vec::new();
    };
    let key = (parcel.commune.to_string(), parcel.sheet.to_string());
    let Some(next) = about.known.next_numbers.get(&key).filter(|_| !key.1.is_empty()) else {
        return Vec::new();
    };
    let sheet = &parcel.sheet;
    let what = msg!(
        "Thửa chưa có số ở tờ {sheet} mang số trống tiếp theo: {next}.",
        "The parcel without a number on sheet {sheet} gets the next free one: {next}."
    );
    let fields = Fields {
        number: Some(Some(next.to_string())),
        ..Fields::default()
    };
    set(parcel, NEXT_NUMBER, fields, what, false)
}

/// The code that was meant. Certain when only case, spaces, diacritics or separators differ; offered when
/// exactly one code of the newest list differs in one letter.
pub(super) fn land_use(about: &About<'_>) -> Vec<Fix> {
    let [parcel] = about.parcels.as_slice() else {
        return Vec::new();
    };
    let label = &*parcel.land_use;
    let (meant, certain) = match spelled(label) {
        Some(meant) => (meant, true),
        None => match nearest(label) {
            Some(meant) => (meant, false),
            None => return Vec::new(),
        },
    };
    let name = short(parcel);
    let what = msg!(
        "Thửa {name}: loại đất “{label}” ghi lại thành “{meant}”.",
        "Parcel {name}: the land use “{label}” becomes “{meant}”."
    );
    let fields = Fields {
        land_use: Some(Some(meant)),
        ..Fields::default()
    };
    set(parcel, VALUE, fields, what, certain)
}

/// The label that is missing, from the land-use rows of the register: they say what was registered.
pub(super) fn registered(about: &About<'_>) -> Vec<Fix> {
    let [parcel] = about.parcels.as_slice() else {
        return Vec::new();
    };
    let Some(uses) = about.known.uses.get(&parcel.uid) else {
        return Vec::new();
    };
    let name = short(parcel);
    let what = msg!(
        "Thửa {name}: ghi nhãn loại đất “{uses}” theo các mục đích sử dụng đã đăng ký.",
        "Parcel {name}: the label becomes “{uses}”, as the registered land-use rows say."
    );
    let fields = Fields {
        land_use: Some(Some(uses.clone())),
        ..Fields::default()
    };
    set(parcel, VALUE, fields, what, true)
}

/// The label in codes of the lists, when spelling is all that is wrong.
fn spelled(label: &str) -> Option<String> {
    let plain = fold::fold(label).to_uppercase();
    let parts: Vec<&str> = plain
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|s| !s.is_empty())
        .collect();
    let codes: Option<Vec<String>> = parts.iter().map(|p| known_codes(p)).collect();
    codes.filter(|c| !c.is_empty()).map(|c| c.join("+"))
}

/// A code, or three-letter codes written without anything between them.
fn known_codes(text: &str) -> Option<String> {
    if codes::land_use(text).is_some() {
        return Some(text.to_owned());
    }
    let whole = text.len() > 3 && text.len().is_multiple_of(3);
    let parts: Vec<&str> = (0..text.len() / 3)
        .filter_map(|i| text.get(i * 3..i * 3 + 3))
        .collect();
    (whole && parts.iter().all(|p| codes::land_use(p).is_some())).then(|| parts.join("+"))
}

/// The label with each unknown code replaced by the only one of the newest list that differs in one letter.
fn nearest(label: &str) -> Option<String> {
    let list = codes::land_use_lists().last()?;
    let one = |code: &str| -> Option<String> {
        if codes::land_use(code).is_some() {
            return Some(code.to_owned());
        }
        let differs = |other: &str| {
            other.len() == code.len() && other.bytes().zip(code.bytes()).filter(|(a, b)| a != b).count() == 1
        };
        let mut near = list.items.iter().filter(|i| differs(&i.code));
        match (near.next(), near.next()) {
            (Some(only), None) => Some(only.code.clone()),
            _ => None,
        }
    };
    let codes: Option<Vec<String>> = codes::land_use_codes(label).map(one).collect();
    codes.filter(|c| !c.is_empty()).map(|c| c.join("+"))
}

/// The measured area from the shape; whether the boundary or the number is right a person decides.
pub(super) fn area(about: &About<'_>) -> Vec<Fix> {
    let [parcel] = about.parcels.as_slice() else {
        return Vec::new();
    };
    let Some(recorded) = parcel.area_measured else {
        return Vec::new();
    };
    let computed = tenths(parcel.polygon.area_m2());
    let (name, was, is) = (short(parcel), numeral(recorded, 1), numeral(computed, 1));
    let what = Msg::new(
        format!(
            "Thửa {name}: diện tích đo {} m² ghi lại theo hình là {} m²; diện tích pháp lý giữ nguyên.",
            was.vi, is.vi
        ),
        format!(
            "Parcel {name}: the measured area of {} m² becomes that of the shape, {} m²; the legal area stays.",
            was.en, is.en
        ),
    );
    set(parcel, VALUE, measured(computed), what, false)
}

/// A measured area with more than one decimal is rounded; a senseless one is left to a person.
pub(super) fn decimals(about: &About<'_>) -> Vec<Fix> {
    let ([parcel], "measured") = (about.parcels.as_slice(), about.finding.value("which")) else {
        return Vec::new();
    };
    let Some(recorded) = parcel.area_measured.filter(|a| tenths(*a) > 0.0) else {
        return Vec::new();
    };
    let rounded = tenths(recorded);
    let (name, was, is) = (short(parcel), numeral(recorded, 4), numeral(rounded, 1));
    let what = Msg::new(
        format!(
            "Thửa {name}: diện tích đo {} m² làm tròn thành {} m².",
            was.vi, is.vi
        ),
        format!(
            "Parcel {name}: the measured area of {} m² is rounded to {} m².",
            was.en, is.en
        ),
    );
    set(parcel, VALUE, measured(rounded), what, true)
}

fn measured(m2: f64) -> Fields {
    Fields {
        area_measured: Some(Some(m2)),
        ..Fields::default()
    }
}

fn tenths(m2: f64) -> f64 {
    (m2 * 10.0).round() / 10.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_that_were_meant() {
        for (label, certain, near) in [
            ("odt", "ODT", ""),
            ("ont + cln", "ONT+CLN", ""),
            ("ONT-CLN", "ONT+CLN", ""),
            ("ONTCLN", "ONT+CLN", ""),
            ("ÔNT", "ONT", ""),
            ("QQX", "", ""),
            ("", "", ""),
        ] {
            assert_eq!(spelled(label).unwrap_or_default(), certain, "{label}");
            if certain.is_empty() {
                assert_eq!(nearest(label).unwrap_or_default(), near, "{label}");
            }
        }
        assert_eq!((tenths(12.34), tenths(12.35)), (12.3, 12.4));
    }
}
