//! The last check of every plan: it may not create or enlarge a fault (design.md §2.3).
//!
//! Only the places where sides change are looked at. There the faults afterwards must be those of before:
//! - inside a parcel by kind, no more of a kind than before;
//! - overlaps by pair of parcels, nowhere larger than before ([`growth`]: exact to 1/64 mm²; what the rounding of a
//!   shared side only passes from one parcel to the other under a third is no growth);
//! - gaps (narrower than open land), no larger than before ([`growth`]);
//! - points nearly on a neighbour's side (≤ 2 mm) only between parcels that were so before;
//! - what lay side by side still does, else a gap has opened ([`gaps`]).
//!
//! A parcel that is created counts for the parcels it is made of, so an old fault may pass from parent to
//! child. Old faults never block. A parcel that is retired without successor may leave open land.

mod blocks;
mod change;
mod gaps;
mod growth;
mod settle;

use std::collections::{BTreeMap, BTreeSet};

use change::{Change, Groups};
use growth::Growth;
pub use settle::{settled, settled_where};

use super::contact::NearMiss;
use super::faults::{self, Faults};
use super::findings::{self, OVERLAP_TOLERANCE_MM};
use super::validity::{self, Fault, FaultKind};
use super::{Coverage, Plan, Refusal};
use crate::domain::{Failure, Finding, Parcel, Uid, sort_findings};
use crate::msg;
use crate::text::Text;

/// Areas that are measured (of rings that cross themselves) may differ by this without being larger, m²:
/// what the overlay's grid is worth on a parcel of a kilometre.
const SAME_AREA: f64 = 1e-6;

/// Code of the refusal of a plan that would make or worsen a fault.
pub const WOULD_MAKE_FAULT: &str = "WOULD_MAKE_FAULT";

/// Refuses a plan that would create or enlarge a fault: `WOULD_MAKE_FAULT` with the faults. `what` says
/// what cannot be done, as a verb: "dời điểm ranh", "move the boundary point".
pub fn check(coverage: &Coverage, plan: &Plan, what: Text) -> Result<(), Refusal> {
    let findings = new_faults(coverage, plan);
    if findings.is_empty() {
        return Ok(());
    }
    Err(refusal(what, findings))
}

fn refusal(what: Text, findings: Vec<Finding>) -> Refusal {
    Refusal {
        failure: would_make_fault(what, findings.len()),
        findings,
    }
}

/// The faults a plan would create or enlarge, sorted. A parcel to come is named by the first parcel it is
/// made of.
pub fn new_faults(coverage: &Coverage, plan: &Plan) -> Vec<Finding> {
    judged(coverage, plan).0
}

/// The same, and by how much old overlaps grow in sum, m².
fn judged(coverage: &Coverage, plan: &Plan) -> (Vec<Finding>, f64) {
    let scene = Scene::new(coverage, plan);
    let growth = Growth::new(&scene);
    let Worse {
        faults,
        grown,
        doubtful,
        clean,
    } = scene.worse(&growth);
    let mut found = findings::findings(&faults, OVERLAP_TOLERANCE_MM, |fid| scene.after(fid));
    found.extend(gaps::opened(&scene));
    found.extend(growth.gaps(clean, || {
        let crossed = scene.crossed();
        crossed.chain(doubtful).collect()
    }));
    found.iter_mut().for_each(name_once);
    sort_findings(&mut found);
    (found, growth.amount(&grown))
}

/// The faults afterwards that were not there before, or were smaller.
#[derive(Default)]
struct Worse {
    faults: Faults,
    /// Pairs of groups whose old overlap grows.
    grown: BTreeSet<[i64; 2]>,
    /// Groups that overlap themselves: what they cover cannot be summed up.
    doubtful: BTreeSet<i64>,
    /// Nothing overlaps or nearly meets afterwards.
    clean: bool,
}

/// Parcels before and afterwards, as far as they matter.
struct Scene<'a> {
    coverage: &'a Coverage,
    /// The touched parcels as they are.
    old: Vec<&'a Parcel>,
    /// The touched ones that stay and those to come (fid -1, -2, …) as they would be.
    new: Vec<Parcel>,
    /// Others in reach of the changed sides.
    around: Vec<&'a Parcel>,
    groups: Groups,
    change: Change,
}

impl<'a> Scene<'a> {
    fn new(coverage: &'a Coverage, plan: &Plan) -> Self {
        let fids = plan.fids();
        let old: Vec<&Parcel> = fids.iter().filter_map(|f| coverage.get(*f)).collect();
        let new = shapes_after(coverage, plan);
        let groups = Groups::new(plan);
        let change = Change::new(&old, &new, &groups);
        let near = faults::reach(coverage, change.boxes.iter().copied());
        let around = near
            .into_iter()
            .filter(|f| fids.binary_search(f).is_err())
            .filter_map(|f| coverage.get(f))
            .collect();
        Self {
            coverage,
            old,
            new,
            around,
            groups,
            change,
        }
    }

    /// All parcels afterwards, the touched ones first.
    fn all_after(&self) -> Vec<&Parcel> {
        self.new.iter().chain(self.around.iter().copied()).collect()
    }

    fn all_before(&self) -> Vec<&Parcel> {
        self.old.iter().chain(&self.around).copied().collect()
    }

    fn after(&self, fid: i64) -> Option<&Parcel> {
        let all = self.new.iter().chain(self.around.iter().copied());
        all.into_iter().find(|p| p.fid == fid)
    }

    fn worse(&self, growth: &Growth<'_>) -> Worse {
        let places = &self.change.places;
        let (after, misses) = faults::beside(&self.all_after(), self.new.len(), places, true);
        let rings = self.worse_rings();
        if after.overlaps.is_empty() && after.unmatched.iter().all(|u| u.distance == 0.0) {
            let faults = Faults {
                rings,
                ..Faults::default()
            };
            return Worse {
                faults,
                clean: true,
                ..Worse::default()
            };
        }
        let (before, misses_before) = faults::beside(&self.all_before(), self.old.len(), places, false);
        let old = Old::new(&before, &misses_before, self);
        let within = old.areas.keys().filter(|[g, h]| g == h).map(|[g, _]| *g);
        let doubtful: BTreeSet<i64> = within.collect();
        let larger = self.larger(&after, &old, growth, &self.crossed().collect());
        let names = self.all_after();
        let faults = Faults {
            rings,
            overlaps: after
                .overlaps
                .into_iter()
                .filter(|o| larger.contains(&self.groups.pair(o.fids)))
                .collect(),
            unmatched: after
                .unmatched
                .into_iter()
                .filter(|u| u.distance > 0.0 && !old.knows(u, &misses, &names, &self.groups))
                .collect(),
            ..Faults::default()
        };
        Worse {
            faults,
            grown: larger.into_iter().filter(|p| p[0] != p[1]).collect(),
            doubtful,
            clean: false,
        }
    }

    /// Pairs of groups that overlap and did not, or less.
    fn larger(
        &self,
        after: &Faults,
        old: &Old,
        growth: &Growth<'_>,
        crossed: &BTreeSet<i64>,
    ) -> BTreeSet<[i64; 2]> {
        let mut now: BTreeMap<[i64; 2], f64> = BTreeMap::new();
        for o in &after.overlaps {
            *now.entry(self.groups.pair(o.fids)).or_default() += o.common.area;
        }
        let slack = SAME_AREA * after.overlaps.len() as f64;
        let is_larger = |(pair, area): &([i64; 2], f64)| match old.areas.get(pair) {
            None => *area > slack,
            Some(was) if pair[0] == pair[1] || pair.iter().any(|g| crossed.contains(g)) => {
                *area > was + slack
            }
            Some(_) => growth.enlarges(*pair),
        };
        now.into_iter().filter(is_larger).map(|(pair, _)| pair).collect()
    }

    /// Groups with a parcel whose rings cross, before or afterwards.
    fn crossed(&self) -> impl Iterator<Item = i64> + '_ {
        let all = self.all_before().into_iter().chain(self.new.iter());
        let crossed = all.filter(|p| !growth::is_plain(p));
        crossed.map(|p| self.groups.of(p.fid))
    }

    /// Faults of rings of a kind of which there were fewer before in the same group.
    fn worse_rings(&self) -> Vec<(i64, Vec<Fault>)> {
        let faulty = |p: &Parcel| (p.fid, validity::check(&p.polygon));
        let mut rings: Vec<(i64, Vec<Fault>)> = self.new.iter().map(faulty).collect();
        rings.retain(|(_, faults)| !faults.is_empty());
        if rings.is_empty() {
            return rings;
        }
        let before: Vec<(i64, Vec<Fault>)> = self.old.iter().map(|p| faulty(p)).collect();
        let count = |rings: &[(i64, Vec<Fault>)]| {
            let mut count: BTreeMap<(i64, FaultKind), usize> = BTreeMap::new();
            for (fid, faults) in rings {
                let group = self.groups.of(*fid);
                faults
                    .iter()
                    .for_each(|f| *count.entry((group, f.kind)).or_default() += 1);
            }
            count
        };
        let (was, is) = (count(&before), count(&rings));
        for (fid, faults) in &mut rings {
            let group = self.groups.of(*fid);
            faults.retain(|f| is.get(&(group, f.kind)) > was.get(&(group, f.kind)));
        }
        rings.retain(|(_, faults)| !faults.is_empty());
        rings.sort_by_key(|(fid, _)| *fid);
        rings
    }
}

/// What was wrong between parcels before, by pairs of groups.
struct Old {
    /// m² of wide overlaps.
    areas: BTreeMap<[i64; 2], f64>,
    /// Pairs that overlapped or nearly met.
    pairs: BTreeSet<[i64; 2]>,
}

impl Old {
    fn new(before: &Faults, misses: &[NearMiss], scene: &Scene<'_>) -> Self {
        let mut areas: BTreeMap<[i64; 2], f64> = BTreeMap::new();
        for o in &before.overlaps {
            *areas.entry(scene.groups.pair(o.fids)).or_default() += o.common.area;
        }
        let names = scene.all_before();
        let missed = misses.iter().filter(|m| m.distance > 0.0);
        let missed = missed.map(|m| [names[m.owner as usize].fid, names[m.other as usize].fid]);
        // An overlap so thin that it has no point near a side.
        let thin = before.unmatched.iter().filter(|u| u.points == 0);
        let thin = thin.filter_map(|u| <[i64; 2]>::try_from(u.fids.as_slice()).ok());
        let mut pairs: BTreeSet<[i64; 2]> = missed.chain(thin).map(|p| scene.groups.pair(p)).collect();
        pairs.extend(areas.keys());
        Self { areas, pairs }
    }

    /// Whether each pair of parcels that nearly meet in `u` did so before.
    fn knows(&self, u: &faults::Unmatched, misses: &[NearMiss], now: &[&Parcel], groups: &Groups) -> bool {
        let known = |fids: [i64; 2]| self.pairs.contains(&groups.pair(fids));
        if let (0, [a, b]) = (u.points, u.fids.as_slice()) {
            return known([*a, *b]);
        }
        let told = misses.iter().filter(|m| u.bbox.contains(m.at));
        let pairs = told.map(|m| (m.distance, [now[m.owner as usize].fid, now[m.other as usize].fid]));
        let mut pairs = pairs
            .filter(|(_, p)| p.iter().all(|f| u.fids.contains(f)))
            .peekable();
        let needle = pairs.clone().all(|(distance, _)| distance == 0.0);
        pairs.peek().is_some() && pairs.all(|(distance, p)| (distance == 0.0 && !needle) || known(p))
    }
}

/// The touched parcels that stay and the ones to come, as they would be.
fn shapes_after(coverage: &Coverage, plan: &Plan) -> Vec<Parcel> {
    let stay = plan.changed.iter().filter_map(|(fid, polygon)| {
        let parcel = coverage.get(*fid)?;
        Some(Parcel {
            bbox: polygon.bbox(),
            polygon: polygon.clone(),
            ..parcel.clone()
        })
    });
    let come = plan.created.iter().zip(1..).map(|(shape, k)| {
        let parent = shape.parents.iter().find_map(|f| coverage.get(*f));
        Parcel {
            fid: -k,
            polygon: shape.polygon.clone(),
            bbox: shape.polygon.bbox(),
            ..parent.cloned().unwrap_or_else(nameless)
        }
    });
    stay.chain(come).collect()
}

/// New land.
fn nameless() -> Parcel {
    Parcel {
        fid: 0,
        uid: Uid(uuid::Uuid::nil()),
        commune: "".into(),
        sheet: "".into(),
        number: "".into(),
        land_use: "".into(),
        area_measured: None,
        area_legal: None,
        is_parcel: true,
        polygon: Default::default(),
        bbox: crate::domain::BBox::EMPTY,
    }
}

/// Two children have the name of one parent; new land has none yet.
fn name_once(finding: &mut Finding) {
    let named = std::mem::take(&mut finding.parcels).into_iter();
    let mut named: Vec<(Uid, String)> = named.zip(std::mem::take(&mut finding.refs)).collect();
    named.retain(|(uid, _)| !uid.0.is_nil());
    named.dedup_by(|a, b| a.0 == b.0);
    (finding.parcels, finding.refs) = named.into_iter().unzip();
}

fn would_make_fault(what: Text, n: usize) -> Failure {
    let Text { vi, en } = what;
    let message = msg!(
        "Không thể {vi}: việc này tạo ra hoặc làm nặng thêm {n} lỗi.",
        "Cannot {en}: this would make or worsen {n} fault(s)."
    );
    let remedy = msg!(
        "Chọn vị trí không làm thửa chồng lên, hở ra hoặc tự cắt; xem các lỗi được liệt kê.",
        "Choose a place where no parcel overlaps, comes apart or crosses itself; see the faults listed."
    );
    Failure::new(WOULD_MAKE_FAULT, message).remedy(remedy)
}

#[cfg(test)]
mod tests;
