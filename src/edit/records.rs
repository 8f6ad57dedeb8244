//! What the register says of the parcels a plan creates: automatic, and corrected where a clerk says so.

use serde::{Deserialize, Serialize};

use super::{Assign, Fields};
use crate::domain::Uid;
use crate::store::proposal::Dossier;

/// How a plan is entered in the register. The default: everything automatic.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Records {
    pub numbers: Numbering,
    /// For the parcels created, in their order; those left out are automatic.
    pub children: Vec<ChildFields>,
    /// Where what rests on a parent goes, when not to every child.
    pub assign: Vec<Assign>,
    /// Whether an asset of which nobody knows on which part it stands stops the plan.
    pub accounted: bool,
    /// The dossier whose approval this is; its change is registered.
    pub dossier: Option<Dossier>,
}

/// Where the numbers of created parcels come from, unless [`ChildFields`] give one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Numbering {
    /// The next free ones of the sheet: the highest ever given + 1 … (domain.md §5.5).
    #[default]
    Next,
    /// The first takes over the number of this parcel (fid), which goes out of force in the same plan.
    Keep(i64),
}

/// What a person says of one created parcel.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ChildFields {
    /// Needed for new land only; else that of the largest parent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub commune: Option<String>,
    /// As in `set`. Sheet: needed for new land only.
    pub fields: Fields,
    /// Land-use rows in place of those distributed by area.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub land_uses: Option<Vec<UseArea>>,
    /// Its number may be that of a parcel that goes out of force: [`Numbering::Keep`] in a proposal.
    #[serde(skip)]
    pub keeps_number: bool,
    /// The uid it had as a proposal.
    #[serde(skip)]
    pub uid: Option<Uid>,
}

/// One corrected land-use row.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UseArea {
    pub code: String,
    /// m².
    pub area: Option<f64>,
}
