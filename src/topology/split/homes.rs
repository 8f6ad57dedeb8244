//! Which side of the undivided polygon a piece of it belongs to.
//!
//! A point put in a side bends it by up to 0.71 mm. A later point in the same side is measured against the side as it was
//! in the beginning, or the parts together would leave the old boundary by more with each cut.

use std::collections::BTreeMap;

use super::cut::SidePoint;
use super::mirror;
use crate::domain::Pt;

/// The first side of each point that came into one.
#[derive(Clone, Debug, Default)]
pub(super) struct Homes(BTreeMap<Pt, (Pt, Pt)>);

impl Homes {
    pub fn of(points: &[SidePoint]) -> Self {
        let mut homes = Self::default();
        points.iter().for_each(|p| homes.add(p));
        homes
    }

    pub fn add(&mut self, new: &SidePoint) {
        let side = self.side((new.from, new.to));
        self.0.insert(new.at, side);
    }

    /// The side that `piece` was a part of in the beginning, in the same direction; itself where no point came in.
    pub fn side(&self, piece: (Pt, Pt)) -> (Pt, Pt) {
        let (a, b) = piece;
        let within = |p: Pt, side: (Pt, Pt)| p == side.0 || p == side.1 || self.0.get(&p) == Some(&side);
        let known = |p: Pt, other: Pt| self.0.get(&p).copied().filter(|s| within(other, *s));
        known(a, b).or_else(|| known(b, a)).unwrap_or(piece)
    }

    /// East and west exchanged.
    pub fn mirrored(&self) -> Self {
        let one = |(p, (a, b)): (&Pt, &(Pt, Pt))| (mirror::point(*p), (mirror::point(*b), mirror::point(*a)));
        Self(self.0.iter().map(one).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_know_their_side() {
        let p = Pt::new;
        let (a, b, c) = (p(0, 0), p(1000, 300), p(0, 900));
        let (x, y) = (p(333, 100), p(700, 210));
        let new = |from, to, at| SidePoint { from, to, at };
        let homes = Homes::of(&[new(a, b, x), new(x, b, y), new(b, c, p(500, 600))]);
        for piece in [(a, x), (x, y), (y, b)] {
            assert_eq!(homes.side(piece), (a, b));
        }
        assert_eq!(homes.side((p(500, 600), c)), (b, c));
        // A cut from side to side, a cut into a corner of another side, a side without new points.
        for piece in [(x, p(500, 600)), (x, c), (c, a)] {
            assert_eq!(homes.side(piece), piece);
        }
        let seen = homes.mirrored().side((p(-700, 210), p(-333, 100)));
        assert_eq!(seen, (p(-1000, 300), p(0, 0)));
    }
}
