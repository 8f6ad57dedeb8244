//! What each reason counts for, by date, from `assets/codes/readiness.json`.

use std::sync::LazyLock;

use jiff::civil::Date;
use serde::Deserialize;

use super::reason::{FLAGS, Group, Quality, REASONS, Reason, Reasons, WORKLISTS};
use crate::domain::{Finding, Severity};
use crate::store::facts::Words;
use crate::text::Msg;

#[derive(Deserialize)]
struct File {
    sets: Vec<Set>,
    campaigns: Vec<KnownEntry>,
}

#[derive(Deserialize)]
struct Set {
    version: String,
    valid_from: Option<String>,
    valid_to: Option<String>,
    legal_basis: Msg,
    ready_after: u8,
    use_area_tolerance_m2: f64,
    reasons: Vec<Entry>,
    missing_shape: Vec<String>,
    missing_attributes: Vec<String>,
    topology: Vec<String>,
    findings: Vec<FindingEntry>,
    words: WordsEntry,
}

#[derive(Deserialize)]
struct Entry {
    code: String,
    quality: Quality,
    flag: String,
    group: u8,
    worklist: u8,
    minutes: f64,
}

#[derive(Deserialize)]
struct FindingEntry {
    code: String,
    from: String,
    reason: String,
}

#[derive(Deserialize)]
struct WordsEntry {
    page: Vec<String>,
    signed_page: Vec<String>,
    dead_certificate: Vec<String>,
    accepted_package: Vec<String>,
    without_identity: Vec<String>,
    organisation: Vec<String>,
}

#[derive(Deserialize)]
struct KnownEntry {
    name: Msg,
    from: String,
    to: String,
}

/// A campaign everybody knows of.
#[derive(Clone, Debug)]
pub struct Known {
    pub name: Msg,
    pub from: Date,
    pub to: Date,
}

/// What one reason counts for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Weight {
    pub quality: Quality,
    /// Index in [`FLAGS`].
    pub flag: usize,
    /// [`Group::Two`] or [`Group::Three`].
    pub group: Group,
    /// From 1, index in [`WORKLISTS`] + 1.
    pub worklist: u8,
    /// A trained clerk's work on one parcel.
    pub minutes: f64,
}

/// The test in force on some day.
#[derive(Clone, Debug)]
pub struct Criteria {
    pub version: String,
    pub legal_basis: Msg,
    valid_from: Option<Date>,
    valid_to: Option<Date>,
    weights: [Weight; REASONS],
    /// Of each worklist: the reasons it is about, and those that must be gone before.
    held: [Reasons; WORKLISTS.len()],
    before: [Reasons; WORKLISTS.len()],
    /// The reasons that make a parcel one of group 3.
    rebuild: Reasons,
    pub use_area_tolerance_m2: f64,
    pub missing_shape: Reasons,
    pub missing_attributes: Reasons,
    pub topology: Reasons,
    findings: Vec<(String, Severity, Reason)>,
    pub words: Words,
}

/// Reasons that no row of the register gives ([`super::classify`]).
pub(super) const TOLD_BY_FINDINGS: [Reason; 4] = [
    Reason::ShapeInvalid,
    Reason::AreaDiffers,
    Reason::Duplicate,
    Reason::ShapeConflict,
];

static FILE: LazyLock<(Vec<Criteria>, Vec<Known>)> = LazyLock::new(|| {
    let file: File = serde_json::from_str(include_str!("../../assets/codes/readiness.json")).expect(CHECKED);
    let sets = file.sets.into_iter().map(criteria).collect();
    let known = |k: KnownEntry| Known {
        name: k.name,
        from: day(&k.from),
        to: day(&k.to),
    };
    (sets, file.campaigns.into_iter().map(known).collect())
});

const CHECKED: &str = "assets/codes/readiness.json is checked by a test";

fn day(text: &str) -> Date {
    text.parse().expect(CHECKED)
}

fn criteria(set: Set) -> Criteria {
    let reason = |code: &String| Reason::of_code(code).expect(CHECKED);
    let reasons = |codes: &[String]| codes.iter().map(reason).collect();
    let weight = |r: Reason| {
        let e = set.reasons.iter().find(|e| e.code == r.code()).expect(CHECKED);
        Weight {
            quality: e.quality,
            flag: FLAGS.iter().position(|f| *f == e.flag).expect(CHECKED),
            group: if e.group == 3 { Group::Three } else { Group::Two },
            worklist: e.worklist.clamp(1, WORKLISTS.len() as u8),
            minutes: e.minutes,
        }
    };
    let severity = |name: &str| {
        [Severity::Info, Severity::Warning, Severity::Error]
            .into_iter()
            .find(|s| s.name() == name)
            .expect(CHECKED)
    };
    let weights = Reason::ALL.map(weight);
    let returned = weights[Reason::Returned as usize].worklist;
    let after = set.ready_after;
    let before = |w: u8| {
        let is_before = |o: &Weight| o.worklist < w && o.worklist != returned;
        match w > after && w != returned {
            true => chosen(&weights, is_before),
            false => Reasons::NONE,
        }
    };
    Criteria {
        held: std::array::from_fn(|i| chosen(&weights, |w| usize::from(w.worklist) == i + 1)),
        before: std::array::from_fn(|i| before(i as u8 + 1)),
        rebuild: chosen(&weights, |w| w.group == Group::Three),
        weights,
        missing_shape: reasons(&set.missing_shape),
        missing_attributes: reasons(&set.missing_attributes),
        topology: reasons(&set.topology),
        findings: set
            .findings
            .iter()
            .map(|f| (f.code.clone(), severity(&f.from), reason(&f.reason)))
            .collect(),
        words: Words {
            page: set.words.page,
            signed_page: set.words.signed_page,
            dead_certificate: set.words.dead_certificate,
            accepted_package: set.words.accepted_package,
            without_identity: set.words.without_identity,
            organisation: set.words.organisation,
        },
        version: set.version,
        legal_basis: set.legal_basis,
        valid_from: set.valid_from.as_deref().map(day),
        valid_to: set.valid_to.as_deref().map(day),
        use_area_tolerance_m2: set.use_area_tolerance_m2,
    }
}

fn chosen(weights: &[Weight; REASONS], which: impl Fn(&Weight) -> bool) -> Reasons {
    let of = |r: &Reason| which(&weights[*r as usize]);
    Reason::ALL.into_iter().filter(of).collect()
}

/// Campaigns everybody knows of, oldest first.
pub fn campaigns() -> &'static [Known] {
    &FILE.1
}

impl Criteria {
    /// The test in force on `date`, or the newest.
    pub fn on(date: Option<Date>) -> &'static Self {
        let holds = |c: &&Self| {
            date.is_some_and(|d| {
                c.valid_from.is_none_or(|from| from <= d) && c.valid_to.is_none_or(|to| d <= to)
            })
        };
        let sets = &FILE.0;
        let newest = sets.iter().max_by_key(|c| c.valid_from);
        sets.iter().find(holds).or(newest).expect(CHECKED)
    }

    pub fn weight(&self, reason: Reason) -> &Weight {
        &self.weights[reason as usize]
    }

    /// The reasons that count for a quality.
    pub fn of_quality(&self, quality: Quality) -> Reasons {
        self.all(|w| w.quality == quality)
    }

    /// The reasons that speak against a flag (index in [`FLAGS`]).
    pub fn of_flag(&self, flag: usize) -> Reasons {
        self.all(|w| w.flag == flag)
    }

    /// The reasons a worklist (from 1) is about.
    pub fn of_worklist(&self, worklist: u8) -> Reasons {
        self.held[usize::from(worklist) - 1]
    }

    /// The reasons that make a parcel one of group 3.
    pub fn rebuild(&self) -> Reasons {
        self.rebuild
    }

    /// Whether a worklist (from 1) holds a parcel against which `r` stands. The later steps (comparing, signing, sending)
    /// follow one another: a parcel waits for one only when nothing that comes before is left. What was given back
    /// waits for nothing.
    pub fn holds(&self, worklist: u8, r: Reasons) -> bool {
        r.meets(self.held[usize::from(worklist) - 1]) && !r.meets(self.before[usize::from(worklist) - 1])
    }

    fn all(&self, which: impl Fn(&Weight) -> bool) -> Reasons {
        chosen(&self.weights, which)
    }

    /// The rules whose findings, from that severity on, are these reasons; `None` where rows of the register tell of one too:
    /// then no list of findings has all its parcels.
    pub fn rules_of(&self, reasons: Reasons) -> Option<Vec<(&str, Severity)>> {
        let told = |r: Reason| TOLD_BY_FINDINGS.contains(&r);
        let of = |f: &&(String, Severity, Reason)| reasons.has(f.2);
        let rules = self.findings.iter().filter(of);
        let rules: Vec<_> = rules.map(|(code, from, _)| (code.as_str(), *from)).collect();
        (!rules.is_empty() && reasons.iter().all(told)).then_some(rules)
    }

    /// What a finding says about its parcels; `None` when it does not keep one from being ready.
    pub fn of_finding(&self, finding: &Finding) -> Option<Reason> {
        self.findings
            .iter()
            .find(|(code, from, _)| code == finding.code && finding.severity >= *from)
            .map(|(_, _, reason)| *reason)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_is_weighed_on_every_day() {
        for day in ["1990-01-01", "2025-09-01", "2026-11-23"] {
            let date: Date = day.parse().unwrap();
            assert_eq!(
                FILE.0
                    .iter()
                    .filter(|c| c.valid_from.is_none_or(|f| f <= date) && c.valid_to.is_none_or(|t| date <= t))
                    .count(),
                1,
                "{day}"
            );
        }
        let c = Criteria::on(None);
        for quality in Quality::ALL {
            assert!(!c.of_quality(quality).is_empty(), "{quality:?}");
        }
        for (i, flag) in FLAGS.iter().enumerate() {
            assert!(!c.of_flag(i).is_empty(), "{flag}");
        }
        for w in 1..=WORKLISTS.len() as u8 {
            assert!(!c.of_worklist(w).is_empty(), "{w}");
        }
        let whole: Reasons = Reason::ALL.into_iter().collect();
        let joined = Quality::ALL
            .into_iter()
            .fold(Reasons::NONE, |s, q| s.with(c.of_quality(q)));
        assert_eq!(joined, whole);
        assert!(!c.legal_basis.vi.is_empty() && !c.version.is_empty());
        assert!(campaigns().iter().all(|k| k.from < k.to && !k.name.vi.is_empty()));
    }

    #[test]
    fn findings_named_in_the_file_are_rules() {
        for (code, _, _) in &Criteria::on(None).findings {
            assert!(crate::validate::rule(code).is_some(), "{code}");
        }
    }
}
