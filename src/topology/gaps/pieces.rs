//! Free sides cut where they meet, and counted: what is left has more parcels on its left than on its right.
//!
//! Where two sides run against each other the count is zero and the piece vanishes: a T-junction leaves
//! nothing. Crossings (there are some only where parcels overlap) are rounded to the lattice as in `noding`,
//! but nothing fails when rounding finds no end: a void of more than 2 mm survives a bend of 0.71 mm.

use rayon::prelude::*;

use crate::domain::{BBox, Pt};
use crate::topology::index::Tree;
use crate::topology::{noding, segment};

/// A directed side and whose it is; the parcel lies on its left.
#[derive(Clone, Copy, Debug)]
pub struct Owned {
    pub from: Pt,
    pub to: Pt,
    pub owner: u32,
}

/// A piece of the boundary of what is covered, or of what is covered more often.
#[derive(Clone, Debug, PartialEq)]
pub struct Piece {
    pub from: Pt,
    pub to: Pt,
    /// Parcels that have it in this direction.
    pub owners: Vec<u32>,
}

/// Rounds of cutting. Real data needs two or three.
const ROUNDS: usize = 8;

/// A stretch with its smaller end first.
#[derive(Clone, Copy)]
struct Stretch {
    ends: (Pt, Pt),
    forward: bool,
    owner: u32,
    /// Not yet compared with the others.
    fresh: bool,
}

impl Stretch {
    fn between(self, a: Pt, b: Pt) -> Self {
        let turned = a > b;
        Self {
            ends: (a.min(b), a.max(b)),
            forward: self.forward != turned,
            fresh: true,
            ..self
        }
    }
}

/// The pieces of these sides.
pub fn pieces(sides: impl Iterator<Item = Owned>) -> Vec<Piece> {
    let mut all: Vec<Stretch> = sides
        .filter(|s| s.from != s.to)
        .map(|s| Stretch {
            ends: (s.from.min(s.to), s.from.max(s.to)),
            forward: s.from < s.to,
            owner: s.owner,
            fresh: true,
        })
        .collect();
    for _ in 0..ROUNDS {
        all.par_sort_unstable_by_key(|s| (s.ends, s.forward, s.owner));
        let groups: Vec<&[Stretch]> = all.chunk_by(|a, b| a.ends == b.ends).collect();
        let cuts = meetings(&groups);
        if cuts.is_empty() {
            break;
        }
        all = apply(&groups, &cuts);
    }
    all.par_sort_unstable_by_key(|s| (s.ends, s.forward, s.owner));
    all.chunk_by(|a, b| a.ends == b.ends).filter_map(net).collect()
}

/// Points to put into groups, sorted.
fn meetings(groups: &[&[Stretch]]) -> Vec<(u32, Pt)> {
    let boxes: Vec<BBox> = groups
        .iter()
        .map(|g| segment::bbox(g[0].ends.0, g[0].ends.1))
        .collect();
    let tree = Tree::build(&boxes);
    let of = |(i, group): (usize, &&[Stretch])| {
        let mut cuts = Vec::new();
        if group.iter().any(|s| s.fresh) {
            let s = group[0].ends;
            tree.query(&boxes[i], |j| {
                let t = groups[j as usize][0].ends;
                if i as u32 == j {
                    return;
                }
                for at in noding::contacts(s, t).into_iter().flatten() {
                    for (k, side) in [(i as u32, s), (j, t)] {
                        if at != side.0 && at != side.1 {
                            cuts.push((k, at));
                        }
                    }
                }
            });
        }
        cuts
    };
    let mut cuts: Vec<(u32, Pt)> = groups
        .par_iter()
        .enumerate()
        .with_min_len(256)
        .flat_map_iter(of)
        .collect();
    cuts.par_sort_unstable();
    cuts.dedup();
    cuts
}

fn apply(groups: &[&[Stretch]], cuts: &[(u32, Pt)]) -> Vec<Stretch> {
    let mut out = Vec::with_capacity(groups.len() + 2 * cuts.len());
    let mut rest = cuts;
    for (i, group) in groups.iter().enumerate() {
        let n = rest.iter().take_while(|c| c.0 == i as u32).count();
        let (mine, later) = rest.split_at(n);
        rest = later;
        if mine.is_empty() {
            out.extend(group.iter().map(|s| Stretch { fresh: false, ..*s }));
            continue;
        }
        let (a, b) = group[0].ends;
        let mut points: Vec<Pt> = mine.iter().map(|c| c.1).collect();
        points.sort_by_key(|p| segment::dot(a, b, *p));
        let stops: Vec<Pt> = [a].into_iter().chain(points).chain([b]).collect();
        for w in stops.windows(2) {
            out.extend(group.iter().map(|s| s.between(w[0], w[1])));
        }
    }
    out
}

/// What a group of copies comes to.
fn net(group: &[Stretch]) -> Option<Piece> {
    let forward = group.iter().filter(|s| s.forward).count();
    let way = match (2 * forward).cmp(&group.len()) {
        std::cmp::Ordering::Equal => return None,
        order => order.is_gt(),
    };
    let (a, b) = group[0].ends;
    let (from, to) = if way { (a, b) } else { (b, a) };
    let mut owners: Vec<u32> = group
        .iter()
        .filter(|s| s.forward == way)
        .map(|s| s.owner)
        .collect();
    owners.dedup();
    Some(Piece { from, to, owners })
}
