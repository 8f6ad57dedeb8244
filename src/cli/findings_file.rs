//! A list of findings as a file for spreadsheets and for a GIS.

use std::fs;
use std::io::Write;
use std::path::Path;

use serde_json::{Value, json};

use super::out;
use crate::crs;
use crate::domain::{Failure, Finding, Unit};
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
pub fn csv(path: &Path, list: &[Finding]) -> Result<(), Failure> {
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

fn row(f: &Finding) -> [String; 12] {
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
    ]
}

/// A point a finding, in WGS 84 as RFC 7946 wants; the properties are those of `--json`.
pub fn geojson(path: &Path, list: &[Finding], epsg: u32) -> Result<(), Failure> {
    let features: Result<Vec<Value>, Failure> = list.iter().map(|f| feature(f, epsg)).collect();
    let document = json!({"type": "FeatureCollection", "features": features?});
    whole(path, document.to_string().as_bytes())
}

fn feature(f: &Finding, epsg: u32) -> Result<Value, Failure> {
    let round = |v: f64| (v * 1e9).round() / 1e9;
    let geometry = match f.at {
        None => Value::Null,
        Some(p) => {
            let (lat, lon) = crs::to_wgs84(epsg, p)?;
            json!({"type": "Point", "coordinates": [round(lon), round(lat)]})
        }
    };
    Ok(json!({"type": "Feature", "geometry": geometry, "properties": out::finding(f)}))
}
