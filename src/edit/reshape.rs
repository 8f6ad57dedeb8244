//! `reshape`: a new line, or an arc, in the place of a stretch of boundary.

use serde::{Deserialize, Serialize};

use super::{EditError, find, script, short};
use crate::domain::{Failure, ParcelRef, Pt};
use crate::msg;
use crate::text::Msg;
use crate::topology::reshape::{self, Stretch};
use crate::topology::{Coverage, Plan, Way, curve};

/// Exactly one of `line` and `arc`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reshape {
    /// Whose boundary; without it the shortest stretch that any parcel has between the two points.
    #[serde(
        default,
        with = "script::maybe_reference",
        skip_serializing_if = "Option::is_none"
    )]
    pub parcel: Option<ParcelRef>,
    #[serde(with = "script::metres")]
    pub start: Pt,
    #[serde(with = "script::metres")]
    pub end: Pt,
    /// The new points, with or without the ends; empty: straight.
    #[serde(default, with = "script::maybe_line", skip_serializing_if = "Option::is_none")]
    pub line: Option<Vec<Pt>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub arc: Option<Arc>,
    #[serde(default, skip_serializing_if = "script::is_default")]
    pub way: Way,
}

/// An arc from start to end, as chords (domain.md §5.5).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Arc {
    /// A point on it, which becomes a boundary point.
    #[serde(with = "script::metres")]
    pub through: Pt,
    /// Denominator of the map scale.
    pub scale: u32,
}

impl Reshape {
    pub(super) fn label(&self, coverage: &Coverage) -> Msg {
        let which = self.parcel.as_ref().and_then(|p| find(coverage, p).ok());
        match which.map(short) {
            Some(which) => msg!("Kẻ lại ranh thửa {which}", "Reshape boundary of parcel {which}"),
            None => msg!("Kẻ lại ranh", "Reshape boundary"),
        }
    }

    pub(super) fn plan(&self, coverage: &Coverage) -> Result<Plan, EditError> {
        let parcel = self.parcel.as_ref().map(|p| find(coverage, p)).transpose()?;
        let stretch = Stretch {
            fid: parcel.map(|p| p.fid),
            start: self.start,
            end: self.end,
            way: self.way,
        };
        let line = match (&self.line, self.arc) {
            (Some(line), None) => line.clone(),
            (None, Some(arc)) => curve::arc(self.start, arc.through, self.end, arc.scale)?,
            _ => return Err(one_of().into()),
        };
        Ok(reshape::plan(coverage, stretch, &line)?)
    }
}

fn one_of() -> Failure {
    let message = msg!(
        "Hãy cho \"line\" hoặc \"arc\", không cả hai.",
        "Give either \"line\" or \"arc\"."
    );
    Failure::new("BAD_VALUE", message).field("line")
}
