//! Points that belong together: brought onto the shared line, inserted where one side lacks them, or merged.

use super::{About, Fix, short};
use crate::domain::{BBox, ParcelRef, Pt};
use crate::edit::{Edit, MatchPoints, MergePoints};
use crate::msg;
use crate::text::Text;
use crate::topology::UNMATCHED_MM;

pub(super) const MATCH: (&str, Text) = (
    "match_points",
    Text::new("Đưa điểm về ranh chung", "Bring the points onto the shared line"),
);
pub(super) const MERGE: (&str, Text) = (
    "merge_points",
    Text::new("Gộp các điểm gần trùng", "Merge points that nearly coincide"),
);

/// The points of the finding's parcels around it made one, within a tolerance.
pub(super) fn matching(about: &About<'_>, mm: i64, yields: Vec<ParcelRef>, certain: bool) -> Fix {
    let near = about.finding.bbox.unwrap_or(BBox::EMPTY).grown(mm + 1);
    // A third parcel with a corner there has a version of its own of it.
    let mut others = Vec::new();
    about.coverage.window_for_each(&near, |p| {
        let there = p.polygon.points().any(|q| near.contains(q));
        if there && !about.finding.parcels.contains(&p.uid) {
            others.push(p.uid);
        }
    });
    others.sort_unstable();
    let mut parcels = about.references();
    parcels.extend(others.into_iter().map(ParcelRef::Uid));
    let list = about
        .parcels
        .iter()
        .map(|p| short(p))
        .collect::<Vec<_>>()
        .join(", ");
    Fix {
        name: MATCH.0,
        title: MATCH.1,
        what: msg!(
            "Các thửa {list}: điểm cách nhau không quá {mm} mm thành một, điểm chỉ một bên có được chèn vào bên kia; mốc đo giữ nguyên.",
            "Parcels {list}: points at most {mm} mm apart become one, a point only one side has comes into the other; surveyed points stay."
        ),
        edits: vec![Edit::MatchPoints(MatchPoints {
            parcels,
            near: vec![near.min, near.max],
            tolerance: mm as f64 / 1000.0,
            yields,
            fixed: about.known.fixed_in(&near),
        })],
        certain,
        tolerance_mm: mm,
    }
}

pub(super) fn unmatched(about: &About<'_>) -> Vec<Fix> {
    if about.parcels.len() < 2 || about.finding.bbox.is_none() {
        return Vec::new();
    }
    vec![matching(about, UNMATCHED_MM, Vec::new(), true)]
}

/// Short sides of a parcel: their ends become the one that more parcels use.
pub(super) fn near(about: &About<'_>) -> Vec<Fix> {
    let [parcel] = about.parcels.as_slice() else {
        return Vec::new();
    };
    let mm = about.known.parameters.near_points_mm as i64;
    let limit = i128::from(mm) * i128::from(mm);
    let mut edits = Vec::new();
    let mut taken: Vec<Pt> = Vec::new();
    for (a, b) in parcel
        .polygon
        .sides()
        .filter(|(a, b)| a != b && a.dist2(*b) <= limit)
    {
        if taken.contains(&a) || taken.contains(&b) {
            continue;
        }
        let weight = |p: Pt| {
            (
                about.known.fixed.contains(&p),
                about.coverage.users_of(p).len(),
                std::cmp::Reverse(p),
            )
        };
        let (from, to) = if weight(a) < weight(b) { (a, b) } else { (b, a) };
        if about.known.fixed.contains(&from) {
            continue;
        }
        taken.extend([a, b]);
        edits.push(Edit::MergePoints(MergePoints {
            points: vec![from, to],
            to,
        }));
    }
    if edits.is_empty() {
        return Vec::new();
    }
    let (name, n) = (short(parcel), edits.len());
    vec![Fix {
        name: MERGE.0,
        title: MERGE.1,
        what: msg!(
            "Thửa {name}: gộp {n} cặp điểm cách nhau không quá {mm} mm; các thửa dùng chung điểm đi theo.",
            "Parcel {name}: {n} pair(s) of points at most {mm} mm apart become one; all parcels that share them follow."
        ),
        edits,
        certain: true,
        tolerance_mm: mm,
    }]
}
