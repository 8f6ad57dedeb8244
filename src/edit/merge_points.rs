//! `merge_points`: several boundary points become one.

use serde::{Deserialize, Serialize};

use super::{EditError, script};
use crate::domain::Pt;
use crate::msg;
use crate::text::Msg;
use crate::topology::{Coverage, Plan, merge_points};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MergePoints {
    #[serde(with = "script::line")]
    pub points: Vec<Pt>,
    /// One of them or another place.
    #[serde(with = "script::metres")]
    pub to: Pt,
}

impl MergePoints {
    pub(super) fn label(&self) -> Msg {
        let mut points = self.points.clone();
        points.push(self.to);
        points.sort_unstable();
        points.dedup();
        let n = points.len();
        msg!("Gộp {n} điểm ranh làm một", "Merge {n} boundary points into one")
    }

    pub(super) fn plan(&self, coverage: &Coverage) -> Result<Plan, EditError> {
        Ok(merge_points::plan(coverage, &self.points, self.to)?)
    }
}
