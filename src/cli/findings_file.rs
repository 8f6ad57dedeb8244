//! A list of findings as a file for spreadsheets and for a GIS.

use std::fs;
use std::io::Write;
use std::path::Path;

use serde_json::{Value, json};

use super::out;
use crate::crs;
use crate::domain::{Act, Failure, Finding, Polygon, Pt, Unit};
use crate::export::quality::Told;
use crate::formats::write::{self as map, Cell, Column, ColumnKind, OutputFormat};
use crate::msg;
use crate::validate;

/// Writes them beside the target first, so that a half-written file never stands there.
pub(super) fn whole(path: &Path, content: &[u8]) -> Result<(), Failure> {
    let failed = |e: std::io::Error| {
        let name = path.display();
        Failure::new(
            "FILE_WRITE",
            msg!("Không ghi được tệp {name}: {e}.", "Cannot write {name}: {e}."),
        )
        .remedy(msg!(
            "Kiểm tra thư mục đích, quyền ghi và dung lượng đĩa.",
            "Check the folder, the right to write there, and the free space."
        ))
    };
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".part");
    let part = path.with_file_name(name);
    let written = fs::File::create(&part)
        .and_then(|mut file| file.write_all(content).and_then(|()| file.sync_all()))
        .and_then(|()| fs::rename(&part, path));
    written.map_err(|e| {
        // What was begun is of no use; that it stays is no further failure.
        let _ = fs::remove_file(&part);
        failed(e)
    })
}

/// One row a finding; places as X (north) and Y (east) in metres, as the field writes them.
pub fn csv(path: &Path, list: &[Told]) -> Result<(), Failure> {
    // Without the mark, spreadsheets on Windows read Vietnamese as windows-1258.
    let mut out = csv::Writer::from_writer("\u{feff}".as_bytes().to_vec());
    let head = [
        "code",
        "severity",
        "parcels",
        "X",
        "Y",
        "amount",
        "unit",
        "tolerance",
        "file",
        "record",
        "message_vi",
        "message_en",
        "state",
        "key",
    ];
    let failed = |e: csv::Error| {
        Failure::new(
            "FILE_WRITE",
            msg!("Không tạo được bảng CSV: {e}.", "Cannot make the CSV table: {e}."),
        )
    };
    out.write_record(head).map_err(failed)?;
    for f in list {
        out.write_record(row(f)).map_err(failed)?;
    }
    let bytes = out.into_inner().map_err(|e| failed(e.into_error().into()))?;
    whole(path, &bytes)
}

fn row(t: &Told) -> [String; 14] {
    let f = &t.finding;
    let message = validate::message(f);
    let metres = |mm: Option<i64>| mm.map_or(String::new(), |v| format!("{:.3}", v as f64 / 1000.0));
    let number = |v: Option<f64>| v.map_or(String::new(), |v| out::rounded(v).to_string());
    let source = f.source.as_ref();
    [
        f.code.to_owned(),
        f.severity.name().to_owned(),
        f.refs.join("; "),
        metres(f.at.map(|p| p.n)),
        metres(f.at.map(|p| p.e)),
        number(f.amount),
        f.unit.map_or("", Unit::name).to_owned(),
        number(f.tolerance),
        source.map_or(String::new(), |s| s.file.clone()),
        source
            .and_then(|s| s.record)
            .map_or(String::new(), |r| r.to_string()),
        message.vi,
        message.en,
        t.state.name().to_owned(),
        t.key.clone(),
    ]
}

/// A point a finding, in WGS 84 as RFC 7946 wants; the properties are those of `--json`.
pub fn geojson(path: &Path, list: &[Told], epsg: u32) -> Result<(), Failure> {
    let features: Result<Vec<Value>, Failure> = list.iter().map(|f| feature(f, epsg)).collect();
    let document = json!({"type": "FeatureCollection", "features": features?});
    whole(path, document.to_string().as_bytes())
}

/// `FINDING` of cli.md with what is remembered of it.
pub(super) fn told(t: &Told) -> Value {
    let mut value = out::finding(&t.finding);
    value["state"] = json!(t.state.name());
    value["key"] = json!(t.key);
    value["first_seen"] = match t.first {
        Some(s) => json!({"op": s.op, "at": s.at.to_string()}),
        None => Value::Null,
    };
    value
}

fn feature(t: &Told, epsg: u32) -> Result<Value, Failure> {
    let round = |v: f64| (v * 1e9).round() / 1e9;
    let geometry = match t.finding.at {
        None => Value::Null,
        Some(p) => {
            let (lat, lon) = crs::to_wgs84(epsg, p)?;
            json!({"type": "Point", "coordinates": [round(lon), round(lat)]})
        }
    };
    Ok(json!({"type": "Feature", "geometry": geometry, "properties": told(t)}))
}

/// A box a finding, around its place, in the zone of the district.
pub fn gpkg(path: &Path, list: &[Told], epsg: u32, act: &Act) -> Result<(), Failure> {
    let text = |name: &str| Column {
        name: name.to_owned(),
        kind: ColumnKind::Text { width: 254 },
    };
    let mut columns: Vec<Column> = [
        "code",
        "severity",
        "state",
        "key",
        "parcels",
        "message_vi",
        "message_en",
    ]
    .map(text)
    .to_vec();
    for (name, decimals) in [("amount", 6), ("tolerance", 6)] {
        columns.push(Column {
            name: name.to_owned(),
            kind: ColumnKind::Real { decimals },
        });
    }
    let table = map::Table {
        layer: "finding",
        columns: &columns,
        epsg,
        wgs84: false,
        at: act.at,
    };
    let mut rows = list.iter().map(|t| Ok((place(&t.finding), cells(t))));
    map::write(OutputFormat::Gpkg, path, &table, true, &mut rows)?;
    Ok(())
}

/// The box of a finding, or 1 m around its point.
fn place(f: &Finding) -> Polygon {
    let around = f.at.map(|p| crate::domain::BBox::of([p]).grown(500));
    let Some(b) = f.bbox.filter(|b| !b.is_empty()).or(around) else {
        return Polygon::default();
    };
    let b = if b.width() == 0 || b.height() == 0 {
        b.grown(1)
    } else {
        b
    };
    let corners = vec![b.min, Pt::new(b.max.e, b.min.n), b.max, Pt::new(b.min.e, b.max.n)];
    Polygon { rings: vec![corners] }
}

fn cells(t: &Told) -> Vec<Cell> {
    let f = &t.finding;
    let message = validate::message(f);
    let real = |v: Option<f64>| v.map_or(Cell::Null, |v| Cell::Real(out::rounded(v)));
    vec![
        Cell::Text(f.code.to_owned()),
        Cell::Text(f.severity.name().to_owned()),
        Cell::Text(t.state.name().to_owned()),
        Cell::Text(t.key.clone()),
        Cell::Text(f.refs.join("; ")),
        Cell::Text(message.vi),
        Cell::Text(message.en),
        real(f.amount),
        real(f.tolerance),
    ]
}
