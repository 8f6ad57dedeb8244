//! Parcels that are no land one can stand on: a sliver joins the neighbour along it, a pinched parcel is split at
//! the neck. Both change what the register says, so neither is taken unasked.

use super::{About, Fix, short};
use crate::domain::{Parcel, ParcelRef, Pt};
use crate::edit::{Edit, How, Merge, Split};
use crate::msg;
use crate::text::Text;
use crate::topology::neck;

pub(super) const SPLIT_NECK: (&str, Text) = (
    "split_neck",
    Text::new("Tách thửa tại chỗ thắt", "Split the parcel at the neck"),
);
pub(super) const MERGE: (&str, Text) = (
    "merge_sliver",
    Text::new("Hợp vào thửa bên cạnh", "Merge it into the neighbour"),
);

/// How far the cut goes beyond the boundary on both sides, mm.
const BEYOND: f64 = 5.0;

pub(super) fn neck(about: &About<'_>) -> Vec<Fix> {
    let ([parcel], p) = (about.parcels.as_slice(), &about.known.parameters) else {
        return Vec::new();
    };
    let Some(neck) = neck::narrowest(&parcel.polygon, p.neck_mm as i64, p.neck_least_m2) else {
        return Vec::new();
    };
    let name = short(parcel);
    vec![Fix {
        name: SPLIT_NECK.0,
        title: SPLIT_NECK.1,
        what: msg!(
            "Thửa {name} được tách làm hai tại chỗ thắt; hai thửa mới mang số trống tiếp theo.",
            "Parcel {name} is split in two at the neck; the two get the next free numbers."
        ),
        edits: vec![Edit::Split(Split {
            parcel: ParcelRef::Uid(parcel.uid),
            by: How {
                line: across(neck.chord.0, neck.chord.1),
                ..How::default()
            },
            children: Vec::new(),
        })],
        certain: false,
        tolerance_mm: 0,
    }]
}

/// The chord, a little longer at both ends.
fn across(a: Pt, b: Pt) -> Vec<Pt> {
    let length = a.dist(b).max(1.0);
    let out = |from: Pt, to: Pt| {
        let step = |d: i64| (d as f64 / length * BEYOND).round() as i64;
        Pt::new(to.e + step(to.e - from.e), to.n + step(to.n - from.n))
    };
    vec![out(b, a), out(a, b)]
}

pub(super) fn sliver(about: &About<'_>) -> Vec<Fix> {
    let [parcel] = about.parcels.as_slice() else {
        return Vec::new();
    };
    let like = |p: &&Parcel| p.is_parcel == parcel.is_parcel && p.commune == parcel.commune;
    let fids = about.coverage.neighbours(parcel.fid);
    let beside = fids.iter().filter_map(|f| about.coverage.get(*f)).filter(like);
    let longest = beside.max_by(|a, b| {
        let along = |p: &Parcel| shared(parcel, p);
        along(a).total_cmp(&along(b)).then(b.fid.cmp(&a.fid))
    });
    let Some(neighbour) = longest else {
        return Vec::new();
    };
    let (a, b) = (short(parcel), short(neighbour));
    vec![Fix {
        name: MERGE.0,
        title: MERGE.1,
        what: msg!(
            "Thửa hẹp {a} hợp với thửa {b}, cạnh chung dài nhất; thửa mới giữ số {b}.",
            "The narrow parcel {a} is merged with {b}, which has the longest side along it; the new parcel keeps the number {b}."
        ),
        edits: vec![Edit::Merge(Merge {
            parcels: vec![ParcelRef::Uid(neighbour.uid), ParcelRef::Uid(parcel.uid)],
            keep_number: Some(ParcelRef::Uid(neighbour.uid)),
            children: Vec::new(),
        })],
        certain: false,
        tolerance_mm: 0,
    }]
}

/// Length of the sides both have, mm.
fn shared(a: &Parcel, b: &Parcel) -> f64 {
    let others: std::collections::BTreeSet<(Pt, Pt)> = b.polygon.sides().map(|(p, q)| (q, p)).collect();
    let both = a.polygon.sides().filter(|s| others.contains(s));
    both.map(|(p, q)| p.dist(q)).sum()
}
