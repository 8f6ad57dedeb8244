//! Change of purpose, extension, other form of use (CM, GH, TG): the land-use rows of a parcel. A part of a row becomes a
//! row of its own, and every right on the row gets one on the new row too; the earlier rows stay in the version of the
//! parcel that ends.

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::super::distribute::rounded6;
use super::super::owners::rights_on;
use super::super::record::some_uid;
use super::{Done, Run, missing, row, text};
use crate::domain::{Failure, Parcel, Uid};
use crate::edit::{ChangeRecord, EditError, RecordFields};
use crate::msg;
use crate::register::{Kind, Value, bad};
use crate::store::records::{self, Of, Record, References};
use crate::store::{succession, write};
use crate::text::{Lang, format};

/// What changes in a land-use row.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct UseChange {
    /// The row; else the one with the code `from`, else the only one.
    #[serde(with = "some_uid", skip_serializing_if = "Option::is_none")]
    pub row: Option<Uid>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// m² of it that change; all when left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub area: Option<f64>,
    /// What it becomes; what is left out stays.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub term: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub term_ends: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub origin: Option<String>,
}

pub(super) fn run(run: &Run<'_>, done: &mut Done) -> Result<(), EditError> {
    if run.act.uses.is_empty() {
        return Err(missing(
            "uses",
            msg!(
                "Phải ghi mục đích sử dụng thay đổi.",
                "Say which land-use rows change."
            ),
        )
        .into());
    }
    let mut said = Vec::new();
    for p in &run.parcels {
        for change in &run.act.uses {
            said.push(one(run, p, change)?);
        }
        for r in rights_on(run.at, p.fid)? {
            done.old_paper(row(r.get("certificate")));
        }
    }
    done.words.push(("uses", said.join("; ")));
    Ok(())
}

fn one(run: &Run<'_>, p: &Parcel, change: &UseChange) -> Result<String, EditError> {
    let old = chosen(run, p, change)?;
    let has = match old.get("area") {
        Value::Real(x) => Some(*x),
        _ => None,
    };
    let part = match (change.area, has) {
        (Some(part), _) if !part.is_finite() || part <= 0.0 => return Err(bad_area().into()),
        (Some(part), Some(has)) if part > has + 1e-9 => return Err(exceeds(part, has).into()),
        (Some(part), Some(has)) if rounded6(has - part) > 0.0 => Some((part, rounded6(has - part))),
        (Some(_), None) => return Err(area_unknown().into()),
        _ => None,
    };
    let uid = match part {
        None => old.uid,
        Some((part, left)) => split(run, p, &old, part, left)?,
    };
    let fields = new_fields(change);
    if !fields.0.is_empty() {
        ChangeRecord {
            kind: Kind::LandUseRow.name().to_owned(),
            uid,
            fields,
        }
        .run(run.at)?;
    }
    Ok(sentence(&old, change, part.map(|p| p.0).or(has)))
}

fn chosen(run: &Run<'_>, p: &Parcel, change: &UseChange) -> Result<Record, EditError> {
    let Some(field) = Kind::LandUseRow.field("parcel") else {
        return Err(no_row(p).into());
    };
    let all = records::list(
        run.at.op,
        Kind::LandUseRow,
        Of::Field(field, p.fid),
        References::Rows,
        None,
    )?;
    let meant = |r: &&Record| match (change.row, &change.from) {
        (Some(uid), _) => r.uid == uid,
        (None, Some(code)) => text(r.get("code")).is_some_and(|c| c.eq_ignore_ascii_case(code)),
        (None, None) => true,
    };
    let mut found = all.iter().filter(meant);
    match (found.next(), found.next()) {
        (Some(r), None) => Ok(r.clone()),
        _ => Err(no_row(p).into()),
    }
}

/// Makes a part of a row a row of its own, with the rights on it; gives its uid.
fn split(run: &Run<'_>, p: &Parcel, old: &Record, part: f64, left: f64) -> Result<Uid, EditError> {
    let op = run.at.op;
    write::supersede(op, p.fid)?;
    let position = records::land_use_codes(op, p.fid)?.len() + 1;
    let new = succession::copy_use(op, old.fid, p.fid, position, Some(part))?;
    succession::set_use_area(op, old.fid, Some(left))?;
    for r in rights_on(run.at, p.fid)?
        .into_iter()
        .filter(|r| row(r.get("land_use_row")) == Some(old.fid))
    {
        let area = |x: f64| (*r.get("area") == *old.get("area")).then_some(x);
        let right = succession::Right {
            fid: r.fid,
            land_use_row: Some(old.fid),
            area: area(part),
        };
        succession::copy_right(op, right, p.fid, Some(new), area(part))?;
        if area(left).is_some() {
            succession::set_right_area(op, r.fid, area(left))?;
        }
    }
    Ok(records::uid_of(op, "land_use_row", new)?.unwrap_or(old.uid))
}

fn new_fields(change: &UseChange) -> RecordFields {
    let version = change
        .code
        .as_deref()
        .and_then(crate::codes::land_use)
        .map(|(v, _)| v.to_owned());
    [
        ("code", change.code.clone()),
        ("list_version", version),
        ("term", change.term.clone()),
        ("term_ends", change.term_ends.clone()),
        ("origin", change.origin.clone()),
    ]
    .into_iter()
    .filter_map(|(name, value)| Some((name.to_owned(), Json::from(value?))))
    .collect()
}

/// "50 m² từ CLN sang ONT, thời hạn Lâu dài". Part of the sentence on the certificate, which is Vietnamese.
fn sentence(old: &Record, change: &UseChange, area: Option<f64>) -> String {
    let was = text(old.get("code")).unwrap_or("?");
    let mut out = area.map_or(String::new(), |a| format!("{} ", format::area(a, Lang::Vi)));
    match &change.code {
        Some(code) => out += &format!("đất {was} sang đất {code}"),
        None => out += &format!("đất {was}"),
    }
    if let Some(term) = change.term.as_ref().or(change.term_ends.as_ref()) {
        out += &format!(", thời hạn sử dụng: {term}");
    }
    if let Some(origin) = &change.origin {
        out += &format!(", nguồn gốc: {origin}");
    }
    out
}

fn no_row(p: &Parcel) -> Failure {
    let which = p.reference();
    Failure::new(
        "NO_LAND_USE_ROW",
        msg!(
            "Không xác định được mục đích sử dụng cần thay đổi của thửa {which}.",
            "It is not clear which land-use row of parcel {which} changes."
        ),
    )
    .field("uses")
    .remedy(msg!(
        "Chỉ ra bằng uid (row), hoặc bằng mã loại đất (from) nếu chỉ có một.",
        "Name it by uid (row), or by its code (from) where there is only one."
    ))
}

fn bad_area() -> Failure {
    bad(
        "uses",
        msg!("Diện tích phải lớn hơn 0.", "The area must be more than 0."),
    )
}

fn exceeds(part: f64, has: f64) -> Failure {
    Failure::new(
        "AREA_EXCEEDS_ROW",
        msg!(
            "Diện tích thay đổi {part} m² lớn hơn diện tích {has} m² của mục đích sử dụng đó.",
            "{part} m² are to change, but the row has only {has} m²."
        ),
    )
    .field("uses")
}

fn area_unknown() -> Failure {
    Failure::new(
        "AREA_UNKNOWN",
        msg!(
            "Mục đích sử dụng chưa có diện tích, nên không tách được một phần.",
            "The land-use row has no area, so no part of it can be told."
        ),
    )
    .field("uses")
    .remedy(msg!(
        "Ghi diện tích của mục đích đó trước.",
        "Enter the area of the row first."
    ))
}
