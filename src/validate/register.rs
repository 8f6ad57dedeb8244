//! Running the attribute rules over the register: over the whole file in stretches of rows, or over what is tied to some
//! parcels. An entry is the same either way, and so is what the rules say of it.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use jiff::civil::Date;
use rayon::prelude::*;

use super::run::{Wanted, has_grown_from};
use super::{Check, Options, Parameters, Rule, rule};
use crate::domain::register::{
    CertificateEntry, ChangeEntry, CommuneEntry, ParcelEntry, PartyEntry, ScanEntry,
};
use crate::domain::{BBox, Failure, Finding, Parcel, Pt, Severity, Territory, Uid, Unit, sort_findings};
use crate::job::Progress;
use crate::store::register::{self as rows, Rows, Since, Table, Touched};
use crate::store::{Connection, Reader, View};
use crate::text::Text;
use crate::topology::Coverage;
use crate::topology::findings::about;

/// What a rule looks at: one entry of the register, or several that share what only one may have.
pub enum Entry<'a> {
    Parcel {
        entry: &'a ParcelEntry,
        parcel: &'a Parcel,
    },
    /// Parcels with one parcel code; fids.
    SameCode {
        code: &'a str,
        parcels: &'a [i64],
    },
    Party(&'a PartyEntry),
    /// Parties with one citizen's number.
    SameIdentity(&'a [PartyEntry]),
    Certificate(&'a CertificateEntry),
    /// Living certificates with one serial.
    SameSerial(&'a [CertificateEntry]),
    Scan(&'a ScanEntry),
    Change(&'a ChangeEntry),
    Commune(&'a CommuneEntry),
}

/// What else it may look at.
pub struct Facts<'a> {
    pub parameters: &'a Parameters,
    pub territory: &'a Territory,
    /// The day of the act: the one asked for, else that of the newest operation.
    pub today: Date,
    /// The same as yyyy-MM-dd.
    pub day: String,
}

/// What a rule says of an entry; parcels and place are added.
#[derive(Clone, Debug)]
pub struct Said {
    severity: Severity,
    at: Option<Pt>,
    amount: Option<(f64, Unit)>,
    tolerance: Option<f64>,
    values: Vec<(&'static str, String)>,
}

impl Said {
    pub fn of(severity: Severity) -> Self {
        Self {
            severity,
            at: None,
            amount: None,
            tolerance: None,
            values: Vec::new(),
        }
    }

    /// A value for the sentence. Never a personal one: numbers through [`masked`].
    pub fn value(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.values.push((name, value.into()));
        self
    }

    pub fn at(mut self, at: Pt) -> Self {
        self.at = Some(at);
        self
    }

    pub fn count(mut self, n: usize) -> Self {
        self.amount = Some((n as f64, Unit::Count));
        self
    }

    pub fn metres(mut self, amount: f64, tolerance: f64) -> Self {
        (self.amount, self.tolerance) = (Some((amount, Unit::M)), Some(tolerance));
        self
    }

    pub fn square_metres(mut self, amount: f64, tolerance: f64) -> Self {
        (self.amount, self.tolerance) = (Some((amount, Unit::M2)), Some(tolerance));
        self
    }
}

/// "•••001": the last three characters of a personal number.
pub fn masked(number: &str) -> String {
    let last: Vec<char> = number.chars().rev().take(3).collect();
    format!("•••{}", last.into_iter().rev().collect::<String>())
}

/// A day written yyyy-MM-dd.
pub fn day(text: &str) -> Option<Date> {
    (text.len() == 10).then(|| text.parse().ok()).flatten()
}

/// The year of "1975", "1975-03-02" or "02/03/1975".
pub fn birth_year(text: &str) -> Option<i32> {
    let text = text.trim();
    let part = match text.len() {
        4 => text,
        10 if text.as_bytes()[4] == b'-' => text.get(..4)?,
        _ => text.rsplit('/').next()?,
    };
    (part.len() == 4).then(|| part.parse().ok()).flatten()
}

/// Whether a term is without end.
pub fn is_for_good(term: &str) -> bool {
    crate::text::fold::fold(term.trim()) == "lau dai"
}

const REGISTER: Text = Text::new("Đang kiểm tra hồ sơ", "Checking the register");
/// Rows read at a time.
const STRETCH: i64 = 8192;

/// Everything the rules say: of the shapes and of the register. In the order of cli.md. Fails with `UNKNOWN_RULE`,
/// `CANCELLED`, or what the file says.
pub fn run_all(
    coverage: &Coverage,
    reader: &Reader,
    options: &Options,
    progress: &Progress,
) -> Result<Vec<Finding>, Failure> {
    let mut all = super::run(coverage, options, progress)?;
    let wanted = Wanted::new(options)?;
    let check = Checker::new(coverage, reader.view(), &wanted, options.date)?;
    if !check.rules.is_empty() {
        let mut found = check.everything(reader.conn(), progress)?;
        found.retain(|f| wanted.in_scope(f));
        all.append(&mut found);
        sort_findings(&mut all);
    }
    Ok(all)
}

/// What the rules say of the register around some parcels and of what operations changed in it, and which rows they
/// looked at.
pub(super) fn around(
    coverage: &Coverage,
    view: View<'_>,
    fids: &[i64],
    touched: &Touched,
) -> Result<(Vec<Finding>, Seen), Failure> {
    let options = Options::default();
    let wanted = Wanted::new(&options)?;
    Checker::new(coverage, view, &wanted, None)?.around(view.conn, fids, touched)
}

/// Whether `new` tells of all parcels of `old`, and of the same thing.
pub(super) fn has_outgrown(new: &Finding, old: &Finding) -> bool {
    has_grown_from(new, old) && !old.parcels.is_empty() && new.value("code") == old.value("code")
}

/// All findings about any of these parcels (fids, in force or not), as [`run_all`] with default options tells of them.
pub fn affected_all(coverage: &Coverage, view: View<'_>, fids: &[i64]) -> Result<Vec<Finding>, Failure> {
    let options = Options::default();
    let wanted = Wanted::new(&options)?;
    let uids: BTreeSet<Uid> = fids
        .iter()
        .filter_map(|f| coverage.get(*f))
        .map(|p| p.uid)
        .collect();
    let (mut fresh, _) =
        Checker::new(coverage, view, &wanted, None)?.around(view.conn, fids, &Touched::default())?;
    fresh.retain(|f| f.parcels.iter().any(|p| uids.contains(p)));
    fresh.extend(super::affected(coverage, fids));
    sort_findings(&mut fresh);
    Ok(fresh)
}

pub(super) fn is_of_register(f: &Finding) -> bool {
    rule(f.code).is_some_and(|r| matches!(r.check, Check::Register(_)))
}

/// Name of the value that holds the uid of the row a finding is about, where that is no parcel; several joined by '+'.
pub const SUBJECT: &str = "subject";

/// Rows whose findings were made anew.
#[derive(Default)]
pub(super) struct Seen {
    pub single: BTreeSet<String>,
    pub grouped: BTreeSet<String>,
}

impl Seen {
    fn both(&mut self, uid: &str) {
        self.single.insert(uid.to_owned());
        self.grouped.insert(uid.to_owned());
    }
}

type CheckFn = fn(&Entry<'_>, &Facts<'_>) -> Option<Said>;

struct Checker<'a> {
    coverage: &'a Coverage,
    /// The district file: scans lie beside it.
    file: &'a Path,
    rules: Vec<(&'static Rule, CheckFn)>,
    facts: Facts<'a>,
}

impl<'a> Checker<'a> {
    fn new(
        coverage: &'a Coverage,
        view: View<'a>,
        wanted: &'a Wanted<'_>,
        date: Option<Date>,
    ) -> Result<Self, Failure> {
        let today = match date {
            Some(date) => date,
            None => rows::newest_day(view.conn)?
                .and_then(|d| day(&d))
                .unwrap_or(Date::ZERO),
        };
        let rules = wanted.rules.iter().filter_map(|r| match r.check {
            Check::Register(f) => Some((*r, f)),
            _ => None,
        });
        Ok(Self {
            coverage,
            file: view.path,
            rules: rules.collect(),
            facts: Facts {
                parameters: &wanted.parameters,
                territory: coverage.territory(),
                today,
                day: today.to_string(),
            },
        })
    }

    /// Over stretches of rows, each core with a connection of its own.
    fn everything(&self, conn: &Connection, progress: &Progress) -> Result<Vec<Finding>, Failure> {
        let work = work(conn)?;
        let since = Since::now();
        progress.stage(REGISTER, work.iter().map(Work::rows).sum())?;
        let next = AtomicUsize::new(0);
        let workers = rayon::current_num_threads().min(work.len()).max(1);
        let parts: Result<Vec<Vec<Piece>>, Failure> = (0..workers)
            .into_par_iter()
            .map(|_| self.worker(&work, &next, since, progress))
            .collect();
        let mut parts: Vec<Piece> = parts?.into_iter().flatten().collect();
        parts.sort_unstable_by_key(|(at, _)| *at);
        Ok(parts.into_iter().flat_map(|(_, found)| found).collect())
    }

    fn worker(
        &self,
        work: &[Work],
        next: &AtomicUsize,
        since: Since,
        progress: &Progress,
    ) -> Result<Vec<Piece>, Failure> {
        let reader = Reader::open(self.file)?;
        let mut out = Vec::new();
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some(piece) = work.get(at) else {
                return Ok(out);
            };
            let mut found = Found::default();
            self.piece(reader.conn(), *piece, since, &mut found)?;
            out.push((at, found.all));
            progress.step(piece.rows())?;
        }
    }

    fn piece(&self, conn: &Connection, piece: Work, since: Since, found: &mut Found) -> Result<(), Failure> {
        let whole = |table| rows::span(conn, table).map(|(a, b)| Rows::Range(a, b));
        match piece {
            Work::Stretch(table, from, to) => self.stretch(conn, table, &Rows::Range(from, to), since, found),
            Work::Codes => self.same_codes(conn, &whole(Table::Parcel)?, found),
            Work::Identities => self.same_identities(conn, &whole(Table::Party)?, found),
            Work::Serials => self.same_serials(conn, &whole(Table::Certificate)?, found),
            Work::Communes => self.communes(conn, found),
        }
    }

    fn around(
        &self,
        conn: &Connection,
        fids: &[i64],
        touched: &Touched,
    ) -> Result<(Vec<Finding>, Seen), Failure> {
        let mut found = Found {
            seen: Some(Seen::default()),
            ..Found::default()
        };
        let mut tied = rows::tied(conn, fids)?;
        tied.add(&touched.rows);
        let mut parcels = fids.to_vec();
        parcels.extend(&touched.parcels);
        parcels.sort_unstable();
        parcels.dedup();
        let list = |fids: &[i64]| Rows::List(fids.to_vec());
        for (table, fids) in [
            (Table::Parcel, &parcels),
            (Table::Party, &tied.parties),
            (Table::Certificate, &tied.certificates),
            (Table::Document, &tied.documents),
            (Table::Change, &tied.changes),
        ] {
            if !fids.is_empty() {
                self.stretch(conn, table, &list(fids), Since::EVER, &mut found)?;
            }
        }
        self.same_codes(conn, &list(&parcels), &mut found)?;
        self.same_identities(conn, &list(&tied.parties), &mut found)?;
        self.same_serials(conn, &list(&tied.certificates), &mut found)?;
        if touched.communes {
            self.communes(conn, &mut found)?;
        }
        let mut seen = found.seen.unwrap_or_default();
        touched.uids.iter().for_each(|uid| seen.both(uid));
        Ok((found.all, seen))
    }

    /// The entries of one table, one by one.
    fn stretch(
        &self,
        conn: &Connection,
        table: Table,
        which: &Rows,
        since: Since,
        found: &mut Found,
    ) -> Result<(), Failure> {
        match table {
            Table::Parcel => {
                for (fid, entry) in &rows::parcels(conn, which)? {
                    if let Some(parcel) = self.coverage.get(*fid) {
                        self.look(&Entry::Parcel { entry, parcel }, &[*fid], &[], found);
                    }
                }
            }
            Table::Party => {
                for p in &rows::parties(conn, which)? {
                    self.look(&Entry::Party(p), &p.parcels, &[&p.uid], found);
                }
            }
            Table::Certificate => {
                for c in &rows::certificates(conn, which)? {
                    self.look(&Entry::Certificate(c), &c.parcels, &[&c.uid], found);
                }
            }
            Table::Document => {
                for s in &rows::scans(conn, self.file, which, since)? {
                    self.look(&Entry::Scan(s), &s.parcels, &[&s.uid], found);
                }
            }
            Table::Change => {
                for c in &rows::changes(conn, which)? {
                    self.look(&Entry::Change(c), &c.parcels, &[&c.uid], found);
                }
            }
        }
        Ok(())
    }

    // What only one may have, and several have.

    fn same_codes(&self, conn: &Connection, parcels: &Rows, found: &mut Found) -> Result<(), Failure> {
        for (code, same) in &rows::same_codes(conn, parcels)? {
            let entry = Entry::SameCode { code, parcels: same };
            self.look(&entry, same, &[], found);
        }
        Ok(())
    }

    fn same_identities(&self, conn: &Connection, parties: &Rows, found: &mut Found) -> Result<(), Failure> {
        for same in &rows::same_identities(conn, parties)? {
            let uids: Vec<&str> = same.iter().map(|p| p.uid.as_str()).collect();
            let fids: Vec<i64> = same.iter().flat_map(|p| &p.parcels).copied().collect();
            self.look(&Entry::SameIdentity(same), &fids, &uids, found);
        }
        Ok(())
    }

    fn same_serials(&self, conn: &Connection, certificates: &Rows, found: &mut Found) -> Result<(), Failure> {
        for same in &rows::same_serials(conn, certificates)? {
            let uids: Vec<&str> = same.iter().map(|c| c.uid.as_str()).collect();
            let fids: Vec<i64> = same.iter().flat_map(|c| &c.parcels).copied().collect();
            self.look(&Entry::SameSerial(same), &fids, &uids, found);
        }
        Ok(())
    }

    fn communes(&self, conn: &Connection, found: &mut Found) -> Result<(), Failure> {
        for c in &rows::communes(conn)? {
            self.look(&Entry::Commune(c), &[], &[&c.uid], found);
        }
        Ok(())
    }

    /// Asks every rule about an entry. `uids`: of the rows it is about, where these are no parcels.
    fn look(&self, entry: &Entry<'_>, fids: &[i64], uids: &[&str], found: &mut Found) {
        if let Some(seen) = &mut found.seen {
            match uids {
                [one] => seen.both(one),
                many => seen.grouped.extend(many.iter().map(|u| (*u).to_owned())),
            }
        }
        for (rule, check) in &self.rules {
            if let Some(said) = check(entry, &self.facts) {
                found.all.push(self.finding(rule.code, said, fids, uids));
            }
        }
    }

    fn finding(&self, code: &'static str, said: Said, fids: &[i64], uids: &[&str]) -> Finding {
        let fids: BTreeSet<i64> = fids.iter().copied().collect();
        let parcels: Vec<&Parcel> = fids.iter().filter_map(|f| self.coverage.get(*f)).collect();
        let mut values = said.values;
        if !uids.is_empty() {
            values.push((SUBJECT, uids.join("+")));
        }
        let plain = about(code, said.severity, &parcels);
        let first = plain.parcels.first().and_then(|u| self.coverage.by_uid(*u));
        let bbox = parcels.iter().fold(BBox::EMPTY, |b, p| b.union(p.bbox));
        Finding {
            at: said.at.or_else(|| first.and_then(super::rule::place)),
            bbox: (!bbox.is_empty()).then_some(bbox),
            amount: said.amount.map(|a| a.0),
            unit: said.amount.map(|a| a.1),
            tolerance: said.tolerance,
            values,
            ..plain
        }
    }
}

#[derive(Default)]
struct Found {
    all: Vec<Finding>,
    /// Which rows were looked at, where somebody wants to know.
    seen: Option<Seen>,
}

/// The pieces of a full run; the longest first, so that no core is left with one at the end.
fn work(conn: &Connection) -> Result<Vec<Work>, Failure> {
    let mut work = vec![Work::Codes, Work::Identities, Work::Serials];
    for table in [
        Table::Parcel,
        Table::Party,
        Table::Certificate,
        Table::Document,
        Table::Change,
    ] {
        let (mut from, high) = rows::span(conn, table)?;
        while from <= high {
            let to = high.min(from + STRETCH - 1);
            work.push(Work::Stretch(table, from, to));
            from = to + 1;
        }
    }
    work.push(Work::Communes);
    Ok(work)
}

/// Which piece of a full run, and what it found.
type Piece = (usize, Vec<Finding>);

/// A piece of a full run.
#[derive(Clone, Copy)]
enum Work {
    /// Rows of a table, from fid to fid.
    Stretch(Table, i64, i64),
    Codes,
    Identities,
    Serials,
    Communes,
}

impl Work {
    fn rows(&self) -> u64 {
        match self {
            Self::Stretch(_, from, to) => (to - from + 1).unsigned_abs(),
            _ => 0,
        }
    }
}
