//! `verify PKG.zip`.

use serde_json::{Value, json};

use super::args;
use super::out::{Done, Out, finding_line, findings};
use crate::domain::Failure;
use crate::msg;
use crate::verify::{self, Report};

pub fn run(a: &args::Verify, out: &Out) -> Result<Done, Failure> {
    let report = verify::verify(&a.package, &out.progress())?;
    let checks: Vec<Value> = report
        .checks
        .iter()
        .map(|c| json!({"name": c.name, "ok": c.ok, "detail": c.detail.get(out.lang)}))
        .collect();
    let counts = json!({"parcels": report.parcels, "dossiers": report.dossiers, "scans": report.scans});
    let document = json!({"ok": report.ok, "draft": report.draft, "id": report.id, "commune": report.commune,
        "schema": report.schema, "counts": counts, "signature": report.signature, "checks": checks,
        "findings": findings(&report.findings)});
    out.result(&document, || lines(&report, out));
    Ok(if report.ok { Done::Clean } else { Done::Findings })
}

fn lines(report: &Report, out: &Out) -> String {
    let mark = |ok: bool| if ok { "✓" } else { "✗" };
    let mut lines: Vec<String> = report
        .checks
        .iter()
        .map(|c| format!("{} {:10} {}", mark(c.ok), c.name, c.detail.get(out.lang)))
        .collect();
    lines.extend(report.findings.iter().map(|f| finding_line(f, out.lang)));
    let last = match (report.ok, report.draft) {
        (true, false) => msg!("Gói tin đạt.", "The package is sound."),
        (true, true) => msg!(
            "Gói tin đạt, nhưng là bản nháp.",
            "The package is sound, but a draft."
        ),
        (false, _) => msg!("Gói tin không đạt.", "The package is not sound."),
    };
    lines.push(last.get(out.lang).to_owned());
    lines.join("\n")
}
