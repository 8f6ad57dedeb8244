//! Sheet edges: the points of the less trusted sheet come onto the boundary of the other, within the error that
//! the paper allows; else as every other gap or overlap.

use super::{About, Fix, gaps, overlaps, points, trust};
use crate::domain::{Parcel, ParcelRef};
use crate::text::Text;

pub(super) const SNAP: (&str, Text) = (
    "snap_edge",
    Text::new(
        "Tiếp biên: đưa về ranh của tờ kia",
        "Snap the edge to the other sheet",
    ),
);

pub(super) fn options(about: &About<'_>) -> Vec<Fix> {
    // What the scale of the sheets allows, as the rule found it.
    let mm = (about.finding.tolerance.unwrap_or_default() * 1000.0).round() as i64;
    let mut all = Vec::new();
    if about.parcels.len() > 1 && about.finding.bbox.is_some() {
        let yields = yielding(about);
        let fix = points::matching(about, mm, yields, true);
        all.push(Fix {
            name: SNAP.0,
            title: SNAP.1,
            ..fix
        });
    }
    match about.finding.value("kind") {
        "overlap" => all.extend(overlaps::options(about)),
        _ => all.extend(gaps::options(about)),
    }
    // One name once: the narrow ones have been offered with the wider tolerance already.
    all.retain(|f| f.name != points::MATCH.0);
    all
}

/// The parcels of the sheet that gives way: the less trusted of the first two of different sheets, by survey only;
/// of equals the sheet with the larger name.
fn yielding(about: &About<'_>) -> Vec<ParcelRef> {
    let Some(first) = about.parcels.first() else {
        return Vec::new();
    };
    let sheet = |p: &Parcel| (p.commune.clone(), p.sheet.clone());
    let Some(other) = about.parcels.iter().find(|p| sheet(p) != sheet(first)) else {
        return Vec::new();
    };
    let less = trust::less(about.known, first, other, f64::INFINITY).map(|(p, _)| sheet(p));
    let gives_way = less.unwrap_or_else(|| sheet(first).max(sheet(other)));
    let of = about.parcels.iter().filter(|p| sheet(p) == gives_way);
    of.map(|p| ParcelRef::Uid(p.uid)).collect()
}
