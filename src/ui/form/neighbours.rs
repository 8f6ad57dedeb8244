//! "Chép từ thửa bên cạnh": what a record of a neighbouring parcel lends to a new one.

use super::model::Form;
use crate::project::{OfParcel, Record};
use crate::register::{FieldKind, Kind, Target, habits};
use crate::ui::look::Look;
use crate::ui::record_text;

/// A record of a parcel beside.
pub struct Beside {
    pub parcel: String,
    pub name: String,
    record: Record,
}

/// Most records offered: those of the nearest by number of row.
const MOST: usize = 12;

/// Whether records of a kind hang on parcels.
pub fn lends(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Party
            | Kind::Certificate
            | Kind::Right
            | Kind::LandUseRow
            | Kind::Asset
            | Kind::Restriction
            | Kind::Mortgage
            | Kind::Hold
    )
}

/// What the parcels beside have of the kind.
pub fn of(form: &Form, look: &Look<'_>) -> Vec<Beside> {
    let Some(about) = &form.about else {
        return Vec::new();
    };
    let mut out = Vec::new();
    for fid in look.coverage.neighbours(about.fid) {
        let Some(parcel) = look.coverage.get(fid) else {
            continue;
        };
        let Ok(all) = look.project.of_parcel(parcel.uid) else {
            continue;
        };
        for record in records(form.kind, &all).into_iter().filter(|r| !r.has_ended()) {
            if out.len() == MOST {
                return out;
            }
            out.push(Beside {
                parcel: record_text::parcel(look.project, parcel.uid, look.lang),
                name: name(record, &all, look),
                record: record.clone(),
            });
        }
    }
    out
}

fn records(kind: Kind, all: &OfParcel) -> Vec<&Record> {
    match kind {
        Kind::Party => all.parties.values().collect(),
        Kind::Certificate => all.certificates.iter().collect(),
        Kind::Right => all.rights.iter().collect(),
        Kind::LandUseRow => all.land_uses.iter().collect(),
        Kind::Asset => all.assets.iter().collect(),
        Kind::Restriction => all.restrictions.iter().collect(),
        Kind::Mortgage => all.mortgages.iter().collect(),
        Kind::Hold => all.holds.iter().collect(),
        _ => Vec::new(),
    }
}

fn name(record: &Record, all: &OfParcel, look: &Look<'_>) -> String {
    match (record.kind, all.party(record, "party")) {
        (Kind::Right, Some(party)) => record_text::name(party, look.lang),
        _ => record_text::name(record, look.lang),
    }
}

/// Puts in what that record lends; what was typed already stays.
pub fn copy(form: &mut Form, from: &Beside, look: &Look<'_>) {
    let kind = form.kind;
    for (field, value) in from.record.fields() {
        let Some(entry) = form.entry_named(field.name) else {
            continue;
        };
        let untouched = entry.open && (entry.is_blank() || entry.typed == entry.start);
        if !untouched || !habits::lent(kind, field.name) || *value == crate::register::Value::Empty {
            continue;
        }
        let target = match field.kind {
            FieldKind::Ref(target) => target,
            _ => Target::Parcel,
        };
        entry.put(value, look.lang, &|key| {
            record_text::referred(look.project, target, key, look.lang)
        });
    }
}
