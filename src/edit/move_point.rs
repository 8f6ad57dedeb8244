//! `move_point`: a boundary point, in every parcel that uses it. The plan is topology's; what it refuses is refused here.

use super::{Context, EditError, Records, Told, write_plan};
use crate::domain::Pt;
use crate::text::{Lang, Msg, format};
use crate::topology::Coverage;
pub(super) use crate::topology::move_point::plan;

pub(super) fn label(coverage: &Coverage, from: Pt, to: Pt) -> Msg {
    let (n, metres) = (coverage.users_of(from).len(), from.dist(to) / 1000.0);
    let length = |lang| format::length(metres, lang);
    Msg::new(
        format!("Dời điểm ranh {} ({n} thửa)", length(Lang::Vi)),
        format!("Move boundary point by {} ({n} parcels)", length(Lang::En)),
    )
}

pub(super) fn run(at: &Context<'_>, from: Pt, to: Pt) -> Result<Told, EditError> {
    write_plan::write(at, &plan(at.coverage, from, to)?, &Records::default())
}
