//! `add_record`, `change_record`, `end_record`: the register, record by record, as the tables of `register` say.
//!
//! A field that does not fit is refused by name; personal values are sealed by the store and left out of what the journal
//! keeps of the edit itself. In a district in operation what touches rights belongs to a dossier.

use std::collections::BTreeMap;
use std::fmt;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::{Context, EditError, find, forms};
use crate::domain::{Failure, ParcelRef, Uid, day_of};
use crate::msg;
use crate::register::rules::{self, Draft};
use crate::register::{Field, FieldKind, Kind, Share, Target, Value};
use crate::store::records::{self, Of, Record, References};
use crate::store::{decisions, write};
use crate::text::Msg;

/// What is said of the fields of a record, by name. Holds personal values: `Debug` shows the names only.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RecordFields(pub BTreeMap<String, Json>);

impl fmt::Debug for RecordFields {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

impl RecordFields {
    /// The same without personal values; for a kind there is none of, without any.
    pub(super) fn redacted(&self, kind: &str) -> Self {
        let kind = Kind::of(kind);
        let personal = |name: &String| {
            kind.and_then(|k| k.field(name))
                .is_none_or(|f| f.kind.is_personal())
        };
        let all = self.0.iter().map(|(name, value)| {
            let hidden = personal(name) && !value.is_null();
            (name.clone(), if hidden { Json::from("…") } else { value.clone() })
        });
        Self(all.collect())
    }
}

impl FromIterator<(String, Json)> for RecordFields {
    fn from_iter<T: IntoIterator<Item = (String, Json)>>(all: T) -> Self {
        Self(all.into_iter().collect())
    }
}

/// A new record.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AddRecord {
    /// As in [`Kind::name`].
    pub kind: String,
    /// Given by the caller where a later edit of the same gesture refers to it; else made here.
    #[serde(default, with = "some_uid", skip_serializing_if = "Option::is_none")]
    pub uid: Option<Uid>,
    pub fields: RecordFields,
}

/// Other values in some fields of a record; null clears.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChangeRecord {
    pub kind: String,
    #[serde(with = "uid")]
    pub uid: Uid,
    pub fields: RecordFields,
}

/// A record that no longer holds. It stays, with status and day.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EndRecord {
    pub kind: String,
    #[serde(with = "uid")]
    pub uid: Uid,
    /// The day of the act when left out.
    #[serde(default, with = "forms::some_date", skip_serializing_if = "Option::is_none")]
    pub on: Option<Date>,
    /// An ended status of its list; the usual one when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// Stands in the history: no personal values.
    pub reason: String,
}

/// A uid as text.
pub mod uid {
    use serde::{Deserialize, Deserializer, Serializer, de};

    use crate::domain::Uid;

    pub fn serialize<S: Serializer>(uid: &Uid, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(uid)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<Uid, D::Error> {
        let text = String::deserialize(d)?;
        text.parse()
            .map_err(|_| de::Error::custom(format!("`uid`: \"{text}\" is no uid")))
    }
}

/// The same, or none.
pub mod some_uid {
    use serde::{Deserialize, Deserializer, Serializer};

    use crate::domain::Uid;

    #[derive(Deserialize)]
    #[serde(transparent)]
    struct One(#[serde(with = "super::uid")] Uid);

    pub fn serialize<S: Serializer>(uid: &Option<Uid>, s: S) -> Result<S::Ok, S::Error> {
        match uid {
            Some(uid) => s.collect_str(uid),
            None => s.serialize_none(),
        }
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<Option<Uid>, D::Error> {
        Ok(Option::<One>::deserialize(d)?.map(|u| u.0))
    }
}

/// Several uids as texts.
pub mod uids {
    use serde::{Deserialize, Deserializer, Serializer, de};

    use crate::domain::Uid;

    pub fn serialize<S: Serializer>(all: &[Uid], s: S) -> Result<S::Ok, S::Error> {
        s.collect_seq(all.iter().map(ToString::to_string))
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<Vec<Uid>, D::Error> {
        let all = Vec::<String>::deserialize(d)?;
        all.iter()
            .map(|t| {
                t.parse()
                    .map_err(|_| de::Error::custom(format!("`uid`: \"{t}\" is no uid")))
            })
            .collect()
    }
}

/// The kind of record of that name.
pub(super) fn kind_of(name: &str) -> Result<Kind, Failure> {
    Kind::of(name).ok_or_else(|| {
        let all = Kind::ALL.map(Kind::name).join(", ");
        Failure::new(
            "UNKNOWN_KIND",
            msg!(
                "Không có loại bản ghi \"{name}\"; có: {all}.",
                "There is no kind of record \"{name}\"; there are: {all}."
            ),
        )
        .field("kind")
    })
}

fn titles(kind: &str) -> (String, String) {
    match Kind::of(kind) {
        Some(k) => (k.title().vi.to_owned(), k.title().en.to_owned()),
        None => (kind.to_owned(), kind.to_owned()),
    }
}

/// There is no such record.
pub fn no_record(kind: Kind, name: &str) -> Failure {
    let (vi, en) = (kind.title().vi, kind.title().en);
    Failure::new(
        "NO_RECORD_OF_KIND",
        msg!("Không có {vi} {name}.", "There is no {en} {name}."),
    )
}

/// Whether a record of this kind is entered when the papers come in, before anything is decided: people and their papers
/// (when they are new), holds, scans, the dossier itself.
pub(super) fn is_intake(kind: &str, new: bool) -> bool {
    match Kind::of(kind) {
        Some(Kind::Hold | Kind::Document | Kind::Dossier) => true,
        Some(Kind::Party | Kind::PartyMember | Kind::IdentityDocument) => new,
        _ => false,
    }
}

impl AddRecord {
    /// The parcel it names.
    pub(super) fn about(&self) -> Vec<ParcelRef> {
        let named = self.fields.0.get("parcel").and_then(Json::as_str);
        named.and_then(|t| t.parse().ok()).into_iter().collect()
    }

    /// Names it by its uid.
    pub(super) fn name_by_uid(&mut self, uid: &dyn Fn(&ParcelRef) -> Option<Uid>) {
        let named = self.about().into_iter().next().and_then(|r| uid(&r));
        if let (Some(uid), Some(value)) = (named, self.fields.0.get_mut("parcel")) {
            *value = uid.to_string().into();
        }
    }

    pub fn redacted(&self) -> Self {
        Self {
            fields: self.fields.redacted(&self.kind),
            ..self.clone()
        }
    }

    pub(super) fn label(&self) -> Msg {
        let (vi, en) = titles(&self.kind);
        msg!("Thêm {vi}", "Add {en}")
    }

    pub(super) fn run(&self, at: &Context<'_>) -> Result<(), EditError> {
        let kind = kind_of(&self.kind)?;
        in_dossier(at, kind, true)?;
        let given = read(at, kind, &self.fields)?;
        let mut values: Vec<Value> = kind
            .fields()
            .iter()
            .map(|f| rules::default(kind, f).unwrap_or(Value::Empty))
            .collect();
        for (i, value) in given {
            values[i] = value;
        }
        complete(kind, &mut values);
        if kind == Kind::Dossier {
            super::dossier::complete(at, &mut values)?;
        }
        rules::tidy(kind, &mut values);
        rules::check(&Draft {
            kind,
            values: &values,
        })?;
        let uid = self.uid.unwrap_or_else(Uid::fresh);
        if records::find(at.op, kind.name(), uid)?.is_some() {
            return Err(exists(kind, "uid").into());
        }
        if kind == Kind::Dossier
            && let Value::Text(code) = &values[0]
            && records::dossier_coded(at.op, code)?.is_some()
        {
            return Err(exists(kind, "code").into());
        }
        let state = [("state", crate::store::proposal::RECEIVED)];
        let more: &[(&str, &str)] = if kind == Kind::Dossier { &state } else { &[] };
        before_uses(at, kind, &values)?;
        let fid = records::insert(at.op, kind, uid, &values, more)?;
        follow(at, kind, fid)
    }
}

impl ChangeRecord {
    pub fn redacted(&self) -> Self {
        Self {
            fields: self.fields.redacted(&self.kind),
            ..self.clone()
        }
    }

    pub(super) fn label(&self) -> Msg {
        let ((vi, en), uid) = (titles(&self.kind), self.uid);
        msg!("Sửa {vi} {uid}", "Change {en} {uid}")
    }

    pub(super) fn run(&self, at: &Context<'_>) -> Result<(), EditError> {
        let kind = kind_of(&self.kind)?;
        in_dossier(at, kind, false)?;
        let old = there(at, kind, self.uid)?;
        if old.has_ended() && kind != Kind::Certificate {
            return Err(ended(kind, self.uid).into());
        }
        let given = read(at, kind, &self.fields)?;
        let mut values = old.values.clone();
        for (i, value) in given {
            values[i] = value;
        }
        rules::tidy(kind, &mut values);
        rules::check(&Draft {
            kind,
            values: &values,
        })?;
        let changed: Vec<(&'static Field, Value)> = kind
            .fields()
            .iter()
            .zip(values.iter().zip(&old.values))
            .filter(|(f, (new, old))| new != old && self.fields.0.contains_key(f.name))
            .map(|(f, (new, _))| (f, new.clone()))
            .collect();
        if changed.is_empty() {
            return Err(unchanged().into());
        }
        if let Some((field, _)) = changed.iter().find(|(f, _)| is_fixed(kind, f)) {
            return Err(fixed(field).into());
        }
        before_uses(at, kind, &old.values)?;
        records::update(at.op, kind, old.fid, &changed)?;
        follow(at, kind, old.fid)
    }
}

impl EndRecord {
    pub(super) fn label(&self) -> Msg {
        let ((vi, en), uid) = (titles(&self.kind), self.uid);
        msg!("Kết thúc {vi} {uid}", "End {en} {uid}")
    }

    pub(super) fn run(&self, at: &Context<'_>) -> Result<(), EditError> {
        let kind = kind_of(&self.kind)?;
        in_dossier(at, kind, false)?;
        if !kind.ends() {
            return Err(endless(kind).into());
        }
        let record = there(at, kind, self.uid)?;
        if record.has_ended() {
            return Err(ended(kind, self.uid).into());
        }
        if self.reason.trim().is_empty() || self.reason.chars().count() > 500 {
            return Err(Failure::new(
                "BAD_REASON",
                msg!(
                    "Phải ghi lý do, dài không quá 500 ký tự.",
                    "A reason is needed, of at most 500 characters."
                ),
            )
            .field("reason")
            .into());
        }
        let status = self.status(kind)?;
        if let Some((by, uid)) = records::used_by(at.op, kind, record.fid)? {
            return Err(in_use(kind, by, uid).into());
        }
        let (_, now) = decisions::actor(at.op)?;
        let on = self.on.unwrap_or_else(|| day_of(now)).to_string();
        records::end(at.op, kind, record.fid, &status, &on)?;
        Ok(())
    }

    fn status(&self, kind: Kind) -> Result<String, Failure> {
        let list = kind.status_list();
        let Some(given) = &self.status else {
            return Ok(kind.usual_end().to_owned());
        };
        let known = crate::codes::code(list, given).filter(|c| c.group == "ended");
        known.map(|c| c.code.clone()).ok_or_else(|| {
            let all = crate::codes::code_lists(list)
                .flat_map(|l| &l.items)
                .filter(|i| i.group == "ended");
            let all = all.map(|i| i.code.as_str()).collect::<Vec<_>>().join(", ");
            crate::register::bad(
                "status",
                msg!(
                    "Tình trạng kết thúc phải là một trong: {all}.",
                    "An ended record is one of: {all}."
                ),
            )
        })
    }
}

/// The values given, by position of their field, checked one by one; references looked up.
fn read(at: &Context<'_>, kind: Kind, fields: &RecordFields) -> Result<Vec<(usize, Value)>, EditError> {
    let mut out = Vec::new();
    for (name, json) in &fields.0 {
        let Some(i) = kind.fields().iter().position(|f| f.name == name) else {
            return Err(unknown_field(kind, name).into());
        };
        let field = &kind.fields()[i];
        let value = match (field.read(json)?, field.kind) {
            (Value::Named(name), FieldKind::Ref(target)) => Value::Row(look_up(at, field, target, &name)?),
            (value, _) => value,
        };
        out.push((i, value));
    }
    Ok(out)
}

/// Puts given fields into the values of a record, checked with what is there.
pub(super) fn put(
    at: &Context<'_>,
    kind: Kind,
    fields: &RecordFields,
    values: &mut [Value],
) -> Result<(), EditError> {
    for (i, value) in read(at, kind, fields)? {
        values[i] = value;
    }
    Ok(rules::check(&Draft { kind, values })?)
}

/// The row a reference means. What has ended cannot be referred to anew.
fn look_up(at: &Context<'_>, field: &Field, target: Target, name: &str) -> Result<i64, EditError> {
    let kind = match target {
        Target::Parcel => return parcel(at, field, name),
        Target::Record(kind) => kind,
    };
    let fid = match name.parse::<Uid>() {
        Ok(uid) => records::find(at.op, kind.name(), uid)?,
        Err(_) if kind == Kind::Dossier => records::dossier_coded(at.op, name)?,
        Err(_) => None,
    };
    let missing = || no_record(kind, name).field(field.name);
    let record = match fid {
        Some(fid) => records::read(at.op, kind, fid, References::Rows)?.ok_or_else(missing)?,
        None => return Err(missing().into()),
    };
    // Papers that were replaced are still referred to by what was registered under them.
    if record.has_ended() && ![Kind::Certificate, Kind::Mortgage].contains(&kind) {
        return Err(ended(kind, record.uid).field(field.name).into());
    }
    Ok(record.fid)
}

fn parcel(at: &Context<'_>, field: &Field, name: &str) -> Result<i64, EditError> {
    let reference: ParcelRef = name.parse().map_err(|()| {
        crate::register::bad(
            field.name,
            msg!(
                "Ghi uid hoặc XÃ/TỜ/THỬA của thửa.",
                "Name the parcel by uid or COMMUNE/SHEET/NUMBER."
            ),
        )
    })?;
    if let ParcelRef::Uid(uid) = &reference
        && let Some(fid) = records::find(at.op, "parcel", *uid)?
    {
        return Ok(fid);
    }
    Ok(find(at.coverage, &reference)
        .map_err(|f| f.field(field.name))?
        .fid)
}

fn there(at: &Context<'_>, kind: Kind, uid: Uid) -> Result<Record, EditError> {
    let missing = || no_record(kind, &uid.to_string()).field("uid");
    let fid = records::find(at.op, kind.name(), uid)?.ok_or_else(missing)?;
    Ok(records::read(at.op, kind, fid, References::Rows)?.ok_or_else(missing)?)
}

/// What follows from other fields of a new record.
fn complete(kind: Kind, values: &mut [Value]) {
    let at = |name: &str| kind.fields().iter().position(|f| f.name == name);
    if kind == Kind::LandUseRow
        && let (Some(code), Some(version)) = (at("code"), at("list_version"))
        && values[version] == Value::Empty
        && let Value::Text(code) = &values[code]
        && let Some((list, _)) = crate::codes::land_use(code)
    {
        values[version] = Value::Text(list.to_owned());
    }
}

/// What identifies a record or makes it belong to another is not changed afterwards: the wrong one is ended.
pub fn is_fixed(kind: Kind, field: &Field) -> bool {
    matches!(
        (kind, field.name),
        (Kind::LandUseRow, "parcel")
            | (Kind::PartyMember, "party" | "member")
            | (Kind::ChangeEntryItem, "change_entry")
            | (Kind::Document, "sha256")
            | (Kind::Dossier, "code")
    )
}

/// The state a parcel had with its land-use rows is kept before they change.
fn before_uses(at: &Context<'_>, kind: Kind, values: &[Value]) -> Result<(), EditError> {
    if kind == Kind::LandUseRow
        && let Some(Value::Row(parcel)) = values.first()
    {
        write::supersede(at.op, *parcel)?;
    }
    Ok(())
}

/// What a written record asks of others: the label of a parcel says its land-use rows; shares do not exceed the whole.
fn follow(at: &Context<'_>, kind: Kind, fid: i64) -> Result<(), EditError> {
    let record = records::read(at.op, kind, fid, References::Rows)?;
    let record = record.ok_or_else(|| no_record(kind, "?"))?;
    match kind {
        Kind::LandUseRow => {
            if let Some(parcel) = records::parcel_of(&record) {
                let mut codes: Vec<String> = Vec::new();
                for code in records::land_use_codes(at.op, parcel)? {
                    if !codes.contains(&code) {
                        codes.push(code);
                    }
                }
                crate::store::succession::set_label(at.op, parcel, &codes.join("+"))?;
            }
            Ok(())
        }
        Kind::Right => shares(at, &record),
        _ => Ok(()),
    }
}

/// The shares in one thing: all rights in force of one kind on the same parcel or asset and land-use row.
fn shares(at: &Context<'_>, right: &Record) -> Result<(), EditError> {
    let on = ["parcel", "asset"]
        .into_iter()
        .find_map(|name| match right.get(name) {
            Value::Row(fid) => Kind::Right.field(name).map(|f| (f, *fid)),
            _ => None,
        });
    let Some((field, fid)) = on else { return Ok(()) };
    let same = |r: &&Record| {
        !r.has_ended()
            && ["kind", "asset", "land_use_row"]
                .into_iter()
                .all(|f| r.get(f) == right.get(f))
    };
    let all = records::list(at.op, Kind::Right, Of::Field(field, fid), References::Rows, None)?;
    let parts = all.iter().filter(same).filter_map(|r| match r.get("share") {
        Value::Share(s) => Some(*s),
        _ => None,
    });
    match Share::sum(parts) {
        Some((n, d)) if n <= d => Ok(()),
        sum => {
            let sum = sum.map_or("?".to_owned(), |(n, d)| format!("{n}/{d}"));
            Err(Failure::new(
                "SHARES_EXCEED",
                msg!(
                    "Tổng các phần quyền sẽ là {sum}, vượt quá 1.",
                    "The shares would add up to {sum}, more than the whole."
                ),
            )
            .field("share")
            .into())
        }
    }
}

/// In a district in operation what is registered changes only inside a dossier; people and papers may be entered before.
fn in_dossier(at: &Context<'_>, kind: Kind, new: bool) -> Result<(), EditError> {
    match at.operating && !is_intake(kind.name(), new) && at.dossier.is_none() {
        true => Err(super::dossier::needed_for_register().into()),
        false => Ok(()),
    }
}

/// A kind of record has no such field.
pub fn unknown_field(kind: Kind, name: &str) -> Failure {
    let all = kind
        .fields()
        .iter()
        .map(|f| f.name)
        .collect::<Vec<_>>()
        .join(", ");
    Failure::new(
        "UNKNOWN_FIELD",
        msg!(
            "Không có trường \"{name}\"; có: {all}.",
            "There is no field \"{name}\"; there are: {all}."
        ),
    )
    .field(name)
}

fn exists(kind: Kind, field: &'static str) -> Failure {
    let (vi, en) = (kind.title().vi, kind.title().en);
    Failure::new(
        "RECORD_EXISTS",
        msg!("Đã có {vi} với mã này.", "There is a {en} of this name already."),
    )
    .field(field)
}

/// The record is no longer in force.
pub fn ended(kind: Kind, uid: Uid) -> Failure {
    let (vi, en) = (kind.title().vi, kind.title().en);
    Failure::new(
        "RECORD_ENDED",
        msg!("Bản ghi {vi} {uid} đã kết thúc.", "The {en} {uid} has ended."),
    )
    .field("uid")
    .remedy(msg!(
        "Thêm bản ghi mới; nếu kết thúc nhầm thì hoàn tác.",
        "Add a new one; if it was ended by mistake, undo that."
    ))
}

fn endless(kind: Kind) -> Failure {
    let (vi, en) = (kind.title().vi, kind.title().en);
    Failure::new(
        "RECORD_HAS_NO_END",
        msg!(
            "Bản ghi {vi} không kết thúc riêng.",
            "A {en} does not end by itself."
        ),
    )
    .field("kind")
    .remedy(msg!(
        "Mục đích sử dụng: sửa ký hiệu loại đất của thửa; bản ghi khác: sửa các trường của nó.",
        "Land-use rows: change the land-use label of the parcel; others: change their fields."
    ))
}

fn in_use(kind: Kind, by: Kind, uid: Uid) -> Failure {
    let (vi, en) = (kind.title().vi, kind.title().en);
    let (by_vi, by_en) = (by.title().vi, by.title().en);
    Failure::new(
        "RECORD_IN_USE",
        msg!(
            "Không kết thúc được {vi} này: {by_vi} {uid} còn hiệu lực.",
            "This {en} cannot end: {by_en} {uid} is still in force."
        ),
    )
    .field("uid")
    .remedy(msg!(
        "Kết thúc hoặc sửa bản ghi đó trước.",
        "End or change that one first."
    ))
}

fn fixed(field: &Field) -> Failure {
    let (vi, en) = (field.title.vi, field.title.en);
    Failure::new(
        "FIELD_IS_FIXED",
        msg!(
            "“{vi}” không sửa được sau khi đã ghi.",
            "\"{en}\" does not change once it is written."
        ),
    )
    .field(field.name)
    .remedy(msg!(
        "Kết thúc bản ghi này và thêm bản ghi đúng.",
        "End this record and add the right one."
    ))
}

/// Nothing would change.
pub(super) fn unchanged() -> Failure {
    Failure::new(
        "NOTHING_CHANGED",
        msg!("Các giá trị đã đúng như vậy.", "The values are so already."),
    )
    .field("fields")
}
