//! `readiness P`: how ready the parcels are for the national database.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde_json::{Map, Value, json};

use super::args;
use super::district::{reading, writing};
use super::out::{Done, Out, rounded};
use crate::domain::{Act, Failure};
use crate::export::readiness::{By, Source};
use crate::msg;
use crate::project::Project;
use crate::readiness::{
    Blocker, Campaign, Criteria, FLAGS, Group, Line, Quality, Readiness, Reason, Row, Tally, Trend,
    WORKLISTS, classify, day,
};
use crate::text::{Lang, format};
use crate::validate;

pub fn run(a: &args::Readiness, act: &Act, out: &Out) -> Result<Done, Failure> {
    let project = match a.changes_campaign() {
        true => writing(&a.project, act, out)?,
        false => reading(&a.project, out)?,
    };
    let campaign = campaign(a, &project)?;
    let progress = out.progress();
    let mut found = project.check(&validate::Options::default(), &progress)?;
    // What was accepted does not stand against a parcel.
    found.retain(|f| !project.accepts(f));
    let date = day(act.at);
    let readiness = project.readiness(&found, Some(date), &progress)?;
    let trend = project.trend()?;
    let names = project.communes()?.into_iter();
    let names: BTreeMap<String, String> = names.filter_map(|c| Some((c.code, c.name?))).collect();
    let source = Source {
        readiness: &readiness,
        coverage: project.coverage(),
        trend: &trend,
        communes: &names,
        only: &a.commune,
        lang: out.lang,
    };
    let by = match a.by.as_str() {
        "sheet" => By::Sheet,
        "parcel" => By::Parcel,
        _ => By::Commune,
    };
    if let Some(path) = &a.csv {
        source.csv(path, by)?;
    }
    if let Some(path) = &a.xlsx {
        source.xlsx(path, by)?;
    }
    if out.json {
        out.result(&document(&source, by, &campaign, date), String::new);
    } else {
        out.line(&told(&source, by, &campaign, date));
    }
    Ok(Done::Clean)
}

/// The campaign as it stands, after what the arguments change.
fn campaign(a: &args::Readiness, project: &Project) -> Result<Campaign, Failure> {
    let mut campaign = project.campaign()?;
    if a.changes_campaign() {
        campaign.target = a.set_target.or(campaign.target);
        campaign.from = a.set_from.as_deref().map(date).transpose()?.or(campaign.from);
        campaign.to = a.set_to.as_deref().map(date).transpose()?.or(campaign.to);
        project.set_campaign(&campaign)?;
    }
    Ok(campaign)
}

fn date(text: &str) -> Result<Date, Failure> {
    text.parse().map_err(|_| {
        Failure::new("USAGE", msg!("{text:?} không phải ngày.", "{text:?} is no date."))
            .remedy(msg!("Ví dụ: 2026-11-23", "Example: 2026-11-23"))
    })
}

fn both(t: crate::text::Text) -> Value {
    json!({"vi": t.vi, "en": t.en})
}

/// TALLY of docs/cli.md.
fn tally(t: &Tally) -> Value {
    let named = |pairs: Vec<(String, u32)>| {
        Value::Object(
            pairs
                .into_iter()
                .map(|(k, n)| (k, n.into()))
                .collect::<Map<_, _>>(),
        )
    };
    json!({
        "parcels": t.parcels,
        "entered": t.entered,
        "entered_percent": rounded(t.entered_percent()),
        "groups": named(Group::ALL.map(|g| (g.code().to_owned(), t.group(g))).to_vec()),
        "missing_geometry": t.missing_shape,
        "missing_attributes": t.missing_attributes,
        "missing_scans": t.missing_scans,
        "signed": t.signed,
        "certificate": t.certificate,
        "topology": t.topology,
        "reasons": named(Reason::ALL.map(|r| (r.code().to_owned(), t.reason(r))).to_vec()),
        "worklists": named((1..=WORKLISTS.len() as u8).map(|w| (w.to_string(), t.worklist(w))).collect()),
    })
}

fn line(l: &Line, names: &BTreeMap<String, String>) -> Value {
    let mut out = json!({"commune": &*l.commune, "name": names.get(&*l.commune)});
    if let Some(map) = out.as_object_mut() {
        if let Some(sheet) = &l.sheet {
            map.insert("sheet".into(), json!(&**sheet));
        }
        map.insert("tally".into(), tally(&l.tally));
    }
    out
}

fn parcel(row: &Row, source: &Source<'_>) -> Value {
    let r: &Readiness = source.readiness;
    let criteria: &Criteria = r.criteria();
    let of = source.coverage.get(row.fid);
    let flags: Map<String, Value> = FLAGS
        .iter()
        .enumerate()
        .map(|(i, name)| {
            let value = classify::flag(i, row.reasons, row.verified, criteria);
            // A number where it has three values, else yes or no.
            let value = match *name {
                "trangThaiXacThucChu" => json!(value),
                _ => json!(value == Some(1)),
            };
            ((*name).to_owned(), value)
        })
        .collect();
    let qualities: Map<String, Value> = Quality::ALL
        .iter()
        .map(|q| {
            (
                q.code().to_owned(),
                (!row.reasons.meets(criteria.of_quality(*q))).into(),
            )
        })
        .collect();
    json!({
        "uid": of.map(|p| p.uid.to_string()),
        "ref": of.map(|p| p.reference()),
        "group": r.group(row).code(),
        "qualities": qualities,
        "flags": flags,
        "reasons": row.reasons.iter().map(Reason::code).collect::<Vec<_>>(),
    })
}

fn blocker(b: &Blocker) -> Value {
    json!({
        "reason": b.reason.code(),
        "name": both(b.reason.name()),
        "remedy": both(b.reason.remedy()),
        "worklist": b.worklist,
        "parcels": b.parcels,
        "alone": b.alone,
        "minutes_each": rounded(b.minutes_each),
        "hours": rounded(b.hours),
    })
}

fn trend(t: &Trend) -> Vec<Value> {
    let one = |d: &crate::readiness::Done| json!({"day": d.day.to_string(), "person": d.person, "records": d.records});
    t.done.iter().map(one).collect()
}

fn document(source: &Source<'_>, by: By, campaign: &Campaign, today: Date) -> Value {
    let r = source.readiness;
    let total = r.total(source.only);
    let asked = |l: &&Line| source.only.is_empty() || source.only.iter().any(|c| **c == *l.commune);
    let lines = |all: Vec<Line>| -> Vec<Value> {
        all.iter()
            .filter(asked)
            .map(|l| line(l, source.communes))
            .collect()
    };
    let list = match by {
        By::Commune => ("communes", lines(r.communes())),
        By::Sheet => ("sheets", lines(r.sheets())),
        By::Parcel => (
            "parcels",
            source.rows().into_iter().map(|row| parcel(row, source)).collect(),
        ),
    };
    let left = total.parcels - total.group(Group::One);
    let mut out = json!({
        "criteria": r.criteria().version,
        "legal_basis": {"vi": r.criteria().legal_basis.vi, "en": r.criteria().legal_basis.en},
        "operating": r.is_operating(),
        "total": tally(&total),
        "blockers": source.blockers().iter().map(blocker).collect::<Vec<_>>(),
        "trend": trend(source.trend),
        "campaign": {
            "from": campaign.from.map(|d| d.to_string()),
            "to": campaign.to.map(|d| d.to_string()),
            "target": campaign.target,
            "needed_per_day": campaign.needed(left, today),
        },
    });
    if let Some(map) = out.as_object_mut() {
        map.insert(list.0.into(), Value::Array(list.1));
    }
    out
}

/// The same for people: one line a commune, sheet or parcel, then blockers and the campaign.
fn told(source: &Source<'_>, by: By, campaign: &Campaign, today: Date) -> String {
    let lang = source.lang;
    let sheet = source.table(by);
    // Of a parcel: key, group, reasons. The other columns are for spreadsheets.
    let shown: Vec<usize> = match by {
        By::Commune => (0..13).collect(),
        By::Sheet => (0..14).collect(),
        By::Parcel => vec![0, 1, 2, 3, 14],
    };
    let mut rows: Vec<Vec<String>> = vec![shown.iter().map(|c| sheet.columns[*c].title.clone()).collect()];
    let kinds: Vec<_> = shown.iter().map(|c| sheet.columns[*c].kind).collect();
    for cells in sheet.rows {
        let said = shown
            .iter()
            .zip(&kinds)
            .map(|(c, kind)| cell(&cells[*c], *kind, lang));
        rows.push(said.collect());
    }
    let mut lines = aligned(&rows);
    lines.push(String::new());
    for b in source.blockers() {
        let (name, n) = (b.reason.name().get(lang), format::count(b.parcels.into(), lang));
        let hours = format::number(b.hours, 1, lang);
        let m = msg!(
            "{name}: {n} thửa, khoảng {hours} giờ công",
            "{name}: {n} parcels, about {hours} hours"
        );
        lines.push(m.get(lang).to_owned());
    }
    let total = source.readiness.total(source.only);
    if let Some(n) = campaign.needed(total.parcels - total.group(Group::One), today) {
        let n = format::count(n.into(), lang);
        lines.push(
            msg!("Cần hoàn thành {n} thửa mỗi ngày", "{n} parcels a day are needed")
                .get(lang)
                .to_owned(),
        );
    }
    lines.join("\n")
}

fn cell(c: &crate::export::sheet::Cell, kind: crate::export::sheet::Kind, lang: Lang) -> String {
    use crate::export::sheet::{Cell, Kind};
    match c {
        Cell::Empty => String::new(),
        Cell::Text(t) => t.clone(),
        Cell::Number(n) => format::number(*n, usize::from(kind == Kind::Percent), lang),
        Cell::Date(d) => format::date(*d),
    }
}

/// Columns of equal width, two spaces between.
fn aligned(rows: &[Vec<String>]) -> Vec<String> {
    let columns = rows.first().map_or(0, Vec::len);
    let width = |c: usize| rows.iter().map(|r| r[c].chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let pad = |r: &Vec<String>| {
        let cells = r.iter().zip(&widths).map(|(t, w)| format!("{t:w$}"));
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    rows.iter().map(pad).collect()
}
