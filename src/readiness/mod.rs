//! How ready the parcels are for the national database: "đúng – đủ – sạch – sống", groups 1 to 3 (domain.md §10.2).
//!
//! Computed from the rows of the register and from findings, never typed. [`Readiness::build`] reads the tables once;
//! [`Readiness::refresh`] asks the journal what changed since and looks at those parcels again. What counts for what
//! stands in `assets/codes/readiness.json`.

pub mod classify;
mod criteria;
mod reason;
mod tally;
mod trend;

pub use criteria::{Criteria, Known, Weight, campaigns};
pub use reason::{FLAGS, Group, Quality, REASONS, Reason, Reasons, WORKLISTS};
pub use tally::{Blocker, Tally, blockers};
pub use trend::{Campaign, Done, Person, SETTING, Trend, day};

use std::collections::HashMap;
use std::sync::Arc;

use jiff::civil::Date;

use crate::domain::{Failure, Finding};
use crate::job::Progress;
use crate::store::facts::{self, Facts, Mark, News, Verified};
use crate::store::{Reader, rows};
use crate::text::natural::natural;
use crate::topology::Coverage;

/// What is known of one parcel in force.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row {
    pub fid: i64,
    pub reasons: Reasons,
    pub certificate: bool,
    pub verified: Verified,
    place: u32,
}

/// A map sheet of a commune.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Place {
    pub commune: Arc<str>,
    /// Empty: the parcels without a sheet number.
    pub sheet: Arc<str>,
}

/// The readiness of a district at one moment.
#[derive(Clone, Debug)]
pub struct Readiness {
    date: Option<Date>,
    criteria: &'static Criteria,
    operating: bool,
    /// By fid. Land that is no parcel is not in it.
    rows: Vec<Row>,
    places: Vec<Place>,
    by_place: HashMap<Place, u32>,
    /// Of each place.
    tallies: Vec<Tally>,
    /// What findings say, by fid.
    of_findings: HashMap<i64, Reasons>,
    mark: Mark,
}

/// One line of a table: a commune, or a sheet of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    pub commune: Arc<str>,
    /// `None`: the whole commune.
    pub sheet: Option<Arc<str>>,
    pub tally: Tally,
}

impl Readiness {
    /// Of everything. `findings` are those of the same state of the register; `date` chooses the criteria.
    pub fn build(
        reader: &Reader,
        coverage: &Coverage,
        findings: &[Finding],
        date: Option<Date>,
        progress: &Progress,
    ) -> Result<Self, Failure> {
        // Taken before: what is written meanwhile is read once more by the next refresh.
        let mark = facts::mark(reader.conn())?;
        let criteria = Criteria::on(date);
        let mut this = Self {
            date,
            criteria,
            operating: operating(reader)?,
            rows: Vec::new(),
            places: Vec::new(),
            by_place: HashMap::new(),
            tallies: Vec::new(),
            of_findings: said(findings, coverage, criteria),
            mark,
        };
        for f in facts::read(reader.conn(), None, &criteria.words, progress)? {
            if let Some(row) = this.row(&f) {
                this.count(&row, true);
                this.rows.push(row);
            }
        }
        Ok(this)
    }

    /// Brings it up to the present, reading everything again where that is needed. Gives the parcels looked at; `None`: all.
    pub fn refresh(
        &mut self,
        reader: &Reader,
        coverage: &Coverage,
        findings: &[Finding],
        progress: &Progress,
    ) -> Result<Option<Vec<i64>>, Failure> {
        let followed = self.follow(reader, coverage, findings, progress)?;
        if followed.is_none() {
            *self = Self::build(reader, coverage, findings, self.date, progress)?;
        }
        Ok(followed)
    }

    /// Brings it up to the present as far as few parcels changed, or findings now say something else of them: those are
    /// read. Gives their fids; `None`: so much changed that everything has to be read, and nothing was done.
    pub fn follow(
        &mut self,
        reader: &Reader,
        coverage: &Coverage,
        findings: &[Finding],
        progress: &Progress,
    ) -> Result<Option<Vec<i64>>, Failure> {
        let mark = facts::mark(reader.conn())?;
        let News::Parcels(mut fids) = facts::since(reader.conn(), &self.mark)? else {
            return Ok(None);
        };
        let said = said(findings, coverage, self.criteria);
        let differs = |fid: &i64| said.get(fid) != self.of_findings.get(fid);
        let both = said.keys().chain(self.of_findings.keys()).copied();
        fids.extend(both.filter(differs));
        fids.sort_unstable();
        fids.dedup();
        let facts = facts::read(reader.conn(), Some(&fids), &self.criteria.words, progress)?;
        self.of_findings = said;
        self.mark = mark;
        self.replace(&fids, &facts);
        Ok(Some(fids))
    }

    /// Puts `facts` in the place of what stood for `fids`.
    fn replace(&mut self, fids: &[i64], facts: &[Facts]) {
        let fresh: Vec<Row> = facts.iter().filter_map(|f| self.row(f)).collect();
        for fid in fids {
            if let Some(old) = self.of(*fid).copied() {
                self.count(&old, false);
            }
        }
        for row in &fresh {
            self.count(row, true);
        }
        let same = fresh.len() == fids.len() && fids.iter().all(|f| self.of(*f).is_some());
        if same {
            for row in fresh {
                if let Ok(at) = self.at(row.fid) {
                    self.rows[at] = row;
                }
            }
        } else {
            self.rows.retain(|r| fids.binary_search(&r.fid).is_err());
            self.rows.extend(fresh);
            self.rows.sort_unstable_by_key(|r| r.fid);
        }
    }

    fn at(&self, fid: i64) -> Result<usize, usize> {
        self.rows.binary_search_by_key(&fid, |r| r.fid)
    }

    /// `None` for land that is no parcel.
    fn row(&mut self, f: &Facts) -> Option<Row> {
        if !f.is_parcel {
            return None;
        }
        let said = self.of_findings.get(&f.fid).copied().unwrap_or_default();
        Some(Row {
            fid: f.fid,
            reasons: classify::reasons(f, said, self.operating, self.criteria),
            certificate: f.certificate,
            verified: f.verified,
            place: self.place_of(f),
        })
    }

    fn place_of(&mut self, f: &Facts) -> u32 {
        let place = Place {
            commune: f.commune.clone(),
            sheet: f.sheet.clone(),
        };
        if let Some(known) = self.by_place.get(&place) {
            return *known;
        }
        let number = self.places.len() as u32;
        self.places.push(place.clone());
        self.tallies.push(Tally::default());
        self.by_place.insert(place, number);
        number
    }

    fn count(&mut self, row: &Row, in_: bool) {
        let tally = &mut self.tallies[row.place as usize];
        match in_ {
            true => tally.add(row.reasons, row.certificate, self.criteria),
            false => tally.take(row.reasons, row.certificate, self.criteria),
        }
    }

    pub fn criteria(&self) -> &'static Criteria {
        self.criteria
    }

    /// The district is in operation.
    pub fn is_operating(&self) -> bool {
        self.operating
    }

    /// All parcels, by fid.
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// `None`: not in force, or no parcel.
    pub fn of(&self, fid: i64) -> Option<&Row> {
        self.at(fid).ok().map(|at| &self.rows[at])
    }

    pub fn group(&self, row: &Row) -> Group {
        classify::group(row.reasons, self.criteria)
    }

    /// The group of every parcel by fid, for the map.
    pub fn groups(&self) -> HashMap<i64, Group> {
        self.rows.iter().map(|r| (r.fid, self.group(r))).collect()
    }

    pub fn place(&self, row: &Row) -> &Place {
        &self.places[row.place as usize]
    }

    /// Counts over the communes asked for; empty = all.
    pub fn total(&self, communes: &[String]) -> Tally {
        let mut sum = Tally::default();
        let asked = |p: &Place| communes.is_empty() || communes.iter().any(|c| **c == *p.commune);
        let of = self.places.iter().zip(&self.tallies).filter(|(p, _)| asked(p));
        of.for_each(|(_, t)| sum.join(t));
        sum
    }

    /// One line a sheet with parcels, by commune and sheet.
    pub fn sheets(&self) -> Vec<Line> {
        let mut lines: Vec<Line> = self
            .places
            .iter()
            .zip(&self.tallies)
            .filter(|(_, t)| t.parcels > 0)
            .map(|(p, t)| Line {
                commune: p.commune.clone(),
                sheet: Some(p.sheet.clone()),
                tally: *t,
            })
            .collect();
        let key = |l: &Line| (l.commune.clone(), l.sheet.clone().unwrap_or_default());
        lines.sort_by(|a, b| {
            let (a, b) = (key(a), key(b));
            natural(&a.0, &b.0).then_with(|| natural(&a.1, &b.1))
        });
        lines
    }

    /// One line a commune with parcels, by code.
    pub fn communes(&self) -> Vec<Line> {
        let mut lines: Vec<Line> = Vec::new();
        for sheet in self.sheets() {
            match lines.last_mut().filter(|l| l.commune == sheet.commune) {
                Some(line) => line.tally.join(&sheet.tally),
                None => lines.push(Line { sheet: None, ..sheet }),
            }
        }
        lines
    }

    /// The parcels that answer, by fid.
    pub fn select(&self, wanted: &Wanted) -> Vec<i64> {
        let all = self.rows.iter().filter(|r| self.answers(r, wanted));
        all.map(|r| r.fid).collect()
    }

    /// Whether a parcel is one of those asked for.
    pub fn answers(&self, row: &Row, wanted: &Wanted) -> bool {
        let place = self.place(row);
        wanted.commune.as_ref().is_none_or(|c| **c == *place.commune)
            && wanted.sheet.as_ref().is_none_or(|s| **s == *place.sheet)
            && match wanted.what {
                What::All => true,
                What::Group(group) => self.group(row) == group,
                What::Reason(reason) => row.reasons.has(reason),
                What::Worklist(w) => self.criteria.holds(w, row.reasons),
                What::Reasons(any) => row.reasons.meets(any),
                What::NotEntered => !classify::is_entered(row.reasons),
            }
    }
}

/// Which parcels are meant.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    pub commune: Option<String>,
    pub sheet: Option<String>,
    pub what: What,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum What {
    #[default]
    All,
    Group(Group),
    Reason(Reason),
    /// From 1.
    Worklist(u8),
    /// At least one of these.
    Reasons(Reasons),
    NotEntered,
}

fn operating(reader: &Reader) -> Result<bool, Failure> {
    Ok(rows::setting(reader.conn(), "mode")?.as_deref() == Some("operating"))
}

/// What findings say of each parcel in force.
fn said(findings: &[Finding], coverage: &Coverage, criteria: &Criteria) -> HashMap<i64, Reasons> {
    let mut said: HashMap<i64, Reasons> = HashMap::new();
    for finding in findings {
        let Some(reason) = criteria.of_finding(finding) else {
            continue;
        };
        for parcel in finding.parcels.iter().filter_map(|u| coverage.by_uid(*u)) {
            let all = said.entry(parcel.fid).or_default();
            *all = all.with(reason.bit());
        }
    }
    said
}

#[cfg(test)]
mod tests;
