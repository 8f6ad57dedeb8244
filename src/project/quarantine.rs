//! The worklist of records the importer could not place: the list, one record with its original, and what placing it would
//! make of the map. Placing itself is an edit like any other.

use super::Project;
use crate::domain::{
    DraftParcel, Failure, Finding, Parcel, Polygon, QuarantineFilter, QuarantinedRecord, Reading, RecordRef,
    Uid,
};
use crate::formats::Original;
use crate::import::{self, Here, Options, Repair, Sketch};
use crate::store::quarantine;
use crate::topology::{Coverage, findings};
use crate::validate;

/// One record in quarantine and its original.
#[derive(Clone, Debug)]
pub struct RecordDetail {
    pub record: QuarantinedRecord,
    /// In the file's own coordinates.
    pub original: Original,
    /// How the import read them.
    pub reading: Option<Reading>,
    /// In the district's, as far as it can be placed.
    pub sketch: Sketch,
}

impl Project {
    fn here(&self) -> Here {
        Here {
            project_epsg: u32::try_from(self.epsg).unwrap_or(0),
            extent: Options::extent_of(&self.coverage),
        }
    }

    /// The records in quarantine, by file and record.
    pub fn quarantined(&self, filter: &QuarantineFilter) -> Result<Vec<QuarantinedRecord>, Failure> {
        let (mut out, here) = (Vec::new(), self.here());
        quarantine::for_each(self.reader.conn(), &mut |entry| {
            if filter.takes(&entry.record) {
                let place = import::place(&Original::of(&entry.wkb), entry.reading, &here);
                out.push(QuarantinedRecord {
                    place,
                    ..entry.record
                });
            }
            Ok(())
        })?;
        Ok(out)
    }

    /// How many of them wait.
    pub fn waiting_records(&self) -> Result<u64, Failure> {
        Ok(quarantine::waiting(self.reader.conn())?)
    }

    /// One of them.
    pub fn quarantined_record(&self, reference: &RecordRef) -> Result<RecordDetail, Failure> {
        let entry = quarantine::find(self.reader.conn(), reference)?;
        let (original, here) = (Original::of(&entry.wkb), self.here());
        let sketch = import::sketch(&original, entry.reading, &here);
        Ok(RecordDetail {
            record: QuarantinedRecord {
                place: sketch.bbox(),
                ..entry.record
            },
            original,
            reading: entry.reading,
            sketch,
        })
    }

    /// How it could be made a parcel, the way that changes least first.
    pub fn repairs(&self, of: &RecordDetail) -> Vec<Repair> {
        if of.record.is_point() {
            return Vec::new();
        }
        import::repairs(&of.original, of.reading, &self.here())
    }

    /// The polygons of its original as they are, valid or not, in the district's system: for repair elsewhere.
    pub fn original_polygons(&self, of: &RecordDetail) -> Vec<Polygon> {
        import::as_polygons(&of.original, of.reading, &self.here())
    }

    /// Personal: the source row as (column, value).
    pub fn record_values(&self, id: i64) -> Result<Vec<(String, String)>, Failure> {
        Ok(quarantine::values(self.reader.conn(), id)?)
    }

    /// Personal: what the import would have entered, without a shape. `None`: that import did not keep it.
    pub fn record_attributes(&self, id: i64) -> Result<Option<DraftParcel>, Failure> {
        Ok(quarantine::attributes(self.reader.conn(), id)?.0)
    }

    /// What the rules would say of these shapes in the map, under the number the record has: overlaps, points that do not
    /// meet, a number that is taken. Gaps are left out.
    pub fn consequences(&self, record: &QuarantinedRecord, shapes: &[Polygon]) -> Vec<Finding> {
        let mut near: Vec<i64> = self.coverage.by_key(&key(record));
        for shape in shapes {
            near.extend(self.coverage.window(&shape.bbox().grown(REACH)));
        }
        near.sort_unstable();
        near.dedup();
        let mut parcels: Vec<Parcel> = near
            .iter()
            .filter_map(|f| self.coverage.get(*f))
            .cloned()
            .collect();
        let fids: Vec<i64> = (1..=shapes.len() as i64).map(|i| -i).collect();
        parcels.extend(shapes.iter().zip(&fids).map(|(s, fid)| parcel(record, s, *fid)));
        let mut said = validate::affected(&Coverage::build(parcels), &fids);
        // What lies farther off was not looked at, so a gap may be none.
        let is_gap = |f: &Finding| f.code == findings::PARCEL_GAP || f.code == "SHEET_EDGE";
        said.retain(|f| f.parcels.len() > 1 && !is_gap(f));
        said
    }
}

/// As far as a parcel can be said to be beside another, mm.
const REACH: i64 = 1_000;

fn key(r: &QuarantinedRecord) -> crate::domain::ParcelKey {
    crate::domain::ParcelKey {
        commune: r.commune.as_str().into(),
        sheet: r.sheet.as_str().into(),
        number: r.number.as_str().into(),
    }
}

fn parcel(r: &QuarantinedRecord, shape: &Polygon, fid: i64) -> Parcel {
    let key = key(r);
    Parcel {
        fid,
        uid: Uid::fresh(),
        commune: key.commune,
        sheet: key.sheet,
        number: key.number,
        land_use: "".into(),
        area_measured: None,
        area_legal: None,
        is_parcel: true,
        polygon: shape.clone(),
        bbox: shape.bbox(),
    }
}
