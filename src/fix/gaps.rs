//! Gaps: to the parcel with the longest side along it, to another, divided along the middle, or a parcel of
//! its own. A sliver is certain to be no land of its own; anything wider is a person's decision.

use super::{About, Fix, number, points, short};
use crate::domain::ParcelRef;
use crate::edit::{Edit, NewLand};
use crate::msg;
use crate::text::{Msg, Text};
use crate::topology::fill_gap;

pub(super) const LONGEST: (&str, Text) = (
    "gap_longest",
    Text::new(
        "Giao cho thửa có cạnh chung dài nhất",
        "Give it to the parcel with the longest side",
    ),
);
pub(super) const NEIGHBOUR: (&str, Text) = (
    "gap_neighbour",
    Text::new("Giao cho thửa kế tiếp", "Give it to the next parcel"),
);
pub(super) const MIDDLE: (&str, Text) = (
    "gap_middle",
    Text::new("Chia đôi khoảng hở", "Divide the gap along its middle"),
);
pub(super) const PARCEL: (&str, Text) = ("gap_parcel", Text::new("Lập thành thửa mới", "Make it a parcel"));

pub(super) fn options(about: &About<'_>) -> Vec<Fix> {
    let Some(at) = about.finding.at else {
        return Vec::new();
    };
    let width: f64 = about.finding.value("width_mm").parse().unwrap_or(f64::MAX);
    let tolerance = about.known.parameters.overlap_tolerance_mm;
    let mut all = Vec::new();
    if width <= tolerance && about.parcels.len() > 1 {
        all.push(points::matching(about, tolerance as i64, Vec::new(), true));
    }
    if about.finding.value("large").is_empty()
        && let Ok(gap) = fill_gap::find(about.coverage, at)
    {
        all.extend(into(about, &gap));
        if gap.neighbours.len() == 2 {
            all.push(Fix {
                name: MIDDLE.0,
                title: MIDDLE.1,
                what: msg!(
                    "Ranh mới chạy giữa khoảng hở; mỗi thửa bên cạnh nhận một nửa.",
                    "The new boundary runs along the middle of the gap; each neighbour gets one half."
                ),
                edits: vec![Edit::SplitGap { at }],
                certain: false,
                tolerance_mm: 0,
            });
        }
        all.extend(own_parcel(about, &gap));
    }
    all
}

/// To the two neighbours with the longest sides; to land that is no parcel only when there is nothing else.
fn into(about: &About<'_>, gap: &fill_gap::Gap) -> Vec<Fix> {
    let Some(at) = about.finding.at else {
        return Vec::new();
    };
    let mut beside: Vec<_> = gap
        .neighbours
        .iter()
        .filter_map(|(f, length)| Some((about.coverage.get(*f)?, *length)))
        .collect();
    beside.sort_by_key(|(p, _)| !p.is_parcel);
    let sliver = about.finding.value("kind") == "sliver" && about.finding.code == "PARCEL_GAP";
    let m2 = gap.polygon.area_m2();
    let fix = |(i, (parcel, length)): (usize, &(&crate::domain::Parcel, f64))| {
        let (name, along, land) = (short(parcel), number(length / 1000.0, 2), number(m2, 2));
        let (name_, title) = if i == 0 { LONGEST } else { NEIGHBOUR };
        Fix {
            name: name_,
            title,
            what: Msg::new(
                format!(
                    "Khoảng hở {} m² nhập vào thửa {name} (cạnh chung {} m).",
                    land.vi, along.vi
                ),
                format!(
                    "The gap of {} m² goes to parcel {name} (which has {} m along it).",
                    land.en, along.en
                ),
            ),
            edits: vec![Edit::FillGap {
                at,
                into: Some(ParcelRef::Uid(parcel.uid)),
                land: None,
            }],
            certain: sliver && i == 0,
            tolerance_mm: 0,
        }
    };
    beside.iter().take(2).enumerate().map(fix).collect()
}

fn own_parcel(about: &About<'_>, gap: &fill_gap::Gap) -> Option<Fix> {
    let first = about.coverage.get(gap.neighbours.first()?.0)?;
    let (land, sheet) = (number(gap.polygon.area_m2(), 2), first.sheet.to_string());
    Some(Fix {
        name: PARCEL.0,
        title: PARCEL.1,
        what: Msg::new(
            format!(
                "Khoảng hở {} m² thành thửa mới của tờ {sheet}, mang số trống tiếp theo.",
                land.vi
            ),
            format!(
                "The gap of {} m² becomes a parcel of sheet {sheet} with the next free number.",
                land.en
            ),
        ),
        edits: vec![Edit::FillGap {
            at: about.finding.at?,
            into: None,
            land: Some(NewLand {
                commune: first.commune.to_string(),
                sheet,
                number: None,
                fields: Default::default(),
            }),
        }],
        certain: false,
        tolerance_mm: 0,
    })
}
