//! `move_points`: several boundary points at once, all by one vector or each to its own place.

use serde::{Deserialize, Serialize};

use super::{EditError, script};
use crate::domain::{Failure, Pt};
use crate::msg;
use crate::text::Msg;
use crate::topology::{Coverage, Plan, move_points};

/// Either `points` and `by`, or `moves`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MovePoints {
    #[serde(default, with = "script::line", skip_serializing_if = "Vec::is_empty")]
    pub points: Vec<Pt>,
    /// [dE, dN].
    #[serde(
        default,
        with = "script::maybe_metres",
        skip_serializing_if = "Option::is_none"
    )]
    pub by: Option<Pt>,
    /// From, to.
    #[serde(default, with = "script::moves", skip_serializing_if = "Vec::is_empty")]
    pub moves: Vec<(Pt, Pt)>,
}

impl MovePoints {
    pub(super) fn label(&self) -> Msg {
        let n = self.points.len() + self.moves.len();
        msg!("Dời {n} điểm ranh", "Move {n} boundary points")
    }

    pub(super) fn plan(&self, coverage: &Coverage) -> Result<Plan, EditError> {
        Ok(move_points::plan(coverage, &self.pairs()?)?)
    }

    fn pairs(&self) -> Result<Vec<(Pt, Pt)>, Failure> {
        match self.by {
            None if self.points.is_empty() => Ok(self.moves.clone()),
            Some(by) if self.moves.is_empty() => {
                let to = |p: &Pt| Pt::new(p.e + by.e, p.n + by.n);
                Ok(self.points.iter().map(|p| (*p, to(p))).collect())
            }
            _ => Err(Failure::new(
                "BAD_VALUE",
                msg!(
                    "Hãy cho \"points\" cùng \"by\", hoặc chỉ \"moves\".",
                    "Give \"points\" with \"by\", or \"moves\" alone."
                ),
            )
            .field("moves")),
        }
    }
}
