//! From the flat layout to lattice polygons: a gentle bend over the whole district, millimetres in
//! EPSG:9210, and some side points that only one neighbour has.

use super::land::Class;
use super::mesh::{V, distance, skew};
use super::plan::Plan;
use super::random::{Noise, Random};
use crate::domain::{Polygon, Pt};

/// A face in its final place.
#[derive(Clone, Debug)]
pub struct Shape {
    pub polygon: Polygon,
    pub class: Class,
    pub commune: usize,
}

/// A point that lies on a straight side of one shape without being a point of it: within 1 mm, so
/// no overlap or gap is wider than that.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Junction {
    /// The shape that lacks the point.
    pub shape: usize,
    pub at: Pt,
}

/// Middle of the district: easting and northing, mm, in EPSG:9210. The place has no meaning.
const MIDDLE: Pt = Pt::new(593_400_000, 1_221_700_000);

/// Shapes of all faces in order, and the unmatched points (about one in `1 / share` shapes).
pub fn shapes(plan: &Plan, seed: u64, share: f64) -> (Vec<Shape>, Vec<Junction>) {
    let mut points = bend(&plan.mesh.points, Noise(Random::new(seed, 3).bits()));
    let faces: Vec<Vec<Vec<u32>>> = plan
        .faces
        .iter()
        .map(|f| {
            f.rings
                .iter()
                .map(|r| r.iter().map(|&s| plan.mesh.start(s)).collect())
                .collect()
        })
        .collect();
    let dropped = unmatched(&faces, &mut points, &mut Random::new(seed, 4), share);
    let place = |id: u32| points[id as usize];
    let mut junctions: Vec<Junction> = dropped
        .iter()
        .map(|&(shape, id)| Junction { shape, at: place(id) })
        .collect();
    junctions.sort_by_key(|j| (j.shape, j.at));
    let shapes = plan
        .faces
        .iter()
        .zip(&faces)
        .enumerate()
        .map(|(i, (f, rings))| {
            let keep = |id: &&u32| dropped.binary_search(&(i, **id)).is_err();
            let ring = |r: &Vec<u32>| r.iter().filter(keep).map(|&id| place(id)).collect();
            Shape {
                polygon: Polygon {
                    rings: rings.iter().map(ring).collect(),
                },
                class: f.class,
                commune: f.commune,
            }
        })
        .collect();
    (shapes, junctions)
}

/// Every point turned, bent and rounded: one flat point gives one lattice point, so the coverage stays.
fn bend(points: &[V], noise: Noise) -> Vec<Pt> {
    let d = skew([1.0, 0.0], 0.27);
    points
        .iter()
        .map(|p| {
            let (x, y) = (p[0] * d[0] - p[1] * d[1], p[0] * d[1] + p[1] * d[0]);
            let wide = |k: f64| noise.at2(x / 1050.0 + k, y / 1050.0);
            let near = |k: f64| noise.at2(x / 300.0 + k, y / 300.0 + 50.0);
            let e = x + 58.0 * wide(0.0) + 3.0 * near(0.0);
            let n = y + 58.0 * wide(71.0) + 3.0 * near(71.0);
            Pt::new(
                MIDDLE.e + (e * 1000.0).round() as i64,
                MIDDLE.n + (n * 1000.0).round() as i64,
            )
        })
        .collect()
}

/// Chooses points where two plots meet on the straight side of a third, puts each exactly on that
/// side, and gives (shape, point) pairs to leave out, sorted.
fn unmatched(
    faces: &[Vec<Vec<u32>>],
    points: &mut [Pt],
    random: &mut Random,
    share: f64,
) -> Vec<(usize, u32)> {
    let mut uses = vec![0u8; points.len()];
    for &id in faces.iter().flatten().flatten() {
        uses[id as usize] = uses[id as usize].saturating_add(1);
    }
    let mut fixed = vec![false; points.len()];
    let mut dropped = Vec::new();
    for (i, rings) in faces.iter().enumerate() {
        if !random.chance(share) || rings[0].len() < 6 {
            continue;
        }
        let ring = &rings[0];
        let n = ring.len();
        let from = random.below(n);
        let found = (0..n).map(|k| (from + k) % n).find_map(|k| {
            let ids = [ring[(k + n - 1) % n], ring[k], ring[(k + 1) % n]];
            let free = ids.iter().all(|&id| !fixed[id as usize]);
            let [a, v, b] = ids.map(|id| points[id as usize]);
            (free && uses[ids[1] as usize] == 3)
                .then(|| foot(a, b, v))
                .flatten()
                .map(|p| (ids, p))
        });
        if let Some((ids, p)) = found {
            points[ids[1] as usize] = p;
            ids.iter().for_each(|&id| fixed[id as usize] = true);
            dropped.push((i, ids[1]));
        }
    }
    dropped
}

/// The lattice point nearest to the foot of `v` on `a`–`b`, when `v` is close to that side and far
/// from its ends.
fn foot(a: Pt, b: Pt, v: Pt) -> Option<Pt> {
    let [dx, dy] = [(b.e - a.e) as f64, (b.n - a.n) as f64];
    let t = ((v.e - a.e) as f64 * dx + (v.n - a.n) as f64 * dy) / (dx * dx + dy * dy);
    let at = [t * dx, t * dy];
    let off = distance(at, [(v.e - a.e) as f64, (v.n - a.n) as f64]);
    let p = Pt::new(a.e + at[0].round() as i64, a.n + at[1].round() as i64);
    (off < 300.0 && (0.05..0.95).contains(&t) && p.dist(a) > 2_000.0 && p.dist(b) > 2_000.0).then_some(p)
}
