//! The findings of the district: remembered in the file, kept up with every edit, checked anew on a thread of their own;
//! and the decisions about them.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::civil::Date;

use super::Project;
use super::unwritten::Unwritten;
use crate::domain::{
    Acceptance, Act, AllowedGap, BBox, Failure, Finding, FindingEvent, Seen, Tracked, Uid, finding_key,
};
use crate::edit::{AcceptFinding, Edit, EditError, Effects};
use crate::job::Progress;
use crate::msg;
use crate::store::register::{self, Touched};
use crate::store::{Connection, Reader, View, decisions, error, findings};
use crate::text::Msg;
use crate::topology::{AllowedGaps, Coverage};
use crate::validate::{self, Findings, Moment};

/// After a change of more parcels the rules run again over everything instead of around each.
const FOLLOWED: usize = 2000;

/// How far the findings are to be trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Checked {
    /// The rules have never run over everything.
    Never,
    /// They have, and then something changed that was not followed: an import, another program, a crash.
    Stale,
    /// The findings are those of the register as it is.
    Current,
}

/// The findings of a project and what it takes to keep them right.
pub(super) struct Quality {
    /// Shared while a check is compared with it.
    pub live: Arc<Findings>,
    pub checked: Checked,
    pub unwritten: Unwritten,
    /// What changed since a check may have begun, the oldest first.
    since: Vec<Change>,
    /// From this revision of the coverage on `since` tells everything.
    told_from: u64,
}

/// What a finding may depend on and an operation changed.
#[derive(Clone, Debug, Default)]
pub(super) struct Change {
    /// Of the coverage, before it.
    revision: u64,
    parcels: Vec<Uid>,
    /// Rows of the register.
    touched: Touched,
    /// Boxes of gaps that are allowed now or no longer.
    pub places: Vec<BBox>,
}

impl Change {
    /// How many parcels and rows are to be looked at.
    fn len(&self) -> usize {
        self.parcels.len() + self.touched.len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0 && self.places.is_empty()
    }

    pub fn rows(&self) -> (&[Uid], &Touched) {
        (&self.parcels, &self.touched)
    }
}

/// Codes of rules as the catalogue writes them.
pub(super) fn code(text: &str) -> Option<&'static str> {
    validate::rule(text).map(|r| r.code)
}

impl Quality {
    /// What the file remembers, as on `today`.
    pub fn read(reader: &Reader, today: Date) -> Result<Self, Failure> {
        let conn = reader.conn();
        let all = findings::live(conn, &code)?;
        let mut live = Findings::remembered(all, today, findings::next_id(conn)?);
        live.decide(decisions::acceptances(conn)?, today);
        let checked = match (findings::were_checked(conn)?, findings::is_current(conn)?) {
            (false, _) => Checked::Never,
            (true, false) => Checked::Stale,
            (true, true) => Checked::Current,
        };
        Ok(Self {
            live: Arc::new(live),
            checked,
            unwritten: Unwritten::default(),
            since: Vec::new(),
            told_from: 0,
        })
    }

    /// Follows what the newest operation did, the open one in its transaction, and writes what comes of it. `coverage` is
    /// as the operation leaves it, but for the allowed gaps. On an error this no longer says what the file says:
    /// [`Quality::read`].
    pub fn follow(
        &mut self,
        view: View<'_>,
        coverage: &mut Arc<Coverage>,
        revision: u64,
        done: &[Effects],
        seen: Seen,
    ) -> Result<(), Failure> {
        let conn = view.conn;
        let mut change = Change {
            revision,
            ..Change::default()
        };
        for effects in done.iter().filter(|e| e.dossier.is_none()) {
            let all = [&effects.created, &effects.changed, &effects.retired];
            change.parcels.extend(all.into_iter().flatten());
            change.parcels.extend(effects.about.iter().map(|(_, uid)| uid));
        }
        change.parcels.sort_unstable();
        change.parcels.dedup();
        let ops = operations(done);
        let decided = ops
            .iter()
            .map(|op| decisions::touched_by(conn, *op))
            .collect::<error::Result<Vec<_>>>()?;
        if decided.contains(&true) {
            change.places = allow(conn, coverage, self.live.today())?;
            self.decide(conn, self.live.today(), seen)?;
        }
        // Other boundaries: every parcel is to be asked anew.
        let mut much = relay(conn, coverage, &ops)? || change.parcels.len() > FOLLOWED;
        if !much {
            for op in &ops {
                change.touched.add(register::touched(conn, *op)?);
            }
            much = change.len() > FOLLOWED;
        }
        if !much && self.checked != Checked::Never {
            let checked = self
                .live
                .around(coverage, Some(view), change.rows(), &change.places)?;
            self.take(conn, checked, seen)?;
        } else if self.checked == Checked::Current {
            self.checked = Checked::Stale;
        }
        if much {
            self.since.clear();
            self.told_from = coverage.revision();
        } else {
            self.note(change, coverage.revision());
        }
        self.write(conn, 0)
    }

    fn take(&mut self, conn: &Connection, checked: validate::Checked, seen: Seen) -> Result<(), Failure> {
        let gone = self.unwritten.gone();
        let step = Arc::make_mut(&mut self.live).take(checked, seen, &mut gone.of(conn, &code)?)?;
        self.unwritten.push(step, seen);
        Ok(())
    }

    /// Brings the states up to the decisions there are, as on `today`.
    fn decide(&mut self, conn: &Connection, today: Date, seen: Seen) -> Result<(), Failure> {
        let step = Arc::make_mut(&mut self.live).decide(decisions::acceptances(conn)?, today);
        self.unwritten.push(step, seen);
        Ok(())
    }

    fn note(&mut self, change: Change, now: u64) {
        let told: usize = self.since.iter().map(Change::len).sum();
        if told + change.len() > FOLLOWED {
            self.since.clear();
            self.told_from = now;
        } else {
            self.since.push(change);
        }
    }

    /// Writes what was done just now and some of what waits; at least `also` rows.
    fn write(&mut self, conn: &Connection, also: usize) -> Result<(), Failure> {
        self.unwritten.write(conn, also)?;
        if self.checked == Checked::Current && self.unwritten.is_empty() {
            findings::set_current(conn)?;
        }
        Ok(())
    }

    /// What changed since `revision` of the coverage, which is at `now`; `None` when that is more than is remembered.
    pub fn since(&self, revision: u64, now: u64) -> Option<Change> {
        if revision != now && revision < self.told_from {
            return None;
        }
        let mut later = Change::default();
        for change in self.since.iter().filter(|c| c.revision >= revision) {
            later.parcels.extend(&change.parcels);
            later.touched.add(change.touched.clone());
            later.places.extend(&change.places);
        }
        Some(later)
    }

    /// Why an approval may not be entered: what stands about these parcels and stops it.
    pub fn forbids(
        &self,
        coverage: &Coverage,
        view: View<'_>,
        fids: &[i64],
    ) -> Result<Vec<Finding>, Failure> {
        let mut found = validate::affected_all(coverage, view, fids)?;
        // Papers (persons, certificates, the change itself) are completed after the boundary is approved.
        let of_parcel = |f: &Finding| f.value("subject").is_empty();
        found.retain(|f| of_parcel(f) && validate::blocks(f, Moment::Approval) && !self.live.accepts(f));
        Ok(found)
    }

    /// The edit with all it needs to know of the finding it is about.
    pub fn settled(&self, edit: &Edit, coverage: &Coverage, view: View<'_>) -> Result<Edit, EditError> {
        let Edit::AcceptFinding(accept) = edit else {
            return Ok(edit.clone());
        };
        let finding = self.find(accept, coverage, view)?;
        if !validate::may_be_accepted(&finding) {
            return Err(EditError {
                failure: must_be_fixed(&finding),
                findings: vec![finding],
            });
        }
        let settled = AcceptFinding::new(&finding, accept.reason.as_str(), accept.until);
        Ok(Edit::AcceptFinding(settled))
    }

    fn find(&self, accept: &AcceptFinding, coverage: &Coverage, view: View<'_>) -> Result<Finding, Failure> {
        let wanted = accept.finding();
        let parcels = wanted.uids(coverage)?;
        let fids: Vec<i64> = parcels
            .iter()
            .filter_map(|u| coverage.by_uid(*u))
            .map(|p| p.fid)
            .collect();
        let is_meant = |f: &Finding| f.code == wanted.code && f.parcels == parcels && f.mark() == wanted.mark;
        let mut all = validate::affected_all(coverage, view, &fids)?;
        all.retain(is_meant);
        if all.is_empty() {
            // A gap in large open land is not found around its parcels, nor what is about no parcel at all.
            let key = finding_key(&wanted.code, &parcels, &wanted.mark);
            all = self.live.of_key(&key).map(|t| t.finding.clone()).collect();
        }
        let far = |f: &Finding| match (f.at, wanted.at) {
            (Some(a), Some(b)) => a.dist2(b),
            _ => 0,
        };
        if all.len() > 1 && wanted.at.is_none() {
            return Err(several(&wanted.code, all.len()));
        }
        all.into_iter()
            .min_by_key(far)
            .ok_or_else(|| no_finding(&wanted.code))
    }
}

/// The operations that did this, each once: a gesture has one `Effects` for every edit, its journal is read whole.
fn operations(done: &[Effects]) -> Vec<i64> {
    let mut ops: Vec<i64> = done.iter().map(|e| e.op).collect();
    ops.dedup();
    ops
}

/// Reads the communes and sheets again where an operation wrote some (an import of parcels does too); true when parcels are held against other
/// boundaries or scales now.
fn relay(conn: &Connection, coverage: &mut Arc<Coverage>, ops: &[i64]) -> Result<bool, Failure> {
    let mut touched = false;
    for op in ops {
        touched |= register::territory_touched(conn, *op)?;
    }
    let before = coverage.territory().clone();
    let Some(zone) = before.zone.filter(|_| touched) else {
        return Ok(false);
    };
    let now = register::territory(conn, zone as i32)?;
    let alike = before.bounds_alike(&now);
    if now != *before {
        Arc::make_mut(coverage).set_territory(Arc::new(now));
    }
    Ok(!alike)
}

/// Reads the allowed gaps that hold on `today`; gives the boxes of those that came or went.
fn allow(conn: &Connection, coverage: &mut Arc<Coverage>, today: Date) -> Result<Vec<BBox>, Failure> {
    let mut list = decisions::allowed_gaps(conn)?;
    list.retain(|g| g.holds_on(today));
    let before = coverage.allowed_gaps().clone();
    let now: BTreeMap<Uid, &Arc<AllowedGap>> = list.iter().map(|g| (g.uid, g)).collect();
    let then: BTreeMap<Uid, &Arc<AllowedGap>> = before.iter().map(|g| (g.uid, g)).collect();
    let came = now.iter().filter(|(uid, _)| !then.contains_key(uid));
    let went = then.iter().filter(|(uid, _)| !now.contains_key(uid));
    let places: Vec<BBox> = came.chain(went).map(|(_, g)| g.bbox).collect();
    if !places.is_empty() {
        Arc::make_mut(coverage).set_allowed_gaps(Arc::new(AllowedGaps::new(list)));
    }
    Ok(places)
}

impl Project {
    /// The gaps that are right as they are come on the map.
    pub(super) fn read_allowed_gaps(&mut self) -> Result<(), Failure> {
        allow(self.reader.conn(), &mut self.coverage, self.quality.live.today())?;
        Ok(())
    }

    /// Reads again what the file says of findings and decisions.
    pub(super) fn reread_quality(&mut self) -> Result<(), Failure> {
        self.read_allowed_gaps()?;
        self.quality = Quality::read(&self.reader, self.quality.live.today())?;
        self.quality.told_from = self.coverage.revision();
        Ok(())
    }

    /// The findings as they stand, in the order of cli.md, with their state; `None` until the rules have run over
    /// everything once, in this session or an earlier one. [`Project::checked`] says whether they are right.
    pub fn findings(&self) -> Option<&Findings> {
        (self.quality.checked != Checked::Never).then(|| &*self.quality.live)
    }

    pub fn checked(&self) -> Checked {
        self.quality.checked
    }

    /// Whether somebody decided to live with a finding, and that decision holds.
    pub fn accepts(&self, finding: &Finding) -> bool {
        self.quality.live.accepts(finding)
    }

    /// Runs the rules over everything. An unlimited run is remembered and from then on kept up with every edit. Off this
    /// thread: `validate::run_all` on a clone of [`Project::coverage`] and a [`Project::reader`] of its own, then
    /// [`Project::set_findings`].
    pub fn validate(
        &mut self,
        options: &validate::Options,
        act: &Act,
        progress: &Progress,
    ) -> Result<Vec<Finding>, Failure> {
        let found = self.check(options, progress)?;
        if options.rules.is_empty() && options.communes.is_empty() && options.date.is_none() {
            self.set_findings(found.clone(), self.coverage.revision(), act)?;
        }
        Ok(found)
    }

    /// What the rules say of everything, remembered nowhere.
    pub fn check(&self, options: &validate::Options, progress: &Progress) -> Result<Vec<Finding>, Failure> {
        validate::run_all(&self.coverage, &self.reader, options, progress)
    }

    /// The quality report of what [`Project::check`] found; `communes`: only these, empty = all. `day`: yyyy-MM-dd.
    pub fn quality_report(
        &self,
        found: &[Finding],
        communes: &[String],
        day: &str,
    ) -> Result<serde_json::Value, Failure> {
        quality_report(&self.reader, &self.coverage, found, communes, day)
    }

    /// The findings as they stand, to be taken to another thread; empty until the rules have run over everything.
    pub fn known_findings(&self) -> Arc<Findings> {
        self.quality.live.clone()
    }

    /// Writes findings that wait, where there is somebody to write; at least `also` rows.
    pub(super) fn write_findings(&mut self, also: usize) -> Result<(), Failure> {
        if self.read_only.is_some() {
            self.quality.unwritten.clear();
        }
        let (Some(writer), quality) = (&mut self.writer, &mut self.quality) else {
            return Ok(());
        };
        writer.note(|conn| quality.write(conn, also))
    }

    /// Another day may have begun: acceptances and allowed gaps may have run out.
    pub fn set_today(&mut self, today: Date) -> Result<(), Failure> {
        if today == self.quality.live.today() {
            return Ok(());
        }
        let conn = self.reader.conn();
        let revision = self.coverage.revision();
        let places = allow(conn, &mut self.coverage, today)?;
        let midnight = today.to_zoned(jiff::tz::TimeZone::UTC);
        let at = midnight.map_or(jiff::Timestamp::UNIX_EPOCH, |z| z.timestamp());
        let seen = Seen {
            op: self.stacks.newest,
            at,
        };
        self.quality.decide(conn, today, seen)?;
        if !places.is_empty() && self.quality.checked != Checked::Never {
            let checked =
                self.quality
                    .live
                    .around(&self.coverage, None, (&[], &Touched::default()), &places)?;
            self.quality.take(conn, checked, seen)?;
            let change = Change {
                revision,
                places,
                ..Change::default()
            };
            self.quality.note(change, self.coverage.revision());
        }
        self.write_findings(0)
    }

    /// Brings the findings up to operations that another thread did.
    pub(super) fn follow_findings(&mut self, done: &[Effects], revision: u64) -> Result<(), Failure> {
        let Some(newest) = done.last().map(|e| e.op) else {
            return Ok(());
        };
        let at = history_time(&self.reader, newest)?;
        let seen = Seen { op: newest, at };
        let (Some(writer), quality) = (&mut self.writer, &mut self.quality) else {
            self.quality.checked = self.quality.checked.min_stale();
            return Ok(());
        };
        let (coverage, path) = (&mut self.coverage, self.reader.path());
        writer.note(|conn| quality.follow(View { conn, path }, coverage, revision, done, seen))
    }

    /// The newest findings that are no longer there, at most `limit`, the newest first.
    pub fn fixed_findings(&self, limit: u32) -> Result<Vec<Tracked>, Failure> {
        Ok(findings::fixed(self.reader.conn(), limit, &code)?)
    }

    /// How a finding came to stand as it does, oldest first, without its beginning ([`Tracked::first`]).
    pub fn finding_history(&self, id: i64) -> Result<Vec<FindingEvent>, Failure> {
        Ok(findings::history(self.reader.conn(), id)?)
    }

    /// All decisions to live with a finding, oldest first; also those that have run out or whose finding is gone.
    pub fn acceptances(&self) -> Result<Vec<Acceptance>, Failure> {
        Ok(decisions::acceptances(self.reader.conn())?)
    }

    /// All gaps that are right as they are, also those whose time has run out.
    pub fn allowed_gaps(&self) -> Result<Vec<Arc<AllowedGap>>, Failure> {
        Ok(decisions::allowed_gaps(self.reader.conn())?)
    }
}

/// [`Project::quality_report`] off the project's thread.
pub fn quality_report(
    reader: &Reader,
    coverage: &Coverage,
    found: &[Finding],
    communes: &[String],
    day: &str,
) -> Result<serde_json::Value, Failure> {
    let papers = register::papers(reader.conn())?;
    Ok(validate::report::report(coverage, found, &papers, communes, day))
}

impl Checked {
    fn min_stale(self) -> Self {
        if self == Self::Current { Self::Stale } else { self }
    }
}

fn history_time(reader: &Reader, op: i64) -> Result<jiff::Timestamp, Failure> {
    Ok(crate::store::history::operation(reader.conn(), op)?.at)
}

/// What the history says of an edit: a decision names its rule as people do.
pub(super) fn label(edit: &Edit, coverage: &Coverage) -> Msg {
    let plain = edit.label(coverage);
    let code = match edit {
        Edit::AcceptFinding(a) => &a.code,
        Edit::WithdrawAcceptance(f) => &f.code,
        _ => return plain,
    };
    match validate::rule(code) {
        Some(rule) => Msg::new(
            plain.vi.replace(code.as_str(), &rule.title.vi.to_lowercase()),
            plain.en.replace(code.as_str(), &rule.title.en.to_lowercase()),
        ),
        None => plain,
    }
}

/// An approval that findings about its parcels stop.
pub(super) fn not_approved(dossier: &str, findings: Vec<Finding>) -> EditError {
    let n = findings.len();
    EditError {
        failure: Failure::new(
            "APPROVAL_BLOCKED",
            msg!(
                "Chưa phê duyệt được hồ sơ {dossier}: thửa của hồ sơ còn {n} lỗi.",
                "Dossier {dossier} cannot be approved: {n} findings stand about its parcels."
            ),
        )
        .field("dossier")
        .remedy(msg!(
            "Sửa các lỗi trong danh sách rồi phê duyệt lại.",
            "Repair what the list names, then approve."
        )),
        findings,
    }
}

fn must_be_fixed(finding: &Finding) -> Failure {
    let code = finding.code;
    Failure::new(
        "MUST_BE_FIXED",
        msg!(
            "Lỗi {code} không được chấp nhận mà phải sửa: cơ sở dữ liệu quốc gia sẽ từ chối bản ghi.",
            "{code} cannot be accepted, it must be repaired: the national database would refuse the record."
        ),
    )
    .field("code")
}

fn no_finding(code: &str) -> Failure {
    Failure::new(
        "NO_FINDING",
        msg!(
            "Không có lỗi {code} nào về các thửa này.",
            "There is no {code} about these parcels."
        ),
    )
    .remedy(msg!(
        "Ghi đúng các thửa của lỗi như lệnh validate in ra.",
        "Name the parcels of the finding as validate prints them."
    ))
}

fn several(code: &str, n: usize) -> Failure {
    Failure::new(
        "AMBIGUOUS_FINDING",
        msg!(
            "Có {n} lỗi {code} về các thửa này.",
            "There are {n} {code} about these parcels."
        ),
    )
    .field("at")
    .remedy(msg!(
        "Ghi thêm \"at\": vị trí của lỗi.",
        "Add \"at\": the place of the finding."
    ))
}
