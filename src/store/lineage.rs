//! Where a parcel comes from and what became of it: descent, versions, and the register at an earlier operation.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::{Connection, OptionalExtension, params};

use super::error::Result;
use super::{geometry, rows};
use crate::domain::{Parcel, ParcelKey, Polygon, Uid};

/// When an operation was, as claimed by the clock then.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moment {
    pub op: i64,
    pub at: jiff::Timestamp,
}

/// A parcel in a family.
#[derive(Clone, Debug, PartialEq)]
pub struct Member {
    pub fid: i64,
    pub uid: Uid,
    /// "25747/12/45".
    pub reference: String,
    /// Generation: 0 the parcel asked for, -1 its parents, 1 its children.
    pub generation: i32,
    pub created: Moment,
    /// `None`: in force.
    pub retired: Option<Moment>,
    /// Its last shape in force.
    pub polygon: Option<Polygon>,
    pub parcel_code: Option<String>,
}

/// A child and where it comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Descent {
    pub parent: i64,
    pub child: i64,
    /// The operation in which the child came.
    pub op: i64,
}

/// All ancestors and descendants of a parcel: a graph.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Lineage {
    /// By generation, then fid. The parcel itself is among them.
    pub members: Vec<Member>,
    /// By parent, then child.
    pub descents: Vec<Descent>,
}

/// The family of a parcel: its ancestors and its descendants, not their other relatives.
pub fn lineage(conn: &Connection, fid: i64) -> Result<Lineage> {
    let mut generations = BTreeMap::from([(fid, 0)]);
    let mut links = BTreeSet::new();
    for (step, sql) in [
        (
            -1,
            "SELECT parent, child FROM parcel_lineage WHERE child=?1 ORDER BY parent",
        ),
        (
            1,
            "SELECT parent, child FROM parcel_lineage WHERE parent=?1 ORDER BY child",
        ),
    ] {
        let mut stmt = conn.prepare_cached(sql)?;
        let mut front = vec![fid];
        let mut generation = 0;
        while !front.is_empty() {
            generation += step;
            let mut next = Vec::new();
            for of in front {
                let pairs = stmt.query_map([of], |r| Ok((r.get(0)?, r.get(1)?)))?;
                for pair in pairs.collect::<rusqlite::Result<Vec<(i64, i64)>>>()? {
                    links.insert(pair);
                    let other = if step < 0 { pair.0 } else { pair.1 };
                    generations.entry(other).or_insert_with(|| {
                        next.push(other);
                        generation
                    });
                }
            }
            front = next;
        }
    }
    let mut members = Vec::new();
    for (fid, generation) in &generations {
        members.extend(member(conn, *fid, *generation)?);
    }
    members.sort_by_key(|m| (m.generation, m.fid));
    let created: BTreeMap<i64, i64> = members.iter().map(|m| (m.fid, m.created.op)).collect();
    let descent = |(parent, child): (i64, i64)| Descent {
        parent,
        child,
        op: created.get(&child).copied().unwrap_or(0),
    };
    Ok(Lineage {
        members,
        descents: links.into_iter().map(descent).collect(),
    })
}

fn member(conn: &Connection, fid: i64, generation: i32) -> Result<Option<Member>> {
    let mut stmt = conn.prepare_cached(
        "SELECT p.uid, p.commune, p.sheet, p.number, p.op, p.status='HIEN_HANH', p.parcel_code, \
           coalesce((SELECT min(from_op) FROM parcel_version WHERE parcel=p.fid), p.op), \
           coalesce(p.geom, (SELECT geom FROM parcel_version WHERE parcel=p.fid AND status='HIEN_HANH' ORDER BY version DESC LIMIT 1)) \
         FROM parcel p WHERE p.fid=?1",
    )?;
    let mut found = stmt.query([fid])?;
    let Some(row) = found.next()? else { return Ok(None) };
    let key = ParcelKey {
        commune: row.get::<_, String>(1)?.into(),
        sheet: row.get::<_, String>(2)?.into(),
        number: row.get::<_, String>(3)?.into(),
    };
    let (op, in_force): (i64, bool) = (row.get(4)?, row.get(5)?);
    let blob: Option<Vec<u8>> = row.get(8)?;
    Ok(Some(Member {
        fid,
        uid: rows::uid(row, 0)?,
        reference: key.to_string(),
        generation,
        created: moment(conn, row.get(7)?)?,
        retired: (!in_force).then(|| moment(conn, op)).transpose()?,
        polygon: blob.map(|b| geometry::decode(&b)).transpose()?,
        parcel_code: row.get(6)?,
    }))
}

fn moment(conn: &Connection, op: i64) -> Result<Moment> {
    let at: Option<String> = conn
        .prepare_cached("SELECT at FROM operation WHERE id=?1")?
        .query_row([op], |r| r.get(0))
        .optional()?;
    let at = at
        .and_then(|a| a.parse().ok())
        .unwrap_or(jiff::Timestamp::UNIX_EPOCH);
    Ok(Moment { op, at })
}

/// fids of historic parcels of that number.
pub fn historic(conn: &Connection, key: &ParcelKey) -> Result<Vec<i64>> {
    let mut stmt = conn.prepare_cached(
        "SELECT fid FROM parcel WHERE commune=?1 AND sheet=?2 AND number=?3 AND status='LICH_SU' ORDER BY fid",
    )?;
    let fids = stmt.query_map([&*key.commune, &*key.sheet, &*key.number], |r| r.get(0))?;
    Ok(fids.collect::<rusqlite::Result<_>>()?)
}

/// The newest operation not later than `at` by its clock; 0 before the first.
pub fn operation_at(conn: &Connection, at: jiff::Timestamp) -> Result<i64> {
    // Times are stored with as many decimals as they need, so they are compared as times.
    let mut stmt = conn.prepare_cached("SELECT id, at FROM operation ORDER BY id DESC")?;
    let mut found = stmt.query([])?;
    while let Some(row) = found.next()? {
        let when: Option<jiff::Timestamp> = row.get::<_, String>(1)?.parse().ok();
        if when.is_some_and(|w| w <= at) {
            return Ok(row.get(0)?);
        }
    }
    Ok(0)
}

/// What differs between the parcels in force now and after operation `op`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Difference {
    /// Not in force then.
    pub absent: Vec<i64>,
    /// In force then, as they were.
    pub present: Vec<Parcel>,
}

/// How to get from the parcels in force now to those after operation `op`. Acts undone since do not count as done:
/// the register says they never were.
pub fn since(conn: &Connection, op: i64) -> Result<Difference> {
    let mut out = Difference::default();
    let mut version = conn.prepare_cached(
        "SELECT p.fid, p.uid, v.geom, v.commune, v.sheet, v.number, v.land_use, v.area_measured, v.area_legal, v.is_parcel \
         FROM parcel_version v JOIN parcel p ON p.fid=v.parcel \
         WHERE v.parcel=?1 AND v.from_op<=?2 AND v.to_op>?2 AND v.status='HIEN_HANH'",
    )?;
    let mut texts = rows::Interner::default();
    let mut later = conn.prepare_cached("SELECT op>?2 FROM parcel WHERE fid=?1")?;
    for fid in changed_since(conn, op)? {
        let now: Option<bool> = later.query_row(params![fid, op], |r| r.get(0)).optional()?;
        if now == Some(false) {
            continue;
        }
        let mut found = version.query(params![fid, op])?;
        match found.next()? {
            Some(row) => out.present.push(rows::parcel(row, &mut texts)?),
            None => out.absent.push(fid),
        }
    }
    Ok(out)
}

fn changed_since(conn: &Connection, op: i64) -> Result<BTreeSet<i64>> {
    let mut stmt = conn.prepare_cached(
        "SELECT DISTINCT row, coalesce(row_to, row) FROM change WHERE op>?1 AND tbl='parcel'",
    )?;
    let ranges = stmt.query_map([op], |r| Ok((r.get(0)?, r.get(1)?)))?;
    let mut fids = BTreeSet::new();
    for range in ranges {
        let (from, to): (i64, i64) = range?;
        fids.extend(from..=to);
    }
    Ok(fids)
}
