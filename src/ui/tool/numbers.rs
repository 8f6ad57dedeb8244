//! The numbers parcels to come would get, as far as they are known before they are written.

use std::collections::BTreeMap;

use crate::domain::Parcel;
use crate::edit::{ChildFields, Edit};
use crate::topology::{NewShape, Plan};
use crate::ui::look::Look;

/// "12/46" for each created parcel of a plan: what the edit says, else the next free numbers of the sheet.
pub fn to_be(edit: &Edit, plan: &Plan, look: &Look<'_>) -> Vec<String> {
    let mut next: BTreeMap<(String, String), i64> = BTreeMap::new();
    let mut one = |n: usize, shape: &NewShape| {
        let given = given(edit, n, look);
        let like = largest(shape, look);
        let or = |mine: Option<String>, of: fn(&Parcel) -> String| {
            mine.or_else(|| like.map(of)).unwrap_or_default()
        };
        let commune = or(given.commune, |p| p.commune.to_string());
        let sheet = or(given.fields.sheet.flatten(), |p| p.sheet.to_string());
        // As `edit::numbering`: a number that is given counts for those after it.
        let free = next
            .entry((commune.clone(), sheet.clone()))
            .or_insert_with(|| look.project.next_number(&commune, &sheet).unwrap_or(0));
        let number = given.fields.number.flatten().unwrap_or_else(|| free.to_string());
        *free = number
            .parse()
            .map_or(*free, |n: i64| n.saturating_add(1).max(*free));
        super::preview::short(&sheet, &number)
    };
    plan.created
        .iter()
        .enumerate()
        .map(|(n, shape)| one(n, shape))
        .collect()
}

/// What the edit itself says of the n-th created parcel.
fn given(edit: &Edit, n: usize, look: &Look<'_>) -> ChildFields {
    let land = |commune: &str, sheet: &str, number: &Option<String>| {
        let mut child = ChildFields {
            commune: Some(commune.to_owned()),
            ..ChildFields::default()
        };
        child.fields.sheet = Some(Some(sheet.to_owned()));
        child.fields.number = number.clone().map(Some);
        child
    };
    match edit {
        Edit::Split(e) => e.children.get(n).cloned().unwrap_or_default(),
        Edit::Merge(e) => {
            let kept = e.keep_number.as_ref().and_then(|r| look.project.resolve(r).ok());
            let mut child = e.children.get(n).cloned().unwrap_or_default();
            if let Some(p) = kept.and_then(|f| look.coverage.get(f)) {
                child.fields.sheet = Some(Some(p.sheet.to_string()));
                child.fields.number = Some(Some(p.number.to_string()));
            }
            child
        }
        Edit::Carve(e) => e.children.get(n).cloned().unwrap_or_default(),
        Edit::AddParcel(e) => land(&e.commune, &e.sheet, &e.number),
        Edit::FillGap { land: Some(l), .. } => land(&l.commune, &l.sheet, &l.number),
        _ => ChildFields::default(),
    }
}

fn largest<'a>(shape: &NewShape, look: &Look<'a>) -> Option<&'a Parcel> {
    let parents = shape.parents.iter().filter_map(|f| look.coverage.get(*f));
    parents.max_by_key(|p| (p.polygon.area2(), std::cmp::Reverse(p.fid)))
}
