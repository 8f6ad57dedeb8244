//! The pieces that sides and inner edges enclose, traced exactly.
//!
//! Each side is walked once with the parcel on its left, each inner edge once in both directions. At a point the walk
//! takes the first edge clockwise from where it came: so it goes round one piece. A walk that passes a point twice is
//! taken apart there into a shell and the holes that touch it.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::{Polygon, Pt, Ring, ring_area2};
use crate::topology::ring::{self, Place};
use crate::topology::segment;

/// Why no pieces come out, and where.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Trouble {
    /// The inner edge has the same piece on both sides.
    DividesNothing(Pt),
    /// Rounding spoilt the rings.
    TooFine(Pt),
}

/// Traces all pieces. `sides` in ring order with the interior on the left, `inner` in any direction, each once; no two
/// edges may meet but in their ends. Pieces come in the order of the sides.
pub(super) fn trace(sides: &[(Pt, Pt)], inner: &[(Pt, Pt)]) -> Result<Vec<Polygon>, Trouble> {
    let mut edges: Vec<(Pt, Pt)> = sides.to_vec();
    for &(a, b) in inner {
        edges.extend([(a, b), (b, a)]);
    }
    let walk_of = walks(&edges)?;
    for pair in (sides.len()..edges.len()).step_by(2) {
        if walk_of.number[pair] == walk_of.number[pair + 1] {
            return Err(Trouble::DividesNothing(edges[pair].0));
        }
    }
    let mut order: BTreeMap<Pt, usize> = BTreeMap::new();
    for (i, (a, _)) in edges.iter().enumerate() {
        order.entry(*a).or_insert(i);
    }
    assemble(walk_of.walks, &order)
}

struct Walks {
    /// The walk of each edge.
    number: Vec<usize>,
    /// Points of each walk.
    walks: Vec<Vec<Pt>>,
}

fn walks(edges: &[(Pt, Pt)]) -> Result<Walks, Trouble> {
    let mut leaving: Vec<usize> = (0..edges.len()).collect();
    leaving.sort_unstable_by_key(|&i| edges[i]);
    if let Some(w) = leaving.windows(2).find(|w| edges[w[0]] == edges[w[1]]) {
        return Err(Trouble::TooFine(edges[w[0]].0));
    }
    let mut number = vec![usize::MAX; edges.len()];
    let mut walks = Vec::new();
    for start in 0..edges.len() {
        if number[start] != usize::MAX {
            continue;
        }
        let mut walk = Vec::new();
        let mut at = start;
        while number[at] == usize::MAX {
            number[at] = walks.len();
            walk.push(edges[at].0);
            at = next(edges, &leaving, at).ok_or(Trouble::TooFine(edges[at].1))?;
        }
        if at != start {
            return Err(Trouble::TooFine(edges[at].0));
        }
        walks.push(walk);
    }
    Ok(Walks { number, walks })
}

/// The edge after `at` round the same piece.
fn next(edges: &[(Pt, Pt)], leaving: &[usize], at: usize) -> Option<usize> {
    let (u, v) = edges[at];
    let from = leaving.partition_point(|&i| edges[i].0 < v);
    let here = leaving[from..].iter().copied().take_while(|&i| edges[i].0 == v);
    here.min_by(|&i, &j| clockwise(v, u, edges[i].1, edges[j].1))
}

/// Which of x and y comes first when turning clockwise round `v` from the direction of `u`, which itself comes last.
fn clockwise(v: Pt, u: Pt, x: Pt, y: Pt) -> std::cmp::Ordering {
    let class = |p: Pt| match segment::side_of(v, u, p) {
        -1 => 0,
        0 if segment::dot(v, u, p) < 0 => 1,
        1 => 2,
        _ => 3,
    };
    class(x).cmp(&class(y)).then(segment::side_of(v, x, y).cmp(&0))
}

/// Takes walks apart into simple rings and gives each hole to its shell.
fn assemble(walks: Vec<Vec<Pt>>, order: &BTreeMap<Pt, usize>) -> Result<Vec<Polygon>, Trouble> {
    let mut pieces: Vec<Polygon> = Vec::new();
    let mut loose: Vec<Ring> = Vec::new();
    for walk in walks {
        let (mut shells, mut holes) = (Vec::new(), Vec::new());
        for ring in simple_rings(&walk) {
            match ring_area2(&ring).signum() {
                1 => shells.push(from_first(ring, order)),
                -1 => holes.push(from_first(ring, order)),
                _ => return Err(Trouble::TooFine(ring[0])),
            }
        }
        match shells.len() {
            0 => loose.extend(holes),
            1 => {
                shells.extend(holes);
                pieces.push(Polygon { rings: shells });
            }
            _ => return Err(Trouble::TooFine(walk[0])),
        }
    }
    for hole in loose {
        let owner = owner(&pieces, &hole).ok_or(Trouble::TooFine(hole[0]))?;
        pieces[owner].rings.push(hole);
    }
    let place = |p: &Pt| order.get(p).copied().unwrap_or(usize::MAX);
    for piece in &mut pieces {
        piece.rings[1..].sort_by_key(|r| place(&r[0]));
    }
    Ok(pieces)
}

/// Cuts a closed walk where it passes a point again.
fn simple_rings(walk: &[Pt]) -> Vec<Ring> {
    let (mut open, mut on): (Ring, BTreeSet<Pt>) = (Vec::new(), BTreeSet::new());
    let mut rings = Vec::new();
    for &p in walk {
        if !on.insert(p) {
            let from = open.iter().position(|q| *q == p).unwrap_or(0);
            let ring: Ring = open.drain(from..).collect();
            ring[1..].iter().for_each(|q| {
                on.remove(q);
            });
            rings.push(ring);
        }
        open.push(p);
    }
    rings.push(open);
    rings
}

/// The ring from its point that comes first among the edges.
fn from_first(mut ring: Ring, order: &BTreeMap<Pt, usize>) -> Ring {
    let first = (0..ring.len()).min_by_key(|&i| order.get(&ring[i]).copied().unwrap_or(usize::MAX));
    ring.rotate_left(first.unwrap_or(0));
    ring
}

/// The smallest piece whose shell goes round a hole that does not touch it.
fn owner(pieces: &[Polygon], hole: &Ring) -> Option<usize> {
    let around = |p: &Polygon| ring::locate_in_ring(&p.rings[0], hole[0]) == Place::Inside;
    (0..pieces.len())
        .filter(|&i| around(&pieces[i]))
        .min_by_key(|&i| ring_area2(&pieces[i].rings[0]))
}
