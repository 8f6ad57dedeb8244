//! `move_point`: a boundary point, in every parcel that uses it.

use super::{Context, EditError};
use crate::domain::{Failure, Pt};
use crate::msg;
use crate::store::write;
use crate::text::Msg;
use crate::topology::Coverage;

pub(super) fn label(coverage: &Coverage, from: Pt, to: Pt) -> Msg {
    let (n, metres) = (coverage.users_of(from).len(), from.dist(to) / 1000.0);
    let vi = format!("{metres:.3}").replace('.', ",");
    msg!(
        "Dời điểm ranh {vi} m ({n} thửa)",
        "Move boundary point {metres:.3} m ({n} parcels)"
    )
}

pub(super) fn run(at: &Context<'_>, from: Pt, to: Pt) -> Result<(), EditError> {
    let users = at.coverage.users_of(from);
    if users.is_empty() {
        return Err(Failure::new(
            "NO_POINT",
            msg!("Không thửa nào có điểm này.", "No parcel has this point."),
        )
        .into());
    }
    for fid in users {
        let Some(parcel) = at.coverage.get(fid) else {
            continue;
        };
        let mut polygon = parcel.polygon.clone();
        polygon
            .rings
            .iter_mut()
            .flatten()
            .filter(|p| **p == from)
            .for_each(|p| *p = to);
        write::supersede(at.op, fid)?;
        write::set_polygon(at.op, fid, &polygon, at.srs)?;
    }
    Ok(())
}
