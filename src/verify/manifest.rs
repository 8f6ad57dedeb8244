//! manifest.json: read strictly, as `assets/schema/manifest.schema.json` says.

use std::collections::BTreeMap;

use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::Faults;
use super::archive::{Print, hex};
use crate::msg;
use crate::text::Msg;

/// What the manifest states.
#[derive(Clone, Debug)]
pub struct Manifest {
    pub id: String,
    pub schema: u64,
    pub commune: String,
    pub epsg: u32,
    pub draft: bool,
    pub parcels: u64,
    pub dossiers: u64,
    pub scans: u64,
    pub files: BTreeMap<String, Print>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    base: Option<String>,
    commune: Commune,
    counts: Counts,
    crs: String,
    draft: bool,
    files: Vec<Entry>,
    format: String,
    id: String,
    #[serde(rename = "journal")]
    _journal: Option<Journal>,
    kind: String,
    schema: u64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Commune {
    code: String,
    #[serde(rename = "name")]
    _name: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Counts {
    dossiers: u64,
    parcels: u64,
    scans: u64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Journal {
    #[serde(rename = "hash")]
    _hash: String,
    #[serde(rename = "op")]
    _op: i64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    bytes: u64,
    name: String,
    sha256: String,
}

/// Reads the manifest; what it states wrongly goes to `faults`, what cannot be read at all is the error.
pub fn read(bytes: &[u8], faults: &mut Faults) -> Result<Manifest, Msg> {
    let mut value: serde_json::Value = serde_json::from_slice(bytes).map_err(|e| {
        msg!(
            "manifest.json không phải JSON ({e})",
            "manifest.json is no JSON ({e})"
        )
    })?;
    let d: Document = serde_json::from_value(value.clone()).map_err(|e| {
        msg!(
            "manifest.json không đúng cấu trúc ({e})",
            "manifest.json is not as specified ({e})"
        )
    })?;
    if let Some(map) = value.as_object_mut() {
        map.remove("id");
    }
    value.sort_all_objects();
    if hex(&Sha256::digest(value.to_string().as_bytes())) != d.id {
        faults.add(msg!(
            "id không phải mã băm của manifest.json",
            "id is not the hash of manifest.json"
        ));
    }
    if d.format != "diachinh-goi-tin" || d.schema != 1 {
        faults.add(msg!(
            "định dạng hoặc phiên bản {} không biết",
            "unknown format or schema {}",
            d.schema
        ));
    }
    if d.kind != "full" || d.base.is_some() {
        faults.add(msg!(
            "loại gói “{}” chưa được hỗ trợ",
            "packages of kind “{}” are not supported yet",
            d.kind
        ));
    }
    if d.commune.code.len() != 5 || !d.commune.code.bytes().all(|b| b.is_ascii_digit()) {
        faults.add(msg!("mã xã không hợp lệ", "bad commune code"));
    }
    let epsg = d
        .crs
        .strip_prefix("EPSG:")
        .and_then(|c| c.parse().ok())
        .filter(|&e| crate::crs::zone(e).is_some());
    if epsg.is_none() {
        faults.add(msg!("hệ tọa độ không biết", "unknown coordinate system"));
    }
    let count = d.files.len();
    let files: BTreeMap<String, Print> = d
        .files
        .into_iter()
        .map(|e| {
            (
                e.name,
                Print {
                    bytes: e.bytes,
                    sha256: e.sha256,
                },
            )
        })
        .collect();
    if files.len() != count {
        faults.add(msg!("một tệp được liệt kê hai lần", "a file is listed twice"));
    }
    Ok(Manifest {
        id: d.id,
        schema: d.schema,
        commune: d.commune.code,
        epsg: epsg.unwrap_or(0),
        draft: d.draft,
        parcels: d.counts.parcels,
        dossiers: d.counts.dossiers,
        scans: d.counts.scans,
        files,
    })
}
