//! What the command line prints: results on stdout, progress and notes on stderr.

use std::io::{IsTerminal, Write};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, OnceLock};
use std::time::Instant;

use serde_json::{Value, json};

use crate::domain::{BBox, Failure, Finding, Pt};
use crate::job::Progress;
use crate::text::Lang;
use crate::validate;

/// How a command ended when it did what it was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Done {
    /// Exit 0.
    Clean,
    /// Exit 1: done, with findings at or above the threshold.
    Findings,
}

/// Where results go and in which language.
#[derive(Clone, Debug)]
pub struct Out {
    pub lang: Lang,
    pub json: bool,
}

impl Out {
    /// The one result of a command: a JSON document, or lines for a person.
    pub fn result(&self, document: &Value, lines: impl FnOnce() -> String) {
        if self.json {
            self.line(&document.to_string());
        } else {
            self.line(&lines());
        }
    }

    /// One line on stdout. A closed pipe is the reader's business, not an error of ours.
    pub fn line(&self, text: &str) {
        let mut out = std::io::stdout().lock();
        let _ = writeln!(out, "{}", text.trim_end_matches('\n'));
        let _ = out.flush();
    }

    /// A note for the person, on stderr.
    pub fn note(&self, text: &str) {
        let _ = writeln!(std::io::stderr().lock(), "{text}");
    }

    pub fn failure(&self, failure: &Failure) {
        if self.json {
            self.line(&json!({ "error": error(failure, self.lang) }).to_string());
        } else {
            self.note(&format!("{} [{}]", failure.describe(self.lang), failure.code()));
        }
    }

    /// A progress line on stderr when a person is watching.
    pub fn progress(&self) -> Progress {
        if !std::io::stderr().is_terminal() {
            return Progress::none();
        }
        let cell: Arc<OnceLock<Progress>> = Arc::new(OnceLock::new());
        let (started, last, lang) = (Instant::now(), AtomicU64::new(0), self.lang);
        let watched = cell.clone();
        let progress = Progress::new(move || {
            let now = started.elapsed().as_millis() as u64;
            if now.saturating_sub(last.load(Relaxed)) < 100 {
                return;
            }
            last.store(now, Relaxed);
            if let Some(p) = watched.get() {
                let _ = write!(std::io::stderr(), "\r\x1b[K{}", progress_line(p, lang));
                if p.snapshot().done == p.snapshot().total {
                    let _ = write!(std::io::stderr(), "\r\x1b[K");
                }
            }
        });
        let _ = cell.set(progress.clone());
        progress
    }
}

fn progress_line(p: &Progress, lang: Lang) -> String {
    let s = p.snapshot();
    let stage = s.stage.get(lang);
    match s.left() {
        Some(left) => format!(
            "{stage}: {}/{} ({:.0}/s, {} s)",
            s.done,
            s.total,
            s.rate(),
            left.as_secs()
        ),
        None => format!("{stage}: {}", s.done),
    }
}

/// `error` of cli.md.
pub fn error(f: &Failure, lang: Lang) -> Value {
    json!({
        "code": f.code(),
        "file": f.at_file().map(|p| p.display().to_string()),
        "record": f.at_record(),
        "field": f.at_field(),
        "message": f.message().get(lang),
        "remedy": f.remedy_text().map_or("", |m| m.get(lang)),
    })
}

/// Metres with at most three decimals: the nearest double of a whole number of millimetres prints so.
pub fn metres(mm: i64) -> Value {
    json!(mm as f64 / 1000.0)
}

/// `[E, N]` in metres.
pub fn point(p: Pt) -> Value {
    json!([metres(p.e), metres(p.n)])
}

/// `[minE, minN, maxE, maxN]` in metres, null when there is nothing.
pub fn bbox(b: Option<BBox>) -> Value {
    b.filter(|b| !b.is_empty()).map_or(Value::Null, |b| {
        json!([metres(b.min.e), metres(b.min.n), metres(b.max.e), metres(b.max.n)])
    })
}

/// Rounded to the six decimals of cli.md.
pub fn rounded(x: f64) -> f64 {
    (x * 1e6).round() / 1e6
}

/// `FINDING` of cli.md.
pub fn finding(f: &Finding) -> Value {
    let message = validate::message(f);
    json!({
        "code": f.code,
        "severity": f.severity.name(),
        "parcels": f.parcels.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "refs": f.refs,
        "at": f.at.map(point),
        "bbox": bbox(f.bbox),
        "amount": f.amount.map(rounded),
        "unit": f.unit.map(crate::domain::Unit::name),
        "tolerance": f.tolerance.map(rounded),
        "source": f.source.as_ref().map(|s| json!({"file": s.file, "record": s.record, "field": s.field})),
        "message": {"vi": message.vi, "en": message.en},
    })
}

pub fn findings(list: &[Finding]) -> Vec<Value> {
    list.iter().map(finding).collect()
}

/// One line a person reads: severity, code, sentence.
pub fn finding_line(f: &Finding, lang: Lang) -> String {
    format!(
        "{:7} {}  {}",
        f.severity.name(),
        f.code,
        validate::message(f).get(lang)
    )
}
