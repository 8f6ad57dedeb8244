//! Survey points of the open district: in memory with an index, imported as one operation.

use std::sync::Arc;

use super::{Act, Effects, Project};
use crate::domain::{BBox, Failure, PointDraft, Pt, SurveyPoint};
use crate::store::survey;
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

    /// Commits an import of survey points as one operation. For a long one off this thread: [`Project::detach_writer`],
    /// [`crate::store::Writer::import_points`], [`Project::attach_writer`].
    pub fn import_points(&mut self, draft: &PointDraft, act: &Act) -> Result<i64, Failure> {
        let mut writer = self.detach_writer()?;
        let done = writer.import_points(draft, act);
        self.attach_writer(writer)?;
        Ok(done?)
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
