//! New land: a parcel drawn or computed from survey points, fitted into the parcels around it.
//!
//! A drawn point at most 2 mm from a point or side of another parcel means that point or side. Where the
//! new sides run along old ones, points are put in on both sides, so that they match exactly.

use std::collections::BTreeSet;

use super::validity::{self, FaultKind};
use super::weave::{Web, followers, note_points, settle, sides_of};
use super::{Coverage, NewShape, Plan, Refusal, findings, guard, ring};
use crate::domain::{BBox, Failure, Finding, Parcel, Polygon, Ring, Severity};
use crate::msg;
use crate::text::Text;

const WHAT: Text = Text::new("lập thửa mới", "make the new parcel");

/// Plans a parcel of these rings: shell and holes, any direction, closing point repeated or not. Codes of
/// refusal: `SHAPE_INVALID`, `LINES_TOO_TIGHT`, `WOULD_MAKE_FAULT`.
pub fn plan(coverage: &Coverage, rings: &[Ring]) -> Result<Plan, Refusal> {
    let drawn = valid(rings)?;
    let near = near(coverage, drawn.bbox());
    let mut web = Web::default();
    let mut rings = Vec::with_capacity(drawn.rings.len());
    for ring in &drawn.rings {
        let (ring, feet) = settle(ring, &near, &near);
        for (side, points) in feet {
            web.feet.entry(side).or_default().extend(points);
        }
        rings.push(ring);
    }
    let settled = valid(&rings)?;
    web.parcels = near.iter().flat_map(|p| sides_of(&p.polygon)).collect();
    web.drawn = sides_of(&settled).collect();
    let woven = web.weave(coverage)?;
    let mut plan = Plan {
        changed: followers(coverage, &woven, &BTreeSet::new()),
        created: vec![NewShape {
            polygon: woven.chains.polygon(&settled),
            parents: Vec::new(),
        }],
        ..Plan::default()
    };
    note_points(coverage, &mut plan);
    guard::settled(coverage, plan, WHAT)
}

/// Parcels within reach of a box.
pub(super) fn near(coverage: &Coverage, bbox: BBox) -> Vec<&Parcel> {
    let reach = super::faults::reach(coverage, [bbox]);
    reach.into_iter().filter_map(|f| coverage.get(f)).collect()
}

/// Rings as a polygon of the house form; refuses what is not valid by itself, with the places.
pub(super) fn valid(rings: &[Ring]) -> Result<Polygon, Refusal> {
    checked(rings, |_| true)
}

/// The same as an import asks it: a spike is left to the rules.
pub fn sound(rings: &[Ring]) -> Result<Polygon, Refusal> {
    checked(rings, |kind| kind != FaultKind::Spike)
}

fn checked(rings: &[Ring], counts: fn(FaultKind) -> bool) -> Result<Polygon, Refusal> {
    let mut polygon = Polygon {
        rings: rings.to_vec(),
    };
    polygon.rings.iter_mut().for_each(|r| {
        ring::tidy(r);
    });
    ring::orient(&mut polygon);
    let mut faults = validity::check(&polygon);
    faults.retain(|f| counts(f.kind));
    let Some(first) = faults.first() else {
        return Ok(polygon);
    };
    let (why, (e, n)) = (first.kind.text(), first.at.metres());
    let Text { vi, en } = why;
    let message = msg!(
        "Hình vẽ không hợp lệ: {vi} tại X = {n:.3}, Y = {e:.3}.",
        "The shape drawn is not valid: {en} at X = {n:.3}, Y = {e:.3}."
    );
    let remedy = msg!(
        "Vẽ lại đường bao sao cho không tự cắt, không tự chạm và có ít nhất ba điểm.",
        "Draw it so that it neither crosses nor touches itself and has at least three points."
    );
    let finding = |f: &validity::Fault| Finding {
        at: Some(f.at),
        bbox: Some(BBox::of([f.at])),
        values: vec![("fault", f.kind.name().to_owned())],
        ..Finding::new(findings::RING_INVALID, Severity::Error)
    };
    Err(Refusal {
        failure: Failure::new("SHAPE_INVALID", message).remedy(remedy),
        findings: faults.iter().map(finding).collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::topology::testing::{parcels, planned, polygon};

    const A: &str = "0 0, 10000 0, 10000 10000, 0 10000";

    #[test]
    fn table() {
        let u = "0 0, 30000 0, 30000 10000, 20000 10000, 20000 3000, 10000 3000, 10000 10000, 0 10000";
        let table: [(&[&str], &str, &str); 13] = [
            (&[], A, "+: 0 0, 10000 0, 10000 10000, 0 10000"),
            // any direction, closing point repeated
            (&[], "0 0, 0 90, 90 0, 0 0", "+: 90 0, 0 90, 0 0"),
            // beside a parcel, shorter and longer than its side: points on both sides
            (
                &[A],
                "10000 2000, 20000 2000, 20000 8000, 10000 8000",
                "1: 0 0, 10000 0, 10000 2000, 10000 8000, 10000 10000, 0 10000 / +: 10000 2000, 20000 2000, 20000 8000, 10000 8000",
            ),
            (
                &[A],
                "10000 -5000, 20000 -5000, 20000 15000, 10000 15000",
                "+: 10000 -5000, 20000 -5000, 20000 15000, 10000 15000, 10000 10000, 10000 0",
            ),
            // 2 mm off: settled; 3 mm in: an overlap; 3 mm off: a gap between them, drawn so
            (
                &[A],
                "9998 1, 20000 0, 20000 10000, 10002 10000",
                "+: 10000 0, 20000 0, 20000 10000, 10000 10000",
            ),
            (
                &[A],
                "9997 0, 20000 0, 20000 10000, 9997 10000",
                "WOULD_MAKE_FAULT",
            ),
            (
                &[A],
                "10003 0, 20000 0, 20000 10000, 10003 10000",
                "+: 10003 0, 20000 0, 20000 10000, 10003 10000",
            ),
            // into a slanted side: rounded once, in the parcel and in the one on the other side
            (
                &["0 0, 3000 1000, 0 1000", "0 0, 1500 -500, 1500 500"],
                "1501 501, 2399 800, 3000 0",
                "1: 0 0, 1500 500, 2399 800, 3000 1000, 0 1000 / +: 3000 0, 2399 800, 1500 500",
            ),
            // into a concave bay, all sides matched
            (
                &[u],
                "10000 3000, 20000 3000, 20000 10000, 10000 10000",
                "+: 10000 3000, 20000 3000, 20000 10000, 10000 10000",
            ),
            // into a hole
            (
                &["0 0, 10000 0, 10000 10000, 0 10000 | 2000 2000, 2000 8000, 8000 8000, 8000 2000"],
                "2000 2000, 5000 2000, 2000 8000",
                "1: 0 0, 10000 0, 10000 10000, 0 10000 | 2000 2000, 2000 8000, 8000 8000, 8000 2000, 5000 2000 / +: 2000 2000, 5000 2000, 2000 8000",
            ),
            // around a parcel: a ring with the parcel in its hole; without the hole: over it
            (
                &["4000 4000, 6000 4000, 6000 6000, 4000 6000"],
                "0 0, 10000 0, 10000 10000, 0 10000 | 4000 4000, 4000 6000, 6000 6000, 6000 4000",
                "+: 0 0, 10000 0, 10000 10000, 0 10000 | 4000 4000, 4000 6000, 6000 6000, 6000 4000",
            ),
            (
                &["4000 4000, 6000 4000, 6000 6000, 4000 6000"],
                A,
                "WOULD_MAKE_FAULT",
            ),
            (&[], "0 0, 90 90, 90 0, 0 90", "SHAPE_INVALID"),
        ];
        let mut all: Vec<(String, String)> = Vec::new();
        for (texts, drawn, want) in table {
            let coverage = parcels(texts);
            let got = planned(&coverage, plan(&coverage, &polygon(drawn).rings));
            all.push((got, want.to_owned()));
        }
        let wrong: Vec<_> = all.iter().filter(|(got, want)| got != want).collect();
        assert!(wrong.is_empty(), "{wrong:#?}");
        let refused = plan(&parcels(&[]), &polygon("0 0, 90 90, 90 0, 0 90").rings).unwrap_err();
        assert_eq!(refused.findings[0].at, Some(crate::domain::Pt::new(45, 45)));
        assert_eq!(
            plan(&parcels(&[]), &[]).unwrap_err().failure.code(),
            "SHAPE_INVALID"
        );
    }
}
