//! Invented names: plainly no real person or place ("Mẫu" sample, "Thử" trial, "Giả Định" assumed, "Ví Dụ"
//! example). No text starts a word with a toned capital, which TCVN3 lacks, and none is longer than its
//! DBF column in any encoding; only the rows marked in the truth break that.

use unicode_normalization::UnicodeNormalization;

use super::land::Class;
use super::random::Random;

/// Code and name of the communes. The codes are plausible for the zone, the names are not.
pub const COMMUNES: [(&str, &str); 24] = [
    ("25747", "Phường Bến Mẫu"),
    ("25750", "Xã Đồng Thử"),
    ("25753", "Xã Phú Ví Dụ"),
    ("25756", "Xã Tân Giả Định"),
    ("25759", "Xã Long Mô Phỏng"),
    ("25762", "Xã Hòa Tưởng Tượng"),
    ("25765", "Xã Bình Minh Họa"),
    ("25768", "Xã Thạnh Kiểm Thử"),
    ("25771", "Xã Vĩnh Mẫu"),
    ("25774", "Xã Phước Thử"),
    ("25777", "Xã Lộc Ví Dụ"),
    ("25780", "Xã Thanh Giả Định"),
    ("25783", "Xã Hưng Mô Phỏng"),
    ("25786", "Xã Thái Tưởng Tượng"),
    ("25789", "Xã Quảng Minh Họa"),
    ("25792", "Xã Đông Kiểm Thử"),
    ("25795", "Xã Tây Mẫu"),
    ("25798", "Xã Nam Thử"),
    ("25801", "Xã Bắc Ví Dụ"),
    ("25804", "Xã Trung Giả Định"),
    ("25807", "Xã Thượng Mô Phỏng"),
    ("25810", "Xã Hạ Tưởng Tượng"),
    ("25813", "Xã Ngoại Minh Họa"),
    ("25816", "Xã Nội Kiểm Thử"),
];

const SURNAMES: [&str; 16] = [
    "Nguyễn", "Trần", "Lê", "Phạm", "Huỳnh", "Phan", "Vũ", "Võ", "Đặng", "Bùi", "Đỗ", "Hồ", "Ngô", "Dương",
    "Lý", "Trương",
];
const MEN: [&str; 8] = ["Văn", "Hữu", "Đức", "Công", "Quang", "Minh", "Thành", "Quốc"];
const WOMEN: [&str; 6] = ["Thị", "Ngọc", "Thị Kim", "Thị Hồng", "Thu", "Thị Bích"];
const GIVEN: [&str; 14] = [
    "Mẫu",
    "Thử",
    "Giả Định",
    "Ví Dụ",
    "Minh Họa",
    "Kiểm Thử",
    "Mô Phỏng",
    "Tưởng Tượng",
    "Mẫu Hai",
    "Thử Ba",
    "Mẫu Năm",
    "Thử Bảy",
    "Mẫu Mười",
    "Không Thật",
];
const PLACES: [&str; 12] = [
    "Đồng Mẫu",
    "Gò Thử",
    "Bàu Giả",
    "Láng Mẫu",
    "Đồng Ví Dụ",
    "Bờ Thử",
    "Rộc Mẫu",
    "Đồng Chùa Giả",
    "Giồng Thử",
    "Xóm Mẫu",
    "Vườn Ví Dụ",
    "Cầu Thử",
];
const STREETS: [&str; 8] = [
    "Ven Kênh Mẫu",
    "Chợ Thử",
    "Đình Giả Định",
    "Bến Ví Dụ",
    "Lò Gốm Mẫu",
    "Hàng Dừa Thử",
    "Cầu Ván Mẫu",
    "Trường Học Thử",
];

/// Longest text of TENCHU and DIACHI, bytes (domain.md §8.2).
pub const LONG: usize = 50;
/// Longest text of DIADANH, bytes.
pub const PLACE: usize = 30;

/// Whether a text fits a column in every encoding: decomposed Unicode is the longest.
pub fn fits(text: &str, bytes: usize) -> bool {
    text.nfd().map(char::len_utf8).sum::<usize>() <= bytes
}

fn fitting(random: &mut Random, bytes: usize, make: impl Fn(&mut Random) -> String) -> String {
    for _ in 0..40 {
        let text = make(random);
        if fits(&text, bytes) {
            return text;
        }
    }
    String::new()
}

pub fn person(random: &mut Random) -> String {
    let middle = if random.chance(0.55) {
        *random.pick(&MEN)
    } else {
        *random.pick(&WOMEN)
    };
    format!("{} {middle} {}", random.pick(&SURNAMES), random.pick(&GIVEN))
}

/// Holder's name and kind of user (DTSD). Land that is no parcel has neither.
pub fn owner(class: Class, random: &mut Random) -> (String, &'static str) {
    let number = random.below(9) + 1;
    let public = |name: &str| format!("{name} Mẫu {number}");
    match class {
        c if !c.is_parcel() => (String::new(), ""),
        Class::School => (public("Trường tiểu học"), "TSN"),
        Class::Office => ("UBND cấp xã (dữ liệu mẫu)".to_owned(), "TCN"),
        Class::Market => (public("Ban quản lý chợ"), "TKH"),
        Class::Clinic => (public("Trạm y tế"), "TSN"),
        Class::Temple => (public("Đình"), "CDS"),
        Class::Pagoda => (public("Chùa"), "CDS"),
        Class::Lake | Class::Island | Class::Park | Class::Cemetery | Class::Unused => {
            ("UBND cấp xã quản lý (mẫu)".to_owned(), "UBQ")
        }
        Class::FishPond if random.chance(0.1) => (public("Công ty TNHH Ví Dụ"), "TKT"),
        _ => (household(random), "GDC"),
    }
}

fn household(random: &mut Random) -> String {
    let form = random.below(10);
    fitting(random, LONG, |r| match form {
        0 => format!("Hộ ông {}", person(r)),
        1 => format!("Hộ bà {}", person(r)),
        2 => format!("Ông {}", person(r)),
        _ => person(r),
    })
}

/// A household with too many names for the column.
pub fn crowded(random: &mut Random) -> String {
    let names: Vec<String> = (0..4).map(|_| person(random)).collect();
    format!("Hộ {} và các đồng thừa kế", names.join(", "))
}

/// Address of the parcel and name of the field (xứ đồng).
pub fn places(class: Class, commune: usize, random: &mut Random) -> (String, String) {
    let (group, quarter) = (random.below(12) + 1, random.below(6) + 1);
    let unit = if commune == 0 { "khu phố" } else { "ấp" };
    let address = match class {
        c if !c.is_parcel() => String::new(),
        Class::TownHouse => fitting(random, LONG, |r| {
            format!("số {} đường {}", r.below(180) + 1, r.pick(&STREETS))
        }),
        Class::Paddy | Class::Crops | Class::FishPond | Class::Orchard => format!("{unit} {quarter}"),
        _ => format!("tổ {group}, {unit} {quarter}"),
    };
    let place = match class {
        Class::Paddy | Class::Crops | Class::FishPond | Class::Orchard => {
            fitting(random, PLACE, |r| (*r.pick(&PLACES)).to_owned())
        }
        _ => String::new(),
    };
    (address, place)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::encoding::{Encoding, encode};

    #[test]
    fn names_fit_every_encoding() {
        let mut r = Random::new(1, 1);
        for i in 0..3000 {
            let class = [
                Class::House,
                Class::TownHouse,
                Class::Paddy,
                Class::School,
                Class::Lake,
                Class::FishPond,
            ][i % 6];
            let (owner, _) = owner(class, &mut r);
            let (address, place) = places(class, i % 2, &mut r);
            assert!(!owner.is_empty() && !address.is_empty());
            for (text, width) in [(owner, LONG), (address, LONG), (place, PLACE)] {
                for e in [Encoding::Utf8, Encoding::Utf8Nfd, Encoding::Tcvn3, Encoding::Vni] {
                    assert!(encode(&text, e).unwrap().len() <= width, "{text} in {e:?}");
                }
            }
        }
        assert!(encode(&crowded(&mut r), Encoding::Tcvn3).unwrap().len() > LONG);
    }
}
