//! `rules [--date YYYY-MM-DD]`: the catalogue.

use super::args;
use super::out::{Done, Out};
use crate::domain::Failure;
use crate::msg;
use crate::text::Lang;
use crate::validate::{RULES, Rule, catalogue, legal_basis};

pub fn run(a: &args::Rules, out: &Out) -> Result<Done, Failure> {
    let date = a.date.as_deref().map(day).transpose()?;
    out.result(&catalogue::document(date), || {
        let lines = RULES.iter().map(|r| lines(r, date, out.lang));
        lines.collect::<Vec<_>>().join("\n\n")
    });
    Ok(Done::Clean)
}

pub(super) fn day(text: &str) -> Result<jiff::civil::Date, Failure> {
    text.parse().map_err(|_| {
        Failure::new(
            "USAGE",
            msg!("--date {text:?} không phải ngày.", "--date {text:?} is no date."),
        )
        .remedy(msg!("Ví dụ: --date 2026-11-23", "Example: --date 2026-11-23"))
    })
}

/// One rule as a few lines.
fn lines(rule: &Rule, date: Option<jiff::civil::Date>, lang: Lang) -> String {
    let severity = catalogue::severity_text(rule.severity).get(lang);
    let moments: Vec<String> = rule
        .moments
        .iter()
        .map(|(m, s)| {
            format!(
                "{}: {}",
                m.text().get(lang),
                catalogue::severity_text(*s).get(lang)
            )
        })
        .collect();
    let mut all = vec![
        format!("{} ({severity}): {}", rule.code, rule.title.get(lang)),
        moments.join("; "),
        rule.why.get(lang).to_owned(),
        rule.remedy.get(lang).to_owned(),
    ];
    let parameters = catalogue::parameters_text(rule.code, date);
    all.extend((!parameters.is_empty()).then_some(parameters));
    all.extend(legal_basis(rule.code, date).map(|b| b.get(lang).to_owned()));
    all.join("\n  ")
}
