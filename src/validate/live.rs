//! The findings as they stand, kept up with every edit: ordered, by parcel and by place, so that following an edit costs
//! what the edit touches and not what else is wrong in the district.
//!
//! Each finding has an identity that outlives it ([`Tracked`]): the rule, the parcels and the kind of fault are its key;
//! where several of one key stand at once, or stood before, the place tells which is which. The same place first, then the
//! nearest.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use jiff::civil::Date;

use super::grid::Grid;
use super::register::{self, SUBJECT, has_outgrown, is_of_register};
use super::run::{affected, has_grown_from, is_large_gap, is_small_gap};
use crate::domain::{
    Acceptance, BBox, Failure, Finding, FindingState, Pt, Seen, Severity, Tracked, Uid, base,
};
use crate::store::register::{Touched, named};
use crate::store::{View, rows::fid_of};
use crate::topology::{Coverage, faults};

/// The findings of a district. Empty and not current until the rules have run over everything.
#[derive(Clone, Debug)]
pub struct Findings {
    ordered: BTreeSet<Placed>,
    by_id: HashMap<i64, Arc<Tracked>>,
    by_key: HashMap<String, Vec<i64>>,
    by_parcel: HashMap<Uid, Vec<i64>>,
    /// By the rows that are no parcels.
    by_subject: HashMap<String, Vec<i64>>,
    /// Of small gaps.
    boxes: Grid,
    large: BTreeSet<i64>,
    acceptances: HashMap<String, Vec<Arc<Acceptance>>>,
    today: Date,
    /// The next identity.
    next: i64,
    revision: u64,
}

/// In the order of cli.md.
#[derive(Clone, Debug)]
struct Placed(Arc<Tracked>);

impl Ord for Placed {
    fn cmp(&self, other: &Self) -> Ordering {
        let key = |t: &'_ Tracked| (t.finding.code, t.finding.at, t.id);
        let (a, b) = (&self.0, &other.0);
        let by = (
            a.finding.code,
            &a.finding.parcels,
            a.finding.at,
            &a.finding.source,
        );
        by.cmp(&(
            b.finding.code,
            &b.finding.parcels,
            b.finding.at,
            &b.finding.source,
        ))
        .then_with(|| key(a).cmp(&key(b)))
    }
}

impl PartialOrd for Placed {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Placed {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Placed {}

/// What a check would replace: findings that are looked at again and what it found in their place.
#[derive(Debug, Default)]
pub struct Checked {
    again: BTreeSet<i64>,
    found: Vec<Finding>,
}

/// What to remember of a step: rows that come, change or go.
#[derive(Debug, Default)]
pub struct Step {
    /// There now and not before, or with another state.
    pub turned: Vec<Arc<Tracked>>,
    /// There before and now, with other amounts or another place.
    pub altered: Vec<Arc<Tracked>>,
    /// No longer there; `fixed` says since when.
    pub fixed: Vec<Arc<Tracked>>,
}

impl Step {
    pub fn is_empty(&self) -> bool {
        self.turned.is_empty() && self.altered.is_empty() && self.fixed.is_empty()
    }
}

/// Looks up the fixed findings of a key: one that comes back keeps its identity.
pub type Remember<'a, E> = &'a mut dyn FnMut(&str) -> Result<Vec<Tracked>, E>;

impl Findings {
    /// None yet. `today` decides which acceptances hold; `next`: the first identity never used.
    pub fn new(today: Date, next: i64) -> Self {
        Self {
            ordered: BTreeSet::new(),
            by_id: HashMap::new(),
            by_key: HashMap::new(),
            by_parcel: HashMap::new(),
            by_subject: HashMap::new(),
            boxes: Grid::default(),
            large: BTreeSet::new(),
            acceptances: HashMap::new(),
            today,
            next,
            revision: 0,
        }
    }

    /// As they were remembered.
    pub fn remembered(all: Vec<Tracked>, today: Date, next: i64) -> Self {
        let mut findings = Self::new(today, next);
        all.into_iter().for_each(|t| findings.insert(Arc::new(t)));
        findings
    }

    /// In the order of cli.md.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<Tracked>> {
        self.ordered.iter().map(|p| &p.0)
    }

    pub fn len(&self) -> usize {
        self.ordered.len()
    }

    pub fn is_empty(&self) -> bool {
        self.ordered.is_empty()
    }

    pub fn get(&self, id: i64) -> Option<&Arc<Tracked>> {
        self.by_id.get(&id)
    }

    /// Those about a parcel, in order.
    pub fn of_parcel(&self, parcel: Uid) -> Vec<&Arc<Tracked>> {
        let ids = self.by_parcel.get(&parcel).into_iter().flatten();
        let mut all: Vec<_> = ids.filter_map(|id| self.by_id.get(id)).collect();
        all.sort_by(|a, b| Placed(Arc::clone(a)).cmp(&Placed(Arc::clone(b))));
        all
    }

    /// What is remembered of a finding: the one of its key nearest to its place.
    pub fn like(&self, finding: &Finding) -> Option<&Arc<Tracked>> {
        self.of_key(&finding.key())
            .min_by_key(|t| (far(t.finding.at, finding.at), t.id))
    }

    /// Whether a decision in force covers a finding, also one that is only planned.
    pub fn accepts(&self, finding: &Finding) -> bool {
        let given = self.acceptances.get(&finding.key()).into_iter().flatten();
        given.into_iter().any(|a| a.covers(finding, self.today))
    }

    /// Changes whenever anything here did.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// Number of findings that are there and not accepted.
    pub fn open(&self, severity: Severity) -> usize {
        let open = |t: &&Arc<Tracked>| t.state == FindingState::Open && t.finding.severity == severity;
        self.iter().filter(open).count()
    }

    /// The findings after an edit: those before it were right, `changed` are the parcels it created, changed or retired,
    /// `places` the boxes of gaps that are allowed now or no longer. Looks only at those, at the parcels that findings tie
    /// to them and at the neighbours of retired ones. A gap in large open land stays as it was until the next full run.
    ///
    /// `touched`: rows of the register it changed besides. `view` gives the register as the edit left it; without it the rules about it are left as they were. What time alone
    /// has changed since (a term that ran out) waits for the next full run.
    pub fn around(
        &self,
        coverage: &Coverage,
        view: Option<View<'_>>,
        (changed, touched): (&[Uid], &Touched),
        places: &[BBox],
    ) -> Result<Checked, Failure> {
        let mut checked = self.around_shapes(coverage, changed, places);
        if let Some(view) = view.filter(|_| !changed.is_empty() || !touched.is_empty()) {
            self.around_register(coverage, view, (changed, touched), &mut checked)?;
        }
        Ok(checked)
    }

    fn around_register(
        &self,
        coverage: &Coverage,
        view: View<'_>,
        (changed, touched): (&[Uid], &Touched),
        checked: &mut Checked,
    ) -> Result<(), Failure> {
        let told = |p: Uid| self.of(p).filter(|t| is_of_register(&t.finding));
        let mut again: BTreeSet<Uid> = changed.iter().copied().collect();
        let near = touched.parcels.iter().filter_map(|f| coverage.get(*f));
        again.extend(near.map(|p| p.uid));
        for parcel in again.clone() {
            again.extend(told(parcel).flat_map(|t| &t.finding.parcels));
        }
        // Of several that shared a number, those left are to be looked at without the one that changed.
        let of_rows = touched
            .uids
            .iter()
            .filter_map(|u| self.by_subject.get(u))
            .flatten();
        let of_rows = of_rows.filter_map(|id| self.by_id.get(id));
        let others: BTreeSet<String> = of_rows.flat_map(|t| subjects(&t.finding)).collect();
        let mut touched = touched.clone();
        touched.rows.add(&named(view.conn, &others)?);
        let mut fids = Vec::new();
        for uid in &again {
            match coverage.by_uid(*uid) {
                Some(p) => fids.push(p.fid),
                None => fids.extend(fid_of(view.conn, *uid)?),
            }
        }
        let (found, seen) = register::around(coverage, view, &fids, &touched)?;
        let old = &mut checked.again;
        old.extend(again.iter().flat_map(|u| told(*u)).map(|t| t.id));
        let subjects = |uids: &BTreeSet<String>, many: bool| {
            let ids = uids.iter().filter_map(|u| self.by_subject.get(u)).flatten();
            let all = ids.filter_map(|id| self.by_id.get(id));
            all.filter(|t| t.finding.value(SUBJECT).contains('+') == many)
                .map(|t| t.id)
                .collect::<Vec<_>>()
        };
        old.extend(subjects(&seen.single, false));
        old.extend(subjects(&seen.grouped, true));
        for new in &found {
            let beside = new.parcels.iter().flat_map(|p| told(*p));
            old.extend(beside.filter(|t| has_outgrown(new, &t.finding)).map(|t| t.id));
        }
        checked.found.extend(found);
        Ok(())
    }

    fn around_shapes(&self, coverage: &Coverage, changed: &[Uid], places: &[BBox]) -> Checked {
        let changed: BTreeSet<Uid> = changed.iter().copied().collect();
        let shapes = |p: Uid| self.of(p).filter(|t| !is_of_register(&t.finding));
        let mut again: BTreeSet<Uid> = changed.clone();
        for parcel in &changed {
            again.extend(shapes(*parcel).flat_map(|t| &t.finding.parcels));
        }
        let now = changed.iter().filter_map(|u| coverage.by_uid(*u)).map(|p| p.bbox);
        // A parcel put into a gap bounds it without having bounded it before.
        for place in now.chain(places.iter().copied()) {
            again.extend(self.gaps_near(&place).flat_map(|t| &t.finding.parcels));
        }
        let gone = changed
            .iter()
            .filter_map(|u| coverage.retired(*u))
            .map(|p| p.bbox);
        let near = faults::reach(coverage, gone.chain(places.iter().copied()));
        again.extend(near.iter().filter_map(|f| coverage.get(*f)).map(|p| p.uid));
        let fids: Vec<i64> = again
            .iter()
            .filter_map(|u| coverage.by_uid(*u))
            .map(|p| p.fid)
            .collect();
        let found = affected(coverage, &fids);
        let mut old: BTreeSet<i64> = again
            .iter()
            .flat_map(|u| shapes(*u))
            .filter(|t| !is_large_gap(&t.finding))
            .map(|t| t.id)
            .collect();
        // A finding may grow: a third parcel of one number, one more at an unmatched point.
        for new in &found {
            old.extend(self.outgrown_by(new));
        }
        old.extend(self.now_allowed(coverage, places));
        Checked { again: old, found }
    }

    /// What a full run found, in place of all that is here.
    pub fn anew(&self, found: Vec<Finding>) -> Checked {
        Checked {
            again: self.by_id.keys().copied().collect(),
            found,
        }
    }

    fn of(&self, parcel: Uid) -> impl Iterator<Item = &Arc<Tracked>> {
        let ids = self.by_parcel.get(&parcel).into_iter().flatten();
        ids.filter_map(|id| self.by_id.get(id))
    }

    fn gaps_near(&self, place: &BBox) -> impl Iterator<Item = &Arc<Tracked>> {
        let place = *place;
        let near = self.boxes.near(&place).into_iter();
        near.filter_map(|id| self.by_id.get(&id))
            .filter(move |t| t.finding.bbox.is_some_and(|b| b.intersects(&place)))
    }

    fn outgrown_by(&self, new: &Finding) -> Vec<i64> {
        let beside = new.parcels.iter().flat_map(|p| self.of(*p));
        let large = self.large.iter().filter_map(|id| self.by_id.get(id));
        let both = beside.chain(large.filter(|_| is_large_gap(new)));
        both.filter(|old| has_grown_from(new, &old.finding))
            .map(|t| t.id)
            .collect()
    }

    /// Large gaps are not looked at again; one that is allowed now goes all the same.
    fn now_allowed(&self, coverage: &Coverage, places: &[BBox]) -> Vec<i64> {
        let large = self.large.iter().filter_map(|id| self.by_id.get(id));
        let there = large.filter(|t| {
            let (Some(at), Some(bbox)) = (t.finding.at, t.finding.bbox) else {
                return false;
            };
            let allowed = coverage.allowed_gaps().at(at);
            places.iter().any(|p| p.intersects(&bbox)) && allowed.is_some_and(|a| a.bbox == bbox)
        });
        there.map(|t| t.id).collect()
    }

    /// Takes over what a check found, seen at `now`. `remember` gives the fixed findings of a key.
    pub fn take<E>(&mut self, checked: Checked, now: Seen, remember: Remember<'_, E>) -> Result<Step, E> {
        let mut old: BTreeMap<String, Vec<Arc<Tracked>>> = BTreeMap::new();
        for id in &checked.again {
            if let Some(t) = self.by_id.get(id) {
                old.entry(t.base().to_owned()).or_default().push(t.clone());
            }
        }
        let mut new: BTreeMap<String, Vec<Finding>> = BTreeMap::new();
        for finding in checked.found {
            new.entry(finding.key()).or_default().push(finding);
        }
        let mut step = Step::default();
        let mut touched: BTreeSet<String> = BTreeSet::new();
        for (key, found) in new {
            let before = old.remove(&key).unwrap_or_default();
            let (pairs, rest, lost) = pair(before, found, |t| t.finding.at);
            for (t, finding) in pairs {
                if t.finding != finding {
                    touched.insert(key.clone());
                    step.altered.push(self.replace(&t, finding));
                }
            }
            if !rest.is_empty() {
                let gone: Vec<Tracked> = remember(&key)?;
                touched.insert(key.clone());
                self.come(&key, rest, gone, now, &mut step);
            }
            self.lose(lost, now, &mut touched, &mut step);
        }
        let lost = old.into_values().flatten().collect();
        self.lose(lost, now, &mut touched, &mut step);
        for key in touched {
            self.settle(&key, &mut step);
        }
        self.revision += u64::from(!step.is_empty());
        Ok(step)
    }

    fn lose(&mut self, lost: Vec<Arc<Tracked>>, now: Seen, touched: &mut BTreeSet<String>, step: &mut Step) {
        for t in lost {
            touched.insert(t.base().to_owned());
            self.remove(&t);
            step.fixed.push(Arc::new(Tracked {
                state: FindingState::Fixed,
                fixed: Some(now),
                ..(*t).clone()
            }));
        }
    }

    /// Findings of one key that were not there before; `gone` were there once.
    fn come(&mut self, key: &str, found: Vec<Finding>, gone: Vec<Tracked>, now: Seen, step: &mut Step) {
        let mut taken: BTreeSet<u32> = gone.iter().map(|t| number(&t.key)).collect();
        taken.extend(self.of_key(key).map(|t| number(&t.key)));
        let gone = gone.into_iter().map(Arc::new).collect();
        let (back, fresh, _) = pair(gone, found, |t| t.finding.at);
        let mut all: Vec<Tracked> = Vec::new();
        for (t, finding) in back {
            all.push(Tracked {
                finding,
                state: FindingState::Open,
                fixed: None,
                ..(*t).clone()
            });
        }
        for finding in fresh {
            let free = (1..).find(|n| !taken.contains(n)).unwrap_or(u32::MAX);
            taken.insert(free);
            all.push(Tracked {
                id: self.next,
                key: numbered(key, free).into(),
                finding,
                state: FindingState::Open,
                first: now,
                fixed: None,
                acceptance: None,
            });
            self.next += 1;
        }
        for t in all {
            let t = Arc::new(t);
            self.insert(t.clone());
            step.turned.push(t);
        }
    }

    /// Takes over the decisions there are now, and what day it is. Gives what they change.
    pub fn decide(&mut self, acceptances: Vec<Acceptance>, today: Date) -> Step {
        let mut keys: BTreeSet<String> = self.acceptances.keys().cloned().collect();
        self.acceptances.clear();
        self.today = today;
        for a in acceptances {
            let key = a.key();
            self.acceptances.entry(key).or_default().push(Arc::new(a));
        }
        keys.extend(self.acceptances.keys().cloned());
        let mut step = Step::default();
        keys.iter().for_each(|k| self.settle(k, &mut step));
        self.revision += u64::from(!step.is_empty());
        step
    }

    /// The day it is taken to be.
    pub fn today(&self) -> Date {
        self.today
    }

    /// Brings the states of the findings of one key up to the decisions about them.
    fn settle(&mut self, key: &str, step: &mut Step) {
        let there: Vec<Arc<Tracked>> = self.of_key(key).cloned().collect();
        let mut given: BTreeMap<i64, Arc<Acceptance>> = BTreeMap::new();
        // By fid: of several about one finding the newest counts.
        for a in self.acceptances.get(key).into_iter().flatten() {
            let to = there
                .iter()
                .filter(|t| a.concerns(&t.finding))
                .min_by_key(|t| (far(t.finding.at, a.at), t.id));
            if let Some(t) = to {
                given.insert(t.id, a.clone());
            }
        }
        for t in there {
            let acceptance = given.remove(&t.id);
            let holds = acceptance
                .as_ref()
                .is_some_and(|a| a.covers(&t.finding, self.today));
            let state = if holds {
                FindingState::Accepted
            } else {
                FindingState::Open
            };
            if t.state == state && t.acceptance == acceptance {
                continue;
            }
            let turned = t.state != state;
            let new = Arc::new(Tracked {
                state,
                acceptance,
                ..(*t).clone()
            });
            self.remove(&t);
            self.insert(new.clone());
            if let Some(row) = step
                .turned
                .iter_mut()
                .chain(&mut step.altered)
                .find(|r| r.id == t.id)
            {
                *row = new.clone();
            }
            if turned && !step.turned.iter().any(|r| r.id == t.id) {
                step.altered.retain(|r| r.id != t.id);
                step.turned.push(new);
            }
        }
    }

    /// All of one [`Finding::key`].
    pub fn of_key(&self, key: &str) -> impl Iterator<Item = &Arc<Tracked>> {
        let ids = self.by_key.get(key).into_iter().flatten();
        ids.filter_map(|id| self.by_id.get(id))
    }

    fn replace(&mut self, old: &Arc<Tracked>, finding: Finding) -> Arc<Tracked> {
        let new = Arc::new(Tracked {
            finding,
            ..(**old).clone()
        });
        self.remove(old);
        self.insert(new.clone());
        new
    }

    fn insert(&mut self, t: Arc<Tracked>) {
        self.by_key.entry(t.base().to_owned()).or_default().push(t.id);
        for parcel in &t.finding.parcels {
            self.by_parcel.entry(*parcel).or_default().push(t.id);
        }
        for subject in subjects(&t.finding) {
            self.by_subject.entry(subject).or_default().push(t.id);
        }
        if is_large_gap(&t.finding) {
            self.large.insert(t.id);
        } else if let Some(b) = t.finding.bbox.filter(|_| is_small_gap(&t.finding)) {
            self.boxes.insert(&b, t.id);
        }
        self.next = self.next.max(t.id + 1);
        self.by_id.insert(t.id, t.clone());
        self.ordered.insert(Placed(t));
    }

    fn remove(&mut self, t: &Arc<Tracked>) {
        fn drop_from<K: std::hash::Hash + Eq + Clone>(map: &mut HashMap<K, Vec<i64>>, key: &K, id: i64) {
            if let Some(ids) = map.get_mut(key) {
                ids.retain(|i| *i != id);
                if ids.is_empty() {
                    map.remove(key);
                }
            }
        }
        drop_from(&mut self.by_key, &t.base().to_owned(), t.id);
        for parcel in &t.finding.parcels {
            drop_from(&mut self.by_parcel, parcel, t.id);
        }
        for subject in subjects(&t.finding) {
            drop_from(&mut self.by_subject, &subject, t.id);
        }
        if let Some(b) = t.finding.bbox {
            self.boxes.remove(&b, t.id);
        }
        self.large.remove(&t.id);
        self.by_id.remove(&t.id);
        self.ordered.remove(&Placed(t.clone()));
    }
}

/// The rows a finding is about that are no parcels.
fn subjects(f: &Finding) -> impl Iterator<Item = String> {
    f.value(SUBJECT)
        .split('+')
        .filter(|s| !s.is_empty())
        .map(str::to_owned)
}

/// Which of several of one key: 1, or what stands after "~".
fn number(key: &str) -> u32 {
    key.get(base(key).len() + 1..)
        .and_then(|n| n.parse().ok())
        .unwrap_or(1)
}

fn numbered(key: &str, n: u32) -> String {
    if n == 1 {
        key.to_owned()
    } else {
        format!("{key}~{n}")
    }
}

/// Squared distance, mm²; findings without a place are at the same.
fn far(a: Option<Pt>, b: Option<Pt>) -> i128 {
    match (a, b) {
        (Some(a), Some(b)) => a.dist2(b),
        (None, None) => 0,
        _ => i128::MAX,
    }
}

/// Pairs, those of `old` left over follow last, those of `new` in the middle.
type Pairs<T> = (Vec<(T, Finding)>, Vec<Finding>, Vec<T>);

/// Which of the old is which of the new: the nearest pairs first, then in order of place.
pub fn pair<T>(old: Vec<T>, new: Vec<Finding>, at: impl Fn(&T) -> Option<Pt>) -> Pairs<T> {
    let mut ways: Vec<(i128, usize, usize)> = Vec::new();
    for (i, o) in old.iter().enumerate() {
        ways.extend(new.iter().enumerate().map(|(j, n)| (far(at(o), n.at), i, j)));
    }
    ways.sort_unstable();
    let mut old: Vec<Option<T>> = old.into_iter().map(Some).collect();
    let mut new: Vec<Option<Finding>> = new.into_iter().map(Some).collect();
    let mut pairs = Vec::new();
    for (_, i, j) in ways {
        if old[i].is_some() && new[j].is_some() {
            pairs.extend(old[i].take().zip(new[j].take()));
        }
    }
    (
        pairs,
        new.into_iter().flatten().collect(),
        old.into_iter().flatten().collect(),
    )
}
