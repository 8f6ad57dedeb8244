//! `party`, `right`, `certificate` … `add|show|list|set|end`: the register record by record; `party scan|duplicates|merge`.
//! Personal values are masked unless `--personal`.

use serde_json::{Map, Value as Json, json};

use super::args::{self, PartyAct, RecordAct};
use super::district::{reading, writing};
use super::edit::{acknowledged, refused};
use super::out::{Done, Out};
use crate::domain::{Act, Failure, Uid};
use crate::edit::{AddRecord, ChangeRecord, Edit, EndRecord, MergeParties, RecordFields};
use crate::msg;
use crate::project::{Duplicates, Project};
use crate::register::{Kind, Value, cccd, day, mask};
use crate::store::records::Record;
use crate::text::Lang;

pub fn run(kind: Kind, act: &RecordAct, by: &Act, out: &Out) -> Result<Done, Failure> {
    match act {
        RecordAct::Add(a) => add(kind, a, by, out),
        RecordAct::Set(a) => set(kind, a, by, out),
        RecordAct::End(a) => end_one(kind, a, by, out),
        RecordAct::Show(a) => show(kind, a, out),
        RecordAct::List(a) => list(kind, a, out),
    }
}

pub(super) fn add(kind: Kind, a: &args::RecordAdd, by: &Act, out: &Out) -> Result<Done, Failure> {
    let add = AddRecord {
        kind: kind.name().to_owned(),
        uid: Some(Uid::fresh()),
        fields: fields(&a.fields)?,
    };
    one(&a.at, vec![Edit::AddRecord(add)], by, out)
}

pub(super) fn set(kind: Kind, a: &args::RecordSet, by: &Act, out: &Out) -> Result<Done, Failure> {
    let change = ChangeRecord {
        kind: kind.name().to_owned(),
        uid: uid(&a.uid)?,
        fields: fields(&a.fields)?,
    };
    one(&a.at, vec![Edit::ChangeRecord(change)], by, out)
}

pub(super) fn end_one(kind: Kind, a: &args::RecordEnd, by: &Act, out: &Out) -> Result<Done, Failure> {
    one(&a.at, vec![Edit::EndRecord(end(kind, a)?)], by, out)
}

pub fn party(act: &PartyAct, by: &Act, out: &Out) -> Result<Done, Failure> {
    match act {
        PartyAct::Record(act) => run(Kind::Party, act, by, out),
        PartyAct::Scan(a) => one(&a.at, scanned(&a.text)?, by, out),
        PartyAct::Merge(a) => {
            let others: Result<Vec<Uid>, Failure> = a.others.iter().map(|o| uid(o)).collect();
            let merge = MergeParties {
                keep: uid(&a.keep)?,
                others: others?,
            };
            one(&a.at, vec![Edit::MergeParties(merge)], by, out)
        }
        PartyAct::Duplicates(a) => duplicates(a, out),
    }
}

/// The edits that enter a person and their papers from a scanned card.
fn scanned(text: &str) -> Result<Vec<Edit>, Failure> {
    let text = match text {
        "-" => std::io::read_to_string(std::io::stdin().lock()).map_err(|_| unreadable())?,
        text => text.to_owned(),
    };
    let card = cccd::parse(&text)?;
    let person = Uid::fresh();
    let mut edits = vec![Edit::AddRecord(AddRecord {
        kind: Kind::Party.name().to_owned(),
        uid: Some(person),
        fields: card.party.into_iter().collect(),
    })];
    for paper in card.documents {
        let of = ("party".to_owned(), json!(person.to_string()));
        edits.push(Edit::AddRecord(AddRecord {
            kind: Kind::IdentityDocument.name().to_owned(),
            uid: Some(Uid::fresh()),
            fields: paper.into_iter().chain([of]).collect(),
        }));
    }
    Ok(edits)
}

fn unreadable() -> Failure {
    Failure::new(
        "FILE_UNREADABLE",
        msg!("Không đọc được dữ liệu vào.", "The input cannot be read."),
    )
}

fn end(kind: Kind, a: &args::RecordEnd) -> Result<EndRecord, Failure> {
    let on = match a.on.as_deref() {
        None => None,
        Some(text) => Some(day(text).ok_or_else(|| {
            usage(msg!(
                "--on {text:?} không phải ngày dd/MM/yyyy.",
                "--on {text:?} is no day dd/MM/yyyy."
            ))
        })?),
    };
    Ok(EndRecord {
        kind: kind.name().to_owned(),
        uid: uid(&a.uid)?,
        on,
        status: a.status.clone(),
        reason: a.reason.clone(),
    })
}

/// All edits as one operation; one line of answer with every record written.
pub(super) fn one(at: &args::RecordAt, edits: Vec<Edit>, by: &Act, out: &Out) -> Result<Done, Failure> {
    let mut project = writing(&at.project, by, out)?;
    let edits: Vec<Edit> = match &at.dossier {
        Some(code) => edits.into_iter().map(|e| e.within(code)).collect(),
        None => edits,
    };
    match project.apply_all(&edits, by) {
        Ok(all) => {
            let mut all = all.into_iter();
            let Some(mut effects) = all.next() else {
                return Ok(Done::Clean);
            };
            effects.records.extend(all.flat_map(|e| e.records));
            out.line(&acknowledged(1, &effects, out));
            if !out.json {
                for r in &effects.records {
                    out.line(&format!("       {} {}", r.kind.title().get(out.lang), r.uid));
                }
            }
        }
        // `refused` marks the failure with the line of a script; here there is none.
        Err(e) if out.json => return Err(refused(1, e, out)),
        Err(e) => return Err(e.failure),
    }
    project.close()?;
    Ok(Done::Clean)
}

/// `field=value` pairs; an empty value clears.
fn fields(given: &[String]) -> Result<RecordFields, Failure> {
    given
        .iter()
        .map(|pair| match pair.split_once('=') {
            Some((name, "")) => Ok((name.trim().to_owned(), Json::Null)),
            Some((name, value)) => Ok((name.trim().to_owned(), json!(value))),
            // The text may hold a personal value: it is not repeated.
            None => Err(usage(msg!("Ghi TRƯỜNG=GIÁ TRỊ.", "Write FIELD=VALUE."))),
        })
        .collect()
}

pub(super) fn uid(text: &str) -> Result<Uid, Failure> {
    text.parse()
        .map_err(|_| usage(msg!("{text:?} không phải uid.", "{text:?} is no uid.")))
}

pub(super) fn usage(message: crate::text::Msg) -> Failure {
    Failure::new("USAGE", message).remedy(msg!("Xem: diachinh --help", "See: diachinh --help"))
}

fn show(kind: Kind, a: &args::RecordShow, out: &Out) -> Result<Done, Failure> {
    let project = reading(&a.project, out)?;
    let record = project.register_record(kind, uid(&a.uid)?)?;
    out.result(&document(&record, a.personal), || {
        lines(&record, a.personal, out.lang)
    });
    Ok(Done::Clean)
}

fn list(kind: Kind, a: &args::RecordList, out: &Out) -> Result<Done, Failure> {
    let project = reading(&a.project, out)?;
    let by = match a.by.as_deref().map(|b| b.split_once('=')) {
        None => None,
        Some(Some(pair)) => Some(pair),
        Some(None) => return Err(usage(msg!("Ghi --by TRƯỜNG=UID.", "Write --by FIELD=UID."))),
    };
    let all = project.register_records(kind, by, a.all, a.limit)?;
    let document: Vec<Json> = all.iter().map(|r| document(r, a.personal)).collect();
    out.result(&Json::Array(document), || {
        all.iter()
            .map(|r| line(r, a.personal, out.lang))
            .collect::<Vec<_>>()
            .join("\n")
    });
    Ok(Done::Clean)
}

fn duplicates(a: &args::RecordDuplicates, out: &Out) -> Result<Done, Failure> {
    let project = reading(&a.project, out)?;
    let groups = project.duplicate_parties()?;
    let mut all = Vec::with_capacity(groups.len());
    for group in &groups {
        all.push(group_of(&project, group)?);
    }
    let document: Vec<Json> = groups
        .iter()
        .zip(&all)
        .map(|(g, people)| {
            let people: Vec<Json> = people.iter().map(|p| document(p, a.personal)).collect();
            json!({"reasons": reasons(g), "parties": people})
        })
        .collect();
    out.result(&Json::Array(document), || {
        let block = |(g, people): (&Duplicates, &Vec<Record>)| {
            let people: Vec<String> = people
                .iter()
                .map(|p| format!("  {}", line(p, a.personal, out.lang)))
                .collect();
            format!("{}\n{}", reasons(g).join(" + "), people.join("\n"))
        };
        groups.iter().zip(&all).map(block).collect::<Vec<_>>().join("\n")
    });
    Ok(if groups.is_empty() {
        Done::Clean
    } else {
        Done::Findings
    })
}

fn group_of(project: &Project, group: &Duplicates) -> Result<Vec<Record>, Failure> {
    let parties = group.parties.iter();
    parties
        .map(|uid| project.register_record(Kind::Party, *uid))
        .collect()
}

fn reasons(group: &Duplicates) -> Vec<&'static str> {
    group.reasons.iter().map(|r| r.name()).collect()
}

/// A record as JSON; what is empty is null, what is personal masked.
pub(super) fn document(r: &Record, personal: bool) -> Json {
    let mut fields = Map::new();
    for (field, value) in r.fields() {
        let shown = match value {
            Value::Text(t) if field.kind.is_personal() && !personal => json!(mask(t)),
            value => field.json(value),
        };
        fields.insert(field.name.to_owned(), shown);
    }
    json!({
        "kind": r.kind.name(), "uid": r.uid.to_string(), "status": r.status, "ended_on": r.ended_on,
        "merged_into": r.merged_into.map(|u| u.to_string()), "fields": fields,
    })
}

/// What is said of it, as "Họ tên: T•••••".
fn said(r: &Record, personal: bool, lang: Lang) -> Vec<String> {
    let mut out = Vec::new();
    for (field, value) in r.fields().filter(|(_, v)| **v != Value::Empty) {
        let shown = field.shown(value, lang);
        let shown = match field.kind.is_personal() && !personal {
            true => mask(&shown),
            false => shown,
        };
        out.push(format!("{}: {shown}", field.title.get(lang)));
    }
    if let Some(status) = r.status.as_deref().filter(|_| r.kind.field("status").is_none()) {
        let list = r.kind.status_list();
        out.push(crate::codes::code_title(list, status, lang).to_owned());
    }
    out.extend(r.ended_on.as_deref().and_then(day).map(crate::text::format::date));
    out
}

pub(super) fn lines(r: &Record, personal: bool, lang: Lang) -> String {
    let head = format!("{} {}", r.kind.title().get(lang), r.uid);
    let rest = said(r, personal, lang).into_iter().map(|l| format!("  {l}"));
    std::iter::once(head).chain(rest).collect::<Vec<_>>().join("\n")
}

fn line(r: &Record, personal: bool, lang: Lang) -> String {
    format!("{}  {}", r.uid, said(r, personal, lang).join(" · "))
}
