//! Each rule against shapes that are hard to judge.

use super::*;
use crate::domain::{Parcel, Pt};
use crate::job::Progress;
use crate::text::Lang;
use crate::topology::Coverage;
use crate::topology::testing::parcel;

/// What one rule says of these parcels, in Vietnamese.
fn told(code: &str, parcels: Vec<Parcel>) -> String {
    let options = Options {
        rules: vec![code.to_owned()],
        ..Options::default()
    };
    let found = run(&Coverage::build(parcels), &options, &Progress::none()).unwrap();
    let one = |f: &Finding| format!("{} {}", f.severity.name(), message(f).get(Lang::Vi));
    found.iter().map(one).collect::<Vec<_>>().join("\n")
}

/// A square of ten metres, and what is done to it.
fn square(change: impl FnOnce(&mut Parcel)) -> Vec<Parcel> {
    let mut p = parcel(1, "0 0, 10000 0, 10000 10000, 0 10000");
    change(&mut p);
    p.bbox = p.polygon.bbox();
    vec![p]
}

/// Moved to where VN-2000 has land.
fn at_home(p: &mut Parcel) {
    let far = |v: &Pt| Pt::new(v.e + 500_000_000, v.n + 2_300_000_000);
    p.polygon.rings.iter_mut().flatten().for_each(|v| *v = far(v));
}

#[test]
fn attributes() {
    let bad = |text: &str| text.to_owned();
    let table: [(&str, Vec<Parcel>, String); 19] = [
        ("COORDINATE_WINDOW", square(at_home), bad("")),
        (
            "COORDINATE_WINDOW",
            square(|_| ()),
            bad(
                "error Thửa 25747/1/1 có điểm tại X = 0,000, Y = 0,000, ngoài phạm vi tọa độ VN-2000 của Việt Nam.",
            ),
        ),
        // Exchanged axes: north where east should be.
        (
            "COORDINATE_WINDOW",
            square(|p| {
                at_home(p);
                p.polygon.rings[0].iter_mut().for_each(|v| *v = Pt::new(v.n, v.e));
            }),
            bad(
                "error Thửa 25747/1/1 có điểm tại X = 500000,000, Y = 2300000,000, ngoài phạm vi tọa độ VN-2000 của Việt Nam.",
            ),
        ),
        ("COMMUNE_CODE", square(|p| p.commune = "00001".into()), bad("")),
        (
            "COMMUNE_CODE",
            square(|p| p.commune = "2574".into()),
            bad("error Thửa 2574/1/1 tại X = 5,000, Y = 5,000: mã xã không phải năm chữ số."),
        ),
        ("NUMBER_MISSING", square(|_| ()), bad("")),
        (
            "NUMBER_MISSING",
            square(|p| (p.number, p.is_parcel) = ("".into(), false)),
            bad(""),
        ),
        (
            "NUMBER_MISSING",
            square(|p| p.number = "".into()),
            bad("warning Thửa 25747/1/ tại X = 5,000, Y = 5,000 chưa có số thửa."),
        ),
        (
            "NUMBER_MISSING",
            square(|p| p.sheet = "".into()),
            bad("warning Thửa 25747//1 tại X = 5,000, Y = 5,000 chưa có số tờ bản đồ."),
        ),
        (
            "NUMBER_MISSING",
            square(|p| p.number = "012".into()),
            bad("warning Thửa 25747/1/012 tại X = 5,000, Y = 5,000 có số thửa không phải số nguyên từ 1."),
        ),
        ("AREA_INVALID", square(|p| p.area_measured = Some(100.1)), bad("")),
        (
            "AREA_INVALID",
            square(|p| p.area_measured = Some(0.0)),
            bad("error Thửa 25747/1/1 tại X = 5,000, Y = 5,000: diện tích đo ghi 0,000 m², không lớn hơn 0."),
        ),
        (
            "AREA_INVALID",
            square(|p| p.area_legal = Some(-3.5)),
            bad(
                "error Thửa 25747/1/1 tại X = 5,000, Y = 5,000: diện tích pháp lý ghi -3,500 m², không lớn hơn 0.",
            ),
        ),
        (
            "AREA_INVALID",
            square(|p| p.area_measured = Some(f64::NAN)),
            bad("error Thửa 25747/1/1 tại X = 5,000, Y = 5,000: diện tích đo ghi NaN m², không lớn hơn 0."),
        ),
        (
            "AREA_INVALID",
            square(|p| p.area_measured = Some(100.25)),
            bad(
                "warning Thửa 25747/1/1 tại X = 5,000, Y = 5,000: diện tích đo ghi 100,250 m², nhiều hơn một chữ số thập phân.",
            ),
        ),
        (
            "AREA_LEGAL",
            square(|p| (p.area_measured, p.area_legal) = (Some(104.0), Some(100.0))),
            bad(""),
        ),
        ("AREA_LEGAL", square(|p| p.area_measured = Some(104.0)), bad("")),
        (
            "AREA_LEGAL",
            square(|p| (p.area_measured, p.area_legal) = (Some(104.2), Some(100.0))),
            bad(
                "warning Thửa 25747/1/1 tại X = 5,000, Y = 5,000: diện tích đo 104,2 m², pháp lý 100,0 m², lệch 4,2 m²; hạn sai ở tỷ lệ 1:1.000 là 4,0 m².",
            ),
        ),
        (
            "AREA_LEGAL",
            square(|p| (p.area_measured, p.area_legal) = (Some(104.0), Some(f64::NAN))),
            bad(""),
        ),
    ];
    for (code, parcels, want) in table {
        assert_eq!(told(code, parcels), want, "{code}");
    }
}

#[test]
fn shapes() {
    let one = |text: &str| vec![parcel(1, text)];
    let ring = |n: usize| {
        let at = |i: usize| {
            let t = i as f64 / n as f64 * std::f64::consts::TAU;
            format!("{:.0} {:.0}", 60_000.0 * t.cos(), 60_000.0 * t.sin())
        };
        (0..n).map(at).collect::<Vec<_>>().join(", ")
    };
    let holed = "0 0, 10000 0, 10000 10000, 0 10000 | 2000 2000, 2000 8000, 8000 8000, 8000 2000";
    let spiral = "0 0, 9000 0, 9000 9000, 2000 9000, 2000 4000, 6000 4000, 6000 6000, 4000 6000, 4000 7000, 7000 7000, 7000 2000, 0 2000";
    let bow_tie = "0 0, 9000 9000, 9000 0, 0 8000";
    let thin = "0 0, 900000 0, 900000 150, 0 150";
    let table: [(&str, Vec<Parcel>, &str); 14] = [
        ("NARROW_NECK", one(holed), ""),
        ("NARROW_NECK", one(spiral), ""),
        ("NARROW_NECK", one(thin), ""),
        ("NARROW_NECK", one(&ring(10_000)), ""),
        (
            "NARROW_NECK",
            one("0 0, 9000 0, 4525 4500, 9000 9000, 0 9000, 4475 4500"),
            "warning Thửa 25747/1/1 bị thắt còn 0,050 m tại X = 4,500, Y = 4,500; hẹp dưới 0,100 m là đáng ngờ.",
        ),
        ("SLIVER_PARCEL", one(holed), ""),
        ("SLIVER_PARCEL", one(spiral), ""),
        ("SLIVER_PARCEL", one(bow_tie), ""),
        (
            "SLIVER_PARCEL",
            one(thin),
            "warning Thửa 25747/1/1 tại X = 0,075, Y = 450,000: chỗ rộng nhất chỉ 0,150 m, dưới 0,200 m.",
        ),
        (
            "SLIVER_PARCEL",
            one("0 0, 9000 0, 9000 1, 0 1"),
            "warning Thửa 25747/1/1 tại X = 0,000, Y = 4,500: chỗ rộng nhất chỉ 0,001 m, dưới 0,200 m.",
        ),
        ("NEAR_POINTS", one(holed), ""),
        (
            "NEAR_POINTS",
            one("0 0, 9000 0, 9003 4, 9000 9000, 0 9000, 0 3"),
            "warning Thửa 25747/1/1: hai điểm liên tiếp chỉ cách nhau 3 mm tại X = 0,000, Y = 0,000; 2 cạnh không dài quá 5 mm.",
        ),
        ("NEAR_POINTS", one("0 0, 9000 0, 9004 4, 9000 9000, 0 9000"), ""),
        ("NEAR_POINTS", one("0 0, 9000 0, 9000 0, 9000 9000, 0 9000"), ""),
    ];
    for (code, parcels, want) in table {
        assert_eq!(told(code, parcels), want, "{code}");
    }
}

#[test]
fn pairs() {
    let of = |texts: &[&str]| -> Vec<Parcel> { texts.iter().zip(1..).map(|(t, i)| parcel(i, t)).collect() };
    let sheets = |mut all: Vec<Parcel>| {
        all[1].sheet = "2".into();
        all
    };
    let a = "0 0, 10000 0, 10000 10000, 0 10000";
    let turned = "10000 10000, 0 10000, 0 0, 10000 0";
    let with_point = "0 0, 5000 0, 10000 0, 10000 10000, 0 10000";
    let over = "9900 0, 20000 0, 20000 10000, 9900 10000";
    let far_over = "9700 0, 20000 0, 20000 10000, 9700 10000";
    let frame = "0 0, 30000 0, 30000 30000, 0 30000 | 10000 10000, 10000 20000, 20000 20000, 20000 10000";
    let in_frame = "10000 10000, 19900 10000, 19900 20000, 10000 20000";
    let table: [(&str, Vec<Parcel>, &str); 9] = [
        (
            "DUPLICATE_SHAPE",
            of(&[a, turned]),
            "error Thửa 25747/1/1 và 25747/1/2 có cùng một hình tại X = 5,000, Y = 5,000, 100,0 m².",
        ),
        ("PARCEL_OVERLAP", of(&[a, turned]), ""),
        ("DUPLICATE_SHAPE", of(&[a, with_point]), ""),
        ("SHEET_EDGE", of(&[a, over]), ""),
        (
            "SHEET_EDGE",
            sheets(of(&[a, over])),
            "warning Tiếp biên giữa thửa 25747/1/1 và 25747/2/2: chồng nhau 1,0 m², chỗ rộng nhất 0,100 m tại X = 0,050, Y = 9,950; trong hạn 0,200 m (0,2 mm ở tỷ lệ 1:1.000).",
        ),
        ("PARCEL_OVERLAP", sheets(of(&[a, over])), ""),
        ("SHEET_EDGE", sheets(of(&[a, far_over])), ""),
        (
            "SHEET_EDGE",
            sheets(of(&[frame, in_frame])),
            "warning Tiếp biên giữa thửa 25747/1/1 và 25747/2/2: hở 1,0 m², chỗ rộng nhất 0,100 m tại X = 10,050, Y = 19,950; trong hạn 0,200 m (0,2 mm ở tỷ lệ 1:1.000).",
        ),
        (
            "PARCEL_GAP",
            of(&[frame, in_frame]),
            "warning Giữa thửa 25747/1/1 và 25747/1/2 hở 1,0 m², chỗ rộng nhất 0,100 m tại X = 10,050, Y = 19,950.",
        ),
    ];
    for (code, parcels, want) in table {
        assert_eq!(told(code, parcels), want, "{code}");
    }
}

/// Codes and severities of all rules but the window of coordinates, over shapes that other engines judge wrongly or slowly.
#[test]
fn adversaries() {
    let of = |texts: &[&str]| -> Vec<Parcel> { texts.iter().zip(1..).map(|(t, i)| parcel(i, t)).collect() };
    let square = "0 0, 10000 0, 10000 10000, 0 10000";
    let holed = "0 0, 10000 0, 10000 10000, 0 10000 | 3000 3000, 3000 7000, 7000 7000, 7000 3000";
    let island = "3000 3000, 7000 3000, 7000 7000, 3000 7000";
    let west = "3000 3000, 5000 3000, 5000 7000, 3000 7000";
    let east = "5000 3000, 7000 3000, 7000 7000, 5000 7000";
    let spiral = "0 0, 9000 0, 9000 9000, 2000 9000, 2000 4000, 6000 4000, 6000 6000, 4000 6000, 4000 7000, 7000 7000, 7000 2000, 0 2000";
    let filler = "0 2000, 7000 2000, 7000 7000, 4000 7000, 4000 6000, 6000 6000, 6000 4000, 2000 4000, 2000 9000, 0 9000";
    let round = |n: usize, push: i64| {
        let at = |i: usize| {
            let t = i as f64 / n as f64 * std::f64::consts::TAU;
            let r = 60_000 + if i == 7 { push } else { 0 };
            format!("{:.0} {:.0}", r as f64 * t.cos(), r as f64 * t.sin())
        };
        (0..n).map(at).collect::<Vec<_>>()
    };
    let many = 10_000;
    let ring = round(many, 0).join(", ");
    let around = {
        let mut hole = round(many, 0);
        hole.reverse();
        format!(
            "-70000 -70000, 70000 -70000, 70000 70000, -70000 70000 | {}",
            hole.join(", ")
        )
    };
    let pushed = round(many, 8).join(", ");
    let table: Vec<(&str, Vec<Parcel>, &str)> = vec![
        ("a hole filled", of(&[holed, island]), ""),
        (
            "a hole filled by two together",
            of(&[holed, west, east]),
            "info UNMATCHED_VERTEX, info UNMATCHED_VERTEX",
        ),
        (
            "a hole partly filled",
            of(&[holed, west]),
            "info PARCEL_GAP, info UNMATCHED_VERTEX, info UNMATCHED_VERTEX",
        ),
        (
            "in the hole, touching in a point",
            of(&[holed, "3000 3000, 5000 4000, 4000 5000"]),
            "info PARCEL_GAP",
        ),
        ("contained", of(&[square, island]), "error PARCEL_OVERLAP"),
        (
            "contained, sharing a side",
            of(&[square, "0 0, 10000 0, 10000 5000, 0 5000"]),
            "error PARCEL_OVERLAP",
        ),
        ("identical", of(&[square, square]), "error DUPLICATE_SHAPE"),
        (
            "touching in a point",
            of(&[square, "10000 10000, 20000 10000, 20000 20000, 10000 20000"]),
            "",
        ),
        (
            "a T-junction",
            of(&[
                square,
                "10000 0, 20000 0, 20000 5000, 10000 5000",
                "10000 5000, 20000 5000, 20000 10000, 10000 10000",
            ]),
            "info UNMATCHED_VERTEX",
        ),
        (
            "a sliver of 1 mm",
            of(&[square, "9999 0, 20000 0, 20000 10000, 9999 10000"]),
            "warning UNMATCHED_VERTEX",
        ),
        (
            "a sliver of 3 mm",
            of(&[square, "9997 0, 20000 0, 20000 10000, 9997 10000"]),
            "warning PARCEL_OVERLAP",
        ),
        (
            "a bow-tie",
            of(&["0 0, 9000 9000, 9000 0, 0 8000"]),
            "error RING_INVALID",
        ),
        ("a spiral and what fills it", of(&[spiral, filler]), ""),
        (
            "long and thin",
            of(&[
                "0 0, 900000 0, 900000 300, 0 300",
                "0 300, 900000 300, 900000 9000, 0 9000",
            ]),
            "",
        ),
        (
            "a spike under 1°",
            of(&["0 0, 10000 0, 10000 5000, 40000 5001, 10000 5002, 10000 10000, 0 10000"]),
            "error RING_INVALID",
        ),
        (
            "a corner over 1°",
            of(&["0 0, 10000 0, 10000 5000, 40000 5300, 10000 5600, 10000 10000, 0 10000"]),
            "",
        ),
        (
            "a repeated point",
            of(&["0 0, 10000 0, 10000 0, 10000 10000, 0 10000"]),
            "error RING_INVALID",
        ),
        ("10,000 points", of(&[&around, &ring]), ""),
        (
            "10,000 points, one pushed out",
            of(&[&around, &pushed]),
            "warning PARCEL_OVERLAP",
        ),
    ];
    let rules: Vec<String> = RULES
        .iter()
        .map(|r| r.code.to_owned())
        .filter(|c| !["COORDINATE_WINDOW", "NEAR_POINTS"].contains(&c.as_str()))
        .collect();
    let options = Options {
        rules,
        ..Options::default()
    };
    let mut wrong = Vec::new();
    for (name, parcels, want) in table {
        let found = run(&Coverage::build(parcels), &options, &Progress::none()).unwrap();
        let told: Vec<String> = found
            .iter()
            .map(|f| format!("{} {}", f.severity.name(), f.code))
            .collect();
        if told.join(", ") != want {
            wrong.push(format!("{name}: {}; wanted {want}", told.join(", ")));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
