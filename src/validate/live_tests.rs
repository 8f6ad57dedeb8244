//! Tests of the findings kept up with edits: the same as running again, identities kept, decisions honoured.

use std::sync::Arc;

use jiff::civil::{Date, date};
use proptest::prelude::*;

use super::*;
use crate::domain::{Acceptance, AllowedGap, FindingState, Polygon, Pt, Seen, Tracked, Uid};
use crate::job::Progress;
use crate::store::register::Touched;
use crate::text::Lang;
use crate::topology::allowed::gap_at;
use crate::topology::testing::{grid, parcel};
use crate::topology::{AllowedGaps, Coverage};

const TODAY: Date = date(2026, 11, 23);

fn seen(op: i64) -> Seen {
    Seen {
        op,
        at: jiff::Timestamp::from_second(op).unwrap(),
    }
}

fn full(coverage: &Coverage) -> Vec<Finding> {
    run(coverage, &Options::default(), &Progress::none()).unwrap()
}

/// What a file would remember: all that was ever fixed.
#[derive(Default)]
struct Memory(Vec<Tracked>);

impl Memory {
    fn take(&mut self, live: &mut Findings, checked: Checked, op: i64) -> Step {
        let gone = |key: &str| -> Result<Vec<Tracked>, ()> {
            Ok(self.0.iter().filter(|t| t.base() == key).cloned().collect())
        };
        let step = live.take(checked, seen(op), &mut { gone }).unwrap();
        for t in &step.turned {
            self.0.retain(|g| g.id != t.id);
        }
        self.0.extend(step.fixed.iter().map(|t| (**t).clone()));
        step
    }
}

/// Severity and sentence of each.
fn told<'a>(all: impl Iterator<Item = &'a Finding>) -> String {
    let line = |f: &Finding| format!("{} {}: {}", f.severity.name(), f.code, message(f).get(Lang::Vi));
    all.map(line).collect::<Vec<_>>().join("\n")
}

fn states(live: &Findings) -> String {
    let line = |t: &Arc<Tracked>| format!("{} {} {}", t.id, t.finding.code, t.state.name());
    live.iter().map(line).collect::<Vec<_>>().join(", ")
}

/// Two parcels side by side with two gaps between them, each `wide` mm, and one below that closes them.
fn two_gaps(first: i64, second: i64) -> Coverage {
    let left = format!(
        "0 0, 10000 0, 10000 2000, {} 4000, 10000 6000, 10000 12000, {} 14000, 10000 16000, 10000 20000, 0 20000",
        10_000 - first,
        10_000 - second
    );
    let right =
        "10000 0, 20000 0, 20000 20000, 10000 20000, 10000 16000, 10000 12000, 10000 6000, 10000 2000";
    let mut all = vec![parcel(1, &left), parcel(2, right)];
    for p in &mut all {
        for q in p.polygon.rings.iter_mut().flatten() {
            *q = Pt::new(q.e + 587_000_000, q.n + 2_325_000_000);
        }
        p.bbox = p.polygon.bbox();
    }
    Coverage::build(all)
}

fn at(e: i64, n: i64) -> Pt {
    Pt::new(e + 587_000_000, n + 2_325_000_000)
}

#[test]
fn of_several_of_one_key_each_keeps_its_identity() {
    let mut memory = Memory::default();
    let mut live = Findings::new(TODAY, 1);
    let check = |live: &mut Findings, memory: &mut Memory, c: &Coverage, op| {
        let mut found = full(c);
        found.retain(|f| f.code == "PARCEL_GAP");
        let checked = live.anew(found);
        memory.take(live, checked, op)
    };
    check(&mut live, &mut memory, &two_gaps(300, 500), 1);
    let gaps = |live: &Findings| {
        let gaps = live.iter().filter(|t| t.finding.code == "PARCEL_GAP");
        gaps.map(|t| {
            (
                t.id,
                t.key.to_string(),
                t.first.op,
                t.finding.at.map(|p| p.n > 2_325_010_000),
            )
        })
        .collect::<Vec<_>>()
    };
    let both = gaps(&live);
    assert_eq!(both.len(), 2, "{both:?}");
    assert!(both.iter().any(|g| g.1.ends_with("~2")) && both[0].1 != both[1].1);
    // The lower one is closed, then there again: the upper one stays what it was, the lower one comes back.
    let step = check(&mut live, &mut memory, &two_gaps(0, 600), 2);
    assert_eq!((step.fixed.len(), step.turned.len()), (1, 0));
    assert!(step.altered.iter().any(|t| t.finding.code == "PARCEL_GAP"));
    let lower = both.iter().find(|g| g.3 == Some(false)).unwrap();
    assert_eq!(step.fixed[0].id, lower.0);
    check(&mut live, &mut memory, &two_gaps(200, 600), 3);
    let again = gaps(&live);
    assert!(again.contains(lower), "{again:?} {lower:?}");
    assert_eq!(
        live.iter().find(|t| t.id == lower.0).unwrap().state,
        FindingState::Open
    );
}

#[test]
fn an_acceptance_holds_for_its_place_its_amount_and_its_time() {
    let mut memory = Memory::default();
    let mut live = Findings::new(TODAY, 1);
    let mut show = |live: &mut Findings, c: &Coverage| {
        let mut found = full(c);
        found.retain(|f| f.code == "PARCEL_GAP");
        let checked = live.anew(found);
        memory.take(live, checked, 1);
        states(live)
    };
    assert_eq!(
        show(&mut live, &two_gaps(300, 500)),
        "1 PARCEL_GAP open, 2 PARCEL_GAP open"
    );
    let upper = live
        .iter()
        .find(|t| t.finding.at.unwrap().n > 2_325_010_000)
        .unwrap()
        .clone();
    let accepted = |until| Acceptance {
        fid: 1,
        code: "PARCEL_GAP".into(),
        parcels: upper.finding.parcels.clone(),
        mark: String::new(),
        at: upper.finding.at,
        amount: upper.finding.amount,
        reason: "mương".into(),
        by: "thử".into(),
        when: jiff::Timestamp::UNIX_EPOCH,
        until,
    };
    let step = live.decide(vec![accepted(Some(TODAY))], TODAY);
    assert_eq!((step.turned.len(), step.turned[0].id), (1, upper.id));
    let lower = 3 - upper.id;
    let as_accepted = |n| match n {
        1 => "1 PARCEL_GAP accepted, 2 PARCEL_GAP open",
        _ => "1 PARCEL_GAP open, 2 PARCEL_GAP accepted",
    };
    assert_eq!(states(&live), as_accepted(upper.id));
    assert!(live.accepts(&upper.finding) && !live.accepts(&live.get(lower).unwrap().finding));
    // The other one grows or goes: nothing changes for this one. This one grows: it must be accepted anew.
    assert_eq!(show(&mut live, &two_gaps(400, 500)), as_accepted(upper.id));
    assert_eq!(show(&mut live, &two_gaps(400, 490)), as_accepted(upper.id));
    assert_eq!(
        show(&mut live, &two_gaps(400, 510)),
        "1 PARCEL_GAP open, 2 PARCEL_GAP open"
    );
    assert!(live.get(upper.id).unwrap().acceptance.is_some());
    assert_eq!(show(&mut live, &two_gaps(400, 500)), as_accepted(upper.id));
    // Tomorrow it has run out.
    let step = live.decide(vec![accepted(Some(TODAY))], TODAY.tomorrow().unwrap());
    assert_eq!((step.turned.len(), step.turned[0].state), (1, FindingState::Open));
    live.decide(vec![accepted(None)], TODAY.tomorrow().unwrap());
    assert_eq!(states(&live), as_accepted(upper.id));
    live.decide(Vec::new(), TODAY);
    assert_eq!(states(&live), "1 PARCEL_GAP open, 2 PARCEL_GAP open");
    assert!(live.get(upper.id).unwrap().acceptance.is_none());
}

#[test]
fn what_may_be_accepted() {
    let may = |code| may_be_accepted(&Finding::new(code, rule(code).unwrap().severity));
    assert!(may("PARCEL_OVERLAP") && may("PARCEL_GAP") && may("AREA_MISMATCH"));
    assert!(!may("RING_INVALID") && !may("DUPLICATE_NUMBER") && !may("DUPLICATE_SHAPE"));
}

/// The gap at a place as an allowed one.
fn allowed(coverage: &Coverage, place: Pt, n: i64) -> Option<Arc<AllowedGap>> {
    let gap = gap_at(coverage, place).ok()?;
    Some(Arc::new(AllowedGap {
        fid: n,
        uid: Uid(uuid::Uuid::from_u128(n as u128)),
        polygon: Polygon { rings: gap.rings },
        bbox: gap.bbox,
        commune: None,
        reason: "mương".into(),
        by: "thử".into(),
        when: jiff::Timestamp::UNIX_EPOCH,
        until: None,
    }))
}

#[test]
fn an_allowed_gap_is_not_reported_and_what_outgrows_it_is() {
    let mut coverage = two_gaps(300, 500);
    let count = |c: &Coverage| full(c).iter().filter(|f| f.code == "PARCEL_GAP").count();
    assert_eq!(count(&coverage), 2);
    let gap = allowed(&coverage, at(9_800, 4_000), 1).unwrap();
    let list = Arc::new(AllowedGaps::new(vec![gap]));
    coverage.set_allowed_gaps(list.clone());
    assert_eq!(count(&coverage), 1);
    for (first, left) in [(200, 1), (302, 1), (310, 2)] {
        let mut c = two_gaps(first, 500);
        c.set_allowed_gaps(list.clone());
        assert_eq!(count(&c), left, "{first}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    /// After each edit the findings are those of a full run, whatever order parcels move, come, go and get numbers in, and
    /// gaps are allowed or no longer; and identities are kept: one id, one key, ids of what stays the same.
    #[test]
    fn following_equals_running_again(
        edits in proptest::collection::vec((0i64..16, 0usize..4, -20i64..20, -20i64..20, 0u8..7), 1..20),
    ) {
        let mut coverage = Coverage::build(grid(4, 4, 2000));
        let mut memory = Memory::default();
        let mut live = Findings::new(TODAY, 1);
        let checked = live.anew(full(&coverage));
        memory.take(&mut live, checked, 0);
        let mut gaps: Vec<Arc<AllowedGap>> = Vec::new();
        for (op, (parcel_number, corner, de, dn, kind)) in (1..).zip(edits) {
            let fid = parcel_number + 1;
            let mut p = coverage.get(fid).cloned().unwrap_or_else(|| parcel(fid, "90000 0, 91000 0, 91000 1000"));
            let scale = [1, 1, 30, 200, 0, 0, 0][kind as usize];
            if let Some(v) = p.polygon.rings[0].get_mut(corner) {
                *v = Pt::new(v.e + de * scale, v.n + dn * scale);
            }
            if kind == 1 {
                p.number = (1 + (corner as i64 + fid) % 4).to_string().into();
                p.land_use = ["ODT", "", "QQX", "LUC"][corner].into();
            }
            p.bbox = p.polygon.bbox();
            let uid = p.uid;
            let mut places = Vec::new();
            match kind {
                4 => coverage.remove(fid),
                5 => {
                    let gap = live.iter().filter(|t| t.finding.code == "PARCEL_GAP").nth(corner);
                    let place = gap.and_then(|t| t.finding.at);
                    gaps.extend(place.and_then(|p| allowed(&coverage, p, op)));
                    places.extend(gaps.last().filter(|g| g.fid == op).map(|g| g.bbox));
                }
                6 if !gaps.is_empty() => places.push(gaps.remove(corner % gaps.len()).bbox),
                _ => coverage.replace(p),
            }
            if !places.is_empty() {
                coverage.set_allowed_gaps(Arc::new(AllowedGaps::new(gaps.clone())));
            }
            let before: Vec<Arc<Tracked>> = live.iter().cloned().collect();
            let changed: &[Uid] = if kind < 5 || places.is_empty() && kind == 6 { &[uid] } else { &[] };
            let checked = live.around(&coverage, None, (changed, &Touched::default()), &places).unwrap();
            memory.take(&mut live, checked, op);
            let fresh = full(&coverage);
            prop_assert_eq!(told(live.iter().map(|t| &t.finding)), told(fresh.iter()));
            let mut keys: Vec<_> = live.iter().map(|t| t.key.clone()).collect();
            keys.sort();
            keys.dedup();
            prop_assert_eq!(keys.len(), live.len());
            for old in before {
                if let Some(same) = live.iter().find(|t| t.finding == old.finding) {
                    prop_assert_eq!((same.id, same.first), (old.id, old.first));
                }
            }
        }
    }
}
