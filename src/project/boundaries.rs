//! Boundaries of communes and frames of sheets, imported as one operation.

use super::{Act, Project};
use crate::domain::{BoundaryDraft, Failure};

impl Project {
    /// Commits an import of boundaries; gives the number of the operation. The rules about them follow with the next
    /// check of everything.
    pub fn import_boundaries(&mut self, draft: &BoundaryDraft, act: &Act) -> Result<i64, Failure> {
        let mut writer = self.detach_writer()?;
        let done = writer.import_boundaries(draft, act);
        self.attach_writer(writer)?;
        Ok(done?)
    }
}
