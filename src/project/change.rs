//! Edits: one operation each, the map kept in step, nothing left behind when refused.

use std::collections::HashSet;
use std::sync::Arc;

use serde_json::json;

use super::quality::{self, Quality};
use super::{Mode, Project, read_only, safety, writer_away};
use crate::domain::{self, Act, Failure, Parcel, day_of};
use crate::edit::{self, Context, Edit, EditError, Effects, Inside, MOST_DETAILS, Seen, Told};
use crate::msg;
use crate::store::history::{self, OperationSummary};
use crate::store::journal::{NewOperation, Operation};
use crate::store::proposal::{self, Dossier, Proposal};
use crate::store::touched::Touched;
use crate::store::{View, facts, rows, touched};
use crate::text::{Msg, Text};
use crate::topology::Coverage;

impl Project {
    /// Does one edit as one operation. Returns once it is on the disk.
    pub fn apply(&mut self, edit: &Edit, act: &Act) -> Result<Effects, EditError> {
        let mut effects = self.apply_all(std::slice::from_ref(edit), act)?;
        effects
            .pop()
            .ok_or_else(|| Failure::new("NOTHING_DONE", NOTHING).into())
    }

    /// Does several edits as one operation: all or none. One `Effects` for each.
    pub fn apply_all(&mut self, edits: &[Edit], act: &Act) -> Result<Vec<Effects>, EditError> {
        self.gesture(edits, act, false)
    }

    /// As [`Project::apply_all`], then takes everything back: what would happen.
    pub fn rehearse(&mut self, edits: &[Edit], act: &Act) -> Result<Vec<Effects>, EditError> {
        self.gesture(edits, act, true)
    }

    fn gesture(&mut self, edits: &[Edit], act: &Act, rehearsal: bool) -> Result<Vec<Effects>, EditError> {
        let Some(first) = edits.first() else {
            return Ok(Vec::new());
        };
        let new = match edits {
            [one] => NewOperation {
                kind: one.kind(),
                what: edit::to_journal(one).to_string(),
                label: self.label(one)?,
                undoes: None,
            },
            many => NewOperation {
                kind: "gesture",
                what:
                    json!({"op": "gesture", "edits": many.iter().map(edit::to_journal).collect::<Vec<_>>()})
                        .to_string(),
                label: and_more(self.label(first)?, many.len() - 1),
                undoes: None,
            },
        };
        let operating = self.mode()? == Mode::Operating;
        let path = &self.path().to_owned();
        self.operate(act, &new, rehearsal, |op, coverage, srs, quality, done| {
            for (i, edit) in edits.iter().enumerate() {
                let at = Here {
                    op,
                    srs,
                    operating,
                    quality: Some(quality),
                    view: View { conn: op, path },
                };
                one(&at, coverage, edit, done).map_err(|e| placed(e, i, edits.len()))?;
            }
            Ok(())
        })
    }

    /// What the history says of an edit, as its dossier sees the parcels.
    fn label(&self, edit: &Edit) -> Result<Msg, Failure> {
        Ok(match edit.dossier() {
            None => quality::label(edit, &self.coverage),
            Some(code) => edit.label(&*self.view(code)?),
        })
    }

    /// Runs `work` in a new operation, keeping the coverage in step; on any failure both are as before.
    pub(super) fn operate(
        &mut self,
        act: &Act,
        new: &NewOperation<'_>,
        rehearsal: bool,
        work: impl FnOnce(&Operation<'_>, &mut Arc<Coverage>, i32, &Quality, &mut Done) -> Result<(), EditError>,
    ) -> Result<Vec<Effects>, EditError> {
        if let Some(reason) = &self.read_only {
            return Err(read_only(reason).into());
        }
        if let Some(crash) = self.watch.as_ref().and_then(|w| w.refuses(&new.what)) {
            return Err(safety::crashed(crash, self.path()).into());
        }
        self.set_today(day_of(act.at))?;
        let writer = self.writer.as_mut().ok_or_else(writer_away)?;
        let srs = writer.srs();
        let mut done = Done::default();
        let (coverage, quality) = (&mut self.coverage, &mut self.quality);
        let (revision, mut followed, path) = (coverage.revision(), false, self.reader.path());
        let run = || -> Result<Option<i64>, EditError> {
            let op = writer.begin(act, new)?;
            done = Done::starting(&op)?;
            work(&op, coverage, srs, quality, &mut done)?;
            done.settle(&op, coverage)?;
            let id = op.id();
            if rehearsal {
                return Ok(None);
            }
            followed = true;
            let seen = domain::Seen { op: id, at: act.at };
            let view = View { conn: &op, path };
            quality.follow(view, coverage, revision, &done.effects, seen)?;
            op.commit()?;
            Ok(Some(id))
        };
        if let Some(watch) = &mut self.watch {
            watch.begin(new.kind, &new.what, &new.label);
        }
        let result = run();
        if let Ok(Some(id)) = result {
            self.stacks.push(id, new.undoes, new.kind);
            self.follow(&done.effects);
            self.came_back(new);
            return Ok(done.effects);
        }
        // Rolled back: the map goes back to what the file says.
        refresh(
            &mut self.coverage,
            rows::parcels(self.reader.conn(), &done.fids)?,
            &done.fids,
        );
        if followed {
            self.reread_quality()?;
        }
        self.came_back(new);
        result.map(|_| done.effects)
    }

    fn came_back(&mut self, new: &NewOperation<'_>) {
        if let Some(watch) = &mut self.watch {
            watch.end(&new.what);
        }
    }

    /// The operation Ctrl+Z would take back: the newest in force, if done since this file was opened.
    pub fn can_undo(&self) -> Option<OperationSummary> {
        self.mine(self.stacks.undo.last())
    }

    /// The undo Ctrl+Y would take back.
    pub fn can_redo(&self) -> Option<OperationSummary> {
        self.mine(self.stacks.redo.last())
    }

    fn mine(&self, op: Option<&i64>) -> Option<OperationSummary> {
        let op = *op.filter(|op| **op > self.opened_after)?;
        self.writer.as_ref()?;
        let of = history::operation(self.reader.conn(), op).ok()?;
        (!FINAL.contains(&of.kind.as_str())).then_some(of)
    }
}

/// Where the edits of a gesture run.
pub(super) struct Here<'a> {
    pub op: &'a Operation<'a>,
    pub srs: i32,
    pub operating: bool,
    /// None where a batch is entered: its decisions are about findings looked up already, it approves nothing.
    pub quality: Option<&'a Quality>,
    pub view: View<'a>,
}

/// Runs one edit of a gesture, in the register or inside its dossier.
pub(super) fn one(
    at: &Here<'_>,
    coverage: &mut Arc<Coverage>,
    edit: &Edit,
    done: &mut Done,
) -> Result<(), EditError> {
    let &Here {
        op,
        srs,
        operating,
        quality,
        view,
    } = at;
    if let (Some(code), true) = (edit.dossier(), edit.is_of_register()) {
        return of_register(at, coverage, code, edit, done);
    }
    let Some(code) = edit.dossier() else {
        let label = quality::label(edit, coverage);
        let settled = quality.map(|q| q.settled(edit, coverage, view)).transpose()?;
        let told = settled.as_ref().unwrap_or(edit).run(&Context {
            op,
            srs,
            coverage,
            operating,
            dossier: None,
        })?;
        done.note(op, coverage, label)?;
        done.told(told);
        if let Edit::Approve { dossier } = edit {
            done.approved(at, coverage, dossier)?;
        }
        return Ok(());
    };
    let dossier = edit::open_dossier(op, code)?;
    let before = proposal::proposals(op, Some(dossier.fid))?;
    let view = edit::view(coverage, &before);
    let label = edit.label(&view);
    let told = edit.run(&Context {
        op,
        srs,
        coverage: &view,
        operating,
        dossier: Some(Inside {
            dossier: &dossier,
            in_force: coverage,
        }),
    })?;
    let after = proposal::proposals(op, Some(dossier.fid))?;
    let now = edit::view(coverage, &after);
    done.propose(op, label, &dossier, (&view, &before), (&now, &after));
    done.told(told);
    Ok(())
}

/// An edit of the register inside a dossier: kept as it is asked for, but for what comes in with the papers.
fn of_register(
    at: &Here<'_>,
    coverage: &mut Arc<Coverage>,
    code: &str,
    edit: &Edit,
    done: &mut Done,
) -> Result<(), EditError> {
    let dossier = &edit::open_dossier(at.op, code)?;
    let label = edit.label(coverage);
    let context = Context {
        op: at.op,
        srs: at.srs,
        coverage,
        operating: at.operating,
        dossier: Some(Inside {
            dossier,
            in_force: coverage,
        }),
    };
    if edit.is_intake() {
        proposal::belongs(at.op, dossier.fid)?;
        edit.run(&context)?;
        return done.note(at.op, coverage, label);
    }
    let Edit::Within { edit, .. } = edit else {
        return Ok(());
    };
    let seen = edit::propose_in_dossier(&context, dossier, edit)?;
    done.note(at.op, coverage, label)?;
    done.proposed(dossier, seen);
    Ok(())
}

/// A dossier's view and what made it.
type Sight<'a> = (&'a Coverage, &'a [Proposal]);

/// What the edits of one operation did so far.
#[derive(Default)]
pub(super) struct Done {
    effects: Vec<Effects>,
    fids: Vec<i64>,
    since: i64,
}

impl Done {
    /// What comes after what the operation has done so far.
    pub(super) fn starting(op: &Operation<'_>) -> Result<Self, Failure> {
        Ok(Self {
            since: touched::last_change(op)?,
            ..Self::default()
        })
    }

    /// Reads back the newest edit and brings the coverage up to it.
    pub(super) fn note(
        &mut self,
        op: &Operation<'_>,
        coverage: &mut Arc<Coverage>,
        label: Msg,
    ) -> Result<(), EditError> {
        let since = self.since;
        let touched = touched::touched(op, op.id(), since)?;
        self.since = touched::last_change(op)?;
        let (records, about) = (
            touched::records(op, op.id(), since)?,
            facts::about(op, op.id(), since)?,
        );
        let mut effects = Effects::of(op.id(), label, &touched).with_records(records, about);
        let detailed = &effects.fids[..effects.fids.len().min(MOST_DETAILS)];
        let before: Vec<_> = detailed.iter().map(|f| coverage.get_shared(*f)).collect();
        refresh(coverage, rows::parcels(op, &effects.fids)?, &effects.fids);
        let pairs: Vec<_> = before
            .into_iter()
            .zip(&effects.fids)
            .map(|(b, f)| (b, coverage.get_shared(*f)))
            .collect();
        effects.detail(&pairs);
        self.fids.extend(&effects.fids);
        self.effects.push(effects);
        Ok(())
    }

    /// What the newest edit would write, kept in a dossier.
    fn proposed(&mut self, dossier: &Dossier, seen: Seen) {
        if let Some(effects) = self.effects.last_mut() {
            *effects = std::mem::take(effects).with_records(seen.records, Vec::new());
            effects.dossier = Some(dossier.code.clone());
        }
    }

    /// What the newest edit said besides.
    fn told(&mut self, told: Told) {
        if let Some(effects) = self.effects.last_mut() {
            effects.told = told;
        }
    }

    /// A part that later edits of the gesture joined with a neighbour, or made larger, is not below the minimum.
    fn settle(&mut self, op: &Operation<'_>, coverage: &Coverage) -> Result<(), Failure> {
        if self.effects.iter().all(|e| e.told.below_minimum.is_empty()) {
            return Ok(());
        }
        let proposed = proposal::proposals(op, None)?;
        let shape = |fid: i64, in_dossier: bool| {
            let mut of = proposed.iter().filter(|p| edit::view_fid(p) == fid);
            match in_dossier {
                true => of.find_map(|p| p.polygon.as_ref()),
                false => coverage.get(fid).map(|p| &p.polygon),
            }
        };
        for e in &mut self.effects {
            let in_dossier = e.dossier.is_some();
            let told = &mut e.told.below_minimum;
            told.retain(|b| shape(b.fid, in_dossier).is_some_and(|p| b.below.holds(p)));
        }
        Ok(())
    }

    /// What was entered last must be free of what stops an approval; neighbours that only received points are not asked.
    fn approved(&self, at: &Here<'_>, coverage: &Coverage, dossier: &str) -> Result<(), EditError> {
        let Some(effects) = self.effects.last() else {
            return Ok(());
        };
        let told = effects.parcels.iter().filter(|p| !p.only_points);
        let fids: Vec<i64> = told.map(|p| p.fid).collect();
        let Some(quality) = at.quality else { return Ok(()) };
        let found = quality.forbids(coverage, at.view, &fids)?;
        if found.is_empty() {
            return Ok(());
        }
        Err(quality::not_approved(dossier, found))
    }

    /// Compares what a dossier saw before and after an edit inside it. Nothing in force has changed.
    fn propose(
        &mut self,
        op: &Operation<'_>,
        label: Msg,
        dossier: &Dossier,
        before: Sight<'_>,
        after: Sight<'_>,
    ) {
        let fids = edit::differing(before, after);
        let pairs: Vec<_> = fids
            .iter()
            .map(|f| (before.0.get_shared(*f), after.0.get_shared(*f)))
            .collect();
        let touched: Vec<Touched> = pairs
            .iter()
            .filter_map(|(b, a)| {
                let any = a.as_ref().or(b.as_ref())?;
                Some(Touched {
                    fid: any.fid,
                    uid: any.uid,
                    before: b.as_ref().map(|p| p.polygon.clone()),
                    after: a.as_ref().map(|p| p.polygon.clone()),
                })
            })
            .collect();
        let mut effects = Effects::of(op.id(), label, &touched);
        effects.detail(&pairs);
        effects.fids.retain(|f| *f > 0);
        effects.dossier = Some(dossier.code.clone());
        self.effects.push(effects);
    }
}

/// Makes the coverage hold `parcels` and, of `fids`, nothing else.
pub(super) fn refresh(coverage: &mut Arc<Coverage>, parcels: Vec<Parcel>, fids: &[i64]) {
    if fids.is_empty() {
        return;
    }
    let coverage = Arc::make_mut(coverage);
    let there: HashSet<i64> = parcels.iter().map(|p| p.fid).collect();
    coverage.remove_all(fids.iter().copied().filter(|f| !there.contains(f)));
    coverage.replace_all(parcels);
}

/// Kinds of operations that are never taken back (design.md §2.4), and stop Ctrl+Z.
pub(super) const FINAL: [&str; 2] = ["mode", "approve"];

const NOTHING: Text = Text::new("Không có gì để làm.", "There is nothing to do.");

/// Among several edits the failure says which one it was, from 1.
fn placed(e: EditError, i: usize, of: usize) -> EditError {
    if of < 2 {
        return e;
    }
    EditError {
        failure: e.failure.record(i as u64 + 1),
        findings: e.findings,
    }
}

fn and_more(label: Msg, n: usize) -> Msg {
    let Msg { vi, en } = label;
    msg!("{vi} và {n} việc nữa", "{en} and {n} more")
}
