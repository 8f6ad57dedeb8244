//! `remove_point`: a boundary point of at most two parcels.

use serde::{Deserialize, Serialize};

use super::{EditError, script};
use crate::domain::Pt;
use crate::msg;
use crate::text::Msg;
use crate::topology::{Coverage, Plan, remove_point};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RemovePoint {
    #[serde(with = "script::metres")]
    pub at: Pt,
}

impl RemovePoint {
    pub(super) fn label(&self, coverage: &Coverage) -> Msg {
        let n = coverage.users_of(self.at).len();
        msg!("Xóa điểm ranh ({n} thửa)", "Remove boundary point ({n} parcels)")
    }

    pub(super) fn plan(&self, coverage: &Coverage) -> Result<Plan, EditError> {
        Ok(remove_point::plan(coverage, self.at)?)
    }
}
