//! `repair_ring`: an invalid shape made valid, in one of four ways.

use serde::{Deserialize, Serialize};

use super::{Context, EditError, Records, Told, find, script, short, write_plan};
use crate::domain::ParcelRef;
use crate::msg;
use crate::text::Msg;
use crate::topology::repair_ring::{self, How};
use crate::topology::{Coverage, Plan};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RepairRing {
    #[serde(with = "script::reference")]
    pub parcel: ParcelRef,
    pub how: How,
}

impl RepairRing {
    pub(super) fn label(&self, coverage: &Coverage) -> Msg {
        let which = find(coverage, &self.parcel).map(short).unwrap_or_default();
        msg!("Sửa đường bao thửa {which}", "Repair the rings of parcel {which}")
    }

    pub(super) fn plan(&self, coverage: &Coverage) -> Result<Plan, EditError> {
        let parcel = find(coverage, &self.parcel)?;
        Ok(repair_ring::plan(coverage, parcel.fid, self.how)?)
    }

    pub(super) fn run(&self, at: &Context<'_>) -> Result<Told, EditError> {
        write_plan::write(at, &self.plan(at.coverage)?, &Records::default())
    }
}
