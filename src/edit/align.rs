//! `align`: a stretch of boundary drawn to a given line, or to points of a survey.

use serde::{Deserialize, Serialize};

use super::{EditError, find, script, short};
use crate::domain::{Failure, ParcelRef, Pt};
use crate::msg;
use crate::text::Msg;
use crate::topology::align::{self, Target};
use crate::topology::reshape::Stretch;
use crate::topology::{Coverage, Plan, Way};

/// Exactly one of `to` and `points`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Align {
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
    /// A line.
    #[serde(default, with = "script::line", skip_serializing_if = "Vec::is_empty")]
    pub to: Vec<Pt>,
    /// Points of a survey.
    #[serde(default, with = "script::line", skip_serializing_if = "Vec::is_empty")]
    pub points: Vec<Pt>,
    /// m.
    pub tolerance: f64,
    #[serde(default, skip_serializing_if = "script::is_default")]
    pub way: Way,
}

impl Align {
    pub(super) fn label(&self, coverage: &Coverage) -> Msg {
        let which = self.parcel.as_ref().and_then(|p| find(coverage, p).ok());
        match which.map(short) {
            Some(which) => msg!(
                "Nắn ranh thửa {which} theo đường cho trước",
                "Align boundary of parcel {which}"
            ),
            None => msg!("Nắn ranh theo đường cho trước", "Align boundary"),
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
        let target = match (self.to.as_slice(), self.points.as_slice()) {
            ([_, _, ..], []) => Target::Line(&self.to),
            ([], [_, ..]) => Target::Points(&self.points),
            _ => return Err(one_of().into()),
        };
        Ok(align::plan(
            coverage,
            stretch,
            target,
            script::millimetres(self.tolerance)?,
        )?)
    }
}

fn one_of() -> Failure {
    let message = msg!(
        "Hãy cho \"to\" (đường, ít nhất hai điểm) hoặc \"points\" (các điểm đo), không cả hai.",
        "Give either \"to\" (a line of two points or more) or \"points\" (of a survey)."
    );
    Failure::new("BAD_VALUE", message).field("to")
}
