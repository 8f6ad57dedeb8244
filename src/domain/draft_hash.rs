//! The fingerprint of a draft: what is previewed is what is committed.

use rayon::prelude::*;
use sha2::{Digest, Sha256};

use super::{Draft, DraftAction, DraftFile, DraftParcel, Quarantined};

/// Parcels hashed together; the result does not depend on the number of threads.
const CHUNK: usize = 1024;

impl Draft {
    /// SHA-256 over all that would be written, in order, except the uids: the same files read the same
    /// way have the same fingerprint.
    pub fn content_hash(&self) -> [u8; 32] {
        let mut hasher = DraftHasher::default();
        hasher.parcels(&self.parcels);
        hasher.finish(self)
    }
}

/// [`Draft::content_hash`] of a draft that is read in stretches.
#[derive(Clone, Debug)]
pub struct DraftHasher(Sha256);

impl Default for DraftHasher {
    fn default() -> Self {
        Self(Sha256::new_with_prefix(b"diachinh-draft 1"))
    }
}

impl DraftHasher {
    /// Of `read` parcels, how many can be hashed before the next are there.
    pub fn whole(read: usize) -> usize {
        read - read % CHUNK
    }

    /// Adds the next parcels: [`DraftHasher::whole`] many, or the last.
    pub fn parcels(&mut self, parcels: &[DraftParcel]) {
        let digests: Vec<[u8; 32]> = parcels.par_chunks(CHUNK).map(|c| digest(c, parcel)).collect();
        digests.iter().for_each(|d| self.0.update(d));
    }

    /// Adds what else is in the draft.
    pub fn finish(mut self, draft: &Draft) -> [u8; 32] {
        self.0.update(digest(&draft.quarantined, quarantined));
        self.0.update(digest(&draft.files, file));
        self.0.finalize().into()
    }
}

fn digest<T>(items: &[T], put: fn(&T, &mut Vec<u8>)) -> [u8; 32] {
    let mut bytes = Vec::new();
    let mut hash = Sha256::new();
    for item in items {
        bytes.clear();
        put(item, &mut bytes);
        hash.update(&bytes);
    }
    hash.finalize().into()
}

/// Length before content, so that no two contents give the same bytes.
fn text(s: &str, out: &mut Vec<u8>) {
    out.extend((s.len() as u64).to_le_bytes());
    out.extend(s.as_bytes());
}

fn option(s: Option<&str>, out: &mut Vec<u8>) {
    out.push(u8::from(s.is_some()));
    text(s.unwrap_or(""), out);
}

fn pairs(pairs: &[(String, String)], out: &mut Vec<u8>) {
    out.extend((pairs.len() as u64).to_le_bytes());
    for (name, value) in pairs {
        text(name, out);
        text(value, out);
    }
}

fn file(f: &DraftFile, out: &mut Vec<u8>) {
    text(&f.file, out);
    option(f.layer.as_deref(), out);
    text(&f.sha256, out);
    out.extend(f.records.to_le_bytes());
    out.extend(f.skipped.to_le_bytes());
    out.push(u8::from(f.reading.is_some()));
    if let Some(r) = f.reading {
        out.extend(r.epsg.to_le_bytes());
        out.push(r.swap_xy.into());
        r.shift.iter().for_each(|m| out.extend(m.to_le_bytes()));
    }
}

fn parcel(p: &DraftParcel, out: &mut Vec<u8>) {
    let fid = match p.action {
        DraftAction::Insert => 0,
        DraftAction::Update(fid) => fid,
    };
    out.extend(fid.to_le_bytes());
    out.extend(p.file.to_le_bytes());
    out.extend(p.record.to_le_bytes());
    for s in [&p.commune, &p.sheet, &p.number] {
        text(s, out);
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
        option(s.as_deref(), out);
    }
    for area in [p.area_measured, p.area_legal] {
        out.extend(area.map_or([0xFF; 8], f64::to_le_bytes)); // all ones is a NaN, which no area is
    }
    out.push(u8::from(p.is_parcel));
    option(p.extra.json(), out);
    out.extend((p.polygon.rings.len() as u64).to_le_bytes());
    for ring in &p.polygon.rings {
        out.extend((ring.len() as u64).to_le_bytes());
        for point in ring {
            out.extend(point.e.to_le_bytes());
            out.extend(point.n.to_le_bytes());
        }
    }
}

fn quarantined(q: &Quarantined, out: &mut Vec<u8>) {
    out.extend(q.file.to_le_bytes());
    out.extend(q.record.to_le_bytes());
    text(q.code, out);
    out.extend((q.wkb.len() as u64).to_le_bytes());
    out.extend(&q.wkb);
    pairs(&q.attributes, out);
    out.push(u8::from(q.parcel.is_some()));
    q.parcel.iter().for_each(|p| parcel(p, out));
}
