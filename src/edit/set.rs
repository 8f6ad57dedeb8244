//! `set`: details of one parcel. Checked field by field; a refusal names the field.
//!
//! Decisions: a malformed land-use label ("odt", "123") is refused, a well-formed code in no list is accepted and stays
//! a finding of `validate` (new codes come with new circulars). A sheet and number another parcel in force has already
//! is refused: it would make a fault.

use serde::{Deserialize, Deserializer, Serialize};
use unicode_normalization::UnicodeNormalization;

use super::{Context, EditError, find, short};
use crate::codes;
use crate::domain::{Failure, Finding, Parcel, ParcelKey, ParcelRef, Severity};
use crate::msg;
use crate::store::write::{self, Value};
use crate::text::{Msg, Text, terms};
use crate::topology::Coverage;

/// The fields `set` knows. Outer `None`: leave as it is; inner `None` (JSON null): clear.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Fields {
    #[serde(deserialize_with = "name", skip_serializing_if = "Option::is_none")]
    pub sheet: Option<Option<String>>,
    #[serde(deserialize_with = "name", skip_serializing_if = "Option::is_none")]
    pub number: Option<Option<String>>,
    #[serde(deserialize_with = "name", skip_serializing_if = "Option::is_none")]
    pub old_sheet: Option<Option<String>>,
    #[serde(deserialize_with = "name", skip_serializing_if = "Option::is_none")]
    pub old_number: Option<Option<String>>,
    /// m².
    #[serde(deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub area_measured: Option<Option<f64>>,
    /// m².
    #[serde(deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub area_legal: Option<Option<f64>>,
    /// Label as drawn: "ODT", "ONT+CLN".
    #[serde(deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub land_use: Option<Option<String>>,
    #[serde(deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub address: Option<Option<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is_parcel: Option<bool>,
}

impl Fields {
    /// What these leave out as in `rest`.
    pub(super) fn or(self, rest: Self) -> Self {
        Self {
            sheet: self.sheet.or(rest.sheet),
            number: self.number.or(rest.number),
            old_sheet: self.old_sheet.or(rest.old_sheet),
            old_number: self.old_number.or(rest.old_number),
            area_measured: self.area_measured.or(rest.area_measured),
            area_legal: self.area_legal.or(rest.area_legal),
            land_use: self.land_use.or(rest.land_use),
            address: self.address.or(rest.address),
            is_parcel: self.is_parcel.or(rest.is_parcel),
        }
    }
}

fn given<'de, T: Deserialize<'de>, D: Deserializer<'de>>(d: D) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(d).map(Some)
}

/// A sheet or number may be written as a JSON integer.
fn name<'de, D: Deserializer<'de>>(d: D) -> Result<Option<Option<String>>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged, expecting = "a text or a whole number")]
    enum Name {
        Int(u32),
        Text(String),
    }
    Ok(Some(Option::<Name>::deserialize(d)?.map(|n| match n {
        Name::Int(i) => i.to_string(),
        Name::Text(t) => t,
    })))
}

/// Largest area of a parcel we believe, m² (1000 km²).
const MAX_AREA: f64 = 1e9;
/// Lengths as in domain.md §2.4; sheet and number allow "TĐ 12-2019".
const MAX_NAME: usize = 20;
const MAX_OLD: usize = 100;
const MAX_ADDRESS: usize = 250;
const MAX_LABEL: usize = 50;

const OLD_SHEET: Text = Text::new("Số tờ cũ", "Old sheet no.");
const OLD_NUMBER: Text = Text::new("Số thửa cũ", "Old parcel no.");
const IS_PARCEL: Text = Text::new("Là thửa đất", "Is a parcel");

/// One column that will be written.
struct Column {
    name: &'static str,
    value: Value,
}

impl Fields {
    /// The fields given, by their column names, in a fixed order.
    fn titles(&self) -> Vec<Text> {
        [
            (self.sheet.is_some(), terms::SHEET_NUMBER),
            (self.number.is_some(), terms::PARCEL_NUMBER),
            (self.old_sheet.is_some(), OLD_SHEET),
            (self.old_number.is_some(), OLD_NUMBER),
            (self.area_measured.is_some(), terms::AREA_MEASURED),
            (self.area_legal.is_some(), terms::AREA_LEGAL),
            (self.land_use.is_some(), terms::LAND_USE),
            (self.address.is_some(), terms::ADDRESS),
            (self.is_parcel.is_some(), IS_PARCEL),
        ]
        .into_iter()
        .filter_map(|(given, title)| given.then_some(title))
        .collect()
    }

    /// Checks every field by itself (no look at other parcels), as the inspector does while typing. The first mistake.
    pub fn check(&self) -> Result<(), Failure> {
        self.columns().map(|_| ())
    }

    fn columns(&self) -> Result<Vec<Column>, Failure> {
        let mut out = Vec::new();
        let mut add = |name, value: Option<Value>| {
            if let Some(value) = value {
                out.push(Column { name, value });
            }
        };
        add("sheet", text("sheet", &self.sheet, MAX_NAME, true)?);
        add("number", text("number", &self.number, MAX_NAME, true)?);
        add("old_sheet", text("old_sheet", &self.old_sheet, MAX_OLD, false)?);
        add(
            "old_number",
            text("old_number", &self.old_number, MAX_OLD, false)?,
        );
        add("area_measured", area("area_measured", self.area_measured)?);
        add("area_legal", area("area_legal", self.area_legal)?);
        add("land_use", label_of(&self.land_use)?);
        add("address", text("address", &self.address, MAX_ADDRESS, false)?);
        add("is_parcel", self.is_parcel.map(|b| Value::Integer(b.into())));
        Ok(out)
    }
}

/// A text trimmed and in NFC. `key`: part of the official key, where empty means unknown and a slash would be read as a separator.
fn text(
    field: &'static str,
    given: &Option<Option<String>>,
    max: usize,
    key: bool,
) -> Result<Option<Value>, Failure> {
    let Some(given) = given else { return Ok(None) };
    let clean: String = given.as_deref().unwrap_or_default().trim().nfc().collect();
    let count = clean.chars().count();
    if count > max {
        return Err(Failure::new(
            "TOO_LONG",
            msg!(
                "Dài {count} ký tự, tối đa là {max}.",
                "{count} characters, at most {max} are allowed."
            ),
        )
        .field(field));
    }
    if let Some(bad) = clean.chars().find(|c| c.is_control() || (key && *c == '/')) {
        let shown = bad.escape_default();
        return Err(Failure::new(
            "BAD_CHARACTER",
            msg!(
                "Không được có ký tự {shown}.",
                "The character {shown} is not allowed."
            ),
        )
        .field(field));
    }
    if key && clean.chars().all(|c| c == '0') && !clean.is_empty() {
        return Err(Failure::new(
            "BAD_NUMBER",
            msg!(
                "Số tờ, số thửa bắt đầu từ 1.",
                "Sheets and parcels are numbered from 1."
            ),
        )
        .field(field));
    }
    Ok(Some(if clean.is_empty() && !key {
        Value::Null
    } else {
        Value::Text(clean)
    }))
}

fn area(field: &'static str, given: Option<Option<f64>>) -> Result<Option<Value>, Failure> {
    match given {
        None => Ok(None),
        Some(None) => Ok(Some(Value::Null)),
        Some(Some(a)) if a > 0.0 && a <= MAX_AREA => Ok(Some(Value::Real(a))),
        Some(Some(a)) => Err(Failure::new(
            "BAD_AREA",
            msg!(
                "Diện tích {a} m² không hợp lý.",
                "An area of {a} m² is not possible."
            ),
        )
        .field(field)
        .remedy(msg!("Diện tích phải lớn hơn 0.", "An area is more than 0."))),
    }
}

/// A label of codes of two to four capital letters or digits, starting with a letter, joined by "+".
fn label_of(given: &Option<Option<String>>) -> Result<Option<Value>, Failure> {
    let value = text("land_use", given, MAX_LABEL, false)?;
    if let Some(Value::Text(label)) = &value {
        let well = |code: &str| {
            (2..=4).contains(&code.len())
                && code.starts_with(|c: char| c.is_ascii_uppercase())
                && code.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit())
        };
        if codes::land_use_codes(label).next().is_none() || !codes::land_use_codes(label).all(well) {
            return Err(Failure::new(
                "BAD_LAND_USE",
                msg!(
                    "\"{label}\" không phải ký hiệu loại đất.",
                    "\"{label}\" is not a land-use label."
                ),
            )
            .field("land_use")
            .remedy(msg!(
                "Viết hoa, nối bằng dấu +, ví dụ ONT+CLN.",
                "Capital letters, joined by +, for example ONT+CLN."
            )));
        }
    }
    Ok(value)
}

/// The columns that `fields` set, checked one by one.
pub(super) fn values(fields: &Fields) -> Result<Vec<(&'static str, Value)>, Failure> {
    Ok(fields.columns()?.into_iter().map(|c| (c.name, c.value)).collect())
}

/// Whether a land-use label is well-formed.
pub(super) fn check_label(label: Option<&str>) -> Result<(), Failure> {
    label_of(&Some(label.map(str::to_owned))).map(|_| ())
}

/// Whether an area can be one.
pub(super) fn check_area(field: &'static str, given: Option<f64>) -> Result<(), Failure> {
    area(field, Some(given)).map(|_| ())
}

pub(super) fn label(coverage: &Coverage, parcel: &ParcelRef, fields: &Fields) -> Msg {
    let which = find(coverage, parcel).map(short).unwrap_or_default();
    let join = |lang: fn(Text) -> &'static str| {
        fields
            .titles()
            .into_iter()
            .map(|t| lang(t).to_lowercase())
            .collect::<Vec<_>>()
            .join(", ")
    };
    let (vi, en) = (join(|t| t.vi), join(|t| t.en));
    msg!("Sửa thửa {which}: {vi}", "Change parcel {which}: {en}")
}

pub(super) fn run(at: &Context<'_>, parcel: &ParcelRef, fields: &Fields) -> Result<(), EditError> {
    let columns = fields.columns()?;
    let parcel = find(at.coverage, parcel)?;
    refuse_duplicate(at.coverage, parcel, &columns)?;
    let values: Vec<_> = columns.into_iter().map(|c| (c.name, c.value)).collect();
    write::set_parcel(at.op, parcel.fid, &values)?;
    Ok(())
}

/// Refuses a key another parcel in force has.
fn refuse_duplicate(coverage: &Coverage, parcel: &Parcel, columns: &[Column]) -> Result<(), EditError> {
    let new = |name: &str| {
        columns
            .iter()
            .find(|c| c.name == name)
            .and_then(|c| match &c.value {
                Value::Text(t) => Some(t.as_str()),
                _ => None,
            })
    };
    let key = ParcelKey {
        commune: parcel.commune.clone(),
        sheet: new("sheet").map_or_else(|| parcel.sheet.clone(), Into::into),
        number: new("number").map_or_else(|| parcel.number.clone(), Into::into),
    };
    if key == parcel.key() || key.sheet.is_empty() || key.number.is_empty() {
        return Ok(());
    }
    let others: Vec<&Parcel> = coverage
        .by_key(&key)
        .into_iter()
        .filter_map(|f| coverage.get(f))
        .filter(|p| p.fid != parcel.fid)
        .collect();
    match others.first() {
        Some(other) => Err(taken(&key, other, others.iter().chain([&parcel]))),
        None => Ok(()),
    }
}

/// "There is a parcel of that number already."
pub(super) fn taken<'a>(
    key: &ParcelKey,
    other: &Parcel,
    all: impl Iterator<Item = &'a &'a Parcel>,
) -> EditError {
    let uid = other.uid;
    let mut finding = Finding::new("DUPLICATE_KEY", Severity::Error);
    finding.parcels = all.map(|p| p.uid).collect();
    finding.parcels.sort_unstable();
    finding.refs = finding.parcels.iter().map(|_| key.to_string()).collect();
    finding.bbox = Some(other.bbox);
    EditError {
        failure: Failure::new(
            "DUPLICATE_KEY",
            msg!(
                "Đã có thửa {key} (uid {uid}).",
                "There is a parcel {key} already (uid {uid})."
            ),
        )
        .field("number")
        .remedy(msg!(
            "Hãy chọn số thửa khác, hoặc sửa thửa kia trước.",
            "Choose another number, or change the other parcel first."
        )),
        findings: vec![finding],
    }
}
