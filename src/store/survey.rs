//! Survey points: reading them for the map, writing an import of them inside an open operation.

use rusqlite::{Connection, params};
use serde_json::json;

use super::Writer;
use super::error::Result;
use super::journal::{NewOperation, Operation};
use super::rows::uid;
use super::{geometry, personal, schema};
use crate::domain::{Act, PointDraft, SurveyPoint, Uid};
use crate::msg;
use crate::text::{Lang, Msg, format};

/// All survey points, by fid. What is no point (another program's work) is left out.
pub fn load(conn: &Connection) -> Result<Vec<SurveyPoint>> {
    // A file of schema 1 that may not be written has no column for the file a point came from.
    let named = schema::columns(conn, "survey_point")?
        .iter()
        .any(|c| c == "source");
    let source = if named { "source" } else { "NULL" };
    let mut stmt = conn.prepare_cached(&format!(
        "SELECT fid, uid, geom, label, kind, survey, height, accuracy, surveyed_on, {source} FROM survey_point ORDER BY fid"
    ))?;
    let mut rows = stmt.query([])?;
    let mut out = Vec::new();
    while let Some(row) = rows.next()? {
        let blob: Option<Vec<u8>> = row.get(2)?;
        let Some(at) = blob.map(|b| geometry::decode_point(&b)).transpose()? else {
            continue;
        };
        out.push(SurveyPoint {
            fid: row.get(0)?,
            uid: uid(row, 1)?,
            at,
            label: row.get::<_, Option<String>>(3)?.unwrap_or_default(),
            code: row.get(4)?,
            survey: row.get(5)?,
            height: row.get(6)?,
            accuracy: row.get(7)?,
            surveyed_on: row.get(8)?,
            source: row.get(9)?,
        });
    }
    Ok(out)
}

/// Whether an operation wrote survey points.
pub fn touched(conn: &Connection, op: i64) -> Result<bool> {
    Ok(conn
        .prepare_cached("SELECT 1 FROM change WHERE op=?1 AND tbl='survey_point' LIMIT 1")?
        .exists([op])?)
}

impl Writer {
    /// Commits an import of survey points as one operation; gives its number.
    pub fn import_points(&mut self, draft: &PointDraft, act: &Act) -> Result<i64> {
        let files = draft
            .files
            .iter()
            .map(|f| json!({"file": f.file, "sha256": f.sha256, "records": f.records, "skipped": f.skipped}));
        let what = json!({
            "op": "import_points", "files": files.collect::<Vec<_>>(), "points": draft.points.len(),
            "quarantined": draft.bad.len(),
        });
        let new = NewOperation {
            kind: "import_points",
            what: what.to_string(),
            label: label(draft),
            undoes: None,
        };
        let srs = self.srs();
        let op = self.begin(act, &new)?;
        insert(&op, draft, srs)?;
        let id = op.id();
        op.commit()?;
        Ok(id)
    }
}

fn label(draft: &PointDraft) -> Msg {
    let n = |lang: Lang| format::count(draft.points.len() as u64, lang);
    let (vi, en) = (n(Lang::Vi), n(Lang::En));
    let names: Vec<&str> = draft.files.iter().map(|f| f.file.as_str()).collect();
    let files = names.join(", ");
    msg!(
        "Nhập {vi} điểm đo từ {files}",
        "Import {en} survey points from {files}"
    )
}

/// Writes a draft: files, points, and the lines that are none with their reason.
fn insert(op: &Operation<'_>, draft: &PointDraft, srs: i32) -> Result<()> {
    let mut files = Vec::new();
    for f in &draft.files {
        op.execute(
            "INSERT INTO source_file(uid, file, layer, sha256, records, skipped, op) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            params![Uid::fresh().to_string(), f.file, f.layer, f.sha256, f.records as i64, f.skipped as i64, op.id()],
        )?;
        files.push(op.last_insert_rowid());
    }
    let mut add = op.prepare(
        "INSERT INTO survey_point(uid, geom, label, kind, survey, height, accuracy, surveyed_on, source) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
    )?;
    for p in &draft.points {
        let geom = geometry::encode_point(p.at, srs);
        add.execute(params![
            Uid::fresh().to_string(),
            geom,
            p.label,
            p.code,
            p.survey,
            p.height,
            p.accuracy,
            p.surveyed_on,
            p.source
        ])?;
    }
    let mut keep =
        op.prepare("INSERT INTO source_record(uid, source_file, record, values_p, quarantine) VALUES (?1, ?2, ?3, ?4, ?5)")?;
    for b in &draft.bad {
        let values = json!([["line", b.text]]).to_string();
        let file = files.get(b.file as usize);
        keep.execute(params![
            Uid::fresh().to_string(),
            file,
            b.line as i64,
            personal::seal(Some(&values)),
            b.code
        ])?;
    }
    extent(op, draft)
}

/// Widens the extent in gpkg_contents.
fn extent(op: &Operation<'_>, draft: &PointDraft) -> Result<()> {
    let extent = crate::domain::BBox::of(draft.points.iter().map(|p| p.at));
    super::bulk::widen(op, "survey_point", extent)
}
