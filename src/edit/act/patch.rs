//! Records that come, change or end by an act: corrections, data of holder, parcel or asset, restrictions.

use super::super::owners::rights_on;
use super::super::{record, set};
use super::{Done, Run, missing, not_for, row};
use crate::domain::{Failure, ParcelRef};
use crate::edit::{AddRecord, EditError};
use crate::msg;
use crate::register::{FieldKind, Kind, Target};
use crate::store::records;

pub(super) fn run(run: &Run<'_>, done: &mut Done) -> Result<(), EditError> {
    let a = run.act;
    if a.set.is_none() && a.add.is_empty() && a.change.is_empty() && a.end.is_empty() {
        return Err(missing("change", msg!("Phải ghi nội dung thay đổi.", "Say what changes.")).into());
    }
    if let Some(fields) = &a.set {
        if !["TD", "SN", "DH"].contains(&run.kind.code) {
            return Err(not_for(run.kind.code, "set").into());
        }
        if run.parcels.is_empty() {
            return Err(missing("parcels", msg!("Phải chỉ ra thửa đất.", "Name the parcels.")).into());
        }
        for p in &run.parcels {
            set::run(run.at, &ParcelRef::Uid(p.uid), fields)?;
        }
    }
    for add in &a.add {
        allowed(run, &add.kind)?;
        about_the_parcel(run, add).run(run.at)?;
    }
    for change in &a.change {
        allowed(run, &change.kind)?;
        change.run(run.at)?;
        if change.kind == Kind::Party.name() {
            let fid = records::find(run.at.op, "party", change.uid)?;
            done.took.extend(fid.map(|f| (f, None)));
        }
        if change.kind == Kind::Certificate.name() {
            done.old_paper(records::find(run.at.op, "certificate", change.uid)?);
        }
    }
    for end in &a.end {
        allowed(run, &end.kind)?;
        end.run(run.at)?;
    }
    for p in &run.parcels {
        for r in rights_on(run.at, p.fid)? {
            done.old_paper(row(r.get("certificate")));
        }
    }
    Ok(())
}

/// A record about a parcel is about that of the act when it does not say.
fn about_the_parcel(run: &Run<'_>, add: &AddRecord) -> AddRecord {
    let mut add = add.clone();
    let has = Kind::of(&add.kind).and_then(|k| k.field("parcel"));
    if let (Some(field), [only]) = (has, run.parcels.as_slice())
        && field.kind == FieldKind::Ref(Target::Parcel)
        && !add.fields.0.contains_key("asset")
    {
        add.fields
            .0
            .entry("parcel".to_owned())
            .or_insert_with(|| only.uid.to_string().into());
    }
    add
}

fn allowed(run: &Run<'_>, name: &str) -> Result<(), Failure> {
    let kind = record::kind_of(name)?;
    if run.kind.kinds.contains(&kind) {
        return Ok(());
    }
    let (code, vi, en) = (run.kind.code, kind.title().vi, kind.title().en);
    Err(Failure::new(
        "KEY_NOT_FOR_ACT",
        msg!(
            "Biến động {code} không thay đổi {vi}.",
            "A change {code} does not change a {en}."
        ),
    )
    .field("kind"))
}
