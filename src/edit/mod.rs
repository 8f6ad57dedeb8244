//! Every change of the register: a closed set of edits, one file each. `Project::apply` is the only way in.
//!
//! An edit is data (JSON = a line of an edit script, cli.md). Running it checks it against what is there, writes rows
//! inside an open operation and leaves the rest to the journal; what happened is read back as [`Effects`].

mod accept;
mod act;
mod align;
mod add_parcel;
mod carve;
mod distribute;
mod dossier;
mod effects;
mod fill_gap;
mod forms;
mod heirs;
mod insert_point;
mod match_edge;
mod match_points;
mod merge_points;
mod merge;
mod merge_parties;
mod minimum;
mod move_point;
mod move_points;
mod numbering;
mod owners;
mod parcel_code;
mod pending;
mod proposal;
mod quarantine;
mod receive;
mod recode;
mod record;
mod records;
mod remove_point;
mod repair_ring;
mod reshape;
mod resolve_overlap;
mod retire;
mod script;
mod set;
mod split;
mod split_gap;
mod steps;
#[cfg(test)]
pub(crate) mod testing;
mod write_plan;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

pub use accept::{AcceptFinding, FindingRef};
pub use act::{ACTS, ActKind, Assign, Effect, Receiver, RegisterChange, Stop, UseChange, act_of};
pub use add_parcel::NewParcel;
pub use align::Align;
pub use carve::Carve;
pub use dossier::{OpenDossier, open as open_dossier, unknown as no_dossier};
pub use effects::{Effects, MOST_DETAILS, ParcelEffect, RecordEffect, Tolerance};
pub use forms::NewLand;
pub use heirs::expected_uses;
pub use insert_point::InsertPoint;
pub use match_edge::MatchEdge;
pub use match_points::MatchPoints;
pub use merge::Merge;
pub use merge_parties::MergeParties;
pub use merge_points::MergePoints;
pub use minimum::{Below, BelowMinimum, Measure, Which};
pub use move_points::MovePoints;
pub use pending::{Seen, propose as propose_in_dossier};
pub use proposal::{comes_from, differing, under_asset, view, view_fid};
pub use quarantine::PlaceRecord;
pub use recode::{NewCode, Recode, Rule};
pub use record::{AddRecord, ChangeRecord, EndRecord, RecordFields, is_fixed, no_record, unknown_field};
pub use records::{ChildFields, Numbering, Records, UseArea};
pub use remove_point::RemovePoint;
pub use repair_ring::RepairRing;
pub use reshape::{Arc, Reshape};
pub use script::{parse, to_journal, to_json, to_value};
pub use set::Fields;
pub use split::{EqualBy, How, Share, Split};
pub use steps::{AdvanceDossier, lacking_papers, lacking_proof, onward};
pub use write_plan::followed as area_followed;

use crate::domain::{Failure, Finding, Parcel, ParcelRef, Pt, RecordRef, Uid};
use crate::msg;
use crate::store::error::StoreError;
use crate::store::journal::Operation;
use crate::store::proposal::Dossier;
use crate::text::Msg;
use crate::topology::match_edge::Left;
use crate::topology::{Coverage, Plan, Refusal};

/// One change, as a person asked for it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "op", rename_all = "snake_case", deny_unknown_fields)]
pub enum Edit {
    /// Changes details of one parcel in force.
    Set {
        #[serde(with = "script::reference")]
        parcel: ParcelRef,
        fields: Fields,
    },
    /// Moves a boundary point in all parcels that use it.
    MovePoint {
        #[serde(with = "script::metres")]
        from: Pt,
        #[serde(with = "script::metres")]
        to: Pt,
    },
    /// Moves several boundary points at once.
    MovePoints(MovePoints),
    /// Inserts a boundary point on a side.
    InsertPoint(InsertPoint),
    /// Removes a boundary point.
    RemovePoint(RemovePoint),
    /// Makes several boundary points one.
    MergePoints(MergePoints),
    /// Divides a parcel.
    Split(Split),
    /// Receives a dossier (hồ sơ).
    OpenDossier(OpenDossier),
    /// A step of a dossier on its way.
    AdvanceDossier(AdvanceDossier),
    /// Enters what a dossier proposes, after a last check.
    Approve { dossier: String },
    /// Deletes what a dossier proposes.
    Revert { dossier: String },
    /// A boundary edit inside an open dossier: kept as proposals. In JSON the key "dossier" of the edit.
    #[serde(skip)]
    Within { dossier: String, edit: Box<Edit> },
    /// Gives a stretch of boundary a new line.
    Reshape(Reshape),
    /// Draws a stretch of boundary to a line or to points.
    Align(Align),
    /// Makes the common edge of two areas one.
    MatchEdge(MatchEdge),
    /// Makes one new parcel of several that share sides.
    Merge(Merge),
    /// Takes a parcel out of force.
    Retire {
        #[serde(with = "script::reference")]
        parcel: ParcelRef,
        reason: String,
    },
    /// New land: shell and holes.
    AddParcel(NewParcel),
    /// Cuts a strip off parcels: a ring, or a line with a width.
    Carve(Carve),
    /// Gives the gap at a point to a parcel beside it, or makes it one.
    FillGap {
        #[serde(with = "script::metres")]
        at: Pt,
        #[serde(default, with = "forms::some_parcel", skip_serializing_if = "Option::is_none")]
        into: Option<ParcelRef>,
        #[serde(default, rename = "as", skip_serializing_if = "Option::is_none")]
        land: Option<NewLand>,
    },
    /// Takes what two parcels both claim from one of them.
    ResolveOverlap {
        #[serde(with = "forms::parcels")]
        parcels: Vec<ParcelRef>,
        #[serde(with = "script::reference")]
        from: ParcelRef,
    },
    /// Makes the common boundary of a few parcels one, point by point.
    MatchPoints(MatchPoints),
    /// Makes an invalid shape valid.
    RepairRing(RepairRing),
    /// Gives each of the two parcels along the gap at a point the half beside it.
    SplitGap {
        #[serde(with = "script::metres")]
        at: Pt,
    },
    /// Divides what two parcels both claim along its middle.
    SplitOverlap {
        #[serde(with = "forms::parcels")]
        parcels: Vec<ParcelRef>,
    },
    /// Puts a record in quarantine into the map.
    PlaceRecord(PlaceRecord),
    /// Decides that a record in quarantine is not to be placed.
    SetRecordAside {
        #[serde(with = "quarantine::record")]
        record: RecordRef,
        reason: String,
    },
    /// Takes a record that was set aside back to those that wait.
    TakeRecordBack {
        #[serde(with = "quarantine::record")]
        record: RecordRef,
    },
    /// Lives with a finding: who, why, until when.
    AcceptFinding(AcceptFinding),
    /// No longer does.
    WithdrawAcceptance(FindingRef),
    /// Keeps the gap at a point as it is: a street, a canal; the reason says what it is.
    AllowGap {
        #[serde(with = "script::metres")]
        at: Pt,
        reason: String,
        #[serde(default, with = "forms::some_date", skip_serializing_if = "Option::is_none")]
        until: Option<Date>,
    },
    /// No longer does.
    DisallowGap {
        #[serde(with = "script::metres")]
        at: Pt,
    },
    /// A new record of the register.
    AddRecord(AddRecord),
    /// Other values in some of its fields.
    ChangeRecord(ChangeRecord),
    /// A record no longer holds.
    EndRecord(EndRecord),
    /// Several parties are one.
    MergeParties(MergeParties),
    /// An act of registration (biến động).
    RegisterChange(Box<RegisterChange>),
    /// New codes of communes, sheets and parcels by a decision.
    Recode(Recode),
}

/// Why an edit did not happen. Nothing was changed.
#[derive(Clone, Debug)]
pub struct EditError {
    pub failure: Failure,
    /// The faults it would have made, to be drawn where they are.
    pub findings: Vec<Finding>,
}

impl From<Failure> for EditError {
    fn from(failure: Failure) -> Self {
        Self {
            failure,
            findings: Vec::new(),
        }
    }
}

impl From<StoreError> for EditError {
    fn from(e: StoreError) -> Self {
        Failure::from(e).into()
    }
}

impl From<Refusal> for EditError {
    fn from(r: Refusal) -> Self {
        Self {
            failure: r.failure,
            findings: r.findings,
        }
    }
}

impl From<EditError> for Failure {
    fn from(e: EditError) -> Self {
        e.failure
    }
}

/// What an edit has to say besides what it changed. None of it stopped the edit.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Told {
    /// Parcels smaller than a split may leave them.
    pub below_minimum: Vec<BelowMinimum>,
    /// Pairs of an edge that were left as they are.
    pub left: Vec<Left>,
}

/// Where an edit runs: inside an open operation.
pub struct Context<'a> {
    pub op: &'a Operation<'a>,
    /// EPSG code for geometry blobs.
    pub srs: i32,
    /// The parcels in force as the operation has left them so far; inside a dossier as it sees them.
    pub coverage: &'a Coverage,
    /// The district is in operation: a boundary changes only inside a dossier.
    pub operating: bool,
    /// The dossier the edit belongs to.
    pub dossier: Option<Inside<'a>>,
}

/// An open dossier and what it starts from.
pub struct Inside<'a> {
    pub dossier: &'a Dossier,
    pub in_force: &'a Coverage,
}

impl Edit {
    /// The same inside a dossier (code).
    pub fn within(self, dossier: impl Into<String>) -> Self {
        Self::Within {
            dossier: dossier.into(),
            edit: Box::new(self),
        }
    }

    /// The dossier it is kept in as a proposal.
    pub fn dossier(&self) -> Option<&str> {
        match self {
            Self::Within { dossier, .. } => Some(dossier),
            _ => None,
        }
    }

    /// Whether it writes what is registered without a plan of boundaries: inside a dossier it is kept as it is asked for.
    pub fn is_of_register(&self) -> bool {
        match self {
            Self::Within { edit, .. } => edit.is_of_register(),
            _ => matches!(
                self,
                Self::AddRecord(_)
                    | Self::ChangeRecord(_)
                    | Self::EndRecord(_)
                    | Self::MergeParties(_)
                    | Self::RegisterChange(_)
            ),
        }
    }

    /// Whether it is entered at once inside a dossier, too: people and papers that come, holds, the dossier itself.
    pub fn is_intake(&self) -> bool {
        match self {
            Self::Within { edit, .. } => edit.is_intake(),
            Self::AddRecord(e) => record::is_intake(&e.kind, true),
            Self::ChangeRecord(e) => record::is_intake(&e.kind, false),
            Self::EndRecord(e) => record::is_intake(&e.kind, false),
            _ => false,
        }
    }

    /// The parcels that an edit of the register names.
    fn about(&self) -> Vec<ParcelRef> {
        match self {
            Self::RegisterChange(e) => e.about(),
            Self::AddRecord(e) => e.about(),
            _ => Vec::new(),
        }
    }

    /// Where it says that what rests on a divided parcel goes.
    fn assignments(&self) -> &[Assign] {
        match self {
            Self::RegisterChange(e) => &e.assign,
            _ => &[],
        }
    }

    /// Names parcels by their uids.
    fn name_by_uid(&mut self, uid: &dyn Fn(&ParcelRef) -> Option<Uid>) {
        match self {
            Self::RegisterChange(e) => e.name_by_uid(uid),
            Self::AddRecord(e) => e.name_by_uid(uid),
            _ => {}
        }
    }

    /// A decision about a finding: it changes no record, needs a reason, and belongs to no dossier.
    pub fn is_decision(&self) -> bool {
        matches!(
            self,
            Self::AcceptFinding(_)
                | Self::WithdrawAcceptance(_)
                | Self::AllowGap { .. }
                | Self::DisallowGap { .. }
        )
    }

    /// Short word for the kind of operation: the "op" of the script.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Set { .. } => "set",
            Self::MovePoint { .. } => "move_point",
            Self::MovePoints(_) => "move_points",
            Self::InsertPoint(_) => "insert_point",
            Self::RemovePoint(_) => "remove_point",
            Self::MergePoints(_) => "merge_points",
            Self::Split(_) => "split",
            Self::OpenDossier(_) => "open_dossier",
            Self::AdvanceDossier(_) => "advance_dossier",
            Self::RegisterChange(_) => "register_change",
            Self::Recode(_) => "recode",
            Self::Approve { .. } => "approve",
            Self::Revert { .. } => "revert",
            Self::Within { edit, .. } => edit.kind(),
            Self::Reshape(_) => "reshape",
            Self::Align(_) => "align",
            Self::MatchEdge(_) => "match_edge",
            Self::Merge(_) => "merge",
            Self::Retire { .. } => "retire",
            Self::AddParcel(_) => "add_parcel",
            Self::Carve(_) => "carve",
            Self::FillGap { .. } => "fill_gap",
            Self::ResolveOverlap { .. } => "resolve_overlap",
            Self::MatchPoints(_) => "match_points",
            Self::RepairRing(_) => "repair_ring",
            Self::SplitGap { .. } => "split_gap",
            Self::SplitOverlap { .. } => "split_overlap",
            Self::PlaceRecord(_) => "place_record",
            Self::SetRecordAside { .. } => "set_record_aside",
            Self::TakeRecordBack { .. } => "take_record_back",
            Self::AcceptFinding(_) => "accept_finding",
            Self::WithdrawAcceptance(_) => "withdraw_acceptance",
            Self::AllowGap { .. } => "allow_gap",
            Self::DisallowGap { .. } => "disallow_gap",
            Self::AddRecord(_) => "add_record",
            Self::ChangeRecord(_) => "change_record",
            Self::EndRecord(_) => "end_record",
            Self::MergeParties(_) => "merge_parties",
        }
    }

    /// What the history says. Holds no personal values.
    pub fn label(&self, coverage: &Coverage) -> Msg {
        match self {
            Self::Set { parcel, fields } => set::label(coverage, parcel, fields),
            Self::MovePoint { from, to } => move_point::label(coverage, *from, *to),
            Self::MovePoints(e) => e.label(),
            Self::InsertPoint(e) => e.label(coverage),
            Self::RemovePoint(e) => e.label(coverage),
            Self::MergePoints(e) => e.label(),
            Self::Split(e) => e.label(coverage),
            Self::OpenDossier(e) => e.label(),
            Self::AdvanceDossier(e) => e.label(),
            Self::RegisterChange(e) => e.label(),
            Self::Recode(e) => e.label(),
            Self::Approve { dossier } => proposal::approve_label(dossier),
            Self::Revert { dossier } => proposal::revert_label(dossier),
            Self::Within { dossier, edit } => {
                let Msg { vi, en } = edit.label(coverage);
                msg!("{vi} (hồ sơ {dossier})", "{en} (dossier {dossier})")
            }
            Self::Reshape(e) => e.label(coverage),
            Self::Align(e) => e.label(coverage),
            Self::MatchEdge(e) => e.label(),
            Self::Merge(merge) => merge.label(coverage),
            Self::Retire { parcel, .. } => retire::label(coverage, parcel),
            Self::AddParcel(new) => new.label(),
            Self::Carve(carve) => carve.label(coverage),
            Self::FillGap { into, .. } => fill_gap::label(coverage, into.as_ref()),
            Self::ResolveOverlap { parcels, from } => resolve_overlap::label(coverage, parcels, from),
            Self::MatchPoints(e) => e.label(coverage),
            Self::RepairRing(e) => e.label(coverage),
            Self::SplitGap { .. } => split_gap::gap_label(),
            Self::SplitOverlap { parcels } => split_gap::overlap_label(coverage, parcels),
            Self::PlaceRecord(e) => e.label(),
            Self::SetRecordAside { record, .. } => quarantine::aside_label(record),
            Self::TakeRecordBack { record } => quarantine::back_label(record),
            Self::AcceptFinding(e) => e.label(coverage),
            Self::WithdrawAcceptance(finding) => accept::withdraw_label(coverage, finding),
            Self::AllowGap { .. } => accept::ALLOW.into(),
            Self::DisallowGap { .. } => accept::DISALLOW.into(),
            Self::AddRecord(e) => e.label(),
            Self::ChangeRecord(e) => e.label(),
            Self::EndRecord(e) => e.label(),
            Self::MergeParties(e) => e.label(),
        }
    }

    /// What would happen to the map: the preview of a tool. Empty for an edit that changes no shape.
    pub fn plan(&self, coverage: &Coverage) -> Result<Plan, EditError> {
        Ok(match self {
            Self::Set { .. }
            | Self::OpenDossier(_)
            | Self::AdvanceDossier(_)
            | Self::RegisterChange(_)
            | Self::Recode(_)
            | Self::Approve { .. }
            | Self::Revert { .. }
            | Self::SetRecordAside { .. }
            | Self::TakeRecordBack { .. }
            | Self::AcceptFinding(_)
            | Self::WithdrawAcceptance(_)
            | Self::AllowGap { .. }
            | Self::DisallowGap { .. }
            | Self::AddRecord(_)
            | Self::ChangeRecord(_)
            | Self::EndRecord(_)
            | Self::MergeParties(_) => Plan::default(),
            Self::MovePoint { from, to } => move_point::plan(coverage, *from, *to)?,
            Self::MovePoints(e) => e.plan(coverage)?,
            Self::InsertPoint(e) => e.plan(coverage)?,
            Self::RemovePoint(e) => e.plan(coverage)?,
            Self::MergePoints(e) => e.plan(coverage)?,
            Self::Split(e) => e.plan(coverage)?,
            Self::Within { edit, .. } => edit.plan(coverage)?,
            Self::Reshape(e) => e.plan(coverage)?,
            Self::Align(e) => e.plan(coverage)?,
            Self::MatchEdge(e) => e.plan(coverage)?,
            Self::Merge(merge) => merge.plan(coverage)?,
            Self::Retire { parcel, reason } => retire::plan(coverage, parcel, reason)?,
            Self::AddParcel(new) => new.plan(coverage)?,
            Self::Carve(carve) => carve.plan(coverage)?,
            Self::FillGap { at, into, land } => fill_gap::plan(coverage, *at, into.as_ref(), land.as_ref())?,
            Self::ResolveOverlap { parcels, from } => resolve_overlap::plan(coverage, parcels, from)?,
            Self::MatchPoints(e) => e.plan(coverage)?,
            Self::RepairRing(e) => e.plan(coverage)?,
            Self::SplitGap { at } => split_gap::plan_gap(coverage, *at)?,
            Self::SplitOverlap { parcels } => split_gap::plan_overlap(coverage, parcels)?,
            Self::PlaceRecord(e) => e.plan(coverage)?,
        })
    }

    /// The parcels of its plan that are smaller than a split may leave them by the rules in force on `day`
    /// (yyyy-MM-dd): what the preview warns of.
    pub fn below_minimum(&self, coverage: &Coverage, plan: &Plan, day: &str) -> Vec<Below> {
        match self {
            Self::Split(e) => minimum::below(coverage, plan, &e.children, day),
            Self::Carve(e) => minimum::below(coverage, plan, &e.given(e.strips(coverage).unwrap_or(0)), day),
            Self::Within { edit, .. } => edit.below_minimum(coverage, plan, day),
            _ => minimum::below(coverage, plan, &[], day),
        }
    }

    /// Checks and writes. On an error the caller drops the operation.
    pub fn run(&self, at: &Context<'_>) -> Result<Told, EditError> {
        match self {
            Self::MovePoint { from, to } => move_point::run(at, *from, *to),
            Self::Split(e) => e.run(at),
            Self::Approve { dossier } => proposal::approve(at, dossier),
            Self::Within { edit, .. } => edit.run(at),
            Self::MovePoints(_)
            | Self::InsertPoint(_)
            | Self::RemovePoint(_)
            | Self::MergePoints(_)
            | Self::Reshape(_)
            | Self::Align(_) => write_plan::write(at, &self.plan(at.coverage)?, &Records::default()),
            Self::MatchEdge(e) => e.run(at),
            Self::Merge(merge) => merge.run(at),
            Self::Retire { parcel, reason } => retire::run(at, parcel, reason),
            Self::AddParcel(new) => new.run(at),
            Self::Carve(carve) => carve.run(at),
            Self::FillGap { at: p, into, land } => fill_gap::run(at, *p, into.as_ref(), land.as_ref()),
            Self::ResolveOverlap { parcels, from } => resolve_overlap::run(at, parcels, from),
            Self::MatchPoints(e) => e.run(at),
            Self::RepairRing(e) => e.run(at),
            Self::SplitGap { .. } | Self::SplitOverlap { .. } => split_gap::run(at, &self.plan(at.coverage)?),
            _ => self.run_beside_plans(at).map(|()| Told::default()),
        }
    }

    /// Those that enter no plan.
    fn run_beside_plans(&self, at: &Context<'_>) -> Result<(), EditError> {
        match self {
            Self::Set { parcel, fields } => set::run(at, parcel, fields),
            Self::OpenDossier(e) => e.run(at),
            Self::AdvanceDossier(e) => e.run(at),
            Self::RegisterChange(e) => e.run(at),
            Self::Recode(e) => e.run(at),
            Self::Revert { dossier } => proposal::revert(at, dossier),
            Self::PlaceRecord(e) => e.run(at),
            Self::SetRecordAside { record, reason } => quarantine::set_aside(at, record, reason),
            Self::TakeRecordBack { record } => quarantine::take_back(at, record),
            Self::AcceptFinding(e) => e.run(at),
            Self::WithdrawAcceptance(finding) => accept::withdraw(at, finding),
            Self::AllowGap { at: p, reason, until } => accept::allow_gap(at, *p, reason, *until),
            Self::DisallowGap { at: p } => accept::disallow_gap(at, *p),
            Self::AddRecord(e) => e.run(at),
            Self::ChangeRecord(e) => e.run(at),
            Self::EndRecord(e) => e.run(at),
            Self::MergeParties(e) => e.run(at),
            _ => Ok(()),
        }
    }
}

/// The parcel in force that a reference means; fails when there is none or more than one.
pub fn find<'a>(coverage: &'a Coverage, reference: &ParcelRef) -> Result<&'a Parcel, Failure> {
    let key = match reference {
        ParcelRef::Uid(uid) => return coverage.by_uid(*uid).ok_or_else(|| unknown(&uid.to_string())),
        ParcelRef::Key(key) => key,
    };
    let fids = coverage.by_key(key);
    match fids.as_slice() {
        [] => Err(unknown(&key.to_string())),
        [fid] => coverage.get(*fid).ok_or_else(|| unknown(&key.to_string())),
        many => Err(ambiguous(
            &key.to_string(),
            many.iter().filter_map(|f| coverage.get(*f)).map(|p| p.uid),
        )),
    }
}

fn unknown(reference: &str) -> Failure {
    Failure::new(
        "NO_PARCEL",
        msg!(
            "Không có thửa đất hiện hành {reference}.",
            "There is no parcel in force {reference}."
        ),
    )
    .remedy(msg!(
        "Hãy ghi mã xã/số tờ/số thửa, ví dụ 25747/12/45, hoặc uid của thửa.",
        "Write commune/sheet/number, for example 25747/12/45, or the uid of the parcel."
    ))
}

/// Several parcels have the number.
pub fn ambiguous(reference: &str, uids: impl Iterator<Item = Uid>) -> Failure {
    let mut uids: Vec<String> = uids.map(|u| u.to_string()).collect();
    uids.sort();
    let (n, list) = (uids.len(), uids.join(", "));
    Failure::new(
        "AMBIGUOUS_PARCEL",
        msg!(
            "Có {n} thửa đất mang số {reference}: {list}.",
            "{n} parcels have the number {reference}: {list}."
        ),
    )
    .remedy(msg!("Hãy chỉ rõ thửa bằng uid.", "Name the parcel by its uid."))
}

/// "12/45, 12/46" for labels; of many the first few.
fn short_list(coverage: &Coverage, parcels: &[ParcelRef]) -> String {
    const SHOWN: usize = 4;
    let name = |r| find(coverage, r).map(short).unwrap_or_else(|_| "?".to_owned());
    let mut list = parcels
        .iter()
        .take(SHOWN)
        .map(name)
        .collect::<Vec<_>>()
        .join(", ");
    if parcels.len() > SHOWN {
        list += ", …";
    }
    list
}

/// "12/45" of a parcel, for labels and messages.
fn short(parcel: &Parcel) -> String {
    let or = |s: &str| {
        if s.is_empty() {
            "?".to_owned()
        } else {
            s.to_owned()
        }
    };
    format!("{}/{}", or(&parcel.sheet), or(&parcel.number))
}
