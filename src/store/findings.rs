//! What is remembered of findings: tables `finding` and `finding_event`, and the operation they are right for.
//!
//! Local to the file and not journalled: findings are recomputed. A file written by somebody who did not keep them up
//! (another version, an import, a crash) has a newer operation than the one noted here, and is checked again.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::{Connection, OptionalExtension, Row, params};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::error::Result;
use super::rows::{set_setting, setting};
use super::schema;
use crate::domain::{
    BBox, Finding, FindingEvent, FindingState, Pt, Seen, Severity, SourceRef, Tracked, Uid, Unit,
};

/// The setting that says for which operation the findings are right.
const CHECKED: &str = "findings";

/// The operation after which the remembered findings are right; `None` when there are none or a newer one was written
/// without keeping them up.
pub fn is_current(conn: &Connection) -> Result<bool> {
    let Some(noted) = setting(conn, CHECKED)? else {
        return Ok(false);
    };
    Ok(serde_json::from_str::<Head>(&noted).is_ok_and(|h| Some(&h) == head(conn).ok().flatten().as_ref()))
}

/// Whether the rules have ever run over everything.
pub fn were_checked(conn: &Connection) -> Result<bool> {
    Ok(setting(conn, CHECKED)?.is_some())
}

#[derive(Serialize, Deserialize, PartialEq, Eq)]
struct Head {
    op: i64,
    uid: String,
}

/// The newest operation, also one that is open.
fn head(conn: &Connection) -> Result<Option<Head>> {
    let mut stmt = conn.prepare_cached("SELECT id, uid FROM operation ORDER BY id DESC LIMIT 1")?;
    let head = stmt.query_row([], |r| {
        Ok(Head {
            op: r.get(0)?,
            uid: r.get(1)?,
        })
    });
    Ok(head.optional()?)
}

/// Notes that the findings are right for the newest operation, the open one in a transaction.
pub fn set_current(conn: &Connection) -> Result<()> {
    let Some(Head { op, uid }) = head(conn)? else {
        return Ok(());
    };
    set_setting(conn, CHECKED, &json!({"op": op, "uid": uid}).to_string())
}

/// A file of schema 1 that may not be written remembers nothing.
fn is_kept(conn: &Connection) -> Result<bool> {
    Ok(schema::columns(conn, "finding")?.iter().any(|c| c == "key"))
}

/// The first identity never used.
pub fn next_id(conn: &Connection) -> Result<i64> {
    Ok(conn
        .prepare_cached("SELECT coalesce(max(id),0)+1 FROM finding")?
        .query_row([], |r| r.get(0))?)
}

const COLUMNS: &str = "id, key, code, severity, state, first_op, first_at, fixed_op, fixed_at, body";

/// Gives the rule's own code; `None` for a rule there is no longer.
pub type Codes<'a> = &'a dyn Fn(&str) -> Option<&'static str>;

/// The findings that are there, as remembered.
pub fn live(conn: &Connection, codes: Codes<'_>) -> Result<Vec<Tracked>> {
    if !is_kept(conn)? {
        return Ok(Vec::new());
    }
    let sql = format!("SELECT {COLUMNS} FROM finding WHERE fixed_op IS NULL ORDER BY id");
    read(conn, &sql, &[], codes)
}

/// The newest fixed ones, at most `limit`.
pub fn fixed(conn: &Connection, limit: u32, codes: Codes<'_>) -> Result<Vec<Tracked>> {
    if !is_kept(conn)? {
        return Ok(Vec::new());
    }
    let sql = format!(
        "SELECT {COLUMNS} FROM finding WHERE fixed_op IS NOT NULL ORDER BY fixed_op DESC, id DESC LIMIT ?1"
    );
    read(conn, &sql, &[&limit], codes)
}

/// The fixed ones of a key.
pub fn gone(conn: &Connection, base: &str, codes: Codes<'_>) -> Result<Vec<Tracked>> {
    let sql = format!("SELECT {COLUMNS} FROM finding WHERE base=?1 AND fixed_op IS NOT NULL ORDER BY id");
    read(conn, &sql, &[&base], codes)
}

/// Whether anything was ever fixed: else nothing needs to be looked up.
pub fn any_fixed(conn: &Connection) -> Result<bool> {
    Ok(is_kept(conn)?
        && conn
            .prepare_cached("SELECT 1 FROM finding WHERE fixed_op IS NOT NULL LIMIT 1")?
            .exists([])?)
}

/// How a finding came to stand as it does, oldest first; it begins open at [`Tracked::first`].
pub fn history(conn: &Connection, id: i64) -> Result<Vec<FindingEvent>> {
    let mut stmt =
        conn.prepare_cached("SELECT op, at, state, amount FROM finding_event WHERE finding=?1 ORDER BY id")?;
    let mut rows = stmt.query([id])?;
    let mut out = Vec::new();
    while let Some(row) = rows.next()? {
        let state: String = row.get(2)?;
        if let (Some(state), Some(seen)) = (FindingState::of(&state), seen(row, 0)?) {
            out.push(FindingEvent {
                seen,
                state,
                amount: row.get(3)?,
            });
        }
    }
    Ok(out)
}

/// Writes rows that came or changed; those whose state `turned` get a line in their history.
pub fn save(conn: &Connection, rows: &[Arc<Tracked>], turned: bool, now: Seen) -> Result<()> {
    let mut put = conn.prepare_cached(
        "INSERT INTO finding(id, key, base, code, severity, state, first_op, first_at, fixed_op, fixed_at, body) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11) \
         ON CONFLICT(id) DO UPDATE SET severity=?5, state=?6, fixed_op=?9, fixed_at=?10, body=?11",
    )?;
    let mut event = conn.prepare_cached(
        "INSERT INTO finding_event(finding, op, at, state, amount) VALUES (?1, ?2, ?3, ?4, ?5)",
    )?;
    for t in rows {
        put.execute(params![
            t.id,
            &*t.key,
            t.base(),
            t.finding.code,
            t.finding.severity.name(),
            t.state.name(),
            t.first.op,
            t.first.at.to_string(),
            t.fixed.map(|s| s.op),
            t.fixed.map(|s| s.at.to_string()),
            serde_json::to_string(&Body::of(&t.finding)).unwrap_or_default(),
        ])?;
        // A finding begins open.
        let begins = t.first == now && t.state == FindingState::Open;
        if turned && !begins {
            event.execute(params![
                t.id,
                now.op,
                now.at.to_string(),
                t.state.name(),
                t.finding.amount
            ])?;
        }
    }
    Ok(())
}

fn read(
    conn: &Connection,
    sql: &str,
    values: &[&dyn rusqlite::ToSql],
    codes: Codes<'_>,
) -> Result<Vec<Tracked>> {
    let mut stmt = conn.prepare_cached(sql)?;
    let mut rows = stmt.query(values)?;
    let mut out = Vec::new();
    while let Some(row) = rows.next()? {
        out.extend(tracked(row, codes)?);
    }
    Ok(out)
}

/// `None` for a row that this version cannot read: it is found anew.
fn tracked(row: &Row<'_>, codes: Codes<'_>) -> Result<Option<Tracked>> {
    let text = |i: usize| -> Result<String> { Ok(row.get(i)?) };
    let (code, severity, state) = (codes(&text(2)?), severity(&text(3)?), FindingState::of(&text(4)?));
    let body: Option<Body> = serde_json::from_str(&text(9)?).ok();
    let first = seen(row, 5)?;
    let (Some(code), Some(severity), Some(state), Some(body), Some(first)) =
        (code, severity, state, body, first)
    else {
        return Ok(None);
    };
    Ok(Some(Tracked {
        id: row.get(0)?,
        key: text(1)?.into(),
        finding: body.finding(code, severity),
        state,
        first,
        fixed: seen(row, 7)?,
        acceptance: None,
    }))
}

/// Two columns: operation and time.
fn seen(row: &Row<'_>, column: usize) -> Result<Option<Seen>> {
    let (op, at): (Option<i64>, Option<String>) = (row.get(column)?, row.get(column + 1)?);
    let at = at.and_then(|a| a.parse().ok());
    Ok(op.zip(at).map(|(op, at)| Seen { op, at }))
}

fn severity(name: &str) -> Option<Severity> {
    [Severity::Info, Severity::Warning, Severity::Error]
        .into_iter()
        .find(|s| s.name() == name)
}

/// A finding as JSON. Empty keys are left out.
#[derive(Serialize, Deserialize)]
struct Body {
    parcels: Vec<String>,
    refs: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    at: Option<[i64; 2]>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    bbox: Option<[i64; 4]>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    amount: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    unit: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    tolerance: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    source: Option<(String, Option<u64>, Option<String>)>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    values: Vec<(String, String)>,
}

impl Body {
    fn of(f: &Finding) -> Self {
        Self {
            parcels: f.parcels.iter().map(ToString::to_string).collect(),
            refs: f.refs.clone(),
            at: f.at.map(|p| [p.e, p.n]),
            bbox: f.bbox.map(|b| [b.min.e, b.min.n, b.max.e, b.max.n]),
            amount: f.amount,
            unit: f.unit.map(|u| u.name().to_owned()),
            tolerance: f.tolerance,
            source: f
                .source
                .as_ref()
                .map(|s| (s.file.clone(), s.record, s.field.clone())),
            values: f
                .values
                .iter()
                .map(|(n, v)| ((*n).to_owned(), v.clone()))
                .collect(),
        }
    }

    fn finding(self, code: &'static str, severity: Severity) -> Finding {
        let parcels = self.parcels.iter().filter_map(|u| u.parse::<Uid>().ok());
        let unit = |name: &str| {
            [Unit::M2, Unit::M, Unit::Count]
                .into_iter()
                .find(|u| u.name() == name)
        };
        Finding {
            parcels: parcels.collect(),
            refs: self.refs,
            at: self.at.map(|[e, n]| Pt::new(e, n)),
            bbox: self.bbox.map(|[a, b, c, d]| BBox {
                min: Pt::new(a, b),
                max: Pt::new(c, d),
            }),
            amount: self.amount,
            unit: self.unit.as_deref().and_then(unit),
            tolerance: self.tolerance,
            source: self
                .source
                .map(|(file, record, field)| SourceRef { file, record, field }),
            values: self
                .values
                .into_iter()
                .filter_map(|(n, v)| Some((known_name(&n)?, v)))
                .collect(),
            ..Finding::new(code, severity)
        }
    }
}

/// Names of values seen so far. There are as many as the rules use; a file cannot make them more than [`MOST_NAMES`].
static NAMES: Mutex<BTreeSet<&'static str>> = Mutex::new(BTreeSet::new());
const MOST_NAMES: usize = 256;
const LONGEST_NAME: usize = 40;

fn known_name(name: &str) -> Option<&'static str> {
    let mut names = NAMES.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = names.get(name) {
        return Some(known);
    }
    if names.len() >= MOST_NAMES || name.len() > LONGEST_NAME {
        return None;
    }
    let kept: &'static str = Box::leak(name.to_owned().into_boxed_str());
    names.insert(kept);
    Some(kept)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_finding_comes_back_from_its_text_as_it_was() {
        let uid = |n| Uid(uuid::Uuid::from_u128(n));
        let mut f = Finding::new("PARCEL_GAP", Severity::Warning);
        for full in [false, true] {
            if full {
                f.parcels = vec![uid(1), uid(2)];
                f.refs = vec!["25747/1/1".into(), "25747/1/2".into()];
                (f.at, f.bbox) = (
                    Some(Pt::new(-1, 2)),
                    Some(BBox::of([Pt::new(-1, 2), Pt::new(3, 4)])),
                );
                (f.amount, f.unit, f.tolerance) = (Some(0.1 + 0.2), Some(Unit::M2), Some(0.002));
                f.source = Some(SourceRef {
                    file: "a.shp".into(),
                    record: Some(7),
                    field: None,
                });
                f.values = vec![("width_mm", "12".into()), ("kind", "sliver".into())];
            }
            let text = serde_json::to_string(&Body::of(&f)).unwrap();
            let back: Body = serde_json::from_str(&text).unwrap();
            assert_eq!(back.finding("PARCEL_GAP", Severity::Warning), f, "{text}");
        }
        assert_eq!(known_name(&"x".repeat(100)), None);
    }
}
