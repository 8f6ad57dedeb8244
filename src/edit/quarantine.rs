//! `place_record`, `set_record_aside`, `take_record_back`: what becomes of a record that the importer could not place.
//!
//! Decisions: a placed record makes the rows the import would have made, from the attributes as the import read them; its
//! shape has to be valid as the import asks it (a spike is left to the rules), and overlaps are findings, not refusals,
//! as in an import. Placing is importing, so it is refused in a district in operation (there the land comes in through a
//! dossier); setting aside and taking back change nothing in force and are allowed in both modes.

use serde::{Deserialize, Serialize};

use super::{Context, EditError, Fields, find, forms, script};
use crate::domain::{
    DraftAction, DraftParcel, Extra, Failure, ParcelRef, Polygon, Pt, RecordRef, RecordState, Uid,
};
use crate::msg;
use crate::store::quarantine::{self, Decision, Entry};
use crate::store::{bulk, in_operation};
use crate::text::Msg;
use crate::topology::{Coverage, NewShape, Plan, add_parcel};

/// A record enters the map.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlaceRecord {
    #[serde(with = "record")]
    pub record: RecordRef,
    /// Each a shell and its holes, in any direction; several become as many parcels, all with the record's attributes.
    #[serde(default, with = "polygons", skip_serializing_if = "Vec::is_empty")]
    pub polygons: Vec<Vec<Vec<Pt>>>,
    /// In place of polygons: the parcel in force it is. That keeps its shape and takes the record's attributes.
    #[serde(default, with = "forms::some_parcel", skip_serializing_if = "Option::is_none")]
    pub parcel: Option<ParcelRef>,
    /// In place of what the record says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commune: Option<String>,
    #[serde(default, skip_serializing_if = "script::is_default")]
    pub fields: Fields,
}

impl PlaceRecord {
    /// With these shapes, everything else as the record says.
    pub fn with(record: RecordRef, polygons: &[Polygon]) -> Self {
        Self {
            record,
            polygons: polygons.iter().map(|p| p.rings.clone()).collect(),
            parcel: None,
            commune: None,
            fields: Fields::default(),
        }
    }

    pub(super) fn label(&self) -> Msg {
        let record = &self.record;
        msg!(
            "Đặt bản ghi cách ly {record} vào bản đồ",
            "Place record {record} of the quarantine"
        )
    }

    fn shapes(&self) -> Result<Vec<Polygon>, EditError> {
        if self.polygons.is_empty() == self.parcel.is_none() {
            return Err(one_of_two().into());
        }
        let sound = |rings: &Vec<Vec<Pt>>| Ok(add_parcel::sound(rings)?);
        self.polygons.iter().map(sound).collect()
    }

    pub(super) fn plan(&self, _: &Coverage) -> Result<Plan, EditError> {
        let new = |polygon| NewShape {
            polygon,
            parents: Vec::new(),
        };
        Ok(Plan {
            created: self.shapes()?.into_iter().map(new).collect(),
            ..Plan::default()
        })
    }

    pub(super) fn run(&self, at: &Context<'_>) -> Result<(), EditError> {
        if at.operating {
            return Err(in_operation().into());
        }
        let shapes = self.shapes()?;
        let Entry { record, .. } = waiting(at, &self.record)?;
        if record.is_point() {
            return Err(no_land(&self.record).into());
        }
        let (says, number, source) = quarantine::attributes(at.op, record.id)?;
        let mut parcel = says.unwrap_or_else(|| blank(number));
        self.correct(&mut parcel)?;
        let first = match &self.parcel {
            Some(reference) => {
                let there = find(at.coverage, reference)?;
                for (says, has) in [
                    (&mut parcel.commune, &there.commune),
                    (&mut parcel.sheet, &there.sheet),
                    (&mut parcel.number, &there.number),
                ] {
                    if says.is_empty() {
                        *says = has.to_string();
                    }
                }
                parcel.action = DraftAction::Update(there.fid);
                bulk::complete(at.op, &parcel, there.fid, source, at.srs)?;
                there.fid
            }
            None => {
                if parcel.commune.is_empty() {
                    return Err(commune_missing(&self.record).into());
                }
                let part = |polygon| DraftParcel {
                    uid: Uid::fresh(),
                    polygon,
                    ..parcel.clone()
                };
                let parts: Vec<DraftParcel> = shapes.into_iter().map(part).collect();
                let fids = bulk::place(at.op, &parts, source, at.srs)?;
                *fids.first().ok_or_else(one_of_two)?
            }
        };
        Ok(quarantine::decide(at.op, record.id, Decision::Placed(first))?)
    }

    /// What the clerk says instead of the file.
    fn correct(&self, p: &mut DraftParcel) -> Result<(), Failure> {
        self.fields.check()?;
        let f = self.fields.clone();
        let set = |place: &mut Option<String>, given: Option<Option<String>>| {
            if let Some(given) = given {
                *place = given.map(|t| t.trim().to_owned()).filter(|t| !t.is_empty());
            }
        };
        let (mut sheet, mut number) = (Some(p.sheet.clone()), Some(p.number.clone()));
        set(&mut sheet, f.sheet);
        set(&mut number, f.number);
        (p.sheet, p.number) = (sheet.unwrap_or_default(), number.unwrap_or_default());
        set(&mut p.old_sheet, f.old_sheet);
        set(&mut p.old_number, f.old_number);
        set(&mut p.land_use, f.land_use);
        set(&mut p.address, f.address);
        p.area_measured = f.area_measured.unwrap_or(p.area_measured);
        p.area_legal = f.area_legal.unwrap_or(p.area_legal);
        p.is_parcel = f.is_parcel.unwrap_or(p.is_parcel);
        if let Some(commune) = &self.commune {
            if commune.len() != 5 || !commune.bytes().all(|b| b.is_ascii_digit()) {
                return Err(bad_commune(commune));
            }
            p.commune.clone_from(commune);
        }
        Ok(())
    }
}

/// Of an import that did not keep what it read: a parcel of which nothing is known.
fn blank(record: u64) -> DraftParcel {
    DraftParcel {
        uid: Uid::fresh(),
        action: DraftAction::Insert,
        file: 0,
        record,
        commune: String::new(),
        sheet: String::new(),
        number: String::new(),
        old_sheet: None,
        old_number: None,
        area_measured: None,
        area_legal: None,
        land_use: None,
        address: None,
        parcel_code: None,
        is_parcel: true,
        owner: None,
        owner_address: None,
        user_type: None,
        extra: Extra::default(),
        polygon: Polygon::default(),
    }
}

/// Longest reason.
const MAX_REASON: usize = 250;

pub(super) fn aside_label(record: &RecordRef) -> Msg {
    msg!(
        "Để riêng bản ghi cách ly {record}",
        "Set record {record} of the quarantine aside"
    )
}

pub(super) fn set_aside(at: &Context<'_>, record: &RecordRef, reason: &str) -> Result<(), EditError> {
    let reason = reason.trim();
    if reason.is_empty() || reason.chars().count() > MAX_REASON {
        let message = msg!(
            "Lý do phải có từ 1 đến {MAX_REASON} ký tự.",
            "The reason has 1 to {MAX_REASON} characters."
        );
        return Err(Failure::new("REASON_MISSING", message).field("reason").into());
    }
    let found = waiting(at, record)?;
    Ok(quarantine::decide(
        at.op,
        found.record.id,
        Decision::Aside(reason),
    )?)
}

pub(super) fn back_label(record: &RecordRef) -> Msg {
    msg!(
        "Đưa bản ghi cách ly {record} trở lại danh sách chờ",
        "Take record {record} back to the list of those that wait"
    )
}

pub(super) fn take_back(at: &Context<'_>, record: &RecordRef) -> Result<(), EditError> {
    let found = quarantine::find(at.op, record)?;
    match &found.record.state {
        RecordState::Aside { .. } | RecordState::Replaced { .. } => {
            Ok(quarantine::decide(at.op, found.record.id, Decision::Waiting)?)
        }
        RecordState::Waiting | RecordState::Placed { .. } => Err(not_aside(record).into()),
    }
}

fn waiting(at: &Context<'_>, reference: &RecordRef) -> Result<Entry, EditError> {
    let found = quarantine::find(at.op, reference)?;
    let (why, remedy) = match &found.record.state {
        RecordState::Waiting => return Ok(found),
        RecordState::Placed { reference, .. } => (
            msg!("đã là thửa {reference}", "it is parcel {reference}"),
            msg!(
                "Hoàn tác thao tác đó nếu sai.",
                "Undo that operation if it was wrong."
            ),
        ),
        RecordState::Replaced { file, record, .. } => (
            msg!(
                "đã được thay bằng bản ghi {record} của {file}",
                "record {record} of {file} has taken its place"
            ),
            msg!("Xử lý bản ghi mới đó.", "Work on that newer record."),
        ),
        RecordState::Aside { .. } => (
            msg!("đã được để riêng", "it was set aside"),
            msg!(
                "Đưa bản ghi trở lại danh sách chờ trước (take_record_back).",
                "Take it back first (take_record_back)."
            ),
        ),
    };
    let Msg { vi, en } = why;
    let message = msg!("Bản ghi {reference} {vi}.", "Record {reference}: {en}.");
    Err(Failure::new("RECORD_DECIDED", message)
        .field("record")
        .remedy(remedy)
        .into())
}

fn not_aside(reference: &RecordRef) -> Failure {
    Failure::new(
        "RECORD_NOT_ASIDE",
        msg!(
            "Bản ghi {reference} không ở trạng thái để riêng.",
            "Record {reference} was not set aside."
        ),
    )
    .field("record")
}

fn no_land(reference: &RecordRef) -> Failure {
    Failure::new(
        "RECORD_IS_POINT",
        msg!(
            "{reference} là một dòng của sổ đo điểm, không thành thửa đất được.",
            "{reference} is a line of a field book and cannot be a parcel."
        ),
    )
    .field("record")
    .remedy(msg!(
        "Sửa tệp và nhập lại, hoặc để riêng.",
        "Correct the file and import it again, or set it aside."
    ))
}

fn one_of_two() -> Failure {
    Failure::new(
        "BAD_VALUE",
        msg!(
            "Cần đúng một trong hai: \"polygons\" (hình mới) hoặc \"parcel\" (thửa đã có).",
            "Exactly one of the two is needed: \"polygons\" (new shapes) or \"parcel\" (one that is there)."
        ),
    )
    .field("polygons")
}

fn commune_missing(reference: &RecordRef) -> Failure {
    Failure::new(
        "COMMUNE_UNDECIDED",
        msg!(
            "Không biết bản ghi {reference} thuộc xã nào.",
            "It is not known which commune record {reference} belongs to."
        ),
    )
    .field("commune")
    .remedy(msg!(
        "Cho biết mã xã (\"commune\").",
        "Give the commune code (\"commune\")."
    ))
}

fn bad_commune(commune: &str) -> Failure {
    Failure::new(
        "BAD_COMMUNE",
        msg!(
            "“{commune}” không phải là mã xã năm chữ số.",
            "“{commune}” is no five-digit commune code."
        ),
    )
    .field("commune")
}

/// A record as text.
pub(super) mod record {
    use serde::{Deserialize, Deserializer, Serializer, de};

    use crate::domain::RecordRef;

    pub fn serialize<S: Serializer>(r: &RecordRef, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(r)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<RecordRef, D::Error> {
        let text = String::deserialize(d)?;
        text.parse()
            .map_err(|()| de::Error::custom(format!("`record`: \"{text}\" is neither a uid nor FILE#NUMBER")))
    }
}

/// Polygons as lists of rings of points in metres.
mod polygons {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use super::forms;
    use crate::domain::Pt;

    #[derive(Serialize, Deserialize)]
    struct Rings(#[serde(with = "forms::rings")] Vec<Vec<Pt>>);

    pub fn serialize<S: Serializer>(all: &[Vec<Vec<Pt>>], s: S) -> Result<S::Ok, S::Error> {
        s.collect_seq(all.iter().cloned().map(Rings))
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<Vec<Vec<Vec<Pt>>>, D::Error> {
        Ok(Vec::<Rings>::deserialize(d)?.into_iter().map(|r| r.0).collect())
    }
}
