//! Dossiers and what they intend: rows of `dossier` and `parcel_proposal`.

use rusqlite::{Connection, OptionalExtension, Row, params};
use serde_json::Value as Json;

use super::error::Result;
use super::journal::Operation;
use super::{geometry, rows};
use crate::domain::{Polygon, Uid};

/// State of a dossier on receipt, and after its change has been entered (domain.md §11.1).
pub const RECEIVED: &str = "TIEP_NHAN";
pub const ENTERED: &str = "CAP_NHAT_CSDL";
/// States in which a dossier no longer intends anything.
const CLOSED: [&str; 4] = [ENTERED, "TRA_KET_QUA", "LUU_TRU", "TU_CHOI"];

/// A dossier as far as boundaries are concerned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dossier {
    pub fid: i64,
    pub code: String,
    /// Code of the registered change (domain.md §3.6).
    pub kind: String,
    pub state: String,
    pub commune: Option<String>,
}

impl Dossier {
    pub fn is_open(&self) -> bool {
        !CLOSED.contains(&self.state.as_str())
    }
}

pub fn dossier(conn: &Connection, code: &str) -> Result<Option<Dossier>> {
    Ok(conn
        .prepare_cached("SELECT fid, code, kind, state, commune FROM dossier WHERE code=?1")?
        .query_row([code], of_row)
        .optional()?)
}

/// All dossiers, by code.
pub fn dossiers(conn: &Connection) -> Result<Vec<Dossier>> {
    let mut stmt =
        conn.prepare_cached("SELECT fid, code, kind, state, commune FROM dossier ORDER BY code")?;
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
    })
}

/// Receives a dossier on `date` (yyyy-MM-dd).
pub fn open_dossier(
    op: &Operation<'_>,
    code: &str,
    kind: &str,
    commune: Option<&str>,
    date: &str,
) -> Result<()> {
    op.prepare_cached(
        "INSERT INTO dossier(uid, code, kind, state, commune, received_on) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?
    .execute(params![
        Uid::fresh().to_string(),
        code,
        kind,
        RECEIVED,
        commune,
        date
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
             WHERE p.parcel=?1 AND p.dossier IS NOT ?2 AND (p.role='retire' OR (p.role='change' AND p.geom IS NOT NULL)) LIMIT 1",
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

pub fn set_state(op: &Operation<'_>, dossier: i64, state: &str) -> Result<()> {
    op.prepare_cached("UPDATE dossier SET state=?2 WHERE fid=?1 AND state<>?2")?
        .execute(params![dossier, state])?;
    Ok(())
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

/// Registers a change (biến động) of a dossier and the parcels that went in and came out.
pub fn change_entry(op: &Operation<'_>, dossier: &Dossier, date: &str) -> Result<i64> {
    op.prepare_cached("INSERT INTO change_entry(uid, dossier, kind, registered_on) VALUES (?1, ?2, ?3, ?4)")?
        .execute(params![Uid::fresh().to_string(), dossier.fid, dossier.kind, date])?;
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
