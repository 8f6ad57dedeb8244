//! Invalid shapes: spikes and repeated points go, crossings are undone, what stays in parts is shown as parts.

use super::{About, Fix, short};
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
    let total: f64 = parts.iter().map(Polygon::area_m2).sum();
    match parts.as_slice() {
        [] => {}
        [_] => {
            let what = msg!(
                "Thửa {name}: dựng lại đường bao từ các cạnh; được một vùng {total:.1} m².",
                "Parcel {name}: the rings are built anew from the sides; that is one area of {total:.1} m²."
            );
            all.push(fix(LARGEST, How::Largest, what, false));
        }
        [first, rest @ ..] => {
            let (n, largest) = (parts.len(), first.area_m2());
            let lost: f64 = rest.iter().map(Polygon::area_m2).sum();
            let split = msg!(
                "Thửa {name}: đường bao gồm {n} vùng, tổng {total:.1} m²; vùng lớn nhất giữ số thửa, mỗi vùng còn lại là một thửa mới.",
                "Parcel {name}: the rings bound {n} areas of {total:.1} m² in all; the largest stays the parcel, each other becomes a parcel."
            );
            let keep = msg!(
                "Thửa {name}: chỉ giữ vùng lớn nhất {largest:.1} m²; {lost:.1} m² không còn thuộc thửa.",
                "Parcel {name}: only the largest area of {largest:.1} m² stays; {lost:.1} m² no longer belong to it."
            );
            all.push(fix(PARTS, How::Parts, split, false));
            all.push(fix(LARGEST, How::Largest, keep, false));
        }
    }
    all
}
