//! `quarantine P [RECORD]`: what the import could not place; one record with its original and the ways to repair it; the
//! originals as a file.

use std::path::Path;

use serde_json::{Map, Value, json};

use super::args;
use super::district::reading;
use super::out::{Done, Out, bbox, finding_line, findings, point, rounded};
use crate::domain::{Act, Failure, Polygon, QuarantineFilter, QuarantinedRecord, RecordRef, RecordState};
use crate::edit::{self, Edit, PlaceRecord};
use crate::export::quarantine::{self as file, Options};
use crate::formats::Original;
use crate::formats::write::OutputFormat;
use crate::import::Repair;
use crate::msg;
use crate::project::{Project, RecordDetail};
use crate::text::{Lang, format};
use crate::validate::quarantine_reason;

pub fn run(a: &args::Quarantine, act: &Act, out: &Out) -> Result<Done, Failure> {
    let project = reading(&a.project, out)?;
    if let Some(text) = &a.record {
        return show(&project, &reference(&project, text)?, a.personal, out);
    }
    let filter = QuarantineFilter {
        file: a.file.clone(),
        code: a.reason.clone(),
        state: a.state.clone(),
    };
    let records = project.quarantined(&filter)?;
    let export = |path: &Path, format| {
        let options = Options {
            format,
            personal: a.personal,
            overwrite: a.overwrite,
            at: act.at,
        };
        file::write(&project, &records, path, &options)
    };
    if let Some(path) = &a.geojson {
        export(path, OutputFormat::GeoJson)?;
    }
    if let Some(path) = &a.gpkg {
        export(path, OutputFormat::Gpkg)?;
    }
    let document: Vec<Value> = records.iter().map(record).collect();
    out.result(&Value::from(document), || {
        let mut lines: Vec<String> = records.iter().map(|r| line(r, out.lang)).collect();
        lines.push(sum(&records, out.lang));
        lines.join("\n")
    });
    Ok(match records.iter().any(QuarantinedRecord::is_waiting) {
        true => Done::Findings,
        false => Done::Clean,
    })
}

/// A uid, FILE#NUMBER, or the number of the list.
fn reference(project: &Project, text: &str) -> Result<RecordRef, Failure> {
    if let Ok(id) = text.parse::<i64>() {
        let all = project.quarantined(&QuarantineFilter::default())?;
        if let Some(r) = all.iter().find(|r| r.id == id) {
            return Ok(RecordRef::Uid(r.uid));
        }
    }
    text.parse().map_err(|()| {
        Failure::new(
            "NO_RECORD",
            msg!(
                "Không có bản ghi cách ly {text}.",
                "There is no record in quarantine {text}."
            ),
        )
        .field("record")
        .remedy(msg!(
            "Ghi TỆP#SỐ, ví dụ xa.shp#12, uid, hoặc số trong danh sách.",
            "Write FILE#NUMBER, for example xa.shp#12, the uid, or the number in the list."
        ))
    })
}

fn record(r: &QuarantinedRecord) -> Value {
    let (mut op, mut parcel, mut by, mut reason) = (Value::Null, Value::Null, Value::Null, Value::Null);
    match &r.state {
        RecordState::Waiting => {}
        RecordState::Placed {
            op: o,
            parcel: uid,
            reference,
        } => {
            (op, parcel) = (json!(o), json!({"uid": uid.to_string(), "ref": reference}));
        }
        RecordState::Replaced { op: o, file, record } => {
            (op, by) = (json!(o), json!(format!("{file}#{record}")));
        }
        RecordState::Aside { op: o, reason: why } => (op, reason) = (json!(o), json!(why)),
    }
    let why = quarantine_reason(&r.code);
    json!({
        "id": r.id, "uid": r.uid.to_string(), "record": r.name(), "layer": r.layer, "code": r.code,
        "reason": {"vi": why.vi, "en": why.en}, "import": r.import, "ref": r.reference(), "bbox": bbox(r.place),
        "state": r.state.name(), "op": op, "parcel": parcel, "replaced_by": by, "aside": reason,
    })
}

fn line(r: &QuarantinedRecord, lang: Lang) -> String {
    let why = quarantine_reason(&r.code);
    let state = match (&r.state, lang) {
        (RecordState::Waiting, Lang::Vi) => "đang chờ".to_owned(),
        (RecordState::Waiting, Lang::En) => "waiting".to_owned(),
        (RecordState::Placed { op, reference, .. }, Lang::Vi) => {
            format!("đã là thửa {reference} (thao tác {op})")
        }
        (RecordState::Placed { op, reference, .. }, Lang::En) => {
            format!("is parcel {reference} (operation {op})")
        }
        (RecordState::Replaced { file, record, .. }, Lang::Vi) => format!("thay bằng {file}#{record}"),
        (RecordState::Replaced { file, record, .. }, Lang::En) => format!("replaced by {file}#{record}"),
        (RecordState::Aside { reason, .. }, Lang::Vi) => format!("để riêng: {reason}"),
        (RecordState::Aside { reason, .. }, Lang::En) => format!("set aside: {reason}"),
    };
    format!(
        "{:>6}  {:24} {:18} {}  ({}) · {state}",
        r.id,
        r.name(),
        r.reference(),
        why.get(lang),
        r.code
    )
}

fn sum(records: &[QuarantinedRecord], lang: Lang) -> String {
    let n = |state: &str| records.iter().filter(|r| r.state.name() == state).count() as u64;
    let [all, waiting, placed, replaced, aside] = [
        records.len() as u64,
        n("waiting"),
        n("placed"),
        n("replaced"),
        n("aside"),
    ]
    .map(|n| format::count(n, lang));
    msg!(
        "{all} bản ghi cách ly = {waiting} đang chờ + {placed} đã đặt + {replaced} đã thay + {aside} để riêng",
        "{all} records in quarantine = {waiting} waiting + {placed} placed + {replaced} replaced + {aside} set aside"
    )
    .get(lang)
    .to_owned()
}

fn show(project: &Project, reference: &RecordRef, personal: bool, out: &Out) -> Result<Done, Failure> {
    let detail = project.quarantined_record(reference)?;
    let repairs = project.repairs(&detail);
    let values = project.record_values(detail.record.id)?;
    let mut document = record(&detail.record);
    if let Some(keys) = document.as_object_mut() {
        more(keys, &detail);
        let repairs: Vec<Value> = repairs.iter().map(|r| repair(project, &detail, r)).collect();
        keys.insert("repairs".into(), repairs.into());
        keys.insert("columns".into(), values.iter().map(|(c, _)| c.clone()).collect());
        if personal {
            let all: Map<String, Value> = values.iter().map(|(c, v)| (c.clone(), json!(v))).collect();
            keys.insert("values".into(), all.into());
        }
    }
    out.result(&document, || {
        let mut lines = vec![line(&detail.record, out.lang), wkt(&detail.original)];
        lines.extend(detail.sketch.marks.iter().map(|m| {
            let (e, n) = m.at.metres();
            format!("  ! X = {n:.3}, Y = {e:.3}: {}", m.kind.text().get(out.lang))
        }));
        if personal {
            lines.extend(values.iter().map(|(c, v)| format!("  {c} = {v}")));
        }
        for r in &repairs {
            lines.push(format!("  → {}", r.method.text().get(out.lang)));
            lines.extend(
                said(project, &detail, r)
                    .iter()
                    .map(|f| format!("    {}", finding_line(f, out.lang))),
            );
            lines.push(format!("    {}", edit::to_json(&place(&detail, r))));
        }
        lines.join("\n")
    });
    Ok(Done::Clean)
}

fn more(keys: &mut Map<String, Value>, detail: &RecordDetail) {
    let reading = detail
        .reading
        .map(|r| json!({"crs": format!("EPSG:{}", r.epsg), "swap_xy": r.swap_xy, "shift": r.shift}));
    let faults: Vec<Value> = detail
        .sketch
        .marks
        .iter()
        .map(|m| json!({"at": point(m.at), "message": {"vi": m.kind.text().vi, "en": m.kind.text().en}}))
        .collect();
    keys.insert("reading".into(), reading.into());
    keys.insert("wkt".into(), wkt(&detail.original).into());
    keys.insert("geometry".into(), geometry(&detail.original));
    keys.insert("faults".into(), faults.into());
}

fn repair(project: &Project, detail: &RecordDetail, r: &Repair) -> Value {
    let text = r.method.text();
    let areas: Vec<f64> = r.polygons.iter().map(|p| rounded(p.area_m2())).collect();
    json!({
        "method": r.method.name(), "name": {"vi": text.vi, "en": text.en},
        "why": r.reading.as_ref().map(|m| json!({"vi": m.vi, "en": m.en})),
        "dropped_points": r.dropped, "areas_m2": areas,
        "findings": findings(&said(project, detail, r)), "edit": edit::to_value(&place(detail, r)),
    })
}

fn said(project: &Project, detail: &RecordDetail, r: &Repair) -> Vec<crate::domain::Finding> {
    project.consequences(&detail.record, &r.polygons)
}

fn place(detail: &RecordDetail, r: &Repair) -> Edit {
    let polygons: &[Polygon] = &r.polygons;
    Edit::PlaceRecord(PlaceRecord::with(RecordRef::Uid(detail.record.uid), polygons))
}

/// In the file's own coordinates; what is no polygon as its lines.
fn wkt(original: &Original) -> String {
    let line = |points: &[[f64; 2]]| {
        let points: Vec<String> = points.iter().map(|[x, y]| format!("{x} {y}")).collect();
        format!("({})", points.join(", "))
    };
    if original.shape.is_empty() {
        let lines: Vec<String> = original.lines.iter().map(|l| line(l)).collect();
        return match lines.is_empty() {
            true => "GEOMETRYCOLLECTION EMPTY".to_owned(),
            false => format!("MULTILINESTRING ({})", lines.join(", ")),
        };
    }
    let polygon = |rings: &Vec<Vec<[f64; 2]>>| {
        let rings: Vec<String> = rings.iter().map(|r| line(r)).collect();
        format!("({})", rings.join(", "))
    };
    let all: Vec<String> = original.shape.to_vec().iter().map(polygon).collect();
    match all.as_slice() {
        [one] => format!("POLYGON {one}"),
        many => format!("MULTIPOLYGON ({})", many.join(", ")),
    }
}

/// The same as a GeoJSON geometry; `null` where a coordinate is no number or there is none.
fn geometry(original: &Original) -> Value {
    let finite = original.lines.iter().flatten().flatten().all(|v| v.is_finite());
    if !finite || original.lines.is_empty() {
        return Value::Null;
    }
    match original.shape.to_vec().as_slice() {
        [] => json!({"type": "MultiLineString", "coordinates": original.lines}),
        [one] => json!({"type": "Polygon", "coordinates": one}),
        many => json!({"type": "MultiPolygon", "coordinates": many}),
    }
}
