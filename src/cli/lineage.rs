//! `lineage P REF`: where a parcel comes from and what became of it.

use serde_json::{Value, json};

use super::args;
use super::district::reading;
use super::history::reference;
use super::out::{Done, Out, rounded};
use crate::domain::{Act, Failure, Uid};
use crate::store::lineage::{Member, Moment};

fn moment(m: &Moment) -> Value {
    json!({"op": m.op, "at": m.at.to_string()})
}

fn member(m: &Member) -> Value {
    json!({
        "uid": m.uid.to_string(), "ref": m.reference, "generation": m.generation,
        "status": if m.retired.is_some() { "LICH_SU" } else { "HIEN_HANH" },
        "created": moment(&m.created), "retired": m.retired.as_ref().map(moment),
        "area_m2": m.polygon.as_ref().map(|p| rounded(p.area_m2())), "parcel_code": m.parcel_code,
    })
}

pub fn run(a: &args::Lineage, _act: &Act, out: &Out) -> Result<Done, Failure> {
    let project = reading(&a.project, out)?;
    let fid = project.resolve_any(&reference(&a.parcel)?)?;
    let family = project.lineage(fid)?;
    let uid = |fid: i64| family.members.iter().find(|m| m.fid == fid).map(|m| m.uid);
    let descents: Vec<Value> = family
        .descents
        .iter()
        .map(|d| json!({"parent": uid(d.parent).map(text), "child": uid(d.child).map(text), "op": d.op}))
        .collect();
    let parcels: Vec<Value> = family.members.iter().map(member).collect();
    out.result(&json!({"parcels": parcels, "descents": descents}), || {
        let line = |m: &Member| {
            let end = m
                .retired
                .as_ref()
                .map(|r| format!(" – {}", r.at))
                .unwrap_or_default();
            format!("{:>3}  {:18} {}{end}", m.generation, m.reference, m.created.at)
        };
        family.members.iter().map(line).collect::<Vec<_>>().join("\n")
    });
    Ok(Done::Clean)
}

fn text(uid: Uid) -> String {
    uid.to_string()
}
