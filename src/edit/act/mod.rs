//! `register_change`: acts of registration (đăng ký biến động), all codes of domain.md §3.6 with the effects of §11.3.
//!
//! Which code does what stands in [`ACTS`]; each class of effect is one file. An act writes the register rows, one
//! `change_entry` with what went in and out, how the records stood before and after, and the sentence for the
//! certificate, which a clerk may word differently. What blocks an act is in `blocks`.

mod blocks;
mod encumber;
mod first;
mod note;
mod papers;
mod patch;
mod purpose;
mod snapshot;
mod transfer;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

pub use purpose::UseChange;

use super::record::{RecordFields, some_uid, uid, uids};
use super::{AddRecord, ChangeRecord, Context, EditError, EndRecord, Fields, dossier, find, forms};
use crate::codes;
use crate::domain::{Failure, Parcel, ParcelRef, Uid};
use crate::msg;
use crate::register::{Kind, Value, bad};
use crate::store::records::{self, References};
use crate::store::{entries, proposal, succession};
use crate::text::{Lang, Msg};

/// One act of registration, as a clerk asks for it. Which of the keys belong to which code: docs/cli.md.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RegisterChange {
    /// Code of the list `change_kind`.
    pub code: String,
    #[serde(with = "forms::parcels", skip_serializing_if = "Vec::is_empty")]
    pub parcels: Vec<ParcelRef>,
    /// Who gives, or whose right ends; all holders when left out.
    #[serde(with = "uids", skip_serializing_if = "Vec::is_empty")]
    pub from: Vec<Uid>,
    /// The part of what they hold that passes on: a fraction; all of it when left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub part: Option<String>,
    /// Who receives.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub to: Vec<Receiver>,
    /// Fields of the new rights besides.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub right: Option<RecordFields>,
    /// The new certificate of what comes out of it; without one it is noted on the old.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub certificate: Option<RecordFields>,
    /// The certificate that is exchanged.
    #[serde(with = "some_uid", skip_serializing_if = "Option::is_none")]
    pub old_certificate: Option<Uid>,
    /// Status of the old certificate once no right stands on it any more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub old_status: Option<String>,
    /// Fields of the mortgage.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mortgage: Option<RecordFields>,
    /// Mortgages that are released; all on the parcels when left out.
    #[serde(with = "uids", skip_serializing_if = "Vec::is_empty")]
    pub release: Vec<Uid>,
    /// Number of the paper by which those with a mortgage agree.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub consent: Option<String>,
    /// What changes in the land-use rows.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub uses: Vec<UseChange>,
    /// Details of the parcels that change.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub set: Option<Fields>,
    /// Records that come, change, end.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub add: Vec<AddRecord>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub change: Vec<ChangeRecord>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub end: Vec<EndRecord>,
    /// Where what rests on a divided parcel goes; the rest goes to every part.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub assign: Vec<Assign>,
    /// Fields of the registered change: number, contract, notary.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entry: Option<RecordFields>,
    /// The sentence on the certificate; made from the act when left out. Personal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// Day of registration; that of the operation when left out.
    #[serde(with = "forms::some_date", skip_serializing_if = "Option::is_none")]
    pub on: Option<Date>,
}

/// One who receives.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Receiver {
    #[serde(with = "uid")]
    pub party: Uid,
    /// Part of what passes on; all of it when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub share: Option<String>,
    /// A certificate of their own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certificate: Option<RecordFields>,
}

/// Where a record that rests on a divided parcel goes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Assign {
    /// right, mortgage, restriction, hold or asset.
    pub kind: String,
    #[serde(with = "uid")]
    pub uid: Uid,
    /// The parts it goes to; none: it ends.
    #[serde(with = "forms::parcels")]
    pub to: Vec<ParcelRef>,
}

/// What an act does to the register.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// A right comes where there was none.
    First,
    /// Rights pass to others, whole or in part.
    Transfer,
    /// A lease comes, or ends.
    Lease,
    LeaseOff,
    /// A mortgage comes or changes, or is released.
    Mortgage,
    Release,
    /// Boundaries: the edits of the dossier. The act says what goes with them.
    Geometry,
    /// Land-use rows: code, term, origin.
    Purpose,
    /// Records are corrected or replaced, of the kinds named.
    Records,
    /// A new certificate for an old one.
    Certificate,
    /// Rights end, the land goes back to the State.
    Recovery,
}

/// Which holds stop an act (`hold.blocks_*`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    Nothing,
    Transfer,
    Change,
    Issue,
}

/// One code of the list `change_kind` as an act.
#[derive(Clone, Copy, Debug)]
pub struct ActKind {
    pub code: &'static str,
    pub effect: Effect,
    pub stop: Stop,
    /// It settles the dispute, or the debt, that would stop another act.
    pub settles: bool,
    /// Kinds of records that [`Effect::Records`] may write.
    pub kinds: &'static [Kind],
}

const fn act(code: &'static str, effect: Effect, stop: Stop) -> ActKind {
    ActKind {
        code,
        effect,
        stop,
        settles: false,
        kinds: &[],
    }
}

const fn settles(mut kind: ActKind) -> ActKind {
    kind.settles = true;
    kind
}

const fn of(code: &'static str, stop: Stop, kinds: &'static [Kind]) -> ActKind {
    ActKind {
        kinds,
        ..act(code, Effect::Records, stop)
    }
}

const HOLDER: &[Kind] = &[Kind::Party, Kind::PartyMember, Kind::IdentityDocument];
const ANY: &[Kind] = &[
    Kind::Party,
    Kind::PartyMember,
    Kind::IdentityDocument,
    Kind::LandUseRow,
    Kind::Certificate,
    Kind::Right,
    Kind::Mortgage,
    Kind::Restriction,
    Kind::Asset,
    Kind::ChangeEntry,
];

/// All acts: domain.md §3.6 and §11.3.
pub const ACTS: &[ActKind] = &[
    act("DK", Effect::First, Stop::Issue),
    act("CN", Effect::Transfer, Stop::Transfer),
    act("CD", Effect::Transfer, Stop::Transfer),
    act("TK", Effect::Transfer, Stop::Transfer),
    act("TA", Effect::Transfer, Stop::Transfer),
    act("GP", Effect::Transfer, Stop::Transfer),
    act("XV", Effect::Transfer, Stop::Transfer),
    act("BN", Effect::Transfer, Stop::Transfer),
    act("CP", Effect::Transfer, Stop::Transfer),
    act("DC", Effect::Transfer, Stop::Transfer),
    act("TQ", Effect::Transfer, Stop::Transfer),
    act("VC", Effect::Transfer, Stop::Transfer),
    settles(act("GT", Effect::Transfer, Stop::Transfer)),
    settles(act("GK", Effect::Transfer, Stop::Transfer)),
    settles(act("GA", Effect::Transfer, Stop::Transfer)),
    settles(act("XN", Effect::Transfer, Stop::Transfer)),
    act("DG", Effect::Transfer, Stop::Transfer),
    act("CT", Effect::Lease, Stop::Transfer),
    act("TL", Effect::Lease, Stop::Transfer),
    act("XT", Effect::LeaseOff, Stop::Nothing),
    act("TC", Effect::Mortgage, Stop::Transfer),
    act("XC", Effect::Release, Stop::Nothing),
    act("TN", Effect::Geometry, Stop::Change),
    act("SA", Effect::Geometry, Stop::Change),
    act("CM", Effect::Purpose, Stop::Change),
    act("GH", Effect::Purpose, Stop::Change),
    act("TG", Effect::Purpose, Stop::Change),
    of("TD", Stop::Change, &[Kind::LandUseRow]),
    of("TS", Stop::Change, &[Kind::Asset, Kind::Right]),
    of("DT", Stop::Nothing, HOLDER),
    of("DH", Stop::Nothing, &[Kind::Certificate]),
    of("HC", Stop::Nothing, &[Kind::Restriction]),
    of("LK", Stop::Nothing, &[Kind::Restriction]),
    of("SN", Stop::Nothing, ANY),
    act("CL", Effect::Certificate, Stop::Issue),
    act("TH", Effect::Recovery, Stop::Nothing),
];

/// The act of a code.
pub fn act_of(code: &str) -> Option<&'static ActKind> {
    ACTS.iter().find(|a| a.code == code)
}

/// What an act did, for the registered change and its sentence. Rows.
#[derive(Default)]
struct Done {
    /// Parties whose rights went, and to whom they came.
    gave: Vec<i64>,
    took: Vec<(i64, Option<crate::register::Share>)>,
    /// Certificates the parcels stood on, and new ones.
    old_papers: Vec<i64>,
    new_papers: Vec<i64>,
    /// Words of the sentence: `{mortgagee}`, `{uses}` …
    words: Vec<(&'static str, String)>,
}

impl Done {
    fn gave(&mut self, party: Option<i64>) {
        self.gave.extend(party.filter(|p| !self.gave.contains(p)));
    }

    fn old_paper(&mut self, certificate: Option<i64>) {
        self.old_papers
            .extend(certificate.filter(|c| !self.old_papers.contains(c)));
    }
}

/// Everything an act runs with.
struct Run<'a> {
    at: &'a Context<'a>,
    act: &'a RegisterChange,
    kind: &'static ActKind,
    parcels: Vec<&'a Parcel>,
    /// yyyy-MM-dd.
    day: String,
}

impl RegisterChange {
    pub(super) fn label(&self) -> Msg {
        let title = |lang| codes::code_title("change_kind", &self.code, lang).to_owned();
        let (vi, en, n) = (title(Lang::Vi), title(Lang::En), self.parcels.len());
        msg!(
            "Đăng ký biến động: {vi} ({n} thửa)",
            "Register: {en} ({n} parcels)"
        )
    }

    /// The same without personal values.
    pub fn redacted(&self) -> Self {
        let hide =
            |fields: &Option<RecordFields>, kind: Kind| fields.as_ref().map(|f| f.redacted(kind.name()));
        let mut out = self.clone();
        out.right = hide(&self.right, Kind::Right);
        out.certificate = hide(&self.certificate, Kind::Certificate);
        out.mortgage = hide(&self.mortgage, Kind::Mortgage);
        out.entry = hide(&self.entry, Kind::ChangeEntry);
        for r in &mut out.to {
            r.certificate = hide(&r.certificate, Kind::Certificate);
        }
        out.add = self.add.iter().map(AddRecord::redacted).collect();
        out.change = self.change.iter().map(ChangeRecord::redacted).collect();
        out.note = self.note.as_ref().map(|_| "…".to_owned());
        out
    }

    /// The parcels it is about.
    pub(super) fn about(&self) -> Vec<ParcelRef> {
        self.parcels.clone()
    }

    pub(super) fn name_by_uid(&mut self, uid: &dyn Fn(&ParcelRef) -> Option<Uid>) {
        let assigned = self.assign.iter_mut().flat_map(|a| &mut a.to);
        for r in self.parcels.iter_mut().chain(assigned) {
            if let Some(uid) = uid(r) {
                *r = ParcelRef::Uid(uid);
            }
        }
    }

    pub(super) fn run(&self, at: &Context<'_>) -> Result<(), EditError> {
        if at.operating && at.dossier.is_none() {
            return Err(dossier::needed_for_register().into());
        }
        let kind = act_of(&self.code).ok_or_else(|| unknown(&self.code))?;
        let day = match self.on {
            Some(day) => day.to_string(),
            None => succession::date(at.op)?,
        };
        let parcels = self
            .parcels
            .iter()
            .map(|r| find(at.coverage, r))
            .collect::<Result<Vec<_>, _>>()?;
        let run = Run {
            at,
            act: self,
            kind,
            parcels,
            day,
        };
        run.keys()?;
        if let Some(block) = blocks::all(&run)?.into_iter().next() {
            return Err(block.failure.into());
        }
        run.write()
    }
}

impl Run<'_> {
    /// Refuses keys that mean nothing for the code: a clerk believes they do.
    fn keys(&self) -> Result<(), EditError> {
        use Effect::{
            Certificate, First, Geometry, Lease, LeaseOff, Mortgage, Purpose, Records, Recovery, Release,
            Transfer,
        };
        let (a, e) = (self.act, self.kind.effect);
        let needs_parcel = !matches!(e, Records | Certificate);
        if needs_parcel && self.parcels.is_empty() {
            return Err(missing("parcels", msg!("Phải chỉ ra thửa đất.", "Name the parcels.")).into());
        }
        let given: [(&'static str, bool, &[Effect]); 11] = [
            ("from", !a.from.is_empty(), &[Transfer, LeaseOff]),
            ("part", a.part.is_some(), &[Transfer]),
            ("to", !a.to.is_empty(), &[First, Transfer, Lease, Recovery]),
            ("right", a.right.is_some(), &[First, Transfer, Lease, Recovery]),
            ("old_certificate", a.old_certificate.is_some(), &[Certificate]),
            ("mortgage", a.mortgage.is_some(), &[Mortgage]),
            ("release", !a.release.is_empty(), &[Release]),
            ("consent", a.consent.is_some(), &[Transfer, Mortgage]),
            ("uses", !a.uses.is_empty(), &[Purpose]),
            ("set", a.set.is_some(), &[Records]),
            ("assign", !a.assign.is_empty(), &[Geometry, Transfer]),
        ];
        for (name, there, of) in given {
            if there && !of.contains(&e) {
                return Err(not_for(self.kind.code, name).into());
            }
        }
        let records = !a.add.is_empty() || !a.change.is_empty() || !a.end.is_empty();
        if records && e != Records {
            return Err(not_for(self.kind.code, "add").into());
        }
        Ok(())
    }

    fn write(&self) -> Result<(), EditError> {
        let before = snapshot::of(self, &[])?;
        let entry = self.entry()?;
        let mut done = Done::default();
        match self.kind.effect {
            Effect::First => first::register(self, &mut done)?,
            Effect::Transfer => transfer::run(self, &mut done)?,
            Effect::Lease => first::lease(self, &mut done)?,
            Effect::LeaseOff => first::lease_off(self, &mut done)?,
            Effect::Mortgage => encumber::mortgage(self, &mut done)?,
            Effect::Release => encumber::release(self, &mut done)?,
            Effect::Purpose => purpose::run(self, &mut done)?,
            Effect::Records => patch::run(self, &mut done)?,
            Effect::Recovery => transfer::recover(self, &mut done)?,
            Effect::Geometry | Effect::Certificate => {}
        }
        papers::settle(self, entry, &mut done)?;
        self.items(entry, &done)?;
        let note = match &self.act.note {
            Some(note) => note.trim().to_owned(),
            None => note::of(self, &done)?,
        };
        papers::note(self, &done, &note)?;
        let after = snapshot::of(self, &done.new_papers)?;
        entries::finish(self.at.op, entry, &note, &before, &after)?;
        Ok(())
    }

    /// The registered change. One that the boundaries of the dossier have made already is taken up.
    fn entry(&self) -> Result<i64, EditError> {
        let dossier = self.at.dossier.as_ref().map(|d| d.dossier);
        if self.kind.effect == Effect::Geometry
            && let Some(dossier) = dossier
            && let Some(fid) = entries::of_operation(self.at.op, dossier.fid, self.kind.code)?
        {
            if let Some(fields) = &self.act.entry {
                let uid = records::uid_of(self.at.op, "change_entry", fid)?.unwrap_or_else(Uid::fresh);
                let fields = fields.clone();
                ChangeRecord {
                    kind: Kind::ChangeEntry.name().to_owned(),
                    uid,
                    fields,
                }
                .run(self.at)?;
            }
            return Ok(fid);
        }
        let uid = Uid::fresh();
        let mut fields = self.act.entry.clone().unwrap_or_default();
        fields.0.insert("kind".into(), self.kind.code.into());
        fields.0.insert("registered_on".into(), self.day.clone().into());
        if let Some(dossier) = dossier {
            fields.0.insert("dossier".into(), dossier.code.clone().into());
        }
        self.add(Kind::ChangeEntry, uid, fields)
    }

    /// What went in and what came out.
    fn items(&self, entry: i64, done: &Done) -> Result<(), EditError> {
        let op = self.at.op;
        for p in &self.parcels {
            if !entries::has_parcel(op, entry, p.fid)? {
                proposal::change_item(op, entry, "processed", p.fid)?;
            }
        }
        for (column, list, direction) in [
            ("party", done.gave.clone(), "in"),
            ("party", done.took.iter().map(|t| t.0).collect(), "out"),
            ("certificate", done.old_papers.clone(), "in"),
            ("certificate", done.new_papers.clone(), "out"),
        ] {
            for fid in list {
                entries::item(op, entry, direction, column, fid)?;
            }
        }
        Ok(())
    }

    /// Adds a record through the checks of the register; gives its row.
    fn add(&self, kind: Kind, uid: Uid, fields: RecordFields) -> Result<i64, EditError> {
        let add = AddRecord {
            kind: kind.name().to_owned(),
            uid: Some(uid),
            fields,
        };
        add.run(self.at)?;
        Ok(
            records::find(self.at.op, kind.name(), uid)?
                .ok_or_else(|| super::record::no_record(kind, "?"))?,
        )
    }

    /// The row of a party in force.
    fn party(&self, uid: Uid, field: &'static str) -> Result<i64, EditError> {
        let missing = || super::record::no_record(Kind::Party, &uid.to_string()).field(field);
        let fid = records::find(self.at.op, "party", uid)?.ok_or_else(missing)?;
        let record = records::read(self.at.op, Kind::Party, fid, References::Rows)?.ok_or_else(missing)?;
        match record.has_ended() {
            true => Err(super::record::ended(Kind::Party, uid).field(field).into()),
            false => Ok(fid),
        }
    }
}

/// The row a reference of a record means.
fn row(value: &Value) -> Option<i64> {
    match value {
        Value::Row(fid) => Some(*fid),
        _ => None,
    }
}

fn text(value: &Value) -> Option<&str> {
    match value {
        Value::Text(t) => Some(t),
        _ => None,
    }
}

fn unknown(code: &str) -> Failure {
    bad(
        "code",
        msg!(
            "Không có loại biến động \"{code}\".",
            "There is no kind of change \"{code}\"."
        ),
    )
    .remedy(msg!(
        "Danh mục change_kind trong assets/codes/lists.json.",
        "The list change_kind in assets/codes/lists.json."
    ))
}

fn not_for(code: &str, key: &'static str) -> Failure {
    Failure::new(
        "KEY_NOT_FOR_ACT",
        msg!(
            "Biến động {code} không dùng khóa \"{key}\".",
            "A change {code} has no use for the key \"{key}\"."
        ),
    )
    .field(key)
}

fn missing(field: &'static str, message: Msg) -> Failure {
    Failure::new("MISSING_FIELD", message).field(field)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_of_the_list_is_an_act_and_the_other_way_round() {
        let list: Vec<&str> = codes::code_lists("change_kind")
            .flat_map(|l| &l.items)
            .map(|i| i.code.as_str())
            .collect();
        for code in &list {
            assert!(act_of(code).is_some(), "{code}");
        }
        for (i, a) in ACTS.iter().enumerate() {
            assert!(
                list.contains(&a.code) && !ACTS[..i].iter().any(|b| b.code == a.code),
                "{}",
                a.code
            );
            assert_eq!(a.kinds.is_empty(), a.effect != Effect::Records, "{}", a.code);
            assert!(note::template(a.code).is_some(), "{}", a.code);
        }
    }
}
