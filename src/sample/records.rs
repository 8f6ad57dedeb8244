//! What the register says of each shape: sheet, number, land use, area, holder, address.

use std::collections::BTreeMap;

use super::land::Class;
use super::names;
use super::random::Random;
use super::shape::Shape;
use crate::domain::{Polygon, Pt};

/// One record of the district before it is written.
#[derive(Clone, Debug)]
pub struct Record {
    pub polygon: Polygon,
    pub class: Class,
    pub commune: usize,
    pub sheet: u32,
    /// `None` for land that is no parcel.
    pub number: Option<u32>,
    pub land_use: String,
    /// Diện tích, m², one decimal.
    pub area: f64,
    pub area_legal: Option<f64>,
    pub owner: String,
    /// Kind of user (DTSD).
    pub user: &'static str,
    pub address: String,
    /// Xứ đồng.
    pub place: String,
    pub land_use_2003: &'static str,
    pub old_number: Option<u32>,
    /// A certificate was issued.
    pub certified: bool,
    /// Row whose TENCHU is cut at the width of its column or written in capitals.
    pub mark: Option<Mark>,
    /// The ring is not closed in the file.
    pub unclosed: bool,
}

/// Rows that break the rules of `names`; what they should read as stands in the truth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    Truncated,
    Capitals,
}

impl Record {
    /// "25747/12/45"; the number is empty for land that is no parcel.
    pub fn reference(&self) -> String {
        let number = self.number.map(|n| n.to_string()).unwrap_or_default();
        format!("{}/{}/{number}", names::COMMUNES[self.commune].0, self.sheet)
    }
}

/// Records in the order of the files: commune, sheet, number, and the shape each was made of.
pub fn records(shapes: Vec<Shape>, seed: u64) -> Vec<(Record, usize)> {
    let mut random = Random::new(seed, 5);
    let places: Vec<Place> = shapes.iter().enumerate().map(|(i, s)| place(i, s)).collect();
    let sheets = sheets(&places);
    let mut order: Vec<(u32, &Place)> = places
        .iter()
        .map(|p| (sheets[&(p.commune, p.sheet)], p))
        .collect();
    order.sort_by_key(|(sheet, p)| {
        (
            p.commune,
            *sheet,
            !shapes[p.index].class.is_parcel(),
            p.row,
            p.along,
            p.index,
        )
    });
    let order: Vec<(u32, usize)> = order.into_iter().map(|(s, p)| (s, p.index)).collect();
    let mut shapes: Vec<Option<Shape>> = shapes.into_iter().map(Some).collect();
    let (mut next, mut last) = (0, (usize::MAX, 0));
    order
        .into_iter()
        .filter_map(|(sheet, i)| {
            let shape = shapes[i].take()?;
            if (shape.commune, sheet) != last {
                last = (shape.commune, sheet);
                next = 0;
            }
            next += 1;
            let number = shape.class.is_parcel().then_some(next);
            Some((describe(shape, sheet, number, &mut random), i))
        })
        .collect()
}

/// Where a shape lies on its sheet: rows of the sheet from north to south, west to east and back.
struct Place {
    index: usize,
    commune: usize,
    /// (scale: 0 = 1:2000, 1 = 1:1000; row from the north; column from the west).
    sheet: (u8, i64, i64),
    row: i64,
    along: i64,
}

fn place(index: usize, s: &Shape) -> Place {
    let at = middle(&s.polygon);
    let (scale, size) = if s.class.is_dense() {
        (1, 500_000)
    } else {
        (0, 1_000_000)
    };
    let (column, sheet_row) = (at.e.div_euclid(size), -at.n.div_euclid(size));
    let row = (size - at.n.rem_euclid(size)) / (size / 10);
    let along = at.e.rem_euclid(size);
    Place {
        index,
        commune: s.commune,
        sheet: (scale, sheet_row, column),
        row,
        along: if row % 2 == 0 { along } else { -along },
    }
}

fn middle(p: &Polygon) -> Pt {
    let n = p.shell().len().max(1) as i64;
    let sum = p
        .shell()
        .iter()
        .fold(Pt::default(), |s, q| Pt::new(s.e + q.e, s.n + q.n));
    Pt::new(sum.e / n, sum.n / n)
}

/// Sheet numbers 1…n in each commune: small scale first, then north to south, west to east.
fn sheets(places: &[Place]) -> BTreeMap<(usize, (u8, i64, i64)), u32> {
    let mut sheets: BTreeMap<_, u32> = places.iter().map(|p| ((p.commune, p.sheet), 0)).collect();
    let mut last = (usize::MAX, 0);
    for (&(commune, _), number) in &mut sheets {
        last = if commune == last.0 {
            (commune, last.1 + 1)
        } else {
            (commune, 1)
        };
        *number = last.1;
    }
    sheets
}

fn describe(shape: Shape, sheet: u32, number: Option<u32>, random: &mut Random) -> Record {
    let exact = shape.polygon.area_m2();
    let area = (exact * 10.0).round() / 10.0;
    let (mut owner, user) = names::owner(shape.class, random);
    let (address, place) = names::places(shape.class, shape.commune, random);
    let household = user == "GDC";
    let mark = match random.below(150) {
        0 | 1 if household => Some(Mark::Truncated),
        2..=4 if household => Some(Mark::Capitals),
        _ => None,
    };
    match mark {
        Some(Mark::Truncated) => owner = names::crowded(random),
        Some(Mark::Capitals) => owner = owner.to_uppercase(),
        None => {}
    }
    let certified = number.is_some() && random.chance(0.72);
    // On the certificate stands what was measured then; sometimes that was a little different.
    let legal = if random.chance(0.85) {
        area
    } else {
        // Within half of what old surveys were allowed at 1:1000 (ΔP = 0.0004·M·√P).
        let off = exact * random.within(-0.015, 0.015);
        ((exact + off.clamp(-0.2 * exact.sqrt(), 0.2 * exact.sqrt())) * 10.0).round() / 10.0
    };
    let (land_use, land_use_2003) = land_use(shape.class, shape.commune, area, random);
    Record {
        class: shape.class,
        commune: shape.commune,
        sheet,
        number,
        land_use,
        area,
        area_legal: certified.then_some(legal),
        owner,
        user,
        address,
        place,
        land_use_2003,
        old_number: (number.is_some() && random.chance(0.3)).then(|| random.below(900) as u32 + 1),
        certified,
        mark,
        unclosed: false,
        polygon: shape.polygon,
    }
}

/// Land-use label of today and the code of the 2003 list that old files still carry.
fn land_use(class: Class, commune: usize, area: f64, random: &mut Random) -> (String, &'static str) {
    let home = if commune == 0 { "ODT" } else { "ONT" };
    let (code, old) = match class {
        Class::River => ("SON", ""),
        Class::Canal | Class::Ditch => ("DTL", "DTL"),
        Class::Highway | Class::Road | Class::Lane => ("DGT", "DGT"),
        Class::Paddy if random.chance(0.05) => ("LUK", "LUK"),
        Class::Paddy => ("LUC", "LUC"),
        // Two communes still carry codes of the list of 2014.
        Class::Crops if commune % 4 == 3 => ("BHK", "BHK"),
        Class::Crops => ("HNK", "BHK"),
        Class::Orchard | Class::Garden => ("CLN", "LNK"),
        Class::FishPond | Class::Pond => ("NTS", "TSN"),
        Class::House if area > 280.0 => return (format!("{home}+CLN"), home),
        Class::House => (home, home),
        Class::TownHouse => ("ODT", "ODT"),
        Class::Lake => ("MNC", "SMN"),
        Class::Island | Class::Park => ("DKV", "DKV"),
        Class::Cemetery => ("NTD", "NTD"),
        Class::School => ("DGD", "DGD"),
        Class::Office => ("TSC", "TSC"),
        Class::Market => ("DCH", "DCH"),
        Class::Temple => ("TIN", "TIN"),
        Class::Pagoda => ("TON", "TON"),
        Class::Clinic => ("DYT", "DYT"),
        Class::Unused => ("BCS", "CSD"),
    };
    (code.to_owned(), old)
}
