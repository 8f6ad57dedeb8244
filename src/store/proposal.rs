//! Dossiers and what they intend: rows of `dossier` and `parcel_proposal`.

use rusqlite::{Connection, OptionalExtension, Row, params};
use serde_json::Value as Json;

use super::error::Result;
use super::journal::Operation;
use super::{geometry, personal, rows};
use crate::codes;
use crate::domain::{Polygon, Uid};

/// State of a dossier on receipt, and after its change has been entered (domain.md §11.1).
pub const RECEIVED: &str = "TIEP_NHAN";
pub const ENTERED: &str = "CAP_NHAT_CSDL";
/// A dossier as far as boundaries are concerned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dossier {
    pub fid: i64,
    pub code: String,
    /// Code of the registered change (domain.md §3.6).
    pub kind: String,
    pub state: String,
    pub commune: Option<String>,
    /// yyyy-MM-dd, as are the next two.
    pub received_on: Option<String>,
    pub due_on: Option<String>,
    pub closed_on: Option<String>,
    /// Row of the party that handed it in.
    pub applicant: Option<i64>,
    /// Codes of the papers ticked as received.
    pub papers: Vec<String>,
}

impl Dossier {
    /// Whether it still intends something.
    pub fn is_open(&self) -> bool {
        !codes::is_closed(&self.state)
    }
}

const DOSSIER: &str =
    "SELECT fid, code, kind, state, commune, received_on, due_on, closed_on, applicant, papers FROM dossier";

pub fn dossier(conn: &Connection, code: &str) -> Result<Option<Dossier>> {
    Ok(conn
        .prepare_cached(&format!("{DOSSIER} WHERE code=?1"))?
        .query_row([code], of_row)
        .optional()?)
}

/// All dossiers, by code.
pub fn dossiers(conn: &Connection) -> Result<Vec<Dossier>> {
    let mut stmt = conn.prepare_cached(&format!("{DOSSIER} ORDER BY code"))?;
    let all = stmt.query_map([], of_row)?;
    Ok(all.collect::<rusqlite::Result<_>>()?)
}

fn of_row(r: &Row<'_>) -> rusqlite::Result<Dossier> {
    Ok(Dossier {
        fid: r.get(0)?,
        code: r.get(1)?,
        kind: r.get(2)?,
        state: r.get(3)?,
        commune: r.get(4)?,
        received_on: r.get(5)?,
        due_on: r.get(6)?,
        closed_on: r.get(7)?,
        applicant: r.get(8)?,
        papers: words(r.get(9)?),
    })
}

fn words(text: Option<String>) -> Vec<String> {
    text.unwrap_or_default()
        .split_whitespace()
        .map(str::to_owned)
        .collect()
}

/// What is said of a dossier on receipt.
pub struct NewDossier<'a> {
    pub code: &'a str,
    pub kind: &'a str,
    pub commune: Option<&'a str>,
    /// yyyy-MM-dd, as is the next.
    pub received_on: &'a str,
    pub due_on: Option<&'a str>,
    /// Row of the party.
    pub applicant: Option<i64>,
    pub papers: &'a [String],
}

/// Receives a dossier.
pub fn open_dossier(op: &Operation<'_>, new: &NewDossier<'_>) -> Result<()> {
    let papers = (!new.papers.is_empty()).then(|| new.papers.join(" "));
    op.prepare_cached(
        "INSERT INTO dossier(uid, code, kind, state, commune, received_on, due_on, applicant, papers) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
    )?
    .execute(params![
        Uid::fresh().to_string(),
        new.code,
        new.kind,
        RECEIVED,
        new.commune,
        new.received_on,
        new.due_on,
        new.applicant,
        papers
    ])?;
    Ok(())
}

/// Notes that the open operation belongs to a dossier.
pub fn belongs(op: &Operation<'_>, dossier: i64) -> Result<()> {
    op.prepare_cached("UPDATE operation SET dossier=?2 WHERE id=?1")?
        .execute([op.id(), dossier])?;
    Ok(())
}

/// The operation in which work on a dossier began.
pub fn first_of(conn: &Connection, dossier: i64) -> Result<i64> {
    Ok(conn
        .prepare_cached("SELECT coalesce(min(id), 0) FROM operation WHERE dossier=?1")?
        .query_row([dossier], |r| r.get(0))?)
}

/// What a proposal means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// A parcel to come.
    Add,
    /// A parcel in force with a new shape, or only with points to receive (then without a shape here).
    Change,
    /// A parcel that would go out of force.
    Retire,
}

impl Role {
    pub fn name(self) -> &'static str {
        match self {
            Self::Add => "add",
            Self::Change => "change",
            Self::Retire => "retire",
        }
    }
}

/// One row of `parcel_proposal`.
#[derive(Clone, Debug, PartialEq)]
pub struct Proposal {
    pub fid: i64,
    pub uid: Uid,
    /// fid and code of its dossier.
    pub dossier: i64,
    pub dossier_code: String,
    pub role: Role,
    /// The parcel in force it means; `None`: one to come.
    pub parcel: Option<i64>,
    pub polygon: Option<Polygon>,
    pub commune: String,
    pub sheet: String,
    pub number: String,
    pub land_use: String,
    pub is_parcel: bool,
    pub attributes: Json,
}

impl Proposal {
    /// Whether no other dossier may touch its parcel: it would change it, not only give it points.
    pub fn locks(&self) -> bool {
        match self.role {
            Role::Add => false,
            Role::Change => self.polygon.is_some(),
            Role::Retire => true,
        }
    }
}

const ALL: &str = "SELECT p.fid, p.uid, p.dossier, d.code, p.role, p.parcel, p.geom, coalesce(p.commune,''), coalesce(p.sheet,''), \
     coalesce(p.number,''), coalesce(p.land_use,''), coalesce(p.is_parcel, 1), coalesce(p.attributes,'null') \
     FROM parcel_proposal p JOIN dossier d ON d.fid=p.dossier";

/// What a dossier intends, in the order proposed; `None`: all dossiers.
pub fn proposals(conn: &Connection, dossier: Option<i64>) -> Result<Vec<Proposal>> {
    let mut stmt = conn.prepare_cached(&format!("{ALL} WHERE ?1 IS NULL OR p.dossier=?1 ORDER BY p.fid"))?;
    let mut found = stmt.query([dossier])?;
    let mut out = Vec::new();
    while let Some(row) = found.next()? {
        out.push(proposal(row)?);
    }
    Ok(out)
}

fn proposal(row: &Row<'_>) -> Result<Proposal> {
    let role: String = row.get(4)?;
    let blob: Option<Vec<u8>> = row.get(6)?;
    let attributes: String = row.get(12)?;
    Ok(Proposal {
        fid: row.get(0)?,
        uid: rows::uid(row, 1)?,
        dossier: row.get(2)?,
        dossier_code: row.get(3)?,
        role: match role.as_str() {
            "add" => Role::Add,
            "change" => Role::Change,
            _ => Role::Retire,
        },
        parcel: row.get(5)?,
        polygon: blob.map(|b| geometry::decode(&b)).transpose()?,
        commune: row.get(7)?,
        sheet: row.get(8)?,
        number: row.get(9)?,
        land_use: row.get(10)?,
        is_parcel: row.get(11)?,
        attributes: serde_json::from_str(&attributes).unwrap_or(Json::Null),
    })
}

/// Code of the dossier, other than `own`, that intends to change or retire a parcel.
pub fn locked_by(conn: &Connection, parcel: i64, own: Option<i64>) -> Result<Option<String>> {
    Ok(conn
        .prepare_cached(
            "SELECT d.code FROM parcel_proposal p JOIN dossier d ON d.fid=p.dossier \
             WHERE p.parcel=?1 AND p.dossier IS NOT ?2 AND (p.role='retire' OR (p.role='change' AND p.geom IS NOT NULL)) \
             UNION ALL SELECT d.code FROM proposed_edit e JOIN dossier d ON d.fid=e.dossier \
             WHERE e.dossier IS NOT ?2 AND instr(e.parcels, (SELECT uid FROM parcel WHERE fid=?1))>0 LIMIT 1",
        )?
        .query_row(params![parcel, own], |r| r.get(0))
        .optional()?)
}

/// A parcel to come, before it is written.
pub struct NewProposal<'a> {
    pub polygon: &'a Polygon,
    pub commune: &'a str,
    pub sheet: &'a str,
    pub number: &'a str,
    pub land_use: &'a str,
    pub is_parcel: bool,
    pub attributes: Json,
}

pub fn add(op: &Operation<'_>, dossier: i64, new: &NewProposal<'_>, srs: i32) -> Result<i64> {
    op.prepare_cached(
        "INSERT INTO parcel_proposal(uid, geom, dossier, role, commune, sheet, number, area_measured, land_use, is_parcel, attributes) \
         VALUES (?1, ?2, ?3, 'add', ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
    )?
    .execute(params![
        Uid::fresh().to_string(),
        geometry::encode(new.polygon, srs),
        dossier,
        new.commune,
        new.sheet,
        new.number,
        (new.polygon.area_m2() * 10.0).round() / 10.0,
        new.land_use,
        new.is_parcel,
        new.attributes.to_string()
    ])?;
    Ok(op.last_insert_rowid())
}

/// What a dossier intends with a parcel in force, in place of what it intended before.
pub fn put(
    op: &Operation<'_>,
    dossier: i64,
    parcel: i64,
    role: Role,
    polygon: Option<&Polygon>,
    attributes: &Json,
    srs: i32,
) -> Result<()> {
    let geom = polygon.and_then(|p| geometry::encode(p, srs));
    let (role, attributes) = (role.name(), attributes.to_string());
    let changed = op
        .prepare_cached(
            "UPDATE parcel_proposal SET role=?3, geom=?4, attributes=?5 WHERE dossier=?1 AND parcel=?2",
        )?
        .execute(params![dossier, parcel, role, geom, attributes])?;
    if changed == 0 {
        op.prepare_cached(
            "INSERT INTO parcel_proposal(uid, dossier, parcel, role, geom, attributes, commune, sheet, number) \
             SELECT ?1, ?2, fid, ?4, ?5, ?6, commune, sheet, number FROM parcel WHERE fid=?3",
        )?
        .execute(params![Uid::fresh().to_string(), dossier, parcel, role, geom, attributes])?;
    }
    Ok(())
}

/// A new shape for a parcel to come.
pub fn reshape(op: &Operation<'_>, proposal: i64, polygon: &Polygon, srs: i32) -> Result<()> {
    op.prepare_cached("UPDATE parcel_proposal SET geom=?2, area_measured=?3 WHERE fid=?1")?
        .execute(params![
            proposal,
            geometry::encode(polygon, srs),
            (polygon.area_m2() * 10.0).round() / 10.0
        ])?;
    Ok(())
}

pub fn drop(op: &Operation<'_>, proposal: i64) -> Result<()> {
    op.prepare_cached("DELETE FROM parcel_proposal WHERE fid=?1")?
        .execute([proposal])?;
    Ok(())
}

/// Deletes all that a dossier intends. Gives how many rows.
pub fn drop_all(op: &Operation<'_>, dossier: i64) -> Result<usize> {
    Ok(op
        .prepare_cached("DELETE FROM parcel_proposal WHERE dossier=?1")?
        .execute([dossier])?)
}

/// A step of a dossier from its state to another, on `day` (yyyy-MM-dd).
pub fn step(
    op: &Operation<'_>,
    dossier: &Dossier,
    to: &str,
    day: &str,
    actor: &str,
    reason: Option<&str>,
) -> Result<()> {
    op.prepare_cached("UPDATE dossier SET state=?2 WHERE fid=?1")?
        .execute(params![dossier.fid, to])?;
    if codes::is_closed(to) {
        op.prepare_cached("UPDATE dossier SET closed_on=?2 WHERE fid=?1 AND closed_on IS NULL")?
            .execute(params![dossier.fid, day])?;
    }
    op.prepare_cached(
        "INSERT INTO dossier_event(uid, dossier, from_state, to_state, at_day, actor, reason) VALUES (?1,?2,?3,?4,?5,?6,?7)",
    )?
    .execute(params![Uid::fresh().to_string(), dossier.fid, dossier.state, to, day, actor, reason])?;
    Ok(())
}

/// A later day of result: days that did not count.
pub fn set_due(op: &Operation<'_>, dossier: i64, due: &str) -> Result<()> {
    op.prepare_cached("UPDATE dossier SET due_on=?2 WHERE fid=?1")?
        .execute(params![dossier, due])?;
    Ok(())
}

/// One step a dossier made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    pub from: String,
    pub to: String,
    /// yyyy-MM-dd.
    pub day: String,
    pub actor: String,
    pub reason: Option<String>,
}

/// The steps of a dossier, in order.
pub fn steps(conn: &Connection, dossier: i64) -> Result<Vec<Step>> {
    let mut stmt = conn.prepare_cached(
        "SELECT from_state, to_state, at_day, actor, reason FROM dossier_event WHERE dossier=?1 ORDER BY fid",
    )?;
    let all = stmt.query_map([dossier], |r| {
        Ok(Step {
            from: r.get(0)?,
            to: r.get(1)?,
            day: r.get(2)?,
            actor: r.get(3)?,
            reason: r.get(4)?,
        })
    })?;
    Ok(all.collect::<rusqlite::Result<_>>()?)
}

/// Who made the last step of a dossier, or received it.
pub fn last_person(conn: &Connection, dossier: i64) -> Result<Option<String>> {
    let sql = "SELECT actor FROM dossier_event WHERE dossier=?1 ORDER BY fid DESC LIMIT 1";
    let stepped: Option<String> = conn
        .prepare_cached(sql)?
        .query_row([dossier], |r| r.get(0))
        .optional()?;
    if stepped.is_some() {
        return Ok(stepped);
    }
    let sql = "SELECT o.actor FROM change c JOIN operation o ON o.id=c.op \
               WHERE c.tbl='dossier' AND c.row=?1 AND c.act='insert' ORDER BY c.id DESC LIMIT 1";
    Ok(conn
        .prepare_cached(sql)?
        .query_row([dossier], |r| r.get(0))
        .optional()?)
}

/// Codes of the papers of a dossier: those ticked and those scanned.
pub fn papers(conn: &Connection, dossier: &Dossier) -> Result<Vec<String>> {
    let mut stmt = conn.prepare_cached("SELECT DISTINCT kind FROM document WHERE dossier=?1")?;
    let scanned = stmt.query_map([dossier.fid], |r| r.get(0))?;
    let mut all: Vec<String> = scanned.collect::<rusqlite::Result<_>>()?;
    all.extend(dossier.papers.iter().cloned());
    all.sort();
    all.dedup();
    Ok(all)
}

/// An edit of the register that a dossier intends. Its text holds personal values: no `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct ProposedEdit {
    pub fid: i64,
    pub uid: Uid,
    pub dossier_code: String,
    /// The "op" of its JSON.
    pub kind: String,
    /// As the journal keeps it.
    pub what: String,
    /// All of it.
    pub edit: String,
}

/// What a dossier intends with the register, in its order; `None`: all dossiers.
pub fn proposed_edits(conn: &Connection, dossier: Option<i64>) -> Result<Vec<ProposedEdit>> {
    let mut stmt = conn.prepare_cached(
        "SELECT e.fid, e.uid, d.code, e.kind, e.what, e.edit_p FROM proposed_edit e JOIN dossier d ON d.fid=e.dossier \
         WHERE ?1 IS NULL OR e.dossier=?1 ORDER BY e.fid",
    )?;
    let mut found = stmt.query([dossier])?;
    let mut out = Vec::new();
    while let Some(r) = found.next()? {
        let sealed: Vec<u8> = r.get(5)?;
        out.push(ProposedEdit {
            fid: r.get(0)?,
            uid: rows::uid(r, 1)?,
            dossier_code: r.get(2)?,
            kind: r.get(3)?,
            what: r.get(4)?,
            edit: personal::open(Some(&sealed))?.unwrap_or_default(),
        });
    }
    Ok(out)
}

/// Adds to what a dossier intends. `parcels`: uids of what it is about, sorted.
pub fn propose_edit(
    op: &Operation<'_>,
    dossier: i64,
    (kind, what, edit): (&str, &str, &str),
    parcels: &[Uid],
) -> Result<()> {
    let parcels: Vec<String> = parcels.iter().map(ToString::to_string).collect();
    op.prepare_cached(
        "INSERT INTO proposed_edit(uid, dossier, kind, what, edit_p, parcels) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?
    .execute(params![
        Uid::fresh().to_string(),
        dossier,
        kind,
        what,
        personal::seal(Some(edit)),
        parcels.join(" ")
    ])?;
    Ok(())
}

/// Deletes all edits of the register that a dossier intends. Gives how many.
pub fn drop_edits(op: &Operation<'_>, dossier: i64) -> Result<usize> {
    Ok(op
        .prepare_cached("DELETE FROM proposed_edit WHERE dossier=?1")?
        .execute([dossier])?)
}

/// Lets what follows be taken back by [`forget`], inside the operation.
pub fn try_out(op: &Operation<'_>) -> Result<()> {
    Ok(op.execute_batch("SAVEPOINT trial")?)
}

/// Takes back everything since [`try_out`].
pub fn forget(op: &Operation<'_>) -> Result<()> {
    Ok(op.execute_batch("ROLLBACK TO trial; RELEASE trial")?)
}

/// The version of a parcel and its shape at an earlier version (the present one included).
pub fn version(conn: &Connection, parcel: i64) -> Result<i64> {
    Ok(conn
        .prepare_cached("SELECT version FROM parcel WHERE fid=?1")?
        .query_row([parcel], |r| r.get(0))?)
}

pub fn shape_at(conn: &Connection, parcel: i64, version: i64) -> Result<Option<Polygon>> {
    let blob: Option<Option<Vec<u8>>> = conn
        .prepare_cached(
            "SELECT geom FROM parcel WHERE fid=?1 AND version=?2 UNION ALL SELECT geom FROM parcel_version WHERE parcel=?1 AND version=?2",
        )?
        .query_row([parcel, version], |r| r.get(0))
        .optional()?;
    Ok(blob.flatten().map(|b| geometry::decode(&b)).transpose()?)
}

/// Registers a change (biến động) of a dossier of boundaries, of the kind `kind`.
pub fn change_entry(op: &Operation<'_>, dossier: &Dossier, kind: &str, date: &str) -> Result<i64> {
    op.prepare_cached("INSERT INTO change_entry(uid, dossier, kind, registered_on) VALUES (?1, ?2, ?3, ?4)")?
        .execute(params![Uid::fresh().to_string(), dossier.fid, kind, date])?;
    Ok(op.last_insert_rowid())
}

/// `direction`: "in", "out" or "processed".
pub fn change_item(op: &Operation<'_>, entry: i64, direction: &str, parcel: i64) -> Result<()> {
    op.prepare_cached(
        "INSERT INTO change_entry_item(uid, change_entry, direction, parcel) VALUES (?1, ?2, ?3, ?4)",
    )?
    .execute(params![Uid::fresh().to_string(), entry, direction, parcel])?;
    Ok(())
}
