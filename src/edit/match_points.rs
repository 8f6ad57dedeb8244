//! `match_points`: the common boundary of a few parcels made one, point by point.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{Context, EditError, Records, Told, find, forms, script, short_list, write_plan};
use crate::domain::{BBox, Failure, ParcelRef, Pt};
use crate::msg;
use crate::store::survey;
use crate::text::Msg;
use crate::topology::match_points::{self, Among};
use crate::topology::{Coverage, Plan};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MatchPoints {
    #[serde(with = "forms::parcels")]
    pub parcels: Vec<ParcelRef>,
    /// Two corners of a box: only points in it.
    #[serde(with = "script::line")]
    pub near: Vec<Pt>,
    /// m: nothing moves farther.
    pub tolerance: f64,
    /// Those of `parcels` whose boundary gives way; none: points that fewer parcels use.
    #[serde(default, with = "forms::parcels", skip_serializing_if = "Vec::is_empty")]
    pub yields: Vec<ParcelRef>,
    /// Surveyed points: they never move. The file's own survey points count too when the edit is done; a
    /// preview gives them here.
    #[serde(default, with = "script::line", skip_serializing_if = "Vec::is_empty")]
    pub fixed: Vec<Pt>,
}

impl MatchPoints {
    pub(super) fn label(&self, coverage: &Coverage) -> Msg {
        let list = short_list(coverage, &self.parcels);
        msg!("Tiếp ranh các thửa {list}", "Match the boundaries of {list}")
    }

    pub(super) fn plan(&self, coverage: &Coverage) -> Result<Plan, EditError> {
        let fids = |list: &[ParcelRef]| -> Result<Vec<i64>, Failure> {
            list.iter().map(|r| Ok(find(coverage, r)?.fid)).collect()
        };
        let [one, other] = self.near.as_slice() else {
            return Err(two_corners().into());
        };
        let fixed: BTreeSet<Pt> = self.fixed.iter().copied().collect();
        let among = Among {
            fids: &fids(&self.parcels)?,
            near: BBox::of([*one, *other]),
            tolerance: script::millimetres(self.tolerance)?,
            yields: &fids(&self.yields)?,
            fixed: &fixed,
        };
        Ok(match_points::plan(coverage, &among)?)
    }

    /// The file's survey points never move either, whoever asks.
    pub(super) fn run(&self, at: &Context<'_>) -> Result<Told, EditError> {
        let mut all = self.clone();
        let near = BBox::of(self.near.iter().copied());
        let points = survey::load(at.op)?.into_iter().map(|p| p.at);
        all.fixed.extend(points.filter(|p| near.contains(*p)));
        write_plan::write(at, &all.plan(at.coverage)?, &Records::default())
    }
}

fn two_corners() -> Failure {
    let message = msg!(
        "\"near\" gồm đúng hai góc của một khung.",
        "\"near\" is exactly the two corners of a box."
    );
    Failure::new("BAD_VALUE", message).field("near")
}
