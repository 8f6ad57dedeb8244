//! `mode`, `approve`, `revert`, `proposals`, `dossier …`, `register`: a district in operation.

use std::path::Path;

use serde_json::{Value, json};

use super::args::{self, DossierAct, RecordAt};
use super::district::{reading, writing};
use super::edit::{acknowledged, refused};
use super::out::{Done, Out, error, rounded};
use super::record::{self, usage};
use crate::codes;
use crate::domain::{Act, Failure, day_of};
use crate::edit::{AdvanceDossier, parse};
use crate::msg;
use crate::project::{DossierCard, Edit, Mode, WorkFilter, WorkItem};
use crate::register::{Kind, day};
use crate::store::proposal::Proposal;
use crate::text::{Lang, format};

pub fn run(act: &DossierAct, by: &Act, out: &Out) -> Result<Done, Failure> {
    match act {
        DossierAct::Add(a) => record::add(Kind::Dossier, a, by, out),
        DossierAct::Set(a) => record::set(Kind::Dossier, a, by, out),
        DossierAct::End(a) => record::end_one(Kind::Dossier, a, by, out),
        DossierAct::Show(a) => show(a, by, out),
        DossierAct::List(a) => list(a, by, out),
        DossierAct::Account(a) => account(a, out),
        DossierAct::Advance(a) => {
            let edit = Edit::AdvanceDossier(AdvanceDossier {
                dossier: a.dossier.clone(),
                to: a.to.clone(),
                reason: a.reason.clone(),
            });
            done(&a.project, &edit, by, out)
        }
    }
}

/// One act of registration, from flags and the other keys of its line in a script.
pub fn register(a: &args::Register, by: &Act, out: &Out) -> Result<Done, Failure> {
    let mut line = match a.with.as_deref().map(serde_json::from_str::<Value>) {
        None => json!({}),
        Some(Ok(v)) if v.is_object() => v,
        Some(_) => {
            return Err(usage(msg!(
                "--with phải là một đối tượng JSON.",
                "--with must be a JSON object."
            )));
        }
    };
    line["op"] = "register_change".into();
    line["code"] = a.code.clone().into();
    if !a.parcels.is_empty() {
        line["parcels"] = a.parcels.clone().into();
    }
    if !a.from.is_empty() {
        line["from"] = a.from.clone().into();
    }
    if !a.to.is_empty() {
        let receiver = |t: &String| match t.split_once('=') {
            Some((uid, share)) => json!({"party": uid, "share": share}),
            None => json!({"party": t}),
        };
        line["to"] = a.to.iter().map(receiver).collect();
    }
    if let Some(part) = &a.part {
        line["part"] = part.clone().into();
    }
    let at = RecordAt {
        project: a.project.clone(),
        dossier: a.dossier.clone(),
    };
    record::one(&at, vec![parse(&line.to_string())?], by, out)
}

fn show(a: &args::DossierShow, by: &Act, out: &Out) -> Result<Done, Failure> {
    let project = reading(&a.project, out)?;
    let card = project.dossier_card(&a.dossier, day_of(by.at))?;
    let r = &card.record;
    let d = &card.dossier;
    let step = |s: &crate::project::Step| json!({"from": s.from, "to": s.to, "day": s.day, "actor": s.actor, "reason": s.reason});
    let mut document = record::document(r, a.personal);
    let of = |f: &Failure| error(f, out.lang);
    let more = json!({
        "code": d.code, "state": d.state, "due_on": d.due_on, "overdue": card.overdue, "days_left": card.days_left,
        "papers": card.papers, "blocks": card.blocks.iter().map(of).collect::<Vec<_>>(),
        "onward": card.onward, "steps": card.steps.iter().map(step).collect::<Vec<_>>(),
        "proposed": card.proposed, "boundaries": card.boundaries,
        "changes": card.changes.iter().map(|c| record::document(c, a.personal)).collect::<Vec<_>>(),
    });
    if let (Some(all), Some(more)) = (document.as_object_mut(), more.as_object()) {
        all.extend(more.clone());
    }
    out.result(&document, || said(&card, a.personal, out.lang));
    Ok(Done::Clean)
}

fn said(card: &DossierCard, personal: bool, lang: Lang) -> String {
    let mut lines = vec![record::lines(&card.record, personal, lang)];
    lines.push(format!(
        "  {}",
        codes::code_title("dossier_state", &card.dossier.state, lang)
    ));
    for s in &card.steps {
        let title = |c: &str| codes::code_title("dossier_state", c, lang).to_owned();
        let on = day(&s.day).map_or_else(|| s.day.clone(), format::date);
        let why = s.reason.as_deref().map_or(String::new(), |r| format!(": {r}"));
        lines.push(format!(
            "  {on}  {} → {}  {}{why}",
            title(&s.from),
            title(&s.to),
            s.actor
        ));
    }
    lines.extend(
        card.blocks
            .iter()
            .map(|b| format!("  ! {}", b.message().get(lang))),
    );
    lines.join("\n")
}

fn list(a: &args::DossierList, by: &Act, out: &Out) -> Result<Done, Failure> {
    let project = reading(&a.project, out)?;
    let state = |s: &String| codes::meant("dossier_state", s).map_or(s.clone(), |i| i.code.clone());
    let due = match a.due.as_deref() {
        None => None,
        Some(text) => Some(day(text).ok_or_else(|| {
            usage(msg!(
                "--due {text:?} không phải ngày dd/MM/yyyy.",
                "--due {text:?} is no day dd/MM/yyyy."
            ))
        })?),
    };
    let filter = WorkFilter {
        states: a.state.iter().map(state).collect(),
        kind: a.kind.clone(),
        commune: a.commune.clone(),
        person: a.person.clone(),
        overdue: a.overdue,
        due,
        closed: a.all,
    };
    let work = project.work_list(&filter, day_of(by.at))?;
    let one = |w: &WorkItem| {
        let d = &w.dossier;
        json!({
            "code": d.code, "kind": d.kind, "state": d.state, "commune": d.commune, "received_on": d.received_on,
            "due_on": d.due_on, "overdue": w.overdue, "days_left": w.days_left, "person": w.person,
        })
    };
    let document = json!({
        "counts": {"all": work.items.len(), "overdue": work.items.iter().filter(|w| w.overdue).count(), "states": work.by_state},
        "dossiers": work.items.iter().map(one).collect::<Vec<_>>(),
    });
    out.result(&document, || {
        work.items
            .iter()
            .map(|w| line(w, out.lang))
            .collect::<Vec<_>>()
            .join("\n")
    });
    Ok(if a.overdue && !work.items.is_empty() {
        Done::Findings
    } else {
        Done::Clean
    })
}

fn line(w: &WorkItem, lang: Lang) -> String {
    let d = &w.dossier;
    let due = d
        .due_on
        .as_deref()
        .and_then(day)
        .map_or("-".to_owned(), format::date);
    let mark = if w.overdue { "!" } else { " " };
    format!(
        "{mark} {:24} {:3} {:24} {due:10} {}",
        d.code,
        d.kind,
        codes::code_title("dossier_state", &d.state, lang),
        w.person.as_deref().unwrap_or("-")
    )
}

fn account(a: &args::DossierShow, out: &Out) -> Result<Done, Failure> {
    let project = reading(&a.project, out)?;
    let rows = project.account(&a.dossier)?;
    let document: Vec<Value> = rows
        .iter()
        .map(|r| {
            json!({
                "parcel": r.parcel, "kind": r.kind, "uid": r.uid.to_string(), "how": r.how.name(),
                "to": r.to, "decided": r.is_decided(),
            })
        })
        .collect();
    let open = rows.iter().any(|r| !r.is_decided());
    out.result(&Value::Array(document), || {
        let line = |r: &crate::project::Account| {
            format!(
                "{:16} {:14} {} → {} {}",
                r.parcel,
                r.kind,
                r.uid,
                r.how.title().get(out.lang),
                r.to.join(", ")
            )
        };
        rows.iter().map(line).collect::<Vec<_>>().join("\n")
    });
    Ok(if open { Done::Findings } else { Done::Clean })
}

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
    done(&a.project, edit, act, out)
}

fn done(path: &Path, edit: &Edit, act: &Act, out: &Out) -> Result<Done, Failure> {
    let mut project = writing(path, act, out)?;
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
