//! `validate P [--rule CODE]… [--commune C]… [--date DAY] [--state S] [--since OP] [--fail-on error|warning] [--csv OUT]
//! [--geojson OUT] [--gpkg OUT] [--report OUT.json|OUT.xlsx]`.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Instant;

use serde_json::{Value, json};

use super::args;
use super::district::reading;
use super::findings_file;
use super::out::{Done, Out, finding_line, rounded};
use crate::domain::{Act, Failure, Finding, FindingState, Severity, day_of};
use crate::export::quality::{Source, Told, state_text};
use crate::msg;
use crate::project::Project;
use crate::text::{Lang, format};
use crate::validate::{self, Options};

pub fn run(a: &args::Validate, act: &Act, out: &Out) -> Result<Done, Failure> {
    known_rules(&a.rule)?;
    // What a full check finds is remembered where the file may be written.
    let whole = a.since.is_some() || a.state.is_some() || (a.rule.is_empty() && a.commune.is_empty());
    let remember = whole && a.date.is_none();
    let mut project = if remember {
        Project::open(&a.project, act, &out.progress())?
    } else {
        reading(&a.project, out)?
    };
    project.set_today(day_of(act.at))?;
    let options = Options {
        rules: if remember { Vec::new() } else { a.rule.clone() },
        communes: if remember { Vec::new() } else { a.commune.clone() },
        date: a.date.as_deref().map(super::rules::day).transpose()?,
    };
    let started = Instant::now();
    let found = project.check(&options, &out.progress())?;
    let seconds = rounded(started.elapsed().as_secs_f64());
    if remember {
        project.set_findings(found.clone(), project.coverage().revision(), act)?;
    }
    let list = listed(a, &project, found)?;
    let plain: Vec<Finding> = list.iter().map(|l| l.finding.clone()).collect();
    write_files(a, &project, act, &list)?;
    if let Some(path) = &a.report {
        report(path, a, &project, act, &list, out.lang)?;
    }
    let in_scope = |c: &str| a.commune.is_empty() || a.commune.iter().any(|x| x == c);
    let checked = project.coverage().iter().filter(|p| in_scope(&p.commune)).count() as u64;
    project.close()?;
    let counts = validate::counts(&plain);
    let findings: Vec<Value> = list.iter().map(findings_file::told).collect();
    let document = json!({"checked": checked, "seconds": seconds, "counts": counts, "findings": findings});
    out.result(&document, || {
        let mut lines: Vec<_> = list.iter().map(|l| line(l, out.lang)).collect();
        let n = format::count(checked, out.lang);
        lines.push(match out.lang {
            Lang::Vi => format!("Đã kiểm tra {n} thửa: {}", summary(&counts, "không có lỗi")),
            Lang::En => format!("{n} parcels checked: {}", summary(&counts, "nothing found")),
        });
        lines.join("\n")
    });
    Ok(verdict(&list, &a.fail_on))
}

/// For programs as JSON, for people as a workbook.
fn report(
    path: &Path,
    a: &args::Validate,
    project: &Project,
    act: &Act,
    list: &[Told],
    lang: Lang,
) -> Result<(), Failure> {
    let plain: Vec<Finding> = list.iter().map(|l| l.finding.clone()).collect();
    let date = a.date.as_deref().map(super::rules::day).transpose()?;
    let today = day_of(act.at);
    let day = date.unwrap_or(today).to_string();
    let report = project.quality_report(&plain, &a.commune, &day)?;
    if !path.extension().is_some_and(|e| e.eq_ignore_ascii_case("xlsx")) {
        return findings_file::whole(path, format!("{report:#}\n").as_bytes());
    }
    let source = Source {
        report: &report,
        found: list,
        acceptances: &project.acceptances()?,
        gaps: &project.allowed_gaps()?,
        live: project.findings(),
        coverage: project.coverage(),
        date,
        today,
        lang,
    };
    source.xlsx(path)
}

fn line(l: &Told, lang: Lang) -> String {
    let line = finding_line(&l.finding, lang);
    match l.state {
        FindingState::Open => line,
        state => format!("{line} [{}]", state_text(state).get(lang)),
    }
}

/// What was asked for: by rule, commune, state and time, in the order of cli.md.
fn listed(a: &args::Validate, project: &Project, found: Vec<Finding>) -> Result<Vec<Told>, Failure> {
    let live = project.known_findings();
    let mut list: Vec<Told> = match a.state.as_deref() {
        Some("fixed") => Vec::new(),
        _ => found.into_iter().map(|f| Told::found(f, &live)).collect(),
    };
    if matches!(a.state.as_deref(), Some("fixed" | "all")) {
        list.extend(project.fixed_findings(u32::MAX)?.iter().map(Told::of));
    }
    let rule = |f: &Finding| a.rule.is_empty() || a.rule.iter().any(|c| c == f.code);
    let of = |r: &String| {
        r.split_once('/')
            .is_some_and(|(c, _)| a.commune.iter().any(|x| x == c))
    };
    let commune = |f: &Finding| a.commune.is_empty() || f.refs.iter().any(of);
    let state = |s: FindingState| match a.state.as_deref() {
        None | Some("all") => true,
        Some(name) => s.name() == name,
    };
    let since = |l: &Told| a.since.is_none_or(|op| l.first.is_none_or(|s| s.op > op));
    list.retain(|l| rule(&l.finding) && commune(&l.finding) && state(l.state) && since(l));
    list.sort_by(|a, b| {
        let key = |l: &Told| {
            (
                l.finding.code,
                l.finding.parcels.clone(),
                l.finding.at,
                l.key.clone(),
            )
        };
        key(a).cmp(&key(b))
    });
    Ok(list)
}

fn write_files(a: &args::Validate, project: &Project, act: &Act, list: &[Told]) -> Result<(), Failure> {
    let epsg = u32::try_from(project.epsg()).unwrap_or_default();
    if let Some(path) = &a.csv {
        findings_file::csv(path, list)?;
    }
    if let Some(path) = &a.geojson {
        findings_file::geojson(path, list, epsg)?;
    }
    if let Some(path) = &a.gpkg {
        findings_file::gpkg(path, list, epsg, act)?;
    }
    Ok(())
}

fn known_rules(codes: &[String]) -> Result<(), Failure> {
    match codes
        .iter()
        .find(|c| !validate::RULES.iter().any(|r| r.code == c.as_str()))
    {
        None => Ok(()),
        Some(c) => {
            let list = validate::RULES
                .iter()
                .map(|r| r.code)
                .collect::<Vec<_>>()
                .join(", ");
            Err(Failure::new(
                "UNKNOWN_RULE",
                msg!("Không có quy tắc {c}.", "There is no rule {c}."),
            )
            .remedy(msg!("Các quy tắc: {list}", "The rules are: {list}")))
        }
    }
}

fn summary(counts: &BTreeMap<&str, usize>, nothing: &str) -> String {
    if counts.is_empty() {
        return nothing.to_owned();
    }
    counts
        .iter()
        .map(|(c, n)| format!("{c} {n}"))
        .collect::<Vec<_>>()
        .join(", ")
}

/// What was accepted or is fixed fails nothing.
fn verdict(list: &[Told], fail_on: &str) -> Done {
    let threshold = if fail_on == "warning" {
        Severity::Warning
    } else {
        Severity::Error
    };
    let open = list.iter().filter(|l| l.state == FindingState::Open);
    if open.map(|l| l.finding.severity).any(|s| s >= threshold) {
        Done::Findings
    } else {
        Done::Clean
    }
}
