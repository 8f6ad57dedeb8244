//! How a dossier goes from state to state, what each kind of change needs, and working days. Source and confidence:
//! `assets/codes/procedures.json`, `assets/codes/holidays.json`.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use jiff::civil::{Date, Weekday};
use serde::Deserialize;

/// One allowed step of a dossier.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Transition {
    pub from: String,
    pub to: String,
    /// Role of the person who may (domain.md §9.2).
    pub role: String,
    pub requires: Vec<Requirement>,
}

/// What a step asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Requirement {
    /// A sentence why.
    Reason,
    /// The papers of the procedure have been received.
    Papers,
    /// The dossier intends something, and nothing blocks it.
    Content,
    /// What the tax office asked for is paid, where the procedure asks.
    Paid,
}

/// What one kind of change needs.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Procedure {
    /// Code of the list `change_kind`.
    pub kind: String,
    /// Working days from receipt to result.
    pub days: u32,
    /// Whether the tax office is asked.
    pub tax: bool,
    /// Of each group one paper (`document_kind`).
    pub papers: Vec<Vec<String>>,
}

#[derive(Deserialize)]
struct Version {
    valid_from: Option<String>,
    valid_to: Option<String>,
    procedures: Vec<Procedure>,
}

#[derive(Deserialize)]
struct File {
    closed: Vec<String>,
    stopped: Vec<String>,
    paid: Vec<String>,
    transitions: Vec<Transition>,
    versions: Vec<Version>,
}

#[derive(Deserialize)]
struct Year {
    year: i16,
    off: Vec<String>,
    worked: Vec<String>,
}

#[derive(Deserialize)]
struct Holidays {
    years: Vec<Year>,
}

static FILE: LazyLock<File> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../../assets/codes/procedures.json"))
        .expect("assets/codes/procedures.json is checked by a test")
});

struct Calendar {
    years: BTreeSet<i16>,
    off: BTreeSet<Date>,
    worked: BTreeSet<Date>,
}

static CALENDAR: LazyLock<Calendar> = LazyLock::new(|| {
    let file: Holidays = serde_json::from_str(include_str!("../../assets/codes/holidays.json"))
        .expect("assets/codes/holidays.json is checked by a test");
    Calendar {
        years: file.years.iter().map(|y| y.year).collect(),
        off: file.years.iter().flat_map(|y| days(&y.off)).collect(),
        worked: file.years.iter().flat_map(|y| days(&y.worked)).collect(),
    }
});

fn days(list: &[String]) -> impl Iterator<Item = Date> {
    list.iter().filter_map(|d| d.parse().ok())
}

/// All steps between states, suspending and rejecting left out.
pub fn transitions() -> &'static [Transition] {
    &FILE.transitions
}

/// Whether a dossier in this state is no longer dealt with.
pub fn is_closed(state: &str) -> bool {
    FILE.closed.iter().any(|s| s == state)
}

/// States in which a dossier is no longer dealt with.
pub fn closed_states() -> &'static [String] {
    &FILE.closed
}

/// Whether the days of the office do not run in this state.
pub fn is_stopped(state: &str) -> bool {
    FILE.stopped.iter().any(|s| s == state)
}

/// Papers that say that what is owed is paid.
pub fn proofs_of_payment() -> &'static [String] {
    &FILE.paid
}

/// What a kind of change needs on a day (yyyy-MM-dd).
pub fn procedure(kind: &str, day: &str) -> Option<&'static Procedure> {
    let in_force = |v: &&Version| {
        v.valid_from.as_deref().is_none_or(|d| d <= day) && v.valid_to.as_deref().is_none_or(|d| day <= d)
    };
    let version = FILE
        .versions
        .iter()
        .rev()
        .find(in_force)
        .or(FILE.versions.last())?;
    version.procedures.iter().find(|p| p.kind == kind)
}

/// Whether offices work on a day.
pub fn is_working_day(day: Date) -> bool {
    let weekend = matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday);
    if weekend {
        CALENDAR.worked.contains(&day)
    } else {
        !CALENDAR.off.contains(&day)
    }
}

/// Whether the holidays of the year are known; else only weekends count.
pub fn holidays_known(year: i16) -> bool {
    CALENDAR.years.contains(&year)
}

/// The working day that is the `n`th after `day`, which itself does not count.
pub fn working_days_after(day: Date, n: u32) -> Date {
    let (mut day, mut left) = (day, n);
    while left > 0 {
        let Ok(next) = day.tomorrow() else { break };
        day = next;
        left -= u32::from(is_working_day(day));
    }
    day
}

/// Working days after `from` up to `to`; 0 where `to` is not later.
pub fn working_days_between(from: Date, to: Date) -> u32 {
    let (mut day, mut n) = (from, 0);
    while day < to {
        let Ok(next) = day.tomorrow() else { break };
        day = next;
        n += u32::from(is_working_day(day));
    }
    n
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codes::{code, code_lists};

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    #[test]
    fn every_state_and_paper_is_in_its_list() {
        let states = || {
            FILE.transitions
                .iter()
                .flat_map(|t| [&t.from, &t.to])
                .chain(&FILE.closed)
                .chain(&FILE.stopped)
        };
        assert!(states().all(|s| code("dossier_state", s).is_some()));
        for version in &FILE.versions {
            for p in &version.procedures {
                assert!(p.days > 0 && !p.papers.is_empty(), "{p:?}");
                assert!(
                    p.papers
                        .iter()
                        .flatten()
                        .all(|d| code("document_kind", d).is_some()),
                    "{p:?}"
                );
            }
        }
        let kinds = code_lists("change_kind").flat_map(|l| &l.items);
        for kind in kinds {
            assert!(procedure(&kind.code, "2026-03-02").is_some(), "{}", kind.code);
        }
        assert!(FILE.paid.iter().all(|d| code("document_kind", d).is_some()));
    }

    #[test]
    fn every_open_state_leads_to_the_end() {
        for t in FILE.transitions.iter().filter(|t| !is_closed(&t.from)) {
            let mut reached = BTreeSet::from([t.from.as_str()]);
            for _ in 0..FILE.transitions.len() {
                let next: Vec<&str> = FILE
                    .transitions
                    .iter()
                    .filter(|t| reached.contains(t.from.as_str()))
                    .map(|t| t.to.as_str())
                    .collect();
                reached.extend(next);
            }
            assert!(reached.contains("LUU_TRU"), "{}", t.from);
        }
    }

    #[test]
    fn working_days_leave_out_weekends_and_holidays() {
        for (from, n, to) in [
            ("2026-03-02", 8, "2026-03-12"),
            ("2026-03-06", 1, "2026-03-09"),
            // Tết of 2026: a week off.
            ("2026-02-13", 1, "2026-02-23"),
            // 30 April and 1 May, then a weekend.
            ("2026-04-29", 1, "2026-05-04"),
            // A Saturday worked in exchange.
            ("2026-01-09", 1, "2026-01-10"),
            ("2026-03-02", 0, "2026-03-02"),
        ] {
            assert_eq!(working_days_after(day(from), n), day(to), "{from} {n}");
            assert_eq!(working_days_between(day(from), day(to)), n, "{from} {to}");
        }
        assert_eq!(working_days_between(day("2026-03-12"), day("2026-03-02")), 0);
        assert!(holidays_known(2026) && !holidays_known(2040));
        assert_eq!(
            (CALENDAR.off.len(), CALENDAR.worked.len()),
            (50, 4),
            "every day is read"
        );
        let weekend = |d: &Date| matches!(d.weekday(), Weekday::Saturday | Weekday::Sunday);
        assert!(CALENDAR.worked.iter().all(weekend) && !CALENDAR.off.iter().any(weekend));
    }
}
