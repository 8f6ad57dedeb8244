//! The hash that ties what was previewed to what is committed.

use rayon::prelude::*;
use sha2::{Digest, Sha256};

use super::{Draft, DraftAction, DraftFile, DraftParcel, Quarantined};

/// Parcels hashed at a time; part of the definition of the hash.
const CHUNK: usize = 2048;

impl Draft {
    /// SHA-256 over all that a commit of this draft writes, the value `hash` must have. Findings are
    /// not in it: they are not written.
    pub fn digest(&self) -> [u8; 32] {
        let parts: Vec<[u8; 32]> = self.parcels.par_chunks(CHUNK).map(|c| hash(c, parcel)).collect();
        let mut sha = Sha256::new();
        sha.update(hash(&self.files, file));
        sha.update((self.parcels.len() as u64).to_le_bytes());
        parts.iter().for_each(|p| sha.update(p));
        sha.update(hash(&self.quarantined, quarantined));
        sha.finalize().into()
    }
}

fn hash<T>(items: &[T], write: fn(&mut Vec<u8>, &T)) -> [u8; 32] {
    let mut sha = Sha256::new();
    let mut bytes = Vec::new();
    for item in items {
        bytes.clear();
        write(&mut bytes, item);
        sha.update((bytes.len() as u64).to_le_bytes());
        sha.update(&bytes);
    }
    sha.finalize().into()
}

fn file(out: &mut Vec<u8>, f: &DraftFile) {
    text(out, &f.file);
    optional(out, f.layer.as_deref());
    text(out, &f.sha256);
    number(out, f.records);
    number(out, f.skipped);
}

fn parcel(out: &mut Vec<u8>, p: &DraftParcel) {
    out.extend(p.uid.0.as_bytes());
    let updated = match p.action {
        DraftAction::Insert => None,
        DraftAction::Update(fid) => Some(fid),
    };
    number(out, updated.is_some().into());
    number(out, updated.unwrap_or(0) as u64);
    number(out, p.file.into());
    number(out, p.record);
    for s in [&p.commune, &p.sheet, &p.number] {
        text(out, s);
    }
    for s in [
        &p.old_sheet,
        &p.old_number,
        &p.land_use,
        &p.address,
        &p.parcel_code,
        &p.owner,
        &p.owner_address,
        &p.user_type,
    ] {
        optional(out, s.as_deref());
    }
    for area in [p.area_measured, p.area_legal] {
        number(out, area.is_some().into());
        number(out, area.unwrap_or(0.0).to_bits());
    }
    number(out, p.is_parcel.into());
    pairs(out, &p.extra);
    number(out, p.polygon.rings.len() as u64);
    for ring in &p.polygon.rings {
        number(out, ring.len() as u64);
        for at in ring {
            number(out, at.e as u64);
            number(out, at.n as u64);
        }
    }
}

fn quarantined(out: &mut Vec<u8>, q: &Quarantined) {
    out.extend(q.uid.0.as_bytes());
    number(out, q.file.into());
    number(out, q.record);
    text(out, q.code);
    number(out, q.wkb.len() as u64);
    out.extend(&q.wkb);
    pairs(out, &q.attributes);
}

fn pairs(out: &mut Vec<u8>, pairs: &[(String, String)]) {
    number(out, pairs.len() as u64);
    for (name, value) in pairs {
        text(out, name);
        text(out, value);
    }
}

fn optional(out: &mut Vec<u8>, s: Option<&str>) {
    number(out, s.is_some().into());
    text(out, s.unwrap_or_default());
}

/// Length first: two different drafts never give the same bytes.
fn text(out: &mut Vec<u8>, s: &str) {
    number(out, s.len() as u64);
    out.extend(s.as_bytes());
}

fn number(out: &mut Vec<u8>, n: u64) {
    out.extend(n.to_le_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Polygon, Pt, Uid};

    fn draft() -> Draft {
        let parcel = DraftParcel {
            uid: Uid(uuid::Uuid::from_u128(7)),
            action: DraftAction::Insert,
            file: 0,
            record: 1,
            commune: "25747".into(),
            sheet: "1".into(),
            number: "2".into(),
            old_sheet: None,
            old_number: None,
            area_measured: Some(0.0),
            area_legal: None,
            land_use: None,
            address: None,
            parcel_code: None,
            is_parcel: true,
            owner: None,
            owner_address: None,
            user_type: None,
            extra: vec![],
            polygon: Polygon {
                rings: vec![vec![Pt::new(0, 0), Pt::new(1, 0), Pt::new(0, 1)]],
            },
        };
        Draft {
            files: vec![DraftFile::default()],
            parcels: vec![parcel; CHUNK + 1],
            ..Draft::default()
        }
    }

    #[test]
    fn every_field_and_row_counts() {
        let changes: [fn(&mut Draft); 13] = [
            |d| d.files[0].skipped = 1,
            |d| d.parcels[CHUNK].number = "3".into(),
            |d| d.parcels[0].action = DraftAction::Update(0),
            |d| d.parcels[0].uid = Uid(uuid::Uuid::from_u128(8)),
            |d| d.parcels[0].address = Some(String::new()),
            |d| d.parcels[0].area_measured = None,
            |d| d.parcels[0].area_legal = Some(0.0),
            |d| d.parcels[0].is_parcel = false,
            |d| d.parcels[0].extra.push(("A".into(), String::new())),
            |d| d.parcels[0].polygon.rings[0][2].n = 2,
            |d| d.parcels[0].polygon.rings.push(vec![]),
            |d| drop(d.parcels.pop()),
            |d| {
                d.quarantined.push(Quarantined {
                    uid: Uid(uuid::Uuid::from_u128(9)),
                    file: 0,
                    record: 1,
                    code: "X",
                    wkb: vec![],
                    attributes: vec![],
                })
            },
        ];
        let base = draft();
        for (i, change) in changes.iter().enumerate() {
            let mut changed = base.clone();
            change(&mut changed);
            assert_ne!(changed.digest(), base.digest(), "change {i}");
        }
        assert_eq!(draft().digest(), base.digest());
    }
}
