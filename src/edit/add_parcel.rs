//! `add_parcel`: new land, by its rings.

use serde::{Deserialize, Serialize};

use super::forms::{self, NewLand};
use super::{Context, EditError, Fields, Records, Told, write_plan};
use crate::domain::{Failure, Pt};
use crate::msg;
use crate::store::succession;
use crate::text::Msg;
use crate::topology::{Coverage, Plan, add_parcel};

/// A parcel to come.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewParcel {
    /// Commune code.
    pub commune: String,
    #[serde(deserialize_with = "forms::name")]
    pub sheet: String,
    /// The next free number when left out.
    #[serde(
        default,
        deserialize_with = "forms::some_name",
        skip_serializing_if = "Option::is_none"
    )]
    pub number: Option<String>,
    /// Shell and holes, in any direction; the closing point may be repeated.
    #[serde(with = "forms::rings")]
    pub rings: Vec<Vec<Pt>>,
    #[serde(default)]
    pub fields: Fields,
}

impl NewParcel {
    fn land(&self) -> NewLand {
        NewLand {
            commune: self.commune.clone(),
            sheet: self.sheet.clone(),
            number: self.number.clone(),
            fields: self.fields.clone(),
        }
    }

    pub(super) fn label(&self) -> Msg {
        let sheet = &self.sheet;
        msg!("Lập thửa mới, tờ {sheet}", "New parcel, sheet {sheet}")
    }

    pub(super) fn plan(&self, coverage: &Coverage) -> Result<Plan, EditError> {
        self.land().child()?;
        Ok(add_parcel::plan(coverage, &self.rings)?)
    }

    pub(super) fn run(&self, at: &Context<'_>) -> Result<Told, EditError> {
        let plan = self.plan(at.coverage)?;
        write_plan::write(at, &plan, &entered(at, &self.land())?)
    }
}

/// How new land is entered in the register; its commune has to be one of the district's.
pub(super) fn entered(at: &Context<'_>, land: &NewLand) -> Result<Records, EditError> {
    let commune = &land.commune;
    if !succession::has_commune(at.op, commune)? {
        let message = msg!(
            "Huyện này không có xã mã {commune}.",
            "This district has no commune {commune}."
        );
        let remedy = msg!(
            "Ghi mã xã có trong danh sách của tệp (lệnh info).",
            "Give the code of a commune in the file's list (command info)."
        );
        let failure = Failure::new("NO_COMMUNE", message).remedy(remedy);
        return Err(failure.field("commune").into());
    }
    Ok(Records {
        children: vec![land.child()?],
        ..Records::default()
    })
}
