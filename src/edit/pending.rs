//! What a dossier intends with the register, and how all it intends is entered.
//!
//! A boundary edit inside a dossier is folded into proposals (`proposal.rs`); any other edit of the register is kept as it
//! was asked for, tried out at once on the district as it would stand, and done by the approval: first what is about
//! parcels in force, then the boundaries, then what is about the parcels that come. One order for the trial and for the
//! approval, so that what was accepted then fails later only because something else has changed.

use super::records::Records;
use super::{
    Context, Edit, EditError, Inside, Told, find, owners, parse, proposal as boundaries, script, write_plan,
};
use crate::domain::{Failure, ParcelRef, Uid};
use crate::store::proposal::{self, Dossier};
use crate::store::touched::{self, TouchedRecord};
use crate::store::{facts, rows};
use crate::topology::{Coverage, Plan};

/// What an edit would write.
pub struct Seen {
    pub records: Vec<TouchedRecord>,
    /// Uids of the parcels in force it is about, sorted.
    pub parcels: Vec<Uid>,
}

/// Keeps an edit as a proposal of the dossier, after trying it out. Nothing in force changes.
pub fn propose(at: &Context<'_>, dossier: &Dossier, edit: &Edit) -> Result<Seen, EditError> {
    let boundaries = proposal::proposals(at.op, Some(dossier.fid))?;
    let view = super::view(at.coverage, &boundaries);
    let edit = settled(edit, &view);
    let mut edits = edits_of(at, dossier)?;
    edits.push(edit.clone());
    let seen = trial(at, |at| enter(at, dossier, &edits, false).map(|e| e.seen))?;
    let seen = seen.ok_or_else(nothing)?;
    let fids: Vec<i64> = seen
        .parcels
        .iter()
        .filter_map(|u| Some(at.coverage.by_uid(*u)?.fid))
        .collect();
    boundaries_locked(at, dossier, &fids)?;
    let (what, all) = (script::to_journal(&edit).to_string(), script::to_json(&edit));
    proposal::propose_edit(at.op, dossier.fid, (edit.kind(), &what, &all), &seen.parcels)?;
    proposal::belongs(at.op, dossier.fid)?;
    Ok(seen)
}

fn boundaries_locked(at: &Context<'_>, dossier: &Dossier, fids: &[i64]) -> Result<(), EditError> {
    boundaries::refuse_locked(at, Some(dossier.fid), fids)
}

/// All a dossier intends, as if it were entered now: fails as the approval would.
pub(super) fn try_all(at: &Context<'_>, dossier: &Dossier) -> Result<(), EditError> {
    let edits = edits_of(at, dossier)?;
    trial(at, |at| enter(at, dossier, &edits, true)).map(drop)
}

/// Whether parcels that become one are held alike, once what the dossier intends with them is done.
pub(super) fn owners_agree(at: &Context<'_>, dossier: &Dossier) -> Result<(), EditError> {
    let edits = edits_of(at, dossier)?;
    let proposals = proposal::proposals(at.op, Some(dossier.fid))?;
    let (plan, _) = boundaries::plan_of(at, dossier, &proposals)?;
    trial(at, |at| {
        let mut now = Now::new(at, dossier)?;
        for edit in &edits[..first_after(at.coverage, &edits)] {
            now.run(at, edit)?;
        }
        owners::agree(at, &plan)
    })
}

/// The edits of the register a dossier intends, in order.
pub(super) fn edits_of(at: &Context<'_>, dossier: &Dossier) -> Result<Vec<Edit>, EditError> {
    let all = proposal::proposed_edits(at.op, Some(dossier.fid))?;
    Ok(all.iter().map(|p| parse(&p.edit)).collect::<Result<_, _>>()?)
}

/// Does something and takes it back, whatever came of it.
fn trial<T>(
    at: &Context<'_>,
    work: impl FnOnce(&Context<'_>) -> Result<T, EditError>,
) -> Result<T, EditError> {
    proposal::try_out(at.op)?;
    let done = work(at);
    proposal::forget(at.op)?;
    done
}

/// What entering a dossier did.
pub(super) struct Entered {
    pub told: Told,
    /// What the last edit wrote.
    pub seen: Option<Seen>,
}

/// Enters boundaries and edits of a dossier. `check`: also whether the sum of the boundaries makes a fault.
pub(super) fn enter(
    at: &Context<'_>,
    dossier: &Dossier,
    edits: &[Edit],
    check: bool,
) -> Result<Entered, EditError> {
    let proposals = proposal::proposals(at.op, Some(dossier.fid))?;
    if proposals.is_empty() && edits.is_empty() {
        return Err(boundaries::nothing(&dossier.code).into());
    }
    let mut plan = boundaries::plan_of(at, dossier, &proposals)?;
    plan.1.assign = edits.iter().flat_map(Edit::assignments).cloned().collect();
    let mut now = Now::new(at, dossier)?;
    let first_after = first_after(at.coverage, edits);
    let touched = plan.0.fids();
    let is_before = |i: usize| i < first_after || in_force(at.coverage, &edits[i], &touched);
    let mut seen = None;
    for (i, edit) in edits.iter().enumerate().filter(|(i, _)| is_before(*i)) {
        let wrote = now.run(at, edit)?;
        seen = (i + 1 == edits.len()).then_some(wrote).or(seen);
    }
    let mut told = Told::default();
    if !proposals.is_empty() {
        told = now.boundaries(at, plan, check)?;
    }
    for (i, edit) in edits.iter().enumerate().filter(|(i, _)| !is_before(*i)) {
        let wrote = now.run(at, edit)?;
        seen = (i + 1 == edits.len()).then_some(wrote).or(seen);
    }
    Ok(Entered { told, seen })
}

/// The first edit about a parcel that is not in force yet.
fn first_after(in_force: &Coverage, edits: &[Edit]) -> usize {
    let comes = |e: &Edit| e.about().iter().any(|r| find(in_force, r).is_err());
    edits.iter().position(comes).unwrap_or(edits.len())
}

/// Whether an edit is about parcels in force only, one of which the boundaries change.
fn in_force(coverage: &Coverage, edit: &Edit, plan: &[i64]) -> bool {
    let about = edit.about();
    let fids: Vec<i64> = about
        .iter()
        .filter_map(|r| Some(find(coverage, r).ok()?.fid))
        .collect();
    fids.len() == about.len() && fids.iter().any(|f| plan.contains(f))
}

/// The district as it stands after what has been entered so far.
struct Now<'d> {
    dossier: &'d Dossier,
    coverage: Coverage,
    since: i64,
}

impl<'d> Now<'d> {
    fn new(at: &Context<'_>, dossier: &'d Dossier) -> Result<Self, EditError> {
        Ok(Self {
            dossier,
            coverage: at.coverage.clone(),
            since: touched::last_change(at.op)?,
        })
    }

    fn run(&mut self, at: &Context<'_>, edit: &Edit) -> Result<Seen, EditError> {
        edit.run(&Context {
            coverage: &self.coverage,
            dossier: Some(Inside {
                dossier: self.dossier,
                in_force: &self.coverage,
            }),
            ..*at
        })?;
        let since = self.since;
        let records = touched::records(at.op, at.op.id(), since)?;
        let mut parcels: Vec<Uid> = facts::about(at.op, at.op.id(), since)?
            .into_iter()
            .map(|(_, u)| u)
            .collect();
        parcels.extend(self.follow(at)?);
        parcels.sort_unstable();
        parcels.dedup();
        Ok(Seen { records, parcels })
    }

    fn boundaries(
        &mut self,
        at: &Context<'_>,
        (plan, mut records): (Plan, Records),
        check: bool,
    ) -> Result<Told, EditError> {
        let told = {
            let at = Context {
                coverage: &self.coverage,
                dossier: None,
                ..*at
            };
            if check {
                boundaries::check_again(&at, self.dossier, &plan)?;
            }
            owners::agree(&at, &plan)?;
            records.dossier = Some(self.dossier.clone());
            records.accounted = check;
            proposal::drop_all(at.op, self.dossier.fid)?;
            write_plan::enter(&at, &plan, &records)?
        };
        self.follow(at)?;
        Ok(told)
    }

    /// Brings the parcels up to what was written; gives the uids of those touched.
    fn follow(&mut self, at: &Context<'_>) -> Result<Vec<Uid>, EditError> {
        let touched = touched::touched(at.op, at.op.id(), self.since)?;
        self.since = touched::last_change(at.op)?;
        let fids: Vec<i64> = touched.iter().map(|t| t.fid).collect();
        if !fids.is_empty() {
            self.coverage.remove_all(fids.iter().copied());
            self.coverage.replace_all(rows::parcels(at.op, &fids)?);
        }
        Ok(touched.into_iter().map(|t| t.uid).collect())
    }
}

/// The edit with what must be the same each time it is done: uids in place of numbers, which may be given anew.
fn settled(edit: &Edit, view: &Coverage) -> Edit {
    let mut edit = edit.clone();
    if let Edit::AddRecord(add) = &mut edit {
        add.uid.get_or_insert_with(Uid::fresh);
    }
    edit.name_by_uid(&|r: &ParcelRef| find(view, r).ok().map(|p| p.uid));
    edit
}

fn nothing() -> Failure {
    Failure::new(
        "NOTHING_DONE",
        crate::msg!("Không có gì để làm.", "There is nothing to do."),
    )
}
