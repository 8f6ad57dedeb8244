//! `fill_gap`: a gap between parcels goes to one beside it or becomes a parcel.

use super::forms::NewLand;
use super::{Context, EditError, Records, Told, add_parcel, find, short, write_plan};
use crate::domain::{Failure, ParcelRef, Pt};
use crate::msg;
use crate::text::Msg;
use crate::topology::fill_gap::{self, To};
use crate::topology::{Coverage, Plan};

pub(super) fn label(coverage: &Coverage, into: Option<&ParcelRef>) -> Msg {
    match into {
        Some(parcel) => {
            let which = find(coverage, parcel).map(short).unwrap_or_default();
            msg!("Lấp khoảng hở vào thửa {which}", "Fill a gap into parcel {which}")
        }
        None => msg!("Lập thửa mới từ khoảng hở", "Make a gap a new parcel"),
    }
}

pub(super) fn plan(
    coverage: &Coverage,
    at: Pt,
    into: Option<&ParcelRef>,
    land: Option<&NewLand>,
) -> Result<Plan, EditError> {
    let to = match (into, land) {
        (Some(parcel), None) => To::Parcel(find(coverage, parcel)?.fid),
        (None, Some(land)) => {
            land.child()?;
            To::New
        }
        _ => return Err(one_of().into()),
    };
    Ok(fill_gap::plan(coverage, at, to)?)
}

pub(super) fn run(
    context: &Context<'_>,
    at: Pt,
    into: Option<&ParcelRef>,
    land: Option<&NewLand>,
) -> Result<Told, EditError> {
    let plan = plan(context.coverage, at, into, land)?;
    let records = match land {
        Some(land) => add_parcel::entered(context, land)?,
        None => Records::default(),
    };
    write_plan::write(context, &plan, &records)
}

fn one_of() -> Failure {
    let message = msg!(
        "Ghi đúng một trong hai: \"into\" (thửa nhận khoảng hở) hoặc \"as\" (thửa mới).",
        "Give exactly one of \"into\" (the parcel that gets the gap) and \"as\" (a new parcel)."
    );
    Failure::new("FILL_INTO_OR_AS", message).field("into")
}
