//! A line that turns about a point inside the polygon until it cuts off a given area.
//!
//! Between two directions in which the line passes a point of the polygon both its ends stay on the same sides; what lies
//! on its left then grows by one triangle and shrinks by another, so the direction is the root of a quadratic equation.
//! Of all solutions the one nearest to the direction asked for is taken. The cut goes from the point to the first
//! boundary either way; where that is a hole there is no cut.

use super::pencil::{Pencil, Way};
use super::slabs::{Pin, Stretch, Stuck};
use crate::domain::{Polygon, Pt, ring_area2};
use crate::topology::ring::{Place, locate_in_ring};

/// The line through `apex`, near to `direction`, with `want` mm² on its left.
pub(super) fn find(polygon: &Polygon, apex: Pt, direction: Way, want: f64) -> Result<Vec<Stretch>, Stuck> {
    let pencil = Pencil::around(polygon, apex, direction);
    let half = pencil.slabs() / 2;
    let mut best: Option<(f64, Stretch)> = None;
    for k in 0..2 * half {
        let back = (k + half) % (2 * half);
        let (Some(ahead), Some(behind)) = (first(polygon, &pencil, k), first(polygon, &pencil, back)) else {
            continue;
        };
        let left = left_area(polygon, &pencil, k, ahead, behind);
        let (far, near) = (polygon_side(polygon, ahead), polygon_side(polygon, behind));
        let Some(x) = pencil.turn_to(k, back, far, near, left - want) else {
            continue;
        };
        let away = pencil.angle_from(direction, k, x);
        if best.as_ref().is_none_or(|(b, _)| away < *b) {
            let pin = |k: usize, side: (Pt, Pt)| {
                let [e, n] = pencil.crossing(k, x, side);
                Pin::Side { side, e, n }
            };
            best = Some((
                away,
                Stretch {
                    from: pin(back, near),
                    to: pin(k, far),
                },
            ));
        }
    }
    best.map(|(_, s)| vec![s]).ok_or(Stuck::Nowhere)
}

/// A side of the shell, by its number.
fn polygon_side(polygon: &Polygon, i: usize) -> (Pt, Pt) {
    let shell = polygon.shell();
    (shell[i], shell[(i + 1) % shell.len()])
}

/// The first side that the rays of slab `k` meet, if it is one of the shell.
fn first(polygon: &Polygon, pencil: &Pencil, k: usize) -> Option<usize> {
    let at = |side: (Pt, Pt)| {
        let (from, to) = pencil.span(side)?;
        let spans = if from < to {
            from <= k && k < to
        } else {
            k >= from || k < to
        };
        spans.then(|| pencil.position(k, false, side) + pencil.position(k, true, side))
    };
    let sides = polygon.sides().enumerate().filter_map(|(i, s)| Some((at(s)?, i)));
    let (_, i) = sides.min_by(|a, b| a.0.total_cmp(&b.0))?;
    (i < polygon.shell().len()).then_some(i)
}

/// What lies left of the line along the lower event of slab `k`, mm².
fn left_area(polygon: &Polygon, pencil: &Pencil, k: usize, ahead: usize, behind: usize) -> f64 {
    let shell = polygon.shell();
    let back = (k + pencil.slabs() / 2) % pencil.slabs();
    let apex = pencil.apex();
    let at = |x: f64| {
        let (to, from) = (
            pencil.crossing(k, x, polygon_side(polygon, ahead)),
            pencil.crossing(back, x, polygon_side(polygon, behind)),
        );
        (from, to)
    };
    let mut way = Vec::new();
    let mut i = ahead;
    while i != behind {
        i = (i + 1) % shell.len();
        way.push(shell[i]);
    }
    let (from, to) = at(0.0);
    let relative = |p: Pt| [(p.e - apex.e) as f64, (p.n - apex.n) as f64];
    let local = |[e, n]: [f64; 2]| [e - apex.e as f64, n - apex.n as f64];
    let points: Vec<[f64; 2]> = [local(to)]
        .into_iter()
        .chain(way.iter().map(|p| relative(*p)))
        .chain([local(from)])
        .collect();
    let area: f64 = points
        .windows(2)
        .map(|w| w[0][0] * w[1][1] - w[0][1] * w[1][0])
        .sum::<f64>()
        / 2.0;
    // Holes that the whole slab leaves on the left; its rays meet none.
    let (from, to) = at(pencil.middle(k));
    let lattice = |[e, n]: [f64; 2]| Pt::new(e.round() as i64, n.round() as i64);
    let ring: Vec<Pt> = [lattice(to)]
        .into_iter()
        .chain(way)
        .chain([lattice(from)])
        .collect();
    let inside = polygon
        .holes()
        .iter()
        .filter(|h| locate_in_ring(&ring, h[0]) == Place::Inside);
    area + inside.map(|h| ring_area2(h) as f64 / 2.0).sum::<f64>()
}
