//! `validate P [--rule CODE]… [--commune C]… [--date DAY] [--fail-on error|warning] [--csv OUT] [--geojson OUT]
//! [--report OUT.json]`.

use std::collections::BTreeMap;
use std::time::Instant;

use serde_json::json;

use super::args;
use super::district::reading;
use super::findings_file;
use super::out::{Done, Out, finding_line, findings, rounded};
use crate::domain::{Act, Failure, Finding, Severity};
use crate::msg;
use crate::text::{Lang, format};
use crate::validate::{self, Options};

pub fn run(a: &args::Validate, act: &Act, out: &Out) -> Result<Done, Failure> {
    known_rules(&a.rule)?;
    let project = reading(&a.project, out)?;
    let options = Options {
        rules: a.rule.clone(),
        communes: a.commune.clone(),
        date: a.date.as_deref().map(super::rules::day).transpose()?,
    };
    let started = Instant::now();
    let found = project.check(&options, &out.progress())?;
    let seconds = rounded(started.elapsed().as_secs_f64());
    if let Some(path) = &a.csv {
        findings_file::csv(path, &found)?;
    }
    if let Some(path) = &a.geojson {
        let epsg = u32::try_from(project.epsg()).unwrap_or_default();
        findings_file::geojson(path, &found, epsg)?;
    }
    if let Some(path) = &a.report {
        let day = a
            .date
            .clone()
            .unwrap_or_else(|| act.at.strftime("%Y-%m-%d").to_string());
        let report = project.quality_report(&found, &a.commune, &day)?;
        findings_file::whole(path, format!("{report:#}\n").as_bytes())?;
    }
    let in_scope = |c: &str| a.commune.is_empty() || a.commune.iter().any(|x| x == c);
    let checked = project.coverage().iter().filter(|p| in_scope(&p.commune)).count() as u64;
    let counts = validate::counts(&found);
    let document =
        json!({"checked": checked, "seconds": seconds, "counts": counts, "findings": findings(&found)});
    out.result(&document, || {
        let mut lines: Vec<_> = found.iter().map(|f| finding_line(f, out.lang)).collect();
        let n = format::count(checked, out.lang);
        lines.push(match out.lang {
            Lang::Vi => format!("Đã kiểm tra {n} thửa: {}", summary(&counts, "không có lỗi")),
            Lang::En => format!("{n} parcels checked: {}", summary(&counts, "nothing found")),
        });
        lines.join("\n")
    });
    Ok(verdict(&found, &a.fail_on))
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

fn verdict(list: &[Finding], fail_on: &str) -> Done {
    let threshold = if fail_on == "warning" {
        Severity::Warning
    } else {
        Severity::Error
    };
    if list.iter().any(|f| f.severity >= threshold) {
        Done::Findings
    } else {
        Done::Clean
    }
}
