//! The list of areas a parcel is divided into: "120; 95,5; còn lại".

use crate::domain::Failure;
use crate::msg;
use crate::text::{Lang, fold, format};

/// One part of the list.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Part {
    /// m².
    Area(f64),
    /// What the others leave.
    Rest,
}

/// What a list leaves of a parcel, while it is being typed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Remainder {
    /// Sum of the areas given, m².
    pub given: f64,
    /// What is left of the parcel, m²; negative when more was given than there is.
    pub left: f64,
    /// Whether a part takes what is left.
    pub has_rest: bool,
}

/// What the parts leave of `area` m².
pub fn remainder(area: f64, parts: &[Part]) -> Remainder {
    let given: f64 = parts
        .iter()
        .map(|p| match p {
            Part::Area(a) => *a,
            Part::Rest => 0.0,
        })
        .sum();
    Remainder {
        given,
        left: area - given,
        has_rest: parts.contains(&Part::Rest),
    }
}

/// Reads a list as typed: parts by semicolon, numbers in the person's way, "còn lại", "rest" or "*" for what is left.
pub fn parse(text: &str, lang: Lang) -> Result<Vec<Part>, Failure> {
    let parts = text.split(';').map(str::trim).filter(|t| !t.is_empty());
    parts
        .map(|t| match fold::fold(t).as_str() {
            "con lai" | "phan con lai" | "cl" | "rest" | "*" => Ok(Part::Rest),
            _ => format::parse_number(t.trim_end_matches("m²").trim_end_matches("m2").trim(), lang)
                .map(Part::Area),
        })
        .collect()
}

/// Whether a list can be meant for a parcel of `area` m²: two parts or more, all positive, one rest at most; without a
/// rest they make up the parcel within 0.05 m².
pub fn check(area: f64, parts: &[Part]) -> Result<(), Failure> {
    if parts.len() < 2 {
        let message = msg!("Cần ít nhất hai phần.", "At least two parts are needed.");
        let remedy = msg!(
            "Ghi diện tích các phần cách nhau bằng dấu chấm phẩy, ví dụ: 120; 95,5; còn lại.",
            "Write the areas separated by semicolons, for example: 120; 95.5; rest."
        );
        return Err(Failure::new("SPLIT_LIST_SHORT", message)
            .remedy(remedy)
            .field("areas"));
    }
    if let Some(Part::Area(bad)) = parts
        .iter()
        .find(|p| matches!(p, Part::Area(a) if a.is_nan() || *a <= 0.0))
    {
        let message = msg!(
            "Diện tích {bad} m² không hợp lý.",
            "An area of {bad} m² is not possible."
        );
        let remedy = msg!("Diện tích phải lớn hơn 0.", "An area is more than 0.");
        return Err(Failure::new("BAD_AREA", message).remedy(remedy).field("areas"));
    }
    let rests = parts.iter().filter(|p| **p == Part::Rest).count();
    if rests > 1 {
        let message = msg!(
            "Chỉ một phần được là \"còn lại\".",
            "Only one part may be the rest."
        );
        return Err(Failure::new("SPLIT_TWO_RESTS", message).field("areas"));
    }
    check_sum(area, &remainder(area, parts))
}

/// What the areas of a list without rest may differ from the parcel, m².
const SUM: f64 = 0.05;

fn check_sum(area: f64, r: &Remainder) -> Result<(), Failure> {
    let fits = if r.has_rest {
        r.left > 0.0
    } else {
        r.left.abs() <= SUM + 1e-9
    };
    if fits {
        return Ok(());
    }
    let show = |v: f64, lang: Lang| format::number(v, 2, lang);
    let (gv, ge) = (show(r.given, Lang::Vi), show(r.given, Lang::En));
    let (av, ae) = (show(area, Lang::Vi), show(area, Lang::En));
    let (dv, de) = (show(r.left.abs(), Lang::Vi), show(r.left.abs(), Lang::En));
    let remedy = msg!(
        "Sửa danh sách, hoặc ghi \"còn lại\" cho một phần.",
        "Change the list, or write \"rest\" for one part."
    );
    let message = if r.left > 0.0 {
        msg!(
            "Các phần cộng lại {gv} m², thửa có {av} m²: còn thiếu {dv} m².",
            "The parts are {ge} m² together, the parcel has {ae} m²: {de} m² are missing."
        )
    } else {
        msg!(
            "Các phần cộng lại {gv} m², thửa chỉ có {av} m²: thừa {dv} m².",
            "The parts are {ge} m² together, the parcel has only {ae} m²: {de} m² too much."
        )
    };
    Err(Failure::new("SPLIT_SUM", message).remedy(remedy).field("areas"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_as_typed() {
        use Part::{Area, Rest};
        let vi = |t: &str| parse(t, Lang::Vi).map_err(|e| e.code());
        assert_eq!(vi("120; 95,5; còn lại"), Ok(vec![Area(120.0), Area(95.5), Rest]));
        assert_eq!(vi(" 1.200,5 m² ;Con Lai; "), Ok(vec![Area(1200.5), Rest]));
        assert_eq!(vi("*;3"), Ok(vec![Rest, Area(3.0)]));
        assert_eq!(vi("phần còn lại; 3m2"), Ok(vec![Rest, Area(3.0)]));
        assert_eq!(
            parse("120; 95.5; rest", Lang::En).ok(),
            Some(vec![Area(120.0), Area(95.5), Rest])
        );
        assert_eq!(vi("120; abc"), Err("NOT_A_NUMBER"));
        assert_eq!(vi(""), Ok(vec![]));
    }

    #[test]
    fn what_can_be_meant() {
        use Part::{Area, Rest};
        let code = |area, parts: &[Part]| check(area, parts).map_err(|e| e.code()).err().unwrap_or("");
        assert_eq!(code(300.0, &[Area(120.0), Area(95.5), Rest]), "");
        assert_eq!(code(300.0, &[Rest, Area(120.0)]), "");
        assert_eq!(code(300.0, &[Area(100.0), Area(200.04)]), "");
        assert_eq!(code(300.0, &[Area(100.0), Area(200.06)]), "SPLIT_SUM");
        assert_eq!(code(300.0, &[Area(100.0), Area(199.0)]), "SPLIT_SUM");
        assert_eq!(code(300.0, &[Area(300.0), Rest]), "SPLIT_SUM");
        assert_eq!(code(300.0, &[Area(300.0)]), "SPLIT_LIST_SHORT");
        assert_eq!(code(300.0, &[Rest, Rest]), "SPLIT_TWO_RESTS");
        assert_eq!(code(300.0, &[Area(0.0), Rest]), "BAD_AREA");
        assert_eq!(code(300.0, &[Area(f64::NAN), Rest]), "BAD_AREA");
        let r = remainder(300.0, &[Area(120.0), Area(95.5), Rest]);
        assert_eq!((r.given, r.left, r.has_rest), (215.5, 84.5, true));
    }
}
