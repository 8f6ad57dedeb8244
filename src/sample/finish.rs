//! After the plots: L-shaped lots, streets as one record with holes, ponds inside parcels, and the
//! exact number of records asked for.

use std::collections::BTreeMap;

use super::land::{Class, Face};
use super::mesh::{self, Cut, Loop, Side, left};
use super::plan::Plan;
use super::plots::flipped;

impl Plan {
    /// Everything between plots and final shapes, then cuts plots until there are `count` faces.
    /// False when there are more already.
    pub fn finish(&mut self, count: usize) -> bool {
        self.refresh_all();
        self.join_plots();
        self.join_streets();
        self.dig_ponds();
        let enough = self.faces.len() <= count && self.fill_up(count);
        self.refresh_all();
        enough
    }

    fn refresh_all(&mut self) {
        for f in &mut self.faces {
            for r in &mut f.rings {
                self.mesh.refresh(r);
            }
        }
    }

    /// Some neighbours of the same kind and owner become one parcel: L and T shapes.
    fn join_plots(&mut self) {
        let mut owner: Vec<(Side, usize)> = Vec::new();
        for (i, f) in self.faces.iter().enumerate() {
            if matches!(
                f.class,
                Class::House | Class::Orchard | Class::Paddy | Class::FishPond
            ) && f.rings.len() == 1
            {
                owner.extend(f.rings[0].iter().map(|&s| (s, i)));
            }
        }
        owner.sort_unstable();
        let mut gone = vec![false; self.faces.len()];
        for i in 0..self.faces.len() {
            let class = self.faces[i].class;
            let share = if class == Class::House { 0.05 } else { 0.03 };
            if gone[i] || self.faces[i].rings.len() != 1 || !class.is_parcel() || !self.random.chance(share) {
                continue;
            }
            let Some(j) = self.partner(i, &owner, &gone) else {
                continue;
            };
            let loops = self
                .mesh
                .union([&self.faces[i].rings[0], &self.faces[j].rings[0]]);
            if let [one] = &loops[..]
                && !has_neck(&self.mesh.outline(one))
            {
                self.faces[i].rings[0] = one.clone();
                gone[i] = true;
                gone[j] = true;
                self.faces[j].rings.clear();
            }
        }
        self.faces.retain(|f| !f.rings.is_empty());
    }

    /// A neighbour of the same class behind face `i`: the one that shares the shortest border.
    fn partner(&self, i: usize, owner: &[(Side, usize)], gone: &[bool]) -> Option<usize> {
        let mut shared: BTreeMap<usize, f64> = BTreeMap::new();
        for &s in &self.faces[i].rings[0] {
            let k = owner.partition_point(|o| o.0 < s.flip());
            if let Some(&(t, j)) = owner.get(k)
                && t == s.flip()
                && !gone[j]
                && j != i
                && self.faces[j].class == self.faces[i].class
            {
                *shared.entry(j).or_default() += mesh::distance(self.mesh.at(s), self.mesh.at(s.flip()));
            }
        }
        let best = shared
            .into_iter()
            .filter(|x| x.1 > 3.0)
            .min_by(|a, b| a.1.total_cmp(&b.1))?;
        Some(best.0)
    }

    /// In nearly half the quarters all streets that meet are one record, with the blocks as holes.
    fn join_streets(&mut self) {
        let mut groups: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for (i, f) in self.faces.iter().enumerate() {
            if matches!(f.class, Class::Road | Class::Lane) && f.group != usize::MAX {
                groups.entry(f.group).or_default().push(i);
            }
        }
        for members in groups.into_values() {
            if !self.random.chance(0.45) {
                continue;
            }
            for network in self.connected(&members) {
                if network.len() > 1 {
                    self.join_network(&network);
                }
            }
        }
        self.faces.retain(|f| !f.rings.is_empty());
    }

    fn connected(&self, members: &[usize]) -> Vec<Vec<usize>> {
        let mut sides: Vec<(Side, usize)> = members
            .iter()
            .enumerate()
            .flat_map(|(k, &i)| self.faces[i].rings[0].iter().map(move |&s| (s, k)))
            .collect();
        sides.sort_unstable();
        let mut root: Vec<usize> = (0..members.len()).collect();
        fn find(root: &mut [usize], mut k: usize) -> usize {
            while root[k] != k {
                root[k] = root[root[k]];
                k = root[k];
            }
            k
        }
        for &(s, k) in &sides {
            let at = sides.partition_point(|o| o.0 < s.flip());
            if let Some(&(t, m)) = sides.get(at)
                && t == s.flip()
            {
                let (a, b) = (find(&mut root, k), find(&mut root, m));
                root[a.max(b)] = a.min(b);
            }
        }
        let mut networks: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for (k, &i) in members.iter().enumerate() {
            networks.entry(find(&mut root, k)).or_default().push(i);
        }
        networks.into_values().collect()
    }

    fn join_network(&mut self, network: &[usize]) {
        let loops = self.mesh.union(network.iter().map(|&i| &self.faces[i].rings[0]));
        let (shells, holes): (Vec<Loop>, Vec<Loop>) = loops
            .into_iter()
            .partition(|l| mesh::area(&self.mesh.outline(l)) > 0.0);
        if let [shell] = &shells[..] {
            let first = network[0];
            self.faces[first].rings = std::iter::once(shell.clone()).chain(holes).collect();
            self.faces[first].class = Class::Road;
            for &i in &network[1..] {
                self.faces[i].rings.clear();
            }
        }
    }

    /// Ponds that are parcels inside larger parcels; some are two ponds touching in a point.
    fn dig_ponds(&mut self) {
        for i in 0..self.faces.len() {
            let f = &self.faces[i];
            let share = match f.class {
                Class::Orchard => 0.13,
                Class::House | Class::Garden => 0.07,
                Class::Pagoda | Class::School => 0.5,
                Class::Cemetery => 0.9,
                _ => 0.0,
            };
            if share == 0.0 || f.rings.len() != 1 || !self.random.chance(share) {
                continue;
            }
            let outline = self.mesh.outline(&self.faces[i].rings[0]);
            let at = mesh::centroid(&outline);
            let room = if mesh::inside(&outline, at) {
                mesh::clearance(&outline, at)
            } else {
                0.0
            };
            if room > 6.0 {
                self.dig(i, &outline, at, room);
            }
        }
    }

    fn dig(&mut self, i: usize, outline: &[mesh::V], at: mesh::V, room: f64) {
        let long = mesh::long_direction(outline);
        let n = 4 * (3 + (room / 4.0) as usize).min(16);
        let twin = room > 9.0 && self.random.chance(0.15);
        let rings = if twin {
            // Two ponds left and right of the centre, sharing exactly the point there.
            let touch = self.mesh.add_point(at);
            let reach = room * 0.4;
            [1.0, -1.0]
                .map(|sign| {
                    let mut ids = vec![touch];
                    let centre = [at[0] + sign * reach * long[0], at[1] + sign * reach * long[1]];
                    let ring = self.blob(centre, reach * 0.95, n, [long[0] * -sign, long[1] * -sign]);
                    // The blob starts beside the centre of the pair; that point gives way to the shared one.
                    ids.extend(ring.iter().skip(1).map(|&p| self.mesh.add_point(p)));
                    self.mesh.close(&ids)
                })
                .to_vec()
        } else {
            let radius = room * self.random.within(0.45, 0.75);
            let blob = self.blob(at, radius, n, long);
            vec![self.mesh.add_loop(&blob)]
        };
        for ring in rings {
            self.faces[i].rings.push(flipped(&ring));
            let (commune, group) = (self.faces[i].commune, self.faces[i].group);
            self.faces.push(Face {
                rings: vec![ring],
                class: Class::Pond,
                commune,
                group,
            });
        }
    }

    /// Cuts the largest plots in two until there are `count` faces; false when none can be cut any more.
    fn fill_up(&mut self, count: usize) -> bool {
        while self.faces.len() < count {
            let mut plots: Vec<(f64, usize)> = (0..self.faces.len())
                .filter(|&i| {
                    let f = &self.faces[i];
                    f.rings.len() == 1
                        && matches!(
                            f.class,
                            Class::Paddy | Class::House | Class::Crops | Class::Orchard | Class::FishPond
                        )
                })
                .map(|i| (self.area(&self.faces[i].rings[0]), i))
                .filter(|p| p.0 > 150.0)
                .collect();
            plots.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
            let before = self.faces.len();
            for (area, i) in plots {
                if self.faces.len() == count {
                    return true;
                }
                self.halve(i, area);
            }
            if self.faces.len() == before {
                return false;
            }
        }
        true
    }

    fn halve(&mut self, i: usize, area: f64) {
        let mut ring = self.faces[i].rings[0].clone();
        self.mesh.refresh(&mut ring);
        let outline = self.mesh.outline(&ring);
        let d = mesh::long_direction(&outline);
        let line = Cut::straight(mesh::centroid(&outline), left(d));
        let Some((a, b)) = self.mesh.cut(&ring, &line, 1.2, area / 5.0) else {
            return;
        };
        let face = self.faces[i].clone();
        self.faces[i].rings[0] = a;
        self.faces.push(Face {
            rings: vec![b],
            ..face
        });
    }
}

/// Whether an outline comes closer than 2 m to itself: bending the district could make it cross there.
fn has_neck(outline: &[mesh::V]) -> bool {
    let n = outline.len();
    (0..n).any(|i| {
        (0..n).any(|k| {
            let j = (k + 1) % n;
            i != k && i != j && {
                let next = i == (k + n - 1) % n || i == (j + 1) % n;
                !next && mesh::segment_distance(outline[k], outline[j], outline[i]) < 2.0
            }
        })
    })
}
