//! Rounded points beside old faults.
//!
//! A cut point on a slanted side lies on the lattice, up to 0.71 mm beside the side: one parcel gains the slim
//! triangle between, the other loses it. Beside an old overlap or gap that may enlarge it. Then another of the
//! lattice points around is taken, the nearest that does no harm: at most 1 mm off the side and 3 mm from
//! the place asked for, the same point in all parcels that have the side, so that what one gains another still
//! loses. A third parcel over both sides of a shared side needs no other point: the land claimed more than once stays
//! the same (`growth`). Where no choice helps (an overlap and a gap at one side), the plan is refused with the fault
//! and its place.

use super::{judged, refusal};
use crate::domain::{BBox, Finding, Polygon, Pt};
use crate::msg;
use crate::text::{Msg, Text};
use crate::topology::revision::beside;
use crate::topology::{Coverage, Plan, Refusal, segment};

/// Lattice points this far from the rounded one are tried, mm.
const AROUND: i64 = 2;

/// At most so many points are tried beside faults.
const MOST: usize = 24;

/// A finding this near a side has to do with it, mm.
const NEAR: i64 = 10;

/// The plan, where needed with other lattice points for the rounded ones, when it makes and enlarges no fault;
/// else why not: `WOULD_MAKE_FAULT`.
pub fn settled(coverage: &Coverage, plan: Plan, what: Text) -> Result<Plan, Refusal> {
    settled_where(coverage, plan, what, |_| true)
}

/// The same; a plan with other points has to fit.
pub fn settled_where(
    coverage: &Coverage,
    plan: Plan,
    what: Text,
    fits: impl Fn(&Plan) -> bool,
) -> Result<Plan, Refusal> {
    let (findings, grown) = judged(coverage, &plan);
    if findings.is_empty() {
        return Ok(plan);
    }
    let points = rounded(coverage, &plan, &findings);
    let mut refused = refusal(what, findings);
    if !points.is_empty() {
        refused.failure = refused.failure.remedy(repair_first());
    }
    let (mut best, mut plan) = ((refused.findings.len(), grown), plan);
    for (at, choices) in points {
        let mut better = None;
        for to in choices {
            let Some(other) = exchanged(&plan, at, to).filter(&fits) else {
                continue;
            };
            let (findings, grown) = judged(coverage, &other);
            if findings.is_empty() {
                return Ok(other);
            }
            if (findings.len(), grown) < best {
                best = (findings.len(), grown);
                better = Some(other);
            }
        }
        plan = better.unwrap_or(plan);
    }
    Err(refused)
}

fn repair_first() -> Msg {
    msg!(
        "Sửa trước chỗ chồng hoặc hở có sẵn được liệt kê, hoặc cho đường cắt đi đúng qua điểm ranh: điểm mới làm tròn đến mm ở đó sẽ làm lỗi cũ lớn thêm.",
        "First repair the old overlap or gap that is listed, or draw the line exactly through boundary points: a new point rounded to the millimetre there would enlarge the old fault."
    )
}

/// Points rounded into old sides near the faults, with the lattice points around, the nearest first.
fn rounded(coverage: &Coverage, plan: &Plan, findings: &[Finding]) -> Vec<(Pt, Vec<Pt>)> {
    let old: Vec<(Pt, Pt)> = plan
        .fids()
        .into_iter()
        .filter_map(|f| coverage.get(f))
        .flat_map(|p| p.polygon.sides())
        .collect();
    let faulty: Vec<BBox> = findings.iter().filter_map(|f| f.bbox).collect();
    let mut found = Vec::new();
    for &at in &plan.inserted {
        let holds = |(a, b): &&(Pt, Pt)| beside(at, *a, *b, 1);
        let sides: Vec<(Pt, Pt)> = old.iter().filter(holds).copied().collect();
        let slanted = sides.iter().any(|(a, b)| a.e != b.e && a.n != b.n);
        let near = |(a, b): &(Pt, Pt)| {
            let reach = segment::bbox(*a, *b).grown(NEAR);
            faulty.iter().any(|f| f.intersects(&reach))
        };
        if slanted && sides.iter().any(near) {
            found.push((at, around(at, &sides)));
        }
    }
    found.truncate(MOST);
    found
}

/// Lattice points at most 1 mm off all the sides, the nearest to `at` first.
fn around(at: Pt, sides: &[(Pt, Pt)]) -> Vec<Pt> {
    let steps = -AROUND..=AROUND;
    let all = steps
        .clone()
        .flat_map(|e| steps.clone().map(move |n| Pt::new(at.e + e, at.n + n)));
    let fits = |p: &Pt| *p != at && sides.iter().all(|(a, b)| beside(*p, *a, *b, 1));
    let mut found: Vec<Pt> = all.filter(fits).collect();
    found.sort_by_key(|p| (p.dist2(at), *p));
    found
}

/// The plan with another point in the place of one; `None` where a parcel has that point already.
fn exchanged(plan: &Plan, at: Pt, to: Pt) -> Option<Plan> {
    let mut other = plan.clone();
    let changed = other.changed.iter_mut().map(|(_, p)| p);
    for polygon in changed.chain(other.created.iter_mut().map(|c| &mut c.polygon)) {
        if polygon.points().any(|p| p == at) {
            if polygon.points().any(|p| p == to) {
                return None;
            }
            replace(polygon, at, to);
        }
    }
    other
        .inserted
        .iter_mut()
        .filter(|p| **p == at)
        .for_each(|p| *p = to);
    other.inserted.sort_unstable();
    Some(other)
}

fn replace(polygon: &mut Polygon, at: Pt, to: Pt) {
    let points = polygon.rings.iter_mut().flatten();
    points.filter(|p| **p == at).for_each(|p| *p = to);
}
