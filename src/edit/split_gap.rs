//! `split_gap` and `split_overlap`: land between two boundaries divided along its middle.

use super::{Context, EditError, Records, Told, find, short_list, write_plan};
use crate::domain::{Failure, ParcelRef, Pt};
use crate::msg;
use crate::text::Msg;
use crate::topology::{Coverage, Plan, middle};

pub(super) fn gap_label() -> Msg {
    msg!("Chia đôi khoảng hở", "Divide a gap along its middle")
}

pub(super) fn plan_gap(coverage: &Coverage, at: Pt) -> Result<Plan, EditError> {
    Ok(middle::split_gap(coverage, at)?)
}

pub(super) fn overlap_label(coverage: &Coverage, parcels: &[ParcelRef]) -> Msg {
    let list = short_list(coverage, parcels);
    msg!(
        "Chia đôi phần chồng lấn của các thửa {list}",
        "Divide the overlap of {list} along its middle"
    )
}

pub(super) fn plan_overlap(coverage: &Coverage, parcels: &[ParcelRef]) -> Result<Plan, EditError> {
    let [a, b] = parcels else {
        return Err(two(parcels.len()).into());
    };
    Ok(middle::split_overlap(
        coverage,
        find(coverage, a)?.fid,
        find(coverage, b)?.fid,
    )?)
}

pub(super) fn run(at: &Context<'_>, plan: &Plan) -> Result<Told, EditError> {
    write_plan::write(at, plan, &Records::default())
}

fn two(n: usize) -> Failure {
    let message = msg!(
        "\"parcels\" phải gồm đúng hai thửa (đang có {n}).",
        "\"parcels\" names exactly two parcels ({n} given)."
    );
    Failure::new("BAD_VALUE", message).field("parcels")
}
