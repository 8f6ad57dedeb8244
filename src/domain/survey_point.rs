//! Points of a survey: measured on the ground, kept beside the parcels, never moved by an edit.

use super::{DraftFile, Finding, Pt, Uid};

/// One measured point, as stored.
#[derive(Clone, Debug, PartialEq)]
pub struct SurveyPoint {
    /// Row number; 0 before it is stored.
    pub fid: i64,
    pub uid: Uid,
    pub at: Pt,
    /// Point number or name as in the field book.
    pub label: String,
    /// Feature code as in the field book; `codes::survey_code` explains it.
    pub code: Option<String>,
    /// Name of the survey.
    pub survey: Option<String>,
    /// m.
    pub height: Option<f64>,
    /// Standard error of position, m.
    pub accuracy: Option<f64>,
    /// yyyy-MM-dd.
    pub surveyed_on: Option<String>,
    /// The file it came from.
    pub source: Option<String>,
}

/// A line of a file that is no point: kept as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadLine {
    /// Index into [`PointDraft::files`].
    pub file: u32,
    /// Line number in the file, from 1.
    pub line: u64,
    /// Code of the finding that says why.
    pub code: &'static str,
    pub text: String,
}

/// What an import of survey points is about to write: the draft previewed is the draft committed.
#[derive(Clone, Debug, Default)]
pub struct PointDraft {
    pub files: Vec<DraftFile>,
    /// In order of file, then line.
    pub points: Vec<SurveyPoint>,
    pub bad: Vec<BadLine>,
    pub findings: Vec<Finding>,
}

impl PointDraft {
    /// Whether there is anything to write.
    pub fn is_empty(&self) -> bool {
        self.points.is_empty() && self.bad.is_empty()
    }
}
