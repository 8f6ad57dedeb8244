//! "Dòng đời thửa đất": descent of a parcel, and the map as it was.

use std::sync::Arc;

use super::Project;
use crate::domain::{Failure, ParcelRecord, ParcelRef};
use crate::edit;
use crate::store::lineage::{self, Lineage};
use crate::store::rows;
use crate::topology::Coverage;

/// A moment in the history of the register.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// After this operation.
    Op(i64),
    /// After the newest operation not later than this, by the clocks of then.
    At(jiff::Timestamp),
}

impl Project {
    /// Ancestors and descendants of a parcel (fid), in force or historic.
    pub fn lineage(&self, fid: i64) -> Result<Lineage, Failure> {
        Ok(lineage::lineage(self.reader.conn(), fid)?)
    }

    /// The operation a moment means; 0 before the first.
    pub fn operation_at(&self, when: When) -> Result<i64, Failure> {
        Ok(match when {
            When::Op(op) => op,
            When::At(at) => lineage::operation_at(self.reader.conn(), at)?,
        })
    }

    /// The parcels that were in force at a moment, to be drawn and asked like [`Project::coverage`]. Acts undone since
    /// are left out, as the register has it. Cheap for a moment near the present; the fids are those of today.
    pub fn map_at(&self, when: When) -> Result<Arc<Coverage>, Failure> {
        let op = self.operation_at(when)?;
        let difference = lineage::since(self.reader.conn(), op)?;
        if difference.absent.is_empty() && difference.present.is_empty() {
            return Ok(self.coverage.clone());
        }
        let mut coverage = Coverage::clone(&self.coverage);
        coverage.remove_all(difference.absent);
        coverage.replace_all(difference.present);
        Ok(Arc::new(coverage))
    }

    /// What the register said of a parcel (fid) at a moment, like [`Project::record`]; names and addresses of holders are
    /// those of today. Fails with `NO_PARCEL` when it was not in force then.
    pub fn record_at(&self, fid: i64, when: When) -> Result<ParcelRecord, Failure> {
        let op = self.operation_at(when)?;
        Ok(rows::record_at(self.reader.conn(), fid, op)?)
    }

    /// fid of the parcel a reference means, in force or else historic.
    pub fn resolve_any(&self, reference: &ParcelRef) -> Result<i64, Failure> {
        let failure = match self.resolve(reference) {
            Ok(fid) => return Ok(fid),
            Err(failure) => failure,
        };
        let ParcelRef::Key(key) = reference else {
            return Err(failure);
        };
        if !self.coverage.by_key(key).is_empty() {
            return Err(failure);
        }
        match lineage::historic(self.reader.conn(), key)?.as_slice() {
            [] => Err(failure),
            [fid] => Ok(*fid),
            many => {
                let records = self.records(many)?;
                Err(edit::ambiguous(&key.to_string(), records.iter().map(|r| r.uid)))
            }
        }
    }
}
