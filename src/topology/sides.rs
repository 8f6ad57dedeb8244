//! Which sides of many parcels have an exact opposite: in a clean coverage nearly all.
//!
//! Every side is written down with its two ends packed into 128 bits; after one sort the two copies of
//! a shared side lie next to each other. What has no partner is *free*: the outside of the coverage,
//! streets, and every fault.

use rayon::prelude::*;

use crate::domain::{BBox, Parcel, Polygon, Pt};

/// A side by parcel and position over all rings of its polygon.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SideId {
    pub parcel: u32,
    pub side: u32,
}

/// The result of matching.
#[derive(Debug, Default)]
pub struct Matched {
    /// Sides without exactly one opposite copy, in order of parcel and side.
    pub free: Vec<SideId>,
    /// Pairs of parcels (smaller first) that have a side in the same direction: both lie on its left,
    /// so they overlap.
    pub same_way: Vec<(u32, u32)>,
}

struct Record {
    key: (u64, u64),
    parcel: u32,
    /// Side number times two, plus one when it runs from its larger to its smaller end.
    side: u32,
}

/// Of many copies of one side each is paired with this many others only, so that a file of ten
/// thousand equal parcels does not make fifty million pairs.
const MOST_COPIES: usize = 32;

/// Matches the sides of all parcels.
pub fn matched(parcels: &[&Parcel]) -> Matched {
    matched_where(parcels, |_, _| true)
}

/// Matches the sides that are wanted; both copies of a side must be.
pub fn matched_where(parcels: &[&Parcel], wanted: impl Fn(Pt, Pt) -> bool + Sync) -> Matched {
    let bounds = parcels
        .par_iter()
        .with_min_len(4096)
        .map(|p| p.bbox)
        .reduce(|| BBox::EMPTY, BBox::union);
    if bounds.is_empty() {
        return Matched::default();
    }
    let mut records: Vec<Record> = parcels
        .par_iter()
        .enumerate()
        .with_min_len(64)
        .flat_map_iter(|(i, p)| records_of(i as u32, &p.polygon, &bounds, &wanted))
        .collect();
    records.par_sort_unstable_by_key(|r| (r.key, r.parcel, r.side));
    let mut found = Matched::default();
    for group in records.chunk_by(|a, b| a.key == b.key) {
        if let [a, b] = group
            && (a.side ^ b.side) & 1 == 1
            && a.parcel != b.parcel
        {
            continue;
        }
        found.free.extend(group.iter().map(|r| SideId {
            parcel: r.parcel,
            side: r.side / 2,
        }));
        same_way(group, &mut found.same_way);
    }
    found.free.par_sort_unstable();
    found.same_way.sort_unstable();
    found.same_way.dedup();
    found
}

fn records_of<'a>(
    parcel: u32,
    polygon: &'a Polygon,
    bounds: &'a BBox,
    wanted: &'a impl Fn(Pt, Pt) -> bool,
) -> impl Iterator<Item = Record> + 'a {
    polygon
        .sides()
        .enumerate()
        .filter(|(_, (a, b))| a != b && wanted(*a, *b))
        .map(move |(k, (a, b))| Record {
            key: key(a.min(b), a.max(b), bounds),
            parcel,
            side: k as u32 * 2 + u32::from(a > b),
        })
}

/// Both ends in 128 bits. Exact for districts of up to 4000 km; beyond that (damaged data) two mixed
/// words that agree by chance once in 10^38.
fn key(a: Pt, b: Pt, bounds: &BBox) -> (u64, u64) {
    let pack = |p: Pt| ((p.e - bounds.min.e) as u64) << 32 | (p.n - bounds.min.n) as u64;
    if bounds.width() < 1 << 32 && bounds.height() < 1 << 32 {
        return (pack(a), pack(b));
    }
    let mix = |seed: u64| {
        [a.e, a.n, b.e, b.n].iter().fold(seed, |h, v| {
            let x = (h ^ *v as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
            x ^ (x >> 29)
        })
    };
    (mix(0x243f_6a88_85a3_08d3), mix(0x1319_8a2e_0370_7344))
}

fn same_way(group: &[Record], pairs: &mut Vec<(u32, u32)>) {
    for way in 0..2 {
        let copies: Vec<u32> = group
            .iter()
            .filter(|r| r.side & 1 == way)
            .map(|r| r.parcel)
            .collect();
        for (i, a) in copies.iter().enumerate() {
            let others = copies[i + 1..].iter().take(MOST_COPIES).filter(|b| *b != a);
            pairs.extend(others.map(|b| (*a.min(b), *a.max(b))));
        }
    }
}

/// The ends of a side.
pub fn ends(polygon: &Polygon, mut side: usize) -> (Pt, Pt) {
    for ring in &polygon.rings {
        if side < ring.len() {
            return (ring[side], ring[(side + 1) % ring.len()]);
        }
        side -= ring.len();
    }
    Default::default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::topology::testing::{grid, parcel};

    #[test]
    fn only_the_outside_is_free() {
        let all = grid(3, 3, 1000);
        let refs: Vec<&Parcel> = all.iter().collect();
        let m = matched(&refs);
        assert_eq!((m.free.len(), m.same_way.len()), (12, 0));
        for f in &m.free {
            let (a, b) = ends(&refs[f.parcel as usize].polygon, f.side as usize);
            assert!([0, 3000].contains(&a.e) && a.e == b.e || [0, 3000].contains(&a.n) && a.n == b.n);
        }
    }

    #[test]
    fn copies_are_seen_even_far_out() {
        let m = crate::domain::MAX_COORDINATE;
        let far = format!("{m} {m}, {} {m}, {} {}", m - 5, m - 5, m - 5);
        let all = [parcel(1, &far), parcel(2, "0 0, 9 0, 9 9"), parcel(3, &far)];
        let found = matched(&all.iter().collect::<Vec<_>>());
        assert_eq!(found.same_way, [(0, 2)]);
        assert_eq!(found.free.len(), 9);
    }
}
