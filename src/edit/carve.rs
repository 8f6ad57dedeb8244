//! `carve`: a strip is cut off parcels, along a road line with a width or by a drawn ring.

use serde::{Deserialize, Serialize};

use super::{ChildFields, Context, EditError, Fields, Records, Told, find, forms, short_list, write_plan};
use crate::domain::{Failure, ParcelRef, Pt};
use crate::msg;
use crate::text::Msg;
use crate::topology::carve::{self, Carved};
use crate::topology::{Coverage, Plan};

/// What is cut off which parcels.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Carve {
    #[serde(with = "forms::parcels")]
    pub parcels: Vec<ParcelRef>,
    /// Outline of the strip; else line and width.
    #[serde(default, with = "forms::some_line", skip_serializing_if = "Option::is_none")]
    pub ring: Option<Vec<Pt>>,
    /// Centre line of the strip.
    #[serde(default, with = "forms::some_line", skip_serializing_if = "Option::is_none")]
    pub line: Option<Vec<Pt>>,
    /// Width of the strip, mm (metres in JSON).
    #[serde(default, with = "forms::some_length", skip_serializing_if = "Option::is_none")]
    pub width: Option<i64>,
    /// What the register says of the strip, or of each of several.
    #[serde(default)]
    pub fields: Fields,
    /// What it says of the created parcels in their order, strips first; what is left out of a strip is as in `fields`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub children: Vec<ChildFields>,
}

impl Carve {
    pub(super) fn label(&self, coverage: &Coverage) -> Msg {
        let list = short_list(coverage, &self.parcels);
        msg!("Cắt dải đất khỏi thửa {list}", "Cut a strip off parcels {list}")
    }

    pub(super) fn plan(&self, coverage: &Coverage) -> Result<Plan, EditError> {
        self.carved(coverage).map(|c| c.plan)
    }

    pub(super) fn run(&self, at: &Context<'_>) -> Result<Told, EditError> {
        let Carved { plan, strips } = self.carved(at.coverage)?;
        let records = Records {
            children: self.given(strips),
            ..Records::default()
        };
        write_plan::write(at, &plan, &records)
    }

    /// What is said of the created parcels, the first `strips` of which are strips.
    pub(super) fn given(&self, strips: usize) -> Vec<ChildFields> {
        let strip = ChildFields {
            fields: self.fields.clone(),
            ..ChildFields::default()
        };
        let mut children = self.children.clone();
        for child in children.iter_mut().take(strips) {
            // Corrected rows say what the land is used for.
            let mut rest = self.fields.clone();
            rest.land_use = rest.land_use.filter(|_| child.land_uses.is_none());
            child.fields = child.fields.clone().or(rest);
        }
        children.resize(strips.max(children.len()), strip);
        children
    }

    /// How many of the created parcels are strips: those come first. `None` where it cannot be carved.
    pub fn strips(&self, coverage: &Coverage) -> Option<usize> {
        self.carved(coverage).ok().map(|c| c.strips)
    }

    fn carved(&self, coverage: &Coverage) -> Result<Carved, EditError> {
        self.fields.check()?;
        let fids: Vec<i64> = self
            .parcels
            .iter()
            .map(|r| find(coverage, r).map(|p| p.fid))
            .collect::<Result<_, _>>()?;
        let ring = match (&self.ring, &self.line, self.width) {
            (Some(ring), None, None) => ring.clone(),
            (None, Some(line), Some(width)) => carve::strip(coverage, &fids, line, width)?,
            _ => return Err(one_of().into()),
        };
        Ok(carve::plan(coverage, &fids, &ring)?)
    }
}

fn one_of() -> Failure {
    let message = msg!(
        "Ghi \"ring\" (đường bao của dải), hoặc \"line\" cùng \"width\" (tim đường và bề rộng).",
        "Give \"ring\" (the strip's outline), or \"line\" with \"width\" (centre line and width)."
    );
    Failure::new("CARVE_RING_OR_LINE", message).field("ring")
}
