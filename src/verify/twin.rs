//! Whether spatial/thuadat.gml and spatial/thuadat.gpkg say the same of every parcel.

use std::collections::BTreeMap;
use std::path::Path;

use sha2::{Digest, Sha256};

use super::Faults;
use super::archive::{Archive, ENTRY};
use super::manifest::Manifest;
use crate::domain::{Failure, Polygon, Pt, Uid};
use crate::formats::{self, SourceGeometry, SourceLayer, SourceRecord, Value};
use crate::msg;
use crate::text::Msg;

/// A digest of everything said of a parcel.
pub type Print = [u8; 16];

const COLUMNS: [&str; 8] = [
    "phienBan",
    "maXa",
    "soHieuToBanDo",
    "soThuTuThua",
    "dienTich",
    "dienTichPhapLy",
    "loaiDat",
    "laDoiTuongChiemDat",
];

/// The digest of the fields of [`COLUMNS`] and the surface.
pub fn print(fields: &[String; 8], polygon: &Polygon) -> Print {
    let mut hash = Sha256::new();
    for f in fields {
        hash.update(f.as_bytes());
        hash.update([0]);
    }
    for ring in &polygon.rings {
        hash.update((ring.len() as u64).to_le_bytes());
        for p in ring {
            hash.update(p.e.to_le_bytes());
            hash.update(p.n.to_le_bytes());
        }
    }
    let mut out = [0; 16];
    out.copy_from_slice(&hash.finalize()[..16]);
    out
}

pub fn compare(
    archive: &mut Archive,
    folder: &Path,
    manifest: &Manifest,
    gml: &BTreeMap<Uid, Print>,
) -> Faults {
    let mut faults = Faults::new("twin");
    match read(archive, folder, manifest, &mut faults) {
        Err(m) => faults.add(Msg::new(
            format!("thuadat.gpkg: {}", m.vi),
            format!("thuadat.gpkg: {}", m.en),
        )),
        Ok(gpkg) => {
            for (uid, print) in gml {
                match gpkg.get(uid) {
                    None => faults.add(msg!(
                        "thửa {uid} chỉ có trong GML",
                        "parcel {uid} is only in the GML"
                    )),
                    Some(other) if other != print => faults.add(msg!(
                        "thửa {uid} khác nhau giữa GML và GPKG",
                        "parcel {uid} differs between GML and GPKG"
                    )),
                    Some(_) => {}
                }
            }
            for uid in gpkg.keys().filter(|u| !gml.contains_key(u)) {
                faults.add(msg!(
                    "thửa {uid} chỉ có trong GPKG",
                    "parcel {uid} is only in the GPKG"
                ));
            }
        }
    }
    faults
}

fn read(
    archive: &mut Archive,
    folder: &Path,
    manifest: &Manifest,
    faults: &mut Faults,
) -> Result<BTreeMap<Uid, Print>, Msg> {
    let file = folder.join("thuadat.gpkg");
    let mut from = archive.reader("spatial/thuadat.gpkg", ENTRY)?;
    let copied = std::fs::File::create(&file).and_then(|mut to| std::io::copy(&mut from, &mut to));
    copied.map_err(|e| msg!("không đọc được ({e})", "cannot be read ({e})"))?;
    let said = |f: &Failure| f.message().clone();
    let layers = formats::open(&file, None).map_err(|f| said(&f))?;
    let [layer] = &layers[..] else {
        return Err(msg!("phải có đúng một lớp", "there must be exactly one layer"));
    };
    if layer.declared_crs.as_ref().and_then(|c| c.epsg) != Some(manifest.epsg) {
        faults.add(msg!(
            "GPKG có hệ tọa độ khác manifest.json",
            "the GPKG's coordinate system differs from manifest.json"
        ));
    }
    rows(layer, faults).map_err(|f| said(&f))
}

fn rows(layer: &SourceLayer, faults: &mut Faults) -> Result<BTreeMap<Uid, Print>, Failure> {
    let column = |name: &str| layer.fields.iter().position(|f| f.name == name);
    let (id, columns) = (column("thuaDatId"), COLUMNS.map(column));
    let mut all = BTreeMap::new();
    layer.read(0..layer.records, &mut |r| {
        let text = |c: Option<usize>| c.and_then(|c| r.values.get(c)).map(shown).unwrap_or_default();
        let number = r.number;
        let Ok(uid) = text(id).parse::<Uid>() else {
            faults.add(msg!(
                "GPKG, bản ghi {number}: không có thuaDatId",
                "GPKG, record {number}: no thuaDatId"
            ));
            return Ok(());
        };
        let mut fields = columns.map(text);
        fields[7] = if fields[7] == "1" {
            "true".to_owned()
        } else {
            "false".to_owned()
        };
        match surface(&r) {
            Some(polygon) => {
                if all.insert(uid, print(&fields, &polygon)).is_some() {
                    faults.add(msg!(
                        "thửa {uid} có hai lần trong GPKG",
                        "parcel {uid} is twice in the GPKG"
                    ));
                }
            }
            None => faults.add(msg!(
                "thửa {uid}: GPKG không có hình trên lưới mm",
                "parcel {uid}: the GPKG has no surface on the mm lattice"
            )),
        }
        Ok(())
    })?;
    Ok(all)
}

fn shown(v: &Value<'_>) -> String {
    match v {
        Value::Null => String::new(),
        Value::Bytes(b) => String::from_utf8_lossy(b).into_owned(),
        Value::Text(t) => (*t).to_owned(),
        Value::Int(i) => i.to_string(),
        Value::Real(x) => x.to_string(),
    }
}

/// The one polygon of a record, on the lattice.
fn surface(r: &SourceRecord<'_>) -> Option<Polygon> {
    let SourceGeometry::Polygon(shape) = &r.geometry else {
        return None;
    };
    let polygons = shape.to_vec();
    let [rings] = &polygons[..] else { return None };
    let point = |p: &[f64; 2]| {
        Pt::from_metres(p[0], p[1]).filter(|q| {
            let (e, n) = q.metres();
            (e - p[0]).abs() < 1e-6 && (n - p[1]).abs() < 1e-6
        })
    };
    let rings = rings.iter().map(|ring| {
        let mut ring: Vec<Pt> = ring.iter().map(point).collect::<Option<_>>()?;
        if ring.len() > 1 && ring.first() == ring.last() {
            ring.pop();
        }
        Some(ring)
    });
    Some(Polygon {
        rings: rings.collect::<Option<_>>()?,
    })
}
