//! Work on dossiers: the list by state, person, commune and day of result; one dossier with all that is to be known of it;
//! where everything goes that rests on parcels a dossier divides.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde_json::Value as Json;

use super::Project;
use crate::codes;
use crate::domain::{Act, Failure, ParcelKey, ParcelRef, Uid};
use crate::edit::{self, Assign, Edit, EditError, Recode};
use crate::register::Kind;
use crate::store::proposal::{self, Dossier, Proposal, Role, Step};
use crate::store::recode::{self, Renumbered};
use crate::store::records::{self, Of, Record, References};
use crate::store::succession;
use crate::text::Text;

/// Which dossiers.
#[derive(Clone, Debug, Default)]
pub struct WorkFilter {
    /// Codes; none: all.
    pub states: Vec<String>,
    pub kind: Option<String>,
    pub commune: Option<String>,
    /// Who made the last step.
    pub person: Option<String>,
    pub overdue: bool,
    /// Due up to this day.
    pub due: Option<Date>,
    /// Also those that are done.
    pub closed: bool,
}

/// One dossier of the list.
#[derive(Clone, Debug)]
pub struct WorkItem {
    pub dossier: Dossier,
    /// Who made the last step, or received it.
    pub person: Option<String>,
    pub overdue: bool,
    /// Working days to the day of result, negative when it has passed; `None` without one, or when they do not run.
    pub days_left: Option<i64>,
}

/// The list, the most urgent first, and how many there are of each state.
#[derive(Clone, Debug, Default)]
pub struct Work {
    pub items: Vec<WorkItem>,
    pub by_state: BTreeMap<String, usize>,
}

/// One dossier with what is to be known of it. Holds personal values.
pub struct DossierCard {
    pub record: Record,
    pub dossier: Dossier,
    pub overdue: bool,
    pub days_left: Option<i64>,
    /// Codes of the papers there are, scanned or ticked.
    pub papers: Vec<String>,
    /// What stands in the way of its approval.
    pub blocks: Vec<Failure>,
    /// States it may go to now.
    pub onward: Vec<&'static str>,
    pub steps: Vec<Step>,
    /// What it intends with the register, as the journal keeps it.
    pub proposed: Vec<Json>,
    /// Parcels whose boundaries it proposes.
    pub boundaries: usize,
    /// What it registered.
    pub changes: Vec<Record>,
}

/// How something that rests on a divided parcel goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Goes {
    /// To every part.
    Every,
    /// As a person said.
    Assigned,
    /// To the part it stands on.
    Place,
    /// It stays with the historic parcel.
    Stays,
    /// Nobody has said, and it cannot be told.
    Open,
}

impl Goes {
    pub fn name(self) -> &'static str {
        match self {
            Self::Every => "every",
            Self::Assigned => "assigned",
            Self::Place => "place",
            Self::Stays => "stays",
            Self::Open => "open",
        }
    }

    pub fn title(self) -> Text {
        match self {
            Self::Every => Text::new("mọi phần", "every part"),
            Self::Assigned => Text::new("theo chỉ định", "as said"),
            Self::Place => Text::new("phần chứa nó", "the part it stands on"),
            Self::Stays => Text::new("ở lại thửa gốc", "stays with the old parcel"),
            Self::Open => Text::new("chưa quyết định", "not decided"),
        }
    }
}

/// One line of the table in which everything is accounted for.
#[derive(Clone, Debug)]
pub struct Account {
    /// The divided parcel.
    pub parcel: String,
    /// Table of the record.
    pub kind: &'static str,
    pub uid: Uid,
    pub how: Goes,
    /// The parts.
    pub to: Vec<String>,
}

impl Account {
    pub fn is_decided(&self) -> bool {
        self.how != Goes::Open
    }
}

impl Project {
    /// The dossiers a filter leaves, as of `today`.
    pub fn work_list(&self, filter: &WorkFilter, today: Date) -> Result<Work, Failure> {
        let conn = self.reader.conn();
        let mut work = Work::default();
        for dossier in proposal::dossiers(conn)? {
            if !(filter.closed || dossier.is_open() || filter.states.contains(&dossier.state)) {
                continue;
            }
            let person = proposal::last_person(conn, dossier.fid)?;
            let (overdue, days_left) = urgency(&dossier, today);
            let item = WorkItem {
                dossier,
                person,
                overdue,
                days_left,
            };
            if leaves(filter, &item) {
                *work.by_state.entry(item.dossier.state.clone()).or_default() += 1;
                work.items.push(item);
            }
        }
        let due = |w: &WorkItem| {
            (
                w.dossier.due_on.is_none(),
                w.dossier.due_on.clone(),
                w.dossier.code.clone(),
            )
        };
        work.items.sort_by_key(due);
        Ok(work)
    }

    /// One dossier (code or uid), as of `today`.
    pub fn dossier_card(&self, name: &str, today: Date) -> Result<DossierCard, Failure> {
        let conn = self.reader.conn();
        let fid = match name.parse::<Uid>() {
            Ok(uid) => records::find(conn, Kind::Dossier.name(), uid)?,
            Err(_) => records::dossier_coded(conn, name)?,
        };
        let missing = || edit::no_dossier(name);
        let fid = fid.ok_or_else(missing)?;
        let record = records::read(conn, Kind::Dossier, fid, References::Uids)?.ok_or_else(missing)?;
        let dossier = proposal::dossiers(conn)?
            .into_iter()
            .find(|d| d.fid == fid)
            .ok_or_else(missing)?;
        let steps = proposal::steps(conn, fid)?;
        let papers = proposal::papers(conn, &dossier)?;
        let (overdue, days_left) = urgency(&dossier, today);
        let proposed = proposal::proposed_edits(conn, Some(fid))?;
        let blocks = match dossier.is_open() {
            true => [
                edit::lacking_papers(&dossier, &papers),
                edit::lacking_proof(&dossier, &papers),
            ],
            false => [None, None],
        };
        let changes = match Kind::ChangeEntry.field("dossier") {
            Some(field) => records::list(
                conn,
                Kind::ChangeEntry,
                Of::Field(field, fid),
                References::Uids,
                None,
            )?,
            None => Vec::new(),
        };
        Ok(DossierCard {
            onward: edit::onward(&dossier, &steps)
                .into_iter()
                .map(|(state, _)| state)
                .collect(),
            boundaries: proposal::proposals(conn, Some(fid))?.len(),
            proposed: proposed
                .iter()
                .filter_map(|p| serde_json::from_str(&p.what).ok())
                .collect(),
            blocks: blocks.into_iter().flatten().collect(),
            record,
            dossier,
            overdue,
            days_left,
            papers,
            steps,
            changes,
        })
    }

    /// New codes by a decision: the operation and its table of comparison.
    pub fn recode(&mut self, recode: Recode, act: &Act) -> Result<(i64, Vec<Renumbered>), EditError> {
        let op = self.apply(&Edit::Recode(recode), act)?.op;
        Ok((op, self.compared(op)?))
    }

    /// The table it would make, refused as the act would be; nothing changes. Without codes of parcels.
    pub fn rehearse_recode(&mut self, recode: Recode, act: &Act) -> Result<Vec<Renumbered>, EditError> {
        let table = recode.table(&self.coverage)?;
        let of = |k: &ParcelKey| [k.commune.to_string(), k.sheet.to_string(), k.number.to_string()];
        let one = |(fid, key): (&i64, &ParcelKey)| {
            let p = self.coverage.get(*fid)?;
            Some(Renumbered {
                uid: p.uid,
                parcel_code: None,
                before: of(&p.key()),
                after: of(key),
            })
        };
        let compared = table.iter().filter_map(one).collect();
        self.rehearse(&[Edit::Recode(recode)], act)?;
        Ok(compared)
    }

    /// What an operation made of the codes of parcels.
    pub fn compared(&self, op: i64) -> Result<Vec<Renumbered>, Failure> {
        Ok(recode::compared(self.reader.conn(), op)?)
    }

    /// What a dossier intends with the register, in its order; `None`: all dossiers.
    pub fn proposed_edits(&self, dossier: Option<&str>) -> Result<Vec<proposal::ProposedEdit>, Failure> {
        let fid = dossier.map(|code| self.dossier(code)).transpose()?.map(|d| d.fid);
        Ok(proposal::proposed_edits(self.reader.conn(), fid)?)
    }

    /// Where everything goes that rests on the parcels a dossier (code) divides or joins.
    pub fn account(&self, dossier: &str) -> Result<Vec<Account>, Failure> {
        let proposals = self.proposals(Some(dossier))?;
        let edits = self.proposed_edits(Some(dossier))?;
        let mut assigned: Vec<Assign> = Vec::new();
        for e in &edits {
            if let Edit::RegisterChange(act) = edit::parse(&e.edit)? {
                assigned.extend(act.assign);
            }
        }
        let mut out = Vec::new();
        for p in proposals.iter().filter(|p| p.role == Role::Retire) {
            if let Some(fid) = p.parcel {
                self.account_of(p, fid, &proposals, &assigned, &mut out)?;
            }
        }
        Ok(out)
    }

    fn account_of(
        &self,
        retired: &Proposal,
        fid: i64,
        proposals: &[Proposal],
        assigned: &[Assign],
        out: &mut Vec<Account>,
    ) -> Result<(), Failure> {
        let conn = self.reader.conn();
        let Some(parcel) = self.coverage.get(fid) else {
            return Ok(());
        };
        let heirs: Vec<&Proposal> = proposals
            .iter()
            .filter(|p| edit::comes_from(p, parcel.uid))
            .collect();
        let name = |p: &Proposal| format!("{}/{}/{}", p.commune, p.sheet, p.number);
        let mut add = |kind: Kind, uid: Uid, how: Goes, to: Vec<String>| {
            out.push(Account {
                parcel: name(retired),
                kind: kind.name(),
                uid,
                how,
                to,
            });
        };
        for kind in [
            Kind::LandUseRow,
            Kind::Right,
            Kind::Mortgage,
            Kind::Restriction,
            Kind::Hold,
            Kind::Asset,
            Kind::Document,
        ] {
            let Some(field) = kind.field("parcel") else {
                continue;
            };
            let all = records::list(conn, kind, Of::Field(field, fid), References::Rows, None)?;
            for r in all.into_iter().filter(|r| !r.has_ended()) {
                let said = assigned.iter().find(|a| a.uid == r.uid && a.kind == kind.name());
                if let Some(a) = said {
                    let is = |h: &&&Proposal| a.to.contains(&ParcelRef::Uid(h.uid));
                    add(
                        kind,
                        r.uid,
                        Goes::Assigned,
                        heirs.iter().filter(is).map(|h| name(h)).collect(),
                    );
                    continue;
                }
                let every = || heirs.iter().map(|h| name(h)).collect::<Vec<_>>();
                match kind {
                    Kind::Document => add(kind, r.uid, Goes::Stays, vec![name(retired)]),
                    Kind::Asset if heirs.len() > 1 => {
                        let under = edit::under_asset(succession::asset_shape(conn, r.fid)?.as_ref(), &heirs);
                        let to: Vec<String> = under.map(name).into_iter().collect();
                        add(
                            kind,
                            r.uid,
                            if to.is_empty() { Goes::Open } else { Goes::Place },
                            to,
                        );
                    }
                    _ => add(kind, r.uid, Goes::Every, every()),
                }
            }
        }
        Ok(())
    }
}

fn leaves(f: &WorkFilter, w: &WorkItem) -> bool {
    let d = &w.dossier;
    let due = |until: Date| {
        d.due_on
            .as_deref()
            .is_some_and(|on| on <= until.to_string().as_str())
    };
    (f.states.is_empty() || f.states.contains(&d.state))
        && f.kind.as_ref().is_none_or(|k| *k == d.kind)
        && (f.commune.is_none() || f.commune == d.commune)
        && (f.person.is_none() || f.person == w.person)
        && (!f.overdue || w.overdue)
        && f.due.is_none_or(due)
}

/// Whether the day of result has passed, and how many working days are left. The days of a dossier that is done, or
/// stands still, do not run.
fn urgency(d: &Dossier, today: Date) -> (bool, Option<i64>) {
    let due = d.due_on.as_deref().and_then(|t| t.parse::<Date>().ok());
    let Some(due) = due.filter(|_| d.is_open() && !codes::is_stopped(&d.state)) else {
        return (false, None);
    };
    let left = match due < today {
        true => -i64::from(codes::working_days_between(due, today)),
        false => i64::from(codes::working_days_between(today, due)),
    };
    (due < today, Some(left))
}
