//! `insert_point`: a new boundary point on a side, in every parcel that has the side.

use serde::{Deserialize, Serialize};

use super::{EditError, find, script, short};
use crate::domain::{ParcelRef, Pt};
use crate::msg;
use crate::text::Msg;
use crate::topology::{Coverage, Plan, insert_point};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InsertPoint {
    /// Whose side.
    #[serde(with = "script::reference")]
    pub parcel: ParcelRef,
    #[serde(with = "script::metres")]
    pub at: Pt,
}

impl InsertPoint {
    pub(super) fn label(&self, coverage: &Coverage) -> Msg {
        let which = find(coverage, &self.parcel).map(short).unwrap_or_default();
        msg!(
            "Thêm điểm ranh trên cạnh thửa {which}",
            "Insert boundary point on a side of parcel {which}"
        )
    }

    pub(super) fn plan(&self, coverage: &Coverage) -> Result<Plan, EditError> {
        let parcel = find(coverage, &self.parcel)?;
        Ok(insert_point::plan(coverage, parcel.fid, self.at)?)
    }
}
