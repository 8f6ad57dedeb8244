//! Receiving a dossier, and what the mode of the district asks of a boundary edit.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::record::{no_record, some_uid};
use super::{Context, EditError, forms};
use crate::codes;
use crate::domain::{Failure, Uid};
use crate::msg;
use crate::register::{Kind, Value, bad};
use crate::store::journal::Operation;
use crate::store::proposal::{self, Dossier, NewDossier};
use crate::store::{records, succession};
use crate::text::Msg;

/// Longest code, and longest kind.
const MAX_CODE: usize = 50;

/// A dossier handed in.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OpenDossier {
    pub code: String,
    /// Code or name of the change asked for (list `change_kind`).
    pub kind: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commune: Option<String>,
    /// The day of the act when left out.
    #[serde(default, with = "forms::some_date", skip_serializing_if = "Option::is_none")]
    pub received_on: Option<Date>,
    /// By the working days of the procedure when left out.
    #[serde(default, with = "forms::some_date", skip_serializing_if = "Option::is_none")]
    pub due_on: Option<Date>,
    /// The party that handed it in.
    #[serde(default, with = "some_uid", skip_serializing_if = "Option::is_none")]
    pub applicant: Option<Uid>,
    /// Codes of the papers received (list `document_kind`); scans count too.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub papers: Vec<String>,
}

impl OpenDossier {
    pub(super) fn label(&self) -> Msg {
        let code = &self.code;
        msg!("Tiếp nhận hồ sơ {code}", "Receive dossier {code}")
    }

    pub(super) fn run(&self, at: &Context<'_>) -> Result<(), EditError> {
        word("code", &self.code)?;
        word("kind", &self.kind)?;
        let code = &self.code;
        if proposal::dossier(at.op, code)?.is_some() {
            return Err(Failure::new(
                "DOSSIER_EXISTS",
                msg!("Đã có hồ sơ {code}.", "There is a dossier {code} already."),
            )
            .field("code")
            .into());
        }
        let kind = coded("kind", "change_kind", &self.kind)?;
        let papers = self.papers.iter().map(|p| coded("papers", "document_kind", p));
        let papers: Vec<String> = papers.collect::<Result<_, _>>()?;
        let today = succession::date(at.op)?;
        let received = self.received_on.map_or(today, |d| d.to_string());
        let due = self
            .due_on
            .map(|d| d.to_string())
            .or_else(|| due(&kind, &received));
        let missing = |uid: Uid| no_record(Kind::Party, &uid.to_string()).field("applicant");
        let applicant = match self.applicant {
            Some(uid) => Some(records::find(at.op, "party", uid)?.ok_or_else(|| missing(uid))?),
            None => None,
        };
        let new = NewDossier {
            code,
            kind: &kind,
            commune: self.commune.as_deref(),
            received_on: &received,
            due_on: due.as_deref(),
            applicant,
            papers: &papers,
        };
        proposal::open_dossier(at.op, &new)?;
        Ok(())
    }
}

/// The day of result by the working days of the procedure.
fn due(kind: &str, received: &str) -> Option<String> {
    let days = codes::procedure(kind, received)?.days;
    let from: Date = received.parse().ok()?;
    Some(codes::working_days_after(from, days).to_string())
}

/// The days of a dossier entered field by field: received today, result by the working days of the procedure.
pub(super) fn complete(at: &Context<'_>, values: &mut [Value]) -> Result<(), EditError> {
    let place = |name: &str| Kind::Dossier.fields().iter().position(|f| f.name == name);
    let (Some(kind), Some(received), Some(result)) = (place("kind"), place("received_on"), place("due_on"))
    else {
        return Ok(());
    };
    if values[received] == Value::Empty {
        values[received] = Value::Text(succession::date(at.op)?);
    }
    if let (Value::Empty, Value::Text(kind), Value::Text(day)) =
        (&values[result], &values[kind], &values[received])
    {
        values[result] = due(kind, day).map_or(Value::Empty, Value::Text);
    }
    Ok(())
}

/// A code of a list, by itself or by its name.
fn coded(field: &'static str, list: &str, typed: &str) -> Result<String, Failure> {
    let item = codes::meant(list, typed).map(|i| i.code.clone());
    item.ok_or_else(|| {
        bad(
            field,
            msg!(
                "\"{typed}\" không có trong danh mục.",
                "\"{typed}\" is not in the list."
            ),
        )
        .remedy(msg!(
            "Danh mục: assets/codes/lists.json ({list}).",
            "The list: assets/codes/lists.json ({list})."
        ))
    })
}

fn word(field: &'static str, text: &str) -> Result<(), Failure> {
    let good =
        !text.trim().is_empty() && text.chars().count() <= MAX_CODE && !text.chars().any(char::is_control);
    if good {
        return Ok(());
    }
    Err(Failure::new(
        "BAD_DOSSIER",
        msg!(
            "Mã và loại hồ sơ phải có từ 1 đến {MAX_CODE} ký tự.",
            "Code and kind of a dossier have 1 to {MAX_CODE} characters."
        ),
    )
    .field(field))
}

/// There is no such dossier.
pub fn unknown(code: &str) -> Failure {
    Failure::new(
        "NO_DOSSIER",
        msg!("Không có hồ sơ {code}.", "There is no dossier {code}."),
    )
    .field("dossier")
}

/// The dossier of that code, open or not.
pub fn any(op: &Operation<'_>, code: &str) -> Result<Dossier, Failure> {
    proposal::dossier(op, code)
        .map_err(Failure::from)?
        .ok_or_else(|| unknown(code))
}

/// The open dossier of that code.
pub fn open(op: &Operation<'_>, code: &str) -> Result<Dossier, Failure> {
    let found = any(op, code)?;
    if !found.is_open() {
        let state = &found.state;
        return Err(Failure::new(
            "DOSSIER_CLOSED",
            msg!(
                "Hồ sơ {code} đã kết thúc xử lý ({state}).",
                "Dossier {code} is no longer being dealt with ({state})."
            ),
        )
        .field("dossier"));
    }
    Ok(found)
}

/// The same of what is registered.
pub(super) fn needed_for_register() -> Failure {
    Failure::new(
        "DOSSIER_NEEDED",
        msg!(
            "Cơ sở dữ liệu đang vận hành: nội dung đã đăng ký chỉ được thay đổi trong một hồ sơ đang mở.",
            "The district is in operation: what is registered changes only inside an open dossier."
        ),
    )
    .field("dossier")
    .remedy(msg!(
        "Chọn hồ sơ đang xử lý, hoặc tiếp nhận hồ sơ mới.",
        "Choose the dossier at hand, or receive a new one."
    ))
}

/// In a district in operation a boundary changes only inside a dossier.
pub(super) fn needed() -> Failure {
    Failure::new(
        "DOSSIER_NEEDED",
        msg!(
            "Cơ sở dữ liệu đang vận hành: ranh giới chỉ được thay đổi trong một hồ sơ đang mở.",
            "The district is in operation: a boundary changes only inside an open dossier."
        ),
    )
    .field("dossier")
    .remedy(msg!(
        "Chọn hồ sơ đang xử lý, hoặc tiếp nhận hồ sơ mới.",
        "Choose the dossier at hand, or receive a new one."
    ))
}
