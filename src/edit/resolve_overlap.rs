//! `resolve_overlap`: what two parcels both claim is taken from one of them.

use super::{Context, EditError, Records, Told, find, short, write_plan};
use crate::domain::{Failure, Parcel, ParcelRef};
use crate::msg;
use crate::text::Msg;
use crate::topology::{Coverage, Plan, overlap};

pub(super) fn label(coverage: &Coverage, parcels: &[ParcelRef], from: &ParcelRef) -> Msg {
    let Ok((loser, winner)) = pair(coverage, parcels, from) else {
        return msg!("Xử lý chồng lấn", "Resolve an overlap");
    };
    let (a, b) = (short(loser), short(winner));
    msg!(
        "Xử lý chồng lấn: phần chung của thửa {a} về thửa {b}",
        "Resolve an overlap: what {a} shares with {b} goes to {b}"
    )
}

pub(super) fn plan(coverage: &Coverage, parcels: &[ParcelRef], from: &ParcelRef) -> Result<Plan, EditError> {
    let (loser, winner) = pair(coverage, parcels, from)?;
    Ok(overlap::plan(coverage, loser.fid, winner.fid)?)
}

pub(super) fn run(at: &Context<'_>, parcels: &[ParcelRef], from: &ParcelRef) -> Result<Told, EditError> {
    let plan = plan(at.coverage, parcels, from)?;
    write_plan::write(at, &plan, &Records::default())
}

/// The parcel that loses the common part and the one that keeps it.
fn pair<'a>(
    coverage: &'a Coverage,
    parcels: &[ParcelRef],
    from: &ParcelRef,
) -> Result<(&'a Parcel, &'a Parcel), Failure> {
    let [a, b] = parcels else {
        return Err(not_two(parcels.len()));
    };
    let (a, b, from) = (find(coverage, a)?, find(coverage, b)?, find(coverage, from)?);
    match from.fid {
        fid if fid == a.fid => Ok((a, b)),
        fid if fid == b.fid => Ok((b, a)),
        _ => Err(not_two(3)),
    }
}

fn not_two(n: usize) -> Failure {
    Failure::new(
        "OVERLAP_ITSELF",
        msg!(
            "\"parcels\" phải gồm đúng hai thửa khác nhau và \"from\" là một trong hai (đang có {n}).",
            "\"parcels\" names exactly two different parcels and \"from\" one of them ({n} given)."
        ),
    )
    .field("parcels")
}
