//! From pieces to the regions that lie on the right of all their pieces.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use rayon::prelude::*;

use super::pieces::Piece;
use crate::domain::{BBox, Pt, Ring, ring_area2};
use crate::topology::index::Tree;
use crate::topology::ring::{self, Place, locate_in_ring};
use crate::topology::segment::cross;

/// A region less covered than all that borders it: a shell and the islands in it.
#[derive(Clone, Debug, PartialEq)]
pub struct Region {
    /// Shell counter-clockwise, islands clockwise.
    pub rings: Vec<Ring>,
    /// Parcels along it, sorted.
    pub owners: Vec<u32>,
}

/// The boundary as a graph. Half-edge 2k runs along piece k, 2k+1 against it, with the emptier land on its left.
pub struct Graph<'a> {
    pieces: &'a [Piece],
    /// Half-edges by origin, then counter-clockwise.
    order: Vec<u32>,
    /// Place of each half-edge in `order`.
    place: Vec<u32>,
}

/// A walk round a region along odd half-edges.
#[derive(Clone, Debug)]
pub struct Walk {
    pub ring: Ring,
    pub owners: BTreeSet<u32>,
    /// Twice the area: positive round a region, negative round an island or everything.
    pub area2: i128,
}

/// What the walks come to.
#[derive(Default)]
pub struct Walks {
    pub closed: Vec<Walk>,
    /// Walks that leave the land that is known: their box to the first point outside, and the parcels.
    pub cut: Vec<(BBox, BTreeSet<u32>)>,
}

impl<'a> Graph<'a> {
    pub fn new(pieces: &'a [Piece]) -> Self {
        let mut order: Vec<u32> = (0..2 * pieces.len() as u32).collect();
        let ends = |h: u32| ends(pieces, h);
        order.par_sort_unstable_by(|g, h| {
            let ((a, b), (c, d)) = (ends(*g), ends(*h));
            a.cmp(&c).then_with(|| turn(a, b, d)).then(g.cmp(h))
        });
        let mut place = vec![0; order.len()];
        for (i, h) in order.iter().enumerate() {
            place[*h as usize] = i as u32;
        }
        Self { pieces, order, place }
    }

    /// The next half-edge round the face on the left of `h`: the first clockwise from the way back.
    fn next(&self, h: u32) -> u32 {
        let back = h ^ 1;
        let (at, i) = (ends(self.pieces, back).0, self.place[back as usize] as usize);
        let same = |k: &usize| ends(self.pieces, self.order[*k]).0 == at;
        let before = i.checked_sub(1).filter(same);
        let found = before.unwrap_or_else(|| {
            let later = self.order[i..]
                .iter()
                .take_while(|g| ends(self.pieces, **g).0 == at);
            i + later.count() - 1
        });
        self.order[found]
    }

    /// All walks round regions; land is known inside `known`.
    pub fn walks(&self, known: Option<&BBox>) -> Walks {
        let mut state = vec![State::New; self.order.len()];
        let mut walks = Walks::default();
        for k in 0..self.pieces.len() as u32 {
            let start = 2 * k + 1;
            let (mut halves, mut h, mut is_known) = (Vec::new(), start, true);
            // An even one has emptier land on its right: no region of ours.
            while h & 1 == 1 && is_known && state[h as usize] == State::New {
                state[h as usize] = State::Seen;
                halves.push(h);
                let (a, b) = ends(self.pieces, h);
                is_known = known.is_none_or(|w| w.contains(a) && w.contains(b));
                if is_known {
                    h = self.next(h);
                }
            }
            let Some(&last) = halves.last() else { continue };
            if !is_known || matches!(state[h as usize], State::Cut(_)) {
                let into = match state[h as usize] {
                    State::Cut(i) if is_known => i,
                    _ => walks.cut.len() as u32,
                };
                halves.iter().for_each(|h| state[*h as usize] = State::Cut(into));
                let walk = self.walk(&halves);
                let reach = ring::bbox(&walk.ring).with(ends(self.pieces, last).1);
                match walks.cut.get_mut(into as usize) {
                    Some((bbox, owners)) => {
                        *bbox = bbox.union(reach);
                        owners.extend(walk.owners);
                    }
                    None => walks.cut.push((reach, walk.owners)),
                }
            } else if h == start {
                walks.closed.push(self.walk(&halves));
            }
        }
        walks
    }

    fn walk(&self, halves: &[u32]) -> Walk {
        let ring: Ring = halves.iter().map(|h| ends(self.pieces, *h).0).collect();
        let owners = halves.iter().flat_map(|h| &self.pieces[*h as usize / 2].owners);
        Walk {
            owners: owners.copied().collect(),
            area2: ring_area2(&ring),
            ring,
        }
    }
}

/// How far a half-edge has been walked.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    New,
    Seen,
    /// Part of this walk that leaves the known land.
    Cut(u32),
}

fn ends(pieces: &[Piece], half: u32) -> (Pt, Pt) {
    let p = &pieces[half as usize / 2];
    if half & 1 == 0 {
        (p.from, p.to)
    } else {
        (p.to, p.from)
    }
}

/// Order of the directions o→a and o→b counter-clockwise from east. Exact.
fn turn(o: Pt, a: Pt, b: Pt) -> Ordering {
    let lower = |p: Pt| (p.n, p.e) < (o.n, o.e);
    lower(a).cmp(&lower(b)).then_with(|| 0.cmp(&cross(o, a, b)))
}

/// Puts each island into the smallest shell that holds it; islands of no shell lie in the open.
pub fn regions(closed: Vec<Walk>) -> Vec<Region> {
    let (shells, islands): (Vec<Walk>, Vec<Walk>) = closed
        .into_iter()
        .filter(|w| w.area2 != 0)
        .partition(|w| w.area2 > 0);
    let boxes: Vec<BBox> = shells.iter().map(|w| ring::bbox(&w.ring)).collect();
    let tree = Tree::build(&boxes);
    let home = |island: &Walk| {
        let at = island.ring[0];
        let mut best: Option<(i128, u32)> = None;
        tree.query(&BBox::EMPTY.with(at), |k| {
            let shell = &shells[k as usize];
            if locate_in_ring(&shell.ring, at) == Place::Inside {
                best = Some(best.map_or((shell.area2, k), |b| b.min((shell.area2, k))));
            }
        });
        best.map(|b| b.1)
    };
    let homes: Vec<Option<u32>> = islands.par_iter().with_min_len(64).map(home).collect();
    let mut inside: Vec<Vec<Walk>> = shells.iter().map(|_| Vec::new()).collect();
    for (island, home) in islands.into_iter().zip(homes) {
        if let Some(k) = home {
            inside[k as usize].push(island);
        }
    }
    shells
        .into_iter()
        .zip(inside)
        .map(|(s, i)| region(s, i))
        .collect()
}

/// A shell with its islands, without those inside other islands (an overlap on one of them).
fn region(shell: Walk, mut islands: Vec<Walk>) -> Region {
    islands.sort_by(|a, b| (a.area2, &a.ring).cmp(&(b.area2, &b.ring)));
    let mut kept: Vec<Walk> = Vec::new();
    for island in islands {
        let at = island.ring[0];
        if !kept.iter().any(|k| locate_in_ring(&k.ring, at) == Place::Inside) {
            kept.push(island);
        }
    }
    let mut owners = shell.owners;
    owners.extend(kept.iter().flat_map(|k| &k.owners));
    let mut rings = vec![shell.ring];
    rings.extend(kept.into_iter().map(|k| k.ring));
    for ring in &mut rings {
        let first = (0..ring.len()).min_by_key(|i| ring[*i]).unwrap_or_default();
        ring.rotate_left(first);
    }
    Region {
        rings,
        owners: owners.into_iter().collect(),
    }
}
