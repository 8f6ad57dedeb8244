//! Why a parcel is not divided as asked, in words.

use super::cut::refused;
use super::slabs::Stuck;
use crate::domain::{Failure, Polygon, Pt};
use crate::msg;
use crate::text::{Lang, Msg, format};
use crate::topology::{Refusal, polylabel};

/// The calculated cut does not exist.
pub(super) fn stuck(stuck: Stuck) -> Refusal {
    let show = |v: f64| (format::number(v, 2, Lang::Vi), format::number(v, 2, Lang::En));
    match stuck {
        Stuck::Nowhere => Failure::new(
            "SPLIT_NOWHERE",
            msg!(
                "Không có đường cắt nào như vậy đi qua bên trong thửa.",
                "No such line runs through the inside of the parcel."
            ),
        )
        .remedy(other_way())
        .into(),
        Stuck::All(all) => {
            let (v, e) = show(all);
            let message = msg!(
                "Theo hướng này chỉ tách liền một mảnh được tối đa {v} m².",
                "In this direction at most {e} m² can be cut off in one piece."
            );
            Failure::new("SPLIT_TOO_MUCH", message).remedy(other_way()).into()
        }
        Stuck::Jump { from, to } => {
            let ((fv, fe), (tv, te)) = (show(from), show(to));
            let message = msg!(
                "Theo hướng này phần tách ra không liền một mảnh: diện tích nhảy từ {fv} m² lên {tv} m² vì thửa có chỗ lõm hoặc phần khoét.",
                "In this direction the part would not be in one piece: its area jumps from {fe} m² to {te} m², because the parcel is concave or has a hole."
            );
            let remedy = msg!(
                "Chọn diện tích không nằm giữa hai số đó, hoặc chọn hướng khác.",
                "Choose an area that is not between the two, or another direction."
            );
            Failure::new("SPLIT_NOT_ONE_PIECE", message).remedy(remedy).into()
        }
    }
}

fn other_way() -> Msg {
    msg!(
        "Chọn cạnh, hướng hoặc diện tích khác, hoặc vẽ đường cắt.",
        "Choose another side, direction or area, or draw the line."
    )
}

/// The line cuts the parcel into more pieces than two.
pub(super) fn several(pieces: &[Polygon]) -> Refusal {
    let areas = |lang| {
        let shown: Vec<String> = pieces
            .iter()
            .map(|p| format::number(p.area_m2(), 1, lang))
            .collect();
        shown.join("; ")
    };
    let (n, vi, en) = (pieces.len(), areas(Lang::Vi), areas(Lang::En));
    let message = msg!(
        "Đường cắt này chia thửa thành {n} mảnh rời nhau ({vi} m²), không phải hai.",
        "This cut divides the parcel into {n} separate pieces ({en} m²), not two."
    );
    let remedy = msg!(
        "Chọn diện tích hoặc hướng khác, hoặc vẽ đường cắt để tách từng mảnh.",
        "Choose another area or direction, or draw the line to part them one by one."
    );
    let places: Vec<Pt> = pieces
        .iter()
        .filter_map(|p| polylabel::pole(p, 100.0))
        .map(|p| p.at)
        .collect();
    refused(
        Failure::new("SPLIT_NOT_ONE_PIECE", message).remedy(remedy),
        &places,
    )
}

/// What the cut parts hangs together with other branches.
pub(super) fn more(part: &Polygon) -> Refusal {
    let show = |lang| format::number(part.area_m2(), 2, lang);
    let (vi, en) = (show(Lang::Vi), show(Lang::En));
    let message = msg!(
        "Theo hướng này phần tách ra dính liền với nhánh khác của thửa: đường cắt cho {vi} m².",
        "In this direction the part hangs together with another branch of the parcel: the cut gives {en} m²."
    );
    let remedy = msg!(
        "Chọn diện tích hoặc hướng khác, hoặc vẽ đường cắt.",
        "Choose another area or direction, or draw the line."
    );
    let at = polylabel::pole(part, 100.0).map(|p| p.at);
    refused(
        Failure::new("SPLIT_NOT_ONE_PIECE", message).remedy(remedy),
        at.as_slice(),
    )
}

/// The lattice does not allow this area.
pub(super) fn not_met(wanted: f64, got: f64) -> Refusal {
    let show = |v: f64, lang| format::number(v, 3, lang);
    let (wv, we) = (show(wanted, Lang::Vi), show(wanted, Lang::En));
    let (gv, ge) = (show(got, Lang::Vi), show(got, Lang::En));
    let message = msg!(
        "Không đạt được diện tích {wv} m² với tọa độ làm tròn đến mm: gần nhất là {gv} m².",
        "An area of {we} m² cannot be met with coordinates in whole mm: the nearest is {ge} m²."
    );
    Failure::new("SPLIT_NOT_MET", message).remedy(other_way()).into()
}

/// A side that was named is not one of the parcel's.
pub(super) fn no_side(at: Pt) -> Refusal {
    let (e, n) = at.metres();
    let message = msg!(
        "Thửa không có cạnh bắt đầu hoặc kết thúc tại X = {n:.3}, Y = {e:.3}.",
        "The parcel has no side from or to X = {n:.3}, Y = {e:.3}."
    );
    let remedy = msg!(
        "Chọn hai điểm ranh ở hai đầu một cạnh (hoặc một đoạn ranh) của thửa.",
        "Choose the two boundary points at the ends of a side (or stretch of boundary) of the parcel."
    );
    refused(Failure::new("SPLIT_NO_SIDE", message).remedy(remedy), &[at])
}

/// A number that makes no sense.
pub(super) fn bad(field: &'static str, message: Msg) -> Refusal {
    Failure::new("SPLIT_VALUE", message).field(field).into()
}
