//! ID-03: the place a parcel code stands for lies in the parcel, to 0.1 m.

use super::register::{Entry, Facts, Said};
use super::rule::{self, Check, Rule};
use crate::crs;
use crate::domain::{Finding, Severity};
use crate::msg;
use crate::text::format;
use crate::text::{Lang, Msg, Text};
use crate::topology::ring::distance_outside;

pub const RULE: Rule = Rule {
    code: "PARCEL_CODE_OUTSIDE",
    title: Text::new("Mã định danh chỉ ra ngoài thửa", "Parcel code points elsewhere"),
    severity: Severity::Warning,
    moments: rule::WARNING,
    why: Text::new(
        "Mã định danh là tọa độ một điểm trong thửa; ở ngoài thì mã của thửa khác, hoặc hình sai hệ tọa độ.",
        "The code is the place of a point inside; elsewhere it is another parcel's code, or the shape has the wrong system.",
    ),
    remedy: Text::new(
        "Kiểm tra mã và hệ tọa độ; mã đã cấp giữ nguyên dù ranh có chỉnh lý.",
        "Check code and coordinate system; a code once issued stays although the boundary was corrected.",
    ),
    check: Check::Register(check),
    message,
};

fn check(entry: &Entry<'_>, facts: &Facts<'_>) -> Option<Said> {
    let Entry::Parcel { entry, parcel } = entry else {
        return None;
    };
    let (latitude, longitude) = crs::geohash_place(entry.code.as_deref().filter(|c| c.len() == 12)?)?;
    let at = crs::from_wgs84(facts.territory.zone?, latitude, longitude).ok()?;
    let tolerance = facts.parameters.code_outside_mm;
    let off = distance_outside(&parcel.polygon, at);
    (off > tolerance).then(|| {
        Said::of(Severity::Warning)
            .metres((off / 10.0).round() / 100.0, tolerance / 1000.0)
            .value("code", entry.code.as_deref().unwrap_or_default())
    })
}

fn message(f: &Finding) -> Msg {
    let (pv, pe) = (rule::whose(f, Lang::Vi), rule::whose(f, Lang::En));
    let code = f.value("code");
    let number = |v: Option<f64>, lang| format::number(v.unwrap_or_default(), 2, lang);
    let (mv, me) = (number(f.amount, Lang::Vi), number(f.amount, Lang::En));
    let (tv, te) = (number(f.tolerance, Lang::Vi), number(f.tolerance, Lang::En));
    msg!(
        "Mã định danh {code}{pv} chỉ một điểm cách ranh thửa {mv} m; cho phép {tv} m.",
        "Parcel code {code}{pe} stands for a place {me} m outside; {te} m is allowed."
    )
}
