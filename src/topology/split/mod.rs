//! Dividing a parcel (tách thửa): by a line, by areas, into equal parts, at a distance from a side.
//!
//! `cut` is the exact kernel: lines on the lattice cut a polygon into polygons. `slabs` and `pivot` calculate where the
//! line for a given area runs, `fit` brings it onto the lattice, `divide` does one part after the other, `spread` puts the
//! new points of the boundary in the neighbours. A part is always one polygon: what the sweep has passed and what hangs
//! together with its start; where that cannot have the area asked for, the refusal says why.

mod by;
mod cut;
mod divide;
mod fit;
mod frontage;
mod list;
mod pencil;
mod pivot;
mod slabs;
mod spread;
mod trouble;

use std::collections::BTreeSet;

pub use by::{Along, By};
pub use cut::{Cut, SidePoint, cut};
pub use divide::{Division, divide};
pub use frontage::{length, stretch};
pub use list::{Part, Remainder, parse, remainder};
pub use spread::{spread, with_guests};

use super::{Coverage, NewShape, Plan, Refusal};
use crate::domain::{Failure, Parcel, Polygon, Pt};
use crate::msg;

/// Plans to divide parcel `fid`. The neighbours get the new points of their sides; the sum of the areas of all touched
/// parcels changes only where a side with a new point has no neighbour, by at most ½ · side · 0.71 mm each.
pub fn plan(coverage: &Coverage, fid: i64, by: &By) -> Result<Plan, Refusal> {
    let parcel = coverage.get(fid).ok_or_else(gone)?;
    let (polygon, guests) = with_guests(coverage, parcel);
    let mut division = divide(&polygon, by)?;
    forget_guests(&mut division, &guests, parcel);
    let changed = spread(coverage, fid, &division.inserted);
    let old: BTreeSet<Pt> = changed
        .iter()
        .filter_map(|(f, _)| coverage.get(*f))
        .chain([parcel])
        .flat_map(|p| p.polygon.points())
        .collect();
    let new: BTreeSet<Pt> = division
        .parts
        .iter()
        .flat_map(Polygon::points)
        .filter(|p| !old.contains(p))
        .collect();
    let created = division
        .parts
        .into_iter()
        .map(|polygon| NewShape {
            polygon,
            parents: vec![fid],
        })
        .collect();
    Ok(Plan {
        changed,
        created,
        retired: vec![fid],
        inserted: new.into_iter().collect(),
        ..Plan::default()
    })
}

/// Points of neighbours that came into sides no cut ends in go again.
fn forget_guests(division: &mut Division, guests: &[SidePoint], parcel: &Parcel) {
    // A side as it was, of any piece of it.
    let whole = |p: &SidePoint| {
        let on = |q: Pt, (a, b): (Pt, Pt)| {
            q == a || q == b || guests.iter().any(|g| g.at == q && (g.from, g.to) == (a, b))
        };
        let inserted: BTreeSet<Pt> = division.inserted.iter().map(|i| i.at).collect();
        let sides = parcel.polygon.sides();
        sides.into_iter().find(|s| {
            (on(p.from, *s) || inserted.contains(&p.from)) && (on(p.to, *s) || inserted.contains(&p.to))
        })
    };
    let bent: BTreeSet<(Pt, Pt)> = division.inserted.iter().filter_map(whole).collect();
    let sides: BTreeSet<(Pt, Pt)> = division
        .densified
        .sides()
        .flat_map(|(a, b)| [(a, b), (b, a)])
        .collect();
    let ends: BTreeSet<Pt> = division
        .parts
        .iter()
        .flat_map(Polygon::sides)
        .filter(|s| !sides.contains(s))
        .flat_map(|(a, b)| [a, b])
        .collect();
    let idle: BTreeSet<Pt> = guests
        .iter()
        .filter(|g| !bent.contains(&(g.from, g.to)) && !ends.contains(&g.at))
        .map(|g| g.at)
        .collect();
    if !idle.is_empty() {
        let rings = division
            .parts
            .iter_mut()
            .chain([&mut division.densified])
            .flat_map(|p| &mut p.rings);
        rings.for_each(|r| r.retain(|p| !idle.contains(p)));
    }
}

fn gone() -> Refusal {
    let message = msg!(
        "Thửa đất này không còn hiện hành.",
        "This parcel is no longer in force."
    );
    Failure::new("NO_PARCEL", message).into()
}
