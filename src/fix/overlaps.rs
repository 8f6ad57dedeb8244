//! Overlaps: narrow ones by bringing the points together, others by taking the land from the less trusted
//! parcel; where trust does not decide, both ways are offered and none is taken unasked. Identical parcels: one goes.

use super::{About, Fix, points, short, trust};
use crate::domain::{Parcel, ParcelRef};
use crate::edit::Edit;
use crate::msg;
use crate::text::{Lang, Msg, Text, format};

pub(super) const TRUSTED: (&str, Text) = (
    "take_less_trusted",
    Text::new(
        "Lấy khỏi thửa kém tin cậy hơn",
        "Take it from the less trusted parcel",
    ),
);
pub(super) const TAKE_FIRST: (&str, Text) = (
    "take_first",
    Text::new("Lấy khỏi thửa thứ nhất", "Take it from the first parcel"),
);
pub(super) const TAKE_SECOND: (&str, Text) = (
    "take_second",
    Text::new("Lấy khỏi thửa thứ hai", "Take it from the second parcel"),
);
pub(super) const MIDDLE: (&str, Text) = (
    "overlap_middle",
    Text::new("Chia đôi phần chồng lấn", "Divide the overlap along its middle"),
);
pub(super) const RETIRE: (&str, Text) = (
    "retire_duplicate",
    Text::new("Hủy thửa nhập trùng", "Retire the duplicate"),
);

pub(super) fn options(about: &About<'_>) -> Vec<Fix> {
    let [a, b] = about.parcels.as_slice() else {
        return Vec::new();
    };
    let m2 = about.finding.amount.unwrap_or_default();
    let mut all = Vec::new();
    let width: f64 = about.finding.value("width_mm").parse().unwrap_or(f64::MAX);
    let tolerance = about.known.parameters.overlap_tolerance_mm;
    if width <= tolerance {
        all.push(points::matching(about, tolerance as i64, Vec::new(), true));
    }
    let take = |(name, title), loser: &Parcel, why: Option<&Msg>| Fix {
        name,
        title,
        what: taken(loser, if loser.fid == a.fid { b } else { a }, m2, why),
        edits: vec![Edit::ResolveOverlap {
            parcels: about.references(),
            from: ParcelRef::Uid(loser.uid),
        }],
        certain: why.is_some(),
        tolerance_mm: 0,
    };
    let less = trust::less(about.known, a, b, m2);
    if let Some((loser, why)) = &less {
        all.push(take(TRUSTED, loser, Some(why)));
    }
    let decided = less.map(|(p, _)| p.fid);
    if decided != Some(a.fid) {
        all.push(take(TAKE_FIRST, a, None));
    }
    if decided != Some(b.fid) {
        all.push(take(TAKE_SECOND, b, None));
    }
    let (x, y) = (short(a), short(b));
    all.push(Fix {
        name: MIDDLE.0,
        title: MIDDLE.1,
        what: msg!(
            "Ranh mới của thửa {x} và {y} chạy giữa phần chồng lấn; mỗi thửa giữ một nửa.",
            "The new boundary of {x} and {y} runs along the middle of the overlap; each keeps one half."
        ),
        edits: vec![Edit::SplitOverlap {
            parcels: about.references(),
        }],
        certain: false,
        tolerance_mm: 0,
    });
    all
}

fn taken(loser: &Parcel, winner: &Parcel, m2: f64, why: Option<&Msg>) -> Msg {
    let (a, b) = (short(loser), short(winner));
    let area = |lang| format::area(m2, lang);
    let because = |lang: Lang| why.map(|w| format!(": {}", w.get(lang))).unwrap_or_default();
    Msg::new(
        format!(
            "{} đang thuộc cả hai thửa chỉ còn thuộc thửa {b}, thửa {a} mất phần đó{}.",
            area(Lang::Vi),
            because(Lang::Vi)
        ),
        format!(
            "{} that both claim stay with {b} only, {a} loses them{}.",
            area(Lang::En),
            because(Lang::En)
        ),
    )
}

/// Parcels with the very same rings: the one with the higher number was entered later and goes, unasked only when
/// the register says the same of both.
pub(super) fn duplicates(about: &About<'_>) -> Vec<Fix> {
    let [a, b] = about.parcels.as_slice() else {
        return Vec::new();
    };
    let rank = |p: &Parcel| {
        (
            p.number.is_empty(),
            p.number.parse::<u64>().unwrap_or(u64::MAX),
            p.uid,
        )
    };
    let (stays, goes) = if rank(a) < rank(b) { (a, b) } else { (b, a) };
    let certain = about.known.twins.contains(&(a.uid.min(b.uid), a.uid.max(b.uid)));
    let (x, y) = (short(goes), short(stays));
    let what = if certain {
        msg!(
            "Hủy hiệu lực thửa {x}: cùng hình và cùng thông tin với thửa {y}.",
            "Parcel {x} goes out of force: {y} has the same shape and the same records."
        )
    } else {
        msg!(
            "Hủy hiệu lực thửa {x}: cùng hình với thửa {y}. Thông tin hai thửa khác nhau, hãy xem trước khi chọn.",
            "Parcel {x} goes out of force: {y} has the same shape. Their records differ: look before you choose."
        )
    };
    vec![Fix {
        name: RETIRE.0,
        title: RETIRE.1,
        what,
        edits: vec![Edit::Retire {
            parcel: ParcelRef::Uid(goes.uid),
            reason: format!("Trùng thửa {}", stays.reference()),
        }],
        certain,
        tolerance_mm: 0,
    }]
}
