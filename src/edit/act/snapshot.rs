//! How the records an act is about stand: kept before and after, so that a registered change can be read by itself.

use serde_json::{Map, Value as Json, json};

use super::super::owners::rights_on;
use super::{Run, row};
use crate::edit::EditError;
use crate::register::{Kind, Target};
use crate::store::records::{self, Of, Record, References};
use crate::store::rows;

/// JSON of the parcels, their land-use rows, rights and mortgages in force, and the certificates and parties these name.
pub(super) fn of(run: &Run<'_>, more_papers: &[i64]) -> Result<String, EditError> {
    let op = run.at.op;
    let (mut parcels, mut papers, mut parties) = (Vec::new(), more_papers.to_vec(), Vec::new());
    let fids: Vec<i64> = run.parcels.iter().map(|p| p.fid).collect();
    for p in rows::parcels(op, &fids)? {
        let mut held = Map::new();
        held.insert("parcel".into(), json!(p.reference()));
        held.insert("uid".into(), json!(p.uid.to_string()));
        held.insert("area_measured".into(), json!(p.area_measured));
        held.insert("area_legal".into(), json!(p.area_legal));
        for r in rights_on(run.at, p.fid)? {
            papers.extend(row(r.get("certificate")));
            parties.extend(row(r.get("party")));
        }
        for kind in [Kind::LandUseRow, Kind::Right, Kind::Mortgage, Kind::Restriction] {
            let Some(field) = kind.field("parcel") else {
                continue;
            };
            let mut all = records::list(op, kind, Of::Field(field, p.fid), References::Uids, None)?;
            all.retain(|r| !r.has_ended());
            held.insert(kind.name().into(), all.iter().map(record).collect());
        }
        parcels.push(Json::Object(held));
    }
    papers.extend(
        run.act
            .old_certificate
            .map(|u| records::find(op, "certificate", u))
            .transpose()?
            .flatten(),
    );
    for change in &run.act.change {
        let list = match Kind::of(&change.kind) {
            Some(Kind::Party) => &mut parties,
            Some(Kind::Certificate) => &mut papers,
            _ => continue,
        };
        list.extend(records::find(op, &change.kind, change.uid)?);
    }
    let papers = listed(run, Kind::Certificate, papers)?;
    let parties = listed(run, Kind::Party, parties)?;
    Ok(json!({"parcels": parcels, "certificates": papers, "parties": parties}).to_string())
}

fn listed(run: &Run<'_>, kind: Kind, mut fids: Vec<i64>) -> Result<Vec<Json>, EditError> {
    fids.sort_unstable();
    fids.dedup();
    let mut out = Vec::new();
    for fid in fids {
        out.extend(
            records::read(run.at.op, kind, fid, References::Uids)?
                .as_ref()
                .map(record),
        );
    }
    Ok(out)
}

fn record(r: &Record) -> Json {
    let mut out = Map::new();
    out.insert("uid".into(), json!(r.uid.to_string()));
    if let Some(status) = &r.status {
        out.insert("status".into(), json!(status));
    }
    for (field, value) in r.fields() {
        let is_parcel = field.kind == crate::register::FieldKind::Ref(Target::Parcel);
        let json = field.json(value);
        if !json.is_null() && !is_parcel {
            out.insert(field.name.to_owned(), json);
        }
    }
    Json::Object(out)
}
