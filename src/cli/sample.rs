//! `sample DIR --parcels N --seed S [--dirty R] [--register]`.

use serde_json::json;

use super::args;
use super::out::{Done, Out};
use crate::domain::Failure;
use crate::msg;
use crate::sample::{Options, generate, generate_register};

pub fn run(a: &args::Sample, out: &Out) -> Result<Done, Failure> {
    if let Some(rate) = a.dirty
        && !(0.0..=0.5).contains(&rate)
    {
        return Err(Failure::new(
            "USAGE",
            msg!(
                "--dirty phải từ 0 đến 0,5.",
                "--dirty must lie between 0 and 0.5."
            ),
        ));
    }
    let make = if a.register { generate_register } else { generate };
    let made = make(
        &Options {
            dir: a.dir.clone(),
            parcels: a.parcels,
            seed: a.seed,
            dirty: a.dirty,
        },
        &out.progress(),
    )?;
    let dir = a.dir.display().to_string();
    let communes: Vec<_> = made
        .communes
        .iter()
        .map(|(code, name, n)| json!({"code": code, "name": name, "parcels": n}))
        .collect();
    let files: Vec<_> = made.files.iter().map(|f| f.display().to_string()).collect();
    out.result(&json!({"dir": dir, "records": made.records, "truth": made.truths, "communes": communes, "files": files}), || {
        let (n, c, t) = (made.records, made.communes.len(), made.truths);
        msg!("{dir}: {n} bản ghi, {c} xã, {t} dòng truth.jsonl", "{dir}: {n} records, {c} communes, {t} lines of truth.jsonl").get(out.lang).to_owned()
    });
    Ok(Done::Clean)
}
