//! Known errors put into a clean district, each with its line in the truth. Faulty parcels are never
//! neighbours, so that each fault stays the one it was meant to be. The kinds and their shares are
//! those of performance.md §1.

use std::collections::HashMap;

use super::random::Random;
use super::records::Record;
use super::truth::Truth;
use crate::domain::{Polygon, Pt, ring_sides};
use crate::topology::ring::{Place, locate, locate_middle};
use crate::topology::segment::{Meet, distance, meet};
use crate::topology::{neck, polylabel, validity};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Overlap,
    Gap,
    SliverOverlap,
    SliverGap,
    DuplicateParcel,
    SelfIntersection,
    Spike,
    UnclosedRing,
    ShortRing,
    NullGeometry,
    DuplicateVertex,
    NearMiss,
    DuplicateNumber,
    WrongArea,
    MissingLandUse,
    UnknownLandUse,
    Contained,
    IslandSliver,
    HalfFilledHole,
    NarrowNeck,
    NearPoints,
    MissingNumber,
    WrongLegalArea,
    Multipart,
}

/// Kind, name in the truth, errors per thousand records at a rate of 1.
const KINDS: [(Kind, &str, f64); 24] = [
    (Kind::Overlap, "overlap", 140.0),
    (Kind::Gap, "gap", 140.0),
    (Kind::SliverOverlap, "sliver_overlap", 90.0),
    (Kind::SliverGap, "sliver_gap", 90.0),
    (Kind::DuplicateParcel, "duplicate_parcel", 50.0),
    (Kind::SelfIntersection, "self_intersection", 80.0),
    (Kind::Spike, "spike", 50.0),
    (Kind::UnclosedRing, "unclosed_ring", 50.0),
    (Kind::ShortRing, "short_ring", 30.0),
    (Kind::NullGeometry, "null_geometry", 20.0),
    (Kind::DuplicateVertex, "duplicate_vertex", 80.0),
    (Kind::NearMiss, "near_miss", 80.0),
    (Kind::DuplicateNumber, "duplicate_number", 100.0),
    (Kind::WrongArea, "wrong_area", 40.0),
    (Kind::MissingLandUse, "missing_land_use", 20.0),
    (Kind::UnknownLandUse, "unknown_land_use", 20.0),
    // Beyond performance.md: what else the rules can find.
    (Kind::Contained, "contained", 20.0),
    (Kind::IslandSliver, "island_sliver", 20.0),
    (Kind::HalfFilledHole, "half_filled_hole", 20.0),
    (Kind::NarrowNeck, "narrow_neck", 20.0),
    (Kind::NearPoints, "near_points", 20.0),
    (Kind::MissingNumber, "missing_number", 20.0),
    (Kind::WrongLegalArea, "wrong_legal_area", 20.0),
    (Kind::Multipart, "multipart", 20.0),
];

/// What is a neck: the width under which (mm), and the land on either hand over which (m²), a place of a parcel is one.
const NECK_LIMIT_MM: i64 = 100;
const NECK_LEAST_M2: f64 = 1.0;

/// A land-use code no list has.
const UNKNOWN_CODE: &str = "QQX";

struct Dirt<'a> {
    records: &'a mut Vec<Record>,
    /// Which record has this directed side.
    sides: HashMap<(Pt, Pt), usize>,
    /// Which records use this point.
    users: HashMap<Pt, Vec<usize>>,
    touched: Vec<bool>,
    /// Easting from which on there is nobody's land.
    free: i64,
    random: Random,
}

/// Puts errors into about `rate` of the records. `keep` are records that must stay as they are.
pub fn inject(records: &mut Vec<Record>, rate: f64, seed: u64, keep: &[usize], truth: &mut Vec<Truth>) {
    let count = records.len();
    let mut touched = vec![false; count];
    for &i in keep {
        touched[i] = true;
    }
    let (mut sides, mut users) = (HashMap::new(), HashMap::<Pt, Vec<usize>>::new());
    for (i, r) in records.iter().enumerate() {
        for (a, b) in r.polygon.sides() {
            sides.insert((a, b), i);
            users.entry(a).or_default().push(i);
        }
    }
    let east = records.iter().flat_map(|r| r.polygon.points()).map(|p| p.e).max();
    let mut dirt = Dirt {
        free: east.unwrap_or_default() + 100_000,
        records,
        sides,
        users,
        touched,
        random: Random::new(seed, 6),
    };
    for (kind, name, share) in KINDS {
        let wanted = ((rate * count as f64 * share / 1000.0).round() as usize).max(1);
        let mut done = 0;
        for _ in 0..wanted * 60 {
            if done == wanted {
                break;
            }
            let i = dirt.random.below(count);
            if let Some(at) = dirt.spoil(kind, i) {
                truth.push(Truth::new(name, at.0, at.1));
                done += 1;
            }
        }
    }
}

type Spoiled = (Vec<usize>, Pt);

impl Dirt<'_> {
    /// Spoils record `i`, or does nothing when it does not suit.
    fn spoil(&mut self, kind: Kind, i: usize) -> Option<Spoiled> {
        let r = &self.records[i];
        if !r.class.is_parcel() || r.polygon.rings.len() != 1 || r.mark.is_some() {
            return None;
        }
        let around = self.around(i);
        if self.touched[i] || around.iter().any(|&j| self.touched[j]) {
            return None;
        }
        let done = match kind {
            Kind::Overlap => self.push_side(i, 400, 2_500, true),
            Kind::Gap => self.push_side(i, 400, 2_500, false),
            Kind::SliverOverlap => self.push_side(i, 12, 50, true),
            Kind::SliverGap => self.push_side(i, 12, 50, false),
            Kind::DuplicateParcel => self.duplicate(i),
            Kind::SelfIntersection => self.bow_tie(i),
            Kind::Spike => self.spike(i),
            Kind::NearMiss => self.near_miss(i),
            Kind::DuplicateNumber => self.duplicate_number(i),
            Kind::DuplicateVertex => self.edit_shell(i, |ring, k| {
                ring.insert(k, ring[k]);
                Some(ring[k])
            }),
            Kind::ShortRing => self.edit_shell(i, |ring, _| {
                ring.truncate(2);
                Some(ring[0])
            }),
            Kind::UnclosedRing => {
                self.records[i].unclosed = true;
                Some((vec![i], self.records[i].polygon.shell()[0]))
            }
            Kind::NullGeometry => {
                let at = self.records[i].polygon.shell()[0];
                self.records[i].polygon.rings.clear();
                Some((vec![i], at))
            }
            Kind::Contained => self.island(i, None, 1_000),
            Kind::IslandSliver => self.island(i, Some(0), 150),
            Kind::HalfFilledHole => self.island(i, Some(700), 1_500),
            Kind::NarrowNeck => self.narrow_neck(i),
            Kind::NearPoints => self.near_points(i),
            Kind::Multipart => self.second_part(i),
            Kind::WrongArea
            | Kind::MissingLandUse
            | Kind::UnknownLandUse
            | Kind::MissingNumber
            | Kind::WrongLegalArea => self.attribute(kind, i),
        }?;
        self.touched[i] = true;
        for j in around.into_iter().chain(done.0.iter().copied()) {
            if let Some(t) = self.touched.get_mut(j) {
                *t = true;
            }
        }
        Some(done)
    }

    fn around(&self, i: usize) -> Vec<usize> {
        let mut near: Vec<usize> = self.records[i]
            .polygon
            .points()
            .filter_map(|p| self.users.get(&p))
            .flatten()
            .copied()
            .filter(|&j| j != i)
            .collect();
        near.sort_unstable();
        near.dedup();
        near
    }

    fn edit_shell(
        &mut self,
        i: usize,
        edit: impl FnOnce(&mut Vec<Pt>, usize) -> Option<Pt>,
    ) -> Option<Spoiled> {
        let n = self.records[i].polygon.shell().len();
        let k = self.random.below(n);
        let at = edit(self.records[i].polygon.rings.first_mut()?, k)?;
        Some((vec![i], at))
    }

    /// Pushes the middle of a shared side out into the neighbour (overlap) or in (gap).
    fn push_side(&mut self, i: usize, least: i64, most: i64, out: bool) -> Option<Spoiled> {
        let depth = least + self.random.below((most - least) as usize) as i64;
        let ring = self.records[i].polygon.shell().to_vec();
        let k = self.random.below(ring.len());
        let (a, b) = (ring[k], ring[(k + 1) % ring.len()]);
        let &j = self.sides.get(&(b, a))?;
        let length = a.dist(b);
        if length < 4.0 * depth as f64 || length < 2_000.0 {
            return None;
        }
        // The parcel lies left of a–b.
        let sign = if out { 1.0 } else { -1.0 };
        let (ue, un) = ((b.e - a.e) as f64 / length, (b.n - a.n) as f64 / length);
        let shift = |u: f64| (sign * u * depth as f64).round() as i64;
        let middle = Pt::new(
            i64::midpoint(a.e, b.e) + shift(un),
            i64::midpoint(a.n, b.n) - shift(ue),
        );
        let room = if out { j } else { i };
        if !inside_with_sides(&self.records[room].polygon, a, middle, b) {
            return None;
        }
        self.records[i].polygon.rings[0].insert(k + 1, middle);
        self.records[i].area = (self.records[i].polygon.area_m2() * 10.0).round() / 10.0;
        Some((vec![i, j], middle))
    }

    fn duplicate(&mut self, i: usize) -> Option<Spoiled> {
        let mut copy = self.records[i].clone();
        copy.number = Some(self.free_number(i));
        let at = copy.polygon.shell()[0];
        self.records.push(copy);
        Some((vec![i, self.records.len() - 1], at))
    }

    fn free_number(&self, i: usize) -> u32 {
        let r = &self.records[i];
        let same = self
            .records
            .iter()
            .filter(|o| (o.commune, o.sheet) == (r.commune, r.sheet));
        same.filter_map(|o| o.number).max().unwrap_or(0) + 1
    }

    /// Exchanges two neighbouring points where that makes the outline cross itself.
    fn bow_tie(&mut self, i: usize) -> Option<Spoiled> {
        let ring = self.records[i].polygon.shell();
        let n = ring.len();
        let k = self.random.below(n);
        let [p, a, b, q] = [k, k + 1, k + 2, k + 3].map(|k| ring[k % n]);
        if n < 5 || meet(p, b, a, q) != Meet::Crossing {
            return None;
        }
        self.records[i].polygon.rings[0].swap((k + 1) % n, (k + 2) % n);
        Some((vec![i], b))
    }

    /// Out to a point 1 to 4 m away and straight back.
    fn spike(&mut self, i: usize) -> Option<Spoiled> {
        let (de, dn) = (
            self.random.within(1_000.0, 4_000.0) as i64,
            self.random.within(-1_500.0, 1_500.0) as i64,
        );
        self.edit_shell(i, |ring, k| {
            let (v, n) = (ring[k], ring.len());
            let tip = Pt::new(v.e + de, v.n + dn);
            let (before, after) = (ring[(k + n - 1) % n], ring[(k + 1) % n]);
            let outside = crate::topology::ring::locate_in_ring(ring, tip) == Place::Outside;
            let clear = ring_sides(ring)
                .filter(|&(c, d)| (c, d) != (before, v) && (c, d) != (v, after))
                .all(|(c, d)| meet(v, tip, c, d) == Meet::Nothing);
            (outside && clear).then(|| {
                ring.splice(k..k, [v, tip]);
                tip
            })
        })
    }

    /// Moves this parcel's copy of a shared corner by 3 to 9 mm.
    fn near_miss(&mut self, i: usize) -> Option<Spoiled> {
        let k = self.random.below(self.records[i].polygon.shell().len());
        let at = self.records[i].polygon.shell()[k];
        let others: Vec<usize> = self.users.get(&at)?.iter().copied().filter(|&j| j != i).collect();
        let (de, dn) = (self.random.below(19) as i64 - 9, self.random.below(19) as i64 - 9);
        let far = de * de + dn * dn;
        if others.is_empty() || !(9..=81).contains(&far) {
            return None;
        }
        self.records[i].polygon.rings[0][k] = Pt::new(at.e + de, at.n + dn);
        Some((std::iter::once(i).chain(others).collect(), at))
    }

    /// A record in the middle of another: an upright rectangle 2 m long and `wide` mm wide. Without a hole for it they
    /// overlap; with a hole larger by `slack` mm to the east a part of the hole stays open.
    fn island(&mut self, i: usize, slack: Option<i64>, wide: i64) -> Option<Spoiled> {
        let r = &self.records[i];
        let pole = polylabel::pole(&r.polygon, 100.0).filter(|p| p.radius > 4_000.0)?;
        let (w, h) = (wide / 2, 1_000);
        let corner = |de: i64, dn: i64| Pt::new(pole.at.e + de, pole.at.n + dn);
        let box_to = |east: i64| vec![corner(-w, -h), corner(east, -h), corner(east, h), corner(-w, h)];
        let mut copy = r.clone();
        copy.polygon.rings = vec![box_to(w)];
        copy.number = Some(self.free_number(i));
        copy.area = (copy.polygon.area_m2() * 10.0).round() / 10.0;
        copy.area_legal = None;
        let host = &mut self.records[i];
        if let Some(slack) = slack {
            let mut hole = box_to(w + slack);
            hole.reverse();
            host.polygon.rings.push(hole);
            host.area = (host.polygon.area_m2() * 10.0).round() / 10.0;
            host.area_legal = None;
        }
        self.records.push(copy);
        Some((vec![self.records.len() - 1, i], corner(w, 0)))
    }

    /// The neighbour at a side comes in with a wedge, up to 60 mm before the side across: both keep the same points.
    fn narrow_neck(&mut self, i: usize) -> Option<Spoiled> {
        let ring = self.records[i].polygon.shell().to_vec();
        let k = self.random.below(ring.len());
        let (a, b) = (ring[k], ring[(k + 1) % ring.len()]);
        let &j = self.sides.get(&(b, a))?;
        let length = a.dist(b);
        let simple = self.records[j].class.is_parcel() && self.records[j].polygon.rings.len() == 1;
        if !simple || self.touched[j] || !(4_000.0..40_000.0).contains(&length) {
            return None;
        }
        // The parcel lies left of a–b.
        let (ue, un) = (-(b.n - a.n) as f64 / length, (b.e - a.e) as f64 / length);
        let from = Pt::new(i64::midpoint(a.e, b.e), i64::midpoint(a.n, b.n));
        let at = |d: f64| Pt::new(from.e + (ue * d).round() as i64, from.n + (un * d).round() as i64);
        let clearance = |p: Pt| {
            let others = ring_sides(&ring).filter(|s| *s != (a, b));
            others.map(|(c, d)| distance(p, c, d)).fold(f64::MAX, f64::min)
        };
        let across = (1..80).map(|s| f64::from(s) * 500.0).find(|d| {
            self.records[i].polygon.area_m2() > 60.0
                && locate(&self.records[i].polygon, at(*d)) != Place::Inside
        })?;
        let (mut low, mut high) = (0.0, across);
        for _ in 0..24 {
            let middle = f64::midpoint(low, high);
            let inside = locate(&self.records[i].polygon, at(middle)) == Place::Inside;
            if inside && clearance(at(middle)) > 60.0 {
                low = middle
            } else {
                high = middle
            }
        }
        let tip = at(low);
        let polygon = &self.records[i].polygon;
        let narrow = (40.0..90.0).contains(&clearance(tip)) && low > 3_000.0 && low < 3.0 * length;
        if !narrow || !inside_with_sides(polygon, a, tip, b) {
            return None;
        }
        let other = self.records[j].polygon.shell();
        let l = (0..other.len()).find(|&l| (other[l], other[(l + 1) % other.len()]) == (b, a))?;
        // What is left on a hand of the wedge may be too little to be a part of the parcel: then it is no neck. Or
        // so thin at its end that it is a spike.
        let with = |r: usize, at: usize| {
            let mut polygon = self.records[r].polygon.clone();
            polygon.rings[0].insert(at, tip);
            Some(polygon).filter(|p| validity::check(p).is_empty())
        };
        let (mine, theirs) = (with(i, k + 1)?, with(j, l + 1)?);
        neck::narrowest(&mine, NECK_LIMIT_MM, NECK_LEAST_M2)?;
        (self.records[i].polygon, self.records[j].polygon) = (mine, theirs);
        for r in [i, j] {
            self.follow_shape(r);
        }
        Some((vec![i, j], tip))
    }

    /// One more point on a shared side, 4 mm from its end; both parcels have it.
    fn near_points(&mut self, i: usize) -> Option<Spoiled> {
        let ring = self.records[i].polygon.shell().to_vec();
        let k = self.random.below(ring.len());
        let (a, b) = (ring[k], ring[(k + 1) % ring.len()]);
        let &j = self.sides.get(&(b, a))?;
        let simple = self.records[j].class.is_parcel() && self.records[j].polygon.rings.len() == 1;
        let length = a.dist(b);
        if !simple || self.touched[j] || length < 3_000.0 {
            return None;
        }
        let step = |d: i64| (d as f64 / length * 4.0).round() as i64;
        let p = Pt::new(a.e + step(b.e - a.e), a.n + step(b.n - a.n));
        let other = self.records[j].polygon.shell();
        let l = (0..other.len()).find(|&l| (other[l], other[(l + 1) % other.len()]) == (b, a))?;
        self.records[i].polygon.rings[0].insert(k + 1, p);
        self.records[j].polygon.rings[0].insert(l + 1, p);
        Some((vec![i, j], p))
    }

    /// One more part of 3 m by 3 m, on nobody's land east of the district.
    fn second_part(&mut self, i: usize) -> Option<Spoiled> {
        let [at, ..] = self.records[i].polygon.shell() else {
            return None;
        };
        let (at, west) = (*at, self.free);
        self.free += 10_000;
        let corner = |de: i64, dn: i64| Pt::new(west + de, at.n + dn);
        let part = vec![
            corner(0, 0),
            corner(3_000, 0),
            corner(3_000, 3_000),
            corner(0, 3_000),
        ];
        self.records[i].polygon.rings.push(part);
        Some((vec![i], at))
    }

    /// The areas are those of the shape.
    fn follow_shape(&mut self, i: usize) {
        let r = &mut self.records[i];
        r.area = (r.polygon.area_m2() * 10.0).round() / 10.0;
        r.area_legal = r.area_legal.map(|_| r.area);
    }

    fn duplicate_number(&mut self, i: usize) -> Option<Spoiled> {
        let r = &self.records[i];
        let from = (i + 20).min(self.touched.len());
        let j = (from..self.touched.len().min(i + 200)).find(|&j| {
            let o = &self.records[j];
            (o.commune, o.sheet) == (r.commune, r.sheet) && o.number.is_some() && !self.touched[j]
        })?;
        let at = r.polygon.shell()[0];
        self.records[i].number = self.records[j].number;
        Some((vec![i, j], at))
    }

    fn attribute(&mut self, kind: Kind, i: usize) -> Option<Spoiled> {
        let factor = if self.random.chance(0.5) { 1.35 } else { 0.7 };
        let r = &mut self.records[i];
        match kind {
            Kind::WrongArea => r.area = ((r.area * factor + 5.0) * 10.0).round() / 10.0,
            Kind::MissingLandUse => r.land_use.clear(),
            Kind::MissingNumber => r.number = None,
            Kind::WrongLegalArea => {
                let legal = ((r.area * factor + 5.0) * 10.0).round() / 10.0;
                // Within the tolerance at 1:1000 (0.0004·M·√P) it is no error.
                if (legal - r.area).abs() < 0.5 * legal.sqrt() {
                    return None;
                }
                r.area_legal = Some(legal);
            }
            _ => UNKNOWN_CODE.clone_into(&mut r.land_use),
        }
        Some((vec![i], r.polygon.shell()[0]))
    }
}

/// Whether `m` and the sides a–m and m–b lie inside `p`, touching its border only in a and b.
fn inside_with_sides(p: &Polygon, a: Pt, m: Pt, b: Pt) -> bool {
    let clear = |from: Pt| {
        p.sides().all(|(c, d)| match meet(from, m, c, d) {
            Meet::Nothing => true,
            Meet::Touch(t) => t == from,
            Meet::Crossing | Meet::Overlap(..) => false,
        })
    };
    locate(p, m) == Place::Inside && clear(a) && clear(b) && locate_middle(p, a, m) == Place::Inside
}
