//! Invalid shapes: spikes and repeated points go, crossings are undone, what stays in parts is shown as parts.

use super::{About, Fix, number, short};
use crate::domain::{ParcelRef, Polygon};
use crate::edit::{Edit, RepairRing};
use crate::msg;
use crate::text::{Msg, Text};
use crate::topology::repair_ring::{self, How};
use crate::topology::validity;

pub(super) const TIDY: (&str, Text) = (
    "tidy",
    Text::new("Bỏ điểm trùng và gai nhọn", "Drop repeated points and spikes"),
);
pub(super) const UNCROSS: (&str, Text) = (
    "uncross",
    Text::new(
        "Đảo lại hai điểm ghi nhầm thứ tự",
        "Put exchanged points in order",
    ),
);
pub(super) const PARTS: (&str, Text) = (
    "parts",
    Text::new("Tách thành các thửa", "Make each part a parcel"),
);
pub(super) const LARGEST: (&str, Text) = (
    "largest",
    Text::new("Chỉ giữ phần lớn nhất", "Keep the largest part only"),
);

pub(super) fn options(about: &About<'_>) -> Vec<Fix> {
    let [parcel] = about.parcels.as_slice() else {
        return Vec::new();
    };
    let (polygon, name) = (&parcel.polygon, short(parcel));
    let faults = validity::check(polygon);
    let fix = |(name, title): (&'static str, Text), how: How, what: Msg, certain: bool| Fix {
        name,
        title,
        what,
        edits: vec![Edit::RepairRing(RepairRing {
            parcel: ParcelRef::Uid(parcel.uid),
            how,
        })],
        certain,
        tolerance_mm: 0,
    };
    let mut all = Vec::new();
    if faults.iter().all(|f| repair_ring::is_untidy(f.kind)) {
        let what = msg!(
            "Thửa {name}: bỏ các điểm trùng liên tiếp và đầu gai nhọn; các điểm còn lại giữ nguyên.",
            "Parcel {name}: consecutive equal points and tips of spikes go; all other points stay."
        );
        all.push(fix(TIDY, How::Tidy, what, true));
        return all;
    }
    if repair_ring::uncross(polygon).is_some() {
        let what = msg!(
            "Thửa {name}: đi lại đoạn ranh giữa chỗ cắt theo chiều ngược lại; không điểm nào dời hay mất.",
            "Parcel {name}: the stretch between the crossing is walked the other way; no point moves or goes."
        );
        all.push(fix(UNCROSS, How::Uncross, what, true));
    }
    let parts = repair_ring::parts(polygon).unwrap_or_default();
    let total = number(parts.iter().map(Polygon::area_m2).sum(), 1);
    match parts.as_slice() {
        [] => {}
        [_] => {
            let what = Msg::new(
                format!(
                    "Thửa {name}: dựng lại đường bao từ các cạnh; được một vùng {} m².",
                    total.vi
                ),
                format!(
                    "Parcel {name}: the rings are built anew from the sides; that is one area of {} m².",
                    total.en
                ),
            );
            all.push(fix(LARGEST, How::Largest, what, false));
        }
        [first, rest @ ..] => {
            let (n, largest) = (parts.len(), number(first.area_m2(), 1));
            let lost = number(rest.iter().map(Polygon::area_m2).sum(), 1);
            let split = Msg::new(
                format!(
                    "Thửa {name}: đường bao gồm {n} vùng, tổng {} m²; vùng lớn nhất giữ số thửa, mỗi vùng còn lại là một thửa mới.",
                    total.vi
                ),
                format!(
                    "Parcel {name}: the rings bound {n} areas of {} m² in all; the largest stays the parcel, each other becomes a parcel.",
                    total.en
                ),
            );
            let keep = Msg::new(
                format!(
                    "Thửa {name}: chỉ giữ vùng lớn nhất {} m²; {} m² không còn thuộc thửa.",
                    largest.vi, lost.vi
                ),
                format!(
                    "Parcel {name}: only the largest area of {} m² stays; {} m² no longer belong to it.",
                    largest.en, lost.en
                ),
            );
            all.push(fix(PARTS, How::Parts, split, false));
            all.push(fix(LARGEST, How::Largest, keep, false));
        }
    }
    all
}
