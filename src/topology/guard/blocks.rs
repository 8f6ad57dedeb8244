//! The blocks of a graph: its edges sorted so that two are together exactly when a cycle runs through both
//! (biconnected components; J. Hopcroft and R. Tarjan, "Algorithm 447", CACM 16, 1973). Without recursion.

/// Where the walk stands: at a point, come by an edge, before its next neighbour.
struct Step {
    at: usize,
    by: usize,
    next: usize,
}

/// The block of each edge, by number. Edges join points `0..points`; several may join the same two.
pub(super) fn blocks(points: usize, edges: &[(usize, usize)]) -> Vec<usize> {
    let mut walk = Walk::new(points, edges);
    for root in 0..points {
        if walk.seen[root] == 0 {
            walk.from(root);
        }
    }
    walk.block
}

struct Walk {
    /// (neighbour, edge) of each point.
    neighbours: Vec<Vec<(usize, usize)>>,
    /// When a point was reached, from 1; 0: not yet.
    seen: Vec<usize>,
    /// The earliest point that can be reached from what hangs on a point.
    low: Vec<usize>,
    /// Edges whose block is not known yet, in the order of the walk.
    open: Vec<usize>,
    block: Vec<usize>,
    clock: usize,
    blocks: usize,
}

/// No edge leads to the first point of a walk.
const NONE: usize = usize::MAX;

impl Walk {
    fn new(points: usize, edges: &[(usize, usize)]) -> Self {
        let mut neighbours = vec![Vec::new(); points];
        for (e, &(a, b)) in edges.iter().enumerate() {
            neighbours[a].push((b, e));
            neighbours[b].push((a, e));
        }
        Self {
            neighbours,
            seen: vec![0; points],
            low: vec![0; points],
            open: Vec::new(),
            block: vec![0; edges.len()],
            clock: 0,
            blocks: 0,
        }
    }

    fn from(&mut self, root: usize) {
        let mut path = vec![self.reach(root, NONE)];
        while let Some(step) = path.last_mut() {
            let (at, by) = (step.at, step.by);
            let Some(&(to, e)) = self.neighbours[at].get(step.next) else {
                path.pop();
                if let Some(before) = path.last() {
                    self.leave(before.at, at, by);
                }
                continue;
            };
            step.next += 1;
            if e == by {
                continue;
            }
            if self.seen[to] == 0 {
                self.open.push(e);
                path.push(self.reach(to, e));
            } else if self.seen[to] < self.seen[at] {
                self.open.push(e);
                self.low[at] = self.low[at].min(self.seen[to]);
            }
        }
    }

    fn reach(&mut self, at: usize, by: usize) -> Step {
        self.clock += 1;
        (self.seen[at], self.low[at]) = (self.clock, self.clock);
        Step { at, by, next: 0 }
    }

    /// Everything that hangs on `at` is known; it was reached from `before`.
    fn leave(&mut self, before: usize, at: usize, by: usize) {
        self.low[before] = self.low[before].min(self.low[at]);
        if self.low[at] < self.seen[before] {
            return;
        }
        while let Some(e) = self.open.pop() {
            self.block[e] = self.blocks;
            if e == by {
                break;
            }
        }
        self.blocks += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Blocks as sorted lists of edges.
    fn of(points: usize, edges: &[(usize, usize)]) -> Vec<Vec<usize>> {
        let block = blocks(points, edges);
        let mut out = vec![Vec::new(); block.iter().max().map_or(0, |m| m + 1)];
        for (e, b) in block.into_iter().enumerate() {
            out[b].push(e);
        }
        out.sort();
        out
    }

    #[test]
    fn table() {
        // two triangles that share a point; a bridge; the same two points joined twice; two pieces
        assert_eq!(
            of(5, &[(0, 1), (1, 2), (2, 0), (2, 3), (3, 4), (4, 2)]),
            [vec![0, 1, 2], vec![3, 4, 5]]
        );
        assert_eq!(of(4, &[(0, 1), (1, 2), (2, 3), (3, 1)]), [vec![0], vec![1, 2, 3]]);
        assert_eq!(of(3, &[(0, 1), (1, 0), (1, 2)]), [vec![0, 1], vec![2]]);
        assert_eq!(of(4, &[(0, 1), (0, 1), (2, 3)]), [vec![0, 1], vec![2]]);
        // two squares with a side in common are one
        let squares = [(0, 1), (1, 2), (2, 3), (3, 0), (2, 4), (4, 5), (5, 3)];
        assert_eq!(of(6, &squares), [vec![0, 1, 2, 3, 4, 5, 6]]);
        assert_eq!(of(0, &[]), Vec::<Vec<usize>>::new());
    }

    #[test]
    fn a_long_chain_needs_no_stack() {
        let ring: Vec<(usize, usize)> = (0..200_000).map(|i| (i, (i + 1) % 200_000)).collect();
        assert_eq!(of(200_000, &ring).len(), 1);
    }
}
