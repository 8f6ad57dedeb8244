//! `undo`, `redo`, `log`.

use serde_json::{Value, json};

use super::args;
use super::district::{reading, writing};
use super::edit::{acknowledged, refused};
use super::out::{Done, Out};
use crate::domain::{Act, Failure, ParcelRef};
use crate::msg;
use crate::project::{LogFilter, OperationSummary, Undo};

/// A parcel reference as typed.
pub fn reference(text: &str) -> Result<ParcelRef, Failure> {
    text.parse().map_err(|()| {
        Failure::new(
            "USAGE",
            msg!(
                "{text:?} không phải uid hay XÃ/TỜ/THỬA.",
                "{text:?} is neither a uid nor COMMUNE/SHEET/NUMBER."
            ),
        )
        .remedy(msg!("Ví dụ: 25747/12/45", "Example: 25747/12/45"))
    })
}

pub fn undo(a: &args::Undo, act: &Act, out: &Out) -> Result<Done, Failure> {
    let mut project = writing(&a.project, act, out)?;
    let which = a.op.map_or(Undo::Last, Undo::Op);
    for step in 1..=a.steps.unwrap_or(1) {
        match project.undo(which, act) {
            Ok(effects) => out.line(&acknowledged(u64::from(step), &effects, out)),
            Err(e) => return Err(refused(u64::from(step), e, out)),
        }
    }
    project.close()?;
    Ok(Done::Clean)
}

pub fn redo(a: &args::Path1, act: &Act, out: &Out) -> Result<Done, Failure> {
    let mut project = writing(&a.project, act, out)?;
    match project.redo(act) {
        Ok(effects) => out.line(&acknowledged(1, &effects, out)),
        Err(e) => return Err(refused(1, e, out)),
    }
    project.close()?;
    Ok(Done::Clean)
}

fn entry(o: &OperationSummary) -> Value {
    json!({
        "op": o.op, "at": o.at.to_string(), "actor": o.actor, "kind": o.kind,
        "label": {"vi": o.label.vi, "en": o.label.en},
        "undoes": o.undoes, "undone_by": o.undone_by, "parcels": o.parcels, "hash": o.hash,
    })
}

pub fn log(a: &args::Log, _act: &Act, out: &Out) -> Result<Done, Failure> {
    let project = reading(&a.project, out)?;
    let parcel = a.parcel.as_deref().map(reference).transpose()?;
    let filter = LogFilter {
        parcel: parcel.map(|p| project.resolve(&p)).transpose()?,
        since: a.since,
        limit: None,
    };
    let entries = project.log(&filter)?;
    out.result(&Value::Array(entries.iter().map(entry).collect()), || {
        let line = |o: &OperationSummary| {
            let undone = o.undone_by.map(|by| format!(" (↶ {by})")).unwrap_or_default();
            format!(
                "{:>5}  {}  {}  {}{undone}",
                o.op,
                o.at,
                o.actor,
                o.label.get(out.lang)
            )
        };
        entries.iter().map(line).collect::<Vec<_>>().join("\n")
    });
    Ok(Done::Clean)
}
