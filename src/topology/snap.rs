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
    /// 2³¹ mm before the first point.
    origin: Option<Pt>,
    /// Easting and northing from the origin, and the polygon: a million parcels have a dozen million.
    used: Vec<[u32; 3]>,
    /// Further off than that.
    far: Vec<(Pt, u32)>,
    polygons: u32,
}

impl Points {
    pub fn add(&mut self, polygon: &Polygon) {
        for p in polygon.points() {
            let origin = *self
                .origin
                .get_or_insert(Pt::new(p.e.saturating_sub(1 << 31), p.n.saturating_sub(1 << 31)));
            let near = |a: i64, b: i64| a.checked_sub(b).and_then(|d| u32::try_from(d).ok());
            match (near(p.e, origin.e), near(p.n, origin.n)) {
                (Some(e), Some(n)) => self.used.push([e, n, self.polygons]),
                _ => self.far.push((p, self.polygons)),
            }
        }
        self.polygons += 1;
    }

    /// Finds points of different polygons that are apart by 1 to `tolerance` mm and chooses for each which
    /// one moves: a point goes to the one used by more polygons (ties: the smaller), at most `tolerance`
    /// far and never in chains. A point stays where a polygon that uses it has the target already: its ring
    /// would collapse. The same for any order of the polygons.
    pub fn plan(mut self, tolerance: i64) -> Snap {
        let origin = self.origin.unwrap_or_default();
        let place = |[e, n, polygon]: &[u32; 3]| {
            let p = Pt::new(origin.e + i64::from(*e), origin.n + i64::from(*n));
            (p, *polygon)
        };
        let used = if self.far.is_empty() {
            near_any(&mut self.used, place, tolerance)
        } else {
            self.far.extend(self.used.iter().map(place));
            near_any(&mut self.far, |used| *used, tolerance)
        };
        let points: Vec<Used<'_>> = used.chunk_by(|a, b| a.0 == b.0).map(|c| (c[0].0, c)).collect();
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

/// Those of `used` that have another point near them, in order: few, in sound files.
fn near_any<T: Ord + Send>(
    used: &mut Vec<T>,
    place: impl Fn(&T) -> (Pt, u32),
    tolerance: i64,
) -> Vec<(Pt, u32)> {
    used.par_sort_unstable();
    used.dedup();
    let limit = i128::from(tolerance) * i128::from(tolerance);
    // Where the users of each point begin, and the end.
    let mut begins = vec![0];
    for users in used.chunk_by(|a, b| place(a).0 == place(b).0) {
        begins.push(begins[begins.len() - 1] + users.len());
    }
    let count = begins.len() - 1;
    let point = |i: usize| place(&used[begins[i]]).0;
    let mut near = vec![false; count];
    for i in 0..count {
        let p = point(i);
        let band = (i + 1..count).map(|j| (j, point(j)));
        for (j, q) in band.take_while(|(_, q)| q.e - p.e <= tolerance) {
            if p.dist2(q) <= limit {
                (near[i], near[j]) = (true, true);
            }
        }
    }
    (0..count)
        .filter(|i| near[*i])
        .flat_map(|i| used[begins[i]..begins[i + 1]].iter().map(&place))
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
    fn however_far_apart_the_polygons_lie() {
        let near = [
            polygon("0 0, 1000 0, 1000 1000, 0 1000"),
            polygon("1002 0, 2000 0, 2000 1000, 1000 1003"),
        ];
        let alone = plan(&near, 5);
        assert_eq!(alone.moves.len(), 2);
        let far = polygon("9000000000000 0, 9000000001000 0, 9000000001000 1000");
        let [a, b] = near;
        for all in [[a.clone(), b.clone(), far.clone()], [far, b, a]] {
            assert_eq!(plan(&all, 5), alone);
        }
        assert_eq!(plan(&[], 5), Snap::default());
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
