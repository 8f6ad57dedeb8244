//! Which sides a plan changes, and which parcels count as one for the comparison.

use std::collections::BTreeMap;

use crate::domain::{BBox, Parcel, Pt};
use crate::topology::index::Tree;
use crate::topology::validity::Sets;
use crate::topology::{Plan, segment};

/// Parcels that are compared as one: a created parcel and those it is made of.
pub(super) struct Groups(BTreeMap<i64, i64>);

impl Groups {
    pub fn new(plan: &Plan) -> Self {
        let mut of: BTreeMap<i64, i64> = plan.fids().into_iter().map(|f| (f, f)).collect();
        for (shape, k) in plan.created.iter().zip(1i64..) {
            let joined: Vec<i64> = shape
                .parents
                .iter()
                .map(|f| of.get(f).copied().unwrap_or(*f))
                .collect();
            let group = joined.iter().copied().min().unwrap_or(-k);
            of.values_mut()
                .filter(|g| joined.contains(g))
                .for_each(|g| *g = group);
            of.insert(-k, group);
        }
        Self(of)
    }

    /// The group of a parcel; one that is not touched stands alone.
    pub fn of(&self, fid: i64) -> i64 {
        self.0.get(&fid).copied().unwrap_or(fid)
    }

    /// The groups of two parcels, the smaller first.
    pub fn pair(&self, fids: [i64; 2]) -> [i64; 2] {
        let mut pair = fids.map(|f| self.of(f));
        pair.sort_unstable();
        pair
    }
}

/// A directed side of one of the parcels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Side {
    pub from: Pt,
    pub to: Pt,
    /// Position of the parcel among the old or the new ones.
    pub parcel: usize,
    /// Changed sides that hang together have one number.
    pub place: usize,
}

/// The sides that go and those that come.
pub(super) struct Change {
    pub gone: Vec<Side>,
    pub come: Vec<Side>,
    /// Box of each place.
    pub boxes: Vec<BBox>,
    /// Index of the boxes.
    pub places: Tree,
}

impl Change {
    /// A side that passes from one parcel of a group to another does not change. What a group gains or
    /// loses is bounded by its changed sides, and those that hang together bound something by themselves:
    /// nothing changes outside the boxes of the places.
    pub fn new(old: &[&Parcel], new: &[Parcel], groups: &Groups) -> Self {
        let was = sides(old.iter().copied(), groups);
        let is = sides(new.iter(), groups);
        let (mut gone, mut come) = (missing(&was, &is), missing(&is, &was));
        let boxes = number_places(&mut gone, &mut come);
        let places = Tree::build(&boxes);
        Self {
            gone,
            come,
            boxes,
            places,
        }
    }
}

/// Group, ends, parcel of every side, sorted.
fn sides<'a>(parcels: impl Iterator<Item = &'a Parcel>, groups: &Groups) -> Vec<(i64, Pt, Pt, usize)> {
    let of = |(i, p): (usize, &'a Parcel)| {
        let group = groups.of(p.fid);
        p.polygon
            .sides()
            .filter(|(a, b)| a != b)
            .map(move |(a, b)| (group, a, b, i))
    };
    let mut all: Vec<_> = parcels.enumerate().flat_map(of).collect();
    all.sort_unstable();
    all
}

/// The sides of `these` that `those` have not, or have less often. Both sorted.
fn missing(these: &[(i64, Pt, Pt, usize)], those: &[(i64, Pt, Pt, usize)]) -> Vec<Side> {
    let mut those = those.iter().map(|s| (s.0, s.1, s.2)).peekable();
    let mut found = Vec::new();
    for &(group, from, to, parcel) in these {
        let key = (group, from, to);
        while those.next_if(|s| *s < key).is_some() {}
        if those.next_if_eq(&key).is_none() {
            found.push(Side {
                from,
                to,
                parcel,
                place: 0,
            });
        }
    }
    found
}

/// Numbers sides that share ends, and gives the box of each number.
fn number_places(gone: &mut [Side], come: &mut [Side]) -> Vec<BBox> {
    let mut all: Vec<&mut Side> = gone.iter_mut().chain(come).collect();
    let mut points: Vec<Pt> = all.iter().flat_map(|s| [s.from, s.to]).collect();
    points.sort_unstable();
    points.dedup();
    let number = |p: Pt| points.binary_search(&p).unwrap_or_default();
    let mut sets = Sets::new(points.len());
    for s in &all {
        sets.join(number(s.from), number(s.to));
    }
    let mut places: BTreeMap<usize, usize> = BTreeMap::new();
    let mut boxes: Vec<BBox> = Vec::new();
    for s in &mut all {
        let next = places.len();
        s.place = *places.entry(sets.find(number(s.from))).or_insert(next);
        let mine = segment::bbox(s.from, s.to);
        match boxes.get_mut(s.place) {
            Some(b) => *b = b.union(mine),
            None => boxes.push(mine),
        }
    }
    boxes
}
