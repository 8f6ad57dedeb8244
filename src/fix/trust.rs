//! Which of two parcels is drawn less reliably: rank by survey, else by the certified area. A tie is a tie:
//! then a person decides.

use std::cmp::Ordering;

use super::{Known, short};
use crate::domain::Parcel;
use crate::msg;
use crate::text::Msg;

/// Shares of the land in question by which the certified area must speak for one reading.
const CLEAR: f64 = 0.5;

/// The less trusted of the two and why; `m2`: the land both claim.
pub(super) fn less<'a>(known: &Known, a: &'a Parcel, b: &'a Parcel, m2: f64) -> Option<(&'a Parcel, Msg)> {
    let pick = |order: Ordering| match order {
        Ordering::Less => Some(a),
        Ordering::Greater => Some(b),
        Ordering::Equal => None,
    };
    let surveyed = |p: &Parcel| p.polygon.points().filter(|q| known.fixed.contains(q)).count();
    if let Some(p) = pick(surveyed(a).cmp(&surveyed(b))) {
        return Some((p, surveyed_less(p)));
    }
    if let Some(p) = pick(scale(known, a).cmp(&scale(known, b))) {
        return Some((p, coarser(p)));
    }
    if let Some(p) = pick(date(known, a).cmp(&date(known, b))) {
        return Some((p, older(p)));
    }
    let (mine, other) = (gain(a, m2), gain(b, m2));
    let speaks = |x: Option<f64>, y: Option<f64>| {
        x.is_some_and(|x| x >= CLEAR * m2) && y.is_none_or(|y| y <= -CLEAR * m2)
    };
    let p = match (speaks(mine, other), speaks(other, mine)) {
        (true, false) => a,
        (false, true) => b,
        _ => return None,
    };
    Some((p, beyond_certificate(p)))
}

fn sheet<'a>(known: &'a Known, p: &Parcel) -> Option<&'a super::Sheet> {
    known.sheets.get(&(p.commune.to_string(), p.sheet.to_string()))
}

/// A larger scale ranks higher; unknown is not compared with known.
fn scale(known: &Known, p: &Parcel) -> i64 {
    sheet(known, p).and_then(|s| s.scale).map_or(i64::MIN, |m| -m)
}

fn date<'a>(known: &'a Known, p: &Parcel) -> Option<&'a str> {
    sheet(known, p)?.surveyed_on.as_deref()
}

/// By how much the drawn area would come nearer to the certified one without the land, m². `None` without a
/// certified area.
fn gain(p: &Parcel, m2: f64) -> Option<f64> {
    let (drawn, certified) = (p.polygon.area_m2(), p.area_legal?);
    Some((drawn - certified).abs() - (drawn - m2 - certified).abs())
}

fn surveyed_less(p: &Parcel) -> Msg {
    let p = short(p);
    msg!(
        "thửa {p} có ít mốc đo hơn",
        "parcel {p} has fewer surveyed points"
    )
}

fn coarser(p: &Parcel) -> Msg {
    let p = short(p);
    msg!(
        "thửa {p} thuộc tờ bản đồ tỷ lệ nhỏ hơn",
        "parcel {p} is on a sheet of a smaller scale"
    )
}

fn older(p: &Parcel) -> Msg {
    let p = short(p);
    msg!(
        "thửa {p} thuộc tờ bản đồ đo trước",
        "parcel {p} is on a sheet surveyed earlier"
    )
}

fn beyond_certificate(p: &Parcel) -> Msg {
    let p = short(p);
    msg!(
        "bỏ phần này thì diện tích thửa {p} khớp giấy chứng nhận hơn",
        "without it the area of parcel {p} agrees better with its certificate"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Pt;
    use crate::fix::Sheet;
    use crate::topology::testing::parcel;

    #[test]
    fn table() {
        // two squares of 100 m² that share a strip of 10 m²
        let square = || {
            [
                parcel(1, "0 0, 10000 0, 10000 10000, 0 10000"),
                parcel(2, "9000 0, 19000 0, 19000 10000, 9000 10000"),
            ]
        };
        let less = |known: &Known, legal: [Option<f64>; 2]| {
            let [mut a, mut b] = square();
            (a.area_legal, b.area_legal) = (legal[0], legal[1]);
            b.sheet = "2".into();
            super::less(known, &a, &b, 10.0).map(|(p, _)| p.fid)
        };
        let none = Known::default();
        for (legal, want) in [
            ([None, None], None),
            ([Some(90.0), None], Some(1)),
            ([None, Some(90.0)], Some(2)),
            ([Some(90.0), Some(100.0)], Some(1)),
            // both certificates say the same, or neither knows
            ([Some(90.0), Some(90.0)], None),
            ([Some(100.0), Some(100.0)], None),
            ([Some(96.0), Some(100.0)], None),
        ] {
            assert_eq!(less(&none, legal), want, "{legal:?}");
        }
        let sheet = |scale, date: &str| Sheet {
            scale,
            surveyed_on: Some(date.into()),
        };
        let of = |a: Sheet, b: Sheet| Known {
            sheets: [
                (("25747".into(), "1".into()), a),
                (("25747".into(), "2".into()), b),
            ]
            .into(),
            ..Known::default()
        };
        let all = [Some(100.0), Some(90.0)];
        assert_eq!(
            less(
                &of(sheet(Some(1000), "2001-01-01"), sheet(Some(500), "1999-01-01")),
                all
            ),
            Some(1)
        );
        assert_eq!(
            less(
                &of(sheet(Some(500), "2001-01-01"), sheet(Some(500), "2019-01-01")),
                all
            ),
            Some(1)
        );
        assert_eq!(
            less(
                &of(sheet(Some(500), "2019-01-01"), sheet(Some(500), "2019-01-01")),
                all
            ),
            Some(2)
        );
        let surveyed = Known {
            fixed: [Pt::new(19_000, 0)].into(),
            ..of(sheet(Some(500), ""), sheet(Some(2000), ""))
        };
        assert_eq!(less(&surveyed, all), Some(1));
    }
}
