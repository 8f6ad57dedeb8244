//! Writing an import of boundaries of communes and frames of sheets: one operation, through the journal.

use rusqlite::params;
use serde_json::json;

use super::error::Result;
use super::journal::{NewOperation, Operation};
use super::{Writer, bulk, geometry};
use crate::domain::{Act, BBox, BoundaryDraft, BoundaryKind, NewBoundary, Uid};
use crate::msg;
use crate::text::{Lang, Msg, format};

impl Writer {
    /// Commits an import of boundaries as one operation; gives its number. A boundary there is gives way; a sheet the
    /// district does not have yet comes in.
    pub fn import_boundaries(&mut self, draft: &BoundaryDraft, act: &Act) -> Result<i64> {
        let files = draft
            .files
            .iter()
            .map(|f| json!({"file": f.file, "layer": f.layer, "sha256": f.sha256, "records": f.records}));
        let written: Vec<_> = draft
            .changes()
            .map(|b| json!([b.commune, b.sheet, b.state.name()]))
            .collect();
        let what = json!({
            "op": "import_boundaries", "kind": draft.kind.name(), "files": files.collect::<Vec<_>>(),
            "boundaries": written,
        });
        let new = NewOperation {
            kind: "import_boundaries",
            what: what.to_string(),
            label: label(draft),
            undoes: None,
        };
        let srs = self.srs();
        let op = self.begin(act, &new)?;
        for boundary in draft.changes() {
            write(&op, boundary, srs)?;
        }
        let extent = draft.changes().map(|b| b.polygon.bbox());
        if let Some(extent) = extent.reduce(BBox::union) {
            bulk::widen(&op, draft.kind.name(), extent)?;
        }
        let id = op.id();
        op.commit()?;
        Ok(id)
    }
}

fn write(op: &Operation<'_>, b: &NewBoundary, srs: i32) -> Result<()> {
    let geom = geometry::encode(&b.polygon, srs);
    let Some(sheet) = &b.sheet else {
        let known = op.execute(
            "UPDATE commune SET geom=?2 WHERE code=?1",
            params![b.commune, geom],
        )?;
        if known == 0 {
            op.execute(
                "INSERT INTO commune(uid, code, name, geom) VALUES (?1, ?2, ?2, ?3)",
                params![Uid::fresh().to_string(), b.commune, geom],
            )?;
        }
        return Ok(());
    };
    let known = op.execute(
        "UPDATE sheet SET geom=?3, scale=coalesce(?4, scale) WHERE commune=?1 AND number=?2",
        params![b.commune, sheet, geom, b.scale],
    )?;
    if known == 0 {
        op.execute(
            "INSERT INTO sheet(uid, commune, number, geom, scale) VALUES (?1, ?2, ?3, ?4, ?5)",
            params![Uid::fresh().to_string(), b.commune, sheet, geom, b.scale],
        )?;
    }
    Ok(())
}

fn label(draft: &BoundaryDraft) -> Msg {
    let n = |lang: Lang| format::count(draft.changes().count() as u64, lang);
    let (vi, en) = (n(Lang::Vi), n(Lang::En));
    let names: Vec<&str> = draft.files.iter().map(|f| f.file.as_str()).collect();
    let files = names.join(", ");
    match draft.kind {
        BoundaryKind::Commune => msg!(
            "Nhập địa giới {vi} xã từ {files}",
            "Import the boundaries of {en} communes from {files}"
        ),
        BoundaryKind::Sheet => msg!(
            "Nhập khung {vi} tờ bản đồ từ {files}",
            "Import the frames of {en} sheets from {files}"
        ),
    }
}
