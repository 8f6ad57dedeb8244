//! `retire`: takes a parcel out of force, with a reason. Its shape, number and records stay as history.

use super::{Context, EditError, Records, Told, find, short, write_plan};
use crate::domain::{Failure, ParcelRef};
use crate::msg;
use crate::text::Msg;
use crate::topology::{Coverage, Plan};

/// Longest reason, characters.
const MAX_REASON: usize = 500;

pub(super) fn label(coverage: &Coverage, parcel: &ParcelRef) -> Msg {
    let which = find(coverage, parcel).map(short).unwrap_or_default();
    msg!("Hủy hiệu lực thửa {which}", "Retire parcel {which}")
}

/// The land is open afterwards; that is what is asked for, so no gap is refused.
pub(super) fn plan(coverage: &Coverage, parcel: &ParcelRef, reason: &str) -> Result<Plan, EditError> {
    let count = reason.trim().chars().count();
    if count == 0 || count > MAX_REASON || reason.chars().any(|c| c.is_control() && c != '\n') {
        let message = msg!(
            "Cần ghi lý do hủy thửa (1 đến {MAX_REASON} ký tự, không có ký tự điều khiển).",
            "Retiring a parcel needs a reason (1 to {MAX_REASON} characters, no control characters)."
        );
        return Err(Failure::new("REASON_NEEDED", message).field("reason").into());
    }
    Ok(Plan {
        retired: vec![find(coverage, parcel)?.fid],
        ..Plan::default()
    })
}

/// The reason is kept with the operation.
pub(super) fn run(at: &Context<'_>, parcel: &ParcelRef, reason: &str) -> Result<Told, EditError> {
    let plan = plan(at.coverage, parcel, reason)?;
    write_plan::write(at, &plan, &Records::default())
}
