//! `undo`, `redo`, `log`.

use std::path::Path;

use serde_json::{Value, json};

use super::args;
use super::district::{reading, writing};
use super::edit::{acknowledged, refused};
use super::out::{Done, Out};
use crate::domain::{Act, Failure, ParcelRef};
use crate::msg;
use crate::project::{LogFilter, OperationSummary, Turn, Turned, Undo, nothing_to_undo};

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
    let steps = a.steps.unwrap_or(1);
    let which = a.op.map_or(Undo::Steps(steps), Undo::Op);
    let done = turn(&a.project, Turn::Undo(which), act, out)?;
    if a.op.is_none() && done < u64::from(steps) {
        return Err(refused(done + 1, nothing_to_undo().into(), out));
    }
    Ok(Done::Clean)
}

pub fn redo(a: &args::Path1, act: &Act, out: &Out) -> Result<Done, Failure> {
    turn(&a.project, Turn::Redo, act, out)?;
    Ok(Done::Clean)
}

/// One answer line for each operation taken back, printed after the durable commit; how many there were.
fn turn(path: &Path, turn: Turn, act: &Act, out: &Out) -> Result<u64, Failure> {
    let project = writing(path, act, out)?;
    let steps = project.steps(turn).map_err(|f| refused(1, f.into(), out))?;
    let Turned { effects, stopped } = project.take_back_and_close(&steps, act, &out.progress())?;
    for (line, effects) in (1..).zip(&effects) {
        out.line(&acknowledged(line, effects, out));
    }
    let done = effects.len() as u64;
    // Millions of small pieces: they go with the process, at once.
    std::mem::forget(effects);
    match stopped {
        None => Ok(done),
        Some(failure) => Err(refused(done + 1, failure.into(), out)),
    }
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
