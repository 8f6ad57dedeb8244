//! `match_edge`: the common edge of two sheets or communes made one.

use serde::{Deserialize, Serialize};

use super::{Context, EditError, Records, Told, script, write_plan};
use crate::domain::Pt;
use crate::msg;
use crate::store::survey;
use crate::text::Msg;
use crate::topology::match_edge::{self, Area, Left, Mover};
use crate::topology::{Coverage, Plan};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MatchEdge {
    pub a: Area,
    pub b: Area,
    /// m.
    pub tolerance: f64,
    /// Which side gives way.
    #[serde(rename = "move")]
    pub mover: Mover,
    /// Surveyed points: they never move. The file's own survey points count too when the edit is done; a
    /// preview gives them here.
    #[serde(default, with = "script::line", skip_serializing_if = "Vec::is_empty")]
    pub fixed: Vec<Pt>,
    /// What would make a fault is left as it is and told, instead of stopping all.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub skip: bool,
}

impl MatchEdge {
    pub(super) fn label(&self) -> Msg {
        let (a, b) = (self.a.name(), self.b.name());
        let (vi, en) = ([a.vi, b.vi].join(" và "), [a.en, b.en].join(" and "));
        msg!("Tiếp biên {vi}", "Match the edges of {en}")
    }

    /// The file's survey points never move either, whoever asks.
    pub(super) fn run(&self, at: &Context<'_>) -> Result<Told, EditError> {
        let mut all = self.clone();
        all.fixed.extend(survey::load(at.op)?.into_iter().map(|p| p.at));
        let (plan, left) = all.most(at.coverage)?;
        let told = write_plan::write(at, &plan, &Records::default())?;
        Ok(Told { left, ..told })
    }

    pub(super) fn plan(&self, coverage: &Coverage) -> Result<Plan, EditError> {
        self.most(coverage).map(|(plan, _)| plan)
    }

    /// The plan and what it leaves as it is.
    fn most(&self, coverage: &Coverage) -> Result<(Plan, Vec<Left>), EditError> {
        let tolerance = script::millimetres(self.tolerance)?;
        let fixed = self.fixed.iter().copied().collect();
        let found = match_edge::pairs(coverage, &self.a, &self.b, tolerance, &fixed)?;
        Ok(match self.skip {
            true => match_edge::plan_most(coverage, &found, self.mover)?,
            false => (match_edge::plan(coverage, &found, self.mover)?, Vec::new()),
        })
    }
}
