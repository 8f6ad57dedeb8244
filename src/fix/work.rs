//! A copy of the map on which edits are done one after another, and taken back where one leads nowhere. Nothing is
//! written; a parcel to come has a fid and uid of no file.

use std::collections::BTreeMap;

use crate::domain::{Failure, Finding, Parcel, ParcelRef, Pt, Uid};
use crate::edit::{self, Edit, EditError, Fields, NewLand};
use crate::topology::{Coverage, Plan};
use crate::validate;

/// Parcels to come have fids from here downwards: below those of proposals.
const FIRST: i64 = i64::MIN / 2;
/// And numbers from here upwards, which no sheet has.
const NUMBER: i64 = 4_000_000_000;

/// The copy. Cloning a coverage shares everything large.
pub struct Work {
    pub coverage: Coverage,
    created: i64,
}

/// What one or several edits did to the copy.
#[derive(Default)]
pub(super) struct Steps {
    /// The touched parcels as they were before the first edit.
    pub before: BTreeMap<i64, Option<Parcel>>,
    pub moved: Vec<(Pt, Pt)>,
    pub inserted: usize,
    pub removed: usize,
}

impl Work {
    pub fn new(coverage: &Coverage) -> Self {
        Self {
            coverage: coverage.clone(),
            created: 0,
        }
    }

    /// Whether a parcel is one to come: nothing outside this copy can name it.
    pub(super) fn is_to_come(fid: i64) -> bool {
        fid < FIRST + 1
    }

    /// Does one edit; on an error nothing has changed.
    pub(super) fn apply(&mut self, edit: &Edit, steps: &mut Steps) -> Result<(), EditError> {
        if let Edit::Set { parcel, fields } = edit {
            let old = edit::find(&self.coverage, parcel)?;
            let new = with_fields(old, fields);
            self.put(new, steps);
            return Ok(());
        }
        let plan = edit.plan(&self.coverage)?;
        steps.moved.extend(&plan.moved);
        steps.inserted += plan.inserted.len();
        steps.removed += plan.removed.len();
        let children = self.children(edit, &plan);
        for (fid, polygon) in plan.changed {
            if let Some(old) = self.coverage.get(fid) {
                let area = edit::area_followed(old, &polygon);
                let new = Parcel {
                    bbox: polygon.bbox(),
                    polygon,
                    area_measured: area.or(old.area_measured),
                    ..old.clone()
                };
                self.put(new, steps);
            }
        }
        for fid in plan.retired {
            self.note(fid, steps);
            self.coverage.remove(fid);
        }
        children.into_iter().for_each(|p| self.put(p, steps));
        Ok(())
    }

    /// Puts the parcels back as they were.
    pub(super) fn take_back(&mut self, steps: &Steps) {
        for (fid, old) in &steps.before {
            match old {
                Some(p) => self.coverage.replace(p.clone()),
                None => self.coverage.remove(*fid),
            }
        }
    }

    /// Findings about parcels, as the rules tell of them now; those not in force are left out.
    pub(super) fn findings(&self, fids: impl IntoIterator<Item = i64>) -> Vec<Finding> {
        let live: Vec<i64> = fids
            .into_iter()
            .filter(|f| self.coverage.get(*f).is_some())
            .collect();
        validate::affected(&self.coverage, &live)
    }

    fn put(&mut self, parcel: Parcel, steps: &mut Steps) {
        self.note(parcel.fid, steps);
        self.coverage.replace(parcel);
    }

    fn note(&self, fid: i64, steps: &mut Steps) {
        steps
            .before
            .entry(fid)
            .or_insert_with(|| self.coverage.get(fid).cloned());
    }

    /// The parcels a plan creates, as the register would have them as far as rules look at it.
    fn children(&mut self, edit: &Edit, plan: &Plan) -> Vec<Parcel> {
        let mut all = Vec::new();
        for shape in &plan.created {
            self.created += 1;
            let parents = shape.parents.iter().filter_map(|f| self.coverage.get(*f));
            let like = parents.max_by_key(|p| (p.polygon.area2(), std::cmp::Reverse(p.fid)));
            let mut child = like.cloned().unwrap_or_else(|| land_of(edit));
            child.fid = FIRST - self.created;
            child.uid = Uid(uuid::Uuid::from_u128(u128::MAX - self.created as u128));
            child.number = (NUMBER + self.created).to_string().into();
            child.bbox = shape.polygon.bbox();
            child.polygon = shape.polygon.clone();
            child.area_measured = Some((child.polygon.area_m2() * 10.0).round() / 10.0);
            child.area_legal = None;
            if let Some(kept) = kept(edit, &self.coverage) {
                child.number = kept;
            }
            all.push(child);
        }
        all
    }
}

/// The number a merge keeps.
fn kept(edit: &Edit, coverage: &Coverage) -> Option<std::sync::Arc<str>> {
    let Edit::Merge(merge) = edit else { return None };
    let kept = merge.keep_number.as_ref()?;
    edit::find(coverage, kept).ok().map(|p| p.number.clone())
}

/// New land without parents, as the edit describes it.
fn land_of(edit: &Edit) -> Parcel {
    let none = NewLand {
        commune: String::new(),
        sheet: String::new(),
        number: None,
        fields: Fields::default(),
    };
    let land = match edit {
        Edit::FillGap { land: Some(land), .. } => land,
        _ => &none,
    };
    let blank = Parcel {
        fid: 0,
        uid: Uid(uuid::Uuid::nil()),
        commune: land.commune.as_str().into(),
        sheet: land.sheet.as_str().into(),
        number: "".into(),
        land_use: "".into(),
        area_measured: None,
        area_legal: None,
        is_parcel: true,
        polygon: crate::domain::Polygon::default(),
        bbox: crate::domain::BBox::EMPTY,
    };
    with_fields(&blank, &land.fields)
}

fn with_fields(old: &Parcel, fields: &Fields) -> Parcel {
    let text = |given: &Option<Option<String>>, old: &std::sync::Arc<str>| match given {
        Some(new) => new.as_deref().unwrap_or_default().into(),
        None => old.clone(),
    };
    Parcel {
        sheet: text(&fields.sheet, &old.sheet),
        number: text(&fields.number, &old.number),
        land_use: text(&fields.land_use, &old.land_use),
        area_measured: fields.area_measured.unwrap_or(old.area_measured),
        area_legal: fields.area_legal.unwrap_or(old.area_legal),
        is_parcel: fields.is_parcel.unwrap_or(old.is_parcel),
        ..old.clone()
    }
}

/// The parcels an edit names.
pub(super) fn named(edit: &Edit) -> Vec<&ParcelRef> {
    match edit {
        Edit::Set { parcel, .. } | Edit::Retire { parcel, .. } => vec![parcel],
        Edit::ResolveOverlap { parcels, .. } | Edit::SplitOverlap { parcels } => parcels.iter().collect(),
        Edit::MatchPoints(e) => e.parcels.iter().collect(),
        Edit::RepairRing(e) => vec![&e.parcel],
        Edit::Split(e) => vec![&e.parcel],
        Edit::Merge(e) => e.parcels.iter().collect(),
        Edit::FillGap { into, .. } => into.iter().collect(),
        _ => Vec::new(),
    }
}

/// One edit refused, in the words of its failure.
pub(super) fn refused(e: EditError) -> Failure {
    e.failure
}
