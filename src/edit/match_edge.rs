//! `match_edge`: the common edge of two sheets or communes made one.

use serde::{Deserialize, Serialize};

use super::{Context, EditError, Records, script, write_plan};
use crate::domain::Pt;
use crate::msg;
use crate::store::survey;
use crate::text::Msg;
use crate::topology::match_edge::{self, Area, Mover};
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
}

impl MatchEdge {
    pub(super) fn label(&self) -> Msg {
        let (a, b) = (self.a.name(), self.b.name());
        let (vi, en) = ([a.vi, b.vi].join(" và "), [a.en, b.en].join(" and "));
        msg!("Tiếp biên {vi}", "Match the edges of {en}")
    }

    /// The file's survey points never move either, whoever asks.
    pub(super) fn run(&self, at: &Context<'_>) -> Result<(), EditError> {
        let mut all = self.clone();
        all.fixed.extend(survey::load(at.op)?.into_iter().map(|p| p.at));
        write_plan::write(at, &all.plan(at.coverage)?, &Records::default())
    }

    pub(super) fn plan(&self, coverage: &Coverage) -> Result<Plan, EditError> {
        let tolerance = script::millimetres(self.tolerance)?;
        let fixed = self.fixed.iter().copied().collect();
        let found = match_edge::pairs(coverage, &self.a, &self.b, tolerance, &fixed)?;
        Ok(match_edge::plan(coverage, &found, self.mover)?)
    }
}
