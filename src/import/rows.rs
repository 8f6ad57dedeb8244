//! One record of a file → a parcel of the draft, a quarantined original, or nothing.

use super::clean::{self, Number};
use super::geometry::{self, Placing, Refused, Tally};
use super::plan::{LayerPlan, Multipart};
use super::{Field, Mapping};
use crate::domain::{
    DraftAction, DraftParcel, Extra, Finding, Polygon, Quarantined, Severity, SourceRef, UidBatch, Unit,
};
use crate::formats::{Shape, SourceField, SourceGeometry, SourceRecord, Value};
use crate::text::encoding::Encoding;

/// All that is needed to read records of one layer. Shared by the threads.
pub struct Recipe<'a> {
    /// Index into `Draft::files`.
    pub file: u32,
    pub file_name: String,
    fields: &'a [SourceField],
    columns: Vec<Column>,
    /// Column index of each mapped field.
    at: [Option<usize>; Field::ALL.len()],
    commune: Option<String>,
    multipart: Multipart,
}

#[derive(Clone, Copy)]
struct Column {
    encoding: Encoding,
    upper: bool,
    mapped: bool,
    /// Width in bytes of a text column, else 0.
    width: usize,
}

/// What one stretch of records gave.
pub struct Rows {
    pub parcels: Vec<DraftParcel>,
    pub quarantined: Vec<Quarantined>,
    pub findings: Vec<Finding>,
    pub records: u64,
    pub deleted: u64,
    pub no_commune: u64,
    /// Records that name another commune than the layer's.
    pub other_commune: u64,
    pub tally: Tally,
    /// Values per column that fill it to the last byte.
    pub full: Vec<u64>,
    uids: UidBatch,
}

impl Rows {
    pub fn new(columns: usize) -> Self {
        Self {
            parcels: Vec::new(),
            quarantined: Vec::new(),
            findings: Vec::new(),
            records: 0,
            deleted: 0,
            no_commune: 0,
            other_commune: 0,
            tally: Tally::default(),
            full: vec![0; columns],
            uids: UidBatch::fresh(),
        }
    }
}

impl<'a> Recipe<'a> {
    pub fn new(
        file: u32,
        file_name: String,
        fields: &'a [SourceField],
        plan: &LayerPlan,
        multipart: Multipart,
    ) -> Self {
        let at = Field::ALL.map(|f| column_of(&plan.mapping, f, fields));
        let columns = fields
            .iter()
            .zip(&plan.columns)
            .enumerate()
            .map(|(i, (field, column))| Column {
                encoding: column.encoding,
                upper: column.upper,
                mapped: at.contains(&Some(i)),
                width: if field.kind == crate::formats::FieldKind::Text {
                    field.width
                } else {
                    0
                },
            })
            .collect();
        Self {
            file,
            file_name,
            fields,
            columns,
            at,
            commune: plan.commune.clone(),
            multipart,
        }
    }

    pub fn rows(&self) -> Rows {
        Rows::new(self.fields.len())
    }

    /// Reads one record.
    pub fn take(&self, record: &SourceRecord<'_>, placing: &Placing, rows: &mut Rows) {
        rows.records += 1;
        if record.deleted {
            rows.deleted += 1;
            return;
        }
        if let Some(failure) = &record.no_attributes {
            rows.findings
                .push(self.finding(failure.code(), Severity::Error, record.number));
        }
        match self.polygons(&record.geometry, placing, &mut rows.tally) {
            Ok(polygons) => self.accept(record, polygons, rows),
            Err(refused) => self.quarantine(record, &refused, rows),
        }
    }

    fn polygons(
        &self,
        geometry: &SourceGeometry<'_>,
        placing: &Placing,
        tally: &mut Tally,
    ) -> Result<Vec<Polygon>, Refused> {
        let because = |code| Refused {
            code,
            at: None,
            fault: "",
        };
        match geometry {
            SourceGeometry::Null => Err(because("IMPORT_NO_GEOMETRY")),
            SourceGeometry::Bad { failure, .. } => Err(because(failure.code())),
            SourceGeometry::Polygon(shape)
                if shape.polygon_count() > 1 && self.multipart == Multipart::Quarantine =>
            {
                Err(because("IMPORT_MULTIPART"))
            }
            SourceGeometry::Polygon(shape) => parts(shape, placing, tally),
        }
    }

    fn accept(&self, record: &SourceRecord<'_>, mut polygons: Vec<Polygon>, rows: &mut Rows) {
        let parcel = self.parcel(record, rows);
        if polygons.len() > 1 {
            let mut split = self.finding("IMPORT_MULTIPART_SPLIT", Severity::Warning, record.number);
            split.amount = Some(polygons.len() as f64);
            split.unit = Some(Unit::Count);
            rows.findings.push(split);
        }
        let last = polygons.pop();
        for polygon in polygons {
            rows.parcels.push(DraftParcel {
                uid: rows.uids.next_uid(),
                polygon,
                ..parcel.clone()
            });
        }
        rows.parcels
            .extend(last.map(|polygon| DraftParcel { polygon, ..parcel }));
    }

    fn parcel(&self, record: &SourceRecord<'_>, rows: &mut Rows) -> DraftParcel {
        let number = record.number;
        let mut field = |f: Field| self.field(f, record, rows).filter(|t| !t.is_empty());
        let sheet = field(Field::Sheet).map(clean::label).unwrap_or_default();
        let parcel_number = field(Field::Number).map(clean::label).unwrap_or_default();
        let old_sheet = field(Field::OldSheet).map(clean::label).filter(|t| !t.is_empty());
        let old_number = field(Field::OldNumber)
            .map(clean::label)
            .filter(|t| !t.is_empty());
        let land_use = field(Field::LandUse);
        let (address, owner) = (field(Field::Address), field(Field::Owner));
        let (owner_address, user_type) = (field(Field::OwnerAddress), field(Field::UserType));
        let parcel_code = field(Field::ParcelCode).map(|t| t.to_lowercase());
        let raw_commune = field(Field::Commune);
        let mut extra = Extra::default();
        let commune = self.commune(raw_commune, &mut extra, rows);
        let area_measured = self.area(Field::AreaMeasured, record, &mut extra, rows);
        let area_legal = self.area(Field::AreaLegal, record, &mut extra, rows);
        self.extra(record, &mut extra, rows);
        extra.shrink();
        DraftParcel {
            uid: rows.uids.next_uid(),
            action: DraftAction::Insert,
            file: self.file,
            record: number,
            is_parcel: !(parcel_number.is_empty() && land_use.as_deref().is_some_and(is_no_parcel)),
            commune,
            sheet,
            number: parcel_number,
            old_sheet,
            old_number,
            area_measured,
            area_legal,
            land_use,
            address,
            parcel_code,
            owner,
            owner_address,
            user_type,
            extra,
            polygon: Polygon::default(),
        }
    }

    fn field(&self, field: Field, record: &SourceRecord<'_>, rows: &mut Rows) -> Option<String> {
        let i = self.at[field as usize]?;
        Some(self.text(i, record, rows))
    }

    /// A value as text; what is wrong with it becomes a finding.
    fn text(&self, i: usize, record: &SourceRecord<'_>, rows: &mut Rows) -> String {
        let (Some(column), Some(value)) = (self.columns.get(i), record.values.get(i)) else {
            return String::new();
        };
        let decoded = clean::text(value, column.encoding);
        if decoded.truncated {
            rows.findings
                .push(self.at_column("IMPORT_TEXT_TRUNCATED", Severity::Warning, record.number, i));
        } else if decoded.replaced > 0 {
            let mut f = self.at_column("IMPORT_TEXT_UNDEFINED", Severity::Warning, record.number, i);
            f.amount = Some(f64::from(decoded.replaced));
            f.unit = Some(Unit::Count);
            f.values.push(("encoding", column.encoding.name().to_owned()));
            rows.findings.push(f);
        }
        if let Value::Bytes(bytes) = value {
            rows.full[i] += u64::from(column.width >= 20 && bytes.len() >= column.width);
        }
        if column.upper {
            decoded.text.to_uppercase()
        } else {
            decoded.text
        }
    }

    /// The record's own commune where it is a code, else the one given for the layer.
    fn commune(&self, raw: Option<String>, extra: &mut Extra, rows: &mut Rows) -> String {
        if let Some(code) = raw.as_deref().and_then(clean::commune) {
            rows.other_commune += u64::from(self.commune.as_ref().is_some_and(|c| *c != code));
            return code;
        }
        if let (Some(raw), Some(i)) = (raw, self.at[Field::Commune as usize]) {
            extra.push(&self.fields[i].name, &raw);
        }
        rows.no_commune += u64::from(self.commune.is_none());
        self.commune.clone().unwrap_or_default()
    }

    fn area(
        &self,
        field: Field,
        record: &SourceRecord<'_>,
        extra: &mut Extra,
        rows: &mut Rows,
    ) -> Option<f64> {
        let i = self.at[field as usize]?;
        let value = record.values.get(i)?;
        let encoding = self.columns.get(i)?.encoding;
        match clean::area(value, encoding) {
            Number::Missing => None,
            Number::Is(x) => Some(x),
            Number::Unreadable => {
                extra.push(&self.fields[i].name, &clean::text(value, encoding).text);
                let f = self.at_column("IMPORT_NUMBER_UNREADABLE", Severity::Warning, record.number, i);
                rows.findings.push(f);
                None
            }
        }
    }

    fn extra(&self, record: &SourceRecord<'_>, extra: &mut Extra, rows: &mut Rows) {
        for (i, (column, field)) in self.columns.iter().zip(self.fields).enumerate() {
            if column.mapped || matches!(record.values.get(i), None | Some(Value::Null)) {
                continue;
            }
            let text = self.text(i, record, rows);
            if !text.is_empty() {
                extra.push(&field.name, &text);
            }
        }
    }

    fn quarantine(&self, record: &SourceRecord<'_>, refused: &Refused, rows: &mut Rows) {
        let mut finding = self.finding(refused.code, Severity::Error, record.number);
        finding.at = refused.at;
        if !refused.fault.is_empty() {
            finding.values.push(("fault", refused.fault.to_owned()));
        }
        rows.findings.push(finding);
        let columns = self
            .fields
            .iter()
            .zip(&self.columns)
            .map(|(f, c)| (f.name.as_str(), c.encoding));
        // What is wrong with its attributes is told when it gets to be a parcel.
        let parcel = self.parcel(record, &mut self.rows());
        rows.quarantined.push(Quarantined {
            uid: rows.uids.next_uid(),
            file: self.file,
            record: record.number,
            code: refused.code,
            wkb: record.geometry.wkb(),
            attributes: clean::attributes(columns, record.values),
            parcel: Some(Box::new(parcel)),
        });
    }

    fn finding(&self, code: &'static str, severity: Severity, record: u64) -> Finding {
        let mut finding = Finding::new(code, severity);
        finding.source = Some(SourceRef {
            file: self.file_name.clone(),
            record: Some(record),
            field: None,
        });
        finding
    }

    fn at_column(&self, code: &'static str, severity: Severity, record: u64, i: usize) -> Finding {
        let mut finding = self.finding(code, severity, record);
        if let Some(source) = &mut finding.source {
            source.field = Some(self.fields[i].name.clone());
        }
        finding
    }
}

pub(super) fn column_of(mapping: &Mapping, field: Field, fields: &[SourceField]) -> Option<usize> {
    let name = mapping.get(&field)?;
    fields.iter().position(|f| f.name == *name)
}

fn parts(shape: &Shape, placing: &Placing, tally: &mut Tally) -> Result<Vec<Polygon>, Refused> {
    // A refused record leaves no mark in the tally: its points are not imported.
    let mut own = Tally::default();
    let mut polygons = Vec::with_capacity(shape.polygon_count());
    for rings in shape.polygons() {
        polygons.push(geometry::polygon(rings, placing, &mut own)?);
    }
    tally.add(own);
    Ok(polygons)
}

/// Roads, dikes and canals, rivers and streams, water surfaces: land that without a number is no parcel
/// (đối tượng chiếm đất không tạo thành thửa đất, domain.md §2.2).
const NO_PARCEL_USES: [&str; 5] = ["DGT", "DTL", "SON", "MNC", "SMN"];

fn is_no_parcel(land_use: &str) -> bool {
    NO_PARCEL_USES
        .iter()
        .any(|code| land_use.eq_ignore_ascii_case(code))
}
