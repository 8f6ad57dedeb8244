//! Many findings at once: each on what the last fix left, so that fixes never contradict each other.
//!
//! The order is that of [`super::ORDER`], then that of the findings, so the same map gives the same edits. The
//! result is a list of edits that a project does as one operation, and the summary that a person sees first.

use std::collections::{BTreeMap, BTreeSet};

use super::try_out::{self, attempt, is_same};
use super::work::{Work, named};
use super::{Fix, Known, ORDER, Preview, by_hand, options};
use crate::domain::{BBox, Failure, Finding, Parcel, Uid};
use crate::edit::{self, Edit};
use crate::job::Progress;
use crate::msg;
use crate::text::{Msg, Text};
use crate::topology::Coverage;
use crate::validate;
use jiff::civil::Date;

/// Which findings, and how. Empty lists mean all.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Request {
    /// Codes of rules.
    pub rules: Vec<String>,
    pub communes: Vec<String>,
    pub sheets: Vec<String>,
    pub parcels: Vec<Uid>,
    /// Names of fixes to take where they are offered, certain or not, before those that are certain.
    pub choices: Vec<String>,
    /// Why, and until when, of choices that are decisions; without it none is taken.
    pub reason: Option<(String, Option<Date>)>,
    /// The dossier the boundary edits belong to.
    pub dossier: Option<String>,
}

impl Request {
    /// Whether a finding is meant.
    pub fn wants(&self, f: &Finding) -> bool {
        let part = |reference: &str, n: usize| reference.split('/').nth(n).unwrap_or_default().to_owned();
        let any =
            |list: &[String], n: usize| list.is_empty() || f.refs.iter().any(|r| list.contains(&part(r, n)));
        (self.rules.is_empty() || self.rules.iter().any(|r| r == f.code))
            && any(&self.communes, 0)
            && any(&self.sheets, 1)
            && (self.parcels.is_empty() || f.parcels.iter().any(|p| self.parcels.contains(p)))
    }

    fn within(&self, edit: Edit) -> Edit {
        match (&self.dossier, &edit) {
            (Some(code), e) if !matches!(e, Edit::Set { .. }) && !e.is_decision() => {
                edit.within(code.clone())
            }
            _ => edit,
        }
    }
}

/// A finding that is taken away, and by what.
#[derive(Clone, Debug, PartialEq)]
pub struct Made {
    pub finding: Finding,
    pub name: &'static str,
    pub title: Text,
    /// How far a point goes, mm.
    pub farthest_mm: f64,
}

/// A finding that stays, and why.
#[derive(Clone, Debug)]
pub struct Left {
    pub finding: Finding,
    /// Code of the reason: of a failure, or `BY_HAND`, `FIX_UNDECIDED`.
    pub code: &'static str,
    pub reason: Msg,
}

/// What a batch would do.
#[derive(Clone, Debug, Default)]
pub struct Batch {
    pub edits: Vec<Edit>,
    pub made: Vec<Made>,
    /// Gone with the fix of another.
    pub settled: usize,
    pub left: Vec<Left>,
    pub points_moved: usize,
    pub farthest_mm: f64,
    pub points_inserted: usize,
    pub points_removed: usize,
    /// Parcels that change, come or go, with the area gained, m²; by reference.
    pub parcels: Vec<(String, f64)>,
    /// Boxes of what changes, for the map.
    pub places: Vec<BBox>,
}

impl Batch {
    /// How many by rule and fix.
    pub fn made_by(&self) -> BTreeMap<(&'static str, &'static str), usize> {
        let mut count = BTreeMap::new();
        self.made
            .iter()
            .for_each(|m| *count.entry((m.finding.code, m.name)).or_default() += 1);
        count
    }

    /// How many by rule and reason.
    pub fn left_by(&self) -> BTreeMap<(&'static str, &'static str), usize> {
        let mut count = BTreeMap::new();
        self.left
            .iter()
            .for_each(|l| *count.entry((l.finding.code, l.code)).or_default() += 1);
        count
    }

    /// Land that changes hands: what all gainers gain, and the most that one parcel gains or loses; m².
    pub fn area_moved(&self) -> (f64, f64) {
        let gains = self.parcels.iter().map(|(_, d)| d.max(0.0)).sum();
        let most = self.parcels.iter().map(|(_, d)| d.abs()).fold(0.0, f64::max);
        (gains, most)
    }
}

/// Stage of a job that tries.
pub const TRYING: Text = Text::new("Đang thử các cách sửa", "Trying the fixes");
/// Findings between two looks at the cancel button.
const CHUNK: usize = 8;

/// Tries all findings that are asked for. Fails only when cancelled, then nothing was done.
pub fn batch(
    coverage: &Coverage,
    findings: &[Finding],
    known: &Known,
    request: &Request,
    progress: &Progress,
) -> Result<Batch, Failure> {
    let mut list: Vec<&Finding> = findings.iter().filter(|f| request.wants(f)).collect();
    let rank = |f: &Finding| ORDER.iter().position(|c| *c == f.code).unwrap_or(ORDER.len());
    list.sort_by_key(|f| rank(f));
    progress.stage(TRYING, list.len() as u64)?;
    let mut run = Run {
        work: Work::new(coverage),
        known: known.clone(),
        request,
        touched: BTreeSet::new(),
        out: Batch::default(),
    };
    for chunk in list.chunks(CHUNK) {
        chunk.iter().for_each(|f| run.one(f));
        progress.step(chunk.len() as u64)?;
    }
    Ok(run.finish(coverage))
}

struct Run<'a> {
    work: Work,
    known: Known,
    request: &'a Request,
    touched: BTreeSet<i64>,
    out: Batch,
}

impl Run<'_> {
    fn one(&mut self, finding: &Finding) {
        // What the rule says of it by now: an earlier fix may have changed or settled it.
        let untouched = self
            .fids(finding)
            .is_some_and(|f| f.iter().all(|f| !self.touched.contains(f)));
        // Of the register the copy knows nothing: no fix here changes what it says.
        let now = if untouched || is_of_register(finding) {
            Some(finding.clone())
        } else {
            self.again(finding)
        };
        let Some(now) = now else {
            self.out.settled += 1;
            return;
        };
        let offered = options(&self.work.coverage, &now, &self.known);
        let mut first = None;
        for fix in self.chosen(&offered) {
            if self.names_a_parcel_to_come(&fix) {
                first = first.or(Some(try_out::stale()));
                continue;
            }
            match attempt(&mut self.work, &now, &fix) {
                Ok(preview) => return self.made(now, &fix, &preview),
                Err(e) => first = first.or(Some(e)),
            }
        }
        let by_person = offered.iter().all(Fix::needs_reason);
        let (code, reason) = match (first, by_person) {
            (Some(e), _) => (e.code(), e.message().clone()),
            (None, true) => ("BY_HAND", by_hand(&now).map(Msg::from).unwrap_or_default()),
            (None, false) => ("FIX_UNDECIDED", undecided(&offered)),
        };
        self.out.left.push(Left {
            finding: now,
            code,
            reason,
        });
    }

    fn fids(&self, finding: &Finding) -> Option<Vec<i64>> {
        let fid = |u: &Uid| self.work.coverage.by_uid(*u).map(|p| p.fid);
        finding.parcels.iter().map(fid).collect()
    }

    fn again(&self, finding: &Finding) -> Option<Finding> {
        let fids = self.fids(finding)?;
        let now = self.work.findings(fids);
        now.into_iter().find(|f| is_same(finding, f))
    }

    /// The fixes to be tried, in order: those named, then the certain ones.
    fn chosen(&self, offered: &[Fix]) -> Vec<Fix> {
        let choices = &self.request.choices;
        let named = choices
            .iter()
            .flat_map(|c| offered.iter().filter(move |f| f.name == *c));
        let certain = offered
            .iter()
            .filter(|f| f.certain && !choices.iter().any(|c| c == f.name));
        let reason = self.request.reason.as_ref();
        let told = |f: &Fix| match reason {
            _ if !f.needs_reason() => Some(f.clone()),
            Some((why, until)) => Some(f.clone().because(why, *until)),
            None => None,
        };
        named.chain(certain).filter_map(told).collect()
    }

    fn names_a_parcel_to_come(&self, fix: &Fix) -> bool {
        let parcels = fix.edits.iter().flat_map(named);
        parcels
            .filter_map(|r| edit::find(&self.work.coverage, r).ok())
            .any(|p| Work::is_to_come(p.fid))
    }

    fn made(&mut self, finding: Finding, fix: &Fix, preview: &Preview) {
        self.touched.extend(preview.changes.iter().map(|c| c.fid));
        let out = &mut self.out;
        out.points_moved += preview.moved.len();
        out.points_inserted += preview.inserted;
        out.points_removed += preview.removed;
        out.farthest_mm = out.farthest_mm.max(preview.farthest_mm());
        out.places.extend(finding.bbox);
        out.edits
            .extend(fix.edits.iter().map(|e| self.request.within(e.clone())));
        // A number given is given.
        for e in &fix.edits {
            if let Edit::Set { parcel, fields } = e
                && let Some(Some(number)) = &fields.number
                && let Ok(p) = edit::find(&self.work.coverage, parcel)
                && let Ok(n) = number.parse::<i64>()
            {
                let key = (p.commune.to_string(), p.sheet.to_string());
                self.known.next_numbers.insert(key, n + 1);
            }
        }
        out.made.push(Made {
            farthest_mm: preview.farthest_mm(),
            finding,
            name: fix.name,
            title: fix.title,
        });
    }

    fn finish(mut self, coverage: &Coverage) -> Batch {
        let area = |p: Option<&Parcel>| p.map_or(0, |p| p.polygon.area2());
        for fid in &self.touched {
            let (old, new) = (coverage.get(*fid), self.work.coverage.get(*fid));
            let Some(any) = old.or(new) else { continue };
            let gained = (area(new) - area(old)) as f64 / 2e6;
            self.out.parcels.push((any.reference(), gained));
        }
        self.out
            .parcels
            .sort_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)));
        self.out
    }
}

fn is_of_register(finding: &Finding) -> bool {
    validate::rule(finding.code).is_some_and(|r| matches!(r.check, validate::Check::Register(_)))
}

fn undecided(offered: &[Fix]) -> Msg {
    let names = |lang: fn(Text) -> &'static str| {
        offered
            .iter()
            .map(|f| format!("{} ({})", lang(f.title), f.name))
            .collect::<Vec<_>>()
            .join("; ")
    };
    let (vi, en) = (names(|t| t.vi), names(|t| t.en));
    msg!("Cần người chọn cách sửa: {vi}.", "A person has to choose: {en}.")
}
