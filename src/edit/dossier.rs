//! Receiving a dossier, and what the mode of the district asks of a boundary edit.

use super::{Context, EditError};
use crate::domain::Failure;
use crate::msg;
use crate::store::journal::Operation;
use crate::store::proposal::{self, Dossier};
use crate::store::succession;
use crate::text::Msg;

/// Longest code, and longest kind.
const MAX_CODE: usize = 50;

pub(super) fn label(code: &str) -> Msg {
    msg!("Tiếp nhận hồ sơ {code}", "Receive dossier {code}")
}

pub(super) fn receive(
    at: &Context<'_>,
    code: &str,
    kind: &str,
    commune: Option<&str>,
) -> Result<(), EditError> {
    word("code", code)?;
    word("kind", kind)?;
    if proposal::dossier(at.op, code)?.is_some() {
        return Err(Failure::new(
            "DOSSIER_EXISTS",
            msg!("Đã có hồ sơ {code}.", "There is a dossier {code} already."),
        )
        .field("code")
        .into());
    }
    let date = succession::date(at.op)?;
    proposal::open_dossier(at.op, code, kind, commune, &date)?;
    Ok(())
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

/// The open dossier of that code.
pub fn open(op: &Operation<'_>, code: &str) -> Result<Dossier, Failure> {
    let found = proposal::dossier(op, code)
        .map_err(Failure::from)?
        .ok_or_else(|| unknown(code))?;
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
