//! Exactly what is faulty about a finding, to be drawn: the land of an overlap or a gap, else the sides at its place.
//! For the screen only: nothing here becomes a parcel.

use super::findings::{DUPLICATE_SHAPE, PARCEL_OVERLAP};
use super::{Coverage, gaps, measure, segment};
use crate::domain::{Finding, Parcel, Pt, Ring};

/// What to draw.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Linework {
    /// Surfaces: closed rings, even-odd.
    pub areas: Vec<Ring>,
    /// Sides.
    pub sides: Vec<(Pt, Pt)>,
}

/// Around the place of a finding sides are faulty to this far, mm.
const NEAR: i64 = 5;

/// The linework of a finding as the parcels are now.
pub fn of(coverage: &Coverage, finding: &Finding) -> Linework {
    let parcels: Vec<&Parcel> = finding
        .parcels
        .iter()
        .filter_map(|u| coverage.by_uid(*u))
        .collect();
    let overlap = finding.code == PARCEL_OVERLAP || finding.code == DUPLICATE_SHAPE;
    if let (true, [a, b]) = (overlap, parcels.as_slice()) {
        return Linework {
            areas: measure::shared(&a.polygon, &b.polygon),
            sides: Vec::new(),
        };
    }
    if !finding.value("width_mm").is_empty()
        && let Some(rings) = gap(coverage, &parcels, finding)
    {
        return Linework {
            areas: rings,
            sides: Vec::new(),
        };
    }
    Linework {
        areas: Vec::new(),
        sides: sides(&parcels, finding),
    }
}

fn gap(coverage: &Coverage, parcels: &[&Parcel], finding: &Finding) -> Option<Vec<Ring>> {
    let (at, first) = (finding.at?, parcels.first()?);
    let found = gaps::around(coverage, &[first.fid]).into_iter();
    found
        .filter(|g| Some(g.bbox) == finding.bbox)
        .min_by_key(|g| g.at.dist2(at))
        .map(|g| g.rings)
}

/// Sides at the place; none when the whole parcel is meant.
fn sides(parcels: &[&Parcel], finding: &Finding) -> Vec<(Pt, Pt)> {
    let Some(place) = finding.bbox.filter(|b| !b.is_empty()) else {
        return Vec::new();
    };
    if parcels.iter().any(|p| p.bbox == place) {
        return Vec::new();
    }
    let place = place.grown(NEAR);
    let all = parcels.iter().flat_map(|p| p.polygon.sides());
    all.filter(|(a, b)| segment::bbox(*a, *b).intersects(&place))
        .filter(|(a, b)| {
            segment::distance(finding.at.unwrap_or(*a), *a, *b) <= 2.0 * NEAR as f64
                || place.contains(*a)
                || place.contains(*b)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ring_area2;
    use crate::job::Progress;
    use crate::topology::faults;
    use crate::topology::findings::{self, GapLimits};
    use crate::topology::testing::parcel;

    fn drawn(parcels: &[&str]) -> Vec<(&'static str, i128, usize)> {
        let all = parcels.iter().zip(1..).map(|(t, i)| parcel(i, t)).collect();
        let c = Coverage::build(all);
        let faults = faults::all(&c, &Progress::none()).unwrap();
        let mut found = findings::findings(&faults, 10.0, |f| c.get(f));
        found.extend(findings::gaps(
            &faults,
            &GapLimits::default(),
            |_| true,
            |f| c.get(f),
        ));
        let one = |f: &Finding| {
            let l = of(&c, f);
            let area = l.areas.iter().map(|r| ring_area2(r)).sum::<i128>().abs();
            (f.code, area, l.sides.len())
        };
        found.iter().map(one).collect()
    }

    #[test]
    fn the_land_and_the_sides() {
        let square = "0 0, 10000 0, 10000 10000, 0 10000";
        assert_eq!(
            drawn(&[square, "9000 0, 20000 0, 20000 10000, 9000 10000"]),
            [("PARCEL_OVERLAP", 2 * 1000 * 10_000, 0)]
        );
        let around = "-5000 -5000, 20000 -5000, 20000 15000, -5000 15000 | -200 -200, -200 10200, 10200 10200, 10200 -200";
        let gap = drawn(&[square, around]);
        assert_eq!(gap, [("PARCEL_GAP", 2 * (10_400 * 10_400 - 10_000 * 10_000), 0)]);
        let spike = drawn(&["0 0, 10000 0, 10000 10000, 5000 10000, 5000 15000, 5000 10000, 0 10000"]);
        assert!(
            spike.iter().all(|s| s.0 == "RING_INVALID" && s.2 >= 2),
            "{spike:?}"
        );
    }
}
