//! Nearly equal points of different parcels: which there are, and making them equal. For import.

use std::collections::BTreeMap;

use rayon::prelude::*;

use crate::domain::{Polygon, Pt};

/// Points to move so that neighbours share them exactly.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Snap {
    /// From → to; no point is both.
    pub moves: BTreeMap<Pt, Pt>,
    /// Longest of the moves, mm.
    pub largest: f64,
}

impl Snap {
    /// Moves the polygon's points; true when one moved.
    pub fn apply(&self, polygon: &mut Polygon) -> bool {
        let mut changed = false;
        for p in polygon.rings.iter_mut().flatten() {
            if let Some(to) = self.moves.get(p) {
                *p = *to;
                changed = true;
            }
        }
        changed
    }
}

/// The points of many polygons, gathered one by one.
#[derive(Clone, Debug, Default)]
pub struct Points {
    used: Vec<(Pt, u32)>,
    polygons: u32,
}

impl Points {
    pub fn add(&mut self, polygon: &Polygon) {
        self.used.extend(polygon.points().map(|p| (p, self.polygons)));
        self.polygons += 1;
    }

    /// Finds points of different polygons that are apart by 1 to `tolerance` mm and chooses for each which
    /// one moves: a point goes to the one used by more polygons (ties: the smaller), at most `tolerance`
    /// far and never in chains. A point stays where a polygon that uses it has the target already: its ring
    /// would collapse. The same for any order of the polygons.
    pub fn plan(mut self, tolerance: i64) -> Snap {
        self.used.par_sort_unstable();
        self.used.dedup();
        let points = near_any(&self.used, tolerance);
        let near = near_pairs(&points, tolerance);
        choose(&points, &near)
    }
}

/// [`Points::plan`] of these.
pub fn plan(polygons: &[Polygon], tolerance: i64) -> Snap {
    let mut points = Points::default();
    polygons.iter().for_each(|p| points.add(p));
    points.plan(tolerance)
}

/// The points of `used`, which is sorted, that have another near them: few, in sound files.
fn near_any(used: &[(Pt, u32)], tolerance: i64) -> Vec<Used<'_>> {
    let limit = i128::from(tolerance) * i128::from(tolerance);
    let mut near = vec![false; used.len()];
    let mut from = 0;
    for point in used.chunk_by(|a, b| a.0 == b.0) {
        let (p, next) = (point[0].0, from + point.len());
        for (i, (q, _)) in used
            .iter()
            .enumerate()
            .skip(next)
            .take_while(|(_, q)| q.0.e - p.e <= tolerance)
        {
            if p.dist2(*q) <= limit {
                (near[from], near[i]) = (true, true);
            }
        }
        from = next;
    }
    let mut at = 0;
    let with_place = used.chunk_by(|a, b| a.0 == b.0).map(|c| {
        at += c.len();
        (at - c.len(), c)
    });
    with_place
        .filter(|(at, _)| near[*at])
        .map(|(_, c)| (c[0].0, c))
        .collect()
}

type Used<'a> = (Pt, &'a [(Pt, u32)]);

/// Indices of points at most `tolerance` apart, both ways round. The points are sorted by easting.
fn near_pairs(points: &[Used], tolerance: i64) -> Vec<(u32, u32)> {
    let limit = i128::from(tolerance) * i128::from(tolerance);
    let mut pairs: Vec<(u32, u32)> = (0..points.len())
        .into_par_iter()
        .flat_map_iter(|i| {
            let p = points[i].0;
            let band = points[i + 1..]
                .iter()
                .take_while(move |q| q.0.e - p.e <= tolerance);
            band.enumerate()
                .filter(move |(_, q)| p.dist2(q.0) <= limit)
                .flat_map(move |(k, _)| [(i as u32, (i + 1 + k) as u32), ((i + 1 + k) as u32, i as u32)])
        })
        .collect();
    pairs.sort_unstable();
    pairs
}

/// Takes the most used points first; each gathers the free points near it.
fn choose(points: &[Used], near: &[(u32, u32)]) -> Snap {
    let mut groups: Vec<&[(u32, u32)]> = near.chunk_by(|a, b| a.0 == b.0).collect();
    groups.sort_by_key(|g| {
        let (p, users) = points[g[0].0 as usize];
        (std::cmp::Reverse(users.len()), p)
    });
    let mut snap = Snap::default();
    let mut centres = std::collections::BTreeSet::new();
    for group in groups {
        let (centre, users) = points[group[0].0 as usize];
        if snap.moves.contains_key(&centre) {
            continue;
        }
        for &(_, other) in group {
            let (p, theirs) = points[other as usize];
            let collapses = theirs
                .iter()
                .any(|t| users.binary_search_by_key(&t.1, |u| u.1).is_ok());
            if !collapses && !centres.contains(&p) && !snap.moves.contains_key(&p) {
                snap.moves.insert(p, centre);
                snap.largest = snap.largest.max(p.dist(centre));
                centres.insert(centre);
            }
        }
    }
    snap
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::topology::testing::polygon;

    #[test]
    fn neighbours_become_equal_and_own_points_stay() {
        let mut all = vec![
            polygon("0 0, 1000 0, 1000 1000, 0 1000"),
            polygon("1002 0, 2000 0, 2000 1000, 1000 1003"),
            polygon("1000 1000, 2000 1004, 2000 2000, 1000 2000"),
            // its own two points 3 mm apart are left alone
            polygon("5000 0, 5003 0, 5003 900"),
        ];
        let snap = plan(&all, 5);
        let moves: Vec<String> = snap.moves.iter().map(|(a, b)| format!("{a:?}{b:?}")).collect();
        assert_eq!(
            moves.join(" "),
            "(1000 1003)(1000 1000) (1002 0)(1000 0) (2000 1004)(2000 1000)"
        );
        assert_eq!(snap.largest, 4.0);
        let before = snap;
        all.reverse();
        assert_eq!(plan(&all, 5), before);
        assert!(
            all.iter_mut()
                .filter_map(|p| before.apply(p).then_some(()))
                .count()
                == 2
        );
        assert_eq!(plan(&all, 5), Snap::default());
    }

    #[test]
    fn chains_do_not_travel() {
        let dots: Vec<Polygon> = (0..10)
            .map(|i| polygon(&format!("{} 0, 100 {}, 50 9000", i * 4, 5000 + i * 100)))
            .collect();
        let snap = plan(&dots, 5);
        assert!(snap.largest <= 5.0 && snap.moves.values().all(|to| !snap.moves.contains_key(to)));
    }
}
