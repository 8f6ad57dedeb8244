//! Random merges, strips, fills and resolved overlaps on sample districts, clean and dirty: never a new or
//! larger fault anywhere in the district, and land is neither made nor lost.

use diachinh::domain::{BBox, Parcel, Polygon, Pt};
use diachinh::job::Progress;
use diachinh::sample;
use diachinh::topology::faults::{self, Faults};
use diachinh::topology::fill_gap::{self, To};
use diachinh::topology::{Coverage, Plan, Refusal, add_parcel, carve, merge, overlap};
use proptest::prelude::*;

use crate::quality::read;

fn coverage(dirty: Option<f64>, seed: u64) -> Coverage {
    let dir = tempfile::tempdir().unwrap();
    let options = sample::Options {
        dir: dir.path().to_owned(),
        parcels: 250,
        seed,
        dirty,
    };
    sample::generate(&options, &Progress::none()).unwrap();
    Coverage::build(read(dir.path()).0)
}

fn all_faults(coverage: &Coverage) -> Faults {
    faults::all(coverage, &Progress::none()).unwrap()
}

/// Does what the plan says; created parcels get new fids and the name of a parent.
fn apply(coverage: &mut Coverage, plan: &Plan) {
    let next = coverage.iter().map(|p| p.fid).max().unwrap() + 1;
    let like = |coverage: &Coverage, fid: i64, polygon: &Polygon| Parcel {
        bbox: polygon.bbox(),
        polygon: polygon.clone(),
        ..coverage.get(fid).unwrap().clone()
    };
    let any = coverage.iter().next().unwrap().fid;
    let mut new: Vec<Parcel> = plan.changed.iter().map(|(f, p)| like(coverage, *f, p)).collect();
    for (fid, shape) in (next..).zip(&plan.created) {
        let mut parcel = like(
            coverage,
            shape.parents.first().copied().unwrap_or(any),
            &shape.polygon,
        );
        (parcel.fid, parcel.uid) = (fid, diachinh::domain::Uid::fresh());
        new.push(parcel);
    }
    coverage.remove_all(plan.retired.iter().copied());
    coverage.replace_all(new);
}

fn overlapping(f: &Faults) -> f64 {
    f.overlaps.iter().map(|o| o.common.area).sum()
}

/// What is worse afterwards, anywhere.
fn worse(before: &Faults, after: &Faults, plan: &Plan) -> Option<String> {
    // A cut through parcels that overlap may shift their sides by a rounding.
    let slack = 1e-3 * (1 + plan.inserted.len()) as f64;
    if overlapping(after) > overlapping(before) + slack {
        return Some(format!(
            "overlaps {} > {}",
            overlapping(after),
            overlapping(before)
        ));
    }
    let rings = |f: &Faults| f.rings.iter().map(|(_, l)| l.len()).sum::<usize>();
    if rings(after) > rings(before) {
        return Some(format!("rings {:?}", after.rings));
    }
    let old: Vec<BBox> = before
        .unmatched
        .iter()
        .filter(|u| u.distance > 0.0)
        .map(|u| u.bbox.with(u.at))
        .chain(before.overlaps.iter().map(|o| o.common.bbox))
        .map(|b| b.grown(10))
        .collect();
    let new = after
        .unmatched
        .iter()
        .find(|u| u.distance > 0.0 && !old.iter().any(|b| b.contains(u.at)));
    new.map(|u| format!("unmatched {u:?}"))
}

fn area2(coverage: &Coverage) -> i128 {
    coverage.iter().map(|p| p.polygon.area2()).sum()
}

/// One random act on a parcel and what is beside it.
fn act(
    coverage: &Coverage,
    faults: &Faults,
    kind: usize,
    pick: usize,
    turn: i64,
) -> Option<Result<Plan, Refusal>> {
    let fids: Vec<i64> = {
        let mut fids: Vec<i64> = coverage.iter().map(|p| p.fid).collect();
        fids.sort_unstable();
        fids
    };
    let fid = fids[pick % fids.len()];
    let beside = coverage.neighbours(fid);
    let me = coverage.get(fid)?;
    let other = beside.get(turn as usize % beside.len().max(1)).copied();
    let (b, c) = (me.bbox, me.bbox.centre());
    let out = |k: i64| {
        Pt::new(
            c.e + (b.width() + 900) * (k % 7 - 3) / 5,
            c.n + (b.height() + 900) * (k % 5 - 2) / 3,
        )
    };
    Some(match kind {
        0 => merge::plan(coverage, &[fid, other?]),
        1 => {
            let all: Vec<i64> = std::iter::once(fid).chain(beside).collect();
            merge::plan(coverage, &all)
        }
        2 => {
            let which = [vec![fid], std::iter::once(fid).chain(other).collect()];
            let which = &which[pick % 2];
            let (p, q) = (out(turn), out(turn / 7 + 3));
            if p == q {
                return None;
            }
            let ring = carve::strip(coverage, which, &[p, q], 200 + turn % 5000).ok()?;
            carve::plan(coverage, which, &ring).map(|c| c.plan)
        }
        3 => {
            let o = faults.overlaps.get(pick % faults.overlaps.len().max(1))?;
            let [x, y] = o.fids;
            if turn % 2 == 0 {
                overlap::plan(coverage, x, y)
            } else {
                overlap::plan(coverage, y, x)
            }
        }
        _ => Ok(Plan {
            retired: vec![fid],
            ..Plan::default()
        }),
    })
}

fn run(dirty: Option<f64>, seed: u64, acts: &[(usize, usize, i64)]) -> Result<[usize; 6], TestCaseError> {
    let mut coverage = coverage(dirty, seed);
    let mut before = all_faults(&coverage);
    let mut done = [0; 6];
    for &(kind, pick, turn) in acts {
        let retired = (kind > 3).then(|| {
            let mut fids: Vec<i64> = coverage.iter().map(|p| p.fid).collect();
            fids.sort_unstable();
            let fid = fids[pick % fids.len()];
            (fid, coverage.neighbours(fid))
        });
        let Some(Ok(plan)) = act(&coverage, &before, kind, pick, turn) else {
            continue;
        };
        let land = area2(&coverage);
        let old = coverage.clone();
        apply(&mut coverage, &plan);
        let after = all_faults(&coverage);
        if let Some(what) = worse(&before, &after, &plan) {
            prop_assert!(false, "{kind} {pick} {turn}: {what}\n{plan:?}");
        }
        if kind < 2 {
            prop_assert_eq!(area2(&coverage), land, "merging makes no land");
        }
        if let Some((fid, beside)) = retired {
            // The land is given to each neighbour in turn, or becomes a parcel: exactly the same land.
            let gone = old.get(fid).unwrap();
            let at = diachinh::topology::polylabel::pole(&gone.polygon, 100.0)
                .map_or(gone.bbox.centre(), |p| p.at);
            let to = beside
                .get(turn as usize % (beside.len() + 1))
                .map_or(To::New, |f| To::Parcel(*f));
            // … or drawn again as it was.
            let fill = match kind {
                4 => fill_gap::plan(&coverage, at, to),
                _ => add_parcel::plan(&coverage, &gone.polygon.rings),
            };
            if let Ok(fill) = fill {
                apply(&mut coverage, &fill);
                let filled = all_faults(&coverage);
                if let Some(what) = worse(&before, &filled, &fill) {
                    prop_assert!(false, "fill {pick} {turn}: {what}\n{fill:?}");
                }
            } else {
                before = after;
                continue;
            }
        }
        before = all_faults(&coverage);
        done[kind] += 1;
    }
    Ok(done)
}

fn acts() -> impl Strategy<Value = Vec<(usize, usize, i64)>> {
    proptest::collection::vec((0usize..6, 0usize..4000, 0i64..100_000), 16)
}

/// So that the tests below cannot pass by refusing all.
#[test]
fn every_kind_of_act_is_done() {
    let acts: Vec<(usize, usize, i64)> = (0..72)
        .map(|i| (i % 6, i * 37 + i * i, (i * i * 7919) as i64 % 100_000))
        .collect();
    let clean = run(None, 3, &acts).unwrap();
    let dirty = run(Some(0.15), 3, &acts).unwrap();
    let both: Vec<usize> = (0..6).map(|k| clean[k] + dirty[k]).collect();
    assert!(both.iter().all(|n| *n > 0), "{clean:?} {dirty:?}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4))]

    #[test]
    fn clean_districts_stay_clean(acts in acts(), seed in 0u64..1000) {
        run(None, seed, &acts)?;
    }

    #[test]
    fn dirty_districts_grow_no_dirtier(acts in acts(), seed in 0u64..1000) {
        run(Some(0.1), seed, &acts)?;
    }
}
