//! The catalogue of rules for people and programs: `diachinh rules`, and the table in README.md.

use jiff::civil::Date;
use serde_json::{Map, Value, json};

use super::{Check, Moment, RULES, Rule, parameters_of};
use crate::domain::Severity;
use crate::text::Text;

/// How a rule is looked at, as in `diachinh rules --json`.
fn kind(rule: &Rule) -> &'static str {
    match rule.check {
        Check::Geometry => "geometry",
        Check::Parcel(_) => "parcel",
        Check::SameNumber(_) => "number",
        Check::Register(_) => "register",
        Check::Plan => "plan",
        Check::Import => "import",
    }
}

/// Severity in words.
pub fn severity_text(severity: Severity) -> Text {
    match severity {
        Severity::Error => Text::new("lỗi", "error"),
        Severity::Warning => Text::new("cảnh báo", "warning"),
        Severity::Info => Text::new("thông tin", "info"),
    }
}

/// Every rule with the parameters in force on `date`; without a date the newest.
pub fn document(date: Option<Date>) -> Value {
    Value::Array(RULES.iter().map(|r| entry(r, date)).collect())
}

fn entry(rule: &Rule, date: Option<Date>) -> Value {
    let both = |t: &Text| json!({"vi": t.vi, "en": t.en});
    let moments: Map<String, Value> = rule
        .moments
        .iter()
        .map(|(m, s)| (m.name().to_owned(), s.name().into()))
        .collect();
    let mut entry = json!({
        "code": rule.code,
        "title": both(&rule.title),
        "severity": rule.severity.name(),
        "moments": moments,
        "check": kind(rule),
        "why": both(&rule.why),
        "remedy": both(&rule.remedy),
    });
    if let (Some(set), Some(map)) = (parameters_of(rule.code, date), entry.as_object_mut()) {
        map.insert(
            "legal_basis".into(),
            json!({"vi": set.legal_basis.vi, "en": set.legal_basis.en}),
        );
        map.insert("valid_from".into(), json!(set.valid_from));
        map.insert("valid_to".into(), json!(set.valid_to));
        map.insert("parameters".into(), json!(set.parameters));
    }
    entry
}

/// "least_m2 = 0.05, open_mm = 2000" of the set in force on `date`.
pub fn parameters_text(code: &str, date: Option<Date>) -> String {
    let set = parameters_of(code, date);
    let all = set.iter().flat_map(|s| s.parameters);
    all.map(|(name, v)| format!("{name} = {v}"))
        .collect::<Vec<_>>()
        .join(", ")
}

/// The table of README.md, newest parameters.
pub fn markdown() -> String {
    let mut out = String::from(
        "| Code | Quy tắc · rule | Severity | Stops | Parameters |\n| --- | --- | --- | --- | --- |\n",
    );
    for rule in RULES {
        let stops: Vec<&str> = Moment::ALL
            .iter()
            .filter(|m| rule.moments.contains(&(**m, Severity::Error)))
            .map(|m| m.name())
            .collect();
        out += &format!(
            "| `{}` | {} · {} | {} | {} | {} |\n",
            rule.code,
            rule.title.vi,
            rule.title.en,
            rule.severity.name(),
            stops.join(", "),
            parameters_text(rule.code, None),
        );
    }
    out
}
