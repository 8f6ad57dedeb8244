//! Parcels that become one must be held by the same people in the same shares (Land Law 31/2024 art. 220).

use std::collections::BTreeMap;

use super::{Context, EditError, short};
use crate::domain::Failure;
use crate::msg;
use crate::register::{Kind, Share, Value};
use crate::store::records::{self, Of, Record, References};
use crate::topology::Plan;

/// Refuses a plan that makes one parcel of parcels of different holders.
pub(super) fn agree(at: &Context<'_>, plan: &Plan) -> Result<(), EditError> {
    for shape in plan.created.iter().filter(|c| c.parents.len() > 1) {
        // A parent that stays only gives a piece of its land away: that is no merging of parcels.
        let merged: Vec<i64> = shape
            .parents
            .iter()
            .copied()
            .filter(|p| plan.retired.contains(p))
            .collect();
        let Some((first, others)) = merged.split_first() else {
            continue;
        };
        let of_first = holders(at, *first)?;
        for other in others {
            if holders(at, *other)? != of_first {
                return Err(differ(at, *first, *other).into());
            }
        }
    }
    Ok(())
}

/// Party → its share in the right to use a parcel.
type Holders = BTreeMap<i64, Option<(i128, i128)>>;

fn holders(at: &Context<'_>, parcel: i64) -> Result<Holders, EditError> {
    let rights = rights_on(at, parcel)?;
    let mut shares: BTreeMap<i64, Vec<Option<Share>>> = BTreeMap::new();
    for r in rights
        .iter()
        .filter(|r| *r.get("kind") == Value::Text("SU_DUNG".to_owned()))
    {
        let share = match r.get("share") {
            Value::Share(s) => Some(*s),
            _ => None,
        };
        if let Value::Row(party) = r.get("party") {
            shares.entry(*party).or_default().push(share);
        }
    }
    // A holder with a right on each land-use row holds the same share in all of them.
    let one = |all: Vec<Option<Share>>| all.into_iter().max_by_key(|s| s.map(Share::parts)).flatten();
    Ok(shares
        .into_iter()
        .map(|(p, all)| (p, one(all).and_then(|s| Share::sum([s]))))
        .collect())
}

/// The rights in force on a parcel.
pub(super) fn rights_on(at: &Context<'_>, parcel: i64) -> Result<Vec<Record>, EditError> {
    let Some(field) = Kind::Right.field("parcel") else {
        return Ok(Vec::new());
    };
    let mut all = records::list(
        at.op,
        Kind::Right,
        Of::Field(field, parcel),
        References::Rows,
        None,
    )?;
    all.retain(|r| !r.has_ended());
    Ok(all)
}

fn differ(at: &Context<'_>, a: i64, b: i64) -> Failure {
    let name = |fid| at.coverage.get(fid).map(short).unwrap_or_default();
    let (a, b) = (name(a), name(b));
    Failure::new(
        "OWNERS_DIFFER",
        msg!(
            "Không hợp được thửa {a} và {b}: người sử dụng đất hoặc phần quyền khác nhau.",
            "Parcels {a} and {b} cannot become one: they are held by different people or in different shares."
        ),
    )
    .remedy(msg!(
        "Đăng ký chuyển quyền để hai thửa cùng người sử dụng trước (có thể trong cùng hồ sơ), rồi hợp thửa.",
        "Register a transfer first so that both are held alike (the same dossier may do), then merge them."
    ))
}
