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
mod homes;
mod list;
mod mirror;
mod pencil;
mod pivot;
mod slabs;
mod spread;
mod sweep;
mod trouble;
mod work;

use std::collections::BTreeSet;

pub use by::{Along, By};
pub use cut::{Cut, SidePoint, cut};
pub use divide::{Division, divide};
pub use frontage::{length, stretch};
use homes::Homes;
pub use list::{Part, Remainder, parse, remainder};
pub use spread::{spread, with_guests};

use super::{Coverage, NewShape, Plan, Refusal, guard};
use crate::domain::{Failure, Polygon, Pt};
use crate::msg;
use crate::text::Text;

#[cfg(test)]
mod tests;

const WHAT: Text = Text::new("tách thửa", "split the parcel");

/// Plans to divide parcel `fid`. The neighbours get the new points of their sides; the sum of the areas of all touched
/// parcels changes only where a side with a new point has no neighbour, by at most ½ · side · 0.71 mm each.
pub fn plan(coverage: &Coverage, fid: i64, by: &By) -> Result<Plan, Refusal> {
    let parcel = coverage.get(fid).ok_or_else(gone)?;
    let (polygon, guests) = with_guests(coverage, parcel);
    let mut division = divide(&polygon, by)?;
    forget_guests(&mut division, &guests);
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
    let asked = division.asked;
    let created = division
        .parts
        .into_iter()
        .map(|polygon| NewShape {
            polygon,
            parents: vec![fid],
        })
        .collect();
    let plan = Plan {
        changed,
        created,
        retired: vec![fid],
        inserted: new.into_iter().collect(),
        ..Plan::default()
    };
    guard::settled_where(coverage, plan, WHAT, |plan| {
        let parts = plan.created.iter().map(|c| c.polygon.area_m2());
        divide::met(parts, &asked).is_ok()
    })
}

/// Points of neighbours that came into sides no cut ends in go again.
fn forget_guests(division: &mut Division, guests: &[SidePoint]) {
    let mut homes = Homes::of(guests);
    let mut bent: BTreeSet<(Pt, Pt)> = BTreeSet::new();
    for i in &division.inserted {
        bent.insert(homes.side((i.from, i.to)));
        homes.add(i);
    }
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
