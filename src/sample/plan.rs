//! The lie of the land: a winding river, communes between rivers and highways, quarters between
//! roads and canals, blocks between lanes and ditches, and where the villages are.

use super::land::{Centre, Class, Face};
use super::mesh::{self, Cut, Loop, Mesh, V, Winding, left, skew};
use super::random::{Noise, Random};

/// The district while it is being laid out.
pub struct Plan {
    pub mesh: Mesh,
    pub random: Random,
    pub noise: Noise,
    pub faces: Vec<Face>,
    pub communes: usize,
    pub blocks: Vec<Block>,
}

/// Land between lanes and ditches, not yet divided into plots.
pub struct Block {
    pub ring: Loop,
    pub commune: usize,
    pub group: usize,
    pub kind: BlockKind,
    /// How near the next village or town is: 0 at its centre, 1 at its edge.
    pub nearness: f64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BlockKind {
    Paddy,
    Crops,
    Orchard,
    Fish,
    Village,
    Town,
    Park,
    Cemetery,
}

/// A strip of land to be: street or water.
#[derive(Clone, Copy)]
pub struct Strip {
    pub class: Class,
    pub width: f64,
    /// Where it cuts the face, as a share of the area on one side.
    pub share: f64,
    pub amplitude: f64,
    pub length: f64,
    pub step: f64,
    /// Largest tangent of its angle to straight across.
    pub tilt: f64,
}

/// A strip between communes, not yet given to one of them.
struct Border {
    ring: Loop,
    line: Cut,
    class: Class,
    width: f64,
}

const QUARTER: f64 = 380_000.0;
const NO_GROUP: usize = usize::MAX;

/// Lays out a district of about `area` m² for about `count` records.
pub fn lay_out(seed: u64, area: f64, count: usize) -> Plan {
    let communes = ((2.0 * (count as f64 / 1250.0).sqrt()).round() as usize).clamp(2, 24);
    let mut plan = Plan {
        mesh: Mesh::default(),
        random: Random::new(seed, 1),
        noise: Noise(Random::new(seed, 2).bits()),
        faces: Vec::new(),
        communes,
        blocks: Vec::new(),
    };
    let outline = plan.outline(area);
    let shell = plan.mesh.add_loop(&outline);
    let weights = weights(communes, count);
    let (mut borders, mut parts) = (Vec::new(), Vec::new());
    plan.part_communes(shell, &weights, 0, &mut borders, &mut parts);
    plan.give_borders(&borders, &parts);
    let mut group = 0;
    for (commune, ring) in parts.into_iter().enumerate() {
        plan.lay_commune(ring, commune, &mut group);
    }
    plan
}

/// Relative areas of the communes: the first is the town, the last a small commune of a few hundred parcels.
fn weights(communes: usize, count: usize) -> Vec<f64> {
    let mut w = vec![1.0; communes];
    w[0] = 0.6;
    w[communes - 1] = (420.0 / (count as f64 / communes as f64)).clamp(0.02, 0.9);
    w
}

impl Plan {
    /// A rounded, uneven outline with a point every 25 m or so.
    fn outline(&mut self, area: f64) -> Vec<V> {
        let radius = (area / 3.35).sqrt();
        let n = ((radius * std::f64::consts::TAU / 25.0) as usize / 4 + 3) * 4;
        let noise = Noise(self.random.bits());
        (0..n)
            .map(|i| {
                let d = turn_of_circle(i, n);
                let swell = 1.0
                    + 0.16 * noise.at2(d[0] * 1.3 + 9.0, d[1] * 1.3)
                    + 0.05 * noise.at2(d[0] * 4.1, d[1] * 4.1 + 7.0);
                [d[0] * radius * swell * 1.18, d[1] * radius * swell * 0.87]
            })
            .collect()
    }

    fn part_communes(
        &mut self,
        l: Loop,
        weights: &[f64],
        depth: usize,
        borders: &mut Vec<Border>,
        parts: &mut Vec<Loop>,
    ) {
        if weights.len() == 1 {
            parts.push(l);
            return;
        }
        let half = weights.len() / 2;
        let share = weights[..half].iter().sum::<f64>() / weights.iter().sum::<f64>();
        let water = depth % 3 != 1;
        let strip = Strip {
            class: if depth == 0 {
                Class::River
            } else if water {
                Class::Canal
            } else {
                Class::Highway
            },
            width: if depth == 0 {
                self.random.within(34.0, 46.0)
            } else if water {
                self.random.within(16.0, 22.0)
            } else {
                self.random.within(17.0, 22.0)
            },
            share,
            amplitude: if depth == 0 {
                240.0
            } else if water {
                80.0
            } else {
                55.0
            },
            length: if depth == 0 { 430.0 } else { 480.0 },
            step: if depth == 0 { 16.0 } else { 20.0 },
            tilt: 0.12,
        };
        match self.strip(&l, &strip) {
            Some((a, ring, b, line)) => {
                borders.push(Border {
                    ring,
                    line,
                    class: strip.class,
                    width: strip.width,
                });
                self.part_communes(a, &weights[..half], depth + 1, borders, parts);
                self.part_communes(b, &weights[half..], depth + 1, borders, parts);
            }
            None => {
                self.communes -= weights.len() - 1;
                parts.push(l);
            }
        }
    }

    /// Cuts a face by a strip across its long way. Gives what lies left of the strip, the strip, what
    /// lies right of it, and the strip's middle line.
    pub fn strip(&mut self, l: &Loop, s: &Strip) -> Option<(Loop, Loop, Loop, Cut)> {
        let outline = {
            let mut l = l.clone();
            self.mesh.refresh(&mut l);
            self.mesh.outline(&l)
        };
        let long = mesh::long_direction(&outline);
        let (low, high) = mesh::extent(&outline, long);
        let (across_low, across_high) = mesh::extent(&outline, left(long));
        for attempt in 0..10 {
            let calm = 1.0 - 0.09 * f64::from(attempt);
            let tilt = self.random.within(-s.tilt, s.tilt);
            // The left of a line that runs along left(long) is where the distance along `long` is smaller.
            let d = skew(left(long), tilt);
            let share = (s.share + self.random.within(-0.1, 0.1) * calm * s.share.min(1.0 - s.share) * 2.0)
                .clamp(0.02, 0.98);
            let x = level(&outline, long, low, high, share);
            let y = f64::midpoint(across_low, across_high);
            let o = [long[0] * x - long[1] * y, long[1] * x + long[0] * y];
            let room = (high - x).min(x - low);
            let winding = Winding {
                noise: Noise(self.random.bits()),
                amplitude: s.amplitude.min(0.3 * room) * calm,
                length: s.length,
                step: s.step,
            };
            let line = Cut {
                o,
                d,
                shift: 0.0,
                winding: Some(winding),
            };
            let least = s.width * s.width * 4.0 + 60.0;
            let Some((a, rest)) = self.mesh.cut(l, &line.shifted(s.width / 2.0), 0.35, least) else {
                continue;
            };
            let cut = self.mesh.cut(&rest, &line.shifted(-s.width / 2.0), 0.35, 8.0);
            let Some((ring, b)) = cut else { continue };
            if s.class.is_road() {
                self.mesh.mark_road(&ring);
            }
            return Some((a, ring, b, line));
        }
        None
    }

    /// Cuts the strips between communes into lengths and gives each to the commune on its left.
    fn give_borders(&mut self, borders: &[Border], parts: &[Loop]) {
        let outlines: Vec<Vec<V>> = parts
            .iter()
            .map(|l| {
                let mut l = l.clone();
                self.mesh.refresh(&mut l);
                self.mesh.outline(&l)
            })
            .collect();
        let owner = |p: V| outlines.iter().position(|o| mesh::inside(o, p));
        for b in borders {
            let mut rest = b.ring.clone();
            let mut outline = b.ring.clone();
            self.mesh.refresh(&mut outline);
            let (low, high) = {
                let o = mesh::extent(&[b.line.o], b.line.d).0;
                let (lo, hi) = mesh::extent(&self.mesh.outline(&outline), b.line.d);
                (lo - o, hi - o)
            };
            let pieces = ((high - low) / 640.0).ceil().max(1.0);
            let step = (high - low) / pieces;
            for k in 1..=pieces as usize {
                let x = low + step * k as f64;
                let mid = x - step / 2.0;
                let near = b.width / 2.0 + 8.0;
                let commune = owner(b.line.shifted(near).point(mid))
                    .or_else(|| owner(b.line.shifted(-near).point(mid)))
                    .unwrap_or(0);
                let cross = Cut::straight(b.line.point(x), left(b.line.d));
                let ring = match self.mesh.cut(&rest, &cross, 0.5, 200.0) {
                    // Left of the cross line is where x is smaller.
                    Some((done, more)) if (k as f64) < pieces => {
                        rest = more;
                        done
                    }
                    _ if (k as f64) < pieces => continue,
                    _ => std::mem::take(&mut rest),
                };
                self.faces.push(Face {
                    rings: vec![ring],
                    class: b.class,
                    commune,
                    group: NO_GROUP,
                });
            }
        }
    }

    /// Quarters, villages and blocks of one commune.
    fn lay_commune(&mut self, ring: Loop, commune: usize, group: &mut usize) {
        let whole = self.area(&ring);
        let (mut quarters, mut todo) = (Vec::new(), vec![ring]);
        while let Some(l) = todo.pop() {
            if self.area(&l) < QUARTER {
                quarters.push(l);
                continue;
            }
            let water = self.random.chance(0.45);
            let strip = Strip {
                class: if water { Class::Canal } else { Class::Road },
                width: if water {
                    self.random.within(8.0, 13.0)
                } else {
                    self.random.within(8.0, 11.0)
                },
                share: 0.5,
                amplitude: if water { 34.0 } else { 24.0 },
                length: 330.0,
                step: 18.0,
                tilt: 0.2,
            };
            match self.strip(&l, &strip) {
                Some((a, s, b, _)) => {
                    self.faces.push(Face {
                        rings: vec![s],
                        class: strip.class,
                        commune,
                        group: NO_GROUP,
                    });
                    todo.extend([a, b]);
                }
                None => quarters.push(l),
            }
        }
        let centres = self.centres(&quarters, whole, commune == 0);
        let first = self.blocks.len();
        for q in quarters {
            self.lay_quarter(q, commune, *group, &centres);
            *group += 1;
        }
        self.name_specials(first, commune);
    }

    /// Villages lie on streets, apart from each other; the first commune has the town as well.
    fn centres(&mut self, quarters: &[Loop], whole: f64, town: bool) -> Vec<Centre> {
        let mut places = Vec::new();
        for q in quarters {
            let mut q = q.clone();
            self.mesh.refresh(&mut q);
            places.extend(
                q.iter()
                    .filter(|&&s| self.mesh.is_road(s))
                    .map(|&s| self.mesh.at(s)),
            );
            places.push(mesh::centroid(&self.mesh.outline(&q)));
        }
        let wanted = ((whole / 900_000.0).round() as usize).max(1) + usize::from(town);
        let mut centres: Vec<Centre> = Vec::new();
        for _ in 0..wanted * 20 {
            if centres.len() == wanted {
                break;
            }
            let at = *self.random.pick(&places);
            let town = town && centres.is_empty();
            let radius = if town {
                (whole / 12.0).sqrt().min(520.0)
            } else {
                self.random.within(130.0, 230.0).min((whole / 16.0).sqrt())
            };
            if centres
                .iter()
                .all(|c| mesh::distance(c.at, at) > (c.radius + radius) * 1.4)
            {
                centres.push(Centre { at, radius, town });
            }
        }
        centres
    }

    fn lay_quarter(&mut self, ring: Loop, commune: usize, group: usize, centres: &[Centre]) {
        let mut todo = vec![ring];
        while let Some(l) = todo.pop() {
            let area = self.area(&l);
            let at = self.centre(&l);
            let (nearness, town) = self.nearness(at, centres);
            let target = if nearness < 1.0 {
                21_000.0
            } else if nearness < 1.6 {
                30_000.0
            } else {
                52_000.0
            };
            let strip = self.field_strip(nearness);
            let cut = if area < 1.6 * target {
                None
            } else {
                self.strip(&l, &strip)
            };
            if let Some((a, s, b, _)) = cut {
                self.faces.push(Face {
                    rings: vec![s],
                    class: strip.class,
                    commune,
                    group,
                });
                todo.extend([a, b]);
                continue;
            }
            let kind = self.block_kind(at, nearness, town);
            self.blocks.push(Block {
                ring: l,
                commune,
                group,
                kind,
                nearness,
            });
        }
    }

    fn field_strip(&mut self, nearness: f64) -> Strip {
        let road = nearness < 1.3 || self.random.chance(0.5);
        let width = match (road, nearness < 1.3) {
            (true, true) => self.random.within(4.5, 7.0),
            (true, false) => self.random.within(3.2, 4.8),
            (false, _) => self.random.within(2.4, 4.0),
        };
        Strip {
            class: if road { Class::Road } else { Class::Ditch },
            width,
            share: 0.5,
            amplitude: 7.0,
            length: 130.0,
            step: 22.0,
            tilt: 0.14,
        }
    }

    fn nearness(&self, at: V, centres: &[Centre]) -> (f64, bool) {
        let ragged = 1.0 + 0.25 * self.noise.at2(at[0] / 160.0, at[1] / 160.0);
        centres
            .iter()
            .map(|c| (mesh::distance(at, c.at) / (c.radius * ragged), c.town))
            .fold((9.0, false), |best, c| if c.0 < best.0 { c } else { best })
    }

    fn block_kind(&self, at: V, nearness: f64, town: bool) -> BlockKind {
        if nearness < 1.0 {
            return if town { BlockKind::Town } else { BlockKind::Village };
        }
        let crop = self.noise.at2(at[0] / 420.0 + 100.0, at[1] / 420.0);
        let wet = self.noise.at2(at[0] / 380.0 - 70.0, at[1] / 380.0 + 30.0);
        match () {
            () if wet > 0.56 => BlockKind::Fish,
            () if nearness < 1.45 && crop > 0.1 => BlockKind::Orchard,
            () if crop > 0.55 => BlockKind::Orchard,
            () if crop > 0.38 => BlockKind::Crops,
            () => BlockKind::Paddy,
        }
    }

    /// One block of each commune becomes its cemetery, one of the town its park.
    fn name_specials(&mut self, first: usize, commune: usize) {
        let area: Vec<f64> = self.blocks[first..].iter().map(|b| self.area(&b.ring)).collect();
        let blocks = &mut self.blocks[first..];
        let smallest = |blocks: &[Block], want: &dyn Fn(&Block) -> bool| {
            (0..blocks.len())
                .filter(|&i| want(&blocks[i]) && area[i] > 6_000.0)
                .min_by(|&a, &b| area[a].total_cmp(&area[b]))
        };
        if blocks.len() > 6
            && let Some(i) = smallest(blocks, &|b| b.kind == BlockKind::Paddy && b.nearness > 1.8)
        {
            blocks[i].kind = BlockKind::Cemetery;
        }
        if commune == 0
            && let Some(i) = smallest(blocks, &|b| b.kind == BlockKind::Town && b.nearness > 0.3)
        {
            blocks[i].kind = BlockKind::Park;
        }
    }

    pub fn area(&self, l: &Loop) -> f64 {
        mesh::area(&self.mesh.outline(l))
    }

    pub fn centre(&self, l: &Loop) -> V {
        mesh::centroid(&self.mesh.outline(l))
    }
}

/// The distance along `d` below which `share` of a ring's area lies.
fn level(ring: &[V], d: V, low: f64, high: f64, share: f64) -> f64 {
    let whole = mesh::area(ring);
    let (mut a, mut b) = (low, high);
    for _ in 0..16 {
        let mid = f64::midpoint(a, b);
        if below(ring, d, mid) < share * whole {
            a = mid
        } else {
            b = mid
        }
    }
    f64::midpoint(a, b)
}

/// Area of the part of a ring with distance along `d` below `x`.
fn below(ring: &[V], d: V, x: f64) -> f64 {
    let mut kept = Vec::with_capacity(ring.len() + 4);
    let side = |p: V| p[0] * d[0] + p[1] * d[1] - x;
    for i in 0..ring.len() {
        let (a, b) = (ring[i], ring[(i + 1) % ring.len()]);
        let (u, v) = (side(a), side(b));
        if u <= 0.0 {
            kept.push(a);
        }
        if u * v < 0.0 {
            let t = u / (u - v);
            kept.push([a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t]);
        }
    }
    mesh::area(&kept)
}

/// The `i`-th of `n` directions around the circle (n a multiple of 4), by the rational
/// parametrisation: no trigonometry, so the same on every machine.
pub fn turn_of_circle(i: usize, n: usize) -> V {
    let quarter = n / 4;
    let t = (i % quarter) as f64 / quarter as f64;
    // tan of half the angle runs 0 … 1 over a quarter; this polynomial spaces the directions evenly.
    let t = t * (0.785 + t * t * (0.139 + 0.076 * t * t)).min(1.0);
    let (c, s) = ((1.0 - t * t) / (1.0 + t * t), 2.0 * t / (1.0 + t * t));
    match i / quarter {
        0 => [c, s],
        1 => [-s, c],
        2 => [-c, -s],
        _ => [s, -c],
    }
}
