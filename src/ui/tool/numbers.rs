//! The names of parcels to come, as far as they are known before they are written.

use crate::topology::Plan;
use crate::ui::look::Look;

/// A name for each created parcel of a plan.
pub fn to_be(plan: &Plan, _look: &Look<'_>) -> Vec<String> {
    (1..=plan.created.len()).map(|n| format!("mới {n}")).collect()
}
