//! LU-01: every land-use code of a parcel stands in a list, and there is one.

use super::rule::{self, Check, Facts, Rule};
use crate::codes;
use crate::domain::{Finding, Parcel, Severity};
use crate::text::{Lang, Msg, Text};
use crate::topology::findings::about;

const LAND_USE_UNKNOWN: &str = "LAND_USE_UNKNOWN";
const LAND_USE_MISSING: &str = "LAND_USE_MISSING";

pub const UNKNOWN: Rule = Rule {
    code: LAND_USE_UNKNOWN,
    title: Text::new("Mã loại đất không có trong danh mục", "Unknown land-use code"),
    severity: Severity::Error,
    moments: rule::ERROR,
    why: Text::new(
        "Cơ sở dữ liệu quốc gia chỉ nhận mã có trong danh mục loại đất.",
        "The national database accepts only codes of the land-use list.",
    ),
    remedy: Text::new(
        "Sửa mã loại đất theo giấy chứng nhận hoặc sổ mục kê.",
        "Correct the code from the certificate or the parcel register.",
    ),
    check: Check::Parcel(unknown),
    message: say_unknown,
};

pub const MISSING: Rule = Rule {
    code: LAND_USE_MISSING,
    title: Text::new("Thửa chưa có loại đất", "Parcel without land use"),
    severity: Severity::Warning,
    moments: rule::WARNING,
    why: Text::new(
        "Thửa không có loại đất thì chưa đủ thông tin để đưa vào vận hành.",
        "A parcel without land use is not complete enough for operation.",
    ),
    remedy: Text::new(
        "Nhập loại đất theo giấy chứng nhận hoặc sổ mục kê.",
        "Enter the land use from the certificate or the parcel register.",
    ),
    check: Check::Parcel(missing),
    message: say_missing,
};

fn unknown(parcel: &Parcel, _: &Facts<'_>) -> Option<Finding> {
    let label = &*parcel.land_use;
    // Most labels are one known code.
    if label.is_empty() || codes::land_use(label).is_some() {
        return None;
    }
    let mut bad: Vec<&str> = codes::land_use_codes(label)
        .filter(|c| codes::land_use(c).is_none())
        .collect();
    bad.dedup();
    (!bad.is_empty()).then(|| Finding {
        at: rule::place(parcel),
        bbox: Some(parcel.bbox),
        values: vec![("codes", bad.join(", ")), ("label", label.to_string())],
        ..about(LAND_USE_UNKNOWN, Severity::Error, &[parcel])
    })
}

fn missing(parcel: &Parcel, _: &Facts<'_>) -> Option<Finding> {
    let none = codes::land_use_codes(&parcel.land_use).next().is_none();
    (parcel.is_parcel && none).then(|| Finding {
        at: rule::place(parcel),
        bbox: Some(parcel.bbox),
        ..about(LAND_USE_MISSING, Severity::Warning, &[parcel])
    })
}

fn say_unknown(f: &Finding) -> Msg {
    let codes = f.value("codes");
    rule::both(|lang| {
        let (refs, at) = (rule::refs(f, lang), rule::at(f, lang));
        match lang {
            Lang::Vi => format!("Thửa {refs}{at}: mã loại đất “{codes}” không có trong danh mục."),
            Lang::En => format!("Parcel {refs}{at}: the land-use code “{codes}” is in no list."),
        }
    })
}

fn say_missing(f: &Finding) -> Msg {
    rule::both(|lang| {
        let (refs, at) = (rule::refs(f, lang), rule::at(f, lang));
        match lang {
            Lang::Vi => format!("Thửa {refs}{at} chưa có loại đất."),
            Lang::En => format!("Parcel {refs}{at} has no land use."),
        }
    })
}
