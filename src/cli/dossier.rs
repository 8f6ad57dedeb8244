//! `mode`, `approve`, `revert`, `proposals`: boundaries in a district in operation.

use serde_json::{Value, json};

use super::args;
use super::district::{reading, writing};
use super::edit::{acknowledged, refused};
use super::out::{Done, Out, rounded};
use crate::domain::{Act, Failure};
use crate::project::{Edit, Mode};
use crate::store::proposal::Proposal;

pub fn mode(a: &args::ModeOf, act: &Act, out: &Out) -> Result<Done, Failure> {
    let (mode, op) = match a.mode.as_deref() {
        None => (reading(&a.project, out)?.mode()?, None),
        Some(name) => {
            let mode = if name == Mode::Operating.name() {
                Mode::Operating
            } else {
                Mode::Building
            };
            let mut project = writing(&a.project, act, out)?;
            let op = project.set_mode(mode, act)?;
            project.close()?;
            (mode, op)
        }
    };
    out.result(&json!({"mode": mode.name(), "op": op}), || {
        mode.title().get(out.lang).to_owned()
    });
    Ok(Done::Clean)
}

pub fn approve(a: &args::OfDossier, act: &Act, out: &Out) -> Result<Done, Failure> {
    let dossier = a.dossier.clone();
    one(a, &Edit::Approve { dossier }, act, out)
}

pub fn revert(a: &args::OfDossier, act: &Act, out: &Out) -> Result<Done, Failure> {
    let dossier = a.dossier.clone();
    one(a, &Edit::Revert { dossier }, act, out)
}

fn one(a: &args::OfDossier, edit: &Edit, act: &Act, out: &Out) -> Result<Done, Failure> {
    let mut project = writing(&a.project, act, out)?;
    match project.apply(edit, act) {
        Ok(effects) => out.line(&acknowledged(1, &effects, out)),
        Err(e) => return Err(refused(1, e, out)),
    }
    project.close()?;
    Ok(Done::Clean)
}

pub fn proposals(a: &args::Proposals, _act: &Act, out: &Out) -> Result<Done, Failure> {
    let project = reading(&a.project, out)?;
    let all = project.proposals(a.dossier.as_deref())?;
    let reference = |p: &Proposal| format!("{}/{}/{}", p.commune, p.sheet, p.number);
    let parcel = |p: &Proposal| {
        p.parcel
            .and_then(|f| project.coverage().get(f))
            .map(|p| p.uid.to_string())
    };
    let document: Vec<Value> = all
        .iter()
        .map(|p| {
            json!({
                "dossier": p.dossier_code, "role": p.role.name(), "uid": p.uid.to_string(), "parcel": parcel(p),
                "ref": reference(p), "only_points": p.parcel.is_some() && !p.locks(),
                "area_m2": p.polygon.as_ref().map(|g| rounded(g.area_m2())),
            })
        })
        .collect();
    out.result(&Value::Array(document), || {
        let line = |p: &Proposal| format!("{:12} {:7} {}", p.dossier_code, p.role.name(), reference(p));
        all.iter().map(line).collect::<Vec<_>>().join("\n")
    });
    Ok(Done::Clean)
}
