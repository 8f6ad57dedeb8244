//! Survey points of the open district: in memory with an index, imported as one operation.

use std::sync::Arc;

use serde_json::json;

use super::{Act, EditError, Effects, Project};
use crate::domain::{BBox, Failure, PointDraft, Pt, SurveyPoint};
use crate::msg;
use crate::store::journal::NewOperation;
use crate::store::survey;
use crate::text::{Lang, Msg, format};
use crate::topology::points::PointIndex;

/// The survey points of a district with an index over their places: point `i` of the index is `points[i]`.
#[derive(Debug, Default)]
pub struct SurveyPoints {
    pub points: Vec<SurveyPoint>,
    pub index: PointIndex,
}

impl SurveyPoints {
    pub(super) fn of(points: Vec<SurveyPoint>) -> Self {
        Self {
            index: PointIndex::build(points.iter().map(|p| p.at).collect()),
            points,
        }
    }

    /// Calls `f` with every point in the closed window.
    pub fn window_for_each<'a>(&'a self, window: &BBox, mut f: impl FnMut(&'a SurveyPoint)) {
        self.index.window_for_each(window, |i, _| f(&self.points[i]));
    }

    /// The points at exactly this place.
    pub fn at(&self, p: Pt) -> Vec<&SurveyPoint> {
        let mut there = Vec::new();
        self.window_for_each(&BBox::of([p]), |s| there.push(s));
        there.sort_by_key(|s| s.fid);
        there
    }
}

impl Project {
    /// The survey points. Clone the `Arc` to keep a snapshot.
    pub fn survey(&self) -> &Arc<SurveyPoints> {
        &self.survey
    }

    /// Commits an import of survey points as one operation.
    pub fn import_points(&mut self, draft: &PointDraft, act: &Act) -> Result<Effects, EditError> {
        let label = label(draft);
        let files: Vec<_> = draft
            .files
            .iter()
            .map(|f| json!({"file": f.file, "sha256": f.sha256, "records": f.records, "skipped": f.skipped}))
            .collect();
        let what = json!({
            "op": "import_points", "files": files, "points": draft.points.len(), "quarantined": draft.bad.len(),
        });
        let new = NewOperation {
            kind: "import_points",
            what: what.to_string(),
            label: label.clone(),
            undoes: None,
        };
        let mut effects = self.operate(act, &new, false, |op, coverage, srs, done| {
            survey::insert(op, draft, srs)?;
            done.note(op, coverage, label)
        })?;
        effects.pop().ok_or_else(|| nothing().into())
    }

    /// Reads the points anew when one of the operations wrote some.
    pub(super) fn follow_survey(&mut self, done: &[Effects]) -> Result<(), Failure> {
        let conn = self.reader.conn();
        for effects in done {
            if survey::touched(conn, effects.op)? {
                self.survey = Arc::new(SurveyPoints::of(survey::load(conn)?));
                return Ok(());
            }
        }
        Ok(())
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

fn nothing() -> Failure {
    Failure::new(
        "NOTHING_DONE",
        msg!("Không có gì để làm.", "There is nothing to do."),
    )
}
