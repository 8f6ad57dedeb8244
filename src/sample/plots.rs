//! Blocks into plots: paddies in strips, villages along lanes, narrow town houses, orchards, ponds.

use super::land::{Class, Face};
use super::mesh::{self, Cut, Loop, V, left, skew};
use super::plan::{Block, BlockKind, Plan, Strip, turn_of_circle};
use super::random::Noise;

/// How a block is cut into rows of plots, metres.
#[derive(Clone, Copy)]
struct Grain {
    depth: f64,
    width: f64,
    /// Least area of a plot, m².
    least: f64,
    /// Largest tangent between a side and straight across.
    tilt: f64,
}

const PADDY: Grain = Grain {
    depth: 82.0,
    width: 11.0,
    least: 160.0,
    tilt: 0.03,
};
const CROPS: Grain = Grain {
    depth: 55.0,
    width: 17.0,
    least: 200.0,
    tilt: 0.05,
};
const ORCHARD: Grain = Grain {
    depth: 62.0,
    width: 27.0,
    least: 350.0,
    tilt: 0.09,
};
const FISH: Grain = Grain {
    depth: 62.0,
    width: 38.0,
    least: 500.0,
    tilt: 0.1,
};
const HOUSE: Grain = Grain {
    depth: 34.0,
    width: 12.5,
    least: 65.0,
    tilt: 0.08,
};
const TOWN: Grain = Grain {
    depth: 20.0,
    width: 4.9,
    least: 32.0,
    tilt: 0.02,
};
const RIBBON: Grain = Grain {
    depth: 60.0,
    width: 9.0,
    least: 55.0,
    tilt: 0.05,
};

const LANE: Strip = Strip {
    class: Class::Lane,
    width: 3.4,
    share: 0.5,
    amplitude: 4.0,
    length: 70.0,
    step: 12.0,
    tilt: 0.16,
};
const STREET: Strip = Strip {
    class: Class::Lane,
    width: 7.5,
    share: 0.5,
    amplitude: 0.6,
    length: 120.0,
    step: 30.0,
    tilt: 0.04,
};

impl Plan {
    /// Divides every block; afterwards only faces are left.
    pub fn plot_blocks(&mut self) {
        for block in std::mem::take(&mut self.blocks) {
            self.plot(&block);
        }
    }

    fn plot(&mut self, b: &Block) {
        match b.kind {
            BlockKind::Village => self.quarter(b, &LANE, 6_200.0, HOUSE),
            BlockKind::Town => self.quarter(b, &STREET, 3_300.0, TOWN),
            BlockKind::Park => self.park(b),
            BlockKind::Cemetery => self.cemetery(b),
            BlockKind::Paddy | BlockKind::Crops | BlockKind::Orchard | BlockKind::Fish => {
                let field = self.ribbon(b);
                let (grain, class) = match b.kind {
                    BlockKind::Crops => (CROPS, Class::Crops),
                    BlockKind::Orchard => (ORCHARD, Class::Orchard),
                    BlockKind::Fish => (FISH, Class::FishPond),
                    _ => (PADDY, Class::Paddy),
                };
                self.rows(b, &field, grain, class);
            }
        }
    }

    fn push(&mut self, b: &Block, ring: Loop, class: Class) {
        self.faces.push(Face {
            rings: vec![ring],
            class,
            commune: b.commune,
            group: b.group,
        });
    }

    /// A cemetery of less than a hectare; the rest of its block stays paddy.
    fn cemetery(&mut self, b: &Block) {
        let mut rest = b.ring.clone();
        for _ in 0..6 {
            let area = self.area(&rest);
            if area < 11_000.0 {
                break;
            }
            let mut ring = rest.clone();
            self.mesh.refresh(&mut ring);
            let outline = self.mesh.outline(&ring);
            let line = Cut::straight(mesh::centroid(&outline), left(mesh::long_direction(&outline)));
            let Some((near, far)) = self.mesh.cut(&ring, &line, 0.5, area / 4.0) else {
                break;
            };
            self.rows(b, &far, PADDY, Class::Paddy);
            rest = near;
        }
        self.push(b, rest, Class::Cemetery);
    }

    /// Lanes until the pieces are small, then house plots.
    fn quarter(&mut self, b: &Block, lane: &Strip, target: f64, grain: Grain) {
        let mut todo = vec![b.ring.clone()];
        while let Some(l) = todo.pop() {
            let width = lane.width * self.random.within(0.8, 1.3);
            let cut = if self.area(&l) < 1.5 * target {
                None
            } else {
                self.strip(&l, &Strip { width, ..*lane })
            };
            match cut {
                Some((a, s, c, _)) => {
                    self.push(b, s, Class::Lane);
                    todo.extend([a, c]);
                }
                None if b.kind == BlockKind::Town => self.rows(b, &l, grain, Class::TownHouse),
                None => self.rows(b, &l, grain, Class::House),
            }
        }
    }

    /// Houses along a street at the edge of a field; gives what is left of the field.
    fn ribbon(&mut self, b: &Block) -> Loop {
        let chance = if b.nearness < 1.8 {
            0.85
        } else if b.nearness < 3.2 {
            0.4
        } else {
            0.12
        };
        if !self.random.chance(chance) {
            return b.ring.clone();
        }
        let mut ring = b.ring.clone();
        self.mesh.refresh(&mut ring);
        let Some((from, to)) = self.street_front(&ring) else {
            return b.ring.clone();
        };
        let l = mesh::distance(from, to);
        let d = [(to[0] - from[0]) / l, (to[1] - from[1]) / l];
        let depth = self.random.within(22.0, 36.0);
        let line = Cut::straight(from, d).shifted(depth);
        match self.mesh.cut(&ring, &line, 1.0, 900.0) {
            Some((field, houses)) if self.area(&houses) < 1.35 * depth * l => {
                let grain = Grain {
                    width: self.random.within(6.5, 12.0),
                    ..RIBBON
                };
                self.slices_into(b, &houses, d, grain, Class::House);
                field
            }
            _ => ring,
        }
    }

    /// The longest straight run of street along a ring that is at least 60 m long.
    fn street_front(&self, ring: &Loop) -> Option<(V, V)> {
        let n = ring.len();
        let mut best: Option<(V, V, f64)> = None;
        let mut run: Option<(V, V)> = None;
        for s in ring.iter().chain(ring.iter().take(n / 2)) {
            let (from, to) = (self.mesh.at(*s), self.mesh.at(s.flip()));
            let straight = |r: V| {
                mesh::turn(r, from, to).abs() < 0.2 * mesh::distance(r, from) * mesh::distance(from, to)
            };
            run = match run {
                _ if !self.mesh.is_road(*s) => None,
                Some((start, first)) if straight(start) && straight_on(start, first, to) => {
                    Some((start, first))
                }
                _ => Some((from, to)),
            };
            let Some((start, _)) = run else { continue };
            let length = mesh::distance(start, to);
            if length > 60.0 && best.is_none_or(|b| length > b.2) {
                best = Some((start, to, length));
            }
        }
        best.map(|(a, b, _)| (a, b))
    }

    /// Rows along the long way of a block, plots across each row.
    fn rows(&mut self, b: &Block, l: &Loop, grain: Grain, class: Class) {
        let mut l = l.clone();
        self.mesh.refresh(&mut l);
        let outline = self.mesh.outline(&l);
        let long = mesh::long_direction(&outline);
        let across = left(long);
        let (low, high) = mesh::extent(&outline, across);
        let depth = grain.depth * self.random.within(0.85, 1.2);
        let n = ((high - low) / depth).round().max(1.0) as usize;
        let mut rows = Vec::new();
        self.slices(
            &l,
            across,
            n,
            Grain {
                least: grain.least * 4.0,
                tilt: grain.tilt / 2.0,
                ..grain
            },
            &mut rows,
        );
        let width = grain.width * self.random.within(0.85, 1.2);
        for row in rows {
            self.slices_into(b, &row, long, Grain { width, ..grain }, class);
        }
    }

    fn slices_into(&mut self, b: &Block, row: &Loop, d: V, grain: Grain, class: Class) {
        let (low, high) = mesh::extent(&self.mesh.outline(row), d);
        let n = ((high - low) / grain.width).round().max(1.0) as usize;
        let mut plots = Vec::new();
        self.slices(row, d, n, grain, &mut plots);
        for plot in plots {
            let class = self.vary(class, &plot);
            self.push(b, plot, class);
        }
    }

    /// `n` slices along `d`, by halving: cost n log n, and no slice depends on all before it.
    fn slices(&mut self, l: &Loop, d: V, n: usize, grain: Grain, out: &mut Vec<Loop>) {
        if n < 2 {
            out.push(l.clone());
            return;
        }
        let mut ring = l.clone();
        self.mesh.refresh(&mut ring);
        let outline = self.mesh.outline(&ring);
        let (low, high) = mesh::extent(&outline, d);
        let (a, b) = mesh::extent(&outline, left(d));
        let half = n / 2;
        for _ in 0..4 {
            let share = (half as f64 + self.random.within(-0.28, 0.28)) / n as f64;
            let (x, y) = (low + (high - low) * share, f64::midpoint(a, b));
            let o = [d[0] * x - d[1] * y, d[1] * x + d[0] * y];
            let line = Cut::straight(o, skew(left(d), self.random.within(-grain.tilt, grain.tilt)));
            if let Some((near, far)) = self.mesh.cut(&ring, &line, 0.45, grain.least) {
                self.slices(&near, d, half, grain, out);
                self.slices(&far, d, n - half, grain, out);
                return;
            }
        }
        out.push(ring);
    }

    /// Single plots that are something else than their surroundings.
    fn vary(&mut self, class: Class, plot: &Loop) -> Class {
        let area = self.area(plot);
        let p = self.random.unit();
        match class {
            Class::House if area > 2_600.0 => *self.random.pick(&[
                Class::School,
                Class::Office,
                Class::Market,
                Class::Pagoda,
                Class::Orchard,
            ]),
            Class::House if area > 1_300.0 => *self.random.pick(&[
                Class::Temple,
                Class::Clinic,
                Class::Garden,
                Class::Garden,
                Class::School,
            ]),
            Class::House if p < 0.08 => Class::Garden,
            Class::House if p < 0.12 => Class::Pond,
            Class::TownHouse if area > 1_500.0 => {
                *self
                    .random
                    .pick(&[Class::School, Class::Office, Class::Market, Class::Clinic])
            }
            Class::TownHouse if area > 600.0 => {
                *self
                    .random
                    .pick(&[Class::Office, Class::Temple, Class::Clinic, Class::Unused])
            }
            Class::Paddy if p < 0.02 => Class::Crops,
            Class::Orchard if p < 0.012 => Class::Unused,
            other => other,
        }
    }

    /// The town's park: one parcel with a lake in it, and an island in the lake.
    fn park(&mut self, b: &Block) {
        let mut ring = b.ring.clone();
        self.mesh.refresh(&mut ring);
        let outline = self.mesh.outline(&ring);
        let at = mesh::centroid(&outline);
        let room = if mesh::inside(&outline, at) {
            mesh::clearance(&outline, at)
        } else {
            0.0
        };
        if room < 25.0 {
            return self.push(b, ring, Class::Park);
        }
        let long = mesh::long_direction(&outline);
        let lake = self.blob(at, room * 0.82, 232, long);
        let isle = self.blob(at, room * 0.2, 24, long);
        let lake_loop = self.mesh.add_loop(&lake);
        let isle_loop = self.mesh.add_loop(&isle);
        let face = |rings, class| Face {
            rings,
            class,
            commune: b.commune,
            group: b.group,
        };
        self.faces
            .push(face(vec![ring, flipped(&lake_loop)], Class::Park));
        self.faces
            .push(face(vec![lake_loop, flipped(&isle_loop)], Class::Lake));
        self.faces.push(face(vec![isle_loop], Class::Island));
    }

    /// A rounded uneven shape with `n` points (a multiple of 4), within `radius` of `at`.
    pub fn blob(&mut self, at: V, radius: f64, n: usize, long: V) -> Vec<V> {
        let noise = Noise(self.random.bits());
        (0..n)
            .map(|i| {
                let d = turn_of_circle(i, n);
                let r = radius * (0.8 + 0.2 * noise.at2(d[0] * 1.7, d[1] * 1.7 + 5.0));
                let (x, y) = (d[0] * r, d[1] * r * 0.8);
                [
                    at[0] + x * long[0] - y * long[1],
                    at[1] + x * long[1] + y * long[0],
                ]
            })
            .collect()
    }
}

/// Whether `to` lies ahead of the run `start` → `first`, no more than about 15° aside.
fn straight_on(start: V, first: V, to: V) -> bool {
    mesh::turn(start, first, to).abs() < 0.26 * mesh::distance(start, first) * mesh::distance(start, to)
}

/// The same border seen from outside: a hole.
pub fn flipped(l: &Loop) -> Loop {
    l.iter().rev().map(|s| s.flip()).collect()
}
