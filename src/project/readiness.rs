//! Readiness of the district, work by day, and the campaign.

use jiff::civil::Date;

use super::{Project, read_only, writer_away};
use crate::domain::{Failure, Finding};
use crate::job::Progress;
use crate::readiness::{Campaign, Readiness, SETTING, Trend};
use crate::store::rows;

impl Project {
    /// How ready the parcels are, by the criteria in force on `date` (`None`: the newest). `findings` are those of now.
    /// Afterwards [`Readiness::refresh`] with a reader of this file follows every edit.
    pub fn readiness(
        &self,
        findings: &[Finding],
        date: Option<Date>,
        progress: &Progress,
    ) -> Result<Readiness, Failure> {
        Readiness::build(&self.reader, &self.coverage, findings, date, progress)
    }

    /// Brings `readiness` up to now after an edit. Gives the parcels looked at again; `None`: too much has changed, it is to
    /// be made anew (a second's work, off the window's thread).
    pub fn follow_readiness(
        &self,
        readiness: &mut Readiness,
        findings: &[Finding],
    ) -> Result<Option<Vec<i64>>, Failure> {
        readiness.follow(&self.reader, &self.coverage, findings, &Progress::none())
    }

    /// Work done by day and person.
    pub fn trend(&self) -> Result<Trend, Failure> {
        Trend::read(&self.reader)
    }

    /// What the office has set itself.
    pub fn campaign(&self) -> Result<Campaign, Failure> {
        let stored = rows::setting(self.reader.conn(), SETTING)?;
        Ok(stored.map(|s| Campaign::parse(&s)).unwrap_or_default())
    }

    /// Keeps it in the file's settings: local, no operation.
    pub fn set_campaign(&self, campaign: &Campaign) -> Result<(), Failure> {
        if let Some(reason) = &self.read_only {
            return Err(read_only(reason));
        }
        let writer = self.writer.as_ref().ok_or_else(writer_away)?;
        Ok(rows::set_setting(writer.conn(), SETTING, &campaign.stored())?)
    }
}
