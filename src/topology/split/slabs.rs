//! A polygon swept by a line that keeps its direction, or by a ray that turns about a point.
//!
//! Between two events (the line passes a point of the polygon) the line crosses the same sides; each stretch of it inside
//! the polygon sweeps one *cell* between two sides. What was swept and hangs together with the start is the part cut off;
//! its area is a sum over cells, quadratic in the offset of a line, a quotient of polynomials in the turn of a ray.
//! So the place where it reaches a given area is found without trial: look up the slab, solve one equation
//! (D5 in peers.md). Where branches join, the area jumps; an area inside a jump cannot be cut off in one piece.
//!
//! Events are ordered exactly. Areas here are `f64` of lengths relative to the start: about 1e-13 of the parcel; the result
//! is rounded to the lattice and measured exactly afterwards (`fit`).

use super::pencil::{Pencil, Way};
use crate::domain::{Polygon, Pt};

/// Stretches shorter than this do not connect cells, mm: what `f64` may be off.
const SHORT: f64 = 1e-6;

/// What lies between two sides (numbers in order of the polygon's sides; none is the apex of a fan) in one slab.
#[derive(Clone, Debug)]
pub(super) struct Cell {
    /// The side where the line enters the polygon, the one where it leaves it.
    pub enter: Option<usize>,
    pub leave: Option<usize>,
    /// Stretch on the line at the lower and the upper event, mm along the line.
    low: [f64; 2],
    high: [f64; 2],
    /// mm².
    area: f64,
}

/// The swept polygon.
pub(super) struct Slabs {
    pub pencil: Pencil,
    pub sides: Vec<(Pt, Pt)>,
    slabs: Vec<Vec<Cell>>,
}

/// Where a cut goes: a stretch of the line, from the side where it leaves to the side where it enters, so that what was
/// swept lies on its left.
#[derive(Clone, Debug)]
pub(super) struct Stretch {
    pub from: Pin,
    pub to: Pin,
}

/// An end of a cut.
#[derive(Clone, Copy, Debug)]
pub(super) enum Pin {
    /// In a side, at these mm.
    Side {
        side: (Pt, Pt),
        e: f64,
        n: f64,
    },
    Point(Pt),
}

/// Why an area cannot be cut off.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Stuck {
    /// Branches join: what hangs together grows at once from one area to another, m².
    Jump { from: f64, to: f64 },
    /// There is only this much, m².
    All(f64),
    /// The line does not cross the polygon there.
    Nowhere,
}

/// Where the sweep stops.
#[derive(Clone, Copy, Debug)]
pub(super) enum Stop {
    /// mm² swept.
    Area(f64),
    /// mm from the start; lines only.
    Offset(f64),
}

impl Slabs {
    pub fn new(polygon: &Polygon, pencil: Pencil) -> Self {
        let sides: Vec<(Pt, Pt)> = polygon.sides().filter(|(a, b)| a != b).collect();
        let spans: Vec<Option<(usize, usize)>> = sides.iter().map(|s| pencil.span(*s)).collect();
        let slabs = (0..pencil.slabs())
            .map(|k| cells(&pencil, &sides, &spans, k))
            .collect();
        Self { pencil, sides, slabs }
    }

    /// The direction in which the polygon begins after one in which there is none of it.
    pub fn after_gap(&self) -> Option<Way> {
        let empty = |k: usize| self.slabs[k % self.slabs.len()].is_empty();
        let last = (0..self.slabs.len()).find(|&k| empty(k) && !empty(k + 1))?;
        self.pencil.direction(last + 1)
    }

    /// The cell that begins along a–b, or the first of all.
    fn base(&self, start: Option<(Pt, Pt)>) -> Option<(usize, usize)> {
        let Some((a, b)) = start else {
            let slab = self.slabs.iter().position(|s| !s.is_empty())?;
            return Some((slab, 0));
        };
        let slab = self
            .pencil
            .level(a)
            .into_iter()
            .chain(self.pencil.level(b))
            .max()?;
        let (x, y) = (self.pencil.along(a), self.pencil.along(b));
        let common = |c: &Cell| x.max(y).min(c.low[1]) - x.min(y).max(c.low[0]);
        let cells = self.slabs.get(slab)?.iter().enumerate();
        cells
            .max_by(|(_, c), (_, d)| common(c).total_cmp(&common(d)))
            .map(|(i, _)| (slab, i))
    }

    /// Sweeps from `start` until `stop`.
    pub fn sweep(&self, start: Option<(Pt, Pt)>, stop: Stop) -> Result<Vec<Stretch>, Stuck> {
        let base = self.base(start).ok_or(Stuck::Nowhere)?;
        let mut parts = Parts::new(&self.slabs);
        let mut before = 0.0;
        for (k, cells) in self.slabs.iter().enumerate() {
            if k > 0 {
                parts.connect(&self.slabs, k);
            }
            if k < base.0 {
                parts.close(cells, k);
                continue;
            }
            let mine: Vec<&Cell> = cells
                .iter()
                .enumerate()
                .filter(|(i, _)| parts.same((k, *i), base))
                .map(|(_, c)| c)
                .collect();
            let swept = parts.area(base);
            if let Some(x) = self.stop_in(k, &mine, swept, before, stop)? {
                return Ok(mine.iter().map(|c| self.stretch(k, c, x)).collect());
            }
            parts.close(cells, k);
            before = parts.area(base);
        }
        Err(Stuck::All(before / 1e6))
    }

    /// Where in slab `k` the sweep stops, if it does.
    fn stop_in(
        &self,
        k: usize,
        mine: &[&Cell],
        swept: f64,
        before: f64,
        stop: Stop,
    ) -> Result<Option<f64>, Stuck> {
        match stop {
            Stop::Offset(mm) => {
                let (low, high) = self.pencil.heights(k);
                Ok((mm < high && !mine.is_empty()).then_some((mm - low).max(0.0)))
            }
            Stop::Area(want) => {
                if want < swept - 1.0 - 1e-9 * swept {
                    return Err(Stuck::Jump {
                        from: before / 1e6,
                        to: swept / 1e6,
                    });
                }
                let all: f64 = mine.iter().map(|c| c.area).sum();
                if mine.is_empty() || want > swept + all {
                    return Ok(None);
                }
                Ok(Some(self.pencil.solve(
                    k,
                    mine,
                    &self.sides,
                    (want - swept).max(0.0),
                )))
            }
        }
    }

    fn stretch(&self, k: usize, cell: &Cell, x: f64) -> Stretch {
        let pin = |side: Option<usize>| match side {
            None => Pin::Point(self.pencil.apex()),
            Some(i) => {
                let [e, n] = self.pencil.crossing(k, x, self.sides[i]);
                Pin::Side {
                    side: self.sides[i],
                    e,
                    n,
                }
            }
        };
        Stretch {
            from: pin(cell.leave),
            to: pin(cell.enter),
        }
    }
}

impl Cell {
    /// Width of the stretch at the lower and the upper event, mm.
    pub fn widths(&self) -> (f64, f64) {
        (self.low[1] - self.low[0], self.high[1] - self.high[0])
    }
}

/// The cells of slab `k`: sides that span it, in order along the line, by twos.
fn cells(pencil: &Pencil, sides: &[(Pt, Pt)], spans: &[Option<(usize, usize)>], k: usize) -> Vec<Cell> {
    let mut across: Vec<(Option<usize>, f64, f64)> = (0..sides.len())
        .filter(|&i| {
            spans[i].is_some_and(|(from, to)| {
                if from < to {
                    from <= k && k < to
                } else {
                    k >= from || k < to
                }
            })
        })
        .map(|i| {
            (
                Some(i),
                pencil.position(k, false, sides[i]),
                pencil.position(k, true, sides[i]),
            )
        })
        .collect();
    across.sort_by(|a, b| (a.1 + a.2).total_cmp(&(b.1 + b.2)));
    if across.len() % 2 == 1 {
        // The ray starts inside: at its apex, a point of the polygon.
        across.insert(0, (None, 0.0, 0.0));
    }
    let pair = |w: &[(Option<usize>, f64, f64)]| {
        let mut cell = Cell {
            enter: w[0].0,
            leave: w[1].0,
            low: [w[0].1, w[1].1],
            high: [w[0].2, w[1].2],
            area: 0.0,
        };
        cell.area = pencil.area(k, &cell, sides);
        cell
    };
    across.chunks_exact(2).map(pair).collect()
}

/// Which cells hang together so far, and what has been swept of each group.
struct Parts {
    /// First cell number of each slab.
    first: Vec<usize>,
    parent: Vec<usize>,
    /// mm², of roots.
    area: Vec<f64>,
}

impl Parts {
    fn new(slabs: &[Vec<Cell>]) -> Self {
        let mut count = 0;
        let first = slabs
            .iter()
            .map(|s| {
                count += s.len();
                count - s.len()
            })
            .collect();
        Self {
            first,
            parent: (0..count).collect(),
            area: vec![0.0; count],
        }
    }

    fn root(&self, mut i: usize) -> usize {
        while self.parent[i] != i {
            i = self.parent[i];
        }
        i
    }

    fn of(&self, (slab, cell): (usize, usize)) -> usize {
        self.root(self.first[slab] + cell)
    }

    fn same(&self, a: (usize, usize), b: (usize, usize)) -> bool {
        self.of(a) == self.of(b)
    }

    fn area(&self, cell: (usize, usize)) -> f64 {
        self.area[self.of(cell)]
    }

    /// Joins the cells of slab `k` with those below that they touch along a stretch.
    fn connect(&mut self, slabs: &[Vec<Cell>], k: usize) {
        for (i, c) in slabs[k].iter().enumerate() {
            for (j, d) in slabs[k - 1].iter().enumerate() {
                if c.low[1].min(d.high[1]) - c.low[0].max(d.high[0]) > SHORT {
                    let (a, b) = (self.of((k, i)), self.of((k - 1, j)));
                    if a != b {
                        self.parent[a] = b;
                        self.area[b] += self.area[a];
                    }
                }
            }
        }
    }

    /// Slab `k` is swept whole.
    fn close(&mut self, cells: &[Cell], k: usize) {
        for (i, c) in cells.iter().enumerate() {
            let root = self.of((k, i));
            self.area[root] += c.area;
        }
    }
}
